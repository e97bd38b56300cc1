#include "web/session.h"

#include "base/base64.h"
#include "http/octet.h"

#include <sodium.h>

enum { BROWSER_TOKEN_SIZE = 32 };

static str cookie_name(const struct exchange *exchange, const char *name)
{
    return arena_format(exchange->arena, "%sreturnhub_%s",
                        exchange->web->options.secure_cookies ? "__Host-" : "", name);
}

str session_cookie_get(const struct exchange *exchange, const char *name)
{
    return http_cookie_get(exchange->request, cookie_name(exchange, name));
}

void session_cookie_set(struct exchange *exchange, const char *name, str value, const char *end)
{
    const str cookie =
        arena_format(exchange->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s",
                     STR_ARG(cookie_name(exchange, name)), STR_ARG(value),
                     exchange->web->options.secure_cookies ? "; Secure" : "", end);
    http_header_set(exchange->response, STR("Set-Cookie"), cookie);
}

void session_cookie_clear(struct exchange *exchange, const char *name)
{
    session_cookie_set(exchange, name, STR(""), "; Max-Age=0");
}

result session_draw_browser_token(struct exchange *exchange, str *ret_token, struct err *err)
{
    uint8_t secret[BROWSER_TOKEN_SIZE];
    struct buf buf;
    const struct system *system = exchange->casework->system;
    system->entropy(system->context, secret, sizeof secret);
    buf_init(&buf, exchange->arena, 2 * BROWSER_TOKEN_SIZE);
    base64url_put(&buf, secret, sizeof secret);
    return buf_finish(&buf, ret_token, err);
}

/* RFC 9110, 11.1: the name of a scheme has no case. */
static void find_token(struct exchange *exchange)
{
    const str authorization = http_header_get(exchange->request, STR("Authorization"));
    const str scheme = STR("Bearer ");
    if (octet_equal(str_slice(authorization, 0, scheme.len), scheme)) {
        exchange->token = str_trim(str_slice(authorization, scheme.len, authorization.len));
        exchange->by_bearer = true;
        return;
    }
    exchange->token = session_cookie_get(exchange, "session");
}

/* What a page listens to goes on, and is asked for again, whether anybody sits before it or not. A
 * program that brings its token is what uses it. */
static bool is_asked_by_itself(const struct exchange *exchange)
{
    const struct route *route = exchange->match.route;
    const bool listens = route != NULL && route->handler == handle_events;
    return !exchange->by_bearer && (listens || exchange->request->goes_on);
}

result session_find(struct exchange *exchange, struct err *err)
{
    find_token(exchange);
    if (exchange->token.len == 0) {
        return result_ok();
    }
    struct err failure = {0};
    const result found = (is_asked_by_itself(exchange) ? casework_idle_session : casework_session)(
        exchange->casework, exchange->token, exchange->arena, &exchange->session, &failure);
    if (!found.ok && failure.code != ERROR_UNAUTHENTICATED) {
        *err = failure;
        return found;
    }
    exchange->signed_in = found.ok;
    if (found.ok) {
        exchange->caller.account = exchange->session.account.id;
        exchange->caller.unproven = !exchange->session.proven;
    }
    return result_ok();
}

/* The one that is set; where none is, "https://desk.example" is our own when what follows the
 * scheme is the Host that was asked. */
static bool is_own_origin(const struct exchange *exchange, str origin)
{
    if (exchange->web->options.origin.len > 0) {
        return str_equal(origin, exchange->web->options.origin);
    }
    const str host = http_header_get(exchange->request, STR("Host"));
    const str schemes[] = {STR("http://"), STR("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (str_starts(origin, schemes[i])) {
            return host.len > 0 && str_equal(str_slice(origin, schemes[i].len, origin.len), host);
        }
    }
    return false;
}

static bool token_matches(const struct exchange *exchange, str given)
{
    const str expected = exchange->session.form_token;
    return expected.len > 0 && given.len == expected.len &&
           sodium_memcmp(given.at, expected.at, expected.len) == 0;
}

static str given_form_token(const struct exchange *exchange)
{
    str given = http_header_get(exchange->request, STR("X-Form-Token"));
    if (given.len == 0 && !exchange->input.is_json) {
        http_form_get(&exchange->input.form, STR("form_token"), &given);
    }
    return given;
}

bool session_form_is_own(const struct exchange *exchange)
{
    return token_matches(exchange, given_form_token(exchange));
}

bool session_is_own_page(const struct exchange *exchange)
{
    const str site = http_header_get(exchange->request, STR("Sec-Fetch-Site"));
    return is_own_origin(exchange, http_header_get(exchange->request, STR("Origin"))) &&
           (site.len == 0 || str_equal(site, STR("same-origin")));
}

result session_check_intent(const struct exchange *exchange, struct err *err)
{
    const str site = http_header_get(exchange->request, STR("Sec-Fetch-Site"));
    const str origin = http_header_get(exchange->request, STR("Origin"));
    const bool foreign_site =
        site.len > 0 && !str_equal(site, STR("same-origin")) && !str_equal(site, STR("none"));
    if (foreign_site || (origin.len > 0 && !is_own_origin(exchange, origin))) {
        return err_set(err, ERROR_FORBIDDEN, "The request came from another site");
    }
    /* Signing in rests on what is typed, not on the cookie. */
    const bool rests_on_cookie =
        exchange->signed_in && !exchange->by_bearer && exchange->match.route->door == ROUTE_DESK;
    if (!rests_on_cookie || session_form_is_own(exchange)) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_FORBIDDEN, "The form does not belong to this session"),
                  "the hint returns the failure");
    return err_hint(err, "Go back, load the page again and send the form once more");
}

result session_read_client_id(struct exchange *exchange, struct err *err)
{
    const str name = STR("Idempotency-Key");
    str text = http_header_get(exchange->request, name);
    bool given = http_header_given(exchange->request, name);
    if (!given && !exchange->input.is_json) {
        given = http_form_get(&exchange->input.form, STR("client_id"), &text) && text.len > 0;
    }
    if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"') {
        text = str_slice(text, 1, text.len - 1);
    }
    if (!given) {
        exchange->caller.client_id = exchange_new_client_id(exchange);
        return result_ok();
    }
    if (!client_id_parse(text, &exchange->caller.client_id, NULL).ok) {
        return err_set(err, ERROR_USAGE, "Idempotency-Key must be a UUID");
    }
    return result_ok();
}

void session_set_cookie(struct exchange *exchange, str token)
{
    session_cookie_set(exchange, "session", token, "");
}

void session_clear_cookie(struct exchange *exchange)
{
    session_cookie_clear(exchange, "session");
}
