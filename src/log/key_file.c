#include "log/key_file.h"

#include <sodium.h>
#include <stdio.h>

enum { KEY_FILE_MAX = 4096 };

result key_file_beside(const char *path, const char *ending, char text[KEY_FILE_PATH_MAX],
                       struct err *err)
{
    const int len = snprintf(text, KEY_FILE_PATH_MAX, "%s%s", path, ending);
    return len > 0 && len < KEY_FILE_PATH_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The path of the key is too long");
}

result key_file_check_free(const char *path, struct err *err)
{
    bool found = false;
    TRY(system_find_file(path, &found, err));
    if (!found) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "%s exists already", path), "the hint follows");
    return err_hint(err, "A key is never overwritten. Choose another place, or move it away.");
}

result key_file_make(str name, enum note_key_type type, const struct system *system,
                     struct note_key *ret_key, struct signing_key *ret_secret, struct err *err)
{
    uint8_t seed[SIGNATURE_SEED_SIZE];
    TRY(note_name_check(name, err));
    system->entropy(system->context, seed, sizeof seed);
    *ret_secret = signing_key_of(seed);
    sodium_memzero(seed, sizeof seed);
    return note_key_make(name, type, signing_key_public(ret_secret), ret_key, err);
}

static result write_secret(const char *path, const struct note_key *key,
                           const struct signing_key *secret, struct arena *scratch, struct err *err)
{
    struct buf buf;
    buf_init(&buf, scratch, KEY_FILE_MAX);
    TRY(note_secret_write(key, secret, &buf, err));
    buf_put_char(&buf, '\n');
    const result written = system_write_file(path, buf_str(&buf), 0600, err);
    sodium_memzero(buf.at, buf.len);
    return written;
}

static result write_public(const char *path, const struct note_key *key, struct arena *scratch,
                           struct err *err)
{
    char text[NOTE_KEY_TEXT_SIZE];
    note_key_write(key, text);
    const str line = arena_format(scratch, "%s\n", text);
    return line.at == NULL ? arena_full(err) : system_write_file(path, line, 0644, err);
}

result key_file_write(const char *path, const struct note_key *key,
                      const struct signing_key *secret, struct arena scratch, struct err *err)
{
    char public_path[KEY_FILE_PATH_MAX];
    TRY(key_file_beside(path, ".pub", public_path, err));
    TRY(key_file_check_free(path, err));
    TRY(write_public(public_path, key, &scratch, err));
    return write_secret(path, key, secret, &scratch, err);
}

/* A key that is not where it is looked for was most often never made, or lies elsewhere. */
static result say_where(result read, struct err *err)
{
    return read.ok || err == NULL || err->code != ERROR_NOT_FOUND
               ? read
               : err_hint(err, "--seal-key FILE says where the key is; \"returnhub seal "
                               "key\" makes one.");
}

result key_file_read(const char *path, enum note_key_type type, struct arena scratch,
                     struct note_key *ret_key, struct signing_key *ret_secret, struct err *err)
{
    str text;
    TRY(say_where(system_check_secret_file(path, err), err));
    TRY(system_read_file(path, KEY_FILE_MAX, &scratch, &text, err));
    const result read = note_secret_read(str_trim(text), type, ret_key, ret_secret, err);
    return read.ok ? read : err_at(err, path, 0, 0);
}

result key_file_read_public(const char *path, enum note_key_type type, struct arena scratch,
                            struct note_key *ret_key, struct err *err)
{
    char public_path[KEY_FILE_PATH_MAX];
    str text;
    TRY(key_file_beside(path, str_ends(str_from_c(path), STR(".pub")) ? "" : ".pub", public_path,
                        err));
    TRY(say_where(system_read_file(public_path, KEY_FILE_MAX, &scratch, &text, err), err));
    const result read = note_key_read(str_trim(text), type, ret_key, err);
    return read.ok ? read : err_at(err, public_path, 0, 0);
}
