#include "demo/plan.h"

#include "demo/share.h"

enum {
    COVERED_NATIONALITIES = 25,
    RECENTLY_REFUSED = 4,
    EXHAUSTED_DAYS_LEAST = 450, /* before the day reached: time for everything that a part needs */
    SHOWN_CLAIM_DAYS_LEAST = 700,
    PER = 10000, /* quotas are for so many people */
};

static const double support_share_most = 0.97;

struct planning {
    const struct course_model *model;
    const struct population *population;
    struct plan *plan;
    date decided_from;
    int64_t quota[PART_COUNT][DEMO_HUBS];
    int64_t left[PART_COUNT][DEMO_HUBS];
    int64_t left_all;
    uint8_t next_turn;
};

date plan_last_published_day(void)
{
    return date_add_days(published_quarter_begin(PUBLISHED_QUARTERS), -1);
}

date plan_section_98_from(void)
{
    return date_add_months(published_quarter_begin(PUBLISHED_QUARTERS), -2, DATE_ROUND_DOWN);
}

/* --- quotas ------------------------------------------------------------------------------- */

static int64_t scaled(int64_t people, int64_t of_ten_thousand, int64_t least, int64_t most)
{
    const int64_t number = people * of_ten_thousand / PER;
    return number < least ? least : number > most ? most : number;
}

static void set_quotas(struct planning *planning)
{
    const int64_t people = planning->population->count;
    struct plan *plan = planning->plan;
    plan->places[0] = scaled(people, 120, 6, 1200);
    plan->places[1] = scaled(people, 40, 4, 400);
    for (size_t hub = 0; hub < DEMO_HUBS; hub++) {
        planning->quota[PART_AT_HUB][hub] = plan->places[hub] / 2;
        planning->quota[PART_PLACE_HELD][hub] = scaled(plan->places[hub], PER / 20, 1, 20);
    }
    /* Places are given once, so those who have left took places too. */
    planning->quota[PART_ONWARD_VOLUNTARY][0] = scaled(plan->places[0], PER / 10, 1, 100);
    planning->quota[PART_ONWARD_ENFORCED][0] = scaled(plan->places[0], PER / 20, 1, 50);
    planning->quota[PART_TRANSFER_ASKED][0] = scaled(people, 2, 1, 10);
    planning->quota[PART_TRANSFER_ASKED][1] = scaled(people, 1, 0, 5);
    planning->quota[PART_TRANSFER_HALF][0] = scaled(people, 1, 0, 10);
    planning->quota[PART_TRANSFER_HALF][1] = scaled(people, 1, 1, 5);
    planning->quota[PART_TRANSFER_STOPPED][0] = scaled(people, 1, 1, 5);
    planning->quota[PART_TRANSFER_CLEAR][0] = scaled(people, 20, 3, 200);
    planning->quota[PART_TRANSFER_CLEAR][1] = scaled(people, 10, 1, 100);
    planning->quota[PART_REMOVAL_CLEAR][0] = scaled(people, 24, 3, 200);
    planning->quota[PART_REMOVAL_ASKED][0] = scaled(people, 2, 1, 10);
    planning->quota[PART_REMOVAL_APPROVED][0] = scaled(people, 2, 1, 10);
    for (size_t i = 0; i < PART_COUNT * DEMO_HUBS; i++) {
        const int64_t quota = planning->quota[i / DEMO_HUBS][i % DEMO_HUBS];
        planning->left[i / DEMO_HUBS][i % DEMO_HUBS] = quota;
        planning->left_all += quota;
    }
}

/* The next part to give: the one of whose quota the largest share is left, so that each part goes
 * to early and late claims. */
static void take_part(struct planning *planning, struct casting *casting)
{
    size_t best = 0;
    double best_share = 0;
    for (size_t i = 0; i < PART_COUNT * DEMO_HUBS; i++) {
        const int64_t quota = planning->quota[i / DEMO_HUBS][i % DEMO_HUBS];
        const int64_t left = planning->left[i / DEMO_HUBS][i % DEMO_HUBS];
        const double share = quota > 0 ? (double)left / (double)quota : 0;
        if (share > best_share) {
            best = i;
            best_share = share;
        }
    }
    ASSERT(best_share > 0);
    casting->part = (uint8_t)(best / DEMO_HUBS);
    casting->hub = (uint8_t)(best % DEMO_HUBS);
    planning->left[best / DEMO_HUBS][best % DEMO_HUBS]--;
    planning->left_all--;
}

/* --- who fits ----------------------------------------------------------------------------- */

/* The agreement of the demonstration covers the nationalities most often refused. */
static void choose_covered(const struct published *published, bool covered[NATIONALITIES_MAX])
{
    for (size_t chosen = 0; chosen < COVERED_NATIONALITIES; chosen++) {
        size_t most = NATIONALITIES_MAX;
        for (size_t i = 0; i < published->nationality_count; i++) {
            const bool candidate = !covered[i] && published->nationalities[i].iso3.len > 0;
            if (candidate && (most == NATIONALITIES_MAX ||
                              published->refused_main[i] > published->refused_main[most])) {
                most = i;
            }
        }
        ASSERT(most < NATIONALITIES_MAX);
        covered[most] = true;
    }
}

static bool is_adult_alone(const struct claimant *claimant)
{
    return claimant->applicant == APPLICANT_MAIN && claimant->next_in_family < 0 &&
           !claimant->unaccompanied && claimant->age >= AGE_18_TO_29 &&
           claimant->age <= AGE_50_TO_69;
}

static bool fits(const struct planning *planning, const struct claimant *claimant,
                 const struct course *course)
{
    const date latest = date_add_days(planning->model->today, -EXHAUSTED_DAYS_LEAST);
    return is_adult_alone(claimant) && planning->plan->covered[claimant->nationality] &&
           course_is_exhausted(course) && course->afterwards == AFTER_PRESENT &&
           !course->certified && !date_before(course->decided_on, planning->decided_from) &&
           date_before(course->exhausted_on, latest);
}

/* Every so many of those who fit gets a part, so that the parts are spread over all days of claim.
 */
static void cast_fitting(struct planning *planning, int64_t fitting)
{
    const struct population *population = planning->population;
    const int64_t wanted = planning->left_all;
    int64_t seen = 0;
    for (int32_t i = 0; i < population->main_count; i++) {
        struct casting *casting = &planning->plan->castings[population->mains[i]];
        if (casting->part != PART_COUNT) {
            continue;
        }
        casting->part = PART_ORDINARY;
        const bool turn =
            fitting <= wanted || seen * wanted / fitting != (seen + 1) * wanted / fitting;
        if (turn && planning->left_all > 0) {
            take_part(planning, casting);
        }
        seen++;
    }
}

static void cast_shown(struct planning *planning)
{
    const struct population *population = planning->population;
    const date latest = date_add_days(planning->model->today, -SHOWN_CLAIM_DAYS_LEAST);
    for (int32_t i = 0; i < population->main_count && planning->left_all > 0; i++) {
        const struct claimant *claimant = &population->people[population->mains[i]];
        struct casting *casting = &planning->plan->castings[population->mains[i]];
        if (casting->part == PART_ORDINARY && is_adult_alone(claimant) &&
            planning->plan->covered[claimant->nationality] &&
            date_before(claimant->claimed_on, latest)) {
            take_part(planning, casting);
            casting->shown = true;
        }
    }
}

/* --- support ------------------------------------------------------------------------------ */

struct support_counts {
    double entitled[NATIONALITIES_MAX];      /* people, on the last published day */
    double entitled_late[NATIONALITIES_MAX]; /* those of them who claimed since November */
    double after_appeals; /* people whose support has ended and who are still here */
};

static void count_support(struct support_counts *counts, const struct claimant *claimant,
                          const struct course *course, int32_t family)
{
    const date day = plan_last_published_day();
    if (!date_before(claimant->claimed_on, day)) {
        return;
    }
    if (date_before(day, course->support_until)) {
        counts->entitled[claimant->nationality] += family;
        counts->entitled_late[claimant->nationality] +=
            date_before(claimant->claimed_on, plan_section_98_from()) ? 0 : family;
    } else if (course_is_exhausted(course) &&
               (course->afterwards == AFTER_PRESENT || date_before(day, course->afterwards_on))) {
        counts->after_appeals += family;
    }
}

static double supported_share(const struct published *published, size_t nationality, double level)
{
    const double waiting = published->closing[nationality][0] + published->closing[nationality][1];
    return share_at_most(level * (published->supported[nationality] + 5) / (waiting + 5),
                         support_share_most);
}

/* A nationality's share is its people supported over its people waiting, at the level that gives
 * the national number. */
static void set_support(struct planning *planning, const struct support_counts *counts)
{
    const struct published *published = planning->model->published;
    struct plan *plan = planning->plan;
    double claims = 0;
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        claims += published->claims[quarter];
    }
    const double scale = planning->population->count / claims;
    const double wanted =
        scale * (published->support[SUPPORT_SECTION_95] + published->support[SUPPORT_SECTION_98]);
    double low = 0;
    double high = 50;
    for (int step = 0; step < 50; step++) {
        const double middle = (low + high) / 2;
        double sum = 0;
        for (size_t i = 0; i < published->nationality_count; i++) {
            sum += counts->entitled[i] * supported_share(published, i, middle);
        }
        if (sum < wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    double late = 0;
    for (size_t i = 0; i < published->nationality_count; i++) {
        plan->supported[i] = supported_share(published, i, low);
        late += counts->entitled_late[i] * plan->supported[i];
    }
    const double section_98 = scale * published->support[SUPPORT_SECTION_98];
    const double section_4 = scale * published->support[SUPPORT_SECTION_4];
    plan->section_98 = late > section_98 ? section_98 / late : 1;
    plan->section_4 = counts->after_appeals > section_4 ? section_4 / counts->after_appeals : 1;
}

/* --- the plan ----------------------------------------------------------------------------- */

/* Those still waiting today who are refused in the last days instead: somebody's time to appeal
 * always runs. */
static void cast_recently_refused(struct planning *planning, const struct claimant *claimant,
                                  const struct course *course, struct casting *casting)
{
    if (planning->next_turn < RECENTLY_REFUSED && is_adult_alone(claimant) &&
        !date_before(course->decided_on, planning->model->today)) {
        casting->part = PART_RECENTLY_REFUSED;
        casting->turn = planning->next_turn++;
    }
}

result plan_make(const struct course_model *model, const struct population *population,
                 date decided_from, struct arena *arena, struct plan *ret_plan, struct err *err)
{
    struct plan plan = {.castings = ARENA_NEW(arena, struct casting, (size_t)population->count)};
    struct support_counts *counts = ARENA_NEW(arena, struct support_counts, 1);
    struct planning planning = {
        .model = model, .population = population, .plan = &plan, .decided_from = decided_from};
    if (plan.castings == NULL || counts == NULL) {
        return arena_full(err);
    }
    choose_covered(model->published, plan.covered);
    int64_t fitting = 0;
    for (int32_t i = 0; i < population->main_count; i++) {
        const int32_t main = population->mains[i];
        const struct claimant *claimant = &population->people[main];
        struct course course;
        course_draw(model, population, main, false, &course);
        count_support(counts, claimant, &course, population_family_size(population, main));
        if (fits(&planning, claimant, &course)) {
            plan.castings[main].part = PART_COUNT; /* fits; decided below */
            fitting++;
        } else {
            cast_recently_refused(&planning, claimant, &course, &plan.castings[main]);
        }
    }
    set_quotas(&planning);
    cast_fitting(&planning, fitting);
    cast_shown(&planning);
    set_support(&planning, counts);
    *ret_plan = plan;
    return result_ok();
}

void plan_course(const struct plan *plan, const struct course_model *model,
                 const struct population *population, int32_t main, struct course *course)
{
    const struct casting *casting = &plan->castings[main];
    course_draw(model, population, main, casting->shown, course);
    if (casting->part == PART_RECENTLY_REFUSED) {
        *course = (struct course){
            .decided_on = date_add_days(model->today, -2 - 3 * casting->turn),
            .outcome = OUTCOME_REFUSAL,
            .service_proven = true,
            .progress_share = 100,
            .exhausted_on = date_add_days(model->today, 60),
            .support_until = date_add_days(model->today, 90),
        };
    }
    struct random random = population_random(model->seed, RANDOM_SUPPORT, main);
    course->supported =
        random_chance(&random, plan->supported[population->people[main].nationality]);
}
