/* clock_changes: what may be done to the times of a person, offered on the page of their times. */
#ifndef RETURNHUB_WEB_CLOCK_CHANGES_H
#define RETURNHUB_WEB_CLOCK_CHANGES_H

#include "web/page.h"

/* For the roles that the rulebook names: "deeds" and "has_deeds" (deed.h). */
void clock_changes_offer(struct page *page, const json_t *resource);

#endif
