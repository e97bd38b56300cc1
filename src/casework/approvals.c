#include "casework/casework.h"

#include "casework/step_work.h"
#include "casework/text.h"

/* --- approving -------------------------------------------------------------------------------- */

static result check_open(const struct request_row *request, struct err *err)
{
    return request->state == REQUEST_OPEN
               ? result_ok()
               : err_set(err, ERROR_CONFLICT,
                         "The request %lld is %s, so there is nothing to approve",
                         (long long)request->id, request_state_name(request->state));
}

/* The one who asked never approves, nobody approves twice, and nobody approves what follows from
 * their own decision. */
static result check_other_person(struct sitting *sitting, const struct request_row *request,
                                 struct err *err)
{
    unsigned relations = 0;
    TRY(sitting_stands_to_request(sitting, request, &relations, err));
    return sitting_no_conflict(ACTION_APPROVE_STEP, relations, err);
}

/* Approvals are given in the order that the rulebook names, each in the role it names. */
static result check_turn(const struct sitting *sitting, const struct request_row *request,
                         const struct step *step, str *ret_role, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    if (request->approval_count >= step->approval_count) {
        return err_set(err, ERROR_CONFLICT, "The request %lld needs no further approval",
                       (long long)request->id);
    }
    const struct role *role = &rulebook->roles[step->approvals[request->approval_count]];
    if (!str_equal(role->name, sitting->account.role)) {
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "The next approval of the request %lld is another role's",
                              (long long)request->id),
                      "the hint follows");
        return err_hint(err, "The next approval is for: %.*s.", STR_ARG(role->title));
    }
    *ret_role = role->name;
    return result_ok();
}

/* The last approval of a step that takes a place holds one. */
static result place_to_hold(struct sitting *sitting, const struct step_case *judged,
                            int64_t request, size_t outstanding, int64_t *ret_place,
                            struct err *err)
{
    *ret_place = 0;
    return outstanding == 0 && judged->rule->place == STEP_PLACE_TAKES
               ? places_choose(sitting, &judged->person, &judged->need, judged->hub, request,
                               ret_place, err)
               : result_ok();
}

static result append_approval(struct sitting *sitting, struct step_work *work,
                              const struct step_case *judged, const struct request_row *request,
                              str role, struct err *err)
{
    const size_t outstanding = judged->rule->approval_count - request->approval_count - 1;
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = request->person,
        .kind = EVENT_STEP_APPROVED,
        .effective_on = sitting->today,
        .body.step_approved = {.request = request->id,
                               .role = role,
                               .rulebook = sitting->rulebook,
                               .relied_on = judged->relied_on,
                               .outstanding = (int64_t)outstanding},
    };
    TRY(place_to_hold(sitting, judged, request->id, outstanding, &event.body.step_approved.place,
                      err));
    TRY(sitting_append(sitting, &event, err));
    work->answer.event = event.position;
    return result_ok();
}

static result approve_again(struct sitting *sitting, struct step_work *work,
                            const struct event *before, struct err *err)
{
    bool same =
        before->kind == EVENT_STEP_APPROVED && before->body.step_approved.request == work->request;
    if (before->kind == EVENT_STEP_REFUSED && before->body.step_refused.request == work->request) {
        enum request_state state = REQUEST_APPROVED;
        TRY(step_state_before(sitting, before, work->request, &state, err));
        same = state == REQUEST_OPEN;
    }
    return same ? step_answer_again(sitting, work, before, work->request, err)
                : sitting_client_id_taken(err);
}

static result judge_approval(struct sitting *sitting, struct step_work *work,
                             const struct request_row *request, const struct person_row *person,
                             struct err *err)
{
    uint32_t step = 0;
    str role = STR("");
    TRY(check_open(request, err));
    TRY(check_other_person(sitting, request, err));
    TRY(step_of_request(sitting, request, &step, err));
    TRY(check_turn(sitting, request, &sitting->casework->rulebook->steps[step], &role, err));
    TRY(step_check_way(sitting, person, step, err));
    struct step_case judged;
    TRY(step_judge(sitting, work, person, step, request->hub, NULL, &judged, err));
    return judged.clearance == CLEARANCE_CLEAR
               ? append_approval(sitting, work, &judged, request, role, err)
               : step_refuse(sitting, work, &judged, request->id, err);
}

static result approve_work(struct transaction *transaction, void *context, struct err *err)
{
    struct step_work *work = context;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_APPROVE_STEP,
                       work->arena, &before, err));
    struct request_row request = {.id = 0};
    struct person_row person = {.id = 0};
    TRY(sitting_request(&sitting, work->request, ACTION_APPROVE_STEP, &request, &person, err));
    if (before.position != 0) {
        return approve_again(&sitting, work, &before, err);
    }
    TRY(sitting_require_proof(work->caller, err));
    TRY(judge_approval(&sitting, work, &request, &person, err));
    return step_finish(&sitting, work, request.id, person.id, err);
}

result casework_approve_step(const struct casework *casework, const struct caller *caller,
                             int64_t request, struct arena *arena, struct step_answer *ret_answer,
                             struct err *err)
{
    struct step_work work = {
        .casework = casework, .caller = caller, .arena = arena, .request = request};
    return step_run(&work, approve_work, ret_answer, err);
}

/* --- declining and withdrawing ---------------------------------------------------------------- */

static result check_live(const struct request_row *request, struct err *err)
{
    return request->state == REQUEST_OPEN || request->state == REQUEST_APPROVED
               ? result_ok()
               : err_set(err, ERROR_CONFLICT, "The request %lld is %s, so it is over already",
                         (long long)request->id, request_state_name(request->state));
}

/* Whoever may give one of the step's approvals may decline it. */
static result check_approver(const struct sitting *sitting, const struct request_row *request,
                             struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t index = rulebook_step(rulebook, request->step);
    const size_t count = index == NOT_FOUND_INDEX ? 0 : rulebook->steps[index].approval_count;
    for (size_t i = 0; i < count; i++) {
        const str role = rulebook->roles[rulebook->steps[index].approvals[i]].name;
        if (str_equal(role, sitting->account.role)) {
            return result_ok();
        }
    }
    return index == NOT_FOUND_INDEX
               ? result_ok() /* a step that is gone from the rulebook can only be ended */
               : err_set(err, ERROR_FORBIDDEN, "The role \"%.*s\" approves no part of this step",
                         STR_ARG(role_called(sitting->account.role)));
}

static result check_asked(const struct sitting *sitting, const struct request_row *request,
                          struct err *err)
{
    if (request->requested_by == sitting->account.id) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_FORBIDDEN, "Only the one who asked for a step withdraws it"),
                  "the hint follows");
    return err_hint(err, "Somebody who may approve it can decline it.");
}

static bool ended_before(const struct event *before, enum event_kind kind,
                         const struct step_work *work)
{
    const bool declined = kind == EVENT_STEP_DECLINED;
    const int64_t request =
        declined ? before->body.step_declined.request : before->body.step_withdrawn.request;
    const str reason =
        declined ? before->body.step_declined.reason : before->body.step_withdrawn.reason;
    return request == work->request && str_equal(reason, work->reason);
}

static result append_end(struct sitting *sitting, struct step_work *work, enum event_kind kind,
                         const struct request_row *request, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = request->person,
                          .kind = kind,
                          .effective_on = sitting->today};
    if (kind == EVENT_STEP_DECLINED) {
        event.body.step_declined =
            (struct step_declined_body){.request = request->id, .reason = work->reason};
    } else {
        event.body.step_withdrawn =
            (struct step_withdrawn_body){.request = request->id, .reason = work->reason};
    }
    TRY(sitting_append(sitting, &event, err));
    work->answer.event = event.position;
    return step_finish(sitting, work, request->id, request->person, err);
}

static result end_request(struct transaction *transaction, struct step_work *work,
                          enum event_kind kind, struct err *err)
{
    const bool declines = kind == EVENT_STEP_DECLINED;
    const enum action action = declines ? ACTION_APPROVE_STEP : ACTION_REQUEST_STEP;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, action, work->arena,
                       &before, err));
    struct request_row request = {.id = 0};
    struct person_row person = {.id = 0};
    TRY(sitting_request(&sitting, work->request, action, &request, &person, err));
    if (before.position != 0) {
        return before.kind == kind && ended_before(&before, kind, work)
                   ? step_answer_again(&sitting, work, &before, work->request, err)
                   : sitting_client_id_taken(err);
    }
    TRY(check_live(&request, err));
    TRY(declines ? check_approver(&sitting, &request, err) : check_asked(&sitting, &request, err));
    return append_end(&sitting, work, kind, &request, err);
}

static result decline_work(struct transaction *transaction, void *context, struct err *err)
{
    return end_request(transaction, context, EVENT_STEP_DECLINED, err);
}

static result withdraw_work(struct transaction *transaction, void *context, struct err *err)
{
    return end_request(transaction, context, EVENT_STEP_WITHDRAWN, err);
}

result casework_decline_step(const struct casework *casework, const struct caller *caller,
                             int64_t request, str reason, struct arena *arena,
                             struct step_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct step_work work = {.casework = casework,
                             .caller = caller,
                             .arena = arena,
                             .request = request,
                             .reason = str_trim(reason)};
    return step_run(&work, decline_work, ret_answer, err);
}

result casework_withdraw_step(const struct casework *casework, const struct caller *caller,
                              int64_t request, str reason, struct arena *arena,
                              struct step_answer *ret_answer, struct err *err)
{
    TRY(text_line("The reason", reason, SOURCE_MAX_BYTES, err));
    struct step_work work = {.casework = casework,
                             .caller = caller,
                             .arena = arena,
                             .request = request,
                             .reason = str_trim(reason)};
    return step_run(&work, withdraw_work, ret_answer, err);
}
