/* sent_before: which request each Idempotency-Key came with, so that a key that comes again with
 * another request is refused (draft-ietf-httpapi-idempotency-key-header) instead of being answered
 * with what was done for the first.
 *
 * That a command is done once is casework's promise and lasts for ever (casework/repeat.h): it
 * compares what comes again with what was recorded, and refuses another command too. This is a
 * memory of the latest keys, tens of thousands of them, which refuses before anything is read, and
 * begins anew with the program. May be used by several threads. */
#ifndef RETURNHUB_WEB_SENT_BEFORE_H
#define RETURNHUB_WEB_SENT_BEFORE_H

#include "base/arena.h"
#include "base/hash.h"

enum { SENT_BEFORE_SETS = 16384, SENT_BEFORE_WAYS = 4 };

struct sent_before;

MUST_USE result sent_before_open(struct arena *arena, struct sent_before **ret_sent,
                                 struct err *err);
void sent_before_close(struct sent_before *sent); /* accepts NULL */

enum sent {
    SENT_NEW,      /* noted now: sent_before_done or sent_before_forget follows */
    SENT_AGAIN,    /* with the same request */
    SENT_OTHER,    /* with another request, which was done */
    SENT_OTHER_NOW /* with another request, which is being answered */
};
/* `key` is a hash of the account and its key, `request` one of all that the request asks for. */
enum sent sent_before_note(struct sent_before *sent, const struct sha256 *key,
                           const struct sha256 *request);
void sent_before_done(struct sent_before *sent, const struct sha256 *key);
/* Nothing was done: the key may be used again. */
void sent_before_forget(struct sent_before *sent, const struct sha256 *key);

#endif
