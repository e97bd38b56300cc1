#include "log.h"

#include "clients.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { RECORD_BYTES = 160 };

struct log {
    pthread_mutex_t mutex;
    pthread_cond_t flushed;
    int file;
    long flushes; /* that are complete */
    bool flushing;
};

static void append_record(void *context, size_t client, uint64_t number, uint64_t random,
                          struct arena *arena)
{
    static const char record[RECORD_BYTES] = "x";
    struct log *log = context;
    (void)client;
    (void)number;
    (void)random;
    (void)arena;
    pthread_mutex_lock(&log->mutex);
    if (write(log->file, record, RECORD_BYTES) != RECORD_BYTES) {
        _exit(1);
    }
    const long mine = log->flushes + (log->flushing ? 2 : 1); /* the flush that covers it */
    while (log->flushes < mine) {
        if (log->flushing) {
            pthread_cond_wait(&log->flushed, &log->mutex);
            continue;
        }
        log->flushing = true;
        pthread_mutex_unlock(&log->mutex);
        if (fdatasync(log->file) != 0) {
            _exit(1);
        }
        pthread_mutex_lock(&log->mutex);
        log->flushing = false;
        log->flushes++;
        pthread_cond_broadcast(&log->flushed);
    }
    pthread_mutex_unlock(&log->mutex);
}

int log_run(const char *path, double seconds, size_t clients)
{
    struct log log = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                      .flushed = PTHREAD_COND_INITIALIZER,
                      .file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600)};
    if (log.file < 0) {
        return 1;
    }
    clients_run(clients, seconds, append_record, &log);
    close(log.file);
    return 0;
}
