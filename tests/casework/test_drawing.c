/* Aim: nobody is given a reference that somebody else has, also when references are drawn for many
 * people at once before any of them is registered. Here the machine's chance is poor: nine of its
 * bits are not 0, so that most of what is drawn is taken already. */
#include "casework/draw.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { POOR_BITS = 9, HERE = 60, AHEAD = 120, CHUNKS = 2 };

static uint32_t state_of_chance = 1;

static void poor_chance(void *context, void *bytes, size_t size)
{
    uint32_t *words = bytes;
    (void)context;
    assert_int_equal(size % sizeof *words, 0);
    for (size_t i = 0; i < size / sizeof *words; i++) {
        state_of_chance = state_of_chance * UINT32_C(1664525) + UINT32_C(1013904223);
        words[i] = state_of_chance >> (32 - POOR_BITS);
    }
}

struct drawing {
    const struct system *system;
    const struct reference_set *before;
    struct reference_set *drawn;
    char (*texts)[REFERENCE_SIZE];
};

static result draw_many(struct transaction *transaction, void *context, struct err *err)
{
    const struct drawing *drawing = context;
    struct reference_source source = {.system = drawing->system,
                                      .together = REFERENCES_TOGETHER_MAX};
    for (size_t i = 0; i < AHEAD; i++) {
        TRY(reference_draw_ahead(&source, transaction, drawing->before, drawing->drawn,
                                 drawing->texts[i], err));
    }
    return result_ok();
}

static void expect_different(char (*texts)[REFERENCE_SIZE], size_t count, const char *other)
{
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(texts[i], other);
    }
}

/* Two chunks in turn, as an import has them: the one before may be in the register or not yet. */
static void nobody_has_it(void **state)
{
    static char texts[HERE + CHUNKS * AHEAD][REFERENCE_SIZE];
    struct office office;
    struct reference_set sets[CHUNKS];
    const struct system poor = {.entropy = poor_chance};
    (void)state;
    office_open(&office);
    office.casework.system =
        &(struct system){.context = &office, .now = office.system.now, .entropy = poor_chance};
    for (size_t i = 0; i < HERE; i++) {
        const struct somebody somebody = office_register(&office, "Somebody Else");
        memcpy(texts[i], somebody.reference, REFERENCE_SIZE);
        expect_different(texts, i, texts[i]);
    }
    assert_true(reference_set_init(&sets[0], AHEAD, &office.perm, NULL).ok);
    assert_true(reference_set_init(&sets[1], AHEAD, &office.perm, NULL).ok);
    for (size_t i = 0; i < CHUNKS; i++) {
        struct err err = {0};
        struct drawing drawing = {.system = &poor,
                                  .before = &sets[1 - i],
                                  .drawn = &sets[i],
                                  .texts = texts + HERE + i * AHEAD};
        assert_true(store_read(office.store, draw_many, &drawing, &err).ok);
    }
    for (size_t i = HERE; i < HERE + CHUNKS * AHEAD; i++) {
        expect_different(texts, i, texts[i]);
    }
    office_close(&office);
}

static void a_set_holds_what_was_added(void **state)
{
    enum { MOST = 5000, STEP = 211 };
    struct arena arena;
    struct reference_set set;
    (void)state;
    assert_true(arena_open(&arena, 1024 * 1024, NULL).ok);
    assert_true(reference_set_init(&set, MOST, &arena, NULL).ok);
    for (uint32_t i = 0; i < MOST; i++) {
        assert_false(reference_set_has(&set, i * STEP));
        assert_true(reference_set_add(&set, i * STEP));
        assert_false(reference_set_add(&set, i * STEP));
        assert_false(reference_set_has(&set, i * STEP + 1));
    }
    const uint32_t last = (UINT32_C(1) << REFERENCE_BITS) - 1;
    reference_set_empty(&set);
    for (uint32_t i = 0; i < MOST; i++) {
        assert_false(reference_set_has(&set, i * STEP));
    }
    assert_true(reference_set_add(&set, last) && reference_set_has(&set, last));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_has_it),
        cmocka_unit_test(a_set_holds_what_was_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
