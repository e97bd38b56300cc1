#include "casework/agreement_states.h"

#include "casework/text.h"

static const struct state_text {
    str name;
    str title;
} state_texts[] = {
#define AGREEMENT_STATE(state_name, state_title) {STR_INIT(state_name), STR_INIT(state_title)},
#include "casework/agreement_state.def"
#undef AGREEMENT_STATE
};

static const struct state_move {
    str from;
    str to;
} state_moves[] = {
#define AGREEMENT_MOVE(move_from, move_to) {STR_INIT(move_from), STR_INIT(move_to)},
#include "casework/agreement_state.def"
#undef AGREEMENT_MOVE
};

enum { MOVE_COUNT = sizeof state_moves / sizeof state_moves[0] };

static str title_of(str name)
{
    for (size_t i = 0; i < sizeof state_texts / sizeof state_texts[0]; i++) {
        if (str_equal(state_texts[i].name, name)) {
            return state_texts[i].title;
        }
    }
    return name;
}

/* --- what is on record ------------------------------------------------------------------------ */

static bool is_withdrawn(const struct event *events, size_t count, int64_t position)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_FACT_WITHDRAWN &&
            events[i].body.fact_withdrawn.event == position) {
            return true;
        }
    }
    return false;
}

static bool is_state(const struct event *event)
{
    return event->kind == EVENT_FACT_RECORDED &&
           str_equal(event->body.fact_recorded.fact, AGREEMENT_STATE_FACT);
}

/* Puts it behind those of earlier days, and of the same day. */
static void insert(struct agreement_state *states, size_t *count,
                   const struct agreement_state *state)
{
    size_t at = (*count)++;
    while (at > 0 && date_before(state->from, states[at - 1].from)) {
        states[at] = states[at - 1];
        at--;
    }
    states[at] = *state;
}

result agreement_states_read(struct sitting *sitting, int64_t agreement,
                             const struct agreement_state **ret_states, size_t *ret_count,
                             struct err *err)
{
    const struct event *events = NULL;
    size_t event_count = 0;
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_AGREEMENT, agreement, 0, 0,
                            sitting->arena, &events, &event_count, err));
    struct agreement_state *states =
        ARENA_NEW(sitting->arena, struct agreement_state, event_count + 1);
    if (states == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = event_count; i > 0; i--) { /* they come newest first */
        const struct event *event = &events[i - 1];
        if (!is_state(event) || is_withdrawn(events, event_count, event->position)) {
            continue;
        }
        const struct fact_recorded_body *body = &event->body.fact_recorded;
        struct agreement_state state = {.name = body->value,
                                        .title = title_of(body->value),
                                        .from = event->effective_on,
                                        .source = body->source,
                                        .recorded_at = event->recorded_at,
                                        .event = event->position};
        TRY(sitting_actor(sitting, event->actor, &state.actor, err));
        insert(states, &count, &state);
    }
    *ret_states = states;
    *ret_count = count;
    return result_ok();
}

/* --- which may follow ------------------------------------------------------------------------- */

static bool may_follow(str from, str to)
{
    bool follows =
        str_equal(from, to) || str_equal(from, STR("unknown")) || str_equal(to, STR("unknown"));
    for (size_t i = 0; !follows && i < MOVE_COUNT; i++) {
        follows = str_equal(state_moves[i].from, from) && str_equal(state_moves[i].to, to);
    }
    return follows;
}

static result refuse_move(const struct agreement_state *other, str from, str to, struct err *err)
{
    char day[DATE_TEXT_SIZE];
    char states[240];
    size_t len = 0;
    date_format(other->from, day);
    for (size_t i = 0; i < MOVE_COUNT; i++) {
        if (str_equal(state_moves[i].from, from) &&
            !str_list_add(states, sizeof states, &len, state_moves[i].to)) {
            break;
        }
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "An agreement does not go from %.*s to %.*s (on record from %s: %.*s)",
                          STR_ARG(from), STR_ARG(to), day, STR_ARG(other->name)),
                  "the hint follows");
    return err_hint(err, "From %.*s it goes to: %.*s. A state recorded in error is withdrawn.",
                    STR_ARG(from), (int)len, states);
}

result agreement_states_check(struct sitting *sitting, int64_t agreement, str state, date true_from,
                              struct err *err)
{
    const struct agreement_state *states = NULL;
    size_t count = 0;
    TRY(agreement_states_read(sitting, agreement, &states, &count, err));
    size_t later = 0; /* the first that is true from a later day */
    while (later < count && !date_before(true_from, states[later].from)) {
        later++;
    }
    if (later > 0 && !may_follow(states[later - 1].name, state)) {
        return refuse_move(&states[later - 1], states[later - 1].name, state, err);
    }
    if (later < count && !may_follow(state, states[later].name)) {
        return refuse_move(&states[later], state, states[later].name, err);
    }
    return result_ok();
}
