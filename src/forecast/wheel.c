#include "forecast/wheel.h"

#include <string.h>

enum {
    PIECES_AT_ONCE = 64,
    NOW_CAPACITY_FIRST = 256,
    SORT_BY_INSERTION_MOST = 16, /* fewer than this are sorted by insertion alone */
};

result wheel_init(struct wheel *wheel, double begin, double end, double slots_a_day,
                  struct arena *arena, struct err *err)
{
    ASSERT(begin < end && slots_a_day > 0);
    const size_t slot_count = (size_t)((end - begin) * slots_a_day) + 1;
    *wheel = (struct wheel){
        .arena = arena,
        .begin = begin,
        .end = end,
        .slots_a_day = slots_a_day,
        .slots = ARENA_NEW(arena, struct wheel_slot, slot_count),
        .slot_count = slot_count,
        .now = ARENA_NEW(arena, struct wheel_event, NOW_CAPACITY_FIRST),
        .now_capacity = NOW_CAPACITY_FIRST,
    };
    return wheel->slots == NULL || wheel->now == NULL ? arena_full(err) : result_ok();
}

/* A piece to write into, from those used before or new from the arena. */
static struct wheel_piece *piece_take(struct wheel *wheel)
{
    if (wheel->spare == NULL) {
        struct wheel_piece *pieces =
            ARENA_NEW_UNSET(wheel->arena, struct wheel_piece, PIECES_AT_ONCE);
        if (pieces == NULL) {
            wheel->failed = true;
            return NULL;
        }
        for (size_t i = 0; i < PIECES_AT_ONCE; i++) {
            pieces[i].next = wheel->spare;
            wheel->spare = &pieces[i];
        }
    }
    struct wheel_piece *piece = wheel->spare;
    wheel->spare = piece->next;
    return piece;
}

/* Room for `count` events in the sorted slot. What was in it stays. */
static bool now_reserve(struct wheel *wheel, size_t count)
{
    if (count <= wheel->now_capacity) {
        return true;
    }
    const size_t capacity = 2 * count;
    struct wheel_event *now = ARENA_NEW(wheel->arena, struct wheel_event, capacity);
    if (now == NULL) {
        wheel->failed = true;
        return false;
    }
    memcpy(now, wheel->now, wheel->now_count * sizeof *now);
    wheel->now = now;
    wheel->now_capacity = capacity;
    return true;
}

/* Into the slot whose time it is, behind all that are not later. What has been taken out has left
 * room before the next; who comes soon, as an arrival does, is put in from there. */
static void put_now(struct wheel *wheel, struct wheel_event event)
{
    const size_t middle = (wheel->now_next + wheel->now_count) / 2;
    if (wheel->now_next > 0 && middle < wheel->now_count && event.at < wheel->now[middle].at) {
        size_t i = --wheel->now_next;
        while (wheel->now[i + 1].at <= event.at) { /* ends at the middle */
            wheel->now[i] = wheel->now[i + 1];
            i++;
        }
        wheel->now[i] = event;
        return;
    }
    if (!now_reserve(wheel, wheel->now_count + 1)) {
        return;
    }
    size_t i = wheel->now_count++;
    while (i > wheel->now_next && wheel->now[i - 1].at > event.at) {
        wheel->now[i] = wheel->now[i - 1];
        i--;
    }
    wheel->now[i] = event;
}

void wheel_put_beside(struct wheel *wheel, struct wheel_slot *slot, struct wheel_event event)
{
    if ((size_t)(slot - wheel->slots) < wheel->slot_next) {
        put_now(wheel, event);
        return;
    }
    struct wheel_piece *piece = piece_take(wheel);
    if (piece == NULL) {
        return;
    }
    piece->next = wheel_first(*slot);
    slot->piece_and_room = (uintptr_t)piece | (WHEEL_PIECE_EVENTS - 1);
    piece->events[0] = event;
}

static void insertion_sort(struct wheel_event *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct wheel_event event = events[i];
        size_t j = i;
        while (j > 0 && events[j - 1].at > event.at) {
            events[j] = events[j - 1];
            j--;
        }
        events[j] = event;
    }
}

static size_t sub_slot(double slot_begin, double scale, size_t sub_slots,
                       const struct wheel_event *event)
{
    const double sub = (event->at - slot_begin) * scale;
    if (sub < 0) {
        return 0; /* rounding, at the border of a slot */
    }
    return sub >= (double)sub_slots ? sub_slots - 1 : (size_t)sub;
}

/* Into `now` in the order of putting in, a few; the pieces are walked from the last one put, of
 * which a part is filled. */
static void collect_few(struct wheel *wheel, struct wheel_slot slot, size_t count)
{
    size_t at = count;
    size_t filled = WHEEL_PIECE_EVENTS - wheel_room(slot);
    for (const struct wheel_piece *piece = wheel_first(slot); piece != NULL; piece = piece->next) {
        at -= filled;
        memcpy(&wheel->now[at], piece->events, filled * sizeof piece->events[0]);
        filled = WHEEL_PIECE_EVENTS;
    }
}

/* Into `now` by parts of the slot, as many parts as events: a stable counting sort, after which
 * what is out of order is so among one or two. */
static void collect_many(struct wheel *wheel, struct wheel_slot slot, size_t count,
                         double slot_begin)
{
    uint32_t *ends = wheel->ends;
    const size_t sub_slots = count < WHEEL_SUB_SLOTS_MAX ? count : WHEEL_SUB_SLOTS_MAX;
    memset(ends, 0, sub_slots * sizeof *ends);
    const double scale = (double)sub_slots * wheel->slots_a_day;
    size_t filled = WHEEL_PIECE_EVENTS - wheel_room(slot);
    for (const struct wheel_piece *piece = wheel_first(slot); piece != NULL; piece = piece->next) {
        for (size_t i = 0; i < filled; i++) {
            ends[sub_slot(slot_begin, scale, sub_slots, &piece->events[i])]++;
        }
        filled = WHEEL_PIECE_EVENTS;
    }
    for (size_t i = 1; i < sub_slots; i++) {
        ends[i] += ends[i - 1];
    }
    filled = WHEEL_PIECE_EVENTS - wheel_room(slot);
    for (const struct wheel_piece *piece = wheel_first(slot); piece != NULL; piece = piece->next) {
        for (size_t i = filled; i > 0; i--) {
            const struct wheel_event *event = &piece->events[i - 1];
            wheel->now[--ends[sub_slot(slot_begin, scale, sub_slots, event)]] = *event;
        }
        filled = WHEEL_PIECE_EVENTS;
    }
}

static void give_back(struct wheel *wheel, struct wheel_piece *first)
{
    while (first != NULL) {
        struct wheel_piece *next = first->next;
        first->next = wheel->spare;
        wheel->spare = first;
        first = next;
    }
}

bool wheel_turn(struct wheel *wheel)
{
    while (wheel->slot_next < wheel->slot_count && !wheel->failed) {
        const double slot_begin = wheel->begin + (double)wheel->slot_next / wheel->slots_a_day;
        struct wheel_slot *place = &wheel->slots[wheel->slot_next++];
        const struct wheel_slot slot = *place;
        wheel->now_next = 0;
        wheel->now_count = 0;
        if (wheel_first(slot) == NULL) {
            continue;
        }
        size_t count = 0;
        for (const struct wheel_piece *piece = wheel_first(slot); piece != NULL;
             piece = piece->next) {
            count += WHEEL_PIECE_EVENTS;
        }
        count -= wheel_room(slot);
        if (!now_reserve(wheel, count)) {
            return false;
        }
        if (count <= SORT_BY_INSERTION_MOST) {
            collect_few(wheel, slot, count);
        } else {
            collect_many(wheel, slot, count, slot_begin);
        }
        insertion_sort(wheel->now, count);
        wheel->now_count = count;
        *place = (struct wheel_slot){0};
        give_back(wheel, wheel_first(slot));
        return true;
    }
    return false;
}

result wheel_finish(const struct wheel *wheel, struct err *err)
{
    return wheel->failed ? arena_full(err) : result_ok();
}
