/* access: who may do what. One pure function over one table, default deny.
 *
 * The role names are also the role names of rulebooks ("approved by authorising_officer"): a role
 * that a rulebook names and this table lacks approves nothing. What an account may not see is
 * reported exactly as what does not exist. */
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

/* What is acted on. `hubs` are the hubs it belongs to: a hub itself; where a person is placed or is
 * asked to go. */
struct access_object {
    const int64_t *hubs;
    size_t hub_count;
};

/* An object of NULL belongs to no hub. */
bool may(const struct account_row *account, enum action action, const struct access_object *object);
/* Whatever hub the object belongs to. */
bool may_everywhere(const struct account_row *account, enum action action);
/* On some object at least, if there is one: false means that the role lacks the action altogether.
 */
bool may_somewhere(const struct account_row *account, enum action action);

enum account_role role_from_name(str name); /* ROLE_NONE when there is none */
const char *role_name(enum account_role role);
const char *role_title(enum account_role role);
const char *action_name(enum action action);

#endif
