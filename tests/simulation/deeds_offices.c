/* Deeds that change who and what there is: accounts opened and closed, roles, hubs, the state of an
 * agreement. */
#include "deeds_inside.h"

#include "casework/administration.h"

#include <stdio.h>
#include <string.h>

/* --- accounts --------------------------------------------------------------------------------- */

/* A clerk becomes a senior officer, and the other way round, with what they asked for still open.
 * CLERK and SENIOR stay what they are. */
bool draw_role(struct world *world, struct order *order)
{
    const enum account_name whose = chance(world, 0.6) ? OTHER_CLERK : OTHER_SENIOR;
    const struct model_account *account =
        model_account(&world->model, world->office.accounts[whose]);
    order->by = draw_account(world, "administrator");
    snprintf(order->text[0], sizeof order->text[0], "%s",
             whose == OTHER_CLERK ? "other-clerk" : "other-senior");
    snprintf(order->text[1], sizeof order->text[1], "%s",
             strcmp(account->role, "caseworker") == 0 ? "senior_officer" : "caseworker");
    return true;
}

result send_role(struct world *world, const struct order *order, const struct caller *caller,
                 struct answer *answer, struct err *err)
{
    struct account_row account;
    answer->repeated = was_done(world, order);
    return casework_change_account(&world->office.casework, caller, TEXT_OF(order, 0),
                                   TEXT_OF(order, 1), STR(""), STR("another post"),
                                   &world->office.work, &account, err);
}

/* Of those beside whom there is another one. */
bool draw_close_account(struct world *world, struct order *order)
{
    static const char *const usernames[] = {"other-clerk", "other-officer", "other-senior",
                                            "operator-south", "legal_representative"};
    const size_t count = sizeof usernames / sizeof usernames[0];
    order->by = draw_account(world, "administrator");
    snprintf(order->text[0], sizeof order->text[0], "%s",
             usernames[random_below(&world->random, count)]);
    return true;
}

result send_close_account(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    answer->repeated = was_done(world, order);
    return casework_close_account(&world->office.casework, caller, TEXT_OF(order, 0), STR("left"),
                                  &world->office.work, err);
}

/* Mostly in the place of one that was closed, which number[0] names; below 0: of none. */
bool draw_open_account(struct world *world, struct order *order)
{
    static const char *const roles[] = {"caseworker", "authorising_officer", "senior_officer"};
    const size_t count = sizeof roles / sizeof roles[0];
    order->by = draw_account(world, "administrator");
    order->number[0] = -1;
    for (int i = 0; i < ACCOUNT_NAMES; i++) {
        const bool closed =
            i != FORMER_CLERK && model_account(&world->model, world->office.accounts[i])->closed;
        order->number[0] = closed ? i : order->number[0];
    }
    snprintf(order->text[0], sizeof order->text[0], "newcomer-%d", (int)between(world, 1, 40));
    snprintf(order->text[1], sizeof order->text[1], "%s",
             roles[random_below(&world->random, count)]);
    return world->model.account_count < MODEL_ACCOUNTS_MAX - 1;
}

result send_open_account(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct account_row account;
    const struct new_account opened = {.username = TEXT_OF(order, 0),
                                       .name = STR("Somebody New"),
                                       .role = TEXT_OF(order, 1),
                                       .hub = STR("")};
    answer->repeated = was_done(world, order);
    TRY(casework_open_account(&world->office.casework, caller, &opened, &world->office.work,
                              &account, err));
    if (order->number[0] >= 0) {
        world->office.accounts[order->number[0]] = account.id;
    }
    return result_ok();
}

/* --- hubs and agreements ---------------------------------------------------------------------- */

bool draw_open_hub(struct world *world, struct order *order)
{
    order->by = draw_account(world, "senior_officer");
    snprintf(order->text[2], sizeof order->text[2], "HUB-NEW-%d", (int)between(world, 1, 9));
    snprintf(order->text[1], sizeof order->text[1], "%s", chance(world, 0.8) ? AGREEMENT : "");
    return world->model.hub_count < MODEL_HUBS_MAX - 1;
}

result send_open_hub(struct world *world, const struct order *order, const struct caller *caller,
                     struct answer *answer, struct err *err)
{
    struct hub_row hub;
    const struct new_hub opened = {
        .reference = TEXT_OF(order, 2), .name = STR("A new hub"), .agreement = TEXT_OF(order, 1)};
    answer->repeated = was_done(world, order);
    return casework_open_hub(&world->office.casework, caller, &opened, &world->office.work, &hub,
                             err);
}

/* What is in force is suspended, and what is suspended is in force again. */
bool draw_agreement_state(struct world *world, struct order *order)
{
    struct model *model = &world->model;
    const uint32_t fact = rulebook_fact(model->rulebook, STR("agreement.state"));
    const struct model_hub *hub = model_hub(model, world->office.hub_north);
    if (fact == NOT_FOUND_INDEX || hub == NULL) {
        return false;
    }
    const struct value state =
        model_value(model, SUBJECT_OF_AGREEMENT, hub->agreement, fact, world_today(world));
    const bool in_force =
        state.known &&
        str_equal(model->rulebook->facts[fact].choices[(size_t)state.number], STR("in_force"));
    struct order_fact *entry = &order->facts[order->fact_count++];
    snprintf(entry->fact, sizeof entry->fact, "agreement.state");
    snprintf(entry->value, sizeof entry->value, "%s", in_force ? "suspended" : "in_force");
    entry->true_from = world_today(world);
    order->subject = SUBJECT_OF_AGREEMENT;
    order->by = draw_account(world, "senior_officer");
    snprintf(order->text[0], sizeof order->text[0], "%s", AGREEMENT);
    return !in_force || chance(world, 0.3);
}
