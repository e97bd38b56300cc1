/* The caseload: one short row a person, kept with the other rows and read in one go.
 *
 * Writing. Each value that is recorded changes the person's row, and a command often records many
 * of one person. So the row of the last person is held in the transaction and written when another
 * person's is needed, or at the end of the work (caseload_flush): what is in the database is behind
 * by that one row at most, and never when a work has ended. */
#include "store/transaction.h"

#include <string.h>

enum { HELD_SIZE = 128 * 1024 * 1024 }; /* taken from the system only as far as it is used */

/* --- the row that is held --- */

result caseload_flush(struct transaction *transaction, struct err *err)
{
    struct held_caseload *held = &transaction->caseload;
    if (!held->changed) {
        return result_ok();
    }
    const struct backend *backend = backend_of(transaction);
    held->changed = false;
    TRY(held->is_new
            ? backend->row_insert(transaction->connection, TABLE_CASELOAD, &held->row, err)
            : backend->row_update(transaction->connection, TABLE_CASELOAD, &held->row, err));
    held->is_new = false;
    return result_ok();
}

void caseload_forget(struct transaction *transaction)
{
    struct held_caseload *held = &transaction->caseload;
    held->row = (struct caseload_row){.person = 0};
    held->changed = false;
    held->is_new = false;
}

void caseload_done(struct transaction *transaction)
{
    arena_close(&transaction->caseload.memory);
}

/* Holds `row`, whose texts lie elsewhere, from here on. */
static result hold(struct transaction *transaction, const struct caseload_row *row, bool is_new,
                   bool changed, struct err *err)
{
    struct held_caseload *held = &transaction->caseload;
    if (held->memory.begin == NULL) {
        TRY(arena_open(&held->memory, HELD_SIZE, err));
    }
    /* No text of `row` may be one that is held now: its memory is given back first. */
    arena_reset(&held->memory);
    held->row = *row;
    held->is_new = is_new;
    held->changed = changed;
    const result copied =
        layout_copy_texts(layout_of(TABLE_CASELOAD), &held->row, &held->memory, err);
    if (!copied.ok) {
        caseload_forget(transaction);
    }
    return copied;
}

static result refuse_missing(int64_t person, struct err *err)
{
    result_ignore(
        err_set(err, ERROR_STORAGE, "The caseload has no row of person %lld", (long long)person),
        "the hint returns the failure");
    return err_hint(err, "Make the rows anew from the events: returnhub rebuild");
}

/* The person's row, in the transaction; *ret_found is false when there is none. */
static result take(struct transaction *transaction, int64_t person, struct arena scratch,
                   bool *ret_found, struct err *err)
{
    struct held_caseload *held = &transaction->caseload;
    *ret_found = true;
    if (held->row.person == person) {
        return result_ok();
    }
    TRY(caseload_flush(transaction, err));
    struct caseload_row row = {.person = person};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_CASELOAD, &scratch, &row, ret_found, err));
    return *ret_found ? hold(transaction, &row, false, false, err) : result_ok();
}

/* --- what an event does to it --- */

result caseload_follow(struct transaction *transaction, const struct person_row *person,
                       bool is_new, struct arena scratch, struct err *err)
{
    struct caseload_row row = {.person = 0};
    int64_t stage = 0;
    bool found = false;
    TRY(names_number(transaction, NAMES_OF_WORDS, person->stage, scratch, &stage, err));
    TRY(take(transaction, person->id, scratch, &found, err));
    if (found == is_new) {
        return is_new ? err_set(err, ERROR_STORAGE, "The caseload has a row of person %lld already",
                                (long long)person->id)
                      : refuse_missing(person->id, err);
    }
    transaction->rows_changed++;
    if (!is_new) {
        struct held_caseload *held = &transaction->caseload;
        const str reference = held->row.reference;
        caseload_row_follow(&held->row, person, stage);
        held->row.reference = reference; /* which never changes, and is held here */
        held->changed = true;
        return result_ok();
    }
    caseload_row_follow(&row, person, stage);
    return hold(transaction, &row, true, true, err);
}

/* A value as it is packed: words get their numbers. */
static result number_value(struct transaction *transaction, str text, struct arena scratch,
                           struct packed_value *ret_value, struct err *err)
{
    struct packed_value value = packed_value_of(text);
    if (value.kind == PACKED_WORD) {
        TRY(names_number(transaction, NAMES_OF_WORDS, text, scratch, &value.number, err));
        value.kind = value.number == 0 ? PACKED_TEXT : PACKED_WORD;
    }
    *ret_value = value;
    return result_ok();
}

/* The rows of one fact of the person, in the order of (true_from, position). */
static result rows_of_fact(struct transaction *transaction, int64_t person, str fact,
                           struct arena *arena, struct fact_row **ret_rows, size_t *ret_count,
                           struct err *err)
{
    const struct parameter parameters[] = {parameter_number(SUBJECT_OF_PERSON),
                                           parameter_number(person)};
    void *all = NULL;
    size_t count = 0;
    size_t kept = 0;
    TRY(collect_rows(transaction, QUERY_FACTS_OF, parameters, 2, arena, &all, &count, err));
    struct fact_row *rows = all;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(rows[i].fact, fact)) {
            rows[kept++] = rows[i];
        }
    }
    *ret_rows = rows;
    *ret_count = kept;
    return result_ok();
}

/* The entries of a fact that are left after a withdrawal. */
static result entries_left(struct transaction *transaction, const struct fact_row *withdrawn,
                           int64_t fact, struct arena *arena, struct packed_entry **ret_entries,
                           size_t *ret_count, struct err *err)
{
    struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(rows_of_fact(transaction, withdrawn->subject, withdrawn->fact, arena, &rows, &count, err));
    count = fact_rows_keep_current(rows, count);
    struct packed_entry *entries = ARENA_NEW(arena, struct packed_entry, count + 1);
    if (entries == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct packed_entry){.fact = fact, .true_from = rows[i].true_from};
        TRY(number_value(transaction, rows[i].value, *arena, &entries[i].value, err));
    }
    *ret_entries = entries;
    *ret_count = count;
    return result_ok();
}

result caseload_fact(struct transaction *transaction, const struct event *event,
                     const struct fact_row *row, struct arena scratch, struct err *err)
{
    int64_t fact = 0;
    struct packed_entry recorded = {.true_from = row->true_from};
    struct packed_entry *entries = &recorded;
    size_t count = 1;
    bool found = false;
    TRY(names_number(transaction, NAMES_OF_FACTS, row->fact, scratch, &fact, err));
    recorded.fact = fact;
    if (event->kind == EVENT_FACT_RECORDED) {
        TRY(number_value(transaction, row->value, scratch, &recorded.value, err));
    } else {
        TRY(entries_left(transaction, row, fact, &scratch, &entries, &count, err));
    }
    TRY(take(transaction, row->subject, scratch, &found, err));
    if (!found) {
        return refuse_missing(row->subject, err);
    }
    struct caseload_row changed = transaction->caseload.row;
    transaction->rows_changed++;
    TRY(caseload_row_apply(&changed, event, fact, entries, count, &scratch, err));
    changed.reference = arena_copy(&scratch, changed.reference);
    if (changed.reference.at == NULL) {
        return arena_full(err);
    }
    return hold(transaction, &changed, transaction->caseload.is_new, true, err);
}

/* --- reading --- */

static result visit_rows(struct cursor *cursor, store_caseload *visit, void *context,
                         struct err *err)
{
    struct caseload_row row;
    bool found = true;
    while (found) {
        TRY(cursor->connection->backend->cursor_next(cursor, &row, &found, err));
        if (found) {
            const struct caseload caseload = {
                .person = row.person,
                .reference = row.reference,
                .stage = row.stage,
                .family = row.family,
                .hub = row.hub,
                .recorded_until = row.recorded_until,
                .facts = row.facts,
            };
            TRY(visit(context, &caseload, err));
        }
    }
    return result_ok();
}

result transaction_each_caseload(struct transaction *transaction, int64_t first, int64_t last,
                                 store_caseload *visit, void *context, struct err *err)
{
    const struct parameter range[] = {parameter_number(first), parameter_number(last)};
    struct cursor cursor;
    TRY(caseload_flush(transaction, err));
    TRY(backend_of(transaction)
            ->cursor_open(transaction->connection, QUERY_CASELOAD, range, 2, &cursor, err));
    const result visited = visit_rows(&cursor, visit, context, err);
    backend_of(transaction)->cursor_close(&cursor);
    return visited;
}
