/* second_factor: taking a code of an authenticator app. Inside casework only. An account that has a
 * passkey and no app needs the passkey: no code is right. */
#ifndef RETURNHUB_CASEWORK_SECOND_FACTOR_H
#define RETURNHUB_CASEWORK_SECOND_FACTOR_H

#include "casework/passkey_use.h"
#include "store/second_factor.h"

enum code_verdict { CODE_NOT_NEEDED, CODE_RIGHT, CODE_WRONG };

/* In a writing transaction that must be committed whatever the verdict is: a code that was taken is
 * not taken again, and wrong ones are counted. A code may be one period early or late. */
MUST_USE result second_factor_take(struct transaction *transaction, int64_t account, str code,
                                   instant now, struct arena scratch,
                                   enum code_verdict *ret_verdict, struct err *err);

/* What stands beside the first factor: a use of a passkey, which must be of this account, or (NULL)
 * a code. *ret_right is true when none is needed. To be committed whatever comes of it. */
MUST_USE result second_factor_check(struct transaction *transaction, int64_t account,
                                    const struct passkey_use *use, str code, instant now,
                                    struct arena scratch, bool *ret_right, struct err *err);
/* Is there anything beside the first factor? */
MUST_USE result second_factor_is_set(struct transaction *transaction, int64_t account,
                                     struct arena scratch, bool *ret_set, struct err *err);

/* Is this the code of a secret, now or one period away? *ret_period is which. */
bool second_factor_matches(const uint8_t secret[ONE_TIME_SECRET_SIZE], str code, instant now,
                           int64_t *ret_period);

#endif
