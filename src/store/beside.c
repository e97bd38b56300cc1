/* Beside the events: secrets, sessions, rulebooks. */
#include "store/proof.h"

#include <string.h>

result transaction_set_password_hash(struct transaction *transaction, int64_t account, str hash,
                                     struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct password_record record = {.account = account, .hash = hash};
    return row_put_proved(transaction, TABLE_PASSWORD, &record, err);
}

result transaction_password_hash(struct transaction *transaction, int64_t account,
                                 struct arena *arena, str *ret_hash, struct err *err)
{
    struct password_record record = {.account = account};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PASSWORD, arena, &record, &found, err));
    *ret_hash = found ? record.hash : STR("");
    return found ? row_check_proof(transaction, TABLE_PASSWORD, &record, err) : result_ok();
}

result transaction_put_session(struct transaction *transaction, const struct session_row *row,
                               struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct session_record record = {.row = *row};
    return row_put_proved(transaction, TABLE_SESSION, &record, err);
}

result transaction_session(struct transaction *transaction, const uint8_t token_hash[32],
                           struct session_row *ret_row, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct session_record record = {.row = {.account = 0}};
    memcpy(record.row.token_hash, token_hash, sizeof record.row.token_hash);
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_SESSION, &scratch, &record, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no such session");
    }
    TRY(row_check_proof(transaction, TABLE_SESSION, &record, err));
    *ret_row = record.row;
    return result_ok();
}

result transaction_delete_session(struct transaction *transaction, const uint8_t token_hash[32],
                                  struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct session_record record = {.row = {.account = 0}};
    memcpy(record.row.token_hash, token_hash, sizeof record.row.token_hash);
    return backend_of(transaction)
        ->row_delete(transaction->connection, TABLE_SESSION, &record, err);
}

result transaction_put_rulebook(struct transaction *transaction, str identity_hex, str canonical,
                                struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    const struct rulebook_record record = {.identity = identity_hex, .canonical = canonical};
    return backend_of(transaction)->row_put(transaction->connection, TABLE_RULEBOOK, &record, err);
}

result transaction_rulebook(struct transaction *transaction, str identity_hex, struct arena *arena,
                            str *ret_canonical, struct err *err)
{
    struct rulebook_record record = {.identity = identity_hex};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_RULEBOOK, arena, &record, &found, err));
    if (!found) {
        const str shown = str_slice(identity_hex, 0, 64);
        return err_set(err, ERROR_NOT_FOUND, "The rulebook %.*s is not in the store",
                       STR_ARG(shown));
    }
    *ret_canonical = record.canonical;
    return result_ok();
}
