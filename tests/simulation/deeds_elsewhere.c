/* Deeds by which something comes to be known from elsewhere: a file of another system, and what
 * somebody says of a court. */
#include "deeds_inside.h"

#include "casework/import.h"
#include "casework/orders.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- a file ----------------------------------------------------------------------------------- */

bool draw_import(struct world *world, struct order *order)
{
    return draw_facts_of_person(world, order);
}

static void write_cell(FILE *file, const char *value)
{
    fputc('"', file);
    for (; *value != '\0'; value++) {
        fputs(*value == '"' ? "\"\"" : (const char[]){*value, '\0'}, file);
    }
    fputc('"', file);
}

static bool write_file(const struct order *order, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    fputs("person", file);
    for (size_t i = 0; i < order->fact_count; i++) {
        char day[DATE_TEXT_SIZE];
        date_format(order->facts[i].true_from, day);
        fprintf(file, ",%s@%s", order->facts[i].fact, day);
    }
    fprintf(file, "\n%s", order->text[0]);
    for (size_t i = 0; i < order->fact_count; i++) {
        fputc(',', file);
        write_cell(file, order->facts[i].value);
    }
    return fclose(file) == 0;
}

/* A file has no client id: sent again, it records what is news still. */
result send_import(struct world *world, const struct order *order, const struct caller *caller,
                   struct answer *answer, struct err *err)
{
    char path[300];
    struct import_outcome outcome;
    const struct caller registrar = {.account = world->registrar, .client_id = caller->client_id};
    const struct import_options options = {.path = path, .source = STR("another system")};
    snprintf(path, sizeof path, "%s/extract.csv", world->office.folder);
    answer->is_question = true;
    if (!write_file(order, path)) {
        return err_set(err, ERROR_STORAGE, "The file cannot be written");
    }
    const result imported =
        casework_import(&world->office.casework, &registrar, &options, &outcome, err);
    unlink(path);
    answer->facts = imported.ok ? outcome.facts : 0;
    return imported;
}

/* --- an order of a court ---------------------------------------------------------------------- */

bool draw_report_order(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    order->number[0] = atomic_load(&world->office.now) - between(world, -1, 9) * 60 * 1000;
    return !world->model.law_is_small && draw_person(world, order->text[0], sizeof order->text[0]);
}

result send_report_order(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct record_answer recorded;
    const struct reported_order reported = {.order = STR("court_order"),
                                            .reporter = STR("the representative"),
                                            .means = STR("by telephone"),
                                            .heard_at = {order->number[0]}};
    TRY(casework_report_order(&world->office.casework, caller, TEXT_OF(order, 0), &reported,
                              &world->office.work, &recorded, err));
    answer->repeated = recorded.repeated;
    return result_ok();
}
