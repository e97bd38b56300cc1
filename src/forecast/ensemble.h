/* ensemble: many futures, on several threads, and what they say together.
 *
 * Futures are numbered. What a future is made of and what comes of it depends on the seed and its
 * number alone; results are put together in the order of the numbers. So the same seed gives the
 * same bytes on any number of threads, and of ranks (ranks.h), to whom the futures are dealt out by
 * turns. */
#ifndef RETURNHUB_FORECAST_ENSEMBLE_H
#define RETURNHUB_FORECAST_ENSEMBLE_H

#include "forecast/procedure.h"

enum {
    ENSEMBLE_FUTURES_MAX = 100000,
    ENSEMBLE_THREADS_MAX = 256,
};

/* Makes the procedure of a future: what is not known is drawn here (arrivals to come, capacities,
 * shares), with draw_key(seed, future) and purposes of its own. All futures have the same series
 * and quarters. Called by several threads at once; everything it makes is taken from `arena`. */
typedef result ensemble_make(void *context, uint64_t seed, uint64_t future, struct arena *arena,
                             const struct procedure **ret_procedure, struct err *err);

/* So many of all (of this rank) are done. Called on the calling thread, now and then. */
typedef void ensemble_progress(void *context, uint64_t done, uint64_t count);

struct ensemble_question {
    ensemble_make *make;
    void *make_context;
    size_t series_count;
    size_t quarter_count;
    uint64_t seed;
    uint64_t first; /* the number of the first future */
    uint64_t count;
    unsigned threads;
    size_t bytes_a_future;       /* of memory, for one future at a time on one thread */
    ensemble_progress *progress; /* may be NULL */
    void *progress_context;
};

struct ensemble {
    size_t series_count;
    size_t quarter_count;
    uint64_t count;
    double *values; /* [future][series][quarter] */
    uint64_t event_count;
};

static inline double ensemble_value(const struct ensemble *ensemble, uint64_t future, size_t series,
                                    size_t quarter)
{
    return ensemble
        ->values[(future * ensemble->series_count + series) * ensemble->quarter_count + quarter];
}

MUST_USE result ensemble_run(const struct ensemble_question *question, struct arena *arena,
                             struct ensemble *ret_ensemble, struct err *err);

/* What the futures say of one number: the median and the central intervals, by linear
 * interpolation between the ordered values (type 7 of Hyndman and Fan 1996). */
enum { ENSEMBLE_INTERVALS = 3 };
extern const int ensemble_interval_percent[ENSEMBLE_INTERVALS]; /* 50, 80, 95 */

struct ensemble_summary {
    double mean;
    double median;
    double low[ENSEMBLE_INTERVALS];
    double high[ENSEMBLE_INTERVALS];
};

/* `against`, when not NULL, is subtracted future by future (common random numbers); it has the same
 * futures, series and quarters. `scratch` holds `count` doubles. */
MUST_USE result ensemble_summarise(const struct ensemble *ensemble, const struct ensemble *against,
                                   size_t series, size_t quarter, struct arena scratch,
                                   struct ensemble_summary *ret_summary, struct err *err);

#endif
