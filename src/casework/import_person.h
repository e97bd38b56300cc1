/* import_person: one checked row of an import file against the register, and into it. Inside
 * casework only. */
#ifndef RETURNHUB_CASEWORK_IMPORT_PERSON_H
#define RETURNHUB_CASEWORK_IMPORT_PERSON_H

#include "casework/import_columns.h"
#include "casework/sitting.h"

struct import_source {
    const struct rulebook *rulebook;
    str name; /* of what is recorded: its source */
    date file_day;
};

/* Whom the row is about. */
struct import_found {
    struct person_row person;          /* id 0: somebody new */
    bool known[IMPORT_REFERENCES_MAX]; /* which of the references the register has */
};

/* Finds the person by all that the row gives, and checks the row against what is known. What does
 * not fit is told to `faults`, and *ret_sound is false. */
MUST_USE result import_person_find(struct sitting *sitting, const struct import_person *row,
                                   struct import_faults *faults, struct import_found *ret_found,
                                   bool *ret_sound, struct err *err);

/* Who is here already and likely to be the somebody new of the row: the same name and date of
 * birth, and no other reference of a system that the row names; id 0: nobody. */
MUST_USE result import_person_like(struct sitting *sitting, const struct import_person *row,
                                   struct person_row *ret_person, struct err *err);
/* Tells `faults` so, and what to do. */
MUST_USE result import_tell_like(struct sitting *sitting, const struct import_person *row,
                                 const struct person_row *like, struct import_faults *faults,
                                 struct err *err);

/* What the row adds to the record. */
struct import_addition {
    bool is_new;
    bool corrects; /* the name or the date of birth */
    bool contact;
    bool other_stage;
    bool ended; /* something is new, or another stage, of somebody who has an outcome here */
    size_t fact_count;
    size_t reference_count;
    bool *facts;                            /* by fact of the row: is it news? */
    bool references[IMPORT_REFERENCES_MAX]; /* by reference of the row: the same */
};
MUST_USE result import_person_compare(struct sitting *sitting, const struct import_source *source,
                                      const struct import_person *row,
                                      const struct import_found *found, struct arena *arena,
                                      struct import_addition *ret_addition, struct err *err);
bool import_adds(const struct import_addition *addition);

/* Records it; live requests of somebody who was here before are judged again. *ret_stopped is how
 * many that stopped. */
MUST_USE result import_person_record(struct sitting *sitting, const struct import_source *source,
                                     const struct import_person *row,
                                     const struct import_found *found,
                                     const struct import_addition *addition, size_t *ret_stopped,
                                     struct err *err);

#endif
