/* arena: memory that lives as long as the work it serves and is given back in one go.
 *
 * An arena is one region of fixed capacity, taken from the system lazily, so a generous capacity
 * costs nothing until it is used. It is the only home of malloc. When it is full, arena_take
 * returns NULL and the caller says ERROR_LIMIT. Memory is zeroed, but for arena_take_unset. A
 * scratch arena is an arena passed BY VALUE: what the callee takes is given back when it returns,
 * because the caller's copy never moved.
 */
#ifndef RETURNHUB_BASE_ARENA_H
#define RETURNHUB_BASE_ARENA_H

#include "base/result.h"
#include "base/str.h"

#include <stdalign.h>
#include <stddef.h>

struct arena {
    char *begin;
    char *at;
    char *end;
};

/* Opens an arena of `capacity` bytes. Close it with arena_close, which accepts a zeroed arena. */
MUST_USE result arena_open(struct arena *arena, size_t capacity, struct err *err);
void arena_close(struct arena *arena);
/* Gives everything back but keeps the region: for a loop that uses the same arena each time. */
void arena_reset(struct arena *arena);
size_t arena_used(const struct arena *arena);

/* count * size zeroed bytes aligned to `alignment` (a power of two), or NULL when the arena is
 * full. */
void *arena_take(struct arena *arena, size_t count, size_t size, size_t alignment)
    __attribute__((alloc_size(2, 3)));
#define ARENA_NEW(arena, type, count)                                                              \
    ((type *)arena_take((arena), (count), sizeof(type), alignof(type)))
/* The same, but the bytes hold anything: for large tables of which whoever uses them knows what was
 * written, so that what is never used is never touched. */
void *arena_take_unset(struct arena *arena, size_t count, size_t size, size_t alignment)
    __attribute__((alloc_size(2, 3)));
#define ARENA_NEW_UNSET(arena, type, count)                                                        \
    ((type *)arena_take_unset((arena), (count), sizeof(type), alignof(type)))

/* Copies; .at is NULL when the arena is full. The copy is followed by a NUL that is not counted. */
str arena_copy(struct arena *arena, str text);
/* printf into the arena; .at is NULL when it is full. Also NUL-terminated. */
str arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* The failure to report when arena_take gave NULL. */
MUST_USE result arena_full(struct err *err);

#endif
