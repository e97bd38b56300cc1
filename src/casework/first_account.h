/* first_account: the first account of a register that has none, an administrator, opened in the
 * browser by whoever holds a token. The token is told once, to who started the program; it is taken
 * once, and runs out. There is no password that a new register comes with.
 *
 * Errors are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_FIRST_ACCOUNT_H
#define RETURNHUB_CASEWORK_FIRST_ACCOUNT_H

#include "casework/casework.h"

enum {
    FIRST_TOKEN_MINUTES = 60,
    /* After so many wrong tokens none is taken for a minute, the right one neither. Nobody guesses
     * 256 bits; this keeps a stranger from making the machine work. */
    WRONG_TOKENS_MAX = 5,
    WRONG_TOKENS_SECONDS = 60,
};

struct first_offer {
    bool needed; /* there is no account: the token opens the first */
    char token[SESSION_TOKEN_SIZE];
    instant expires_at;
};
/* Makes a token, in the place of any that was made before. */
MUST_USE result casework_offer_first_account(const struct casework *casework,
                                             struct first_offer *ret_offer, struct err *err);
/* Does a token wait to be used? */
MUST_USE result casework_first_account_waits(const struct casework *casework, bool *ret_waits,
                                             struct err *err);

struct first_account {
    str token;
    str username;
    str name;
    str password;
};
/* ERROR_UNAUTHENTICATED, always in the same words, for a token that is wrong, used or over, and
 * while too many were wrong; ERROR_NOT_FOUND when there is an account already. */
MUST_USE result casework_open_first_account(const struct casework *casework,
                                            const struct first_account *wanted, struct arena *arena,
                                            struct account_row *ret_account, struct err *err);

#endif
