/* Deeds by which a time of somebody is extended, stands still or runs again. text[0] is the person,
 * text[1] the clock. */
#include "deeds_inside.h"

#include "casework/clock_changes.h"

#include <stdio.h>
#include <string.h>

static bool is_changed(const struct clock *clock)
{
    return clock->extension.role != NOT_FOUND_INDEX || clock->suspension.role != NOT_FOUND_INDEX;
}

/* One that may be changed; NULL when the rulebook has none. */
static const struct clock *draw_clock(struct world *world)
{
    const struct rulebook *rulebook = world->model.rulebook;
    const size_t begin = rulebook->clock_count == 0
                             ? 0
                             : (size_t)random_below(&world->random, rulebook->clock_count);
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[(begin + i) % rulebook->clock_count];
        if (is_changed(clock)) {
            return clock;
        }
    }
    return NULL;
}

/* Does the person's time stand still? */
static bool stands_still(struct world *world, const struct model_person *person,
                         const struct clock *clock)
{
    return clock->suspension.role != NOT_FOUND_INDEX &&
           model_value(&world->model, SUBJECT_OF_PERSON, person->id, clock->suspension.fact,
                       world_today(world))
               .known;
}

/* Mostly what there is reason for, by whose work it is. */
bool draw_change_clock(struct world *world, struct order *order)
{
    struct model *model = &world->model;
    const struct clock *clock = draw_clock(world);
    const struct model_person *person = world_somebody(world);
    if (clock == NULL || person == NULL) {
        return false;
    }
    const bool extends = clock->suspension.role == NOT_FOUND_INDEX ||
                         (clock->extension.role != NOT_FOUND_INDEX && chance(world, 0.4));
    for (size_t i = 0; i < model->person_count && !extends && chance(world, 0.9); i++) {
        person = stands_still(world, &model->people[i], clock) ? &model->people[i] : person;
    }
    const bool still = stands_still(world, person, clock);
    const struct clock_change *change = extends ? &clock->extension : &clock->suspension;
    order->number[0] = extends                        ? CLOCK_EXTEND
                       : still == chance(world, 0.95) ? CLOCK_RESUME
                                                      : CLOCK_SUSPEND;
    order->number[1] = world_today(world).day - (chance(world, 0.5) ? 0 : between(world, -1, 25));
    if (extends && model->rulebook->facts[change->fact].type == FACT_DATE) {
        order->number[2] = world_today(world).day + between(world, -5, 70);
    }
    char role[40];
    snprintf(role, sizeof role, "%.*s", STR_ARG(model->rulebook->roles[change->role].name));
    order->by = draw_account(world, role);
    snprintf(order->text[0], sizeof order->text[0], "%s", person->reference);
    snprintf(order->text[1], sizeof order->text[1], "%.*s", STR_ARG(clock->name));
    return true;
}

result send_change_clock(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct clock_change_answer changed;
    const struct clock_change_command command = {
        .kind = (enum clock_change_kind)order->number[0],
        .person = TEXT_OF(order, 0),
        .clock = TEXT_OF(order, 1),
        .on = {(int32_t)order->number[1]},
        .until = {.known = order->number[2] != 0, .day = {(int32_t)order->number[2]}},
        .reason = STR("the interpreter was ill")};
    TRY(casework_change_clock(&world->office.casework, caller, &command, &world->office.work,
                              &changed, err));
    answer->repeated = changed.recorded.repeated;
    return result_ok();
}
