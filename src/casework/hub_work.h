/* hub_work: what the commands of a hub's desk have in common. Inside casework only.
 *
 * The order is always the same: who may, which hub, which person, was it done before, then the
 * events, then the review of what they concern. */
#ifndef RETURNHUB_CASEWORK_HUB_WORK_H
#define RETURNHUB_CASEWORK_HUB_WORK_H

#include "casework/hub_desk.h"
#include "casework/sitting.h"

struct hub_work;
/* Fills the event that is asked for, as far as the caller says it; what the register chooses or
 * counts is left empty (hub_work_same). */
typedef result hub_ask(struct sitting *sitting, struct hub_work *work, struct event *event,
                       struct err *err);
/* Completes the event, appends it and whatever follows from it. */
typedef result hub_carry_out(struct sitting *sitting, struct hub_work *work, struct event *event,
                             struct err *err);

enum { HUB_WORK_EVENTS_MAX = 64 };

struct hub_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    enum action action;
    str hub_name;
    str person_name; /* "": the command is about no person */
    hub_ask *ask;
    hub_carry_out *carry_out;
    bool reviewed;     /* it changes something that requests are judged on */
    const void *entry; /* of the command */
    int64_t number;
    str text;
    str reason;
    struct hub_row hub;
    struct person_row person;
    struct stay_row stay; /* the person's latest at this hub */
    int64_t events[HUB_WORK_EVENTS_MAX];
    size_t event_count;
    struct record_answer answer;
};

MUST_USE result hub_work_run(struct hub_work *work, struct record_answer *ret_answer,
                             struct err *err);
/* Appends one of the command's events; the first takes the client id. */
MUST_USE result hub_work_append(struct sitting *sitting, struct hub_work *work, struct event *event,
                                struct err *err);

/* Somebody who has, or had, a stay at the hub, and the latest of these; otherwise ERROR_NOT_FOUND
 * in the words for somebody who is not there. */
MUST_USE result hub_person(struct sitting *sitting, const struct hub_row *hub, str reference,
                           struct person_row *ret_person, struct stay_row *ret_stay,
                           struct err *err);
/* A kind that the rulebook knows; "" only under a rulebook that knows none. */
MUST_USE result hub_check_kind(const struct rulebook *rulebook, str kind, struct err *err);
/* The person's need now. */
MUST_USE result hub_need(struct sitting *sitting, int64_t person, str *ret_kind, bool *ret_known,
                         struct err *err);

#endif
