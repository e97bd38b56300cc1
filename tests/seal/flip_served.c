/* Aim: no bit of a log that was served can be another without the audit finding it and naming the
 * file.
 *
 *     flip_served KEY.pub FOLDER FILE...      every file of the log, under the folder
 *
 * All of them under script/check-long, where RETURNHUB_LONG is set. */
#include "published_log.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    static struct published_log log;
    char unseen[LOG_UNSEEN_SIZE];
    struct err err = {0};
    if (count < 4) {
        fprintf(stderr, "usage: flip_served KEY.pub FOLDER FILE...\n");
        return 2;
    }
    published_log_read(&log, arguments[1], arguments[2], arguments + 3, (size_t)count - 3);
    if (!audit_now(&log, STR(""), &err).ok) {
        fprintf(stderr, "The log itself is not good: %s\n", err.what);
        return EXIT_FAILURE;
    }
    const uint64_t flips = published_log_flip(&log, getenv("RETURNHUB_LONG") != NULL, unseen);
    if (unseen[0] != '\0') {
        fprintf(stderr, "Not found, or not named: %s\n", unseen);
        return EXIT_FAILURE;
    }
    printf("%llu bits of %zu files flipped, one at a time\n", (unsigned long long)flips, log.count);
    published_log_free(&log);
    return EXIT_SUCCESS;
}
