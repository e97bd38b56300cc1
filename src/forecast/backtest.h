/* backtest: what the forecast would have said, quarter after quarter, beside what then happened and
 * beside what simple methods would have said.
 *
 * At each origin everything is fitted anew on what had happened by the end of that quarter
 * (history_cut: later numbers are not there), and each contender gives a sample of futures for each
 * scored series, one to `horizon` quarters ahead, as far as numbers are known by `to`. A sample is
 * scored by its CRPS and by whether its central intervals hold the number (scoring.h).
 *
 * Series are of different size. Each score is divided by the series' own mean absolute change from
 * the same quarter of the year before, up to the origin (the in-sample error of the seasonal-naive
 * method; Hyndman and Koehler, Another look at measures of forecast accuracy, International Journal
 * of Forecasting 22, 2006); each series then counts the same.
 *
 * A series is scored from the origin on at which BACKTEST_QUARTERS_MIN quarters of it are
 * published: fewer are too few for the rivals. */
#ifndef RETURNHUB_FORECAST_BACKTEST_H
#define RETURNHUB_FORECAST_BACKTEST_H

#include "forecast/history.h"
#include "forecast/scoring.h"

enum {
    BACKTEST_HORIZON_MAX = 8,
    BACKTEST_ORIGINS_MAX = 64,
    BACKTEST_QUARTERS_MIN = 12,
    BACKTEST_FUTURES_MIN = 20,
    BACKTEST_FUTURES_MAX = 20000,
    BACKTEST_SERIES = 8,
};

enum contender {
    CONTENDER_OURS,
    CONTENDER_SEASONAL,
    CONTENDER_SMOOTHING,
    CONTENDER_STOCK_FLOW,
    CONTENDER_COUNT,
};
extern const char *const contender_name[CONTENDER_COUNT];
extern const enum published_series backtest_series[BACKTEST_SERIES];

struct backtest_question {
    struct quarter from; /* the first origin */
    struct quarter to;   /* the last quarter that is scored; the last origin is the one before */
    size_t horizon;
    size_t futures;
    size_t one_in;    /* of ours: one of so many people is simulated (people.h); 0: flows alone */
    unsigned threads; /* of ours; the numbers are the same with any */
    uint64_t seed;
    /* An origin is done, of so many; may be NULL. */
    void (*progress)(void *context, uint64_t done, uint64_t count);
    void *progress_context;
};

struct score {
    bool known;    /* the quarter lies within what is scored, and the series is long enough */
    double number; /* that was published */
    double median;
    double low[SCORING_INTERVALS]; /* of the central intervals */
    double high[SCORING_INTERVALS];
    double crps;
    double scale;
    bool covers[SCORING_INTERVALS];
};

struct backtest {
    struct backtest_question question;
    size_t origin_count;
    struct score *scores; /* [origin][contender][series][horizon] */
};

/* Refuses quarters that the history does not have. */
MUST_USE result backtest_run(const struct history *history,
                             const struct backtest_question *question, struct arena *arena,
                             struct arena scratch, struct backtest *ret_backtest, struct err *err);

const struct score *backtest_score(const struct backtest *backtest, size_t origin,
                                   enum contender contender, size_t series, size_t horizon);

/* Which scores to take the mean of. */
struct backtest_part {
    size_t origin_first; /* origins, both included */
    size_t origin_last;
    size_t horizon_first; /* from 0, both included */
    size_t horizon_last;
};
struct backtest_part backtest_all(const struct backtest *backtest);

struct backtest_mean {
    size_t count;
    double crps;                       /* scaled */
    double covered[SCORING_INTERVALS]; /* shares */
};
struct backtest_mean backtest_mean(const struct backtest *backtest,
                                   const struct backtest_part *part, enum contender contender,
                                   size_t series);
/* Over all series, each counting the same. */
struct backtest_mean backtest_mean_of_all(const struct backtest *backtest,
                                          const struct backtest_part *part,
                                          enum contender contender);

#endif
