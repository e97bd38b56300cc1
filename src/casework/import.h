/* import: people and facts from a file of another system, and a whole register from its events.
 *
 * What is promised of people and facts (docs/import.md):
 *   1. a file is checked whole before anything of it is recorded; one that has a fault anywhere is
 * refused whole, with every fault told by row and column;
 *   2. it is recorded a chunk at a time, each chunk whole or not at all, durable when it is
 * reported. After a kill at any instant the same command goes on where it was: who is in the
 * register already is found by the references of the file;
 *   3. the same file a second time records nothing; a changed row records what changed and nothing
 * else; a correction made in the register is not undone by the file it corrected;
 *   4. what the file does not say is not recorded: a blank cell leaves what is known as it is;
 *   5. what is recorded of people who are here judges their live requests again, in the same
 * transaction;
 *   6. nobody is registered twice unknowingly: somebody new with the name and date of birth of
 * somebody who is here is a fault of the row, unless the caller registers them all the same. A
 * system that knows the other one under another reference says itself that they are two.
 * Memory does not grow with the file. */
#ifndef RETURNHUB_CASEWORK_IMPORT_H
#define RETURNHUB_CASEWORK_IMPORT_H

#include "casework/casework.h"

struct import_fault {
    int64_t row;
    str column; /* "" when it is the row as such */
    str value;
    const char *what;
    const char *hint;
};
typedef result import_fault_visit(void *context, const struct import_fault *fault, struct err *err);

enum import_phase { IMPORT_CHECKING, IMPORT_COMPARING, IMPORT_RECORDING };

struct import_progress {
    enum import_phase phase;
    int64_t bytes_done;
    int64_t bytes_all;
    int64_t rows;
};
/* From whichever thread does the work, one at a time. While rows are recorded, those that are. */
typedef void import_progress_visit(void *context, const struct import_progress *progress);

struct import_options {
    const char *path;
    str source; /* where all of it is known from; "" for "import" */
    bool has_day;
    date day;             /* of the file; otherwise today */
    bool dry_run;         /* check, change nothing */
    bool register_likely; /* also who is likely to be here already, which is a fault otherwise */
    import_fault_visit *fault; /* NULL: faults are only counted */
    void *fault_context;
    import_progress_visit *progress; /* NULL: nobody wants to know */
    void *progress_context;
};

struct import_outcome {
    int64_t rows;
    int64_t faults;
    int64_t faulty_rows;
    int64_t new_people;
    int64_t changed_people;
    int64_t unchanged_people;
    int64_t facts;
    int64_t references;
    int64_t contacts;
    int64_t corrections;  /* of name or date of birth */
    int64_t other_stages; /* the file names another stage than the register, which stays */
    int64_t ended;        /* the file says something new of somebody who has an outcome here */
    int64_t likely;       /* registered, though likely to be here already */
    int64_t stopped_requests;
    bool recorded; /* false: dry run, or the file has faults; nothing was changed */
};

/* ACTION_IMPORT. With faults it succeeds, has recorded nothing and says so in the outcome. In a dry
 * run the numbers are what would be recorded, each row seen by itself. */
MUST_USE result casework_import(const struct casework *casework, const struct caller *caller,
                                const struct import_options *options,
                                struct import_outcome *ret_outcome, struct err *err);

/* --- a whole register ---------------------------------------------------------------------------
 */

struct import_events_outcome {
    int64_t events;
    int64_t erased; /* of subjects whose record was erased there */
    int64_t rulebooks;
};

/* All events of an export (casework/export.h) into a store that holds none: the same positions,
 * instants, actors and bodies, in one transaction, so all or nothing. A file that was cut off or
 * changed is refused. Nobody's access is asked for: the store is new, and whoever runs the program
 * owns it. Passwords, sessions and keys are not in an export; nobody can sign in before a password
 * is set. */
MUST_USE result casework_import_events(struct store *store, const char *path,
                                       import_progress_visit *progress, void *progress_context,
                                       struct import_events_outcome *ret_outcome, struct err *err);

#endif
