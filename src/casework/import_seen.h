/* import_seen: finds what stands twice in a file of any size, in memory that is bounded.
 *
 * A reference is its number in the index of the store (64 bits). A table, as large as the file can
 * need and no larger than SEEN_SLOTS, holds those of one share of all numbers; when it is full, the
 * share is halved and what is no longer of it is forgotten. Then the file has to be gone through
 * again for each other share, with the same numbers in the same order; what was told before its
 * share was forgotten is not told again. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_IMPORT_SEEN_H
#define RETURNHUB_CASEWORK_IMPORT_SEEN_H

#include "base/arena.h"

enum {
    SEEN_SLOTS_LEAST = 1024,
    SEEN_SLOTS = 4 * 1024 * 1024, /* a power of two; 64 MiB of memory */
    SEEN_HALVINGS = 64,           /* a number has so many bits */
};

struct seen_slot {
    uint64_t number;
    int64_t row; /* 0: free */
};

/* The half of a share of which a further bit is set was forgotten. */
struct seen_halving {
    uint64_t shares; /* before it */
    uint64_t share;
    uint64_t added; /* so many numbers came before it */
};

struct import_seen {
    struct seen_slot *slots;
    size_t slot_count;
    size_t most;
    size_t count;
    uint64_t shares; /* a power of two */
    uint64_t share;  /* the one that is held */
    uint64_t added;  /* numbers since the beginning of the file */
    struct seen_halving halvings[SEEN_HALVINGS];
    size_t halving_count;
};

/* Slots, a power of two, for all that can stand in a file of so many bytes: a number is of one
 * character and what ends it at least. */
size_t import_seen_slots(int64_t file_bytes);
/* With so many slots, a power of two. */
MUST_USE result import_seen_init(struct import_seen *seen, size_t slot_count, struct arena *arena,
                                 struct err *err);
/* The row in which the number stood before; 0 when it did not, is of another share, or that was
 * told already. */
int64_t import_seen_add(struct import_seen *seen, int64_t number, int64_t row);
/* Goes on with the next share; false when all were gone through. */
bool import_seen_next_share(struct import_seen *seen);

#endif
