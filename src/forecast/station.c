#include "forecast/station.h"

#include <math.h>

enum { LINE_FIRST = 64 };

result station_init(struct station *station, enum station_order order, bool has_places,
                    bool has_allowance, double now, struct arena *arena, struct err *err)
{
    *station = (struct station){
        .arena = arena,
        .order = order,
        .has_places = has_places,
        .has_allowance = has_allowance,
        .line = ARENA_NEW(arena, struct station_entry, LINE_FIRST),
        .line_mask = LINE_FIRST - 1,
        .counted_until = now,
    };
    return station->line == NULL ? arena_full(err) : result_ok();
}

void station_new_day(struct station *station, double allowance)
{
    station->allowance -= floor(station->allowance);
    station->allowance += allowance;
}

static bool line_grow(struct station *station)
{
    const uint32_t mask = 2 * station->line_mask + 1;
    struct station_entry *line = ARENA_NEW(station->arena, struct station_entry, (size_t)mask + 1);
    if (line == NULL) {
        station->failed = true;
        return false;
    }
    for (uint32_t i = station->line_head; i != station->line_tail; i++) {
        line[i & mask] = station->line[i & station->line_mask];
    }
    station->line = line;
    station->line_mask = mask;
    return true;
}

void station_wait(struct station *station, double now, struct station_entry entry)
{
    if (station->line_tail - station->line_head > station->line_mask && !line_grow(station)) {
        return;
    }
    station_count_until(station, now);
    station->waiting++;
    station->line[station->line_tail++ & station->line_mask] = entry;
}

bool station_head(struct station *station, struct station_entry *ret_entry)
{
    if (station->line_head == station->line_tail) {
        return false;
    }
    switch (station->order) {
    case STATION_OLDEST_FIRST:
        *ret_entry = station->line[station->line_head++ & station->line_mask];
        break;
    case STATION_NEWEST_FIRST:
        *ret_entry = station->line[--station->line_tail & station->line_mask];
        break;
    }
    return true;
}

void station_clear(struct station *station, double now)
{
    station_count_until(station, now);
    station->waiting = 0;
    station->line_head = station->line_tail;
}
