#include "casework/lifecycle.h"

#include "casework/agreement_states.h"
#include "casework/counted.h"
#include "casework/text.h"

/* --- moving ----------------------------------------------------------------------------------- */

result casework_move_agreement(const struct casework *casework, const struct caller *caller,
                               str reference, str state, date from, str source, struct arena *arena,
                               struct record_answer *ret_answer, struct err *err)
{
    const struct fact_entry entry = {
        .fact = AGREEMENT_STATE_FACT, .value = state, .true_from = from, .source = source};
    TRY(text_line_required("The source", source, SOURCE_MAX_BYTES, err));
    return casework_record_facts(casework, caller, SUBJECT_OF_AGREEMENT, reference, &entry, 1,
                                 arena, ret_answer, err);
}

/* --- one life --------------------------------------------------------------------------------- */

struct life_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    const struct agreement_line *lines;
    size_t count;
    struct agreement_life *lives;
};

static void note_number(const struct rulebook *rulebook, const struct agreement_line *line,
                        str fact, bool *ret_has, int64_t *ret_number)
{
    for (size_t i = 0; i < line->fact_count; i++) {
        const struct known_fact *known = &line->facts[i];
        if (str_equal(rulebook->facts[known->fact].name, fact) && known->value.known &&
            rulebook->facts[known->fact].type == FACT_NUMBER) {
            *ret_has = true;
            *ret_number = known->value.number;
        }
    }
}

static void add_acceptance(struct acceptance_counts *counts, const struct entry_row *row)
{
    counts->asked++;
    counts->waiting += entry_is_closed(row) ? 0 : 1;
    const bool accepted = str_equal(row->outcome, STR("accepted"));
    const bool declined = str_equal(row->outcome, STR("declined"));
    counts->accepted += accepted ? 1 : 0;
    counts->declined += declined ? 1 : 0;
    counts->unanswered += entry_is_closed(row) && !accepted && !declined ? 1 : 0;
    if (entry_is_closed(row) && (accepted || declined)) {
        const int64_t days = date_days_between(row->opened_on, row->answered_on.day);
        counts->days += days;
        counts->longest_days = days > counts->longest_days ? days : counts->longest_days;
    }
}

static result read_acceptances(struct sitting *sitting, int64_t agreement,
                               struct acceptance_counts *counts, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct entry_filter filter = {.kind = str_from_c(entry_kind_name(ENTRY_ACCEPTANCE)),
                                        .agreement = agreement};
    const struct entry_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_entries(sitting->transaction, &filter, &scratch, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        add_acceptance(counts, &rows[i]);
    }
    return result_ok();
}

static result read_life(struct sitting *sitting, const struct agreement_line *line,
                        struct agreement_life *ret_life, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct case_time now = case_now(sitting);
    const struct request_filter live = {.agreement = line->row.id, .live_only = true};
    struct agreement_life life = {.line = *line};
    struct arena scratch = *sitting->arena;
    const struct request_row *requests = NULL;
    size_t request_count = 0;
    TRY(transaction_requests(sitting->transaction, &live, &scratch, &requests, &request_count,
                             err));
    life.live_requests = (int64_t)request_count;
    TRY(agreement_states_read(sitting, line->row.id, &life.states, &life.state_count, err));
    TRY(counted_intake(sitting, &now, line->row.id, &life.intake, err));
    TRY(read_acceptances(sitting, line->row.id, &life.acceptances, err));
    note_number(rulebook, line, STR("agreement.cap"), &life.has_cap, &life.cap);
    note_number(rulebook, line, STR("agreement.intake_a_month"), &life.has_intake,
                &life.intake_a_month);
    *ret_life = life;
    return result_ok();
}

static result read_lives(struct transaction *transaction, void *context, struct err *err)
{
    struct life_work *work = context;
    struct sitting sitting;
    TRY(sitting_read(&sitting, work->casework, transaction, work->caller, ACTION_SEE_AGREEMENT,
                     work->arena, err));
    work->lives = ARENA_NEW(work->arena, struct agreement_life, work->count + 1);
    if (work->lives == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->count; i++) {
        TRY(read_life(&sitting, &work->lines[i], &work->lives[i], err));
    }
    return result_ok();
}

const struct agreement_state *agreement_state_on(const struct agreement_life *life, date day)
{
    const struct agreement_state *found = NULL;
    for (size_t i = 0; i < life->state_count; i++) {
        if (!date_before(day, life->states[i].from)) {
            found = &life->states[i];
        }
    }
    return found;
}

result casework_agreement_life(const struct casework *casework, const struct caller *caller,
                               str reference, struct arena *arena, struct agreement_life *ret_life,
                               struct err *err)
{
    struct agreement_line line;
    struct life_work work = {
        .casework = casework, .caller = caller, .arena = arena, .lines = &line, .count = 1};
    TRY(casework_agreement(casework, caller, reference, arena, &line, err));
    TRY(store_read(casework->store, read_lives, &work, err));
    *ret_life = work.lives[0];
    return result_ok();
}

result casework_agreement_lives(const struct casework *casework, const struct caller *caller,
                                struct arena *arena, const struct agreement_life **ret_lives,
                                size_t *ret_count, struct err *err)
{
    struct life_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(casework_agreements(casework, caller, arena, &work.lines, &work.count, err));
    TRY(store_read(casework->store, read_lives, &work, err));
    *ret_lives = work.lives;
    *ret_count = work.count;
    return result_ok();
}
