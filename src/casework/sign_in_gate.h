/* sign_in_gate: at most two passwords are hashed at once, so that many attempts to sign in cannot
 * take the machine's memory from those who are at work: each hash needs 64 MiB for some tens of
 * milliseconds. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_SIGN_IN_GATE_H
#define RETURNHUB_CASEWORK_SIGN_IN_GATE_H

#include "base/arena.h"

enum { HASHES_AT_ONCE = 2 };

struct sign_in_gate;

/* In the arena; sign_in_gate_close ends it. */
MUST_USE result sign_in_gate_open(struct arena *arena, struct sign_in_gate **ret_gate,
                                  struct err *err);
void sign_in_gate_close(struct sign_in_gate *gate); /* accepts NULL */

/* Waits for its turn. Between the two stands one hash. */
void sign_in_gate_enter(struct sign_in_gate *gate);
void sign_in_gate_leave(struct sign_in_gate *gate);

#endif
