/* entry: the books. One mechanism for whatever is opened, has somebody responsible and a day by
 * which something is due, is answered and is closed: incidents, force, complaints, the monitor's
 * visits and findings, examinations and reports, deaths, duties to tell somebody. Which kinds there
 * are, what each asks for and how it moves stands in one list, entry.def.
 *
 * An entry belongs to the history of what it is about, and its number is the position of the event
 * that opened it. What is written in it stays in the events, sealed with the key of that person or
 * hub; the row says only what lists and counts need.
 *
 * Invariants of a row:
 *   1. it moves only along entry.def, and what has ended stays ended;
 *   2. its kind, its subject, its severity and the day it was opened never change.
 */
#ifndef RETURNHUB_REGISTER_ENTRY_H
#define RETURNHUB_REGISTER_ENTRY_H

#include "register/event.h"

enum entry_kind {
    ENTRY_NONE = 0,
#define ENTRY_KIND(constant, name, title, about, responsible, action) constant,
#include "register/entry.def"
#undef ENTRY_KIND
    ENTRY_KIND_COUNT
};

enum {
    ENTRY_ABOUT_PERSON = 1 << SUBJECT_OF_PERSON,
    ENTRY_ABOUT_HUB = 1 << SUBJECT_OF_HUB,
    ENTRY_AT_A_HUB = 1,               /* about somebody, and never without a hub */
    ENTRY_AGAINST_ACCOUNTS = 1 << 16, /* it may name accounts that it complains of */
};

enum entry_field_type { ENTRY_TEXT, ENTRY_CHOICE, ENTRY_INSTANT, ENTRY_REFERENCE };

enum entry_needed {
    ENTRY_NEEDED_NEVER,
    ENTRY_NEEDED_TO_OPEN,
    ENTRY_NEEDED_TO_ANSWER,
    ENTRY_NEEDED_TO_CLOSE,
    ENTRY_OFFERED_WHEN_DUE_AGAIN,
    ENTRY_NEEDED_LAST = ENTRY_OFFERED_WHEN_DUE_AGAIN,
};

struct entry_field {
    enum entry_kind kind;
    str name;
    enum entry_field_type type;
    enum entry_needed needed;
    str choices; /* parted by spaces */
    const char *title;
};

enum entry_verb { ENTRY_ANSWERS, ENTRY_CLOSES, ENTRY_GOES_ON };
enum entry_due { ENTRY_SETTLED, ENTRY_PENDING };

struct entry_move {
    enum entry_kind kind;
    str from;
    str to;
    enum entry_verb verb;
    enum entry_due due; /* of the state that it leads to */
};

enum { ENTRY_FIELDS_MAX = 12 /* of one kind */ };
#define ENTRY_STATE_OPEN STR("open")

enum entry_kind entry_kind_from_name(str name); /* ENTRY_NONE when there is none */
const char *entry_kind_name(enum entry_kind kind);
const char *entry_kind_title(enum entry_kind kind);
unsigned entry_kind_about(enum entry_kind kind);
str entry_kind_responsible(enum entry_kind kind);

/* All of every kind, in the order of the list. */
const struct entry_field *entry_fields(size_t *ret_count);
const struct entry_move *entry_moves(size_t *ret_count);
/* NULL when there is none. */
const struct entry_field *entry_field_find(enum entry_kind kind, str name);
const struct entry_move *entry_move_find(enum entry_kind kind, str from, str to);
/* No move leads on from it. */
bool entry_state_ends(enum entry_kind kind, str state);
/* Something is due in it. */
bool entry_state_is_pending(enum entry_kind kind, str state);
/* It says that what the entry was opened for is not so, or is so no longer. */
bool entry_outcome_is_not_so(enum entry_kind kind, str outcome);
/* The kind has such outcomes. */
bool entry_kind_may_be_not_so(enum entry_kind kind);

struct entry_row {
    int64_t id; /* position of its ENTRY_OPENED event */
    str kind;
    enum subject_kind subject_kind; /* whose history it stands in */
    int64_t subject;
    int64_t person;    /* the subject, when that is a person; else 0 */
    int64_t hub;       /* where it happened, 0 for nowhere in particular */
    int64_t agreement; /* of the hub, as it was opened */
    int64_t parent;    /* the entry it follows from, 0 for none */
    str journey;
    str severity;
    str responsible;
    str state;
    str outcome;
    date opened_on; /* the day it is about */
    instant opened_at;
    bool pending;            /* something is due in the state it is in */
    struct known_day due_on; /* of the state it is in; unknown while nothing is due, and when it
                                could not be counted */
    struct known_day answered_on;
    struct known_day closed_on;
    instant closed_at; /* 0: it has not ended */
    instant started_at;
    instant ended_at;      /* 0: not known, or not yet */
    int64_t against_event; /* that says last of which accounts it complains; 0: none says so */
    int64_t changed_event;
};

bool entry_is_closed(const struct entry_row *row);
/* Something is due and the day is past, or is not known: a day that nobody could count clears
 * nothing. */
bool entry_is_overdue(const struct entry_row *row, date today);

/* ENTRY_OPENED makes a row of an empty one; ENTRY_CHANGED changes the row of body.entry. The
 * agreement is the caller's to fill in, from the hub's row. ERROR_CONFLICT for what would break an
 * invariant. */
MUST_USE result entry_row_apply(struct entry_row *row, const struct event *event, struct err *err);

#endif
