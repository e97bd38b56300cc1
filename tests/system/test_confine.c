/* Aim: a confined process does its work, and what it gave up it cannot do, in any thread. Each
 * thing is tried in a child, before and after, so that what is refused is refused by this alone. */
#include "../temporary.h"
#include "system/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char inside[200];
static char outside[200];

static int setup(void **state)
{
    (void)state;
    temporary_path(inside, sizeof inside, "confine-in");
    temporary_path(outside, sizeof outside, "confine-out");
    return mkdtemp(inside) != NULL && mkdtemp(outside) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    const char *const folders[] = {inside, outside};
    for (size_t i = 0; i < 2; i++) {
        char path[240];
        snprintf(path, sizeof path, "%s/file", folders[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/renamed", folders[i]);
        unlink(path);
        rmdir(folders[i]);
    }
    return 0;
}

/* --- what is tried: 0, or why not ------------------------------------------------------------- */

static int outcome(bool done)
{
    return done ? 0 : errno;
}

static int write_in(const char *folder)
{
    char path[240];
    snprintf(path, sizeof path, "%s/file", folder);
    const int file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    return outcome(file >= 0 && write(file, "x", 1) == 1 && ftruncate(file, 0) == 0 &&
                   fsync(file) == 0);
}

static int try_write_inside(void)
{
    char from[240];
    char to[240];
    const int written = write_in(inside);
    snprintf(from, sizeof from, "%s/file", inside);
    snprintf(to, sizeof to, "%s/renamed", inside);
    return written != 0 ? written : outcome(rename(from, to) == 0 && unlink(to) == 0);
}

static int try_write_outside(void)
{
    return write_in(outside);
}

static int try_read_named(void)
{
    return outcome(open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0 ||
                   open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
}

static int try_write_named(void)
{
    return outcome(open("/etc/passwd", O_WRONLY | O_CLOEXEC) >= 0);
}

static int try_read_elsewhere(void)
{
    return outcome(open(outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0);
}

static int try_run(void)
{
    char *const arguments[] = {(char[]){"true"}, NULL};
    execve("/bin/true", arguments, NULL);
    return errno;
}

static int try_process(void)
{
    const pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return outcome(child > 0 && waitpid(child, NULL, 0) == child);
}

static int try_socket(void)
{
    return outcome(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int try_pair(void)
{
    int pair[2];
    return outcome(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
}

static int listening = -1; /* opened before */

static int try_connect(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    if (getsockname(listening, (struct sockaddr *)&address, &size) != 0) {
        return -1;
    }
    const int client = dup(listening + 1);
    return outcome(client >= 0 && connect(client, (struct sockaddr *)&address, size) == 0);
}

static int try_code(void)
{
    return outcome(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                        -1, 0) != MAP_FAILED);
}

static int try_turned_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return outcome(page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int try_memory(void)
{
    void *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return outcome(page != MAP_FAILED && munmap(page, 1 << 20) == 0);
}

typedef int attempt_function(void);

struct attempt {
    const char *what;
    attempt_function *run;
    int refused; /* 0: must go on working */
};

static void *run_in_thread(void *context)
{
    const struct attempt *attempt = context;
    static int found;
    found = attempt->run();
    return &found;
}

static int try_thread(void)
{
    pthread_t thread;
    const struct attempt none = {.run = try_memory};
    void *answer = NULL;
    const int started = pthread_create(&thread, NULL, run_in_thread, (void *)(uintptr_t)&none);
    return started != 0 ? started : pthread_join(thread, &answer) + *(int *)answer;
}

static const struct attempt attempts[] = {
    {"writing in its own folder", try_write_inside, 0},
    {"reading what it named", try_read_named, 0},
    {"memory", try_memory, 0},
    {"a thread", try_thread, 0},
    {"writing elsewhere", try_write_outside, EACCES},
    {"writing what it named for reading", try_write_named, EACCES},
    {"reading elsewhere", try_read_elsewhere, EACCES},
    {"running a program", try_run, EPERM},
    {"a socket", try_socket, ENOSYS},
    {"a pair of sockets", try_pair, ENOSYS},
    {"connecting", try_connect, ENOSYS},
    {"memory to be run", try_code, ENOSYS},
    {"memory turned into code", try_turned_code, ENOSYS},
    {"another process", try_process, ENOSYS},
};

static bool confine(void)
{
    const struct confine_path paths[] = {
        {inside, true}, {"/etc", false}, {"/proc/self", false}, {"/no/such/path", true}};
    const struct confinement confinement = {.paths = paths, .path_count = 4};
    struct err err = {0};
    bool confined = false;
    if (!confine_files(&confinement, &confined, &err).ok || !confine_calls(false, &err).ok) {
        fprintf(stderr, "%s\n", err.what);
        return false;
    }
    return confined;
}

/* In a child of its own: 0 to 250, or 251 when it could not be confined. */
static int outcome_of(const struct attempt *attempt, bool confined, bool in_thread)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        void *answer = NULL;
        if (confined && !confine()) {
            _exit(251);
        }
        if (!in_thread) {
            _exit(attempt->run());
        }
        pthread_create(&thread, NULL, run_in_thread, (void *)(uintptr_t)attempt);
        pthread_join(thread, &answer);
        _exit(*(int *)answer);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void open_sockets(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listening, 8), 0);
    assert_int_equal(dup2(socket(AF_INET, SOCK_STREAM, 0), listening + 1), listening + 1);
}

/* A build with AddressSanitizer keeps the right to start a process (confine.c). */
static bool may_start_processes(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return true;
#else
    return false;
#endif
}

static void what_was_given_up_cannot_be_done(void **state)
{
    (void)state;
    open_sockets();
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        const struct attempt *attempt = &attempts[i];
        const bool excepted = attempt->run == try_process && may_start_processes();
        const int expected = excepted ? 0 : attempt->refused;
        const bool root_only = attempt->run == try_write_named && geteuid() != 0;
        const int before = attempt->run == try_run ? 0 : outcome_of(attempt, false, false);
        for (int in_thread = 0; in_thread < 2; in_thread++) {
            const int found = outcome_of(attempt, true, in_thread == 1);
            if (found == 251 && i == 0) {
                skip(); /* a kernel without Landlock */
            }
            if ((before != 0 && !root_only) || found != expected) {
                fail_msg("%s: before %d, confined %d, expected %d", attempt->what, before, found,
                         expected);
            }
        }
    }
}

/* Who asks others connects where it said, and nowhere else. */
static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
                                  .sin_port = htons(port)};
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    return outcome(client >= 0 &&
                   connect(client, (struct sockaddr *)&address, sizeof address) == 0);
}

static uint16_t port_of(int socket)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    assert_int_equal(getsockname(socket, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

/* 251: it could not be confined. */
static int connect_confined(const struct confinement *confinement, uint16_t port)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        bool confined = false;
        const bool done = confine_files(confinement, &confined, NULL).ok && confined &&
                          confine_calls(true, NULL).ok;
        _exit(done ? connect_to(port) : 251);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return WEXITSTATUS(status);
}

static void connections_go_where_it_said(void **state)
{
    (void)state;
    open_sockets();
    const uint16_t port = port_of(listening);
    const uint16_t other = (uint16_t)(port == 1 ? 2 : port - 1);
    const struct confinement here = {.ports = &port, .port_count = 1};
    const struct confinement elsewhere = {.ports = &other, .port_count = 1};
    const struct confinement anywhere = {.any_port = true};
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 4) {
        skip(); /* a kernel without Landlock, or whose Landlock knows no connections */
    }
    assert_int_equal(connect_confined(&elsewhere, port), EACCES);
    assert_int_equal(connect_confined(&here, port), 0);
    assert_int_equal(connect_confined(&anywhere, port), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_go_where_it_said),
        cmocka_unit_test(what_was_given_up_cannot_be_done),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
