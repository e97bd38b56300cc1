/* Deeds at the desk of a hub. text[2] is the hub, text[0] the person. */
#include "deeds_inside.h"

#include "casework/hub_desk.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

static const struct model_hub *draw_desk(struct world *world, struct order *order, const char *role)
{
    const struct model *model = &world->model;
    const char *reference = draw_hub(world);
    const struct model_hub *hub = NULL;
    for (size_t i = 0; i < model->hub_count; i++) {
        hub = strcmp(model->hubs[i].reference, reference) == 0 ? &model->hubs[i] : hub;
    }
    order->by = draw_account(world, role);
    snprintf(order->text[2], sizeof order->text[2], "%s", reference);
    return hub;
}

/* A hub with a place in this state; NULL: there is none. */
static const struct model_hub *draw_hub_with(struct world *world, enum place_state state)
{
    const struct model *model = &world->model;
    const size_t begin = (size_t)random_below(&world->random, model->hub_count);
    for (size_t i = 0; i < model->hub_count; i++) {
        const struct model_hub *hub = &model->hubs[(begin + i) % model->hub_count];
        if (model_places(hub, state) > 0) {
            return hub;
        }
    }
    return NULL;
}

/* The desk of a hub with such a place, now and then of any; NULL: there is none. */
static const struct model_hub *draw_desk_with(struct world *world, struct order *order,
                                              const char *role, enum place_state state)
{
    const struct model_hub *any = draw_desk(world, order, role);
    const struct model_hub *hub = draws_from_all(world) ? any : draw_hub_with(world, state);
    if (hub != NULL) {
        snprintf(order->text[2], sizeof order->text[2], "%s", hub->reference);
    }
    return hub;
}

static int64_t draw_place(struct world *world, const struct model_hub *hub, int state)
{
    const int64_t begin = between(world, 1, hub->place_count > 0 ? hub->place_count : 1);
    for (int64_t i = 0; i < hub->place_count; i++) {
        const int64_t number = (begin + i - 1) % hub->place_count + 1;
        if ((int)hub->places[number].state == state) {
            return number;
        }
    }
    return begin;
}

static result recorded(result done, const struct record_answer *record, struct answer *answer)
{
    answer->repeated = done.ok && record->repeated;
    return done;
}

/* A command of the desk with what every one of them has. */
#define DESK(function, ...)                                                                        \
    do {                                                                                           \
        struct record_answer record = {.repeated = false};                                         \
        return recorded(function(&world->office.casework, caller, TEXT_OF(order, 2), __VA_ARGS__,  \
                                 &world->office.work, &record, err),                               \
                        &record, answer);                                                          \
    } while (0)

/* --- places ----------------------------------------------------------------------------------- */

bool draw_kind_of_places(struct world *world, struct order *order)
{
    const struct model_hub *hub = draw_desk(world, order, "senior_officer");
    order->number[0] = draw_place(world, hub, PLACE_FREE);
    order->number[1] = order->number[0] + (chance(world, 0.3) ? 1 : 0);
    snprintf(order->text[0], sizeof order->text[0], "%s",
             chance(world, 0.7) ? "general" : "families");
    return true;
}

result send_kind_of_places(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_places_of_kind, TEXT_OF(order, 0), order->number[0], order->number[1],
         STR("rebuilt"));
}

/* Often a place that is held for somebody. */
bool draw_out_of_use(struct world *world, struct order *order)
{
    const enum place_state state = chance(world, 0.6) ? PLACE_HELD : PLACE_FREE;
    const struct model_hub *hub = draw_desk_with(world, order, "senior_officer", state);
    order->number[0] = hub == NULL ? 0 : draw_place(world, hub, (int)state);
    return hub != NULL;
}

result send_out_of_use(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    const struct out_of_use_entry entry = {
        .place = order->number[0], .reason = STR("other"), .words = STR("a broken window")};
    DESK(casework_place_out_of_use, &entry);
}

bool draw_back_in_use(struct world *world, struct order *order)
{
    const struct model_hub *hub = draw_desk_with(world, order, "senior_officer", PLACE_OUT_OF_USE);
    order->number[0] = hub == NULL ? 0 : draw_place(world, hub, PLACE_OUT_OF_USE);
    return hub != NULL;
}

result send_back_in_use(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    DESK(casework_place_back_in_use, order->number[0], STR("mended"));
}

/* Somebody with a stay that has ended or goes on, at its hub, now and then with any; false: there
 * is nobody. */
static bool draw_guest(struct world *world, struct order *order, const char *role, bool left)
{
    struct model *model = &world->model;
    draw_desk(world, order, role);
    const struct model_stay *any = DRAW(world, model->stays, model->stay_count);
    const size_t begin = any == NULL ? 0 : (size_t)(any - model->stays);
    if (chance(world, 0.02)) {
        return draw_person(world, order->text[0], sizeof order->text[0]);
    }
    const struct model_stay *found = draws_from_all(world) ? any : NULL;
    for (size_t i = 0; i < model->stay_count && found == NULL; i++) {
        const struct model_stay *stay = &model->stays[(begin + i) % model->stay_count];
        found = (stay->left != 0) == left ? stay : NULL;
    }
    if (found == NULL) {
        return false;
    }
    snprintf(order->text[0], sizeof order->text[0], "%s", model_whose(model, found->id)->reference);
    snprintf(order->text[2], sizeof order->text[2], "%s", model_hub(model, found->hub)->reference);
    return true;
}

bool draw_change_place(struct world *world, struct order *order)
{
    order->number[0] = chance(world, 0.5) ? 0 : between(world, 1, 3);
    return draw_guest(world, order, "senior_officer", false);
}

result send_change_place(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_change_place, TEXT_OF(order, 0), order->number[0], STR("quieter"));
}

/* --- prebookings ------------------------------------------------------------------------------ */

bool draw_prebook(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    const struct model_request *request = DRAW(world, model->requests, model->request_count);
    draw_desk(world, order, "caseworker");
    snprintf(order->text[0], sizeof order->text[0], "%s",
             chance(world, 0.8) ? "general" : "families");
    order->number[0] = between(world, 1, 2);
    order->number[1] = world_today(world).day + between(world, -1, 20);
    if (request != NULL && request->hub != 0 && chance(world, 0.5)) {
        order->number[2] = request->id;
        snprintf(order->text[2], sizeof order->text[2], "%s",
                 model_hub(&world->model, request->hub)->reference);
        order->number[0] = 1;
    }
    return true;
}

result send_prebook(struct world *world, const struct order *order, const struct caller *caller,
                    struct answer *answer, struct err *err)
{
    const struct prebooking_entry entry = {.kind = TEXT_OF(order, 0),
                                           .places = order->number[0],
                                           .until = {(int32_t)order->number[1]},
                                           .purpose = STR("a planned transfer"),
                                           .request = order->number[2]};
    DESK(casework_prebook, &entry);
}

/* A prebooking of the hub that holds something, now and then a number that is none; 0: there is no
 * such hub. */
static int64_t draw_prebooking(struct world *world, struct order *order, const char *role)
{
    const struct model_hub *hub = draw_desk_with(world, order, role, PLACE_PREBOOKED);
    if (hub == NULL) {
        return 0;
    }
    const int64_t number = draw_place(world, hub, PLACE_PREBOOKED);
    return number <= hub->place_count && hub->places[number].prebooking != 0
               ? hub->places[number].prebooking
               : between(world, 1, 20);
}

bool draw_give_prebooking(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    order->number[0] = draw_prebooking(world, order, "caseworker");
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        const struct model_hub *hub = model_hub(&world->model, request->hub);
        if (hub != NULL && strcmp(hub->reference, order->text[2]) == 0 &&
            (request->state == REQUEST_OPEN || chance(world, 0.1))) {
            order->number[1] = request->id;
        }
    }
    return order->number[0] != 0 && order->number[1] != 0;
}

result send_give_prebooking(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_give_prebooking, order->number[0], order->number[1]);
}

bool draw_end_prebooking(struct world *world, struct order *order)
{
    order->number[0] = draw_prebooking(world, order, "caseworker");
    return order->number[0] != 0;
}

result send_end_prebooking(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_end_prebooking, order->number[0], STR("not needed"));
}

/* --- arrivals --------------------------------------------------------------------------------- */

bool draw_arrival(struct world *world, struct order *order)
{
    return draw_guest(world, order, "senior_officer", false);
}

result send_arrival(struct world *world, const struct order *order, const struct caller *caller,
                    struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(casework_arrival_at_hub(&world->office.casework, caller, TEXT_OF(order, 2),
                                                 TEXT_OF(order, 0), ARRIVAL_ARRIVED,
                                                 &world->office.work, step, err),
                         step, answer);
}

bool draw_resolve_arrival(struct world *world, struct order *order)
{
    order->number[0] = between(world, ARRIVAL_ARRIVED, ARRIVAL_MISSING);
    return draw_guest(world, order, "caseworker", chance(world, 0.5));
}

result send_resolve_arrival(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_resolve_arrival, TEXT_OF(order, 0), (enum arrival_state)order->number[0],
         STR("the escorts say so"));
}

bool draw_hand_over_arrival(struct world *world, struct order *order)
{
    return draw_guest(world, order, "caseworker", false);
}

result send_hand_over_arrival(struct world *world, const struct order *order,
                              const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_hand_over_arrival, TEXT_OF(order, 0), STR("other-clerk"), STR("on leave"));
}

bool draw_unexpected(struct world *world, struct order *order)
{
    order->number[0] = world_today(world).day - between(world, 0, 3);
    return draw_guest(world, order, "senior_officer", chance(world, 0.7));
}

result send_unexpected(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    const struct unexpected_entry entry = {.named = TEXT_OF(order, 0),
                                           .description = STR("at the gate"),
                                           .seen_on = {(int32_t)order->number[0]}};
    DESK(casework_unexpected_arrival, &entry);
}

bool draw_cancel_departure(struct world *world, struct order *order)
{
    return draw_guest(world, order, "senior_officer", true);
}

result send_cancel_departure(struct world *world, const struct order *order,
                             const struct caller *caller, struct answer *answer, struct err *err)
{
    DESK(casework_cancel_departure, TEXT_OF(order, 0), STR("the wrong file"));
}

/* --- what the hub says of itself -------------------------------------------------------------- */

bool draw_hub_report(struct world *world, struct order *order)
{
    draw_desk(world, order, "senior_officer");
    order->number[0] = between(world, 0, 3);
    order->number[1] = atomic_load(&world->office.now) - between(world, -1, 60) * 60 * 1000;
    return true;
}

result send_hub_report(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    const struct hub_report_entry entry = {.accurate_at = {order->number[1]},
                                           .in_use = order->number[0]};
    DESK(casework_hub_report, &entry);
}

/* 4, 5: the desk shows every arrival that nobody resolved, everybody who is placed there, and
 * numbers that add up. */
bool draw_hub_desk(struct world *world, struct order *order)
{
    draw_desk(world, order, "senior_officer");
    order->by = SENIOR;
    order->client_id = (struct client_id){{0}};
    return true;
}

result send_hub_desk(struct world *world, const struct order *order, const struct caller *caller,
                     struct answer *answer, struct err *err)
{
    struct model *model = &world->model;
    struct hub_desk desk;
    size_t expected = 0;
    size_t there = 0;
    answer->is_question = true;
    TRY(casework_hub_desk(&world->office.casework, caller, TEXT_OF(order, 2), &world->office.work,
                          &desk, err));
    for (size_t i = 0; i < model->stay_count; i++) {
        const struct model_stay *stay = &model->stays[i];
        expected += stay->hub == desk.hub.id && stay->arrival == EXPECTED ? 1 : 0;
        there += stay->hub == desk.hub.id && stay->left == 0 ? 1 : 0;
    }
    const struct model_hub *hub = model_hub(model, desk.hub.id);
    if (desk.expected_count != expected || desk.stay_count != there) {
        model_break(model, "5: the desk of %s expects %zu of %zu, and has %zu of %zu",
                    order->text[2], desk.expected_count, expected, desk.stay_count, there);
    }
    if (desk.counts.free != model_places_free(hub, NULL, world_today(world)) ||
        (size_t)model_places(hub, PLACE_OCCUPIED) != there) {
        model_break(model, "4: the desk of %s counts %lld free places", order->text[2],
                    (long long)desk.counts.free);
    }
    return result_ok();
}
