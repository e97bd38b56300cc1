#include "casework/first_account.h"
#include "casework/own.h"
#include "demo/demo.h"
#include "web/passkey.h"
#include "web/session.h"
#include "web/sign_on.h"
#include "web/watch.h"

static const struct input_field sign_in_fields[] = {
    {"username", SAY("Username"), NULL, INPUT_TEXT, NULL, "username"},
    {"password", SAY("Password"), NULL, INPUT_PASSWORD, NULL, "current-password"},
    {"code", SAY("Code of your authenticator app"), SAY("If your account has one"), INPUT_TEXT,
     NULL, "one-time-code"},
    {"passkey", "", NULL, INPUT_HIDDEN, NULL, NULL},
};
enum { SIGN_IN_FIELDS = sizeof sign_in_fields / sizeof sign_in_fields[0] };

/* Where somebody begins: at what they are there for. */
static const struct {
    enum action action;
    const char *page;
} first_pages[] = {
    {ACTION_SEE_PEOPLE, "/today"},
    {ACTION_SEE_OPERATION, "/operations"},
    {ACTION_SEE_STATISTICS, "/statistics"},
    {ACTION_MANAGE_ACCOUNTS, "/accounts"},
};

static str first_page(const struct exchange *exchange)
{
    const str role = exchange->session.account.role;
    switch (access_scope(role_from_name(role), ACTION_SEE_OWN)) {
    case SCOPE_SELF:
        return STR("/own");
    case SCOPE_CLIENTS:
        return STR("/clients");
    case SCOPE_NONE:
    case SCOPE_OWN_HUB:
    case SCOPE_ALL:
        break;
    }
    for (size_t i = 0; i < sizeof first_pages / sizeof first_pages[0]; i++) {
        if (exchange_may(exchange, first_pages[i].action)) {
            return str_from_c(first_pages[i].page);
        }
    }
    return STR("/rulebook");
}

result handle_home(struct exchange *exchange, struct err *err)
{
    bool waits = false;
    if (!exchange->signed_in) {
        TRY(casework_first_account_waits(exchange->casework, &waits, err));
    }
    answer_see_other(exchange, exchange->signed_in ? first_page(exchange)
                               : waits             ? STR("/first-account")
                                                   : STR("/sign-in"));
    return result_ok();
}

/* In a demonstration the accounts stand on the page, because there is nothing to protect. */
static json_t *demonstration_accounts(const struct exchange *exchange)
{
    if (!exchange->web->options.demonstration) {
        return json_false();
    }
    json_t *list = json_array();
    for (size_t i = 0; i < demo_account_count; i++) {
        json_t *account = json_object();
        const enum account_role role = role_from_name(str_from_c(demo_accounts[i].role));
        json_set(account, "username", json_string(demo_accounts[i].username));
        json_set(account, "name", json_string(demo_accounts[i].name));
        json_set(account, "role", json_string(role == ROLE_NONE ? "" : role_title(role)));
        json_add(list, account);
    }
    json_t *view = json_object();
    json_set(view, "list", list);
    json_set(view, "password", json_string(demo_password));
    return view;
}

static const struct form_page sign_in_page = {
    .title = STR_INIT(SAY("Sign in")),
    .action = STR_INIT("/sign-in"),
    .submit = SAY("Sign in"),
    .fields = sign_in_fields,
    .field_count = SIGN_IN_FIELDS,
};

/* The language that was chosen on the page, "" when none was. */
static str chosen_language(const struct exchange *exchange)
{
    const str asked = exchange_query(exchange, STR("language"));
    return speech_is_offered(exchange, asked) ? asked : STR("");
}

/* Whoever is refused reads why in the language that they chose, and goes on where they wanted to.
 */
static struct form_page sign_in_form(const struct exchange *exchange)
{
    struct form_page form = sign_in_page;
    const str language = chosen_language(exchange);
    const str then = exchange_query(exchange, STR("then"));
    if (then.len > 0) {
        form.action = page_href(
            exchange->arena, language.len > 0 ? "/sign-in?then=%s&language=%s" : "/sign-in?then=%s",
            then, language);
    } else if (language.len > 0) {
        form.action = page_href(exchange->arena, "/sign-in?language=%s", language, STR(""));
    }
    return form;
}

/* And whoever comes in finds their pages in it. */
static void keep_language(struct exchange *exchange, const struct account_row *account)
{
    const str language = chosen_language(exchange);
    if (language.len > 0 && !str_equal(language, account->language)) {
        const struct caller caller = {.account = account->id,
                                      .client_id = exchange_new_client_id(exchange)};
        result_ignore(
            casework_choose_language(exchange->casework, &caller, language, exchange->arena, NULL),
            "it can be chosen again on every page that speaks it");
    }
}

static void open_sign_in(struct page *page, struct exchange *exchange)
{
    page_open(page, exchange, "sign_in", sign_in_page.title, "");
    page_speak(page);
    page_set(page, "accounts", demonstration_accounts(exchange));
    page_set(page, "provider", sign_on_offer(exchange));
}

result handle_sign_in_form(struct exchange *exchange, struct err *err)
{
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = json_object();
        json_set(resource, "sign_in",
                 json_string("POST {\"username\",\"password\"} as application/json"));
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    const struct form_page form = sign_in_form(exchange);
    open_sign_in(&page, exchange);
    return handler_form_page(&page, &form, 200, err);
}

result sign_in_done(struct exchange *exchange, const char *token, const struct account_row *account,
                    struct err *err)
{
    /* A browser has one session: what it had before ends. */
    if (exchange->token.len > 0 && !exchange->by_bearer) {
        TRY(casework_sign_out(exchange->casework, exchange->token, err));
    }
    watch_opened(exchange, SECURITY_SIGNED_IN, account->username);
    if (exchange_wants_html(exchange) || !exchange->input.is_json) {
        exchange->signed_in = true;
        exchange->session.account = *account;
        keep_language(exchange, account);
        session_set_cookie(exchange, str_from_c(token));
        const str then = exchange_query(exchange, STR("then"));
        answer_see_other(exchange, then.len > 0 ? answer_own_address(then) : first_page(exchange));
        return result_ok();
    }
    json_auto_t *resource = json_object();
    json_t *view = json_object();
    json_set_str(view, "username", account->username);
    json_set_str(view, "name", account->name);
    json_set_str(view, "role", account->role);
    json_set(resource, "account", view);
    json_set(resource, "token", json_string(token));
    return answer_json(exchange, 200, resource, err);
}

static str given_text(const struct input_value *value)
{
    return value->given ? value->text : STR("");
}

/* By what was typed, by a passkey, or by both. */
static result try_sign_in(struct exchange *exchange, const struct input_value *values,
                          char token[SESSION_TOKEN_SIZE], struct account_row *ret_account,
                          struct err *err)
{
    const struct sign_in sign_in = {.username = given_text(&values[0]),
                                    .password = given_text(&values[1]),
                                    .code = given_text(&values[2])};
    struct passkey_sent sent;
    watch_shown(exchange, values[1].given, values[2].given, values[3].given);
    if (values[3].given) {
        TRY(passkey_read_sent(exchange, values[3].text, &sent, err));
    }
    return casework_sign_in_with(exchange->casework, &sign_in, values[3].given ? &sent : NULL,
                                 exchange->arena, token, ret_account, err);
}

static result sign_in_with(struct exchange *exchange, struct page *page,
                           const struct input_value values[SIGN_IN_FIELDS], struct err *err)
{
    char token[SESSION_TOKEN_SIZE];
    struct account_row account;
    struct err problem = {0};
    const result done = try_sign_in(exchange, values, token, &account, &problem);
    if (done.ok) {
        return sign_in_done(exchange, token, &account, err);
    }
    watch_tried(exchange, given_text(&values[0]));
    if (problem.code != ERROR_UNAUTHENTICATED || !exchange_wants_html(exchange)) {
        *err = problem;
        return done;
    }
    struct faults faults = {0};
    fault_add(&faults, STR("username"), STR("/username"),
              STR(SAY("The user name, the password, the code or the passkey is not right")));
    const struct form_page form = sign_in_form(exchange);
    page->faults = &faults;
    return handler_form_page(page, &form, 401, err);
}

/* A passkey alone is enough; otherwise both are typed. */
static void require_typed(const struct input_value *values, struct faults *faults)
{
    const bool typed = values[0].given || values[1].given;
    if (!values[0].given && (typed || !values[3].given)) {
        fault_add(faults, STR("username"), STR("/username"), STR(SAY("Enter your username")));
    }
    if (!values[1].given && (typed || !values[3].given)) {
        fault_add(faults, STR("password"), STR("/password"), STR(SAY("Enter your password")));
    }
}

result handle_sign_in(struct exchange *exchange, struct err *err)
{
    struct input_value values[SIGN_IN_FIELDS];
    struct faults faults = {0};
    OWN_PAGE struct page page;
    /* Whoever signs in is nobody until then, whatever cookie came along. */
    exchange->signed_in = false;
    open_sign_in(&page, exchange);
    TRY(input_read(exchange, sign_in_fields, SIGN_IN_FIELDS, values, &faults, err));
    require_typed(values, &faults);
    if (faults.count > 0) {
        const struct form_page form = sign_in_form(exchange);
        return handler_faults(&page, &form, &faults, err);
    }
    return sign_in_with(exchange, &page, values, err);
}

result handle_sign_out(struct exchange *exchange, struct err *err)
{
    TRY(casework_sign_out(exchange->casework, exchange->token, err));
    session_clear_cookie(exchange);
    http_header_set(exchange->response, STR("Clear-Site-Data"), STR("\"cache\", \"storage\""));
    if (!exchange_wants_html(exchange) && exchange->input.is_json) {
        answer_text(exchange, 204, STR(""), STR(""));
        return result_ok();
    }
    bool elsewhere = false;
    TRY(sign_on_leave(exchange, &elsewhere, err));
    return elsewhere ? result_ok() : answer_done(exchange, STR("/sign-in"), "signed-out", err);
}
