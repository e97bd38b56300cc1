/* access: who may do what. One pure function over one table (access.def), default deny.
 *
 * The role names are also the role names of rulebooks ("approved by authorising_officer"): a role
 * that a rulebook names and this table lacks approves nothing. What an account may not see is
 * reported exactly as what does not exist.
 *
 * Nothing is remembered between two questions: the account's row is read in the transaction in
 * which the question is asked, so that a change of rights counts at once. */
#ifndef RETURNHUB_CASEWORK_ACCESS_H
#define RETURNHUB_CASEWORK_ACCESS_H

#include "register/row.h"

enum account_role {
    ROLE_NONE = 0,
#define ROLE(constant, name, title) constant,
#include "casework/access.def"
#undef ROLE
    ROLE_COUNT
};

enum action {
#define ACTION(constant, name, what) constant,
#include "casework/access.def"
#undef ACTION
    ACTION_COUNT
};

/* How an account stands to an object. */
enum relation {
#define RELATION(constant, name, what) constant,
#include "casework/access.def"
#undef RELATION
    RELATION_COUNT
};

/* What is in a compartment exists for those alone for whom it is open. */
enum compartment {
#define COMPARTMENT(constant, name, what) constant,
#include "casework/access.def"
#undef COMPARTMENT
    COMPARTMENT_COUNT
};

/* What is acted on. `hubs` are the hubs it belongs to: a hub itself; where a person is placed or is
 * asked to go. Compartments and relations are sets: 1U << constant. */
struct access_object {
    const int64_t *hubs;
    size_t hub_count;
    unsigned compartments;
    unsigned relations;
};

enum access_verdict {
    ACCESS_FORBIDDEN,    /* the role lacks the action altogether, or the account is closed */
    ACCESS_OUT_OF_SIGHT, /* for this account the object does not exist */
    ACCESS_CONFLICT, /* it sees the object, and stands to it so that somebody else must do this */
    ACCESS_ALLOWED,
};

/* An object of NULL belongs to no hub, is in no compartment, and is related to nobody. */
enum access_verdict access_decide(const struct account_row *account, enum action action,
                                  const struct access_object *object);
/* What an account is told whose verdict is ACCESS_CONFLICT. */
const char *access_conflict(enum action action, const struct access_object *object);

/* ACCESS_ALLOWED? */
bool may(const struct account_row *account, enum action action, const struct access_object *object);
/* Whatever hub the object belongs to. */
bool may_everywhere(const struct account_row *account, enum action action);
/* On some object at least, if there is one: false means that the role lacks the action altogether.
 */
bool may_somewhere(const struct account_row *account, enum action action);
/* The refusal, ERROR_FORBIDDEN, of an account whose role lacks the action altogether: with whom it
 * lies. */
MUST_USE result access_refuse(const struct account_row *account, enum action action,
                              struct err *err);
/* Adds to a failure which roles could have been named; a set: 1U << role. */
enum { ROLES_ALL = (1 << ROLE_COUNT) - 1 };
MUST_USE result access_hint_roles(unsigned roles, struct err *err);
/* Is the object in a compartment that is not open to the account for this action? */
bool access_shuts(const struct account_row *account, enum action action,
                  const struct access_object *object);
/* Would it help to break the glass for this? */
bool access_glass_shows(enum action action);

enum account_role role_from_name(str name); /* ROLE_NONE when there is none */
const char *role_name(enum account_role role);
const char *role_title(enum account_role role);
/* The title of the role of this name, for whoever reads; the name itself when none has it. */
str role_called(str name);
const char *action_name(enum action action);
const char *action_what(enum action action); /* "See a hub and its places" */

/* The table itself, to be shown: of a role and an action. */
enum access_scope {
    SCOPE_NONE = 0, /* default deny: what no GRANT names */
    SCOPE_OWN_HUB,
    SCOPE_SELF,    /* what is recorded of the holder of the account */
    SCOPE_CLIENTS, /* of people whom the holder of the account represents */
    SCOPE_ALL,
};
enum access_scope access_scope(enum account_role role, enum action action);

#endif
