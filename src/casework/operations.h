/* operations: joint operations with partner authorities (register/operation.h): recorded, corrected
 * by a new revision, listed, and counted by partner and quarter. Aggregate counts only: there is no
 * field in which a person could be named, and none of free text.
 *
 * Client ids and errors are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_OPERATIONS_H
#define RETURNHUB_CASEWORK_OPERATIONS_H

#include "casework/arrivals.h"
#include "casework/casework.h"

struct operation_number {
    str name; /* a measure of operation.def, or "money" followed by a space and a currency */
    int64_t number;
};

struct operation_entry {
    str reference; /* "" for a new one; else the operation that this corrects */
    str kind;
    date happened_on;
    const str *partners; /* "ALB police": a country of the rulebook and a kind of authority */
    size_t partner_count;
    const struct operation_number *numbers; /* what is left out is not known */
    size_t number_count;
    str source;
    struct known_day published_on;
};
/* ACTION_RECORD_OPERATION. A correction is whole: what it leaves out is not known any more. */
MUST_USE result casework_record_operation(const struct casework *casework,
                                          const struct caller *caller,
                                          const struct operation_entry *entry, struct arena *arena,
                                          struct operation_row *ret_operation, struct err *err);

/* ACTION_SEE_OPERATION. */
MUST_USE result casework_operations(const struct casework *casework, const struct caller *caller,
                                    date from, date to, struct arena *arena,
                                    const struct operation_row **ret_rows, size_t *ret_count,
                                    struct err *err);

struct operation_revision {
    struct operation_row row;
    str actor;
};
/* Every revision, oldest first; the last one counts. */
MUST_USE result casework_operation(const struct casework *casework, const struct caller *caller,
                                   str reference, struct arena *arena,
                                   const struct operation_revision **ret_revisions,
                                   size_t *ret_count, struct err *err);

/* One row for each partner country and quarter, and for each quarter one of all partners (partner
 * ""): an operation with several partners is in the row of each, and once in the row of all. A sum
 * counts what is known; `..._not_known` says of how many operations it is not. */
struct operation_sum {
    str partner;
    int32_t year;
    int quarter;
    int64_t operations;
    int64_t arrests;
    int64_t boats;
    int64_t engines;
    int64_t documents;
    int64_t arrests_not_known;
    int64_t boats_not_known;
    int64_t engines_not_known;
    int64_t documents_not_known;
};
/* The first and the last day of its quarter. */
date operation_sum_begin(const struct operation_sum *sum);
date operation_sum_end(const struct operation_sum *sum);

MUST_USE result casework_operation_table(const struct casework *casework,
                                         const struct caller *caller, date from, date to,
                                         struct arena *arena, const struct operation_sum **ret_sums,
                                         size_t *ret_count, struct err *err);

#endif
