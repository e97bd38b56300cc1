/* sought: whom a text typed into a search box may mean. Inside casework only.
 *
 * It means somebody whose name holds the text, as it is written or in Latin letters, or who has it
 * as a reference or another name (register/lookup.h). Somebody is alike when every part of the text
 * is like a part of their name: it begins so, it has the same skeleton, or it is one slip of the
 * pen away (two in a long part): a letter more, less, another, or two exchanged. */
#ifndef RETURNHUB_CASEWORK_SOUGHT_H
#define RETURNHUB_CASEWORK_SOUGHT_H

#include "casework/sitting.h"
#include "register/lookup.h"

struct sought {
    str text;  /* folded; "" finds everybody */
    str latin; /* the same in Latin letters */
    struct name_parts parts;
    int64_t *people; /* who have it as a reference or another name */
    size_t people_count;
};

MUST_USE result sought_read(struct sitting *sitting, str text, struct sought *ret_sought,
                            struct err *err);
MUST_USE result sought_is(const struct sought *sought, int64_t person, str name,
                          struct arena scratch, bool *ret_is, struct err *err);
MUST_USE result sought_is_alike(const struct sought *sought, str name, struct arena scratch,
                                bool *ret_is, struct err *err);

/* Whether one slip of the pen (`slips`: how many) makes the one into the other. */
bool sought_is_slip(str typed, str meant, int slips);

#endif
