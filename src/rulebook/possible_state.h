/* possible_state: what a search has narrowed the facts to, and why. Internal to possible*.c.
 *
 * Every narrowing carries its reason: the set of choices it rests on, a bit for each. When a
 * function returns false there is no solution, and `conflict` holds the choices to blame. Whatever
 * is changed is undone by state_undo, back to a mark. */
#ifndef RETURNHUB_RULEBOOK_POSSIBLE_STATE_H
#define RETURNHUB_RULEBOOK_POSSIBLE_STATE_H

#include "rulebook/possible.h"
#include "rulebook/possible_term.h"

enum {
    MAY_BE_KNOWN = 1,
    MAY_BE_UNKNOWN = 2,
    SCOPES = POSSIBLE_MEMBERS_MAX + 1, /* the person, and each member of the family */
    ORDERS_MAX = 512,                  /* comparisons of dates and numbers that hold at once */
    PAIRINGS_MAX = 128,                /* and of other facts with each other */
    CHANGES_MAX = 65536,               /* of facts, since the search began */
    ROUNDS_MAX = 1000000,       /* of raising days, for one question: a few times three centuries */
    VALUE_TRIALS_MAX = 1000000, /* of values for facts that are compared with each other */
};

/* A fact of somebody, today, or a constant. */
struct variable {
    unsigned states; /* MAY_BE_... */
    uint64_t epoch;  /* in which it was last kept for undoing */
    uint64_t reason;
    int64_t low;
    int64_t high;
    struct values values;
};

/* value of `left` (+ 1 when strict) <= value of `right` */
struct order {
    uint32_t left; /* terms */
    uint32_t right;
    uint32_t left_variable;
    uint32_t right_variable;
    bool strict;
    uint64_t reason;
};

enum pairing_kind { PAIRING_SAME, PAIRING_CONTAINS, PAIRING_SAME_SET };

struct pairing {
    enum pairing_kind kind;
    bool holds;
    uint32_t a; /* variables; of a constant country NOT_FOUND_INDEX */
    uint32_t b; /* for PAIRING_CONTAINS the set */
    uint32_t value;
    uint64_t reason;
};

/* A country that a set has, or has not. */
struct membership {
    uint32_t set; /* a variable that stands for all sets equal to it */
    uint32_t value;
    bool holds;
};

/* The facts that are paired, while values are tried for them. */
struct paired {
    uint32_t variables[2 * PAIRINGS_MAX];
    uint32_t chosen[2 * PAIRINGS_MAX]; /* the value of each */
    size_t variable_count;
    uint32_t sets[2 * PAIRINGS_MAX];
    uint32_t set_roots[2 * PAIRINGS_MAX]; /* the set that stands for those equal to it */
    size_t set_count;
    struct membership memberships[4 * PAIRINGS_MAX];
    size_t membership_count;
    size_t trials;
};

struct kept_variable {
    uint32_t index;
    struct variable variable;
};

struct state {
    const struct forms *forms;
    struct variable *variables;
    uint32_t variable_count;
    struct kept_variable *changes;
    size_t change_count;
    struct order *orders;
    size_t order_count;
    struct pairing *pairings;
    size_t pairing_count;
    uint64_t epoch;
    uint64_t conflict;
    size_t rounds;        /* of raising days, since the question was asked */
    bool beyond;          /* a limit was met: what is said to be impossible may not be */
    struct paired paired; /* found by state_solve */
};

struct state_mark {
    size_t change_count;
    size_t order_count;
    size_t pairing_count;
};

MUST_USE result state_init(struct state *state, const struct forms *forms, struct arena *arena,
                           struct err *err);
struct state_mark state_mark(struct state *state);
void state_undo(struct state *state, struct state_mark mark);

/* Facts of a hub or an agreement are the same whoever is asked about. */
uint32_t state_variable(const struct state *state, uint32_t scope, uint32_t fact);
uint32_t state_root_variable(const struct state *state, uint32_t scope, uint32_t term);

/* `keep` may be NULL: then all values. */
bool state_narrow(struct state *state, uint32_t variable, unsigned states,
                  const struct values *keep, uint64_t reason);
/* Known, and from low to high. */
bool state_bound(struct state *state, uint32_t variable, int64_t low, int64_t high,
                 uint64_t reason);
bool state_order(struct state *state, uint32_t scope, const struct form *form, bool holds,
                 uint64_t reason);
bool state_pair(struct state *state, uint32_t scope, const struct form *form, bool holds,
                uint64_t reason);
/* Are there values for the facts that are paired? Complete; leaves them in `paired`. */
bool state_solve(struct state *state);
/* After state_solve: the value chosen for a fact, its first when it is not paired; and whether a
 * set has a country. */
uint32_t state_chosen(const struct state *state, uint32_t variable);
bool state_set_has(const struct state *state, uint32_t variable, uint32_t value);

#endif
