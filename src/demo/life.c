#include "demo/life.h"

#include "demo/departure.h"

/* --- assumptions of this file; shares are per thousand ------------------------------------ */

enum {
    LANGUAGE_KNOWN = 950,
    HEARD_IN_ENGLAND_AND_WALES = 970,
    IMPLICIT_WITHDRAWAL = 660,
    CONTACT_OVERDUE = 70,
    CHECK_EVERY_DAYS = 28,
    AGE_DISPUTED_OF_UNACCOMPANIED = 80,
    /* How far an undecided, withdrawn or void claim has come, in per cent of its way (course.h). */
    PROGRESS_SCREENED = 50,
    PROGRESS_INVITED = 65,
    /* Missing answers of the review, in per cent, where review.def does not say. */
    LIABILITY_MISSING = 15,
    AGE_MISSING = 5,
    FURTHER_MISSING = 10,
    SLAVERY_MISSING = 15,
    BEST_INTERESTS_MISSING = 40,
    FITNESS_MISSING = 40,
    DOCUMENT_MISSING = 30,
    RISK_MISSING = 40,
    SLAVERY_REFERRED = 60,
    UNFIT = 40,
    PREGNANCY_MISSING = 30, /* of women */
    PREGNANT = 30,
    PREGNANT_AGE_FROM = 18,
    PREGNANT_AGE_UNTIL = 45,
    DOCUMENT_HELD = 700,
    DOCUMENT_APPLIED_FOR = 150,
};

/* --- what the room shares ----------------------------------------------------------------- */

bool life_has_come(const struct life *life, date on)
{
    return date_before(on, life->clerk->setting->today);
}

bool life_knows(const struct life *life, enum named_fact fact)
{
    return life->clerk->values[life->clerk->setting->facts[fact]].known;
}

bool life_happens(struct life *life, int32_t per_thousand)
{
    return (int32_t)random_below(&life->random, 1000) < per_thousand;
}

date life_days_later(struct life *life, date from, int32_t least, int32_t most)
{
    return date_add_days(from, (int32_t)random_between(&life->random, least, most));
}

str life_home(const struct life *life)
{
    const struct nationality *nationalities = life->story->model->published->nationalities;
    const struct claimant *main = &life->story->population->people[life->claimant->main];
    const str own = nationalities[life->claimant->nationality].iso3;
    return own.len > 0 ? own : nationalities[main->nationality].iso3;
}

/* The facts with days of their own, up to this one. */
static result catch_up(struct life *life, date on, struct err *err)
{
    while (life->pending_next < life->pending_count) {
        const struct pending_fact *pending = &life->pending[life->pending_next];
        if (date_before(on, pending->on) || !life_has_come(life, pending->on)) {
            break;
        }
        life->pending_next++;
        TRY(clerk_fact(life->clerk, pending->fact, pending->value, pending->on, err));
    }
    return result_ok();
}

result life_fact(struct life *life, enum named_fact fact, str value, date on, struct err *err)
{
    TRY(catch_up(life, on, err));
    return life_has_come(life, on) ? clerk_fact(life->clerk, fact, value, on, err) : result_ok();
}

result life_flag(struct life *life, enum named_fact fact, bool flag, date on, struct err *err)
{
    return life_fact(life, fact, flag ? STR("yes") : STR("no"), on, err);
}

result life_day(struct life *life, enum named_fact fact, date value, date on, struct err *err)
{
    TRY(catch_up(life, on, err));
    return life_has_come(life, on) ? clerk_day(life->clerk, fact, value, on, err) : result_ok();
}

result life_step(struct life *life, enum named_step step, date on, bool *ret_taken, struct err *err)
{
    *ret_taken = false;
    TRY(catch_up(life, on, err));
    return life_has_come(life, on) ? clerk_step(life->clerk, step, NULL, on, ret_taken, err)
                                   : result_ok();
}

static result contact(struct life *life, str source, struct known_day next, date on,
                      struct err *err)
{
    TRY(catch_up(life, on, err));
    if (!life_has_come(life, on)) {
        return result_ok();
    }
    life->contact_on = (struct known_day){.known = true, .day = on};
    return clerk_contact(life->clerk, source, next, on, err);
}

static struct known_day known(date day)
{
    return (struct known_day){.known = true, .day = day};
}

/* --- the claim ---------------------------------------------------------------------------- */

static result register_person(struct life *life, int64_t person, int64_t family, str reference,
                              struct err *err)
{
    struct clerk *clerk = life->clerk;
    const date on = life->claimant->claimed_on;
    const struct known_day born_on = {.known = life->birth.known, .day = life->birth.born_on};
    clerk_begin(clerk, SUBJECT_OF_PERSON, person);
    const str name = arena_format(&clerk->arena, "Synthetic Person %0*lld",
                                  life->story->name_digits, (long long)person);
    if (name.at == NULL) {
        return arena_full(err);
    }
    TRY(clerk_register_person(clerk, reference, name, born_on, on, err));
    TRY(contact(life, STR("Asylum registration"), known(date_add_days(on, CHECK_EVERY_DAYS)), on,
                err));
    if (family != 0) {
        struct event joined = {.kind = EVENT_FAMILY_JOINED,
                               .body.family_joined = {.family = family}};
        TRY(clerk_append(clerk, &joined, on, err));
    }
    return result_ok();
}

static result record_statistics(struct life *life, date on, struct err *err)
{
    static const str sexes[] = {STR_INIT("female"), STR_INIT("male")};
    static const str routes[ROUTE_COUNT] = {
        [ROUTE_SMALL_BOAT] = STR_INIT("small_boat"),
        [ROUTE_CLANDESTINE] = STR_INIT("clandestine"),
        [ROUTE_WITHOUT_DOCUMENTS] = STR_INIT("without_documents"),
        [ROUTE_WORK_VISA] = STR_INIT("work_visa"),
        [ROUTE_STUDY_VISA] = STR_INIT("study_visa"),
        [ROUTE_VISITOR_VISA] = STR_INIT("visitor_visa"),
        [ROUTE_OTHER_LEAVE] = STR_INIT("other_leave"),
        [ROUTE_OTHER] = STR_INIT("other_route"),
    };
    const struct claimant *claimant = life->claimant;
    const bool dependant = claimant->applicant == APPLICANT_DEPENDANT;
    if (claimant->sex != SEX_UNKNOWN) {
        TRY(life_fact(life, FACT_SEX, sexes[claimant->sex], on, err));
    }
    TRY(life_fact(life, FACT_APPLICANT, dependant ? STR("dependant") : STR("main_applicant"), on,
                  err));
    TRY(life_fact(life, FACT_CLAIM_LODGED, claimant->at_port ? STR("at_port") : STR("in_country"),
                  on, err));
    TRY(life_fact(life, FACT_ROUTE, routes[claimant->route], on, err));
    return claimant->unaccompanied ? life_flag(life, FACT_UNACCOMPANIED, true, on, err)
                                   : result_ok();
}

static result record_claim(struct life *life, struct err *err)
{
    const date on = life->claimant->claimed_on;
    const str code = life->story->codes[life->claimant->nationality];
    const str language = life->story->languages[life->claimant->nationality];
    const bool ordinary = life->casting->part == PART_ORDINARY;
    TRY(life_flag(life, FACT_IDENTITY_CHECKED, true, on, err));
    TRY(life_day(life, FACT_CLAIM_MADE_ON, on, on, err));
    TRY(life_fact(life, FACT_CLAIM_STATUS, STR("pending"), on, err));
    if (code.len > 0) {
        TRY(life_fact(life, FACT_NATIONALITY, code, on, err));
    }
    if (life->birth.known) {
        TRY(life_day(life, FACT_BORN_ON, life->birth.born_on, on, err));
    }
    if (language.len > 0 && (!ordinary || life_happens(life, LANGUAGE_KNOWN))) {
        TRY(life_fact(life, FACT_LANGUAGE, language, on, err));
    }
    return record_statistics(life, on, err);
}

static void expect(struct life *life, date on, str value)
{
    ASSERT(life->pending_count < LIFE_PENDING_MAX);
    ASSERT(life->pending_count == 0 || date_before(life->pending[life->pending_count - 1].on, on));
    life->pending[life->pending_count++] =
        (struct pending_fact){.on = on, .fact = FACT_SUPPORT, .value = value};
}

/* A family is supported together, so its draws are the main applicant's. Who claimed before
 * November 2023 has left section 98 for section 95 by the end of that year. */
static void plan_support(struct life *life)
{
    const struct plan *plan = life->story->plan;
    const struct course *course = life->course;
    struct random random =
        population_random(life->story->seed, RANDOM_SUPPORT, life->claimant->main);
    const date first = date_add_days(life->claimant->claimed_on, 1);
    const date table_end = published_quarter_begin(PUBLISHED_QUARTERS);
    const bool late = !date_before(life->claimant->claimed_on, plan_section_98_from());
    random_next(
        &random); /* whether there is support at all was the first draw, for the course (plan.c) */
    const bool section_98 = random_chance(&random, plan->section_98);
    const bool stays = course->afterwards == AFTER_PRESENT ||
                       date_before(plan_last_published_day(), course->afterwards_on);
    const bool section_4 =
        random_chance(&random, plan->section_4) && course_is_exhausted(course) && stays;
    const int32_t days = (int32_t)random_between(&random, 20, 58);
    const date section_95_on = date_add_days(late ? table_end : life->claimant->claimed_on, days);
    if (!course->supported) {
        expect(life, first, STR("no_support"));
    } else if (late && !section_98) {
        expect(life, first, STR("section_95"));
    } else {
        expect(life, first, STR("section_98"));
        if (date_before(section_95_on, course->support_until)) {
            expect(life, section_95_on, STR("section_95"));
        }
    }
    if (date_before(first, course->support_until) && (course->supported || section_4)) {
        expect(life, course->support_until, section_4 ? STR("section_4") : STR("no_support"));
    }
    if (section_4 && course->afterwards != AFTER_PRESENT &&
        date_before(course->support_until, course->afterwards_on)) {
        expect(life, course->afterwards_on, STR("no_support"));
    }
}

/* From the screening to the day before the outcome. */
static result follow_claim(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    const date from = life->claimant->claimed_on;
    const bool decided = life_has_come(life, course->decided_on);
    const bool stands_still = !decided || course->outcome == OUTCOME_WITHDRAWAL ||
                              course->outcome == OUTCOME_ADMINISTRATIVE;
    const int32_t days =
        date_days_between(from, decided ? course->decided_on : life->clerk->setting->today);
    const date screened_on = date_add_days(from, days / 10 < 14 ? days / 10 : 14);
    bool taken = false;
    TRY(life_flag(life, FACT_SLAVERY_ASKED, true, screened_on, err));
    TRY(life_flag(life, FACT_HEALTH_ASKED, true, screened_on, err));
    TRY(life_step(life, STEP_BEGIN_SCREENING, screened_on, &taken, err));
    if (!taken || (stands_still && course->progress_share < PROGRESS_SCREENED)) {
        return result_ok();
    }
    if (course->without_interview) {
        const date on = date_add_days(from, days / 2);
        TRY(life_fact(life, FACT_INTERVIEW_LEFT_OUT, STR("grant_possible_on_papers"), on, err));
        return life_step(life, STEP_DECIDE_WITHOUT_INTERVIEW, on, &taken, err);
    }
    TRY(life_step(life, STEP_INVITE_TO_INTERVIEW, date_add_days(from, days * 4 / 10), &taken, err));
    if (!taken || (stands_still && course->progress_share < PROGRESS_INVITED)) {
        return result_ok();
    }
    const date interviewed_on = date_add_days(from, days * 6 / 10);
    TRY(life_flag(life, FACT_INTERVIEW_UNDERSTOOD, true, interviewed_on, err));
    return life_step(life, STEP_HOLD_INTERVIEW, interviewed_on, &taken, err);
}

static result grant(struct life *life, date on, struct err *err)
{
    bool taken = false;
    TRY(life_flag(life, FACT_GRANT_IN_WRITING, true, on, err));
    return life_step(life, STEP_GRANT_LEAVE, on, &taken, err);
}

/* --- contact lost ------------------------------------------------------------------------- */

static result lose_contact(struct life *life, date on, struct err *err)
{
    const date claimed_on = life->claimant->claimed_on;
    const date usual = date_add_days(on, -60);
    const date last = date_before(usual, claimed_on) ? claimed_on : usual;
    const date due = date_add_days(on, -32);
    bool taken = false;
    if (!life_has_come(life, on)) {
        return result_ok();
    }
    TRY(contact(life, STR("Reporting event"), known(due), last, err));
    TRY(life_day(life, FACT_CONTACT_ON, last, last, err));
    TRY(life_day(life, FACT_CONTACT_DUE, due, last, err));
    TRY(life_flag(life, FACT_CONTACT_SEARCH, true, date_add_days(on, -5), err));
    return life_step(life, STEP_LOSE_CONTACT, on, &taken, err);
}

/* --- after the appeals: what is asked about everybody who is still here ------------------- */

static const struct review {
    enum named_fact fact;
    int32_t missing; /* per cent */
    str usual;
    str other;
    int32_t other_per_thousand;
} reviews[] = {
#define REVIEW(fact, missing, usual, other, other_per_thousand)                                    \
    {fact, missing, STR_INIT(usual), STR_INIT(other), other_per_thousand},
#include "demo/review.def"
#undef REVIEW
};

static bool answered(struct life *life, int32_t missing_per_cent)
{
    return !life_happens(life, 10 * missing_per_cent);
}

/* Known to be so old. */
static bool aged(const struct life *life, date on, int32_t years)
{
    return life->birth.known &&
           !date_before(on, date_add_months(life->birth.born_on, years * 12, DATE_ROUND_UP));
}

static result review_person(struct life *life, date on, struct err *err)
{
    const bool dependant = life->claimant->applicant == APPLICANT_DEPENDANT;
    const bool child = life->birth.known && !aged(life, on, 18);
    if (answered(life, LIABILITY_MISSING)) {
        TRY(life_fact(life, FACT_LIABILITY,
                      dependant ? STR("member_of_family") : STR("own_position"), on, err));
    }
    if (answered(life, AGE_MISSING)) {
        const bool disputed =
            life->claimant->unaccompanied && life_happens(life, AGE_DISPUTED_OF_UNACCOMPANIED);
        TRY(life_fact(life, FACT_AGE_STATUS,
                      disputed ? STR("disputed")
                      : child  ? STR("child")
                               : STR("adult_undisputed"),
                      on, err));
    }
    if (!life->alone && answered(life, BEST_INTERESTS_MISSING)) {
        TRY(life_flag(life, FACT_BEST_INTERESTS, true, on, err));
    }
    if (!life_knows(life, FACT_FURTHER_STATUS) && answered(life, FURTHER_MISSING)) {
        TRY(life_fact(life, FACT_FURTHER_STATUS, STR("none"), on, err));
    }
    return result_ok();
}

static result review_pregnancy(struct life *life, date on, struct err *err)
{
    const bool man = life->claimant->sex == SEX_MALE;
    if (!man && !answered(life, PREGNANCY_MISSING)) {
        return result_ok();
    }
    const bool pregnant = !man && aged(life, on, PREGNANT_AGE_FROM) &&
                          !aged(life, on, PREGNANT_AGE_UNTIL) && life_happens(life, PREGNANT);
    return life_fact(life, FACT_PREGNANCY, pregnant ? STR("pregnant") : STR("not_pregnant"), on,
                     err);
}

static result review_slavery(struct life *life, date on, struct err *err)
{
    if (!answered(life, SLAVERY_MISSING)) {
        return result_ok();
    }
    if (!life_happens(life, SLAVERY_REFERRED)) {
        return life_fact(life, FACT_SLAVERY_REFERRAL, STR("none"), on, err);
    }
    TRY(life_fact(life, FACT_SLAVERY_REFERRAL, STR("made"), on, err));
    const int32_t part = (int32_t)random_below(&life->random, 10);
    if (part < 3) {
        return life_fact(life, FACT_SLAVERY_GROUNDS, STR("negative"), on, err);
    }
    if (part < 6) {
        return life_fact(life, FACT_SLAVERY_GROUNDS, STR("undecided"), on, err);
    }
    TRY(life_fact(life, FACT_SLAVERY_GROUNDS, STR("positive"), on, err));
    TRY(life_day(life, FACT_SLAVERY_GROUNDS_ON, date_add_days(on, -10), on, err));
    TRY(life_flag(life, FACT_SLAVERY_DISQUALIFIED, false, on, err));
    return life_fact(life, FACT_SLAVERY_CONCLUSIVE, STR("undecided"), on, err);
}

static result review_journey(struct life *life, date on, struct err *err)
{
    const str home = life_home(life);
    if (answered(life, FITNESS_MISSING)) {
        TRY(life_fact(life, FACT_FIT_TO_TRAVEL,
                      life_happens(life, UNFIT) ? STR("unfit") : STR("fit"), on, err));
        TRY(life_day(life, FACT_FITNESS_UNTIL, life_days_later(life, on, 90, 365), on, err));
    }
    if (answered(life, RISK_MISSING) && home.len > 0) {
        TRY(life_day(life, FACT_RISK_ASSESSED_ON, on, on, err));
        TRY(life_fact(life, FACT_SAFE_DESTINATIONS, home, on, err));
        TRY(life_day(life, FACT_RISK_REVIEW_DUE, life_days_later(life, on, 90, 365), on, err));
    }
    if (!answered(life, DOCUMENT_MISSING)) {
        return result_ok();
    }
    const int32_t part = (int32_t)random_below(&life->random, 1000);
    if (part >= DOCUMENT_HELD || home.len == 0) {
        return life_fact(life, FACT_DOCUMENT_STATUS,
                         part < DOCUMENT_HELD + DOCUMENT_APPLIED_FOR ? STR("applied_for")
                                                                     : STR("none"),
                         on, err);
    }
    TRY(life_fact(life, FACT_DOCUMENT_STATUS, STR("held"), on, err));
    TRY(life_flag(life, FACT_DOCUMENT_MATCHES, true, on, err));
    TRY(life_day(life, FACT_DOCUMENT_EXPIRES, life_days_later(life, on, 100, 1800), on, err));
    return life_fact(life, FACT_DOCUMENT_ACCEPTED, home, on, err);
}

/* A desk reviews a case some weeks after the end of the appeals and then every year, so the last
 * review is recent. */
static result review(struct life *life, struct err *err)
{
    const date today = life->clerk->setting->today;
    date on = life_days_later(life, life->course->exhausted_on, 14, 60);
    const date recent = date_add_days(today, -(int32_t)random_between(&life->random, 5, 150));
    on = date_before(on, recent) ? recent : on;
    if (!life_has_come(life, on)) {
        return result_ok();
    }
    for (size_t i = 0; i < sizeof reviews / sizeof reviews[0]; i++) {
        const struct review *row = &reviews[i];
        if (answered(life, row->missing)) {
            TRY(life_fact(life, row->fact,
                          life_happens(life, row->other_per_thousand) ? row->other : row->usual, on,
                          err));
        }
    }
    TRY(review_person(life, on, err));
    TRY(review_pregnancy(life, on, err));
    TRY(review_slavery(life, on, err));
    return review_journey(life, on, err);
}

static result follow_further_submissions(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    const date lodged_on = course->afterwards_on;
    bool taken = false;
    TRY(life_day(life, FACT_FURTHER_LODGED, lodged_on, lodged_on, err));
    TRY(life_step(life, STEP_LODGE_FURTHER, lodged_on, &taken, err));
    if (!taken || course->afterwards == AFTER_FURTHER_PENDING) {
        return result_ok();
    }
    TRY(life_flag(life, FACT_FURTHER_CONSIDERED, true, course->settled_on, err));
    TRY(life_fact(life, FACT_FURTHER_VALIDITY, STR("valid"), course->settled_on, err));
    if (course->afterwards == AFTER_FURTHER_ACCEPTED) {
        return life_step(life, STEP_ACCEPT_FRESH, course->settled_on, &taken, err);
    }
    return life_step(life, STEP_REJECT_FURTHER, course->settled_on, &taken, err);
}

/* An enforced removal is being prepared: what that needs is on record, the rest is as with
 * everybody. */
static result prepare_removal(struct life *life, struct err *err)
{
    const date on = life->course->afterwards_on;
    bool taken = false;
    TRY(life_fact(life, FACT_LEAVE, STR("none"), on, err));
    TRY(life_fact(life, FACT_CITIZENSHIP, STR("excluded"), on, err));
    TRY(life_fact(life, FACT_FURTHER_STATUS, STR("none"), on, err));
    TRY(life_flag(life, FACT_EXCEPTIONAL, true, on, err));
    return life_step(life, STEP_PREPARE_REMOVAL, on, &taken, err);
}

/* Of those who are simply here, every fifth was asked about too early: the law refused, and says
 * why. */
static result ask_in_vain(struct life *life, struct err *err)
{
    struct clerk *clerk = life->clerk;
    const date on = instant_date(clerk->last);
    if (clerk->subject % 5 != 0) {
        return result_ok();
    }
    return clerk->subject % 2 == 0
               ? clerk_refuse(clerk, STEP_ENFORCED_REMOVAL, NULL, on, err)
               : clerk_refuse(clerk, STEP_HUB_TRANSFER,
                              &life->story->partners->hubs[clerk->subject / 10 % DEMO_HUBS], on,
                              err);
}

static result follow_afterwards(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    const date on = course->afterwards_on;
    bool taken = false;
    if (life->casting->part != PART_ORDINARY) {
        return departure_of_part(life, err);
    }
    switch (course->afterwards) {
    case AFTER_PRESENT:
        TRY(review(life, err));
        return ask_in_vain(life, err);
    case AFTER_ENFORCED:
        return departure_enforced(life, on, err);
    case AFTER_VOLUNTARY:
        return departure_voluntary(life, on, false, err);
    case AFTER_PORT:
        return departure_voluntary(life, on, true, err);
    case AFTER_LOST:
        return life_has_come(life, on) ? lose_contact(life, on, err) : review(life, err);
    case AFTER_FURTHER_PENDING:
    case AFTER_FURTHER_REJECTED:
    case AFTER_FURTHER_ACCEPTED:
        TRY(follow_further_submissions(life, err));
        return review(life, err);
    case AFTER_RETURNING:
        TRY(departure_begin_voluntary(life, on, &taken, err));
        return taken ? result_ok() : review(life, err);
    case AFTER_REMOVAL_PREPARED:
        TRY(prepare_removal(life, err));
        return review(life, err);
    }
    return result_ok();
}

/* --- refusals and appeals ----------------------------------------------------------------- */

static result refuse(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    const date on = course->decided_on;
    const date received_on = date_add_days(on, 2);
    bool taken = false;
    TRY(life_flag(life, FACT_IN_UK, true, on, err));
    TRY(life_flag(life, FACT_REASONS_IN_WRITING, true, on, err));
    TRY(life_step(life, STEP_REFUSE_CLAIM, on, &taken, err));
    TRY(life_fact(life, FACT_INITIAL_OUTCOME, STR("refusal"), on, err));
    TRY(life_fact(life, FACT_APPEAL_RIGHT,
                  course->certified ? STR("only_from_abroad") : STR("in_country"), on, err));
    TRY(life_fact(life, FACT_CERTIFICATE, course->certified ? STR("section_94") : STR("none"), on,
                  err));
    if (course->certified) {
        TRY(life_fact(life, FACT_CERTIFICATE_STANDING, STR("unchallenged"), on, err));
    }
    const bool here =
        life->casting->part != PART_ORDINARY || life_happens(life, HEARD_IN_ENGLAND_AND_WALES);
    TRY(life_fact(life, FACT_APPEAL_HEARD_IN, here ? STR("england_and_wales") : STR("scotland"), on,
                  err));
    if (course->service_proven) {
        TRY(life_day(life, FACT_DECISION_RECEIVED, received_on, received_on, err));
        return life_fact(life, FACT_DECISION_SERVICE, STR("proven"), received_on, err);
    }
    /* Half of the others: somebody wrote down that the letter came back. */
    return life_happens(life, 500)
               ? life_fact(life, FACT_DECISION_SERVICE, STR("not_proven"), received_on, err)
               : result_ok();
}

static result refuse_permission(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    const int32_t days = date_days_between(course->onward_on, course->onward_ended_on);
    const date first_on = date_add_days(course->onward_on, days / 2);
    TRY(life_fact(life, FACT_PERMISSION_FIRST_TIER, STR("refused"), first_on, err));
    TRY(life_day(life, FACT_PERMISSION_FIRST_TIER_SENT, first_on, first_on, err));
    TRY(life_fact(life, FACT_PERMISSION_UPPER, STR("pending"), date_add_days(first_on, 7), err));
    return life_fact(life, FACT_PERMISSION_UPPER, STR("refused"), course->onward_ended_on, err);
}

/* Before the Upper Tribunal: *ret_over when nothing more is open. */
static result follow_onward(struct life *life, bool *ret_over, struct err *err)
{
    const struct course *course = life->course;
    const date ended_on = course->onward_ended_on;
    bool taken = false;
    TRY(life_day(life, FACT_PERMISSION_RECEIVED, course->onward_on, course->onward_on, err));
    TRY(life_step(life, STEP_SEEK_PERMISSION, course->onward_on, &taken, err));
    if (!taken) {
        return result_ok();
    }
    if (!course->onward_heard) {
        TRY(refuse_permission(life, err));
        *ret_over = life_has_come(life, ended_on);
        return result_ok();
    }
    const date granted_on = date_add_days(course->onward_on, 40);
    TRY(life_fact(life, FACT_PERMISSION_FIRST_TIER, STR("granted"), granted_on, err));
    TRY(life_fact(life, FACT_UPPER_STATUS, STR("pending"), granted_on, err));
    TRY(life_day(life, FACT_UPPER_SENT, ended_on, ended_on, err));
    TRY(life_step(life, course->onward_allowed ? STEP_UPPER_ALLOWS : STEP_UPPER_DISMISSES, ended_on,
                  &taken, err));
    if (!taken || course->onward_allowed) {
        return taken ? grant(life, date_add_days(ended_on, 40), err) : result_ok();
    }
    *ret_over = !course->to_court;
    if (course->to_court) {
        const date court_on = date_add_days(ended_on, 9);
        TRY(life_day(life, FACT_PERMISSION_RECEIVED, court_on, court_on, err));
        return life_step(life, STEP_SEEK_COURT, court_on, &taken, err);
    }
    return result_ok();
}

/* Before the First-tier Tribunal: *ret_over when nothing more is open. */
static result follow_appeal(struct life *life, bool *ret_over, struct err *err)
{
    const struct course *course = life->course;
    const date ended_on = course->appeal_ended_on;
    bool taken = false;
    *ret_over = !course->appealed;
    if (!course->appealed) {
        return result_ok();
    }
    TRY(life_day(life, FACT_APPEAL_RECEIVED, course->appealed_on, course->appealed_on, err));
    TRY(life_step(life, STEP_LODGE_APPEAL, course->appealed_on, &taken, err));
    if (!taken || !life_has_come(life, ended_on)) {
        return result_ok();
    }
    if (course->appeal_end == APPEAL_WITHDRAWN) {
        TRY(life_flag(life, FACT_APPEAL_WITHDRAWN, true, ended_on, err));
        return life_step(life, STEP_WITHDRAW_APPEAL, ended_on, ret_over, err);
    }
    TRY(life_day(life, FACT_APPEAL_REASONS, ended_on, ended_on, err));
    if (course->appeal_end == APPEAL_ALLOWED) {
        TRY(life_step(life, STEP_FIRST_TIER_ALLOWS, ended_on, &taken, err));
        return taken ? grant(life, date_add_days(ended_on, 40), err) : result_ok();
    }
    TRY(life_step(life, STEP_FIRST_TIER_DISMISSES, ended_on, &taken, err));
    if (taken && course->onward) {
        return follow_onward(life, ret_over, err);
    }
    *ret_over = taken;
    return result_ok();
}

static result follow_refusal(struct life *life, struct err *err)
{
    bool over = false;
    bool taken = false;
    TRY(refuse(life, err));
    TRY(follow_appeal(life, &over, err));
    if (!over || !life_has_come(life, life->course->exhausted_on)) {
        return result_ok();
    }
    TRY(life_flag(life, FACT_ADDRESS_SHARED, true, date_add_days(life->course->exhausted_on, -1),
                  err));
    TRY(life_step(life, STEP_EXHAUST, life->course->exhausted_on, &taken, err));
    return taken ? follow_afterwards(life, err) : result_ok();
}

/* --- withdrawals and administrative outcomes ---------------------------------------------- */

static result follow_withdrawal(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    const date on = course->decided_on;
    const bool administrative = course->outcome == OUTCOME_ADMINISTRATIVE;
    bool taken = false;
    TRY(life_fact(life, FACT_INITIAL_OUTCOME,
                  administrative ? STR("administrative") : STR("withdrawal"), on, err));
    if (course->died && life->claimant->applicant == APPLICANT_MAIN) {
        TRY(life_day(life, FACT_DIED_ON, on, on, err));
        return life_step(life, STEP_RECORD_DEATH, on, &taken, err);
    }
    const bool implicit = administrative || life_happens(life, IMPLICIT_WITHDRAWAL);
    TRY(life_fact(life, FACT_CLAIM_WITHDRAWAL,
                  implicit ? STR("treated_as_withdrawn_after_warning")
                           : STR("explicit_and_understood"),
                  on, err));
    TRY(life_step(life, STEP_WITHDRAW_CLAIM, on, &taken, err));
    if (!taken || !life_has_come(life, course->afterwards_on)) {
        return result_ok();
    }
    if (course->afterwards == AFTER_LOST) {
        return lose_contact(life, course->afterwards_on, err);
    }
    return course->afterwards == AFTER_VOLUNTARY
               ? departure_voluntary(life, course->afterwards_on, false, err)
               : result_ok();
}

/* --- the whole ---------------------------------------------------------------------------- */

static result follow_outcome(struct life *life, struct err *err)
{
    const struct course *course = life->course;
    if (!life_has_come(life, course->decided_on)) {
        return result_ok();
    }
    switch (course->outcome) {
    case OUTCOME_GRANT:
        TRY(life_fact(life, FACT_INITIAL_OUTCOME, STR("grant"), course->decided_on, err));
        return grant(life, course->decided_on, err);
    case OUTCOME_REFUSAL:
        return follow_refusal(life, err);
    case OUTCOME_WITHDRAWAL:
    case OUTCOME_ADMINISTRATIVE:
        return follow_withdrawal(life, err);
    case OUTCOME_COUNT:
        break;
    }
    return result_ok();
}

/* Nobody is lost: every open person has a last contact and a day on which the next is due. With an
 * outcome no check is due. */
static result end_contacts(struct life *life, struct err *err)
{
    const struct clerk *clerk = life->clerk;
    const date today = clerk->setting->today;
    const struct stage *stage = &clerk->setting->rulebook->stages[clerk->stage];
    TRY(catch_up(life, today, err));
    if (stage->outcome) {
        return contact(life, STR("Notice of the outcome"), (struct known_day){.known = false},
                       instant_date(clerk->last), err);
    }
    if (str_equal(stage->name, STR("contact_lost"))) {
        return result_ok();
    }
    const bool overdue =
        life->casting->part == PART_ORDINARY && life_happens(life, CONTACT_OVERDUE);
    date on = overdue ? date_add_days(today, -(int32_t)random_between(&life->random, 40, 200))
                      : date_add_days(today, -(int32_t)random_between(&life->random, 1,
                                                                      CHECK_EVERY_DAYS - 1));
    on = date_before(on, life->claimant->claimed_on) ? life->claimant->claimed_on : on;
    return contact(life, clerk->hub_place > 0 ? STR("Hub record") : STR("Reporting event"),
                   known(date_add_days(on, CHECK_EVERY_DAYS)), on, err);
}

result life_record(const struct story *story, const struct course *course, int32_t index,
                   int64_t person, int64_t family, str reference, struct err *err)
{
    static const struct casting ordinary = {.part = PART_ORDINARY};
    const struct claimant *claimant = &story->population->people[index];
    struct life life = {.story = story,
                        .clerk = story->clerk,
                        .claimant = claimant,
                        .course = course,
                        .casting =
                            claimant->main == index ? &story->plan->castings[index] : &ordinary,
                        .alone = family == 0,
                        .random = population_random(story->seed, RANDOM_FACTS, index)};
    life.birth = population_birth(claimant, &life.random);
    TRY(register_person(&life, person, family, reference, err));
    TRY(record_claim(&life, err));
    plan_support(&life);
    TRY(follow_claim(&life, err));
    TRY(follow_outcome(&life, err));
    return end_contacts(&life, err);
}
