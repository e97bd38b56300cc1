#include "log/signer.h"

#include <inttypes.h>

static result make_files(const char *path, const struct note_key *key,
                         const struct signing_key *secret, struct arena *scratch, struct err *err)
{
    char signed_path[KEY_FILE_PATH_MAX];
    const struct checkpoint nothing = {.size = 0, .root = tree_empty()};
    str note;
    TRY(key_file_beside(path, ".signed", signed_path, err));
    TRY(key_file_check_free(path, err));
    TRY(key_file_check_free(signed_path, err));
    TRY(checkpoint_sign(&nothing, key, secret, scratch, &note, err));
    TRY(system_write_file(signed_path, note, 0644, err));
    return key_file_write(path, key, secret, *scratch, err);
}

result signer_make(const char *path, str name, const struct system *system, struct arena scratch,
                   struct note_key *ret_key, struct err *err)
{
    struct signing_key secret = {.secret = {0}};
    result made = key_file_make(name, NOTE_KEY_ED25519, system, ret_key, &secret, err);
    made = made.ok ? make_files(path, ret_key, &secret, &scratch, err) : made;
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
    TRY(key_file_beside(path, ".signed", signer.signed_path, err));
    TRY(key_file_read(path, NOTE_KEY_ED25519, scratch, &signer.key, &signer.secret, err));
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
