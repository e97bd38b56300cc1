/* Bitemporal reading: of all values ever recorded, those that count at (as of, known at). */
#include "store/transaction.h"

#include <stdlib.h>
#include <string.h>

/* The facts of a kind of subject, in the order of the key, with one row looked at ahead. */
struct fact_stream {
    struct cursor cursor;
    bool more;
    struct fact_row next; /* when `more`; texts valid until the stream moves */
};

static result stream_move(struct fact_stream *stream, struct err *err)
{
    return stream->cursor.connection->backend->cursor_next(&stream->cursor, &stream->next,
                                                           &stream->more, err);
}

/* An array of rows that grows at the end of an arena nobody else takes from. */
struct fact_list {
    struct arena *arena;
    struct fact_row *rows;
    size_t count;
};

static result list_add(struct fact_list *list, const struct fact_row *row, struct err *err)
{
    struct fact_row *added = ARENA_NEW(list->arena, struct fact_row, 1);
    if (added == NULL) {
        return arena_full(err);
    }
    list->rows = list->rows == NULL ? added : list->rows;
    ASSERT(added == list->rows + list->count);
    *added = *row;
    list->count++;
    return result_ok();
}

/* Of the rows, grouped by fact, keeps the one of each fact that counts, at the front of the array.
 */
static size_t choose_each_fact(struct fact_row *rows, size_t count, date as_of, instant known_at)
{
    size_t kept = 0;
    size_t begin = 0;
    while (begin < count) {
        size_t end = begin + 1;
        while (end < count && str_equal(rows[end].fact, rows[begin].fact)) {
            end++;
        }
        const size_t chosen = fact_rows_choose(rows + begin, end - begin, as_of, known_at);
        if (chosen < end - begin) {
            rows[kept++] = rows[begin + chosen];
        }
        begin = end;
    }
    return kept;
}

/* Moves the rows of one subject from the stream into the list. */
static result take_subject(struct fact_stream *stream, int64_t subject, struct fact_list *list,
                           struct arena *texts, struct err *err)
{
    while (stream->more && stream->next.subject == subject) {
        TRY(layout_copy_texts(layout_of(TABLE_FACT), &stream->next, texts, err));
        TRY(list_add(list, &stream->next, err));
        TRY(stream_move(stream, err));
    }
    return result_ok();
}

static result facts_of(struct fact_stream *stream, int64_t subject, date as_of, instant known_at,
                       struct arena lists, struct arena *arena, const struct fact_row **ret_rows,
                       size_t *ret_count, struct err *err)
{
    struct fact_list list = {.arena = &lists};
    TRY(stream_move(stream, err));
    TRY(take_subject(stream, subject, &list, arena, err));
    const size_t kept = choose_each_fact(list.rows, list.count, as_of, known_at);
    struct fact_row *rows = ARENA_NEW(arena, struct fact_row, kept);
    if (rows == NULL) {
        return arena_full(err);
    }
    if (kept > 0) {
        memcpy(rows, list.rows, kept * sizeof *rows);
    }
    *ret_rows = rows;
    *ret_count = kept;
    return result_ok();
}

/* Of a person who was merged: of all records that were one person, as known then. */
static result merged_facts(struct transaction *transaction, int64_t person, date as_of,
                           instant known_at, struct arena *arena, struct fact_row **ret_rows,
                           size_t *ret_count, struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_records(transaction, person, known_at, arena, &records, &record_count, err));
    TRY(identity_fact_rows(transaction, records, record_count, arena, &rows, &count, err));
    *ret_rows = rows;
    *ret_count = choose_each_fact(rows, count, as_of, known_at);
    return result_ok();
}

result transaction_facts(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                         date as_of, instant known_at, struct arena *arena,
                         const struct fact_row **ret_rows, size_t *ret_count, struct err *err)
{
    bool merged = false;
    TRY(identity_any(transaction, &merged, err));
    if (merged && kind == SUBJECT_OF_PERSON) {
        struct fact_row *rows = NULL;
        TRY(merged_facts(transaction, subject, as_of, known_at, arena, &rows, ret_count, err));
        *ret_rows = rows;
        return result_ok();
    }
    const struct parameter parameters[] = {parameter_number(kind), parameter_number(subject)};
    struct fact_stream stream = {0};
    TRY(backend_of(transaction)
            ->cursor_open(transaction->connection, QUERY_FACTS_OF, parameters, 2, &stream.cursor,
                          err));
    const result answer = facts_of(&stream, subject, as_of, known_at, transaction->lists, arena,
                                   ret_rows, ret_count, err);
    backend_of(transaction)->cursor_close(&stream.cursor);
    return answer;
}

result transaction_fact_rows(struct transaction *transaction, enum subject_kind kind,
                             int64_t subject, instant one_person_at, struct arena *arena,
                             const struct fact_row **ret_rows, size_t *ret_count, struct err *err)
{
    bool merged = false;
    TRY(identity_any(transaction, &merged, err));
    if (merged && kind == SUBJECT_OF_PERSON) {
        const int64_t *records = NULL;
        size_t record_count = 0;
        struct fact_row *of_records = NULL;
        TRY(transaction_records(transaction, subject, one_person_at, arena, &records, &record_count,
                                err));
        TRY(identity_fact_rows(transaction, records, record_count, arena, &of_records, ret_count,
                               err));
        *ret_rows = of_records;
        return result_ok();
    }
    const struct parameter parameters[] = {parameter_number(kind), parameter_number(subject)};
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_FACTS_OF, parameters, 2, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

/* --- everybody's --- */

struct visit {
    struct transaction *transaction;
    date as_of;
    instant known_at;
    store_person_facts *call;
    void *context;
    const int64_t *merged; /* sorted: those whose facts stand under several records */
    size_t merged_count;
};

static int compare_records(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static bool is_merged(const struct visit *visit, int64_t person)
{
    return visit->merged_count > 0 && bsearch(&person, visit->merged, visit->merged_count,
                                              sizeof person, compare_records) != NULL;
}

/* What the visitor is given lies in the transaction's arenas; while it runs they begin after it, so
 * that it may read on with the same transaction. */
static result visit_person(const struct visit *visit, struct person_row *person,
                           struct fact_stream *stream, struct err *err)
{
    struct transaction *transaction = visit->transaction;
    const struct arena scratch_before = transaction->scratch;
    const struct arena lists_before = transaction->lists;
    struct fact_list list = {.arena = &transaction->lists};
    result visited = layout_copy_texts(layout_of(TABLE_PERSON), person, &transaction->scratch, err);
    if (visited.ok) {
        visited = take_subject(stream, person->id, &list, &transaction->scratch, err);
    }
    size_t kept = 0;
    if (visited.ok && is_merged(visit, person->id)) {
        visited = merged_facts(transaction, person->id, visit->as_of, visit->known_at,
                               &transaction->scratch, &list.rows, &kept, err);
    } else if (visited.ok) {
        kept = choose_each_fact(list.rows, list.count, visit->as_of, visit->known_at);
    }
    if (visited.ok) {
        visited = visit->call(visit->context, person, list.rows, kept, err);
    }
    transaction->scratch = scratch_before;
    transaction->lists = lists_before;
    return visited;
}

static result visit_people(const struct visit *visit, struct cursor *people,
                           struct fact_stream *stream, struct err *err)
{
    struct person_row person;
    bool found = false;
    TRY(stream_move(stream, err));
    TRY(people->connection->backend->cursor_next(people, &person, &found, err));
    while (found) {
        /* Facts of nobody would be a damaged store; rebuild finds them. */
        while (stream->more && stream->next.subject < person.id) {
            TRY(stream_move(stream, err));
        }
        TRY(visit_person(visit, &person, stream, err));
        TRY(people->connection->backend->cursor_next(people, &person, &found, err));
    }
    return result_ok();
}

result transaction_each_person_facts(struct transaction *transaction, date as_of, instant known_at,
                                     store_person_facts *visit, void *context, struct err *err)
{
    struct visit all = {.transaction = transaction,
                        .as_of = as_of,
                        .known_at = known_at,
                        .call = visit,
                        .context = context};
    const struct arena scratch_before = transaction->scratch;
    TRY(identity_merged_records(transaction, &transaction->scratch, &all.merged, &all.merged_count,
                                err));
    const struct parameter everybody[] = {
        parameter_text(STR("")), parameter_number(0),        parameter_number(0),
        parameter_number(0),     parameter_number(NO_LIMIT),
    };
    const struct parameter kind = parameter_number(SUBJECT_OF_PERSON);
    const struct backend *backend = backend_of(transaction);
    struct cursor people;
    struct fact_stream stream = {0};
    result visited =
        backend->cursor_open(transaction->connection, QUERY_PEOPLE, everybody, 5, &people, err);
    if (visited.ok) {
        visited = backend->cursor_open(transaction->connection, QUERY_FACTS_OF_KIND, &kind, 1,
                                       &stream.cursor, err);
        if (visited.ok) {
            visited = visit_people(&all, &people, &stream, err);
            backend->cursor_close(&stream.cursor);
        }
        backend->cursor_close(&people);
    }
    transaction->scratch = scratch_before;
    return visited;
}
