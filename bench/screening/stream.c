/* stream: the floor under everybody: reads the plain columns once, 52 bytes a person. `run N write`
 * also writes what the programs by hand write, 6.25 bytes a person. */
#include "contest.h"

#include <string.h>

struct work {
    struct workload_columns columns;
    uint64_t *answers;
    bool writes;
    uint64_t sum;
};

static uint64_t read_all(const void *memory, size_t bytes)
{
    const uint64_t *words = memory;
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes / 8; i++) {
        sum ^= words[i];
    }
    return sum;
}

static bool choose(void *context, const char *how)
{
    struct work *work = context;
    work->writes = strcmp(how, "write") == 0;
    return work->writes || *how == '\0';
}

static double run(void *context)
{
    struct work *work = context;
    const size_t count = work->columns.count;
    uint64_t sum = 0;
#define FLAG(name, fact, share)      sum ^= read_all(work->columns.name, count);
#define CELL(kind, type, name, fact) sum ^= read_all(work->columns.name, count * sizeof(type));
#include "workload.def"
#undef FLAG
#undef CELL
    work->sum = sum;
    if (work->writes) {
        memset(work->answers, (int)(sum & 1), count * 50 / 8);
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct err err;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    struct work work = {.answers = workload_take(&arena, people * 50 / 8)};
    contest_must(workload_columns(people, &arena, &work.columns, &err), &err);
    const struct contestant contestant = {.context = &work,
                                          .count = people,
                                          .about = "reads the plain columns",
                                          .choose = choose,
                                          .run = run};
    contest_serve(&contestant, arena);
    arena_close(&arena);
    return 0;
}
