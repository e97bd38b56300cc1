/* form: the view of a form's fields, drawn by the template field.html. The tables of input.h give
 * most of them. */
#ifndef RETURNHUB_WEB_FORM_H
#define RETURNHUB_WEB_FORM_H

#include "web/input.h"

enum form_shape {
    FORM_TEXT,
    FORM_PASSWORD,
    FORM_AREA,
    FORM_DATE,
    FORM_INSTANT, /* a date, and a box for the time of day */
    FORM_NUMBER,
    FORM_RADIOS,
    FORM_SELECT,
    FORM_HIDDEN,
};

struct form_item {
    enum form_shape shape;
    str name;
    str label;
    str hint;                  /* "" for none */
    str value;                 /* of text, number, hidden */
    str parts[4];              /* day, month and year of a date; time of day */
    const char *autocomplete;  /* NULL for none */
    json_t *options;           /* of radios and select: form_option; the reference is taken */
    const struct fault *fault; /* NULL when it is well */
    bool inline_radios;
    bool unknown_box; /* a box beside it records that it is not known: NAME-unknown = yes */
    bool unknown_checked;
};

/* A field that begins with a value (NULL: with none). */
void form_begin_with(struct form_item *item, struct arena *arena, const struct input_value *value);
/* A field with what was sent for it, right or wrong, to the letter; a password is never shown
 * again. A day that was sent in one piece stands in its three boxes. */
void form_continue_with(struct form_item *item, struct arena *arena, const struct http_form *form);
json_t *form_item_view(struct arena *arena, const struct form_item *item);
/* Adds {"value","text","checked","id"} to an array. */
void form_option(json_t *options, str value, str text, bool checked);
/* The fields of a table, with what was sent (after a POST) or the values to begin with (`begin` may
 * be NULL). */
json_t *form_fields_view(const struct exchange *exchange, const struct input_field *fields,
                         size_t count, const struct input_value *begin,
                         const struct faults *faults);

/* The same with the answers of INPUT_CHOICE fields: choices[i] belongs to fields[i] (NULL: there is
 * none). A few are radios, many a list. */
json_t *form_choices_view(const struct exchange *exchange, const struct input_field *fields,
                          size_t count, const struct input_choices *choices,
                          const struct input_value *begin, const struct faults *faults);

/* {"action","submit","passkey","fields","form_token","client_id","cancel_href","danger"}; takes the
 * reference of `fields`. */
json_t *form_view(const struct exchange *exchange, str action, const char *submit, json_t *fields,
                  str cancel_href);

/* "#reason": where the error summary leads. */
str form_field_href(struct arena *arena, str field);

#endif
