/* draw: references of people who are new. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_DRAW_H
#define RETURNHUB_CASEWORK_DRAW_H

#include "casework/sitting.h"
#include "register/reference.h"

/* Drawn anew until it is nobody's. */
MUST_USE result reference_draw(struct sitting *sitting, char text[REFERENCE_SIZE], struct err *err);

/* For people who are registered later, when asking for each would make others wait. What was drawn
 * is nobody's as far as the transaction sees, nor in one of the two sets, and is put into `drawn`.
 */
struct reference_source {
    const struct system *system;
    uint32_t bits[64]; /* drawn from the system together, of which so many ... */
    size_t left;       /* ... are not used yet */
};
MUST_USE result reference_draw_ahead(struct reference_source *source,
                                     struct transaction *transaction,
                                     const struct reference_set *before,
                                     struct reference_set *drawn, char text[REFERENCE_SIZE],
                                     struct err *err);

#endif
