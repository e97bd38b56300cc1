/* signature: Ed25519 (RFC 8032), by libsodium. The same key and text give the same signature. */
#ifndef RETURNHUB_BASE_SIGNATURE_H
#define RETURNHUB_BASE_SIGNATURE_H

#include "base/str.h"

enum { SIGNATURE_SIZE = 64, SIGNATURE_KEY_SIZE = 32, SIGNATURE_SEED_SIZE = 32 };

/* Secret; wipe it with signing_key_wipe. */
struct signing_key {
    uint8_t secret[SIGNATURE_SEED_SIZE + SIGNATURE_KEY_SIZE]; /* seed || public key */
};

struct signing_key signing_key_of(const uint8_t seed[SIGNATURE_SEED_SIZE]);
const uint8_t *signing_key_seed(const struct signing_key *key);
const uint8_t *signing_key_public(const struct signing_key *key);
void signing_key_wipe(struct signing_key *key);

void signature_make(const struct signing_key *key, str text, uint8_t signature[SIGNATURE_SIZE]);
bool signature_holds(const uint8_t public_key[SIGNATURE_KEY_SIZE], str text,
                     const uint8_t signature[SIGNATURE_SIZE]);

#endif
