#include "world.h"

#include "casework/hub_desk.h"
#include "casework/identity.h"
#include "check.h"
#include "deeds.h"
#include "departing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

enum {
    TEXTS_SIZE = 1024 * 1024,
    VALUES_SIZE = 1024 * 1024,
    SCRATCH_SIZE = 4 * 1024 * 1024,
    DRAWS_MAX = 4,        /* of a deed, until there is something to ask */
    FAR_ALONG = 3,        /* people under a real law at first */
    WINDOW_DAYS = 60,     /* of the small rules */
    WINDOW_DAYS_LEFT = 5, /* for whoever is about to leave */
};

/* --- opening ---------------------------------------------------------------------------------- */

static struct somebody put_into(struct office *office, uint32_t number, uint32_t stage)
{
    struct somebody person = {.id = 0};
    reference_make(number, person.reference);
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .kind = EVENT_PERSON_REGISTERED,
        .body.person_registered = {.reference = str_from_c(person.reference),
                                   .name = STR("PersonOne Samplealpha"),
                                   .stage = office->casework.rulebook->stages[stage].name}};
    office_append(office, &event);
    person.id = event.subject;
    return person;
}

/* Somebody in the stage from which the n-th step that needs approval leads: a whole procedure lies
 * behind them that no run is long enough for. */
static void put_far_along(struct office *office, size_t n)
{
    const struct rulebook *rulebook = office->casework.rulebook;
    const uint32_t number = (uint32_t)(4711 + n);
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (step->approval_count > 0 && !step->from_any && n-- == 0) {
            put_into(office, number, step->from[0]);
            return;
        }
    }
}

/* All places are of one kind at first. */
static void give_kinds(struct office *office)
{
    const str hubs[] = {STR(HUB_NORTH), STR(HUB_SOUTH), STR(HUB_SECRET)};
    for (size_t i = 0; i < sizeof hubs / sizeof hubs[0]; i++) {
        struct err err = {0};
        struct record_answer answer;
        const struct caller caller = office_caller(office, SENIOR);
        arena_reset(&office->work);
        assert_true(casework_places_of_kind(&office->casework, &caller, hubs[i], STR("general"), 1,
                                            OFFICE_PLACES, STR("as built"), &office->work, &answer,
                                            &err)
                        .ok);
    }
}

static void open_simulated_procedure(struct office *office)
{
    char rules[400];
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(rules, sizeof rules, "%s/tests/simulation/rules", source == NULL ? "." : source);
    office_open_with(office, rules);
    give_kinds(office);
}

static void read_letters(struct world *world)
{
    char path[400];
    struct err err = {0};
    struct notice_file file = {.name = STR("departure.notice")};
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(path, sizeof path, "%s/tests/simulation/notices/departure.notice",
             source == NULL ? "." : source);
    assert_true(system_read_file(path, TEXTS_SIZE, &world->texts, &file.text, &err).ok);
    if (!notice_set_read(&file, 1, &world->texts, &world->letters.set, &err).ok) {
        fail_msg("%s:%u: %s", err.file, err.line, err.what);
    }
}

static struct somebody make_ready(struct office *office)
{
    const struct somebody person = office_ready(office, "PersonOne Samplealpha");
    assert_true(
        office_record(office, CLERK, person.reference, "hub_stay.place_kind", "general").ok);
    assert_true(office_record(office, CLERK, person.reference, "notice.destination", "ALB").ok);
    assert_true(office_record(office, CLERK, person.reference, "departure.destination", "ALB").ok);
    return person;
}

static struct departing list(struct office *office, int64_t request, const char *step,
                             const char *destination)
{
    const struct departing manifest = departing_open(office, step, destination, 0);
    assert_true(manifest.ok);
    assert_false(departing_list(office, &manifest, request).refused);
    return manifest;
}

static void board(struct office *office, int64_t request, const char *step, const char *destination)
{
    const struct departing manifest = list(office, request, step, destination);
    assert_int_equal(departing_board(office, &manifest).boarded, 1);
}

/* Somebody is on the way to a hub: few runs come so far by themselves, and what is recorded
 * meanwhile calls back. */
static void put_aboard(struct office *office)
{
    const struct somebody person = make_ready(office);
    board(office, office_transfer(office, &person, HUB_NORTH, 2), "transfer", "ALB");
}

/* Somebody else is about to leave: a place is held for them, and in a few days they may not leave
 * on their notice any more. */
static void put_on_manifest(struct office *office)
{
    char served[DATE_TEXT_SIZE];
    const struct somebody person = make_ready(office);
    date_format(date_add_days(office_today(office), -WINDOW_DAYS + WINDOW_DAYS_LEFT), served);
    assert_true(office_record(office, CLERK, person.reference, "notice.served_on", served).ok);
    list(office, office_transfer(office, &person, HUB_NORTH, 2), "transfer", "ALB");
}

/* Two of one family, one of whom waits for an approval and may be the same person as somebody who
 * was registered by mistake. */
static void put_together(struct office *office)
{
    struct err err = {0};
    struct merge_plan plan;
    const struct somebody person = make_ready(office);
    const struct somebody relative = make_ready(office);
    const struct somebody again = office_register(office, "PersonOne Samplealpha");
    const struct caller caller = office_caller(office, OTHER_CLERK);
    assert_true(office_join(office, CLERK, &person, &relative).ok);
    assert_false(office_ask_for(office, CLERK, &person, "removal", "").refused);
    arena_reset(&office->work);
    assert_true(casework_request_merge(&office->casework, &caller, str_from_c(person.reference),
                                       str_from_c(again.reference), STR("the same passport"),
                                       &office->work, &plan, &err)
                    .ok);
}

static void put_small(struct office *office)
{
    make_ready(office);
    put_together(office);
    put_on_manifest(office);
    put_aboard(office);
}

/* The same under a real law, of which the search finds what makes the transfer clear, and when. */
static void put_aboard_lawfully(struct office *office)
{
    const struct rulebook *rulebook = office->casework.rulebook;
    const uint32_t transfer = rulebook_step(rulebook, STR("hub_transfer"));
    assert_true(transfer != NOT_FOUND_INDEX);
    const struct step *step = &rulebook->steps[transfer];
    const struct somebody person = put_into(office, 4710, step->from[step->from_count - 1]);
    assert_true(lawful_make_clear(office, &person, "hub_transfer").possible);
    const struct outcome approved = lawful_ask_and_approve(office, &person, "hub_transfer");
    assert_int_equal(approved.state, REQUEST_APPROVED);
    board(office, approved.request, "hub_transfer", "");
}

static void put_lawfully(struct office *office)
{
    for (size_t i = 0; i < FAR_ALONG; i++) {
        put_far_along(office, i);
    }
    put_aboard_lawfully(office);
}

void world_open(struct world *world, const char *law)
{
    struct err err = {0};
    memset(world, 0, sizeof *world);
    disk_init(&world->disk);
    disk_init(&world->base);
    disk_mount(&world->disk);
    if (law == NULL) {
        open_simulated_procedure(&world->office);
    } else {
        office_open_law(&world->office, law);
    }
    /* Whoever protects data sits where the liaison officer does, who has nothing to do here. */
    world->office.accounts[LIAISON] =
        office_open_account(&world->office, "data_protection_officer");
    world->registrar = office_open_account(&world->office, "registrar");
    world->guests[0] = office_open_account(&world->office, "person");
    world->guests[1] = office_open_account(&world->office, "legal_representative");
    if (law == NULL) {
        put_small(&world->office);
    } else {
        put_lawfully(&world->office);
    }
    memcpy(world->accounts, world->office.accounts, sizeof world->accounts);
    world->begins_at = atomic_load(&world->office.now);
    office_stop(&world->office);
    disk_copy(&world->base, &world->disk);
    assert_true(arena_open(&world->model.values, VALUES_SIZE, &err).ok);
    assert_true(arena_open(&world->texts, TEXTS_SIZE, &err).ok);
    if (law == NULL) {
        read_letters(world);
    }
    assert_true(arena_open(&world->model.scratch, SCRATCH_SIZE, &err).ok);
}

void world_close(struct world *world)
{
    office_close(&world->office);
    disk_done(&world->disk);
    disk_done(&world->base);
    arena_close(&world->texts);
    arena_close(&world->model.values);
    arena_close(&world->model.scratch);
}

/* --- for the deeds -------------------------------------------------------------------------- */

date world_today(const struct world *world)
{
    return office_today(&world->office);
}

enum account_name world_account_with(struct world *world, const char *role)
{
    const size_t begin = random_below(&world->random, ACCOUNT_NAMES);
    for (size_t i = 0; i < ACCOUNT_NAMES; i++) {
        const enum account_name name = (enum account_name)((begin + i) % ACCOUNT_NAMES);
        const struct model_account *account =
            model_account(&world->model, world->office.accounts[name]);
        if (!account->closed && strcmp(account->role, role) == 0) {
            return name;
        }
    }
    return CLERK;
}

const struct model_person *world_somebody(struct world *world)
{
    const size_t count = world->model.person_count;
    return count == 0 ? NULL : &world->model.people[random_below(&world->random, count)];
}

/* --- starting again --------------------------------------------------------------------------- */

static void stop(struct world *world)
{
    check_leave_file(world);
    office_stop(&world->office);
}

static void power_comes_back(struct world *world)
{
    disk_lose_power(&world->disk, &world->disk,
                    (enum disk_loss)random_below(&world->random, DISK_LOSSES), &world->random);
}

static bool open_office(struct world *world, struct err *err)
{
    const bool open = office_start(&world->office, err).ok;
    world->office.casework.notices = world->letters.set.count > 0 ? &world->letters : NULL;
    return open;
}

/* A failure of the disk that was planned may strike here, once. */
static void start(struct world *world)
{
    struct err err = {0};
    bool started = false;
    for (int tries = 0; tries < 3 && !started; tries++) {
        if (world->disk.dead) {
            power_comes_back(world);
        }
        started = open_office(world, &err);
        if (world->disk.fault_in == 0) {
            world->disk.fault = DISK_FAULT_NONE;
        }
    }
    if (!started) {
        model_break(&world->model, "6: the store does not open again: %s", err.what);
    } else {
        check_restart(world);
    }
}

void world_restart(struct world *world)
{
    stop(world);
    start(world);
}

/* What the process still has open finds nothing any more; then it is gone. */
static void die(struct world *world)
{
    world->disk.dead = true;
    stop(world);
}

void world_kill(struct world *world)
{
    die(world);
    disk_kill(&world->disk);
    start(world);
}

void world_lose_power(struct world *world)
{
    die(world);
    power_comes_back(world);
    start(world);
}

/* --- one step --------------------------------------------------------------------------------- */

static size_t draw_deed(struct world *world)
{
    int total = 0;
    for (size_t i = 0; i < deed_count; i++) {
        total += deeds[i].weight;
    }
    int at = (int)random_below(&world->random, (uint64_t)total);
    for (size_t i = 0; i < deed_count; i++) {
        at -= deeds[i].weight;
        if (at < 0) {
            return i;
        }
    }
    return 0;
}

static void tell(const struct world *world, const struct order *order, const struct answer *answer)
{
    printf("# %3zu %s by %d: %s %s %s %lld", world->step, deeds[order->deed].name, (int)order->by,
           order->text[0], order->text[1], order->text[2], (long long)order->number[0]);
    for (size_t i = 0; i < order->fact_count; i++) {
        printf(" %s=%s", order->facts[i].fact, order->facts[i].value);
    }
    printf(" -> %s%s%s\n", answer->ok ? "done" : answer->err.what,
           answer->repeated ? " before" : "",
           answer->explanation != NULL ? ", refused by law" : "");
}

static void tell_act(const struct world *world, size_t deed)
{
    if (world->tells) {
        printf("# %3zu %s\n", world->step, deeds[deed].name);
    }
}

static void keep_advice(struct world *world, const struct order *order,
                        const struct explanation *explanation)
{
    const struct rulebook *rulebook = world->model.rulebook;
    for (size_t i = 0; explanation != NULL && i < explanation->safeguard_count; i++) {
        const struct safeguard_explanation *one = &explanation->safeguards[i];
        const bool helps = one->clearance != CLEARANCE_CLEAR && one->change_count > 0 &&
                           one->changes[0].kind != CHANGE_WAIT;
        if (!helps || world->advice_count == WORLD_ADVICE_MAX) {
            continue;
        }
        const struct fact *fact = &rulebook->facts[one->changes[0].fact];
        struct advice *advice = &world->advice[world->advice_count++];
        struct arena arena = world->model.scratch;
        struct buf buf;
        *advice = (struct advice){.fact.true_from = world_today(world)};
        buf_init(&buf, &arena, sizeof advice->fact.value - 1);
        if (one->changes[0].kind == CHANGE_FACT_VALUE) {
            value_format(fact, &one->changes[0].value, &buf);
        }
        snprintf(advice->fact.value, sizeof advice->fact.value, "%.*s", STR_ARG(buf_str(&buf)));
        snprintf(advice->fact.fact, sizeof advice->fact.fact, "%.*s", STR_ARG(fact->name));
        advice->subject = fact->subject == SUBJECT_HUB         ? SUBJECT_OF_HUB
                          : fact->subject == SUBJECT_AGREEMENT ? SUBJECT_OF_AGREEMENT
                                                               : SUBJECT_OF_PERSON;
        snprintf(advice->reference, sizeof advice->reference, "%s",
                 fact->subject == SUBJECT_HUB         ? order->text[2]
                 : fact->subject == SUBJECT_AGREEMENT ? AGREEMENT
                                                      : order->text[0]);
        world->advice_count -= fact->counted || advice->reference[0] == '\0' ? 1 : 0;
    }
}

static void send(struct world *world, const struct order *order)
{
    const struct deed *deed = &deeds[order->deed];
    const struct caller caller = {.account = order->account, .client_id = order->client_id};
    struct answer answer = {.ok = false};
    arena_reset(&world->office.work);
    answer.ok = deed->send(world, order, &caller, &answer, &answer.err).ok;
    world->disk_failed = world->disk.fault != DISK_FAULT_NONE && world->disk.fault_in == 0;
    if (world->disk_failed) {
        world->disk.fault = DISK_FAULT_NONE;
    }
    world->accepted[order->deed] += answer.ok ? 1 : 0;
    world->history = world->history * 31 + (answer.ok ? 7U : (uint64_t)answer.err.code + 11U);
    if (world->tells) {
        tell(world, order, &answer);
    }
    world->owed = answer.ok && world->disk.dead ? answer.facts : 0;
    if (world->owed > 0) {
        world->in_doubt = true; /* in the commit, or in what came after it */
        world->doubt_day = world_today(world);
    }
    if (!answer.ok && (world->disk.dead || strstr(answer.err.what, "not known whether") != NULL)) {
        world->in_doubt = true;
        world->doubt_day = world_today(world);
    }
    if (world->disk.dead) {
        world_lose_power(world);
    } else if (check_answer(world, order, &answer)) {
        keep_advice(world, order, answer.explanation);
        const str named = str_from_c(order->text[1]);
        if (answer.explanation != NULL &&
            rulebook_step(world->model.rulebook, named) != NOT_FOUND_INDEX) {
            world->refused = *order;
        }
    }
}

static bool draw_order(struct world *world, size_t deed, struct order *order)
{
    *order = (struct order){.deed = deed, .by = CLERK};
    const uint64_t words[] = {random_next(&world->random), random_next(&world->random)};
    memcpy(order->client_id.bytes, words, sizeof words);
    return deeds[deed].draw(world, order);
}

/* What the machine does, or an order of an account; another when there is nothing to ask. */
static void do_something(struct world *world)
{
    ASSERT(world->order_count < WORLD_ORDERS_MAX);
    struct order *order = &world->orders[world->order_count];
    for (int tries = 0; tries < DRAWS_MAX; tries++) {
        const size_t deed = draw_deed(world);
        const bool acts = deeds[deed].act != NULL;
        if (!acts && !draw_order(world, deed, order)) {
            continue;
        }
        world->counts[deed]++;
        if (acts) {
            tell_act(world, deed);
            deeds[deed].act(world);
        } else {
            order->account = world->office.accounts[order->by];
            world->order_count++;
            send(world, order);
        }
        return;
    }
}

/* One of before once more, as when an answer was lost. */

static void send_again(struct world *world)
{
    struct order *order = &world->orders[random_below(&world->random, world->order_count)];
    if (world->tells) {
        printf("# %3zu again:\n", world->step);
    }
    send(world, order);
}

static bool take_step(struct world *world)
{
    random_seed(&world->random, world->seed * 1000003 + world->step);
    const bool again = world->order_count > 0 && random_chance(&world->random, 0.08);
    world->disk_failed = false;
    world->reviewed = false;
    if (world->disk.fault_in == 0) {
        world->disk.fault = DISK_FAULT_NONE; /* it struck where no order was under way */
    }
    if (world->skips[world->step]) {
        return true;
    }
    if (again) {
        send_again(world);
    } else {
        do_something(world);
    }
    return world->model.broken[0] == '\0' && check_rows(world) &&
           (world->step % 8 != 0 || check_history(world));
}

/* --- a run ------------------------------------------------------------------------------------ */

static bool begin(struct world *world, uint64_t seed)
{
    struct err err = {0};
    const struct answer none = {.ok = true, .is_question = true};
    world->seed = seed;
    world->order_count = 0;
    world->advice_count = 0;
    world->refused = (struct order){.fact_count = 0};
    world->in_doubt = false;
    world->owed = 0;
    world->doubt_day = world_today(world);
    world->looks = 0;
    world->leaf_count = 0;
    world->history = 0;
    random_seed(&world->entropy, seed);
    random_seed(&world->random, seed);
    world->office.entropy = &world->entropy;
    world->office.now = world->begins_at;
    memcpy(world->office.accounts, world->accounts, sizeof world->accounts);
    disk_copy(&world->disk, &world->base);
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(seed & 0x7FFFFFFF) | 1, NULL);
    sqlite3_randomness(0, NULL);
    model_begin(&world->model, world->office.casework.rulebook);
    world->model.begins = true;
    const bool begun = (open_office(world, &err) ||
                        model_break(&world->model, "the office does not open: %s", err.what)) &&
                       check_answer(world, NULL, &none) && check_history(world);
    world->model.begins = false;
    return begun;
}

static bool end(struct world *world)
{
    return check_history(world) && check_rebuild(world) && check_all_verdicts(world);
}

bool world_run(struct world *world, uint64_t seed, size_t steps, size_t *ret_steps)
{
    ASSERT(steps <= WORLD_STEPS_MAX);
    bool kept = begin(world, seed);
    size_t step = 0;
    while (kept && step < steps) {
        world->step = step++;
        kept = take_step(world);
    }
    kept = kept && end(world);
    /* The power is there for the end, whatever was planned. */
    world->disk.fault = DISK_FAULT_NONE;
    if (world->office.store != NULL) {
        stop(world);
    }
    *ret_steps = step;
    return kept;
}
