/* security_log: what happens at the doors, told to another program at once: who signed in, who was
 * refused, what did not fit. What the register records is no business of it.
 *
 * One line an occurrence, in the form of RFC 5424: a datagram to the socket of the machine's log
 * (/dev/log of journald or rsyslog), which keeps it out of this process's reach and sends it on; or
 * a line on standard error. Telling never waits and never fails: what cannot be told at once is
 * counted, and the next line says how many were lost.
 *
 * A line holds words of the program, numbers, addresses in numbers and the names of accounts that
 * there are; nothing that a stranger typed. Whatever is in a value, it can neither end the line nor
 * look like another value: what is not printable ASCII is written "?", and '"', '\' and ']' after
 * a backslash. */
#ifndef RETURNHUB_SYSTEM_SECURITY_LOG_H
#define RETURNHUB_SYSTEM_SECURITY_LOG_H

#include "base/arena.h"
#include "base/date.h"

enum {
    SECURITY_LINE_MAX = 1024, /* what every receiver takes is 480, what it should take 2048 (RFC
                                 5424, 6.1) */
    SECURITY_VALUE_MAX = 128, /* of one value, escapes included; the rest is cut */
    /* Lines of one kind in a second, so that a flood of one hides nothing of another. */
    SECURITY_LINES_A_SECOND = 50,
};

enum security_event {
    SECURITY_NONE = 0, /* nothing is told */
#define SECURITY_EVENT(constant, name, severity) constant,
#include "system/security_event.def"
#undef SECURITY_EVENT
    SECURITY_EVENT_COUNT
};

/* What is "" or 0 is left out. */
struct security_entry {
    enum security_event event;
    str address; /* of the client, in numbers */
    str account; /* the user name of one that there is */
    str by;      /* what was shown: "password code" */
    str on;      /* "POST /people/{person}/facts"; or why the server refused by itself */
    str subject; /* a reference of the register */
    int status;
};

struct security_log;

/* Where to: the path of a socket; "stderr"; "none". A socket that is not there is an error now, and
 * may go and come again later. The log lives in the arena; security_log_close ends it. */
MUST_USE result security_log_open(const char *where, struct arena *arena,
                                  struct security_log **ret_log, struct err *err);
void security_log_close(struct security_log *log); /* accepts NULL */

/* May be called from several threads. NULL: nothing is told. */
void security_log_tell(struct security_log *log, instant now, const struct security_entry *entry);

const char *security_event_name(enum security_event event);

#endif
