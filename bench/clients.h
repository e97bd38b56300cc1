/* clients: many threads that each send one command after another and wait for its answer; how many
 * were answered a second, how long an answer took, and what it cost the processors. */
#ifndef RETURNHUB_BENCH_CLIENTS_H
#define RETURNHUB_BENCH_CLIENTS_H

#include "base/arena.h"

enum { CLIENTS = 64 };

/* One command of one client; `number` counts this client's commands, `random` differs each time. */
typedef void client_command(void *context, size_t client, uint64_t number, uint64_t random,
                            struct arena *arena);

/* Runs `count` clients for so many seconds, the command of each with an arena of its own, and
 * prints "rate <a second> p50 <us> p99 <us> cpu <us of processor time for each>". */
void clients_run(size_t count, double seconds, client_command *command, void *context);

double seconds_now(void);
/* A bench has no use for a failure: it says so and ends. */
void stop_on(result outcome, const struct err *err);

#endif
