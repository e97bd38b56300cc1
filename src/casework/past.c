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

static bool is_one_of(const int64_t *records, size_t count, int64_t record)
{
    for (size_t i = 0; i < count; i++) {
        if (records[i] == record) {
            return true;
        }
    }
    return false;
}

/* Of somebody who was merged at some time: who was one person with the record then, and what was
 * recorded of them (register/identity.h). */
struct then {
    const int64_t *records; /* the first had the person's reference */
    size_t record_count;
    const int64_t *kin;
    size_t kin_count;
    struct identity_event *events; /* of all kin */
    size_t event_count;
};

static result read_then(struct sitting *sitting, int64_t record, int64_t position, instant known_at,
                        struct then *ret_then, struct err *err)
{
    struct transaction *transaction = sitting->transaction;
    struct then then = {.record_count = 0};
    TRY(transaction_records(transaction, record, known_at, sitting->arena, &then.records,
                            &then.record_count, err));
    TRY(transaction_kin(transaction, record, sitting->arena, &then.kin, &then.kin_count, err));
    TRY(transaction_identity_events(transaction, record, position == 0 ? 0 : position + 1, known_at,
                                    sitting->arena, &then.events, &then.event_count, err));
    *ret_then = then;
    return result_ok();
}

static result merged_requests(const struct then *then, struct request_row *requests, size_t *count,
                              struct err *err)
{
    for (size_t i = 0; i < then->event_count; i++) {
        struct event event = then->events[i].event;
        if (is_one_of(then->records, then->record_count, then->events[i].about)) {
            event.subject = then->records[0];
            TRY(apply_to_request(requests, count, &event, err));
        }
    }
    return result_ok();
}

static result past_merged(struct sitting *sitting, int64_t record, int64_t position,
                          instant known_at, struct past *ret_past, struct err *err)
{
    struct then then;
    struct person_row *rows = NULL;
    TRY(read_then(sitting, record, position, known_at, &then, err));
    TRY(identity_fold(then.kin, then.kin_count, then.events, then.event_count, sitting->arena,
                      &rows, err));
    struct request_row *requests =
        ARENA_NEW(sitting->arena, struct request_row, then.event_count + 1);
    if (requests == NULL) {
        return arena_full(err);
    }
    struct past past = {.requests = requests};
    TRY(merged_requests(&then, requests, &past.request_count, err));
    for (size_t i = 0; i < then.kin_count; i++) {
        past.person = then.kin[i] == then.records[0] ? rows[i] : past.person;
    }
    *ret_past = past;
    return result_ok();
}

static result past_alone(struct sitting *sitting, int64_t person, int64_t position,
                         instant known_at, struct past *ret_past, struct err *err)
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

/* Was the record ever merged? */
static result was_merged(struct sitting *sitting, int64_t record, bool *ret_merged, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const int64_t *kin = NULL;
    size_t count = 0;
    TRY(transaction_kin(sitting->transaction, record, &scratch, &kin, &count, err));
    *ret_merged = count > 1;
    return result_ok();
}

result past_person(struct sitting *sitting, int64_t record, int64_t position, instant known_at,
                   struct past *ret_past, struct err *err)
{
    bool merged = false;
    TRY(was_merged(sitting, record, &merged, err));
    return merged ? past_merged(sitting, record, position, known_at, ret_past, err)
                  : past_alone(sitting, record, position, known_at, ret_past, err);
}

result past_history(struct sitting *sitting, int64_t record, instant known_at, size_t limit,
                    const struct event **ret_events, size_t *ret_count, struct err *err)
{
    struct then then;
    size_t count = 0;
    TRY(read_then(sitting, record, 0, known_at, &then, err));
    struct event *events = ARENA_NEW(sitting->arena, struct event, then.event_count + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = then.event_count; i > 0 && count < limit; i--) {
        bool shown = false;
        for (size_t k = 0; k < then.record_count; k++) {
            shown = shown || identity_shows(&then.events[i - 1], then.records[k]);
        }
        if (shown) {
            events[count] = then.events[i - 1].event;
            events[count++].subject = then.events[i - 1].about;
        }
    }
    *ret_events = events;
    *ret_count = count;
    return result_ok();
}

/* --- a family --------------------------------------------------------------------------------- */

static int compare_ids(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

/* Sorted, none twice. */
struct id_list {
    int64_t *items;
    size_t count;
};

static void sort_and_thin(struct id_list *list)
{
    size_t kept = 0;
    qsort(list->items, list->count, sizeof list->items[0], compare_ids);
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || list->items[kept - 1] != list->items[i]) {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
}

static result add_ids(struct sitting *sitting, struct id_list *list, const int64_t *ids,
                      size_t count, struct err *err)
{
    int64_t *items = ARENA_NEW(sitting->arena, int64_t, list->count + count + 1);
    if (items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < list->count + count; i++) {
        items[i] = i < list->count ? list->items[i] : ids[i - list->count];
    }
    *list = (struct id_list){.items = items, .count = list->count + count};
    return result_ok();
}

static result add_family(struct sitting *sitting, struct id_list *list, int64_t family,
                         struct err *err)
{
    const struct person_row *rows = NULL;
    size_t count = 0;
    if (family == 0) {
        return result_ok();
    }
    TRY(transaction_family_records(sitting->transaction, family, sitting->arena, &rows, &count,
                                   err));
    for (size_t i = 0; i < count; i++) {
        TRY(add_ids(sitting, list, &rows[i].id, 1, err));
    }
    return result_ok();
}

/* The kin of all of them, too: who was a person of their own then may be a part today. */
static result add_kin(struct sitting *sitting, struct id_list *list, struct err *err)
{
    const struct id_list before = *list;
    for (size_t i = 0; i < before.count; i++) {
        const int64_t *kin = NULL;
        size_t count = 0;
        TRY(transaction_kin(sitting->transaction, before.items[i], sitting->arena, &kin, &count,
                            err));
        if (count > 1) {
            TRY(add_ids(sitting, list, kin, count, err));
        }
    }
    sort_and_thin(list);
    return result_ok();
}

/* Groups only grow and flow together (casework_join_family takes a whole group along), so whoever
 * was of the group then is of today's group, or a record that was merged since; so is whoever was
 * of the group through a merge that has been undone. */
static result family_candidates(struct sitting *sitting, const struct person_row *person,
                                struct id_list *ret_list, struct err *err)
{
    struct id_list list = {.count = 0};
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    TRY(transaction_kin(sitting->transaction, person->id, sitting->arena, &kin, &kin_count, err));
    for (size_t i = 0; i < kin_count; i++) {
        struct person_row row;
        TRY(transaction_record(sitting->transaction, kin[i], sitting->arena, &row, err));
        TRY(add_family(sitting, &list, row.family, err));
    }
    TRY(add_family(sitting, &list, person->family, err));
    TRY(add_kin(sitting, &list, err));
    *ret_list = list;
    return result_ok();
}

result past_family(struct sitting *sitting, const struct person_row *person, instant known_at,
                   const struct person_row **ret_members, size_t *ret_count, struct err *err)
{
    struct id_list list = {.count = 0};
    size_t kept = 0;
    *ret_members = NULL;
    *ret_count = 0;
    if (person->family == 0) {
        return result_ok();
    }
    TRY(family_candidates(sitting, person, &list, err));
    struct person_row *members = ARENA_NEW(sitting->arena, struct person_row, list.count + 1);
    if (members == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < list.count; i++) {
        struct past past;
        TRY(past_person(sitting, list.items[i], 0, known_at, &past, err));
        if (past.person.id == list.items[i] && past.person.id != person->id &&
            past.person.family == person->family) {
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

/* Every record that may have had a place at the hub. */
static result candidates(struct sitting *sitting, int64_t hub, struct id_list *ret_people,
                         struct err *err)
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
    struct id_list list = {.items = people, .count = request_count + placed_count};
    sort_and_thin(&list);
    TRY(add_kin(sitting, &list, err));
    *ret_people = list;
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
                               const struct id_list *people, int64_t *with_place,
                               struct past_places *places, struct err *err)
{
    for (size_t i = 0; i < people->count; i++) {
        struct arena scratch = *sitting->arena;
        struct sitting reading = *sitting;
        reading.arena = &scratch;
        struct past past;
        TRY(past_person(&reading, people->items[i], 0, before, &past, err));
        if (past.person.id == people->items[i] && count_past(&past, hub, &places->counts)) {
            with_place[places->people_count++] = people->items[i];
        }
    }
    return result_ok();
}

result past_places(struct sitting *sitting, int64_t hub, int64_t person, instant known_at,
                   struct past_places *ret_places, struct err *err)
{
    struct past_places places = {.own = false};
    struct id_list people = {.count = 0};
    TRY(places_agreed(sitting, hub, known_at, &places.counts.agreed, err));
    TRY(candidates(sitting, hub, &people, err));
    int64_t *with_place = ARENA_NEW(sitting->arena, int64_t, people.count + 1);
    if (with_place == NULL) {
        return arena_full(err);
    }
    const instant before = {.milliseconds = known_at.milliseconds - 1};
    TRY(count_candidates(sitting, hub, before, &people, with_place, &places, err));
    for (size_t i = 0; i < places.people_count; i++) {
        places.own = places.own || with_place[i] == person;
    }
    places.people = with_place;
    places.counts.free = places.counts.agreed - places.counts.held - places.counts.occupied;
    *ret_places = places;
    return result_ok();
}
