#include "casework/queue.h"

#include "casework/due.h"
#include "casework/screening.h"
#include "casework/text.h"

#include <stdlib.h>

enum { WITHIN_DAYS_MAX = 3660 };

struct queue {
    struct sitting *sitting;
    const struct work_query *query;
    uint32_t role;          /* NOT_FOUND_INDEX: every role's */
    struct due_line *lines; /* the soonest */
    size_t count;
    struct work_answer answer;
    struct hidden_people hidden;
    bool everywhere;
    const int64_t *of_hub; /* rising; of an account that sees one hub only */
    size_t of_hub_count;
};

const char *work_kind_name(enum work_kind kind)
{
    static const char *const names[] = {
        [WORK_OVERDUE] = "overdue", [WORK_CHECK] = "check", [WORK_ENDS] = "ends"};
    return names[kind];
}

/* --- the soonest are kept --------------------------------------------------------------------- */

static bool comes_before(const struct due_line *a, const struct due_line *b)
{
    return a->due.day != b->due.day ? a->due.day < b->due.day
           : a->person != b->person ? a->person < b->person
           : a->kind != b->kind     ? a->kind < b->kind
                                    : a->clock < b->clock;
}

/* A heap with the latest on top, so that the soonest of a million are kept with little work. */
static void sink(struct due_line *heap, size_t count, size_t at)
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
        const struct due_line moved = heap[at];
        heap[at] = heap[latest];
        heap[latest] = moved;
        at = latest;
    }
}

static void rise(struct due_line *heap, size_t at)
{
    while (at > 0 && comes_before(&heap[(at - 1) / 2], &heap[at])) {
        const struct due_line moved = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = moved;
        at = (at - 1) / 2;
    }
}

/* What is not kept is counted all the same. */
static void add_line(struct queue *queue, const struct due_line *line)
{
    queue->answer.total_of[line->kind]++;
    if ((queue->query->kinds & 1U << line->kind) == 0) {
        return;
    }
    queue->answer.total++;
    if (queue->count < queue->query->limit) {
        queue->lines[queue->count] = *line;
        rise(queue->lines, queue->count);
        queue->count++;
    } else if (queue->count > 0 && comes_before(line, &queue->lines[0])) {
        queue->lines[0] = *line;
        sink(queue->lines, queue->count, 0);
    }
}

static int soonest_first(const void *left, const void *right)
{
    const struct due_line *a = left;
    const struct due_line *b = right;
    return comes_before(a, b) ? -1 : comes_before(b, a) ? 1 : 0;
}

/* --- whose it is ------------------------------------------------------------------------------ */

/* The people of one hub, and those who are coming to it, are few enough to be looked up. */
static result find_people_of_hub(struct queue *queue, struct err *err)
{
    struct sitting *sitting = queue->sitting;
    const struct people_filter filter = {.stage = STR(""), .hub = sitting->account.hub};
    const struct person_row *people = NULL;
    size_t count = 0;
    if (filter.hub != 0) {
        TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &people, &count,
                               err));
    }
    int64_t *ids = ARENA_NEW(sitting->arena, int64_t, count + 1);
    if (ids == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = people[i].id;
    }
    queue->of_hub = ids;
    queue->of_hub_count = count;
    return result_ok();
}

/* A contact check is nobody's duty more than another's. */
static bool is_of_role(const struct queue *queue, const struct due_line *line)
{
    return queue->role == NOT_FOUND_INDEX ||
           (line->clock != NOT_FOUND_INDEX &&
            queue->sitting->casework->rulebook->clocks[line->clock].due_from == queue->role);
}

static void take_line(void *context, const struct due_line *line)
{
    struct queue *queue = context;
    if (is_of_role(queue, line) && !hidden_has(&queue->hidden, line->person) &&
        (queue->everywhere || people_have(queue->of_hub, queue->of_hub_count, line->person))) {
        add_line(queue, line);
    }
}

static result find_lines(struct queue *queue, struct transaction *const *transactions, size_t count,
                         struct err *err)
{
    struct due_asked asked = {.within_days = queue->query->within_days};
    queue->everywhere = may_everywhere(&queue->sitting->account, ACTION_SEE_PEOPLE);
    TRY(sitting_hidden(queue->sitting, ACTION_SEE_PEOPLE, &queue->hidden, err));
    if (!queue->everywhere) {
        TRY(find_people_of_hub(queue, err));
        asked.people = queue->of_hub;
        asked.people_count = queue->of_hub_count;
    }
    return due_each(queue->sitting, transactions, count, &asked, take_line, queue, err);
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

static result describe_line(struct sitting *sitting, const struct due_line *line,
                            struct work_due *due, struct err *err)
{
    *due = (struct work_due){.kind = line->kind,
                             .clock = {.clock = line->clock, .answer = line->answer},
                             .due = line->due};
    TRY(transaction_person(sitting->transaction, line->person, sitting->arena, &due->person, err));
    TRY(transaction_identity(sitting->transaction, &due->person, sitting->arena, &due->identity,
                             err));
    work_tell_time(sitting->casework->rulebook, sitting->today, due);
    return result_ok();
}

static result describe(struct queue *queue, struct err *err)
{
    struct sitting *sitting = queue->sitting;
    struct work_due *due = ARENA_NEW_UNSET(sitting->arena, struct work_due, queue->count + 1);
    if (due == NULL) {
        return arena_full(err);
    }
    qsort(queue->lines, queue->count, sizeof queue->lines[0], soonest_first);
    for (size_t i = 0; i < queue->count; i++) {
        TRY(describe_line(sitting, &queue->lines[i], &due[i], err));
    }
    queue->answer.today = sitting->today;
    queue->answer.lines = due;
    queue->answer.count = queue->count;
    return result_ok();
}

result queue_find(struct sitting *sitting, struct transaction *const *transactions, size_t count,
                  const struct work_query *query, struct work_answer *ret_answer, struct err *err)
{
    struct queue queue = {.sitting = sitting, .query = query, .role = NOT_FOUND_INDEX};
    if (query->role.len > 0) {
        queue.role = rulebook_role(sitting->casework->rulebook, query->role);
        if (queue.role == NOT_FOUND_INDEX) {
            return err_set(err, ERROR_INPUT, "The rulebook has no role of this name");
        }
    }
    queue.lines = ARENA_NEW_UNSET(sitting->arena, struct due_line, query->limit + 1);
    if (queue.lines == NULL) {
        return arena_full(err);
    }
    TRY(find_lines(&queue, transactions, count, err));
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

static result read_work(struct transaction *const *transactions, size_t count, void *context,
                        struct err *err)
{
    struct work_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transactions[0], work->caller,
                     ACTION_SEE_PEOPLE, work->arena, err));
    return queue_find(&work->sitting, transactions, count, work->query, &work->answer, err);
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
    TRY(due_read(casework, read_work, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "work queue", err));
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
    struct caseload_sight sight;
    struct caseload_columns caseload;
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

static void look_for_missing(struct missing_work *work, const struct screen_answers *answers,
                             size_t row, const struct question *question)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const struct step *step = &rulebook->steps[work->screening.step];
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        work->needed[i] = false;
    }
    for (size_t i = 0; i < step->safeguard_count; i++) {
        if (screen_each(answers, i, row) == CLEARANCE_UNKNOWN) {
            judge_needs(rulebook, step->safeguards[i], question, work->needed);
        }
    }
    count_missing(work);
}

/* Only who is neither clear nor barred is looked at one by one. */
static result missing_of(struct missing_work *work, const struct screening_answers *answers,
                         size_t row, struct err *err)
{
    const struct caseload_person *person = &work->caseload.people[row];
    struct arena scratch = *work->arena;
    struct question question;
    bool seen = false;
    TRY(caseload_sees(&work->sitting, &work->sight, person, &seen, err));
    if (!seen || !person->asked_about) {
        return result_ok();
    }
    const struct screen_answers *theirs =
        screening_answers_for(&work->screening, answers, &work->caseload.columns, row, person->id);
    work->answer.people++;
    if (screen_clearance(theirs, row) != CLEARANCE_UNKNOWN) {
        return result_ok();
    }
    work->answer.unknown++;
    TRY(columns_question(&work->caseload.columns, row, work->screening.when.on, &scratch, &question,
                         err));
    screening_ask_for(&work->screening, person->id, &question);
    look_for_missing(work, theirs, row, &question);
    return result_ok();
}

static result missing_of_everybody(struct missing_work *work, struct err *err)
{
    struct screening_answers answers;
    result looked = screening_run(&work->screening, &work->caseload.columns, &answers, err);
    for (size_t row = 0; looked.ok && row < work->caseload.columns.row_count; row++) {
        looked = missing_of(work, &answers, row, err);
    }
    screening_answers_close(&answers);
    return looked;
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

static result read_missing(struct transaction *const *transactions, size_t count, void *context,
                           struct err *err)
{
    struct missing_work *work = context;
    const struct rulebook *rulebook = work->casework->rulebook;
    uint32_t step = 0;
    int64_t hub = 0;
    TRY(sitting_read(&work->sitting, work->casework, transactions[0], work->caller, ACTION_SCREEN,
                     work->arena, err));
    TRY(sitting_step(&work->sitting, work->step_name, &step, err));
    TRY(find_hub(work, &rulebook->steps[step], &hub, err));
    const struct case_time now = case_now(&work->sitting);
    TRY(screening_prepare(&work->screening, &work->sitting, step, hub, &now, err));
    TRY(caseload_sight_of(&work->sitting, ACTION_SCREEN, &work->sight, err));
    work->needed = ARENA_NEW(work->arena, bool, rulebook->fact_count + 1);
    work->facts = ARENA_NEW(work->arena, struct missing_fact, rulebook->fact_count + 1);
    if (work->needed == NULL || work->facts == NULL) {
        return arena_full(err);
    }
    work->answer.step = step;
    result looked = screening_load(&work->screening, transactions, count, &work->caseload, err);
    if (looked.ok) {
        looked = missing_of_everybody(work, err);
    }
    caseload_close(&work->caseload);
    TRY(looked);
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
    TRY(store_read_together(casework->store, CASELOAD_THREADS, read_missing, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "missing facts", err));
    *ret_answer = work.answer;
    return result_ok();
}
