/* receipt: the proof that an entry is in the log, for keeping (c2sp.org/tlog-proof). It is checked
 * with the log's public key alone, without the log.
 *
 *   c2sp.org/tlog-proof@v1
 *   extra <base64 of the entry>
 *   index <number of the entry, from 0>
 *   <base64>                         hashes, from the leaf up
 *                                    an empty line
 *   <a checkpoint> */
#ifndef RETURNHUB_SEAL_RECEIPT_H
#define RETURNHUB_SEAL_RECEIPT_H

#include "seal/checkpoint.h"
#include "seal/leaf.h"

enum { RECEIPT_SIZE_MAX = NOTE_TEXT_MAX + 8 * 1024 };

struct receipt {
    uint64_t index;
    struct sha256 commitment;
    struct tree_proof proof;
    str note; /* the checkpoint, as signed: a view of the receipt that was read */
};

MUST_USE result receipt_write(const struct receipt *receipt, struct arena *arena, str *ret_text,
                              struct err *err);
/* Names the first thing that is wrong. */
MUST_USE result receipt_check(str text, const struct note_key *key, struct receipt *ret_receipt,
                              struct checkpoint *ret_checkpoint, struct err *err);

#endif
