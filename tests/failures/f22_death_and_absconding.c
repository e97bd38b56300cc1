/* F22: deaths in detention and absconds came out once a year, in a table. Here nobody dies and
 * nobody is lost in the record without an entry in the books, opened by the very step that says so,
 * with a duty for each of those who must be told and the day by which; what was not done is late
 * for everybody to see, and the entry stays open until it is. */
#include "book.h"
#include "merging_office.h"

#include "casework/privacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, *state);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_expect_rebuilt(*state);
    office_close(*state);
    return 0;
}

static void know(struct office *office, const struct somebody *person, const char *fact,
                 const char *value)
{
    const struct recorded recorded = office_record(office, CLERK, person->reference, fact, value);
    if (!recorded.ok) {
        fail_msg("%s: %s", fact, recorded.err.what);
    }
}

/* Aim: in the United Kingdom and held: coroner, ombudsman, next of kin, the same day (30 June
 * 2026). */
static void test_death_in_detention(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "detention.status", "detained");
    know(office, &person, "death.confirmed_on", "2026-06-30");
    assert_int_equal(book_count(office, CLERK, (struct book_query){.limit = 0}), 0);
    const struct outcome died = office_ask_for(office, CLERK, &person, "record_death", "");
    assert_true(died.ok && !died.refused);
    assert_string_equal(died.stage, "died");
    const struct book_query deaths = {.kind = STR("death")};
    const struct book_query duties = {.kind = STR("notification"), .not_closed = true};
    assert_int_equal(book_count(office, CLERK, deaths), 1);
    assert_int_equal(book_count(office, CLERK, duties), 3);
    const struct book_query late = {.kind = STR("notification"), .overdue = true};
    assert_int_equal(book_count(office, CLERK, late), 0);
    office_move_days(office, 1);
    assert_int_equal(book_count(office, CLERK, late), 3);
}

/* Aim: the step sent twice opens one entry; nobody dies without it, whatever else fails. */
static void test_once(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "detention.status", "not_detained");
    /* Not confirmed: refused, and no entry. */
    assert_true(office_ask_for(office, CLERK, &person, "record_death", "").refused);
    assert_int_equal(book_count(office, CLERK, (struct book_query){.limit = 0}), 0);
    know(office, &person, "death.confirmed_on", "2026-06-30");
    const struct caller caller = office_caller(office, CLERK);
    for (int i = 0; i < 2; i++) {
        arena_reset(&office->work);
        const struct outcome died = office_command(office, &caller, ASK, person.reference,
                                                   "record_death", "", 0, &office->work);
        assert_true(died.ok && !died.refused);
        assert_int_equal(died.repeated, i == 1);
    }
    assert_int_equal(book_count(office, CLERK, (struct book_query){.kind = STR("death")}), 1);
    assert_int_equal(book_count(office, CLERK, (struct book_query){.kind = STR("notification")}),
                     2);
}

/* Aim: contact lost: the police are told, and the entry is not closed before it is on record who
 * was told and when, and what the search found. */
static void test_absconding(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "contact.search_made", "yes");
    know(office, &person, "contact.last_confirmed_on", "2026-05-01");
    know(office, &person, "contact.next_check_due_on", "2026-06-01");
    const struct outcome lost = office_ask_for(office, CLERK, &person, "lose_contact", "");
    if (!lost.ok || lost.refused) {
        fail_msg("%s%s", lost.err.what, lost.refusal);
    }
    struct err err = {0};
    const struct book_line *lines = NULL;
    size_t count = 0;
    const struct caller caller = office_caller(office, CLERK);
    const struct book_query all = {.limit = 10};
    arena_reset(&office->work);
    assert_true(
        casework_entries(&office->casework, &caller, &all, &office->work, &lines, &count, &err).ok);
    assert_int_equal(count, 2); /* newest first: the duty, then the entry */
    const int64_t duty = lines[0].row.id;
    const int64_t entry = lines[1].row.id;
    assert_int_equal(lines[0].row.parent, entry);
    assert_true(str_equal(lines[1].row.kind, STR("absconding")));
    const struct field *search =
        FIELDS({"outcome", "not_found"}, {"answer", "address, relatives and hospital asked"});
    assert_true(book_change(office, CLERK, entry, ENTRY_WISH_ANSWER, "", search).ok);
    assert_int_equal(book_change(office, SENIOR, entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).err.code,
                     ERROR_CONFLICT);
    assert_int_equal(book_change(office, CLERK, duty, ENTRY_WISH_ANSWER, "", NO_FIELDS).err.code,
                     ERROR_INPUT);
    assert_true(book_change(office, CLERK, duty, ENTRY_WISH_ANSWER, "",
                            FIELDS({"told", "the police, reference 12"},
                                   {"ended_at", "2026-06-30T11:00:00Z"}))
                    .ok);
    assert_true(book_change(office, SENIOR, entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
}

static struct outcome ask_removal(struct office *office, const struct somebody *person)
{
    return office_ask_for(office, CLERK, person, "enforced_removal", "");
}

static void expect_foretold(const struct outcome *outcome, const char *what, const char *hint)
{
    assert_false(outcome->ok);
    assert_int_equal(outcome->err.code, ERROR_CONFLICT);
    if (strstr(outcome->err.what, what) == NULL || strstr(outcome->err.hint, hint) == NULL) {
        fail_msg("%s %s", outcome->err.what, outcome->err.hint);
    }
}

/* Aim: a death that is entered before its step can be taken is a death: nothing is asked for that
 * the step would end, whoever asks, until the step is taken or the entry says that it is not so;
 * and the entry does not end before either. */
static void test_death_that_is_entered(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    const struct written entry = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    assert_true(entry.ok);
    static const char *const steps[] = {"begin_screening", "grant_leave", "withdraw_claim",
                                        "begin_voluntary_return", "lose_contact"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct outcome asked = office_ask_for(office, CLERK, &person, steps[i], "");
        expect_foretold(&asked, "foretells \"Death\"", "record_death");
        expect_foretold(&asked, person.reference, "made_in_error");
    }
    /* The step itself is judged as ever: nobody has confirmed the death. */
    const struct outcome early = office_ask_for(office, CLERK, &person, "record_death", "");
    assert_true(early.ok && early.refused);
    for (size_t i = 0; i < entry.duty_count; i++) {
        assert_true(book_change(office, CLERK, entry.duties[i], ENTRY_WISH_ANSWER, "",
                                FIELDS({"told", "x"}, {"ended_at", "2026-06-30T11:00:00Z"}))
                        .ok);
    }
    const struct field *natural =
        FIELDS({"where", "community"}, {"outcome", "natural"}, {"answer", "x"});
    assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", natural).ok);
    const struct written early_close =
        book_change(office, SENIOR, entry.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS);
    assert_int_equal(early_close.err.code, ERROR_CONFLICT);
    assert_non_null(strstr(early_close.err.hint, "record_death"));
    /* It was somebody else. */
    const struct field *not_so = FIELDS({"outcome", "made_in_error"});
    assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ADD, "", not_so).ok);
    assert_true(office_ask_for(office, CLERK, &person, "begin_screening", "").ok);
    assert_true(book_change(office, SENIOR, entry.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
}

/* Aim: what is not so has no circumstances to make up. */
static void test_death_of_nobody(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct written entry = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    const struct field *without = FIELDS({"outcome", "natural"}, {"answer", "x"});
    assert_int_equal(
        book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", without).err.code,
        ERROR_INPUT);
    const struct field *not_so = FIELDS({"outcome", "made_in_error"}, {"answer", "somebody else"});
    assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", not_so).ok);
    assert_true(office_ask_for(office, CLERK, &person, "begin_screening", "").ok);
}

static size_t count_of(struct office *office, const char *kind)
{
    return book_count(office, CLERK, (struct book_query){.kind = str_from_c(kind)});
}

/* What was written last in the entry, as whoever reads it is told. */
static str last_reason(struct office *office, int64_t entry)
{
    struct book_entry read;
    struct err err = {0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(casework_entry(&office->casework, &caller, entry, &office->work, &read, &err).ok);
    const struct event *last = &read.writings[read.writing_count - 1].event;
    return last->kind == EVENT_ENTRY_CHANGED ? last->body.entry_changed.reason : STR("");
}

static void expect_taken(const struct outcome *outcome)
{
    if (!outcome->ok || outcome->refused) {
        fail_msg("%s%s", outcome->err.what, outcome->refusal);
    }
}

/* Aim: the step confirms the entry that foretold it: there is no second one, and nobody is told
 * twice; only whoever has to be told for what became known since. */
static void test_entry_is_confirmed(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "detention.status", "not_detained");
    const struct written entry = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    assert_true(entry.ok);
    assert_int_equal(entry.duty_count, 2);
    assert_true(book_change(office, CLERK, entry.duties[0], ENTRY_WISH_ANSWER, "",
                            FIELDS({"told", "x"}, {"ended_at", "2026-06-30T11:00:00Z"}))
                    .ok);
    know(office, &person, "detention.status", "detained");
    know(office, &person, "death.confirmed_on", "2026-06-30");
    const struct outcome died = office_ask_for(office, CLERK, &person, "record_death", "");
    expect_taken(&died);
    assert_int_equal(count_of(office, "death"), 1);
    assert_int_equal(count_of(office, "notification"), 3);
    assert_true(
        str_equal(last_reason(office, entry.entry), STR("Confirmed by the step \"Death\"")));
    const struct field *natural =
        FIELDS({"where", "community"}, {"outcome", "natural"}, {"answer", "x"});
    assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", natural).ok);
}

/* Aim: an entry that ended, or says that it is not so, is not the one that the step confirms. */
static void test_entry_that_is_not_so_is_not_confirmed(void **state)
{
    struct office *office = *state;
    const struct field *not_so = FIELDS({"outcome", "made_in_error"}, {"answer", "somebody else"});
    for (size_t i = 0; i < 2; i++) {
        const bool closed = i == 1;
        const struct somebody person = office_register(office, "PersonOne Samplealpha");
        know(office, &person, "person.in_uk", "yes");
        know(office, &person, "detention.status", "not_detained");
        know(office, &person, "death.confirmed_on", "2026-06-30");
        const size_t before = count_of(office, "death");
        const struct written entry = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
        assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", not_so).ok);
        for (size_t k = 0; closed && k < entry.duty_count; k++) {
            assert_true(book_change(office, CLERK, entry.duties[k], ENTRY_WISH_ANSWER, "",
                                    FIELDS({"told", "x"}, {"ended_at", "2026-06-30T11:00:00Z"}))
                            .ok);
        }
        assert_int_equal(
            book_change(office, SENIOR, entry.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok, closed);
        const struct outcome died = office_ask_for(office, CLERK, &person, "record_death", "");
        expect_taken(&died);
        assert_int_equal(count_of(office, "death"), before + 2);
        assert_true(last_reason(office, entry.entry).len == 0);
    }
}

/* Aim: each time that somebody is missing is one entry, although the one of before is still open.
 */
static void test_each_time_is_one_entry(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "contact.last_confirmed_on", "2026-05-01");
    know(office, &person, "contact.next_check_due_on", "2026-06-01");
    assert_true(book_open(office, CLERK, "absconding", person.reference, NO_FIELDS).ok);
    for (size_t times = 1; times <= 2; times++) {
        know(office, &person, "contact.search_made", "yes");
        const struct outcome lost = office_ask_for(office, CLERK, &person, "lose_contact", "");
        expect_taken(&lost);
        assert_int_equal(count_of(office, "absconding"), times);
        know(office, &person, "contact.found_by_officer", "yes");
        know(office, &person, "contact.source", "reporting_event");
        const struct outcome found = office_ask_for(office, CLERK, &person, "found_in_claim", "");
        expect_taken(&found);
        know(office, &person, "contact.next_check_due_on", "2026-07-02");
        office_move_days(office, 5);
    }
}

static size_t count_about(struct office *office, const struct somebody *person, const char *kind)
{
    return book_count(
        office, CLERK,
        (struct book_query){.kind = str_from_c(kind), .about = str_from_c(person->reference)});
}

/* Aim: what was entered about a record that is found to be somebody else's is entered about them:
 * it stands among their entries, what follows can follow from it, and their step confirms it. When
 * the merge is undone it is about the other again. */
static void test_entered_about_a_merged_record(void **state)
{
    struct office *office = *state;
    const struct somebody whole = office_register(office, "PersonOne Samplealpha");
    const struct somebody part = office_register(office, "PersonOne Samplealfa");
    know(office, &whole, "person.in_uk", "yes");
    know(office, &whole, "detention.status", "not_detained");
    know(office, &part, "person.in_uk", "yes");
    know(office, &part, "detention.status", "not_detained");
    const struct written entry = book_open(office, CLERK, "death", part.reference, NO_FIELDS);
    const int64_t merge = merging_done(office, &whole, &part);
    assert_int_equal(count_about(office, &whole, "death"), 1);
    assert_int_equal(count_about(office, &part, "death"), 1);
    assert_int_equal(count_about(office, &whole, ""), 3);
    const struct caller clerk = office_caller(office, CLERK);
    const struct new_entry follows = {
        .kind = STR("notification"), .about = str_from_c(whole.reference), .parent = entry.entry};
    const struct written followed =
        book_open_with(office, &clerk, follows, FIELDS({"what", "an aunt is to be told"}));
    assert_true(followed.ok || strstr(followed.err.what, "by when") != NULL);
    know(office, &whole, "death.confirmed_on", "2026-06-30");
    const struct outcome died = office_ask_for(office, CLERK, &whole, "record_death", "");
    expect_taken(&died);
    assert_int_equal(count_about(office, &whole, "death"), 1);
    assert_int_equal(last_reason(office, entry.entry).len, 29);
    merging_undo(office, merge, false);
    assert_int_equal(count_about(office, &whole, "death"), 0);
    assert_int_equal(count_about(office, &part, "death"), 1);
}

static enum error_code erase(struct office *office, const struct caller *caller,
                             enum privacy_command command, const struct somebody *person)
{
    struct err err = {.code = ERROR_NONE};
    struct privacy_answer answer;
    arena_reset(&office->work);
    return casework_privacy(&office->casework, caller, command, str_from_c(person->reference),
                            STR("Art. 17(1)(a)"), &office->work, &answer, &err)
                   .ok
               ? ERROR_NONE
               : err.code;
}

/* Aim: whoever died is not erased, whoever asks, before everybody was told who must be, and the
 * entry has ended: it would be late for nobody. */
static void test_not_erased_before_everybody_is_told(void **state)
{
    struct office *office = *state;
    const struct caller asks = {.account = office_open_account(office, "data_protection_officer")};
    const struct caller erases = office_caller(office, SENIOR);
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "detention.status", "not_detained");
    know(office, &person, "death.confirmed_on", "2026-06-30");
    const struct written entry = book_open(office, CLERK, "death", person.reference, NO_FIELDS);
    const struct outcome died = office_ask_for(office, CLERK, &person, "record_death", "");
    expect_taken(&died);
    assert_int_equal(erase(office, &asks, PRIVACY_REQUEST_ERASURE, &person), ERROR_NONE);
    const struct field *natural =
        FIELDS({"where", "community"}, {"outcome", "natural"}, {"answer", "x"});
    assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", natural).ok);
    for (size_t i = 0; i < entry.duty_count; i++) {
        assert_int_equal(erase(office, &erases, PRIVACY_ERASE, &person), ERROR_CONFLICT);
        assert_true(book_change(office, CLERK, entry.duties[i], ENTRY_WISH_ANSWER, "",
                                FIELDS({"told", "x"}, {"ended_at", "2026-06-30T11:00:00Z"}))
                        .ok);
    }
    assert_int_equal(erase(office, &erases, PRIVACY_ERASE, &person), ERROR_CONFLICT);
    assert_true(book_change(office, SENIOR, entry.entry, ENTRY_WISH_CLOSE, "", NO_FIELDS).ok);
    assert_int_equal(erase(office, &erases, PRIVACY_ERASE, &person), ERROR_NONE);
}

/* Aim: that an entry is opened is what steps say; whoever knows of a death enters it. */
static void test_opened_by_steps_alone(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    const struct recorded by_hand =
        office_record(office, CLERK, person.reference, "entry.opens", "death");
    assert_false(by_hand.ok);
    assert_int_equal(by_hand.err.code, ERROR_INPUT);
    if (strstr(by_hand.err.what, "open an entry in the books instead") == NULL) {
        fail_msg("%s", by_hand.err.what);
    }
}

static void exhausted(struct office *office, int64_t person)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_STEP_TAKEN,
                          .body.step_taken = {.step = STR("exhaust_appeal_rights"),
                                              .from = STR("claim_registered"),
                                              .to = STR("appeal_rights_exhausted")}};
    office_append(office, &event);
}

static bool is_asked(const struct outcome *outcome)
{
    return outcome->ok; /* judged, whatever the law says */
}

/* Aim: of somebody who is missing nothing is asked for that needs approval; what protects them is
 * not held up. Who was found is asked about as ever, although an entry that a step opened stays
 * open. */
static void test_missing(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    exhausted(office, person.id);
    struct outcome asked = ask_removal(office, &person);
    assert_true(is_asked(&asked));
    const struct written entry =
        book_open(office, CLERK, "absconding", person.reference, NO_FIELDS);
    assert_true(entry.ok);
    asked = ask_removal(office, &person);
    expect_foretold(&asked, "foretells \"Contact lost\"", "found, returned, made_in_error");
    asked = office_ask_for(office, CLERK, &person, "begin_detention", "");
    expect_foretold(&asked, "Hold the person", "lose_contact");
    asked = office_ask_for(office, CLERK, &person, "lodge_appeal", "");
    assert_true(is_asked(&asked));
    const struct field *found = FIELDS({"outcome", "found"}, {"answer", "at the old address"});
    assert_true(book_change(office, CLERK, entry.entry, ENTRY_WISH_ANSWER, "", found).ok);
    const struct somebody other = office_register(office, "PersonTwo Samplebeta");
    exhausted(office, other.id);
    know(office, &other, "person.in_uk", "yes");
    know(office, &other, "contact.search_made", "yes");
    know(office, &other, "contact.last_confirmed_on", "2026-05-01");
    know(office, &other, "contact.next_check_due_on", "2026-06-01");
    const struct written before =
        book_open(office, CLERK, "absconding", other.reference, NO_FIELDS);
    assert_true(before.ok);
    const struct outcome lost = office_ask_for(office, CLERK, &other, "lose_contact", "");
    if (!lost.ok || lost.refused) {
        fail_msg("%s%s", lost.err.what, lost.refusal);
    }
    const struct book_query open = {.kind = STR("absconding"), .not_closed = true};
    struct event back = {.subject_kind = SUBJECT_OF_PERSON,
                         .subject = other.id,
                         .kind = EVENT_STEP_TAKEN,
                         .body.step_taken = {.step = STR("found_exhausted"),
                                             .from = STR("contact_lost"),
                                             .to = STR("appeal_rights_exhausted")}};
    office_append(office, &back);
    assert_true(book_count(office, CLERK, open) >= 2);
    asked = ask_removal(office, &other);
    assert_true(is_asked(&asked));
    /* Missing anew: the entry of today is about today. */
    assert_true(book_open(office, CLERK, "absconding", other.reference, NO_FIELDS).ok);
    asked = ask_removal(office, &other);
    expect_foretold(&asked, "foretells", "lose_contact");
}

/* Aim: who is found is in contact from that day on, and is not lost by the search of the time
 * before (F10). */
static void test_found_and_lost_again(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    know(office, &person, "person.in_uk", "yes");
    know(office, &person, "contact.search_made", "yes");
    know(office, &person, "contact.last_confirmed_on", "2026-05-01");
    know(office, &person, "contact.next_check_due_on", "2026-06-01");
    struct outcome outcome = office_ask_for(office, CLERK, &person, "lose_contact", "");
    assert_true(outcome.ok && !outcome.refused);
    know(office, &person, "contact.found_by_officer", "yes");
    know(office, &person, "contact.source", "reporting_event");
    outcome = office_ask_for(office, CLERK, &person, "found_in_claim", "");
    if (!outcome.ok || outcome.refused) {
        fail_msg("%s%s", outcome.err.what, outcome.refusal);
    }
    size_t contacts = 0;
    for (int64_t i = outcome.event; i <= office_events(office); i++) {
        contacts += office_event(office, i).kind == EVENT_CONTACT_CONFIRMED ? 1 : 0;
    }
    assert_int_equal(contacts, 1);
    know(office, &person, "contact.next_check_due_on", "2026-07-02");
    office_move_days(office, 5);
    outcome = office_ask_for(office, CLERK, &person, "lose_contact", "");
    assert_true(outcome.ok && outcome.refused);
    know(office, &person, "contact.search_made", "yes");
    outcome = office_ask_for(office, CLERK, &person, "lose_contact", "");
    assert_true(outcome.ok && !outcome.refused);
}

/* Aim: in every law, whatever step leads to the stage in which somebody is dead, missing or lost
 * opens an entry: no way there goes around the books. */
static void test_no_way_around(void **state)
{
    struct office *office = *state;
    const struct rulebook *rulebook = office->casework.rulebook;
    const uint32_t opens = rulebook_fact(rulebook, STR("entry.opens"));
    size_t steps = 0;
    assert_int_not_equal(opens, NOT_FOUND_INDEX);
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        const str to = step->same_stage ? STR("") : rulebook->stages[step->to].name;
        const bool dead = str_equal(to, STR("died"));
        const bool gone = str_equal(to, STR("missing_from_hub")) ||
                          (str_equal(to, STR("contact_lost")) &&
                           !str_equal(step->name, STR("give_up_place"))); /* missing already */
        if (!dead && !gone) {
            continue;
        }
        bool found = false;
        for (size_t j = 0; j < step->record_count; j++) {
            const struct step_record *record = &step->records[j];
            found = found || (record->fact == opens &&
                              str_equal(rulebook->facts[opens].choices[record->value.number],
                                        dead ? STR("death") : STR("absconding")));
        }
        if (!found) {
            fail_msg("%.*s opens no entry", STR_ARG(step->name));
        }
        steps++;
    }
    assert_int_equal(steps, 5);
    for (size_t i = 0; i < rulebook->facts[opens].choice_count; i++) {
        assert_int_not_equal(entry_kind_from_name(rulebook->facts[opens].choices[i]), ENTRY_NONE);
    }
}

static char uk[] = "uk";
static char eu[] = "eu";

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_death_in_detention, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_once, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_absconding, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_death_that_is_entered, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_death_of_nobody, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_entry_is_confirmed, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_entry_that_is_not_so_is_not_confirmed, setup,
                                                 teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_each_time_is_one_entry, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_entered_about_a_merged_record, setup,
                                                 teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_not_erased_before_everybody_is_told, setup,
                                                 teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_opened_by_steps_alone, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_opened_by_steps_alone, setup, teardown, eu),
        cmocka_unit_test_prestate_setup_teardown(test_missing, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_found_and_lost_again, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_no_way_around, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_no_way_around, setup, teardown, eu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
