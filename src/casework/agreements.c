#include "casework/casework.h"

#include "casework/counted.h"
#include "casework/sitting.h"

struct agreements_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference; /* of one agreement */
    struct arena *arena;
    struct sitting sitting;
    struct agreement_line line;
    struct agreement_line *lines;
    size_t count;
};

static result read_hubs(struct agreements_work *work, struct agreement_line *line, struct err *err)
{
    const struct hub_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_hubs(work->sitting.transaction, work->arena, &rows, &count, err));
    struct hub_row *hubs = ARENA_NEW(work->arena, struct hub_row, count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        bool visible = false;
        if (rows[i].agreement == line->row.id) {
            TRY(sitting_may_hub(&work->sitting, &rows[i], ACTION_SEE_HUB, &visible, err));
        }
        if (visible) {
            hubs[line->hub_count++] = rows[i];
        }
    }
    line->hubs = hubs;
    return result_ok();
}

static result read_line(struct agreements_work *work, const struct agreement_row *row,
                        struct agreement_line *ret_line, struct err *err)
{
    struct agreement_line line = {.row = *row};
    struct subject_facts facts;
    const struct case_time now = case_now(&work->sitting);
    TRY(facts_load(&work->sitting, SUBJECT_OF_AGREEMENT, row->id, &now, &facts, err));
    TRY(counted_of_agreement(&work->sitting, &now, row->id, facts.values, err));
    TRY(facts_show(&work->sitting, SUBJECT_AGREEMENT, &facts, &line.facts, &line.fact_count, err));
    TRY(read_hubs(work, &line, err));
    *ret_line = line;
    return result_ok();
}

static result read_agreements(struct transaction *transaction, void *context, struct err *err)
{
    struct agreements_work *work = context;
    const struct agreement_row *rows = NULL;
    size_t row_count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_AGREEMENT, work->arena, err));
    TRY(transaction_agreements(transaction, work->arena, &rows, &row_count, err));
    work->lines = ARENA_NEW(work->arena, struct agreement_line, row_count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    work->count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (sitting_may_agreement(&work->sitting, &rows[i], ACTION_SEE_AGREEMENT)) {
            TRY(read_line(work, &rows[i], &work->lines[work->count], err));
            work->count++;
        }
    }
    return result_ok();
}

result casework_agreements(const struct casework *casework, const struct caller *caller,
                           struct arena *arena, const struct agreement_line **ret_lines,
                           size_t *ret_count, struct err *err)
{
    struct agreements_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_agreements, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "agreements", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

static result read_agreement(struct transaction *transaction, void *context, struct err *err)
{
    struct agreements_work *work = context;
    struct agreement_row row = {.id = 0};
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_AGREEMENT, work->arena, err));
    TRY(sitting_agreement(&work->sitting, work->reference, ACTION_SEE_AGREEMENT, &row, err));
    return read_line(work, &row, &work->line, err);
}

result casework_agreement(const struct casework *casework, const struct caller *caller,
                          str reference, struct arena *arena, struct agreement_line *ret_agreement,
                          struct err *err)
{
    struct agreements_work work = {
        .casework = casework, .caller = caller, .reference = reference, .arena = arena};
    TRY(store_read(casework->store, read_agreement, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_AGREEMENT, work.line.row.id, "agreement page", err));
    *ret_agreement = work.line;
    return result_ok();
}

/* --- what everybody may know ------------------------------------------------------------------ */

struct announced_work {
    struct arena *arena;
    struct agreement_row *rows;
    size_t count;
};

static result read_announced(struct transaction *transaction, void *context, struct err *err)
{
    struct announced_work *work = context;
    const struct agreement_row *rows = NULL;
    size_t row_count = 0;
    TRY(transaction_agreements(transaction, work->arena, &rows, &row_count, err));
    work->count = 0;
    work->rows = ARENA_NEW(work->arena, struct agreement_row, row_count + 1);
    if (work->rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row_count; i++) {
        if (!rows[i].confidential) {
            work->rows[work->count++] = rows[i];
        }
    }
    return result_ok();
}

result casework_announced(const struct casework *casework, struct arena *arena,
                          const struct agreement_row **ret_rows, size_t *ret_count, struct err *err)
{
    struct announced_work work = {.arena = arena};
    TRY(store_read(casework->store, read_announced, &work, err));
    *ret_rows = work.rows;
    *ret_count = work.count;
    return result_ok();
}
