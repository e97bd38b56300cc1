#include "web/shown.h"

#include "base/hash.h"
#include "web/form.h"
#include "web/handler.h"

/* 48 bits of a hash: what is compared are a few values of one form. */
enum { MARK_DIGITS = 12 };

static str mark_of(struct arena *arena, str name, str value)
{
    char hex[SHA256_HEX_SIZE];
    const str parts[] = {name, STR("="), value};
    const struct sha256 hash = sha256_of_parts(parts, sizeof parts / sizeof parts[0]);
    sha256_hex(&hash, hex);
    hex[MARK_DIGITS] = '\0';
    return arena_copy(arena, str_from_c(hex));
}

void shown_hide(json_t *fields, struct arena *arena, const struct shown_value *values, size_t count)
{
    str marks = STR("");
    for (size_t i = 0; i < count; i++) {
        marks = arena_format(arena, "%.*s%s%.*s", STR_ARG(marks), i > 0 ? " " : "",
                             STR_ARG(mark_of(arena, values[i].name, values[i].value)));
    }
    if (marks.len > 0) {
        const struct form_item item = {
            .shape = FORM_HIDDEN, .name = STR(INPUT_SHOWN), .value = marks};
        json_add(fields, form_item_view(arena, &item));
    }
}

bool shown_is_old(const struct exchange *exchange, str name, str value)
{
    const str mark = mark_of(exchange->arena, name, value);
    str marks = STR("");
    if (!http_form_get(&exchange->input.form, STR(INPUT_SHOWN), &marks)) {
        return false;
    }
    while (marks.len > 0) {
        const struct str_cut cut = str_cut(marks, ' ');
        if (str_equal(cut.head, mark)) {
            return false;
        }
        marks = cut.tail;
    }
    return true;
}

void shown_tell(const struct exchange *exchange, struct faults *faults, str name, str told, str who)
{
    const struct view_context context = handler_view(exchange);
    const str value = told.len > 0 ? told : STR("not known");
    fault_add(faults, name, arena_format(exchange->arena, "/%.*s", STR_ARG(name)),
              who.len > 0
                  ? view_said(&context,
                              "{{who}} recorded this since you opened the form: {{value}}. Send "
                              "the form again if you still mean what you chose.",
                              SAID({"who", who}, {"value", value}))
                  : view_said(&context,
                              "Somebody recorded this since you opened the form: {{value}}. Send "
                              "the form again if you still mean what you chose.",
                              SAID({"value", value})));
}
