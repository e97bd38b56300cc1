#include "system/security_log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
    FACILITY_AUTHPRIV = 10,
    HOST_MAX = 64,
};

struct security_log {
    int fd;         /* -1: nothing is told */
    bool is_socket; /* datagrams to `address`; otherwise lines */
    struct sockaddr_un address;
    char host[HOST_MAX];
    pthread_mutex_t mutex; /* of all below */
    int64_t second;
    unsigned told[SECURITY_EVENT_COUNT]; /* in this second */
    uint64_t lost;                       /* since the last line that went out */
};

static const struct {
    const char *name;
    int severity;
} events[SECURITY_EVENT_COUNT] = {
    [SECURITY_NONE] = {"none", 7},
#define SECURITY_EVENT(constant, name, severity) [constant] = {name, severity},
#include "system/security_event.def"
#undef SECURITY_EVENT
};

const char *security_event_name(enum security_event event)
{
    return events[event].name;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* The address is used anew for each datagram, so the machine's log may be restarted. */
static result open_socket(struct security_log *log, const char *path, struct err *err)
{
    const size_t len = strlen(path);
    if (len >= sizeof log->address.sun_path) {
        return err_set(err, ERROR_INPUT, "The path of the socket of the security log is too long");
    }
    log->address.sun_family = AF_UNIX;
    memcpy(log->address.sun_path, path, len + 1);
    log->is_socket = true;
    log->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool there =
        log->fd >= 0 && probe >= 0 &&
        connect(probe, (const struct sockaddr *)&log->address, sizeof log->address) == 0;
    const int problem = errno;
    close(probe);
    if (there) {
        return result_ok();
    }
    security_log_close(log);
    result_ignore(err_set(err, ERROR_STORAGE, "Nobody takes the security log at %s: %s", path,
                          strerrordesc_np(problem)),
                  "the hint follows");
    return err_hint(err, "Name the socket of the machine's log, often /dev/log, or stderr.");
}

/* HOSTNAME of RFC 5424 is printable ASCII without a space. */
static void find_host(char host[HOST_MAX])
{
    struct utsname machine;
    memcpy(host, "-", sizeof "-");
    if (uname(&machine) != 0) {
        return;
    }
    const size_t len = strnlen(machine.nodename, HOST_MAX);
    for (size_t i = 0; i < len; i++) {
        if (machine.nodename[i] <= ' ' || machine.nodename[i] > '~') {
            return;
        }
    }
    if (len > 0 && len < HOST_MAX) {
        memcpy(host, machine.nodename, len + 1);
    }
}

result security_log_open(const char *where, struct arena *arena, struct security_log **ret_log,
                         struct err *err)
{
    struct security_log *log = ARENA_NEW(arena, struct security_log, 1);
    if (log == NULL) {
        return arena_full(err);
    }
    *log = (struct security_log){.fd = -1};
    ASSERT(pthread_mutex_init(&log->mutex, NULL) == 0);
    find_host(log->host);
    if (strcmp(where, "stderr") == 0) {
        log->fd = STDERR_FILENO;
    } else if (strcmp(where, "none") != 0) {
        TRY(open_socket(log, where, err));
    }
    *ret_log = log;
    return result_ok();
}

void security_log_close(struct security_log *log)
{
    if (log != NULL) {
        if (log->is_socket && log->fd >= 0) {
            close(log->fd);
        }
        pthread_mutex_destroy(&log->mutex);
    }
}

/* --- one line --------------------------------------------------------------------------------- */

struct line {
    char text[SECURITY_LINE_MAX];
    size_t len;
};

static void put(struct line *line, const char *format, ...) PRINTF_LIKE(2, 3);
static void put(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int len =
        vsnprintf(line->text + line->len, sizeof line->text - line->len, format, arguments);
    va_end(arguments);
    line->len += (size_t)len;
    ASSERT(len >= 0 && line->len < sizeof line->text); /* each value is bounded */
}

static void put_value(struct line *line, const char *name, str value)
{
    if (value.len == 0) {
        return;
    }
    put(line, " %s=\"", name);
    size_t room = SECURITY_VALUE_MAX;
    for (size_t i = 0; i < value.len; i++) {
        const char byte = value.at[i];
        const bool plain = byte >= ' ' && byte <= '~';
        const bool escaped = byte == '"' || byte == '\\' || byte == ']';
        const size_t needed = escaped ? 2 : 1;
        if (needed > room) {
            break;
        }
        room -= needed;
        put(line, "%s%c", escaped ? "\\" : "", plain ? byte : '?');
    }
    put(line, "\"");
}

static void put_number(struct line *line, const char *name, uint64_t number)
{
    if (number != 0) {
        put(line, " %s=\"%llu\"", name, (unsigned long long)number);
    }
}

/* No structured data: an element needs an enterprise's number (RFC 5424, 7.2.2), and a program has
 * none. The same pairs stand in the message. */
static void put_line(struct line *line, const struct security_log *log, instant now,
                     const struct security_entry *entry)
{
    char at[INSTANT_TEXT_SIZE];
    instant_format(now, at);
    put(line, "<%d>1 %s %s returnhub %ld %s -",
        FACILITY_AUTHPRIV * 8 + events[entry->event].severity, at, log->host, (long)getpid(),
        events[entry->event].name);
    put_value(line, "account", entry->account);
    put_value(line, "address", entry->address);
    put_value(line, "by", entry->by);
    put_value(line, "on", entry->on);
    put_value(line, "subject", entry->subject);
    put_number(line, "status", entry->status > 0 ? (uint64_t)entry->status : 0);
    put_number(line, "lost", log->lost);
}

/* A pipe that is ready takes a line of this size whole and at once (PIPE_BUF). */
static bool send_line(const struct security_log *log, struct line *line)
{
    if (log->is_socket) {
        return sendto(log->fd, line->text, line->len, MSG_NOSIGNAL | MSG_DONTWAIT,
                      (const struct sockaddr *)&log->address, sizeof log->address) >= 0;
    }
    struct pollfd ready = {.fd = log->fd, .events = POLLOUT};
    put(line, "\n");
    return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0 &&
           write(log->fd, line->text, line->len) == (ssize_t)line->len;
}

/* The mutex is held. A clock that is put back begins a second, too. */
static bool is_room(struct security_log *log, instant now, enum security_event event)
{
    const int64_t second = now.milliseconds / 1000;
    if (second != log->second) {
        log->second = second;
        memset(log->told, 0, sizeof log->told);
    }
    if (log->told[event] >= SECURITY_LINES_A_SECOND) {
        return false;
    }
    log->told[event]++;
    return true;
}

void security_log_tell(struct security_log *log, instant now, const struct security_entry *entry)
{
    if (log == NULL || log->fd < 0 || entry->event == SECURITY_NONE) {
        return;
    }
    struct line line = {.len = 0};
    pthread_mutex_lock(&log->mutex);
    bool told = is_room(log, now, entry->event);
    if (told) {
        put_line(&line, log, now, entry);
        told = send_line(log, &line);
    }
    log->lost = told ? 0 : log->lost + 1;
    pthread_mutex_unlock(&log->mutex);
}
