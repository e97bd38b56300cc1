/* answers: what a forecast says, as one JSON object, and its texts. The command line prints it, a
 * folder keeps it, a page shows it: it is the same object.
 *
 * All have {"answer", "scenario", "title", "scenario_identity", "rulebook_identity", "sources":
 * [{"name", "sha256"}] (scenario.h), "futures", "seed", "one_in", "begins_with": {"as_of",
 * "position", "people", "left_out"} of a register (absent where the text says who is there),
 * "measures": [{"name", "title", "from"}], "assumptions": [{"name", "title", "says", "source"}]},
 * and
 *
 *   run:          "series": [{"name", "title", "unit", "quarters": [{"quarter", "level":
 *                 {"mean", "median", "interval_50": [low, high], _80, _95}, "difference": the same
 *                 of what the measures change, absent without measures}]}]
 *   shares:       "series": [{..., "quarters": [{"quarter", "together": {"mean", "error"},
 *                 "shares": [{"measure", "mean", "error"}]}]}]
 *   combinations: "series": [{"name"}], "futures_of": [{"measures": [names], "values": by future,
 *                 series and quarter}]: what shares are made of
 *   sensitivity:  "quarter", "series": [{..., "level": [{"assumption", "index", "error"}],
 *                 "difference"}]
 *
 * "source" is "assumed" of what is merely assumed. */
#ifndef RETURNHUB_FORECAST_ANSWERS_H
#define RETURNHUB_FORECAST_ANSWERS_H

#include "base/buf.h"
#include "document/drawing.h"
#include "forecast/scenario.h"
#include "forecast/shares.h"

#include <jansson.h>

struct answers_about {
    const struct scenario *scenario;
    uint64_t futures;
    uint64_t seed;
    uint32_t one_in;                            /* scenario.h */
    const struct answers_register *begins_with; /* NULL: with what the scenario's text says */
};
/* Of which edition of a register a forecast begins. */
struct answers_register {
    date as_of;
    int64_t position;
    int64_t people;
    int64_t left_out; /* in stages that the scenario does not have */
};

/* `without` is the same futures without the measures, or NULL. The caller owns what is made. */
MUST_USE result answers_run(const struct answers_about *about, const struct ensemble *with,
                            const struct ensemble *without, struct arena scratch, json_t **ret_json,
                            struct err *err);
MUST_USE result answers_shares(const struct answers_about *about, const struct shares *shares,
                               struct arena scratch, json_t **ret_json, struct err *err);
/* Of SENSITIVITY_FUTURES_MIN futures or more. */
MUST_USE result answers_sensitivity(const struct answers_about *about, const struct ensemble *with,
                                    const struct ensemble *without, size_t quarter,
                                    struct arena scratch, json_t **ret_json, struct err *err);
/* Begins an object of combinations, and adds the futures of one set. */
json_t *answers_combinations(const struct answers_about *about);
void answers_combination_add(json_t *combinations, const struct answers_about *about, uint32_t set,
                             const struct ensemble *ensemble);

/* Whether an object is one of these, complete: what a folder holds is not trusted. */
MUST_USE result answers_check(const json_t *json, struct err *err);

/* "200 futures, seed 1, one of 10 people simulated" */
void answers_write_made(const json_t *json, struct buf *buf);
/* How to make it again: what is typed after `returnhub`. */
void answers_write_command(const json_t *json, struct buf *buf);
/* `quarter`: of shares, the one of which the text tells; "" the last. */
void answers_write_text(const json_t *json, str quarter, struct buf *buf);
void answers_write_csv(const json_t *json, struct buf *buf);

/* A fan chart of one series of a run: the median as a line, the intervals as bands around it, each
 * edged and named. `difference`: of what the measures change. */
MUST_USE result answers_draw(const json_t *series, bool difference, struct arena *arena,
                             struct drawing *ret_drawing, struct err *err);

#endif
