/* requests: a request with what a page says of it. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_REQUESTS_H
#define RETURNHUB_CASEWORK_REQUESTS_H

#include "casework/sitting.h"

/* Adds the person, the name, the hub and whether the account's turn has come. */
MUST_USE result request_describe(struct sitting *sitting, const struct request_row *row,
                                 struct work_request *ret_work, struct err *err);

#endif
