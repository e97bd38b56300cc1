#include "clients.h"

#include "base/random.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { CLIENT_ARENA_BYTES = 60 * 1024 * 1024, LATENCIES_MAX = 4 * 1024 * 1024 };

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void stop_on(result outcome, const struct err *err)
{
    if (!outcome.ok) {
        fprintf(stderr, "bench: %s\n", err->what);
        _exit(1);
    }
}

struct run {
    client_command *command;
    void *context;
    double until;
    float *latencies; /* of all clients, in microseconds */
    atomic_size_t done;
};

struct client {
    struct run *run;
    size_t number;
    pthread_t thread;
};

static void *send_commands(void *context)
{
    struct client *client = context;
    struct run *run = client->run;
    struct err err;
    struct arena arena;
    struct random random;
    random_seed(&random, client->number + 1);
    stop_on(arena_open(&arena, CLIENT_ARENA_BYTES, &err), &err);
    double begin = seconds_now();
    for (uint64_t number = 0; begin < run->until; number++) {
        arena_reset(&arena);
        run->command(run->context, client->number, number, random_next(&random), &arena);
        const double end = seconds_now();
        const size_t at = atomic_fetch_add_explicit(&run->done, 1, memory_order_relaxed);
        if (at < LATENCIES_MAX) {
            run->latencies[at] = (float)((end - begin) * 1e6);
        }
        begin = end;
    }
    arena_close(&arena);
    return NULL;
}

static int compare_latencies(const void *left, const void *right)
{
    const float a = *(const float *)left;
    const float b = *(const float *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

void clients_run(size_t count, double seconds, client_command *command, void *context)
{
    struct err err;
    struct arena memory;
    struct client clients[CLIENTS];
    stop_on(arena_open(&memory, LATENCIES_MAX * sizeof(float) + 64, &err), &err);
    struct run run = {.command = command,
                      .context = context,
                      .latencies = ARENA_NEW(&memory, float, LATENCIES_MAX)};
    const double cpu = cpu_seconds();
    const double begin = seconds_now();
    run.until = begin + seconds;
    for (size_t i = 0; i < count; i++) {
        clients[i] = (struct client){.run = &run, .number = i};
        pthread_create(&clients[i].thread, NULL, send_commands, &clients[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(clients[i].thread, NULL);
    }
    const double wall = seconds_now() - begin;
    const double used = cpu_seconds() - cpu;
    const size_t done = run.done;
    const size_t kept = done < LATENCIES_MAX ? done : LATENCIES_MAX;
    qsort(run.latencies, kept, sizeof run.latencies[0], compare_latencies);
    printf("rate %.0f p50 %.0f p99 %.0f cpu %.1f\n", (double)done / wall,
           (double)run.latencies[kept / 2], (double)run.latencies[kept - 1 - kept / 100],
           used * 1e6 / (double)done);
    arena_close(&memory);
}
