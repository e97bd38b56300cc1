#include "store/kept.h"
#include "store/proof.h"

#include <string.h>

static result know_last_look(struct transaction *transaction, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct look_link link = {.number = 0};
    bool found = false;
    if (transaction->knows_last_look) {
        return result_ok();
    }
    TRY(first_row(transaction, QUERY_LAST_LOOK, NULL, 0, &scratch, &link, &found, err));
    transaction->last_look = link;
    transaction->knows_last_look = true;
    return result_ok();
}

static struct sha256 chain_of(const struct look_link *link)
{
    struct sha256 chain;
    memcpy(chain.bytes, link->chain, SHA256_SIZE);
    return chain;
}

static result write_look(struct transaction *transaction, const struct look_record *look,
                         struct err *err)
{
    struct look_record record = *look;
    TRY(know_last_look(transaction, err));
    const struct sha256 before = chain_of(&transaction->last_look);
    record.number = transaction->last_look.number + 1;
    const struct sha256 chain = row_proof(transaction, TABLE_LOOK, &record, &before);
    memcpy(record.chain, chain.bytes, SHA256_SIZE);
    TRY(backend_of(transaction)->row_insert(transaction->connection, TABLE_LOOK, &record, err));
    transaction->last_look.number = record.number;
    memcpy(transaction->last_look.chain, record.chain, SHA256_SIZE);
    return result_ok();
}

result transaction_record_look(struct transaction *transaction, const struct look *look,
                               struct err *err)
{
    if (look->purpose.len > LOOK_PURPOSE_SIZE || !str_is_utf8(look->purpose)) {
        return err_set(err, ERROR_INTERNAL,
                       "The purpose of a look is a short text of at most %d bytes",
                       LOOK_PURPOSE_SIZE);
    }
    if (look->reason.len > LOOK_REASON_SIZE || !str_is_utf8(look->reason)) {
        return err_set(err, ERROR_INPUT, "The reason for a look is a text of at most %d bytes",
                       LOOK_REASON_SIZE);
    }
    TRY(transaction_check_writing(transaction, err));
    const struct look_record record = {.account = look->account,
                                       .subject_kind = look->subject_kind,
                                       .subject = look->subject,
                                       .at = look->at,
                                       .purpose = look->purpose,
                                       .reason = look->reason};
    return write_look(transaction, &record, err);
}

/* --- under the seal --- */

static struct looks_head head_of(const struct transaction *transaction,
                                 const struct look_link *link)
{
    uint8_t number[8];
    for (int i = 0; i < 8; i++) {
        number[i] = (uint8_t)((uint64_t)link->number >> (56 - 8 * i));
    }
    const str parts[] = {STR("looks"),
                         {.at = (const char *)number, .len = sizeof number},
                         {.at = (const char *)link->chain, .len = SHA256_SIZE}};
    return (struct looks_head){.number = link->number,
                               .commitment = hmac_with(&transaction->proof_key, parts, 3)};
}

static bool is_from_before(const struct look_link *link)
{
    static const uint8_t zero[SHA256_SIZE];
    return memcmp(link->chain, zero, SHA256_SIZE) == 0;
}

result transaction_looks_head(struct transaction *transaction, struct looks_head *ret_head,
                              struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct look_link link = {.number = 0};
    bool found = false;
    TRY(transaction_check_looks(transaction, err));
    TRY(first_row(transaction, QUERY_LAST_LOOK, NULL, 0, &scratch, &link, &found, err));
    *ret_head = found && !is_from_before(&link) ? head_of(transaction, &link)
                                                : (struct looks_head){.number = 0};
    return result_ok();
}

static result changed_look(int64_t number, struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE,
                          "look %lld was changed behind the store's back, or one before it is gone",
                          (long long)number),
                  "the hint returns the failure");
    return err_hint(
        err, "Keep a copy of the store for whoever examines it, and restore the last backup.");
}

/* Follows the chain by one. */
static result follow(const struct transaction *transaction, const struct look_record *record,
                     struct look_link *last, struct err *err)
{
    struct look_link link = {.number = record->number};
    memcpy(link.chain, record->chain, SHA256_SIZE);
    const struct sha256 before = chain_of(last);
    const struct sha256 expected = row_proof(transaction, TABLE_LOOK, record, &before);
    const bool holds = memcmp(expected.bytes, link.chain, SHA256_SIZE) == 0 ||
                       (is_from_before(&link) && is_from_before(last));
    if (record->number != last->number + 1 || !holds) {
        return changed_look(last->number + 1, err);
    }
    *last = link;
    return result_ok();
}

result transaction_each_look(struct transaction *transaction, store_look_head_visit *visit,
                             void *context, struct err *err)
{
    const struct backend *backend = backend_of(transaction);
    struct look_link last = {.number = 0};
    struct look_record record;
    struct cursor cursor;
    bool found = true;
    TRY(transaction_check_looks(transaction, err));
    TRY(backend->cursor_open(transaction->connection, QUERY_ALL_LOOKS, NULL, 0, &cursor, err));
    result followed = result_ok();
    while (followed.ok && found) {
        followed = backend->cursor_next(&cursor, &record, &found, err);
        if (followed.ok && found) {
            followed = follow(transaction, &record, &last, err);
        }
        if (followed.ok && found && !is_from_before(&last)) {
            const struct looks_head head = head_of(transaction, &last);
            followed = visit(context, &head, err);
        }
    }
    backend->cursor_close(&cursor);
    return followed;
}
