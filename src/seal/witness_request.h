/* witness_request: how a log asks a witness for a cosignature (c2sp.org/tlog-witness, the body of
 * add-checkpoint):
 *
 *   old <number of entries of the checkpoint that the witness saw last>
 *   <base64>                         hashes that prove the growth since, 63 at most
 *                                    an empty line
 *   <a checkpoint> */
#ifndef RETURNHUB_SEAL_WITNESS_REQUEST_H
#define RETURNHUB_SEAL_WITNESS_REQUEST_H

#include "seal/checkpoint.h"

enum { WITNESS_PROOF_MAX = 63, WITNESS_REQUEST_MAX = NOTE_TEXT_MAX + 4096 };

struct witness_request {
    uint64_t older;
    struct tree_proof growth;
    str note;
};

MUST_USE result witness_request_write(const struct witness_request *request, struct arena *arena,
                                      str *ret_body, struct err *err);
/* The note is a view of the body, and not looked at. */
MUST_USE result witness_request_read(str body, struct witness_request *ret_request,
                                     struct err *err);

#endif
