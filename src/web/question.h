/* question: what a page was asked by its query, as a form: for what cannot be answered as it was
 * asked, so that it can be put right where it is told. */
#ifndef RETURNHUB_WEB_QUESTION_H
#define RETURNHUB_WEB_QUESTION_H

#include "web/form.h"

/* {"action","fields"}, with what is wrong with it beside its field and among the faults as far as
 * that is known; false when nothing was asked that somebody types. */
json_t *question_again(const struct exchange *exchange, const struct err *problem,
                       struct faults *faults);

#endif
