#include "register/erasure.h"

#include <stdio.h>

void erased_reference(int64_t person, char text[ERASED_REFERENCE_SIZE])
{
    snprintf(text, ERASED_REFERENCE_SIZE, "erased-%lld", (long long)person);
}

static struct event header_of(const struct event *event)
{
    struct event header = *event;
    header.body = (union event_body){.note_added = {.note = STR("")}};
    return header;
}

/* No `default`: a new kind of event has to say here what remains of it. */
bool event_erase(const struct event *event, str reference, struct event *ret_remains)
{
    struct event remains = header_of(event);
    switch (event->kind) {
    case EVENT_PERSON_REGISTERED:
        remains.body.person_registered = (struct person_registered_body){
            .reference = reference, .stage = event->body.person_registered.stage};
        break;
    case EVENT_STEP_REQUESTED:
        remains.body.step_requested = (struct step_requested_body){
            .step = event->body.step_requested.step,
            .hub = event->body.step_requested.hub,
            .agreement = event->body.step_requested.agreement,
        };
        break;
    case EVENT_STEP_APPROVED:
        remains.body.step_approved = (struct step_approved_body){
            .request = event->body.step_approved.request,
            .role = event->body.step_approved.role,
            .place = event->body.step_approved.place,
            .outstanding = event->body.step_approved.outstanding,
        };
        break;
    case EVENT_STEP_DECLINED:
        remains.body.step_declined.request = event->body.step_declined.request;
        break;
    case EVENT_STEP_WITHDRAWN:
        remains.body.step_withdrawn.request = event->body.step_withdrawn.request;
        break;
    case EVENT_STEP_STOPPED:
        remains.body.step_stopped.request = event->body.step_stopped.request;
        break;
    case EVENT_STEP_TAKEN:
        remains.body.step_taken = (struct step_taken_body){
            .request = event->body.step_taken.request,
            .step = event->body.step_taken.step,
            .from = event->body.step_taken.from,
            .to = event->body.step_taken.to,
            .hub = event->body.step_taken.hub,
            .agreement = event->body.step_taken.agreement,
            .place = event->body.step_taken.place,
        };
        break;
    case EVENT_NONE:
    case EVENT_IDENTITY_CORRECTED:
    case EVENT_FAMILY_JOINED:
    case EVENT_FAMILY_LEFT:
    case EVENT_CONTACT_CONFIRMED:
    case EVENT_LEGAL_HOLD_PLACED:
    case EVENT_LEGAL_HOLD_LIFTED:
    case EVENT_PROCESSING_RESTRICTED:
    case EVENT_RESTRICTION_LIFTED:
    case EVENT_ERASURE_REQUESTED:
    case EVENT_ERASURE_DECLINED:
    case EVENT_FACT_RECORDED:
    case EVENT_FACT_WITHDRAWN:
    case EVENT_NOTE_ADDED:
    case EVENT_STEP_REFUSED:
    case EVENT_HUB_OPENED:
    case EVENT_PLACES_AGREED:
    case EVENT_AGREEMENT_OPENED:
    case EVENT_AGREEMENT_ANNOUNCED:
    case EVENT_ACCOUNT_OPENED:
    case EVENT_ACCOUNT_CHANGED:
    case EVENT_ACCOUNT_CLOSED:
    case EVENT_RULEBOOK_ADOPTED:
    case EVENT_PERSON_ERASED:
        return false;
    }
    *ret_remains = remains;
    return true;
}
