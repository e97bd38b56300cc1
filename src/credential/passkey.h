/* passkey: what a browser answers when it was asked for a passkey (Web Authentication, level 3),
 * checked. Pure: the caller keeps challenges, keys and counters.
 *
 * libfido2 reads the authenticator's data (CBOR, COSE) and checks signatures; what the browser says
 * itself (the client data) and the rules of sections 7.1 and 7.2 are checked here. Attestation is
 * neither asked for nor looked at: any authenticator may be used.
 *
 * Not accepted: what was made for another site, another challenge or another purpose, inside a
 * frame of another site, without the user being present, or without the user being verified where
 * that is asked for. Keys: ES256 (P-256), EdDSA (Ed25519); RS256 with 2048 bits where old
 * signatures are taken. */
#ifndef RETURNHUB_CREDENTIAL_PASSKEY_H
#define RETURNHUB_CREDENTIAL_PASSKEY_H

#include "base/arena.h"

enum {
    PASSKEY_CHALLENGE_SIZE = 32,
    PASSKEY_ID_SIZE_MIN = 16, /* section 4, Credential ID */
    PASSKEY_ID_SIZE_MAX = 1023,
    PASSKEY_CLIENT_DATA_MAX = 4096, /* it is some hundred bytes */
    PASSKEY_AUTHENTICATOR_DATA_MAX = 4096,
    PASSKEY_SIGNATURE_MAX = 1024,
};

/* COSE's numbers. */
enum passkey_algorithm { PASSKEY_ES256 = -7, PASSKEY_EDDSA = -8, PASSKEY_RS256 = -257 };

struct passkey_asked {
    const char *rp_id; /* "desk.example": a name, never a number */
    str origin;        /* "https://desk.example" */
    const uint8_t *challenge;
    bool verified;       /* the user must have been verified: by a PIN, a finger, a face */
    bool old_signatures; /* RSA with PKCS#1 v1.5, too */
};

struct passkey_key {
    enum passkey_algorithm algorithm;
    str public_key; /* as libfido2 gives it */
    uint32_t sign_count;
};

struct passkey_made {
    str credential_id;
    struct passkey_key key;
};
/* Section 7.1. ERROR_INPUT says what is not right. */
MUST_USE result passkey_registered(const struct passkey_asked *asked, str client_data,
                                   str authenticator_data, struct arena *arena,
                                   struct passkey_made *ret_made, struct err *err);

struct passkey_answer {
    uint32_t sign_count;
    bool verified;
    bool counted_back; /* the counter did not grow: there may be a second authenticator with the
                          same key. The caller refuses it. */
};
/* Section 7.2. ERROR_UNAUTHENTICATED says what is not right. */
MUST_USE result passkey_answered(const struct passkey_asked *asked, const struct passkey_key *key,
                                 str client_data, str authenticator_data, str signature,
                                 struct passkey_answer *ret_answer, struct err *err);

#endif
