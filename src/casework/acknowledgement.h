/* acknowledgement: what a command may truthfully be told of the seal when it is answered.
 *
 * It is answered as soon as what it recorded is durable, which is before the next beat of the log
 * (sealing.h). So its leaf is certain, and will never be another; which entry of the log it becomes
 * is not, because nobody knows before the beat how many entries that stand for nothing come first.
 * A command that is sent again later is told the entry. */
#ifndef RETURNHUB_CASEWORK_ACKNOWLEDGEMENT_H
#define RETURNHUB_CASEWORK_ACKNOWLEDGEMENT_H

#include "log/log.h"
#include "store/store.h"

enum acknowledgement_state {
    ACKNOWLEDGED_WITHOUT_LOG, /* who answers has none, or does not know where it is */
    ACKNOWLEDGED_NOT_YET,     /* it comes into the log with the next beat */
    ACKNOWLEDGED_IN_LOG,
};

struct acknowledgement {
    int64_t event; /* the first that the command recorded; 0: it recorded nothing */
    struct sha256 leaf;
    enum acknowledgement_state state;
    uint64_t entry; /* of the log, when it is in it */
};

const char *acknowledgement_state_name(enum acknowledgement_state state);
/* Of the command that was sent with this client id; `log` may be NULL. */
MUST_USE result acknowledgement_find(struct store *store, const struct log *log,
                                     const struct client_id *client_id,
                                     struct acknowledgement *ret_acknowledgement, struct err *err);

#endif
