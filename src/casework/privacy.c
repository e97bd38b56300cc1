#include "casework/privacy.h"

#include "casework/sitting.h"
#include "casework/text.h"
#include "store/departures.h"

/* --- commands --------------------------------------------------------------------------------- */

static const struct privacy_command_row {
    enum event_kind kind;
    const char *done;
} command_rows[] = {
    [PRIVACY_HOLD] = {EVENT_LEGAL_HOLD_PLACED, "A legal hold was placed"},
    [PRIVACY_LIFT_HOLD] = {EVENT_LEGAL_HOLD_LIFTED, "A legal hold was lifted"},
    [PRIVACY_RESTRICT] = {EVENT_PROCESSING_RESTRICTED, "Processing was restricted"},
    [PRIVACY_LIFT_RESTRICTION] = {EVENT_RESTRICTION_LIFTED, "The restriction was lifted"},
    [PRIVACY_REQUEST_ERASURE] = {EVENT_ERASURE_REQUESTED, "Erasure was asked for"},
    [PRIVACY_DECLINE_ERASURE] = {EVENT_ERASURE_DECLINED, "Erasure was declined"},
    [PRIVACY_ERASE] = {EVENT_PERSON_ERASED, "The person was erased"},
};

const char *privacy_command_done(enum privacy_command command)
{
    return command_rows[command].done;
}

struct privacy_work {
    const struct casework *casework;
    const struct caller *caller;
    enum privacy_command command;
    str reference;
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct person_row person;
    struct privacy_answer answer;
};

static bool is_lifted(const struct event *events, size_t count, int64_t hold)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_LEGAL_HOLD_LIFTED &&
            events[i].body.legal_hold_lifted.hold == hold) {
            return true;
        }
    }
    return false;
}

/* What placed the holds that nobody lifted, the last first. */
static result find_holds(struct sitting *sitting, const struct person_row *person,
                         const struct event ***ret_holds, size_t *ret_count, struct err *err)
{
    enum { WHOLE = 1000000 };
    const struct event *events = NULL;
    size_t count = 0;
    size_t found = 0;
    if (person->holds == 0) {
        *ret_count = 0; /* nobody's whole history is read for that */
        return result_ok();
    }
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, person->id, 0, WHOLE,
                            sitting->arena, &events, &count, err));
    const struct event **holds =
        ARENA_NEW(sitting->arena, const struct event *, (size_t)person->holds);
    if (holds == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count && found < (size_t)person->holds; i++) {
        if (events[i].kind == EVENT_LEGAL_HOLD_PLACED &&
            !is_lifted(events, i, events[i].position)) {
            holds[found++] = &events[i];
        }
    }
    *ret_holds = holds;
    *ret_count = found;
    return result_ok();
}

static result find_hold(struct privacy_work *work, int64_t *ret_hold, struct err *err)
{
    const struct event **holds = NULL;
    size_t count = 0;
    TRY(find_holds(&work->sitting, &work->person, &holds, &count, err));
    if (count == 0) {
        return err_set(err, ERROR_CONFLICT, "There is no legal hold on the person's record");
    }
    *ret_hold = holds[0]->position;
    return result_ok();
}

static result make_event(struct privacy_work *work, struct event *event, struct err *err)
{
    event->kind = command_rows[work->command].kind;
    switch (work->command) {
    case PRIVACY_HOLD:
        event->body.legal_hold_placed.reason = work->reason;
        return result_ok();
    case PRIVACY_LIFT_HOLD:
        event->body.legal_hold_lifted.reason = work->reason;
        return find_hold(work, &event->body.legal_hold_lifted.hold, err);
    case PRIVACY_RESTRICT:
        event->body.processing_restricted.reason = work->reason;
        return result_ok();
    case PRIVACY_LIFT_RESTRICTION:
        event->body.restriction_lifted.reason = work->reason;
        return result_ok();
    case PRIVACY_REQUEST_ERASURE:
        event->body.erasure_requested.basis = work->reason;
        return result_ok();
    case PRIVACY_DECLINE_ERASURE:
        event->body.erasure_declined = (struct erasure_declined_body){
            .request = work->person.erasure_request, .reason = work->reason};
        return result_ok();
    case PRIVACY_ERASE:
        break;
    }
    return err_set(err, ERROR_INTERNAL, "Erasing is recorded of the register");
}

/* --- erasing ---------------------------------------------------------------------------------- */

static result check_outcome(const struct privacy_work *work, const struct person_row *person,
                            struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    if (stage != NOT_FOUND_INDEX && rulebook->stages[stage].outcome) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The person's case is open (%.*s): a record is erased after its outcome",
                          STR_ARG(person->stage)),
                  "the hint follows");
    return err_hint(err, "Processing can be restricted meanwhile.");
}

static result check_nothing_live(struct privacy_work *work, const struct person_row *person,
                                 struct err *err)
{
    struct arena scratch = *work->arena;
    const struct request_filter live = {.person = person->id, .live_only = true};
    const struct request_row *requests = NULL;
    size_t count = 0;
    TRY(transaction_requests(work->sitting.transaction, &live, &scratch, &requests, &count, err));
    return count == 0 ? result_ok()
                      : err_set(err, ERROR_CONFLICT,
                                "The request %lld for the person is live: end it first",
                                (long long)requests[0].id);
}

/* Nobody could decide it any more. */
static result check_no_merge_asked(struct privacy_work *work, int64_t record, struct err *err)
{
    struct arena scratch = *work->arena;
    const struct merge_row *merges = NULL;
    size_t count = 0;
    TRY(transaction_merges(work->sitting.transaction, record, MERGE_ASKED, &scratch, &merges,
                           &count, err));
    if (count == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "It was asked to merge the record with another one (merge %lld)",
                          (long long)merges[0].id),
                  "the hint follows");
    return err_hint(err, "Merge them, or decline it, then erase.");
}

/* Nobody could say any more what became of an arrival. */
static result check_nobody_expected(struct privacy_work *work, const struct person_row *person,
                                    struct err *err)
{
    struct arena scratch = *work->arena;
    const struct stay_row *stays = NULL;
    size_t count = 0;
    TRY(transaction_stays_of_person(work->sitting.transaction, person->id, &scratch, &stays, &count,
                                    err));
    for (size_t i = 0; i < count; i++) {
        if (stays[i].arrival == ARRIVAL_EXPECTED) {
            return err_set(err, ERROR_CONFLICT,
                           "The person is expected at a hub still: say first what became of the "
                           "arrival");
        }
    }
    return result_ok();
}

/* Nor what became of somebody who boarded, and their manifest could never be closed. */
static result check_not_aboard(struct privacy_work *work, const struct person_row *person,
                               struct err *err)
{
    struct arena scratch = *work->arena;
    struct manifest_entry_row entry;
    struct manifest_row manifest;
    TRY(transaction_manifest_entry_of(work->sitting.transaction, person->id, &entry, err));
    if (entry.manifest == 0) {
        return result_ok();
    }
    TRY(transaction_manifest(work->sitting.transaction, entry.manifest, &scratch, &manifest, err));
    return err_set(err, ERROR_CONFLICT,
                   "The person is on the manifest %.*s and not accounted for: say first what "
                   "became of them",
                   STR_ARG(manifest.reference));
}

/* Nor could an entry in the books be answered: it would be in no list any more. */
static result check_books_ended(struct privacy_work *work, const struct person_row *person,
                                struct err *err)
{
    struct arena scratch = *work->arena;
    const struct entry_filter filter = {.kind = STR(""), .person = person->id, .journey = STR("")};
    const struct entry_row *entries = NULL;
    size_t count = 0;
    TRY(transaction_entries(work->sitting.transaction, &filter, &scratch, &entries, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!entry_is_closed(&entries[i])) {
            result_ignore(err_set(err, ERROR_CONFLICT,
                                  "The entry %lld in the books about the person has not ended",
                                  (long long)entries[i].id),
                          "the hint follows");
            return err_hint(err, "Whoever keeps the books brings it to its end first.");
        }
    }
    return result_ok();
}

static result check_may_be_erased(struct privacy_work *work, const struct person_row *person,
                                  struct err *err)
{
    struct arena scratch = *work->arena;
    struct event request = {.position = 0};
    if (person->erasure_request == 0) {
        return err_set(err, ERROR_CONFLICT, "Nobody has asked for this record to be erased");
    }
    if (person->holds > 0) {
        return err_set(err, ERROR_CONFLICT,
                       "A legal hold is in force: nothing of this record is erased");
    }
    TRY(check_outcome(work, person, err));
    TRY(check_nothing_live(work, person, err));
    TRY(check_nobody_expected(work, person, err));
    TRY(check_not_aboard(work, person, err));
    TRY(check_books_ended(work, person, err));
    TRY(transaction_event(work->sitting.transaction, person->erasure_request, &scratch, &request,
                          err));
    return request.actor == work->sitting.account.id
               ? err_set(err, ERROR_CONFLICT,
                         "Erasing takes two people: this account asked for it, so another confirms")
               : result_ok();
}

/* Somebody with whom the person was merged in error, and whose record holds what is about the
 * person, or the other way round. */
static result check_other(struct privacy_work *work, const struct person_row *other,
                          struct err *err)
{
    struct err failure = {0};
    if (check_may_be_erased(work, other, &failure).ok) {
        return result_ok();
    }
    result_ignore(err_set(err, failure.code,
                          "Events of %.*s and of %.*s are sealed together since their merge was "
                          "undone, so both are erased or neither; and of %.*s: %s",
                          STR_ARG(work->person.reference), STR_ARG(other->reference),
                          STR_ARG(other->reference), failure.what),
                  "the hint follows");
    return err_hint(err, "%s",
                    failure.hint[0] != '\0' ? failure.hint
                                            : "Processing can be restricted meanwhile.");
}

/* The records that are erased, and the people they are. */
static result check_all(struct privacy_work *work, struct err *err)
{
    struct transaction *transaction = work->sitting.transaction;
    const int64_t *records = NULL;
    size_t count = 0;
    TRY(check_may_be_erased(work, &work->person, err));
    TRY(transaction_sealed_together(transaction, work->person.id, work->arena, &records, &count,
                                    err));
    for (size_t i = 0; i < count; i++) {
        struct person_row person;
        TRY(check_no_merge_asked(work, records[i], err));
        TRY(transaction_person(transaction, records[i], work->arena, &person, err));
        TRY(person.id == work->person.id ? result_ok() : check_other(work, &person, err));
    }
    return result_ok();
}

static result erase(struct privacy_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct event request = {.position = 0};
    TRY(sitting_require_proof(work->caller, err));
    TRY(check_all(work, err));
    TRY(transaction_event(sitting->transaction, work->person.erasure_request, work->arena, &request,
                          err));
    struct event event = {
        .subject_kind = SUBJECT_OF_REGISTER,
        .subject = REGISTER_ID,
        .kind = EVENT_PERSON_ERASED,
        .effective_on = sitting->today,
        .recorded_at = sitting->at,
        .actor = sitting->account.id,
        .client_id = sitting->client_id,
        .body.person_erased = {.person = work->person.id,
                               .requested_by = request.actor,
                               .basis = request.body.erasure_requested.basis},
    };
    TRY(transaction_erase_person(sitting->transaction, &event, err));
    work->answer.event = event.position;
    return result_ok();
}

/* --- one command ------------------------------------------------------------------------------ */

static bool same_command(const struct privacy_work *work, const struct event *before)
{
    return before->kind == command_rows[work->command].kind;
}

/* Sent again: what it did stands at the event. An erased person is found by the event alone. */
static result answer_again(struct privacy_work *work, const struct event *before, struct err *err)
{
    if (!same_command(work, before)) {
        return sitting_client_id_taken(err);
    }
    const int64_t person =
        before->kind == EVENT_PERSON_ERASED ? before->body.person_erased.person : before->subject;
    work->answer.event = before->position;
    work->answer.repeated = true;
    return transaction_person(work->sitting.transaction, person, work->arena, &work->answer.person,
                              err);
}

static result record(struct privacy_work *work, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = work->person.id,
                          .effective_on = work->sitting.today};
    TRY(make_event(work, &event, err));
    TRY(sitting_append(&work->sitting, &event, err));
    work->answer.event = event.position;
    return result_ok();
}

static result privacy_work(struct transaction *transaction, void *context, struct err *err)
{
    struct privacy_work *work = context;
    struct event before = {.position = 0};
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_MANAGE_PRIVACY, work->arena, &before, err));
    if (before.position != 0) {
        return answer_again(work, &before, err);
    }
    TRY(sitting_person(&work->sitting, work->reference, ACTION_MANAGE_PRIVACY, &work->person, err));
    TRY(work->command == PRIVACY_ERASE ? erase(work, err) : record(work, err));
    return transaction_person(transaction, work->person.id, work->arena, &work->answer.person, err);
}

static result purge(const struct casework *casework, struct err *err)
{
    struct err failure = {0};
    if (store_purge(casework->store, &failure).ok) {
        return result_ok();
    }
    result_ignore(err_set(err, failure.code,
                          "The person is erased and the key destroyed, but older images of it may "
                          "still be in the write-ahead log: %s",
                          failure.what),
                  "the hint follows");
    return err_hint(err, "Send the same command again when nobody reads: it cleans the log.");
}

result casework_privacy(const struct casework *casework, const struct caller *caller,
                        enum privacy_command command, str person, str reason, struct arena *arena,
                        struct privacy_answer *ret_answer, struct err *err)
{
    if (command != PRIVACY_ERASE) {
        TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    }
    struct privacy_work work = {.casework = casework,
                                .caller = caller,
                                .command = command,
                                .reference = person,
                                .reason = str_trim(reason),
                                .arena = arena};
    TRY(store_write(casework->store, privacy_work, &work, err));
    if (command == PRIVACY_ERASE) {
        TRY(purge(casework, err));
    }
    *ret_answer = work.answer;
    return result_ok();
}

/* --- what stands in the way of erasing ------------------------------------------------------- */

struct before_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    struct arena *arena;
    struct sitting sitting;
    struct person_row person;
    struct before_erasure before;
};

static result read_holds(struct before_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct event **events = NULL;
    size_t count = 0;
    TRY(find_holds(sitting, &work->person, &events, &count, err));
    struct legal_hold *holds = ARENA_NEW(work->arena, struct legal_hold, count);
    if (holds == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        holds[i] = (struct legal_hold){.event = events[i]->position,
                                       .since = events[i]->recorded_at,
                                       .reason = events[i]->body.legal_hold_placed.reason};
        TRY(sitting_actor(sitting, events[i]->actor, &holds[i].by, err));
    }
    work->before.holds = holds;
    work->before.hold_count = count;
    return result_ok();
}

/* The others, each once, whatever parts they have. */
static result read_together(struct before_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const int64_t *records = NULL;
    size_t count = 0;
    TRY(transaction_sealed_together(sitting->transaction, work->person.id, work->arena, &records,
                                    &count, err));
    str *references = ARENA_NEW(work->arena, str, count);
    if (references == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct person_row person;
        TRY(transaction_person(sitting->transaction, records[i], work->arena, &person, err));
        if (person.id == records[i] && person.id != work->person.id) {
            TRY(sitting_reference(sitting, &person, &references[work->before.together_count++],
                                  err));
        }
    }
    work->before.together = references;
    return result_ok();
}

static result read_before(struct transaction *transaction, void *context, struct err *err)
{
    struct before_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_MANAGE_PRIVACY, work->arena, err));
    TRY(sitting_person(&work->sitting, work->reference, ACTION_MANAGE_PRIVACY, &work->person, err));
    TRY(read_holds(work, err));
    return read_together(work, err);
}

result casework_before_erasure(const struct casework *casework, const struct caller *caller,
                               str person, struct arena *arena, struct before_erasure *ret_before,
                               struct err *err)
{
    struct before_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, read_before, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "before erasure", err));
    *ret_before = work.before;
    return result_ok();
}

/* --- who looked ------------------------------------------------------------------------------- */

enum { LOOKS_MAX_AT_ONCE = 10000 };

struct looks_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct looks_query *query;
    struct arena *arena;
    struct sitting sitting;
    const struct look_line *lines;
    size_t count;
};

static result describe_look(struct sitting *sitting, const struct look_row *look,
                            struct look_line *line, struct err *err)
{
    *line = (struct look_line){
        .look = *look, .account = STR(""), .role = STR(""), .reference = STR("")};
    if (look->account != 0) {
        struct account_row account;
        TRY(transaction_account(sitting->transaction, look->account, sitting->arena, &account,
                                err));
        line->account = account.name;
        line->role = account.role;
    }
    if (look->subject_kind == SUBJECT_OF_PERSON) {
        struct person_row person;
        TRY(transaction_person(sitting->transaction, look->subject, sitting->arena, &person, err));
        TRY(sitting_reference(sitting, &person, &line->reference, err));
    }
    return result_ok();
}

static result list_looks(struct sitting *sitting, int64_t person, int64_t account, int64_t before,
                         size_t limit, const struct look_line **ret_lines, size_t *ret_count,
                         struct err *err)
{
    const struct look_row *looks = NULL;
    size_t count = 0;
    TRY(transaction_looks(sitting->transaction, person, account, before, limit, sitting->arena,
                          &looks, &count, err));
    struct look_line *lines = ARENA_NEW(sitting->arena, struct look_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe_look(sitting, &looks[i], &lines[i], err));
    }
    *ret_lines = lines;
    *ret_count = count;
    return result_ok();
}

static result find_account(struct sitting *sitting, str username, int64_t *ret_account,
                           struct err *err)
{
    struct err failure = {0};
    *ret_account = 0;
    if (username.len == 0) {
        return result_ok();
    }
    TRY(text_line("The user name", username, NAME_MAX_BYTES, err));
    return transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT, username, ret_account,
                            &failure)
                   .ok
               ? result_ok()
               : sitting_no_such_account(err, username);
}

static result read_looks(struct transaction *transaction, void *context, struct err *err)
{
    struct looks_work *work = context;
    const struct looks_query *query = work->query;
    struct person_row person = {.id = 0};
    int64_t account = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_LOOKS,
                     work->arena, err));
    if (query->person.len > 0) {
        TRY(sitting_person(&work->sitting, query->person, ACTION_SEE_LOOKS, &person, err));
    }
    TRY(find_account(&work->sitting, query->username, &account, err));
    return list_looks(&work->sitting, person.id, account, query->before, query->limit, &work->lines,
                      &work->count, err);
}

result casework_looks(const struct casework *casework, const struct caller *caller,
                      const struct looks_query *query, struct arena *arena,
                      const struct look_line **ret_lines, size_t *ret_count, struct err *err)
{
    if (query->limit < 1 || query->limit > LOOKS_MAX_AT_ONCE) {
        return err_set(err, ERROR_INPUT, "Between 1 and %d looks are listed at once",
                       LOOKS_MAX_AT_ONCE);
    }
    struct looks_work work = {
        .casework = casework, .caller = caller, .query = query, .arena = arena};
    TRY(store_read(casework->store, read_looks, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "looks", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

/* --- everything about a person ---------------------------------------------------------------- */

struct access_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    struct arena *arena;
    struct sitting sitting;
    struct person_row person;
    struct subject_access access;
};

static str role_of(struct sitting *sitting, int64_t account, struct arena *arena)
{
    struct account_row row;
    return account != 0 && transaction_account(sitting->transaction, account, arena, &row, NULL).ok
               ? row.role
               : STR("");
}

static result read_whole_history(struct access_work *work, struct err *err)
{
    enum { WHOLE = 1000000 };
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(work->sitting.transaction, SUBJECT_OF_PERSON, work->person.id, 0, WHOLE,
                            work->arena, &events, &count, err));
    struct history_line *lines = ARENA_NEW(work->arena, struct history_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        lines[i].event = events[count - 1 - i];
        lines[i].actor = role_of(&work->sitting, lines[i].event.actor, work->arena);
    }
    work->access.history = lines;
    work->access.history_count = count;
    return result_ok();
}

static result read_all_facts(struct access_work *work, struct err *err)
{
    return transaction_fact_rows(work->sitting.transaction, SUBJECT_OF_PERSON, work->person.id,
                                 KNOWN_NOW, work->arena, &work->access.facts,
                                 &work->access.fact_count, err);
}

static result read_access(struct transaction *transaction, void *context, struct err *err)
{
    struct access_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_EXPORT_PERSON, work->arena, err));
    TRY(sitting_person(&work->sitting, work->reference, ACTION_EXPORT_PERSON, &work->person, err));
    TRY(read_whole_history(work, err));
    TRY(read_all_facts(work, err));
    return list_looks(&work->sitting, work->person.id, 0, 0, 0, &work->access.looks,
                      &work->access.look_count, err);
}

result casework_subject_access(const struct casework *casework, const struct caller *caller,
                               str person, struct arena *arena, struct subject_access *ret_access,
                               struct err *err)
{
    struct access_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    const struct asked now = {.has_on = false};
    TRY(store_read(casework->store, read_access, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "subject access", err));
    TRY(casework_person(casework, caller, person, &now, arena, &work.access.person, err));
    *ret_access = work.access;
    return result_ok();
}
