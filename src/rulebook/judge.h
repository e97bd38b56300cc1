/* judge: may this step be taken, on these facts, on this day? The scalar judge DEFINES what a
 * rulebook means; the column engine (screen.h) must agree with it for ever.
 *
 * Pure and total: every question has an answer, and no answer depends on anything but the
 * arguments.
 */
#ifndef RETURNHUB_RULEBOOK_JUDGE_H
#define RETURNHUB_RULEBOOK_JUDGE_H

#include "rulebook/rulebook.h"

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

enum clearance { CLEARANCE_CLEAR, CLEARANCE_BARRED, CLEARANCE_UNKNOWN };

/* The facts of a question. Each array has rulebook->fact_count values, indexed by fact; only the
 * facts of its own subject are looked at. A NULL hub or agreement has no known fact. */
struct question {
    const struct value *person;
    const struct value *hub;
    const struct value *agreement;
    const struct value *const
        *family; /* of each recorded member of the family group except the person */
    size_t family_count;
    date today;
};

/* What the question says of a fact, whosever it is. */
struct value judge_fact(const struct rulebook *rulebook, uint32_t fact,
                        const struct question *question);
/* The question as it is asked of a member of the family, in the person's place. */
struct question judge_member_question(const struct question *question, size_t member);
/* The date that lies `duration` after another, or before it; unknown when that date is, when the
 * calendar does not reach so far, and outside the years 1900 to 2199. */
struct value judge_sum(const struct rulebook *rulebook, const struct duration *duration,
                       bool backwards, struct value from);
/* Of a node that is a value (condition.h). */
struct value judge_value(const struct rulebook *rulebook, node_index value,
                         const struct question *question);
enum truth judge_condition(const struct rulebook *rulebook, node_index condition,
                           const struct question *question);
enum clearance judge_safeguard(const struct rulebook *rulebook, uint32_t safeguard,
                               const struct question *question);
/* Clear only if every safeguard of the step is; barred if any is barred; unknown otherwise. When
 * `each` is not NULL it receives step->safeguard_count answers in the step's order. */
enum clearance judge_step(const struct rulebook *rulebook, uint32_t step,
                          const struct question *question, enum clearance *each);

/* Of several safeguards together, as a step's: clear only if each is. */
enum clearance judge_together(const enum clearance *each, size_t count);

/* The unknown facts whose knowledge could decide a safeguard that is unknown: sets needed[fact] for
 * each, leaves the others. `needed` has fact_count entries. */
void judge_needs(const struct rulebook *rulebook, uint32_t safeguard,
                 const struct question *question, bool *needed);
/* Every fact (of the person, the hub or the agreement) that the safeguard's condition reads, known
 * or not. */
void judge_reads(const struct rulebook *rulebook, uint32_t safeguard, bool *read);
/* The same of the lines by which a clock runs. */
void judge_clock_reads(const struct rulebook *rulebook, uint32_t clock, bool *read);

enum clock_state {
    CLOCK_NOT_STARTED, /* no `runs` line applies: all their conditions are false */
    CLOCK_RUNNING,
    CLOCK_EXPIRED,
    CLOCK_UNKNOWN, /* the start or a condition is not known, or the sum leaves the calendar's range
                    */
};

struct clock_answer {
    enum clock_state state;
    bool has_last_day;
    date start;
    date last_day;
    uint32_t run; /* the `runs` line that applies */
};
struct clock_answer judge_clock(const struct rulebook *rulebook, uint32_t clock,
                                const struct question *question);
/* The last day by the `run`-th line, from the value of its start alone; unknown when it cannot be
 * counted. */
struct value judge_run(const struct rulebook *rulebook, uint32_t clock, uint32_t run,
                       struct value start);

/* The same from a start date alone, for `returnhub clock`: takes the `run`-th line. Days are
 * reported one by one. */
enum clock_day_kind {
    CLOCK_DAY_START,
    CLOCK_DAY_COUNTED,
    CLOCK_DAY_SKIPPED,
    CLOCK_DAY_LAST,
    CLOCK_DAY_MOVED
};
struct clock_day {
    date day;
    enum clock_day_kind kind;
    int32_t number; /* of the days counted, from 1; 0 when skipped */
    str why;        /* for a day skipped or moved over: "Saturday", "Christmas Day" */
};
/* False when the sum leaves the calendar's range (days known so far are still reported). For
 * durations in months or years only the start and the last day are reported. */
bool judge_clock_days(const struct rulebook *rulebook, uint32_t clock, uint32_t run, date start,
                      struct arena *arena, const struct clock_day **ret_days, size_t *ret_count,
                      date *ret_last_day);

#endif
