#include "store/second_factor.h"

#include "store/proof.h"

#include <string.h>

/* A sealed secret opens only as that of the account it was made for. */
static str name_of(int64_t account, struct arena *arena)
{
    return arena_format(arena, "returnhub-one-time-1 %lld", (long long)account);
}

static result open_secret(struct transaction *transaction,
                          const struct second_factor_record *record, struct arena scratch,
                          uint8_t secret[ONE_TIME_SECRET_SIZE], struct err *err)
{
    const str name = name_of(record->account, &scratch);
    str plain = STR("");
    if (name.at == NULL) {
        return arena_full(err);
    }
    if (!cipher_open(transaction->store_key, record->sealed, name, &scratch, &plain, err).ok ||
        plain.len != ONE_TIME_SECRET_SIZE) {
        return err_set(err, ERROR_STORAGE,
                       "The second factor of account %lld does not open with this store's key",
                       (long long)record->account);
    }
    memcpy(secret, plain.at, ONE_TIME_SECRET_SIZE);
    return result_ok();
}

result transaction_second_factor(struct transaction *transaction, int64_t account,
                                 struct second_factor *ret_factor, bool *ret_found, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct second_factor_record record = {.account = account};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_SECOND_FACTOR, &scratch, &record, ret_found,
                       err));
    if (!*ret_found) {
        return result_ok();
    }
    TRY(row_check_proof(transaction, TABLE_SECOND_FACTOR, &record, err));
    *ret_factor = (struct second_factor){.account = account,
                                         .confirmed = record.confirmed,
                                         .last_period = record.last_period,
                                         .wrong_codes = record.wrong_codes,
                                         .wrong_at = record.wrong_at};
    return open_secret(transaction, &record, scratch, ret_factor->secret, err);
}

result transaction_put_second_factor(struct transaction *transaction,
                                     const struct second_factor *factor, struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct arena scratch = transaction->scratch;
    uint8_t nonce[CIPHER_NONCE_SIZE];
    const str name = name_of(factor->account, &scratch);
    const str plain = {.at = (const char *)factor->secret, .len = sizeof factor->secret};
    struct second_factor_record record = {.account = factor->account,
                                          .confirmed = factor->confirmed,
                                          .last_period = factor->last_period,
                                          .wrong_codes = factor->wrong_codes,
                                          .wrong_at = factor->wrong_at};
    if (name.at == NULL) {
        return arena_full(err);
    }
    transaction_entropy(transaction, nonce, sizeof nonce);
    TRY(cipher_seal(transaction->store_key, nonce, plain, name, &scratch, &record.sealed, err));
    return row_put_proved(transaction, TABLE_SECOND_FACTOR, &record, err);
}

result transaction_delete_second_factor(struct transaction *transaction, int64_t account,
                                        struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    const struct second_factor_record record = {.account = account};
    return backend_of(transaction)
        ->row_delete(transaction->connection, TABLE_SECOND_FACTOR, &record, err);
}

result transaction_sessions(struct transaction *transaction, int64_t account, struct arena *arena,
                            const struct session_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(account);
    void *found = NULL;
    TRY(collect_rows(transaction, QUERY_SESSIONS, &parameter, 1, arena, &found, ret_count, err));
    const struct session_record *records = found;
    struct session_row *rows = ARENA_NEW(arena, struct session_row, *ret_count + 1);
    for (size_t i = 0; rows != NULL && i < *ret_count; i++) {
        rows[i] = records[i].row;
    }
    *ret_rows = rows;
    return rows == NULL ? arena_full(err) : result_ok();
}
