#include "web/view_operation.h"

#include "base/date.h"

/* --- the picture ------------------------------------------------------------------------------ */

/* Weeks as bars of people who arrived, and under them a mark for each operation on its day. */
enum {
    CHART_WIDTH = 740,
    CHART_HEIGHT = 260,
    PLOT_LEFT = 56,
    PLOT_RIGHT = 732,
    PLOT_TOP = 12,
    PLOT_BOTTOM = 196,
    MARK_Y = 214,
    LABEL_Y = 244,
    GRID_LINES = 4,
};

struct chart {
    const struct view_context *context;
    const json_t *resource;
    date from;
    date to;
    int64_t people_max; /* of the axis */
};

static int64_t known_people(const json_t *week)
{
    return json_integer_value(json_object_get(json_object_get(week, "people"), "value"));
}

/* The least round number that is not less, so that each line of the grid has one. */
static int64_t round_up(int64_t number)
{
    static const int64_t steps[] = {1, 2, 3, 4, 5, 6, 8};
    for (int64_t ten = 1;; ten *= 10) {
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            if (steps[i] * ten >= number) {
                return steps[i] * ten;
            }
        }
    }
}

static int x_of(const struct chart *chart, date on)
{
    const int64_t days = chart->to.day - chart->from.day + 1;
    return PLOT_LEFT + (int)((int64_t)(on.day - chart->from.day) * (PLOT_RIGHT - PLOT_LEFT) / days);
}

static json_t *bars_of(const struct chart *chart)
{
    json_t *bars = json_array();
    size_t index;
    json_t *week;
    json_array_foreach(json_object_get(chart->resource, "weeks"), index, week)
    {
        date from;
        if (known_people(week) == 0 ||
            !date_parse(json_str_or_empty(week, "from"), &from, NULL).ok) {
            continue;
        }
        const int x = x_of(chart, from);
        const int width = x_of(chart, date_add_days(from, 7)) - x;
        const int height = (int)(known_people(week) * (PLOT_BOTTOM - PLOT_TOP) / chart->people_max);
        json_t *bar = json_object();
        json_set_int64(bar, "x", x);
        json_set_int64(bar, "y", PLOT_BOTTOM - height);
        json_set_int64(bar, "width", width > 2 ? width - 1 : 1);
        json_set_int64(bar, "height", height);
        json_add(bars, bar);
    }
    return bars;
}

static json_t *grid_of(const struct chart *chart)
{
    json_t *lines = json_array();
    for (int i = 0; i <= GRID_LINES; i++) {
        const int y = PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * i / GRID_LINES;
        json_t *line = json_object();
        json_set_int64(line, "y", y);
        json_set_int64(line, "text_y", y + 4);
        json_set_str(line, "text",
                     view_number(chart->context->arena, chart->people_max * i / GRID_LINES));
        json_add(lines, line);
    }
    return lines;
}

/* A diamond on the day of each operation. */
static json_t *marks_of(const struct chart *chart)
{
    json_t *marks = json_array();
    size_t index;
    json_t *operation;
    json_array_foreach(json_object_get(chart->resource, "operations"), index, operation)
    {
        date on;
        if (!date_parse(json_str_or_empty(operation, "on"), &on, NULL).ok) {
            continue;
        }
        const int x = x_of(chart, on);
        json_t *mark = json_object();
        json_set_str(mark, "path",
                     arena_format(chart->context->arena, "M%d %dL%d %dL%d %dL%d %dz", x, MARK_Y - 7,
                                  x + 7, MARK_Y, x, MARK_Y + 7, x - 7, MARK_Y));
        json_add(marks, mark);
    }
    return marks;
}

/* The first days of quarters, or of years where the span is long. */
static json_t *labels_of(const struct chart *chart)
{
    static const char *const months[] = {"Jan", "Apr", "Jul", "Oct"};
    const bool by_year = chart->to.day - chart->from.day > 3 * 366;
    const struct civil begin = date_to_civil(chart->from);
    json_t *labels = json_array();
    for (int32_t year = begin.year; year <= date_to_civil(chart->to).year; year++) {
        for (int quarter = 0; quarter < (by_year ? 1 : 4); quarter++) {
            date first;
            const struct civil civil = {
                .year = year, .month = (uint8_t)(quarter * 3 + 1), .day = 1};
            if (!date_from_civil(civil, &first, NULL).ok || date_before(first, chart->from) ||
                date_before(chart->to, first)) {
                continue;
            }
            json_t *label = json_object();
            json_set_int64(label, "x", x_of(chart, first));
            json_set_str(
                label, "text",
                by_year ? arena_format(chart->context->arena, "%d", (int)year)
                        : arena_format(chart->context->arena, "%s %d", months[quarter], (int)year));
            json_add(labels, label);
        }
    }
    return labels;
}

static json_t *picture_of(const struct view_context *context, const json_t *resource)
{
    struct chart chart = {.context = context, .resource = resource, .people_max = GRID_LINES};
    size_t index;
    json_t *week;
    bool known = false;
    result_ignore(date_parse(json_str_or_empty(resource, "from"), &chart.from, NULL),
                  "the resource has it");
    result_ignore(date_parse(json_str_or_empty(resource, "to"), &chart.to, NULL),
                  "the resource has it");
    json_array_foreach(json_object_get(resource, "weeks"), index, week)
    {
        known = known || json_is_true(json_object_get(json_object_get(week, "people"), "known"));
        chart.people_max =
            known_people(week) > chart.people_max ? known_people(week) : chart.people_max;
    }
    chart.people_max = round_up((chart.people_max + GRID_LINES - 1) / GRID_LINES) * GRID_LINES;
    json_t *picture = json_object();
    json_set_int64(picture, "width", CHART_WIDTH);
    json_set_int64(picture, "height", CHART_HEIGHT);
    json_set_int64(picture, "left", PLOT_LEFT);
    json_set_int64(picture, "right", PLOT_RIGHT);
    json_set_int64(picture, "bottom", PLOT_BOTTOM);
    json_set_int64(picture, "label_y", LABEL_Y);
    json_set_int64(picture, "label_x", PLOT_LEFT - 8);
    json_set_flag(picture, "known", known);
    json_set(picture, "bars", bars_of(&chart));
    json_set(picture, "grid", grid_of(&chart));
    json_set(picture, "marks", marks_of(&chart));
    json_set(picture, "labels", labels_of(&chart));
    return picture;
}

/* --- tables ----------------------------------------------------------------------------------- */

static const char *const measures[] = {"arrests", "boats", "engines", "documents"};
enum { MEASURES = sizeof measures / sizeof measures[0] };

static void put_partners(struct view_table *table, const json_t *partners)
{
    size_t index;
    json_t *partner;
    json_array_foreach(partners, index, partner)
    {
        const str authority = view_plain(table->context, json_str_or_empty(partner, "authority"));
        view_put(table,
                 arena_format(table->context->arena, "%.*s, %.*s",
                              STR_ARG(json_str_or_empty(partner, "country")), STR_ARG(authority)));
    }
}

static void put_money(struct view_table *table, const json_t *money)
{
    size_t index;
    json_t *sum;
    if (!json_is_true(json_object_get(money, "known"))) {
        view_put_unknown(table);
    }
    json_array_foreach(json_object_get(money, "sums"), index, sum)
    {
        const str amount =
            view_number(table->context->arena, json_integer_value(json_object_get(sum, "amount")));
        view_put(table, arena_format(table->context->arena, "%.*s %.*s",
                                     STR_ARG(json_str_or_empty(sum, "currency")), STR_ARG(amount)));
    }
}

static json_t *list_of(const struct view_context *context, const json_t *operations)
{
    static const struct view_column columns[] = {{"Operation", false}, {"On", false},
                                                 {"Kind", false},      {"Partners", false},
                                                 {"Arrests", true},    {"Boats", true},
                                                 {"Engines", true},    {"False documents", true},
                                                 {"Money", false},     {"Arrived that day", true}};
    struct view_table table;
    size_t index;
    json_t *operation;
    view_table_open(&table, context, STR("Joint operations, and people who arrived that day"),
                    columns, sizeof columns / sizeof columns[0],
                    "No operation is on record in this time.");
    json_array_foreach(operations, index, operation)
    {
        const str reference = json_str_or_empty(operation, "reference");
        view_row(&table);
        view_cell_link(&table, reference, view_href(context, "/operations/%s", reference));
        view_cell_when(&table, json_object_get(operation, "on"));
        view_cell_text(&table, json_str_or_empty(operation, "title"));
        view_cell(&table);
        put_partners(&table, json_object_get(operation, "partners"));
        for (size_t i = 0; i < MEASURES; i++) {
            view_cell(&table);
            view_put_known_number(&table, json_object_get(operation, measures[i]));
        }
        view_cell(&table);
        put_money(&table, json_object_get(operation, "money"));
        view_cell(&table);
        view_put_known_number(&table, json_object_get(operation, "people_arrived"));
    }
    return view_table_close(&table);
}

/* A sum, and of how many operations the number is not known. */
static void put_sum(struct view_table *table, const json_t *sum, const char *measure)
{
    const str missing = arena_format(table->context->arena, "%s_not_known", measure);
    const int64_t not_known = json_integer_value(json_object_get(sum, missing.at));
    view_put_count(table, json_integer_value(json_object_get(sum, measure)));
    if (not_known > 0) {
        view_put_quiet(table, view_numbered(table->context, "{{number}} not known", not_known));
    }
}

static json_t *quarters_of(const struct view_context *context, const json_t *quarters)
{
    static const struct view_column columns[] = {
        {"Quarter", false},        {"Partner", false},      {"Operations", true},
        {"Arrests", true},         {"Boats", true},         {"Engines", true},
        {"False documents", true}, {"People arrived", true}};
    struct view_table table;
    size_t index;
    json_t *sum;
    view_table_open(&table, context, STR("By quarter and partner, beside arrivals"), columns,
                    sizeof columns / sizeof columns[0], "No operation is on record in this time.");
    json_array_foreach(quarters, index, sum)
    {
        const str partner = json_str_or_empty(sum, "partner");
        view_row(&table);
        view_cell_text(&table,
                       arena_format(context->arena, "%d Q%d",
                                    (int)json_integer_value(json_object_get(sum, "year")),
                                    (int)json_integer_value(json_object_get(sum, "quarter"))));
        view_cell_text(&table, partner.len > 0 ? partner : STR("All"));
        view_cell_count(&table, sum, "operations");
        for (size_t i = 0; i < MEASURES; i++) {
            view_cell(&table);
            put_sum(&table, sum, measures[i]);
        }
        view_cell(&table);
        view_put_known_number(&table, json_object_get(sum, "people_arrived"));
    }
    return view_table_close(&table);
}

json_t *view_operations(const struct view_context *context, const json_t *operations)
{
    json_t *view = json_object();
    json_set(view, "from_day", view_day(json_str_or_empty(operations, "from")));
    json_set(view, "to_day", view_day(json_str_or_empty(operations, "to")));
    json_set(view, "picture", picture_of(context, operations));
    json_set(view, "table", list_of(context, json_object_get(operations, "operations")));
    json_set(view, "quarters", quarters_of(context, json_object_get(operations, "quarters")));
    return view;
}

/* --- one operation ---------------------------------------------------------------------------- */

static json_t *summary_of(const struct view_context *context, const json_t *operation)
{
    static const char *const titles[MEASURES] = {"Arrests", "Boats seized", "Engines seized",
                                                 "False documents seized"};
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_pair(&pairs, "Kind", json_str_or_empty(operation, "title"));
    view_pair_when(&pairs, "On", json_object_get(operation, "on"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("Partners"));
    view_cell(&pairs);
    put_partners(&pairs, json_object_get(operation, "partners"));
    for (size_t i = 0; i < MEASURES; i++) {
        view_row(&pairs);
        view_cell_text(&pairs, str_from_c(titles[i]));
        view_cell(&pairs);
        view_put_known_number(&pairs, json_object_get(operation, measures[i]));
    }
    view_row(&pairs);
    view_cell_text(&pairs, STR("Money seized"));
    view_cell(&pairs);
    put_money(&pairs, json_object_get(operation, "money"));
    view_pair(&pairs, "Source", json_str_or_empty(operation, "source_title"));
    view_pair_when(&pairs, "Published on", json_object_get(operation, "published_on"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("People who arrived that day"));
    view_cell(&pairs);
    view_put_known_number(&pairs, json_object_get(operation, "people_arrived"));
    return view_table_close(&pairs);
}

static json_t *revisions_of(const struct view_context *context, const json_t *revisions)
{
    static const struct view_column columns[] = {
        {"Revision", true},       {"Recorded", false}, {"By", false},
        {"Arrests", true},        {"Boats", true},     {"Engines", true},
        {"False documents", true}};
    struct view_table table;
    size_t index;
    json_t *revision;
    view_table_open(&table, context, STR("Every revision; the last one counts"), columns,
                    sizeof columns / sizeof columns[0], "");
    json_array_foreach(revisions, index, revision)
    {
        view_row(&table);
        view_cell_count(&table, revision, "revision");
        view_cell_when(&table, json_object_get(revision, "recorded_at"));
        view_cell_text(&table, json_str_or_empty(revision, "actor"));
        for (size_t i = 0; i < MEASURES; i++) {
            view_cell(&table);
            view_put_known_number(&table, json_object_get(revision, measures[i]));
        }
    }
    return view_table_close(&table);
}

json_t *view_operation(const struct view_context *context, const json_t *operation)
{
    json_t *view = json_object();
    json_set(view, "summary", summary_of(context, operation));
    json_set(view, "revisions", revisions_of(context, json_object_get(operation, "revisions")));
    return view;
}
