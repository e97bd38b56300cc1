/* bare_wheel REPLICATIONS SEED: the pipeline (pipeline.h) written out by hand, as quick as plain C
 * can be without being clever about the model: one file, one generator, nothing general. The list
 * of what is to come is a wheel of slots of a sixteenth of a day, each an array that grows and is
 * sorted when its time comes; a queue is a ring. What a person is, is a number in an event. */
#include "numbers.h"
#include "pipeline.h"
#include "report.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is to come ---- */

enum { SLOTS_A_DAY = 16, SLOTS = 3650 * SLOTS_A_DAY + 1, SUB_SLOTS_MAX = 512 };

enum kind { ARRIVAL, END_OF_SERVICE, END_OF_ABSENCE = END_OF_SERVICE + STATIONS, RETURN };

struct event {
    double at;
    uint32_t who;
    uint32_t kind;
};

struct slot {
    struct event *events;
    uint32_t count;
    uint32_t capacity;
};

static struct slot *slots;
static int current;
static uint32_t next_in_current;
static struct event *sorting;
static uint32_t sorting_capacity;

static inline struct event *room(struct slot *slot)
{
    if (slot->count == slot->capacity) {
        slot->capacity = slot->capacity == 0 ? 64 : 2 * slot->capacity;
        slot->events = realloc(slot->events, slot->capacity * sizeof *slot->events);
    }
    return &slot->events[slot->count++];
}

static inline void put(double at, uint32_t who, uint32_t kind)
{
    if (at >= PIPELINE_DAYS) {
        return;
    }
    const uint32_t index = (uint32_t)(at * SLOTS_A_DAY);
    struct slot *slot = &slots[index];
    struct event *place = room(slot);
    if ((int)index <= current) {
        while (place > slot->events + next_in_current && place[-1].at > at) {
            *place = place[-1];
            place--;
        }
    }
    *place = (struct event){at, who, kind};
}

static void insertion(struct event *events, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const struct event event = events[i];
        uint32_t j = i;
        for (; j > 0 && events[j - 1].at > event.at; j--) {
            events[j] = events[j - 1];
        }
        events[j] = event;
    }
}

static void sort(struct slot *slot, double begin)
{
    const uint32_t count = slot->count;
    if (count > 24) {
        if (sorting_capacity < count) {
            sorting_capacity = 2 * count;
            sorting = realloc(sorting, sorting_capacity * sizeof *sorting);
        }
        uint32_t ends[SUB_SLOTS_MAX + 1] = {0};
        const uint32_t parts = count < SUB_SLOTS_MAX ? count : SUB_SLOTS_MAX;
        const double scale = parts * (double)SLOTS_A_DAY;
        for (uint32_t i = 0; i < count; i++) {
            ends[(uint32_t)((slot->events[i].at - begin) * scale) + 1]++;
        }
        for (uint32_t i = 1; i <= parts; i++) {
            ends[i] += ends[i - 1];
        }
        for (uint32_t i = 0; i < count; i++) {
            sorting[ends[(uint32_t)((slot->events[i].at - begin) * scale)]++] = slot->events[i];
        }
        memcpy(slot->events, sorting, count * sizeof *sorting);
    }
    insertion(slot->events, count);
}

static inline bool take(struct event *event)
{
    while (current < 0 || next_in_current == slots[current].count) {
        if (++current == SLOTS) {
            return false;
        }
        next_in_current = 0;
        sort(&slots[current], (double)current / SLOTS_A_DAY);
    }
    *event = slots[current].events[next_in_current++];
    return true;
}

/* ---- the model ---- */

struct waiting {
    double since;
    uint32_t who;
};

struct queue {
    struct waiting *ring;
    uint32_t head;
    uint32_t tail;
    uint32_t mask;
    uint32_t busy;
    uint64_t served;
    double waited;
    double log_mean;
    double log_spread;
};

static struct queue queues[STATIONS];
static double now;
static uint64_t ended;

static inline void begin_service(uint32_t station, uint32_t who, double since)
{
    struct queue *queue = &queues[station];
    queue->busy++;
    queue->served++;
    queue->waited += now - since;
    put(now + exp(queue->log_mean + queue->log_spread * normal()), who, END_OF_SERVICE + station);
}

static inline void come(uint32_t station, uint32_t who)
{
    struct queue *queue = &queues[station];
    if (queue->busy < (uint32_t)pipeline_stations[station].places) {
        begin_service(station, who, now);
        return;
    }
    if (queue->tail - queue->head > queue->mask) {
        const uint32_t mask = 2 * queue->mask + 1;
        struct waiting *ring = malloc(((size_t)mask + 1) * sizeof *ring);
        for (uint32_t i = queue->head; i != queue->tail; i++) {
            ring[i & mask] = queue->ring[i & queue->mask];
        }
        free(queue->ring);
        queue->ring = ring;
        queue->mask = mask;
    }
    queue->ring[queue->tail++ & queue->mask] = (struct waiting){now, who};
}

static inline void end_service(uint32_t station)
{
    struct queue *queue = &queues[station];
    queue->busy--;
    if (queue->head != queue->tail) {
        const struct waiting first = queue->ring[queue->head++ & queue->mask];
        begin_service(station, first.who, first.since);
    }
}

static inline void removal(uint32_t who)
{
    const double part = unit();
    if (part < PIPELINE_SUBMITS) {
        come(INITIAL, who);
    } else if (part < PIPELINE_SUBMITS + PIPELINE_ABSCONDS) {
        put(now + PIPELINE_ABSENCE * exponential(), who, END_OF_ABSENCE);
    } else if (part < PIPELINE_SUBMITS + PIPELINE_ABSCONDS + PIPELINE_VOLUNTARY) {
        put(now + PIPELINE_PREPARATION * exponential(), who, RETURN);
    } else {
        come(HUB, who);
    }
}

static inline void after_service(uint32_t station, uint32_t who)
{
    end_service(station);
    switch (station) {
    case INITIAL:
        if (unit() < PIPELINE_GRANTED) {
            ended++;
        } else if (unit() < PIPELINE_APPEALS) {
            come(FIRST_TIER, who);
        } else {
            removal(who);
        }
        break;
    case FIRST_TIER:
        if (unit() < PIPELINE_ALLOWED) {
            ended++;
        } else if (unit() < PIPELINE_GOES_ON) {
            come(UPPER, who);
        } else {
            removal(who);
        }
        break;
    case UPPER:
        if (unit() < PIPELINE_UPPER_ALLOWS) {
            ended++;
        } else {
            removal(who);
        }
        break;
    default:
        ended++;
    }
}

static void begin(void)
{
    for (int i = 0; i < SLOTS; i++) {
        slots[i].count = 0;
    }
    current = -1;
    next_in_current = 0;
    now = 0;
    ended = 0;
    for (uint32_t i = 0; i < STATIONS; i++) {
        struct queue *queue = &queues[i];
        if (queue->ring == NULL) {
            queue->mask = (1U << 16) - 1;
            queue->ring = malloc(((size_t)queue->mask + 1) * sizeof *queue->ring);
        }
        const struct pipeline_station *station = &pipeline_stations[i];
        queue->head = queue->tail = queue->busy = 0;
        queue->served = 0;
        queue->waited = 0;
        queue->log_spread = station->spread;
        queue->log_mean = log(station->mean) - station->spread * station->spread / 2;
    }
}

static uint64_t run(void)
{
    uint32_t people = 0;
    uint64_t events = 0;
    while (people < PIPELINE_AT_INITIAL) {
        come(INITIAL, people++);
    }
    while (people < PIPELINE_AT_INITIAL + PIPELINE_AT_FIRST) {
        come(FIRST_TIER, people++);
    }
    put(exponential() / PIPELINE_RATE, people++, ARRIVAL);
    struct event event;
    while (take(&event)) {
        now = event.at;
        events++;
        if (event.kind == ARRIVAL) {
            put(now + exponential() / PIPELINE_RATE, people++, ARRIVAL);
            come(INITIAL, event.who);
        } else if (event.kind < END_OF_ABSENCE) {
            after_service(event.kind - END_OF_SERVICE, event.who);
        } else if (event.kind == END_OF_ABSENCE && unit() < PIPELINE_RETURNS) {
            removal(event.who);
        } else {
            ended++;
        }
    }
    return events;
}

int main(int argument_count, char **arguments)
{
    static struct report report = {.name = "bare wheel"};
    const struct report_order order = report_order(argument_count, arguments);
    numbers_begin();
    slots = calloc(SLOTS, sizeof *slots);
    for (uint64_t i = 0; i < order.replications; i++) {
        numbers_seed(order.seed + i);
        const double from = report_seconds();
        begin();
        const uint64_t events = run();
        report_add(&report, report_seconds() - from, events, ended);
        for (int s = 0; s < STATIONS; s++) {
            report.wait[s] += queues[s].waited / (double)queues[s].served;
        }
    }
    report_print(&report);
    return 0;
}
