/* Aim: rows come out of a text as they are, whatever the size of the pieces it is read in; what is
 * wrong is told with its row and column, and reading goes on behind it. */
#include "format/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024 };

struct text {
    str rest;
    size_t piece;
};

static result give(void *context, char *bytes, size_t capacity, size_t *ret_size, struct err *err)
{
    struct text *text = context;
    (void)err;
    size_t size = text->piece < text->rest.len ? text->piece : text->rest.len;
    size = size < capacity ? size : capacity;
    if (size > 0) {
        memcpy(bytes, text->rest.at, size);
    }
    text->rest = str_slice(text->rest, size, text->rest.len);
    *ret_size = size;
    return result_ok();
}

/* Everything as one text: "row:name=text|name=text;", or "row!column;" for a fault. */
static str all_of(str whole, size_t piece, struct arena *arena)
{
    struct text text = {.rest = whole, .piece = piece};
    struct records records;
    struct record *record = ARENA_NEW(arena, struct record, 1);
    struct arena shown;
    struct buf buf;
    bool more = true;
    assert_true(arena_open(&shown, ARENA_BYTES, NULL).ok);
    buf_init(&buf, &shown, ARENA_BYTES / 2);
    assert_true(records_open(&records, "file", give, &text, arena, NULL).ok);
    while (more) {
        assert_true(records_next(&records, arena, record, &more, NULL).ok);
        if (more && record->faulty) {
            assert_true(record->fault.what[0] != '\0');
            buf_format(&buf, "%lld!%.*s;", (long long)record->row, STR_ARG(record->fault_column));
        } else if (more) {
            buf_format(&buf, "%lld:", (long long)record->row);
            for (size_t i = 0; i < record->count; i++) {
                buf_format(&buf, "%.*s=%.*s|", STR_ARG(record->cells[i].name),
                           STR_ARG(record->cells[i].text));
            }
            buf_put_c(&buf, ";");
        }
    }
    assert_int_equal(records_bytes_done(&records), whole.len);
    const str copy = arena_copy(arena, buf_str(&buf));
    arena_close(&shown);
    return copy;
}

static void expect(const char *whole, const char *expected)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, 1024 * 1024};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct arena arena;
        assert_true(arena_open(&arena, ARENA_BYTES, NULL).ok);
        const str found = all_of(str_from_c(whole), pieces[i], &arena);
        assert_string_equal(found.at, expected);
        arena_close(&arena);
    }
}

static void test_csv(void **state)
{
    (void)state;
    expect("a,b\n1,2\n", "2:a=1|b=2|;");
    expect("\xEF\xBB\xBF"
           "a,b\r\n1,2\r\n3,4",
           "2:a=1|b=2|;3:a=3|b=4|;");
    expect("a,b\n\"x\ny\",\"q\"\"r\"\n5,\n", "2:a=x\ny|b=q\"r|;3:a=5|b=|;");
    expect("a,b\n\n1,2\n\n", "3:a=1|b=2|;"); /* lines with nothing on them are counted, not given */
    expect(" a ,b\n1,2\n", "2:a=1|b=2|;");
}

static void test_csv_faults(void **state)
{
    (void)state;
    expect("a,b\n1\n1,2\n", "2!;3:a=1|b=2|;");
    expect("a,b\n1,x\"y\n1,2\n", "2!b;3:a=1|b=2|;");
    expect("a,b\n\xE9,2\n1,2\n", "2!a;3:a=1|b=2|;");
    expect("a,b\n1,\"x\"y\n1,2\n", "2!b;3:a=1|b=2|;");
    expect("a,b\n1,2\n1,\"x\n", "2:a=1|b=2|;3!b;");
}

static void test_json(void **state)
{
    (void)state;
    expect("{\"a\": \"x\", \"b\": 5}\n{\"a\": null, \"c\": true}\n\n{\"d\": false, \"e\": [\"u\", "
           "\"v\"]}",
           "1:a=x|b=5|;2:a=|c=yes|;4:d=no|e=u,v|;");
    expect("{\"a\": 1.5}\n[]\n{\"a\": {}}\nnothing\n{\"a\": \"x\"}\n", "1!a;2!;3!a;4!;5:a=x|;");
    expect("{\"a\": 1, \"a\": 2}\n", "1!;");
}

static void refuse(str whole, const char *part)
{
    struct arena arena;
    struct text text = {.rest = whole, .piece = 1000};
    struct records records;
    struct err err = {0};
    assert_true(arena_open(&arena, ARENA_BYTES, NULL).ok);
    assert_false(records_open(&records, "file", give, &text, &arena, &err).ok);
    assert_non_null(strstr(err.what, part));
    arena_close(&arena);
}

static void test_refused_at_once(void **state)
{
    (void)state;
    refuse(STR(""), "empty");
    refuse(STR("\n \n"), "empty");
    refuse(STR("\xFF\xFE"
               "a"),
           "UTF-16");
    refuse(STR("a,a\n1,2\n"), "Two columns");
    refuse(STR("a;b\n1;2\n"), "Semicolons");
    refuse(STR("a\tb\n1\t2\n"), "Tabs");
    refuse(STR("PK\x03\x04\x14"), "workbook");
    refuse(STR("[{\"a\": 1}]\n"), "JSON list");
    refuse(STR("\xEF\xBB\xBF [ \n {"), "JSON list");
    refuse(STR("[]"), "JSON list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_faults),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
