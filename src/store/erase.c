/* Erasing a person: what remains is written down, what does not is deleted, the key is destroyed;
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
static result renew_person(struct transaction *transaction, struct person_row *row,
                           struct arena scratch, struct err *err)
{
    char reference[ERASED_REFERENCE_SIZE];
    erased_reference(row->id, reference);
    person_row_erase(row, str_from_c(reference));
    transaction->rows_changed++;
    TRY(backend_of(transaction)->row_delete(transaction->connection, TABLE_PERSON, row, err));
    TRY(backend_of(transaction)->row_insert(transaction->connection, TABLE_PERSON, row, err));
    return caseload_follow(transaction, row, true, scratch, err);
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

result rows_erase_person(struct transaction *transaction, const struct event *event,
                         struct arena scratch, struct err *err)
{
    const int64_t person = event->body.person_erased.person;
    struct person_row row = {.id = person};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PERSON, &scratch, &row, &found, err));
    if (!found || row.erased) {
        return err_set(err, ERROR_CONFLICT, "There is no person %lld to erase", (long long)person);
    }
    TRY(check_no_place(transaction, &row, scratch, err));
    TRY(caseload_flush(transaction, err));
    caseload_forget(transaction);
    TRY(delete_rows(transaction, person, err));
    TRY(course_erase(transaction, person, scratch, err));
    return renew_person(transaction, &row, scratch, err);
}

/* --- what remains --- */

/* The history comes newest first; what remains is kept oldest first. */
static result write_remains(const struct event *events, size_t count, int64_t person,
                            struct arena *arena, struct person_erased_body *body, struct err *err)
{
    int64_t *positions = ARENA_NEW(arena, int64_t, count + 1);
    str *texts = ARENA_NEW(arena, str, count + 1);
    char reference[ERASED_REFERENCE_SIZE];
    size_t kept = 0;
    if (positions == NULL || texts == NULL) {
        return arena_full(err);
    }
    erased_reference(person, reference);
    for (size_t i = count; i > 0; i--) {
        struct event remaining;
        if (event_erase(&events[i - 1], str_from_c(reference), &remaining)) {
            positions[kept] = remaining.position;
            TRY(event_write_body(&remaining, arena, &texts[kept], err));
            kept++;
        }
    }
    body->events = (struct number_list){.items = positions, .count = kept};
    body->remains = (struct text_list){.items = texts, .count = kept};
    return result_ok();
}

enum { HISTORY_WHOLE = 1000000 }; /* more events than one person ever has */

static result erase_person(struct transaction *transaction, struct event *event,
                           struct arena *arena, struct err *err)
{
    struct person_erased_body *body = &event->body.person_erased;
    const struct event *events = NULL;
    size_t count = 0;
    ASSERT(event->kind == EVENT_PERSON_ERASED && event->subject_kind == SUBJECT_OF_REGISTER);
    TRY(transaction_history(transaction, SUBJECT_OF_PERSON, body->person, 0, HISTORY_WHOLE, arena,
                            &events, &count, err));
    TRY(write_remains(events, count, body->person, arena, body, err));
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
    TRY(transaction_history(transaction, SUBJECT_OF_REGISTER, 1, 0, HISTORY_WHOLE, arena, &events,
                            &event_count, err));
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
    TRY(transaction_history(transaction, SUBJECT_OF_REGISTER, 1, 0, HISTORY_WHOLE, arena, &events,
                            &event_count, err));
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
