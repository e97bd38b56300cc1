/* Aim: what store.h promises, asked through store.h alone, of every backend: what was stored is
 * found again: one by one, in lists, by every filter. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

/* --- reading one --- */

struct found {
    struct room *room;
    enum subject_kind kind;
    const char *reference;
    int64_t id;
};

static result find_subject(struct transaction *transaction, void *context, struct err *err)
{
    struct found *found = context;
    return transaction_find(transaction, found->kind, str_from_c(found->reference), &found->id,
                            err);
}

static result append_account_and_agreement(struct transaction *transaction, void *context,
                                           struct err *err)
{
    (void)context;
    struct event account = event_of(SUBJECT_OF_ACCOUNT, 4, EVENT_ACCOUNT_OPENED);
    account.body.account_opened =
        (struct account_opened_body){STR("ana"), STR("Ana K"), STR("caseworker"), 0};
    TRY(transaction_append(transaction, &account, err));
    struct event agreement = event_of(SUBJECT_OF_AGREEMENT, 6, EVENT_AGREEMENT_OPENED);
    agreement.body.agreement_opened =
        (struct agreement_opened_body){STR("AG-1"), STR("Exland"), STR("Talks"), 1};
    return transaction_append(transaction, &agreement, err);
}

static result ask_each(struct transaction *transaction, void *context, struct err *err)
{
    struct room *room = context;
    struct hub_row hub;
    struct agreement_row agreement;
    struct account_row account;
    struct person_row person;
    struct request_row request;
    struct event event;
    TRY(transaction_hub(transaction, 1, &room->arena, &hub, err));
    TRY(transaction_agreement(transaction, 6, &room->arena, &agreement, err));
    TRY(transaction_account(transaction, 4, &room->arena, &account, err));
    assert_true(str_equal(hub.reference, STR("HUB-1")) &&
                str_equal(agreement.partner, STR("Exland")));
    assert_true(agreement.confidential && str_equal(account.role, STR("caseworker")) &&
                !account.closed);
    EXPECT_ERROR(transaction_hub(transaction, 2, &room->arena, &hub, &failure), ERROR_NOT_FOUND);
    EXPECT_ERROR(transaction_agreement(transaction, 1, &room->arena, &agreement, &failure),
                 ERROR_NOT_FOUND);
    EXPECT_ERROR(transaction_account(transaction, 1, &room->arena, &account, &failure),
                 ERROR_NOT_FOUND);
    EXPECT_ERROR(transaction_person(transaction, 9, &room->arena, &person, &failure),
                 ERROR_NOT_FOUND);
    EXPECT_ERROR(transaction_request(transaction, 9, &room->arena, &request, &failure),
                 ERROR_NOT_FOUND);
    EXPECT_ERROR(transaction_event(transaction, 999, &room->arena, &event, &failure),
                 ERROR_NOT_FOUND);
    const struct hub_row *hubs = NULL;
    const struct agreement_row *agreements = NULL;
    const struct account_row *accounts = NULL;
    size_t count = 0;
    TRY(transaction_hubs(transaction, &room->arena, &hubs, &count, err));
    assert_true(count == 1 && hubs[0].id == 1);
    TRY(transaction_agreements(transaction, &room->arena, &agreements, &count, err));
    assert_true(count == 1 && agreements[0].id == 6);
    TRY(transaction_accounts(transaction, &room->arena, &accounts, &count, err));
    assert_true(count == 1 && str_equal(accounts[0].username, STR("ana")));
    return result_ok();
}

static void subjects_are_found(void **state)
{
    /* Aim: each kind of subject is found by its reference and read by its id; what is not there is
     * not found. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    make_hub(room, "HUB-1", 0);
    write_ok(room, append_account_and_agreement, NULL);
    struct found known[] = {{room, SUBJECT_OF_PERSON, "RH-1", 0},
                            {room, SUBJECT_OF_HUB, "HUB-1", 0},
                            {room, SUBJECT_OF_AGREEMENT, "AG-1", 0},
                            {room, SUBJECT_OF_ACCOUNT, "ana", 0}};
    static const int64_t ids[] = {1, 1, 6, 4};
    for (size_t i = 0; i < 4; i++) {
        read_ok(room, find_subject, &known[i]);
        assert_int_equal(known[i].id, ids[i]);
        known[i].reference = i == 0 ? "HUB-1" : "RH-1";
        EXPECT_ERROR(store_read(room->store, find_subject, &known[i], &failure), ERROR_NOT_FOUND);
    }
    read_ok(room, ask_each, room);
}

struct identity_asked {
    struct room *room;
    struct identity identity;
};

static result ask_identity(struct transaction *transaction, void *context, struct err *err)
{
    struct identity_asked *asked = context;
    struct person_row person;
    TRY(transaction_person(transaction, 1, &asked->room->arena, &person, err));
    return transaction_identity(transaction, &person, &asked->room->arena, &asked->identity, err);
}

static void identities(void **state)
{
    /* Aim: the name and birth date are those of the last correction. */
    struct room *room = *state;
    struct identity_asked asked = {.room = room};
    make_person(room, "RH-1", "Ana", "claim");
    read_ok(room, ask_identity, &asked);
    assert_true(str_equal(asked.identity.name, STR("Ana")) && !asked.identity.born_on.known);
    struct event corrected = event_of(SUBJECT_OF_PERSON, 1, EVENT_IDENTITY_CORRECTED);
    corrected.body.identity_corrected.name = STR("Anna");
    corrected.body.identity_corrected.born_on = (struct known_day){true, {5000}};
    append_ok(room, corrected);
    read_ok(room, ask_identity, &asked);
    assert_true(str_equal(asked.identity.name, STR("Anna")) &&
                asked.identity.born_on.day.day == 5000);
}

/* --- lists --- */

struct people_asked {
    struct room *room;
    struct people_filter filter;
    const struct person_row *rows;
    size_t count;
};

static result ask_people(struct transaction *transaction, void *context, struct err *err)
{
    struct people_asked *asked = context;
    return transaction_people(transaction, &asked->filter, &asked->room->arena, &asked->rows,
                              &asked->count, err);
}

/* The ids found, as text. */
static const char *people_found(struct room *room, struct people_filter filter)
{
    struct people_asked asked = {.room = room, .filter = filter};
    read_ok(room, ask_people, &asked);
    str text = STR("");
    for (size_t i = 0; i < asked.count; i++) {
        text = arena_format(&room->arena, "%.*s%lld ", STR_ARG(text), (long long)asked.rows[i].id);
    }
    return arena_copy(&room->arena, text).at;
}

static void lists_of_people(void **state)
{
    /* Aim: every filter of people, alone and together, and paging. A hub's people are those placed
     * there and those with a live request for it. */
    struct room *room = *state;
    static const char *const stages[] = {"claim", "refused", "claim", "refused", "claim", "claim"};
    for (int i = 0; i < 6; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-%d", i + 1);
        make_person(room, reference, "X", stages[i]);
    }
    const int64_t hub = make_hub(room, "HUB-1", 4);
    make_hub(room, "HUB-2", 4);
    append_ok(room, taken_event(2, 0, "refused", "at_hub", hub, 3)); /* placed */
    const int64_t approved = request_step(room, 4, hub);             /* approved */
    append_ok(room, approval_event(4, approved, 2, 1));
    request_step(room, 5, hub); /* open */
    const int64_t withdrawn = request_step(room, 6, hub);
    struct event event = event_of(SUBJECT_OF_PERSON, 6, EVENT_STEP_WITHDRAWN);
    event.body.step_withdrawn.request = withdrawn;
    append_ok(room, event);
    const int64_t over = request_step(room, 3, hub); /* was there, and left */
    append_ok(room, approval_event(3, over, 2, 2));
    append_ok(room, taken_event(3, over, "", "", hub, 2));
    append_ok(room, taken_event(3, 0, "", "", hub, -1));
    for (int64_t i = 3; i <= 5; i++) {
        event = event_of(SUBJECT_OF_PERSON, i, EVENT_FAMILY_JOINED);
        event.body.family_joined.family = 77;
        append_ok(room, event);
    }
    assert_string_equal(people_found(room, (struct people_filter){0}), "1 2 3 4 5 6 ");
    assert_string_equal(people_found(room, (struct people_filter){.stage = STR("claim")}),
                        "1 3 5 6 ");
    assert_string_equal(people_found(room, (struct people_filter){.stage = STR("at_hub")}), "2 ");
    assert_string_equal(people_found(room, (struct people_filter){.stage = STR("nobody")}), "");
    assert_string_equal(people_found(room, (struct people_filter){.hub = hub}), "2 4 5 ");
    assert_string_equal(people_found(room, (struct people_filter){.hub = 2}), "");
    assert_string_equal(people_found(room, (struct people_filter){.family = 77}), "3 4 5 ");
    assert_string_equal(people_found(room, (struct people_filter){.family = 77, .hub = hub}),
                        "4 5 ");
    assert_string_equal(
        people_found(room, (struct people_filter){.family = 77, .hub = hub, .stage = STR("claim")}),
        "5 ");
    assert_string_equal(people_found(room, (struct people_filter){.limit = 2}), "1 2 ");
    assert_string_equal(people_found(room, (struct people_filter){.after_id = 2, .limit = 2}),
                        "3 4 ");
    assert_string_equal(
        people_found(room,
                     (struct people_filter){.after_id = 3, .stage = STR("claim"), .limit = 9}),
        "5 6 ");
    /* A person who left the stage is not in the list any more, and the counts are those of the
     * lists. */
    append_ok(room, taken_event(1, 0, "claim", "refused", 0, 0));
    assert_string_equal(people_found(room, (struct people_filter){.stage = STR("claim")}),
                        "3 5 6 ");
    assert_string_equal(people_found(room, (struct people_filter){.stage = STR("refused")}),
                        "1 4 ");
}

struct requests_asked {
    struct room *room;
    struct request_filter filter;
    const struct request_row *rows;
    size_t count;
};

static result ask_requests(struct transaction *transaction, void *context, struct err *err)
{
    struct requests_asked *asked = context;
    return transaction_requests(transaction, &asked->filter, &asked->room->arena, &asked->rows,
                                &asked->count, err);
}

static const char *requests_found(struct room *room, struct request_filter filter)
{
    struct requests_asked asked = {.room = room, .filter = filter};
    read_ok(room, ask_requests, &asked);
    str text = STR("");
    for (size_t i = 0; i < asked.count; i++) {
        text =
            arena_format(&room->arena, "%.*s%lld:%s ", STR_ARG(text),
                         (long long)asked.rows[i].person, request_state_name(asked.rows[i].state));
    }
    return arena_copy(&room->arena, text).at;
}

static void lists_of_requests(void **state)
{
    /* Aim: every filter of requests; newest first. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    make_person(room, "RH-2", "Ben", "claim");
    make_hub(room, "HUB-1", 2);
    make_hub(room, "HUB-2", 2);
    const int64_t first = request_step(room, 1, 1);
    const int64_t second = request_step(room, 2, 2);
    struct event third = event_of(SUBJECT_OF_PERSON, 1, EVENT_STEP_REQUESTED);
    third.body.step_requested.step = STR("interview");
    third.body.step_requested.agreement = 8;
    append_ok(room, third);
    append_ok(room, approval_event(2, second, 2, 1));
    struct event event = event_of(SUBJECT_OF_PERSON, 1, EVENT_STEP_STOPPED);
    event.body.step_stopped.request = first;
    append_ok(room, event);
    assert_string_equal(requests_found(room, (struct request_filter){0}),
                        "1:open 2:approved 1:stopped ");
    assert_string_equal(requests_found(room, (struct request_filter){.limit = 2}),
                        "1:open 2:approved ");
    assert_string_equal(requests_found(room, (struct request_filter){.person = 1}),
                        "1:open 1:stopped ");
    assert_string_equal(requests_found(room, (struct request_filter){.hub = 1}), "1:stopped ");
    assert_string_equal(requests_found(room, (struct request_filter){.hub = 2, .person = 1}), "");
    assert_string_equal(requests_found(room, (struct request_filter){.agreement = 8}), "1:open ");
    assert_string_equal(requests_found(room, (struct request_filter){.live_only = true}),
                        "1:open 2:approved ");
    assert_string_equal(
        requests_found(room, (struct request_filter){.live_only = true, .person = 1}), "1:open ");
}

struct counted {
    struct room *room;
    const struct stage_count *counts;
    size_t count;
};

static result ask_stage_counts(struct transaction *transaction, void *context, struct err *err)
{
    struct counted *counted = context;
    return transaction_count_stages(transaction, &counted->room->arena, &counted->counts,
                                    &counted->count, err);
}

static void stages_are_counted(void **state)
{
    /* Aim: everybody is in exactly one stage: the counts add up to all people, before and after
     * steps. */
    struct room *room = *state;
    struct counted counted = {.room = room};
    read_ok(room, ask_stage_counts, &counted);
    assert_int_equal(counted.count, 0);
    make_person(room, "RH-1", "Ana", "claim");
    make_person(room, "RH-2", "Ben", "claim");
    make_person(room, "RH-3", "Eve", "refused");
    append_ok(room, taken_event(2, 0, "claim", "granted", 0, 0));
    read_ok(room, ask_stage_counts, &counted);
    assert_int_equal(counted.count, 3);
    static const char *const stages[] = {"claim", "granted", "refused"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(str_equal(counted.counts[i].stage, str_from_c(stages[i])) &&
                    counted.counts[i].people == 1);
    }
}

/* --- beside the events --- */

static result put_secrets(struct transaction *transaction, void *context, struct err *err)
{
    struct session_row *session = context;
    TRY(transaction_set_password_hash(transaction, 4, STR("$argon2id$first"), err));
    TRY(transaction_set_password_hash(transaction, 4, STR("$argon2id$second"), err));
    TRY(transaction_put_rulebook(transaction, STR("abc123"), STR("rulebook uk\n"), err));
    TRY(transaction_put_session(transaction, session, err));
    session->seen_at.milliseconds = 999;
    return transaction_put_session(transaction, session, err);
}

static result check_secrets(struct transaction *transaction, void *context, struct err *err)
{
    struct room *room = context;
    uint8_t token_hash[32];
    memset(token_hash, 7, sizeof token_hash);
    str text;
    struct session_row session;
    TRY(transaction_password_hash(transaction, 4, &room->arena, &text, err));
    assert_true(str_equal(text, STR("$argon2id$second")));
    TRY(transaction_password_hash(transaction, 5, &room->arena, &text, err));
    assert_int_equal(text.len, 0);
    TRY(transaction_rulebook(transaction, STR("abc123"), &room->arena, &text, err));
    assert_true(str_equal(text, STR("rulebook uk\n")));
    EXPECT_ERROR(transaction_rulebook(transaction, STR("abc"), &room->arena, &text, &failure),
                 ERROR_NOT_FOUND);
    TRY(transaction_session(transaction, token_hash, &session, err));
    assert_true(session.account == 4 && session.opened_at.milliseconds == 5 &&
                session.seen_at.milliseconds == 999);
    assert_int_equal(session.form_token[31], 8);
    token_hash[31] = 6;
    EXPECT_ERROR(transaction_session(transaction, token_hash, &session, &failure), ERROR_NOT_FOUND);
    return result_ok();
}

static result delete_session(struct transaction *transaction, void *context, struct err *err)
{
    const struct session_row *session = context;
    return transaction_delete_session(transaction, session->token_hash, err);
}

static result expect_no_session(struct transaction *transaction, void *context, struct err *err)
{
    const struct session_row *session = context;
    struct session_row row;
    (void)err;
    EXPECT_ERROR(transaction_session(transaction, session->token_hash, &row, &failure),
                 ERROR_NOT_FOUND);
    return result_ok();
}

static void secrets_and_sessions(void **state)
{
    /* Aim: password hashes, rulebooks and sessions are kept, replaced and deleted. */
    struct room *room = *state;
    struct session_row session = {.account = 4, .opened_at = {5}, .seen_at = {6}};
    memset(session.token_hash, 7, sizeof session.token_hash);
    memset(session.form_token, 8, sizeof session.form_token);
    write_ok(room, put_secrets, &session);
    room_reopen(room);
    read_ok(room, check_secrets, room);
    write_ok(room, delete_session, &session);
    read_ok(room, expect_no_session, &session);
}

/* --- stages that were passed --- */

static str stage_before(const struct event *event)
{
    return event->kind == EVENT_STEP_TAKEN ? event->body.step_taken.from : STR("");
}

static str stage_after(const struct event *event)
{
    return event->kind == EVENT_STEP_TAKEN ? event->body.step_taken.to
                                           : event->body.person_registered.stage;
}

/* Of the whole history, newest first, those that lead into a stage, older than `before`. */
static size_t leading_events(struct room *room, int64_t person, int64_t before,
                             struct event *ret_leading)
{
    const struct events_read all = read_history(room, person, before, 0);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        const enum event_kind kind = all.events[i].kind;
        if (kind == EVENT_PERSON_REGISTERED || kind == EVENT_STEP_TAKEN) {
            ret_leading[count++] = all.events[i];
        }
    }
    return count;
}

struct stages_asked {
    struct room *room;
    int64_t before;
    const struct event *events;
    size_t count;
};

static result ask_stages(struct transaction *transaction, void *context, struct err *err)
{
    struct stages_asked *asked = context;
    return transaction_stage_events(transaction, 1, asked->before, &asked->room->arena,
                                    &asked->events, &asked->count, err);
}

static void expect_stages(struct room *room, int64_t before)
{
    struct event expected[20];
    struct stages_asked asked = {.room = room, .before = before};
    const size_t count = leading_events(room, 1, before, expected);
    read_ok(room, ask_stages, &asked);
    assert_int_equal(asked.count, count);
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &asked.events[i];
        assert_int_equal(event->kind, expected[i].kind);
        assert_int_equal(event->position, expected[i].position);
        assert_int_equal(event->subject, expected[i].subject);
        assert_int_equal(event->effective_on.day, expected[i].effective_on.day);
        assert_int_equal(event->recorded_at.milliseconds, expected[i].recorded_at.milliseconds);
        assert_true(str_equal(stage_before(event), stage_before(&expected[i])));
        assert_true(str_equal(stage_after(event), stage_after(&expected[i])));
        if (event->kind == EVENT_STEP_TAKEN) {
            assert_int_equal(event->body.step_taken.hub, expected[i].body.step_taken.hub);
            assert_int_equal(event->body.step_taken.request, expected[i].body.step_taken.request);
        }
    }
}

static struct event on_day(struct event event, int32_t day)
{
    event.effective_on = (date){DAY_0 + day};
    return event;
}

static void stages_as_the_course_has_them(void **state)
{
    /* Aim: what the course tells of the stages that somebody passed is what the events say, also of
     * a step that led nowhere, after which the course alone does not say the stage. */
    struct room *room = *state;
    make_person(room, "RH-1", "Ana", "claim");
    const int64_t hub = make_hub(room, "HUB-1", 3);
    append_ok(room, on_day(taken_event(1, 0, "claim", "decided", 0, 0), 3));
    append_ok(room, on_day(taken_event(1, 0, "decided", "", 0, 0), 4));
    append_ok(room, on_day(taken_event(1, 0, "decided", "claim", 0, 0), 5));
    const int64_t request = request_step(room, 1, hub);
    append_ok(room, approval_event(1, request, 7, 1));
    append_ok(room, on_day(taken_event(1, request, "claim", "at_hub", hub, 1), 6));
    append_ok(room, on_day(taken_event(1, 0, "at_hub", "at_hub", hub, 0), 7));
    const int64_t last = append_ok(room, on_day(taken_event(1, 0, "at_hub", "gone", hub, -1), 8));
    expect_stages(room, 0);
    expect_stages(room, last);
    expect_stages(room, request);
    expect_stages(room, 1);
}

/* --- looks ------------------------------------------------------------------------------------ */

enum { LOOKS = 2600, LOOKED_AT = 7, LOOKERS = 3 };

/* Numbers from 1 to LOOKS: at one person after the other, and every tenth at a hub of the same
 * number. */
static struct look look_number(int64_t number)
{
    return (struct look){.account = 1 + number / 5 % LOOKERS,
                         .subject_kind = number % 10 == 0 ? SUBJECT_OF_HUB : SUBJECT_OF_PERSON,
                         .subject = 1 + number % LOOKED_AT,
                         .at = {1795423976123 + number},
                         .purpose = STR("person page")};
}

static result record_looks(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    for (int64_t number = 1; number <= LOOKS; number++) {
        const struct look look = look_number(number);
        TRY(transaction_record_look(transaction, &look, err));
    }
    return result_ok();
}

struct looks_asked {
    struct room *room;
    int64_t person;
    int64_t account;
    int64_t before;
    size_t limit;
    bool as_expected; /* told, and asserted outside of the reading */
};

static bool is_asked_for(const struct looks_asked *asked, int64_t number)
{
    const struct look look = look_number(number);
    return (asked->before == 0 || number < asked->before) &&
           (asked->account == 0 || look.account == asked->account) &&
           (asked->person == 0 ||
            (look.subject_kind == SUBJECT_OF_PERSON && look.subject == asked->person));
}

static result compare_looks(struct transaction *transaction, void *context, struct err *err)
{
    struct looks_asked *asked = context;
    struct arena arena = asked->room->arena;
    const struct look_row *looks = NULL;
    size_t count = 0;
    size_t seen = 0;
    bool same = true;
    TRY(transaction_looks(transaction, asked->person, asked->account, asked->before, asked->limit,
                          &arena, &looks, &count, err));
    for (int64_t number = LOOKS; number > 0 && (asked->limit == 0 || seen < asked->limit);
         number--) {
        if (is_asked_for(asked, number)) {
            same = same && seen < count && looks[seen].number == number &&
                   looks[seen].at.milliseconds == look_number(number).at.milliseconds;
            seen++;
        }
    }
    asked->as_expected = same && seen == count;
    return result_ok();
}

static void expect_looks(const struct looks_asked *asked)
{
    struct looks_asked compared = *asked;
    read_ok(asked->room, compare_looks, &compared);
    assert_true(compared.as_expected);
}

static result find_none(struct transaction *transaction, void *context, struct err *err)
{
    struct looks_asked *asked = context;
    const struct look_row *looks = NULL;
    size_t count = 1;
    TRY(transaction_looks(transaction, 1, 0, 0, 0, &asked->room->arena, &looks, &count, err));
    asked->as_expected = count == 0;
    return result_ok();
}

static void looks_of_whom_and_at_whom(void **state)
{
    /* Aim: looks are found by person and by account, in pages and over the blocks of their index,
     * as going through all of them finds them; and when there is none. */
    struct room *room = *state;
    struct looks_asked none = {.room = room};
    read_ok(room, find_none, &none);
    assert_true(none.as_expected);
    write_ok(room, record_looks, NULL);
    static const int64_t befores[] = {0, 1, 2, 1023, 1024, 1025, 2048, 2049, LOOKS, 99999};
    static const size_t limits[] = {0, 1, 10, 300};
    for (size_t b = 0; b < sizeof befores / sizeof befores[0]; b++) {
        for (int64_t person = 0; person <= LOOKED_AT + 1; person++) {
            struct looks_asked asked = {.room = room,
                                        .person = person,
                                        .account = person % (LOOKERS + 1),
                                        .before = befores[b],
                                        .limit = limits[(size_t)person % 4]};
            expect_looks(&asked);
            asked.account = 0;
            expect_looks(&asked);
        }
    }
}

int main(void)
{
    static const struct contract_test tests[] = {
        {"subjects_are_found", subjects_are_found},
        {"identities", identities},
        {"lists_of_people", lists_of_people},
        {"lists_of_requests", lists_of_requests},
        {"stages_are_counted", stages_are_counted},
        {"secrets_and_sessions", secrets_and_sessions},
        {"stages_as_the_course_has_them", stages_as_the_course_has_them},
        {"looks_of_whom_and_at_whom", looks_of_whom_and_at_whom},
    };
    return run_contract(tests, sizeof tests / sizeof tests[0]);
}
