/* life: writes one person's record, from the claim to where they are today.
 *
 * Everything is told in the order of time. What lies on the day reached or beyond it has not
 * happened: the story of each person stops at the first thing that has not. A step that the law
 * does not clear on its day is not taken, and the story stops there too, as it would have in a desk
 * that asks the rulebook. */
#ifndef RETURNHUB_DEMO_LIFE_H
#define RETURNHUB_DEMO_LIFE_H

#include "demo/clerk.h"
#include "demo/partners.h"
#include "demo/plan.h"

/* What every life is written from. */
struct story {
    struct clerk *clerk;
    const struct course_model *model;
    const struct population *population;
    const struct plan *plan;
    struct partners *partners;
    const str *codes;     /* by nationality: as facts name it; "" when not established */
    const str *languages; /* by nationality; "" when none is assumed */
    uint64_t seed;
    int name_digits;
};

enum { LIFE_PENDING_MAX = 4 };

/* A fact that becomes true on a day of its own, between the steps. */
struct pending_fact {
    date on;
    enum named_fact fact;
    str value;
};

struct life {
    const struct story *story;
    struct clerk *clerk;
    const struct claimant *claimant;
    const struct course *course;
    const struct casting *casting; /* ordinary for everybody but the main applicant */
    bool alone;                    /* no family here */
    struct random random;
    struct known_birth birth;
    struct pending_fact pending[LIFE_PENDING_MAX];
    size_t pending_count;
    size_t pending_next;
    struct known_day contact_on; /* the last contact that is recorded so far */
};

/* Writes the person `index`, who gets the subject id `person`; `family` is the id of the main
 * applicant, 0 without family. */
MUST_USE result life_record(const struct story *story, const struct course *course, int32_t index,
                            int64_t person, int64_t family, str reference, struct err *err);

/* For life.c and departure.c: a fact on its day; nothing when that day has not come. */
MUST_USE result life_fact(struct life *life, enum named_fact fact, str value, date on,
                          struct err *err);
MUST_USE result life_flag(struct life *life, enum named_fact fact, bool flag, date on,
                          struct err *err);
MUST_USE result life_day(struct life *life, enum named_fact fact, date value, date on,
                         struct err *err);
/* A step on its day; not taken when that day has not come or the step is not clear. */
MUST_USE result life_step(struct life *life, enum named_step step, date on, bool *ret_taken,
                          struct err *err);
bool life_has_come(const struct life *life, date on);
bool life_knows(const struct life *life, enum named_fact fact);
bool life_happens(struct life *life, int32_t per_thousand);
/* A day of [from + least, from + most]. */
date life_days_later(struct life *life, date from, int32_t least, int32_t most);
/* Where the person would be returned to, or else the family's main applicant; "" when that is not
 * established. */
str life_home(const struct life *life);

#endif
