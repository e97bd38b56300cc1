#include "web/view.h"

#include "web/page.h"

#include <stdio.h>

static json_t *titles_of(const json_t *items)
{
    json_t *list = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item)
    {
        json_add(list, json_of_str(json_str_or_empty(item, "title")));
    }
    return list;
}

/* The unverified sources counted, so that nobody takes them for read. */
static int64_t unverified_in(const json_t *items)
{
    int64_t count = 0;
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item)
    {
        size_t inner;
        json_t *source;
        json_array_foreach(json_object_get(item, "sources"), inner, source)
        {
            count += json_is_true(json_object_get(source, "unverified")) ? 1 : 0;
        }
    }
    return count;
}

static void set_anchor(json_t *section, size_t number)
{
    char anchor[40];
    snprintf(anchor, sizeof anchor, "section-%zu", number);
    json_set(section, "anchor", json_string(anchor));
}

static json_t *safeguards_by_section(const struct view_context *context, const json_t *safeguards)
{
    json_t *sections = json_array();
    json_t *section = NULL;
    size_t index;
    json_t *safeguard;
    json_array_foreach(safeguards, index, safeguard)
    {
        const str given = json_str_or_empty(safeguard, "section");
        const str title = given.len > 0 ? given : STR("Other safeguards");
        if (section == NULL || !str_equal(json_str_or_empty(section, "title"), title)) {
            section = json_object();
            json_set_str(section, "title", title);
            json_set(section, "safeguards", json_array());
            json_add(sections, section);
            set_anchor(section, json_array_size(sections));
        }
        json_t *view = json_object();
        json_set_str(view, "title", json_str_or_empty(safeguard, "title"));
        json_set_str(view, "name", json_str_or_empty(safeguard, "name"));
        json_set_str(view, "reason", json_str_or_empty(safeguard, "reason"));
        json_set_str(view, "clear_when", json_str_or_empty(safeguard, "clear_when"));
        json_set(view, "sources", json_incref(json_object_get(safeguard, "sources")));
        json_set(view, "what_if_href",
                 context->rights.compare_rules
                     ? json_of_str(page_href(context->arena, "/rulebook/what-if?safeguard=%s",
                                             json_str_or_empty(safeguard, "name"), STR("")))
                     : json_false());
        json_set(view, "guards", titles_of(json_object_get(safeguard, "guards")));
        json_add(json_object_get(section, "safeguards"), view);
    }
    return sections;
}

static json_t *steps_view(const struct view_context *context, const json_t *steps)
{
    json_t *list = json_array();
    size_t index;
    json_t *step;
    json_array_foreach(steps, index, step)
    {
        json_t *view = json_object();
        const bool same = json_is_true(json_object_get(step, "same_stage"));
        json_t *approvals = titles_of(json_object_get(step, "approvals"));
        json_set_str(view, "title", json_str_or_empty(step, "title"));
        json_set(view, "from", titles_of(json_object_get(step, "from")));
        json_set_flag(view, "from_any", json_is_true(json_object_get(step, "from_any")));
        json_set(view, "to",
                 same ? json_false()
                      : json_of_str(json_str_or_empty(json_object_get(step, "to"), "title")));
        json_set_flag(view, "has_approvals", json_array_size(approvals) > 0);
        json_set(view, "approvals", approvals);
        json_set_str(view, "safeguard_count",
                     view_counted(context,
                                  (int64_t)json_array_size(json_object_get(step, "safeguards")),
                                  COUNTED("{{count}} safeguard", "{{count}} safeguards")));
        json_add(list, view);
    }
    return list;
}

json_t *view_rulebook(const struct view_context *context, const json_t *rulebook)
{
    json_t *view = json_object();
    const json_t *safeguards = json_object_get(rulebook, "safeguards");
    const json_t *clocks = json_object_get(rulebook, "clocks");
    const int64_t unverified = unverified_in(safeguards) + unverified_in(clocks);
    json_set_str(view, "title", json_str_or_empty(rulebook, "title"));
    json_set(view, "in_force_from", view_day(json_str_or_empty(rulebook, "in_force_from")));
    json_set_str(view, "identity", json_str_or_empty(rulebook, "identity"));
    json_set(view, "sections", safeguards_by_section(context, safeguards));
    json_set_str(view, "safeguard_count",
                 view_counted(context, (int64_t)json_array_size(safeguards),
                              COUNTED("{{count}} safeguard", "{{count}} safeguards")));
    json_set(view, "steps", steps_view(context, json_object_get(rulebook, "steps")));
    json_set(view, "clocks", json_incref(json_object_get(rulebook, "clocks")));
    json_set_flag(view, "has_unverified", unverified > 0);
    json_set_str(view, "unverified",
                 view_counted(context, unverified,
                              COUNTED("{{count}} source has not been read itself. It is marked.",
                                      "{{count}} sources have not been read themselves. Each is "
                                      "marked.")));
    return view;
}
