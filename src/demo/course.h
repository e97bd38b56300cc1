/* course: what becomes of a family's claim, day by day, before anything is written. Dates may lie
 * beyond the day the record has reached: what has not happened yet is not recorded.
 *
 * Up to the end of 2023 the initial outcome and its day follow the published tables; what the
 * tables do not say is assumed, and every assumption is a named number at the head of course.c and
 * stands in docs/demonstration.md. */
#ifndef RETURNHUB_DEMO_COURSE_H
#define RETURNHUB_DEMO_COURSE_H

#include "demo/population.h"
#include "demo/waits.h"

enum appeal_end { APPEAL_ALLOWED, APPEAL_DISMISSED, APPEAL_WITHDRAWN };

/* What follows when no appeal is open any more. */
enum afterwards {
    AFTER_PRESENT, /* still here */
    AFTER_ENFORCED,
    AFTER_VOLUNTARY,
    AFTER_PORT,
    AFTER_LOST,
    AFTER_FURTHER_PENDING,
    AFTER_FURTHER_REJECTED,
    AFTER_FURTHER_ACCEPTED,
    AFTER_RETURNING, /* preparing to return voluntarily */
    AFTER_REMOVAL_PREPARED,
};

struct course {
    date decided_on; /* initial outcome; may lie ahead */
    enum initial_outcome outcome;
    bool died; /* an administrative outcome */
    bool without_interview;
    uint8_t progress_share; /* of the way to the decision at which an undecided case stands still,
                               in per cent */

    /* after a refusal */
    bool certified; /* appeal only from abroad */
    bool service_proven;
    bool appealed;
    date appealed_on;
    enum appeal_end appeal_end;
    date appeal_ended_on;
    bool onward; /* permission to appeal to the Upper Tribunal is sought */
    date onward_on;
    bool onward_heard; /* permission granted, and the appeal heard */
    bool onward_allowed;
    date onward_ended_on;
    bool to_court; /* and on to the Court of Appeal, where it is pending */
    date
        exhausted_on; /* also for withdrawn appeals; meaningless when leave is granted in the end */

    enum afterwards afterwards;
    date afterwards_on;
    date settled_on; /* further submissions: decided */

    bool supported;
    date support_until; /* the first day without support under section 95 or 98 */
};

/* What the courses are drawn from, made once. */
struct course_model {
    const struct published *published;
    const struct waits *waits;
    uint64_t seed;
    date today;
    double outcomes[PUBLISHED_YEARS][NATIONALITIES_MAX][OUTCOME_COUNT];
    double lodged[NATIONALITIES_MAX];    /* of the refused */
    double certified[NATIONALITIES_MAX]; /* of the refused who do not appeal */
    double allowed[PUBLISHED_YEARS]
                  [NATIONALITIES_MAX];  /* of the appeals determined, by year of receipt */
    double withdrawn;                   /* of the appeals that ended */
    double enforced[NATIONALITIES_MAX]; /* of the refused in the end */
    double voluntary[NATIONALITIES_MAX];
    double port[NATIONALITIES_MAX];
    int32_t appeal_days[PUBLISHED_YEARS]; /* mean wait for the tribunal */
};

void course_model_make(const struct published *published, const struct waits *waits, uint64_t seed,
                       date today, struct course_model *model);

/* The course of the family headed by `main`. `shown` makes it one that ends in refusal with appeal
 * rights exhausted, long enough ago, for a demonstration too small to have such people by chance.
 */
void course_draw(const struct course_model *model, const struct population *population,
                 int32_t main, bool shown, struct course *course);

/* Is leave granted in the end (by the initial decision or on appeal)? */
bool course_ends_in_grant(const struct course *course);
/* Does it reach the end of the appeals? */
bool course_is_exhausted(const struct course *course);

#endif
