/* proof: what shows that a row beside the events is as this store wrote it: an HMAC of all its
 * columns, with a key made of the store's. It stands in the row's last column. Rows of who looked
 * at what are a chain: the proof of each covers the one before, so none can be taken out either.
 * Internal to src/store. */
#ifndef RETURNHUB_STORE_PROOF_H
#define RETURNHUB_STORE_PROOF_H

#include "store/transaction.h"

void proof_key(const struct cipher_key *store_key, struct hmac_key *ret_key);

/* Of the row without its last column; `before`: the proof of the row before, or NULL. */
struct sha256 row_proof(const struct transaction *transaction, enum table table, const void *row,
                        const struct sha256 *before);
/* ERROR_STORAGE, naming the table, when the proof in the row's last column is another. */
MUST_USE result row_check_proof(const struct transaction *transaction, enum table table,
                                const void *row, struct err *err);
/* Writes the row with its proof, which is put into its last column. */
MUST_USE result row_put_proved(struct transaction *transaction, enum table table, void *row,
                               struct err *err);
/* Of rows that were written before there were proofs. Only right after their layout was brought up
 * to date. */
MUST_USE result proofs_make(struct transaction *transaction, struct err *err);

#endif
