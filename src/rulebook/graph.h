/* graph: the stages of a rulebook and the steps between them, drawn as SVG. Internal to print.c. */
#ifndef RETURNHUB_RULEBOOK_GRAPH_H
#define RETURNHUB_RULEBOOK_GRAPH_H

#include "rulebook/rulebook.h"

/* An <svg> element of its own, with a description for readers who do not see it. Writes nothing
 * when there are more stages than can be drawn to be read. */
void graph_draw(const struct rulebook *rulebook, struct buf *buf);

#endif
