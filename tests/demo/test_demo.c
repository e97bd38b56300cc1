#include "register_of.h"

#include "register/reference.h"
#include "rulebook/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 800, SMALLEST = DEMO_PEOPLE_MIN };

/* --- the same seed, the same register ----------------------------------------------------- */

/* Everything that the events say, but nothing of how they are sealed. */
static result list_events(struct transaction *transaction, void *context, struct err *err)
{
    struct register_of *made = context;
    struct buf *buf = ARENA_NEW(&made->perm, struct buf, 1);
    int64_t count = 0;
    assert_non_null(buf);
    TRY(transaction_event_count(transaction, &count, err));
    buf_init(buf, &made->work, (size_t)64 << 20);
    for (int64_t position = 1; position <= count; position++) {
        struct arena scratch = made->perm;
        struct event event;
        str body;
        TRY(transaction_event(transaction, position, &scratch, &event, err));
        TRY(event_write_body(&event, &scratch, &body, err));
        buf_put(buf, event_header_text(&event, &scratch));
        buf_put_char(buf, ' ');
        buf_put(buf, body);
        buf_put_char(buf, '\n');
    }
    str text;
    return buf_finish(buf, &text, err);
}

static struct sha256 listing_hash(struct register_of *made)
{
    struct err err = {.code = ERROR_NONE};
    arena_reset(&made->work);
    must(store_read(made->store, list_events, made, &err), &err);
    return sha256_of((str){.at = made->work.begin, .len = arena_used(&made->work)});
}

/* Aim: seed, people, day and data make the register; what is unpredictable in life (keys, openings)
 * is not in it. */
static void test_same_seed_same_events(void **state)
{
    struct register_of made[3];
    struct sha256 hashes[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        register_open(&made[i], 100 + i);
        register_make(&made[i], 120, i == 2 ? 8 : 7);
        hashes[i] = listing_hash(&made[i]);
        register_close(&made[i]);
    }
    assert_true(sha256_equal(&hashes[0], &hashes[1]));
    assert_false(sha256_equal(&hashes[0], &hashes[2]));
}

/* --- one register, looked at from every side ---------------------------------------------- */

static struct register_of *const *register_of_group(void **state)
{
    return (struct register_of *const *)state;
}

static int open_group(void **state)
{
    static struct register_of made;
    register_open(&made, 1);
    register_make(&made, PEOPLE, 5);
    *state = &made;
    return 0;
}

static int close_group(void **state)
{
    register_close(*state);
    return 0;
}

static int64_t count_requests(const struct request_row *rows, size_t count, str step, int64_t hub,
                              enum request_state state, size_t approvals)
{
    int64_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += str_equal(rows[i].step, step) && (hub == 0 || rows[i].hub == hub) &&
                 rows[i].state == state && rows[i].approval_count == approvals;
    }
    return found;
}

static result look_at_desks(struct transaction *transaction, void *context, struct err *err)
{
    struct register_of *made = context;
    const struct request_row *requests = NULL;
    const struct hub_row *hubs = NULL;
    size_t request_count = 0;
    size_t hub_count = 0;
    TRY(transaction_requests(transaction, &(struct request_filter){.person = 0}, &made->work,
                             &requests, &request_count, err));
    TRY(transaction_hubs(transaction, &made->work, &hubs, &hub_count, err));
    const str transfer = STR("hub_transfer");
    const str removal = STR("enforced_removal");
    assert_int_equal(hub_count, 2);
    assert_true(count_requests(requests, request_count, transfer, 0, REQUEST_OPEN, 0) >= 1);
    assert_true(count_requests(requests, request_count, transfer, 0, REQUEST_OPEN, 1) >= 1);
    assert_true(count_requests(requests, request_count, transfer, 0, REQUEST_STOPPED, 1) >= 1);
    assert_true(count_requests(requests, request_count, removal, 0, REQUEST_OPEN, 0) >= 1);
    assert_true(count_requests(requests, request_count, removal, 0, REQUEST_APPROVED, 1) >= 1);
    assert_true(count_requests(requests, request_count, STR("onward_return_enforced"), 0,
                               REQUEST_TAKEN, 1) >= 1);
    assert_true(
        count_requests(requests, request_count, STR("begin_detention"), 0, REQUEST_TAKEN, 1) >= 2);
    for (size_t i = 0; i < hub_count; i++) {
        const struct kind_counts *kinds = NULL;
        size_t kind_count = 0;
        TRY(transaction_count_places(transaction, hubs[i].id, (date){0}, &made->work, &kinds,
                                     &kind_count, err));
        const struct place_counts places = place_counts_sum(kinds, kind_count);
        assert_true(places.agreed >= (i == 0 ? 6 : 4) && places.occupied >= 2);
        assert_true(places.held >= 1 && places.free >= 1);
        assert_int_equal(places.agreed, places.free + places.held + places.occupied);
        assert_true(count_requests(requests, request_count, transfer, hubs[i].id, REQUEST_TAKEN,
                                   2) >= places.occupied);
        assert_int_equal(
            count_requests(requests, request_count, transfer, hubs[i].id, REQUEST_APPROVED, 2),
            places.held);
    }
    return result_ok();
}

/* Aim: every desk has something to do: each state of a request, and free, held and occupied places
 * at both hubs. */
static void test_every_desk_shows_life(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    must(store_read(made->store, look_at_desks, made, &err), &err);
}

/* Aim: the same with as few people as there can be, for some seeds. */
static void test_smallest_demonstration(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct register_of made;
        struct err err = {.code = ERROR_NONE};
        register_open(&made, seed);
        register_make(&made, SMALLEST, seed);
        assert_int_equal(made.outcome.people, SMALLEST);
        must(store_read(made.store, look_at_desks, &made, &err), &err);
        register_close(&made);
    }
}

static struct caller caller_of(struct register_of *made, const char *username)
{
    struct account_row account;
    struct err err = {.code = ERROR_NONE};
    must(casework_account_by_name(&made->casework, str_from_c(username), &made->work, &account,
                                  &err),
         &err);
    return (struct caller){.account = account.id};
}

static result ignore_line(void *context, const struct screen_line *line, struct err *err)
{
    int64_t *lines = context;
    (*lines)++;
    return line->person->id > 0 ? result_ok() : err_set(err, ERROR_INTERNAL, "A line about nobody");
}

/* Aim: screening today, by casework and not by the demonstration's own reckoning, finds clear,
 * barred and unknown people. */
static void test_screening_shows_all_three(void **state)
{
    static const struct {
        const char *step;
        const char *hub;
    } asked[] = {
        {"hub_transfer", "HUB-NORTH"}, {"hub_transfer", "HUB-SOUTH"}, {"enforced_removal", ""}};
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    const struct caller caller = caller_of(made, "senior");
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct screen_totals totals;
        int64_t lines = 0;
        must(casework_screen(&made->casework, &caller, str_from_c(asked[i].step),
                             str_from_c(asked[i].hub), &(struct asked){.has_on = false},
                             ignore_line, &lines, &totals, &err),
             &err);
        print_message("# %s %s: %lld clear, %lld barred, %lld unknown\n", asked[i].step,
                      asked[i].hub, (long long)totals.clear, (long long)totals.barred,
                      (long long)totals.unknown);
        assert_true(totals.clear >= 4);
        assert_true(totals.barred >= 1 && totals.unknown >= 1);
        assert_int_equal(totals.people, totals.clear + totals.barred + totals.unknown);
        assert_int_equal(totals.people, lines);
    }
}

static result look_at_people(struct transaction *transaction, void *context, struct err *err)
{
    struct register_of *made = context;
    const struct rulebook *rulebook = made->casework.rulebook;
    const struct person_row *people = NULL;
    const struct stage_count *stages = NULL;
    size_t count = 0;
    size_t stage_count = 0;
    int64_t in_stages = 0;
    TRY(transaction_people(transaction, &(struct people_filter){.stage = STR("")}, &made->work,
                           &people, &count, err));
    TRY(transaction_count_stages(transaction, &made->work, &stages, &stage_count, err));
    for (size_t i = 0; i < stage_count; i++) {
        in_stages += stages[i].people;
    }
    assert_int_equal(count, PEOPLE);
    assert_int_equal(in_stages, PEOPLE);
    for (size_t i = 0; i < count; i++) {
        const uint32_t stage = rulebook_stage(rulebook, people[i].stage);
        char reference[REFERENCE_SIZE];
        struct identity identity;
        assert_true(stage != NOT_FOUND_INDEX);
        assert_true(people[i].last_contact_on.known);
        assert_true(people[i].next_check_on.known == !rulebook->stages[stage].outcome);
        TRY(reference_read(people[i].reference, reference, err));
        TRY(transaction_identity(transaction, &people[i], &made->work, &identity, err));
        assert_true(str_starts(identity.name, STR("Synthetic Person ")));
        for (size_t j = 0; j < i; j++) {
            assert_false(str_equal(people[i].reference, people[j].reference));
        }
    }
    return result_ok();
}

/* Aim: nobody is lost: each person is in one stage, open people have a last contact and a next
 * check, names say that they are synthetic, references are good and nobody shares one. */
static void test_nobody_is_lost(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    must(store_read(made->store, look_at_people, made, &err), &err);
}

/* Aim: the rows are what the events make of them. */
static void test_rebuild_finds_no_difference(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    struct rebuild_outcome outcome;
    must(store_rebuild(made->store, false, NULL, NULL, &outcome, &err), &err);
    assert_int_equal(outcome.differences, 0);
    assert_int_equal(outcome.events, made->outcome.events);
}

static result look_at_clocks(struct transaction *transaction, void *context, struct err *err)
{
    struct register_of *made = context;
    const struct rulebook *rulebook = made->casework.rulebook;
    const uint32_t clock = rulebook_clock(rulebook, STR("time_to_appeal"));
    const struct person_row *people = NULL;
    size_t count = 0;
    int64_t running = 0;
    TRY(transaction_people(transaction, &(struct people_filter){.stage = STR("refused")},
                           &made->work, &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct fact_row *facts = NULL;
        size_t fact_count = 0;
        struct value *values = ARENA_NEW(&made->work, struct value, rulebook->fact_count);
        assert_non_null(values);
        TRY(transaction_facts(transaction, SUBJECT_OF_PERSON, people[i].id, register_day(),
                              made->fake.time, &made->work, &facts, &fact_count, err));
        for (size_t j = 0; j < fact_count; j++) {
            const uint32_t fact = rulebook_fact(rulebook, facts[j].fact);
            TRY(value_parse(rulebook, &rulebook->facts[fact], facts[j].value, &made->work,
                            &values[fact], err));
        }
        const struct question question = {.person = values, .today = register_day()};
        running += judge_clock(rulebook, clock, &question).state == CLOCK_RUNNING;
    }
    assert_true(running >= 1);
    return result_ok();
}

/* Aim: somebody's time to appeal always runs. */
static void test_a_clock_is_running(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    must(store_read(made->store, look_at_clocks, made, &err), &err);
}

static result look_at_families(struct transaction *transaction, void *context, struct err *err)
{
    struct register_of *made = context;
    const struct person_row *people = NULL;
    size_t count = 0;
    int64_t members = 0;
    TRY(transaction_people(transaction, &(struct people_filter){.stage = STR("")}, &made->work,
                           &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct person_row *family = NULL;
        size_t family_count = 0;
        if (people[i].family == 0) {
            continue;
        }
        members++;
        TRY(transaction_people(
            transaction, &(struct people_filter){.stage = STR(""), .family = people[i].family},
            &made->work, &family, &family_count, err));
        assert_true(family_count >= 2);
        /* A group has the number of the person it began with, and claimed together. */
        assert_int_equal(family[0].id, people[i].family);
        assert_true(date_equal(family[0].registered_on, people[i].registered_on));
    }
    assert_true(members > PEOPLE / 5);
    return result_ok();
}

/* Aim: dependants are in one family group with a main applicant, and claimed with them. */
static void test_families(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    must(store_read(made->store, look_at_families, made, &err), &err);
}

/* Aim: talks that are not announced are seen by those who may see them, and by nobody else; Demonia
 * alone has hubs. */
static void test_agreements(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    const struct caller senior = caller_of(made, "senior");
    const struct caller caseworker = caller_of(made, "caseworker");
    const struct agreement_line *lines = NULL;
    size_t count = 0;
    size_t confidential = 0;
    must(casework_agreements(&made->casework, &senior, &made->work, &lines, &count, &err), &err);
    assert_int_equal(count, made->outcome.agreements);
    for (size_t i = 0; i < count; i++) {
        confidential += lines[i].row.confidential ? 1 : 0;
        assert_int_equal(lines[i].hub_count,
                         str_contains(lines[i].row.partner, STR("fictional")) ? 2 : 0);
    }
    assert_true(confidential >= 2);
    const size_t all = count;
    must(casework_agreements(&made->casework, &caseworker, &made->work, &lines, &count, &err),
         &err);
    assert_int_equal(count, all - confidential);
}

/* Aim: each account signs in with the one password, and with no other. */
static void test_everybody_signs_in(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    for (size_t i = 0; i < demo_account_count; i++) {
        char token[SESSION_TOKEN_SIZE];
        struct account_row account;
        const struct sign_in sign_in = {.username = str_from_c(demo_accounts[i].username),
                                        .password = str_from_c(demo_password)};
        must(casework_sign_in(&made->casework, &sign_in, &made->work, token, &account, &err), &err);
        assert_true(str_equal(account.role, str_from_c(demo_accounts[i].role)));
        assert_true((account.hub != 0) == (str_equal(account.role, STR("hub_operator")) ||
                                           str_equal(account.role, STR("monitor"))));
    }
    char token[SESSION_TOKEN_SIZE];
    struct account_row account;
    const struct sign_in wrong = {.username = STR("caseworker"),
                                  .password = STR("demonstration-onlY")};
    assert_false(casework_sign_in(&made->casework, &wrong, &made->work, token, &account, &err).ok);
}

struct live {
    struct register_of *made;
    int64_t asked; /* requests for a transfer, by how far they have come */
    int64_t half;
    int64_t approved;
};

static result find_live(struct transaction *transaction, void *context, struct err *err)
{
    struct live *live = context;
    const struct request_row *rows = NULL;
    size_t count = 0;
    const struct request_filter filter = {.live_only = true};
    TRY(transaction_requests(transaction, &filter, &live->made->work, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(rows[i].step, STR("hub_transfer"))) {
            int64_t *found = rows[i].state == REQUEST_APPROVED ? &live->approved
                             : rows[i].approval_count == 1     ? &live->half
                                                               : &live->asked;
            *found = rows[i].id;
        }
    }
    return result_ok();
}

/* Aim: what is waiting can be done, by casework and today: the first approval, the second one, the
 * transfer. */
static void test_live_requests_go_on(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    struct live live = {.made = made};
    const struct caller caseworker = caller_of(made, "caseworker");
    const struct caller authorising = caller_of(made, "authorising");
    const struct caller senior = caller_of(made, "senior");
    struct step_answer answer;
    must(store_read(made->store, find_live, &live, &err), &err);
    assert_true(live.asked > 0 && live.half > 0 && live.approved > 0);
    must(casework_approve_step(&made->casework, &authorising, live.asked, &made->work, &answer,
                               &err),
         &err);
    assert_false(answer.refused);
    must(casework_approve_step(&made->casework, &senior, live.half, &made->work, &answer, &err),
         &err);
    assert_false(answer.refused);
    assert_int_equal(answer.request.state, REQUEST_APPROVED);
    assert_true(answer.request.place > 0);
    must(
        casework_take_step(&made->casework, &caseworker, live.approved, &made->work, &answer, &err),
        &err);
    assert_false(answer.refused);
    assert_true(str_equal(answer.person.stage, STR("at_hub")));
}

/* --- what is refused ---------------------------------------------------------------------- */

/* Aim: a demonstration that cannot be made is refused with a reason, and leaves an empty store
 * empty. */
static void test_refuses_what_it_cannot_make(void **state)
{
    struct register_of made;
    struct err err = {.code = ERROR_NONE};
    struct demo_options wrong[] = {
        register_options(99, 1), register_options(DEMO_PEOPLE_MAX + 1, 1), register_options(100, 1),
        register_options(100, 1), register_options(100, 1)};
    static const char *const hints[] = {"people", "people", "2024", "national", "not clear"};
    (void)state;
    wrong[2].today = date_add_days(wrong[2].today, -1100); /* within the tables */
    wrong[3].data_folder = "/nowhere";
    wrong[4].today = date_add_days(wrong[4].today, 10000); /* beyond the rulebook's calendars */
    register_open(&made, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct rebuild_outcome outcome;
        assert_false(demo_make(&made.casework, &wrong[i], &made.outcome, &err).ok);
        assert_true(err.code == ERROR_INPUT || err.code == ERROR_NOT_FOUND);
        assert_true(strstr(err.what, hints[i]) != NULL || strstr(err.file, hints[i]) != NULL ||
                    (i == 4 && strstr(err.what, "does not clear") != NULL));
        must(store_rebuild(made.store, false, NULL, NULL, &outcome, &err), &err);
        assert_int_equal(outcome.events, 0);
    }
    register_close(&made);
}

/* Aim: a store that holds something is left alone. */
static void test_refuses_a_store_in_use(void **state)
{
    struct register_of *made = *register_of_group(state);
    struct err err = {.code = ERROR_NONE};
    struct demo_outcome outcome;
    struct rebuild_outcome rebuilt;
    const struct demo_options options = register_options(100, 1);
    assert_false(demo_make(&made->casework, &options, &outcome, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    must(store_rebuild(made->store, false, NULL, NULL, &rebuilt, &err), &err);
    assert_int_equal(rebuilt.events, made->outcome.events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_desk_shows_life),
        cmocka_unit_test(test_screening_shows_all_three),
        cmocka_unit_test(test_nobody_is_lost),
        cmocka_unit_test(test_rebuild_finds_no_difference),
        cmocka_unit_test(test_a_clock_is_running),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_agreements),
        cmocka_unit_test(test_everybody_signs_in),
        cmocka_unit_test(test_refuses_a_store_in_use),
        cmocka_unit_test(
            test_live_requests_go_on), /* changes the register; those before it do not */
        cmocka_unit_test(test_same_seed_same_events),
        cmocka_unit_test(test_smallest_demonstration),
        cmocka_unit_test(test_refuses_what_it_cannot_make),
    };
    return cmocka_run_group_tests_name("demo", tests, open_group, close_group);
}
