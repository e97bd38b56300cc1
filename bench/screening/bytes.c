/* bytes: the workload by hand over the plain columns, a byte for each truth, left to the compiler's
 * vectors in blocks that stay in the cache. Written: as in rows.c. */
#define LANE     uint8_t
#define LANE_ALL 1
#include "contest.h"
#include "safeguards.h"

enum { BLOCK = 1024 };

/* Before a loop: what it writes is not what it reads. */
#ifdef __clang__
#define LANES_ARE_APART _Pragma("clang loop vectorize(assume_safety)")
#else
#define LANES_ARE_APART _Pragma("GCC ivdep")
#endif

/* One truth a byte, for a block of people. */
#define PARTS_OF_CELLS(PART)                                                                       \
    PART(refused)                                                                                  \
    PART(no_decision)                                                                              \
    PART(appeal_time_open)                                                                         \
    PART(notice_is_fresh)                                                                          \
    PART(under_18)                                                                                 \
    PART(over_65)                                                                                  \
    PART(fitness_over_14)                                                                          \
    PART(fitness_over_7)                                                                           \
    PART(outside_agreement)                                                                        \
    PART(hub_full)                                                                                 \
    PART(refoulement_over_180)                                                                     \
    PART(document_lasts)                                                                           \
    PART(detained_over_180)                                                                        \
    PART(has_dependants)

struct block {
#define PART(name)                                                                                 \
    uint8_t name##_yes[BLOCK];                                                                     \
    uint8_t name##_no[BLOCK];
    PARTS_OF_CELLS(PART)
#undef PART
#define FLAG(name, fact, share)                                                                    \
    uint8_t name##_yes[BLOCK];                                                                     \
    uint8_t name##_no[BLOCK];
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
    uint8_t bars[3][BLOCK];
    uint8_t unknown[3][BLOCK];
};

struct work {
    struct workload_columns columns;
    int32_t agreements[WORKLOAD_NATIONALITIES];
    struct block *block;
    uint32_t *bars;
    uint32_t *unknown;
    uint8_t *verdicts;
};

/* A loop over the block: what is asked of a cell, where it is known. */
#define ASK(part, type, column, condition)                                                         \
    do {                                                                                           \
        const type *restrict cells = columns->column + at;                                         \
        uint8_t *restrict yes = block->part##_yes;                                                 \
        uint8_t *restrict no = block->part##_no;                                                   \
        for (size_t i = 0; i < BLOCK; i++) {                                                       \
            const type cell = cells[i];                                                            \
            const bool known = cell >= 0;                                                          \
            const bool is = condition;                                                             \
            yes[i] = (uint8_t)(known & is);                                                        \
            no[i] = (uint8_t)(known & !is);                                                        \
        }                                                                                          \
    } while (0)

static void ask_cells(const struct workload_columns *columns, size_t at, struct block *block)
{
    ASK(refused, int8_t, status, cell == STATUS_REFUSED);
    ASK(no_decision, int8_t, status, (cell == STATUS_PENDING) | (cell == STATUS_WITHDRAWN));
    ASK(notice_is_fresh, int32_t, notice_served, cell >= WORKLOAD_NOTICE_FROM);
    ASK(under_18, int16_t, age, cell < 18);
    ASK(over_65, int16_t, age, cell >= 65);
    ASK(fitness_over_14, int32_t, fit_assessed, cell < WORKLOAD_TODAY - 14);
    ASK(fitness_over_7, int32_t, fit_assessed, cell < WORKLOAD_TODAY - 7);
    ASK(hub_full, int8_t, hub, (cell == 3) | (cell == 7));
    ASK(refoulement_over_180, int32_t, nonref_assessed, cell < WORKLOAD_TODAY - 180);
    ASK(document_lasts, int32_t, doc_expiry, cell >= WORKLOAD_TODAY + 30);
    ASK(detained_over_180, int16_t, detention_days, cell > 180);
    ASK(has_dependants, int8_t, dependants, cell > 0);
}

static void ask_flags(const struct workload_columns *columns, size_t at, struct block *block)
{
#define FLAG(name, fact, share) ASK(name, int8_t, name, cell != 0);
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
}

static void ask_appeal_time(const struct workload_columns *columns, size_t at, struct block *block)
{
    const int32_t *restrict decision = columns->decision_served + at;
    const int8_t *restrict route = columns->route + at;
    uint8_t *restrict yes = block->appeal_time_open_yes;
    uint8_t *restrict no = block->appeal_time_open_no;
    for (size_t i = 0; i < BLOCK; i++) {
        const int32_t from = route[i] == 0 ? WORKLOAD_APPEAL_10_FROM : WORKLOAD_APPEAL_5_FROM;
        const bool known = (decision[i] >= 0) & (route[i] >= 0);
        yes[i] = (uint8_t)(known & (decision[i] >= from));
        no[i] = (uint8_t)(known & (decision[i] < from));
    }
}

static void ask_agreement(const struct work *work, size_t at, struct block *block)
{
    const int16_t *restrict nationality = work->columns.nationality + at;
    const int8_t *restrict hub = work->columns.hub + at;
    uint8_t *restrict yes = block->outside_agreement_yes;
    uint8_t *restrict no = block->outside_agreement_no;
    for (size_t i = 0; i < BLOCK; i++) {
        const int32_t known = (nationality[i] >= 0) & (hub[i] >= 0);
        const int32_t hubs = work->agreements[nationality[i] < 0 ? 0 : nationality[i]];
        const int32_t covered = hubs >> (hub[i] < 0 ? 0 : hub[i]) & 1;
        yes[i] = (uint8_t)(known & (covered ^ 1));
        no[i] = (uint8_t)(known & covered);
    }
}

static void judge(struct block *restrict block)
{
    LANES_ARE_APART
    for (size_t i = 0; i < BLOCK; i++) {
        struct parts parts;
        struct kleene bars[WORKLOAD_SAFEGUARDS];
#define PART(name) parts.name = (struct kleene){block->name##_yes[i], block->name##_no[i]};
        PARTS_OF_CELLS(PART)
#define FLAG(name, fact, share) PART(name)
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
#undef PART
        safeguards_of(&parts, bars);
        for (size_t byte = 0; byte < 3; byte++) {
            uint8_t yes = 0;
            uint8_t unknown = 0;
            for (size_t bit = 0; bit < 8; bit++) {
                yes |= (uint8_t)(bars[8 * byte + bit].yes << bit);
                unknown |= (uint8_t)(unknown_of(bars[8 * byte + bit]) << bit);
            }
            block->bars[byte][i] = yes;
            block->unknown[byte][i] = unknown;
        }
    }
}

static void write_answers(const struct work *work, size_t at)
{
    const struct block *restrict block = work->block;
    uint32_t *restrict bars = work->bars + at;
    uint32_t *restrict unknown = work->unknown + at;
    uint8_t *restrict verdicts = work->verdicts + at;
    for (size_t i = 0; i < BLOCK; i++) {
        const uint32_t b = block->bars[0][i] | (uint32_t)block->bars[1][i] << 8 |
                           (uint32_t)block->bars[2][i] << 16;
        const uint32_t u = block->unknown[0][i] | (uint32_t)block->unknown[1][i] << 8 |
                           (uint32_t)block->unknown[2][i] << 16;
        bars[i] = b;
        unknown[i] = u;
        verdicts[i] = (uint8_t)(b != 0 ? 1 : (u != 0 ? 2 : 0));
    }
}

static double run(void *context)
{
    const struct work *work = context;
    for (size_t at = 0; at < work->columns.count; at += BLOCK) {
        ask_cells(&work->columns, at, work->block);
        ask_flags(&work->columns, at, work->block);
        ask_appeal_time(&work->columns, at, work->block);
        ask_agreement(work, at, work->block);
        judge(work->block);
        write_answers(work, at);
    }
    return -1;
}

static void answer(const void *context, size_t person, uint32_t *bars, uint32_t *unknown)
{
    const struct work *work = context;
    *bars = work->bars[person];
    *unknown = work->unknown[person];
}

int main(int argc, char **argv)
{
    struct err err;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    struct work work = {.block = workload_take(&arena, sizeof *work.block),
                        .bars = workload_take(&arena, (people + BLOCK) * 4),
                        .unknown = workload_take(&arena, (people + BLOCK) * 4),
                        .verdicts = workload_take(&arena, people + BLOCK)};
    contest_must(workload_columns(people, &arena, &work.columns, &err), &err);
    for (size_t i = 0; i < WORKLOAD_NATIONALITIES; i++) {
        work.agreements[i] = workload_agreements[i];
    }
    const struct contestant contestant = {.context = &work,
                                          .count = people,
                                          .about = "columns of bytes",
                                          .run = run,
                                          .answer = answer};
    contest_serve(&contestant, arena);
    arena_close(&arena);
    return 0;
}
