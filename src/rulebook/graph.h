/* graph: the stages of a rulebook and the steps between them, as a drawing. Internal to print.c. */
#ifndef RETURNHUB_RULEBOOK_GRAPH_H
#define RETURNHUB_RULEBOOK_GRAPH_H

#include "document/drawing.h"
#include "rulebook/rulebook.h"

/* NULL when there are more stages than can be drawn to be read, or the arena is full. */
const struct drawing *graph_draw(const struct rulebook *rulebook, struct arena *arena);

#endif
