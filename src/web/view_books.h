/* view_books: the books, joint operations and agreements as pages show them (view.h). */
#ifndef RETURNHUB_WEB_VIEW_BOOKS_H
#define RETURNHUB_WEB_VIEW_BOOKS_H

#include "web/view_table.h"

/* Entries as a table: number, kind, whom it is about, where, state, due. */
json_t *view_book_table(const struct view_context *context, const json_t *entries, str caption,
                        const char *empty);
/* {"text","table"}: what is overdue and lies with who reads, counted, and the first of it; false
 * when there is nothing. */
json_t *view_overdue_entries(const struct view_context *context, const json_t *books);
/* How many there are of each kind and how they stand; each kind leads to its list. */
json_t *view_book_totals(const struct view_context *context, const json_t *totals);
/* Force and restraint for each person and journey. */
json_t *view_force_totals(const struct view_context *context, const json_t *totals);
/* {"summary","fields","writings","duties","has_duties"} of one entry. */
json_t *view_book_entry(const struct view_context *context, const json_t *entry);
/* "1 hour 5 minutes" */
str view_minutes(const struct view_context *context, int64_t minutes);

#endif
