/* small: procedures made by hand, for the tests of the forecast. Everything lives in one struct,
 * which is big: keep it static. */
#ifndef RETURNHUB_TESTS_FORECAST_SMALL_H
#define RETURNHUB_TESTS_FORECAST_SMALL_H

#include "forecast/procedure.h"

enum {
    SMALL_NUMBERS_MAX = 1024,
    SMALL_BRANCHES_MAX = 128,
    SMALL_WAYS_MAX = 64,
    SMALL_STAGES_MAX = 16,
    SMALL_STEPS_MAX = 64,
    SMALL_GROUPS_MAX = 4,
    SMALL_STATIONS_MAX = 8,
    SMALL_TERMS_MAX = 128,
    SMALL_FAMILIES_MAX = 8,
};

struct small {
    struct schedule_point points[SMALL_NUMBERS_MAX];
    struct schedule schedules[SMALL_NUMBERS_MAX];
    size_t point_count;
    size_t schedule_count;
    struct procedure_branch branches[SMALL_BRANCHES_MAX];
    size_t branch_count;
    struct procedure_way ways[SMALL_STAGES_MAX][PROCEDURE_WAYS_OF_STAGE_MAX];
    struct procedure_stage stages[SMALL_STAGES_MAX];
    struct procedure_station stations[SMALL_STATIONS_MAX];
    struct procedure_stock stock[SMALL_STAGES_MAX * SMALL_GROUPS_MAX];
    struct procedure_arrivals arrivals[SMALL_STAGES_MAX];
    struct procedure_family families[SMALL_FAMILIES_MAX];
    double family_numbers[SMALL_NUMBERS_MAX];
    size_t family_number_count;
    struct series_term terms[SMALL_TERMS_MAX];
    struct procedure_series series[SMALL_TERMS_MAX];
    str groups[SMALL_GROUPS_MAX];
    str steps[SMALL_STEPS_MAX];
    char names[SMALL_WAYS_MAX * 4][16];
    size_t name_count;
    struct procedure procedure;
};

/* Empty, with one group, beginning on 1 January 2024. */
void small_begin(struct small *small, size_t quarters);
str small_name(struct small *small, const char *kind, size_t number);
/* The same for everybody, always. */
struct schedules small_always(struct small *small, double value);
/* From that day on, and before it another. */
struct schedules small_change(struct small *small, double before, int32_t day, double after);
uint32_t small_stage(struct small *small, uint32_t holds);
uint32_t small_outcome(struct small *small);
uint32_t small_station(struct small *small);
/* A way out of the stage, its branches still to come: each is a step of its own. */
struct procedure_way *small_way(struct small *small, uint32_t stage, enum procedure_way_kind kind);
/* To the way begun last. */
void small_branch(struct small *small, struct procedure_way *way, uint32_t to,
                  struct schedules share);
void small_arrivals(struct small *small, uint32_t stage, struct schedules rate);
void small_stock(struct small *small, uint32_t stage, uint32_t group, int64_t count, double least,
                 double most);
/* A kind of family. */
uint32_t small_family(struct small *small, uint32_t adults, uint32_t children);
/* Room for how many families of each kind there are a person, for so many groups, once all kinds
 * are there. */
double *small_families(struct small *small, size_t group_count);
/* A series of one term with the weight 1. */
size_t small_series(struct small *small, enum series_term_kind kind, uint32_t index);

#endif
