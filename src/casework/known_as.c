#include "casework/known_as.h"

#include "casework/likely.h"
#include "casework/past.h"

enum { HISTORY_WHOLE = 1000000 };

struct reading {
    struct sitting *sitting;
    struct transaction *transaction;
    struct arena *arena;
    int64_t record;
    const struct case_time *when;
    struct identity_answer answer;
};

static result read_records(struct reading *reading, struct err *err)
{
    const int64_t *ids = NULL;
    size_t count = 0;
    TRY(transaction_records(reading->transaction, reading->record, reading->when->known_at,
                            reading->arena, &ids, &count, err));
    struct person_row *rows = ARENA_NEW(reading->arena, struct person_row, count + 1);
    if (rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(transaction_record(reading->transaction, ids[i], reading->arena, &rows[i], err));
    }
    reading->answer.records = rows;
    reading->answer.record_count = count;
    return result_ok();
}

static str record_of(const struct reading *reading, int64_t record)
{
    for (size_t i = 0; i < reading->answer.record_count; i++) {
        if (reading->answer.records[i].id == record) {
            return reading->answer.records[i].reference;
        }
    }
    return reading->answer.person.reference;
}

static struct identifier_line line_of(const struct reading *reading, const struct event *event)
{
    const struct identifier_recorded_body *body = &event->body.identifier_recorded;
    return (struct identifier_line){.event = event->position,
                                    .scheme = identifier_scheme_from_name(body->scheme),
                                    .value = body->value,
                                    .issuer = body->issuer,
                                    .source = body->source,
                                    .record = record_of(reading, event->subject),
                                    .true_from = event->effective_on,
                                    .recorded_at = event->recorded_at};
}

/* Those that counted then, out of the whole history. */
static result read_past(struct reading *reading, const struct event *const **ret_events,
                        size_t *ret_count, struct err *err)
{
    const struct event *history = NULL;
    size_t count = 0;
    struct who who;
    TRY(past_history(reading->sitting, reading->record, reading->when->known_at, HISTORY_WHOLE,
                     &history, &count, err));
    TRY(who_from_history(history, count, reading->arena, &who, err));
    const struct event **events =
        ARENA_NEW(reading->arena, const struct event *, who.identifier_count + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < who.identifier_count; i++) {
        events[i] = who.identifiers[i].event;
    }
    *ret_events = events;
    *ret_count = who.identifier_count;
    return result_ok();
}

/* Those that count, without opening anything else; oldest first, too. */
static result read_present(struct reading *reading, const struct event *const **ret_events,
                           size_t *ret_count, struct err *err)
{
    const struct event *counting = NULL;
    TRY(transaction_identifiers(reading->transaction, reading->record, reading->arena, &counting,
                                ret_count, err));
    const struct event **events = ARENA_NEW(reading->arena, const struct event *, *ret_count + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < *ret_count; i++) {
        events[i] = &counting[i];
    }
    *ret_events = events;
    return result_ok();
}

static result read_identifiers(struct reading *reading, struct err *err)
{
    const struct event *const *events = NULL;
    size_t count = 0;
    TRY(reading->when->past ? read_past(reading, &events, &count, err)
                            : read_present(reading, &events, &count, err));
    struct identifier_line *lines = ARENA_NEW(reading->arena, struct identifier_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        lines[i] = line_of(reading, events[i]);
    }
    reading->answer.identifiers = lines;
    reading->answer.identifier_count = count;
    return result_ok();
}

static bool is_listed(const struct merge_row *merges, size_t count, int64_t id)
{
    bool listed = false;
    for (size_t i = 0; i < count; i++) {
        listed = listed || merges[i].id == id;
    }
    return listed;
}

/* The merges of every record that was ever one with this one, each once. */
static result read_merges(struct reading *reading, struct err *err)
{
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    TRY(transaction_kin(reading->transaction, reading->record, reading->arena, &kin, &kin_count,
                        err));
    for (size_t i = 0; i < kin_count; i++) {
        const struct merge_row *rows = NULL;
        size_t row_count = 0;
        size_t count = reading->answer.merge_count;
        TRY(transaction_merges(reading->transaction, kin[i], 0, reading->arena, &rows, &row_count,
                               err));
        struct merge_row *merges =
            ARENA_NEW(reading->arena, struct merge_row, count + row_count + 1);
        if (merges == NULL) {
            return arena_full(err);
        }
        for (size_t k = 0; k < count; k++) {
            merges[k] = reading->answer.merges[k];
        }
        for (size_t k = 0; k < row_count; k++) {
            merges[count] = rows[k];
            count += is_listed(merges, count, rows[k].id) ? 0 : 1;
        }
        reading->answer.merges = merges;
        reading->answer.merge_count = count;
    }
    return result_ok();
}

result known_as_read(struct sitting *sitting, const struct person_row *person,
                     const struct case_time *when, struct identity_answer *ret_answer,
                     struct err *err)
{
    struct reading reading = {.sitting = sitting,
                              .transaction = sitting->transaction,
                              .arena = sitting->arena,
                              .record = person->id,
                              .when = when,
                              .answer = {.person = *person}};
    TRY(transaction_identity(sitting->transaction, person, sitting->arena, &reading.answer.identity,
                             err));
    TRY(read_records(&reading, err));
    TRY(read_identifiers(&reading, err));
    TRY(read_merges(&reading, err));
    *ret_answer = reading.answer;
    return result_ok();
}
