/* Aim: the text of definitions means what statistics/README.md says, and each mistake is refused
 * with its file and line. */
#include "statistics/definition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char memory[16 * 1024 * 1024];

static result read_text(const char *text, struct definitions *ret_definitions, struct err *err)
{
    static struct arena arena;
    const struct definition_file file = {STR("x.tables"), str_from_c(text)};
    arena = (struct arena){.begin = memory, .at = memory, .end = memory + sizeof memory};
    return definitions_read(&file, 1, &arena, ret_definitions, err);
}

static void every_line(void **state)
{
    (void)state;
    struct definitions definitions;
    struct err err = {0};
    const result read = read_text("policy\n"
                                  "  suppress below 7   # a comment\n"
                                  "  round to 5\n"
                                  "  median of at least 20\n"
                                  "  provisional for 6 months\n"
                                  "  contact days bands 0, 30\n"
                                  "  note \"A # is no comment here\"\n"
                                  "\n"
                                  "table one \"The first\"\n"
                                  "  counts first steps grant, refuse\n"
                                  "  each year\n"
                                  "  where fact claim.applicant is main, unknown\n"
                                  "  by fact person.nationality\n"
                                  "  by \"Age\" age person.born_on bands 0, 18\n"
                                  "  by months since claim bands 0, 6\n"
                                  "  by days since step transfer bands 0\n"
                                  "  by first of a, b\n"
                                  "  across stage now\n"
                                  "  note \"n\"\n"
                                  "table two \"The second\"\n"
                                  "  counts answers to removal\n"
                                  "  compares by fact person.sex\n"
                                  "  compares by hub\n"
                                  "  share refused\n"
                                  "table three \"The third\"\n"
                                  "  counts nothing \"not kept\"\n",
                                  &definitions, &err);
    if (!read.ok) {
        fail_msg("%s:%u %s", err.file, err.line, err.what);
    }
    assert_int_equal(definitions.policy.suppress_below, 7);
    assert_int_equal(definitions.policy.round_to, 5);
    assert_int_equal(definitions.policy.median_at_least, 20);
    assert_int_equal(definitions.policy.provisional_months, 6);
    assert_int_equal(definitions.policy.contact_days.count, 2);
    assert_true(str_equal(definitions.policy.notes[0], STR("A # is no comment here")));
    const struct table_definition *one = definitions_table(&definitions, STR("one"));
    assert_true(one->basis == BASIS_STEPS && one->first_only && one->names.count == 2);
    assert_int_equal(one->period, PERIOD_YEAR);
    assert_int_equal(one->by_count, 5);
    assert_true(one->has_across);
    assert_true(str_equal(one->by[1].title, STR("Age")) && one->by[1].kind == DIMENSION_AGE);
    assert_true(one->by[2].in_months && one->by[2].anchor == ANCHOR_CLAIM);
    assert_true(one->by[3].anchor == ANCHOR_STEP && str_equal(one->by[3].name, STR("transfer")));
    assert_true(one->by[4].kind == DIMENSION_FIRST_OF && one->by[4].names.count == 2);
    assert_true(one->across.kind == DIMENSION_STAGE_NOW);
    assert_true(str_equal(one->filters[0].values.items[1], STR("unknown")));
    const struct table_definition *two = definitions_table(&definitions, STR("two"));
    assert_true(two->compares && two->by_count == 2 && two->measure == MEASURE_SHARE);
    assert_true(two->share_of.count == 0);
    assert_int_equal(definitions_table(&definitions, STR("three"))->basis, BASIS_NOTHING);
    assert_null(definitions_table(&definitions, STR("four")));
}

static void mistakes(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
    } wrong[] = {
        {"tables\n", 1},
        {"  by hub\n", 1},
        {"table a \"A\"\n  counts\n", 2},
        {"table a \"A\"\n", 1},
        {"table a\n  counts claims\n", 1},
        {"table a \"A\"\n  counts claims\ntable a \"A\"\n", 3},
        {"table a \"A\n", 1},
        {"table a \"A\"\n  counts claims\n  by shoe size\n", 3},
        {"table a \"A\"\n  counts claims\n  by age born bands 18, 0\n", 3},
        {"table a \"A\"\n  counts claims\n  by age born\n", 3},
        {"table a \"A\"\n  counts claims\n  by hub and more\n", 3},
        {"table a \"A\"\n  counts claims\n  each week\n", 3},
        {"table a \"A\"\n  counts values of\n", 1},
        {"policy\n  suppress below five\n", 2},
        {"policy\n  round to 0\n", 0},
        {"policy\n  hide everything\n", 2},
        {"table a \"A\"\n  counts answers to b\n  share refused\n  across hub\n", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct definitions definitions;
        struct err err = {0};
        if (read_text(wrong[i].text, &definitions, &err).ok) {
            fail_msg("taken: %s", wrong[i].text);
        }
        assert_int_equal(err.line, wrong[i].line);
        assert_string_equal(err.file, wrong[i].line > 0 ? "x.tables" : "");
    }
}

static void bands(void **state)
{
    static char text[256];
    struct arena arena = {.begin = text, .at = text, .end = text + sizeof text};
    const struct band_list list = {.from = {0, 18, 19}, .count = 3};
    (void)state;
    assert_int_equal(band_of(&list, -1), 3);
    assert_int_equal(band_of(&list, 0), 0);
    assert_int_equal(band_of(&list, 17), 0);
    assert_int_equal(band_of(&list, 18), 1);
    assert_int_equal(band_of(&list, 99), 2);
    assert_true(str_equal(band_label(&list, 0, &arena), STR("0 to 17")));
    assert_true(str_equal(band_label(&list, 1, &arena), STR("18")));
    assert_true(str_equal(band_label(&list, 2, &arena), STR("19 and over")));
    assert_true(str_equal(band_label(&list, 3, &arena), STR("Unknown")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
