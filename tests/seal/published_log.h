/* published_log: a small log in memory, made by the library under test and served by path. */
#ifndef RETURNHUB_TESTS_SEAL_PUBLISHED_LOG_H
#define RETURNHUB_TESTS_SEAL_PUBLISHED_LOG_H

#include "seal/audit.h"

enum { LOG_FILES_MAX = 32, LOG_UNSEEN_SIZE = 512 };

struct log_file {
    char path[TILE_PATH_SIZE];
    char *bytes; /* in the arena, with room for some more */
    size_t size;
};

struct published_log {
    struct arena arena;
    struct note_key key;
    struct signing_key secret;
    struct log_file files[LOG_FILES_MAX];
    size_t count;
    struct tile_builder builder;
    struct sha256 leaves[1024]; /* hashes */
};

/* `size` entries that are numbers of `history`; at most 1024. */
void published_log_make(struct published_log *log, uint64_t size, uint64_t history);
/* The log that stands in a folder, whole, under the key whose public half is a file. */
void published_log_read(struct published_log *log, const char *key, const char *folder,
                        char *const *paths, size_t count);
void published_log_free(struct published_log *log);
struct log_file *published_log_file(struct published_log *log, const char *path);
struct sha256 commitment_of(uint64_t history, uint64_t number);
/* Signs whatever it is given. */
str signed_checkpoint(struct published_log *log, uint64_t size, const struct sha256 *root);
/* The audit of the log as it now is. */
result audit_now(struct published_log *log, str older, struct err *err);
/* Flips bits, one at a time: all, or of large files each thirteenth. How many; `unseen` says which
 * was not found, or not named, and is "" when all were. */
uint64_t published_log_flip(struct published_log *log, bool all, char unseen[LOG_UNSEEN_SIZE]);

#endif
