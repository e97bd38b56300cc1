#include "credential/id_token.h"

#include "base/base64.h"
#include "format/json.h"

#include <cjose/cjose.h>
#include <string.h>

enum {
    /* In base64url. */
    RSA_3072_TEXT = 512,
    RSA_2048_TEXT = 342,
};

struct algorithm {
    const char *name;
    const char *key_type;
    bool old; /* PKCS#1 v1.5 */
};
static const struct algorithm algorithms[] = {
    {"ES256", "EC", false}, {"PS256", "RSA", false}, {"RS256", "RSA", true}};

static result refuse(struct err *err, const char *what)
{
    return err_set(err, ERROR_UNAUTHENTICATED, "The provider's answer is not accepted: %s", what);
}

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const json_t *member = json_object_get(object, key);
    return json_is_string(member) && strcmp(json_string_value(member), text) == 0;
}

static bool absent_or(const json_t *object, const char *key, const char *text)
{
    return json_object_get(object, key) == NULL || is_text(object, key, text);
}

/* --- the header ------------------------------------------------------------------------------- */

static result read_part(str text, struct arena *arena, json_t **ret_object, struct err *err)
{
    char *bytes = ARENA_NEW(arena, char, text.len + 1);
    size_t size = 0;
    json_t *object = NULL;
    if (bytes == NULL) {
        return arena_full(err);
    }
    if (!base64url_read(text, bytes, text.len, &size) ||
        !json_read((str){.at = bytes, .len = size}, &object, NULL).ok) {
        return refuse(err, "it cannot be read");
    }
    if (!json_is_object(object)) {
        json_decref(object);
        return refuse(err, "it cannot be read");
    }
    *ret_object = object;
    return result_ok();
}

static const struct algorithm *find_algorithm(const json_t *header, bool old)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (is_text(header, "alg", algorithms[i].name) && (old || !algorithms[i].old)) {
            return &algorithms[i];
        }
    }
    return NULL;
}

/* --- the key ---------------------------------------------------------------------------------- */

static bool may_verify(const json_t *key, const struct algorithm *algorithm, bool old)
{
    const size_t modulus_min = old ? RSA_2048_TEXT : RSA_3072_TEXT;
    const bool rsa = strcmp(algorithm->key_type, "RSA") == 0;
    return is_text(key, "kty", algorithm->key_type) && absent_or(key, "use", "sig") &&
           absent_or(key, "alg", algorithm->name) &&
           (rsa ? json_str_or_empty(key, "n").len >= modulus_min : is_text(key, "crv", "P-256"));
}

/* The one key of the name in the header; where the header has none, the one key that there is. */
static result find_key(const json_t *header, const struct algorithm *algorithm, bool old,
                       const json_t *keys, const json_t **ret_key, struct err *err)
{
    const str name = json_str_or_empty(header, "kid");
    const json_t *list = json_object_get(keys, "keys");
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *key = json_array_get(list, i);
        const bool named = name.len == 0 || str_equal(json_str_or_empty(key, "kid"), name);
        if (named && may_verify(key, algorithm, old)) {
            if (found != NULL) {
                return refuse(err, "it does not say which key it is signed with");
            }
            found = key;
        }
    }
    if (found == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "The provider has no such key");
    }
    *ret_key = found;
    return result_ok();
}

static bool signature_holds_of(str token, const json_t *key, struct arena *arena)
{
    str text;
    if (!json_write(key, arena, &text, NULL).ok) {
        return false;
    }
    cjose_err failure;
    cjose_jwk_t *jwk = cjose_jwk_import(text.at, text.len, &failure);
    cjose_jws_t *jws = jwk == NULL ? NULL : cjose_jws_import(token.at, token.len, &failure);
    const bool holds = jws != NULL && cjose_jws_verify(jws, jwk, &failure);
    cjose_jws_release(jws);
    cjose_jwk_release(jwk);
    return holds;
}

/* --- what it says ----------------------------------------------------------------------------- */

/* Section 3.1.3.7, 3 to 5: it is for us, and says so when it is for others, too. */
static bool is_for(const json_t *claims, str client_id)
{
    const json_t *audience = json_object_get(claims, "aud");
    const json_t *party = json_object_get(claims, "azp");
    bool named = json_is_string(audience) && str_equal(json_str_or_empty(claims, "aud"), client_id);
    for (size_t i = 0; i < json_array_size(audience); i++) {
        const char *one = json_string_value(json_array_get(audience, i));
        named = named || (one != NULL && str_equal(str_from_c(one), client_id));
    }
    const bool others = json_array_size(audience) > 1;
    return named &&
           (party != NULL ? str_equal(json_str_or_empty(claims, "azp"), client_id) : !others);
}

/* Seconds since 1970 of a claim; false when it is absent or no whole number. */
static bool claim_seconds(const json_t *claims, const char *key, int64_t *ret_seconds)
{
    const json_t *member = json_object_get(claims, key);
    *ret_seconds = json_is_integer(member) ? json_integer_value(member) : 0;
    return json_is_integer(member) && *ret_seconds > 0 && *ret_seconds < INT64_C(1) << 40;
}

static const char *fault_of_times(const json_t *claims, const struct id_token_asked *asked)
{
    const int64_t now = asked->now.milliseconds / 1000;
    int64_t at = 0;
    if (!claim_seconds(claims, "exp", &at) || now >= at + ID_TOKEN_LEEWAY_SECONDS) {
        return "it is over";
    }
    if (!claim_seconds(claims, "iat", &at) || at > now + ID_TOKEN_LEEWAY_SECONDS ||
        now - at > ID_TOKEN_AGE_SECONDS_MAX) {
        return "it was not issued just now";
    }
    if (json_object_get(claims, "nbf") != NULL &&
        (!claim_seconds(claims, "nbf", &at) || at > now + ID_TOKEN_LEEWAY_SECONDS)) {
        return "it does not count yet";
    }
    if (asked->signed_in_within_seconds > 0 &&
        (!claim_seconds(claims, "auth_time", &at) ||
         now - at > asked->signed_in_within_seconds + ID_TOKEN_LEEWAY_SECONDS)) {
        return "who it is was not asked again";
    }
    return NULL;
}

static bool says_two_factors(const json_t *claims)
{
    const json_t *methods = json_object_get(claims, "amr");
    for (size_t i = 0; i < json_array_size(methods); i++) {
        const char *one = json_string_value(json_array_get(methods, i));
        if (one != NULL && strcmp(one, "mfa") == 0) {
            return true;
        }
    }
    return false;
}

/* ASCII, as the standard has it, and nothing that does not show. */
static bool is_subject(str subject)
{
    for (size_t i = 0; i < subject.len; i++) {
        if (subject.at[i] < ' ' || subject.at[i] > '~') {
            return false;
        }
    }
    return subject.len > 0 && subject.len <= ID_TOKEN_SUBJECT_MAX;
}

static const char *fault_of(const json_t *claims, const struct id_token_asked *asked)
{
    if (!str_equal(json_str_or_empty(claims, "iss"), asked->issuer)) {
        return "it comes from another provider";
    }
    if (!is_for(claims, asked->client_id)) {
        return "it is for somebody else";
    }
    if (asked->nonce.len == 0 || !str_equal(json_str_or_empty(claims, "nonce"), asked->nonce)) {
        return "it does not answer what was asked";
    }
    if (!is_subject(json_str_or_empty(claims, "sub"))) {
        return "it does not say who it is";
    }
    return fault_of_times(claims, asked);
}

/* --- */

struct parts {
    str header;
    str claims;
};

enum { SIGNATURE_BYTES_MAX = 1024 };

/* One text for a signature: cjose reads others as well. */
static bool is_signature(str text)
{
    uint8_t bytes[SIGNATURE_BYTES_MAX];
    size_t size = 0;
    return base64url_read(text, bytes, sizeof bytes, &size) && size > 0;
}

static bool split(str token, struct parts *ret_parts)
{
    const struct str_cut first = str_cut(token, '.');
    const struct str_cut second = str_cut(first.tail, '.');
    *ret_parts = (struct parts){.header = first.head, .claims = second.head};
    return token.len <= ID_TOKEN_BYTES_MAX && first.found && second.found &&
           is_signature(second.tail);
}

static result check_signature(const struct id_token_asked *asked, const json_t *header,
                              const json_t *keys, str token, struct arena *arena, struct err *err)
{
    const json_t *key = NULL;
    const struct algorithm *algorithm = find_algorithm(header, asked->old_signatures);
    if (algorithm == NULL) {
        return refuse(err, "it is not signed in a way that is taken");
    }
    if (json_object_get(header, "crit") != NULL || !absent_or(header, "typ", "JWT")) {
        return refuse(err, "it is of another kind");
    }
    TRY(find_key(header, algorithm, asked->old_signatures, keys, &key, err));
    return signature_holds_of(token, key, arena)
               ? result_ok()
               : refuse(err, "its signature is not the provider's");
}

static void copy_claims(const json_t *claims, struct arena *arena, struct id_token *ret_token)
{
    int64_t at = 0;
    const bool says_when = claim_seconds(claims, "auth_time", &at);
    ret_token->subject = arena_copy(arena, json_str_or_empty(claims, "sub"));
    ret_token->acr = arena_copy(arena, json_str_or_empty(claims, "acr"));
    ret_token->by_two_factors = says_two_factors(claims);
    ret_token->signed_in_at.milliseconds = says_when ? at * 1000 : 0;
}

static result check_claims(const struct id_token_asked *asked, str text, struct arena *arena,
                           struct id_token *ret_token, struct err *err)
{
    json_t *claims = NULL;
    TRY(read_part(text, arena, &claims, err));
    const char *fault = fault_of(claims, asked);
    if (fault == NULL) {
        copy_claims(claims, arena, ret_token);
    }
    json_decref(claims);
    return fault == NULL ? result_ok() : refuse(err, fault);
}

result id_token_check(const struct id_token_asked *asked, str token, str keys, struct arena *arena,
                      struct id_token *ret_token, struct err *err)
{
    struct parts parts;
    json_t *header = NULL;
    json_t *set = NULL;
    struct id_token made = {.subject = STR("")};
    if (!split(token, &parts)) {
        return refuse(err, "it cannot be read");
    }
    if (keys.len > ID_TOKEN_KEYS_BYTES_MAX || !json_read(keys, &set, NULL).ok) {
        return refuse(err, "its keys cannot be read");
    }
    result checked = read_part(parts.header, arena, &header, err);
    if (checked.ok) {
        checked = check_signature(asked, header, set, token, arena, err);
    }
    if (checked.ok) {
        checked = check_claims(asked, parts.claims, arena, &made, err);
    }
    json_decref(header);
    json_decref(set);
    TRY(checked);
    if (made.subject.at == NULL || made.acr.at == NULL) {
        return arena_full(err);
    }
    *ret_token = made;
    return result_ok();
}
