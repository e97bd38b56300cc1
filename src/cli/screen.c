#include "cli/desk.h"
#include "format/json.h"

/* Prints each person as the screening comes to them. */
struct printing {
    const struct invocation *invocation;
    const struct rulebook *rulebook;
    const struct step *step;
    struct table table;
    bool first;
};

static str safeguards_in_the_way(const struct printing *printing, const struct screen_line *line,
                                 struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, 64 * 1024);
    for (size_t i = 0; i < printing->step->safeguard_count; i++) {
        if (line->each[i] == CLEARANCE_CLEAR) {
            continue;
        }
        const struct safeguard *safeguard =
            &printing->rulebook->safeguards[printing->step->safeguards[i]];
        buf_put_c(&buf, buf.len > 0 ? " " : "");
        buf_put(&buf, safeguard->name);
        buf_put_c(&buf, line->each[i] == CLEARANCE_BARRED ? "" : "?");
    }
    return buf_str(&buf);
}

static void print_json_line(struct printing *printing, const struct screen_line *line,
                            struct arena scratch)
{
    str list[2] = {STR("barred"), STR("unknown")};
    const enum clearance kinds[2] = {CLEARANCE_BARRED, CLEARANCE_UNKNOWN};
    json_t *object = json_object();
    json_set_str(object, "person", line->person->reference);
    json_set_str(object, "verdict", str_from_c(clearance_name(line->clearance)));
    for (size_t kind = 0; kind < 2; kind++) {
        json_t *names = json_array();
        for (size_t i = 0; i < printing->step->safeguard_count; i++) {
            if (line->each[i] == kinds[kind]) {
                json_add(names,
                         json_of_str(
                             printing->rulebook->safeguards[printing->step->safeguards[i]].name));
            }
        }
        json_set(object, list[kind].at, names);
    }
    str text = STR("");
    result_ignore(json_write(object, &scratch, &text, NULL), "an empty line shows that it failed");
    json_decref(object);
    output_text(printing->invocation->output, printing->first ? STR("\n    ") : STR(",\n    "));
    output_text(printing->invocation->output, text);
}

/* What is refused has printed nothing. */
static void print_begin(struct printing *printing)
{
    if (printing->invocation->output->format == OUTPUT_JSON) {
        output_text(printing->invocation->output,
                    arena_format(printing->invocation->arena,
                                 "{\n  \"step\": \"%.*s\",\n  \"people\": [",
                                 STR_ARG(printing->step->name)));
    } else {
        table_begin(&printing->table);
    }
}

static result print_person(void *context, const struct screen_line *line, struct err *err)
{
    struct printing *printing = context;
    struct arena scratch = *printing->invocation->arena;
    (void)err;
    if (printing->first) {
        print_begin(printing);
    }
    if (printing->invocation->output->format == OUTPUT_JSON) {
        print_json_line(printing, line, scratch);
    } else {
        const str cells[] = {line->person->reference, str_from_c(clearance_name(line->clearance)),
                             safeguards_in_the_way(printing, line, &scratch)};
        table_row(&printing->table, scratch, cells);
    }
    printing->first = false;
    return result_ok();
}

static void print_end(struct printing *printing, const struct screen_totals *totals)
{
    struct output *output = printing->invocation->output;
    struct arena *arena = printing->invocation->arena;
    if (printing->first) {
        print_begin(printing);
    }
    switch (output->format) {
    case OUTPUT_JSON:
        output_text(
            output,
            arena_format(arena,
                         "\n  ],\n  \"totals\": {\"people\": %lld, \"clear\": %lld, \"barred\": "
                         "%lld, \"unknown\": %lld}\n}\n",
                         (long long)totals->people, (long long)totals->clear,
                         (long long)totals->barred, (long long)totals->unknown));
        break;
    case OUTPUT_TEXT:
        output_text(output,
                    arena_format(arena,
                                 "\n%lld %s: %lld clear, %lld barred, %lld unknown (? marks a "
                                 "safeguard that is unknown)\n",
                                 (long long)totals->people,
                                 str_noun(totals->people, "person", "people"),
                                 (long long)totals->clear, (long long)totals->barred,
                                 (long long)totals->unknown));
        break;
    case OUTPUT_CSV:
        break;
    }
}

result command_screen(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"person", "verdict", "in_the_way"};
    static const int widths[] = {12, 8, 0};
    OWN_DESK struct desk desk = {.store = NULL};
    struct asked asked;
    struct screen_totals totals;
    *ret_status = 0;
    TRY(desk_asked(invocation, &asked, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(desk_take_rulebook_then(invocation, &asked, &desk, err));
    uint32_t step = rulebook_step(desk.rulebook, invocation->arguments[0]);
    if (step == NOT_FOUND_INDEX) {
        str nearest = rulebook_nearest_step(desk.rulebook, invocation->arguments[0]);
        result_ignore(err_set(err, ERROR_NOT_FOUND, "The rulebook has no step \"%.*s\"",
                              STR_ARG(invocation->arguments[0])),
                      "the hint follows");
        return nearest.len > 0 ? err_hint(err, "did you mean %.*s?", STR_ARG(nearest))
                               : err_hint(err, "returnhub rulebook show lists the steps");
    }
    struct printing printing = {
        .invocation = invocation,
        .rulebook = desk.rulebook,
        .step = &desk.rulebook->steps[step],
        .table = {.output = invocation->output,
                  .names = names,
                  .widths = widths,
                  .column_count = 3},
        .first = true,
    };
    TRY(casework_screen(&desk.casework, &desk.caller, invocation->arguments[0],
                        invocation->options[OPTION_HUB], &asked, print_person, &printing, &totals,
                        err));
    print_end(&printing, &totals);
    return result_ok();
}
