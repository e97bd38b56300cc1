/* partners: the accounts, agreements and hubs of the demonstration, before any person is recorded.
 *
 * Agreements are read from data/demonstration_agreements.csv: what was said in public about talks
 * with real States, and plainly fictional ones; only the fictional country has hubs. */
#ifndef RETURNHUB_DEMO_PARTNERS_H
#define RETURNHUB_DEMO_PARTNERS_H

#include "demo/clerk.h"
#include "demo/plan.h"

struct partners {
    struct clerk_hub hubs[DEMO_HUBS];
    str hub_country; /* three letters */
    int64_t agreement_count;
};

/* Opens the accounts first (their ids go into the setting, which the clerk's is), then agreements
 * and hubs. */
MUST_USE result partners_record(struct clerk *clerk, struct clerk_setting *setting,
                                const char *data_folder, const struct published *published,
                                const struct plan *plan, struct arena *arena, struct arena scratch,
                                struct partners *ret_partners, struct err *err);

/* The day from which the hubs receive people. */
date partners_open_on(date today);

#endif
