/* Every event in order: out of one register, and into another. */
#include "store/transaction.h"

/* --- walking --- */

static result visit_all(struct cursor *cursor, event_record_visit *visit, void *context,
                        struct err *err)
{
    struct event_record record;
    bool found = false;
    TRY(cursor->connection->backend->cursor_next(cursor, &record, &found, err));
    while (found) {
        TRY(visit(context, &record, err));
        TRY(cursor->connection->backend->cursor_next(cursor, &record, &found, err));
    }
    return result_ok();
}

result events_walk(struct transaction *transaction, int64_t from, int64_t to,
                   event_record_visit *visit, void *context, struct err *err)
{
    const struct backend *backend = backend_of(transaction);
    const struct parameter bounds[] = {parameter_number(from), parameter_number(to)};
    struct cursor cursor;
    TRY(sealing_settle(transaction, err));
    TRY(backend->cursor_open(transaction->connection, QUERY_EVENTS_BETWEEN, bounds, 2, &cursor,
                             err));
    const result walked = visit_all(&cursor, visit, context, err);
    backend->cursor_close(&cursor);
    return walked;
}

/* --- out of a register --- */

enum { BODIES_SIZE = 8 * 1024 * 1024 /* of one event at a time */ };

struct passing {
    struct transaction *transaction;
    struct arena bodies;
    store_event_visit *visit;
    void *context;
};

static result pass_event(void *context, const struct event_record *record, struct err *err)
{
    struct passing *passing = context;
    struct event event;
    bool opened = false;
    arena_reset(&passing->bodies);
    TRY(event_open(passing->transaction, record, &passing->bodies, &event, &opened, err));
    return passing->visit(passing->context, &event, !opened, err);
}

result transaction_each_event(struct transaction *transaction, int64_t from,
                              store_event_visit *visit, void *context, struct err *err)
{
    struct passing passing = {.transaction = transaction, .visit = visit, .context = context};
    TRY(arena_open(&passing.bodies, BODIES_SIZE, err));
    const result passed = events_walk(transaction, from, INT64_MAX, pass_event, &passing, err);
    arena_close(&passing.bodies);
    return passed;
}

/* --- into another register --- */

/* The subject is known here as one whose key was destroyed. */
static result note_destroyed(struct transaction *transaction, const struct event *event,
                             struct err *err)
{
    struct subject_entry *entry = NULL;
    TRY(subject_find(transaction, event->subject_kind, event->subject, transaction->scratch, &entry,
                     err));
    if (entry != NULL && !entry->destroyed) {
        return err_set(err, ERROR_CONFLICT, "The record of %s %lld is both erased and not",
                       subject_kind_name(event->subject_kind), (long long)event->subject);
    }
    const struct subject_key_record record = {.subject_kind = event->subject_kind,
                                              .subject = event->subject};
    return entry != NULL
               ? result_ok()
               : backend_of(transaction)
                     ->row_insert(transaction->connection, TABLE_SUBJECT_KEY, &record, err);
}

static result note_command(struct transaction *transaction, const struct event_record *record,
                           struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct command_record command = {.client_id = record->client_id, .position = record->position};
    bool found = record->client_id.len == 0;
    if (!found) {
        TRY(backend_of(transaction)
                ->row_find(transaction->connection, TABLE_COMMAND, &scratch, &command, &found,
                           err));
    }
    return found ? result_ok()
                 : backend_of(transaction)
                       ->row_insert(transaction->connection, TABLE_COMMAND, &command, err);
}

/* What remains of whoever was erased is said by a later event only. */
static result leave_rows(struct transaction *transaction, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct property_record old = {.name = STR(PROPERTY_ROWS_ARE_OLD)};
    bool found = transaction->without_rows;
    transaction->without_rows = true;
    if (!found) {
        TRY(backend_of(transaction)
                ->row_find(transaction->connection, TABLE_PROPERTY, &scratch, &old, &found, err));
    }
    old.value = STR("\x01");
    return found ? result_ok() : insert_row(transaction, TABLE_PROPERTY, &old, err);
}

result transaction_append_erased(struct transaction *transaction, struct event *event,
                                 struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct event_record record;
    struct cipher_key nobodys;
    TRY(transaction_check_writing(transaction, err));
    TRY(append_check_header(event, err));
    TRY(sealing_settle(transaction, err));
    TRY(leave_rows(transaction, err));
    TRY(note_destroyed(transaction, event, err));
    event->position = transaction->last_position + 1;
    /* Sealed with a key that nobody keeps. */
    transaction_entropy(transaction, nobodys.bytes, sizeof nobodys.bytes);
    const result sealed = event_seal(transaction, event, &nobodys, &scratch, &record, err);
    cipher_wipe(&nobodys);
    TRY(sealed);
    TRY(backend_of(transaction)->row_insert(transaction->connection, TABLE_EVENT, &record, err));
    TRY(note_command(transaction, &record, err));
    transaction->rows_changed++;
    transaction->last_position = event->position;
    return result_ok();
}
