/* events_file: what the writer and the reader of a file of all events share. Inside casework only.
 *
 * NDJSON. First {"returnhub_events":1}; then the events in the order of their positions, each
 * rulebook before the event that took it into use; last {"chain":...,"end":N}: N is the number of
 * events, the chain the hash of all lines before: c(0) = 32 zero bytes, c(i) = SHA-256(c(i-1) ||
 * line i without its line feed). */
#ifndef RETURNHUB_CASEWORK_EVENTS_FILE_H
#define RETURNHUB_CASEWORK_EVENTS_FILE_H

#include "base/hash.h"

#define EVENTS_FILE_MARK "returnhub_events"
enum { EVENTS_FILE_VERSION = 1, EVENTS_FILE_RULEBOOKS_MAX = 10000 };

static inline struct sha256 events_file_chain(const struct sha256 *before, str line)
{
    const str parts[] = {{.at = (const char *)before->bytes, .len = SHA256_SIZE}, line};
    return sha256_of_parts(parts, 2);
}

#endif
