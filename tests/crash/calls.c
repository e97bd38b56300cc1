#include "calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static const struct {
    const char *name;
    bool may[CALL_FAILURES]; /* EIO, ENOSPC, ENOMEM, EINTR, short, full for long */
} calls[CALLS] = {
    [CALL_NONE] = {"none", {false}},
    [CALL_OPEN] = {"open", {true, true, true, true, false, false}},
    [CALL_READ] = {"read", {true, false, true, true, true, false}},
    [CALL_WRITE] = {"write", {true, true, true, true, true, true}},
    [CALL_SYNC] = {"sync", {true, true, true, true, false, false}},
    [CALL_TRUNCATE] = {"truncate", {true, true, true, true, false, true}},
    [CALL_REMOVE] = {"unlink", {true, true, true, false, false, false}},
    [CALL_RENAME] = {"rename", {true, true, true, false, false, false}},
    [CALL_LOCK] = {"lock", {true, false, true, true, false, false}},
    [CALL_UNLOCK] = {"unlock", {true, false, true, true, false, false}},
    [CALL_MAP] = {"mmap", {false, false, true, false, false, false}},
    [CALL_STATUS] = {"stat", {true, false, true, false, false, false}},
    [CALL_CLOSE] = {"close", {true, false, false, true, false, false}},
};

static const struct {
    const char *name;
    int number;
} failures[CALL_FAILURES] = {
    [FAILS_WITH_EIO] = {"EIO", EIO},
    [FAILS_WITH_ENOSPC] = {"ENOSPC", ENOSPC},
    [FAILS_WITH_ENOMEM] = {"ENOMEM", ENOMEM},
    [FAILS_WITH_EINTR] = {"EINTR", EINTR},
    [FAILS_SHORT] = {"short", 0},
    [FAILS_FULL_FOR_LONG] = {"a full disk", ENOSPC},
};

bool call_may_fail(enum call call, enum call_failure failure)
{
    return calls[call].may[failure];
}

const char *call_name(enum call call)
{
    return calls[call].name;
}

const char *call_failure_name(enum call_failure failure)
{
    return failures[failure].name;
}

/* --- the plan --------------------------------------------------------------------------------- */

enum { DESCRIPTORS_MAX = 1024, KINDS_MAX = 16384 };

static struct call_state {
    _Atomic(const struct call_plan *) plan;
    atomic_int_fast64_t count;
    atomic_int struck;
    atomic_int_fast64_t full_for;
    atomic_bool ours[DESCRIPTORS_MAX]; /* files below the folder, open now */
    atomic_uchar kinds[KINDS_MAX];
} state;

void calls_arm(const struct call_plan *plan)
{
    atomic_store(&state.count, 0);
    atomic_store(&state.struck, CALL_NONE);
    atomic_store(&state.full_for, 0);
    atomic_store(&state.plan, plan);
}

int64_t calls_disarm(enum call *ret_struck)
{
    atomic_store(&state.plan, NULL);
    *ret_struck = (enum call)atomic_load(&state.struck);
    return atomic_load(&state.count);
}

enum call calls_kind(int64_t number)
{
    return (enum call)atomic_load(&state.kinds[number % KINDS_MAX]);
}

static bool is_below(const struct call_plan *plan, const char *path)
{
    return path != NULL && strncmp(path, plan->folder, strlen(plan->folder)) == 0;
}

static bool is_ours(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS_MAX && atomic_load(&state.ours[descriptor]);
}

static bool disk_is_still_full(enum call call)
{
    return calls[call].may[FAILS_FULL_FOR_LONG] && atomic_load(&state.full_for) > 0 &&
           atomic_fetch_sub(&state.full_for, 1) > 0;
}

/* Counts the call; true when it must fail like `*ret_failure`. */
static bool strikes(const struct call_plan *plan, enum call call, enum call_failure *ret_failure)
{
    const int64_t number = atomic_fetch_add(&state.count, 1) + 1;
    atomic_store(&state.kinds[number % KINDS_MAX], (unsigned char)call);
    *ret_failure = plan->failure;
    if (number != plan->strikes_at || !calls[call].may[plan->failure]) {
        return disk_is_still_full(call);
    }
    atomic_store(&state.struck, (int)call);
    if (plan->failure == FAILS_FULL_FOR_LONG) {
        atomic_store(&state.full_for, FULL_FOR);
    }
    return true;
}

static bool path_strikes(enum call call, const char *path, enum call_failure *ret_failure)
{
    const struct call_plan *plan = atomic_load(&state.plan);
    return plan != NULL && is_below(plan, path) && strikes(plan, call, ret_failure);
}

static bool descriptor_strikes(enum call call, int descriptor, enum call_failure *ret_failure)
{
    const struct call_plan *plan = atomic_load(&state.plan);
    return plan != NULL && is_ours(descriptor) && strikes(plan, call, ret_failure);
}

static int fail(enum call_failure failure)
{
    errno = failures[failure].number;
    return -1;
}

static void *next(const char *watched, const char *name)
{
    void *function = watched == NULL ? NULL : dlsym(RTLD_DEFAULT, watched);
    if (function == NULL) {
        function = dlsym(RTLD_NEXT, name);
    }
    if (function == NULL) {
        abort();
    }
    return function;
}

/* What dlsym gives is a function; ISO C has no cast for it. */
#define NEXT_AFTER(type, watched, name)                                                            \
    type name##_next;                                                                              \
    do {                                                                                           \
        void *found_ = next(watched, #name);                                                       \
        memcpy(&name##_next, &found_, sizeof found_);                                              \
    } while (0)
#define NEXT(type, name) NEXT_AFTER(type, NULL, name)
/* AddressSanitizer looks at what is read and written by these. It is part of the program, not a
 * library behind it, so its own are asked for by name; elsewhere there are none. */
#define NEXT_WATCHED(type, name) NEXT_AFTER(type, "__interceptor_" #name, name)

/* --- by path ---------------------------------------------------------------------------------- */

typedef int open_function(const char *path, int flags, ...);
typedef int path_function(const char *path);
typedef int rename_function(const char *from, const char *to);
typedef int stat_function(const char *path, struct stat *status);
typedef int access_function(const char *path, int mode);

int calls_open(const char *path, int flags, ...) __asm__("open64");
int calls_unlink(const char *path) __asm__("unlink");
int calls_rename(const char *from, const char *to) __asm__("rename");
int calls_stat(const char *path, struct stat *status) __asm__("stat64");
int calls_access(const char *path, int mode) __asm__("access");

int calls_open(const char *path, int flags, ...)
{
    enum call_failure failure;
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    NEXT(open_function *, open64);
    const struct call_plan *plan = atomic_load(&state.plan);
    if (path_strikes(CALL_OPEN, path, &failure)) {
        return fail(failure);
    }
    const int descriptor = open64_next(path, flags, mode);
    if (descriptor >= 0 && descriptor < DESCRIPTORS_MAX) {
        atomic_store(&state.ours[descriptor], plan != NULL && is_below(plan, path));
    }
    return descriptor;
}

int calls_unlink(const char *path)
{
    enum call_failure failure;
    NEXT(path_function *, unlink);
    return path_strikes(CALL_REMOVE, path, &failure) ? fail(failure) : unlink_next(path);
}

int calls_rename(const char *from, const char *to)
{
    enum call_failure failure;
    NEXT(rename_function *, rename);
    return path_strikes(CALL_RENAME, to, &failure) ? fail(failure) : rename_next(from, to);
}

int calls_stat(const char *path, struct stat *status)
{
    enum call_failure failure;
    NEXT(stat_function *, stat64);
    return path_strikes(CALL_STATUS, path, &failure) ? fail(failure) : stat64_next(path, status);
}

int calls_access(const char *path, int mode)
{
    enum call_failure failure;
    NEXT(access_function *, access);
    return path_strikes(CALL_STATUS, path, &failure) ? fail(failure) : access_next(path, mode);
}

/* --- by descriptor ---------------------------------------------------------------------------- */

typedef ssize_t read_function(int descriptor, void *into, size_t size);
typedef ssize_t write_function(int descriptor, const void *from, size_t size);
typedef ssize_t pread_function(int descriptor, void *into, size_t size, off_t offset);
typedef ssize_t pwrite_function(int descriptor, const void *from, size_t size, off_t offset);
typedef int descriptor_function(int descriptor);
typedef int truncate_function(int descriptor, off_t size);
typedef int fstat_function(int descriptor, struct stat *status);
typedef int fcntl_function(int descriptor, int command, ...);
typedef void *mmap_function(void *at, size_t size, int protection, int flags, int descriptor,
                            off_t offset);

ssize_t calls_read(int descriptor, void *into, size_t size) __asm__("read");
ssize_t calls_write(int descriptor, const void *from, size_t size) __asm__("write");
ssize_t calls_pread(int descriptor, void *into, size_t size, off_t offset) __asm__("pread64");
ssize_t calls_pwrite(int descriptor, const void *from, size_t size,
                     off_t offset) __asm__("pwrite64");
int calls_fsync(int descriptor) __asm__("fsync");
int calls_fdatasync(int descriptor) __asm__("fdatasync");
int calls_truncate(int descriptor, off_t size) __asm__("ftruncate64");
int calls_fstat(int descriptor, struct stat *status) __asm__("fstat64");
int calls_fcntl(int descriptor, int command, ...) __asm__("fcntl64");
int calls_close(int descriptor) __asm__("close");
void *calls_mmap(void *at, size_t size, int protection, int flags, int descriptor,
                 off_t offset) __asm__("mmap64");

ssize_t calls_read(int descriptor, void *into, size_t size)
{
    enum call_failure failure;
    NEXT_WATCHED(read_function *, read);
    if (descriptor_strikes(CALL_READ, descriptor, &failure)) {
        return failure == FAILS_SHORT ? read_next(descriptor, into, (size + 1) / 2) : fail(failure);
    }
    return read_next(descriptor, into, size);
}

ssize_t calls_write(int descriptor, const void *from, size_t size)
{
    enum call_failure failure;
    NEXT_WATCHED(write_function *, write);
    if (descriptor_strikes(CALL_WRITE, descriptor, &failure)) {
        return failure == FAILS_SHORT ? write_next(descriptor, from, (size + 1) / 2)
                                      : fail(failure);
    }
    return write_next(descriptor, from, size);
}

ssize_t calls_pread(int descriptor, void *into, size_t size, off_t offset)
{
    enum call_failure failure;
    NEXT_WATCHED(pread_function *, pread64);
    if (descriptor_strikes(CALL_READ, descriptor, &failure)) {
        return failure == FAILS_SHORT ? pread64_next(descriptor, into, (size + 1) / 2, offset)
                                      : fail(failure);
    }
    return pread64_next(descriptor, into, size, offset);
}

ssize_t calls_pwrite(int descriptor, const void *from, size_t size, off_t offset)
{
    enum call_failure failure;
    NEXT_WATCHED(pwrite_function *, pwrite64);
    if (descriptor_strikes(CALL_WRITE, descriptor, &failure)) {
        return failure == FAILS_SHORT ? pwrite64_next(descriptor, from, (size + 1) / 2, offset)
                                      : fail(failure);
    }
    return pwrite64_next(descriptor, from, size, offset);
}

int calls_fsync(int descriptor)
{
    enum call_failure failure;
    NEXT(descriptor_function *, fsync);
    return descriptor_strikes(CALL_SYNC, descriptor, &failure) ? fail(failure)
                                                               : fsync_next(descriptor);
}

int calls_fdatasync(int descriptor)
{
    enum call_failure failure;
    NEXT(descriptor_function *, fdatasync);
    return descriptor_strikes(CALL_SYNC, descriptor, &failure) ? fail(failure)
                                                               : fdatasync_next(descriptor);
}

int calls_truncate(int descriptor, off_t size)
{
    enum call_failure failure;
    NEXT(truncate_function *, ftruncate64);
    return descriptor_strikes(CALL_TRUNCATE, descriptor, &failure)
               ? fail(failure)
               : ftruncate64_next(descriptor, size);
}

int calls_fstat(int descriptor, struct stat *status)
{
    enum call_failure failure;
    NEXT(fstat_function *, fstat64);
    return descriptor_strikes(CALL_STATUS, descriptor, &failure) ? fail(failure)
                                                                 : fstat64_next(descriptor, status);
}

static enum call lock_call(int command, const void *argument)
{
    if (command != F_SETLK && command != F_SETLKW && command != F_GETLK) {
        return CALL_NONE;
    }
    const struct flock *lock = argument;
    return lock->l_type == F_UNLCK ? CALL_UNLOCK : CALL_LOCK;
}

/* The third argument is a number or an address: both travel alike. */
int calls_fcntl(int descriptor, int command, ...)
{
    enum call_failure failure;
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    NEXT(fcntl_function *, fcntl64);
    const enum call call = lock_call(command, argument);
    return call != CALL_NONE && descriptor_strikes(call, descriptor, &failure)
               ? fail(failure)
               : fcntl64_next(descriptor, command, argument);
}

/* Whatever it answers, the descriptor is gone. */
int calls_close(int descriptor)
{
    enum call_failure failure;
    NEXT(descriptor_function *, close);
    const bool struck = descriptor_strikes(CALL_CLOSE, descriptor, &failure);
    if (descriptor >= 0 && descriptor < DESCRIPTORS_MAX) {
        atomic_store(&state.ours[descriptor], false);
    }
    const int closed = close_next(descriptor);
    return struck ? fail(failure) : closed;
}

void *calls_mmap(void *at, size_t size, int protection, int flags, int descriptor, off_t offset)
{
    enum call_failure failure;
    NEXT_WATCHED(mmap_function *, mmap64);
    if (descriptor_strikes(CALL_MAP, descriptor, &failure)) {
        fail(failure);
        return MAP_FAILED;
    }
    return mmap64_next(at, size, protection, flags, descriptor, offset);
}

/* --- waiting ---------------------------------------------------------------------------------- */

typedef int sleep_function(useconds_t microseconds);

int calls_sleep(useconds_t microseconds) __asm__("usleep");

/* SQLite waits for locks of others. There are no others. */
int calls_sleep(useconds_t microseconds)
{
    NEXT(sleep_function *, usleep);
    return atomic_load(&state.plan) != NULL ? 0 : usleep_next(microseconds);
}
