#include "casework/stops.h"

#include "casework/sitting.h"
#include "store/departures.h"

struct stops_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    struct sitting sitting;
    bool unacknowledged_only;
    int64_t stop;
    const struct stop_line *lines;
    size_t count;
    struct stop_answer answer;
};

static result no_such_stop(int64_t stop, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no stop %lld for this account", (long long)stop);
}

/* --- one line --------------------------------------------------------------------------------- */

static result manifest_reference(struct sitting *sitting, int64_t manifest, str *ret_reference,
                                 struct err *err)
{
    struct manifest_row row;
    TRY(transaction_manifest(sitting->transaction, manifest, sitting->arena, &row, err));
    *ret_reference = row.reference;
    return result_ok();
}

static result describe_recall(struct sitting *sitting, const struct event *event,
                              struct stop_line *line, struct err *err)
{
    const struct departure_recalled_body *body = &event->body.departure_recalled;
    struct manifest_row manifest;
    TRY(transaction_manifest(sitting->transaction, body->manifest, sitting->arena, &manifest, err));
    line->manifest = manifest.reference;
    line->step = manifest.step;
    line->safeguards = body->safeguards.items;
    line->safeguard_count = body->safeguards.count;
    return result_ok();
}

/* Two requests of one person for one step differ by their hubs. */
static result hub_name(struct sitting *sitting, int64_t id, str *ret_name, struct err *err)
{
    struct hub_row hub;
    bool may = false;
    if (id != 0) {
        TRY(transaction_hub(sitting->transaction, id, sitting->arena, &hub, err));
        TRY(sitting_may_hub(sitting, &hub, ACTION_SEE_HUB, &may, err));
    }
    *ret_name = may ? hub.name : STR("");
    return result_ok();
}

/* The manifest, too, from which the stop took the person: the entry that ended with the event. */
static result describe_stop(struct sitting *sitting, const struct event *event,
                            struct stop_line *line, struct err *err)
{
    const struct step_stopped_body *body = &event->body.step_stopped;
    struct request_row request;
    struct manifest_entry_row entry = {0};
    TRY(transaction_request(sitting->transaction, body->request, sitting->arena, &request, err));
    TRY(transaction_manifest_entry_ended_by(sitting->transaction, event->position, &entry, err));
    TRY(hub_name(sitting, request.hub, &line->hub, err));
    line->step = request.step;
    line->safeguards = body->safeguards.items;
    line->safeguard_count = body->safeguards.count;
    return entry.manifest == 0 ? result_ok()
                               : manifest_reference(sitting, entry.manifest, &line->manifest, err);
}

static result describe(struct sitting *sitting, const struct stop_notice_row *notice,
                       struct stop_line *ret_line, struct err *err)
{
    struct stop_line line = {
        .notice = *notice, .step = STR(""), .hub = STR(""), .manifest = STR("")};
    struct person_row person;
    struct event event;
    TRY(transaction_person(sitting->transaction, notice->person, sitting->arena, &person, err));
    TRY(transaction_event(sitting->transaction, notice->stop, sitting->arena, &event, err));
    TRY(sitting_reference(sitting, &person, &line.reference, err));
    TRY(sitting_name(sitting, &person, &line.name, err));
    TRY(event.kind == EVENT_STEP_STOPPED ? describe_stop(sitting, &event, &line, err)
                                         : describe_recall(sitting, &event, &line, err));
    *ret_line = line;
    return result_ok();
}

/* --- all of one account ----------------------------------------------------------------------- */

static result read_stops(struct transaction *transaction, void *context, struct err *err)
{
    struct stops_work *work = context;
    const struct stop_notice_row *notices = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_ACKNOWLEDGE_STOP, work->arena, err));
    TRY(transaction_stop_notices(transaction, work->caller->account, work->unacknowledged_only,
                                 work->arena, &notices, &count, err));
    struct stop_line *lines = ARENA_NEW(work->arena, struct stop_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe(&work->sitting, &notices[i], &lines[i], err));
    }
    work->lines = lines;
    work->count = count;
    return result_ok();
}

result casework_stops(const struct casework *casework, const struct caller *caller,
                      bool unacknowledged_only, struct arena *arena,
                      const struct stop_line **ret_lines, size_t *ret_count, struct err *err)
{
    struct stops_work work = {.casework = casework,
                              .caller = caller,
                              .arena = arena,
                              .unacknowledged_only = unacknowledged_only};
    TRY(store_read_steady(casework->store, read_stops, &work, err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

/* --- one -------------------------------------------------------------------------------------- */

static const struct stop_notice_row *own_notice(const struct stop_notice_row *notices, size_t count,
                                                int64_t account)
{
    for (size_t i = 0; i < count; i++) {
        if (notices[i].account == account) {
            return &notices[i];
        }
    }
    return NULL;
}

static result describe_told(struct stops_work *work, const struct stop_notice_row *notices,
                            size_t count, struct err *err)
{
    struct told_line *told = ARENA_NEW(work->arena, struct told_line, count + 1);
    if (told == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        told[i].notice = notices[i];
        TRY(sitting_actor(&work->sitting, notices[i].account, &told[i].account, err));
    }
    work->answer.told = told;
    work->answer.told_count = count;
    return result_ok();
}

/* Whoever sees everybody, and this person, sees who was told. */
static result may_see_person(struct sitting *sitting, int64_t person, bool *ret_may,
                             struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row row;
    TRY(transaction_person(sitting->transaction, person, &scratch, &row, err));
    *ret_may = false;
    return may_everywhere(&sitting->account, ACTION_SEE_PERSON)
               ? sitting_may_person(sitting, &row, ACTION_SEE_PERSON, ret_may, err)
               : result_ok();
}

static result read_stop(struct transaction *transaction, void *context, struct err *err)
{
    struct stops_work *work = context;
    const struct stop_notice_row *notices = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_ACKNOWLEDGE_STOP, work->arena, err));
    TRY(transaction_told_of_stop(transaction, work->stop, work->arena, &notices, &count, err));
    const struct stop_notice_row *own = own_notice(notices, count, work->caller->account);
    bool others = false;
    if (own == NULL && count > 0) {
        TRY(may_see_person(&work->sitting, notices[0].person, &others, err));
    }
    if (own == NULL && !others) {
        return no_such_stop(work->stop, err);
    }
    TRY(describe(&work->sitting, own != NULL ? own : &notices[0], &work->answer.stop, err));
    if (own == NULL) {
        work->answer.stop.notice.account = 0;
    }
    return describe_told(work, notices, count, err);
}

result casework_stop(const struct casework *casework, const struct caller *caller, int64_t stop,
                     struct arena *arena, struct stop_answer *ret_answer, struct err *err)
{
    struct stops_work work = {.casework = casework, .caller = caller, .arena = arena, .stop = stop};
    TRY(store_read(casework->store, read_stop, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.stop.notice.person, "stop",
                     err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- acknowledging ---------------------------------------------------------------------------- */

static result acknowledge(struct sitting *sitting, const struct stop_notice_row *notice,
                          struct err *err)
{
    if (notice->acknowledged) {
        return err_set(err, ERROR_CONFLICT, "This account has acknowledged the stop %lld already",
                       (long long)notice->stop);
    }
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = notice->person,
                          .kind = EVENT_STOP_ACKNOWLEDGED,
                          .effective_on = sitting->today,
                          .body.stop_acknowledged = {.stop = notice->stop}};
    return sitting_append(sitting, &event, err);
}

static result acknowledge_work(struct transaction *transaction, void *context, struct err *err)
{
    struct stops_work *work = context;
    struct sitting *sitting = &work->sitting;
    const struct stop_notice_row *notices = NULL;
    struct event before;
    size_t count = 0;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_ACKNOWLEDGE_STOP,
                       work->arena, &before, err));
    TRY(transaction_told_of_stop(transaction, work->stop, work->arena, &notices, &count, err));
    const struct stop_notice_row *own = own_notice(notices, count, work->caller->account);
    if (own == NULL) {
        return no_such_stop(work->stop, err);
    }
    if (before.position == 0) {
        TRY(acknowledge(sitting, own, err));
    } else if (before.kind != EVENT_STOP_ACKNOWLEDGED ||
               before.body.stop_acknowledged.stop != work->stop) {
        return sitting_client_id_taken(err);
    }
    TRY(transaction_told_of_stop(transaction, work->stop, work->arena, &notices, &count, err));
    own = own_notice(notices, count, work->caller->account);
    ASSERT(own != NULL && own->acknowledged);
    return describe(sitting, own, &work->answer.stop, err);
}

result casework_acknowledge_stop(const struct casework *casework, const struct caller *caller,
                                 int64_t stop, struct arena *arena, struct stop_line *ret_line,
                                 struct err *err)
{
    struct stops_work work = {.casework = casework, .caller = caller, .arena = arena, .stop = stop};
    TRY(store_write(casework->store, acknowledge_work, &work, err));
    *ret_line = work.answer.stop;
    return result_ok();
}
