/* Aim: what was known, when. Every verdict of the past is derived again to the letter - every
 * condition, every value, every event it comes from - from the day and the instant of its event
 * alone, after everything it rested on has changed. */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LETTER_SIZE = 64 * 1024 };

static int setup(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* --- a verdict as a letter -------------------------------------------------------------------- */

static void write_reason(const struct rulebook *rulebook, const struct reason *reason, int depth,
                         struct buf *buf)
{
    buf_format(buf, "%*s%d %s %.*s", depth, "", (int)reason->kind, truth_name(reason->truth),
               STR_ARG(reason->text));
    if (reason->kind == REASON_FACT) {
        buf_put_c(buf, " = ");
        value_format(&rulebook->facts[reason->fact], &reason->value, buf);
        buf_format(buf, " @%lld", (long long)reason->value.event);
    }
    if (reason->kind == REASON_CLOCK) {
        buf_format(buf, " %d %d", (int)reason->clock_answer.state,
                   reason->clock_answer.last_day.day);
    }
    buf_put_char(buf, '\n');
    for (size_t i = 0; i < reason->child_count; i++) {
        write_reason(rulebook, &reason->children[i], depth + 1, buf);
    }
}

static void write_explanation(const struct rulebook *rulebook,
                              const struct explanation *explanation, struct arena *arena,
                              char letter[LETTER_SIZE])
{
    struct buf buf;
    buf_init(&buf, arena, LETTER_SIZE - 1);
    buf_format(&buf, "%u %s %d\n", explanation->step, clearance_name(explanation->clearance),
               explanation->today.day);
    for (size_t i = 0; i < explanation->safeguard_count; i++) {
        const struct safeguard_explanation *one = &explanation->safeguards[i];
        buf_format(&buf, "%.*s %s, %zu changes\n",
                   STR_ARG(rulebook->safeguards[one->safeguard].name),
                   clearance_name(one->clearance), one->change_count);
        write_reason(rulebook, one->condition, 1, &buf);
    }
    const str text = buf_str(&buf);
    assert_true(text.len > 100);
    memcpy(letter, text.at, text.len);
    letter[text.len] = '\0';
}

struct verdict {
    struct event event;
    char letter[LETTER_SIZE];
    char reference[REFERENCE_SIZE];
    const char *step;
    const char *hub;
    bool refused;
};

static struct verdict verdict_of(struct office *office, enum account_name account,
                                 enum command command, const struct somebody *person,
                                 const char *step, const char *hub, int64_t request)
{
    struct err err = {0};
    struct step_answer answer = {0};
    struct verdict verdict = {.step = step, .hub = hub};
    const struct caller caller = office_caller(office, account);
    const struct casework *casework = &office->casework;
    arena_reset(&office->work);
    const result done =
        command == ASK
            ? casework_request_step(casework, &caller, str_from_c(person->reference),
                                    str_from_c(step), str_from_c(hub), &office->work, &answer, &err)
        : command == APPROVE
            ? casework_approve_step(casework, &caller, request, &office->work, &answer, &err)
            : casework_take_step(casework, &caller, request, &office->work, &answer, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    verdict.event = office_event(office, answer.event);
    verdict.refused = answer.refused;
    memcpy(verdict.reference, person->reference, REFERENCE_SIZE);
    write_explanation(casework->rulebook, &answer.explanation, &office->work, verdict.letter);
    return verdict;
}

/* The same question, asked today about the day and the instant of the verdict. */
static void assert_derived_again(struct office *office, const struct verdict *verdict)
{
    struct err err = {0};
    struct explain_answer answer = {0};
    char letter[LETTER_SIZE];
    const struct caller caller = office_caller(office, CLERK);
    const struct asked asked = {.has_on = true,
                                .on = verdict->event.effective_on,
                                .has_known_at = true,
                                .known_at = verdict->event.recorded_at};
    arena_reset(&office->work);
    assert_true(casework_explain(&office->casework, &caller, str_from_c(verdict->reference),
                                 str_from_c(verdict->step), str_from_c(verdict->hub), &asked,
                                 &office->work, &answer, &err)
                    .ok);
    write_explanation(office->casework.rulebook, &answer.explanation, &office->work, letter);
    assert_string_equal(letter, verdict->letter);
}

/* --- the past --------------------------------------------------------------------------------- */

/* Aim: the verdicts on a whole transfer and on refusals, while places come and go, families grow,
 * facts are corrected and days pass; each is derived again when all of it has changed. */
static void test_every_verdict(void **state)
{
    struct office *office = *state;
    static struct verdict verdicts[12];
    size_t count = 0;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct somebody sister = office_ready(office, "PersonThree Samplealpha");
    const struct somebody other = office_ready(office, "PersonTwo Samplebeta");
    const int64_t hold = office_transfer(office, &other, HUB_NORTH, 2); /* one place less */
    verdicts[count++] = verdict_of(office, CLERK, ASK, &person, "transfer", HUB_NORTH, 0);
    const int64_t request = verdicts[0].event.position;
    assert_true(office_withdraw(office, CLERK, hold).ok); /* and back again */
    verdicts[count++] =
        verdict_of(office, OFFICER, APPROVE, &person, "transfer", HUB_NORTH, request);
    verdicts[count++] =
        verdict_of(office, SENIOR, APPROVE, &person, "transfer", HUB_NORTH, request);
    assert_true(office_join(office, CLERK, &person, &sister).ok);
    office_move_days(office, 1);
    verdicts[count++] = verdict_of(office, CLERK, TAKE, &person, "transfer", HUB_NORTH, request);
    assert_false(verdicts[3].refused);
    verdicts[count++] = verdict_of(office, CLERK, ASK, &other, "transfer", HUB_NORTH, 0);
    assert_true(office_record(office, CLERK, sister.reference, "order.injunction", "in_force").ok);
    verdicts[count++] = verdict_of(office, CLERK, ASK, &sister, "removal", "", 0);
    assert_true(verdicts[5].refused);
    const struct recorded lifted =
        office_record(office, CLERK, sister.reference, "order.injunction", "lifted");
    verdicts[count++] = verdict_of(office, CLERK, ASK, &sister, "removal", "", 0);
    assert_false(verdicts[6].refused);
    assert_true(office_withdraw_fact(office, CLERK, lifted.event).ok);
    verdicts[count++] = verdict_of(office, CLERK, ASK, &sister, "transfer", HUB_NORTH, 0);
    assert_true(verdicts[7].refused);
    for (size_t i = 0; i < count; i++) {
        assert_derived_again(office, &verdicts[i]);
    }
    /* Now everything changes. */
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.state", "suspended").ok);
    assert_true(office_record(office, SENIOR, HUB_NORTH, "hub.monitor_appointed", "no").ok);
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    assert_true(office_record(office, CLERK, person.reference, "family.complete", "no").ok);
    assert_true(office_record(office, CLERK, other.reference, "decision.sent_on", "unknown").ok);
    assert_true(office_ask_for(office, CLERK, &person, "readmission", "").ok);
    struct err err;
    const struct caller caller = office_caller(office, SENIOR);
    assert_true(casework_agree_places(&office->casework, &caller, STR(HUB_NORTH), 90, STR("grows"),
                                      &office->work, &err)
                    .ok);
    office_move_days(office, 400);
    for (size_t i = 0; i < count; i++) {
        assert_derived_again(office, &verdicts[i]);
    }
}

/* Aim: the verdict that stopped a request is derived again, too: what it names is what is not clear
 * then, and a millisecond before it nothing was in the way. */
static void test_stop(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody person = office_ready(office, "PersonFive Sampleepsilon");
    const int64_t request = office_transfer(office, &person, HUB_SOUTH, 2);
    const struct recorded recorded =
        office_record(office, OPERATOR_SOUTH, HUB_SOUTH, "hub.monitor_appointed", "no");
    assert_true(office_record(office, SENIOR, HUB_SOUTH, "hub.monitor_appointed", "yes").ok);
    const struct event stop = office_event(office, recorded.event + 1);
    assert_int_equal(stop.body.step_stopped.request, request);
    const struct caller caller = office_caller(office, CLERK);
    for (int64_t before = 0; before <= 1; before++) {
        struct explain_answer answer = {0};
        const struct asked asked = {
            .has_on = true,
            .on = stop.effective_on,
            .has_known_at = true,
            .known_at = {.milliseconds = stop.recorded_at.milliseconds - before}};
        arena_reset(&office->work);
        assert_true(casework_explain(&office->casework, &caller, str_from_c(person.reference),
                                     STR("transfer"), STR(HUB_SOUTH), &asked, &office->work,
                                     &answer, &err)
                        .ok);
        assert_int_equal(answer.explanation.clearance,
                         before == 1 ? CLEARANCE_CLEAR : CLEARANCE_BARRED);
    }
}

/* Aim: the person's page of a past instant shows the stage, the requests, the family and the
 * history of then. */
static void test_page_of_then(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct person_answer answer = {0};
    const struct somebody person = office_ready(office, "PersonThirteen Samplenu");
    const struct somebody cousin = office_ready(office, "PersonTwenty Samplenu");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    const struct event then = office_event(office, office_events(office));
    assert_true(office_take(office, CLERK, request).ok);
    assert_true(office_join(office, CLERK, &person, &cousin).ok);
    const struct caller caller = office_caller(office, CLERK);
    const struct asked asked = {.has_known_at = true, .known_at = then.recorded_at};
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(person.reference), &asked,
                                &office->work, &answer, &err)
                    .ok);
    assert_true(str_equal(answer.view.person.stage, STR("exhausted")));
    assert_int_equal(answer.request_count, 1);
    assert_int_equal(answer.requests[0].state, REQUEST_APPROVED);
    assert_int_equal(answer.family_count, 0);
    assert_int_equal(answer.history[0].event.position, then.position);
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(person.reference), NULL,
                                &office->work, &answer, &err)
                    .ok);
    assert_true(str_equal(answer.view.person.stage, STR("at_hub")));
    assert_int_equal(answer.requests[0].state, REQUEST_TAKEN);
    assert_int_equal(answer.family_count, 1);
    /* Before the registration there is nobody, in the words for nobody. */
    const struct asked before = {.has_known_at = true, .known_at = {.milliseconds = 0}};
    assert_false(casework_person(&office->casework, &caller, str_from_c(person.reference), &before,
                                 &office->work, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.what, "There is no person"));
}

static size_t memory_of(struct office *office, const struct somebody *person, instant known_at)
{
    struct err err = {0};
    struct person_answer answer = {0};
    const struct caller caller = office_caller(office, CLERK);
    const struct asked asked = {.has_known_at = true, .known_at = known_at};
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(person->reference), &asked,
                                &office->work, &answer, &err)
                    .ok);
    return arena_used(&office->work);
}

/* Aim: what was known of one person is found without reading everybody, and without keeping the
 * books of the hubs: a register of some thousands had no memory left for the question. */
static void test_others_cost_nothing(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFour Sampledelta");
    const instant then = office_event(office, office_events(office)).recorded_at;
    office_move_days(office, 1);
    const size_t before = memory_of(office, &person, then);
    for (int i = 0; i < 100; i++) {
        office_register(office, "PersonFive Sampleepsilon");
        struct event event = {.subject_kind = SUBJECT_OF_HUB,
                              .subject = office->hub_north,
                              .kind = EVENT_NOTE_ADDED,
                              .actor = office->accounts[CLERK],
                              .body.note_added = {.note = STR("Nothing about places")}};
        office_append(office, &event);
    }
    assert_true(memory_of(office, &person, then) <= before + 4096);
}

/* Aim: a clock that goes backwards does not turn the record round: what is recorded later stands
 * later. */
static void test_clock_goes_back(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwelve Samplemu");
    const int64_t before = office_event(office, office_events(office)).recorded_at.milliseconds;
    office_move_days(office, -3);
    const struct recorded recorded =
        office_record(office, CLERK, person.reference, "order.injunction", "in_force");
    assert_true(recorded.ok);
    assert_true(office_event(office, recorded.event).recorded_at.milliseconds > before);
    const struct outcome asked = office_ask_for(office, CLERK, &person, "removal", "");
    assert_true(asked.refused || asked.clearance != CLEARANCE_CLEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_verdict, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_page_of_then, setup, teardown),
        cmocka_unit_test_setup_teardown(test_others_cost_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clock_goes_back, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
