#include "casework/past.h"

#include <stdlib.h>

enum { HISTORY_WHOLE = 1000000 }; /* more events than one subject ever has */

static result whole_history(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                            int64_t before, const struct event **ret_events, size_t *ret_count,
                            struct err *err)
{
    return transaction_history(sitting->transaction, kind, subject, before, HISTORY_WHOLE,
                               sitting->arena, ret_events, ret_count, err);
}

/* --- a person --------------------------------------------------------------------------------- */

int64_t past_request_of(const struct event *event)
{
    const enum event_kind kind = event->kind;
    return kind == EVENT_STEP_REQUESTED   ? event->position
           : kind == EVENT_STEP_APPROVED  ? event->body.step_approved.request
           : kind == EVENT_STEP_DECLINED  ? event->body.step_declined.request
           : kind == EVENT_STEP_WITHDRAWN ? event->body.step_withdrawn.request
           : kind == EVENT_STEP_STOPPED   ? event->body.step_stopped.request
           : kind == EVENT_STEP_REFUSED   ? event->body.step_refused.request
           : kind == EVENT_STEP_TAKEN     ? event->body.step_taken.request
                                          : 0;
}

/* Applies the event to the request that it names, which is the next of `requests` when it begins
 * with this event. */
static result apply_to_request(struct request_row *requests, size_t *count,
                               const struct event *event, struct err *err)
{
    const int64_t id = past_request_of(event);
    if (event->kind == EVENT_STEP_REQUESTED) {
        requests[*count] = (struct request_row){0};
        TRY(request_row_apply(&requests[*count], event, err));
        (*count)++;
        return result_ok();
    }
    for (size_t i = 0; id != 0 && i < *count; i++) {
        if (requests[i].id == id) {
            return request_row_apply(&requests[i], event, err);
        }
    }
    return result_ok();
}

result past_person(struct sitting *sitting, int64_t person, int64_t position, instant known_at,
                   struct past *ret_past, struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    TRY(whole_history(sitting, SUBJECT_OF_PERSON, person, position == 0 ? 0 : position + 1, &events,
                      &count, err));
    struct request_row *requests = ARENA_NEW(sitting->arena, struct request_row, count + 1);
    if (requests == NULL) {
        return arena_full(err);
    }
    struct past past = {.requests = requests};
    for (size_t i = count; i > 0; i--) {
        const struct event *event = &events[i - 1];
        if (event->recorded_at.milliseconds <= known_at.milliseconds) {
            TRY(person_row_apply(&past.person, event, err));
            TRY(apply_to_request(requests, &past.request_count, event, err));
        }
    }
    *ret_past = past;
    return result_ok();
}

/* --- a family --------------------------------------------------------------------------------- */

/* Groups only grow and flow together (casework_join_family takes a whole group along), so whoever
 * was of the group then is of today's group. */
result past_family(struct sitting *sitting, const struct person_row *person, instant known_at,
                   const struct person_row **ret_members, size_t *ret_count, struct err *err)
{
    *ret_members = NULL;
    *ret_count = 0;
    struct person_row today;
    TRY(transaction_person(sitting->transaction, person->id, sitting->arena, &today, err));
    if (person->family == 0 || today.family == 0) {
        return result_ok();
    }
    const struct people_filter filter = {.stage = STR(""), .family = today.family};
    const struct person_row *group = NULL;
    size_t count = 0;
    TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &group, &count, err));
    struct person_row *members = ARENA_NEW(sitting->arena, struct person_row, count + 1);
    if (members == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct past past;
        TRY(past_person(sitting, group[i].id, 0, known_at, &past, err));
        if (group[i].id != person->id && past.person.family == person->family) {
            members[kept++] = past.person;
        }
    }
    *ret_members = members;
    *ret_count = kept;
    return result_ok();
}

/* --- places ----------------------------------------------------------------------------------- */

/* The number agreed last, as known then; 0 before any was. */
static result places_agreed(struct sitting *sitting, int64_t hub, instant known_at,
                            int64_t *ret_agreed, struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    TRY(whole_history(sitting, SUBJECT_OF_HUB, hub, 0, &events, &count, err));
    *ret_agreed = 0;
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_PLACES_AGREED &&
            events[i].recorded_at.milliseconds <= known_at.milliseconds) {
            *ret_agreed = events[i].body.places_agreed.places;
            break;
        }
    }
    return result_ok();
}

/* Can a place be occupied without a request, so that requests do not name everybody who ever had
 * one? */
static bool places_without_request(const struct rulebook *rulebook)
{
    for (size_t i = 0; i < rulebook->step_count; i++) {
        if (rulebook->steps[i].place == STEP_PLACE_TAKES &&
            rulebook->steps[i].approval_count == 0) {
            return true;
        }
    }
    return false;
}

static int compare_ids(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

/* Everybody who may have had a place at the hub, sorted; some of them more than once. */
static result candidates(struct sitting *sitting, int64_t hub, int64_t **ret_people,
                         size_t *ret_count, struct err *err)
{
    const struct request_filter asked = {.hub = hub};
    const struct request_row *requests = NULL;
    size_t request_count = 0;
    TRY(transaction_requests(sitting->transaction, &asked, sitting->arena, &requests,
                             &request_count, err));
    const struct people_filter filter = {
        .stage = STR(""), .hub = places_without_request(sitting->casework->rulebook) ? 0 : hub};
    const struct person_row *placed = NULL;
    size_t placed_count = 0;
    TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &placed, &placed_count,
                           err));
    int64_t *people = ARENA_NEW(sitting->arena, int64_t, request_count + placed_count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < request_count; i++) {
        people[i] = requests[i].person;
    }
    for (size_t i = 0; i < placed_count; i++) {
        people[request_count + i] = placed[i].id;
    }
    qsort(people, request_count + placed_count, sizeof people[0], compare_ids);
    *ret_people = people;
    *ret_count = request_count + placed_count;
    return result_ok();
}

/* True when the person had a place at the hub. */
static bool count_past(const struct past *past, int64_t hub, struct place_counts *counts)
{
    const bool occupied = past->person.hub == hub;
    bool held = false;
    counts->occupied += occupied ? 1 : 0;
    for (size_t i = 0; i < past->request_count; i++) {
        if (past->requests[i].hub == hub && past->requests[i].place > 0) {
            counts->held++;
            held = true;
        }
    }
    return occupied || held;
}

static result count_candidates(struct sitting *sitting, int64_t hub, instant before,
                               const int64_t *people, size_t count, int64_t *with_place,
                               struct past_places *places, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && people[i] == people[i - 1]) {
            continue;
        }
        struct arena scratch = *sitting->arena;
        struct sitting reading = *sitting;
        reading.arena = &scratch;
        struct past past;
        TRY(past_person(&reading, people[i], 0, before, &past, err));
        if (count_past(&past, hub, &places->counts)) {
            with_place[places->people_count++] = people[i];
        }
    }
    return result_ok();
}

result past_places(struct sitting *sitting, int64_t hub, int64_t person, instant known_at,
                   struct past_places *ret_places, struct err *err)
{
    struct past_places places = {.own = false};
    int64_t *people = NULL;
    size_t count = 0;
    TRY(places_agreed(sitting, hub, known_at, &places.counts.agreed, err));
    TRY(candidates(sitting, hub, &people, &count, err));
    int64_t *with_place = ARENA_NEW(sitting->arena, int64_t, count + 1);
    if (with_place == NULL) {
        return arena_full(err);
    }
    const instant before = {.milliseconds = known_at.milliseconds - 1};
    TRY(count_candidates(sitting, hub, before, people, count, with_place, &places, err));
    for (size_t i = 0; i < places.people_count; i++) {
        places.own = places.own || with_place[i] == person;
    }
    places.people = with_place;
    places.counts.free = places.counts.agreed - places.counts.held - places.counts.occupied;
    *ret_places = places;
    return result_ok();
}
