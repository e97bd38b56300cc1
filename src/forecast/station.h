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

/* Days summed over people need no look at a clock when somebody else comes or goes: from the sum of
 * the times of leaving that of the times of coming is taken, and of those who are there it is added
 * at the end. */

struct station {
    struct arena *arena;
    enum station_order order;
    bool has_places;
    bool has_allowance;
    double places;    /* lowered below what is taken, it is reached as places are given back */
    uint64_t most;    /* who may be served until so many places are taken */
    double allowance; /* what is left of today's */
    uint64_t taken;
    uint64_t waiting;           /* in the line, holes not counted */
    struct station_entry *line; /* a ring */
    uint32_t line_mask;
    uint32_t line_head;
    uint32_t line_tail;
    uint64_t served;
    double waited;
    double line_times;  /* of leaving the line, less those of joining it */
    double taken_times; /* of giving places back, less those of taking them */
    bool failed;        /* the arena was full: somebody who waits was forgotten */
};

MUST_USE result station_init(struct station *station, enum station_order order, bool has_places,
                             bool has_allowance, struct arena *arena, struct err *err);

/* How many places there are from now on. */
void station_set_places(struct station *station, double places);

/* A new day: its allowance is added to what is left of a whole one. */
void station_new_day(struct station *station, double allowance);

/* Is a place free, and is something of the allowance left? */
static inline bool station_is_free(const struct station *station)
{
    return station->taken < station->most && (!station->has_allowance || station->allowance >= 1);
}

/* A place is taken, though there may be none. */
static inline void station_take(struct station *station, double now)
{
    station->taken++;
    station->taken_times -= now;
}

/* Gives a place back. */
static inline void station_give_back(struct station *station, double now)
{
    ASSERT(station->taken > 0);
    station->taken--;
    station->taken_times += now;
}

/* The place is taken and the allowance used, by somebody who has waited since then. */
static inline void station_serve(struct station *station, double now, double since)
{
    station->served++;
    station->waited += now - since;
    if (station->has_places) {
        station_take(station, now);
    }
    station->allowance -= station->has_allowance ? 1 : 0;
}

/* A longer line; false when the arena is full. */
bool station_grow(struct station *station);

/* Somebody stands in line. */
static inline void station_wait(struct station *station, double now, struct station_entry entry)
{
    if (station->line_tail - station->line_head > station->line_mask && !station_grow(station)) {
        return;
    }
    station->waiting++;
    station->line_times -= now;
    station->line[station->line_tail++ & station->line_mask] = entry;
}

/* The head of the line, taken out of it; false when nobody stands there. Whoever finds the ticket
 * out of date drops it: such a hole was uncounted by station_gone. Who is in line is served with
 * station_gone, then station_serve. */
static inline bool station_head(struct station *station, struct station_entry *ret_entry)
{
    if (station->line_head == station->line_tail) {
        return false;
    }
    const bool oldest = station->order == STATION_OLDEST_FIRST;
    const uint32_t place = oldest ? station->line_head++ : --station->line_tail;
    *ret_entry = station->line[place & station->line_mask];
    return true;
}

/* Somebody no longer waits. Their entry, if it is still in the line, is a hole from now on. */
static inline void station_gone(struct station *station, double now)
{
    ASSERT(station->waiting > 0);
    station->waiting--;
    station->line_times += now;
}
/* Nobody waits any more; holes are forgotten too. */
void station_clear(struct station *station, double now);

struct station_count station_count(const struct station *station, double now);

#endif
