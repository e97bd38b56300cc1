/* sign_in_gate: at most two passwords are hashed at once, so that many attempts to sign in cannot
 * take the machine's memory from those who are at work: each hash needs 64 MiB for some tens of
 * milliseconds. And whoever tries one user name again and again is kept waiting, whether there is
 * such an account or not: in this process's memory, by a keyed hash of the name. Inside casework
 * only. */
#ifndef RETURNHUB_CASEWORK_SIGN_IN_GATE_H
#define RETURNHUB_CASEWORK_SIGN_IN_GATE_H

#include "system/system.h"

enum {
    HASHES_AT_ONCE = 2,
    /* A person who mistypes is far below; a program needs a year for 10^6 passwords. */
    WRONG_PASSWORDS_MAX = 30,
    WRONG_PASSWORDS_MINUTES = 15,
};

struct sign_in_gate;

/* In the arena; sign_in_gate_close ends it. */
MUST_USE result sign_in_gate_open(const struct system *system, struct arena *arena,
                                  struct sign_in_gate **ret_gate, struct err *err);
void sign_in_gate_close(struct sign_in_gate *gate); /* accepts NULL */

/* Waits for its turn. Between the two stands one hash. */
void sign_in_gate_enter(struct sign_in_gate *gate);
void sign_in_gate_leave(struct sign_in_gate *gate);

/* WRONG_PASSWORDS_MAX wrong ones came in the last WRONG_PASSWORDS_MINUTES for this user name. */
bool sign_in_gate_is_shut(struct sign_in_gate *gate, str username, instant now);
void sign_in_gate_note(struct sign_in_gate *gate, str username, bool right, instant now);

/* The list that casework_refuse_passwords gave (refused_passwords.h); NULL: there is none. */
struct refused_passwords;
void sign_in_gate_set_refused(struct sign_in_gate *gate, const struct refused_passwords *list);
const struct refused_passwords *sign_in_gate_refused(const struct sign_in_gate *gate);

#endif
