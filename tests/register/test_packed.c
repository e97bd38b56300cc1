/* Aim: packed facts say, on every day, what the rows of the facts say that is known now; and
 * packing loses nothing. */
#include "base/random.h"
#include "register/packed.h"
#include "register/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FACTS = 6, ROWS = 40, DAYS = 12, ROUNDS = 3000 };

static uint64_t seed = 20261128;

#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, failure.what);                                               \
        }                                                                                          \
    } while (0)

static int open_arena(void **state)
{
    static struct arena arena;
    *state = &arena;
    return arena_open(&arena, 8 << 20, NULL).ok ? 0 : -1;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

/* --- values --- */

/* As somebody with a dictionary of two thousand words would number them. */
static void number_word(struct packed_value *value, int64_t number)
{
    if (value->kind == PACKED_WORD) {
        value->number = number;
    }
}

static void texts_are_what_they_look_like(void **state)
{
    /* Aim: each text is of the kind that its form says, and only canonical forms are numbers, so
     * that the text can be made again. */
    static const struct text_row {
        const char *text;
        enum packed_kind kind;
        int64_t number;
    } rows[] = {
        {"yes", PACKED_WORD, 0},
        {"section_95", PACKED_WORD, 0},
        {"ALB", PACKED_WORD, 0},
        {"a234567890123456789012345678901234567890", PACKED_WORD, 0},
        {"a2345678901234567890123456789012345678901", PACKED_TEXT, 0},
        {"Arabic", PACKED_TEXT, 0},
        {"ALB,XKX", PACKED_TEXT, 0},
        {"AB1234567", PACKED_TEXT, 0},
        {"07912345678", PACKED_TEXT, 0},
        {"", PACKED_TEXT, 0},
        {"two words", PACKED_TEXT, 0},
        {"1970-01-01", PACKED_DAY, 0},
        {"1969-12-31", PACKED_DAY, -1},
        {"2026-11-28", PACKED_DAY, 20785},
        {"2024-02-29", PACKED_DAY, 19782},
        {"2026-02-29", PACKED_TEXT, 0},
        {"1899-12-31", PACKED_TEXT, 0},
        {"2026-1-1", PACKED_TEXT, 0},
        {"2026-11-28 ", PACKED_TEXT, 0},
        {"0", PACKED_NUMBER, 0},
        {"-1", PACKED_NUMBER, -1},
        {"1152921504606846975", PACKED_NUMBER, 1152921504606846975},
        {"-1152921504606846975", PACKED_NUMBER, -1152921504606846975},
        {"1152921504606846976", PACKED_TEXT, 0},
        {"-0", PACKED_TEXT, 0},
        {"00", PACKED_TEXT, 0},
        {"+1", PACKED_TEXT, 0},
        {"1.0", PACKED_TEXT, 0},
        {"-", PACKED_TEXT, 0},
        {"99999999999999999999", PACKED_TEXT, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct packed_value value = packed_value_of(str_from_c(rows[i].text));
        if (value.kind != rows[i].kind || value.number != rows[i].number) {
            fail_msg("\"%s\" is of kind %d, number %lld", rows[i].text, (int)value.kind,
                     (long long)value.number);
        }
        assert_true(str_equal(packed_value_text(&value, *state), str_from_c(rows[i].text)));
    }
}

static str random_text(struct random *random, struct arena *arena)
{
    static const char *const texts[] = {"yes",
                                        "no",
                                        "in_force",
                                        "ALB",
                                        "Kurdish (Sorani)",
                                        "",
                                        "1900-01-01",
                                        "2199-12-31",
                                        "2026-02-30",
                                        "-1152921504606846975",
                                        "9223372036854775807",
                                        "\xc3\xa9t\xc3\xa9"};
    enum { TEXTS = sizeof texts / sizeof texts[0] };
    const uint64_t which = random_below(random, TEXTS + 3);
    if (which < TEXTS) {
        return str_from_c(texts[which]);
    }
    if (which == TEXTS) {
        char text[DATE_TEXT_SIZE];
        date_format((date){(int32_t)random_between(random, -20000, 80000)}, text);
        return arena_copy(arena, str_from_c(text));
    }
    const int shift = (int)random_below(random, 59);
    return which == TEXTS + 1
               ? arena_format(arena, "%lld", (long long)random_between(random, -5, 5) * (1LL << shift))
               : arena_format(arena, "%0*d", (int)random_between(random, 1, 300), 7);
}

/* --- against the rows --- */

/* A life of facts: recorded, corrected from the same day, withdrawn; packed event by event. */
struct life {
    struct fact_row rows[ROWS];
    size_t count;
    int64_t fact_of[FACTS]; /* numbers as a dictionary gave them */
    char names[FACTS][8];
    str packed;
    struct arena *arena;
};

static int64_t word_number(str text)
{
    int64_t number = 1;
    for (size_t i = 0; i < text.len; i++) {
        number = (number * 31 + text.at[i]) % 2000 + 1;
    }
    return number;
}

static struct packed_entry entry_of(const struct life *life, const struct fact_row *row)
{
    struct packed_entry entry = {.true_from = row->true_from, .value = packed_value_of(row->value)};
    number_word(&entry.value, word_number(row->value));
    for (size_t i = 0; i < FACTS; i++) {
        entry.fact =
            str_equal(row->fact, str_from_c(life->names[i])) ? life->fact_of[i] : entry.fact;
    }
    return entry;
}

static void record(struct life *life, struct random *random)
{
    struct fact_row *row = &life->rows[life->count];
    *row = (struct fact_row){
        .position = (int64_t)life->count + 1,
        .fact = str_from_c(life->names[random_below(random, FACTS)]),
        .value = random_text(random, life->arena),
        .true_from = {(int32_t)random_between(random, -DAYS / 2, DAYS / 2)},
        .recorded_at = {(int64_t)life->count},
    };
    life->count++;
    const struct packed_entry entry = entry_of(life, row);
    EXPECT_OK(packed_record(life->packed, &entry, life->arena, &life->packed, &failure));
}

/* The timeline of a fact without what was withdrawn, from the definition: of each day the latest
 * position. */
static size_t timeline_of(const struct life *life, str fact, struct packed_entry entries[ROWS])
{
    size_t count = 0;
    for (int32_t day = -DAYS; day <= DAYS; day++) {
        const struct fact_row *last = NULL;
        for (size_t i = 0; i < life->count; i++) {
            const struct fact_row *row = &life->rows[i];
            const bool counts =
                str_equal(row->fact, fact) && row->true_from.day == day && !row->withdrawn;
            last = counts ? row : last;
        }
        if (last != NULL) {
            entries[count++] = entry_of(life, last);
        }
    }
    return count;
}

static void withdraw(struct life *life, struct random *random)
{
    struct fact_row *row = &life->rows[random_below(random, life->count)];
    struct packed_entry entries[ROWS];
    row->withdrawn = true;
    row->withdrawn_at = (instant){(int64_t)life->count};
    const size_t count = timeline_of(life, row->fact, entries);
    EXPECT_OK(packed_replace(life->packed, entry_of(life, row).fact, entries, count, life->arena,
                             &life->packed, &failure));
}

/* What fact_rows_choose gives for one fact; NULL when nothing counts. */
static const struct fact_row *chosen_row(const struct life *life, str fact, date as_of)
{
    static struct fact_row of_fact[ROWS];
    size_t count = 0;
    for (size_t i = 0; i < life->count; i++) {
        if (str_equal(life->rows[i].fact, fact)) {
            of_fact[count++] = life->rows[i];
        }
    }
    const size_t chosen = fact_rows_choose(of_fact, count, as_of, (instant){INT64_MAX});
    return chosen == count ? NULL : &of_fact[chosen];
}

static bool same_value(const struct packed_value *a, const struct packed_value *b)
{
    return a->kind == b->kind &&
           (a->kind == PACKED_TEXT ? str_equal(a->text, b->text) : a->number == b->number);
}

static void expect_as_rows(const struct life *life, date as_of)
{
    struct packed_reader reader;
    packed_reader_init(&reader, life->packed);
    struct packed_entry read;
    bool more = packed_next(&reader, as_of, &read);
    for (size_t i = 0; i < FACTS; i++) { /* the numbers rise with i */
        const struct fact_row *row = chosen_row(life, str_from_c(life->names[i]), as_of);
        if (row == NULL) {
            assert_true(!more || read.fact != life->fact_of[i]);
            continue;
        }
        const struct packed_entry expected = entry_of(life, row);
        assert_true(more && read.fact == expected.fact);
        assert_int_equal(read.true_from.day, expected.true_from.day);
        assert_true(same_value(&read.value, &expected.value));
        if (read.value.kind != PACKED_WORD) {
            assert_true(str_equal(packed_value_text(&read.value, life->arena), row->value));
        }
        more = packed_next(&reader, as_of, &read);
    }
    assert_false(more);
    assert_false(reader.damaged);
}

/* packed_pack(packed_unpack(x)) = x, and every entry is worth its bytes. */
static void expect_packs_again(const struct life *life)
{
    struct packed_entry *entries = NULL;
    size_t count = 0;
    str again;
    EXPECT_OK(packed_unpack(life->packed, life->arena, &entries, &count, &failure));
    EXPECT_OK(packed_pack(entries, count, life->arena, &again, &failure));
    assert_true(str_equal(again, life->packed));
}

static void live(struct random *random, struct arena *arena)
{
    struct life life = {.arena = arena};
    int64_t number = 0;
    for (size_t i = 0; i < FACTS; i++) {
        number += random_chance(random, 0.2) ? random_between(random, 1, INT64_C(1) << 40)
                                             : random_between(random, 1, 3);
        life.fact_of[i] = number;
        snprintf(life.names[i], sizeof life.names[i], "f%zu", i);
    }
    const size_t rows = random_below(random, ROWS + 1);
    while (life.count < rows) {
        if (life.count > 0 && random_chance(random, 0.2)) {
            withdraw(&life, random);
        } else {
            record(&life, random);
        }
    }
    for (int32_t day = -DAYS; day <= DAYS; day++) {
        expect_as_rows(&life, (date){day});
    }
    expect_packs_again(&life);
}

static void packed_facts_are_what_the_rows_say(void **state)
{
    struct random random;
    random_seed(&random, seed);
    for (int round = 0; round < ROUNDS; round++) {
        live(&random, *state);
        arena_reset(*state);
    }
}

/* --- any entries --- */

static struct packed_entry random_entry(struct random *random, struct packed_entry before,
                                        struct arena *arena)
{
    const bool same_fact =
        before.fact > 0 && random_chance(random, 0.3) && before.true_from.day < 2000000000;
    const int64_t step = INT64_C(1) << random_below(random, 30);
    struct packed_entry entry = {
        .fact = same_fact ? before.fact : before.fact + random_between(random, 1, step),
        .true_from = {same_fact ? before.true_from.day + (int32_t)random_between(random, 1, 70000)
                                : (int32_t)random_between(random, -step, step)},
        .value = packed_value_of(random_text(random, arena)),
    };
    number_word(&entry.value, random_between(random, 1, step));
    return entry;
}

static void nothing_is_lost(void **state)
{
    /* Aim: unpacking gives what was packed, whatever the facts, days and values. */
    struct random random;
    random_seed(&random, seed + 1);
    for (int round = 0; round < ROUNDS; round++) {
        struct packed_entry entries[ROWS];
        struct packed_entry before = {.fact = 0};
        struct packed_entry *read = NULL;
        str packed;
        size_t read_count = 0;
        const size_t count = random_below(&random, ROWS + 1);
        for (size_t i = 0; i < count; i++) {
            before = entries[i] = random_entry(&random, before, *state);
        }
        EXPECT_OK(packed_pack(entries, count, *state, &packed, &failure));
        EXPECT_OK(packed_unpack(packed, *state, &read, &read_count, &failure));
        assert_int_equal(read_count, count);
        for (size_t i = 0; i < count; i++) {
            assert_true(read[i].fact == entries[i].fact &&
                        read[i].true_from.day == entries[i].true_from.day &&
                        same_value(&read[i].value, &entries[i].value));
        }
        arena_reset(*state);
    }
}

static void ordinary_facts_are_small(void **state)
{
    /* Aim: a value recorded once, on a day near its neighbours', takes three to four bytes. */
    str packed = {0};
    for (int64_t fact = 1; fact <= 40; fact++) {
        struct packed_entry entry = {.fact = fact,
                                     .true_from = {20000 + (int32_t)fact},
                                     .value = packed_value_of(STR("yes"))};
        number_word(&entry.value, fact % 30 + 1);
        EXPECT_OK(packed_record(packed, &entry, *state, &packed, &failure));
    }
    assert_true(packed.len <= 40 * 3 + 2);
}

/* --- damage --- */

static void read_all(str bytes, struct arena *arena)
{
    struct packed_reader reader;
    struct packed_entry entry;
    struct packed_entry *entries = NULL;
    size_t count = 0;
    struct err err = {0};
    packed_reader_init(&reader, bytes);
    while (packed_next(&reader, (date){0}, &entry)) {
        assert_true((const unsigned char *)bytes.at + bytes.len >= reader.at);
    }
    const bool whole = packed_unpack(bytes, arena, &entries, &count, &err).ok;
    assert_int_equal(reader.damaged, !whole);
    if (whole) {
        str again;
        EXPECT_OK(packed_pack(entries, count, arena, &again, &failure));
        assert_true(str_equal(again, bytes));
    } else {
        assert_int_equal(err.code, ERROR_STORAGE);
    }
}

static void damage_is_seen(void **state)
{
    /* Aim: whatever the bytes, reading stays inside them and either understands all of them, as
     * they would be written, or says that they are damaged. */
    struct random random;
    random_seed(&random, seed + 2);
    for (int round = 0; round < 200000; round++) {
        char bytes[12];
        const size_t len = random_below(&random, sizeof bytes + 1);
        for (size_t i = 0; i < len; i++) {
            bytes[i] = (char)(random_chance(&random, 0.5) ? random_below(&random, 256)
                                                          : random_below(&random, 8));
        }
        char *exact = len == 0 ? NULL : test_malloc(len); /* so that the sanitizer sees its end */
        if (len > 0) {
            memcpy(exact, bytes, len);
        }
        read_all((str){.at = exact, .len = len}, *state);
        test_free(exact);
        arena_reset(*state);
    }
}

#define ARENA_TEST(function) cmocka_unit_test_setup_teardown(function, open_arena, close_arena)

int main(int argc, char **argv)
{
    if (argc > 1) {
        seed = strtoull(argv[1], NULL, 10);
    }
    printf("# seed %llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        ARENA_TEST(texts_are_what_they_look_like),
        ARENA_TEST(packed_facts_are_what_the_rows_say),
        ARENA_TEST(nothing_is_lost),
        ARENA_TEST(ordinary_facts_are_small),
        ARENA_TEST(damage_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
