/* standing: how many people are in which stage, of which nationality and since when, on a day: what
 * a forecast begins with. Counts alone: nobody is named, and whoever may see statistics may have
 * them. Of an outcome nobody asks any more: those who have one are left out. */
#ifndef RETURNHUB_CASEWORK_STANDING_H
#define RETURNHUB_CASEWORK_STANDING_H

#include "casework/statistics.h"

struct standing_line {
    str stage;       /* its name */
    str nationality; /* the value that is recorded now, "" when none is */
    int32_t weeks;   /* whole ones that they have been in the stage */
    int64_t people;
};

struct standing {
    int64_t position;
    date as_of;
    const struct standing_line *lines; /* one for each that anybody is in */
    size_t line_count;
    int64_t people;
};

/* `nationality` is the fact that says it; "" when none does. */
MUST_USE result casework_standing(const struct casework *casework, const struct caller *caller,
                                  const struct edition_asked *asked, str nationality,
                                  struct arena *arena, struct standing *ret_standing,
                                  struct err *err);

#endif
