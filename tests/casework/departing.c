#include "departing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const int64_t hour_milliseconds = 60 * 60 * 1000;

static struct departing departing_of(result done, const struct err *err,
                                     const struct manifest_row *row)
{
    struct departing departing = {.ok = done.ok, .err = *err};
    if (done.ok) {
        departing.row = *row;
        snprintf(departing.reference, sizeof departing.reference, "%.*s", STR_ARG(row->reference));
    }
    return departing;
}

struct departing departing_open(struct office *office, const char *step, const char *destination,
                                int days)
{
    struct err err = {0};
    struct manifest_row row = {0};
    const struct rulebook *rulebook = office->casework.rulebook;
    const uint32_t index = rulebook_step(rulebook, str_from_c(step));
    const struct caller caller = office_caller(office, CLERK);
    const struct new_manifest manifest = {
        .step = str_from_c(step),
        .hub =
            index != NOT_FOUND_INDEX && rulebook->steps[index].with_hub ? STR(HUB_NORTH) : STR(""),
        .destination = str_from_c(destination),
        .details = {.departs_at = {.milliseconds = atomic_load(&office->now) +
                                                   (24 * days + 2) * hour_milliseconds},
                    .carrier = STR("RH 101"),
                    .route = STR("LHR, TIA"),
                    .escorts = 4,
                    .escort_roles = STR("lead escort, medic"),
                    .lead = STR("other-clerk")}};
    arena_reset(&office->work);
    const result done =
        casework_open_manifest(&office->casework, &caller, &manifest, &office->work, &row, &err);
    return departing_of(done, &err, &row);
}

static struct outcome outcome_of(result done, const struct err *err,
                                 const struct step_answer *answer)
{
    struct outcome outcome = {.ok = done.ok, .err = *err};
    if (done.ok) {
        outcome.refused = answer->refused;
        outcome.repeated = answer->repeated;
        outcome.clearance = answer->explanation.clearance;
        snprintf(outcome.refusal, sizeof outcome.refusal, "%.*s", STR_ARG(answer->refusal));
        outcome.request = answer->request.id;
        outcome.state = answer->request.state;
        snprintf(outcome.stage, sizeof outcome.stage, "%.*s", STR_ARG(answer->person.stage));
        outcome.event = answer->event;
    }
    return outcome;
}

struct outcome departing_list(struct office *office, const struct departing *manifest,
                              int64_t request)
{
    struct err err = {0};
    struct step_answer answer = {0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    const result done =
        casework_list_on_manifest(&office->casework, &caller, str_from_c(manifest->reference),
                                  request, &office->work, &answer, &err);
    return outcome_of(done, &err, &answer);
}

struct boarded departing_board_by(struct office *office, const struct caller *caller,
                                  const struct departing *manifest)
{
    struct err err = {0};
    struct boarding_answer answer = {.count = 0};
    struct boarded boarded = {.ok = false};
    arena_reset(&office->work);
    boarded.ok = casework_board_manifest(&office->casework, caller, str_from_c(manifest->reference),
                                         &office->work, &answer, &err)
                     .ok;
    boarded.err = err;
    boarded.count = answer.count;
    boarded.boarded = answer.boarded_count;
    boarded.repeated = answer.repeated;
    for (size_t i = 0; i < answer.count && i < DEPARTING_MAX; i++) {
        boarded.boards[i] = answer.lines[i].boarded;
        boarded.safeguard_count[i] = answer.lines[i].safeguard_count;
        if (answer.lines[i].safeguard_count > 0) {
            snprintf(boarded.safeguard[i], sizeof boarded.safeguard[i], "%.*s",
                     STR_ARG(answer.lines[i].safeguards[0]));
        }
    }
    return boarded;
}

struct boarded departing_board(struct office *office, const struct departing *manifest)
{
    const struct caller caller = office_caller(office, CLERK);
    return departing_board_by(office, &caller, manifest);
}

struct departing departing_leave(struct office *office, const struct departing *manifest)
{
    struct err err = {0};
    struct manifest_departed departed = {0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    const result done = casework_depart_manifest(
        &office->casework, &caller, str_from_c(manifest->reference),
        (instant){.milliseconds = atomic_load(&office->now)}, &office->work, &departed, &err);
    return departing_of(done, &err, &departed.manifest);
}

struct departing departing_close(struct office *office, const struct departing *manifest)
{
    struct err err = {0};
    struct manifest_row row = {0};
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    const result done =
        casework_close_manifest(&office->casework, &caller, str_from_c(manifest->reference),
                                STR(""), &office->work, &row, &err);
    return departing_of(done, &err, &row);
}

struct outcome departing_account(struct office *office, const struct departing *manifest,
                                 const struct somebody *person, const char *outcome,
                                 const char *step)
{
    struct err err = {0};
    struct step_answer answer = {0};
    const struct caller caller = office_caller(office, CLERK);
    const struct accounted accounted = {.person = str_from_c(person->reference),
                                        .outcome = str_from_c(outcome),
                                        .source = STR("the escort's report"),
                                        .step = str_from_c(step)};
    arena_reset(&office->work);
    const result done =
        casework_account_on_manifest(&office->casework, &caller, str_from_c(manifest->reference),
                                     &accounted, &office->work, &answer, &err);
    return outcome_of(done, &err, &answer);
}

struct entry_work {
    int64_t person;
    struct manifest_entry_row entry;
};

static result read_entry(struct transaction *transaction, void *context, struct err *err)
{
    struct entry_work *work = context;
    return transaction_manifest_entry_of(transaction, work->person, &work->entry, err);
}

struct manifest_entry_row departing_entry(struct office *office, int64_t person)
{
    struct err err = {0};
    struct entry_work work = {.person = person};
    assert_true(store_read(office->store, read_entry, &work, &err).ok);
    return work.entry;
}

struct recorded departing_report(struct office *office, enum account_name account,
                                 const struct somebody *person)
{
    struct err err = {0};
    struct record_answer answer = {0};
    struct recorded recorded = {.ok = false};
    const struct caller caller = office_caller(office, account);
    const struct reported_order order = {.order = STR("court_order"),
                                         .reporter = STR("the person's representative"),
                                         .means = STR("by telephone"),
                                         .heard_at = {.milliseconds = atomic_load(&office->now)}};
    arena_reset(&office->work);
    recorded.ok = casework_report_order(&office->casework, &caller, str_from_c(person->reference),
                                        &order, &office->work, &answer, &err)
                      .ok;
    recorded.err = err;
    if (recorded.ok) {
        recorded.event = answer.events[0];
        recorded.last_event = answer.events[answer.event_count - 1];
        recorded.event_count = answer.event_count;
        recorded.stopped_count = answer.stopped_count;
        for (size_t i = 0; i < answer.stopped_count && i < 16; i++) {
            recorded.stopped[i] = answer.stopped[i].request;
        }
        if (answer.stopped_count > 0 && answer.stopped[0].safeguard_count > 0) {
            snprintf(recorded.safeguard, sizeof recorded.safeguard, "%.*s",
                     STR_ARG(answer.stopped[0].safeguards[0]));
        }
    }
    return recorded;
}

void departing_each_stops(struct office *office, const char *stage, const char *step,
                          const struct late_fact *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct lawful_request approved =
            lawful_approved(office, "PersonOne Samplealpha", stage, step);
        const struct recorded recorded =
            office_record(office, CLERK, approved.person.reference, facts[i].fact, facts[i].value);
        if (!recorded.ok || recorded.stopped_count != 1 ||
            strcmp(recorded.safeguard, facts[i].safeguard) != 0) {
            fail_msg("%s = %s: %s, %zu stopped, %s", facts[i].fact, facts[i].value,
                     recorded.err.what, recorded.stopped_count, recorded.safeguard);
        }
        assert_int_equal(office_request(office, approved.request).state, REQUEST_STOPPED);
        assert_true(
            office_record(office, CLERK, approved.person.reference, facts[i].fact, "unknown").ok);
        const uint32_t index = rulebook_step(office->casework.rulebook, str_from_c(step));
        const struct outcome asked =
            office_ask_for(office, CLERK, &approved.person, step,
                           office->casework.rulebook->steps[index].with_hub ? HUB_NORTH : "");
        assert_true(asked.ok && asked.refused);
        assert_int_not_equal(asked.clearance, CLEARANCE_CLEAR);
    }
}

size_t departing_stops(struct office *office, enum account_name account, int64_t *ret_newest)
{
    struct err err = {0};
    const struct stop_line *lines = NULL;
    size_t count = 0;
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    assert_true(
        casework_stops(&office->casework, &caller, true, &office->work, &lines, &count, &err).ok);
    if (ret_newest != NULL && count > 0) {
        *ret_newest = lines[0].notice.stop;
    }
    return count;
}

struct err departing_acknowledge(struct office *office, enum account_name account, int64_t stop)
{
    struct err err = {0};
    struct stop_line line = {.step = STR("")};
    const struct caller caller = office_caller(office, account);
    arena_reset(&office->work);
    result_ignore(
        casework_acknowledge_stop(&office->casework, &caller, stop, &office->work, &line, &err),
        "the code of the error is the answer");
    return err;
}
