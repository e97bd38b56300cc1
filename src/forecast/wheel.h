/* wheel: the list of what is to come, in the order of time.
 *
 * Time is cut into slots of equal width. What lies in a later slot is thrown into it unsorted; a
 * slot is sorted when its time has come. So an event costs a write, a share of one sort among the
 * few of its slot, and a read, however many are waiting: no heap.
 *
 * Invariants:
 *   1. nothing is given before what lies earlier, nor, at the same time, before what was put in
 *      earlier: ties are in the order of putting in, so the order never depends on memory;
 *   2. an event at or after the end is counted in `beyond` and forgotten;
 *   3. an event may be put in at the time of the last one given or later, never before it.
 *
 * Waiting events lie in pieces that are used again, so memory follows how many wait at once, not
 * how many there ever were. All memory is the arena's. */
#ifndef RETURNHUB_FORECAST_WHEEL_H
#define RETURNHUB_FORECAST_WHEEL_H

#include "base/arena.h"

struct wheel_event {
    double at;
    uint32_t who;
    uint32_t what;
};

enum { WHEEL_PIECE_EVENTS = 15 };

struct wheel_piece {
    struct wheel_piece *next;
    uint64_t count;
    struct wheel_event events[WHEEL_PIECE_EVENTS];
};

struct wheel_slot {
    struct wheel_piece *first; /* the fullest is the first one: pieces are put in front */
    uint32_t count;
};

struct wheel {
    struct arena *arena;
    double begin;
    double end;
    double slots_a_day;
    struct wheel_slot *slots;
    size_t slot_count;
    struct wheel_piece *spare;
    /* The slot whose time it is, sorted. */
    struct wheel_event *now;
    struct wheel_event *sorting; /* as many again, for sorting */
    size_t now_capacity;
    size_t now_next;
    size_t now_count;
    size_t slot_next; /* the slot after it */
    uint64_t waiting;
    uint64_t beyond;
    bool failed; /* the arena was full; nothing more is given */
};

/* From `begin` to `end`, in days. More slots a day are better the more events there are: about 16
 * events to a slot is best, and it matters little. */
MUST_USE result wheel_init(struct wheel *wheel, double begin, double end, double slots_a_day,
                           struct arena *arena, struct err *err);

void wheel_put(struct wheel *wheel, struct wheel_event event);

/* The next event. False when there is none, or the arena is full: ask wheel_finish. */
bool wheel_take(struct wheel *wheel, struct wheel_event *ret_event);

MUST_USE result wheel_finish(const struct wheel *wheel, struct err *err);

#endif
