/* planes: the workload by hand, flags as planes of bits, the other facts as the plain cells of
 * workload.h, compared 64 at a time. Written for each safeguard: a plane of those it bars and of
 * those for whom it is unknown; and a plane of the barred and of the clear. */
#include "planes.h"

struct work {
    struct workload_columns columns;
    struct flag_planes flags;
    int32_t agreements[WORKLOAD_NATIONALITIES];
    size_t word_count;
    struct plane_answers *answers;
};

CELL_TEST(known_8, int8_t, cell >= 0)
CELL_TEST(known_16, int16_t, cell >= 0)
CELL_TEST(known_32, int32_t, cell >= 0)
CELL_TEST(is_ordinary, int8_t, cell == 0)
CELL_TEST(is_refused, int8_t, cell == STATUS_REFUSED)
CELL_TEST(is_not_decided, int8_t, (cell == STATUS_PENDING) | (cell == STATUS_WITHDRAWN))
CELL_TEST(is_positive, int8_t, cell > 0)
CELL_TEST(is_full, int8_t, (cell == 3) | (cell == 7))
CELL_TEST(is_under_18, int16_t, (cell >= 0) & (cell < 18))
CELL_TEST(is_65, int16_t, cell >= 65)
CELL_TEST(is_over_180, int16_t, cell > 180)
CELL_TEST(is_fresh_notice, int32_t, cell >= WORKLOAD_NOTICE_FROM)
CELL_TEST(is_within_10, int32_t, cell >= WORKLOAD_APPEAL_10_FROM)
CELL_TEST(is_within_5, int32_t, cell >= WORKLOAD_APPEAL_5_FROM)
CELL_TEST(is_180_ago, int32_t, (cell >= 0) & (cell < WORKLOAD_TODAY - 180))
CELL_TEST(is_14_ago, int32_t, (cell >= 0) & (cell < WORKLOAD_TODAY - 14))
CELL_TEST(is_7_ago, int32_t, (cell >= 0) & (cell < WORKLOAD_TODAY - 7))
CELL_TEST(is_30_ahead, int32_t, cell >= WORKLOAD_TODAY + 30)

static inline struct kleene outside_agreement(const struct work *work, size_t at)
{
    const int16_t *nationality = work->columns.nationality + at;
    const int8_t *hub = work->columns.hub + at;
    uint8_t outside[PLANE_PEOPLE];
    uint8_t known[PLANE_PEOPLE];
    for (size_t i = 0; i < PLANE_PEOPLE; i++) {
        const int is_known = (nationality[i] >= 0) & (hub[i] >= 0);
        const int32_t hubs = work->agreements[nationality[i] < 0 ? 0 : nationality[i]];
        known[i] = (uint8_t)is_known;
        outside[i] = (uint8_t)(~(hubs >> (hub[i] < 0 ? 0 : hub[i])) & is_known);
    }
    return test_of(word_of(outside), word_of(known));
}

static inline struct kleene appeal_time_open(const struct workload_columns *columns, size_t at)
{
    const int32_t *decision = columns->decision_served + at;
    const uint64_t ordinary = is_ordinary(columns->route + at);
    const uint64_t known = known_8(columns->route + at) & known_32(decision);
    const uint64_t open = (ordinary & is_within_10(decision)) | (~ordinary & is_within_5(decision));
    return test_of(open & known, known);
}

static inline void cell_parts(const struct work *work, size_t at, struct parts *parts)
{
    const struct workload_columns *columns = &work->columns;
    const int32_t *fitness = columns->fit_assessed + at;
    const uint64_t status_known = known_8(columns->status + at);
    const uint64_t age_known = known_16(columns->age + at);
    const uint64_t fitness_known = known_32(fitness);
    parts->refused = test_of(is_refused(columns->status + at), status_known);
    parts->no_decision = test_of(is_not_decided(columns->status + at), status_known);
    parts->appeal_time_open = appeal_time_open(columns, at);
    parts->notice_is_fresh = test_of(is_fresh_notice(columns->notice_served + at),
                                     known_32(columns->notice_served + at));
    parts->under_18 = test_of(is_under_18(columns->age + at), age_known);
    parts->over_65 = test_of(is_65(columns->age + at), age_known);
    parts->fitness_over_14 = test_of(is_14_ago(fitness), fitness_known);
    parts->fitness_over_7 = test_of(is_7_ago(fitness), fitness_known);
    parts->outside_agreement = outside_agreement(work, at);
    parts->hub_full = test_of(is_full(columns->hub + at), known_8(columns->hub + at));
    parts->refoulement_over_180 =
        test_of(is_180_ago(columns->nonref_assessed + at), known_32(columns->nonref_assessed + at));
    parts->document_lasts =
        test_of(is_30_ahead(columns->doc_expiry + at), known_32(columns->doc_expiry + at));
    parts->detained_over_180 =
        test_of(is_over_180(columns->detention_days + at), known_16(columns->detention_days + at));
    parts->has_dependants =
        test_of(is_positive(columns->dependants + at), known_8(columns->dependants + at));
}

static double run(void *context)
{
    const struct work *work = context;
    for (size_t word = 0; word < work->word_count; word++) {
        struct parts parts;
        flag_parts(&work->flags, word, &parts);
        cell_parts(work, word * PLANE_PEOPLE, &parts);
        plane_answers_set(&parts, &work->answers[word]);
    }
    return -1;
}

static void answer(const void *context, size_t person, uint32_t *bars, uint32_t *unknown)
{
    const struct work *work = context;
    plane_answers_get(work->answers, person, bars, unknown);
}

int main(int argc, char **argv)
{
    struct err err;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    struct work work = {.word_count = (people + PLANE_PEOPLE - 1) / PLANE_PEOPLE};
    contest_must(workload_columns(people, &arena, &work.columns, &err), &err);
    flag_planes_make(&work.columns, &arena, &work.flags);
    for (size_t i = 0; i < WORKLOAD_NATIONALITIES; i++) {
        work.agreements[i] = workload_agreements[i];
    }
    work.answers = workload_take(&arena, work.word_count * sizeof *work.answers);
    memset(work.answers, 0, work.word_count * sizeof *work.answers);
    const struct contestant contestant = {.context = &work,
                                          .count = people,
                                          .about = "planes of bits and plain cells",
                                          .run = run,
                                          .answer = answer};
    contest_serve(&contestant, arena);
    arena_close(&arena);
    return 0;
}
