/* Aim: what merging says of two rows, written down by hand; the three things that are taken as they
 * happened when a merge is undone; and what can be told of an event. The whole of it, on random
 * stories, is in tests/store/test_identity.c. */
#include "register/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ANNA = 1, BEN = 2, CARA = 3 };

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    return arena_open(&arena, 1024 * 1024, NULL).ok ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct known_day day(int32_t number)
{
    return (struct known_day){.known = true, .day = {number}};
}

static void test_rows(void **state)
{
    (void)state;
    struct person_row whole = {.id = ANNA,
                               .stage = STR("exhausted"),
                               .identity_event = 1,
                               .registered_on = {200},
                               .last_contact_on = day(300),
                               .last_contact_source = STR("a call")};
    struct person_row part = {.id = BEN,
                              .stage = STR("claimed"),
                              .identity_event = 2,
                              .family = 9,
                              .registered_on = {100},
                              .last_contact_on = day(301),
                              .last_contact_source = STR("a visit"),
                              .next_check_on = day(320)};
    const struct person_row before = part;
    assert_true(person_rows_merge(&whole, &part, NULL).ok);
    assert_true(str_equal(whole.stage, STR("exhausted")));
    assert_int_equal(whole.identity_event, 1);
    assert_int_equal(whole.family, 9);
    assert_int_equal(whole.registered_on.day, 100);
    assert_int_equal(whole.last_contact_on.day.day, 301);
    assert_true(str_equal(whole.last_contact_source, STR("a visit")));
    assert_int_equal(whole.next_check_on.day.day, 320);
    assert_int_equal(part.part_of, ANNA);
    assert_int_equal(part.family, before.family);
    /* A part is not merged again, nor is somebody with themselves. */
    struct person_row third = {.id = CARA};
    assert_false(person_rows_merge(&third, &part, NULL).ok);
    assert_false(person_rows_merge(&part, &third, NULL).ok);
    assert_false(person_rows_merge(&third, &third, NULL).ok);
    /* Whoever is at a hub continues. */
    struct person_row at_hub = {.id = BEN, .hub = 7};
    assert_false(person_rows_merge(&third, &at_hub, NULL).ok);
    assert_true(person_rows_merge(&at_hub, &third, NULL).ok);
}

static void test_same_day(void **state)
{
    (void)state;
    struct person_row whole = {.id = ANNA, .last_contact_on = day(300), .family = 4};
    struct person_row part = {
        .id = BEN, .last_contact_on = day(300), .next_check_on = day(310), .family = 9};
    assert_true(person_rows_merge(&whole, &part, NULL).ok);
    assert_false(whole.next_check_on.known);
    assert_int_equal(whole.family, 4);
}

/* --- a small history -------------------------------------------------------------------------- */

struct history {
    struct identity_event items[30];
    size_t count;
};

static struct event *add(struct history *history, int64_t record, enum event_kind kind)
{
    struct identity_event *item = &history->items[history->count++];
    *item = (struct identity_event){.about = record, .in_force = true};
    item->event = (struct event){.position = (int64_t)history->count,
                                 .subject_kind = SUBJECT_OF_PERSON,
                                 .subject = record,
                                 .kind = kind,
                                 .actor = 1,
                                 .recorded_at = {(int64_t)history->count * 10}};
    return &item->event;
}

static void add_person(struct history *history, int64_t record, const char *stage)
{
    struct event *event = add(history, record, EVENT_PERSON_REGISTERED);
    event->body.person_registered.reference = STR("RH");
    event->body.person_registered.stage = str_from_c(stage);
}

static void add_step(struct history *history, int64_t record, const char *from, const char *to,
                     int64_t hub, int64_t place)
{
    struct event *event = add(history, record, EVENT_STEP_TAKEN);
    event->body.step_taken.from = str_from_c(from);
    event->body.step_taken.to = str_from_c(to);
    event->body.step_taken.hub = hub;
    event->body.step_taken.place = place;
}

static struct merge_row add_merge(struct history *history, int64_t whole, int64_t part)
{
    struct event *asked = add(history, whole, EVENT_MERGE_REQUESTED);
    asked->body.merge_requested.other = part;
    struct event *merged = add(history, whole, EVENT_IDENTITIES_MERGED);
    merged->body.identities_merged.request = asked->position;
    merged->body.identities_merged.other = part;
    struct merge_row row = {.id = 0};
    assert_true(merge_row_apply(&row, asked, NULL).ok);
    assert_true(merge_row_apply(&row, merged, NULL).ok);
    return row;
}

static const struct person_row *fold(const struct history *history)
{
    static const int64_t records[] = {ANNA, BEN, CARA};
    struct person_row *rows = NULL;
    assert_true(identity_fold(records, 3, history->items, history->count, &arena, &rows, NULL).ok);
    return rows;
}

/* Aim: a step that only the merged person could take counts for whom it was about; it ends the stay
 * of the other side; leaving a family that only the merged person was in changes nothing. */
static void test_as_it_happened(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    add_person(&history, ANNA, "exhausted");
    add_person(&history, BEN, "claimed");
    add_person(&history, CARA, "claimed");
    add_step(&history, ANNA, "exhausted", "at_hub", 7, 3);
    add_merge(&history, ANNA, BEN);
    const size_t merged = history.count - 1;
    add_step(&history, BEN, "at_hub", "gone", 0, -1);
    add(&history, BEN, EVENT_FAMILY_LEFT);
    history.items[merged].in_force = false; /* as if it had never been */
    const struct person_row *rows = fold(&history);
    assert_true(str_equal(rows[0].stage, STR("at_hub")));
    assert_int_equal(rows[0].hub, 0);
    assert_true(str_equal(rows[1].stage, STR("gone")));
    assert_int_equal(rows[1].part_of, 0);
    assert_true(str_equal(rows[2].stage, STR("claimed")));
    /* In force, there is one person, at no hub. */
    history.items[merged].in_force = true;
    history.count--;
    rows = fold(&history);
    assert_true(str_equal(rows[0].stage, STR("gone")));
    assert_int_equal(rows[1].part_of, ANNA);
}

static enum attribution told(const struct history *history, const struct merge_row *merge,
                             const struct merge_row *merges, size_t merge_count, int64_t position)
{
    struct attributed *items = NULL;
    size_t count = 0;
    assert_true(identity_attribute(merge, merges, merge_count, history->items, history->count,
                                   &arena, &items, &count, NULL)
                    .ok);
    for (size_t i = 0; i < count; i++) {
        if (items[i].event->position == position) {
            return items[i].to;
        }
    }
    fail_msg("event %lld is not listed", (long long)position);
    return ATTRIBUTION_UNDECIDED;
}

/* Aim: told by the request, the fact, the step, the reference; otherwise undecided. */
static void test_told(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    add_person(&history, ANNA, "claimed");
    add_person(&history, BEN, "claimed");
    const int64_t request = add(&history, BEN, EVENT_STEP_REQUESTED)->position;
    const int64_t fact = add(&history, ANNA, EVENT_FACT_RECORDED)->position;
    const struct merge_row merge = add_merge(&history, ANNA, BEN);
    struct event *approved = add(&history, ANNA, EVENT_STEP_APPROVED);
    approved->body.step_approved.request = request;
    assert_int_equal(told(&history, &merge, &merge, 1, approved->position), ATTRIBUTION_ABSORBED);
    struct event *withdrawn = add(&history, ANNA, EVENT_FACT_WITHDRAWN);
    withdrawn->body.fact_withdrawn.event = fact;
    assert_int_equal(told(&history, &merge, &merge, 1, withdrawn->position),
                     ATTRIBUTION_CONTINUING);
    const int64_t by_part = add(&history, BEN, EVENT_FACT_RECORDED)->position;
    assert_int_equal(told(&history, &merge, &merge, 1, by_part), ATTRIBUTION_ABSORBED);
    const int64_t open = add(&history, ANNA, EVENT_NOTE_ADDED)->position;
    assert_int_equal(told(&history, &merge, &merge, 1, open), ATTRIBUTION_UNDECIDED);
    struct event *taken = add(&history, ANNA, EVENT_STEP_TAKEN);
    taken->body.step_taken.request = request;
    struct event *brought = add(&history, ANNA, EVENT_FACT_RECORDED);
    brought->recorded_at.milliseconds = taken->recorded_at.milliseconds + 1;
    assert_int_equal(told(&history, &merge, &merge, 1, brought->position), ATTRIBUTION_ABSORBED);
}

/* Aim: a letter is served on whom it was written to, and what its service proves is about them; a
 * break-glass is reviewed of whom it was broken for. What comes in a later command is not told. */
static void test_told_by_a_letter(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    add_person(&history, ANNA, "claimed");
    add_person(&history, BEN, "claimed");
    const int64_t letter = add(&history, BEN, EVENT_NOTICE_ISSUED)->position;
    const int64_t other = add(&history, BEN, EVENT_NOTICE_ISSUED)->position;
    const int64_t glass = add(&history, BEN, EVENT_GLASS_BROKEN)->position;
    const struct merge_row merge = add_merge(&history, ANNA, BEN);
    struct event *served = add(&history, ANNA, EVENT_NOTICE_SERVED);
    served->body.notice_served.notice = letter;
    served->client_id.bytes[0] = 1;
    struct event *proven = add(&history, ANNA, EVENT_FACT_RECORDED);
    proven->recorded_at = served->recorded_at;
    struct event *later = add(&history, ANNA, EVENT_FACT_RECORDED);
    later->recorded_at = served->recorded_at;
    later->client_id.bytes[0] = 2;
    struct event *cancelled = add(&history, ANNA, EVENT_NOTICE_CANCELLED);
    cancelled->body.notice_cancelled.notice = other;
    struct event *reviewed = add(&history, ANNA, EVENT_GLASS_REVIEWED);
    reviewed->body.glass_reviewed.glass = glass;
    const struct event *follow[] = {served, proven, cancelled, reviewed};
    for (size_t i = 0; i < sizeof follow / sizeof follow[0]; i++) {
        assert_int_equal(told(&history, &merge, &merge, 1, follow[i]->position),
                         ATTRIBUTION_ABSORBED);
    }
    assert_int_equal(told(&history, &merge, &merge, 1, later->position), ATTRIBUTION_UNDECIDED);
}

/* Aim: a reference that stood for one side alone tells; one that stood for both does not. */
static void test_told_in_a_tree(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    add_person(&history, ANNA, "claimed");
    add_person(&history, BEN, "claimed");
    add_person(&history, CARA, "claimed");
    const struct merge_row inner = add_merge(&history, BEN, CARA); /* CARA in BEN */
    const struct merge_row outer = add_merge(&history, ANNA, BEN); /* BEN in ANNA */
    const struct merge_row both[] = {inner, outer};
    const int64_t by_ben = add(&history, BEN, EVENT_NOTE_ADDED)->position;
    const int64_t by_anna = add(&history, ANNA, EVENT_NOTE_ADDED)->position;
    const int64_t by_cara = add(&history, CARA, EVENT_NOTE_ADDED)->position;
    assert_int_equal(told(&history, &outer, both, 2, by_ben), ATTRIBUTION_ABSORBED);
    assert_int_equal(told(&history, &outer, both, 2, by_anna), ATTRIBUTION_UNDECIDED);
    assert_int_equal(told(&history, &outer, both, 2, by_cara), ATTRIBUTION_ABSORBED);
    assert_int_equal(told(&history, &inner, both, 2, by_ben), ATTRIBUTION_UNDECIDED);
    assert_int_equal(told(&history, &inner, both, 2, by_anna), ATTRIBUTION_UNDECIDED);
    assert_int_equal(told(&history, &inner, both, 2, by_cara), ATTRIBUTION_ABSORBED);
    assert_true(identity_on_absorbed_side(&outer, both, 2, CARA));
    assert_false(identity_on_absorbed_side(&inner, both, 2, BEN));
}

/* Aim: a merge is asked for, then done or declined, then undone; nothing else. */
static void test_turns(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    struct merge_row row = add_merge(&history, ANNA, BEN);
    struct event *event = add(&history, ANNA, EVENT_MERGE_DECLINED);
    event->body.merge_declined.request = row.id;
    event->body.merge_declined.other = BEN;
    assert_false(merge_row_apply(&row, event, NULL).ok);
    event = add(&history, ANNA, EVENT_IDENTITIES_SEPARATED);
    event->body.identities_separated.request = row.id;
    event->body.identities_separated.other = CARA;
    assert_false(merge_row_apply(&row, event, NULL).ok); /* of other records */
    event->body.identities_separated.other = BEN;
    const instant before = {event->recorded_at.milliseconds - 1};
    assert_true(merge_row_apply(&row, event, NULL).ok);
    assert_true(merge_in_force(&row, before));
    assert_false(merge_in_force(&row, event->recorded_at));
    assert_false(merge_in_force(&row, (instant){0}));
    assert_false(merge_row_apply(&row, event, NULL).ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_same_day),
        cmocka_unit_test(test_as_it_happened),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_told_by_a_letter),
        cmocka_unit_test(test_told_in_a_tree),
        cmocka_unit_test(test_turns),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
