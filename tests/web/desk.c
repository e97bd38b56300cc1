#include "desk.h"
#include "desk_forecast.h"

#include "casework/adoption.h"
#include "casework/arrivals.h"
#include "format/json.h"
#include "system/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_SIZE = 512 * 1024 * 1024, HEADERS_MAX = 8 };

static const char *const usernames[ACCOUNT_NAMES] = {
    [CLERK] = "clerk",
    [OTHER_CLERK] = "other-clerk",
    [OFFICER] = "officer",
    [OTHER_OFFICER] = "other-officer",
    [SENIOR] = "senior",
    [OTHER_SENIOR] = "other-senior",
    [OPERATOR_NORTH] = "operator-north",
    [OPERATOR_SOUTH] = "operator-south",
    [OPERATOR_NOWHERE] = "operator-nowhere",
    [MONITOR_NORTH] = "monitor-north",
    [ADMINISTRATOR] = "administrator",
    [STATISTICIAN] = "statistician",
    [FORMER_CLERK] = "former-clerk",
    [LIAISON] = "liaison",
};

static void must(result done, const struct err *err)
{
    if (!done.ok) {
        fail_msg("%s: %s", err->file, err->what);
    }
}

/* The style sheet is no subject of these tests: any will do. */
static void make_assets(struct desk *desk)
{
    struct err err = {0};
    snprintf(desk->assets, sizeof desk->assets, "%s/assets", desk->office.folder);
    must(system_make_folder(desk->assets, 0700, &err), &err);
    const str files[] = {STR("returnhub.css"), STR("returnhub.css.gz"), STR("returnhub.js")};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", desk->assets, files[i].at);
        must(system_write_file(path, i == 1 ? STR("packed") : STR("body {}"), 0600, &err), &err);
    }
}

static void remove_assets(const struct desk *desk)
{
    const char *const files[] = {"returnhub.css", "returnhub.css.gz", "returnhub.js"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", desk->assets, files[i]);
        unlink(path);
    }
    rmdir(desk->assets);
}

void desk_sign_in(struct desk *desk, enum account_name account)
{
    struct err err = {0};
    struct account_row row = {0};
    struct session session = {.form_token = STR("")};
    char token[SESSION_TOKEN_SIZE];
    struct office *office = &desk->office;
    must(casework_set_password(&office->casework, office->accounts[account], STR(DESK_PASSWORD),
                               &err),
         &err);
    const struct sign_in given = {str_from_c(usernames[account]), STR(DESK_PASSWORD), STR("")};
    must(casework_sign_in(&office->casework, &given, &office->perm, token, &row, &err), &err);
    desk->tokens[account] = arena_copy(&office->perm, str_from_c(token));
    must(casework_session(&office->casework, desk->tokens[account], &office->perm, &session, &err),
         &err);
    desk->form_tokens[account] = session.form_token;
}

static void open_web(struct desk *desk, const enum account_name *accounts)
{
    struct err err = {0};
    char pages[400];
    char series[400];
    const char *source = getenv("RETURNHUB_SOURCE");
    must(casework_adopt_rulebook(&desk->office.casework, &err), &err);
    must(arena_open(&desk->arena, ARENA_SIZE, &err), &err);
    make_assets(desk);
    snprintf(pages, sizeof pages, "%s/pages", source == NULL ? "." : source);
    static const struct definitions definitions = {
        .policy = {.suppress_below = 1, .round_to = 1, .contact_days = {.count = 1}}};
    desk->release = (struct web_release){
        .name = STR("2025-12-31-t"),
        .day = {.day = 20453},
        .sheet = json_loads(
            "{\"name\":\"t\",\"title\":\"People <counted>\",\"key_columns\":2,\"notes\":[],"
            "\"columns\":[\"Period\",\"Sex\",\"Other\",\"Total\"],"
            "\"rows\":[[\"2025-Q2\",\"Total\",3,40],[\"2025-Q3\",\"Total\",4,\"[c]\"]]}",
            0, NULL)};
    desk->forecast = (struct web_forecast){.name = STR("it"),
                                           .run = json_loads(desk_run, 0, NULL),
                                           .shares = json_loads(desk_shares, 0, NULL),
                                           .sensitivity = json_loads(desk_sensitivity, 0, NULL)};
    snprintf(series, sizeof series, "%s/" ARRIVALS_FILE, source == NULL ? "." : source);
    struct web_options options = {.casework = &desk->office.casework,
                                  .pages_folder =
                                      arena_copy(&desk->office.perm, str_from_c(pages)).at,
                                  .assets_folder = desk->assets,
                                  .definitions = &definitions,
                                  .releases = &desk->release,
                                  .release_count = 1,
                                  .forecasts = &desk->forecast,
                                  .forecast_count = 1,
                                  .arrivals_file = series};
    must(web_open(&options, &desk->web, &err), &err);
    options.secure_cookies = true;
    must(web_open(&options, &desk->secure_web, &err), &err);
    for (size_t i = 0; accounts[i] != ACCOUNT_NAMES; i++) {
        desk_sign_in(desk, accounts[i]);
    }
}

void desk_open_with(struct desk *desk, void (*open)(struct office *office),
                    const enum account_name *accounts)
{
    memset(desk, 0, sizeof *desk);
    open(&desk->office);
    open_web(desk, accounts);
}

void desk_open(struct desk *desk, const enum account_name *accounts)
{
    desk_open_with(desk, office_open, accounts);
}

void desk_open_law(struct desk *desk, const char *law, const enum account_name *accounts)
{
    memset(desk, 0, sizeof *desk);
    office_open_law(&desk->office, law);
    open_web(desk, accounts);
}

void desk_close(struct desk *desk)
{
    web_close(desk->web);
    web_close(desk->secure_web);
    json_decref(desk->release.sheet);
    json_decref(desk->forecast.run);
    json_decref(desk->forecast.shares);
    json_decref(desk->forecast.sensitivity);
    remove_assets(desk);
    arena_close(&desk->arena);
    office_close(&desk->office);
}

int desk_end(void **state)
{
    struct desk *desk = *state;
    office_expect_rebuilt(&desk->office);
    desk_close(desk);
    return 0;
}

void desk_clear(struct desk *desk)
{
    arena_reset(&desk->arena);
}

struct headers {
    struct http_header items[HEADERS_MAX];
    size_t count;
};

static void add_header(struct headers *headers, const char *name, str value)
{
    assert_true(headers->count < HEADERS_MAX);
    headers->items[headers->count++] = (struct http_header){str_from_c(name), value};
}

static void add_credentials(struct desk *desk, const struct ask *ask, struct headers *headers)
{
    if (ask->account == NOBODY) {
        return;
    }
    const str token = desk->tokens[ask->account];
    assert_true(token.len > 0);
    if (!ask->by_cookie) {
        add_header(headers, "Authorization",
                   arena_format(&desk->arena, "Bearer %.*s", STR_ARG(token)));
        return;
    }
    const char *name = ask->behind_tls ? "__Host-returnhub_session" : "returnhub_session";
    add_header(headers, "Cookie", arena_format(&desk->arena, "%s=%.*s", name, STR_ARG(token)));
    if (ask->method == HTTP_POST && !ask->no_form_token) {
        add_header(headers, "X-Form-Token", desk->form_tokens[ask->account]);
    }
}

/* Every JSON answer of the tests, with what it answers, for who compares them with the document of
 * the API (tests/api): a line a request in a file of this program's own in the folder that
 * RETURNHUB_ANSWERS names. */
static void keep_answer(const struct http_request *request, const struct reply *reply)
{
    static const char *const methods[] = {[HTTP_GET] = "GET", [HTTP_POST] = "POST"};
    const char *folder = getenv("RETURNHUB_ANSWERS");
    const bool kept_method = request->method == HTTP_GET || request->method == HTTP_POST;
    const bool is_json = str_starts(reply->content_type, STR("application/json")) ||
                         str_starts(reply->content_type, STR("application/problem+json"));
    json_error_t error;
    char path[256];
    if (folder == NULL || !kept_method || !is_json) {
        return;
    }
    json_t *line = json_object();
    json_object_set_new(line, "method", json_string(methods[request->method]));
    json_object_set_new(line, "path", json_stringn(request->path.at, request->path.len));
    json_object_set_new(line, "status", json_integer(reply->status));
    json_object_set_new(line, "type",
                        json_stringn(reply->content_type.at, reply->content_type.len));
    json_object_set_new(line, "answer", json_loadb(reply->body.at, reply->body.len, 0, &error));
    json_t *sent =
        json_loadb(request->body.at == NULL ? "" : request->body.at, request->body.len, 0, &error);
    json_object_set_new(line, "sent", sent != NULL ? sent : json_null());
    snprintf(path, sizeof path, "%s/%ld.ndjson", folder, (long)getpid());
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    json_dumpf(line, file, JSON_COMPACT);
    fputc('\n', file);
    fclose(file);
    json_decref(line);
}

struct reply desk_ask(struct desk *desk, const struct ask *ask)
{
    struct headers headers = {.count = 0};
    add_header(&headers, "Host", STR("desk.test"));
    add_header(&headers, "Accept",
               str_from_c(ask->accept == NULL ? "application/json" : ask->accept));
    if (ask->content_type != NULL) {
        add_header(&headers, "Content-Type", str_from_c(ask->content_type));
    }
    if (ask->header_name != NULL) {
        add_header(&headers, ask->header_name, str_from_c(ask->header_value));
    }
    add_credentials(desk, ask, &headers);
    const struct http_request request = {
        .method = ask->method,
        .path = str_from_c(ask->path),
        .query = str_from_c(ask->query),
        .headers = headers.items,
        .header_count = headers.count,
        .body = ask->body,
        .client_address = STR("127.0.0.1"),
        .goes_on = ask->goes_on,
        .mark = ask->goes_on ? str_from_c(ask->mark) : STR(""),
        .arena = &desk->arena,
    };
    struct reply reply = {.status = 0};
    web_handle(ask->behind_tls ? desk->secure_web : desk->web, &request, &reply.response);
    reply.status = reply.response.status == 0 ? 200 : reply.response.status;
    reply.content_type = reply.response.content_type;
    reply.body = reply.response.body;
    keep_answer(&request, &reply);
    return reply;
}

/* "/people?text=x" as path and query. */
static struct ask with_query(struct desk *desk, struct ask ask)
{
    const struct str_cut cut = str_cut(str_from_c(ask.path), '?');
    ask.path = arena_copy(&desk->arena, cut.head).at;
    ask.query = arena_copy(&desk->arena, cut.tail).at;
    return ask;
}

struct reply desk_get(struct desk *desk, int account, const char *path)
{
    const struct ask ask = with_query(desk, (struct ask){.path = path, .account = account});
    return desk_ask(desk, &ask);
}

struct reply desk_page(struct desk *desk, int account, const char *path)
{
    const struct ask ask = with_query(
        desk,
        (struct ask){.path = path, .account = account, .by_cookie = true, .accept = "text/html"});
    return desk_ask(desk, &ask);
}

struct reply desk_post(struct desk *desk, int account, const char *path, const char *json)
{
    const struct ask ask = {.method = HTTP_POST,
                            .path = path,
                            .account = account,
                            .content_type = "application/json",
                            .body = str_from_c(json)};
    return desk_ask(desk, &ask);
}

struct reply desk_form(struct desk *desk, int account, const char *path, const char *form)
{
    const str token = account == NOBODY ? STR("") : desk->form_tokens[account];
    const str whole = arena_format(&desk->arena, "%s&form_token=%.*s", form, STR_ARG(token));
    const struct ask ask = {.method = HTTP_POST,
                            .path = path,
                            .account = account,
                            .by_cookie = true,
                            .no_form_token = true, /* it is in the form */
                            .accept = "text/html",
                            .content_type = "application/x-www-form-urlencoded",
                            .body = str_starts(whole, STR("&")) ? str_slice(whole, 1, whole.len)
                                                                : whole};
    return desk_ask(desk, &ask);
}

str reply_header(const struct reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->response.header_count; i++) {
        if (str_equal(reply->response.headers[i].name, str_from_c(name))) {
            return reply->response.headers[i].value;
        }
    }
    return STR("");
}

json_t *reply_json(const struct reply *reply)
{
    json_error_t error;
    json_t *value =
        json_loadb(reply->body.at == NULL ? "" : reply->body.at, reply->body.len, 0, &error);
    if (value == NULL) {
        fail_msg("no JSON, status %d: %s: %.*s", reply->status, error.text,
                 (int)(reply->body.len < 300 ? reply->body.len : 300), reply->body.at);
    }
    return value;
}

bool reply_says(const struct reply *reply, const char *text)
{
    return str_contains(reply->body, str_from_c(text));
}

struct reply desk_send_checked(struct desk *desk, int account, const char *path, const char *form)
{
    const int64_t events = office_events(&desk->office);
    const struct reply shown = desk_form(desk, account, path, form);
    if (shown.status != 200 || !reply_says(&shown, "Check your answers")) {
        return shown;
    }
    assert_int_equal(office_events(&desk->office), events);
    const char *again = arena_format(&desk->arena, "%s&answers=change", form).at;
    const struct reply changing = desk_form(desk, account, path, again);
    assert_status(changing, 200);
    assert_false(reply_says(&changing, "Check your answers"));
    assert_int_equal(office_events(&desk->office), events);
    return desk_form(desk, account, path,
                     arena_format(&desk->arena, "%s&answers=checked", form).at);
}

void desk_check_alike(struct desk *desk, int account, const char *hidden, const char *absent)
{
    for (int page = 0; page < 2; page++) {
        const struct reply a =
            page ? desk_page(desk, account, hidden) : desk_get(desk, account, hidden);
        const struct reply b =
            page ? desk_page(desk, account, absent) : desk_get(desk, account, absent);
        assert_status(a, 404);
        assert_status(b, 404);
        if (!str_equal(a.body, b.body)) {
            fail_msg("%s and %s are told apart", hidden, absent);
        }
        assert_int_equal(a.response.header_count, b.response.header_count);
    }
}
