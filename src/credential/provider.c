#include "credential/provider.h"

#include "base/base64.h"
#include "base/hash.h"
#include "format/json.h"

#include <sodium.h>
#include <string.h>

static const char document_path[] = "/.well-known/openid-configuration";

enum { BODY_BYTES_MAX = 32 * 1024 };

static result lacks(struct err *err, const char *what)
{
    return err_set(err, ERROR_UNAVAILABLE, "Nobody can sign on at the provider now: %s", what);
}

static result refuse(struct err *err, const char *what)
{
    return err_set(err, ERROR_UNAUTHENTICATED, "The provider's answer is not accepted: %s", what);
}

/* --- addresses -------------------------------------------------------------------------------- */

static str scheme_of(str address)
{
    const str schemes[] = {STR("https://"), STR("http://")};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (str_starts(address, schemes[i])) {
            return schemes[i];
        }
    }
    return STR("");
}

/* "login.example:8443" */
static str authority_of(str address)
{
    return str_cut(str_slice(address, scheme_of(address).len, address.len), '/').head;
}

static bool is_plain(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("\"'<>\\^`{|}#@", text.at[i]) != NULL) {
            return false;
        }
    }
    return true;
}

static bool is_this_machine(str authority)
{
    const str name = str_cut(authority, ':').head;
    return str_equal(name, STR("localhost")) || str_equal(name, STR("127.0.0.1"));
}

/* An address, perhaps with a query. */
static bool is_endpoint(str text)
{
    const str scheme = scheme_of(text);
    const str authority = authority_of(text);
    return text.len <= PROVIDER_ADDRESS_MAX && scheme.len > 0 && is_plain(text) &&
           authority.len > 0 && authority.at[0] != ':' && !str_contains(authority, STR("?")) &&
           (str_equal(scheme, STR("https://")) || is_this_machine(authority)) &&
           provider_port(text) != 0;
}

bool provider_is_address(str text)
{
    return is_endpoint(text) && !str_contains(text, STR("?"));
}

uint16_t provider_port(str address)
{
    const struct str_cut cut = str_cut(authority_of(address), ':');
    int64_t port = 0;
    if (!cut.found) {
        return str_equal(scheme_of(address), STR("https://")) ? 443 : 80;
    }
    const bool read = str_to_int64(cut.tail, &port, NULL).ok && port > 0 && port <= UINT16_MAX;
    return read ? (uint16_t)port : 0;
}

result provider_document_address(str issuer, struct arena *arena, str *ret_address, struct err *err)
{
    const str base = str_ends(issuer, STR("/")) ? str_slice(issuer, 0, issuer.len - 1) : issuer;
    *ret_address = arena_format(arena, "%.*s%s", STR_ARG(base), document_path);
    return ret_address->at == NULL ? arena_full(err) : result_ok();
}

/* --- what it says of itself ------------------------------------------------------------------- */

/* Is the word in the list of this name? `otherwise` where there is no list. */
static bool lists(const json_t *document, const char *key, const char *word, bool otherwise)
{
    const json_t *list = json_object_get(document, key);
    if (!json_is_array(list)) {
        return otherwise;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        if (one != NULL && strcmp(one, word) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_like(str issuer, str address)
{
    return is_endpoint(address) && str_equal(scheme_of(issuer), scheme_of(address)) &&
           provider_port(issuer) == provider_port(address);
}

static bool signs_as_taken(const json_t *document, bool old_signatures)
{
    const char *list = "id_token_signing_alg_values_supported";
    return lists(document, list, "ES256", false) || lists(document, list, "PS256", false) ||
           (old_signatures && lists(document, list, "RS256", false));
}

static const char *fault_of(str issuer, const json_t *document, bool old_signatures)
{
    if (!str_equal(json_str_or_empty(document, "issuer"), issuer)) {
        return "it says that it is another one";
    }
    if (!is_endpoint(json_str_or_empty(document, "authorization_endpoint"))) {
        return "it does not say where one signs in";
    }
    if (!is_like(issuer, json_str_or_empty(document, "token_endpoint")) ||
        !is_like(issuer, json_str_or_empty(document, "jwks_uri"))) {
        return "it does not say at its own port where codes are traded and keys are found";
    }
    if (!lists(document, "response_types_supported", "code", false)) {
        return "it gives no codes";
    }
    if (!lists(document, "code_challenge_methods_supported", "S256", true)) {
        return "it does not know PKCE with S256";
    }
    if (!signs_as_taken(document, old_signatures)) {
        return old_signatures ? "it signs in no way that is taken (ES256, PS256, RS256)"
                              : "it signs in no way that is taken (ES256, PS256)";
    }
    return NULL;
}

static result copy_out(const json_t *document, struct arena *arena, struct provider *ret_provider,
                       struct err *err)
{
    const char *const methods = "token_endpoint_auth_methods_supported";
    const str end_session = json_str_or_empty(document, "end_session_endpoint");
    *ret_provider = (struct provider){
        .authorization = arena_copy(arena, json_str_or_empty(document, "authorization_endpoint")),
        .token = arena_copy(arena, json_str_or_empty(document, "token_endpoint")),
        .keys = arena_copy(arena, json_str_or_empty(document, "jwks_uri")),
        .end_session = arena_copy(arena, is_endpoint(end_session) ? end_session : STR("")),
        .names_itself = json_is_true(
            json_object_get(document, "authorization_response_iss_parameter_supported")),
        .secret_in_body = !lists(document, methods, "client_secret_basic", true)};
    return ret_provider->keys.at == NULL || ret_provider->end_session.at == NULL ? arena_full(err)
                                                                                 : result_ok();
}

result provider_read(str issuer, str document, bool old_signatures, struct arena *arena,
                     struct provider *ret_provider, struct err *err)
{
    json_t *read = NULL;
    if (!json_read(document, &read, NULL).ok) {
        return lacks(err, "what it says of itself cannot be read");
    }
    const char *fault = fault_of(issuer, read, old_signatures);
    const result done =
        fault == NULL ? copy_out(read, arena, ret_provider, err) : lacks(err, fault);
    json_decref(read);
    return done;
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void write_word(const struct sha256 *hash, char word[PROVIDER_WORD_SIZE])
{
    ASSERT(sodium_bin2base64(word, PROVIDER_WORD_SIZE, hash->bytes, sizeof hash->bytes,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == word);
}

static void word_of(const uint8_t secret[PROVIDER_SECRET_SIZE], str purpose,
                    char word[PROVIDER_WORD_SIZE])
{
    const str key = {.at = (const char *)secret, .len = PROVIDER_SECRET_SIZE};
    const struct sha256 hash = hmac_sha256(key, &purpose, 1);
    write_word(&hash, word);
}

void provider_question_of(const uint8_t secret[PROVIDER_SECRET_SIZE],
                          struct provider_question *ret_question)
{
    word_of(secret, STR("returnhub state 1"), ret_question->state);
    word_of(secret, STR("returnhub nonce 1"), ret_question->nonce);
    word_of(secret, STR("returnhub verifier 1"), ret_question->verifier);
}

/* As application/x-www-form-urlencoded has it, with %20 for a space, which everybody reads. */
static void put_escaped(struct buf *buf, str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.at[i];
        const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || (c != 0 && strchr("-._~", c) != NULL);
        if (kept) {
            buf_put_char(buf, (char)c);
        } else {
            buf_put_char(buf, '%');
            buf_put_char(buf, digits[c >> 4]);
            buf_put_char(buf, digits[c & 15]);
        }
    }
}

static void put_field(struct buf *buf, char before, const char *name, str value)
{
    if (before != '\0') {
        buf_put_char(buf, before);
    }
    buf_put_c(buf, name);
    buf_put_char(buf, '=');
    put_escaped(buf, value);
}

static char begin_address(struct buf *buf, struct arena *arena, str endpoint)
{
    buf_init(buf, arena, PROVIDER_ADDRESS_MAX * 8);
    buf_put(buf, endpoint);
    return str_contains(endpoint, STR("?")) ? '&' : '?';
}

result provider_authorization(const struct provider_client *client, const struct provider *provider,
                              const struct provider_question *question, int64_t age_seconds_max,
                              struct arena *arena, str *ret_address, struct err *err)
{
    struct buf buf;
    char challenge[PROVIDER_WORD_SIZE];
    const struct sha256 hash = sha256_of(str_from_c(question->verifier));
    write_word(&hash, challenge);
    put_field(&buf, begin_address(&buf, arena, provider->authorization), "response_type",
              STR("code"));
    put_field(&buf, '&', "client_id", client->client_id);
    put_field(&buf, '&', "redirect_uri", client->redirect_uri);
    put_field(&buf, '&', "scope", client->scopes);
    put_field(&buf, '&', "state", str_from_c(question->state));
    put_field(&buf, '&', "nonce", str_from_c(question->nonce));
    put_field(&buf, '&', "code_challenge", str_from_c(challenge));
    put_field(&buf, '&', "code_challenge_method", STR("S256"));
    put_field(&buf, '&', "max_age", STR(""));
    buf_put_int64(&buf, age_seconds_max);
    if (age_seconds_max == 0) {
        put_field(&buf, '&', "prompt", STR("login"));
    }
    if (client->acr.len > 0) {
        put_field(&buf, '&', "acr_values", client->acr);
    }
    return buf_finish(&buf, ret_address, err);
}

result provider_farewell(const struct provider_client *client, const struct provider *provider,
                         str then, struct arena *arena, str *ret_address, struct err *err)
{
    struct buf buf;
    put_field(&buf, begin_address(&buf, arena, provider->end_session), "client_id",
              client->client_id);
    put_field(&buf, '&', "post_logout_redirect_uri", then);
    return buf_finish(&buf, ret_address, err);
}

/* --- what comes back -------------------------------------------------------------------------- */

/* In constant time, as what is compared is a secret of the browser. */
static bool is_word(str given, const char *word)
{
    const str expected = str_from_c(word);
    unsigned differs = given.len == expected.len ? 0 : 1;
    for (size_t i = 0; i < given.len && i < expected.len; i++) {
        differs |= (unsigned)(given.at[i] ^ expected.at[i]);
    }
    return differs == 0;
}

static result tell_error(str error, struct err *err)
{
    if (str_equal(error, STR("access_denied"))) {
        return err_set(err, ERROR_UNAUTHENTICATED, "You were not signed in at the provider");
    }
    if (str_equal(error, STR("temporarily_unavailable")) || str_equal(error, STR("server_error"))) {
        return lacks(err, "it has a difficulty of its own");
    }
    return refuse(err, "it reports an error of the request");
}

result provider_check_answer(const struct provider_client *client, const struct provider *provider,
                             const struct provider_question *question,
                             const struct provider_answer *answer, struct err *err)
{
    if (!is_word(answer->state, question->state)) {
        return refuse(err, "it does not answer what was asked from this browser");
    }
    if (answer->issuer.len > 0 ? !str_equal(answer->issuer, client->issuer)
                               : provider->names_itself) {
        return refuse(err, "it comes from another provider");
    }
    if (answer->error.len > 0) {
        return tell_error(answer->error, err);
    }
    return answer->code.len > 0 && answer->code.len <= PROVIDER_CODE_MAX
               ? result_ok()
               : refuse(err, "it has no code");
}

/* --- trading the code ------------------------------------------------------------------------- */

/* RFC 6749, section 2.3.1. */
static result write_basic(const struct provider_client *client, struct arena *arena, str *ret_text,
                          struct err *err)
{
    struct buf pair;
    struct buf text;
    buf_init(&pair, arena, BODY_BYTES_MAX);
    put_escaped(&pair, client->client_id);
    buf_put_char(&pair, ':');
    put_escaped(&pair, client->client_secret);
    str joined;
    TRY(buf_finish(&pair, &joined, err));
    buf_init(&text, arena, BODY_BYTES_MAX);
    buf_put_c(&text, "Basic ");
    base64_put(&text, joined.at, joined.len);
    return buf_finish(&text, ret_text, err);
}

result provider_trade(const struct provider_client *client, const struct provider *provider,
                      const struct provider_question *question, str code, struct arena *arena,
                      struct provider_trade *ret_trade, struct err *err)
{
    struct buf buf;
    const bool in_header = client->client_secret.len > 0 && !provider->secret_in_body;
    struct provider_trade trade = {.authorization = STR("")};
    buf_init(&buf, arena, BODY_BYTES_MAX);
    put_field(&buf, '\0', "grant_type", STR("authorization_code"));
    put_field(&buf, '&', "code", code);
    put_field(&buf, '&', "redirect_uri", client->redirect_uri);
    put_field(&buf, '&', "code_verifier", str_from_c(question->verifier));
    if (!in_header) {
        put_field(&buf, '&', "client_id", client->client_id);
    }
    if (!in_header && client->client_secret.len > 0) {
        put_field(&buf, '&', "client_secret", client->client_secret);
    }
    TRY(buf_finish(&buf, &trade.body, err));
    if (in_header) {
        TRY(write_basic(client, arena, &trade.authorization, err));
    }
    *ret_trade = trade;
    return result_ok();
}

/* RFC 6749, section 5.2. */
static result tell_refusal(const json_t *answer, struct err *err)
{
    const str error = json_str_or_empty(answer, "error");
    if (str_equal(error, STR("invalid_grant"))) {
        return refuse(err, "its code was used before, or is over");
    }
    if (str_equal(error, STR("invalid_client")) || str_equal(error, STR("unauthorized_client"))) {
        return lacks(err, "it does not know this register by its client id and secret");
    }
    return lacks(err, "it does not trade the code");
}

result provider_read_token(int status, str answer, struct arena *arena, str *ret_token,
                           struct err *err)
{
    json_t *read = NULL;
    if (!json_read(answer, &read, NULL).ok) {
        return lacks(err, "its answer cannot be read");
    }
    const str token = json_str_or_empty(read, "id_token");
    result done = result_ok();
    if (status != 200) {
        done = tell_refusal(read, err);
    } else if (token.len == 0) {
        done = lacks(err, "it does not say who signed in");
    } else {
        *ret_token = arena_copy(arena, token);
        done = ret_token->at == NULL ? arena_full(err) : result_ok();
    }
    json_decref(read);
    return done;
}
