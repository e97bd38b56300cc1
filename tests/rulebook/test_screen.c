/* Aim: the column engine gives the scalar judge's answers, for every row, at every level of
 * instructions. Random rulebooks are screened for random people in random families; the kernels are
 * held against loops written here from their descriptions; columns are tried at the ends of every
 * width. The seed is printed; RETURNHUB_SEED runs another one, RETURNHUB_LONG 10,000,000
 * judgements. */
#include "load.h"
#include "rulebook/explain.h"
#include "rulebook/screen.h"
#include "rulebook/screen_plan.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct loaded loaded;
static struct arena perm;
static struct random random_source;

static int setup(void **state)
{
    (void)state;
    struct err err;
    const char *asked = getenv("RETURNHUB_SEED");
    const uint64_t seed = asked != NULL ? strtoull(asked, NULL, 10) : 20261128;
    printf("# seed %llu (RETURNHUB_SEED)\n", (unsigned long long)seed);
    random_seed(&random_source, seed);
    load_init(&loaded);
    return arena_open(&perm, (size_t)1024 * 1024 * 1024, &err).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    load_done(&loaded);
    arena_close(&perm);
    return 0;
}

/* --- people -------------------------------------------------------------------------------- */

struct people {
    size_t count;
    const struct value **values; /* of each */
    int64_t *groups;
    date today;
    const struct value *hub;
    const struct value *agreement;
};

static struct people people_make(size_t count, double unknown, struct arena *arena)
{
    struct people people = {.count = count,
                            .values = ARENA_NEW(arena, const struct value *, count + 1),
                            .groups = ARENA_NEW(arena, int64_t, count + 1)};
    assert_true(people.values != NULL && people.groups != NULL);
    for (size_t i = 0; i < count; i++) {
        struct world_facts facts;
        world_facts_make(&facts, &random_source, unknown);
        facts.member_count = 0;
        const struct question question = world_question(loaded.rulebook, &facts, arena);
        people.values[i] = question.person;
        /* A third alone, the others in families of about two. */
        people.groups[i] = random_chance(&random_source, 0.33)
                               ? 0
                               : random_between(&random_source, 1, (int64_t)(count / 2) + 1);
        people.today = question.today;
        people.hub = question.hub;
        people.agreement = question.agreement;
    }
    if (random_chance(&random_source, 0.1)) {
        people.hub = NULL;
    }
    return people;
}

/* The question as the casework asks it: the family is everybody else of the group. */
static struct question question_about(const struct people *people, size_t row, struct arena *arena)
{
    const struct value **family = ARENA_NEW(arena, const struct value *, people->count);
    size_t count = 0;
    assert_non_null(family);
    for (size_t i = 0; i < people->count && people->groups[row] != 0; i++) {
        if (i != row && people->groups[i] == people->groups[row]) {
            family[count++] = people->values[i];
        }
    }
    return (struct question){.person = people->values[row],
                             .hub = people->hub,
                             .agreement = people->agreement,
                             .family = family,
                             .family_count = count,
                             .today = people->today};
}

static struct columns columns_of(const struct people *people, const bool *wanted,
                                 struct arena *arena)
{
    struct err err = {0};
    struct columns_builder *builder = NULL;
    struct columns columns;
    const struct rulebook *rulebook = loaded.rulebook;
    assert_true(columns_begin(rulebook, wanted, people->count, arena, &builder, &err).ok);
    for (size_t row = 0; row < people->count; row++) {
        for (uint32_t fact = 0; fact < rulebook->fact_count; fact++) {
            const struct value *value = &people->values[row][fact];
            if (value->known && columns_wants(builder, fact)) {
                assert_true(columns_set(builder, row, fact, value, &err).ok);
            }
        }
    }
    assert_true(columns_finish(builder, people->groups, &columns, &err).ok);
    return columns;
}

static struct screen_answers screened(const struct columns *columns, const struct people *people,
                                      enum screen_level level, struct arena *arena)
{
    struct err err = {0};
    const struct screen *screen = NULL;
    struct screen_answers answers;
    const size_t count = columns->rulebook->safeguard_count;
    uint32_t *safeguards = ARENA_NEW(arena, uint32_t, count + 1);
    assert_non_null(safeguards);
    for (uint32_t i = 0; i < count; i++) {
        safeguards[i] = i;
    }
    const struct screen_question question = {.safeguards = safeguards,
                                             .safeguard_count = count,
                                             .hub = people->hub,
                                             .agreement = people->agreement,
                                             .today = people->today};
    assert_true(screen_compile(columns, &question, level, arena, &screen, &err).ok);
    assert_true(screen_answers_init(screen, true, arena, &answers, &err).ok);
    assert_true(screen_all(screen, *arena, &answers, &err).ok);
    size_t counts[3];
    screen_count(screen, &answers, counts);
    assert_int_equal(counts[0] + counts[1] + counts[2], people->count);
    return answers;
}

/* --- scalar = column ----------------------------------------------------------------------- */

static enum clearance step_clearance(const enum clearance *each, size_t count)
{
    bool clear = true;
    bool barred = false;
    for (size_t i = 0; i < count; i++) {
        clear = clear && each[i] == CLEARANCE_CLEAR;
        barred = barred || each[i] == CLEARANCE_BARRED;
    }
    return clear ? CLEARANCE_CLEAR : barred ? CLEARANCE_BARRED : CLEARANCE_UNKNOWN;
}

static void report_difference(const struct world *world, size_t row, size_t safeguard,
                              enum clearance expected, enum clearance found)
{
    struct arena arena = perm;
    const str text = world_text(world, NULL, &arena);
    print_error("row %zu, safeguard %zu: the judge says %s, the screen %s\n%.*s\n", row, safeguard,
                clearance_name(expected), clearance_name(found), STR_ARG(text));
    fail();
}

static size_t compare(const struct world *world, const struct people *people,
                      const struct screen_answers *answers, struct arena scratch)
{
    const struct rulebook *rulebook = loaded.rulebook;
    size_t judgements = 0;
    for (size_t row = 0; row < people->count; row++) {
        struct arena arena = scratch;
        const struct question question = question_about(people, row, &arena);
        enum clearance each[WORLD_SAFEGUARDS];
        for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
            each[i] = judge_safeguard(rulebook, i, &question);
            const enum clearance found = screen_each(answers, i, row);
            if (found != each[i]) {
                report_difference(world, row, i, each[i], found);
            }
            judgements++;
        }
        assert_int_equal(screen_clearance(answers, row),
                         step_clearance(each, rulebook->safeguard_count));
    }
    return judgements;
}

/* Every safeguard again at every level: the planes must be the same bits. */
static void compare_levels(const struct columns *columns, const struct people *people,
                           const struct screen_answers *plain, struct arena scratch)
{
    const size_t bytes = columns->word_count * sizeof(uint64_t);
    for (int level = SCREEN_AVX2; level < SCREEN_LEVEL_COUNT; level++) {
        struct arena arena = scratch;
        if (!screen_level_is_there((enum screen_level)level)) {
            continue;
        }
        const struct screen_answers answers =
            screened(columns, people, (enum screen_level)level, &arena);
        assert_memory_equal(answers.clear, plain->clear, bytes);
        assert_memory_equal(answers.barred, plain->barred, bytes);
        for (size_t i = 0; i < columns->rulebook->safeguard_count; i++) {
            assert_memory_equal(answers.each_barred[i], plain->each_barred[i], bytes);
            assert_memory_equal(answers.each_unknown[i], plain->each_unknown[i], bytes);
        }
    }
}

/* What the columns say of a row is what was put in. */
static void compare_row(const struct columns *columns, const struct people *people, size_t row,
                        struct arena scratch)
{
    const struct rulebook *rulebook = columns->rulebook;
    struct value *values = ARENA_NEW(&scratch, struct value, rulebook->fact_count + 1);
    struct question question;
    struct err err;
    columns_row(columns, row, values);
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        /* Texts are not kept: only that there is one. */
        if (rulebook->facts[i].type == FACT_TEXT) {
            assert_int_equal(values[i].known, people->values[row][i].known);
        } else if (rulebook->facts[i].subject == SUBJECT_PERSON) {
            assert_true(value_equal(&rulebook->facts[i], &values[i], &people->values[row][i]));
        }
    }
    assert_true(columns_question(columns, row, people->today, &scratch, &question, &err).ok);
    assert_int_equal(question.family_count, question_about(people, row, &scratch).family_count);
}

static size_t one_rulebook(void)
{
    static const int row_counts[] = {1, 63, 64, 65, 200, 200, 200, 300};
    static const double unknown[] = {0.0, 0.1, 0.3, 0.6, 1.0};
    struct arena arena = perm;
    struct world world;
    world_make(&world, &random_source, &arena, (int)random_between(&random_source, 1, 5));
    load_sound(&loaded, world_text(&world, NULL, &arena));
    const struct people people = people_make((size_t)row_counts[random_below(&random_source, 8)],
                                             unknown[random_below(&random_source, 5)], &arena);
    const struct columns columns = columns_of(&people, NULL, &arena);
    const struct screen_answers answers = screened(&columns, &people, SCREEN_PLAIN, &arena);
    compare_row(&columns, &people, random_below(&random_source, people.count), arena);
    compare_levels(&columns, &people, &answers, arena);
    return compare(&world, &people, &answers, arena);
}

static void test_scalar_is_column(void **state)
{
    (void)state;
    const size_t wanted = getenv("RETURNHUB_LONG") != NULL ? 10000000 : 200000;
    size_t judgements = 0;
    size_t rulebooks = 0;
    while (judgements < wanted) {
        judgements += one_rulebook();
        rulebooks++;
    }
    printf("# %zu judgements, %zu random rulebooks\n", judgements, rulebooks);
}

/* --- kernels ------------------------------------------------------------------------------- */

enum { ROWS = COLUMNS_BLOCK_ROWS, WORDS = COLUMNS_BLOCK_WORDS };

struct cells {
    uint8_t of_8[ROWS];
    uint16_t of_16[ROWS];
    uint32_t of_32[ROWS];
    uint64_t of_64[ROWS];
    uint64_t known[WORDS];
    uint64_t other[4][WORDS];
};

static void cells_make(struct cells *cells)
{
    for (size_t i = 0; i < ROWS; i++) {
        const uint64_t number = random_next(&random_source);
        /* Half of them small, so that ranges are hit. */
        const uint64_t mask = i % 2 == 0 ? UINT64_MAX : 0xFF;
        cells->of_8[i] = (uint8_t)number;
        cells->of_16[i] = (uint16_t)(number & mask);
        cells->of_32[i] = (uint32_t)(number & mask);
        cells->of_64[i] = number & mask;
    }
    for (size_t i = 0; i < WORDS; i++) {
        cells->known[i] = random_next(&random_source) | random_next(&random_source);
        for (size_t j = 0; j < 4; j++) {
            cells->other[j][i] = random_next(&random_source);
        }
    }
}

static uint64_t cell_at(const struct cells *cells, int width, size_t row)
{
    return width == 8    ? cells->of_8[row]
           : width == 16 ? cells->of_16[row]
           : width == 32 ? cells->of_32[row]
                         : cells->of_64[row];
}

static void run_range(const struct screen_kernel *kernel, const struct cells *cells, int width,
                      uint64_t low, uint64_t span, uint64_t *t, uint64_t *f)
{
    if (width == 8) {
        kernel->range_8(cells->of_8, (uint8_t)low, (uint8_t)span, cells->known, t, f);
    } else if (width == 16) {
        kernel->range_16(cells->of_16, (uint16_t)low, (uint16_t)span, cells->known, t, f);
    } else if (width == 32) {
        kernel->range_32(cells->of_32, (uint32_t)low, (uint32_t)span, cells->known, t, f);
    } else {
        kernel->range_64(cells->of_64, low, span, cells->known, t, f);
    }
}

static void check_range(const struct screen_kernel *kernel, const struct cells *cells, int width)
{
    uint64_t t[WORDS];
    uint64_t f[WORDS];
    const uint64_t greatest = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    uint64_t low = random_next(&random_source) & greatest;
    low = random_chance(&random_source, 0.5) ? low & 0x7F : low;
    const uint64_t room = greatest - low;
    const uint64_t span =
        random_chance(&random_source, 0.3)
            ? room
            : random_next(&random_source) % (room == UINT64_MAX ? room : room + 1);
    run_range(kernel, cells, width, low, span, t, f);
    for (size_t row = 0; row < ROWS; row++) {
        const uint64_t cell = cell_at(cells, width, row);
        const bool within = cell >= low && cell <= low + span;
        const bool known = plane_bit(cells->known, row);
        assert_int_equal(plane_bit(t, row), known && within);
        assert_int_equal(plane_bit(f, row), known && !within);
    }
}

static void check_look_up(const struct screen_kernel *kernel, const struct cells *cells)
{
    static uint8_t table[65536];
    static uint64_t planes[2][2][LOOK_UPS_MAX][WORDS];
    uint64_t *t[2][LOOK_UPS_MAX];
    uint64_t *f[2][LOOK_UPS_MAX];
    const size_t count = 1 + random_below(&random_source, LOOK_UPS_MAX);
    for (size_t i = 0; i < sizeof table; i++) {
        table[i] = (uint8_t)random_next(&random_source);
    }
    for (size_t i = 0; i < LOOK_UPS_MAX; i++) {
        for (size_t wide = 0; wide < 2; wide++) {
            t[wide][i] = planes[wide][0][i];
            f[wide][i] = planes[wide][1][i];
        }
    }
    kernel->look_up_8(cells->of_8, table, count, cells->known, t[0], f[0]);
    kernel->look_up_16(cells->of_16, table, count, cells->known, t[1], f[1]);
    for (size_t row = 0; row < ROWS; row++) {
        const bool known = plane_bit(cells->known, row);
        const uint8_t found[2] = {table[cells->of_8[row]], table[cells->of_16[row]]};
        for (size_t i = 0; i < count; i++) {
            for (size_t wide = 0; wide < 2; wide++) {
                const bool bit = (found[wide] >> i & 1) != 0;
                assert_int_equal(plane_bit(t[wide][i], row), known && bit);
                assert_int_equal(plane_bit(f[wide][i], row), known && !bit);
            }
        }
    }
}

static void check_tell(const struct screen_kernel *kernel, const struct cells *cells)
{
    static _Alignas(64) uint64_t told[2][2][WORDS];
    const uint64_t *t = cells->other[0];
    const uint64_t *f = cells->other[1];
    kernel->tell(t, f, told[0][0], told[0][1]);
    kernel->tell_past(t, f, told[1][0], told[1][1]);
    kernel->settle();
    for (size_t past = 0; past < 2; past++) {
        for (size_t i = 0; i < WORDS; i++) {
            assert_true(told[past][0][i] == f[i]);
            assert_true(told[past][1][i] == ~(t[i] | f[i]));
        }
    }
}

static void check_logic(const struct screen_kernel *kernel, const struct cells *cells)
{
    uint64_t t[WORDS];
    uint64_t f[WORDS];
    uint64_t out[4][WORDS];
    const uint64_t *planes[4] = {cells->other[0], cells->other[1], cells->other[2],
                                 cells->other[3]};
    for (size_t count = 1; count <= 3; count++) {
        kernel->all(planes, planes + 1, count, t, f);
        for (size_t i = 0; i < WORDS; i++) {
            uint64_t is_true = UINT64_MAX;
            uint64_t is_false = 0;
            for (size_t j = 0; j < count; j++) {
                is_true &= planes[j][i];
                is_false |= planes[j + 1][i];
            }
            assert_true(t[i] == is_true && f[i] == is_false);
        }
        kernel->one_of(planes, count, cells->known, t, f);
        for (size_t i = 0; i < WORDS; i++) {
            uint64_t any = 0;
            for (size_t j = 0; j < count; j++) {
                any |= planes[j][i];
            }
            assert_true(t[i] == (any & cells->known[i]) && f[i] == (~any & cells->known[i]));
        }
    }
    kernel->choose(planes, planes + 1, planes + 2, t, f);
    kernel->complement(planes[0], out[0]);
    memcpy(out[2], planes[2], sizeof out[2]);
    memcpy(out[3], planes[3], sizeof out[3]);
    for (size_t i = 0; i < WORDS; i++) {
        assert_true(t[i] == ((planes[0][i] & planes[1][i]) | (planes[1][i] & planes[2][i])));
        assert_true(f[i] == ((planes[0][i] & planes[2][i]) | (planes[1][i] & planes[3][i])));
        assert_true(out[0][i] == ~planes[0][i]);
    }
    kernel->add(planes[0], planes[1], out[2], out[3]);
    for (size_t i = 0; i < WORDS; i++) {
        assert_true(out[2][i] == (planes[2][i] & planes[0][i]));
        assert_true(out[3][i] == (planes[3][i] | planes[1][i]));
    }
}

static void test_kernels(void **state)
{
    (void)state;
    static const int widths[] = {8, 16, 32, 64};
    static struct cells cells;
    for (int level = SCREEN_PLAIN; level < SCREEN_LEVEL_COUNT; level++) {
        if (!screen_level_is_there((enum screen_level)level)) {
            printf("# this processor has no %s\n", screen_level_name((enum screen_level)level));
            continue;
        }
        const struct screen_kernel *kernel = screen_kernel_of((enum screen_level)level);
        for (int round = 0; round < 10; round++) {
            cells_make(&cells);
            for (size_t i = 0; i < 4; i++) {
                check_range(kernel, &cells, widths[i]);
            }
            check_look_up(kernel, &cells);
            check_logic(kernel, &cells);
            check_tell(kernel, &cells);
        }
    }
}

/* --- every width --------------------------------------------------------------------------- */

#define EXAMPLES                                                                                   \
    "  example \"c\" then clear\n  example \"b\" then barred\n  example \"u\" then unknown\n"
enum { MANY = RULEBOOK_CHOICES_MAX };

/* Safeguards on numbers and days at the ends of what can be written, and on lists that are too long
 * for planes, and for cells of eight bits. */
static str wide_text(struct arena *arena)
{
    static const char *const conditions[] = {
        "n.n < -9223372036854775807",
        "n.n <= 9223372036854775807",
        "n.n > 9223372036854775806",
        "n.n >= 0",
        "n.n = 70000",
        "n.n != 255",
        "d.d < 1900-01-02",
        "d.d <= today",
        "100 years rounding down after d.d < 2100-01-01",
        "1 day before d.d >= 1999-12-31",
        "later of (d.d, 2000-01-01) = 2000-01-01",
        "earlier of (d.d, e.d) < today",
        "q has expired",
        "q is running and last day of q >= 2026-12-20",
        "later of (5 working days (k) after d.d, d.d) < today",
        "earlier of (3 working days (k) before d.d, 10 days after d.d) >= 2026-01-01",
        "5 working days (k) after 3 working days (k) before d.d != d.d",
        "later of (1 month rounding up after d.d, 5 working days (k) before d.d) <= 2026-03-03",
        "c.c in (c0, c7, c255)",
        "c.c = c150",
        "c.c in (c10, c11, c12)",
        "c.c != c0 and l.l in (CAA, CAB, CZZ)",
        "l.l in s.s",
        "s.s = t.s",
        "l.l = m.l",
    };
    struct buf buf;
    str text;
    struct err err;
    buf_init(&buf, arena, 1024 * 1024);
    buf_put_c(&buf, "rulebook wide\n  title \"Wide\"\n  in force from 2026-01-01\n"
                    "stage first \"First\" start\nstage second \"Second\" outcome\n"
                    "holidays h\n  source \"H\"\n  2026-01-01 \"New Year\"\n"
                    "calendar k\n  \"K\"\n  source \"K\"\n  weekend saturday, sunday\n"
                    "  holidays h\n  from 2025-06-01\n  until 2026-12-27\n"
                    "clock q\n  \"Q\"\n  source \"Q\"\n  runs 3 days after d.d\n"
                    "  ends on a working day (k)\n"
                    "fact n.n : number \"N\"\nfact d.d : date \"D\"\nfact e.d : date \"E\"\n"
                    "fact l.l : country \"L\"\nfact m.l : country \"M\"\n"
                    "fact s.s : countries \"S\"\nfact t.s : countries \"T\"\n"
                    "fact x.x : text \"X\"\nfact c.c \"C\"\n  one of c0");
    for (int i = 1; i < MANY; i++) {
        buf_format(&buf, ", c%d", i);
    }
    buf_put_char(&buf, '\n');
    for (int i = 0; i < 26 * 26; i++) {
        buf_format(&buf, "country C%c%c \"C%d\"\n", 'A' + i / 26, 'A' + i % 26, i);
    }
    buf_put_c(&buf, "step go \"Go\" from first to second\n");
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        buf_format(&buf,
                   "safeguard g%zu\n  guards go\n  source \"Act\"\n  reason \"Reason\"\n"
                   "  clear when %s\n" EXAMPLES,
                   i, conditions[i]);
    }
    assert_true(buf_finish(&buf, &text, &err).ok);
    return text;
}

static uint16_t some_country(void)
{
    uint16_t code = 0;
    const char letters[3] = {'C', (char)('A' + random_below(&random_source, 26)),
                             (char)('A' + random_below(&random_source, 26))};
    assert_true(country_parse((str){.at = letters, .len = 3}, &code));
    return code;
}

static struct value some_set(struct arena *arena)
{
    uint16_t *codes = ARENA_NEW(arena, uint16_t, 2);
    assert_non_null(codes);
    codes[0] = some_country();
    codes[1] = some_country();
    if (codes[0] > codes[1]) {
        const uint16_t swapped = codes[0];
        codes[0] = codes[1];
        codes[1] = swapped;
    }
    const size_t count = codes[0] == codes[1] ? 1 : random_below(&random_source, 3);
    return (struct value){.known = true, .countries = {.codes = codes, .count = count}};
}

static struct value wide_value(const struct fact *fact, int64_t least, int64_t greatest,
                               struct arena *arena)
{
    struct value value = {.known = !random_chance(&random_source, 0.1)};
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX, 0, 70000};
    if (!value.known) {
        return value;
    }
    switch (fact->type) {
    case FACT_FLAG:
        value.number = random_chance(&random_source, 0.5) ? 1 : 0;
        break;
    case FACT_CHOICE:
        value.number = random_between(&random_source, 0, (int64_t)fact->choice_count - 1);
        break;
    case FACT_DATE:
        value.number = random_between(&random_source, -25567, 84005);
        value.number = random_chance(&random_source, 0.3) ? -25567 : value.number;
        /* About the calendar's ends. */
        value.number = random_chance(&random_source, 0.4)
                           ? random_between(&random_source, 20200, 20850)
                           : value.number;
        break;
    case FACT_NUMBER:
        value.number = least == INT64_MIN && random_chance(&random_source, 0.5)
                           ? ends[random_below(&random_source, 6)]
                           : random_between(&random_source, least, greatest);
        break;
    case FACT_COUNTRY:
        value.number = some_country();
        break;
    case FACT_COUNTRIES:
        return some_set(arena);
    case FACT_TEXT:
        value.text = STR("text");
        break;
    }
    return value;
}

static void try_width(int64_t least, int64_t greatest)
{
    enum { PEOPLE = 700 };
    struct arena arena = perm;
    const struct rulebook *rulebook = loaded.rulebook;
    struct people people = {.count = PEOPLE,
                            .values = ARENA_NEW(&arena, const struct value *, PEOPLE),
                            .groups = ARENA_NEW(&arena, int64_t, PEOPLE),
                            .today = load_date("2026-06-01")};
    for (size_t i = 0; i < PEOPLE; i++) {
        struct value *values = ARENA_NEW(&arena, struct value, rulebook->fact_count);
        for (size_t j = 0; j < rulebook->fact_count; j++) {
            values[j] = wide_value(&rulebook->facts[j], least, greatest, &arena);
        }
        people.values[i] = values;
    }
    const struct columns columns = columns_of(&people, NULL, &arena);
    const struct screen_answers answers = screened(&columns, &people, SCREEN_PLAIN, &arena);
    compare_levels(&columns, &people, &answers, arena);
    for (size_t row = 0; row < PEOPLE; row++) {
        compare_row(&columns, &people, row, arena);
        const struct question question = question_about(&people, row, &arena);
        for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
            if (screen_each(&answers, i, row) != judge_safeguard(rulebook, i, &question)) {
                print_error("safeguard g%u, numbers %lld to %lld\n", i, (long long)least,
                            (long long)greatest);
                fail();
            }
        }
    }
}

static void test_widths(void **state)
{
    (void)state;
    struct arena arena = perm;
    load_sound(&loaded, wide_text(&arena));
    const struct arena kept = perm;
    perm = arena; /* the text outlives the rulebook */
    try_width(0, 255);
    try_width(-3, 252);
    try_width(0, 256);
    try_width(-65000, 70000);
    try_width(69000, 70255);
    try_width(0, UINT32_MAX);
    try_width(-1, INT64_C(0x100000000));
    try_width(INT64_MIN, INT64_MAX);
    perm = kept;
}

/* --- under another rulebook ---------------------------------------------------------------- */

static const char small_head[] = "rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"
                                 "stage first \"First\" start\nstage second \"Second\" outcome\n"
                                 "country ALB \"Albania\"\ncountry XKX \"Kosovo\"\n"
                                 "step go \"Go\" from first to second\n";

static void test_another_rulebook(void **state)
{
    (void)state;
    struct arena arena = perm;
    struct err err = {0};
    load_sound(&loaded, arena_format(&arena, "%s%s", small_head,
                                     "fact a.a \"A\" one of red, green, blue\n"
                                     "fact b.b : flag \"B\"\nfact c.c : country \"C\"\n"
                                     "fact d.d : date \"D\"\nfact e.e : countries \"E\"\n"
                                     "fact f.f \"F\" one of m0, m1, m2, m3, m4, m5, m6, m7, m8, "
                                     "m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19\n"));
    struct people people = {.count = 3,
                            .values = ARENA_NEW(&arena, const struct value *, 3),
                            .groups = ARENA_NEW(&arena, int64_t, 3),
                            .today = load_date("2026-06-01")};
    static const uint16_t codes[] = {287, 15831}; /* ALB, XKX in base 26 */
    for (size_t i = 0; i < 3; i++) {
        struct value *values = ARENA_NEW(&arena, struct value, 6);
        values[0] = value_number((int64_t)i);
        values[1] = value_flag(i == 1);
        values[2] = value_number(i == 0 ? codes[0] : codes[1]);
        values[3] = value_date(people.today);
        values[4] =
            (struct value){.known = true, .countries = {.codes = codes, .count = i == 2 ? 2 : 1}};
        values[5] = value_number((int64_t)i);
        people.values[i] = values;
    }
    uint16_t code = 0;
    assert_true(country_parse(STR("ALB"), &code) && code == codes[0]);
    assert_true(country_parse(STR("XKX"), &code) && code == codes[1]);
    const struct columns before = columns_of(&people, NULL, &arena);

    /* Blue is gone, the order is another, Kosovo is not listed, and d.d is a number now. */
    struct loaded other;
    load_init(&other);
    load_sound(&other, STR("rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"
                           "stage first \"First\" start\nstage second \"Second\" outcome\n"
                           "country ALB \"Albania\"\nstep go \"Go\" from first to second\n"
                           "fact d.d : number \"D\"\nfact z.z : flag \"Z\"\n"
                           "fact e.e : countries \"E\"\n"
                           "fact c.c : country \"C\"\nfact b.b : flag \"B\"\n"
                           "fact a.a \"A\" one of green, yellow, red\n"
                           "fact f.f \"F\" one of m19, m18, m17, m16, m15, m14, m13, m12, m11, "
                           "m10, m9, m8, m7, m6, m5, m4, m3, m2, m1\n"));
    struct columns after;
    assert_true(columns_under(&before, other.rulebook, &arena, &after, &err).ok);
    const uint32_t a = rulebook_fact(other.rulebook, STR("a.a"));
    const uint32_t c = rulebook_fact(other.rulebook, STR("c.c"));
    const uint32_t d = rulebook_fact(other.rulebook, STR("d.d"));
    const uint32_t e = rulebook_fact(other.rulebook, STR("e.e"));
    const uint32_t b = rulebook_fact(other.rulebook, STR("b.b"));
    const uint32_t f = rulebook_fact(other.rulebook, STR("f.f"));
    static const int64_t colours[] = {2, 0, -1};
    static const int64_t many[] = {-1, 18, 17}; /* m0 is gone, m1 is the last */
    for (size_t row = 0; row < 3; row++) {
        struct value values[7];
        columns_row(&after, row, values);
        assert_int_equal(values[a].known, colours[row] >= 0);
        assert_true(!values[a].known || values[a].number == colours[row]);
        assert_true(values[b].known && (values[b].number != 0) == (row == 1));
        assert_int_equal(values[f].known, many[row] >= 0);
        assert_true(!values[f].known || values[f].number == many[row]);
        assert_int_equal(values[c].known, row == 0);
        assert_false(values[d].known);
        assert_int_equal(values[e].known, row < 2);
    }
    load_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_another_rulebook),
        cmocka_unit_test(test_scalar_is_column),
    };
    return cmocka_run_group_tests_name("screen", tests, setup, teardown);
}
