/* Every event's leaf, in order: for the log, and for looking whether the events are still those of
 * which they are the leaves. */
#include "store/transaction.h"

#include <string.h>

enum { LEAF_BODIES_SIZE = 8 * 1024 * 1024 /* of one event at a time */ };

struct leaf_pass {
    struct transaction *transaction;
    struct arena bodies;
    int64_t next; /* position */
    bool check;
    store_leaf_visit *visit;
    void *context;
};

static result check_record(struct leaf_pass *pass, const struct event_record *record,
                           struct err *err)
{
    struct event event;
    bool opened = false;
    arena_reset(&pass->bodies);
    return event_open(pass->transaction, record, &pass->bodies, &event, &opened, err);
}

static result pass_leaf(struct leaf_pass *pass, const struct event_record *record, struct err *err)
{
    struct sha256 leaf;
    if (record->position != pass->next) {
        result_ignore(err_set(err, ERROR_STORAGE, "Event %lld is missing from the store",
                              (long long)pass->next),
                      "the hint follows");
        return err_hint(err, "Keep a copy of the store for whoever examines it, and restore the "
                             "last backup.");
    }
    TRY(pass->check ? check_record(pass, record, err) : result_ok());
    memcpy(leaf.bytes, record->leaf, SHA256_SIZE);
    pass->next++;
    return pass->visit(pass->context, record->position, &leaf, err);
}

static result pass_leaves(struct leaf_pass *pass, struct err *err)
{
    const struct backend *backend = backend_of(pass->transaction);
    const struct parameter first = parameter_number(pass->next);
    struct cursor cursor;
    TRY(backend->cursor_open(pass->transaction->connection, QUERY_EVENTS_FROM, &first, 1, &cursor,
                             err));
    struct event_record record;
    bool found = true;
    result passed = result_ok();
    while (passed.ok && found) {
        passed = backend->cursor_next(&cursor, &record, &found, err);
        if (passed.ok && found) {
            passed = pass_leaf(pass, &record, err);
        }
    }
    backend->cursor_close(&cursor);
    return passed;
}

result transaction_each_leaf(struct transaction *transaction, int64_t from, bool check,
                             store_leaf_visit *visit, void *context, struct err *err)
{
    struct leaf_pass pass = {.transaction = transaction,
                             .next = from,
                             .check = check,
                             .visit = visit,
                             .context = context};
    ASSERT(from > 0);
    TRY(sealing_settle(transaction, err));
    TRY(arena_open(&pass.bodies, LEAF_BODIES_SIZE, err));
    const result passed = pass_leaves(&pass, err);
    arena_close(&pass.bodies);
    return passed;
}
