/* canonical: the one way to write a rulebook, whatever its author's layout, comments and files.
 *
 * All items, in a fixed order of kinds; those of a kind in the order of the text (countries by
 * code). It parses to the same rulebook, whose canonical form it is: SHA-256 of it is the
 * rulebook's identity, so every change here changes every identity. */
#ifndef RETURNHUB_RULEBOOK_CANONICAL_H
#define RETURNHUB_RULEBOOK_CANONICAL_H

#include "rulebook/rulebook.h"

void canonical_rulebook(const struct rulebook *rulebook, struct buf *buf);
/* A condition or a value on one line. */
void canonical_condition(const struct rulebook *rulebook, node_index condition, struct buf *buf);
/* "14 days", "12 working days (CALENDAR)", "3 months rounding down" */
void canonical_duration(const struct rulebook *rulebook, const struct duration *duration,
                        struct buf *buf);
/* "27 december", "27 december to 31 december" of a line that comes back every year; else its date.
 */
void canonical_holiday(const struct holiday_line *line, struct buf *buf);

#endif
