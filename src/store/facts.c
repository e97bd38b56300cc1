/* Bitemporal reading: of all values ever recorded, those that count at (as of, known at). */
#include "store/recent.h"

static result read_fact_rows(struct transaction *transaction, const int64_t asked[],
                             struct arena *arena, void **ret_rows, size_t *ret_count,
                             struct err *err)
{
    const struct parameter parameters[] = {parameter_number(asked[0]), parameter_number(asked[1])};
    return collect_rows(transaction, QUERY_FACTS_OF, parameters, 2, arena, ret_rows, ret_count,
                        err);
}

static const struct recent_question fact_rows = {.table = TABLE_FACT, .read = read_fact_rows};

/* Every row of the subject; of a person who was merged: of all records that were one person, as
 * known then. */
static result rows_of(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                      instant one_person_at, struct arena *arena, struct fact_row **ret_rows,
                      size_t *ret_count, struct err *err)
{
    const int64_t asked[RECENT_ASKED] = {(int64_t)kind, subject};
    const int64_t *records = NULL;
    size_t record_count = 0;
    bool merged = false;
    void *rows = NULL;
    TRY(identity_any(transaction, &merged, err));
    if (merged && kind == SUBJECT_OF_PERSON) {
        TRY(transaction_records(transaction, subject, one_person_at, arena, &records, &record_count,
                                err));
        return identity_fact_rows(transaction, records, record_count, arena, ret_rows, ret_count,
                                  err);
    }
    TRY(recent_rows(transaction, &fact_rows, asked, arena, &rows, ret_count, err));
    *ret_rows = rows;
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

result transaction_facts(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                         date as_of, instant known_at, struct arena *arena,
                         const struct fact_row **ret_rows, size_t *ret_count, struct err *err)
{
    struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(rows_of(transaction, kind, subject, known_at, arena, &rows, &count, err));
    *ret_rows = rows;
    *ret_count = choose_each_fact(rows, count, as_of, known_at);
    return result_ok();
}

result transaction_fact_rows(struct transaction *transaction, enum subject_kind kind,
                             int64_t subject, instant one_person_at, struct arena *arena,
                             const struct fact_row **ret_rows, size_t *ret_count, struct err *err)
{
    struct fact_row *rows = NULL;
    TRY(rows_of(transaction, kind, subject, one_person_at, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}
