/* external_reference: what other systems call a person. Every identifier a person ever had
 * elsewhere is kept, as an event (EXTERNAL_REFERENCE_RECORDED), and finds the person again.
 *
 * The identifiers themselves are personal content: they stand in sealed bodies only. In the rows
 * stands a number made of them with a key that is not in the database, so that whoever has only the
 * file can neither read an identifier nor try one out. Numbers may coincide; whoever asks compares
 * with the event. */
#ifndef RETURNHUB_REGISTER_EXTERNAL_REFERENCE_H
#define RETURNHUB_REGISTER_EXTERNAL_REFERENCE_H

#include "register/event.h"

enum {
    EXTERNAL_KIND_MAX_BYTES = 32,       /* the name of a system */
    EXTERNAL_REFERENCE_MAX_BYTES = 100, /* longer than any identifier of a case system */
};

struct external_reference_row {
    int64_t lookup;
    int64_t event;
    int64_t person;
};

/* 2 to 32 of a-z 0-9 _ -, and a letter first. */
bool external_kind_is_name(str kind);
/* The first 64 bits of HMAC-SHA-256(key, kind || NUL || reference). */
int64_t external_reference_lookup(str key, str kind, str reference);
/* EXTERNAL_REFERENCE_RECORDED makes a row of an empty one. Refuses an empty or too long reference
 * and a kind that is no name. */
MUST_USE result external_reference_row_apply(struct external_reference_row *row, str key,
                                             const struct event *event, struct err *err);

#endif
