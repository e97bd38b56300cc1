/* second: the procedure once more, as plainly as it can be said, for comparison. No wheel, no
 * lines, no sums: at every moment all people are looked at. It knows of the first one what
 * procedure.h says, and by which purposes numbers are drawn. A family is one of these people, of
 * whom there are as many as it has.
 *
 * With it comes a law, which knows nobody but by key: clearances come and go every two weeks, some
 * people are never clear, and from April on no notice can be given. */
#ifndef RETURNHUB_TESTS_FORECAST_SECOND_H
#define RETURNHUB_TESTS_FORECAST_SECOND_H

#include "forecast/procedure.h"

enum { SECOND_PEOPLE_MAX = 20000, SECOND_STEPS_MAX = 200000, SECOND_STATIONS_MAX = 8 };

struct second_step {
    uint64_t key; /* of the person */
    uint32_t step;
    uint32_t people;
    int32_t day;
};

struct second_trace {
    struct second_step steps[SECOND_STEPS_MAX];
    size_t count;
};

struct second_outcome {
    struct second_trace trace;
    uint64_t served[SECOND_STATIONS_MAX];
    double waited[SECOND_STATIONS_MAX];
    double line_days[SECOND_STATIONS_MAX];
    uint64_t begun;
    uint64_t ended;
    double values[PROCEDURE_SERIES_MAX * PROCEDURE_QUARTERS_MAX];
};

enum procedure_clearance second_clearance(uint64_t key, uint32_t way, int32_t day);
int32_t second_notice(uint32_t way, int32_t day);

/* How many people a family of that kind has; 1 for PROCEDURE_NONE. */
uint32_t second_people(const struct procedure *procedure, uint32_t family);

void second_run(const struct procedure *procedure, const struct draw_tables *tables, uint64_t seed,
                uint64_t future, struct second_outcome *outcome);

#endif
