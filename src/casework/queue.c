#include "casework/queue.h"

#include "casework/screening.h"
#include "casework/text.h"

#include <stdlib.h>

enum { WITHIN_DAYS_MAX = 3660 };

struct queue {
    struct sitting *sitting;
    const struct work_query *query;
    uint32_t role;        /* NOT_FOUND_INDEX: every role's */
    struct work_due *due; /* soonest first; person.id only until they are described */
    size_t count;
    struct work_answer answer;
};

const char *work_kind_name(enum work_kind kind)
{
    static const char *const names[] = {
        [WORK_OVERDUE] = "overdue", [WORK_CHECK] = "check", [WORK_ENDS] = "ends"};
    return names[kind];
}

/* --- the soonest are kept --------------------------------------------------------------------- */

static bool comes_before(const struct work_due *a, const struct work_due *b)
{
    return a->due.day != b->due.day ? a->due.day < b->due.day : a->person.id < b->person.id;
}

/* A heap with the latest on top, so that the soonest of a million are kept with little work. */
static void sink(struct work_due *heap, size_t count, size_t at)
{
    for (;;) {
        const size_t left = 2 * at + 1;
        size_t latest = at;
        if (left < count && comes_before(&heap[latest], &heap[left])) {
            latest = left;
        }
        if (left + 1 < count && comes_before(&heap[latest], &heap[left + 1])) {
            latest = left + 1;
        }
        if (latest == at) {
            return;
        }
        const struct work_due moved = heap[at];
        heap[at] = heap[latest];
        heap[latest] = moved;
        at = latest;
    }
}

static void rise(struct work_due *heap, size_t at)
{
    while (at > 0 && comes_before(&heap[(at - 1) / 2], &heap[at])) {
        const struct work_due moved = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = moved;
        at = (at - 1) / 2;
    }
}

/* What is not kept is counted all the same. */
static void add_due(struct queue *queue, const struct work_due *line)
{
    queue->answer.total_of[line->kind]++;
    if ((queue->query->kinds & 1U << line->kind) == 0) {
        return;
    }
    queue->answer.total++;
    if (queue->count < queue->query->limit) {
        queue->due[queue->count] = *line;
        rise(queue->due, queue->count);
        queue->count++;
    } else if (queue->count > 0 && comes_before(line, &queue->due[0])) {
        queue->due[0] = *line;
        sink(queue->due, queue->count, 0);
    }
}

static int soonest_first(const void *left, const void *right)
{
    const struct work_due *a = left;
    const struct work_due *b = right;
    return comes_before(a, b) ? -1 : comes_before(b, a) ? 1 : 0;
}

/* --- what is due ------------------------------------------------------------------------------ */

static void consider_check(struct queue *queue, const struct person_row *person)
{
    const date due =
        person->next_check_on.known ? person->next_check_on.day : person->registered_on;
    const bool coming = person->next_check_on.known && !date_before(due, queue->sitting->today);
    if (!coming && queue->role == NOT_FOUND_INDEX) {
        add_due(queue, &(struct work_due){.kind = WORK_CHECK,
                                          .person.id = person->id,
                                          .clock.clock = NOT_FOUND_INDEX,
                                          .due = due});
    }
}

static bool is_done(const struct rulebook *rulebook, const struct clock *clock,
                    const struct question *question)
{
    return clock->done != NOT_FOUND_INDEX &&
           judge_condition(rulebook, clock->done, question) == TRUTH_TRUE;
}

/* A clock that runs is due to whoever it concerns; one that has expired is overdue when it is
 * somebody's duty. Neither when it is done. */
static void consider_clock(struct queue *queue, const struct person_row *person, uint32_t index,
                           const struct question *question)
{
    const struct rulebook *rulebook = queue->sitting->casework->rulebook;
    const struct clock *clock = &rulebook->clocks[index];
    if (queue->role != NOT_FOUND_INDEX && clock->due_from != queue->role) {
        return;
    }
    const struct clock_answer answer = judge_clock(rulebook, index, question);
    const bool ends = answer.state == CLOCK_RUNNING;
    const bool overdue = answer.state == CLOCK_EXPIRED && clock->due_from != NOT_FOUND_INDEX;
    const enum work_kind kind = overdue ? WORK_OVERDUE : WORK_ENDS;
    const date horizon = date_add_days(queue->sitting->today, queue->query->within_days);
    if ((!ends && !overdue) || !answer.has_last_day ||
        (ends && date_before(horizon, answer.last_day)) || is_done(rulebook, clock, question)) {
        return;
    }
    add_due(queue, &(struct work_due){.kind = kind,
                                      .person.id = person->id,
                                      .clock = {.clock = index, .answer = answer},
                                      .due = answer.last_day});
}

static bool is_open(const struct rulebook *rulebook, const struct person_row *person)
{
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    return stage == NOT_FOUND_INDEX || !rulebook->stages[stage].outcome;
}

static result consider_person(void *context, const struct person_row *person,
                              const struct fact_row *rows, size_t count, struct err *err)
{
    struct queue *queue = context;
    const struct rulebook *rulebook = queue->sitting->casework->rulebook;
    if (!is_open(rulebook, person) || sitting_hides(queue->sitting, person)) {
        return result_ok();
    }
    struct arena scratch = *queue->sitting->arena;
    struct sitting reading = *queue->sitting;
    reading.arena = &scratch;
    const struct case_time now = case_now(&reading);
    struct loaded_case loaded;
    TRY(case_from_rows(&reading, person, rows, count, &now, &loaded, err));
    consider_check(queue, person);
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        consider_clock(queue, person, i, &loaded.view.question);
    }
    return result_ok();
}

/* The people of one hub: few enough to be read one by one. */
static result look_at_hub(struct queue *queue, struct err *err)
{
    struct sitting *sitting = queue->sitting;
    const struct people_filter filter = {.stage = STR(""), .hub = sitting->account.hub};
    const struct person_row *people = NULL;
    size_t count = 0;
    if (filter.hub != 0) {
        TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &people, &count,
                               err));
    }
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *sitting->arena;
        struct arena *const arena = sitting->arena;
        const struct fact_row *rows = NULL;
        size_t row_count = 0;
        TRY(transaction_facts(sitting->transaction, SUBJECT_OF_PERSON, people[i].id, sitting->today,
                              sitting->at, &scratch, &rows, &row_count, err));
        sitting->arena = &scratch;
        const result considered = consider_person(queue, &people[i], rows, row_count, err);
        sitting->arena = arena;
        TRY(considered);
    }
    return result_ok();
}

/* --- how long there is ------------------------------------------------------------------------ */

static const struct calendar *calendar_of(const struct rulebook *rulebook,
                                          const struct clock_line *line)
{
    const struct clock *clock = &rulebook->clocks[line->clock];
    const struct clock_run *run = &clock->runs[line->answer.run];
    return run->duration.unit == UNIT_WORKING_DAYS
               ? &rulebook->calendars[run->duration.calendar].calendar
           : clock->ends_on_working_day ? &rulebook->calendars[clock->end_calendar].calendar
                                        : NULL;
}

/* Working days after the earlier day up to the later one; false past what the calendar knows. */
static bool count_working_days(const struct calendar *calendar, date from, date until,
                               int32_t *ret_count)
{
    int32_t count = 0;
    for (date day = date_add_days(from, 1); !date_before(until, day); day = date_add_days(day, 1)) {
        const enum day_kind kind = calendar_day(calendar, day, NULL);
        if (kind == DAY_NOT_KNOWN) {
            return false;
        }
        count += kind == DAY_WORKING ? 1 : 0;
    }
    *ret_count = count;
    return true;
}

void work_tell_time(const struct rulebook *rulebook, date today, struct work_due *due)
{
    const struct calendar *calendar =
        due->clock.clock == NOT_FOUND_INDEX ? NULL : calendar_of(rulebook, &due->clock);
    int32_t working = 0;
    due->days_left = due->due.day - today.day;
    due->calendar = STR("");
    if (calendar == NULL) {
        return;
    }
    const bool gone = due->days_left < 0;
    due->has_working_days =
        count_working_days(calendar, gone ? due->due : today, gone ? today : due->due, &working);
    due->working_days_left = gone ? -working : working;
    due->calendar = calendar->name;
}

static result describe(struct queue *queue, struct err *err)
{
    struct sitting *sitting = queue->sitting;
    qsort(queue->due, queue->count, sizeof queue->due[0], soonest_first);
    for (size_t i = 0; i < queue->count; i++) {
        struct work_due *due = &queue->due[i];
        TRY(transaction_person(sitting->transaction, due->person.id, sitting->arena, &due->person,
                               err));
        TRY(transaction_identity(sitting->transaction, &due->person, sitting->arena, &due->identity,
                                 err));
        work_tell_time(sitting->casework->rulebook, sitting->today, due);
    }
    queue->answer.today = sitting->today;
    queue->answer.lines = queue->due;
    queue->answer.count = queue->count;
    return result_ok();
}

result queue_find(struct sitting *sitting, const struct work_query *query,
                  struct work_answer *ret_answer, struct err *err)
{
    struct queue queue = {.sitting = sitting, .query = query, .role = NOT_FOUND_INDEX};
    if (query->role.len > 0) {
        queue.role = rulebook_role(sitting->casework->rulebook, query->role);
        if (queue.role == NOT_FOUND_INDEX) {
            return err_set(err, ERROR_INPUT, "The rulebook has no role of this name");
        }
    }
    queue.due = ARENA_NEW(sitting->arena, struct work_due, query->limit + 1);
    if (queue.due == NULL) {
        return arena_full(err);
    }
    TRY(may_everywhere(&sitting->account, ACTION_SEE_PEOPLE)
            ? transaction_each_person_facts(sitting->transaction, sitting->today, sitting->at,
                                            consider_person, &queue, err)
            : look_at_hub(&queue, err));
    TRY(describe(&queue, err));
    *ret_answer = queue.answer;
    return result_ok();
}

struct work_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct work_query *query;
    struct arena *arena;
    struct sitting sitting;
    struct work_answer answer;
};

static result read_work(struct transaction *transaction, void *context, struct err *err)
{
    struct work_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_PEOPLE,
                     work->arena, err));
    return queue_find(&work->sitting, work->query, &work->answer, err);
}

result queue_check(const struct work_query *query, struct err *err)
{
    if (query->within_days < 0 || query->within_days > WITHIN_DAYS_MAX) {
        return err_set(err, ERROR_INPUT, "Work is listed from 0 to %d days ahead", WITHIN_DAYS_MAX);
    }
    if (query->limit < 1 || query->limit > WORK_LINES_MAX) {
        return err_set(err, ERROR_INPUT, "Between 1 and %d lines of work are listed",
                       WORK_LINES_MAX);
    }
    return text_line("The name of the role", query->role, FACT_NAME_MAX_BYTES, err);
}

result casework_work(const struct casework *casework, const struct caller *caller,
                     const struct work_query *query, struct arena *arena,
                     struct work_answer *ret_answer, struct err *err)
{
    struct work_work work = {
        .casework = casework, .caller = caller, .query = query, .arena = arena};
    TRY(queue_check(query, err));
    TRY(store_read(casework->store, read_work, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, 1, "work queue", err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- missing facts ---------------------------------------------------------------------------- */

struct missing_work {
    const struct casework *casework;
    const struct caller *caller;
    str step_name;
    str hub_reference;
    struct arena *arena;
    struct sitting sitting;
    struct screening screening;
    enum clearance *each;
    bool *needed;
    struct missing_fact *facts; /* by fact, until they are sorted */
    struct missing_answer answer;
};

static void count_missing(struct missing_work *work)
{
    const size_t fact_count = work->casework->rulebook->fact_count;
    uint32_t only = NOT_FOUND_INDEX;
    size_t missing = 0;
    for (uint32_t i = 0; i < fact_count; i++) {
        if (work->needed[i]) {
            work->facts[i].people++;
            only = i;
            missing++;
        }
    }
    if (missing == 1) {
        work->facts[only].alone++;
    }
}

static void look_for_missing(struct missing_work *work, const struct question *question)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const struct step *step = &rulebook->steps[work->screening.step];
    if (judge_step(rulebook, work->screening.step, question, work->each) != CLEARANCE_UNKNOWN) {
        return;
    }
    work->answer.unknown++;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        work->needed[i] = false;
    }
    for (size_t i = 0; i < step->safeguard_count; i++) {
        if (work->each[i] == CLEARANCE_UNKNOWN) {
            judge_needs(rulebook, step->safeguards[i], question, work->needed);
        }
    }
    count_missing(work);
}

static result missing_of(void *context, const struct person_row *person,
                         const struct fact_row *rows, size_t count, struct err *err)
{
    struct missing_work *work = context;
    bool seen = false;
    if (!screening_is_open(&work->screening, person->stage)) {
        return result_ok();
    }
    TRY(sitting_may_person(&work->sitting, person, ACTION_SCREEN, &seen, err));
    if (!seen) {
        return result_ok();
    }
    struct arena scratch = *work->arena;
    struct sitting reading = work->sitting;
    reading.arena = &scratch;
    struct loaded_case loaded;
    TRY(case_from_rows(&reading, person, rows, count, &work->screening.when, &loaded, err));
    struct question question = loaded.view.question;
    screening_ask_for(&work->screening, person->id, &question);
    work->answer.people++;
    look_for_missing(work, &question);
    return result_ok();
}

static int most_people_first(const void *left, const void *right)
{
    const struct missing_fact *a = left;
    const struct missing_fact *b = right;
    return a->people != b->people ? (a->people > b->people ? -1 : 1)
           : a->alone != b->alone ? (a->alone > b->alone ? -1 : 1)
                                  : (a->fact > b->fact) - (a->fact < b->fact);
}

static void sort_missing(struct missing_work *work)
{
    size_t count = 0;
    for (uint32_t i = 0; i < work->casework->rulebook->fact_count; i++) {
        if (work->facts[i].people > 0) {
            work->facts[count] = work->facts[i];
            work->facts[count++].fact = i;
        }
    }
    qsort(work->facts, count, sizeof work->facts[0], most_people_first);
    work->answer.facts = work->facts;
    work->answer.count = count;
}

static result find_hub(struct missing_work *work, const struct step *step, int64_t *ret_hub,
                       struct err *err)
{
    struct hub_row hub = {.id = 0};
    if ((work->hub_reference.len > 0) != step->with_hub) {
        return err_set(err, ERROR_INPUT,
                       step->with_hub ? "\"%.*s\" is asked about one hub: name it"
                                      : "\"%.*s\" is about no hub",
                       STR_ARG(step->title));
    }
    if (step->with_hub) {
        TRY(sitting_hub(&work->sitting, work->hub_reference, ACTION_SEE_HUB, &hub, err));
    }
    *ret_hub = hub.id;
    return result_ok();
}

static result read_missing(struct transaction *transaction, void *context, struct err *err)
{
    struct missing_work *work = context;
    const struct rulebook *rulebook = work->casework->rulebook;
    uint32_t step = 0;
    int64_t hub = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SCREEN,
                     work->arena, err));
    TRY(sitting_step(&work->sitting, work->step_name, &step, err));
    TRY(find_hub(work, &rulebook->steps[step], &hub, err));
    const struct case_time now = case_now(&work->sitting);
    TRY(screening_prepare(&work->screening, &work->sitting, step, hub, &now, err));
    work->each = ARENA_NEW(work->arena, enum clearance, rulebook->steps[step].safeguard_count + 1);
    work->needed = ARENA_NEW(work->arena, bool, rulebook->fact_count + 1);
    work->facts = ARENA_NEW(work->arena, struct missing_fact, rulebook->fact_count + 1);
    if (work->each == NULL || work->needed == NULL || work->facts == NULL) {
        return arena_full(err);
    }
    work->answer.step = step;
    TRY(transaction_each_person_facts(transaction, work->sitting.today, work->sitting.at,
                                      missing_of, work, err));
    sort_missing(work);
    return result_ok();
}

result casework_missing(const struct casework *casework, const struct caller *caller, str step,
                        str hub, struct arena *arena, struct missing_answer *ret_answer,
                        struct err *err)
{
    struct missing_work work = {.casework = casework,
                                .caller = caller,
                                .step_name = step,
                                .hub_reference = str_trim(hub),
                                .arena = arena};
    TRY(store_read(casework->store, read_missing, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, 1, "missing facts", err));
    *ret_answer = work.answer;
    return result_ok();
}
