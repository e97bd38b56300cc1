/* latest: what was noted lately under keys that are hashes: a memory of fixed size that begins anew
 * with the program. A key has its place in one set of lines, and in a set that is full the one
 * noted longest ago gives way. A value is copied, a plain struct of one size. Every call is one
 * step of its own: may be used by several threads. */
#ifndef RETURNHUB_WEB_LATEST_H
#define RETURNHUB_WEB_LATEST_H

#include "base/arena.h"
#include "base/hash.h"

enum { LATEST_WAYS = 4, LATEST_SETS_MAX = 65536 };

struct latest;

/* `sets` is at most LATEST_SETS_MAX: the set of a key are its first two bytes, modulo `sets`. */
MUST_USE result latest_open(size_t sets, size_t value_size, struct arena *arena,
                            struct latest **ret_latest, struct err *err);
void latest_close(struct latest *latest); /* accepts NULL */

/* False when nothing is known of the key; *ret_value is written only when true. */
bool latest_find(struct latest *latest, const struct sha256 *key, void *ret_value);
/* In place of what was noted under the key. */
void latest_note(struct latest *latest, const struct sha256 *key, const void *value);
/* Finds, or notes where there is nothing to find: of several threads one notes. */
bool latest_find_or_note(struct latest *latest, const struct sha256 *key, const void *value,
                         void *ret_value);
void latest_forget(struct latest *latest, const struct sha256 *key);

#endif
