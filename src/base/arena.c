#include "base/arena.h"

#include "base/sanitizer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if UNDER_ASAN
#include <sanitizer/lsan_interface.h>
#endif

/* Under AddressSanitizer the bytes after the last thing taken are forbidden, so that writing past
 * it stops the program; the fence moves with every take. */
enum { FENCE_SIZE = 64 };

static void fence_after(const struct arena *arena)
{
    const size_t left = (size_t)(arena->end - arena->at);
    memory_forbid(arena->at, left < FENCE_SIZE ? left : FENCE_SIZE);
}

/* Big regions are laid out for the processor's large pages, and the system is asked for them: what
 * sweeps over a million people otherwise waits for the page table. A wish: that it is refused
 * changes nothing but the time. */
enum { LARGE_PAGE = 2 * 1024 * 1024, LARGE_PAGES_FROM = 64 * 1024 * 1024 };

static size_t whole_pages(size_t capacity)
{
    return (capacity + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
}

#if UNDER_ASAN
/* AddressSanitizer writes into its shadow for every byte that malloc gives and that free takes
 * back, used or not: for a gigabyte that is longer than most tests, and for the few megabytes of an
 * arena of which a page is used longer than the work in it. So under it a region that is not small
 * is mapped, with a fence after it. It is still searched for pointers to what would otherwise be
 * leaked; when it is given back, so is its shadow, and using it is a fault. */
enum { LARGE_FROM = 1024 * 1024 };

static char *take_large(size_t capacity)
{
    const size_t size = whole_pages(capacity + FENCE_SIZE);
    char *mapped = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        return NULL;
    }
    const size_t before = (size_t)(-(uintptr_t)mapped & (LARGE_PAGE - 1));
    if (before > 0) {
        munmap(mapped, before);
    }
    munmap(mapped + before + size, LARGE_PAGE - before);
    __lsan_register_root_region(mapped + before, size);
    memory_forbid(mapped + before + capacity, FENCE_SIZE);
    return mapped + before;
}

static void give_back_large(char *region, size_t capacity)
{
    const size_t size = whole_pages(capacity + FENCE_SIZE);
    size_t scale = 0;
    size_t offset = 0;
    __asan_get_shadow_mapping(&scale, &offset);
    __lsan_unregister_root_region(region, size);
    /* The shadow first: as soon as the region is unmapped, another thread may be given it. */
    (void)madvise((void *)(((uintptr_t)region >> scale) + offset), size >> scale, MADV_DONTNEED);
    munmap(region, size);
}
#else
enum { LARGE_FROM = LARGE_PAGES_FROM };

static char *take_large(size_t capacity)
{
    return aligned_alloc(LARGE_PAGE, whole_pages(capacity));
}

static void give_back_large(char *region, size_t capacity)
{
    (void)capacity;
    free(region);
}
#endif

static char *take_region(size_t capacity)
{
    if (capacity > PTRDIFF_MAX - 4 * LARGE_PAGE) {
        return NULL;
    }
    if (capacity < LARGE_FROM) {
        return malloc(capacity);
    }
    char *region = take_large(capacity);
    if (region != NULL && capacity >= LARGE_PAGES_FROM) {
        (void)madvise(region, whole_pages(capacity), MADV_HUGEPAGE);
    }
    return region;
}

static void give_back(char *region, size_t capacity)
{
    if (capacity < LARGE_FROM) {
        free(region);
    } else {
        give_back_large(region, capacity);
    }
}

result arena_open(struct arena *arena, size_t capacity, struct err *err)
{
    char *region = take_region(capacity);
    if (region == NULL) {
        return err_set(err, ERROR_LIMIT, "The system has no %zu bytes of memory to give", capacity);
    }
    *arena = (struct arena){.begin = region, .at = region, .end = region + capacity};
    fence_after(arena);
    return result_ok();
}

void arena_close(struct arena *arena)
{
    give_back(arena->begin, (size_t)(arena->end - arena->begin));
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    if (arena->begin == NULL) {
        return;
    }
    memory_forbid(arena->begin, (size_t)(arena->at - arena->begin));
    arena->at = arena->begin;
    fence_after(arena);
}

size_t arena_used(const struct arena *arena)
{
    return arena->begin == NULL ? 0 : (size_t)(arena->at - arena->begin);
}

void *arena_take_unset(struct arena *arena, size_t count, size_t size, size_t alignment)
{
    ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0);
    ASSERT(arena->at <= arena->end);
    size_t bytes;
    if (arena->begin == NULL || __builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    const size_t left = (size_t)(arena->end - arena->at);
    const size_t padding = (size_t)(-(uintptr_t)arena->at & (alignment - 1));
    if (padding > left || bytes > left - padding) {
        return NULL;
    }
    char *taken = arena->at + padding;
    arena->at = taken + bytes;
    memory_allow(taken, bytes);
    fence_after(arena);
    return taken;
}

void *arena_take(struct arena *arena, size_t count, size_t size, size_t alignment)
{
    void *taken = arena_take_unset(arena, count, size, alignment);
    /* A scratch copy, or the work before a reset, may have written here. */
    return taken == NULL ? NULL : memset(taken, 0, count * size);
}

str arena_copy(struct arena *arena, str text)
{
    char *copy = text.len == SIZE_MAX ? NULL : arena_take_unset(arena, text.len + 1, 1, 1);
    if (copy == NULL) {
        return (str){0};
    }
    if (text.len > 0) {
        memcpy(copy, text.at, text.len);
    }
    copy[text.len] = '\0';
    return (str){.at = copy, .len = text.len};
}

/* What is written mostly is short, and fits at the first try. */
enum { FORMAT_FIRST = 128 };

str arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    char first[FORMAT_FIRST];
    const int len = vsnprintf(first, sizeof first, format, args);
    char *text = len < 0 ? NULL : arena_take_unset(arena, (size_t)len + 1, 1, 1);
    if (text != NULL && (size_t)len < sizeof first) {
        memcpy(text, first, (size_t)len + 1);
    } else if (text != NULL) {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    va_end(args);
    return text == NULL ? (str){0} : (str){.at = text, .len = (size_t)len};
}

result arena_full(struct err *err)
{
    return err_set(err, ERROR_LIMIT, "The memory set aside for this piece of work is full");
}
