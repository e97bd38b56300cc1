#include "cli/hub_view.h"

#include "casework/places.h"
#include "web/resource_books.h"

static void print(const struct invocation *invocation, str text)
{
    output_text(invocation->output, text);
}

static str day_text(date day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(arena, str_from_c(text));
}

static str known_day_text(struct known_day day, struct arena *arena)
{
    return day.known ? day_text(day.day, arena) : STR("unknown");
}

static str number_text(int64_t number, struct arena *arena)
{
    return arena_format(arena, "%lld", (long long)number);
}

static str instant_text(instant when, struct arena *arena)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(when, text);
    return arena_copy(arena, str_from_c(text));
}

static str or_nobody(str text)
{
    return text.len > 0 ? text : STR("-");
}

/* --- numbers ---------------------------------------------------------------------------------- */

static void print_counts(const struct invocation *invocation, str name,
                         const struct place_counts *counts)
{
    struct arena scratch = *invocation->arena;
    print(invocation,
          arena_format(&scratch,
                       "%-18.*s free %lld = agreed %lld - occupied %lld - held %lld - prebooked "
                       "%lld - out of use %lld - without a kind %lld\n",
                       STR_ARG(name), (long long)counts->free, (long long)counts->agreed,
                       (long long)counts->occupied, (long long)counts->held,
                       (long long)counts->prebooked, (long long)counts->out_of_use,
                       (long long)places_without_kind(counts)));
}

static void print_head(const struct invocation *invocation, const struct hub_desk *desk)
{
    struct arena scratch = *invocation->arena;
    print(invocation,
          arena_format(&scratch, "%.*s, %.*s, as of %.*s\n", STR_ARG(desk->hub.reference),
                       STR_ARG(desk->hub.name), STR_ARG(instant_text(desk->as_of, &scratch))));
    print_counts(invocation, STR("Places"), &desk->counts);
    for (size_t i = 0; i < desk->kind_count; i++) {
        const str kind = desk->kinds[i].kind;
        print_counts(
            invocation,
            arena_format(&scratch, "  %.*s", STR_ARG(kind.len > 0 ? kind : STR("kind not said"))),
            &desk->kinds[i].counts);
    }
}

static void print_arrivals(const struct invocation *invocation, const struct hub_desk *desk)
{
    struct arena scratch = *invocation->arena;
    print(invocation,
          arena_format(&scratch,
                       "\nArrivals ever expected: %lld = arrived %lld + refused %lld + never left "
                       "%lld + missing %lld + still expected %lld\nReturned at once: %lld\n",
                       (long long)desk->arrivals_ever, (long long)desk->arrivals[ARRIVAL_ARRIVED],
                       (long long)desk->arrivals[ARRIVAL_REFUSED],
                       (long long)desk->arrivals[ARRIVAL_NEVER_LEFT],
                       (long long)desk->arrivals[ARRIVAL_MISSING],
                       (long long)desk->arrivals[ARRIVAL_EXPECTED],
                       (long long)desk->arrivals[ARRIVAL_REFUSED]));
}

/* --- tables ----------------------------------------------------------------------------------- */

struct part {
    unsigned part;
    const char *title;
    const char *names[9];
    int widths[9];
    size_t columns;
    size_t (*count)(const struct hub_desk *desk);
    void (*cells)(const struct hub_desk *desk, size_t index, struct arena *arena, str *cells);
};

static size_t count_places(const struct hub_desk *desk)
{
    return desk->place_count;
}

static void cells_of_place(const struct hub_desk *desk, size_t index, struct arena *arena,
                           str *cells)
{
    const struct desk_place *place = &desk->places[index];
    const bool ran_out =
        place->row.state == PLACE_PREBOOKED && place_is_free_on(&place->row, desk->today);
    cells[0] = number_text(place->row.number, arena);
    cells[1] = or_nobody(place->row.kind);
    cells[2] = ran_out ? STR("free") : str_from_c(place_state_name(place->row.state));
    cells[3] = ran_out ? STR("-") : or_nobody(place->person);
    cells[4] = day_text(instant_date(place->row.since), arena);
    cells[5] =
        place->row.state == PLACE_PREBOOKED ? known_day_text(place->row.prebooked_until, arena)
        : place->row.state == PLACE_OUT_OF_USE
            ? arena_format(arena, "%.*s%s", STR_ARG(known_day_text(place->row.back_on, arena)),
                           place->overdue ? " (overdue)" : "")
            : STR("-");
    cells[6] = or_nobody(place->row.out_reason);
    cells[7] = place->words;
}

static size_t count_prebookings(const struct hub_desk *desk)
{
    return desk->prebooking_count;
}

static void cells_of_prebooking(const struct hub_desk *desk, size_t index, struct arena *arena,
                                str *cells)
{
    const struct desk_prebooking *prebooking = &desk->prebookings[index];
    cells[0] = number_text(prebooking->row.id, arena);
    cells[1] = str_from_c(prebooking_state_name(prebooking->state));
    cells[2] = or_nobody(prebooking->row.kind);
    cells[3] = number_text(prebooking->row.places, arena);
    cells[4] = number_text(prebooking->row.given, arena);
    cells[5] = number_text(prebooking->holding, arena);
    cells[6] = day_text(prebooking->row.until, arena);
    cells[7] = prebooking->made_by;
    cells[8] = prebooking->purpose;
}

static size_t count_expected(const struct hub_desk *desk)
{
    return desk->expected_count;
}

static void cells_of_expected(const struct hub_desk *desk, size_t index, struct arena *arena,
                              str *cells)
{
    const struct desk_stay *stay = &desk->expected[index];
    cells[0] = stay->reference;
    cells[1] = known_day_text(stay->row.expected_on, arena);
    cells[2] = day_text(stay->row.departed_on, arena);
    cells[3] = number_text(stay->days_overdue, arena);
    cells[4] = stay->owner;
    cells[5] = stay->row.left_event == 0 ? number_text(stay->place, arena) : STR("left");
    cells[6] = stay->name;
}

static size_t count_stays(const struct hub_desk *desk)
{
    return desk->stay_count;
}

static void cells_of_stay(const struct hub_desk *desk, size_t index, struct arena *arena,
                          str *cells)
{
    const struct desk_stay *stay = &desk->stays[index];
    cells[0] = stay->reference;
    cells[1] = number_text(stay->place, arena);
    cells[2] = or_nobody(stay->place_kind);
    cells[3] = str_from_c(arrival_state_name(stay->row.arrival));
    cells[4] = day_text(stay->row.departed_on, arena);
    cells[5] = known_day_text(stay->review_due_on, arena);
    cells[6] = known_day_text(stay->stay_limit_on, arena);
    cells[7] = stay->stage;
    cells[8] = stay->name;
}

static size_t count_departures(const struct hub_desk *desk)
{
    return desk->departure_count;
}

static void cells_of_departure(const struct hub_desk *desk, size_t index, struct arena *arena,
                               str *cells)
{
    const struct desk_stay *stay = &desk->departures[index];
    cells[0] = stay->reference;
    cells[1] = day_text(stay->row.departed_on, arena);
    cells[2] = str_from_c(arrival_state_name(stay->row.arrival));
    cells[3] = known_day_text(stay->row.left_on, arena);
    cells[4] = stay->row.left_by;
}

static size_t count_unexpected(const struct hub_desk *desk)
{
    return desk->unexpected_count;
}

static void cells_of_unexpected(const struct hub_desk *desk, size_t index, struct arena *arena,
                                str *cells)
{
    const struct desk_unexpected *unexpected = &desk->unexpected[index];
    cells[0] = number_text(unexpected->row.id, arena);
    cells[1] = day_text(unexpected->row.seen_on, arena);
    cells[2] = or_nobody(unexpected->named);
    cells[3] = or_nobody(unexpected->reference);
    cells[4] = or_nobody(unexpected->expected_with_name);
    cells[5] = unexpected->reported_by;
    cells[6] = unexpected->description;
}

static const struct part parts_of_desk[] = {
    {HUB_PART_EXPECTED,
     "Expected, and not yet said to have come",
     {"reference", "expected_on", "departed_on", "days_overdue", "owner", "place", "name"},
     {12, 11, 11, 12, 24, 6, 0},
     7,
     count_expected,
     cells_of_expected},
    {HUB_PART_UNEXPECTED,
     "There, and not expected",
     {"arrival", "seen_on", "named", "person", "expected", "reported_by", "description"},
     {8, 10, 20, 12, 12, 24, 0},
     7,
     count_unexpected,
     cells_of_unexpected},
    {HUB_PART_PLACES,
     "Places",
     {"place", "kind", "state", "person", "since", "until", "reason", "words"},
     {6, 18, 11, 12, 10, 20, 18, 0},
     8,
     count_places,
     cells_of_place},
    {HUB_PART_PREBOOKINGS,
     "Prebookings",
     {"prebooking", "state", "kind", "places", "given", "holding", "until", "made_by", "purpose"},
     {10, 8, 18, 6, 5, 7, 10, 24, 0},
     9,
     count_prebookings,
     cells_of_prebooking},
    {HUB_PART_STAYS,
     "Stays",
     {"reference", "place", "kind", "arrival", "since", "review_due", "stay_limit", "stage",
      "name"},
     {12, 6, 18, 10, 10, 10, 10, 16, 0},
     9,
     count_stays,
     cells_of_stay},
    {HUB_PART_DEPARTURES,
     "Departures",
     {"reference", "since", "arrival", "left_on", "by"},
     {12, 10, 10, 10, 0},
     5,
     count_departures,
     cells_of_departure},
};

static void print_part(const struct invocation *invocation, const struct hub_desk *desk,
                       const struct part *part)
{
    struct table table = {.output = invocation->output,
                          .names = part->names,
                          .widths = part->widths,
                          .column_count = part->columns};
    table_begin(&table);
    for (size_t i = 0; i < part->count(desk); i++) {
        struct arena scratch = *invocation->arena;
        str cells[9] = {{.len = 0}};
        part->cells(desk, i, &scratch, cells);
        table_row(&table, scratch, cells);
    }
}

/* --- the report ------------------------------------------------------------------------------- */

static str age_text(int64_t minutes, struct arena *arena)
{
    return minutes < 120       ? arena_format(arena, "%lld %s", (long long)minutes,
                                              str_noun(minutes, "minute", "minutes"))
           : minutes < 48 * 60 ? arena_format(arena, "%lld hours", (long long)minutes / 60)
                               : arena_format(arena, "%lld %s", (long long)minutes / (24 * 60),
                                              str_noun(minutes / (24 * 60), "day", "days"));
}

static void print_report_line(const struct invocation *invocation, str name, int64_t in_use,
                              int64_t counted_in_use, int64_t out_of_use,
                              int64_t counted_out_of_use)
{
    struct arena scratch = *invocation->arena;
    const bool differs = in_use != counted_in_use || out_of_use != counted_out_of_use;
    print(invocation,
          arena_format(&scratch,
                       "  %-18.*s in use %lld (the register: %lld), out of use %lld (the register: "
                       "%lld)%s\n",
                       STR_ARG(name), (long long)in_use, (long long)counted_in_use,
                       (long long)out_of_use, (long long)counted_out_of_use,
                       differs ? "  DIFFERS" : ""));
}

static void print_report(const struct invocation *invocation, const struct hub_desk *desk)
{
    struct arena scratch = *invocation->arena;
    const struct desk_report *report = &desk->report;
    if (report->row.hub == 0) {
        print(invocation, STR("\nThe hub has never reported how many places are in use.\n"));
        return;
    }
    print(invocation,
          arena_format(&scratch, "\nThe hub's own report, accurate as of %.*s, %.*s ago\n",
                       STR_ARG(instant_text(report->row.accurate_at, &scratch)),
                       STR_ARG(age_text(report->minutes_old, &scratch))));
    print_report_line(invocation, STR("all"), report->row.in_use, report->row.counted_in_use,
                      report->row.out_of_use, report->row.counted_out_of_use);
    for (size_t i = 0; i < report->kind_count; i++) {
        const struct report_kind *kind = &report->kinds[i];
        print_report_line(invocation, kind->kind, kind->in_use, kind->counted_in_use,
                          kind->out_of_use, kind->counted_out_of_use);
    }
    if (report->row.difference == 0) {
        return;
    }
    print(invocation,
          report->explanation.len > 0
              ? arena_format(&scratch, "  Explained by %.*s: %.*s\n", STR_ARG(report->explained_by),
                             STR_ARG(report->explanation))
              : arena_format(&scratch, "  A difference since %.*s, NOT EXPLAINED\n",
                             STR_ARG(instant_text(report->row.differs_since, &scratch))));
}

/* --- printing --------------------------------------------------------------------------------- */

bool hub_view_is_open(const struct hub_desk *desk)
{
    bool open = desk->unexpected_count > 0 ||
                (desk->report.row.difference != 0 && desk->report.row.explained_event == 0);
    for (size_t i = 0; i < desk->expected_count; i++) {
        open = open || desk->expected[i].days_overdue > 0;
    }
    return open;
}

static void print_text(const struct invocation *invocation, const struct hub_desk *desk,
                       unsigned parts)
{
    print_head(invocation, desk);
    if ((parts & HUB_PART_REPORT) != 0) {
        print_report(invocation, desk);
    }
    if ((parts & HUB_PART_ARRIVALS) != 0) {
        print_arrivals(invocation, desk);
    }
    for (size_t i = 0; i < sizeof parts_of_desk / sizeof parts_of_desk[0]; i++) {
        const struct part *part = &parts_of_desk[i];
        if ((parts & part->part) == 0) {
            continue;
        }
        struct arena scratch = *invocation->arena;
        print(invocation, arena_format(&scratch, "\n%s: %zu\n", part->title, part->count(desk)));
        if (part->count(desk) > 0) {
            print_part(invocation, desk, part);
        }
    }
}

result hub_view_print(const struct invocation *invocation, const struct hub_desk *desk,
                      unsigned parts, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_hub_desk(desk);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    if (invocation->output->format == OUTPUT_TEXT) {
        print_text(invocation, desk, parts);
        return result_ok();
    }
    for (size_t i = 0; i < sizeof parts_of_desk / sizeof parts_of_desk[0]; i++) {
        if ((parts & parts_of_desk[i].part) != 0) {
            print_part(invocation, desk, &parts_of_desk[i]);
            break;
        }
    }
    return result_ok();
}
