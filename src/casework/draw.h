/* draw: references of people who are new. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_DRAW_H
#define RETURNHUB_CASEWORK_DRAW_H

#include "casework/sitting.h"
#include "register/reference.h"

/* Drawn anew until it is nobody's. */
MUST_USE result reference_draw(struct sitting *sitting, char text[REFERENCE_SIZE], struct err *err);

/* For people who are registered later, when asking for each would make others wait. What was drawn
 * is nobody's as far as the transaction sees, nor in one of the two sets, and is put into `drawn`;
 * without the sets (NULL, both) it is kept nowhere. */
enum { REFERENCES_TOGETHER_MAX = 64 };
struct reference_source {
    const struct system *system;
    size_t together;                        /* so many are drawn from the system at once ... */
    uint32_t bits[REFERENCES_TOGETHER_MAX]; /* ... of which these ... */
    size_t left;                            /* ... are not used yet */
};
MUST_USE result reference_draw_ahead(struct reference_source *source,
                                     struct transaction *transaction,
                                     const struct reference_set *before,
                                     struct reference_set *drawn, char text[REFERENCE_SIZE],
                                     struct err *err);

#endif
