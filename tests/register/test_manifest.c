/* Aim: manifests and notices of stops are what their events add up to, and what would break an
 * invariant is refused and changes nothing: a manifest closes only when everybody who boarded is
 * accounted for; an entry ends with its request; a stop is acknowledged once, by whoever was told.
 */
#include "register/manifest.h"
#include "register/stop_notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const int64_t both[] = {11, 12};

static struct event event_of(enum event_kind kind, int64_t position)
{
    return (struct event){.position = position,
                          .subject_kind = SUBJECT_OF_MANIFEST,
                          .subject = 3,
                          .kind = kind,
                          .effective_on = {20000},
                          .recorded_at = {1000 * position},
                          .actor = 70};
}

static struct manifest_row opened(void)
{
    struct manifest_row row = {0};
    struct err err;
    struct event event = event_of(EVENT_MANIFEST_OPENED, 1);
    event.body.manifest_opened = (struct manifest_opened_body){.reference = STR("MAN-7K3M9Q-8"),
                                                               .step = STR("removal"),
                                                               .destination = STR("ALB"),
                                                               .departs_at_ms = 5000,
                                                               .lead = 70};
    assert_true(manifest_row_apply(&row, &event, &err).ok);
    return row;
}

static bool becomes(struct manifest_row *row, enum event_kind kind, enum manifest_state state)
{
    struct err err;
    struct event event = event_of(kind, row->changed_event + 1);
    if (kind == EVENT_MANIFEST_BOARDED) {
        event.body.manifest_boarded.boarded = (struct number_list){.items = both, .count = 2};
    }
    const struct manifest_row before = *row;
    const bool done = manifest_row_apply(row, &event, &err).ok;
    if (!done) {
        assert_memory_equal(row, &before, sizeof before);
    }
    return done && row->state == state;
}

static void a_manifest_begins(void **state)
{
    (void)state;
    struct err err;
    struct manifest_row row = opened();
    assert_true(row.id == 3 && row.state == MANIFEST_OPEN && row.aboard == 0 && row.lead == 70);
    assert_int_equal(row.departs_at.milliseconds, 5000);
    const struct event again = event_of(EVENT_MANIFEST_OPENED, 2);
    assert_false(manifest_row_apply(&row, &again, &err).ok);
    struct manifest_row none = {0};
    const struct event early = event_of(EVENT_MANIFEST_BOARDED, 2);
    assert_false(manifest_row_apply(&none, &early, &err).ok);
    assert_false(manifest_row_apply(&none, &again, &err).ok); /* without reference, step, lead */
}

/* Every order of the four things that end or move it, held against the list of what may follow. */
static void it_moves_only_forward(void **state)
{
    (void)state;
    struct manifest_row row = opened();
    assert_false(becomes(&row, EVENT_MANIFEST_DEPARTED, MANIFEST_DEPARTED));
    assert_false(becomes(&row, EVENT_MANIFEST_CLOSED, MANIFEST_CLOSED));
    assert_false(becomes(&row, EVENT_MANIFEST_PERSON_ACCOUNTED, MANIFEST_OPEN));
    assert_true(becomes(&row, EVENT_MANIFEST_BOARDED, MANIFEST_BOARDED));
    assert_int_equal(row.aboard, 2);
    assert_false(becomes(&row, EVENT_MANIFEST_BOARDED, MANIFEST_BOARDED));
    assert_false(becomes(&row, EVENT_MANIFEST_CANCELLED, MANIFEST_CANCELLED));
    assert_false(becomes(&row, EVENT_MANIFEST_PERSON_LISTED, MANIFEST_BOARDED));
    assert_false(becomes(&row, EVENT_MANIFEST_CHANGED, MANIFEST_BOARDED));
    assert_true(becomes(&row, EVENT_MANIFEST_DEPARTED, MANIFEST_DEPARTED));
    assert_true(becomes(&row, EVENT_MANIFEST_PERSON_ACCOUNTED, MANIFEST_DEPARTED));
    assert_false(becomes(&row, EVENT_MANIFEST_CLOSED, MANIFEST_CLOSED)); /* one is still aboard */
    assert_true(becomes(&row, EVENT_MANIFEST_PERSON_ACCOUNTED, MANIFEST_DEPARTED));
    assert_false(becomes(&row, EVENT_MANIFEST_PERSON_ACCOUNTED, MANIFEST_DEPARTED));
    assert_true(becomes(&row, EVENT_MANIFEST_CLOSED, MANIFEST_CLOSED));
    struct manifest_row cancelled = opened();
    assert_true(becomes(&cancelled, EVENT_MANIFEST_CANCELLED, MANIFEST_CANCELLED));
    assert_false(becomes(&cancelled, EVENT_MANIFEST_BOARDED, MANIFEST_BOARDED));
}

/* --- entries --- */

static struct manifest_entry_row listed(void)
{
    struct err err;
    struct manifest_entry_row row = {0};
    struct event event = event_of(EVENT_MANIFEST_PERSON_LISTED, 2);
    event.body.manifest_person_listed =
        (struct manifest_person_listed_body){.person = 11, .request = 9};
    assert_true(manifest_entry_row_apply(&row, &event, &err).ok);
    assert_true(row.manifest == 3 && row.person == 11 && row.request == 9);
    return row;
}

static void an_entry_ends_with_its_request(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        enum manifest_entry_state becomes;
    } ends[] = {
        {EVENT_STEP_STOPPED, ENTRY_STOPPED},
        {EVENT_STEP_DECLINED, ENTRY_STOPPED},
        {EVENT_STEP_WITHDRAWN, ENTRY_STOPPED},
        {EVENT_MANIFEST_PERSON_TAKEN_OFF, ENTRY_TAKEN_OFF},
        {EVENT_MANIFEST_CANCELLED, ENTRY_TAKEN_OFF},
        {EVENT_STEP_TAKEN, ENTRY_BOARDED},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct err err;
        struct manifest_entry_row row = listed();
        const struct event event = event_of(ends[i].kind, 5);
        assert_true(manifest_entry_row_apply(&row, &event, &err).ok);
        assert_int_equal(row.state, ends[i].becomes);
        assert_int_equal(row.changed_event, 5);
        assert_int_equal(row.boarded_event, ends[i].becomes == ENTRY_BOARDED ? 5 : 0);
        assert_false(manifest_entry_row_apply(&row, &event, &err).ok); /* once */
    }
}

static void who_boarded_is_accounted_for(void **state)
{
    (void)state;
    struct err err;
    struct manifest_entry_row row = listed();
    struct event accounted = event_of(EVENT_MANIFEST_PERSON_ACCOUNTED, 6);
    accounted.body.manifest_person_accounted.outcome = STR("arrived");
    assert_false(manifest_entry_row_apply(&row, &accounted, &err).ok); /* not aboard */
    const struct event recalled = event_of(EVENT_DEPARTURE_RECALLED, 6);
    assert_false(manifest_entry_row_apply(&row, &recalled, &err).ok);
    const struct event taken = event_of(EVENT_STEP_TAKEN, 5);
    assert_true(manifest_entry_row_apply(&row, &taken, &err).ok);
    assert_true(manifest_entry_row_apply(&row, &recalled, &err).ok);
    assert_true(row.recalled && row.state == ENTRY_BOARDED);
    assert_false(manifest_entry_row_apply(&row, &recalled, &err).ok);
    accounted.body.manifest_person_accounted.outcome = STR("lost");
    assert_false(manifest_entry_row_apply(&row, &accounted, &err).ok);
    accounted.body.manifest_person_accounted.outcome = STR("returned");
    assert_true(manifest_entry_row_apply(&row, &accounted, &err).ok);
    assert_int_equal(row.state, ENTRY_RETURNED);
    struct event again = event_of(EVENT_MANIFEST_PERSON_LISTED, 7);
    again.body.manifest_person_listed =
        (struct manifest_person_listed_body){.person = 11, .request = 10};
    assert_false(manifest_entry_row_apply(&row, &again, &err).ok); /* not on the same one */
}

/* --- notices --- */

static void a_stop_is_acknowledged_once(void **state)
{
    (void)state;
    struct err err;
    struct event stop = event_of(EVENT_STEP_STOPPED, 20);
    stop.subject_kind = SUBJECT_OF_PERSON;
    stop.subject = 11;
    stop.body.step_stopped =
        (struct step_stopped_body){.request = 9, .told = {.items = both, .count = 2}};
    assert_int_equal(stop_notice_told(&stop).count, 2);
    struct stop_notice_row row = {.account = 12};
    assert_true(stop_notice_row_apply(&row, &stop, &err).ok);
    assert_true(row.stop == 20 && row.person == 11 && row.request == 9 && !row.acknowledged);
    struct event known = event_of(EVENT_STOP_ACKNOWLEDGED, 21);
    known.subject_kind = SUBJECT_OF_PERSON;
    known.subject = 11;
    known.body.stop_acknowledged.stop = 20;
    assert_false(
        stop_notice_row_apply(&row, &known, &err).ok); /* by account 70, who was not told */
    known.actor = 12;
    assert_true(stop_notice_row_apply(&row, &known, &err).ok);
    assert_true(row.acknowledged);
    assert_int_equal(row.acknowledged_at.milliseconds, 21000);
    assert_false(stop_notice_row_apply(&row, &known, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

/* --- reference --- */

static void references_are_read_as_people_write_them(void **state)
{
    (void)state;
    struct err err;
    char made[MANIFEST_REFERENCE_SIZE];
    char read[MANIFEST_REFERENCE_SIZE];
    manifest_reference_make(123456789, made);
    assert_int_equal(strlen(made), MANIFEST_REFERENCE_SIZE - 1);
    assert_true(manifest_reference_read(str_from_c(made), read, &err).ok);
    assert_string_equal(read, made);
    char lower[MANIFEST_REFERENCE_SIZE];
    for (size_t i = 0; i < sizeof lower; i++) {
        lower[i] = made[i] >= 'A' && made[i] <= 'Z' ? (char)(made[i] | 0x20) : made[i];
    }
    assert_true(manifest_reference_read(str_from_c(lower), read, &err).ok);
    assert_string_equal(read, made);
    made[5] = made[5] == '2' ? '3' : '2';
    assert_false(manifest_reference_read(str_from_c(made), read, &err).ok);
    assert_false(manifest_reference_read(STR("RH-7K3M9Q-8"), read, &err).ok);
    assert_false(manifest_reference_read(STR(""), read, &err).ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_begins),
        cmocka_unit_test(it_moves_only_forward),
        cmocka_unit_test(an_entry_ends_with_its_request),
        cmocka_unit_test(who_boarded_is_accounted_for),
        cmocka_unit_test(a_stop_is_acknowledged_once),
        cmocka_unit_test(references_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
