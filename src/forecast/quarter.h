/* quarter: a calendar quarter, as published statistics name it: 2023-Q4. */
#ifndef RETURNHUB_FORECAST_QUARTER_H
#define RETURNHUB_FORECAST_QUARTER_H

#include "base/arena.h"
#include "base/date.h"

/* Quarters since the first one of the year 0, so that neighbours differ by 1. */
struct quarter {
    int32_t number;
};

enum { QUARTERS_A_YEAR = 4 };

/* Exactly YYYY-Qn, of the years 1900 to 2199. */
MUST_USE result quarter_parse(str text, struct quarter *ret_quarter, struct err *err);
/* .at is NULL when the arena is full. */
str quarter_text(struct quarter when, struct arena *arena);
date quarter_begin(struct quarter when);
/* 0 to 3: which quarter of its year. */
int32_t quarter_season(struct quarter when);

static inline struct quarter quarter_add(struct quarter from, int32_t count)
{
    return (struct quarter){from.number + count};
}

#endif
