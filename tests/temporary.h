/* temporary: where a test puts what it writes: under TMPDIR, or where the system keeps such files.
 */
#ifndef RETURNHUB_TESTS_TEMPORARY_H
#define RETURNHUB_TESTS_TEMPORARY_H

#include <stdio.h>
#include <stdlib.h>

/* The template of a path for mkdtemp or mkstemp, of which `what` is told. Stops the test when it
 * does not fit. */
static inline void temporary_path(char *path, size_t size, const char *what)
{
    const char *folder = getenv("TMPDIR");
    const int len =
        snprintf(path, size, "%s/returnhub-%s-XXXXXX", folder == NULL ? "/tmp" : folder, what);
    if (len < 0 || (size_t)len >= size) {
        fprintf(stderr, "The path of TMPDIR is too long for this test\n");
        abort();
    }
}

#endif
