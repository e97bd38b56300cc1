#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { PERM_SIZE = 64 * 1024 * 1024, WORK_SIZE = 256 * 1024 * 1024 };

static const int64_t day_milliseconds = 24 * 60 * 60 * 1000;

/* --- the machine ------------------------------------------------------------------------------ */

static instant office_now(void *context)
{
    struct office *office = context;
    return (instant){.milliseconds = atomic_load(&office->now)};
}

static void office_entropy(void *context, void *bytes, size_t size)
{
    const struct office *office = context;
    uint8_t *at = bytes;
    if (office->entropy == NULL) {
        const struct system *machine = system_machine();
        machine->entropy(machine->context, bytes, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(random_next(office->entropy) >> 56);
    }
}

void office_move_days(struct office *office, int days)
{
    atomic_fetch_add(&office->now, days * day_milliseconds);
}

date office_today(const struct office *office)
{
    return instant_date((instant){.milliseconds = atomic_load(&office->now)});
}

static void must(result done, const struct err *err)
{
    if (!done.ok) {
        print_error("%s (%s) %s\n", err->what, error_name(err->code), err->hint);
    }
    assert_true(done.ok);
}

/* --- opening ---------------------------------------------------------------------------------- */

result office_load_rules(struct office *office, const char *folder,
                         const struct rulebook **ret_rulebook, struct err *err)
{
    const str *names = NULL;
    size_t count = 0;
    TRY(system_list_folder(folder, STR(".rules"), &office->perm, &names, &count, err));
    struct rulebook_file *files = ARENA_NEW(&office->perm, struct rulebook_file, count);
    if (files == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const str path = arena_format(&office->perm, "%s/%.*s", folder, STR_ARG(names[i]));
        files[i].name = names[i];
        TRY(system_read_file(path.at, 4 * 1024 * 1024, &office->perm, &files[i].text, err));
    }
    struct diagnostics diagnostics;
    TRY(diagnostics_init(&diagnostics, &office->perm, err));
    return rulebook_load(files, count, &office->perm, office->work, ret_rulebook, &diagnostics,
                         err);
}

static const struct rulebook *load_rules(struct office *office, const char *folder)
{
    struct err err = {0};
    const struct rulebook *rulebook = NULL;
    must(office_load_rules(office, folder, &rulebook, &err), &err);
    return rulebook;
}

static void make_folder(struct office *office)
{
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;
    const char *asked = getenv("TMPDIR");
    const char *parent = asked != NULL ? asked : memory != NULL ? memory : "/tmp";
    snprintf(office->folder, sizeof office->folder, "%s/casework-XXXXXX", parent);
    assert_non_null(mkdtemp(office->folder));
    snprintf(office->path, sizeof office->path, "%s/register.db", office->folder);
}

struct append_work {
    struct office *office;
    struct event *event;
    bool new_subject;
};

/* The clock stands still and casework is always one millisecond later than what was there, so this
 * must be too. */
static result next_instant(struct transaction *transaction, const struct append_work *work,
                           struct err *err)
{
    int64_t count = 0;
    struct event last = {.recorded_at = {.milliseconds = 0}};
    struct arena scratch = work->office->work;
    TRY(transaction_event_count(transaction, &count, err));
    if (count > 0) {
        TRY(transaction_event(transaction, count, &scratch, &last, err));
    }
    const int64_t now = atomic_load(&work->office->now);
    const int64_t next = last.recorded_at.milliseconds + 1;
    work->event->recorded_at.milliseconds = now > next ? now : next;
    return result_ok();
}

static result append_work(struct transaction *transaction, void *context, struct err *err)
{
    struct append_work *work = context;
    TRY(next_instant(transaction, work, err));
    if (work->new_subject) {
        TRY(transaction_new_id(transaction, work->event->subject_kind, &work->event->subject, err));
    }
    return transaction_append(transaction, work->event, err);
}

void office_append(struct office *office, struct event *event)
{
    struct err err = {0};
    struct append_work work = {
        .office = office, .event = event, .new_subject = event->subject == 0};
    event->effective_on = office_today(office);
    must(store_write(office->store, append_work, &work, &err), &err);
}

static int64_t open_agreement(struct office *office, const char *reference, bool confidential)
{
    struct event event = {.subject_kind = SUBJECT_OF_AGREEMENT,
                          .kind = EVENT_AGREEMENT_OPENED,
                          .body.agreement_opened = {.reference = str_from_c(reference),
                                                    .partner = STR("ALB"),
                                                    .title = STR("An agreement"),
                                                    .confidential = confidential ? 1 : 0}};
    office_append(office, &event);
    return event.subject;
}

static bool has_fact(const struct office *office, const char *fact)
{
    return rulebook_fact(office->casework.rulebook, str_from_c(fact)) != NOT_FOUND_INDEX;
}

static int64_t open_hub(struct office *office, const char *reference, int64_t agreement)
{
    struct event event = {.subject_kind = SUBJECT_OF_HUB,
                          .kind = EVENT_HUB_OPENED,
                          .body.hub_opened = {.reference = str_from_c(reference),
                                              .name = STR("A hub"),
                                              .agreement = agreement}};
    office_append(office, &event);
    struct event places = {
        .subject_kind = SUBJECT_OF_HUB,
        .subject = event.subject,
        .kind = EVENT_PLACES_AGREED,
        .body.places_agreed = {.places = OFFICE_PLACES, .reason = STR("begins")}};
    office_append(office, &places);
    if (has_fact(office, "hub_stay.place_kind")) {
        struct event kind = {.subject_kind = SUBJECT_OF_HUB,
                             .subject = event.subject,
                             .kind = EVENT_PLACES_OF_KIND,
                             .body.places_of_kind = {.kind = STR("general"),
                                                     .first = 1,
                                                     .last = OFFICE_PLACES,
                                                     .reason = STR("begins")}};
        office_append(office, &kind);
    }
    return event.subject;
}

static int64_t open_account(struct office *office, const char *username, const char *role,
                            int64_t hub)
{
    struct event event = {.subject_kind = SUBJECT_OF_ACCOUNT,
                          .kind = EVENT_ACCOUNT_OPENED,
                          .body.account_opened = {.username = str_from_c(username),
                                                  .name = str_from_c(username),
                                                  .role = str_from_c(role),
                                                  .hub = hub}};
    office_append(office, &event);
    return event.subject;
}

static void open_accounts(struct office *office)
{
    const struct {
        const char *username;
        const char *role;
        int64_t hub;
    } rows[ACCOUNT_NAMES] = {
        [CLERK] = {"clerk", "caseworker", 0},
        [OTHER_CLERK] = {"other-clerk", "caseworker", 0},
        [OFFICER] = {"officer", "authorising_officer", 0},
        [OTHER_OFFICER] = {"other-officer", "authorising_officer", 0},
        [SENIOR] = {"senior", "senior_officer", 0},
        [OTHER_SENIOR] = {"other-senior", "senior_officer", 0},
        [OPERATOR_NORTH] = {"operator-north", "hub_operator", office->hub_north},
        [OPERATOR_SOUTH] = {"operator-south", "hub_operator", office->hub_south},
        [OPERATOR_NOWHERE] = {"operator-nowhere", "hub_operator", 0},
        [MONITOR_NORTH] = {"monitor-north", "monitor", office->hub_north},
        [ADMINISTRATOR] = {"administrator", "administrator", 0},
        [STATISTICIAN] = {"statistician", "statistician", 0},
        [FORMER_CLERK] = {"former-clerk", "caseworker", 0},
        [LIAISON] = {"liaison", "liaison_officer", 0},
    };
    for (int i = 0; i < ACCOUNT_NAMES; i++) {
        office->accounts[i] = open_account(office, rows[i].username, rows[i].role, rows[i].hub);
    }
    struct event closed = {.subject_kind = SUBJECT_OF_ACCOUNT,
                           .subject = office->accounts[FORMER_CLERK],
                           .kind = EVENT_ACCOUNT_CLOSED,
                           .body.account_closed = {.reason = STR("left")}};
    office_append(office, &closed);
}

/* Both hubs are monitored, and the agreement is in force. */
static void open_hubs(struct office *office)
{
    const int64_t agreement = open_agreement(office, AGREEMENT, false);
    const int64_t secret = open_agreement(office, AGREEMENT_SECRET, true);
    office->hub_north = open_hub(office, HUB_NORTH, agreement);
    office->hub_south = open_hub(office, HUB_SOUTH, agreement);
    office->hub_secret = open_hub(office, HUB_SECRET, secret);
}

static void record_hubs(struct office *office)
{
    if (has_fact(office, "hub.monitor_appointed") && has_fact(office, "agreement.state")) {
        assert_true(office_record(office, SENIOR, HUB_NORTH, "hub.monitor_appointed", "yes").ok);
        assert_true(office_record(office, SENIOR, HUB_SOUTH, "hub.monitor_appointed", "yes").ok);
        assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.state", "in_force").ok);
    }
}

void office_open_with(struct office *office, const char *rules)
{
    struct err err = {0};
    *office = (struct office){.next_client_id = 1};
    atomic_store(&office->now, OFFICE_DAY * day_milliseconds + day_milliseconds / 2);
    must(arena_open(&office->perm, PERM_SIZE, &err), &err);
    must(arena_open(&office->work, WORK_SIZE, &err), &err);
    office->system =
        (struct system){.context = office, .now = office_now, .entropy = office_entropy};
    make_folder(office);
    const struct store_options options = {
        .path = office->path, .create = true, .system = &office->system};
    must(store_open(&options, &office->store, &err), &err);
    must(casework_open(office->store, load_rules(office, rules), &office->system, &office->perm,
                       &office->casework, &err),
         &err);
    open_hubs(office);
    open_accounts(office);
    record_hubs(office);
}

void office_open(struct office *office)
{
    char rules[400];
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(rules, sizeof rules, "%s/tests/casework/rules", source == NULL ? "." : source);
    office_open_with(office, rules);
}

void office_open_law(struct office *office, const char *law)
{
    char rules[400];
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(rules, sizeof rules, "%s/rulebooks/%s", source == NULL ? "." : source, law);
    office_open_with(office, rules);
}

void office_stop(struct office *office)
{
    const struct rulebook *rulebook = office->casework.rulebook;
    casework_close(&office->casework);
    store_close(office->store);
    office->store = NULL;
    office->casework = (struct casework){.rulebook = rulebook, .system = &office->system};
}

result office_start(struct office *office, struct err *err)
{
    const struct store_options options = {.path = office->path, .system = &office->system};
    TRY(store_open(&options, &office->store, err));
    office->casework.store = office->store;
    return result_ok();
}

void office_leave(struct office *office)
{
    office_stop(office);
    arena_close(&office->work);
    arena_close(&office->perm);
}

void office_expect_rebuilt(struct office *office)
{
    struct rebuild_outcome outcome = {.differences = -1};
    struct err err = {0};
    if (!store_rebuild(office->store, false, NULL, NULL, &outcome, &err).ok) {
        fail_msg("%s", err.what);
    }
    if (outcome.differences != 0) {
        fail_msg("%lld differences: %s", (long long)outcome.differences, outcome.first_difference);
    }
}

void office_close(struct office *office)
{
    const char *const endings[] = {"", "-wal", "-shm", ".key"};
    office_leave(office);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[240];
        snprintf(path, sizeof path, "%s%s", office->path, endings[i]);
        unlink(path);
    }
    rmdir(office->folder);
}

/* --- callers ---------------------------------------------------------------------------------- */

struct client_id office_client_id(struct office *office)
{
    struct client_id id = {{0}};
    const uint64_t number = office->next_client_id++;
    memcpy(id.bytes, &number, sizeof number);
    return id;
}

struct caller office_caller(struct office *office, enum account_name account)
{
    return (struct caller){.account = office->accounts[account],
                           .client_id = office_client_id(office)};
}

/* --- reading ---------------------------------------------------------------------------------- */

struct read_work {
    struct arena *arena;
    int64_t id;
    int64_t count;
    struct person_row person;
    struct request_row request;
    struct event event;
    struct place_counts places;
    date today;
};

static result read_count(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    return transaction_event_count(transaction, &work->count, err);
}

static result read_person(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    return transaction_person(transaction, work->id, work->arena, &work->person, err);
}

static result read_request(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    return transaction_request(transaction, work->id, work->arena, &work->request, err);
}

static result read_event(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    return transaction_event(transaction, work->id, work->arena, &work->event, err);
}

static result read_places(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    const struct kind_counts *kinds = NULL;
    size_t count = 0;
    TRY(transaction_count_places(transaction, work->id, work->today, work->arena, &kinds, &count,
                                 err));
    work->places = place_counts_sum(kinds, count);
    return result_ok();
}

static struct read_work read_with(struct office *office, store_work *function, int64_t id)
{
    struct err err = {0};
    struct read_work work = {.arena = &office->perm, .id = id, .today = office_today(office)};
    must(store_read(office->store, function, &work, &err), &err);
    return work;
}

int64_t office_events(struct office *office)
{
    return read_with(office, read_count, 0).count;
}

struct person_row office_person(struct office *office, int64_t id)
{
    return read_with(office, read_person, id).person;
}

struct request_row office_request(struct office *office, int64_t id)
{
    return read_with(office, read_request, id).request;
}

struct event office_event(struct office *office, int64_t position)
{
    return read_with(office, read_event, position).event;
}

struct place_counts office_places(struct office *office, int64_t hub)
{
    return read_with(office, read_places, hub).places;
}

int64_t office_ask(struct office *office, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open_v2(office->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

void office_change(struct office *office, const char *sql)
{
    sqlite3 *database = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(office->path, &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 10000);
    if (sqlite3_exec(database,
                     "DROP TRIGGER IF EXISTS event_is_never_changed;"
                     "DROP TRIGGER IF EXISTS event_is_never_deleted;",
                     NULL, NULL, &message) != SQLITE_OK ||
        sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s", message);
    }
    sqlite3_close(database);
}

/* --- recording -------------------------------------------------------------------------------- */

static void copy_text(char *to, size_t size, str text)
{
    snprintf(to, size, "%.*s", STR_ARG(text));
}

static struct recorded recorded_of(result done, const struct err *err,
                                   const struct record_answer *answer)
{
    struct recorded recorded = {.ok = done.ok};
    if (!done.ok) {
        recorded.err = *err;
        return recorded;
    }
    recorded.event = answer->events[0];
    recorded.last_event = answer->events[answer->event_count - 1];
    recorded.event_count = answer->event_count;
    recorded.stopped_count = answer->stopped_count;
    recorded.repeated = answer->repeated;
    for (size_t i = 0; i < answer->stopped_count && i < 16; i++) {
        recorded.stopped[i] = answer->stopped[i].request;
    }
    if (answer->stopped_count > 0 && answer->stopped[0].safeguard_count > 0) {
        copy_text(recorded.safeguard, sizeof recorded.safeguard, answer->stopped[0].safeguards[0]);
    }
    return recorded;
}

struct recorded office_record_by(struct office *office, const struct caller *caller,
                                 const char *reference, const char *fact, const char *value)
{
    struct err err = {0};
    struct record_answer answer = {0};
    const struct fact_entry entry = {.fact = str_from_c(fact),
                                     .value = str_from_c(value),
                                     .true_from = office_today(office),
                                     .source = STR("a letter")};
    const enum subject_kind kind = str_starts(entry.fact, STR("hub.")) ? SUBJECT_OF_HUB
                                   : str_starts(entry.fact, STR("agreement."))
                                       ? SUBJECT_OF_AGREEMENT
                                       : SUBJECT_OF_PERSON;
    arena_reset(&office->work);
    const result done =
        casework_record_facts(&office->casework, caller, kind, str_from_c(reference), &entry, 1,
                              &office->work, &answer, &err);
    return recorded_of(done, &err, &answer);
}

struct recorded office_record(struct office *office, enum account_name account,
                              const char *reference, const char *fact, const char *value)
{
    const struct caller caller = office_caller(office, account);
    return office_record_by(office, &caller, reference, fact, value);
}

struct recorded office_withdraw_fact(struct office *office, enum account_name account,
                                     int64_t event)
{
    struct err err = {0};
    struct record_answer answer = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done = casework_withdraw_fact(&office->casework, &caller, event, STR("a mistake"),
                                               &office->work, &answer, &err);
    return recorded_of(done, &err, &answer);
}

struct recorded office_join(struct office *office, enum account_name account,
                            const struct somebody *person, const struct somebody *relative)
{
    struct err err = {0};
    struct record_answer answer = {0};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    const result done =
        casework_join_family(&office->casework, &caller, str_from_c(person->reference),
                             str_from_c(relative->reference), &office->work, &answer, &err);
    return recorded_of(done, &err, &answer);
}

int64_t office_open_account(struct office *office, const char *role)
{
    return open_account(office, role, role, 0);
}

/* --- people ----------------------------------------------------------------------------------- */

struct somebody office_register(struct office *office, const char *name)
{
    struct err err = {0};
    struct registration_answer answer = {.likely_count = 0};
    const struct caller caller = office_caller(office, CLERK);
    const struct registration registration = {
        .name = str_from_c(name), .registered_on = date_add_days(office_today(office), -100)};
    arena_reset(&office->work);
    must(casework_register_person(&office->casework, &caller, &registration, &office->work, &answer,
                                  &err),
         &err);
    struct somebody somebody = {.id = answer.person.id};
    copy_text(somebody.reference, sizeof somebody.reference, answer.person.reference);
    return somebody;
}

struct somebody office_ready(struct office *office, const char *name)
{
    struct err err = {0};
    const struct somebody somebody = office_register(office, name);
    const date today = office_today(office);
    const date earlier = date_add_days(today, -30);
    char sent[DATE_TEXT_SIZE];
    date_format(earlier, sent);
    const struct fact_entry entries[] = {
        {STR("order.injunction"), STR("none"), earlier, STR("court list")},
        {STR("family.complete"), STR("yes"), earlier, STR("interview")},
        {STR("decision.sent_on"), str_from_c(sent), earlier, STR("letter")},
        {STR("notice.served_on"), str_from_c(sent), earlier, STR("receipt")},
        {STR("person.nationality"), STR("ALB"), earlier, STR("passport")},
    };
    struct record_answer answer = {0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    must(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON,
                               str_from_c(somebody.reference), entries,
                               sizeof entries / sizeof entries[0], &office->work, &answer, &err),
         &err);
    const struct outcome exhausted = office_ask_for(office, CLERK, &somebody, "exhaust", "");
    assert_true(exhausted.ok && !exhausted.refused);
    return somebody;
}

/* --- steps ------------------------------------------------------------------------------------ */

static struct outcome outcome_of(result done, const struct err *err,
                                 const struct step_answer *answer)
{
    struct outcome outcome = {.ok = done.ok};
    if (!done.ok) {
        outcome.err = *err;
        return outcome;
    }
    outcome.refused = answer->refused;
    outcome.repeated = answer->repeated;
    copy_text(outcome.refusal, sizeof outcome.refusal, answer->refusal);
    outcome.clearance = answer->explanation.clearance;
    for (size_t i = 0; i < answer->explanation.safeguard_count; i++) {
        outcome.safeguards_in_the_way +=
            answer->explanation.safeguards[i].clearance != CLEARANCE_CLEAR ? 1 : 0;
    }
    outcome.request = answer->request.id;
    outcome.state = answer->request.state;
    outcome.place = answer->request.place;
    outcome.approvals = answer->request.approval_count;
    copy_text(outcome.stage, sizeof outcome.stage, answer->person.stage);
    outcome.event = answer->event;
    return outcome;
}

struct outcome office_command(struct office *office, const struct caller *caller,
                              enum command command, const char *person, const char *step,
                              const char *hub, int64_t request, struct arena *arena)
{
    struct err err = {0};
    struct step_answer answer = {0};
    const struct casework *casework = &office->casework;
    result done = {.ok = false};
    switch (command) {
    case ASK:
        done = casework_request_step(casework, caller, str_from_c(person), str_from_c(step),
                                     str_from_c(hub), arena, &answer, &err);
        break;
    case APPROVE:
        done = casework_approve_step(casework, caller, request, arena, &answer, &err);
        break;
    case DECLINE:
        done = casework_decline_step(casework, caller, request, STR("not convinced"), arena,
                                     &answer, &err);
        break;
    case TAKE:
        done = casework_take_step(casework, caller, request, arena, &answer, &err);
        break;
    case WITHDRAW:
        done = casework_withdraw_step(casework, caller, request, STR("not wanted any more"), arena,
                                      &answer, &err);
        break;
    }
    return outcome_of(done, &err, &answer);
}

static struct outcome command_on(struct office *office, enum account_name account,
                                 enum command command, int64_t request)
{
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    return office_command(office, &caller, command, "", "", "", request, &office->work);
}

struct outcome office_ask_for(struct office *office, enum account_name account,
                              const struct somebody *person, const char *step, const char *hub)
{
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    return office_command(office, &caller, ASK, person->reference, step, hub, 0, &office->work);
}

struct outcome office_approve(struct office *office, enum account_name account, int64_t request)
{
    return command_on(office, account, APPROVE, request);
}

struct outcome office_decline(struct office *office, enum account_name account, int64_t request)
{
    return command_on(office, account, DECLINE, request);
}

struct outcome office_take(struct office *office, enum account_name account, int64_t request)
{
    return command_on(office, account, TAKE, request);
}

struct outcome office_withdraw(struct office *office, enum account_name account, int64_t request)
{
    return command_on(office, account, WITHDRAW, request);
}

int64_t office_transfer(struct office *office, const struct somebody *person, const char *hub,
                        int approvals)
{
    const struct outcome asked = office_ask_for(office, CLERK, person, "transfer", hub);
    assert_true(asked.ok && !asked.refused);
    if (approvals > 0) {
        assert_true(office_approve(office, OFFICER, asked.request).ok);
    }
    if (approvals > 1) {
        const struct outcome approved = office_approve(office, SENIOR, asked.request);
        assert_true(approved.ok && !approved.refused);
        assert_int_equal(approved.state, REQUEST_APPROVED);
    }
    return asked.request;
}

int64_t office_removal(struct office *office, const struct somebody *person)
{
    const struct outcome asked = office_ask_for(office, CLERK, person, "removal", "");
    assert_true(asked.ok && !asked.refused);
    const struct outcome approved = office_approve(office, OFFICER, asked.request);
    assert_true(approved.ok && !approved.refused);
    return asked.request;
}
