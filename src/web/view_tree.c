/* view_tree: a condition in words, and its tree of reasons as marks for nested lists. */
#include "web/view.h"

#include "base/buf.h"

/* --- words
 * -------------------------------------------------------------------------------------------------------
 */

/* What the names in a condition stand for: the facts and the clocks of its reasons. */
struct wording {
    const struct view_context *context;
    const json_t *condition;
    bool of_dates;
};

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

/* The fact or the clock named in the reasons below, NULL when it is none of them. */
static const json_t *named_in(const json_t *reason, str name)
{
    const json_t *fact = json_object_get(reason, "fact");
    if (str_equal(json_str_or_empty(fact, "fact"), name)) {
        return fact;
    }
    const json_t *clock = json_object_get(reason, "clock");
    if (str_equal(json_str_or_empty(clock, "name"), name)) {
        return clock;
    }
    size_t index;
    json_t *child;
    json_array_foreach(json_object_get(reason, "children"), index, child)
    {
        const json_t *found = named_in(child, name);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
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

static str spaced(struct arena *arena, str name)
{
    struct buf buf;
    buf_init(&buf, arena, name.len);
    for (size_t i = 0; i < name.len; i++) {
        buf_put_char(&buf, name.at[i] == '_' ? ' ' : name.at[i]);
    }
    return buf_str(&buf);
}

static str name_words(const struct wording *wording, str name)
{
    struct arena *arena = wording->context->arena;
    const json_t *named = named_in(wording->condition, name);
    date day;
    if (named != NULL) {
        return arena_format(arena, "\xE2\x80\x9C%.*s\xE2\x80\x9D",
                            STR_ARG(json_str_or_empty(named, "title")));
    }
    if (date_parse(name, &day, NULL).ok) {
        char text[20];
        date_format_plain(day, text);
        return arena_copy(arena, str_from_c(text));
    }
    return spaced(arena, name);
}

static size_t name_length(str text)
{
    size_t len = 0;
    while (len < text.len && is_name_char(text.at[len])) {
        len++;
    }
    return len;
}

/* Of a text that begins with a bracket: to the one that closes it. */
static size_t bracket_length(str text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        depth += text.at[i] == '(' ? 1 : 0;
        depth -= text.at[i] == ')' ? 1 : 0;
        if (depth == 0) {
            return i + 1;
        }
    }
    return text.len;
}

static str condition_said(const struct wording *wording, str text);

/* A sum of days, a list, a quantifier with its condition: names as they are called, in the order of
 * the rule. */
static str operand_words(const struct wording *wording, str text)
{
    struct arena *arena = wording->context->arena;
    str words = STR("");
    while (text.len > 0) {
        const size_t name = name_length(text);
        const size_t bracket = text.at[0] == '(' ? bracket_length(text) : 0;
        const size_t len = name > 0 ? name : bracket > 1 ? bracket : 1;
        str piece = str_slice(text, 0, len);
        if (name > 0) {
            piece = name_words(wording, piece);
        } else if (bracket > 1) {
            const str inside = condition_said(wording, str_slice(piece, 1, bracket - 1));
            piece = arena_format(arena, "(%.*s)", STR_ARG(inside));
        }
        words = arena_format(arena, "%.*s%.*s", STR_ARG(words), STR_ARG(piece));
        text = str_slice(text, len, text.len);
    }
    return words;
}

/* What stands between two parts, the loosest first; outside of brackets, with a space on each side
 * as rules are laid out. */
static const struct joint {
    str sign;
    const char *of_dates;
    const char *of_others;
} joints[] = {
    {STR_INIT(" or "), "{{left}} or {{right}}", "{{left}} or {{right}}"},
    {STR_INIT(" and "), "{{left}} and {{right}}", "{{left}} and {{right}}"},
    {STR_INIT(" = "), "{{left}} is {{right}}", "{{left}} is {{right}}"},
    {STR_INIT(" != "), "{{left}} is not {{right}}", "{{left}} is not {{right}}"},
    {STR_INIT(" < "), "{{left}} is before {{right}}", "{{left}} is less than {{right}}"},
    {STR_INIT(" <= "), "{{left}} is on or before {{right}}", "{{left}} is at most {{right}}"},
    {STR_INIT(" > "), "{{left}} is after {{right}}", "{{left}} is more than {{right}}"},
    {STR_INIT(" >= "), "{{left}} is on or after {{right}}", "{{left}} is at least {{right}}"},
    {STR_INIT(" in ("), "{{left}} is one of {{right}}", "{{left}} is one of {{right}}"},
    {STR_INIT(" in "), "{{left}} is among {{right}}", "{{left}} is among {{right}}"},
};

/* Where the sign stands outside of brackets; the length of the text when nowhere. */
static size_t find_sign(str text, str sign)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (depth == 0 && str_starts(str_slice(text, i, text.len), sign)) {
            return i;
        }
        depth += text.at[i] == '(' ? 1 : 0;
        depth -= text.at[i] == ')' && depth > 0 ? 1 : 0;
    }
    return text.len;
}

static str say_one(const struct wording *wording, const char *sentence, str part)
{
    return view_said(wording->context, sentence, SAID({"fact", operand_words(wording, part)}));
}

/* What joins nothing: "x known", "x unknown", a yes-or-no fact alone. */
static str single_said(const struct wording *wording, str text)
{
    const str known = STR(" known");
    const str unknown = STR(" unknown");
    const json_t *fact = named_in(wording->condition, text);
    if (str_ends(text, known)) {
        return say_one(wording, "{{fact}} is known", str_slice(text, 0, text.len - known.len));
    }
    if (str_ends(text, unknown)) {
        return say_one(wording, "{{fact}} is not known",
                       str_slice(text, 0, text.len - unknown.len));
    }
    if (str_starts(text, STR("not "))) {
        return view_filled(wording->context, "not {{condition}}",
                           condition_said(wording, str_slice(text, STR("not ").len, text.len)));
    }
    if (str_equal(json_str_or_empty(fact, "type"), STR("flag"))) {
        return say_one(wording, "{{fact}} is yes", text);
    }
    return operand_words(wording, text);
}

static str condition_said(const struct wording *wording, str text)
{
    for (size_t i = 0; i < sizeof joints / sizeof joints[0]; i++) {
        const struct joint *joint = &joints[i];
        const size_t at = find_sign(text, joint->sign);
        if (at < text.len) {
            const bool bracket = str_ends(joint->sign, STR("("));
            const size_t end = at + joint->sign.len - (bracket ? 1 : 0);
            const str left = condition_said(wording, str_slice(text, 0, at));
            const str right = condition_said(wording, str_slice(text, end, text.len));
            return view_said(wording->context,
                             wording->of_dates ? joint->of_dates : joint->of_others,
                             SAID({"left", left}, {"right", right}));
        }
    }
    return single_said(wording, text);
}

str view_condition_words(const struct view_context *context, const json_t *condition)
{
    const struct wording wording = {
        .context = context, .condition = condition, .of_dates = rests_on_dates(condition)};
    return condition_said(&wording, json_str_or_empty(condition, "text"));
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
    return view_condition_words(context, reason);
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
