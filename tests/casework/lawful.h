/* lawful: a person for whom a real law allows a step. What must be on record is not listed in the
 * tests: it is found by the search of rulebook/possible.h, whose witness the scalar judge has
 * confirmed, and recorded through casework like everything else. So a test says only what is
 * different. */
#ifndef RETURNHUB_TESTS_CASEWORK_LAWFUL_H
#define RETURNHUB_TESTS_CASEWORK_LAWFUL_H

#include "office.h"

struct lawful {
    bool possible;       /* false: no facts at all make the step clear */
    date today;          /* the day on which they do; the office's clock stands on its noon */
    char destination[4]; /* of "departure.destination", "" where the step reads none */
};

/* Records what makes the step clear: of the person, of HUB_NORTH and of AGREEMENT. Moves the clock
 * of the office, forward or back, to the day of the witness. */
struct lawful lawful_make_clear(struct office *office, const struct somebody *person,
                                const char *step);
/* Registers somebody who is in that stage, however they came there. The clock of the office stands
 * on its first day again. */
struct somebody lawful_register(struct office *office, const char *name, const char *stage);
/* Somebody in the stage for whom the step has every approval; the request. */
struct lawful_request {
    struct somebody person;
    int64_t request;
    struct lawful lawful;
};
struct lawful_request lawful_approved(struct office *office, const char *name, const char *stage,
                                      const char *step);
/* Asks for the step (at HUB_NORTH when it needs a hub), and has it approved by whoever must. */
struct outcome lawful_ask_and_approve(struct office *office, const struct somebody *person,
                                      const char *step);

#endif
