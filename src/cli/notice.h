/* notice: the texts of letters, for commands that write them and for the server. */
#ifndef RETURNHUB_CLI_NOTICE_H
#define RETURNHUB_CLI_NOTICE_H

#include "cli/desk.h"
#include "notice/book.h"

/* Those of --notices, else those that come with the rulebook, checked against it; NULL when none
 * come with it. */
MUST_USE result notice_book_load(const struct invocation *invocation,
                                 const struct rulebook *rulebook, struct arena *arena,
                                 const struct notice_book **ret_book, struct err *err);

#endif
