/* Was every step of the demonstration allowed? The events are read back from the store and folded
 * here, anew and simply: at each event that carries a verdict, the facts recorded until then are
 * judged with the rulebook. */
#include "register_of.h"

#include "rulebook/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { FACTS_MAX = 512, RECORDED_MAX = 4096, PEOPLE = 400 };

/* A fact as it was recorded: of the person, or of any hub or agreement. */
struct recorded {
    enum subject_kind kind;
    int64_t subject;
    uint32_t fact;
    date since;
    struct value value;
};

struct folding {
    struct register_of *made;
    const struct rulebook *rulebook;
    struct recorded *recorded; /* in the order of positions; of people, only those of the one whose
                                  events are read */
    size_t recorded_count;
    size_t person_begin; /* index of the first of the person; events of one person stand together */
    int64_t subject;
    str stage;
    struct event requests[8]; /* of this person */
    size_t request_count;
    const struct step *recording; /* the step whose records must come next */
    size_t next_record;
    int64_t steps;
    int64_t with_hub;
    int64_t relied_on;
    int64_t serious_findings; /* of any hub, and never closed */
};

static void learn(struct folding *folding, const struct event *event)
{
    struct err err = {.code = ERROR_NONE};
    const uint32_t fact = rulebook_fact(folding->rulebook, event->body.fact_recorded.fact);
    assert_true(fact != NOT_FOUND_INDEX && fact < FACTS_MAX &&
                folding->recorded_count < RECORDED_MAX);
    struct recorded *row = &folding->recorded[folding->recorded_count++];
    *row = (struct recorded){.kind = event->subject_kind,
                             .subject = event->subject,
                             .fact = fact,
                             .since = event->effective_on};
    must(value_parse(folding->rulebook, &folding->rulebook->facts[fact],
                     event->body.fact_recorded.value, &folding->made->work, &row->value, &err),
         &err);
    row->value.event = event->position;
}

/* What is known of the subject on that day: of each fact the value with the latest day counts, and
 * of one day the one recorded last. */
static void known_on(const struct folding *folding, enum subject_kind kind, int64_t subject,
                     date on, struct value values[FACTS_MAX])
{
    date since[FACTS_MAX];
    for (size_t i = 0; i < FACTS_MAX; i++) {
        values[i] = value_unknown();
        since[i] = (date){INT32_MIN};
    }
    for (size_t i = 0; i < folding->recorded_count; i++) {
        const struct recorded *row = &folding->recorded[i];
        if (row->kind == kind && row->subject == subject && !date_before(on, row->since) &&
            !date_before(row->since, since[row->fact])) {
            values[row->fact] = row->value;
            since[row->fact] = row->since;
        }
    }
}

/* After a step come the facts that it records: each whose value is known, in order. */
static void follow_records(struct folding *folding, const struct event *event)
{
    const struct step *step = folding->recording;
    char day[DATE_TEXT_SIZE];
    if (step == NULL || event->kind != EVENT_FACT_RECORDED ||
        !str_equal(event->body.fact_recorded.source, step->title)) {
        for (; step != NULL && folding->next_record < step->record_count; folding->next_record++) {
            const struct step_record *record = &step->records[folding->next_record];
            assert_false(record->today || record->value.known);
        }
        folding->recording = NULL;
        return;
    }
    for (;; folding->next_record++) {
        assert_true(folding->next_record < step->record_count);
        const struct step_record *record = &step->records[folding->next_record];
        const struct fact *fact = &folding->rulebook->facts[record->fact];
        if (str_equal(fact->name, event->body.fact_recorded.fact)) {
            date_format(event->effective_on, day);
            if (record->today) {
                assert_true(str_equal(event->body.fact_recorded.value, str_from_c(day)));
            }
            folding->next_record++;
            return;
        }
        assert_false(record->today || record->value.known);
    }
}

static void check_relied_on(struct folding *folding, const struct event *event,
                            struct number_list relied_on, const struct question *question)
{
    for (size_t i = 0; i < relied_on.count; i++) {
        assert_true(relied_on.items[i] < event->position &&
                    (i == 0 || relied_on.items[i - 1] < relied_on.items[i]));
        bool found = false;
        for (size_t fact = 0; fact < folding->rulebook->fact_count && !found; fact++) {
            found = question->person[fact].event == relied_on.items[i] ||
                    (question->hub != NULL && question->hub[fact].event == relied_on.items[i]) ||
                    (question->agreement != NULL &&
                     question->agreement[fact].event == relied_on.items[i]);
        }
        if (!found) {
            fail_msg("event %lld of person %lld relies on event %lld, which counts for nothing",
                     (long long)event->position, (long long)event->subject,
                     (long long)relied_on.items[i]);
        }
        folding->relied_on++;
    }
}

static const struct step *judge_event(struct folding *folding, const struct event *event, str name,
                                      int64_t hub, int64_t agreement, struct number_list relied_on)
{
    const struct rulebook *rulebook = folding->rulebook;
    const uint32_t step = rulebook_step(rulebook, name);
    assert_true(step != NOT_FOUND_INDEX);
    assert_true(rulebook_step_leaves(rulebook, &rulebook->steps[step],
                                     rulebook_stage(rulebook, folding->stage)));
    struct value person_values[FACTS_MAX];
    struct value hub_values[FACTS_MAX];
    struct value agreement_values[FACTS_MAX];
    struct question question = {.person = person_values, .today = event->effective_on};
    known_on(folding, SUBJECT_OF_PERSON, event->subject, event->effective_on, person_values);
    if (hub != 0) {
        /* How many places are free is counted, not recorded; another test looks at the places. */
        known_on(folding, SUBJECT_OF_HUB, hub, event->effective_on, hub_values);
        hub_values[rulebook_fact(rulebook, STR("hub.places_free"))] = value_number(1);
        hub_values[rulebook_fact(rulebook, STR("hub.open_serious_findings"))] =
            value_number(folding->serious_findings);
        question.hub = hub_values;
        folding->with_hub++;
    }
    if (agreement != 0) {
        known_on(folding, SUBJECT_OF_AGREEMENT, agreement, event->effective_on, agreement_values);
        question.agreement = agreement_values;
    }
    if (judge_step(rulebook, step, &question, NULL) != CLEARANCE_CLEAR) {
        fail_msg("%.*s of person %lld was not clear", STR_ARG(name), (long long)event->subject);
    }
    assert_true(rulebook->steps[step].safeguard_count == 0 || relied_on.count > 0);
    check_relied_on(folding, event, relied_on, &question);
    folding->steps++;
    return &rulebook->steps[step];
}

static const struct step_requested_body *request_of(const struct folding *folding, int64_t position)
{
    for (size_t i = 0; i < folding->request_count; i++) {
        if (folding->requests[i].position == position) {
            return &folding->requests[i].body.step_requested;
        }
    }
    fail_msg("there is no request %lld", (long long)position);
    return NULL;
}

static void take(struct folding *folding, const struct event *event)
{
    const struct step_taken_body *body = &event->body.step_taken;
    const struct step *step =
        judge_event(folding, event, body->step, body->hub, body->agreement, body->relied_on);
    assert_true(str_equal(body->from, folding->stage));
    if (!step->same_stage) {
        folding->stage = folding->rulebook->stages[step->to].name;
    }
    assert_true(str_equal(body->to, folding->stage));
    assert_true((step->approval_count > 0) == (body->request != 0));
    if (body->request != 0) {
        assert_true(str_equal(request_of(folding, body->request)->step, body->step));
    }
    folding->recording = step;
    folding->next_record = 0;
}

static void fold(struct folding *folding, const struct event *event)
{
    follow_records(folding, event);
    switch ((int)event->kind) {
    case EVENT_PERSON_REGISTERED:
        if (folding->subject == 0) {
            folding->person_begin = folding->recorded_count;
        }
        folding->recorded_count = folding->person_begin;
        folding->subject = event->subject;
        folding->stage = event->body.person_registered.stage;
        folding->request_count = 0;
        break;
    case EVENT_FACT_RECORDED:
        learn(folding, event);
        break;
    case EVENT_ENTRY_OPENED:
        for (size_t i = 0; i < event->body.entry_opened.values.count; i++) {
            folding->serious_findings +=
                str_equal(event->body.entry_opened.values.items[i], STR("serious")) ? 1 : 0;
        }
        break;
    case EVENT_STEP_REQUESTED: {
        const struct step_requested_body *body = &event->body.step_requested;
        assert_true(folding->request_count < 8);
        folding->requests[folding->request_count++] = *event;
        judge_event(folding, event, body->step, body->hub, body->agreement, body->relied_on);
        break;
    }
    case EVENT_STEP_APPROVED: {
        const struct step_requested_body *body =
            request_of(folding, event->body.step_approved.request);
        judge_event(folding, event, body->step, body->hub, body->agreement,
                    event->body.step_approved.relied_on);
        break;
    }
    case EVENT_STEP_TAKEN:
        take(folding, event);
        break;
    default:
        break;
    }
    /* Person by person, but for who sees a record from outside: that is written at the end. */
    assert_true(event->subject_kind != SUBJECT_OF_PERSON || event->subject == folding->subject ||
                event->kind == EVENT_TIE_MADE);
}

static result fold_all(struct transaction *transaction, void *context, struct err *err)
{
    struct folding *folding = context;
    int64_t count = 0;
    TRY(transaction_event_count(transaction, &count, err));
    for (int64_t position = 1; position <= count; position++) {
        struct event event;
        TRY(transaction_event(transaction, position, &folding->made->work, &event, err));
        fold(folding, &event);
    }
    return result_ok();
}

/* Aim: at every event that carries a verdict, the law is clear on the facts recorded before it; the
 * step leads from the stage the person is in; what it says it relied on are those facts; and what
 * the rulebook says it records follows. */
static void test_every_step_was_allowed(void **state)
{
    struct register_of made;
    struct err err = {.code = ERROR_NONE};
    (void)state;
    register_open(&made, 11);
    register_make(&made, PEOPLE, 3);
    struct folding *folding = ARENA_NEW(&made.perm, struct folding, 1);
    assert_non_null(folding);
    folding->recorded = ARENA_NEW(&made.perm, struct recorded, RECORDED_MAX);
    assert_non_null(folding->recorded);
    folding->made = &made;
    folding->rulebook = made.casework.rulebook;
    assert_true(folding->rulebook->fact_count <= FACTS_MAX);
    must(store_read(made.store, fold_all, folding, &err), &err);
    assert_true(folding->steps > 4 * PEOPLE);
    assert_true(folding->with_hub > 20);
    assert_true(folding->relied_on > folding->steps);
    register_close(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step_was_allowed),
    };
    return cmocka_run_group_tests_name("demo_law", tests, NULL, NULL);
}
