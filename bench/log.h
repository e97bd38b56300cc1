/* log: a bare group-commit log, the bound of what commands can be: each client appends a record of
 * 160 bytes to one file and waits until a flush has covered it; whoever finds nobody flushing
 * flushes for all. */
#ifndef RETURNHUB_BENCH_LOG_H
#define RETURNHUB_BENCH_LOG_H

#include <stddef.h>

int log_run(const char *path, double seconds, size_t clients);

#endif
