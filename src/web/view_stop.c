#include "web/view_table.h"

#include "base/buf.h"

/* "A safeguard; Another one" from a list of {"title"}. */
static str titles_of(const struct view_context *context, const json_t *safeguards)
{
    struct buf buf;
    buf_init(&buf, context->arena, 16 * 1024);
    for (size_t i = 0; i < json_array_size(safeguards); i++) {
        buf_put_c(&buf, i > 0 ? "; " : "");
        buf_put(&buf, json_str_or_empty(json_array_get(safeguards, i), "title"));
    }
    return buf_str(&buf);
}

/* The same with the reason of each: "A safeguard. Why it bars." */
static str reasons_of(const struct view_context *context, const json_t *safeguards)
{
    struct buf buf;
    buf_init(&buf, context->arena, 64 * 1024);
    for (size_t i = 0; i < json_array_size(safeguards); i++) {
        const json_t *safeguard = json_array_get(safeguards, i);
        buf_put_c(&buf, i > 0 ? " " : "");
        buf_put(&buf, json_str_or_empty(safeguard, "title"));
        buf_put_c(&buf, ". ");
        buf_put(&buf, json_str_or_empty(safeguard, "reason"));
    }
    return buf_str(&buf);
}

static json_t *when_of(const struct view_context *context, str iso)
{
    json_auto_t *when = view_instant(context, iso);
    return json_of_str(arena_copy(context->arena, json_str_or_empty(when, "text")));
}

/* A stop without safeguards: the person is in another stage, an entry in the books foretells
 * another step, or nothing is to be done with the record. */
#define NO_SAFEGUARD                                                                               \
    "The step does not lead on any more, for what was recorded of the person or entered in the "   \
    "books."

/* By name and reference; by the reference alone for whoever does not see the person. */
static str person_of(const struct view_context *context, const json_t *stop)
{
    const str reference = json_str_or_empty(stop, "person");
    const str name = json_str_or_empty(stop, "name");
    if (reference.len == 0) {
        return view_filled(context, "somebody whose record is out of your sight", STR(""));
    }
    return name.len == 0 ? reference
                         : view_said(context, "{{name}}, {{reference}}",
                                     SAID({"name", name}, {"reference", reference}));
}

static json_t *banner_item(const struct view_context *context, const json_t *stop)
{
    const bool aboard = json_is_true(json_object_get(stop, "aboard"));
    const str title = json_str_or_empty(json_object_get(stop, "step"), "title");
    const str person = person_of(context, stop);
    const str manifest = json_str_or_empty(stop, "manifest");
    const str hub = json_str_or_empty(stop, "hub");
    const str safeguards = reasons_of(context, json_object_get(stop, "safeguards"));
    json_t *item = json_object();
    const char *heading =
        aboard ? "Called back while on the way: {{step}} of {{person}}, manifest {{manifest}}"
        : manifest.len > 0 ? "Stopped: {{step}} of {{person}}, manifest {{manifest}}"
        : hub.len > 0      ? "Stopped: {{step}} of {{person}}, {{hub}}"
                           : "Stopped: {{step}} of {{person}}";
    json_set_str(
        item, "heading",
        view_said(context, heading,
                  SAID({"step", title}, {"person", person}, {"hub", hub}, {"manifest", manifest})));
    json_set_str(item, "text",
                 safeguards.len > 0
                     ? view_filled(context, "No longer clear: {{safeguards}}", safeguards)
                     : STR(NO_SAFEGUARD));
    json_set_str(item, "action",
                 arena_format(context->arena, "/stops/%lld/acknowledgement",
                              (long long)json_integer_value(json_object_get(stop, "stop"))));
    json_set(item, "when", when_of(context, json_str_or_empty(stop, "stopped_at")));
    return item;
}

json_t *view_stop_banner(const struct view_context *context, const json_t *stops)
{
    const json_t *list = json_object_get(stops, "stops");
    json_t *items = json_array();
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *stop = json_array_get(list, i);
        if (json_is_true(json_object_get(stop, "acknowledged"))) {
            continue;
        }
        if (count++ < VIEW_STOPS_MAX) {
            json_add(items, banner_item(context, stop));
        }
    }
    if (count == 0) {
        json_decref(items);
        return json_false();
    }
    json_t *banner = json_object();
    json_set_flag(banner, "unread", false);
    json_set(banner, "list", items);
    json_set(banner, "more",
             count > VIEW_STOPS_MAX
                 ? json_of_str(view_counted(context, (int64_t)count,
                                            COUNTED("{{count}} stop to acknowledge",
                                                    "All {{count}} stops to acknowledge")))
                 : json_false());
    return banner;
}

static json_t *stop_row(const struct view_context *context, const json_t *stop)
{
    json_t *row = json_object();
    const json_t *acknowledged_at = json_object_get(stop, "acknowledged_at");
    json_set(row, "when", when_of(context, json_str_or_empty(stop, "stopped_at")));
    const int64_t number = json_integer_value(json_object_get(stop, "stop"));
    json_set_str(row, "href", arena_format(context->arena, "/stops/%lld", (long long)number));
    json_set_str(row, "what", json_str_or_empty(json_object_get(stop, "step"), "title"));
    json_set_str(row, "person", person_of(context, stop));
    json_set_str(row, "safeguards", titles_of(context, json_object_get(stop, "safeguards")));
    json_set(row, "acknowledged",
             json_is_true(json_object_get(stop, "acknowledged"))
                 ? when_of(context, json_str_or_empty(acknowledged_at, "value"))
                 : json_false());
    return row;
}

json_t *view_stops(const struct view_context *context, const json_t *stops)
{
    const json_t *list = json_object_get(stops, "stops");
    json_t *rows = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_add(rows, stop_row(context, json_array_get(list, i)));
    }
    json_t *view = json_object();
    json_set_flag(view, "has_rows", json_array_size(rows) > 0);
    json_set_str(view, "count",
                 view_counted(context, (int64_t)json_array_size(rows),
                              COUNTED("{{count}} stop", "{{count}} stops")));
    json_set(view, "rows", rows);
    return view;
}

/* --- one stop --------------------------------------------------------------------------------- */

static json_t *told_of(const struct view_context *context, const json_t *told)
{
    static const struct view_column columns[] = {{"Account", false}, {"Acknowledged", false}};
    struct view_table table;
    size_t index;
    json_t *line;
    view_table_open(&table, context, STR("Who was told, and who knows"), columns, 2,
                    "Nobody rests on it.");
    json_array_foreach(told, index, line)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(line, "account"));
        view_cell(&table);
        if (json_is_true(json_object_get(line, "acknowledged"))) {
            view_put_when(&table, json_object_get(line, "acknowledged_at"));
        } else {
            view_put_tag(&table, "Not yet", "red");
        }
    }
    return view_table_close(&table);
}

json_t *view_stop(const struct view_context *context, const json_t *stop)
{
    const bool mine = json_is_true(json_object_get(stop, "mine"));
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_pair(&pairs, "What", json_str_or_empty(json_object_get(stop, "step"), "title"));
    const int64_t request = json_integer_value(json_object_get(stop, "request"));
    if (request != 0) {
        view_row(&pairs);
        view_cell_text(&pairs, STR("Request"));
        view_cell(&pairs);
        view_put_link(&pairs, STR("See the request"),
                      arena_format(context->arena, "/requests/%lld", (long long)request));
    }
    view_pair(&pairs, "Person", person_of(context, stop));
    if (json_str_or_empty(stop, "hub").len > 0) {
        view_pair(&pairs, "Hub", json_str_or_empty(stop, "hub"));
    }
    if (json_str_or_empty(stop, "manifest").len > 0) {
        view_pair(&pairs, "Manifest", json_str_or_empty(stop, "manifest"));
    }
    view_pair_when(&pairs,
                   json_is_true(json_object_get(stop, "aboard")) ? "Called back" : "Stopped",
                   json_object_get(stop, "stopped_at"));
    const str safeguards = reasons_of(context, json_object_get(stop, "safeguards"));
    view_pair(&pairs, "No longer clear", safeguards.len > 0 ? safeguards : STR(NO_SAFEGUARD));
    json_t *view = json_object();
    json_set(view, "summary", view_table_close(&pairs));
    json_set(view, "told", told_of(context, json_object_get(stop, "told")));
    json_set_flag(view, "to_acknowledge",
                  mine && !json_is_true(json_object_get(stop, "acknowledged")));
    json_set_str(view, "action",
                 arena_format(context->arena, "/stops/%lld/acknowledgement",
                              (long long)json_integer_value(json_object_get(stop, "stop"))));
    return view;
}
