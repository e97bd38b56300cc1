/* Which rows an event touches, loaded, changed by register/row.h, and stored again. The same for an
 * event that is appended and for one that is replayed. */
#include "store/transaction.h"

#include <string.h>

union subject_row {
    struct person_row person;
    struct hub_row hub;
    struct agreement_row agreement;
    struct account_row account;
    struct manifest_row manifest;
    struct operation_row operation;
};

static result find_row(struct transaction *transaction, enum table table, struct arena *arena,
                       void *row, bool *ret_found, struct err *err)
{
    return backend_of(transaction)
        ->row_find(transaction->connection, table, arena, row, ret_found, err);
}

/* --- the subject's own row --- */

static enum table subject_table(enum subject_kind kind)
{
    static const enum table tables[SUBJECT_KINDS] = {
        [SUBJECT_OF_PERSON] = TABLE_PERSON,       [SUBJECT_OF_HUB] = TABLE_HUB,
        [SUBJECT_OF_AGREEMENT] = TABLE_AGREEMENT, [SUBJECT_OF_ACCOUNT] = TABLE_ACCOUNT,
        [SUBJECT_OF_MANIFEST] = TABLE_MANIFEST,   [SUBJECT_OF_OPERATION] = TABLE_OPERATION,
    };
    ASSERT(subject_has_row(kind));
    return tables[kind];
}

/* Texts that a row makes of several lie in the arena. */
static result subject_row_apply(union subject_row *row, const struct event *event,
                                struct arena *arena, struct err *err)
{
    switch (event->subject_kind) {
    case SUBJECT_OF_PERSON:
        return person_row_apply(&row->person, event, err);
    case SUBJECT_OF_HUB:
        return hub_row_apply(&row->hub, event, err);
    case SUBJECT_OF_AGREEMENT:
        return agreement_row_apply(&row->agreement, event, err);
    case SUBJECT_OF_ACCOUNT:
        return account_row_apply(&row->account, event, err);
    case SUBJECT_OF_MANIFEST:
        return manifest_row_apply(&row->manifest, event, err);
    case SUBJECT_OF_OPERATION:
        return operation_row_apply(&row->operation, event, arena, err);
    case SUBJECT_OF_REGISTER:
        return result_ok();
    }
    return err_set(err, ERROR_INTERNAL, "A subject of no known kind");
}

result rows_check_beginning(const struct event *event, struct arena scratch, struct err *err)
{
    union subject_row row = {0};
    return subject_row_apply(&row, event, &scratch, err);
}

/* When rows are made anew, an erased record left a person with less than the merged person had. */
static bool happened_to_more(const struct transaction *transaction, const struct person_row *row,
                             const struct event *event)
{
    return transaction->remains != NULL && transaction->remains->count > 0 &&
           transaction->merges == MERGES_SOME && person_event_changes_nothing(row, event);
}

static result apply_to_subject(struct transaction *transaction, const struct event *event,
                               struct arena scratch, struct err *err)
{
    const enum table table = subject_table(event->subject_kind);
    union subject_row row = {0};
    /* The id is the first member, and the key, of each of them. */
    memcpy(&row, &event->subject, sizeof event->subject);
    bool found = false;
    TRY(find_row_of(transaction, table, event->subject_kind, event->subject, &scratch, &row, &found,
                    err));
    if (!found) {
        memset(&row, 0, sizeof row);
    }
    if (found && event->subject_kind == SUBJECT_OF_PERSON &&
        happened_to_more(transaction, &row.person, event)) {
        return result_ok();
    }
    TRY(subject_row_apply(&row, event, &scratch, err));
    TRY(found ? update_row(transaction, table, &row, err)
              : insert_row(transaction, table, &row, err));
    return event->subject_kind == SUBJECT_OF_PERSON
               ? caseload_follow(transaction, &row.person, !found, scratch, err)
               : result_ok();
}

/* --- fact --- */

/* The caseload has a row for the person whom the fact is known of, not for each record. */
static result apply_to_caseload(struct transaction *transaction, const struct event *event,
                                const struct fact_row *row, struct arena scratch, struct err *err)
{
    if (event->subject_kind != SUBJECT_OF_PERSON) {
        return result_ok();
    }
    struct event of_person = *event;
    TRY(identity_root(transaction, event->subject, scratch, &of_person.subject, err));
    return caseload_fact(transaction, &of_person, row, scratch, err);
}

static result apply_to_fact(struct transaction *transaction, const struct event *event,
                            struct arena scratch, struct err *err)
{
    struct fact_row row = {0};
    if (event->kind == EVENT_FACT_RECORDED) {
        TRY(fact_row_apply(&row, event, err));
        TRY(insert_row(transaction, TABLE_FACT, &row, err));
        return apply_to_caseload(transaction, event, &row, scratch, err);
    }
    const struct parameter parameters[] = {
        parameter_number(event->subject_kind),
        parameter_number(event->subject),
        parameter_number(event->body.fact_withdrawn.event),
    };
    bool found = false;
    TRY(first_row(transaction, QUERY_FACT_OF_EVENT, parameters, 3, &scratch, &row, &found, err));
    TRY(fact_row_apply(&row, event, err));
    ASSERT(found);
    TRY(update_row(transaction, TABLE_FACT, &row, err));
    return apply_to_caseload(transaction, event, &row, scratch, err);
}

/* --- request and places --- */

/* STEP_REQUESTED begins a row; the others name one. 0: the event is about none. */
static int64_t request_named(const struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_STEP_APPROVED:
        return event->body.step_approved.request;
    case EVENT_STEP_DECLINED:
        return event->body.step_declined.request;
    case EVENT_STEP_WITHDRAWN:
        return event->body.step_withdrawn.request;
    case EVENT_STEP_STOPPED:
        return event->body.step_stopped.request;
    case EVENT_STEP_TAKEN:
        return event->body.step_taken.request;
    case EVENT_PLACE_CHANGED:
        return event->body.place_changed.request;
    default:
        return 0;
    }
}

static result apply_to_request(struct transaction *transaction, const struct event *event,
                               struct arena *arena, struct request_row *ret_row, struct err *err)
{
    struct request_row row = {0};
    if (event->kind == EVENT_STEP_REQUESTED) {
        TRY(request_row_apply(&row, event, err));
        *ret_row = row;
        return insert_row(transaction, TABLE_REQUEST, &row, err);
    }
    row.id = request_named(event);
    bool found = false;
    if (row.id == 0) {
        *ret_row = row;
        /* A step may be taken, and a place changed, without a request; an approval of none is
         * refused. */
        return event->kind == EVENT_STEP_TAKEN || event->kind == EVENT_PLACE_CHANGED
                   ? result_ok()
                   : err_set(err, ERROR_INPUT, "The event names no request");
    }
    TRY(find_row(transaction, TABLE_REQUEST, arena, &row, &found, err));
    row.id = found ? row.id : 0;
    TRY(request_row_apply(&row, event, err));
    ASSERT(found);
    *ret_row = row;
    return update_row(transaction, TABLE_REQUEST, &row, err);
}

/* So many places more, or fewer, of the hub are of the kind and in the state that this one is. */
static result count_places(struct transaction *transaction, const struct place_row *place,
                           int64_t change, struct arena scratch, struct err *err)
{
    struct place_count_record record = {
        .hub = place->hub, .kind = place->kind, .state = place->state};
    bool found = false;
    TRY(find_row(transaction, TABLE_PLACE_COUNT, &scratch, &record, &found, err));
    record.places += change;
    return found ? update_row(transaction, TABLE_PLACE_COUNT, &record, err)
                 : insert_row(transaction, TABLE_PLACE_COUNT, &record, err);
}

static result apply_to_place(struct transaction *transaction, const struct event *event,
                             struct place_row *row, struct arena scratch, struct err *err)
{
    const struct place_row before = *row;
    TRY(place_row_apply(row, event, err));
    if (row->changed_event == before.changed_event) {
        return result_ok();
    }
    if (row->state != before.state || !str_equal(row->kind, before.kind)) {
        TRY(count_places(transaction, &before, -1, scratch, err));
        TRY(count_places(transaction, row, 1, scratch, err));
    }
    return update_row(transaction, TABLE_PLACE, row, err);
}

static result apply_to_named_place(struct transaction *transaction, const struct event *event,
                                   int64_t hub, int64_t number, struct arena scratch,
                                   struct err *err)
{
    struct place_row row = {.hub = hub, .number = number};
    bool found = false;
    TRY(find_row(transaction, TABLE_PLACE, &scratch, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_CONFLICT, "Hub %lld has no place %lld", (long long)hub,
                       (long long)number);
    }
    return apply_to_place(transaction, event, &row, scratch, err);
}

/* A place found by whom it is held for, or who occupies it - unless it is the one the event names,
 * whose turn comes later. */
static result apply_to_found_place(struct transaction *transaction, const struct event *event,
                                   enum query query, int64_t whose, struct arena scratch,
                                   struct err *err)
{
    const struct parameter parameter = parameter_number(whose);
    struct place_row row = {0};
    bool found = false;
    TRY(first_row(transaction, query, &parameter, 1, &scratch, &row, &found, err));
    const struct step_taken_body *taken =
        event->kind == EVENT_STEP_TAKEN ? &event->body.step_taken : NULL;
    const bool named = taken != NULL && row.hub == taken->hub && row.number == taken->place;
    return found && !named ? apply_to_place(transaction, event, &row, scratch, err) : result_ok();
}

/* The hub and the place that the event gives to its person; place 0: none. */
struct given_place {
    int64_t hub;
    int64_t place;
};

static struct given_place place_given(const struct event *event, const struct request_row *request)
{
    switch ((int)event->kind) {
    case EVENT_STEP_APPROVED:
        return (struct given_place){request->hub, event->body.step_approved.place};
    case EVENT_STEP_TAKEN:
        return (struct given_place){event->body.step_taken.hub, event->body.step_taken.place};
    case EVENT_PLACE_CHANGED:
        return (struct given_place){event->body.place_changed.hub, event->body.place_changed.place};
    case EVENT_DEPARTURE_CANCELLED:
        return (struct given_place){event->body.departure_cancelled.hub,
                                    event->body.departure_cancelled.place};
    default:
        return (struct given_place){0, 0};
    }
}

/* Does the person leave the place they occupy? */
static bool leaves_place(const struct event *event)
{
    return (event->kind == EVENT_STEP_TAKEN && event->body.step_taken.place != 0) ||
           (event->kind == EVENT_PLACE_CHANGED && event->body.place_changed.request == 0);
}

/* Those that become free come first: a person, and a request, has one place at most at any moment.
 * The place that an approval names is the one that was prebooked for the request, if one was. */
static result apply_to_places(struct transaction *transaction, const struct event *event,
                              const struct request_row *request, struct arena scratch,
                              struct err *err)
{
    const struct given_place given = place_given(event, request);
    if (request->id != 0 && event->kind != EVENT_STEP_APPROVED) {
        TRY(apply_to_found_place(transaction, event, QUERY_PLACE_HELD_FOR, request->id, scratch,
                                 err));
    }
    if (leaves_place(event)) {
        TRY(apply_to_found_place(transaction, event, QUERY_PLACE_OCCUPIED_BY, event->subject,
                                 scratch, err));
    }
    return given.place > 0
               ? apply_to_named_place(transaction, event, given.hub, given.place, scratch, err)
               : result_ok();
}

/* --- places that an event of the hub names --- */

static result apply_to_range(struct transaction *transaction, const struct event *event,
                             int64_t first, int64_t last, struct arena scratch, struct err *err)
{
    if (first < 1 || last < first || last > HUB_PLACES_MAX) {
        return err_set(err, ERROR_INPUT, "There are no places from %lld to %lld", (long long)first,
                       (long long)last);
    }
    for (int64_t number = first; number <= last; number++) {
        TRY(apply_to_named_place(transaction, event, event->subject, number, scratch, err));
    }
    return result_ok();
}

static result apply_to_prebooked(struct transaction *transaction, const struct event *event,
                                 struct arena scratch, struct err *err)
{
    const struct parameter prebooking = parameter_number(event->body.prebooking_ended.prebooking);
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_PLACES_OF_PREBOOKING, &prebooking, 1, &scratch, &rows,
                     &count, err));
    struct place_row *places = rows;
    for (size_t i = 0; i < count; i++) {
        TRY(apply_to_place(transaction, event, &places[i], scratch, err));
    }
    return result_ok();
}

static result apply_to_list(struct transaction *transaction, const struct event *event,
                            const struct number_list *places, struct arena scratch, struct err *err)
{
    for (size_t i = 0; i < places->count; i++) {
        TRY(apply_to_range(transaction, event, places->items[i], places->items[i], scratch, err));
    }
    return result_ok();
}

static result apply_to_places_of_hub(struct transaction *transaction, const struct event *event,
                                     struct arena scratch, struct err *err)
{
    int64_t place = 0;
    switch ((int)event->kind) {
    case EVENT_PLACES_OF_KIND:
        return apply_to_range(transaction, event, event->body.places_of_kind.first,
                              event->body.places_of_kind.last, scratch, err);
    case EVENT_PLACES_PREBOOKED:
        return apply_to_list(transaction, event, &event->body.places_prebooked.places, scratch,
                             err);
    case EVENT_PREBOOKING_ENDED:
        return apply_to_prebooked(transaction, event, scratch, err);
    case EVENT_PLACE_OUT_OF_USE:
        place = event->body.place_out_of_use.place;
        break;
    case EVENT_PLACE_BACK_IN_USE:
        place = event->body.place_back_in_use.place;
        break;
    default:
        ASSERT(event->kind == EVENT_PREBOOKING_GIVEN);
        place = event->body.prebooking_given.place;
        break;
    }
    return apply_to_range(transaction, event, place, place, scratch, err);
}

/* --- all places of a hub --- */

/* Places one after another that were of one kind and state, and are of one now, are counted at
 * once.
 */
static bool changes_alike(const struct place_row *before, const struct place_row *after,
                          size_t count_before, size_t i, size_t j)
{
    const bool old = i < count_before;
    return old == (j < count_before) && after[i].state == after[j].state &&
           str_equal(after[i].kind, after[j].kind) &&
           (!old ||
            (before[i].state == before[j].state && str_equal(before[i].kind, before[j].kind) &&
             (before[i].changed_event == after[i].changed_event) ==
                 (before[j].changed_event == after[j].changed_event)));
}

static result store_places(struct transaction *transaction, const struct place_row *before,
                           size_t count_before, const struct place_row *after, size_t count_after,
                           struct arena scratch, struct err *err)
{
    int64_t alike = 0;
    for (size_t i = 0; i < count_after; i++) {
        const bool is_new = i >= count_before;
        alike++;
        if (is_new) {
            TRY(insert_row(transaction, TABLE_PLACE, &after[i], err));
        } else if (after[i].changed_event != before[i].changed_event) {
            TRY(update_row(transaction, TABLE_PLACE, &after[i], err));
        } else {
            alike = 0;
            continue;
        }
        if (i + 1 < count_after && changes_alike(before, after, count_before, i, i + 1)) {
            continue;
        }
        if (!is_new) {
            TRY(count_places(transaction, &before[i], -alike, scratch, err));
        }
        TRY(count_places(transaction, &after[i], alike, scratch, err));
        alike = 0;
    }
    return result_ok();
}

static result apply_to_hub_places(struct transaction *transaction, const struct event *event,
                                  struct arena scratch, struct err *err)
{
    const struct parameter hub = parameter_number(event->subject);
    const int64_t agreed = event->body.places_agreed.places;
    void *before = NULL;
    size_t count_before = 0;
    TRY(collect_rows(transaction, QUERY_PLACES, &hub, 1, &scratch, &before, &count_before, err));
    const size_t wanted = agreed > 0 && agreed <= HUB_PLACES_MAX ? (size_t)agreed : 0;
    const size_t capacity = count_before > wanted ? count_before : wanted;
    struct place_row *after = ARENA_NEW(&scratch, struct place_row, capacity + 1);
    if (after == NULL) {
        return arena_full(err);
    }
    if (count_before > 0) {
        memcpy(after, before, count_before * sizeof *after);
    }
    size_t count_after = 0;
    TRY(place_rows_agree(after, count_before, capacity, event, &count_after, err));
    return store_places(transaction, before, count_before, after, count_after, scratch, err);
}

/* --- manifest entries --- */

static int64_t person_on_manifest(const struct event *event)
{
    return event->kind == EVENT_MANIFEST_PERSON_LISTED ? event->body.manifest_person_listed.person
           : event->kind == EVENT_MANIFEST_PERSON_TAKEN_OFF
               ? event->body.manifest_person_taken_off.person
               : event->body.manifest_person_accounted.person;
}

static result apply_to_entry(struct transaction *transaction, const struct event *event,
                             int64_t manifest, int64_t person, struct arena scratch,
                             struct err *err)
{
    struct manifest_entry_row row = {.manifest = manifest, .person = person};
    bool found = false;
    TRY(find_row(transaction, TABLE_MANIFEST_ENTRY, &scratch, &row, &found, err));
    if (!found) {
        row = (struct manifest_entry_row){0};
    }
    TRY(manifest_entry_row_apply(&row, event, err));
    return found ? update_row(transaction, TABLE_MANIFEST_ENTRY, &row, err)
                 : insert_row(transaction, TABLE_MANIFEST_ENTRY, &row, err);
}

/* The end of a request, or its taking, ends or boards the entry that rests on it. */
static result apply_to_entry_of_request(struct transaction *transaction, const struct event *event,
                                        struct arena scratch, struct err *err)
{
    const struct parameter request = parameter_number(request_named(event));
    struct manifest_entry_row row = {0};
    bool found = false;
    if (request.number == 0) {
        return result_ok();
    }
    TRY(first_row(transaction, QUERY_MANIFEST_ENTRY_OF_REQUEST, &request, 1, &scratch, &row, &found,
                  err));
    if (!found) {
        return result_ok();
    }
    TRY(manifest_entry_row_apply(&row, event, err));
    return update_row(transaction, TABLE_MANIFEST_ENTRY, &row, err);
}

static result apply_to_listed(struct transaction *transaction, const struct event *event,
                              struct arena scratch, struct err *err)
{
    const struct parameter manifest = parameter_number(event->subject);
    void *found = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_MANIFEST_LISTED, &manifest, 1, &scratch, &found, &count,
                     err));
    struct manifest_entry_row *rows = found;
    for (size_t i = 0; i < count; i++) {
        TRY(manifest_entry_row_apply(&rows[i], event, err));
        TRY(update_row(transaction, TABLE_MANIFEST_ENTRY, &rows[i], err));
    }
    return result_ok();
}

static result apply_to_entries(struct transaction *transaction, const struct event *event,
                               struct arena scratch, struct err *err)
{
    if (event->kind == EVENT_DEPARTURE_RECALLED) {
        return apply_to_entry(transaction, event, event->body.departure_recalled.manifest,
                              event->subject, scratch, err);
    }
    if (event->kind == EVENT_MANIFEST_CANCELLED) {
        return apply_to_listed(transaction, event, scratch, err);
    }
    return event->subject_kind == SUBJECT_OF_MANIFEST
               ? apply_to_entry(transaction, event, event->subject, person_on_manifest(event),
                                scratch, err)
               : apply_to_entry_of_request(transaction, event, scratch, err);
}

/* --- stop notices --- */

static result apply_to_stop_notices(struct transaction *transaction, const struct event *event,
                                    struct arena scratch, struct err *err)
{
    if (event->kind == EVENT_STOP_ACKNOWLEDGED) {
        struct stop_notice_row row = {.stop = event->body.stop_acknowledged.stop,
                                      .account = event->actor};
        bool found = false;
        TRY(find_row(transaction, TABLE_STOP_NOTICE, &scratch, &row, &found, err));
        row.stop = found ? row.stop : 0;
        TRY(stop_notice_row_apply(&row, event, err));
        return update_row(transaction, TABLE_STOP_NOTICE, &row, err);
    }
    const struct number_list told = stop_notice_told(event);
    for (size_t i = 0; i < told.count; i++) {
        struct stop_notice_row row = {.account = told.items[i]};
        TRY(stop_notice_row_apply(&row, event, err));
        TRY(insert_row(transaction, TABLE_STOP_NOTICE, &row, err));
    }
    return result_ok();
}

/* --- break-glass --- */

static result apply_to_glass(struct transaction *transaction, const struct event *event,
                             struct arena scratch, struct err *err)
{
    struct glass_row row = {0};
    if (event->kind == EVENT_GLASS_BROKEN) {
        TRY(glass_row_apply(&row, event, err));
        return insert_row(transaction, TABLE_GLASS, &row, err);
    }
    bool found = false;
    int64_t person = 0;
    row.id = event->body.glass_reviewed.glass;
    TRY(find_row(transaction, TABLE_GLASS, &scratch, &row, &found, err));
    row.id = found ? row.id : 0;
    /* It is reviewed under whom it is about by then; it stands where it stood. */
    const int64_t record = row.person;
    TRY(identity_whose(transaction, row.id, record, scratch, &person, err));
    row.person = event->subject == person ? person : record;
    TRY(glass_row_apply(&row, event, err));
    row.person = record;
    return update_row(transaction, TABLE_GLASS, &row, err);
}

static result apply_to_tie(struct transaction *transaction, const struct event *event,
                           struct arena scratch, struct err *err)
{
    struct tie_row row = {0};
    if (event->kind == EVENT_TIE_MADE) {
        TRY(tie_row_apply(&row, event, err));
        return insert_row(transaction, TABLE_TIE, &row, err);
    }
    bool found = false;
    row.id = event->body.tie_ended.tie;
    TRY(find_row(transaction, TABLE_TIE, &scratch, &row, &found, err));
    row.id = found ? row.id : 0;
    TRY(tie_row_apply(&row, event, err));
    return update_row(transaction, TABLE_TIE, &row, err);
}

/* What happens to a record that is a part of another happens to the person (register/identity.h).
 */
static result person_event(struct transaction *transaction, const struct event *event,
                           struct arena scratch, struct event *ret_event, struct err *err)
{
    *ret_event = *event;
    return event->subject_kind == SUBJECT_OF_PERSON
               ? identity_root(transaction, event->subject, scratch, &ret_event->subject, err)
               : result_ok();
}

static result apply_to_person(struct transaction *transaction, const struct event *event,
                              struct arena *arena, struct request_row *ret_request, struct err *err)
{
    const unsigned concerns = event_concerns(event->kind);
    const struct arena scratch = *arena;
    struct event of_person;
    TRY(person_event(transaction, event, scratch, &of_person, err));
    if ((concerns & CONCERNS_SUBJECT) != 0) {
        TRY(apply_to_subject(transaction, &of_person, scratch, err));
    }
    if ((concerns & CONCERNS_REQUEST) != 0) {
        TRY(apply_to_request(transaction, &of_person, arena, ret_request, err));
    }
    if ((concerns & CONCERNS_PLACE) != 0) {
        TRY(event->subject_kind == SUBJECT_OF_HUB
                ? apply_to_places_of_hub(transaction, event, *arena, err)
                : apply_to_places(transaction, &of_person, ret_request, *arena, err));
    }
    return (concerns & CONCERNS_HUB_DESK) != 0
               ? hub_desk_apply(transaction, &of_person, *arena, err)
               : result_ok();
}

result rows_apply(struct transaction *transaction, const struct event *event, struct arena scratch,
                  struct err *err)
{
    const unsigned concerns = event_concerns(event->kind);
    struct request_row request = {0};
    if ((concerns & (CONCERNS_SUBJECT | CONCERNS_REQUEST | CONCERNS_PLACE | CONCERNS_HUB_DESK)) !=
        0) {
        TRY(apply_to_person(transaction, event, &scratch, &request, err));
    }
    if ((concerns & CONCERNS_FACT) != 0) {
        TRY(apply_to_fact(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_HUB_PLACES) != 0) {
        TRY(apply_to_hub_places(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_ERASED) != 0) {
        TRY(rows_erase_person(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_MANIFEST_ENTRY) != 0) {
        TRY(apply_to_entries(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_STOP_NOTICE) != 0) {
        TRY(apply_to_stop_notices(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_GLASS) != 0) {
        TRY(apply_to_glass(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_TIE) != 0) {
        TRY(apply_to_tie(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_ENTRY) != 0) {
        TRY(entry_apply(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_INTAKE) != 0) {
        TRY(intake_apply(transaction, event, &request, scratch, err));
    }
    if ((concerns & CONCERNS_LOOKUP) != 0) {
        TRY(identity_apply_lookup(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_MERGE) != 0) {
        TRY(identity_apply_merge(transaction, event, scratch, err));
    }
    return event_is_passage(event->kind) ? course_follow(transaction, event, scratch, err)
                                         : result_ok();
}
