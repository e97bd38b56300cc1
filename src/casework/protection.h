/* protection: people whose record is seen by named accounts and roles alone. For everybody else the
 * record does not exist: it is in no list, no search and no count of people by stage, and a place
 * that the person has at a hub is taken by nobody. What the law says of the person is judged all
 * the same. An account that is named still needs a role, and a hub, that the record is in sight of.
 *
 * Client ids, errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_PROTECTION_H
#define RETURNHUB_CASEWORK_PROTECTION_H

#include "casework/casework.h"

enum { PROTECTION_NAMES_MAX = 50 }; /* of accounts, and of roles: more is no protection */

struct protection {
    const str *usernames;
    size_t username_count;
    const str *roles;
    size_t role_count;
    str reason;
};

/* Of names as they are typed: "role:NAME" is a role, everything else a user name, which has no
 * colon. Without a reason. */
MUST_USE result protection_of_names(const str *names, size_t count, struct arena *arena,
                                    struct protection *ret_protection, struct err *err);

/* ACTION_PROTECT_PERSON. Takes the place of an earlier protection. Somebody must be named; it need
 * not be the caller, who then does not see the record any more. */
MUST_USE result casework_protect_person(const struct casework *casework,
                                        const struct caller *caller, str person,
                                        const struct protection *protection, struct arena *arena,
                                        int64_t *ret_event, struct err *err);
MUST_USE result casework_lift_protection(const struct casework *casework,
                                         const struct caller *caller, str person, str reason,
                                         struct arena *arena, int64_t *ret_event, struct err *err);

struct protection_answer {
    bool is_protected;
    const str *accounts; /* their names */
    size_t account_count;
    const str *roles;
    size_t role_count;
    str reason;
};
/* Whoever sees the record may know who else does: ACTION_SEE_PERSON. */
MUST_USE result casework_protection(const struct casework *casework, const struct caller *caller,
                                    str person, struct arena *arena,
                                    struct protection_answer *ret_answer, struct err *err);

#endif
