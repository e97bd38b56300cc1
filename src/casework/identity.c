#include "casework/identity.h"

#include "casework/arrival.h"
#include "casework/facts.h"
#include "casework/likely.h"
#include "casework/merging.h"
#include "casework/past.h"
#include "casework/repeat.h"
#include "casework/text.h"
#include "format/latin.h"
#include "register/mrz.h"

enum { ISSUER_LEN_MAX = 3, HISTORY_WHOLE = 1000000 };

/* --- an entry --------------------------------------------------------------------------------- */

static result refuse_scheme(str scheme, struct err *err)
{
    char names[240];
    size_t len = 0;
    for (int i = SCHEME_NONE + 1; i < SCHEME_COUNT; i++) {
        const str name = str_from_c(identifier_scheme_name((enum identifier_scheme)i));
        if (!str_list_add(names, sizeof names, &len, name)) {
            break;
        }
    }
    TRY(text_line("The kind of reference", scheme, FACT_NAME_MAX_BYTES, err));
    result_ignore(
        err_set(err, ERROR_INPUT, "There is no kind of reference \"%.*s\"", STR_ARG(scheme)),
        "the hint follows");
    return err_hint(err, "It is one of: %.*s.", (int)len, names);
}

static result read_zone(const struct identifier_entry *entry, struct arena *arena,
                        struct identifier_recorded_body *body, struct err *err)
{
    struct mrz mrz;
    TRY(mrz_read(entry->value, arena, &mrz, err));
    if (entry->issuer.len > 0 && !str_equal(entry->issuer, mrz.issuer)) {
        return err_set(err, ERROR_INPUT,
                       "The machine readable zone names the issuer %.*s, not %.*s",
                       STR_ARG(mrz.issuer), STR_ARG(entry->issuer));
    }
    body->value = mrz.number;
    body->issuer = mrz.issuer;
    return result_ok();
}

static bool is_issuer(str issuer)
{
    bool letters = issuer.len > 0 && issuer.len <= ISSUER_LEN_MAX;
    for (size_t i = 0; i < issuer.len; i++) {
        letters = letters && issuer.at[i] >= 'A' && issuer.at[i] <= 'Z';
    }
    return letters;
}

static result check_system(str system, struct err *err)
{
    if (identifier_is_system(system)) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not the name of a system",
                          STR_ARG(str_slice(system, 0, system.len < 40 ? system.len : 40))),
                  "the hint follows");
    return err_hint(err, "Name the system with 2 to 32 of a-z 0-9 _ -, a letter first, for example "
                         "case-system.");
}

static result check_issuer(enum identifier_scheme scheme, str issuer, struct err *err)
{
    if (scheme == SCHEME_OTHER_SYSTEM) {
        return check_system(issuer, err);
    }
    if (scheme != SCHEME_TRAVEL_DOCUMENT) {
        return issuer.len == 0
                   ? result_ok()
                   : err_set(err, ERROR_INPUT,
                             "Only a travel document, and a reference of another system, has an "
                             "issuer");
    }
    if (is_issuer(issuer)) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "The issuer of the travel document is not said"),
                  "the hint follows");
    return err_hint(err, "Give the State or organisation as in the document's machine readable "
                         "zone, for example UTO, or type the whole zone.");
}

result identifier_read(const struct identifier_entry *entry, struct arena *arena,
                       struct identifier_recorded_body *ret_body, struct err *err)
{
    const enum identifier_scheme scheme = identifier_scheme_from_name(entry->scheme);
    if (scheme == SCHEME_NONE) {
        return refuse_scheme(entry->scheme, err);
    }
    struct identifier_recorded_body body = {.scheme = str_from_c(identifier_scheme_name(scheme)),
                                            .issuer = str_trim(entry->issuer)};
    TRY(text_line("The source", entry->source, SOURCE_MAX_BYTES, err));
    body.source = str_trim(entry->source);
    if (scheme == SCHEME_TRAVEL_DOCUMENT && mrz_is_meant(entry->value)) {
        TRY(read_zone(entry, arena, &body, err));
    } else {
        TRY(text_line_required("The reference", entry->value, NAME_MAX_BYTES, err));
        TRY(latin_nfc(str_trim(entry->value), arena, &body.value, err));
    }
    TRY(check_issuer(scheme, body.issuer, err));
    if (scheme != SCHEME_OTHER_NAME) {
        TRY(identifier_check(scheme, body.value, *arena, err));
    } else {
        TRY(latin_letters(body.value, arena, &body.latin, err));
        body.latin = str_equal(body.latin, body.value) ? STR("") : body.latin;
    }
    *ret_body = body;
    return result_ok();
}

/* --- recording -------------------------------------------------------------------------------- */

struct identifier_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    struct identifier_recorded_body body;
    int64_t event; /* to be withdrawn */
    str reason;
    struct arena *arena;
    struct identifier_answer answer;
};

bool identifier_is_same(const struct identifier_recorded_body *a,
                        const struct identifier_recorded_body *b, struct arena scratch)
{
    const enum identifier_scheme scheme = identifier_scheme_from_name(a->scheme);
    return str_equal(a->scheme, b->scheme) && str_equal(a->issuer, b->issuer) &&
           str_equal(identifier_canonical(scheme, a->value, &scratch),
                     identifier_canonical(scheme, b->value, &scratch));
}

/* The event of this very reference of the person; 0: it is not recorded yet. */
static int64_t recorded_before(const struct who *who, const struct identifier_recorded_body *body,
                               struct arena scratch)
{
    for (size_t i = 0; i < who->identifier_count; i++) {
        const struct event *event = who->identifiers[i].event;
        if (identifier_is_same(&event->body.identifier_recorded, body, scratch)) {
            return event->position;
        }
    }
    return 0;
}

/* Who else has it. */
static result find_others(struct sitting *sitting, const struct event *event, int64_t person,
                          struct identifier_answer *answer, struct err *err)
{
    const struct known_identifier known = {
        .event = event,
        .scheme = identifier_scheme_from_name(event->body.identifier_recorded.scheme)};
    struct person_row row;
    struct who who;
    TRY(transaction_person(sitting->transaction, person, sitting->arena, &row, err));
    TRY(who_is(sitting, &row, &who, err));
    who.identifiers = &known;
    who.identifier_count = 1;
    return likely_by_identifier(sitting, &who, &answer->others, &answer->other_count, err);
}

static result append_identifier(struct sitting *sitting, struct identifier_work *work,
                                const struct person_row *person, struct event *event,
                                struct err *err)
{
    *event = (struct event){.subject_kind = SUBJECT_OF_PERSON,
                            .subject = person->id,
                            .kind = EVENT_IDENTIFIER_RECORDED,
                            .effective_on = sitting->today,
                            .body.identifier_recorded = work->body};
    TRY(sitting_append(sitting, event, err));
    work->answer.event = event->position;
    return result_ok();
}

static result record_identifier(struct transaction *transaction, void *context, struct err *err)
{
    struct identifier_work *work = context;
    struct sitting sitting;
    struct event event;
    struct person_row person = {.id = 0};
    struct who who;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_IDENTITY,
                       work->arena, &event, err));
    TRY(sitting_person(&sitting, work->person, ACTION_RECORD_IDENTITY, &person, err));
    if (event.position != 0 &&
        (event.kind != EVENT_IDENTIFIER_RECORDED || sitting.before_subject != person.id ||
         !identifier_is_same(&event.body.identifier_recorded, &work->body, *work->arena))) {
        return sitting_client_id_taken(err);
    }
    TRY(who_is(&sitting, &person, &who, err));
    const int64_t before =
        event.position != 0 ? event.position : recorded_before(&who, &work->body, *work->arena);
    work->answer.repeated = before != 0;
    work->answer.event = before;
    if (before != 0) {
        TRY(transaction_event(transaction, before, work->arena, &event, err));
    } else {
        TRY(append_identifier(&sitting, work, &person, &event, err));
    }
    return find_others(&sitting, &event, person.id, &work->answer, err);
}

result casework_record_identifier(const struct casework *casework, const struct caller *caller,
                                  str person, const struct identifier_entry *entry,
                                  struct arena *arena, struct identifier_answer *ret_answer,
                                  struct err *err)
{
    struct identifier_work work = {
        .casework = casework, .caller = caller, .person = person, .arena = arena};
    TRY(identifier_read(entry, arena, &work.body, err));
    TRY(store_write(casework->store, record_identifier, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

static result no_such_identifier(int64_t event, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND,
                   "There is no recorded name or reference %lld for this account",
                   (long long)event);
}

static result find_identifier(struct sitting *sitting, int64_t position, struct event *ret_event,
                              struct err *err)
{
    int64_t count = 0;
    bool visible = false;
    TRY(transaction_event_count(sitting->transaction, &count, err));
    if (position < 1 || position > count) {
        return no_such_identifier(position, err);
    }
    TRY(transaction_event(sitting->transaction, position, sitting->arena, ret_event, err));
    if (ret_event->kind != EVENT_IDENTIFIER_RECORDED) {
        return no_such_identifier(position, err);
    }
    struct person_row person;
    TRY(transaction_person(sitting->transaction, ret_event->subject, sitting->arena, &person, err));
    TRY(sitting_may_person(sitting, &person, ACTION_RECORD_IDENTITY, &visible, err));
    return visible ? result_ok() : no_such_identifier(position, err);
}

static result withdraw_identifier(struct transaction *transaction, void *context, struct err *err)
{
    struct identifier_work *work = context;
    struct sitting sitting;
    struct event before;
    struct event recorded = {.position = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_IDENTITY,
                       work->arena, &before, err));
    TRY(find_identifier(&sitting, work->event, &recorded, err));
    if (before.position != 0) {
        const struct identifier_withdrawn_body *body = &before.body.identifier_withdrawn;
        return before.kind == EVENT_IDENTIFIER_WITHDRAWN && body->event == work->event &&
                       str_equal(body->reason, work->reason)
                   ? result_ok()
                   : sitting_client_id_taken(err);
    }
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = recorded.subject,
        .kind = EVENT_IDENTIFIER_WITHDRAWN,
        .effective_on = sitting.today,
        .body.identifier_withdrawn = {.event = work->event, .reason = work->reason},
    };
    /* The register itself refuses to withdraw it twice. */
    return sitting_append(&sitting, &event, err);
}

result casework_withdraw_identifier(const struct casework *casework, const struct caller *caller,
                                    int64_t event, str reason, struct arena *arena, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct identifier_work work = {.casework = casework,
                                   .caller = caller,
                                   .event = event,
                                   .reason = str_trim(reason),
                                   .arena = arena};
    return store_write(casework->store, withdraw_identifier, &work, err);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct identity_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    const struct asked *asked;
    struct arena *arena;
    struct sitting sitting;
    struct identity_answer answer;
};

static result read_records(struct identity_work *work, int64_t record, instant known_at,
                           struct err *err)
{
    struct transaction *transaction = work->sitting.transaction;
    const int64_t *ids = NULL;
    size_t count = 0;
    TRY(transaction_records(transaction, record, known_at, work->arena, &ids, &count, err));
    struct person_row *rows = ARENA_NEW(work->arena, struct person_row, count + 1);
    if (rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(transaction_record(transaction, ids[i], work->arena, &rows[i], err));
    }
    work->answer.records = rows;
    work->answer.record_count = count;
    return result_ok();
}

static str record_of(const struct identity_work *work, int64_t record)
{
    for (size_t i = 0; i < work->answer.record_count; i++) {
        if (work->answer.records[i].id == record) {
            return work->answer.records[i].reference;
        }
    }
    return work->answer.person.reference;
}

static result read_identifiers(struct identity_work *work, int64_t record, instant known_at,
                               struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    struct who who;
    TRY(past_history(&work->sitting, record, known_at, HISTORY_WHOLE, &events, &count, err));
    TRY(who_from_history(events, count, work->arena, &who, err));
    struct identifier_line *lines =
        ARENA_NEW(work->arena, struct identifier_line, who.identifier_count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < who.identifier_count; i++) {
        const struct event *event = who.identifiers[i].event;
        const struct identifier_recorded_body *body = &event->body.identifier_recorded;
        lines[i] = (struct identifier_line){.event = event->position,
                                            .scheme = who.identifiers[i].scheme,
                                            .value = body->value,
                                            .issuer = body->issuer,
                                            .source = body->source,
                                            .record = record_of(work, event->subject),
                                            .true_from = event->effective_on,
                                            .recorded_at = event->recorded_at};
    }
    work->answer.identifiers = lines;
    work->answer.identifier_count = who.identifier_count;
    return result_ok();
}

static bool is_listed(const struct identity_work *work, int64_t merge)
{
    for (size_t i = 0; i < work->answer.merge_count; i++) {
        if (work->answer.merges[i].merge.id == merge) {
            return true;
        }
    }
    return false;
}

/* Those of `rows` that are in sight and not listed yet. */
static result add_merges(struct identity_work *work, const struct merge_row *rows, size_t row_count,
                         struct err *err)
{
    struct identity_answer *answer = &work->answer;
    struct merge_line *lines =
        ARENA_NEW(work->arena, struct merge_line, answer->merge_count + row_count + 1);
    size_t count = answer->merge_count;
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        lines[i] = answer->merges[i];
    }
    for (size_t i = 0; i < row_count; i++) {
        bool in_sight = false;
        bool erased = false;
        TRY(merging_in_sight(&work->sitting, &rows[i], ACTION_SEE_PERSON, &in_sight, &erased, err));
        if (in_sight && !is_listed(work, rows[i].id)) {
            TRY(merging_describe(&work->sitting, &rows[i], &lines[count++], err));
        }
    }
    answer->merges = lines;
    answer->merge_count = count;
    return result_ok();
}

/* The merges of all the records, in the order in which they were asked for. */
static result read_merges(struct identity_work *work, int64_t record, struct err *err)
{
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    TRY(transaction_kin(work->sitting.transaction, record, work->arena, &kin, &kin_count, err));
    for (size_t i = 0; i < kin_count; i++) {
        const struct merge_row *rows = NULL;
        size_t row_count = 0;
        TRY(transaction_merges(work->sitting.transaction, kin[i], 0, work->arena, &rows, &row_count,
                               err));
        TRY(add_merges(work, rows, row_count, err));
    }
    return result_ok();
}

static result read_identity(struct transaction *transaction, void *context, struct err *err)
{
    struct identity_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row person = {.id = 0};
    struct past past;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(sitting, work->person, ACTION_SEE_PERSON, &person, err));
    const struct case_time when = case_time_asked(sitting, work->asked);
    const int64_t record = when.past ? sitting_record_of(sitting, person.id) : person.id;
    TRY(past_person(sitting, record, 0, when.known_at, &past, err));
    if (past.person.id == 0) {
        return sitting_no_such(err, "person", person.reference);
    }
    work->answer.person = past.person;
    TRY(transaction_identity(transaction, &past.person, work->arena, &work->answer.identity, err));
    TRY(arrival_in_sight(sitting, &past.person, &when, &work->answer.arrival, err));
    TRY(read_records(work, record, when.known_at, err));
    TRY(read_identifiers(work, record, when.known_at, err));
    return read_merges(work, record, err);
}

result casework_identity(const struct casework *casework, const struct caller *caller, str person,
                         const struct asked *asked, struct arena *arena,
                         struct identity_answer *ret_answer, struct err *err)
{
    struct identity_work work = {
        .casework = casework, .caller = caller, .person = person, .asked = asked, .arena = arena};
    TRY(store_read(casework->store, read_identity, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.person.id, "identity", err));
    *ret_answer = work.answer;
    return result_ok();
}
