/* `returnhub rulebook diff`: what changed in the text, and for whom. */
#include "casework/compare.h"
#include "cli/desk.h"
#include "format/json.h"
#include "rulebook/difference.h"

#include <stdlib.h>

enum {
    TEXT_BYTES_MAX = 64 * 1024 * 1024,
    SCRATCH_BYTES = 256 * 1024 * 1024, /* taken lazily */
};

struct printing {
    const struct invocation *invocation;
    const struct rulebook *rulebooks[2];
    const struct difference *differences;
    size_t difference_count;
    struct arena scratch;
    struct table table;
    bool begun;     /* the table: in text its head stands only above rows */
    json_t *people; /* for JSON */
};

/* --- rules ------------------------------------------------------------------------------------ */

static void print_rules_text(struct printing *printing)
{
    struct output *output = printing->invocation->output;
    struct arena arena = *printing->invocation->arena;
    output_text(output, printing->difference_count == 0
                            ? STR("The rulebooks say the same\n")
                            : arena_format(&arena, "%zu %s\n", printing->difference_count,
                                           str_noun((int64_t)printing->difference_count,
                                                    "rule differs", "rules differ")));
    for (size_t i = 0; i < printing->difference_count; i++) {
        const struct difference *difference = &printing->differences[i];
        struct arena own = arena;
        struct buf buf;
        buf_init(&buf, &own, TEXT_BYTES_MAX);
        buf_format(&buf, "\n%s: %.*s %.*s%s\n", difference_kind_name(difference->kind),
                   STR_ARG(difference->keyword), STR_ARG(difference->name),
                   difference->words_only ? " (sources, reasons or examples only)" : "");
        difference_format(difference, printing->scratch, &buf);
        output_text(output, buf_str(&buf));
    }
}

static json_t *rules_json(const struct printing *printing)
{
    json_t *list = json_array();
    for (size_t i = 0; i < printing->difference_count; i++) {
        const struct difference *difference = &printing->differences[i];
        json_t *object = json_object();
        json_set_str(object, "change", str_from_c(difference_kind_name(difference->kind)));
        json_set_str(object, "kind", difference->keyword);
        json_set_str(object, "name", difference->name);
        json_set(object, "words_only", json_boolean(difference->words_only));
        json_set_str(object, "before", difference->old_text);
        json_set_str(object, "after", difference->new_text);
        json_add(list, object);
    }
    return list;
}

/* --- people ----------------------------------------------------------------------------------- */

static str names_text(const str *names, size_t count, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, 64 * 1024);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(&buf, i == 0 ? "" : " ");
        buf_put(&buf, names[i]);
    }
    return buf_str(&buf);
}

static json_t *names_json(const str *names, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, json_of_str(names[i]));
    }
    return list;
}

static json_t *line_json(const struct compare_line *line)
{
    json_t *object = json_object();
    json_set_str(object, "person", line->person);
    json_set_str(object, "step", line->step);
    json_set_str(object, "hub", line->hub);
    json_set_str(object, "before", str_from_c(standing_name(line->before)));
    json_set_str(object, "after", str_from_c(standing_name(line->after)));
    json_set(object, "newly_in_the_way", names_json(line->newly_in_the_way, line->newly_count));
    json_set(object, "no_longer_in_the_way",
             names_json(line->no_longer_in_the_way, line->no_longer_count));
    return object;
}

static void begin_table(struct printing *printing)
{
    if (!printing->begun) {
        table_begin(&printing->table);
        printing->begun = true;
    }
}

static result print_line(void *context, const struct compare_line *line, struct err *err)
{
    struct printing *printing = context;
    struct arena newly = printing->scratch;
    (void)err;
    if (printing->people != NULL) {
        json_add(printing->people, line_json(line));
        return result_ok();
    }
    const str newly_text = names_text(line->newly_in_the_way, line->newly_count, &newly);
    struct arena rest = newly;
    const str no_longer_text = names_text(line->no_longer_in_the_way, line->no_longer_count, &rest);
    const str cells[] = {line->person,
                         line->step,
                         line->hub,
                         str_from_c(standing_name(line->before)),
                         str_from_c(standing_name(line->after)),
                         newly_text,
                         no_longer_text};
    begin_table(printing);
    table_row(&printing->table, rest, cells);
    return result_ok();
}

static json_t *totals_json(const struct compare_total *totals, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        for (int before = 0; before < STANDING_COUNT; before++) {
            for (int after = 0; after < STANDING_COUNT; after++) {
                if (totals[i].people[before][after] == 0) {
                    continue;
                }
                json_t *object = json_object();
                json_set_str(object, "step", totals[i].step);
                json_set_str(object, "hub", totals[i].hub);
                json_set_str(object, "before", str_from_c(standing_name((enum standing)before)));
                json_set_str(object, "after", str_from_c(standing_name((enum standing)after)));
                json_set_int64(object, "people", totals[i].people[before][after]);
                json_add(list, object);
            }
        }
    }
    return list;
}

static void print_total_text(const struct printing *printing, const struct compare_total *total)
{
    for (int before = 0; before < STANDING_COUNT; before++) {
        for (int after = 0; after < STANDING_COUNT; after++) {
            struct arena arena = *printing->invocation->arena;
            if (before == after || total->people[before][after] == 0) {
                continue;
            }
            output_text(printing->invocation->output,
                        arena_format(&arena, "%.*s%s%.*s: %lld from %s to %s\n",
                                     STR_ARG(total->step), total->hub.len > 0 ? " at " : "",
                                     STR_ARG(total->hub), (long long)total->people[before][after],
                                     standing_name((enum standing)before),
                                     standing_name((enum standing)after)));
        }
    }
}

static void print_totals_text(const struct printing *printing, const struct compare_total *totals,
                              size_t count)
{
    struct arena arena = *printing->invocation->arena;
    int64_t people = 0;
    const int64_t changed = compare_changed(totals, count);
    for (int before = 0; count > 0 && before < STANDING_COUNT; before++) {
        for (int after = 0; after < STANDING_COUNT; after++) {
            people += totals[0].people[before][after];
        }
    }
    output_text(printing->invocation->output,
                arena_format(&arena, "\n%lld %s, %zu %s: %lld %s\n", (long long)people,
                             str_noun(people, "person", "people"), count,
                             str_noun((int64_t)count, "step or hub", "steps and hubs"),
                             (long long)changed,
                             str_noun(changed, "verdict changes", "verdicts change")));
    for (size_t i = 0; i < count; i++) {
        print_total_text(printing, &totals[i]);
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static result compare_people(struct printing *printing, json_t *summary, struct err *err)
{
    const struct invocation *invocation = printing->invocation;
    OWN_DESK struct desk desk = {.store = NULL};
    struct asked asked;
    const struct compare_total *totals = NULL;
    size_t count = 0;
    TRY(desk_asked(invocation, &asked, err));
    TRY(desk_open_under(invocation, printing->rulebooks[0], &desk, err));
    const struct compare_question question = {
        .before = printing->rulebooks[0],
        .after = printing->rulebooks[1],
        .step = option_given(invocation, OPTION_STEP) ? invocation->options[OPTION_STEP] : STR(""),
        .hub = option_given(invocation, OPTION_HUB) ? invocation->options[OPTION_HUB] : STR(""),
        .has_on = asked.has_on,
        .on = asked.on,
    };
    TRY(casework_compare(&desk.casework, &desk.caller, &question, invocation->arena, print_line,
                         printing, &totals, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_set(summary, "totals", totals_json(totals, count));
    } else if (invocation->output->format == OUTPUT_TEXT) {
        print_totals_text(printing, totals, count);
    }
    return result_ok();
}

static bool asks_people(const struct invocation *invocation)
{
    const char *environment = getenv("RETURNHUB_ACCOUNT");
    return option_given(invocation, OPTION_AS) || option_given(invocation, OPTION_STORE) ||
           (environment != NULL && environment[0] != '\0');
}

static result print_json(struct printing *printing, struct err *err)
{
    json_t *summary = json_object();
    json_set(summary, "rules", rules_json(printing));
    result printed = result_ok();
    if (asks_people(printing->invocation)) {
        printing->people = json_array();
        json_set(summary, "people", printing->people);
        printed = compare_people(printing, summary, err);
    }
    if (printed.ok) {
        printed = output_json(printing->invocation->output, printing->scratch, summary, err);
    }
    json_decref(summary);
    return printed;
}

static result print_all(struct printing *printing, struct err *err)
{
    struct output *output = printing->invocation->output;
    const bool people = asks_people(printing->invocation);
    if (output->format == OUTPUT_JSON) {
        return print_json(printing, err);
    }
    if (output->format == OUTPUT_TEXT) {
        print_rules_text(printing);
        output_text(output,
                    people ? STR("\n") : STR("\nWhose verdict changes: give --store and --as\n"));
    }
    if (output->format == OUTPUT_CSV) {
        begin_table(printing);
    }
    return people ? compare_people(printing, NULL, err) : result_ok();
}

static result diff(struct printing *printing, int *ret_status, struct err *err)
{
    const struct invocation *invocation = printing->invocation;
    for (size_t i = 0; i < 2; i++) {
        TRY(desk_load_rulebook(invocation, invocation->arguments[i], invocation->arena,
                               &printing->rulebooks[i], err));
    }
    TRY(difference_find(printing->rulebooks[0], printing->rulebooks[1], invocation->arena,
                        &printing->differences, &printing->difference_count, err));
    *ret_status = printing->difference_count == 0 ? 0 : 1;
    return print_all(printing, err);
}

result command_rulebook_diff(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {
        "person", "step", "hub", "before", "after", "newly_in_the_way", "no_longer_in_the_way"};
    static const int widths[] = {12, 24, 12, 8, 8, 40, 0};
    struct printing printing = {
        .invocation = invocation,
        .table = {.output = invocation->output,
                  .names = names,
                  .widths = widths,
                  .column_count = 7},
    };
    TRY(arena_open(&printing.scratch, SCRATCH_BYTES, err));
    const result printed = diff(&printing, ret_status, err);
    arena_close(&printing.scratch);
    return printed;
}
