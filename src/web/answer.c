#include "web/answer.h"

#include "web/listing.h"
#include "web/page.h"
#include "web/question.h"
#include "web/resource_seal.h"

void answer_headers(struct exchange *exchange)
{
    struct http_response *response = exchange->response;
    http_header_set(response, STR("Content-Security-Policy"),
                    STR("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
                        "frame-ancestors 'none'; require-trusted-types-for 'script'"));
    http_header_set(response, STR("X-Content-Type-Options"), STR("nosniff"));
    /* Not "no-referrer": with it a browser sends "Origin: null" with our own forms (Fetch standard,
     * "append a request Origin header"), and Origin is what session_check_intent looks at. Other
     * sites learn nothing either way. */
    http_header_set(response, STR("Referrer-Policy"), STR("same-origin"));
    http_header_set(response, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
    http_header_set(response, STR("Cross-Origin-Resource-Policy"), STR("same-origin"));
    http_header_set(response, STR("Permissions-Policy"),
                    STR("camera=(), geolocation=(), microphone=()"));
    if (exchange->web->options.secure_cookies) {
        http_header_set(response, STR("Strict-Transport-Security"),
                        STR("max-age=31536000; includeSubDomains"));
    }
}

void answer_not_stored(struct exchange *exchange)
{
    http_header_set(exchange->response, STR("Cache-Control"), STR("no-store"));
    http_header_set(exchange->response, STR("Vary"), STR("Accept, Authorization, Cookie"));
}

bool answer_tells_known_at(const struct exchange *exchange)
{
    return exchange_query(exchange, STR("known_at")).len > 0;
}

/* What was read, as it is answered: a page of a list, and without the instant of reading unless
 * that was asked about. The same state gives the same bytes. */
static result as_read(struct exchange *exchange, json_t *resource, struct err *err)
{
    if (!answer_tells_known_at(exchange)) {
        json_object_del(resource, "known_at");
    }
    return listing_cut(exchange, resource, err);
}

/* What the command recorded is durable whether or not this can be found out: without it the answer
 * is as good. */
static json_t *acknowledgement_of(const struct exchange *exchange)
{
    struct acknowledgement acknowledgement;
    const struct log *log = exchange->web->options.log;
    if (exchange->request->method != HTTP_POST || client_id_is_none(&exchange->caller.client_id) ||
        !acknowledgement_find(exchange->casework->store, log, &exchange->caller.client_id,
                              &acknowledgement, NULL)
             .ok ||
        acknowledgement.event == 0) {
        return NULL;
    }
    return resource_acknowledgement(&acknowledgement,
                                    log == NULL ? STR("")
                                                : arena_format(exchange->arena, "/receipts/%lld",
                                                               (long long)acknowledgement.event));
}

static bool is_reading(const struct exchange *exchange, int status)
{
    const enum http_method method = exchange->request->method;
    return status == 200 && exchange->match.route != NULL &&
           (method == HTTP_GET || method == HTTP_HEAD);
}

static result write_json(struct exchange *exchange, int status, const json_t *resource,
                         struct err *err)
{
    str body;
    TRY(json_write(resource, exchange->arena, &body, err));
    exchange->response->status = status;
    exchange->response->content_type =
        status >= 400 ? STR("application/problem+json") : STR("application/json");
    exchange->response->body = body;
    return result_ok();
}

result answer_json(struct exchange *exchange, int status, const json_t *given, struct err *err)
{
    json_auto_t *resource = json_copy((json_t *)(uintptr_t)given);
    if (resource == NULL) {
        return arena_full(err);
    }
    TRY(is_reading(exchange, status) ? as_read(exchange, resource, err) : result_ok());
    json_t *acknowledgement = acknowledgement_of(exchange);
    if (acknowledgement != NULL) {
        json_set(resource, "sealed", acknowledgement);
    }
    return write_json(exchange, status, resource, err);
}

void answer_text(struct exchange *exchange, int status, str content_type, str body)
{
    exchange->response->status = status;
    exchange->response->content_type = content_type;
    exchange->response->body = body;
}

void answer_see_other(struct exchange *exchange, str location)
{
    exchange->response->status = 303;
    exchange->response->content_type = STR("");
    exchange->response->body = STR("");
    http_header_set(exchange->response, STR("Location"), location);
}

str answer_own_address(str then)
{
    bool own = then.len > 0 && then.at[0] == '/' && !str_starts(then, STR("//"));
    for (size_t i = 0; i < then.len; i++) {
        own = own && then.at[i] > ' ' && then.at[i] <= '~' && then.at[i] != '\\';
    }
    return own ? then : STR("/");
}

result answer_done(struct exchange *exchange, str path, const char *notice, struct err *err)
{
    const str location = arena_format(exchange->arena, "%.*s?notice=%s", STR_ARG(path), notice);
    if (location.at == NULL) {
        return arena_full(err);
    }
    answer_see_other(exchange, location);
    exchange->done_at = path;
    return result_ok();
}

result answer_elsewhere(struct exchange *exchange, const struct elsewhere *there, struct err *err)
{
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = json_object();
        json_set_str(resource, "address", there->address);
        return answer_json(exchange, 200, resource, err);
    }
    const str refresh = arena_format(exchange->arena, "0; url=%.*s", STR_ARG(there->address));
    if (refresh.at == NULL) {
        return arena_full(err);
    }
    http_header_set(exchange->response, STR("Refresh"), refresh);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "elsewhere", str_from_c(there->title), "");
    page_speak_unless_staff(&page);
    page_set(&page, "lead",
             json_of_str(
                 speech_fill(page.speech.catalogue, exchange->arena, there->lead, there->value)));
    page_set(&page, "address", json_of_str(there->address));
    return page_answer(&page, 200, err);
}

static const char *problem_title(const struct err *problem, int status)
{
    if (problem->code == ERROR_UNAVAILABLE) {
        return SAY("This does not work now");
    }
    switch (status) {
    case 404:
        return SAY("Page not found");
    case 403:
        return SAY("You may not do this");
    case 401:
        return SAY("Sign in first");
    case 409:
        return SAY("This is not possible as things stand");
    case 429:
        return SAY("Wait a moment");
    case 503:
        return SAY("The record cannot be reached");
    default:
        return problem->code == ERROR_INTERNAL ? SAY("Something went wrong")
                                               : SAY("There is a problem");
    }
}

/* A page that was asked for what it cannot answer, by somebody of the staff. */
static bool may_ask_again(const struct exchange *exchange, int status)
{
    return exchange->request->method == HTTP_GET && exchange->match.route != NULL &&
           exchange->signed_in && !exchange_may(exchange, ACTION_SEE_OWN) &&
           (status == 400 || status == 422);
}

static result problem_page(struct exchange *exchange, const struct err *problem,
                           const struct faults *faults, int status, struct err *err)
{
    OWN_PAGE struct page page;
    page_open(&page, exchange, "problem", str_from_c(problem_title(problem, status)), "");
    page_speak_unless_staff(&page);
    const struct speech *speech = &page.speech;
    const str hint = str_from_c(problem->hint);
    json_t *view = json_object();
    json_set_str(view, "what", speech_told(speech, str_from_c(problem->what), problem->code));
    json_set(view, "hint",
             hint.len > 0 && speech_has(speech, hint) ? json_of_str(hint) : json_false());
    json_set_flag(view, "not_found", status == 404);
    json_t *items = json_array();
    for (size_t i = 0; faults != NULL && i < faults->count; i++) {
        if (speech_has(speech, faults->items[i].detail)) {
            const str label = faults->items[i].label;
            json_t *item = json_object();
            json_set_str(item, "field", faults->items[i].field);
            json_set(item, "label",
                     label.len > 0 && speech_has(speech, label) ? json_of_str(label)
                                                                : json_false());
            json_set_str(item, "detail", faults->items[i].detail);
            json_add(items, item);
        }
    }
    json_set_flag(view, "has_items", json_array_size(items) > 0);
    json_set(view, "items", items);
    struct faults asked = {.count = 0};
    json_set(view, "question",
             may_ask_again(exchange, status) ? question_again(exchange, problem, &asked)
                                             : json_false());
    json_set_flag(view, "beside", asked.count > 0);
    page.faults = &asked;
    page_set(&page, "problem", view);
    return page_answer(&page, status, err);
}

static result problem_json(struct exchange *exchange, const struct err *problem,
                           const struct faults *faults, int status, struct err *err)
{
    struct faults whole = {0};
    if ((faults == NULL || faults->count == 0) && problem->code == ERROR_INPUT &&
        exchange->request->method == HTTP_POST) {
        /* What is wrong with no field alone is wrong with all that was sent. */
        fault_add(&whole, STR(""), STR(""), str_from_c(problem->what));
        faults = &whole;
    }
    json_t *errors = faults != NULL && faults->count > 0 ? faults_as_json(faults) : NULL;
    json_auto_t *resource = resource_problem(problem, errors);
    if (resource == NULL) {
        return arena_full(err);
    }
    json_set_int64(resource, "status", status);
    return write_json(exchange, status, resource, err);
}

/* What is not there and what is not for this account are told with the same words, whatever the
 * room below said of it. */
static struct err told(const struct err *problem)
{
    struct err err = *problem;
    if (err.code == ERROR_NOT_FOUND) {
        result_ignore(err_set(&err, ERROR_NOT_FOUND, "%s", error_meaning(ERROR_NOT_FOUND)),
                      "it is answered as a problem");
    }
    return err;
}

void answer_problem(struct exchange *exchange, const struct err *given, const struct faults *faults,
                    int status)
{
    const struct err told_problem = told(given);
    const struct err *problem = &told_problem;
    const int sent = status != 0 ? status : error_http_status(problem->code);
    if (problem->code == ERROR_UNPROVEN && exchange_wants_html(exchange)) {
        answer_see_other(exchange, page_href(exchange->arena, "/account/proof?then=%s",
                                             exchange->request->path, STR("")));
        return;
    }
    if (sent == 401) {
        http_header_set(exchange->response, STR("WWW-Authenticate"), STR("Bearer"));
    }
    struct err err = {0};
    const result answered = exchange_wants_html(exchange)
                                ? problem_page(exchange, problem, faults, sent, &err)
                                : problem_json(exchange, problem, faults, sent, &err);
    if (!answered.ok) {
        answer_text(exchange, 500, STR("text/plain; charset=utf-8"),
                    STR("The answer could not be written.\n"));
    }
}
