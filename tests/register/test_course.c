/* Aim: a course gives back every passage that was put into it, whatever the numbers; bytes that are
 * no course are seen to be none; and each event becomes the passage that it is. RETURNHUB_SEED
 * repeats a run. */
#include "base/random.h"
#include "register/course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { PASSAGES = 40 };

static char memory[1024 * 1024];

static struct arena whole_arena(void)
{
    return (struct arena){.begin = memory, .at = memory, .end = memory + sizeof memory};
}

static struct passage random_passage(struct random *random, int64_t position,
                                     int64_t safeguards[64])
{
    struct passage passage = {
        .kind = (enum passage_kind)random_between(random, PASSAGE_REGISTERED, PASSAGE_CANCELLED),
        .position = position,
        .on = {(int32_t)random_between(random, 0, 60000) - 20000},
        .recorded_at = {(int64_t)random_below(random, UINT64_C(1) << 42) - (INT64_C(1) << 40)},
        .step = (int64_t)random_below(random, 9000),
        .stage = (int64_t)random_below(random, 200),
        .hub = (int64_t)random_below(random, 3),
        .agreement = (int64_t)random_below(random, 1000000),
        .place = (int64_t)random_below(random, 3) - 1,
        .request = (int64_t)random_below(random, UINT64_C(1) << 40),
        .safeguards = safeguards,
    };
    if (passage.kind == PASSAGE_REGISTERED) {
        passage.later = (int32_t)random_below(random, 9000);
        passage.request = 0;
    }
    passage.safeguard_count = random_chance(random, 0.2) ? random_below(random, 65) : 0;
    for (size_t i = 0; i < passage.safeguard_count; i++) {
        safeguards[i] = (int64_t)random_below(random, 9000);
    }
    return passage;
}

static void expect_same(const struct passage *a, const struct passage *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->position, b->position);
    assert_int_equal(a->on.day, b->on.day);
    assert_int_equal(a->recorded_at.milliseconds, b->recorded_at.milliseconds);
    assert_true(a->step == b->step && a->stage == b->stage && a->hub == b->hub);
    assert_true(a->agreement == b->agreement && a->place == b->place && a->request == b->request);
    assert_int_equal(a->later, b->later);
    assert_int_equal(a->safeguard_count, b->safeguard_count);
    assert_memory_equal(a->safeguards, b->safeguards, a->safeguard_count * sizeof(int64_t));
}

static void what_goes_in_comes_out(void **state)
{
    static struct passage passages[PASSAGES];
    static int64_t safeguards[PASSAGES][64];
    const char *given = getenv("RETURNHUB_SEED");
    int64_t seed = (int64_t)(time(NULL) % 1000000);
    struct random random;
    (void)state;
    if (given != NULL) {
        result_ignore(str_to_int64(str_from_c(given), &seed, NULL), "then the time's");
    }
    printf("# seed %lld\n", (long long)seed);
    random_seed(&random, (uint64_t)seed);
    for (int round = 0; round < 50; round++) {
        struct arena arena = whole_arena();
        struct course_row row = {.person = 1, .passages = STR("")};
        struct course_reader reader;
        struct passage read;
        for (int i = 0; i < PASSAGES; i++) {
            passages[i] = random_passage(&random, 1 + i * 1000, safeguards[i]);
            assert_true(course_row_append(&row, &passages[i], &arena, NULL).ok);
        }
        course_reader_init(&reader, row.passages);
        for (int i = 0; i < PASSAGES; i++) {
            assert_true(course_next(&reader, &read));
            expect_same(&read, &passages[i]);
        }
        assert_false(course_next(&reader, &read));
        assert_false(reader.damaged);
        assert_true(course_passages_max(row.passages) >= PASSAGES);
    }
}

/* Cut anywhere but between two passages, and with a byte changed: no read beyond the end, and what
 * is cut is seen. */
static void damage_is_seen(void **state)
{
    struct arena arena = whole_arena();
    struct course_row row = {.person = 1, .passages = STR("")};
    struct random random;
    (void)state;
    random_seed(&random, 3);
    int64_t safeguards[64];
    const struct passage passage = random_passage(&random, 77, safeguards);
    assert_true(course_row_append(&row, &passage, &arena, NULL).ok);
    for (size_t len = 1; len < row.passages.len; len++) {
        struct course_reader reader;
        struct passage read;
        char *cut = malloc(len); /* so that a read beyond it is seen */
        memcpy(cut, row.passages.at, len);
        course_reader_init(&reader, (str){cut, len});
        while (course_next(&reader, &read)) {
        }
        assert_true(reader.damaged);
        free(cut);
    }
    for (int round = 0; round < 5000; round++) {
        char noise[40];
        struct course_reader reader;
        struct passage read;
        for (size_t i = 0; i < sizeof noise; i++) {
            noise[i] = (char)random_below(&random, 256);
        }
        course_reader_init(&reader, (str){noise, random_below(&random, sizeof noise)});
        while (course_next(&reader, &read)) {
        }
    }
}

static void each_event_is_its_passage(void **state)
{
    static const str in_the_way[] = {STR_INIT("one"), STR_INIT("two")};
    const int64_t numbers[PASSAGE_NAMES_MAX] = {5, 6, 7, 8};
    str names[PASSAGE_NAMES_MAX];
    struct passage passage;
    (void)state;
    struct event taken = {.subject_kind = SUBJECT_OF_PERSON,
                          .kind = EVENT_STEP_TAKEN,
                          .position = 9,
                          .body.step_taken = {.step = STR("go"),
                                              .to = STR("there"),
                                              .hub = 2,
                                              .agreement = 3,
                                              .place = 17,
                                              .request = 4}};
    assert_int_equal(passage_names(&taken, names), 2);
    assert_true(str_equal(names[0], STR("go")) && str_equal(names[1], STR("there")));
    passage_of(&taken, numbers, &passage);
    assert_true(passage.kind == PASSAGE_TAKEN && passage.step == 5 && passage.stage == 6);
    assert_true(passage.hub == 2 && passage.agreement == 3 && passage.place == 1);
    assert_int_equal(passage.request, 4);
    taken.body.step_taken.place = -1;
    passage_of(&taken, numbers, &passage);
    assert_int_equal(passage.place, -1);

    const struct event refused = {
        .subject_kind = SUBJECT_OF_PERSON,
        .kind = EVENT_STEP_REFUSED,
        .position = 10,
        .body.step_refused = {.step = STR("go"), .hub = 2, .safeguards = {in_the_way, 2}}};
    assert_int_equal(passage_names(&refused, names), 4);
    assert_true(str_equal(names[1], STR("")) && str_equal(names[3], STR("two")));
    passage_of(&refused, numbers, &passage);
    assert_true(passage.kind == PASSAGE_REFUSED && passage.safeguard_count == 2);
    assert_true(passage.safeguards[0] == 7 && passage.safeguards[1] == 8);

    assert_true(event_is_passage(EVENT_PERSON_REGISTERED));
    assert_true(event_is_passage(EVENT_CONTACT_CONFIRMED));
    assert_true(event_is_passage(EVENT_STEP_STOPPED));
    assert_false(event_is_passage(EVENT_FACT_RECORDED));
    assert_false(event_is_passage(EVENT_STEP_APPROVED));
}

/* What was refused and when contact was made is gone, and so is what stopped a step. */
static struct passage plain(enum passage_kind kind, int64_t position)
{
    return (struct passage){.kind = kind, .position = position, .on = {20000}};
}

static struct course_row course_of(const struct passage *passages, size_t count,
                                   struct arena *arena)
{
    struct course_row row = {.person = 1, .passages = STR("")};
    for (size_t i = 0; i < count; i++) {
        assert_true(course_row_append(&row, &passages[i], arena, NULL).ok);
    }
    return row;
}

static void expect_positions(str passages, const int64_t *positions, size_t count)
{
    struct course_reader reader;
    struct passage passage;
    course_reader_init(&reader, passages);
    for (size_t i = 0; i < count; i++) {
        assert_true(course_next(&reader, &passage));
        assert_int_equal(passage.position, positions[i]);
    }
    assert_false(course_next(&reader, &passage));
    assert_false(reader.damaged);
}

/* Aim: of a part counts what happened from the merge on, and when contact was confirmed, each in
 * its place among what happened to the one that continues. */
static void two_courses_are_one(void **state)
{
    (void)state;
    struct arena arena = whole_arena();
    const struct passage of_whole[] = {plain(PASSAGE_REGISTERED, 4), plain(PASSAGE_TAKEN, 9),
                                       plain(PASSAGE_TAKEN, 30)};
    const struct passage of_part[] = {plain(PASSAGE_REGISTERED, 2), plain(PASSAGE_CONTACT, 5),
                                      plain(PASSAGE_TAKEN, 7), plain(PASSAGE_TAKEN, 20),
                                      plain(PASSAGE_ASKED, 21)};
    const struct course_row whole = course_of(of_whole, 3, &arena);
    const struct course_row part = course_of(of_part, 5, &arena);
    static const int64_t joined_at[] = {4, 5, 9, 21, 30};
    str joined;
    assert_true(course_join(whole.passages, part.passages, 20, &arena, &joined, NULL).ok);
    expect_positions(joined, joined_at, 5);
    assert_true(course_join(whole.passages, STR(""), 20, &arena, &joined, NULL).ok);
    assert_true(str_equal(joined, whole.passages));
    const str damaged = str_slice(part.passages, 0, part.passages.len - 1);
    assert_false(course_join(whole.passages, damaged, 20, &arena, &joined, NULL).ok);
}

/* Aim: a passage goes into its place in another course, and is in the first no more. */
static void a_passage_is_given_to_another(void **state)
{
    (void)state;
    struct arena arena = whole_arena();
    const struct passage one[] = {plain(PASSAGE_REGISTERED, 1), plain(PASSAGE_TAKEN, 6),
                                  plain(PASSAGE_TAKEN, 8)};
    const struct passage two[] = {plain(PASSAGE_REGISTERED, 2), plain(PASSAGE_TAKEN, 7)};
    struct course_row from = course_of(one, 3, &arena);
    struct course_row to = course_of(two, 2, &arena);
    static const int64_t left[] = {1, 8};
    static const int64_t given[] = {2, 6, 7};
    bool moved = false;
    assert_true(course_rows_move(&from, &to, 6, &arena, &moved, NULL).ok);
    assert_true(moved);
    expect_positions(from.passages, left, 2);
    expect_positions(to.passages, given, 3);
    assert_true(course_rows_move(&from, &to, 6, &arena, &moved, NULL).ok);
    assert_false(moved);
    expect_positions(from.passages, left, 2);
}

static void what_remains_of_the_erased(void **state)
{
    struct arena arena = whole_arena();
    struct course_row row = {.person = 1, .passages = STR("")};
    struct course_reader reader;
    struct passage read;
    static const int64_t safeguards[] = {4, 5};
    static const enum passage_kind left[] = {PASSAGE_REGISTERED, PASSAGE_TAKEN, PASSAGE_ASKED,
                                             PASSAGE_STOPPED, PASSAGE_CANCELLED};
    (void)state;
    for (int kind = PASSAGE_REGISTERED; kind <= PASSAGE_CANCELLED; kind++) {
        const struct passage passage = {.kind = (enum passage_kind)kind,
                                        .position = 10 + kind,
                                        .stage = 7,
                                        .safeguards = safeguards,
                                        .safeguard_count = 2};
        assert_true(course_row_append(&row, &passage, &arena, NULL).ok);
    }
    assert_true(course_row_erase(&row, &arena, NULL).ok);
    course_reader_init(&reader, row.passages);
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        assert_true(course_next(&reader, &read));
        assert_int_equal(read.kind, left[i]);
        assert_int_equal(read.position, 10 + (int)left[i]);
        assert_int_equal(read.stage, 7);
        assert_int_equal(read.safeguard_count, 0);
    }
    assert_false(course_next(&reader, &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(each_event_is_its_passage),
        cmocka_unit_test(two_courses_are_one),
        cmocka_unit_test(a_passage_is_given_to_another),
        cmocka_unit_test(what_remains_of_the_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
