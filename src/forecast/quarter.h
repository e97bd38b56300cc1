/* quarter: a calendar quarter, as published statistics name it: 2023-Q4. */
#ifndef RETURNHUB_FORECAST_QUARTER_H
#define RETURNHUB_FORECAST_QUARTER_H

#include "base/arena.h"
#include "base/date.h"

/* Quarters since the first one of the year 0, so that neighbours differ by 1. */
typedef struct quarter {
    int32_t number;
} quarter;

enum { QUARTERS_A_YEAR = 4 };

/* Exactly YYYY-Qn, of the years 1900 to 2199. */
MUST_USE result quarter_parse(str text, quarter *ret_quarter, struct err *err);
/* .at is NULL when the arena is full. */
str quarter_text(quarter when, struct arena *arena);
date quarter_begin(quarter when);
/* 0 to 3: which quarter of its year. */
int32_t quarter_season(quarter when);

static inline quarter quarter_add(quarter from, int32_t count)
{
    return (quarter){from.number + count};
}

#endif
