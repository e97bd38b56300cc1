/* store/kept: what stands beside the events, under the seal; a part of the store's header
 * (store.h). Who looked at what is a chain: each row carries a keyed hash of itself and of all
 * before it, and what commits to the last one comes into the log. Who may sign in and who is signed
 * in carry a keyed hash each. */
#ifndef RETURNHUB_STORE_KEPT_H
#define RETURNHUB_STORE_KEPT_H

#include "store/store.h"

/* The last look that was kept (number 0: none), and what commits to it and to all before. */
struct looks_head {
    int64_t number;
    struct sha256 commitment;
};
MUST_USE result transaction_looks_head(struct transaction *transaction, struct looks_head *ret_head,
                                       struct err *err);
/* Every look in order, after it was found to be the one that was kept and to follow the one before;
 * ERROR_STORAGE names the first that is not. Looks from before there was a chain are passed over,
 * and have no head. */
typedef result store_look_head_visit(void *context, const struct looks_head *head, struct err *err);
MUST_USE result transaction_each_look(struct transaction *transaction, store_look_head_visit *visit,
                                      void *context, struct err *err);
/* Everything else that is kept, and the layout of the file; ERROR_STORAGE names the first row that
 * is not as it was written. What rows can be made anew from the events is store_rebuild's. */
MUST_USE result transaction_check_kept(struct transaction *transaction, struct err *err);

#endif
