/* resource_history: one event as JSON, with a sentence for people. The titles are those of the
 * rulebook in hand; an older rulebook's names that it no longer has are shown as words. */
#include "format/catalogue.h"
#include "register/identifier.h"
#include "web/resource_part.h"

#include <stdio.h>

struct telling {
    const struct rulebook *rulebook;
    const struct event *event;
    const struct history_line *line;
    struct json_out *out; /* in an object, of which this adds members */
    struct buf buf;
};

/* An event in words and values. `other` says of which of two sentences of its kind it is told. */
struct sentence {
    enum event_kind kind;
    bool other;
    const char *text;
};

static const struct sentence sentences[] = {
    {EVENT_FACT_WITHDRAWN, true, "Withdrawn: {{fact}}: {{value}}"},
    {EVENT_STEP_REQUESTED, false, "Asked for: {{step}}"},
    {EVENT_STEP_REFUSED, false, "Refused by law: {{step}}"},
    {EVENT_STEP_APPROVED, false, "Approved by the {{role}}"},
    {EVENT_PLACES_AGREED, false, "Places agreed: {{places}}"},
    {EVENT_IDENTIFIER_RECORDED, false, "{{title}}: {{value}}"},
    {EVENT_IDENTIFIER_RECORDED, true, "{{title}} {{issuer}}: {{value}}"},
    {EVENT_GLASS_REVIEWED, false, "The break-glass was reviewed: {{outcome}}"},
    {EVENT_ORDER_REPORTED, false, "An order was reported by {{reporter}}, {{means}}"},
    {EVENT_NOTICE_ISSUED, false, "A notice was issued: {{title}}"},
    {EVENT_NOTICE_SERVED, false, "A notice was served ({{method}}): {{proof}}"},
    {EVENT_NOTICE_SERVED, true, "A notice was served ({{method}}), not understood: {{proof}}"},
    {EVENT_ENTRY_OPENED, false, "Opened in the books: {{title}}"},
    {EVENT_ARRIVAL_RESOLVED, false, "Arrival at the hub: {{outcome}}"},
    {EVENT_PLACE_CHANGED, false, "Another place at the hub: {{place}}"},
};

static const char *sentence_of(enum event_kind kind, bool other)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        if (sentences[i].kind == kind && sentences[i].other == other) {
            return sentences[i].text;
        }
    }
    return NULL;
}

const char *part_history_sentence(const json_t *line)
{
    const enum event_kind kind = event_kind_from_name(json_str_or_empty(line, "kind"));
    const enum identifier_scheme scheme =
        identifier_scheme_from_name(json_str_or_empty(line, "scheme"));
    const bool not_understood = json_is_false(json_object_get(line, "understood"));
    const bool names_fact = kind == EVENT_FACT_WITHDRAWN && json_object_get(line, "fact") != NULL;
    return sentence_of(kind, not_understood || names_fact || scheme == SCHEME_OTHER_SYSTEM);
}

static void say(struct telling *telling, bool other, const struct said_value *values)
{
    said_put(&telling->buf, str_from_c(sentence_of(telling->event->kind, other)), values);
}

/* With one value, which is a text of the line, too. */
static void say_text(struct telling *telling, const char *key, str value)
{
    say(telling, false, SAID({key, value}));
    json_out_str(telling->out, key, value);
}

static void say_number(struct telling *telling, const char *key, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    say(telling, false, SAID({key, str_from_c(text)}));
    json_out_int64(telling->out, key, number);
}

static void say_titled(struct telling *telling, const char *key, struct titled titled)
{
    char room[PLAIN_NAME_SIZE];
    say(telling, false, SAID({key, titled_title(titled, room)}));
    out_titled(telling->out, key, titled);
}

static void tell_title(struct telling *telling, struct titled titled)
{
    char room[PLAIN_NAME_SIZE];
    buf_put(&telling->buf, titled_title(titled, room));
}

static void tell_request(struct telling *telling, int64_t request)
{
    if (request != 0) {
        json_out_int64(telling->out, "request", request);
    }
}

static void tell_fact(struct telling *telling)
{
    const struct fact_recorded_body *body = &telling->event->body.fact_recorded;
    const struct titled titled = titled_fact(telling->rulebook, body->fact);
    tell_title(telling, titled);
    buf_put_c(&telling->buf, ": ");
    out_titled(telling->out, "fact", titled);
    out_value_text(telling->out, "value", telling->rulebook, body->fact, body->value,
                   &telling->buf);
    json_out_str(telling->out, "source", body->source);
    if (telling->line->withdrawn) {
        json_out_flag(telling->out, "is_withdrawn", true);
    }
}

static void tell_reason(struct telling *telling, str reason)
{
    json_out_str(telling->out, "reason", reason);
}

/* What was taken back, where the history tells it. */
static void tell_withdrawal(struct telling *telling)
{
    const struct history_line *line = telling->line;
    if (line->fact.len > 0) {
        PART_ARENA arena = part_memory();
        char room[PLAIN_NAME_SIZE];
        struct buf value;
        const struct titled titled = titled_fact(telling->rulebook, line->fact);
        buf_init(&value, &arena, PART_TEXT_MAX);
        out_titled(telling->out, "fact", titled);
        out_value_text(telling->out, "value", telling->rulebook, line->fact, line->value, &value);
        say(telling, true, SAID({"fact", titled_title(titled, room)}, {"value", buf_str(&value)}));
    } else {
        buf_put_c(&telling->buf, "A recorded fact was withdrawn");
    }
    json_out_int64(telling->out, "withdrawn", telling->event->body.fact_withdrawn.event);
    tell_reason(telling, telling->event->body.fact_withdrawn.reason);
}

static void tell_safeguards(struct telling *telling, struct text_list names)
{
    json_out_array(telling->out, "safeguards");
    for (size_t i = 0; i < names.count; i++) {
        out_safeguard_name(telling->out, NULL, telling->rulebook, names.items[i]);
    }
    json_out_end(telling->out);
}

static void tell_taken(struct telling *telling)
{
    const struct step_taken_body *body = &telling->event->body.step_taken;
    const struct titled step = titled_step(telling->rulebook, body->step);
    tell_title(telling, step);
    out_titled(telling->out, "step", step);
    tell_request(telling, body->request);
    out_stage(telling->out, "from", telling->rulebook, body->from);
    out_stage(telling->out, "to", telling->rulebook, body->to);
}

static void tell_contact(struct telling *telling)
{
    const struct contact_confirmed_body *body = &telling->event->body.contact_confirmed;
    buf_put_c(&telling->buf, "Contact confirmed");
    json_out_str(telling->out, "source", body->source);
    out_known_day(telling->out, "next_check_on", body->next_check_on);
}

static void tell_order(struct telling *telling)
{
    const struct order_reported_body *body = &telling->event->body.order_reported;
    say(telling, false, SAID({"reporter", body->reporter}, {"means", body->means}));
    json_out_str(telling->out, "reporter", body->reporter);
    json_out_str(telling->out, "means", body->means);
    json_out_str(telling->out, "order", body->order);
    json_out_str(telling->out, "court", body->court);
    json_out_str(telling->out, "claim_number", body->claim_number);
    json_out_instant(telling->out, "heard_at", (instant){.milliseconds = body->heard_at_ms});
}

static void tell_identifier(struct telling *telling)
{
    const struct identifier_recorded_body *body = &telling->event->body.identifier_recorded;
    const enum identifier_scheme scheme = identifier_scheme_from_name(body->scheme);
    const str title = str_from_c(identifier_scheme_title(scheme));
    say(telling, scheme == SCHEME_OTHER_SYSTEM,
        SAID({"title", title}, {"issuer", body->issuer}, {"value", body->value}));
    json_out_str(telling->out, "scheme", body->scheme);
    json_out_str(telling->out, "title", title);
    json_out_str(telling->out, "value", body->value);
    json_out_str(telling->out, "issuer", body->issuer);
    json_out_str(telling->out, "source", body->source);
}

static void tell_served(struct telling *telling)
{
    const struct notice_served_body *body = &telling->event->body.notice_served;
    const bool understood = body->understood != 0;
    say(telling, !understood, SAID({"method", body->method}, {"proof", body->proof}));
    json_out_int64(telling->out, "notice", body->notice);
    json_out_str(telling->out, "method", body->method);
    json_out_str(telling->out, "proof", body->proof);
    json_out_flag(telling->out, "understood", understood);
}

static void tell(struct telling *telling)
{
    const struct event *event = telling->event;
    switch (event->kind) {
    case EVENT_FACT_RECORDED:
        tell_fact(telling);
        break;
    case EVENT_FACT_WITHDRAWN:
        tell_withdrawal(telling);
        break;
    case EVENT_STEP_REQUESTED:
        say_titled(telling, "step",
                   titled_step(telling->rulebook, event->body.step_requested.step));
        tell_request(telling, event->position);
        break;
    case EVENT_STEP_APPROVED:
        say_titled(telling, "role", titled_role(telling->rulebook, event->body.step_approved.role));
        tell_request(telling, event->body.step_approved.request);
        break;
    case EVENT_STEP_DECLINED:
        buf_put_c(&telling->buf, "A request was declined");
        tell_request(telling, event->body.step_declined.request);
        tell_reason(telling, event->body.step_declined.reason);
        break;
    case EVENT_STEP_WITHDRAWN:
        buf_put_c(&telling->buf, "A request was withdrawn");
        tell_request(telling, event->body.step_withdrawn.request);
        tell_reason(telling, event->body.step_withdrawn.reason);
        break;
    case EVENT_STEP_STOPPED:
        buf_put_c(&telling->buf, "A request was stopped: it is no longer clear");
        tell_request(telling, event->body.step_stopped.request);
        tell_safeguards(telling, event->body.step_stopped.safeguards);
        break;
    case EVENT_STEP_REFUSED:
        say_titled(telling, "step", titled_step(telling->rulebook, event->body.step_refused.step));
        tell_safeguards(telling, event->body.step_refused.safeguards);
        break;
    case EVENT_STEP_TAKEN:
        tell_taken(telling);
        break;
    case EVENT_CONTACT_CONFIRMED:
        tell_contact(telling);
        break;
    case EVENT_PLACES_AGREED:
        say_number(telling, "places", event->body.places_agreed.places);
        tell_reason(telling, event->body.places_agreed.reason);
        break;
    case EVENT_PERSON_REGISTERED:
        buf_put_c(&telling->buf, "Registered");
        out_stage(telling->out, "to", telling->rulebook, event->body.person_registered.stage);
        break;
    case EVENT_IDENTITY_CORRECTED:
        buf_put_c(&telling->buf, "Name or date of birth corrected");
        tell_reason(telling, event->body.identity_corrected.reason);
        break;
    case EVENT_EXTERNAL_REFERENCE_RECORDED:
        break; /* it is read as the one that follows */
    case EVENT_IDENTIFIER_RECORDED:
        tell_identifier(telling);
        break;
    case EVENT_IDENTIFIER_WITHDRAWN:
        buf_put_c(&telling->buf, "Another name or reference was withdrawn");
        json_out_int64(telling->out, "withdrawn", event->body.identifier_withdrawn.event);
        tell_reason(telling, event->body.identifier_withdrawn.reason);
        break;
    case EVENT_MERGE_REQUESTED:
        buf_put_c(&telling->buf, "Asked for: merging two records of one person");
        tell_reason(telling, event->body.merge_requested.reason);
        break;
    case EVENT_MERGE_DECLINED:
        buf_put_c(&telling->buf, "Merging two records was declined");
        tell_reason(telling, event->body.merge_declined.reason);
        break;
    case EVENT_IDENTITIES_MERGED:
        buf_put_c(&telling->buf, "Two records were merged: they are one person");
        break;
    case EVENT_IDENTITIES_SEPARATED:
        buf_put_c(&telling->buf, "A merge was undone: the records are two people");
        tell_reason(telling, event->body.identities_separated.reason);
        break;
    case EVENT_FAMILY_JOINED:
        buf_put_c(&telling->buf, "Joined a family group");
        break;
    case EVENT_FAMILY_LEFT:
        buf_put_c(&telling->buf, "Left the family group");
        tell_reason(telling, event->body.family_left.reason);
        break;
    case EVENT_NOTE_ADDED:
        buf_put(&telling->buf, event->body.note_added.note);
        break;
    case EVENT_LEGAL_HOLD_PLACED:
        buf_put_c(&telling->buf, "Legal hold placed: nothing is erased");
        tell_reason(telling, event->body.legal_hold_placed.reason);
        break;
    case EVENT_LEGAL_HOLD_LIFTED:
        buf_put_c(&telling->buf, "Legal hold lifted");
        tell_reason(telling, event->body.legal_hold_lifted.reason);
        break;
    case EVENT_PROCESSING_RESTRICTED:
        buf_put_c(&telling->buf, "Processing restricted");
        tell_reason(telling, event->body.processing_restricted.reason);
        break;
    case EVENT_RESTRICTION_LIFTED:
        buf_put_c(&telling->buf, "Restriction of processing lifted");
        tell_reason(telling, event->body.restriction_lifted.reason);
        break;
    case EVENT_ERASURE_REQUESTED:
        buf_put_c(&telling->buf, "Erasure asked for");
        tell_reason(telling, event->body.erasure_requested.basis);
        break;
    case EVENT_ERASURE_DECLINED:
        buf_put_c(&telling->buf, "Erasure declined");
        tell_reason(telling, event->body.erasure_declined.reason);
        break;
    case EVENT_PROTECTION_SET:
        buf_put_c(&telling->buf, "The record was protected: it is seen by those named alone");
        tell_reason(telling, event->body.protection_set.reason);
        break;
    case EVENT_PROTECTION_LIFTED:
        buf_put_c(&telling->buf, "The protection of the record was ended");
        tell_reason(telling, event->body.protection_lifted.reason);
        break;
    case EVENT_GLASS_BROKEN:
        buf_put_c(&telling->buf, "Seen by somebody out of whose sight the record is");
        json_out_instant(telling->out, "until",
                         (instant){.milliseconds = event->body.glass_broken.until_ms});
        tell_reason(telling, event->body.glass_broken.reason);
        break;
    case EVENT_GLASS_REVIEWED:
        say_text(telling, "outcome", event->body.glass_reviewed.outcome);
        tell_reason(telling, event->body.glass_reviewed.reason);
        break;
    case EVENT_TIE_MADE:
        buf_put_c(&telling->buf, str_equal(event->body.tie_made.kind, STR("self"))
                                     ? "The person was given access to their own record"
                                     : "A legal representative was given access to the record");
        tell_reason(telling, event->body.tie_made.authority);
        break;
    case EVENT_TIE_ENDED:
        buf_put_c(&telling->buf, "Access to the record from outside was ended");
        tell_reason(telling, event->body.tie_ended.reason);
        break;
    case EVENT_ORDER_REPORTED:
        tell_order(telling);
        break;
    case EVENT_NOTICE_ISSUED:
        say_text(telling, "title",
                 event->body.notice_issued.originals.count == 0
                     ? event->body.notice_issued.notice
                     : event->body.notice_issued.originals.items[0]);
        json_out_int64(telling->out, "notice", event->position);
        json_out_str(telling->out, "language", event->body.notice_issued.language);
        break;
    case EVENT_NOTICE_SERVED:
        tell_served(telling);
        break;
    case EVENT_NOTICE_CANCELLED:
        buf_put_c(&telling->buf, "A notice was cancelled");
        json_out_int64(telling->out, "notice", event->body.notice_cancelled.notice);
        tell_reason(telling, event->body.notice_cancelled.reason);
        break;
    case EVENT_DEPARTURE_RECALLED:
        buf_put_c(&telling->buf, "Called back while on the way: no longer clear");
        tell_safeguards(telling, event->body.departure_recalled.safeguards);
        break;
    case EVENT_STOP_ACKNOWLEDGED:
        buf_put_c(&telling->buf, "A stop was acknowledged");
        json_out_int64(telling->out, "stop", event->body.stop_acknowledged.stop);
        break;
    case EVENT_ENTRY_OPENED:
        say_text(telling, "title",
                 str_from_c(entry_kind_title(entry_kind_from_name(event->body.entry_opened.kind))));
        json_out_int64(telling->out, "entry", event->position);
        break;
    case EVENT_ENTRY_CHANGED:
        buf_put_c(&telling->buf, "Written in the books");
        json_out_int64(telling->out, "entry", event->body.entry_changed.entry);
        break;
    case EVENT_ARRIVAL_RESOLVED:
        say_text(telling, "outcome", event->body.arrival_resolved.outcome);
        tell_reason(telling, event->body.arrival_resolved.reason);
        break;
    case EVENT_ARRIVAL_HANDED_OVER:
        buf_put_c(&telling->buf, "Another officer answers for the arrival at the hub");
        tell_reason(telling, event->body.arrival_handed_over.reason);
        break;
    case EVENT_PLACE_CHANGED:
        say_number(telling, "place", event->body.place_changed.place);
        tell_request(telling, event->body.place_changed.request);
        tell_reason(telling, event->body.place_changed.reason);
        break;
    case EVENT_DEPARTURE_CANCELLED:
        buf_put_c(&telling->buf,
                  "A departure from the hub was recorded by mistake, and is cancelled");
        json_out_int64(telling->out, "withdrawn", event->body.departure_cancelled.event);
        tell_reason(telling, event->body.departure_cancelled.reason);
        break;
    case EVENT_NONE:
    case EVENT_PERSON_ERASED:
    case EVENT_OPERATION_RECORDED:
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
    case EVENT_TRANSLATION_APPROVED:
        break; /* never in the history of a person or told elsewhere; the kind says enough */
    }
}

void out_history_line(struct json_out *out, const char *key, const struct rulebook *rulebook,
                      const struct history_line *line, struct arena scratch)
{
    const str kind = str_from_c(event_kind_name(line->event.kind));
    struct telling telling = {
        .rulebook = rulebook, .event = &line->event, .line = line, .out = out};
    buf_init(&telling.buf, &scratch, PART_TEXT_MAX);
    json_out_object(out, key);
    json_out_str(out, "actor", line->actor);
    json_out_str(out, "kind", kind);
    json_out_date(out, "on", line->event.effective_on);
    json_out_int64(out, "position", line->event.position);
    json_out_instant(out, "recorded_at", line->event.recorded_at);
    tell(&telling);
    if (telling.buf.len == 0) {
        tell_title(&telling, titled_step(rulebook, kind));
    }
    json_out_str(out, "text", buf_str(&telling.buf));
    json_out_end(out);
}

json_t *part_history_line(const struct rulebook *rulebook, const struct history_line *line)
{
    PART_ARENA arena = part_memory();
    struct json_out out = json_out_tree();
    out_history_line(&out, NULL, rulebook, line, arena);
    return out.tree;
}
