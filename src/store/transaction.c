#include "store/proof.h"

#include <string.h>

enum {
    SCRATCH_SIZE = 32 * 1024 * 1024, /* taken from the system only as far as it is used */
    LISTS_SIZE = 64 * 1024 * 1024,
};

/* --- life --- */

static void close_cache(struct transaction *transaction)
{
    const struct subject_cache *cache = &transaction->cache;
    if (cache->entries != NULL) {
        cipher_unlock(cache->entries, cache->capacity * sizeof *cache->entries);
    }
    arena_close(&transaction->memory);
    transaction->cache = (struct subject_cache){0};
}

result transaction_resize_cache(struct transaction *transaction, size_t capacity, struct err *err)
{
    ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0);
    struct arena memory = {0};
    TRY(arena_open(&memory, capacity * sizeof(struct subject_entry) + 64, err));
    struct subject_entry *entries = ARENA_NEW(&memory, struct subject_entry, capacity);
    ASSERT(entries != NULL);
    cipher_lock(entries, capacity * sizeof *entries);
    close_cache(transaction);
    transaction->memory = memory;
    transaction->cache =
        (struct subject_cache){.entries = entries, .capacity = capacity, .generation = 1};
    return result_ok();
}

result transaction_init(struct transaction *transaction, struct connection *connection,
                        const struct cipher_key *store_key, const struct system *system,
                        struct err *err)
{
    *transaction =
        (struct transaction){.connection = connection, .store_key = store_key, .system = system};
    proof_key(store_key, &transaction->proof_key);
    identity_lookup_key(store_key, &transaction->lookup_key);
    transaction->leaf_key = leaf_key();
    result opened = arena_open(&transaction->scratch, SCRATCH_SIZE, err);
    opened = opened.ok ? arena_open(&transaction->lists, LISTS_SIZE, err) : opened;
    opened = opened.ok ? transaction_resize_cache(transaction, CACHE_SUBJECTS, err) : opened;
    if (!opened.ok) {
        transaction_done(transaction);
    }
    return opened;
}

static void wipe_cache(struct transaction *transaction)
{
    struct subject_cache *cache = &transaction->cache;
    for (size_t i = 0; i < cache->capacity; i++) {
        if (cache->entries[i].generation == cache->generation) {
            cipher_wipe(&cache->entries[i].key);
        }
    }
    cache->generation++;
}

void transaction_done(struct transaction *transaction)
{
    hmac_key_forget(&transaction->proof_key);
    hmac_key_forget(&transaction->lookup_key);
    close_cache(transaction);
    arena_close(&transaction->scratch);
    arena_close(&transaction->lists);
    names_done(&transaction->names);
    caseload_done(transaction);
}

/* Keys, numbers of names, and when anything was recorded last. */
static void forget_learned(struct transaction *transaction)
{
    transaction->latest = (struct latest){.known = false};
    wipe_cache(transaction);
    names_forget(&transaction->names);
}

result transaction_begin(struct transaction *transaction, bool writing, struct err *err)
{
    TRY(backend_of(transaction)->begin(transaction->connection, writing, err));
    transaction->writing = writing;
    if (transaction->connection->others_wrote) {
        forget_learned(transaction);
    }
    if (!writing) {
        return result_ok();
    }
    struct arena scratch = transaction->scratch;
    bool found = false;
    const result asked = first_row(transaction, QUERY_LAST_POSITION, NULL, 0, &scratch,
                                   &transaction->last_position, &found, err);
    if (!asked.ok) {
        backend_of(transaction)->rollback(transaction->connection);
        transaction_forget(transaction);
        return asked;
    }
    ASSERT(found && transaction->last_position >= 0);
    return result_ok();
}

void transaction_forget(struct transaction *transaction)
{
    forget_learned(transaction);
    transaction_rest(transaction);
}

void transaction_rest(struct transaction *transaction)
{
    ASSERT(!backend_of(transaction)->is_active(transaction->connection));
    ASSERT(!transaction->latest.raised);
    caseload_forget(transaction);
    transaction->merges = MERGES_NOT_ASKED;
    memset(transaction->next_id, 0, sizeof transaction->next_id);
    transaction->recent_at = 0;
    transaction->erased_at = 0;
    transaction->writing = false;
    transaction->last_position = 0;
    transaction->knows_position = false;
    transaction->has_last_instant = false;
    transaction->knows_absent = false;
    transaction->knows_last_look = false;
    transaction->has_broken = false;
    transaction->without_rows = false;
}

void transaction_pause(struct transaction *transaction)
{
    ASSERT(!transaction->writing);
    wipe_cache(transaction);
}

void transaction_work_begin(struct transaction *transaction)
{
    transaction->position_before_work = transaction->last_position;
    transaction->rows_before_work = transaction->rows_changed;
    transaction->knew_look_before_work = transaction->knows_last_look;
    transaction->look_before_work = transaction->last_look;
    transaction->latest_before_work = transaction->latest;
    transaction->has_broken = false;
    transaction->knows_absent = false;
}

void transaction_work_undone(struct transaction *transaction, int64_t last_position)
{
    if (transaction->rows_changed != transaction->rows_before_work) {
        forget_learned(transaction);
    }
    transaction->knows_last_look = transaction->knew_look_before_work;
    transaction->last_look = transaction->look_before_work;
    transaction->latest = transaction->latest_before_work;
    caseload_forget(transaction);
    transaction->merges = MERGES_NOT_ASKED;
    memset(transaction->next_id, 0, sizeof transaction->next_id);
    transaction->has_last_instant =
        transaction->has_last_instant && transaction->last_position == last_position;
    transaction->last_position = last_position;
    if (transaction->erased_at > last_position) {
        transaction->erased_at = 0;
    }
    transaction->has_broken = false;
}

void transaction_entropy(struct transaction *transaction, void *bytes, size_t size)
{
    ASSERT(size <= ENTROPY_POOL_SIZE);
    if (transaction->entropy_left < size) {
        transaction->system->entropy(transaction->system->context, transaction->entropy,
                                     ENTROPY_POOL_SIZE);
        transaction->entropy_left = ENTROPY_POOL_SIZE;
    }
    /* Each byte is used once, and not kept after that. */
    transaction->entropy_left -= size;
    uint8_t *used = transaction->entropy + transaction->entropy_left;
    memcpy(bytes, used, size);
    memset(used, 0, size);
}

/* --- rows of a query --- */

static result take_rows(struct cursor *cursor, struct arena *lists, struct arena *arena,
                        void **ret_rows, size_t *ret_count, struct err *err)
{
    const struct layout *layout = cursor->layout;
    ASSERT(layout->row_size % alignof(int64_t) == 0);
    char *rows = NULL;
    size_t count = 0;
    for (;;) {
        /* One after the other without gaps, so they are one array. */
        char *row = arena_take_unset(lists, 1, layout->row_size, alignof(int64_t));
        bool found = false;
        if (row == NULL) {
            result_ignore(err_set(err, ERROR_LIMIT, "There are more rows than fit into memory"),
                          "the hint returns the failure");
            return err_hint(err, "Ask for them a page at a time.");
        }
        rows = rows == NULL ? row : rows;
        TRY(cursor->connection->backend->cursor_next(cursor, row, &found, err));
        if (!found) {
            break;
        }
        ASSERT(row == rows + count * layout->row_size);
        TRY(layout_copy_texts(layout, row, arena, err));
        count++;
    }
    *ret_rows = rows;
    *ret_count = count;
    return result_ok();
}

result collect_rows(struct transaction *transaction, enum query query,
                    const struct parameter *parameters, size_t parameter_count, struct arena *arena,
                    void **ret_rows, size_t *ret_count, struct err *err)
{
    struct arena lists = transaction->lists;
    struct cursor cursor;
    TRY(backend_of(transaction)
            ->cursor_open(transaction->connection, query, parameters, parameter_count, &cursor,
                          err));
    const size_t row_size = cursor.layout->row_size;
    void *rows = NULL;
    size_t count = 0;
    const result taken = take_rows(&cursor, &lists, arena, &rows, &count, err);
    backend_of(transaction)->cursor_close(&cursor);
    TRY(taken);
    void *kept = arena_take_unset(arena, count, row_size, alignof(int64_t));
    if (kept == NULL) {
        return arena_full(err);
    }
    if (count > 0) {
        memcpy(kept, rows, count * row_size);
    }
    *ret_rows = kept;
    *ret_count = count;
    return result_ok();
}

result first_row(struct transaction *transaction, enum query query,
                 const struct parameter *parameters, size_t parameter_count, struct arena *arena,
                 void *row, bool *ret_found, struct err *err)
{
    struct cursor cursor;
    TRY(backend_of(transaction)
            ->cursor_open(transaction->connection, query, parameters, parameter_count, &cursor,
                          err));
    bool found = false;
    result answer = backend_of(transaction)->cursor_next(&cursor, row, &found, err);
    if (answer.ok && found) {
        answer = layout_copy_texts(cursor.layout, row, arena, err);
    }
    backend_of(transaction)->cursor_close(&cursor);
    TRY(answer);
    *ret_found = found;
    return result_ok();
}
