/* own_account: how somebody who is signed in signs in: an authenticator app as second factor, the
 * sessions that are open, and proving once more that it is still them.
 *
 * Every change ends in an event of the account (ACCOUNT_SECURED); secrets and codes are in none.
 * Errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_OWN_ACCOUNT_H
#define RETURNHUB_CASEWORK_OWN_ACCOUNT_H

#include "base/one_time_code.h"
#include "casework/casework.h"

/* --- the password ------------------------------------------------------------------------------
 */

struct new_password {
    str token;   /* of the session that asks, which goes on; the others end */
    str current; /* "" for an account that has none yet */
    str password;
};
/* ERROR_INPUT for one that is refused, ERROR_UNAUTHENTICATED when `current` is wrong,
 * ERROR_UNPROVEN when the session has to prove itself first. */
MUST_USE result casework_change_password(const struct casework *casework,
                                         const struct caller *caller,
                                         const struct new_password *wanted, struct arena *arena,
                                         struct err *err);

/* --- the second factor -------------------------------------------------------------------------
 */

/* After so many wrong codes no code is taken for some minutes, the right one neither. */
enum { WRONG_CODES_MAX = 5, WRONG_CODES_MINUTES = 15 };

struct second_factor_offer {
    char secret[ONE_TIME_SECRET_TEXT_SIZE]; /* for typing into the app */
    str address;                            /* otpauth://totp/... */
};
/* A new secret, which counts only when a code of it was given. ERROR_CONFLICT while another one
 * counts. */
MUST_USE result casework_offer_second_factor(const struct casework *casework,
                                             const struct caller *caller, struct arena *arena,
                                             struct second_factor_offer *ret_offer,
                                             struct err *err);
/* ERROR_INPUT for a wrong code. From now on signing in needs one. The session of this token, if it
 * lacked a second factor, is whole. */
MUST_USE result casework_confirm_second_factor(const struct casework *casework,
                                               const struct caller *caller, str token, str code,
                                               struct arena *arena, struct err *err);
/* Of one's own account; of another one (ACTION_MANAGE_ACCOUNTS) whose device is lost: its sessions
 * end. */
MUST_USE result casework_remove_second_factor(const struct casework *casework,
                                              const struct caller *caller, str username, str reason,
                                              struct arena *arena, struct err *err);

/* The app and every passkey of another account (ACTION_MANAGE_ACCOUNTS) whose device is lost; its
 * sessions end. ERROR_CONFLICT when there is nothing to remove, ERROR_UNPROVEN as in passkeys.h. */
MUST_USE result casework_remove_factors(const struct casework *casework,
                                        const struct caller *caller, str username, str reason,
                                        struct arena *arena, struct err *err);

/* Every session of another account (ACTION_MANAGE_ACCOUNTS), of a device that was left open, say.
 * ERROR_CONFLICT when none is open, ERROR_UNPROVEN as in passkeys.h. */
MUST_USE result casework_end_sessions(const struct casework *casework, const struct caller *caller,
                                      str username, str reason, struct arena *arena,
                                      struct err *err);

/* --- sessions ----------------------------------------------------------------------------------
 */

enum { SESSION_NAME_SIZE = 17 };
struct session_line {
    char name[SESSION_NAME_SIZE]; /* tells it from others, and opens nothing */
    instant opened_at;
    instant seen_at;
    bool own; /* the one that asks */
};
struct own_account {
    struct account_row account;
    bool has_second_factor;
    const struct session_line *sessions; /* newest first; those that are over are not there */
    size_t session_count;
};
/* `token` is of the session that asks; "" for none. */
MUST_USE result casework_own_account(const struct casework *casework, const struct caller *caller,
                                     str token, struct arena *arena, struct own_account *ret_own,
                                     struct err *err);
/* One of one's own by its name; ERROR_NOT_FOUND otherwise. "" ends all but the one that asks. */
MUST_USE result casework_end_session(const struct casework *casework, const struct caller *caller,
                                     str token, str name, struct arena *arena, struct err *err);

/* --- proving once more -------------------------------------------------------------------------
 */

/* Takes the password, and the code when the account has a second factor. ERROR_UNAUTHENTICATED when
 * either is wrong. The session counts as proven for PROVEN_MINUTES from now, and goes on under the
 * token that is answered, unless `ret_token` (of SESSION_TOKEN_SIZE) is NULL. */
MUST_USE result casework_prove_session(const struct casework *casework, str token, str password,
                                       str code, struct arena *arena, char *ret_token,
                                       struct err *err);

#endif
