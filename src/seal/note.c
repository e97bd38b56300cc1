#include "seal/note.h"

#include "base/base64.h"
#include "base/hash.h"

#include <stdio.h>
#include <string.h>

static const char dash[] = "\xE2\x80\x94 "; /* U+2014 and a space */
static const char secret_mark[] = "PRIVATE+KEY+";

enum {
    KEY_DATA_SIZE = 1 + SIGNATURE_KEY_SIZE,
    KEY_ID_DIGITS = 2 * NOTE_KEY_ID_SIZE,
};

/* --- keys --- */

/* Stricter than the standard, which allows letters of every script. */
result note_name_check(str name, struct err *err)
{
    bool plain = name.len > 0 && name.len <= NOTE_NAME_MAX && name.at[name.len - 1] != '/';
    for (size_t i = 0; plain && i < name.len; i++) {
        plain = name.at[i] > ' ' && name.at[i] < 0x7F && name.at[i] != '+';
    }
    return plain ? result_ok()
                 : err_set(err, ERROR_INPUT,
                           "\"%.*s\" is not the name of a key: up to %d letters, digits, dots and "
                           "slashes, no space, no plus sign, no slash at the end",
                           STR_ARG(str_slice(name, 0, NOTE_NAME_MAX)), NOTE_NAME_MAX);
}

result note_key_make(str name, enum note_key_type type,
                     const uint8_t public_key[SIGNATURE_KEY_SIZE], struct note_key *ret_key,
                     struct err *err)
{
    struct note_key key = {.type = type};
    const char head[] = {'\n', (char)type};
    TRY(note_name_check(name, err));
    memcpy(key.name, name.at, name.len);
    memcpy(key.public_key, public_key, SIGNATURE_KEY_SIZE);
    const str parts[] = {name,
                         {.at = head, .len = sizeof head},
                         {.at = (const char *)public_key, .len = SIGNATURE_KEY_SIZE}};
    const struct sha256 hash = sha256_of_parts(parts, 3);
    memcpy(key.id, hash.bytes, NOTE_KEY_ID_SIZE);
    *ret_key = key;
    return result_ok();
}

static void write_key_id(const struct note_key *key, char text[KEY_ID_DIGITS + 1])
{
    snprintf(text, KEY_ID_DIGITS + 1, "%02x%02x%02x%02x", key->id[0], key->id[1], key->id[2],
             key->id[3]);
}

/* name+hex(key id)+base64(type || 32 bytes), of either half. */
static void put_key(const struct note_key *key, const uint8_t bytes[SIGNATURE_KEY_SIZE],
                    struct buf *buf)
{
    char id[KEY_ID_DIGITS + 1];
    uint8_t data[KEY_DATA_SIZE] = {(uint8_t)key->type};
    memcpy(data + 1, bytes, SIGNATURE_KEY_SIZE);
    write_key_id(key, id);
    buf_put_c(buf, key->name);
    buf_put_char(buf, '+');
    buf_put_c(buf, id);
    buf_put_char(buf, '+');
    base64_put(buf, data, sizeof data);
}

void note_key_write(const struct note_key *key, char text[NOTE_KEY_TEXT_SIZE])
{
    char room[NOTE_KEY_TEXT_SIZE * 2];
    struct arena arena = {.begin = room, .at = room, .end = room + sizeof room};
    struct buf buf;
    str written;
    buf_init(&buf, &arena, NOTE_KEY_TEXT_SIZE - 1);
    put_key(key, key->public_key, &buf);
    ASSERT(buf_finish(&buf, &written, NULL).ok);
    memcpy(text, written.at, written.len);
    text[written.len] = '\0';
    /* With nothing left of it, it forbids nothing of the stack any more (arena.c). */
    ASSERT(ARENA_NEW(&arena, char, (size_t)(arena.end - arena.at)) != NULL);
}

static result no_key(enum note_key_type type, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "That is not the key of a %s",
                          type == NOTE_KEY_COSIGNATURE ? "witness" : "log"),
                  "hint follows");
    return err_hint(err, "A public key is one line: name+8 hexadecimal digits+base64.");
}

/* Both halves: what stands behind the mark of a secret one. */
static bool cut_key(str text, enum note_key_type type, str *ret_name, str *ret_id,
                    uint8_t bytes[SIGNATURE_KEY_SIZE])
{
    uint8_t data[KEY_DATA_SIZE];
    const struct str_cut name = str_cut(text, '+');
    const struct str_cut id = str_cut(name.tail, '+');
    const bool read = name.found && id.found && id.head.len == KEY_ID_DIGITS &&
                      base64_read_exactly(id.tail, data, sizeof data) && data[0] == (uint8_t)type;
    memcpy(bytes, data + 1, read ? SIGNATURE_KEY_SIZE : 0);
    *ret_name = name.head;
    *ret_id = id.head;
    return read;
}

static bool has_id(const struct note_key *key, str digits)
{
    char id[KEY_ID_DIGITS + 1];
    write_key_id(key, id);
    return str_equal(digits, str_from_c(id));
}

result note_key_read(str text, enum note_key_type type, struct note_key *ret_key, struct err *err)
{
    str name = STR("");
    str id = STR("");
    uint8_t bytes[SIGNATURE_KEY_SIZE];
    struct note_key key;
    if (!cut_key(text, type, &name, &id, bytes)) {
        return no_key(type, err);
    }
    TRY(note_key_make(name, type, bytes, &key, err));
    if (!has_id(&key, id)) {
        return no_key(type, err);
    }
    *ret_key = key;
    return result_ok();
}

result note_secret_write(const struct note_key *key, const struct signing_key *secret,
                         struct buf *buf, struct err *err)
{
    str written;
    buf_put_c(buf, secret_mark);
    put_key(key, signing_key_seed(secret), buf);
    return buf_finish(buf, &written, err);
}

result note_secret_read(str text, enum note_key_type type, struct note_key *ret_key,
                        struct signing_key *ret_secret, struct err *err)
{
    str name = STR("");
    str id = STR("");
    uint8_t seed[SIGNATURE_SEED_SIZE];
    struct note_key key;
    const str mark = str_from_c(secret_mark);
    if (!str_starts(text, mark) ||
        !cut_key(str_slice(text, mark.len, text.len), type, &name, &id, seed)) {
        return no_key(type, err);
    }
    *ret_secret = signing_key_of(seed);
    TRY(note_key_make(name, type, signing_key_public(ret_secret), &key, err));
    if (!has_id(&key, id)) {
        return no_key(type, err);
    }
    *ret_key = key;
    return result_ok();
}

/* --- notes --- */

void note_put_signature(const struct note_key *key, const uint8_t *bytes, size_t size,
                        struct buf *buf)
{
    uint8_t data[NOTE_SIGNATURE_MAX];
    ASSERT(size <= sizeof data - NOTE_KEY_ID_SIZE);
    memcpy(data, key->id, NOTE_KEY_ID_SIZE);
    memcpy(data + NOTE_KEY_ID_SIZE, bytes, size);
    buf_put_c(buf, dash);
    buf_put_c(buf, key->name);
    buf_put_char(buf, ' ');
    base64_put(buf, data, NOTE_KEY_ID_SIZE + size);
    buf_put_char(buf, '\n');
}

result note_sign(str text, const struct note_key *key, const struct signing_key *secret,
                 struct arena *arena, str *ret_note, struct err *err)
{
    uint8_t signature[SIGNATURE_SIZE];
    struct buf buf;
    ASSERT(str_ends(text, STR("\n")) && key->type == NOTE_KEY_ED25519);
    signature_make(secret, text, signature);
    buf_init(&buf, arena, NOTE_TEXT_MAX);
    buf_put(&buf, text);
    buf_put_char(&buf, '\n');
    note_put_signature(key, signature, sizeof signature, &buf);
    return buf_finish(&buf, ret_note, err);
}

static result not_a_note(const char *why, struct err *err)
{
    return err_set(err, ERROR_INPUT, "It is not a signed note: %s", why);
}

/* Text and signatures part at the last empty line. */
static bool cut_note(str note, str *ret_text, str *ret_lines)
{
    for (size_t i = note.len; i >= 2; i--) {
        if (note.at[i - 1] == '\n' && note.at[i - 2] == '\n') {
            *ret_text = str_slice(note, 0, i - 1);
            *ret_lines = str_slice(note, i, note.len);
            return true;
        }
    }
    return false;
}

static bool has_control_bytes(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] < ' ' && text.at[i] != '\n') {
            return true;
        }
    }
    return false;
}

struct signature_line {
    str name;
    uint8_t data[NOTE_SIGNATURE_MAX];
    size_t size;
};

static bool read_line(str line, struct signature_line *ret_line)
{
    if (!str_starts(line, str_from_c(dash))) {
        return false;
    }
    const struct str_cut cut = str_cut(str_slice(line, sizeof dash - 1, line.len), ' ');
    ret_line->name = cut.head;
    return cut.found && cut.head.len > 0 &&
           base64_read(cut.tail, ret_line->data, sizeof ret_line->data, &ret_line->size) &&
           ret_line->size > NOTE_KEY_ID_SIZE;
}

static bool is_of(const struct signature_line *line, const struct note_key *key)
{
    return str_equal(line->name, str_from_c(key->name)) &&
           memcmp(line->data, key->id, NOTE_KEY_ID_SIZE) == 0;
}

static result keep_signature(const struct signature_line *line, struct note_signature *signature,
                             struct err *err)
{
    if (signature->size > 0) {
        return not_a_note("the same key signed it twice", err);
    }
    signature->size = line->size - NOTE_KEY_ID_SIZE;
    memcpy(signature->bytes, line->data + NOTE_KEY_ID_SIZE, signature->size);
    return result_ok();
}

static result read_lines(str lines, const struct note_key *key, struct note_signature *signature,
                         struct err *err)
{
    struct signature_line line;
    size_t count = 0;
    while (lines.len > 0) {
        const struct str_cut cut = str_cut(lines, '\n');
        count++;
        if (!cut.found || count > NOTE_SIGNATURES_MAX || !read_line(cut.head, &line)) {
            return not_a_note("what should be a signature is none", err);
        }
        TRY(is_of(&line, key) ? keep_signature(&line, signature, err) : result_ok());
        lines = cut.tail;
    }
    return count > 0 ? result_ok() : not_a_note("nobody signed it", err);
}

result note_find_signature(str note, const struct note_key *key,
                           struct note_signature *ret_signature, struct err *err)
{
    str lines = STR("");
    ret_signature->size = 0;
    if (note.len > NOTE_TEXT_MAX || !str_is_utf8(note) || has_control_bytes(note)) {
        return not_a_note("it is too long, or has bytes that no text has", err);
    }
    if (!cut_note(note, &ret_signature->text, &lines)) {
        return not_a_note("no empty line stands before signatures", err);
    }
    return read_lines(lines, key, ret_signature, err);
}

result note_open(str note, const struct note_key *key, str *ret_text, struct err *err)
{
    struct note_signature signature;
    ASSERT(key->type == NOTE_KEY_ED25519);
    TRY(note_find_signature(note, key, &signature, err));
    if (signature.size == 0) {
        return err_set(err, ERROR_INPUT, "%s did not sign it", key->name);
    }
    if (signature.size != SIGNATURE_SIZE ||
        !signature_holds(key->public_key, signature.text, signature.bytes)) {
        return err_set(err, ERROR_INPUT, "The signature of %s does not hold", key->name);
    }
    *ret_text = signature.text;
    return result_ok();
}
