/* board: all hubs as they stand now, kept between one reading and the next. What a person's page
 * asks about every hub is read from the store once, and again when something happened that a hub
 * may stand otherwise for. Inside casework only.
 *
 * Never stale: rows change with events alone (store.h), and a reading sees the events up to one
 * position. A board is of one rulebook, one day and the positions from which and through which it
 * holds; a reading of a later position takes it only after it has seen, in its own snapshot, that
 * every event since is of a kind, and about a subject, that no hub depends on. Nobody's record is
 * on it: hubs, agreements, what is recorded of them, and numbers of places. */
#ifndef RETURNHUB_CASEWORK_BOARD_H
#define RETURNHUB_CASEWORK_BOARD_H

#include "casework/facts.h"

struct hub_board {
    const struct hub_standing *hubs; /* all there are, in the order of ids */
    size_t count;
};

MUST_USE result board_keeper_open(struct arena *arena, struct board_keeper **ret_keeper,
                                  struct err *err);
void board_keeper_close(struct board_keeper *keeper); /* accepts NULL */

/* In a transaction that only reads. What is on the board stays until board_release. */
MUST_USE result board_take(struct sitting *sitting, const struct hub_board **ret_board,
                           struct err *err);
void board_release(const struct sitting *sitting, const struct hub_board *board);

#endif
