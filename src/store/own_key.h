/* own_key: keys made of the store's key, each for one purpose: the same for as long as that is. */
#ifndef RETURNHUB_STORE_OWN_KEY_H
#define RETURNHUB_STORE_OWN_KEY_H

#include "base/cipher.h"
#include "store/store.h"

void transaction_own_key(const struct transaction *transaction, str purpose,
                         struct cipher_key *ret_key);

#endif
