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
 *   3. an event may be put in at the time of the last one given or later, never before it (not
 *      looked at here: whoever puts it in knows the time).
 *
 * Waiting events lie in pieces that are used again, so memory follows how many wait at once, not
 * how many there ever were. All memory is the arena's. */
#ifndef RETURNHUB_FORECAST_WHEEL_H
#define RETURNHUB_FORECAST_WHEEL_H

#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>

struct wheel_event {
    double at;
    uint32_t who;
    uint32_t what;
};

enum { WHEEL_PIECE_EVENTS = 15, WHEEL_SUB_SLOTS_MAX = 1024 };

struct wheel_piece {
    alignas(64) struct wheel_event events[WHEEL_PIECE_EVENTS];
    struct wheel_piece *next;
};

/* The piece last begun - the others are full - and for how many events more there is room in it. So
 * a piece, which may lie far away, is written to without being waited for. Both are one word, for a
 * piece lies at a multiple of 64: so the slots of ten years stay in the processor's cache. */
struct wheel_slot {
    uintptr_t piece_and_room;
};

enum { WHEEL_ROOM_MASK = 63 };

static inline struct wheel_piece *wheel_first(struct wheel_slot slot)
{
    return (struct wheel_piece *)(slot.piece_and_room & ~(uintptr_t)WHEEL_ROOM_MASK);
}

static inline size_t wheel_room(struct wheel_slot slot)
{
    return slot.piece_and_room & WHEEL_ROOM_MASK;
}

struct wheel {
    struct arena *arena;
    double begin;
    double end;
    double slots_a_day;
    struct wheel_slot *slots;
    size_t slot_count;
    size_t slot_next; /* the first one whose time has not come */
    struct wheel_piece *spare;
    /* The slot whose time it is, sorted. */
    struct wheel_event *now;
    size_t now_capacity;
    size_t now_next;
    size_t now_count;
    uint32_t ends[WHEEL_SUB_SLOTS_MAX]; /* room for sorting */
    uint64_t beyond;
    bool failed; /* the arena was full; nothing more is given */
};

/* From `begin` to `end`, in days. Slots of some hundred events are good: they are sorted by their
 * parts in one go, their beginnings stay in the processor's cache, and who is next can be fetched
 * long before. In larger ones whoever comes soon is dearer to put in. */
MUST_USE result wheel_init(struct wheel *wheel, double begin, double end, double slots_a_day,
                           struct arena *arena, struct err *err);

/* The rest of wheel_put, when the slot's piece has no room or its time has come. */
void wheel_put_beside(struct wheel *wheel, struct wheel_slot *slot, struct wheel_event event);
/* Turns to the next slot that has events; false when there is none. */
bool wheel_turn(struct wheel *wheel);

static inline void wheel_put(struct wheel *wheel, struct wheel_event event)
{
    if (!(event.at < wheel->end)) {
        wheel->beyond++;
        return;
    }
    struct wheel_slot *slot =
        &wheel->slots[(size_t)((event.at - wheel->begin) * wheel->slots_a_day)];
    const size_t room = wheel_room(*slot);
    if (room == 0) {
        wheel_put_beside(wheel, slot, event);
        return;
    }
    wheel_first(*slot)->events[WHEEL_PIECE_EVENTS - room] = event;
    slot->piece_and_room--;
}

/* The next event. False when there is none, or the arena is full: ask wheel_finish. */
static inline bool wheel_take(struct wheel *wheel, struct wheel_event *ret_event)
{
    if (wheel->now_next == wheel->now_count && !wheel_turn(wheel)) {
        return false;
    }
    *ret_event = wheel->now[wheel->now_next++];
    return true;
}

MUST_USE result wheel_finish(const struct wheel *wheel, struct err *err);

#endif
