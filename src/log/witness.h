/* witness: vouches for other people's logs (c2sp.org/tlog-witness). Of each log it is told about it
 * remembers the largest checkpoint that it cosigned, and cosigns only what has grown from that. So
 * nobody can show two histories of a log that it watches: not even who has the log's key.
 *
 * Its folder holds, for each log, the last checkpoint with both signatures, under the SHA-256 of
 * the log's name in hexadecimal digits. What is cosigned is on the disk before the cosignature is
 * given away. One process holds the folder. A folder that was restored from an older copy must not
 * be used with the same key: the witness would not know what it has vouched for. */
#ifndef RETURNHUB_LOG_WITNESS_H
#define RETURNHUB_LOG_WITNESS_H

#include "log/key_file.h"
#include "seal/policy.h"

struct witness;

struct witness_options {
    const char *folder;
    const char *key_path;        /* of type NOTE_KEY_COSIGNATURE */
    const struct policy *policy; /* its logs; stays the caller's */
    const struct system *system;
};
MUST_USE result witness_open(const struct witness_options *options, struct witness **ret_witness,
                             struct err *err);
void witness_close(struct witness *witness); /* accepts NULL */
const struct note_key *witness_key(const struct witness *witness);

/* The answer to a request (seal/witness_request.h), as HTTP: 200 with a cosignature; 400 what is no
 * request, or an older tree than it says it grew from; 403 the log did not sign it; 404 the log is
 * not one of ours; 409 another tree was cosigned last (its size, in `text`), or one of the same
 * size with another root; 422 the proof does not prove the growth; 500 it could not be written
 * down. May be called from several threads. */
struct witness_answer {
    int status;
    str content_type;
    str text;
};
void witness_answer(struct witness *witness, str request, struct arena *arena,
                    struct witness_answer *ret_answer);
/* The last checkpoint that was cosigned; `log` is the SHA-256 of its name; 404 when there is none.
 */
void witness_show(struct witness *witness, str log, struct arena *arena,
                  struct witness_answer *ret_answer);

#endif
