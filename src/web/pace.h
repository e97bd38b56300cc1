/* pace: how much one account may ask in a minute, and one address from which nobody is signed in
 * (OWASP ASVS 5.0, 2.4.1): so that nobody copies the register page by page, fills it, or wears it
 * out. Who has been quiet may ask a minute's worth at once; then it comes back steadily.
 *
 * In the memory of the process, in a fixed number of slots that are found by a keyed hash. Two that
 * meet in a slot take it from each other: who is counted may be let through, nobody is refused for
 * what another did. Used by many threads. */
#ifndef RETURNHUB_WEB_PACE_H
#define RETURNHUB_WEB_PACE_H

#include "system/system.h"

enum pace_kind {
    PACE_READING,  /* of an account */
    PACE_COMMAND,  /* of an account: whatever changes something */
    PACE_STRANGER, /* of an address: what is asked without signing in */
    PACE_SIGN_IN,  /* of an address: forms and answers by which one signs in */
    PACE_KINDS
};
/* In a minute; 0: as many as one likes. */
struct pace_limits {
    int64_t readings;
    int64_t commands;
    int64_t strangers;
    int64_t sign_ins;
};
enum { PACE_MINUTE_MAX = 1000000 };

struct pace;
/* In the arena; pace_close ends it. ERROR_INPUT for a limit that is out of bounds. */
MUST_USE result pace_open(const struct pace_limits *limits, const struct system *system,
                          struct arena *arena, struct pace **ret_pace, struct err *err);
void pace_close(struct pace *pace); /* accepts NULL */

/* Counts one. False when it is one too many: then it is right again after *ret_seconds. */
bool pace_allows(struct pace *pace, enum pace_kind kind, str who, instant now,
                 int64_t *ret_seconds);

#endif
