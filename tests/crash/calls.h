/* calls: the calls of the system that the store makes on its files, counted, and one of them made
 * to fail.
 *
 * A test that links calls.c has its own open, read, write, ... in front of the C library's, for the
 * whole process: SQLite's calls come through here, and those of src/system. Only calls about files
 * below `folder` are counted or touched, and only while a plan is armed. */
#ifndef RETURNHUB_TESTS_CRASH_CALLS_H
#define RETURNHUB_TESTS_CRASH_CALLS_H

#include <stdbool.h>
#include <stdint.h>

enum call {
    CALL_NONE,
    CALL_OPEN,
    CALL_READ,
    CALL_WRITE,
    CALL_SYNC,
    CALL_TRUNCATE,
    CALL_REMOVE,
    CALL_RENAME,
    CALL_LOCK,
    CALL_UNLOCK,
    CALL_MAP,
    CALL_STATUS,
    CALL_CLOSE,
    CALLS,
};

enum call_failure {
    FAILS_WITH_EIO,
    FAILS_WITH_ENOSPC,
    FAILS_WITH_ENOMEM,
    FAILS_WITH_EINTR,
    FAILS_SHORT,         /* does half of what was asked and says so */
    FAILS_FULL_FOR_LONG, /* no space, for this and the next FULL_FOR calls that need some */
    CALL_FAILURES,
};

enum { FULL_FOR = 40 };

struct call_plan {
    const char *folder;
    int64_t strikes_at; /* the n-th call, from 1; 0: never */
    enum call_failure failure;
};

/* Counting begins at 0. The plan must live until calls_disarm. */
void calls_arm(const struct call_plan *plan);
/* How many calls there were since; *ret_struck is the one that was made to fail, CALL_NONE when
 * none was. */
int64_t calls_disarm(enum call *ret_struck);
/* What the n-th call was since calls_arm, from 1. */
enum call calls_kind(int64_t number);
/* Can this call fail like this? */
bool call_may_fail(enum call call, enum call_failure failure);

const char *call_name(enum call call);
const char *call_failure_name(enum call_failure failure);

#endif
