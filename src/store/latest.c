/* When anything at all was recorded last. Nearly every event is recorded after that, and then
 * nobody needs to ask when its own subject's last event was, which is a row somewhere among
 * millions.
 *
 * It is kept in a property, which every commit that raises it writes anew; so it is never behind
 * the events, whichever process appended them. It may be ahead of them, which costs a question. */
#include "store/transaction.h"

static result read_latest(struct transaction *transaction, instant *ret_at, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct property_record record = {.name = STR(PROPERTY_LATEST_INSTANT)};
    bool found = false;
    *ret_at = (instant){.milliseconds = INT64_MIN}; /* there is no event */
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PROPERTY, &scratch, &record, &found, err));
    return found ? str_to_int64(record.value, &ret_at->milliseconds, err) : result_ok();
}

result latest_learn(struct transaction *transaction, struct err *err)
{
    struct latest *latest = &transaction->latest;
    if (!latest->known) {
        TRY(read_latest(transaction, &latest->at, err));
        latest->known = true;
    }
    return result_ok();
}

result latest_check(struct transaction *transaction, struct err *err)
{
    struct arena scratch = transaction->scratch;
    instant written;
    int64_t recorded = 0;
    bool found = false;
    TRY(first_row(transaction, QUERY_LATEST_RECORDED, NULL, 0, &scratch, &recorded, &found, err));
    if (!read_latest(transaction, &written, NULL).ok ||
        (found && written.milliseconds < recorded)) {
        return err_set(err, ERROR_STORAGE,
                       "property %s was changed behind the store's back: an event was recorded "
                       "later than it says",
                       PROPERTY_LATEST_INSTANT);
    }
    return result_ok();
}

void latest_raise(struct transaction *transaction, instant at)
{
    struct latest *latest = &transaction->latest;
    ASSERT(latest->known);
    if (at.milliseconds > latest->at.milliseconds) {
        latest->at = at;
        latest->raised = true;
    }
}

result latest_settle(struct transaction *transaction, struct err *err)
{
    struct latest *latest = &transaction->latest;
    struct arena scratch = transaction->scratch;
    if (!latest->raised) {
        return result_ok();
    }
    const struct property_record record = {
        .name = STR(PROPERTY_LATEST_INSTANT),
        .value = arena_format(&scratch, "%lld", (long long)latest->at.milliseconds)};
    if (record.value.at == NULL) {
        return arena_full(err);
    }
    TRY(backend_of(transaction)->row_put(transaction->connection, TABLE_PROPERTY, &record, err));
    latest->raised = false;
    return result_ok();
}
