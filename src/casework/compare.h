/* compare: whose verdict another rulebook would change, for which step, in which direction.
 *
 * Everybody in the register is screened by both rulebooks, on the facts on record and the same day.
 * Nothing is recorded but that the account looked; neither rulebook is taken into use.
 *
 * ACTION_COMPARE_RULES: only people and hubs in sight of it are counted. Who they are is told to
 * whoever may screen (ACTION_SCREEN). Others are told how many, and no small number: a condition
 * can be written that fits one person alone. */
#ifndef RETURNHUB_CASEWORK_COMPARE_H
#define RETURNHUB_CASEWORK_COMPARE_H

#include "casework/casework.h"

/* How a person stands towards a step under a rulebook. */
enum standing {
    STANDING_CLEAR,
    STANDING_BARRED,
    STANDING_UNKNOWN,
    STANDING_NOT_OPEN, /* there is no such step, or it does not lead from the person's stage */
};
enum { STANDING_COUNT = 4 };
const char *standing_name(enum standing standing); /* "clear", "barred", "unknown", "not open" */

struct compare_question {
    const struct rulebook *before;
    const struct rulebook *after;
    str step; /* "" for every step of either rulebook */
    str hub;  /* "" for every hub that the account may see, for steps that are asked about one */
    bool has_on;
    date on;                  /* today when not said */
    int64_t small;            /* below it no number but 0 is told to whoever may not screen; 0: to
                                 them nothing is */
    store_progress *progress; /* NULL: nobody wants to know how far it is */
    void *progress_context;
};

/* One person whose standing changes. Texts and lists are valid during the call. */
struct compare_line {
    str person; /* reference */
    str step;
    str hub; /* "" when the step is asked about none */
    enum standing before;
    enum standing after;
    const str *newly_in_the_way; /* safeguards that are clear, or not there, before and not after */
    size_t newly_count;
    const str *no_longer_in_the_way;
    size_t no_longer_count;
};
typedef result compare_visit(void *context, const struct compare_line *line, struct err *err);

/* Of one step and hub: how many people stood so before and so after; COMPARE_WITHHELD for a small
 * number. */
enum { COMPARE_WITHHELD = -1 };
struct compare_total {
    str step;
    str hub;
    int64_t people[STANDING_COUNT][STANDING_COUNT];
};
/* Off the diagonal; COMPARE_WITHHELD where one of the numbers is, which could be worked out. */
int64_t compare_changed(const struct compare_total *totals, size_t count);

/* The lines come in the order of steps, hubs and people; `visit` may be NULL. Totals are of every
 * step and hub looked at, also where nobody changes. */
MUST_USE result casework_compare(const struct casework *casework, const struct caller *caller,
                                 const struct compare_question *question, struct arena *arena,
                                 compare_visit *visit, void *context,
                                 const struct compare_total **ret_totals, size_t *ret_count,
                                 struct err *err);

#endif
