/* sign_on: accounts that are known to another provider (credential/provider.h), and signing in by
 * what it says of who signed in there.
 *
 * An account is known by issuer and subject, as whoever manages accounts linked it; never by a name
 * or an address for letters, which others can come to have. Errors and access are those of
 * casework.h. */
#ifndef RETURNHUB_CASEWORK_SIGN_ON_H
#define RETURNHUB_CASEWORK_SIGN_ON_H

#include "casework/passkeys.h"

enum { LINKS_MAX = 10 }; /* of an account */

/* --- which accounts --------------------------------------------------------------------------- */

struct subject_link {
    str username;
    str issuer;
    str subject;
};
/* ACTION_MANAGE_ACCOUNTS, and ERROR_UNPROVEN as in passkeys.h. ERROR_CONFLICT when the subject is
 * an account's already. */
MUST_USE result casework_link_subject(const struct casework *casework, const struct caller *caller,
                                      const struct subject_link *link, str reason,
                                      struct arena *arena, struct err *err);
/* The same; its sessions end. ERROR_NOT_FOUND when they are not linked. */
MUST_USE result casework_unlink_subject(const struct casework *casework,
                                        const struct caller *caller,
                                        const struct subject_link *link, str reason,
                                        struct arena *arena, struct err *err);
/* Of one's own account; of another one for whoever manages accounts. `username` stands in each. */
MUST_USE result casework_links(const struct casework *casework, const struct caller *caller,
                               str username, struct arena *arena,
                               const struct subject_link **ret_links, size_t *ret_count,
                               struct err *err);

/* --- signing in ------------------------------------------------------------------------------- */

/* What was found to be true of who signed in there. */
struct signed_on {
    str issuer;
    str subject;
    instant signed_in_at;   /* there */
    bool second_factor;     /* they were asked for two there, and that counts here */
    bool second_factor_due; /* somebody has to ask for a second one: they or we */
};
enum sign_on_outcome {
    SIGN_ON_OPENED,  /* a session, whose token is given */
    SIGN_ON_PROVEN,  /* the session that there was is proven anew */
    SIGN_ON_UNKNOWN, /* no open account is linked to them */
    SIGN_ON_ASKS,    /* for the second factor: casework_sign_on_with goes on, from this browser */
    SIGN_ON_LACKS,   /* a second factor is due, and the account has none */
};
struct sign_on_answer {
    enum sign_on_outcome outcome;
    char token[SESSION_TOKEN_SIZE];
    struct account_row account;
};
/* `browser` is a token that only this browser has. `session` is that of the session that proves
 * itself, "" when one is to be opened; another account than that of the session is
 * ERROR_UNAUTHENTICATED. A session counts as proven from when they signed in there, and goes on
 * under the token that is answered. */
MUST_USE result casework_sign_on(const struct casework *casework, const struct signed_on *signed_on,
                                 str browser, str session, struct arena *arena,
                                 struct sign_on_answer *ret_answer, struct err *err);
/* What was asked for by SIGN_ON_ASKS: a code, or a passkey (NULL: none). ERROR_UNAUTHENTICATED when
 * it is wrong, and may be tried again until CEREMONY_MINUTES are over, which is ERROR_NOT_FOUND. */
MUST_USE result casework_sign_on_with(const struct casework *casework, str browser, str session,
                                      str code, const struct passkey_sent *passkey,
                                      struct arena *arena, struct sign_on_answer *ret_answer,
                                      struct err *err);

#endif
