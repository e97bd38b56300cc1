#include "casework/hub_desk.h"

#include "casework/facts.h"
#include "register/reference.h"

#include <stdlib.h>

enum { PREBOOKINGS_SHOWN = 100, DEPARTURES_SHOWN = 100 };

struct desk_work {
    const struct casework *casework;
    const struct caller *caller;
    str hub;
    struct arena *arena;
    struct sitting sitting;
    struct hub_desk desk;
};

const char *prebooking_state_name(enum prebooking_state state)
{
    static const char *const names[] = {
        [PREBOOKING_LIVE] = "live", [PREBOOKING_RAN_OUT] = "ran_out", [PREBOOKING_ENDED] = "ended"};
    return state >= PREBOOKING_LIVE && state <= PREBOOKING_ENDED ? names[state] : "none";
}

/* --- people ----------------------------------------------------------------------------------- */

/* "" for nobody, and for somebody out of this account's sight. */
static result reference_of(struct sitting *sitting, int64_t person, str *ret_reference,
                           struct err *err)
{
    struct person_row row = {.id = 0};
    bool seen = false;
    *ret_reference = STR("");
    if (person == 0) {
        return result_ok();
    }
    TRY(transaction_person(sitting->transaction, person, sitting->arena, &row, err));
    TRY(sitting_may_person(sitting, &row, ACTION_SEE_PERSON, &seen, err));
    *ret_reference = seen ? row.reference : STR("");
    return result_ok();
}

static struct known_day day_of_fact(const struct rulebook *rulebook, const struct value *values,
                                    str name)
{
    const uint32_t fact = rulebook_fact(rulebook, name);
    if (fact == NOT_FOUND_INDEX || rulebook->facts[fact].type != FACT_DATE ||
        rulebook->facts[fact].subject != SUBJECT_PERSON || !values[fact].known) {
        return (struct known_day){.known = false};
    }
    return (struct known_day){.known = true, .day = {.day = (int32_t)values[fact].number}};
}

static result read_limits(struct sitting *sitting, struct desk_stay *stay, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct subject_facts facts;
    TRY(facts_of_person_now(sitting, stay->row.person, &scratch, &facts, err));
    const struct rulebook *rulebook = sitting->casework->rulebook;
    stay->review_due_on = day_of_fact(rulebook, facts.values, STR("hub_stay.next_review_due_on"));
    stay->stay_limit_on = day_of_fact(rulebook, facts.values, STR("hub_stay.stay_limit_on"));
    return result_ok();
}

static result read_own_place(struct sitting *sitting, struct desk_stay *stay, struct err *err)
{
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_places_of_person(sitting->transaction, stay->row.person, sitting->arena, &rows,
                                     &count, err));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].hub == stay->row.hub && rows[i].state == PLACE_OCCUPIED) {
            stay->place = rows[i].number;
            stay->place_kind = rows[i].kind;
        }
    }
    return result_ok();
}

/* The hub knew the person while they were there, so it knows the reference of those who left; what
 * became of them since is not the hub's. */
static result describe_stay(struct sitting *sitting, const struct stay_row *row,
                            struct desk_stay *ret_stay, struct err *err)
{
    struct desk_stay stay = {.row = *row, .name = STR(""), .stage = STR(""), .place_kind = STR("")};
    struct person_row person = {.id = 0};
    struct identity identity = {.name = STR("")};
    TRY(transaction_person(sitting->transaction, row->person, sitting->arena, &person, err));
    bool hidden = false;
    TRY(sitting_hides(sitting, &person, ACTION_SEE_PERSON, &hidden, err));
    stay.reference = hidden ? STR("") : person.reference;
    stay.days_overdue = stay_days_overdue(row, sitting->today);
    TRY(sitting_actor(sitting, row->owner, &stay.owner, err));
    if (row->left_event == 0 && !hidden) {
        TRY(transaction_identity(sitting->transaction, &person, sitting->arena, &identity, err));
        TRY(read_own_place(sitting, &stay, err));
        TRY(read_limits(sitting, &stay, err));
        stay.name = identity.name;
        stay.stage = person.stage;
    }
    *ret_stay = stay;
    return result_ok();
}

/* By the day on which they left: a departure may be recorded late. */
static int latest_first(const void *a, const void *b)
{
    const struct stay_row *one = &((const struct desk_stay *)a)->row;
    const struct stay_row *other = &((const struct desk_stay *)b)->row;
    const int32_t days = other->left_on.day.day - one->left_on.day.day;
    return days != 0 ? (days > 0 ? 1 : -1) : (other->left_event > one->left_event ? 1 : -1);
}

static result read_stays(struct desk_work *work, enum stays_asked asked, size_t limit,
                         const struct desk_stay **ret_stays, size_t *ret_count, struct err *err)
{
    const struct stay_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_stays(work->sitting.transaction, asked, work->desk.hub.id, limit, work->arena,
                          &rows, &count, err));
    struct desk_stay *stays = ARENA_NEW(work->arena, struct desk_stay, count + 1);
    if (stays == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe_stay(&work->sitting, &rows[i], &stays[i], err));
    }
    if (asked == STAYS_LEFT) {
        qsort(stays, count, sizeof stays[0], latest_first);
    }
    *ret_stays = stays;
    *ret_count = count;
    return result_ok();
}

static result read_people(struct desk_work *work, struct err *err)
{
    struct hub_desk *desk = &work->desk;
    const struct arrival_count *counts = NULL;
    size_t count = 0;
    TRY(read_stays(work, STAYS_EXPECTED, 0, &desk->expected, &desk->expected_count, err));
    TRY(read_stays(work, STAYS_NOW, 0, &desk->stays, &desk->stay_count, err));
    TRY(read_stays(work, STAYS_LEFT, DEPARTURES_SHOWN, &desk->departures, &desk->departure_count,
                   err));
    TRY(transaction_count_arrivals(work->sitting.transaction, desk->hub.id, work->arena, &counts,
                                   &count, err));
    for (size_t i = 0; i < count; i++) {
        ASSERT(counts[i].arrival >= ARRIVAL_EXPECTED && counts[i].arrival < ARRIVAL_STATES);
        desk->arrivals[counts[i].arrival] = counts[i].people;
        desk->arrivals_ever += counts[i].people;
    }
    return result_ok();
}

/* --- places ----------------------------------------------------------------------------------- */

static result describe_place(struct sitting *sitting, const struct place_row *row,
                             struct desk_place *ret_place, struct err *err)
{
    struct desk_place place = {.row = *row, .words = STR("")};
    TRY(reference_of(sitting, row->person, &place.person, err));
    if (row->state == PLACE_OUT_OF_USE) {
        struct event event = {.position = 0};
        TRY(transaction_event(sitting->transaction, row->changed_event, sitting->arena, &event,
                              err));
        place.words =
            event.kind == EVENT_PLACE_OUT_OF_USE ? event.body.place_out_of_use.words : STR("");
        place.overdue = row->back_on.known && date_before(row->back_on.day, sitting->today);
    }
    *ret_place = place;
    return result_ok();
}

static result read_places(struct desk_work *work, struct err *err)
{
    struct hub_desk *desk = &work->desk;
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(places_count(&work->sitting, desk->hub.id, &desk->kinds, &desk->kind_count, &desk->counts,
                     err));
    TRY(transaction_places(work->sitting.transaction, desk->hub.id, work->arena, &rows, &count,
                           err));
    struct desk_place *places = ARENA_NEW(work->arena, struct desk_place, count + 1);
    if (places == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state != PLACE_CLOSED) {
            TRY(describe_place(&work->sitting, &rows[i], &places[desk->place_count], err));
            desk->place_count++;
        }
    }
    desk->places = places;
    return result_ok();
}

static result describe_prebooking(struct desk_work *work, const struct prebooking_row *row,
                                  struct desk_prebooking *ret_prebooking, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct desk_prebooking prebooking = {.row = *row, .state = PREBOOKING_LIVE};
    const struct place_row *places = NULL;
    size_t count = 0;
    struct event event = {.position = 0};
    TRY(transaction_event(sitting->transaction, row->id, sitting->arena, &event, err));
    TRY(sitting_actor(sitting, row->made_by, &prebooking.made_by, err));
    TRY(transaction_places_of_prebooking(sitting->transaction, row->id, sitting->arena, &places,
                                         &count, err));
    prebooking.purpose = event.body.places_prebooked.purpose;
    if (row->ended_event != 0) {
        prebooking.state = PREBOOKING_ENDED;
    } else if (date_before(row->until, sitting->today)) {
        prebooking.state = PREBOOKING_RAN_OUT;
    } else {
        prebooking.holding = (int64_t)count;
    }
    *ret_prebooking = prebooking;
    return result_ok();
}

static result read_prebookings(struct desk_work *work, struct err *err)
{
    const struct prebooking_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_prebookings(work->sitting.transaction, work->desk.hub.id, PREBOOKINGS_SHOWN,
                                work->arena, &rows, &count, err));
    struct desk_prebooking *prebookings = ARENA_NEW(work->arena, struct desk_prebooking, count + 1);
    if (prebookings == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe_prebooking(work, &rows[i], &prebookings[i], err));
    }
    work->desk.prebookings = prebookings;
    work->desk.prebooking_count = count;
    return result_ok();
}

/* --- unexpected ------------------------------------------------------------------------------- */

static str expected_with_name(const struct hub_desk *desk, str named)
{
    char text[REFERENCE_SIZE];
    const bool reference = reference_read(named, text, NULL).ok;
    for (size_t i = 0; i < desk->expected_count; i++) {
        const struct desk_stay *stay = &desk->expected[i];
        if ((reference && str_equal(stay->reference, str_from_c(text))) ||
            (named.len > 0 && str_equal(stay->name, named))) {
            return stay->reference;
        }
    }
    return STR("");
}

static result describe_unexpected(struct desk_work *work, const struct unexpected_row *row,
                                  struct desk_unexpected *ret_unexpected, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct desk_unexpected unexpected = {.row = *row};
    struct event event = {.position = 0};
    TRY(transaction_event(sitting->transaction, row->id, sitting->arena, &event, err));
    unexpected.named = event.body.unexpected_arrival.named;
    unexpected.description = event.body.unexpected_arrival.description;
    TRY(sitting_actor(sitting, row->reported_by, &unexpected.reported_by, err));
    TRY(reference_of(sitting, row->person, &unexpected.reference, err));
    unexpected.expected_with_name = expected_with_name(&work->desk, unexpected.named);
    *ret_unexpected = unexpected;
    return result_ok();
}

static result read_unexpected(struct desk_work *work, struct err *err)
{
    const struct unexpected_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_unexpected_open(work->sitting.transaction, work->desk.hub.id, work->arena,
                                    &rows, &count, err));
    struct desk_unexpected *unexpected = ARENA_NEW(work->arena, struct desk_unexpected, count + 1);
    if (unexpected == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe_unexpected(work, &rows[i], &unexpected[i], err));
    }
    work->desk.unexpected = unexpected;
    work->desk.unexpected_count = count;
    return result_ok();
}

/* --- the report ------------------------------------------------------------------------------- */

static result read_report_kinds(struct desk_work *work, struct desk_report *report, struct err *err)
{
    struct event event = {.position = 0};
    TRY(transaction_event(work->sitting.transaction, report->row.report, work->arena, &event, err));
    const struct hub_reported_body *body = &event.body.hub_reported;
    struct report_kind *kinds = ARENA_NEW(work->arena, struct report_kind, body->kinds.count + 1);
    if (kinds == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < body->kinds.count; i++) {
        kinds[i] = (struct report_kind){
            .kind = body->kinds.items[i],
            .in_use = body->in_use_of_kind.items[i],
            .counted_in_use = body->counted_in_use_of_kind.items[i],
            .out_of_use = body->out_of_use_of_kind.items[i],
            .counted_out_of_use = body->counted_out_of_use_of_kind.items[i],
        };
    }
    report->kinds = kinds;
    report->kind_count = body->kinds.count;
    return result_ok();
}

static result read_report(struct desk_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct desk_report report = {.explanation = STR(""), .explained_by = STR("")};
    TRY(transaction_hub_report(sitting->transaction, work->desk.hub.id, &report.row, err));
    if (report.row.hub != 0) {
        report.minutes_old =
            (sitting->at.milliseconds - report.row.accurate_at.milliseconds) / (60 * 1000);
        TRY(read_report_kinds(work, &report, err));
    }
    if (report.row.explained_event != 0) {
        struct event event = {.position = 0};
        TRY(transaction_event(sitting->transaction, report.row.explained_event, work->arena, &event,
                              err));
        report.explanation = event.body.hub_report_explained.reason;
        TRY(sitting_actor(sitting, event.actor, &report.explained_by, err));
    }
    work->desk.report = report;
    return result_ok();
}

/* --- the whole desk --------------------------------------------------------------------------- */

static result read_desk(struct transaction *transaction, void *context, struct err *err)
{
    struct desk_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_HUB,
                     work->arena, err));
    work->desk = (struct hub_desk){.as_of = work->sitting.at, .today = work->sitting.today};
    TRY(sitting_hub(&work->sitting, work->hub, ACTION_SEE_HUB, &work->desk.hub, err));
    TRY(read_places(work, err));
    TRY(read_prebookings(work, err));
    TRY(read_people(work, err));
    TRY(read_unexpected(work, err));
    return read_report(work, err);
}

result casework_hub_desk(const struct casework *casework, const struct caller *caller, str hub,
                         struct arena *arena, struct hub_desk *ret_desk, struct err *err)
{
    struct desk_work work = {.casework = casework, .caller = caller, .hub = hub, .arena = arena};
    TRY(store_read(casework->store, read_desk, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_HUB, work.desk.hub.id, "hub desk", err));
    work.desk.rulebook = casework->rulebook;
    *ret_desk = work.desk;
    return result_ok();
}
