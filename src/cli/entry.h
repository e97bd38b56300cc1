/* entry: lines of the books as commands print them. */
#ifndef RETURNHUB_CLI_ENTRY_H
#define RETURNHUB_CLI_ENTRY_H

#include "casework/books.h"
#include "cli/command.h"

void entry_print_lines(const struct invocation *invocation, const struct book_line *lines,
                       size_t count);

#endif
