#include "web/view_departure.h"

#include "web/page.h"

/* --- what states are called ------------------------------------------------------------------- */

static const struct view_state manifest_states[] = {
    {"open", "Being prepared", "blue"}, {"boarded", "Boarded", "yellow"},
    {"departed", "Left", "yellow"},     {"closed", "Closed", "grey"},
    {"cancelled", "Cancelled", "grey"},
};
static const struct view_state entry_states[] = {
    {"listed", "On the list", "blue"}, {"boarded", "Aboard", "yellow"},
    {"stopped", "Stopped", "red"},     {"taken_off", "Taken off", "grey"},
    {"arrived", "Arrived", "green"},   {"returned", "Back", "orange"},
};

static void put_manifest_state(struct view_table *table, const json_t *manifest)
{
    view_put_state(table, manifest_states, sizeof manifest_states / sizeof manifest_states[0],
                   json_str_or_empty(manifest, "state"));
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static str title_of(const json_t *object, const char *key)
{
    return json_str_or_empty(json_object_get(object, key), "title");
}

/* Where it goes: the hub, or the country. */
static void put_destination(struct view_table *table, const json_t *manifest)
{
    const json_t *hub = json_object_get(manifest, "hub");
    const str reference = json_str_or_empty(hub, "reference");
    const bool linked = reference.len > 0 && table->context->rights.see_hub;
    view_put_link(table, json_str_or_empty(hub, "name"),
                  linked ? view_href(table->context, "/hubs/%s", reference) : STR(""));
    view_put(table, json_str_or_empty(manifest, "destination_text"));
}

/* --- the list --------------------------------------------------------------------------------- */

json_t *view_manifests(const struct view_context *context, const json_t *manifests, bool all)
{
    static const struct view_column columns[] = {
        {"Manifest", false}, {"Departure", false},  {"To", false},    {"Step", false},
        {"State", false},    {"On the list", true}, {"Aboard", true}, {"Lead", false}};
    struct view_table table;
    size_t index;
    json_t *manifest;
    view_table_open(&table, context, STR("Manifests, newest first"), columns, 8,
                    all ? "There is no manifest." : "No manifest is unfinished.");
    json_array_foreach(json_object_get(manifests, "manifests"), index, manifest)
    {
        const str reference = json_str_or_empty(manifest, "reference");
        view_row(&table);
        view_cell_link(&table, reference, view_href(context, "/manifests/%s", reference));
        view_cell_when(&table, json_object_get(manifest, "departs_at"));
        view_cell(&table);
        put_destination(&table, manifest);
        view_cell_text(&table, title_of(manifest, "step"));
        view_cell(&table);
        put_manifest_state(&table, manifest);
        view_cell_count(&table, manifest, "listed");
        view_cell_count(&table, manifest, "aboard");
        view_cell_text(&table, json_str_or_empty(manifest, "lead"));
    }
    json_t *view = json_object();
    json_set(view, "table", view_table_close(&table));
    json_set_flag(view, "all", all);
    return view;
}

/* --- one manifest ----------------------------------------------------------------------------- */

/* Whoever was stopped is not coming to the hub any more, and out of its sight: it is told that they
 * were stopped, and not who. */
static json_t *gone_of(const struct view_context *context, const json_t *manifest)
{
    const json_int_t gone = json_integer_value(json_object_get(manifest, "gone"));
    return gone == 0 ? json_false()
                     : json_of_str(view_counted(
                           context, gone,
                           COUNTED("{{count}} person was stopped or taken off, and is out of your "
                                   "sight since.",
                                   "{{count}} people were stopped or taken off, and are out of "
                                   "your sight since.")));
}

/* A number and not who: so nobody who is on it is forgotten by those who do not see them. */
static json_t *out_of_sight(const struct view_context *context, const json_t *manifest)
{
    const json_int_t count = json_integer_value(json_object_get(manifest, "out_of_sight"));
    return count == 0
               ? json_false()
               : json_of_str(view_counted(
                     context, count,
                     COUNTED("{{count}} person on it is out of your sight. Whoever sees them "
                             "accounts for them.",
                             "{{count}} people on it are out of your sight. Whoever sees them "
                             "accounts for them.")));
}

json_t *view_manifest(const struct view_context *context, const json_t *manifest)
{
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_row(&pairs);
    view_cell_text(&pairs, STR("State"));
    view_cell(&pairs);
    put_manifest_state(&pairs, manifest);
    view_pair(&pairs, "Step", title_of(manifest, "step"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("To"));
    view_cell(&pairs);
    put_destination(&pairs, manifest);
    view_pair_when(&pairs, "Departure, as planned", json_object_get(manifest, "departs_at"));
    if (json_is_true(json_object_get(json_object_get(manifest, "departed_at"), "known"))) {
        view_pair_when(&pairs, "It left", json_object_get(manifest, "departed_at"));
    }
    view_pair(&pairs, "Carrier", json_str_or_empty(manifest, "carrier"));
    view_pair(&pairs, "Route", json_str_or_empty(manifest, "route"));
    view_pair(&pairs, "Escorts",
              view_counted(context, number_of(manifest, "escorts"),
                           COUNTED("{{count}} escort", "{{count}} escorts")));
    view_put_quiet(&pairs, json_str_or_empty(manifest, "escort_roles"));
    view_pair(&pairs, "Lead", json_str_or_empty(manifest, "lead"));
    json_t *view = json_object();
    const int64_t aboard = number_of(manifest, "aboard");
    json_set_str(view, "reference", json_str_or_empty(manifest, "reference"));
    json_set(view, "summary", view_table_close(&pairs));
    json_set(view, "aboard",
             aboard > 0 ? json_of_str(view_counted(
                              context, aboard,
                              COUNTED("{{count}} person aboard and not accounted for",
                                      "{{count}} people aboard and not accounted for")))
                        : json_false());
    json_set(view, "gone", gone_of(context, manifest));
    json_set(view, "out_of_sight", out_of_sight(context, manifest));
    json_set_flag(view, "has_waiting", json_array_size(json_object_get(manifest, "waiting")) > 0);
    json_set_str(view, "waiting",
                 view_counted(context,
                              (int64_t)json_array_size(json_object_get(manifest, "waiting")),
                              COUNTED("{{count}} approved request waits for a manifest.",
                                      "{{count}} approved requests wait for a manifest.")));
    return view;
}

/* --- the people on it ------------------------------------------------------------------------- */

static void put_safeguards(struct view_table *table, const json_t *safeguards)
{
    size_t index;
    json_t *safeguard;
    json_array_foreach(safeguards, index, safeguard)
    {
        const str reason = json_str_or_empty(safeguard, "reason");
        view_put(table, reason.len > 0 ? reason : json_str_or_empty(safeguard, "title"));
    }
}

static void put_verdict(struct view_table *table, const json_t *line)
{
    if (!json_is_true(json_object_get(line, "judged"))) {
        view_put_quiet(table, STR("Not judged any more"));
        return;
    }
    json_auto_t *tag = view_clearance_tag(json_str_or_empty(line, "clearance"));
    view_put_tag(table, json_string_value(json_object_get(tag, "text")),
                 json_string_value(json_object_get(tag, "colour")));
    if (!str_equal(json_str_or_empty(line, "clearance"), STR("clear")) &&
        json_array_size(json_object_get(line, "safeguards")) == 0) {
        view_put(table, STR("The step does not lead from the stage they are in."));
    }
    put_safeguards(table, json_object_get(line, "safeguards"));
}

static void put_compared(struct view_table *table, const json_t *facts)
{
    size_t index;
    json_t *fact;
    json_array_foreach(facts, index, fact)
    {
        json_auto_t *value = view_value(fact);
        view_put_quiet(table, json_str_or_empty(fact, "title"));
        if (!json_is_true(json_object_get(value, "known"))) {
            view_put_unknown(table);
        } else {
            view_put(table, json_str_or_empty(value, "text"));
        }
    }
}

/* Where the service of the details is recorded: with the facts that the plan is compared with. */
static void put_service_link(struct view_table *table, const json_t *line)
{
    const struct view_context *context = table->context;
    const json_t *first = json_array_get(json_object_get(line, "compared"), 0);
    const str reference = json_str_or_empty(json_object_get(line, "person"), "reference");
    if (first != NULL && context->rights.record_fact) {
        view_put_link_about(table, STR("Record that the details were served"),
                            page_href(context->arena, "/people/%s/facts?section=%s", reference,
                                      json_str_or_empty(first, "section")),
                            reference);
    }
}

static void put_person(struct view_table *table, const json_t *person)
{
    json_auto_t *link = view_person_link(table->context, person);
    view_put_link(table, json_str_or_empty(link, "name"), json_str_or_empty(link, "href"));
    view_put_reference(table, json_str_or_empty(link, "reference"));
}

static void put_order_link(struct view_table *table, str reference)
{
    view_put_link_about(table, STR("Report a court order"),
                        view_href(table->context, "/orders/new?person=%s", reference), reference);
}

static void put_links(struct view_table *table, const json_t *line, const json_t *manifest,
                      struct manifest_rights may)
{
    const struct view_context *context = table->context;
    const str state = json_str_or_empty(line, "state");
    const json_t *person = json_object_get(line, "person");
    const str reference = json_str_or_empty(person, "reference");
    const str base = view_href(context, "/manifests/%s", json_str_or_empty(manifest, "reference"));
    const str query = view_href(context, "?person=%s", reference);
    if (may.take_off && str_equal(state, STR("listed"))) {
        view_put_link_about(
            table, STR("Take off"),
            arena_format(context->arena, "%.*s/taking-off%.*s", STR_ARG(base), STR_ARG(query)),
            reference);
    }
    if (may.account && str_equal(state, STR("boarded"))) {
        view_put_link_about(
            table, STR("Account for"),
            arena_format(context->arena, "%.*s/accounting%.*s", STR_ARG(base), STR_ARG(query)),
            reference);
    }
    if (may.report && (str_equal(state, STR("listed")) || str_equal(state, STR("boarded")))) {
        put_order_link(table, reference);
    }
}

json_t *view_manifest_people(const struct view_context *context, const json_t *manifest,
                             struct manifest_rights may)
{
    static const struct view_column columns[] = {{"Person", false},
                                                 {"State", false},
                                                 {"As the law stands now", false},
                                                 {"What the plan is compared with", false},
                                                 {"To do", false}};
    const bool any = may.take_off || may.account || may.report;
    struct view_table table;
    size_t index;
    json_t *line;
    const bool hidden = json_integer_value(json_object_get(manifest, "gone")) > 0 ||
                        json_integer_value(json_object_get(manifest, "out_of_sight")) > 0;
    view_table_open(&table, context, STR("People on the manifest"), columns, any ? 5 : 4,
                    hidden ? "Nobody whom you may see is on the manifest."
                           : "Nobody is on the manifest.");
    json_array_foreach(json_object_get(manifest, "people"), index, line)
    {
        view_row(&table);
        view_cell(&table);
        put_person(&table, json_object_get(line, "person"));
        view_cell(&table);
        view_put_state(&table, entry_states, sizeof entry_states / sizeof entry_states[0],
                       json_str_or_empty(line, "state"));
        if (json_is_true(json_object_get(line, "recalled"))) {
            view_put_tag(&table, "Called back", "red");
        }
        view_cell(&table);
        put_verdict(&table, line);
        view_cell(&table);
        put_compared(&table, json_object_get(line, "compared"));
        put_service_link(&table, line);
        if (any) {
            view_cell(&table);
            put_links(&table, line, manifest, may);
        }
    }
    return view_table_close(&table);
}

json_t *view_boarding(const struct view_context *context, const json_t *boarding)
{
    static const struct view_column columns[] = {
        {"Person", false}, {"Found", false}, {"Why left off", false}};
    struct view_table table;
    size_t index;
    json_t *line;
    view_table_open(&table, context, STR("The verdict on everybody, at one instant"), columns, 3,
                    "Nobody was on the manifest.");
    json_array_foreach(json_object_get(boarding, "people"), index, line)
    {
        const str reference = json_str_or_empty(line, "person");
        const bool boarded = json_is_true(json_object_get(line, "boarded"));
        view_row(&table);
        view_cell_link(&table, reference, view_href(context, "/people/%s", reference));
        view_cell(&table);
        view_put_tag(&table, boarded ? "Boarded" : "Left off", boarded ? "green" : "red");
        view_cell(&table);
        put_safeguards(&table, json_object_get(line, "safeguards"));
    }
    json_t *view = json_object();
    json_set(view, "table", view_table_close(&table));
    json_set_str(view, "boarded",
                 view_counted(context, number_of(boarding, "boarded"),
                              COUNTED("{{count}} person boarded", "{{count}} people boarded")));
    json_set_str(
        view, "left_off",
        view_counted(context, number_of(boarding, "left_off"),
                     COUNTED("{{count}} person was left off", "{{count}} people were left off")));
    return view;
}
