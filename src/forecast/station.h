/* station: something there is only so much of, and the people who wait for it, first come first
 * served.
 *
 * A station has places, or an allowance a day, or both; either may change in the course of time. A
 * place is taken until it is given back (a judge's list, a bed); an allowance is used up (decisions
 * a day, arrivals a hub agrees to take in). What is not used of an allowance is lost, but for the
 * part of one that makes a whole one later: time of staff cannot be stored.
 *
 * Who no longer waits leaves a hole in the line, which the caller recognises when it comes to the
 * head: an entry names a person and a ticket, and the ticket is out of date. */
#ifndef RETURNHUB_FORECAST_STATION_H
#define RETURNHUB_FORECAST_STATION_H

#include "base/arena.h"

struct station_entry {
    double since;
    uint32_t who;
    uint32_t ticket;
};

enum station_order { STATION_OLDEST_FIRST, STATION_NEWEST_FIRST };

/* Counted for the whole of the time. */
struct station_count {
    uint64_t served;
    double waited;     /* sum over those served, days */
    double line_days;  /* people waiting, summed over time */
    double taken_days; /* places taken, summed over time */
};

struct station {
    struct arena *arena;
    enum station_order order;
    bool has_places;
    bool has_allowance;
    double places;    /* lowered below what is taken, it is reached as places are given back */
    double allowance; /* what is left of today's */
    uint64_t taken;
    uint64_t waiting;           /* in the line, holes not counted */
    struct station_entry *line; /* a ring */
    uint32_t line_mask;
    uint32_t line_head;
    uint32_t line_tail;
    double counted_until;
    struct station_count count;
    bool failed; /* the arena was full: somebody who waits was forgotten */
};

MUST_USE result station_init(struct station *station, enum station_order order, bool has_places,
                             bool has_allowance, double now, struct arena *arena, struct err *err);

/* A new day: its allowance is added to what is left of a whole one. */
void station_new_day(struct station *station, double allowance);

/* Brings the sums over time up to `now`. */
static inline void station_count_until(struct station *station, double now)
{
    const double days = now - station->counted_until;
    if (days == 0) {
        return;
    }
    station->count.line_days += days * (double)station->waiting;
    station->count.taken_days += days * (double)station->taken;
    station->counted_until = now;
}

/* Is a place free, and is something of the allowance left? */
static inline bool station_is_free(const struct station *station)
{
    return (!station->has_places || (double)station->taken + 1 <= station->places) &&
           (!station->has_allowance || station->allowance >= 1);
}

/* The place is taken and the allowance used, by somebody who has waited since then. */
static inline void station_serve(struct station *station, double now, double since)
{
    station_count_until(station, now);
    station->count.served++;
    station->count.waited += now - since;
    station->taken += station->has_places;
    station->allowance -= station->has_allowance ? 1 : 0;
}

/* Gives a place back. */
static inline void station_give_back(struct station *station, double now)
{
    ASSERT(station->taken > 0);
    station_count_until(station, now);
    station->taken--;
}

/* Somebody stands in line. */
void station_wait(struct station *station, double now, struct station_entry entry);
/* The head of the line, taken out of it; false when nobody stands there. Whoever finds the ticket
 * out of date drops it: such a hole was uncounted by station_gone. Who is in line is served with
 * station_gone, then station_serve. */
bool station_head(struct station *station, struct station_entry *ret_entry);
/* Somebody no longer waits. Their entry, if it is still in the line, is a hole from now on. */
static inline void station_gone(struct station *station, double now)
{
    ASSERT(station->waiting > 0);
    station_count_until(station, now);
    station->waiting--;
}
/* Nobody waits any more; holes are forgotten too. */
void station_clear(struct station *station, double now);

#endif
