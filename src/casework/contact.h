/* contact: a contact that was confirmed, and what the law is told of it in the same commit, whoever
 * tells: a page, a program, a file, a step that records the day. Who was seen today is not lost,
 * whatever was recorded of them before: the facts of the last contact and of the next check say so,
 * and that a search was made no longer does, for it was made before (docs/rulebook-language.md).
 * Inside casework only. */
#ifndef RETURNHUB_CASEWORK_CONTACT_H
#define RETURNHUB_CASEWORK_CONTACT_H

#include "casework/sitting.h"

struct confirmed_contact {
    date on;
    str source;     /* how contact was made */
    str known_from; /* the source of the facts */
    struct known_day next_check_on;
    bool is_first; /* nothing was recorded before that it could correct */
};

/* Is it on record that a search was made for the person? */
MUST_USE result contact_is_searched(struct sitting *sitting, int64_t person, bool *ret_searched,
                                    struct err *err);
/* Does this value of this fact of a person say so? */
bool contact_says_searched(str fact, str value);
/* Is this the fact that says when contact was confirmed last? */
bool contact_is_day_of(const struct fact *fact);

/* `searched`: it is on record. *ret_last is the position of the last event of it. */
MUST_USE result contact_append(struct sitting *sitting, int64_t person,
                               const struct confirmed_contact *contact, bool searched,
                               int64_t *ret_last, struct err *err);

#endif
