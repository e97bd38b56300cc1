/* engine REPLICATIONS SEED: the pipeline (pipeline.h) on the forecast engine, given to it as data
 * like any other procedure. Prints what bench/forecast/driver.py reads. */
#include "forecast/procedure.h"
#include "pipeline.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    /* Before each station a stage of waiting, behind it one of being served. */
    WAITS = 0,
    SERVED = STATIONS,
    ABSENT = 2 * STATIONS,
    PREPARING,
    GONE,
    STAGES,
    QUARTERS = 40, /* a little more than the days, which are cut off by the arrivals below */
    MEMORY = 256 * 1024 * 1024,
};

#define WORD(text) STR_INIT(text)

/* Ten times 365 days begin on a day from which ten years have two leap days: what is beyond is left
 * out of the waits by both, and is in the events of this program alone (0.05 %). */
static const struct schedule_point always_one[] = {{SCHEDULE_ALWAYS, 1}};

struct numbers {
    struct schedule_point points[64];
    struct schedule schedules[64];
    size_t count;
};

static struct schedules number(struct numbers *numbers, double value)
{
    const size_t i = numbers->count++;
    numbers->points[i] = (struct schedule_point){SCHEDULE_ALWAYS, value};
    numbers->schedules[i] = (struct schedule){&numbers->points[i], 1};
    return (struct schedules){&numbers->schedules[i], 1};
}

struct model {
    struct numbers numbers;
    struct procedure_branch branches[32];
    size_t branch_count;
    struct procedure_way ways[STAGES];
    struct procedure_stage stages[STAGES];
    struct procedure_station stations[STATIONS];
    struct procedure_stock stock[2];
    struct procedure_arrivals arrivals;
    struct procedure procedure;
};

static void branch(struct model *model, uint32_t to, double share)
{
    model->branches[model->branch_count++] =
        (struct procedure_branch){.step = 0, .to = to, .share = number(&model->numbers, share)};
}

/* The removal takes no time: its branches are those of whatever leads to it. */
static void removal(struct model *model, double share)
{
    branch(model, WAITS + INITIAL, share * PIPELINE_SUBMITS);
    branch(model, ABSENT, share * PIPELINE_ABSCONDS);
    branch(model, PREPARING, share * PIPELINE_VOLUNTARY);
    branch(model, WAITS + HUB,
           share * (1 - PIPELINE_SUBMITS - PIPELINE_ABSCONDS - PIPELINE_VOLUNTARY));
}

static void after(struct model *model, uint32_t stage, str name, enum distribution_kind kind,
                  double mean, double shape, size_t first_branch)
{
    model->ways[stage] = (struct procedure_way){
        .name = name,
        .kind = WAY_AFTER_WAIT,
        .waiting = kind,
        .mean = number(&model->numbers, mean),
        .shape = shape,
        .branches = &model->branches[first_branch],
        .branch_count = model->branch_count - first_branch,
    };
}

static void station(struct model *model, uint32_t index, str wait_name, str serve_name,
                    size_t first_branch)
{
    const struct pipeline_station *data = &pipeline_stations[index];
    model->stations[index].places = number(&model->numbers, data->places).of[0];
    model->stages[SERVED + index].holds = index;
    after(model, SERVED + index, serve_name, DISTRIBUTION_LOGNORMAL, data->mean, data->spread,
          first_branch);
    const size_t served = model->branch_count;
    branch(model, SERVED + index, 1);
    model->ways[WAITS + index] = (struct procedure_way){
        .name = wait_name,
        .kind = WAY_WHEN_SERVED,
        .station = index,
        .branches = &model->branches[served],
        .branch_count = 1,
    };
}

static void make_stations(struct model *model)
{
    size_t first = model->branch_count;
    const double refused = 1 - PIPELINE_GRANTED;
    branch(model, GONE, PIPELINE_GRANTED);
    branch(model, WAITS + FIRST_TIER, refused * PIPELINE_APPEALS);
    removal(model, refused * (1 - PIPELINE_APPEALS));
    station(model, INITIAL, STR("to the first"), STR("at the first"), first);

    first = model->branch_count;
    branch(model, GONE, PIPELINE_ALLOWED);
    branch(model, WAITS + UPPER, (1 - PIPELINE_ALLOWED) * PIPELINE_GOES_ON);
    removal(model, (1 - PIPELINE_ALLOWED) * (1 - PIPELINE_GOES_ON));
    station(model, FIRST_TIER, STR("to the second"), STR("at the second"), first);

    first = model->branch_count;
    branch(model, GONE, PIPELINE_UPPER_ALLOWS);
    removal(model, 1 - PIPELINE_UPPER_ALLOWS);
    station(model, UPPER, STR("to the third"), STR("at the third"), first);

    first = model->branch_count;
    branch(model, GONE, 1);
    station(model, HUB, STR("to the hub"), STR("at the hub"), first);

    first = model->branch_count;
    branch(model, GONE, 1 - PIPELINE_RETURNS);
    removal(model, PIPELINE_RETURNS);
    after(model, ABSENT, STR("absent"), DISTRIBUTION_EXPONENTIAL, PIPELINE_ABSENCE, 0, first);

    first = model->branch_count;
    branch(model, GONE, 1);
    after(model, PREPARING, STR("preparing"), DISTRIBUTION_EXPONENTIAL, PIPELINE_PREPARATION, 0,
          first);
}

static void make(struct model *model)
{
    static const str step = WORD("a step");
    static const str group = WORD("everybody");
    static const str names[STAGES] = {
        WORD("before the first"),
        WORD("before the second"),
        WORD("before the third"),
        WORD("before the hub"),
        WORD("in the first"),
        WORD("in the second"),
        WORD("in the third"),
        WORD("in the hub"),
        WORD("absent"),
        WORD("preparing"),
        WORD("gone"),
    };
    for (size_t i = 0; i < STAGES; i++) {
        model->stages[i] = (struct procedure_stage){.name = names[i], .holds = PROCEDURE_NONE};
    }
    make_stations(model);
    for (size_t i = 0; i < GONE; i++) {
        model->stages[i].ways = &model->ways[i];
        model->stages[i].way_count = 1;
    }
    model->stages[GONE].outcome = true;
    model->stock[0] = (struct procedure_stock){WAITS + INITIAL, 0, PIPELINE_AT_INITIAL, 0, 0, NULL};
    model->stock[1] =
        (struct procedure_stock){WAITS + FIRST_TIER, 0, PIPELINE_AT_FIRST, 0, 0, NULL};
    model->arrivals = (struct procedure_arrivals){
        .name = STR("arrivals"),
        .stage = WAITS + INITIAL,
        .rate = number(&model->numbers, PIPELINE_RATE),
        .kept = {always_one, 0},
    };
    model->procedure = (struct procedure){
        .begin = {0},
        .quarter_count = QUARTERS,
        .groups = &group,
        .group_count = 1,
        .steps = &step,
        .step_count = 1,
        .stages = model->stages,
        .stage_count = STAGES,
        .stations = model->stations,
        .station_count = STATIONS,
        .stock = model->stock,
        .stock_count = 2,
        .arrivals = &model->arrivals,
        .arrivals_count = 1,
    };
}

int main(int argument_count, char **arguments)
{
    static struct model model;
    make(&model);
    struct draw_tables tables;
    draw_tables_make(&tables);
    struct arena arena;
    struct err err;
    if (!arena_open(&arena, MEMORY, &err).ok) {
        return 1;
    }
    const struct report_order order = report_order(argument_count, arguments);
    struct report report = {.name = "engine"};
    for (uint64_t i = 0; i < order.replications; i++) {
        arena_reset(&arena);
        struct procedure_outcome outcome;
        const double begin = report_seconds();
        struct arena scratch = arena;
        if (!procedure_run(&model.procedure, &tables, order.seed, i, &arena, scratch, &outcome,
                           &err)
                 .ok) {
            fprintf(stderr, "%s\n", err.what);
            return 1;
        }
        report_add(&report, report_seconds() - begin, outcome.event_count, outcome.ended);
        for (size_t s = 0; s < STATIONS; s++) {
            report.wait[s] += outcome.stations[s].waited / (double)outcome.stations[s].served;
        }
    }
    report_print(&report);
    arena_close(&arena);
    return 0;
}
