/* Aim: the value of a fact at (as of, known at) is the one the definition in row.h names, for every
 * mixture of late recording, correction and withdrawal. */
#include "base/random.h"
#include "register/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS_MAX = 9, ROUNDS = 20000 };

/* The definition, as sentences: a row counts when it was recorded by K, was not withdrawn by K, and
 * is true from D or before. The chosen row counts, and no other row that counts beats it. */
static bool counts(const struct fact_row *row, date as_of, instant known_at)
{
    if (row->recorded_at.milliseconds > known_at.milliseconds) {
        return false;
    }
    if (row->withdrawn && row->withdrawn_at.milliseconds <= known_at.milliseconds) {
        return false;
    }
    return row->true_from.day <= as_of.day;
}

static bool beats(const struct fact_row *a, const struct fact_row *b)
{
    if (a->true_from.day == b->true_from.day) {
        return a->position > b->position;
    }
    return a->true_from.day > b->true_from.day;
}

static size_t brute_force(const struct fact_row *rows, size_t count, date as_of, instant known_at)
{
    for (size_t i = 0; i < count; i++) {
        bool wins = counts(&rows[i], as_of, known_at);
        for (size_t k = 0; k < count; k++) {
            const bool rival = k != i && counts(&rows[k], as_of, known_at);
            wins = wins && !(rival && beats(&rows[k], &rows[i]));
        }
        if (wins) {
            return i;
        }
    }
    return count;
}

static size_t random_rows(struct random *random, struct fact_row rows[ROWS_MAX])
{
    const size_t count = random_below(random, ROWS_MAX + 1);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct fact_row){
            .position = (int64_t)i + 1,
            .true_from = {(int32_t)random_between(random, 0, 5)},
            .recorded_at = {random_between(random, 0, 9)},
            .withdrawn = random_chance(random, 0.4),
        };
        rows[i].withdrawn_at.milliseconds = rows[i].withdrawn ? random_between(random, 0, 12) : 0;
    }
    /* In any order: the definition does not depend on it. */
    for (size_t i = count; i > 1; i--) {
        const size_t other = random_below(random, i);
        const struct fact_row kept = rows[i - 1];
        rows[i - 1] = rows[other];
        rows[other] = kept;
    }
    return count;
}

/* Aim: equal to the brute-force reading of the definition, over random rows and every question. */
static void as_the_definition_says(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 3);
    size_t none = 0;
    size_t some = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct fact_row rows[ROWS_MAX];
        const size_t count = random_rows(&random, rows);
        for (int32_t day = -1; day <= 6; day++) {
            const instant known_at = {random_between(&random, -1, 13)};
            const size_t expected = brute_force(rows, count, (date){day}, known_at);
            assert_int_equal(fact_rows_choose(rows, count, (date){day}, known_at), expected);
            none += expected == count ? 1 : 0;
            some += expected == count ? 0 : 1;
        }
    }
    assert_true(none > 1000 && some > 1000);
}

/* Aim: a story told by hand. Recorded on 10 that X holds from 5; on 20 that Y holds from 3 (late);
 * on 30 that Z replaces X from 5; on 40 Z is withdrawn. */
static void a_story(void **state)
{
    (void)state;
    const struct fact_row rows[] = {
        {.position = 1, .true_from = {5}, .recorded_at = {10}},
        {.position = 2, .true_from = {3}, .recorded_at = {20}},
        {.position = 3,
         .true_from = {5},
         .recorded_at = {30},
         .withdrawn = true,
         .withdrawn_at = {40}},
    };
    assert_int_equal(fact_rows_choose(rows, 3, (date){2}, (instant){99}),
                     3); /* nothing holds on day 2 */
    assert_int_equal(fact_rows_choose(rows, 3, (date){4}, (instant){15}), 3); /* not known yet */
    assert_int_equal(fact_rows_choose(rows, 3, (date){4}, (instant){20}), 1);
    assert_int_equal(fact_rows_choose(rows, 3, (date){6}, (instant){25}), 0);
    assert_int_equal(fact_rows_choose(rows, 3, (date){6}, (instant){39}), 2);
    assert_int_equal(fact_rows_choose(rows, 3, (date){6}, (instant){40}),
                     0); /* withdrawn at that instant */
    assert_int_equal(fact_rows_choose(rows, 0, (date){6}, (instant){40}), 0);
}

static struct event recorded(const char *fact)
{
    return (struct event){.position = 8,
                          .subject_kind = SUBJECT_OF_PERSON,
                          .subject = 5,
                          .kind = EVENT_FACT_RECORDED,
                          .effective_on = {100},
                          .recorded_at = {2000},
                          .actor = 3,
                          .body.fact_recorded = {.fact = str_from_c(fact),
                                                 .value = STR("ALB"),
                                                 .source = STR("passport")}};
}

/* Aim: FACT_RECORDED makes the row, FACT_WITHDRAWN marks it once, and only the row of its own
 * subject. */
static void recorded_and_withdrawn(void **state)
{
    (void)state;
    struct err err;
    struct fact_row row = {0};
    const struct event event = recorded("nationality");
    assert_true(fact_row_apply(&row, &event, &err).ok);
    assert_true(row.position == 8 && row.subject == 5 && row.true_from.day == 100 &&
                row.actor == 3);
    assert_true(row.recorded_at.milliseconds == 2000 && !row.withdrawn);
    assert_true(str_equal(row.fact, STR("nationality")) && str_equal(row.value, STR("ALB")) &&
                str_equal(row.source, STR("passport")));
    assert_false(fact_row_apply(&row, &event, &err).ok); /* not over another row */

    struct event withdrawal = {.position = 9,
                               .subject_kind = SUBJECT_OF_PERSON,
                               .subject = 6,
                               .kind = EVENT_FACT_WITHDRAWN,
                               .recorded_at = {3000},
                               .body.fact_withdrawn = {.event = 8}};
    assert_false(fact_row_apply(&row, &withdrawal, &err).ok); /* somebody else's */
    assert_int_equal(err.code, ERROR_CONFLICT);
    withdrawal.subject = 5;
    assert_true(fact_row_apply(&row, &withdrawal, &err).ok);
    assert_true(row.withdrawn && row.withdrawn_at.milliseconds == 3000 && row.position == 8);
    assert_false(fact_row_apply(&row, &withdrawal, &err).ok); /* once */
    struct fact_row none = {0};
    assert_false(
        fact_row_apply(&none, &withdrawal, &err).ok); /* of a fact that was never recorded */

    struct fact_row other = {0};
    struct event nameless = recorded("");
    assert_false(fact_row_apply(&other, &nameless, &err).ok);
    struct event of_account = recorded("nationality");
    of_account.subject_kind = SUBJECT_OF_ACCOUNT;
    assert_false(fact_row_apply(&other, &of_account, &err).ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_definition_says),
        cmocka_unit_test(a_story),
        cmocka_unit_test(recorded_and_withdrawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
