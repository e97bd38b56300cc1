#include "contest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 4096,
    RUNS_MAX = 1000,
    BYTES_A_PERSON = 320,
    BYTES_AT_LEAST = 1024 * 1024 * 1024,
    PEOPLE_LEAST = 100,
    PEOPLE_MOST = 100 * 1000 * 1000,
};

double contest_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void contest_must(result outcome, const struct err *err)
{
    if (!outcome.ok) {
        fprintf(stderr, "screening bench: %s:%" PRIu32 ": %s\n", err->file, err->line, err->what);
        _exit(1);
    }
}

size_t contest_people(int argc, char **argv)
{
    struct err err = {0};
    int64_t people = 0;
    if (argc < 2) {
        contest_must(err_set(&err, ERROR_INPUT, "the first argument is the number of people"),
                     &err);
    }
    contest_must(str_to_int64(str_from_c(argv[1]), &people, &err), &err);
    if (people < PEOPLE_LEAST || people > PEOPLE_MOST) {
        contest_must(
            err_set(&err, ERROR_INPUT, "between %d and %d people", PEOPLE_LEAST, PEOPLE_MOST),
            &err);
    }
    return (size_t)people;
}

struct arena contest_arena(size_t people)
{
    struct arena arena;
    struct err err;
    contest_must(arena_open(&arena, BYTES_AT_LEAST + people * BYTES_A_PERSON, &err), &err);
    return arena;
}

/* Keeps the runs sorted; there are few. */
static double median(double *seconds, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double moving = seconds[i];
        size_t at = i;
        for (; at > 0 && seconds[at - 1] > moving; at--) {
            seconds[at] = seconds[at - 1];
        }
        seconds[at] = moving;
    }
    return seconds[count / 2];
}

static void serve_run(const struct contestant *contestant, const char *line)
{
    double seconds[RUNS_MAX];
    int count = 0;
    int read = 0;
    if (sscanf(line, "%d %n", &count, &read) < 1 || count < 1 || count > RUNS_MAX ||
        (contestant->choose != NULL && !contestant->choose(contestant->context, line + read))) {
        puts("error: run COUNT [HOW]");
        return;
    }
    for (int i = 0; i < count; i++) {
        const double begin = contest_seconds();
        const double own = contestant->run(contestant->context);
        seconds[i] = own < 0 ? contest_seconds() - begin : own;
    }
    printf("time %.9f\n", median(seconds, (size_t)count));
}

static const char *standing(size_t count, const struct workload_sums *sums)
{
    const struct workload_sums *known = workload_known_sums(count);
    if (known == NULL) {
        return "new";
    }
    return memcmp(known, sums, sizeof *sums) == 0 ? "known" : "wrong";
}

static void serve_answers(const struct contestant *contestant, const char *path,
                          struct arena scratch)
{
    const size_t count = contestant->count;
    uint32_t *masks = ARENA_NEW(&scratch, uint32_t, 2 * count);
    struct workload_sums sums = {0};
    FILE *file = contestant->answer == NULL || masks == NULL ? NULL : fopen(path, "wb");
    if (file == NULL) {
        printf("error: no answers to %s\n", path);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        contestant->answer(contestant->context, i, &masks[i], &masks[count + i]);
        workload_add(&sums, i, masks[i], masks[count + i]);
    }
    const bool written = fwrite(masks, sizeof *masks, 2 * count, file) == 2 * count;
    if (fclose(file) != 0 || !written) {
        printf("error: %s cannot be written\n", path);
        return;
    }
    printf("answers %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
           sums.clear, sums.barred, sums.unknown, sums.bars, sums.unknowns, sums.weighted,
           standing(count, &sums));
}

void contest_serve(const struct contestant *contestant, struct arena scratch)
{
    char line[LINE_MAX_BYTES];
    printf("ready %s\n", contestant->about);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "run ", 4) == 0) {
            serve_run(contestant, line + 4);
        } else if (strncmp(line, "answers ", 8) == 0) {
            serve_answers(contestant, line + 8, scratch);
        } else {
            puts("error: run COUNT [HOW] or answers PATH");
        }
        fflush(stdout);
    }
}
