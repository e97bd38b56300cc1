/* Aim: what store.h promises, asked through store.h alone, of every backend: a fact is read as of a
 * day and as known at an instant. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

/* --- facts in two times --- */

enum { FACT_PEOPLE = 12, FACT_NAMES = 5, FACT_EVENTS = 600 };

static const char *const fact_names[FACT_NAMES] = {"a", "a.b", "appeal.status", "b", "zulu"};

struct fact_model {
    struct fact_row rows[FACT_EVENTS];
    size_t count;
};

static void record_random_fact(struct room *room, struct random *random, struct fact_model *model,
                               int32_t time)
{
    const int64_t person = random_between(random, 1, FACT_PEOPLE);
    const size_t target = model->count == 0 ? 0 : random_below(random, model->count);
    const bool withdraw =
        model->count > 0 && random_chance(random, 0.25) && !model->rows[target].withdrawn;
    if (withdraw) {
        struct fact_row *row = &model->rows[target];
        struct event event = event_of(SUBJECT_OF_PERSON, row->subject, EVENT_FACT_WITHDRAWN);
        event.recorded_at.milliseconds += time;
        event.body.fact_withdrawn.event = row->position;
        append_ok(room, event);
        row->withdrawn = true;
        row->withdrawn_at = event.recorded_at;
        return;
    }
    const size_t name = random_below(random, FACT_NAMES);
    char value[24];
    snprintf(value, sizeof value, "value %d", time);
    struct event event = fact_event(SUBJECT_OF_PERSON, person, fact_names[name], value);
    event.effective_on.day += (int32_t)random_between(random, 0, 9);
    event.recorded_at.milliseconds += time;
    struct fact_row row = {.subject = person,
                           .fact = str_from_c(fact_names[name]),
                           .value = arena_copy(&room->arena, str_from_c(value)),
                           .true_from = event.effective_on,
                           .recorded_at = event.recorded_at};
    row.position = append_ok(room, event);
    model->rows[model->count++] = row;
}

/* By the definition alone, over everything that was ever recorded. */
static const struct fact_row *model_fact(const struct fact_model *model, int64_t person,
                                         size_t name, date as_of, instant known_at)
{
    const struct fact_row *best = NULL;
    for (size_t i = 0; i < model->count; i++) {
        const struct fact_row *row = &model->rows[i];
        const bool withdrawn =
            row->withdrawn && row->withdrawn_at.milliseconds <= known_at.milliseconds;
        if (row->subject != person || strcmp(row->fact.at, fact_names[name]) != 0 || withdrawn ||
            row->recorded_at.milliseconds > known_at.milliseconds ||
            row->true_from.day > as_of.day) {
            continue;
        }
        const bool later =
            best == NULL || row->true_from.day > best->true_from.day ||
            (row->true_from.day == best->true_from.day && row->position > best->position);
        best = later ? row : best;
    }
    return best;
}

static void expect_facts(const struct fact_model *model, int64_t person, date as_of,
                         instant known_at, const struct fact_row *rows, size_t count)
{
    size_t at = 0;
    for (size_t name = 0; name < FACT_NAMES; name++) {
        const struct fact_row *expected = model_fact(model, person, name, as_of, known_at);
        if (expected == NULL) {
            continue;
        }
        assert_true(at < count);
        assert_int_equal(rows[at].position, expected->position);
        assert_int_equal(rows[at].subject, person);
        assert_true(str_equal(rows[at].fact, expected->fact) &&
                    str_equal(rows[at].value, expected->value));
        assert_true(str_equal(rows[at].source, STR("document")) && rows[at].actor == 1);
        assert_true(rows[at].true_from.day == expected->true_from.day);
        assert_true(rows[at].withdrawn == expected->withdrawn);
        at++;
    }
    assert_int_equal(at, count);
}

static void facts_in_two_times(void **state)
{
    /* Aim: at every (as of, known at), a person's facts are those that the definition picks from
     * all that was recorded, in the order of names. */
    struct room *room = *state;
    struct random random;
    struct fact_model *model = test_calloc(1, sizeof *model);
    random_seed(&random, 17);
    for (int i = 1; i <= FACT_PEOPLE; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-%d", i);
        make_person(room, reference, "X", "claim");
    }
    for (int32_t time = 1; time <= 400; time++) {
        record_random_fact(room, &random, model, time);
    }
    for (int question = 0; question < 60; question++) {
        const date as_of = {DAY_0 + (int32_t)random_between(&random, -1, 10)};
        const instant known_at = {base_time.milliseconds + random_between(&random, 0, 401)};
        for (int64_t person = 1; person <= FACT_PEOPLE + 1; person++) {
            const struct facts_read facts =
                read_facts(room, SUBJECT_OF_PERSON, person, as_of, known_at);
            expect_facts(model, person, as_of, known_at, facts.rows, facts.count);
        }
    }
    expect_rebuild_equal(room);
    test_free(model);
}

static void facts_of_others(void **state)
{
    /* Aim: hubs and agreements have facts too, apart from people with the same id; a withdrawal
     * reaches its subject only. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    make_hub(room, "HUB-1", 0);
    const int64_t of_hub = append_ok(room, fact_event(SUBJECT_OF_HUB, 1, "hub.open", "yes"));
    append_ok(room, fact_event(SUBJECT_OF_PERSON, 1, "nationality", "ALB"));
    struct facts_read facts = read_facts(room, SUBJECT_OF_HUB, 1, (date){DAY_0}, base_time);
    assert_true(facts.count == 1 && str_equal(facts.rows[0].fact, STR("hub.open")));
    struct event withdrawal = event_of(SUBJECT_OF_PERSON, 1, EVENT_FACT_WITHDRAWN);
    withdrawal.body.fact_withdrawn.event = of_hub;
    append_refused(room, withdrawal, ERROR_CONFLICT);
    withdrawal.subject_kind = SUBJECT_OF_HUB;
    append_ok(room, withdrawal);
    append_refused(room, withdrawal, ERROR_CONFLICT);
    facts = read_facts(room, SUBJECT_OF_HUB, 1, (date){DAY_0}, base_time);
    assert_int_equal(facts.count, 0);
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"facts_in_two_times", facts_in_two_times},
        {"facts_of_others", facts_of_others},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
