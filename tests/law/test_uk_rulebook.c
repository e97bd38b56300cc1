/* Promises that the UK rulebook makes as a whole, which no single example can show. */
#include "load_rulebook.h"
#include "rulebook/judge.h"

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

/* Aim: a release, the end of a separation and what a tribunal or court did can always be recorded:
 * each safeguard in the way reads one day, and the step needs no approval. */
static void what_happened_is_never_barred(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    static const char *const steps[] = {"release_from_detention",
                                        "end_separation",
                                        "lodge_appeal",
                                        "lodge_appeal_from_abroad",
                                        "lodge_further_submissions",
                                        "seek_court_of_appeal",
                                        "first_tier_allows",
                                        "upper_tribunal_allows",
                                        "court_of_appeal_allows",
                                        "record_death",
                                        "record_death_at_hub"};
    struct arena arena = law->arena;
    bool *read = ARENA_NEW(&arena, bool, rulebook->fact_count);
    assert_non_null(read);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct step *step = step_named(rulebook, steps[i]);
        size_t read_count = 0;
        memset(read, 0, rulebook->fact_count * sizeof *read);
        assert_int_equal(step->safeguard_count, 1);
        assert_int_equal(step->approval_count, 0);
        judge_reads(rulebook, step->safeguards[0], read);
        for (size_t fact = 0; fact < rulebook->fact_count; fact++) {
            read_count += read[fact] ? 1 : 0;
            assert_true(!read[fact] || rulebook->facts[fact].type == FACT_DATE);
        }
        assert_int_equal(read_count, 1);
    }
}

/* Aim: holding somebody is allowed by another officer than the one who asks, and going on is
 * guarded by all that guards beginning, but for what is asked only at the door. */
static void detention_is_asked_about_again(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    static const char *const at_the_door[] = {"person_is_at_liberty", "child_alone_is_not_held",
                                              "family_returns_panel_consulted"};
    const struct step *begin = step_named(rulebook, "begin_detention");
    const struct step *go_on = step_named(rulebook, "continue_detention");
    size_t only_at_the_door = 0;
    assert_int_equal(begin->approval_count, 1);
    assert_int_equal(go_on->approval_count, 1);
    for (size_t i = 0; i < begin->safeguard_count; i++) {
        const uint32_t safeguard = begin->safeguards[i];
        bool door = false;
        for (size_t j = 0; j < sizeof at_the_door / sizeof at_the_door[0]; j++) {
            door = door || rulebook_safeguard(rulebook, str_from_c(at_the_door[j])) == safeguard;
        }
        only_at_the_door += door ? 1 : 0;
        if (!door && !is_guarded_by(go_on, safeguard)) {
            fail_msg("%.*s guards the beginning of detention and not going on",
                     STR_ARG(rulebook->safeguards[safeguard].name));
        }
    }
    assert_int_equal(only_at_the_door, sizeof at_the_door / sizeof at_the_door[0]);
    assert_true(go_on->safeguard_count > begin->safeguard_count);
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
                                          "reject_invalid_submissions",
                                          "withdraw_further_submissions",
                                          "withdraw_claim",
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
    /* A departure that failed, or a transfer that took place, used its notice up (A20, A21). */
    static const char *const used[] = {"removal_fails", "stop_transfer", "hub_transfer"};
    static const char *const notice[] = {
        "removal_notice.intention_given_on", "removal_notice.departure_details_given_on",
        "removal_notice.service", "removal_notice.destination", "representative.call_offered"};
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++) {
        for (size_t j = 0; j < sizeof notice / sizeof notice[0]; j++) {
            assert_true(records(law->rulebook, step_named(law->rulebook, used[i]), notice[j]));
        }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_needs_all_that_a_removal_needs),
        cmocka_unit_test(orders_bar_every_forced_departure),
        cmocka_unit_test(places_are_taken_and_freed),
        cmocka_unit_test(nobody_is_stuck),
        cmocka_unit_test(withdrawn_and_lost_are_not_outcomes),
        cmocka_unit_test(approvals_are_asked_for),
        cmocka_unit_test(what_happened_is_never_barred),
        cmocka_unit_test(detention_is_asked_about_again),
        cmocka_unit_test(steps_take_back_stale_clearance),
        cmocka_unit_test(no_safeguard_reads_statistics),
        cmocka_unit_test(nationalities_of_the_statistics_are_listed),
    };
    return cmocka_run_group_tests_name("uk_rulebook", tests, open_law, close_law);
}
