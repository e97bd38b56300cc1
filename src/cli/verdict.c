#include "cli/verdict.h"

#include "base/buf.h"

enum { LINE_BYTES_MAX = 256 * 1024 };

static str date_text(date day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(arena, str_from_c(text));
}

static void put_origin(struct buf *buf, const struct case_view *view, uint32_t fact,
                       struct arena *arena)
{
    const struct known_fact *known = view == NULL ? NULL : &view->facts[fact];
    if (known == NULL || known->row == NULL) {
        return;
    }
    char recorded[INSTANT_TEXT_SIZE];
    instant_format(known->row->recorded_at, recorded);
    buf_format(buf, "  [event %lld, %s", (long long)known->row->position, recorded);
    buf_format(buf, ", true from %.*s", STR_ARG(date_text(known->row->true_from, arena)));
    if (known->actor.len > 0) {
        buf_format(buf, ", by %.*s", STR_ARG(known->actor));
    }
    if (known->row->source.len > 0) {
        buf_format(buf, ", %.*s", STR_ARG(known->row->source));
    }
    buf_put_char(buf, ']');
}

static void put_clock(struct buf *buf, const struct clock_answer *answer, struct arena *arena)
{
    if (answer->has_last_day) {
        buf_format(buf, "  (started %.*s, last day %.*s)", STR_ARG(date_text(answer->start, arena)),
                   STR_ARG(date_text(answer->last_day, arena)));
    }
}

static void put_reason(struct buf *buf, const struct rulebook *rulebook,
                       const struct reason *reason, const struct case_view *view, size_t depth,
                       struct arena *arena)
{
    buf_format(buf, "%*s", (int)(6 + 2 * depth), "");
    if (reason->kind == REASON_FACT) {
        const struct fact *fact = &rulebook->facts[reason->fact];
        buf_format(buf, "%.*s: ", STR_ARG(fact->title));
        value_format_plain(rulebook, fact, &reason->value, buf);
        put_origin(buf, view, reason->fact, arena);
    } else {
        buf_format(buf, "%-8s %.*s", truth_name(reason->truth), STR_ARG(reason->text));
        if (reason->kind == REASON_CLOCK) {
            put_clock(buf, &reason->clock_answer, arena);
        }
    }
    buf_put_char(buf, '\n');
    for (size_t i = 0; i < reason->child_count; i++) {
        put_reason(buf, rulebook, &reason->children[i], view, depth + 1, arena);
    }
}

static void put_change(struct buf *buf, const struct rulebook *rulebook,
                       const struct change *change, struct arena *arena)
{
    switch (change->kind) {
    case CHANGE_FACT_KNOWN:
        buf_format(buf, "record %.*s (%.*s)", STR_ARG(rulebook->facts[change->fact].name),
                   STR_ARG(rulebook->facts[change->fact].title));
        break;
    case CHANGE_FACT_VALUE:
        buf_format(buf, "it would be clear if %.*s (%.*s) were ",
                   STR_ARG(rulebook->facts[change->fact].name),
                   STR_ARG(rulebook->facts[change->fact].title));
        value_format_plain(rulebook, &rulebook->facts[change->fact], &change->value, buf);
        break;
    case CHANGE_WAIT:
        buf_format(buf, "with nothing else recorded, clear from %.*s",
                   STR_ARG(date_text(change->day, arena)));
        break;
    }
}

static void put_safeguard(struct buf *buf, const struct rulebook *rulebook,
                          const struct safeguard_explanation *explained,
                          const struct case_view *view, struct arena *arena)
{
    const struct safeguard *safeguard = &rulebook->safeguards[explained->safeguard];
    buf_format(buf, "\n%-8s %.*s\n", clearance_name(explained->clearance),
               STR_ARG(safeguard->name));
    buf_format(buf, "    %.*s\n", STR_ARG(safeguard->reason));
    for (size_t i = 0; i < safeguard->source_count; i++) {
        buf_format(buf, "    law: %.*s%s\n", STR_ARG(safeguard->sources[i].text),
                   safeguard->sources[i].unverified ? " (not verified)" : "");
    }
    put_reason(buf, rulebook, explained->condition, view, 0, arena);
    for (size_t i = 0; i < explained->change_count; i++) {
        buf_put_c(buf, "    what would change it: ");
        put_change(buf, rulebook, &explained->changes[i], arena);
        buf_put_char(buf, '\n');
    }
}

void verdict_print(const struct invocation *invocation, const struct rulebook *rulebook,
                   const struct explanation *explanation, const struct case_view *view)
{
    struct arena scratch = *invocation->arena;
    struct buf buf;
    const struct step *step = &rulebook->steps[explanation->step];
    str on = date_text(explanation->today, &scratch);
    output_text(invocation->output, arena_format(&scratch, "%s: %.*s, asked as of %.*s\n",
                                                 clearance_name(explanation->clearance),
                                                 STR_ARG(step->title), STR_ARG(on)));
    if (view != NULL && step->with_hub && view->hub.id == 0) {
        output_text(invocation->output,
                    STR("No hub was named, so what depends on one is not known: name it with "
                        "--hub.\n"));
    }
    for (size_t i = 0; i < explanation->safeguard_count; i++) {
        struct arena line = *invocation->arena;
        struct arena words =
            line; /* the buf below grows in `line`; short texts go to the far half */
        words.at = line.at + (line.end - line.at) / 2;
        line.end = words.at;
        buf_init(&buf, &line, LINE_BYTES_MAX);
        put_safeguard(&buf, rulebook, &explanation->safeguards[i], view, &words);
        output_text(invocation->output, buf_str(&buf));
    }
}

void verdict_print_in_the_way(const struct invocation *invocation, const struct rulebook *rulebook,
                              const struct step *step, const enum clearance *each,
                              const char *indent)
{
    for (size_t i = 0; i < step->safeguard_count; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[step->safeguards[i]];
        if (each[i] == CLEARANCE_CLEAR) {
            continue;
        }
        struct arena scratch = *invocation->arena;
        output_text(invocation->output,
                    arena_format(&scratch, "%s%-8s %.*s: %.*s\n", indent, clearance_name(each[i]),
                                 STR_ARG(safeguard->name), STR_ARG(safeguard->reason)));
    }
}

void verdict_print_facts_csv(const struct invocation *invocation, const struct rulebook *rulebook,
                             const struct case_view *view)
{
    static const char *const names[] = {"fact", "value",  "true_from", "recorded_at",
                                        "by",   "source", "event"};
    static const int widths[] = {0, 0, 0, 0, 0, 0, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    table_begin(&table);
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const struct known_fact *fact = &view->facts[i];
        struct arena scratch = *invocation->arena;
        char recorded[INSTANT_TEXT_SIZE] = "";
        if (rulebook->facts[i].subject != SUBJECT_PERSON) {
            continue;
        }
        if (fact->row != NULL) {
            instant_format(fact->row->recorded_at, recorded);
        }
        const str cells[] = {
            rulebook->facts[i].name,
            fact->row != NULL ? fact->row->value : STR("unknown"),
            fact->row != NULL ? date_text(fact->row->true_from, &scratch) : STR(""),
            str_from_c(recorded),
            fact->actor,
            fact->row != NULL ? fact->row->source : STR(""),
            fact->row != NULL ? arena_format(&scratch, "%lld", (long long)fact->row->position)
                              : STR(""),
        };
        table_row(&table, scratch, cells);
    }
}

void verdict_print_csv(const struct invocation *invocation, const struct rulebook *rulebook,
                       const struct explanation *explanation)
{
    static const char *const names[] = {"step", "safeguard", "clearance", "reason", "law"};
    static const int widths[] = {0, 0, 0, 0, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 5};
    table_begin(&table);
    for (size_t i = 0; i < explanation->safeguard_count; i++) {
        const struct safeguard_explanation *explained = &explanation->safeguards[i];
        const struct safeguard *safeguard = &rulebook->safeguards[explained->safeguard];
        const str cells[] = {rulebook->steps[explanation->step].name, safeguard->name,
                             str_from_c(clearance_name(explained->clearance)), safeguard->reason,
                             safeguard->sources[0].text};
        table_row(&table, *invocation->arena, cells);
    }
}
