/* value: what is known of one fact.
 *
 * "Unknown" is not a value of any type: it is the absence of one. Texts of values (the form in
 * events, forms, files and examples): flag "yes"/"no", choice its name, date YYYY-MM-DD, number in
 * decimal, country "ALB", countries "ALB,XKX" sorted, text as it is; "unknown" for an unknown one.
 */
#ifndef RETURNHUB_RULEBOOK_VALUE_H
#define RETURNHUB_RULEBOOK_VALUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"

enum fact_type {
    FACT_FLAG,
    FACT_CHOICE,
    FACT_DATE,
    FACT_NUMBER,
    FACT_COUNTRY,
    FACT_COUNTRIES,
    FACT_TEXT,
};

/* ISO 3166-1 alpha-3 in one number: ((c0-'A') * 26 + (c1-'A')) * 26 + (c2-'A'). */
enum { COUNTRY_CODES = 26 * 26 * 26 };

struct country_set {
    const uint16_t *codes; /* sorted, no code twice */
    size_t count;
};

struct value {
    bool known;
    int64_t number; /* flag 0/1, index of the choice, days since 1970-01-01, the number, the
                       country's code */
    struct country_set countries;
    str text;
    int64_t event; /* position of the event it comes from; 0 when given in an example or counted */
};

static inline struct value value_unknown(void)
{
    return (struct value){.known = false};
}
struct value value_flag(bool flag);
struct value value_date(date day);
struct value value_number(int64_t number);

struct fact;
struct rulebook;

/* Reads the text of a value of `fact`. Refuses what is not of its type, with what was expected.
 * Views and sets are copied into the arena. "unknown" gives an unknown value. */
MUST_USE result value_parse(const struct rulebook *rulebook, const struct fact *fact, str text,
                            struct arena *arena, struct value *ret_value, struct err *err);
/* The text that value_parse reads. */
void value_format(const struct fact *fact, const struct value *value, struct buf *buf);
/* For people: "Yes", "27 March 2026", "Albania, Kosovo", "First choice" in the words of the
 * choice, "Not known". */
void value_format_plain(const struct rulebook *rulebook, const struct fact *fact,
                        const struct value *value, struct buf *buf);
bool country_set_has(const struct country_set *set, int64_t code);
bool country_set_equal(const struct country_set *a, const struct country_set *b);
bool value_equal(const struct fact *fact, const struct value *a, const struct value *b);

bool country_parse(str text, uint16_t *ret_code);
void country_format(uint16_t code, char text[4]);

#endif
