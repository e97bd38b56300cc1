/* manifest: who leaves together, when and where to. A subject of its own (SUBJECT_OF_MANIFEST);
 * its rows are derived like those of row.h.
 *
 * A manifest is for one step of the rulebook, which each person takes as they board. An entry is
 * one person on it, by an approved request for that step.
 *
 * Invariants:
 *   1. a person is on one manifest at a time until they are accounted for (the store's unique
 *      index);
 *   2. an entry ends with its request: stopped, declined or withdrawn, the person is off the
 *      manifest in the same event;
 *   3. a manifest closes only when everybody who boarded is accounted for (`aboard` is 0).
 *
 * Escorts are a number and their tasks; their names are not kept. */
#ifndef RETURNHUB_REGISTER_MANIFEST_H
#define RETURNHUB_REGISTER_MANIFEST_H

#include "register/event.h"

enum manifest_state {
    MANIFEST_OPEN = 1,
    MANIFEST_BOARDED = 2,  /* everybody on it was judged; those who were clear are aboard */
    MANIFEST_DEPARTED = 3, /* it left */
    MANIFEST_CLOSED = 4,   /* everybody who boarded is accounted for */
    MANIFEST_CANCELLED = 5,
};

struct manifest_row {
    int64_t id;
    str reference;   /* "MAN-7K3M9Q-8" */
    str step;        /* of the rulebook */
    int64_t hub;     /* where it goes to, 0 when it goes to none */
    str destination; /* country */
    instant departs_at;
    str carrier;
    str route; /* stops in order, parted by commas */
    int64_t escorts;
    str escort_roles; /* parted by commas */
    int64_t lead;     /* account that answers for it */
    enum manifest_state state;
    int64_t aboard;      /* boarded and not accounted for */
    instant departed_at; /* from MANIFEST_DEPARTED on */
    instant changed_at;
    int64_t changed_event;
};

enum manifest_entry_state {
    ENTRY_LISTED = 1,
    ENTRY_BOARDED = 2,
    ENTRY_STOPPED = 3,   /* its request was stopped, declined or withdrawn */
    ENTRY_TAKEN_OFF = 4, /* by hand, or the manifest was cancelled */
    ENTRY_ARRIVED = 5,
    ENTRY_RETURNED = 6, /* came back with the same departure, or it never left */
};

struct manifest_entry_row {
    int64_t manifest;
    int64_t person;
    int64_t request;
    enum manifest_entry_state state;
    bool recalled;         /* aboard, and to be brought back */
    int64_t boarded_event; /* STEP_TAKEN; 0 before */
    instant changed_at;
    int64_t changed_event;
};

const char *manifest_state_name(enum manifest_state state);
const char *manifest_entry_state_name(enum manifest_entry_state state);
/* The outcome of MANIFEST_PERSON_ACCOUNTED: "arrived", "returned"; 0 when it is neither. */
enum manifest_entry_state manifest_outcome(str name);

/* As the functions of row.h: a first event makes the row; what breaks an invariant is refused. */
MUST_USE result manifest_row_apply(struct manifest_row *row, const struct event *event,
                                   struct err *err);
/* The row is the one of the manifest and person that the event is about; for the end or the taking
 * of a request the live one of that request. An empty row: there is none yet. */
MUST_USE result manifest_entry_row_apply(struct manifest_entry_row *row, const struct event *event,
                                         struct err *err);

enum { MANIFEST_REFERENCE_SIZE = 13 }; /* with the final NUL */
/* References as those of people (reference.h), with MAN before them. */
void manifest_reference_make(uint32_t random_bits, char text[MANIFEST_REFERENCE_SIZE]);
MUST_USE result manifest_reference_read(str typed, char text[MANIFEST_REFERENCE_SIZE],
                                        struct err *err);

#endif
