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

/* Applies the event to the request that it names, which is the next of `requests` when it begins
 * with this event. */
static result apply_to_request(struct request_row *requests, size_t *count,
                               const struct event *event, struct err *err)
{
    const int64_t id = identity_request_of(event);
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

/* Room for so many more. */
static result make_room(struct sitting *sitting, struct id_list *list, size_t more, struct err *err)
{
    int64_t *items = ARENA_NEW(sitting->arena, int64_t, list->count + more + 1);
    if (items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < list->count; i++) {
        items[i] = list->items[i];
    }
    list->items = items;
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
    TRY(make_room(sitting, list, count, err));
    for (size_t i = 0; i < count; i++) {
        list->items[list->count++] = rows[i].id;
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
            TRY(make_room(sitting, list, count, err));
            for (size_t k = 0; k < count; k++) {
                list->items[list->count++] = kin[k];
            }
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

static result add_stays(struct sitting *sitting, struct id_list *list, enum stays_asked asked,
                        int64_t hub, struct err *err)
{
    const struct stay_row *stays = NULL;
    size_t count = 0;
    TRY(transaction_stays(sitting->transaction, asked, hub, 0, sitting->arena, &stays, &count,
                          err));
    TRY(make_room(sitting, list, count, err));
    for (size_t i = 0; i < count; i++) {
        list->items[list->count++] = stays[i].person;
    }
    return result_ok();
}

static result add_requests(struct sitting *sitting, struct id_list *list, int64_t hub,
                           struct err *err)
{
    const struct request_filter asked = {.hub = hub};
    const struct request_row *requests = NULL;
    size_t count = 0;
    TRY(transaction_requests(sitting->transaction, &asked, sitting->arena, &requests, &count, err));
    TRY(make_room(sitting, list, count, err));
    for (size_t i = 0; i < count; i++) {
        list->items[list->count++] = requests[i].person;
    }
    return result_ok();
}

/* Every record that may have had a place at the hub: held by a request, or taken, which begins a
 * stay whether or not there was a request (register/hub_desk.h). */
static result candidates(struct sitting *sitting, int64_t hub, struct id_list *ret_people,
                         struct err *err)
{
    struct id_list list = {.count = 0};
    TRY(add_requests(sitting, &list, hub, err));
    TRY(add_stays(sitting, &list, STAYS_NOW, hub, err));
    TRY(add_stays(sitting, &list, STAYS_LEFT, hub, err));
    sort_and_thin(&list);
    TRY(add_kin(sitting, &list, err));
    *ret_people = list;
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

/* May an event of this kind, of a person, change a place, or say which hub one is at? */
static bool is_about_places(enum event_kind kind)
{
    switch ((int)kind) {
    case EVENT_STEP_REQUESTED:
    case EVENT_STEP_APPROVED:
    case EVENT_STEP_TAKEN:
    case EVENT_STEP_STOPPED:
    case EVENT_STEP_DECLINED:
    case EVENT_STEP_WITHDRAWN:
    case EVENT_PLACE_CHANGED:
    case EVENT_DEPARTURE_CANCELLED:
    case EVENT_IDENTITIES_MERGED:
    case EVENT_IDENTITIES_SEPARATED:
        return true;
    default:
        return false;
    }
}

/* A command judges before it gives and frees places; a change of place, or of who is who, is what
 * others are judged after. */
static bool was_seen(const struct event *event, instant known_at)
{
    const enum event_kind kind = event->kind;
    const bool judged_after = kind == EVENT_PLACE_CHANGED || kind == EVENT_DEPARTURE_CANCELLED ||
                              kind == EVENT_IDENTITIES_MERGED || kind == EVENT_IDENTITIES_SEPARATED;
    return event->recorded_at.milliseconds < known_at.milliseconds ||
           (judged_after && event->recorded_at.milliseconds == known_at.milliseconds);
}

/* Numbers are all that is read of a person's events, so their texts need not stay. */
static result tell_person(struct sitting *sitting, struct told *told, int64_t person,
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
        if (was_seen(event, known_at) && is_about_places(event->kind)) {
            TRY(tell(told, event, err));
        }
    }
    return result_ok();
}

/* What stands under a record happened to the person that the record was then. */
static result tell_kin(struct sitting *sitting, struct told *told, int64_t record, instant known_at,
                       struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct identity_event *events = NULL;
    size_t count = 0;
    TRY(transaction_identity_events(sitting->transaction, record, 0, known_at, &scratch, &events,
                                    &count, err));
    for (size_t i = 0; i < count; i++) {
        struct event event = events[i].event;
        const int64_t *records = NULL;
        size_t record_count = 0;
        if (!was_seen(&event, known_at) || !is_about_places(event.kind)) {
            continue;
        }
        TRY(transaction_records(sitting->transaction, event.subject, event.recorded_at, &scratch,
                                &records, &record_count, err));
        event.subject = records[0];
        TRY(tell(told, &event, err));
    }
    return result_ok();
}

static result was_erased(struct sitting *sitting, int64_t record, bool *erased, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row row;
    TRY(transaction_record(sitting->transaction, record, &scratch, &row, err));
    *erased = *erased || row.erased;
    return result_ok();
}

/* Kin are told together, with the first of them. */
static result tell_candidate(struct sitting *sitting, struct told *told, int64_t record,
                             instant known_at, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const int64_t *kin = NULL;
    size_t count = 0;
    TRY(transaction_kin(sitting->transaction, record, &scratch, &kin, &count, err));
    if (count < 2) {
        return tell_person(sitting, told, record, known_at, err);
    }
    int64_t first = record;
    for (size_t i = 0; i < count; i++) {
        first = kin[i] < first ? kin[i] : first;
    }
    return first == record ? tell_kin(sitting, told, record, known_at, err) : result_ok();
}

static result tell_people(struct sitting *sitting, struct told *told, int64_t hub, instant known_at,
                          struct err *err)
{
    struct id_list people = {.count = 0};
    bool erased = false;
    TRY(candidates(sitting, hub, &people, err));
    for (size_t i = 0; i < people.count; i++) {
        TRY(tell_candidate(sitting, told, people.items[i], known_at, err));
        TRY(was_erased(sitting, people.items[i], &erased, err));
    }
    return erased ? transaction_put_remains(sitting->transaction, told->items, told->count,
                                            sitting->arena, err)
                  : result_ok();
}

static bool says_places(const struct event *event, instant known_at)
{
    const unsigned about_places = CONCERNS_PLACE | CONCERNS_HUB_PLACES;
    return event->recorded_at.milliseconds <= known_at.milliseconds &&
           (event_concerns(event->kind) & about_places) != 0;
}

/* The events of the hub that say something of its places, oldest first. Most of a hub's are of its
 * books: they are passed over in memory that is given back. */
static result places_said(struct sitting *sitting, int64_t hub, instant known_at,
                          struct id_list *ret_positions, struct err *err)
{
    struct sitting reading = *sitting;
    OWN_TOLD struct told whole = {.items = NULL};
    const struct event *events = NULL;
    size_t count = 0;
    size_t said = 0;
    TRY(arena_open(&whole.memory, TOLD_MEMORY, err));
    reading.arena = &whole.memory;
    TRY(whole_history(&reading, SUBJECT_OF_HUB, hub, 0, &events, &count, err));
    for (size_t i = 0; i < count; i++) {
        said += says_places(&events[i], known_at) ? 1 : 0;
    }
    int64_t *positions = ARENA_NEW(sitting->arena, int64_t, said + 1);
    if (positions == NULL) {
        return arena_full(err);
    }
    *ret_positions = (struct id_list){.items = positions};
    for (size_t i = count; i > 0; i--) {
        if (says_places(&events[i - 1], known_at)) {
            positions[ret_positions->count++] = events[i - 1].position;
        }
    }
    return result_ok();
}

/* Also the most places that were ever agreed. */
static result tell_hub(struct sitting *sitting, struct told *told, int64_t hub, instant known_at,
                       int64_t *ret_most, struct err *err)
{
    struct id_list positions = {.count = 0};
    int64_t most = 0;
    TRY(places_said(sitting, hub, known_at, &positions, err));
    for (size_t i = 0; i < positions.count; i++) {
        struct event event;
        TRY(transaction_event(sitting->transaction, positions.items[i], sitting->arena, &event,
                              err));
        const int64_t agreed =
            event.kind == EVENT_PLACES_AGREED ? event.body.places_agreed.places : 0;
        most = agreed > most ? agreed : most;
        TRY(tell(told, &event, err));
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

/* The hub of an approval is that of its request. */
static int64_t hub_of_request(const struct told *told, int64_t request)
{
    const struct event key = {.position = request};
    const struct event *asked =
        bsearch(&key, told->items, told->count, sizeof told->items[0], compare_events);
    return asked != NULL && asked->kind == EVENT_STEP_REQUESTED ? asked->body.step_requested.hub
                                                                : 0;
}

struct fold_of_places {
    struct sitting *sitting;
    const struct told *told;
    int64_t hub;
    struct place_row *rows;
    size_t count;
    size_t capacity;
};

/* What was held for the part is held for the whole. */
static void fold_merged(struct fold_of_places *fold, const struct event *event)
{
    for (size_t i = 0; i < fold->count; i++) {
        if (fold->rows[i].person == event->body.identities_merged.other) {
            fold->rows[i].person = event->subject;
        }
    }
}

/* Whose request it is that holds the place, or who of those who were one is at the hub. */
static bool has_place(const struct past *past, const struct place_row *row)
{
    bool found = row->request == 0 && past->person.hub == row->hub;
    for (size_t i = 0; i < past->request_count; i++) {
        found = found || (row->request != 0 && past->requests[i].id == row->request);
    }
    return found;
}

static result fold_separated(struct fold_of_places *fold, const struct event *event,
                             struct err *err)
{
    struct arena scratch = *fold->sitting->arena;
    struct sitting reading = *fold->sitting;
    reading.arena = &scratch;
    const int64_t *kin = NULL;
    size_t count = 0;
    TRY(transaction_kin(reading.transaction, event->subject, &scratch, &kin, &count, err));
    for (size_t k = 0; k < count; k++) {
        struct past past;
        TRY(past_person(&reading, kin[k], event->position, event->recorded_at, &past, err));
        for (size_t i = 0; past.person.id == kin[k] && i < fold->count; i++) {
            struct place_row *row = &fold->rows[i];
            if (is_one_of(kin, count, row->person) && has_place(&past, row)) {
                row->person = kin[k];
            }
        }
    }
    return result_ok();
}

static result fold_place_event(struct fold_of_places *fold, const struct event *event,
                               struct err *err)
{
    if (event->kind == EVENT_PLACES_AGREED) {
        return place_rows_agree(fold->rows, fold->count, fold->capacity, event, &fold->count, err);
    }
    if (event->kind == EVENT_IDENTITIES_MERGED) {
        fold_merged(fold, event);
        return result_ok();
    }
    if (event->kind == EVENT_IDENTITIES_SEPARATED) {
        return fold_separated(fold, event, err);
    }
    if (event->kind == EVENT_STEP_APPROVED &&
        hub_of_request(fold->told, event->body.step_approved.request) != fold->hub) {
        return result_ok();
    }
    for (size_t i = 0; i < fold->count; i++) {
        TRY(place_row_apply(&fold->rows[i], event, err));
    }
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
    struct fold_of_places fold = {
        .sitting = sitting,
        .told = &told,
        .hub = hub,
        .rows = ARENA_NEW(sitting->arena, struct place_row, (size_t)most + 1),
        .capacity = (size_t)most,
    };
    if (fold.rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < told.count; i++) {
        TRY(fold_place_event(&fold, &told.items[i], err));
    }
    *ret_rows = fold.rows;
    *ret_count = fold.count;
    return result_ok();
}
