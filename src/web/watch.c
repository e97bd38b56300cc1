#include "web/watch.h"

#include "system/system.h"

/* What it means that a door was opened, or not. */
static const struct {
    route_handler *handler;
    enum security_event done;
    enum security_event refused;
} doors[] = {
    {handle_sign_in, SECURITY_NONE, SECURITY_SIGN_IN_REFUSED},
    {handle_sign_on, SECURITY_NONE, SECURITY_SIGN_IN_REFUSED},
    {handle_sign_on_answer, SECURITY_NONE, SECURITY_SIGN_IN_REFUSED},
    {handle_sign_on_second_factor, SECURITY_NONE, SECURITY_SIGN_IN_REFUSED},
    {handle_first_account, SECURITY_ACCOUNT_CHANGED, SECURITY_SIGN_IN_REFUSED},
    {handle_sign_out, SECURITY_SIGNED_OUT, SECURITY_NONE},
    {handle_proof, SECURITY_NONE, SECURITY_PROOF_REFUSED},
    {handle_password, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_second_factor, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_second_factor_confirmation, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_second_factor_removal, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_session_end, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_passkey_register, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_passkey_removal, SECURITY_ACCOUNT_CHANGED, SECURITY_PROOF_REFUSED},
    {handle_account_new, SECURITY_ACCOUNT_CHANGED, SECURITY_NONE},
    {handle_account_deed, SECURITY_ACCOUNT_CHANGED, SECURITY_NONE},
};
enum { DOORS = sizeof doors / sizeof doors[0] };

void watch_shown(struct exchange *exchange, bool password, bool code, bool passkey)
{
    exchange->watched.by = arena_format(exchange->arena, "%s%s%s", password ? "password " : "",
                                        code ? "code " : "", passkey ? "passkey" : "");
    exchange->watched.by = str_trim(exchange->watched.by);
}

void watch_tried(struct exchange *exchange, str username)
{
    struct account_row account;
    if (casework_account_by_name(exchange->casework, username, exchange->arena, &account, NULL)
            .ok) {
        exchange->watched.account = account.username;
    }
}

void watch_opened(struct exchange *exchange, enum security_event event, str username)
{
    exchange->watched.event = event;
    exchange->watched.account = username;
}

static enum security_event of_status(const struct exchange *exchange, int status)
{
    switch (status) {
    case 400:
    case 405:
    case 411:
    case 413:
    case 415:
    case 422:
        return SECURITY_INPUT_REFUSED;
    case 401:
    case 403:
        return SECURITY_ACCESS_REFUSED;
    case 404: /* out of sight and not there are the same to who asks, and here */
        return exchange->signed_in && exchange->match.route != NULL ? SECURITY_ACCESS_REFUSED
                                                                    : SECURITY_NOT_FOUND;
    case 409:
        return SECURITY_STATE_REFUSED;
    case 429:
        return SECURITY_TOO_MANY;
    default:
        return status >= 500 ? SECURITY_FAILED : SECURITY_NONE;
    }
}

/* A session that is over, or that there never was. */
static bool is_session_refused(const struct exchange *exchange)
{
    const struct route *route = exchange->match.route;
    return route != NULL && route->door == ROUTE_DESK && exchange->token.len > 0 &&
           !exchange->signed_in;
}

static enum security_event of_door(const struct exchange *exchange, int status)
{
    const struct route *route = exchange->match.route;
    for (size_t i = 0; i < DOORS && route != NULL && route->method == HTTP_POST; i++) {
        if (doors[i].handler == route->handler) {
            const bool refused = status == 401 || status == 403 || status == 404 || status == 422;
            const bool done = status < 400;
            return done ? doors[i].done : refused ? doors[i].refused : SECURITY_NONE;
        }
    }
    return SECURITY_NONE;
}

static enum security_event found(const struct exchange *exchange)
{
    const int status = exchange->response->status == 0 ? 200 : exchange->response->status;
    if (exchange->watched.event != SECURITY_NONE) {
        return exchange->watched.event;
    }
    if (is_session_refused(exchange)) {
        return SECURITY_SESSION_REFUSED;
    }
    const enum security_event event = of_door(exchange, status);
    return event != SECURITY_NONE ? event : of_status(exchange, status);
}

static const char *method_name(enum http_method method)
{
    switch (method) {
    case HTTP_GET:
        return "GET";
    case HTTP_HEAD:
        return "HEAD";
    case HTTP_POST:
        return "POST";
    case HTTP_PUT:
        return "PUT";
    case HTTP_PATCH:
        return "PATCH";
    case HTTP_DELETE:
        return "DELETE";
    case HTTP_OPTIONS:
        return "OPTIONS";
    }
    ASSERT(false);
}

/* The first word of the path that is a reference of the register; what else stands there may be a
 * document's number. */
static str subject_of(const struct exchange *exchange)
{
    char text[REFERENCE_SIZE];
    for (size_t i = 0; i < ROUTE_PARAMETERS_MAX; i++) {
        const str parameter = exchange->match.parameters[i];
        if (parameter.len > 0 && reference_read(parameter, text, NULL).ok) {
            return arena_copy(exchange->arena, str_from_c(text));
        }
    }
    return STR("");
}

void watch_exchange(const struct exchange *exchange)
{
    const struct route *route = exchange->match.route;
    const bool known = exchange->watched.account.len > 0;
    const enum security_event event = found(exchange);
    if (event == SECURITY_NONE) {
        return; /* most answers */
    }
    const struct security_entry entry = {
        .event = event,
        .address = exchange->request->client_address,
        .account = known                 ? exchange->watched.account
                   : exchange->signed_in ? exchange->session.account.username
                                         : STR(""),
        .by = exchange->watched.by,
        .on = route == NULL
                  ? str_from_c(method_name(exchange->request->method))
                  : arena_format(exchange->arena, "%s %.*s", method_name(exchange->request->method),
                                 STR_ARG(route->pattern)),
        .subject = subject_of(exchange),
        .status = exchange->response->status,
    };
    security_log_tell(exchange->web->options.security, system_now(exchange->casework->system),
                      &entry);
}
