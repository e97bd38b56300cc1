#include "cli/departure.h"

#include "casework/orders.h"
#include "casework/stops.h"
#include "web/resource.h"
#include "web/resource_departure.h"

static void put_names(struct buf *buf, const str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_format(buf, "%s%.*s", i > 0 ? ", " : "", STR_ARG(names[i]));
    }
}

static str names_text(const str *names, size_t count, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, 64 * 1024);
    put_names(&buf, names, count);
    return buf_str(&buf);
}

static str instant_text(instant when, struct arena *arena)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(when, text);
    return arena_copy(arena, str_from_c(text));
}

/* Whoever does not see the person is told of the stop all the same. */
static str whom(str reference)
{
    return reference.len > 0 ? reference : STR("somebody out of sight");
}

/* No safeguard is named when the step does not lead on any more: from another stage, or because of
 * an entry in the books. */
static str why(const str *safeguards, size_t count, struct arena *arena)
{
    return count == 0 ? STR("it does not lead on any more")
                      : arena_format(arena, "no longer clear: %.*s",
                                     STR_ARG(names_text(safeguards, count, arena)));
}

void departure_print_stopped(const struct invocation *invocation,
                             const struct record_answer *answer)
{
    for (size_t i = 0; i < answer->stopped_count; i++) {
        const struct stopped_request *stopped = &answer->stopped[i];
        struct arena scratch = *invocation->arena;
        output_text(
            invocation->output,
            arena_format(&scratch, "%s request %lld: %.*s of %.*s; %.*s\n",
                         stopped->aboard ? "CALLED BACK, aboard by" : "STOPPED",
                         (long long)stopped->request, STR_ARG(stopped->step),
                         STR_ARG(whom(stopped->reference)),
                         STR_ARG(why(stopped->safeguards, stopped->safeguard_count, &scratch))));
    }
}

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

/* --- stops ------------------------------------------------------------------------------------ */

result departure_warn(const struct invocation *invocation, const struct desk *desk, struct err *err)
{
    const struct stop_line *lines = NULL;
    size_t count = 0;
    if (!may_somewhere(&desk->account, ACTION_ACKNOWLEDGE_STOP)) {
        return result_ok();
    }
    struct arena scratch = *invocation->arena;
    TRY(casework_stops(&desk->casework, &desk->caller, true, &scratch, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        output_message(invocation->output,
                       "STOPPED, and not acknowledged by %.*s: %.*s of %.*s (stop %lld). "
                       "Acknowledge: returnhub stop acknowledge %lld\n",
                       STR_ARG(desk->account.username), STR_ARG(lines[i].step),
                       STR_ARG(whom(lines[i].reference)), (long long)lines[i].notice.stop,
                       (long long)lines[i].notice.stop);
    }
    return result_ok();
}

static void print_stop_row(const struct invocation *invocation, struct table *table,
                           const struct stop_line *line)
{
    struct arena scratch = *invocation->arena;
    const str cells[] = {arena_format(&scratch, "%lld", (long long)line->notice.stop),
                         instant_text(line->notice.stopped_at, &scratch),
                         line->reference,
                         line->step,
                         line->manifest.len > 0 ? line->manifest : STR("-"),
                         line->notice.acknowledged
                             ? instant_text(line->notice.acknowledged_at, &scratch)
                             : STR("not acknowledged"),
                         names_text(line->safeguards, line->safeguard_count, &scratch)};
    table_row(table, scratch, cells);
}

result command_stop_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"stop",     "stopped_at",   "person",    "step",
                                        "manifest", "acknowledged", "safeguards"};
    static const int widths[] = {8, 24, 12, 24, 14, 24, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    OWN_DESK struct desk desk = {.store = NULL};
    const struct stop_line *lines = NULL;
    size_t count = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_stops(&desk.casework, &desk.caller, !option_given(invocation, OPTION_ALL),
                       invocation->arena, &lines, &count, err));
    *ret_status = 0;
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_stops(desk.rulebook, lines, count), err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        print_stop_row(invocation, &table, &lines[i]);
    }
    return result_ok();
}

static result read_stop(const struct invocation *invocation, int64_t *ret_stop, struct err *err)
{
    result read = str_to_int64(invocation->arguments[0], ret_stop, err);
    return read.ok ? read
                   : err_hint(err, "a stop is named by its number, as \"stop list\" prints it");
}

result command_stop_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct stop_answer answer;
    int64_t stop = 0;
    *ret_status = 0;
    TRY(read_stop(invocation, &stop, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_stop(&desk.casework, &desk.caller, stop, invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_stop(desk.rulebook, &answer), err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Stop %lld: %.*s of %.*s; %.*s\n", (long long)stop,
                             STR_ARG(answer.stop.step), STR_ARG(whom(answer.stop.reference)),
                             STR_ARG(why(answer.stop.safeguards, answer.stop.safeguard_count,
                                         invocation->arena))));
    for (size_t i = 0; i < answer.told_count; i++) {
        struct arena scratch = *invocation->arena;
        const struct told_line *told = &answer.told[i];
        output_text(invocation->output,
                    arena_format(&scratch, "  %-30.*s %.*s\n", STR_ARG(told->account),
                                 STR_ARG(told->notice.acknowledged
                                             ? instant_text(told->notice.acknowledged_at, &scratch)
                                             : STR("NOT ACKNOWLEDGED"))));
    }
    return result_ok();
}

result command_stop_acknowledge(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct stop_line line;
    int64_t stop = 0;
    *ret_status = 0;
    TRY(read_stop(invocation, &stop, err));
    TRY(desk_open_quietly(invocation, &desk, err));
    TRY(casework_acknowledge_stop(&desk.casework, &desk.caller, stop, invocation->arena, &line,
                                  err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_stop_line(desk.rulebook, &line), err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Acknowledged: stop %lld, %.*s of %.*s\n",
                             (long long)stop, STR_ARG(line.step), STR_ARG(line.reference)));
    return result_ok();
}

/* --- orders ----------------------------------------------------------------------------------- */

result command_order_report(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct record_answer answer;
    struct reported_order order = {
        .order = option_given(invocation, OPTION_ORDER) ? invocation->options[OPTION_ORDER]
                                                        : STR("court_order"),
        .reporter = invocation->options[OPTION_REPORTER],
        .means = invocation->options[OPTION_MEANS],
        .court = invocation->options[OPTION_COURT],
        .claim_number = invocation->options[OPTION_CLAIM_NUMBER],
        .heard_at = system_now(system_machine()),
    };
    *ret_status = 0;
    if (option_given(invocation, OPTION_AT)) {
        TRY(instant_parse(invocation->options[OPTION_AT], &order.heard_at, err));
    }
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_report_order(&desk.casework, &desk.caller, invocation->arguments[0], &order,
                              invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_record_answer(desk.rulebook, &answer), err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Reported as event %lld%s\n",
                             (long long)answer.events[0],
                             answer.repeated ? " (it was reported before)" : ""));
    departure_print_stopped(invocation, &answer);
    return result_ok();
}
