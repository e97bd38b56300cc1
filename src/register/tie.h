/* tie: whose record an account may see from outside the office: the person's own, or that of
 * somebody whom its holder represents in law. A row for each TIE_MADE; derived like those of row.h.
 * Nothing but sight comes of it: no safeguard reads it.
 *
 * A tie stands under the record it was made for, and follows the person through merges and their
 * undoing as every event does (identity.h): who is tied is asked of the event, not of the row. It
 * holds from its first day to its last, if it has one, and ends at once when somebody ends it.
 *
 * Invariants of a row: nobody ties themselves; it ends once. */
#ifndef RETURNHUB_REGISTER_TIE_H
#define RETURNHUB_REGISTER_TIE_H

#include "register/event.h"

enum tie_kind { TIE_NONE = 0, TIE_SELF = 1, TIE_REPRESENTATIVE = 2, TIE_KINDS };
const char *tie_kind_name(enum tie_kind kind); /* "representative" */
/* TIE_NONE when there is none of that name. */
enum tie_kind tie_kind_from_name(str name);

struct tie_row {
    int64_t id;     /* position of its TIE_MADE event, which says on what authority */
    int64_t person; /* the record that it was made for */
    int64_t account;
    enum tie_kind kind;
    date first_day;
    struct known_day last_day; /* unknown: until it is ended */
    int64_t made_by;
    int64_t ended_by; /* 0: nobody ended it */
    instant ended_at;
    int64_t ended_event;
};

/* TIE_MADE makes a row of an empty one; TIE_ENDED changes the row that it names, once. */
MUST_USE result tie_row_apply(struct tie_row *row, const struct event *event, struct err *err);
bool tie_holds(const struct tie_row *row, date today);

#endif
