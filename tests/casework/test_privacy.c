/* Aim: what data protection law asks. Erasing takes two people and what is erased is nowhere any
 * more, while everything that rests on it - places, totals, leaves, the rows made anew - stays as
 * it was. A hold goes before erasing; a restricted record is out of sight; every look is on record
 * with its reason; a person gets everything. */
#include "casework/privacy.h"

#include "base/random.h"
#include "casework/administration.h"
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

struct desk {
    struct office office;
    int64_t protection; /* the account of the data protection officer */
};

static int setup(void **state)
{
    static struct desk desk;
    struct err err = {0};
    struct account_row account;
    office_open(&desk.office);
    struct arena scratch = desk.office.work;
    const struct caller administrator = office_caller(&desk.office, ADMINISTRATOR);
    const struct new_account wanted = {.username = STR("protection"),
                                       .name = STR("Protection Officer"),
                                       .role = STR("data_protection_officer"),
                                       .hub = STR("")};
    assert_true(casework_open_account(&desk.office.casework, &administrator, &wanted, &scratch,
                                      &account, &err)
                    .ok);
    desk.protection = account.id;
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    office_close(&desk->office);
    return 0;
}

struct done {
    bool ok;
    struct err err;
    int64_t event;
    bool repeated;
    struct person_row person;
};

static struct done command_by(struct desk *desk, const struct caller *caller,
                              enum privacy_command command, const char *reference,
                              const char *reason)
{
    struct arena scratch = desk->office.work;
    struct done done = {0};
    struct privacy_answer answer = {0};
    done.ok = casework_privacy(&desk->office.casework, caller, command, str_from_c(reference),
                               str_from_c(reason), &scratch, &answer, &done.err)
                  .ok;
    done.event = answer.event;
    done.repeated = answer.repeated;
    done.person = answer.person;
    done.person.reference = STR("");
    done.person.stage = STR("");
    done.person.last_contact_source = STR("");
    return done;
}

static struct caller protection_caller(struct desk *desk)
{
    return (struct caller){.account = desk->protection,
                           .client_id = office_client_id(&desk->office),
                           .reason = STR("")};
}

static struct done command(struct desk *desk, enum privacy_command which, const char *reference)
{
    const struct caller caller = protection_caller(desk);
    return command_by(desk, &caller, which, reference, "Asked for by the person");
}

static struct done command_of(struct desk *desk, enum account_name account,
                              enum privacy_command which, const char *reference)
{
    const struct caller caller = office_caller(&desk->office, account);
    return command_by(desk, &caller, which, reference, "Asked for by the person");
}

static void assert_refused(struct done done, enum error_code code, const char *words)
{
    assert_false(done.ok);
    assert_int_equal(done.err.code, code);
    if (strstr(done.err.what, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, done.err.what);
    }
}

/* Removed: an outcome, with requests, approvals and facts in the record. */
static struct somebody removed(struct desk *desk, const char *name)
{
    const struct somebody person = office_ready(&desk->office, name);
    assert_true(office_take(&desk->office, CLERK, office_removal(&desk->office, &person)).ok);
    return person;
}

static void erase(struct desk *desk, const struct somebody *person)
{
    assert_true(command(desk, PRIVACY_REQUEST_ERASURE, person->reference).ok);
    const struct done erased = command_of(desk, SENIOR, PRIVACY_ERASE, person->reference);
    if (!erased.ok) {
        fail_msg("%s", erased.err.what);
    }
}

/* --- who may, and when ------------------------------------------------------------------------ */

/* Aim: erasing takes two people, and a role. */
static void test_two_people(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = removed(desk, "PersonOne Samplealpha");
    assert_refused(command_of(desk, CLERK, PRIVACY_REQUEST_ERASURE, person.reference),
                   ERROR_FORBIDDEN, "may not do this");
    assert_refused(command(desk, PRIVACY_ERASE, person.reference), ERROR_CONFLICT, "Nobody has");
    assert_true(command(desk, PRIVACY_REQUEST_ERASURE, person.reference).ok);
    assert_refused(command(desk, PRIVACY_REQUEST_ERASURE, person.reference), ERROR_CONFLICT,
                   "already");
    assert_refused(command(desk, PRIVACY_ERASE, person.reference), ERROR_CONFLICT, "two people");
    assert_refused(command_of(desk, MONITOR_NORTH, PRIVACY_ERASE, person.reference),
                   ERROR_FORBIDDEN, "may not do this");
    assert_true(command_of(desk, SENIOR, PRIVACY_DECLINE_ERASURE, person.reference).ok);
    assert_refused(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference), ERROR_CONFLICT,
                   "Nobody has");
    assert_true(command_of(desk, SENIOR, PRIVACY_REQUEST_ERASURE, person.reference).ok);
    assert_refused(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference), ERROR_CONFLICT,
                   "two people");
    assert_true(command(desk, PRIVACY_ERASE, person.reference).ok);
    assert_refused(command(desk, PRIVACY_HOLD, person.reference), ERROR_NOT_FOUND, "no person");
    office_expect_rebuilt(&desk->office);
}

static struct legal_hold hold_at(struct desk *desk, const struct somebody *person, size_t index,
                                 size_t expected)
{
    const struct caller caller = protection_caller(desk);
    struct before_erasure before;
    struct err err = {0};
    assert_true(casework_before_erasure(&desk->office.casework, &caller,
                                        str_from_c(person->reference), &desk->office.work, &before,
                                        &err)
                    .ok);
    assert_int_equal(before.hold_count, expected);
    return before.holds[index];
}

/* Aim: of each hold in force it is told who placed it, why and since when, the last first; of one
 * that was lifted nothing; and nothing to whoever may place none. */
static void test_holds_in_force(void **state)
{
    struct desk *desk = *state;
    struct arena scratch = desk->office.work;
    const struct somebody person = removed(desk, "PersonTwo Samplegamma");
    const struct caller senior = office_caller(&desk->office, SENIOR);
    const struct caller clerk = office_caller(&desk->office, CLERK);
    struct before_erasure none;
    struct err err = {0};
    enum { A_DAY = 86400000 }; /* milliseconds */
    const int64_t first = desk->office.now;
    assert_true(
        command_by(desk, &senior, PRIVACY_HOLD, person.reference, "A claim for damages").ok);
    desk->office.now += A_DAY;
    assert_true(command(desk, PRIVACY_HOLD, person.reference).ok);
    const struct legal_hold last = hold_at(desk, &person, 0, 2);
    const struct legal_hold before = hold_at(desk, &person, 1, 2);
    assert_true(str_equal(last.reason, STR("Asked for by the person")));
    assert_true(str_equal(last.by, STR("Protection Officer")));
    assert_true(str_equal(before.reason, STR("A claim for damages")));
    assert_false(str_equal(before.by, last.by));
    assert_in_range(before.since.milliseconds, first, first + A_DAY - 1);
    assert_in_range(last.since.milliseconds, first + A_DAY, first + 2 * A_DAY);
    assert_true(command(desk, PRIVACY_LIFT_HOLD, person.reference).ok);
    assert_int_equal(hold_at(desk, &person, 0, 1).event, before.event);
    assert_false(casework_before_erasure(&desk->office.casework, &clerk,
                                         str_from_c(person.reference), &scratch, &none, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

/* Aim: holds are counted, and while one is left nothing is erased. */
static void test_hold(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = removed(desk, "PersonTwo Samplebeta");
    assert_refused(command(desk, PRIVACY_LIFT_HOLD, person.reference), ERROR_CONFLICT, "no legal");
    assert_true(command(desk, PRIVACY_HOLD, person.reference).ok);
    assert_int_equal(command_of(desk, SENIOR, PRIVACY_HOLD, person.reference).person.holds, 2);
    assert_true(command(desk, PRIVACY_REQUEST_ERASURE, person.reference).ok);
    assert_refused(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference), ERROR_CONFLICT,
                   "legal hold");
    assert_true(command(desk, PRIVACY_LIFT_HOLD, person.reference).ok);
    assert_refused(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference), ERROR_CONFLICT,
                   "legal hold");
    assert_int_equal(command(desk, PRIVACY_LIFT_HOLD, person.reference).person.holds, 0);
    assert_refused(command(desk, PRIVACY_LIFT_HOLD, person.reference), ERROR_CONFLICT, "no legal");
    office_expect_rebuilt(&desk->office);
    assert_true(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference).ok);
}

/* Aim: nobody whose case is open, who has a request that is live or a place is erased. */
static void test_open_case(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_true(command(desk, PRIVACY_REQUEST_ERASURE, person.reference).ok);
    assert_refused(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference), ERROR_CONFLICT,
                   "open (exhausted)");
    assert_true(office_take(office, CLERK, request).ok);
    assert_refused(command_of(desk, SENIOR, PRIVACY_ERASE, person.reference), ERROR_CONFLICT,
                   "open (at_hub)");
    assert_int_equal(office_places(office, office->hub_north).occupied, 1);
    assert_int_equal(office_request(office, request).state, REQUEST_TAKEN);
}

/* --- what is erased, and what is not ---------------------------------------------------------- */

static bool file_has(const char *path, const void *bytes, size_t len)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *all = malloc((size_t)size + 1);
    assert_non_null(all);
    assert_int_equal(fread(all, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    const bool has = memmem(all, (size_t)size, bytes, len) != NULL;
    free(all);
    return has;
}

static bool store_has(struct office *office, const void *bytes, size_t len)
{
    char path[260];
    bool has = file_has(office->path, bytes, len);
    snprintf(path, sizeof path, "%s-wal", office->path);
    has = file_has(path, bytes, len) || has;
    snprintf(path, sizeof path, "%s-shm", office->path);
    return file_has(path, bytes, len) || has;
}

struct blob {
    unsigned char bytes[256];
    size_t len;
};

static struct blob ask_blob(struct office *office, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct blob blob = {.len = 0};
    assert_int_equal(sqlite3_open_v2(office->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    blob.len = (size_t)sqlite3_column_bytes(statement, 0);
    assert_true(blob.len <= sizeof blob.bytes);
    if (blob.len > 0) {
        memcpy(blob.bytes, sqlite3_column_blob(statement, 0), blob.len);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return blob;
}

static struct blob wrapped_key(struct office *office, int64_t person)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT wrapped FROM subject_key WHERE subject_kind = 1 AND subject = %lld",
             (long long)person);
    return ask_blob(office, sql);
}

/* Aim: the key and the facts are in no file of the store; the leaves are the same to the byte. */
static void test_nothing_is_left(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "PersonFour Sampledelta");
    const char marker[] = "Words Nobody Else Would Use 4711";
    struct arena scratch = office->work;
    struct err err = {0};
    const struct fact_entry entry = {.fact = STR("order.injunction"),
                                     .value = STR("none"),
                                     .true_from = office_today(office),
                                     .source = str_from_c(marker)};
    struct record_answer answer;
    const struct caller clerk = office_caller(office, CLERK);
    assert_true(casework_record_facts(&office->casework, &clerk, SUBJECT_OF_PERSON,
                                      str_from_c(person.reference), &entry, 1, &scratch, &answer,
                                      &err)
                    .ok);
    assert_true(office_take(office, CLERK, office_removal(office, &person)).ok);
    const struct blob key = wrapped_key(office, person.id);
    assert_true(key.len > 32);
    assert_true(store_has(office, key.bytes, key.len));
    assert_true(store_has(office, marker, sizeof marker - 1));
    assert_true(store_has(office, person.reference, strlen(person.reference)));
    assert_false(store_has(office, "Sampledelta", 11));
    const int64_t events = office_events(office);
    const int64_t stages =
        office_ask(office, "SELECT COUNT(*) FROM person WHERE stage = 'removed'");
    const struct blob leaf =
        ask_blob(office, "SELECT leaf FROM event WHERE kind = 1 ORDER BY position DESC LIMIT 1");
    erase(desk, &person);
    assert_false(store_has(office, key.bytes, key.len));
    assert_false(store_has(office, marker, sizeof marker - 1));
    assert_false(store_has(office, person.reference, strlen(person.reference)));
    assert_int_equal(wrapped_key(office, person.id).len, 0);
    assert_int_equal(office_events(office), events + 2);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM person WHERE stage = 'removed'"),
                     stages);
    const struct blob after =
        ask_blob(office, "SELECT leaf FROM event WHERE kind = 1 ORDER BY position DESC LIMIT 1");
    assert_memory_equal(leaf.bytes, after.bytes, leaf.len);
    const struct person_row row = office_person(office, person.id);
    assert_true(row.erased);
    assert_true(str_equal(row.stage, STR("removed")));
    office_expect_rebuilt(&desk->office);
}

enum { TRACE_BYTES = 12, TRACE_STEP = 8, WORD_SIZE = 49 };

struct traced {
    struct somebody person;
    struct blob key;
    char words[WORD_SIZE]; /* of chance, under several facts */
    bool erased;
};

/* How many pieces of these bytes are in the file. */
static size_t traces_in(const char *file, size_t size, const void *bytes, size_t len)
{
    size_t count = 0;
    for (size_t at = 0; at + TRACE_BYTES <= len; at += TRACE_STEP) {
        count += memmem(file, size, (const char *)bytes + at, TRACE_BYTES) != NULL ? 1 : 0;
    }
    return count;
}

static void expect_no_traces(const char *path, const struct traced *traced, size_t count)
{
    struct arena arena;
    struct err err = {0};
    str file;
    if (!system_file_exists(path)) {
        return;
    }
    assert_true(arena_open(&arena, (size_t)64 * 1024 * 1024, &err).ok);
    assert_true(system_read_file(path, (size_t)32 * 1024 * 1024, &arena, &file, &err).ok);
    for (size_t i = 0; i < count; i++) {
        const struct traced *one = &traced[i];
        const size_t key = traces_in(file.at, file.len, one->key.bytes, one->key.len);
        const size_t words = traces_in(file.at, file.len, one->words, WORD_SIZE - 1);
        if (one->erased && (key > 0 || words > 0)) {
            fail_msg("%s: %zu pieces of the key and %zu of the words of person %zu", path, key,
                     words, i);
        }
    }
    arena_close(&arena);
}

static void trace_person(struct desk *desk, struct random *random, struct traced *traced)
{
    static const char *const facts[] = {"person.remarks", "order.injunction"};
    struct office *office = &desk->office;
    char name[WORD_SIZE + 16];
    for (size_t i = 0; i + 1 < WORD_SIZE; i++) {
        traced->words[i] = (char)('a' + random_below(random, 26));
    }
    snprintf(name, sizeof name, "Person %.20s", traced->words);
    traced->person = office_ready(office, name);
    traced->key = wrapped_key(office, traced->person.id);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        struct arena scratch = office->work;
        struct err err = {0};
        struct record_answer answer;
        const struct caller clerk = office_caller(office, CLERK);
        const bool is_choice = strcmp(facts[i], "order.injunction") == 0;
        const struct fact_entry entry = {.fact = str_from_c(facts[i]),
                                         .value =
                                             is_choice ? STR("none") : str_from_c(traced->words),
                                         .true_from = office_today(office),
                                         .source = str_from_c(traced->words)};
        if (!casework_record_facts(&office->casework, &clerk, SUBJECT_OF_PERSON,
                                   str_from_c(traced->person.reference), &entry, 1, &scratch,
                                   &answer, &err)
                 .ok) {
            fail_msg("%s: %s", facts[i], err.what);
        }
    }
    assert_true(office_take(office, CLERK, office_removal(office, &traced->person)).ok);
}

/* Aim: rows move from page to page as others come between them, and what SQLite leaves behind where
 * they were is overwritten too: of no person who was erased is a piece of the key, or of what was
 * known of them, in any file afterwards. */
static void test_no_trace(void **state)
{
    enum { PEOPLE = 200 };
    static struct traced traced[PEOPLE];
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const char *text = getenv("RETURNHUB_SEED");
    const uint64_t seed = text == NULL ? 1 : strtoull(text, NULL, 10);
    struct random random;
    char log[260];
    random_seed(&random, seed);
    print_message("# seed %llu\n", (unsigned long long)seed);
    snprintf(log, sizeof log, "%s-wal", office->path);
    size_t erased = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        trace_person(desk, &random, &traced[i]);
        struct traced *one = &traced[random_below(&random, i + 1)];
        if (i % 2 == 1 && !one->erased) {
            erase(desk, &one->person);
            one->erased = true;
            erased++;
            expect_no_traces(office->path, traced, i + 1);
            expect_no_traces(log, traced, i + 1);
        }
    }
    print_message("# %zu people erased\n", erased);
    assert_true(erased > PEOPLE / 4);
    assert_true(store_has(office, traced[PEOPLE - 1].words, WORD_SIZE - 1));
}

/* Aim: whoever asks about an erased person gets what they would get about nobody. */
static void test_out_of_sight(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = removed(desk, "PersonFive Sampleepsilon");
    const struct somebody other = removed(desk, "PersonSix Samplezeta");
    erase(desk, &person);
    struct arena scratch = office->work;
    struct err err = {0};
    struct people_answer people;
    const struct people_query query = {
        .text = STR(""), .stage = STR(""), .hub = STR(""), .limit = 100};
    const struct caller clerk = office_caller(office, CLERK);
    assert_true(casework_people(&office->casework, &clerk, &query, &scratch, &people, &err).ok);
    assert_int_equal(people.count, 1);
    assert_true(str_equal(people.lines[0].row.reference, str_from_c(other.reference)));
    struct person_answer answer;
    const struct asked now = {.has_on = false};
    const char *const asked[] = {person.reference, "erased-1", "erased-2"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        assert_false(casework_person(&office->casework, &clerk, str_from_c(asked[i]), &now,
                                     &scratch, &answer, &err)
                         .ok);
    }
    const struct recorded recorded =
        office_record(office, CLERK, person.reference, "order.injunction", "none");
    assert_false(recorded.ok);
    assert_int_equal(recorded.err.code, ERROR_NOT_FOUND);
}

/* Aim: sent twice, an erasure is done once and answers the same. */
static void test_repeat(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = removed(desk, "PersonSeven Sampleeta");
    assert_true(command(desk, PRIVACY_REQUEST_ERASURE, person.reference).ok);
    const struct caller senior = office_caller(&desk->office, SENIOR);
    const struct done first = command_by(desk, &senior, PRIVACY_ERASE, person.reference, "");
    const struct done again = command_by(desk, &senior, PRIVACY_ERASE, person.reference, "");
    assert_true(first.ok && again.ok);
    assert_false(first.repeated);
    assert_true(again.repeated);
    assert_int_equal(first.event, again.event);
    assert_refused(command_by(desk, &senior, PRIVACY_HOLD, person.reference, "Another"),
                   ERROR_CONFLICT, "client id");
}

/* Aim: places stay right, and rows made anew are those that are there, though the events that once
 * took the places say nothing any more: people come and go, hubs grow and shrink, and some of those
 * who left are erased, in an order drawn at random. */
static void test_places_and_rows(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    enum { PEOPLE = 12, MOVES = 120 };
    const char *text = getenv("RETURNHUB_SEED");
    const uint64_t seed = text == NULL ? 20261128 : strtoull(text, NULL, 10);
    struct random random;
    random_seed(&random, seed);
    print_message("# seed %llu\n", (unsigned long long)seed);
    struct somebody people[PEOPLE];
    bool erased[PEOPLE] = {false};
    int64_t requests[PEOPLE] = {0};
    size_t erasures = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        char name[40];
        snprintf(name, sizeof name, "Person%zu Sampletheta", i);
        people[i] = office_ready(office, name);
    }
    for (size_t move = 0; move < MOVES; move++) {
        const size_t who = random_below(&random, PEOPLE);
        const struct somebody *person = &people[who];
        if (erased[who]) {
            continue;
        }
        switch (random_below(&random, 7)) {
        case 0:
            requests[who] = office_ask_for(office, CLERK, person, "transfer",
                                           random_below(&random, 2) == 0 ? HUB_NORTH : HUB_SOUTH)
                                .request;
            break;
        case 1:
            office_approve(office, OFFICER, requests[who]);
            office_approve(office, SENIOR, requests[who]);
            break;
        case 2:
            office_take(office, CLERK, requests[who]);
            break;
        case 3:
            requests[who] =
                office_ask_for(office, CLERK, person,
                               random_below(&random, 2) == 0 ? "onward_return" : "removal", "")
                    .request;
            office_approve(office, OFFICER, requests[who]);
            office_take(office, CLERK, requests[who]);
            break;
        case 4: {
            struct arena scratch = office->work;
            struct err err = {0};
            const struct caller senior = office_caller(office, SENIOR);
            result_ignore(casework_agree_places(&office->casework, &senior, STR(HUB_NORTH),
                                                1 + (int64_t)random_below(&random, 5),
                                                STR("Agreed again"), &scratch, &err),
                          "fewer than are taken are refused");
            break;
        }
        case 5:
            office_ask_for(office, CLERK, person, "readmission", "");
            break;
        default:
            if (command(desk, PRIVACY_REQUEST_ERASURE, person->reference).ok) {
                erased[who] = command_of(desk, SENIOR, PRIVACY_ERASE, person->reference).ok;
                if (erased[who]) {
                    erasures++;
                } else {
                    command(desk, PRIVACY_DECLINE_ERASURE, person->reference);
                }
            }
            break;
        }
    }
    assert_true(erasures > 0);
    office_expect_rebuilt(&desk->office);
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM person"), PEOPLE);
}

/* --- restriction ------------------------------------------------------------------------------ */

struct seen {
    str reference;
    size_t lines;
    bool found;
};

static result see_line(void *context, const struct screen_line *line, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->lines++;
    seen->found = seen->found || str_equal(line->person->reference, seen->reference);
    return result_ok();
}

static struct seen screen_as(struct desk *desk, enum account_name account, const char *reference)
{
    struct office *office = &desk->office;
    struct seen seen = {.reference = str_from_c(reference)};
    struct screen_totals totals;
    struct err err = {0};
    const struct asked now = {.has_on = false};
    const struct caller caller = office_caller(office, account);
    assert_true(casework_screen(&office->casework, &caller, STR("removal"), STR(""), &now, see_line,
                                &seen, &totals, &err)
                    .ok);
    assert_int_equal(totals.people, seen.lines);
    return seen;
}

/* Aim: a restricted record is seen by the role that may see it; to everybody else it is nobody's,
 * on the page, in the list, in a screening and in the work of the day. */
static void test_restriction(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct somebody other = office_ready(office, "PersonTwo Samplebeta");
    const int64_t request = office_removal(office, &person);
    assert_true(screen_as(desk, CLERK, person.reference).found);
    assert_true(command(desk, PRIVACY_RESTRICT, person.reference).ok);
    assert_refused(command(desk, PRIVACY_RESTRICT, person.reference), ERROR_CONFLICT, "already");
    assert_refused(command_of(desk, SENIOR, PRIVACY_LIFT_RESTRICTION, person.reference),
                   ERROR_NOT_FOUND, "no person");
    const struct seen seen = screen_as(desk, CLERK, person.reference);
    assert_false(seen.found);
    assert_int_equal(seen.lines, 1);
    const struct outcome taken = office_take(office, CLERK, request);
    assert_false(taken.ok);
    assert_int_equal(taken.err.code, ERROR_NOT_FOUND);
    struct arena scratch = office->work;
    struct err err = {0};
    struct people_answer people;
    struct person_answer answer;
    struct today_answer today;
    const struct asked now = {.has_on = false};
    const struct people_query query = {
        .text = STR(""), .stage = STR(""), .hub = STR(""), .limit = 100};
    const struct caller clerk = office_caller(office, CLERK);
    const struct caller protection = protection_caller(desk);
    assert_true(casework_people(&office->casework, &clerk, &query, &scratch, &people, &err).ok);
    assert_int_equal(people.count, 1);
    assert_true(str_equal(people.lines[0].row.reference, str_from_c(other.reference)));
    assert_true(casework_today(&office->casework, &clerk, NULL, &scratch, &today, &err).ok);
    for (size_t i = 0; i < today.due_count; i++) {
        assert_int_not_equal(today.due[i].person.id, person.id);
    }
    assert_int_equal(today.request_count, 0);
    assert_false(casework_person(&office->casework, &clerk, str_from_c(person.reference), &now,
                                 &scratch, &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_true(casework_person(&office->casework, &protection, str_from_c(person.reference), &now,
                                &scratch, &answer, &err)
                    .ok);
    assert_true(command(desk, PRIVACY_LIFT_RESTRICTION, person.reference).ok);
    assert_true(screen_as(desk, CLERK, person.reference).found);
    assert_true(office_take(office, CLERK, request).ok);
    office_expect_rebuilt(&desk->office);
}

static size_t counted_by(struct desk *desk, enum account_name account)
{
    struct office *office = &desk->office;
    const struct caller caller = office_caller(office, account);
    const struct people_query query = {
        .text = STR(""), .stage = STR(""), .hub = STR(""), .limit = 100};
    struct arena scratch = office->work;
    struct people_answer people;
    size_t counted = 0;
    assert_true(casework_people(&office->casework, &caller, &query, &scratch, &people, NULL).ok);
    for (size_t i = 0; i < people.stage_count; i++) {
        counted += (size_t)people.stages[i].people;
    }
    assert_int_equal(counted, people.count);
    return counted;
}

/* Aim: who is not listed is not counted either, also where a hub knows them by a request alone. */
static void test_restricted_is_not_counted(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "PersonOne Samplealpha");
    office_ready(&desk->office, "PersonTwo Samplebeta");
    assert_true(office_ask_for(&desk->office, CLERK, &person, "transfer", HUB_NORTH).ok);
    assert_int_equal(counted_by(desk, OPERATOR_NORTH), 1);
    assert_int_equal(counted_by(desk, CLERK), 2);
    assert_true(command(desk, PRIVACY_RESTRICT, person.reference).ok);
    assert_int_equal(counted_by(desk, OPERATOR_NORTH), 0);
    assert_int_equal(counted_by(desk, OPERATOR_SOUTH), 0);
    assert_int_equal(counted_by(desk, CLERK), 1);
}

/* --- who looked ------------------------------------------------------------------------------- */

/* Aim: every look is kept with who, when, at what and why; by person and by account; to be seen by
 * one role, whose looking is kept too. */
static void test_looks(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "PersonThree Samplegamma");
    const struct somebody other = office_ready(office, "PersonFour Sampledelta");
    struct arena scratch = office->work;
    struct err err = {0};
    struct person_answer answer;
    const struct look_line *lines = NULL;
    size_t count = 0;
    const struct asked now = {.has_on = false};
    struct caller clerk = office_caller(office, CLERK);
    clerk.reason = STR("The solicitor has written");
    assert_true(casework_person(&office->casework, &clerk, str_from_c(person.reference), &now,
                                &scratch, &answer, &err)
                    .ok);
    clerk = office_caller(office, OTHER_CLERK);
    assert_true(casework_person(&office->casework, &clerk, str_from_c(other.reference), &now,
                                &scratch, &answer, &err)
                    .ok);
    const struct looks_query of_person = {
        .person = str_from_c(person.reference), .username = STR(""), .limit = 100};
    assert_false(
        casework_looks(&office->casework, &clerk, &of_person, &scratch, &lines, &count, &err).ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    const struct caller protection = protection_caller(desk);
    assert_true(
        casework_looks(&office->casework, &protection, &of_person, &scratch, &lines, &count, &err)
            .ok);
    assert_int_equal(count, 1);
    assert_int_equal(lines[0].look.account, office->accounts[CLERK]);
    assert_true(str_equal(lines[0].role, STR("caseworker")));
    assert_true(str_equal(lines[0].look.reason, STR("The solicitor has written")));
    assert_true(str_equal(lines[0].look.purpose, STR("person page")));
    assert_true(str_equal(lines[0].reference, str_from_c(person.reference)));
    const struct looks_query everything = {
        .person = STR(""), .username = STR("protection"), .limit = 100};
    assert_true(
        casework_looks(&office->casework, &protection, &everything, &scratch, &lines, &count, &err)
            .ok);
    assert_int_equal(count, 1);
    assert_true(str_equal(lines[0].look.purpose, STR("looks")));
    assert_int_equal(office_ask(office, "SELECT COUNT(*) FROM look WHERE subject_kind = 1"), 2);
}

/* --- access ----------------------------------------------------------------------------------- */

/* Aim: the person gets every value that was ever recorded, with its two times, also what was taken
 * back; every event; and everybody's looks - and no name of anybody else. */
static void test_subject_access(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    const struct somebody relative = office_ready(office, "PersonNine Samplerelative");
    assert_true(office_join(office, CLERK, &person, &relative).ok);
    const struct recorded wrong =
        office_record(office, CLERK, person.reference, "order.injunction", "in_force");
    assert_true(office_withdraw_fact(office, CLERK, wrong.event).ok);
    struct arena scratch = office->work;
    struct err err = {0};
    struct subject_access access;
    const struct caller clerk = office_caller(office, CLERK);
    assert_false(casework_subject_access(&office->casework, &clerk, str_from_c(person.reference),
                                         &scratch, &access, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
    const struct caller protection = protection_caller(desk);
    assert_true(casework_subject_access(&office->casework, &protection,
                                        str_from_c(person.reference), &scratch, &access, &err)
                    .ok);
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM event WHERE subject_kind = 1 AND subject = %lld",
             (long long)person.id);
    assert_int_equal(access.history_count, office_ask(office, sql));
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM fact WHERE subject_kind = 1 AND subject = %lld",
             (long long)person.id);
    assert_int_equal(access.fact_count, office_ask(office, sql));
    bool withdrawn = false;
    for (size_t i = 0; i < access.fact_count; i++) {
        withdrawn =
            withdrawn || (access.facts[i].position == wrong.event && access.facts[i].withdrawn);
    }
    assert_true(withdrawn);
    for (size_t i = 0; i < access.history_count; i++) {
        assert_true(i == 0 ||
                    access.history[i].event.position > access.history[i - 1].event.position);
        assert_null(strstr(access.history[i].actor.at, " "));
    }
    assert_true(access.person.family_count == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_two_people, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(test_holds_in_force, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_case, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_trace, setup, teardown),
        cmocka_unit_test_setup_teardown(test_out_of_sight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_repeat, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places_and_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_restriction, setup, teardown),
        cmocka_unit_test_setup_teardown(test_restricted_is_not_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_looks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_subject_access, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
