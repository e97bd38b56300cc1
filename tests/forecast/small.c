#include "small.h"

#include <stdio.h>
#include <string.h>

void small_begin(struct small *small, size_t quarters)
{
    memset(small, 0, sizeof *small);
    struct procedure *procedure = &small->procedure;
    procedure->begin = (date){19723};
    procedure->quarter_count = quarters;
    procedure->groups = small->groups;
    procedure->group_count = 1;
    small->groups[0] = small_name(small, "group", 0);
    procedure->steps = small->steps;
    procedure->stages = small->stages;
    procedure->stations = small->stations;
    procedure->stock = small->stock;
    procedure->arrivals = small->arrivals;
    procedure->families = small->families;
    procedure->series = small->series;
}

str small_name(struct small *small, const char *kind, size_t number)
{
    char *name = small->names[small->name_count++];
    const int len = snprintf(name, sizeof small->names[0], "%s %zu", kind, number);
    return (str){name, (size_t)len};
}

static struct schedules schedule_of(struct small *small, size_t first_point)
{
    struct schedule *schedule = &small->schedules[small->schedule_count++];
    *schedule = (struct schedule){&small->points[first_point], small->point_count - first_point};
    return (struct schedules){schedule, 1};
}

static void point(struct small *small, int32_t day, double value)
{
    small->points[small->point_count++] = (struct schedule_point){day, value};
}

struct schedules small_always(struct small *small, double value)
{
    const size_t first = small->point_count;
    point(small, SCHEDULE_ALWAYS, value);
    return schedule_of(small, first);
}

struct schedules small_change(struct small *small, double before, int32_t day, double after)
{
    const size_t first = small->point_count;
    point(small, SCHEDULE_ALWAYS, before);
    point(small, day, after);
    return schedule_of(small, first);
}

uint32_t small_stage(struct small *small, uint32_t holds)
{
    const size_t i = small->procedure.stage_count++;
    small->stages[i] = (struct procedure_stage){
        .name = small_name(small, "stage", i), .holds = holds, .ways = small->ways[i]};
    return (uint32_t)i;
}

uint32_t small_outcome(struct small *small)
{
    const uint32_t i = small_stage(small, PROCEDURE_NONE);
    small->stages[i].outcome = true;
    return i;
}

uint32_t small_station(struct small *small)
{
    const size_t i = small->procedure.station_count++;
    small->stations[i].name = small_name(small, "station", i);
    return (uint32_t)i;
}

struct procedure_way *small_way(struct small *small, uint32_t stage, enum procedure_way_kind kind)
{
    struct procedure_way *way = &small->ways[stage][small->stages[stage].way_count++];
    way->name = small_name(small, "way", small->name_count);
    way->kind = kind;
    way->branches = &small->branches[small->branch_count];
    return way;
}

void small_branch(struct small *small, struct procedure_way *way, uint32_t to,
                  struct schedules share)
{
    const size_t step = small->procedure.step_count++;
    small->steps[step] = small_name(small, "step", step);
    small->branches[small->branch_count++] = (struct procedure_branch){(uint32_t)step, to, share};
    way->branch_count++;
}

void small_arrivals(struct small *small, uint32_t stage, struct schedules rate)
{
    const size_t i = small->procedure.arrivals_count++;
    small->arrivals[i] = (struct procedure_arrivals){
        .name = small_name(small, "arrivals", i), .stage = stage, .rate = rate};
}

void small_stock(struct small *small, uint32_t stage, uint32_t group, int64_t count, double least,
                 double most)
{
    small->stock[small->procedure.stock_count++] =
        (struct procedure_stock){stage, group, count, least, most, NULL};
}

uint32_t small_family(struct small *small, uint32_t adults, uint32_t children)
{
    const size_t i = small->procedure.family_count++;
    small->families[i] = (struct procedure_family){adults, children};
    return (uint32_t)i;
}

double *small_families(struct small *small, size_t group_count)
{
    double *numbers = &small->family_numbers[small->family_number_count];
    small->family_number_count += group_count * small->procedure.family_count;
    return numbers;
}

size_t small_series(struct small *small, enum series_term_kind kind, uint32_t index)
{
    const size_t i = small->procedure.series_count++;
    small->terms[i] =
        (struct series_term){.kind = kind, .index = index, .group = PROCEDURE_NONE, .weight = 1};
    small->series[i] =
        (struct procedure_series){small_name(small, "series", i), &small->terms[i], 1};
    return i;
}
