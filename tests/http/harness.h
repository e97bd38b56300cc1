/* harness: a server in this process on a port of the loopback, a handler that tells what it saw,
 * and a client that sends bytes as they are and reads answers strictly. */
#ifndef RETURNHUB_TESTS_HTTP_HARNESS_H
#define RETURNHUB_TESTS_HTTP_HARNESS_H

#include "http/http.h"

#include <pthread.h>
#include <stdatomic.h>

enum { HARNESS_BYTES_MAX = 4 * 1024 * 1024, CLIENT_WAIT_MS_MAX = 5000 };

/* The handler. Its answer's body is "METHOD path?query|" and the body of the request; two paths do
 * something else:
 * "/wait/N" first sleeps N milliseconds, "/bytes/N" answers N bytes. "/stream/N" is a stream of N
 * parts, each a line with its number, the last under "/last/N" with the end; under "/gaps/N" every
 * second one is empty; under "/flood/N" each is 64 KiB. */
struct desk {
    atomic_uint served;
    atomic_uint smuggled; /* requests for "/smuggled" */
    atomic_uint working;
    atomic_uint streams_begun;
    atomic_uint streams_ended; /* that the server told of; the same number in the end */
};

struct test_server {
    struct desk desk;
    struct http_server *server;
    pthread_t thread;
    bool ran_well; /* known after test_server_join */
};

/* Listens, but does not serve yet. The handler and the context are filled in; the rest of `options`
 * is the test's. */
void test_server_open(struct test_server *test, struct http_options options);
void test_server_run(struct test_server *test);
/* Both. */
void test_server_start(struct test_server *test, struct http_options options);
void test_server_stop(struct test_server *test);
void test_server_join(struct test_server *test);
/* Whoever was told that a stream began was told that it ended. */
void test_server_close(struct test_server *test);
/* Stop, join and close. */
void test_server_end(struct test_server *test);

/* A connected socket; reading waits CLIENT_WAIT_MS_MAX at most. */
int client_connect(const struct test_server *test);
/* False when the server has closed. */
bool client_send(int client, str bytes);
/* Reads until the server closes. False when it did not in time, or tore the connection down. */
bool client_read_to_end(int client, struct arena *arena, str *ret_bytes);
struct answer {
    int status;
    str head; /* with the empty line at its end */
    str body;
    bool closes;
};

/* Reads one whole answer and not a byte more. */
bool client_read_answer(int client, bool to_head, struct arena *arena, struct answer *ret_answer);
/* Cuts one answer off the bytes. False when it is incomplete or not exactly as RFC 9112 writes it.
 */
bool answer_cut(str *bytes, bool to_head, struct answer *ret_answer);
/* The value of the only header of this name, "" when there is none; false when it stands twice. */
bool answer_field(const struct answer *answer, str name, str *ret_value);

int64_t now_ms(void);
void sleep_ms(int milliseconds);
struct arena test_arena(size_t capacity);

#endif
