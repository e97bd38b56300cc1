/* stopping: a clearance ends when its reasons end. After anything is recorded, every live request
 * that it could concern is judged again in the same transaction, and one that is no longer clear is
 * stopped there and then. Inside casework only.
 *
 * What a subject concerns: a person's facts, stage and family concern the requests for that person
 * and, because safeguards ask about members of the family, those for every other member; a hub's
 * facts and places the requests for that hub; an agreement's facts the requests under that
 * agreement. That a place was held for somebody else concerns nobody: the others are told when they
 * come to take theirs.
 *
 * A request is stopped, too, when its step no longer leads from the stage the person is in, or will
 * not by what an entry in the books foretells (foretold.h), is no longer in the rulebook, or has
 * lost the place that was held for it; then no safeguard is named.
 */
#ifndef RETURNHUB_CASEWORK_STOPPING_H
#define RETURNHUB_CASEWORK_STOPPING_H

#include "casework/sitting.h"

struct touched {
    enum subject_kind kind;
    int64_t id;
};

struct stopped_list {
    const struct stopped_request *items;
    size_t count;
};

/* What a subject touched concerns: of a person, that person, as whom records merged into theirs are
 * known now, and then the members of the family. */
struct concerned {
    enum subject_kind kind;
    int64_t id;
    const int64_t *people; /* of a person */
    size_t people_count;
};
/* Of each subject touched, in the sitting's memory. */
MUST_USE result stopping_concerned(struct sitting *sitting, const struct touched *touched,
                                   size_t count, const struct concerned **ret_concerned,
                                   struct err *err);

/* Judges again what is concerned; `cause` is the position of the event that was recorded. */
MUST_USE result stopping_review(struct sitting *sitting, const struct concerned *concerned,
                                size_t count, int64_t cause, struct stopped_list *ret_stopped,
                                struct err *err);
/* The same of every live request there is. */
MUST_USE result stopping_review_all(struct sitting *sitting, int64_t cause,
                                    struct stopped_list *ret_stopped, struct err *err);

/* Stops one live request because its safeguards, judged just now, are not clear. `each` as
 * judge_step gives it. */
MUST_USE result stopping_stop(struct sitting *sitting, const struct request_row *request,
                              int64_t cause, const enum clearance *each,
                              struct text_list *ret_safeguards, struct err *err);

/* Stops one live request whose step no longer leads from the person's stage: no safeguard is named.
 */
MUST_USE result stopping_end(struct sitting *sitting, const struct request_row *request,
                             int64_t cause, struct err *err);

/* Stops one live request whose place is gone. */
MUST_USE result stopping_without_place(struct sitting *sitting, const struct request_row *request,
                                       int64_t cause, struct err *err);

/* The names of the step's safeguards that are not clear, in the step's order. */
MUST_USE result stopping_names(const struct rulebook *rulebook, uint32_t step,
                               const enum clearance *each, struct arena *arena,
                               struct text_list *ret_names, struct err *err);

#endif
