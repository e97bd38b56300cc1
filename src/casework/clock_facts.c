#include "casework/clock_facts.h"

/* --- recorded --------------------------------------------------------------------------------- */

static bool is_taken_back(str value)
{
    return str_equal(value, STR("no")) || str_equal(value, STR("unknown"));
}

static bool changes(const struct clock_change *change, uint32_t fact, bool suspends)
{
    return change->role != NOT_FOUND_INDEX &&
           (change->fact == fact || (suspends && change->last_day == fact));
}

/* The clock that this value of the fact extends or suspends, or NULL. */
static const struct clock *clock_changed_by(const struct rulebook *rulebook, uint32_t fact,
                                            str value)
{
    const size_t count = is_taken_back(value) ? 0 : rulebook->clock_count;
    for (size_t i = 0; i < count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        if (changes(&clock->extension, fact, false) || changes(&clock->suspension, fact, true)) {
            return clock;
        }
    }
    return NULL;
}

static result hint_clock(const struct clock *clock, struct err *err)
{
    return err_hint(err, "Record it as that: returnhub clock extend, suspend or resume, with %.*s",
                    STR_ARG(clock->name));
}

result clock_facts_check(const struct rulebook *rulebook, uint32_t fact, str value, struct err *err)
{
    const struct clock *clock = clock_changed_by(rulebook, fact, value);
    if (clock == NULL) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" changes the time \"%.*s\"",
                          STR_ARG(rulebook->facts[fact].name), STR_ARG(clock->title)),
                  "the hint returns the failure");
    return hint_clock(clock, err);
}

/* --- withdrawn -------------------------------------------------------------------------------- */

/* What counts on the day of the event, with it or without it; so it does until the fact is recorded
 * as true from a later day. The rows are in the order in which they count. */
static str value_that_counts(const struct fact_row *rows, size_t count, const struct event *event,
                             bool without)
{
    str value = STR("unknown");
    for (size_t i = 0; i < count; i++) {
        const bool left_out = without && rows[i].position == event->position;
        if (!left_out && str_equal(rows[i].fact, event->body.fact_recorded.fact) &&
            fact_rows_choose(&rows[i], 1, event->effective_on, KNOWN_NOW) == 0) {
            value = rows[i].value;
        }
    }
    return value;
}

result clock_facts_check_withdrawal(struct sitting *sitting, const struct event *recorded,
                                    struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t fact = rulebook_fact(rulebook, recorded->body.fact_recorded.fact);
    const struct fact_row *rows = NULL;
    size_t count = 0;
    if (fact == NOT_FOUND_INDEX) {
        return result_ok();
    }
    TRY(transaction_fact_rows(sitting->transaction, recorded->subject_kind, recorded->subject,
                              KNOWN_NOW, sitting->arena, &rows, &count, err));
    const str again = value_that_counts(rows, count, recorded, true);
    const struct clock *clock = clock_changed_by(rulebook, fact, again);
    if (clock == NULL || str_equal(again, value_that_counts(rows, count, recorded, false))) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "Withdrawn, it would let \"%.*s\" be %.*s again, which changes the time "
                          "\"%.*s\"",
                          STR_ARG(rulebook->facts[fact].name), STR_ARG(again),
                          STR_ARG(clock->title)),
                  "the hint returns the failure");
    return hint_clock(clock, err);
}
