/* F22: deaths in detention and absconds came out once a year, in a table. Here nobody dies and
 * nobody is lost in the record without an entry in the books, opened by the very step that says so,
 * with a duty for each of those who must be told and the day by which; what was not done is late
 * for everybody to see, and the entry stays open until it is. */
#include "book.h"

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
        cmocka_unit_test_prestate_setup_teardown(test_no_way_around, setup, teardown, uk),
        cmocka_unit_test_prestate_setup_teardown(test_no_way_around, setup, teardown, eu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
