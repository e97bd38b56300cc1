/* Erasing a person: what remains is written down, what does not is deleted, the keys are destroyed;
 * all in the transaction that appends PERSON_ERASED. And, when rows are made anew, putting what
 * remains in the place of what cannot be read any more. register/erasure.h says what and why. */
#include "store/transaction.h"

#include "register/erasure.h"

#include <stdlib.h>
#include <string.h>

/* --- deleting --- */

static result delete_rows(struct transaction *transaction, int64_t person, struct err *err)
{
    for (int table = TABLE_DERIVED_FIRST; table < TABLE_COUNT; table++) {
        if (layout_of((enum table)table)->personal) {
            transaction->rows_changed++;
            TRY(backend_of(transaction)
                    ->rows_delete_of_person(transaction->connection, (enum table)table, person,
                                            err));
        }
    }
    return result_ok();
}

/* The reference is written with the row, so the row is written anew. */
static result renew_record(struct transaction *transaction, struct person_row *row,
                           struct arena scratch, struct err *err)
{
    char reference[ERASED_REFERENCE_SIZE];
    erased_reference(row->id, reference);
    person_row_erase(row, str_from_c(reference));
    transaction->rows_changed++;
    TRY(backend_of(transaction)->row_delete(transaction->connection, TABLE_PERSON, row, err));
    TRY(backend_of(transaction)->row_insert(transaction->connection, TABLE_PERSON, row, err));
    return row->part_of == 0 ? caseload_follow(transaction, row, true, scratch, err) : result_ok();
}

static result check_no_place(struct transaction *transaction, const struct person_row *row,
                             struct arena scratch, struct err *err)
{
    const struct parameter whose = parameter_number(row->id);
    struct place_row place = {0};
    bool found = false;
    TRY(first_row(transaction, QUERY_PLACE_OCCUPIED_BY, &whose, 1, &scratch, &place, &found, err));
    return row->hub != 0 || found
               ? err_set(err, ERROR_CONFLICT, "A person who has a place at a hub is not erased")
               : result_ok();
}

static bool is_erased_by(const struct person_erased_body *body, int64_t record)
{
    bool erased = record == body->person;
    for (size_t i = 0; i < body->others.count; i++) {
        erased = erased || record == body->others.items[i];
    }
    return erased;
}

/* Of everybody before anything is changed. */
static result check_record(struct transaction *transaction, const struct person_erased_body *body,
                           int64_t record, struct arena scratch, struct err *err)
{
    struct person_row row = {.id = record};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PERSON, &scratch, &row, &found, err));
    if (!found || row.erased) {
        return err_set(err, ERROR_CONFLICT, "There is no person %lld to erase", (long long)record);
    }
    if (row.part_of != 0 && !is_erased_by(body, row.part_of)) {
        return err_set(err, ERROR_CONFLICT, "Record %lld is a part of person %lld",
                       (long long)record, (long long)row.part_of);
    }
    return check_no_place(transaction, &row, scratch, err);
}

static result erase_record(struct transaction *transaction, const struct person_erased_body *body,
                           int64_t record, struct arena scratch, struct err *err)
{
    struct person_row row = {.id = record};
    bool found = false;
    (void)body;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PERSON, &scratch, &row, &found, err));
    TRY(delete_rows(transaction, record, err));
    TRY(course_erase(transaction, record, scratch, err));
    return renew_record(transaction, &row, scratch, err);
}

/* Of the person's record and of each of the others. */
typedef result of_record(struct transaction *transaction, const struct person_erased_body *body,
                         int64_t record, struct arena scratch, struct err *err);

static result each_record(struct transaction *transaction, const struct person_erased_body *body,
                          of_record *act, struct arena scratch, struct err *err)
{
    TRY(act(transaction, body, body->person, scratch, err));
    for (size_t i = 0; i < body->others.count; i++) {
        TRY(act(transaction, body, body->others.items[i], scratch, err));
    }
    return result_ok();
}

result rows_erase_person(struct transaction *transaction, const struct event *event,
                         struct arena scratch, struct err *err)
{
    const struct person_erased_body *body = &event->body.person_erased;
    TRY(each_record(transaction, body, check_record, scratch, err));
    TRY(caseload_flush(transaction, err));
    caseload_forget(transaction);
    return each_record(transaction, body, erase_record, scratch, err);
}

static result erase_key(struct transaction *transaction, const struct person_erased_body *body,
                        int64_t record, struct arena scratch, struct err *err)
{
    (void)body;
    (void)scratch;
    return subject_destroy(transaction, SUBJECT_OF_PERSON, record, err);
}

result erase_keys(struct transaction *transaction, const struct event *event, struct err *err)
{
    if (transaction->erased_at == 0) {
        transaction->erased_at = event->position;
    }
    TRY(purge_becomes_due(transaction, event, err));
    return each_record(transaction, &event->body.person_erased, erase_key, transaction->scratch,
                       err);
}

/* --- what goes together ----------------------------------------------------------------------- */

struct together {
    int64_t *records;
    size_t count;
    size_t capacity;
};

static bool is_together(const struct together *together, int64_t record)
{
    bool is = false;
    for (size_t i = 0; i < together->count; i++) {
        is = is || together->records[i] == record;
    }
    return is;
}

/* All records of the person that this one is or is a part of. */
static result add_person(struct transaction *transaction, int64_t record, struct arena scratch,
                         struct together *together, struct err *err)
{
    const int64_t *records = NULL;
    size_t count = 0;
    TRY(transaction_records(transaction, record, KNOWN_NOW, &scratch, &records, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!is_together(together, records[i])) {
            ASSERT(together->count < together->capacity);
            together->records[together->count++] = records[i];
        }
    }
    return result_ok();
}

result transaction_sealed_together(struct transaction *transaction, int64_t person,
                                   struct arena *arena, const int64_t **ret_records,
                                   size_t *ret_count, struct err *err)
{
    struct identity_event *events = NULL;
    const int64_t *kin = NULL;
    size_t event_count = 0;
    struct together together = {.count = 0};
    TRY(transaction_kin(transaction, person, arena, &kin, &together.capacity, err));
    together.records = ARENA_NEW(arena, int64_t, together.capacity);
    if (together.records == NULL) {
        return arena_full(err);
    }
    TRY(add_person(transaction, person, *arena, &together, err));
    if (together.capacity > 1) {
        struct arena scratch = *arena;
        TRY(transaction_identity_events(transaction, person, 0, KNOWN_NOW, &scratch, &events,
                                        &event_count, err));
        for (size_t before = 0; before < together.count;) {
            before = together.count;
            for (size_t i = 0; i < event_count; i++) {
                const int64_t of = events[i].event.subject;
                const int64_t about = events[i].about;
                const bool of_one = of != about && !events[i].erased &&
                                    is_together(&together, of) != is_together(&together, about);
                TRY(of_one ? add_person(transaction, is_together(&together, of) ? about : of,
                                        scratch, &together, err)
                           : result_ok());
            }
        }
    }
    *ret_records = together.records;
    *ret_count = together.count;
    return result_ok();
}

/* --- what remains --- */

/* Something about those who are erased now, and not before. */
static bool goes(const struct identity_event *event, const struct person_erased_body *body)
{
    return !event->erased && is_erased_by(body, event->event.subject);
}

static result write_remains(const struct identity_event *events, size_t count, struct arena *arena,
                            struct person_erased_body *body, struct err *err)
{
    int64_t *positions = ARENA_NEW(arena, int64_t, count + 1);
    str *texts = ARENA_NEW(arena, str, count + 1);
    char reference[ERASED_REFERENCE_SIZE];
    size_t kept = 0;
    if (positions == NULL || texts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &events[i].event;
        struct event remaining;
        erased_reference(event->subject, reference);
        if (goes(&events[i], body) && event_erase(event, str_from_c(reference), &remaining)) {
            positions[kept] = remaining.position;
            TRY(event_write_body(&remaining, arena, &texts[kept], err));
            kept++;
        }
    }
    body->events = (struct number_list){.items = positions, .count = kept};
    body->remains = (struct text_list){.items = texts, .count = kept};
    return result_ok();
}

/* What people are found by is in no order of theirs: a million people are not looked through to
 * erase one. When rows are made anew there is nothing to forget. */
static result forget_lookups(struct transaction *transaction, const struct identity_event *events,
                             size_t count, const struct person_erased_body *body,
                             struct arena scratch, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &events[i].event;
        if (goes(&events[i], body) && (event_concerns(event->kind) & CONCERNS_LOOKUP) != 0) {
            TRY(identity_forget_lookups(transaction, event, scratch, err));
        }
    }
    return result_ok();
}

enum { HISTORY_WHOLE = 1000000 }; /* more events than one person ever has */

static result erase_person(struct transaction *transaction, struct event *event,
                           struct arena *arena, struct err *err)
{
    struct person_erased_body *body = &event->body.person_erased;
    struct identity_event *events = NULL;
    const int64_t *records = NULL;
    size_t record_count = 0;
    size_t count = 0;
    ASSERT(event->kind == EVENT_PERSON_ERASED && event->subject_kind == SUBJECT_OF_REGISTER);
    TRY(transaction_sealed_together(transaction, body->person, arena, &records, &record_count,
                                    err));
    if (records[0] != body->person) {
        return err_set(err, ERROR_CONFLICT, "Record %lld is a part of person %lld",
                       (long long)body->person, (long long)records[0]);
    }
    body->others = (struct number_list){.items = records + 1, .count = record_count - 1};
    TRY(transaction_identity_events(transaction, body->person, 0, KNOWN_NOW, arena, &events, &count,
                                    err));
    TRY(write_remains(events, count, arena, body, err));
    TRY(forget_lookups(transaction, events, count, body, *arena, err));
    return transaction_append(transaction, event, err);
}

enum { ERASING_SIZE = 256 * 1024 * 1024 }; /* taken as it is used */

result transaction_erase_person(struct transaction *transaction, struct event *event,
                                struct err *err)
{
    struct arena arena;
    TRY(transaction_check_writing(transaction, err));
    TRY(arena_open(&arena, ERASING_SIZE, err));
    const result erased = erase_person(transaction, event, &arena, err);
    arena_close(&arena);
    event->body.person_erased.others = (struct number_list){0};
    event->body.person_erased.events = (struct number_list){0};
    event->body.person_erased.remains = (struct text_list){0};
    return erased;
}

/* --- replaying --- */

struct remaining_body {
    int64_t position;
    str body;
};

static int by_position(const void *left, const void *right)
{
    const struct remaining_body *a = left;
    const struct remaining_body *b = right;
    return (a->position > b->position) - (a->position < b->position);
}

static size_t count_remains(const struct event *events, size_t count)
{
    size_t remains = 0;
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_PERSON_ERASED) {
            remains += events[i].body.person_erased.events.count;
        }
    }
    return remains;
}

static result add_remains(const struct person_erased_body *body, struct remaining_body *bodies,
                          size_t *count, struct err *err)
{
    if (body->events.count != body->remains.count) {
        return err_set(err, ERROR_STORAGE, "What remains of person %lld is damaged",
                       (long long)body->person);
    }
    for (size_t i = 0; i < body->events.count; i++) {
        bodies[(*count)++] = (struct remaining_body){.position = body->events.items[i],
                                                     .body = body->remains.items[i]};
    }
    return result_ok();
}

result remains_read(struct transaction *transaction, struct arena *arena,
                    struct remains *ret_remains, struct err *err)
{
    const struct event *events = NULL;
    size_t event_count = 0;
    TRY(transaction_history(transaction, SUBJECT_OF_REGISTER, REGISTER_ID, 0, HISTORY_WHOLE, arena,
                            &events, &event_count, err));
    struct remaining_body *bodies =
        ARENA_NEW(arena, struct remaining_body, count_remains(events, event_count) + 1);
    size_t count = 0;
    if (bodies == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].kind == EVENT_PERSON_ERASED) {
            TRY(add_remains(&events[i].body.person_erased, bodies, &count, err));
        }
    }
    qsort(bodies, count, sizeof bodies[0], by_position);
    *ret_remains = (struct remains){.bodies = bodies, .count = count};
    return result_ok();
}

result erased_people_read(struct transaction *transaction, struct arena *arena,
                          struct erased_people *ret_erased, struct err *err)
{
    const struct event *events = NULL;
    size_t event_count = 0;
    TRY(transaction_history(transaction, SUBJECT_OF_REGISTER, REGISTER_ID, 0, HISTORY_WHOLE, arena,
                            &events, &event_count, err));
    struct erased_people erased = {.people = ARENA_NEW(arena, int64_t, event_count + 1)};
    if (erased.people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].kind == EVENT_PERSON_ERASED) {
            erased.people[erased.count++] = events[i].body.person_erased.person;
        }
    }
    *ret_erased = erased;
    return result_ok();
}

str remains_find(const struct remains *remains, int64_t position)
{
    const struct remaining_body wanted = {.position = position};
    const struct remaining_body *found = remains->count == 0
                                             ? NULL
                                             : bsearch(&wanted, remains->bodies, remains->count,
                                                       sizeof remains->bodies[0], by_position);
    return found == NULL ? (str){0} : found->body;
}

result remains_put(const struct transaction *transaction, struct event *event, struct arena *arena,
                   bool *ret_remains, struct err *err)
{
    const str body = transaction->remains == NULL
                         ? (str){0}
                         : remains_find(transaction->remains, event->position);
    *ret_remains = body.at != NULL;
    return body.at == NULL ? result_ok() : event_read_body(body, arena, event, err);
}

result transaction_put_remains(struct transaction *transaction, struct event *events, size_t count,
                               struct arena *arena, struct err *err)
{
    struct remains remains = {.count = 0};
    TRY(remains_read(transaction, arena, &remains, err));
    for (size_t i = 0; i < count; i++) {
        const str body = remains_find(&remains, events[i].position);
        TRY(body.at == NULL ? result_ok() : event_read_body(body, arena, &events[i], err));
    }
    return result_ok();
}
