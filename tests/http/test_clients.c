/* Aim: places, states, deadlines and shares of addresses are kept as clients.h says; jobs come back
 * from the workers whole and in order. */
#include "harness.h"
#include "http/clients.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLACES = 3 };

static struct clients made(struct arena *arena)
{
    struct clients clients = {.connections_max = PLACES};
    clients.duration_ms[CONNECTION_IDLE] = 100;
    clients.duration_ms[CONNECTION_HEAD] = 20;
    clients.duration_ms[CONNECTION_SENDING] = 50;
    assert_true(clients_init(&clients, arena, NULL).ok);
    return clients;
}

static struct peer peer_from(const char *text, char address[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage from = {0};
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &ip4.sin_addr) == 1) {
        memcpy(&from, &ip4, sizeof ip4);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &ip6.sin6_addr), 1);
        memcpy(&from, &ip6, sizeof ip6);
    }
    return peer_of(&from, address);
}

static bool same_peer(const char *a, const char *b)
{
    char address[INET6_ADDRSTRLEN];
    const struct peer first = peer_from(a, address);
    const struct peer second = peer_from(b, address);
    return first.high == second.high && first.low == second.low;
}

/* Aim: an IPv4 address is one peer, also when it comes through an IPv6 socket; so is a /64 of IPv6.
 */
static void test_peers(void **state)
{
    (void)state;
    char address[INET6_ADDRSTRLEN];
    peer_from("192.0.2.7", address);
    assert_string_equal(address, "192.0.2.7");
    peer_from("::ffff:192.0.2.7", address);
    assert_string_equal(address, "192.0.2.7");
    peer_from("2001:db8::1", address);
    assert_string_equal(address, "2001:db8::1");
    assert_true(same_peer("192.0.2.7", "::ffff:192.0.2.7"));
    assert_false(same_peer("192.0.2.7", "192.0.2.8"));
    assert_true(same_peer("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"));
    assert_false(same_peer("2001:db8:0:1::1", "2001:db8:0:2::1"));
    assert_false(same_peer("192.0.2.7", "2001:db8::"));
}

static void test_places(void **state)
{
    (void)state;
    struct arena arena = test_arena(64 * 1024);
    struct clients clients = made(&arena);
    const struct peer one = {.high = 1};
    const struct peer two = {.high = 2};
    struct connection *first = clients_add(&clients, one, 0);
    struct connection *second = clients_add(&clients, two, 1);
    struct connection *third = clients_add(&clients, one, 2);
    assert_non_null(first);
    assert_non_null(second);
    assert_non_null(third);
    assert_null(clients_add(&clients, one, 3));
    assert_int_equal(clients_in_use(&clients), 3);
    assert_int_equal(clients_count_of(&clients, one), 2);
    assert_int_equal(clients_count_of(&clients, two), 1);
    assert_ptr_equal(clients_oldest(&clients, CONNECTION_IDLE), first);
    clients_move(&clients, first, CONNECTION_FREE, 4);
    assert_int_equal(clients_count_of(&clients, one), 1);
    assert_ptr_equal(clients_oldest(&clients, CONNECTION_IDLE), second);
    assert_ptr_equal(clients_add(&clients, two, 5), first);
    assert_int_equal(clients_count_of(&clients, two), 2);
    assert_null(clients_oldest(&clients, CONNECTION_HEAD));
    arena_close(&arena);
}

/* Aim: the deadline is that of the state, counted from when it was entered. */
static void test_deadlines(void **state)
{
    (void)state;
    struct arena arena = test_arena(64 * 1024);
    struct clients clients = made(&arena);
    assert_int_equal(clients_deadline(&clients), NO_DEADLINE);
    assert_null(clients_overdue(&clients, 1000000));
    struct connection *first = clients_add(&clients, (struct peer){.high = 1}, 1000);
    struct connection *second = clients_add(&clients, (struct peer){.high = 1}, 1010);
    assert_int_equal(clients_deadline(&clients), 1100);
    clients_move(&clients, second, CONNECTION_HEAD, 1030);
    assert_int_equal(clients_deadline(&clients), 1050);
    assert_null(clients_overdue(&clients, 1049));
    assert_ptr_equal(clients_overdue(&clients, 1050), second);
    clients_move(&clients, second, CONNECTION_WORKING, 1050); /* has no deadline */
    assert_int_equal(clients_deadline(&clients), 1100);
    assert_ptr_equal(clients_overdue(&clients, 5000), first);
    clients_move(&clients, first, CONNECTION_FREE, 5000);
    assert_null(clients_overdue(&clients, 1000000));
    arena_close(&arena);
}

static bool move_stops(enum connection_state from, enum connection_state to)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct arena arena = test_arena(64 * 1024);
        struct clients clients = made(&arena);
        struct connection *connection = clients_add(&clients, (struct peer){.high = 1}, 0);
        close(STDERR_FILENO);
        if (from != CONNECTION_IDLE) {
            clients_move(&clients, connection, from, 0);
        }
        clients_move(&clients, connection, to, 0);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* Aim: a step that the table of states does not have is a defect and stops the program. */
static void test_states(void **state)
{
    (void)state;
    assert_false(move_stops(CONNECTION_IDLE, CONNECTION_HEAD));
    assert_true(move_stops(CONNECTION_IDLE, CONNECTION_WORKING));
    assert_true(move_stops(CONNECTION_IDLE, CONNECTION_IDLE));
    assert_false(move_stops(CONNECTION_HEAD, CONNECTION_BODY));
    assert_true(move_stops(CONNECTION_HEAD, CONNECTION_IDLE));
    assert_true(move_stops(CONNECTION_HEAD, CONNECTION_LINGERING));
}

/* ---- workers ---- */

enum { JOBS = 100, JOB_ARENA_BYTES = 8 * 1024 * 1024 };

struct errand {
    struct job job;
    int number;
    bool found_clean;
    bool done;
};

/* Leaves something in the arena, sometimes a lot, and looks whether the last job did. */
static void run_errand(void *context, void *subject, struct arena *arena)
{
    struct errand *errand = subject;
    const size_t size = errand->number % 10 == 0 ? 5 * 1024 * 1024 : 100;
    errand->found_clean = arena_used(arena) == 0;
    errand->done = arena_take(arena, size, 1, 1) != NULL;
    sleep_ms(*(const int *)context);
}

static size_t collect(struct workers *workers, int *last, bool *in_order)
{
    size_t count = 0;
    for (struct job *job = workers_take_done(workers); job != NULL; job = job->next) {
        const struct errand *errand = job->subject;
        assert_true(errand->done && errand->found_clean);
        *in_order = *in_order && errand->number == *last + 1;
        *last = errand->number;
        count++;
    }
    return count;
}

static void run_errands(unsigned worker_count, bool expects_order)
{
    struct arena arena = test_arena(256 * 1024);
    struct errand errands[JOBS];
    int pause_ms = 0;
    const struct workers_options options = {.count = worker_count,
                                            .arena_bytes = JOB_ARENA_BYTES,
                                            .work = run_errand,
                                            .context = &pause_ms};
    struct workers *workers;
    assert_true(workers_open(&options, &arena, &workers, NULL).ok);
    assert_true(workers_start(workers, NULL).ok);
    for (int i = 0; i < JOBS; i++) {
        errands[i] = (struct errand){.number = i};
        errands[i].job.subject = &errands[i];
        workers_put(workers, &errands[i].job);
    }
    size_t count = 0;
    int last = -1;
    bool in_order = true;
    while (count < JOBS) {
        struct pollfd ready = {.fd = workers_done_fd(workers), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, CLIENT_WAIT_MS_MAX), 1);
        count += collect(workers, &last, &in_order);
    }
    assert_int_equal(count, JOBS);
    assert_true(in_order || !expects_order);
    assert_null(workers_take_done(workers));
    workers_close(workers);
    arena_close(&arena);
}

/* Aim: every job comes back once, with one worker in order, and each finds an empty arena. */
static void test_workers(void **state)
{
    (void)state;
    run_errands(1, true);
    run_errands(7, false);
}

/* Aim: closing waits for the job that runs and begins no other; workers that never started can be
 * closed, and NULL. */
static void test_workers_close(void **state)
{
    (void)state;
    struct arena arena = test_arena(256 * 1024);
    struct errand errands[5];
    int pause_ms = 100;
    const struct workers_options options = {
        .count = 1, .arena_bytes = JOB_ARENA_BYTES, .work = run_errand, .context = &pause_ms};
    struct workers *workers;
    assert_true(workers_open(&options, &arena, &workers, NULL).ok);
    assert_true(workers_start(workers, NULL).ok);
    for (int i = 0; i < 5; i++) {
        errands[i] = (struct errand){.number = i + 1};
        errands[i].job.subject = &errands[i];
        workers_put(workers, &errands[i].job);
    }
    sleep_ms(30);
    workers_close(workers);
    assert_true(errands[0].done);
    assert_false(errands[4].done);
    assert_true(workers_open(&options, &arena, &workers, NULL).ok);
    workers_close(workers);
    workers_close(NULL);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peers),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_deadlines), cmocka_unit_test(test_states),
        cmocka_unit_test(test_workers),   cmocka_unit_test(test_workers_close),
    };
    return cmocka_run_group_tests_name("clients", tests, NULL, NULL);
}
