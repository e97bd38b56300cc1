/* question: what a page was asked by its query, as a form: for what cannot be answered as it was
 * asked, so that it can be put right where it is told. */
#ifndef RETURNHUB_WEB_QUESTION_H
#define RETURNHUB_WEB_QUESTION_H

#include "web/form.h"

/* What the pages call something that is typed into a query here. */
const char *question_label(const struct exchange *exchange, str name);
/* {"action","fields"}, with the problem beside the field that it names, and among the faults;
 * false when nothing was asked that somebody types. */
json_t *question_again(const struct exchange *exchange, const struct err *problem,
                       struct faults *faults);

#endif
