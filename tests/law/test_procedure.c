/* Aim: the procedure is complete. The stages of a case and the ways between them, as they were
 * collected from the law and from what happened to people, stand here in words of our own; each of
 * them is a step of both rulebooks. And one synthetic person goes every one of these ways with the
 * real casework: what must be on record for a step is found by search, recorded, judged, approved
 * and taken.
 *
 *     test_law_procedure NAME        (uk, eu) */
#include "../casework/lawful.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { UK, EU, LAWS };

/* One way of the procedure. A `-` in a law: it has no such way, and the words say why. `to` is the
 * stage that the step leads to, "same" when it leads nowhere else. */
struct way {
    const char *row; /* of the table of stages and transitions */
    const char *what;
    struct {
        const char *from;
        const char *step;
        const char *to;
    } in[LAWS];
};

#define NO                                                                                         \
    {                                                                                              \
        "-", "-", "-"                                                                              \
    }

static const struct way ways[] = {
    {"1",
     "a claim that is registered is looked at",
     {{"claim_registered", "begin_screening", "screening"},
      {"application_registered", "begin_examination", "under_examination"}}},
    {"1",
     "a claim may be withdrawn, and the person is still here",
     {{"claim_registered", "withdraw_claim", "claim_withdrawn"},
      {"application_registered", "withdraw_application", "application_withdrawn"}}},
    {"1",
     "a withdrawn claim is taken up again",
     {{"claim_withdrawn", "reopen_claim", "screening"},
      {"application_withdrawn", "reopen_application", "under_examination"}}},
    {"1",
     "a claim may be inadmissible",
     {{"claim_registered", "declare_inadmissible", "inadmissible"},
      {"application_registered", "reject_as_inadmissible", "rejected"}}},
    {"1",
     "an inadmissible claim is considered after all; or the court sends it back",
     {{"inadmissible", "admit_claim", "screening"},
      {"before_the_court", "court_sends_back", "under_examination"}}},
    {"2",
     "from the screening to an interview (one examination in the other law)",
     {{"screening", "invite_to_interview", "interview"}, NO}},
    {"3", "the interview is held", {{"interview", "hold_interview", "awaiting_decision"}, NO}},
    {"4",
     "refused",
     {{"awaiting_decision", "refuse_claim", "refused"},
      {"under_examination", "reject_application", "rejected"}}},
    {"4",
     "granted",
     {{"awaiting_decision", "grant_leave", "granted"},
      {"under_examination", "grant_protection", "protection_granted"}}},
    {"5",
     "an appeal is lodged",
     {{"refused", "lodge_appeal", "first_tier_appeal"},
      {"rejected", "lodge_appeal", "before_the_court"}}},
    {"5",
     "the time to appeal runs out, and the way on is open",
     {{"refused", "exhaust_appeal_rights", "appeal_rights_exhausted"},
      {"rejected", "open_voluntary_departure", "voluntary_departure"}}},
    {"6",
     "the appeal is allowed",
     {{"first_tier_appeal", "first_tier_allows", "appeal_allowed"},
      {"before_the_court", "court_allows", "protection_granted"}}},
    {"6",
     "the appeal is dismissed",
     {{"first_tier_appeal", "first_tier_dismisses", "appeal_dismissed"},
      {"before_the_court", "court_dismisses", "rejected"}}},
    {"7",
     "permission to go on is sought (the second instance is a fact in the other law)",
     {{"appeal_dismissed", "seek_permission_to_appeal", "upper_tribunal_appeal"}, NO}},
    {"7",
     "sent back to the first tribunal",
     {{"upper_tribunal_appeal", "upper_tribunal_remits", "first_tier_appeal"}, NO}},
    {"7",
     "decided for the person",
     {{"upper_tribunal_appeal", "upper_tribunal_allows", "appeal_allowed"}, NO}},
    {"7",
     "decided against the person",
     {{"upper_tribunal_appeal", "upper_tribunal_dismisses", "same"}, NO}},
    {"8",
     "to the Court of Appeal",
     {{"upper_tribunal_appeal", "seek_court_of_appeal", "court_of_appeal"}, NO}},
    {"8", "and back", {{"court_of_appeal", "court_of_appeal_remits", "upper_tribunal_appeal"}, NO}},
    {"8",
     "or all appeals are exhausted",
     {{"court_of_appeal", "exhaust_appeal_rights", "appeal_rights_exhausted"}, NO}},
    {"8",
     "a court annuls the decision to return (judicial review bars as a fact in the other law)",
     {NO, {"to_be_returned", "court_annuls_return_decision", "rejected"}}},
    {"9",
     "the return decision may be enforced when the time to leave freely is over",
     {NO, {"voluntary_departure", "make_return_enforceable", "to_be_returned"}}},
    {"9",
     "leave may be granted even then",
     {{"appeal_rights_exhausted", "grant_leave", "granted"},
      {"to_be_returned", "grant_protection", "protection_granted"}}},
    {"10",
     "further submissions, a subsequent application",
     {{"appeal_rights_exhausted", "lodge_further_submissions", "further_submissions"},
      {"to_be_returned", "apply_again", "applied_again"}}},
    {"10",
     "they stop a removal that is being prepared",
     {{"removal_prepared", "lodge_further_submissions", "further_submissions"},
      {"removal_being_prepared", "apply_again", "applied_again"}}},
    {"10",
     "they stop a transfer that is being prepared",
     {{"transfer_prepared", "lodge_further_submissions", "further_submissions"},
      {"transfer_being_prepared", "apply_again", "applied_again"}}},
    {"10",
     "a fresh claim is decided like a claim",
     {{"further_submissions", "accept_fresh_claim", "awaiting_decision"},
      {"applied_again", "examine_as_new", "under_examination"}}},
    {"10",
     "rejected, and back",
     {{"further_submissions", "reject_further_submissions", "appeal_rights_exhausted"},
      {"applied_again", "find_nothing_new", "rejected"}}},
    {"11",
     "a voluntary return may begin while the claim is undecided",
     {{"awaiting_decision", "begin_voluntary_return", "returning_voluntarily"},
      {"under_examination", "begin_supported_return", "supported_return"}}},
    {"11",
     "while an appeal is open",
     {{"first_tier_appeal", "begin_voluntary_return", "returning_voluntarily"},
      {"before_the_court", "begin_supported_return", "supported_return"}}},
    {"11",
     "while a removal is being prepared",
     {{"removal_prepared", "begin_voluntary_return", "returning_voluntarily"},
      {"removal_being_prepared", "begin_supported_return", "supported_return"}}},
    {"11",
     "while a transfer is being prepared",
     {{"transfer_prepared", "begin_voluntary_return", "returning_voluntarily"},
      {"transfer_being_prepared", "begin_supported_return", "supported_return"}}},
    {"11",
     "from the hub",
     {{"at_hub", "onward_return_voluntary", "returned_voluntarily"},
      {"at_hub", "onward_return_voluntary", "departed_voluntarily"}}},
    {"11",
     "departed",
     {{"returning_voluntarily", "voluntary_return", "returned_voluntarily"},
      {"supported_return", "depart_voluntarily", "departed_voluntarily"}}},
    {"11",
     "lapsed, and back to where nothing is open",
     {{"returning_voluntarily", "voluntary_return_lapses", "appeal_rights_exhausted"},
      {"supported_return", "supported_return_lapses", "voluntary_departure"}}},
    {"11",
     "lapsed, and the claim is still to be decided",
     {{"returning_voluntarily", "voluntary_return_lapses_in_claim", "claim_registered"},
      {"supported_return", "supported_return_lapses_in_examination", "under_examination"}}},
    {"12",
     "a removal is prepared",
     {{"appeal_rights_exhausted", "prepare_removal", "removal_prepared"},
      {"to_be_returned", "prepare_removal", "removal_being_prepared"}}},
    {"12",
     "the person is told: both notices, the order",
     {{"removal_prepared", "serve_removal_notice", "same"},
      {"removal_being_prepared", "give_removal_order", "same"}}},
    {"12",
     "held for it",
     {{"removal_prepared", "begin_detention", "same"},
      {"removal_being_prepared", "detain", "same"}}},
    {"12",
     "departed",
     {{"removal_prepared", "enforced_removal", "removed"},
      {"removal_being_prepared", "enforced_removal", "removed"}}},
    {"12",
     "the departure fails before anybody leaves",
     {{"removal_prepared", "removal_fails", "appeal_rights_exhausted"},
      {"removal_being_prepared", "removal_fails", "to_be_returned"}}},
    {"12",
     "or on the way",
     {{"removed", "brought_back", "appeal_rights_exhausted"},
      {"removed", "brought_back", "to_be_returned"}}},
    {"13",
     "a transfer is prepared",
     {{"appeal_rights_exhausted", "prepare_transfer", "transfer_prepared"},
      {"to_be_returned", "prepare_transfer", "transfer_being_prepared"}}},
    {"13",
     "transferred, with a place and the partner's acceptance of this person",
     {{"transfer_prepared", "hub_transfer", "at_hub"},
      {"transfer_being_prepared", "hub_transfer", "at_hub"}}},
    {"13",
     "refused on arrival",
     {{"at_hub", "refuse_on_arrival", "appeal_rights_exhausted"},
      {"at_hub", "refuse_on_arrival", "to_be_returned"}}},
    {"13",
     "the transfer fails",
     {{"transfer_prepared", "stop_transfer", "appeal_rights_exhausted"},
      {"transfer_being_prepared", "stop_transfer", "to_be_returned"}}},
    {"14",
     "the hub confirms the arrival",
     {{"at_hub", "confirm_arrival", "same"}, {"at_hub", "confirm_arrival", "same"}}},
    {"14",
     "the stay is reviewed",
     {{"at_hub", "continue_stay", "same"}, {"at_hub", "continue_stay", "same"}}},
    {"15",
     "onward, enforced",
     {{"at_hub", "onward_return_enforced", "removed"},
      {"at_hub", "onward_return_enforced", "removed"}}},
    {"15",
     "the onward journey fails on the way",
     {{"removed", "brought_back_to_hub", "at_hub"}, {"removed", "brought_back_to_hub", "at_hub"}}},
    {"16",
     "released in the host State with a status",
     {{"at_hub", "release_in_host_state", "released_with_status"},
      {"at_hub", "release_in_third_country", "settled_in_third_country"}}},
    {"17",
     "back from the hub",
     {{"at_hub", "readmission", "appeal_rights_exhausted"},
      {"at_hub", "take_back", "to_be_returned"}}},
    {"17",
     "a new claim is raised at the hub",
     {{"at_hub", "claim_protection_at_hub", "claim_at_hub"},
      {"at_hub", "claim_protection_at_hub", "claim_at_hub"}}},
    {"17",
     "and not found",
     {{"claim_at_hub", "reject_protection_at_hub", "at_hub"},
      {"claim_at_hub", "reject_protection_at_hub", "at_hub"}}},
    {"17",
     "or decided after the way back",
     {{"claim_at_hub", "readmission_for_claim", "claim_registered"},
      {"claim_at_hub", "take_back_for_application", "application_registered"}}},
    {"17",
     "or granted",
     {{"claim_at_hub", "grant_leave_from_hub", "granted"},
      {"claim_at_hub", "grant_protection_from_hub", "protection_granted"}}},
    {"18",
     "missing from the hub",
     {{"at_hub", "report_missing_from_hub", "missing_from_hub"},
      {"at_hub", "report_missing_from_hub", "missing_from_hub"}}},
    {"18",
     "and found",
     {{"missing_from_hub", "found_at_hub", "at_hub"},
      {"missing_from_hub", "found_at_hub", "at_hub"}}},
    {"18",
     "or the place is given up",
     {{"missing_from_hub", "give_up_place", "contact_lost"},
      {"missing_from_hub", "give_up_place", "contact_lost"}}},
    {"18",
     "return ordered after an unlawful removal",
     {{"removed", "ordered_return", "appeal_rights_exhausted"},
      {"removed", "ordered_return", "voluntary_departure"}}},
    {"18",
     "the person comes back and claims anew: the same record",
     {{"returned_voluntarily", "new_claim", "claim_registered"},
      {"departed_voluntarily", "new_application", "application_registered"}}},
    {"18",
     "found again, appeals exhausted",
     {{"contact_lost", "found_exhausted", "appeal_rights_exhausted"},
      {"contact_lost", "found_to_be_returned", "voluntary_departure"}}},
};

enum { WAYS = sizeof ways / sizeof ways[0] };

static size_t law;
static const char *const law_names[LAWS] = {"uk", "eu"};

static int setup(void **state)
{
    static struct office office;
    office_open_law(&office, law_names[law]);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    office_close(*state);
    return 0;
}

/* --- every way is there ----------------------------------------------------------------------- */

static const char *missing(const struct rulebook *rulebook, const struct way *way)
{
    const uint32_t from = rulebook_stage(rulebook, str_from_c(way->in[law].from));
    const uint32_t step = rulebook_step(rulebook, str_from_c(way->in[law].step));
    if (from == NOT_FOUND_INDEX || step == NOT_FOUND_INDEX) {
        return from == NOT_FOUND_INDEX ? "no such stage" : "no such step";
    }
    if (!rulebook_step_leaves(rulebook, &rulebook->steps[step], from)) {
        return "the step does not leave the stage";
    }
    const bool same = strcmp(way->in[law].to, "same") == 0;
    if (same != rulebook->steps[step].same_stage) {
        return same ? "the step leads elsewhere" : "the step leads nowhere";
    }
    return same || str_equal(rulebook->stages[rulebook->steps[step].to].name,
                             str_from_c(way->in[law].to))
               ? NULL
               : "the step leads to another stage";
}

static void test_every_way_is_there(void **state)
{
    const struct office *office = *state;
    size_t faults = 0;
    for (size_t i = 0; i < WAYS; i++) {
        const char *why = strcmp(ways[i].in[law].step, "-") == 0
                              ? NULL
                              : missing(office->casework.rulebook, &ways[i]);
        if (why != NULL) {
            print_error("row %s, %s: %s from %s: %s\n", ways[i].row, ways[i].what,
                        ways[i].in[law].step, ways[i].in[law].from, why);
            faults++;
        }
    }
    assert_int_equal(faults, 0);
}

/* Aim: the check above can fail. */
static void test_a_missing_way_is_seen(void **state)
{
    const struct office *office = *state;
    const struct rulebook *rulebook = office->casework.rulebook;
    struct way way = {
        .in = {{"at_hub", "confirm_arrival", "same"}, {"at_hub", "confirm_arrival", "same"}}};
    assert_null(missing(rulebook, &way));
    way.in[law].to = "contact_lost";
    assert_non_null(missing(rulebook, &way));
    way.in[law].from = "contact_lost";
    assert_non_null(missing(rulebook, &way));
    way.in[law].step = "no_such_step";
    assert_non_null(missing(rulebook, &way));
}

/* --- from every stage ------------------------------------------------------------------------- */

static bool leads(const struct rulebook *rulebook, size_t stage, const char *to)
{
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (!step->same_stage && rulebook_step_leaves(rulebook, step, (uint32_t)stage) &&
            str_equal(rulebook->stages[step->to].name, str_from_c(to))) {
            return true;
        }
    }
    return false;
}

/* Aim: from every stage in which a case is open a death can be recorded, and somebody can be lost
 * and found; also whoever left may die, and may come back; and only what ends a case is called an
 * outcome. */
static void test_from_every_stage(void **state)
{
    const struct office *office = *state;
    const struct rulebook *rulebook = office->casework.rulebook;
    size_t outcomes = 0;
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        const struct stage *stage = &rulebook->stages[i];
        const bool died = str_equal(stage->name, STR("died"));
        const bool lost = str_equal(stage->name, STR("contact_lost"));
        outcomes += stage->outcome ? 1 : 0;
        if (!died && !leads(rulebook, i, "died")) {
            fail_msg("no death from %.*s", STR_ARG(stage->name));
        }
        const bool can_be_lost =
            leads(rulebook, i, "contact_lost") || leads(rulebook, i, "missing_from_hub");
        if (!stage->outcome && !lost && !can_be_lost &&
            !str_equal(stage->name, STR("missing_from_hub"))) {
            fail_msg("nobody is lost from %.*s", STR_ARG(stage->name));
        }
        assert_false(stage->outcome && (lost || str_starts(stage->name, STR("claim_withdrawn")) ||
                                        str_starts(stage->name, STR("application_withdrawn"))));
    }
    assert_int_equal(outcomes, 5); /* granted, returned, removed, settled, died */
}

/* --- and is gone ------------------------------------------------------------------------------ */

static bool occupies_place(const char *stage)
{
    return strcmp(stage, "at_hub") == 0 || strcmp(stage, "claim_at_hub") == 0 ||
           strcmp(stage, "missing_from_hub") == 0;
}

/* Somebody in the stage; at a hub with a place there. */
static struct somebody come_to(struct office *office, const char *stage)
{
    if (!occupies_place(stage)) {
        return lawful_register(office, "PersonOne Samplealpha", stage);
    }
    const struct somebody person = lawful_register(office, "PersonOne Samplealpha", "contact_lost");
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person.id,
        .kind = EVENT_STEP_TAKEN,
        .effective_on = office_today(office),
        .actor = office->accounts[CLERK],
        .body.step_taken = {.step = STR("came_here"),
                            .from = office_person(office, person.id).stage,
                            .to = str_from_c(stage),
                            .hub = office->hub_north,
                            .place = 1 + office_places(office, office->hub_north).occupied}};
    office_append(office, &event);
    return person;
}

/* Makes sure that there is a place for everybody of this test. */
static void agree_places(struct office *office)
{
    struct err err = {0};
    const struct caller caller = office_caller(office, SENIOR);
    arena_reset(&office->work);
    assert_true(casework_agree_places(&office->casework, &caller, STR(HUB_NORTH), 2 * WAYS,
                                      STR("many people"), &office->work, &err)
                    .ok);
    struct event kind = {
        .subject_kind = SUBJECT_OF_HUB,
        .subject = office->hub_north,
        .kind = EVENT_PLACES_OF_KIND,
        .effective_on = office_today(office),
        .body.places_of_kind = {
            .kind = STR("general"), .first = 1, .last = 2 * WAYS, .reason = STR("many people")}};
    office_append(office, &kind);
}

static void go(struct office *office, const struct way *way)
{
    const char *step = way->in[law].step;
    const bool same = strcmp(way->in[law].to, "same") == 0;
    const struct somebody person = come_to(office, way->in[law].from);
    const struct lawful lawful = lawful_make_clear(office, &person, step);
    if (!lawful.possible) {
        fail_msg("%s can never be clear", step);
    }
    assert_true(
        office_record(office, CLERK, person.reference, "hub_stay.place_kind", "general").ok);
    struct outcome outcome = lawful_ask_and_approve(office, &person, step);
    assert_true(outcome.ok && !outcome.refused);
    if (outcome.state == REQUEST_APPROVED) {
        outcome = office_take(office, CLERK, outcome.request);
        assert_true(outcome.ok && !outcome.refused);
    }
    const struct person_row row = office_person(office, person.id);
    const char *expected = same ? way->in[law].from : way->in[law].to;
    if (!str_equal(row.stage, str_from_c(expected))) {
        fail_msg("%s led to %.*s", step, STR_ARG(row.stage));
    }
    assert_int_equal(row.hub != 0, occupies_place(expected));
}

static void test_every_way_is_gone(void **state)
{
    struct office *office = *state;
    size_t gone = 0;
    agree_places(office);
    for (size_t i = 0; i < WAYS; i++) {
        if (strcmp(ways[i].in[law].step, "-") != 0) {
            go(office, &ways[i]);
            gone++;
        }
    }
    print_message("# %zu ways gone under %s\n", gone, law_names[law]);
    office_expect_rebuilt(office);
}

int main(int argc, char **argv)
{
    if (argc != 2 || (strcmp(argv[1], "uk") != 0 && strcmp(argv[1], "eu") != 0)) {
        fprintf(stderr, "usage: test_law_procedure uk|eu\n");
        return 2;
    }
    law = strcmp(argv[1], "uk") == 0 ? UK : EU;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_way_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_missing_way_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_from_every_stage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_way_is_gone, setup, teardown),
    };
    return cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
}
