#include "casework/requests.h"

#include "casework/facts.h"

/* The next approval is in this account's role, and nothing says that it must be somebody else's. */
static result is_mine_to_approve(struct sitting *sitting, const struct request_row *row,
                                 bool *ret_mine, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t step = rulebook_step(rulebook, row->step);
    struct access_object object = {.relations = 0};
    *ret_mine = false;
    if (row->state != REQUEST_OPEN || step == NOT_FOUND_INDEX ||
        row->approval_count >= rulebook->steps[step].approval_count ||
        !may_somewhere(&sitting->account, ACTION_APPROVE_STEP)) {
        return result_ok();
    }
    const uint32_t role = rulebook->steps[step].approvals[row->approval_count];
    if (str_equal(rulebook->roles[role].name, sitting->account.role)) {
        TRY(sitting_stands_to_request(sitting, row, &object.relations, err));
        *ret_mine = access_conflict(ACTION_APPROVE_STEP, &object) == NULL;
    }
    return result_ok();
}

result request_describe(struct sitting *sitting, const struct request_row *row,
                        struct work_request *ret_work, struct err *err)
{
    struct work_request work = {.request = *row, .hub = STR(""), .hub_name = STR("")};
    TRY(transaction_person(sitting->transaction, row->person, sitting->arena, &work.person, err));
    TRY(transaction_identity(sitting->transaction, &work.person, sitting->arena, &work.identity,
                             err));
    if (row->hub != 0) {
        struct hub_row hub;
        TRY(transaction_hub(sitting->transaction, row->hub, sitting->arena, &hub, err));
        work.hub = hub.reference;
        work.hub_name = hub.name;
    }
    TRY(is_mine_to_approve(sitting, row, &work.mine_to_approve, err));
    work.mine_to_take = row->state == REQUEST_APPROVED &&
                        may_somewhere(&sitting->account, ACTION_TAKE_STEP) &&
                        sitting_hub_in_sight(sitting, ACTION_TAKE_STEP, row->hub);
    *ret_work = work;
    return result_ok();
}

/* --- one request ------------------------------------------------------------------------------ */

struct request_work {
    const struct casework *casework;
    const struct caller *caller;
    int64_t request;
    struct arena *arena;
    struct sitting sitting;
    struct loaded_case loaded;
    uint32_t step;
    struct request_answer answer;
};

static result read_names(struct request_work *work, struct err *err)
{
    const struct request_row *row = &work->answer.work.request;
    str *names = ARENA_NEW(work->arena, str, REQUEST_APPROVALS_MAX);
    if (names == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row->approval_count; i++) {
        TRY(sitting_actor(&work->sitting, row->approved_by[i], &names[i], err));
    }
    work->answer.approved_by = names;
    return sitting_actor(&work->sitting, row->requested_by, &work->answer.requested_by, err);
}

static result read_end(struct request_work *work, struct err *err)
{
    const struct request_row *row = &work->answer.work.request;
    struct request_end end = {.ended = true, .event = row->changed_event, .reason = STR("")};
    struct event event;
    if (row->state != REQUEST_STOPPED && row->state != REQUEST_DECLINED &&
        row->state != REQUEST_WITHDRAWN) {
        return result_ok();
    }
    TRY(transaction_event(work->sitting.transaction, row->changed_event, work->arena, &event, err));
    TRY(sitting_actor(&work->sitting, event.actor, &end.by, err));
    if (event.kind == EVENT_STEP_STOPPED) {
        end.safeguards = event.body.step_stopped.safeguards.items;
        end.safeguard_count = event.body.step_stopped.safeguards.count;
    } else if (event.kind == EVENT_STEP_DECLINED) {
        end.reason = event.body.step_declined.reason;
    } else if (event.kind == EVENT_STEP_WITHDRAWN) {
        end.reason = event.body.step_withdrawn.reason;
    }
    work->answer.end = end;
    return result_ok();
}

static result read_request(struct transaction *transaction, void *context, struct err *err)
{
    struct request_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct request_row row = {.id = 0};
    struct person_row person = {.id = 0};
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_request(sitting, work->request, ACTION_SEE_PERSON, &row, &person, err));
    TRY(request_describe(sitting, &row, &work->answer.work, err));
    TRY(read_names(work, err));
    TRY(read_end(work, err));
    const struct case_time now = case_now(sitting);
    work->step = rulebook_step(work->casework->rulebook, row.step);
    TRY(work->step == NOT_FOUND_INDEX
            ? case_load(sitting, &person, &now, &work->loaded, err)
            : case_for_step(sitting, &person, work->step, row.hub, &now, &work->loaded, err));
    case_hide(sitting, &work->loaded);
    return case_show(sitting, &work->loaded, err);
}

result casework_request(const struct casework *casework, const struct caller *caller,
                        int64_t request, struct arena *arena, struct request_answer *ret_answer,
                        struct err *err)
{
    struct request_work work = {
        .casework = casework, .caller = caller, .request = request, .arena = arena};
    TRY(store_read(casework->store, read_request, &work, err));
    work.answer.now.view = work.loaded.view;
    work.answer.now.explanation =
        (struct explanation){.step = work.step, .clearance = CLEARANCE_UNKNOWN};
    if (work.step != NOT_FOUND_INDEX) {
        TRY(explain_step(casework->rulebook, work.step, &work.loaded.view.question, arena,
                         &work.answer.now.explanation, err));
    }
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.work.person.id, "request page",
                     err));
    *ret_answer = work.answer;
    return result_ok();
}
