/* session: what signing in (sign_in.c) and an account's own page (own_account.c) share. Inside
 * casework only. */
#ifndef RETURNHUB_CASEWORK_SESSION_H
#define RETURNHUB_CASEWORK_SESSION_H

#include "store/store.h"

/* Only the hash of a token is stored. */
void session_hash_token(str token, uint8_t hash[32]);
/* Idle for too long, or too old. */
bool session_is_over(const struct session_row *row, instant now);

/* Ends the session of this name (own_account.h), or for "" every one of the account but the one of
 * this token's hash (NULL: all). */
MUST_USE result sessions_end(struct transaction *transaction, int64_t account,
                             const uint8_t *but_hash, str name, struct arena scratch,
                             size_t *ret_ended, struct err *err);

#endif
