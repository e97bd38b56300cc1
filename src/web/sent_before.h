/* sent_before: which request each Idempotency-Key came with, so that a key that comes again with
 * another request is refused (draft-ietf-httpapi-idempotency-key-header) instead of being answered
 * with what was done for the first.
 *
 * That a command is done once is casework's promise and lasts for ever (casework/repeat.h): it
 * compares what comes again with what was recorded, and refuses another command too. This refuses
 * before anything is read, of the latest keys, tens of thousands of them (latest.h). */
#ifndef RETURNHUB_WEB_SENT_BEFORE_H
#define RETURNHUB_WEB_SENT_BEFORE_H

#include "web/latest.h"

MUST_USE result sent_before_open(struct arena *arena, struct latest **ret_sent, struct err *err);

enum sent {
    SENT_NEW,      /* noted now: sent_before_done or sent_before_forget follows */
    SENT_AGAIN,    /* with the same request */
    SENT_OTHER,    /* with another request, which was done */
    SENT_OTHER_NOW /* with another request, which is being answered */
};
/* `key` is a hash of the account and its key, `request` one of all that the request asks for. */
enum sent sent_before_note(struct latest *sent, const struct sha256 *key,
                           const struct sha256 *request);
void sent_before_done(struct latest *sent, const struct sha256 *key, const struct sha256 *request);
/* Nothing was done: the key may be used again. */
void sent_before_forget(struct latest *sent, const struct sha256 *key);

#endif
