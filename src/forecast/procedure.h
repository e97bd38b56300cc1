/* procedure: one future of a procedure, person by person.
 *
 * A procedure is given as data: stages, the ways out of each, the stations whose places and
 * allowances those ways need, who is in it at the beginning, who arrives, and what is counted. No
 * name of a law stands here: stages and steps are words of the rulebook that whoever makes the
 * procedure (a scenario's text, a calibration) puts into it.
 *
 * How a person goes through it. Entering a stage, the ways out of it that are open to this person
 * are found (`open`: a share, drawn once for each stay). A way is taken
 *
 *   after a wait: a time drawn from a distribution, or of a hazard that changes with the days;
 *   when served:  the person stands in line at a station until it is their turn.
 *
 * Whatever comes first takes the person out of the stage, and out of every line they stood in. A
 * way taken leads on by one of its branches, drawn by their shares on that day: a step, and the
 * stage it leads to. A stage may hold a place of a station for as long as the person is in it.
 *
 * For a judged way it is asked as soon as somebody is clear when judged: notice is given to them
 * that day, and the approvals are sought. They stand in line once all of that is over. Whoever is
 * no longer clear when judged again is no longer asked for; later it begins anew.
 *
 * An outcome is a stage without ways: the person is counted and forgotten.
 *
 * Somebody who goes through it is one person, or a family: people who came together and stay
 * together. A family is in one stage, has one place in a line and takes each step as one, all of it
 * or nobody; what is drawn for it (a wait, a branch) is drawn once. It counts as the people that it
 * has: they need as many places at a station, all of them at the same time, and use as much of an
 * allowance. Who stands first in line is waited for until there is room for all of them, and nobody
 * passes them; but a family of more people than the station has places in all is passed over as
 * long as that is so, for it would hold up everybody for nothing. For a judged way a family is
 * clear when everybody in it is; each of them needs the approvals, and the last to have them makes
 * the others wait.
 *
 * Numbers are drawn by person and purpose (draw.h), so the same seed and future give the same lives
 * wherever two procedures agree. A run is pure: same data, seed and future, same counts, to the
 * last bit. Invariants, asserted at the end of every year and of the run, and after every event
 * when `check_every_event`: who was there at the beginning and who arrived is in one stage or has
 * reached an outcome; as many places are taken as people are in stages that hold them; as many wait
 * at a station as stand in its line. */
#ifndef RETURNHUB_FORECAST_PROCEDURE_H
#define RETURNHUB_FORECAST_PROCEDURE_H

#include "base/date.h"
#include "forecast/draw.h"
#include "forecast/schedule.h"
#include "forecast/station.h"

enum {
    PROCEDURE_STAGES_MAX = 64,
    PROCEDURE_GROUPS_MAX = 1024,
    PROCEDURE_STATIONS_MAX = 64,
    PROCEDURE_STEPS_MAX = 256,
    PROCEDURE_WAYS_MAX = 255, /* of all stages together */
    PROCEDURE_WAYS_OF_STAGE_MAX = 16,
    PROCEDURE_BRANCHES_MAX = 16,
    PROCEDURE_SERIES_MAX = 256,
    PROCEDURE_FAMILY_KINDS_MAX = 64,
    PROCEDURE_FAMILY_PEOPLE_MAX = 16,
    PROCEDURE_QUARTERS_MAX = 160,            /* forty years */
    PROCEDURE_PEOPLE_MAX = 20 * 1000 * 1000, /* at once, outcomes not counted */
};

#define PROCEDURE_NONE UINT32_MAX

struct procedure_branch {
    uint32_t step;          /* that is taken */
    uint32_t to;            /* the stage it leads to; the same one begins the stay anew */
    struct schedules share; /* of all branches of the way, by group; need not sum to 1. When all
                               are 0 on a day, the first is taken */
};

enum procedure_way_kind {
    WAY_AFTER_WAIT,
    WAY_BY_HAZARD, /* a chance a day, by group, that changes with the days also for who waits */
    WAY_WHEN_SERVED,
};

struct procedure_way {
    str name; /* unique; its draws are keyed by it, so the order of ways does not matter */
    enum procedure_way_kind kind;
    struct schedules open;          /* share of the stays for which it is open; count 0: all */
    enum distribution_kind waiting; /* WAY_AFTER_WAIT */
    double shape;
    struct schedules mean;   /* WAY_AFTER_WAIT: days, of the day of entering */
    struct schedules hazard; /* WAY_BY_HAZARD: a day */
    uint32_t station;        /* WAY_WHEN_SERVED */
    bool judged;             /* only whom the law clears is served; see procedure_law. The only way
                                that is served by its station */
    /* Of a judged way: for whom it is asked, when they are clear, so many approvals one after
     * another, each of which takes a time; 0: none. */
    size_t approval_count;
    enum distribution_kind approving;
    double approving_shape;
    struct schedules approving_mean; /* days, of the day of asking */
    bool with_notice;                /* and the law's notice has to run */
    const struct procedure_branch *branches;
    size_t branch_count;
};

struct procedure_stage {
    str name;
    bool outcome;
    uint32_t holds; /* a station, of which a place is held while here, or PROCEDURE_NONE. Every
                       branch that leads here from a stage that does not hold it belongs to a way
                       that is served by that station; who is here at the beginning or arrives here
                       has a place, and if need be one too many */
    const struct procedure_way *ways;
    size_t way_count;
};

struct procedure_station {
    str name;
    enum station_order order;
    struct schedule places;    /* count 0: no limit of that kind */
    struct schedule allowance; /* a day */
};

/* Who is in a family. */
struct procedure_family {
    uint32_t adults; /* numbered first */
    uint32_t children;
};

/* How many families of each kind there are for each person, those in families too: 0.02 of three
 * people are six people of a hundred. NULL: everybody is alone. Whoever is in none is alone; there
 * are never more people in families than people. */
typedef const double *families_a_person;

/* Who is there at the beginning: `count` people of a group in a stage, who have waited in it
 * between those days, evenly. They stand in line before who comes later. Families are as many as
 * can be of these people: of each kind a whole number, rounded by chance. */
struct procedure_stock {
    uint32_t stage;
    uint32_t group;
    int64_t count;
    double waited_least;
    double waited_most;
    families_a_person families; /* by kind */
};

/* Who comes: `rate` people a day on average, by group; those alone, and families, each on a moment
 * of their own (Poisson processes: of families, `rate` times their number a person). `kept` is the
 * share that comes in spite of a measure (1 when count is 0): the same people come, less some. */
struct procedure_arrivals {
    str name; /* unique, as of ways */
    uint32_t stage;
    struct schedules rate;
    struct schedule kept;
    families_a_person families; /* by group and kind */
};

/* A series is a weighted sum of these, for each quarter. */
enum series_term_kind {
    TERM_ARRIVALS,    /* people who came in the quarter; index: of the arrivals */
    TERM_STEP,        /* times the step was taken in the quarter */
    TERM_STAGE,       /* people in the stage at the end of the quarter */
    TERM_STAGE_LONG,  /* of them, those who have been there for `days` or more */
    TERM_IN_FAMILIES, /* of them, those who are in a family */
    TERM_STAGE_DAYS,  /* days that people spent in the stage in the quarter */
    TERM_PLACES,      /* of a station, at the end of the quarter */
    TERM_TAKEN,       /* of its places */
    TERM_IDLE,        /* places less those taken, not below 0 */
    TERM_PLACE_DAYS,  /* places times days in the quarter */
    TERM_HELD_BY_LAW, /* people whom the law did not clear when last judged, at the end of the
                         quarter; index: of the way, counted over all stages in order */
};

struct series_term {
    enum series_term_kind kind;
    uint32_t index;
    uint32_t group; /* only this group, or PROCEDURE_NONE for everybody */
    double days;    /* of TERM_STAGE_LONG */
    double weight;
};

struct procedure_series {
    str name;
    const struct series_term *terms;
    size_t term_count;
};

/* Somebody, as the law is told of them: by a number that stays theirs while they are in the
 * procedure, and by a seat that the law gives them and may change with each step. A family is one
 * of these; who is in it says `family`, a kind, or PROCEDURE_NONE for somebody alone. One bit of a
 * seat says that it is certain on coming into a stage: they are not cleared, whenever they would be
 * judged there, for any of its ways. */
#define PROCEDURE_NEVER_CLEARED (UINT32_C(1) << 30)

struct procedure_who {
    uint64_t key;
    uint32_t person;
    uint32_t seat;
    uint32_t group;
    uint32_t family;
};
struct procedure_candidate {
    uint32_t person;
    uint32_t seat;
};

/* Whether the way's step is clear. Of whom it never will be, as long as they stay in the stage, it
 * is not asked again in this stay. */
enum procedure_clearance { CLEARED, NOT_CLEARED, NEVER_CLEARED };

/* Who may be served, of those who stand in line: the law's answer. Called in batches, on `day`.
 * NULL: everybody is clear. */
struct procedure_law {
    void *context;
    /* Somebody comes into the procedure, in a stage; somebody takes a step, from one stage to
     * another. Both give their seat. */
    uint32_t (*begin)(void *context, const struct procedure_who *who, uint32_t stage, int32_t day);
    uint32_t (*step)(void *context, const struct procedure_who *who, uint32_t from, uint32_t step,
                     uint32_t to, int32_t day);
    result (*judge)(void *context, uint32_t way, const struct procedure_candidate *candidates,
                    size_t count, int32_t day, enum procedure_clearance *ret_clearances,
                    struct err *err);
    /* Of a way with notice: the first day on which the step may be taken when notice is given on
     * `day`; INT32_MAX: on none. */
    int32_t (*notice)(void *context, uint32_t way, int32_t day);
    int32_t days_between; /* a person in line is judged again after so many days */
};

struct procedure {
    date begin; /* the first day, and the first of a quarter */
    size_t quarter_count;
    const str *groups;
    size_t group_count;
    const str *steps;
    size_t step_count;
    const struct procedure_stage *stages;
    size_t stage_count;
    const struct procedure_station *stations;
    size_t station_count;
    const struct procedure_stock *stock;
    size_t stock_count;
    const struct procedure_arrivals *arrivals;
    size_t arrivals_count;
    const struct procedure_family *families; /* kinds of them */
    size_t family_count;
    const struct procedure_series *series;
    size_t series_count;
    const struct procedure_law *law;
    double slots_a_day;     /* of the wheel; 0: chosen */
    bool check_every_event; /* for tests: slow */
};

/* The key of somebody in a family, by their number, for what is drawn for each of them. */
static inline uint64_t procedure_member_key(uint64_t family_key, uint32_t number)
{
    return draw_key(draw_mix(family_key), number);
}

/* Refuses what cannot be run, with its name and what to do: an index out of range, a share that is
 * negative, a stage that holds a place nobody serves, ... */
MUST_USE result procedure_check(const struct procedure *procedure, struct err *err);

struct procedure_outcome {
    double *values; /* series by series, quarter_count of each */
    const struct station_count *stations;
    uint64_t event_count;
    uint64_t begun;   /* people, each of a family, those of the beginning too */
    uint64_t ended;   /* with an outcome */
    uint64_t present; /* at the end: begun - ended */
};

/* One future. What the outcome points to is taken from `arena`, everything else from `scratch`,
 * which needs about 64 bytes for each person there at once, and 1 MB for each year. */
MUST_USE result procedure_run(const struct procedure *procedure, const struct draw_tables *tables,
                              uint64_t seed, uint64_t future, struct arena *arena,
                              struct arena scratch, struct procedure_outcome *ret_outcome,
                              struct err *err);

#endif
