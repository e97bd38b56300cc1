#include "casework/administration.h"
#include "casework/hub_desk.h"
#include "cli/desk.h"
#include "cli/hub_view.h"
#include "web/resource.h"

/* --- looking ---------------------------------------------------------------------------------- */

static result look(const struct invocation *invocation, unsigned parts, struct hub_desk *ret_desk,
                   struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_hub_desk(&desk.casework, &desk.caller, invocation->arguments[0], invocation->arena,
                          ret_desk, err));
    return hub_view_print(invocation, ret_desk, parts, err);
}

static result look_at(const struct invocation *invocation, unsigned parts, int *ret_status,
                      struct err *err)
{
    struct hub_desk seen;
    *ret_status = 0;
    return look(invocation, parts, &seen, err);
}

result command_hub_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return look_at(invocation, HUB_PARTS_ALL, ret_status, err);
}

result command_hub_places(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return look_at(invocation, HUB_PART_PLACES, ret_status, err);
}

result command_hub_prebookings(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    return look_at(invocation, HUB_PART_PREBOOKINGS, ret_status, err);
}

result command_hub_arrivals(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return look_at(invocation, HUB_PART_EXPECTED, ret_status, err);
}

result command_hub_stays(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return look_at(invocation, HUB_PART_STAYS, ret_status, err);
}

result command_hub_departures(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return look_at(invocation, HUB_PART_DEPARTURES, ret_status, err);
}

result command_hub_reconcile(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct hub_desk seen;
    TRY(look(invocation,
             HUB_PART_REPORT | HUB_PART_ARRIVALS | HUB_PART_EXPECTED | HUB_PART_UNEXPECTED, &seen,
             err));
    *ret_status = hub_view_is_open(&seen) ? 1 : 0;
    return result_ok();
}

/* --- doing ------------------------------------------------------------------------------------ */

static result answer(const struct invocation *invocation, const struct desk *desk,
                     const struct record_answer *done, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_record_answer(desk->rulebook, done);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Recorded as event %lld%s\n",
                             (long long)done->events[0],
                             done->repeated ? " (it was recorded before)" : ""));
    for (size_t i = 0; i < done->stopped_count; i++) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "STOPPED request %lld: %.*s of %.*s\n",
                                 (long long)done->stopped[i].request,
                                 STR_ARG(done->stopped[i].step),
                                 STR_ARG(done->stopped[i].reference)));
    }
    return result_ok();
}

static result number_argument(const struct invocation *invocation, size_t index, const char *what,
                              int64_t *ret_number, struct err *err)
{
    const result read = str_to_int64(invocation->arguments[index], ret_number, err);
    return read.ok ? read : err_hint(err, "%s is a number", what);
}

static result known_day_option(const struct invocation *invocation, enum command_option option,
                               struct known_day *ret_day, struct err *err)
{
    *ret_day = (struct known_day){.known = option_given(invocation, option)};
    return ret_day->known ? date_parse(invocation->options[option], &ret_day->day, err)
                          : result_ok();
}

/* --- opening ---------------------------------------------------------------------------------- */

static result print_hub(const struct invocation *invocation, const struct desk *desk, str reference,
                        struct err *err)
{
    struct hub_line line;
    TRY(casework_hub(&desk->casework, &desk->caller, reference, invocation->arena, &line, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_auto_t *object = resource_hub(desk->rulebook, &line);
        return output_json(invocation->output, *invocation->arena, object, err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s, %.*s: %lld %s agreed\n",
                             STR_ARG(line.row.reference), STR_ARG(line.row.name),
                             (long long)line.places.agreed,
                             str_noun(line.places.agreed, "place", "places")));
    return result_ok();
}

result command_hub_open(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct hub_row row;
    const struct new_hub wanted = {
        .reference = invocation->arguments[0],
        .name = invocation->arguments[1],
        .agreement = invocation->argument_count > 2 ? invocation->arguments[2] : STR("")};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_open_hub(&desk.casework, &desk.caller, &wanted, invocation->arena, &row, err));
    return print_hub(invocation, &desk, row.reference, err);
}

result command_hub_agree(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    int64_t places = 0;
    *ret_status = 0;
    TRY(number_argument(invocation, 1, "PLACES", &places, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_agree_places(&desk.casework, &desk.caller, invocation->arguments[0], places,
                              invocation->options[OPTION_REASON], invocation->arena, err));
    return print_hub(invocation, &desk, invocation->arguments[0], err);
}

/* What most commands have: the desk is opened, the command done, the answer printed. */
typedef result hub_doing(const struct invocation *invocation, struct desk *desk,
                         struct record_answer *ret_done, struct err *err);

static result act(const struct invocation *invocation, hub_doing *doing, int *ret_status,
                  struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct record_answer done;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(doing(invocation, &desk, &done, err));
    return answer(invocation, &desk, &done, err);
}

static result set_kind(const struct invocation *invocation, struct desk *desk,
                       struct record_answer *ret_done, struct err *err)
{
    int64_t first = 0;
    int64_t last = 0;
    TRY(number_argument(invocation, 2, "FIRST", &first, err));
    TRY(number_argument(invocation, 3, "LAST", &last, err));
    return casework_places_of_kind(
        &desk->casework, &desk->caller, invocation->arguments[0], invocation->arguments[1], first,
        last, invocation->options[OPTION_REASON], invocation->arena, ret_done, err);
}

result command_hub_kind(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, set_kind, ret_status, err);
}

static result take_out(const struct invocation *invocation, struct desk *desk,
                       struct record_answer *ret_done, struct err *err)
{
    struct out_of_use_entry entry = {.reason = invocation->arguments[2],
                                     .words = invocation->options[OPTION_REASON]};
    TRY(number_argument(invocation, 1, "PLACE", &entry.place, err));
    TRY(known_day_option(invocation, OPTION_UNTIL, &entry.expected_back_on, err));
    return casework_place_out_of_use(&desk->casework, &desk->caller, invocation->arguments[0],
                                     &entry, invocation->arena, ret_done, err);
}

result command_hub_out(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, take_out, ret_status, err);
}

static result put_back(const struct invocation *invocation, struct desk *desk,
                       struct record_answer *ret_done, struct err *err)
{
    int64_t place = 0;
    TRY(number_argument(invocation, 1, "PLACE", &place, err));
    return casework_place_back_in_use(&desk->casework, &desk->caller, invocation->arguments[0],
                                      place, invocation->options[OPTION_REASON], invocation->arena,
                                      ret_done, err);
}

result command_hub_back(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, put_back, ret_status, err);
}

static result change_place(const struct invocation *invocation, struct desk *desk,
                           struct record_answer *ret_done, struct err *err)
{
    int64_t place = 0;
    if (invocation->argument_count > 2) {
        TRY(number_argument(invocation, 2, "PLACE", &place, err));
    }
    return casework_change_place(
        &desk->casework, &desk->caller, invocation->arguments[0], invocation->arguments[1], place,
        invocation->options[OPTION_REASON], invocation->arena, ret_done, err);
}

result command_hub_move(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, change_place, ret_status, err);
}

static result prebook(const struct invocation *invocation, struct desk *desk,
                      struct record_answer *ret_done, struct err *err)
{
    struct prebooking_entry entry = {.kind = invocation->arguments[1],
                                     .purpose = invocation->options[OPTION_REASON]};
    struct known_day until;
    TRY(number_argument(invocation, 2, "PLACES", &entry.places, err));
    TRY(known_day_option(invocation, OPTION_UNTIL, &until, err));
    TRY(option_number(invocation, OPTION_REQUEST, 0, 0, INT64_MAX, &entry.request, err));
    if (!until.known) {
        return err_set(err, ERROR_USAGE, "A prebooking has an end: give --until");
    }
    entry.until = until.day;
    return casework_prebook(&desk->casework, &desk->caller, invocation->arguments[0], &entry,
                            invocation->arena, ret_done, err);
}

result command_hub_prebook(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, prebook, ret_status, err);
}

static result give(const struct invocation *invocation, struct desk *desk,
                   struct record_answer *ret_done, struct err *err)
{
    int64_t prebooking = 0;
    int64_t request = 0;
    TRY(number_argument(invocation, 1, "PREBOOKING", &prebooking, err));
    TRY(number_argument(invocation, 2, "REQUEST", &request, err));
    return casework_give_prebooking(&desk->casework, &desk->caller, invocation->arguments[0],
                                    prebooking, request, invocation->arena, ret_done, err);
}

result command_hub_give(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, give, ret_status, err);
}

static result release(const struct invocation *invocation, struct desk *desk,
                      struct record_answer *ret_done, struct err *err)
{
    int64_t prebooking = 0;
    TRY(number_argument(invocation, 1, "PREBOOKING", &prebooking, err));
    return casework_end_prebooking(&desk->casework, &desk->caller, invocation->arguments[0],
                                   prebooking, invocation->options[OPTION_REASON],
                                   invocation->arena, ret_done, err);
}

result command_hub_release(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, release, ret_status, err);
}

/* --- arrivals --------------------------------------------------------------------------------- */

static result arrival(const struct invocation *invocation, enum arrival_state outcome,
                      int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer done;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_arrival_at_hub(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arguments[1], outcome, invocation->arena, &done, err));
    *ret_status = done.refused ? 1 : 0;
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_step_answer(desk.rulebook, &done);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                done.refused
                    ? arena_format(invocation->arena, "Refused: %.*s\n", STR_ARG(done.refusal))
                    : arena_format(invocation->arena, "%.*s: %s (event %lld)\n",
                                   STR_ARG(done.person.reference), arrival_state_name(outcome),
                                   (long long)done.event));
    return result_ok();
}

result command_hub_arrive(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return arrival(invocation, ARRIVAL_ARRIVED, ret_status, err);
}

result command_hub_refuse(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return arrival(invocation, ARRIVAL_REFUSED, ret_status, err);
}

static result resolve(const struct invocation *invocation, struct desk *desk,
                      struct record_answer *ret_done, struct err *err)
{
    return casework_resolve_arrival(
        &desk->casework, &desk->caller, invocation->arguments[0], invocation->arguments[1],
        arrival_state_from_name(invocation->arguments[2]), invocation->options[OPTION_REASON],
        invocation->arena, ret_done, err);
}

result command_hub_resolve(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, resolve, ret_status, err);
}

static result hand_over(const struct invocation *invocation, struct desk *desk,
                        struct record_answer *ret_done, struct err *err)
{
    return casework_hand_over_arrival(&desk->casework, &desk->caller, invocation->arguments[0],
                                      invocation->arguments[1], invocation->arguments[2],
                                      invocation->options[OPTION_REASON], invocation->arena,
                                      ret_done, err);
}

result command_hub_hand_over(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, hand_over, ret_status, err);
}

static result unexpected(const struct invocation *invocation, struct desk *desk,
                         struct record_answer *ret_done, struct err *err)
{
    struct unexpected_entry entry = {.description = invocation->arguments[1],
                                     .named = invocation->options[OPTION_WHO]};
    TRY(option_date(invocation, OPTION_HAPPENED, instant_date(system_now(desk->casework.system)),
                    &entry.seen_on, err));
    return casework_unexpected_arrival(&desk->casework, &desk->caller, invocation->arguments[0],
                                       &entry, invocation->arena, ret_done, err);
}

result command_hub_unexpected(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, unexpected, ret_status, err);
}

static result identify(const struct invocation *invocation, struct desk *desk,
                       struct record_answer *ret_done, struct err *err)
{
    int64_t arrived = 0;
    TRY(number_argument(invocation, 1, "ARRIVAL", &arrived, err));
    return casework_resolve_unexpected(&desk->casework, &desk->caller, invocation->arguments[0],
                                       arrived, invocation->options[OPTION_WHO],
                                       invocation->arguments[2], invocation->options[OPTION_REASON],
                                       invocation->arena, ret_done, err);
}

result command_hub_identify(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, identify, ret_status, err);
}

static result reinstate(const struct invocation *invocation, struct desk *desk,
                        struct record_answer *ret_done, struct err *err)
{
    return casework_cancel_departure(&desk->casework, &desk->caller, invocation->arguments[0],
                                     invocation->arguments[1], invocation->options[OPTION_REASON],
                                     invocation->arena, ret_done, err);
}

result command_hub_reinstate(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, reinstate, ret_status, err);
}

/* --- reports ---------------------------------------------------------------------------------- */

/* KIND=IN_USE/OUT_OF_USE */
static result read_kind(str text, struct report_kind *ret_kind, struct err *err)
{
    const struct str_cut kind = str_cut(text, '=');
    const struct str_cut numbers = str_cut(kind.tail, '/');
    struct report_kind read = {.kind = kind.head};
    if (!kind.found || !numbers.found || !str_to_int64(numbers.head, &read.in_use, NULL).ok ||
        !str_to_int64(numbers.tail, &read.out_of_use, NULL).ok) {
        result_ignore(
            err_set(err, ERROR_INPUT, "\"%.*s\" is not a count of one kind", STR_ARG(text)),
            "the hint follows");
        return err_hint(err, "write KIND=IN_USE/OUT_OF_USE, for example women=12/1");
    }
    *ret_kind = read;
    return result_ok();
}

static result report(const struct invocation *invocation, struct desk *desk,
                     struct record_answer *ret_done, struct err *err)
{
    struct report_kind kinds[REPORT_KINDS_MAX];
    struct hub_report_entry entry = {.accurate_at = system_now(desk->casework.system),
                                     .kinds = kinds};
    TRY(number_argument(invocation, 1, "IN_USE", &entry.in_use, err));
    TRY(number_argument(invocation, 2, "OUT_OF_USE", &entry.out_of_use, err));
    for (size_t i = 3; i < invocation->argument_count; i++) {
        TRY(read_kind(invocation->arguments[i], &kinds[entry.kind_count++], err));
    }
    if (option_given(invocation, OPTION_ACCURATE_AT)) {
        TRY(instant_parse(invocation->options[OPTION_ACCURATE_AT], &entry.accurate_at, err));
    }
    return casework_hub_report(&desk->casework, &desk->caller, invocation->arguments[0], &entry,
                               invocation->arena, ret_done, err);
}

result command_hub_heartbeat(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, report, ret_status, err);
}

static result explain_report(const struct invocation *invocation, struct desk *desk,
                             struct record_answer *ret_done, struct err *err)
{
    return casework_explain_report(&desk->casework, &desk->caller, invocation->arguments[0],
                                   invocation->options[OPTION_REASON], invocation->arena, ret_done,
                                   err);
}

result command_hub_explain(const struct invocation *invocation, int *ret_status, struct err *err)
{
    return act(invocation, explain_report, ret_status, err);
}
