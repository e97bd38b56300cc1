/* json_in: JSON read from front to back by somebody who knows what must come, without a tree. For
 * what is read so often that a tree of small pieces of memory, built only to be looked through and
 * given back, would cost more than what it says: the bodies of events.
 *
 * It takes what json_read takes and no more (RFC 8259; no NUL, no surrogate without its other
 * half); that no key is given twice the caller sees. What is not there as expected is ERROR_INPUT,
 * at its place. White space may stand before everything that is taken. */
#ifndef RETURNHUB_FORMAT_JSON_IN_H
#define RETURNHUB_FORMAT_JSON_IN_H

#include "base/arena.h"

struct json_in {
    str text;
    size_t at; /* of what comes next */
};

/* ERROR_INPUT when the text is not UTF-8, or has a NUL. */
MUST_USE result json_in_begin(str text, struct json_in *ret_in, struct err *err);

/* Takes one of { } [ ] : , when it comes next. */
bool json_in_takes(struct json_in *in, char mark);
/* The same, where nothing else may come. */
MUST_USE result json_in_take(struct json_in *in, char mark, struct err *err);
/* Whether a text or a number comes next: its first character tells. */
bool json_in_at_text(struct json_in *in);
bool json_in_at_number(struct json_in *in);

/* The text is copied into the arena. */
MUST_USE result json_in_text(struct json_in *in, struct arena *arena, str *ret_text,
                             struct err *err);
/* ERROR_INPUT for one with a fraction or an exponent, or beyond 64 bits. */
MUST_USE result json_in_number(struct json_in *in, int64_t *ret_number, struct err *err);

/* Nothing but white space is left. */
MUST_USE result json_in_end(struct json_in *in, struct err *err);

#endif
