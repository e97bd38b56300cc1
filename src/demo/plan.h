/* plan: which people show what, so that every desk of a demonstration has something to do; and who
 * is supported.
 *
 * Most people are ordinary: their course is drawn and nothing else. A few, found among those who
 * are refused, alone, adult and still here, get a part: at a hub, returned from one, waiting for an
 * approval, and so on. Parts are given to people whose drawn course fits; only when there are too
 * few of them (a small demonstration) are others made to fit. */
#ifndef RETURNHUB_DEMO_PLAN_H
#define RETURNHUB_DEMO_PLAN_H

#include "demo/course.h"

enum { DEMO_HUBS = 2 };

enum part {
    PART_ORDINARY,
    PART_RECENTLY_REFUSED, /* the time to appeal runs */
    PART_AT_HUB,
    PART_ONWARD_VOLUNTARY, /* from a hub, done */
    PART_ONWARD_ENFORCED,
    PART_PLACE_HELD,       /* transfer approved by all */
    PART_TRANSFER_ASKED,   /* no approval yet */
    PART_TRANSFER_HALF,    /* one approval of two */
    PART_TRANSFER_STOPPED, /* by a reported order of a court */
    PART_TRANSFER_CLEAR,   /* everything is on record, and nobody has asked yet */
    PART_REMOVAL_CLEAR,
    PART_REMOVAL_ASKED,
    PART_REMOVAL_APPROVED,
    PART_COUNT,
};

struct casting {
    uint8_t part; /* enum part */
    uint8_t hub;  /* 0 or 1 */
    uint8_t turn; /* of the recently refused: 0, 1, ... */
    bool shown;   /* made to fit */
};

struct plan {
    struct casting *castings; /* by index of the person */
    int64_t places[DEMO_HUBS];
    bool covered[NATIONALITIES_MAX];     /* by the agreement of the demonstration */
    double supported[NATIONALITIES_MAX]; /* share of families entitled to support who get it */
    double section_98; /* of the supported who claimed in November or December 2023 */
    double section_4;  /* of those whose appeals were over */
};

/* `decided_from`: the first day from which the rulebook's calendars know how long the time to
 * appeal is. */
MUST_USE result plan_make(const struct course_model *model, const struct population *population,
                          date decided_from, struct arena *arena, struct plan *ret_plan,
                          struct err *err);

/* The course of the family headed by `main`, with its part in the plan. */
void plan_course(const struct plan *plan, const struct course_model *model,
                 const struct population *population, int32_t main, struct course *course);

/* The 31st of December 2023, up to which the tables go; the people of November and December 2023
 * are those for whom support under section 98 is drawn. */
date plan_last_published_day(void);
date plan_section_98_from(void);

#endif
