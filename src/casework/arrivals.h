/* arrivals: people and boats that arrived, day by day, from a published series (data/README.md),
 * shown beside joint operations. Not records of this register: the numbers are read from the file
 * and say nothing about anybody. */
#ifndef RETURNHUB_CASEWORK_ARRIVALS_H
#define RETURNHUB_CASEWORK_ARRIVALS_H

#include "base/arena.h"
#include "base/date.h"

#define ARRIVALS_FILE "data/small_boats_daily.csv" /* of what comes with the program */

struct arrival_day {
    date on;
    int64_t people;
    int64_t boats;
};

struct arrivals {
    const struct arrival_day *days; /* one after the other, without a gap */
    size_t count;
};

/* From the text of a file with the columns date, people, boats. Refuses a gap and a day that stands
 * twice. */
MUST_USE result arrivals_read(const char *file, str text, struct arena *arena,
                              struct arrivals *ret_arrivals, struct err *err);

/* The same from the file; an empty series where the file is not there. */
MUST_USE result arrivals_load(const char *path, struct arena *arena, struct arrivals *ret_arrivals,
                              struct err *err);

/* From one day to another, both included. *ret_known is false when the series does not cover all of
 * them: then nothing is said, for a part is not the whole. */
void arrivals_between(const struct arrivals *arrivals, date from, date to, bool *ret_known,
                      struct arrival_day *ret_sum);

#endif
