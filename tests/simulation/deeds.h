/* deeds: everything that can happen in a step. One row each in the table of deeds.c; what is
 * added to casework is added here. */
#ifndef RETURNHUB_TESTS_SIMULATION_DEEDS_H
#define RETURNHUB_TESTS_SIMULATION_DEEDS_H

#include "world.h"

struct deed {
    const char *name;
    int weight;
    /* A command or a question of an account: says what is asked, in the order, and by whom; false
     * when there is nothing to ask. Then sends it. */
    bool (*draw)(struct world *world, struct order *order);
    result (*send)(struct world *world, const struct order *order, const struct caller *caller,
                   struct answer *answer, struct err *err);
    /* Or something that the machine does. */
    void (*act)(struct world *world);
};

extern const struct deed deeds[];
extern const size_t deed_count;

#endif
