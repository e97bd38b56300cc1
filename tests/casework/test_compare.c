/* Aim: the comparison of two rulebooks names everybody whose verdict changes, for which step, in
 * which direction, and nobody else; it sees no further than the account does, and takes no rulebook
 * into use. What is expected is worked out by hand from the small procedure and the facts recorded.
 */
#include "casework/compare.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* --- the small procedure with another wording ------------------------------------------------- */

struct wording {
    const char *from;
    const char *to;
};

static str replaced(str text, const struct wording *change, struct arena *arena)
{
    const str from = str_from_c(change->from);
    size_t at = 0;
    while (at + from.len <= text.len && memcmp(text.at + at, from.at, from.len) != 0) {
        at++;
    }
    assert_true(at + from.len <= text.len);
    const str head = str_slice(text, 0, at);
    const str tail = str_slice(text, at + from.len, text.len);
    return arena_format(arena, "%.*s%s%.*s", STR_ARG(head), change->to, STR_ARG(tail));
}

static const struct rulebook *changed_rulebook(struct office *office, const struct wording *changes,
                                               size_t count)
{
    struct err err = {0};
    struct arena scratch;
    struct diagnostics diagnostics;
    const struct rulebook *rulebook = NULL;
    str text = office->casework.rulebook->canonical;
    for (size_t i = 0; i < count; i++) {
        text = replaced(text, &changes[i], &office->perm);
    }
    assert_true(arena_open(&scratch, (size_t)64 << 20, &err).ok);
    assert_true(diagnostics_init(&diagnostics, &office->perm, &err).ok);
    const struct rulebook_file file = {.name = STR("changed"), .text = text};
    const result loaded =
        rulebook_load(&file, 1, &office->perm, scratch, &rulebook, &diagnostics, &err);
    if (!loaded.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(loaded.ok);
    arena_close(&scratch);
    return rulebook;
}

/* --- comparing -------------------------------------------------------------------------------- */

struct seen {
    struct buf lines;
    const struct compare_total *totals;
    size_t total_count;
};

static result note_line(void *context, const struct compare_line *line, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    buf_format(&seen->lines, "%.*s %.*s %.*s %s>%s", STR_ARG(line->person), STR_ARG(line->step),
               STR_ARG(line->hub), standing_name(line->before), standing_name(line->after));
    for (size_t i = 0; i < line->newly_count; i++) {
        buf_format(&seen->lines, " +%.*s", STR_ARG(line->newly_in_the_way[i]));
    }
    for (size_t i = 0; i < line->no_longer_count; i++) {
        buf_format(&seen->lines, " -%.*s", STR_ARG(line->no_longer_in_the_way[i]));
    }
    buf_put_char(&seen->lines, '\n');
    return result_ok();
}

static str compare(struct office *office, enum account_name account,
                   const struct compare_question *question, struct seen *seen)
{
    struct err err = {0};
    *seen = (struct seen){.totals = NULL};
    buf_init(&seen->lines, &office->perm, 64 * 1024);
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done = casework_compare(&office->casework, &caller, question, &office->work,
                                         note_line, seen, &seen->totals, &seen->total_count, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    return buf_str(&seen->lines);
}

static void expect(str found, const char *format, ...) PRINTF_LIKE(2, 3);
static void expect(str found, const char *format, ...)
{
    char expected[4000];
    va_list list;
    va_start(list, format);
    vsnprintf(expected, sizeof expected, format, list);
    va_end(list);
    if (!str_equal(found, str_from_c(expected))) {
        print_error("expected:\n%sfound:\n%.*s", expected, STR_ARG(found));
        fail();
    }
}

static const struct compare_total *total_of(const struct seen *seen, const char *step,
                                            const char *hub)
{
    const struct compare_total *found = NULL;
    for (size_t i = 0; i < seen->total_count; i++) {
        if (str_equal(seen->totals[i].step, str_from_c(step)) &&
            str_equal(seen->totals[i].hub, str_from_c(hub))) {
            found = &seen->totals[i];
        }
    }
    assert_non_null(found);
    return found;
}

/* --- the tests -------------------------------------------------------------------------------- */

/* Aim: the same rulebook changes nobody. */
static void test_no_change(void **state)
{
    struct office *office = *state;
    struct seen seen;
    office_ready(office, "Person 1");
    const struct compare_question question = {.before = office->casework.rulebook,
                                              .after = office->casework.rulebook};
    expect(compare(office, CLERK, &question, &seen), "%s", "");
    assert_int_equal(compare_changed(seen.totals, seen.total_count), 0);
    /* Every step; those about a hub at each of the two hubs that a clerk sees. */
    assert_int_equal(seen.total_count, 6 + 3 * 2);
    const struct compare_total *removal = total_of(&seen, "removal", "");
    assert_int_equal(removal->people[STANDING_CLEAR][STANDING_CLEAR], 1);
}

/* Aim: a longer time to appeal bars those in whose case it still runs, for the steps that it
 * guards, at each hub; a deleted safeguard clears those for whom it alone stood in the way. */
static void test_changes(void **state)
{
    struct office *office = *state;
    struct seen seen;
    const struct somebody late = office_ready(office, "Person 1");
    const struct somebody ordered = office_ready(office, "Person 2");
    const struct somebody silent = office_ready(office, "Person 3");
    office_register(office, "Person 4");
    /* 2026-06-30 is today: 25 days are within thirty, and beyond fourteen. */
    assert_true(office_record(office, CLERK, late.reference, "decision.sent_on", "2026-06-05").ok);
    assert_true(
        office_record(office, CLERK, ordered.reference, "decision.sent_on", "2026-01-05").ok);
    assert_true(
        office_record(office, CLERK, silent.reference, "decision.sent_on", "2026-01-05").ok);
    assert_true(office_record(office, CLERK, ordered.reference, "order.injunction", "in_force").ok);
    assert_true(office_record(office, CLERK, silent.reference, "order.injunction", "unknown").ok);
    const struct wording longer[] = {
        {"runs 14 days after decision.sent_on", "runs 30 days after decision.sent_on"},
        {"given decision.sent_on = 2026-06-01\n    then last day 2026-06-15",
         "given decision.sent_on = 2026-06-01\n    then last day 2026-07-01"},
        {"    on 2026-06-20\n    given decision.sent_on = 2026-06-01",
         "    on 2026-07-20\n    given decision.sent_on = 2026-06-01"},
    };
    const struct rulebook *rulebook = changed_rulebook(office, longer, 3);
    const struct compare_question question = {.before = office->casework.rulebook,
                                              .after = rulebook};
    expect(compare(office, CLERK, &question, &seen),
           "%s removal  clear>barred +appeal_time_over\n"
           "%s transfer HUB-NORTH clear>barred +appeal_time_over\n"
           "%s transfer HUB-SOUTH clear>barred +appeal_time_over\n",
           late.reference, late.reference, late.reference);
    const struct compare_total *removal = total_of(&seen, "removal", "");
    assert_int_equal(removal->people[STANDING_CLEAR][STANDING_BARRED], 1);
    assert_int_equal(removal->people[STANDING_BARRED][STANDING_BARRED], 1);
    assert_int_equal(removal->people[STANDING_UNKNOWN][STANDING_UNKNOWN], 1);
    assert_int_equal(removal->people[STANDING_NOT_OPEN][STANDING_NOT_OPEN], 1);
    /* Turned round, and asked about one step and one hub. */
    const struct compare_question back = {.before = rulebook,
                                          .after = office->casework.rulebook,
                                          .step = STR("transfer"),
                                          .hub = STR(HUB_SOUTH)};
    expect(compare(office, CLERK, &back, &seen),
           "%s transfer HUB-SOUTH barred>clear -appeal_time_over\n", late.reference);
    assert_int_equal(seen.total_count, 1);
    const struct wording no_order[] = {
        {"guards removal, transfer, emergency_transfer", "guards emergency_transfer"}};
    const struct compare_question without = {.before = office->casework.rulebook,
                                             .after = changed_rulebook(office, no_order, 1),
                                             .step = STR("removal")};
    expect(compare(office, CLERK, &without, &seen),
           "%s removal  barred>clear -no_injunction\n%s removal  unknown>clear -no_injunction\n",
           ordered.reference, silent.reference);
}

/* Aim: a step that is gone, or that leads from elsewhere, is "not open"; so is a new one before. */
static void test_steps(void **state)
{
    struct office *office = *state;
    struct seen seen;
    const struct somebody ready = office_ready(office, "Person 1");
    const struct somebody registered = office_register(office, "Person 2");
    const struct wording changes[] = {{"step lose_contact \"Contact lost\"\n  from exhausted\n",
                                       "step vanish \"Contact lost\"\n  from registered\n"}};
    const struct compare_question question = {.before = office->casework.rulebook,
                                              .after = changed_rulebook(office, changes, 1)};
    expect(compare(office, CLERK, &question, &seen),
           "%s lose_contact  clear>not open\n%s vanish  not open>clear\n", ready.reference,
           registered.reference);
}

/* Aim: the place held for somebody counts as free for them under both rulebooks. */
static void test_own_place(void **state)
{
    struct office *office = *state;
    struct seen seen;
    struct somebody people[OFFICE_PLACES + 1];
    for (size_t i = 0; i <= OFFICE_PLACES; i++) {
        people[i] = office_ready(office, "Person");
    }
    for (size_t i = 0; i < OFFICE_PLACES; i++) {
        office_transfer(office, &people[i], HUB_NORTH, 2);
    }
    const struct wording changes[] = {
        {"clear when hub.places_free > 0", "clear when hub.places_free >= 0"},
        {"    given hub.places_free = 0\n    then barred",
         "    given hub.places_free = -1\n    then barred"}};
    const struct compare_question question = {.before = office->casework.rulebook,
                                              .after = changed_rulebook(office, changes, 2),
                                              .step = STR("transfer"),
                                              .hub = STR(HUB_NORTH)};
    expect(compare(office, CLERK, &question, &seen),
           "%s transfer HUB-NORTH barred>clear -place_is_free\n", people[OFFICE_PLACES].reference);
}

/* Aim: nobody sees further than their account does, and nothing is recorded but the look. */
static void test_access(void **state)
{
    struct office *office = *state;
    struct seen seen;
    struct err err = {0};
    office_ready(office, "Person 1");
    const struct wording changes[] = {
        {"guards removal, transfer, emergency_transfer", "guards emergency_transfer"}};
    const struct compare_question question = {.before = office->casework.rulebook,
                                              .after = changed_rulebook(office, changes, 1)};
    const int64_t events = office_events(office);
    const int64_t looks = office_ask(office, "SELECT count(*) FROM look");
    compare(office, CLERK, &question, &seen);
    assert_int_equal(office_events(office), events);
    assert_int_equal(office_ask(office, "SELECT count(*) FROM look"), looks + 1);
    /* A hub operator may not compare; a clerk does not see the hub of a confidential agreement. */
    const struct caller operator_north = office_caller(office, OPERATOR_NORTH);
    assert_false(casework_compare(&office->casework, &operator_north, &question, &office->work,
                                  NULL, NULL, &seen.totals, &seen.total_count, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    struct compare_question secret = question;
    secret.hub = STR(HUB_SECRET);
    const struct caller clerk = office_caller(office, CLERK);
    assert_false(casework_compare(&office->casework, &clerk, &secret, &office->work, NULL, NULL,
                                  &seen.totals, &seen.total_count, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    struct compare_question nowhere = question;
    nowhere.step = STR("deportation");
    assert_false(casework_compare(&office->casework, &clerk, &nowhere, &office->work, NULL, NULL,
                                  &seen.totals, &seen.total_count, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

/* Aim: whoever may not screen is told how many verdicts change, and neither whose, nor a number so
 * small that a condition written for one person would tell it; nor what could be worked out. */
static void test_counts_alone(void **state)
{
    struct office *office = *state;
    struct seen seen;
    struct err err = {0};
    for (int i = 0; i < 3; i++) {
        const struct somebody person = office_ready(office, "Somebody");
        assert_true(
            office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    }
    const struct wording changes[] = {
        {"guards removal, transfer, emergency_transfer", "guards emergency_transfer"}};
    struct compare_question question = {.before = office->casework.rulebook,
                                        .after = changed_rulebook(office, changes, 1),
                                        .step = STR("removal"),
                                        .small = 4};
    assert_true(compare(office, CLERK, &question, &seen).len > 0);
    const int64_t all = compare_changed(seen.totals, seen.total_count);
    assert_int_equal(all, 3);
    expect(compare(office, STATISTICIAN, &question, &seen), "%s", "");
    assert_int_equal(compare_changed(seen.totals, seen.total_count), COMPARE_WITHHELD);
    for (size_t before = 0; before < STANDING_COUNT; before++) {
        for (size_t after = 0; after < STANDING_COUNT; after++) {
            const int64_t people = seen.totals[0].people[before][after];
            assert_true(people == 0 || people == COMPARE_WITHHELD);
        }
    }
    question.small = 3;
    expect(compare(office, STATISTICIAN, &question, &seen), "%s", "");
    assert_int_equal(compare_changed(seen.totals, seen.total_count), all);
    question.small = 0;
    const struct caller statistician = office_caller(office, STATISTICIAN);
    assert_false(casework_compare(&office->casework, &statistician, &question, &office->work, NULL,
                                  NULL, &seen.totals, &seen.total_count, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_own_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_access, setup, teardown),
        cmocka_unit_test_setup_teardown(test_counts_alone, setup, teardown),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
