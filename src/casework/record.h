/* record: facts, checked and appended. Inside casework only: for commands that record facts among
 * other things (notices.h) as record.c does alone. */
#ifndef RETURNHUB_CASEWORK_RECORD_H
#define RETURNHUB_CASEWORK_RECORD_H

#include "casework/stopping.h"

struct checked_entry {
    str fact;
    str value; /* in the form that is stored */
    date true_from;
    str source;
};

/* Before anything is locked. */
MUST_USE result record_check(const struct rulebook *rulebook, enum subject_kind kind,
                             const struct fact_entry *entries, size_t count, struct arena *arena,
                             const struct checked_entry **ret_entries, struct err *err);

/* One event for each, whose positions are put into `events`. */
MUST_USE result record_append(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                              const struct checked_entry *entries, size_t count, int64_t *events,
                              struct err *err);

/* What was recorded otherwise is told to the law in the same commit: the fact of a person, where
 * the rulebook has one of this name and type that the register does not count; elsewhere nothing,
 * and `event` stays as it is. */
MUST_USE result record_tell_law(struct sitting *sitting, int64_t person, enum fact_type type,
                                const struct checked_entry *entry, int64_t *event, struct err *err);

/* Reviews what the events concern (recall.h) and makes the answer of both. `events` stay the
 * caller's, in the arena of the answer. */
MUST_USE result record_finish(struct sitting *sitting, const struct touched *touched,
                              size_t touched_count, const int64_t *events, size_t event_count,
                              struct record_answer *ret_answer, struct err *err);

#endif
