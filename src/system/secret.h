/* secret: a line that nobody else may see, typed at the terminal or read from a file. Never taken
 * from the arguments of a program, which every other program on the machine can list. */
#ifndef RETURNHUB_SYSTEM_SECRET_H
#define RETURNHUB_SYSTEM_SECRET_H

#include "base/arena.h"

enum { SECRET_BYTES_MAX = 4096 };

/* Asks at the terminal of the program, whatever its standard streams are, and shows nothing of what
 * is typed. ERROR_USAGE when there is no terminal. The terminal is put back as it was, also when
 * reading fails. */
MUST_USE result secret_ask(const char *prompt, struct arena *arena, str *ret_secret,
                           struct err *err);

/* The first line of a file, without its end. A descriptor of the program is the file
 * /dev/fd/NUMBER. */
MUST_USE result secret_read(const char *path, struct arena *arena, str *ret_secret,
                            struct err *err);

#endif
