/* Aim: an address leads to one handler, with the parts of the path it names; every row of the table
 * can be reached. */
#include "web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check(enum http_method method, const char *path, const char *pattern, const char *first,
                  const char *second)
{
    const struct route_match match = route_find(method, str_from_c(path));
    assert_non_null(match.route);
    assert_true(str_equal(match.route->pattern, str_from_c(pattern)));
    assert_true(str_equal(match.parameters[0], str_from_c(first)));
    assert_true(str_equal(match.parameters[1], str_from_c(second)));
}

static void addresses_lead_to_their_row(void **state)
{
    (void)state;
    check(HTTP_GET, "/", "/", "", "");
    check(HTTP_HEAD, "/people", "/people", "", "");
    check(HTTP_POST, "/people", "/people", "", "");
    check(HTTP_GET, "/people/new", "/people/new", "", "");
    check(HTTP_GET, "/people/RH-7K3M9Q-4", "/people/{person}", "RH-7K3M9Q-4", "");
    check(HTTP_GET, "/people/RH-7K3M9Q-4/steps/removal", "/people/{person}/steps/{step}",
          "RH-7K3M9Q-4", "removal");
    check(HTTP_POST, "/people/RH-7K3M9Q-4/facts/12/withdrawal",
          "/people/{person}/facts/{event}/withdrawal", "RH-7K3M9Q-4", "12");
}

static void other_addresses_lead_nowhere(void **state)
{
    (void)state;
    static const char *const paths[] = {"",
                                        "/nothing",
                                        "/people/",
                                        "/people/a/b",
                                        "/people/a/steps/",
                                        "//people",
                                        "people",
                                        "/people/a/facts/1/withdrawal/x",
                                        "/peoplex",
                                        "/{person}"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const struct route_match match = route_find(HTTP_GET, str_from_c(paths[i]));
        if (match.address_known) {
            fail_msg("%s leads to %.*s", paths[i], STR_ARG(match.route->pattern));
        }
    }
}

/* A row that a row above it hides would never be reached. */
static void every_row_is_reached(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const struct route_match match = route_find(routes[i].method, routes[i].pattern);
        assert_ptr_equal(match.route, &routes[i]);
    }
}

/* What changes something is never done by GET, and never without somebody being signed in, but for
 * signing in itself and the first account. */
static void what_changes_something_is_behind_a_door(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const bool sign_in = str_starts(routes[i].pattern, STR("/sign-in")) ||
                             str_equal(routes[i].pattern, STR("/first-account"));
        assert_true(routes[i].method == HTTP_GET || routes[i].method == HTTP_POST);
        assert_true(routes[i].method == HTTP_GET || sign_in || routes[i].door == ROUTE_DESK);
    }
}

/* What is in an address stands in logs and histories: no query of a GET names a secret. */
static void no_address_names_a_secret(void **state)
{
    (void)state;
    static const char *const secrets[] = {"password", "token", "code", "secret", "session", "key"};
    for (size_t i = 0; i < route_count; i++) {
        const str names = route_query(&routes[i]);
        for (size_t k = 0; k < sizeof secrets / sizeof secrets[0]; k++) {
            assert_false(str_contains(names, str_from_c(secrets[k])));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_lead_to_their_row),
        cmocka_unit_test(other_addresses_lead_nowhere),
        cmocka_unit_test(every_row_is_reached),
        cmocka_unit_test(what_changes_something_is_behind_a_door),
        cmocka_unit_test(no_address_names_a_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
