/* F16: published statistics had to be withdrawn after an internal error, and the old edition could
 * not be explained. Here an old edition is made again to the byte, in every format, whatever was
 * recorded and taken back since; and what differs is listed. */
#include "../casework/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "statistics/spreadsheet.h"

static struct office office;

static str text_of(const struct sheet *sheet, int format)
{
    struct buf buf;
    str text = STR("");
    buf_init(&buf, &office.perm, 1024 * 1024);
    if (format == 0) {
        sheet_write_text(sheet, SHEET_NO_BARS, &buf);
    } else if (format == 1) {
        sheet_write_csv(sheet, &buf);
    } else {
        assert_true(spreadsheet_write(&sheet, 1, &office.perm, &text, NULL).ok);
        return text;
    }
    assert_true(buf_finish(&buf, &text, NULL).ok);
    return text;
}

/* People who wait for a decision at the end of June. */
static struct sheet waiting(const struct definitions *definitions,
                            const struct edition_asked *asked)
{
    return counting_table(&office, definitions, "asy_d03", "2026-Q2", "2026-Q2", asked);
}

static void an_old_edition_again(void **state)
{
    const struct edition_asked now = {.has_position = false};
    (void)state;
    office_open_law(&office, "uk");
    const struct definitions definitions = counting_definitions(&office, "uk", true);
    const struct somebody one = office_register(&office, "Synthetic Person 1");
    const struct somebody two = office_register(&office, "Synthetic Person 2");
    counting_fact(&office, one.id, "person.sex", "female");
    counting_fact(&office, two.id, "person.sex", "female");
    const struct recorded wrong =
        office_record(&office, CLERK, two.reference, "claim.applicant", "dependant");
    assert_true(wrong.ok);
    const int64_t position = office_events(&office);
    const struct sheet published = waiting(&definitions, &now);
    assert_true(str_equal(counting_cell(&published, "Total", "Total"), STR("2")));
    str old_texts[3];
    for (int format = 0; format < 3; format++) {
        old_texts[format] = text_of(&published, format);
    }
    /* More is recorded, a value is taken back, and a case goes on. */
    office_move_days(&office, 3);
    const struct recorded corrected =
        office_record(&office, CLERK, one.reference, "person.nationality", "ALB");
    assert_true(corrected.ok);
    assert_true(office_withdraw_fact(&office, CLERK, wrong.event).ok);
    counting_fact(&office, two.id, "person.sex", "male");
    counting_step(&office, one.id, "withdraw_claim", "claim_registered", "claim_withdrawn");
    const struct edition_asked then = {.has_position = true, .position = position};
    const struct sheet again = waiting(&definitions, &then);
    for (int format = 0; format < 3; format++) {
        assert_true(str_equal(text_of(&again, format), old_texts[format]));
    }
    /* The new edition differs, and the list says where. */
    const struct sheet today = waiting(&definitions, &now);
    assert_false(str_equal(text_of(&today, 1), old_texts[1]));
    struct sheet differences;
    assert_true(sheet_differences(&again, &again, &office.work, &differences, NULL).ok);
    assert_int_equal(differences.row_count, 0);
    assert_true(sheet_differences(&again, &today, &office.work, &differences, NULL).ok);
    assert_true(differences.row_count > 0);
    office_close(&office);
}

static void the_difference_is_listed(void **state)
{
    const struct edition_asked now = {.has_position = false};
    (void)state;
    office_open_law(&office, "uk");
    const struct definitions definitions = counting_definitions(&office, "uk", true);
    office_register(&office, "Synthetic Person 1");
    const struct edition_asked then = {.has_position = true, .position = office_events(&office)};
    office_register(&office, "Synthetic Person 2");
    const struct sheet old_edition = waiting(&definitions, &then);
    const struct sheet new_edition = waiting(&definitions, &now);
    struct sheet differences;
    assert_true(sheet_differences(&old_edition, &new_edition, &office.work, &differences, NULL).ok);
    assert_true(differences.row_count > 0);
    assert_true(str_equal(counting_cell(&differences, "Total", "Was"), STR("1")));
    assert_true(str_equal(counting_cell(&differences, "Total", "Is"), STR("2")));
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_edition_again),
        cmocka_unit_test(the_difference_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
