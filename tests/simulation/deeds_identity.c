/* Deeds about who somebody is, and about their record. */
#include "deeds_inside.h"

#include "casework/identity.h"
#include "casework/privacy.h"
#include "casework/protection.h"
#include "casework/stops.h"

#include <stdio.h>
#include <string.h>

/* --- merging ---------------------------------------------------------------------------------- */

bool draw_ask_for_merge(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    return world->model.merge_count < MODEL_MERGES_MAX &&
           draw_person(world, order->text[0], sizeof order->text[0]) &&
           draw_person(world, order->text[1], sizeof order->text[1]);
}

result send_ask_for_merge(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    struct merge_plan plan;
    answer->repeated = was_done(world, order);
    return casework_request_merge(&world->office.casework, caller, TEXT_OF(order, 0),
                                  TEXT_OF(order, 1), STR("the same passport"), &world->office.work,
                                  &plan, err);
}

static bool draw_a_merge(struct world *world, struct order *order, int state)
{
    const struct model *model = &world->model;
    const struct model_merge *any = DRAW(world, model->merges, model->merge_count);
    const size_t begin = any == NULL ? 0 : (size_t)(any - model->merges);
    order->by = draw_account(world, "senior_officer");
    const struct model_merge *found = draws_from_all(world) ? any : NULL;
    for (size_t i = 0; i < model->merge_count && found == NULL; i++) {
        const struct model_merge *merge = &model->merges[(begin + i) % model->merge_count];
        found = (int)merge->state == state ? merge : NULL;
    }
    order->number[0] = found == NULL ? 0 : found->id;
    order->number[1] = chance(world, 0.05) ? 1 : 0; /* looked at something else */
    return found != NULL;
}

/* Mostly whoever asked for it, when they are in another role since. */
bool draw_merge(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    const bool any = draw_a_merge(world, order, ASKED);
    const struct model_merge *merge = model_merge(&world->model, order->number[0]);
    const struct model_account *asked = any ? model_account(model, merge->requested_by) : NULL;
    if (asked != NULL && chance(world, strcmp(asked->role, "senior_officer") == 0 ? 0.7 : 0.05)) {
        order->by = account_of(world, asked->id, order->by);
    }
    return any;
}

result send_merge(struct world *world, const struct order *order, const struct caller *caller,
                  struct answer *answer, struct err *err)
{
    struct merge_plan plan = {.conflict_count = 0};
    struct record_answer record = {.repeated = false};
    struct err no_plan = {0};
    result_ignore(casework_merge(&world->office.casework, caller, order->number[0],
                                 &world->office.work, &plan, &no_plan),
                  "done already, or not to be seen: the command says so");
    TRY(casework_confirm_merge(&world->office.casework, caller, order->number[0],
                               plan.conflict_count + (size_t)order->number[1], &world->office.work,
                               &record, err));
    answer->repeated = record.repeated;
    return result_ok();
}

bool draw_decline_merge(struct world *world, struct order *order)
{
    return draw_a_merge(world, order, ASKED);
}

result send_decline_merge(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    answer->repeated = was_done(world, order);
    return casework_decline_merge(&world->office.casework, caller, order->number[0],
                                  STR("two people"), &world->office.work, err);
}

bool draw_separate(struct world *world, struct order *order)
{
    return draw_a_merge(world, order, DONE);
}

/* Whatever nobody can tell is said by the model; now and then nobody says it. */
result send_separate(struct world *world, const struct order *order, const struct caller *caller,
                     struct answer *answer, struct err *err)
{
    struct separation_plan plan = {.line_count = 0};
    struct record_answer record = {.repeated = false};
    struct err no_plan = {0};
    size_t count = 0;
    struct separation_decision *decisions =
        ARENA_NEW(&world->office.work, struct separation_decision, MODEL_DEEDS_MAX);
    ASSERT(decisions != NULL);
    result_ignore(casework_separation_plan(&world->office.casework, caller, order->number[0], NULL,
                                           0, &world->office.work, &plan, &no_plan),
                  "undone already: the command says so");
    for (size_t i = 0; i < plan.line_count && order->number[1] == 0; i++) {
        const struct separation_line *line = &plan.lines[i];
        if (line->to == ATTRIBUTION_UNDECIDED && line->follows == 0) {
            decisions[count++] = (struct separation_decision){
                .event = line->event.position,
                .to_absorbed = model_says_absorbed(line->event.position)};
        }
    }
    TRY(casework_separate(&world->office.casework, caller, order->number[0], STR("two passports"),
                          decisions, count, &world->office.work, &record, err));
    answer->repeated = record.repeated;
    return result_ok();
}

/* --- data protection -------------------------------------------------------------------------- */

static result send_command(struct world *world, const struct order *order,
                           const struct caller *caller, struct answer *answer, struct err *err)
{
    struct privacy_answer privacy = {.repeated = false};
    TRY(casework_privacy(&world->office.casework, caller, (enum privacy_command)order->number[0],
                         TEXT_OF(order, 0), STR("asked in writing"), &world->office.work, &privacy,
                         err));
    answer->repeated = privacy.repeated;
    return result_ok();
}

static const char *draw_guardian(struct world *world)
{
    return chance(world, 0.5) ? "senior_officer" : "data_protection_officer";
}

/* Mostly a command that there is a reason for. */
bool draw_privacy(struct world *world, struct order *order)
{
    const struct model_person *person = world_somebody(world);
    if (person == NULL) {
        return false;
    }
    order->by =
        draw_account(world, person->restricted ? "data_protection_officer" : draw_guardian(world));
    order->number[0] = person->restricted                        ? PRIVACY_LIFT_RESTRICTION
                       : person->holds > 0 && chance(world, 0.6) ? PRIVACY_LIFT_HOLD
                       : person->erasure_request != 0            ? PRIVACY_DECLINE_ERASURE
                       : chance(world, 0.4)                      ? PRIVACY_RESTRICT
                                                                 : PRIVACY_HOLD;
    snprintf(order->text[0], sizeof order->text[0], "%s", person->reference);
    return true;
}

result send_privacy(struct world *world, const struct order *order, const struct caller *caller,
                    struct answer *answer, struct err *err)
{
    return send_command(world, order, caller, answer, err);
}

/* Asked for, now and then before there is an outcome, then done, now and then by who asked. */
bool draw_erase(struct world *world, struct order *order)
{
    const struct model *model = &world->model;
    const struct model_person *person = chance(world, 0.25) ? world_somebody(world) : NULL;
    for (size_t i = 0; i < model->person_count; i++) {
        const struct model_person *other = &model->people[i];
        const bool ended = !other->erased && model->rulebook->stages[other->stage].outcome;
        person = ended && (person == NULL || other->erasure_request != 0) ? other : person;
    }
    if (person == NULL) {
        return false;
    }
    order->by = draw_account(world, draw_guardian(world));
    order->number[0] = person->erasure_request != 0 ? PRIVACY_ERASE : PRIVACY_REQUEST_ERASURE;
    if (order->number[0] == PRIVACY_ERASE && chance(world, 0.3)) { /* who asked, alone */
        order->by = account_of(world, person->erasure_asked_by, order->by);
    }
    snprintf(order->text[0], sizeof order->text[0], "%s", person->reference);
    return true;
}

result send_erase(struct world *world, const struct order *order, const struct caller *caller,
                  struct answer *answer, struct err *err)
{
    return send_command(world, order, caller, answer, err);
}

/* --- protecting ------------------------------------------------------------------------------- */

/* text[1]: a role, text[2]: an account; without either the protection ends. */
bool draw_protect(struct world *world, struct order *order)
{
    static const char *const roles[] = {"caseworker", "authorising_officer", "senior_officer"};
    const size_t count = sizeof roles / sizeof roles[0];
    order->by = draw_account(world, "senior_officer");
    if (chance(world, 0.6)) {
        snprintf(order->text[1], sizeof order->text[1], "%s",
                 roles[random_below(&world->random, count)]);
        snprintf(order->text[2], sizeof order->text[2], "%s",
                 chance(world, 0.4) ? "other-clerk" : "");
    }
    return world->model.protection_count < MODEL_PROTECTIONS_MAX - 2 &&
           draw_person(world, order->text[0], sizeof order->text[0]);
}

result send_protect(struct world *world, const struct order *order, const struct caller *caller,
                    struct answer *answer, struct err *err)
{
    int64_t event = 0;
    const str role = TEXT_OF(order, 1);
    const str username = TEXT_OF(order, 2);
    const struct casework *casework = &world->office.casework;
    struct arena *arena = &world->office.work;
    const struct protection protection = {.usernames = &username,
                                          .username_count = username.len > 0 ? 1 : 0,
                                          .roles = &role,
                                          .role_count = 1,
                                          .reason = STR("a threat")};
    answer->repeated = was_done(world, order);
    return role.len > 0 ? casework_protect_person(casework, caller, TEXT_OF(order, 0), &protection,
                                                  arena, &event, err)
                        : casework_lift_protection(casework, caller, TEXT_OF(order, 0),
                                                   STR("it is over"), arena, &event, err);
}

/* --- other references, notes ------------------------------------------------------------------ */

bool draw_note(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    return draw_person(world, order->text[0], sizeof order->text[0]);
}

result send_note(struct world *world, const struct order *order, const struct caller *caller,
                 struct answer *answer, struct err *err)
{
    answer->repeated = was_done(world, order);
    return casework_add_note(&world->office.casework, caller, TEXT_OF(order, 0),
                             STR("came with an interpreter"), &world->office.work, err);
}

/* A few numbers, so that two people come to have the same. */
bool draw_identifier(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    snprintf(order->text[1], sizeof order->text[1], "P-%d", (int)between(world, 1, 9));
    return draw_person(world, order->text[0], sizeof order->text[0]);
}

result send_identifier(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    struct identifier_answer recorded;
    const struct identifier_entry entry = {.scheme = STR("other_system"),
                                           .value = TEXT_OF(order, 1),
                                           .issuer = STR("ports"),
                                           .source = STR("a list")};
    TRY(casework_record_identifier(&world->office.casework, caller, TEXT_OF(order, 0), &entry,
                                   &world->office.work, &recorded, err));
    answer->repeated = recorded.repeated;
    /* Known already, under whatever client id it was recorded. */
    answer->is_question = recorded.repeated && !was_done(world, order);
    return result_ok();
}

/* Mostly one that was recorded, of this kind of event. */
static bool draw_deed_of(struct world *world, struct order *order, enum event_kind kind)
{
    const struct model *model = &world->model;
    const size_t begin =
        model->deed_count == 0 ? 0 : (size_t)random_below(&world->random, model->deed_count);
    order->number[0] = model->last;
    for (size_t i = 0; i < model->deed_count && !chance(world, 0.01); i++) {
        const struct model_deed *deed = &model->deeds[(begin + i) % model->deed_count];
        if (deed->kind == kind) {
            order->number[0] = deed->position;
            return true;
        }
    }
    return chance(world, 0.1);
}

bool draw_withdraw_identifier(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    return draw_deed_of(world, order, EVENT_IDENTIFIER_RECORDED);
}

result send_withdraw_identifier(struct world *world, const struct order *order,
                                const struct caller *caller, struct answer *answer, struct err *err)
{
    answer->repeated = was_done(world, order);
    return casework_withdraw_identifier(&world->office.casework, caller, order->number[0],
                                        STR("of somebody else"), &world->office.work, err);
}

/* --- stops ------------------------------------------------------------------------------------ */

bool draw_acknowledge(struct world *world, struct order *order)
{
    order->by = draw_account(world, chance(world, 0.5) ? "caseworker" : "authorising_officer");
    return draw_deed_of(world, order,
                        chance(world, 0.5) ? EVENT_STEP_STOPPED : EVENT_DEPARTURE_RECALLED);
}

result send_acknowledge(struct world *world, const struct order *order, const struct caller *caller,
                        struct answer *answer, struct err *err)
{
    struct stop_line line;
    answer->repeated = was_done(world, order);
    return casework_acknowledge_stop(&world->office.casework, caller, order->number[0],
                                     &world->office.work, &line, err);
}
