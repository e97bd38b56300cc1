/* check: the promises of the register, held against the model after every step. The numbers are
 * those of the promises in tests/simulation/README.md.
 *
 * Each returns false when one is broken, and has said so in model.broken. */
#ifndef RETURNHUB_TESTS_SIMULATION_CHECK_H
#define RETURNHUB_TESTS_SIMULATION_CHECK_H

#include "world.h"

/* Reads the events that the model has not seen, folds them, and holds the answer against them. */
bool check_answer(struct world *world, const struct order *order, const struct answer *answer);
/* 3, 4, 5: rows and totals, and that no live request has lost its clearance unnoticed. Rows that
 * were held against the model today are not read once more while nothing was committed to the file
 * since. */
bool check_rows(struct world *world);
/* 6, 7: every event is there and is what it was; every look that was answered is on record. */
bool check_history(struct world *world);
/* It looks from a connection of its own, beside the store's, which learns the layout of the file
 * when it is opened, and that takes longer than to read all there is: so it stays until the store
 * is closed. The next one knows nothing of the file. */
void check_leave_file(struct world *world);
/* 6: rows are those that the events make. */
bool check_rebuild(struct world *world);
/* 8: a verdict of the past, derived again. */
bool check_verdict(struct world *world, const struct model_verdict *verdict);
bool check_all_verdicts(struct world *world);
/* After a restart: nothing was lost, and nothing came that nobody had sent. */
bool check_restart(struct world *world);

#endif
