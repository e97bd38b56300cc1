#include "register/row.h"

#include <string.h>

/* --- which rows --- */

enum {
    ABOUT_NOBODY = 0, /* it is not recorded any more */
    ABOUT_PERSON = 1 << SUBJECT_OF_PERSON,
    ABOUT_HUB = 1 << SUBJECT_OF_HUB,
    ABOUT_AGREEMENT = 1 << SUBJECT_OF_AGREEMENT,
    ABOUT_ACCOUNT = 1 << SUBJECT_OF_ACCOUNT,
    ABOUT_REGISTER = 1 << SUBJECT_OF_REGISTER,
    ABOUT_MANIFEST = 1 << SUBJECT_OF_MANIFEST,
    ABOUT_OPERATION = 1 << SUBJECT_OF_OPERATION,
    ABOUT_FACTS = ABOUT_PERSON | ABOUT_HUB | ABOUT_AGREEMENT,
};

struct event_row {
    unsigned char about;
    unsigned concerns;
};

static const struct event_row event_rows[] = {
    [EVENT_PERSON_REGISTERED] = {ABOUT_PERSON, CONCERNS_SUBJECT | CONCERNS_LOOKUP},
    [EVENT_IDENTITY_CORRECTED] = {ABOUT_PERSON, CONCERNS_SUBJECT | CONCERNS_LOOKUP},
    [EVENT_FAMILY_JOINED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_FAMILY_LEFT] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_CONTACT_CONFIRMED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_LEGAL_HOLD_PLACED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_LEGAL_HOLD_LIFTED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_PROCESSING_RESTRICTED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_RESTRICTION_LIFTED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_ERASURE_REQUESTED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_ERASURE_DECLINED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_PROTECTION_SET] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_PROTECTION_LIFTED] = {ABOUT_PERSON, CONCERNS_SUBJECT},
    [EVENT_GLASS_BROKEN] = {ABOUT_PERSON, CONCERNS_GLASS},
    [EVENT_GLASS_REVIEWED] = {ABOUT_PERSON, CONCERNS_GLASS},
    [EVENT_TIE_MADE] = {ABOUT_PERSON, CONCERNS_TIE},
    [EVENT_TIE_ENDED] = {ABOUT_PERSON, CONCERNS_TIE},
    [EVENT_EXTERNAL_REFERENCE_RECORDED] = {ABOUT_NOBODY, 0},
    [EVENT_IDENTIFIER_RECORDED] = {ABOUT_PERSON, CONCERNS_LOOKUP},
    [EVENT_IDENTIFIER_WITHDRAWN] = {ABOUT_PERSON, CONCERNS_LOOKUP},
    [EVENT_MERGE_REQUESTED] = {ABOUT_PERSON, CONCERNS_MERGE},
    [EVENT_MERGE_DECLINED] = {ABOUT_PERSON, CONCERNS_MERGE},
    [EVENT_IDENTITIES_MERGED] = {ABOUT_PERSON, CONCERNS_MERGE},
    [EVENT_IDENTITIES_SEPARATED] = {ABOUT_PERSON, CONCERNS_MERGE},
    [EVENT_FACT_RECORDED] = {ABOUT_FACTS, CONCERNS_FACT},
    [EVENT_FACT_WITHDRAWN] = {ABOUT_FACTS, CONCERNS_FACT},
    [EVENT_NOTE_ADDED] = {ABOUT_FACTS, 0},
    [EVENT_STEP_REQUESTED] = {ABOUT_PERSON, CONCERNS_REQUEST},
    [EVENT_STEP_APPROVED] = {ABOUT_PERSON, CONCERNS_REQUEST | CONCERNS_PLACE | CONCERNS_INTAKE},
    [EVENT_STEP_DECLINED] = {ABOUT_PERSON, CONCERNS_REQUEST | CONCERNS_PLACE | CONCERNS_INTAKE |
                                               CONCERNS_MANIFEST_ENTRY},
    [EVENT_STEP_WITHDRAWN] = {ABOUT_PERSON, CONCERNS_REQUEST | CONCERNS_PLACE | CONCERNS_INTAKE |
                                                CONCERNS_MANIFEST_ENTRY},
    [EVENT_STEP_STOPPED] = {ABOUT_PERSON, CONCERNS_REQUEST | CONCERNS_PLACE | CONCERNS_INTAKE |
                                              CONCERNS_MANIFEST_ENTRY | CONCERNS_STOP_NOTICE},
    [EVENT_STEP_REFUSED] = {ABOUT_PERSON, 0},
    [EVENT_STEP_TAKEN] = {ABOUT_PERSON, CONCERNS_SUBJECT | CONCERNS_REQUEST | CONCERNS_PLACE |
                                            CONCERNS_INTAKE | CONCERNS_MANIFEST_ENTRY |
                                            CONCERNS_HUB_DESK},
    [EVENT_ORDER_REPORTED] = {ABOUT_PERSON, 0},
    [EVENT_DEPARTURE_RECALLED] = {ABOUT_PERSON, CONCERNS_MANIFEST_ENTRY | CONCERNS_STOP_NOTICE},
    [EVENT_STOP_ACKNOWLEDGED] = {ABOUT_PERSON, CONCERNS_STOP_NOTICE},
    [EVENT_NOTICE_ISSUED] = {ABOUT_PERSON, 0},
    [EVENT_NOTICE_SERVED] = {ABOUT_PERSON, 0},
    [EVENT_NOTICE_CANCELLED] = {ABOUT_PERSON, 0},
    [EVENT_ENTRY_OPENED] = {ABOUT_PERSON | ABOUT_HUB, CONCERNS_ENTRY},
    [EVENT_ENTRY_CHANGED] = {ABOUT_PERSON | ABOUT_HUB, CONCERNS_ENTRY},
    [EVENT_ARRIVAL_RESOLVED] = {ABOUT_PERSON, CONCERNS_HUB_DESK},
    [EVENT_ARRIVAL_HANDED_OVER] = {ABOUT_PERSON, CONCERNS_HUB_DESK},
    [EVENT_PLACE_CHANGED] = {ABOUT_PERSON, CONCERNS_REQUEST | CONCERNS_PLACE},
    [EVENT_DEPARTURE_CANCELLED] = {ABOUT_PERSON,
                                   CONCERNS_SUBJECT | CONCERNS_PLACE | CONCERNS_HUB_DESK},
    [EVENT_HUB_OPENED] = {ABOUT_HUB, CONCERNS_SUBJECT},
    [EVENT_PLACES_AGREED] = {ABOUT_HUB, CONCERNS_HUB_PLACES},
    [EVENT_PLACES_OF_KIND] = {ABOUT_HUB, CONCERNS_PLACE},
    [EVENT_PLACE_OUT_OF_USE] = {ABOUT_HUB, CONCERNS_PLACE},
    [EVENT_PLACE_BACK_IN_USE] = {ABOUT_HUB, CONCERNS_PLACE},
    [EVENT_PLACES_PREBOOKED] = {ABOUT_HUB, CONCERNS_PLACE | CONCERNS_HUB_DESK},
    [EVENT_PREBOOKING_GIVEN] = {ABOUT_HUB, CONCERNS_PLACE | CONCERNS_HUB_DESK},
    [EVENT_PREBOOKING_ENDED] = {ABOUT_HUB, CONCERNS_PLACE | CONCERNS_HUB_DESK},
    [EVENT_HUB_REPORTED] = {ABOUT_HUB, CONCERNS_HUB_DESK},
    [EVENT_HUB_REPORT_EXPLAINED] = {ABOUT_HUB, CONCERNS_HUB_DESK},
    [EVENT_UNEXPECTED_ARRIVAL] = {ABOUT_HUB, CONCERNS_HUB_DESK},
    [EVENT_UNEXPECTED_RESOLVED] = {ABOUT_HUB, CONCERNS_HUB_DESK},
    [EVENT_AGREEMENT_OPENED] = {ABOUT_AGREEMENT, CONCERNS_SUBJECT},
    [EVENT_AGREEMENT_ANNOUNCED] = {ABOUT_AGREEMENT, CONCERNS_SUBJECT},
    [EVENT_ACCOUNT_OPENED] = {ABOUT_ACCOUNT, CONCERNS_SUBJECT},
    [EVENT_ACCOUNT_CHANGED] = {ABOUT_ACCOUNT, CONCERNS_SUBJECT},
    [EVENT_ACCOUNT_CLOSED] = {ABOUT_ACCOUNT, CONCERNS_SUBJECT},
    [EVENT_ACCOUNT_SECURED] = {ABOUT_ACCOUNT, CONCERNS_SUBJECT},
    [EVENT_ACCOUNT_LANGUAGE_CHOSEN] = {ABOUT_ACCOUNT, CONCERNS_SUBJECT},
    [EVENT_MANIFEST_OPENED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT},
    [EVENT_MANIFEST_CHANGED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT},
    [EVENT_MANIFEST_PERSON_LISTED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT | CONCERNS_MANIFEST_ENTRY},
    [EVENT_MANIFEST_PERSON_TAKEN_OFF] = {ABOUT_MANIFEST,
                                         CONCERNS_SUBJECT | CONCERNS_MANIFEST_ENTRY},
    [EVENT_MANIFEST_BOARDED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT},
    [EVENT_MANIFEST_DEPARTED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT},
    [EVENT_MANIFEST_PERSON_ACCOUNTED] = {ABOUT_MANIFEST,
                                         CONCERNS_SUBJECT | CONCERNS_MANIFEST_ENTRY},
    [EVENT_MANIFEST_CLOSED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT},
    [EVENT_MANIFEST_CANCELLED] = {ABOUT_MANIFEST, CONCERNS_SUBJECT | CONCERNS_MANIFEST_ENTRY},
    [EVENT_RULEBOOK_ADOPTED] = {ABOUT_REGISTER, 0},
    [EVENT_TRANSLATION_APPROVED] = {ABOUT_REGISTER, 0},
    [EVENT_PERSON_ERASED] = {ABOUT_REGISTER, CONCERNS_ERASED},
    [EVENT_OPERATION_RECORDED] = {ABOUT_OPERATION, CONCERNS_SUBJECT},
};

static const struct event_row *event_row(enum event_kind kind)
{
    const size_t index = (size_t)kind;
    ASSERT(index > EVENT_NONE && index < sizeof event_rows / sizeof event_rows[0]);
    return &event_rows[index];
}

unsigned event_concerns(enum event_kind kind)
{
    return event_row(kind)->concerns;
}

bool event_may_be_about(enum event_kind kind, enum subject_kind subject)
{
    ASSERT(subject >= SUBJECT_OF_PERSON && subject <= SUBJECT_LAST);
    return (event_row(kind)->about & 1U << subject) != 0;
}

result row_check_beginning(int64_t row_id, const struct event *event, enum event_kind first,
                           struct err *err)
{
    const char *subject = subject_kind_name(event->subject_kind);
    if (row_id == 0 && event->kind != first) {
        return err_set(err, ERROR_CONFLICT,
                       "There is no %s %lld in the register yet, so nothing can be recorded of it",
                       subject, (long long)event->subject);
    }
    if (row_id != 0 && event->kind == first) {
        return err_set(err, ERROR_CONFLICT, "The %s %lld is in the register already", subject,
                       (long long)event->subject);
    }
    ASSERT(row_id == 0 || row_id == event->subject);
    return result_ok();
}

/* --- person --- */

static void person_begin(struct person_row *row, const struct event *event)
{
    const struct person_registered_body *body = &event->body.person_registered;
    *row = (struct person_row){
        .id = event->subject,
        .reference = body->reference,
        .stage = body->stage,
        .stage_since = body->stage_since.known ? body->stage_since.day : event->effective_on,
        .stage_event = event->position,
        .identity_event = event->position,
        .registered_on = event->effective_on,
    };
}

/* A contact that is recorded late does not hide a later one that is known already. */
static void person_confirm_contact(struct person_row *row, const struct event *event)
{
    const struct contact_confirmed_body *body = &event->body.contact_confirmed;
    if (row->last_contact_on.known && date_before(event->effective_on, row->last_contact_on.day)) {
        return;
    }
    row->last_contact_on = (struct known_day){.known = true, .day = event->effective_on};
    row->last_contact_source = body->source;
    row->next_check_on = body->next_check_on;
}

static result person_take_step(struct person_row *row, const struct event *event, struct err *err)
{
    const struct step_taken_body *body = &event->body.step_taken;
    if (body->from.len > 0 && !str_equal(body->from, row->stage)) {
        return err_set(
            err, ERROR_CONFLICT,
            "The step %.*s is taken from the stage %.*s, but the person is in the stage %.*s",
            STR_ARG(body->step), STR_ARG(body->from), STR_ARG(row->stage));
    }
    if (body->place > 0 && body->hub <= 0) {
        return err_set(err, ERROR_INPUT, "A step that takes a place must say at which hub");
    }
    if (body->to.len > 0 && !str_equal(body->to, row->stage)) {
        row->stage = body->to;
        row->stage_since = event->effective_on;
        row->stage_event = event->position;
    }
    if (body->place != 0) {
        row->hub = body->place > 0 ? body->hub : 0;
    }
    ASSERT(row->stage.len > 0);
    return result_ok();
}

/* The step that let the person leave the hub is said not to have happened, so it must be the one
 * that brought them where they are. */
static result person_cancel_departure(struct person_row *row, const struct event *event,
                                      struct err *err)
{
    const struct departure_cancelled_body *body = &event->body.departure_cancelled;
    if (row->hub != 0 || row->stage_event != body->event) {
        return err_set(err, ERROR_CONFLICT,
                       "The departure of event %lld is not the last thing that happened to person "
                       "%lld, so it cannot be cancelled",
                       (long long)body->event, (long long)event->subject);
    }
    if (body->hub <= 0 || body->place <= 0 || body->to.len == 0) {
        return err_set(err, ERROR_INPUT, "A cancelled departure leads back to a place and a stage");
    }
    row->stage = body->to;
    row->stage_since = event->effective_on;
    row->stage_event = event->position;
    row->hub = body->hub;
    return result_ok();
}

static result person_leave_family(struct person_row *row, struct err *err)
{
    if (row->family == 0) {
        return err_set(err, ERROR_CONFLICT, "The person is in no family group");
    }
    row->family = 0;
    return result_ok();
}

static result person_lift_hold(struct person_row *row, struct err *err)
{
    if (row->holds == 0) {
        return err_set(err, ERROR_CONFLICT, "There is no legal hold on the person's record");
    }
    row->holds--;
    return result_ok();
}

static result person_restrict(struct person_row *row, bool restricted, struct err *err)
{
    if (row->restricted == restricted) {
        return err_set(err, ERROR_CONFLICT,
                       restricted ? "Processing of the person's record is restricted already"
                                  : "Processing of the person's record is not restricted");
    }
    row->restricted = restricted;
    return result_ok();
}

/* Nobody is named by a protection for whom it would be nobody's record. */
static result person_protect(struct person_row *row, const struct event *event, struct err *err)
{
    const struct protection_set_body *body = &event->body.protection_set;
    if (body->accounts.count == 0 && body->roles.count == 0) {
        return err_set(err, ERROR_INPUT, "A protected record is seen by somebody: name them");
    }
    row->protection = event->position;
    return result_ok();
}

static result person_lift_protection(struct person_row *row, struct err *err)
{
    if (row->protection == 0) {
        return err_set(err, ERROR_CONFLICT, "The person's record is not protected");
    }
    row->protection = 0;
    return result_ok();
}

static result person_ask_erasure(struct person_row *row, const struct event *event, struct err *err)
{
    if (row->erasure_request != 0) {
        return err_set(err, ERROR_CONFLICT, "Erasure of the person's record was asked for already");
    }
    row->erasure_request = event->position;
    return result_ok();
}

static result person_decline_erasure(struct person_row *row, const struct event *event,
                                     struct err *err)
{
    if (row->erasure_request == 0 || row->erasure_request != event->body.erasure_declined.request) {
        return err_set(err, ERROR_CONFLICT, "Erasure of the person's record was not asked for");
    }
    row->erasure_request = 0;
    return result_ok();
}

void person_row_erase(struct person_row *row, str reference)
{
    *row = (struct person_row){
        .id = row->id,
        .reference = reference,
        .stage = row->stage,
        .stage_since = row->stage_since,
        .stage_event = row->stage_event,
        .registered_on = row->registered_on,
        .last_contact_source = STR(""),
        .erased = true,
        .part_of = row->part_of,
    };
}

static result check_person_begins(const struct event *event, struct err *err)
{
    const struct person_registered_body *body = &event->body.person_registered;
    if (body->reference.len == 0 || body->stage.len == 0) {
        return err_set(err, ERROR_INPUT, "A person is registered with a reference and in a stage");
    }
    return result_ok();
}

result person_row_apply(struct person_row *row, const struct event *event, struct err *err)
{
    if (event->subject_kind != SUBJECT_OF_PERSON) {
        return result_ok();
    }
    TRY(row_check_beginning(row->id, event, EVENT_PERSON_REGISTERED, err));
    if (event->kind == EVENT_PERSON_REGISTERED) {
        TRY(check_person_begins(event, err));
        person_begin(row, event);
    } else if (event->kind == EVENT_IDENTITY_CORRECTED) {
        row->identity_event = event->position;
    } else if (event->kind == EVENT_FAMILY_JOINED) {
        row->family = event->body.family_joined.family;
    } else if (event->kind == EVENT_FAMILY_LEFT) {
        return person_leave_family(row, err);
    } else if (event->kind == EVENT_CONTACT_CONFIRMED) {
        person_confirm_contact(row, event);
    } else if (event->kind == EVENT_STEP_TAKEN) {
        return person_take_step(row, event, err);
    } else if (event->kind == EVENT_LEGAL_HOLD_PLACED) {
        row->holds++;
    } else if (event->kind == EVENT_LEGAL_HOLD_LIFTED) {
        return person_lift_hold(row, err);
    } else if (event->kind == EVENT_PROCESSING_RESTRICTED) {
        return person_restrict(row, true, err);
    } else if (event->kind == EVENT_RESTRICTION_LIFTED) {
        return person_restrict(row, false, err);
    } else if (event->kind == EVENT_PROTECTION_SET) {
        return person_protect(row, event, err);
    } else if (event->kind == EVENT_PROTECTION_LIFTED) {
        return person_lift_protection(row, err);
    } else if (event->kind == EVENT_ERASURE_REQUESTED) {
        return person_ask_erasure(row, event, err);
    } else if (event->kind == EVENT_ERASURE_DECLINED) {
        return person_decline_erasure(row, event, err);
    } else if (event->kind == EVENT_DEPARTURE_CANCELLED) {
        return person_cancel_departure(row, event, err);
    }
    return result_ok();
}

/* --- request --- */

/* The procedure of a request as data: a row of what it may become. What has ended stays ended. */
static const struct request_state_row {
    const char *name;
    bool may_become[REQUEST_WITHDRAWN + 1];
} request_states[] = {
    [REQUEST_OPEN] = {"open",
                      {[REQUEST_APPROVED] = true,
                       [REQUEST_STOPPED] = true,
                       [REQUEST_DECLINED] = true,
                       [REQUEST_WITHDRAWN] = true}},
    [REQUEST_APPROVED] = {"approved",
                          {[REQUEST_TAKEN] = true,
                           [REQUEST_STOPPED] = true,
                           [REQUEST_DECLINED] = true,
                           [REQUEST_WITHDRAWN] = true}},
    [REQUEST_TAKEN] = {"taken", {false}},
    [REQUEST_STOPPED] = {"stopped", {false}},
    [REQUEST_DECLINED] = {"declined", {false}},
    [REQUEST_WITHDRAWN] = {"withdrawn", {false}},
};

static bool is_request_state(enum request_state state)
{
    return state >= REQUEST_OPEN && state <= REQUEST_WITHDRAWN;
}

const char *request_state_name(enum request_state state)
{
    return is_request_state(state) ? request_states[state].name : "none";
}

bool request_may_become(enum request_state from, enum request_state to)
{
    return is_request_state(from) && is_request_state(to) && request_states[from].may_become[to];
}

/* The request that an event is about; 0 for none, or for an event that is about no request. */
static int64_t request_of(const struct event *event)
{
    const enum event_kind kind = event->kind;
    return kind == EVENT_STEP_APPROVED    ? event->body.step_approved.request
           : kind == EVENT_STEP_DECLINED  ? event->body.step_declined.request
           : kind == EVENT_STEP_WITHDRAWN ? event->body.step_withdrawn.request
           : kind == EVENT_STEP_STOPPED   ? event->body.step_stopped.request
           : kind == EVENT_STEP_TAKEN     ? event->body.step_taken.request
           : kind == EVENT_PLACE_CHANGED  ? event->body.place_changed.request
                                          : 0;
}

static result request_begin(struct request_row *row, const struct event *event, struct err *err)
{
    const struct step_requested_body *body = &event->body.step_requested;
    if (row->id != 0) {
        return err_set(err, ERROR_CONFLICT, "The request %lld is in the register already",
                       (long long)row->id);
    }
    *row = (struct request_row){
        .id = event->position,
        .person = event->subject,
        .step = body->step,
        .hub = body->hub,
        .agreement = body->agreement,
        .state = REQUEST_OPEN,
        .requested_by = event->actor,
        .requested_at = event->recorded_at,
        .changed_at = event->recorded_at,
        .changed_event = event->position,
    };
    return result_ok();
}

static result request_move(struct request_row *row, enum request_state to, struct err *err)
{
    if (!request_may_become(row->state, to)) {
        return err_set(err, ERROR_CONFLICT, "The request %lld is %s, so it cannot become %s",
                       (long long)row->id, request_state_name(row->state), request_state_name(to));
    }
    row->state = to;
    return result_ok();
}

static result check_approver(const struct request_row *row, int64_t actor, struct err *err)
{
    for (size_t i = 0; i < row->approval_count; i++) {
        if (row->approved_by[i] == actor) {
            return err_set(err, ERROR_CONFLICT,
                           "This account has approved the request %lld already",
                           (long long)row->id);
        }
    }
    if (row->approval_count == REQUEST_APPROVALS_MAX) {
        return err_set(err, ERROR_LIMIT, "A request has at most %d approvals",
                       REQUEST_APPROVALS_MAX);
    }
    return result_ok();
}

static result request_approve(struct request_row *row, const struct event *event, struct err *err)
{
    const struct step_approved_body *body = &event->body.step_approved;
    if (row->state != REQUEST_OPEN) {
        return err_set(err, ERROR_CONFLICT, "The request %lld is %s, so it cannot be approved",
                       (long long)row->id, request_state_name(row->state));
    }
    TRY(check_approver(row, event->actor, err));
    if (body->place < 0 || (body->place > 0 && (row->hub == 0 || row->place != 0))) {
        return err_set(err, ERROR_CONFLICT, "No further place can be held for the request %lld",
                       (long long)row->id);
    }
    row->approved_by[row->approval_count++] = event->actor;
    row->place = body->place > 0 ? body->place : row->place;
    return body->outstanding > 0 ? result_ok() : request_move(row, REQUEST_APPROVED, err);
}

static result request_take(struct request_row *row, const struct event *event, struct err *err)
{
    const struct step_taken_body *body = &event->body.step_taken;
    const bool same_place = row->place == 0 || (row->place == body->place && row->hub == body->hub);
    if (!str_equal(row->step, body->step) || !same_place) {
        return err_set(err, ERROR_CONFLICT,
                       "The step taken is not what the request %lld asked for, or not at the place "
                       "held for it",
                       (long long)row->id);
    }
    row->place = 0;
    return request_move(row, REQUEST_TAKEN, err);
}

/* Stopped, declined or withdrawn: nothing is held for it any more. */
static result request_end(struct request_row *row, enum request_state end, struct err *err)
{
    row->place = 0;
    return request_move(row, end, err);
}

/* The same request holds another place of the same hub. */
static result request_change_place(struct request_row *row, const struct event *event,
                                   struct err *err)
{
    const struct place_changed_body *body = &event->body.place_changed;
    if (row->state != REQUEST_APPROVED || row->place == 0 || row->hub != body->hub ||
        body->place <= 0) {
        return err_set(err, ERROR_CONFLICT, "No place of the hub is held for the request %lld",
                       (long long)row->id);
    }
    row->place = body->place;
    return result_ok();
}

static result request_change(struct request_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_PLACE_CHANGED) {
        return request_change_place(row, event, err);
    }
    if (event->kind == EVENT_STEP_APPROVED) {
        return request_approve(row, event, err);
    }
    if (event->kind == EVENT_STEP_TAKEN) {
        return request_take(row, event, err);
    }
    if (event->kind == EVENT_STEP_STOPPED) {
        return request_end(row, REQUEST_STOPPED, err);
    }
    return request_end(
        row, event->kind == EVENT_STEP_DECLINED ? REQUEST_DECLINED : REQUEST_WITHDRAWN, err);
}

result request_row_apply(struct request_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_STEP_REQUESTED) {
        return request_begin(row, event, err);
    }
    const int64_t request = request_of(event);
    if (request == 0) {
        return result_ok();
    }
    if (row->id != request || row->person != event->subject) {
        return err_set(err, ERROR_CONFLICT, "There is no request %lld of person %lld",
                       (long long)request, (long long)event->subject);
    }
    struct request_row changed = *row;
    TRY(request_change(&changed, event, err));
    changed.changed_at = event->recorded_at;
    changed.changed_event = event->position;
    *row = changed;
    return result_ok();
}

/* --- place --- */

static const char *const place_state_names[PLACE_STATES] = {
    [PLACE_FREE] = "free",     [PLACE_HELD] = "held",           [PLACE_OCCUPIED] = "occupied",
    [PLACE_CLOSED] = "closed", [PLACE_PREBOOKED] = "prebooked", [PLACE_OUT_OF_USE] = "out_of_use"};

const char *place_state_name(enum place_state state)
{
    return state >= PLACE_FREE && state < PLACE_STATES ? place_state_names[state] : "none";
}

bool place_is_free_on(const struct place_row *row, date today)
{
    const bool ran_out =
        row->state == PLACE_PREBOOKED && date_before(row->prebooked_until.day, today);
    return row->state == PLACE_FREE || ran_out;
}

/* Of nobody, and for nothing. What the place is (hub, number, kind) stays. */
static void place_become(struct place_row *row, enum place_state state, const struct event *event)
{
    *row = (struct place_row){.hub = row->hub,
                              .number = row->number,
                              .kind = row->kind,
                              .state = state,
                              .out_reason = STR(""),
                              .since = event->recorded_at,
                              .changed_event = event->position};
}

static void place_hold_for(struct place_row *row, int64_t person, const struct event *event)
{
    place_become(row, PLACE_HELD, event);
    row->person = person;
    row->request = request_of(event);
}

static void place_occupy(struct place_row *row, const struct event *event)
{
    place_become(row, PLACE_OCCUPIED, event);
    row->person = event->subject;
}

static result refuse_place(const struct place_row *row, struct err *err)
{
    return err_set(err, ERROR_CONFLICT, "Place %lld is %s", (long long)row->number,
                   place_state_name(row->state));
}

static bool is_held_for(const struct place_row *row, const struct event *event)
{
    return row->state == PLACE_HELD && row->request == request_of(event);
}

static bool is_prebooked_for(const struct place_row *row, const struct event *event)
{
    return row->state == PLACE_PREBOOKED && row->request != 0 && row->request == request_of(event);
}

/* May whoever the event is about have it, if nobody else does? */
static bool is_to_be_had(const struct place_row *row, const struct event *event)
{
    return place_is_free_on(row, event->effective_on) || is_prebooked_for(row, event);
}

static result place_hold(struct place_row *row, const struct event *event, struct err *err)
{
    if (event->body.step_approved.place != row->number) {
        return result_ok();
    }
    if (!is_to_be_had(row, event)) {
        return refuse_place(row, err);
    }
    place_hold_for(row, event->subject, event);
    return result_ok();
}

/* What was held for a request that is over is free again; what was prebooked for it is prebooked
 * still, for nobody yet. */
static void place_let_go(struct place_row *row, const struct event *event)
{
    if (is_held_for(row, event)) {
        place_become(row, PLACE_FREE, event);
    } else if (is_prebooked_for(row, event)) {
        row->person = 0;
        row->request = 0;
        row->changed_event = event->position;
    }
}

static result place_take(struct place_row *row, const struct event *event, struct err *err)
{
    const struct step_taken_body *body = &event->body.step_taken;
    const bool named = body->place > 0 && body->place == row->number && body->hub == row->hub;
    const bool theirs = row->state == PLACE_OCCUPIED && row->person == event->subject;
    if (named) {
        if (!is_to_be_had(row, event) && !is_held_for(row, event)) {
            return refuse_place(row, err);
        }
        place_occupy(row, event);
    } else if (theirs && body->place != 0) {
        place_become(row, PLACE_FREE, event);
    } else {
        place_let_go(row, event);
    }
    return result_ok();
}

/* The place that is left, and the one that is had instead. */
static result place_change(struct place_row *row, const struct event *event, struct err *err)
{
    const struct place_changed_body *body = &event->body.place_changed;
    const bool theirs = row->state == PLACE_OCCUPIED && row->person == event->subject;
    if (row->hub != body->hub) {
        return result_ok();
    }
    if (row->number != body->place) {
        const bool leaves = body->request != 0 ? is_held_for(row, event) : theirs;
        if (leaves) {
            place_become(row, PLACE_FREE, event);
        }
        return result_ok();
    }
    if (!place_is_free_on(row, event->effective_on)) {
        return refuse_place(row, err);
    }
    if (body->request != 0) {
        place_hold_for(row, event->subject, event);
    } else {
        place_occupy(row, event);
    }
    return result_ok();
}

static result place_reoccupy(struct place_row *row, const struct event *event, struct err *err)
{
    const struct departure_cancelled_body *body = &event->body.departure_cancelled;
    if (row->hub != body->hub || row->number != body->place) {
        return result_ok();
    }
    if (!place_is_free_on(row, event->effective_on)) {
        return refuse_place(row, err);
    }
    place_occupy(row, event);
    return result_ok();
}

/* What somebody has, or is to have, keeps its kind. */
static result place_of_kind(struct place_row *row, const struct event *event, struct err *err)
{
    const struct places_of_kind_body *body = &event->body.places_of_kind;
    if (row->number < body->first || row->number > body->last || str_equal(row->kind, body->kind)) {
        return result_ok();
    }
    if (row->state == PLACE_HELD || row->state == PLACE_OCCUPIED || row->state == PLACE_PREBOOKED) {
        return refuse_place(row, err);
    }
    row->kind = body->kind;
    row->changed_event = event->position;
    return result_ok();
}

/* A place that is held is taken all the same: what is broken is broken. Who had it held is another
 * question. One in which somebody sleeps is in use. */
static result place_put_out_of_use(struct place_row *row, const struct event *event,
                                   struct err *err)
{
    const struct place_out_of_use_body *body = &event->body.place_out_of_use;
    if (row->number != body->place) {
        return result_ok();
    }
    if (row->state == PLACE_OCCUPIED || row->state == PLACE_CLOSED ||
        row->state == PLACE_OUT_OF_USE) {
        return refuse_place(row, err);
    }
    if (body->reason.len == 0) {
        return err_set(err, ERROR_INPUT, "A place is out of use for a reason");
    }
    place_become(row, PLACE_OUT_OF_USE, event);
    row->out_reason = body->reason;
    row->back_on = body->expected_back_on;
    return result_ok();
}

static result place_put_back(struct place_row *row, const struct event *event, struct err *err)
{
    if (row->number != event->body.place_back_in_use.place) {
        return result_ok();
    }
    if (row->state != PLACE_OUT_OF_USE) {
        return refuse_place(row, err);
    }
    place_become(row, PLACE_FREE, event);
    return result_ok();
}

static bool names_place(const struct number_list *places, int64_t number)
{
    for (size_t i = 0; i < places->count; i++) {
        if (places->items[i] == number) {
            return true;
        }
    }
    return false;
}

static result place_prebook(struct place_row *row, const struct event *event, struct err *err)
{
    const struct places_prebooked_body *body = &event->body.places_prebooked;
    if (!names_place(&body->places, row->number)) {
        return result_ok();
    }
    if (!place_is_free_on(row, event->effective_on)) {
        return refuse_place(row, err);
    }
    if (!body->until.known || date_before(body->until.day, event->effective_on)) {
        return err_set(err, ERROR_INPUT, "A prebooking has an end, and it is not over already");
    }
    place_become(row, PLACE_PREBOOKED, event);
    row->prebooking = event->position;
    row->prebooked_until = body->until;
    return result_ok();
}

static result place_give(struct place_row *row, const struct event *event, struct err *err)
{
    const struct prebooking_given_body *body = &event->body.prebooking_given;
    if (row->number != body->place) {
        return result_ok();
    }
    if (row->state != PLACE_PREBOOKED || row->prebooking != body->prebooking || row->request != 0 ||
        place_is_free_on(row, event->effective_on)) {
        return refuse_place(row, err);
    }
    if (body->request <= 0 || body->person <= 0) {
        return err_set(err, ERROR_INPUT, "A prebooked place is given to a request");
    }
    row->person = body->person;
    row->request = body->request;
    row->changed_event = event->position;
    return result_ok();
}

static void place_end_prebooking(struct place_row *row, const struct event *event)
{
    if (row->state == PLACE_PREBOOKED &&
        row->prebooking == event->body.prebooking_ended.prebooking) {
        place_become(row, PLACE_FREE, event);
    }
}

result place_row_apply(struct place_row *row, const struct event *event, struct err *err)
{
    const bool of_hub = event->subject_kind == SUBJECT_OF_HUB;
    if (of_hub && event->subject != row->hub) {
        return result_ok();
    }
    switch ((int)event->kind) {
    case EVENT_STEP_APPROVED:
        return place_hold(row, event, err);
    case EVENT_STEP_TAKEN:
        return place_take(row, event, err);
    case EVENT_STEP_STOPPED:
    case EVENT_STEP_DECLINED:
    case EVENT_STEP_WITHDRAWN:
        place_let_go(row, event);
        return result_ok();
    case EVENT_PLACE_CHANGED:
        return place_change(row, event, err);
    case EVENT_DEPARTURE_CANCELLED:
        return place_reoccupy(row, event, err);
    case EVENT_PLACES_OF_KIND:
        return place_of_kind(row, event, err);
    case EVENT_PLACE_OUT_OF_USE:
        return place_put_out_of_use(row, event, err);
    case EVENT_PLACE_BACK_IN_USE:
        return place_put_back(row, event, err);
    case EVENT_PLACES_PREBOOKED:
        return place_prebook(row, event, err);
    case EVENT_PREBOOKING_GIVEN:
        return place_give(row, event, err);
    case EVENT_PREBOOKING_ENDED:
        place_end_prebooking(row, event);
        return result_ok();
    default:
        return result_ok();
    }
}

static size_t places_in_use(const struct place_row *rows, size_t count)
{
    size_t in_use = 0;
    for (size_t i = 0; i < count; i++) {
        ASSERT(rows[i].number == (int64_t)i + 1);
        in_use += rows[i].state != PLACE_CLOSED ? 1 : 0;
    }
    return in_use;
}

static size_t places_reopen(struct place_row *rows, size_t count, size_t wanted,
                            const struct event *event)
{
    size_t reopened = 0;
    for (size_t i = 0; i < count && reopened < wanted; i++) {
        if (rows[i].state == PLACE_CLOSED) {
            place_become(&rows[i], PLACE_FREE, event);
            reopened++;
        }
    }
    return reopened;
}

static size_t places_close(struct place_row *rows, size_t count, size_t wanted,
                           const struct event *event)
{
    size_t closed = 0;
    for (size_t i = count; i > 0 && closed < wanted; i--) {
        if (rows[i - 1].state == PLACE_FREE) {
            place_become(&rows[i - 1], PLACE_CLOSED, event);
            closed++;
        }
    }
    return closed;
}

result place_rows_agree(struct place_row *rows, size_t count, size_t capacity,
                        const struct event *event, size_t *ret_count, struct err *err)
{
    ASSERT(event->kind == EVENT_PLACES_AGREED);
    const int64_t agreed = event->body.places_agreed.places;
    if (agreed < 0 || agreed > HUB_PLACES_MAX) {
        return err_set(err, ERROR_INPUT, "A hub has between 0 and %d places, not %lld",
                       HUB_PLACES_MAX, (long long)agreed);
    }
    const size_t wanted = (size_t)agreed;
    ASSERT(capacity >= count && capacity >= wanted);
    size_t in_use = places_in_use(rows, count);
    if (in_use > wanted) {
        const size_t closed = places_close(rows, count, in_use - wanted, event);
        if (closed < in_use - wanted) {
            return err_set(
                err, ERROR_CONFLICT,
                "The hub cannot go down from %zu to %zu places: only %zu of them %s free", in_use,
                wanted, closed, str_noun((int64_t)closed, "is", "are"));
        }
    }
    in_use += in_use < wanted ? places_reopen(rows, count, wanted - in_use, event) : 0;
    while (in_use < wanted) {
        rows[count] = (struct place_row){
            .hub = event->subject, .number = (int64_t)count + 1, .kind = STR("")};
        place_become(&rows[count], PLACE_FREE, event);
        count++;
        in_use++;
    }
    *ret_count = count;
    return result_ok();
}

/* --- fact --- */

static bool may_have_facts(enum subject_kind kind)
{
    return kind == SUBJECT_OF_PERSON || kind == SUBJECT_OF_HUB || kind == SUBJECT_OF_AGREEMENT;
}

static result fact_begin(struct fact_row *row, const struct event *event, struct err *err)
{
    const struct fact_recorded_body *body = &event->body.fact_recorded;
    if (body->fact.len == 0 || !may_have_facts(event->subject_kind)) {
        return err_set(err, ERROR_INPUT,
                       "A recorded fact needs a name and a person, hub or agreement it is about");
    }
    if (row->position != 0) {
        return err_set(err, ERROR_CONFLICT, "The fact of event %lld is in the register already",
                       (long long)row->position);
    }
    *row = (struct fact_row){
        .position = event->position,
        .subject_kind = event->subject_kind,
        .subject = event->subject,
        .fact = body->fact,
        .value = body->value,
        .source = body->source,
        .true_from = event->effective_on,
        .recorded_at = event->recorded_at,
        .actor = event->actor,
    };
    return result_ok();
}

static result fact_withdraw(struct fact_row *row, const struct event *event, struct err *err)
{
    const int64_t withdrawn = event->body.fact_withdrawn.event;
    const bool found = row->position != 0 && row->position == withdrawn &&
                       row->subject_kind == event->subject_kind && row->subject == event->subject;
    if (!found) {
        return err_set(err, ERROR_CONFLICT, "Event %lld did not record a fact of this %s",
                       (long long)withdrawn, subject_kind_name(event->subject_kind));
    }
    if (row->withdrawn) {
        return err_set(err, ERROR_CONFLICT, "The fact of event %lld was withdrawn already",
                       (long long)withdrawn);
    }
    row->withdrawn = true;
    row->withdrawn_at = event->recorded_at;
    return result_ok();
}

result fact_row_apply(struct fact_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_FACT_RECORDED) {
        return fact_begin(row, event, err);
    }
    return event->kind == EVENT_FACT_WITHDRAWN ? fact_withdraw(row, event, err) : result_ok();
}

static bool fact_counts(const struct fact_row *row, date as_of, instant known_at)
{
    const bool known = row->recorded_at.milliseconds <= known_at.milliseconds;
    const bool withdrawn =
        row->withdrawn && row->withdrawn_at.milliseconds <= known_at.milliseconds;
    return known && !withdrawn && row->true_from.day <= as_of.day;
}

static bool fact_is_later(const struct fact_row *a, const struct fact_row *b)
{
    return a->true_from.day != b->true_from.day ? a->true_from.day > b->true_from.day
                                                : a->position > b->position;
}

size_t fact_rows_choose(const struct fact_row *rows, size_t count, date as_of, instant known_at)
{
    size_t chosen = count;
    for (size_t i = 0; i < count; i++) {
        if (!fact_counts(&rows[i], as_of, known_at)) {
            continue;
        }
        if (chosen == count || fact_is_later(&rows[i], &rows[chosen])) {
            chosen = i;
        }
    }
    return chosen;
}

size_t fact_rows_keep_current(struct fact_row *rows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].withdrawn) {
            continue;
        }
        ASSERT(kept == 0 || fact_is_later(&rows[i], &rows[kept - 1]));
        const bool same_day = kept > 0 && date_equal(rows[kept - 1].true_from, rows[i].true_from);
        kept += same_day ? 0 : 1;
        rows[kept - 1] = rows[i];
    }
    return kept;
}

/* --- caseload --- */

void caseload_row_follow(struct caseload_row *row, const struct person_row *person, int64_t stage)
{
    ASSERT(row->person == 0 || row->person == person->id);
    row->person = person->id;
    row->reference = person->reference;
    row->stage = stage;
    row->family = person->family;
    row->hub = person->hub;
    row->registered_on = person->registered_on;
    row->next_check_on = person->next_check_on;
}

result caseload_row_apply(struct caseload_row *row, const struct event *event, int64_t fact,
                          const struct packed_entry *entries, size_t count, struct arena *arena,
                          struct err *err)
{
    ASSERT(event->subject_kind == SUBJECT_OF_PERSON && event->subject == row->person);
    if (event->kind == EVENT_FACT_RECORDED) {
        ASSERT(count == 1 && entries[0].fact == fact);
        TRY(packed_record(row->facts, &entries[0], arena, &row->facts, err));
    } else {
        ASSERT(event->kind == EVENT_FACT_WITHDRAWN);
        TRY(packed_replace(row->facts, fact, entries, count, arena, &row->facts, err));
    }
    row->recorded_until = event->recorded_at;
    return result_ok();
}

/* --- hub, agreement, account --- */

result hub_row_apply(struct hub_row *row, const struct event *event, struct err *err)
{
    if (event->subject_kind != SUBJECT_OF_HUB) {
        return result_ok();
    }
    TRY(row_check_beginning(row->id, event, EVENT_HUB_OPENED, err));
    if (event->kind == EVENT_HUB_OPENED) {
        const struct hub_opened_body *body = &event->body.hub_opened;
        *row = (struct hub_row){.id = event->subject,
                                .reference = body->reference,
                                .name = body->name,
                                .agreement = body->agreement};
    }
    return result_ok();
}

result agreement_row_apply(struct agreement_row *row, const struct event *event, struct err *err)
{
    if (event->subject_kind != SUBJECT_OF_AGREEMENT) {
        return result_ok();
    }
    TRY(row_check_beginning(row->id, event, EVENT_AGREEMENT_OPENED, err));
    if (event->kind == EVENT_AGREEMENT_OPENED) {
        const struct agreement_opened_body *body = &event->body.agreement_opened;
        *row = (struct agreement_row){.id = event->subject,
                                      .reference = body->reference,
                                      .partner = body->partner,
                                      .title = body->title,
                                      .confidential = body->confidential != 0};
    } else if (event->kind == EVENT_AGREEMENT_ANNOUNCED) {
        row->confidential = false;
    }
    return result_ok();
}

static result account_change(struct account_row *row, const struct event *event, struct err *err)
{
    if (row->closed) {
        return err_set(err, ERROR_CONFLICT, "The account %.*s is closed", STR_ARG(row->username));
    }
    if (event->kind == EVENT_ACCOUNT_CLOSED) {
        row->closed = true;
    } else if (event->kind == EVENT_ACCOUNT_LANGUAGE_CHOSEN) {
        row->language = event->body.account_language_chosen.language;
    } else {
        row->role = event->body.account_changed.role;
        row->hub = event->body.account_changed.hub;
    }
    return result_ok();
}

result account_row_apply(struct account_row *row, const struct event *event, struct err *err)
{
    if (event->subject_kind != SUBJECT_OF_ACCOUNT) {
        return result_ok();
    }
    TRY(row_check_beginning(row->id, event, EVENT_ACCOUNT_OPENED, err));
    if (event->kind == EVENT_ACCOUNT_OPENED) {
        const struct account_opened_body *body = &event->body.account_opened;
        *row = (struct account_row){.id = event->subject,
                                    .username = body->username,
                                    .name = body->name,
                                    .role = body->role,
                                    .hub = body->hub,
                                    .language = STR("")};
        return result_ok();
    }
    const bool changes = event->kind == EVENT_ACCOUNT_CHANGED ||
                         event->kind == EVENT_ACCOUNT_CLOSED ||
                         event->kind == EVENT_ACCOUNT_LANGUAGE_CHOSEN;
    return changes ? account_change(row, event, err) : result_ok();
}
