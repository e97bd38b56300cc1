#include "web/view.h"

#include "web/page.h"
#include "web/resource_part.h"
#include "web/speech.h"

enum { VALUES_SHOWN = 6 };

static bool is_kind(const json_t *change, const char *kind)
{
    return str_equal(json_str_or_empty(change, "kind"), str_from_c(kind));
}

static str fact_name_of(const json_t *change)
{
    return json_str_or_empty(json_object_get(change, "fact"), "name");
}

/* Was this fact's list of values already told, at an earlier change? */
static bool told_before(const json_t *changes, size_t at)
{
    const json_t *change = json_array_get(changes, at);
    for (size_t i = 0; i < at; i++) {
        const json_t *before = json_array_get(changes, i);
        if (is_kind(before, "fact_value") &&
            str_equal(fact_name_of(before), fact_name_of(change))) {
            return true;
        }
    }
    return false;
}

static str value_text(const struct view_context *context, const json_t *change)
{
    const struct speech speech = {.catalogue = context->catalogue};
    const json_t *value = json_object_get(change, "value");
    return json_is_true(json_object_get(value, "known")) ? json_str_or_empty(value, "text")
                                                         : speech_say(&speech, "not recorded");
}

/* It would be clear if "Nationality" were: Albania, or Brazil, or one of 21 others. */
static str values_text(const struct view_context *context, const json_t *changes, size_t first)
{
    const json_t *change = json_array_get(changes, first);
    const str fact = fact_name_of(change);
    str values = STR("");
    size_t count = 0;
    for (size_t i = first; i < json_array_size(changes); i++) {
        const json_t *other = json_array_get(changes, i);
        if (is_kind(other, "fact_value") && str_equal(fact_name_of(other), fact)) {
            const str value = value_text(context, other);
            if (count == 0) {
                values = value;
            } else if (count < VALUES_SHOWN) {
                values = view_said(context, "{{values}}, or {{value}}",
                                   SAID({"values", values}, {"value", value}));
            }
            count++;
        }
    }
    if (count > VALUES_SHOWN) {
        values = speech_counted(
            context->catalogue, context->arena,
            COUNTED("{{values}}, or {{count}} other", "{{values}}, or one of {{count}} others"),
            (int64_t)(count - VALUES_SHOWN), SAID({"values", values}));
    }
    return view_said(context, part_change_sentence(CHANGE_FACT_VALUE),
                     SAID({"fact", json_str_or_empty(json_object_get(change, "fact"), "title")},
                          {"values", values}));
}

static str change_text(const struct view_context *context, const json_t *changes, size_t at)
{
    const json_t *change = json_array_get(changes, at);
    if (is_kind(change, "fact_value")) {
        return values_text(context, changes, at);
    }
    if (is_kind(change, "fact_known")) {
        return view_filled(context, part_change_sentence(CHANGE_FACT_KNOWN),
                           json_str_or_empty(json_object_get(change, "fact"), "title"));
    }
    json_auto_t *day = view_day(json_str_or_empty(change, "day"));
    return is_kind(change, "wait") ? view_filled(context, part_change_sentence(CHANGE_WAIT),
                                                 json_str_or_empty(day, "text"))
                                   : json_str_or_empty(change, "text");
}

/* Where the fact of a change is recorded; only facts of the person have their form on the person's
 * pages. */
static json_t *record_href(const struct view_context *context, const json_t *change,
                           str record_base)
{
    const str fact = fact_name_of(change);
    const str section = json_str_or_empty(change, "section");
    const bool of_person = !str_starts(fact, STR("hub.")) && !str_starts(fact, STR("agreement."));
    if (record_base.len == 0 || fact.len == 0 || !of_person) {
        return json_false();
    }
    const str query = page_href(context->arena, "?section=%s#%s",
                                section.len > 0 ? section : STR("Other facts"), fact);
    return json_of_str(
        arena_format(context->arena, "%.*s/facts%.*s", STR_ARG(record_base), STR_ARG(query)));
}

static json_t *changes_of(const struct view_context *context, const json_t *safeguard,
                          str record_base)
{
    json_t *list = json_array();
    const json_t *changes = json_object_get(safeguard, "changes");
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *change = json_array_get(changes, i);
        if (is_kind(change, "fact_value") && told_before(changes, i)) {
            continue;
        }
        json_t *view = json_object();
        json_set_str(view, "text", change_text(context, changes, i));
        json_set(view, "record_href", record_href(context, change, record_base));
        json_add(list, view);
    }
    return list;
}

str view_reason(const struct view_context *context, const json_t *safeguard)
{
    const str clearance = json_str_or_empty(safeguard, "clearance");
    const str reason = json_str_or_empty(safeguard, "reason");
    if (str_equal(clearance, STR("barred"))) {
        return reason;
    }
    return view_filled(context,
                       str_equal(clearance, STR("unknown"))
                           ? "It is not known whether this is so: {{reason}}"
                           : "This is not so: {{reason}}",
                       reason);
}

json_t *view_safeguard(const struct view_context *context, const json_t *safeguard, str anchor,
                       str record_base)
{
    json_t *view = json_object();
    const str clearance = json_str_or_empty(safeguard, "clearance");
    const json_t *condition = json_object_get(safeguard, "condition");
    json_set_str(view, "anchor", anchor);
    json_set_str(view, "title", json_str_or_empty(safeguard, "title"));
    json_set_str(view, "reason", view_reason(context, safeguard));
    json_set(view, "tag", view_clearance_tag(clearance));
    json_set_flag(view, "is_clear", str_equal(clearance, STR("clear")));
    json_set(view, "sources", json_incref(json_object_get(safeguard, "sources")));
    json_set_str(view, "rule", json_str_or_empty(condition, "text"));
    json_set(view, "tree", view_tree(context, condition));
    json_set_flag(view, "has_tree", json_is_object(condition));
    json_t *changes = changes_of(context, safeguard, record_base);
    json_set_flag(view, "has_changes", json_array_size(changes) > 0);
    json_set(view, "changes", changes);
    return view;
}

/* The safeguards of this verdict, in the order of the text. */
static void add_cards(const struct view_context *context, json_t *cards, const json_t *explanation,
                      const char *clearance, str record_base)
{
    size_t index;
    json_t *safeguard;
    json_array_foreach(json_object_get(explanation, "safeguards"), index, safeguard)
    {
        if (str_equal(json_str_or_empty(safeguard, "clearance"), str_from_c(clearance))) {
            const str anchor = arena_format(context->arena, "safeguard-%.*s",
                                            STR_ARG(json_str_or_empty(safeguard, "name")));
            json_add(cards, view_safeguard(context, safeguard, anchor, record_base));
        }
    }
}

json_t *view_safeguards(const struct view_context *context, const json_t *explanation,
                        str record_base)
{
    json_t *view = json_object();
    json_t *open = json_array();
    json_t *clear = json_array();
    add_cards(context, open, explanation, "barred", record_base);
    add_cards(context, open, explanation, "unknown", record_base);
    add_cards(context, clear, explanation, "clear", record_base);
    json_set_flag(view, "has_open", json_array_size(open) > 0);
    json_set_flag(view, "has_clear", json_array_size(clear) > 0);
    json_set_str(
        view, "clear_count",
        view_counted(context, (int64_t)json_array_size(clear),
                     COUNTED("{{count}} safeguard is clear", "{{count}} safeguards are clear")));
    json_set(view, "open", open);
    json_set(view, "clear", clear);
    return view;
}
