/* possible: is there a day, and are there facts, for which conditions are so? Decided exactly,
 * within a stated bound.
 *
 * A question asks for some conditions to have one of some truths each, all for the same facts and
 * on the same day: "true" asks whether a safeguard can be clear, "true" of one and "false or
 * unknown" of another whether the second says anything that the first does not.
 *
 * How it is decided. Demands are taken apart: of "A and B" to be true both are demanded, of it to
 * be false one of them, which is a choice; so on down to single facts. What the choices leave is
 * kept as it is narrowed: for each fact whether it may be known and unknown, for each flag, choice
 * and country the values left, for each date and number the least and the greatest. Choices are
 * searched in depth; a dead end names the choices it rests on, and others are not tried in vain.
 *
 * Why that is complete. A comparison of dates is g(x) <= h(y) with monotone g and h, days of two
 * facts (or of today, or constants): adding days, working days, months or years, and moving to the
 * next working day, are monotone. The solutions of such comparisons are closed under taking the
 * lesser of two, so that raising every least day until nothing has to be raised any more ends
 * either with a solution, or with a day above its greatest, and then there is none. Flags, choices,
 * countries and sets of countries are tried value by value. Each demand that some member of the
 * family be such and such is given a member of its own, which loses nothing: a demand on all
 * members is made of each of them, and members share no fact of their own.
 *
 * POSSIBLE_YES is always shown by a witness, which the scalar judge has confirmed; POSSIBLE_NO is
 * said only when the search was complete; else the answer is POSSIBLE_UNDECIDED.
 */
#ifndef RETURNHUB_RULEBOOK_POSSIBLE_H
#define RETURNHUB_RULEBOOK_POSSIBLE_H

#include "rulebook/truths.h"

/* The bound. A safeguard of the law is decided by some tens of trials. */
enum {
    POSSIBLE_TRIALS_MAX = 20000, /* choices tried for one question: a tenth of a second or so */
    POSSIBLE_MEMBERS_MAX = 15,   /* of a family: as many demands that there be one such member */
};

enum possible_answer { POSSIBLE_NO, POSSIBLE_YES, POSSIBLE_UNDECIDED };

struct possible_goal {
    node_index condition; /* of a definition, a safeguard or a `when` line of a clock */
    unsigned truths;      /* one of these (truths.h) */
};

struct possible_question {
    const struct possible_goal *goals; /* all of them together */
    size_t goal_count;
    bool without_hub; /* nothing is known of a hub */
    bool without_agreement;
};

struct possible;

/* Lives in the arena, beside the rulebook, and takes from it later too. */
MUST_USE result possible_open(const struct rulebook *rulebook, struct arena *arena,
                              struct possible **ret_possible, struct err *err);
/* With POSSIBLE_YES, *ret_witness is a question for the judge, in the same arena, with as few known
 * facts as the search needed. `ret_witness` may be NULL. */
MUST_USE result possible_ask(struct possible *possible, const struct possible_question *question,
                             enum possible_answer *ret_answer, struct question *ret_witness,
                             struct err *err);
/* Choices tried since it was opened. */
uint64_t possible_trials(const struct possible *possible);

#endif
