/* store/second_factor: the secret that an account shares with its authenticator app, sealed with
 * the store's key and never in an event; a part of the store's header (store.h). */
#ifndef RETURNHUB_STORE_SECOND_FACTOR_H
#define RETURNHUB_STORE_SECOND_FACTOR_H

#include "base/one_time_code.h"
#include "store/store.h"

struct second_factor {
    int64_t account;
    uint8_t secret[ONE_TIME_SECRET_SIZE];
    bool confirmed;      /* a code of it was given once: from then on one is needed to sign in */
    int64_t last_period; /* of the last code that was taken: no code is taken twice */
    int64_t wrong_codes; /* since the last right one */
    instant wrong_at;    /* the last of them */
};
/* Found or not: an account need not have one. */
MUST_USE result transaction_second_factor(struct transaction *transaction, int64_t account,
                                          struct second_factor *ret_factor, bool *ret_found,
                                          struct err *err);
/* Inserts or replaces. */
MUST_USE result transaction_put_second_factor(struct transaction *transaction,
                                              const struct second_factor *factor, struct err *err);
MUST_USE result transaction_delete_second_factor(struct transaction *transaction, int64_t account,
                                                 struct err *err);

/* The sessions of an account, the newest first; also those that are over and not yet swept. */
MUST_USE result transaction_sessions(struct transaction *transaction, int64_t account,
                                     struct arena *arena, const struct session_row **ret_rows,
                                     size_t *ret_count, struct err *err);

#endif
