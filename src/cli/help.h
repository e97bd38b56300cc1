/* help: the table of commands as text for people and as a manual page. */
#ifndef RETURNHUB_CLI_HELP_H
#define RETURNHUB_CLI_HELP_H

#include "base/buf.h"
#include "cli/command.h"

void help_overview(struct buf *buf);
void help_group(str group, struct buf *buf); /* the commands that begin with this word */
void help_command(const struct command *command, struct buf *buf);
void help_manual(struct buf *buf); /* man(7) */

#endif
