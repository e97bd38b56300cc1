/* sanitizer: memory that nobody may touch, where the program runs under AddressSanitizer; in other
 * builds none of this costs anything. */
#ifndef RETURNHUB_BASE_SANITIZER_H
#define RETURNHUB_BASE_SANITIZER_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

#if UNDER_ASAN
#include <sanitizer/asan_interface.h>

/* Touching it stops the program, ... */
static inline void memory_forbid(char *at, size_t size)
{
    ASAN_POISON_MEMORY_REGION(at, size);
}

/* ... until it is allowed again. */
static inline void memory_allow(char *at, size_t size)
{
    ASAN_UNPOISON_MEMORY_REGION(at, size);
}
#else
static inline void memory_forbid(const char *at, size_t size)
{
    (void)at;
    (void)size;
}

static inline void memory_allow(const char *at, size_t size)
{
    (void)at;
    (void)size;
}
#endif

#endif
