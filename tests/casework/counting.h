/* counting: what tests of statistics ask and say, in an office. Each stops the test when it fails.
 * Answers lie in the office's memory for work until that is given back. */
#ifndef RETURNHUB_TESTS_CASEWORK_COUNTING_H
#define RETURNHUB_TESTS_CASEWORK_COUNTING_H

#include "casework/statistics.h"
#include "office.h"

/* The definitions that come with the program for a law. With `shown`, nothing is withheld for being
 * small. They live in the office's permanent memory. */
struct definitions counting_definitions(struct office *office, const char *law, bool shown);

struct sheet counting_table(struct office *office, const struct definitions *definitions,
                            const char *table, const char *from, const char *to,
                            const struct edition_asked *edition);
struct reconciliation counting_everybody(struct office *office,
                                         const struct definitions *definitions,
                                         const struct edition_asked *edition);

/* The cell of the row that has this text in some key column, in the column of this name; "" when
 * there is none. */
str counting_cell(const struct sheet *sheet, const char *row, const char *column);
bool counting_has_note(const struct sheet *sheet, const char *label);

/* A step as it stands in the record once it was taken, whatever the law says of it: what is tested
 * is the counting. */
void counting_step(struct office *office, int64_t person, const char *step, const char *from,
                   const char *to);
void counting_contact(struct office *office, int64_t person);
void counting_fact(struct office *office, int64_t person, const char *fact, const char *value);

#endif
