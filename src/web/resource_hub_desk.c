#include "web/resource_books.h"

#include "casework/places.h"
#include "web/resource_part.h"

/* Its name, and what it is called. */
static void set_kind(json_t *object, const char *key, const char *title_key,
                     const struct hub_desk *desk, str kind)
{
    PART_ARENA arena = part_memory_of(PART_MEMORY);
    json_set_str(object, key, kind);
    json_set_str(object, title_key, place_kind_title(desk->rulebook, kind, &arena));
}

static str title_of_reason(str name)
{
    enum out_of_use reason = OUT_OF_USE_COUNT;
    return out_of_use_from_name(name, &reason) ? str_from_c(out_of_use_title(reason)) : name;
}

/* "ran_out": prebooked until a day that is over, so that anybody may have it. */
static json_t *json_of_place(const struct hub_desk *desk, const struct desk_place *place)
{
    json_t *object = json_object();
    json_set_flag(object, "ran_out",
                  place->row.state == PLACE_PREBOOKED &&
                      place_is_free_on(&place->row, desk->today));
    json_set_int64(object, "number", place->row.number);
    set_kind(object, "kind", "kind_title", desk, place->row.kind);
    json_set_str(object, "state", str_from_c(place_state_name(place->row.state)));
    json_set_str(object, "person", place->person);
    json_set_int64(object, "request", place->row.request);
    json_set_int64(object, "prebooking", place->row.prebooking);
    json_set(object, "prebooked_until", part_known_day(place->row.prebooked_until));
    json_set_str(object, "reason", place->row.out_reason);
    json_set_str(object, "reason_title", title_of_reason(place->row.out_reason));
    json_set_str(object, "words", place->words);
    json_set(object, "back_on", part_known_day(place->row.back_on));
    json_set_flag(object, "overdue", place->overdue);
    json_set(object, "since", json_of_instant(place->row.since));
    return object;
}

static json_t *json_of_prebooking(const struct hub_desk *desk,
                                  const struct desk_prebooking *prebooking)
{
    json_t *object = json_object();
    json_set_int64(object, "prebooking", prebooking->row.id);
    json_set_str(object, "state", str_from_c(prebooking_state_name(prebooking->state)));
    set_kind(object, "kind", "kind_title", desk, prebooking->row.kind);
    json_set_int64(object, "places", prebooking->row.places);
    json_set_int64(object, "given", prebooking->row.given);
    json_set_int64(object, "holding", prebooking->holding);
    json_set(object, "until", json_of_date(prebooking->row.until));
    json_set_str(object, "made_by", prebooking->made_by);
    json_set_str(object, "purpose", prebooking->purpose);
    return object;
}

static json_t *json_of_stay(const struct hub_desk *desk, const struct desk_stay *stay)
{
    json_t *object = json_object();
    char room[PLAIN_NAME_SIZE];
    json_set_str(object, "reference", stay->reference);
    json_set_str(object, "name", stay->name);
    json_set_str(object, "stage", stay->stage);
    json_set_int64(object, "stay", stay->row.id);
    json_set_str(object, "arrival", str_from_c(arrival_state_name(stay->row.arrival)));
    json_set(object, "departed_on", json_of_date(stay->row.departed_on));
    json_set(object, "expected_on", part_known_day(stay->row.expected_on));
    json_set_int64(object, "days_overdue", stay->days_overdue);
    json_set_str(object, "owner", stay->owner);
    json_set_int64(object, "place", stay->place);
    set_kind(object, "place_kind", "place_kind_title", desk, stay->place_kind);
    json_set(object, "review_due_on", part_known_day(stay->review_due_on));
    json_set(object, "stay_limit_on", part_known_day(stay->stay_limit_on));
    json_set(object, "left_on", part_known_day(stay->row.left_on));
    json_set_str(object, "left_by", stay->row.left_by);
    json_set_str(object, "left_by_title",
                 titled_title(titled_step(desk->rulebook, stay->row.left_by), room));
    return object;
}

static json_t *json_of_stays(const struct hub_desk *desk, const struct desk_stay *stays,
                             size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, json_of_stay(desk, &stays[i]));
    }
    return list;
}

static json_t *json_of_unexpected(const struct desk_unexpected *unexpected)
{
    json_t *object = json_object();
    json_set_int64(object, "arrival", unexpected->row.id);
    json_set(object, "seen_on", json_of_date(unexpected->row.seen_on));
    json_set_str(object, "named", unexpected->named);
    json_set_str(object, "description", unexpected->description);
    json_set_str(object, "person", unexpected->reference);
    json_set_str(object, "expected", unexpected->expected_with_name);
    json_set_str(object, "reported_by", unexpected->reported_by);
    return object;
}

static json_t *json_of_report(const struct hub_desk *desk)
{
    const struct desk_report *report = &desk->report;
    json_t *object = json_object();
    json_set_flag(object, "known", report->row.hub != 0);
    if (report->row.hub == 0) {
        return object;
    }
    json_t *kinds = json_array();
    json_set(object, "accurate_at", json_of_instant(report->row.accurate_at));
    json_set_int64(object, "minutes_old", report->minutes_old);
    json_set_int64(object, "in_use", report->row.in_use);
    json_set_int64(object, "counted_in_use", report->row.counted_in_use);
    json_set_int64(object, "out_of_use", report->row.out_of_use);
    json_set_int64(object, "counted_out_of_use", report->row.counted_out_of_use);
    json_set(object, "differs_since", json_of_instant(report->row.differs_since));
    json_set_flag(object, "differs", report->row.difference != 0);
    json_set_flag(object, "explained", report->row.explained_event != 0);
    json_set_str(object, "explanation", report->explanation);
    json_set_str(object, "explained_by", report->explained_by);
    for (size_t i = 0; i < report->kind_count; i++) {
        json_t *kind = json_object();
        set_kind(kind, "kind", "kind_title", desk, report->kinds[i].kind);
        json_set_int64(kind, "in_use", report->kinds[i].in_use);
        json_set_int64(kind, "counted_in_use", report->kinds[i].counted_in_use);
        json_set_int64(kind, "out_of_use", report->kinds[i].out_of_use);
        json_set_int64(kind, "counted_out_of_use", report->kinds[i].counted_out_of_use);
        json_add(kinds, kind);
    }
    json_set(object, "kinds", kinds);
    return object;
}

static json_t *json_of_arrivals(const struct hub_desk *desk)
{
    json_t *object = json_object();
    json_set_int64(object, "ever", desk->arrivals_ever);
    for (int i = ARRIVAL_EXPECTED; i < ARRIVAL_STATES; i++) {
        json_set_int64(object, arrival_state_name((enum arrival_state)i), desk->arrivals[i]);
    }
    return object;
}

json_t *resource_hub_desk(const struct hub_desk *desk)
{
    json_t *object = json_object();
    json_t *kinds = json_array();
    json_t *places = json_array();
    json_t *prebookings = json_array();
    json_t *unexpected = json_array();
    json_set_str(object, "hub", desk->hub.reference);
    json_set_str(object, "name", desk->hub.name);
    json_set(object, "as_of", json_of_instant(desk->as_of));
    json_set(object, "counts", part_places(&desk->counts));
    for (size_t i = 0; i < desk->kind_count; i++) {
        json_t *kind = part_places(&desk->kinds[i].counts);
        set_kind(kind, "kind", "kind_title", desk, desk->kinds[i].kind);
        json_add(kinds, kind);
    }
    for (size_t i = 0; i < desk->place_count; i++) {
        json_add(places, json_of_place(desk, &desk->places[i]));
    }
    for (size_t i = 0; i < desk->prebooking_count; i++) {
        json_add(prebookings, json_of_prebooking(desk, &desk->prebookings[i]));
    }
    for (size_t i = 0; i < desk->unexpected_count; i++) {
        json_add(unexpected, json_of_unexpected(&desk->unexpected[i]));
    }
    json_set(object, "kinds", kinds);
    json_set(object, "places", places);
    json_set(object, "prebookings", prebookings);
    json_set(object, "expected", json_of_stays(desk, desk->expected, desk->expected_count));
    json_set(object, "stays", json_of_stays(desk, desk->stays, desk->stay_count));
    json_set(object, "departures", json_of_stays(desk, desk->departures, desk->departure_count));
    json_set(object, "unexpected", unexpected);
    json_set(object, "arrivals", json_of_arrivals(desk));
    json_set(object, "report", json_of_report(desk));
    return object;
}
