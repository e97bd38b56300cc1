#include "web/resource_books.h"

#include "web/resource_part.h"

static void set_state(json_t *object, const struct agreement_state *state)
{
    json_set_str(object, "state", state->name);
    json_set_str(object, "title", state->title);
    json_set(object, "from", json_of_date(state->from));
    json_set_str(object, "source", state->source);
    json_set(object, "recorded_at", json_of_instant(state->recorded_at));
    json_set_str(object, "recorded_by", state->actor);
    json_set_int64(object, "event", state->event);
}

static json_t *known_state(const struct agreement_state *state)
{
    json_t *object = json_object();
    json_set_flag(object, "known", state != NULL);
    if (state != NULL) {
        set_state(object, state);
    }
    return object;
}

static json_t *acceptances_of(const struct acceptance_counts *counts)
{
    json_t *object = json_object();
    json_set_int64(object, "asked", counts->asked);
    json_set_int64(object, "accepted", counts->accepted);
    json_set_int64(object, "declined", counts->declined);
    json_set_int64(object, "without_answer", counts->unanswered);
    json_set_int64(object, "waiting", counts->waiting);
    json_set_int64(object, "days_to_answer", counts->days);
    json_set_int64(object, "longest_days_to_answer", counts->longest_days);
    json_set_int64(object, "answered", counts->accepted + counts->declined);
    return object;
}

json_t *resource_agreement_life(const struct rulebook *rulebook, const struct agreement_life *life,
                                date today, bool whole)
{
    /* Facts and hubs are those of resource_agreement. */
    json_t *object = resource_agreement(rulebook, &life->line);
    json_t *states = json_array();
    if (!whole) {
        json_object_del(object, "facts");
    }
    for (size_t i = 0; i < life->state_count; i++) {
        json_t *state = json_object();
        set_state(state, &life->states[i]);
        json_add(states, state);
    }
    json_set(object, "state", known_state(agreement_state_on(life, today)));
    json_set(object, "states", states);
    json_set(object, "cap", part_known_number(life->has_cap, life->cap));
    json_set(object, "intake_a_month", part_known_number(life->has_intake, life->intake_a_month));
    json_set_int64(object, "transferred", life->intake.used);
    json_set_int64(object, "transferred_this_month", life->intake.used_in_month);
    json_set_int64(object, "places_held", life->intake.held);
    json_set_int64(object, "live_requests", life->live_requests);
    json_set(object, "acceptances", acceptances_of(&life->acceptances));
    return object;
}
