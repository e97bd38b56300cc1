#include "web/query.h"

enum { NAMES_MAX = 64, NAME_LENGTH_MAX = 64 };

/* What is known: a day that a form sends in three parts is known by these, too. */
struct name {
    str name;
    str values; /* "all|overdue": what it may be; "" when its handler says */
    bool is_day;
};
struct names {
    struct name names[NAMES_MAX];
    size_t count;
};

/* What a page takes, whichever it is. */
static const str of_pages[] = {STR_INIT("language"), STR_INIT("notice")};
enum { OF_PAGES = sizeof of_pages / sizeof of_pages[0] };

static bool is_of_pages(str name)
{
    bool found = false;
    for (size_t i = 0; i < OF_PAGES; i++) {
        found = found || str_equal(of_pages[i], name);
    }
    return found;
}

static void add_name(struct names *names, struct name name)
{
    ASSERT(names->count < NAMES_MAX);
    names->names[names->count++] = name;
}

/* "text {on} as=csv|json": a name in braces is a day, what it may be follows it. */
static void read_names(str text, struct names *names)
{
    while (text.len > 0) {
        const struct str_cut cut = str_cut(text, ' ');
        const struct str_cut valued = str_cut(cut.head, '=');
        const bool is_day = str_starts(cut.head, STR("{"));
        add_name(names, (struct name){.name = is_day ? str_slice(cut.head, 1, cut.head.len - 1)
                                                     : valued.head,
                                      .values = valued.tail,
                                      .is_day = is_day});
        text = cut.tail;
    }
}

static bool is_part_of_day(str name, str given)
{
    static const str parts[] = {STR_INIT("-day"), STR_INIT("-month"), STR_INIT("-year")};
    bool found = false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        found = found || (str_starts(given, name) &&
                          str_equal(str_slice(given, name.len, given.len), parts[i]));
    }
    return found;
}

static bool is_known(const struct names *names, str given)
{
    bool found = is_of_pages(given);
    for (size_t i = 0; i < names->count && !found; i++) {
        const struct name *name = &names->names[i];
        found = str_equal(name->name, given) || (name->is_day && is_part_of_day(name->name, given));
    }
    return found;
}

/* "" when none is near. */
static str nearest_of(const struct names *names, str given)
{
    struct str_nearest nearest = str_nearest_to(given);
    for (size_t i = 0; i < names->count; i++) {
        str_nearest_look(&nearest, names->names[i].name);
    }
    return nearest.name;
}

static str list_of(const struct exchange *exchange, const struct names *names)
{
    str list = STR("");
    for (size_t i = 0; i < names->count; i++) {
        list = arena_format(exchange->arena, "%.*s%s%.*s", STR_ARG(list), i == 0 ? "" : ", ",
                            STR_ARG(names->names[i].name));
    }
    return list;
}

static result refuse(const struct exchange *exchange, const struct names *names, str given,
                     struct err *err)
{
    const bool shown = given.len > 0 && given.len <= NAME_LENGTH_MAX && str_is_printable(given);
    const str nearest = shown ? nearest_of(names, given) : STR("");
    const str known = list_of(exchange, names);
    if (shown) {
        result_ignore(
            err_set(err, ERROR_USAGE, "There is no parameter \"%.*s\" here", STR_ARG(given)),
            "the hint follows");
    } else {
        result_ignore(err_set(err, ERROR_USAGE, "There is a parameter that is not known here"),
                      "the hint follows");
    }
    if (known.len == 0) {
        return err_hint(err, "This address takes none.");
    }
    return nearest.len > 0 ? err_hint(err, "Is \"%.*s\" meant? Known are: %.*s.", STR_ARG(nearest),
                                      STR_ARG(known))
                           : err_hint(err, "Known are: %.*s.", STR_ARG(known));
}

static bool is_one_of(str values, str given)
{
    bool found = false;
    while (values.len > 0 && !found) {
        const struct str_cut cut = str_cut(values, '|');
        found = str_equal(cut.head, given);
        values = cut.tail;
    }
    return found;
}

/* A field that was left as it is sends "". */
static result check_value(const struct names *names, str name, str given, struct err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        const str values = names->names[i].values;
        if (values.len > 0 && given.len > 0 && str_equal(names->names[i].name, name) &&
            !is_one_of(values, given)) {
            result_ignore(
                err_set(err, ERROR_USAGE, "\"%.*s\" has no such value here", STR_ARG(name)),
                "the hint follows");
            return err_hint(err, "It may be: %.*s.", STR_ARG(values));
        }
    }
    return result_ok();
}

static result check(const struct exchange *exchange, const struct names *names, struct err *err)
{
    for (size_t i = 0; i < exchange->query.count; i++) {
        const str name = exchange->query.fields[i].name;
        if (!is_known(names, name)) {
            return refuse(exchange, names, name, err);
        }
        TRY(check_value(names, name, exchange->query.fields[i].value, err));
    }
    return result_ok();
}

result query_check(const struct exchange *exchange, struct err *err)
{
    struct names names = {.count = 0};
    if (exchange->query.count == 0) {
        return result_ok();
    }
    const str known = route_query(exchange->match.route);
    const bool asks_nothing = known.len == 0 && exchange->match.route->door != ROUTE_DESK;
    if (asks_nothing || str_equal(known, STR("*"))) {
        return result_ok();
    }
    read_names(known, &names);
    return check(exchange, &names, err);
}

result query_check_fields(const struct exchange *exchange, const struct input_field *fields,
                          size_t count, struct err *err)
{
    struct names names = {.count = 0};
    for (size_t i = 0; i < count && i < NAMES_MAX; i++) {
        add_name(&names, (struct name){.name = str_from_c(fields[i].name)});
    }
    return check(exchange, &names, err);
}
