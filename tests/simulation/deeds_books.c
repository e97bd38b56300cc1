/* Deeds in the books. text[0] is what an entry is about, number[0] the entry. */
#include "deeds_inside.h"

#include "casework/books.h"

#include <stdio.h>
#include <string.h>

static result opened(result done, const struct entry_answer *entry, struct answer *answer)
{
    answer->repeated = done.ok && entry->repeated;
    return done;
}

bool draw_open_incident(struct world *world, struct order *order)
{
    order->by = draw_account(world, chance(world, 0.7) ? "caseworker" : "hub_operator");
    if (chance(world, 0.5)) {
        snprintf(order->text[0], sizeof order->text[0], "%s", draw_hub(world));
        return world->model.entry_count + 2 < MODEL_ENTRIES_MAX;
    }
    return world->model.entry_count + 2 < MODEL_ENTRIES_MAX &&
           draw_person(world, order->text[0], sizeof order->text[0]);
}

result send_open_incident(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    static const struct book_field fields[] = {
        {{"what", 4}, {"fire", 4}},
        {{"started_at", 10}, {"2026-05-30T08:00:00Z", 20}},
        {{"description", 11}, {"in the kitchen", 14}},
    };
    struct entry_answer entry = {.repeated = false};
    const struct new_entry new = {.kind = STR("incident"),
                                  .about = TEXT_OF(order, 0),
                                  .hub = STR(""),
                                  .responsible = STR(""),
                                  .due_reason = STR(""),
                                  .fields = fields,
                                  .field_count = sizeof fields / sizeof fields[0]};
    return opened(casework_open_entry(&world->office.casework, caller, &new, &world->office.work,
                                      &entry, err),
                  &entry, answer);
}

bool draw_open_finding(struct world *world, struct order *order)
{
    order->by = draw_account(world, "monitor");
    snprintf(order->text[0], sizeof order->text[0], "%s",
             chance(world, 0.8) ? HUB_NORTH : draw_hub(world));
    snprintf(order->text[1], sizeof order->text[1], "%s", chance(world, 0.6) ? "serious" : "minor");
    return world->model.entry_count + 2 < MODEL_ENTRIES_MAX;
}

result send_open_finding(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    const struct book_field fields[] = {
        {STR("severity"), TEXT_OF(order, 1)},
        {STR("description"), STR("no daylight")},
    };
    struct entry_answer entry = {.repeated = false};
    const struct new_entry new = {.kind = STR("finding"),
                                  .about = TEXT_OF(order, 0),
                                  .hub = STR(""),
                                  .responsible = STR(""),
                                  .due_reason = STR(""),
                                  .fields = fields,
                                  .field_count = 2};
    return opened(casework_open_entry(&world->office.casework, caller, &new, &world->office.work,
                                      &entry, err),
                  &entry, answer);
}

/* Mostly an entry that has not ended. */
static const struct model_entry *draw_entry(struct world *world)
{
    const struct model *model = &world->model;
    const struct model_entry *any = DRAW(world, model->entries, model->entry_count);
    const size_t begin = any == NULL ? 0 : (size_t)(any - model->entries);
    for (size_t i = 0; i < model->entry_count && !chance(world, 0.03); i++) {
        const struct model_entry *entry = &model->entries[(begin + i) % model->entry_count];
        if (!entry->closed && !entry->erased) {
            return entry;
        }
    }
    return any;
}

/* A move that somebody could want to make. */
bool draw_move_entry(struct world *world, struct order *order)
{
    static const char *const states[] = {"answered", "closed", "closed", "reopened"};
    const struct model_entry *entry = draw_entry(world);
    if (entry == NULL) {
        return false;
    }
    const char *state = states[random_below(&world->random, 4)];
    const bool answers = strcmp(state, "answered") == 0;
    const bool of_monitor = strcmp(entry->kind, "finding") == 0;
    const bool told = strcmp(entry->kind, "notification") == 0;
    order->by = draw_account(world, told || answers ? "caseworker"
                                    : of_monitor    ? "monitor"
                                                    : "authorising_officer");
    order->number[0] = entry->id;
    snprintf(order->text[0], sizeof order->text[0], "%s", told ? "closed" : state);
    snprintf(order->text[1], sizeof order->text[1], "%s", entry->kind);
    return true;
}

/* What is needed for the move, by the kind of the entry. */
static size_t fields_for(const struct order *order, struct book_field fields[3])
{
    const bool answers = strcmp(order->text[0], "answered") == 0;
    size_t count = 0;
    if (strcmp(order->text[1], "notification") == 0) {
        fields[count++] = (struct book_field){STR("told"), STR("the monitor, by telephone")};
        fields[count++] = (struct book_field){STR("ended_at"), STR("2026-05-30T09:00:00Z")};
    } else if (answers) {
        fields[count++] = (struct book_field){STR("answer"), STR("put right")};
        if (strcmp(order->text[1], "incident") == 0) {
            fields[count++] = (struct book_field){STR("injuries"), STR("none")};
        }
    } else if (strcmp(order->text[1], "finding") == 0 && strcmp(order->text[0], "closed") == 0) {
        fields[count++] = (struct book_field){STR("outcome"), STR("remedied")};
    }
    return count;
}

result send_move_entry(struct world *world, const struct order *order, const struct caller *caller,
                       struct answer *answer, struct err *err)
{
    struct book_field fields[3];
    struct entry_answer entry = {.repeated = false};
    const struct entry_wanted wanted = {.entry = order->number[0],
                                        .state = TEXT_OF(order, 0),
                                        .due_reason = STR(""),
                                        .reason = STR(""),
                                        .fields = fields,
                                        .field_count = fields_for(order, fields)};
    return opened(casework_change_entry(&world->office.casework, caller, &wanted,
                                        &world->office.work, &entry, err),
                  &entry, answer);
}

bool draw_add_to_entry(struct world *world, struct order *order)
{
    const struct model_entry *entry = draw_entry(world);
    order->by = draw_account(world, "caseworker");
    order->number[0] = entry == NULL ? 0 : entry->id;
    order->number[1] = world_today(world).day + between(world, 1, 30);
    order->number[2] = chance(world, 0.5) ? 1 : 0; /* another day is wanted */
    return entry != NULL;
}

result send_add_to_entry(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct entry_answer entry = {.repeated = false};
    struct entry_wanted wanted = {.entry = order->number[0],
                                  .state = STR(""),
                                  .due_reason = STR(""),
                                  .reason = STR("more is known")};
    if (order->number[2] != 0) {
        wanted.due_on = (struct known_day){.known = true, .day = {(int32_t)order->number[1]}};
        wanted.due_reason = STR("asked for more time");
    }
    return opened(casework_change_entry(&world->office.casework, caller, &wanted,
                                        &world->office.work, &entry, err),
                  &entry, answer);
}
