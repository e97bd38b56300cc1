/* Promises that the UK rulebook makes as a whole, which no single example can show. */
#include "load_rulebook.h"
#include "rulebook/possible.h"

#include "format/csv.h"
#include "system/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct law {
    const struct rulebook *rulebook;
    struct arena arena;
};

static const struct step *step_named(const struct rulebook *rulebook, const char *name)
{
    const uint32_t index = rulebook_step(rulebook, str_from_c(name));
    if (index == NOT_FOUND_INDEX) {
        fail_msg("There is no step %s", name);
    }
    return &rulebook->steps[index];
}

static bool is_guarded_by(const struct step *step, uint32_t safeguard)
{
    for (size_t i = 0; i < step->safeguard_count; i++) {
        if (step->safeguards[i] == safeguard) {
            return true;
        }
    }
    return false;
}

static bool is_guarded_by_name(const struct rulebook *rulebook, const char *step,
                               const char *safeguard)
{
    return is_guarded_by(step_named(rulebook, step),
                         rulebook_safeguard(rulebook, str_from_c(safeguard)));
}

/* Aim: H31. A transfer to a hub is a removal from the United Kingdom, so whatever guards the one
 * guards the other. */
static void a_transfer_needs_all_that_a_removal_needs(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    const struct step *removal = step_named(rulebook, "enforced_removal");
    const struct step *transfer = step_named(rulebook, "hub_transfer");
    assert_true(removal->safeguard_count >= 25);
    assert_true(transfer->safeguard_count > removal->safeguard_count);
    for (size_t i = 0; i < removal->safeguard_count; i++) {
        if (!is_guarded_by(transfer, removal->safeguards[i])) {
            fail_msg("%.*s guards the removal and not the transfer",
                     STR_ARG(rulebook->safeguards[removal->safeguards[i]].name));
        }
    }
}

/* Aim: what a court orders holds for every way out against a person's will, from the hub too. */
static void orders_bar_every_forced_departure(void **state)
{
    const struct law *law = *state;
    static const char *const steps[] = {"enforced_removal", "hub_transfer",
                                        "onward_return_enforced"};
    static const char *const safeguards[] = {"no_court_order",          "no_interim_measure",
                                             "destination_as_notified", "travel_document_is_good",
                                             "no_appeal_open",          "not_british",
                                             "court_could_be_reached"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (size_t j = 0; j < sizeof safeguards / sizeof safeguards[0]; j++) {
            assert_true(is_guarded_by_name(law->rulebook, steps[i], safeguards[j]));
        }
    }
}

static bool is_stage_at_hub(const struct rulebook *rulebook, uint32_t stage)
{
    return stage == rulebook_stage(rulebook, STR("at_hub")) ||
           stage == rulebook_stage(rulebook, STR("claim_at_hub")) ||
           stage == rulebook_stage(rulebook, STR("missing_from_hub"));
}

/* Aim: a place is taken by every step into a hub and freed by every step out of it, and by no
 * other. */
static void places_are_taken_and_freed(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        assert_false(step->from_any); /* or it would lead out of a hub unnoticed */
        for (size_t j = 0; j < step->from_count; j++) {
            const bool inside = is_stage_at_hub(rulebook, step->from[j]);
            const bool remains = step->same_stage ? inside : is_stage_at_hub(rulebook, step->to);
            const enum step_place expected = inside == remains ? STEP_PLACE_NONE
                                             : remains         ? STEP_PLACE_TAKES
                                                               : STEP_PLACE_FREES;
            if (step->place != expected) {
                fail_msg("%.*s keeps no account of the place", STR_ARG(step->name));
            }
        }
    }
}

/* Aim: every step is guarded; every stage that is not an outcome lets a death, a grant and lost
 * contact be recorded. */
static void nobody_is_stuck(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    const uint32_t died = rulebook_stage(rulebook, STR("died"));
    for (uint32_t stage = 0; stage < rulebook->stage_count; stage++) {
        bool dies = false;
        for (size_t i = 0; i < rulebook->step_count; i++) {
            const struct step *step = &rulebook->steps[i];
            assert_true(step->safeguard_count > 0);
            dies = dies || (!step->same_stage && step->to == died &&
                            rulebook_step_leaves(rulebook, step, stage));
        }
        if (!dies && !rulebook->stages[stage].outcome) {
            fail_msg("A death in stage %.*s cannot be recorded",
                     STR_ARG(rulebook->stages[stage].name));
        }
    }
}

/* Aim: F09, F10. Withdrawn, lost and missing are open stages; outcomes are ends that can be
 * confirmed. */
static void withdrawn_and_lost_are_not_outcomes(void **state)
{
    const struct law *law = *state;
    static const struct {
        const char *stage;
        bool outcome;
    } rows[] = {{"claim_registered", false},
                {"refused", false},
                {"first_tier_appeal", false},
                {"upper_tribunal_appeal", false},
                {"appeal_rights_exhausted", false},
                {"further_submissions", false},
                {"at_hub", false},
                {"claim_withdrawn", false},
                {"contact_lost", false},
                {"missing_from_hub", false},
                {"inadmissible", false},
                {"removed", true},
                {"returned_voluntarily", true},
                {"granted", true},
                {"released_with_status", true},
                {"died", true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint32_t stage = rulebook_stage(law->rulebook, str_from_c(rows[i].stage));
        assert_int_not_equal(stage, NOT_FOUND_INDEX);
        assert_int_equal(law->rulebook->stages[stage].outcome, rows[i].outcome);
    }
}

/* Aim: two people approve a transfer, one a removal and an onward return; the first is never the
 * second. */
static void approvals_are_asked_for(void **state)
{
    const struct law *law = *state;
    const struct step *transfer = step_named(law->rulebook, "hub_transfer");
    assert_int_equal(transfer->approval_count, 2);
    assert_int_equal(transfer->approvals[0],
                     rulebook_role(law->rulebook, STR("authorising_officer")));
    assert_int_equal(transfer->approvals[1], rulebook_role(law->rulebook, STR("senior_officer")));
    assert_true(transfer->with_hub && transfer->with_agreement);
    assert_int_equal(step_named(law->rulebook, "enforced_removal")->approval_count, 1);
    assert_int_equal(step_named(law->rulebook, "onward_return_enforced")->approval_count, 1);
}

static bool records(const struct rulebook *rulebook, const struct step *step, const char *fact)
{
    const uint32_t index = rulebook_fact(rulebook, str_from_c(fact));
    assert_int_not_equal(index, NOT_FOUND_INDEX);
    for (size_t i = 0; i < step->record_count; i++) {
        if (step->records[i].fact == index) {
            return true;
        }
    }
    return false;
}

/* Aim: clearance ends when its reasons end. A new adverse decision takes back that a court could be
 * reached (F05), and a transfer takes back what was found safe for the journey to the hub (H12). */
static void steps_take_back_stale_clearance(void **state)
{
    const struct law *law = *state;
    static const char *const adverse[] = {"refuse_claim",
                                          "declare_inadmissible",
                                          "first_tier_dismisses",
                                          "upper_tribunal_dismisses",
                                          "court_of_appeal_dismisses",
                                          "reject_further_submissions",
                                          "reject_protection_at_hub"};
    for (size_t i = 0; i < sizeof adverse / sizeof adverse[0]; i++) {
        assert_true(records(law->rulebook, step_named(law->rulebook, adverse[i]),
                            "last_decision.time_to_reach_court"));
    }
    static const char *const stale[] = {"protection.assessed_on", "protection.safe_destinations",
                                        "departure.destination",  "departure.admission",
                                        "health.fit_to_travel",   "person.in_uk"};
    for (size_t i = 0; i < sizeof stale / sizeof stale[0]; i++) {
        assert_true(records(law->rulebook, step_named(law->rulebook, "hub_transfer"), stale[i]));
    }
}

/* Aim: what is recorded for the statistics alone decides about nobody: sex, applicant, route,
 * support. */
static void no_safeguard_reads_statistics(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    struct arena arena = law->arena;
    bool *read = ARENA_NEW(&arena, bool, rulebook->fact_count);
    assert_non_null(read);
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        judge_reads(rulebook, i, read);
    }
    size_t statistical = 0;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        if (str_equal(rulebook->facts[i].section, STR("For statistics"))) {
            statistical++;
            if (read[i]) {
                fail_msg("A safeguard reads %.*s", STR_ARG(rulebook->facts[i].name));
            }
        }
    }
    assert_true(statistical > 0);
    assert_true(read[rulebook_fact(rulebook, STR("claim.status"))]); /* the list is not empty */
}

/* Aim: every nationality that the published statistics name can be recorded, and so can people
 * without one. */
static void nationalities_of_the_statistics_are_listed(void **state)
{
    const struct law *law = *state;
    struct arena arena = law->arena;
    struct err err = {0};
    str text;
    const str path =
        arena_format(&arena, "%s/data/nationality_lookup.csv", getenv("RETURNHUB_SOURCE"));
    assert_true(system_read_file(path.at, 1 << 20, &arena, &text, &err).ok);
    struct csv_reader reader;
    csv_reader_init(&reader, path.at, text);
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    size_t listed = 0;
    bool more = false;
    assert_true(csv_read(&reader, &arena, cells, &count, &more, &err).ok && more);
    assert_true(count >= 2 && str_equal(cells[1], STR("nationality_iso3")));
    while (csv_read(&reader, &arena, cells, &count, &more, &err).ok && more) {
        uint16_t code = 0;
        if (cells[1].len > 0) {
            assert_true(country_parse(cells[1], &code));
            if (rulebook_country_name(law->rulebook, code).len == 0) {
                fail_msg("%.*s is not listed", STR_ARG(cells[1]));
            }
            listed++;
        }
    }
    assert_false(more);
    assert_true(listed > 200);
    static const char *const others[] = {"XKX", "XXA", "XXB", "XXC", "XXX", "GBO", "XDM"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint16_t code = 0;
        assert_true(country_parse(str_from_c(others[i]), &code));
        assert_true(rulebook_country_name(law->rulebook, code).len > 0);
    }
}

static int open_law(void **state)
{
    struct err err = {0};
    struct arena arena;
    assert_true(arena_open(&arena, (size_t)256 << 20, &err).ok);
    struct law *law = ARENA_NEW(&arena, struct law, 1);
    assert_non_null(law);
    law->rulebook = load_rulebook(uk_rulebook_folder(&arena), &arena);
    assert_non_null(law->rulebook);
    law->arena = arena;
    *state = law;
    return 0;
}

static int close_law(void **state)
{
    struct law *law = *state;
    struct arena arena = law->arena;
    arena_close(&arena);
    return 0;
}

/* Aim: no safeguard shuts a step for everybody: for each step there is a day, and there are facts,
 * on which all its safeguards are clear together. The judge has confirmed them. */
static void every_step_can_be_clear(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    struct arena arena = law->arena;
    struct possible *possible = NULL;
    struct err err;
    assert_true(possible_open(rulebook, &arena, &possible, &err).ok);
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        struct possible_goal *goals =
            ARENA_NEW(&arena, struct possible_goal, step->safeguard_count);
        assert_non_null(goals);
        for (size_t k = 0; k < step->safeguard_count; k++) {
            goals[k] = (struct possible_goal){rulebook->safeguards[step->safeguards[k]].clear_when,
                                              TRUTHS_TRUE};
        }
        const struct possible_question question = {
            .goals = goals,
            .goal_count = step->safeguard_count,
            .without_hub = !step->with_hub,
            .without_agreement = !step->with_agreement,
        };
        enum possible_answer answer;
        assert_true(possible_ask(possible, &question, &answer, NULL, &err).ok);
        if (answer != POSSIBLE_YES) {
            fail_msg("%.*s: %s", STR_ARG(step->name),
                     answer == POSSIBLE_NO ? "can never be clear" : "was not decided");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_needs_all_that_a_removal_needs),
        cmocka_unit_test(orders_bar_every_forced_departure),
        cmocka_unit_test(places_are_taken_and_freed),
        cmocka_unit_test(nobody_is_stuck),
        cmocka_unit_test(withdrawn_and_lost_are_not_outcomes),
        cmocka_unit_test(approvals_are_asked_for),
        cmocka_unit_test(every_step_can_be_clear),
        cmocka_unit_test(steps_take_back_stale_clearance),
        cmocka_unit_test(no_safeguard_reads_statistics),
        cmocka_unit_test(nationalities_of_the_statistics_are_listed),
    };
    return cmocka_run_group_tests_name("uk_rulebook", tests, open_law, close_law);
}
