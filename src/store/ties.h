/* store/ties: which accounts are tied to which people (register/tie.h); a part of the store's
 * header (store.h). */
#ifndef RETURNHUB_STORE_TIES_H
#define RETURNHUB_STORE_TIES_H

#include "register/tie.h"
#include "store/store.h"

/* A tie, and whom it is to: the person of now, whatever was merged and undone since. */
struct tie_to_person {
    struct tie_row row;
    int64_t person;
};

/* ERROR_NOT_FOUND when there is none. */
MUST_USE result transaction_tie(struct transaction *transaction, int64_t id, struct arena *arena,
                                struct tie_to_person *ret_tie, struct err *err);
/* Those of the account that nobody ended, whether or not they hold today; oldest first. */
MUST_USE result transaction_ties_of_account(struct transaction *transaction, int64_t account,
                                            struct arena *arena,
                                            const struct tie_to_person **ret_ties,
                                            size_t *ret_count, struct err *err);
/* Every one that was ever made for the person, oldest first. */
MUST_USE result transaction_ties_of_person(struct transaction *transaction, int64_t person,
                                           struct arena *arena,
                                           const struct tie_to_person **ret_ties, size_t *ret_count,
                                           struct err *err);

#endif
