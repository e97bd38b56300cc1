#include "store/doors.h"

#include "store/proof.h"

#include <string.h>

/* --- the first account ------------------------------------------------------------------------ */

#define FIRST_TOKEN_NAME STR("first token")

/* hash, expires_at, wrong_tokens, wrong_at */
enum { FIRST_TOKEN_BYTES = 32 + 3 * sizeof(int64_t) };

result transaction_first_token(struct transaction *transaction, struct first_token *ret_token,
                               bool *ret_found, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct property_record record = {.name = FIRST_TOKEN_NAME};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PROPERTY, &scratch, &record, ret_found, err));
    if (!*ret_found) {
        return result_ok();
    }
    if (record.value.len != FIRST_TOKEN_BYTES) {
        return err_set(err, ERROR_STORAGE, "The token of the first account is damaged");
    }
    int64_t numbers[3];
    memcpy(ret_token->hash, record.value.at, 32);
    memcpy(numbers, record.value.at + 32, sizeof numbers);
    ret_token->expires_at.milliseconds = numbers[0];
    ret_token->wrong_tokens = numbers[1];
    ret_token->wrong_at.milliseconds = numbers[2];
    return result_ok();
}

result transaction_put_first_token(struct transaction *transaction, const struct first_token *token,
                                   struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    char bytes[FIRST_TOKEN_BYTES];
    const int64_t numbers[] = {token->expires_at.milliseconds, token->wrong_tokens,
                               token->wrong_at.milliseconds};
    memcpy(bytes, token->hash, 32);
    memcpy(bytes + 32, numbers, sizeof numbers);
    const struct property_record record = {.name = FIRST_TOKEN_NAME,
                                           .value = {.at = bytes, .len = sizeof bytes}};
    return backend_of(transaction)->row_put(transaction->connection, TABLE_PROPERTY, &record, err);
}

result transaction_delete_first_token(struct transaction *transaction, struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    const struct property_record record = {.name = FIRST_TOKEN_NAME};
    return backend_of(transaction)
        ->row_delete(transaction->connection, TABLE_PROPERTY, &record, err);
}

/* --- what a browser was asked ----------------------------------------------------------------- */

static result sweep(struct transaction *transaction, instant expired, struct err *err)
{
    struct arena scratch = transaction->scratch;
    const struct parameter parameter = parameter_number(expired.milliseconds);
    void *found = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_OLD_CEREMONIES, &parameter, 1, &scratch, &found, &count,
                     err));
    const struct ceremony_record *rows = found;
    for (size_t i = 0; i < count; i++) {
        TRY(backend_of(transaction)
                ->row_delete(transaction->connection, TABLE_CEREMONY, &rows[i], err));
    }
    return result_ok();
}

result transaction_put_ceremony(struct transaction *transaction, const struct ceremony *ceremony,
                                instant expired, struct err *err)
{
    struct arena scratch = transaction->scratch;
    void *found = NULL;
    size_t count = 0;
    TRY(transaction_check_writing(transaction, err));
    TRY(sweep(transaction, expired, err));
    TRY(collect_rows(transaction, QUERY_CEREMONY_COUNT, NULL, 0, &scratch, &found, &count, err));
    if (count == 1 && *(const int64_t *)found >= CEREMONIES_MAX) {
        return err_set(err, ERROR_LIMIT, "Too many people are signing in; try again in a minute");
    }
    struct ceremony_record record = {.row = *ceremony};
    return row_put_proved(transaction, TABLE_CEREMONY, &record, err);
}

result transaction_take_ceremony(struct transaction *transaction, struct ceremony *ceremony,
                                 bool *ret_found, struct err *err)
{
    struct arena scratch = transaction->scratch;
    TRY(transaction_check_writing(transaction, err));
    struct ceremony_record record = {.row = *ceremony};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_CEREMONY, &scratch, &record, ret_found, err));
    if (!*ret_found) {
        return result_ok();
    }
    TRY(row_check_proof(transaction, TABLE_CEREMONY, &record, err));
    *ceremony = record.row;
    return backend_of(transaction)
        ->row_delete(transaction->connection, TABLE_CEREMONY, &record, err);
}

/* --- passkeys --------------------------------------------------------------------------------- */

result transaction_passkey(struct transaction *transaction, str credential_id, struct arena *arena,
                           struct passkey_row *ret_row, bool *ret_found, struct err *err)
{
    struct passkey_record record = {.row = {.credential_id = credential_id}};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PASSKEY, arena, &record, ret_found, err));
    if (!*ret_found) {
        return result_ok();
    }
    *ret_row = record.row;
    return row_check_proof(transaction, TABLE_PASSKEY, &record, err);
}

result transaction_put_passkey(struct transaction *transaction, const struct passkey_row *row,
                               struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct passkey_record record = {.row = *row};
    return row_put_proved(transaction, TABLE_PASSKEY, &record, err);
}

result transaction_delete_passkey(struct transaction *transaction, str credential_id,
                                  struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    const struct passkey_record record = {.row = {.credential_id = credential_id}};
    return backend_of(transaction)
        ->row_delete(transaction->connection, TABLE_PASSKEY, &record, err);
}

result transaction_passkeys(struct transaction *transaction, int64_t account, struct arena *arena,
                            const struct passkey_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(account);
    void *found = NULL;
    TRY(collect_rows(transaction, QUERY_PASSKEYS, &parameter, 1, arena, &found, ret_count, err));
    const struct passkey_record *records = found;
    struct passkey_row *rows = ARENA_NEW(arena, struct passkey_row, *ret_count + 1);
    for (size_t i = 0; rows != NULL && i < *ret_count; i++) {
        TRY(row_check_proof(transaction, TABLE_PASSKEY, &records[i], err));
        rows[i] = records[i].row;
    }
    *ret_rows = rows;
    return rows == NULL ? arena_full(err) : result_ok();
}

/* --- who is known to another provider --------------------------------------------------------- */

result transaction_subject_link(struct transaction *transaction, str issuer, str subject,
                                struct arena *arena, struct subject_link_row *ret_row,
                                bool *ret_found, struct err *err)
{
    struct subject_link_record record = {.row = {.issuer = issuer, .subject = subject}};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_SUBJECT_LINK, arena, &record, ret_found,
                       err));
    if (!*ret_found) {
        return result_ok();
    }
    *ret_row = record.row;
    return row_check_proof(transaction, TABLE_SUBJECT_LINK, &record, err);
}

result transaction_put_subject_link(struct transaction *transaction,
                                    const struct subject_link_row *row, struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct subject_link_record record = {.row = *row};
    return row_put_proved(transaction, TABLE_SUBJECT_LINK, &record, err);
}

result transaction_delete_subject_link(struct transaction *transaction,
                                       const struct subject_link_row *row, struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    const struct subject_link_record record = {.row = *row};
    return backend_of(transaction)
        ->row_delete(transaction->connection, TABLE_SUBJECT_LINK, &record, err);
}

result transaction_subject_links(struct transaction *transaction, int64_t account,
                                 struct arena *arena, const struct subject_link_row **ret_rows,
                                 size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(account);
    void *found = NULL;
    TRY(collect_rows(transaction, QUERY_SUBJECT_LINKS, &parameter, 1, arena, &found, ret_count,
                     err));
    const struct subject_link_record *records = found;
    struct subject_link_row *rows = ARENA_NEW(arena, struct subject_link_row, *ret_count + 1);
    for (size_t i = 0; rows != NULL && i < *ret_count; i++) {
        TRY(row_check_proof(transaction, TABLE_SUBJECT_LINK, &records[i], err));
        rows[i] = records[i].row;
    }
    *ret_rows = rows;
    return rows == NULL ? arena_full(err) : result_ok();
}
