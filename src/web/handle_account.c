/* One's own account: the second factor, the sessions, and proving once more that it is oneself. */
#include "casework/own_account.h"

#include "web/passkey.h"
#include "web/session.h"
#include "web/sign_on.h"
#include "web/watch.h"

/* --- the page --------------------------------------------------------------------------------- */

/* As an instant is written in JSON, or on a page in its language. */
static json_t *instant_object(const struct page *page, instant at)
{
    struct exchange *exchange = page->exchange;
    return exchange_wants_html(exchange) ? speech_instant(&page->speech, exchange->arena, at)
                                         : json_of_instant(at);
}

static json_t *session_object(const struct page *page, const struct session_line *line)
{
    json_t *object = json_object();
    json_set(object, "name", json_string(line->name));
    json_set_flag(object, "own", line->own);
    json_set(object, "opened_at", instant_object(page, line->opened_at));
    json_set(object, "seen_at", instant_object(page, line->seen_at));
    if (exchange_wants_html(page->exchange)) {
        json_set_str(object, "form_token", page->exchange->session.form_token);
    }
    return object;
}

static json_t *passkey_objects(const struct page *page, const struct passkey_line *lines,
                               size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();
        json_set(object, "name", json_string(lines[i].name));
        json_set_str(object, "title", lines[i].title);
        json_set(object, "created_at", instant_object(page, lines[i].created_at));
        json_set(object, "used_at",
                 lines[i].used_at.milliseconds != 0 ? instant_object(page, lines[i].used_at)
                                                    : json_false());
        json_add(list, object);
    }
    return list;
}

/* {"username","has_second_factor","sessions":[{"name","opened_at","seen_at","own"}],
 * "passkeys":[{"name","title","created_at","used_at"}]} */
static json_t *own_object(const struct page *page, const struct own_account *own,
                          const struct passkey_line *passkeys, size_t passkey_count)
{
    struct passkey_site site;
    json_t *object = json_object();
    json_t *sessions = json_array();
    for (size_t i = 0; i < own->session_count; i++) {
        json_add(sessions, session_object(page, &own->sessions[i]));
    }
    json_set_str(object, "username", own->account.username);
    json_set_flag(object, "has_second_factor", own->has_second_factor);
    json_set(object, "sessions", sessions);
    json_set(object, "passkeys", passkey_objects(page, passkeys, passkey_count));
    json_set_flag(object, "has_passkeys", passkey_count > 0);
    json_set_flag(object, "may_have_passkeys", passkey_site_of(page->exchange, &site));
    return object;
}

result handle_own_account(struct exchange *exchange, struct err *err)
{
    struct own_account own;
    const struct passkey_line *passkeys = NULL;
    size_t passkey_count = 0;
    TRY(casework_own_account(exchange->casework, &exchange->caller, exchange->token,
                             exchange->arena, &own, err));
    TRY(casework_passkeys(exchange->casework, &exchange->caller, exchange->arena, &passkeys,
                          &passkey_count, err));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "own_account", STR(SAY("Your account")), "/account");
    page_speak_unless_staff(&page);
    json_auto_t *resource = own_object(&page, &own, passkeys, passkey_count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    json_set_str(resource, "form_token", exchange->session.form_token);
    page_set(&page, "own", json_incref(resource));
    return page_answer(&page, 200, err);
}

/* A form below it. */
static void open_form(struct page *page, struct exchange *exchange, const struct form_page *form)
{
    page_open(page, exchange, "form", form->title, "/account");
    page_speak_unless_staff(page);
    page_crumb(page, STR(SAY("Your account")), STR("/account"));
}

/* What was done on the page, told there. */
static result done(struct exchange *exchange, const char *notice, struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, STR("/account"), notice, err);
    }
    answer_text(exchange, 204, STR(""), STR(""));
    return result_ok();
}

result handle_session_end(struct exchange *exchange, struct err *err)
{
    const str name = exchange->match.parameters[0];
    const bool others = str_equal(name, STR("others"));
    TRY(casework_end_session(exchange->casework, &exchange->caller, exchange->token,
                             others ? STR("") : name, exchange->arena, err));
    return done(exchange, "sessions-ended", err);
}

/* --- the password ----------------------------------------------------------------------------- */

static const struct input_field password_fields[] = {
    {"current", SAY("The password that counts now"), SAY("Nothing, if you never had one"),
     INPUT_PASSWORD, NULL, "current-password"},
    {"password", SAY("New password"),
     SAY("12 characters at least; several words are easy to remember"), INPUT_PASSWORD,
     SAY("Choose a password"), "new-password"},
    {"again", SAY("The new password once more"), NULL, INPUT_PASSWORD,
     SAY("Type the new password once more"), "new-password"},
};
enum { PASSWORD_FIELDS = sizeof password_fields / sizeof password_fields[0] };

static const struct form_page password_page = {
    .title = STR_INIT(SAY("Change your password")),
    .lead = STR_INIT(SAY("Everywhere else you are signed out.")),
    .action = STR_INIT("/account/password"),
    .submit = SAY("Change it"),
    .cancel_href = STR_INIT("/account"),
    .fields = password_fields,
    .field_count = PASSWORD_FIELDS,
};

result handle_password_form(struct exchange *exchange, struct err *err)
{
    if (exchange->caller.unproven) {
        return err_set(err, ERROR_UNPROVEN, "Confirm first that it is still you");
    }
    OWN_PAGE struct page page;
    open_form(&page, exchange, &password_page);
    return handler_form_page(&page, &password_page, 200, err);
}

/* A program need not type it twice. */
static bool is_typed_twice(const struct exchange *exchange, const struct input_value *values)
{
    return exchange->input.is_json || str_equal(values[1].text, values[2].text);
}

static result change_password(struct exchange *exchange, const struct input_value *values,
                              struct faults *faults, struct err *err)
{
    struct err problem = {0};
    const struct new_password wanted = {.token = exchange->token,
                                        .current = values[0].given ? values[0].text : STR(""),
                                        .password = values[1].text};
    if (casework_change_password(exchange->casework, &exchange->caller, &wanted, exchange->arena,
                                 &problem)
            .ok) {
        return result_ok();
    }
    if (problem.code != ERROR_INPUT && problem.code != ERROR_UNAUTHENTICATED) {
        return err_set(err, problem.code, "%s", problem.what);
    }
    fault_add_problem(faults, exchange->arena,
                      problem.code == ERROR_INPUT ? STR("password") : STR("current"), &problem);
    return result_ok();
}

result handle_password(struct exchange *exchange, struct err *err)
{
    struct input_value values[PASSWORD_FIELDS];
    struct faults faults = {0};
    OWN_PAGE struct page page;
    open_form(&page, exchange, &password_page);
    TRY(input_read(exchange, password_fields, exchange->input.is_json ? 2 : PASSWORD_FIELDS, values,
                   &faults, err));
    if (faults.count == 0 && !is_typed_twice(exchange, values)) {
        fault_add(&faults, STR("again"), STR("/again"), STR(SAY("The two new passwords differ")));
    }
    if (faults.count == 0) {
        TRY(change_password(exchange, values, &faults, err));
    }
    return faults.count == 0 ? done(exchange, "password-changed", err)
                             : handler_faults(&page, &password_page, &faults, err);
}

/* --- the second factor ------------------------------------------------------------------------ */

static const struct input_field code_fields[] = {
    {"code", SAY("The six digits that the app shows now"), NULL, INPUT_TEXT, SAY("Enter the code"),
     "one-time-code"},
};
static const struct input_field removal_fields[] = {
    {"reason", SAY("Why it is removed"), NULL, INPUT_TEXT, SAY("Enter why it is removed"), NULL},
};
enum { CODE_FIELDS = 1, REMOVAL_FIELDS = 1 };

static const struct form_page code_page = {
    .title = STR_INIT(SAY("Set up an authenticator app")),
    .action = STR_INIT("/account/second-factor/confirmation"),
    .submit = SAY("Turn it on"),
    .cancel_href = STR_INIT("/account"),
    .fields = code_fields,
    .field_count = CODE_FIELDS,
};

/* In groups of four, as one types it; apps take it with the spaces and without. */
static str in_groups(struct arena *arena, str key)
{
    struct buf buf;
    buf_init(&buf, arena, 2 * key.len);
    for (size_t i = 0; i < key.len; i++) {
        buf_put_c(&buf, i > 0 && i % 4 == 0 ? " " : "");
        buf_put_char(&buf, key.at[i]);
    }
    return buf_str(&buf);
}

result handle_second_factor(struct exchange *exchange, struct err *err)
{
    struct second_factor_offer offer;
    TRY(casework_offer_second_factor(exchange->casework, &exchange->caller, exchange->arena, &offer,
                                     err));
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = json_object();
        json_set(resource, "secret", json_string(offer.secret));
        json_set_str(resource, "address", offer.address);
        return answer_json(exchange, 201, resource, err);
    }
    OWN_PAGE struct page page;
    struct form_page form = code_page;
    open_form(&page, exchange, &form);
    form.lead = speech_fill(
        page.speech.catalogue, exchange->arena,
        SAY("Add an account in the app and type in this key: {{key}}. It is shown once."),
        in_groups(exchange->arena, str_from_c(offer.secret)));
    return handler_form_page(&page, &form, 200, err);
}

result handle_second_factor_confirmation(struct exchange *exchange, struct err *err)
{
    struct input_value values[CODE_FIELDS];
    struct faults faults = {0};
    OWN_PAGE struct page page;
    open_form(&page, exchange, &code_page);
    TRY(input_read(exchange, code_fields, CODE_FIELDS, values, &faults, err));
    if (faults.count == 0) {
        struct err problem = {0};
        if (casework_confirm_second_factor(exchange->casework, &exchange->caller, exchange->token,
                                           values[0].text, exchange->arena, &problem)
                .ok) {
            return done(exchange, "second-factor-set", err);
        }
        if (problem.code != ERROR_INPUT) {
            return err_set(err, problem.code, "%s", problem.what);
        }
        fault_add_problem(&faults, exchange->arena, STR("code"), &problem);
    }
    return handler_faults(&page, &code_page, &faults, err);
}

static const struct form_page removal_page = {
    .title = STR_INIT(SAY("Remove the second factor")),
    .lead = STR_INIT(SAY("From then on your password alone opens your account.")),
    .action = STR_INIT("/account/second-factor/removal"),
    .submit = SAY("Remove it"),
    .danger = true,
    .cancel_href = STR_INIT("/account"),
    .fields = removal_fields,
    .field_count = REMOVAL_FIELDS,
};

result handle_second_factor_removal_form(struct exchange *exchange, struct err *err)
{
    OWN_PAGE struct page page;
    open_form(&page, exchange, &removal_page);
    return handler_form_page(&page, &removal_page, 200, err);
}

/* Whoever removes it proves first that it is still them. */
result handle_second_factor_removal(struct exchange *exchange, struct err *err)
{
    struct input_value values[REMOVAL_FIELDS];
    struct faults faults = {0};
    OWN_PAGE struct page page;
    open_form(&page, exchange, &removal_page);
    TRY(input_read(exchange, removal_fields, REMOVAL_FIELDS, values, &faults, err));
    if (faults.count > 0) {
        return handler_faults(&page, &removal_page, &faults, err);
    }
    TRY(casework_remove_second_factor(exchange->casework, &exchange->caller,
                                      exchange->session.account.username, values[0].text,
                                      exchange->arena, err));
    return done(exchange, "second-factor-removed", err);
}

/* --- proving once more ------------------------------------------------------------------------ */

static const struct input_field proof_fields[] = {
    {"password", SAY("Password"), NULL, INPUT_PASSWORD, NULL, "current-password"},
    {"code", SAY("Code of your authenticator app"), SAY("If your account has one"), INPUT_TEXT,
     NULL, "one-time-code"},
    {"then", "", NULL, INPUT_HIDDEN, NULL, NULL},
    {"passkey", "", NULL, INPUT_HIDDEN, NULL, NULL},
};
enum { PROOF_FIELDS = sizeof proof_fields / sizeof proof_fields[0] };

static const struct form_page proof_page = {
    .title = STR_INIT(SAY("Confirm that it is you")),
    .lead = STR_INIT(
        SAY("You are about to do something that cannot easily be undone, and it is some time since "
            "you signed in. Send the form once more afterwards.")),
    .action = STR_INIT("/account/proof"),
    .submit = SAY("Confirm"),
    .cancel_href = STR_INIT("/"),
    .fields = proof_fields,
    .field_count = PROOF_FIELDS,
};

static void open_proof_page(struct page *page, struct exchange *exchange, str then)
{
    json_t *provider = sign_on_offer(exchange);
    if (json_is_object(provider)) {
        json_set_str(provider, "then", then);
    }
    page_open(page, exchange, "proof", proof_page.title, "");
    page_speak_unless_staff(page);
    page_set(page, "provider", provider);
}

result handle_proof_form(struct exchange *exchange, struct err *err)
{
    const str then = answer_own_address(exchange_query(exchange, STR("then")));
    const struct input_value begin[PROOF_FIELDS] = {[2] = {.given = true, .text = then}};
    struct form_page form = proof_page;
    form.begin = begin;
    OWN_PAGE struct page page;
    open_proof_page(&page, exchange, then);
    return handler_form_page(&page, &form, 200, err);
}

/* A browser goes on with another token; a program that sends its own keeps it. */
static result prove(struct exchange *exchange, const struct input_value *values, struct err *err)
{
    struct passkey_sent sent;
    char token[SESSION_TOKEN_SIZE];
    char *renewed = exchange->by_bearer ? NULL : token;
    watch_shown(exchange, values[0].given, values[1].given, values[3].given);
    if (values[3].given) {
        TRY(passkey_read_sent(exchange, values[3].text, &sent, err));
        TRY(casework_prove_session_with(exchange->casework, exchange->token, &sent, exchange->arena,
                                        renewed, err));
    } else {
        TRY(casework_prove_session(exchange->casework, exchange->token, values[0].text,
                                   values[1].given ? values[1].text : STR(""), exchange->arena,
                                   renewed, err));
    }
    watch_opened(exchange, SECURITY_PROVEN, exchange->session.account.username);
    if (renewed != NULL) {
        session_set_cookie(exchange, str_from_c(token));
    }
    return result_ok();
}

result handle_proof(struct exchange *exchange, struct err *err)
{
    struct input_value values[PROOF_FIELDS];
    struct faults faults = {0};
    struct err problem = {0};
    OWN_PAGE struct page page;
    TRY(input_read(exchange, proof_fields, PROOF_FIELDS, values, &faults, err));
    open_proof_page(&page, exchange,
                    answer_own_address(values[2].given ? values[2].text : STR("")));
    if (!values[0].given && !values[3].given) {
        fault_add(&faults, STR("password"), STR("/password"), STR(SAY("Enter your password")));
    }
    if (faults.count > 0) {
        return handler_faults(&page, &proof_page, &faults, err);
    }
    if (prove(exchange, values, &problem).ok) {
        if (exchange_wants_html(exchange)) {
            answer_see_other(exchange, answer_own_address(values[2].text));
            return result_ok();
        }
        answer_text(exchange, 204, STR(""), STR(""));
        return result_ok();
    }
    if (problem.code != ERROR_UNAUTHENTICATED) {
        return err_set(err, problem.code, "%s", problem.what);
    }
    fault_add_problem(&faults, exchange->arena, STR("password"), &problem);
    return handler_faults(&page, &proof_page, &faults, err);
}
