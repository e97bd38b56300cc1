#include "demo/course.h"

#include "demo/share.h"

/* --- assumptions: no table was found for these. Shares are per thousand. ------------------ */

enum {
    /* Undecided on 31 December 2023: decided at an even pace from then until a year after the day
       the record has reached. */
    UNDECIDED_BEYOND_DAYS = 365,
    DIED_OF_ADMINISTRATIVE = 10,
    WITHOUT_INTERVIEW_OF_GRANTED = 250,
    SERVICE_PROVEN = 930,
    SMOOTHING_CASES =
        20, /* a nationality's own cohort counts as if this many average cases were added */
    APPEAL_DAYS_MIN = 42,
    APPEAL_DAYS_LATER = 330, /* mean, for appeals after 2023 */
    ONWARD_OF_DISMISSED = 300,
    ONWARD_HEARD = 250,
    ONWARD_ALLOWED_OF_HEARD = 400,
    TO_COURT_OF_HEARD = 150,
    /* Of those without leave and without an open appeal who have not returned: */
    LOST_CONTACT = 180,
    LOST_CONTACT_OF_WITHDRAWN = 350,
    VOLUNTARY_OF_WITHDRAWN = 80,
    FURTHER_PENDING = 50,
    FURTHER_REJECTED = 60,
    FURTHER_ACCEPTED = 15,
    RETURNING = 25,
    REMOVAL_PREPARED = 60,
    /* Days from the end of the appeals. */
    RETURN_DAYS_MIN = 110,
    RETURN_DAYS_MAX = 540,
    SUPPORT_DAYS_AFTER_GRANT = 28,
    SUPPORT_DAYS_AFTER_REFUSAL = 21,
    /* Shown people were refused at least and at most so long ago. */
    SHOWN_DAYS_LEAST = 600,
    SHOWN_DAYS_MOST = 1400,
};

/* Longer than any of the time limits for going on, with weekends and holidays: the law itself is
 * asked when the step is recorded (clerk.h). */
enum { EXHAUSTION_DAYS_MIN = 36, EXHAUSTION_DAYS_MAX = 75 };

static bool happens(struct random *random, int32_t per_thousand)
{
    return (int32_t)random_below(random, 1000) < per_thousand;
}

static date days_later(struct random *random, date from, int32_t least, int32_t most)
{
    return date_add_days(from, (int32_t)random_between(random, least, most));
}

/* --- the model ---------------------------------------------------------------------------- */

/* Outcomes of a nationality in a year: its shares in the table by nationality, moved so that the
 * national totals by outcome are those of the one coherent release. Administrative outcomes before
 * 2023 are published nationally only. */
static void make_outcomes(struct course_model *model)
{
    const struct published *published = model->published;
    for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
        const double *national = published->outcomes_by_kind[year];
        double sums[OUTCOME_COUNT] = {0};
        double all = 0;
        double national_all = 0;
        for (size_t i = 0; i < published->nationality_count * OUTCOME_COUNT; i++) {
            sums[i % OUTCOME_COUNT] +=
                published->decisions_by_kind[year][i / OUTCOME_COUNT][i % OUTCOME_COUNT];
        }
        for (size_t outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
            all += sums[outcome];
            national_all += national[outcome];
        }
        for (size_t i = 0; i < published->nationality_count; i++) {
            double own = 0;
            for (size_t outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
                own += published->decisions_by_kind[year][i][outcome];
            }
            for (size_t outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
                const double average = national[outcome] / national_all;
                const double factor = sums[outcome] > 0 ? average / (sums[outcome] / all) : 0;
                const double share =
                    own > 0 ? published->decisions_by_kind[year][i][outcome] / own * factor
                            : average;
                model->outcomes[year][i][outcome] = sums[outcome] > 0 ? share : average;
            }
        }
    }
}

/* A nationality's share, drawn towards the average when it rests on few cases. */
static double smoothed(double part, double all, double average)
{
    return (part + SMOOTHING_CASES * average) / (all + SMOOTHING_CASES);
}

static void make_cohort_shares(struct course_model *model)
{
    const struct published *published = model->published;
    const struct cohort *all = &published->cohort_all;
    const double ended = all->appeals_allowed + all->appeals_dismissed + all->appeals_withdrawn;
    const double *returned = published->returned;
    const double port_to_other =
        returned[RETURN_PORT] / (returned[RETURN_ENFORCED] + returned[RETURN_VOLUNTARY]);
    double certified = 0;
    double refused = 0;
    for (size_t i = 0; i < published->nationality_count; i++) {
        certified += published->certified[i];
        refused += published->refused_main[i];
    }
    for (size_t i = 0; i < published->nationality_count; i++) {
        const struct cohort *own = &published->cohorts[i];
        model->lodged[i] = share_at_most(
            smoothed(own->appeals_lodged, own->refused, all->appeals_lodged / all->refused), 0.98);
        model->certified[i] = share_at_most(
            smoothed(published->certified[i], published->refused_main[i], certified / refused) /
                (1 - model->lodged[i]),
            0.95);
        model->enforced[i] = smoothed(own->returned_enforced, own->refused_at_last,
                                      all->returned_enforced / all->refused_at_last);
        model->voluntary[i] = smoothed(own->returned_voluntarily, own->refused_at_last,
                                       all->returned_voluntarily / all->refused_at_last);
        model->port[i] = (model->enforced[i] + model->voluntary[i]) * port_to_other;
        const double sum = model->enforced[i] + model->voluntary[i] + model->port[i];
        const double factor = sum > 0.95 ? 0.95 / sum : 1;
        model->enforced[i] *= factor;
        model->voluntary[i] *= factor;
        model->port[i] *= factor;
    }
    model->withdrawn = all->appeals_withdrawn / ended;
}

/* Success by nationality as in the Home Office series, moved so that each year's level is the
 * tribunal's for those who appeal here: the refused of a nationality, times the share of them who
 * appeal. */
static void make_allowed(struct course_model *model)
{
    const struct published *published = model->published;
    double start[NATIONALITIES_MAX];
    double appellants[NATIONALITIES_MAX];
    double appellants_all = 0;
    double allowed = 0;
    double heard = 0;
    for (size_t i = 0; i < published->nationality_count; i++) {
        allowed += published->heard_allowed[i];
        heard += published->heard_allowed[i] + published->heard_dismissed[i];
    }
    for (size_t i = 0; i < published->nationality_count; i++) {
        start[i] =
            smoothed(published->heard_allowed[i],
                     published->heard_allowed[i] + published->heard_dismissed[i], allowed / heard);
        appellants[i] = published->refused_main[i] * model->lodged[i];
        appellants_all += appellants[i];
    }
    for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
        double wanted = 0;
        double disposals = 0;
        double open = 0;
        for (size_t quarter = 4 * year; quarter < 4 * year + 4; quarter++) {
            const struct tribunal_quarter *row = &published->tribunal[quarter];
            wanted += row->allowed_share * row->disposals;
            disposals += row->disposals;
            open += row->open_caseload;
        }
        double low = 0;
        double high = 1;
        for (int step = 0; step < 50; step++) {
            const double middle = (low + high) / 2;
            double sum = 0;
            for (size_t i = 0; i < published->nationality_count; i++) {
                sum += appellants[i] / appellants_all * share_moved(start[i], middle);
            }
            if (sum < wanted / disposals) {
                low = middle;
            } else {
                high = middle;
            }
        }
        for (size_t i = 0; i < published->nationality_count; i++) {
            model->allowed[year][i] = share_moved(start[i], low);
        }
        /* Little's law: the open caseload over what is disposed of in a day. */
        model->appeal_days[year] = (int32_t)(open / 4 / (disposals / 365));
    }
}

void course_model_make(const struct published *published, const struct waits *waits, uint64_t seed,
                       date today, struct course_model *model)
{
    *model =
        (struct course_model){.published = published, .waits = waits, .seed = seed, .today = today};
    make_outcomes(model);
    make_cohort_shares(model);
    make_allowed(model);
}

/* --- one course --------------------------------------------------------------------------- */

static date end_of_tables(void)
{
    return published_quarter_begin(PUBLISHED_QUARTERS);
}

/* A day of [first, last]; the first when they have crossed, which a claim on the last day of its
 * quarter can bring about. */
static date day_between(struct random *random, date first, date last)
{
    return date_before(first, last) ? days_later(random, first, 0, date_days_between(first, last))
                                    : first;
}

static date draw_decision_day(const struct course_model *model, const struct claimant *claimant,
                              struct random *random)
{
    const struct wait wait =
        waits_draw(model->waits, claimant->nationality, claimant->quarter, random);
    if (wait.still_waiting) {
        return day_between(random, end_of_tables(),
                           date_add_days(model->today, UNDECIDED_BEYOND_DAYS));
    }
    date first = published_quarter_begin(wait.quarter);
    date last = date_add_days(published_quarter_begin(wait.quarter + 1), -1);
    const date half_year = date_add_months(claimant->claimed_on, 6, DATE_ROUND_DOWN);
    if (wait.quarter == claimant->quarter && date_before(claimant->claimed_on, last)) {
        first = date_add_days(claimant->claimed_on, 1);
    } else if (wait.quarter == claimant->quarter) {
        first = last;
    } else if (wait.quarter == claimant->quarter + 2U && wait.late) {
        first = date_before(half_year, last) ? date_add_days(half_year, 1) : last;
    } else if (wait.quarter == claimant->quarter + 2U) {
        last = half_year;
    }
    return day_between(random, first, last);
}

static size_t year_index(date day)
{
    const int32_t year = date_to_civil(day).year - PUBLISHED_YEAR_FIRST;
    return year < 0 ? 0 : year < PUBLISHED_YEARS ? (size_t)year : PUBLISHED_YEARS - 1;
}

static void draw_outcome(const struct course_model *model, const struct claimant *claimant,
                         struct random *random, struct course *course)
{
    const double *shares = model->outcomes[year_index(course->decided_on)][claimant->nationality];
    course->outcome = (enum initial_outcome)random_weighted(random, shares, OUTCOME_COUNT);
    course->died =
        course->outcome == OUTCOME_ADMINISTRATIVE && happens(random, DIED_OF_ADMINISTRATIVE);
    course->without_interview =
        course->outcome == OUTCOME_GRANT && happens(random, WITHOUT_INTERVIEW_OF_GRANTED);
    course->progress_share = (uint8_t)random_between(random, 35, 100);
}

/* The wait for the tribunal: at least six weeks, the rest even around the mean of the year. */
static int32_t draw_appeal_days(const struct course_model *model, date appealed_on,
                                struct random *random)
{
    const bool later = !date_before(appealed_on, end_of_tables());
    const int32_t mean = later ? APPEAL_DAYS_LATER : model->appeal_days[year_index(appealed_on)];
    const int32_t most = 2 * mean - APPEAL_DAYS_MIN;
    return (int32_t)random_between(random, APPEAL_DAYS_MIN,
                                   most > APPEAL_DAYS_MIN ? most : APPEAL_DAYS_MIN);
}

static void draw_onward(struct random *random, struct course *course)
{
    course->onward = happens(random, ONWARD_OF_DISMISSED);
    if (!course->onward) {
        return;
    }
    course->onward_on = days_later(random, course->appeal_ended_on, 5, 13);
    course->onward_heard = happens(random, ONWARD_HEARD);
    course->onward_allowed = course->onward_heard && happens(random, ONWARD_ALLOWED_OF_HEARD);
    course->to_court =
        course->onward_heard && !course->onward_allowed && happens(random, TO_COURT_OF_HEARD);
    course->onward_ended_on = course->onward_heard ? days_later(random, course->onward_on, 120, 360)
                                                   : days_later(random, course->onward_on, 60, 120);
}

static void draw_appeal(const struct course_model *model, const struct claimant *claimant,
                        struct random *random, struct course *course)
{
    const size_t nationality = claimant->nationality;
    course->service_proven = happens(random, SERVICE_PROVEN);
    course->appealed = random_chance(random, model->lodged[nationality]);
    if (!course->appealed) {
        course->certified = random_chance(random, model->certified[nationality]);
        course->exhausted_on =
            days_later(random, course->decided_on, EXHAUSTION_DAYS_MIN, EXHAUSTION_DAYS_MAX);
        return;
    }
    /* Who appeals has had the notice. */
    course->service_proven = true;
    course->appealed_on = days_later(random, course->decided_on, 4, 13);
    course->appeal_ended_on =
        date_add_days(course->appealed_on, draw_appeal_days(model, course->appealed_on, random));
    const size_t year = year_index(course->appeal_ended_on);
    if (random_chance(random, model->withdrawn)) {
        course->appeal_end = APPEAL_WITHDRAWN;
    } else {
        const bool allowed = random_chance(random, model->allowed[year][nationality]);
        course->appeal_end = allowed ? APPEAL_ALLOWED : APPEAL_DISMISSED;
    }
    date ended_on = course->appeal_ended_on;
    if (course->appeal_end == APPEAL_DISMISSED) {
        draw_onward(random, course);
        ended_on = course->onward ? course->onward_ended_on : ended_on;
    }
    course->exhausted_on = days_later(random, ended_on, EXHAUSTION_DAYS_MIN, EXHAUSTION_DAYS_MAX);
}

/* Families and children who claimed alone are not removed by force in this demonstration; where the
 * table has them return, they return voluntarily. */
static void draw_afterwards(const struct course_model *model, const struct claimant *claimant,
                            bool alone, struct random *random, struct course *course)
{
    static const struct {
        enum afterwards afterwards;
        int32_t per_thousand;
    } others[] = {
        {AFTER_LOST, LOST_CONTACT},
        {AFTER_FURTHER_PENDING, FURTHER_PENDING},
        {AFTER_FURTHER_REJECTED, FURTHER_REJECTED},
        {AFTER_FURTHER_ACCEPTED, FURTHER_ACCEPTED},
        {AFTER_RETURNING, RETURNING},
        {AFTER_REMOVAL_PREPARED, REMOVAL_PREPARED},
    };
    const size_t nationality = claimant->nationality;
    const bool can_return = model->published->nationalities[nationality].iso3.len > 0;
    double drawn = random_unit(random);
    const double returns[] = {model->enforced[nationality], model->voluntary[nationality],
                              model->port[nationality]};
    static const enum afterwards kinds[] = {AFTER_ENFORCED, AFTER_VOLUNTARY, AFTER_PORT};
    course->afterwards = AFTER_PRESENT;
    for (size_t i = 0; can_return && i < 3 && course->afterwards == AFTER_PRESENT; i++) {
        if (drawn < returns[i]) {
            course->afterwards = kinds[i];
        }
        drawn -= returns[i];
    }
    int32_t part = (int32_t)random_below(random, 1000);
    for (size_t i = 0; i < sizeof others / sizeof others[0] && course->afterwards == AFTER_PRESENT;
         i++) {
        if (part < others[i].per_thousand) {
            course->afterwards = others[i].afterwards;
        }
        part -= others[i].per_thousand;
    }
    if (course->afterwards == AFTER_ENFORCED && !alone) {
        course->afterwards = AFTER_VOLUNTARY;
    }
    if (course->afterwards == AFTER_REMOVAL_PREPARED && !(alone && can_return)) {
        course->afterwards = AFTER_PRESENT;
    }
    if (course->afterwards == AFTER_RETURNING && !can_return) {
        course->afterwards = AFTER_PRESENT;
    }
    course->afterwards_on =
        days_later(random, course->exhausted_on, RETURN_DAYS_MIN, RETURN_DAYS_MAX);
    course->settled_on = days_later(random, course->afterwards_on, 60, 200);
}

/* A claim that was withdrawn is over on paper; where the person is, is another question. */
static void draw_after_withdrawal(const struct course_model *model, const struct claimant *claimant,
                                  struct random *random, struct course *course)
{
    const int32_t part = (int32_t)random_below(random, 1000);
    const bool can_return = model->published->nationalities[claimant->nationality].iso3.len > 0;
    course->afterwards = AFTER_PRESENT;
    course->exhausted_on = course->decided_on;
    course->afterwards_on = days_later(random, course->decided_on, 40, 400);
    if (part < LOST_CONTACT_OF_WITHDRAWN) {
        course->afterwards = AFTER_LOST;
    } else if (can_return && part < LOST_CONTACT_OF_WITHDRAWN + VOLUNTARY_OF_WITHDRAWN) {
        course->afterwards = AFTER_VOLUNTARY;
    }
}

bool course_ends_in_grant(const struct course *course)
{
    const bool on_appeal =
        course->outcome == OUTCOME_REFUSAL && course->appealed &&
        (course->appeal_end == APPEAL_ALLOWED || (course->onward && course->onward_allowed));
    return course->outcome == OUTCOME_GRANT || on_appeal;
}

bool course_is_exhausted(const struct course *course)
{
    return course->outcome == OUTCOME_REFUSAL && !course_ends_in_grant(course) &&
           course->service_proven && !(course->onward && course->to_court);
}

static void set_support(struct course *course)
{
    if (course_ends_in_grant(course)) {
        const date granted_on = course->outcome == OUTCOME_GRANT       ? course->decided_on
                                : course->appeal_end == APPEAL_ALLOWED ? course->appeal_ended_on
                                                                       : course->onward_ended_on;
        course->support_until = date_add_days(granted_on, SUPPORT_DAYS_AFTER_GRANT);
    } else {
        course->support_until = date_add_days(course->exhausted_on, SUPPORT_DAYS_AFTER_REFUSAL);
    }
}

/* For a demonstration too small to have the person by chance. */
static void draw_shown(const struct course_model *model, const struct claimant *claimant,
                       struct random *random, struct course *course)
{
    const date latest = date_add_days(model->today, -SHOWN_DAYS_LEAST);
    const date after_claim = date_add_days(claimant->claimed_on, 30);
    const date recent = date_add_days(model->today, -SHOWN_DAYS_MOST);
    course->decided_on =
        day_between(random, date_before(after_claim, recent) ? recent : after_claim, latest);
    course->outcome = OUTCOME_REFUSAL;
    course->service_proven = true;
    course->exhausted_on =
        days_later(random, course->decided_on, EXHAUSTION_DAYS_MIN, EXHAUSTION_DAYS_MAX);
    course->afterwards = AFTER_PRESENT;
    course->progress_share = 100;
}

void course_draw(const struct course_model *model, const struct population *population,
                 int32_t main, bool shown, struct course *course)
{
    const struct claimant *claimant = &population->people[main];
    struct random random = population_random(model->seed, RANDOM_COURSE, main);
    *course = (struct course){.service_proven = true};
    if (shown) {
        draw_shown(model, claimant, &random, course);
        set_support(course);
        return;
    }
    course->decided_on = draw_decision_day(model, claimant, &random);
    draw_outcome(model, claimant, &random, course);
    const bool alone = claimant->next_in_family < 0 && !claimant->unaccompanied &&
                       claimant->age != AGE_UNDER_18 && claimant->age != AGE_UNKNOWN;
    if (course->outcome == OUTCOME_REFUSAL) {
        draw_appeal(model, claimant, &random, course);
        draw_afterwards(model, claimant, alone, &random, course);
    } else if (course->outcome != OUTCOME_GRANT) {
        draw_after_withdrawal(model, claimant, &random, course);
    }
    set_support(course);
}
