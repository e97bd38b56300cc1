/* passkeys: signing in with a passkey (credential/passkey.h), alone or as second factor beside a
 * password, and the passkeys that an account has.
 *
 * A browser is asked something unpredictable (a question), which is bound to a token that only this
 * browser has: the session's, or one of its own while nobody is signed in. The answer is taken once
 * and within CEREMONY_MINUTES, whatever comes of it. Errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_PASSKEYS_H
#define RETURNHUB_CASEWORK_PASSKEYS_H

#include "casework/casework.h"
#include "credential/passkey.h"
#include "store/doors.h"

enum { CEREMONY_MINUTES = 5, PASSKEYS_MAX = 10, PASSKEY_TITLE_MAX = 64 };

/* Where passkeys are used. */
struct passkey_site {
    const char *rp_id;
    str origin;
    bool old_signatures; /* credential/passkey.h */
};

/* What a browser that has this token is to answer; a new question takes the place of the old. */
MUST_USE result casework_ask(const struct casework *casework, enum ceremony_purpose purpose,
                             str token, uint8_t ret_secret[PASSKEY_CHALLENGE_SIZE],
                             struct err *err);
/* Takes the question; *ret_taken is false when there is none, or it is over. */
MUST_USE result casework_take_question(const struct casework *casework,
                                       enum ceremony_purpose purpose, str token,
                                       uint8_t ret_secret[PASSKEY_CHALLENGE_SIZE], bool *ret_taken,
                                       struct err *err);

/* --- an account's own -------------------------------------------------------------------------
 */

/* By which an authenticator tells accounts apart; it says nothing of the account. */
enum { USER_HANDLE_SIZE = 16 };
void casework_user_handle(int64_t account, uint8_t ret_handle[USER_HANDLE_SIZE]);

enum { PASSKEY_NAME_SIZE = 17 };
struct passkey_line {
    char name[PASSKEY_NAME_SIZE]; /* tells it from others, and opens nothing */
    str title;                    /* as its owner calls it */
    str credential_id;
    instant created_at;
    instant used_at; /* 0: never */
};
/* Of one's own account, the oldest first. */
MUST_USE result casework_passkeys(const struct casework *casework, const struct caller *caller,
                                  struct arena *arena, const struct passkey_line **ret_lines,
                                  size_t *ret_count, struct err *err);

struct new_passkey {
    struct passkey_site site;
    str token; /* of the session, which is whole from then on if it lacked a second factor */
    str title;
    str client_data;
    str authenticator_data;
};
/* ERROR_INPUT when it is not taken, ERROR_UNPROVEN when the session has to prove itself first,
 * ERROR_LIMIT for one too many. */
MUST_USE result casework_register_passkey(const struct casework *casework,
                                          const struct caller *caller,
                                          const struct new_passkey *passkey, struct arena *arena,
                                          struct err *err);
/* One's own by its name (ERROR_UNPROVEN as above); of another account (ACTION_MANAGE_ACCOUNTS) "",
 * which removes all of them and ends its sessions. ERROR_NOT_FOUND when there is none. */
MUST_USE result casework_remove_passkey(const struct casework *casework,
                                        const struct caller *caller, str username, str name,
                                        str reason, struct arena *arena, struct err *err);

/* --- signing in -------------------------------------------------------------------------------
 */

/* What a browser answered. */
struct passkey_sent {
    struct passkey_site site;
    str token; /* of the question */
    str credential_id;
    str client_data;
    str authenticator_data;
    str signature;
};
/* As casework_sign_in. With a passkey: beside user name and password it is the second factor; alone
 * (user name "") it must have verified the user. `passkey` may be NULL. */
MUST_USE result casework_sign_in_with(const struct casework *casework,
                                      const struct sign_in *sign_in,
                                      const struct passkey_sent *passkey, struct arena *arena,
                                      char ret_token[SESSION_TOKEN_SIZE],
                                      struct account_row *ret_account, struct err *err);
/* As casework_prove_session, by a passkey of the account that verified the user. */
MUST_USE result casework_prove_session_with(const struct casework *casework, str token,
                                            const struct passkey_sent *passkey, struct arena *arena,
                                            char *ret_token, struct err *err);

#endif
