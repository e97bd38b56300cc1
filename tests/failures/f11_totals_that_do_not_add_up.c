/* F11: the number of refused people awaiting removal was unknown; up to 283,500 against 155,000 in
 * the databases. Here what came in equals outcomes and open, on each day of the past, and a row
 * that is lost shows as a residual. */
#include "../casework/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sqlite3.h>

static struct office office;

static void lose_a_row(void)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(office.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM course WHERE person = 2", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
}

static void claims_in_are_outcomes_and_open(void **state)
{
    enum { DAYS = 12 };
    (void)state;
    office_open_law(&office, "uk");
    const struct definitions definitions = counting_definitions(&office, "uk", false);
    instant end_of_day[DAYS];
    for (int day = 0; day < DAYS; day++) {
        const struct somebody person = office_register(&office, "Synthetic Person");
        if (day % 3 == 1) {
            counting_step(&office, person.id, "refuse_claim", "claim_registered", "refused");
            counting_step(&office, person.id, "voluntary_return", "refused",
                          "returned_voluntarily");
        }
        end_of_day[day] = system_now(&office.system);
        end_of_day[day].milliseconds += 60000;
        office_move_days(&office, 1);
    }
    for (int day = 0; day < DAYS; day++) {
        const struct edition_asked then = {.has_known_at = true, .known_at = end_of_day[day]};
        const struct reconciliation answer = counting_everybody(&office, &definitions, &then);
        assert_int_equal(answer.everybody, day + 1);
        assert_int_equal(answer.outcomes, (day + 2) / 3);
        assert_int_equal(answer.outcomes + answer.open, answer.everybody);
        assert_int_equal(answer.residual, 0);
    }
    lose_a_row();
    const struct edition_asked now = {.has_position = false};
    assert_int_equal(counting_everybody(&office, &definitions, &now).residual, 1);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims_in_are_outcomes_and_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
