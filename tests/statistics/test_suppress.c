/* Aim: no number that is withheld can be worked out. On random small tables every table that agrees
 * with what is published is found by trying them all, and each withheld number must take more than
 * one value among them - for a reader who knows the rules and even which numbers are withheld for
 * being small. The exact answer of suppress_can_vary must be the same, and withholding less must be
 * seen as not enough. RETURNHUB_SEED repeats a run. */
#include "base/random.h"
#include "statistics/suppress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { SIDE_MAX = 3, MARKS_MAX = (SIDE_MAX + 1) * (SIDE_MAX + 1), MOST = 12 };

struct puzzle {
    size_t rows;
    size_t columns;
    int64_t threshold;
    int64_t cells[SIDE_MAX * SIDE_MAX];
    enum suppression marks[MARKS_MAX];
};

static struct suppress_table table_of(struct puzzle *puzzle)
{
    return (struct suppress_table){.row_count = puzzle->rows,
                                   .column_count = puzzle->columns,
                                   .cells = puzzle->cells,
                                   .threshold = puzzle->threshold,
                                   .marks = puzzle->marks};
}

/* --- by trying all ---------------------------------------------------------------------------- */

struct trial {
    const struct puzzle *puzzle;
    bool whole; /* every value up to MOST + 2; with many withheld, those within 2 of the truth */
    int64_t cells[SIDE_MAX * SIDE_MAX];
    bool taken[MARKS_MAX][512]; /* the values each number takes */
};

static void numbers_of(const struct puzzle *puzzle, const int64_t *cells,
                       int64_t numbers[MARKS_MAX])
{
    const size_t width = puzzle->columns + 1;
    memset(numbers, 0, MARKS_MAX * sizeof *numbers);
    for (size_t r = 0; r < puzzle->rows; r++) {
        for (size_t c = 0; c < puzzle->columns; c++) {
            const int64_t number = cells[r * puzzle->columns + c];
            numbers[r * width + c] = number;
            numbers[r * width + puzzle->columns] += number;
            numbers[puzzle->rows * width + c] += number;
            numbers[puzzle->rows * width + puzzle->columns] += number;
        }
    }
}

static bool agrees(const struct puzzle *puzzle, const int64_t *numbers)
{
    int64_t truth[MARKS_MAX];
    numbers_of(puzzle, puzzle->cells, truth);
    for (size_t i = 0; i < (puzzle->rows + 1) * (puzzle->columns + 1); i++) {
        const bool fits = puzzle->marks[i] == SHOWN ? numbers[i] == truth[i]
                          : puzzle->marks[i] == WITHHELD_SMALL
                              ? numbers[i] >= 1 && numbers[i] < puzzle->threshold
                              : numbers[i] >= puzzle->threshold;
        if (!fits) {
            return false;
        }
    }
    return true;
}

static void try_from(struct trial *trial, size_t cell)
{
    const struct puzzle *puzzle = trial->puzzle;
    if (cell == puzzle->rows * puzzle->columns) {
        int64_t numbers[MARKS_MAX];
        numbers_of(puzzle, trial->cells, numbers);
        for (size_t i = 0;
             agrees(puzzle, numbers) && i < (puzzle->rows + 1) * (puzzle->columns + 1); i++) {
            trial->taken[i][numbers[i]] = true;
        }
        return;
    }
    const size_t mark = cell / puzzle->columns * (puzzle->columns + 1) + cell % puzzle->columns;
    const bool shown = puzzle->marks[mark] == SHOWN;
    const int64_t truth = puzzle->cells[cell];
    const int64_t least = shown ? truth : trial->whole || truth < 3 ? 1 : truth - 2;
    const int64_t most = shown ? truth : trial->whole ? MOST + 2 : truth + 2;
    for (int64_t value = least; value <= most; value++) {
        trial->cells[cell] = value;
        try_from(trial, cell + 1);
    }
}

static size_t withheld_cells(const struct puzzle *puzzle)
{
    size_t count = 0;
    for (size_t i = 0; i < puzzle->rows * puzzle->columns; i++) {
        const size_t mark = i / puzzle->columns * (puzzle->columns + 1) + i % puzzle->columns;
        count += puzzle->marks[mark] == SHOWN ? 0 : 1;
    }
    return count;
}

static int values_taken(const struct trial *trial, size_t mark)
{
    int count = 0;
    for (size_t value = 0; value < 512; value++) {
        count += trial->taken[mark][value] ? 1 : 0;
    }
    return count;
}

/* --- the same said twice ---------------------------------------------------------------------- */

struct bench {
    struct arena arena;
    struct random random;
    int64_t withheld;
    int64_t gave_up;
    int64_t seen_insufficient;
};

static void make_puzzle(struct bench *bench, struct puzzle *puzzle)
{
    *puzzle = (struct puzzle){.rows = 1 + random_below(&bench->random, SIDE_MAX),
                              .columns = 1 + random_below(&bench->random, SIDE_MAX),
                              .threshold = 2 + (int64_t)random_below(&bench->random, 3)};
    for (size_t i = 0; i < puzzle->rows * puzzle->columns; i++) {
        const bool low = random_chance(&bench->random, 0.4);
        puzzle->cells[i] = (int64_t)random_below(&bench->random, low ? 4 : MOST + 1);
    }
}

static void compare_all(struct bench *bench, struct puzzle *puzzle, bool must_vary)
{
    static struct trial trial;
    const struct suppress_table table = table_of(puzzle);
    memset(&trial, 0, sizeof trial);
    trial.puzzle = puzzle;
    trial.whole = withheld_cells(puzzle) <= 4;
    try_from(&trial, 0);
    for (size_t r = 0; r <= puzzle->rows; r++) {
        for (size_t c = 0; c <= puzzle->columns; c++) {
            const size_t mark = r * (puzzle->columns + 1) + c;
            bool can_vary = false;
            if (puzzle->marks[mark] == SHOWN) {
                continue;
            }
            assert_true(suppress_can_vary(&table, r, c, bench->arena, &can_vary, NULL).ok);
            assert_int_equal(can_vary, values_taken(&trial, mark) > 1);
            assert_true(can_vary || !must_vary);
            bench->withheld++;
            bench->seen_insufficient += can_vary ? 0 : 1;
        }
    }
}

static void check_marks(const struct puzzle *puzzle, bool is_protected)
{
    int64_t numbers[MARKS_MAX];
    numbers_of(puzzle, puzzle->cells, numbers);
    for (size_t i = 0; i < (puzzle->rows + 1) * (puzzle->columns + 1); i++) {
        const bool small = numbers[i] > 0 && numbers[i] < puzzle->threshold;
        assert_int_equal(small, puzzle->marks[i] == WITHHELD_SMALL);
        assert_true(numbers[i] > 0 || puzzle->marks[i] == SHOWN);
    }
    /* The total of all is withheld for being small, or not at all: other tables show it too. */
    assert_true(!is_protected ||
                puzzle->marks[(puzzle->rows + 1) * (puzzle->columns + 1) - 1] != WITHHELD_BESIDE);
}

static void check_puzzle(struct bench *bench)
{
    struct puzzle puzzle;
    bool is_protected = false;
    make_puzzle(bench, &puzzle);
    struct suppress_table table = table_of(&puzzle);
    assert_true(suppress(&table, bench->arena, &is_protected, NULL).ok);
    check_marks(&puzzle, is_protected);
    bench->gave_up += is_protected ? 0 : 1;
    compare_all(bench, &puzzle, is_protected);
    /* One number shown that should not be: the exact answer must still be that of trying all. */
    for (size_t i = 0; i < (puzzle.rows + 1) * (puzzle.columns + 1); i++) {
        if (puzzle.marks[i] == WITHHELD_BESIDE) {
            puzzle.marks[i] = SHOWN;
            compare_all(bench, &puzzle, false);
            break;
        }
    }
}

static void nothing_withheld_can_be_worked_out(void **state)
{
    static struct bench bench;
    const char *given = getenv("RETURNHUB_SEED");
    int64_t seed = (int64_t)(time(NULL) % 1000000);
    (void)state;
    if (given != NULL) {
        result_ignore(str_to_int64(str_from_c(given), &seed, NULL), "then the time's");
    }
    printf("# seed %lld\n", (long long)seed);
    random_seed(&bench.random, (uint64_t)seed);
    assert_true(arena_open(&bench.arena, 1024 * 1024, NULL).ok);
    for (int i = 0; i < 150; i++) {
        check_puzzle(&bench);
    }
    printf("# %lld numbers withheld, %lld tables given up, %lld seen to be worked out\n",
           (long long)bench.withheld, (long long)bench.gave_up, (long long)bench.seen_insufficient);
    assert_true(bench.withheld > 100);
    assert_true(bench.seen_insufficient > 10);
    arena_close(&bench.arena);
}

/* The example of the textbooks: one small cell, and three more are withheld, no total. */
static void a_square_is_enough(void **state)
{
    static char memory[65536];
    struct arena arena = {.begin = memory, .at = memory, .end = memory + sizeof memory};
    const int64_t cells[] = {3, 20, 40, 30, 25, 60, 70, 80, 90};
    enum suppression marks[16];
    struct suppress_table table = {
        .row_count = 3, .column_count = 3, .cells = cells, .threshold = 5, .marks = marks};
    bool is_protected = false;
    (void)state;
    assert_true(suppress(&table, arena, &is_protected, NULL).ok);
    assert_true(is_protected);
    const enum suppression expected[16] = {WITHHELD_SMALL,  WITHHELD_BESIDE, SHOWN, SHOWN,
                                           WITHHELD_BESIDE, WITHHELD_BESIDE, SHOWN, SHOWN,
                                           SHOWN,           SHOWN,           SHOWN, SHOWN,
                                           SHOWN,           SHOWN,           SHOWN, SHOWN};
    assert_memory_equal(marks, expected, sizeof expected);
}

/* A table as large as those that are published, in a moment. */
static void large_tables_are_quick(void **state)
{
    static struct bench bench;
    enum { ROWS = 2000, COLUMNS = 6 };
    (void)state;
    random_seed(&bench.random, 5);
    assert_true(arena_open(&bench.arena, 64 * 1024 * 1024, NULL).ok);
    int64_t *cells = ARENA_NEW(&bench.arena, int64_t, ROWS * COLUMNS);
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        cells[i] = (int64_t)random_below(&bench.random, random_chance(&bench.random, 0.7) ? 7 : 60);
    }
    struct suppress_table table = {
        .row_count = ROWS, .column_count = COLUMNS, .cells = cells, .threshold = 5};
    table.marks = ARENA_NEW(&bench.arena, enum suppression, (ROWS + 1) * (COLUMNS + 1));
    bool is_protected = false;
    const clock_t begin = clock();
    assert_true(suppress(&table, bench.arena, &is_protected, NULL).ok);
    printf("# %.0f ms\n", 1000.0 * (double)(clock() - begin) / CLOCKS_PER_SEC);
    assert_true(is_protected);
    for (size_t i = 0; i < 200; i++) {
        const size_t row = random_below(&bench.random, ROWS + 1);
        const size_t column = random_below(&bench.random, COLUMNS + 1);
        bool can_vary = true;
        if (table.marks[row * (COLUMNS + 1) + column] != SHOWN) {
            assert_true(suppress_can_vary(&table, row, column, bench.arena, &can_vary, NULL).ok);
        }
        assert_true(can_vary);
    }
    arena_close(&bench.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_withheld_can_be_worked_out),
        cmocka_unit_test(a_square_is_enough),
        cmocka_unit_test(large_tables_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
