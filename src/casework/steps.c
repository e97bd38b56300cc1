#include "casework/casework.h"

#include "casework/arrival.h"
#include "casework/repeat.h"
#include "casework/returning.h"
#include "casework/step_work.h"
#include "casework/stopping.h"
#include "casework/text.h"
#include "store/departures.h"

/* --- asking ----------------------------------------------------------------------------------- */

static result needs_hub(const struct step *step, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" needs a hub", STR_ARG(step->title)),
                  "the hint follows");
    return err_hint(err, "Give the reference of the hub that it is about.");
}

static result check_own_hub(const struct step *step, const struct person_row *person,
                            const struct hub_row *hub, struct err *err)
{
    if (step->place == STEP_PLACE_TAKES && person->hub == hub->id) {
        return err_set(err, ERROR_CONFLICT, "%.*s is placed at the hub %.*s already",
                       STR_ARG(person->reference), STR_ARG(hub->reference));
    }
    if (step->place == STEP_PLACE_FREES && person->hub != 0 && person->hub != hub->id) {
        return err_set(err, ERROR_CONFLICT, "%.*s is not placed at the hub %.*s",
                       STR_ARG(person->reference), STR_ARG(hub->reference));
    }
    return result_ok();
}

/* The hub of the step: the one that is named; where none is named, the one at which the person is.
 */
static result find_hub(struct sitting *sitting, const struct step *step,
                       const struct person_row *person, str reference, int64_t *ret_hub,
                       struct err *err)
{
    *ret_hub = 0;
    if (!step->with_hub) {
        return reference.len == 0
                   ? result_ok()
                   : err_set(err, ERROR_INPUT, "\"%.*s\" is about no hub", STR_ARG(step->title));
    }
    if (reference.len == 0) {
        if (step->place == STEP_PLACE_TAKES || person->hub == 0) {
            return needs_hub(step, err);
        }
        *ret_hub = person->hub;
        return result_ok();
    }
    struct hub_row hub = {.id = 0};
    TRY(sitting_hub(sitting, reference, ACTION_SEE_HUB, &hub, err));
    TRY(check_own_hub(step, person, &hub, err));
    *ret_hub = hub.id;
    return result_ok();
}

static result refuse_second(struct sitting *sitting, const struct step *step,
                            const struct person_row *person, int64_t hub, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct request_filter filter = {.person = person->id, .live_only = true};
    const struct request_row *requests = NULL;
    size_t count = 0;
    TRY(transaction_requests(sitting->transaction, &filter, &scratch, &requests, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(requests[i].step, step->name) && requests[i].hub == hub) {
            result_ignore(err_set(err, ERROR_CONFLICT,
                                  "\"%.*s\" has been asked for already for %.*s (request %lld)",
                                  STR_ARG(step->title), STR_ARG(person->reference),
                                  (long long)requests[i].id),
                          "the hint follows");
            return err_hint(err, "That request is %s; withdraw it before asking again.",
                            request_state_name(requests[i].state));
        }
    }
    return result_ok();
}

static result append_request(struct sitting *sitting, struct step_work *work,
                             const struct step_case *judged, int64_t *ret_request, struct err *err)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = judged->person.id,
        .kind = EVENT_STEP_REQUESTED,
        .effective_on = sitting->today,
        .body.step_requested = {.step = judged->rule->name,
                                .hub = judged->hub,
                                .agreement = judged->loaded.view.agreement.id,
                                .rulebook = sitting->rulebook,
                                .relied_on = judged->relied_on},
    };
    TRY(sitting_append(sitting, &event, err));
    work->answer.event = event.position;
    *ret_request = event.position;
    return result_ok();
}

/* The step that the event asked for, refused or took at once, "" for another event, and its hub. */
static str step_asked_for(const struct event *event, int64_t *ret_hub)
{
    if (event->kind == EVENT_STEP_REQUESTED) {
        *ret_hub = event->body.step_requested.hub;
        return event->body.step_requested.step;
    }
    if (event->kind == EVENT_STEP_REFUSED && event->body.step_refused.request == 0) {
        *ret_hub = event->body.step_refused.hub;
        return event->body.step_refused.step;
    }
    if (event->kind == EVENT_STEP_TAKEN && event->body.step_taken.request == 0) {
        *ret_hub = event->body.step_taken.hub;
        return event->body.step_taken.step;
    }
    *ret_hub = -1;
    return STR("");
}

static bool same_request(const struct sitting *sitting, const struct event *before,
                         const struct step_work *work, const struct person_row *person, int64_t hub)
{
    int64_t before_hub = -1;
    const str step = step_asked_for(before, &before_hub);
    const bool same_step =
        str_equal(step, work->step_name) || (work->returns && work->step_name.len == 0);
    /* Without a name the hub was the one at which the person was then. */
    return sitting->before_subject == person->id && step.len > 0 && same_step &&
           (work->hub.len == 0 || before_hub == hub);
}

static result request_again(struct sitting *sitting, struct step_work *work,
                            const struct person_row *person, const struct event *before,
                            struct err *err)
{
    struct hub_row hub = {.id = 0};
    if (work->hub.len > 0) {
        TRY(sitting_hub(sitting, work->hub, ACTION_SEE_HUB, &hub, err));
    }
    if (!same_request(sitting, before, work, person, hub.id)) {
        return sitting_client_id_taken(err);
    }
    return step_answer_again(sitting, work, before,
                             before->kind == EVENT_STEP_REQUESTED ? before->position : 0, err);
}

/* After the state and the stage: the law, and then what was asked for. */
static result judge_request(struct sitting *sitting, struct step_work *work,
                            const struct person_row *person, uint32_t step, int64_t hub,
                            struct err *err)
{
    struct step_case judged;
    TRY(step_judge(sitting, work, person, step, hub, NULL, &judged, err));
    TRY(arrival_check_step(sitting, &judged, err));
    int64_t request = 0;
    if (judged.clearance != CLEARANCE_CLEAR) {
        TRY(step_refuse(sitting, work, &judged, 0, err));
    } else if (judged.rule->approval_count == 0) {
        TRY(step_carry_out(sitting, work, &judged, NULL, err));
    } else {
        TRY(append_request(sitting, work, &judged, &request, err));
    }
    return step_finish(sitting, work, request, person->id, err);
}

static result request_work(struct transaction *transaction, void *context, struct err *err)
{
    struct step_work *work = context;
    const struct rulebook *rulebook = work->casework->rulebook;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_REQUEST_STEP,
                       work->arena, &before, err));
    struct person_row person = {.id = 0};
    uint32_t step = 0;
    int64_t hub = 0;
    TRY(sitting_person(&sitting, work->person, ACTION_REQUEST_STEP, &person, err));
    if (before.position != 0) {
        return request_again(&sitting, work, &person, &before, err);
    }
    if (work->returns) {
        TRY(returning_choose(rulebook, &person, work->arena, &work->step_name, err));
    }
    TRY(sitting_step(&sitting, work->step_name, &step, err));
    TRY(find_hub(&sitting, &rulebook->steps[step], &person, work->hub, &hub, err));
    TRY(step_check_way(&sitting, &person, step, err));
    TRY(refuse_second(&sitting, &rulebook->steps[step], &person, hub, err));
    return judge_request(&sitting, work, &person, step, hub, err);
}

result casework_request_step(const struct casework *casework, const struct caller *caller,
                             str person, str step, str hub, struct arena *arena,
                             struct step_answer *ret_answer, struct err *err)
{
    struct step_work work = {.casework = casework,
                             .caller = caller,
                             .arena = arena,
                             .person = person,
                             .step_name = step,
                             .hub = str_trim(hub)};
    return step_run(&work, request_work, ret_answer, err);
}

result casework_return_person(const struct casework *casework, const struct caller *caller,
                              str person, str step, struct arena *arena,
                              struct step_answer *ret_answer, struct err *err)
{
    struct step_work work = {.casework = casework,
                             .caller = caller,
                             .arena = arena,
                             .person = person,
                             .step_name = step,
                             .returns = true,
                             .hub = STR("")};
    return step_run(&work, request_work, ret_answer, err);
}

/* --- taking ----------------------------------------------------------------------------------- */

static result check_approved(const struct request_row *request, struct err *err)
{
    if (request->state == REQUEST_APPROVED) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The request %lld is %s, so the step cannot be taken",
                          (long long)request->id, request_state_name(request->state)),
                  "the hint follows");
    return request->state == REQUEST_OPEN
               ? err_hint(err, "It still needs an approval.")
               : err_hint(err, "Ask for the step again if it is still wanted.");
}

static result take_again(struct sitting *sitting, struct step_work *work,
                         const struct event *before, struct err *err)
{
    bool same =
        before->kind == EVENT_STEP_TAKEN && before->body.step_taken.request == work->request;
    if (before->kind == EVENT_STEP_REFUSED && before->body.step_refused.request == work->request) {
        enum request_state state = REQUEST_OPEN;
        TRY(step_state_before(sitting, before, work->request, &state, err));
        same = state == REQUEST_APPROVED;
    }
    return same ? step_answer_again(sitting, work, before, work->request, err)
                : sitting_client_id_taken(err);
}

/* Whoever is on a manifest leaves with it, when everybody on it is judged. */
static result check_not_listed(struct sitting *sitting, const struct request_row *request,
                               struct err *err)
{
    struct manifest_entry_row entry = {0};
    struct manifest_row manifest = {0};
    TRY(transaction_manifest_entry_of(sitting->transaction, request->person, &entry, err));
    if (entry.manifest == 0 || entry.state != ENTRY_LISTED || entry.request != request->id) {
        return result_ok();
    }
    TRY(transaction_manifest(sitting->transaction, entry.manifest, sitting->arena, &manifest, err));
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The person leaves with the manifest %.*s, so the step is taken as they "
                          "board",
                          STR_ARG(manifest.reference)),
                  "the hint follows");
    return err_hint(err, "Board the manifest, or take the person off it first.");
}

/* What was approved and is not clear any more is over, whatever un-cleared it: often only the time
 * that went by. */
static result refuse_and_stop(struct sitting *sitting, struct step_work *work,
                              const struct step_case *judged, const struct request_row *request,
                              struct err *err)
{
    TRY(step_refuse(sitting, work, judged, request->id, err));
    struct text_list safeguards;
    return stopping_stop(sitting, request, work->answer.event, judged->each, &safeguards, err);
}

static result take_work(struct transaction *transaction, void *context, struct err *err)
{
    struct step_work *work = context;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_TAKE_STEP,
                       work->arena, &before, err));
    struct request_row request = {.id = 0};
    struct person_row person = {.id = 0};
    uint32_t step = 0;
    TRY(sitting_request(&sitting, work->request, ACTION_TAKE_STEP, &request, &person, err));
    if (before.position != 0) {
        return take_again(&sitting, work, &before, err);
    }
    TRY(sitting_require_proof(work->caller, err));
    TRY(check_approved(&request, err));
    TRY(check_not_listed(&sitting, &request, err));
    TRY(step_of_request(&sitting, &request, &step, err));
    TRY(step_check_way(&sitting, &person, step, err));
    struct step_case judged;
    TRY(step_judge(&sitting, work, &person, step, request.hub, NULL, &judged, err));
    if (judged.clearance == CLEARANCE_CLEAR) {
        TRY(step_carry_out(&sitting, work, &judged, &request, err));
    } else {
        TRY(refuse_and_stop(&sitting, work, &judged, &request, err));
    }
    return step_finish(&sitting, work, request.id, person.id, err);
}

result casework_take_step(const struct casework *casework, const struct caller *caller,
                          int64_t request, struct arena *arena, struct step_answer *ret_answer,
                          struct err *err)
{
    struct step_work work = {
        .casework = casework, .caller = caller, .arena = arena, .request = request};
    return step_run(&work, take_work, ret_answer, err);
}
