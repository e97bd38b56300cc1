#include "deeds_inside.h"

#include "casework/administration.h"
#include "check.h"
#include "rulebook/example.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

/* --- drawing ---------------------------------------------------------------------------------- */

bool chance(struct world *world, double probability)
{
    return random_chance(&world->random, probability);
}

int64_t between(struct world *world, int64_t low, int64_t high)
{
    return random_between(&world->random, low, high);
}

bool draws_from_all(struct world *world)
{
    return chance(world, 0.06);
}

static void say(char *to, size_t size, str text)
{
    snprintf(to, size, "%.*s", STR_ARG(text));
}

enum account_name draw_account(struct world *world, const char *role)
{
    return chance(world, 0.06) ? (enum account_name)random_below(&world->random, ACCOUNT_NAMES)
                               : world_account_with(world, role);
}

enum account_name account_of(const struct world *world, int64_t id, enum account_name otherwise)
{
    for (int i = 0; i < ACCOUNT_NAMES; i++) {
        if (world->office.accounts[i] == id) {
            return (enum account_name)i;
        }
    }
    return otherwise;
}

bool was_done(struct world *world, const struct order *order)
{
    return model_command(&world->model, &order->client_id) != 0;
}

bool draw_person(struct world *world, char *reference, size_t size)
{
    const struct model_person *person = world_somebody(world);
    if (person == NULL) {
        return false;
    }
    snprintf(reference, size, "%s", person->reference);
    return true;
}

const char *draw_hub(struct world *world)
{
    static const char *const hubs[] = {HUB_NORTH, HUB_NORTH, HUB_SOUTH, HUB_SOUTH, HUB_SECRET};
    if (world->model.hub_count > 0 && chance(world, 0.1)) { /* the newest */
        return world->model.hubs[world->model.hub_count - 1].reference;
    }
    return hubs[random_below(&world->random, sizeof hubs / sizeof hubs[0])];
}

static void draw_value(struct world *world, const struct fact *fact, char *text, size_t size)
{
    char day[DATE_TEXT_SIZE];
    const size_t choice =
        fact->choice_count == 0 ? 0 : (size_t)random_below(&world->random, fact->choice_count);
    date_format(date_add_days(world_today(world), (int32_t)between(world, -70, 5)), day);
    if (chance(world, 0.1)) {
        snprintf(text, size, "unknown");
        return;
    }
    switch (fact->type) {
    case FACT_FLAG:
        snprintf(text, size, "%s", chance(world, 0.3) ? "no" : "yes");
        return;
    case FACT_CHOICE:
        say(text, size, fact->choices[choice]);
        return;
    case FACT_DATE:
        snprintf(text, size, "%s", day);
        return;
    case FACT_NUMBER:
        snprintf(text, size, "%d", (int)between(world, 0, 3));
        return;
    case FACT_COUNTRY:
    case FACT_COUNTRIES:
        snprintf(text, size, "%s", chance(world, 0.5) ? "ALB" : "XKX");
        return;
    case FACT_TEXT:
        snprintf(text, size, "as the person says");
        return;
    }
}

static int64_t hub_named(const struct model *model, const char *reference)
{
    for (size_t i = 0; i < model->hub_count; i++) {
        if (strcmp(model->hubs[i].reference, reference) == 0) {
            return model->hubs[i].id;
        }
    }
    return 0;
}

/* --- people ----------------------------------------------------------------------------------- */

static bool draw_register(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    snprintf(order->text[0], sizeof order->text[0], "Person Sample%lld",
             (long long)between(world, 1, 999));
    order->number[0] = world_today(world).day - between(world, 0, 200);
    return world->model.person_count < MODEL_PEOPLE_MAX / 3;
}

static result send_register(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    struct registration_answer registered;
    const struct registration registration = {.name = str_from_c(order->text[0]),
                                              .registered_on = {(int32_t)order->number[0]}};
    answer->repeated = was_done(world, order);
    return casework_register_person(&world->office.casework, caller, &registration,
                                    &world->office.work, &registered, err);
}

static bool draw_correct_identity(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    snprintf(order->text[1], sizeof order->text[1], "Person Othername%lld",
             (long long)between(world, 1, 999));
    return draw_person(world, order->text[0], sizeof order->text[0]);
}

static result send_correct_identity(struct world *world, const struct order *order,
                                    const struct caller *caller, struct answer *answer,
                                    struct err *err)
{
    const struct corrected_identity identity = {.name = str_from_c(order->text[1]),
                                                .reason = STR("a passport")};
    answer->repeated = was_done(world, order);
    return casework_correct_identity(&world->office.casework, caller, str_from_c(order->text[0]),
                                     &identity, &world->office.work, err);
}

static bool draw_join(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    return draw_person(world, order->text[0], sizeof order->text[0]) &&
           draw_person(world, order->text[1], sizeof order->text[1]);
}

static result send_join(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct record_answer recorded;
    TRY(casework_join_family(&world->office.casework, caller, str_from_c(order->text[0]),
                             str_from_c(order->text[1]), &world->office.work, &recorded, err));
    answer->repeated = recorded.repeated;
    return result_ok();
}

static bool draw_contact(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    order->number[0] = world_today(world).day - between(world, 0, 20);
    order->number[1] = order->number[0] + between(world, 1, 60);
    return draw_person(world, order->text[0], sizeof order->text[0]);
}

static result send_contact(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    const struct known_day next = {.known = true, .day = {(int32_t)order->number[1]}};
    answer->repeated = was_done(world, order);
    return casework_confirm_contact(&world->office.casework, caller, str_from_c(order->text[0]),
                                    (date){(int32_t)order->number[0]}, STR("a call"), next,
                                    &world->office.work, err);
}

/* --- facts ------------------------------------------------------------------------------------ */

static const char *recorder_of(enum subject_kind subject)
{
    return subject == SUBJECT_OF_PERSON ? "caseworker" : "senior_officer";
}

/* What the last refusals said would help: one thing, or all that concerns the same subject. */
static bool take_advice(struct world *world, struct order *order, size_t most)
{
    while (world->advice_count > 0 && order->fact_count < most) {
        const struct advice *advice = &world->advice[world->advice_count - 1];
        const bool first = order->fact_count == 0;
        if (!first &&
            (advice->subject != order->subject || strcmp(advice->reference, order->text[0]) != 0)) {
            break;
        }
        order->subject = advice->subject;
        memcpy(order->text[0], advice->reference, sizeof advice->reference);
        struct order_fact *entry = &order->facts[order->fact_count++];
        *entry = advice->fact;
        entry->true_from = world_today(world);
        if (entry->value[0] == '\0') {
            const uint32_t fact = rulebook_fact(world->model.rulebook, str_from_c(entry->fact));
            draw_value(world, &world->model.rulebook->facts[fact], entry->value,
                       sizeof entry->value);
        }
        for (size_t i = 0; i + 1 < order->fact_count; i++) { /* two safeguards, one fact */
            if (strcmp(order->facts[i].fact, entry->fact) == 0) {
                order->fact_count--;
                break;
            }
        }
        world->advice_count--;
    }
    order->by = draw_account(world, recorder_of(order->subject));
    return order->fact_count > 0;
}

static enum subject_kind kind_of(enum subject subject)
{
    switch (subject) {
    case SUBJECT_PERSON:
        return SUBJECT_OF_PERSON;
    case SUBJECT_HUB:
        return SUBJECT_OF_HUB;
    case SUBJECT_AGREEMENT:
        return SUBJECT_OF_AGREEMENT;
    }
    return SUBJECT_OF_PERSON;
}

static void add_fact(struct world *world, struct order *order, const struct fact *fact)
{
    struct order_fact *entry = &order->facts[order->fact_count++];
    say(entry->fact, sizeof entry->fact, fact->name);
    draw_value(world, fact, entry->value, sizeof entry->value);
    /* Mostly from today; late, early and for a coming day, too. */
    const int32_t days = chance(world, 0.6) ? 0 : (int32_t)between(world, -90, 20);
    entry->true_from = date_add_days(world_today(world), days);
}

/* One that is of what the order is about, or a few; `first` is one of them. */
static void draw_facts(struct world *world, struct order *order, const struct fact *first)
{
    const struct rulebook *rulebook = world->model.rulebook;
    const size_t wanted = chance(world, 0.3) ? 3 : 1;
    for (size_t tries = 0; tries < 12 && order->fact_count < wanted; tries++) {
        const struct fact *fact =
            tries == 0 ? first
                       : &rulebook->facts[random_below(&world->random, rulebook->fact_count)];
        if (kind_of(fact->subject) == order->subject) {
            add_fact(world, order, fact);
        }
    }
}

static const struct fact *draw_fact(struct world *world)
{
    const struct rulebook *rulebook = world->model.rulebook;
    return &rulebook->facts[random_below(&world->random, rulebook->fact_count)];
}

bool draw_facts_of_person(struct world *world, struct order *order)
{
    order->subject = SUBJECT_OF_PERSON;
    draw_facts(world, order, draw_fact(world));
    return order->fact_count > 0 && draw_person(world, order->text[0], sizeof order->text[0]);
}

static bool draw_record(struct world *world, struct order *order)
{
    if (chance(world, 0.7) && take_advice(world, order, 1)) {
        return true;
    }
    const struct fact *first = draw_fact(world);
    order->subject = kind_of(first->subject);
    order->by = draw_account(world, recorder_of(order->subject));
    draw_facts(world, order, first);
    if (order->subject == SUBJECT_OF_PERSON) {
        return draw_person(world, order->text[0], sizeof order->text[0]);
    }
    snprintf(order->text[0], sizeof order->text[0], "%s",
             order->subject == SUBJECT_OF_HUB ? draw_hub(world)
             : chance(world, 0.8)             ? AGREEMENT
                                              : AGREEMENT_SECRET);
    return true;
}

/* Everything that the steps of the small procedure need. */
static bool draw_small_ready(struct world *world, struct order *order)
{
    static const char *const facts[][2] = {{"order.injunction", "none"},
                                           {"family.complete", "yes"},
                                           {"decision.sent_on", ""},
                                           {"notice.served_on", ""},
                                           {"notice.extended_until", "unknown"},
                                           {"notice.suspended_on", "unknown"},
                                           {"notice.destination", "ALB"},
                                           {"departure.destination", "ALB"},
                                           {"hub_stay.place_kind", "general"}};
    char day[DATE_TEXT_SIZE];
    date_format(date_add_days(world_today(world), -30), day);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        struct order_fact *entry = &order->facts[order->fact_count++];
        snprintf(entry->fact, sizeof entry->fact, "%s", facts[i][0]);
        snprintf(entry->value, sizeof entry->value, "%s",
                 facts[i][1][0] == '\0' ? day : facts[i][1]);
        entry->true_from = date_add_days(world_today(world), -30);
    }
    order->subject = SUBJECT_OF_PERSON;
    order->by = draw_account(world, "caseworker");
    return draw_person(world, order->text[0], sizeof order->text[0]);
}

static bool has_fact(const struct order *order, str fact)
{
    for (size_t i = 0; i < order->fact_count; i++) {
        if (str_equal(str_from_c(order->facts[i].fact), fact)) {
            return true;
        }
    }
    return false;
}

/* What an example of the law gives, as if its day were today. */
static void take_example(struct world *world, struct order *order, const struct example *example)
{
    struct arena arena = world->model.scratch;
    const struct rulebook *rulebook = world->model.rulebook;
    for (size_t i = 0; i < example->given_count; i++) {
        const struct fact *fact = &rulebook->facts[example->given[i].fact];
        const bool more = order->fact_count < ORDER_FACTS_MAX && !fact->counted;
        if (!more || kind_of(fact->subject) != order->subject || has_fact(order, fact->name)) {
            continue;
        }
        struct value value = example->given[i].value;
        if (fact->type == FACT_DATE && value.known && example->has_day) {
            value.number += world_today(world).day - example->day.day;
        }
        struct order_fact *entry = &order->facts[order->fact_count++];
        struct buf buf;
        buf_init(&buf, &arena, sizeof entry->value - 1);
        value_format(fact, &value, &buf);
        say(entry->value, sizeof entry->value, buf_str(&buf));
        say(entry->fact, sizeof entry->fact, fact->name);
        entry->true_from = world_today(world);
    }
}

/* One of the examples in which the safeguard is clear. */
static const struct example *draw_example(struct world *world, uint32_t safeguard)
{
    const struct rulebook *rulebook = world->model.rulebook;
    const size_t begin = (size_t)random_below(&world->random, rulebook->example_count);
    for (size_t i = 0; i < rulebook->example_count; i++) {
        const struct example *example = &rulebook->examples[(begin + i) % rulebook->example_count];
        if (!example->of_clock && example->item == safeguard && example->member_count == 0 &&
            example->expected == CLEARANCE_CLEAR) {
            return example;
        }
    }
    return NULL;
}

/* Under a real law: what would clear the safeguards that were in the way of the last refusal, of
 * one subject, as the examples of the law have it. */
static bool draw_law_ready(struct world *world, struct order *order)
{
    static const enum subject_kind kinds[] = {SUBJECT_OF_PERSON, SUBJECT_OF_PERSON, SUBJECT_OF_HUB,
                                              SUBJECT_OF_AGREEMENT};
    enum clearance each[MODEL_SAFEGUARDS_MAX];
    struct model *model = &world->model;
    const struct model_person *person = model_person_named(model, world->refused.text[0]);
    if (person == NULL) {
        return false;
    }
    const uint32_t index = rulebook_step(model->rulebook, str_from_c(world->refused.text[1]));
    const struct step *step = &model->rulebook->steps[index];
    const int64_t hub = hub_named(model, world->refused.text[2]);
    order->subject = kinds[random_below(&world->random, sizeof kinds / sizeof kinds[0])];
    order->by = draw_account(world, recorder_of(order->subject));
    snprintf(order->text[0], sizeof order->text[0], "%s",
             order->subject == SUBJECT_OF_PERSON ? person->reference
             : order->subject == SUBJECT_OF_HUB  ? world->refused.text[2]
                                                 : AGREEMENT);
    model_judge(model, person, index, hub, world_today(world), each);
    for (size_t i = 0; i < step->safeguard_count; i++) {
        const struct example *example =
            each[i] == CLEARANCE_CLEAR ? NULL : draw_example(world, step->safeguards[i]);
        if (example != NULL) {
            take_example(world, order, example);
        }
    }
    return order->fact_count > 0 && order->text[0][0] != '\0';
}

static bool draw_ready(struct world *world, struct order *order)
{
    return world->model.law_is_small ? draw_small_ready(world, order)
                                     : draw_law_ready(world, order);
}

static result send_record(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    struct fact_entry entries[ORDER_FACTS_MAX];
    struct record_answer recorded;
    for (size_t i = 0; i < order->fact_count; i++) {
        entries[i] =
            (struct fact_entry){str_from_c(order->facts[i].fact), str_from_c(order->facts[i].value),
                                order->facts[i].true_from, STR("a letter")};
    }
    TRY(casework_record_facts(&world->office.casework, caller, order->subject,
                              str_from_c(order->text[0]), entries, order->fact_count,
                              &world->office.work, &recorded, err));
    answer->repeated = recorded.repeated;
    return result_ok();
}

static bool changes_clock(const struct rulebook *rulebook, uint32_t fact)
{
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        const bool extends =
            clock->extension.role != NOT_FOUND_INDEX && clock->extension.fact == fact;
        const bool suspends =
            clock->suspension.role != NOT_FOUND_INDEX && clock->suspension.fact == fact;
        if (extends || suspends) {
            return true;
        }
    }
    return false;
}

static bool draw_withdraw_fact(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    if (model->fact_count == 0) {
        return false;
    }
    const struct model_fact *fact = &model->facts[random_below(&world->random, model->fact_count)];
    /* Now and then what took the change of a time back: it would count again. */
    const bool taken_back = chance(world, 0.3);
    for (size_t i = 0; i < model->fact_count && taken_back; i++) {
        const struct model_fact *other = &model->facts[i];
        const bool counts = !other->value.known && !other->withdrawn;
        fact = counts && changes_clock(model->rulebook, other->fact) ? other : fact;
    }
    order->by = draw_account(world, recorder_of(fact->kind));
    order->number[0] = fact->position;
    return true;
}

static result send_withdraw_fact(struct world *world, const struct order *order,
                                 const struct caller *caller, struct answer *answer,
                                 struct err *err)
{
    struct record_answer recorded;
    TRY(casework_withdraw_fact(&world->office.casework, caller, order->number[0], STR("a mistake"),
                               &world->office.work, &recorded, err));
    answer->repeated = recorded.repeated;
    return result_ok();
}

static bool draw_places(struct world *world, struct order *order)
{
    order->by = draw_account(world, "senior_officer");
    order->number[0] = between(world, 0, 3);
    snprintf(order->text[2], sizeof order->text[2], "%s", draw_hub(world));
    return true;
}

static result send_places(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    answer->repeated = was_done(world, order);
    return casework_agree_places(&world->office.casework, caller, str_from_c(order->text[2]),
                                 order->number[0], STR("as agreed"), &world->office.work, err);
}

/* --- steps ------------------------------------------------------------------------------------ */

/* Mostly a step that leads from where the person is. */
static bool draw_ask(struct world *world, struct order *order)
{
    const struct rulebook *rulebook = world->model.rulebook;
    const struct model_person *person = world_somebody(world);
    if (person == NULL) {
        return false;
    }
    if (world->refused.text[1][0] != '\0' && chance(world, 0.5)) { /* somebody insists */
        const struct client_id id = order->client_id;
        *order = world->refused;
        order->client_id = id;
        return true;
    }
    size_t step = (size_t)random_below(&world->random, rulebook->step_count);
    for (size_t tries = 0; tries < rulebook->step_count && !chance(world, 0.02); tries++) {
        if (rulebook_step_leaves(rulebook, &rulebook->steps[step], person->stage)) {
            break;
        }
        step = (step + 1) % rulebook->step_count;
    }
    order->by = draw_account(world, "caseworker");
    snprintf(order->text[0], sizeof order->text[0], "%s", person->reference);
    say(order->text[1], sizeof order->text[1], rulebook->steps[step].name);
    if (rulebook->steps[step].with_hub && !chance(world, 0.05)) {
        snprintf(order->text[2], sizeof order->text[2], "%s", draw_hub(world));
    }
    return true;
}

result step_answered(result done, const struct step_answer *step, struct answer *answer)
{
    if (done.ok) {
        answer->repeated = step->repeated;
        answer->explanation = step->refused ? &step->explanation : NULL;
    }
    return done;
}

/* The answer's explanation must outlive the call. */
struct step_answer *new_answer(struct world *world)
{
    struct step_answer *step = ARENA_NEW(&world->office.work, struct step_answer, 1);
    assert_non_null(step);
    return step;
}

static result send_ask(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(
        casework_request_step(&world->office.casework, caller, str_from_c(order->text[0]),
                              str_from_c(order->text[1]), str_from_c(order->text[2]),
                              &world->office.work, step, err),
        step, answer);
}

/* A request in this state; now and then one that is long over. NULL: there is none. */
static const struct model_request *draw_request(struct world *world, enum request_state state)
{
    const struct model *model = &world->model;
    if (model->request_count == 0) {
        return NULL;
    }
    const size_t begin = (size_t)random_below(&world->random, model->request_count);
    if (draws_from_all(world)) {
        return &model->requests[begin];
    }
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[(begin + i) % model->request_count];
        if (request->state == state) {
            return request;
        }
    }
    return NULL;
}

static void name_request(struct world *world, struct order *order,
                         const struct model_request *request)
{
    const struct model_hub *hub = model_hub(&world->model, request->hub);
    order->number[0] = request->id;
    snprintf(order->text[0], sizeof order->text[0], "%s",
             model_person_of(&world->model, request)->reference);
    snprintf(order->text[2], sizeof order->text[2], "%s", hub == NULL ? "" : hub->reference);
}

static bool draw_approve(struct world *world, struct order *order)
{
    const struct model_request *request = draw_request(world, REQUEST_OPEN);
    if (request == NULL) {
        return false;
    }
    const struct rulebook *rulebook = world->model.rulebook;
    const struct step *step = &rulebook->steps[request->step];
    const size_t turn =
        request->approval_count < step->approval_count ? request->approval_count : 0;
    char role[40];
    say(role, sizeof role, rulebook->roles[step->approvals[turn]].name);
    order->by = draw_account(world, role);
    name_request(world, order, request);
    return true;
}

static result send_approve(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(casework_approve_step(&world->office.casework, caller, order->number[0],
                                               &world->office.work, step, err),
                         step, answer);
}

static result send_decline(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(casework_decline_step(&world->office.casework, caller, order->number[0],
                                               STR("not convinced"), &world->office.work, step,
                                               err),
                         step, answer);
}

static bool draw_take(struct world *world, struct order *order)
{
    const struct model_request *request = draw_request(world, REQUEST_APPROVED);
    if (request == NULL ||
        (model_on_manifest(&world->model, request->id) != NULL && chance(world, 0.8))) {
        return false; /* mostly whoever is on a manifest leaves with it */
    }
    order->by = draw_account(world, "caseworker");
    name_request(world, order, request);
    return true;
}

static result send_take(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(casework_take_step(&world->office.casework, caller, order->number[0],
                                            &world->office.work, step, err),
                         step, answer);
}

static bool draw_withdraw(struct world *world, struct order *order)
{
    const enum request_state state = chance(world, 0.5) ? REQUEST_OPEN : REQUEST_APPROVED;
    const struct model_request *request = draw_request(world, state);
    if (request == NULL) {
        return false;
    }
    order->by = draw_account(world, "caseworker");
    name_request(world, order, request);
    for (int i = 0; i < ACCOUNT_NAMES && chance(world, 0.8); i++) {
        if (world->office.accounts[i] == request->requested_by) {
            order->by = (enum account_name)i;
            break;
        }
    }
    return true;
}

static result send_withdraw(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(casework_withdraw_step(&world->office.casework, caller, order->number[0],
                                                STR("not wanted any more"), &world->office.work,
                                                step, err),
                         step, answer);
}

static bool draw_nothing(struct world *world, struct order *order)
{
    (void)world;
    order->client_id = (struct client_id){{0}};
    return true;
}

/* Afterwards no live request is without clearance. */
static result send_review(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    const struct stopped_request *stopped = NULL;
    size_t count = 0;
    (void)order;
    (void)caller;
    answer->is_question = true; /* it may find nothing to stop */
    TRY(casework_review_requests(&world->office.casework, &world->office.work, &stopped, &count,
                                 err));
    world->reviewed = true;
    return result_ok();
}

/* --- questions -------------------------------------------------------------------------------- */

/* 10: what an account sees of a person. */
static bool draw_look(struct world *world, struct order *order)
{
    order->by = (enum account_name)random_below(&world->random, ACCOUNT_NAMES);
    order->client_id = (struct client_id){{0}};
    return (chance(world, 0.6) && draw_through_glass(world, order)) ||
           draw_person(world, order->text[0], sizeof order->text[0]);
}

static result send_look(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct model *model = &world->model;
    struct person_answer page = {0};
    const struct model_person *person = model_person_named(model, order->text[0]);
    const struct model_account *account = model_account(model, caller->account);
    const bool may = model_sees(model, account, person) ||
                     model_sees_through_glass(model, account, person, at_ms(world));
    answer->is_question = true;
    const result looked =
        casework_person(&world->office.casework, caller, str_from_c(order->text[0]), NULL,
                        &world->office.work, &page, err);
    world->looks += looked.ok ? 1 : 0;
    if (looked.ok && !may) {
        model_break(model, "10: %s sees %s", model_account(model, caller->account)->role,
                    order->text[0]);
    } else if (!looked.ok && may && world->disk.fault_in == 0 &&
               world->disk.fault == DISK_FAULT_NONE) {
        model_break(model, "10: %s does not see %s, whom they may see: %s",
                    model_account(model, caller->account)->role, order->text[0], err->what);
    }
    return looked;
}

/* 5, 10: the list is of exactly those whom the account may see. */
static result send_list(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct model *model = &world->model;
    struct people_answer people = {0};
    const struct people_query query = {.limit = 500};
    const struct model_account *account = model_account(model, caller->account);
    size_t visible = 0;
    int64_t counted = 0;
    (void)order;
    answer->is_question = true;
    TRY(casework_people(&world->office.casework, caller, &query, &world->office.work, &people,
                        err));
    world->looks++;
    for (size_t i = 0; i < model->person_count; i++) {
        visible +=
            model_is_person(&model->people[i]) && model_sees(model, account, &model->people[i]) ? 1
                                                                                                : 0;
    }
    for (size_t i = 0; i < people.count; i++) {
        const struct model_person *person = model_person(model, people.lines[i].row.id);
        if (person == NULL || !model_sees(model, account, person)) {
            model_break(model, "10: %s is listed for %s",
                        person == NULL ? "nobody" : person->reference, account->role);
        }
    }
    for (size_t i = 0; i < people.stage_count; i++) {
        counted += people.stages[i].people;
    }
    if (people.count != visible || counted != (int64_t)visible) {
        model_break(model, "5: %zu are listed and %lld counted of %zu for %s", people.count,
                    (long long)counted, visible, account->role);
    }
    return result_ok();
}

static bool draw_anybody(struct world *world, struct order *order)
{
    order->by = (enum account_name)random_below(&world->random, ACCOUNT_NAMES);
    order->client_id = (struct client_id){{0}};
    return world->model.person_count > 0;
}

/* 1: screening says of everybody what the law says of each. */
static bool draw_screen(struct world *world, struct order *order)
{
    const struct rulebook *rulebook = world->model.rulebook;
    const struct step *step = &rulebook->steps[random_below(&world->random, rulebook->step_count)];
    order->by = SENIOR;
    order->client_id = (struct client_id){{0}};
    say(order->text[1], sizeof order->text[1], step->name);
    snprintf(order->text[2], sizeof order->text[2], "%s", step->with_hub ? draw_hub(world) : "");
    return world->model.person_count > 0;
}

static result compare_line(void *context, const struct screen_line *line, struct err *err)
{
    (void)err;
    enum clearance *clearances = context;
    if (line->person->id < MODEL_PEOPLE_MAX) {
        clearances[line->person->id] = line->clearance;
    }
    return result_ok();
}

static result send_screen(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    struct model *model = &world->model;
    struct screen_totals totals = {0};
    enum clearance clearances[MODEL_PEOPLE_MAX] = {CLEARANCE_CLEAR};
    const uint32_t step = rulebook_step(model->rulebook, str_from_c(order->text[1]));
    const int64_t hub = hub_named(model, order->text[2]);
    const struct model_account *senior = model_account(model, caller->account);
    int64_t people = 0;
    answer->is_question = true;
    TRY(casework_screen(&world->office.casework, caller, str_from_c(order->text[1]),
                        str_from_c(order->text[2]), NULL, compare_line, clearances, &totals, err));
    world->looks++;
    for (size_t i = 0; i < model->person_count; i++) {
        const struct model_person *person = &model->people[i];
        if (!model_is_person(person) || !model_sees(model, senior, person) ||
            !rulebook_step_leaves(model->rulebook, &model->rulebook->steps[step], person->stage)) {
            continue;
        }
        people++;
        if (model_judge(model, person, step, hub, world_today(world), NULL) !=
            clearances[person->id]) {
            model_break(model, "1: screening for %s says %d of %s", order->text[1],
                        (int)clearances[person->id], person->reference);
        }
    }
    if (people != totals.people || totals.clear + totals.barred + totals.unknown != people) {
        model_break(model, "5: screening for %s finds %lld of %lld people", order->text[1],
                    (long long)totals.people, (long long)people);
    }
    return result_ok();
}

/* --- the machine ------------------------------------------------------------------------------ */

static void act_time_goes_on(struct world *world)
{
    office_move_days(&world->office, (int)between(world, 1, 30));
}

static void act_moment(struct world *world)
{
    world->office.now += between(world, 1, 3600 * 1000);
}

static void act_clock_is_put_back(struct world *world)
{
    office_move_days(&world->office, -(int)between(world, 1, 10));
}

static void act_checkpoint(struct world *world)
{
    static const char *const modes[] = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
    char sql[64];
    sqlite3 *db = NULL;
    snprintf(sql, sizeof sql, "PRAGMA wal_checkpoint(%s)",
             modes[random_below(&world->random, sizeof modes / sizeof modes[0])]);
    if (sqlite3_open(world->office.path, &db) == SQLITE_OK) {
        sqlite3_exec(db, sql, NULL, NULL, NULL);
    }
    sqlite3_close(db);
    if (world->disk.dead) {
        world_lose_power(world);
    }
}

static void plan(struct world *world, enum disk_fault fault, int64_t calls)
{
    world->disk.fault = fault;
    world->disk.fault_in = between(world, 1, calls);
}

static void act_power_will_fail(struct world *world)
{
    plan(world, DISK_FAULT_POWER, 60);
}

static void act_disk_will_fail(struct world *world)
{
    static const enum disk_fault faults[] = {DISK_FAULT_READ, DISK_FAULT_WRITE,
                                             DISK_FAULT_SHORT_WRITE, DISK_FAULT_SYNC};
    const enum disk_fault fault =
        faults[random_below(&world->random, sizeof faults / sizeof faults[0])];
    plan(world, fault, fault == DISK_FAULT_SYNC ? 2 : 20);
}

static void act_remember(struct world *world)
{
    const struct model *model = &world->model;
    if (model->verdict_count > 0) {
        check_verdict(world, &model->verdicts[random_below(&world->random, model->verdict_count)]);
    }
}

static void act_rebuild(struct world *world)
{
    check_rebuild(world);
}

/* --- the table -------------------------------------------------------------------------------- */

const struct deed deeds[] = {
    /* commands */
    {"register", 4, draw_register, send_register, NULL},
    {"correct a name", 2, draw_correct_identity, send_correct_identity, NULL},
    {"join a family", 4, draw_join, send_join, NULL},
    {"confirm contact", 2, draw_contact, send_contact, NULL},
    {"record facts", 12, draw_record, send_record, NULL},
    {"record all facts", 16, draw_ready, send_record, NULL},
    {"withdraw a fact", 3, draw_withdraw_fact, send_withdraw_fact, NULL},
    {"agree places", 3, draw_places, send_places, NULL},
    {"ask for a step", 34, draw_ask, send_ask, NULL},
    {"approve", 22, draw_approve, send_approve, NULL},
    {"decline", 2, draw_approve, send_decline, NULL},
    {"take a step", 14, draw_take, send_take, NULL},
    {"withdraw a request", 3, draw_withdraw, send_withdraw, NULL},
    {"review", 3, draw_nothing, send_review, NULL},
    {"change a time", 7, draw_change_clock, send_change_clock, NULL},
    {"issue a letter", 5, draw_issue_notice, send_issue_notice, NULL},
    {"serve a letter", 7, draw_serve_notice, send_serve_notice, NULL},
    {"cancel a letter", 1, draw_cancel_notice, send_cancel_notice, NULL},
    /* departures */
    {"open a manifest", 5, draw_open_manifest, send_open_manifest, NULL},
    {"change a manifest", 1, draw_change_manifest, send_change_manifest, NULL},
    {"cancel a manifest", 1, draw_cancel_manifest, send_cancel_manifest, NULL},
    {"put on a manifest", 14, draw_list_on_manifest, send_list_on_manifest, NULL},
    {"take off a manifest", 1, draw_take_off_manifest, send_take_off_manifest, NULL},
    {"board", 7, draw_board_manifest, send_board_manifest, NULL},
    {"depart", 5, draw_depart_manifest, send_depart_manifest, NULL},
    {"account for somebody", 7, draw_account_for, send_account_for, NULL},
    {"close a manifest", 3, draw_close_manifest, send_close_manifest, NULL},
    /* the desk of a hub */
    {"kind of places", 2, draw_kind_of_places, send_kind_of_places, NULL},
    {"place out of use", 4, draw_out_of_use, send_out_of_use, NULL},
    {"place back in use", 4, draw_back_in_use, send_back_in_use, NULL},
    {"change a place", 3, draw_change_place, send_change_place, NULL},
    {"prebook", 4, draw_prebook, send_prebook, NULL},
    {"give a prebooking", 3, draw_give_prebooking, send_give_prebooking, NULL},
    {"end a prebooking", 2, draw_end_prebooking, send_end_prebooking, NULL},
    {"arrival", 4, draw_arrival, send_arrival, NULL},
    {"resolve an arrival", 3, draw_resolve_arrival, send_resolve_arrival, NULL},
    {"hand over an arrival", 1, draw_hand_over_arrival, send_hand_over_arrival, NULL},
    {"unexpected arrival", 1, draw_unexpected, send_unexpected, NULL},
    {"cancel a departure", 4, draw_cancel_departure, send_cancel_departure, NULL},
    {"report of a hub", 2, draw_hub_report, send_hub_report, NULL},
    /* the books */
    {"open an incident", 4, draw_open_incident, send_open_incident, NULL},
    {"open a finding", 3, draw_open_finding, send_open_finding, NULL},
    {"move an entry", 10, draw_move_entry, send_move_entry, NULL},
    {"add to an entry", 2, draw_add_to_entry, send_add_to_entry, NULL},
    /* who somebody is */
    {"ask for a merge", 4, draw_ask_for_merge, send_ask_for_merge, NULL},
    {"merge", 4, draw_merge, send_merge, NULL},
    {"decline a merge", 1, draw_decline_merge, send_decline_merge, NULL},
    {"undo a merge", 4, draw_separate, send_separate, NULL},
    {"hold or restrict", 3, draw_privacy, send_privacy, NULL},
    {"erase", 4, draw_erase, send_erase, NULL},
    {"protect", 3, draw_protect, send_protect, NULL},
    {"break the glass", 5, draw_break_glass, send_break_glass, NULL},
    {"review a glass", 3, draw_review_glass, send_review_glass, NULL},
    {"tie an account", 4, draw_tie, send_tie, NULL},
    {"end a tie", 2, draw_end_tie, send_end_tie, NULL},
    {"write a note", 1, draw_note, send_note, NULL},
    {"record a reference", 3, draw_identifier, send_identifier, NULL},
    {"withdraw a reference", 1, draw_withdraw_identifier, send_withdraw_identifier, NULL},
    {"acknowledge a stop", 3, draw_acknowledge, send_acknowledge, NULL},
    /* from elsewhere */
    {"import a file", 3, draw_import, send_import, NULL},
    {"report an order", 1, draw_report_order, send_report_order, NULL},
    /* roles */
    {"change a role", 4, draw_role, send_role, NULL},
    {"open an account", 2, draw_open_account, send_open_account, NULL},
    {"close an account", 1, draw_close_account, send_close_account, NULL},
    /* hubs and agreements */
    {"open a hub", 1, draw_open_hub, send_open_hub, NULL},
    {"suspend an agreement", 3, draw_agreement_state, send_record, NULL},
    /* questions */
    {"look at a desk", 2, draw_hub_desk, send_hub_desk, NULL},
    {"look at a person", 5, draw_look, send_look, NULL},
    {"look at one's own record", 4, draw_own_record, send_own_record, NULL},
    {"list people", 3, draw_anybody, send_list, NULL},
    {"screen", 2, draw_screen, send_screen, NULL},
    /* the machine */
    {"time goes on", 3, NULL, NULL, act_time_goes_on},
    {"a moment passes", 4, NULL, NULL, act_moment},
    {"the clock is put back", 2, NULL, NULL, act_clock_is_put_back},
    {"checkpoint from outside", 3, NULL, NULL, act_checkpoint},
    {"restart", 1, NULL, NULL, world_restart},
    {"kill", 2, NULL, NULL, world_kill},
    {"power fails", 1, NULL, NULL, world_lose_power},
    {"power will fail", 2, NULL, NULL, act_power_will_fail},
    {"disk will fail", 3, NULL, NULL, act_disk_will_fail},
    /* the past */
    {"remember", 3, NULL, NULL, act_remember},
    {"rebuild", 1, NULL, NULL, act_rebuild},
};

const size_t deed_count = sizeof deeds / sizeof deeds[0];
