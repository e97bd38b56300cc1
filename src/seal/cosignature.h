/* cosignature: what a witness says of a log's checkpoint (c2sp.org/tlog-cosignature, Ed25519): at
 * this time, this was the largest tree of this log that I had seen, and it had grown from every
 * other that I had seen. A line of the checkpoint's note, by a key of type 0x04:
 *
 *   time, seconds since 1970 in 8 bytes || signature of "cosignature/v1\ntime <time>\n" || text */
#ifndef RETURNHUB_SEAL_COSIGNATURE_H
#define RETURNHUB_SEAL_COSIGNATURE_H

#include "seal/note.h"

/* `text`: of the note, without signatures. The line ends in a line feed. */
MUST_USE result cosignature_make(str text, int64_t seconds, const struct note_key *key,
                                 const struct signing_key *secret, struct arena *arena,
                                 str *ret_line, struct err *err);
/* ERROR_INPUT when there is one that does not hold; one that is not there is no fault. */
MUST_USE result cosignature_find(str note, const struct note_key *witness, int64_t *ret_seconds,
                                 bool *ret_found, struct err *err);

#endif
