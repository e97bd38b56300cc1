#include "casework/repeat.h"

#include "store/departures.h"

#include <string.h>

static bool continues(const struct event *first, const struct event *next)
{
    const int64_t later = next->recorded_at.milliseconds - first->recorded_at.milliseconds;
    const bool step = first->kind == EVENT_STEP_TAKEN;
    const bool brought_about = next->kind == EVENT_FACT_RECORDED ||
                               next->kind == EVENT_STEP_STOPPED || next->kind == EVENT_ENTRY_OPENED;
    return next->actor == first->actor && client_id_is_none(&next->client_id) &&
           (later == 0 || (step && later == 1 && brought_about));
}

result repeat_events(struct sitting *sitting, const struct event *first,
                     struct done_before *ret_done, struct err *err)
{
    ASSERT(first->position > 0);
    int64_t all = 0;
    TRY(transaction_event_count(sitting->transaction, &all, err));
    size_t capacity = 8;
    size_t count = 1;
    struct event *events = ARENA_NEW(sitting->arena, struct event, capacity);
    if (events == NULL) {
        return arena_full(err);
    }
    events[0] = *first;
    for (int64_t position = first->position + 1; position <= all; position++) {
        struct event next;
        TRY(transaction_event(sitting->transaction, position, sitting->arena, &next, err));
        if (!continues(first, &next)) {
            break;
        }
        if (count == capacity) {
            struct event *more = ARENA_NEW(sitting->arena, struct event, capacity * 2);
            if (more == NULL) {
                return arena_full(err);
            }
            memcpy(more, events, count * sizeof events[0]);
            events = more;
            capacity *= 2;
        }
        events[count++] = next;
    }
    *ret_done = (struct done_before){.events = events, .count = count};
    return result_ok();
}

result repeat_says_the_same(const struct event *first, const struct event *asked,
                            struct arena scratch, bool *ret_same, struct err *err)
{
    str then = STR("");
    str now = STR("");
    *ret_same = false;
    if (first->kind != asked->kind) {
        return result_ok();
    }
    TRY(event_write_body(first, &scratch, &then, err));
    TRY(event_write_body(asked, &scratch, &now, err));
    *ret_same = str_equal(then, now);
    return result_ok();
}

result repeat_same(const struct event *first, const struct event *asked, struct arena scratch,
                   struct err *err)
{
    bool same = false;
    TRY(repeat_says_the_same(first, asked, scratch, &same, err));
    return same ? result_ok() : sitting_client_id_taken(err);
}

static bool is_stop(const struct event *event)
{
    return event->kind == EVENT_STEP_STOPPED || event->kind == EVENT_DEPARTURE_RECALLED;
}

/* The request by which the person of a DEPARTURE_RECALLED boarded. */
static result request_aboard(struct sitting *sitting, const struct event *event,
                             int64_t *ret_request, struct err *err)
{
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    TRY(transaction_manifest_entries(sitting->transaction, event->body.departure_recalled.manifest,
                                     sitting->arena, &entries, &count, err));
    *ret_request = 0;
    for (size_t i = 0; i < count; i++) {
        *ret_request = entries[i].person == event->subject ? entries[i].request : *ret_request;
    }
    return result_ok();
}

static result stopped_by(struct sitting *sitting, const struct event *event,
                         struct stopped_request *ret_stopped, struct err *err)
{
    const bool aboard = event->kind == EVENT_DEPARTURE_RECALLED;
    const struct text_list safeguards =
        aboard ? event->body.departure_recalled.safeguards : event->body.step_stopped.safeguards;
    int64_t id = aboard ? 0 : event->body.step_stopped.request;
    struct request_row request;
    struct person_row person;
    TRY(aboard ? request_aboard(sitting, event, &id, err) : result_ok());
    TRY(transaction_request(sitting->transaction, id, sitting->arena, &request, err));
    TRY(transaction_person(sitting->transaction, request.person, sitting->arena, &person, err));
    *ret_stopped = (struct stopped_request){
        .request = request.id,
        .person = person.id,
        .step = request.step,
        .safeguards = safeguards.items,
        .safeguard_count = safeguards.count,
        .aboard = aboard,
    };
    return sitting_reference(sitting, &person, &ret_stopped->reference, err);
}

result repeat_stopped(struct sitting *sitting, const struct done_before *done,
                      struct stopped_list *ret_stopped, struct err *err)
{
    struct stopped_request *stopped =
        ARENA_NEW(sitting->arena, struct stopped_request, done->count + 1);
    if (stopped == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < done->count; i++) {
        if (is_stop(&done->events[i])) {
            TRY(stopped_by(sitting, &done->events[i], &stopped[count], err));
            count++;
        }
    }
    *ret_stopped = (struct stopped_list){.items = stopped, .count = count};
    return result_ok();
}

result repeat_record_answer(struct sitting *sitting, const struct done_before *done,
                            struct record_answer *ret_answer, struct err *err)
{
    int64_t *events = ARENA_NEW(sitting->arena, int64_t, done->count + 1);
    struct stopped_list stopped;
    if (events == NULL) {
        return arena_full(err);
    }
    TRY(repeat_stopped(sitting, done, &stopped, err));
    size_t count = 0;
    for (size_t i = 0; i < done->count; i++) {
        if (!is_stop(&done->events[i])) {
            events[count++] = done->events[i].position;
        }
    }
    *ret_answer = (struct record_answer){.events = events,
                                         .event_count = count,
                                         .stopped = stopped.items,
                                         .stopped_count = stopped.count,
                                         .repeated = true};
    return result_ok();
}
