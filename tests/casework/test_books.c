/* Aim: the books. Every kind of entry is opened, answered and closed as the list says and in no
 * other way; what is due is counted by the rulebook and cannot be put off; a serious finding stops
 * a transfer in the same commit; nobody reads the book of another hub. The days come from the rules
 * of tests/casework/rules_of_books, counted by hand. */
#include "book.h"
#include "hub_office.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

#define COMPLAINT                                                                                  \
    FIELDS({"made_by", "the_person"}, {"about", "health_care"},                                    \
           {"description", "no doctor for three days"})
#define FINDING(severity) FIELDS({"severity", severity}, {"description", "no heating"})
#define FORCE                                                                                      \
    FIELDS({"force", "handcuffs"}, {"decided_by", "Officer 7"}, {"reason", "resisted boarding"},   \
           {"started_at", "2026-06-30T08:00:00Z"})

static const struct new_entry finding_due = {.kind = STR_INIT("finding"),
                                             .about = STR_INIT(HUB_NORTH),
                                             .due_on = {.known = true, .day = {20664}},
                                             .due_reason = STR_INIT("a month")};

static struct written open_finding(struct office *office, const char *severity)
{
    const struct caller caller = office_caller(office, MONITOR_NORTH);
    return book_open_with(office, &caller, finding_due, FINDING(severity));
}

/* --- the list --------------------------------------------------------------------------------- */

/* A value that the field takes; the longest way through a kind needs no other. An entry that
 * foretells a step ends, without it, where it is not so. */
static const char *value_for(const struct entry_field *field, char text[60])
{
    str left = field->choices;
    struct str_cut choice = str_cut(left, ' ');
    snprintf(text, 60, "%.*s", STR_ARG(choice.head));
    for (; left.len > 0; left = choice.tail) {
        choice = str_cut(left, ' ');
        if (entry_outcome_is_not_so(field->kind, choice.head)) {
            snprintf(text, 60, "%.*s", STR_ARG(choice.head));
        }
    }
    return field->type == ENTRY_CHOICE      ? text
           : field->type == ENTRY_INSTANT   ? "2026-06-30T08:00:00Z"
           : field->type == ENTRY_REFERENCE ? "MF-1"
                                            : "as it was";
}

static size_t all_fields(enum entry_kind kind, enum entry_needed needed, struct field *list,
                         char texts[ENTRY_FIELDS_MAX][60])
{
    size_t count = 0;
    size_t kept = 0;
    const struct entry_field *fields = entry_fields(&count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == kind && fields[i].needed == needed) {
            list[kept] = (struct field){fields[i].name.at, value_for(&fields[i], texts[kept])};
            kept++;
        }
    }
    list[kept] = (struct field){NULL, NULL};
    return kept;
}

/* Who may do what of the books, by hand. */
static enum account_name opener(enum entry_kind kind)
{
    return kind == ENTRY_VISIT || kind == ENTRY_FINDING ? MONITOR_NORTH : CLERK;
}

static struct new_entry entry_of(enum entry_kind kind, const struct somebody *person)
{
    const bool of_hub = (entry_kind_about(kind) & ENTRY_ABOUT_PERSON) == 0;
    return (struct new_entry){.kind = str_from_c(entry_kind_name(kind)),
                              .about = str_from_c(of_hub ? HUB_NORTH : person->reference),
                              .hub = STR(HUB_NORTH),
                              .due_on = {.known = true, .day = {OFFICE_DAY}},
                              .due_reason = STR("today")};
}

/* Takes the first move that leads on, until none does. */
static void walk_to_the_end(struct office *office, enum entry_kind kind, int64_t entry)
{
    static const enum account_name accounts[] = {CLERK, MONITOR_NORTH, SENIOR};
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&count);
    str state = ENTRY_STATE_OPEN;
    for (size_t i = 0; i < count; i++) {
        if (moves[i].kind != kind || !str_equal(moves[i].from, state)) {
            continue;
        }
        char texts[2][ENTRY_FIELDS_MAX][60];
        struct field fields[ENTRY_FIELDS_MAX + 1];
        const size_t answers = all_fields(kind, ENTRY_NEEDED_TO_ANSWER, fields, texts[0]);
        if (entry_state_ends(kind, moves[i].to)) {
            all_fields(kind, ENTRY_NEEDED_TO_CLOSE, fields + answers, texts[1]);
        }
        size_t allowed = 0;
        for (size_t j = 0; j < 3 && allowed == 0; j++) {
            const struct caller caller = office_caller(office, accounts[j]);
            const struct entry_wanted wanted = {.entry = entry,
                                                .wish = ENTRY_WISH_ANSWER,
                                                .state = moves[i].to,
                                                .due_on = {.known = true, .day = {OFFICE_DAY}},
                                                .due_reason = STR("today")};
            const struct written moved = book_change_with(office, &caller, wanted, fields);
            allowed += moved.ok ? 1 : 0;
            assert_true(moved.ok || moved.err.code == ERROR_FORBIDDEN);
        }
        assert_int_equal(allowed, 1);
        state = moves[i].to;
    }
    assert_true(entry_state_ends(kind, state));
}

/* Aim: each kind of the list can be opened with what it asks for and with nothing less, and led to
 * an end, where it stays. */
static void test_every_kind(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    for (int kind = ENTRY_NONE + 1; kind < ENTRY_KIND_COUNT; kind++) {
        char texts[ENTRY_FIELDS_MAX][60];
        struct field fields[ENTRY_FIELDS_MAX + 1];
        const enum account_name account = opener((enum entry_kind)kind);
        const struct new_entry wanted = entry_of((enum entry_kind)kind, &person);
        const size_t needed =
            all_fields((enum entry_kind)kind, ENTRY_NEEDED_TO_OPEN, fields, texts);
        for (size_t left_out = 0; left_out < needed; left_out++) {
            struct field fewer[ENTRY_FIELDS_MAX + 1];
            memcpy(fewer, fields, sizeof fewer);
            memmove(&fewer[left_out], &fewer[left_out + 1], (needed - left_out) * sizeof fewer[0]);
            const struct caller caller = office_caller(office, account);
            assert_int_equal(book_open_with(office, &caller, wanted, fewer).err.code, ERROR_INPUT);
        }
        const struct caller caller = office_caller(office, account);
        const struct written opened = book_open_with(office, &caller, wanted, fields);
        if (!opened.ok) {
            fail_msg("%s: %s", entry_kind_name((enum entry_kind)kind), opened.err.what);
        }
        for (size_t i = 0; i < opened.duty_count; i++) {
            walk_to_the_end(office, ENTRY_NOTIFICATION, opened.duties[i]);
        }
        walk_to_the_end(office, (enum entry_kind)kind, opened.entry);
        assert_int_equal(
            book_change(office, account, opened.entry, ENTRY_WISH_ANSWER, "", NO_FIELDS).err.code,
            ERROR_CONFLICT);
    }
    assert_int_equal(book_count(office, CLERK, (struct book_query){.not_closed = true}), 0);
}

/* Aim: what is not in the list is refused: a kind, a field, a choice, an instant, a role. */
static void test_input(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const int64_t before = office_events(office);
    const struct {
        const char *kind;
        const char *about;
        const struct field *fields;
        enum error_code code;
    } rows[] = {
        {"gossip", person.reference, NO_FIELDS, ERROR_INPUT},
        {"visit", person.reference, NO_FIELDS, ERROR_INPUT},
        {"force", HUB_NORTH, FORCE, ERROR_INPUT},
        {"force", "RH-000000-0", FORCE, ERROR_NOT_FOUND},
        {"complaint", person.reference, FIELDS({"name", "x"}), ERROR_INPUT},
        {"complaint", person.reference,
         FIELDS({"made_by", "a_neighbour"}, {"about", "other"}, {"description", "x"}), ERROR_INPUT},
        {"complaint", person.reference,
         FIELDS({"made_by", "other"}, {"made_by", "other"}, {"about", "other"},
                {"description", "x"}),
         ERROR_INPUT},
        {"complaint", person.reference,
         FIELDS({"made_by", "other"}, {"about", "other"}, {"description", "line\nbreak"}),
         ERROR_INPUT},
        {"force", person.reference,
         FIELDS({"force", "handcuffs"}, {"decided_by", "Officer 7"}, {"reason", "x"},
                {"started_at", "yesterday"}),
         ERROR_INPUT},
        {"force", person.reference,
         FIELDS({"force", "handcuffs"}, {"decided_by", "Officer 7"}, {"reason", "x"},
                {"started_at", "2026-07-01T08:00:00Z"}), /* tomorrow */
         ERROR_INPUT},
        {"force", person.reference,
         FIELDS({"force", "handcuffs"}, {"decided_by", "Officer 7"}, {"reason", "x"},
                {"started_at", "2026-06-30T08:00:00Z"}, {"ended_at", "2026-06-30T07:59:59Z"}),
         ERROR_INPUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct written written =
            book_open(office, CLERK, rows[i].kind, rows[i].about, rows[i].fields);
        if (written.ok || written.err.code != rows[i].code) {
            fail_msg("row %zu: %s", i, written.ok ? "opened" : written.err.what);
        }
    }
    const struct caller caller = office_caller(office, CLERK);
    struct new_entry wanted = {.kind = STR("complaint"),
                               .about = str_from_c(person.reference),
                               .responsible = STR("king")};
    assert_int_equal(book_open_with(office, &caller, wanted, COMPLAINT).err.code, ERROR_INPUT);
    assert_int_equal(office_events(office), before);
}

/* --- by when ---------------------------------------------------------------------------------- */

/* Aim: the rulebook counts the day. A person may set an earlier one with a reason, never a later
 * one; where the rulebook has no clock, a day and a reason must be given. */
static void test_due(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    assert_string_equal(book_open(office, CLERK, "complaint", person.reference, COMPLAINT).due,
                        "2026-07-10"); /* ten days */
    struct new_entry wanted = {.kind = STR("complaint"),
                               .about = str_from_c(person.reference),
                               .due_on = {.known = true, .day = {OFFICE_DAY + 11}},
                               .due_reason = STR("we are busy")};
    struct caller caller = office_caller(office, CLERK);
    const struct written late = book_open_with(office, &caller, wanted, COMPLAINT);
    assert_int_equal(late.err.code, ERROR_INPUT);
    assert_non_null(strstr(late.err.what, "2026-07-10"));
    wanted.due_on.day.day = OFFICE_DAY + 3;
    const struct written sooner = book_open_with(office, &caller, wanted, COMPLAINT);
    assert_string_equal(sooner.due, "2026-07-03");
    wanted.due_reason = STR("  ");
    caller = office_caller(office, CLERK);
    assert_int_equal(book_open_with(office, &caller, wanted, COMPLAINT).err.code, ERROR_INPUT);
    /* No clock for incidents in these rules. */
    const struct field *incident =
        FIELDS({"what", "assault"}, {"started_at", "2026-06-30T08:00:00Z"}, {"description", "x"});
    const struct written no_clock = book_open(office, CLERK, "incident", HUB_NORTH, incident);
    assert_int_equal(no_clock.err.code, ERROR_INPUT);
    assert_non_null(strstr(no_clock.err.hint, "entry_incident"));
    wanted = (struct new_entry){.kind = STR("incident"),
                                .about = STR(HUB_NORTH),
                                .due_on = {.known = true, .day = {OFFICE_DAY + 5}},
                                .due_reason = STR("as the contract says")};
    caller = office_caller(office, CLERK);
    assert_string_equal(book_open_with(office, &caller, wanted, incident).due, "2026-07-05");
}

/* Aim: a clock of the books may ask about the person: an examination is due a day after the
 * admission of somebody who is held, whenever the entry was opened. */
static void test_clock_asks_about_person(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    assert_true(office_record(office, CLERK, person.reference, "person.held", "no").ok);
    assert_string_equal(book_open(office, CLERK, "examination", person.reference, NO_FIELDS).due,
                        "2026-07-01");
    assert_true(office_record(office, CLERK, person.reference, "person.held", "yes").ok);
    assert_true(
        office_record(office, CLERK, person.reference, "person.admitted_on", "2026-06-27").ok);
    const struct written written =
        book_open(office, CLERK, "examination", person.reference, NO_FIELDS);
    assert_string_equal(written.due, "2026-06-28");
    assert_int_equal(book_count(office, CLERK, (struct book_query){.overdue = true}), 1);
}

/* --- what a step says that was a mistake ------------------------------------------------------ */

/* Aim: a death of which the step is cancelled was never recorded; whether it was entered before, or
 * opened by that step, the entry stands in the way until it says that it is not so as well, and a
 * second step opens no second entry. */
static void test_step_that_was_a_mistake(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct book_query deaths = {.kind = STR("death")};
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    int64_t entry = 0;
    for (int times = 0; times < 2; times++) {
        assert_true(office_ask_for(office, CLERK, &person, "die_at_hub", "").ok);
        assert_int_equal(book_count(office, CLERK, deaths), 1);
        assert_true(hub_cancel(office, OPERATOR_NORTH, HUB_NORTH, &person).ok);
        const struct outcome asked = office_ask_for(office, CLERK, &person, "readmission", "");
        assert_false(asked.ok);
        assert_non_null(strstr(asked.err.what, "foretells \"Death at the hub\""));
        sscanf(asked.err.what, "The entry %" SCNd64, &entry);
    }
    const struct field *not_so = FIELDS({"outcome", "made_in_error"}, {"answer", "somebody else"});
    assert_true(book_change(office, CLERK, entry, ENTRY_WISH_ANSWER, "", not_so).ok);
    assert_true(office_ask_for(office, CLERK, &person, "readmission", "").ok);
}

/* --- a complaint ------------------------------------------------------------------------------ */

/* Aim: taken down at the hub, answered by the authority, appealed, decided by the monitor alone,
 * closed; each by whoever may, and late when it is late. */
static void test_complaint(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    const struct written opened =
        book_open(office, OPERATOR_NORTH, "complaint", person.reference, COMPLAINT);
    assert_true(opened.ok);
    const struct book_query late = {.kind = STR("complaint"), .overdue = true};
    office_move_days(office, 10);
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 0);
    office_move_days(office, 1);
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 1);
    const struct field *answer =
        FIELDS({"outcome", "not_upheld"}, {"answer", "a doctor came every day"});
    assert_int_equal(
        book_change(office, OPERATOR_NORTH, opened.entry, ENTRY_WISH_ANSWER, "", answer).err.code,
        ERROR_FORBIDDEN);
    assert_int_equal(
        book_change(office, CLERK, opened.entry, ENTRY_WISH_ANSWER, "", NO_FIELDS).err.code,
        ERROR_INPUT);
    assert_true(book_change(office, CLERK, opened.entry, ENTRY_WISH_ANSWER, "", answer).ok);
    assert_int_equal(book_count(office, MONITOR_NORTH, late), 0);
    const struct written appealed =
        book_change(office, OPERATOR_NORTH, opened.entry, ENTRY_WISH_ADD, "appealed",
                    FIELDS({"appeal", "nobody came"}));
    assert_true(appealed.ok);
    assert_string_equal(appealed.due, "2026-07-31"); /* 11 July and twenty days */
    assert_int_equal(
        book_change(office, SENIOR, opened.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_CONFLICT);
    const struct field *decision = FIELDS({"outcome", "upheld"}, {"answer", "no doctor came"});
    assert_int_equal(
        book_change(office, CLERK, opened.entry, ENTRY_WISH_ANSWER, "", decision).err.code,
        ERROR_FORBIDDEN);
    assert_string_equal(
        book_change(office, MONITOR_NORTH, opened.entry, ENTRY_WISH_ANSWER, "", decision).state,
        "decided");
    assert_true(book_change(office, SENIOR, opened.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
    const struct written again =
        book_change(office, SENIOR, opened.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS);
    assert_int_equal(again.err.code, ERROR_CONFLICT);
    assert_int_equal(book_change(office, OPERATOR_NORTH, opened.entry, ENTRY_WISH_ADD, "",
                                 FIELDS({"description", "another one"}))
                         .err.code,
                     ERROR_CONFLICT);
}

/* Aim: all that was ever written is there, with who wrote it, and the last value counts. */
static void test_writings(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct book_entry entry;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written opened =
        book_open(office, CLERK, "complaint", person.reference, COMPLAINT);
    assert_true(book_change(office, OTHER_CLERK, opened.entry, ENTRY_WISH_ADD, "",
                            FIELDS({"description", "no doctor for five days"}))
                    .ok);
    const struct caller caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_true(
        casework_entry(&office->casework, &caller, opened.entry, &office->work, &entry, &err).ok);
    assert_int_equal(entry.writing_count, 2);
    assert_true(str_equal(entry.writings[0].actor, STR("clerk")));
    assert_true(str_equal(entry.writings[1].actor, STR("other-clerk")));
    assert_true(str_equal(entry.writings[0].event.body.entry_opened.values.items[2],
                          STR("no doctor for three days")));
    assert_int_equal(entry.field_count, 3);
    assert_true(str_equal(entry.fields[2].value, STR("no doctor for five days")));
}

/* Aim: the same command sent twice does it once; the id is good for no other. */
static void test_repeat(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct new_entry wanted = {.kind = STR("death"), .about = str_from_c(person.reference)};
    const struct caller caller = office_caller(office, CLERK);
    const struct written first = book_open_with(office, &caller, wanted, NO_FIELDS);
    const int64_t events = office_events(office);
    const struct written again = book_open_with(office, &caller, wanted, NO_FIELDS);
    assert_true(first.ok && again.ok && again.repeated && !first.repeated);
    assert_int_equal(again.entry, first.entry);
    assert_int_equal(again.duty_count, first.duty_count);
    assert_int_equal(office_events(office), events);
    const struct new_entry other = {.kind = STR("absconding"),
                                    .about = str_from_c(person.reference)};
    assert_int_equal(book_open_with(office, &caller, other, NO_FIELDS).err.code, ERROR_CONFLICT);
    const struct caller changer = office_caller(office, CLERK);
    const struct entry_wanted change = {.entry = first.entry, .wish = ENTRY_WISH_ADD};
    const struct field *where = FIELDS({"where", "hub"});
    assert_true(book_change_with(office, &changer, change, where).ok);
    assert_true(book_change_with(office, &changer, change, where).repeated);
    assert_int_equal(
        book_change_with(office, &changer, change, FIELDS({"where", "journey"})).err.code,
        ERROR_CONFLICT);
    assert_int_equal(office_events(office), events + 1);
}

/* --- findings --------------------------------------------------------------------------------- */

/* Aim: a serious finding is counted by the register: it stops an approved transfer in its own
 * commit and clears no other until the monitor, and nobody else, has closed it. */
static void test_finding_stops(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct somebody other = office_ready(office, "PersonTwo Samplebeta");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    const int64_t south = office_transfer(office, &other, HUB_SOUTH, 2);
    assert_int_equal(open_finding(office, "moderate").stopped_count, 0);
    const struct written serious = open_finding(office, "serious");
    assert_int_equal(serious.stopped_count, 1);
    assert_int_equal(serious.stopped, request);
    assert_int_equal(office_request(office, request).state, REQUEST_STOPPED);
    assert_int_equal(office_request(office, south).state, REQUEST_APPROVED);
    assert_true(office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH).refused);
    /* How serious it is stays as it was said. */
    assert_int_equal(book_change(office, MONITOR_NORTH, serious.entry, ENTRY_WISH_ADD, "",
                                 FIELDS({"severity", "minor"}))
                         .err.code,
                     ERROR_CONFLICT);
    const struct field *done = FIELDS({"answer", "the heating works"});
    assert_true(book_change(office, OPERATOR_NORTH, serious.entry, ENTRY_WISH_ANSWER, "", done).ok);
    assert_true(office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH).refused);
    const struct field *remedied = FIELDS({"outcome", "remedied"});
    assert_int_equal(
        book_change(office, OPERATOR_NORTH, serious.entry, ENTRY_WISH_CLOSE, "", remedied).err.code,
        ERROR_FORBIDDEN);
    assert_int_equal(
        book_change(office, MONITOR_NORTH, serious.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_INPUT);
    assert_true(
        book_change(office, MONITOR_NORTH, serious.entry, ENTRY_WISH_CLOSE, "", remedied).ok);
    assert_false(office_ask_for(office, CLERK, &person, "transfer", HUB_NORTH).refused);
    /* Nobody records the number by hand. */
    assert_int_equal(
        office_record(office, SENIOR, HUB_NORTH, "hub.open_serious_findings", "0").err.code,
        ERROR_INPUT);
}

static enum clearance clearance_then(struct office *office, const struct somebody *person,
                                     instant known_at)
{
    struct err err = {0};
    struct explain_answer answer;
    const struct caller caller = office_caller(office, CLERK);
    const struct asked asked = {.has_known_at = true, .known_at = known_at};
    arena_reset(&office->work);
    assert_true(casework_explain(&office->casework, &caller, str_from_c(person->reference),
                                 STR("transfer"), STR(HUB_NORTH), &asked, &office->work, &answer,
                                 &err)
                    .ok);
    return answer.explanation.clearance;
}

/* Aim: what was counted then is counted again to the instant. */
static void test_finding_in_the_past(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct written serious = open_finding(office, "serious");
    office_move_days(office, 1);
    const struct written closed =
        book_change(office, MONITOR_NORTH, serious.entry, ENTRY_WISH_CLOSE, "",
                    FIELDS({"outcome", "remedied"}));
    assert_true(closed.ok);
    const instant opened_at = office_event(office, serious.entry).recorded_at;
    const instant closed_at = office_event(office, office_events(office)).recorded_at;
    const struct {
        int64_t at;
        enum clearance clearance;
    } rows[] = {
        {opened_at.milliseconds - 1, CLEARANCE_CLEAR},
        {opened_at.milliseconds, CLEARANCE_BARRED},
        {closed_at.milliseconds - 1, CLEARANCE_BARRED},
        {closed_at.milliseconds, CLEARANCE_CLEAR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(clearance_then(office, &person, (instant){rows[i].at}), rows[i].clearance);
    }
}

/* --- what follows ----------------------------------------------------------------------------- */

/* Aim: the duties that the rules attach are opened with an entry, those that apply, and it is not
 * closed before they are done. */
static void test_duties(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    assert_true(office_record(office, CLERK, person.reference, "person.held", "no").ok);
    const struct written free = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    assert_int_equal(free.duty_count, 1); /* the next of kin */
    assert_true(office_record(office, CLERK, person.reference, "person.held", "yes").ok);
    const struct written held = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    assert_int_equal(held.duty_count, 2);
    assert_string_equal(held.duty_due[0], "2026-07-01"); /* the coroner, in a day */
    assert_string_equal(held.duty_due[1], "2026-06-30");
    const struct field *account = FIELDS({"where", "place_where_held"}, {"outcome", "natural"},
                                         {"answer", "found in the morning"});
    assert_true(book_change(office, CLERK, held.entry, ENTRY_WISH_ANSWER, "", account).ok);
    const struct field *told =
        FIELDS({"told", "the coroner, by telephone"}, {"ended_at", "2026-06-30T09:00:00Z"});
    assert_int_equal(
        book_change(office, SENIOR, held.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_CONFLICT);
    assert_true(book_change(office, CLERK, held.duties[0], ENTRY_WISH_ANSWER, "", told).ok);
    assert_int_equal(
        book_change(office, SENIOR, held.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_CONFLICT);
    assert_int_equal(
        book_change(office, CLERK, held.duties[1], ENTRY_WISH_ANSWER, "", NO_FIELDS).err.code,
        ERROR_INPUT); /* told whom, and when? */
    assert_true(book_change(office, CLERK, held.duties[1], ENTRY_WISH_ANSWER, "", told).ok);
    /* Nobody closes the books over a death before it is a step of the procedure. */
    assert_int_equal(
        book_change(office, SENIOR, held.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_CONFLICT);
    assert_string_equal(office_ask_for(office, CLERK, &person, "die", "").stage, "gone");
    assert_true(book_change(office, SENIOR, held.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
}

/* Aim: where it is not known whether a duty applies, it is opened all the same, and is late until
 * somebody says when it is due. */
static void test_unknown_duty(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written death = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    assert_int_equal(death.duty_count, 2);
    assert_string_equal(death.duty_due[0], "");
    assert_int_equal(book_count(office, CLERK,
                                (struct book_query){.kind = STR("notification"), .overdue = true}),
                     1);
    const struct caller caller = office_caller(office, CLERK);
    const struct entry_wanted wanted = {.entry = death.duties[0],
                                        .due_on = {.known = true, .day = {OFFICE_DAY + 1}},
                                        .due_reason = STR("the coroner's office opens then")};
    assert_true(book_change_with(office, &caller, wanted, NO_FIELDS).ok);
    assert_int_equal(book_count(office, CLERK,
                                (struct book_query){.kind = STR("notification"), .overdue = true}),
                     0);
}

/* --- of whom it complains --------------------------------------------------------------------- */

static const struct field *const answer_fields =
    (const struct field[]){{"outcome", "not_upheld"}, {"answer", "all was well"}, {NULL, NULL}};

static struct written complain_of(struct office *office, enum account_name by,
                                  const struct somebody *person, const char *against)
{
    const struct caller caller = office_caller(office, by);
    return book_open_with(office, &caller,
                          (struct new_entry){.kind = STR("complaint"),
                                             .about = str_from_c(person->reference),
                                             .against = str_from_c(against)},
                          COMPLAINT);
}

static struct written name_in(struct office *office, enum account_name by, int64_t entry,
                              const char *against, const char *reason)
{
    const struct caller caller = office_caller(office, by);
    return book_change_with(office, &caller,
                            (struct entry_wanted){.entry = entry,
                                                  .against = str_from_c(against),
                                                  .reason = str_from_c(reason)},
                            NO_FIELDS);
}

static enum error_code look_in(struct office *office, enum account_name by, int64_t entry,
                               struct err *err)
{
    struct book_entry ignored;
    const struct caller caller = office_caller(office, by);
    arena_reset(&office->work);
    return casework_entry(&office->casework, &caller, entry, &office->work, &ignored, err).ok
               ? ERROR_NONE
               : err->code;
}

static bool history_has_entry(struct office *office, enum account_name by,
                              const struct somebody *person)
{
    struct err err = {0};
    struct person_answer page;
    const struct caller caller = office_caller(office, by);
    bool has = false;
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(person->reference), NULL,
                                &office->work, &page, &err)
                    .ok);
    for (size_t i = 0; i < page.history_count; i++) {
        const enum event_kind kind = page.history[i].event.kind;
        has = has || kind == EVENT_ENTRY_OPENED || kind == EVENT_ENTRY_CHANGED;
    }
    return has;
}

/* Aim: whom a complaint names does nothing with it, and finds neither it nor who complains in any
 * list, count or history; asked by its number it is said why. Somebody else answers it. */
static void test_against(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written opened = complain_of(office, CLERK, &person, "other-clerk, senior");
    assert_true(opened.ok);
    static const enum account_name named[] = {OTHER_CLERK, SENIOR};
    for (size_t i = 0; i < 2; i++) {
        const int64_t events = office_events(office);
        assert_int_equal(look_in(office, named[i], opened.entry, &err), ERROR_FORBIDDEN);
        assert_non_null(strstr(err.what, "A complaint is about this account"));
        static const char *const states[] = {"answered", "given_up", ""};
        for (size_t at = 0; at < 3; at++) {
            const struct written refused = book_change(office, named[i], opened.entry,
                                                       ENTRY_WISH_ADD, states[at], answer_fields);
            assert_int_equal(refused.err.code, ERROR_FORBIDDEN);
            assert_non_null(strstr(refused.err.what, "A complaint is about this account"));
        }
        assert_int_equal(office_events(office), events);
        assert_int_equal(book_count(office, named[i], (struct book_query){.limit = 0}), 0);
        assert_int_equal(
            book_count(office, named[i],
                       (struct book_query){.about = str_from_c(person.reference), .limit = 0}),
            0);
        assert_int_equal(book_total_of(office, named[i], ENTRY_COMPLAINT, NULL, NULL).entries, 0);
        assert_false(history_has_entry(office, named[i], &person));
    }
    assert_int_equal(book_count(office, CLERK, (struct book_query){.limit = 0}), 1);
    assert_true(history_has_entry(office, CLERK, &person));
    assert_true(book_change(office, CLERK, opened.entry, ENTRY_WISH_ANSWER, "", answer_fields).ok);
    assert_int_equal(
        book_change(office, SENIOR, opened.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
        ERROR_FORBIDDEN);
    assert_true(
        book_change(office, OTHER_SENIOR, opened.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
}

/* Aim: what follows from a complaint is as far from whom it is about as the complaint; a name that
 * is added counts at once; one is taken back by whoever may close the complaint, and says why. */
static void test_named_later(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct book_entry entry;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written opened = complain_of(office, CLERK, &person, "");
    assert_int_equal(look_in(office, OTHER_CLERK, opened.entry, &err), ERROR_NONE);
    const struct caller caller = office_caller(office, CLERK);
    const struct written follows = book_open_with(
        office, &caller,
        (struct new_entry){.kind = STR("incident"),
                           .about = str_from_c(person.reference),
                           .parent = opened.entry,
                           .due_on = {.known = true, .day = {OFFICE_DAY + 5}},
                           .due_reason = STR("soon")},
        FIELDS({"what", "assault"}, {"started_at", "2026-06-30T08:00:00Z"}, {"description", "x"}));
    assert_true(follows.ok);
    assert_true(name_in(office, CLERK, opened.entry, "other-clerk", "").ok);
    assert_int_equal(look_in(office, OTHER_CLERK, opened.entry, &err), ERROR_FORBIDDEN);
    assert_int_equal(look_in(office, OTHER_CLERK, follows.entry, &err), ERROR_FORBIDDEN);
    assert_int_equal(book_count(office, OTHER_CLERK, (struct book_query){.limit = 0}), 0);
    /* Another name beside it is no taking back; without it, or nobody, is. */
    assert_true(name_in(office, CLERK, opened.entry, "officer other-clerk", "").ok);
    assert_int_equal(name_in(office, CLERK, opened.entry, "officer", "a slip").err.code,
                     ERROR_FORBIDDEN);
    assert_int_equal(name_in(office, CLERK, opened.entry, "-", "a slip").err.code, ERROR_FORBIDDEN);
    assert_int_equal(name_in(office, SENIOR, opened.entry, "-", " ").err.code, ERROR_INPUT);
    assert_int_equal(look_in(office, OTHER_CLERK, opened.entry, &err), ERROR_FORBIDDEN);
    assert_true(name_in(office, SENIOR, opened.entry, "officer", "It was not them").ok);
    assert_int_equal(look_in(office, OTHER_CLERK, opened.entry, &err), ERROR_NONE);
    assert_int_equal(look_in(office, OFFICER, opened.entry, &err), ERROR_FORBIDDEN);
    arena_reset(&office->work);
    assert_true(
        casework_entry(&office->casework, &caller, opened.entry, &office->work, &entry, &err).ok);
    assert_int_equal(entry.against_count, 1);
    assert_true(str_equal(entry.against[0].username, STR("officer")));
    assert_true(name_in(office, SENIOR, opened.entry, "-", "It was a visitor").ok);
    assert_int_equal(look_in(office, OFFICER, opened.entry, &err), ERROR_NONE);
}

/* Aim: who takes a complaint about themselves down is told that it was, also when asked again, and
 * does not see it from then on; only a complaint is about somebody, and only of those who are here.
 */
static void test_against_oneself(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct caller caller = office_caller(office, CLERK);
    const struct new_entry wanted = {
        .kind = STR("complaint"), .about = str_from_c(person.reference), .against = STR("clerk")};
    const struct written opened = book_open_with(office, &caller, wanted, COMPLAINT);
    assert_true(opened.ok);
    const struct written again = book_open_with(office, &caller, wanted, COMPLAINT);
    assert_true(again.ok && again.repeated && again.entry == opened.entry);
    struct new_entry other = wanted;
    other.against = STR("officer");
    assert_int_equal(book_open_with(office, &caller, other, COMPLAINT).err.code, ERROR_CONFLICT);
    assert_int_equal(look_in(office, CLERK, opened.entry, &err), ERROR_FORBIDDEN);
    const struct written of_another = complain_of(office, CLERK, &person, "");
    const struct caller changer = office_caller(office, CLERK);
    const struct entry_wanted change = {.entry = of_another.entry, .against = STR("clerk")};
    assert_true(book_change_with(office, &changer, change, NO_FIELDS).ok);
    assert_true(book_change_with(office, &changer, change, NO_FIELDS).repeated);
    const int64_t events = office_events(office);
    assert_int_equal(complain_of(office, OTHER_CLERK, &person, "nobody-here").err.code,
                     ERROR_NOT_FOUND);
    assert_int_equal(
        complain_of(office, OTHER_CLERK, &person, "a1 a2 a3 a4 a5 a6 a7 a8 a9").err.code,
        ERROR_INPUT);
    const struct caller officer = office_caller(office, OTHER_CLERK);
    assert_int_equal(book_open_with(office, &officer,
                                    (struct new_entry){.kind = STR("death"),
                                                       .about = str_from_c(person.reference),
                                                       .against = STR("clerk")},
                                    NO_FIELDS)
                         .err.code,
                     ERROR_INPUT);
    assert_int_equal(office_events(office), events);
}

/* --- what lies with whom ---------------------------------------------------------------------- */

static struct overdue_entries overdue_of(struct office *office, enum account_name account,
                                         size_t limit)
{
    struct err err = {0};
    struct overdue_entries overdue = {.total = -1};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    if (!casework_overdue_entries(&office->casework, &caller, limit, &office->work, &overdue, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return overdue;
}

/* Aim: what is overdue is told to those who can answer it, and to nobody else: the longest first,
 * all counted. Who may answer what, by hand, from entry.def. */
static void test_overdue_lies_with(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    const struct written complaint =
        book_open(office, OPERATOR_NORTH, "complaint", person.reference, COMPLAINT);
    const struct caller senior = office_caller(office, SENIOR);
    const struct caller monitor = office_caller(office, MONITOR_NORTH);
    const struct new_entry soon = {.kind = STR("incident"),
                                   .about = STR(HUB_NORTH),
                                   .due_on = {.known = true, .day = {OFFICE_DAY + 2}},
                                   .due_reason = STR("soon")};
    const struct written incident = book_open_with(
        office, &senior, soon,
        FIELDS({"what", "assault"}, {"started_at", "2026-06-30T08:00:00Z"}, {"description", "x"}));
    struct new_entry visit = soon;
    visit.kind = STR("visit");
    const struct written visited = book_open_with(
        office, &monitor, visit,
        FIELDS({"started_at", "2026-06-30T08:00:00Z"}, {"announced", "unannounced"}));
    assert_true(complaint.ok && incident.ok && visited.ok);
    assert_int_equal(overdue_of(office, CLERK, 10).total, 0);
    office_move_days(office, 11);
    const struct {
        enum account_name account;
        int64_t entries[3];
    } rows[] = {
        {CLERK, {incident.entry, complaint.entry, 0}},
        {SENIOR, {incident.entry, complaint.entry, 0}},
        {OPERATOR_NORTH, {incident.entry, 0, 0}},
        {MONITOR_NORTH, {visited.entry, 0, 0}},
        {OPERATOR_SOUTH, {0, 0, 0}},
        {OFFICER, {0, 0, 0}}, /* closes what is answered, and answers nothing */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct overdue_entries overdue = overdue_of(office, rows[i].account, 10);
        for (size_t k = 0; k < overdue.count; k++) {
            assert_int_equal(overdue.lines[k].row.id, rows[i].entries[k]);
            assert_true(overdue.lines[k].overdue);
        }
        assert_int_equal(overdue.count, overdue.total);
        assert_int_equal(rows[i].entries[overdue.count], 0);
    }
    const struct overdue_entries first = overdue_of(office, CLERK, 1);
    assert_int_equal(first.count, 1);
    assert_int_equal(first.total, 2);
    /* Not with whom it is about; and with nobody when it is answered. */
    assert_true(name_in(office, CLERK, complaint.entry, "senior", "").ok);
    assert_int_equal(overdue_of(office, SENIOR, 10).total, 1);
    assert_true(
        book_change(office, CLERK, complaint.entry, ENTRY_WISH_ANSWER, "", answer_fields).ok);
    assert_int_equal(overdue_of(office, CLERK, 10).total, 1);
    /* Appealed against it is due again, and of the monitor. */
    assert_true(book_change(office, OPERATOR_NORTH, complaint.entry, ENTRY_WISH_ADD, "appealed",
                            FIELDS({"appeal", "nobody came"}))
                    .ok);
    assert_int_equal(overdue_of(office, MONITOR_NORTH, 10).total, 1);
    office_move_days(office, 60);
    assert_int_equal(overdue_of(office, MONITOR_NORTH, 10).total, 2);
    assert_int_equal(overdue_of(office, CLERK, 10).total, 1);
}

/* --- who may see ------------------------------------------------------------------------------ */

/* Aim: the book of a hub is closed to the others, in the words for what does not exist; also in the
 * history on a person's page. */
static void test_need_to_know(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    assert_true(office_take(office, CLERK, office_transfer(office, &person, HUB_NORTH, 2)).ok);
    const struct written opened =
        book_open(office, OPERATOR_NORTH, "complaint", person.reference, COMPLAINT);
    assert_true(opened.ok);
    assert_int_equal(book_count(office, OPERATOR_NORTH, (struct book_query){.limit = 0}), 1);
    assert_int_equal(book_count(office, OPERATOR_SOUTH, (struct book_query){.limit = 0}), 0);
    assert_int_equal(book_count(office, OPERATOR_NOWHERE, (struct book_query){.limit = 0}), 0);
    const struct written hidden = book_change(office, OPERATOR_SOUTH, opened.entry, ENTRY_WISH_ADD,
                                              "", FIELDS({"appeal", "x"}));
    const struct written absent = book_change(office, OPERATOR_SOUTH, opened.entry + 100000,
                                              ENTRY_WISH_ADD, "", FIELDS({"appeal", "x"}));
    assert_int_equal(hidden.err.code, ERROR_NOT_FOUND);
    assert_int_equal(absent.err.code, ERROR_NOT_FOUND);
    char expected[200];
    snprintf(expected, sizeof expected, "There is no entry %lld for this account",
             (long long)opened.entry);
    assert_string_equal(hidden.err.what, expected);
    snprintf(expected, sizeof expected, "There is no entry %lld for this account",
             (long long)opened.entry + 100000);
    assert_string_equal(absent.err.what, expected);
    /* The person moves on to the south: what was written in the north stays there. */
    assert_true(office_ask_for(office, CLERK, &person, "readmission", "").ok);
    const int64_t request = office_transfer(office, &person, HUB_SOUTH, 2);
    assert_true(office_take(office, CLERK, request).ok);
    struct person_answer page;
    const struct caller south = office_caller(office, OPERATOR_SOUTH);
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &south, str_from_c(person.reference), NULL,
                                &office->work, &page, &err)
                    .ok);
    for (size_t i = 0; i < page.history_count; i++) {
        assert_int_not_equal(page.history[i].event.kind, EVENT_ENTRY_OPENED);
    }
    assert_int_equal(book_count(office, OPERATOR_SOUTH, (struct book_query){.limit = 0}), 0);
    assert_int_equal(book_count(office, OPERATOR_NORTH, (struct book_query){.limit = 0}), 1);
    const struct caller administrator = office_caller(office, ADMINISTRATOR);
    const struct book_line *lines = NULL;
    size_t count = 0;
    const struct book_query all = {.limit = 10};
    assert_false(casework_entries(&office->casework, &administrator, &all, &office->work, &lines,
                                  &count, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

static bool file_holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    static char bytes[32 * 1024 * 1024];
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

/* Aim: what is written of a person is sealed: neither file of the store holds it in clear. */
static void test_sealed(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written opened =
        book_open(office, CLERK, "complaint", person.reference,
                  FIELDS({"made_by", "relative"}, {"about", "treatment"},
                         {"description", "a-text-that-stands-nowhere-else"}));
    assert_true(opened.ok);
    char wal[240];
    snprintf(wal, sizeof wal, "%s-wal", office->path);
    assert_false(file_holds(office->path, "a-text-that-stands-nowhere-else"));
    assert_false(file_holds(wal, "a-text-that-stands-nowhere-else"));
    assert_true(file_holds(office->path, "complaint") || file_holds(wal, "complaint"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(test_input, setup, teardown),
        cmocka_unit_test_setup_teardown(test_due, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clock_asks_about_person, setup, teardown),
        cmocka_unit_test_setup_teardown(test_complaint, setup, teardown),
        cmocka_unit_test_setup_teardown(test_writings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_repeat, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finding_stops, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finding_in_the_past, setup, teardown),
        cmocka_unit_test_setup_teardown(test_duties, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_duty, setup, teardown),
        cmocka_unit_test_setup_teardown(test_against, setup, teardown),
        cmocka_unit_test_setup_teardown(test_named_later, setup, teardown),
        cmocka_unit_test_setup_teardown(test_against_oneself, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overdue_lies_with, setup, teardown),
        cmocka_unit_test_setup_teardown(test_step_that_was_a_mistake, setup, teardown),
        cmocka_unit_test_setup_teardown(test_need_to_know, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sealed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
