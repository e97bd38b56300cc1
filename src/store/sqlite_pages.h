/* sqlite_pages: which pages of the file a connection keeps in memory. It does what SQLite's own
 * cache does, and one thing better. Internal to src/store.
 *
 * At each commit SQLite asks its cache to forget the pages behind the end of the file. Its own
 * looks at every page it has whenever one was renumbered for a moment since the last commit, which
 * sorting the pages of a table does nearly always: with 16,000 pages a millisecond a commit, more
 * than everything else in it. This one knows the greatest number there is, and looks when there is
 * something to forget.
 *
 * Invariants:
 *   1. a page is in exactly one chain, that of its number; in the list of those that may be given
 * up exactly when it is not pinned;
 *   2. every page whose number is above `greatest` is counted in `strays` (more may be);
 *   3. a cache is used by one thread at a time, as its connection is. */
#ifndef RETURNHUB_STORE_SQLITE_PAGES_H
#define RETURNHUB_STORE_SQLITE_PAGES_H

#include <sqlite3.h>

/* For SQLITE_CONFIG_PCACHE2. */
const sqlite3_pcache_methods2 *sqlite_pages_methods(void);

#endif
