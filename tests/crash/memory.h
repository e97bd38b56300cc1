/* memory: every allocation counted, and one of them refused.
 *
 * A test that links memory.c with `-Wl,--wrap=` for malloc, calloc, realloc, aligned_alloc, mmap64
 * and pthread_create has those of the program's own code come through here; memory_install brings
 * those of SQLite and of libcrypto. What the C library takes for itself is its own. */
#ifndef RETURNHUB_TESTS_CRASH_MEMORY_H
#define RETURNHUB_TESTS_CRASH_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Before SQLite and libcrypto are used for the first time. */
bool memory_install(void);
/* From now on allocations are counted, from 1; the `strikes_at`-th is refused (0: none), and with
 * `lasting` every one after it, until `memory_disarm`. */
void memory_arm(int64_t strikes_at, bool lasting);
/* How many there were; *ret_struck: one was refused. */
int64_t memory_disarm(bool *ret_struck);

#endif
