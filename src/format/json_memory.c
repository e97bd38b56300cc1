#include "format/json_memory.h"

#include "base/sanitizer.h"

#include <stdlib.h>

/* Under AddressSanitizer each piece begins with its size, so that it can be forbidden when it is
 * given back, and what follows the last one is forbidden. */
enum { HEADER = UNDER_ASAN ? 16 : 0 };

static void allow_piece(char *at, size_t size)
{
    memory_allow(at, size);
    if (HEADER > 0) {
        *(size_t *)(void *)at = size;
    }
}

static void forbid_piece(char *at)
{
    if (HEADER > 0) {
        memory_forbid(at, *(const size_t *)(const void *)at);
    }
}

enum { ALIGNMENT = 16 };

/* Of this thread; `begin` NULL outside of a request. */
struct json_region {
    char *begin;
    char *at;
    char *end;
    bool spilled; /* what did not fit was taken from the system */
};
static _Thread_local struct json_region region;

static json_malloc_t const take_from_system = malloc;
static json_free_t const give_to_system = free;

static void *take(size_t size)
{
    const size_t left = (size_t)(region.end - region.at);
    if (left < ALIGNMENT + HEADER || size > left - ALIGNMENT - HEADER) {
        region.spilled = true;
        return take_from_system(size);
    }
    char *at = region.at;
    const size_t whole = (size + HEADER + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    region.at += whole;
    allow_piece(at, whole);
    return at + HEADER;
}

static void give_back(void *memory)
{
    char *at = memory;
    if (at >= region.begin && at < region.end) {
        forbid_piece(at - HEADER);
    } else {
        give_to_system(memory);
    }
}

void json_memory_init(void)
{
    json_set_alloc_funcs(take, give_back);
}

void json_memory_begin(struct arena *arena, size_t size)
{
    ASSERT(region.begin == NULL);
    char *taken = arena_take_unset(arena, 1, size, ALIGNMENT);
    if (taken != NULL) {
        region = (struct json_region){.begin = taken, .at = taken, .end = taken + size};
        memory_forbid(taken, size);
    }
}

void json_memory_leave(json_t *owned)
{
    if (region.begin == NULL || region.spilled) {
        json_decref(owned);
    }
}

/* All of it stays forbidden, until the arena gives it away again. */
void json_memory_end(void)
{
    if (region.begin != NULL) {
        memory_forbid(region.begin, (size_t)(region.end - region.begin));
    }
    region = (struct json_region){.begin = NULL};
}
