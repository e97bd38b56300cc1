/* F22: deaths and absconds were published once a year. Here they are counted in the month in which
 * they are recorded, from the moment they are, each with the place of the person in the procedure
 * kept. */
#include "../casework/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct office office;

static void counted_at_once(void **state)
{
    const struct edition_asked now = {.has_position = false};
    (void)state;
    office_open_law(&office, "uk");
    const struct definitions definitions = counting_definitions(&office, "uk", true);
    const struct somebody one = office_register(&office, "Synthetic Person 1");
    const struct somebody two = office_register(&office, "Synthetic Person 2");
    counting_fact(&office, one.id, "detention.status", "detained");
    struct sheet sheet =
        counting_table(&office, &definitions, "deaths", "2026-06", "2026-06", &now);
    assert_true(str_equal(counting_cell(&sheet, "Total", "Total"), STR("0")));
    counting_step(&office, one.id, "record_death", "claim_registered", "died");
    counting_step(&office, two.id, "lose_contact", "claim_registered", "contact_lost");
    sheet = counting_table(&office, &definitions, "deaths", "2026-06", "2026-06", &now);
    assert_true(str_equal(counting_cell(&sheet, "Death", "Total"), STR("1")));
    assert_true(str_equal(counting_cell(&sheet, "Detained", "Total"), STR("1")));
    sheet = counting_table(&office, &definitions, "absconds", "2026-06", "2026-06", &now);
    assert_true(str_equal(counting_cell(&sheet, "Contact lost", "Total"), STR("1")));
    assert_true(
        str_equal(counting_cell(&sheet, "Unknown", "Total"), STR("1"))); /* held? nobody said */
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counted_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
