#include "casework/arrival.h"

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
    const uint32_t fact = rulebook_fact(rulebook, STR("hub_stay.arrival_confirmed"));
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

result arrival_resolve(struct sitting *sitting, const struct stay_row *stay,
                       enum arrival_state outcome, str reason, int64_t *ret_event, struct err *err)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = stay->person,
        .kind = EVENT_ARRIVAL_RESOLVED,
        .effective_on = sitting->today,
        .body.arrival_resolved = {.stay = stay->id,
                                  .hub = stay->hub,
                                  .outcome = str_from_c(arrival_state_name(outcome)),
                                  .reason = reason},
    };
    TRY(sitting_append(sitting, &event, err));
    *ret_event = event.position;
    return result_ok();
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
    if (count == 0 ||
        (stays[0].arrival != ARRIVAL_EXPECTED && stays[0].arrival != ARRIVAL_MISSING) ||
        (stays[0].left_event != 0 && stays[0].left_event != taken->position)) {
        return result_ok();
    }
    int64_t event = 0;
    return arrival_resolve(sitting, &stays[0], outcome, judged->rule->title, &event, err);
}
