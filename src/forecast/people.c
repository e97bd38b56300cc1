#include "forecast/people.h"

#include <math.h>

enum people_stage { STAGE_WAITING, STAGE_APPEALING, STAGE_OUT, STAGE_COUNT };
enum people_step {
    STEP_GRANT,
    STEP_REFUSE,
    STEP_WITHDRAW,
    STEP_WAITING_GAP, /* left the published stock without an outcome that is published */
    STEP_DISPOSE,
    STEP_APPEALS_GAP,
    STEP_COUNT,
};
enum people_station { STATION_DECIDING, STATION_HEARING, STATION_COUNT };
enum people_coming {
    COMING_CLAIMS,
    COMING_WAITING_GAP,
    COMING_APPEALS,
    COMING_APPEALS_GAP,
    COMING_ENFORCED,
    COMING_VOLUNTARY,
    COMING_PORT,
    COMING_COUNT,
};
enum { WAITING_WAYS = 3, APPEALING_WAYS = 2, DECIDED_BRANCHES = 2, TERMS_MAX = 3 };

/* Everything that a procedure points to. */
struct made {
    struct procedure procedure;
    str group;
    str steps[STEP_COUNT];
    struct procedure_stage stages[STAGE_COUNT];
    struct procedure_way waiting_ways[WAITING_WAYS];
    struct procedure_way appealing_ways[APPEALING_WAYS];
    struct procedure_branch decided[DECIDED_BRANCHES];
    struct procedure_branch leaving[STEP_COUNT]; /* single branches, by step */
    struct procedure_station stations[STATION_COUNT];
    struct procedure_stock stock[2];
    struct procedure_arrivals arrivals[COMING_COUNT];
    struct procedure_series series[PEOPLE_SERIES];
    struct series_term terms[PEOPLE_SERIES][TERMS_MAX];
};

struct making {
    const struct drivers *drivers;
    const struct flows *flows;
    double one_in;
    struct arena *arena;
    bool failed;
    struct made *made;
};

static double days_of(const struct making *making, size_t at)
{
    const struct quarter when = quarter_add(making->drivers->until, (int32_t)at + 1);
    return date_days_between(quarter_begin(when), quarter_begin(quarter_add(when, 1)));
}

/* --- what changes from quarter to quarter --- */

/* The number of a quarter that a schedule has. */
typedef double quantity(const struct making *making, size_t at);

static struct schedule schedule_of(struct making *making, quantity *of)
{
    const size_t count = making->flows->horizon;
    struct schedule_point *points = ARENA_NEW(making->arena, struct schedule_point, count);
    if (points == NULL) {
        making->failed = true;
        return (struct schedule){.count = 0};
    }
    const date begin = quarter_begin(quarter_add(making->drivers->until, 1));
    for (size_t i = 0; i < count; i++) {
        const struct quarter when = quarter_add(making->drivers->until, (int32_t)i + 1);
        points[i] =
            (struct schedule_point){date_days_between(begin, quarter_begin(when)), of(making, i)};
    }
    return (struct schedule){points, count};
}

static struct schedules schedules_for_all(struct making *making, quantity *of)
{
    struct schedule *schedule = ARENA_NEW(making->arena, struct schedule, 1);
    if (schedule == NULL) {
        making->failed = true;
        return (struct schedules){.count = 0};
    }
    *schedule = schedule_of(making, of);
    return (struct schedules){schedule, 1};
}

static double flow(const struct making *making, enum published_series series, size_t at)
{
    return making->flows->values[series][at];
}

static double a_day(const struct making *making, double number, size_t at)
{
    return number / days_of(making, at) / making->one_in;
}

#define A_DAY(name, series)                                                                        \
    static double name(const struct making *making, size_t at)                                     \
    {                                                                                              \
        return a_day(making, flow(making, series, at), at);                                        \
    }
A_DAY(claims_a_day, SERIES_CLAIMS)
A_DAY(decisions_a_day, SERIES_DECISIONS)
A_DAY(appeals_a_day, SERIES_APPEALS_LODGED)
A_DAY(disposals_a_day, SERIES_APPEALS_DISPOSED)
A_DAY(enforced_a_day, SERIES_RETURNS_ENFORCED)
A_DAY(voluntary_a_day, SERIES_RETURNS_VOLUNTARY)
A_DAY(port_a_day, SERIES_RETURNS_PORT)

static double grants(const struct making *making, size_t at)
{
    return flow(making, SERIES_GRANTS, at);
}

static double refusals(const struct making *making, size_t at)
{
    return flow(making, SERIES_REFUSALS, at);
}

/* A gap above 0 comes in, one below 0 goes out. */
static double waiting_gap_a_day(const struct making *making, size_t at)
{
    return a_day(making, fmax(making->flows->waiting_gap[at], 0), at);
}

static double appeals_gap_a_day(const struct making *making, size_t at)
{
    return a_day(making, fmax(making->flows->appeals_gap[at], 0), at);
}

/* The chance a day with which so many leave a stock that goes from one size to the other. */
static double chance_a_day(const struct making *making, double leaving, double before, double after,
                           size_t at)
{
    return leaving / fmax((before + after) / 2, 1) / days_of(making, at);
}

static double before_of(const struct making *making, enum published_series series, double first,
                        size_t at)
{
    return at == 0 ? first : flow(making, series, at - 1);
}

static double leave_waiting(const struct making *making, double leaving, size_t at)
{
    return chance_a_day(making, leaving,
                        before_of(making, SERIES_WAITING, making->drivers->waiting, at),
                        flow(making, SERIES_WAITING, at), at);
}

static double withdraw_chance(const struct making *making, size_t at)
{
    return leave_waiting(making, flow(making, SERIES_WITHDRAWN, at), at);
}

static double waiting_gap_chance(const struct making *making, size_t at)
{
    return leave_waiting(making, fmax(-making->flows->waiting_gap[at], 0), at);
}

static double appeals_gap_chance(const struct making *making, size_t at)
{
    return chance_a_day(making, fmax(-making->flows->appeals_gap[at], 0),
                        before_of(making, SERIES_APPEALS_OPEN, making->drivers->appeals_open, at),
                        flow(making, SERIES_APPEALS_OPEN, at), at);
}

/* --- the procedure --- */

static struct procedure_way by_chance(struct making *making, str name, enum people_step step,
                                      quantity *chance)
{
    making->made->leaving[step] = (struct procedure_branch){.step = step, .to = STAGE_OUT};
    return (struct procedure_way){.name = name,
                                  .kind = WAY_BY_HAZARD,
                                  .hazard = schedules_for_all(making, chance),
                                  .branches = &making->made->leaving[step],
                                  .branch_count = 1};
}

static void make_waiting(struct making *making)
{
    struct made *made = making->made;
    made->decided[0] = (struct procedure_branch){
        .step = STEP_GRANT, .to = STAGE_OUT, .share = schedules_for_all(making, grants)};
    made->decided[1] = (struct procedure_branch){
        .step = STEP_REFUSE, .to = STAGE_OUT, .share = schedules_for_all(making, refusals)};
    made->waiting_ways[0] = (struct procedure_way){.name = STR("decide"),
                                                   .kind = WAY_WHEN_SERVED,
                                                   .station = STATION_DECIDING,
                                                   .branches = made->decided,
                                                   .branch_count = DECIDED_BRANCHES};
    made->waiting_ways[1] = by_chance(making, STR("withdraw"), STEP_WITHDRAW, withdraw_chance);
    made->waiting_ways[2] =
        by_chance(making, STR("waiting_gap"), STEP_WAITING_GAP, waiting_gap_chance);
    made->stages[STAGE_WAITING] = (struct procedure_stage){.name = STR("waiting"),
                                                           .holds = PROCEDURE_NONE,
                                                           .ways = made->waiting_ways,
                                                           .way_count = WAITING_WAYS};
    made->stations[STATION_DECIDING] = (struct procedure_station){
        .name = STR("deciding"), .allowance = schedule_of(making, decisions_a_day)};
}

static void make_appealing(struct making *making)
{
    struct made *made = making->made;
    made->leaving[STEP_DISPOSE] = (struct procedure_branch){.step = STEP_DISPOSE, .to = STAGE_OUT};
    made->appealing_ways[0] = (struct procedure_way){.name = STR("dispose"),
                                                     .kind = WAY_WHEN_SERVED,
                                                     .station = STATION_HEARING,
                                                     .branches = &made->leaving[STEP_DISPOSE],
                                                     .branch_count = 1};
    made->appealing_ways[1] =
        by_chance(making, STR("appeals_gap"), STEP_APPEALS_GAP, appeals_gap_chance);
    made->stages[STAGE_APPEALING] = (struct procedure_stage){.name = STR("appealing"),
                                                             .holds = PROCEDURE_NONE,
                                                             .ways = made->appealing_ways,
                                                             .way_count = APPEALING_WAYS};
    made->stations[STATION_HEARING] = (struct procedure_station){
        .name = STR("hearing"), .allowance = schedule_of(making, disposals_a_day)};
}

static void make_arrivals(struct making *making)
{
    static const struct {
        str name;
        enum people_stage stage;
        quantity *rate;
    } rows[COMING_COUNT] = {
        [COMING_CLAIMS] = {STR_INIT("claims"), STAGE_WAITING, claims_a_day},
        [COMING_WAITING_GAP] = {STR_INIT("more_waiting"), STAGE_WAITING, waiting_gap_a_day},
        [COMING_APPEALS] = {STR_INIT("appeals"), STAGE_APPEALING, appeals_a_day},
        [COMING_APPEALS_GAP] = {STR_INIT("more_appeals"), STAGE_APPEALING, appeals_gap_a_day},
        [COMING_ENFORCED] = {STR_INIT("enforced"), STAGE_OUT, enforced_a_day},
        [COMING_VOLUNTARY] = {STR_INIT("voluntary"), STAGE_OUT, voluntary_a_day},
        [COMING_PORT] = {STR_INIT("port"), STAGE_OUT, port_a_day},
    };
    for (size_t i = 0; i < COMING_COUNT; i++) {
        making->made->arrivals[i] =
            (struct procedure_arrivals){.name = rows[i].name,
                                        .stage = rows[i].stage,
                                        .rate = schedules_for_all(making, rows[i].rate)};
    }
}

/* Who is there: the last to come has just come, the first came as long ago as it takes to gather so
 * many. */
static struct procedure_stock stock_of(const struct making *making, enum people_stage stage,
                                       double people, double a_quarter)
{
    return (struct procedure_stock){
        .stage = stage,
        .count = llround(people / making->one_in),
        .waited_most = people / fmax(a_quarter, 1) * 365.25 / QUARTERS_A_YEAR,
    };
}

struct counted {
    enum published_series series;
    enum series_term_kind kind;
    uint32_t index;
};

/* A series is a row, or the sum of several. */
static const struct counted counted[] = {
    {SERIES_CLAIMS, TERM_ARRIVALS, COMING_CLAIMS},
    {SERIES_DECISIONS, TERM_STEP, STEP_GRANT},
    {SERIES_DECISIONS, TERM_STEP, STEP_REFUSE},
    {SERIES_GRANTS, TERM_STEP, STEP_GRANT},
    {SERIES_REFUSALS, TERM_STEP, STEP_REFUSE},
    {SERIES_WITHDRAWN, TERM_STEP, STEP_WITHDRAW},
    {SERIES_WAITING, TERM_STAGE, STAGE_WAITING},
    {SERIES_APPEALS_LODGED, TERM_ARRIVALS, COMING_APPEALS},
    {SERIES_APPEALS_DISPOSED, TERM_STEP, STEP_DISPOSE},
    {SERIES_APPEALS_OPEN, TERM_STAGE, STAGE_APPEALING},
    {SERIES_RETURNS_ENFORCED, TERM_ARRIVALS, COMING_ENFORCED},
    {SERIES_RETURNS_VOLUNTARY, TERM_ARRIVALS, COMING_VOLUNTARY},
    {SERIES_RETURNS_PORT, TERM_ARRIVALS, COMING_PORT},
    {SERIES_RETURNS, TERM_ARRIVALS, COMING_ENFORCED},
    {SERIES_RETURNS, TERM_ARRIVALS, COMING_VOLUNTARY},
    {SERIES_RETURNS, TERM_ARRIVALS, COMING_PORT},
};

static void make_series(struct making *making)
{
    struct made *made = making->made;
    for (size_t i = 0; i < SERIES_COUNT; i++) {
        made->series[i] = (struct procedure_series){.name = str_from_c(series_about[i].name),
                                                    .terms = made->terms[i]};
    }
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        struct procedure_series *series = &made->series[counted[i].series];
        made->terms[counted[i].series][series->term_count++] =
            (struct series_term){.kind = counted[i].kind,
                                 .index = counted[i].index,
                                 .group = PROCEDURE_NONE,
                                 .weight = making->one_in};
    }
    made->terms[SERIES_COUNT][0] = (struct series_term){.kind = TERM_STAGE_LONG,
                                                        .index = STAGE_WAITING,
                                                        .group = PROCEDURE_NONE,
                                                        .days = PEOPLE_WAITING_LONG_DAYS,
                                                        .weight = making->one_in};
    made->series[SERIES_COUNT] = (struct procedure_series){
        .name = STR("waiting_long"), .terms = made->terms[SERIES_COUNT], .term_count = 1};
}

static void make_steps(struct made *made)
{
    static const str names[STEP_COUNT] = {
        [STEP_GRANT] = STR_INIT("grant"),       [STEP_REFUSE] = STR_INIT("refuse"),
        [STEP_WITHDRAW] = STR_INIT("withdraw"), [STEP_WAITING_GAP] = STR_INIT("waiting_gap"),
        [STEP_DISPOSE] = STR_INIT("dispose"),   [STEP_APPEALS_GAP] = STR_INIT("appeals_gap"),
    };
    for (size_t i = 0; i < STEP_COUNT; i++) {
        made->steps[i] = names[i];
    }
}

result people_procedure(const struct drivers *drivers, const struct flows *flows, size_t one_in,
                        struct arena *arena, const struct procedure **ret_procedure,
                        struct err *err)
{
    ASSERT(one_in >= 1 && one_in <= PEOPLE_ONE_IN_MAX);
    struct making making = {.drivers = drivers,
                            .flows = flows,
                            .one_in = (double)one_in,
                            .arena = arena,
                            .made = ARENA_NEW(arena, struct made, 1)};
    struct made *made = making.made;
    if (made == NULL) {
        return arena_full(err);
    }
    make_steps(made);
    make_waiting(&making);
    make_appealing(&making);
    made->stages[STAGE_OUT] =
        (struct procedure_stage){.name = STR("out"), .outcome = true, .holds = PROCEDURE_NONE};
    made->stock[0] = stock_of(&making, STAGE_WAITING, drivers->waiting, drivers->claims);
    made->stock[1] =
        stock_of(&making, STAGE_APPEALING, drivers->appeals_open, drivers->appeals_lodged);
    make_arrivals(&making);
    make_series(&making);
    made->group = STR("everybody");
    made->procedure = (struct procedure){
        .begin = quarter_begin(quarter_add(drivers->until, 1)),
        .quarter_count = flows->horizon,
        .groups = &made->group,
        .group_count = 1,
        .steps = made->steps,
        .step_count = STEP_COUNT,
        .stages = made->stages,
        .stage_count = STAGE_COUNT,
        .stations = made->stations,
        .station_count = STATION_COUNT,
        .stock = made->stock,
        .stock_count = sizeof made->stock / sizeof made->stock[0],
        .arrivals = made->arrivals,
        .arrivals_count = COMING_COUNT,
        .series = made->series,
        .series_count = PEOPLE_SERIES,
    };
    *ret_procedure = &made->procedure;
    return making.failed ? arena_full(err) : result_ok();
}

result people_make(void *context, uint64_t seed, uint64_t future, struct arena *arena,
                   const struct procedure **ret_procedure, struct err *err)
{
    const struct people_make *make = context;
    struct flows *flows = ARENA_NEW(arena, struct flows, 1);
    if (flows == NULL) {
        return arena_full(err);
    }
    flows_future(make->drivers, make->tables, draw_key(seed, future), make->horizon, flows);
    return people_procedure(make->drivers, flows, make->one_in, arena, ret_procedure, err);
}

size_t people_bytes(const struct people_make *make)
{
    enum { A_PERSON = 512, FIXED = 24 * 1024 * 1024, GROWTH = 8 };
    const double people =
        make->drivers->waiting + make->drivers->appeals_open + make->drivers->claims * GROWTH;
    return FIXED + (size_t)(people / (double)make->one_in * A_PERSON * GROWTH);
}
