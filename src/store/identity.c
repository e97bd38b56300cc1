/* Records and persons (register/identity.h): which records are one person, what they are found by,
 * and what merging and separating them does to the rows.
 *
 * Invariants:
 *   1. rows of facts and of the blind index stand under the record they are about; rows of
 * requests, places and the caseload under the person;
 *   2. the row of a record that is a part of another stays as it was when it became one; part_of
 *      names the root;
 *   3. what an undone merge leaves is what identity_fold makes of the events. */
#include "store/transaction.h"

#include "register/lookup.h"

#include <stdlib.h>
#include <string.h>

/* --- asking ----------------------------------------------------------------------------------- */

result identity_any(struct transaction *transaction, bool *ret_any, struct err *err)
{
    if (transaction->merges == MERGES_NOT_ASKED) {
        struct arena scratch = transaction->scratch;
        int64_t any = 0;
        bool found = false;
        TRY(first_row(transaction, QUERY_ANY_MERGE, NULL, 0, &scratch, &any, &found, err));
        transaction->merges = any != 0 ? MERGES_SOME : MERGES_NONE;
    }
    *ret_any = transaction->merges == MERGES_SOME;
    return result_ok();
}

result identity_root(struct transaction *transaction, int64_t record, struct arena scratch,
                     int64_t *ret_root, struct err *err)
{
    bool any = false;
    *ret_root = record;
    TRY(identity_any(transaction, &any, err));
    if (!any) {
        return result_ok();
    }
    struct person_row row = {.id = record};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PERSON, &scratch, &row, &found, err));
    *ret_root = found && row.part_of != 0 ? row.part_of : record;
    return result_ok();
}

result identity_about(struct transaction *transaction, int64_t position, int64_t subject,
                      instant known_at, struct arena scratch, int64_t *ret_about, struct err *err)
{
    bool any = false;
    *ret_about = subject;
    TRY(identity_any(transaction, &any, err));
    if (!any) {
        return result_ok();
    }
    const struct parameter parameter = parameter_number(position);
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_MOVED_OF_EVENT, &parameter, 1, &scratch, &rows, &count,
                     err));
    const struct moved_row *moved = rows;
    for (size_t i = 0; i < count; i++) {
        if (moved[i].since.milliseconds <= known_at.milliseconds) {
            *ret_about = moved[i].record;
        }
    }
    return result_ok();
}

result identity_whose(struct transaction *transaction, int64_t position, int64_t subject,
                      struct arena scratch, int64_t *ret_person, struct err *err)
{
    int64_t record = 0;
    TRY(identity_about(transaction, position, subject, KNOWN_NOW, scratch, &record, err));
    return identity_root(transaction, record, scratch, ret_person, err);
}

static result merges_of(struct transaction *transaction, int64_t record, struct arena *arena,
                        const struct merge_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(record);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_MERGES_OF, &parameter, 1, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_merge(struct transaction *transaction, int64_t id, struct merge_row *ret_row,
                         struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct merge_row row = {.id = id};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_MERGE, &scratch, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no merge %lld", (long long)id);
    }
    *ret_row = row;
    return result_ok();
}

result transaction_merges(struct transaction *transaction, int64_t record, enum merge_state state,
                          struct arena *arena, const struct merge_row **ret_rows, size_t *ret_count,
                          struct err *err)
{
    if (record == 0) {
        const struct parameter parameters[] = {parameter_number((int64_t)state),
                                               parameter_number(NO_LIMIT)};
        void *rows = NULL;
        TRY(collect_rows(transaction, QUERY_MERGES, parameters, 2, arena, &rows, ret_count, err));
        *ret_rows = rows;
        return result_ok();
    }
    const struct merge_row *all = NULL;
    size_t count = 0;
    TRY(merges_of(transaction, record, arena, &all, &count, err));
    struct merge_row *kept = ARENA_NEW(arena, struct merge_row, count + 1);
    size_t kept_count = 0;
    if (kept == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (state == 0 || all[i].state == state) {
            kept[kept_count++] = all[i];
        }
    }
    *ret_rows = kept;
    *ret_count = kept_count;
    return result_ok();
}

/* --- records that are or were one person ------------------------------------------------------ */

/* So that no list of merges, however odd, makes a person that nobody can look at. */
enum { RECORDS_MAX = 4096 };

struct record_list {
    int64_t *items;
    size_t count;
};

static bool is_in(const int64_t *records, size_t count, int64_t record)
{
    for (size_t i = 0; i < count; i++) {
        if (records[i] == record) {
            return true;
        }
    }
    return false;
}

/* Which merges join records: those in force at an instant, or all that were ever done. */
struct joining {
    bool ever;
    instant known_at;
};

static bool joins(const struct joining *joining, const struct merge_row *merge)
{
    return joining->ever ? merge->state == MERGE_DONE || merge->state == MERGE_UNDONE
                         : merge_in_force(merge, joining->known_at);
}

/* Whoever is joined to the record at `at` in the list, added at its end. */
static result add_joined(struct transaction *transaction, const struct joining *joining,
                         struct record_list *list, size_t at, struct arena scratch, struct err *err)
{
    const struct merge_row *merges = NULL;
    size_t count = 0;
    TRY(merges_of(transaction, list->items[at], &scratch, &merges, &count, err));
    for (size_t i = 0; i < count; i++) {
        const int64_t other =
            merges[i].continues == list->items[at] ? merges[i].absorbed : merges[i].continues;
        if (!joins(joining, &merges[i]) || is_in(list->items, list->count, other)) {
            continue;
        }
        if (list->count == RECORDS_MAX) {
            return err_set(err, ERROR_LIMIT, "More than %d records were merged", RECORDS_MAX);
        }
        list->items[list->count++] = other;
    }
    return result_ok();
}

/* The root first: the one that is absorbed in no merge that joins. */
static result put_root_first(struct transaction *transaction, const struct joining *joining,
                             struct record_list *list, struct arena scratch, struct err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct merge_row *merges = NULL;
        size_t count = 0;
        bool part = false;
        TRY(merges_of(transaction, list->items[i], &scratch, &merges, &count, err));
        for (size_t k = 0; k < count; k++) {
            part = part || (joins(joining, &merges[k]) && merges[k].absorbed == list->items[i]);
        }
        if (!part) {
            const int64_t root = list->items[i];
            list->items[i] = list->items[0];
            list->items[0] = root;
            return result_ok();
        }
    }
    return err_set(err, ERROR_STORAGE, "The merges of record %lld are damaged",
                   (long long)list->items[0]);
}

static result joined_records(struct transaction *transaction, int64_t record,
                             const struct joining *joining, struct arena *arena,
                             const int64_t **ret_records, size_t *ret_count, struct err *err)
{
    bool any = false;
    TRY(identity_any(transaction, &any, err));
    struct record_list list = {.items = ARENA_NEW(arena, int64_t, any ? RECORDS_MAX : 1)};
    if (list.items == NULL) {
        return arena_full(err);
    }
    list.items[list.count++] = record;
    for (size_t at = 0; any && at < list.count; at++) {
        TRY(add_joined(transaction, joining, &list, at, *arena, err));
    }
    if (list.count > 1 && !joining->ever) {
        TRY(put_root_first(transaction, joining, &list, *arena, err));
    }
    *ret_records = list.items;
    *ret_count = list.count;
    return result_ok();
}

result transaction_records(struct transaction *transaction, int64_t record, instant known_at,
                           struct arena *arena, const int64_t **ret_records, size_t *ret_count,
                           struct err *err)
{
    const struct joining joining = {.known_at = known_at};
    return joined_records(transaction, record, &joining, arena, ret_records, ret_count, err);
}

result transaction_kin(struct transaction *transaction, int64_t record, struct arena *arena,
                       const int64_t **ret_records, size_t *ret_count, struct err *err)
{
    const struct joining joining = {.ever = true};
    return joined_records(transaction, record, &joining, arena, ret_records, ret_count, err);
}

result transaction_each_record(struct transaction *transaction, int64_t after_id, size_t limit,
                               struct arena *arena, const struct person_row **ret_rows,
                               size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {
        parameter_number(after_id),
        parameter_number(limit == 0 || limit > INT64_MAX ? NO_LIMIT : (int64_t)limit)};
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_RECORDS, parameters, 2, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_family_records(struct transaction *transaction, int64_t family,
                                  struct arena *arena, const struct person_row **ret_rows,
                                  size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(family);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_RECORDS_OF_FAMILY, &parameter, 1, arena, &rows, ret_count,
                     err));
    *ret_rows = rows;
    return result_ok();
}

/* --- events ----------------------------------------------------------------------------------- */

static int compare_events(const void *left, const void *right)
{
    const struct identity_event *a = left;
    const struct identity_event *b = right;
    return (a->event.position > b->event.position) - (a->event.position < b->event.position);
}

static result is_in_force(struct transaction *transaction, const struct event *event,
                          instant known_at, bool *ret_in_force, struct err *err)
{
    struct merge_row merge;
    *ret_in_force = false;
    if (event->kind != EVENT_IDENTITIES_MERGED) {
        return result_ok();
    }
    TRY(transaction_merge(transaction, event->body.identities_merged.request, &merge, err));
    *ret_in_force = merge_in_force(&merge, known_at);
    return result_ok();
}

static result open_record(struct transaction *transaction, const struct event_record *record,
                          instant known_at, struct arena *arena, struct identity_event *ret_event,
                          struct err *err)
{
    bool opened = false;
    struct identity_event item = {.about = record->subject};
    TRY(event_open(transaction, record, arena, &item.event, &opened, err));
    TRY(opened ? result_ok() : remains_put(transaction, &item.event, arena, &opened, err));
    TRY(identity_about(transaction, record->position, record->subject, known_at, *arena,
                       &item.about, err));
    item.erased = !opened;
    *ret_event = item;
    return opened ? is_in_force(transaction, &item.event, known_at, &ret_event->in_force, err)
                  : result_ok();
}

/* What is kept of the events that stand under one record. */
struct kept_events {
    const struct event_record *items;
    size_t count;
};

/* Opened, and added at the end of the list. */
static result add_events(struct transaction *transaction, const struct kept_events *kept,
                         instant known_at, struct arena *arena, struct identity_event *items,
                         size_t *count, struct err *err)
{
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->items[i].recorded_at.milliseconds <= known_at.milliseconds) {
            TRY(open_record(transaction, &kept->items[i], known_at, arena, &items[*count], err));
            (*count)++;
        }
    }
    return result_ok();
}

static result read_kept(struct transaction *transaction, const int64_t *records, size_t count,
                        int64_t before, struct arena *arena, struct kept_events **ret_kept,
                        size_t *ret_all, struct err *err)
{
    struct kept_events *kept = ARENA_NEW(arena, struct kept_events, count + 1);
    size_t all = 0;
    if (kept == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct parameter parameters[] = {
            parameter_number(SUBJECT_OF_PERSON),
            parameter_number(records[i]),
            parameter_number(before == 0 ? INT64_MAX : before),
            parameter_number(NO_LIMIT),
        };
        void *rows = NULL;
        TRY(collect_rows(transaction, QUERY_HISTORY, parameters, 4, arena, &rows, &kept[i].count,
                         err));
        kept[i].items = rows;
        all += kept[i].count;
    }
    *ret_kept = kept;
    *ret_all = all;
    return result_ok();
}

result transaction_identity_events(struct transaction *transaction, int64_t record, int64_t before,
                                   instant known_at, struct arena *arena,
                                   struct identity_event **ret_events, size_t *ret_count,
                                   struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct kept_events *kept = NULL;
    size_t all = 0;
    size_t count = 0;
    TRY(transaction_kin(transaction, record, arena, &records, &record_count, err));
    TRY(read_kept(transaction, records, record_count, before, arena, &kept, &all, err));
    struct identity_event *events = ARENA_NEW(arena, struct identity_event, all + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < record_count; i++) {
        TRY(add_events(transaction, &kept[i], known_at, arena, events, &count, err));
    }
    qsort(events, count, sizeof events[0], compare_events);
    *ret_events = events;
    *ret_count = count;
    return result_ok();
}

/* --- other references and names --------------------------------------------------------------- */

/* Of the records that were ever one person with this one: what an undone merge gave to another
 * stands under the first still. */
static result read_identifier_events(struct transaction *transaction, int64_t person,
                                     struct arena *arena, struct kept_events **ret_kept,
                                     size_t *ret_kept_count, size_t *ret_all, struct err *err)
{
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    size_t all = 0;
    TRY(transaction_kin(transaction, person, arena, &kin, &kin_count, err));
    struct kept_events *kept = ARENA_NEW(arena, struct kept_events, kin_count + 1);
    if (kept == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < kin_count; i++) {
        const struct parameter parameters[] = {
            parameter_number(kin[i]),
            parameter_number(EVENT_IDENTIFIER_RECORDED),
            parameter_number(EVENT_IDENTIFIER_WITHDRAWN),
            parameter_number(EVENT_EXTERNAL_REFERENCE_RECORDED),
        };
        void *rows = NULL;
        TRY(sealing_settle_subject(transaction, SUBJECT_OF_PERSON, kin[i], err));
        TRY(collect_rows(transaction, QUERY_EVENTS_OF_KINDS, parameters, 4, arena, &rows,
                         &kept[i].count, err));
        kept[i].items = rows;
        all += kept[i].count;
    }
    *ret_kept = kept;
    *ret_kept_count = kin_count;
    *ret_all = all;
    return result_ok();
}

static bool is_withdrawn(const struct identity_event *events, size_t count, int64_t position)
{
    bool withdrawn = false;
    for (size_t i = 0; i < count; i++) {
        withdrawn = withdrawn || (events[i].event.kind == EVENT_IDENTIFIER_WITHDRAWN &&
                                  events[i].event.body.identifier_withdrawn.event == position);
    }
    return withdrawn;
}

result transaction_identifiers(struct transaction *transaction, int64_t person, struct arena *arena,
                               const struct event **ret_events, size_t *ret_count, struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct kept_events *kept = NULL;
    size_t kept_count = 0;
    size_t all = 0;
    size_t opened = 0;
    size_t count = 0;
    TRY(transaction_records(transaction, person, KNOWN_NOW, arena, &records, &record_count, err));
    TRY(read_identifier_events(transaction, person, arena, &kept, &kept_count, &all, err));
    struct identity_event *items = ARENA_NEW(arena, struct identity_event, all + 1);
    struct event *events = ARENA_NEW(arena, struct event, all + 1);
    if (items == NULL || events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < kept_count; i++) {
        TRY(add_events(transaction, &kept[i], KNOWN_NOW, arena, items, &opened, err));
    }
    qsort(items, opened, sizeof items[0], compare_events);
    for (size_t i = 0; i < opened; i++) {
        if (items[i].event.kind == EVENT_IDENTIFIER_RECORDED && !items[i].erased &&
            is_in(records, record_count, items[i].about) &&
            !is_withdrawn(items, opened, items[i].event.position)) {
            events[count++] = items[i].event;
        }
    }
    *ret_events = events;
    *ret_count = count;
    return result_ok();
}

/* --- facts ------------------------------------------------------------------------------------ */

static int compare_fact_rows(const void *left, const void *right)
{
    const struct fact_row *a = left;
    const struct fact_row *b = right;
    const int by_fact = str_compare(a->fact, b->fact);
    if (by_fact != 0) {
        return by_fact;
    }
    if (a->true_from.day != b->true_from.day) {
        return a->true_from.day < b->true_from.day ? -1 : 1;
    }
    return (a->position > b->position) - (a->position < b->position);
}

result identity_fact_rows(struct transaction *transaction, const int64_t *records,
                          size_t record_count, struct arena *arena, struct fact_row **ret_rows,
                          size_t *ret_count, struct err *err)
{
    struct fact_row *all = NULL;
    size_t all_count = 0;
    for (size_t i = 0; i < record_count; i++) {
        const struct parameter parameters[] = {parameter_number(SUBJECT_OF_PERSON),
                                               parameter_number(records[i])};
        void *rows = NULL;
        size_t count = 0;
        TRY(collect_rows(transaction, QUERY_FACTS_OF, parameters, 2, arena, &rows, &count, err));
        struct fact_row *joined = ARENA_NEW(arena, struct fact_row, all_count + count + 1);
        if (joined == NULL) {
            return arena_full(err);
        }
        if (all_count > 0) {
            memcpy(joined, all, all_count * sizeof joined[0]);
        }
        if (count > 0) {
            memcpy(joined + all_count, rows, count * sizeof joined[0]);
        }
        all = joined;
        all_count += count;
    }
    if (record_count > 1) {
        qsort(all, all_count, sizeof all[0], compare_fact_rows);
    }
    *ret_rows = all;
    *ret_count = all_count;
    return result_ok();
}

static int compare_people_facts(const void *left, const void *right)
{
    const struct fact_row *a = left;
    const struct fact_row *b = right;
    return a->subject != b->subject ? (a->subject > b->subject) - (a->subject < b->subject)
                                    : compare_fact_rows(left, right);
}

static int compare_person_ids(const void *left, const void *right)
{
    const struct person_row *a = left;
    const struct person_row *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

result transaction_facts_named(struct transaction *transaction, str fact, struct arena *arena,
                               const struct fact_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_text(fact);
    void *found = NULL;
    void *parts = NULL;
    size_t count = 0;
    size_t part_count = 0;
    TRY(collect_rows(transaction, QUERY_FACTS_NAMED, &parameter, 1, arena, &found, &count, err));
    TRY(collect_rows(transaction, QUERY_PARTS, NULL, 0, arena, &parts, &part_count, err));
    struct fact_row *rows = found;
    for (size_t i = 0; part_count > 0 && i < count; i++) {
        const struct person_row key = {.id = rows[i].subject};
        const struct person_row *part =
            bsearch(&key, parts, part_count, sizeof key, compare_person_ids);
        rows[i].subject = part != NULL ? part->part_of : rows[i].subject;
    }
    if (part_count > 0) {
        qsort(rows, count, sizeof rows[0], compare_people_facts);
    }
    *ret_rows = rows;
    *ret_count = count;
    return result_ok();
}

/* --- the blind index -------------------------------------------------------------------------- */

void identity_lookup_key(const struct cipher_key *store_key, struct hmac_key *ret_key)
{
    const str key = {.at = (const char *)store_key->bytes, .len = CIPHER_KEY_SIZE};
    const str purpose = STR("returnhub-lookup-1");
    struct sha256 made = hmac_sha256(key, &purpose, 1);
    *ret_key = hmac_key_of((str){.at = (const char *)made.bytes, .len = sizeof made.bytes});
    explicit_bzero(&made, sizeof made);
}

static int64_t number_of(const unsigned char *bytes, size_t count)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number << 8 | bytes[i];
    }
    return (int64_t)number;
}

static struct lookup_record lookup_of(const struct transaction *transaction, str found_by)
{
    const struct sha256 hash = hmac_with(&transaction->lookup_key, &found_by, 1);
    return (struct lookup_record){.key = number_of(hash.bytes, 8),
                                  .key_rest = number_of(hash.bytes + 8, 4)};
}

result transaction_lookup(struct transaction *transaction, str found_by, struct arena *arena,
                          const struct lookup_hit **ret_hits, size_t *ret_count, struct err *err)
{
    const struct lookup_record sought = lookup_of(transaction, found_by);
    const struct parameter parameters[] = {parameter_number(sought.key),
                                           parameter_number(sought.key_rest)};
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_LOOKUPS_OF_KEY, parameters, 2, arena, &rows, &count, err));
    const struct lookup_record *records = rows;
    struct lookup_hit *hits = ARENA_NEW(arena, struct lookup_hit, count + 1);
    if (hits == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        hits[i] = (struct lookup_hit){.position = records[i].position, .record = records[i].record};
    }
    *ret_hits = hits;
    *ret_count = count;
    return result_ok();
}

static result visit_lookups(struct cursor *cursor, lookup_visit *visit, void *context,
                            struct err *err)
{
    struct lookup_record record;
    bool found = false;
    TRY(cursor->connection->backend->cursor_next(cursor, &record, &found, err));
    while (found) {
        const struct lookup_hit hit = {.position = record.position, .record = record.record};
        TRY(visit(context, &hit, err));
        TRY(cursor->connection->backend->cursor_next(cursor, &record, &found, err));
    }
    return result_ok();
}

result transaction_each_lookup(struct transaction *transaction, lookup_visit *visit, void *context,
                               struct err *err)
{
    const struct backend *backend = backend_of(transaction);
    struct cursor cursor;
    TRY(backend->cursor_open(transaction->connection, QUERY_LOOKUPS, NULL, 0, &cursor, err));
    const result visited = visit_lookups(&cursor, visit, context, err);
    backend->cursor_close(&cursor);
    return visited;
}

/* The rows that an event brings, or brought: they follow from what it says. */
static result lookups_of(struct transaction *transaction, const struct event *event,
                         struct arena *arena, struct lookup_record **ret_rows, size_t *ret_count,
                         struct err *err)
{
    struct text_list texts;
    TRY(lookup_texts(event, arena, &texts, err));
    struct lookup_record *rows = ARENA_NEW(arena, struct lookup_record, texts.count + 1);
    if (rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < texts.count; i++) {
        rows[i] = lookup_of(transaction, texts.items[i]);
        rows[i].position = event->position;
        rows[i].record = event->subject;
    }
    *ret_rows = rows;
    *ret_count = texts.count;
    return result_ok();
}

static result add_lookups(struct transaction *transaction, const struct event *event,
                          struct arena scratch, struct err *err)
{
    struct lookup_record *rows = NULL;
    size_t count = 0;
    TRY(lookups_of(transaction, event, &scratch, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        transaction->rows_changed++;
        TRY(backend_of(transaction)
                ->row_insert(transaction->connection, TABLE_LOOKUP, &rows[i], err));
    }
    return result_ok();
}

/* Those that are there still: none of an event that was withdrawn. */
static result keep_found(struct transaction *transaction, struct lookup_record *rows, size_t count,
                         struct arena *arena, size_t *ret_count, struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        TRY(backend_of(transaction)
                ->row_find(transaction->connection, TABLE_LOOKUP, arena, &rows[i], &found, err));
        rows[kept] = rows[i];
        kept += found ? 1 : 0;
    }
    *ret_count = kept;
    return result_ok();
}

/* The rows of an event of the past that are there still: none of one whose person was erased. */
static result lookups_at(struct transaction *transaction, int64_t position, struct arena *arena,
                         struct lookup_record **ret_rows, size_t *ret_count, struct err *err)
{
    struct event event;
    struct lookup_record *rows = NULL;
    size_t count = 0;
    bool opened = false;
    TRY(event_at(transaction, position, arena, &event, &opened, err));
    TRY(opened ? lookups_of(transaction, &event, arena, &rows, &count, err) : result_ok());
    *ret_rows = rows;
    return keep_found(transaction, rows, count, arena, ret_count, err);
}

static result delete_lookups(struct transaction *transaction, const struct lookup_record *rows,
                             size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        transaction->rows_changed++;
        TRY(backend_of(transaction)
                ->row_delete(transaction->connection, TABLE_LOOKUP, &rows[i], err));
    }
    return result_ok();
}

result identity_forget_lookups(struct transaction *transaction, const struct event *event,
                               struct arena scratch, struct err *err)
{
    struct lookup_record *rows = NULL;
    size_t count = 0;
    TRY(lookups_of(transaction, event, &scratch, &rows, &count, err));
    TRY(keep_found(transaction, rows, count, &scratch, &count, err));
    return delete_lookups(transaction, rows, count, err);
}

static result withdraw_lookups(struct transaction *transaction, const struct event *event,
                               struct arena scratch, struct err *err)
{
    struct lookup_record *rows = NULL;
    size_t count = 0;
    TRY(lookups_at(transaction, event->body.identifier_withdrawn.event, &scratch, &rows, &count,
                   err));
    if (count == 0 || rows[0].record != event->subject) {
        return err_set(err, ERROR_CONFLICT,
                       "Event %lld is no identifier of this person, or was "
                       "withdrawn already",
                       (long long)event->body.identifier_withdrawn.event);
    }
    return delete_lookups(transaction, rows, count, err);
}

result identity_apply_lookup(struct transaction *transaction, const struct event *event,
                             struct arena scratch, struct err *err)
{
    return event->kind == EVENT_IDENTIFIER_WITHDRAWN
               ? withdraw_lookups(transaction, event, scratch, err)
               : add_lookups(transaction, event, scratch, err);
}

/* --- rows of a person ------------------------------------------------------------------------- */

static result update(struct transaction *transaction, enum table table, const void *row,
                     struct err *err)
{
    transaction->rows_changed++;
    return backend_of(transaction)->row_update(transaction->connection, table, row, err);
}

/* The root and its parts, by id. */
static result rows_of_person(struct transaction *transaction, int64_t root, struct arena *arena,
                             struct person_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(root);
    void *parts = NULL;
    size_t count = 0;
    struct person_row row = {.id = root};
    bool found = false;
    TRY(collect_rows(transaction, QUERY_PARTS_OF, &parameter, 1, arena, &parts, &count, err));
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_PERSON, arena, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_CONFLICT, "There is no person %lld", (long long)root);
    }
    struct person_row *rows = ARENA_NEW(arena, struct person_row, count + 1);
    if (rows == NULL) {
        return arena_full(err);
    }
    rows[0] = row;
    if (count > 0) {
        memcpy(rows + 1, parts, count * sizeof rows[0]);
    }
    *ret_rows = rows;
    *ret_count = count + 1;
    return result_ok();
}

/* A request, and the place held for it, are this person's from now on. */
static result give_request(struct transaction *transaction, const struct request_row *request,
                           int64_t person, struct arena scratch, struct err *err)
{
    struct request_row given = *request;
    given.person = person;
    TRY(update(transaction, TABLE_REQUEST, &given, err));
    const struct parameter parameter = parameter_number(request->id);
    struct place_row place = {0};
    bool found = false;
    TRY(first_row(transaction, QUERY_PLACE_HELD_FOR, &parameter, 1, &scratch, &place, &found, err));
    place.person = person;
    return found ? update(transaction, TABLE_PLACE, &place, err) : result_ok();
}

static result requests_of(struct transaction *transaction, int64_t person, struct arena *arena,
                          const struct request_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct request_filter filter = {.person = person};
    return transaction_requests(transaction, &filter, arena, ret_rows, ret_count, err);
}

static result give_stay(struct transaction *transaction, const struct stay_row *stay,
                        int64_t person, struct err *err)
{
    struct stay_row given = *stay;
    given.person = person;
    return update(transaction, TABLE_STAY, &given, err);
}

/* --- merging ---------------------------------------------------------------------------------- */

static result merge_stays(struct transaction *transaction, int64_t part, int64_t whole,
                          struct arena scratch, struct err *err)
{
    const struct stay_row *stays = NULL;
    size_t count = 0;
    TRY(transaction_stays_of_person(transaction, part, &scratch, &stays, &count, err));
    for (size_t i = 0; i < count; i++) {
        TRY(give_stay(transaction, &stays[i], whole, err));
    }
    return result_ok();
}

static result merge_rows(struct transaction *transaction, struct person_row *whole,
                         struct person_row *parts, size_t part_count, struct arena scratch,
                         struct err *err)
{
    TRY(person_rows_merge(whole, &parts[0], err));
    TRY(update(transaction, TABLE_PERSON, whole, err));
    for (size_t i = 0; i < part_count; i++) {
        parts[i].part_of = whole->id;
        TRY(update(transaction, TABLE_PERSON, &parts[i], err));
    }
    const struct request_row *requests = NULL;
    size_t count = 0;
    TRY(requests_of(transaction, parts[0].id, &scratch, &requests, &count, err));
    for (size_t i = 0; i < count; i++) {
        TRY(give_request(transaction, &requests[i], whole->id, scratch, err));
    }
    return merge_stays(transaction, parts[0].id, whole->id, scratch, err);
}

static result apply_merged(struct transaction *transaction, const struct event *event,
                           struct arena scratch, struct err *err)
{
    struct person_row *wholes = NULL;
    struct person_row *parts = NULL;
    size_t whole_count = 0;
    size_t part_count = 0;
    TRY(rows_of_person(transaction, event->subject, &scratch, &wholes, &whole_count, err));
    TRY(rows_of_person(transaction, event->body.identities_merged.other, &scratch, &parts,
                       &part_count, err));
    TRY(merge_rows(transaction, &wholes[0], parts, part_count, scratch, err));
    transaction->merges = MERGES_SOME;
    TRY(caseload_remove(transaction, parts[0].id, err));
    return caseload_renew(transaction, &wholes[0], false, event->recorded_at, scratch, err);
}

/* --- separating ------------------------------------------------------------------------------- */

struct separation {
    struct transaction *transaction;
    const struct event *event;
    struct merge_row merge;
    const struct merge_row *merges; /* in force among the records */
    size_t merge_count;
    int64_t root;     /* of the person as it was */
    int64_t *records; /* of it; the root first */
    size_t record_count;
    struct person_row *rows; /* beside records: as they are from now on */
    struct arena *arena;
};

static result read_merges_in_force(struct separation *work, struct err *err)
{
    struct merge_row *merges = ARENA_NEW(work->arena, struct merge_row, work->record_count + 1);
    if (merges == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->record_count; i++) {
        const struct merge_row *rows = NULL;
        size_t count = 0;
        TRY(merges_of(work->transaction, work->records[i], work->arena, &rows, &count, err));
        for (size_t k = 0; k < count; k++) {
            if (rows[k].state == MERGE_DONE && rows[k].absorbed == work->records[i]) {
                merges[work->merge_count++] = rows[k];
            }
        }
    }
    work->merges = merges;
    return result_ok();
}

static result refuse_moved(int64_t position, struct err *err)
{
    return err_set(err, ERROR_CONFLICT,
                   "Event %lld was not recorded of this person since the merge, so it cannot be "
                   "given to the other side",
                   (long long)position);
}

static result move_fact(struct separation *work, int64_t position, int64_t from, int64_t to,
                        struct err *err)
{
    struct transaction *transaction = work->transaction;
    const struct parameter parameters[] = {parameter_number(SUBJECT_OF_PERSON),
                                           parameter_number(from), parameter_number(position)};
    struct arena scratch = *work->arena;
    struct fact_row row = {0};
    bool found = false;
    TRY(first_row(transaction, QUERY_FACT_OF_EVENT, parameters, 3, &scratch, &row, &found, err));
    if (!found) {
        return refuse_moved(position, err);
    }
    transaction->rows_changed++;
    TRY(backend_of(transaction)->row_delete(transaction->connection, TABLE_FACT, &row, err));
    row.subject = to;
    return backend_of(transaction)->row_insert(transaction->connection, TABLE_FACT, &row, err);
}

static result move_lookups(struct separation *work, int64_t position, int64_t to, struct err *err)
{
    struct arena scratch = *work->arena;
    struct lookup_record *rows = NULL;
    size_t count = 0;
    TRY(lookups_at(work->transaction, position, &scratch, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        rows[i].record = to;
        TRY(update(work->transaction, TABLE_LOOKUP, &rows[i], err));
    }
    return result_ok();
}

/* What was erased since leaves no fact, and of a course what remains. */
static result is_destroyed(struct transaction *transaction, int64_t record, bool *ret_destroyed,
                           struct err *err)
{
    struct subject_entry *entry = NULL;
    TRY(subject_find(transaction, SUBJECT_OF_PERSON, record, transaction->scratch, &entry, err));
    ASSERT(entry != NULL);
    *ret_destroyed = entry->destroyed;
    return result_ok();
}

static result move_rows(struct separation *work, const struct event_record *record, int64_t from,
                        int64_t to, struct err *err)
{
    struct transaction *transaction = work->transaction;
    bool destroyed = false;
    bool moved = false;
    TRY(is_destroyed(transaction, record->subject, &destroyed, err));
    if (record->kind == EVENT_FACT_RECORDED && !destroyed) {
        TRY(move_fact(work, record->position, from, to, err));
    }
    if (event_is_passage((enum event_kind)record->kind)) {
        TRY(course_move(transaction, record->position, from, to, *work->arena, &moved, err));
        if (!moved && !destroyed) {
            return refuse_moved(record->position, err);
        }
    }
    return move_lookups(work, record->position, to, err);
}

static result move_event(struct separation *work, int64_t position, struct err *err)
{
    struct transaction *transaction = work->transaction;
    struct arena scratch = *work->arena;
    struct event_record record = {.position = position};
    bool found = false;
    int64_t from = 0;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_EVENT, &scratch, &record, &found, err));
    if (!found || record.subject_kind != SUBJECT_OF_PERSON ||
        position <= work->merge.decided_event || position >= work->event->position) {
        return refuse_moved(position, err);
    }
    TRY(identity_about(transaction, position, record.subject, KNOWN_NOW, scratch, &from, err));
    if (!is_in(work->records, work->record_count, from)) {
        return refuse_moved(position, err);
    }
    const bool absorbed_side =
        identity_on_absorbed_side(&work->merge, work->merges, work->merge_count, from);
    const struct moved_row moved = {
        .position = position,
        .separation = work->event->position,
        .record = absorbed_side ? work->merge.continues : work->merge.absorbed,
        .since = work->event->recorded_at,
    };
    transaction->rows_changed++;
    TRY(backend_of(transaction)->row_insert(transaction->connection, TABLE_MOVED, &moved, err));
    return move_rows(work, &record, from, moved.record, err);
}

/* The rows of the persons that there are from now on, from the events. */
static result fold_rows(struct separation *work, struct err *err)
{
    struct transaction *transaction = work->transaction;
    struct identity_event *events = NULL;
    size_t event_count = 0;
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    struct person_row *folded = NULL;
    TRY(transaction_kin(transaction, work->root, work->arena, &kin, &kin_count, err));
    TRY(transaction_identity_events(transaction, work->root, work->event->position, KNOWN_NOW,
                                    work->arena, &events, &event_count, err));
    TRY(identity_fold(kin, kin_count, events, event_count, work->arena, &folded, err));
    work->rows = ARENA_NEW(work->arena, struct person_row, work->record_count + 1);
    if (work->rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->record_count; i++) {
        for (size_t k = 0; k < kin_count; k++) {
            work->rows[i] = kin[k] == work->records[i] ? folded[k] : work->rows[i];
        }
        TRY(update(transaction, TABLE_PERSON, &work->rows[i], err));
    }
    return result_ok();
}

static const struct person_row *person_of(const struct separation *work, int64_t record)
{
    const struct person_row *found = NULL;
    for (size_t i = 0; i < work->record_count; i++) {
        found = work->records[i] == record ? &work->rows[i] : found;
    }
    return found != NULL && found->part_of != 0 ? person_of(work, found->part_of) : found;
}

/* The person that the event at this position is about from now on. */
static result whose_event(struct separation *work, int64_t position, int64_t *ret_person,
                          struct err *err)
{
    struct arena scratch = *work->arena;
    struct event_record record = {.position = position};
    bool found = false;
    int64_t about = 0;
    TRY(backend_of(work->transaction)
            ->row_find(work->transaction->connection, TABLE_EVENT, &scratch, &record, &found, err));
    ASSERT(found);
    TRY(identity_about(work->transaction, position, record.subject, KNOWN_NOW, scratch, &about,
                       err));
    const struct person_row *person = person_of(work, about);
    ASSERT(person != NULL);
    *ret_person = person->id;
    return result_ok();
}

static result give_requests_back(struct separation *work, struct err *err)
{
    const struct request_row *requests = NULL;
    size_t count = 0;
    TRY(requests_of(work->transaction, work->root, work->arena, &requests, &count, err));
    for (size_t i = 0; i < count; i++) {
        int64_t person = 0;
        TRY(whose_event(work, requests[i].id, &person, err));
        if (person != requests[i].person) {
            TRY(give_request(work->transaction, &requests[i], person, *work->arena, err));
        }
    }
    return result_ok();
}

static result give_stays_back(struct separation *work, struct err *err)
{
    const struct stay_row *stays = NULL;
    size_t count = 0;
    TRY(transaction_stays_of_person(work->transaction, work->root, work->arena, &stays, &count,
                                    err));
    for (size_t i = 0; i < count; i++) {
        int64_t person = 0;
        TRY(whose_event(work, stays[i].id, &person, err));
        TRY(give_stay(work->transaction, &stays[i], person, err));
    }
    return result_ok();
}

/* The place that the person occupied is that of the one who is at its hub now. */
static result give_place_back(struct separation *work, struct err *err)
{
    const struct parameter parameter = parameter_number(work->root);
    struct arena scratch = *work->arena;
    struct place_row place = {0};
    bool found = false;
    TRY(first_row(work->transaction, QUERY_PLACE_OCCUPIED_BY, &parameter, 1, &scratch, &place,
                  &found, err));
    for (size_t i = 0; found && i < work->record_count; i++) {
        const struct person_row *row = &work->rows[i];
        if (row->part_of == 0 && row->hub == place.hub) {
            place.person = row->id;
            return update(work->transaction, TABLE_PLACE, &place, err);
        }
    }
    return found ? err_set(err, ERROR_CONFLICT, "Nobody would be at the place that %lld occupies",
                           (long long)work->root)
                 : result_ok();
}

/* Both were on the manifest, one after the other: the row is of the later. */
static result give_entry(struct transaction *transaction, const struct manifest_entry_row *entry,
                         int64_t person, struct arena scratch, struct err *err)
{
    struct manifest_entry_row given = *entry;
    struct manifest_entry_row there = {.manifest = entry->manifest, .person = person};
    bool found = false;
    given.person = person;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_MANIFEST_ENTRY, &scratch, &there, &found,
                       err));
    transaction->rows_changed++;
    TRY(backend_of(transaction)
            ->row_delete(transaction->connection, TABLE_MANIFEST_ENTRY, entry, err));
    if (!found) {
        return insert_row(transaction, TABLE_MANIFEST_ENTRY, &given, err);
    }
    return there.changed_event < given.changed_event
               ? update(transaction, TABLE_MANIFEST_ENTRY, &given, err)
               : result_ok();
}

/* Whoever is on a manifest is on it by a request, and goes with it. */
static result give_entries_back(struct separation *work, struct err *err)
{
    const struct parameter parameter = parameter_number(work->root);
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(work->transaction, QUERY_MANIFEST_ENTRIES_OF, &parameter, 1, work->arena,
                     &rows, &count, err));
    const struct manifest_entry_row *entries = rows;
    for (size_t i = 0; i < count; i++) {
        int64_t person = 0;
        TRY(whose_event(work, entries[i].request, &person, err));
        if (person != work->root) {
            TRY(give_entry(work->transaction, &entries[i], person, *work->arena, err));
        }
    }
    return result_ok();
}

static result renew_caseload(struct separation *work, struct err *err)
{
    for (size_t i = 0; i < work->record_count; i++) {
        const struct person_row *row = &work->rows[i];
        if (row->part_of == 0) {
            TRY(caseload_renew(work->transaction, row, row->id != work->root,
                               work->event->recorded_at, *work->arena, err));
        }
    }
    return result_ok();
}

static result begin_separation(struct separation *work, struct err *err)
{
    struct person_row *rows = NULL;
    TRY(identity_root(work->transaction, work->event->subject, *work->arena, &work->root, err));
    TRY(rows_of_person(work->transaction, work->root, work->arena, &rows, &work->record_count,
                       err));
    if (rows[0].erased) {
        return err_set(err, ERROR_CONFLICT,
                       "The person was erased: which event was about whom cannot be told any more");
    }
    work->records = ARENA_NEW(work->arena, int64_t, work->record_count + 1);
    if (work->records == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->record_count; i++) {
        work->records[i] = rows[i].id;
    }
    return read_merges_in_force(work, err);
}

/* The merge is marked as undone already. */
static result apply_separated(struct transaction *transaction, const struct event *event,
                              const struct merge_row *merge, struct arena scratch, struct err *err)
{
    struct separation work = {
        .transaction = transaction, .event = event, .merge = *merge, .arena = &scratch};
    const struct number_list *moved = &event->body.identities_separated.moved;
    TRY(begin_separation(&work, err));
    for (size_t i = 0; i < moved->count; i++) {
        TRY(move_event(&work, moved->items[i], err));
    }
    TRY(fold_rows(&work, err));
    TRY(give_requests_back(&work, err));
    TRY(give_entries_back(&work, err));
    TRY(give_place_back(&work, err));
    TRY(give_stays_back(&work, err));
    return renew_caseload(&work, err);
}

/* --- a merge and what becomes of it ----------------------------------------------------------- */

static int64_t merge_named(const struct event *event)
{
    return event->kind == EVENT_MERGE_DECLINED         ? event->body.merge_declined.request
           : event->kind == EVENT_IDENTITIES_MERGED    ? event->body.identities_merged.request
           : event->kind == EVENT_IDENTITIES_SEPARATED ? event->body.identities_separated.request
                                                       : 0;
}

result identity_apply_merge(struct transaction *transaction, const struct event *event,
                            struct arena scratch, struct err *err)
{
    const struct backend *backend = backend_of(transaction);
    struct merge_row merge = {.id = merge_named(event)};
    bool found = false;
    if (event->kind == EVENT_MERGE_REQUESTED) {
        TRY(merge_row_apply(&merge, event, err));
        transaction->rows_changed++;
        return backend->row_insert(transaction->connection, TABLE_MERGE, &merge, err);
    }
    TRY(backend->row_find(transaction->connection, TABLE_MERGE, &scratch, &merge, &found, err));
    merge.id = found ? merge.id : 0;
    TRY(merge_row_apply(&merge, event, err));
    TRY(update(transaction, TABLE_MERGE, &merge, err));
    if (event->kind == EVENT_IDENTITIES_MERGED) {
        return apply_merged(transaction, event, scratch, err);
    }
    return event->kind == EVENT_IDENTITIES_SEPARATED
               ? apply_separated(transaction, event, &merge, scratch, err)
               : result_ok();
}
