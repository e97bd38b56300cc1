/* Aim: events add up to the rows that row.h promises, and what would break an invariant is refused
 * and changes nothing. */
#include "register/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct event event_of(enum event_kind kind, int64_t position)
{
    const enum subject_kind kinds[] = {
        SUBJECT_OF_PERSON,   SUBJECT_OF_HUB,      SUBJECT_OF_AGREEMENT, SUBJECT_OF_ACCOUNT,
        SUBJECT_OF_REGISTER, SUBJECT_OF_MANIFEST, SUBJECT_OF_OPERATION};
    struct event event = {.position = position,
                          .subject = 5,
                          .kind = kind,
                          .effective_on = {20000 + (int32_t)position},
                          .recorded_at = {1000 * position},
                          .actor = 70};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (event.subject_kind == 0 && event_may_be_about(kind, kinds[i])) {
            event.subject_kind = kinds[i];
        }
    }
    return event;
}

static struct person_row registered_person(void)
{
    struct event event = event_of(EVENT_PERSON_REGISTERED, 1);
    event.body.person_registered.reference = STR("RH-7K3M9Q-8");
    event.body.person_registered.stage = STR("claim");
    struct person_row row = {0};
    struct err err;
    assert_true(person_row_apply(&row, &event, &err).ok);
    return row;
}

/* --- person --- */

static void person_begins(void **state)
{
    /* Aim: the first event makes the row; no other event can be the first, and there is no second
     * first. */
    (void)state;
    struct err err;
    struct person_row row = registered_person();
    assert_true(row.id == 5 && row.stage_event == 1 && row.identity_event == 1 && row.family == 0 &&
                row.hub == 0);
    assert_true(str_equal(row.reference, STR("RH-7K3M9Q-8")) && str_equal(row.stage, STR("claim")));
    assert_true(row.stage_since.day == 20001 && row.registered_on.day == 20001);
    assert_false(row.last_contact_on.known || row.next_check_on.known);

    struct event again = event_of(EVENT_PERSON_REGISTERED, 2);
    assert_false(person_row_apply(&row, &again, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    struct person_row none = {0};
    assert_false(person_row_apply(&none, &again, &err).ok); /* without reference and stage */
    const struct event joined = event_of(EVENT_FAMILY_JOINED, 2);
    assert_false(person_row_apply(&none, &joined, &err).ok);
    assert_int_equal(none.id, 0);
}

static void person_changes(void **state)
{
    /* Aim: identity, family and contact; a contact recorded late does not hide a later one. */
    (void)state;
    struct err err;
    struct person_row row = registered_person();
    struct event event = event_of(EVENT_IDENTITY_CORRECTED, 4);
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_int_equal(row.identity_event, 4);

    event = event_of(EVENT_FAMILY_LEFT, 5);
    assert_false(person_row_apply(&row, &event, &err).ok);
    event = event_of(EVENT_FAMILY_JOINED, 6);
    event.body.family_joined.family = 33;
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_int_equal(row.family, 33);
    event = event_of(EVENT_FAMILY_LEFT, 7);
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_int_equal(row.family, 0);

    event = event_of(EVENT_CONTACT_CONFIRMED, 8);
    event.body.contact_confirmed.source = STR("reporting centre");
    event.body.contact_confirmed.next_check_on = (struct known_day){true, {20100}};
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_true(row.last_contact_on.known && row.last_contact_on.day.day == 20008 &&
                row.next_check_on.day.day == 20100);
    event = event_of(EVENT_CONTACT_CONFIRMED, 9);
    event.effective_on.day = 20007;
    event.body.contact_confirmed.source = STR("letter");
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_true(row.last_contact_on.day.day == 20008 &&
                str_equal(row.last_contact_source, STR("reporting centre")));
}

static struct event step(int64_t position, const char *from, const char *to, int64_t hub,
                         int64_t place)
{
    struct event event = event_of(EVENT_STEP_TAKEN, position);
    event.body.step_taken.step = STR("some_step");
    event.body.step_taken.from = str_from_c(from);
    event.body.step_taken.to = str_from_c(to);
    event.body.step_taken.hub = hub;
    event.body.step_taken.place = place;
    return event;
}

static void person_takes_steps(void **state)
{
    /* Aim: a step moves the stage from where the person is, and only from there; the hub follows
     * the place. */
    (void)state;
    struct err err;
    struct person_row row = registered_person();
    struct event event = step(2, "refused", "at_hub", 9, 3);
    assert_false(person_row_apply(&row, &event, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_true(str_equal(row.stage, STR("claim")) && row.hub == 0);
    event = step(3, "claim", "at_hub", 9, 3);
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_true(str_equal(row.stage, STR("at_hub")) && row.hub == 9 && row.stage_event == 3 &&
                row.stage_since.day == 20003);
    event = step(4, "at_hub", "", 9, 0); /* a step that leaves the stage */
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_true(row.stage_event == 3 && row.hub == 9);
    event = step(5, "at_hub", "at_hub", 9, 0);
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_true(row.stage_event == 3 && row.stage_since.day == 20003);
    event = step(6, "at_hub", "returned", 9, -1);
    assert_true(person_row_apply(&row, &event, &err).ok);
    assert_true(row.hub == 0 && str_equal(row.stage, STR("returned")) && row.stage_event == 6);
    event = step(7, "", "elsewhere", 0, 4); /* a place at no hub */
    assert_false(person_row_apply(&row, &event, &err).ok);
}

/* --- request --- */

enum { STATES = REQUEST_WITHDRAWN };

static void request_may_become_exactly(void **state)
{
    /* Aim: of all pairs of states, those of the procedure and no others: an open request is
     * approved or ends; an approved one is taken or ends; what has ended stays. Rows: from;
     * columns: to; open, approved, taken, stopped, declined, withdrawn. */
    (void)state;
    static const char *const allowed[] = {".A.SDW", "..TSDW", "......",
                                          "......", "......", "......"};
    for (int from = 1; from <= STATES; from++) {
        for (int to = 1; to <= STATES; to++) {
            const bool expected = allowed[from - 1][to - 1] != '.';
            assert_int_equal(request_may_become((enum request_state)from, (enum request_state)to),
                             expected);
        }
    }
    assert_false(request_may_become((enum request_state)0, REQUEST_OPEN));
    assert_false(request_may_become(REQUEST_OPEN, (enum request_state)7));
    assert_string_equal(request_state_name(REQUEST_DECLINED), "declined");
    assert_string_equal(request_state_name((enum request_state)0), "none");
}

static struct request_row open_request(void)
{
    struct event event = event_of(EVENT_STEP_REQUESTED, 10);
    event.body.step_requested.step = STR("some_step");
    event.body.step_requested.hub = 9;
    event.body.step_requested.agreement = 2;
    struct request_row row = {0};
    struct err err;
    assert_true(request_row_apply(&row, &event, &err).ok);
    assert_true(row.id == 10 && row.person == 5 && row.hub == 9 && row.agreement == 2 &&
                row.state == REQUEST_OPEN);
    assert_true(row.requested_by == 70 && row.requested_at.milliseconds == 10000 &&
                row.changed_event == 10);
    return row;
}

static struct event about_request(enum event_kind kind, int64_t request, int64_t position)
{
    struct event event = event_of(kind, position);
    switch ((int)kind) {
    case EVENT_STEP_APPROVED:
        event.body.step_approved.request = request;
        break;
    case EVENT_STEP_DECLINED:
        event.body.step_declined.request = request;
        break;
    case EVENT_STEP_WITHDRAWN:
        event.body.step_withdrawn.request = request;
        break;
    case EVENT_STEP_STOPPED:
        event.body.step_stopped.request = request;
        break;
    default:
        event.body.step_taken.request = request;
        event.body.step_taken.step = STR("some_step");
        break;
    }
    return event;
}

static void request_events_in_every_state(void **state)
{
    /* Aim: each event about a request, in each state: it moves to the state the event names when
     * request_may_become allows it, and otherwise is refused and nothing changes. */
    (void)state;
    static const struct {
        enum event_kind kind;
        enum request_state becomes;
    } moves[] = {{EVENT_STEP_APPROVED, REQUEST_APPROVED},
                 {EVENT_STEP_TAKEN, REQUEST_TAKEN},
                 {EVENT_STEP_STOPPED, REQUEST_STOPPED},
                 {EVENT_STEP_DECLINED, REQUEST_DECLINED},
                 {EVENT_STEP_WITHDRAWN, REQUEST_WITHDRAWN}};
    for (int from = 1; from <= STATES; from++) {
        for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
            struct err err;
            struct request_row row = open_request();
            row.state = (enum request_state)from;
            const struct request_row before = row;
            const struct event event = about_request(moves[i].kind, 10, 20);
            const bool applied = request_row_apply(&row, &event, &err).ok;
            assert_int_equal(applied, request_may_become(before.state, moves[i].becomes));
            if (applied) {
                assert_int_equal(row.state, moves[i].becomes);
                assert_true(row.changed_event == 20 && row.changed_at.milliseconds == 20000);
            } else {
                assert_int_equal(err.code, ERROR_CONFLICT);
                assert_memory_equal(&row, &before, sizeof row);
            }
        }
    }
}

static void request_approvals(void **state)
{
    /* Aim: an approval with others outstanding leaves the request open; nobody counts twice; the
     * place is remembered. */
    (void)state;
    struct err err;
    struct request_row row = open_request();
    struct event first = about_request(EVENT_STEP_APPROVED, 10, 11);
    first.body.step_approved.outstanding = 1;
    assert_true(request_row_apply(&row, &first, &err).ok);
    assert_true(row.state == REQUEST_OPEN && row.approval_count == 1 && row.approved_by[0] == 70);
    struct event second = about_request(EVENT_STEP_APPROVED, 10, 12);
    assert_false(request_row_apply(&row, &second, &err).ok); /* the same account */
    second.actor = 71;
    second.body.step_approved.place = 3;
    assert_true(request_row_apply(&row, &second, &err).ok);
    assert_true(row.state == REQUEST_APPROVED && row.approval_count == 2 &&
                row.approved_by[1] == 71 && row.place == 3);

    struct event taken = about_request(EVENT_STEP_TAKEN, 10, 13);
    struct request_row other = row;
    assert_false(request_row_apply(&other, &taken, &err).ok); /* not at the place that is held */
    taken.body.step_taken.place = 3;
    taken.body.step_taken.hub = 8;
    assert_false(request_row_apply(&other, &taken, &err).ok); /* not at that hub */
    taken.body.step_taken.hub = 9;
    taken.body.step_taken.step = STR("other_step");
    assert_false(request_row_apply(&other, &taken, &err).ok); /* not the step asked for */
    taken.body.step_taken.step = STR("some_step");
    taken.subject = 6;
    assert_false(request_row_apply(&other, &taken, &err).ok); /* not the person */
    taken.subject = 5;
    assert_true(request_row_apply(&other, &taken, &err).ok);
    assert_true(other.state == REQUEST_TAKEN && other.place == 0);

    const struct event stopped = about_request(EVENT_STEP_STOPPED, 10, 14);
    assert_true(request_row_apply(&row, &stopped, &err).ok);
    assert_int_equal(row.place, 0);
}

static void request_approvals_have_a_limit(void **state)
{
    /* Aim: a fifth approval has no column, and is refused instead of lost. */
    (void)state;
    struct err err;
    struct request_row row = open_request();
    for (int64_t i = 0; i < REQUEST_APPROVALS_MAX; i++) {
        struct event event = about_request(EVENT_STEP_APPROVED, 10, 11 + i);
        event.actor = 80 + i;
        event.body.step_approved.outstanding = 5;
        assert_true(request_row_apply(&row, &event, &err).ok);
    }
    struct event event = about_request(EVENT_STEP_APPROVED, 10, 30);
    assert_false(request_row_apply(&row, &event, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
}

/* --- place --- */

static struct place_row place_in(enum place_state state, int64_t person, int64_t request)
{
    return (struct place_row){
        .hub = 9, .number = 3, .state = state, .person = person, .request = request, .since = {1}};
}

static enum place_state after(struct place_row row, const struct event *event)
{
    struct err err;
    const struct place_row before = row;
    if (!place_row_apply(&row, event, &err).ok) {
        assert_int_equal(err.code, ERROR_CONFLICT);
        assert_memory_equal(&row, &before, sizeof row);
        return (enum place_state)0; /* refused */
    }
    const bool held = row.state == PLACE_HELD;
    const bool occupied = row.state == PLACE_OCCUPIED;
    assert_true((row.person != 0) == (held || occupied));
    assert_true((row.request != 0) == held);
    return row.state;
}

static void place_is_held(void **state)
{
    /* Aim: an approval holds a free place for that person and request, and no other place. */
    (void)state;
    struct event approval = about_request(EVENT_STEP_APPROVED, 10, 11);
    approval.body.step_approved.place = 3;
    struct err err;
    struct place_row row = place_in(PLACE_FREE, 0, 0);
    assert_true(place_row_apply(&row, &approval, &err).ok);
    assert_true(row.state == PLACE_HELD && row.person == 5 && row.request == 10 &&
                row.since.milliseconds == 11000);
    assert_int_equal(after(place_in(PLACE_HELD, 6, 8), &approval), 0);
    assert_int_equal(after(place_in(PLACE_OCCUPIED, 6, 0), &approval), 0);
    assert_int_equal(after(place_in(PLACE_CLOSED, 0, 0), &approval), 0);
    approval.body.step_approved.place = 4;
    assert_int_equal(after(place_in(PLACE_FREE, 0, 0), &approval), PLACE_FREE);
    approval.body.step_approved.place = 0;
    assert_int_equal(after(place_in(PLACE_HELD, 6, 8), &approval), PLACE_HELD);
}

static void place_is_taken_and_freed(void **state)
{
    /* Aim: the step takes the place it names if that is free or held for its own request; -1 and a
     * move free the old one; the end of a request frees what was held for it, and nothing else. */
    (void)state;
    struct event taken = about_request(EVENT_STEP_TAKEN, 10, 13);
    taken.body.step_taken.hub = 9;
    taken.body.step_taken.place = 3;
    assert_int_equal(after(place_in(PLACE_HELD, 5, 10), &taken), PLACE_OCCUPIED);
    assert_int_equal(after(place_in(PLACE_FREE, 0, 0), &taken), PLACE_OCCUPIED);
    assert_int_equal(after(place_in(PLACE_HELD, 6, 8), &taken), 0);
    assert_int_equal(after(place_in(PLACE_OCCUPIED, 6, 0), &taken), 0);
    assert_int_equal(after(place_in(PLACE_CLOSED, 0, 0), &taken), 0);
    taken.body.step_taken.place = 4; /* they move within, or to, a hub: this one is left */
    assert_int_equal(after(place_in(PLACE_OCCUPIED, 5, 0), &taken), PLACE_FREE);
    assert_int_equal(after(place_in(PLACE_OCCUPIED, 6, 0), &taken), PLACE_OCCUPIED);
    taken.body.step_taken.place = -1;
    assert_int_equal(after(place_in(PLACE_OCCUPIED, 5, 0), &taken), PLACE_FREE);
    assert_int_equal(after(place_in(PLACE_HELD, 5, 10), &taken), PLACE_FREE);
    taken.body.step_taken.place = 0;
    assert_int_equal(after(place_in(PLACE_OCCUPIED, 5, 0), &taken), PLACE_OCCUPIED);
    static const enum event_kind ends[] = {EVENT_STEP_STOPPED, EVENT_STEP_DECLINED,
                                           EVENT_STEP_WITHDRAWN};
    for (size_t i = 0; i < 3; i++) {
        const struct event end = about_request(ends[i], 10, 14);
        assert_int_equal(after(place_in(PLACE_HELD, 5, 10), &end), PLACE_FREE);
        assert_int_equal(after(place_in(PLACE_HELD, 5, 11), &end), PLACE_HELD);
        assert_int_equal(after(place_in(PLACE_OCCUPIED, 5, 0), &end), PLACE_OCCUPIED);
    }
}

/* The states of a hub's places as letters, in the order of numbers. */
static const char *agree(char *states, size_t count, int64_t agreed)
{
    static const char letters[] = "?FHOC";
    struct place_row rows[16] = {0};
    struct err err;
    for (size_t i = 0; i < count; i++) {
        const enum place_state state = (enum place_state)(strchr(letters, states[i]) - letters);
        rows[i] = place_in(state, state == PLACE_HELD || state == PLACE_OCCUPIED ? 6 : 0,
                           state == PLACE_HELD ? 8 : 0);
        rows[i].number = (int64_t)i + 1;
    }
    struct event event = event_of(EVENT_PLACES_AGREED, 2);
    event.body.places_agreed.places = agreed;
    size_t after_count = 0;
    if (!place_rows_agree(rows, count, 16, &event, &after_count, &err).ok) {
        return err.code == ERROR_CONFLICT ? "refused" : "impossible";
    }
    for (size_t i = 0; i < after_count; i++) {
        assert_int_equal(rows[i].number, i + 1);
        states[i] = letters[rows[i].state];
    }
    states[after_count] = '\0';
    return states;
}

#define EXPECT_PLACES(before, agreed, expected)                                                    \
    do {                                                                                           \
        char states[20] = before;                                                                  \
        assert_string_equal(agree(states, strlen(states), agreed), expected);                      \
    } while (0)

static void places_are_agreed(void **state)
{
    /* Aim: more places reopen closed ones, lowest first, then new ones are added; fewer close free
     * ones, highest first; too few free ones are a conflict. */
    (void)state;
    EXPECT_PLACES("", 3, "FFF");
    EXPECT_PLACES("FFF", 3, "FFF");
    EXPECT_PLACES("FFF", 5, "FFFFF");
    EXPECT_PLACES("FFF", 0, "CCC");
    EXPECT_PLACES("FOFHF", 3, "FOCHC");
    EXPECT_PLACES("FOFHF", 2, "COCHC");
    EXPECT_PLACES("FOFHF", 1, "refused");
    EXPECT_PLACES("COCHC", 3, "FOCHC");
    EXPECT_PLACES("COCHC", 6, "FOFHFF");
    EXPECT_PLACES("O", 0, "refused");
    EXPECT_PLACES("F", -1, "impossible");
    EXPECT_PLACES("F", HUB_PLACES_MAX + 1, "impossible");
}

/* --- hub, agreement, account --- */

static void hubs_and_agreements(void **state)
{
    /* Aim: opened once, with what was said; an announced agreement is confidential no more. */
    (void)state;
    struct err err;
    struct hub_row hub = {0};
    struct event event = event_of(EVENT_HUB_OPENED, 1);
    event.body.hub_opened = (struct hub_opened_body){STR("HUB-1"), STR("First hub"), 2};
    assert_true(hub_row_apply(&hub, &event, &err).ok);
    assert_true(hub.id == 5 && hub.agreement == 2 && str_equal(hub.name, STR("First hub")));
    assert_false(hub_row_apply(&hub, &event, &err).ok);

    struct agreement_row agreement = {0};
    event = event_of(EVENT_AGREEMENT_ANNOUNCED, 1);
    assert_false(agreement_row_apply(&agreement, &event, &err).ok);
    event = event_of(EVENT_AGREEMENT_OPENED, 1);
    event.body.agreement_opened =
        (struct agreement_opened_body){STR("AG-1"), STR("Exland"), STR("Talks"), 1};
    assert_true(agreement_row_apply(&agreement, &event, &err).ok);
    assert_true(agreement.confidential && str_equal(agreement.partner, STR("Exland")));
    event = event_of(EVENT_AGREEMENT_ANNOUNCED, 2);
    assert_true(agreement_row_apply(&agreement, &event, &err).ok);
    assert_false(agreement.confidential);
}

static void accounts(void **state)
{
    /* Aim: an account has the role it was last given, and none of it changes once it is closed. */
    (void)state;
    struct err err;
    struct account_row row = {0};
    struct event event = event_of(EVENT_ACCOUNT_OPENED, 1);
    event.body.account_opened =
        (struct account_opened_body){STR("ana"), STR("Ana"), STR("caseworker"), 0};
    assert_true(account_row_apply(&row, &event, &err).ok);
    event = event_of(EVENT_ACCOUNT_CHANGED, 2);
    event.body.account_changed.role = STR("hub_operator");
    event.body.account_changed.hub = 4;
    assert_true(account_row_apply(&row, &event, &err).ok);
    assert_true(row.hub == 4 && str_equal(row.role, STR("hub_operator")) &&
                str_equal(row.username, STR("ana")));
    event = event_of(EVENT_ACCOUNT_CLOSED, 3);
    assert_true(account_row_apply(&row, &event, &err).ok);
    assert_true(row.closed);
    assert_false(account_row_apply(&row, &event, &err).ok);
    event = event_of(EVENT_ACCOUNT_CHANGED, 4);
    assert_false(account_row_apply(&row, &event, &err).ok);
}

/* --- which rows --- */

static const enum event_kind all_kinds[] = {
#define EVENT(constant, name, fields) EVENT_##constant,
#include "register/event.def"
#undef EVENT
};

static void concerns_are_true(void **state)
{
    /* Aim: an event that does not concern a row leaves it to the byte as it was (a store that loads
     * no other rows misses nothing), and every kind is about somebody, but for the one that is
     * not recorded any more. */
    (void)state;
    for (size_t i = 0; i < sizeof all_kinds / sizeof all_kinds[0]; i++) {
        struct err err;
        const struct event event = event_of(all_kinds[i], 40);
        const unsigned concerns = event_concerns(event.kind);
        assert_int_equal(event.subject_kind >= SUBJECT_OF_PERSON &&
                             event.subject_kind <= SUBJECT_LAST,
                         event.kind != EVENT_EXTERNAL_REFERENCE_RECORDED);
        struct person_row person = registered_person();
        struct request_row request = open_request();
        struct place_row place = place_in(PLACE_HELD, 5, 10);
        struct fact_row fact = {.position = 8, .subject_kind = SUBJECT_OF_PERSON, .subject = 5};
        const struct person_row person_before = person;
        const struct request_row request_before = request;
        const struct place_row place_before = place;
        const struct fact_row fact_before = fact;
        if ((concerns & CONCERNS_SUBJECT) == 0 || event.subject_kind != SUBJECT_OF_PERSON) {
            assert_true(person_row_apply(&person, &event, &err).ok);
            assert_memory_equal(&person, &person_before, sizeof person);
        }
        if ((concerns & CONCERNS_REQUEST) == 0) {
            assert_true(request_row_apply(&request, &event, &err).ok);
            assert_memory_equal(&request, &request_before, sizeof request);
        }
        if ((concerns & CONCERNS_PLACE) == 0) {
            assert_true(place_row_apply(&place, &event, &err).ok);
            assert_memory_equal(&place, &place_before, sizeof place);
        }
        if ((concerns & CONCERNS_FACT) == 0) {
            assert_true(fact_row_apply(&fact, &event, &err).ok);
            assert_memory_equal(&fact, &fact_before, sizeof fact);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(person_begins),
        cmocka_unit_test(person_changes),
        cmocka_unit_test(person_takes_steps),
        cmocka_unit_test(request_may_become_exactly),
        cmocka_unit_test(request_events_in_every_state),
        cmocka_unit_test(request_approvals),
        cmocka_unit_test(request_approvals_have_a_limit),
        cmocka_unit_test(place_is_held),
        cmocka_unit_test(place_is_taken_and_freed),
        cmocka_unit_test(places_are_agreed),
        cmocka_unit_test(hubs_and_agreements),
        cmocka_unit_test(accounts),
        cmocka_unit_test(concerns_are_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
