/* Promises that every rulebook makes as a whole, which no single example can show.
 *
 *     test_rulebook NAME        (uk, eu)
 *
 * The promises are the same whatever the law; what a law calls the steps and safeguards that keep
 * them stands in the table below. The three ways out against a person's will, the stages at a hub
 * and the roles have the same names in every rulebook. */
#include "load_rulebook.h"
#include "rulebook/possible.h"

#include "format/csv.h"
#include "system/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NAMES_MAX = 24 };

struct named_law {
    const char *name;
    const char *orders[NAMES_MAX];   /* safeguards of every forced departure */
    const char *open[NAMES_MAX];     /* stages that are no outcome, though it might seem so */
    const char *outcomes[NAMES_MAX]; /* all of them */
    const char *adverse[NAMES_MAX];  /* steps that decide against the person */
    const char *stale[NAMES_MAX];    /* facts that a transfer takes back, or changes */
    const char
        *happened[NAMES_MAX]; /* steps that record what others did; none are guarded but by a day */
    const char *at_the_door[NAMES_MAX];    /* asked when detention begins, and not again */
    const char *notice_used_up[NAMES_MAX]; /* steps after which a new notice is needed */
    const char *notice[NAMES_MAX];         /* what such a step takes back */
};

static struct named_law named_laws[] = {
    {.name = "uk",
     .orders = {"no_court_order", "no_interim_measure", "destination_as_notified",
                "travel_document_is_good", "no_appeal_open", "not_british",
                "court_could_be_reached"},
     .open = {"claim_registered", "refused", "first_tier_appeal", "upper_tribunal_appeal",
              "appeal_rights_exhausted", "further_submissions", "at_hub", "claim_withdrawn",
              "contact_lost", "missing_from_hub", "inadmissible"},
     .outcomes = {"removed", "returned_voluntarily", "granted", "released_with_status", "died"},
     .adverse = {"refuse_claim", "declare_inadmissible", "first_tier_dismisses",
                 "upper_tribunal_dismisses", "court_of_appeal_dismisses",
                 "reject_further_submissions", "reject_invalid_submissions",
                 "withdraw_further_submissions", "withdraw_claim", "reject_protection_at_hub"},
     .happened = {"release_from_detention", "end_separation", "lodge_appeal",
                  "lodge_appeal_from_abroad", "lodge_further_submissions", "seek_court_of_appeal",
                  "first_tier_allows", "upper_tribunal_allows", "court_of_appeal_allows",
                  "record_death", "record_death_at_hub"},
     .at_the_door = {"person_is_at_liberty", "child_alone_is_not_held",
                     "family_returns_panel_consulted"},
     .notice_used_up = {"removal_fails", "stop_transfer", "hub_transfer"},
     .notice = {"removal_notice.intention_given_on", "removal_notice.departure_details_given_on",
                "removal_notice.service", "removal_notice.destination",
                "representative.call_offered"},
     .stale = {"protection.assessed_on", "protection.safe_destinations", "departure.destination",
               "departure.admission", "health.fit_to_travel", "person.in_uk"}},
    {.name = "eu",
     .orders = {"no_court_order", "no_interim_measure", "country_is_in_the_return_decision",
                "country_as_ordered", "removal_order_was_given", "travel_document_is_good",
                "right_to_remain_has_ended", "return_decision_is_not_suspended",
                "return_decision_is_enforceable", "no_free_movement", "removal_is_not_postponed",
                "removal_is_monitored", "no_reflection_period", "court_could_be_reached"},
     .open = {"application_registered", "application_withdrawn", "rejected", "before_the_court",
              "voluntary_departure", "to_be_returned", "removal_postponed", "applied_again",
              "at_hub", "contact_lost", "missing_from_hub"},
     .outcomes = {"removed", "departed_voluntarily", "protection_granted",
                  "settled_in_third_country", "died"},
     .adverse = {"reject_application", "reject_as_inadmissible", "court_dismisses",
                 "court_dismisses_later", "court_upholds_return_decision", "issue_return_decision",
                 "give_removal_order", "find_nothing_new", "reject_protection_at_hub"},
     .stale = {"protection.assessed_on", "protection.safe_destinations", "departure.destination",
               "departure.admission", "health.fit_to_travel", "removal_notice.given_on",
               "removal.monitor_told", "person.in_territory"}},
};

struct law {
    const struct named_law *named;
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

static void expect_all_and_more(const struct rulebook *rulebook, const char *less, const char *more)
{
    const struct step *one = step_named(rulebook, less);
    const struct step *other = step_named(rulebook, more);
    assert_true(one->safeguard_count >= 25);
    assert_true(other->safeguard_count > one->safeguard_count);
    for (size_t i = 0; i < one->safeguard_count; i++) {
        if (!is_guarded_by(other, one->safeguards[i])) {
            fail_msg("%.*s guards %s and not %s",
                     STR_ARG(rulebook->safeguards[one->safeguards[i]].name), less, more);
        }
    }
}

/* Aim: H31. A transfer to a hub is a removal, and a move between hubs is a transfer, so whatever
 * guards the one guards the other. */
static void a_transfer_needs_all_that_a_removal_needs(void **state)
{
    const struct law *law = *state;
    expect_all_and_more(law->rulebook, "enforced_removal", "hub_transfer");
    expect_all_and_more(law->rulebook, "hub_transfer", "move_to_another_hub");
}

/* Aim: what a court orders holds for every way out against a person's will, from the hub too. */
static void orders_bar_every_forced_departure(void **state)
{
    const struct law *law = *state;
    static const char *const steps[] = {"enforced_removal", "hub_transfer",
                                        "onward_return_enforced"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (size_t j = 0; law->named->orders[j] != NULL; j++) {
            if (!is_guarded_by_name(law->rulebook, steps[i], law->named->orders[j])) {
                fail_msg("%s is not guarded by %s", steps[i], law->named->orders[j]);
            }
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
 * other; the step from one hub to another takes a place there, which frees the one here. */
static void places_are_taken_and_freed(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        const bool moves = str_equal(step->name, STR("move_to_another_hub"));
        assert_false(step->from_any); /* or it would lead out of a hub unnoticed */
        for (size_t j = 0; j < step->from_count; j++) {
            const bool inside = is_stage_at_hub(rulebook, step->from[j]);
            const bool remains = step->same_stage ? inside : is_stage_at_hub(rulebook, step->to);
            const enum step_place expected = moves               ? STEP_PLACE_TAKES
                                             : inside == remains ? STEP_PLACE_NONE
                                             : remains           ? STEP_PLACE_TAKES
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

static uint32_t stage_named(const struct rulebook *rulebook, const char *name)
{
    const uint32_t stage = rulebook_stage(rulebook, str_from_c(name));
    if (stage == NOT_FOUND_INDEX) {
        fail_msg("There is no stage %s", name);
    }
    return stage;
}

/* Aim: F09, F10. Withdrawn, lost and missing are open stages; outcomes are ends that can be
 * confirmed. */
static void withdrawn_and_lost_are_not_outcomes(void **state)
{
    const struct law *law = *state;
    const struct rulebook *rulebook = law->rulebook;
    size_t outcomes = 0;
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        outcomes += rulebook->stages[i].outcome ? 1 : 0;
    }
    for (size_t i = 0; law->named->open[i] != NULL; i++) {
        assert_false(rulebook->stages[stage_named(rulebook, law->named->open[i])].outcome);
    }
    for (size_t i = 0; law->named->outcomes[i] != NULL; i++) {
        assert_true(rulebook->stages[stage_named(rulebook, law->named->outcomes[i])].outcome);
        outcomes--;
    }
    assert_int_equal(outcomes, 0);
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
    struct arena arena = law->arena;
    bool *read = ARENA_NEW(&arena, bool, rulebook->fact_count);
    assert_non_null(read);
    for (size_t i = 0; law->named->happened[i] != NULL; i++) {
        const struct step *step = step_named(rulebook, law->named->happened[i]);
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
    const char *const *at_the_door = law->named->at_the_door;
    if (at_the_door[0] == NULL) {
        return; /* this law does not encode detention before removal */
    }
    const struct step *begin = step_named(rulebook, "begin_detention");
    const struct step *go_on = step_named(rulebook, "continue_detention");
    size_t only_at_the_door = 0;
    assert_int_equal(begin->approval_count, 1);
    assert_int_equal(go_on->approval_count, 1);
    for (size_t i = 0; i < begin->safeguard_count; i++) {
        const uint32_t safeguard = begin->safeguards[i];
        bool door = false;
        for (size_t j = 0; at_the_door[j] != NULL; j++) {
            door = door || rulebook_safeguard(rulebook, str_from_c(at_the_door[j])) == safeguard;
        }
        only_at_the_door += door ? 1 : 0;
        if (!door && !is_guarded_by(go_on, safeguard)) {
            fail_msg("%.*s guards the beginning of detention and not going on",
                     STR_ARG(rulebook->safeguards[safeguard].name));
        }
    }
    for (size_t j = 0; at_the_door[j] != NULL; j++) {
        only_at_the_door--;
    }
    assert_int_equal(only_at_the_door, 0);
    assert_true(go_on->safeguard_count > begin->safeguard_count);
}

/* Aim: clearance ends when its reasons end. A new adverse decision takes back that a court could be
 * reached (F05), and a transfer takes back what was found safe for the journey to the hub (H12). */
static void steps_take_back_stale_clearance(void **state)
{
    const struct law *law = *state;
    for (size_t i = 0; law->named->adverse[i] != NULL; i++) {
        if (!records(law->rulebook, step_named(law->rulebook, law->named->adverse[i]),
                     "last_decision.time_to_reach_court")) {
            fail_msg("After %s a court need not be reachable", law->named->adverse[i]);
        }
    }
    for (size_t i = 0; law->named->stale[i] != NULL; i++) {
        if (!records(law->rulebook, step_named(law->rulebook, "hub_transfer"),
                     law->named->stale[i])) {
            fail_msg("A transfer leaves %s as it was", law->named->stale[i]);
        }
    }
}

/* Aim: a departure that failed, or a transfer that took place, used its notice up (A20, A21). */
static void a_notice_is_used_up(void **state)
{
    const struct law *law = *state;
    for (size_t i = 0; law->named->notice_used_up[i] != NULL; i++) {
        const struct step *step = step_named(law->rulebook, law->named->notice_used_up[i]);
        for (size_t j = 0; law->named->notice[j] != NULL; j++) {
            assert_true(records(law->rulebook, step, law->named->notice[j]));
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

/* Aim: a code means the same country whatever the law; each rulebook keeps its own list. */
static void a_country_has_one_name(void **state)
{
    const struct law *law = *state;
    struct arena arena = law->arena;
    for (size_t i = 0; i < sizeof named_laws / sizeof named_laws[0]; i++) {
        const struct rulebook *other =
            load_rulebook(rulebook_folder(named_laws[i].name, &arena), &arena);
        size_t shared = 0;
        assert_non_null(other);
        for (size_t j = 0; j < other->country_count; j++) {
            const str name = rulebook_country_name(law->rulebook, other->countries[j].code);
            shared += name.len > 0 ? 1 : 0;
            if (name.len > 0 && !str_equal(name, other->countries[j].name)) {
                fail_msg("%.*s is also called %.*s", STR_ARG(name),
                         STR_ARG(other->countries[j].name));
            }
        }
        assert_true(shared >= 249);
    }
}

static int open_law(void **state)
{
    const struct named_law *named = *state;
    struct err err = {0};
    struct arena arena;
    assert_true(arena_open(&arena, (size_t)256 << 20, &err).ok);
    struct law *law = ARENA_NEW(&arena, struct law, 1);
    assert_non_null(law);
    law->named = named;
    law->rulebook = load_rulebook(rulebook_folder(named->name, &arena), &arena);
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

/* cmocka gives the setup of a group no state of its own, so each test opens and closes the law. */
int main(int argc, char **argv)
{
    struct named_law *named = NULL;
    for (size_t i = 0; argc == 2 && i < sizeof named_laws / sizeof named_laws[0]; i++) {
        named = strcmp(named_laws[i].name, argv[1]) == 0 ? &named_laws[i] : named;
    }
    if (named == NULL) {
        fprintf(stderr, "usage: test_rulebook NAME-OF-A-LAW\n");
        return 2;
    }
#define TEST_OF_LAW(function)                                                                      \
    cmocka_unit_test_prestate_setup_teardown(function, open_law, close_law, named)
    const struct CMUnitTest tests[] = {
        TEST_OF_LAW(a_transfer_needs_all_that_a_removal_needs),
        TEST_OF_LAW(orders_bar_every_forced_departure),
        TEST_OF_LAW(places_are_taken_and_freed),
        TEST_OF_LAW(nobody_is_stuck),
        TEST_OF_LAW(withdrawn_and_lost_are_not_outcomes),
        TEST_OF_LAW(approvals_are_asked_for),
        TEST_OF_LAW(every_step_can_be_clear),
        TEST_OF_LAW(what_happened_is_never_barred),
        TEST_OF_LAW(detention_is_asked_about_again),
        TEST_OF_LAW(steps_take_back_stale_clearance),
        TEST_OF_LAW(a_notice_is_used_up),
        TEST_OF_LAW(no_safeguard_reads_statistics),
        TEST_OF_LAW(nationalities_of_the_statistics_are_listed),
        TEST_OF_LAW(a_country_has_one_name),
    };
#undef TEST_OF_LAW
    return cmocka_run_group_tests_name(named->name, tests, NULL, NULL);
}
