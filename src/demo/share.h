/* share: shares of a whole, between 0 and 1. */
#ifndef RETURNHUB_DEMO_SHARE_H
#define RETURNHUB_DEMO_SHARE_H

/* The share whose odds are those of `share` times t / (1 - t): moved up or down without leaving 0
 * to 1. */
static inline double share_moved(double share, double t)
{
    return t * share / (t * share + (1 - t) * (1 - share));
}

static inline double share_at_most(double share, double most)
{
    return share > most ? most : share;
}

#endif
