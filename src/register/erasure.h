/* erasure: what remains when a person is erased.
 *
 * The bodies of a person's events are sealed with a key of their own. Erasing the person destroys
 * that key, so that names, dates of birth, facts, notes and reasons can never be read again, while
 * the sealed history and every receipt for it still verify (UK GDPR and GDPR Art. 17; EDPB
 * Guidelines 02/2025: destroying the key of a commitment's content). Two people do it: one asks,
 * another confirms. A legal hold (Art. 17(3)(b) and (e)) goes before it.
 *
 * What remains is what everybody else's record is built on, without anything that says who it was:
 *   - a number, written as the reference "erased-17";
 *   - the stages the person was in and since when, so that the totals still add up at any date;
 *   - the requests and places that were theirs, so that nobody is given a place twice when the rows
 *     are made anew.
 * It stands in the PERSON_ERASED event of the register: the bodies of those of the person's events
 * that rows are made of, with every name, reason, source and safeguard left out. The header of each
 * event (kind, days, who recorded it) was never sealed and stays. */
#ifndef RETURNHUB_REGISTER_ERASURE_H
#define RETURNHUB_REGISTER_ERASURE_H

#include "register/event.h"

enum { ERASED_REFERENCE_SIZE = 32 };

/* "erased-17"; never the reference of anybody (reference.h). */
void erased_reference(int64_t person, char text[ERASED_REFERENCE_SIZE]);

/* Leaves of an event of a person what remains of it. False when nothing does. Texts are views of
 * the event and of `reference`. */
bool event_erase(const struct event *event, str reference, struct event *ret_remains);

#endif
