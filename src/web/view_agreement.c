#include "web/page.h"
#include "web/view_table.h"

static const struct view_state agreement_states[] = {
    {"approached", "Approached", "blue"},
    {"in_talks", "In talks", "blue"},
    {"offered", "Offered by the partner", "yellow"},
    {"declined", "Declined", "grey"},
    {"signed", "Signed, not in force", "yellow"},
    {"in_force", "In force", "green"},
    {"suspended", "Suspended", "red"},
    {"lapsed", "Lapsed", "grey"},
};

static void put_state(struct view_table *table, const json_t *state)
{
    const str name = json_str_or_empty(state, "state");
    if (name.len == 0) {
        view_put_unknown(table);
        return;
    }
    view_put_state(table, agreement_states, sizeof agreement_states / sizeof agreement_states[0],
                   name);
}

/* "12 of 250"; what is not on record limits nothing here, and is said so. */
static void put_use(struct view_table *table, const json_t *agreement, const char *used,
                    const char *allowed)
{
    const struct view_context *context = table->context;
    const json_t *limit = json_object_get(agreement, allowed);
    const str count =
        view_number(context->arena, json_integer_value(json_object_get(agreement, used)));
    if (!json_is_true(json_object_get(limit, "known"))) {
        view_put(table, count);
        view_put_quiet(table, STR("no limit on record"));
        return;
    }
    const str most =
        view_number(context->arena, json_integer_value(json_object_get(limit, "value")));
    view_put(table,
             view_said(context, "{{used}} of {{most}}", SAID({"used", count}, {"most", most})));
}

json_t *view_agreements(const struct view_context *context, const json_t *agreements)
{
    static const struct view_column columns[] = {{"Agreement", false},
                                                 {"Partner", false},
                                                 {"State", false},
                                                 {"Transferred, of the cap", true},
                                                 {"This month, of the limit", true},
                                                 {"Places held", true}};
    struct view_table table;
    size_t index;
    json_t *agreement;
    view_table_open(&table, context, STR("Agreements this account may see"), columns,
                    sizeof columns / sizeof columns[0], "There is no agreement.");
    json_array_foreach(json_object_get(agreements, "agreements"), index, agreement)
    {
        view_row(&table);
        view_cell_link(
            &table, json_str_or_empty(agreement, "title"),
            view_href(context, "/agreements/%s", json_str_or_empty(agreement, "reference")));
        if (json_is_true(json_object_get(agreement, "confidential"))) {
            view_put_tag(&table, "Confidential", "purple");
        }
        view_cell_text(&table, json_str_or_empty(agreement, "partner"));
        view_cell(&table);
        put_state(&table, json_object_get(agreement, "state"));
        view_cell(&table);
        put_use(&table, agreement, "transferred", "cap");
        view_cell(&table);
        put_use(&table, agreement, "transferred_this_month", "intake_a_month");
        view_cell_count(&table, agreement, "places_held");
    }
    return view_table_close(&table);
}

/* --- one agreement ---------------------------------------------------------------------------- */

static json_t *summary_of(const struct view_context *context, const json_t *agreement)
{
    struct view_table pairs;
    size_t index;
    json_t *hub;
    view_pairs_open(&pairs, context);
    view_pair(&pairs, "Partner", json_str_or_empty(agreement, "partner"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("State"));
    view_cell(&pairs);
    put_state(&pairs, json_object_get(agreement, "state"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("Transferred in all, of the cap"));
    view_cell(&pairs);
    put_use(&pairs, agreement, "transferred", "cap");
    view_row(&pairs);
    view_cell_text(&pairs, STR("Transferred this month, of the limit"));
    view_cell(&pairs);
    put_use(&pairs, agreement, "transferred_this_month", "intake_a_month");
    view_pair_count(&pairs, "Places held for approved transfers", agreement, "places_held");
    view_pair_count(&pairs, "Live requests", agreement, "live_requests");
    view_row(&pairs);
    view_cell_text(&pairs, STR("Hubs"));
    view_cell(&pairs);
    json_array_foreach(json_object_get(agreement, "hubs"), index, hub)
    {
        view_put_link(&pairs, json_str_or_empty(hub, "name"),
                      context->rights.see_hub
                          ? view_href(context, "/hubs/%s", json_str_or_empty(hub, "reference"))
                          : STR(""));
    }
    if (index == 0) {
        view_put_quiet(&pairs, STR("There is no hub under this agreement."));
    }
    return view_table_close(&pairs);
}

static json_t *states_of(const struct view_context *context, const json_t *states)
{
    static const struct view_column columns[] = {
        {"State", false}, {"From", false}, {"Source", false}, {"Recorded", false}, {"By", false}};
    struct view_table table;
    size_t index;
    json_t *state;
    view_table_open(&table, context, STR("Every state, oldest first"), columns, 5,
                    "No state is on record.");
    json_array_foreach(states, index, state)
    {
        view_row(&table);
        view_cell(&table);
        put_state(&table, state);
        view_cell_when(&table, json_object_get(state, "from"));
        view_cell_text(&table, json_str_or_empty(state, "source"));
        view_cell_when(&table, json_object_get(state, "recorded_at"));
        view_cell_text(&table, json_str_or_empty(state, "recorded_by"));
    }
    return view_table_close(&table);
}

static json_t *acceptances_of(const struct view_context *context, const json_t *counts)
{
    static const struct view_column columns[] = {
        {"Asked", true},    {"Accepted", true},
        {"Declined", true}, {"Without an answer", true},
        {"Waiting", true},  {"Longest to an answer, days", true}};
    static const char *const keys[] = {"asked",          "accepted", "declined",
                                       "without_answer", "waiting",  "longest_days_to_answer"};
    struct view_table table;
    view_table_open(&table, context, STR("How the partner answered when asked to accept people"),
                    columns, 6, "The partner was never asked.");
    if (json_integer_value(json_object_get(counts, "asked")) > 0) {
        view_row(&table);
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            view_cell_count(&table, counts, keys[i]);
        }
    }
    return view_table_close(&table);
}

json_t *view_agreement(const struct view_context *context, const json_t *agreement)
{
    json_t *view = json_object();
    const str reference = json_str_or_empty(agreement, "reference");
    const str base = view_href(context, "/agreements/%s", reference);
    json_set_str(view, "reference", reference);
    json_set_str(view, "title", json_str_or_empty(agreement, "title"));
    json_set_flag(view, "confidential", json_is_true(json_object_get(agreement, "confidential")));
    json_set(view, "summary", summary_of(context, agreement));
    json_set(view, "states", states_of(context, json_object_get(agreement, "states")));
    json_set(view, "acceptances",
             acceptances_of(context, json_object_get(agreement, "acceptances")));
    json_set(view, "sections",
             view_fact_sections(context, json_object_get(agreement, "facts"), base,
                                context->rights.record_agreement, false));
    return view;
}
