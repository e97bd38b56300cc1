#include "casework/manifest_work.h"

#include "casework/stopping.h"
#include "casework/text.h"

struct manifest_people_work {
    struct step_work step; /* first: the answer, and what was judged */
    str manifest;
    str person;
    str reason;
    const struct accounted *accounted;
    struct manifest_row row;
};

/* --- putting on ------------------------------------------------------------------------------- */

static result check_request(const struct manifest_row *manifest, const struct request_row *request,
                            struct err *err)
{
    if (request->state != REQUEST_APPROVED) {
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "The request %lld is %s, so nobody is put on a manifest by it",
                              (long long)request->id, request_state_name(request->state)),
                      "the hint follows");
        return err_hint(err, "It needs every approval first.");
    }
    return str_equal(request->step, manifest->step) && request->hub == manifest->hub
               ? result_ok()
               : err_set(err, ERROR_CONFLICT,
                         "The request %lld is for another step or another hub than the manifest "
                         "%.*s",
                         (long long)request->id, STR_ARG(manifest->reference));
}

static result check_on_none(struct sitting *sitting, const struct manifest_row *manifest,
                            const struct person_row *person, struct err *err)
{
    struct manifest_entry_row entry = {0};
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    struct arena scratch = *sitting->arena;
    if (manifest->state != MANIFEST_OPEN) {
        return err_set(err, ERROR_CONFLICT, "The manifest %.*s is %s, so nobody is put on it",
                       STR_ARG(manifest->reference), manifest_state_name(manifest->state));
    }
    TRY(transaction_manifest_entry_of(sitting->transaction, person->id, &entry, err));
    if (entry.manifest != 0) {
        struct manifest_row other;
        TRY(transaction_manifest(sitting->transaction, entry.manifest, &scratch, &other, err));
        return err_set(err, ERROR_CONFLICT, "%.*s is on the manifest %.*s already",
                       STR_ARG(person->reference), STR_ARG(other.reference));
    }
    TRY(transaction_manifest_entries(sitting->transaction, manifest->id, &scratch, &entries, &count,
                                     err));
    return count < MANIFEST_PEOPLE_MAX
               ? result_ok()
               : err_set(err, ERROR_LIMIT, "At most %d people are put on one manifest",
                         MANIFEST_PEOPLE_MAX);
}

static result list_again(struct sitting *sitting, struct manifest_people_work *work,
                         const struct manifest_row *manifest, const struct request_row *request,
                         const struct event *before, struct err *err)
{
    if (before->kind == EVENT_STEP_REFUSED && before->body.step_refused.request == request->id) {
        return step_answer_again(sitting, &work->step, before, request->id, err);
    }
    if (before->kind != EVENT_MANIFEST_PERSON_LISTED || before->subject != manifest->id ||
        before->body.manifest_person_listed.request != request->id) {
        return sitting_client_id_taken(err);
    }
    work->step.answer.event = before->position;
    work->step.answer.repeated = true;
    return step_finish(sitting, &work->step, request->id, request->person, err);
}

static result judge_and_list(struct sitting *sitting, struct manifest_people_work *work,
                             const struct manifest_row *manifest, const struct request_row *request,
                             const struct person_row *person, struct err *err)
{
    uint32_t step = 0;
    struct step_case judged;
    const struct departure_plan plan = manifest_plan(manifest, instant_date(manifest->departs_at));
    TRY(check_request(manifest, request, err));
    TRY(check_on_none(sitting, manifest, person, err));
    TRY(step_of_request(sitting, request, &step, err));
    TRY(step_check_way(sitting, person, step, err));
    TRY(step_judge(sitting, &work->step, person, step, request->hub, &plan, &judged, err));
    if (judged.clearance != CLEARANCE_CLEAR) {
        return step_refuse(sitting, &work->step, &judged, request->id, err);
    }
    struct event event = {
        .kind = EVENT_MANIFEST_PERSON_LISTED,
        .body.manifest_person_listed = {.person = person->id, .request = request->id}};
    TRY(manifest_append(sitting, manifest->id, &event, err));
    work->step.answer.event = event.position;
    return result_ok();
}

static result list_work(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_people_work *work = context;
    struct sitting sitting;
    struct event before;
    struct manifest_row manifest = {0};
    struct request_row request = {.id = 0};
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->step.casework, transaction, work->step.caller,
                       ACTION_PREPARE_MANIFEST, work->step.arena, &before, err));
    TRY(manifest_find(&sitting, work->manifest, ACTION_PREPARE_MANIFEST, &manifest, err));
    TRY(sitting_request(&sitting, work->step.request, ACTION_PREPARE_MANIFEST, &request, &person,
                        err));
    if (before.position != 0) {
        return list_again(&sitting, work, &manifest, &request, &before, err);
    }
    TRY(judge_and_list(&sitting, work, &manifest, &request, &person, err));
    return step_finish(&sitting, &work->step, request.id, person.id, err);
}

result casework_list_on_manifest(const struct casework *casework, const struct caller *caller,
                                 str manifest, int64_t request, struct arena *arena,
                                 struct step_answer *ret_answer, struct err *err)
{
    struct manifest_people_work work = {
        .step = {.casework = casework, .caller = caller, .arena = arena, .request = request},
        .manifest = manifest};
    return step_run(&work.step, list_work, ret_answer, err);
}

/* --- taking off ------------------------------------------------------------------------------- */

static result append_taken_off(struct sitting *sitting, const struct manifest_people_work *work,
                               const struct manifest_row *manifest, const struct person_row *person,
                               struct err *err)
{
    struct manifest_entry_row entry = {0};
    TRY(manifest_entry(sitting, manifest, person, &entry, err));
    struct event event = {
        .kind = EVENT_MANIFEST_PERSON_TAKEN_OFF,
        .body.manifest_person_taken_off = {.person = person->id, .reason = work->reason}};
    return manifest_append(sitting, manifest->id, &event, err);
}

static result take_off_work(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_people_work *work = context;
    struct sitting sitting;
    struct event before;
    struct manifest_row manifest = {0};
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->step.casework, transaction, work->step.caller,
                       ACTION_PREPARE_MANIFEST, work->step.arena, &before, err));
    TRY(manifest_find(&sitting, work->manifest, ACTION_PREPARE_MANIFEST, &manifest, err));
    TRY(sitting_person(&sitting, work->person, ACTION_PREPARE_MANIFEST, &person, err));
    if (before.position == 0) {
        TRY(append_taken_off(&sitting, work, &manifest, &person, err));
    } else {
        const struct manifest_person_taken_off_body *body = &before.body.manifest_person_taken_off;
        bool theirs = before.kind == EVENT_MANIFEST_PERSON_TAKEN_OFF;
        if (theirs) {
            TRY(sitting_is_person(&sitting, body->person, person.id, &theirs, err));
        }
        const bool same =
            theirs && before.subject == manifest.id && str_equal(body->reason, work->reason);
        TRY(same ? result_ok() : sitting_client_id_taken(err));
    }
    return transaction_manifest(transaction, manifest.id, work->step.arena, &work->row, err);
}

result casework_take_off_manifest(const struct casework *casework, const struct caller *caller,
                                  str manifest, str person, str reason, struct arena *arena,
                                  struct manifest_row *ret_manifest, struct err *err)
{
    struct manifest_people_work work = {
        .step = {.casework = casework, .caller = caller, .arena = arena},
        .manifest = manifest,
        .person = person,
        .reason = str_trim(reason)};
    TRY(text_line_required("The reason", work.reason, SOURCE_MAX_BYTES, err));
    TRY(store_write(casework->store, take_off_work, &work, err));
    *ret_manifest = work.row;
    return result_ok();
}

/* --- accounting for --------------------------------------------------------------------------- */

/* Somebody who came back is not where the step that they boarded by put them. */
static result check_has_come_back(struct sitting *sitting, const struct manifest_entry_row *entry,
                                  const struct person_row *person, struct err *err)
{
    struct event boarded;
    TRY(transaction_event(sitting->transaction, entry->boarded_event, sitting->arena, &boarded,
                          err));
    if (!str_equal(boarded.body.step_taken.to, person->stage)) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT,
                          "%.*s came back, and nothing records it: say by which step",
                          STR_ARG(person->reference)),
                  "the hint follows");
    return err_hint(err, "It is a step of the rulebook that leads from \"%.*s\".",
                    STR_ARG(person->stage));
}

static result check_outcome(const struct manifest_row *manifest, const struct accounted *accounted,
                            struct err *err)
{
    const enum manifest_entry_state outcome = manifest_outcome(accounted->outcome);
    if (outcome == ENTRY_ARRIVED && manifest->state != MANIFEST_DEPARTED) {
        return err_set(err, ERROR_CONFLICT, "The manifest %.*s has not departed, so nobody arrived",
                       STR_ARG(manifest->reference));
    }
    if (outcome == ENTRY_ARRIVED && accounted->step.len > 0) {
        return err_set(err, ERROR_INPUT, "A step is given for somebody who returned");
    }
    return outcome == 0 ? err_set(err, ERROR_INPUT, "The outcome is arrived or returned")
                        : result_ok();
}

static result append_accounted(struct sitting *sitting, const struct manifest_people_work *work,
                               const struct manifest_row *manifest, const struct person_row *person,
                               int64_t *ret_event, struct err *err)
{
    struct event event = {.kind = EVENT_MANIFEST_PERSON_ACCOUNTED,
                          .body.manifest_person_accounted = {.person = person->id,
                                                             .outcome = work->accounted->outcome,
                                                             .source = work->accounted->source}};
    TRY(manifest_append(sitting, manifest->id, &event, err));
    *ret_event = event.position;
    return result_ok();
}

static result return_by_step(struct sitting *sitting, struct manifest_people_work *work,
                             const struct manifest_row *manifest, const struct person_row *person,
                             struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    uint32_t step = 0;
    struct step_case judged;
    int64_t accounted = 0;
    TRY(sitting_step(sitting, work->accounted->step, &step, err));
    if (rulebook->steps[step].approval_count > 0) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" needs approval",
                       STR_ARG(rulebook->steps[step].title));
    }
    TRY(step_check_way(sitting, person, step, err));
    TRY(step_judge(sitting, &work->step, person, step,
                   rulebook->steps[step].with_hub ? manifest->hub : 0, NULL, &judged, err));
    if (judged.clearance != CLEARANCE_CLEAR) {
        return step_refuse(sitting, &work->step, &judged, 0, err);
    }
    TRY(append_accounted(sitting, work, manifest, person, &accounted, err));
    TRY(step_carry_out(sitting, &work->step, &judged, NULL, err));
    work->step.answer.event = accounted;
    return result_ok();
}

static result account_for(struct sitting *sitting, struct manifest_people_work *work,
                          const struct manifest_row *manifest, const struct person_row *person,
                          struct err *err)
{
    struct manifest_entry_row entry = {0};
    TRY(check_outcome(manifest, work->accounted, err));
    TRY(manifest_entry(sitting, manifest, person, &entry, err));
    if (work->accounted->step.len > 0) {
        return return_by_step(sitting, work, manifest, person, err);
    }
    if (manifest_outcome(work->accounted->outcome) == ENTRY_RETURNED) {
        TRY(check_has_come_back(sitting, &entry, person, err));
    }
    return append_accounted(sitting, work, manifest, person, &work->step.answer.event, err);
}

static result account_again(struct sitting *sitting, struct manifest_people_work *work,
                            const struct manifest_row *manifest, const struct person_row *person,
                            const struct event *before, struct err *err)
{
    const struct manifest_person_accounted_body *body = &before->body.manifest_person_accounted;
    if (before->kind == EVENT_STEP_REFUSED && sitting->before_subject == person->id &&
        str_equal(before->body.step_refused.step, work->accounted->step)) {
        return step_answer_again(sitting, &work->step, before, 0, err);
    }
    bool theirs = before->kind == EVENT_MANIFEST_PERSON_ACCOUNTED;
    if (theirs) {
        TRY(sitting_is_person(sitting, body->person, person->id, &theirs, err));
    }
    if (!theirs || before->subject != manifest->id ||
        !str_equal(body->outcome, work->accounted->outcome) ||
        !str_equal(body->source, work->accounted->source)) {
        return sitting_client_id_taken(err);
    }
    work->step.answer.event = before->position;
    work->step.answer.repeated = true;
    return result_ok();
}

/* Whoever left is often out of sight of requests: the manifest is what gives the right. */
static result account_work(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_people_work *work = context;
    struct sitting sitting;
    struct event before;
    struct manifest_row manifest = {0};
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->step.casework, transaction, work->step.caller,
                       ACTION_ACCOUNT_ABOARD, work->step.arena, &before, err));
    TRY(manifest_find(&sitting, work->manifest, ACTION_ACCOUNT_ABOARD, &manifest, err));
    TRY(sitting_person(&sitting, work->person, ACTION_ACCOUNT_ABOARD, &person, err));
    TRY(before.position != 0 ? account_again(&sitting, work, &manifest, &person, &before, err)
                             : account_for(&sitting, work, &manifest, &person, err));
    return step_finish(&sitting, &work->step, 0, person.id, err);
}

result casework_account_on_manifest(const struct casework *casework, const struct caller *caller,
                                    str manifest, const struct accounted *accounted,
                                    struct arena *arena, struct step_answer *ret_answer,
                                    struct err *err)
{
    struct accounted trimmed = *accounted;
    trimmed.source = str_trim(accounted->source);
    trimmed.step = str_trim(accounted->step);
    TRY(text_line_required("Who says so", trimmed.source, SOURCE_MAX_BYTES, err));
    struct manifest_people_work work = {
        .step = {.casework = casework, .caller = caller, .arena = arena},
        .manifest = manifest,
        .person = accounted->person,
        .accounted = &trimmed};
    return step_run(&work.step, account_work, ret_answer, err);
}
