/* row: what the events add up to. Rows are derived; `returnhub rebuild` makes them anew from the
 * events and must give equal rows. The functions here are the only place that says how an event
 * changes a row; they are pure, and the store calls them for every event it appends or replays.
 *
 * Invariants:
 *   1. a person is in exactly one stage;
 *   2. a place is free, prebooked, held for one request, occupied by one person, out of use, or
 * closed - never two of these;
 *   3. a request moves only along request_may_become.
 */
#ifndef RETURNHUB_REGISTER_ROW_H
#define RETURNHUB_REGISTER_ROW_H

#include "register/event.h"
#include "register/packed.h"

struct person_row {
    int64_t id;
    str reference;
    str stage;
    date stage_since;
    int64_t stage_event;
    int64_t
        identity_event; /* whose body holds the name and birth date now; those are not in rows */
    int64_t family;     /* family group, 0 when none is recorded */
    int64_t hub;        /* where the person is placed, 0 when at none */
    date registered_on;
    struct known_day last_contact_on;
    str last_contact_source;
    struct known_day next_check_on;
    int64_t holds;           /* legal holds in force: while there is one, nothing is erased */
    int64_t erasure_request; /* the ERASURE_REQUESTED event that waits for a second person, or 0 */
    bool restricted;         /* processing is restricted: seen by a named role alone */
    int64_t
        protection;  /* the PROTECTION_SET event that names who sees the record; 0: whoever may */
    bool erased;     /* only the number, the stages and the places taken remain */
    int64_t part_of; /* the person this record is a part of since a merge (identity.h); 0: it is a
                        person of its own */
};

/* One recorded value of one fact. At (as of D, as known at K) the value is that of the row with
 * recorded_at <= K, not withdrawn by K, true_from <= D, of which the latest true_from counts and,
 * among equals, the latest position. */
struct fact_row {
    int64_t position; /* of the FACT_RECORDED event (or the STEP_TAKEN that wrote it) */
    enum subject_kind subject_kind;
    int64_t subject;
    str fact;
    str value;
    str source;
    date true_from;
    instant recorded_at;
    int64_t actor;
    bool withdrawn;
    instant withdrawn_at;
};

/* What a screening reads of a person, short: everybody's lie together. It follows the person's row
 * and the rows of their facts and says nothing that those do not. Stages are words (packed.h) here.
 */
struct caseload_row {
    int64_t person;
    int64_t stage; /* the number of the word */
    int64_t family;
    int64_t hub;
    date registered_on;
    struct known_day next_check_on;
    instant recorded_until; /* the last thing recorded about a fact; what was known before that is
                               not to be had from `facts` */
    str reference;
    str facts; /* packed.h */
};

enum request_state {
    REQUEST_OPEN = 1,     /* asked for; approvals outstanding */
    REQUEST_APPROVED = 2, /* every approval given */
    REQUEST_TAKEN = 3,
    REQUEST_STOPPED = 4, /* a fact un-cleared it */
    REQUEST_DECLINED = 5,
    REQUEST_WITHDRAWN = 6,
};

enum { REQUEST_APPROVALS_MAX = 4 };

struct request_row {
    int64_t id; /* position of its STEP_REQUESTED event */
    int64_t person;
    str step;
    int64_t hub;
    int64_t agreement;
    enum request_state state;
    int64_t requested_by;
    instant requested_at;
    int64_t approved_by[REQUEST_APPROVALS_MAX];
    size_t approval_count;
    int64_t place; /* number of the place held at the hub, 0 when none */
    instant changed_at;
    int64_t changed_event;
};

/* So that one slip of the finger does not make a billion rows; far above any hub that was ever
 * proposed. */
enum { HUB_PLACES_MAX = 100000 };

enum place_state {
    PLACE_FREE = 1,
    PLACE_HELD = 2,
    PLACE_OCCUPIED = 3,
    PLACE_CLOSED = 4, /* not agreed on any more */
    PLACE_PREBOOKED =
        5, /* until a day; after it the place counts as free and anybody may take it */
    PLACE_OUT_OF_USE = 6,
    PLACE_STATES
};

struct place_row {
    int64_t hub;
    int64_t number; /* from 1 */
    str kind;       /* "" while nobody said which */
    enum place_state state;
    int64_t person;     /* for whom it is held or prebooked, or who occupies it */
    int64_t request;    /* that holds it, or that the prebooking was given to */
    int64_t prebooking; /* position of the PLACES_PREBOOKED event */
    struct known_day prebooked_until;
    str out_reason; /* of out_of_use.def; "" when it is in use */
    struct known_day back_on;
    instant since;         /* that it is in this state */
    int64_t changed_event; /* the last that changed the row */
};

/* A prebooking that has run out holds nothing. */
bool place_is_free_on(const struct place_row *row, date today);

struct hub_row {
    int64_t id;
    str reference;
    str name;
    int64_t agreement;
};

struct agreement_row {
    int64_t id;
    str reference;
    str partner;
    str title;
    bool confidential;
};

struct account_row {
    int64_t id;
    str username;
    str name;
    str role;
    int64_t hub; /* the hub it is limited to, 0 for none */
    bool closed;
    str language; /* in which its holder reads; "" while nobody chose one */
};

const char *request_state_name(enum request_state state); /* "approved" */
const char *place_state_name(enum place_state state);
bool request_may_become(enum request_state from, enum request_state to);

/* Which rows an event of this kind concerns, so that a store loads no others. The subject's own row
 * is that of the person, hub, agreement or account in the event's header. */
enum {
    CONCERNS_SUBJECT = 1, /* the subject's own row */
    CONCERNS_FACT = 2,    /* a row of one fact of the subject */
    CONCERNS_REQUEST = 4, /* the row of body.request, or the one that begins */
    CONCERNS_PLACE =
        8, /* the place named, the one held for the request, the one the person occupies */
    CONCERNS_HUB_PLACES = 16, /* all places of the hub */
    CONCERNS_ERASED = 32,     /* every row of the records that body.person_erased names */
    CONCERNS_MANIFEST_ENTRY =
        256,                    /* manifest.h: of the person and manifest named, or of the request
                                 */
    CONCERNS_STOP_NOTICE = 512, /* stop_notice.h: a row for each account told, or the actor's */
    CONCERNS_ENTRY = 2048,      /* the entry of body.entry, or the one that begins (entry.h) */
    CONCERNS_INTAKE = 4096,     /* what is held or used of the agreement's intake (intake.h) */
    CONCERNS_LOOKUP = 8192,     /* by what the person is found: a name, an identifier */
    CONCERNS_MERGE = 16384,     /* the merge that is asked for, decided or undone (identity.h) */
    CONCERNS_HUB_DESK = 32768,  /* rows of hub_desk.h */
    CONCERNS_GLASS = 65536,     /* the row of glass.h that begins, or that is reviewed */
    CONCERNS_TIE = 131072,      /* the row of tie.h that begins, or that is ended */
};
unsigned event_concerns(enum event_kind kind);
/* May an event of this kind stand in the history of a subject of that kind? */
bool event_may_be_about(enum event_kind kind, enum subject_kind subject);

/* The first event of a subject must be the one that brings it into the register, and no other may
 * be that one. For the rows of a subject kind that lie in a file of their own. */
MUST_USE result row_check_beginning(int64_t row_id, const struct event *event,
                                    enum event_kind first, struct err *err);

/* How one event changes the row it concerns. A first event (row->id == 0) makes the row. Events
 * that do not concern the row leave it as it is. Refuses (ERROR_CONFLICT) what would break an
 * invariant. Texts are views of the event.
 *
 * request_row_apply takes the row whose id is body.request (or an empty one for STEP_REQUESTED).
 * place_row_apply takes a row that exists: for STEP_APPROVED the place body.place of the request's
 * hub; for the end of a request the place held for it; for STEP_TAKEN and PLACE_CHANGED also the
 * place named and the place the person occupies - freed ones before the one taken; for events of a
 * hub the places they name, or those of the prebooking. */
MUST_USE result person_row_apply(struct person_row *row, const struct event *event,
                                 struct err *err);
/* PERSON_ERASED leaves of the row what register/erasure.h says. `reference` is the new one. */
void person_row_erase(struct person_row *row, str reference);
MUST_USE result request_row_apply(struct request_row *row, const struct event *event,
                                  struct err *err);
MUST_USE result place_row_apply(struct place_row *row, const struct event *event, struct err *err);
/* PLACES_AGREED concerns all places of the hub. `rows` are those there are, in the order of numbers
 * (1, 2, ...), with room for `capacity` (at least body.places) in all. More places: closed ones
 * come back into use, lowest number first, then new ones are added. Fewer: free ones are closed,
 * highest number first. */
MUST_USE result place_rows_agree(struct place_row *rows, size_t count, size_t capacity,
                                 const struct event *event, size_t *ret_count, struct err *err);
/* FACT_RECORDED makes a row of an empty one (position 0); FACT_WITHDRAWN marks the row of position
 * body.event. */
MUST_USE result fact_row_apply(struct fact_row *row, const struct event *event, struct err *err);
MUST_USE result hub_row_apply(struct hub_row *row, const struct event *event, struct err *err);
MUST_USE result agreement_row_apply(struct agreement_row *row, const struct event *event,
                                    struct err *err);
MUST_USE result account_row_apply(struct account_row *row, const struct event *event,
                                  struct err *err);

/* Of several rows of ONE fact, the index of the one that counts at (as_of, known_at), or count when
 * none does. */
size_t fact_rows_choose(const struct fact_row *rows, size_t count, date as_of, instant known_at);

/* Of the rows of ONE fact, in the order of (true_from, position): keeps those that can count on
 * some day when nothing more is recorded, in that order, at the front, and returns how many. */
size_t fact_rows_keep_current(struct fact_row *rows, size_t count);

/* The person's part of the caseload, from the row as it is now. */
void caseload_row_follow(struct caseload_row *row, const struct person_row *person, int64_t stage);
/* The facts' part. After FACT_RECORDED: `entries` is the one recorded; after FACT_WITHDRAWN: those
 * of the fact that are left (fact_rows_keep_current). The bytes of row->facts are in the arena. */
MUST_USE result caseload_row_apply(struct caseload_row *row, const struct event *event,
                                   int64_t fact, const struct packed_entry *entries, size_t count,
                                   struct arena *arena, struct err *err);

#endif
