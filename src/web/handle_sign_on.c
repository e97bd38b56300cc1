/* Signing on at another provider: the way there, the way back, and the second factor that is asked
 * here.
 *
 * The browser comes back by a link of another site, to which it gives none of our cookies
 * (SameSite=Strict). So that page changes nothing: it holds a form with what was brought, which a
 * browser with scripts sends at once. What was asked is kept for a token in a cookie of its own,
 * which also says where one wanted to go. */
#include "casework/sign_on.h"

#include "web/passkey.h"
#include "web/session.h"
#include "web/sign_on.h"
#include "web/sign_on_desk.h"
#include "web/watch.h"

static const char browser_cookie[] = "sign_on";
static const char provider_cookie[] = "provider";

/* Token, a dot, and an address of this desk. */
struct browser {
    str token;
    str then;
};

enum { THEN_BYTES_MAX = 512, QUESTION_SECONDS = CEREMONY_MINUTES * 60 };

static result find_desk(const struct exchange *exchange, struct sign_on_desk **ret_desk,
                        struct err *err)
{
    *ret_desk = exchange->web->options.sign_on;
    return *ret_desk != NULL ? result_ok() : err_set(err, ERROR_NOT_FOUND, "Not found");
}

json_t *sign_on_offer(const struct exchange *exchange)
{
    const struct sign_on_desk *desk = exchange->web->options.sign_on;
    if (desk == NULL) {
        return json_false();
    }
    json_t *view = json_object();
    json_set_str(view, "title", sign_on_desk_options(desk)->title);
    json_set_str(view, "form_token", exchange->signed_in ? exchange->session.form_token : STR(""));
    return view;
}

/* --- the way there ---------------------------------------------------------------------------- */

static void set_browser(struct exchange *exchange, str token, str then)
{
    const str own = answer_own_address(then);
    const str value =
        arena_format(exchange->arena, "%.*s.%.*s", STR_ARG(token),
                     STR_ARG(own.len <= THEN_BYTES_MAX && !str_contains(own, STR(";")) &&
                                     !str_contains(own, STR("\"")) && !str_contains(own, STR(","))
                                 ? own
                                 : STR("/")));
    session_cookie_set(exchange, browser_cookie, value,
                       arena_format(exchange->arena, "; Max-Age=%d", QUESTION_SECONDS).at);
}

static struct browser find_browser(const struct exchange *exchange)
{
    const struct str_cut cut = str_cut(session_cookie_get(exchange, browser_cookie), '.');
    return (struct browser){.token = cut.head, .then = answer_own_address(cut.tail)};
}

/* How long ago somebody may have signed in there: no longer than a session lasts here. */
static int64_t age_seconds_max(const struct exchange *exchange, enum ceremony_purpose purpose)
{
    return purpose == CEREMONY_SIGN_ON ? exchange->casework->limits.hours_max * 3600 : 0;
}

static result go_there(struct exchange *exchange, enum ceremony_purpose purpose, str then,
                       struct err *err)
{
    struct sign_on_desk *desk = NULL;
    struct provider provider;
    struct provider_question question;
    uint8_t secret[PROVIDER_SECRET_SIZE];
    str token;
    str address;
    TRY(find_desk(exchange, &desk, err));
    const struct sign_on_options *options = sign_on_desk_options(desk);
    TRY(sign_on_desk_provider(desk, exchange->arena, &provider, err));
    TRY(session_draw_browser_token(exchange, &token, err));
    TRY(casework_ask(exchange->casework, purpose, token, secret, err));
    provider_question_of(secret, &question);
    TRY(provider_authorization(&options->client, &provider, &question,
                               age_seconds_max(exchange, purpose), exchange->arena, &address, err));
    set_browser(exchange, token, then);
    const struct elsewhere there = {.title = SAY("Sign in at the provider"),
                                    .lead = SAY("You sign in at {{provider}} and come back here."),
                                    .value = options->title,
                                    .address = address};
    return answer_elsewhere(exchange, &there, err);
}

result handle_sign_on(struct exchange *exchange, struct err *err)
{
    exchange->signed_in = false;
    return go_there(exchange, CEREMONY_SIGN_ON, STR("/"), err);
}

result handle_sign_on_again(struct exchange *exchange, struct err *err)
{
    str then = STR("/");
    if (!exchange->input.is_json) {
        http_form_get(&exchange->input.form, STR("then"), &then);
    }
    return go_there(exchange, CEREMONY_SIGN_ON_AGAIN, then, err);
}

/* --- the way back ----------------------------------------------------------------------------- */

static const struct input_field answer_fields[] = {
    {"state", "", NULL, INPUT_HIDDEN, NULL, NULL},
    {"iss", "", NULL, INPUT_HIDDEN, NULL, NULL},
    {"code", "", NULL, INPUT_HIDDEN, NULL, NULL},
    {"error", "", NULL, INPUT_HIDDEN, NULL, NULL},
};
enum { ANSWER_FIELDS = sizeof answer_fields / sizeof answer_fields[0] };

static const struct form_page answer_page = {
    .title = STR_INIT(SAY("Go on to returnhub")),
    .lead = STR_INIT(SAY("You come from the provider at which you sign in.")),
    .action = STR_INIT(SIGN_ON_BACK),
    .submit = SAY("Go on"),
    .cancel_href = STR_INIT("/sign-in"),
    .fields = answer_fields,
    .field_count = ANSWER_FIELDS,
};

result handle_sign_on_back(struct exchange *exchange, struct err *err)
{
    struct sign_on_desk *desk = NULL;
    struct input_value begin[ANSWER_FIELDS] = {{.given = false}};
    struct form_page form = answer_page;
    TRY(find_desk(exchange, &desk, err));
    for (size_t i = 0; i < ANSWER_FIELDS; i++) {
        begin[i].text = exchange_query(exchange, str_from_c(answer_fields[i].name));
        begin[i].given = begin[i].text.len > 0;
    }
    form.begin = begin;
    OWN_PAGE struct page page;
    page_open(&page, exchange, "form", form.title, "");
    page_speak_unless_staff(&page);
    return handler_form_page(&page, &form, 200, err);
}

/* The question that this browser was sent there with, and what it was for. */
static result take_question(struct exchange *exchange, str token,
                            struct provider_question *ret_question,
                            enum ceremony_purpose *ret_purpose, struct err *err)
{
    static const enum ceremony_purpose purposes[] = {CEREMONY_SIGN_ON, CEREMONY_SIGN_ON_AGAIN};
    uint8_t secret[PROVIDER_SECRET_SIZE];
    bool taken = false;
    for (size_t i = 0; i < 2 && !taken; i++) {
        *ret_purpose = purposes[i];
        TRY(casework_take_question(exchange->casework, purposes[i], token, secret, &taken, err));
    }
    if (!taken) {
        result_ignore(err_set(err, ERROR_UNAUTHENTICATED,
                              TOLD("This browser was asked nothing, or it took too long")),
                      "the hint follows");
        return err_hint(err, TOLD("Begin again at the sign-in page."));
    }
    provider_question_of(secret, ret_question);
    return result_ok();
}

static bool acr_is_asked(str asked, str acr)
{
    str left = asked;
    while (left.len > 0 && acr.len > 0) {
        const struct str_cut cut = str_cut(left, ' ');
        if (str_equal(cut.head, acr)) {
            return true;
        }
        left = cut.tail;
    }
    return false;
}

static result ask_provider(struct exchange *exchange, const struct input_value *values,
                           const struct provider_question *question, int64_t age_max,
                           struct signed_on *ret_signed_on, struct err *err)
{
    struct sign_on_desk *desk = NULL;
    struct provider provider;
    struct id_token token;
    TRY(find_desk(exchange, &desk, err));
    const struct sign_on_options *options = sign_on_desk_options(desk);
    const struct provider_answer answer = {.state = values[0].text,
                                           .issuer = values[1].text,
                                           .code = values[2].text,
                                           .error = values[3].text};
    TRY(sign_on_desk_provider(desk, exchange->arena, &provider, err));
    TRY(provider_check_answer(&options->client, &provider, question, &answer, err));
    TRY(sign_on_desk_trade(desk, &provider, question, answer.code, age_max, exchange->arena, &token,
                           err));
    *ret_signed_on = (struct signed_on){
        .issuer = options->client.issuer,
        .subject = token.subject,
        .signed_in_at = token.signed_in_at,
        .second_factor = options->their_second_factor &&
                         (token.by_two_factors || acr_is_asked(options->client.acr, token.acr)),
        .second_factor_due = options->their_second_factor,
    };
    return result_ok();
}

static const struct input_field factor_fields[] = {
    {"code", SAY("Code of your authenticator app"), NULL, INPUT_TEXT, NULL, "one-time-code"},
    {"passkey", "", NULL, INPUT_HIDDEN, NULL, NULL},
};
enum { FACTOR_FIELDS = sizeof factor_fields / sizeof factor_fields[0] };

static const struct form_page factor_page = {
    .title = STR_INIT(SAY("Your second factor")),
    .lead = STR_INIT(SAY("Your account here has a second factor. Use it within five minutes.")),
    .action = STR_INIT("/sign-in/provider/second-factor"),
    .submit = SAY("Sign in"),
    .cancel_href = STR_INIT("/sign-in"),
    .fields = factor_fields,
    .field_count = FACTOR_FIELDS,
};

static result ask_for_factor(struct exchange *exchange, struct err *err)
{
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = json_object();
        json_set(resource, "second_factor",
                 json_string("POST {\"code\"} to /sign-in/provider/second-factor"));
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "form", factor_page.title, "");
    page_speak_unless_staff(&page);
    return handler_form_page(&page, &factor_page, 200, err);
}

static result tell_unknown(struct exchange *exchange, const struct signed_on *signed_on,
                           struct err *err)
{
    result_ignore(err_set(err, ERROR_FORBIDDEN,
                          "No account here is linked to yours at %.*s: subject %.*s",
                          STR_ARG(signed_on->issuer), STR_ARG(signed_on->subject)),
                  "the hint follows");
    (void)exchange;
    return err_hint(err, "Give issuer and subject to whoever manages the accounts here; they link "
                         "your account to them.");
}

static result tell_lacks(struct err *err)
{
    result_ignore(err_set(err, ERROR_FORBIDDEN,
                          TOLD("Signing in needs a second factor: the provider did not ask for "
                               "one, and your account has none here")),
                  "the hint follows");
    return err_hint(err, TOLD("Sign in there with a second factor."));
}

static result finish(struct exchange *exchange, const struct sign_on_answer *answer, str then,
                     struct err *err)
{
    session_cookie_clear(exchange, browser_cookie);
    if (answer->outcome == SIGN_ON_OPENED) {
        session_cookie_set(exchange, provider_cookie, STR("yes"), "");
        return sign_in_done(exchange, answer->token, &answer->account, err);
    }
    watch_opened(exchange, SECURITY_PROVEN, answer->account.username);
    session_set_cookie(exchange, str_from_c(answer->token));
    if (exchange_wants_html(exchange)) {
        answer_see_other(exchange, then);
        return result_ok();
    }
    answer_text(exchange, 204, STR(""), STR(""));
    return result_ok();
}

static result go_on(struct exchange *exchange, const struct signed_on *signed_on,
                    const struct browser *browser, str session, struct err *err)
{
    struct sign_on_answer answer;
    exchange->watched.by = STR("provider");
    TRY(casework_sign_on(exchange->casework, signed_on, browser->token, session, exchange->arena,
                         &answer, err));
    switch (answer.outcome) {
    case SIGN_ON_OPENED:
    case SIGN_ON_PROVEN:
        return finish(exchange, &answer, browser->then, err);
    case SIGN_ON_UNKNOWN:
        return tell_unknown(exchange, signed_on, err);
    case SIGN_ON_ASKS:
        return ask_for_factor(exchange, err);
    case SIGN_ON_LACKS:
        return tell_lacks(err);
    }
    ASSERT(false);
}

result handle_sign_on_answer(struct exchange *exchange, struct err *err)
{
    struct input_value values[ANSWER_FIELDS];
    struct faults faults = {0};
    struct provider_question question;
    struct signed_on signed_on;
    enum ceremony_purpose purpose = CEREMONY_SIGN_ON;
    const struct browser browser = find_browser(exchange);
    TRY(input_read(exchange, answer_fields, ANSWER_FIELDS, values, &faults, err));
    TRY(faults_result(&faults, err));
    TRY(take_question(exchange, browser.token, &question, &purpose, err));
    const bool again = purpose == CEREMONY_SIGN_ON_AGAIN;
    TRY(ask_provider(exchange, values, &question, age_seconds_max(exchange, purpose), &signed_on,
                     err));
    exchange->signed_in = exchange->signed_in && again;
    return go_on(exchange, &signed_on, &browser, again ? exchange->token : STR(""), err);
}

/* --- the second factor ------------------------------------------------------------------------ */

static result give_factor(struct exchange *exchange, const struct input_value *values,
                          const struct browser *browser, struct sign_on_answer *ret_answer,
                          struct err *err)
{
    struct passkey_sent sent;
    const bool by_passkey = values[1].given;
    exchange->watched.by = by_passkey ? STR("provider passkey") : STR("provider code");
    if (by_passkey) {
        TRY(passkey_read_sent(exchange, values[1].text, &sent, err));
    }
    return casework_sign_on_with(exchange->casework, browser->token,
                                 exchange->signed_in ? exchange->token : STR(""), values[0].text,
                                 by_passkey ? &sent : NULL, exchange->arena, ret_answer, err);
}

result handle_sign_on_second_factor(struct exchange *exchange, struct err *err)
{
    struct input_value values[FACTOR_FIELDS];
    struct faults faults = {0};
    struct err problem = {0};
    struct sign_on_answer answer;
    const struct browser browser = find_browser(exchange);
    TRY(input_read(exchange, factor_fields, FACTOR_FIELDS, values, &faults, err));
    TRY(faults_result(&faults, err));
    const result given = give_factor(exchange, values, &browser, &answer, &problem);
    if (given.ok) {
        return finish(exchange, &answer, browser.then, err);
    }
    if (problem.code != ERROR_UNAUTHENTICATED || !exchange_wants_html(exchange)) {
        *err = problem;
        return given;
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "form", factor_page.title, "");
    page_speak_unless_staff(&page);
    fault_add_problem(&faults, exchange->arena, STR("code"), &problem);
    page_refuse(&page, &faults);
    return handler_form_page(&page, &factor_page, 401, err);
}

/* --- leaving ---------------------------------------------------------------------------------- */

result sign_on_leave(struct exchange *exchange, bool *ret_elsewhere, struct err *err)
{
    struct sign_on_desk *desk = exchange->web->options.sign_on;
    struct provider provider;
    struct err problem = {0};
    str address;
    *ret_elsewhere = false;
    if (desk == NULL || session_cookie_get(exchange, provider_cookie).len == 0) {
        return result_ok();
    }
    session_cookie_clear(exchange, provider_cookie);
    if (!sign_on_desk_provider(desk, exchange->arena, &provider, &problem).ok ||
        provider.end_session.len == 0) {
        return result_ok();
    }
    const str then =
        arena_format(exchange->arena, "%.*s/sign-in", STR_ARG(exchange->web->options.origin));
    TRY(provider_farewell(&sign_on_desk_options(desk)->client, &provider, then, exchange->arena,
                          &address, err));
    *ret_elsewhere = true;
    exchange->signed_in = false;
    const struct elsewhere there = {.title = SAY("You are signed out here"),
                                    .lead = SAY("Your session at the provider ends as well."),
                                    .address = address};
    return answer_elsewhere(exchange, &there, err);
}
