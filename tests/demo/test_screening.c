/* Aim: a screening, which judges everybody at once from the caseload, says of each person,
 * safeguard by safeguard, what the scalar judge says of the person's own case as their page loads
 * it - for steps with and without a hub and families, on several days, with values that the
 * rulebook cannot read, corrections, withdrawals, and facts recorded after the instant that is
 * asked about. */
#include "changed.h"

#include "rulebook/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PEOPLE = 500, STEP_SAFEGUARDS_MAX = 128 };

static const uint64_t seed = 6;

static int open_group(void **state)
{
    static struct register_of made;
    *state = &made;
    register_open(&made, 3);
    register_make(&made, PEOPLE, seed);
    register_change(&made, PEOPLE, seed);
    return 0;
}

static int close_group(void **state)
{
    register_close(*state);
    return 0;
}

/* --- screened --- */

struct screened {
    struct register_of *made;
    size_t safeguard_count;
    struct screened_line {
        str reference;
        enum clearance clearance;
        enum clearance each[STEP_SAFEGUARDS_MAX];
    } lines[PEOPLE];
    size_t count;
    int64_t last_id;
};

static result keep_line(void *context, const struct screen_line *line, struct err *err)
{
    struct screened *screened = context;
    struct screened_line *kept = &screened->lines[screened->count++];
    (void)err;
    assert_true(screened->count <= PEOPLE);
    assert_true(line->person->id > screened->last_id); /* in order, nobody twice */
    screened->last_id = line->person->id;
    kept->reference = arena_copy(&screened->made->work, line->person->reference);
    kept->clearance = line->clearance;
    for (size_t i = 0; i < screened->safeguard_count; i++) {
        kept->each[i] = line->each[i];
    }
    return result_ok();
}

static void expect_scalar(struct register_of *made, const struct screened_line *line, uint32_t step,
                          const char *hub, const struct asked *asked)
{
    const struct rulebook *rulebook = made->casework.rulebook;
    const struct caller caller = register_caller(made, "senior");
    struct err err = {.code = ERROR_NONE};
    struct explain_answer answer;
    enum clearance each[STEP_SAFEGUARDS_MAX];
    struct arena work = made->work;
    must(casework_explain(&made->casework, &caller, line->reference, rulebook->steps[step].name,
                          str_from_c(hub), asked, &work, &answer, &err),
         &err);
    const enum clearance whole = judge_step(rulebook, step, &answer.view.question, each);
    for (size_t i = 0; i < rulebook->steps[step].safeguard_count; i++) {
        if (line->each[i] != each[i]) {
            const uint32_t safeguard = rulebook->steps[step].safeguards[i];
            fail_msg("%.*s, %.*s, %.*s: screened %d, judged %d (seed %llu)",
                     STR_ARG(line->reference), STR_ARG(rulebook->steps[step].name),
                     STR_ARG(rulebook->safeguards[safeguard].name), (int)line->each[i],
                     (int)each[i], (unsigned long long)seed);
        }
    }
    assert_int_equal(line->clearance, whole);
}

struct stages_asked {
    struct register_of *made;
    uint32_t step;
    int64_t people;
};

static result people_in_stages(struct transaction *transaction, void *context, struct err *err)
{
    struct stages_asked *asked = context;
    const struct rulebook *rulebook = asked->made->casework.rulebook;
    const struct stage_count *stages = NULL;
    struct arena work = asked->made->work;
    size_t count = 0;
    TRY(transaction_count_stages(transaction, &work, &stages, &count, err));
    for (size_t i = 0; i < count; i++) {
        const uint32_t stage = rulebook_stage(rulebook, stages[i].stage);
        const bool leaves = stage != NOT_FOUND_INDEX &&
                            rulebook_step_leaves(rulebook, &rulebook->steps[asked->step], stage);
        asked->people += leaves ? stages[i].people : 0;
    }
    return result_ok();
}

static size_t screen_and_compare(struct register_of *made, uint32_t step, const char *hub,
                                 const struct asked *asked)
{
    static struct screened screened;
    const struct caller caller = register_caller(made, "senior");
    const struct rulebook *rulebook = made->casework.rulebook;
    struct err err = {.code = ERROR_NONE};
    struct screen_totals totals;
    struct stages_asked stages = {.made = made, .step = step};
    arena_reset(&made->work);
    screened =
        (struct screened){.made = made, .safeguard_count = rulebook->steps[step].safeguard_count};
    assert_true(screened.safeguard_count <= STEP_SAFEGUARDS_MAX);
    must(casework_screen(&made->casework, &caller, rulebook->steps[step].name, str_from_c(hub),
                         asked, keep_line, &screened, &totals, &err),
         &err);
    must(store_read(made->store, people_in_stages, &stages, &err), &err);
    assert_int_equal(screened.count, stages.people);
    assert_int_equal(totals.people, stages.people);
    for (size_t i = 0; i < screened.count; i++) {
        expect_scalar(made, &screened.lines[i], step, hub, asked);
    }
    return screened.count;
}

static void test_steps_and_days(void **state)
{
    static const struct {
        const char *step;
        const char *hub;
    } questions[] = {{"hub_transfer", "HUB-NORTH"}, {"hub_transfer", "HUB-SOUTH"},
                     {"enforced_removal", ""},      {"grant_leave", ""},
                     {"voluntary_return", ""},      {"refuse_claim", ""}};
    static const int32_t days[] = {0, -45, 21};
    struct register_of *made = *state;
    size_t lines = 0;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const uint32_t step = rulebook_step(made->casework.rulebook, str_from_c(questions[i].step));
        if (step == NOT_FOUND_INDEX) {
            fail_msg("there is no step %s", questions[i].step);
        }
        for (size_t day = 0; day < sizeof days / sizeof days[0]; day++) {
            const struct asked asked = {.has_on = true,
                                        .on = date_add_days(register_day(), days[day])};
            lines += screen_and_compare(made, step, questions[i].hub, &asked);
        }
    }
    print_message("# seed %llu: %zu lines compared\n", (unsigned long long)seed, lines);
    assert_true(lines > 200);
}

static void test_now(void **state)
{
    /* Aim: what was recorded later than the register's last instant is not known now. */
    struct register_of *made = *state;
    const uint32_t step = rulebook_step(made->casework.rulebook, STR("hub_transfer"));
    assert_true(screen_and_compare(made, step, "HUB-NORTH", NULL) > 0);
    made->fake.time.milliseconds += INT64_C(86400000) * 6;
    assert_true(screen_and_compare(made, step, "HUB-NORTH", NULL) > 0);
}

/* --- as it was known then --------------------------------------------------------------------- */

struct everybody {
    struct arena *arena;
    const struct person_row *rows;
    size_t count;
};

static result read_everybody(struct transaction *transaction, void *context, struct err *err)
{
    struct everybody *all = context;
    return transaction_each_record(transaction, 0, 0, all->arena, &all->rows, &all->count, err);
}

static bool is_screened(const struct screened *screened, str reference)
{
    bool found = false;
    for (size_t i = 0; i < screened->count; i++) {
        found = found || str_equal(screened->lines[i].reference, reference);
    }
    return found;
}

/* Of some people: whoever's own page says that they were in a stage that the step leaves is
 * screened, and nobody else. */
static void expect_people_then(struct register_of *made, const struct screened *screened,
                               uint32_t step, const struct asked *asked)
{
    enum { EVERY = 12 };
    const struct rulebook *rulebook = made->casework.rulebook;
    const struct caller caller = register_caller(made, "senior");
    struct err err = {.code = ERROR_NONE};
    struct arena work = made->work;
    struct everybody all = {.arena = &work};
    must(store_read(made->store, read_everybody, &all, &err), &err);
    for (size_t i = 0; i < all.count; i += EVERY) {
        struct arena scratch = work;
        struct person_answer answer;
        const bool known = casework_person(&made->casework, &caller, all.rows[i].reference, asked,
                                           &scratch, &answer, &err)
                               .ok;
        const uint32_t stage =
            known ? rulebook_stage(rulebook, answer.view.person.stage) : NOT_FOUND_INDEX;
        assert_int_equal(is_screened(screened, all.rows[i].reference),
                         stage != NOT_FOUND_INDEX &&
                             rulebook_step_leaves(rulebook, &rulebook->steps[step], stage));
    }
}

/* Aim: of the past the same people are judged, on the same facts, as their own pages say: nobody
 * who came into the stage later, everybody who has left it since. */
static void test_then(void **state)
{
    static const int32_t days_ago[] = {20, 400};
    static const char *const steps[] = {"hub_transfer", "grant_leave"};
    struct register_of *made = *state;
    const struct caller caller = register_caller(made, "senior");
    size_t lines = 0;
    for (size_t i = 0; i < sizeof days_ago / sizeof days_ago[0]; i++) {
        for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
            static struct screened screened;
            const uint32_t step = rulebook_step(made->casework.rulebook, str_from_c(steps[k]));
            const char *hub = k == 0 ? "HUB-NORTH" : "";
            const struct asked asked = {
                .has_known_at = true,
                .known_at = instant_from_date(date_add_days(register_day(), -days_ago[i]))};
            struct screen_totals totals;
            struct err err = {.code = ERROR_NONE};
            arena_reset(&made->work);
            screened = (struct screened){.made = made,
                                         .safeguard_count =
                                             made->casework.rulebook->steps[step].safeguard_count};
            must(casework_screen(&made->casework, &caller, str_from_c(steps[k]), str_from_c(hub),
                                 &asked, keep_line, &screened, &totals, &err),
                 &err);
            expect_people_then(made, &screened, step, &asked);
            for (size_t line = 0; line < screened.count; line += 5) {
                expect_scalar(made, &screened.lines[line], step, hub, &asked);
            }
            lines += screened.count;
        }
    }
    print_message("# %zu lines of the past compared\n", lines);
    assert_true(lines > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_and_days),
        cmocka_unit_test(test_now),
        cmocka_unit_test(test_then),
    };
    return cmocka_run_group_tests_name("screening", tests, open_group, close_group);
}
