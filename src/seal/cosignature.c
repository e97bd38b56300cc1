#include "seal/cosignature.h"

#include <inttypes.h>
#include <string.h>

enum { TIME_SIZE = 8, COSIGNATURE_SIZE = TIME_SIZE + SIGNATURE_SIZE };

static result signed_text(str text, uint64_t seconds, struct arena *arena, str *ret_signed,
                          struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena, NOTE_TEXT_MAX + 64);
    buf_format(&buf, "cosignature/v1\ntime %" PRIu64 "\n", seconds);
    buf_put(&buf, text);
    return buf_finish(&buf, ret_signed, err);
}

result cosignature_make(str text, int64_t seconds, const struct note_key *key,
                        const struct signing_key *secret, struct arena *arena, str *ret_line,
                        struct err *err)
{
    uint8_t bytes[COSIGNATURE_SIZE];
    str message;
    struct buf buf;
    ASSERT(key->type == NOTE_KEY_COSIGNATURE && seconds >= 0);
    TRY(signed_text(text, (uint64_t)seconds, arena, &message, err));
    for (int i = 0; i < TIME_SIZE; i++) {
        bytes[i] = (uint8_t)((uint64_t)seconds >> (56 - 8 * i));
    }
    signature_make(secret, message, bytes + TIME_SIZE);
    buf_init(&buf, arena, NOTE_TEXT_MAX);
    note_put_signature(key, bytes, sizeof bytes, &buf);
    return buf_finish(&buf, ret_line, err);
}

static uint64_t time_of(const uint8_t bytes[TIME_SIZE])
{
    uint64_t seconds = 0;
    for (int i = 0; i < TIME_SIZE; i++) {
        seconds = seconds << 8 | bytes[i];
    }
    return seconds;
}

static result check(const struct note_signature *signature, const struct note_key *witness,
                    struct arena *arena, struct err *err)
{
    const uint64_t seconds = time_of(signature->bytes);
    str message;
    TRY(signed_text(signature->text, seconds, arena, &message, err));
    return signature->size == COSIGNATURE_SIZE && seconds <= INT64_MAX &&
                   signature_holds(witness->public_key, message, signature->bytes + TIME_SIZE)
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The cosignature of %s does not hold", witness->name);
}

result cosignature_find(str note, const struct note_key *witness, int64_t *ret_seconds,
                        bool *ret_found, struct err *err)
{
    struct note_signature signature = {.size = 0};
    struct arena arena;
    ASSERT(witness->type == NOTE_KEY_COSIGNATURE);
    *ret_found = false;
    TRY(note_find_signature(note, witness, &signature, err));
    if (signature.size == 0) {
        return result_ok();
    }
    TRY(arena_open(&arena, (size_t)4 * NOTE_TEXT_MAX, err));
    const result checked = check(&signature, witness, &arena, err);
    arena_close(&arena);
    TRY(checked);
    *ret_seconds = (int64_t)time_of(signature.bytes);
    *ret_found = true;
    return result_ok();
}
