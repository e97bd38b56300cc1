/* suppress: which numbers of a table are withheld so that small ones cannot be told, nor worked
 * out from the totals.
 *
 * A table of R rows and C columns is published with the total of each row, of each column, and of
 * all. Counts from 1 to threshold - 1, totals too, are withheld (primary). A number that is
 * withheld alone in its row could be worked out, so others are withheld beside it (secondary).
 *
 * What a reader knows: every number that is shown, that zeros are shown, that a primary number lies
 * from 1 to threshold - 1 and a secondary one is threshold at least, and - to be on the safe side -
 * which of the withheld ones are which. The numbers are the flow in a network: from a source to
 * each row (row totals), from row to column (cells), from column to a sink (column totals), and
 * back (the grand total); what is shown is fixed, what is withheld may vary within its bounds. A
 * withheld number can be worked out exactly if no circular change of the withheld ones goes through
 * it. This holds for real numbers and for whole ones alike, as all cycles change by whole steps.
 *
 * The total of all is shown unless it is small itself, for other tables of the same people show it.
 *
 * What it does not cover: two tables that share people but not their totals (statistics/README.md).
 */
#ifndef RETURNHUB_STATISTICS_SUPPRESS_H
#define RETURNHUB_STATISTICS_SUPPRESS_H

#include "base/arena.h"

enum suppression { SHOWN = 0, WITHHELD_SMALL = 1, WITHHELD_BESIDE = 2 };

struct suppress_table {
    size_t row_count;
    size_t column_count;
    const int64_t *cells; /* row by row, none negative */
    int64_t threshold;    /* 1 or less: nothing is withheld */
    /* Out, (row_count + 1) x (column_count + 1), row by row: the last column and the last row are
     * the totals. */
    enum suppression *marks;
};

/* Withholds what must be; afterwards every withheld number can vary. When no pattern does that,
 * every number of the table that is not 0 is withheld and *ret_protected is false: nothing of it
 * should be published. */
MUST_USE result suppress(struct suppress_table *table, struct arena scratch, bool *ret_protected,
                         struct err *err);
/* Can the withheld number at (row, column) vary? Totals are at row_count and column_count. */
MUST_USE result suppress_can_vary(const struct suppress_table *table, size_t row, size_t column,
                                  struct arena scratch, bool *ret_can_vary, struct err *err);

#endif
