/* changes: what was recorded, in the order of positions, for whoever keeps a copy of what they may
 * see: of each event its kind and what it is about, and nothing of what it says. Who wants to know
 * that reads the thing itself, which is a look of its own.
 *
 * Each line is one that the account may see when it asks. What comes into its sight later begins
 * with its next event. Every account may ask; the list of who was told of whom is a look. */
#ifndef RETURNHUB_CASEWORK_CHANGES_H
#define RETURNHUB_CASEWORK_CHANGES_H

#include "casework/casework.h"

/* The position of the last event. */
MUST_USE result casework_position(const struct casework *casework, int64_t *ret_position,
                                  struct err *err);

enum {
    CHANGES_LINES_MAX = 500,
    CHANGES_EVENTS_MAX = 20000, /* looked at in one call: most may be about what others see */
};

struct change_line {
    int64_t position;
    enum event_kind kind;
    enum subject_kind subject_kind; /* a person, a hub, an agreement, a manifest, an operation */
    str reference;                  /* of the subject */
    date effective_on;
    instant recorded_at;
};
struct changes_answer {
    const struct change_line *lines; /* rising positions */
    size_t count;
    int64_t next_after; /* everything up to here was told, or is not for this account */
    bool more;          /* there is more behind it already */
};
/* `limit`: 1 to CHANGES_LINES_MAX. ERROR_INPUT when `after` is below 0. */
MUST_USE result casework_changes(const struct casework *casework, const struct caller *caller,
                                 int64_t after, size_t limit, struct arena *arena,
                                 struct changes_answer *ret_answer, struct err *err);

#endif
