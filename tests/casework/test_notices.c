/* Aim: a letter that is not served starts no time; a translation that nobody approved cannot be
 * served; what was served is kept to the word, and what it proves is recorded in its commit. */
#include "casework/notices.h"
#include "departing.h"
#include "system/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, FILES_MAX = 16, FILE_BYTES_MAX = 1024 * 1024 };

struct room {
    struct office office;
    struct arena texts;
    struct arena arena;
    struct notice_book book;
    struct catalogue catalogue;
    struct somebody person;
};

static struct room room;

static void read_notices(void)
{
    struct notice_file files[FILES_MAX];
    const str *names = NULL;
    size_t count = 0;
    struct err err = {0};
    const str folder = arena_format(&room.texts, "%s/notices/uk", getenv("RETURNHUB_SOURCE"));
    assert_true(
        system_list_folder(folder.at, STR(".notice"), &room.texts, &names, &count, NULL).ok);
    for (size_t i = 0; i < count; i++) {
        files[i].name = arena_format(&room.texts, "%s/%.*s", folder.at, STR_ARG(names[i]));
        assert_true(
            system_read_file(files[i].name.at, FILE_BYTES_MAX, &room.texts, &files[i].text, NULL)
                .ok);
    }
    assert_true(notice_set_read(files, count, &room.texts, &room.book.set, &err).ok);
}

/* A translation that says the same with a word before it. */
static void translate(const char *word)
{
    struct buf buf;
    struct err err = {0};
    buf_init(&buf, &room.texts, FILE_BYTES_MAX);
    buf_put_c(&buf, "msgid \"\"\nmsgstr \"Language: sq\\n\"\n");
    const struct notice_set *set = &room.book.set;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t k = 0; k < set->notices[i].line_count; k++) {
            const str line = set->notices[i].lines[k].text;
            const str entry =
                arena_format(&room.texts, "\nmsgctxt \"notice\"\nmsgid \"%.*s\"\n", STR_ARG(line));
            if (!str_contains(buf_str(&buf), entry)) {
                buf_put(&buf, entry);
                buf_format(&buf, "msgstr \"%s %.*s\"\n", word, STR_ARG(line));
            }
        }
    }
    if (!catalogue_read("sq.po", buf_str(&buf), &room.texts, &room.catalogue, &err).ok) {
        fail_msg("%s:%u: %s", err.file, err.line, err.what);
    }
    room.book.catalogues = &room.catalogue;
    room.book.catalogue_count = 1;
}

static int setup(void **state)
{
    memset(&room, 0, sizeof room);
    office_open_law(&room.office, "uk");
    assert_true(arena_open(&room.texts, ARENA_BYTES, NULL).ok);
    assert_true(arena_open(&room.arena, ARENA_BYTES, NULL).ok);
    read_notices();
    translate("sq:");
    room.office.casework.notices = &room.book;
    room.person = lawful_register(&room.office, "PersonOne Samplealpha", "removal_prepared");
    *state = &room;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    office_close(&room.office);
    arena_close(&room.texts);
    arena_close(&room.arena);
    return 0;
}

static void record(const char *fact, const char *value)
{
    const struct recorded recorded =
        office_record(&room.office, CLERK, room.person.reference, fact, value);
    if (!recorded.ok) {
        fail_msg("%s: %s", fact, recorded.err.what);
    }
}

static void know_departure(void)
{
    record("departure.destination", "ALB");
    record("departure.on", "2026-07-20");
}

static result issue(enum account_name account, const char *notice, const char *language,
                    struct notice_answer *ret_answer, struct err *err)
{
    const struct caller caller = office_caller(&room.office, account);
    const struct notice_order order = {.person = str_from_c(room.person.reference),
                                       .notice = str_from_c(notice),
                                       .language = str_from_c(language),
                                       .hub = STR("")};
    return casework_issue_notice(&room.office.casework, &caller, &order, &room.arena, ret_answer,
                                 err);
}

static struct notice_answer issued(const char *notice, const char *language)
{
    struct notice_answer answer;
    struct err err = {0};
    if (!issue(CLERK, notice, language, &answer, &err).ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static result serve_on(enum account_name account, int64_t notice, const char *method, int days,
                       struct record_answer *ret_answer, struct err *err)
{
    const struct caller caller = office_caller(&room.office, account);
    const date today = office_today(&room.office);
    const struct notice_service service = {.notice = notice,
                                           .on = {.day = today.day + days},
                                           .method = str_from_c(method),
                                           .understood = true,
                                           .proof = STR("signed by the person")};
    return casework_serve_notice(&room.office.casework, &caller, &service, &room.arena, ret_answer,
                                 err);
}

static void serve(int64_t notice, struct record_answer *ret_answer)
{
    struct err err = {0};
    if (!serve_on(CLERK, notice, "in_person", 0, ret_answer, &err).ok) {
        fail_msg("%s", err.what);
    }
}

static struct person_answer ask_person(void)
{
    struct person_answer answer;
    struct err err = {0};
    const struct caller caller = office_caller(&room.office, CLERK);
    const struct asked now = {.has_on = false};
    if (!casework_person(&room.office.casework, &caller, str_from_c(room.person.reference), &now,
                         &room.arena, &answer, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return answer;
}

static bool runs(const char *clock)
{
    const struct person_answer answer = ask_person();
    const uint32_t index = rulebook_clock(room.office.casework.rulebook, str_from_c(clock));
    assert_int_not_equal(index, NOT_FOUND_INDEX);
    for (size_t i = 0; i < answer.clock_count; i++) {
        if (answer.clocks[i].clock == index) {
            return true;
        }
    }
    return false;
}

/* The value of a fact as text; "unknown". */
static str known(const char *fact)
{
    const struct rulebook *rulebook = room.office.casework.rulebook;
    const struct person_answer answer = ask_person();
    const uint32_t index = rulebook_fact(rulebook, str_from_c(fact));
    struct buf buf;
    assert_int_not_equal(index, NOT_FOUND_INDEX);
    buf_init(&buf, &room.arena, FILE_BYTES_MAX);
    value_format(&rulebook->facts[index], &answer.view.facts[index].value, &buf);
    return buf_str(&buf);
}

static void expect_known(const char *fact, const char *value)
{
    const str found = known(fact);
    if (!str_equal(found, str_from_c(value))) {
        fail_msg("%s is %.*s, not %s", fact, STR_ARG(found), value);
    }
}

static void expect(result done, const struct err *err, enum error_code code, const char *words)
{
    assert_false(done.ok);
    if (err->code != code || strstr(err->what, words) == NULL) {
        fail_msg("%s: %s", error_name(err->code), err->what);
    }
}

/* Aim: issued, it is one event and nothing is known that was not known before; served, its facts
 * are there and the time runs. */
static void test_unserved_starts_no_clock(void **state)
{
    (void)state;
    know_departure();
    const int64_t before = office_events(&room.office);
    const struct notice_answer decision = issued("removal_decision", "");
    const struct notice_answer details = issued("departure_details", "");
    struct record_answer recorded;
    assert_int_equal(office_events(&room.office), before + 2);
    assert_false(runs("removal_notice_period"));
    expect_known("removal_notice.intention_given_on", "unknown");
    expect_known("removal_notice.departure_details_given_on", "unknown");
    expect_known("removal_notice.destination", "unknown");
    expect_known("removal_notice.service", "unknown");
    serve(decision.number, &recorded);
    serve(details.number, &recorded);
    assert_true(runs("removal_notice_period"));
    expect_known("removal_notice.intention_given_on", "2026-06-30");
    expect_known("liability.own_notice_given", "yes");
    expect_known("removal_notice.departure_details_given_on", "2026-06-30");
    expect_known("removal_notice.destination", "ALB");
    expect_known("removal_notice.departure_on", "2026-07-20");
    expect_known("removal_notice.service", "proven");
    expect_known("removal_notice.understood", "yes");
}

/* Aim: a letter sent by post proves nothing of its arrival, and starts no time. */
static void test_post_proves_nothing(void **state)
{
    (void)state;
    struct record_answer recorded;
    const struct notice_answer decision = issued("removal_decision", "");
    assert_true(serve_on(CLERK, decision.number, "post", 0, &recorded, NULL).ok);
    expect_known("removal_notice.intention_given_on", "2026-06-30");
    expect_known("removal_notice.service", "unknown");
    assert_false(runs("removal_notice_period"));
}

/* Aim: service is recorded like any fact: an approved removal to somewhere else stops with it. */
static void test_service_stops_what_it_contradicts(void **state)
{
    (void)state;
    struct record_answer recorded;
    assert_true(lawful_make_clear(&room.office, &room.person, "enforced_removal").possible);
    const struct outcome asked =
        office_ask_for(&room.office, CLERK, &room.person, "enforced_removal", "");
    assert_true(asked.ok);
    assert_false(asked.refused);
    const struct notice_answer details = issued("removal_decision", "");
    assert_int_equal(office_request(&room.office, asked.request).state, REQUEST_OPEN);
    serve(details.number, &recorded);
    /* Its five working days begin today. */
    assert_int_equal(recorded.stopped_count, 1);
    assert_int_equal(recorded.stopped[0].request, asked.request);
    assert_int_equal(office_request(&room.office, asked.request).state, REQUEST_STOPPED);
}

static result approve(enum account_name account, const char *notice, struct err *err)
{
    struct translation_line line;
    const struct caller caller = office_caller(&room.office, account);
    return casework_approve_translation(&room.office.casework, &caller, str_from_c(notice),
                                        STR("sq"), STR("read by sworn translator 7"), &room.arena,
                                        &line, err);
}

/* Aim: approved is these words, of this letter: not another letter, not a word changed since, in
 * either language. */
static void test_unapproved_translation(void **state)
{
    (void)state;
    struct notice_answer answer;
    struct err err = {0};
    know_departure();
    const int64_t before = office_events(&room.office);
    expect(issue(CLERK, "departure_details", "sq", &answer, &err), &err, ERROR_CONFLICT,
           "is not approved");
    assert_int_equal(office_events(&room.office), before);
    assert_true(approve(SENIOR, "removal_decision", NULL).ok);
    expect(issue(CLERK, "departure_details", "sq", &answer, &err), &err, ERROR_CONFLICT,
           "is not approved");
    assert_true(approve(SENIOR, "departure_details", NULL).ok);
    answer = issued("departure_details", "sq");
    assert_true(answer.approval > 0);
    assert_true(str_starts(answer.content.translations[0], STR("sq: ")));
    assert_true(str_contains(answer.content.translations[2], STR("20 korrik 2026 (\xE2\x81\xA6"
                                                                 "2026-07-20\xE2\x81\xA9)")));
    translate("SQ:");
    expect(issue(CLERK, "departure_details", "sq", &answer, &err), &err, ERROR_CONFLICT,
           "is not approved");
    translate("sq:");
    assert_true(issue(CLERK, "departure_details", "sq", &answer, NULL).ok);
    expect(approve(SENIOR, "departure_details", &err), &err, ERROR_CONFLICT, "approved already");
}

static void test_half_a_translation(void **state)
{
    (void)state;
    struct err err = {0};
    room.catalogue.count -= 1;
    size_t refused = 0;
    for (size_t i = 0; i < room.book.set.count; i++) {
        const str name = room.book.set.notices[i].name;
        refused += approve(SENIOR, arena_copy(&room.arena, name).at, &err).ok ? 0 : 1;
    }
    assert_in_range(refused, 1, room.book.set.count);
    assert_int_equal(err.code, ERROR_CONFLICT);
}

/* Aim: a letter with a gap is not written. */
static void test_gaps(void **state)
{
    (void)state;
    struct notice_answer answer;
    struct err err = {0};
    record("departure.destination", "ALB");
    const int64_t before = office_events(&room.office);
    expect(issue(CLERK, "departure_details", "", &answer, &err), &err, ERROR_INPUT,
           "\"departure.on\" is not known");
    expect(issue(CLERK, "transfer_information", "", &answer, &err), &err, ERROR_INPUT,
           "needs a hub");
    expect(issue(CLERK, "no_such", "", &answer, &err), &err, ERROR_INPUT, "There is no notice");
    expect(issue(CLERK, "removal_decision", "tlh", &answer, &err), &err, ERROR_INPUT,
           "no translation of notices into");
    assert_int_equal(office_events(&room.office), before);
}

static void test_once(void **state)
{
    (void)state;
    struct record_answer recorded;
    struct notice_answer answer;
    struct err err = {0};
    const struct notice_answer first = issued("removal_decision", "");
    const struct notice_answer second = issued("removal_decision", "");
    const struct caller caller = office_caller(&room.office, CLERK);
    expect(serve_on(CLERK, first.number, "in_person", -1, &recorded, &err), &err, ERROR_INPUT,
           "before it is issued");
    expect(serve_on(CLERK, first.number, "in_person", 1, &recorded, &err), &err, ERROR_INPUT,
           "lies in the future");
    expect(serve_on(CLERK, first.number, "pigeon", 0, &recorded, &err), &err, ERROR_INPUT,
           "not served by");
    expect(serve_on(CLERK, first.number + 100, "in_person", 0, &recorded, &err), &err,
           ERROR_NOT_FOUND, "There is no notice");
    expect(serve_on(CLERK, 1, "in_person", 0, &recorded, &err), &err, ERROR_NOT_FOUND,
           "There is no notice");
    serve(first.number, &recorded);
    expect(serve_on(CLERK, first.number, "in_person", 0, &recorded, &err), &err, ERROR_CONFLICT,
           "was served already");
    expect(casework_cancel_notice(&room.office.casework, &caller, first.number, STR("a mistake"),
                                  &room.arena, &answer, &err),
           &err, ERROR_CONFLICT, "was served already");
    assert_true(casework_cancel_notice(&room.office.casework, &caller, second.number,
                                       STR("a mistake"), &room.arena, &answer, &err)
                    .ok);
    assert_int_equal(answer.state, NOTICE_STATE_CANCELLED);
    expect(serve_on(CLERK, second.number, "in_person", 0, &recorded, &err), &err, ERROR_CONFLICT,
           "was cancelled already");
}

/* Aim: the same command twice is done once. */
static void test_repeated(void **state)
{
    (void)state;
    struct notice_answer answer;
    struct record_answer recorded;
    const struct caller first = office_caller(&room.office, CLERK);
    const struct caller second = office_caller(&room.office, CLERK);
    const struct notice_order order = {.person = str_from_c(room.person.reference),
                                       .notice = STR("removal_decision"),
                                       .language = STR(""),
                                       .hub = STR("")};
    for (int i = 0; i < 2; i++) {
        assert_true(
            casework_issue_notice(&room.office.casework, &first, &order, &room.arena, &answer, NULL)
                .ok);
        assert_int_equal(answer.repeated, i == 1);
    }
    const struct notice_service service = {.notice = answer.number,
                                           .on = office_today(&room.office),
                                           .method = STR("in_person"),
                                           .proof = STR("signed")};
    const int64_t before = office_events(&room.office);
    for (int i = 0; i < 2; i++) {
        assert_true(casework_serve_notice(&room.office.casework, &second, &service, &room.arena,
                                          &recorded, NULL)
                        .ok);
        assert_int_equal(recorded.repeated, i == 1);
    }
    /* Served, the day, the person's own notice, proven. */
    assert_int_equal(office_events(&room.office), before + 4);
}

/* Aim: what was issued stays as it was, whatever becomes of the texts, and its hash is that of its
 * words. */
static void test_kept(void **state)
{
    (void)state;
    struct notice_answer answer;
    struct sha256 hash;
    const struct caller caller = office_caller(&room.office, CLERK);
    const struct notice_answer letter = issued("removal_decision", "");
    const struct notice_answer *letters = NULL;
    size_t count = 0;
    room.office.casework.notices = NULL;
    assert_true(
        casework_notice(&room.office.casework, &caller, letter.number, &room.arena, &answer, NULL)
            .ok);
    assert_int_equal(answer.content.count, letter.content.count);
    for (size_t i = 0; i < letter.content.count; i++) {
        assert_true(str_equal(answer.content.originals[i], letter.content.originals[i]));
        assert_int_equal(answer.content.kinds[i], letter.content.kinds[i]);
    }
    assert_true(notice_content_hash(&answer.content, room.arena, &hash, NULL).ok);
    assert_memory_equal(&hash, &letter.hash, sizeof hash);
    assert_memory_equal(&answer.hash, &letter.hash, sizeof hash);
    assert_true(casework_notices(&room.office.casework, &caller, str_from_c(room.person.reference),
                                 &room.arena, &letters, &count, NULL)
                    .ok);
    assert_int_equal(count, 1);
    assert_int_equal(letters[0].number, letter.number);
    assert_int_equal(letters[0].state, NOTICE_STATE_ISSUED);
}

/* Aim: need to know. */
static void test_access(void **state)
{
    (void)state;
    struct notice_answer answer;
    struct record_answer recorded;
    struct err err = {0};
    const struct notice_answer letter = issued("removal_decision", "");
    expect(issue(STATISTICIAN, "removal_decision", "", &answer, &err), &err, ERROR_FORBIDDEN, "");
    expect(issue(OPERATOR_SOUTH, "removal_decision", "", &answer, &err), &err, ERROR_NOT_FOUND, "");
    expect(serve_on(MONITOR_NORTH, letter.number, "in_person", 0, &recorded, &err), &err,
           ERROR_FORBIDDEN, "");
    expect(serve_on(OPERATOR_SOUTH, letter.number, "in_person", 0, &recorded, &err), &err,
           ERROR_NOT_FOUND, "There is no notice");
    expect(approve(CLERK, "removal_decision", &err), &err, ERROR_FORBIDDEN, "");
    const struct caller south = office_caller(&room.office, OPERATOR_SOUTH);
    expect(
        casework_notice(&room.office.casework, &south, letter.number, &room.arena, &answer, &err),
        &err, ERROR_NOT_FOUND, "There is no notice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_unserved_starts_no_clock, setup, teardown),
        cmocka_unit_test_setup_teardown(test_post_proves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_service_stops_what_it_contradicts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unapproved_translation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_half_a_translation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gaps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_repeated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_access, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
