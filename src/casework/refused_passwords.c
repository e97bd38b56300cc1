#include "casework/refused_passwords.h"

#include "base/sha1.h"

#include <string.h>

enum {
    HEX_DIGITS = SHA1_HEX_SIZE - 1,
    LINE_BYTES_MAX = 128, /* of hashes, with their counts */
    PIECE_BYTES = 64 * 1024,
    SAMPLES = 64,
};

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* --- hashes ----------------------------------------------------------------------------------- */

static bool is_hash(str line)
{
    bool hash = line.len >= HEX_DIGITS && (line.len == HEX_DIGITS || line.at[HEX_DIGITS] == ':' ||
                                           line.at[HEX_DIGITS] == '\r');
    for (size_t i = 0; hash && i < HEX_DIGITS; i++) {
        const char c = folded(line.at[i]);
        hash = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return hash;
}

/* The line that begins at or after `at`; *ret_begin is the file's size when none does. */
static result next_line(const struct refused_passwords *list, uint64_t at,
                        char bytes[2 * LINE_BYTES_MAX], str *ret_line, uint64_t *ret_begin,
                        struct err *err)
{
    const uint64_t from = at == 0 ? 0 : at - 1;
    const uint64_t left = list->file.size - from;
    const size_t size = left < 2 * LINE_BYTES_MAX ? (size_t)left : 2 * LINE_BYTES_MAX;
    TRY(growing_read(&list->file, from, bytes, size, err));
    const str text = {.at = bytes, .len = size};
    const size_t begin = at == 0 ? 0 : str_find_char(text, '\n') + 1;
    *ret_begin = begin >= size ? list->file.size : from + begin;
    *ret_line = str_cut(str_slice(text, begin, size), '\n').head;
    return result_ok();
}

static int compare(str line, const char *hex)
{
    for (size_t i = 0; i < HEX_DIGITS; i++) {
        const int difference = folded(line.at[i]) - folded(hex[i]);
        if (difference != 0) {
            return difference;
        }
    }
    return 0;
}

static result has_hash(const struct refused_passwords *list, const char *hex, bool *ret_has,
                       struct err *err)
{
    char bytes[2 * LINE_BYTES_MAX];
    uint64_t low = 0;
    uint64_t high = list->file.size;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        uint64_t begin = 0;
        str line;
        TRY(next_line(list, middle, bytes, &line, &begin, err));
        if (begin >= high) {
            high = middle;
            continue;
        }
        if (!is_hash(line)) {
            return err_set(err, ERROR_STORAGE, "The list of refused passwords is damaged");
        }
        const int difference = compare(line, hex);
        if (difference == 0) {
            *ret_has = true;
            return result_ok();
        }
        low = difference < 0 ? begin + 1 : low;
        high = difference < 0 ? high : middle;
    }
    return result_ok();
}

/* --- texts ------------------------------------------------------------------------------------ */

static bool is_alike(str line, str password)
{
    const str text = str_ends(line, STR("\r")) ? str_slice(line, 0, line.len - 1) : line;
    bool alike = text.len == password.len;
    for (size_t i = 0; alike && i < text.len; i++) {
        alike = folded(text.at[i]) == folded(password.at[i]);
    }
    return alike;
}

/* Looks at the whole lines of a piece; *ret_seen is where the first that is not whole begins. */
static bool has_line(str piece, bool last, str password, size_t *ret_seen)
{
    str left = piece;
    *ret_seen = 0;
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, '\n');
        if (!cut.found && !last) {
            return false;
        }
        if (is_alike(cut.head, password)) {
            return true;
        }
        *ret_seen += cut.head.len + (cut.found ? 1 : 0);
        left = cut.tail;
    }
    return false;
}

static result has_text(const struct refused_passwords *list, str password, struct arena scratch,
                       bool *ret_has, struct err *err)
{
    char *bytes = ARENA_NEW(&scratch, char, PIECE_BYTES);
    if (bytes == NULL) {
        return arena_full(err);
    }
    for (uint64_t at = 0; at < list->file.size && !*ret_has;) {
        const uint64_t left = list->file.size - at;
        const size_t size = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
        size_t seen = 0;
        TRY(growing_read(&list->file, at, bytes, size, err));
        *ret_has = has_line((str){.at = bytes, .len = size}, size == left, password, &seen);
        at += seen == 0 ? size : seen; /* a line longer than a piece is nobody's password */
    }
    return result_ok();
}

/* --- */

static result check_order(const struct refused_passwords *list, struct err *err)
{
    char bytes[2 * LINE_BYTES_MAX];
    char before[SHA1_HEX_SIZE] = "";
    for (uint64_t i = 0; i < SAMPLES; i++) {
        uint64_t begin = 0;
        str line;
        TRY(next_line(list, list->file.size / SAMPLES * i, bytes, &line, &begin, err));
        if (begin >= list->file.size) {
            break;
        }
        if (!is_hash(line) || (before[0] != '\0' && compare(line, before) < 0)) {
            return err_set(err, ERROR_INPUT,
                           "A list of SHA-1 hashes has one a line, in rising order");
        }
        memcpy(before, line.at, HEX_DIGITS);
    }
    return result_ok();
}

static result look_at(struct refused_passwords *list, struct err *err)
{
    char bytes[2 * LINE_BYTES_MAX];
    uint64_t begin = 0;
    str line = STR("");
    if (list->file.size == 0) {
        return err_set(err, ERROR_INPUT, "The list of refused passwords is empty");
    }
    TRY(next_line(list, 0, bytes, &line, &begin, err));
    list->hashed = is_hash(line);
    if (list->hashed) {
        return check_order(list, err);
    }
    return list->file.size <= REFUSED_TEXT_BYTES_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "A list of texts has at most %d bytes",
                         REFUSED_TEXT_BYTES_MAX);
}

result refused_passwords_open(const char *path, struct refused_passwords *ret_list, struct err *err)
{
    struct refused_passwords list = REFUSED_PASSWORDS_NONE;
    TRY(growing_open(path, false, &list.file, err));
    const result looked = look_at(&list, err);
    if (!looked.ok) {
        growing_close(&list.file);
        return err_at(err, path, 0, 0);
    }
    *ret_list = list;
    return result_ok();
}

void refused_passwords_close(struct refused_passwords *list)
{
    growing_close(&list->file);
}

result refused_passwords_has(const struct refused_passwords *list, str password,
                             struct arena scratch, bool *ret_has, struct err *err)
{
    char hex[SHA1_HEX_SIZE];
    *ret_has = false;
    if (!list->hashed) {
        return has_text(list, password, scratch, ret_has, err);
    }
    sha1_hex(password, hex);
    return has_hash(list, hex, ret_has, err);
}
