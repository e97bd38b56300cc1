#include "forecast/procedure.h"

#include "forecast/procedure_count.h"
#include "forecast/wheel.h"

#include <math.h>
#include <string.h>

enum {
    PEOPLE_FIRST = 1024,
    MOVES_WITHOUT_TIME_MAX = 1000,
    EVENTS_AT_ONE_TIME_MAX = 4 * PROCEDURE_PEOPLE_MAX,
    LATER_WAITS_TRIED = 1000,
    CANDIDATES_AHEAD = 16, /* are fetched, for they lie anywhere in memory */
    NO_WAY = 255,          /* in an event: not a person's */
    TICKET_BITS = 24,
};

/* What an event is about when it is not about a person. */
enum occasion { OCCASION_QUARTER, OCCASION_DAY, OCCASION_PLACES, OCCASION_JUDGE, OCCASION_ARRIVAL };

#define NOBODY UINT32_MAX

/* Somebody in a stage with a judged way. */
struct candidate {
    struct station_entry entry;
    double ready; /* when notice and approvals are over; INFINITY: it is not asked for them */
    uint32_t seat;
    uint16_t asked; /* how often */
    bool in_line;   /* they were clear when last judged, and ready */
    uint8_t people;
};

struct way {
    enum procedure_way_kind kind;
    enum distribution_kind waiting;
    bool judged;
    bool sometimes_open; /* for a share of the stays */
    bool draws;          /* something, when a stay begins */
    bool gives_place;    /* whoever is served has one from then on */
    uint8_t bit;         /* among the ways of its stage */
    uint8_t index;       /* among all */
    uint8_t stage;
    uint32_t station;
    uint32_t last_branch;
    const struct procedure_branch *branches;
    uint64_t purpose;        /* of being open and of the wait */
    uint64_t branch_purpose; /* of the branch */
    uint64_t approving_purpose;
    double shape;
    struct quantity mean;
    struct quantity hazard;
    struct quantity open;
    struct quantity approving_mean;
    const struct procedure_way *data;
    /* Sums of the shares, where they are constant, by group or of everybody; NULL: of the day. */
    const double *until;
    size_t until_of_group; /* from one group's to the next */
    /* Of a judged way: everybody in the stage of whom it is to be asked, by the order of coming,
     * with holes. */
    struct candidate *candidates;
    size_t candidate_count;
    size_t candidate_capacity;
};

struct stage {
    struct way *ways;
    uint32_t way_count;
    uint32_t holds;
    bool outcome;
};

/* Of those who come alone, or in families, of one group. */
struct source {
    uint32_t arrivals;
    uint32_t group;
    uint64_t key;
    uint64_t count;
    double part;               /* comings for each person who comes */
    families_a_person of_kind; /* NULL: alone */
};

struct run {
    const struct procedure *procedure;
    const struct draw_tables *tables;
    uint64_t key; /* of the future */
    struct arena arena;
    struct wheel wheel;
    struct station *stations;
    uint64_t to_serve; /* bits: stations that may serve somebody */
    struct stage stages[PROCEDURE_STAGES_MAX];
    struct way *ways; /* of all stages, in their order */
    size_t way_count;
    struct source *sources;
    size_t source_count;
    struct procedure_person *people;
    uint32_t people_count;
    uint32_t people_capacity;
    uint32_t free_first;                 /* whose number may be used again; linked through `key` */
    struct procedure_candidate *judging; /* room for a batch */
    enum procedure_clearance *judging_answers;
    size_t judging_capacity;
    uint64_t event_count;
    struct procedure_counts counts;
    result fault;
    struct err *err;
};

static void fail(struct run *run, result fault)
{
    if (run->fault.ok) {
        run->fault = fault;
    }
}

/* ---- what is given, made quick to ask ---- */

static struct way way_of(const struct procedure *procedure, size_t stage, size_t bit, size_t index)
{
    const struct procedure_way *data = &procedure->stages[stage].ways[bit];
    const uint64_t purpose = draw_purpose(data->name.at, data->name.len);
    const bool is_served = data->kind == WAY_WHEN_SERVED;
    struct way way = {
        .kind = data->kind,
        .waiting = data->waiting,
        .judged = data->judged && procedure->law != NULL,
        .sometimes_open = data->open.count > 0,
        .draws = data->open.count > 0 || !is_served,
        .gives_place = is_served && procedure->stations[data->station].places.count > 0,
        .bit = (uint8_t)bit,
        .index = (uint8_t)index,
        .stage = (uint8_t)stage,
        .station = data->station,
        .last_branch = (uint32_t)data->branch_count - 1,
        .branches = data->branches,
        .purpose = purpose,
        .branch_purpose = draw_mix(purpose),
        .approving_purpose = draw_mix(draw_mix(purpose)),
        .shape = data->shape,
        .mean = quantity_of(&data->mean),
        .hazard = quantity_of(&data->hazard),
        .open = quantity_of(&data->open),
        .approving_mean = quantity_of(&data->approving_mean),
        .data = data,
    };
    return way;
}

/* Are the shares of a way the same on all days, for everybody (1) or in each group (2)? 0: no. */
static size_t branches_constant(const struct procedure_way *data)
{
    size_t constant = 1;
    for (size_t i = 0; i < data->branch_count && constant > 0; i++) {
        const struct schedules *share = &data->branches[i].share;
        for (size_t j = 0; j < share->count; j++) {
            if (!schedule_is_constant(&share->of[j])) {
                return 0;
            }
        }
        constant = share->count > 1 ? 2 : constant;
    }
    return constant;
}

static result sum_branches(struct run *run, struct way *way, struct err *err)
{
    const struct procedure_way *data = way->data;
    const size_t constant = branches_constant(data);
    if (constant == 0 || data->branch_count == 1) {
        return result_ok();
    }
    const size_t groups = constant == 1 ? 1 : run->procedure->group_count;
    double *until = ARENA_NEW(&run->arena, double, groups * data->branch_count);
    if (until == NULL) {
        return arena_full(err);
    }
    for (uint32_t group = 0; group < groups; group++) {
        double sum = 0;
        for (size_t i = 0; i < data->branch_count; i++) {
            sum += schedule_at(schedules_of(&data->branches[i].share, group), 0);
            until[group * data->branch_count + i] = sum;
        }
    }
    way->until = until;
    way->until_of_group = constant == 1 ? 0 : data->branch_count;
    return result_ok();
}

static result compile(struct run *run, struct err *err)
{
    const struct procedure *procedure = run->procedure;
    for (size_t i = 0; i < procedure->stage_count; i++) {
        run->way_count += procedure->stages[i].way_count;
    }
    run->ways = ARENA_NEW(&run->arena, struct way, run->way_count + 1);
    if (run->ways == NULL) {
        return arena_full(err);
    }
    size_t index = 0;
    for (size_t i = 0; i < procedure->stage_count; i++) {
        const struct procedure_stage *stage = &procedure->stages[i];
        run->stages[i] = (struct stage){&run->ways[index], (uint32_t)stage->way_count, stage->holds,
                                        stage->outcome};
        for (size_t j = 0; j < stage->way_count; j++, index++) {
            run->ways[index] = way_of(procedure, i, j, index);
            TRY(sum_branches(run, &run->ways[index], err));
        }
    }
    return result_ok();
}

/* ---- people ---- */

/* None lies across two lines of the processor's cache. */
static struct procedure_person *people_room(struct run *run, size_t count)
{
    return arena_take(&run->arena, count, sizeof(struct procedure_person), 64);
}

static uint32_t people_in(const struct run *run, const struct procedure_person *person)
{
    return run->counts.people_of[person->kind];
}

static uint32_t person_new(struct run *run, uint32_t group, uint32_t kind, uint64_t key)
{
    uint32_t who = run->free_first;
    if (who != NOBODY) {
        run->free_first = (uint32_t)run->people[who].key;
    } else {
        if (run->people_count == run->people_capacity) {
            const uint32_t capacity = 2 * run->people_capacity;
            struct procedure_person *people = people_room(run, capacity);
            if (people == NULL) {
                fail(run, arena_full(run->err));
                return NOBODY;
            }
            memcpy(people, run->people, run->people_count * sizeof *people);
            run->people = people;
            run->people_capacity = capacity;
        }
        who = run->people_count++;
    }
    struct procedure_person *person = &run->people[who];
    person->key = key;
    person->group = (uint16_t)group;
    person->kind = (uint8_t)kind;
    person->stay = 0;
    person->in_line = 0;
    run->counts.begun += people_in(run, person);
    return who;
}

static void person_end(struct run *run, uint32_t who)
{
    struct procedure_person *person = &run->people[who];
    person->ticket++;
    person->stage = PROCEDURE_PERSON_GONE;
    person->key = run->free_first;
    run->free_first = who;
    run->counts.ended += people_in(run, person);
}

/* ---- stays ---- */

static uint32_t ticket_and_way(const struct procedure_person *person, const struct way *way)
{
    return person->ticket << 8 | way->index;
}

static bool ticket_is_good(const struct procedure_person *person, uint32_t ticket_and_way)
{
    return (person->ticket << 8 ^ ticket_and_way) >> 8 == 0;
}

static struct procedure_who who_is(const struct procedure_person *person, uint32_t number)
{
    return (struct procedure_who){person->key, number, person->seat, person->group,
                                  person->kind == PROCEDURE_ALONE ? PROCEDURE_NONE
                                                                  : person->kind - 1U};
}

static struct draw draw_of(const struct procedure_person *person, uint64_t purpose)
{
    return draw_begin(person->key, purpose + person->stay);
}

/* How long the wait lasts from `now` on, when it began at `since` and is not over yet. */
static double wait_left(const struct run *run, const struct way *way, double mean,
                        struct draw *draw, double since, double now)
{
    for (int i = 0; i < LATER_WAITS_TRIED; i++) {
        const double until =
            since + mean * draw_factor(run->tables, draw, way->waiting, way->shape);
        if (until >= now) {
            return until - now;
        }
    }
    return draw_unit(draw); /* overdue by all experience: on the first day */
}

/* When the way is taken, if nothing else is before; INFINITY if it is not by time. */
static double due_time(const struct run *run, const struct procedure_person *person,
                       const struct way *way, struct draw *draw, double now)
{
    switch (way->kind) {
    case WAY_AFTER_WAIT:
        return now + wait_left(run, way, quantity_at(&way->mean, person->group, now), draw,
                               person->since, now);
    case WAY_BY_HAZARD:
        return quantity_reach(&way->hazard, person->group, now,
                              draw_exponential(run->tables, draw));
    case WAY_WHEN_SERVED:
        break;
    }
    return (double)INFINITY;
}

static void candidate_add(struct run *run, struct way *way, struct station_entry entry,
                          const struct procedure_person *person)
{
    if (way->candidate_count == way->candidate_capacity) {
        const size_t capacity = way->candidate_capacity * 2 + PEOPLE_FIRST;
        struct candidate *candidates = ARENA_NEW(&run->arena, struct candidate, capacity);
        if (candidates == NULL) {
            fail(run, arena_full(run->err));
            return;
        }
        if (way->candidate_count > 0) {
            memcpy(candidates, way->candidates, way->candidate_count * sizeof *candidates);
        }
        way->candidates = candidates;
        way->candidate_capacity = capacity;
    }
    way->candidates[way->candidate_count++] =
        (struct candidate){.entry = entry,
                           .ready = (double)INFINITY,
                           .seat = person->seat,
                           .people = (uint8_t)people_in(run, person)};
}

/* Of a way that is open to some alone everybody is kept: who is held by the law is counted by them.
 */
static bool is_to_be_judged(const struct way *way, const struct procedure_person *person)
{
    return way->sometimes_open || (person->seat & PROCEDURE_NEVER_CLEARED) == 0;
}

/* Served at once if nobody stands before them, else in line. */
static bool served_at_once(struct run *run, uint32_t who, struct way *way, double now)
{
    struct procedure_person *person = &run->people[who];
    struct station *station = &run->stations[way->station];
    const struct station_entry entry = {person->since, who, ticket_and_way(person, way)};
    const uint32_t people = people_in(run, person);
    if (way->judged) {
        if (is_to_be_judged(way, person)) {
            candidate_add(run, way, entry, person);
        }
        return false;
    }
    if (station->waiting == 0 && station_has_room(station, people)) {
        station_serve(station, people, now, person->since);
        return true;
    }
    station_wait(station, people, now, entry);
    person->in_line |= (uint16_t)(1U << way->bit);
    if (station_has_room(station, people)) { /* those before them may be too many for it at all */
        run->to_serve |= UINT64_C(1) << way->station;
    }
    return false;
}

/* Is the way open to the person in this stay? */
static bool is_open(const struct way *way, uint32_t group, struct draw *draw, double now)
{
    return !way->sometimes_open || draw_unit(draw) < quantity_at(&way->open, group, now);
}

/* Enters a stage, where the person has been since then. Gives the way that is taken at once, or
 * NULL. */
static struct way *stay_begin(struct run *run, uint32_t who, uint32_t stage_index, double since,
                              double now)
{
    struct procedure_person *person = &run->people[who];
    const struct stage *stage = &run->stages[stage_index];
    if (stage->outcome) {
        person_end(run, who);
        return NULL;
    }
    person->stage = (uint8_t)stage_index;
    person->ticket++;
    person->stay++;
    person->since = since;
    procedure_count_enter(&run->counts, stage_index, person, now);
    double due = (double)INFINITY;
    const struct way *due_way = NULL;
    for (struct way *way = stage->ways; way < stage->ways + stage->way_count; way++) {
        struct draw draw = way->draws ? draw_of(person, way->purpose) : (struct draw){0};
        if (!is_open(way, person->group, &draw, now)) {
            continue;
        }
        if (way->kind == WAY_WHEN_SERVED) {
            if (served_at_once(run, who, way, now)) {
                return way;
            }
            continue;
        }
        const double at = due_time(run, person, way, &draw, now);
        if (at < due) {
            due = at;
            due_way = way;
        }
    }
    if (due_way != NULL) {
        wheel_put(&run->wheel, (struct wheel_event){due, who, ticket_and_way(person, due_way)});
    }
    return NULL;
}

/* A family that there was no room for was waited for by those behind it. */
static void leave_lines(struct run *run, struct procedure_person *person, double now)
{
    const struct stage *stage = &run->stages[person->stage];
    const uint32_t people = people_in(run, person);
    while (person->in_line != 0) {
        const int bit = __builtin_ctz(person->in_line);
        const uint32_t station = stage->ways[bit].station;
        person->in_line &= (uint16_t)(person->in_line - 1);
        station_gone(&run->stations[station], people, now);
        run->to_serve |= people > 1 ? UINT64_C(1) << station : 0;
    }
}

static void give_back(struct run *run, uint32_t station, uint32_t people, double now)
{
    station_give_back(&run->stations[station], people, now);
    run->to_serve |= UINT64_C(1) << station;
}

/* Places change hands: `gained` is the station that has just served the person, or none. */
static void pass_places(struct run *run, uint32_t held, uint32_t gained, uint32_t next,
                        uint32_t people, double now)
{
    if (held != PROCEDURE_NONE && held != next) {
        give_back(run, held, people, now);
    }
    if (gained != PROCEDURE_NONE && (gained != next || held == next)) {
        give_back(run, gained, people, now);
    }
    ASSERT(next == PROCEDURE_NONE || next == held || next == gained);
}

static const struct procedure_branch *branch_by(const struct way *way, const double *until,
                                                struct draw *draw)
{
    const double unit = draw_unit(draw) * until[way->last_branch];
    uint32_t i = 0;
    while (i < way->last_branch && unit >= until[i] && until[way->last_branch] > 0) {
        i++;
    }
    return &way->branches[i];
}

/* By the shares of that day. Apart, because what it takes on the stack costs every way. */
static __attribute__((noinline)) const struct procedure_branch *
branch_of_day(const struct way *way, uint32_t group, double now, struct draw *draw)
{
    const struct procedure_way *data = way->data;
    double until[PROCEDURE_BRANCHES_MAX];
    double sum = 0;
    for (size_t i = 0; i < data->branch_count; i++) {
        sum += schedule_at(schedules_of(&data->branches[i].share, group), now);
        until[i] = sum;
    }
    return branch_by(way, until, draw);
}

static const struct procedure_branch *branch_of(const struct procedure_person *person,
                                                const struct way *way, double now)
{
    if (way->last_branch == 0) {
        return way->branches;
    }
    struct draw draw = draw_of(person, way->branch_purpose);
    return way->until != NULL
               ? branch_by(way, &way->until[way->until_of_group * person->group], &draw)
               : branch_of_day(way, person->group, now, &draw);
}

/* Leaves the stage by this way. Gives the stage that follows. */
static uint32_t stay_end(struct run *run, uint32_t who, const struct way *way, double now)
{
    const struct procedure_law *law = run->procedure->law;
    struct procedure_person *person = &run->people[who];
    const struct procedure_branch *branch = branch_of(person, way, now);
    const uint32_t people = people_in(run, person);
    leave_lines(run, person, now);
    procedure_count_leave(&run->counts, person->stage, person, now);
    procedure_count_step(&run->counts, branch->step, person->group, people);
    pass_places(run, run->stages[person->stage].holds,
                way->gives_place ? way->station : PROCEDURE_NONE, run->stages[branch->to].holds,
                people, now);
    if (law != NULL) {
        const struct procedure_who is = who_is(person, who);
        person->seat = law->step(law->context, &is, person->stage, branch->step, branch->to,
                                 (int32_t)floor(now));
    }
    return branch->to;
}

/* Leaves the stage by this way, or comes into this one (the way is NULL) and has been there since
 * then; and on from stage to stage, as far as no time passes. */
static void go(struct run *run, uint32_t who, struct way *way, uint32_t stage, double since,
               double now)
{
    for (int i = 0; i < MOVES_WITHOUT_TIME_MAX; i++) {
        if (way != NULL) {
            stage = stay_end(run, who, way, now);
        }
        way = stay_begin(run, who, stage, since, now);
        if (way == NULL) {
            return;
        }
        since = now;
    }
    const str name = way->data->name;
    fail(run,
         err_set(run->err, ERROR_INPUT,
                 "The way \"%.*s\" leads round and round without time passing", STR_ARG(name)));
}

/* Who is to be served next but a few, as a rule; fetched as in run_events. */
static const struct procedure_person *person_in_line(const struct run *run,
                                                     const struct station *station)
{
    enum { PLACES_AHEAD = 4 };
    const uint32_t place = station->line_head + PLACES_AHEAD;
    const uint32_t who = station->line[place & station->line_mask].who;
    return &run->people[who < run->people_count ? who : 0];
}

/* Whose turn it is. False: nobody's, or that of a family for which there is no room yet. Who is
 * taken from behind a family that is too large for the station leaves a hole. */
static bool next_in_line(const struct run *run, struct station *station,
                         struct station_entry *ret_entry)
{
    uint32_t behind = 0;
    while (station_entry_at(station, behind, ret_entry)) {
        __builtin_prefetch(person_in_line(run, station));
        const struct procedure_person *person = &run->people[ret_entry->who];
        const uint32_t people = people_in(run, person);
        const bool is_there = ticket_is_good(person, ret_entry->ticket);
        const bool is_too_large = is_there && people > station->most;
        if (is_there && !is_too_large && !station_has_room(station, people)) {
            return false;
        }
        if (!is_too_large && behind == 0) {
            station_drop_head(station);
        } else {
            behind++;
        }
        if (is_there && !is_too_large) {
            return true;
        }
    }
    return false;
}

static void serve(struct run *run, uint32_t index, double now)
{
    struct station *station = &run->stations[index];
    struct station_entry entry;
    while (station_has_room(station, 1) && run->fault.ok && next_in_line(run, station, &entry)) {
        struct procedure_person *person = &run->people[entry.who];
        struct way *way = &run->ways[entry.ticket & 0xFF];
        const uint32_t people = people_in(run, person);
        station_gone(station, people, now);
        person->in_line &= (uint16_t) ~(1U << way->bit);
        station_serve(station, people, now, entry.since);
        go(run, entry.who, way, PROCEDURE_NONE, now, now);
    }
}

static void serve_all(struct run *run, double now)
{
    while (run->to_serve != 0 && run->fault.ok) {
        const int station = __builtin_ctzll(run->to_serve);
        run->to_serve &= run->to_serve - 1;
        serve(run, (uint32_t)station, now);
    }
}

/* ---- occasions ---- */

static void put_occasion(struct run *run, enum occasion occasion, uint32_t index, double at)
{
    wheel_put(&run->wheel,
              (struct wheel_event){at, index, (uint32_t)occasion << 8 | (uint32_t)NO_WAY});
}

static void begin_life(struct run *run, uint32_t who, uint32_t stage, double since, double now)
{
    const struct procedure *procedure = run->procedure;
    if (procedure->law != NULL) {
        struct procedure_person *person = &run->people[who];
        const struct procedure_who is = who_is(person, who);
        person->seat =
            procedure->law->begin(procedure->law->context, &is, stage, (int32_t)floor(since));
    }
    const uint32_t holds = procedure->stages[stage].holds;
    if (holds != PROCEDURE_NONE) {
        station_take(&run->stations[holds], people_in(run, &run->people[who]), now);
    }
    go(run, who, NULL, stage, since, now);
}

static void put_arrival(struct run *run, uint32_t index, double from)
{
    struct source *source = &run->sources[index];
    const struct procedure_arrivals *arrivals = &run->procedure->arrivals[source->arrivals];
    struct draw draw = draw_begin(source->key, 2 * source->count);
    const double at = schedule_reach(schedules_of(&arrivals->rate, source->group), from,
                                     draw_exponential(run->tables, &draw) / source->part);
    put_occasion(run, OCCASION_ARRIVAL, index, at);
}

/* The kind of a family, of so many of each kind, `sum` together. */
static uint32_t kind_of(const double *of_kind, size_t kind_count, double sum, uint64_t key)
{
    struct draw draw = draw_begin(key, draw_purpose("family", strlen("family")));
    double left = draw_unit(&draw) * sum;
    uint32_t last = 0;
    for (uint32_t i = 0; i < kind_count; i++) {
        if (of_kind[i] > 0) {
            last = i;
            if (left < of_kind[i]) {
                break;
            }
        }
        left -= of_kind[i];
    }
    return last;
}

static void arrive(struct run *run, uint32_t index, double now)
{
    struct source *source = &run->sources[index];
    const struct procedure_arrivals *arrivals = &run->procedure->arrivals[source->arrivals];
    struct draw draw = draw_begin(source->key, 2 * source->count + 1);
    source->count++;
    put_arrival(run, index, now);
    if (arrivals->kept.count > 0 && draw_unit(&draw) >= schedule_at(&arrivals->kept, now)) {
        return;
    }
    const uint64_t key = draw_bits(&draw);
    const uint32_t kind =
        source->of_kind == NULL
            ? PROCEDURE_ALONE
            : 1 + kind_of(source->of_kind, run->procedure->family_count, source->part, key);
    const uint32_t who = person_new(run, source->group, kind, key);
    if (who != NOBODY) {
        procedure_count_arrival(&run->counts, source->arrivals, source->group,
                                people_in(run, &run->people[who]));
        begin_life(run, who, arrivals->stage, now, now);
    }
}

static void new_day(struct run *run, double now)
{
    for (size_t i = 0; i < run->procedure->station_count; i++) {
        struct station *station = &run->stations[i];
        if (station->has_allowance) {
            station_new_day(station, schedule_at(&run->procedure->stations[i].allowance, now));
            run->to_serve |= UINT64_C(1) << i;
        }
    }
    put_occasion(run, OCCASION_DAY, 0, now + 1);
}

static void change_places(struct run *run, uint32_t index, double now)
{
    station_set_places(&run->stations[index],
                       schedule_at(&run->procedure->stations[index].places, now));
    run->to_serve |= UINT64_C(1) << index;
}

static bool judging_reserve(struct run *run, size_t count)
{
    if (count <= run->judging_capacity) {
        return true;
    }
    run->judging_capacity = 2 * count;
    run->judging = ARENA_NEW(&run->arena, struct procedure_candidate, run->judging_capacity);
    run->judging_answers = ARENA_NEW(&run->arena, enum procedure_clearance, run->judging_capacity);
    if (run->judging == NULL || run->judging_answers == NULL) {
        fail(run, arena_full(run->err));
        return false;
    }
    return true;
}

/* The one of whom it will be asked soon; fetched as in run_events. */
static const struct procedure_person *candidate_ahead(const struct run *run, const struct way *way,
                                                      size_t index)
{
    const size_t last = way->candidate_count - 1;
    const size_t later = index + CANDIDATES_AHEAD < last ? index + CANDIDATES_AHEAD : last;
    return &run->people[way->candidates[later].entry.who];
}

/* Who is still in the stage, in the order of coming; the others are dropped. */
static void candidates_left(struct run *run, struct way *way)
{
    size_t count = 0;
    for (size_t i = 0; i < way->candidate_count; i++) {
        __builtin_prefetch(candidate_ahead(run, way, i));
        const struct candidate candidate = way->candidates[i];
        if (ticket_is_good(&run->people[candidate.entry.who], candidate.entry.ticket)) {
            run->judging[count] = (struct procedure_candidate){candidate.entry.who, candidate.seat};
            way->candidates[count++] = candidate;
        }
    }
    way->candidate_count = count;
}

/* When somebody of that key has all approvals. */
static double approved_time(const struct run *run, const struct way *way,
                            const struct candidate *candidate, uint64_t key, double now)
{
    const struct procedure_way *data = way->data;
    const struct procedure_person *person = &run->people[candidate->entry.who];
    struct draw draw =
        draw_begin(draw_key(key, way->approving_purpose + person->stay), candidate->asked);
    double approved = now;
    for (size_t i = 0; i < data->approval_count; i++) {
        approved += quantity_at(&way->approving_mean, person->group, now) *
                    draw_factor(run->tables, &draw, data->approving, data->approving_shape);
    }
    return approved;
}

/* When notice and approvals are over, if it is asked now; of a family, for the last of them. */
static double ready_time(const struct run *run, const struct way *way,
                         const struct candidate *candidate, double now)
{
    const struct procedure_law *law = run->procedure->law;
    const struct procedure_way *data = way->data;
    const struct procedure_person *person = &run->people[candidate->entry.who];
    const uint32_t people = candidate->people;
    double approved = people == 1 ? approved_time(run, way, candidate, person->key, now) : now;
    for (uint32_t i = 0; people > 1 && i < people; i++) {
        const uint64_t key = procedure_member_key(person->key, i);
        approved = fmax(approved, approved_time(run, way, candidate, key, now));
    }
    if (!data->with_notice) {
        return approved;
    }
    const int32_t first = law->notice(law->context, way->index, (int32_t)floor(now));
    return first == INT32_MAX ? (double)INFINITY : fmax(approved, (double)first);
}

/* It is asked for whoever is clear, unless it is already; and no longer for who is not. */
static void ask_for(struct run *run, const struct way *way, struct candidate *candidate,
                    bool is_clear, double now)
{
    if (!is_clear) {
        candidate->ready = (double)INFINITY;
        return;
    }
    if (!isinf(candidate->ready)) {
        return;
    }
    candidate->ready = ready_time(run, way, candidate, now);
    candidate->asked++;
    if (candidate->ready > now && !isinf(candidate->ready)) {
        wheel_put(&run->wheel, (struct wheel_event){candidate->ready, candidate->entry.who,
                                                    candidate->entry.ticket});
    }
}

static void stand_in_line(struct run *run, const struct way *way, struct candidate *candidate,
                          bool in_line)
{
    if (candidate->in_line != in_line) {
        candidate->in_line = in_line;
        run->people[candidate->entry.who].in_line ^= (uint16_t)(1U << way->bit);
    }
}

/* Who is clear and ready stands in line again, in the order of coming; who never will be clear is
 * forgotten here, but not where the way is open to some alone: who is held by the law is counted by
 * them. */
static void line_up_clear(struct run *run, struct way *way, size_t count, double now)
{
    struct station *station = &run->stations[way->station];
    uint64_t asked = 0;
    uint64_t clear = 0;
    way->candidate_count = 0;
    station_clear(station, now);
    for (size_t i = 0; i < count; i++) {
        struct candidate candidate = way->candidates[i];
        const bool is_clear = run->judging_answers[i] == CLEARED;
        ask_for(run, way, &candidate, is_clear, now);
        stand_in_line(run, way, &candidate, candidate.ready <= now);
        if (candidate.in_line) {
            station_wait(station, candidate.people, now, candidate.entry);
        }
        if (way->sometimes_open || run->judging_answers[i] != NEVER_CLEARED) {
            way->candidates[way->candidate_count++] = candidate;
        }
        asked += candidate.people;
        clear += is_clear ? candidate.people : 0;
    }
    run->counts.held[way->index] =
        (way->sometimes_open ? asked : procedure_count_present(&run->counts, way->stage)) - clear;
}

/* They came in the order of the list, but whoever was there before the beginning may stand behind
 * somebody who came at the beginning. */
static double came(double since)
{
    return fmax(since, 0);
}

static struct candidate *candidate_of(const struct way *way, uint32_t who, double since)
{
    size_t low = 0;
    size_t high = way->candidate_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (came(way->candidates[middle].entry.since) < came(since)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < way->candidate_count && way->candidates[low].entry.who != who) {
        low++;
    }
    return low < way->candidate_count ? &way->candidates[low] : NULL;
}

/* Notice and approvals are over, unless what was asked at that time is no longer asked. */
static void get_ready(struct run *run, struct way *way, const struct wheel_event *event)
{
    struct candidate *candidate = candidate_of(way, event->who, run->people[event->who].since);
    if (candidate == NULL || candidate->ready != event->at || candidate->in_line) {
        return;
    }
    stand_in_line(run, way, candidate, true);
    station_wait(&run->stations[way->station], candidate->people, event->at, candidate->entry);
    run->to_serve |= UINT64_C(1) << way->station;
}

/* Everybody in the stage is judged, and those who are clear stand in line. */
static void judge_way(struct run *run, struct way *way, double now)
{
    const struct procedure_law *law = run->procedure->law;
    if (!judging_reserve(run, way->candidate_count)) {
        return;
    }
    candidates_left(run, way);
    const size_t count = way->candidate_count;
    const result judged = law->judge(law->context, way->index, run->judging, count,
                                     (int32_t)floor(now), run->judging_answers, run->err);
    if (!judged.ok) {
        fail(run, judged);
        return;
    }
    line_up_clear(run, way, count, now);
    run->to_serve |= UINT64_C(1) << way->station;
}

static void judge(struct run *run, double now)
{
    for (size_t i = 0; i < run->way_count && run->fault.ok; i++) {
        if (run->ways[i].judged) {
            judge_way(run, &run->ways[i], now);
        }
    }
    put_occasion(run, OCCASION_JUDGE, 0, now + run->procedure->law->days_between);
}

static struct procedure_present present_of(const struct run *run)
{
    return (struct procedure_present){run->people, run->people_count, run->stations};
}

static void handle_occasion(struct run *run, const struct wheel_event *event)
{
    switch ((enum occasion)(event->what >> 8)) {
    case OCCASION_QUARTER:
        procedure_count_quarter(&run->counts, present_of(run), event->at);
        break;
    case OCCASION_DAY:
        new_day(run, event->at);
        break;
    case OCCASION_PLACES:
        change_places(run, event->who, event->at);
        break;
    case OCCASION_JUDGE:
        judge(run, event->at);
        break;
    case OCCASION_ARRIVAL:
        arrive(run, event->who, event->at);
        break;
    }
}

/* ---- the beginning ---- */

static result stations_begin(struct run *run, struct err *err)
{
    const struct procedure *procedure = run->procedure;
    run->stations = ARENA_NEW(&run->arena, struct station, procedure->station_count + 1);
    if (run->stations == NULL) {
        return arena_full(err);
    }
    bool daily = false;
    for (size_t i = 0; i < procedure->station_count; i++) {
        const struct procedure_station *data = &procedure->stations[i];
        const bool has_allowance = data->allowance.count > 0;
        TRY(station_init(&run->stations[i], data->order, data->places.count > 0, has_allowance,
                         &run->arena, err));
        station_set_places(&run->stations[i], schedule_at(&data->places, 0));
        daily = daily || has_allowance;
        for (size_t j = 0; j < data->places.count; j++) {
            if (data->places.points[j].day > 0) {
                put_occasion(run, OCCASION_PLACES, (uint32_t)i, data->places.points[j].day);
            }
        }
    }
    if (daily) {
        put_occasion(run, OCCASION_DAY, 0, 0);
    }
    if (procedure->law != NULL) {
        put_occasion(run, OCCASION_JUDGE, 0, 0);
    }
    return result_ok();
}

static void source_add(struct run *run, struct source source)
{
    if (source.part > 0) {
        run->sources[run->source_count] = source;
        put_arrival(run, (uint32_t)run->source_count++, 0);
    }
}

/* People in families for each person, and families. */
struct family_sum {
    double people;
    double families;
};

static struct family_sum families_sum(const struct run *run, const double *of_kind)
{
    struct family_sum sum = {0, 0};
    for (size_t i = 0; of_kind != NULL && i < run->procedure->family_count; i++) {
        sum.people += of_kind[i] * run->counts.people_of[i + 1];
        sum.families += of_kind[i];
    }
    return sum;
}

static void sources_add(struct run *run, uint32_t index, uint32_t group)
{
    const struct procedure *procedure = run->procedure;
    const struct procedure_arrivals *arrivals = &procedure->arrivals[index];
    const uint64_t purpose = draw_purpose(arrivals->name.at, arrivals->name.len);
    const str name = procedure->groups[group];
    const uint64_t key = draw_key(draw_key(run->key, purpose), draw_purpose(name.at, name.len));
    const double *of_kind =
        arrivals->families == NULL ? NULL : &arrivals->families[group * procedure->family_count];
    const struct family_sum sum = families_sum(run, of_kind);
    source_add(run, (struct source){index, group, key, 0, 1 - sum.people, NULL});
    source_add(run, (struct source){index, group, draw_mix(key), 0, sum.families, of_kind});
}

static result sources_begin(struct run *run, struct err *err)
{
    const struct procedure *procedure = run->procedure;
    run->sources = ARENA_NEW(&run->arena, struct source,
                             2 * procedure->arrivals_count * procedure->group_count + 1);
    if (run->sources == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < procedure->arrivals_count; i++) {
        for (uint32_t group = 0; group < procedure->group_count; group++) {
            sources_add(run, i, group);
        }
    }
    return result_ok();
}

/* One of those of the beginning, before they are put in order. */
struct beginner {
    double since;
    uint64_t key;
    uint32_t stage;
    uint16_t group;
    uint16_t kind;
};

/* Where a stretch that is in order ends. */
static size_t end_of_order(const struct beginner *items, size_t begin, size_t count)
{
    size_t end = begin < count ? begin + 1 : count;
    while (end < count && items[end - 1].since <= items[end].since) {
        end++;
    }
    return end;
}

/* Stable, from the longest wait to the shortest: by merging stretches that are in order, as those
 * of each stock are. Gives `items` or `other`. */
static struct beginner *sort_beginners(struct beginner *items, struct beginner *other, size_t count)
{
    while (end_of_order(items, 0, count) < count) {
        for (size_t begin = 0; begin < count;) {
            const size_t middle = end_of_order(items, begin, count);
            const size_t end = end_of_order(items, middle, count);
            size_t a = begin;
            size_t b = middle;
            for (size_t i = begin; i < end; i++) {
                const bool take_a = a < middle && (b == end || items[a].since <= items[b].since);
                other[i] = items[take_a ? a++ : b++];
            }
            begin = end;
        }
        struct beginner *merged = other;
        other = items;
        items = merged;
    }
    return items;
}

/* How many of a stock there are of each kind, those alone first. Gives all of them. */
static int64_t kinds_of_stock(const struct run *run, const struct procedure_stock *stock,
                              uint64_t key, int64_t *ret_counts)
{
    const size_t kinds = stock->families == NULL ? 0 : run->procedure->family_count;
    int64_t families = 0;
    int64_t left = stock->count;
    for (size_t i = 0; i < kinds; i++) {
        struct draw draw = draw_begin(key, i);
        const int64_t wanted =
            (int64_t)floor((double)stock->count * stock->families[i] + draw_unit(&draw));
        const int64_t possible = left / run->counts.people_of[i + 1];
        ret_counts[i + 1] = wanted < possible ? wanted : possible;
        families += ret_counts[i + 1];
        left -= ret_counts[i + 1] * run->counts.people_of[i + 1];
    }
    ret_counts[PROCEDURE_ALONE] = left;
    return left + families;
}

/* One of those who are left, each as likely, and then one less. */
static uint16_t kind_taken(int64_t *counts, size_t kind_count, int64_t all, uint64_t key)
{
    struct draw draw = draw_begin(key, draw_purpose("family", strlen("family")));
    int64_t left = (int64_t)(draw_unit(&draw) * (double)all);
    uint16_t kind = PROCEDURE_ALONE;
    while (kind < kind_count && left >= counts[kind]) {
        left -= counts[kind++];
    }
    counts[kind]--;
    return kind;
}

/* Gives how many they are. */
static size_t beginners_of(const struct run *run, const struct procedure_stock *stock,
                           size_t *number, struct beginner *ret_beginners)
{
    const str stage = run->procedure->stages[stock->stage].name;
    const str group = run->procedure->groups[stock->group];
    const uint64_t key = draw_key(draw_key(draw_mix(run->key), draw_purpose(stage.at, stage.len)),
                                  draw_purpose(group.at, group.len));
    int64_t counts[PROCEDURE_FAMILY_KINDS_MAX + 1] = {0};
    const int64_t all = kinds_of_stock(run, stock, draw_key(draw_mix(key), *number), counts);
    for (int64_t i = 0; i < all; i++) {
        const double part = ((double)i + 0.5) / (double)all;
        const uint64_t own_key = draw_key(key, (*number)++);
        ret_beginners[i] = (struct beginner){
            .since = -(stock->waited_most + part * (stock->waited_least - stock->waited_most)),
            .key = own_key,
            .stage = stock->stage,
            .group = (uint16_t)stock->group,
            .kind = stock->families == NULL
                        ? PROCEDURE_ALONE
                        : kind_taken(counts, run->procedure->family_count, all - i, own_key),
        };
    }
    return (size_t)all;
}

static result stock_begin(struct run *run, struct err *err)
{
    const struct procedure *procedure = run->procedure;
    size_t count = 0;
    for (size_t i = 0; i < procedure->stock_count; i++) {
        count += (size_t)procedure->stock[i].count;
    }
    struct beginner *beginners = ARENA_NEW(&run->arena, struct beginner, count + 1);
    struct beginner *other = ARENA_NEW(&run->arena, struct beginner, count + 1);
    size_t *numbers =
        ARENA_NEW(&run->arena, size_t, procedure->stage_count * procedure->group_count + 1);
    if (beginners == NULL || other == NULL || numbers == NULL) {
        return arena_full(err);
    }
    size_t at = 0;
    for (size_t i = 0; i < procedure->stock_count; i++) {
        const struct procedure_stock *stock = &procedure->stock[i];
        at +=
            beginners_of(run, stock, &numbers[stock->stage * procedure->group_count + stock->group],
                         &beginners[at]);
    }
    const struct beginner *sorted = sort_beginners(beginners, other, at);
    for (size_t i = 0; i < at && run->fault.ok; i++) {
        const struct beginner *beginner = &sorted[i];
        const uint32_t who = person_new(run, beginner->group, beginner->kind, beginner->key);
        if (who != NOBODY) {
            begin_life(run, who, beginner->stage, beginner->since, 0);
        }
    }
    return result_ok();
}

static void quarters_begin(struct run *run)
{
    for (size_t i = 1; i <= run->procedure->quarter_count; i++) {
        put_occasion(run, OCCASION_QUARTER, 0, run->counts.quarter_ends[i - 1]);
    }
}

/* ---- the run ---- */

/* Good for ten to some thousand events a day. */
static const double slots_a_day_usual = 2;

static void stands_still(struct run *run, double now)
{
    fail(run, err_set(run->err, ERROR_INPUT,
                      "On day %.0f people go round and round without time passing: some wait is 0",
                      now));
}

/* People lie anywhere in memory: who is next but a few is fetched while those before are looked
 * after. The fetching itself stands where this is called: a function that did nothing else would
 * be taken by the compiler for one that does nothing. */
static const struct procedure_person *person_ahead(const struct run *run)
{
    enum { EVENTS_AHEAD = 8 };
    const struct wheel *wheel = &run->wheel;
    const size_t event = wheel->now_next + EVENTS_AHEAD;
    const uint32_t who = event < wheel->now_count ? wheel->now[event].who : 0;
    return &run->people[who < run->people_count ? who : 0];
}

static void person_event(struct run *run, struct way *way, const struct wheel_event *event)
{
    if (way->judged) {
        get_ready(run, way, event);
    } else {
        go(run, event->who, way, PROCEDURE_NONE, event->at, event->at);
    }
}

static void run_events(struct run *run)
{
    const bool check = run->procedure->check_every_event;
    struct wheel_event event;
    double before = -1;
    uint64_t at_one_time = 0;
    while (run->fault.ok && run->counts.quarter < run->procedure->quarter_count &&
           wheel_take(&run->wheel, &event)) {
        run->event_count++;
        __builtin_prefetch(person_ahead(run));
        at_one_time = event.at == before ? at_one_time + 1 : 0;
        before = event.at;
        if (at_one_time > EVENTS_AT_ONE_TIME_MAX) {
            stands_still(run, event.at);
        }
        const uint32_t index = event.what & 0xFF;
        if (index == NO_WAY) {
            handle_occasion(run, &event);
        } else if (ticket_is_good(&run->people[event.who], event.what)) {
            person_event(run, &run->ways[index], &event);
        }
        serve_all(run, event.at);
        if (check) {
            procedure_count_check(&run->counts, present_of(run));
        }
    }
}

static result run_finish(const struct run *run, struct err *err)
{
    TRY(run->fault);
    TRY(wheel_finish(&run->wheel, err));
    for (size_t i = 0; i < run->procedure->station_count; i++) {
        if (run->stations[i].failed) {
            return arena_full(err);
        }
    }
    return result_ok();
}

static result report(const struct run *run, struct arena *arena,
                     struct procedure_outcome *ret_outcome, struct err *err)
{
    struct station_count *stations =
        ARENA_NEW(arena, struct station_count, run->procedure->station_count + 1);
    if (stations == NULL) {
        return arena_full(err);
    }
    const double end = run->counts.quarter_ends[run->procedure->quarter_count - 1];
    for (size_t i = 0; i < run->procedure->station_count; i++) {
        stations[i] = station_count(&run->stations[i], end);
    }
    *ret_outcome = (struct procedure_outcome){
        .values = run->counts.values,
        .stations = stations,
        .event_count = run->event_count,
        .begun = run->counts.begun,
        .ended = run->counts.ended,
        .present = run->counts.begun - run->counts.ended,
    };
    return result_ok();
}

static result run_begin(struct run *run, struct arena *arena, struct err *err)
{
    const struct procedure *procedure = run->procedure;
    run->people = people_room(run, PEOPLE_FIRST);
    run->people_capacity = PEOPLE_FIRST;
    if (run->people == NULL) {
        return arena_full(err);
    }
    TRY(compile(run, err));
    TRY(procedure_counts_init(&run->counts, procedure, arena, &run->arena, err));
    /* Beyond the last quarter's end by a moment, so that its end is an event too. */
    const double end = run->counts.quarter_ends[procedure->quarter_count - 1] + 0x1.0p-20;
    const double slots_a_day =
        procedure->slots_a_day > 0 ? procedure->slots_a_day : slots_a_day_usual;
    TRY(wheel_init(&run->wheel, 0, end, slots_a_day, &run->arena, err));
    quarters_begin(run); /* the first of all that lies at the same time */
    TRY(stations_begin(run, err));
    TRY(sources_begin(run, err));
    TRY(stock_begin(run, err));
    serve_all(run, 0);
    return run->fault;
}

result procedure_run(const struct procedure *procedure, const struct draw_tables *tables,
                     uint64_t seed, uint64_t future, struct arena *arena, struct arena scratch,
                     struct procedure_outcome *ret_outcome, struct err *err)
{
    TRY(procedure_check(procedure, err));
    struct run run = {
        .procedure = procedure,
        .tables = tables,
        .key = draw_key(draw_mix(seed), future),
        .arena = scratch,
        .free_first = NOBODY,
        .fault = result_ok(),
        .err = err,
    };
    TRY(run_begin(&run, arena, err));
    run_events(&run);
    TRY(run_finish(&run, err));
    return report(&run, arena, ret_outcome, err);
}
