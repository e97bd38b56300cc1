#include "web/view_table.h"

#include "base/buf.h"
#include "rulebook/names.h"
#include "web/page.h"

/* --- the frame -------------------------------------------------------------------------------- */

void view_table_open(struct view_table *table, const struct view_context *context, str caption,
                     const struct view_column *columns, size_t column_count, const char *empty)
{
    *table = (struct view_table){.context = context,
                                 .columns = columns,
                                 .column_count = column_count,
                                 .json = json_object()};
    json_t *heads = json_array();
    for (size_t i = 0; i < column_count; i++) {
        json_t *head = json_object();
        json_set(head, "title", json_string(columns[i].title));
        json_set_flag(head, "numeric", columns[i].numeric);
        json_add(heads, head);
    }
    json_set_str(table->json, "caption", caption);
    json_set(table->json, "empty", json_string(empty));
    json_set(table->json, "heads", heads);
    json_set(table->json, "rows", json_array());
}

void view_pairs_open(struct view_table *pairs, const struct view_context *context)
{
    static const struct view_column columns[2] = {{"Name", false}, {"Value", false}};
    view_table_open(pairs, context, STR(""), columns, 2, "");
}

json_t *view_table_close(struct view_table *table)
{
    json_set_flag(table->json, "any", json_array_size(json_object_get(table->json, "rows")) > 0);
    return table->json;
}

void view_row(struct view_table *table)
{
    json_t *row = json_object();
    table->cells = json_array();
    table->pieces = NULL;
    json_set(row, "cells", table->cells);
    json_add(json_object_get(table->json, "rows"), row);
}

void view_cell(struct view_table *table)
{
    const size_t at = json_array_size(table->cells);
    ASSERT(at < table->column_count);
    json_t *cell = json_object();
    table->pieces = json_array();
    json_set_flag(cell, "head", at == 0);
    json_set_flag(cell, "numeric", table->columns[at].numeric);
    json_set(cell, "pieces", table->pieces);
    json_add(table->cells, cell);
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* Complete: what a piece is not is false (page.h). */
static json_t *piece(struct view_table *table, str text)
{
    static const char *const shapes[] = {"href",  "colour",  "iso",      "about",
                                         "quiet", "unknown", "reference"};
    json_t *object = json_object();
    json_set_str(object, "text", text);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        json_set_flag(object, shapes[i], false);
    }
    json_set_flag(object, "below", json_array_size(table->pieces) > 0);
    json_set_flag(object, "plain", false);
    json_add(table->pieces, object);
    return object;
}

void view_put(struct view_table *table, str text)
{
    if (text.len > 0) {
        json_set_flag(piece(table, text), "plain", true);
    }
}

void view_put_quiet(struct view_table *table, str text)
{
    if (text.len > 0) {
        json_set_flag(piece(table, text), "quiet", true);
    }
}

void view_put_reference(struct view_table *table, str reference)
{
    if (reference.len > 0) {
        json_set_flag(piece(table, reference), "reference", true);
    }
}

void view_put_link_about(struct view_table *table, str text, str href, str about)
{
    if (href.len == 0) {
        view_put(table, text);
        return;
    }
    json_t *object = piece(table, text);
    json_set_str(object, "href", href);
    json_set(object, "about", about.len > 0 ? json_of_str(about) : json_false());
}

void view_put_link(struct view_table *table, str text, str href)
{
    view_put_link_about(table, text, href, STR(""));
}

void view_put_tag(struct view_table *table, const char *text, const char *colour)
{
    json_set(piece(table, str_from_c(text)), "colour", json_string(colour));
}

void view_put_count(struct view_table *table, int64_t count)
{
    view_put(table, view_number(table->context->arena, count));
}

void view_put_unknown(struct view_table *table)
{
    json_set_flag(piece(table, STR("Not known")), "unknown", true);
}

void view_put_when(struct view_table *table, const json_t *when)
{
    const char *direct = json_string_value(when);
    const str iso = direct != NULL ? str_from_c(direct) : json_str_or_empty(when, "value");
    date day;
    json_auto_t *view =
        date_parse(iso, &day, NULL).ok ? view_day(iso) : view_instant(table->context, iso);
    if (!json_is_true(json_object_get(view, "known"))) {
        view_put_unknown(table);
        return;
    }
    json_t *object = piece(table, json_str_or_empty(view, "text"));
    json_set_str(object, "iso", iso);
}

void view_put_state(struct view_table *table, const struct view_state *states, size_t count,
                    str state)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from_c(states[i].name), state)) {
            view_put_tag(table, states[i].text, states[i].colour);
            return;
        }
    }
    view_put(table, view_plain(table->context, state));
}

void view_put_known_number(struct view_table *table, const json_t *number)
{
    if (json_is_true(json_object_get(number, "known"))) {
        view_put_count(table, json_integer_value(json_object_get(number, "value")));
    } else {
        view_put_unknown(table);
    }
}

/* --- pairs ------------------------------------------------------------------------------------ */

void view_pair(struct view_table *pairs, const char *name, str text)
{
    view_row(pairs);
    view_cell_text(pairs, str_from_c(name));
    view_cell(pairs);
    if (text.len > 0) {
        view_put(pairs, text);
    } else {
        view_put_unknown(pairs);
    }
}

void view_pair_count(struct view_table *pairs, const char *name, const json_t *object,
                     const char *key)
{
    view_row(pairs);
    view_cell_text(pairs, str_from_c(name));
    view_cell_count(pairs, object, key);
}

void view_pair_when(struct view_table *pairs, const char *name, const json_t *when)
{
    view_row(pairs);
    view_cell_text(pairs, str_from_c(name));
    view_cell_when(pairs, when);
}

/* --- whole cells ------------------------------------------------------------------------------ */

void view_cell_text(struct view_table *table, str text)
{
    view_cell(table);
    view_put(table, text);
}

void view_cell_link(struct view_table *table, str text, str href)
{
    view_cell(table);
    view_put_link(table, text, href);
}

void view_cell_count(struct view_table *table, const json_t *object, const char *key)
{
    view_cell(table);
    view_put_count(table, json_integer_value(json_object_get(object, key)));
}

void view_cell_when(struct view_table *table, const json_t *when)
{
    view_cell(table);
    view_put_when(table, when);
}

str view_plain(const struct view_context *context, str name)
{
    return name_as_title(name, context->arena);
}

str view_href(const struct view_context *context, const char *pattern, str part)
{
    return page_href(context->arena, pattern, part, STR(""));
}
