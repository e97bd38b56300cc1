/* Every cell of the matrix of access, decided by the program and written out, so that something
 * that knows neither this program nor its table can say whether it is right (access_oracle.cjs).
 *
 * First lines with names: "roles a b", "actions ...", "relations ...", "compartments ...", "hubs
 * ...". Then a line for each account and action: role, open or closed, limited or unlimited,
 * action, and a letter for each object: F forbidden, O out of sight, C conflict, A allowed. Objects
 * stand in the order of hubs (slowest), sets of compartments, sets of relations (fastest). */
#include "casework/access.h"

#include <stdio.h>

enum { OWN_HUB = 7, OTHER_HUB = 8 };

static const struct object_hubs {
    const char *name;
    int64_t hubs[2];
    size_t count;
} hub_rows[] = {
    {"none", {0, 0}, 0},      {"nowhere", {0, 0}, 1}, /* a person who is placed at no hub */
    {"own", {OWN_HUB, 0}, 1}, {"other", {OTHER_HUB, 0}, 1}, {"both", {OTHER_HUB, OWN_HUB}, 2},
};
enum { HUB_ROWS = sizeof hub_rows / sizeof hub_rows[0] };

static const char *const roles[] = {
#define ROLE(constant, name, title) name,
#include "casework/access.def"
#undef ROLE
    "nobody_special",
    "",
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static void write_names(void)
{
    printf("roles");
    for (size_t i = 0; i < ROLES; i++) {
        printf(" %s", roles[i][0] == '\0' ? "-" : roles[i]);
    }
    printf("\nactions");
    for (int action = 0; action < ACTION_COUNT; action++) {
        printf(" %s", action_name((enum action)action));
    }
    printf("\nrelations");
#define RELATION(constant, name, what) printf(" %s", name);
#include "casework/access.def"
#undef RELATION
    printf("\ncompartments");
#define COMPARTMENT(constant, name, what) printf(" %s", name);
#include "casework/access.def"
#undef COMPARTMENT
    printf("\nhubs");
    for (size_t i = 0; i < HUB_ROWS; i++) {
        printf(" %s", hub_rows[i].name);
    }
    printf("\n");
}

static void write_cells(const struct account_row *account, enum action action)
{
    static const char letters[] = {[ACCESS_FORBIDDEN] = 'F',
                                   [ACCESS_OUT_OF_SIGHT] = 'O',
                                   [ACCESS_CONFLICT] = 'C',
                                   [ACCESS_ALLOWED] = 'A'};
    printf("%s %s %s %s ", account->role.len == 0 ? "-" : account->role.at,
           account->closed ? "closed" : "open", account->hub == 0 ? "unlimited" : "limited",
           action_name(action));
    for (size_t hubs = 0; hubs < HUB_ROWS; hubs++) {
        for (unsigned compartments = 0; compartments < 1U << COMPARTMENT_COUNT; compartments++) {
            for (unsigned relations = 0; relations < 1U << RELATION_COUNT; relations++) {
                const struct access_object object = {.hubs = hub_rows[hubs].hubs,
                                                     .hub_count = hub_rows[hubs].count,
                                                     .compartments = compartments,
                                                     .relations = relations};
                putchar(letters[access_decide(account, action, &object)]);
            }
        }
    }
    putchar('\n');
}

int main(void)
{
    write_names();
    for (size_t role = 0; role < ROLES; role++) {
        for (int kind = 0; kind < 4; kind++) {
            const struct account_row account = {.id = 1,
                                                .role = str_from_c(roles[role]),
                                                .hub = (kind & 1) != 0 ? OWN_HUB : 0,
                                                .closed = (kind & 2) != 0};
            for (int action = 0; action < ACTION_COUNT; action++) {
                write_cells(&account, (enum action)action);
            }
        }
    }
    return 0;
}
