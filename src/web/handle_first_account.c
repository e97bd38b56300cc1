/* The first account of a register that has none, for who holds the token that the program printed.
 * When there is none to be opened the address is like any other that does not exist. */
#include "casework/first_account.h"

#include "casework/administration.h"
#include "web/handler.h"

static const struct input_field fields[] = {
    {"token", "Token", "The program printed it when it was started", INPUT_PASSWORD,
     "Enter the token", "one-time-code"},
    {"name", "Your full name", "It stands beside what you do", INPUT_TEXT, "Enter your name",
     "name"},
    {"username", "Username", "2 to 64 of a-z, 0-9, dot, underscore, hyphen", INPUT_TEXT,
     "Choose a username", "username"},
    {"password", "Password", "At least 12 characters; several words are easy to remember",
     INPUT_PASSWORD, "Choose a password", "new-password"},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static const struct form_page form = {
    .title = STR_INIT("Begin this register"),
    .lead = STR_INIT("Nobody has an account here yet. The first one is an administrator, who opens "
                     "the others and sees no case."),
    .action = STR_INIT("/first-account"),
    .submit = "Open the account",
    .fields = fields,
    .field_count = FIELDS,
};

static result check_waits(const struct exchange *exchange, struct err *err)
{
    bool waits = false;
    TRY(casework_first_account_waits(exchange->casework, &waits, err));
    return waits ? result_ok() : err_set(err, ERROR_NOT_FOUND, "Not found");
}

result handle_first_account_form(struct exchange *exchange, struct err *err)
{
    TRY(check_waits(exchange, err));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "form", form.title, "");
    return handler_form_page(&page, &form, 200, err);
}

static result opened(struct exchange *exchange, const struct account_row *account, struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, STR("/sign-in"), "first-account", err);
    }
    json_auto_t *resource = json_object();
    json_set_str(resource, "username", account->username);
    json_set_str(resource, "role", account->role);
    return answer_json(exchange, 201, resource, err);
}

result handle_first_account(struct exchange *exchange, struct err *err)
{
    struct input_value values[FIELDS];
    struct faults faults = {0};
    struct err problem = {0};
    struct account_row account;
    OWN_PAGE struct page page;
    TRY(check_waits(exchange, err));
    page_open(&page, exchange, "form", form.title, "");
    TRY(input_read(exchange, fields, FIELDS, values, &faults, err));
    if (values[2].given && !account_check_username(values[2].text, &problem).ok) {
        fault_add_problem(&faults, exchange->arena, STR("username"), &problem);
    }
    if (faults.count > 0) {
        return handler_faults(&page, &form, &faults, err);
    }
    const struct first_account wanted = {.token = str_trim(values[0].text),
                                         .name = values[1].text,
                                         .username = values[2].text,
                                         .password = values[3].text};
    if (casework_open_first_account(exchange->casework, &wanted, exchange->arena, &account,
                                    &problem)
            .ok) {
        return opened(exchange, &account, err);
    }
    if (problem.code != ERROR_UNAUTHENTICATED && problem.code != ERROR_INPUT) {
        return err_set(err, problem.code, "%s", problem.what);
    }
    fault_add_problem(&faults, exchange->arena,
                      problem.code == ERROR_INPUT ? STR("password") : STR("token"), &problem);
    return handler_faults(&page, &form, &faults, err);
}
