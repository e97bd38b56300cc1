/* F15: a backlog was called cleared while 4,537 cases of it remained. Here every number comes with
 * what it counts, and with what is left: the definitions are printed with each table that there is,
 * and the residual always. */
#include "../casework/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const must_say[] = {"Counted", "As at", "Edition", "Definitions", "Rulebook"};
static const char *const of_counts[] = {"Withheld", "Status", "Unknown"};

static void check_table(struct office *office, const struct definitions *definitions,
                        const struct table_definition *table)
{
    const struct edition_asked now = {.has_position = false};
    const struct sheet sheet = counting_table(
        office, definitions,
        table->name.at == NULL ? "" : arena_copy(&office->perm, table->name).at, "", "", &now);
    for (size_t i = 0; i < sizeof must_say / sizeof must_say[0]; i++) {
        assert_true(counting_has_note(&sheet, must_say[i]));
    }
    if (table->basis == BASIS_NOTHING) {
        assert_int_equal(sheet.row_count, 0); /* and no zeros that look like an answer */
    }
    /* Every name in the definitions that come with the program is one of the rulebook. */
    assert_int_equal(table->basis == BASIS_NOTHING, counting_has_note(&sheet, "Not recorded"));
    for (size_t i = 0; table->basis != BASIS_NOTHING && table->basis != BASIS_AGREEMENTS && i < 3;
         i++) {
        assert_true(counting_has_note(&sheet, of_counts[i]));
    }
    arena_reset(&office->work);
}

static void each_number_says_what_it_is(void **state)
{
    static const char *const laws[] = {"uk", "eu"};
    (void)state;
    for (size_t law = 0; law < 2; law++) {
        static struct office office;
        const struct edition_asked now = {.has_position = false};
        office_open_law(&office, laws[law]);
        const struct definitions definitions = counting_definitions(&office, laws[law], false);
        for (size_t i = 0; i < definitions.table_count; i++) {
            check_table(&office, &definitions, &definitions.tables[i]);
        }
        office_register(&office, "Synthetic Person");
        const struct reconciliation answer = counting_everybody(&office, &definitions, &now);
        assert_true(counting_has_note(&answer.sheet, "Residual"));
        assert_true(str_equal(counting_cell(&answer.sheet, "Residual", "People"), STR("0")));
        assert_true(
            str_equal(counting_cell(&answer.sheet, "Everybody ever recorded", "People"), STR("1")));
        office_close(&office);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_number_says_what_it_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
