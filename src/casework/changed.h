/* changed: of whom something was recorded since a position, for what is kept between readings and
 * brought up to date (due.h, pairs.h). Inside casework only. */
#ifndef RETURNHUB_CASEWORK_CHANGED_H
#define RETURNHUB_CASEWORK_CHANGED_H

#include "casework/sitting.h"

enum { CHANGED_MAX = 512 };

struct changed {
    int64_t people[CHANGED_MAX]; /* rising: records, and the people that they are a part of now */
    size_t count;
    bool too_many; /* people, or events: look at everybody */
};

/* Whether an event of this kind matters; NULL: of every kind. A merge or its undoing is about both
 * records. At most `people_max` (CHANGED_MAX) and `events_max` are gone through. */
typedef bool changed_matters(enum event_kind kind);
MUST_USE result changed_since(struct sitting *sitting, int64_t position, changed_matters *matters,
                              size_t people_max, size_t events_max, struct changed *ret_changed,
                              struct err *err);
bool changed_has(const struct changed *changed, int64_t person);

#endif
