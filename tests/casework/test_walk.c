/* Aim: the casework runs on every law that comes with the program: people go through the procedure
 * step by step, the page tells before each step what the command then answers, and nobody is lost
 * on the way.
 *
 *     test_walk NAME        (uk, eu) */
#include "office.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 6, STEPS = 250 };

static int setup(void **state)
{
    static struct office office;
    const char *law = *state;
    office_open_law(&office, law);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

struct choice {
    char step[80];
    char hub[40];
    enum clearance clearance;
    bool needs_approval;
    size_t count; /* of next steps on the page */
};

/* One of the next steps on the person's page. */
static struct choice choose(struct office *office, struct random *random,
                            const struct somebody *person)
{
    struct err err = {0};
    struct person_answer answer = {0};
    struct choice choice = {.count = 0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    const result done = casework_person(&office->casework, &caller, str_from_c(person->reference),
                                        NULL, &office->work, &answer, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    choice.count = answer.next_step_count;
    if (choice.count > 0) {
        const struct next_step *next = &answer.next_steps[random_below(random, choice.count)];
        const struct step *step = &office->casework.rulebook->steps[next->step];
        snprintf(choice.step, sizeof choice.step, "%.*s", STR_ARG(step->name));
        snprintf(choice.hub, sizeof choice.hub, "%.*s",
                 next->hub.id == 0 ? 0 : (int)next->hub.reference.len, next->hub.reference.at);
        choice.clearance = next->clearance;
        choice.needs_approval = step->approval_count > 0;
    }
    return choice;
}

/* A value that can be recorded of the fact, drawn at random. */
static void draw_value(struct office *office, struct random *random, const struct fact *fact,
                       char text[200])
{
    const date day = date_add_days(office_today(office), -(int32_t)random_below(random, 40));
    const size_t choice = fact->choice_count == 0 ? 0 : random_below(random, fact->choice_count);
    switch (fact->type) {
    case FACT_FLAG:
        snprintf(text, 200, "%s", random_below(random, 2) == 0 ? "no" : "yes");
        break;
    case FACT_CHOICE:
        snprintf(text, 200, "%.*s", STR_ARG(fact->choices[choice]));
        break;
    case FACT_DATE:
        date_format(day, text);
        break;
    case FACT_NUMBER:
        snprintf(text, 200, "%d", (int)random_below(random, 3));
        break;
    case FACT_COUNTRY:
    case FACT_COUNTRIES:
        snprintf(text, 200, "ALB");
        break;
    case FACT_TEXT:
        snprintf(text, 200, "as the person says");
        break;
    }
}

/* Records what the answer says could change it: of each safeguard in the way one fact, as it names
 * it. Every piece of advice must be one that can be followed. */
static void follow_advice(struct office *office, struct random *random,
                          const struct somebody *person, const struct choice *choice)
{
    struct err err = {0};
    struct explain_answer answer = {0};
    const struct caller caller = office_caller(office, CLERK);
    struct arena arena;
    assert_true(arena_open(&arena, 64 * 1024 * 1024, &err).ok);
    assert_true(casework_explain(&office->casework, &caller, str_from_c(person->reference),
                                 str_from_c(choice->step), str_from_c(choice->hub), NULL, &arena,
                                 &answer, &err)
                    .ok);
    assert_int_equal(answer.explanation.clearance, choice->clearance);
    for (size_t i = 0; i < answer.explanation.safeguard_count; i++) {
        const struct safeguard_explanation *one = &answer.explanation.safeguards[i];
        if (one->change_count == 0 || one->changes[0].kind == CHANGE_WAIT) {
            continue;
        }
        const struct fact *fact = &office->casework.rulebook->facts[one->changes[0].fact];
        char text[200] = "";
        char name[100];
        snprintf(name, sizeof name, "%.*s", STR_ARG(fact->name));
        if (one->changes[0].kind == CHANGE_FACT_KNOWN) {
            draw_value(office, random, fact, text);
        } else {
            struct buf buf;
            buf_init(&buf, &arena, 199);
            value_format(fact, &one->changes[0].value, &buf);
            snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&buf)));
        }
        if (fact->counted || fact->subject != SUBJECT_PERSON) {
            continue;
        }
        const struct recorded recorded =
            office_record(office, CLERK, person->reference, name, text);
        if (!recorded.ok) {
            print_error("%s = %s: %s\n", name, text, recorded.err.what);
        }
        assert_true(recorded.ok);
    }
    arena_close(&arena);
}

/* Aim: a walk of random steps, where the command always answers what the page said. */
static void test_walk(void **state)
{
    struct office *office = *state;
    struct random random;
    struct somebody people[PEOPLE];
    size_t taken = 0;
    int64_t registered = PEOPLE;
    size_t refused = 0;
    random_seed(&random, 11);
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i] = office_register(office, "PersonOne Samplealpha");
    }
    for (int i = 0; i < STEPS; i++) {
        struct somebody *person = &people[random_below(&random, PEOPLE)];
        const struct choice choice = choose(office, &random, person);
        if (choice.count == 0 ||
            random_below(&random, 15) == 0) { /* an end, or somebody's turn to wait */
            *person = office_register(office, "PersonThree Samplegamma");
            registered++;
            continue;
        }
        const struct outcome outcome =
            office_ask_for(office, CLERK, person, choice.step, choice.hub);
        if (!outcome.ok) { /* only because it was asked for before */
            assert_int_equal(outcome.err.code, ERROR_CONFLICT);
            assert_true(choice.needs_approval);
            continue;
        }
        assert_int_equal(outcome.clearance, choice.clearance);
        assert_int_equal(outcome.refused, choice.clearance != CLEARANCE_CLEAR);
        assert_true(!outcome.refused || strlen(outcome.refusal) > 80);
        taken += outcome.refused ? 0 : 1;
        refused += outcome.refused ? 1 : 0;
        if (outcome.refused) {
            follow_advice(office, &random, person, &choice);
        }
    }
    print_message("# %zu taken, %zu refused\n", taken, refused);
    assert_true(taken > 20);
    assert_true(refused > 5);
    struct err err = {0};
    struct today_answer today = {0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(casework_today(&office->casework, &caller, NULL, &office->work, &today, &err).ok);
    int64_t sum = 0;
    for (size_t i = 0; i < today.stage_count; i++) {
        sum += today.stages[i].people;
    }
    assert_int_equal(sum, registered);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: test_walk NAME-OF-A-LAW\n");
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_walk, setup, teardown, argv[1]),
    };
    return cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
}
