/* language: what a language does to words, days and numbers, by ICU and its data (CLDR). A language
 * is named as in BCP 47: "sq", "ckb", "prs", "en-GB". Days are always those of the Gregorian
 * calendar, in which the law counts, with the digits of the language. */
#ifndef RETURNHUB_FORMAT_LANGUAGE_H
#define RETURNHUB_FORMAT_LANGUAGE_H

#include "base/arena.h"
#include "base/date.h"

/* ERROR_INPUT when it is not the name of a language. */
MUST_USE result language_check(str language, struct err *err);

bool language_is_right_to_left(str language);

/* "27 March 2026", as it is written in the language. */
MUST_USE result language_day(str language, date day, struct arena *arena, str *ret_text,
                             struct err *err);

/* "1,204", as it is written in the language, with its digits. */
MUST_USE result language_number(str language, int64_t number, struct arena *arena, str *ret_text,
                                struct err *err);

/* The name of a country (ISO 3166-1, three letters) in the language; "" when it has none. */
MUST_USE result language_country(str language, str country, struct arena *arena, str *ret_text,
                                 struct err *err);

/* The name of the language in `in`: "Albanian" in English; the code when there is none. */
MUST_USE result language_name(str language, str in, struct arena *arena, str *ret_text,
                              struct err *err);

#endif
