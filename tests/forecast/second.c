#include "second.h"

#include <math.h>
#include <string.h>

struct one {
    uint64_t key;
    uint32_t group;
    uint32_t family; /* a kind, or PROCEDURE_NONE */
    uint32_t people;
    uint32_t stage; /* PROCEDURE_NONE: gone */
    double since;
    uint32_t stay;
    double due; /* of the way taken by time */
    uint32_t due_way;
    uint64_t due_order;
    bool waits[PROCEDURE_WAYS_OF_STAGE_MAX];
    uint64_t came[PROCEDURE_WAYS_OF_STAGE_MAX]; /* order of coming to a line */
    /* Of judged ways. */
    uint64_t entered;                       /* order of coming to the stage */
    bool open[PROCEDURE_WAYS_OF_STAGE_MAX]; /* to them */
    double ready[PROCEDURE_WAYS_OF_STAGE_MAX];
    uint64_t ready_order[PROCEDURE_WAYS_OF_STAGE_MAX];
    uint64_t asked[PROCEDURE_WAYS_OF_STAGE_MAX];
};

struct coming {
    uint32_t arrivals;
    uint32_t group;
    bool families;
    uint64_t count;
    double at;
    uint64_t order;
};

struct all {
    const struct procedure *procedure;
    const struct draw_tables *tables;
    uint64_t key;
    struct one people[SECOND_PEOPLE_MAX];
    size_t people_count;
    struct coming coming[64];
    size_t coming_count;
    double allowance[SECOND_STATIONS_MAX];
    size_t held[PROCEDURE_WAYS_MAX];
    double quarter_begin;
    size_t quarter;
    uint64_t order;
    double now;
    struct second_outcome *outcome;
};

static double number(const struct schedules *schedules, uint32_t group, double at)
{
    const struct schedule *schedule = &schedules->of[schedules->count == 1 ? 0 : group];
    double value = 0;
    for (size_t i = 0; i < schedule->count; i++) {
        if (schedule->points[i].day <= at) {
            value = schedule->points[i].value;
        }
    }
    return value;
}

static double places(const struct all *all, size_t station)
{
    const struct schedules one = {&all->procedure->stations[station].places, 1};
    return number(&one, 0, all->now);
}

static size_t taken(const struct all *all, size_t station)
{
    size_t count = 0;
    for (size_t i = 0; i < all->people_count; i++) {
        const struct one *one = &all->people[i];
        if (one->stage != PROCEDURE_NONE && all->procedure->stages[one->stage].holds == station) {
            count += one->people;
        }
    }
    return count;
}

/* There are fewer places than people in the family, free or not. */
static bool is_too_large(const struct all *all, const struct one *one, size_t station)
{
    return all->procedure->stations[station].places.count > 0 && places(all, station) < one->people;
}

static bool nobody_waits(const struct all *all, size_t station)
{
    for (size_t i = 0; i < all->people_count; i++) {
        const struct one *one = &all->people[i];
        for (uint32_t w = 0; w < PROCEDURE_WAYS_OF_STAGE_MAX; w++) {
            if (one->stage != PROCEDURE_NONE && one->waits[w] &&
                all->procedure->stages[one->stage].ways[w].station == station) {
                return false;
            }
        }
    }
    return true;
}

static struct one *first_in_line(struct all *all, size_t station, uint32_t *ret_way)
{
    const bool newest = all->procedure->stations[station].order == STATION_NEWEST_FIRST;
    struct one *best = NULL;
    uint64_t best_came = 0;
    for (size_t i = 0; i < all->people_count; i++) {
        struct one *one = &all->people[i];
        if (one->stage == PROCEDURE_NONE) {
            continue;
        }
        const struct procedure_stage *stage = &all->procedure->stages[one->stage];
        for (uint32_t w = 0; w < stage->way_count; w++) {
            if (one->waits[w] && stage->ways[w].station == station &&
                !is_too_large(all, one, station) &&
                (best == NULL || (newest ? one->came[w] > best_came : one->came[w] < best_came))) {
                best = one;
                best_came = one->came[w];
                *ret_way = w;
            }
        }
    }
    return best;
}

static bool is_free(const struct all *all, size_t station, uint32_t people)
{
    const struct procedure_station *data = &all->procedure->stations[station];
    return (data->places.count == 0 ||
            (double)taken(all, station) + people <= places(all, station)) &&
           (data->allowance.count == 0 || all->allowance[station] >= 1);
}

static struct draw draw_for(const struct one *one, uint64_t purpose)
{
    return draw_begin(one->key, purpose + one->stay);
}

static double hazard_time(const struct all *all, const struct schedules *hazard, uint32_t group,
                          double amount)
{
    double at = all->now;
    double left = amount;
    while (at < 100000) {
        const double next = floor(at) + 1;
        const double value = number(hazard, group, at);
        if (left < value * (next - at)) {
            return at + left / value;
        }
        left -= value * (next - at);
        at = next;
    }
    return INFINITY;
}

static double due_of(const struct all *all, const struct one *one, const struct procedure_way *way,
                     struct draw *draw)
{
    if (way->kind == WAY_BY_HAZARD) {
        return hazard_time(all, &way->hazard, one->group, draw_exponential(all->tables, draw));
    }
    const double mean = number(&way->mean, one->group, all->now);
    for (int i = 0; i < 1000; i++) {
        const double at =
            one->since + mean * draw_factor(all->tables, draw, way->waiting, way->shape);
        if (at >= all->now) {
            return at;
        }
    }
    return all->now + draw_unit(draw);
}

static void enter(struct all *all, struct one *one, uint32_t stage_index, double since);

static void take_way(struct all *all, struct one *one, const struct procedure_way *way)
{
    const struct procedure_branch *branch = &way->branches[0];
    if (way->branch_count > 1) {
        double sum = 0;
        for (size_t i = 0; i < way->branch_count; i++) {
            sum += number(&way->branches[i].share, one->group, all->now);
        }
        struct draw draw = draw_for(one, draw_mix(draw_purpose(way->name.at, way->name.len)));
        const double part = draw_unit(&draw) * sum;
        double until = 0;
        for (size_t i = 0; i < way->branch_count && sum > 0; i++) {
            until += number(&way->branches[i].share, one->group, all->now);
            branch = &way->branches[i];
            if (part < until) {
                break;
            }
        }
    }
    struct second_trace *trace = &all->outcome->trace;
    trace->steps[trace->count++] =
        (struct second_step){one->key, branch->step, one->people, (int32_t)floor(all->now)};
    enter(all, one, branch->to, all->now);
}

static void serve_one(struct all *all, struct one *one, const struct procedure_way *way)
{
    const uint32_t station = way->station;
    if (all->procedure->stations[station].allowance.count > 0) {
        all->allowance[station] -= one->people;
    }
    all->outcome->served[station] += one->people;
    all->outcome->waited[station] += one->people * (all->now - one->since);
    take_way(all, one, way);
}

static void enter(struct all *all, struct one *one, uint32_t stage_index, double since)
{
    const struct procedure_stage *stage = &all->procedure->stages[stage_index];
    memset(one->waits, 0, sizeof one->waits);
    memset(one->open, 0, sizeof one->open);
    memset(one->asked, 0, sizeof one->asked);
    one->entered = all->order++;
    one->stage = stage_index;
    one->since = since;
    one->stay++;
    one->due = INFINITY;
    if (stage->outcome) {
        one->stage = PROCEDURE_NONE;
        all->outcome->ended += one->people;
        return;
    }
    for (uint32_t w = 0; w < stage->way_count; w++) {
        const struct procedure_way *way = &stage->ways[w];
        struct draw draw = draw_for(one, draw_purpose(way->name.at, way->name.len));
        if (way->open.count > 0 && draw_unit(&draw) >= number(&way->open, one->group, all->now)) {
            continue;
        }
        if (way->kind != WAY_WHEN_SERVED) {
            const double due = due_of(all, one, way, &draw);
            if (due < one->due) {
                one->due = due;
                one->due_way = w;
            }
            continue;
        }
        if (way->judged) {
            one->open[w] = true;
            one->ready[w] = INFINITY;
            continue;
        }
        if (is_free(all, way->station, one->people) && nobody_waits(all, way->station)) {
            serve_one(all, one, way);
            return;
        }
        one->waits[w] = true;
        one->came[w] = all->order++;
    }
    one->due_order = all->order++;
}

/* Everybody whose turn it is, station by station, until it is nobody's. */
static void serve_whom_possible(struct all *all)
{
    size_t s = 0;
    while (s < all->procedure->station_count) {
        uint32_t way;
        struct one *one;
        bool any = false;
        while ((one = first_in_line(all, s, &way)) != NULL && is_free(all, s, one->people)) {
            serve_one(all, one, &all->procedure->stages[one->stage].ways[way]);
            any = true;
        }
        s = any ? 0 : s + 1;
    }
}

/* ---- the law ---- */

enum procedure_clearance second_clearance(uint64_t key, uint32_t way, int32_t day)
{
    if (draw_key(key, way) % 6 == 0) {
        return NEVER_CLEARED;
    }
    const uint64_t weeks = (uint64_t)(day / 14);
    return draw_key(draw_key(key, way), weeks) % 3 == 0 ? NOT_CLEARED : CLEARED;
}

int32_t second_notice(uint32_t way, int32_t day)
{
    return day > 100 ? INT32_MAX : day + 3 + (int32_t)(way % 5);
}

static double ready_of(const struct all *all, const struct one *one,
                       const struct procedure_way *way, uint32_t index, uint64_t asked)
{
    const uint64_t purpose = draw_mix(draw_mix(draw_purpose(way->name.at, way->name.len)));
    double ready = all->now;
    for (uint32_t member = 0; member < one->people; member++) {
        const uint64_t key = one->people == 1 ? one->key : procedure_member_key(one->key, member);
        struct draw draw = draw_begin(draw_key(key, purpose + one->stay), asked);
        double own = all->now;
        for (size_t i = 0; i < way->approval_count; i++) {
            const double mean = number(&way->approving_mean, one->group, all->now);
            own += mean * draw_factor(all->tables, &draw, way->approving, way->approving_shape);
        }
        ready = own > ready ? own : ready;
    }
    if (way->with_notice) {
        const int32_t first = second_notice(index, (int32_t)all->now);
        ready = first == INT32_MAX ? INFINITY : ready > first ? ready : first;
    }
    return ready;
}

/* True when they are clear. */
static bool judge_one(struct all *all, struct one *one, uint32_t w, uint32_t index)
{
    const struct procedure_way *way = &all->procedure->stages[one->stage].ways[w];
    const bool clear = second_clearance(one->key, index, (int32_t)all->now) == CLEARED;
    if (!clear) {
        one->ready[w] = INFINITY;
    } else if (isinf(one->ready[w])) {
        one->ready[w] = ready_of(all, one, way, index, one->asked[w]++);
        one->ready_order[w] = all->order++;
    }
    one->waits[w] = one->ready[w] <= all->now;
    one->came[w] = all->order++;
    return clear;
}

static void judge_way(struct all *all, uint32_t stage, uint32_t w, uint32_t index)
{
    uint64_t after = 0;
    all->held[index] = 0;
    for (;;) {
        struct one *next = NULL;
        for (size_t i = 0; i < all->people_count; i++) {
            struct one *one = &all->people[i];
            if (one->stage == stage && one->open[w] && one->entered >= after &&
                (next == NULL || one->entered < next->entered)) {
                next = one;
            }
        }
        if (next == NULL) {
            return;
        }
        after = next->entered + 1;
        all->held[index] += judge_one(all, next, w, index) ? 0 : next->people;
    }
}

static void judge(struct all *all)
{
    uint32_t index = 0;
    for (uint32_t s = 0; s < all->procedure->stage_count; s++) {
        const struct procedure_stage *stage = &all->procedure->stages[s];
        for (uint32_t w = 0; w < stage->way_count; w++, index++) {
            if (stage->ways[w].judged) {
                judge_way(all, s, w, index);
            }
        }
    }
}

uint32_t second_people(const struct procedure *procedure, uint32_t family)
{
    return family == PROCEDURE_NONE
               ? 1
               : procedure->families[family].adults + procedure->families[family].children;
}

static struct one *new_one(struct all *all, uint32_t group, uint32_t family, uint64_t key)
{
    struct one *one = &all->people[all->people_count++];
    *one = (struct one){.key = key,
                        .group = group,
                        .family = family,
                        .people = second_people(all->procedure, family),
                        .stage = PROCEDURE_NONE};
    all->outcome->begun += one->people;
    return one;
}

static double family_unit(uint64_t key)
{
    struct draw draw = draw_begin(key, draw_purpose("family", 6));
    return draw_unit(&draw);
}

/* Of those alone, or of families, for each person who comes. */
static double part_of(const struct all *all, const struct coming *coming)
{
    const struct procedure *procedure = all->procedure;
    const double *families = procedure->arrivals[coming->arrivals].families;
    double part = coming->families ? 0 : 1;
    for (uint32_t i = 0; families != NULL && i < procedure->family_count; i++) {
        const double number = families[coming->group * procedure->family_count + i];
        part += coming->families ? number : -number * second_people(procedure, i);
    }
    return part;
}

static uint32_t family_of(const struct all *all, const struct coming *coming, uint64_t key)
{
    if (!coming->families) {
        return PROCEDURE_NONE;
    }
    const size_t count = all->procedure->family_count;
    const double *of_kind =
        &all->procedure->arrivals[coming->arrivals].families[coming->group * count];
    double until = 0;
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        const double part = family_unit(key) * part_of(all, coming);
        found = of_kind[i] > 0 && part >= until ? i : found;
        until += of_kind[i];
    }
    return found;
}

static uint64_t coming_key(const struct all *all, const struct coming *coming)
{
    const str arrivals = all->procedure->arrivals[coming->arrivals].name;
    const str group = all->procedure->groups[coming->group];
    const uint64_t key = draw_key(draw_key(all->key, draw_purpose(arrivals.at, arrivals.len)),
                                  draw_purpose(group.at, group.len));
    return coming->families ? draw_mix(key) : key;
}

static void next_coming(struct all *all, struct coming *coming)
{
    struct draw draw = draw_begin(coming_key(all, coming), 2 * coming->count);
    coming->at = hazard_time(all, &all->procedure->arrivals[coming->arrivals].rate, coming->group,
                             draw_exponential(all->tables, &draw) / part_of(all, coming));
    coming->order = all->order++;
}

static void somebody_comes(struct all *all, struct coming *coming)
{
    const struct procedure_arrivals *arrivals = &all->procedure->arrivals[coming->arrivals];
    struct draw draw = draw_begin(coming_key(all, coming), 2 * coming->count + 1);
    coming->count++;
    next_coming(all, coming);
    const struct schedules kept = {&arrivals->kept, 1};
    if (arrivals->kept.count > 0 && draw_unit(&draw) >= number(&kept, 0, all->now)) {
        return;
    }
    const uint64_t key = draw_bits(&draw);
    enter(all, new_one(all, coming->group, family_of(all, coming, key), key), arrivals->stage,
          all->now);
}

struct beginner {
    double since;
    uint64_t key;
    uint32_t stage;
    uint32_t group;
    uint32_t family;
    bool done;
};

/* A bag of all that may be drawn, those alone first: as many families of each kind as the rate
 * says, rounded by chance, then people alone until all are there. */
static size_t fill_bag(const struct all *all, const struct procedure_stock *stock, uint64_t key,
                       uint32_t *bag)
{
    uint32_t families[1000];
    size_t family_count = 0;
    int64_t left = stock->count;
    for (uint32_t i = 0; i < all->procedure->family_count && stock->families != NULL; i++) {
        struct draw draw = draw_begin(key, i);
        const double wanted = floor((double)stock->count * stock->families[i] + draw_unit(&draw));
        const uint32_t people = second_people(all->procedure, i);
        for (double n = 1; n <= wanted && left >= people; n++) {
            families[family_count++] = i;
            left -= people;
        }
    }
    size_t count = 0;
    while (left-- > 0) {
        bag[count++] = PROCEDURE_NONE;
    }
    for (size_t i = 0; i < family_count; i++) {
        bag[count++] = families[i];
    }
    return count;
}

static size_t begin_with(const struct all *all, const struct procedure_stock *stock,
                         struct beginner *beginners, size_t count)
{
    const str stage = all->procedure->stages[stock->stage].name;
    const str group = all->procedure->groups[stock->group];
    const uint64_t key = draw_key(draw_key(draw_mix(all->key), draw_purpose(stage.at, stage.len)),
                                  draw_purpose(group.at, group.len));
    uint64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        before += beginners[i].stage == stock->stage && beginners[i].group == stock->group;
    }
    uint32_t bag[1000];
    const size_t begun = fill_bag(all, stock, draw_key(draw_mix(key), before), bag);
    size_t left = begun;
    for (size_t j = 0; j < begun; j++) {
        const double part = ((double)j + 0.5) / (double)begun;
        struct beginner *beginner = &beginners[count++];
        *beginner = (struct beginner){
            .since = -(stock->waited_most + part * (stock->waited_least - stock->waited_most)),
            .key = draw_key(key, before + j),
            .stage = stock->stage,
            .group = stock->group,
        };
        const size_t drawn = (size_t)(family_unit(beginner->key) * (double)left--);
        beginner->family = bag[drawn];
        memmove(&bag[drawn], &bag[drawn + 1], (left - drawn) * sizeof *bag);
    }
    return count;
}

static void begin_stock(struct all *all)
{
    struct beginner beginners[1000];
    size_t count = 0;
    for (uint32_t i = 0; i < all->procedure->stock_count; i++) {
        count = begin_with(all, &all->procedure->stock[i], beginners, count);
    }
    for (size_t i = 0; i < count; i++) {
        size_t first = count;
        for (size_t j = 0; j < count; j++) {
            if (!beginners[j].done &&
                (first == count || beginners[j].since < beginners[first].since)) {
                first = j;
            }
        }
        beginners[first].done = true;
        enter(all,
              new_one(all, beginners[first].group, beginners[first].family, beginners[first].key),
              beginners[first].stage, beginners[first].since);
    }
}

/* Series of stages and steps only, of everybody; days are added up elsewhere. */
static void end_quarter(struct all *all, size_t trace_begin)
{
    const struct procedure *procedure = all->procedure;
    for (size_t i = 0; i < procedure->series_count; i++) {
        double sum = 0;
        for (size_t j = 0; j < procedure->series[i].term_count; j++) {
            const struct series_term *term = &procedure->series[i].terms[j];
            double value = 0;
            for (size_t p = 0; p < all->people_count && term->kind == TERM_STAGE; p++) {
                value += all->people[p].stage == term->index ? all->people[p].people : 0;
            }
            for (size_t p = 0; p < all->people_count && term->kind == TERM_IN_FAMILIES; p++) {
                const struct one *one = &all->people[p];
                value += one->stage == term->index && one->people > 1 ? one->people : 0;
            }
            for (size_t s = trace_begin; s < all->outcome->trace.count && term->kind == TERM_STEP;
                 s++) {
                const struct second_step *step = &all->outcome->trace.steps[s];
                value += step->step == term->index ? step->people : 0;
            }
            if (term->kind == TERM_TAKEN) {
                value = (double)taken(all, term->index);
            }
            if (term->kind == TERM_HELD_BY_LAW) {
                value = (double)all->held[term->index];
            }
            sum += term->weight * value;
        }
        all->outcome->values[i * procedure->quarter_count + all->quarter] = sum;
    }
    all->quarter++;
}

static void pass_time(struct all *all, double to)
{
    for (size_t p = 0; p < all->people_count; p++) {
        const struct one *one = &all->people[p];
        if (one->stage == PROCEDURE_NONE) {
            continue;
        }
        const struct procedure_stage *stage = &all->procedure->stages[one->stage];
        for (uint32_t w = 0; w < stage->way_count; w++) {
            if (one->waits[w]) {
                all->outcome->line_days[stage->ways[w].station] += one->people * (to - all->now);
            }
        }
    }
    all->now = to;
}

static void new_day(struct all *all)
{
    for (size_t i = 0; i < all->procedure->station_count; i++) {
        const struct schedules daily = {&all->procedure->stations[i].allowance, 1};
        if (daily.of->count > 0) {
            if (all->allowance[i] > 0) {
                all->allowance[i] -= floor(all->allowance[i]);
            }
            all->allowance[i] += number(&daily, 0, all->now);
        }
    }
}

static double quarter_end(const struct all *all, size_t quarter)
{
    const date begin = all->procedure->begin;
    return date_days_between(begin,
                             date_add_months(begin, 3 * ((int32_t)quarter + 1), DATE_ROUND_DOWN));
}

/* The next moment at which notice and approvals are over for somebody. */
static double next_ready(const struct all *all, size_t *ret_person, uint32_t *ret_way)
{
    double best = INFINITY;
    uint64_t best_order = 0;
    for (size_t i = 0; i < all->people_count; i++) {
        const struct one *one = &all->people[i];
        for (uint32_t w = 0; w < PROCEDURE_WAYS_OF_STAGE_MAX; w++) {
            if (one->stage != PROCEDURE_NONE && one->open[w] && !one->waits[w] &&
                (one->ready[w] < best ||
                 (one->ready[w] == best && !isinf(best) && one->ready_order[w] < best_order))) {
                best = one->ready[w];
                best_order = one->ready_order[w];
                *ret_person = i;
                *ret_way = w;
            }
        }
    }
    return best;
}

/* The next moment at which somebody's time is up or somebody comes; the earlier put goes first. */
static double next_time(const struct all *all, size_t *ret_person, size_t *ret_coming)
{
    double best = INFINITY;
    uint64_t best_order = 0;
    *ret_person = *ret_coming = SIZE_MAX;
    for (size_t i = 0; i < all->people_count; i++) {
        const struct one *one = &all->people[i];
        if (one->stage != PROCEDURE_NONE && !isinf(one->due) &&
            (one->due < best || (one->due == best && one->due_order < best_order))) {
            best = one->due;
            best_order = one->due_order;
            *ret_person = i;
        }
    }
    for (size_t i = 0; i < all->coming_count; i++) {
        const struct coming *coming = &all->coming[i];
        if (coming->at < best || (coming->at == best && coming->order < best_order)) {
            best = coming->at;
            best_order = coming->order;
            *ret_coming = i;
            *ret_person = SIZE_MAX;
        }
    }
    return best;
}

static void begin(struct all *all)
{
    const struct procedure *procedure = all->procedure;
    for (uint32_t i = 0; i < procedure->arrivals_count; i++) {
        for (uint32_t g = 0; g < procedure->group_count; g++) {
            for (int families = 0; families < 2; families++) {
                struct coming *coming = &all->coming[all->coming_count];
                *coming = (struct coming){.arrivals = i, .group = g, .families = families == 1};
                if (part_of(all, coming) > 0) {
                    next_coming(all, coming);
                    all->coming_count++;
                }
            }
        }
    }
    begin_stock(all);
    serve_whom_possible(all);
}

void second_run(const struct procedure *procedure, const struct draw_tables *tables, uint64_t seed,
                uint64_t future, struct second_outcome *outcome)
{
    static struct all all;
    memset(&all, 0, sizeof all);
    memset(outcome, 0, sizeof *outcome);
    all.procedure = procedure;
    all.tables = tables;
    all.key = draw_key(draw_mix(seed), future);
    all.outcome = outcome;
    begin(&all);
    size_t trace_begin = 0;
    double day = 0;
    double judging = 0;
    while (all.quarter < procedure->quarter_count) {
        size_t person;
        size_t coming;
        size_t ready_person = 0;
        uint32_t ready_way = 0;
        const double moment = next_time(&all, &person, &coming);
        const double ready = next_ready(&all, &ready_person, &ready_way);
        const double end = quarter_end(&all, all.quarter);
        if (end <= moment && end <= day && end <= ready) {
            pass_time(&all, end);
            end_quarter(&all, trace_begin);
            trace_begin = outcome->trace.count;
        } else if (ready <= moment && ready <= day) {
            pass_time(&all, ready);
            serve_whom_possible(&all);
            all.people[ready_person].waits[ready_way] = true;
            all.people[ready_person].came[ready_way] = all.order++;
        } else if (day <= moment) {
            /* What holds from this day on holds before its allowance is given out; it is judged
             * before too, but on the first day. */
            pass_time(&all, day);
            serve_whom_possible(&all);
            if (day > 0 && day == judging) {
                judge(&all);
                serve_whom_possible(&all);
            }
            new_day(&all);
            serve_whom_possible(&all);
            if (day == 0) {
                judge(&all);
            }
            judging += day == judging ? procedure->law->days_between : 0;
            day += 1;
        } else {
            pass_time(&all, moment);
            if (person != SIZE_MAX) {
                struct one *one = &all.people[person];
                take_way(&all, one, &procedure->stages[one->stage].ways[one->due_way]);
            } else {
                somebody_comes(&all, &all.coming[coming]);
            }
        }
        serve_whom_possible(&all);
    }
}
