/* Aim: what a page shows is what is on record: the person's page, the list and its search, the work
 * of the day, a hub, an agreement, a request, a screening. */
#include "office.h"

#include "casework/history.h"
#include "casework/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

static struct person_answer page_of(struct office *office, enum account_name account,
                                    const struct somebody *person)
{
    struct err err = {0};
    struct person_answer answer = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done = casework_person(&office->casework, &caller, str_from_c(person->reference),
                                        NULL, &office->work, &answer, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    return answer;
}

/* What of the whole history, read page by page, says when the person came into a stage: the
 * person's page finds it by the course, and tells as much. */
static void expect_passages(struct office *office, enum account_name account,
                            const struct somebody *person, size_t least)
{
    enum { MOST = 64 };
    struct err err = {0};
    struct history_answer history = {.next_before = 0};
    int64_t expected[MOST];
    size_t count = 0;
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    do {
        const struct history_query query = {
            .topics = HISTORY_ALL_TOPICS, .limit = 3, .before = history.next_before};
        assert_true(casework_history(&office->casework, &caller, str_from_c(person->reference),
                                     &(struct asked){0}, &query, &office->work, &history, &err)
                        .ok);
        for (size_t i = 0; i < history.count; i++) {
            const struct event *event = &history.lines[i].event;
            if (event->kind == EVENT_STEP_TAKEN || event->kind == EVENT_PERSON_REGISTERED) {
                assert_in_range(count, 0, MOST - 1);
                expected[count++] = event->position;
            }
        }
    } while (history.next_before != 0);
    const struct person_answer answer = page_of(office, account, person);
    assert_int_equal(answer.passage_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(answer.passages[i].position, expected[i]);
    }
    assert_in_range(count, least, MOST);
}

static const struct next_step *next_step(const struct office *office,
                                         const struct person_answer *answer, const char *step,
                                         int64_t hub)
{
    for (size_t i = 0; i < answer->next_step_count; i++) {
        const struct next_step *next = &answer->next_steps[i];
        if (str_equal(office->casework.rulebook->steps[next->step].name, str_from_c(step)) &&
            next->hub.id == hub) {
            return next;
        }
    }
    return NULL;
}

/* Aim: the page has the name, every fact with its source and who recorded it, each way out of the
 * stage with its verdict, at each hub; the clocks, the requests, the family, the history. */
static void test_person_page(void **state)
{
    struct office *office = *state;
    const struct rulebook *rulebook = office->casework.rulebook;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct somebody sister = office_register(office, "PersonThree Samplealpha");
    assert_true(office_join(office, OFFICER, &person, &sister).ok);
    assert_true(office_record(office, OFFICER, sister.reference, "order.injunction", "none").ok);
    assert_true(office_record(office, SENIOR, HUB_SOUTH, "hub.monitor_appointed", "no").ok);
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 1);
    const struct person_answer answer = page_of(office, CLERK, &person);
    assert_true(str_equal(answer.view.identity.name, STR("PersonOne Samplealpha")));
    const uint32_t injunction = rulebook_fact(rulebook, STR("order.injunction"));
    assert_true(answer.view.facts[injunction].value.known);
    assert_true(str_equal(answer.view.facts[injunction].row->source, STR("court list")));
    assert_true(str_equal(answer.view.facts[injunction].actor, STR("clerk")));
    const uint32_t remarks = rulebook_fact(rulebook, STR("person.remarks"));
    assert_false(answer.view.facts[remarks].value.known);
    assert_null(answer.view.facts[remarks].row);
    /* From "exhausted" lead: removal, two transfers at two hubs in sight, lose_contact. */
    assert_int_equal(answer.next_step_count, 6);
    assert_int_equal(next_step(office, &answer, "removal", 0)->clearance, CLEARANCE_CLEAR);
    assert_int_equal(next_step(office, &answer, "transfer", office->hub_north)->clearance,
                     CLEARANCE_CLEAR);
    const struct next_step *south = next_step(office, &answer, "transfer", office->hub_south);
    assert_int_equal(south->clearance, CLEARANCE_BARRED);
    size_t barred = 0;
    for (size_t i = 0; i < rulebook->steps[south->step].safeguard_count; i++) {
        barred += south->each[i] == CLEARANCE_BARRED ? 1 : 0;
    }
    assert_int_equal(barred, 1);
    assert_non_null(next_step(office, &answer, "emergency_transfer", office->hub_south));
    assert_non_null(next_step(office, &answer, "lose_contact", 0));
    assert_null(next_step(office, &answer, "transfer", office->hub_secret));
    assert_int_equal(answer.clock_count, 2);
    assert_int_equal(answer.clocks[0].answer.state, CLOCK_EXPIRED);
    assert_int_equal(answer.clocks[1].answer.state, CLOCK_RUNNING);
    assert_int_equal(answer.request_count, 1);
    assert_int_equal(answer.requests[0].id, request);
    assert_int_equal(answer.family_count, 1);
    assert_int_equal(answer.family[0].id, sister.id);
    assert_true(str_equal(answer.family_identities[0].name, STR("PersonThree Samplealpha")));
    assert_int_equal(answer.history[0].event.kind, EVENT_STEP_APPROVED);
    assert_true(str_equal(answer.history[0].actor, STR("officer")));
    /* The latest of it; and when the person came into a stage, however long ago. */
    assert_int_equal(answer.history_count, HISTORY_LATEST);
    assert_true(answer.history_more);
    assert_int_equal(answer.passages[0].kind, EVENT_STEP_TAKEN);
    assert_int_equal(answer.passages[answer.passage_count - 1].kind, EVENT_PERSON_REGISTERED);
    expect_passages(office, CLERK, &person, 2);
    /* The senior officer sees the third hub as well. */
    const struct person_answer more = page_of(office, SENIOR, &person);
    assert_non_null(next_step(office, &more, "transfer", office->hub_secret));
}

/* Aim: somebody at a hub is asked about that hub and no other, and its facts stand on the page. */
static void test_page_at_hub(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonTwo Samplebeta");
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    const struct person_answer answer = page_of(office, OPERATOR_NORTH, &person);
    assert_int_equal(answer.view.hub.id, office->hub_north);
    assert_non_null(next_step(office, &answer, "onward_return", office->hub_north));
    assert_null(next_step(office, &answer, "onward_return", office->hub_south));
    const uint32_t monitored =
        rulebook_fact(office->casework.rulebook, STR("hub.monitor_appointed"));
    const uint32_t agreed = rulebook_fact(office->casework.rulebook, STR("agreement.state"));
    assert_true(answer.view.facts[monitored].value.known);
    /* A hub operator sees no agreement. */
    assert_int_equal(answer.view.agreement.id, 0);
    assert_false(answer.view.facts[agreed].value.known);
    const struct person_answer more = page_of(office, CLERK, &person);
    assert_true(more.view.facts[agreed].value.known);
    /* Also when all of them are older than the lines that are shown. */
    for (int i = 0; i <= HISTORY_LATEST; i++) {
        assert_true(office_record(office, CLERK, person.reference, "person.remarks", "seen").ok);
    }
    expect_passages(office, CLERK, &person, 3);
    expect_passages(office, OPERATOR_NORTH, &person, 3);
}

static size_t search(struct office *office, const char *text, const char *stage, const char *hub,
                     int64_t *ret_first)
{
    struct err err = {0};
    struct people_answer answer = {0};
    const struct caller caller = office_caller(office, CLERK);
    const struct people_query query = {
        .text = str_from_c(text), .stage = str_from_c(stage), .hub = str_from_c(hub), .limit = 100};
    arena_reset(&office->work);
    const result done =
        casework_people(&office->casework, &caller, &query, &office->work, &answer, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    *ret_first = answer.count > 0 ? answer.lines[0].row.id : 0;
    return answer.count;
}

/* Aim: a name is found by any part of it, in any case of A to Z, with accents as they are written;
 * a reference in any spelling that can be read; stage and hub narrow it down. */
static void test_search(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "\xc3\x8arik  O'Hara-\xc3\x87"
                                                           "ela");
    const struct somebody other = office_ready(office, "PersonThirtyone Samplemu");
    int64_t first = 0;
    assert_int_equal(search(office, "o'hara", "", "", &first), 1);
    assert_int_equal(first, person.id);
    assert_int_equal(search(office,
                            "\xc3\x87"
                            "ELA",
                            "", "", &first),
                     1);
    assert_int_equal(search(office, "lEM", "", "", &first), 1);
    assert_int_equal(first, other.id);
    assert_int_equal(search(office, "nobody", "", "", &first), 0);
    assert_int_equal(search(office, "", "", "", &first), 2);
    assert_int_equal(search(office, "", "exhausted", "", &first), 1);
    assert_int_equal(search(office, "", "lost", "", &first), 0);
    char typed[REFERENCE_SIZE];
    for (size_t i = 0; i < REFERENCE_SIZE; i++) {
        const char c = person.reference[i];
        typed[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    assert_int_equal(search(office, typed, "", "", &first), 1);
    assert_int_equal(first, person.id);
    assert_int_equal(search(office, typed, "exhausted", "", &first), 0);
    office_transfer(office, &other, HUB_NORTH, 0);
    assert_int_equal(search(office, "", "", HUB_NORTH, &first), 1);
    assert_int_equal(search(office, "", "", HUB_SOUTH, &first), 0);
}

/* Aim: a name in another script is found by its Latin letters, another name and a reference find
 * whom they belong to, and a slip of the pen finds those who are called alike when nobody is called
 * so. */
static void test_search_alike(void **state)
{
    struct office *office = *state;
    const struct somebody cyrillic =
        office_register(office, "\xd0\x97\xd0\xb0\xd1\x85\xd0\xb0\xd1\x80 "
                                "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80\xd0\xbe\xd0\xb2");
    const struct somebody latin = office_register(office, "Muhammad Samplehussain");
    office_register(office, "Synthetic Person 0002");
    const struct identifier_entry entries[] = {
        {.scheme = STR("home_office"), .value = STR("X 123-456")},
        {.scheme = STR("other_name"), .value = STR("Ilse Beispiel")},
    };
    for (size_t i = 0; i < 2; i++) {
        struct err err = {0};
        struct identifier_answer answer;
        const struct caller caller = office_caller(office, CLERK);
        assert_true(casework_record_identifier(&office->casework, &caller,
                                               str_from_c(latin.reference), &entries[i],
                                               &office->work, &answer, &err)
                        .ok);
    }
    const struct {
        const char *text;
        int64_t person; /* 0: nobody */
    } rows[] = {
        {"zakhar", cyrillic.id},
        {"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80\xd0\xbe\xd0\xb2", cyrillic.id},
        {"x123456", latin.id},
        {"beispiel ilse", latin.id},
        {"Mohammed", latin.id},      /* the same consonants */
        {"Samplehusain", latin.id},  /* a letter less */
        {"Smaplehussain", latin.id}, /* two exchanged */
        {"Primreov Zahra", cyrillic.id},
        {"Samplehoward", 0},
        {"Person 0003", 0}, /* numbers are not alike */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t first = 0;
        const size_t count = search(office, rows[i].text, "", "", &first);
        if (first != rows[i].person) {
            print_error("%s\n", rows[i].text);
        }
        assert_int_equal(first, rows[i].person);
        assert_int_equal(count, rows[i].person == 0 ? 0 : 1);
    }
}

/* Aim: pages follow one another without a gap or a double, also when the search leaves people out.
 */
static void test_paging(void **state)
{
    struct office *office = *state;
    for (int i = 0; i < 25; i++) {
        office_register(office, i % 2 == 0 ? "PersonTwelve Even" : "PersonNineteen Odd");
    }
    for (size_t limit = 1; limit <= 14; limit++) {
        struct err err = {0};
        int64_t after = 0;
        size_t seen = 0;
        do {
            struct people_answer answer = {0};
            const struct caller caller = office_caller(office, CLERK);
            const struct people_query query = {.text = STR("even"),
                                               .stage = STR(""),
                                               .hub = STR(""),
                                               .after_id = after,
                                               .limit = limit};
            arena_reset(&office->work);
            assert_true(
                casework_people(&office->casework, &caller, &query, &office->work, &answer, &err)
                    .ok);
            assert_true(answer.count > 0 && answer.count <= limit);
            assert_true(answer.lines[0].row.id > after);
            assert_true(answer.next_after_id == 0 || answer.count == limit);
            seen += answer.count;
            after = answer.next_after_id;
        } while (after != 0);
        assert_int_equal(seen, 13);
    }
    struct err err = {0};
    struct people_answer answer;
    const struct caller caller = office_caller(office, CLERK);
    const size_t bad[] = {0, 501};
    for (size_t i = 0; i < 2; i++) {
        const struct people_query query = {
            .text = STR(""), .stage = STR(""), .hub = STR(""), .limit = bad[i]};
        assert_false(
            casework_people(&office->casework, &caller, &query, &office->work, &answer, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
    }
}

static struct today_answer today_of(struct office *office, enum account_name account)
{
    struct err err = {0};
    struct today_answer answer = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    assert_true(casework_today(&office->casework, &caller, NULL, &office->work, &answer, &err).ok);
    return answer;
}

/* Aim: a request is somebody's work when it is their turn, and nobody else's. */
static void test_whose_turn(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonFour Sampledelta");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 0);
    assert_true(today_of(office, OFFICER).requests[0].mine_to_approve);
    assert_true(today_of(office, OTHER_OFFICER).requests[0].mine_to_approve);
    assert_false(today_of(office, SENIOR).requests[0].mine_to_approve);
    assert_false(today_of(office, CLERK).requests[0].mine_to_approve);
    assert_true(office_approve(office, OFFICER, request).ok);
    assert_false(today_of(office, OFFICER).requests[0].mine_to_approve);
    assert_true(today_of(office, SENIOR).requests[0].mine_to_approve);
    assert_false(today_of(office, CLERK).requests[0].mine_to_take);
    assert_true(office_approve(office, SENIOR, request).ok);
    const struct today_answer mine = today_of(office, OTHER_CLERK);
    assert_true(mine.requests[0].mine_to_take);
    assert_true(str_equal(mine.requests[0].hub, STR(HUB_NORTH)));
    assert_true(str_equal(mine.requests[0].identity.name, STR("PersonFour Sampledelta")));
    assert_false(today_of(office, SENIOR).requests[0].mine_to_take);
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    const struct today_answer stopped = today_of(office, CLERK);
    assert_int_equal(stopped.request_count, 1);
    assert_int_equal(stopped.requests[0].request.state, REQUEST_STOPPED);
    assert_false(stopped.requests[0].mine_to_take);
    office_move_days(office, 15);
    assert_int_equal(today_of(office, CLERK).request_count, 0);
}

/* Aim: what ends within fourteen days is due, and so is whoever was not seen in time or has no
 * check set: nobody is lost. */
static void test_due(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody seen = office_register(office, "PersonEleven Samplelambda");
    const struct somebody unseen = office_register(office, "PersonTen Samplekappa");
    const date today = office_today(office);
    const struct caller caller = office_caller(office, CLERK);
    const struct known_day next = {.known = true, .day = date_add_days(today, 3)};
    assert_true(casework_confirm_contact(&office->casework, &caller, str_from_c(seen.reference),
                                         today, STR("a visit"), next, &office->work, &err)
                    .ok);
    struct today_answer answer = today_of(office, CLERK);
    assert_int_equal(answer.due_total, 1);
    assert_int_equal(answer.due[0].person.id, unseen.id);
    assert_int_equal(answer.due[0].clock.clock, NOT_FOUND_INDEX);
    /* The refusal was sent today: the time to appeal ends in fourteen days, which is just due. */
    assert_true(office_record(office, CLERK, seen.reference, "decision.sent_on", "2026-06-30").ok);
    answer = today_of(office, CLERK);
    assert_int_equal(answer.due_total, 2);
    assert_int_equal(answer.due[1].person.id, seen.id);
    assert_int_equal(answer.due[1].due.day, today.day + 14);
    /* On the day of the check it is not overdue; on the day after it is. */
    office_move_days(office, 3);
    assert_int_equal(today_of(office, CLERK).due_total, 2);
    office_move_days(office, 1);
    answer = today_of(office, CLERK);
    assert_int_equal(answer.due_total, 3);
    assert_int_equal(answer.due[1].clock.clock, NOT_FOUND_INDEX);
    assert_int_equal(answer.due[1].person.id, seen.id);
    int64_t people = 0;
    for (size_t i = 0; i < answer.stage_count; i++) {
        people += answer.stages[i].people;
    }
    assert_int_equal(people, 2);
}

/* Aim: of many that are due the hundred soonest are shown, in order, and all are counted. */
static void test_due_many(void **state)
{
    struct office *office = *state;
    for (int i = 0; i < 130; i++) {
        office_register(office, "PersonNine Sampleiota");
        office_move_days(office, i % 3 == 0 ? -1 : 0);
    }
    office_move_days(office, 44);
    const struct today_answer answer = today_of(office, CLERK);
    assert_int_equal(answer.due_total, 130);
    assert_int_equal(answer.due_count, 100);
    for (size_t i = 1; i < answer.due_count; i++) {
        assert_true(answer.due[i - 1].due.day <= answer.due[i].due.day);
    }
    /* The clock went back day by day: the last three were registered earliest, and on the same day.
     */
    assert_int_equal(answer.due[0].person.id, 128);
}

struct screened {
    size_t lines;
    int64_t clear_person;
    size_t not_clear;
};

static result count_line(void *context, const struct screen_line *line, struct err *err)
{
    struct screened *screened = context;
    (void)err;
    screened->lines++;
    if (line->clearance == CLEARANCE_CLEAR) {
        screened->clear_person = line->person->id;
    }
    for (size_t i = 0; i < 4; i++) {
        screened->not_clear += line->each[i] != CLEARANCE_CLEAR ? 1 : 0;
    }
    return result_ok();
}

static struct screen_totals screen(struct office *office, const char *step, const char *hub,
                                   const struct asked *asked, struct screened *screened)
{
    struct err err = {0};
    struct screen_totals totals = {0};
    const struct caller caller = office_caller(office, CLERK);
    const result done =
        casework_screen(&office->casework, &caller, str_from_c(step), str_from_c(hub), asked,
                        count_line, screened, &totals, &err);
    if (!done.ok) {
        print_error("%s\n", err.what);
    }
    assert_true(done.ok);
    return totals;
}

/* Aim: a screening judges everybody in a stage that the step leaves, as the person's own page
 * would, now and as of then. */
static void test_screen(void **state)
{
    struct office *office = *state;
    const struct somebody clear = office_ready(office, "PersonEight Sampletheta");
    const struct somebody barred = office_ready(office, "PersonSeven Sampleeta");
    const struct somebody unknown = office_ready(office, "PersonSix Samplezeta");
    const struct somebody cousin = office_ready(office, "PersonThirtythree Samplezeta");
    office_register(office, "Somebody elsewhere in the procedure");
    const instant before = office_event(office, office_events(office)).recorded_at;
    assert_true(office_record(office, CLERK, barred.reference, "order.injunction", "in_force").ok);
    assert_true(office_record(office, CLERK, unknown.reference, "family.complete", "unknown").ok);
    assert_true(office_record(office, CLERK, unknown.reference, "notice.served_on", "unknown").ok);
    assert_true(office_join(office, CLERK, &cousin, &barred).ok);
    struct screened screened = {0};
    struct screen_totals totals = screen(office, "removal", "", NULL, &screened);
    assert_int_equal(totals.people, 4);
    assert_int_equal(totals.clear, 1);
    assert_int_equal(totals.barred, 2); /* the one with the order, and the cousin */
    assert_int_equal(totals.unknown, 1);
    assert_int_equal(screened.lines, 4);
    assert_int_equal(screened.clear_person, clear.id);
    assert_int_equal(screened.not_clear, 4);
    const struct asked then = {.has_known_at = true, .known_at = before};
    screened = (struct screened){0};
    totals = screen(office, "removal", "", &then, &screened);
    assert_int_equal(totals.clear, 4);
    const struct asked coming = {.has_on = true, .on = date_add_days(office_today(office), 31)};
    screened = (struct screened){0};
    totals = screen(office, "removal", "", &coming, &screened);
    assert_int_equal(totals.clear, 0);
}

/* Aim: the place that is held for somebody counts as free for them in a screening, too, and for
 * nobody else; in the past as well. */
static void test_screen_own_place(void **state)
{
    struct office *office = *state;
    struct somebody people[OFFICE_PLACES + 1];
    for (size_t i = 0; i <= OFFICE_PLACES; i++) {
        people[i] = office_ready(office, "PersonSeventeen Sampleomicron");
    }
    for (size_t i = 0; i < OFFICE_PLACES; i++) {
        office_transfer(office, &people[i], HUB_NORTH, 2);
    }
    struct screened screened = {0};
    struct screen_totals totals = screen(office, "transfer", HUB_NORTH, NULL, &screened);
    assert_int_equal(totals.clear, OFFICE_PLACES);
    assert_int_equal(totals.barred, 1);
    const int64_t given = office_event(office, office_events(office)).recorded_at.milliseconds;
    office_move_days(office, 1);
    assert_true(
        office_record(office, CLERK, people[0].reference, "order.injunction", "in_force").ok);
    totals = screen(office, "transfer", HUB_NORTH, NULL, &screened);
    assert_int_equal(totals.clear,
                     OFFICE_PLACES); /* one gave a place back, which is free for the last */
    const struct asked then = {.has_known_at = true, .known_at = {given + 1000}};
    totals = screen(office, "transfer", HUB_NORTH, &then, &screened);
    assert_int_equal(totals.clear, OFFICE_PLACES);
    assert_int_equal(totals.barred, 1);
    struct err err = {0};
    const struct caller caller = office_caller(office, CLERK);
    assert_false(casework_screen(&office->casework, &caller, STR("transfer"), STR(""), NULL,
                                 count_line, &screened, &totals, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_INPUT);
}

/* Aim: a hub's page has its places with who is on them, its facts with the counted ones, and what
 * is asked for. */
static void test_hub_page(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct hub_line line = {0};
    const struct somebody there = office_ready(office, "PersonSixteen Sampleomicron");
    const struct somebody coming = office_ready(office, "PersonFifteen Samplegamma");
    assert_true(office_take(office, CLERK, office_transfer(office, &there, HUB_NORTH, 2)).ok);
    const int64_t request = office_transfer(office, &coming, HUB_NORTH, 2);
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(
        casework_hub(&office->casework, &caller, STR(HUB_NORTH), &office->work, &line, &err).ok);
    assert_int_equal(line.place_count, OFFICE_PLACES);
    assert_int_equal(line.place_rows[0].state, PLACE_OCCUPIED);
    assert_int_equal(line.occupants[0].id, there.id);
    assert_int_equal(line.place_rows[1].state, PLACE_HELD);
    assert_int_equal(line.occupants[1].id, coming.id);
    assert_int_equal(line.occupants[2].id, 0);
    assert_int_equal(line.request_count, 1);
    assert_int_equal(line.requests[0].request.id, request);
    assert_int_equal(line.fact_count, 2);
    assert_int_equal(line.places.free, 1);
    for (size_t i = 0; i < line.fact_count; i++) {
        assert_true(line.facts[i].value.known);
        const struct fact *fact = &office->casework.rulebook->facts[line.facts[i].fact];
        assert_int_equal(line.facts[i].row == NULL, fact->counted);
        assert_true(!fact->counted || line.facts[i].value.number == 1);
    }
    assert_true(str_equal(line.agreement.reference, STR(AGREEMENT)));
    struct agreement_line agreement = {0};
    assert_true(casework_agreement(&office->casework, &caller, STR(AGREEMENT), &office->work,
                                   &agreement, &err)
                    .ok);
    assert_int_equal(agreement.hub_count, 2);
    assert_int_equal(agreement.fact_count, 1);
}

/* Aim: a request's page tells who asked, who approved, and how it would be judged now. */
static void test_request_page(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct request_answer answer = {0};
    const struct somebody person = office_ready(office, "PersonFourteen Samplexi");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(
        casework_request(&office->casework, &caller, request, &office->work, &answer, &err).ok);
    assert_true(str_equal(answer.requested_by, STR("clerk")));
    assert_int_equal(answer.work.request.approval_count, 2);
    assert_true(str_equal(answer.approved_by[0], STR("officer")));
    assert_true(str_equal(answer.approved_by[1], STR("senior")));
    assert_int_equal(answer.work.request.state, REQUEST_STOPPED);
    assert_int_equal(answer.now.explanation.clearance, CLEARANCE_BARRED);
    assert_true(str_equal(answer.now.view.identity.name, STR("PersonFourteen Samplexi")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_person_page, setup, teardown),
        cmocka_unit_test_setup_teardown(test_page_at_hub, setup, teardown),
        cmocka_unit_test_setup_teardown(test_search, setup, teardown),
        cmocka_unit_test_setup_teardown(test_search_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(test_paging, setup, teardown),
        cmocka_unit_test_setup_teardown(test_whose_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_due, setup, teardown),
        cmocka_unit_test_setup_teardown(test_due_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_screen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_screen_own_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hub_page, setup, teardown),
        cmocka_unit_test_setup_teardown(test_request_page, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
