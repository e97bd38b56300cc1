#include "web/form.h"

#include "web/page.h"

str form_field_href(struct arena *arena, str field)
{
    return arena_format(arena, "#%.*s", STR_ARG(field));
}

static void set_shape(json_t *view, enum form_shape shape)
{
    json_set_flag(view, "is_text",
                  shape == FORM_TEXT || shape == FORM_NUMBER || shape == FORM_PASSWORD);
    json_set_flag(view, "is_area", shape == FORM_AREA);
    json_set_flag(view, "is_radios", shape == FORM_RADIOS);
    json_set_flag(view, "is_select", shape == FORM_SELECT);
    json_set_flag(view, "is_hidden", shape == FORM_HIDDEN);
    json_set_flag(view, "is_number", shape == FORM_NUMBER);
    json_set(view, "type", json_string(shape == FORM_PASSWORD ? "password" : "text"));
}

static void set_described_by(json_t *view, struct arena *arena, const struct form_item *item)
{
    const bool has_hint = item->hint.len > 0;
    const bool has_fault = item->fault != NULL;
    const str text =
        arena_format(arena, "%.*s%s%s%.*s%s", STR_ARG(has_hint ? item->name : STR("")),
                     has_hint ? "-hint" : "", has_hint && has_fault ? " " : "",
                     STR_ARG(has_fault ? item->name : STR("")), has_fault ? "-error" : "");
    json_set(view, "described_by", text.len > 0 ? json_of_str(text) : json_false());
}

/* What stands in the boxes of a date, and in the one of a time of day. */
static json_t *date_view(const struct form_item *item)
{
    json_t *view = json_object();
    json_set_str(view, "day", item->parts[0]);
    json_set_str(view, "month", item->parts[1]);
    json_set_str(view, "year", item->parts[2]);
    json_set(view, "time",
             item->shape == FORM_INSTANT ? json_of_str(item->parts[3]) : json_false());
    return view;
}

static void number_options(json_t *options, struct arena *arena, str name)
{
    size_t index;
    json_t *option;
    json_array_foreach(options, index, option)
    {
        const str id =
            index == 0 ? name : arena_format(arena, "%.*s-%zu", STR_ARG(name), index + 1);
        json_set_str(option, "id", id);
        json_set_str(option, "name", name);
    }
}

json_t *form_item_view(struct arena *arena, const struct form_item *item)
{
    json_t *view = json_object();
    set_shape(view, item->shape);
    set_described_by(view, arena, item);
    json_set_str(view, "name", item->name);
    json_set_str(view, "label", item->label);
    json_set(view, "hint", item->hint.len > 0 ? json_of_str(item->hint) : json_false());
    json_set(view, "error", item->fault != NULL ? json_of_str(item->fault->detail) : json_false());
    json_set_str(view, "value", item->value);
    json_set(view, "autocomplete",
             item->autocomplete != NULL ? json_string(item->autocomplete) : json_false());
    const bool is_date = item->shape == FORM_DATE || item->shape == FORM_INSTANT;
    json_set(view, "date", is_date ? date_view(item) : json_false());
    number_options(item->options, arena, item->name);
    json_set(view, "options", item->options != NULL ? item->options : json_array());
    json_set_flag(view, "inline", item->inline_radios);
    json_set(view, "unknown_box",
             item->unknown_box
                 ? json_of_str(arena_format(arena, "%.*s-unknown", STR_ARG(item->name)))
                 : json_false());
    json_set_flag(view, "unknown_checked", item->unknown_checked);
    return view;
}

void form_option(json_t *options, str value, str text, bool checked)
{
    json_t *option = json_object();
    json_set_str(option, "value", value);
    json_set_str(option, "text", text);
    json_set_flag(option, "checked", checked);
    json_add(options, option);
}

static enum form_shape shape_of(enum input_kind kind)
{
    switch (kind) {
    case INPUT_TEXT:
        return FORM_TEXT;
    case INPUT_PASSWORD:
        return FORM_PASSWORD;
    case INPUT_LONG_TEXT:
        return FORM_AREA;
    case INPUT_DATE:
        return FORM_DATE;
    case INPUT_NUMBER:
        return FORM_NUMBER;
    case INPUT_HIDDEN:
        return FORM_HIDDEN;
    case INPUT_CHOICE:
        return FORM_RADIOS;
    case INPUT_INSTANT:
        return FORM_INSTANT;
    }
    return FORM_TEXT;
}

void form_begin_with(struct form_item *item, struct arena *arena, const struct input_value *value)
{
    if (value == NULL || !value->given) {
        return;
    }
    item->value = value->text;
    if (item->shape == FORM_DATE || item->shape == FORM_INSTANT) {
        const bool is_day = item->shape == FORM_DATE;
        const struct civil civil = date_to_civil(is_day ? value->day : instant_date(value->at));
        const int64_t minutes = value->at.milliseconds / 60000 % (24 * 60);
        item->parts[0] = arena_format(arena, "%d", (int)civil.day);
        item->parts[1] = arena_format(arena, "%d", (int)civil.month);
        item->parts[2] = arena_format(arena, "%d", (int)civil.year);
        item->parts[3] = arena_format(arena, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
    }
}

void form_continue_with(struct form_item *item, struct arena *arena, const struct http_form *form)
{
    static const char *const boxes[] = {"day", "month", "year", "time"};
    if (item->shape == FORM_PASSWORD) {
        return;
    }
    http_form_get(form, item->name, &item->value);
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        const str name = arena_format(arena, "%.*s-%s", STR_ARG(item->name), boxes[i]);
        http_form_get(form, name, &item->parts[i]);
    }
    struct input_value whole = {.text = item->value};
    whole.given = item->shape == FORM_DATE && date_parse(item->value, &whole.day, NULL).ok;
    form_begin_with(item, arena, &whole);
}

/* A few answers are radios, many a list that begins with no answer. */
enum { RADIOS_MAX = 7 };

static void set_options(struct form_item *item, const struct input_choices *choices)
{
    item->options = json_array();
    if (choices->count > RADIOS_MAX) {
        item->shape = FORM_SELECT;
        form_option(item->options, STR(""), STR(SAY("Choose")), item->value.len == 0);
    }
    for (size_t i = 0; i < choices->count; i++) {
        const struct input_choice *choice = &choices->items[i];
        form_option(item->options, choice->value, choice->text,
                    str_equal(choice->value, item->value));
    }
}

json_t *form_choices_view(const struct exchange *exchange, const struct input_field *fields,
                          size_t count, const struct input_choices *choices,
                          const struct input_value *begin, const struct faults *faults)
{
    static const struct input_choices none = {.count = 0};
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const str name = str_from_c(fields[i].name);
        struct form_item item = {.shape = shape_of(fields[i].kind),
                                 .name = name,
                                 .label = str_from_c(fields[i].label),
                                 .hint = str_from_c(fields[i].hint),
                                 .autocomplete = fields[i].autocomplete,
                                 .fault = fault_of(faults, name)};
        if (exchange->request->method == HTTP_POST) {
            form_continue_with(&item, exchange->arena, &exchange->input.form);
        } else {
            form_begin_with(&item, exchange->arena, begin == NULL ? NULL : &begin[i]);
        }
        if (fields[i].kind == INPUT_CHOICE) {
            set_options(&item, choices == NULL ? &none : &choices[i]);
        }
        json_add(list, form_item_view(exchange->arena, &item));
    }
    return list;
}

json_t *form_fields_view(const struct exchange *exchange, const struct input_field *fields,
                         size_t count, const struct input_value *begin, const struct faults *faults)
{
    return form_choices_view(exchange, fields, count, NULL, begin, faults);
}

/* A field that a passkey may fill in. */
static bool takes_passkey(const json_t *fields)
{
    bool takes = false;
    size_t index;
    json_t *field;
    json_array_foreach(fields, index, field)
    {
        takes = takes || str_equal(json_str_or_empty(field, "name"), STR("passkey"));
    }
    return takes;
}

json_t *form_view(const struct exchange *exchange, str action, const char *submit, json_t *fields,
                  str cancel_href)
{
    json_t *form = json_object();
    json_set_str(form, "action", action);
    json_set(form, "submit", json_string(submit));
    json_set_flag(form, "passkey", takes_passkey(fields));
    json_set(form, "fields", fields);
    const str token = exchange->session.form_token;
    json_set(form, "form_token", token.len > 0 ? json_of_str(token) : json_false());
    json_set(form, "client_id", page_client_id(exchange));
    json_set(form, "cancel_href", cancel_href.len > 0 ? json_of_str(cancel_href) : json_false());
    json_set_flag(form, "danger", false);
    return form;
}
