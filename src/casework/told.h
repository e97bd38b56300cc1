/* told: who must know that a clearance ended. Inside casework only.
 *
 * Of a request: who asked, who approved, the lead of the manifest on which it put the person, and
 * everybody at the hub it is for whose role acknowledges stops. Of a departure that is called back:
 * the same and the lead. Accounts that are closed are left out. */
#ifndef RETURNHUB_CASEWORK_TOLD_H
#define RETURNHUB_CASEWORK_TOLD_H

#include "casework/sitting.h"
#include "store/departures.h"

MUST_USE result told_of_request(struct sitting *sitting, const struct request_row *request,
                                struct number_list *ret_accounts, struct err *err);

#endif
