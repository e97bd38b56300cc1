#include "store/departures.h"

#include "store/transaction.h"

result transaction_manifest(struct transaction *transaction, int64_t id, struct arena *arena,
                            struct manifest_row *ret_row, struct err *err)
{
    struct manifest_row row = {.id = id};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_MANIFEST, arena, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no manifest %lld", (long long)id);
    }
    *ret_row = row;
    return result_ok();
}

result transaction_manifests(struct transaction *transaction, bool unfinished_only,
                             struct arena *arena, const struct manifest_row **ret_rows,
                             size_t *ret_count, struct err *err)
{
    const struct parameter last =
        parameter_number(unfinished_only ? MANIFEST_DEPARTED : MANIFEST_CANCELLED);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_MANIFESTS, &last, 1, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

static result entries(struct transaction *transaction, enum query query, int64_t of,
                      struct arena *arena, const struct manifest_entry_row **ret_rows,
                      size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(of);
    void *rows = NULL;
    TRY(collect_rows(transaction, query, &parameter, 1, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_manifest_entries(struct transaction *transaction, int64_t manifest,
                                    struct arena *arena, const struct manifest_entry_row **ret_rows,
                                    size_t *ret_count, struct err *err)
{
    return entries(transaction, QUERY_MANIFEST_ENTRIES, manifest, arena, ret_rows, ret_count, err);
}

result transaction_expected_arrivals(struct transaction *transaction, int64_t hub,
                                     struct arena *arena,
                                     const struct manifest_entry_row **ret_rows, size_t *ret_count,
                                     struct err *err)
{
    return entries(transaction, QUERY_EXPECTED_ARRIVALS, hub, arena, ret_rows, ret_count, err);
}

static result entry(struct transaction *transaction, enum query query, int64_t of,
                    struct manifest_entry_row *ret_row, struct err *err)
{
    const struct parameter parameter = parameter_number(of);
    struct arena scratch = transaction->scratch;
    struct manifest_entry_row row = {0};
    bool found = false;
    TRY(first_row(transaction, query, &parameter, 1, &scratch, &row, &found, err));
    *ret_row = row;
    return result_ok();
}

result transaction_manifest_entry_of(struct transaction *transaction, int64_t person,
                                     struct manifest_entry_row *ret_row, struct err *err)
{
    return entry(transaction, QUERY_MANIFEST_ENTRY_OF_PERSON, person, ret_row, err);
}

result transaction_manifest_entry_ended_by(struct transaction *transaction, int64_t position,
                                           struct manifest_entry_row *ret_row, struct err *err)
{
    return entry(transaction, QUERY_MANIFEST_ENTRY_ENDED_BY, position, ret_row, err);
}

static result notices(struct transaction *transaction, enum query query, int64_t of,
                      int64_t narrowed, struct arena *arena,
                      const struct stop_notice_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(of), parameter_number(narrowed)};
    void *rows = NULL;
    TRY(collect_rows(transaction, query, parameters, query == QUERY_STOP_NOTICES ? 2 : 1, arena,
                     &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_stop_notices(struct transaction *transaction, int64_t account,
                                bool unacknowledged_only, struct arena *arena,
                                const struct stop_notice_row **ret_rows, size_t *ret_count,
                                struct err *err)
{
    return notices(transaction, QUERY_STOP_NOTICES, account, unacknowledged_only ? 0 : 1, arena,
                   ret_rows, ret_count, err);
}

result transaction_told_of_stop(struct transaction *transaction, int64_t stop, struct arena *arena,
                                const struct stop_notice_row **ret_rows, size_t *ret_count,
                                struct err *err)
{
    return notices(transaction, QUERY_TOLD_OF_STOP, stop, 0, arena, ret_rows, ret_count, err);
}
