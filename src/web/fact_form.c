#include "web/fact_form.h"

#include "web/handler.h"
#include "web/shown.h"

#include <string.h>

enum { RADIOS_MAX = 6, PLAIN_TEXT_MAX = 4096 };

str fact_form_section(str section)
{
    return section.len > 0 ? section : STR("Other facts");
}

static const struct input_field frame_fields[] = {
    {"true_from", "True from", "The day from which this is true. For example, 27 3 2026",
     INPUT_DATE, "Enter the day from which this is true", NULL},
    {"source", "Where this is known from", "A document, a call, a decision", INPUT_TEXT, NULL,
     NULL},
};
enum { FRAME_FIELDS = sizeof frame_fields / sizeof frame_fields[0] };

/* --- drawing
 * -----------------------------------------------------------------------------------------------------
 */

/* What was sent for this field before, "" at first. */
static str sent(const struct exchange *exchange, str name)
{
    str value = STR("");
    http_form_get(&exchange->input.form, name, &value);
    return value;
}

static json_t *flag_options(str chosen)
{
    json_t *options = json_array();
    form_option(options, STR("yes"), STR("Yes"), str_equal(chosen, STR("yes")));
    form_option(options, STR("no"), STR("No"), str_equal(chosen, STR("no")));
    return options;
}

static json_t *choice_options(const json_t *fact, str chosen)
{
    json_t *options = json_array();
    size_t index;
    json_t *choice;
    json_array_foreach(json_object_get(fact, "choices"), index, choice)
    {
        const str name = json_str_or_empty(choice, "name");
        form_option(options, name, json_str_or_empty(choice, "title"), str_equal(chosen, name));
    }
    return options;
}

static json_t *country_options(const struct exchange *exchange, str chosen)
{
    json_t *options = json_array();
    for (size_t i = 0; i < exchange->rulebook->country_count; i++) {
        const struct listed_country *country = &exchange->web->countries[i];
        form_option(options, country->code, country->name, str_equal(chosen, country->code));
    }
    return options;
}

static void add_unknown_and_unchanged(json_t *options, str chosen)
{
    form_option(options, STR("unknown"), STR("Not known"), str_equal(chosen, STR("unknown")));
    form_option(options, STR(""), STR("Leave as it is"), chosen.len == 0);
}

/* "Recorded now: Pending. ..." */
static str hint_of(const struct exchange *exchange, const json_t *fact)
{
    const bool known = json_is_true(json_object_get(fact, "known"));
    const str note = json_str_or_empty(fact, "note");
    const str type = json_str_or_empty(fact, "type");
    const struct view_context context = handler_view(exchange);
    const str now =
        known ? view_filled(&context, "Recorded now: {{value}}.", json_str_or_empty(fact, "text"))
              : view_filled(&context, "Recorded now: not known.", STR(""));
    const str how = str_equal(type, STR("countries"))
                        ? view_filled(&context, "Three-letter codes, with commas between.", STR(""))
                        : STR("");
    return arena_format(exchange->arena, "%.*s%s%.*s%s%.*s", STR_ARG(now), note.len > 0 ? " " : "",
                        STR_ARG(note), how.len > 0 ? " " : "", STR_ARG(how));
}

static void choose_shape(const struct exchange *exchange, const json_t *fact,
                         struct form_item *item)
{
    const str type = json_str_or_empty(fact, "type");
    const str chosen = sent(exchange, item->name);
    item->shape = FORM_TEXT;
    if (str_equal(type, STR("flag")) || str_equal(type, STR("choice"))) {
        item->options =
            str_equal(type, STR("flag")) ? flag_options(chosen) : choice_options(fact, chosen);
        add_unknown_and_unchanged(item->options, chosen);
        item->shape = json_array_size(item->options) <= RADIOS_MAX ? FORM_RADIOS : FORM_SELECT;
        item->inline_radios = str_equal(type, STR("flag"));
        return;
    }
    if (str_equal(type, STR("country"))) {
        item->options = country_options(exchange, chosen);
        add_unknown_and_unchanged(item->options, chosen);
        item->shape = FORM_SELECT;
        return;
    }
    if (str_equal(type, STR("date"))) {
        item->shape = FORM_DATE;
    } else if (str_equal(type, STR("number"))) {
        item->shape = FORM_NUMBER;
    }
    item->unknown_box = json_is_true(json_object_get(fact, "known"));
}

static json_t *fact_field(const struct exchange *exchange, const json_t *fact,
                          const struct faults *faults)
{
    struct arena *arena = exchange->arena;
    const str name = json_str_or_empty(fact, "fact");
    struct form_item item = {.name = name,
                             .label = json_str_or_empty(fact, "title"),
                             .hint = hint_of(exchange, fact),
                             .fault = fault_of(faults, name)};
    choose_shape(exchange, fact, &item);
    form_continue_with(&item, arena, &exchange->input.form);
    item.unknown_checked =
        sent(exchange, arena_format(arena, "%.*s-unknown", STR_ARG(name))).len > 0;
    return form_item_view(arena, &item);
}

static void add_hidden(json_t *fields, struct arena *arena, str name, str value)
{
    const struct form_item item = {.shape = FORM_HIDDEN, .name = name, .value = value};
    json_add(fields, form_item_view(arena, &item));
}

static struct shown_value shown_of(const json_t *fact)
{
    return (struct shown_value){.name = json_str_or_empty(fact, "fact"),
                                .value = json_str_or_empty(fact, "text")};
}

json_t *fact_form_fields(const struct exchange *exchange, const json_t *facts, str section,
                         const struct faults *faults)
{
    json_t *fields = json_array();
    struct shown_value shown[FACT_ENTRIES_MAX];
    size_t shown_count = 0;
    size_t index;
    json_t *fact;
    json_array_foreach(facts, index, fact)
    {
        const str own = fact_form_section(json_str_or_empty(fact, "section"));
        const bool recordable = json_is_true(json_object_get(fact, "recordable"));
        if (recordable && str_equal(own, fact_form_section(section))) {
            json_add(fields, fact_field(exchange, fact, faults));
            if (shown_count < FACT_ENTRIES_MAX) {
                shown[shown_count++] = shown_of(fact);
            }
        }
    }
    const struct input_value begin[FRAME_FIELDS] = {
        {.given = true, .day = handler_today(exchange)}};
    json_auto_t *frame = form_fields_view(exchange, frame_fields, FRAME_FIELDS, begin, faults);
    json_array_extend(fields, frame);
    add_hidden(fields, exchange->arena, STR("section"), section);
    shown_hide(fields, exchange->arena, shown, shown_count);
    return fields;
}

/* --- reading
 * -----------------------------------------------------------------------------------------------------
 */

struct fact_reading {
    struct exchange *exchange;
    enum subject subject;
    struct fact_entries *entries;
    struct faults *faults;
};

/* A fact that may be recorded of this kind of subject. */
static const struct fact *recordable(const struct fact_reading *reading, str name)
{
    const struct rulebook *rulebook = reading->exchange->rulebook;
    const uint32_t index = rulebook_fact(rulebook, name);
    if (index == NOT_FOUND_INDEX || rulebook->facts[index].subject != reading->subject ||
        !casework_fact_is_recorded(&rulebook->facts[index])) {
        return NULL;
    }
    return &rulebook->facts[index];
}

/* Why the fact cannot be recorded here. */
static void refuse_fact(const struct fact_reading *reading, str name, str field, str pointer)
{
    const struct rulebook *rulebook = reading->exchange->rulebook;
    const uint32_t index = rulebook_fact(rulebook, name);
    struct err why = {0};
    const bool here =
        index != NOT_FOUND_INDEX && rulebook->facts[index].subject == reading->subject;
    fault_add(reading->faults, field, pointer,
              here && !casework_check_recorded(&rulebook->facts[index], &why).ok
                  ? arena_format(reading->exchange->arena, "%s", why.what)
                  : STR("There is no such fact to record here"));
}

static void add_entry(const struct fact_reading *reading, const struct fact *fact, str text,
                      str field, str pointer, const struct fact_entry *rest)
{
    struct exchange *exchange = reading->exchange;
    struct value value;
    struct err wrong = {0};
    if (text.len > INPUT_TEXT_MAX) {
        fault_add(reading->faults, field, pointer, STR(TOO_LONG));
        return;
    }
    if (!value_parse(exchange->rulebook, fact, text, exchange->arena, &value, &wrong).ok) {
        fault_add(reading->faults, field, pointer, arena_format(exchange->arena, "%s", wrong.what));
        return;
    }
    if (reading->entries->count == FACT_ENTRIES_MAX) {
        fault_add(reading->faults, field, pointer, STR("There are too many facts in one command"));
        return;
    }
    struct fact_entry *entry = &reading->entries->items[reading->entries->count++];
    *entry = *rest;
    entry->fact = fact->name;
    entry->value = text;
}

/* The text of one fact in the form; "" when it is left as it is. */
static result form_text_of(const struct fact_reading *reading, const struct fact *fact,
                           str *ret_text, struct err *err)
{
    const struct http_form *form = &reading->exchange->input.form;
    struct arena *arena = reading->exchange->arena;
    *ret_text = STR("");
    str unknown = STR("");
    if (http_form_get(form, arena_format(arena, "%.*s-unknown", STR_ARG(fact->name)), &unknown) &&
        unknown.len > 0) {
        *ret_text = STR("unknown");
        return result_ok();
    }
    if (fact->type == FACT_DATE) {
        bool given = false;
        date day;
        TRY(input_form_date(form, fact->name, arena, &given, &day, reading->faults, err));
        if (given) {
            char text[DATE_TEXT_SIZE];
            date_format(day, text);
            *ret_text = arena_copy(arena, str_from_c(text));
        }
        return result_ok();
    }
    http_form_get(form, fact->name, ret_text);
    *ret_text = str_trim(*ret_text);
    return result_ok();
}

/* "appeal.status-day" is a part of appeal.status. */
static str without_part(str name)
{
    const str parts[] = {STR("-day"), STR("-month"), STR("-year"), STR("-unknown")};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (str_ends(name, parts[i])) {
            return str_slice(name, 0, name.len - parts[i].len);
        }
    }
    return name;
}

static bool is_frame(str name)
{
    static const char *const names[] = {"true_from", "source", "section"};
    if (input_is_own_field(name)) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(name, str_from_c(names[i]))) {
            return true;
        }
    }
    return false;
}

static void check_names(const struct fact_reading *reading)
{
    const struct http_form *form = &reading->exchange->input.form;
    for (size_t i = 0; i < form->count; i++) {
        const str name = form->fields[i].name;
        const str pointer = arena_format(reading->exchange->arena, "/%.*s", STR_ARG(name));
        const str whole = without_part(name);
        if (!is_frame(whole) && recordable(reading, whole) == NULL) {
            refuse_fact(reading, whole, name, pointer);
        }
    }
}

static result read_form_facts(const struct fact_reading *reading, const struct fact_entry *rest,
                              struct err *err)
{
    const struct rulebook *rulebook = reading->exchange->rulebook;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        if (recordable(reading, fact->name) == NULL) {
            continue;
        }
        str text = STR("");
        TRY(form_text_of(reading, fact, &text, err));
        if (text.len > 0) {
            const str pointer =
                arena_format(reading->exchange->arena, "/%.*s", STR_ARG(fact->name));
            add_entry(reading, fact, text, fact->name, pointer, rest);
        }
    }
    return result_ok();
}

static result read_form(const struct fact_reading *reading, struct err *err)
{
    struct exchange *exchange = reading->exchange;
    struct fact_entry rest = {.source = STR("")};
    bool given = false;
    check_names(reading);
    TRY(input_form_date(&exchange->input.form, STR("true_from"), exchange->arena, &given,
                        &rest.true_from, reading->faults, err));
    if (!given && fault_of(reading->faults, STR("true_from")) == NULL) {
        fault_add(reading->faults, STR("true_from"), STR("/true_from"),
                  str_from_c(frame_fields[0].missing));
    }
    http_form_get(&exchange->input.form, STR("source"), &rest.source);
    http_form_get(&exchange->input.form, STR("section"), &reading->entries->section);
    rest.source = str_trim(rest.source);
    if (rest.source.len > INPUT_TEXT_MAX || !str_is_printable(rest.source)) {
        fault_add(reading->faults, STR("source"), STR("/source"),
                  STR("Enter a shorter, plain text"));
    }
    return read_form_facts(reading, &rest, err);
}

/* A value may come in its own JSON type or as the text of a value. "" when it is neither. */
static str json_value_text(struct arena *arena, const json_t *value)
{
    if (json_is_boolean(value)) {
        return json_is_true(value) ? STR("yes") : STR("no");
    }
    if (json_is_integer(value)) {
        return arena_format(arena, "%lld", (long long)json_integer_value(value));
    }
    if (json_is_string(value)) {
        return (str){.at = json_string_value(value), .len = json_string_length(value)};
    }
    return STR("");
}

static str pointer_to(struct arena *arena, size_t index, const char *member)
{
    return arena_format(arena, "/facts/%zu%s%s", index, member[0] == '\0' ? "" : "/", member);
}

static void check_members(const struct fact_reading *reading, size_t index, json_t *item)
{
    static const char *const names[] = {"fact", "value", "true_from", "source"};
    struct arena *arena = reading->exchange->arena;
    const char *key;
    json_t *value;
    json_object_foreach(item, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            known = known || strcmp(key, names[i]) == 0;
        }
        if (!known) {
            const str pointer = pointer_to(arena, index, arena_copy(arena, str_from_c(key)).at);
            fault_add(reading->faults, pointer, pointer, STR("There is no such field here"));
        }
    }
}

static bool read_rest(const struct fact_reading *reading, size_t index, const json_t *item,
                      struct fact_entry *rest)
{
    struct arena *arena = reading->exchange->arena;
    const json_t *true_from = json_object_get(item, "true_from");
    const json_t *source = json_object_get(item, "source");
    rest->true_from = handler_today(reading->exchange);
    rest->source = json_str_or_empty(item, "source");
    bool good = true;
    if (true_from != NULL &&
        !date_parse(json_str_or_empty(item, "true_from"), &rest->true_from, NULL).ok) {
        const str pointer = pointer_to(arena, index, "true_from");
        fault_add(reading->faults, pointer, pointer,
                  STR("This must be a date as YYYY-MM-DD, of the years 1900 to 2199"));
        good = false;
    }
    if (source != NULL && (!json_is_string(source) || rest->source.len > INPUT_TEXT_MAX)) {
        const str pointer = pointer_to(arena, index, "source");
        fault_add(reading->faults, pointer, pointer,
                  STR("This must be a text of 2000 bytes or fewer"));
        good = false;
    }
    return good;
}

static void read_json_fact(const struct fact_reading *reading, size_t index, json_t *item)
{
    struct arena *arena = reading->exchange->arena;
    struct fact_entry rest;
    if (!json_is_object(item)) {
        const str pointer = pointer_to(arena, index, "");
        fault_add(reading->faults, pointer, pointer, STR("This must be an object"));
        return;
    }
    check_members(reading, index, item);
    const struct fact *fact = recordable(reading, json_str_or_empty(item, "fact"));
    if (fact == NULL) {
        const str pointer = pointer_to(arena, index, "fact");
        refuse_fact(reading, json_str_or_empty(item, "fact"), pointer, pointer);
        return;
    }
    const str text = json_value_text(arena, json_object_get(item, "value"));
    const str pointer = pointer_to(arena, index, "value");
    if (text.len == 0) {
        fault_add(reading->faults, pointer, pointer,
                  STR("This must be a value of the fact, or \"unknown\""));
        return;
    }
    if (read_rest(reading, index, item, &rest)) {
        add_entry(reading, fact, text, pointer, pointer, &rest);
    }
}

static void read_json(const struct fact_reading *reading)
{
    json_t *object = reading->exchange->input.object;
    json_t *facts = json_object_get(object, "facts");
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (value != facts) {
            const str pointer = arena_format(reading->exchange->arena, "/%s", key);
            fault_add(reading->faults, pointer, pointer, STR("There is no such field here"));
        }
    }
    if (!json_is_array(facts)) {
        fault_add(reading->faults, STR("/facts"), STR("/facts"),
                  STR("This must be a list of facts"));
        return;
    }
    size_t index;
    json_array_foreach(facts, index, value)
    {
        read_json_fact(reading, index, value);
    }
}

result fact_form_read(struct exchange *exchange, enum subject subject, struct fact_entries *entries,
                      struct faults *faults, struct err *err)
{
    const struct fact_reading reading = {exchange, subject, entries, faults};
    entries->count = 0;
    entries->section = STR("");
    if (exchange->input.is_json) {
        read_json(&reading);
    } else {
        TRY(read_form(&reading, err));
    }
    if (entries->count == 0 && faults->count == 0) {
        fault_add(faults, STR("facts"), STR("/facts"), STR("Choose at least one fact to record"));
    }
    return result_ok();
}

/* --- what was recorded since ------------------------------------------------------------------ */

static const json_t *fact_named(const json_t *facts, str name)
{
    size_t index;
    json_t *fact;
    json_array_foreach(facts, index, fact)
    {
        if (str_equal(json_str_or_empty(fact, "fact"), name)) {
            return fact;
        }
    }
    return NULL;
}

/* As the fact is told; "" when it is not known. */
static result told_value(const struct exchange *exchange, const struct fact_entry *entry,
                         str *ret_text, struct err *err)
{
    const uint32_t index = rulebook_fact(exchange->rulebook, entry->fact);
    struct value value;
    struct buf text;
    ASSERT(index != NOT_FOUND_INDEX);
    const struct fact *fact = &exchange->rulebook->facts[index];
    TRY(value_parse(exchange->rulebook, fact, entry->value, exchange->arena, &value, err));
    buf_init(&text, exchange->arena, PLAIN_TEXT_MAX);
    if (value.known) {
        value_format_plain(exchange->rulebook, fact, &value, &text);
    }
    return buf_finish(&text, ret_text, err);
}

result fact_form_check_seen(const struct exchange *exchange, const json_t *facts,
                            const struct fact_entries *entries, struct faults *faults,
                            struct err *err)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct fact_entry *entry = &entries->items[i];
        const json_t *fact = fact_named(facts, entry->fact);
        const str now = json_str_or_empty(fact, "text");
        str wanted = STR("");
        if (!shown_is_old(exchange, entry->fact, now)) {
            continue;
        }
        TRY(told_value(exchange, entry, &wanted, err));
        if (!str_equal(now, wanted)) {
            shown_tell(exchange, faults, entry->fact, now, json_str_or_empty(fact, "recorded_by"));
        }
    }
    return result_ok();
}
