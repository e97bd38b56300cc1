/* text: what people type into casework, checked once. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_TEXT_H
#define RETURNHUB_CASEWORK_TEXT_H

#include "base/arena.h"

enum {
    NAME_MAX_BYTES =
        200, /* of a person: longer than any name on record in a passport's machine-readable page */
    SOURCE_MAX_BYTES = 500, /* where a fact is known from; a reason */
    VALUE_MAX_BYTES = 2000, /* of a fact of type text */
    FACT_NAME_MAX_BYTES = 100,
    FACTS_AT_ONCE_MAX = 100, /* entries in one command: more than the facts of one page */
};

/* A line of text: well-formed UTF-8 without control characters, at most `bytes_max` long, and not
 * of such characters alone as nobody sees. `what` begins the sentence of the error ("The name"). */
MUST_USE result text_line(const char *what, str text, size_t bytes_max, struct err *err);
/* The same, and not empty. */
MUST_USE result text_line_required(const char *what, str text, size_t bytes_max, struct err *err);

/* The reference of a hub, an agreement, a departure: 2 to 32 of A-Z 0-9 and hyphen. */
enum { REFERENCE_MAX_BYTES = 32 };
MUST_USE result text_reference(str reference, struct err *err);

#endif
