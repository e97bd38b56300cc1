/* likely: who may be the same person (casework/identity.h). Inside casework only. */
#ifndef RETURNHUB_CASEWORK_LIKELY_H
#define RETURNHUB_CASEWORK_LIKELY_H

#include "casework/identity.h"
#include "casework/sitting.h"
#include "register/lookup.h"

struct known_name {
    str name;
    str latin; /* "" when the name is in Latin letters */
};

/* A reference or another name that counts: recorded and not withdrawn. */
struct known_identifier {
    const struct event *event; /* IDENTIFIER_RECORDED */
    enum identifier_scheme scheme;
};

/* What is known of who somebody is. */
struct who {
    int64_t person; /* 0: nobody in the register yet */
    const struct known_name *names;
    size_t name_count;
    struct known_day born_on;
    const struct known_identifier *identifiers; /* also other names */
    size_t identifier_count;
};

/* From the events of a person, newest first (transaction_history). */
MUST_USE result who_from_history(const struct event *events, size_t count, struct arena *arena,
                                 struct who *ret_who, struct err *err);
MUST_USE result who_is(struct sitting *sitting, const struct person_row *person,
                       struct who *ret_who, struct err *err);

/* Those in this account's sight, in the order of ids, with ids above `after`. */
MUST_USE result likely_find(struct sitting *sitting, const struct who *who, int64_t after,
                            const struct likely_duplicate **ret_likely, size_t *ret_count,
                            struct err *err);
/* Only those who have the very same reference. */
MUST_USE result likely_by_identifier(struct sitting *sitting, const struct who *who,
                                     const struct likely_duplicate **ret_likely, size_t *ret_count,
                                     struct err *err);

/* Who has this name, part by part in whatever order and case, and was born on this day: one
 * question of the index, for files. In this account's sight, at most LIKELY_MAX. */
MUST_USE result likely_by_name(struct sitting *sitting, const struct known_name *name, date born_on,
                               const struct person_row **ret_people, size_t *ret_count,
                               struct err *err);

/* Are they one reference, or one name, however they are typed? */
bool identifier_is_same(const struct identifier_recorded_body *a,
                        const struct identifier_recorded_body *b, struct arena scratch);
/* The entry as it is stored: a machine readable zone read, the form checked, the name composed. */
MUST_USE result identifier_read(const struct identifier_entry *entry, struct arena *arena,
                                struct identifier_recorded_body *ret_body, struct err *err);

#endif
