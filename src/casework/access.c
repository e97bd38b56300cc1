#include "casework/access.h"

#include "casework/text.h"

static const uint8_t scopes[ROLE_COUNT][ACTION_COUNT] = {
#define GRANT(role, action, scope) [role][action] = SCOPE_##scope,
#include "casework/access.def"
#undef GRANT
};

/* --- what opens a compartment ----------------------------------------------------------------- */

static const bool opens_to_action[COMPARTMENT_COUNT][ACTION_COUNT] = {
#define OPENS_TO_ACTION(compartment, action) [compartment][action] = true,
#include "casework/access.def"
#undef OPENS_TO_ACTION
};

static const bool opens_to_relation[COMPARTMENT_COUNT][RELATION_COUNT] = {
#define OPENS_TO_RELATION(compartment, relation) [compartment][relation] = true,
#include "casework/access.def"
#undef OPENS_TO_RELATION
};

static const bool opens_to_own_hub[COMPARTMENT_COUNT] = {
#define OPENS_TO_OWN_HUB(compartment) [compartment] = true,
#include "casework/access.def"
#undef OPENS_TO_OWN_HUB
};

static const bool opens_for[COMPARTMENT_COUNT][ACTION_COUNT] = {
#define OPENS_FOR(compartment, action) [compartment][action] = true,
#include "casework/access.def"
#undef OPENS_FOR
};

static const bool glass_shows[ACTION_COUNT] = {
#define GLASS_SHOWS(action) [action] = true,
#include "casework/access.def"
#undef GLASS_SHOWS
};

/* --- what nobody does to what they stand so to ------------------------------------------------ */

static const char *const conflicts[ACTION_COUNT][RELATION_COUNT] = {
#define CONFLICT(action, relation, told) [action][relation] = told,
#include "casework/access.def"
#undef CONFLICT
};

static const struct role_text {
    str name;
    const char *title;
} role_texts[ROLE_COUNT] = {
    [ROLE_NONE] = {STR_INIT(""), ""},
#define ROLE(constant, name, title) [constant] = {STR_INIT(name), title},
#include "casework/access.def"
#undef ROLE
};

static const char *const action_names[ACTION_COUNT] = {
#define ACTION(constant, name, what) [constant] = name,
#include "casework/access.def"
#undef ACTION
};

static const char *const action_whats[ACTION_COUNT] = {
#define ACTION(constant, name, what) [constant] = what,
#include "casework/access.def"
#undef ACTION
};

/* --- deciding --------------------------------------------------------------------------------- */

static enum access_scope scope_in(const struct account_row *account, enum account_role role,
                                  enum action action)
{
    ASSERT(action < ACTION_COUNT);
    return account->closed ? SCOPE_NONE : (enum access_scope)scopes[role][action];
}

static enum access_scope scope_of(const struct account_row *account, enum action action)
{
    return scope_in(account, role_from_name(account->role), action);
}

static bool belongs_to(const struct access_object *object, int64_t hub)
{
    for (size_t i = 0; object != NULL && i < object->hub_count; i++) {
        if (object->hubs[i] == hub) {
            return true;
        }
    }
    return false;
}

static bool has(unsigned set, unsigned member)
{
    return (set & 1U << member) != 0;
}

struct question {
    const struct account_row *account;
    enum account_role role;
    enum action action;
    enum access_scope scope;
    bool own_hub;       /* the object belongs to the hub that the account is limited to */
    unsigned relations; /* those that count for this action */
};

static bool is_open(unsigned compartment, const struct question *question)
{
    if (opens_for[compartment][question->action] ||
        (opens_to_own_hub[compartment] && question->own_hub)) {
        return true;
    }
    for (unsigned relation = 0; relation < RELATION_COUNT; relation++) {
        if (opens_to_relation[compartment][relation] && has(question->relations, relation)) {
            return true;
        }
    }
    for (unsigned key = 0; key < ACTION_COUNT; key++) {
        if (opens_to_action[compartment][key] &&
            scope_in(question->account, question->role, (enum action)key) == SCOPE_ALL) {
            return true;
        }
    }
    return false;
}

/* A glass shows what it shows; a tie counts for those alone whose work is with it. */
static unsigned relations_that_count(enum action action, enum access_scope scope,
                                     unsigned relations)
{
    const unsigned none = (glass_shows[action] ? 0 : 1U << RELATION_GLASS) |
                          (scope == SCOPE_SELF ? 0 : 1U << RELATION_SELF) |
                          (scope == SCOPE_CLIENTS ? 0 : 1U << RELATION_REPRESENTS);
    return relations & ~none;
}

static struct question ask(const struct account_row *account, enum action action,
                           const struct access_object *object)
{
    const enum account_role role = role_from_name(account->role);
    const enum access_scope scope = scope_in(account, role, action);
    return (struct question){
        .account = account,
        .role = role,
        .action = action,
        .scope = scope,
        .own_hub = (scope == SCOPE_OWN_HUB || scope == SCOPE_ALL) && account->hub != 0 &&
                   belongs_to(object, account->hub),
        .relations = relations_that_count(action, scope, object == NULL ? 0 : object->relations),
    };
}

static bool is_reached(const struct question *question)
{
    switch (question->scope) {
    case SCOPE_NONE:
        return false;
    case SCOPE_OWN_HUB:
        return question->own_hub || has(question->relations, RELATION_GLASS);
    case SCOPE_SELF:
        return has(question->relations, RELATION_SELF);
    case SCOPE_CLIENTS:
        return has(question->relations, RELATION_REPRESENTS);
    case SCOPE_ALL:
        return true;
    }
    return false;
}

static bool all_open(const struct question *question, const struct access_object *object)
{
    for (unsigned compartment = 0; object != NULL && compartment < COMPARTMENT_COUNT;
         compartment++) {
        if (has(object->compartments, compartment) && !is_open(compartment, question)) {
            return false;
        }
    }
    return true;
}

enum access_verdict access_decide(const struct account_row *account, enum action action,
                                  const struct access_object *object)
{
    const struct question question = ask(account, action, object);
    if (question.scope == SCOPE_NONE) {
        return ACCESS_FORBIDDEN;
    }
    if (!is_reached(&question) || !all_open(&question, object)) {
        return ACCESS_OUT_OF_SIGHT;
    }
    return access_conflict(action, object) == NULL ? ACCESS_ALLOWED : ACCESS_CONFLICT;
}

bool access_shuts(const struct account_row *account, enum action action,
                  const struct access_object *object)
{
    const struct question question = ask(account, action, object);
    return !all_open(&question, object);
}

const char *access_conflict(enum action action, const struct access_object *object)
{
    ASSERT(action < ACTION_COUNT);
    for (unsigned relation = 0; object != NULL && relation < RELATION_COUNT; relation++) {
        if (has(object->relations, relation) && conflicts[action][relation] != NULL) {
            return conflicts[action][relation];
        }
    }
    return NULL;
}

bool may(const struct account_row *account, enum action action, const struct access_object *object)
{
    return access_decide(account, action, object) == ACCESS_ALLOWED;
}

bool may_everywhere(const struct account_row *account, enum action action)
{
    return scope_of(account, action) == SCOPE_ALL;
}

bool may_somewhere(const struct account_row *account, enum action action)
{
    return scope_of(account, action) != SCOPE_NONE;
}

bool access_glass_shows(enum action action)
{
    ASSERT(action < ACTION_COUNT);
    return glass_shows[action];
}

enum access_scope access_scope(enum account_role role, enum action action)
{
    ASSERT(role < ROLE_COUNT && action < ACTION_COUNT);
    return (enum access_scope)scopes[role][action];
}

/* --- names ------------------------------------------------------------------------------------ */

enum account_role role_from_name(str name)
{
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        if (str_equal(role_texts[role].name, name)) {
            return (enum account_role)role;
        }
    }
    return ROLE_NONE;
}

const char *role_name(enum account_role role)
{
    ASSERT(role < ROLE_COUNT);
    return role_texts[role].name.at;
}

const char *role_title(enum account_role role)
{
    ASSERT(role < ROLE_COUNT);
    return role_texts[role].title;
}

str role_called(str name)
{
    const enum account_role role = role_from_name(name);
    return role == ROLE_NONE ? name : str_from_c(role_title(role));
}

const char *action_name(enum action action)
{
    ASSERT(action < ACTION_COUNT);
    return action_names[action];
}

const char *action_what(enum action action)
{
    ASSERT(action < ACTION_COUNT);
    return action_whats[action];
}

/* --- refusing --------------------------------------------------------------------------------- */

struct role_list {
    char text[256];
    size_t len;
};

/* As many of a set of roles as there is room for. */
static void list_roles(unsigned roles, const char *(*called)(enum account_role role),
                       struct role_list *list)
{
    bool fits = true;
    list->len = 0;
    for (unsigned role = ROLE_NONE + 1; fits && role < ROLE_COUNT; role++) {
        fits =
            (roles & 1U << role) == 0 || str_list_add(list->text, sizeof list->text, &list->len,
                                                      str_from_c(called((enum account_role)role)));
    }
}

result access_hint_roles(unsigned roles, struct err *err)
{
    struct role_list names;
    list_roles(roles, role_name, &names);
    return err_hint(err, "It is one of: %.*s.", (int)names.len, names.text);
}

static unsigned roles_with(enum action action)
{
    unsigned roles = 0;
    for (unsigned role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        roles |= access_scope((enum account_role)role, action) != SCOPE_NONE ? 1U << role : 0;
    }
    return roles;
}

result access_refuse(const struct account_row *account, enum action action, struct err *err)
{
    struct role_list titles;
    list_roles(roles_with(action), role_title, &titles);
    result_ignore(err_set(err, ERROR_FORBIDDEN, "The role \"%.*s\" may not do this: \"%s\"",
                          STR_ARG(role_called(account->role)), action_what(action)),
                  "the hint follows");
    return err_hint(err, "It lies with these roles: %.*s.", (int)titles.len, titles.text);
}
