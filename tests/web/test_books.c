/* Aim: the books are kept from their pages alone, in the browser and by a program: opened with what
 * the kind asks for, answered, appealed, closed, by those who may; due by the clock of the
 * rulebook; a duty stands with what it follows from; what belongs to another hub does not exist.
 * Expected: register/entry.def, the clocks of tests/casework/rules_of_books. */
#include "desk.h"

#include "../casework/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct cast {
    struct desk desk;
    struct somebody person;
};

static int setup(void **state)
{
    static struct cast cast;
    const enum account_name accounts[] = {CLERK,          OFFICER,        SENIOR,
                                          OPERATOR_NORTH, OPERATOR_SOUTH, MONITOR_NORTH,
                                          ADMINISTRATOR,  ACCOUNT_NAMES};
    desk_open_with(&cast.desk, book_office_open, accounts);
    cast.person = office_register(&cast.desk.office, "PersonOne Samplealpha");
    *state = &cast;
    return 0;
}

static const char *entry_path(struct desk *desk, const struct reply *opened, const char *rest)
{
    const str location = str_cut(reply_header(opened, "Location"), '?').head;
    assert_true(str_starts(location, STR("/entries/")));
    return arena_format(&desk->arena, "%.*s%s", STR_ARG(location), rest).at;
}

static struct reply complain(struct cast *cast)
{
    const char *form = arena_format(&cast->desk.arena,
                                    "subject=%s&hub=%s&made_by=the_person&about=health_care&"
                                    "description=No+doctor+came",
                                    cast->person.reference, HUB_NORTH)
                           .at;
    return desk_send_checked(&cast->desk, OPERATOR_NORTH, "/books/new/complaint", form);
}

static void a_complaint_to_its_end(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const char *form = arena_format(&desk->arena,
                                    "subject=%s&hub=%s&made_by=the_person&about=health_care&"
                                    "description=No+doctor+came",
                                    cast->person.reference, HUB_NORTH)
                           .at;
    const struct reply opened = desk_send_checked(desk, CLERK, "/books/new/complaint", form);
    assert_status(opened, 303);
    const char *entry = entry_path(desk, &opened, "");
    const struct reply page = desk_page(desk, CLERK, entry);
    assert_true(reply_says(&page, "No doctor came") && reply_says(&page, "Health care"));
    assert_true(reply_says(&page, "Answer it"));
    assert_false(reply_says(&page, "Close it"));
    assert_status(desk_page(desk, MONITOR_NORTH, entry_path(desk, &opened, "/closed")), 404);
    const struct reply given_up = desk_page(desk, CLERK, entry_path(desk, &opened, "/given_up"));
    assert_status(given_up, 200);
    assert_false(reply_says(&given_up, "Why the answer is not accepted")); /* there is none yet */
    const char *answered = entry_path(desk, &opened, "/answered");
    const struct reply empty = desk_form(desk, CLERK, answered, "");
    assert_status(empty, 422);
    assert_true(reply_says(&empty, "This must be answered"));
    assert_status(desk_page(desk, OPERATOR_NORTH, answered), 403);
    assert_status(desk_send_checked(desk, CLERK, answered, "outcome=not_upheld&answer=One+came"),
                  303);
    const char *appealed = entry_path(desk, &opened, "/appealed");
    const struct reply appeal = desk_page(desk, CLERK, appealed);
    assert_true(reply_says(&appeal, "Why the answer is not accepted"));
    assert_status(desk_send_checked(desk, CLERK, appealed, "appeal=Nobody+came"), 303);
    assert_status(desk_send_checked(desk, MONITOR_NORTH, entry_path(desk, &opened, "/decided"),
                                    "outcome=upheld&answer=Nobody+came"),
                  303);
    assert_status(desk_send_checked(desk, SENIOR, entry_path(desk, &opened, "/closed"), "why="),
                  303);
    const struct reply closed = desk_get(desk, SENIOR, entry);
    json_auto_t *whole = reply_json(&closed);
    assert_true(json_is_true(json_object_get(whole, "closed")));
    assert_int_equal(json_array_size(json_object_get(whole, "writings")), 5);
    const struct reply ended = desk_page(desk, SENIOR, entry);
    assert_false(reply_says(&ended, "Write more in it"));
}

/* Whom a complaint is about is told why, on the page and by a program, and finds it nowhere. */
static void nobody_answers_a_complaint_about_themselves(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const char *form = arena_format(&desk->arena,
                                    "subject=%s&made_by=the_person&about=conduct_of_staff&"
                                    "description=Shouted+at+me&against=clerk",
                                    cast->person.reference)
                           .at;
    const struct reply own = desk_send_checked(desk, CLERK, "/books/new/complaint", form);
    assert_status(own, 303);
    assert_true(str_starts(reply_header(&own, "Location"), STR("/books?")));
    const struct reply list = desk_get(desk, SENIOR, "/books");
    json_auto_t *books = reply_json(&list);
    const json_t *line = json_array_get(json_object_get(books, "entries"), 0);
    const long long entry = json_integer_value(json_object_get(line, "entry"));
    const char *address = arena_format(&desk->arena, "/entries/%lld", entry).at;
    const char *answered = arena_format(&desk->arena, "/entries/%lld/answered", entry).at;
    const char *answer = "{\"outcome\":\"not_upheld\",\"answer\":\"I did not\"}";
    const struct reply replies[] = {
        desk_page(desk, CLERK, address),
        desk_get(desk, CLERK, address),
        desk_page(desk, CLERK, answered),
        desk_post(desk, CLERK, answered, answer),
        desk_form(desk, CLERK, answered, "outcome=not_upheld&answer=I+did+not"),
    };
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        assert_status(replies[i], 403);
        assert_true(reply_says(&replies[i], "A complaint is about this account"));
        assert_false(reply_says(&replies[i], cast->person.reference));
        assert_false(reply_says(&replies[i], "Shouted"));
    }
    const struct reply none = desk_page(desk, CLERK, "/books?show=all");
    assert_false(reply_says(&none, cast->person.reference));
    const char *record = arena_format(&desk->arena, "/people/%s", cast->person.reference).at;
    const struct reply person = desk_page(desk, CLERK, record);
    assert_false(reply_says(&person, "Opened in the books"));
    const struct reply told = desk_page(desk, SENIOR, address);
    assert_true(reply_says(&told, "Complains of") && reply_says(&told, "(clerk)"));
    const struct reply whole = desk_get(desk, SENIOR, address);
    json_auto_t *resource = reply_json(&whole);
    const json_t *named = json_array_get(json_object_get(resource, "against"), 0);
    assert_string_equal(json_string_value(json_object_get(named, "username")), "clerk");
    /* A name is taken back by whoever may close it, who can write nothing else in it. */
    const char *naming = arena_format(&desk->arena, "/entries/%lld/naming", entry).at;
    assert_true(reply_says(&told, "Say whom it is about"));
    assert_status(desk_post(desk, SENIOR, naming, "{\"against\":\"-\",\"why\":\"\"}"), 422);
    assert_status(desk_send_checked(desk, SENIOR, naming, "against=-&why=It+was+a+visitor"), 303);
    const struct reply seen = desk_page(desk, CLERK, address);
    assert_true(reply_says(&seen, "Shouted"));
    assert_false(reply_says(&seen, "Say whom it is about"));
    assert_status(desk_post(desk, SENIOR, answered, answer), 200);
}

static void due_by_the_clock_of_the_rulebook(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const char *json =
        arena_format(&desk->arena,
                     "{\"subject\":\"%s\",\"made_by\":\"relative\",\"about\":\"other\","
                     "\"description\":\"late\",\"due_on\":\"2027-06-30\",\"due_reason\":\"busy\"}",
                     cast->person.reference)
            .at;
    const struct reply later = desk_post(desk, CLERK, "/books/new/complaint", json);
    assert_status(later, 422);
    assert_true(reply_says(&later, "rulebook"));
    json = arena_format(&desk->arena,
                        "{\"subject\":\"%s\",\"made_by\":\"relative\",\"about\":\"other\","
                        "\"description\":\"late\"}",
                        cast->person.reference)
               .at;
    const struct reply made = desk_post(desk, CLERK, "/books/new/complaint", json);
    assert_status(made, 201);
    json_auto_t *entry = reply_json(&made);
    const char *due = json_string_value(json_object_get(json_object_get(entry, "due_on"), "value"));
    assert_true(strcmp(due, "2026-06-30") > 0);
    office_move_days(&desk->office, 60);
    desk_sign_in(desk, CLERK);
    const struct reply list = desk_page(desk, CLERK, "/books?show=overdue");
    assert_status(list, 200);
    assert_true(reply_says(&list, "Overdue"));
    assert_true(reply_says(&list, cast->person.reference));
    assert_true(reply_says(&list, "PersonOne Samplealpha"));
    /* And on the page of the day of whoever can answer it, with its day and a link. */
    const struct reply today = desk_page(desk, CLERK, "/today");
    assert_true(reply_says(&today, "1 entry that you can answer is overdue"));
    const long long number = json_integer_value(json_object_get(entry, "entry"));
    const char *link = arena_format(&desk->arena, "href=\"/entries/%lld\"", number).at;
    assert_true(reply_says(&today, link) && reply_says(&today, "/books?show=overdue"));
    const struct reply told = desk_get(desk, CLERK, "/today");
    json_auto_t *work = reply_json(&told);
    const json_t *books = json_object_get(work, "books");
    assert_int_equal(json_integer_value(json_object_get(books, "overdue")), 1);
    const json_t *first = json_array_get(json_object_get(books, "entries"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "entry")), number);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(first, "due_on"), "value")), due);
    desk_sign_in(desk, OFFICER);
    const struct reply nothing = desk_page(desk, OFFICER, "/today");
    assert_false(reply_says(&nothing, "Overdue in the books"));
    const struct reply none = desk_get(desk, CLERK, "/books?kind=visit");
    json_auto_t *visits = reply_json(&none);
    assert_int_equal(json_array_size(json_object_get(visits, "entries")), 0);
    assert_status(desk_get(desk, CLERK, "/books?kind=nonsense"), 422);
}

static void the_monitor_finds_and_the_hub_answers(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const struct reply found = desk_send_checked(
        desk, MONITOR_NORTH, "/books/new/finding",
        "subject=" HUB_NORTH "&severity=serious&description=Locked+doors&due_on-day=30&"
        "due_on-month=7&due_on-year=2026&due_reason=asked");
    assert_status(found, 303);
    const struct reply list = desk_page(desk, OPERATOR_NORTH, "/books");
    assert_true(reply_says(&list, "Serious"));
    assert_status(desk_page(desk, OPERATOR_NORTH, "/books/new/finding"), 403);
    assert_status(desk_send_checked(desk, OPERATOR_NORTH, entry_path(desk, &found, "/answered"),
                                    "answer=Opened"),
                  303);
    assert_status(desk_page(desk, OPERATOR_NORTH, entry_path(desk, &found, "/closed")), 403);
    assert_status(desk_send_checked(desk, MONITOR_NORTH, entry_path(desk, &found, "/reopened"),
                                    "due_on-day=30&due_on-month=7&due_on-year=2026&"
                                    "due_reason=still+locked"),
                  303);
    /* Told apart by nothing but the number that was asked for. */
    const str path = str_from_c(entry_path(desk, &found, ""));
    static const char *const rests[] = {"", "/answered", "/closed", "/nothing"};
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        const struct reply hidden = desk_get(
            desk, OPERATOR_SOUTH, arena_format(&desk->arena, "%.*s%s", STR_ARG(path), rests[i]).at);
        const struct reply absent =
            desk_get(desk, OPERATOR_SOUTH,
                     arena_format(&desk->arena, "/entries/%.*s%s", (int)(path.len - 9), "999999999",
                                  rests[i])
                         .at);
        assert_status(hidden, 404);
        assert_status(absent, 404);
        assert_int_equal(hidden.body.len, absent.body.len);
    }
    const struct reply south = desk_page(desk, OPERATOR_SOUTH, "/books?show=all");
    assert_false(reply_says(&south, "Locked"));
    assert_false(reply_says(&south, "/entries/"));
}

static void each_opens_what_they_may(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const struct reply monitor = desk_page(desk, MONITOR_NORTH, "/books/new");
    assert_true(reply_says(&monitor, "/books/new/visit"));
    assert_false(reply_says(&monitor, "/books/new/incident"));
    const struct reply operator_page = desk_page(desk, OPERATOR_NORTH, "/books/new");
    assert_true(reply_says(&operator_page, "/books/new/incident"));
    assert_false(reply_says(&operator_page, "/books/new/visit"));
    assert_status(desk_page(desk, OFFICER, "/books/new"), 403);
    assert_status(desk_page(desk, ADMINISTRATOR, "/books"), 403);
    assert_status(desk_page(desk, CLERK, "/books/new/nonsense"), 404);
    /* Whom an account may not see, it writes nothing about. */
    const struct reply hidden = complain(cast);
    assert_status(hidden, 404);
    assert_true(reply_says(&hidden, "Nothing is on record by the reference"));
}

static const char *person_path(struct cast *cast, const char *rest)
{
    return arena_format(&cast->desk.arena, "/people/%s%s", cast->person.reference, rest).at;
}

static size_t foretold_count(struct cast *cast)
{
    const struct reply reply = desk_get(&cast->desk, CLERK, person_path(cast, ""));
    json_auto_t *person = reply_json(&reply);
    return json_array_size(json_object_get(person, "foretold"));
}

/* The entry by which the step is held, as a program reads it; 0 for none. */
static json_int_t held_by(struct cast *cast, const char *step)
{
    const struct reply reply = desk_get(&cast->desk, CLERK, person_path(cast, ""));
    json_auto_t *person = reply_json(&reply);
    size_t index;
    json_t *next;
    json_array_foreach(json_object_get(person, "next_steps"), index, next)
    {
        if (strcmp(json_string_value(json_object_get(next, "step")), step) == 0) {
            const json_t *entry = json_object_get(next, "held_by");
            assert_true(entry == NULL || json_integer_value(entry) > 0);
            return json_integer_value(entry);
        }
    }
    fail_msg("no step %s leads on", step);
    return 0;
}

static bool offers(struct cast *cast, const struct reply *page, const char *step)
{
    const char *rest = arena_format(&cast->desk.arena, "/steps/%s/confirm\"", step).at;
    return reply_says(page, person_path(cast, rest));
}

/* An entry that is in the way of steps is told where the next steps are, with what to do about it:
 * for as long as it is in the way. */
static void what_is_foretold_is_told_beside_the_next_steps(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const struct reply before = desk_page(desk, CLERK, person_path(cast, ""));
    assert_false(reply_says(&before, "In the books stands"));
    assert_false(reply_says(&before, "Held by an entry"));
    assert_true(offers(cast, &before, "exhaust"));
    assert_int_equal(held_by(cast, "exhaust"), 0);
    assert_int_equal(foretold_count(cast), 0);
    const char *form = arena_format(&desk->arena, "subject=%s", cast->person.reference).at;
    const struct reply opened = desk_send_checked(desk, CLERK, "/books/new/death", form);
    assert_status(opened, 303);
    const char *entry = entry_path(desk, &opened, "");
    const struct reply page = desk_page(desk, CLERK, person_path(cast, ""));
    assert_true(reply_says(&page, "In the books stands"));
    assert_true(reply_says(&page, "no other step is asked for"));
    assert_true(reply_says(&page, arena_format(&desk->arena, "href=\"%s\"", entry).at));
    assert_true(reply_says(&page, person_path(cast, "/steps/die\"")));
    /* What it holds is not offered; what it foretells is. */
    assert_true(reply_says(&page, "Held by an entry in the books"));
    assert_false(offers(cast, &page, "exhaust"));
    assert_true(offers(cast, &page, "die"));
    assert_string_equal(
        arena_format(&desk->arena, "/entries/%lld", (long long)held_by(cast, "exhaust")).at, entry);
    assert_int_equal(held_by(cast, "die"), 0);
    const struct outcome refused =
        office_ask_for(&desk->office, CLERK, &cast->person, "exhaust", "");
    assert_false(refused.ok);
    const struct reply reply = desk_get(desk, CLERK, person_path(cast, ""));
    json_auto_t *person = reply_json(&reply);
    const json_t *foretold = json_array_get(json_object_get(person, "foretold"), 0);
    assert_string_equal(json_string_value(json_object_get(foretold, "step")), "die");
    assert_true(json_is_true(json_object_get(foretold, "in_sight")));
    /* What is not so happened nowhere; what is so did. */
    const char *answered = entry_path(desk, &opened, "/answered");
    const struct reply asks = desk_page(desk, CLERK, answered);
    assert_true(reply_says(&asks, "Leave it out where the outcome says that it is not so"));
    const struct reply nowhere =
        desk_form(desk, CLERK, answered, "outcome=natural&answer=x&answers=checked");
    assert_status(nowhere, 422);
    assert_true(reply_says(&nowhere, "It is not said: Where"));
    assert_status(
        desk_send_checked(desk, CLERK, answered, "outcome=made_in_error&answer=somebody+else"),
        303);
    assert_int_equal(foretold_count(cast), 0);
    assert_int_equal(held_by(cast, "exhaust"), 0);
    /* Where the case goes on, only what needs approval waits. */
    const struct outcome exhausted =
        office_ask_for(&desk->office, CLERK, &cast->person, "exhaust", "");
    assert_true(exhausted.ok && !exhausted.refused);
    const struct reply missing = desk_send_checked(desk, CLERK, "/books/new/absconding", form);
    assert_status(missing, 303);
    const struct reply held = desk_page(desk, CLERK, person_path(cast, ""));
    assert_true(reply_says(&held, "no step that needs approval is asked for"));
    assert_false(reply_says(&held, "no other step is asked for"));
    assert_true(held_by(cast, "transfer") > 0);
    assert_int_equal(held_by(cast, "lose_contact"), 0);
    assert_int_equal(held_by(cast, "die"), 0);
    assert_true(offers(cast, &held, "lose_contact"));
}

/* That an entry is opened is recorded by steps: no form offers it, and whoever sends it all the
 * same is told what to do instead. */
static void no_form_offers_what_steps_say(void **state)
{
    struct cast *cast = *state;
    struct desk *desk = &cast->desk;
    const struct reply form = desk_page(desk, CLERK, person_path(cast, "/facts?section=Facts"));
    assert_status(form, 200);
    assert_true(reply_says(&form, "person.held"));
    assert_false(reply_says(&form, "entry.opens"));
    const struct reply sent =
        desk_post(desk, CLERK, person_path(cast, "/facts"),
                  "{\"facts\":[{\"fact\":\"entry.opens\",\"value\":\"death\"}]}");
    assert_status(sent, 422);
    assert_true(reply_says(&sent, "open an entry in the books instead"));
    const struct reply typed = desk_form(desk, CLERK, person_path(cast, "/facts"),
                                         "entry.opens=death&true_from-day=30&true_from-month=6&"
                                         "true_from-year=2026");
    assert_status(typed, 422);
    assert_true(reply_says(&typed, "open an entry in the books instead"));
}

/* One desk for both: to sign everybody in takes longer than all that they do. */
static void what_steps_say(void **state)
{
    what_is_foretold_is_told_beside_the_next_steps(state);
    no_form_offers_what_steps_say(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_complaint_to_its_end, setup, desk_end),
        cmocka_unit_test_setup_teardown(nobody_answers_a_complaint_about_themselves, setup,
                                        desk_end),
        cmocka_unit_test_setup_teardown(due_by_the_clock_of_the_rulebook, setup, desk_end),
        cmocka_unit_test_setup_teardown(the_monitor_finds_and_the_hub_answers, setup, desk_end),
        cmocka_unit_test_setup_teardown(each_opens_what_they_may, setup, desk_end),
        cmocka_unit_test_setup_teardown(what_steps_say, setup, desk_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
