/* identifier: the other references of a person and the other names they are known by, in the kinds
 * of identifier.def.
 *
 * A reference is kept as it was typed. It is compared, and checked where its form is published, in
 * its canonical form: the letters A to Z in capitals and the digits; any other character of ASCII
 * is left out. A travel document is its number and the State or organisation that issued it (three
 * letters, ICAO Doc 9303 part 3, section 5). */
#ifndef RETURNHUB_REGISTER_IDENTIFIER_H
#define RETURNHUB_REGISTER_IDENTIFIER_H

#include "register/event.h"

enum identifier_scheme {
    SCHEME_NONE = 0,
#define SCHEME(constant, name, title, pattern, unique, exact) constant,
#include "register/identifier.def"
#undef SCHEME
    SCHEME_COUNT,
};

const char *identifier_scheme_name(enum identifier_scheme scheme);
const char *identifier_scheme_title(enum identifier_scheme scheme);
enum identifier_scheme identifier_scheme_from_name(str name); /* SCHEME_NONE: there is none */
bool identifier_is_unique(enum identifier_scheme scheme);

/* .at is NULL when the arena is full. */
str identifier_canonical(enum identifier_scheme scheme, str value, struct arena *arena);

/* The name of another system, which is the issuer of its references: 2 to 32 of a-z 0-9 _ -, and a
 * letter first. */
enum { IDENTIFIER_SYSTEM_MAX_BYTES = 32 };
bool identifier_is_system(str name);

/* What another system calls a person was once recorded as a kind of its own, which is not recorded
 * any more: such an event becomes the identifier that is recorded in its place. */
void identifier_from_older(struct event *event);

/* ERROR_INPUT for what has no letter or digit, or another form than the published one. */
MUST_USE result identifier_check(enum identifier_scheme scheme, str value, struct arena scratch,
                                 struct err *err);

#endif
