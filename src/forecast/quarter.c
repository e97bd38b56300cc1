#include "forecast/quarter.h"

enum { YEAR_FIRST = 1900, YEAR_LAST = 2199, TEXT_LEN = 7 };

result quarter_parse(str text, struct quarter *ret_quarter, struct err *err)
{
    int64_t year = 0;
    const bool formed = text.len == TEXT_LEN && text.at[4] == '-' && text.at[5] == 'Q' &&
                        text.at[6] >= '1' && text.at[6] <= '4' &&
                        str_to_int64(str_slice(text, 0, 4), &year, NULL).ok;
    if (!formed || year < YEAR_FIRST || year > YEAR_LAST) {
        result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a quarter", STR_ARG(text)),
                      "the hint follows");
        return err_hint(err, "write it as 2023-Q4");
    }
    *ret_quarter = (struct quarter){(int32_t)year * QUARTERS_A_YEAR + (text.at[6] - '1')};
    return result_ok();
}

str quarter_text(struct quarter when, struct arena *arena)
{
    return arena_format(arena, "%04d-Q%d", when.number / QUARTERS_A_YEAR,
                        when.number % QUARTERS_A_YEAR + 1);
}

date quarter_begin(struct quarter when)
{
    date begin = {0};
    result_ignore(date_from_civil((struct civil){.year = when.number / QUARTERS_A_YEAR,
                                                 .month = quarter_season(when) * 3 + 1,
                                                 .day = 1},
                                  &begin, NULL),
                  "quarters lie within the years that dates have");
    return begin;
}

int32_t quarter_season(struct quarter when)
{
    return when.number % QUARTERS_A_YEAR;
}
