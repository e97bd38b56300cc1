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

/* What the row adds to the record. */
struct import_addition {
    bool is_new;
    bool corrects; /* the name or the date of birth */
    bool contact;
    bool other_stage;
    size_t fact_count;
    size_t reference_count;
    bool *facts; /* by fact of the row: is it news? */
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
