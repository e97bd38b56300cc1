/* verification: what the last check of register and log found (`returnhub seal verify`), kept in
 * the log's folder as `verified`, for the page of the seal. It is a note for people and proves
 * nothing: whoever can change the store can change it too. So it says when, and the page says how
 * to check again. */
#ifndef RETURNHUB_CASEWORK_VERIFICATION_H
#define RETURNHUB_CASEWORK_VERIFICATION_H

#include "base/arena.h"
#include "base/date.h"

enum { VERIFICATION_TEXT_MAX = 16 * 1024 };

struct verification {
    instant at;
    str by; /* who checked */
    bool whole;
    str found;       /* the first thing that is wrong; "" when it is whole */
    int64_t entries; /* of the log, when it is whole */
    int64_t events;
};

MUST_USE result verification_write(const char *folder, const struct verification *verification,
                                   struct err *err);
/* *ret_found is false when nobody checked, or the note cannot be read. */
MUST_USE result verification_read(const char *folder, struct arena *arena, bool *ret_found,
                                  struct verification *ret_verification, struct err *err);

#endif
