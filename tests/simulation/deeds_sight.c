/* Deeds by which somebody sees a record that they did not see: break-glass, and ties from outside
 * the office. text[0] is the person. */
#include "deeds_inside.h"

#include "casework/glass.h"
#include "casework/own.h"
#include "casework/ties.h"

#include <stdio.h>
#include <string.h>

int64_t at_ms(const struct world *world)
{
    const int64_t now = atomic_load(&world->office.now);
    return now > world->model.last_ms ? now : world->model.last_ms;
}

/* --- a glass ---------------------------------------------------------------------------------- */

bool draw_through_glass(struct world *world, struct order *order)
{
    struct model *model = &world->model;
    const struct model_glass *glass = DRAW(world, model->glasses, model->glass_count);
    for (int i = 0; glass != NULL && i < ACCOUNT_NAMES; i++) {
        if (world->office.accounts[i] == glass->account) {
            order->by = (enum account_name)i;
            snprintf(order->text[0], sizeof order->text[0], "%s",
                     model_whose(model, glass->position)->reference);
            return true;
        }
    }
    return false;
}

/* Somebody whose record is hidden from whoever breaks the glass, now and then anybody. */
bool draw_break_glass(struct world *world, struct order *order)
{
    static const char *const roles[] = {"caseworker", "authorising_officer", "senior_officer",
                                        "hub_operator"};
    struct model *model = &world->model;
    const bool any = draws_from_all(world);
    const struct model_person *person = any ? world_somebody(world) : NULL;
    bool seen = true;
    for (size_t i = 0; i < model->person_count && !any; i++) {
        const struct model_person *other = &model->people[i];
        person = other->restricted || other->protection != 0 ? other : person;
    }
    if (person == NULL || model->glass_count >= MODEL_GLASSES_MAX - 2) {
        return false;
    }
    for (int tries = 0; tries < 8 && seen; tries++) {
        order->by = draw_account(world, roles[random_below(&world->random, tries < 6 ? 3 : 4)]);
        seen = model_sees(model, model_account(model, world->office.accounts[order->by]), person);
    }
    order->number[0] =
        chance(world, 0.1) ? GLASS_MINUTES_MAX + 1 : between(world, 0, GLASS_MINUTES_MAX);
    snprintf(order->text[0], sizeof order->text[0], "%s", person->reference);
    return any || !seen;
}

result send_break_glass(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct glass_line line;
    answer->repeated = was_done(world, order);
    return casework_break_glass(&world->office.casework, caller, TEXT_OF(order, 0),
                                STR("somebody is in danger"), order->number[0], &world->office.work,
                                &line, err);
}

bool draw_review_glass(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    const struct model_glass *glass = DRAW(world, model->glasses, model->glass_count);
    order->by = draw_account(world, "data_protection_officer");
    order->number[0] = glass == NULL ? 0 : glass->position;
    snprintf(order->text[1], sizeof order->text[1], "%s",
             chance(world, 0.5) ? "justified" : "not_justified");
    return glass != NULL;
}

result send_review_glass(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct glass_line line;
    answer->repeated = was_done(world, order);
    return casework_review_glass(&world->office.casework, caller, order->number[0],
                                 TEXT_OF(order, 1), STR("heard by telephone"), &world->office.work,
                                 &line, err);
}

/* --- ties ------------------------------------------------------------------------------------- */

static const char *const guests[WORLD_GUESTS] = {"person", "legal_representative"};

/* number[0] is the first day, number[1] the last; 0: not said. */
bool draw_tie(struct world *world, struct order *order)
{
    order->by = draw_account(world, chance(world, 0.7) ? "caseworker" : "senior_officer");
    snprintf(order->text[1], sizeof order->text[1], "%s",
             guests[random_below(&world->random, WORLD_GUESTS)]);
    order->number[0] = chance(world, 0.6) ? 0 : world_today(world).day + between(world, -1, 4);
    order->number[1] = chance(world, 0.5) ? 0 : world_today(world).day + between(world, 0, 30);
    return world->model.tie_count < MODEL_TIES_MAX - 2 &&
           draw_person(world, order->text[0], sizeof order->text[0]);
}

static struct known_day day_of(int64_t day)
{
    return (struct known_day){.known = day != 0, .day = {(int32_t)day}};
}

result send_tie(struct world *world, const struct order *order, const struct caller *caller,
                struct answer *answer, struct err *err)
{
    struct tie_line line;
    const struct new_tie tie = {.person = TEXT_OF(order, 0),
                                .username = TEXT_OF(order, 1),
                                .first_day = day_of(order->number[0]),
                                .last_day = day_of(order->number[1]),
                                .authority = STR("a signed form")};
    TRY(casework_make_tie(&world->office.casework, caller, &tie, &world->office.work, &line, err));
    answer->repeated = line.repeated;
    return result_ok();
}

/* Mostly one that nobody ended. */
bool draw_end_tie(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    const struct model_tie *tie = DRAW(world, model->ties, model->tie_count);
    for (size_t i = 0; i < model->tie_count && chance(world, 0.95); i++) {
        tie = model->ties[i].ended ? tie : &model->ties[i];
    }
    order->by = draw_account(world, "caseworker");
    order->number[0] = tie == NULL ? 0 : tie->position;
    return tie != NULL;
}

result send_end_tie(struct world *world, const struct order *order, const struct caller *caller,
                    struct answer *answer, struct err *err)
{
    struct tie_line line;
    TRY(casework_end_tie(&world->office.casework, caller, STR(""), order->number[0],
                         STR("another lawyer"), &world->office.work, &line, err));
    answer->repeated = line.repeated;
    return result_ok();
}

/* 10: whose record somebody sees from outside the office. number[0] is the guest. */
bool draw_own_record(struct world *world, struct order *order)
{
    struct model *model = &world->model;
    const struct model_tie *tie = DRAW(world, model->ties, model->tie_count);
    order->client_id = (struct client_id){{0}};
    order->number[0] = (int64_t)random_below(&world->random, WORLD_GUESTS);
    if (tie == NULL || chance(world, 0.2)) {
        return draw_person(world, order->text[0], sizeof order->text[0]);
    }
    order->number[0] = tie->account == world->guests[0] ? 0 : 1;
    snprintf(order->text[0], sizeof order->text[0], "%s",
             model_whose(model, tie->position)->reference);
    return true;
}

result send_own_record(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    struct model *model = &world->model;
    struct own_record record;
    const struct caller guest = {.account = world->guests[order->number[0]],
                                 .client_id = caller->client_id};
    const struct model_account *account = model_account(model, guest.account);
    const struct model_person *person = model_person_named(model, order->text[0]);
    const bool may = model_sees_own(model, account, person, world_today(world));
    answer->is_question = true;
    const result looked = casework_own_record(&world->office.casework, &guest, TEXT_OF(order, 0),
                                              &world->office.work, &record, err);
    world->looks += looked.ok ? 1 : 0;
    if (looked.ok && !may) {
        model_break(model, "10: %s sees %s from outside", account->role, order->text[0]);
    } else if (!looked.ok && may && world->disk.fault_in == 0 &&
               world->disk.fault == DISK_FAULT_NONE) {
        model_break(model, "10: %s does not see %s from outside: %s", account->role, order->text[0],
                    err->what);
    }
    return looked;
}
