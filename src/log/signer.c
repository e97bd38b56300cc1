#include "log/signer.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

enum { KEY_FILE_MAX = 4096 };

static result beside(const char *path, const char *ending, char text[SIGNER_PATH_MAX],
                     struct err *err)
{
    const int len = snprintf(text, SIGNER_PATH_MAX, "%s%s", path, ending);
    return len > 0 && len < SIGNER_PATH_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The path of the key is too long");
}

static result check_free(const char *path, struct err *err)
{
    bool found = false;
    TRY(system_find_file(path, &found, err));
    if (!found) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "%s exists already", path), "the hint follows");
    return err_hint(err, "A key is never overwritten. Choose another place, or move it away.");
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

/* The secret last: without it the others are no key, and with it they are there. */
static result make_files(const char *path, const struct note_key *key,
                         const struct signing_key *secret, struct arena *scratch, struct err *err)
{
    char public_path[SIGNER_PATH_MAX];
    char signed_path[SIGNER_PATH_MAX];
    const struct checkpoint nothing = {.size = 0, .root = tree_empty()};
    str note;
    TRY(beside(path, ".pub", public_path, err));
    TRY(beside(path, ".signed", signed_path, err));
    TRY(check_free(path, err));
    TRY(check_free(signed_path, err));
    TRY(checkpoint_sign(&nothing, key, secret, scratch, &note, err));
    TRY(write_public(public_path, key, scratch, err));
    TRY(system_write_file(signed_path, note, 0644, err));
    return write_secret(path, key, secret, scratch, err);
}

result signer_make(const char *path, str name, const struct system *system, struct arena scratch,
                   struct note_key *ret_key, struct err *err)
{
    uint8_t seed[SIGNATURE_SEED_SIZE];
    TRY(note_name_check(name, err));
    system->entropy(system->context, seed, sizeof seed);
    struct signing_key secret = signing_key_of(seed);
    sodium_memzero(seed, sizeof seed);
    result made = note_key_make(name, signing_key_public(&secret), ret_key, err);
    if (made.ok) {
        made = make_files(path, ret_key, &secret, &scratch, err);
    }
    signing_key_wipe(&secret);
    return made;
}

static result read_last(struct signer *signer, struct arena *scratch, struct err *err)
{
    str note;
    struct err cause = {0};
    result read = system_read_file(signer->signed_path, NOTE_TEXT_MAX, scratch, &note, &cause);
    if (read.ok) {
        read = checkpoint_open(note, &signer->key, &signer->last, &cause);
    }
    if (read.ok) {
        return read;
    }
    result_ignore(err_set(err, cause.code,
                          "The last checkpoint that was signed, %s, is not there: "
                          "%s",
                          signer->signed_path, cause.what),
                  "the hint follows");
    return err_hint(err, "Without it nothing is signed: two histories might be. Find it, or take "
                         "the newest checkpoint that was published; the log signs on from there.");
}

result signer_open(const char *path, struct arena scratch, struct signer *ret_signer,
                   struct err *err)
{
    struct signer signer = {.last = {.size = 0}};
    str text;
    TRY(beside(path, ".signed", signer.signed_path, err));
    TRY(system_read_file(path, KEY_FILE_MAX, &scratch, &text, err));
    const result read = note_secret_read(str_trim(text), &signer.key, &signer.secret, err);
    TRY(read.ok ? read : err_at(err, path, 0, 0));
    const result last = read_last(&signer, &scratch, err);
    if (!last.ok) {
        signing_key_wipe(&signer.secret);
        return last;
    }
    *ret_signer = signer;
    cipher_lock(&ret_signer->secret, sizeof ret_signer->secret);
    signing_key_wipe(&signer.secret);
    return result_ok();
}

void signer_close(struct signer *signer)
{
    cipher_unlock(&signer->secret, sizeof signer->secret);
}

result signer_sign(struct signer *signer, const struct checkpoint *checkpoint,
                   const struct tree_proof *growth, struct arena *arena, str *ret_note,
                   struct err *err)
{
    str note;
    if (!tree_growth_holds(growth, signer->last.size, &signer->last.root, checkpoint->size,
                           &checkpoint->root)) {
        return err_set(err, ERROR_CONFLICT,
                       "%s does not sign a tree of %" PRIu64
                       " entries: it did not grow from the one of %" PRIu64 " that it signed last",
                       signer->key.name, checkpoint->size, signer->last.size);
    }
    TRY(checkpoint_sign(checkpoint, &signer->key, &signer->secret, arena, &note, err));
    TRY(system_write_file(signer->signed_path, note, 0644, err));
    signer->last = *checkpoint;
    *ret_note = note;
    return result_ok();
}

result signer_read_public(const char *path, struct arena scratch, struct note_key *ret_key,
                          struct err *err)
{
    str text;
    TRY(system_read_file(path, KEY_FILE_MAX, &scratch, &text, err));
    const result read = note_key_read(str_trim(text), ret_key, err);
    return read.ok ? read : err_at(err, path, 0, 0);
}
