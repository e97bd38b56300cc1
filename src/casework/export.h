/* export: what is in the register, as files.
 *
 * Data sets (casework_export): what one account may see, as of one instant - everything comes from
 * one snapshot, so the sets agree with each other. Each is written as CSV and as NDJSON with the
 * same columns; what is not known is blank, or null. manifest.json is written last: a folder
 * without it is not whole.
 *
 * Everything (casework_export_events): every event with its header and body, and every rulebook, as
 * NDJSON; casework/import.h makes an equal register of it. The last line has the number of events
 * and a hash over the whole.
 *
 * That an export was made is recorded as a look before the first byte is written. Passwords,
 * sessions and keys are never exported. Files are readable by their owner alone. */
#ifndef RETURNHUB_CASEWORK_EXPORT_H
#define RETURNHUB_CASEWORK_EXPORT_H

#include "casework/casework.h"

struct export_options {
    const char *path;         /* of the folder, which is new or empty; of the file */
    store_progress *progress; /* NULL: nobody wants to know */
    void *progress_context;
};

enum { EXPORT_SETS_MAX = 8 };

struct export_outcome {
    struct export_set_count {
        const char *name;
        int64_t rows;
    } sets[EXPORT_SETS_MAX];
    size_t set_count;
};

/* ACTION_EXPORT, and of each thing only what it allows. */
MUST_USE result casework_export(const struct casework *casework, const struct caller *caller,
                                const struct export_options *options,
                                struct export_outcome *ret_outcome, struct err *err);

/* ACTION_EXPORT_EVERYTHING. The file's name is taken only when it is whole. */
MUST_USE result casework_export_events(const struct casework *casework, const struct caller *caller,
                                       const struct export_options *options,
                                       struct export_outcome *ret_outcome, struct err *err);

#endif
