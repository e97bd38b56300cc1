/* authenticator: a passkey in software, for tests: it says what a good authenticator says, or,
 * where a test asks for it, something wrong. Made with libcrypto alone, so that what it makes is
 * not read by what made it. */
#ifndef RETURNHUB_TESTS_CREDENTIAL_AUTHENTICATOR_H
#define RETURNHUB_TESTS_CREDENTIAL_AUTHENTICATOR_H

#include "credential/passkey.h"

#include <openssl/evp.h>

struct authenticator {
    EVP_PKEY *key;
    enum passkey_algorithm algorithm;
    uint8_t credential_id[32];
    uint32_t count;

    /* What it says when nothing is wrong, and may be made to say. */
    const char *rp_id;
    const char *origin;
    const char *type; /* NULL: as it must be */
    const char *more; /* more members of the client data, with a comma before them */
    unsigned flags;   /* present and verified; a key is added when there is one */
};

struct said {
    char client_data[1024];
    size_t client_data_size;
    uint8_t authenticator_data[1024];
    size_t authenticator_data_size;
    uint8_t signature[512];
    size_t signature_size;
};

enum { SAID_PRESENT = 0x01, SAID_VERIFIED = 0x04, SAID_IS_COPIED = 0x10, SAID_HAS_KEY = 0x40 };

/* `number` tells one from another: its credential id begins with it. */
void authenticator_open(struct authenticator *authenticator, enum passkey_algorithm algorithm,
                        const char *rp_id, const char *origin, uint8_t number);
void authenticator_close(struct authenticator *authenticator);

struct said authenticator_register(struct authenticator *authenticator, const uint8_t *challenge);
/* Counts on, unless its count is 0. */
struct said authenticator_answer(struct authenticator *authenticator, const uint8_t *challenge);

str said_client_data(const struct said *said);
str said_authenticator_data(const struct said *said);
str said_signature(const struct said *said);

#endif
