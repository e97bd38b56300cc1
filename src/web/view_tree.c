/* view_tree: a condition in words, and its tree of reasons as marks for nested lists. */
#include "web/view.h"

#include "base/buf.h"

enum { WORDS_MAX = 4096 };

/* --- words
 * -------------------------------------------------------------------------------------------------------
 */

/* What the names in a condition stand for: the facts and the clocks of its reasons. */
struct wording {
    const json_t *condition;
    bool of_dates;
    struct buf buf;
};

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

static bool is_sign_char(char c)
{
    return c == '=' || c == '!' || c == '<' || c == '>';
}

/* The title of a fact or a clock named in the reasons below, "" when it is none of them. */
static str title_in(const json_t *reason, str name, bool *ret_is_fact)
{
    const json_t *fact = json_object_get(reason, "fact");
    if (str_equal(json_str_or_empty(fact, "fact"), name)) {
        *ret_is_fact = true;
        return json_str_or_empty(fact, "title");
    }
    const json_t *clock = json_object_get(reason, "clock");
    if (str_equal(json_str_or_empty(clock, "name"), name)) {
        return json_str_or_empty(clock, "title");
    }
    size_t index;
    json_t *child;
    json_array_foreach(json_object_get(reason, "children"), index, child)
    {
        const str title = title_in(child, name, ret_is_fact);
        if (title.len > 0) {
            return title;
        }
    }
    return STR("");
}

static bool rests_on_dates(const json_t *reason)
{
    const json_t *fact = json_object_get(reason, "fact");
    if (str_equal(json_str_or_empty(fact, "type"), STR("date"))) {
        return true;
    }
    size_t index;
    json_t *child;
    json_array_foreach(json_object_get(reason, "children"), index, child)
    {
        if (rests_on_dates(child)) {
            return true;
        }
    }
    return false;
}

static void put_spaced(struct buf *buf, str name)
{
    for (size_t i = 0; i < name.len; i++) {
        buf_put_char(buf, name.at[i] == '_' ? ' ' : name.at[i]);
    }
}

static void put_name(struct wording *wording, str name)
{
    bool is_fact = false;
    const str title = title_in(wording->condition, name, &is_fact);
    date day;
    if (title.len > 0) {
        buf_put_c(&wording->buf, "\xE2\x80\x9C");
        buf_put(&wording->buf, title);
        buf_put_c(&wording->buf, "\xE2\x80\x9D");
    } else if (date_parse(name, &day, NULL).ok) {
        char text[20];
        date_format_plain(day, text);
        buf_put_c(&wording->buf, text);
    } else if (str_equal(name, STR("known"))) {
        buf_put_c(&wording->buf, "is known");
    } else if (str_equal(name, STR("unknown"))) {
        buf_put_c(&wording->buf, "is not known");
    } else {
        put_spaced(&wording->buf, name);
    }
}

struct sign_words {
    str sign;
    const char *of_dates;
    const char *of_numbers;
};

static void put_sign(struct wording *wording, str sign)
{
    static const struct sign_words rows[] = {
        {STR_INIT("="), "is", "is"},
        {STR_INIT("!="), "is not", "is not"},
        {STR_INIT("<"), "is before", "is less than"},
        {STR_INIT("<="), "is on or before", "is at most"},
        {STR_INIT(">"), "is after", "is more than"},
        {STR_INIT(">="), "is on or after", "is at least"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(rows[i].sign, sign)) {
            buf_put_c(&wording->buf, wording->of_dates ? rows[i].of_dates : rows[i].of_numbers);
            return;
        }
    }
    buf_put(&wording->buf, sign);
}

static size_t run_length(str text, size_t at, bool (*belongs)(char))
{
    size_t end = at;
    while (end < text.len && belongs(text.at[end])) {
        end++;
    }
    return end - at;
}

/* "in (a, b)" lists; "in NATIONALITIES" asks for membership. */
static bool put_in(struct wording *wording, str name, str rest)
{
    if (!str_equal(name, STR("in"))) {
        return false;
    }
    buf_put_c(&wording->buf, str_starts(str_trim(rest), STR("(")) ? "is one of" : "is among");
    return true;
}

static void put_words(struct wording *wording, str text)
{
    for (size_t at = 0; at < text.len;) {
        const size_t name = run_length(text, at, is_name_char);
        const size_t sign = name > 0 ? 0 : run_length(text, at, is_sign_char);
        if (name > 0) {
            const str word = str_slice(text, at, at + name);
            at += name;
            if (!put_in(wording, word, str_slice(text, at, text.len))) {
                put_name(wording, word);
            }
        } else if (sign > 0) {
            put_sign(wording, str_slice(text, at, at + sign));
            at += sign;
        } else {
            buf_put_char(&wording->buf, text.at[at++]);
        }
    }
}

str view_condition_words(struct arena *arena, const json_t *condition)
{
    struct wording wording = {.condition = condition, .of_dates = rests_on_dates(condition)};
    buf_init(&wording.buf, arena, WORDS_MAX);
    const str text = json_str_or_empty(condition, "text");
    put_words(&wording, text);
    bool is_fact = false;
    title_in(condition, text, &is_fact);
    if (is_fact) {
        buf_put_c(&wording.buf, " is yes"); /* a yes-or-no fact that stands alone */
    }
    str words = text;
    result_ignore(buf_finish(&wording.buf, &words, NULL), "then the rule's own words are shown");
    return words;
}

/* --- the tree
 * ----------------------------------------------------------------------------------------------------
 */

static json_t *mark(const char *which)
{
    json_t *view = json_object();
    static const char *const kinds[] = {"item", "opens", "closes", "ends_item"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        json_set_flag(view, kinds[i],
                      kinds[i] == which || str_equal(str_from_c(kinds[i]), str_from_c(which)));
    }
    return view;
}

static void set_truth(json_t *view, str truth)
{
    const bool yes = str_equal(truth, STR("true"));
    const bool no = str_equal(truth, STR("false"));
    json_set(view, "truth", json_string(yes ? "Yes" : no ? "No" : "Not known"));
    json_set(view, "truth_class", json_string(yes ? "yes" : no ? "no" : "unknown"));
}

static str node_words(const struct view_context *context, const json_t *reason)
{
    const str kind = json_str_or_empty(reason, "kind");
    if (str_equal(kind, STR("all"))) {
        return STR("All of these:");
    }
    if (str_equal(kind, STR("any"))) {
        return STR("At least one of these:");
    }
    if (str_equal(kind, STR("not"))) {
        return STR("This must not hold:");
    }
    if (str_equal(kind, STR("definition"))) {
        return json_str_or_empty(reason, "title");
    }
    if (str_equal(kind, STR("member"))) {
        const json_int_t member = json_integer_value(json_object_get(reason, "member"));
        return view_numbered(context, "Family member {{number}}:", member + 1);
    }
    return view_condition_words(context->arena, reason);
}

static json_t *item_of(const struct view_context *context, const json_t *reason)
{
    json_t *view = mark("item");
    const json_t *fact = json_object_get(reason, "fact");
    const bool is_fact = fact != NULL;
    set_truth(view, json_str_or_empty(reason, "truth"));
    json_set(view, "fact", is_fact ? view_fact(context, fact, STR("")) : json_false());
    json_set_str(view, "words", is_fact ? STR("") : node_words(context, reason));
    const json_t *clock = json_object_get(reason, "clock");
    json_set(view, "clock_ends",
             clock != NULL ? view_known_day(json_object_get(clock, "last_day")) : json_false());
    return view;
}

static void put_reason(const struct view_context *context, json_t *marks, const json_t *reason)
{
    json_add(marks, item_of(context, reason));
    const json_t *children = json_object_get(reason, "children");
    if (json_array_size(children) > 0) {
        json_add(marks, mark("opens"));
        size_t index;
        json_t *child;
        json_array_foreach(children, index, child)
        {
            put_reason(context, marks, child);
        }
        json_add(marks, mark("closes"));
    }
    json_add(marks, mark("ends_item"));
}

json_t *view_tree(const struct view_context *context, const json_t *condition)
{
    json_t *marks = json_array();
    if (json_is_object(condition)) {
        put_reason(context, marks, condition);
    }
    return marks;
}
