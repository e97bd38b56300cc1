#include "casework/book_clocks.h"

#define SINCE_FACT STR("entry.since")

str book_opens(const struct rulebook *rulebook, const struct step_record *record)
{
    const struct fact *fact = &rulebook->facts[record->fact];
    const bool opens =
        fact->type == FACT_CHOICE && record->value.known && str_equal(fact->name, BOOK_OPENS_FACT);
    return opens ? fact->choices[record->value.number] : STR("");
}

void book_fill_since(const struct rulebook *rulebook, date since, struct value *person)
{
    const uint32_t fact = rulebook_fact(rulebook, SINCE_FACT);
    if (fact != NOT_FOUND_INDEX && rulebook->facts[fact].counted &&
        rulebook->facts[fact].type == FACT_DATE) {
        person[fact] = value_date(since);
    }
}

static bool runs_here(const struct rulebook *rulebook, uint32_t clock,
                      const struct question *question, struct known_day *ret_due)
{
    const struct clock_answer answer = judge_clock(rulebook, clock, question);
    *ret_due = (struct known_day){.known = answer.has_last_day, .day = answer.last_day};
    return answer.state != CLOCK_NOT_STARTED;
}

bool book_clock(const struct rulebook *rulebook, str name, const struct question *question,
                struct known_day *ret_due)
{
    const uint32_t clock = rulebook_clock(rulebook, name);
    *ret_due = (struct known_day){.known = false};
    return clock != NOT_FOUND_INDEX && runs_here(rulebook, clock, question, ret_due);
}

/* "duty_KIND_..." */
static bool is_duty_of(str clock, enum entry_kind kind)
{
    const str prefix = STR(BOOK_DUTY_PREFIX);
    const str name = str_from_c(entry_kind_name(kind));
    const str rest = str_slice(clock, prefix.len, clock.len);
    return str_starts(clock, prefix) && str_starts(rest, name) && rest.len > name.len &&
           rest.at[name.len] == '_';
}

uint32_t book_duty(const struct rulebook *rulebook, enum entry_kind kind, uint32_t from,
                   const struct question *question, struct known_day *ret_due)
{
    for (uint32_t i = from; i < rulebook->clock_count; i++) {
        if (is_duty_of(rulebook->clocks[i].name, kind) &&
            runs_here(rulebook, i, question, ret_due)) {
            return i;
        }
    }
    return NOT_FOUND_INDEX;
}

/* --- events ----------------------------------------------------------------------------------- */

static struct event opened(enum entry_kind kind, int64_t hub, struct known_day due, str due_by)
{
    return (struct event){
        .kind = EVENT_ENTRY_OPENED,
        .body.entry_opened = {.kind = str_from_c(entry_kind_name(kind)),
                              .hub = hub,
                              .responsible = entry_kind_responsible(kind),
                              .due_on = due,
                              .due_by = due_by},
    };
}

result book_opened_by_step(const struct rulebook *rulebook, enum entry_kind kind, int64_t hub,
                           const struct question *question, struct arena *arena,
                           struct event *ret_event, struct err *err)
{
    struct known_day due;
    const str clock = arena_format(arena, BOOK_CLOCK_PREFIX "%s", entry_kind_name(kind));
    const str due_by = arena_format(arena, "clock %.*s", STR_ARG(clock));
    if (due_by.at == NULL) {
        return arena_full(err);
    }
    const bool runs = book_clock(rulebook, clock, question, &due);
    *ret_event = opened(kind, hub, due, runs ? due_by : STR("no clock"));
    return result_ok();
}

result book_duty_opened(const struct clock *clock, int64_t hub, int64_t parent,
                        struct known_day due, struct arena *arena, struct event *ret_event,
                        struct err *err)
{
    static const str fields[] = {STR_INIT("what")};
    const str due_by = arena_format(arena, "clock %.*s", STR_ARG(clock->name));
    str *values = ARENA_NEW(arena, str, 1);
    if (due_by.at == NULL || values == NULL) {
        return arena_full(err);
    }
    values[0] = clock->title;
    *ret_event = opened(ENTRY_NOTIFICATION, hub, due, due_by);
    ret_event->body.entry_opened.parent = parent;
    ret_event->body.entry_opened.fields = (struct text_list){.items = fields, .count = 1};
    ret_event->body.entry_opened.values = (struct text_list){.items = values, .count = 1};
    return result_ok();
}
