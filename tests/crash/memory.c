#include "memory.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <openssl/crypto.h>
#include <sqlite3.h>

static struct memory_state {
    atomic_bool armed;
    atomic_bool lasting;
    atomic_bool struck;
    atomic_int_fast64_t count;
    atomic_int_fast64_t strikes_at;
    sqlite3_mem_methods sqlite;
} state;

void memory_arm(int64_t strikes_at, bool lasting)
{
    atomic_store(&state.count, 0);
    atomic_store(&state.struck, false);
    atomic_store(&state.strikes_at, strikes_at);
    atomic_store(&state.lasting, lasting);
    atomic_store(&state.armed, true);
}

int64_t memory_disarm(bool *ret_struck)
{
    atomic_store(&state.armed, false);
    *ret_struck = atomic_load(&state.struck);
    return atomic_load(&state.count);
}

static bool is_refused(void)
{
    if (!atomic_load(&state.armed)) {
        return false;
    }
    const int64_t number = atomic_fetch_add(&state.count, 1) + 1;
    const int64_t at = atomic_load(&state.strikes_at);
    const bool refused = at > 0 && (number == at || (number > at && atomic_load(&state.lasting)));
    if (refused) {
        atomic_store(&state.struck, true);
        errno = ENOMEM;
    }
    return refused;
}

/* --- the program's own ------------------------------------------------------------------------ */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__wrap_realloc(void *at, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__real_mmap64(void *at, size_t size, int protection, int flags, int descriptor, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int descriptor, off_t offset);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *context);

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return is_refused() ? NULL : __real_realloc(at, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return is_refused() ? NULL : __real_aligned_alloc(alignment, size);
}

void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int descriptor, off_t offset)
{
    return is_refused() ? MAP_FAILED
                        : __real_mmap64(at, size, protection, flags, descriptor, offset);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *context)
{
    return is_refused() ? EAGAIN : __real_pthread_create(thread, attributes, function, context);
}

/* --- SQLite's --------------------------------------------------------------------------------- */

static void *sqlite_malloc(int size)
{
    return is_refused() ? NULL : state.sqlite.xMalloc(size);
}

static void *sqlite_realloc(void *at, int size)
{
    return is_refused() ? NULL : state.sqlite.xRealloc(at, size);
}

static bool install_in_sqlite(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &state.sqlite) != SQLITE_OK) {
        return false;
    }
    sqlite3_mem_methods counted = state.sqlite;
    counted.xMalloc = sqlite_malloc;
    counted.xRealloc = sqlite_realloc;
    /* Lookaside memory would hide most of the small allocations. */
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK;
}

/* --- libcrypto's ------------------------------------------------------------------------------ */

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_malloc(size);
}

static void *crypto_realloc(void *at, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_realloc(at, size);
}

static void crypto_free(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    free(at);
}

bool memory_install(void)
{
    return install_in_sqlite() &&
           CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}
