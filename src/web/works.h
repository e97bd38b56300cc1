/* works: what takes long and is being answered now, for whom and how far it is, so that who waits
 * for it can be told (server-sent events). May be used by several threads. */
#ifndef RETURNHUB_WEB_WORKS_H
#define RETURNHUB_WEB_WORKS_H

#include "base/arena.h"

enum { WORKS_MAX = 64 }; /* at once: more than there are workers to do them */

struct works;

struct work_line {
    int64_t number; /* rising with each work that begins; 0: none */
    int64_t account;
    const char *title;
    int64_t done;
    int64_t all;
};

MUST_USE result works_open(struct arena *arena, struct works **ret_works, struct err *err);
void works_close(struct works *works); /* accepts NULL */

/* The number of the work; 0 when there is no room for it, which nobody needs to mind. */
int64_t works_begin(struct works *works, int64_t account, const char *title);
void works_tell(struct works *works, int64_t number, int64_t done, int64_t all);
void works_end(struct works *works, int64_t number);
/* Those of the account, at most WORKS_MAX. */
size_t works_of(struct works *works, int64_t account, struct work_line lines[WORKS_MAX]);

#endif
