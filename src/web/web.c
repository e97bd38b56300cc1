#include "web/web.h"

#include "casework/changes.h"
#include "web/answer.h"
#include "web/assets.h"
#include "web/command.h"
#include "web/condition.h"
#include "web/done_forms.h"
#include "web/kept.h"
#include "web/page.h"
#include "web/query.h"
#include "web/resource_fact.h"
#include "web/sent_before.h"
#include "web/session.h"
#include "web/streams.h"
#include "web/watch.h"

#include "http/forwarded.h"
#include "web/works.h"

#include "store/own_key.h"

#include "format/json_memory.h"
#include "format/language.h"
#include "system/system.h"

enum {
    WEB_ARENA_BYTES = 64 * 1024 * 1024, /* lazily taken */
    TEMPLATE_BYTES_MAX = 256 * 1024,
    API_BYTES_MAX = 4 * 1024 * 1024,
    JSON_BYTES = 1024 * 1024, /* of a request's memory: the values of nearly every page fit */
};

/* --- opening
 * -----------------------------------------------------------------------------------------------------
 */

static result add_template(struct web *web, str file, struct err *err)
{
    const str path = arena_format(&web->arena, "%s/%.*s", web->options.pages_folder, STR_ARG(file));
    if (path.at == NULL) {
        return arena_full(err);
    }
    str text;
    TRY(system_read_file(path.at, TEMPLATE_BYTES_MAX, &web->arena, &text, err));
    const str name = str_slice(file, 0, file.len - STR(".html").len);
    const result added = template_set_add(web->templates, name, text, err);
    if (!added.ok) {
        return err_at(err, path.at, err->line, err->column);
    }
    return result_ok();
}

static result open_templates(struct web *web, struct err *err)
{
    TRY(template_set_open(&web->arena, TEMPLATE_LINES_UNINDENTED, &web->templates, err));
    const str *names = NULL;
    size_t count = 0;
    TRY(system_list_folder(web->options.pages_folder, STR(".html"), &web->arena, &names, &count,
                           err));
    for (size_t i = 0; i < count; i++) {
        TRY(add_template(web, names[i], err));
    }
    return template_set_check(web->templates, err);
}

static struct offered_language offered_language(struct web *web, str language)
{
    str name = language;
    result_ignore(language_name(language, language, &web->arena, &name, NULL),
                  "its code is a name, too");
    return (struct offered_language){
        .language = language, .name = name, .right_to_left = language_is_right_to_left(language)};
}

static result offer_languages(struct web *web, struct err *err)
{
    const size_t count = web->catalogue_count + 1;
    struct offered_language *offered = ARENA_NEW(&web->arena, struct offered_language, count);
    if (offered == NULL) {
        return arena_full(err);
    }
    offered[0] = offered_language(web, STR("en"));
    for (size_t i = 1; i < count; i++) {
        offered[i] = offered_language(web, web->catalogues[i - 1].language);
    }
    web->offered = offered;
    web->offered_count = count;
    return result_ok();
}

/* What the pages say in other languages. */
static result open_languages(struct web *web, struct err *err)
{
    const str folder = arena_format(&web->arena, "%s/languages", web->options.pages_folder);
    const str *names = NULL;
    size_t count = 0;
    TRY(system_list_folder(folder.at, STR(".po"), &web->arena, &names, &count, err));
    struct catalogue *catalogues = ARENA_NEW(&web->arena, struct catalogue, count + 1);
    if (catalogues == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        str text;
        const str path = arena_format(&web->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        TRY(system_read_file(path.at, CATALOGUE_BYTES_MAX, &web->arena, &text, err));
        TRY(catalogue_read(path.at, text, &web->arena, &catalogues[i], err));
        TRY(language_check(catalogues[i].language, err));
    }
    web->catalogues = catalogues;
    web->catalogue_count = count;
    return offer_languages(web, err);
}

static result make_cursor_key(struct transaction *transaction, void *context, struct err *err)
{
    struct web *web = context;
    (void)err;
    transaction_own_key(transaction, STR("returnhub-cursor-1"), &web->cursor_key);
    return result_ok();
}

result web_open(const struct web_options *options, struct web **ret_web, struct err *err)
{
    struct arena arena;
    json_memory_init();
    TRY(arena_open(&arena, WEB_ARENA_BYTES, err));
    struct web *web = ARENA_NEW(&arena, struct web, 1);
    ASSERT(web != NULL);
    web->arena = arena;
    web->options = *options;
    result opened = store_read(options->casework->store, make_cursor_key, web, err);
    if (opened.ok) {
        opened = sent_before_open(&web->arena, &web->sent_before, err);
    }
    if (opened.ok) {
        opened = done_forms_open(&web->arena, &web->done_forms, err);
    }
    if (opened.ok) {
        opened = works_open(&web->arena, &web->works, err);
    }
    if (opened.ok) {
        opened = pace_open(&options->pace, options->casework->system, &web->arena, &web->pace, err);
    }
    if (opened.ok) {
        opened = streams_open(HTTP_STREAMS_MAX, &web->arena, &web->streams, err);
    }
    if (opened.ok) {
        opened = open_templates(web, err);
    }
    if (opened.ok) {
        opened = open_languages(web, err);
    }
    if (opened.ok) {
        opened = countries_by_name(options->casework->rulebook, &web->arena, &web->countries, err);
    }
    if (opened.ok) {
        opened = fact_texts_write(options->casework->rulebook, &web->arena, &web->fact_texts, err);
    }
    if (opened.ok) {
        opened = assets_open(web, err);
    }
    if (opened.ok && options->api_file != NULL) {
        opened = system_read_file(options->api_file, API_BYTES_MAX, &web->arena, &web->api, err);
    }
    if (opened.ok && options->arrivals_file != NULL) {
        opened = arrivals_load(options->arrivals_file, &web->arena, &web->arrivals, err);
    }
    if (!opened.ok) {
        web_close(web);
        return opened;
    }
    *ret_web = web;
    return result_ok();
}

void web_close(struct web *web)
{
    if (web != NULL) {
        pace_close(web->pace);
        streams_close(web->streams);
        works_close(web->works);
        latest_close(web->sent_before);
        latest_close(web->done_forms);
        cipher_wipe(&web->cursor_key);
        struct arena arena = web->arena; /* holds the web itself */
        arena_close(&arena);
    }
}

struct security_log *web_security(const struct web *web)
{
    return web->options.security;
}

/* --- the exchange
 * ------------------------------------------------------------------------------------------------
 */

str exchange_query(const struct exchange *exchange, str name)
{
    str value = STR("");
    return http_form_get(&exchange->query, name, &value) ? value : STR("");
}

bool exchange_may(const struct exchange *exchange, enum action action)
{
    return exchange->signed_in && may_somewhere(&exchange->session.account, action);
}

result exchange_position(const struct exchange *exchange, size_t parameter, int64_t *ret_position,
                         struct err *err)
{
    int64_t position = 0;
    const bool read = str_to_int64(exchange->match.parameters[parameter], &position, NULL).ok;
    if (!read || position <= 0) {
        return err_set(err, ERROR_NOT_FOUND, "Not found");
    }
    *ret_position = position;
    return result_ok();
}

struct client_id exchange_new_client_id(const struct exchange *exchange)
{
    const struct system *system = exchange->casework->system;
    uint8_t chance[CLIENT_ID_SIZE];
    system->entropy(system->context, chance, sizeof chance);
    return client_id_make(system_now(system), chance);
}

str exchange_reference(const struct exchange *exchange, size_t parameter)
{
    char text[REFERENCE_SIZE];
    const str typed = exchange->match.parameters[parameter];
    return reference_read(typed, text, NULL).ok ? arena_copy(exchange->arena, str_from_c(text))
                                                : typed;
}

str exchange_person(const struct exchange *exchange)
{
    return exchange_reference(exchange, 0);
}

/* --- answering
 * ---------------------------------------------------------------------------------------------------
 */

static void answer_wrong_method(struct exchange *exchange)
{
    struct err problem = {0};
    http_header_set(exchange->response, STR("Allow"), str_from_c(exchange->match.allow));
    result_ignore(err_set(&problem, ERROR_USAGE, "This address does not answer that method"),
                  "it is answered as a problem");
    answer_problem(exchange, &problem, NULL, 405);
}

/* What was typed in a form of ours is given back. */
static bool gives_form_back(struct exchange *exchange)
{
    int status = 0;
    const bool old = exchange->request->method == HTTP_POST &&
                     input_open(exchange, &status, NULL).ok && kept_is_old(exchange);
    const bool given = old && kept_answer(exchange, NULL).ok;
    input_close(&exchange->input);
    return given;
}

/* Whoever only looked goes on there when they are signed in. */
static str sign_in_href(const struct exchange *exchange)
{
    const bool again = exchange->token.len > 0;
    const str path = exchange->request->method == HTTP_GET ? exchange->request->path : STR("");
    const str then = page_href(exchange->arena, "then=%s", path, STR(""));
    return arena_format(exchange->arena, "/sign-in%s%.*s%s%s", path.len > 0 || again ? "?" : "",
                        STR_ARG(path.len > 0 ? then : STR("")), path.len > 0 && again ? "&" : "",
                        again ? "notice=sign-in-again" : "");
}

static void answer_sign_in_first(struct exchange *exchange)
{
    struct err problem = {0};
    if (exchange_wants_html(exchange)) {
        if (!gives_form_back(exchange)) {
            answer_see_other(exchange, sign_in_href(exchange));
        }
        return;
    }
    result_ignore(err_set(&problem, ERROR_UNAUTHENTICATED, "Nobody is signed in"),
                  "it is answered as a problem");
    answer_problem(exchange, &problem, NULL, 0);
}

/* A file to keep. */
static bool is_attached(const struct http_response *response)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (str_equal(response->headers[i].name, STR("Content-Disposition"))) {
            return true;
        }
    }
    return false;
}

/* Where the address names the form of the answer, or is that of a file, Accept has nothing to
 * choose from. */
static bool names_its_form(const struct exchange *exchange)
{
    return exchange->match.route->door == ROUTE_BARE || is_attached(exchange->response) ||
           exchange_query(exchange, STR("as")).len > 0 ||
           str_ends(exchange->match.route->pattern, STR(".csv"));
}

/* RFC 9110, 15.5.7: an answer of a type that was not asked for helps nobody. */
static result check_accepted(const struct exchange *exchange, str content_type, int *ret_status,
                             struct err *err)
{
    const str accept = http_header_get(exchange->request, STR("Accept"));
    if (names_its_form(exchange) || content_type.len == 0 ||
        exchange_accepts(accept, content_type)) {
        return result_ok();
    }
    *ret_status = 406;
    return err_set(err, ERROR_USAGE, "This address does not answer in any form that is accepted");
}

static result run_command(struct exchange *exchange, int *ret_status, struct err *err)
{
    struct command command;
    const str accept = http_header_get(exchange->request, STR("Accept"));
    if (!exchange_accepts(accept, STR("text/html"))) {
        TRY(check_accepted(exchange, STR("application/json"), ret_status, err));
    }
    TRY(command_begin(exchange, &command, ret_status, err));
    if (exchange->form_is_old) {
        return kept_answer(exchange, err);
    }
    if (command.before.found) {
        return command_answer_before(exchange, &command, err);
    }
    const result done = exchange->match.route->handler(exchange, err);
    command_end(exchange, &command, done.ok && exchange->response->status < 400);
    if (!done.ok && exchange->caller.read_at != 0 && err->code == ERROR_CONFLICT) {
        /* Somebody was quicker: was that what the condition was about? */
        struct err changed = {0};
        if (!condition_of_command(exchange, ret_status, &changed).ok) {
            *err = changed;
        }
    }
    return done;
}

/* The mark of a stream is its number, a space, and what its handler leaves. */
static void find_stream(struct exchange *exchange)
{
    const struct str_cut cut = str_cut(exchange->request->mark, ' ');
    const bool read = str_to_int64(cut.head, &exchange->stream, NULL).ok;
    ASSERT(read && cut.found); /* nobody else writes it */
    exchange->mark = cut.tail;
    exchange->gives_way = !streams_may_go_on(exchange->web->streams, exchange->stream);
}

/* What is answered goes on: it takes its place when it begins. */
static result keep_stream(struct exchange *exchange, struct err *err)
{
    struct http_response *response = exchange->response;
    if (!exchange->request->goes_on && exchange->request->method != HTTP_HEAD) {
        exchange->stream =
            streams_begin(exchange->web->streams, exchange->session.account.id, exchange->token);
        if (exchange->stream == 0) {
            http_header_set(response, STR("Retry-After"), STR("2"));
            return err_set(err, ERROR_TOO_MANY,
                           "More streams were opened at once than there is room for");
        }
    }
    const str left = arena_copy(exchange->arena, str_from_c(response->mark));
    const int length = snprintf(response->mark, HTTP_MARK_SIZE, "%lld %.*s",
                                (long long)exchange->stream, STR_ARG(left));
    ASSERT(length > 0 && length < HTTP_MARK_SIZE);
    response->streams = !exchange->gives_way;
    return result_ok();
}

static result run_reading(struct exchange *exchange, int *ret_status, struct err *err)
{
    TRY(query_check(exchange, err));
    TRY(exchange->match.route->handler(exchange, err));
    TRY(check_accepted(exchange, exchange->response->content_type, ret_status, err));
    TRY(condition_answer(exchange, ret_status, err));
    return exchange->response->streams ? keep_stream(exchange, err) : result_ok();
}

static void run_route(struct exchange *exchange)
{
    struct err problem = {0};
    int status = 0;
    if (exchange->signed_in && exchange_wants_html(exchange)) {
        result_ignore(casework_position(exchange->casework, &exchange->begun_at, NULL),
                      "then the page does not say what it shows");
    }
    const bool commands = exchange->request->method == HTTP_POST;
    const result done = commands ? run_command(exchange, &status, &problem)
                                 : run_reading(exchange, &status, &problem);
    if (!done.ok) {
        exchange->response->streams = false;
        answer_problem(exchange, &problem, NULL, status);
    }
    input_close(&exchange->input);
}

/* What may be done here (RFC 9110, 9.3.7): the same for everybody, and of no content. */
static void answer_options(struct exchange *exchange)
{
    http_header_set(exchange->response, STR("Allow"), str_from_c(exchange->match.allow));
    exchange->response->status = 204;
}

/* What it is counted as, and for whom. A stream that goes on was counted when it began. */
static bool is_in_pace(const struct exchange *exchange, int64_t *ret_seconds)
{
    const struct route *route = exchange->match.route;
    const struct http_request *request = exchange->request;
    const bool reads = request->method != HTTP_POST;
    if (request->goes_on || (route != NULL && route->door == ROUTE_BARE)) {
        return true;
    }
    const bool signs_in = !reads && route != NULL && route->door == ROUTE_OPEN;
    const bool known = exchange->signed_in && !signs_in;
    const enum pace_kind kind = known      ? reads ? PACE_READING : PACE_COMMAND
                                : signs_in ? PACE_SIGN_IN
                                           : PACE_STRANGER;
    const str who = known ? exchange->session.account.username
                          : forwarded_network(request->client_address, exchange->arena);
    return pace_allows(exchange->web->pace, kind, who, system_now(exchange->casework->system),
                       ret_seconds);
}

/* What a session may that has shown one factor where two are required (casework.h). */
static bool makes_whole(const struct route *route, enum session_standing standing)
{
    static const struct {
        route_handler *handler;
        enum session_standing standing;
    } ways[] = {
        {handle_own_account, SESSION_LACKS_FACTOR},
        {handle_second_factor, SESSION_LACKS_FACTOR},
        {handle_second_factor_confirmation, SESSION_LACKS_FACTOR},
        {handle_passkey_new, SESSION_LACKS_FACTOR},
        {handle_passkey_question, SESSION_LACKS_FACTOR},
        {handle_passkey_register, SESSION_LACKS_FACTOR},
        {handle_proof_form, SESSION_OWES_FACTOR},
        {handle_proof, SESSION_OWES_FACTOR},
        {handle_proof_question, SESSION_OWES_FACTOR},
        {handle_sign_on_again, SESSION_OWES_FACTOR},
    };
    bool makes = route->handler == handle_sign_out || route->handler == handle_language;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        makes = makes || (ways[i].handler == route->handler && ways[i].standing == standing);
    }
    return makes;
}

static void answer_factor_first(struct exchange *exchange)
{
    struct err problem = {0};
    const bool lacks = exchange->session.standing == SESSION_LACKS_FACTOR;
    if (lacks && exchange_wants_html(exchange)) {
        answer_see_other(exchange, STR("/account?notice=second-factor-first"));
        return;
    }
    result_ignore(err_set(&problem, lacks ? ERROR_FORBIDDEN : ERROR_UNPROVEN,
                          "A second factor is needed here, and this session has not shown one"),
                  "the hint follows");
    result_ignore(err_hint(&problem, "%s",
                           lacks ? "Set one up: POST /account/second-factor, or a passkey."
                                 : "Show it: POST /account/proof."),
                  "it is answered as a problem");
    answer_problem(exchange, &problem, NULL, 0);
}

static bool is_half(const struct exchange *exchange)
{
    return exchange->signed_in && exchange->session.standing != SESSION_WHOLE;
}

/* On a page that is for everybody, whoever is half signed in is nobody. */
static result find_session(struct exchange *exchange, struct err *err)
{
    TRY(session_find(exchange, err));
    const struct route *route = exchange->match.route;
    const bool open = route != NULL && route->door == ROUTE_OPEN;
    exchange->signed_in = exchange->signed_in && !(open && is_half(exchange));
    return result_ok();
}

static void answer_too_many(struct exchange *exchange, int64_t seconds)
{
    struct err problem = {0};
    http_header_set(exchange->response, STR("Retry-After"),
                    arena_format(exchange->arena, "%lld", (long long)seconds));
    result_ignore(err_set(&problem, ERROR_TOO_MANY, "More was asked in a minute than is allowed"),
                  "it is answered as a problem");
    result_ignore(err_hint(&problem, "Try again in %lld %s.", (long long)seconds,
                           str_noun(seconds, "second", "seconds")),
                  "it is answered as a problem");
    answer_problem(exchange, &problem, NULL, 0);
}

static void dispatch(struct exchange *exchange)
{
    struct err problem = {0};
    int64_t seconds = 0;
    const struct http_request *request = exchange->request;
    result found = http_form_read(request->query, request->arena, &exchange->query, &problem);
    if (!found.ok) {
        problem.code = ERROR_USAGE;
    } else if (exchange->match.route == NULL || exchange->match.route->door != ROUTE_BARE) {
        found = find_session(exchange, &problem);
    }
    if (!found.ok) {
        answer_problem(exchange, &problem, NULL, 0);
    } else if (!is_in_pace(exchange, &seconds)) {
        answer_too_many(exchange, seconds);
    } else if (!exchange->match.address_known) {
        result_ignore(err_set(&problem, ERROR_NOT_FOUND, "Not found"),
                      "it is answered as a problem");
        answer_problem(exchange, &problem, NULL, 0);
    } else if (request->method == HTTP_OPTIONS) {
        answer_options(exchange);
    } else if (exchange->match.route == NULL) {
        answer_wrong_method(exchange);
    } else if (is_half(exchange) &&
               !makes_whole(exchange->match.route, exchange->session.standing)) {
        answer_factor_first(exchange);
    } else if (exchange->match.route->door == ROUTE_DESK && !exchange->signed_in) {
        answer_sign_in_first(exchange);
    } else {
        run_route(exchange);
    }
}

static bool says_how_long_it_is_kept(const struct route *route)
{
    return route != NULL && (route->handler == handle_asset || route->handler == handle_log);
}

void web_handle(void *context, const struct http_request *request, struct http_response *response)
{
    const struct web *web = context;
    struct exchange exchange = {
        .web = web,
        .casework = web->options.casework,
        .rulebook = web->options.casework->rulebook,
        .request = request,
        .response = response,
        .arena = request->arena,
        .match = route_find(request->method, request->path),
        .wanted = exchange_wanted(http_header_get(request, STR("Accept"))),
    };
    json_memory_begin(request->arena, JSON_BYTES);
    if (request->goes_on) {
        find_stream(&exchange);
    }
    answer_headers(&exchange);
    if (!says_how_long_it_is_kept(exchange.match.route)) {
        answer_not_stored(&exchange);
    }
    dispatch(&exchange);
    watch_exchange(&exchange);
    json_memory_end();
}

void web_stream_ended(void *context, str mark)
{
    const struct web *web = context;
    int64_t number = 0;
    const bool read = str_to_int64(str_cut(mark, ' ').head, &number, NULL).ok;
    ASSERT(read);
    streams_end(web->streams, number);
}
