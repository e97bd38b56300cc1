#include "casework/evidence.h"

#include "cli/desk.h"
#include "format/json.h"

static json_t *json_line(const struct evidence_line *line)
{
    json_t *object = json_object();
    json_t *values = json_array();
    for (size_t i = 0; i < line->value_count; i++) {
        const struct fact_row *row = &line->values[i];
        json_t *value = json_object();
        json_set_str(value, "value", row->value);
        json_set_str(value, "source", row->source);
        json_set(value, "true_from", json_of_date(row->true_from));
        json_set(value, "recorded_at", json_of_instant(row->recorded_at));
        json_set_int64(value, "event", row->position);
        json_set_flag(value, "withdrawn", row->withdrawn);
        json_add(values, value);
    }
    json_set_str(object, "reference", line->person.reference);
    json_set_str(object, "stage", line->person.stage);
    json_set_str(object, "now", line->now);
    json_set_flag(object, "conflicting", line->conflicting);
    json_set(object, "values", values);
    return object;
}

static result print_json(const struct invocation *invocation, const struct evidence_line *lines,
                         size_t count, struct err *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, json_line(&lines[i]));
    }
    json_t *object = json_object();
    json_set(object, "people", list);
    const result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}

static void print_line(const struct invocation *invocation, struct table *table,
                       const struct evidence_line *line)
{
    for (size_t i = 0; i < line->value_count; i++) {
        const struct fact_row *row = &line->values[i];
        struct arena scratch = *invocation->arena;
        char from[DATE_TEXT_SIZE];
        date_format(row->true_from, from);
        const str cells[] = {line->person.reference,
                             line->person.stage,
                             line->now.len > 0 ? line->now : STR("unknown"),
                             row->value,
                             str_from_c(from),
                             arena_format(&scratch, "%lld", (long long)row->position),
                             row->withdrawn ? STR("yes") : STR("no"),
                             line->conflicting ? STR("yes") : STR("no"),
                             row->source};
        table_row(table, scratch, cells);
    }
}

result command_person_evidence(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    static const char *const names[] = {"reference", "stage",     "now",         "recorded", "from",
                                        "event",     "withdrawn", "conflicting", "source"};
    static const int widths[] = {12, 24, 16, 16, 10, 7, 9, 11, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 9};
    OWN_DESK struct desk desk = {.store = NULL};
    const struct evidence_query query = {
        .fact = invocation->arguments[0],
        .value = invocation->argument_count > 1 ? invocation->arguments[1] : STR(""),
        .conflicting_only = option_given(invocation, OPTION_CONFLICTING)};
    const struct evidence_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_evidence(&desk.casework, &desk.caller, &query, invocation->arena, &lines, &count,
                          err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, lines, count, err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        print_line(invocation, &table, &lines[i]);
    }
    return result_ok();
}
