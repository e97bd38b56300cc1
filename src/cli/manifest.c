#include "casework/manifests.h"
#include "cli/departure.h"
#include "cli/verdict.h"
#include "web/resource.h"
#include "web/resource_departure.h"

static str instant_text(instant when, struct arena *arena)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(when, text);
    return arena_copy(arena, str_from_c(text));
}

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

/* --- what is typed ---------------------------------------------------------------------------- */

/* The details of the options; those that are not given stay as they are. */
static result read_details(const struct invocation *invocation, struct manifest_details *details,
                           struct err *err)
{
    const struct {
        enum command_option option;
        str *text;
    } texts[] = {
        {OPTION_CARRIER, &details->carrier},
        {OPTION_ROUTE, &details->route},
        {OPTION_ESCORT_ROLES, &details->escort_roles},
        {OPTION_LEAD, &details->lead},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (option_given(invocation, texts[i].option)) {
            *texts[i].text = invocation->options[texts[i].option];
        }
    }
    if (option_given(invocation, OPTION_DEPARTS)) {
        TRY(instant_parse(invocation->options[OPTION_DEPARTS], &details->departs_at, err));
    }
    return option_number(invocation, OPTION_ESCORTS, details->escorts, 0, MANIFEST_ESCORTS_MAX,
                         &details->escorts, err);
}

/* --- what is printed -------------------------------------------------------------------------- */

static result print_row(const struct invocation *invocation, const struct desk *desk,
                        const struct manifest_row *row, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_manifest_row(desk->rulebook, row), err);
    }
    struct arena scratch = *invocation->arena;
    output_text(invocation->output,
                arena_format(&scratch, "%.*s is %s: %.*s to %.*s, departs %.*s, %lld aboard\n",
                             STR_ARG(row->reference), manifest_state_name(row->state),
                             STR_ARG(row->step), STR_ARG(row->destination),
                             STR_ARG(instant_text(row->departs_at, &scratch)),
                             (long long)row->aboard));
    return result_ok();
}

static result print_step(const struct invocation *invocation, const struct desk *desk,
                         const struct step_answer *answer, const char *done, int *ret_status,
                         struct err *err)
{
    *ret_status = answer->refused ? 1 : 0;
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_step_answer(desk->rulebook, answer), err);
    }
    if (answer->refused) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "Refused: %.*s\n", STR_ARG(answer->refusal)));
        verdict_print(invocation, desk->rulebook, &answer->explanation, NULL);
        return result_ok();
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s %s (event %lld)\n",
                             STR_ARG(answer->person.reference), done, (long long)answer->event));
    return result_ok();
}

/* --- preparing -------------------------------------------------------------------------------- */

result command_manifest_open(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_row row;
    struct new_manifest manifest = {.step = invocation->arguments[0],
                                    .hub = invocation->options[OPTION_HUB],
                                    .destination = invocation->options[OPTION_DESTINATION]};
    *ret_status = 0;
    TRY(read_details(invocation, &manifest.details, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_open_manifest(&desk.casework, &desk.caller, &manifest, invocation->arena, &row,
                               err));
    return print_row(invocation, &desk, &row, err);
}

/* What is not given stays as it is: the manifest is looked at first. */
result command_manifest_change(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_answer answer;
    struct account_row lead;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_manifest(&desk.casework, &desk.caller, invocation->arguments[0], invocation->arena,
                          &answer, err));
    struct manifest_row row = answer.manifest.row;
    TRY(casework_account(&desk.casework, row.lead, invocation->arena, &lead, err));
    struct manifest_details details = {.departs_at = row.departs_at,
                                       .carrier = row.carrier,
                                       .route = row.route,
                                       .escorts = row.escorts,
                                       .escort_roles = row.escort_roles,
                                       .lead = lead.username};
    TRY(read_details(invocation, &details, err));
    TRY(casework_change_manifest(&desk.casework, &desk.caller, invocation->arguments[0], &details,
                                 invocation->options[OPTION_REASON], invocation->arena, &row, err));
    return print_row(invocation, &desk, &row, err);
}

result command_manifest_add(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    int64_t request = 0;
    if (!str_to_int64(invocation->arguments[1], &request, err).ok) {
        return err_hint(err, "a person is put on a manifest by the number of their request");
    }
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_list_on_manifest(&desk.casework, &desk.caller, invocation->arguments[0], request,
                                  invocation->arena, &answer, err));
    return print_step(invocation, &desk, &answer, "is on the manifest", ret_status, err);
}

result command_manifest_remove(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_row row;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_take_off_manifest(&desk.casework, &desk.caller, invocation->arguments[0],
                                   invocation->arguments[1], invocation->options[OPTION_REASON],
                                   invocation->arena, &row, err));
    return print_row(invocation, &desk, &row, err);
}

result command_manifest_cancel(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_row row;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_cancel_manifest(&desk.casework, &desk.caller, invocation->arguments[0],
                                 invocation->options[OPTION_REASON], invocation->arena, &row, err));
    return print_row(invocation, &desk, &row, err);
}

/* --- boarding and after ----------------------------------------------------------------------- */

static str safeguards_text(const str *names, size_t count, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, 64 * 1024);
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "%s%.*s", i > 0 ? ", " : "", STR_ARG(names[i]));
    }
    return buf_str(&buf);
}

static void print_boarding(const struct invocation *invocation,
                           const struct boarding_answer *answer)
{
    static const char *const names[] = {"person", "request", "verdict", "not_clear"};
    static const int widths[] = {12, 10, 10, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 4};
    table_begin(&table);
    for (size_t i = 0; i < answer->count; i++) {
        const struct boarding_line *line = &answer->lines[i];
        struct arena scratch = *invocation->arena;
        const str cells[] = {line->person.reference,
                             arena_format(&scratch, "%lld", (long long)line->request),
                             line->boarded ? STR("boards") : STR("LEFT OFF"),
                             safeguards_text(line->safeguards, line->safeguard_count, &scratch)};
        table_row(&table, scratch, cells);
    }
}

result command_manifest_board(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct boarding_answer answer;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_board_manifest(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arena, &answer, err));
    *ret_status = answer.boarded_count == answer.count ? 0 : 1;
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_boarding(desk.rulebook, &answer), err);
    }
    print_boarding(invocation, &answer);
    return result_ok();
}

result command_manifest_depart(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_departed departed;
    instant at = system_now(system_machine());
    *ret_status = 0;
    if (option_given(invocation, OPTION_AT)) {
        TRY(instant_parse(invocation->options[OPTION_AT], &at, err));
    }
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_depart_manifest(&desk.casework, &desk.caller, invocation->arguments[0], at,
                                 invocation->arena, &departed, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_manifest_departed(desk.rulebook, &departed), err);
    }
    TRY(print_row(invocation, &desk, &departed.manifest, err));
    for (size_t i = 0; i < departed.called_back_count; i++) {
        struct arena scratch = *invocation->arena;
        output_text(invocation->output, arena_format(&scratch, "CALLED BACK, and aboard: %.*s\n",
                                                     STR_ARG(departed.called_back[i])));
    }
    return result_ok();
}

result command_manifest_account(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    const struct accounted accounted = {.person = invocation->arguments[1],
                                        .outcome = invocation->arguments[2],
                                        .source = invocation->options[OPTION_SOURCE],
                                        .step = invocation->options[OPTION_STEP]};
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_account_on_manifest(&desk.casework, &desk.caller, invocation->arguments[0],
                                     &accounted, invocation->arena, &answer, err));
    return print_step(invocation, &desk, &answer, "is accounted for", ret_status, err);
}

result command_manifest_close(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_row row;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_close_manifest(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->options[OPTION_REASON], invocation->arena, &row, err));
    return print_row(invocation, &desk, &row, err);
}

/* --- looking ---------------------------------------------------------------------------------- */

result command_manifest_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"manifest", "state",   "departs_at", "destination", "step",
                                        "listed",   "boarded", "aboard",     "lead"};
    static const int widths[] = {14, 10, 24, 11, 24, 6, 7, 6, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 9};
    OWN_DESK struct desk desk = {.store = NULL};
    const struct manifest_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_manifests(&desk.casework, &desk.caller, !option_given(invocation, OPTION_ALL),
                           invocation->arena, &lines, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_manifests(desk.rulebook, lines, count), err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const struct manifest_row *row = &lines[i].row;
        const str cells[] = {row->reference,
                             str_from_c(manifest_state_name(row->state)),
                             instant_text(row->departs_at, &scratch),
                             row->destination,
                             row->step,
                             arena_format(&scratch, "%zu", lines[i].listed),
                             arena_format(&scratch, "%zu", lines[i].boarded),
                             arena_format(&scratch, "%lld", (long long)row->aboard),
                             lines[i].lead};
        table_row(&table, scratch, cells);
    }
    return result_ok();
}

static void print_people(const struct invocation *invocation, const struct manifest_answer *answer)
{
    static const char *const names[] = {"person", "request", "state", "now", "name", "not_clear"};
    static const int widths[] = {12, 10, 18, 8, 30, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 6};
    table_begin(&table);
    for (size_t i = 0; i < answer->count; i++) {
        const struct manifest_person *person = &answer->people[i];
        struct arena scratch = *invocation->arena;
        const str cells[] = {
            person->person.reference,
            arena_format(&scratch, "%lld", (long long)person->entry.request),
            arena_format(&scratch, "%s%s", manifest_entry_state_name(person->entry.state),
                         person->entry.recalled ? ", RECALLED" : ""),
            person->judged ? str_from_c(clearance_name(person->clearance)) : STR("-"),
            person->identity.name,
            safeguards_text(person->safeguards, person->safeguard_count, &scratch)};
        table_row(&table, scratch, cells);
    }
}

static void print_details(const struct invocation *invocation, const struct manifest_line *line)
{
    struct arena scratch = *invocation->arena;
    const struct manifest_row *row = &line->row;
    output_text(invocation->output,
                arena_format(&scratch,
                             "Manifest     %.*s, %s\nStep         %.*s\nDeparts      %.*s\n"
                             "Destination  %.*s%s%.*s\nCarrier      %.*s\nRoute        %.*s\n"
                             "Escorts      %lld%s%.*s\nLead         %.*s\n\n",
                             STR_ARG(row->reference), manifest_state_name(row->state),
                             STR_ARG(row->step), STR_ARG(instant_text(row->departs_at, &scratch)),
                             STR_ARG(row->destination), line->hub.id != 0 ? ", " : "",
                             STR_ARG(line->hub.name), STR_ARG(row->carrier), STR_ARG(row->route),
                             (long long)row->escorts, row->escort_roles.len > 0 ? ": " : "",
                             STR_ARG(row->escort_roles), STR_ARG(line->lead)));
}

result command_manifest_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct manifest_answer answer;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_manifest(&desk.casework, &desk.caller, invocation->arguments[0], invocation->arena,
                          &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_manifest(desk.rulebook, &answer), err);
    }
    if (invocation->output->format == OUTPUT_TEXT) {
        print_details(invocation, &answer.manifest);
    }
    print_people(invocation, &answer);
    if (invocation->output->format == OUTPUT_TEXT && answer.out_of_sight > 0) {
        output_text(
            invocation->output,
            arena_format(invocation->arena,
                         "\n%zu out of this account's sight: whoever sees them accounts for "
                         "them\n",
                         answer.out_of_sight));
    }
    return result_ok();
}
