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

/* --- how alike two are --- */

enum name_relation { NAME_OTHER, NAME_PART, NAME_LIKE, NAME_SAME };
enum birth_relation { BIRTH_UNKNOWN, BIRTH_OTHER, BIRTH_NEAR, BIRTH_EXCHANGED, BIRTH_SAME };
struct likeness {
    enum name_relation name; /* the closest of what was added */
    enum birth_relation birth;
    size_t same_identifiers;
};
enum birth_relation likeness_of_births(struct known_day a, struct known_day b);
MUST_USE result likeness_add_name(const struct who *who, const struct known_name *theirs,
                                  struct arena scratch, struct likeness *likeness, struct err *err);
bool likeness_is_likely(const struct likeness *likeness);

/* --- who is alike --- */

/* The texts (register/lookup.h) by which whoever may be the same is found. Of somebody whose date
 * of birth is not known, those of all years up to `last_year`, too; 0: those are left out, which
 * others look for from their side. */
struct sought_text {
    str text;
    size_t identifier; /* of who, from 1; 0: a name */
};
MUST_USE result likely_sought(const struct who *who, int last_year, struct arena *arena,
                              const struct sought_text **ret_texts, size_t *ret_count,
                              struct err *err);

enum { LIKELY_HITS_MAX = 5000 /* of one search: a name that more people have says nothing */ };

/* Those in this account's sight, in the order of ids, LIKELY_MAX at most. `only`: nobody but this
 * person; 0: whoever there is. */
MUST_USE result likely_find(struct sitting *sitting, const struct who *who, int64_t only,
                            const struct likely_duplicate **ret_likely, size_t *ret_count,
                            struct err *err);
/* Whether the account sees them or not: for what is kept for all accounts (pairs.h). */
MUST_USE result likely_everybody(struct sitting *sitting, const struct who *who, int64_t only,
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
