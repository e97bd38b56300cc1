/* seal_report: how the seal is, for a monitor to look at: the last checkpoint, whether what is
 * recorded still comes into the log, who cosigned, and what the last check found. It is what this
 * computer says of itself; how to check it without believing it stands on the page beside it. */
#ifndef RETURNHUB_CASEWORK_SEAL_REPORT_H
#define RETURNHUB_CASEWORK_SEAL_REPORT_H

#include "casework/sealing.h"
#include "casework/verification.h"
#include "log/cosigning.h"

enum {
    /* So long after the last beat that succeeded, the sealing is late; or ten beats, if that is
     * longer. */
    SEAL_LATE_MS = 60 * 1000,
    /* So old, a cosignature is stale: a witness that is there is asked again every ten minutes. */
    SEAL_COSIGNATURE_MS = 60 * 60 * 1000,
};

struct seal_witness {
    str name;
    str key; /* its public key, as text */
    bool asked;
    bool cosigned;       /* ever, as far as is known here */
    instant cosigned_at; /* the last time */
    bool fresh;          /* not long ago */
    const char *why;     /* it did not the last time; "" when it did, or was not asked yet */
};

struct seal_report {
    struct note_key key;
    str note; /* the newest checkpoint, as it is served */
    struct checkpoint checkpoint;
    instant published_at;

    bool beating; /* this process seals */
    struct sealing_state sealing;
    bool late; /* what is recorded does not come into the log any more */

    bool has_policy;
    struct checkpoint witnessed; /* the newest that enough witnesses cosigned; size 0: none */
    struct seal_witness *witnesses;
    size_t witness_count;
    bool quorum; /* is needed */
    bool fresh;  /* enough witnesses cosigned not long ago; also when none is needed */

    bool verified; /* there was a check */
    struct verification verification;
};

struct seal_parts {
    const struct log *log;
    struct sealing_thread *sealing; /* NULL: this process does not seal */
    struct cosigning *cosigning;    /* NULL: no witness is asked */
    const struct system *system;
};
MUST_USE result seal_report_make(const struct seal_parts *parts, struct arena *arena,
                                 struct seal_report *ret_report, struct err *err);

#endif
