/* reference: the short name of a person that people read out: "RH-7K3M9Q-8".
 *
 * Six characters of Crockford's base 32 (no I, L, O, U) drawn at random, so that one does not lead
 * to the next, and a check character that finds every single wrong character and every swap of
 * neighbours: the seven characters, as elements of the field of 32 (x^5 + x^2 + 1), weighted with
 * the powers 6 to 0 of x, sum to 0. (A sum modulo 31 could not tell 0 from Z.) Never made of
 * anything about the person. Read in any case, with or without RH, hyphens (or the dashes that
 * other programs make of them) and spaces; O reads as 0, I and L as 1. */
#ifndef RETURNHUB_REGISTER_REFERENCE_H
#define RETURNHUB_REGISTER_REFERENCE_H

#include "base/arena.h"

enum {
    REFERENCE_SIZE = 12, /* with the final NUL */
    REFERENCE_BITS = 30,
};

/* From REFERENCE_BITS random bits. */
void reference_make(uint32_t random_bits, char text[REFERENCE_SIZE]);
/* The one written form of what was typed, or ERROR_INPUT that says what is wrong with it. */
MUST_USE result reference_read(str typed, char text[REFERENCE_SIZE], struct err *err);

/* Those that were given out and that nobody can look up yet, as the bits they are made of. */
struct reference_set {
    uint32_t *slots; /* open hashing: the bits and 1; 0: free */
    size_t slot_count;
};
/* With room for `most`; the memory is the arena's. */
MUST_USE result reference_set_init(struct reference_set *set, size_t most, struct arena *arena,
                                   struct err *err);
/* False when it is there already. */
bool reference_set_add(struct reference_set *set, uint32_t bits);
bool reference_set_has(const struct reference_set *set, uint32_t bits);
void reference_set_empty(struct reference_set *set);

#endif
