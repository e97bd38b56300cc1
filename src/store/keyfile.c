#include "store/keyfile.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { KEY_FILE_SIZE_MAX = 4096, KEY_SCRATCH_SIZE = 16 * 1024 };

static_assert(CIPHER_KEY_SIZE == (int)SHA256_SIZE, "a key is written in the same form as a hash");

result keyfile_make(const char *path, const struct system *system, struct cipher_key *ret_key,
                    struct err *err)
{
    bool found = false;
    TRY(system_find_file(path, &found, err));
    if (found) {
        result_ignore(err_set(err, ERROR_CONFLICT, "The key file %s exists already", path),
                      "the hint returns the failure");
        return err_hint(err,
                        "It may belong to another store. Choose another place, or move it away.");
    }
    struct sha256 key;
    char text[SHA256_HEX_SIZE + 1];
    system->entropy(system->context, key.bytes, sizeof key.bytes);
    sha256_hex(&key, text);
    memcpy(text + SHA256_HEX_SIZE - 1, "\n", 2);
    const result written = system_write_file(path, str_from_c(text), 0600, err);
    if (written.ok) {
        memcpy(ret_key->bytes, key.bytes, sizeof ret_key->bytes);
    } else {
        remove(path); /* it may be there and not be durable */
    }
    explicit_bzero(&key, sizeof key);
    explicit_bzero(text, sizeof text);
    return written;
}

static result parse_key(const char *path, str text, struct cipher_key *ret_key, struct err *err)
{
    struct sha256 key;
    if (!sha256_parse(str_trim(text), &key, NULL).ok) {
        result_ignore(err_set(err, ERROR_STORAGE, "%s is not a key file", path),
                      "the hint returns the failure");
        return err_hint(err, "A key file holds 64 hexadecimal digits. Restore it from its backup.");
    }
    memcpy(ret_key->bytes, key.bytes, sizeof ret_key->bytes);
    explicit_bzero(&key, sizeof key);
    return result_ok();
}

result keyfile_read(const char *path, struct cipher_key *ret_key, struct err *err)
{
    bool found = false;
    TRY(system_find_file(path, &found, err));
    if (!found) {
        result_ignore(err_set(err, ERROR_STORAGE, "The key file %s is missing", path),
                      "the hint returns the failure");
        return err_hint(
            err,
            "Without it no record can be opened. Say where it is, or restore it from its backup.");
    }
    struct arena arena;
    TRY(system_check_secret_file(path, err));
    TRY(arena_open(&arena, KEY_SCRATCH_SIZE, err));
    str text;
    result read = system_read_file(path, KEY_FILE_SIZE_MAX, &arena, &text, err);
    if (read.ok) {
        read = parse_key(path, text, ret_key, err);
    }
    explicit_bzero(arena.begin, arena_used(&arena));
    arena_close(&arena);
    return read;
}

#define KEY_CHECK_NAME STR("key check")
#define KEY_CHECK_TEXT STR("returnhub")

result keyfile_mark_store(struct transaction *transaction, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct property_record record = {.name = KEY_CHECK_NAME};
    uint8_t nonce[CIPHER_NONCE_SIZE];
    transaction_entropy(transaction, nonce, sizeof nonce);
    TRY(cipher_seal(transaction->store_key, nonce, KEY_CHECK_TEXT, KEY_CHECK_NAME, &scratch,
                    &record.value, err));
    return backend_of(transaction)
        ->row_insert(transaction->connection, TABLE_PROPERTY, &record, err);
}

result keyfile_check_store(struct transaction *transaction, const char *key_path, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct property_record record = {.name = KEY_CHECK_NAME};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PROPERTY, &scratch, &record, &found, err));
    str text;
    const bool opens =
        found &&
        cipher_open(transaction->store_key, record.value, KEY_CHECK_NAME, &scratch, &text, NULL).ok;
    if (!opens || !str_equal(text, KEY_CHECK_TEXT)) {
        result_ignore(
            err_set(err, ERROR_STORAGE, "The key file %s does not belong to this store", key_path),
            "the hint returns the failure");
        return err_hint(err, "Use the key file that was made with the store. Nothing was changed.");
    }
    return result_ok();
}
