#include "casework/access.h"

enum scope {
    SCOPE_NONE = 0, /* default deny: what no GRANT names */
    SCOPE_OWN_HUB,
    SCOPE_ALL,
};

static const uint8_t scopes[ROLE_COUNT][ACTION_COUNT] = {
#define GRANT(role, action, scope) [role][action] = SCOPE_##scope,
#include "casework/access.def"
#undef GRANT
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

static enum scope scope_of(const struct account_row *account, enum action action)
{
    ASSERT(action < ACTION_COUNT);
    return account->closed ? SCOPE_NONE : (enum scope)scopes[role_from_name(account->role)][action];
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

bool may(const struct account_row *account, enum action action, const struct access_object *object)
{
    switch (scope_of(account, action)) {
    case SCOPE_NONE:
        return false;
    case SCOPE_OWN_HUB:
        return account->hub != 0 && belongs_to(object, account->hub);
    case SCOPE_ALL:
        return true;
    }
    return false;
}

bool may_everywhere(const struct account_row *account, enum action action)
{
    return scope_of(account, action) == SCOPE_ALL;
}

bool may_somewhere(const struct account_row *account, enum action action)
{
    return scope_of(account, action) != SCOPE_NONE;
}

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

const char *action_name(enum action action)
{
    ASSERT(action < ACTION_COUNT);
    return action_names[action];
}
