/* repeat: the answer to a command that was done before. Inside casework only.
 *
 * What one command recorded stands together in the register: positions without a gap, one actor,
 * one instant (what a step itself brings about one millisecond later, see sitting.h), and only the
 * first event carries the client id. */
#ifndef RETURNHUB_CASEWORK_REPEAT_H
#define RETURNHUB_CASEWORK_REPEAT_H

#include "casework/sitting.h"
#include "casework/stopping.h"

struct done_before {
    const struct event *events;
    size_t count;
};

/* All events of the command that began with `first`. */
MUST_USE result repeat_events(struct sitting *sitting, const struct event *first,
                              struct done_before *ret_done, struct err *err);

/* Of a command that records one event with all that it says: ERROR_CONFLICT unless `asked` says
 * what `first` does. About whom, the caller compares. */
MUST_USE result repeat_same(const struct event *first, const struct event *asked,
                            struct arena scratch, struct err *err);

/* Do both say the same? About whom and when, the caller compares. */
MUST_USE result repeat_says_the_same(const struct event *first, const struct event *asked,
                                     struct arena scratch, bool *ret_same, struct err *err);

/* The requests that it stopped. */
MUST_USE result repeat_stopped(struct sitting *sitting, const struct done_before *done,
                               struct stopped_list *ret_stopped, struct err *err);

/* The answer of a command that recorded something: every event that is not a stop, and the stops.
 */
MUST_USE result repeat_record_answer(struct sitting *sitting, const struct done_before *done,
                                     struct record_answer *ret_answer, struct err *err);

#endif
