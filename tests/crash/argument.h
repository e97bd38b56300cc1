/* argument: a number of the command line of a test, or what is usual. */
#ifndef RETURNHUB_TESTS_CRASH_ARGUMENT_H
#define RETURNHUB_TESTS_CRASH_ARGUMENT_H

#include "base/str.h"

static inline int64_t argument(char **arguments, int count, int index, int64_t otherwise)
{
    int64_t number = otherwise;
    if (index < count && !str_to_int64(str_from_c(arguments[index]), &number, NULL).ok) {
        number = otherwise;
    }
    return number;
}

#endif
