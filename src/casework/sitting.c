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
    return access_refuse(account, action, err);
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

result sitting_own_account(const struct sitting *sitting, str username, int64_t *ret_account,
                           struct err *err)
{
    struct err failure = {0};
    if (str_equal(username, sitting->account.username)) {
        *ret_account = sitting->account.id;
        return result_ok();
    }
    TRY(sitting_require(sitting, ACTION_MANAGE_ACCOUNTS, err));
    if (transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT, username, ret_account, &failure)
            .ok) {
        return result_ok();
    }
    return failure.code == ERROR_NOT_FOUND ? sitting_no_such_account(err, username)
                                           : err_set(err, failure.code, "%s", failure.what);
}

result sitting_require_proof(const struct caller *caller, struct err *err)
{
    if (!caller->unproven) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_UNPROVEN,
                          "It is some time since you signed in: confirm first that it is you"),
                  "the hint follows");
    return err_hint(err, "POST {\"password\",\"code\"} to /account/proof, then send this again");
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
    sitting->read_at = caller->read_at;
    TRY(transaction_event_count(transaction, &sitting->begun_at, err));
    return find_before(sitting, &caller->client_id, ret_before, err);
}

result sitting_nothing_new(struct err *err)
{
    return err_set(err, ERROR_INPUT, "Nothing in this is different from what is on record");
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

/* Nothing was recorded of the subject between what the caller read and this command. */
static result check_unchanged(const struct sitting *sitting, const struct event *event,
                              struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct event *last = NULL;
    size_t count = 0;
    if (sitting->read_at == 0 || sitting->read_at == sitting->begun_at ||
        event->subject_kind == SUBJECT_OF_REGISTER) {
        return result_ok();
    }
    TRY(transaction_history(sitting->transaction, event->subject_kind, event->subject,
                            sitting->begun_at + 1, 1, &scratch, &last, &count, err));
    if (count == 0 || last[0].position <= sitting->read_at) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "It has changed since it was read"),
                  "the hint follows");
    return err_hint(err, "Read it again, and send it again if it is still meant.");
}

result sitting_append(struct sitting *sitting, struct event *event, struct err *err)
{
    ASSERT(event->position == 0);
    TRY(check_unchanged(sitting, event, err));
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

result sitting_no_such_account(struct err *err, str username)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no account \"%.*s\"", STR_ARG(username));
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
        result_ignore(
            err_set(err, ERROR_INPUT, "\"%.*s\" is no kind of reference", STR_ARG(scheme.head)),
            "the hint returns the failure");
        return identifier_is_system(scheme.head)
                   ? err_hint(err, "Of another system it is written other_system:%.*s:REFERENCE.",
                              STR_ARG(scheme.head))
                   : err_hint(err, "Begin with RH-, or with KIND: and what it is there.");
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

result sitting_means(struct sitting *sitting, str reference, int64_t person, bool *ret_means,
                     struct err *err)
{
    str written = STR("");
    int64_t record = 0;
    struct person_row meant = {.id = 0};
    TRY(check_typed(reference, "person", err));
    TRY(find_record(sitting, str_trim(reference), &written, &record, err));
    if (record != 0) {
        TRY(transaction_person(sitting->transaction, record, sitting->arena, &meant, err));
    }
    *ret_means = record != 0 && meant.id == person;
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
    return nearest.len == 0 ? err_hint(err, "The rulebook (returnhub rulebook show) has them all.")
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
    for (size_t i = 0; i < ACTOR_NAMES_KEPT && i < sitting->actors_asked; i++) {
        if (sitting->actors[i].account == account) {
            *ret_name = sitting->actors[i].name;
            return result_ok();
        }
    }
    struct account_row row;
    TRY(transaction_account(sitting->transaction, account, sitting->arena, &row, err));
    sitting->actors[sitting->actors_asked++ % ACTOR_NAMES_KEPT] =
        (struct actor_name){.account = account, .name = row.name};
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

/* --- who looked ------------------------------------------------------------------------------- */

result sitting_look(const struct sitting *sitting, enum subject_kind kind, int64_t subject,
                    const char *purpose, struct err *err)
{
    const struct look look = {.account = sitting->account.id,
                              .subject_kind = kind,
                              .subject = subject,
                              .at = sitting->at,
                              .purpose = str_from_c(purpose),
                              .reason = sitting->reason};
    return store_look(sitting->casework->store, &look, err);
}
