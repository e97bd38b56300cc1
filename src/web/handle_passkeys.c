/* Passkeys: what a browser is asked, and those that one's own account has. The pages' script asks
 * for a question, lets the browser answer it, and sends the answer in the form that stands there;
 * without the script an authenticator app does what a passkey does. */
#include "base/base64.h"
#include "web/passkey.h"

/* --- questions -------------------------------------------------------------------------------- */

static json_t *json_of_bytes(const struct exchange *exchange, const void *bytes, size_t size)
{
    struct buf buf;
    buf_init(&buf, exchange->arena, 2 * size + 8);
    base64url_put(&buf, bytes, size);
    return json_of_str(buf_str(&buf));
}

static json_t *credential_list(const struct exchange *exchange, const struct passkey_line *lines,
                               size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();
        json_set(object, "type", json_string("public-key"));
        json_set(object, "id",
                 json_of_bytes(exchange, lines[i].credential_id.at, lines[i].credential_id.len));
        json_add(list, object);
    }
    return list;
}

static result find_site(const struct exchange *exchange, struct passkey_site *ret_site,
                        struct err *err)
{
    if (passkey_site_of(exchange, ret_site)) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, TOLD("There are no passkeys at this address")),
                  "the hint follows");
    return err_hint(err, "They need an address of the desk's own: origin in the settings.");
}

static json_t *question_object(const struct exchange *exchange, const uint8_t *challenge)
{
    json_t *object = json_object();
    json_set(object, "challenge", json_of_bytes(exchange, challenge, PASSKEY_CHALLENGE_SIZE));
    json_set_int64(object, "timeout", CEREMONY_MINUTES * 60000);
    return object;
}

/* Anybody's: which accounts there are, and which have passkeys, is told to nobody. */
result handle_sign_in_question(struct exchange *exchange, struct err *err)
{
    uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
    struct passkey_site site;
    str token;
    exchange->signed_in = false;
    TRY(find_site(exchange, &site, err));
    TRY(passkey_set_token(exchange, &token, err));
    TRY(casework_ask(exchange->casework, CEREMONY_PASSKEY, token, challenge, err));
    json_auto_t *resource = question_object(exchange, challenge);
    json_set(resource, "rpId", json_string(site.rp_id));
    json_set(resource, "allowCredentials", json_array());
    return answer_json(exchange, 200, resource, err);
}

static result find_own(struct exchange *exchange, const struct passkey_line **ret_lines,
                       size_t *ret_count, struct err *err)
{
    return casework_passkeys(exchange->casework, &exchange->caller, exchange->arena, ret_lines,
                             ret_count, err);
}

result handle_proof_question(struct exchange *exchange, struct err *err)
{
    uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
    struct passkey_site site;
    const struct passkey_line *lines = NULL;
    size_t count = 0;
    TRY(find_site(exchange, &site, err));
    TRY(find_own(exchange, &lines, &count, err));
    TRY(casework_ask(exchange->casework, CEREMONY_PASSKEY, exchange->token, challenge, err));
    json_auto_t *resource = question_object(exchange, challenge);
    json_set(resource, "rpId", json_string(site.rp_id));
    json_set(resource, "userVerification", json_string("required"));
    json_set(resource, "allowCredentials", credential_list(exchange, lines, count));
    return answer_json(exchange, 200, resource, err);
}

/* The old one comes last: an authenticator takes the first that it knows. */
static json_t *algorithms(bool old)
{
    static const enum passkey_algorithm taken[] = {PASSKEY_EDDSA, PASSKEY_ES256, PASSKEY_RS256};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof taken / sizeof taken[0] - (old ? 0 : 1); i++) {
        json_t *object = json_object();
        json_set(object, "type", json_string("public-key"));
        json_set_int64(object, "alg", taken[i]);
        json_add(list, object);
    }
    return list;
}

static json_t *selection(void)
{
    json_t *object = json_object();
    json_set(object, "residentKey", json_string("preferred"));
    json_set(object, "userVerification", json_string("preferred"));
    return object;
}

static json_t *user_object(const struct exchange *exchange)
{
    uint8_t handle[USER_HANDLE_SIZE];
    json_t *user = json_object();
    casework_user_handle(exchange->session.account.id, handle);
    json_set(user, "id", json_of_bytes(exchange, handle, sizeof handle));
    json_set_str(user, "name", exchange->session.account.username);
    json_set_str(user, "displayName", exchange->session.account.name);
    return user;
}

result handle_passkey_question(struct exchange *exchange, struct err *err)
{
    uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
    struct passkey_site site;
    const struct passkey_line *lines = NULL;
    size_t count = 0;
    TRY(find_site(exchange, &site, err));
    TRY(find_own(exchange, &lines, &count, err));
    TRY(casework_ask(exchange->casework, CEREMONY_REGISTER_PASSKEY, exchange->token, challenge,
                     err));
    json_auto_t *resource = question_object(exchange, challenge);
    json_t *rp = json_object();
    json_set(rp, "id", json_string(site.rp_id));
    json_set(rp, "name", json_string("returnhub"));
    json_set(resource, "rp", rp);
    json_set(resource, "user", user_object(exchange));
    json_set(resource, "pubKeyCredParams", algorithms(site.old_signatures));
    json_set(resource, "excludeCredentials", credential_list(exchange, lines, count));
    json_set(resource, "authenticatorSelection", selection());
    json_set(resource, "attestation", json_string("none"));
    return answer_json(exchange, 200, resource, err);
}

/* --- one's own -------------------------------------------------------------------------------- */

static const struct input_field new_fields[] = {
    {"title", SAY("What you call it"), SAY("For example: blue key, office computer"), INPUT_TEXT,
     SAY("Enter what you call it"), NULL},
    {"passkey", "", NULL, INPUT_HIDDEN,
     SAY("A browser with scripts is needed to register a passkey"), NULL},
};
static const struct input_field removal_fields[] = {
    {"reason", SAY("Why it is removed"), NULL, INPUT_TEXT, SAY("Enter why it is removed"), NULL},
};
enum { NEW_FIELDS = 2, REMOVAL_FIELDS = 1 };

static const struct form_page new_page = {
    .title = STR_INIT(SAY("Register a passkey")),
    .lead = STR_INIT(
        SAY("A passkey is kept by your computer, your telephone or a security key. With it you "
            "sign in without a password, or beside one. It needs a browser with scripts; an "
            "authenticator app needs none.")),
    .action = STR_INIT("/account/passkeys"),
    .submit = SAY("Register a passkey"),
    .cancel_href = STR_INIT("/account"),
    .fields = new_fields,
    .field_count = NEW_FIELDS,
};

static void open_page(struct page *page, struct exchange *exchange, str title)
{
    page_open(page, exchange, "form", title, "/account");
    page_speak_unless_staff(page);
    page_crumb(page, STR(SAY("Your account")), STR("/account"));
}

static result done(struct exchange *exchange, const char *notice, int status, struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, STR("/account"), notice, err);
    }
    answer_text(exchange, status, STR(""), STR(""));
    return result_ok();
}

/* Whoever comes here proves first that it is still them. */
static result require_proof(const struct exchange *exchange, struct err *err)
{
    return exchange->caller.unproven
               ? err_set(err, ERROR_UNPROVEN, "Confirm first that it is still you")
               : result_ok();
}

result handle_passkey_new(struct exchange *exchange, struct err *err)
{
    struct passkey_site site;
    OWN_PAGE struct page page;
    TRY(require_proof(exchange, err));
    TRY(find_site(exchange, &site, err));
    open_page(&page, exchange, new_page.title);
    return handler_form_page(&page, &new_page, 200, err);
}

static result register_it(struct exchange *exchange, const struct input_value *values,
                          struct err *err)
{
    struct passkey_field field;
    struct new_passkey wanted = {.token = exchange->token, .title = values[0].text};
    TRY(find_site(exchange, &wanted.site, err));
    TRY(passkey_read(exchange, values[1].text, &field, err));
    wanted.client_data = field.client_data;
    wanted.authenticator_data = field.authenticator_data;
    return casework_register_passkey(exchange->casework, &exchange->caller, &wanted,
                                     exchange->arena, err);
}

result handle_passkey_register(struct exchange *exchange, struct err *err)
{
    struct input_value values[NEW_FIELDS];
    struct faults faults = {0};
    struct err problem = {0};
    OWN_PAGE struct page page;
    TRY(require_proof(exchange, err));
    open_page(&page, exchange, new_page.title);
    TRY(input_read(exchange, new_fields, NEW_FIELDS, values, &faults, err));
    if (faults.count == 0) {
        if (register_it(exchange, values, &problem).ok) {
            return done(exchange, "passkey-registered", 201, err);
        }
        if (problem.code != ERROR_INPUT && problem.code != ERROR_CONFLICT) {
            return err_set(err, problem.code, "%s", problem.what);
        }
        fault_add_problem(&faults, exchange->arena, STR("title"), &problem);
    }
    return handler_faults(&page, &new_page, &faults, err);
}

static struct form_page removal_page(struct exchange *exchange)
{
    return (struct form_page){
        .title = STR(SAY("Remove the passkey")),
        .lead = STR(SAY("It opens your account no more. Remove it from the device as well.")),
        .action = page_href(exchange->arena, "/account/passkeys/%s/removal",
                            exchange->match.parameters[0], STR("")),
        .submit = SAY("Remove it"),
        .danger = true,
        .cancel_href = STR("/account"),
        .fields = removal_fields,
        .field_count = REMOVAL_FIELDS};
}

static result check_passkey(const struct exchange *exchange, struct err *err)
{
    const struct passkey_line *lines = NULL;
    size_t count = 0;
    bool found = false;
    TRY(casework_passkeys(exchange->casework, &exchange->caller, exchange->arena, &lines, &count,
                          err));
    for (size_t i = 0; i < count; i++) {
        found = found || str_equal(str_from_c(lines[i].name), exchange->match.parameters[0]);
    }
    return found ? result_ok() : err_set(err, ERROR_NOT_FOUND, "Not found");
}

result handle_passkey_removal_form(struct exchange *exchange, struct err *err)
{
    const struct form_page form = removal_page(exchange);
    OWN_PAGE struct page page;
    TRY(require_proof(exchange, err));
    TRY(check_passkey(exchange, err));
    open_page(&page, exchange, form.title);
    return handler_form_page(&page, &form, 200, err);
}

result handle_passkey_removal(struct exchange *exchange, struct err *err)
{
    struct input_value values[REMOVAL_FIELDS];
    struct faults faults = {0};
    const struct form_page form = removal_page(exchange);
    OWN_PAGE struct page page;
    open_page(&page, exchange, form.title);
    TRY(input_read(exchange, removal_fields, REMOVAL_FIELDS, values, &faults, err));
    if (faults.count > 0) {
        return handler_faults(&page, &form, &faults, err);
    }
    TRY(casework_remove_passkey(exchange->casework, &exchange->caller,
                                exchange->session.account.username, exchange->match.parameters[0],
                                values[0].text, exchange->arena, err));
    return done(exchange, "passkey-removed", 204, err);
}
