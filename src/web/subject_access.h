/* subject_access: everything recorded about a person as something to read, for the person
 * (casework/privacy.h): as a page of its own, or as text. As JSON it is resource_subject_access. */
#ifndef RETURNHUB_WEB_SUBJECT_ACCESS_H
#define RETURNHUB_WEB_SUBJECT_ACCESS_H

#include "casework/privacy.h"

enum subject_access_form { SUBJECT_ACCESS_HTML, SUBJECT_ACCESS_TEXT };

/* Whatever `buf` cannot hold is told when it is finished. */
MUST_USE result subject_access_write(const struct rulebook *rulebook,
                                     const struct subject_access *access,
                                     enum subject_access_form form, date today, struct buf *buf,
                                     struct err *err);

#endif
