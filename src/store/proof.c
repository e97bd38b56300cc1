#include "store/proof.h"

#include "store/own_key.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 12 };

/* A column's bytes, and before them its kind and how many they are, so that no two rows say the
 * same. Numbers are written as eight bytes, the highest first. */
struct column_text {
    uint8_t head[9];
    uint8_t number[8];
};

static void put_number(uint8_t bytes[8], uint64_t number)
{
    for (int i = 7; i >= 0; i--) {
        bytes[i] = (uint8_t)number;
        number >>= 8;
    }
}

static str number_text(struct column_text *text, int64_t number)
{
    put_number(text->number, (uint64_t)number);
    return (str){.at = (const char *)text->number, .len = sizeof text->number};
}

static str column_value(const struct column *column, const void *row, struct column_text *text)
{
    const void *member = (const char *)row + column->offset;
    const struct known_day *day = member;
    switch (column->type) {
    case COLUMN_NUMBER:
        return number_text(text, *(const int64_t *)member);
    case COLUMN_STATE:
        return number_text(text, *(const int32_t *)member);
    case COLUMN_SIZE:
        return number_text(text, (int64_t) * (const size_t *)member);
    case COLUMN_FLAG:
        return number_text(text, *(const bool *)member ? 1 : 0);
    case COLUMN_TEXT:
    case COLUMN_BYTES:
        return *(const str *)member;
    case COLUMN_BYTES32:
        return (str){.at = member, .len = SHA256_SIZE};
    case COLUMN_DATE:
        return number_text(text, ((const date *)member)->day);
    case COLUMN_DAY:
        return day->known ? number_text(text, day->day.day) : STR("");
    case COLUMN_INSTANT:
        return number_text(text, ((const instant *)member)->milliseconds);
    }
    return STR("");
}

static void make_key(const struct cipher_key *store_key, str purpose, struct cipher_key *ret_key)
{
    const str key = {.at = (const char *)store_key->bytes, .len = CIPHER_KEY_SIZE};
    const struct sha256 made = hmac_sha256(key, &purpose, 1);
    _Static_assert(SHA256_SIZE == (int)CIPHER_KEY_SIZE, "a key is as long as a hash");
    memcpy(ret_key->bytes, made.bytes, CIPHER_KEY_SIZE);
}

void proof_key(const struct cipher_key *store_key, struct hmac_key *ret_key)
{
    struct cipher_key made;
    make_key(store_key, STR("returnhub-row-1"), &made);
    *ret_key = hmac_key_of((str){.at = (const char *)made.bytes, .len = sizeof made.bytes});
    cipher_wipe(&made);
}

void transaction_own_key(const struct transaction *transaction, str purpose,
                         struct cipher_key *ret_key)
{
    make_key(transaction->store_key, purpose, ret_key);
}

static const struct column *proof_column(const struct layout *layout)
{
    const struct column *column = &layout->columns[layout->column_count - 1];
    ASSERT(column->type == COLUMN_BYTES32);
    return column;
}

struct sha256 row_proof(const struct transaction *transaction, enum table table, const void *row,
                        const struct sha256 *before)
{
    const struct layout *layout = layout_of(table);
    struct column_text texts[COLUMNS_MAX];
    str parts[2 + 2 * COLUMNS_MAX];
    size_t count = 0;
    ASSERT(layout->column_count <= COLUMNS_MAX && proof_column(layout) != NULL);
    parts[count++] = (str){.at = layout->name, .len = strlen(layout->name) + 1};
    parts[count++] =
        before == NULL ? STR("") : (str){.at = (const char *)before->bytes, .len = SHA256_SIZE};
    for (size_t i = 0; i + 1 < layout->column_count; i++) {
        const str value = column_value(&layout->columns[i], row, &texts[i]);
        texts[i].head[0] = (uint8_t)layout->columns[i].type;
        put_number(texts[i].head + 1, value.len);
        parts[count++] = (str){.at = (const char *)texts[i].head, .len = sizeof texts[i].head};
        parts[count++] = value;
    }
    return hmac_with(&transaction->proof_key, parts, count);
}

result row_check_proof(const struct transaction *transaction, enum table table, const void *row,
                       struct err *err)
{
    const struct layout *layout = layout_of(table);
    const struct sha256 proof = row_proof(transaction, table, row, NULL);
    struct sha256 stands;
    memcpy(stands.bytes, (const char *)row + proof_column(layout)->offset, SHA256_SIZE);
    if (sha256_equal(&proof, &stands)) {
        return result_ok();
    }
    struct column_text text;
    const struct column *first = &layout->columns[0];
    if (first->type == COLUMN_NUMBER) {
        int64_t number = 0;
        memcpy(&number, (const char *)row + first->offset, sizeof number);
        return err_set(err, ERROR_STORAGE, "%s %lld was changed behind the store's back",
                       layout->name, (long long)number);
    }
    char shown[2 * 4 + 1] = "";
    const str key = str_slice(column_value(first, row, &text), 0, 4);
    for (size_t i = 0; i < key.len; i++) {
        snprintf(shown + 2 * i, 3, "%02x", (unsigned char)key.at[i]);
    }
    return err_set(err, ERROR_STORAGE, "%s %s... was changed behind the store's back", layout->name,
                   shown);
}

result row_put_proved(struct transaction *transaction, enum table table, void *row, struct err *err)
{
    const struct sha256 proof = row_proof(transaction, table, row, NULL);
    memcpy((char *)row + proof_column(layout_of(table))->offset, proof.bytes, SHA256_SIZE);
    return backend_of(transaction)->row_put(transaction->connection, table, row, err);
}

/* --- rows from before --- */

static result prove_rows(struct transaction *transaction, enum query query, enum table table,
                         struct err *err)
{
    struct arena scratch = transaction->scratch;
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, query, NULL, 0, &scratch, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        void *row = (char *)rows + i * layout_of(table)->row_size;
        TRY(row_put_proved(transaction, table, row, err));
    }
    return result_ok();
}

result proofs_make(struct transaction *transaction, struct err *err)
{
    TRY(prove_rows(transaction, QUERY_PASSWORDS, TABLE_PASSWORD, err));
    TRY(prove_rows(transaction, QUERY_SECOND_FACTORS, TABLE_SECOND_FACTOR, err));
    TRY(prove_rows(transaction, QUERY_ALL_PASSKEYS, TABLE_PASSKEY, err));
    return prove_rows(transaction, QUERY_ALL_SUBJECT_LINKS, TABLE_SUBJECT_LINK, err);
}
