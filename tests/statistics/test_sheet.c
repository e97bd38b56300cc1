/* Aim: a sheet says the same in every format, a formula in a cell is never one, and two editions
 * are compared cell by cell. */
#include "format/json.h"
#include "statistics/sheet.h"
#include "statistics/spreadsheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char memory[4 * 1024 * 1024];
static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena = (struct arena){.begin = memory, .at = memory, .end = memory + sizeof memory};
    return 0;
}

static struct sheet sheet_of(const str *cells, size_t rows)
{
    struct sheet sheet = {.name = STR("t"), .title = STR("A \"title\" & <more>")};
    sheet_note(&sheet, "Counted", STR("people"));
    sheet_column(&sheet, STR("Who"), false, true);
    sheet_column(&sheet, STR("People"), true, false);
    sheet.cells = cells;
    sheet.row_count = rows;
    return sheet;
}

static const str old_cells[] = {STR_INIT("A"), STR_INIT("3"),  STR_INIT("B"),
                                STR_INIT("4"), STR_INIT("=C"), STR_INIT("c")};
static const str new_cells[] = {STR_INIT("B"), STR_INIT("5"), STR_INIT("=C"),
                                STR_INIT("c"), STR_INIT("D"), STR_INIT("0")};

static str text_of(const struct sheet *sheet, bool csv)
{
    struct buf buf;
    str text = STR("");
    buf_init(&buf, &arena, 65536);
    if (csv) {
        sheet_write_csv(sheet, &buf);
    } else {
        sheet_write_text(sheet, 1, &buf);
    }
    assert_true(buf_finish(&buf, &text, NULL).ok);
    return text;
}

static void formats(void **state)
{
    (void)state;
    const struct sheet sheet = sheet_of(old_cells, 3);
    assert_true(str_equal(text_of(&sheet, true), STR("Who,People\r\nA,3\r\nB,4\r\n'=C,c\r\n")));
    assert_true(str_equal(text_of(&sheet, false), STR("t: A \"title\" & <more>\n\n"
                                                      "Counted:      people\n\n"
                                                      "Who  People\n"
                                                      "A         3    ==================\n"
                                                      "B         4    ========================\n"
                                                      "=C        c  \n")));
    json_t *object = sheet_json(&sheet);
    str text = STR("");
    assert_true(json_write(object, &arena, &text, NULL).ok);
    json_decref(object);
    assert_true(str_contains(text, STR("\"rows\":[[\"A\",3],[\"B\",4],[\"=C\",\"c\"]]")));
}

static void editions(void **state)
{
    (void)state;
    const struct sheet old_edition = sheet_of(old_cells, 3);
    const struct sheet new_edition = sheet_of(new_cells, 3);
    struct sheet differences;
    assert_true(sheet_differences(&old_edition, &new_edition, &arena, &differences, NULL).ok);
    assert_true(str_equal(text_of(&differences, true), STR("Who,Number,Was,Is\r\n"
                                                           "A,People,3,\r\n"
                                                           "B,People,4,5\r\n"
                                                           "D,People,,0\r\n")));
    assert_true(sheet_differences(&new_edition, &new_edition, &arena, &differences, NULL).ok);
    assert_int_equal(differences.row_count, 0);
    /* A column that was not there before. */
    static const str more_cells[] = {STR_INIT("A"), STR_INIT("1"), STR_INIT("3")};
    struct sheet other = {.name = STR("t"), .title = STR("T")};
    sheet_column(&other, STR("Who"), false, true);
    sheet_column(&other, STR("Of these"), true, false);
    sheet_column(&other, STR("People"), true, false);
    other.cells = more_cells;
    other.row_count = 1;
    struct sheet one = sheet_of(old_cells, 1);
    assert_true(sheet_differences(&one, &other, &arena, &differences, NULL).ok);
    assert_true(
        str_equal(text_of(&differences, true), STR("Who,Number,Was,Is\r\nA,Of these,,1\r\n")));
    assert_true(sheet_differences(&other, &one, &arena, &differences, NULL).ok);
    assert_true(
        str_equal(text_of(&differences, true), STR("Who,Number,Was,Is\r\nA,Of these,1,\r\n")));
    sheet_column(&other, STR("Key"), false, false);
    other.key_count = 2;
    assert_false(sheet_differences(&one, &other, &arena, &differences, NULL).ok);
}

/* That it is a sound spreadsheet is looked at from outside (tests/cli/statistics.py). */
static void spreadsheets_are_alike(void **state)
{
    (void)state;
    const struct sheet sheet = sheet_of(old_cells, 3);
    const struct sheet *sheets[] = {&sheet, &sheet};
    str one = STR("");
    str two = STR("");
    assert_true(spreadsheet_write(sheets, 2, &arena, &one, NULL).ok);
    assert_true(spreadsheet_write(sheets, 2, &arena, &two, NULL).ok);
    assert_true(str_equal(one, two));
    assert_memory_equal(one.at, "PK\3\4", 4);
    assert_true(str_contains(str_slice(one, 0, 100),
                             STR("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")));
}

/* What is published is kept as JSON: read again, it is the same sheet in every format. */
static void a_sheet_comes_back_from_json(void **state)
{
    (void)state;
    static const str cells[] = {STR_INIT("2024"), STR_INIT("final"), STR_INIT("3"),
                                STR_INIT("44.0"), STR_INIT("2025"),  STR_INIT("provisional"),
                                STR_INIT("[c]"),  STR_INIT("[c]")};
    struct sheet sheet = {.name = STR("t"), .title = STR("A \"title\" & <more>")};
    sheet_note(&sheet, "Counted", STR("people"));
    sheet_column(&sheet, STR("Period"), false, true);
    sheet_column(&sheet, STR("Status"), false, false);
    sheet_column(&sheet, STR("People"), true, false);
    sheet_column(&sheet, STR("Share, per cent"), true, false);
    sheet.cells = cells;
    sheet.row_count = 2;
    json_t *object = sheet_json(&sheet);
    struct sheet again;
    assert_true(sheet_from_json(object, &arena, &again, NULL).ok);
    assert_true(str_equal(text_of(&again, true), text_of(&sheet, true)));
    assert_true(str_equal(text_of(&again, false), text_of(&sheet, false)));
    const struct sheet *before[] = {&sheet};
    const struct sheet *after[] = {&again};
    str one = STR("");
    str two = STR("");
    assert_true(spreadsheet_write(before, 1, &arena, &one, NULL).ok);
    assert_true(spreadsheet_write(after, 1, &arena, &two, NULL).ok);
    assert_true(str_equal(one, two));
    json_t *back = sheet_json(&again);
    assert_true(json_equal(object, back));
    json_decref(back);
    json_decref(object);
}

static void what_is_no_sheet_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[]",
        "{\"columns\":[\"A\"],\"key_columns\":1,\"notes\":[],\"rows\":[]}",
        "{\"title\":\"T\",\"columns\":[],\"key_columns\":0,\"notes\":[],\"rows\":[]}",
        "{\"title\":\"T\",\"columns\":[1],\"key_columns\":0,\"notes\":[],\"rows\":[]}",
        "{\"title\":\"T\",\"columns\":[\"A\"],\"key_columns\":2,\"notes\":[],\"rows\":[]}",
        "{\"title\":\"T\",\"columns\":[\"A\"],\"key_columns\":1,\"rows\":[]}",
        "{\"title\":\"T\",\"columns\":[\"A\"],\"key_columns\":1,\"notes\":[]}",
        "{\"title\":\"T\",\"columns\":[\"A\"],\"key_columns\":1,\"notes\":[],\"rows\":[[1,2]]}",
        "{\"title\":\"T\",\"columns\":[\"A\"],\"key_columns\":1,\"notes\":[],\"rows\":[[null]]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sheet sheet;
        struct err err = {0};
        json_t *object = json_loads(texts[i], 0, NULL);
        assert_non_null(object);
        assert_false(sheet_from_json(object, &arena, &sheet, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        json_decref(object);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(formats, setup),
        cmocka_unit_test_setup(editions, setup),
        cmocka_unit_test_setup(spreadsheets_are_alike, setup),
        cmocka_unit_test_setup(a_sheet_comes_back_from_json, setup),
        cmocka_unit_test_setup(what_is_no_sheet_is_refused, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
