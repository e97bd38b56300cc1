/* people: a future of the drivers lived by people, one by one.
 *
 * The numbers of flows.h become a procedure (procedure.h): claims and appeals come at random
 * moments at their rate, stand in line, and are dealt with first come first served, as many a day
 * as the capacity allows; who withdraws leaves the line by chance; stocks are who is still there.
 * So what is counted has the chance of single people in it, nobody is decided who is not there, and
 * how long people wait follows.
 *
 * An appeal is a case of its own, not a later stage of the person who was refused: more appeals are
 * lodged in some years than there are refusals. One of so many people is simulated, and counts for
 * all of them. */
#ifndef RETURNHUB_FORECAST_PEOPLE_H
#define RETURNHUB_FORECAST_PEOPLE_H

#include "forecast/ensemble.h"
#include "forecast/flows.h"

enum { PEOPLE_ONE_IN_MAX = 1000, PEOPLE_SERIES = SERIES_COUNT + 1, PEOPLE_WAITING_LONG_DAYS = 183 };

/* The series of the procedure are those of the published ones, in their order, and last how many
 * have waited for more than half a year. Everything is taken from `arena`. */
MUST_USE result people_procedure(const struct drivers *drivers, const struct flows *flows,
                                 size_t one_in, struct arena *arena,
                                 const struct procedure **ret_procedure, struct err *err);

/* For ensemble_run: each future draws its drivers. */
struct people_make {
    const struct drivers *drivers;
    const struct draw_tables *tables;
    size_t horizon;
    size_t one_in;
};
MUST_USE result people_make(void *context, uint64_t seed, uint64_t future, struct arena *arena,
                            const struct procedure **ret_procedure, struct err *err);
/* The memory that a future needs. */
size_t people_bytes(const struct people_make *make);

#endif
