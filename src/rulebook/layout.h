/* layout: the one way to lay out the text of a rulebook file, as its authors keep it.
 *
 * Kept are the words and their order, the comments, the division into lines of items, and single
 * blank lines. Made uniform are indentation, columns, spaces, line ends, and where long lines
 * break. What it writes has the same tokens (so the same meaning and the same identity), and laid
 * out again it does not change.
 *
 *   1. An item begins at the margin; its lines stand 2 spaces in, those of an example 4.
 *   2. A title or a type stands beside the name: of a country, role, notice, stage, step, fact.
 *      Titles of roles, notices and stages that follow each other stand in one column.
 *   3. In rulebooks, calendars, clocks, steps and safeguards what follows the first word of a line
 *      stands in one column.
 *   4. A line may go on before "and", "or", "when" and "then", and after a comma. A break of the
 *      author's is kept there and undone elsewhere; a line longer than LAYOUT_WIDTH is broken where
 *      it is nested least. Of several texts that are one each has its line. The rest stands under
 * the first word after those that begin the line, or, in parentheses, under what follows the last
 * one opened. */
#ifndef RETURNHUB_RULEBOOK_LAYOUT_H
#define RETURNHUB_RULEBOOK_LAYOUT_H

#include "rulebook/rulebook.h"

enum { LAYOUT_WIDTH = 140 /* of a line, where it can be broken; as wide as the rulebooks are */ };

/* The file laid out, in `arena`. Refuses, with diagnostics, what cannot be parsed; what its names
 * mean is not asked, so that one file of a rulebook may be laid out alone. */
MUST_USE result layout_file(const struct rulebook_file *file, struct arena *arena,
                            struct arena scratch, struct diagnostics *diagnostics, str *ret_text,
                            struct err *err);

#endif
