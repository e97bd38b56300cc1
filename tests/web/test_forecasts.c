/* Aim: a forecast is shown as what its answers say, with its intervals, its chart and its table;
 * only who may see forecasts sees one; what is not there is not found; and what is no answer is
 * refused when it is read. Expected: the answers written by hand in desk_forecast.h. */
#include "desk.h"
#include "desk_forecast.h"

#include "forecast/answers.h"
#include "web/view_forecast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SPACE "\xc2\xa0" /* that does not break a line */

static void only_who_may_see_forecasts_sees_them(void **state)
{
    struct desk *desk = *state;
    static const char *const addresses[] = {"/forecast", "/forecast/it", "/forecast/it/waiting"};
    for (size_t i = 0; i < 3; i++) {
        assert_status(desk_get(desk, STATISTICIAN, addresses[i]), 200);
        assert_status(desk_page(desk, STATISTICIAN, addresses[i]), 200);
        assert_status(desk_get(desk, CLERK, addresses[i]), 403);
        assert_status(desk_get(desk, NOBODY, addresses[i]), 401);
    }
    assert_status(desk_get(desk, STATISTICIAN, "/forecast/other"), 404);
    assert_status(desk_get(desk, STATISTICIAN, "/forecast/it/other"), 404);
}

static void the_answers_stand_on_the_page(void **state)
{
    struct desk *desk = *state;
    const struct reply list = desk_page(desk, STATISTICIAN, "/forecast");
    assert_true(reply_says(&list, "What &lt;might&gt; be"));
    assert_true(reply_says(&list, "20 futures, seed 7"));
    const struct reply page = desk_page(desk, STATISTICIAN, "/forecast/it");
    assert_true(reply_says(&page, "12,345"));
    assert_true(reply_says(&page, "11,000" SPACE "to" SPACE "14,000"));
    assert_true(reply_says(&page, "\xe2\x88\x92"
                                  "70" SPACE "to" SPACE "\xe2\x88\x92"
                                  "30"));
    assert_true(reply_says(&page, "In 2024-Q2, in people unless"));
    assert_true(reply_says(&page, "not the difference of two medians"));
    assert_true(reply_says(&page, "between 1 and 2"));
    assert_true(reply_says(&page, "1 April 2024"));
    assert_true(reply_says(&page, "returnhub forecast run it --futures 20 --seed 7 --one-in 1<"));
    assert_true(reply_says(&page, "5ce0"));
    assert_true(reply_says(&page, "1a30"));
    assert_true(reply_says(&page, "it.scenario"));
    assert_true(reply_says(&page, "f11e"));
    const struct reply series = desk_page(desk, STATISTICIAN, "/forecast/it/waiting");
    assert_true(reply_says(&series, "/forecast/it/waiting?as=svg\""));
    assert_true(reply_says(&series, "of=difference"));
    assert_true(reply_says(&series, "10,000" SPACE "to" SPACE "15,000"));
    assert_true(reply_says(&series, "More of it"));
    assert_true(reply_says(&series, "\xe2\x88\x92"
                                    "50 (3)"));
    assert_true(reply_says(&series, "0.75 (0.02)"));
}

static void the_same_as_data(void **state)
{
    struct desk *desk = *state;
    const struct reply reply = desk_get(desk, STATISTICIAN, "/forecast/it");
    json_auto_t *found = json_loadb(reply.body.at, reply.body.len, 0, NULL);
    json_auto_t *run = json_loads(desk_run, 0, NULL);
    json_auto_t *shares = json_loads(desk_shares, 0, NULL);
    assert_true(json_equal(json_object_get(found, "run"), run));
    assert_true(json_equal(json_object_get(found, "shares"), shares));
    const struct ask ask = {.path = "/forecast/it", .query = "as=csv", .account = STATISTICIAN};
    const struct reply csv = desk_ask(desk, &ask);
    assert_status(csv, 200);
    assert_true(reply_says(&csv, "waiting,2024-Q2,level,12345.000000,12345.000000,12000.000000"));
    const struct reply series = desk_get(desk, STATISTICIAN, "/forecast/it/waiting");
    json_auto_t *one = json_loadb(series.body.at, series.body.len, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json_object_get(one, "series"), "quarters")),
                     2);
}

static void a_chart_is_an_image(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *query;
        const char *says;
    } rows[] = {{"as=svg", "the median is 12,345 people; half of the futures lie between 12,000"},
                {"as=svg&of=difference", "Waiting: what the measures change"}};
    for (size_t i = 0; i < 2; i++) {
        const struct ask ask = {
            .path = "/forecast/it/waiting", .query = rows[i].query, .account = STATISTICIAN};
        const struct reply chart = desk_ask(desk, &ask);
        assert_status(chart, 200);
        assert_true(str_starts(chart.content_type, STR("image/svg+xml")));
        assert_true(reply_says(&chart, rows[i].says));
    }
}

/* The highest point of the widest band is where its number is on the scale: 15,000 of 15,000. */
static void bands_are_where_their_numbers_are(void **state)
{
    struct desk *desk = *state;
    json_auto_t *run = json_loads(desk_run, 0, NULL);
    struct drawing drawing;
    struct err err;
    size_t areas = 0;
    const json_t *series = json_array_get(json_object_get(run, "series"), 0);
    assert_true(answers_draw(series, false, &desk->arena, &drawing, &err).ok);
    int32_t before_top = INT32_MIN;
    int32_t before_bottom = INT32_MAX;
    for (const struct shape *shape = drawing.shapes; shape != NULL; shape = shape->next) {
        if (shape->kind != SHAPE_AREA) {
            continue;
        }
        /* Points: high of each quarter, then low of each, backwards. 10,000 at most would be two
         * thirds of the way up to 15,000. */
        assert_int_equal(shape->outline_count, 4);
        const int32_t top = shape->outline[1].y;
        const int32_t bottom = shape->outline[2].y;
        assert_true(top < bottom && top > before_top && bottom < before_bottom);
        if (areas == 0) {
            const int32_t low_first = shape->outline[3].y; /* 700 */
            const double unit = (bottom - top) / 5000.0;   /* 10,000 to 15,000 */
            assert_true(abs((int)((low_first - bottom) - unit * 9300)) <= 2);
        }
        before_top = top;
        before_bottom = bottom;
        areas++;
    }
    assert_int_equal(areas, 3);
}

static void what_is_no_answer_is_refused(void **state)
{
    (void)state;
    static const char *const whole[] = {desk_run, desk_shares, desk_sensitivity};
    static const char *const needed[] = {"\"answer\"",
                                         "\"scenario\"",
                                         "\"futures\"",
                                         "\"one_in\"",
                                         "\"series\"",
                                         "\"name\"",
                                         "\"unit\"",
                                         "\"median\"",
                                         "\"interval_80\"",
                                         "\"together\"",
                                         "\"index\"",
                                         "\"assumption\"",
                                         "\"error\"",
                                         "\"quarter\"",
                                         "\"from\"",
                                         "\"source\"",
                                         "\"scenario_identity\"",
                                         "\"rulebook_identity\"",
                                         "\"sources\"",
                                         "\"sha256\""};
    for (size_t i = 0; i < 3; i++) {
        struct err err;
        json_auto_t *good = json_loads(whole[i], 0, NULL);
        assert_true(answers_check(good, &err).ok);
        for (size_t k = 0; k < sizeof needed / sizeof needed[0]; k++) {
            char text[4096];
            snprintf(text, sizeof text, "%s", whole[i]);
            char *at = strstr(text, needed[k]);
            if (at == NULL || (i == 2 && k == 6) || (i == 2 && k == 13)) {
                continue; /* of sensitivity neither is read where it is missed first */
            }
            at[1] = 'X';
            json_auto_t *bad = json_loads(text, 0, NULL);
            if (answers_check(bad, &err).ok) {
                fail_msg("%s is not missed in %zu", needed[k], i);
            }
        }
    }
}

static int setup(void **state)
{
    static const enum account_name accounts[] = {CLERK, STATISTICIAN, ACCOUNT_NAMES};
    static struct desk desk;
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    desk_close(*state);
    return 0;
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_may_see_forecasts_sees_them),
        cmocka_unit_test(the_answers_stand_on_the_page),
        cmocka_unit_test(the_same_as_data),
        cmocka_unit_test(a_chart_is_an_image),
        cmocka_unit_test(bands_are_where_their_numbers_are),
        cmocka_unit_test(what_is_no_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
