/* due: what is due of everybody, line by line, kept between one reading and the next, for all
 * accounts alike; who sees which of it is asked of each reading. Inside casework only.
 *
 * Made of everybody at once (caseload.h) when it is asked for first. Later only those are looked at
 * of whom something was recorded since; when they are many, or another day has begun, everybody
 * again. Never stale: whom an event is about, and whose record continues theirs, is looked at in
 * the reading's own snapshot, and nothing else that is recorded moves a line. Where a clock asks of
 * families, and for times further ahead than are kept, everybody is looked at each time.
 *
 * What is kept are numbers and days: nobody's name, and nothing that was sealed. */
#ifndef RETURNHUB_CASEWORK_DUE_H
#define RETURNHUB_CASEWORK_DUE_H

#include "casework/sitting.h"

struct due_line {
    int64_t person;
    enum work_kind kind;
    uint32_t clock; /* NOT_FOUND_INDEX for a contact check */
    date due;
    struct clock_answer answer; /* of the clock */
};

struct due_asked {
    int32_t within_days;   /* how far ahead a clock that runs is called due */
    const int64_t *people; /* nobody but these, rising; NULL: everybody whose case is open */
    size_t people_count;   /* where clocks ask of families, others are told of as well */
};

MUST_USE result due_keeper_open(struct arena *arena, struct due_keeper **ret_keeper,
                                struct err *err);
void due_keeper_close(struct due_keeper *keeper); /* accepts NULL */

/* A reading in which due_each is called (store_read_together): one at a time, each begun while it
 * holds the keeper, so that none is older than what is kept. */
MUST_USE result due_read(const struct casework *casework, store_together_work *work, void *context,
                         struct err *err);

/* Of now, in no order: also of people whom the account does not see. `transactions` as for
 * caseload_load. Inside due_read. */
typedef void due_visit(void *context, const struct due_line *line);
MUST_USE result due_each(struct sitting *sitting, struct transaction *const *transactions,
                         size_t transaction_count, const struct due_asked *asked, due_visit *visit,
                         void *context, struct err *err);

#endif
