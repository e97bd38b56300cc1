#include "web/question.h"

#include "web/page.h"

/* What somebody types, of all that queries take (route.def); the rest is chosen, and stays as it
 * is. */
static const struct {
    const char *name;
    const char *label;
} typed[] = {
    {"text", "Name or reference"},
    {"person", "Reference of a person"},
    {"account", "Username of an account"},
    {"about", "Person or hub"},
    {"other", "Reference of the other record"},
    {"on", "As of the day"},
    {"known_at", "As it was known at the end of"},
    {"from", "From"},
    {"to", "To"},
    {"as_of", "As at the day"},
    {"at_position", "Edition after event"},
    {"compare_with", "What has changed since the edition after event"},
    {"within", "Days ahead"},
};
enum { TYPED = sizeof typed / sizeof typed[0], PARTS = 3 };
static const char *const parts[PARTS] = {"-day", "-month", "-year"};

static str part_name(const struct exchange *exchange, size_t which, size_t part)
{
    return arena_format(exchange->arena, "%s%s", typed[which].name, parts[part]);
}

static bool given_in_parts(const struct exchange *exchange, size_t which)
{
    str value;
    return http_form_get(&exchange->query, part_name(exchange, which, 0), &value);
}

/* Sent empty means not asked. */
static bool is_asked(const struct exchange *exchange, size_t which)
{
    bool asked = exchange_query(exchange, str_from_c(typed[which].name)).len > 0;
    for (size_t i = 0; i < PARTS; i++) {
        asked = asked || exchange_query(exchange, part_name(exchange, which, i)).len > 0;
    }
    return asked;
}

/* A day that does not exist, or what the problem itself names. */
static bool is_wrong(const struct exchange *exchange, size_t which, const struct err *problem)
{
    const str name = str_from_c(typed[which].name);
    const str value = str_trim(exchange_query(exchange, name));
    struct faults faults = {.count = 0};
    bool given = false;
    date day;
    if (given_in_parts(exchange, which)) {
        return input_form_date(&exchange->query, name, exchange->arena, &given, &day, &faults, NULL)
                   .ok &&
               faults.count > 0;
    }
    const str what = str_from_c(problem->what);
    const str quoted = arena_format(exchange->arena, "`%.*s`", STR_ARG(name));
    return value.len > 0 && (str_contains(what, value) || str_contains(what, quoted));
}

static json_t *typed_field(const struct exchange *exchange, size_t which,
                           const struct faults *faults)
{
    const str name = str_from_c(typed[which].name);
    struct form_item item = {.shape = given_in_parts(exchange, which) ? FORM_DATE : FORM_TEXT,
                             .name = name,
                             .label = str_from_c(typed[which].label),
                             .value = exchange_query(exchange, name),
                             .fault = fault_of(faults, name)};
    for (size_t i = 0; i < PARTS; i++) {
        item.parts[i] = exchange_query(exchange, part_name(exchange, which, i));
    }
    return form_item_view(exchange->arena, &item);
}

static bool is_typed(const struct exchange *exchange, str name)
{
    bool found = false;
    for (size_t i = 0; i < TYPED; i++) {
        found = found || str_equal(name, str_from_c(typed[i].name));
        for (size_t part = 0; part < PARTS; part++) {
            found = found || str_equal(name, part_name(exchange, i, part));
        }
    }
    return found;
}

static void add_chosen(const struct exchange *exchange, json_t *fields)
{
    for (size_t i = 0; i < exchange->query.count; i++) {
        const struct http_header *field = &exchange->query.fields[i];
        if (field->value.len > 0 && !is_typed(exchange, field->name)) {
            const struct form_item item = {
                .shape = FORM_HIDDEN, .name = field->name, .value = field->value};
            json_add(fields, form_item_view(exchange->arena, &item));
        }
    }
}

json_t *question_again(const struct exchange *exchange, const struct err *problem,
                       struct faults *faults)
{
    json_t *fields = json_array();
    size_t asked = 0;
    size_t last = 0;
    for (size_t i = 0; i < TYPED; i++) {
        if (is_asked(exchange, i)) {
            asked++;
            last = i;
            if (is_wrong(exchange, i, problem)) {
                fault_add_problem(faults, exchange->arena, str_from_c(typed[i].name), problem);
            }
        }
    }
    if (asked == 1 && faults->count == 0) {
        fault_add_problem(faults, exchange->arena, str_from_c(typed[last].name), problem);
    }
    for (size_t i = 0; i < TYPED; i++) {
        if (is_asked(exchange, i)) {
            json_add(fields, typed_field(exchange, i, faults));
        }
    }
    if (json_array_size(fields) == 0) {
        json_decref(fields);
        return json_false();
    }
    add_chosen(exchange, fields);
    json_t *view = json_object();
    json_set(view, "fields", fields);
    json_set_str(view, "action", page_path(exchange->arena, exchange->request->path));
    return view;
}
