/* Aim: CSV is read as RFC 4180 says, errors give file, line and column, and what is written can be
 * read and does no harm in a spreadsheet. */
#include "format/csv.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    struct err err;
    assert_true(arena_open(arena, 4 * 1024 * 1024, &err).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

/* All records in one text: "<line>:cell|cell;", for comparing. */
static result read_all(struct arena *arena, str text, str *ret_shown, struct err *err)
{
    struct csv_reader reader;
    csv_reader_init(&reader, "people.csv", text);
    struct buf buf;
    buf_init(&buf, arena, 10000);
    for (;;) {
        str cells[CSV_COLUMNS_MAX];
        size_t count = 0;
        bool more = false;
        TRY(csv_read(&reader, arena, cells, &count, &more, err));
        if (!more) {
            assert_int_equal(count, 0);
            return buf_finish(&buf, ret_shown, err);
        }
        buf_format(&buf, "%u:", reader.line);
        for (size_t i = 0; i < count; i++) {
            buf_put(&buf, i == 0 ? STR("") : STR("|"));
            buf_put(&buf, cells[i]);
        }
        buf_put(&buf, STR(";"));
    }
}

/* Aim: the seven points of RFC 4180, section 2, and LF alone. */
static void test_rfc_4180(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", "1:aaa|bbb|ccc;2:zzz|yyy|xxx;"}, /* 1 */
        {"aaa,bbb,ccc\r\nzzz,yyy,xxx",
         "1:aaa|bbb|ccc;2:zzz|yyy|xxx;"}, /* 2: the last line break may be missing */
        {"aaa,bbb\nzzz,yyy\n", "1:aaa|bbb;2:zzz|yyy;"},
        {"a,b\nc,d\r\ne,f", "1:a|b;2:c|d;3:e|f;"},
        {" a , b \r\n", "1: a | b ;"}, /* 4: spaces are part of a field */
        {"\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx", "1:aaa|bbb|ccc;2:zzz|yyy|xxx;"}, /* 5 */
        {"\"a\r\nb\",c\r\nd,e\r\n", "1:a\r\nb|c;3:d|e;"}, /* 6: and the line of what follows */
        {"\"a\n\n\nb\",c\nd,e", "1:a\n\n\nb|c;5:d|e;"},
        {"\"a,b\",c", "1:a,b|c;"},
        {"\"aaa\",\"b\"\"bb\",\"ccc\"", "1:aaa|b\"bb|ccc;"}, /* 7 */
        {"\"\"\"\",\"\"\"\"\"\"", "1:\"|\"\";"},
        {"\"\",\"\"", "1:|;"},
        {",", "1:|;"},
        {"a,\r\n,b\r\n", "1:a|;2:|b;"},
        {"a,", "1:a|;"},
        {"a\r\n\r\n", "1:a;2:;"}, /* one column: an empty line is an empty cell */
        {"\xEF\xBB\xBFname,age\r\n",
         "1:name|age;"}, /* a byte order mark is not part of the first name */
        {"\xD9\x86\xD8\xA7\xD9\x85,\xE5\x90\x8D", "1:\xD9\x86\xD8\xA7\xD9\x85|\xE5\x90\x8D;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str shown = {0};
        struct err err;
        if (!read_all(*state, str_from_c(rows[i].text), &shown, &err).ok) {
            fail_msg("row %zu: %s", i, err.what);
        }
        assert_string_equal(shown.at, rows[i].expected);
    }
}

/* Aim: what is wrong is refused at its line and column. */
static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *what;
    } rows[] = {
        {"a,b\nc\n", 2, 0, "The first row has 2 columns; this row has 1"},
        {"a,b\nc,d,e\n", 2, 0, "The first row has 2 columns; this row has 3"},
        {"a,b\nc,d\n\n", 3, 0, "The first row has 2 columns; this row has 1"},
        {"\"a\nb\",c\nd\n", 3, 0, "The first row has 2 columns; this row has 1"},
        {"a,b\"c\n", 1, 4, "A quote may only stand in a cell that begins with a quote"},
        {"a,b\nc, \"d\"\n", 2, 4, "A quote may only stand in a cell that begins with a quote"},
        {"a,b\nc,\"d\"e\n", 2, 6,
         "After a closing quote only a comma or the end of the line may follow"},
        {"\"x\ny\"z,b\n", 2, 3,
         "After a closing quote only a comma or the end of the line may follow"},
        {"a,b\nc,\"d\ne\n", 2, 3, "The quote opened here is never closed"},
        {"\"", 1, 1, "The quote opened here is never closed"},
        {"a,\"b\"\"", 1, 3, "The quote opened here is never closed"},
        {"a\rb\n", 1, 2, "A carriage return here is not followed by a line feed"},
        {"a,b\r", 1, 4, "A carriage return here is not followed by a line feed"},
        {"\"a\"\rb", 1, 4, "A carriage return here is not followed by a line feed"},
        {"a,b\nc,caf\xE9\n", 2, 3, "The cell that begins here is not UTF-8 text"},
        {"a,b\n\"x\n\xFF\",d\n", 2, 1, "The cell that begins here is not UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str shown = {0};
        struct err err;
        if (read_all(*state, str_from_c(rows[i].text), &shown, &err).ok) {
            fail_msg("row %zu was read: %s", i, shown.at);
        }
        assert_int_equal(err.code, ERROR_INPUT);
        assert_string_equal(err.what, rows[i].what);
        assert_string_equal(err.file, "people.csv");
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.column, rows[i].column);
    }
    struct err err;
    str shown = {0};
    assert_false(read_all(*state, (str){.at = "a,b\0c\n", .len = 6}, &shown, &err).ok);
    assert_string_equal(err.what, "The cell that begins here has a NUL in it");
}

/* Aim: 256 columns are read and one more is refused. */
static void test_column_limit(void **state)
{
    char text[CSV_COLUMNS_MAX + 1];
    memset(text, ',', sizeof text);
    struct csv_reader reader;
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    bool more = false;
    struct err err;
    csv_reader_init(&reader, "wide.csv", (str){.at = text, .len = CSV_COLUMNS_MAX - 1});
    assert_true(csv_read(&reader, *state, cells, &count, &more, &err).ok);
    assert_int_equal(count, CSV_COLUMNS_MAX);
    csv_reader_init(&reader, "wide.csv", (str){.at = text, .len = CSV_COLUMNS_MAX});
    assert_false(csv_read(&reader, *state, cells, &count, &more, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_int_equal(err.line, 1);
}

/* Aim: only doubled quotes need memory, and its lack is a failure. */
static void test_arena_full(void **state)
{
    (void)state;
    struct arena none = {0};
    struct csv_reader reader;
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    bool more = false;
    struct err err;
    csv_reader_init(&reader, "f", STR("\"a,b\",c\n\"a\"\"b\",c\n"));
    assert_true(csv_read(&reader, &none, cells, &count, &more, &err).ok);
    assert_true(str_equal(cells[0], STR("a,b")));
    assert_false(csv_read(&reader, &none, cells, &count, &more, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
}

static void assert_cell(struct arena *arena, str text, const char *expected)
{
    struct buf buf;
    buf_init(&buf, arena, 1000);
    csv_write_cell(&buf, true, text);
    str written = {0};
    struct err err;
    assert_true(buf_finish(&buf, &written, &err).ok);
    assert_string_equal(written.at, expected);
}

/* Aim: cells are quoted when they must be, and guarded when a spreadsheet would run them. */
static void test_write(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"Ann", "Ann"},
        {"a b", "a b"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"\"", "\"\"\"\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {"=1+1", "'=1+1"},
        {"+44 20", "'+44 20"},
        {"-5", "-5"}, /* a number is no formula, whoever writes it */
        {"-12.75", "-12.75"},
        {"-", "'-"},
        {"-5.", "'-5."},
        {"-.5", "'-.5"},
        {"-1.2.3", "'-1.2.3"},
        {"-5+cmd|' /C calc'!A0", "'-5+cmd|' /C calc'!A0"},
        {"-2+3", "'-2+3"},
        {"--5", "'--5"},
        {"+5", "'+5"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"1-2", "1-2"},
        {"a=b", "a=b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_cell(*state, str_from_c(rows[i].text), rows[i].expected);
    }
    struct buf buf;
    buf_init(&buf, *state, 1000);
    csv_write_cell(&buf, true, STR("name"));
    csv_write_cell(&buf, false, STR("days"));
    csv_write_end(&buf);
    csv_write_cell(&buf, true, STR("x"));
    csv_write_number(&buf, false, -5); /* a number is no formula */
    csv_write_end(&buf);
    assert_true(str_equal(buf_str(&buf), STR("name,days\r\nx,-5\r\n")));
}

/* Aim: whatever is written is read back; cells of any of the characters that matter, from a fixed
 * seed. */
static void test_round_trip(void **state)
{
    static const char *const pieces[] = {"a",    " ", ",", "\"", "\n",
                                         "\r\n", "'", "=", "-",  "\xC3\xA9"};
    struct random random;
    random_seed(&random, 4180);
    for (int round = 0; round < 2000; round++) {
        struct arena scratch = *(const struct arena *)*state;
        struct buf buf;
        buf_init(&buf, &scratch, 100000);
        str cells[20];
        for (size_t i = 0; i < 20; i++) {
            struct buf cell;
            buf_init(&cell, &scratch, 1000);
            buf_put(&cell, STR("'")); /* so that no guard is added */
            for (uint64_t k = random_below(&random, 6); k > 0; k--) {
                buf_put_c(&cell, pieces[random_below(&random, 10)]);
            }
            cells[i] = buf_str(&cell);
            csv_write_cell(&buf, i % 4 == 0, cells[i]);
            if (i % 4 == 3) {
                csv_write_end(&buf);
            }
        }
        struct csv_reader reader;
        csv_reader_init(&reader, "f", buf_str(&buf));
        for (size_t i = 0; i < 20; i += 4) {
            str read[CSV_COLUMNS_MAX];
            size_t count = 0;
            bool more = false;
            struct err err;
            assert_true(csv_read(&reader, &scratch, read, &count, &more, &err).ok);
            assert_true(more);
            assert_int_equal(count, 4);
            for (size_t k = 0; k < 4; k++) {
                assert_true(str_equal(read[k], cells[i + k]));
            }
        }
        assert_int_equal(reader.rest.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_4180),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_column_limit), cmocka_unit_test(test_arena_full),
        cmocka_unit_test(test_write),        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests_name("format csv", tests, open_arena, close_arena);
}
