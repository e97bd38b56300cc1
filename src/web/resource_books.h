/* resource_books: entries of the books, joint operations, agreements through their states, the desk
 * of a hub (resource.h). */
#ifndef RETURNHUB_WEB_RESOURCE_BOOKS_H
#define RETURNHUB_WEB_RESOURCE_BOOKS_H

#include "casework/books.h"
#include "casework/hub_desk.h"
#include "casework/lifecycle.h"
#include "casework/operations.h"

#include <jansson.h>

/* {"known":true,"value"} or {"known":false}. */
json_t *part_known_instant(instant when); /* 0 milliseconds: not known */
json_t *part_known_number(bool known, int64_t number);

/* {"entry","kind","title","about","name","hub","state","overdue","due_on","responsible",...};
 * "pending": something is due in this state. */
json_t *resource_book_line(const struct book_line *line);
json_t *resource_book_lines(const struct book_line *lines, size_t count); /* the list alone */
/* {"overdue":12,"entries":[...]}: what is overdue and lies with the account, the longest first. */
json_t *resource_overdue_entries(const struct overdue_entries *overdue);
/* The line, and "against":[{"username","name"}], "fields":[{"name","title","type","value"}],
 * "writings":[{"event","on","recorded_at","actor","state","due_by","reason","fields","against"}],
 * "duties". */
json_t *resource_book_entry(const struct book_entry *entry);
/* After a command: the entry, "duties", "stopped", "repeated". */
json_t *resource_entry_answer(const struct entry_answer *answer);
/* [{"kind","title","about","journey","entries","not_closed","overdue","serious","minutes",
 *   "longest_minutes","lasting"}] */
json_t *resource_book_totals(const struct book_total_line *lines, size_t count);

/* {"reference","kind","on","partners":[...],"arrests",...,"money","source","revision"}; with
 * arrivals also "people_arrived" and "boats_arrived" of that day. */
json_t *resource_operation(const struct operation_row *row, const struct arrivals *arrivals);
/* The last revision, and "revisions", each with "actor". */
json_t *resource_operation_revisions(const struct operation_revision *revisions, size_t count,
                                     const struct arrivals *arrivals);
/* {"operations":[...],"quarters":[...]} */
json_t *resource_operations(const struct operation_row *rows, size_t count,
                            const struct operation_sum *sums, size_t sum_count,
                            const struct arrivals *arrivals);
json_t *resource_operation_sums(const struct operation_sum *sums, size_t count,
                                const struct arrivals *arrivals);

/* {"reference","partner","title","confidential","state","states","cap","intake_a_month",
 *  "transferred","transferred_this_month","places_held","live_requests","acceptances"}; `whole`:
 * "facts" and "hubs" as well. */
json_t *resource_agreement_life(const struct rulebook *rulebook, const struct agreement_life *life,
                                date today, bool whole);

/* {"hub","name","as_of","counts","kinds","places","prebookings","expected","stays","departures",
 *  "unexpected","arrivals","report"} */
json_t *resource_hub_desk(const struct hub_desk *desk);

#endif
