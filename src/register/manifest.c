#include "register/manifest.h"

#include "register/reference.h"
#include "register/row.h"

#include <stdio.h>
#include <string.h>

/* --- states as data --- */

static const struct manifest_state_row {
    const char *name;
    bool may_become[MANIFEST_CANCELLED + 1];
} manifest_states[] = {
    [MANIFEST_OPEN] = {"open", {[MANIFEST_BOARDED] = true, [MANIFEST_CANCELLED] = true}},
    [MANIFEST_BOARDED] = {"boarded", {[MANIFEST_DEPARTED] = true, [MANIFEST_CLOSED] = true}},
    [MANIFEST_DEPARTED] = {"departed", {[MANIFEST_CLOSED] = true}},
    [MANIFEST_CLOSED] = {"closed", {false}},
    [MANIFEST_CANCELLED] = {"cancelled", {false}},
};

static const char *const entry_state_names[] = {
    [ENTRY_LISTED] = "listed",       [ENTRY_BOARDED] = "boarded", [ENTRY_STOPPED] = "stopped",
    [ENTRY_TAKEN_OFF] = "taken_off", [ENTRY_ARRIVED] = "arrived", [ENTRY_RETURNED] = "returned",
};

const char *manifest_state_name(enum manifest_state state)
{
    return state >= MANIFEST_OPEN && state <= MANIFEST_CANCELLED ? manifest_states[state].name
                                                                 : "none";
}

const char *manifest_entry_state_name(enum manifest_entry_state state)
{
    return state >= ENTRY_LISTED && state <= ENTRY_RETURNED ? entry_state_names[state] : "none";
}

enum manifest_entry_state manifest_outcome(str name)
{
    return str_equal(name, STR("arrived"))    ? ENTRY_ARRIVED
           : str_equal(name, STR("returned")) ? ENTRY_RETURNED
                                              : (enum manifest_entry_state)0;
}

/* --- the manifest --- */

static result check_opening(const struct event *event, struct err *err)
{
    const struct manifest_opened_body *body = &event->body.manifest_opened;
    if (body->reference.len == 0 || body->step.len == 0 || body->lead <= 0) {
        return err_set(err, ERROR_INPUT,
                       "A manifest has a reference, a step that it is for, and a lead");
    }
    return result_ok();
}

static void manifest_begin(struct manifest_row *row, const struct event *event)
{
    const struct manifest_opened_body *body = &event->body.manifest_opened;
    *row = (struct manifest_row){
        .id = event->subject,
        .reference = body->reference,
        .step = body->step,
        .hub = body->hub,
        .destination = body->destination,
        .departs_at = {.milliseconds = body->departs_at_ms},
        .carrier = body->carrier,
        .route = body->route,
        .escorts = body->escorts,
        .escort_roles = body->escort_roles,
        .lead = body->lead,
        .state = MANIFEST_OPEN,
    };
}

static result manifest_move(struct manifest_row *row, enum manifest_state to, struct err *err)
{
    if (!manifest_states[row->state].may_become[to]) {
        return err_set(err, ERROR_CONFLICT, "The manifest %.*s is %s, so it cannot become %s",
                       STR_ARG(row->reference), manifest_state_name(row->state),
                       manifest_state_name(to));
    }
    row->state = to;
    return result_ok();
}

static result check_open(const struct manifest_row *row, struct err *err)
{
    return row->state == MANIFEST_OPEN
               ? result_ok()
               : err_set(err, ERROR_CONFLICT,
                         "The manifest %.*s is %s, so who is on it does not change any more",
                         STR_ARG(row->reference), manifest_state_name(row->state));
}

static result manifest_change(struct manifest_row *row, const struct event *event, struct err *err)
{
    const struct manifest_changed_body *body = &event->body.manifest_changed;
    TRY(check_open(row, err));
    row->departs_at.milliseconds = body->departs_at_ms;
    row->carrier = body->carrier;
    row->route = body->route;
    row->escorts = body->escorts;
    row->escort_roles = body->escort_roles;
    row->lead = body->lead;
    return result_ok();
}

static result manifest_account(struct manifest_row *row, struct err *err)
{
    if (row->aboard <= 0 || (row->state != MANIFEST_BOARDED && row->state != MANIFEST_DEPARTED)) {
        return err_set(err, ERROR_CONFLICT, "Nobody is aboard the manifest %.*s",
                       STR_ARG(row->reference));
    }
    row->aboard--;
    return result_ok();
}

static result manifest_close(struct manifest_row *row, struct err *err)
{
    if (row->aboard > 0) {
        return err_set(err, ERROR_CONFLICT,
                       "%lld of those who boarded %.*s are not accounted for, so it stays open",
                       (long long)row->aboard, STR_ARG(row->reference));
    }
    return manifest_move(row, MANIFEST_CLOSED, err);
}

static result manifest_next(struct manifest_row *row, const struct event *event, struct err *err)
{
    switch ((int)event->kind) {
    case EVENT_MANIFEST_CHANGED:
        return manifest_change(row, event, err);
    case EVENT_MANIFEST_PERSON_LISTED:
    case EVENT_MANIFEST_PERSON_TAKEN_OFF:
        return check_open(row, err);
    case EVENT_MANIFEST_BOARDED:
        row->aboard = (int64_t)event->body.manifest_boarded.boarded.count;
        return manifest_move(row, MANIFEST_BOARDED, err);
    case EVENT_MANIFEST_DEPARTED:
        row->departed_at.milliseconds = event->body.manifest_departed.departed_at_ms;
        return manifest_move(row, MANIFEST_DEPARTED, err);
    case EVENT_MANIFEST_PERSON_ACCOUNTED:
        return manifest_account(row, err);
    case EVENT_MANIFEST_CLOSED:
        return manifest_close(row, err);
    case EVENT_MANIFEST_CANCELLED:
        return manifest_move(row, MANIFEST_CANCELLED, err);
    default:
        return result_ok();
    }
}

result manifest_row_apply(struct manifest_row *row, const struct event *event, struct err *err)
{
    if (event->subject_kind != SUBJECT_OF_MANIFEST) {
        return result_ok();
    }
    TRY(row_check_beginning(row->id, event, EVENT_MANIFEST_OPENED, err));
    struct manifest_row changed = *row;
    if (event->kind == EVENT_MANIFEST_OPENED) {
        TRY(check_opening(event, err));
        manifest_begin(&changed, event);
    } else {
        TRY(manifest_next(&changed, event, err));
    }
    changed.changed_at = event->recorded_at;
    changed.changed_event = event->position;
    *row = changed;
    return result_ok();
}

/* --- the entry --- */

static result refuse_entry(const struct manifest_entry_row *row, const char *what, struct err *err)
{
    return err_set(err, ERROR_CONFLICT, "Person %lld is %s on manifest %lld, so they cannot be %s",
                   (long long)row->person, manifest_entry_state_name(row->state),
                   (long long)row->manifest, what);
}

static result entry_list(struct manifest_entry_row *row, const struct event *event, struct err *err)
{
    const struct manifest_person_listed_body *body = &event->body.manifest_person_listed;
    if (body->person <= 0 || body->request <= 0) {
        return err_set(err, ERROR_INPUT, "A person is put on a manifest by a request");
    }
    if (row->person != 0 && row->state != ENTRY_TAKEN_OFF && row->state != ENTRY_STOPPED) {
        return refuse_entry(row, "put on it", err);
    }
    *row = (struct manifest_entry_row){.manifest = event->subject,
                                       .person = body->person,
                                       .request = body->request,
                                       .state = ENTRY_LISTED};
    return result_ok();
}

static result entry_board(struct manifest_entry_row *row, const struct event *event,
                          struct err *err)
{
    if (row->state != ENTRY_LISTED) {
        return refuse_entry(row, "boarded", err);
    }
    row->state = ENTRY_BOARDED;
    row->boarded_event = event->position;
    return result_ok();
}

static result entry_account(struct manifest_entry_row *row, const struct event *event,
                            struct err *err)
{
    const str outcome = event->body.manifest_person_accounted.outcome;
    const enum manifest_entry_state state = manifest_outcome(outcome);
    if (row->state != ENTRY_BOARDED) {
        return refuse_entry(row, "accounted for", err);
    }
    if (state == 0) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is not how a departure ends for a person",
                       STR_ARG(outcome));
    }
    row->state = state;
    return result_ok();
}

static result entry_leave(struct manifest_entry_row *row, enum manifest_entry_state state,
                          struct err *err)
{
    if (row->state != ENTRY_LISTED) {
        return refuse_entry(row, "taken off", err);
    }
    row->state = state;
    return result_ok();
}

static result entry_recall(struct manifest_entry_row *row, struct err *err)
{
    if (row->state != ENTRY_BOARDED || row->recalled) {
        return refuse_entry(row, "called back", err);
    }
    row->recalled = true;
    return result_ok();
}

static result entry_next(struct manifest_entry_row *row, const struct event *event, struct err *err)
{
    switch ((int)event->kind) {
    case EVENT_MANIFEST_PERSON_LISTED:
        return entry_list(row, event, err);
    case EVENT_MANIFEST_PERSON_TAKEN_OFF:
    case EVENT_MANIFEST_CANCELLED:
        return entry_leave(row, ENTRY_TAKEN_OFF, err);
    case EVENT_MANIFEST_PERSON_ACCOUNTED:
        return entry_account(row, event, err);
    case EVENT_STEP_TAKEN:
        return entry_board(row, event, err);
    case EVENT_STEP_STOPPED:
    case EVENT_STEP_DECLINED:
    case EVENT_STEP_WITHDRAWN:
        return entry_leave(row, ENTRY_STOPPED, err);
    case EVENT_DEPARTURE_RECALLED:
        return entry_recall(row, err);
    default:
        return result_ok();
    }
}

result manifest_entry_row_apply(struct manifest_entry_row *row, const struct event *event,
                                struct err *err)
{
    struct manifest_entry_row changed = *row;
    if (row->person == 0 && event->kind != EVENT_MANIFEST_PERSON_LISTED) {
        return err_set(err, ERROR_CONFLICT, "The person of event %s is not on the manifest",
                       event_kind_name(event->kind));
    }
    TRY(entry_next(&changed, event, err));
    changed.changed_at = event->recorded_at;
    changed.changed_event = event->position;
    *row = changed;
    return result_ok();
}

/* --- reference --- */

void manifest_reference_make(uint32_t random_bits, char text[MANIFEST_REFERENCE_SIZE])
{
    char of_person[REFERENCE_SIZE];
    reference_make(random_bits, of_person);
    snprintf(text, MANIFEST_REFERENCE_SIZE, "MAN%s", of_person + strlen("RH"));
}

/* What follows MAN, however it is written. */
static str without_prefix(str typed)
{
    const str trimmed = str_trim(typed);
    const bool prefixed = trimmed.len > 3 && (trimmed.at[0] | 0x20) == 'm' &&
                          (trimmed.at[1] | 0x20) == 'a' && (trimmed.at[2] | 0x20) == 'n';
    return prefixed ? str_slice(trimmed, 3, trimmed.len) : (str){.at = "", .len = 0};
}

result manifest_reference_read(str typed, char text[MANIFEST_REFERENCE_SIZE], struct err *err)
{
    char of_person[REFERENCE_SIZE];
    if (!reference_read(without_prefix(typed), of_person, NULL).ok) {
        const str shown = str_slice(typed, 0, 40);
        result_ignore(
            err_set(err, ERROR_INPUT, "\"%.*s\" is not a reference of a manifest", STR_ARG(shown)),
            "the hint returns the failure");
        return err_hint(err, "It looks like MAN-7K3M9Q-8: MAN, six characters and a check "
                             "character.");
    }
    snprintf(text, MANIFEST_REFERENCE_SIZE, "MAN%s", of_person + strlen("RH"));
    return result_ok();
}
