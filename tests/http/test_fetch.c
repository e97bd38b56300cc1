/* Aim: whoever may ask others finds them by their names after it has confined itself, and nobody
 * else does. The other server is this test: one answer, over a socket of its own. */
#include "http/fetch.h"

#include "system/confine.h"

#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 4 * 1024 * 1024, NOT_CONFINED = 250 };

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

static int listen_here(uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_ANY)}};
    socklen_t size = sizeof address;
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listening, 8), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &size), 0);
    *ret_port = ntohs(address.sin_port);
    return listening;
}

/* Answers whoever comes, in a process of its own: a thread might hold the allocator's lock at the
 * moment at which ask() forks, and the child would wait for it for ever. */
static pid_t serve(int listening)
{
    const pid_t server = fork();
    if (server != 0) {
        return server;
    }
    for (;;) {
        char request[4096];
        const int client = accept(listening, NULL, NULL);
        if (client < 0 || read(client, request, sizeof request) <= 0 ||
            write(client, answer, sizeof answer - 1) < 0) {
            _exit(1);
        }
        close(client);
    }
}

/* The status that a confined process was answered with, in hundreds; 0: none. */
static int ask(const char *url, bool confined, bool connects)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct arena arena;
        struct fetch fetch = {.url = url};
        if (!fetch_init(NULL).ok || !arena_open(&arena, ROOM, NULL).ok ||
            (confined && !confine_calls(connects, NULL).ok)) {
            _exit(NOT_CONFINED);
        }
        fetch_all(&fetch, 1, 10000, NULL, &arena);
        const bool whole = str_equal(fetch.answer, STR("hello"));
        _exit(fetch.status == 200 && !whole ? 99 : fetch.status / 100);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void names_are_found(void **state)
{
    char name[200];
    char url[300];
    uint16_t port = 0;
    pid_t server = 0;
    struct addrinfo *found = NULL;
    (void)state;
    const int listening = listen_here(&port);
    if (gethostname(name, sizeof name) != 0 || getaddrinfo(name, NULL, NULL, &found) != 0) {
        skip(); /* this machine does not know its own name */
    }
    freeaddrinfo(found);
    server = serve(listening);
    assert_true(server > 0);
    snprintf(url, sizeof url, "http://%s:%u/", name, (unsigned)port);
    assert_int_equal(ask(url, false, true), 2);
    assert_int_equal(ask(url, true, true), 2);
    assert_int_equal(ask(url, true, false), 0);
    kill(server, SIGKILL);
    assert_int_equal(waitpid(server, NULL, 0), server);
    close(listening);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
