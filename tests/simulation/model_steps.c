/* Requests and steps. Each is held against the law before it is folded. */
#include "model_inside.h"

#include <string.h>

bool model_is_live(const struct model_request *request)
{
    return request->state == REQUEST_OPEN || request->state == REQUEST_APPROVED;
}

bool model_leaves_stage(const struct model *model, const struct model_person *person, uint32_t step)
{
    return rulebook_step_leaves(model->rulebook, &model->rulebook->steps[step], person->stage);
}

/* --- judging ---------------------------------------------------------------------------------- */

static uint32_t everybody_read(struct model *model, const struct model_person *person)
{
    uint32_t people = 0;
    for (size_t i = 0; i < model->person_count; i++) {
        people |= model_is_concerned_person(model, person, model->people[i].id) ? 1U << i : 0;
    }
    return people;
}

/* Judges on what the model knows, keeps the verdict, and says whether it is clear. */
static bool judge_now(const struct fold *fold, const struct model_person *person, uint32_t step,
                      int64_t hub)
{
    struct model *model = fold->model;
    ASSERT(model->verdict_count < MODEL_VERDICTS_MAX);
    struct model_verdict *verdict = &model->verdicts[model->verdict_count++];
    *verdict = (struct model_verdict){.position = fold->event->position,
                                      .person = fold->event->subject,
                                      .people = everybody_read(model, person),
                                      .step = step,
                                      .hub = hub,
                                      .on = fold->today,
                                      .known_at = fold->event->recorded_at};
    verdict->clearance = model_judge(model, person, step, hub, fold->today, verdict->each);
    return verdict->clearance == CLEARANCE_CLEAR;
}

/* 1: whatever is asked for, approved or taken is clear, and leads from where the person is. */
static bool must_be_clear(const struct fold *fold, const struct model_person *person, uint32_t step,
                          int64_t hub)
{
    const str name = fold->model->rulebook->steps[step].name;
    if (!model_leaves_stage(fold->model, person, step)) {
        return model_break(fold->model, "5: %.*s does not lead from where %s is", STR_ARG(name),
                           person->reference);
    }
    return judge_now(fold, person, step, hub) ||
           model_break(fold->model, "1: event %lld (%s): %.*s is not clear for %s",
                       (long long)fold->event->position, event_kind_name(fold->event->kind),
                       STR_ARG(name), person->reference);
}

/* --- requests --------------------------------------------------------------------------------- */

bool fold_step_requested(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_requested_body *body = &fold->event->body.step_requested;
    const struct model_person *person = model_whole(model, fold->event->subject);
    const uint32_t step = rulebook_step(model->rulebook, body->step);
    if (!must_be_clear(fold, person, step, body->hub)) {
        return false;
    }
    ASSERT(model->request_count < MODEL_REQUESTS_MAX);
    model->requests[model->request_count++] =
        (struct model_request){.id = fold->event->position,
                               .step = step,
                               .hub = body->hub,
                               .agreement = body->agreement,
                               .state = REQUEST_OPEN,
                               .requested_by = fold->event->actor};
    return true;
}

static bool may_approve(const struct fold *fold, const struct model_request *request)
{
    const struct rulebook *rulebook = fold->model->rulebook;
    const struct step *step = &rulebook->steps[request->step];
    const int64_t actor = fold->event->actor;
    bool other = actor != request->requested_by && request->approval_count < step->approval_count;
    for (size_t i = 0; i < request->approval_count; i++) {
        other = other && request->approved_by[i] != actor;
    }
    if (!other) {
        return false;
    }
    const struct model_account *account = model_account(fold->model, actor);
    return account != NULL &&
           str_equal(str_from_c(account->role),
                     rulebook->roles[step->approvals[request->approval_count]].name);
}

bool fold_step_approved(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_approved_body *body = &fold->event->body.step_approved;
    struct model_request *request = model_request(model, body->request);
    if (request == NULL || request->state != REQUEST_OPEN) {
        return model_break(model, "1: what is not open is approved");
    }
    const struct step *step = &model->rulebook->steps[request->step];
    if (!may_approve(fold, request)) {
        return model_break(model, "1: request %lld is approved by somebody who may not",
                           (long long)request->id);
    }
    if (!must_be_clear(fold, model_person_of(model, request), request->step, request->hub)) {
        return false;
    }
    request->approved_by[request->approval_count++] = fold->event->actor;
    const bool last = request->approval_count == step->approval_count;
    const bool holds = last && step->place == STEP_PLACE_TAKES;
    if (holds != (body->place > 0) || last != (body->outstanding == 0)) {
        return model_break(model, "4: an approval holds a place too early, or none");
    }
    request->state = last ? REQUEST_APPROVED : REQUEST_OPEN;
    request->place = body->place;
    return !holds || model_hold_place(fold, request, body->place);
}

static bool end_request(const struct fold *fold, int64_t id, enum request_state state)
{
    struct model_request *request = model_request(fold->model, id);
    if (request == NULL || !model_is_live(request)) {
        return model_break(fold->model, "3: request %lld ends twice", (long long)id);
    }
    request->state = state;
    request->place = 0;
    model_release(fold->model, request);
    model_leave_manifest(fold->model, request->id);
    return true;
}

bool fold_step_declined(const struct fold *fold)
{
    return end_request(fold, fold->event->body.step_declined.request, REQUEST_DECLINED);
}

bool fold_step_withdrawn(const struct fold *fold)
{
    const struct model_request *request =
        model_request(fold->model, fold->event->body.step_withdrawn.request);
    if (request != NULL && request->requested_by != fold->event->actor) {
        return model_break(fold->model, "1: somebody withdraws what another asked for");
    }
    return end_request(fold, fold->event->body.step_withdrawn.request, REQUEST_WITHDRAWN);
}

static bool lost_place(struct model *model, const struct model_request *request)
{
    struct model_hub *hub = model_hub(model, request->hub);
    for (int64_t i = 1; hub != NULL && i <= hub->place_count; i++) {
        if (hub->places[i].lost && hub->places[i].request == request->id) {
            hub->places[i].lost = false;
            hub->places[i].request = 0;
            return true;
        }
    }
    return false;
}

/* 3: and what is stopped had no clearance any more, or no place. */
bool fold_step_stopped(const struct fold *fold)
{
    const int64_t id = fold->event->body.step_stopped.request;
    const struct model_request *request = model_request(fold->model, id);
    const bool place_is_gone = request != NULL && lost_place(fold->model, request);
    if (fold->stopped == CLEARANCE_CLEAR && !fold->stage_left && !place_is_gone) {
        return model_break(fold->model, "3: request %lld is stopped, and everything is clear",
                           (long long)id);
    }
    return end_request(fold, id, REQUEST_STOPPED);
}

/* Judged with the destination and day of a manifest: approved it stays, and is not put on it. */
static bool is_of_manifest(const struct fold *fold, const struct model_request *request)
{
    return request != NULL && request->state == REQUEST_APPROVED && fold->event == fold->command &&
           (fold->event + 1 == fold->end || fold->event[1].kind != EVENT_STEP_STOPPED);
}

bool fold_step_refused(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_refused_body *body = &fold->event->body.step_refused;
    const struct model_person *person = model_whole(model, fold->event->subject);
    const struct model_request *request = model_request(model, body->request);
    const uint32_t step =
        request != NULL ? request->step : rulebook_step(model->rulebook, body->step);
    if (fold->command->kind == EVENT_MANIFEST_BOARDED) {
        return true; /* judged with all others before the first boarded */
    }
    if (is_of_manifest(fold, request)) {
        return !model_refused_by_none(fold, request) ||
               model_break(model, "1: %s is refused a manifest, and everything is clear",
                           person->reference);
    }
    return !judge_now(fold, person, step, request != NULL ? request->hub : body->hub) ||
           model_break(model, "1: %.*s is refused to %s, and everything is clear",
                       STR_ARG(model->rulebook->steps[step].name), person->reference);
}

/* --- taking ----------------------------------------------------------------------------------- */

static bool is_approved(const struct fold *fold, const struct model_request *request, uint32_t step)
{
    const struct model *model = fold->model;
    const bool approved =
        request != NULL && request->state == REQUEST_APPROVED && request->step == step;
    return approved || model->rulebook->steps[step].approval_count == 0;
}

bool fold_step_taken(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_taken_body *body = &fold->event->body.step_taken;
    const struct model_person *person = model_whole(model, fold->event->subject);
    const uint32_t step = rulebook_step(model->rulebook, body->step);
    struct model_request *request = model_request(model, body->request);
    struct model_on_manifest *on = request == NULL ? NULL : model_on_manifest(model, request->id);
    if (!is_approved(fold, request, step)) {
        return model_break(model, "1: a step is taken that was not approved");
    }
    if (on != NULL && !on->judged) {
        return model_break(model, "1: %s leaves without the manifest that they are on",
                           person->reference);
    }
    if (on != NULL && !on->boards) {
        return model_break(model, "1: %s boards, and is not clear", person->reference);
    }
    if (on == NULL && !must_be_clear(fold, person, step, body->hub)) {
        return false;
    }
    if (request != NULL) {
        request->state = REQUEST_TAKEN;
        request->place = 0;
    }
    if (on != NULL) {
        on->state = ABOARD;
    }
    return true;
}
