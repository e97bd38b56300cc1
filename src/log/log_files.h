/* log_files: what the files of the log share. Internal to src/log. */
#ifndef RETURNHUB_LOG_LOG_FILES_H
#define RETURNHUB_LOG_LOG_FILES_H

#include "log/log.h"
#include "system/growing.h"

#include <pthread.h>

/* With a new form of the batches, a new name. */
#define BATCHES_NAME "batches-2"

enum {
    BATCH_SIZE = 5 * 8,         /* five numbers of eight bytes, the highest byte first */
    CHECKPOINT_MAX = 16 * 1024, /* with the signatures of many witnesses */
    PUBLISH_ARENA_BYTES = 256 * 1024,
};

/* A checkpoint as it was signed. */
struct log_note {
    struct checkpoint checkpoint;
    char text[CHECKPOINT_MAX];
    size_t size; /* 0: there is none */
};

/* What readers see: changed at once, under the mutex. */
struct log_published {
    struct log_note newest;
    struct log_note witnessed; /* is not newer */
    instant at;                /* when the newest was published */
    uint64_t batches;
};

struct log {
    struct arena memory; /* holds this struct */
    char folder[PATH_MAX];
    struct note_key key;
    struct growing_file entries;
    struct growing_file hashes[TILE_LEVELS];
    struct growing_file batches;
    pthread_mutex_t mutex;
    struct log_published published;

    /* Of who writes. */
    struct signer *signer; /* NULL: it is read only */
    struct growing_file lock;
    struct tile_builder builder;
    uint8_t frames[TILE_BYTES_MAX]; /* entries that are not in their file yet */
    size_t frame_count;
    struct log_batch batch;
};

MUST_USE result log_path(const struct log *log, const char *name, char path[PATH_MAX],
                         struct err *err);
/* Reads the checkpoints that are published, if there are any. */
MUST_USE result log_load_published(struct log *log, struct err *err);
/* Cuts off what was not signed, checks the rest against what was, and publishes that (log.h, 2 and
 * 3). */
MUST_USE result log_recover(struct log *log, struct err *err);
/* Signs and publishes the tree of the builder, which is on the disk. */
MUST_USE result log_sign(struct log *log, struct err *err);
/* A copy of what is published; `tree` reads what it covers. */
void log_snapshot(const struct log *log, struct log_published *ret_published);
/* Reads a checkpoint of this log from a text. */
MUST_USE result log_note_read(const struct log *log, str text, struct log_note *ret_note,
                              struct err *err);
struct tree_source log_tree(const struct log *log);

#endif
