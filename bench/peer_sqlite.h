/* peer_sqlite: SQLite as it is usually used: one connection, a transaction for each command, WAL,
 * synchronous=FULL. A command writes the rows that recording one fact of a person writes. */
#ifndef RETURNHUB_BENCH_PEER_SQLITE_H
#define RETURNHUB_BENCH_PEER_SQLITE_H

/* `path`: a file that register.py filled with the rows of a register. */
int peer_sqlite(const char *path, double seconds);

#endif
