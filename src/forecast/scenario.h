/* scenario: a procedure, what is known of it and what is assumed, and the measures that change it,
 * as text. docs/forecast.md describes the language; it has the form of a rulebook's (items at the
 * left margin, names, texts, dates, `source`), numbers with fractions, and sums in words.
 *
 * The stages and steps of a scenario are those of its rulebook; a way may be judged by the
 * safeguards of its step, on facts that the scenario gives to people (law.h). Everything else is
 * the text's own. A scenario is immutable once loaded, and may be shared between threads. */
#ifndef RETURNHUB_FORECAST_SCENARIO_H
#define RETURNHUB_FORECAST_SCENARIO_H

#include "forecast/procedure.h"
#include "rulebook/rulebook.h"

enum {
    SCENARIO_FILES_MAX = 32,
    SCENARIO_FILE_BYTES_MAX = 1024 * 1024,
    SCENARIO_NUMBERS_MAX = 1024,
    SCENARIO_ASSUMED_MAX = 256,
    SCENARIO_MEASURES_MAX = 8, /* all combinations of them are run for their shares */
    SCENARIO_CHANGES_MAX = 128,
    SCENARIO_NODES_MAX = 16384,
    SCENARIO_GROUPS_MAX = 256,
    SCENARIO_FACTS_MAX = 1024,
    SCENARIO_DAYS_MAX = 256, /* on which numbers change */
    SCENARIO_BEYOND = -1,
};

struct scenario;

/* Reads a file of the name it is given, as the text names it (a scenario it is based on, a table of
 * data), into the arena. */
typedef result scenario_open(void *context, str name, struct arena *arena, str *ret_text,
                             struct err *err);

struct scenario_files {
    void *context;
    scenario_open *open_text;
    scenario_open *open_data;
};

/* Reads and checks. `rulebook` must outlive the scenario. Errors say where. */
MUST_USE result scenario_load(const struct scenario_files *files, str name,
                              const struct rulebook *rulebook, struct arena *arena,
                              struct arena scratch, const struct scenario **ret_scenario,
                              struct err *err);

struct scenario_measure {
    str name;
    str title;
    date from;
};

struct scenario_assumed {
    str name;
    str title;
    str says;   /* "between 0.1 and 0.3" */
    str source; /* "" when it is merely assumed */
};

struct scenario_series {
    str name;
    str title;
    str unit;
};

/* A file that it was made of: "hub.scenario", "published_2023_q4.calibration", "data/NAME". */
struct scenario_source {
    str name;
    struct sha256 hash; /* of its bytes */
};

struct scenario_about {
    str name;
    str title;
    const struct scenario_source *sources; /* by name */
    size_t source_count;
    struct sha256 identity; /* of their lines as sha256sum writes them: "HASH  NAME\n" each */
    struct sha256 rulebook_identity; /* of the law that judges in it (rulebook.h) */
    date begins;
    size_t quarter_count;
    const struct scenario_measure *measures;
    size_t measure_count;
    const struct scenario_assumed *assumed;
    size_t assumed_count;
    const struct scenario_series *series;
    size_t series_count;
    str nationality_fact; /* the fact of the law that is given the nationality; "" when none is,
                             and then nobody's is known */
};
const struct scenario_about *scenario_about(const struct scenario *scenario);

/* A procedure of the scenario: which measures are on, as bits in their order. It is the context of
 * scenario_make, which is an ensemble_make.
 *
 * `one_in` people are simulated by one, who counts for all of them: people at the beginning, those
 * who come, places and allowances are divided by it, and what is counted is multiplied. So it is as
 * much faster; waits stay what they are, and chance is told as if there were fewer people. 0: each
 * by themselves. */
struct scenario_choice {
    const struct scenario *scenario;
    uint32_t measures;
    uint32_t one_in;
    const struct scenario_stock *stock; /* who is there at the beginning; NULL: as the text says */
    size_t stock_count;
};
/* People who have been in a stage between so many days, evenly. */
struct scenario_stock {
    uint32_t stage;
    uint32_t group;
    int64_t people;
    double waited_least;
    double waited_most;
};
enum { SCENARIO_ONE_IN_MAX = 1000 };
static inline uint32_t scenario_all_measures(const struct scenario_about *about)
{
    return (uint32_t)((UINT64_C(1) << about->measure_count) - 1);
}

MUST_USE result scenario_make(void *context, uint64_t seed, uint64_t future, struct arena *arena,
                              const struct procedure **ret_procedure, struct err *err);

/* Which stage and group of the scenario a stage of the rulebook and a nationality ("AFG"; what no
 * group has is the rest's) are. False when the scenario has no such stage, or nobody is the rest.
 */
bool scenario_locate(const struct scenario *scenario, str stage, str nationality,
                     uint32_t *ret_stage, uint32_t *ret_group);

/* What is drawn for an assumption in a future; the measures do not matter to it. Of what changes
 * from quarter to quarter, the mean of its logarithm to the end of `quarter`. */
double scenario_assumption(const struct scenario *scenario, size_t assumed, uint64_t seed,
                           uint64_t future, size_t quarter);

#endif
