#include "forecast/scenario_sums.h"

#include <math.h>

enum { MONTHS_OF_A_QUARTER = 3 };

/* ---- the days on which numbers change ---- */

static void day_add(struct sums *sums, int32_t day)
{
    size_t at = 0;
    while (at < sums->day_count && sums->days[at] < day) {
        at++;
    }
    if ((at < sums->day_count && sums->days[at] == day) || sums->day_count == SCENARIO_DAYS_MAX) {
        return;
    }
    for (size_t i = sums->day_count; i > at; i--) {
        sums->days[i] = sums->days[i - 1];
    }
    sums->days[at] = day;
    sums->day_count++;
}

bool assumption_moves(const struct number_item *number)
{
    return number->kind == NUMBER_ASSUMED &&
           (number->assumption == ASSUMED_WALK || number->assumption == ASSUMED_CALIBRATED);
}

static bool any_moves(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->number_count; i++) {
        if (assumption_moves(&scenario->numbers[i])) {
            return true;
        }
    }
    return false;
}

static int32_t quarter_day(const struct scenario *scenario, size_t quarter)
{
    const date begins = scenario->about.begins;
    return date_days_between(
        begins, date_add_months(begins, MONTHS_OF_A_QUARTER * (int32_t)quarter, DATE_ROUND_DOWN));
}

static bool is_on(const struct sums *sums, uint32_t measure)
{
    return (sums->measures >> measure & 1) != 0;
}

static size_t quarter_of(const struct scenario *scenario, int32_t day)
{
    size_t quarter = 0;
    while (quarter + 1 < scenario->about.quarter_count &&
           quarter_day(scenario, quarter + 1) <= day) {
        quarter++;
    }
    return quarter;
}

static void days_find(struct sums *sums)
{
    const struct scenario *scenario = sums->scenario;
    day_add(sums, SCHEDULE_ALWAYS);
    for (size_t i = 1; i < scenario->about.quarter_count && any_moves(scenario); i++) {
        day_add(sums, quarter_day(scenario, i));
    }
    for (uint32_t i = 0; i < scenario->measure_count; i++) {
        if (is_on(sums, i)) {
            const int32_t day =
                date_days_between(scenario->about.begins, scenario->measures[i].from);
            day_add(sums, day > 0 ? day : SCHEDULE_ALWAYS);
        }
    }
    for (size_t i = 0; i < sums->day_count; i++) {
        sums->quarters[i] = quarter_of(scenario, sums->days[i]);
    }
}

/* ---- assumptions ---- */

/* Where the future stands among those of the calibration, as a normal variate. It moves by variates
 * that numbers of one calibration share, as the calibration says that they go together. */
static double place_of(const struct number_item *number, const struct draw_tables *tables,
                       uint64_t key, size_t quarter)
{
    double place = 0;
    for (size_t part = 0; part < number->mixed_count; part++) {
        struct draw draw = draw_begin(key, number->mixed[part].purpose);
        double z = draw_normal(tables, &draw);
        for (size_t i = 1; i <= quarter; i++) {
            const double keeps = calibrated_keeps(number, i);
            z = keeps * z + sqrt(1 - keeps * keeps) * draw_normal(tables, &draw);
        }
        place += number->mixed[part].weight * z;
    }
    return place;
}

double assumption_draw(const struct number_item *number, const struct draw_tables *tables,
                       uint64_t key, size_t quarter)
{
    struct draw draw = draw_begin(key, number->purpose);
    switch (number->assumption) {
    case ASSUMED_EXACTLY:
        return number->a;
    case ASSUMED_BETWEEN:
        return number->a + (number->b - number->a) * draw_unit(&draw);
    case ASSUMED_LOGNORMAL:
        return number->a * exp(number->b * draw_normal(tables, &draw));
    case ASSUMED_WALK: {
        double level = 0;
        for (size_t i = 0; i <= quarter; i++) {
            level = number->b * level + number->a * draw_normal(tables, &draw);
        }
        return exp(level);
    }
    case ASSUMED_CALIBRATED:
        return calibrated_value(number, quarter, place_of(number, tables, key, quarter));
    }
    ASSERT(false);
    return 0;
}

/* ---- numbers and sums ---- */

static const double *number_at(struct sums *sums, size_t day, uint32_t number);

/* Of one group. `changing` is the number that a measure changes, `before` its value without. */
static double sum_at(struct sums *sums, size_t day, uint32_t sum, uint32_t group, uint32_t changing,
                     double before)
{
    const struct sum_node *node = &sums->scenario->nodes[sum];
    if (node->kind == SUM_NUMBER) {
        return node->number;
    }
    if (node->kind == SUM_NAME) {
        return node->item == changing ? before : number_at(sums, day, node->item)[group];
    }
    const double left = sum_at(sums, day, node->left, group, changing, before);
    const double right = sum_at(sums, day, node->right, group, changing, before);
    switch (node->kind) {
    case SUM_PLUS:
        return left + right;
    case SUM_LESS:
        return left - right;
    case SUM_TIMES:
        return left * right;
    case SUM_OVER:
        return right == 0 ? 0 : left / right;
    case SUM_NUMBER:
    case SUM_NAME:
        break;
    }
    return 0;
}

static double without_measures(struct sums *sums, size_t day, uint32_t number, uint32_t group)
{
    const struct number_item *item = &sums->scenario->numbers[number];
    switch (item->kind) {
    case NUMBER_KNOWN:
        return item->known[item->known_count == 1 ? 0 : group];
    case NUMBER_ASSUMED:
        return assumption_draw(item, &sums->tables, sums->key, sums->quarters[day]);
    case NUMBER_DEFINED:
        return sum_at(sums, day, item->sum, group, NOT_FOUND_INDEX, 0);
    }
    return 0;
}

static double with_measures(struct sums *sums, size_t day, uint32_t number, uint32_t group)
{
    const struct scenario *scenario = sums->scenario;
    double value = without_measures(sums, day, number, group);
    for (size_t i = 0; i < scenario->change_count; i++) {
        const struct change *change = &scenario->changes[i];
        if (change->number != number || !is_on(sums, change->measure)) {
            continue;
        }
        const int32_t from =
            date_days_between(scenario->about.begins, scenario->measures[change->measure].from);
        if (from <= 0 || sums->days[day] >= from) {
            value = sum_at(sums, day, change->sum, group, number, value);
        }
    }
    return value;
}

static const double *number_at(struct sums *sums, size_t day, uint32_t number)
{
    static const double nothing[SCENARIO_GROUPS_MAX];
    double **place = &sums->numbers[day * sums->scenario->number_count + number];
    if (*place != NULL) {
        return *place;
    }
    const size_t group_count = sums->scenario->group_count;
    double *values = ARENA_NEW(sums->arena, double, group_count);
    if (values == NULL) {
        sums->full = true;
        return nothing;
    }
    for (uint32_t group = 0; group < group_count; group++) {
        values[group] = with_measures(sums, day, number, group);
    }
    *place = values;
    return values;
}

result sums_begin(const struct scenario *scenario, uint32_t measures, uint64_t seed,
                  uint64_t future, struct arena *arena, struct sums *ret_sums, struct err *err)
{
    *ret_sums = (struct sums){
        .scenario = scenario,
        .measures = measures,
        .key = draw_key(draw_mix(seed), future),
        .arena = arena,
    };
    draw_tables_make(&ret_sums->tables);
    days_find(ret_sums);
    ret_sums->numbers =
        ARENA_NEW(arena, double *, ret_sums->day_count * scenario->number_count + 1);
    return ret_sums->numbers == NULL ? arena_full(err) : result_ok();
}

double sums_first(struct sums *sums, uint32_t sum, uint32_t group)
{
    return sum_at(sums, 0, sum, group, NOT_FOUND_INDEX, 0);
}

/* ---- schedules ---- */

static bool schedules_equal(const struct schedule *a, const struct schedule *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->points[i].day != b->points[i].day || a->points[i].value != b->points[i].value) {
            return false;
        }
    }
    return true;
}

static double between(double value, double most)
{
    return value > most ? most : value > 0 ? value : 0;
}

static result schedule_of(struct sums *sums, uint32_t sum, uint32_t group, double most, double part,
                          struct schedule *ret_schedule, struct err *err)
{
    struct schedule_point *points = ARENA_NEW(sums->arena, struct schedule_point, sums->day_count);
    if (points == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t day = 0; day < sums->day_count; day++) {
        const double value =
            between(sum_at(sums, day, sum, group, NOT_FOUND_INDEX, 0), most) / part;
        if (count == 0 || value != points[count - 1].value) {
            points[count++] = (struct schedule_point){sums->days[day], value};
        }
    }
    *ret_schedule = (struct schedule){points, count};
    return result_ok();
}

static result schedules_divided(struct sums *sums, uint32_t sum, double most, double part,
                                struct schedules *ret_schedules, struct err *err)
{
    const size_t group_count = sums->scenario->group_count;
    struct schedule *schedules = ARENA_NEW(sums->arena, struct schedule, group_count);
    if (schedules == NULL) {
        return arena_full(err);
    }
    bool same = true;
    for (uint32_t group = 0; group < group_count; group++) {
        TRY(schedule_of(sums, sum, group, most, part, &schedules[group], err));
        same = same && schedules_equal(&schedules[0], &schedules[group]);
    }
    *ret_schedules = (struct schedules){schedules, same ? 1 : group_count};
    return sums->full ? arena_full(err) : result_ok();
}

result sums_schedules(struct sums *sums, uint32_t sum, double most, struct schedules *ret_schedules,
                      struct err *err)
{
    return schedules_divided(sums, sum, most, 1, ret_schedules, err);
}

result sums_schedules_of_people(struct sums *sums, uint32_t sum, double one_in,
                                struct schedules *ret_schedules, struct err *err)
{
    return schedules_divided(sums, sum, (double)INFINITY, one_in, ret_schedules, err);
}
