/* operation: joint operations with partner authorities and what came of them, as aggregate counts:
 * when, of what kind, with whom, arrests, boats, engines, documents, money. No target, suspect or
 * informant is recorded, nor any name: every word comes from a closed list (operation.def), from
 * the list of countries, or is a number, a day or a currency.
 *
 * Every record of an operation is a whole revision: the last one counts, and all are kept. A
 * measure that a revision leaves out is not known; nought is written as nought. */
#ifndef RETURNHUB_REGISTER_OPERATION_H
#define RETURNHUB_REGISTER_OPERATION_H

#include "register/event.h"

enum {
    OPERATION_NOT_KNOWN = -1,
    OPERATION_COUNT_MAX =
        1000000000, /* far above what any operation seizes: a slip of the finger */
    OPERATION_PARTNERS_MAX = 20,
    OPERATION_CURRENCIES_MAX = 10,
};

enum operation_list {
    OPERATION_KINDS,
    OPERATION_AUTHORITIES,
    OPERATION_MEASURE_NAMES,
    OPERATION_SOURCES,
};

struct operation_word {
    str name;
    const char *title;
};
const struct operation_word *operation_words(enum operation_list list, size_t *ret_count);
/* The index in the list, or the list's length when it is not in it. */
size_t operation_word_find(enum operation_list list, str name);

struct operation_row {
    int64_t id;
    str reference; /* "OP-0001", of the register's own making */
    str kind;
    date happened_on;
    str partners;    /* "ALB police, FRA coast_guard": sorted, parted by comma and space */
    int64_t arrests; /* OPERATION_NOT_KNOWN when it is not known; so with the others */
    int64_t boats;
    int64_t engines;
    int64_t documents;
    str money; /* "EUR 12000, GBP 500", sorted; "" when it is not known */
    str source;
    struct known_day published_on;
    int64_t revision; /* from 1 */
    instant recorded_at;
    int64_t event; /* of the revision */
};

/* OPERATION_RECORDED makes the row, or puts the next revision into it. Refuses every word that is
 * in no list. The texts that are joined lie in the arena. */
MUST_USE result operation_row_apply(struct operation_row *row, const struct event *event,
                                    struct arena *arena, struct err *err);

#endif
