#include "store/recent.h"

#include <string.h>

static result refuse_missing(const char *what, int64_t id, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no %s %lld", what, (long long)id);
}

/* --- one --- */

static const enum query reference_queries[SUBJECT_KINDS] = {
    [SUBJECT_OF_PERSON] = QUERY_PERSON_BY_REFERENCE,
    [SUBJECT_OF_HUB] = QUERY_HUB_BY_REFERENCE,
    [SUBJECT_OF_AGREEMENT] = QUERY_AGREEMENT_BY_REFERENCE,
    [SUBJECT_OF_ACCOUNT] = QUERY_ACCOUNT_BY_USERNAME,
    [SUBJECT_OF_MANIFEST] = QUERY_MANIFEST_BY_REFERENCE,
    [SUBJECT_OF_OPERATION] = QUERY_OPERATION_BY_REFERENCE,
};

static result seek(struct transaction *transaction, enum subject_kind kind, str reference,
                   struct arena *arena, int64_t *ret_id, bool *ret_found, struct err *err)
{
    const struct parameter parameter = parameter_text(reference);
    return first_row(transaction, reference_queries[kind], &parameter, 1, arena, ret_id, ret_found,
                     err);
}

/* As many letters as two of the numbers that are asked with hold; what is given out is shorter. */
enum { SHORT_REFERENCE = 2 * sizeof(int64_t) };

/* (subject kind, length, letters) */
static result read_id(struct transaction *transaction, const int64_t asked[], struct arena *arena,
                      void **ret_rows, size_t *ret_count, struct err *err)
{
    const str reference = {.at = (const char *)&asked[2], .len = (size_t)asked[1]};
    int64_t *id = ARENA_NEW(arena, int64_t, 1);
    bool found = false;
    if (id == NULL) {
        return arena_full(err);
    }
    TRY(seek(transaction, (enum subject_kind)asked[0], reference, arena, id, &found, err));
    *ret_rows = id;
    *ret_count = found ? 1 : 0;
    return result_ok();
}

static const struct recent_question id_of_reference = {
    .table = TABLE_COUNT, .is_fixed = true, .read = read_id};

static result seek_short(struct transaction *transaction, enum subject_kind kind, str reference,
                         struct arena *arena, int64_t *ret_id, bool *ret_found, struct err *err)
{
    int64_t asked[RECENT_ASKED] = {(int64_t)kind, (int64_t)reference.len};
    void *id = NULL;
    size_t count = 0;
    memcpy(&asked[2], reference.len == 0 ? "" : reference.at, reference.len);
    TRY(recent_rows(transaction, &id_of_reference, asked, arena, &id, &count, err));
    *ret_id = count == 0 ? 0 : *(const int64_t *)id;
    *ret_found = count > 0;
    return result_ok();
}

result transaction_seek(struct transaction *transaction, enum subject_kind kind, str reference,
                        int64_t *ret_id, struct err *err)
{
    ASSERT(subject_has_row(kind));
    struct arena scratch = transaction->scratch;
    int64_t id = 0;
    bool found = false;
    TRY((reference.len <= SHORT_REFERENCE ? seek_short : seek)(transaction, kind, reference,
                                                               &scratch, &id, &found, err));
    *ret_id = found ? id : 0;
    return result_ok();
}

result transaction_find(struct transaction *transaction, enum subject_kind kind, str reference,
                        int64_t *ret_id, struct err *err)
{
    int64_t id = 0;
    TRY(transaction_seek(transaction, kind, reference, &id, err));
    if (id == 0) {
        const str shown = str_slice(reference, 0, 60);
        return err_set(err, ERROR_NOT_FOUND, "There is no %s \"%.*s\"", subject_kind_name(kind),
                       STR_ARG(shown));
    }
    *ret_id = id;
    return result_ok();
}

/* `row` has its id set and is filled when it is found. */
static result find_by_id(struct transaction *transaction, enum table table, const char *what,
                         int64_t id, struct arena *arena, void *row, struct err *err)
{
    bool found = false;
    TRY(backend_of(transaction)->row_find(transaction->connection, table, arena, row, &found, err));
    return found ? result_ok() : refuse_missing(what, id, err);
}

static result read_subject_row(struct transaction *transaction, const int64_t asked[],
                               struct arena *arena, void **ret_rows, size_t *ret_count,
                               struct err *err);

/* The rows that are changed by events of their subject. Not accounts: what somebody may do is read
 * as it is. */
static const struct recent_question subject_rows[SUBJECT_KINDS] = {
    [SUBJECT_OF_PERSON] = {.table = TABLE_PERSON, .read = read_subject_row},
    [SUBJECT_OF_HUB] = {.table = TABLE_HUB, .read = read_subject_row},
    [SUBJECT_OF_AGREEMENT] = {.table = TABLE_AGREEMENT, .read = read_subject_row},
};

/* One, or none. */
static result read_subject_row(struct transaction *transaction, const int64_t asked[],
                               struct arena *arena, void **ret_rows, size_t *ret_count,
                               struct err *err)
{
    const enum table table = subject_rows[asked[0]].table;
    void *row = arena_take(arena, 1, layout_of(table)->row_size, alignof(int64_t));
    bool found = false;
    if (row == NULL) {
        return arena_full(err);
    }
    memcpy(row, &asked[1], sizeof asked[1]); /* the id is its first member, and the key */
    TRY(backend_of(transaction)->row_find(transaction->connection, table, arena, row, &found, err));
    *ret_rows = row;
    *ret_count = found ? 1 : 0;
    return result_ok();
}

static result subject_row(struct transaction *transaction, enum subject_kind kind, int64_t id,
                          struct arena *arena, void *ret_row, struct err *err)
{
    const struct recent_question *question = &subject_rows[kind];
    const int64_t asked[RECENT_ASKED] = {(int64_t)kind, id};
    void *row = NULL;
    size_t count = 0;
    TRY(recent_rows(transaction, question, asked, arena, &row, &count, err));
    if (count == 0) {
        return refuse_missing(subject_kind_name(kind), id, err);
    }
    memcpy(ret_row, row, layout_of(question->table)->row_size);
    return result_ok();
}

result transaction_record(struct transaction *transaction, int64_t id, struct arena *arena,
                          struct person_row *ret_row, struct err *err)
{
    return subject_row(transaction, SUBJECT_OF_PERSON, id, arena, ret_row, err);
}

result transaction_person(struct transaction *transaction, int64_t id, struct arena *arena,
                          struct person_row *ret_row, struct err *err)
{
    struct person_row row = {.id = 0};
    TRY(transaction_record(transaction, id, arena, &row, err));
    if (row.part_of != 0) {
        TRY(transaction_record(transaction, row.part_of, arena, &row, err));
    }
    *ret_row = row;
    return result_ok();
}

result transaction_hub(struct transaction *transaction, int64_t id, struct arena *arena,
                       struct hub_row *ret_row, struct err *err)
{
    return subject_row(transaction, SUBJECT_OF_HUB, id, arena, ret_row, err);
}

result transaction_agreement(struct transaction *transaction, int64_t id, struct arena *arena,
                             struct agreement_row *ret_row, struct err *err)
{
    return subject_row(transaction, SUBJECT_OF_AGREEMENT, id, arena, ret_row, err);
}

result transaction_account(struct transaction *transaction, int64_t id, struct arena *arena,
                           struct account_row *ret_row, struct err *err)
{
    struct account_row row = {.id = id};
    TRY(find_by_id(transaction, TABLE_ACCOUNT, "account", id, arena, &row, err));
    *ret_row = row;
    return result_ok();
}

result transaction_request(struct transaction *transaction, int64_t id, struct arena *arena,
                           struct request_row *ret_row, struct err *err)
{
    struct request_row row = {.id = id};
    TRY(find_by_id(transaction, TABLE_REQUEST, "request", id, arena, &row, err));
    *ret_row = row;
    return result_ok();
}

static result event_record_at(struct transaction *transaction, int64_t position,
                              struct arena *scratch, struct event_record *ret_record,
                              struct err *err)
{
    struct event_record record = {.position = position};
    TRY(sealing_settle_position(transaction, position, err));
    TRY(find_by_id(transaction, TABLE_EVENT, "event", position, scratch, &record, err));
    *ret_record = record;
    return result_ok();
}

/* Opened: one row. */
static result read_event(struct transaction *transaction, const int64_t asked[],
                         struct arena *arena, void **ret_rows, size_t *ret_count, struct err *err)
{
    struct event_record *record = ARENA_NEW(arena, struct event_record, 1);
    if (record == NULL) {
        return arena_full(err);
    }
    TRY(event_record_at(transaction, asked[1], arena, record, err));
    TRY(event_unseal(transaction, record, arena, err));
    *ret_rows = record;
    *ret_count = 1;
    return result_ok();
}

static const struct recent_question event_at_position = {
    .table = TABLE_EVENT, .is_fixed = true, .read = read_event};

result event_at(struct transaction *transaction, int64_t position, struct arena *arena,
                struct event *ret_event, bool *ret_opened, struct err *err)
{
    const int64_t asked[RECENT_ASKED] = {0, position};
    void *record = NULL;
    size_t count = 0;
    TRY(recent_rows(transaction, &event_at_position, asked, arena, &record, &count, err));
    ASSERT(count == 1);
    return event_of_unsealed(record, arena, ret_event, ret_opened, err);
}

result transaction_leaf(struct transaction *transaction, int64_t position, struct sha256 *ret_leaf,
                        struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct event_record record;
    TRY(event_record_at(transaction, position, &scratch, &record, err));
    memcpy(ret_leaf->bytes, record.leaf, SHA256_SIZE);
    return result_ok();
}

result transaction_event(struct transaction *transaction, int64_t position, struct arena *arena,
                         struct event *ret_event, struct err *err)
{
    bool opened = false;
    TRY(event_at(transaction, position, arena, ret_event, &opened, err));
    return ret_event->subject_kind == SUBJECT_OF_PERSON
               ? identity_about(transaction, position, ret_event->subject, KNOWN_NOW, *arena,
                                &ret_event->subject, err)
               : result_ok();
}

result transaction_identity(struct transaction *transaction, const struct person_row *person,
                            struct arena *arena, struct identity *ret_identity, struct err *err)
{
    struct event event;
    bool opened = false;
    if (person->erased) {
        *ret_identity = (struct identity){.name = STR("")};
        return result_ok();
    }
    TRY(event_at(transaction, person->identity_event, arena, &event, &opened, err));
    if (!opened) {
        *ret_identity = (struct identity){.name = STR("")};
        return result_ok();
    }
    const bool registered = event.kind == EVENT_PERSON_REGISTERED;
    ASSERT(registered || event.kind == EVENT_IDENTITY_CORRECTED);
    *ret_identity = (struct identity){
        .name = registered ? event.body.person_registered.name : event.body.identity_corrected.name,
        .born_on = registered ? event.body.person_registered.born_on
                              : event.body.identity_corrected.born_on,
    };
    return result_ok();
}

/* --- many --- */

static struct parameter limit_parameter(size_t limit)
{
    return parameter_number(limit == 0 || limit > INT64_MAX ? NO_LIMIT : (int64_t)limit);
}

result transaction_people(struct transaction *transaction, const struct people_filter *filter,
                          struct arena *arena, const struct person_row **ret_rows,
                          size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {
        parameter_text(filter->stage),    parameter_number(filter->hub),
        parameter_number(filter->family), parameter_number(filter->after_id),
        limit_parameter(filter->limit),
    };
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_PEOPLE, parameters, 5, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_erasures(struct transaction *transaction, struct arena *arena,
                            const struct person_row **ret_rows, size_t *ret_count, struct err *err)
{
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_ERASURES, NULL, 0, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

static result read_requests(struct transaction *transaction, const struct request_filter *filter,
                            struct arena *arena, void **ret_rows, size_t *ret_count,
                            struct err *err)
{
    const struct parameter parameters[] = {
        parameter_number(filter->person),    parameter_number(filter->hub),
        parameter_number(filter->agreement), parameter_number(filter->live_only ? 1 : 0),
        limit_parameter(filter->limit),
    };
    return collect_rows(transaction, QUERY_REQUESTS, parameters, 5, arena, ret_rows, ret_count,
                        err);
}

static result read_requests_of_person(struct transaction *transaction, const int64_t asked[],
                                      struct arena *arena, void **ret_rows, size_t *ret_count,
                                      struct err *err)
{
    const struct request_filter filter = {.person = asked[1]};
    return read_requests(transaction, &filter, arena, ret_rows, ret_count, err);
}

static const struct recent_question requests_of_person = {.table = TABLE_REQUEST,
                                                          .read = read_requests_of_person};

/* All of a person are changed by events of the person; others are read as they are. */
result transaction_requests(struct transaction *transaction, const struct request_filter *filter,
                            struct arena *arena, const struct request_row **ret_rows,
                            size_t *ret_count, struct err *err)
{
    const int64_t asked[RECENT_ASKED] = {SUBJECT_OF_PERSON, filter->person};
    const bool all =
        filter->hub == 0 && filter->agreement == 0 && !filter->live_only && filter->limit == 0;
    void *rows = NULL;
    TRY(filter->person != 0 && all
            ? recent_rows(transaction, &requests_of_person, asked, arena, &rows, ret_count, err)
            : read_requests(transaction, filter, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_hubs(struct transaction *transaction, struct arena *arena,
                        const struct hub_row **ret_rows, size_t *ret_count, struct err *err)
{
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_HUBS, NULL, 0, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_agreements(struct transaction *transaction, struct arena *arena,
                              const struct agreement_row **ret_rows, size_t *ret_count,
                              struct err *err)
{
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_AGREEMENTS, NULL, 0, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_accounts(struct transaction *transaction, struct arena *arena,
                            const struct account_row **ret_rows, size_t *ret_count, struct err *err)
{
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_ACCOUNTS, NULL, 0, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_places(struct transaction *transaction, int64_t hub, struct arena *arena,
                          const struct place_row **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(hub);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_PLACES, &parameter, 1, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

static result events_of_unsealed(const struct event_record *records, size_t count,
                                 struct arena *arena, const struct event **ret_events,
                                 struct err *err)
{
    struct event *events = ARENA_NEW(arena, struct event, count);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        bool opened = false;
        TRY(event_of_unsealed(&records[i], arena, &events[i], &opened, err));
    }
    *ret_events = events;
    return result_ok();
}

/* Of all records that are one person now, newest first. */
static result merged_history(struct transaction *transaction, int64_t person, int64_t before,
                             size_t limit, struct arena *arena, const struct event **ret_events,
                             size_t *ret_count, struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct identity_event *items = NULL;
    size_t item_count = 0;
    size_t count = 0;
    TRY(transaction_records(transaction, person, KNOWN_NOW, arena, &records, &record_count, err));
    TRY(transaction_identity_events(transaction, person, before, KNOWN_NOW, arena, &items,
                                    &item_count, err));
    struct event *events = ARENA_NEW(arena, struct event, item_count + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = item_count; i > 0 && (limit == 0 || count < limit); i--) {
        for (size_t k = 0; k < record_count; k++) {
            if (identity_shows(&items[i - 1], records[k])) {
                events[count] = items[i - 1].event;
                events[count++].subject = items[i - 1].about;
                break;
            }
        }
    }
    *ret_events = events;
    *ret_count = count;
    return result_ok();
}

/* Opened: (subject kind, subject, before, limit). */
static result read_events(struct transaction *transaction, const int64_t asked[],
                          struct arena *arena, void **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(asked[0]), parameter_number(asked[1]),
                                           parameter_number(asked[2]), parameter_number(asked[3])};
    struct arena scratch = transaction->scratch; /* of what is sealed */
    void *sealed = NULL;
    TRY(sealing_settle_subject(transaction, (enum subject_kind)asked[0], asked[1], err));
    TRY(collect_rows(transaction, QUERY_HISTORY, parameters, 4, &scratch, &sealed, ret_count, err));
    struct event_record *records = ARENA_NEW_UNSET(arena, struct event_record, *ret_count);
    if (records == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < *ret_count; i++) {
        records[i] = ((const struct event_record *)sealed)[i];
        TRY(event_unseal(transaction, &records[i], arena, err));
        records[i].client_id = arena_copy(arena, records[i].client_id);
        TRY(records[i].client_id.at != NULL ? result_ok() : arena_full(err));
    }
    *ret_rows = records;
    return result_ok();
}

static const struct recent_question history_rows = {.table = TABLE_EVENT, .read = read_events};

result transaction_history(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                           int64_t before, size_t limit, struct arena *arena,
                           const struct event **ret_events, size_t *ret_count, struct err *err)
{
    const int64_t asked[RECENT_ASKED] = {(int64_t)kind, subject, before == 0 ? INT64_MAX : before,
                                         limit_parameter(limit).number};
    bool merged = false;
    void *records = NULL;
    size_t count = 0;
    TRY(identity_any(transaction, &merged, err));
    if (merged && kind == SUBJECT_OF_PERSON) {
        return merged_history(transaction, subject, before, limit, arena, ret_events, ret_count,
                              err);
    }
    TRY(recent_rows(transaction, &history_rows, asked, arena, &records, &count, err));
    TRY(events_of_unsealed(records, count, arena, ret_events, err));
    *ret_count = count;
    return result_ok();
}

/* --- the events that brought a person into a stage --- */

static bool is_of_stage(const struct event *event)
{
    return event->kind == EVENT_PERSON_REGISTERED || event->kind == EVENT_STEP_TAKEN;
}

static result merged_stage_events(struct transaction *transaction, int64_t person, int64_t before,
                                  struct arena *arena, struct event **ret_events, size_t *ret_count,
                                  struct err *err)
{
    const struct event *all = NULL;
    size_t all_count = 0;
    TRY(merged_history(transaction, person, before, 0, arena, &all, &all_count, err));
    struct event *events = ARENA_NEW(arena, struct event, all_count + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < all_count && count < STAGE_EVENTS_MAX; i++) {
        if (is_of_stage(&all[i])) {
            events[count++] = all[i];
        }
    }
    *ret_events = events;
    *ret_count = count;
    return result_ok();
}

/* A passage that leads into a stage, and the stage before it as a word; 0: that is not known. */
struct leading {
    struct passage passage;
    int64_t from;
};

/* Oldest first, as they stand in the course. */
static result leading_passages(struct transaction *transaction, int64_t person, int64_t before,
                               struct arena *arena, const struct leading **ret_leading,
                               size_t *ret_count, struct err *err)
{
    str passages;
    struct course_reader reader;
    struct passage passage;
    size_t count = 0;
    int64_t stage = 0;
    TRY(transaction_course(transaction, person, arena, &passages, err));
    struct leading *leading =
        ARENA_NEW_UNSET(arena, struct leading, course_passages_max(passages) + 1);
    if (leading == NULL) {
        return arena_full(err);
    }
    course_reader_init(&reader, passages);
    while (course_next(&reader, &passage)) {
        const bool leads = passage.kind == PASSAGE_REGISTERED || passage.kind == PASSAGE_TAKEN;
        if (leads && (before == 0 || passage.position < before)) {
            leading[count++] = (struct leading){.passage = passage, .from = stage};
        }
        stage = leads || passage.kind == PASSAGE_CANCELLED ? passage.stage : stage;
    }
    *ret_leading = leading;
    *ret_count = count;
    return reader.damaged ? err_set(err, ERROR_STORAGE, "The course of person %lld is damaged",
                                    (long long)person)
                          : result_ok();
}

/* The event as far as the course tells it; false when it does not tell the stages: one that stayed
 * has none there, and nor has a word without a number; or not since when, of a registration. */
static result event_of_leading(struct transaction *transaction, int64_t person,
                               const struct leading *leading, struct arena *arena,
                               struct event *ret_event, bool *ret_told, struct err *err)
{
    const struct passage *passage = &leading->passage;
    struct event event = {.position = passage->position,
                          .subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_STEP_TAKEN,
                          .effective_on = passage->on,
                          .recorded_at = passage->recorded_at};
    struct step_taken_body *body = &event.body.step_taken;
    *ret_told = passage->kind == PASSAGE_TAKEN && passage->stage != 0 && leading->from != 0;
    if (!*ret_told) {
        return result_ok();
    }
    *body = (struct step_taken_body){.request = passage->request, .hub = passage->hub};
    TRY(names_word(transaction, leading->from, arena, &body->from, err));
    TRY(names_word(transaction, passage->stage, arena, &body->to, err));
    *ret_event = event;
    return result_ok();
}

static result course_events(struct transaction *transaction, int64_t person, int64_t before,
                            struct arena *arena, struct event **ret_events, size_t *ret_count,
                            struct err *err)
{
    const struct leading *leading = NULL;
    size_t count = 0;
    TRY(leading_passages(transaction, person, before, arena, &leading, &count, err));
    const size_t newest = count < STAGE_EVENTS_MAX ? count : STAGE_EVENTS_MAX;
    struct event *events = ARENA_NEW_UNSET(arena, struct event, newest + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < newest; i++) {
        const struct leading *one = &leading[count - 1 - i];
        bool done = false;
        TRY(event_of_leading(transaction, person, one, arena, &events[i], &done, err));
        if (!done) {
            TRY(event_at(transaction, one->passage.position, arena, &events[i], &done, err));
        }
    }
    *ret_events = events;
    *ret_count = newest;
    return result_ok();
}

result transaction_stage_events(struct transaction *transaction, int64_t person, int64_t before,
                                struct arena *arena, const struct event **ret_events,
                                size_t *ret_count, struct err *err)
{
    struct event *events = NULL;
    bool merged = false;
    TRY(identity_any(transaction, &merged, err));
    TRY((merged ? merged_stage_events : course_events)(transaction, person, before, arena, &events,
                                                       ret_count, err));
    *ret_events = events;
    return result_ok();
}

/* --- counts --- */

result transaction_count_stages(struct transaction *transaction, struct arena *arena,
                                const struct stage_count **ret_counts, size_t *ret_count,
                                struct err *err)
{
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_STAGE_COUNTS, NULL, 0, arena, &rows, ret_count, err));
    *ret_counts = rows;
    return result_ok();
}

result transaction_last_id(struct transaction *transaction, enum subject_kind kind, int64_t *ret_id,
                           struct err *err)
{
    struct arena scratch = transaction->scratch;
    const struct parameter parameter = parameter_number(kind);
    int64_t last = 0;
    bool found = false;
    TRY(first_row(transaction, QUERY_LAST_ID, &parameter, 1, &scratch, &last, &found, err));
    *ret_id = last;
    return result_ok();
}

/* Positions have no gaps and events are never deleted, so the last position is their number. */
result transaction_event_count(struct transaction *transaction, int64_t *ret_count, struct err *err)
{
    struct arena scratch = transaction->scratch;
    bool found = false;
    if (!transaction->writing && !transaction->knows_position) {
        TRY(first_row(transaction, QUERY_LAST_POSITION, NULL, 0, &scratch,
                      &transaction->last_position, &found, err));
        transaction->knows_position = true;
    }
    *ret_count = transaction->last_position;
    return result_ok();
}

result transaction_event_heads(struct transaction *transaction, int64_t after, size_t limit,
                               struct arena *arena, const struct event_head **ret_heads,
                               size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(after), limit_parameter(limit)};
    void *rows = NULL;
    TRY(sealing_settle(transaction, err));
    TRY(collect_rows(transaction, QUERY_EVENT_HEADS, parameters, 2, arena, &rows, ret_count, err));
    *ret_heads = rows;
    return result_ok();
}

result transaction_looks(struct transaction *transaction, int64_t person, int64_t account,
                         int64_t before, size_t limit, struct arena *arena,
                         const struct look_row **ret_looks, size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {
        parameter_number(person), parameter_number(account),
        parameter_number(before == 0 ? INT64_MAX : before),
        parameter_number(limit == 0 ? NO_LIMIT : (int64_t)limit)};
    void *rows = NULL;
    TRY(transaction_check_looks(transaction, err));
    TRY(person != 0 ? collect_rows(transaction, QUERY_LOOKS_OF_PERSON, parameters, 4, arena, &rows,
                                   ret_count, err)
                    : collect_rows(transaction, QUERY_LOOKS, parameters + 1, 3, arena, &rows,
                                   ret_count, err));
    *ret_looks = rows;
    return result_ok();
}

result transaction_hidden(struct transaction *transaction, bool and_restricted, struct arena *arena,
                          const int64_t **ret_people, size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(and_restricted ? 1 : 0);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_HIDDEN, &parameter, 1, arena, &rows, ret_count, err));
    *ret_people = rows;
    return result_ok();
}

static result read_last_instant(struct transaction *transaction, instant *ret_last, bool *ret_found,
                                struct err *err)
{
    struct arena scratch = transaction->scratch;
    int64_t last = 0;
    TRY(first_row(transaction, QUERY_LAST_INSTANT, NULL, 0, &scratch, &last, ret_found, err));
    *ret_last = (instant){.milliseconds = last};
    return result_ok();
}

result transaction_last_instant(struct transaction *transaction, instant *ret_last, bool *ret_found,
                                struct err *err)
{
    *ret_found = true;
    if (!transaction->has_last_instant) {
        TRY(read_last_instant(transaction, &transaction->last_instant, ret_found, err));
        transaction->has_last_instant = *ret_found;
    }
    *ret_last = transaction->last_instant;
    return result_ok();
}
