/* The caseload: one short row a person, kept with the other rows and read in one go.
 *
 * Writing. Each value that is recorded changes the person's row, and a command often records many
 * of one person. So the row of the last person is held in the transaction and written when another
 * person's is needed, or at the end of the work (caseload_flush): what is in the database is behind
 * by that one row at most, and never when a work has ended. */
#include "store/transaction.h"

#include <stdlib.h>

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
    TRY(find_row_of(transaction, TABLE_CASELOAD, SUBJECT_OF_PERSON, person, &scratch, &row,
                    ret_found, err));
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
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct fact_row *rows = NULL;
    size_t count = 0;
    size_t kept = 0;
    TRY(transaction_records(transaction, person, KNOWN_NOW, arena, &records, &record_count, err));
    TRY(identity_fact_rows(transaction, records, record_count, arena, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(rows[i].fact, fact)) {
            rows[kept++] = rows[i];
        }
    }
    *ret_rows = rows;
    *ret_count = kept;
    return result_ok();
}

/* The entries that the rows of one fact, in the order of (true_from, position), come to. */
static result entries_of(struct transaction *transaction, struct fact_row *rows, size_t count,
                         int64_t fact, struct arena *arena, struct packed_entry *entries,
                         size_t *ret_count, struct err *err)
{
    const size_t kept = fact_rows_keep_current(rows, count);
    for (size_t i = 0; i < kept; i++) {
        entries[i] = (struct packed_entry){.fact = fact, .true_from = rows[i].true_from};
        TRY(number_value(transaction, rows[i].value, *arena, &entries[i].value, err));
    }
    *ret_count = kept;
    return result_ok();
}

/* The entries of a fact that are left after a withdrawal. */
static result entries_left(struct transaction *transaction, int64_t person, str name, int64_t fact,
                           struct arena *arena, struct packed_entry **ret_entries,
                           size_t *ret_count, struct err *err)
{
    struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(rows_of_fact(transaction, person, name, arena, &rows, &count, err));
    struct packed_entry *entries = ARENA_NEW(arena, struct packed_entry, count + 1);
    if (entries == NULL) {
        return arena_full(err);
    }
    *ret_entries = entries;
    return entries_of(transaction, rows, count, fact, arena, entries, ret_count, err);
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
        TRY(entries_left(transaction, event->subject, row->fact, fact, &scratch, &entries, &count,
                         err));
    }
    TRY(take(transaction, event->subject, scratch, &found, err));
    if (!found) {
        return refuse_missing(event->subject, err);
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

/* --- anew, when records become or cease to be one person --- */

/* The entries of one fact, with the number by which they are put in order. */
struct fact_entries {
    int64_t fact;
    struct packed_entry *entries;
    size_t count;
};

static int compare_facts(const void *left, const void *right)
{
    const struct fact_entries *a = left;
    const struct fact_entries *b = right;
    return (a->fact > b->fact) - (a->fact < b->fact);
}

static result group_entries(struct transaction *transaction, struct fact_row *rows, size_t count,
                            struct arena *arena, struct fact_entries *groups, size_t *ret_count,
                            struct err *err)
{
    size_t group_count = 0;
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count && str_equal(rows[end].fact, rows[begin].fact)) {
            end++;
        }
        struct fact_entries *group = &groups[group_count++];
        TRY(names_number(transaction, NAMES_OF_FACTS, rows[begin].fact, *arena, &group->fact, err));
        group->entries = ARENA_NEW(arena, struct packed_entry, end - begin);
        if (group->entries == NULL) {
            return arena_full(err);
        }
        TRY(entries_of(transaction, rows + begin, end - begin, group->fact, arena, group->entries,
                       &group->count, err));
    }
    *ret_count = group_count;
    return result_ok();
}

static result pack_rows(struct transaction *transaction, struct fact_row *rows, size_t count,
                        struct arena *arena, str *ret_facts, struct err *err)
{
    struct fact_entries *groups = ARENA_NEW(arena, struct fact_entries, count + 1);
    struct packed_entry *all = ARENA_NEW(arena, struct packed_entry, count + 1);
    size_t group_count = 0;
    size_t filled = 0;
    if (groups == NULL || all == NULL) {
        return arena_full(err);
    }
    TRY(group_entries(transaction, rows, count, arena, groups, &group_count, err));
    qsort(groups, group_count, sizeof groups[0], compare_facts);
    for (size_t i = 0; i < group_count; i++) {
        for (size_t k = 0; k < groups[i].count; k++) {
            all[filled++] = groups[i].entries[k];
        }
    }
    return packed_pack(all, filled, arena, ret_facts, err);
}

result caseload_renew(struct transaction *transaction, const struct person_row *person, bool is_new,
                      instant recorded_until, struct arena scratch, struct err *err)
{
    const struct backend *backend = backend_of(transaction);
    struct caseload_row row = {.recorded_until = recorded_until};
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct fact_row *rows = NULL;
    size_t count = 0;
    int64_t stage = 0;
    TRY(caseload_flush(transaction, err));
    caseload_forget(transaction);
    TRY(transaction_records(transaction, person->id, KNOWN_NOW, &scratch, &records, &record_count,
                            err));
    TRY(identity_fact_rows(transaction, records, record_count, &scratch, &rows, &count, err));
    TRY(pack_rows(transaction, rows, count, &scratch, &row.facts, err));
    TRY(names_number(transaction, NAMES_OF_WORDS, person->stage, scratch, &stage, err));
    caseload_row_follow(&row, person, stage);
    transaction->rows_changed++;
    return is_new ? backend->row_insert(transaction->connection, TABLE_CASELOAD, &row, err)
                  : backend->row_update(transaction->connection, TABLE_CASELOAD, &row, err);
}

result caseload_remove(struct transaction *transaction, int64_t person, struct err *err)
{
    const struct caseload_row row = {.person = person};
    TRY(caseload_flush(transaction, err));
    caseload_forget(transaction);
    transaction->rows_changed++;
    return backend_of(transaction)->row_delete(transaction->connection, TABLE_CASELOAD, &row, err);
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
                .registered_on = row.registered_on,
                .next_check_on = row.next_check_on,
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
