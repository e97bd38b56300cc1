/* lifecycle: agreements from the first approach to the end: the states they went through, each with
 * its day and its source; what they allow and how much of it is used; how long the partner took to
 * accept each person, and how many it declined.
 *
 * Opening an agreement, and announcing one, are in administration.h. A confidential agreement is
 * seen, counted and told to those alone who may see it. */
#ifndef RETURNHUB_CASEWORK_LIFECYCLE_H
#define RETURNHUB_CASEWORK_LIFECYCLE_H

#include "casework/casework.h"

struct agreement_state {
    str name;
    str title;
    date from;
    str source;
    instant recorded_at;
    str actor;
    int64_t event;
};

/* Moves an agreement to a state, from a day on. The source must be said. Which moves there are
 * stands in agreement_state.def; however a state is recorded, another one is ERROR_CONFLICT. A
 * state that was recorded in error is withdrawn (casework_withdraw_fact). */
MUST_USE result casework_move_agreement(const struct casework *casework,
                                        const struct caller *caller, str reference, str state,
                                        date from, str source, struct arena *arena,
                                        struct record_answer *ret_answer, struct err *err);

/* How the partner answered when it was asked to accept people (entries "acceptance" of the books).
 */
struct acceptance_counts {
    int64_t asked;
    int64_t accepted;
    int64_t declined;
    int64_t unanswered; /* the partner gave no answer, and was not waited for any longer */
    int64_t waiting;
    int64_t days;         /* from asking to answer, of those accepted or declined, added up */
    int64_t longest_days; /* of one */
};

struct agreement_life {
    struct agreement_line line; /* the facts, the hubs */
    const struct agreement_state *states;
    size_t state_count;
    struct intake_counts intake; /* used, used this month, held */
    bool has_cap;
    int64_t cap; /* people in all; when has_cap */
    bool has_intake;
    int64_t intake_a_month;
    int64_t live_requests;
    struct acceptance_counts acceptances;
};
/* The state on a day: the last one that is true from it or from before; NULL when there is none. */
const struct agreement_state *agreement_state_on(const struct agreement_life *life, date day);

MUST_USE result casework_agreement_life(const struct casework *casework,
                                        const struct caller *caller, str reference,
                                        struct arena *arena, struct agreement_life *ret_life,
                                        struct err *err);

/* One line for each agreement that the account may see: table of agreements, their states, what is
 * used, acceptance times and refusals. */
MUST_USE result casework_agreement_lives(const struct casework *casework,
                                         const struct caller *caller, struct arena *arena,
                                         const struct agreement_life **ret_lives, size_t *ret_count,
                                         struct err *err);

#endif
