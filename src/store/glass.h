/* store/glass: what is asked before an account sees somebody (register/glass.h, casework/access.h);
 * a part of the store's header (store.h). */
#ifndef RETURNHUB_STORE_GLASS_H
#define RETURNHUB_STORE_GLASS_H

#include "register/glass.h"
#include "store/store.h"

/* The ids of people whose record is protected; rising. */
MUST_USE result transaction_protected(struct transaction *transaction, struct arena *arena,
                                      const int64_t **ret_people, size_t *ret_count,
                                      struct err *err);

/* `person` of a row is whom it is about now: after people were separated it may be another one than
 * when it was broken.
 *
 * The account's glass that shows this person, under whatever record, at an instant: the one that
 * shows longest; id 0 when there is none. `person` is a person, no part of one. */
MUST_USE result transaction_glass_of(struct transaction *transaction, int64_t account,
                                     int64_t person, instant at, struct glass_row *ret_row,
                                     struct err *err);
/* ERROR_NOT_FOUND when there is none. */
MUST_USE result transaction_glass(struct transaction *transaction, int64_t id,
                                  struct glass_row *ret_row, struct err *err);
/* Newest first; of all accounts (0), and those too that were reviewed. */
MUST_USE result transaction_glasses(struct transaction *transaction, bool and_reviewed,
                                    int64_t account, size_t limit, struct arena *arena,
                                    const struct glass_row **ret_rows, size_t *ret_count,
                                    struct err *err);

/* Did the account take a step of this person, under whatever record, that nobody approved? */
MUST_USE result transaction_decided_alone(struct transaction *transaction, int64_t person,
                                          int64_t account, bool *ret_decided, struct err *err);

#endif
