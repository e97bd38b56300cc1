/* Deeds about manifests. text[1] is the manifest. */
#include "deeds_inside.h"

#include "casework/manifests.h"

#include <stdio.h>
#include <string.h>

static const char *draw_country(struct world *world)
{
    return chance(world, 0.85) ? "ALB" : "XKX";
}

bool draw_open_manifest(struct world *world, struct order *order)
{
    const struct rulebook *rulebook = world->model.rulebook;
    size_t step = (size_t)random_below(&world->random, rulebook->step_count);
    for (size_t tries = 0; tries < rulebook->step_count && !chance(world, 0.02); tries++) {
        if (rulebook->steps[step].approval_count > 0) {
            break;
        }
        step = (step + 1) % rulebook->step_count;
    }
    order->by = draw_account(world, "caseworker");
    snprintf(order->text[0], sizeof order->text[0], "%s", draw_country(world));
    snprintf(order->text[1], sizeof order->text[1], "%.*s", STR_ARG(rulebook->steps[step].name));
    snprintf(order->text[2], sizeof order->text[2], "%s",
             rulebook->steps[step].with_hub ? draw_hub(world) : "");
    order->number[0] = atomic_load(&world->office.now) + between(world, -1, 30) * 12 * 3600 * 1000;
    return world->model.manifest_count < MODEL_MANIFESTS_MAX;
}

result send_open_manifest(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    struct manifest_row row;
    const struct new_manifest manifest = {.step = TEXT_OF(order, 1),
                                          .hub = TEXT_OF(order, 2),
                                          .destination = TEXT_OF(order, 0),
                                          .details = {.departs_at = {order->number[0]},
                                                      .carrier = STR("a carrier"),
                                                      .route = STR(""),
                                                      .escorts = 2,
                                                      .escort_roles = STR(""),
                                                      .lead = STR("")}};
    answer->repeated = was_done(world, order);
    return casework_open_manifest(&world->office.casework, caller, &manifest, &world->office.work,
                                  &row, err);
}

/* A manifest in this state, now and then in any. NULL: there is none. */
static const struct model_manifest *draw_manifest(struct world *world, int state)
{
    const struct model *model = &world->model;
    const struct model_manifest *any = DRAW(world, model->manifests, model->manifest_count);
    const size_t begin = any == NULL ? 0 : (size_t)(any - model->manifests);
    if (draws_from_all(world)) {
        return any;
    }
    for (size_t i = 0; i < model->manifest_count; i++) {
        const struct model_manifest *manifest =
            &model->manifests[(begin + i) % model->manifest_count];
        if ((int)manifest->state == state) {
            return manifest;
        }
    }
    return NULL;
}

static bool name_manifest(struct world *world, struct order *order,
                          const struct model_manifest *manifest)
{
    order->by = draw_account(world, "caseworker");
    if (manifest != NULL) {
        snprintf(order->text[1], sizeof order->text[1], "%s", manifest->reference);
    }
    return manifest != NULL;
}

bool draw_change_manifest(struct world *world, struct order *order)
{
    order->number[0] = atomic_load(&world->office.now) + between(world, -1, 30) * 12 * 3600 * 1000;
    return name_manifest(world, order, draw_manifest(world, GATHERING));
}

result send_change_manifest(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    struct manifest_row row;
    const struct manifest_details details = {.departs_at = {order->number[0]},
                                             .carrier = STR("another carrier"),
                                             .route = STR(""),
                                             .escort_roles = STR(""),
                                             .lead = STR("")};
    answer->repeated = was_done(world, order);
    return casework_change_manifest(&world->office.casework, caller, TEXT_OF(order, 1), &details,
                                    STR("the weather"), &world->office.work, &row, err);
}

bool draw_cancel_manifest(struct world *world, struct order *order)
{
    return name_manifest(world, order, draw_manifest(world, GATHERING));
}

result send_cancel_manifest(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    struct manifest_row row;
    answer->repeated = was_done(world, order);
    return casework_cancel_manifest(&world->office.casework, caller, TEXT_OF(order, 1),
                                    STR("not enough seats"), &world->office.work, &row, err);
}

/* An approved request that a manifest is for, now and then any. */
bool draw_list_on_manifest(struct world *world, struct order *order)
{
    struct model *model = &world->model;
    const struct model_request *any = DRAW(world, model->requests, model->request_count);
    if (any == NULL) {
        return false;
    }
    if (draws_from_all(world)) {
        order->number[0] = any->id;
        return name_manifest(world, order, draw_manifest(world, GATHERING));
    }
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        const bool waits =
            request->state == REQUEST_APPROVED && model_on_manifest(model, request->id) == NULL;
        for (size_t k = 0; k < model->manifest_count && waits; k++) {
            const struct model_manifest *fits = &model->manifests[k];
            if (fits->state == GATHERING && fits->step == request->step &&
                fits->hub == request->hub) {
                order->number[0] = request->id;
                return name_manifest(world, order, fits);
            }
        }
    }
    return false;
}

result send_list_on_manifest(struct world *world, const struct order *order,
                             const struct caller *caller, struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    return step_answered(casework_list_on_manifest(&world->office.casework, caller,
                                                   TEXT_OF(order, 1), order->number[0],
                                                   &world->office.work, step, err),
                         step, answer);
}

/* Somebody who is on one in this state, now and then in any; false: there is nobody. */
static bool draw_on_manifest(struct world *world, struct order *order, int state)
{
    struct model *model = &world->model;
    const struct model_on_manifest *any =
        DRAW(world, model->on_manifests, model->on_manifest_count);
    const size_t begin = any == NULL ? 0 : (size_t)(any - model->on_manifests);
    const struct model_on_manifest *found = draws_from_all(world) ? any : NULL;
    for (size_t i = 0; i < model->on_manifest_count && found == NULL; i++) {
        const struct model_on_manifest *on =
            &model->on_manifests[(begin + i) % model->on_manifest_count];
        found = (int)on->state == state ? on : NULL;
    }
    if (found == NULL) {
        return false;
    }
    snprintf(order->text[0], sizeof order->text[0], "%s",
             model_whose(model, found->request)->reference);
    return name_manifest(world, order, model_manifest(model, found->manifest));
}

bool draw_take_off_manifest(struct world *world, struct order *order)
{
    return draw_on_manifest(world, order, LISTED);
}

result send_take_off_manifest(struct world *world, const struct order *order,
                              const struct caller *caller, struct answer *answer, struct err *err)
{
    struct manifest_row row;
    answer->repeated = was_done(world, order);
    return casework_take_off_manifest(&world->office.casework, caller, TEXT_OF(order, 1),
                                      TEXT_OF(order, 0), STR("ill"), &world->office.work, &row,
                                      err);
}

/* One that somebody is on, now and then any. */
bool draw_board_manifest(struct world *world, struct order *order)
{
    return draws_from_all(world) ? name_manifest(world, order, draw_manifest(world, GATHERING))
                                 : draw_on_manifest(world, order, LISTED);
}

result send_board_manifest(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    struct boarding_answer boarding;
    TRY(casework_board_manifest(&world->office.casework, caller, TEXT_OF(order, 1),
                                &world->office.work, &boarding, err));
    answer->repeated = boarding.repeated;
    return result_ok();
}

bool draw_depart_manifest(struct world *world, struct order *order)
{
    order->number[0] = atomic_load(&world->office.now) - between(world, -1, 5) * 60 * 1000;
    return name_manifest(world, order, draw_manifest(world, BOARDED));
}

result send_depart_manifest(struct world *world, const struct order *order,
                            const struct caller *caller, struct answer *answer, struct err *err)
{
    struct manifest_departed departed;
    answer->repeated = was_done(world, order);
    return casework_depart_manifest(&world->office.casework, caller, TEXT_OF(order, 1),
                                    (instant){order->number[0]}, &world->office.work, &departed,
                                    err);
}

static const struct model_manifest *manifest_named(const struct model *model, const char *reference)
{
    size_t i = 0;
    while (i + 1 < model->manifest_count && strcmp(model->manifests[i].reference, reference) != 0) {
        i++;
    }
    return &model->manifests[i];
}

bool draw_account_for(struct world *world, struct order *order)
{
    const bool returned = chance(world, 0.4);
    snprintf(order->text[2], sizeof order->text[2], "%s", returned ? "returned" : "arrived");
    order->number[0] = returned && chance(world, 0.7) ? 1 : 0;
    if (!draw_on_manifest(world, order, ABOARD)) {
        return false;
    }
    const struct model_manifest *manifest = manifest_named(&world->model, order->text[1]);
    return manifest->state == LEFT || draws_from_all(world);
}

result send_account_for(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct step_answer *step = new_answer(world);
    const struct accounted accounted = {.person = TEXT_OF(order, 0),
                                        .outcome = TEXT_OF(order, 2),
                                        .source = STR("the escorts"),
                                        .step =
                                            order->number[0] == 1 ? STR("readmission") : STR("")};
    return step_answered(casework_account_on_manifest(&world->office.casework, caller,
                                                      TEXT_OF(order, 1), &accounted,
                                                      &world->office.work, step, err),
                         step, answer);
}

bool draw_close_manifest(struct world *world, struct order *order)
{
    return name_manifest(world, order, draw_manifest(world, LEFT));
}

result send_close_manifest(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    struct manifest_row row;
    answer->repeated = was_done(world, order);
    return casework_close_manifest(&world->office.casework, caller, TEXT_OF(order, 1),
                                   STR("all there"), &world->office.work, &row, err);
}
