/* scenario_parts: a scenario in memory. Internal to scenario_*.c and law.c. */
#ifndef RETURNHUB_FORECAST_SCENARIO_PARTS_H
#define RETURNHUB_FORECAST_SCENARIO_PARTS_H

#include "forecast/scenario.h"
#include "rulebook/lex.h"

enum {
    NATIONALITIES_OF_GROUP_MAX = 256,
    FILTERS_MAX = 8,
    FILTER_VALUES_MAX = 16,
    TERMS_MAX = 1024,
    BRANCH_ITEMS_MAX = 1024,
    STOCK_LINES_MAX = 256,
    HUB_FACTS_MAX = 128,
};

struct named {
    str name;
    uint32_t index;
    struct place_in_text at;
};

/* ---- sums: "claims_2023 over 365 times ( 1 less kept )" ---- */

enum node_kind_of_sum { SUM_NUMBER, SUM_NAME, SUM_PLUS, SUM_LESS, SUM_TIMES, SUM_OVER };

struct sum_node {
    enum node_kind_of_sum kind;
    double number;
    str name;
    uint32_t item; /* of SUM_NAME: a number of the scenario */
    uint32_t left;
    uint32_t right;
    struct place_in_text at;
};

/* ---- numbers ---- */

enum number_kind { NUMBER_KNOWN, NUMBER_ASSUMED, NUMBER_DEFINED };

enum assumption_kind {
    ASSUMED_EXACTLY,   /* a */
    ASSUMED_BETWEEN,   /* evenly between a and b */
    ASSUMED_LOGNORMAL, /* median a, standard deviation of the logarithm b */
    ASSUMED_WALK, /* a factor around 1: each quarter its logarithm keeps the part b of itself and
                     moves by a normal step of standard deviation a */
    ASSUMED_CALIBRATED, /* quarter by quarter, as a calibration foresees it */
};

/* What a calibration says of one series in one quarter: logarithms of quantiles, from the low end
 * of the 95 % interval to its high end, the median in the middle. */
enum { CALIBRATED_QUANTILES = 7 };
struct calibrated_quarter {
    double quantiles[CALIBRATED_QUANTILES];
};

struct filter {
    str column;
    str values[FILTER_VALUES_MAX];
    size_t value_count;
};

/* A part of a normal variate that several calibrated numbers are made of: so much of the variate
 * with that purpose. */
struct mixed_part {
    uint64_t purpose;
    double weight;
};

struct number_item {
    str name;
    str title;
    str source;
    bool is_assumed_only; /* `source assumed` */
    enum number_kind kind;
    struct place_in_text at;
    uint32_t sum; /* of NUMBER_DEFINED */
    /* of NUMBER_KNOWN */
    str file;
    str column; /* that is added up */
    str by;     /* the column that names nationalities, "" for one number for everybody */
    struct filter filters[FILTERS_MAX];
    size_t filter_count;
    const double *known; /* 1 or group_count of them */
    size_t known_count;
    /* of NUMBER_ASSUMED */
    enum assumption_kind assumption;
    double a;
    double b;
    uint64_t purpose;
    struct named series;                         /* of ASSUMED_CALIBRATED, in `file` */
    const struct calibrated_quarter *calibrated; /* the first is that of the scenario's beginning */
    size_t calibrated_count;
    const struct mixed_part *mixed; /* of ASSUMED_CALIBRATED; the squares of the weights sum to 1 */
    size_t mixed_count;
};

struct change {
    uint32_t measure;
    str name;
    uint32_t number;
    uint32_t sum;
    struct place_in_text at;
};

struct measure_item {
    str name;
    str title;
    bool has_from;
    date from;
    struct place_in_text at;
};

struct group_item {
    str name;
    str title;
    bool rest; /* everybody whom no other group names */
    str nationalities[NATIONALITIES_OF_GROUP_MAX];
    size_t nationality_count;
    bool has_country;
    uint16_t country;
};

#define NO_SUM UINT32_MAX

/* ---- families ---- */

struct families_item {
    str name;
    struct place_in_text at;
};

/* One kind of the families of such an item. */
struct family_item {
    uint32_t families;
    uint32_t adults;
    uint32_t children;
    uint32_t share; /* a sum, or NO_SUM: 1; of the families */
};

/* Of people who come, or are there at the beginning: which share are dependants, that is, anybody
 * in a family but one. */
struct families_line {
    struct named families; /* name.len 0: nobody is */
    uint32_t dependants;   /* a sum */
};

/* ---- the procedure ---- */

struct station_item {
    str name;
    uint32_t places; /* a sum, or NO_SUM */
    uint32_t allowance;
    bool newest_first;
};

struct stage_item {
    str name;
    struct place_in_text at;
    uint32_t rulebook_stage;
    struct named holds;            /* name.len 0: none */
    struct families_line families; /* of its stock */
};

struct stock_line {
    uint32_t stage;
    uint32_t sum;
    int64_t least;
    int64_t most;
};

struct branch_item {
    struct named step; /* of the rulebook */
    struct named to;   /* a stage of the scenario */
    uint32_t share;    /* a sum, or NO_SUM: 1 */
};

/* "gamma mean TAKES shape 2 days" */
struct wait_item {
    enum distribution_kind kind;
    double shape;
    uint32_t mean; /* a sum, or NO_SUM: there is none */
};

struct way_item {
    str name;
    struct place_in_text at;
    struct named from;
    bool has_kind;
    enum procedure_way_kind kind;
    struct wait_item wait;
    uint32_t hazard;            /* a sum, or NO_SUM */
    struct wait_item approving; /* each approval that the step needs */
    struct named notice;        /* a clock of the rulebook; name.len 0: none */
    struct named station;
    struct named hub; /* name.len 0: not judged */
    uint32_t open;    /* a sum, or NO_SUM */
    uint32_t first_branch;
    uint32_t branch_count;
    uint32_t index; /* among all ways of the procedure */
};

struct arrivals_item {
    str name;
    struct named to;
    uint32_t rate;
    uint32_t kept;
    struct families_line families;
    struct place_in_text at;
};

struct term_item {
    uint32_t series;
    enum series_term_kind kind;
    struct named what;
    double days;
    uint32_t weight; /* a sum, or NO_SUM: 1 */
};

/* ---- facts that people get ---- */

enum fact_value_kind { GIVEN_TEXT, GIVEN_DAY, GIVEN_NATIONALITY };

struct given {
    enum fact_value_kind kind;
    str text;
    struct value value; /* GIVEN_TEXT */
    int32_t days;       /* GIVEN_DAY: after the day on which it is given, or judged */
};

struct hub_fact {
    uint32_t hub;
    struct named fact;
    struct given given;
};

/* Whose facts; those of families are drawn once for all of the family. */
enum fact_scope { OF_EVERYBODY, OF_FAMILIES, OF_FAMILIES_WITH_CHILDREN, OF_CHILDREN };

struct fact_line {
    str stage_name; /* "" on coming, else on entering the stage */
    uint32_t stage;
    enum fact_scope scope;
    struct named fact;
    struct given given;
    uint32_t share; /* a sum, or NO_SUM: 1 */
    bool continues; /* another value of the fact named by the line before */
};

struct scenario {
    struct scenario_about about;
    const struct rulebook *rulebook;
    str rulebook_name;
    bool has_begins;
    struct group_item *groups;
    size_t group_count;
    str *group_names;
    struct number_item *numbers;
    size_t number_count;
    struct change *changes;
    size_t change_count;
    struct measure_item *measures;
    size_t measure_count;
    struct sum_node *nodes;
    size_t node_count;
    struct station_item *stations;
    size_t station_count;
    struct stage_item *stages;
    size_t stage_count;
    struct stock_line *stock;
    size_t stock_count;
    struct way_item *ways;
    size_t way_count;
    struct branch_item *branches;
    size_t branch_count;
    struct arrivals_item *arrivals;
    size_t arrivals_count;
    struct families_item *families;
    size_t families_count;
    struct family_item *family_kinds;
    size_t family_kind_count;
    struct scenario_series *series;
    struct term_item *terms;
    size_t term_count;
    struct named *hubs;
    size_t hub_count;
    struct hub_fact *hub_facts;
    size_t hub_fact_count;
    struct fact_line *facts;
    size_t fact_count;
    int32_t judged_every;
    uint32_t *assumed_numbers; /* number of each assumption */
    str *step_names;           /* of the rulebook */
    const struct law_plan *law_plan;
    struct scenario_files files;
    struct arena *arena; /* that the scenario lives in */
    struct scenario_source *sources;
    size_t source_count;
    str read_names[SCENARIO_FILES_MAX];
    size_t read_count;
};

/* scenario_sources.c: every file is opened by these, which note what was in it. */
MUST_USE result scenario_open_text(struct scenario *scenario, str name, struct arena *arena,
                                   str *ret_text, struct err *err);
MUST_USE result scenario_open_data(struct scenario *scenario, str name, struct arena *arena,
                                   str *ret_text, struct err *err);
/* Once all have been opened. */
MUST_USE result scenario_identify(struct scenario *scenario, struct arena scratch, struct err *err);

/* scenario_read.c: one file, and those it is based on. */
MUST_USE result scenario_read(struct scenario *scenario, str name, struct arena *arena,
                              struct err *err);
/* scenario_known.c: the tables of data. */
MUST_USE result scenario_find_known(struct scenario *scenario, struct arena *arena,
                                    struct arena scratch, struct err *err);
/* scenario_calibrated.c: the series of calibrations. */
MUST_USE result scenario_find_calibrated(struct scenario *scenario, struct arena *arena,
                                         struct arena scratch, struct err *err);
/* The value of a calibrated number in a quarter of the scenario, for somebody who stands there at
 * `z`, a normal variate, among the futures; and how much of z stays from the quarter before. */
double calibrated_value(const struct number_item *number, size_t quarter, double z);
double calibrated_keeps(const struct number_item *number, size_t quarter);
/* An outcome of the rulebook, where the scenario has no way out of it. */
bool scenario_is_outcome(const struct scenario *scenario, uint32_t stage);

/* scenario_check.c: names become what they name. */
MUST_USE result scenario_check(struct scenario *scenario, struct arena *arena, struct err *err);

MUST_USE result scenario_refuse(struct place_in_text at, const char *hint, struct err *err,
                                const char *format, ...) PRINTF_LIKE(4, 5);

#endif
