/* planes: what the two programs by hand with planes of bits have in common: 64 people a word. */
#ifndef RETURNHUB_BENCH_SCREENING_PLANES_H
#define RETURNHUB_BENCH_SCREENING_PLANES_H

#define LANE     uint64_t
#define LANE_ALL UINT64_MAX
#include "contest.h"
#include "safeguards.h"

#include <string.h>

enum { PLANE_PEOPLE = 64 };

/* Two planes a flag. */
struct flag_planes {
#define FLAG(name, fact, share)                                                                    \
    uint64_t *name##_yes;                                                                          \
    uint64_t *name##_no;
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
};

/* What is written for 64 people: 50 words, 6.25 bytes a person. */
struct plane_answers {
    uint64_t bars[WORKLOAD_SAFEGUARDS];
    uint64_t unknown[WORKLOAD_SAFEGUARDS];
    uint64_t is_barred;
    uint64_t is_clear;
};

/* The plane of the people whose cell is `wanted`. */
static inline uint64_t *plane_of(const int8_t *cells, int8_t wanted, size_t count,
                                 struct arena *arena)
{
    uint64_t *plane = workload_take(arena, (count + PLANE_PEOPLE - 1) / PLANE_PEOPLE * 8);
    for (size_t i = 0; i < count; i++) {
        plane[i / PLANE_PEOPLE] |= (uint64_t)(cells[i] == wanted) << (i % PLANE_PEOPLE);
    }
    return plane;
}

static inline void flag_planes_make(const struct workload_columns *columns, struct arena *arena,
                                    struct flag_planes *planes)
{
#define FLAG(name, fact, share)                                                                    \
    planes->name##_yes = plane_of(columns->name, 1, columns->count, arena);                        \
    planes->name##_no = plane_of(columns->name, 0, columns->count, arena);
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
}

static inline void flag_parts(const struct flag_planes *planes, size_t word, struct parts *parts)
{
#define FLAG(name, fact, share)                                                                    \
    parts->name = (struct kleene){planes->name##_yes[word], planes->name##_no[word]};
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
}

/* 64 bytes of 0 or 1 become 64 bits: eight at a time by a multiplication. */
static inline uint64_t word_of(const uint8_t bytes[PLANE_PEOPLE])
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t eight;
        memcpy(&eight, bytes + (size_t)8 * i, 8);
        word |= eight * 0x0102040810204080u >> 56 << (8 * i);
    }
    return word;
}

/* A function that compares 64 cells. */
#define CELL_TEST(function, type, condition)                                                       \
    static inline uint64_t function(const type *cells)                                             \
    {                                                                                              \
        uint8_t bytes[PLANE_PEOPLE];                                                               \
        for (size_t i = 0; i < PLANE_PEOPLE; i++) {                                                \
            const type cell = cells[i];                                                            \
            bytes[i] = (uint8_t)(condition);                                                       \
        }                                                                                          \
        return word_of(bytes);                                                                     \
    }

static inline void plane_answers_set(const struct parts *parts, struct plane_answers *answers)
{
    struct kleene bars[WORKLOAD_SAFEGUARDS];
    uint64_t any = 0;
    uint64_t any_unknown = 0;
    safeguards_of(parts, bars);
    for (size_t k = 0; k < WORKLOAD_SAFEGUARDS; k++) {
        const uint64_t unknown = unknown_of(bars[k]);
        answers->bars[k] = bars[k].yes;
        answers->unknown[k] = unknown;
        any |= bars[k].yes;
        any_unknown |= unknown;
    }
    answers->is_barred = any;
    answers->is_clear = ~(any | any_unknown);
}

static inline void plane_answers_get(const struct plane_answers *answers, size_t person,
                                     uint32_t *bars, uint32_t *unknown)
{
    const struct plane_answers *word = &answers[person / PLANE_PEOPLE];
    *bars = 0;
    *unknown = 0;
    for (unsigned k = 0; k < WORKLOAD_SAFEGUARDS; k++) {
        *bars |= (uint32_t)(word->bars[k] >> (person % PLANE_PEOPLE) & 1) << k;
        *unknown |= (uint32_t)(word->unknown[k] >> (person % PLANE_PEOPLE) & 1) << k;
    }
}

#endif
