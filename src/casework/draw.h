/* draw: the reference of somebody new. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_DRAW_H
#define RETURNHUB_CASEWORK_DRAW_H

#include "casework/sitting.h"
#include "register/reference.h"

/* Drawn anew until it is nobody's. */
MUST_USE result reference_draw(struct sitting *sitting, char text[REFERENCE_SIZE], struct err *err);

#endif
