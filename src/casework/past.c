#include "casework/past.h"

#include <stdlib.h>
#include <string.h>

enum {
    HISTORY_WHOLE = 1000000,         /* more events than one subject ever has */
    TOLD_MEMORY = 256 * 1024 * 1024, /* taken lazily */
};

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

/* What happened to the places of a hub, one after the other in memory of its own. */
struct told {
    struct arena memory;
    struct event *items;
    size_t count;
};

static void told_close(struct told *told)
{
    arena_close(&told->memory);
}

#define OWN_TOLD __attribute__((cleanup(told_close)))

static result tell(struct told *told, const struct event *event, struct err *err)
{
    struct event *next = ARENA_NEW(&told->memory, struct event, 1);
    if (next == NULL) {
        return arena_full(err);
    }
    told->items = told->count == 0 ? next : told->items;
    ASSERT(next == told->items + told->count);
    *next = *event;
    told->count++;
    return result_ok();
}

static int64_t hub_of_request(const struct event *history, size_t count, int64_t request)
{
    for (size_t i = 0; i < count; i++) {
        if (history[i].position == request && history[i].kind == EVENT_STEP_REQUESTED) {
            return history[i].body.step_requested.hub;
        }
    }
    return 0;
}

/* May the event of a person have changed a place of this hub? The hub of an approval is that of its
 * request. */
static bool gives_or_frees(const struct event *history, size_t count, const struct event *event,
                           int64_t hub)
{
    switch ((int)event->kind) {
    case EVENT_STEP_APPROVED:
        return event->body.step_approved.place > 0 &&
               hub_of_request(history, count, event->body.step_approved.request) == hub;
    case EVENT_STEP_TAKEN:
    case EVENT_STEP_STOPPED:
    case EVENT_STEP_DECLINED:
    case EVENT_STEP_WITHDRAWN:
    case EVENT_PLACE_CHANGED:
    case EVENT_DEPARTURE_CANCELLED:
        return true;
    default:
        return false;
    }
}

/* A command judges before it gives and frees places; a change of place is what others are judged
 * after. */
static bool was_seen(const struct event *event, instant known_at)
{
    const bool judged_after =
        event->kind == EVENT_PLACE_CHANGED || event->kind == EVENT_DEPARTURE_CANCELLED;
    return event->recorded_at.milliseconds < known_at.milliseconds ||
           (judged_after && event->recorded_at.milliseconds == known_at.milliseconds);
}

/* Numbers are all that is read of a person's events, so their texts need not stay. */
static result tell_person(struct sitting *sitting, struct told *told, int64_t person, int64_t hub,
                          instant known_at, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct sitting reading = *sitting;
    reading.arena = &scratch;
    const struct event *events = NULL;
    size_t count = 0;
    TRY(whole_history(&reading, SUBJECT_OF_PERSON, person, 0, &events, &count, err));
    for (size_t i = count; i > 0; i--) {
        const struct event *event = &events[i - 1];
        if (was_seen(event, known_at) && gives_or_frees(events, count, event, hub)) {
            TRY(tell(told, event, err));
        }
    }
    return result_ok();
}

static result tell_people(struct sitting *sitting, struct told *told, int64_t hub, instant known_at,
                          struct err *err)
{
    int64_t *people = NULL;
    size_t count = 0;
    TRY(candidates(sitting, hub, &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || people[i] != people[i - 1]) {
            TRY(tell_person(sitting, told, people[i], hub, known_at, err));
        }
    }
    return result_ok();
}

/* Also the most places that were ever agreed. */
static result tell_hub(struct sitting *sitting, struct told *told, int64_t hub, instant known_at,
                       int64_t *ret_most, struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    int64_t most = 0;
    TRY(whole_history(sitting, SUBJECT_OF_HUB, hub, 0, &events, &count, err));
    for (size_t i = count; i > 0; i--) {
        const struct event *event = &events[i - 1];
        const unsigned about_places = CONCERNS_PLACE | CONCERNS_HUB_PLACES;
        if (event->recorded_at.milliseconds > known_at.milliseconds ||
            (event_concerns(event->kind) & about_places) == 0) {
            continue;
        }
        const int64_t agreed =
            event->kind == EVENT_PLACES_AGREED ? event->body.places_agreed.places : 0;
        most = agreed > most ? agreed : most;
        TRY(tell(told, event, err));
    }
    *ret_most = most;
    return result_ok();
}

static int compare_events(const void *left, const void *right)
{
    const struct event *a = left;
    const struct event *b = right;
    return a->position < b->position ? -1 : a->position > b->position ? 1 : 0;
}

static result fold_places(const struct told *told, struct place_row *rows, size_t capacity,
                          size_t *ret_count, struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < told->count; i++) {
        const struct event *event = &told->items[i];
        if (event->kind == EVENT_PLACES_AGREED) {
            TRY(place_rows_agree(rows, count, capacity, event, &count, err));
        }
        for (size_t j = 0; event->kind != EVENT_PLACES_AGREED && j < count; j++) {
            TRY(place_row_apply(&rows[j], event, err));
        }
    }
    *ret_count = count;
    return result_ok();
}

result past_places(struct sitting *sitting, int64_t hub, instant known_at,
                   const struct place_row **ret_rows, size_t *ret_count, struct err *err)
{
    OWN_TOLD struct told told = {.items = NULL};
    int64_t most = 0;
    TRY(arena_open(&told.memory, TOLD_MEMORY, err));
    TRY(tell_hub(sitting, &told, hub, known_at, &most, err));
    TRY(tell_people(sitting, &told, hub, known_at, err));
    if (told.count > 0) {
        qsort(told.items, told.count, sizeof told.items[0], compare_events);
    }
    struct place_row *rows = ARENA_NEW(sitting->arena, struct place_row, (size_t)most + 1);
    if (rows == NULL) {
        return arena_full(err);
    }
    TRY(fold_places(&told, rows, (size_t)most, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}
