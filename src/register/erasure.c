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
        remains.body.step_stopped = (struct step_stopped_body){
            .request = event->body.step_stopped.request,
            .told = event->body.step_stopped.told,
        };
        break;
    case EVENT_DEPARTURE_RECALLED:
        remains.body.departure_recalled = (struct departure_recalled_body){
            .manifest = event->body.departure_recalled.manifest,
            .told = event->body.departure_recalled.told,
        };
        break;
    case EVENT_STOP_ACKNOWLEDGED:
        remains.body.stop_acknowledged.stop = event->body.stop_acknowledged.stop;
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
            .arrival_expected_on = event->body.step_taken.arrival_expected_on,
        };
        break;
    case EVENT_ARRIVAL_RESOLVED:
        remains.body.arrival_resolved = (struct arrival_resolved_body){
            .stay = event->body.arrival_resolved.stay,
            .hub = event->body.arrival_resolved.hub,
            .outcome = event->body.arrival_resolved.outcome,
        };
        break;
    case EVENT_ARRIVAL_HANDED_OVER:
        remains.body.arrival_handed_over = (struct arrival_handed_over_body){
            .stay = event->body.arrival_handed_over.stay,
            .hub = event->body.arrival_handed_over.hub,
            .owner = event->body.arrival_handed_over.owner,
        };
        break;
    case EVENT_PLACE_CHANGED:
        remains.body.place_changed = (struct place_changed_body){
            .request = event->body.place_changed.request,
            .hub = event->body.place_changed.hub,
            .place = event->body.place_changed.place,
        };
        break;
    case EVENT_DEPARTURE_CANCELLED:
        remains.body.departure_cancelled = (struct departure_cancelled_body){
            .event = event->body.departure_cancelled.event,
            .stay = event->body.departure_cancelled.stay,
            .to = event->body.departure_cancelled.to,
            .hub = event->body.departure_cancelled.hub,
            .place = event->body.departure_cancelled.place,
        };
        break;
    case EVENT_PROTECTION_SET:
        remains.body.protection_set.accounts = event->body.protection_set.accounts;
        remains.body.protection_set.roles = event->body.protection_set.roles;
        break;
    case EVENT_GLASS_BROKEN:
        remains.body.glass_broken.until_ms = event->body.glass_broken.until_ms;
        break;
    case EVENT_GLASS_REVIEWED:
        remains.body.glass_reviewed = (struct glass_reviewed_body){
            .glass = event->body.glass_reviewed.glass,
            .outcome = event->body.glass_reviewed.outcome,
        };
        break;
    case EVENT_TIE_MADE:
        remains.body.tie_made = (struct tie_made_body){
            .account = event->body.tie_made.account,
            .kind = event->body.tie_made.kind,
            .last_day = event->body.tie_made.last_day,
        };
        break;
    case EVENT_TIE_ENDED:
        remains.body.tie_ended.tie = event->body.tie_ended.tie;
        break;
    case EVENT_MERGE_REQUESTED:
        remains.body.merge_requested.other = event->body.merge_requested.other;
        break;
    case EVENT_MERGE_DECLINED:
        remains.body.merge_declined = (struct merge_declined_body){
            .request = event->body.merge_declined.request,
            .other = event->body.merge_declined.other,
        };
        break;
    case EVENT_IDENTITIES_MERGED:
        remains.body.identities_merged = (struct identities_merged_body){
            .request = event->body.identities_merged.request,
            .other = event->body.identities_merged.other,
        };
        break;
    case EVENT_IDENTITIES_SEPARATED:
        remains.body.identities_separated = (struct identities_separated_body){
            .request = event->body.identities_separated.request,
            .other = event->body.identities_separated.other,
            .moved = event->body.identities_separated.moved,
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
    case EVENT_PROTECTION_LIFTED:
    case EVENT_FACT_RECORDED:
    case EVENT_FACT_WITHDRAWN:
    case EVENT_NOTE_ADDED:
    case EVENT_STEP_REFUSED:
    case EVENT_IDENTIFIER_RECORDED:
    case EVENT_IDENTIFIER_WITHDRAWN:
    case EVENT_EXTERNAL_REFERENCE_RECORDED:
    case EVENT_ENTRY_OPENED:
    case EVENT_ENTRY_CHANGED:
    case EVENT_OPERATION_RECORDED:
    case EVENT_ORDER_REPORTED:
    case EVENT_NOTICE_ISSUED:
    case EVENT_NOTICE_SERVED:
    case EVENT_NOTICE_CANCELLED:
    case EVENT_TRANSLATION_APPROVED:
    case EVENT_MANIFEST_OPENED:
    case EVENT_MANIFEST_CHANGED:
    case EVENT_MANIFEST_PERSON_LISTED:
    case EVENT_MANIFEST_PERSON_TAKEN_OFF:
    case EVENT_MANIFEST_BOARDED:
    case EVENT_MANIFEST_DEPARTED:
    case EVENT_MANIFEST_PERSON_ACCOUNTED:
    case EVENT_MANIFEST_CLOSED:
    case EVENT_MANIFEST_CANCELLED:
    case EVENT_HUB_OPENED:
    case EVENT_PLACES_AGREED:
    case EVENT_PLACES_OF_KIND:
    case EVENT_PLACE_OUT_OF_USE:
    case EVENT_PLACE_BACK_IN_USE:
    case EVENT_PLACES_PREBOOKED:
    case EVENT_PREBOOKING_GIVEN:
    case EVENT_PREBOOKING_ENDED:
    case EVENT_HUB_REPORTED:
    case EVENT_HUB_REPORT_EXPLAINED:
    case EVENT_UNEXPECTED_ARRIVAL:
    case EVENT_UNEXPECTED_RESOLVED:
    case EVENT_AGREEMENT_OPENED:
    case EVENT_AGREEMENT_ANNOUNCED:
    case EVENT_ACCOUNT_OPENED:
    case EVENT_ACCOUNT_CHANGED:
    case EVENT_ACCOUNT_CLOSED:
    case EVENT_ACCOUNT_SECURED:
    case EVENT_ACCOUNT_LANGUAGE_CHOSEN:
    case EVENT_RULEBOOK_ADOPTED:
    case EVENT_PERSON_ERASED:
        return false;
    }
    *ret_remains = remains;
    return true;
}
