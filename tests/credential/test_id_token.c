/* Aim: an ID token is taken exactly when OpenID Connect Core says so. Tokens are made here with
 * libcrypto; each hostile one differs from a good one in the one thing it is about. */
#include "credential/id_token.h"

#include "base/base64.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ISSUER "https://login.example"
#define CLIENT "returnhub"
#define NONCE  "n-0S6_WzA2Mj"

enum { NOW = 1700000000 };

static struct arena arena;
static EVP_PKEY *rsa;
static EVP_PKEY *other_rsa;
static EVP_PKEY *small_rsa;
static EVP_PKEY *large_rsa;
static EVP_PKEY *ec;

static int setup(void **state)
{
    struct err err = {0};
    (void)state;
    rsa = EVP_RSA_gen(2048);
    other_rsa = EVP_RSA_gen(2048);
    small_rsa = EVP_RSA_gen(1024);
    large_rsa = EVP_RSA_gen(3072);
    ec = EVP_EC_gen("P-256");
    return arena_open(&arena, 8 * 1024 * 1024, &err).ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(other_rsa);
    EVP_PKEY_free(small_rsa);
    EVP_PKEY_free(large_rsa);
    EVP_PKEY_free(ec);
    arena_close(&arena);
    return 0;
}

/* --- making ----------------------------------------------------------------------------------- */

static const char *encoded(const void *bytes, size_t size)
{
    struct buf buf;
    str text;
    buf_init(&buf, &arena, 64 * 1024);
    base64url_put(&buf, bytes, size);
    assert_true(buf_finish(&buf, &text, NULL).ok);
    return text.at;
}

static const char *number(EVP_PKEY *key, const char *name, size_t size)
{
    uint8_t bytes[512];
    BIGNUM *value = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &value), 1);
    if (size == 0) {
        size = (size_t)BN_num_bytes(value);
    }
    assert_true(BN_bn2binpad(value, bytes, (int)size) > 0);
    BN_free(value);
    return encoded(bytes, size);
}

static const char *rsa_jwk(EVP_PKEY *key, const char *kid, const char *more)
{
    return arena_format(&arena, "{\"kty\":\"RSA\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"%s}", kid,
                        number(key, OSSL_PKEY_PARAM_RSA_N, 0),
                        number(key, OSSL_PKEY_PARAM_RSA_E, 0), more)
        .at;
}

static const char *ec_jwk(const char *kid)
{
    return arena_format(
               &arena,
               "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\","
               "\"use\":\"sig\"}",
               kid, number(ec, OSSL_PKEY_PARAM_EC_PUB_X, 32),
               number(ec, OSSL_PKEY_PARAM_EC_PUB_Y, 32))
        .at;
}

static const char *set_of(const char *one, const char *two)
{
    return arena_format(&arena, "{\"keys\":[%s%s%s]}", one, two[0] != '\0' ? "," : "", two).at;
}

static const char *sign_rsa(EVP_PKEY *key, const char *text)
{
    uint8_t signature[512];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, (const uint8_t *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(context);
    return encoded(signature, size);
}

/* RFC 7518, section 3.5: a salt as long as the hash. */
static const char *sign_pss(EVP_PKEY *key, const char *text)
{
    uint8_t signature[512];
    size_t size = sizeof signature;
    EVP_PKEY_CTX *options = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, &options, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, (const uint8_t *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(context);
    return encoded(signature, size);
}

/* RFC 7518, section 3.4: both numbers, 32 bytes each. */
static const char *sign_ec(const char *text)
{
    uint8_t der[128];
    uint8_t raw[64];
    size_t size = sizeof der;
    const uint8_t *at = der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, ec), 1);
    assert_int_equal(EVP_DigestSign(context, der, &size, (const uint8_t *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)size);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32);
    ECDSA_SIG_free(signature);
    return encoded(raw, sizeof raw);
}

static const char *sign_hmac(const char *secret, const char *text)
{
    uint8_t mac[32];
    unsigned size = sizeof mac;
    assert_non_null(HMAC(EVP_sha256(), secret, (int)strlen(secret), (const uint8_t *)text,
                         strlen(text), mac, &size));
    return encoded(mac, size);
}

static const char *body_of(const char *header, const char *claims)
{
    return arena_format(&arena, "%s.%s", encoded(header, strlen(header)),
                        encoded(claims, strlen(claims)))
        .at;
}

static const char *token_of(const char *header, const char *claims)
{
    const char *body = body_of(header, claims);
    return arena_format(&arena, "%s.%s", body, sign_rsa(rsa, body)).at;
}

static const char good_header[] = "{\"alg\":\"RS256\",\"kid\":\"k1\"}";

static const char *claims_with(const char *iss, const char *aud, const char *nonce, const char *sub,
                               int64_t exp, int64_t iat, const char *more)
{
    return arena_format(
               &arena,
               "{\"iss\":%s,\"aud\":%s,\"nonce\":%s,\"sub\":%s,\"exp\":%lld,\"iat\":%lld%s}", iss,
               aud, nonce, sub, (long long)exp, (long long)iat, more)
        .at;
}

static const char *good_claims(void)
{
    return claims_with("\"" ISSUER "\"", "\"" CLIENT "\"", "\"" NONCE "\"", "\"u1\"", NOW + 300,
                       NOW, "");
}

/* --- checking --------------------------------------------------------------------------------- */

/* NULL: taken; "?" the key is not there; otherwise what is not right. */
static const char *fault_when(const char *token, const char *keys, int64_t seconds, bool old)
{
    static struct err err;
    struct id_token taken;
    const struct id_token_asked asked = {.issuer = STR(ISSUER),
                                         .client_id = STR(CLIENT),
                                         .nonce = STR(NONCE),
                                         .now = {.milliseconds = NOW * INT64_C(1000)},
                                         .signed_in_within_seconds = seconds,
                                         .old_signatures = old};
    if (id_token_check(&asked, str_from_c(token), str_from_c(keys), &arena, &taken, &err).ok) {
        assert_true(str_equal(taken.subject, STR("u1")));
        return NULL;
    }
    assert_true(err.code == ERROR_UNAUTHENTICATED || err.code == ERROR_NOT_FOUND);
    return err.code == ERROR_NOT_FOUND ? "?" : err.what;
}

/* With old signatures, by which most of what follows is made. */
static const char *fault_within(const char *token, const char *keys, int64_t seconds)
{
    return fault_when(token, keys, seconds, true);
}

static const char *fault(const char *token, const char *keys)
{
    return fault_within(token, keys, 0);
}

#define assert_refused(found, says)                                                                \
    do {                                                                                           \
        const char *found_ = (found);                                                              \
        if (found_ == NULL || strstr(found_, says) == NULL) {                                      \
            fail_msg("expected \"%s\", found %s", says, found_ == NULL ? "taken" : found_);        \
        }                                                                                          \
    } while (0)

static void good_tokens_are_taken(void **state)
{
    const char *keys = set_of(rsa_jwk(rsa, "k1", ""), ec_jwk("k2"));
    const char *body = body_of("{\"alg\":\"ES256\",\"kid\":\"k2\",\"typ\":\"JWT\"}", good_claims());
    (void)state;
    assert_null(fault(token_of(good_header, good_claims()), keys));
    assert_null(fault(arena_format(&arena, "%s.%s", body, sign_ec(body)).at, keys));
    /* No name, and one key of the kind. */
    assert_null(fault(token_of("{\"alg\":\"RS256\"}", good_claims()), keys));
    assert_null(
        fault(token_of(good_header,
                       claims_with("\"" ISSUER "\"", "[\"other\",\"" CLIENT "\"]", "\"" NONCE "\"",
                                   "\"u1\"", NOW + 300, NOW, ",\"azp\":\"" CLIENT "\"")),
              keys));
    assert_null(fault_within(
        token_of(good_header, claims_with("\"" ISSUER "\"", "\"" CLIENT "\"", "\"" NONCE "\"",
                                          "\"u1\"", NOW + 300, NOW, ",\"auth_time\":1699999990")),
        keys, 60));
}

static void what_is_not_signed_by_the_provider_is_refused(void **state)
{
    const char *keys = set_of(rsa_jwk(rsa, "k1", ""), ec_jwk("k2"));
    const char *body = body_of(good_header, good_claims());
    (void)state;
    const char *none[] = {"none", "None", "NONE", "nOnE", ""};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const char *unsigned_body = body_of(
            arena_format(&arena, "{\"alg\":\"%s\",\"kid\":\"k1\"}", none[i]).at, good_claims());
        assert_refused(fault(arena_format(&arena, "%s.", unsigned_body).at, keys),
                       "cannot be read");
        assert_refused(fault(arena_format(&arena, "%s.AA", unsigned_body).at, keys),
                       "not signed in a way");
    }
    /* The public key, which everybody knows, as the secret of HS256: as text of the set, and as
     * PEM. */
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    assert_int_equal(PEM_write_bio_PUBKEY(bio, rsa), 1);
    const long pem_size = BIO_get_mem_data(bio, &pem);
    const char *secrets[] = {rsa_jwk(rsa, "k1", ""),
                             arena_copy(&arena, (str){.at = pem, .len = (size_t)pem_size}).at,
                             number(rsa, OSSL_PKEY_PARAM_RSA_N, 0)};
    BIO_free(bio);
    for (size_t i = 0; i < 3; i++) {
        const char *mac_body = body_of("{\"alg\":\"HS256\",\"kid\":\"k1\"}", good_claims());
        assert_refused(
            fault(arena_format(&arena, "%s.%s", mac_body, sign_hmac(secrets[i], mac_body)).at,
                  keys),
            "not signed in a way");
    }
    assert_refused(fault(arena_format(&arena, "%s.%s", body, sign_rsa(other_rsa, body)).at, keys),
                   "signature");
    /* Another algorithm named for the same key, and another key for the same name. */
    const char *es = body_of("{\"alg\":\"ES256\",\"kid\":\"k1\"}", good_claims());
    assert_refused(fault(arena_format(&arena, "%s.%s", es, sign_ec(es)).at, keys), "?");
    const char *rs = body_of("{\"alg\":\"RS256\",\"kid\":\"k2\"}", good_claims());
    assert_refused(fault(arena_format(&arena, "%s.%s", rs, sign_rsa(rsa, rs)).at, keys), "?");
    assert_refused(fault(token_of("{\"alg\":\"PS256\",\"kid\":\"k1\"}", good_claims()), keys),
                   "signature");
    /* A key that the token brings along is not looked at. */
    const char *own = arena_format(&arena, "{\"alg\":\"RS256\",\"kid\":\"k9\",\"jwk\":%s}",
                                   rsa_jwk(other_rsa, "k9", ""))
                          .at;
    const char *own_body = body_of(own, good_claims());
    assert_refused(
        fault(arena_format(&arena, "%s.%s", own_body, sign_rsa(other_rsa, own_body)).at, keys),
        "?");
}

/* OWASP ASVS 5.0, 11.3.1 and 11.2.3: unless they are asked for, neither PKCS#1 v1.5, whatever the
 * key, nor RSA of less than 128 bits of security. */
static void old_signatures_are_refused(void **state)
{
    const char *keys = set_of(rsa_jwk(large_rsa, "k1", ""), ec_jwk("k2"));
    const char *short_keys = set_of(rsa_jwk(rsa, "k1", ""), "");
    const char *old = body_of(good_header, good_claims());
    const char *pss = body_of("{\"alg\":\"PS256\",\"kid\":\"k1\"}", good_claims());
    const char *es = body_of("{\"alg\":\"ES256\",\"kid\":\"k2\"}", good_claims());
    const char *large_old = arena_format(&arena, "%s.%s", old, sign_rsa(large_rsa, old)).at;
    const char *large_pss = arena_format(&arena, "%s.%s", pss, sign_pss(large_rsa, pss)).at;
    const char *short_pss = arena_format(&arena, "%s.%s", pss, sign_pss(rsa, pss)).at;
    (void)state;
    assert_null(fault_when(arena_format(&arena, "%s.%s", es, sign_ec(es)).at, keys, 0, false));
    assert_null(fault_when(large_pss, keys, 0, false));
    assert_refused(fault_when(large_old, keys, 0, false), "not signed in a way");
    assert_refused(fault_when(short_pss, short_keys, 0, false), "?");
    assert_null(fault_when(large_old, keys, 0, true));
    assert_null(fault_when(short_pss, short_keys, 0, true));
    /* A signature of the one kind is none of the other. */
    const char *mixed = arena_format(&arena, "%s.%s", pss, sign_rsa(large_rsa, pss)).at;
    assert_refused(fault_when(mixed, keys, 0, false), "signature");
    assert_refused(fault_when(mixed, keys, 0, true), "signature");
}

static void keys_are_chosen_strictly(void **state)
{
    const char *token = token_of(good_header, good_claims());
    const char *good = rsa_jwk(rsa, "k1", "");
    (void)state;
    assert_refused(fault(token, set_of(ec_jwk("k1"), "")), "?");
    assert_refused(fault(token, set_of(rsa_jwk(rsa, "k2", ""), "")),
                   "?"); /* a newer set may have it */
    assert_refused(fault(token, set_of(rsa_jwk(rsa, "k1", ",\"use\":\"enc\""), "")), "?");
    assert_refused(fault(token, set_of(rsa_jwk(rsa, "k1", ",\"alg\":\"RS512\""), "")), "?");
    assert_refused(fault(token, set_of(good, rsa_jwk(other_rsa, "k1", ""))), "which key");
    assert_null(fault(token, set_of(good, rsa_jwk(other_rsa, "k3", ""))));
    assert_refused(fault(token_of("{\"alg\":\"RS256\"}", good_claims()),
                         set_of(good, rsa_jwk(other_rsa, "k3", ""))),
                   "which key");
    const char *body = body_of(good_header, good_claims());
    assert_refused(fault(arena_format(&arena, "%s.%s", body, sign_rsa(small_rsa, body)).at,
                         set_of(rsa_jwk(small_rsa, "k1", ""), "")),
                   "?"); /* 1024 bits */
    assert_refused(fault(token, "{\"keys\":[]}"), "?");
    assert_refused(fault(token, "{\"keys\":{}}"), "?");
    assert_refused(fault(token, "[]"), "?");
    assert_refused(fault(token, "not JSON"), "keys cannot be read");
}

static void what_it_says_must_be_right(void **state)
{
    static const struct {
        const char *iss;
        const char *aud;
        const char *nonce;
        const char *sub;
        int64_t exp;
        int64_t iat;
        const char *more;
        const char *says;
    } rows[] = {
        {"\"https://login.example/\"", NULL, NULL, NULL, 300, 0, "", "another provider"},
        {"\"http://login.example\"", NULL, NULL, NULL, 300, 0, "", "another provider"},
        {"null", NULL, NULL, NULL, 300, 0, "", "another provider"},
        {NULL, "\"other\"", NULL, NULL, 300, 0, "", "somebody else"},
        {NULL, "[]", NULL, NULL, 300, 0, "", "somebody else"},
        {NULL, "[\"other\",\"" CLIENT "\"]", NULL, NULL, 300, 0, "", "somebody else"},
        {NULL, "[\"" CLIENT "\",\"" CLIENT "x\"]", NULL, NULL, 300, 0, ",\"azp\":\"other\"",
         "somebody else"},
        {NULL, NULL, NULL, NULL, 300, 0, ",\"azp\":\"other\"", "somebody else"},
        {NULL, "{\"" CLIENT "\":1}", NULL, NULL, 300, 0, "", "somebody else"},
        {NULL, NULL, "\"another\"", NULL, 300, 0, "", "what was asked"},
        {NULL, NULL, "\"\"", NULL, 300, 0, "", "what was asked"},
        {NULL, NULL, "null", NULL, 300, 0, "", "what was asked"},
        {NULL, NULL, NULL, "\"\"", 300, 0, "", "who it is"},
        {NULL, NULL, NULL, "17", 300, 0, "", "who it is"},
        {NULL, NULL, NULL, "\"u1\\n\"", 300, 0, "", "who it is"},
        {NULL, NULL, NULL, NULL, -61, -120, "", "it is over"},
        {NULL, NULL, NULL, NULL, -60, -120, "", "it is over"},
        {NULL, NULL, NULL, NULL, -59, -120, "", NULL},
        {NULL, NULL, NULL, NULL, 300, 61, "", "just now"},
        {NULL, NULL, NULL, NULL, 300, 60, "", NULL},
        {NULL, NULL, NULL, NULL, 300, -601, "", "just now"},
        {NULL, NULL, NULL, NULL, 300, 0, ",\"nbf\":1700000061", "not count yet"},
        {NULL, NULL, NULL, NULL, 300, 0, ",\"nbf\":\"soon\"", "not count yet"},
        {NULL, NULL, NULL, NULL, 300, 0, ",\"iss\":\"" ISSUER "\"", "cannot be read"}, /* twice */
    };
    const char *keys = set_of(rsa_jwk(rsa, "k1", ""), "");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *claims = claims_with(rows[i].iss != NULL ? rows[i].iss : "\"" ISSUER "\"",
                                         rows[i].aud != NULL ? rows[i].aud : "\"" CLIENT "\"",
                                         rows[i].nonce != NULL ? rows[i].nonce : "\"" NONCE "\"",
                                         rows[i].sub != NULL ? rows[i].sub : "\"u1\"",
                                         NOW + rows[i].exp, NOW + rows[i].iat, rows[i].more);
        const char *found = fault(token_of(good_header, claims), keys);
        if (rows[i].says == NULL ? found != NULL
                                 : found == NULL || strstr(found, rows[i].says) == NULL) {
            fail_msg("row %zu: %s", i, found == NULL ? "taken" : found);
        }
    }
    assert_refused(fault_within(token_of(good_header, good_claims()), keys, 60), "asked again");
    assert_refused(
        fault_within(token_of(good_header,
                              claims_with("\"" ISSUER "\"", "\"" CLIENT "\"", "\"" NONCE "\"",
                                          "\"u1\"", NOW + 300, NOW, ",\"auth_time\":1699999879")),
                     keys, 60),
        "asked again");
    assert_refused(fault(token_of(good_header, "[]"), keys), "cannot be read");
    assert_refused(fault(token_of(good_header, "{}"), keys), "another provider");
}

static void other_shapes_are_refused(void **state)
{
    const char *keys = set_of(rsa_jwk(rsa, "k1", ""), "");
    const char *good = token_of(good_header, good_claims());
    char *changed = ARENA_NEW(&arena, char, strlen(good) + 1);
    (void)state;
    assert_refused(fault("", keys), "cannot be read");
    assert_refused(fault("a.b", keys), "cannot be read");
    assert_refused(fault("a.b.c.d.e", keys), "cannot be read"); /* encrypted */
    assert_refused(fault(arena_format(&arena, "%s=", good).at, keys), "cannot be read");
    assert_refused(
        fault(token_of("{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"b64\"]}", good_claims()),
              keys),
        "another kind");
    assert_refused(
        fault(token_of("{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}", good_claims()),
              keys),
        "another kind");
    /* Any letter of it changed. */
    for (size_t i = 0; i < strlen(good); i += 3) {
        struct arena scratch = arena;
        memcpy(changed, good, strlen(good) + 1);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        const char *found = fault(changed, keys);
        arena = scratch;
        if (found == NULL) {
            fail_msg("letter %zu", i);
        }
    }
    assert_null(fault(good, keys));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_tokens_are_taken),
        cmocka_unit_test(what_is_not_signed_by_the_provider_is_refused),
        cmocka_unit_test(old_signatures_are_refused),
        cmocka_unit_test(keys_are_chosen_strictly),
        cmocka_unit_test(what_it_says_must_be_right),
        cmocka_unit_test(other_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
