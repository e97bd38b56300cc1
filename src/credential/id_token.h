/* id_token: what another provider says of who signed in there (OpenID Connect Core 1.0, section
 * 3.1.3.7), checked. Pure: the caller fetches the provider's keys and keeps what it asked.
 *
 * cjose checks signatures; what may be signed, with what, and what it must say is checked here.
 * Taken: ES256, and PS256 with 3072 bits, with a key of the provider's set that is for signing, of
 * the right kind, and the only one of its name; old signatures (RS256, and 2048 bits) where they
 * are asked for. Not taken: `none`, whatever is keyed with a secret (HS256), any other algorithm, a
 * key that the token brings along, a header that must be understood (`crit`). */
#ifndef RETURNHUB_CREDENTIAL_ID_TOKEN_H
#define RETURNHUB_CREDENTIAL_ID_TOKEN_H

#include "base/arena.h"
#include "base/date.h"

enum {
    ID_TOKEN_BYTES_MAX = 16 * 1024,
    ID_TOKEN_KEYS_BYTES_MAX = 256 * 1024,
    ID_TOKEN_SUBJECT_MAX = 255, /* OpenID Connect Core 1.0, section 2, sub */
    ID_TOKEN_LEEWAY_SECONDS = 60,
    ID_TOKEN_AGE_SECONDS_MAX = 600, /* since it was issued: it was asked for just now */
};

struct id_token_asked {
    str issuer;
    str client_id;
    str nonce;
    instant now;
    int64_t signed_in_within_seconds; /* auth_time is needed, and not longer ago; 0: not asked */
    bool old_signatures;              /* RSA with PKCS#1 v1.5, and with 2048 bits, too */
};

struct id_token {
    str subject;
    instant signed_in_at; /* auth_time; 1970 when it does not say */
    bool by_two_factors;  /* its amr has "mfa" (RFC 8176) */
    str acr;              /* "" when it does not say */
};
/* `keys` is the provider's JSON Web Key Set. ERROR_NOT_FOUND: the key is not in it, and may be in a
 * newer one. ERROR_UNAUTHENTICATED says what is not right. */
MUST_USE result id_token_check(const struct id_token_asked *asked, str token, str keys,
                               struct arena *arena, struct id_token *ret_token, struct err *err);

#endif
