/* provider: another provider at which people sign on (OpenID Connect Core 1.0, the code flow), as
 * text: what it says of itself (Discovery 1.0), where a browser is sent, and what comes back from
 * there. Pure: who fetches, and keeps what was asked, is the caller.
 *
 * What is asked is bound to the browser by `state`, to the token by `nonce`, and to whoever trades
 * the code by a verifier (RFC 7636, S256 alone); the answer names who it is from where the provider
 * does so (RFC 9207). The address that the browser comes back to is one, word by word. All three
 * are made of one secret, so that no more than that is kept. */
#ifndef RETURNHUB_CREDENTIAL_PROVIDER_H
#define RETURNHUB_CREDENTIAL_PROVIDER_H

#include "base/arena.h"

enum {
    PROVIDER_ADDRESS_MAX = 1000,
    PROVIDER_CODE_MAX = 4000,
    PROVIDER_SECRET_SIZE = 32,
    PROVIDER_WORD_SIZE = 44, /* 32 bytes in base64url */
};

/* What was agreed with the provider. */
struct provider_client {
    str issuer; /* "https://login.example/realm" */
    str client_id;
    str client_secret; /* "" for a client that has none (PKCE alone) */
    str scopes;        /* "openid" and more, between spaces */
    str acr;           /* acr_values: how one should sign in there; "" to leave it to them */
    str redirect_uri;
};

/* https:// and a name, or http://localhost (to try things out); nothing but an address, no query,
 * no fragment, no user. */
bool provider_is_address(str text);
/* The port that is connected to; 0 when the text is no address. */
uint16_t provider_port(str address);
/* Where the provider says what it is: "/.well-known/openid-configuration" below the issuer. */
MUST_USE result provider_document_address(str issuer, struct arena *arena, str *ret_address,
                                          struct err *err);

struct provider {
    str authorization; /* addresses */
    str token;
    str keys;
    str end_session;     /* "" when nobody can be signed out there */
    bool names_itself;   /* every answer says whose it is (RFC 9207) */
    bool secret_in_body; /* it takes the client's secret in no other way */
};
/* `old_signatures` as in id_token.h. ERROR_UNAVAILABLE says what it lacks. Addresses that the
 * program itself asks are as well protected as the issuer's, and at its port. */
MUST_USE result provider_read(str issuer, str document, bool old_signatures, struct arena *arena,
                              struct provider *ret_provider, struct err *err);

/* NUL-terminated. */
struct provider_question {
    char state[PROVIDER_WORD_SIZE];
    char nonce[PROVIDER_WORD_SIZE];
    char verifier[PROVIDER_WORD_SIZE];
};
void provider_question_of(const uint8_t secret[PROVIDER_SECRET_SIZE],
                          struct provider_question *ret_question);

/* Where the browser is sent. Whoever signed in there longer ago than `age_seconds_max` is asked
 * anew; 0: in any case. */
MUST_USE result provider_authorization(const struct provider_client *client,
                                       const struct provider *provider,
                                       const struct provider_question *question,
                                       int64_t age_seconds_max, struct arena *arena,
                                       str *ret_address, struct err *err);
/* Where the browser is sent to sign out there, coming back to `then`. */
MUST_USE result provider_farewell(const struct provider_client *client,
                                  const struct provider *provider, str then, struct arena *arena,
                                  str *ret_address, struct err *err);

/* What the browser brought back; "" for what was not there. */
struct provider_answer {
    str state;
    str issuer;
    str code;
    str error;
};
/* Is it the answer to what was asked, from whom it was asked? ERROR_UNAUTHENTICATED says why not,
 * and when the provider did not sign them in. */
MUST_USE result provider_check_answer(const struct provider_client *client,
                                      const struct provider *provider,
                                      const struct provider_question *question,
                                      const struct provider_answer *answer, struct err *err);

/* What is sent to provider.token for the code, as application/x-www-form-urlencoded. */
struct provider_trade {
    str body;
    str authorization; /* of the header; "" for none */
};
MUST_USE result provider_trade(const struct provider_client *client,
                               const struct provider *provider,
                               const struct provider_question *question, str code,
                               struct arena *arena, struct provider_trade *ret_trade,
                               struct err *err);
/* The ID token of its answer. ERROR_UNAUTHENTICATED when the code is not taken (it was used before,
 * or is over), ERROR_UNAVAILABLE for what is no answer. */
MUST_USE result provider_read_token(int status, str answer, struct arena *arena, str *ret_token,
                                    struct err *err);

#endif
