#include "casework/arrival.h"

#include "casework/manifest_work.h"
#include "store/departures.h"

#define CONFIRMED_FACT STR("hub_stay.arrival_confirmed")

static bool records_flag(const struct rulebook *rulebook, const struct step *step, uint32_t fact,
                         bool flag)
{
    for (size_t i = 0; i < step->record_count; i++) {
        const struct step_record *record = &step->records[i];
        if (record->fact == fact && !record->today && record->value.known) {
            return (record->value.number != 0) == flag && rulebook->facts[fact].type == FACT_FLAG;
        }
    }
    return false;
}

enum arrival_state arrival_said_by(const struct rulebook *rulebook, const struct step *step)
{
    const uint32_t fact = rulebook_fact(rulebook, CONFIRMED_FACT);
    if (fact == NOT_FOUND_INDEX) {
        return (enum arrival_state)0;
    }
    if (records_flag(rulebook, step, fact, true)) {
        return ARRIVAL_ARRIVED;
    }
    return step->place == STEP_PLACE_FREES && records_flag(rulebook, step, fact, false)
               ? ARRIVAL_REFUSED
               : (enum arrival_state)0;
}

uint32_t arrival_step(const struct rulebook *rulebook, str stage, enum arrival_state outcome)
{
    const uint32_t from = rulebook_stage(rulebook, stage);
    for (uint32_t i = 0; from != NOT_FOUND_INDEX && i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (arrival_said_by(rulebook, step) == outcome &&
            rulebook_step_leaves(rulebook, step, from)) {
            return i;
        }
    }
    return NOT_FOUND_INDEX;
}

struct known_day arrival_expected_on(const struct rulebook *rulebook, const struct value *person,
                                     date today)
{
    const uint32_t fact = rulebook_fact(rulebook, STR("hub_stay.expected_on"));
    struct known_day expected = {.known = false};
    if (fact != NOT_FOUND_INDEX && rulebook->facts[fact].type == FACT_DATE && person[fact].known &&
        person[fact].number >= today.day) {
        expected = (struct known_day){.known = true, .day = {.day = (int32_t)person[fact].number}};
    }
    return expected;
}

result arrival_account(struct sitting *sitting, const struct stay_row *stay,
                       enum arrival_state outcome, str reason, struct err *err)
{
    struct manifest_entry_row entry = {0};
    struct manifest_row manifest = {0};
    if (outcome != ARRIVAL_ARRIVED && outcome != ARRIVAL_REFUSED) {
        return result_ok();
    }
    TRY(transaction_manifest_entry_of(sitting->transaction, stay->person, &entry, err));
    if (entry.manifest == 0 || entry.state != ENTRY_BOARDED) {
        return result_ok();
    }
    TRY(transaction_manifest(sitting->transaction, entry.manifest, sitting->arena, &manifest, err));
    if (manifest.hub != stay->hub) {
        return result_ok();
    }
    const enum manifest_entry_state state =
        outcome == ARRIVAL_ARRIVED ? ENTRY_ARRIVED : ENTRY_RETURNED;
    struct event event = {
        .kind = EVENT_MANIFEST_PERSON_ACCOUNTED,
        .body.manifest_person_accounted = {.person = stay->person,
                                           .outcome = str_from_c(manifest_entry_state_name(state)),
                                           .source = reason}};
    return manifest_append(sitting, manifest.id, &event, err);
}

static bool is_open(const struct stay_row *stay)
{
    return stay->arrival == ARRIVAL_EXPECTED || stay->arrival == ARRIVAL_MISSING;
}

result arrival_check_step(struct sitting *sitting, const struct step_case *judged, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct value *confirmed = NULL;
    const struct stay_row *stays = NULL;
    size_t count = 0;
    if (arrival_said_by(rulebook, judged->rule) == 0) {
        return result_ok();
    }
    confirmed = &judged->loaded.person.values[rulebook_fact(rulebook, CONFIRMED_FACT)];
    TRY(transaction_stays_of_person(sitting->transaction, judged->person.id, sitting->arena, &stays,
                                    &count, err));
    const bool expected = count > 0 && is_open(&stays[0]);
    return expected || !confirmed->known || confirmed->number == 0
               ? result_ok()
               : err_set(err, ERROR_CONFLICT, "The arrival of %.*s is on record already",
                         STR_ARG(judged->person.reference));
}

result arrival_follow_step(struct sitting *sitting, const struct step_case *judged,
                           const struct event *taken, struct err *err)
{
    const enum arrival_state outcome = arrival_said_by(sitting->casework->rulebook, judged->rule);
    if (outcome == 0) {
        return result_ok();
    }
    const struct stay_row *stays = NULL;
    size_t count = 0;
    TRY(transaction_stays_of_person(sitting->transaction, judged->person.id, sitting->arena, &stays,
                                    &count, err));
    if (count == 0 || !is_open(&stays[0]) ||
        (stays[0].left_event != 0 && stays[0].left_event != taken->position)) {
        return result_ok();
    }
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = stays[0].person,
        .kind = EVENT_ARRIVAL_RESOLVED,
        .effective_on = sitting->today,
        .body.arrival_resolved = {.stay = stays[0].id,
                                  .hub = stays[0].hub,
                                  .outcome = str_from_c(arrival_state_name(outcome)),
                                  .reason = judged->rule->title},
    };
    TRY(sitting_append(sitting, &event, err));
    return arrival_account(sitting, &stays[0], outcome, judged->rule->title, err);
}

/* --- of a person ------------------------------------------------------------------------------ */

/* Was the event, if there is one, recorded by then? */
static result known_then(struct sitting *sitting, int64_t position, const struct case_time *when,
                         bool *ret_known, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct event event = {.position = 0};
    *ret_known = position != 0;
    if (position != 0 && when->past) {
        TRY(transaction_event(sitting->transaction, position, &scratch, &event, err));
        *ret_known = event.recorded_at.milliseconds <= when->known_at.milliseconds;
    }
    return result_ok();
}

static result arrival_of_stay(struct sitting *sitting, struct stay_row stay,
                              const struct case_time *when, struct person_arrival *ret_arrival,
                              struct err *err)
{
    bool resolved = false;
    TRY(known_then(sitting, stay.resolved_event, when, &resolved, err));
    if (!resolved) {
        stay.arrival = ARRIVAL_EXPECTED;
    }
    *ret_arrival = (struct person_arrival){
        .state = stay.arrival,
        .departed_on = stay.departed_on,
        .days_overdue = stay_days_overdue(&stay, when->past ? when->on : sitting->today),
    };
    return when->past ? result_ok() : sitting_actor(sitting, stay.owner, &ret_arrival->owner, err);
}

result arrival_of_person(struct sitting *sitting, const struct person_row *person,
                         const struct case_time *when, struct person_arrival *ret_arrival,
                         struct err *err)
{
    const struct stay_row *stays = NULL;
    size_t count = 0;
    *ret_arrival = (struct person_arrival){.state = (enum arrival_state)0};
    if (person->hub == 0) {
        return result_ok();
    }
    TRY(transaction_stays_of_person(sitting->transaction, person->id, sitting->arena, &stays,
                                    &count, err));
    for (size_t i = 0; i < count; i++) {
        bool begun = false;
        bool ended = false;
        TRY(known_then(sitting, stays[i].id, when, &begun, err));
        TRY(known_then(sitting, stays[i].left_event, when, &ended, err));
        if (begun && !ended && stays[i].hub == person->hub) {
            return arrival_of_stay(sitting, stays[i], when, ret_arrival, err);
        }
    }
    return result_ok();
}

result arrival_in_sight(struct sitting *sitting, const struct person_row *person,
                        const struct case_time *when, struct person_arrival *ret_arrival,
                        struct err *err)
{
    *ret_arrival = (struct person_arrival){.state = (enum arrival_state)0};
    return sitting_hub_in_sight(sitting, ACTION_SEE_PERSON, person->hub)
               ? arrival_of_person(sitting, person, when, ret_arrival, err)
               : result_ok();
}
