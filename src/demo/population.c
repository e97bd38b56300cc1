#include "demo/population.h"

#include "demo/share.h"

/* The route of a claim depends on the quarter and, for small boats, on the nationality. */
struct route_shares {
    double small_boat[PUBLISHED_QUARTERS][NATIONALITIES_MAX];
    double other_until[PUBLISHED_QUARTERS]
                      [ROUTE_COUNT]; /* the other routes, given that it is not a small boat */
};

struct drawing {
    const struct published *published;
    struct population *population;
    const struct route_shares *routes;
    uint64_t seed;
    double years[PUBLISHED_YEARS];
    double main_share[PUBLISHED_YEARS];
};

/* The main applicants of each year and nationality whom a dependant can join. */
struct hosts {
    int32_t *mains;
    int32_t begin[PUBLISHED_YEARS * NATIONALITIES_MAX + 1];
};

struct random population_random(uint64_t seed, enum random_purpose purpose, int64_t index)
{
    struct random random;
    /* Odd multipliers keep different (purpose, index) apart; SplitMix in random_seed does the
     * mixing. */
    random_seed(&random, seed ^ ((uint64_t)purpose * UINT64_C(0xD6E8FEB86659FD93)) ^
                             ((uint64_t)(index + 1) * UINT64_C(0x9E3779B97F4A7C15)));
    return random;
}

static double cells_total(const struct claim_cells *cells)
{
    return cells->items[cells->count - 1].until;
}

/* --- routes ------------------------------------------------------------------------------- */

/* The share of a nationality's claims that follow a small boat crossing, before it is fitted to the
 * quarter: arrivals over claims of the year. A small floor, so that nobody is excluded by a table
 * that names only the larger nationalities. */
static double small_boat_start(const struct published *published, size_t year, size_t nationality)
{
    const double claims = published_claims_of(published, year, nationality);
    const double share = claims > 0 ? published->small_boats[year][nationality] / claims : 0;
    return share < 0.002 ? 0.002 : share > 0.97 ? 0.97 : share;
}

/* Finds the factor with which the quarter's small boat claims are those published. */
static void fit_small_boats(const double *start, const double *weights, size_t count, double wanted,
                            double *ret_shares)
{
    double low = 0;
    double high = 1;
    for (int step = 0; step < 50; step++) {
        const double middle = (low + high) / 2;
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += weights[i] * share_moved(start[i], middle);
        }
        if (sum < wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    for (size_t i = 0; i < count; i++) {
        ret_shares[i] = share_moved(start[i], low);
    }
}

static void route_shares_make(const struct published *published, struct route_shares *shares)
{
    for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
        double start[NATIONALITIES_MAX] = {0};
        double weights[NATIONALITIES_MAX] = {0};
        const double all = cells_total(&published->cells[year][APPLICANT_MAIN]) +
                           cells_total(&published->cells[year][APPLICANT_DEPENDANT]);
        for (size_t i = 0; i < published->nationality_count; i++) {
            start[i] = small_boat_start(published, year, i);
            weights[i] = published_claims_of(published, year, i) / all;
        }
        for (size_t quarter = 4 * year; quarter < 4 * year + 4; quarter++) {
            const double *routes = published->routes[quarter];
            double sum = 0;
            for (size_t route = 0; route < ROUTE_COUNT; route++) {
                sum += routes[route];
            }
            fit_small_boats(start, weights, published->nationality_count,
                            routes[ROUTE_SMALL_BOAT] / sum, shares->small_boat[quarter]);
            const double others = sum - routes[ROUTE_SMALL_BOAT];
            double until = 0;
            for (size_t route = ROUTE_SMALL_BOAT + 1; route < ROUTE_COUNT; route++) {
                until += routes[route] / others;
                shares->other_until[quarter][route] = until;
            }
        }
    }
}

static uint8_t draw_route(const struct route_shares *shares, size_t quarter, size_t nationality,
                          struct random *random)
{
    if (random_chance(random, shares->small_boat[quarter][nationality])) {
        return ROUTE_SMALL_BOAT;
    }
    const double drawn = random_unit(random);
    uint8_t route = ROUTE_SMALL_BOAT + 1;
    while (route < ROUTE_COUNT - 1 && drawn >= shares->other_until[quarter][route]) {
        route++;
    }
    return route;
}

/* --- each person -------------------------------------------------------------------------- */

static const struct claim_cell *draw_cell(const struct claim_cells *cells, struct random *random)
{
    const double drawn = random_unit(random) * cells_total(cells);
    size_t low = 0;
    size_t high = cells->count - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (drawn < cells->items[middle].until) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return &cells->items[low];
}

/* Quarter, day and route of a main applicant who claimed in `year`. */
static void draw_day(const struct drawing *drawing, size_t year, struct claimant *claimant,
                     struct random *random)
{
    const size_t quarter =
        4 * year + random_weighted(random, &drawing->published->claims[4 * year], 4);
    const date begin = published_quarter_begin(quarter);
    const int32_t days = date_days_between(begin, published_quarter_begin(quarter + 1));
    claimant->quarter = (uint8_t)quarter;
    claimant->claimed_on = date_add_days(begin, (int32_t)random_below(random, (uint64_t)days));
    claimant->route = draw_route(drawing->routes, quarter, claimant->nationality, random);
}

static void draw_claimant(const struct drawing *drawing, int32_t index)
{
    const struct published *published = drawing->published;
    struct claimant *claimant = &drawing->population->people[index];
    struct random random = population_random(drawing->seed, RANDOM_CLAIM, index);
    const size_t year = random_weighted(&random, drawing->years, PUBLISHED_YEARS);
    const bool is_main = random_chance(&random, drawing->main_share[year]);
    const enum applicant applicant = is_main ? APPLICANT_MAIN : APPLICANT_DEPENDANT;
    const struct claim_cell *cell = draw_cell(&published->cells[year][applicant], &random);
    *claimant = (struct claimant){.main = index,
                                  .next_in_family = -1,
                                  .nationality = cell->nationality,
                                  .quarter = (uint8_t)(4 * year),
                                  .age = cell->age,
                                  .sex = cell->sex,
                                  .applicant = (uint8_t)applicant,
                                  .unaccompanied = cell->unaccompanied,
                                  .at_port = cell->at_port};
    if (is_main) {
        draw_day(drawing, year, claimant, &random);
    }
}

/* --- families ----------------------------------------------------------------------------- */

static bool can_head_a_family(const struct claimant *claimant)
{
    return claimant->applicant == APPLICANT_MAIN && claimant->age != AGE_UNDER_18 &&
           !claimant->unaccompanied;
}

static size_t host_list(size_t quarter, size_t nationality)
{
    return published_year(quarter) * NATIONALITIES_MAX + nationality;
}

/* Counting sort of the adults by year and nationality. */
static result find_hosts(const struct population *population, struct arena *scratch,
                         struct hosts **ret_hosts, struct err *err)
{
    struct hosts *hosts = ARENA_NEW(scratch, struct hosts, 1);
    int32_t *at = ARENA_NEW(scratch, int32_t, PUBLISHED_YEARS * NATIONALITIES_MAX);
    int32_t *mains = ARENA_NEW(scratch, int32_t, (size_t)population->count);
    if (hosts == NULL || at == NULL || mains == NULL) {
        return arena_full(err);
    }
    hosts->mains = mains;
    for (int32_t i = 0; i < population->count; i++) {
        const struct claimant *claimant = &population->people[i];
        if (can_head_a_family(claimant)) {
            hosts->begin[host_list(claimant->quarter, claimant->nationality) + 1]++;
        }
    }
    for (size_t list = 0; list < PUBLISHED_YEARS * NATIONALITIES_MAX; list++) {
        hosts->begin[list + 1] += hosts->begin[list];
        at[list] = hosts->begin[list];
    }
    for (int32_t i = 0; i < population->count; i++) {
        const struct claimant *claimant = &population->people[i];
        if (can_head_a_family(claimant)) {
            mains[at[host_list(claimant->quarter, claimant->nationality)]++] = i;
        }
    }
    *ret_hosts = hosts;
    return result_ok();
}

/* One of the lists [first, last), at random; -1 when they are empty. */
static int32_t draw_host(const struct hosts *hosts, size_t first, size_t last,
                         struct random *random)
{
    const int32_t begin = hosts->begin[first];
    const int32_t count = hosts->begin[last] - begin;
    return count == 0 ? -1 : hosts->mains[begin + (int32_t)random_below(random, (uint64_t)count)];
}

/* A dependant joins an adult of their year and nationality; failing that, of their year; failing
 * that, they stand alone. */
static void join_family(const struct drawing *drawing, const struct hosts *hosts, int32_t index)
{
    struct claimant *people = drawing->population->people;
    struct claimant *claimant = &people[index];
    struct random random = population_random(drawing->seed, RANDOM_FAMILY, index);
    const size_t list = host_list(claimant->quarter, claimant->nationality);
    const size_t year_list = host_list(claimant->quarter, 0);
    int32_t host = draw_host(hosts, list, list + 1, &random);
    if (host < 0) {
        host = draw_host(hosts, year_list, year_list + NATIONALITIES_MAX, &random);
    }
    if (host < 0) {
        draw_day(drawing, published_year(claimant->quarter), claimant, &random);
        return;
    }
    claimant->main = host;
    claimant->quarter = people[host].quarter;
    claimant->claimed_on = people[host].claimed_on;
    claimant->route = people[host].route;
    claimant->next_in_family = people[host].next_in_family;
    people[host].next_in_family = index;
}

/* --- order -------------------------------------------------------------------------------- */

/* Counting sort by day of claim. */
static result sort_mains(struct population *population, struct arena *arena, struct arena scratch,
                         struct err *err)
{
    const date first = published_quarter_begin(0);
    const size_t days =
        (size_t)date_days_between(first, published_quarter_begin(PUBLISHED_QUARTERS));
    int32_t *begin = ARENA_NEW(&scratch, int32_t, days + 1);
    population->mains = ARENA_NEW(arena, int32_t, (size_t)population->count);
    if (begin == NULL || population->mains == NULL) {
        return arena_full(err);
    }
    for (int32_t i = 0; i < population->count; i++) {
        const struct claimant *claimant = &population->people[i];
        if (claimant->main == i) {
            begin[date_days_between(first, claimant->claimed_on) + 1]++;
            population->main_count++;
        }
    }
    for (size_t day = 0; day < days; day++) {
        begin[day + 1] += begin[day];
    }
    for (int32_t i = 0; i < population->count; i++) {
        const struct claimant *claimant = &population->people[i];
        if (claimant->main == i) {
            population->mains[begin[date_days_between(first, claimant->claimed_on)]++] = i;
        }
    }
    return result_ok();
}

result population_draw(const struct published *published, int32_t count, uint64_t seed,
                       struct arena *arena, struct arena scratch, struct population *ret_population,
                       struct err *err)
{
    struct population population = {.count = count};
    struct drawing drawing = {.published = published, .population = &population, .seed = seed};
    struct route_shares *routes = ARENA_NEW(&scratch, struct route_shares, 1);
    struct hosts *hosts = NULL;
    population.people = ARENA_NEW(arena, struct claimant, (size_t)count);
    if (routes == NULL || population.people == NULL) {
        return arena_full(err);
    }
    route_shares_make(published, routes);
    drawing.routes = routes;
    for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
        const double mains = cells_total(&published->cells[year][APPLICANT_MAIN]);
        const double dependants = cells_total(&published->cells[year][APPLICANT_DEPENDANT]);
        drawing.main_share[year] = mains / (mains + dependants);
        for (size_t quarter = 4 * year; quarter < 4 * year + 4; quarter++) {
            drawing.years[year] += published->claims[quarter];
        }
    }
    for (int32_t i = 0; i < count; i++) {
        draw_claimant(&drawing, i);
    }
    TRY(find_hosts(&population, &scratch, &hosts, err));
    for (int32_t i = 0; i < count; i++) {
        if (population.people[i].applicant == APPLICANT_DEPENDANT) {
            join_family(&drawing, hosts, i);
        }
    }
    TRY(sort_mains(&population, arena, scratch, err));
    *ret_population = population;
    return result_ok();
}

int32_t population_family_size(const struct population *population, int32_t main)
{
    int32_t size = 0;
    for (int32_t i = main; i >= 0; i = population->people[i].next_in_family) {
        size++;
    }
    return size;
}

struct known_birth population_birth(const struct claimant *claimant, struct random *random)
{
    static const int32_t youngest[] = {0, 18, 30, 50, 70};
    static const int32_t oldest[] = {17, 29, 49, 69, 84};
    if (claimant->age == AGE_UNKNOWN) {
        return (struct known_birth){.known = false};
    }
    ASSERT(claimant->age < AGE_UNKNOWN);
    const bool child_alone = claimant->unaccompanied && claimant->age == AGE_UNDER_18;
    const int32_t from = child_alone ? 14 : youngest[claimant->age];
    const int32_t age = (int32_t)random_between(random, from, oldest[claimant->age]);
    /* The last birthday was `age` full years before some day of the year that ends with the claim.
     */
    const date latest = date_add_months(claimant->claimed_on, -12 * age, DATE_ROUND_DOWN);
    const date earliest =
        date_add_days(date_add_months(claimant->claimed_on, -12 * (age + 1), DATE_ROUND_DOWN), 1);
    const int32_t days = date_days_between(earliest, latest);
    return (struct known_birth){
        .known = true,
        .born_on = date_add_days(earliest, (int32_t)random_below(random, (uint64_t)days + 1))};
}
