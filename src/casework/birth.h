/* birth: a date of birth stands in two places. One is the identity, by which people are found and
 * called; the other, where the law asks how old somebody is, a fact with its source, which the
 * safeguards read. Whoever corrects the first says that the old day was wrong: where the fact says
 * another day than the corrected one it is recorded anew, from the day it was true from, in the
 * same commit. So nobody is judged by a day of birth that the register itself calls wrong. Inside
 * casework only.
 *
 * What nobody recorded stays unknown, and a correction of the name alone changes no day: an
 * assessment may have found another age than the papers say. */
#ifndef RETURNHUB_CASEWORK_BIRTH_H
#define RETURNHUB_CASEWORK_BIRTH_H

#include "casework/sitting.h"

/* Is it the fact that says so? Rulebooks put it under a heading of their choice. */
bool birth_is(const struct fact *fact);

/* After the correction was appended. `ret_event`: the position of the fact that was recorded with
 * it, 0 when there was none to record. */
MUST_USE result birth_follow(struct sitting *sitting, int64_t person, struct known_day before,
                             struct known_day corrected, str source, int64_t *ret_event,
                             struct err *err);

/* The day that the facts say where the identity says another, or none; unknown otherwise. */
struct known_day birth_otherwise(const struct rulebook *rulebook, struct known_day born_on,
                                 const struct value *person);

#endif
