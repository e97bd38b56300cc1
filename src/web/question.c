#include "web/question.h"

#include "web/page.h"

/* What somebody types, of all that queries take (route.def), as the pages call it; the rest is
 * chosen, and stays as it is. */
static const struct {
    const char *name;
    const char *label;
    const char *pattern; /* the one address where it is called so; NULL: wherever it is asked */
} typed[] = {
    {"text", "Name or reference", NULL},
    {"person", "Reference of a person", NULL},
    {"account", "Username of an account", NULL},
    {"about", "Person or hub", NULL},
    {"other", "Reference of the other record", NULL},
    {"on", "As of the day", NULL},
    {"known_at", "As it was known at the end of", NULL},
    {"from", "From", "/operations"},
    {"to", "To", "/operations"},
    {"from", "First period", "/statistics/{table}"},
    {"to", "Last period", "/statistics/{table}"},
    {"as_of", "As at the day", NULL},
    {"at_position", "Edition after event", NULL},
    {"compare_with", "What has changed since the edition after event", NULL},
    {"within", "Days ahead", NULL},
};
enum { TYPED = sizeof typed / sizeof typed[0], PARTS = 3 };
static const char *const parts[PARTS] = {"-day", "-month", "-year"};

static bool is_here(const struct exchange *exchange, size_t which)
{
    return typed[which].pattern == NULL ||
           str_equal(str_from_c(typed[which].pattern), exchange->match.route->pattern);
}

const char *question_label(const struct exchange *exchange, str name)
{
    size_t which = 0;
    while (which < TYPED &&
           !(str_equal(str_from_c(typed[which].name), name) && is_here(exchange, which))) {
        which++;
    }
    ASSERT(which < TYPED);
    return typed[which].label;
}

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

static json_t *typed_field(const struct exchange *exchange, size_t which,
                           const struct faults *faults)
{
    const str name = str_from_c(typed[which].name);
    struct form_item item = {.shape = given_in_parts(exchange, which) ? FORM_DATE : FORM_TEXT,
                             .name = name,
                             .label = str_from_c(typed[which].label),
                             .fault = fault_of(faults, name)};
    form_continue_with(&item, exchange->arena, &exchange->query);
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

/* The two ends of a span stand together, also where one is missing. */
static bool is_of_span(const struct exchange *exchange, size_t which, str wrong)
{
    const str name = str_from_c(typed[which].name);
    bool asked = false;
    if (!str_equal(name, STR("from")) && !str_equal(name, STR("to"))) {
        return false;
    }
    for (size_t i = 0; i < TYPED; i++) {
        const str other = str_from_c(typed[i].name);
        const bool is_end = str_equal(other, STR("from")) || str_equal(other, STR("to"));
        asked = asked || (is_end && (str_equal(other, wrong) || is_asked(exchange, i)));
    }
    return asked;
}

json_t *question_again(const struct exchange *exchange, const struct err *problem,
                       struct faults *faults)
{
    const str wrong = str_from_c(problem->field);
    json_t *fields = json_array();
    for (size_t i = 0; i < TYPED; i++) {
        const bool is_wrong = str_equal(wrong, str_from_c(typed[i].name));
        if (is_here(exchange, i) &&
            (is_wrong || is_asked(exchange, i) || is_of_span(exchange, i, wrong))) {
            if (is_wrong) {
                fault_add_problem(faults, exchange->arena, wrong, problem);
            }
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
