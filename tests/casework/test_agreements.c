/* Aim: agreements from the first approach to the end. Their states follow one another only as the
 * list allows, each with its day and source; nobody is approved beyond a cap or a month's intake,
 * whoever approves at the same moment; what is confidential leaves no trace. Expected numbers are
 * counted by hand. */
#include "book.h"

#include "casework/administration.h"
#include "casework/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

static int setup(void **state)
{
    static struct office office;
    book_office_open(&office);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

/* --- states ----------------------------------------------------------------------------------- */

static const char *const states[] = {"approached", "in_talks", "offered",   "declined",
                                     "signed",     "in_force", "suspended", "lapsed"};
enum { STATES = 8 };

/* The same list a second time, by hand: a row of what each state may become, itself included. */
static const char may_become[STATES][STATES + 1] = {
    /*            A T O D S F U L */
    /* approached */ "xxxx...x",
    /* in_talks   */ ".xxxx..x",
    /* offered    */ ".xxxx..x",
    /* declined   */ "xxxx....",
    /* signed     */ "...xxx.x",
    /* in_force   */ ".....xxx",
    /* suspended  */ ".....xxx",
    /* lapsed     */ ".x..x..x",
};

static struct agreement_row open_new(struct office *office, const char *reference,
                                     bool confidential)
{
    struct err err = {0};
    struct agreement_row row;
    const struct new_agreement wanted = {.reference = str_from_c(reference),
                                         .partner = STR("Somewhere"),
                                         .title = STR("A hub"),
                                         .confidential = confidential};
    const struct caller caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_true(
        casework_open_agreement(&office->casework, &caller, &wanted, &office->work, &row, &err).ok);
    return row;
}

static enum error_code move(struct office *office, const char *reference, const char *state,
                            date from, const char *source)
{
    struct err err = {0};
    struct record_answer answer;
    const struct caller caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    return casework_move_agreement(&office->casework, &caller, str_from_c(reference),
                                   str_from_c(state), from, str_from_c(source), &office->work,
                                   &answer, &err)
                   .ok
               ? ERROR_NONE
               : err.code;
}

/* Aim: from each state to each other, as the table says; the first may be any. */
static void test_moves(void **state)
{
    struct office *office = *state;
    const date today = office_today(office);
    for (int from = 0; from < STATES; from++) {
        for (int to = 0; to < STATES; to++) {
            char reference[20];
            snprintf(reference, sizeof reference, "MOVE-%d-%d", from, to);
            open_new(office, reference, false);
            assert_int_equal(
                move(office, reference, states[from], date_add_days(today, -1), "a letter"),
                ERROR_NONE);
            const enum error_code code = move(office, reference, states[to], today, "a letter");
            const bool may = may_become[from][to] == 'x';
            if (code != (may ? ERROR_NONE : ERROR_CONFLICT)) {
                fail_msg("%s to %s: %s", states[from], states[to], error_name(code));
            }
        }
    }
}

/* Aim: each state has a source; a state is recorded late only where it fits between the two;
 * however it is recorded, the same holds; one recorded in error is withdrawn. */
static void test_dated(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const date today = office_today(office);
    open_new(office, "AGR-LATE", false);
    assert_int_equal(move(office, "AGR-LATE", "in_talks", date_add_days(today, -90), ""),
                     ERROR_INPUT);
    assert_int_equal(move(office, "AGR-LATE", "in_talks", date_add_days(today, -90), "a letter"),
                     ERROR_NONE);
    assert_int_equal(move(office, "AGR-LATE", "king", today, "a letter"), ERROR_INPUT);
    assert_int_equal(move(office, "AGR-LATE", "signed", date_add_days(today, -30), "the text"),
                     ERROR_NONE);
    assert_int_equal(move(office, "AGR-LATE", "in_force", date_add_days(today, -10), "the text"),
                     ERROR_NONE);
    /* Between talks and the signature there was an offer; a suspension there was not. */
    assert_int_equal(move(office, "AGR-LATE", "offered", date_add_days(today, -60), "a letter"),
                     ERROR_NONE);
    assert_int_equal(move(office, "AGR-LATE", "suspended", date_add_days(today, -60), "a letter"),
                     ERROR_CONFLICT);
    /* From talks it may be declined, but what was declined is not signed next. */
    assert_int_equal(move(office, "AGR-LATE", "declined", date_add_days(today, -45), "a letter"),
                     ERROR_CONFLICT);
    assert_int_equal(
        office_record(office, SENIOR, "AGR-LATE", "agreement.state", "approached").err.code,
        ERROR_CONFLICT);
    const struct recorded wrong =
        office_record(office, SENIOR, "AGR-LATE", "agreement.state", "suspended");
    assert_true(wrong.ok);
    assert_true(office_withdraw_fact(office, SENIOR, wrong.event).ok);
    struct agreement_life life;
    const struct caller caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_true(casework_agreement_life(&office->casework, &caller, STR("AGR-LATE"), &office->work,
                                        &life, &err)
                    .ok);
    const char *const expected[] = {"in_talks", "offered", "signed", "in_force"};
    assert_int_equal(life.state_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_equal(life.states[i].name, str_from_c(expected[i])));
        assert_true(life.states[i].source.len > 0);
    }
    /* Nobody else moves one. */
    const struct caller clerk = office_caller(office, CLERK);
    struct record_answer answer;
    assert_false(casework_move_agreement(&office->casework, &clerk, STR("AGR-LATE"),
                                         STR("suspended"), today, STR("a letter"), &office->work,
                                         &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

/* --- what is used ----------------------------------------------------------------------------- */

static void set_cap(struct office *office, const char *cap)
{
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.cap", cap).ok);
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.capped", "yes").ok);
}

static struct agreement_life life_of(struct office *office)
{
    struct err err = {0};
    struct agreement_life life;
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(casework_agreement_life(&office->casework, &caller, STR(AGREEMENT), &office->work,
                                        &life, &err)
                    .ok);
    return life;
}

/* The request, approved by the first of two; then whether the second may. */
static int64_t half_approved(struct office *office, const char *name, const char *hub)
{
    const struct somebody person = office_ready(office, name);
    return office_transfer(office, &person, hub, 1);
}

/* Aim: a place that is held counts as used, at any hub of the agreement; a request that ends gives
 * it back; a person who comes back from the hub does not. */
static void test_cap(void **state)
{
    struct office *office = *state;
    set_cap(office, "2");
    const struct somebody first = office_ready(office, "PersonOne Samplealpha");
    const int64_t one = office_transfer(office, &first, HUB_NORTH, 2);
    const int64_t two = half_approved(office, "PersonTwo Samplebeta", HUB_SOUTH);
    const int64_t three = half_approved(office, "PersonThree Samplegamma", HUB_NORTH);
    assert_false(office_approve(office, SENIOR, two).refused);
    const struct outcome refused = office_approve(office, SENIOR, three);
    assert_true(refused.ok && refused.refused);
    assert_non_null(strstr(refused.refusal, "The cap is reached"));
    struct agreement_life life = life_of(office);
    assert_int_equal(life.intake.used, 0);
    assert_int_equal(life.intake.held, 2);
    assert_int_equal(life.live_requests, 3);
    assert_int_equal(life.cap, 2);
    /* Those who hold a place may use it, though nothing is left for others. */
    assert_false(office_take(office, CLERK, one).refused);
    assert_true(office_approve(office, SENIOR, three).refused);
    assert_true(office_withdraw(office, CLERK, two).ok); /* given back */
    assert_false(office_approve(office, SENIOR, three).refused);
    assert_false(office_take(office, CLERK, three).refused);
    assert_true(office_ask_for(office, CLERK, &first, "readmission", "").ok);
    life = life_of(office);
    assert_int_equal(life.intake.used, 2);
    assert_int_equal(life.intake.held, 0);
    assert_true(office_ask_for(office, CLERK, &first, "transfer", HUB_NORTH).refused);
}

/* Aim: a cap that is lowered below what is held and used stops what was approved. */
static void test_cap_lowered(void **state)
{
    struct office *office = *state;
    set_cap(office, "2");
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    const struct recorded lowered = office_record(office, SENIOR, AGREEMENT, "agreement.cap", "0");
    assert_int_equal(lowered.stopped_count, 1);
    assert_int_equal(lowered.stopped[0], request);
    assert_int_equal(life_of(office).intake.held, 0);
    /* A cap that nobody knows is no clearance. */
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.cap", "unknown").ok);
    assert_int_equal(office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH).clearance,
                     CLEARANCE_UNKNOWN);
}

/* Aim: a month's intake is full when its number is reached, and the next month begins anew; a place
 * that is held over the turn counts in the new month. The office's day is 30 June. */
static void test_month(void **state)
{
    struct office *office = *state;
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.intake_a_month", "2").ok);
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.intake_limited", "yes").ok);
    const struct somebody first = office_ready(office, "PersonOne Samplealpha");
    assert_false(office_take(office, CLERK, office_transfer(office, &first, HUB_NORTH, 2)).refused);
    const struct somebody second = office_ready(office, "PersonTwo Samplebeta");
    const int64_t held = office_transfer(office, &second, HUB_NORTH, 2);
    const struct somebody third = office_ready(office, "PersonThree Samplegamma");
    assert_true(office_ask_for(office, CLERK, &third, "transfer", HUB_SOUTH).refused);
    office_move_days(office, 1);
    assert_int_equal(life_of(office).intake.used_in_month, 0);
    assert_int_equal(life_of(office).intake.used, 1);
    const int64_t last = office_transfer(office, &third, HUB_SOUTH, 2);
    const struct somebody fourth = office_ready(office, "PersonFour Sampledelta");
    assert_true(office_ask_for(office, CLERK, &fourth, "transfer", HUB_SOUTH).refused);
    assert_false(office_take(office, CLERK, held).refused);
    assert_false(office_take(office, CLERK, last).refused);
    assert_int_equal(life_of(office).intake.used_in_month, 2);
    assert_true(office_ask_for(office, CLERK, &fourth, "transfer", HUB_SOUTH).refused);
    office_move_days(office, 31);
    assert_false(office_ask_for(office, CLERK, &fourth, "transfer", HUB_SOUTH).refused);
}

/* --- at the same moment ----------------------------------------------------------------------- */

enum { APPROVERS = 8, CAP = 3 };

struct approver {
    struct office *office;
    struct caller caller;
    int64_t request;
    struct outcome outcome;
};

static void *approve(void *context)
{
    struct approver *approver = context;
    struct arena arena;
    struct err err = {0};
    assert_true(arena_open(&arena, 64 * 1024 * 1024, &err).ok);
    approver->outcome = office_command(approver->office, &approver->caller, APPROVE, "", "", "",
                                       approver->request, &arena);
    arena_close(&arena);
    return NULL;
}

/* Aim: eight last approvals at the same moment, at two hubs with six places, under a cap of three:
 * three are given. */
static void test_together(void **state)
{
    struct office *office = *state;
    struct approver approvers[APPROVERS];
    pthread_t threads[APPROVERS];
    set_cap(office, "3");
    for (int i = 0; i < APPROVERS; i++) {
        approvers[i] = (struct approver){.office = office};
        approvers[i].request =
            half_approved(office, "PersonOne Samplealpha", i % 2 == 0 ? HUB_NORTH : HUB_SOUTH);
        approvers[i].caller = office_caller(office, SENIOR);
    }
    for (int i = 0; i < APPROVERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, approve, &approvers[i]), 0);
    }
    int given = 0;
    for (int i = 0; i < APPROVERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(approvers[i].outcome.ok);
        given += approvers[i].outcome.refused ? 0 : 1;
    }
    assert_int_equal(given, CAP);
    assert_int_equal(life_of(office).intake.held, CAP);
}

/* --- judged again ----------------------------------------------------------------------------- */

static enum clearance explained(struct office *office, const char *reference,
                                const struct asked *asked)
{
    struct err err = {0};
    struct explain_answer answer;
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(casework_explain(&office->casework, &caller, str_from_c(reference), STR("transfer"),
                                 STR(HUB_NORTH), asked, &office->work, &answer, &err)
                    .ok);
    return answer.explanation.clearance;
}

/* Aim: every verdict of a transfer is derived again as it was: on the day and as known at the
 * instant of the event that carries it. */
static void test_past(void **state)
{
    struct office *office = *state;
    set_cap(office, "1");
    const struct somebody first = office_ready(office, "PersonOne Samplealpha");
    const struct somebody second = office_ready(office, "PersonTwo Samplebeta");
    const int64_t request = office_transfer(office, &second, HUB_NORTH, 1);
    const int64_t one = office_transfer(office, &first, HUB_NORTH, 2);
    assert_true(office_approve(office, SENIOR, request).refused);
    assert_false(office_take(office, CLERK, one).refused);
    assert_true(office_approve(office, SENIOR, request).refused);
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.cap", "5").ok);
    const int64_t last = office_events(office);
    size_t judged = 0;
    for (int64_t position = 1; position <= last; position++) {
        arena_reset(&office->work);
        const struct event event = office_event(office, position);
        const bool taken = event.kind == EVENT_STEP_TAKEN && event.body.step_taken.request == one;
        const bool clear =
            event.kind == EVENT_STEP_REQUESTED || event.kind == EVENT_STEP_APPROVED || taken;
        if (!clear && event.kind != EVENT_STEP_REFUSED) {
            continue;
        }
        const struct asked asked = {.has_on = true,
                                    .on = event.effective_on,
                                    .has_known_at = true,
                                    .known_at = event.recorded_at};
        const char *person = event.subject == first.id ? first.reference : second.reference;
        judged++;
        assert_int_equal(explained(office, person, &asked),
                         clear ? CLEARANCE_CLEAR : CLEARANCE_BARRED);
    }
    assert_int_equal(judged, 8); /* two asked for, three approvals, one taken, two refused */
}

struct screened {
    struct office *office;
    size_t count;
    size_t clear;
    char references[8][REFERENCE_SIZE];
    enum clearance clearances[8];
};

static result note_line(void *context, const struct screen_line *line, struct err *err)
{
    struct screened *screened = context;
    (void)err;
    snprintf(screened->references[screened->count], REFERENCE_SIZE, "%.*s",
             STR_ARG(line->person->reference));
    screened->clearances[screened->count++] = line->clearance;
    screened->clear += line->clearance == CLEARANCE_CLEAR ? 1 : 0;
    return result_ok();
}

/* Aim: everybody at once and one by one give the same: the one who holds the last place is clear,
 * the others are not. */
static void test_screening(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct screened screened = {.office = office};
    struct screen_totals totals;
    set_cap(office, "1");
    const struct somebody holder = office_ready(office, "PersonOne Samplealpha");
    office_ready(office, "PersonTwo Samplebeta");
    office_ready(office, "PersonThree Samplegamma");
    office_transfer(office, &holder, HUB_NORTH, 2);
    const struct caller caller = office_caller(office, CLERK);
    assert_true(casework_screen(&office->casework, &caller, STR("transfer"), STR(HUB_NORTH), NULL,
                                note_line, &screened, &totals, &err)
                    .ok);
    assert_int_equal(screened.count, 3);
    assert_int_equal(screened.clear, 1);
    for (size_t i = 0; i < screened.count; i++) {
        assert_int_equal(explained(office, screened.references[i], NULL), screened.clearances[i]);
        assert_int_equal(screened.clearances[i] == CLEARANCE_CLEAR,
                         strcmp(screened.references[i], holder.reference) == 0);
    }
}

/* --- the partner answers ---------------------------------------------------------------------- */

/* Aim: how long the partner took to accept each person, and how many it declined. */
static void test_acceptances(void **state)
{
    struct office *office = *state;
    int64_t entries[4];
    for (int i = 0; i < 4; i++) {
        const struct somebody person = office_ready(office, "PersonOne Samplealpha");
        const struct caller caller = office_caller(office, CLERK);
        struct new_entry wanted = {.kind = STR("acceptance"),
                                   .about = str_from_c(person.reference),
                                   .due_on = {.known = true, .day = {OFFICE_DAY + 14}},
                                   .due_reason = STR("the agreement")};
        assert_int_equal(book_open_with(office, &caller, wanted, NO_FIELDS).err.code,
                         ERROR_INPUT); /* under which agreement? */
        wanted.hub = STR(HUB_NORTH);
        const struct caller again = office_caller(office, CLERK);
        entries[i] = book_open_with(office, &again, wanted, NO_FIELDS).entry;
    }
    const char *const outcomes[] = {"accepted", "declined", "no_answer"};
    const int days[] = {3, 4, 10};
    for (int i = 0; i < 3; i++) {
        office_move_days(office, days[i]);
        assert_true(book_change(office, CLERK, entries[i], ENTRY_WISH_ANSWER, "",
                                FIELDS({"outcome", outcomes[i]}))
                        .ok);
    }
    const struct acceptance_counts counts = life_of(office).acceptances;
    assert_int_equal(counts.asked, 4);
    assert_int_equal(counts.accepted, 1);
    assert_int_equal(counts.declined, 1);
    assert_int_equal(counts.unanswered, 1);
    assert_int_equal(counts.waiting, 1);
    assert_int_equal(counts.days, 3 + 7);
    assert_int_equal(counts.longest_days, 7);
}

/* --- confidential ----------------------------------------------------------------------------- */

/* Aim: whoever may not see a confidential agreement is told what is told of none, in the list, on
 * its page, and for its entries; announced, it is there. */
static void test_confidential(void **state)
{
    struct office *office = *state;
    struct err hidden = {0};
    struct err absent = {0};
    const struct agreement_life *lives = NULL;
    struct agreement_life life;
    size_t seen = 0;
    size_t all = 0;
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller senior = office_caller(office, SENIOR);
    open_new(office, "AGR-TALKS", true);
    arena_reset(&office->work);
    assert_true(
        casework_agreement_lives(&office->casework, &clerk, &office->work, &lives, &seen, &hidden)
            .ok);
    for (size_t i = 0; i < seen; i++) {
        assert_false(lives[i].line.row.confidential);
    }
    assert_true(
        casework_agreement_lives(&office->casework, &senior, &office->work, &lives, &all, &hidden)
            .ok);
    assert_int_equal(all, seen + 2); /* this one and the office's own */
    assert_false(casework_agreement_life(&office->casework, &clerk, STR("AGR-TALKS"), &office->work,
                                         &life, &hidden)
                     .ok);
    assert_false(casework_agreement_life(&office->casework, &clerk, STR("AGR-TALKX"), &office->work,
                                         &life, &absent)
                     .ok);
    assert_int_equal(hidden.code, absent.code);
    const size_t differs = strlen("There is no agreement AGR-TALK");
    assert_memory_equal(hidden.what, absent.what, differs);
    assert_string_equal(hidden.what + differs + 1, absent.what + differs + 1);
    /* An entry at a hub under it gives nothing away either. */
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct caller asks = office_caller(office, CLERK);
    const struct new_entry wanted = {.kind = STR("acceptance"),
                                     .about = str_from_c(person.reference),
                                     .hub = STR(HUB_SECRET),
                                     .due_on = {.known = true, .day = {OFFICE_DAY}},
                                     .due_reason = STR("x")};
    assert_int_equal(book_open_with(office, &asks, wanted, NO_FIELDS).err.code, ERROR_NOT_FOUND);
    const struct caller knows = office_caller(office, SENIOR);
    assert_true(book_open_with(office, &knows, wanted, NO_FIELDS).ok);
    assert_int_equal(book_count(office, CLERK, (struct book_query){.limit = 0}), 0);
    assert_int_equal(book_count(office, SENIOR, (struct book_query){.limit = 0}), 1);
    const struct caller announces = office_caller(office, SENIOR);
    assert_true(casework_announce_agreement(&office->casework, &announces, STR("AGR-TALKS"),
                                            STR("a press conference"), &office->work, &hidden)
                    .ok);
    assert_true(casework_agreement_life(&office->casework, &clerk, STR("AGR-TALKS"), &office->work,
                                        &life, &hidden)
                    .ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_moves, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cap_lowered, setup, teardown),
        cmocka_unit_test_setup_teardown(test_month, setup, teardown),
        cmocka_unit_test_setup_teardown(test_together, setup, teardown),
        cmocka_unit_test_setup_teardown(test_past, setup, teardown),
        cmocka_unit_test_setup_teardown(test_screening, setup, teardown),
        cmocka_unit_test_setup_teardown(test_acceptances, setup, teardown),
        cmocka_unit_test_setup_teardown(test_confidential, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
