#include "forecast/station.h"

#include <math.h>

enum { LINE_FIRST = 64 };

result station_init(struct station *station, enum station_order order, bool has_places,
                    bool has_allowance, struct arena *arena, struct err *err)
{
    *station = (struct station){
        .arena = arena,
        .order = order,
        .has_places = has_places,
        .has_allowance = has_allowance,
        .line = ARENA_NEW(arena, struct station_entry, LINE_FIRST),
        .line_mask = LINE_FIRST - 1,
        .most = UINT64_MAX,
    };
    return station->line == NULL ? arena_full(err) : result_ok();
}

void station_set_places(struct station *station, double places)
{
    station->places = places;
    if (station->has_places) {
        station->most = places < 1 ? 0 : places < 0x1.0p63 ? (uint64_t)places : UINT64_MAX;
    }
}

void station_new_day(struct station *station, double allowance)
{
    station->allowance -= fmax(floor(station->allowance), 0);
    station->allowance += allowance;
}

bool station_grow(struct station *station)
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

void station_clear(struct station *station, double now)
{
    station->line_times += now * (double)station->waiting;
    station->waiting = 0;
    station->line_head = station->line_tail;
}

struct station_count station_count(const struct station *station, double now)
{
    return (struct station_count){
        .served = station->served,
        .waited = station->waited,
        .line_days = station->line_times + now * (double)station->waiting,
        .taken_days = station->taken_times + now * (double)station->taken,
    };
}
