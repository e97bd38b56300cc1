/* growing: a file that is written at its end and read anywhere, and the lock of a folder. */
#ifndef RETURNHUB_SYSTEM_GROWING_H
#define RETURNHUB_SYSTEM_GROWING_H

#include "base/arena.h"

#include <limits.h>

struct growing_file {
    int descriptor; /* -1: not open */
    char path[PATH_MAX];
    uint64_t size;
    uint64_t synced; /* so much of it is on the disk */
};
#define GROWING_FILE_NONE ((struct growing_file){.descriptor = -1})

/* Opens it, for writing too if `writing` (then it is made when it is not there). */
MUST_USE result growing_open(const char *path, bool writing, struct growing_file *ret_file,
                             struct err *err);
/* Exactly these bytes; ERROR_STORAGE when the file ends before. May be called from several
 * threads. */
MUST_USE result growing_read(const struct growing_file *file, uint64_t at, void *bytes, size_t size,
                             struct err *err);
/* These bytes will be read soon: the disk may begin. Waits for nothing. */
void growing_expect(const struct growing_file *file, uint64_t at, size_t size);
/* At the end. What a failed call wrote is not counted in `size`, and is written over. */
MUST_USE result growing_append(struct growing_file *file, const void *bytes, size_t size,
                               struct err *err);
/* Cuts off everything from `size` on. */
MUST_USE result growing_cut(struct growing_file *file, uint64_t size, struct err *err);
/* What was written is on the disk; quick when nothing was. */
MUST_USE result growing_sync(struct growing_file *file, struct err *err);
void growing_close(struct growing_file *file); /* accepts one that is not open */

/* That the names in a folder are on the disk. */
MUST_USE result growing_sync_folder(const char *path, struct err *err);
/* One holder at a time, in this process or another (ERROR_CONFLICT); held until it is closed. */
MUST_USE result growing_lock(struct growing_file *file, struct err *err);

#endif
