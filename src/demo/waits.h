/* waits: how long a claim waits for its initial outcome, fitted to the published tables.
 *
 * For a claim of a nationality in a quarter the answer is one of: decided in a given quarter, or
 * still waiting on 31 December 2023. No table says that outright. What is published are totals of
 * it in several directions, and the probabilities here are fitted to them by iterative proportional
 * fitting:
 *   - claims by quarter and nationality, with those already waiting at the end of 2017;
 *   - initial outcomes by quarter and nationality;
 *   - the share of each quarter's claims completed within six months;
 *   - who waits at the end of 2023, by nationality and by time waited.
 * The published totals do not agree with each other exactly (data/README.md), so nor can the fit:
 * the claims and those waiting at the end come first, then the six months, then the outcomes by
 * quarter.
 *
 * Nationalities with few claims share the probabilities of one common group. */
#ifndef RETURNHUB_DEMO_WAITS_H
#define RETURNHUB_DEMO_WAITS_H

#include "base/random.h"
#include "demo/published.h"

enum {
    WAIT_GROUPS = 41, /* forty nationalities and the common group */
    /* Columns 0 to 23: decided in that quarter. */
    WAIT_DECIDED_LATE =
        PUBLISHED_QUARTERS, /* decided two quarters on, more than six months after the claim */
    WAIT_STILL,             /* waiting on 2023-12-31 */
    WAIT_COLUMNS,
};

struct waits {
    uint8_t group[NATIONALITIES_MAX];
    /* Sums of the probabilities up to each column; the last is 1. */
    double until[WAIT_GROUPS][PUBLISHED_QUARTERS][WAIT_COLUMNS];
};

MUST_USE result waits_fit(const struct published *published, struct arena *arena,
                          struct arena scratch, const struct waits **ret_waits, struct err *err);

struct wait {
    bool still_waiting;
    size_t quarter; /* of the outcome */
    bool late; /* two quarters on and after more than six months; without it, two quarters on is
                  within them */
};
struct wait waits_draw(const struct waits *waits, size_t nationality, size_t claim_quarter,
                       struct random *random);

#endif
