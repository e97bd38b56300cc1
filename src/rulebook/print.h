/* print: a rulebook as a document that a lawyer can read beside its sources, and sign. */
#ifndef RETURNHUB_RULEBOOK_PRINT_H
#define RETURNHUB_RULEBOOK_PRINT_H

#include "document/document.h"
#include "rulebook/rulebook.h"

/* A page with what it is and lines to sign; the contents; each safeguard beside its source, with
 * the steps it guards and its examples; stages, drawn, and steps; definitions, clocks, calendars,
 * facts, roles, notices; and as annexes the sources that are not verified, the instruments cited
 * with what rests on them, and the facts by name. The document lives in `arena` and refers to the
 * rulebook's texts; ask document_finish whether it fitted. */
void print_rulebook(const struct rulebook *rulebook, struct arena *arena,
                    struct document *ret_document);

#endif
