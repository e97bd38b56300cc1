#include "casework/due.h"

#include "casework/caseload.h"
#include "casework/changed.h"
#include "rulebook/clock_conditions.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    KEPT_DAYS = 92,                  /* ahead: a quarter of a year */
    KEPT_LINES = 4000000,            /* nobody reads as many; lazily taken */
    EVENTS_LOOKED_AT = 4096,         /* rather than go through more, everybody is looked at */
    MEMORY_BASE = 128 * 1024 * 1024, /* of one reading, beside its planes; lazily taken */
};

/* --- who is looked at ------------------------------------------------------------------------- */

struct clock_planes;

struct looking {
    struct sitting *sitting;
    int32_t within_days;
    const struct rulebook *conditions; /* on the clocks (rulebook/clock_conditions.h) */
    const uint32_t *conditions_asked;
    struct caseload_asked asked;
    struct caseload_columns caseload;
    struct arena *memory; /* of what is made of the caseload */
    struct clock_planes *clocks;
    size_t clock_count;
    due_visit *visit;
    void *context;
};

static struct screen_question question_of(const struct looking *looking)
{
    return (struct screen_question){.safeguards = looking->conditions_asked,
                                    .safeguard_count = looking->conditions->safeguard_count,
                                    .today = looking->sitting->today};
}

/* What all clocks are asked, and of whom: everybody whose case is open. */
static result ask_of_clocks(struct looking *looking, struct err *err)
{
    struct sitting *sitting = looking->sitting;
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const date horizon = date_add_days(sitting->today, looking->within_days);
    TRY(clock_conditions(rulebook, horizon, sitting->arena, &looking->conditions, err));
    const size_t count = looking->conditions->safeguard_count;
    uint32_t *conditions = ARENA_NEW(sitting->arena, uint32_t, count + 1);
    bool *facts = ARENA_NEW(sitting->arena, bool, rulebook->fact_count + 1);
    bool *stages = ARENA_NEW(sitting->arena, bool, rulebook->stage_count + 1);
    if (conditions == NULL || facts == NULL || stages == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < count; i++) {
        conditions[i] = i;
        judge_reads(looking->conditions, i, facts);
    }
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        stages[i] = !rulebook->stages[i].outcome;
    }
    looking->conditions_asked = conditions;
    looking->asked = (struct caseload_asked){
        .facts = facts, .stages = stages, .other_stages = true, .when = case_now(sitting)};
    const struct screen_question question = question_of(looking);
    return caseload_asks_families(looking->conditions, &question, *sitting->arena,
                                  &looking->asked.families, err);
}

/* --- clocks, of everybody at once ------------------------------------------------------------- */

/* A clock that runs is due to whoever it concerns; one that has expired is overdue when it is
 * somebody's duty. Neither when it is done. Planes of bits, 64 people to a word. */
struct clock_planes {
    uint32_t clock;
    const uint64_t *planes[WORK_KINDS]; /* NULL: none of this kind comes of it */
};

static uint64_t true_word(const struct screen_answers *answers, uint32_t condition, size_t word)
{
    return ~(answers->each_barred[condition][word] | answers->each_unknown[condition][word]);
}

/* Those for whom the clock is `condition` and not done. */
static result make_plane(const struct looking *looking, const struct screen_answers *answers,
                         uint32_t clock, enum clock_condition condition, const uint64_t **ret_plane,
                         struct err *err)
{
    const size_t words = looking->caseload.columns.word_count;
    const uint32_t is = clock_condition(clock, condition);
    const uint32_t done = clock_condition(clock, CLOCK_IS_DONE);
    uint64_t *plane = ARENA_NEW_UNSET(looking->memory, uint64_t, words);
    if (plane == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < words; i++) {
        plane[i] = true_word(answers, is, i) & ~true_word(answers, done, i);
    }
    *ret_plane = plane;
    return result_ok();
}

static result make_planes(struct looking *looking, const struct screen_answers *answers,
                          struct err *err)
{
    const struct rulebook *rulebook = looking->sitting->casework->rulebook;
    looking->clock_count = rulebook->clock_count;
    looking->clocks = ARENA_NEW(looking->memory, struct clock_planes, rulebook->clock_count + 1);
    if (looking->clocks == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        struct clock_planes *clock = &looking->clocks[i];
        clock->clock = i;
        if (rulebook->clocks[i].due_from != NOT_FOUND_INDEX) {
            TRY(make_plane(looking, answers, i, CLOCK_IS_OVER, &clock->planes[WORK_OVERDUE], err));
        }
        TRY(make_plane(looking, answers, i, CLOCK_ENDS_BY, &clock->planes[WORK_ENDS], err));
    }
    return result_ok();
}

static result answer_clocks(struct looking *looking, struct err *err)
{
    const struct screen *screen = NULL;
    struct screen_answers answers;
    const struct screen_question question = question_of(looking);
    struct columns columns = looking->caseload.columns;
    columns.rulebook = looking->conditions;
    TRY(screen_compile(&columns, &question, screen_best_level(), looking->memory, &screen, err));
    TRY(screen_answers_init(screen, true, looking->memory, &answers, err));
    TRY(screen_all(screen, *looking->memory, &answers, err));
    return make_planes(looking, &answers, err);
}

/* --- those for whom something is due ---------------------------------------------------------- */

static void visit_check(const struct looking *looking, const struct caseload_person *person)
{
    const date due =
        person->next_check_on.known ? person->next_check_on.day : person->registered_on;
    const bool coming = person->next_check_on.known && !date_before(due, looking->sitting->today);
    if (!coming) {
        looking->visit(looking->context, &(struct due_line){.person = person->id,
                                                            .kind = WORK_CHECK,
                                                            .clock = NOT_FOUND_INDEX,
                                                            .due = due});
    }
}

static void visit_clock(const struct looking *looking, int64_t person, enum work_kind kind,
                        uint32_t clock, const struct question *question)
{
    const struct clock_answer answer =
        judge_clock(looking->sitting->casework->rulebook, clock, question);
    ASSERT(answer.has_last_day);
    looking->visit(looking->context, &(struct due_line){.person = person,
                                                        .kind = kind,
                                                        .clock = clock,
                                                        .due = answer.last_day,
                                                        .answer = answer});
}

static bool has_due(const struct looking *looking, size_t row)
{
    for (size_t i = 0; i < looking->clock_count; i++) {
        for (int kind = 0; kind < WORK_KINDS; kind++) {
            const uint64_t *plane = looking->clocks[i].planes[kind];
            if (plane != NULL && plane_bit(plane, row)) {
                return true;
            }
        }
    }
    return false;
}

static result visit_row(const struct looking *looking, size_t row, struct err *err)
{
    const struct caseload_person *person = &looking->caseload.people[row];
    struct arena scratch = *looking->memory;
    struct question question;
    if (!person->asked_about) {
        return result_ok();
    }
    visit_check(looking, person);
    if (!has_due(looking, row)) {
        return result_ok();
    }
    TRY(columns_question(&looking->caseload.columns, row, looking->sitting->today, &scratch,
                         &question, err));
    for (size_t i = 0; i < looking->clock_count; i++) {
        const struct clock_planes *clock = &looking->clocks[i];
        for (int kind = 0; kind < WORK_KINDS; kind++) {
            if (clock->planes[kind] != NULL && plane_bit(clock->planes[kind], row)) {
                visit_clock(looking, person->id, (enum work_kind)kind, clock->clock, &question);
            }
        }
    }
    return result_ok();
}

static result visit_rows(struct looking *looking, struct err *err)
{
    TRY(answer_clocks(looking, err));
    for (size_t row = 0; row < looking->caseload.columns.row_count; row++) {
        TRY(visit_row(looking, row, err));
    }
    return result_ok();
}

/* Those asked about, read and looked at. */
static result look(struct looking *looking, struct transaction *const *transactions, size_t count,
                   struct err *err)
{
    struct arena memory;
    TRY(caseload_load(looking->sitting, transactions, count, &looking->asked, &looking->caseload,
                      err));
    const size_t planes = 5 * looking->conditions->safeguard_count + 1;
    TRY(arena_open(&memory,
                   MEMORY_BASE + planes * looking->caseload.columns.word_count * sizeof(uint64_t),
                   err));
    looking->memory = &memory;
    const result visited = visit_rows(looking, err);
    arena_close(&memory);
    return visited;
}

static result look_afresh(struct looking *looking, struct transaction *const *transactions,
                          size_t count, struct err *err)
{
    const result looked = look(looking, transactions, count, err);
    caseload_close(&looking->caseload);
    return looked;
}

/* --- keeping ---------------------------------------------------------------------------------- */

struct due_keeper {
    pthread_mutex_t mutex;
    struct arena memory;
    struct due_line *lines; /* in no order; NULL until the first. Room for KEPT_LINES */
    size_t count;
    bool is_kept;  /* what follows is said of the lines */
    bool overflow; /* there are more lines than are kept: nothing is */
    struct sha256 rulebook;
    date today;
    int64_t through; /* the position of the last event that they are of */
};

result due_keeper_open(struct arena *arena, struct due_keeper **ret_keeper, struct err *err)
{
    struct due_keeper *keeper = ARENA_NEW(arena, struct due_keeper, 1);
    if (keeper == NULL) {
        return arena_full(err);
    }
    ASSERT(pthread_mutex_init(&keeper->mutex, NULL) == 0);
    *ret_keeper = keeper;
    return result_ok();
}

void due_keeper_close(struct due_keeper *keeper)
{
    if (keeper != NULL) {
        arena_close(&keeper->memory);
        pthread_mutex_destroy(&keeper->mutex);
    }
}

result due_read(const struct casework *casework, store_together_work *work, void *context,
                struct err *err)
{
    if (casework->due == NULL) {
        return store_read_together(casework->store, CASELOAD_THREADS, work, context, err);
    }
    pthread_mutex_lock(&casework->due->mutex);
    const result read = store_read_together(casework->store, CASELOAD_THREADS, work, context, err);
    pthread_mutex_unlock(&casework->due->mutex);
    return read;
}

static void keep_line(void *context, const struct due_line *line)
{
    struct due_keeper *keeper = context;
    keeper->overflow = keeper->overflow || keeper->count == KEPT_LINES;
    if (!keeper->overflow) {
        keeper->lines[keeper->count++] = *line;
    }
}

static result take_memory(struct due_keeper *keeper, struct err *err)
{
    if (keeper->lines == NULL) {
        TRY(arena_open(&keeper->memory, (KEPT_LINES + 1) * sizeof(struct due_line), err));
        keeper->lines = ARENA_NEW_UNSET(&keeper->memory, struct due_line, KEPT_LINES);
        ASSERT(keeper->lines != NULL);
    }
    keeper->count = 0;
    keeper->overflow = false;
    return result_ok();
}

static void drop_lines(struct due_keeper *keeper, const struct changed *changed)
{
    size_t kept = 0;
    for (size_t i = 0; i < keeper->count; i++) {
        keeper->lines[kept] = keeper->lines[i];
        kept += changed_has(changed, keeper->lines[i].person) ? 0 : 1;
    }
    keeper->count = kept;
}

static bool is_of(const struct due_keeper *keeper, const struct sitting *sitting, int64_t position)
{
    return keeper->is_kept && keeper->through <= position &&
           date_equal(keeper->today, sitting->today) &&
           sha256_equal(&keeper->rulebook, &sitting->casework->rulebook->identity);
}

/* The lines of those who changed, or of everybody, are made anew. Half done, what is kept is
 * nothing: the next reading begins with everybody. */
static result renew(struct due_keeper *keeper, struct sitting *sitting,
                    struct transaction *const *transactions, size_t count,
                    const struct changed *changed, struct err *err)
{
    struct looking looking = {
        .sitting = sitting, .within_days = KEPT_DAYS, .visit = keep_line, .context = keeper};
    keeper->is_kept = false;
    TRY(ask_of_clocks(&looking, err));
    if (looking.asked.families) {
        return result_ok();
    }
    if (changed->too_many) {
        TRY(take_memory(keeper, err));
    } else {
        drop_lines(keeper, changed);
        looking.asked.people = changed->people;
        looking.asked.people_count = changed->count;
    }
    TRY(look_afresh(&looking, transactions, count, err));
    keeper->is_kept = !keeper->overflow;
    return result_ok();
}

/* What is kept is of now, unless there is too much of it, or clocks ask of families. */
static result keep_up(struct due_keeper *keeper, struct sitting *sitting,
                      struct transaction *const *transactions, size_t count, struct err *err)
{
    struct changed changed = {.too_many = true};
    int64_t position = 0;
    TRY(transaction_event_count(sitting->transaction, &position, err));
    if (is_of(keeper, sitting, position)) {
        TRY(changed_since(sitting, keeper->through, NULL, CHANGED_MAX, EVENTS_LOOKED_AT, &changed,
                          err));
    }
    if (changed.too_many || changed.count > 0) {
        TRY(renew(keeper, sitting, transactions, count, &changed, err));
    }
    keeper->rulebook = sitting->casework->rulebook->identity;
    keeper->today = sitting->today;
    keeper->through = position;
    return result_ok();
}

static void visit_kept(const struct due_keeper *keeper, const struct due_asked *asked, date today,
                       due_visit *visit, void *context)
{
    const date horizon = date_add_days(today, asked->within_days);
    for (size_t i = 0; i < keeper->count; i++) {
        const struct due_line *line = &keeper->lines[i];
        if (line->kind != WORK_ENDS || !date_before(horizon, line->due)) {
            visit(context, line);
        }
    }
}

static result visit_afresh(struct sitting *sitting, struct transaction *const *transactions,
                           size_t count, const struct due_asked *asked, due_visit *visit,
                           void *context, struct err *err)
{
    struct looking looking = {
        .sitting = sitting, .within_days = asked->within_days, .visit = visit, .context = context};
    TRY(ask_of_clocks(&looking, err));
    if (!looking.asked.families) {
        looking.asked.people = asked->people;
        looking.asked.people_count = asked->people_count;
    }
    return look_afresh(&looking, transactions, count, err);
}

result due_each(struct sitting *sitting, struct transaction *const *transactions,
                size_t transaction_count, const struct due_asked *asked, due_visit *visit,
                void *context, struct err *err)
{
    struct due_keeper *keeper = sitting->casework->due;
    if (keeper != NULL && !keeper->overflow && asked->people == NULL &&
        asked->within_days <= KEPT_DAYS) {
        TRY(keep_up(keeper, sitting, transactions, transaction_count, err));
        if (keeper->is_kept) {
            visit_kept(keeper, asked, sitting->today, visit, context);
            return result_ok();
        }
    }
    return visit_afresh(sitting, transactions, transaction_count, asked, visit, context, err);
}
