/* Aim: a second law in the same program. One person goes the whole way under the law of the
 * European Union, from the application to an onward return from a hub: too early, and refused; with
 * a fact missing, and refused; approved by two people, and stopped by a court; transferred; and
 * sent on only after everything that the journey from the hub needs was found anew. */
#include "office.h"

#include "casework/adoption.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fact_line {
    const char *fact;
    const char *value; /* "+N": N days from today */
};

static int setup(void **state)
{
    static struct office office;
    struct err err = {0};
    office_open_law(&office, "eu");
    assert_true(casework_adopt_rulebook(&office.casework, &err).ok);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

static void know(struct office *office, enum account_name account, const char *subject,
                 const struct fact_line *lines)
{
    for (size_t i = 0; lines[i].fact != NULL; i++) {
        char value[100];
        snprintf(value, sizeof value, "%s", lines[i].value);
        if (value[0] == '+') {
            date_format(date_add_days(office_today(office), (int32_t)strtol(value, NULL, 10)),
                        value);
        }
        const struct recorded recorded =
            office_record(office, account, subject, lines[i].fact, value);
        if (!recorded.ok) {
            fail_msg("%s = %s: %s", lines[i].fact, value, recorded.err.what);
        }
    }
}

#define KNOW(office, subject, ...)                                                                 \
    know(office, CLERK, subject, (const struct fact_line[]){__VA_ARGS__, {NULL, NULL}})
#define KNOW_ABOUT_HUB(office, subject, ...)                                                       \
    know(office, SENIOR, subject, (const struct fact_line[]){__VA_ARGS__, {NULL, NULL}})

static struct outcome step(struct office *office, const struct somebody *person, const char *name,
                           const char *hub)
{
    const struct outcome outcome = office_ask_for(office, CLERK, person, name, hub);
    if (!outcome.ok || outcome.refused) {
        fail_msg("%s: %s", name, outcome.ok ? outcome.refusal : outcome.err.what);
    }
    return outcome;
}

static void is_refused(struct office *office, const struct somebody *person, const char *name,
                       const char *hub, enum clearance clearance, const char *safeguard_title)
{
    const struct outcome outcome = office_ask_for(office, CLERK, person, name, hub);
    assert_true(outcome.ok);
    assert_true(outcome.refused);
    assert_int_equal(outcome.clearance, clearance);
    assert_int_equal(outcome.safeguards_in_the_way, 1);
    if (strstr(outcome.refusal, safeguard_title) == NULL) {
        fail_msg("%s is refused for another reason: %s", name, outcome.refusal);
    }
}

static void stands_in(struct office *office, const struct somebody *person, const char *stage)
{
    const struct person_row row = office_person(office, person->id);
    if (!str_equal(row.stage, str_from_c(stage))) {
        fail_msg("in the stage %.*s, not %s", STR_ARG(row.stage), stage);
    }
}

/* --- the way ---------------------------------------------------------------------------------- */

static void reject(struct office *office, const struct somebody *person)
{
    KNOW(office, person->reference, {"identity.checked", "yes"}, {"screening.needs_asked", "yes"});
    step(office, person, "begin_examination", "");
    KNOW(office, person->reference, {"interview.understood", "yes"},
         {"decision.reasons_in_writing", "yes"});
    step(office, person, "reject_application", "");
    KNOW(office, person->reference, {"decision.service", "proven"},
         {"decision.appeal_last_day", "+14"}, {"return_decision.individual", "yes"},
         {"return_decision.reasons_in_writing", "yes"});
    step(office, person, "issue_return_decision", "");
    KNOW(office, person->reference, {"return_decision.service", "proven"},
         {"return_decision.enforceable", "yes"}, {"return_decision.appeal_last_day", "+14"},
         {"return_decision.countries", "ALB,XDM"}, {"free_movement.status", "excluded"},
         {"stay.status", "none"});
    stands_in(office, person, "rejected");
}

/* Two weeks to appeal, and then the period for voluntary departure: both to their last day. */
static void make_enforceable(struct office *office, const struct somebody *person)
{
    office_move_days(office, 14);
    is_refused(office, person, "open_voluntary_departure", "", CLEARANCE_BARRED,
               "may still appeal");
    office_move_days(office, 1);
    step(office, person, "open_voluntary_departure", "");
    KNOW(office, person->reference, {"voluntary_departure.period", "granted"},
         {"voluntary_departure.last_day", "+15"});
    office_move_days(office, 15);
    is_refused(office, person, "make_return_enforceable", "", CLEARANCE_BARRED,
               "may still leave of their own will");
    office_move_days(office, 1);
    step(office, person, "make_return_enforceable", "");
    stands_in(office, person, "to_be_returned");
}

static void know_hub(struct office *office)
{
    KNOW_ABOUT_HUB(office, AGREEMENT, {"agreement.exclusive_elsewhere", "no"},
                   {"agreement.capped", "no"}, {"agreement.intake_limited", "no"},
                   {"agreement.binding", "yes"}, {"agreement.partner", "XDM"},
                   {"agreement.in_force_from", "+0"}, {"agreement.open_ended", "yes"},
                   {"agreement.notified_to_commission", "yes"}, {"agreement.nationalities", "ALB"},
                   {"agreement.families_with_children", "excluded"},
                   {"agreement.sets_request_time", "no"}, {"agreement.clause_transfer", "yes"},
                   {"agreement.clause_stay", "yes"}, {"agreement.clause_responsibilities", "yes"},
                   {"agreement.clause_onward_return", "yes"}, {"agreement.clause_fallback", "yes"},
                   {"agreement.fallback_country", "DEU"}, {"agreement.clause_monitoring", "yes"},
                   {"agreement.clause_new_claim", "yes"}, {"agreement.clause_breach", "yes"},
                   {"agreement.rights_assessment", "standards_met"},
                   {"agreement.rights_assessment_valid_until", "+300"},
                   {"agreement.impact_assessed_on", "+0"});
    KNOW_ABOUT_HUB(office, HUB_NORTH, {"hub.country", "XDM"}, {"hub.purpose", "transfer_centre"},
                   {"hub.open", "yes"}, {"hub.services_confirmed", "yes"},
                   {"hub.resources_confirmed", "yes"}, {"hub.regime", "open"},
                   {"hub.standards", "met"}, {"hub.last_monitor_visit_on", "+0"},
                   {"hub.next_monitor_visit_due_on", "+90"});
}

/* Everything but one fact: what the hub's own inspection of the person's needs found. */
static void prepare(struct office *office, const struct somebody *person)
{
    KNOW(office, person->reference, {"subsequent_application.status", "none"},
         {"identity.nationality_confirmed", "yes"}, {"person.nationality", "ALB"},
         {"age.status", "adult_undisputed"}, {"person.born_on", "1990-05-05"},
         {"family.complete", "yes"}, {"family.child_in_household", "no"});
    step(office, person, "prepare_transfer", HUB_NORTH);
    KNOW(office, person->reference, {"representative.status", "on_record"},
         {"departure.destination", "XDM"});
    step(office, person, "give_removal_order", "");
    KNOW(office, person->reference, {"removal_notice.service", "proven"},
         {"removal_notice.destination", "XDM"}, {"removal_notice.understood", "yes"},
         {"removal_notice.departure_on", "+10"}, {"departure.on", "+10"},
         {"letters.contradiction", "none_found"}, {"representation.status", "none"},
         {"person.language", "Albanian"}, {"representative.notice_copied", "yes"},
         {"last_decision.time_to_reach_court", "was_given"}, {"court_order.status", "none"},
         {"interim_measure.status", "none"}, {"protection.assessed_on", "+0"},
         {"protection.safe_destinations", "XDM"}, {"trafficking.identification", "none_found"},
         {"statelessness.determination", "none"}, {"family.life_considered", "yes"},
         {"voluntary.offered", "yes"}, {"voluntary.support_adequate", "yes"},
         {"voluntary.answer", "declined"}, {"removal.postponed", "none"},
         {"removal.monitor_told", "yes"}, {"travel_document.status", "held"},
         {"travel_document.holder_matches", "yes"}, {"travel_document.expires_on", "+300"},
         {"travel_document.accepted_by", "ALB,XDM"}, {"health.fit_to_travel", "fit"},
         {"health.fitness_valid_until", "+30"}, {"departure.admission", "agreed"},
         {"transfer.manner", "forced"}, {"transfer.order_or_consent_recorded", "yes"},
         {"transfer.accepted_by_partner", "yes"}, {"transfer.acceptance_expires_on", "+30"},
         {"transfer.legal_status_promised", "for_the_stay"}, {"transfer.officer_named", "yes"},
         {"transfer.responsible_officer", "Officer 12"}, {"hub_stay.place_kind", "general"});
}

static int64_t approved_transfer(struct office *office, const struct somebody *person)
{
    const int64_t request = step(office, person, "hub_transfer", HUB_NORTH).request;
    assert_true(office_approve(office, OFFICER, request).ok);
    assert_false(office_approve(office, OFFICER, request).ok); /* nobody approves twice */
    const struct outcome approved = office_approve(office, SENIOR, request);
    assert_true(approved.ok && !approved.refused);
    assert_int_equal(approved.state, REQUEST_APPROVED);
    assert_int_equal(office_places(office, office->hub_north).held, 1);
    return request;
}

static void transfer(struct office *office, const struct somebody *person)
{
    is_refused(office, person, "hub_transfer", HUB_NORTH, CLEARANCE_UNKNOWN,
               "health and needs have not been assessed");
    KNOW(office, person->reference, {"vulnerability.assessment", "none_found"});
    const int64_t stopped = approved_transfer(office, person);
    const struct recorded order =
        office_record(office, CLERK, person->reference, "court_order.status", "reported");
    assert_true(order.ok);
    assert_int_equal(order.stopped_count, 1);
    assert_int_equal(order.stopped[0], stopped);
    assert_string_equal(order.safeguard, "no_court_order");
    assert_false(office_take(office, CLERK, stopped).ok);
    assert_int_equal(office_places(office, office->hub_north).held, 0);
    stands_in(office, person, "transfer_being_prepared");
    KNOW(office, person->reference, {"court_order.status", "disproved"});
    const struct outcome taken = office_take(office, CLERK, approved_transfer(office, person));
    assert_true(taken.ok && !taken.refused);
    stands_in(office, person, "at_hub");
    assert_int_equal(office_places(office, office->hub_north).occupied, 1);
}

/* What was found for the first journey is gone: an order, an assessment and a certificate must be
 * made for the second. */
static void send_on(struct office *office, const struct somebody *person)
{
    KNOW(office, person->reference, {"hub_stay.arrived_on", "+0"});
    step(office, person, "confirm_arrival", "");
    office_move_days(office, 40);
    KNOW(office, person->reference, {"departure.destination", "ALB"});
    step(office, person, "give_removal_order", "");
    KNOW(office, person->reference, {"removal_notice.service", "proven"},
         {"removal_notice.destination", "ALB"}, {"removal_notice.understood", "yes"},
         {"removal_notice.departure_on", "+10"}, {"departure.on", "+10"},
         {"letters.contradiction", "none_found"},
         {"last_decision.time_to_reach_court", "was_given"}, {"removal.monitor_told", "yes"},
         {"health.fit_to_travel", "fit"}, {"health.fitness_valid_until", "+30"},
         {"departure.admission", "agreed"}, {"protection.assessed_on", "+0"},
         {"protection.safe_destinations", "ALB"});
    is_refused(office, person, "onward_return_enforced", HUB_NORTH, CLEARANCE_UNKNOWN,
               "need protection");
    KNOW(office, person->reference, {"hub_stay.protection_need", "none"});
    KNOW_ABOUT_HUB(office, HUB_NORTH, {"hub.purpose", "final_destination"});
    is_refused(office, person, "onward_return_enforced", HUB_NORTH, CLEARANCE_BARRED,
               "final destination");
    KNOW_ABOUT_HUB(office, HUB_NORTH, {"hub.purpose", "transfer_centre"});
    const int64_t request = step(office, person, "onward_return_enforced", HUB_NORTH).request;
    assert_true(office_approve(office, OFFICER, request).ok);
    const struct outcome taken = office_take(office, CLERK, request);
    assert_true(taken.ok && !taken.refused);
    stands_in(office, person, "removed");
    assert_int_equal(office_places(office, office->hub_north).occupied, 0);
}

static void test_whole_way(void **state)
{
    struct office *office = *state;
    const struct somebody person = office_register(office, "PersonOne Samplealpha");
    stands_in(office, &person, "application_registered");
    reject(office, &person);
    make_enforceable(office, &person);
    know_hub(office);
    prepare(office, &person);
    transfer(office, &person);
    send_on(office, &person);
}

/* Aim: a register keeps the law it began with; the law is told from the register. */
static void test_one_law_a_register(void **state)
{
    struct office *office = *state;
    static struct office other;
    struct err err = {0};
    str law;
    assert_true(casework_law(office->store, &office->perm, &law, &err).ok);
    assert_true(str_equal(law, STR("eu")));
    office_open_law(&other, "uk");
    assert_true(casework_law(other.store, &other.perm, &law, &err).ok);
    assert_int_equal(law.len, 0);
    const int64_t events = office_events(office);
    struct casework crossed = office->casework;
    crossed.rulebook = other.casework.rulebook;
    assert_false(casework_adopt_rulebook(&crossed, &err).ok);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.what, "\"eu\", not \"uk\""));
    assert_int_equal(office_events(office), events);
    office_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_law_a_register, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
