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
    uint64_t entered;
    uint64_t served;
    uint64_t left;      /* the line without being served */
    double waited;      /* sum over those served, days */
    double line_days;   /* people waiting, summed over time */
    double taken_days;  /* places taken, summed over time */
    double places_days; /* places there were, summed over time */
};

struct station {
    struct arena *arena;
    enum station_order order;
    bool has_places;
    bool has_allowance;
    double places;    /* a capacity that is lowered below what is taken is reached by waiting */
    double allowance; /* what is left of today's */
    uint64_t taken;
    uint64_t waiting;           /* in the line, holes not counted */
    struct station_entry *line; /* a ring */
    uint32_t line_mask;
    uint32_t line_head;
    uint32_t line_tail;
    double counted_until;
    struct station_count count;
    bool failed;
};

MUST_USE result station_init(struct station *station, enum station_order order, bool has_places,
                             bool has_allowance, struct arena *arena, struct err *err);

/* Brings the sums over time up to `now`. */
void station_count_until(struct station *station, double now);

void station_set_places(struct station *station, double now, double places);
/* A new day: its allowance is added to what is left of a whole one. */
void station_new_day(struct station *station, double allowance);

/* Is a place free, and is something of the allowance left? */
bool station_is_free(const struct station *station);

void station_wait(struct station *station, double now, struct station_entry entry);
/* The head of the line, taken out of it; false when nobody stands there. It is for the caller to
 * see whether the ticket is out of date, and to say so to nobody: holes are not in `waiting`. */
bool station_head(struct station *station, struct station_entry *ret_entry);
/* Back to the head: who could not be served now keeps their turn. */
void station_put_back(struct station *station, struct station_entry entry);
/* Somebody left the line without being served. */
void station_gone(struct station *station, double now);
/* The entry, taken out of the line, is served: the place is taken and the allowance used. */
void station_serve(struct station *station, double now, double since, bool waited_in_line);
/* Gives a place back. */
void station_give_back(struct station *station, double now);

#endif
