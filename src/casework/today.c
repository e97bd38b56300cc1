#include "casework/casework.h"

#include "casework/facts.h"
#include "casework/requests.h"
#include "casework/sitting.h"

enum {
    DUE_DAYS = 14,         /* how far ahead a clock is called due */
    DUE_LINES_MAX = 100,   /* shown; all are counted */
    STOPPED_DAYS = 14,     /* how long a request that was stopped is still shown */
    ENDED_LOOKED_AT = 2000 /* of the requests that are over, those asked for last */
};

struct today_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    struct sitting sitting;
    struct work_due
        *due; /* DUE_LINES_MAX, soonest first; person.id only until they are described */
    struct today_answer answer;
};

/* --- what is due ------------------------------------------------------------------------------ */

static bool comes_before(const struct work_due *a, const struct work_due *b)
{
    return a->due.day != b->due.day ? a->due.day < b->due.day : a->person.id < b->person.id;
}

/* Keeps the soonest; what falls off the end is counted all the same. */
static void add_due(struct today_work *work, const struct work_due *line)
{
    work->answer.due_total++;
    size_t at = work->answer.due_count;
    if (at == DUE_LINES_MAX) {
        if (!comes_before(line, &work->due[at - 1])) {
            return;
        }
        at--;
    } else {
        work->answer.due_count++;
    }
    while (at > 0 && comes_before(line, &work->due[at - 1])) {
        work->due[at] = work->due[at - 1];
        at--;
    }
    work->due[at] = *line;
}

/* Somebody whose next check was never set is due since the day of registration: nobody is lost for
 * want of a date. */
static void consider_check(struct today_work *work, const struct person_row *person)
{
    const date due =
        person->next_check_on.known ? person->next_check_on.day : person->registered_on;
    if (person->next_check_on.known && !date_before(due, work->sitting.today)) {
        return;
    }
    add_due(work, &(struct work_due){
                      .person.id = person->id, .clock.clock = NOT_FOUND_INDEX, .due = due});
}

static void consider_clocks(struct today_work *work, const struct person_row *person,
                            const struct question *question)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const date horizon = date_add_days(work->sitting.today, DUE_DAYS);
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock_answer answer = judge_clock(rulebook, (uint32_t)i, question);
        if (answer.state == CLOCK_RUNNING && answer.has_last_day &&
            !date_before(horizon, answer.last_day)) {
            add_due(work, &(struct work_due){.person.id = person->id,
                                             .clock = {.clock = (uint32_t)i, .answer = answer},
                                             .due = answer.last_day});
        }
    }
}

static bool is_open(const struct rulebook *rulebook, const struct person_row *person)
{
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    return stage == NOT_FOUND_INDEX || !rulebook->stages[stage].outcome;
}

static result consider_person(void *context, const struct person_row *person,
                              const struct fact_row *rows, size_t count, struct err *err)
{
    struct today_work *work = context;
    if (!is_open(work->casework->rulebook, person) || sitting_hides(&work->sitting, person)) {
        return result_ok();
    }
    struct arena scratch = *work->arena;
    struct sitting reading = work->sitting;
    reading.arena = &scratch;
    const struct case_time now = case_now(&reading);
    struct loaded_case loaded;
    TRY(case_from_rows(&reading, person, rows, count, &now, &loaded, err));
    consider_check(work, person);
    consider_clocks(work, person, &loaded.view.question);
    return result_ok();
}

/* The people of one hub: few enough to be read one by one. */
static result find_due_at_hub(struct today_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct people_filter filter = {.stage = STR(""), .hub = sitting->account.hub};
    const struct person_row *people = NULL;
    size_t count = 0;
    if (filter.hub != 0) {
        TRY(transaction_people(sitting->transaction, &filter, work->arena, &people, &count, err));
    }
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *work->arena;
        const struct fact_row *rows = NULL;
        size_t row_count = 0;
        TRY(transaction_facts(sitting->transaction, SUBJECT_OF_PERSON, people[i].id, sitting->today,
                              sitting->at, &scratch, &rows, &row_count, err));
        struct arena *const arena = work->arena;
        work->arena = &scratch;
        const result considered = consider_person(work, &people[i], rows, row_count, err);
        work->arena = arena;
        TRY(considered);
    }
    return result_ok();
}

static result describe_due(struct today_work *work, struct err *err)
{
    struct transaction *transaction = work->sitting.transaction;
    for (size_t i = 0; i < work->answer.due_count; i++) {
        struct work_due *due = &work->due[i];
        TRY(transaction_person(transaction, due->person.id, work->arena, &due->person, err));
        TRY(transaction_identity(transaction, &due->person, work->arena, &due->identity, err));
    }
    work->answer.due = work->due;
    return result_ok();
}

static result find_due(struct today_work *work, struct err *err)
{
    work->due = ARENA_NEW(work->arena, struct work_due, DUE_LINES_MAX + 1);
    if (work->due == NULL) {
        return arena_full(err);
    }
    struct sitting *sitting = &work->sitting;
    TRY(may_everywhere(&sitting->account, ACTION_SEE_PEOPLE)
            ? transaction_each_person_facts(sitting->transaction, sitting->today, sitting->at,
                                            consider_person, work, err)
            : find_due_at_hub(work, err));
    return describe_due(work, err);
}

/* --- requests --------------------------------------------------------------------------------- */

struct request_list {
    struct work_request *items;
    size_t count;
    size_t capacity;
};

static result add_request(struct sitting *sitting, struct request_list *list,
                          const struct request_row *row, struct err *err)
{
    if (!sitting_hub_in_sight(sitting, ACTION_SEE_PEOPLE, row->hub)) {
        return result_ok();
    }
    bool visible = false;
    struct arena scratch = *sitting->arena;
    struct person_row person;
    TRY(transaction_person(sitting->transaction, row->person, &scratch, &person, err));
    TRY(sitting_may_person(sitting, &person, ACTION_SEE_PEOPLE, &visible, err));
    if (visible) {
        ASSERT(list->count < list->capacity);
        TRY(request_describe(sitting, row, &list->items[list->count], err));
        list->count++;
    }
    return result_ok();
}

static bool stopped_lately(const struct sitting *sitting, const struct request_row *row)
{
    const date since = date_add_days(sitting->today, -STOPPED_DAYS);
    return row->state == REQUEST_STOPPED && !date_before(instant_date(row->changed_at), since);
}

static result find_requests(struct today_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct request_filter live = {.live_only = true};
    const struct request_filter last = {.limit = ENDED_LOOKED_AT};
    const struct request_row *rows = NULL;
    const struct request_row *ended = NULL;
    size_t row_count = 0;
    size_t ended_count = 0;
    TRY(transaction_requests(sitting->transaction, &live, work->arena, &rows, &row_count, err));
    TRY(transaction_requests(sitting->transaction, &last, work->arena, &ended, &ended_count, err));
    struct request_list list = {.capacity = row_count + ended_count};
    list.items = ARENA_NEW(work->arena, struct work_request, list.capacity + 1);
    if (list.items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row_count; i++) {
        TRY(add_request(sitting, &list, &rows[i], err));
    }
    for (size_t i = 0; i < ended_count; i++) {
        if (stopped_lately(sitting, &ended[i])) {
            TRY(add_request(sitting, &list, &ended[i], err));
        }
    }
    work->answer.requests = list.items;
    work->answer.request_count = list.count;
    return result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

static result read_today(struct transaction *transaction, void *context, struct err *err)
{
    struct today_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_PEOPLE,
                     work->arena, err));
    work->answer = (struct today_answer){.today = work->sitting.today};
    TRY(find_requests(work, err));
    TRY(find_due(work, err));
    return sitting_count_stages(&work->sitting, &work->answer.stages, &work->answer.stage_count,
                                err);
}

result casework_today(const struct casework *casework, const struct caller *caller,
                      struct arena *arena, struct today_answer *ret_answer, struct err *err)
{
    struct today_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_today, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, 1, "work of the day", err));
    *ret_answer = work.answer;
    return result_ok();
}
