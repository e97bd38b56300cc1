/* Aim: lists of work that waits for somebody. Whoever is likely to be one person with somebody
 * stands in the list of pairs exactly when one of the two is told of the other, whatever was
 * recorded between two questions, and page by page as in one; what is out of sight is in no list,
 * on no page and in no count, also through a broken glass; and of what may be decided each account
 * is told what it may decide. Where everybody is compared behind, it is told that this runs, and
 * then the same; it is given up when the program ends; and when it fails that is said, and it can
 * be begun again. Expected: casework_duplicates asked of everybody, access.def.
 *
 * Random; seed: RETURNHUB_SEED. RETURNHUB_LONG: more rounds. */
#include "casework/administration.h"
#include "casework/glass.h"
#include "casework/privacy.h"
#include "casework/protection.h"
#include "casework/roll.h"
#include "casework/waiting.h"
#include "merging_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE_MAX = 120, PAIRS_KNOWN_MAX = PEOPLE_MAX * PEOPLE_MAX };

struct story {
    struct office office;
    struct random random;
    struct somebody people[PEOPLE_MAX];
    size_t count;
    bool told[PEOPLE_MAX][PEOPLE_MAX];
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = {0};                                                                      \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, err.what);                                                   \
        }                                                                                          \
    } while (0)

static uint64_t seed_of_run(void)
{
    const char *text = getenv("RETURNHUB_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 20261129;
}

static int setup(void **state)
{
    static struct story story;
    story.count = 0;
    random_seed(&story.random, seed_of_run());
    office_open(&story.office);
    *state = &story;
    return 0;
}

static int teardown(void **state)
{
    struct story *story = *state;
    office_expect_rebuilt(&story->office);
    office_close(&story->office);
    return 0;
}

/* --- people ----------------------------------------------------------------------------------- */

static const char *pick(struct story *story, const char *const *words, size_t count)
{
    return words[random_below(&story->random, count)];
}

/* Few names, each written in several ways, so that many are alike. */
static str some_name(struct story *story)
{
    static const char *const firsts[] = {"Sampleone", "Samploon",   "SAMPLEONE", "Sampletwo",
                                         "Probetwo",  "Tryoutfour", "Mockfive",  "Bogusix",
                                         "Dummyten",  "Plainone"};
    static const char *const lasts[] = {"Example",  "Exampel", "Muster",    "Muester", "Paragon",
                                        "Specimen", "Pattern", "Prototype", "Model",   "Fiction"};
    const char *first = pick(story, firsts, 10);
    const char *last = pick(story, lasts, 10);
    struct arena *arena = &story->office.work;
    switch (random_below(&story->random, 4)) {
    case 0:
        return arena_format(arena, "%s %s", last, first);
    case 1:
        return arena_format(arena, "%s Middle %s", first, last);
    default:
        return arena_format(arena, "%s %s", first, last);
    }
}

static struct known_day some_birth(struct story *story)
{
    static const char *const days[] = {"1990-03-04", "1990-04-03", "1989-12-30", "1991-01-02",
                                       "1975-05-05"};
    struct known_day born = {.known = random_below(&story->random, 6) > 0};
    if (born.known) {
        assert_true(date_parse(str_from_c(pick(story, days, 5)), &born.day, NULL).ok);
    }
    return born;
}

static size_t add_person(struct story *story, str name, struct known_day born)
{
    const struct caller caller = office_caller(&story->office, CLERK);
    const struct registration registration = {
        .name = name, .born_on = born, .registered_on = office_today(&story->office)};
    struct registration_answer answer;
    struct somebody *person = &story->people[story->count];
    assert_true(story->count < PEOPLE_MAX);
    MUST(casework_register_person(&story->office.casework, &caller, &registration,
                                  &story->office.work, &answer, &err));
    person->id = answer.person.id;
    snprintf(person->reference, sizeof person->reference, "%.*s", STR_ARG(answer.person.reference));
    return story->count++;
}

static size_t add_somebody(struct story *story, const char *name, const char *born)
{
    struct known_day day = {.known = true};
    assert_true(date_parse(str_from_c(born), &day.day, NULL).ok);
    arena_reset(&story->office.work);
    return add_person(story, str_from_c(name), day);
}

static int64_t record_reference(struct story *story, size_t person, const char *scheme, str value)
{
    const struct caller caller = office_caller(&story->office, CLERK);
    const struct identifier_entry entry = {
        .scheme = str_from_c(scheme), .value = value, .issuer = STR(""), .source = STR("letter")};
    struct identifier_answer answer;
    MUST(casework_record_identifier(&story->office.casework, &caller,
                                    str_from_c(story->people[person].reference), &entry,
                                    &story->office.work, &answer, &err));
    return answer.event;
}

/* --- what is expected ------------------------------------------------------------------------- */

static size_t index_of(const struct story *story, int64_t person)
{
    for (size_t i = 0; i < story->count; i++) {
        if (story->people[i].id == person) {
            return i;
        }
    }
    fail_msg("nobody of this test: %lld", (long long)person);
    return 0;
}

/* Whom each is told of, asked one by one. Whoever is not there for the account is told of nobody.
 */
static size_t ask_everybody(struct story *story, enum account_name account)
{
    struct office *office = &story->office;
    size_t pairs = 0;
    memset(story->told, 0, sizeof story->told);
    for (size_t i = 0; i < story->count; i++) {
        const struct caller caller = office_caller(office, account);
        const struct likely_duplicate *likely = NULL;
        struct person_row person;
        struct err err = {0};
        size_t count = 0;
        arena_reset(&office->work);
        if (!casework_duplicates(&office->casework, &caller, str_from_c(story->people[i].reference),
                                 &office->work, &person, &likely, &count, &err)
                 .ok) {
            assert_int_equal(err.code, ERROR_NOT_FOUND);
            continue;
        }
        assert_true(count < LIKELY_MAX); /* otherwise others are left out */
        for (size_t k = 0; k < count; k++) {
            const size_t own = index_of(story, person.id);
            const size_t other = index_of(story, likely[k].person.id);
            const size_t low = own < other ? own : other;
            const size_t high = own < other ? other : own;
            pairs += story->told[low][high] ? 0 : 1;
            story->told[low][high] = true;
        }
    }
    return pairs;
}

/* One page of the list, however often it has to be asked for; how often it was not known yet. */
static size_t ask_for_page(struct story *story, enum account_name account,
                           const struct pairs_question *question, struct pairs_answer *ret_answer)
{
    struct office *office = &story->office;
    size_t unknown = 0;
    for (;;) {
        const struct caller caller = office_caller(office, account);
        arena_reset(&office->work);
        MUST(casework_all_duplicates(&office->casework, &caller, question, &office->work,
                                     ret_answer, &err));
        if (ret_answer->known) {
            return unknown;
        }
        assert_true(ret_answer->percent >= 0 && ret_answer->percent < 100);
        assert_true(ret_answer->count == 0 && ret_answer->total == 0);
        unknown++;
    }
}

/* The list, so many at a time; each pair once, in order. */
static size_t read_list(struct story *story, enum account_name account, size_t limit,
                        struct pair *ret_pairs)
{
    struct pairs_question question = {.limit = limit};
    size_t count = 0;
    do {
        struct pairs_answer answer;
        ask_for_page(story, account, &question, &answer);
        assert_true(answer.count <= limit && (answer.count > 0 || answer.next.person == 0));
        for (size_t i = 0; i < answer.count; i++) {
            const struct duplicate_pair *line = &answer.pairs[i];
            const struct pair pair = {.one = line->person.id, .other = line->other.person.id};
            assert_true(line->other.reason_count > 0 && line->identity.name.len > 0);
            assert_true(pair.one < pair.other);
            assert_true(count == 0 || pair_compare(&ret_pairs[count - 1], &pair) < 0);
            ret_pairs[count++] = pair;
        }
        question.after = answer.next;
        if (answer.next.person == 0) {
            assert_int_equal(answer.total, count);
        }
    } while (question.after.person != 0);
    return count;
}

static struct pair pairs[PAIRS_KNOWN_MAX];

static void expect_list(struct story *story, enum account_name account, size_t limit)
{
    const size_t expected = ask_everybody(story, account);
    const size_t count = read_list(story, account, limit, pairs);
    for (size_t i = 0; i < count; i++) {
        const size_t one = index_of(story, pairs[i].one);
        const size_t other = index_of(story, pairs[i].other);
        if (!story->told[one][other]) {
            fail_msg("%s and %s are told of nowhere else", story->people[one].reference,
                     story->people[other].reference);
        }
    }
    assert_int_equal(count, expected);
}

static struct waiting_counts waiting(struct story *story, enum account_name account)
{
    const struct caller caller = office_caller(&story->office, account);
    struct waiting_counts counts;
    arena_reset(&story->office.work);
    MUST(casework_waiting(&story->office.casework, &caller, &story->office.work, &counts, &err));
    return counts;
}

/* --- every pair ------------------------------------------------------------------------------- */

static void something_happens(struct story *story, int64_t *withdrawable)
{
    struct office *office = &story->office;
    const size_t person = story->count > 0 ? random_below(&story->random, story->count) : 0;
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    const uint64_t what = story->count < 4 ? 0 : random_below(&story->random, 8);
    if (what < 4 && story->count < PEOPLE_MAX) {
        const str name = some_name(story);
        add_person(story, name, some_birth(story));
    } else if (what == 4) {
        *withdrawable = record_reference(story, person, "other_name", some_name(story));
    } else if (what == 5) {
        *withdrawable =
            record_reference(story, person, "gwf",
                             arena_format(&office->work, "GWF01234567%llu",
                                          (unsigned long long)random_below(&story->random, 5)));
    } else if (what == 6 && *withdrawable != 0) {
        MUST(casework_withdraw_identifier(&office->casework, &caller, *withdrawable, STR("a slip"),
                                          &office->work, &err));
        *withdrawable = 0;
    } else if (what == 7) {
        const struct corrected_identity corrected = {
            .name = some_name(story), .born_on = some_birth(story), .reason = STR("the passport")};
        MUST(casework_correct_identity(&office->casework, &caller,
                                       str_from_c(story->people[person].reference), &corrected,
                                       &office->work, &err));
    }
}

/* A few at a time, so that what is kept is brought up to date; then anew. */
static void test_every_pair(void **state)
{
    struct story *story = *state;
    const int rounds = getenv("RETURNHUB_LONG") != NULL ? 40 : 8;
    int64_t withdrawable = 0;
    for (int round = 0; round < rounds; round++) {
        const uint64_t happens = 1 + random_below(&story->random, 12);
        for (uint64_t i = 0; i < happens; i++) {
            something_happens(story, &withdrawable);
        }
        expect_list(story, CLERK, 1 + random_below(&story->random, 30));
    }
    assert_true(read_list(story, SENIOR, 500, pairs) > 5);
    /* Another program, that has kept nothing. */
    struct err err = {0};
    office_stop(&story->office);
    assert_true(office_start(&story->office, &err).ok);
    expect_list(story, CLERK, 500);
}

/* --- compared behind -------------------------------------------------------------------------- */

/* The program anew on the same store: it has kept nothing, and never waits for a comparison. */
static void begin_anew(struct story *story)
{
    struct office *office = &story->office;
    const struct rulebook *rulebook = office->casework.rulebook;
    casework_close(&office->casework);
    MUST(casework_open(office->store, rulebook, &office->system, &office->perm, &office->casework,
                       &err));
    office->casework.pairs_wait_ms = 0;
}

static void test_every_pair_behind(void **state)
{
    struct story *story = *state;
    const struct pairs_question question = {.limit = 10};
    const int rounds = getenv("RETURNHUB_LONG") != NULL ? 40 : 6;
    int64_t withdrawable = 0;
    int percent = 0;
    for (int round = 0; round < rounds; round++) {
        struct pairs_answer answer;
        for (int i = 0; i < 20; i++) {
            something_happens(story, &withdrawable);
        }
        begin_anew(story);
        assert_false(casework_compares_everybody(&story->office.casework, &percent));
        assert_true(ask_for_page(story, CLERK, &question, &answer) > 0);
        assert_false(casework_compares_everybody(&story->office.casework, &percent));
        expect_list(story, CLERK, 30);
        /* What is kept is brought up to date, and nothing is begun again. */
        something_happens(story, &withdrawable);
        assert_int_equal(ask_for_page(story, SENIOR, &question, &answer), 0);
        expect_list(story, CLERK, 30);
    }
    assert_true(read_list(story, SENIOR, 500, pairs) > 5);
}

/* What changed while everybody was compared is looked at by whoever takes what came of it; of many,
 * everybody again. */
static void test_changed_meanwhile(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    const struct pairs_question question = {.limit = 10};
    struct pairs_answer answer = {.known = true};
    for (int i = 0; i < 20; i++) {
        add_person(story, some_name(story), some_birth(story));
    }
    for (int many = 0; many < 2; many++) {
        const struct caller caller = office_caller(office, CLERK);
        begin_anew(story);
        MUST(casework_all_duplicates(&office->casework, &caller, &question, &office->work, &answer,
                                     &err));
        assert_false(answer.known);
        for (int i = 0; i < (many ? 70 : 5); i++) {
            arena_reset(&office->work);
            add_person(story, some_name(story), some_birth(story));
        }
        expect_list(story, CLERK, 30);
    }
}

struct tried {
    struct roll_watch watch;
    struct arena *arena;
    result called;
    struct err err;
};

static result try_to_call(struct transaction *const *transactions, size_t count, void *context,
                          struct err *err)
{
    struct tried *tried = context;
    struct roll_answer answer;
    (void)err;
    tried->called =
        roll_call(transactions, count, 2026, &tried->watch, tried->arena, &answer, &tried->err);
    return result_ok();
}

/* It is given up as soon as that is wanted, and the program ends in the midst of it. */
static void test_given_up(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    struct tried tried = {.watch = {.gives_up = true}, .arena = &office->work};
    for (int i = 0; i < 30; i++) {
        add_person(story, some_name(story), some_birth(story));
    }
    MUST(store_read_together(office->store, ROLL_THREADS, try_to_call, &tried, &err));
    assert_false(tried.called.ok);
    assert_int_equal(tried.err.code, ERROR_UNAVAILABLE);
    for (int round = 0; round < 20; round++) {
        const struct caller caller = office_caller(office, CLERK);
        struct pairs_answer answer = {.known = true};
        begin_anew(story); /* the one before may run still */
        MUST(casework_all_duplicates(&office->casework, &caller,
                                     &(struct pairs_question){.limit = 10}, &office->work, &answer,
                                     &err));
        assert_false(answer.known);
    }
    begin_anew(story);
    expect_list(story, CLERK, 10);
}

/* One event cannot be read, and then it can. */
static void test_failed(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    const struct pairs_question question = {.limit = 10};
    const struct caller caller = office_caller(office, CLERK);
    struct pairs_answer answer;
    struct err told = {0};
    result asked = {.ok = true};
    for (int i = 0; i < 10; i++) {
        add_person(story, some_name(story), some_birth(story));
    }
    const int64_t last = office_events(office);
    begin_anew(story);
    char sql[200];
    snprintf(sql, sizeof sql,
             "CREATE TABLE kept_body AS SELECT sealed FROM event WHERE position = %lld;"
             "UPDATE event SET sealed = zeroblob(length(sealed)) WHERE position = %lld;",
             (long long)last, (long long)last);
    office_change(office, sql);
    for (int i = 0; i < 20000 && asked.ok; i++) {
        arena_reset(&office->work);
        asked = casework_all_duplicates(&office->casework, &caller, &question, &office->work,
                                        &answer, &told);
        assert_true(!asked.ok || !answer.known);
    }
    assert_false(asked.ok);
    assert_non_null(strstr(told.what, "Comparing everybody with everybody failed: "));
    assert_string_equal(told.hint, "Ask again: it begins anew.");
    snprintf(sql, sizeof sql,
             "UPDATE event SET sealed = (SELECT sealed FROM kept_body) WHERE position = %lld;"
             "DROP TABLE kept_body;",
             (long long)last);
    office_change(office, sql);
    assert_true(ask_for_page(story, CLERK, &question, &answer) > 0); /* begun again */
    expect_list(story, CLERK, 10);
}

/* Of two people merged one is there, and of the two again when they are taken apart. */
static void test_merged(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    const size_t one = add_somebody(story, "Person Sampleone", "1990-03-04");
    const size_t two = add_somebody(story, "Sampleone Person", "1990-04-03");
    const size_t three = add_somebody(story, "Person Sampleone", "1990-06-07");
    assert_int_equal(read_list(story, CLERK, 10, pairs), 3);
    assert_int_equal(waiting(story, CLERK).pairs, 3);
    const int64_t merge = merging_ask(office, &story->people[one], &story->people[two]);
    struct pairs_answer answer;
    /* Small: told at once. */
    assert_int_equal(ask_for_page(story, CLERK, &(struct pairs_question){.limit = 1}, &answer), 0);
    assert_int_equal(answer.pairs[0].merge, merge);
    assert_int_equal(answer.pairs[0].merge_state, MERGE_ASKED);
    assert_int_equal(answer.total, 3);
    assert_int_equal(waiting(story, CLERK).pairs, 2); /* the third is somebody's to decide */
    merging_confirm(office, merge);
    expect_list(story, CLERK, 10);
    assert_int_equal(read_list(story, CLERK, 10, pairs), 1);
    assert_int_equal(pairs[0].one, story->people[one].id);
    assert_int_equal(pairs[0].other, story->people[three].id);
    merging_undo(office, merge, false);
    assert_int_equal(read_list(story, CLERK, 10, pairs), 3);
    expect_list(story, CLERK, 10);
    assert_int_equal(waiting(story, CLERK).pairs, 2); /* found to be two people */
}

/* What was withdrawn finds nobody any more. */
static void test_withdrawn(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    const size_t one = add_somebody(story, "Person Sampleone", "1990-03-04");
    const size_t two = add_somebody(story, "Somebody Different", "1960-04-03");
    record_reference(story, one, "gwf", STR("GWF012345678"));
    const int64_t event = record_reference(story, two, "gwf", STR("GWF012345678"));
    const int64_t name = record_reference(story, two, "other_name", STR("Sampleone Person"));
    expect_list(story, CLERK, 10);
    assert_int_equal(read_list(story, CLERK, 10, pairs), 1);
    const int64_t events[] = {event, name};
    for (size_t i = 0; i < 2; i++) {
        const struct caller caller = office_caller(office, CLERK);
        MUST(casework_withdraw_identifier(&office->casework, &caller, events[i], STR("a slip"),
                                          &office->work, &err));
    }
    assert_int_equal(read_list(story, CLERK, 10, pairs), 0);
    expect_list(story, CLERK, 10);
    struct err err = {0};
    office_stop(office);
    assert_true(office_start(office, &err).ok);
    assert_int_equal(read_list(story, CLERK, 10, pairs), 0);
}

/* --- out of sight ----------------------------------------------------------------------------- */

static void privacy(struct story *story, enum account_name account, enum privacy_command command,
                    size_t person, const char *reason)
{
    const struct caller caller = office_caller(&story->office, account);
    struct privacy_answer answer;
    arena_reset(&story->office.work);
    MUST(casework_privacy(&story->office.casework, &caller, command,
                          str_from_c(story->people[person].reference), str_from_c(reason),
                          &story->office.work, &answer, &err));
}

static void protect(struct story *story, size_t person)
{
    const struct caller caller = office_caller(&story->office, SENIOR);
    const str named[] = {STR("other-senior")};
    const struct protection protection = {
        .usernames = named, .username_count = 1, .reason = STR("Threatened")};
    int64_t event = 0;
    arena_reset(&story->office.work);
    MUST(casework_protect_person(&story->office.casework, &caller,
                                 str_from_c(story->people[person].reference), &protection,
                                 &story->office.work, &event, &err));
}

static size_t erasures(struct story *story, enum account_name account, bool *ret_asked_here)
{
    const struct caller caller = office_caller(&story->office, account);
    const struct erasure_line *lines = NULL;
    size_t count = 0;
    arena_reset(&story->office.work);
    MUST(casework_erasures(&story->office.casework, &caller, &story->office.work, &lines, &count,
                           &err));
    *ret_asked_here = count > 0 && lines[0].asked_here;
    return count;
}

/* Three who are alike; one is protected, another's processing is restricted. */
static void test_pairs_out_of_sight(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    const size_t one = add_somebody(story, "Person Sampleone", "1990-03-04");
    const size_t two = add_somebody(story, "Person Sampleone", "1990-03-04");
    const size_t three = add_somebody(story, "Person Sampleone", "1990-03-04");
    assert_int_equal(read_list(story, CLERK, 10, pairs), 3);
    protect(story, two);
    assert_int_equal(read_list(story, OTHER_SENIOR, 10, pairs), 3); /* who is named */
    expect_list(story, OTHER_SENIOR, 1);
    static const enum account_name others[] = {CLERK, OFFICER, SENIOR};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(read_list(story, others[i], 1, pairs), 1);
        assert_int_equal(pairs[0].one, story->people[one].id);
        assert_int_equal(pairs[0].other, story->people[three].id);
        expect_list(story, others[i], 10);
    }
    assert_int_equal(waiting(story, CLERK).pairs, 1);
    /* A broken glass shows the record, and nobody in a list. */
    const struct caller breaks = office_caller(office, CLERK);
    struct glass_line glass;
    bool sees = false;
    MUST(casework_break_glass(&office->casework, &breaks, str_from_c(story->people[two].reference),
                              STR("They are in danger"), 30, &office->work, &glass, &err));
    MUST(casework_sees_person(&office->casework, &breaks, str_from_c(story->people[two].reference),
                              &office->work, &sees, &err));
    assert_true(sees);
    assert_int_equal(read_list(story, CLERK, 10, pairs), 1);
    assert_int_equal(waiting(story, CLERK).pairs, 1);
    privacy(story, SENIOR, PRIVACY_RESTRICT, three, "Accuracy is contested");
    assert_int_equal(read_list(story, CLERK, 10, pairs), 0);
    assert_int_equal(waiting(story, CLERK).pairs, 0);
    assert_int_equal(read_list(story, OTHER_SENIOR, 10, pairs), 1);
    expect_list(story, OTHER_SENIOR, 10);
}

static void test_who_may_ask(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    add_somebody(story, "Person Sampleone", "1990-03-04");
    add_somebody(story, "Person Sampleone", "1990-03-04");
    static const enum account_name not_they[] = {OPERATOR_NORTH, MONITOR_NORTH, ADMINISTRATOR,
                                                 STATISTICIAN};
    static const char *const titles[] = {"Hub operator", "Independent monitor", "Administrator",
                                         "Statistician"}; /* access.def */
    for (size_t i = 0; i < sizeof not_they / sizeof not_they[0]; i++) {
        const struct caller caller = office_caller(office, not_they[i]);
        const struct erasure_line *lines = NULL;
        struct pairs_answer answer;
        size_t count = 0;
        struct err err = {0};
        assert_false(casework_all_duplicates(&office->casework, &caller,
                                             &(struct pairs_question){.limit = 10}, &office->work,
                                             &answer, &err)
                         .ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
        /* In words, as everywhere: no names of roles and actions. */
        assert_non_null(strstr(err.what, titles[i]));
        assert_non_null(strstr(err.hint, "Caseworker, Authorising officer, Senior officer"));
        assert_null(strchr(err.what, '_'));
        assert_null(strchr(err.hint, '_'));
        assert_false(
            casework_erasures(&office->casework, &caller, &office->work, &lines, &count, &err).ok);
        assert_int_equal(err.code, ERROR_FORBIDDEN);
    }
    const struct waiting_counts operator_is_told = waiting(story, OPERATOR_NORTH);
    assert_true(!operator_is_told.decides_merges && !operator_is_told.erases &&
                !operator_is_told.asks_for_merges && operator_is_told.pairs == 0);
}

/* --- merges and erasures that wait ------------------------------------------------------------ */

static void test_what_waits(void **state)
{
    struct story *story = *state;
    struct office *office = &story->office;
    bool asked_here = false;
    const size_t one = add_somebody(story, "Person Sampleone", "1990-03-04");
    const size_t two = add_somebody(story, "Somebody Different", "1970-03-04");
    merging_ask(office, &story->people[one], &story->people[two]);
    assert_int_equal(waiting(story, SENIOR).merges, 1);
    assert_false(waiting(story, CLERK).decides_merges);
    const size_t third = add_somebody(story, "Third Sampleone", "1980-03-04");
    privacy(story, SENIOR, PRIVACY_REQUEST_ERASURE, third, "retention ended");
    assert_int_equal(erasures(story, SENIOR, &asked_here), 1);
    assert_true(asked_here);
    assert_int_equal(waiting(story, SENIOR).erasures, 0); /* not theirs to confirm */
    assert_int_equal(erasures(story, OTHER_SENIOR, &asked_here), 1);
    assert_false(asked_here);
    assert_int_equal(waiting(story, OTHER_SENIOR).erasures, 1);
    /* Out of sight: in no list and no count. */
    protect(story, third);
    assert_int_equal(erasures(story, SENIOR, &asked_here), 0);
    assert_int_equal(erasures(story, OTHER_SENIOR, &asked_here), 1);
    protect(story, two);
    assert_int_equal(waiting(story, SENIOR).merges, 0);
    assert_int_equal(waiting(story, OTHER_SENIOR).merges, 1);
    privacy(story, OTHER_SENIOR, PRIVACY_DECLINE_ERASURE, third, "a claim is open");
    assert_int_equal(erasures(story, OTHER_SENIOR, &asked_here), 0);
    assert_int_equal(waiting(story, OTHER_SENIOR).erasures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_pair, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_pair_behind, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(test_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_merged, setup, teardown),
        cmocka_unit_test_setup_teardown(test_withdrawn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pairs_out_of_sight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_may_ask, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_waits, setup, teardown),
    };
    print_message("# seed %llu (RETURNHUB_SEED)\n", (unsigned long long)seed_of_run());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
