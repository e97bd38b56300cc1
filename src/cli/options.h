/* options: from argv to an invocation, checked against the table of commands. */
#ifndef RETURNHUB_CLI_OPTIONS_H
#define RETURNHUB_CLI_OPTIONS_H

#include "cli/command.h"

/* Finds the command and reads its arguments and options; `--` ends options, `--name=value` works.
 * ret->command is NULL when only help, or the version, was asked for. `help person` and `person
 * --help` ask about all commands that begin with the word. */
struct asked_for {
    bool help;
    str group; /* the word, with help; "" for none */
    bool version;
};
MUST_USE result options_read(int argc, char **argv, struct arena *arena,
                             struct invocation *ret_invocation, struct asked_for *ret_asked,
                             struct err *err);

#endif
