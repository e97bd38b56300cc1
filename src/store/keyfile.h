/* keyfile: the store key, in a file of its own: 64 hexadecimal digits and a line feed, mode 0600.
 * Whoever has the store without it can read no body. Internal to src/store. */
#ifndef RETURNHUB_STORE_KEYFILE_H
#define RETURNHUB_STORE_KEYFILE_H

#include "store/transaction.h"

/* Refuses to overwrite one. */
MUST_USE result keyfile_make(const char *path, const struct system *system,
                             struct cipher_key *ret_key, struct err *err);
MUST_USE result keyfile_read(const char *path, struct cipher_key *ret_key, struct err *err);

/* A text sealed with the key is kept in the store, so that a wrong key is noticed when the store is
 * opened. */
MUST_USE result keyfile_mark_store(struct transaction *transaction, struct err *err);
MUST_USE result keyfile_check_store(struct transaction *transaction, const char *key_path,
                                    struct err *err);

#endif
