#include "format/latin.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum {
    TEXT_BYTES_MAX = 64 * 1024, /* far above any name */
    GROWTH = 8,                 /* UTF-16 units a transliteration may make of one */
};

struct wide {
    UChar *units;
    int32_t count;
    int32_t capacity;
};

static result failed(UErrorCode code, struct err *err)
{
    return err_set(err, ERROR_INTERNAL, "The text could not be read: %s", u_errorName(code));
}

static bool is_ascii(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static result widen(str text, struct arena *arena, struct wide *ret_wide, struct err *err)
{
    if (text.len > TEXT_BYTES_MAX) {
        return err_set(err, ERROR_LIMIT, "A text of more than %d bytes is no name", TEXT_BYTES_MAX);
    }
    struct wide wide = {.capacity = (int32_t)(text.len + 1) * GROWTH};
    wide.units = ARENA_NEW(arena, UChar, (size_t)wide.capacity);
    if (wide.units == NULL) {
        return arena_full(err);
    }
    UErrorCode code = U_ZERO_ERROR;
    u_strFromUTF8(wide.units, wide.capacity, &wide.count, text.at, (int32_t)text.len, &code);
    *ret_wide = wide;
    return U_SUCCESS(code) ? result_ok() : failed(code, err);
}

static result narrow(const struct wide *wide, struct arena *arena, str *ret_text, struct err *err)
{
    const size_t capacity = (size_t)wide->count * 3 + 1;
    char *text = ARENA_NEW(arena, char, capacity);
    if (text == NULL) {
        return arena_full(err);
    }
    int32_t len = 0;
    UErrorCode code = U_ZERO_ERROR;
    u_strToUTF8(text, (int32_t)capacity, &len, wide->units, wide->count, &code);
    *ret_text = (str){.at = text, .len = (size_t)len};
    return U_SUCCESS(code) ? result_ok() : failed(code, err);
}

result latin_nfc(str text, struct arena *arena, str *ret_text, struct err *err)
{
    if (is_ascii(text)) {
        *ret_text = text;
        return result_ok();
    }
    struct wide wide;
    UErrorCode code = U_ZERO_ERROR;
    TRY(widen(text, arena, &wide, err));
    UChar *composed = ARENA_NEW(arena, UChar, (size_t)wide.capacity);
    if (composed == NULL) {
        return arena_full(err);
    }
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
    const int32_t count =
        unorm2_normalize(nfc, wide.units, wide.count, composed, wide.capacity, &code);
    const struct wide normal = {.units = composed, .count = count};
    return U_SUCCESS(code) ? narrow(&normal, arena, ret_text, err) : failed(code, err);
}

result latin_open(struct latin *latin, struct err *err)
{
    static const char rules[] = "Any-Latin; Latin-ASCII; Any-Lower";
    UChar name[sizeof rules];
    UErrorCode code = U_ZERO_ERROR;
    u_charsToUChars(rules, name, (int32_t)sizeof rules);
    latin->transform = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    return U_SUCCESS(code) ? result_ok() : failed(code, err);
}

void latin_close(struct latin *latin)
{
    if (latin->transform != NULL) {
        utrans_close(latin->transform);
    }
    latin->transform = NULL;
}

result latin_letters_by(const struct latin *latin, str text, struct arena *arena, str *ret_text,
                        struct err *err)
{
    if (is_ascii(text)) {
        *ret_text = text;
        return result_ok();
    }
    struct wide wide;
    UErrorCode code = U_ZERO_ERROR;
    TRY(widen(text, arena, &wide, err));
    int32_t limit = wide.count;
    utrans_transUChars(latin->transform, wide.units, &wide.count, wide.capacity, 0, &limit, &code);
    return U_SUCCESS(code) ? narrow(&wide, arena, ret_text, err) : failed(code, err);
}

result latin_letters(str text, struct arena *arena, str *ret_text, struct err *err)
{
    struct latin latin = {.transform = NULL};
    if (is_ascii(text)) {
        *ret_text = text;
        return result_ok();
    }
    TRY(latin_open(&latin, err));
    const result written = latin_letters_by(&latin, text, arena, ret_text, err);
    latin_close(&latin);
    return written;
}
