/* stream: files too large for memory, read and written a piece at a time.
 *
 * A file that is written takes its name only when it is whole and on the disk (written_finish):
 * until then it stands beside it, ending in .part, and one that was left by a killed program is
 * written over. */
#ifndef RETURNHUB_SYSTEM_STREAM_H
#define RETURNHUB_SYSTEM_STREAM_H

#include "base/arena.h"

#include <limits.h>

struct read_file {
    int descriptor;
    char path[PATH_MAX];
    int64_t size;
};

/* A regular file; errors name it. */
MUST_USE result read_file_open(const char *path, struct read_file *ret_file, struct err *err);
/* As much as there is, up to `capacity`; 0 bytes at the end. */
MUST_USE result read_file_next(struct read_file *file, char *bytes, size_t capacity,
                               size_t *ret_size, struct err *err);
/* From the beginning again. */
MUST_USE result read_file_rewind(struct read_file *file, struct err *err);
void read_file_close(struct read_file *file); /* accepts one that was closed or never opened */
#define OWN_READ_FILE __attribute__((cleanup(read_file_close)))
/* What OWN_READ_FILE may see before it is opened. */
#define READ_FILE_NONE ((struct read_file){.descriptor = -1})

struct written_file {
    int descriptor;
    char path[PATH_MAX];
    char part[PATH_MAX];
    char *buffer; /* in the arena given */
    size_t filled;
    bool failed;
    int error_number;
};

/* Over a file that has the name already, in the end; what is no file is refused. */
MUST_USE result written_open(const char *path, unsigned mode, struct arena *arena,
                             struct written_file *ret_file, struct err *err);
/* Sticky: what goes wrong is told by written_finish. */
void written_put(struct written_file *file, str text);
/* Syncs, gives the file its name, and syncs the folder. */
MUST_USE result written_finish(struct written_file *file, struct err *err);
/* Closes and deletes what was not finished; accepts one that was finished or never opened. */
void written_abandon(struct written_file *file);
#define OWN_WRITTEN_FILE  __attribute__((cleanup(written_abandon)))
#define WRITTEN_FILE_NONE ((struct written_file){.descriptor = -1})

#endif
