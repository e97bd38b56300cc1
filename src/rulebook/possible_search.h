/* possible_search: what a search demands of the forms, and in which ways that can be met. Internal
 * to possible*.c.
 *
 * Functions that return false found no way, and state.conflict holds the choices to blame. */
#ifndef RETURNHUB_RULEBOOK_POSSIBLE_SEARCH_H
#define RETURNHUB_RULEBOOK_POSSIBLE_SEARCH_H

#include "rulebook/possible_state.h"

enum {
    OPEN_MAX = 32768,     /* demands with alternatives, at once */
    AGENDA_MAX = 8192,    /* demands not yet taken apart */
    DEMANDS_MAX = 131072, /* in force at once */
    LEVELS_MAX = 2000,    /* choices within choices: each takes room on the stack */
    LAST_BIT = 63,        /* of a set of choices: all choices from here on share it */
};

/* What is left of a form, asked of the person or of a member. */
struct cell {
    uint8_t ruled_out; /* truths; none at first, so that new memory is a sound cell */
    uint8_t seen;      /* truths that the facts left allow, as looked at in `glance` */
    uint64_t reason;
    uint64_t seen_reason;
    uint64_t glance;
};

struct kept_cell {
    uint32_t cell;
    uint8_t ruled_out;
    uint64_t reason;
};

struct open_demand {
    uint32_t form;
    uint32_t scope;
    unsigned truths;
    bool closed;
};

struct every_member {
    form_edge edge;
    unsigned truths;
    uint64_t reason;
};

struct possible {
    struct forms forms;
    struct state state;
    struct cell *cells; /* SCOPES times the forms */
    struct kept_cell *kept;
    size_t kept_count;
    struct open_demand *open;
    size_t open_count;
    uint32_t *closed; /* open demands that were closed, in that order */
    size_t closed_count;
    uint32_t *agenda; /* cells */
    size_t agenda_count;
    struct every_member every[POSSIBLE_MEMBERS_MAX + 1];
    size_t every_count;
    uint32_t member_count;
    uint64_t member_reasons[SCOPES]; /* why there is such a member */
    uint64_t glance;
    uint64_t trials;
    uint64_t trials_most;
};

struct search_mark {
    struct state_mark state;
    size_t kept_count;
    size_t open_count;
    size_t closed_count;
    size_t every_count;
    uint32_t member_count;
};

static inline unsigned truths_of_edge(form_edge edge, unsigned truths)
{
    return (edge & 1U) != 0 ? truths_turned(truths) : truths;
}

static inline struct cell *search_cell(const struct possible *possible, uint32_t form,
                                       uint32_t scope)
{
    return &possible->cells[scope * possible->forms.forms.count + form];
}

static inline unsigned truths_left(const struct cell *cell)
{
    return (unsigned)TRUTHS_ALL & ~(unsigned)cell->ruled_out;
}

static inline struct variable *search_variable(const struct possible *possible, uint32_t scope,
                                               uint32_t fact)
{
    return &possible->state.variables[state_variable(&possible->state, scope, fact)];
}

/* Which truths a form may still have, by the facts left: more than it will have, never fewer. */
struct sight {
    unsigned truths;
    uint64_t reason; /* for those that it has not */
};

/* With what is demanded of it, and without. */
struct sight search_look(struct possible *possible, form_edge edge, uint32_t scope);
struct sight search_look_at_form(struct possible *possible, uint32_t form, uint32_t scope);

struct search_mark search_mark(struct possible *possible);
void search_undo(struct possible *possible, const struct search_mark *mark);
bool search_fail(struct possible *possible, uint64_t reason);
bool search_fail_beyond(struct possible *possible); /* a limit was met */

/* That a form have one of these truths. */
bool search_demand(struct possible *possible, form_edge edge, uint32_t scope, unsigned truths,
                   uint64_t reason);
bool search_demand_new_member(struct possible *possible, form_edge edge, unsigned truths,
                              uint64_t reason);
bool search_demand_complete(struct possible *possible, bool complete, uint64_t reason);
/* Takes apart all that is demanded and leaves no choice; what leaves one is open. */
bool search_settle(struct possible *possible);

/* The ways in which an open demand can be met. An alternative is visited to see whether it still
 * can be, or to demand it. */
struct visit {
    bool demanding;
    uint64_t reason; /* of the demand; or why it cannot be met */
};

uint32_t search_count_alternatives(const struct form *form, unsigned truths);
bool search_visit_alternative(struct possible *possible, const struct open_demand *open,
                              uint32_t alternative, struct visit *visit);

#endif
