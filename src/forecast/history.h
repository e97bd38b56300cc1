/* history: the published series by quarter that a forecast rests on and is scored against, read
 * from data/ (data/README.md names publisher, table and release of each).
 *
 * Levels are of one release throughout, so what was published at the time differs a little from
 * what stands here: docs/forecast-backtest.md says by how much. */
#ifndef RETURNHUB_FORECAST_HISTORY_H
#define RETURNHUB_FORECAST_HISTORY_H

#include "forecast/quarter.h"

enum { HISTORY_QUARTERS_MAX = 256 };

/* PUBLISHED_SERIES(constant, name, title): flows are of a quarter, stocks at its end. */
#define PUBLISHED_SERIES_LIST                                                                      \
    PUBLISHED_SERIES(SERIES_CLAIMS, "claims", "Claims, people")                                    \
    PUBLISHED_SERIES(SERIES_DECISIONS, "decisions",                                                \
                     "Initial decisions (grants and refusals), people")                            \
    PUBLISHED_SERIES(SERIES_GRANTS, "grants", "Initial grants, people")                            \
    PUBLISHED_SERIES(SERIES_REFUSALS, "refusals", "Initial refusals, people")                      \
    PUBLISHED_SERIES(SERIES_WITHDRAWN, "withdrawn",                                                \
                     "Claims withdrawn or ended by an administrative outcome, people")             \
    PUBLISHED_SERIES(SERIES_WAITING, "waiting", "Waiting for an initial decision, people")         \
    PUBLISHED_SERIES(SERIES_APPEALS_LODGED, "appeals_lodged", "Protection appeals lodged")         \
    PUBLISHED_SERIES(SERIES_APPEALS_DISPOSED, "appeals_disposed",                                  \
                     "Protection appeals disposed of")                                             \
    PUBLISHED_SERIES(SERIES_APPEALS_OPEN, "appeals_open", "Protection appeals open")               \
    PUBLISHED_SERIES(SERIES_RETURNS_ENFORCED, "returns_enforced", "Enforced returns")              \
    PUBLISHED_SERIES(SERIES_RETURNS_VOLUNTARY, "returns_voluntary", "Voluntary returns")           \
    PUBLISHED_SERIES(SERIES_RETURNS_PORT, "returns_port", "Refused entry at port and departed")    \
    PUBLISHED_SERIES(SERIES_RETURNS, "returns", "All returns")

enum published_series {
#define PUBLISHED_SERIES(constant, name, title) constant,
    PUBLISHED_SERIES_LIST
#undef PUBLISHED_SERIES
        SERIES_COUNT
};

struct series_about {
    const char *name;
    const char *title;
};
extern const struct series_about series_about[SERIES_COUNT];

/* Plain data: quarter `first` + i stands at [i]. NAN: not published. */
struct history {
    struct quarter first;
    size_t count;
    double values[SERIES_COUNT][HISTORY_QUARTERS_MAX];
};

/* Reads the tables in `folder`. */
MUST_USE result history_load(const char *folder, struct arena scratch, struct history *ret_history,
                             struct err *err);
/* What had happened by the end of that quarter, and nothing else: the numbers of later quarters are
 * not in it. `until` lies within the history. */
void history_cut(const struct history *history, struct quarter until, struct history *ret_history);

/* NAN outside. */
double history_value(const struct history *history, enum published_series series,
                     struct quarter when);
struct quarter history_last(const struct history *history);

/* The published numbers of a series from `from` on without gap to the end, into
 * ret_values[HISTORY_QUARTERS_MAX]; returns how many. */
size_t history_run(const struct history *history, enum published_series series, struct quarter from,
                   double *ret_values);

#endif
