/* sqlite_inserting: a helper that writes the rows of a bulk work into SQLite while the thread that
 * makes them goes on. Internal to src/store, used by sqlite_pending.c.
 *
 * The connection is the helper's from inserting_hand_over until inserting_await: neither thread
 * uses it without knowing that the other does not. Tables are written in the order in which they
 * were handed over, those with many rows a part at a time, between the others. After one could not
 * be written no other is. */
#ifndef RETURNHUB_STORE_SQLITE_INSERTING_H
#define RETURNHUB_STORE_SQLITE_INSERTING_H

#include "store/layout.h"

#include <sqlite3.h>

struct sqlite_connection;
struct pending_table;
struct inserting;

/* NULL when the system has no thread or no memory to give: then whoever asked writes by itself. */
struct inserting *inserting_start(struct sqlite_connection *connection);
/* Waits for what was handed over. Accepts NULL. */
void inserting_stop(struct inserting *inserting);

/* Gives the table to the helper. It may not be handed over again before it was written. */
void inserting_hand_over(struct inserting *inserting, struct pending_table *table);
/* Until the table is written. Fails when it, or another, was not. */
MUST_USE result inserting_await(struct inserting *inserting, const struct pending_table *table,
                                struct err *err);
/* Until the helper is idle. Accepts NULL. */
void inserting_rest(struct inserting *inserting);
/* The same; and nothing has failed any more. Accepts NULL. */
void inserting_forget(struct inserting *inserting);

#endif
