#include "authenticator.h"

#include <assert.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        fprintf(stderr, "the software authenticator does not work\n");
        abort();
    }
}

void authenticator_open(struct authenticator *authenticator, enum passkey_algorithm algorithm,
                        const char *rp_id, const char *origin, uint8_t number)
{
    *authenticator = (struct authenticator){.algorithm = algorithm,
                                            .count = 1,
                                            .rp_id = rp_id,
                                            .origin = origin,
                                            .more = "",
                                            .flags = SAID_PRESENT | SAID_VERIFIED};
    memset(authenticator->credential_id, number, sizeof authenticator->credential_id);
    switch (algorithm) {
    case PASSKEY_ES256:
        authenticator->key = EVP_EC_gen("P-256");
        break;
    case PASSKEY_EDDSA:
        authenticator->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    case PASSKEY_RS256:
        authenticator->key = EVP_RSA_gen(2048);
        break;
    }
    check(authenticator->key != NULL);
}

void authenticator_close(struct authenticator *authenticator)
{
    EVP_PKEY_free(authenticator->key);
    authenticator->key = NULL;
}

/* --- the key as COSE (RFC 9052, RFC 9053) ----------------------------------------------------- */

static size_t put(uint8_t *to, size_t at, const void *bytes, size_t size)
{
    memcpy(to + at, bytes, size);
    return at + size;
}

static size_t put_number(const struct authenticator *authenticator, const char *name, uint8_t *to,
                         size_t at, size_t size)
{
    BIGNUM *number = NULL;
    check(EVP_PKEY_get_bn_param(authenticator->key, name, &number) == 1);
    check(BN_bn2binpad(number, to + at, (int)size) == (int)size);
    BN_free(number);
    return at + size;
}

static size_t put_es256(const struct authenticator *authenticator, uint8_t *to, size_t at)
{
    /* {1: 2, 3: -7, -1: 1, -2: x, -3: y} */
    static const uint8_t head[] = {0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20};
    static const uint8_t middle[] = {0x22, 0x58, 0x20};
    at = put(to, at, head, sizeof head);
    at = put_number(authenticator, "qx", to, at, 32);
    at = put(to, at, middle, sizeof middle);
    return put_number(authenticator, "qy", to, at, 32);
}

static size_t put_eddsa(const struct authenticator *authenticator, uint8_t *to, size_t at)
{
    /* {1: 1, 3: -8, -1: 6, -2: x} */
    static const uint8_t head[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};
    size_t size = 32;
    at = put(to, at, head, sizeof head);
    check(EVP_PKEY_get_raw_public_key(authenticator->key, to + at, &size) == 1 && size == 32);
    return at + size;
}

static size_t put_rs256(const struct authenticator *authenticator, uint8_t *to, size_t at)
{
    /* {1: 3, 3: -257, -1: n, -2: e} */
    static const uint8_t head[] = {0xa4, 0x01, 0x03, 0x03, 0x39, 0x01,
                                   0x00, 0x20, 0x59, 0x01, 0x00};
    static const uint8_t middle[] = {0x21, 0x43};
    at = put(to, at, head, sizeof head);
    at = put_number(authenticator, "n", to, at, 256);
    at = put(to, at, middle, sizeof middle);
    return put_number(authenticator, "e", to, at, 3);
}

static size_t put_key(const struct authenticator *authenticator, uint8_t *to, size_t at)
{
    static const uint8_t head[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32};
    at = put(to, at, head, sizeof head);
    at = put(to, at, authenticator->credential_id, sizeof authenticator->credential_id);
    switch (authenticator->algorithm) {
    case PASSKEY_ES256:
        return put_es256(authenticator, to, at);
    case PASSKEY_EDDSA:
        return put_eddsa(authenticator, to, at);
    case PASSKEY_RS256:
        return put_rs256(authenticator, to, at);
    }
    return at;
}

/* --- what it says ----------------------------------------------------------------------------- */

static void say_client_data(const struct authenticator *authenticator, const uint8_t *challenge,
                            const char *type, struct said *said)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[44] = {0};
    size_t length = 0;
    for (size_t bit = 0; bit < 256; bit += 6) {
        unsigned value = 0;
        for (size_t i = bit; i < bit + 6; i++) {
            value = value << 1 | (i < 256 ? (unsigned)challenge[i / 8] >> (7 - i % 8) & 1 : 0);
        }
        text[length++] = digits[value];
    }
    const int size = snprintf(said->client_data, sizeof said->client_data,
                              "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
                              authenticator->type == NULL ? type : authenticator->type, text,
                              authenticator->origin, authenticator->more);
    said->client_data_size = (size_t)size;
}

static size_t say_head(const struct authenticator *authenticator, unsigned flags, uint8_t *to)
{
    SHA256((const uint8_t *)authenticator->rp_id, strlen(authenticator->rp_id), to);
    to[32] = (uint8_t)flags;
    for (size_t i = 0; i < 4; i++) {
        to[33 + i] = (uint8_t)(authenticator->count >> (24 - 8 * i));
    }
    return 37;
}

static void sign(const struct authenticator *authenticator, struct said *said)
{
    uint8_t text[1024 + 32];
    size_t size = said->authenticator_data_size;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *digest = authenticator->algorithm == PASSKEY_EDDSA ? NULL : EVP_sha256();
    memcpy(text, said->authenticator_data, size);
    SHA256((const uint8_t *)said->client_data, said->client_data_size, text + size);
    said->signature_size = sizeof said->signature;
    check(EVP_DigestSignInit(context, NULL, digest, NULL, authenticator->key) == 1 &&
          EVP_DigestSign(context, said->signature, &said->signature_size, text, size + 32) == 1);
    EVP_MD_CTX_free(context);
}

struct said authenticator_register(struct authenticator *authenticator, const uint8_t *challenge)
{
    struct said said = {.client_data_size = 0};
    say_client_data(authenticator, challenge, "webauthn.create", &said);
    const size_t head =
        say_head(authenticator, authenticator->flags | SAID_HAS_KEY, said.authenticator_data);
    said.authenticator_data_size = put_key(authenticator, said.authenticator_data, head);
    return said;
}

struct said authenticator_answer(struct authenticator *authenticator, const uint8_t *challenge)
{
    struct said said = {.client_data_size = 0};
    authenticator->count += authenticator->count == 0 ? 0 : 1;
    say_client_data(authenticator, challenge, "webauthn.get", &said);
    said.authenticator_data_size =
        say_head(authenticator, authenticator->flags, said.authenticator_data);
    sign(authenticator, &said);
    return said;
}

str said_client_data(const struct said *said)
{
    return (str){.at = said->client_data, .len = said->client_data_size};
}

str said_authenticator_data(const struct said *said)
{
    return (str){.at = (const char *)said->authenticator_data,
                 .len = said->authenticator_data_size};
}

str said_signature(const struct said *said)
{
    return (str){.at = (const char *)said->signature, .len = said->signature_size};
}
