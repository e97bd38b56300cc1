#include "lawful.h"

#include "casework/clock_facts.h"

#include "rulebook/possible.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const int64_t day_milliseconds = 24 * 60 * 60 * 1000;

static void move_to(struct office *office, date day)
{
    atomic_store(&office->now, day.day * day_milliseconds + day_milliseconds / 2);
}

/* --- the witness ------------------------------------------------------------------------------ */

static enum possible_answer find_witness(const struct rulebook *rulebook, uint32_t index,
                                         struct arena *arena, struct question *ret_witness)
{
    struct err err = {0};
    struct possible *possible = NULL;
    enum possible_answer answer = POSSIBLE_UNDECIDED;
    const struct step *step = &rulebook->steps[index];
    struct possible_goal *goals = ARENA_NEW(arena, struct possible_goal, step->safeguard_count + 1);
    assert_non_null(goals);
    for (size_t i = 0; i < step->safeguard_count; i++) {
        goals[i] = (struct possible_goal){rulebook->safeguards[step->safeguards[i]].clear_when,
                                          TRUTHS_TRUE};
    }
    const struct possible_question question = {.goals = goals,
                                               .goal_count = step->safeguard_count,
                                               .without_hub = !step->with_hub,
                                               .without_agreement = !step->with_agreement};
    assert_true(possible_open(rulebook, arena, &possible, &err).ok);
    assert_true(possible_ask(possible, &question, &answer, ret_witness, &err).ok);
    return answer;
}

static const struct value *values_of(const struct question *witness, enum subject subject)
{
    return subject == SUBJECT_PERSON ? witness->person
           : subject == SUBJECT_HUB  ? witness->hub
                                     : witness->agreement;
}

static const char *reference_of(const struct somebody *person, enum subject subject)
{
    return subject == SUBJECT_PERSON ? person->reference
           : subject == SUBJECT_HUB  ? HUB_NORTH
                                     : AGREEMENT;
}

static void append_value(struct office *office, const struct somebody *person,
                         const struct fact *fact, const char *text)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person->id,
                          .kind = EVENT_FACT_RECORDED,
                          .effective_on = office_today(office),
                          .actor = office->accounts[SENIOR],
                          .body.fact_recorded = {.fact = fact->name,
                                                 .value = str_from_c(text),
                                                 .source = STR("extended")}};
    office_append(office, &event);
}

/* A number that the register counts is what it is; everything else that is known is recorded. */
static void record_value(struct office *office, const struct somebody *person,
                         const struct fact *fact, const struct value *value, char text[2000])
{
    struct arena arena;
    struct buf buf;
    struct err err = {0};
    char name[100];
    assert_true(arena_open(&arena, 64 * 1024, &err).ok);
    buf_init(&buf, &arena, 1999);
    value_format(fact, value, &buf);
    snprintf(text, 2000, "%.*s", STR_ARG(buf_str(&buf)));
    snprintf(name, sizeof name, "%.*s", STR_ARG(fact->name));
    arena_close(&arena);
    const bool empty = text[0] == '\0'; /* a set without members, a text without words */
    const uint32_t index = rulebook_fact(office->casework.rulebook, fact->name);
    if (!clock_facts_check(office->casework.rulebook, index, str_from_c(text), NULL).ok) {
        append_value(office, person, fact, text); /* it was in time then */
        return;
    }
    const struct recorded recorded =
        office_record(office, fact->subject == SUBJECT_PERSON ? CLERK : SENIOR,
                      reference_of(person, fact->subject), name, empty ? "as recorded" : text);
    if (!recorded.ok) {
        fail_msg("%s = %s: %s", name, text, recorded.err.what);
    }
}

struct lawful lawful_make_clear(struct office *office, const struct somebody *person,
                                const char *step)
{
    enum { SEARCH_BYTES = 512 * 1024 * 1024 };
    const struct rulebook *rulebook = office->casework.rulebook;
    const uint32_t index = rulebook_step(rulebook, str_from_c(step));
    struct err err = {0};
    struct arena arena;
    struct question witness = {.person = NULL};
    struct lawful lawful = {.possible = false};
    assert_int_not_equal(index, NOT_FOUND_INDEX);
    assert_true(arena_open(&arena, SEARCH_BYTES, &err).ok);
    if (find_witness(rulebook, index, &arena, &witness) == POSSIBLE_YES) {
        assert_int_equal(witness.family_count, 0);
        lawful.possible = true;
        lawful.today = witness.today;
        move_to(office, witness.today);
        for (size_t i = 0; i < rulebook->fact_count; i++) {
            const struct fact *fact = &rulebook->facts[i];
            const struct value *values = values_of(&witness, fact->subject);
            if (values != NULL && values[i].known && !fact->counted) {
                char text[2000];
                record_value(office, person, fact, &values[i], text);
                if (str_equal(fact->name, STR("departure.destination"))) {
                    snprintf(lawful.destination, sizeof lawful.destination, "%.3s", text);
                }
            }
        }
    }
    arena_close(&arena);
    return lawful;
}

/* --- people ----------------------------------------------------------------------------------- */

struct somebody lawful_register(struct office *office, const char *name, const char *stage)
{
    move_to(office, (date){OFFICE_DAY});
    const struct somebody person = office_register(office, name);
    const struct person_row row = office_person(office, person.id);
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person.id,
        .kind = EVENT_STEP_TAKEN,
        .effective_on = office_today(office),
        .actor = office->accounts[CLERK],
        .body.step_taken = {.step = STR("came_here"), .from = row.stage, .to = str_from_c(stage)}};
    office_append(office, &event);
    assert_true(str_equal(office_person(office, person.id).stage, str_from_c(stage)));
    return person;
}

struct outcome lawful_ask_and_approve(struct office *office, const struct somebody *person,
                                      const char *step)
{
    const struct rulebook *rulebook = office->casework.rulebook;
    const struct step *rule = &rulebook->steps[rulebook_step(rulebook, str_from_c(step))];
    struct outcome outcome =
        office_ask_for(office, CLERK, person, step, rule->with_hub ? HUB_NORTH : "");
    for (size_t i = 0; outcome.ok && !outcome.refused && i < rule->approval_count; i++) {
        const bool senior =
            str_equal(rulebook->roles[rule->approvals[i]].name, STR("senior_officer"));
        outcome = office_approve(office, senior ? SENIOR : OFFICER, outcome.request);
    }
    if (!outcome.ok || outcome.refused) {
        print_error("%s: %s\n", step, outcome.ok ? outcome.refusal : outcome.err.what);
    }
    return outcome;
}

struct lawful_request lawful_approved(struct office *office, const char *name, const char *stage,
                                      const char *step)
{
    struct lawful_request approved = {.person = lawful_register(office, name, stage)};
    approved.lawful = lawful_make_clear(office, &approved.person, step);
    assert_true(approved.lawful.possible);
    const struct outcome outcome = lawful_ask_and_approve(office, &approved.person, step);
    assert_true(outcome.ok && !outcome.refused);
    assert_int_equal(outcome.state, REQUEST_APPROVED);
    approved.request = outcome.request;
    return approved;
}
