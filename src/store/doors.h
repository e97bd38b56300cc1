/* store/doors: what opens a door beside a password: the token of a register that has no account
 * yet, what a browser was asked to answer (a challenge), passkeys, and who is known to another
 * provider. All of it is kept beside the events; a part of the store's header (store.h). */
#ifndef RETURNHUB_STORE_DOORS_H
#define RETURNHUB_STORE_DOORS_H

#include "store/store.h"

/* --- the first account --- */

struct first_token {
    uint8_t hash[32]; /* SHA-256 of the token; the token itself is never stored */
    instant expires_at;
    int64_t wrong_tokens; /* since the last pause */
    instant wrong_at;     /* the last of them */
};
MUST_USE result transaction_first_token(struct transaction *transaction,
                                        struct first_token *ret_token, bool *ret_found,
                                        struct err *err);
/* Inserts or replaces: there is one at most. */
MUST_USE result transaction_put_first_token(struct transaction *transaction,
                                            const struct first_token *token, struct err *err);
MUST_USE result transaction_delete_first_token(struct transaction *transaction, struct err *err);

/* --- what a browser was asked --- */

enum ceremony_purpose {
    CEREMONY_REGISTER_PASSKEY = 1,
    CEREMONY_PASSKEY,       /* signing in, or proving who is signed in */
    CEREMONY_SIGN_ON,       /* at another provider, to sign in here */
    CEREMONY_SIGN_ON_AGAIN, /* there, to prove who is signed in here */
    CEREMONY_SECOND_FACTOR, /* somebody signed on there; the secret says who (casework/sign_on.h) */
};
/* Something unpredictable that has to come back from the same browser, once and soon. */
struct ceremony {
    uint8_t bound_to[32]; /* SHA-256 of the token that only this browser has */
    enum ceremony_purpose purpose;
    uint8_t secret[32];
    instant made_at;
};
/* One for a token and a purpose: a new one takes the place of the old. Those made before `expired`
 * are swept. ERROR_LIMIT when CEREMONIES_MAX are waiting: they come from strangers, too. */
enum { CEREMONIES_MAX = 10000 };
MUST_USE result transaction_put_ceremony(struct transaction *transaction,
                                         const struct ceremony *ceremony, instant expired,
                                         struct err *err);
/* Finds it by bound_to and purpose, and deletes it: it is taken once, whatever comes of it. */
MUST_USE result transaction_take_ceremony(struct transaction *transaction,
                                          struct ceremony *ceremony, bool *ret_found,
                                          struct err *err);

/* --- passkeys --- */

struct passkey_row {
    str credential_id;
    int64_t account;
    str name; /* as its owner calls it */
    int64_t algorithm;
    str public_key;
    int64_t sign_count;
    instant created_at;
    instant used_at; /* 0: never */
};
MUST_USE result transaction_passkey(struct transaction *transaction, str credential_id,
                                    struct arena *arena, struct passkey_row *ret_row,
                                    bool *ret_found, struct err *err);
MUST_USE result transaction_put_passkey(struct transaction *transaction,
                                        const struct passkey_row *row, struct err *err);
MUST_USE result transaction_delete_passkey(struct transaction *transaction, str credential_id,
                                           struct err *err);
/* Of an account, the oldest first. */
MUST_USE result transaction_passkeys(struct transaction *transaction, int64_t account,
                                     struct arena *arena, const struct passkey_row **ret_rows,
                                     size_t *ret_count, struct err *err);

/* --- who is known to another provider --- */

struct subject_link_row {
    str issuer;
    str subject;
    int64_t account;
};
MUST_USE result transaction_subject_link(struct transaction *transaction, str issuer, str subject,
                                         struct arena *arena, struct subject_link_row *ret_row,
                                         bool *ret_found, struct err *err);
MUST_USE result transaction_put_subject_link(struct transaction *transaction,
                                             const struct subject_link_row *row, struct err *err);
MUST_USE result transaction_delete_subject_link(struct transaction *transaction,
                                                const struct subject_link_row *row,
                                                struct err *err);
/* Of an account, by issuer. */
MUST_USE result transaction_subject_links(struct transaction *transaction, int64_t account,
                                          struct arena *arena,
                                          const struct subject_link_row **ret_rows,
                                          size_t *ret_count, struct err *err);

#endif
