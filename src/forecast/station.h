/* station: something there is only so much of, and the people who wait for it, first come first
 * served.
 *
 * A station has places, or an allowance a day, or both; either may change in the course of time. A
 * place is taken until it is given back (a judge's list, a bed); an allowance is used up (decisions
 * a day, arrivals a hub agrees to take in). What is not used of an allowance is lost, but for the
 * part of one that makes a whole one later: time of staff cannot be stored.
 *
 * Who no longer waits leaves a hole in the line, which the caller recognises when it comes to the
 * head: an entry names somebody and a ticket, and the ticket is out of date.
 *
 * Who waits is somebody alone or a family, which needs as many places as it has people and uses as
 * much of an allowance. It is served with the last whole one of a day's allowance too: what it uses
 * beyond is taken from the days that follow. Everything is counted in people. */
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
    double allowance; /* what is left of today's; below 0: used beforehand of the next days' */
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

/* A new day: its allowance is added to what is left of a whole one, or lacks. */
void station_new_day(struct station *station, double allowance);

/* Are places free for so many people, and is something of the allowance left? */
static inline bool station_has_room(const struct station *station, uint32_t people)
{
    return station->taken + people <= station->most &&
           (!station->has_allowance || station->allowance >= 1);
}

/* Places are taken, though there may be none. */
static inline void station_take(struct station *station, uint32_t people, double now)
{
    station->taken += people;
    station->taken_times -= people * now;
}

/* Gives places back. */
static inline void station_give_back(struct station *station, uint32_t people, double now)
{
    ASSERT(station->taken >= people);
    station->taken -= people;
    station->taken_times += people * now;
}

/* The places are taken and the allowance used, by so many who have waited since then. */
static inline void station_serve(struct station *station, uint32_t people, double now, double since)
{
    station->served += people;
    station->waited += people * (now - since);
    if (station->has_places) {
        station_take(station, people, now);
    }
    station->allowance -= station->has_allowance ? people : 0;
}

/* A longer line; false when the arena is full. */
bool station_grow(struct station *station);

/* So many people stand in line, with one entry. */
static inline void station_wait(struct station *station, uint32_t people, double now,
                                struct station_entry entry)
{
    if (station->line_tail - station->line_head > station->line_mask && !station_grow(station)) {
        return;
    }
    station->waiting += people;
    station->line_times -= people * now;
    station->line[station->line_tail++ & station->line_mask] = entry;
}

/* The entry behind so many others, from the head of the line on; false when the line ends there.
 * Whoever finds the ticket out of date drops it: such a hole was uncounted by station_gone. Who is
 * in line is served with station_gone, then station_serve. */
static inline bool station_entry_at(const struct station *station, uint32_t behind,
                                    struct station_entry *ret_entry)
{
    if (station->line_tail - station->line_head <= behind) {
        return false;
    }
    const bool oldest = station->order == STATION_OLDEST_FIRST;
    const uint32_t place = oldest ? station->line_head + behind : station->line_tail - 1 - behind;
    *ret_entry = station->line[place & station->line_mask];
    return true;
}

/* Takes the head out of the line, where there is one. */
static inline void station_drop_head(struct station *station)
{
    const bool oldest = station->order == STATION_OLDEST_FIRST;
    station->line_head += oldest ? 1 : 0;
    station->line_tail -= oldest ? 0 : 1;
}

/* So many people no longer wait. Their entry, if it is still in the line, is a hole from now on. */
static inline void station_gone(struct station *station, uint32_t people, double now)
{
    ASSERT(station->waiting >= people);
    station->waiting -= people;
    station->line_times += people * now;
}
/* Nobody waits any more; holes are forgotten too. */
void station_clear(struct station *station, double now);

struct station_count station_count(const struct station *station, double now);

#endif
