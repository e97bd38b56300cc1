#include "casework/sitting.h"

#include "register/identifier.h"
#include "register/lookup.h"
#include "register/reference.h"

/* A failure that was looked at on the way to the caller. */
static result hand_on(const struct err *failure, struct err *err)
{
    if (err != NULL) {
        *err = *failure;
    }
    return (result){.ok = false};
}

static result read_account(struct sitting *sitting, int64_t id, struct err *err)
{
    struct err failure = {0};
    const result found =
        transaction_account(sitting->transaction, id, sitting->arena, &sitting->account, &failure);
    if (found.ok) {
        return result_ok();
    }
    return failure.code == ERROR_NOT_FOUND
               ? err_set(err, ERROR_UNAUTHENTICATED, "There is no account %lld", (long long)id)
               : hand_on(&failure, err);
}

static result require_action(const struct account_row *account, enum action action, struct err *err)
{
    if (may_somewhere(account, action)) {
        return result_ok();
    }
    if (account->closed) {
        return err_set(err, ERROR_FORBIDDEN, "The account %.*s is closed",
                       STR_ARG(account->username));
    }
    result_ignore(err_set(err, ERROR_FORBIDDEN, "The role \"%.*s\" may not do this (%s)",
                          STR_ARG(account->role), action_name(action)),
                  "the hint follows");
    return err_hint(err, "Ask somebody whose role it is, or an administrator.");
}

result sitting_require(const struct sitting *sitting, enum action action, struct err *err)
{
    return require_action(&sitting->account, action, err);
}

/* The instant of the last event; the beginning of time when there is none. */
static result last_instant(struct transaction *transaction, instant *ret_last, struct err *err)
{
    bool found = false;
    instant last = {.milliseconds = INT64_MIN / 2};
    TRY(transaction_last_instant(transaction, &last, &found, err));
    *ret_last = found ? last : (instant){.milliseconds = INT64_MIN / 2};
    return result_ok();
}

result sitting_now(struct transaction *transaction, const struct system *system, instant *ret_now,
                   struct err *err)
{
    const instant now = system_now(system);
    instant last = now;
    TRY(last_instant(transaction, &last, err));
    *ret_now = now.milliseconds > last.milliseconds ? now : last;
    return result_ok();
}

result sitting_next_instant(struct transaction *transaction, const struct system *system,
                            instant *ret_next, struct err *err)
{
    const instant now = system_now(system);
    instant last = now;
    TRY(last_instant(transaction, &last, err));
    *ret_next = now.milliseconds > last.milliseconds
                    ? now
                    : (instant){.milliseconds = last.milliseconds + 1};
    return result_ok();
}

static result begin(struct sitting *sitting, const struct casework *casework,
                    struct transaction *transaction, struct arena *arena, struct err *err)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&casework->rulebook->identity, hex);
    *sitting = (struct sitting){.casework = casework,
                                .transaction = transaction,
                                .arena = arena,
                                .today = instant_date(system_now(casework->system)),
                                .rulebook = arena_copy(arena, str_from_c(hex))};
    return sitting->rulebook.at == NULL ? arena_full(err) : result_ok();
}

/* Reading and recording for somebody begin alike. */
static result begin_for(struct sitting *sitting, const struct casework *casework,
                        struct transaction *transaction, const struct caller *caller,
                        enum action action, struct arena *arena, struct err *err)
{
    TRY(begin(sitting, casework, transaction, arena, err));
    TRY(read_account(sitting, caller->account, err));
    sitting->reason = caller->reason;
    return require_action(&sitting->account, action, err);
}

result sitting_of_register(struct sitting *sitting, const struct casework *casework,
                           struct transaction *transaction, struct arena *arena, struct err *err)
{
    TRY(begin(sitting, casework, transaction, arena, err));
    return sitting_next_instant(transaction, casework->system, &sitting->at, err);
}

result sitting_read(struct sitting *sitting, const struct casework *casework,
                    struct transaction *transaction, const struct caller *caller,
                    enum action action, struct arena *arena, struct err *err)
{
    TRY(begin_for(sitting, casework, transaction, caller, action, arena, err));
    return sitting_now(transaction, casework->system, &sitting->at, err);
}

result sitting_client_id_taken(struct err *err)
{
    result_ignore(
        err_set(err, ERROR_CONFLICT, "This client id was already used for another command"),
        "the hint follows");
    return err_hint(err, "Every command needs a client id of its own; only the same command may be "
                         "sent with it again.");
}

static result find_before(struct sitting *sitting, const struct client_id *id,
                          struct event *ret_before, struct err *err)
{
    *ret_before = (struct event){.position = 0};
    int64_t position = 0;
    if (!client_id_is_none(id)) {
        TRY(transaction_find_client_id(sitting->transaction, id, &position, err));
    }
    if (position == 0) {
        return result_ok();
    }
    TRY(transaction_event(sitting->transaction, position, sitting->arena, ret_before, err));
    sitting->before_subject = ret_before->subject;
    if (ret_before->subject_kind == SUBJECT_OF_PERSON) {
        struct person_row person;
        TRY(transaction_person(sitting->transaction, ret_before->subject, sitting->arena, &person,
                               err));
        sitting->before_subject = person.id;
    }
    return ret_before->actor == sitting->account.id ? result_ok() : sitting_client_id_taken(err);
}

result sitting_record(struct sitting *sitting, const struct casework *casework,
                      struct transaction *transaction, const struct caller *caller,
                      enum action action, struct arena *arena, struct event *ret_before,
                      struct err *err)
{
    TRY(begin_for(sitting, casework, transaction, caller, action, arena, err));
    TRY(sitting_next_instant(transaction, casework->system, &sitting->at, err));
    sitting->client_id = caller->client_id;
    return find_before(sitting, &caller->client_id, ret_before, err);
}

int64_t sitting_record_of(const struct sitting *sitting, int64_t person)
{
    for (size_t i = 0; i < sitting->addressed_count; i++) {
        if (sitting->addressed[i].person == person) {
            return sitting->addressed[i].record;
        }
    }
    return person;
}

result sitting_append(struct sitting *sitting, struct event *event, struct err *err)
{
    ASSERT(event->position == 0);
    if (event->subject_kind == SUBJECT_OF_PERSON) {
        event->subject = sitting_record_of(sitting, event->subject);
    }
    event->actor = sitting->account.id;
    event->recorded_at = sitting->at;
    event->client_id = sitting->client_id;
    sitting->client_id = (struct client_id){{0}};
    TRY(transaction_append(sitting->transaction, event, err));
    ASSERT(event->position > 0);
    return result_ok();
}

/* --- finding ---------------------------------------------------------------------------------- */

result sitting_no_such(struct err *err, const char *kind, str reference)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no %s %.*s for this account", kind,
                   STR_ARG(reference));
}

/* What was typed goes back to the reader: short, and without control characters. */
static result check_typed(str reference, const char *kind, struct err *err)
{
    if (reference.len == 0) {
        return err_set(err, ERROR_INPUT, "Which %s is meant is not said", kind);
    }
    if (reference.len > 64 || !str_is_utf8(reference) || !str_is_printable(reference)) {
        return err_set(err, ERROR_INPUT, "This is not the reference of %s %s",
                       kind[0] == 'a' ? "an" : "a", kind);
    }
    return result_ok();
}

/* 0 when there is none of this reference. */
static result find_id(struct sitting *sitting, enum subject_kind kind, str reference,
                      int64_t *ret_id, struct err *err)
{
    struct err failure = {0};
    int64_t id = 0;
    if (!transaction_find(sitting->transaction, kind, reference, &id, &failure).ok) {
        if (failure.code != ERROR_NOT_FOUND) {
            return hand_on(&failure, err);
        }
        id = 0;
    }
    *ret_id = id;
    return result_ok();
}

bool sitting_hub_in_sight(const struct sitting *sitting, enum action action, int64_t hub)
{
    const struct access_object object = {.hubs = &hub, .hub_count = 1};
    return hub == 0 || may(&sitting->account, action, &object);
}

bool sitting_hides(const struct sitting *sitting, const struct person_row *person)
{
    return person->erased ||
           (person->restricted && !may(&sitting->account, ACTION_SEE_RESTRICTED, NULL));
}

result sitting_hidden(const struct sitting *sitting, struct hidden_people *ret_hidden,
                      struct err *err)
{
    struct hidden_people hidden = {.count = 0};
    TRY(transaction_hidden(sitting->transaction,
                           !may(&sitting->account, ACTION_SEE_RESTRICTED, NULL), sitting->arena,
                           &hidden.people, &hidden.count, err));
    *ret_hidden = hidden;
    return result_ok();
}

bool hidden_has(const struct hidden_people *hidden, int64_t person)
{
    size_t first = 0;
    size_t end = hidden->count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (hidden->people[middle] < person) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first < hidden->count && hidden->people[first] == person;
}

result sitting_may_person(struct sitting *sitting, const struct person_row *person,
                          enum action action, bool *ret_may, struct err *err)
{
    *ret_may = false;
    if (sitting_hides(sitting, person)) {
        return result_ok();
    }
    if (may_everywhere(&sitting->account, action)) {
        *ret_may = true;
        return result_ok();
    }
    struct arena scratch = *sitting->arena;
    const struct request_filter filter = {.person = person->id, .live_only = true};
    const struct request_row *requests;
    size_t count;
    TRY(transaction_requests(sitting->transaction, &filter, &scratch, &requests, &count, err));
    int64_t *hubs = ARENA_NEW(&scratch, int64_t, count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    hubs[0] = person->hub;
    for (size_t i = 0; i < count; i++) {
        hubs[i + 1] = requests[i].hub;
    }
    *ret_may = may(&sitting->account, action,
                   &(struct access_object){.hubs = hubs, .hub_count = count + 1});
    return result_ok();
}

/* The one record under which this other reference stands; 0 when there is none, ERROR_CONFLICT when
 * it stands under several people's. */
static result find_by_identifier(struct sitting *sitting, str typed, int64_t *ret_record,
                                 struct err *err)
{
    const struct str_cut scheme = str_cut(typed, ':');
    const struct str_cut issuer = str_cut(scheme.tail, ':');
    const enum identifier_scheme kind = identifier_scheme_from_name(scheme.head);
    struct arena scratch = *sitting->arena;
    const struct lookup_hit *hits = NULL;
    size_t count = 0;
    *ret_record = 0;
    if (kind == SCHEME_NONE || !identifier_is_unique(kind)) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is no kind of reference", STR_ARG(scheme.head));
    }
    const str text = lookup_identifier(scheme.head, issuer.found ? issuer.head : STR(""),
                                       issuer.found ? issuer.tail : scheme.tail, &scratch);
    if (text.at == NULL) {
        return arena_full(err);
    }
    TRY(transaction_lookup(sitting->transaction, text, &scratch, &hits, &count, err));
    int64_t person = 0;
    for (size_t i = 0; i < count; i++) {
        struct person_row row;
        TRY(transaction_person(sitting->transaction, hits[i].record, &scratch, &row, err));
        if (person != 0 && row.id != person) {
            return err_set(err, ERROR_CONFLICT,
                           "More than one person has this reference: use theirs in this register");
        }
        person = row.id;
        *ret_record = hits[i].record;
    }
    return result_ok();
}

/* The record that was typed; what is told when there is none, in *ret_written. */
static result find_record(struct sitting *sitting, str typed, str *ret_written, int64_t *ret_record,
                          struct err *err)
{
    char text[REFERENCE_SIZE];
    if (str_find_char(typed, ':') < typed.len) {
        *ret_written = typed;
        return find_by_identifier(sitting, typed, ret_record, err);
    }
    TRY(reference_read(typed, text, err));
    *ret_written = arena_copy(sitting->arena, str_from_c(text));
    return ret_written->at == NULL
               ? arena_full(err)
               : find_id(sitting, SUBJECT_OF_PERSON, *ret_written, ret_record, err);
}

static void address(struct sitting *sitting, int64_t person, int64_t record)
{
    if (person != record && sitting_record_of(sitting, person) == person) {
        ASSERT(sitting->addressed_count < ADDRESSED_MAX);
        sitting->addressed[sitting->addressed_count++] =
            (struct addressed_record){.person = person, .record = record};
    }
}

result sitting_person(struct sitting *sitting, str reference, enum action action,
                      struct person_row *ret_person, struct err *err)
{
    str written = STR("");
    int64_t record = 0;
    TRY(check_typed(reference, "person", err));
    TRY(find_record(sitting, str_trim(reference), &written, &record, err));
    bool allowed = false;
    struct person_row person = {0};
    if (record != 0) {
        TRY(transaction_person(sitting->transaction, record, sitting->arena, &person, err));
        TRY(sitting_may_person(sitting, &person, action, &allowed, err));
    }
    if (!allowed) {
        return sitting_no_such(err, "person", written);
    }
    address(sitting, person.id, record);
    *ret_person = person;
    return result_ok();
}

bool sitting_may_agreement(const struct sitting *sitting, const struct agreement_row *agreement,
                           enum action action)
{
    return may(&sitting->account, action, NULL) &&
           (!agreement->confidential || may(&sitting->account, ACTION_SEE_CONFIDENTIAL, NULL));
}

/* A hub under an agreement that is not announced would give the agreement away: only those who may
 * see the agreement, and those whose hub it is, see it. */
result sitting_may_hub(struct sitting *sitting, const struct hub_row *hub, enum action action,
                       bool *ret_may, struct err *err)
{
    const struct access_object object = {.hubs = &hub->id, .hub_count = 1};
    bool allowed = may(&sitting->account, action, &object);
    if (allowed && hub->agreement != 0 && hub->id != sitting->account.hub &&
        !may(&sitting->account, ACTION_SEE_CONFIDENTIAL, NULL)) {
        struct arena scratch = *sitting->arena;
        struct agreement_row agreement;
        TRY(transaction_agreement(sitting->transaction, hub->agreement, &scratch, &agreement, err));
        allowed = !agreement.confidential;
    }
    *ret_may = allowed;
    return result_ok();
}

result sitting_hub(struct sitting *sitting, str reference, enum action action,
                   struct hub_row *ret_hub, struct err *err)
{
    TRY(check_typed(reference, "hub", err));
    int64_t id = 0;
    TRY(find_id(sitting, SUBJECT_OF_HUB, str_trim(reference), &id, err));
    bool allowed = false;
    struct hub_row hub = {0};
    if (id != 0) {
        TRY(transaction_hub(sitting->transaction, id, sitting->arena, &hub, err));
        TRY(sitting_may_hub(sitting, &hub, action, &allowed, err));
    }
    if (!allowed) {
        return sitting_no_such(err, "hub", str_trim(reference));
    }
    *ret_hub = hub;
    return result_ok();
}

result sitting_agreement(struct sitting *sitting, str reference, enum action action,
                         struct agreement_row *ret_agreement, struct err *err)
{
    TRY(check_typed(reference, "agreement", err));
    int64_t id = 0;
    TRY(find_id(sitting, SUBJECT_OF_AGREEMENT, str_trim(reference), &id, err));
    struct agreement_row agreement = {0};
    if (id != 0) {
        TRY(transaction_agreement(sitting->transaction, id, sitting->arena, &agreement, err));
    }
    if (id == 0 || !sitting_may_agreement(sitting, &agreement, action)) {
        return sitting_no_such(err, "agreement", str_trim(reference));
    }
    *ret_agreement = agreement;
    return result_ok();
}

/* *ret_found is false when there is no such request. */
static result read_request(struct sitting *sitting, int64_t id, struct request_row *ret_request,
                           bool *ret_found, struct err *err)
{
    struct err failure = {0};
    struct request_row request = {0};
    const result found =
        transaction_request(sitting->transaction, id, sitting->arena, &request, &failure);
    if (!found.ok && failure.code != ERROR_NOT_FOUND) {
        return hand_on(&failure, err);
    }
    *ret_request = request;
    *ret_found = found.ok;
    return result_ok();
}

result sitting_request(struct sitting *sitting, int64_t id, enum action action,
                       struct request_row *ret_request, struct person_row *ret_person,
                       struct err *err)
{
    bool allowed = false;
    struct request_row request;
    struct person_row person = {0};
    TRY(read_request(sitting, id, &request, &allowed, err));
    if (allowed) {
        TRY(transaction_person(sitting->transaction, request.person, sitting->arena, &person, err));
        TRY(sitting_may_person(sitting, &person, action, &allowed, err));
        allowed = allowed && sitting_hub_in_sight(sitting, action, request.hub);
    }
    if (!allowed) {
        return err_set(err, ERROR_NOT_FOUND, "There is no request %lld for this account",
                       (long long)id);
    }
    *ret_request = request;
    *ret_person = person;
    return result_ok();
}

result sitting_step(const struct sitting *sitting, str name, uint32_t *ret_step, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t step = rulebook_step(rulebook, name);
    if (step != NOT_FOUND_INDEX) {
        *ret_step = step;
        return result_ok();
    }
    if (name.len > 100 || !str_is_utf8(name) || !str_is_printable(name)) {
        return err_set(err, ERROR_INPUT, "This is not the name of a step");
    }
    result_ignore(err_set(err, ERROR_INPUT, "The rulebook has no step \"%.*s\"", STR_ARG(name)),
                  "the hint follows");
    const str nearest = rulebook_nearest_step(rulebook, name);
    return nearest.len == 0 ? err_hint(err, "The rulebook's steps are listed with it.")
                            : err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(nearest));
}

result sitting_actor(struct sitting *sitting, int64_t account, str *ret_name, struct err *err)
{
    if (account == 0) {
        *ret_name = STR("");
        return result_ok();
    }
    if (account == sitting->account.id) {
        *ret_name = sitting->account.name;
        return result_ok();
    }
    struct account_row row;
    TRY(transaction_account(sitting->transaction, account, sitting->arena, &row, err));
    *ret_name = row.name;
    return result_ok();
}

result sitting_is_person(struct sitting *sitting, int64_t record, int64_t person, bool *ret_is,
                         struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row row;
    TRY(transaction_person(sitting->transaction, record, &scratch, &row, err));
    *ret_is = row.id == person;
    return result_ok();
}

/* --- counting --------------------------------------------------------------------------------- */

static void count_one(struct stage_count *counts, size_t *count, str stage)
{
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(counts[i].stage, stage)) {
            counts[i].people++;
            return;
        }
    }
    counts[(*count)++] = (struct stage_count){.stage = stage, .people = 1};
}

static result count_at_hub(struct sitting *sitting, const struct stage_count **ret_counts,
                           size_t *ret_count, struct err *err)
{
    const struct people_filter filter = {.stage = STR(""), .hub = sitting->account.hub};
    const struct person_row *rows = NULL;
    size_t row_count = 0;
    if (filter.hub != 0) {
        TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &rows, &row_count,
                               err));
    }
    struct hidden_people hidden;
    struct stage_count *counts = ARENA_NEW(sitting->arena, struct stage_count, row_count + 1);
    if (counts == NULL) {
        return arena_full(err);
    }
    TRY(sitting_hidden(sitting, &hidden, err));
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (!hidden_has(&hidden, rows[i].id)) {
            count_one(counts, &count, rows[i].stage);
        }
    }
    *ret_counts = counts;
    *ret_count = count;
    return result_ok();
}

/* Everybody, less those who are hidden: these are few. */
static result count_everybody(struct sitting *sitting, const struct stage_count **ret_counts,
                              size_t *ret_count, struct err *err)
{
    const struct stage_count *all = NULL;
    struct hidden_people hidden;
    size_t count = 0;
    TRY(transaction_count_stages(sitting->transaction, sitting->arena, &all, &count, err));
    TRY(sitting_hidden(sitting, &hidden, err));
    struct stage_count *counts = ARENA_NEW(sitting->arena, struct stage_count, count + 1);
    if (counts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        counts[i] = all[i];
    }
    for (size_t i = 0; i < hidden.count; i++) {
        struct person_row row;
        TRY(transaction_record(sitting->transaction, hidden.people[i], sitting->arena, &row, err));
        for (size_t k = 0; k < count && row.part_of == 0; k++) {
            counts[k].people -= str_equal(counts[k].stage, row.stage) ? 1 : 0;
        }
    }
    *ret_counts = counts;
    *ret_count = count;
    return result_ok();
}

result sitting_count_stages(struct sitting *sitting, const struct stage_count **ret_counts,
                            size_t *ret_count, struct err *err)
{
    return may_everywhere(&sitting->account, ACTION_SEE_PEOPLE)
               ? count_everybody(sitting, ret_counts, ret_count, err)
               : count_at_hub(sitting, ret_counts, ret_count, err);
}

/* --- who looked ------------------------------------------------------------------------------- */

static result keep_look(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_record_look(transaction, context, err);
}

result sitting_look(const struct sitting *sitting, enum subject_kind kind, int64_t subject,
                    const char *purpose, struct err *err)
{
    struct look look = {.account = sitting->account.id,
                        .subject_kind = kind,
                        .subject = subject,
                        .at = sitting->at,
                        .purpose = str_from_c(purpose),
                        .reason = sitting->reason};
    return store_write(sitting->casework->store, keep_look, &look, err);
}
