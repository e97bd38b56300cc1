#include "web/passkey.h"

#include "base/base64.h"
#include "web/session.h"

enum { QUESTION_SECONDS = CEREMONY_MINUTES * 60 };

/* --- where ------------------------------------------------------------------------------------ */

static str host_of(str origin)
{
    const struct str_cut scheme = str_cut(origin, '/');
    const str host = str_slice(scheme.tail, 1, scheme.tail.len); /* after the second slash */
    return str_cut(host, ':').head;
}

/* A browser sends "Host: localhost" to this machine alone. */
static bool is_localhost(str host)
{
    return str_equal(str_cut(host, ':').head, STR("localhost"));
}

bool passkey_site_of(const struct exchange *exchange, struct passkey_site *ret_site)
{
    const str set = exchange->web->options.origin;
    const str host = http_header_get(exchange->request, STR("Host"));
    const str origin = set.len > 0 ? set
                       : is_localhost(host)
                           ? arena_format(exchange->arena, "http://%.*s", STR_ARG(host))
                           : STR("");
    const str rp_id = arena_copy(exchange->arena, host_of(origin));
    if (origin.len == 0 || rp_id.at == NULL) {
        return false;
    }
    *ret_site = (struct passkey_site){.rp_id = rp_id.at,
                                      .origin = origin,
                                      .old_signatures = exchange->web->options.old_signatures};
    return true;
}

str passkey_token(const struct exchange *exchange)
{
    return exchange->signed_in ? exchange->token : session_cookie_get(exchange, "question");
}

result passkey_set_token(struct exchange *exchange, str *ret_token, struct err *err)
{
    TRY(session_draw_browser_token(exchange, ret_token, err));
    session_cookie_set(exchange, "question", *ret_token,
                       arena_format(exchange->arena, "; Max-Age=%d", QUESTION_SECONDS).at);
    return result_ok();
}

/* --- the answer ------------------------------------------------------------------------------- */

static bool read_member(const json_t *object, const char *key, struct arena *arena, str *ret_bytes)
{
    const str text = json_str_or_empty(object, key);
    char *bytes = ARENA_NEW(arena, char, text.len + 1);
    size_t size = 0;
    if (bytes == NULL || !base64url_read(text, bytes, text.len, &size)) {
        return false;
    }
    *ret_bytes = (str){.at = bytes, .len = size};
    return true;
}

result passkey_read(const struct exchange *exchange, str text, struct passkey_field *ret_field,
                    struct err *err)
{
    json_t *read = NULL;
    struct passkey_field field = {.signature = STR("")};
    if (!json_read(text, &read, NULL).ok) {
        return err_set(err, ERROR_INPUT,
                       TOLD("What the browser sent of the passkey cannot be read"));
    }
    const bool whole =
        read_member(read, "id", exchange->arena, &field.credential_id) &&
        read_member(read, "client_data", exchange->arena, &field.client_data) &&
        read_member(read, "authenticator_data", exchange->arena, &field.authenticator_data) &&
        (json_object_get(read, "signature") == NULL ||
         read_member(read, "signature", exchange->arena, &field.signature));
    json_decref(read);
    if (!whole) {
        return err_set(err, ERROR_INPUT,
                       TOLD("What the browser sent of the passkey cannot be read"));
    }
    *ret_field = field;
    return result_ok();
}

result passkey_read_sent(const struct exchange *exchange, str text, struct passkey_sent *ret_sent,
                         struct err *err)
{
    struct passkey_field field;
    struct passkey_site site;
    if (!passkey_site_of(exchange, &site)) {
        return err_set(err, ERROR_INPUT, TOLD("There are no passkeys at this address"));
    }
    TRY(passkey_read(exchange, text, &field, err));
    *ret_sent = (struct passkey_sent){.site = site,
                                      .token = passkey_token(exchange),
                                      .credential_id = field.credential_id,
                                      .client_data = field.client_data,
                                      .authenticator_data = field.authenticator_data,
                                      .signature = field.signature};
    return result_ok();
}
