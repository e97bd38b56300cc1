/* passkey_use: one use of a passkey on its way into a session. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_PASSKEY_USE_H
#define RETURNHUB_CASEWORK_PASSKEY_USE_H

#include "casework/passkeys.h"

struct passkey_use {
    bool accepted;
    int64_t account;
    str credential_id;
    uint32_t sign_count;
};

/* Takes the question and checks the answer to it; what is wrong with it is told to nobody. A
 * counter that went back is kept as an event of the account. */
MUST_USE result passkey_check(const struct casework *casework, const struct passkey_sent *sent,
                              bool verified, struct arena *arena, struct passkey_use *ret_use,
                              struct err *err);
/* In the transaction that opens or proves a session: *ret_kept is false when the passkey was
 * removed, or was used further, since it was checked. */
MUST_USE result passkey_keep_use(struct transaction *transaction, const struct passkey_use *use,
                                 instant now, struct arena scratch, bool *ret_kept,
                                 struct err *err);

#endif
