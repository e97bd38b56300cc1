/* signer: the key of a log, and the last checkpoint that it signed.
 *
 * The key stands in a file of its own, apart from the store and from the log; beside it, ending in
 * .signed, the last checkpoint. That is written, and on the disk, before a signature is given out,
 * and a new one is only made for a tree that grew from it, which the signer has proved to itself:
 * whatever happens to the log or to the store, there are no two signed histories. The signer knows
 * no entry. */
#ifndef RETURNHUB_LOG_SIGNER_H
#define RETURNHUB_LOG_SIGNER_H

#include "base/cipher.h"
#include "log/key_file.h"
#include "seal/checkpoint.h"

struct signer {
    char signed_path[KEY_FILE_PATH_MAX];
    struct note_key key;
    struct signing_key secret;
    struct checkpoint last;
};

/* A new key of the log of this name in new files (key_file.h), and .signed with the checkpoint of
 * the empty log. */
MUST_USE result signer_make(const char *path, str name, const struct system *system,
                            struct arena scratch, struct note_key *ret_key, struct err *err);
/* Close it with signer_close, which wipes the secret. */
MUST_USE result signer_open(const char *path, struct arena scratch, struct signer *ret_signer,
                            struct err *err);
void signer_close(struct signer *signer);

/* Signs a tree of which the proof shows that it grew from the last one, or the last one again;
 * ERROR_CONFLICT for any other. */
MUST_USE result signer_sign(struct signer *signer, const struct checkpoint *checkpoint,
                            const struct tree_proof *growth, struct arena *arena, str *ret_note,
                            struct err *err);

#endif
