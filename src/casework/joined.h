/* joined: which records are one person in an edition, and the course of such a person: as the
 * merges were known then, whatever became of them since. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_JOINED_H
#define RETURNHUB_CASEWORK_JOINED_H

#include "casework/edition.h"

struct joined_merge {
    int64_t continues;
    int64_t part;
    int64_t since; /* position of the event that merged them */
};

struct joined {
    struct transaction *transaction;
    const struct joined_merge *merges; /* rising by the record that continues, then by since */
    const int64_t *parts;              /* rising */
    size_t count;                      /* of each */
};

MUST_USE result joined_read(struct sitting *sitting, const struct edition *edition,
                            struct joined *ret_joined, struct err *err);
bool joined_is_part(const struct joined *joined, int64_t record);
/* All records of the person whose record continues, which is the first of them. */
MUST_USE result joined_records(const struct joined *joined, int64_t person, struct arena *arena,
                               const int64_t **ret_records, size_t *ret_count, struct err *err);
/* `passages` is that of the record that continues, and becomes that of the person. */
MUST_USE result joined_course(const struct joined *joined, int64_t person, struct arena *arena,
                              str *passages, struct err *err);

#endif
