/* packed: the workload by hand, packed as tightly as the column engine packs it: flags and choices
 * as planes of bits, dates and numbers as cells of 8 or 16 bits from the least on, with a plane of
 * those that are known. Written: as in planes.c. */
#include "planes.h"

/* The least of each; the definition of the workload says how far they reach. */
enum {
    AGE_LEAST = 14,
    NOTICE_LEAST = WORKLOAD_TODAY - 120,
    DECISION_LEAST = WORKLOAD_TODAY - 400,
    REFOULEMENT_LEAST = WORKLOAD_TODAY - 220,
    FITNESS_LEAST = WORKLOAD_TODAY - 60,
    EXPIRY_LEAST = WORKLOAD_TODAY - 60,
};

struct cells_8 {
    uint8_t *cells;
    uint64_t *known;
};

struct cells_16 {
    uint16_t *cells;
    uint64_t *known;
};

struct work {
    struct workload_columns columns; /* only to pack from */
    struct flag_planes flags;
    uint64_t *ordinary;
    uint64_t *accelerated;
    uint64_t *inadmissible;
    uint64_t *pending;
    uint64_t *refused;
    uint64_t *final;
    uint64_t *withdrawn;
    uint64_t *closed;
    struct cells_8 hub;
    struct cells_8 dependants;
    struct cells_8 nationality;
    struct cells_8 age;
    struct cells_8 detention_days;
    struct cells_8 notice_served;
    struct cells_8 nonref_assessed;
    struct cells_8 fit_assessed;
    struct cells_16 decision_served;
    struct cells_16 doc_expiry;
    int32_t agreements[WORKLOAD_NATIONALITIES];
    size_t word_count;
    struct plane_answers *answers;
};

CELL_TEST(is_full, uint8_t, (cell == 3) | (cell == 7))
CELL_TEST(is_positive, uint8_t, cell > 0)
CELL_TEST(is_under_18, uint8_t, cell < 18 - AGE_LEAST)
CELL_TEST(is_65, uint8_t, cell >= 65 - AGE_LEAST)
CELL_TEST(is_over_180, uint8_t, cell > 180)
CELL_TEST(is_fresh_notice, uint8_t, cell >= WORKLOAD_NOTICE_FROM - NOTICE_LEAST)
CELL_TEST(is_within_10, uint16_t, cell >= WORKLOAD_APPEAL_10_FROM - DECISION_LEAST)
CELL_TEST(is_within_5, uint16_t, cell >= WORKLOAD_APPEAL_5_FROM - DECISION_LEAST)
CELL_TEST(is_180_ago, uint8_t, cell < WORKLOAD_TODAY - 180 - REFOULEMENT_LEAST)
CELL_TEST(is_14_ago, uint8_t, cell < WORKLOAD_TODAY - 14 - FITNESS_LEAST)
CELL_TEST(is_7_ago, uint8_t, cell < WORKLOAD_TODAY - 7 - FITNESS_LEAST)
CELL_TEST(is_30_ahead, uint16_t, cell >= WORKLOAD_TODAY + 30 - EXPIRY_LEAST)

static inline struct kleene asked(uint64_t yes, uint64_t known)
{
    return test_of(yes & known, known);
}

static inline struct kleene outside_agreement(const struct work *work, size_t word)
{
    const uint8_t *nationality = work->nationality.cells + word * PLANE_PEOPLE;
    const uint8_t *hub = work->hub.cells + word * PLANE_PEOPLE;
    uint8_t outside[PLANE_PEOPLE];
    for (size_t i = 0; i < PLANE_PEOPLE; i++) {
        outside[i] = (uint8_t)(~(work->agreements[nationality[i]] >> hub[i]) & 1);
    }
    return asked(word_of(outside), work->nationality.known[word] & work->hub.known[word]);
}

static inline struct kleene appeal_time_open(const struct work *work, size_t word)
{
    const uint16_t *decision = work->decision_served.cells + word * PLANE_PEOPLE;
    const uint64_t other = work->accelerated[word] | work->inadmissible[word];
    const uint64_t known = work->decision_served.known[word] & (work->ordinary[word] | other);
    return asked((work->ordinary[word] & is_within_10(decision)) | (other & is_within_5(decision)),
                 known);
}

static inline void cell_parts(const struct work *work, size_t word, struct parts *parts)
{
    const size_t at = word * PLANE_PEOPLE;
    const uint64_t undecided = work->pending[word] | work->withdrawn[word];
    const uint64_t decided = work->refused[word] | work->final[word] | work->closed[word];
    const uint64_t fitness_known = work->fit_assessed.known[word];
    parts->refused = test_of(work->refused[word], undecided | decided);
    parts->no_decision = (struct kleene){undecided, decided};
    parts->appeal_time_open = appeal_time_open(work, word);
    parts->notice_is_fresh =
        asked(is_fresh_notice(work->notice_served.cells + at), work->notice_served.known[word]);
    parts->under_18 = asked(is_under_18(work->age.cells + at), work->age.known[word]);
    parts->over_65 = asked(is_65(work->age.cells + at), work->age.known[word]);
    parts->fitness_over_14 = asked(is_14_ago(work->fit_assessed.cells + at), fitness_known);
    parts->fitness_over_7 = asked(is_7_ago(work->fit_assessed.cells + at), fitness_known);
    parts->outside_agreement = outside_agreement(work, word);
    parts->hub_full = asked(is_full(work->hub.cells + at), work->hub.known[word]);
    parts->refoulement_over_180 =
        asked(is_180_ago(work->nonref_assessed.cells + at), work->nonref_assessed.known[word]);
    parts->document_lasts =
        asked(is_30_ahead(work->doc_expiry.cells + at), work->doc_expiry.known[word]);
    parts->detained_over_180 =
        asked(is_over_180(work->detention_days.cells + at), work->detention_days.known[word]);
    parts->has_dependants =
        asked(is_positive(work->dependants.cells + at), work->dependants.known[word]);
}

static double run(void *context)
{
    const struct work *work = context;
    for (size_t word = 0; word < work->word_count; word++) {
        struct parts parts;
        flag_parts(&work->flags, word, &parts);
        cell_parts(work, word, &parts);
        plane_answers_set(&parts, &work->answers[word]);
    }
    return -1;
}

static void answer(const void *context, size_t person, uint32_t *bars, uint32_t *unknown)
{
    const struct work *work = context;
    plane_answers_get(work->answers, person, bars, unknown);
}

/* From cells of the workload, whose unknown is -1. */
#define PACK(member, column, type, least)                                                          \
    do {                                                                                           \
        (member).cells = workload_take(arena, (people + PLANE_PEOPLE) * sizeof(type));             \
        (member).known = workload_take(arena, work->word_count * 8);                               \
        for (size_t i = 0; i < people; i++) {                                                      \
            const bool known = (column)[i] >= 0;                                                   \
            (member).cells[i] = (type)(known ? (column)[i] - (least) : 0);                         \
            (member).known[i / PLANE_PEOPLE] |= (uint64_t)known << (i % PLANE_PEOPLE);             \
        }                                                                                          \
    } while (0)

static void pack(struct work *work, size_t people, struct arena *arena)
{
    const struct workload_columns *columns = &work->columns;
    flag_planes_make(columns, arena, &work->flags);
    work->ordinary = plane_of(columns->route, 0, people, arena);
    work->accelerated = plane_of(columns->route, 1, people, arena);
    work->inadmissible = plane_of(columns->route, 2, people, arena);
    work->pending = plane_of(columns->status, STATUS_PENDING, people, arena);
    work->refused = plane_of(columns->status, STATUS_REFUSED, people, arena);
    work->final = plane_of(columns->status, STATUS_FINAL, people, arena);
    work->withdrawn = plane_of(columns->status, STATUS_WITHDRAWN, people, arena);
    work->closed = plane_of(columns->status, STATUS_CLOSED, people, arena);
    PACK(work->hub, columns->hub, uint8_t, 0);
    PACK(work->dependants, columns->dependants, uint8_t, 0);
    PACK(work->nationality, columns->nationality, uint8_t, 0);
    PACK(work->age, columns->age, uint8_t, AGE_LEAST);
    PACK(work->detention_days, columns->detention_days, uint8_t, 0);
    PACK(work->notice_served, columns->notice_served, uint8_t, NOTICE_LEAST);
    PACK(work->nonref_assessed, columns->nonref_assessed, uint8_t, REFOULEMENT_LEAST);
    PACK(work->fit_assessed, columns->fit_assessed, uint8_t, FITNESS_LEAST);
    PACK(work->decision_served, columns->decision_served, uint16_t, DECISION_LEAST);
    PACK(work->doc_expiry, columns->doc_expiry, uint16_t, EXPIRY_LEAST);
}

int main(int argc, char **argv)
{
    struct err err;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    struct work work = {.word_count = (people + PLANE_PEOPLE - 1) / PLANE_PEOPLE};
    contest_must(workload_columns(people, &arena, &work.columns, &err), &err);
    pack(&work, people, &arena);
    for (size_t i = 0; i < WORKLOAD_NATIONALITIES; i++) {
        work.agreements[i] = workload_agreements[i];
    }
    work.answers = workload_take(&arena, work.word_count * sizeof *work.answers);
    memset(work.answers, 0, work.word_count * sizeof *work.answers);
    const struct contestant contestant = {.context = &work,
                                          .count = people,
                                          .about = "planes of bits and packed cells",
                                          .run = run,
                                          .answer = answer};
    contest_serve(&contestant, arena);
    arena_close(&arena);
    return 0;
}
