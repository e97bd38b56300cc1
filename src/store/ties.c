#include "store/ties.h"

#include "store/transaction.h"

#include <stdlib.h>

result transaction_tie(struct transaction *transaction, int64_t id, struct arena *arena,
                       struct tie_to_person *ret_tie, struct err *err)
{
    struct tie_to_person tie = {.row = {.id = id}};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_TIE, arena, &tie.row, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no tie %lld", (long long)id);
    }
    TRY(identity_whose(transaction, tie.row.id, tie.row.person, *arena, &tie.person, err));
    *ret_tie = tie;
    return result_ok();
}

/* Adds the ties of one answer of the query to those there are; of one person alone, unless that
 * is 0. */
static result collect(struct transaction *transaction, enum query query, int64_t asked,
                      int64_t person, struct arena *arena, struct tie_to_person **ret_ties,
                      size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(asked);
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, query, &parameter, 1, arena, &rows, &count, err));
    const struct tie_row *row = rows;
    struct tie_to_person *ties = ARENA_NEW(arena, struct tie_to_person, count + 1);
    if (ties == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        ties[kept].row = row[i];
        TRY(identity_whose(transaction, row[i].id, row[i].person, *arena, &ties[kept].person, err));
        kept += person == 0 || ties[kept].person == person ? 1 : 0;
    }
    *ret_ties = ties;
    *ret_count = kept;
    return result_ok();
}

result transaction_ties_of_account(struct transaction *transaction, int64_t account,
                                   struct arena *arena, const struct tie_to_person **ret_ties,
                                   size_t *ret_count, struct err *err)
{
    struct tie_to_person *ties = NULL;
    TRY(collect(transaction, QUERY_TIES_OF_ACCOUNT, account, 0, arena, &ties, ret_count, err));
    *ret_ties = ties;
    return result_ok();
}

static int oldest_first(const void *left, const void *right)
{
    const struct tie_to_person *a = left;
    const struct tie_to_person *b = right;
    return a->row.id < b->row.id ? -1 : a->row.id > b->row.id ? 1 : 0;
}

/* A tie of the person may stand under any record that was ever one person with theirs. */
result transaction_ties_of_person(struct transaction *transaction, int64_t person,
                                  struct arena *arena, const struct tie_to_person **ret_ties,
                                  size_t *ret_count, struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct tie_to_person *all = NULL;
    size_t all_count = 0;
    TRY(transaction_kin(transaction, person, arena, &records, &record_count, err));
    for (size_t i = 0; i < record_count; i++) {
        struct tie_to_person *more = NULL;
        size_t count = 0;
        TRY(collect(transaction, QUERY_TIES_OF_RECORD, records[i], person, arena, &more, &count,
                    err));
        struct tie_to_person *both = ARENA_NEW(arena, struct tie_to_person, all_count + count + 1);
        if (both == NULL) {
            return arena_full(err);
        }
        for (size_t k = 0; k < all_count + count; k++) {
            both[k] = k < all_count ? all[k] : more[k - all_count];
        }
        all = both;
        all_count += count;
    }
    if (all_count > 0) {
        qsort(all, all_count, sizeof all[0], oldest_first);
    }
    *ret_ties = all;
    *ret_count = all_count;
    return result_ok();
}
