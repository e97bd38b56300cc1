/* Which rows an event touches, loaded, changed by register/row.h, and stored again. The same for an
 * event that is appended and for one that is replayed. */
#include "store/transaction.h"

#include <string.h>

union subject_row {
    struct person_row person;
    struct hub_row hub;
    struct agreement_row agreement;
    struct account_row account;
};

static result insert_row(struct transaction *transaction, enum table table, const void *row,
                         struct err *err)
{
    transaction->rows_changed++;
    return backend_of(transaction)->row_insert(transaction->connection, table, row, err);
}

static result update_row(struct transaction *transaction, enum table table, const void *row,
                         struct err *err)
{
    transaction->rows_changed++;
    return backend_of(transaction)->row_update(transaction->connection, table, row, err);
}

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
        [SUBJECT_OF_PERSON] = TABLE_PERSON,
        [SUBJECT_OF_HUB] = TABLE_HUB,
        [SUBJECT_OF_AGREEMENT] = TABLE_AGREEMENT,
        [SUBJECT_OF_ACCOUNT] = TABLE_ACCOUNT,
    };
    ASSERT(kind >= SUBJECT_OF_PERSON && kind < SUBJECT_OF_REGISTER);
    return tables[kind];
}

static result subject_row_apply(union subject_row *row, const struct event *event, struct err *err)
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
    case SUBJECT_OF_REGISTER:
        return result_ok();
    }
    return err_set(err, ERROR_INTERNAL, "A subject of no known kind");
}

result rows_check_beginning(const struct event *event, struct err *err)
{
    union subject_row row = {0};
    return subject_row_apply(&row, event, err);
}

static result apply_to_subject(struct transaction *transaction, const struct event *event,
                               struct arena scratch, struct err *err)
{
    const enum table table = subject_table(event->subject_kind);
    union subject_row row = {0};
    /* The id is the first member, and the key, of each of them. */
    memcpy(&row, &event->subject, sizeof event->subject);
    bool found = false;
    TRY(find_row(transaction, table, &scratch, &row, &found, err));
    if (!found) {
        memset(&row, 0, sizeof row);
    }
    TRY(subject_row_apply(&row, event, err));
    TRY(found ? update_row(transaction, table, &row, err)
              : insert_row(transaction, table, &row, err));
    return event->subject_kind == SUBJECT_OF_PERSON
               ? caseload_follow(transaction, &row.person, !found, scratch, err)
               : result_ok();
}

/* --- fact --- */

static result apply_to_caseload(struct transaction *transaction, const struct event *event,
                                const struct fact_row *row, struct arena scratch, struct err *err)
{
    return event->subject_kind == SUBJECT_OF_PERSON
               ? caseload_fact(transaction, event, row, scratch, err)
               : result_ok();
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

static result apply_to_place(struct transaction *transaction, const struct event *event,
                             struct place_row *row, struct err *err)
{
    const int64_t before = row->changed_event;
    TRY(place_row_apply(row, event, err));
    return row->changed_event == before ? result_ok()
                                        : update_row(transaction, TABLE_PLACE, row, err);
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
    return apply_to_place(transaction, event, &row, err);
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
    return found && !named ? apply_to_place(transaction, event, &row, err) : result_ok();
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
        TRY(apply_to_place(transaction, event, &places[i], err));
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

static result store_places(struct transaction *transaction, const struct place_row *before,
                           size_t count_before, const struct place_row *after, size_t count_after,
                           struct err *err)
{
    for (size_t i = 0; i < count_after; i++) {
        if (i >= count_before) {
            TRY(insert_row(transaction, TABLE_PLACE, &after[i], err));
        } else if (after[i].changed_event != before[i].changed_event) {
            TRY(update_row(transaction, TABLE_PLACE, &after[i], err));
        }
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
    return store_places(transaction, before, count_before, after, count_after, err);
}

result rows_apply(struct transaction *transaction, const struct event *event, struct arena scratch,
                  struct err *err)
{
    const unsigned concerns = event_concerns(event->kind);
    struct request_row request = {0};
    if ((concerns & CONCERNS_SUBJECT) != 0) {
        TRY(apply_to_subject(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_FACT) != 0) {
        TRY(apply_to_fact(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_REQUEST) != 0) {
        TRY(apply_to_request(transaction, event, &scratch, &request, err));
    }
    if ((concerns & CONCERNS_PLACE) != 0) {
        TRY(event->subject_kind == SUBJECT_OF_HUB
                ? apply_to_places_of_hub(transaction, event, scratch, err)
                : apply_to_places(transaction, event, &request, scratch, err));
    }
    if ((concerns & CONCERNS_HUB_PLACES) != 0) {
        TRY(apply_to_hub_places(transaction, event, scratch, err));
    }
    if ((concerns & CONCERNS_HUB_DESK) != 0) {
        TRY(hub_desk_apply(transaction, event, scratch, err));
    }
    return result_ok();
}
