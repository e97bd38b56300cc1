#include "store/transaction.h"

#include <string.h>

static bool is_written_day(date day)
{
    date same;
    return date_from_civil(date_to_civil(day), &same, NULL).ok;
}

result append_check_header(const struct event *event, struct err *err)
{
    const bool known_kind =
        event_kind_from_name(str_from_c(event_kind_name(event->kind))) != EVENT_NONE;
    const bool known_subject =
        event->subject_kind >= SUBJECT_OF_PERSON && event->subject_kind <= SUBJECT_LAST;
    if (!known_kind || !known_subject || !event_may_be_about(event->kind, event->subject_kind)) {
        return err_set(err, ERROR_INTERNAL,
                       "An event of kind %s cannot stand in the history of a %s",
                       event_kind_name(event->kind), subject_kind_name(event->subject_kind));
    }
    const bool known_id = event->subject_kind == SUBJECT_OF_REGISTER ? event->subject == REGISTER_ID
                                                                     : event->subject > 0;
    if (!known_id || event->actor < 0) {
        return err_set(err, ERROR_INTERNAL,
                       "An event needs a subject and an actor, not %lld and %lld",
                       (long long)event->subject, (long long)event->actor);
    }
    if (!is_written_day(event->effective_on) || !is_written_day(instant_date(event->recorded_at))) {
        return err_set(err, ERROR_INPUT, "An event's days must be between the years 1900 and 2199");
    }
    return result_ok();
}

/* All events of one command may carry its client id; a later command may not. */
static result check_client_id(struct transaction *transaction, const struct event *event,
                              bool *ret_first, struct err *err)
{
    *ret_first = false;
    if (client_id_is_none(&event->client_id)) {
        return result_ok();
    }
    int64_t position = 0;
    TRY(transaction_find_client_id(transaction, &event->client_id, &position, err));
    if (position != 0 && position <= transaction->position_before_work) {
        return err_set(err, ERROR_CONFLICT,
                       "This command was done before: its client id stands at event %lld",
                       (long long)position);
    }
    *ret_first = position == 0;
    return result_ok();
}

static result learn_last(struct transaction *transaction, struct subject_entry *entry,
                         struct err *err)
{
    bool found = false;
    TRY(sealing_settle_subject(transaction, entry->kind, entry->subject, err));
    TRY(backend_of(transaction)
            ->last_recorded_at(transaction->connection, entry->kind, entry->subject,
                               &entry->last_recorded_at, &found, err));
    entry->has_last = true;
    return result_ok();
}

/* A subject's history is in the order in which it was recorded, whatever the machine's clock did.
 * What comes after everything comes after the subject's last, too. */
static result check_order(struct transaction *transaction, struct subject_entry *entry,
                          const struct event *event, struct err *err)
{
    if (event->recorded_at.milliseconds >= transaction->latest.at.milliseconds) {
        return result_ok();
    }
    if (!entry->has_last) {
        TRY(learn_last(transaction, entry, err));
    }
    if (event->recorded_at.milliseconds < entry->last_recorded_at.milliseconds) {
        char last[INSTANT_TEXT_SIZE];
        instant_format(entry->last_recorded_at, last);
        return err_set(err, ERROR_CONFLICT,
                       "Something was recorded of this %s later already, at %s",
                       subject_kind_name(event->subject_kind), last);
    }
    return result_ok();
}

static result check_subject(struct transaction *transaction, const struct event *event,
                            struct subject_entry **ret_entry, struct err *err)
{
    struct subject_entry *entry = NULL;
    TRY(subject_find(transaction, event->subject_kind, event->subject, transaction->scratch, &entry,
                     err));
    if (entry == NULL) {
        TRY(transaction->without_rows ? result_ok()
                                      : rows_check_beginning(event, transaction->scratch, err));
    } else if (entry->destroyed) {
        return err_set(err, ERROR_CONFLICT, "The record of this %s was erased",
                       subject_kind_name(event->subject_kind));
    } else {
        TRY(check_order(transaction, entry, event, err));
    }
    *ret_entry = entry;
    return result_ok();
}

static result store_event(struct transaction *transaction, const struct event *event,
                          const struct cipher_key *key, bool first_of_command, struct err *err)
{
    if (first_of_command) {
        const struct command_record command = {
            .client_id = {.at = (const char *)event->client_id.bytes, .len = CLIENT_ID_SIZE},
            .position = event->position};
        transaction->rows_changed++;
        transaction->knows_absent = false;
        TRY(backend_of(transaction)
                ->row_insert(transaction->connection, TABLE_COMMAND, &command, err));
    }
    transaction->rows_changed++;
    return sealing_store(transaction, event, key, err);
}

/* Ids that a caller chose are not given out again. */
static void note_subject(struct transaction *transaction, const struct event *event)
{
    int64_t *next = &transaction->next_id[event->subject_kind];
    int64_t *last = &transaction->last_begun[event->subject_kind];
    if (*next != 0 && *next <= event->subject) {
        *next = event->subject + 1;
    }
    *last = *last < event->subject ? event->subject : *last;
}

static result append(struct transaction *transaction, struct event *event, struct err *err)
{
    bool first_of_command = false;
    struct subject_entry *entry = NULL;
    TRY(append_check_header(event, err));
    TRY(latest_learn(transaction, err));
    TRY(check_client_id(transaction, event, &first_of_command, err));
    TRY(check_subject(transaction, event, &entry, err));
    event->position = transaction->last_position + 1;
    TRY(transaction->without_rows ? result_ok()
                                  : rows_apply(transaction, event, transaction->scratch, err));
    if (entry == NULL) {
        TRY(subject_begin(transaction, event->subject_kind, event->subject, transaction->scratch,
                          &entry, err));
        note_subject(transaction, event);
    }
    TRY(store_event(transaction, event, &entry->key, first_of_command, err));
    transaction->last_position = event->position;
    transaction->has_last_instant = true;
    transaction->last_instant = event->recorded_at;
    latest_raise(transaction, event->recorded_at);
    entry->has_last = true;
    entry->last_recorded_at = event->recorded_at;
    return event->kind == EVENT_PERSON_ERASED ? erase_keys(transaction, event, err) : result_ok();
}

result transaction_append(struct transaction *transaction, struct event *event, struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    if (transaction->has_broken) {
        return err_set(err, transaction->broken.code, "%s", transaction->broken.what);
    }
    const int64_t changed_before = transaction->rows_changed;
    struct err cause = {0};
    const result appended = append(transaction, event, &cause);
    if (appended.ok) {
        return appended;
    }
    event->position = 0;
    if (transaction->rows_changed != changed_before) {
        transaction->has_broken = true;
        transaction->broken = cause;
    }
    if (err != NULL) {
        *err = cause;
    }
    return appended;
}

result transaction_new_id(struct transaction *transaction, enum subject_kind kind, int64_t *ret_id,
                          struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    ASSERT(subject_has_row(kind));
    int64_t *next = &transaction->next_id[kind];
    if (*next == 0) {
        int64_t last = 0;
        TRY(transaction_last_id(transaction, kind, &last, err));
        *next = last + 1;
        transaction->last_begun[kind] = last;
    }
    *ret_id = (*next)++;
    return result_ok();
}

result transaction_find_client_id(struct transaction *transaction, const struct client_id *id,
                                  int64_t *ret_position, struct err *err)
{
    if (client_id_is_none(id)) {
        *ret_position = 0;
        return result_ok();
    }
    if (transaction->knows_absent && memcmp(&transaction->absent, id, sizeof *id) == 0) {
        *ret_position = 0;
        return result_ok();
    }
    struct arena scratch = transaction->scratch;
    struct command_record record = {
        .client_id = {.at = (const char *)id->bytes, .len = CLIENT_ID_SIZE}};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_COMMAND, &scratch, &record, &found, err));
    transaction->knows_absent = !found;
    transaction->absent = *id;
    *ret_position = found ? record.position : 0;
    return result_ok();
}

result transaction_free_place(struct transaction *transaction, int64_t hub, str kind, date today,
                              int64_t *ret_number, struct err *err)
{
    TRY(transaction_check_writing(transaction, err));
    struct arena scratch = transaction->scratch;
    const struct parameter parameters[] = {parameter_number(hub), parameter_text(kind),
                                           parameter_number(today.day)};
    struct place_row row = {0};
    bool found = false;
    TRY(first_row(transaction, QUERY_FREE_PLACE, parameters, 3, &scratch, &row, &found, err));
    *ret_number = found ? row.number : 0;
    return result_ok();
}
