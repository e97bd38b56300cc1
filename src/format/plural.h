/* plural: which form of a text goes with a number, in a language: the line "Plural-Forms:" of a
 * catalogue (GNU gettext manual, "Additional functions for plural forms"),
 *     nplurals=2; plural=(n != 1);
 * where `plural` is an expression of C over the number n, made of n, numbers, ( ) ! * / % + - < >
 * <= >= == != && || and ? :, whose value is the index of the form. English has two forms, Japanese
 * one, Arabic six. */
#ifndef RETURNHUB_FORMAT_PLURAL_H
#define RETURNHUB_FORMAT_PLURAL_H

#include "base/str.h"

enum {
    PLURAL_FORMS_MAX = 6,     /* of Arabic; no language is said to have more (CLDR) */
    PLURAL_NESTING_MAX = 32,  /* brackets and choices inside each other */
    PLURAL_CHECKED_TO = 1000, /* as far as gettext's own msgfmt looks */
};

struct plural {
    size_t form_count;
    str expression; /* a view of what was read */
};

/* ERROR_INPUT for what is not of this form, and for an expression that divides by nothing or names
 * a form that there is not, for a number up to PLURAL_CHECKED_TO. */
MUST_USE result plural_read(str line, struct plural *ret_plural, struct err *err);
/* Less than form_count; 0 for a larger number that has no form. */
size_t plural_form(const struct plural *plural, uint64_t number);

#endif
