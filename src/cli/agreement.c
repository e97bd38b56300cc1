#include "casework/administration.h"
#include "casework/lifecycle.h"
#include "cli/desk.h"
#include "format/json.h"
#include "web/resource.h"
#include "web/resource_books.h"

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

/* --- opening, announcing, moving ---------------------------------------------------------------
 */

result command_agreement_open(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct agreement_row row;
    const struct new_agreement wanted = {.reference = invocation->arguments[0],
                                         .partner = invocation->arguments[1],
                                         .title = invocation->arguments[2],
                                         .confidential =
                                             option_given(invocation, OPTION_CONFIDENTIAL)};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_open_agreement(&desk.casework, &desk.caller, &wanted, invocation->arena, &row,
                                err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_str(object, "reference", row.reference);
        json_set_flag(object, "confidential", row.confidential);
        return print_json(invocation, object, err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Opened %.*s%s\n", STR_ARG(row.reference),
                             row.confidential ? ", confidential until it is announced" : ""));
    return result_ok();
}

result command_agreement_announce(const struct invocation *invocation, int *ret_status,
                                  struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_announce_agreement(&desk.casework, &desk.caller, invocation->arguments[0],
                                    invocation->options[OPTION_REASON], invocation->arena, err));
    output_text(invocation->output, arena_format(invocation->arena, "Announced %.*s\n",
                                                 STR_ARG(invocation->arguments[0])));
    return result_ok();
}

result command_agreement_state(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct record_answer answer;
    date from;
    *ret_status = 0;
    TRY(option_date(invocation, OPTION_TRUE_FROM, instant_date(system_now(system_machine())), &from,
                    err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_move_agreement(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arguments[1], from, invocation->options[OPTION_SOURCE],
                                invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_record_answer(desk.rulebook, &answer), err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s is %.*s (event %lld)\n",
                             STR_ARG(invocation->arguments[0]), STR_ARG(invocation->arguments[1]),
                             (long long)answer.events[0]));
    for (size_t i = 0; i < answer.stopped_count; i++) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "STOPPED request %lld: %.*s of %.*s\n",
                                 (long long)answer.stopped[i].request,
                                 STR_ARG(answer.stopped[i].step),
                                 STR_ARG(answer.stopped[i].reference)));
    }
    return result_ok();
}

/* --- reading -----------------------------------------------------------------------------------
 */

static str number_text(bool known, int64_t number, struct arena *arena)
{
    return known ? arena_format(arena, "%lld", (long long)number) : STR("not set");
}

static void print_lives(const struct invocation *invocation, const struct agreement_life *lives,
                        size_t count, date today)
{
    static const char *const names[] = {"agreement", "state",    "from",       "transferred",
                                        "held",      "cap",      "this_month", "a_month",
                                        "asked",     "accepted", "declined",   "partner"};
    static const int widths[] = {20, 12, 10, 11, 5, 8, 10, 8, 6, 8, 8, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 12};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const struct agreement_life *life = &lives[i];
        const struct agreement_state *state = agreement_state_on(life, today);
        char from[DATE_TEXT_SIZE] = "";
        if (state != NULL) {
            date_format(state->from, from);
        }
        const str cells[] = {life->line.row.reference,
                             state != NULL ? state->name : STR("not known"),
                             str_from_c(from),
                             number_text(true, life->intake.used, &scratch),
                             number_text(true, life->intake.held, &scratch),
                             number_text(life->has_cap, life->cap, &scratch),
                             number_text(true, life->intake.used_in_month, &scratch),
                             number_text(life->has_intake, life->intake_a_month, &scratch),
                             number_text(true, life->acceptances.asked, &scratch),
                             number_text(true, life->acceptances.accepted, &scratch),
                             number_text(true, life->acceptances.declined, &scratch),
                             life->line.row.partner};
        table_row(&table, scratch, cells);
    }
}

result command_agreement_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct agreement_life *lives = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_agreement_lives(&desk.casework, &desk.caller, invocation->arena, &lives, &count,
                                 err));
    const date today = instant_date(system_now(desk.casework.system));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_t *array = json_array();
        for (size_t i = 0; i < count; i++) {
            json_add(array, resource_agreement_life(desk.rulebook, &lives[i], today, false));
        }
        json_set(object, "agreements", array);
        return print_json(invocation, object, err);
    }
    print_lives(invocation, lives, count, today);
    return result_ok();
}

static void print_states(const struct invocation *invocation, const struct agreement_life *life)
{
    output_text(invocation->output, STR("\nStates\n"));
    for (size_t i = 0; i < life->state_count; i++) {
        const struct agreement_state *state = &life->states[i];
        struct arena scratch = *invocation->arena;
        char from[DATE_TEXT_SIZE];
        date_format(state->from, from);
        output_text(invocation->output,
                    arena_format(&scratch, "  %s  %-12.*s %.*s  (event %lld, by %.*s)\n", from,
                                 STR_ARG(state->name), STR_ARG(state->source),
                                 (long long)state->event, STR_ARG(state->actor)));
    }
}

static void print_facts(const struct invocation *invocation, const struct rulebook *rulebook,
                        const struct agreement_life *life)
{
    output_text(invocation->output, STR("\nFacts\n"));
    for (size_t i = 0; i < life->line.fact_count; i++) {
        const struct known_fact *known = &life->line.facts[i];
        const struct fact *fact = &rulebook->facts[known->fact];
        struct arena scratch = *invocation->arena;
        struct buf buf;
        buf_init(&buf, &scratch, 4096);
        value_format(fact, &known->value, &buf);
        output_text(invocation->output,
                    arena_format(&scratch, "  %-42.*s %.*s%s\n", STR_ARG(fact->name),
                                 STR_ARG(buf_str(&buf)), fact->counted ? "  (counted)" : ""));
    }
}

result command_agreement_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct agreement_life life;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_agreement_life(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arena, &life, err));
    const date today = instant_date(system_now(desk.casework.system));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_agreement_life(desk.rulebook, &life, today, true),
                          err);
    }
    print_lives(invocation, &life, 1, today);
    if (invocation->output->format == OUTPUT_TEXT) {
        print_states(invocation, &life);
        print_facts(invocation, desk.rulebook, &life);
    }
    return result_ok();
}
