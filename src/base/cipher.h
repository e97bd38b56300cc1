/* cipher: authenticated encryption of personal content, XChaCha20-Poly1305 by libsodium.
 *
 * A sealed text is nonce (24 bytes) || ciphertext || tag (16 bytes). `bound_to` is authenticated
 * and not stored: a sealed text moved to another place does not open. Keys are the caller's to keep
 * secret and to wipe (cipher_wipe). */
#ifndef RETURNHUB_BASE_CIPHER_H
#define RETURNHUB_BASE_CIPHER_H

#include "base/arena.h"

enum { CIPHER_KEY_SIZE = 32, CIPHER_NONCE_SIZE = 24, CIPHER_OVERHEAD = 24 + 16 };

struct cipher_key {
    uint8_t bytes[CIPHER_KEY_SIZE];
};

/* `nonce` must be unpredictable (system_entropy) or never used before with this key. */
MUST_USE result cipher_seal(const struct cipher_key *key, const uint8_t nonce[CIPHER_NONCE_SIZE],
                            str plain, str bound_to, struct arena *arena, str *ret_sealed,
                            struct err *err);
/* Refuses anything that was not sealed with this key and `bound_to`. */
MUST_USE result cipher_open(const struct cipher_key *key, str sealed, str bound_to,
                            struct arena *arena, str *ret_plain, struct err *err);
void cipher_wipe(struct cipher_key *key);
/* Keeps memory that holds keys for long out of swap and core dumps, as far as the system allows it;
 * cipher_unlock wipes it first. */
void cipher_lock(void *keys, size_t size);
void cipher_unlock(void *keys, size_t size);

#endif
