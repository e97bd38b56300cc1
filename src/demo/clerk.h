/* clerk: writes the events of one subject after another, in the order of time, as casework would
 * have written them had it been in use then: every step is judged on the facts recorded so far,
 * carries what the verdict relied on, and is followed by the facts that the rulebook says it
 * records. A step that is not clear is not taken.
 *
 * Two differences from casework, both of no consequence for what the record says: values are judged
 * from memory, not from rows, and a step that records as unknown what is unknown already writes no
 * event for it. */
#ifndef RETURNHUB_DEMO_CLERK_H
#define RETURNHUB_DEMO_CLERK_H

#include "demo/demo.h"
#include "rulebook/judge.h"

enum named_fact {
#define NAMED_FACT(constant, name, source) constant,
#include "demo/name.def"
#undef NAMED_FACT
    NAMED_FACT_COUNT
};

enum named_step {
#define NAMED_STEP(constant, name) constant,
#include "demo/name.def"
#undef NAMED_STEP
    NAMED_STEP_COUNT
};

/* Who acts; the accounts of demo_accounts, in that order. */
enum clerk_actor {
    ACTOR_REGISTER = -1,
    ACTOR_CASEWORKER = 0,
    ACTOR_AUTHORISING,
    ACTOR_SENIOR,
    ACTOR_HUB_NORTH,
    ACTOR_MONITOR,
    ACTOR_PROTECTION,
    ACTOR_ADMINISTRATOR,
    ACTOR_STATISTICIAN,
    ACTOR_REGISTRAR,
    ACTOR_PERSON,
    ACTOR_LAWYER,
    ACTOR_COUNT,
};

enum { CLERK_VISITS_MAX = 8 };

struct clerk_visit {
    date on;
    struct value visited_on;
    struct value next_due;
};

/* A hub and its agreement, as a question about a person asks about them. */
struct clerk_hub {
    int64_t hub;
    int64_t agreement;
    int64_t place_count;
    int64_t places_used; /* held or occupied */
    int64_t
        next_place; /* each place is given once, so that nobody's stay overlaps another's in time */
    struct value *values; /* of the hub, indexed by fact */
    struct value *agreement_values;
    /* The monitor's visits, oldest first: what the hub's facts say of them depends on the day asked
     * about. */
    struct clerk_visit visits[CLERK_VISITS_MAX];
    size_t visit_count;
};

/* The same for every subject. */
struct clerk_setting {
    const struct rulebook *rulebook;
    uint32_t facts[NAMED_FACT_COUNT]; /* in the rulebook */
    uint32_t steps[NAMED_STEP_COUNT];
    bool *const *reads; /* by step of the rulebook: the facts that its safeguards read */
    int64_t accounts[ACTOR_COUNT];
    str identity; /* of the rulebook, hexadecimal */
    date today;
};

/* Finds every name in the rulebook; refuses one that lacks a name. The accounts are for the caller
 * to fill in. */
MUST_USE result clerk_setting_make(const struct rulebook *rulebook, date today, struct arena *arena,
                                   struct clerk_setting *ret_setting, struct err *err);

struct clerk {
    const struct clerk_setting *setting;
    struct transaction *transaction;
    struct arena arena; /* of one subject; emptied by clerk_begin */
    enum subject_kind kind;
    int64_t subject;
    uint32_t stage;         /* of a person */
    instant last;           /* the instant of the last event */
    enum clerk_actor actor; /* of the events that follow; the caseworker after clerk_begin */
    struct value *values;   /* what is known of the subject, by fact */
    date *since;            /* from when each of them is true */
    int64_t hub_place;      /* of the person; 0: none */
    int64_t stay;           /* at a hub: the position of the event that began it */
    int64_t event_count;    /* of all subjects so far */
};

/* Takes what lives as long as the clerk from `arena`; the clerk's own arena is given over to it. */
MUST_USE result clerk_init(struct clerk *clerk, const struct clerk_setting *setting,
                           struct transaction *transaction, struct arena *arena,
                           struct arena of_subject, struct err *err);

/* Turns to a new subject of whom nothing is recorded. */
void clerk_begin(struct clerk *clerk, enum subject_kind kind, int64_t subject);
/* Appends an event of this subject, true from `on` and recorded on that day (or, when something
 * later was recorded already, right after that). Subject, actor and instant are filled in. */
MUST_USE result clerk_append(struct clerk *clerk, struct event *event, date on, struct err *err);

MUST_USE result clerk_register_person(struct clerk *clerk, str reference, str name,
                                      struct known_day born_on, date on, struct err *err);
MUST_USE result clerk_contact(struct clerk *clerk, str source, struct known_day next_check_on,
                              date on, struct err *err);

MUST_USE result clerk_fact(struct clerk *clerk, enum named_fact fact, str value, date on,
                           struct err *err);
/* A fact by its name in the rulebook, for what comes from a file. */
MUST_USE result clerk_fact_named(struct clerk *clerk, str name, str value, str source, date on,
                                 struct err *err);
MUST_USE result clerk_flag(struct clerk *clerk, enum named_fact fact, bool flag, date on,
                           struct err *err);
MUST_USE result clerk_day(struct clerk *clerk, enum named_fact fact, date value, date on,
                          struct err *err);

/* What is known of the subject, copied so that it outlives the subject's turn. */
MUST_USE result clerk_keep_values(const struct clerk *clerk, struct arena *arena,
                                  struct value **ret_values, struct err *err);

/* Takes a step that needs no approval, if it leads from this stage and is clear. `hub` NULL for a
 * step without one. */
MUST_USE result clerk_step(struct clerk *clerk, enum named_step step, struct clerk_hub *hub,
                           date on, bool *ret_taken, struct err *err);
/* The same for a step that the story cannot go on without: not taken is a failure that names the
 * safeguards. */
MUST_USE result clerk_must_step(struct clerk *clerk, enum named_step step, struct clerk_hub *hub,
                                date on, struct err *err);

/* The stations of a step that needs approval; each must be clear. */
MUST_USE result clerk_request(struct clerk *clerk, enum named_step step,
                              const struct clerk_hub *hub, date on, int64_t *ret_request,
                              struct err *err);
/* Gives the approval of this index, from 0, in the name of the account that has the role; the last
 * of all holds a place for a step that takes one. */
MUST_USE result clerk_approve(struct clerk *clerk, enum named_step step, struct clerk_hub *hub,
                              int64_t request, size_t index, date on, struct err *err);
MUST_USE result clerk_take(struct clerk *clerk, enum named_step step, struct clerk_hub *hub,
                           int64_t request, date on, struct err *err);
/* The event at position `cause` has un-cleared the request. */
MUST_USE result clerk_stop(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                           int64_t request, int64_t cause, date on, struct err *err);

/* Somebody asks for a step that the law does not allow on that day: the refusal is on record.
 * Nothing when the step does not lead from this stage, or is clear. */
MUST_USE result clerk_refuse(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                             date on, struct err *err);

/* A failure that names the safeguards in the way when the step does not lead from this stage or is
 * not clear on that day. */
MUST_USE result clerk_must_be_clear(struct clerk *clerk, enum named_step step,
                                    const struct clerk_hub *hub, date on, struct err *err);

/* Is the step clear on that day? */
enum clearance clerk_judge(const struct clerk *clerk, enum named_step step,
                           const struct clerk_hub *hub, date on);

#endif
