/* lookup: by what a person is found again: texts of which the store keeps keyed hashes only, so
 * that neither a name nor the number of a document stands in it in clear. Equal texts find each
 * other; which texts there are is decided here. Pure.
 *
 *   an identifier  "ID" SCHEME ISSUER VALUE: the value in its canonical form (identifier.h)
 *   a whole name   "NAME" and its parts in order of the alphabet: the same name in another order
 *   all its parts  "FULL", their skeletons and the YEAR of birth ("-" when it is not known)
 *   some of them   "SOME", the skeletons of two at least, one or two left out, and the year
 *   a part, a day  "DAY", a skeleton and the day of birth
 * Somebody with a shorter name is looked for by some of one's parts among those who have them all;
 * with a longer name, by all of one's parts among those who have them too. So nobody is looked at
 * who only has a frequent name in common.
 *
 * Names are in Latin letters here (format/latin.h); whatever is no letter and no digit is left out.
 * The skeleton of a part is what ways of writing it agree in: doubled letters are one, vowels
 * (with y and w) are dropped, then h unless it comes first; c, q, k and x are k, z is s, v is f, p
 * of "ph" is f. Mohammed, Muhammad and mhmd (from Arabic letters) are all "mmd". It proposes whom
 * to look at, and decides nothing. */
#ifndef RETURNHUB_REGISTER_LOOKUP_H
#define RETURNHUB_REGISTER_LOOKUP_H

#include "register/event.h"

enum {
    NAME_PARTS_MAX = 12, /* of one name that are looked at */
    YEAR_UNKNOWN = 0,
};

struct name_parts {
    str parts[NAME_PARTS_MAX];     /* letters a to z and digits, in the order of the alphabet */
    str skeletons[NAME_PARTS_MAX]; /* beside parts; "" for a part without consonants */
    size_t count;
};

/* Of a name in Latin letters, in the arena. */
MUST_USE result name_parts_of(str latin, struct arena *arena, struct name_parts *ret_parts,
                              struct err *err);

/* .at is NULL when the arena is full. */
str lookup_identifier(str scheme, str issuer, str value, struct arena *arena);
str lookup_name(const struct name_parts *parts, struct arena *arena);
/* "FULL" and "SOME"; the texts of those who have other parts left out are more than one. */
enum lookup_breadth { LOOKUP_FULL, LOOKUP_SOME };
str lookup_all_parts(const struct name_parts *parts, enum lookup_breadth breadth, int year,
                     struct arena *arena);
MUST_USE result lookup_some_parts(const struct name_parts *parts, enum lookup_breadth breadth,
                                  int year, struct arena *arena, struct text_list *ret_texts,
                                  struct err *err);
str lookup_day(str skeleton, date born_on, struct arena *arena);

/* What the event says of how its subject is found: PERSON_REGISTERED, IDENTITY_CORRECTED,
 * IDENTIFIER_RECORDED; nothing for others. */
MUST_USE result lookup_texts(const struct event *event, struct arena *arena,
                             struct text_list *ret_texts, struct err *err);

#endif
