#include "web/view_books.h"

#include "web/speech.h"

/* --- what entries have in common -------------------------------------------------------------- */

static const char *state_colour(const json_t *entry)
{
    return json_is_true(json_object_get(entry, "closed"))    ? "grey"
           : json_is_true(json_object_get(entry, "pending")) ? "blue"
                                                             : "yellow";
}

static void put_state(struct view_table *table, const json_t *entry)
{
    const str state = view_plain(table->context, json_str_or_empty(entry, "state"));
    view_put_tag(table, arena_format(table->context->arena, "%.*s", STR_ARG(state)).at,
                 state_colour(entry));
    if (json_is_true(json_object_get(entry, "overdue"))) {
        view_put_tag(table, "Overdue", "red");
    }
    if (str_equal(json_str_or_empty(entry, "severity"), STR("serious"))) {
        view_put_tag(table, "Serious", "red");
    }
}

static void put_hub(struct view_table *table, str hub)
{
    view_put_link(table, hub.len > 0 ? hub : STR("No hub"),
                  table->context->rights.see_hub && hub.len > 0
                      ? view_href(table->context, "/hubs/%s/desk", hub)
                      : STR(""));
}

static void put_about(struct view_table *table, const json_t *entry)
{
    const str about = json_str_or_empty(entry, "about");
    if (!json_is_true(json_object_get(entry, "about_person"))) {
        put_hub(table, about);
        return;
    }
    const str name = json_str_or_empty(entry, "name");
    view_put_link(table, name.len > 0 ? name : about,
                  table->context->rights.see_people ? view_href(table->context, "/people/%s", about)
                                                    : STR(""));
    if (name.len > 0) {
        view_put_reference(table, about);
    }
}

/* Nothing is due in a state that is settled; what is due and could not be counted is not known. */
static void put_due(struct view_table *table, const json_t *entry)
{
    if (json_is_true(json_object_get(entry, "pending"))) {
        view_put_when(table, json_object_get(entry, "due_on"));
    } else {
        view_put_quiet(table, STR("Nothing is due"));
    }
}

/* What such an entry is called, said. */
static str said_title(const struct view_context *context, const json_t *entry)
{
    const struct speech speech = {.catalogue = context->catalogue};
    return speech_say(&speech, json_string_value(json_object_get(entry, "title")));
}

static str number_text(const struct view_context *context, const json_t *entry)
{
    return arena_format(context->arena, "%lld",
                        (long long)json_integer_value(json_object_get(entry, "entry")));
}

json_t *view_book_table(const struct view_context *context, const json_t *entries, str caption,
                        const char *empty)
{
    static const struct view_column columns[] = {
        {"Entry", false}, {"About", false},       {"Hub", false},      {"State", false},
        {"Due", false},   {"Who answers", false}, {"Opened on", false}};
    struct view_table table;
    size_t index;
    json_t *entry;
    view_table_open(&table, context, caption, columns, sizeof columns / sizeof columns[0], empty);
    json_array_foreach(entries, index, entry)
    {
        const str number = number_text(context, entry);
        view_row(&table);
        view_cell_link(&table,
                       view_said(context, "{{title}} {{number}}",
                                 SAID({"title", said_title(context, entry)}, {"number", number})),
                       view_href(context, "/entries/%s", number));
        view_cell(&table);
        put_about(&table, entry);
        view_cell(&table);
        put_hub(&table, json_str_or_empty(entry, "hub"));
        view_cell(&table);
        put_state(&table, entry);
        view_cell(&table);
        put_due(&table, entry);
        view_cell_text(&table, view_plain(context, json_str_or_empty(entry, "responsible")));
        view_cell_when(&table, json_object_get(entry, "opened_on"));
    }
    return view_table_close(&table);
}

json_t *view_overdue_entries(const struct view_context *context, const json_t *books)
{
    const json_t *entries = json_object_get(books, "entries");
    const json_int_t overdue = json_integer_value(json_object_get(books, "overdue"));
    const json_int_t shown = (json_int_t)json_array_size(entries);
    const str counted = view_counted(context, overdue,
                                     COUNTED("{{count}} entry that you can answer is overdue",
                                             "{{count}} entries that you can answer are overdue"));
    const str cut =
        view_said(context, "{{counted}}. The first {{shown}} are shown",
                  SAID({"counted", counted}, {"shown", view_number(context->arena, shown)}));
    if (overdue == 0) {
        return json_false();
    }
    json_t *view = json_object();
    json_set_str(view, "text", overdue > shown ? cut : counted);
    json_set(view, "table",
             view_book_table(context, entries, STR("Overdue in the books, the longest first"), ""));
    return view;
}

/* --- totals ----------------------------------------------------------------------------------- */

str view_minutes(const struct view_context *context, int64_t minutes)
{
    const str rest =
        view_counted(context, minutes % 60, COUNTED("{{count}} minute", "{{count}} minutes"));
    if (minutes < 60) {
        return rest;
    }
    const str hours =
        view_counted(context, minutes / 60, COUNTED("{{count}} hour", "{{count}} hours"));
    return minutes % 60 == 0 ? hours
                             : view_said(context, "{{hours}} {{minutes}}",
                                         SAID({"hours", hours}, {"minutes", rest}));
}

static void put_lasting(struct view_table *table, const json_t *total)
{
    const int64_t minutes = json_integer_value(json_object_get(total, "minutes"));
    const int64_t longest = json_integer_value(json_object_get(total, "longest_minutes"));
    if (minutes == 0) {
        return;
    }
    view_put(table, view_minutes(table->context, minutes));
    view_put_quiet(table, view_filled(table->context, "longest {{time}}",
                                      view_minutes(table->context, longest)));
}

json_t *view_book_totals(const struct view_context *context, const json_t *totals)
{
    static const struct view_column columns[] = {{"Kind", false},      {"Entries", true},
                                                 {"Not closed", true}, {"Overdue", true},
                                                 {"Serious", true},    {"Time in all", false}};
    static const char *const counts[] = {"entries", "not_closed", "overdue", "serious"};
    struct view_table table;
    size_t index;
    json_t *total;
    view_table_open(&table, context, STR("Entries of each kind"), columns,
                    sizeof columns / sizeof columns[0], "Nothing is written in the books.");
    json_array_foreach(totals, index, total)
    {
        const str kind = json_str_or_empty(total, "kind");
        view_row(&table);
        view_cell_link(&table, json_str_or_empty(total, "title"),
                       view_href(context, "/books?all=yes&kind=%s", kind));
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            view_cell_count(&table, total, counts[i]);
        }
        view_cell(&table);
        put_lasting(&table, total);
    }
    return view_table_close(&table);
}

json_t *view_force_totals(const struct view_context *context, const json_t *totals)
{
    static const struct view_column columns[] = {{"Person", false},
                                                 {"Journey", false},
                                                 {"Times", true},
                                                 {"Still lasting", true},
                                                 {"Time in all", false}};
    struct view_table table;
    size_t index;
    json_t *total;
    view_table_open(&table, context, STR("Force and restraint for each person and journey"),
                    columns, 5, "No use of force is on record.");
    json_array_foreach(totals, index, total)
    {
        const str about = json_str_or_empty(total, "about");
        const str journey = json_str_or_empty(total, "journey");
        view_row(&table);
        view_cell_link(&table, about,
                       context->rights.see_people ? view_href(context, "/people/%s", about)
                                                  : STR(""));
        view_cell_text(&table, journey.len > 0 ? journey : STR("None"));
        view_cell_count(&table, total, "entries");
        view_cell_count(&table, total, "lasting");
        view_cell(&table);
        put_lasting(&table, total);
    }
    return view_table_close(&table);
}

/* --- one entry -------------------------------------------------------------------------------- */

static void put_against(struct view_table *table, const json_t *of)
{
    const struct view_context *context = table->context;
    size_t index;
    json_t *account;
    json_array_foreach(json_object_get(of, "against"), index, account)
    {
        view_put(table, view_said(context, "{{name}} ({{username}})",
                                  SAID({"name", json_str_or_empty(account, "name")},
                                       {"username", json_str_or_empty(account, "username")})));
    }
}

static bool is_against_somebody(const json_t *of)
{
    return json_array_size(json_object_get(of, "against")) > 0;
}

static json_t *summary_of(const struct view_context *context, const json_t *entry)
{
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_row(&pairs);
    view_cell_text(&pairs, STR("State"));
    view_cell(&pairs);
    put_state(&pairs, entry);
    view_row(&pairs);
    view_cell_text(&pairs, STR("About"));
    view_cell(&pairs);
    put_about(&pairs, entry);
    if (json_is_true(json_object_get(entry, "about_person"))) {
        view_row(&pairs);
        view_cell_text(&pairs, STR("Hub"));
        view_cell(&pairs);
        put_hub(&pairs, json_str_or_empty(entry, "hub"));
    }
    if (is_against_somebody(entry)) {
        view_row(&pairs);
        view_cell_text(&pairs, STR("Complains of"));
        view_cell(&pairs);
        put_against(&pairs, entry);
    }
    view_pair_when(&pairs, "Opened on", json_object_get(entry, "opened_on"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("Due"));
    view_cell(&pairs);
    put_due(&pairs, entry);
    view_pair(&pairs, "Who answers", view_plain(context, json_str_or_empty(entry, "responsible")));
    return view_table_close(&pairs);
}

static void put_value(struct view_table *table, const json_t *field)
{
    const str value = json_str_or_empty(field, "value");
    const str type = json_str_or_empty(field, "type");
    if (str_equal(type, STR("instant"))) {
        view_put_when(table, json_object_get(field, "value"));
    } else {
        view_put(table, str_equal(type, STR("choice")) ? view_plain(table->context, value) : value);
    }
}

static json_t *fields_of(const struct view_context *context, const json_t *fields)
{
    struct view_table pairs;
    size_t index;
    json_t *field;
    view_pairs_open(&pairs, context);
    json_array_foreach(fields, index, field)
    {
        view_row(&pairs);
        view_cell_text(&pairs, json_str_or_empty(field, "title"));
        view_cell(&pairs);
        put_value(&pairs, field);
    }
    return view_table_close(&pairs);
}

static json_t *writings_of(const struct view_context *context, const json_t *writings)
{
    static const struct view_column columns[] = {
        {"When", false}, {"Who", false}, {"State", false}, {"What was written", false}};
    struct view_table table;
    size_t index;
    json_t *writing;
    view_table_open(&table, context, STR("What was written, oldest first"), columns, 4, "");
    json_array_foreach(writings, index, writing)
    {
        size_t at;
        json_t *field;
        view_row(&table);
        view_cell_when(&table, json_object_get(writing, "recorded_at"));
        view_cell_text(&table, json_str_or_empty(writing, "actor"));
        view_cell_text(&table, view_plain(context, json_str_or_empty(writing, "state")));
        view_cell(&table);
        json_array_foreach(json_object_get(writing, "fields"), at, field)
        {
            view_put_quiet(&table, json_str_or_empty(field, "title"));
            put_value(&table, field);
        }
        if (is_against_somebody(writing)) {
            view_put_quiet(&table, STR("Complains of"));
            put_against(&table, writing);
        }
        view_put(&table, json_str_or_empty(writing, "reason"));
    }
    return view_table_close(&table);
}

json_t *view_book_entry(const struct view_context *context, const json_t *entry)
{
    json_t *view = json_object();
    const json_t *duties = json_object_get(entry, "duties");
    const int64_t parent = json_integer_value(json_object_get(entry, "follows_from"));
    const str number = arena_format(context->arena, "%lld", (long long)parent);
    json_set(view, "summary", summary_of(context, entry));
    json_set(view, "fields", fields_of(context, json_object_get(entry, "fields")));
    json_set(view, "writings", writings_of(context, json_object_get(entry, "writings")));
    json_set(view, "duties",
             view_book_table(context, duties, STR("What follows from it"), "Nothing follows."));
    json_set_flag(view, "has_duties", json_array_size(duties) > 0);
    json_set(view, "parent_href",
             parent == 0 ? json_false() : json_of_str(view_href(context, "/entries/%s", number)));
    json_set_str(view, "parent", number);
    return view;
}
