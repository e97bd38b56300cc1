/* print: a rulebook as a page to read. */
#ifndef RETURNHUB_RULEBOOK_PRINT_H
#define RETURNHUB_RULEBOOK_PRINT_H

#include "rulebook/rulebook.h"

/* For people, plain text: each safeguard beside its source and the steps it guards, clocks, stages
 * and steps; unverified sources marked. */
void print_rulebook_text(const struct rulebook *rulebook, struct buf *buf);
/* The same as a complete HTML page with the stage graph drawn as SVG (self-contained, no script).
 */
void print_rulebook_html(const struct rulebook *rulebook, struct buf *buf);

#endif
