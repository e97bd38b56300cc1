/* rows: the workload by hand as anyone would write it first: a loop over people, one struct each.
 * Written: the two masks of each person and a byte for the verdict. */
#include "contest.h"
#include "row_screen.h"

#include <string.h>

struct work {
    size_t count;
    struct workload_row *rows;
    uint32_t *bars;
    uint32_t *unknown;
    uint8_t *verdicts; /* 0 clear, 1 barred, 2 unknown */
};

static double run(void *context)
{
    const struct work *work = context;
    for (size_t i = 0; i < work->count; i++) {
        uint32_t bars;
        uint32_t unknown;
        row_screen(&work->rows[i], &bars, &unknown);
        work->bars[i] = bars;
        work->unknown[i] = unknown;
        work->verdicts[i] = bars != 0 ? 1 : (unknown != 0 ? 2 : 0);
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
    struct work work = {.count = people,
                        .bars = workload_take(&arena, people * 4),
                        .unknown = workload_take(&arena, people * 4),
                        .verdicts = workload_take(&arena, people)};
    contest_must(workload_rows(people, &arena, &work.rows, &err), &err);
    const struct contestant contestant = {
        .context = &work, .count = people, .about = "rows", .run = run, .answer = answer};
    contest_serve(&contestant, arena);
    arena_close(&arena);
    return 0;
}
