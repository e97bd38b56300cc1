#include "register/hub_desk.h"

/* --- names ------------------------------------------------------------------------------------ */

static const struct out_of_use_row {
    const char *name;
    const char *title;
} out_of_use_rows[OUT_OF_USE_COUNT] = {
#define OUT_OF_USE(constant, name, title) [constant] = {#name, title},
#include "register/out_of_use.def"
#undef OUT_OF_USE
};

bool out_of_use_from_name(str name, enum out_of_use *ret_reason)
{
    for (int i = 0; i < OUT_OF_USE_COUNT; i++) {
        if (str_equal(name, str_from_c(out_of_use_rows[i].name))) {
            *ret_reason = (enum out_of_use)i;
            return true;
        }
    }
    return false;
}

const char *out_of_use_name(enum out_of_use reason)
{
    ASSERT((size_t)reason < OUT_OF_USE_COUNT);
    return out_of_use_rows[reason].name;
}

const char *out_of_use_title(enum out_of_use reason)
{
    ASSERT((size_t)reason < OUT_OF_USE_COUNT);
    return out_of_use_rows[reason].title;
}

static const char *const arrival_state_names[ARRIVAL_STATES] = {
    [ARRIVAL_EXPECTED] = "expected", [ARRIVAL_ARRIVED] = "arrived",
    [ARRIVAL_REFUSED] = "refused",   [ARRIVAL_NEVER_LEFT] = "never_left",
    [ARRIVAL_MISSING] = "missing",
};

const char *arrival_state_name(enum arrival_state state)
{
    return state >= ARRIVAL_EXPECTED && state < ARRIVAL_STATES ? arrival_state_names[state]
                                                               : "none";
}

enum arrival_state arrival_state_from_name(str name)
{
    for (int i = ARRIVAL_EXPECTED; i < ARRIVAL_STATES; i++) {
        if (str_equal(name, str_from_c(arrival_state_names[i]))) {
            return (enum arrival_state)i;
        }
    }
    return (enum arrival_state)0;
}

/* --- stay ------------------------------------------------------------------------------------- */

static result stay_begin(struct stay_row *row, const struct event *event, struct err *err)
{
    const struct step_taken_body *body = &event->body.step_taken;
    if (body->place <= 0 || body->hub <= 0) {
        return err_set(err, ERROR_INPUT, "A stay begins with a place at a hub");
    }
    *row = (struct stay_row){
        .id = event->position,
        .person = event->subject,
        .hub = body->hub,
        .arrival = ARRIVAL_EXPECTED,
        .departed_on = event->effective_on,
        .expected_on = body->arrival_expected_on,
        .owner = event->actor,
        .left_by = STR(""),
    };
    return result_ok();
}

static result check_stay_of(const struct stay_row *row, int64_t stay, const struct event *event,
                            struct err *err)
{
    return row->id != 0 && row->id == stay && row->person == event->subject
               ? result_ok()
               : err_set(err, ERROR_CONFLICT, "There is no stay %lld of person %lld",
                         (long long)stay, (long long)event->subject);
}

static result stay_take_step(struct stay_row *row, const struct event *event, struct err *err)
{
    const struct step_taken_body *body = &event->body.step_taken;
    if (row->id == 0) {
        return stay_begin(row, event, err);
    }
    if (row->person != event->subject || row->left_event != 0) {
        return err_set(err, ERROR_CONFLICT, "The stay %lld is not one that person %lld can leave",
                       (long long)row->id, (long long)event->subject);
    }
    const bool leaves = body->place < 0 || (body->place > 0 && body->hub != row->hub);
    if (leaves) {
        row->left_on = (struct known_day){.known = true, .day = event->effective_on};
        row->left_event = event->position;
        row->left_by = body->step;
    }
    return result_ok();
}

static result stay_resolve(struct stay_row *row, const struct event *event, struct err *err)
{
    const struct arrival_resolved_body *body = &event->body.arrival_resolved;
    const enum arrival_state outcome = arrival_state_from_name(body->outcome);
    TRY(check_stay_of(row, body->stay, event, err));
    if (outcome == 0 || outcome == ARRIVAL_EXPECTED) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is not what becomes of an expected arrival",
                       STR_ARG(body->outcome));
    }
    /* Somebody who was missing may be found; nothing else that was said is said again. */
    if (row->arrival != ARRIVAL_EXPECTED && row->arrival != ARRIVAL_MISSING) {
        return err_set(err, ERROR_CONFLICT, "The arrival of person %lld is resolved already: %s",
                       (long long)row->person, arrival_state_name(row->arrival));
    }
    row->arrival = outcome;
    row->resolved_on = (struct known_day){.known = true, .day = event->effective_on};
    row->resolved_event = event->position;
    return result_ok();
}

static result stay_hand_over(struct stay_row *row, const struct event *event, struct err *err)
{
    const struct arrival_handed_over_body *body = &event->body.arrival_handed_over;
    TRY(check_stay_of(row, body->stay, event, err));
    if (body->owner <= 0) {
        return err_set(err, ERROR_INPUT, "Somebody always answers for an arrival");
    }
    row->owner = body->owner;
    return result_ok();
}

/* Only of this very person, and only the departure that is recorded here. */
static result stay_cancel_departure(struct stay_row *row, const struct event *event,
                                    struct err *err)
{
    const struct departure_cancelled_body *body = &event->body.departure_cancelled;
    TRY(check_stay_of(row, body->stay, event, err));
    if (row->left_event == 0 || row->left_event != body->event || row->hub != body->hub) {
        return err_set(err, ERROR_CONFLICT, "Event %lld did not end the stay %lld",
                       (long long)body->event, (long long)row->id);
    }
    row->left_on = (struct known_day){.known = false};
    row->left_event = 0;
    row->left_by = STR("");
    /* Refused, or never on the way: what that departure said of the arrival goes with it. */
    if (row->arrival == ARRIVAL_REFUSED || row->arrival == ARRIVAL_NEVER_LEFT) {
        row->arrival = ARRIVAL_EXPECTED;
        row->resolved_on = (struct known_day){.known = false};
        row->resolved_event = 0;
    }
    return result_ok();
}

result stay_row_apply(struct stay_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_STEP_TAKEN) {
        return stay_take_step(row, event, err);
    }
    if (event->kind == EVENT_ARRIVAL_RESOLVED) {
        return stay_resolve(row, event, err);
    }
    if (event->kind == EVENT_ARRIVAL_HANDED_OVER) {
        return stay_hand_over(row, event, err);
    }
    return event->kind == EVENT_DEPARTURE_CANCELLED ? stay_cancel_departure(row, event, err)
                                                    : result_ok();
}

int32_t stay_days_overdue(const struct stay_row *row, date today)
{
    const date due = row->expected_on.known ? row->expected_on.day : row->departed_on;
    const int32_t days = date_days_between(due, today);
    return row->arrival == ARRIVAL_EXPECTED && days > 0 ? days : 0;
}

/* --- prebooking ------------------------------------------------------------------------------- */

static result prebooking_begin(struct prebooking_row *row, const struct event *event,
                               struct err *err)
{
    const struct places_prebooked_body *body = &event->body.places_prebooked;
    if (body->places.count == 0 || !body->until.known) {
        return err_set(err, ERROR_INPUT, "A prebooking has places and an end");
    }
    *row = (struct prebooking_row){
        .id = event->position,
        .hub = event->subject,
        .kind = body->kind,
        .places = (int64_t)body->places.count,
        .until = body->until.day,
        .made_by = event->actor,
        .made_at = event->recorded_at,
    };
    return result_ok();
}

static result prebooking_change(struct prebooking_row *row, int64_t prebooking,
                                const struct event *event, struct err *err)
{
    if (row->id == 0 || row->id != prebooking || row->hub != event->subject) {
        return err_set(err, ERROR_CONFLICT, "The hub has no prebooking %lld",
                       (long long)prebooking);
    }
    if (row->ended_event != 0) {
        return err_set(err, ERROR_CONFLICT, "The prebooking %lld was ended already",
                       (long long)prebooking);
    }
    if (event->kind == EVENT_PREBOOKING_GIVEN) {
        row->given++;
    } else {
        row->ended_event = event->position;
    }
    return result_ok();
}

result prebooking_row_apply(struct prebooking_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_PLACES_PREBOOKED) {
        return prebooking_begin(row, event, err);
    }
    if (event->kind == EVENT_PREBOOKING_GIVEN) {
        return prebooking_change(row, event->body.prebooking_given.prebooking, event, err);
    }
    return event->kind == EVENT_PREBOOKING_ENDED
               ? prebooking_change(row, event->body.prebooking_ended.prebooking, event, err)
               : result_ok();
}

/* --- report ----------------------------------------------------------------------------------- */

/* FNV-1a, number by number. */
static uint64_t mix(uint64_t hash, int64_t number)
{
    const uint64_t prime = 0x100000001b3U;
    uint64_t bits = (uint64_t)number;
    for (int i = 0; i < 8; i++) {
        hash = (hash ^ (bits & 0xff)) * prime;
        bits >>= 8;
    }
    return hash;
}

static int64_t number_at(const struct number_list *list, size_t index)
{
    return index < list->count ? list->items[index] : 0;
}

/* 0 only when the hub and the register count alike, in total and of every kind. */
static int64_t difference_of(const struct hub_reported_body *body)
{
    const int64_t in_use = body->in_use - body->counted_in_use;
    const int64_t out_of_use = body->out_of_use - body->counted_out_of_use;
    bool differs = in_use != 0 || out_of_use != 0;
    uint64_t hash = mix(mix(0xcbf29ce484222325U, in_use), out_of_use);
    for (size_t i = 0; i < body->kinds.count; i++) {
        const int64_t in =
            number_at(&body->in_use_of_kind, i) - number_at(&body->counted_in_use_of_kind, i);
        const int64_t out = number_at(&body->out_of_use_of_kind, i) -
                            number_at(&body->counted_out_of_use_of_kind, i);
        differs = differs || in != 0 || out != 0;
        hash = mix(mix(hash, in), out);
    }
    return differs ? (int64_t)(hash >> 1 | 1) : 0;
}

static bool kinds_are_complete(const struct hub_reported_body *body)
{
    const size_t kinds = body->kinds.count;
    return body->in_use_of_kind.count == kinds && body->out_of_use_of_kind.count == kinds &&
           body->counted_in_use_of_kind.count == kinds &&
           body->counted_out_of_use_of_kind.count == kinds;
}

static result report_take(struct hub_report_row *row, const struct event *event, struct err *err)
{
    const struct hub_reported_body *body = &event->body.hub_reported;
    if (body->in_use < 0 || body->out_of_use < 0 || !kinds_are_complete(body)) {
        return err_set(err, ERROR_INPUT, "A hub reports how many places are in use and out of use");
    }
    if (row->hub != 0 && body->accurate_at < row->accurate_at.milliseconds) {
        return result_ok();
    }
    const int64_t difference = difference_of(body);
    const bool same = row->hub != 0 && row->difference == difference;
    *row = (struct hub_report_row){
        .hub = event->subject,
        .report = event->position,
        .accurate_at = {.milliseconds = body->accurate_at},
        .recorded_at = event->recorded_at,
        .in_use = body->in_use,
        .out_of_use = body->out_of_use,
        .counted_in_use = body->counted_in_use,
        .counted_out_of_use = body->counted_out_of_use,
        .difference = difference,
        .differs_since = same ? row->differs_since : (instant){.milliseconds = body->accurate_at},
        .explained_event = same ? row->explained_event : 0,
    };
    return result_ok();
}

static result report_explain(struct hub_report_row *row, const struct event *event, struct err *err)
{
    if (row->hub == 0 || row->report != event->body.hub_report_explained.report) {
        return err_set(err, ERROR_CONFLICT, "Event %lld is not the latest report of the hub",
                       (long long)event->body.hub_report_explained.report);
    }
    if (row->difference == 0) {
        return err_set(err, ERROR_CONFLICT,
                       "The hub and the register count alike: there is nothing to explain");
    }
    row->explained_event = event->position;
    return result_ok();
}

result hub_report_row_apply(struct hub_report_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_HUB_REPORTED) {
        return report_take(row, event, err);
    }
    return event->kind == EVENT_HUB_REPORT_EXPLAINED ? report_explain(row, event, err)
                                                     : result_ok();
}

/* --- unexpected ------------------------------------------------------------------------------- */

static result unexpected_resolve(struct unexpected_row *row, const struct event *event,
                                 struct err *err)
{
    const struct unexpected_resolved_body *body = &event->body.unexpected_resolved;
    if (row->id == 0 || row->id != body->arrival || row->hub != event->subject) {
        return err_set(err, ERROR_CONFLICT, "There is no unexpected arrival %lld at hub %lld",
                       (long long)body->arrival, (long long)event->subject);
    }
    if (row->resolved_event != 0) {
        return err_set(err, ERROR_CONFLICT, "The unexpected arrival %lld is explained already",
                       (long long)row->id);
    }
    if (body->outcome.len == 0) {
        return err_set(err, ERROR_INPUT, "What became of an unexpected arrival must be said");
    }
    row->person = body->person != 0 ? body->person : row->person;
    row->resolved_event = event->position;
    row->outcome = body->outcome;
    return result_ok();
}

result unexpected_row_apply(struct unexpected_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_UNEXPECTED_ARRIVAL) {
        *row = (struct unexpected_row){
            .id = event->position,
            .hub = event->subject,
            .person = event->body.unexpected_arrival.person,
            .seen_on = event->effective_on,
            .reported_by = event->actor,
            .outcome = STR(""),
        };
        return result_ok();
    }
    return event->kind == EVENT_UNEXPECTED_RESOLVED ? unexpected_resolve(row, event, err)
                                                    : result_ok();
}
