/* import_columns: what the columns of an import file mean, and one row of it, checked. Pure: it
 * asks the rulebook, not the register. Inside casework only. docs/import.md describes the columns.
 *
 * A blank cell is nothing known, and nothing is recorded of it. */
#ifndef RETURNHUB_CASEWORK_IMPORT_COLUMNS_H
#define RETURNHUB_CASEWORK_IMPORT_COLUMNS_H

#include "casework/import.h"
#include "casework/likely.h"
#include "format/latin.h"
#include "format/records.h"
#include "register/reference.h"

enum { IMPORT_REFERENCES_MAX = 16 /* of one person: more than there are case systems */ };

/* Where what is wrong is told, and how much of it there was. */
struct import_faults {
    import_fault_visit *visit; /* NULL: only counted */
    void *context;
    int64_t count;
    int64_t rows; /* with a fault */
    int64_t last_row;
};

/* Counts and tells it. A failure to tell is a failure. */
MUST_USE result import_fault_tell(struct import_faults *faults, const struct import_fault *fault,
                                  struct err *err);
/* `value` is shown shortened. */
MUST_USE result import_fault(struct import_faults *faults, int64_t row, str column, str value,
                             const struct err *what, struct err *err);

struct import_reference {
    str column;
    struct identifier_recorded_body body; /* without its source */
};

struct import_fact {
    uint32_t fact;
    str value;    /* in the form that is stored */
    bool has_day; /* the file says since when; otherwise true_from is the day of the file */
    date true_from;
};

struct import_person {
    int64_t row;
    str person; /* this register's reference, "" when the row gives none */
    const struct import_reference *references;
    size_t reference_count; /* IMPORT_REFERENCES_MAX at most */
    str name;
    str latin; /* the name in Latin letters, "" when it is in them */
    struct known_day born_on;
    struct known_day registered_on;
    str stage;
    struct known_day stage_since;
    struct known_day contact_on;
    str contact_source;
    struct known_day next_check_on;
    const struct import_fact *facts;
    size_t fact_count;
    bool sound;                 /* nothing in its cells is wrong */
    char drawn[REFERENCE_SIZE]; /* for somebody new; "": none was drawn */
    struct import_person *next;
};

struct import_column {
    str name;      /* .at is NULL while nothing is known of the slot */
    unsigned kind; /* of the table in import_columns.c */
    uint32_t fact;
    str scheme; /* of CELL_REFERENCE: identifier.def, and the system when it is another's */
    str system;
    struct known_day day; /* of FACT@DAY */
};

struct import_columns {
    const struct rulebook *rulebook;
    const struct latin *latin; /* of whoever reads the file */
    date today;
    date file_day;      /* from which what the file says without a day is taken to be true */
    const bool *stages; /* by stage: may an import say it? */
    bool without_key;   /* no column says who a row is about: told once, not of each row */
    struct arena *arena;
    struct import_column slots[CSV_COLUMNS_MAX];
};

MUST_USE result import_columns_init(struct import_columns *columns, const struct rulebook *rulebook,
                                    const struct latin *latin, date today, date file_day,
                                    struct arena *arena, struct err *err);
/* The names of a CSV file's columns; each that means nothing is a fault of row 1. */
MUST_USE result import_columns_check(struct import_columns *columns, const str *names, size_t count,
                                     struct import_faults *faults, struct err *err);
/* The row with what it says in the arena, which holds no more than that. */
MUST_USE result import_columns_read(struct import_columns *columns, const struct record *record,
                                    struct arena *arena, struct arena scratch,
                                    struct import_faults *faults, struct import_person *ret_person,
                                    struct err *err);

/* The stages in which an import may register somebody, by index: those that can be reached from the
 * start by steps that need neither an approval nor a hub. What takes the approval of an officer, or
 * a place, in this register cannot be claimed by a file. */
MUST_USE result import_stages(const struct rulebook *rulebook, struct arena *arena,
                              const bool **ret_stages, struct err *err);

#endif
