/* countries: those of the rulebook as a form offers them, by name, as somebody looks for one in a
 * list: "Åland Islands" stands among the As. */
#ifndef RETURNHUB_WEB_COUNTRIES_H
#define RETURNHUB_WEB_COUNTRIES_H

#include "rulebook/rulebook.h"

struct listed_country {
    str code; /* three letters */
    str name;
    str order; /* the name in small Latin letters */
};

/* As many as the rulebook has; the memory is the arena's. */
MUST_USE result countries_by_name(const struct rulebook *rulebook, struct arena *arena,
                                  const struct listed_country **ret_countries, struct err *err);

#endif
