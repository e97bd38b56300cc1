#include "casework/administration.h"
#include "casework/first_account.h"
#include "casework/own_account.h"
#include "casework/sign_on.h"
#include "cli/desk.h"
#include "cli/settings.h"
#include "format/json.h"
#include "system/secret.h"

#include <stdlib.h>
#include <string.h>

/* --- printing ------------------------------------------------------------------------------------
 */

static json_t *account_json(const struct account_row *row, str hub)
{
    json_t *object = json_object();
    json_set_str(object, "username", row->username);
    json_set_str(object, "name", row->name);
    json_set_str(object, "role", row->role);
    json_set_str(object, "hub", hub);
    json_set_flag(object, "closed", row->closed);
    return object;
}

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

static result print_account(const struct invocation *invocation, const char *done,
                            const struct account_row *row, str hub, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, account_json(row, hub), err);
    }
    output_text(invocation->output, arena_format(invocation->arena, "%s %.*s: %.*s%s%.*s\n", done,
                                                 STR_ARG(row->username), STR_ARG(row->role),
                                                 hub.len > 0 ? ", " : "", STR_ARG(hub)));
    return result_ok();
}

static result print_accounts_json(const struct invocation *invocation,
                                  const struct account_line *lines, size_t count, struct err *err)
{
    json_t *object = json_object();
    json_t *accounts = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *account = account_json(&lines[i].row, lines[i].hub);
        json_set_flag(account, "has_password", lines[i].has_password);
        json_add(accounts, account);
    }
    json_set(object, "accounts", accounts);
    return print_json(invocation, object, err);
}

static void print_accounts(const struct invocation *invocation, const struct account_line *lines,
                           size_t count)
{
    static const char *const names[] = {"username", "role", "hub", "state", "name"};
    static const int widths[] = {24, 24, 14, 12, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 5};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        const struct account_line *line = &lines[i];
        const str state = line->row.closed     ? STR("closed")
                          : line->has_password ? STR("open")
                                               : STR("no_password");
        const str cells[] = {line->row.username, line->row.role, line->hub, state, line->row.name};
        table_row(&table, *invocation->arena, cells);
    }
}

result command_account_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct account_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_accounts(&desk.casework, &desk.caller, invocation->arena, &lines, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_accounts_json(invocation, lines, count, err);
    }
    print_accounts(invocation, lines, count);
    return result_ok();
}

/* --- opening ------------------------------------------------------------------------------------
 */

static bool somebody_is_named(const struct invocation *invocation)
{
    const char *environment = getenv("RETURNHUB_ACCOUNT");
    return option_given(invocation, OPTION_AS) || (environment != NULL && environment[0] != '\0');
}

/* The register as nobody sees it; begun, when there is none. What cannot be its first account
 * leaves no register behind. */
static result open_as_nobody(const struct invocation *invocation, struct desk *desk,
                             struct err *err)
{
    if (!desk_store_exists(invocation) &&
        role_from_name(invocation->options[OPTION_ACCOUNT_ROLE]) != ROLE_ADMINISTRATOR) {
        result_ignore(err_set(err, ERROR_NOT_FOUND, "There is no register here"), "hint follows");
        return err_hint(err, "a register begins with an administrator: --role administrator");
    }
    return desk_open_or_begin(invocation, desk, err);
}

static result print_first(const struct invocation *invocation, const struct first_offer *offer,
                          struct err *err)
{
    char until[INSTANT_TEXT_SIZE];
    instant_format(offer->expires_at, until);
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set(object, "token", json_string(offer->token));
        json_set(object, "expires_at", json_string(until));
        return print_json(invocation, object, err);
    }
    output_text(invocation->output, arena_format(invocation->arena, "%s\n", offer->token));
    output_message(invocation->output,
                   "It opens the first account at /first-account, once, until %s\n", until);
    return result_ok();
}

result command_account_first(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct first_offer offer;
    *ret_status = 0;
    TRY(desk_open_or_begin(invocation, &desk, err));
    TRY(casework_offer_first_account(&desk.casework, &offer, err));
    desk_keep(&desk);
    return offer.needed ? print_first(invocation, &offer, err)
                        : err_set(err, ERROR_CONFLICT, "The register has an account already");
}

result command_account_open(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct account_row row;
    const struct new_account wanted = {.username = invocation->arguments[0],
                                       .name = invocation->options[OPTION_NAME],
                                       .role = invocation->options[OPTION_ACCOUNT_ROLE],
                                       .hub = invocation->options[OPTION_ACCOUNT_HUB]};
    *ret_status = 0;
    if (!option_given(invocation, OPTION_NAME) || !option_given(invocation, OPTION_ACCOUNT_ROLE)) {
        return err_set(err, ERROR_USAGE,
                       "An account has a name and a role: give --name and --role");
    }
    TRY(somebody_is_named(invocation) ? desk_open_as_account(invocation, &desk, err)
                                      : open_as_nobody(invocation, &desk, err));
    TRY(casework_open_account(&desk.casework, &desk.caller, &wanted, invocation->arena, &row, err));
    desk_keep(&desk);
    TRY(print_account(invocation, "Opened", &row, wanted.hub, err));
    output_message(invocation->output,
                   "Nobody can sign in with it before: returnhub account password %.*s\n",
                   STR_ARG(row.username));
    return result_ok();
}

/* --- changing -----------------------------------------------------------------------------------
 */

result command_account_role(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct account_row row;
    const str hub = invocation->options[OPTION_ACCOUNT_HUB];
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_change_account(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arguments[1], hub, invocation->options[OPTION_REASON],
                                invocation->arena, &row, err));
    return print_account(invocation, "Changed", &row, hub, err);
}

/* The role that an account has now. */
static result role_of(const struct invocation *invocation, const struct desk *desk, str username,
                      str *ret_role, struct err *err)
{
    const struct account_line *lines = NULL;
    size_t count = 0;
    TRY(casework_accounts(&desk->casework, &desk->caller, invocation->arena, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(lines[i].row.username, username)) {
            *ret_role = lines[i].row.role;
            return result_ok();
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "There is no account \"%.*s\"", STR_ARG(username));
}

result command_account_hub(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct account_row row;
    str role;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(role_of(invocation, &desk, invocation->arguments[0], &role, err));
    TRY(casework_change_account(&desk.casework, &desk.caller, invocation->arguments[0], role,
                                invocation->arguments[1], invocation->options[OPTION_REASON],
                                invocation->arena, &row, err));
    return print_account(invocation, "Changed", &row, invocation->arguments[1], err);
}

result command_account_close(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_close_account(&desk.casework, &desk.caller, invocation->arguments[0],
                               invocation->options[OPTION_REASON], invocation->arena, err));
    output_text(invocation->output, arena_format(invocation->arena, "Closed %.*s\n",
                                                 STR_ARG(invocation->arguments[0])));
    return result_ok();
}

static result change_link(const struct invocation *invocation, bool links, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct subject_link link = {.username = invocation->arguments[0],
                                      .issuer = invocation->arguments[1],
                                      .subject = invocation->arguments[2]};
    const str reason = invocation->options[OPTION_REASON];
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(links ? casework_link_subject(&desk.casework, &desk.caller, &link, reason,
                                      invocation->arena, err)
              : casework_unlink_subject(&desk.casework, &desk.caller, &link, reason,
                                        invocation->arena, err));
    output_text(invocation->output, arena_format(invocation->arena, "%s %.*s and %.*s\n",
                                                 links ? "Linked" : "No longer linked:",
                                                 STR_ARG(link.username), STR_ARG(link.subject)));
    return result_ok();
}

result command_account_link(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change_link(invocation, true, err);
}

result command_account_unlink(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change_link(invocation, false, err);
}

result command_account_lost_device(const struct invocation *invocation, int *ret_status,
                                   struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_remove_factors(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->options[OPTION_REASON], invocation->arena, err));
    output_text(invocation->output,
                arena_format(invocation->arena, "Removed what %.*s had beside the password\n",
                             STR_ARG(invocation->arguments[0])));
    return result_ok();
}

result command_account_end_sessions(const struct invocation *invocation, int *ret_status,
                                    struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_end_sessions(&desk.casework, &desk.caller, invocation->arguments[0],
                              invocation->options[OPTION_REASON], invocation->arena, err));
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s is signed out everywhere\n",
                             STR_ARG(invocation->arguments[0])));
    return result_ok();
}

/* --- passwords ----------------------------------------------------------------------------------
 */

static result read_password(const struct invocation *invocation, str *ret_password, struct err *err)
{
    str again;
    if (option_given(invocation, OPTION_PASSWORD_FILE)) {
        return secret_read(invocation->options[OPTION_PASSWORD_FILE].at, invocation->arena,
                           ret_password, err);
    }
    const result asked = secret_ask("Password: ", invocation->arena, ret_password, err);
    if (!asked.ok) {
        return err_hint(err, "Give the password in a file: --password-file");
    }
    TRY(secret_ask("The same again: ", invocation->arena, &again, err));
    return str_equal(*ret_password, again)
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The two passwords differ; nothing is changed");
}

result command_account_password(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    OWN_REFUSED_PASSWORDS struct refused_passwords refused = REFUSED_PASSWORDS_NONE;
    OWN_DESK struct desk desk = {.store = NULL};
    struct settings settings;
    str password;
    *ret_status = 0;
    TRY(settings_of(invocation, &settings, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(settings_refuse_passwords(invocation, &settings, &refused, &desk.casework, err));
    TRY(read_password(invocation, &password, err));
    TRY(casework_give_password(&desk.casework, &desk.caller, invocation->arguments[0], password,
                               invocation->arena, err));
    output_text(invocation->output, arena_format(invocation->arena, "Set the password of %.*s\n",
                                                 STR_ARG(invocation->arguments[0])));
    return result_ok();
}
