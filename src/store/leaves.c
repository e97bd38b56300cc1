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

static result missing(int64_t position, struct err *err)
{
    result_ignore(
        err_set(err, ERROR_STORAGE, "Event %lld is missing from the store", (long long)position),
        "the hint follows");
    return err_hint(err, "Keep a copy of the store for whoever examines it, and restore the last "
                         "backup.");
}

static result pass_leaf(void *context, const struct event_record *record, struct err *err)
{
    struct leaf_pass *pass = context;
    struct sha256 leaf;
    if (record->position != pass->next) {
        return missing(pass->next, err);
    }
    TRY(pass->check ? check_record(pass, record, err) : result_ok());
    memcpy(leaf.bytes, record->leaf, SHA256_SIZE);
    pass->next++;
    return pass->visit(pass->context, record->position, &leaf, err);
}

result transaction_each_leaf(struct transaction *transaction, int64_t from, int64_t to, bool check,
                             store_leaf_visit *visit, void *context, struct err *err)
{
    struct leaf_pass pass = {.transaction = transaction,
                             .next = from,
                             .check = check,
                             .visit = visit,
                             .context = context};
    ASSERT(from > 0);
    TRY(arena_open(&pass.bodies, LEAF_BODIES_SIZE, err));
    const result passed = events_walk(transaction, from, to, pass_leaf, &pass, err);
    arena_close(&pass.bodies);
    TRY(passed);
    return to == STORE_TO_THE_LAST || pass.next > to ? result_ok() : missing(pass.next, err);
}
