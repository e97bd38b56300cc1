/* Accounts, for whoever manages them: opening one, its role, what it is known by at a provider, and
 * what is done when a device is lost. Passwords are set by the command line. */
#include "casework/administration.h"
#include "casework/own_account.h"
#include "casework/sign_on.h"

#include "web/deed.h"
#include "web/sign_on_desk.h"
#include "web/view_table.h"

struct one_account {
    const struct account_line *line;
    const struct subject_link *links;
    size_t link_count;
};

/* --- resources -------------------------------------------------------------------------------- */

/* {"username","name","role","hub","state"} */
static json_t *account_object(const struct account_line *line)
{
    json_t *object = json_object();
    json_set_str(object, "username", line->row.username);
    json_set_str(object, "name", line->row.name);
    json_set_str(object, "role", line->row.role);
    json_set_str(object, "hub", line->hub);
    json_set(object, "state",
             json_string(line->row.closed     ? "closed"
                         : line->has_password ? "open"
                                              : "open, has no password"));
    return object;
}

/* The same with "closed" and "links":[{"issuer","subject"}] */
static json_t *one_account_object(const struct one_account *one)
{
    json_t *object = account_object(one->line);
    json_t *links = json_array();
    for (size_t i = 0; i < one->link_count; i++) {
        json_t *link = json_object();
        json_set_str(link, "issuer", one->links[i].issuer);
        json_set_str(link, "subject", one->links[i].subject);
        json_add(links, link);
    }
    json_set_flag(object, "closed", one->line->row.closed);
    json_set(object, "links", links);
    return object;
}

static str address_of(const struct exchange *exchange, str username)
{
    return page_href(exchange->arena, "/accounts/%s", username, STR(""));
}

static result read_lines(struct exchange *exchange, const struct account_line **ret_lines,
                         size_t *ret_count, struct err *err)
{
    return casework_accounts(exchange->casework, &exchange->caller, exchange->arena, ret_lines,
                             ret_count, err);
}

static result load(struct exchange *exchange, str username, struct one_account *ret_one,
                   struct err *err)
{
    const struct account_line *lines = NULL;
    size_t count = 0;
    TRY(read_lines(exchange, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(lines[i].row.username, username)) {
            ret_one->line = &lines[i];
            return casework_links(exchange->casework, &exchange->caller, username, exchange->arena,
                                  &ret_one->links, &ret_one->link_count, err);
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "There is no such account");
}

/* --- all -------------------------------------------------------------------------------------- */

static const struct deed openings[1];

static json_t *accounts_table(const struct exchange *exchange, const struct account_line *lines,
                              size_t count)
{
    static const struct view_column columns[] = {
        {"Username", false}, {"Name", false}, {"Role", false}, {"Hub", false}, {"State", false}};
    const struct view_context context = handler_view(exchange);
    struct view_table table;
    view_table_open(&table, &context, STR("Accounts"), columns, 5, "There is no account.");
    for (size_t i = 0; i < count; i++) {
        json_auto_t *object = account_object(&lines[i]);
        view_row(&table);
        view_cell_link(&table, lines[i].row.username, address_of(exchange, lines[i].row.username));
        view_cell_text(&table, lines[i].row.name);
        view_cell_text(&table, str_from_c(role_title(role_from_name(lines[i].row.role))));
        view_cell_text(&table, lines[i].hub);
        view_cell_text(&table, arena_copy(exchange->arena, json_str_or_empty(object, "state")));
    }
    return view_table_close(&table);
}

/* {"accounts":[...]} */
result handle_accounts(struct exchange *exchange, struct err *err)
{
    const struct account_line *lines = NULL;
    size_t count = 0;
    TRY(read_lines(exchange, &lines, &count, err));
    json_auto_t *resource = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, account_object(&lines[i]));
    }
    json_set(resource, "accounts", list);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "accounts", STR("Accounts"), "/accounts");
    page_set(&page, "table", accounts_table(exchange, lines, count));
    deeds_offer(&page, openings, 1, STR("/accounts"), resource);
    return page_answer(&page, 200, err);
}

/* --- what can be done ------------------------------------------------------------------------- */

static const struct input_field opening_fields[] = {
    {"username", "Username", "2 to 64 of a-z, 0-9, dot, underscore, hyphen; never given out again",
     INPUT_TEXT, "Choose a username", "off"},
    {"name", "Full name", NULL, INPUT_TEXT, "Enter the name", "off"},
    {"role", "Role", NULL, INPUT_CHOICE, "Choose the role", NULL},
    {"hub", "Hub", "Its reference, for a role that is limited to one hub", INPUT_TEXT, NULL, NULL},
};
static const struct input_field role_fields[] = {
    {"role", "Role", NULL, INPUT_CHOICE, "Choose the role", NULL},
    {"hub", "Hub", "Its reference, for a role that is limited to one hub", INPUT_TEXT, NULL, NULL},
    {"reason", "Why", NULL, INPUT_TEXT, "Enter why", NULL},
};
static const struct input_field link_fields[] = {
    {"issuer", "Provider", "What it calls itself: an address", INPUT_TEXT,
     "Enter what the provider calls itself", "off"},
    {"subject", "Subject", "Who they are there; it is told to whoever signs in and is not linked",
     INPUT_TEXT, "Enter who they are there", "off"},
    {"reason", "Why", "How you know that it is them", INPUT_TEXT, "Enter why", NULL},
};
static const struct input_field reason_fields[] = {
    {"reason", "Why", NULL, INPUT_TEXT, "Enter why", NULL},
};

static const struct one_account *account_of(const struct deed_form *form)
{
    return form->thing;
}

static result choose_role(struct deed_form *form, struct err *err)
{
    TRY(deed_choices(form, "role", ROLE_COUNT, err));
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        deed_choice(form, "role", str_from_c(role_name((enum account_role)role)),
                    str_from_c(role_title((enum account_role)role)));
    }
    if (account_of(form) != NULL) {
        deed_shows_text(form, "role", account_of(form)->line->row.role);
        deed_shows_text(form, "hub", account_of(form)->line->hub);
    }
    return result_ok();
}

static result act_open(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct account_line line = {.hub = deed_text(form, "hub")};
    const struct new_account wanted = {.username = deed_text(form, "username"),
                                       .name = deed_text(form, "name"),
                                       .role = deed_text(form, "role"),
                                       .hub = line.hub};
    TRY(casework_open_account(exchange->casework, &exchange->caller, &wanted, exchange->arena,
                              &line.row, err));
    form->answer = account_object(&line);
    form->status = 201;
    form->to = address_of(exchange, line.row.username);
    return result_ok();
}

/* As it is after what was done. */
static result answer_anew(struct deed_form *form, struct err *err)
{
    struct one_account one;
    TRY(load(form->exchange, account_of(form)->line->row.username, &one, err));
    form->answer = one_account_object(&one);
    return result_ok();
}

static result act_role(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct account_row row;
    TRY(casework_change_account(exchange->casework, &exchange->caller,
                                account_of(form)->line->row.username, deed_text(form, "role"),
                                deed_text(form, "hub"), deed_text(form, "reason"), exchange->arena,
                                &row, err));
    return answer_anew(form, err);
}

static result prepare_link(struct deed_form *form, struct err *err)
{
    const struct sign_on_desk *desk = form->exchange->web->options.sign_on;
    (void)err;
    if (desk != NULL) {
        deed_begin_text(form, "issuer", sign_on_desk_options(desk)->client.issuer);
    }
    return result_ok();
}

static struct subject_link link_of(const struct deed_form *form)
{
    return (struct subject_link){.username = account_of(form)->line->row.username,
                                 .issuer = deed_text(form, "issuer"),
                                 .subject = deed_text(form, "subject")};
}

static result act_link(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct subject_link link = link_of(form);
    TRY(casework_link_subject(exchange->casework, &exchange->caller, &link,
                              deed_text(form, "reason"), exchange->arena, err));
    return answer_anew(form, err);
}

static result act_unlink(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct subject_link link = link_of(form);
    TRY(casework_unlink_subject(exchange->casework, &exchange->caller, &link,
                                deed_text(form, "reason"), exchange->arena, err));
    return answer_anew(form, err);
}

static result act_lost_device(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    TRY(casework_remove_factors(exchange->casework, &exchange->caller,
                                account_of(form)->line->row.username, deed_text(form, "reason"),
                                exchange->arena, err));
    return answer_anew(form, err);
}

static result act_sessions(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    TRY(casework_end_sessions(exchange->casework, &exchange->caller,
                              account_of(form)->line->row.username, deed_text(form, "reason"),
                              exchange->arena, err));
    return answer_anew(form, err);
}

static result act_close(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    TRY(casework_close_account(exchange->casework, &exchange->caller,
                               account_of(form)->line->row.username, deed_text(form, "reason"),
                               exchange->arena, err));
    return answer_anew(form, err);
}

static bool is_open(const json_t *resource)
{
    return !json_is_true(json_object_get(resource, "closed"));
}

static const struct deed openings[1] = {
    {.name = "new",
     .link = "Open an account",
     .title = "Open an account",
     .lead = "Nobody can sign in with it before it has a password or is linked to a provider.",
     .submit = "Open the account",
     .notice = "recorded",
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(opening_fields),
     .prepare = choose_role,
     .act = act_open},
};

static const struct deed deeds[] = {
    {.name = "role",
     .link = "Give it another role",
     .title = "Give the account another role",
     .lead = "It counts from the next thing that is done with the account.",
     .submit = "Change the role",
     .notice = "recorded",
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(role_fields),
     .fits = is_open,
     .prepare = choose_role,
     .act = act_role},
    {.name = "link",
     .link = "Link it to a provider",
     .title = "Link the account to who somebody is at a provider",
     .lead = "Whoever signs in there as this subject opens this account.",
     .submit = "Link them",
     .notice = "recorded",
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(link_fields),
     .fits = is_open,
     .prepare = prepare_link,
     .act = act_link},
    {.name = "unlink",
     .title = "Take back the link to a provider",
     .lead = "Signing in there opens this account no more. Its sessions end.",
     .submit = "Take it back",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(link_fields),
     .act = act_unlink},
    {.name = "sessions",
     .link = "End its sessions",
     .title = "End every session of the account",
     .lead = "Whoever is signed in with it is signed out at once, on every device, and may sign in "
             "again.",
     .submit = "End them",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(reason_fields),
     .fits = is_open,
     .act = act_sessions},
    {.name = "lost-device",
     .link = "Remove its second factor and passkeys",
     .title = "Remove the second factor and the passkeys",
     .lead = "For somebody who lost their device and has shown you who they are. Their sessions "
             "end; until they set up a new one, the password alone opens the account.",
     .submit = "Remove them",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(reason_fields),
     .fits = is_open,
     .act = act_lost_device},
    {.name = "close",
     .link = "Close it for ever",
     .title = "Close the account for ever",
     .lead = "Its sessions end at once. What it did stays in its name.",
     .submit = "Close it",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_MANAGE_ACCOUNTS,
     DEED_FIELDS(reason_fields),
     .fits = is_open,
     .act = act_close},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

static result open_list(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = STR("/accounts");
    form->caption = STR("Accounts");
    form->page.area = "/accounts";
    page_crumb(&form->page, STR("Accounts"), STR("/accounts"));
    return result_ok();
}

result handle_account_new(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, openings, 1, STR("new"), NULL, open_list, err);
}

/* --- one -------------------------------------------------------------------------------------- */

static json_t *pairs(const struct view_context *context, const json_t *resource)
{
    const str hub = json_str_or_empty(resource, "hub");
    struct view_table table;
    view_pairs_open(&table, context);
    view_pair(&table, "Name", json_str_or_empty(resource, "name"));
    view_pair(&table, "Role",
              str_from_c(role_title(role_from_name(json_str_or_empty(resource, "role")))));
    view_pair(&table, "Hub", hub.len > 0 ? hub : STR("None"));
    view_pair(&table, "State", view_plain(context, json_str_or_empty(resource, "state")));
    return view_table_close(&table);
}

static json_t *links_table(const struct view_context *context, const struct one_account *one,
                           str base)
{
    static const struct view_column columns[] = {
        {"Provider", false}, {"Subject", false}, {"Take it back", false}};
    struct view_table table;
    view_table_open(&table, context, STR("Who they are at a provider"), columns, 3,
                    "The account is linked to no provider.");
    for (size_t i = 0; i < one->link_count; i++) {
        const struct subject_link *link = &one->links[i];
        view_row(&table);
        view_cell_text(&table, link->issuer);
        view_cell_text(&table, link->subject);
        view_cell(&table);
        view_put_link_about(
            &table, STR("Take it back"),
            arena_format(context->arena, "%.*s/unlink?%.*s&%.*s", STR_ARG(base),
                         STR_ARG(page_href(context->arena, "issuer=%s", link->issuer, STR(""))),
                         STR_ARG(page_href(context->arena, "subject=%s", link->subject, STR("")))),
            link->subject);
    }
    return view_table_close(&table);
}

result handle_one_account(struct exchange *exchange, struct err *err)
{
    struct one_account one;
    TRY(load(exchange, exchange->match.parameters[0], &one, err));
    json_auto_t *resource = one_account_object(&one);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const str base = address_of(exchange, one.line->row.username);
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "account", one.line->row.username, "/accounts");
    page_crumb(&page, STR("Accounts"), STR("/accounts"));
    page_set(&page, "summary", pairs(&context, resource));
    page_set(&page, "table", links_table(&context, &one, base));
    deeds_offer(&page, deeds, DEED_COUNT, base, resource);
    return page_answer(&page, 200, err);
}

static result open_one(struct deed_form *form, struct err *err)
{
    (void)err;
    const str username = account_of(form)->line->row.username;
    form->base = address_of(form->exchange, username);
    form->caption = username;
    form->page.area = "/accounts";
    page_crumb(&form->page, STR("Accounts"), STR("/accounts"));
    page_crumb(&form->page, username, form->base);
    return result_ok();
}

result handle_account_deed(struct exchange *exchange, struct err *err)
{
    struct one_account one;
    TRY(load(exchange, exchange->match.parameters[0], &one, err));
    return deed_answer(exchange, deeds, DEED_COUNT, exchange->match.parameters[1], &one, open_one,
                       err);
}
