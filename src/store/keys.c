#include "store/transaction.h"

#include "register/identifier.h"
#include "seal/leaf.h"

#include <string.h>

static struct subject_entry *slot_of(struct transaction *transaction, enum subject_kind kind,
                                     int64_t subject)
{
    /* Fibonacci hashing: neighbours spread over the cache. */
    const uint64_t mixed = ((uint64_t)subject * 8 + (uint64_t)kind) * UINT64_C(0x9E3779B97F4A7C15);
    return &transaction->cache.entries[(mixed >> 32) & (transaction->cache.capacity - 1)];
}

static struct subject_entry *remember(struct transaction *transaction, enum subject_kind kind,
                                      int64_t subject, const struct cipher_key *key)
{
    struct subject_entry *entry = slot_of(transaction, kind, subject);
    *entry = (struct subject_entry){
        .generation = transaction->cache.generation, .kind = kind, .subject = subject};
    entry->destroyed = key == NULL;
    if (key != NULL) {
        entry->key = *key;
    }
    return entry;
}

/* A wrapped key opens only as the key of the subject it was made for. */
static str key_name(enum subject_kind kind, int64_t subject, struct arena *arena)
{
    return arena_format(arena, "returnhub-key-1 %s %lld", subject_kind_name(kind),
                        (long long)subject);
}

static result unwrap(struct transaction *transaction, const struct subject_key_record *record,
                     struct arena scratch, struct cipher_key *ret_key, struct err *err)
{
    const str name = key_name(record->subject_kind, record->subject, &scratch);
    str plain;
    if (name.at == NULL) {
        return arena_full(err);
    }
    if (!cipher_open(transaction->store_key, record->wrapped, name, &scratch, &plain, err).ok ||
        plain.len != CIPHER_KEY_SIZE) {
        return err_set(err, ERROR_STORAGE, "The key of %s %lld does not open with this store's key",
                       subject_kind_name(record->subject_kind), (long long)record->subject);
    }
    memcpy(ret_key->bytes, plain.at, CIPHER_KEY_SIZE);
    return result_ok();
}

result subject_find(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                    struct arena scratch, struct subject_entry **ret_entry, struct err *err)
{
    struct subject_entry *entry = slot_of(transaction, kind, subject);
    if (entry->generation == transaction->cache.generation && entry->kind == kind &&
        entry->subject == subject) {
        *ret_entry = entry;
        return result_ok();
    }
    struct subject_key_record record = {.subject_kind = kind, .subject = subject};
    bool found = false;
    TRY(find_row_of(transaction, TABLE_SUBJECT_KEY, kind, subject, &scratch, &record, &found, err));
    if (!found) {
        *ret_entry = NULL;
        return result_ok();
    }
    struct cipher_key key = {0};
    if (record.wrapped.len == 0) {
        *ret_entry = remember(transaction, kind, subject, NULL);
        return result_ok();
    }
    TRY(unwrap(transaction, &record, scratch, &key, err));
    *ret_entry = remember(transaction, kind, subject, &key);
    cipher_wipe(&key);
    return result_ok();
}

result subject_begin(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                     struct arena scratch, struct subject_entry **ret_entry, struct err *err)
{
    struct cipher_key key;
    uint8_t nonce[CIPHER_NONCE_SIZE];
    transaction_entropy(transaction, key.bytes, sizeof key.bytes);
    transaction_entropy(transaction, nonce, sizeof nonce);
    const str name = key_name(kind, subject, &scratch);
    if (name.at == NULL) {
        return arena_full(err);
    }
    struct subject_key_record record = {.subject_kind = kind, .subject = subject};
    const str plain = {.at = (const char *)key.bytes, .len = sizeof key.bytes};
    TRY(cipher_seal(transaction->store_key, nonce, plain, name, &scratch, &record.wrapped, err));
    TRY(backend_of(transaction)
            ->row_insert(transaction->connection, TABLE_SUBJECT_KEY, &record, err));
    transaction->rows_changed++;
    *ret_entry = remember(transaction, kind, subject, &key);
    cipher_wipe(&key);
    return result_ok();
}

result subject_destroy(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                       struct err *err)
{
    const struct subject_key_record record = {.subject_kind = kind, .subject = subject};
    TRY(backend_of(transaction)
            ->row_update(transaction->connection, TABLE_SUBJECT_KEY, &record, err));
    transaction->rows_changed++;
    struct subject_entry *entry = slot_of(transaction, kind, subject);
    if (entry->kind == kind && entry->subject == subject) {
        cipher_wipe(&entry->key);
    }
    remember(transaction, kind, subject, NULL);
    return result_ok();
}

/* --- events --- */

static struct event_record record_of(const struct event *event)
{
    struct event_record record = {
        .position = event->position,
        .subject_kind = event->subject_kind,
        .subject = event->subject,
        .kind = event->kind,
        .effective_on = event->effective_on,
        .recorded_at = event->recorded_at,
        .actor = event->actor,
    };
    if (!client_id_is_none(&event->client_id)) {
        record.client_id = (str){.at = (const char *)event->client_id.bytes, .len = CLIENT_ID_SIZE};
    }
    return record;
}

/* What of the record lies open: the body is empty. */
static struct event event_header(const struct event_record *record)
{
    struct event event = {
        .position = record->position,
        .subject_kind = record->subject_kind,
        .subject = record->subject,
        .kind = record->kind,
        .effective_on = record->effective_on,
        .recorded_at = record->recorded_at,
        .actor = record->actor,
    };
    if (record->client_id.len == CLIENT_ID_SIZE) {
        memcpy(event.client_id.bytes, record->client_id.at, CLIENT_ID_SIZE);
    }
    return event;
}

/* The opening goes before the body: what is sealed is opening || body. */
static str opening_and_body(const uint8_t opening[LEAF_OPENING_SIZE], str body, struct arena *arena)
{
    char *plain = ARENA_NEW(arena, char, LEAF_OPENING_SIZE + body.len);
    if (plain == NULL) {
        return (str){0};
    }
    memcpy(plain, opening, LEAF_OPENING_SIZE);
    memcpy(plain + LEAF_OPENING_SIZE, body.at, body.len);
    return (str){.at = plain, .len = LEAF_OPENING_SIZE + body.len};
}

void sealing_chance(struct transaction *transaction, struct sealing_chance *ret_chance)
{
    transaction_entropy(transaction, ret_chance->opening, sizeof ret_chance->opening);
    transaction_entropy(transaction, ret_chance->nonce, sizeof ret_chance->nonce);
}

result event_seal_body(const struct event *event, str body, const struct cipher_key *key,
                       const struct hmac_key *leaf_key, const struct sealing_chance *chance,
                       struct arena *arena, struct event_record *ret_record, struct err *err)
{
    ASSERT(event->position > 0);
    const str plain = opening_and_body(chance->opening, body, arena);
    const str header = event_header_text(event, arena);
    if (plain.at == NULL || header.at == NULL) {
        return arena_full(err);
    }
    struct event_record record = record_of(event);
    TRY(cipher_seal(key, chance->nonce, plain, header, arena, &record.sealed, err));
    const struct sha256 leaf = leaf_commit(leaf_key, chance->opening, header, record.sealed);
    memcpy(record.leaf, leaf.bytes, SHA256_SIZE);
    *ret_record = record;
    return result_ok();
}

result event_seal(struct transaction *transaction, const struct event *event,
                  const struct cipher_key *key, struct arena *arena,
                  struct event_record *ret_record, struct err *err)
{
    struct sealing_chance chance;
    str body;
    sealing_chance(transaction, &chance);
    TRY(event_write_body(event, arena, &body, err));
    return event_seal_body(event, body, key, &transaction->leaf_key, &chance, arena, ret_record,
                           err);
}

static result refuse_event(const struct event_record *record, const char *why, struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE, "Event %lld was changed behind the store's back: %s",
                          (long long)record->position, why),
                  "the hint returns the failure");
    return err_hint(
        err, "Keep a copy of the store for whoever examines it, and restore the last backup.");
}

/* Opening and body, of which the leaf is the leaf. */
static result open_plain(const struct transaction *transaction, const struct event_record *record,
                         const struct cipher_key *key, const struct event *event,
                         struct arena *arena, str *ret_plain, struct err *err)
{
    const str header = event_header_text(event, arena);
    if (header.at == NULL) {
        return arena_full(err);
    }
    str plain;
    struct err cause = {0};
    if (!cipher_open(key, record->sealed, header, arena, &plain, &cause).ok) {
        return cause.code == ERROR_LIMIT ? arena_full(err)
                                         : refuse_event(record, "its body does not open", err);
    }
    if (plain.len < LEAF_OPENING_SIZE) {
        return refuse_event(record, "its body is too short", err);
    }
    struct sha256 stored;
    memcpy(stored.bytes, record->leaf, SHA256_SIZE);
    const struct sha256 leaf =
        leaf_commit(&transaction->leaf_key, (const uint8_t *)plain.at, header, record->sealed);
    if (!sha256_equal(&leaf, &stored)) {
        return refuse_event(record, "its leaf is another event's", err);
    }
    *ret_plain = plain;
    return result_ok();
}

/* Its header, and the entry of its subject. */
static result begin_opening(struct transaction *transaction, const struct event_record *record,
                            struct arena scratch, struct event *ret_event,
                            struct subject_entry **ret_entry, struct err *err)
{
    *ret_event = event_header(record);
    if (event_kind_from_name(str_from_c(event_kind_name(ret_event->kind))) == EVENT_NONE) {
        return refuse_event(record, "its kind is not known", err);
    }
    TRY(subject_find(transaction, ret_event->subject_kind, ret_event->subject, scratch, ret_entry,
                     err));
    return *ret_entry != NULL ? result_ok() : refuse_event(record, "its subject has no key", err);
}

result event_check(struct transaction *transaction, const struct event_record *record,
                   struct arena *arena, struct err *err)
{
    struct event event;
    struct subject_entry *entry = NULL;
    str plain;
    TRY(begin_opening(transaction, record, *arena, &event, &entry, err));
    return entry->destroyed
               ? result_ok()
               : open_plain(transaction, record, &entry->key, &event, arena, &plain, err);
}

result event_unseal(struct transaction *transaction, struct event_record *record,
                    struct arena *arena, struct err *err)
{
    struct event event;
    struct subject_entry *entry = NULL;
    str plain = STR("");
    TRY(begin_opening(transaction, record, *arena, &event, &entry, err));
    if (!entry->destroyed) {
        TRY(open_plain(transaction, record, &entry->key, &event, arena, &plain, err));
    }
    record->sealed = plain;
    return result_ok();
}

result event_of_unsealed(const struct event_record *record, struct arena *arena,
                         struct event *ret_event, bool *ret_opened, struct err *err)
{
    struct event event = event_header(record);
    const str plain = record->sealed;
    *ret_opened = plain.len > 0;
    if (*ret_opened) {
        TRY(event_read_body(str_slice(plain, LEAF_OPENING_SIZE, plain.len), arena, &event, err));
    }
    identifier_from_older(&event);
    *ret_event = event;
    return result_ok();
}

result event_open(struct transaction *transaction, const struct event_record *record,
                  struct arena *arena, struct event *ret_event, bool *ret_opened, struct err *err)
{
    struct event_record plain = *record;
    TRY(event_unseal(transaction, &plain, arena, err));
    return event_of_unsealed(&plain, arena, ret_event, ret_opened, err);
}
