/* Aim: what is told arrives in the form of RFC 5424 (section 6), read here by the grammar of its
 * own text; no value ends a line or looks like another, whatever bytes are in it; telling never
 * waits, and what was lost is said. */
#include "../temporary.h"
#include "system/security_log.h"

#include <ctype.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024, LINE_BYTES = 4096, RANDOM_VALUES = 2000 };

struct receiver {
    char folder[200];
    struct sockaddr_un address;
    int socket;
    struct arena arena;
    struct security_log *log;
};

static void receive_again(struct receiver *receiver)
{
    receiver->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(receiver->socket >= 0);
    assert_int_equal(bind(receiver->socket, (const struct sockaddr *)&receiver->address,
                          sizeof receiver->address),
                     0);
}

static void go_away(struct receiver *receiver)
{
    close(receiver->socket);
    unlink(receiver->address.sun_path);
}

static int open_receiver(void **state)
{
    struct err err;
    struct receiver *receiver = test_calloc(1, sizeof *receiver);
    temporary_path(receiver->folder, sizeof receiver->folder, "log");
    assert_non_null(mkdtemp(receiver->folder));
    receiver->address.sun_family = AF_UNIX;
    const int len = snprintf(receiver->address.sun_path, sizeof receiver->address.sun_path,
                             "%.90s/log", receiver->folder);
    assert_true(len > 0 && (size_t)len < sizeof receiver->address.sun_path);
    receive_again(receiver);
    assert_true(arena_open(&receiver->arena, ARENA_BYTES, &err).ok);
    if (!security_log_open(receiver->address.sun_path, &receiver->arena, &receiver->log, &err).ok) {
        fail_msg("%s", err.what);
    }
    *state = receiver;
    return 0;
}

static int close_receiver(void **state)
{
    struct receiver *receiver = *state;
    security_log_close(receiver->log);
    go_away(receiver);
    rmdir(receiver->folder);
    arena_close(&receiver->arena);
    test_free(receiver);
    return 0;
}

/* The next line; "" when none has come. */
static const char *line_of(const struct receiver *receiver, char line[LINE_BYTES])
{
    const ssize_t len = recv(receiver->socket, line, LINE_BYTES - 1, 0);
    line[len < 0 ? 0 : len] = '\0';
    return line;
}

static instant at(int64_t milliseconds)
{
    return (instant){.milliseconds = INT64_C(1600000000000) + milliseconds};
}

/* --- a reader of the form --- */

static const char *skip_word(const char *from)
{
    const char *end = from;
    while (*end > ' ' && *end <= '~') {
        end++;
    }
    assert_true(end > from);
    assert_int_equal(*end, ' ');
    return end + 1;
}

/* Reads name="value" pairs to the end; the value of `name`, unescaped, "-" when there is none. */
static void read_pairs(const char *from, const char *name, char value[LINE_BYTES])
{
    memcpy(value, "-", sizeof "-");
    while (*from != '\0') {
        char read[LINE_BYTES] = "";
        size_t len = 0;
        assert_int_equal(*from++, ' ');
        const char *word = from;
        while (islower((unsigned char)*from)) {
            from++;
        }
        const bool wanted =
            (size_t)(from - word) == strlen(name) && strncmp(word, name, strlen(name)) == 0;
        assert_true(from > word);
        assert_int_equal(*from++, '=');
        assert_int_equal(*from++, '"');
        while (*from != '"') {
            from += *from == '\\' ? 1 : 0;
            assert_true(*from >= ' ' && *from <= '~');
            read[len++] = *from++;
        }
        from++;
        if (wanted) {
            assert_string_equal(value, "-"); /* once */
            memcpy(value, read, sizeof read);
        }
    }
}

/* <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID - and pairs: what of it is checked is answered.
 */
static const char *read_head(const char *line, int *ret_priority, const char **ret_event)
{
    char *end = NULL;
    assert_int_equal(*line, '<');
    *ret_priority = (int)strtol(line + 1, &end, 10);
    assert_memory_equal(end, ">1 ", 3);
    const char *host = skip_word(end + 3);
    const char *program = skip_word(host);
    assert_memory_equal(program, "returnhub ", 10);
    const char *process = skip_word(program);
    assert_int_equal(strtol(process, &end, 10), getpid());
    const char *event = skip_word(process);
    const char *data = skip_word(event);
    *ret_event = event;
    assert_int_equal(*data, '-');
    return data + 1;
}

static void test_form(void **state)
{
    struct receiver *receiver = *state;
    char line[LINE_BYTES];
    char value[LINE_BYTES];
    int priority = 0;
    const char *event = NULL;
    const struct security_entry entry = {.event = SECURITY_SIGN_IN_REFUSED,
                                         .account = STR("mary"),
                                         .address = STR("192.0.2.7"),
                                         .by = STR("password code"),
                                         .on = STR("POST /sign-in"),
                                         .status = 401};
    security_log_tell(receiver->log, at(5), &entry);
    line_of(receiver, line);
    /* authpriv (10) and notice (5); the instant of the second that Unix counts as 1600000000 */
    assert_non_null(strstr(line, "<85>1 2020-09-13T12:26:40.005Z "));
    const char *pairs = read_head(line, &priority, &event);
    assert_int_equal(priority, 85);
    assert_memory_equal(event, "sign-in-refused ", 16);
    static const char *const expected[][2] = {{"account", "mary"},
                                              {"address", "192.0.2.7"},
                                              {"by", "password code"},
                                              {"on", "POST /sign-in"},
                                              {"status", "401"},
                                              {"subject", "-"},
                                              {"lost", "-"}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        read_pairs(pairs, expected[i][0], value);
        assert_string_equal(value, expected[i][1]);
    }
    assert_string_equal(line_of(receiver, line), "");
}

/* Knuth's MMIX. */
static uint64_t next(uint64_t seed)
{
    return seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
}

/* What each byte becomes, said again: what is no printable ASCII is a question mark. */
static void test_nothing_is_injected(void **state)
{
    struct receiver *receiver = *state;
    const char *given = getenv("RETURNHUB_SEED");
    uint64_t seed =
        given != NULL ? (uint64_t)strtoul(given, NULL, 10) : (uint64_t)(uint32_t)getpid();
    print_message("# seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < RANDOM_VALUES; i++) {
        char line[LINE_BYTES];
        char value[LINE_BYTES];
        char hostile[200];
        int priority = 0;
        const char *event = NULL;
        static const char favourites[] = "\"\"\\\\]]\n\r\0\t =<>1-a";
        seed = next(seed);
        const size_t len = 1 + (seed >> 40) % 40;
        for (size_t k = 0; k < len; k++) {
            seed = next(seed);
            hostile[k] = (seed >> 33) % 3 == 0 ? (char)(seed >> 50)
                                               : favourites[(seed >> 36) % (sizeof favourites - 1)];
        }
        const struct security_entry entry = {.event = SECURITY_ACCESS_REFUSED,
                                             .account = {.at = hostile, .len = len},
                                             .on = STR("GET /"),
                                             .status = 403};
        security_log_tell(receiver->log, at(1000 * (i + 1)), &entry);
        line_of(receiver, line);
        assert_null(strpbrk(line, "\n\r\t"));
        const char *pairs = read_head(line, &priority, &event);
        read_pairs(pairs, "status", value);
        assert_string_equal(value, "403");
        read_pairs(pairs, "account", value);
        assert_int_equal(strlen(value), len);
        for (size_t k = 0; k < len; k++) {
            const bool plain = hostile[k] >= 32 && hostile[k] <= 126;
            assert_int_equal(value[k], plain ? hostile[k] : '?');
        }
        assert_string_equal(line_of(receiver, line), "");
    }
}

static void test_long_values_are_cut(void **state)
{
    struct receiver *receiver = *state;
    char line[LINE_BYTES];
    char value[LINE_BYTES];
    char longer[3000];
    int priority = 0;
    const char *event = NULL;
    memset(longer, '"', sizeof longer);
    const str text = {.at = longer, .len = sizeof longer};
    const struct security_entry entry = {.event = SECURITY_FAILED,
                                         .account = text,
                                         .address = text,
                                         .by = text,
                                         .on = text,
                                         .subject = text,
                                         .status = 500};
    security_log_tell(receiver->log, at(0), &entry);
    const char *pairs = read_head(line_of(receiver, line), &priority, &event);
    read_pairs(pairs, "on", value);
    assert_int_equal(strlen(value), SECURITY_VALUE_MAX / 2);
    assert_true(strlen(line) < SECURITY_LINE_MAX);
}

/* A receiver that is away, then back under the same path; one that reads nothing; a flood. */
static void test_what_is_lost_is_said(void **state)
{
    struct receiver *receiver = *state;
    char line[LINE_BYTES];
    char value[LINE_BYTES];
    int priority = 0;
    const char *event = NULL;
    const struct security_entry entry = {.event = SECURITY_SIGNED_IN, .account = STR("mary")};
    go_away(receiver);
    for (int i = 0; i < 3; i++) {
        security_log_tell(receiver->log, at(i), &entry);
    }
    receive_again(receiver);
    security_log_tell(receiver->log, at(10), &entry);
    read_pairs(read_head(line_of(receiver, line), &priority, &event), "lost", value);
    assert_string_equal(value, "3");
    security_log_tell(receiver->log, at(20), &entry);
    read_pairs(read_head(line_of(receiver, line), &priority, &event), "lost", value);
    assert_string_equal(value, "-");

    const struct security_entry flood = {.event = SECURITY_PROTOCOL_REFUSED};
    int arrived = 0;
    for (int i = 0; i < 1000; i++) {
        security_log_tell(receiver->log, at(5000), &flood);
        arrived += *line_of(receiver, line) != '\0';
    }
    assert_int_equal(arrived, SECURITY_LINES_A_SECOND);
    security_log_tell(receiver->log, at(5000), &entry); /* another kind in the same second */
    read_pairs(read_head(line_of(receiver, line), &priority, &event), "lost", value);
    assert_string_equal(value, "950");
    security_log_tell(receiver->log, at(6000), &flood); /* and in the next second the same */
    assert_true(*line_of(receiver, line) != '\0');
}

/* 100,000 lines that nobody reads: a full socket must not hold anybody up. */
static void test_it_never_waits(void **state)
{
    struct receiver *receiver = *state;
    const struct security_entry entry = {.event = SECURITY_SIGNED_IN, .account = STR("mary")};
    for (int i = 0; i < 100000; i++) {
        security_log_tell(receiver->log, at(1000 * i), &entry);
    }
}

/* The same on standard error: a full pipe is a line that is lost. */
static void test_standard_error(void **state)
{
    struct receiver *receiver = *state;
    struct security_log *log = NULL;
    struct err err;
    int ends[2];
    char read_back[70000];
    const int before = dup(STDERR_FILENO);
    const struct security_entry entry = {.event = SECURITY_SIGNED_IN, .account = STR("mary")};
    assert_true(security_log_open("stderr", &receiver->arena, &log, &err).ok);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    for (int i = 0; i < 3000; i++) {
        security_log_tell(log, at(1000 * i), &entry);
    }
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[1]);
    size_t len = 0;
    ssize_t got = 0;
    while ((got = read(ends[0], read_back + len, sizeof read_back - len)) > 0) {
        len += (size_t)got;
    }
    close(ends[0]);
    security_log_close(log);
    assert_true(len > 10000 && read_back[len - 1] == '\n'); /* whole lines */
    for (size_t i = 0; i < len; i++) {
        assert_true(i == 0 || read_back[i - 1] != '\n' || read_back[i] == '<');
    }
}

static void test_refused_at_the_start(void **state)
{
    struct receiver *receiver = *state;
    struct security_log *log = NULL;
    struct err err;
    char path[200];
    snprintf(path, sizeof path, "%.90s/nothing", receiver->folder);
    assert_false(security_log_open(path, &receiver->arena, &log, &err).ok);
    assert_int_equal(err.code, ERROR_STORAGE);
    assert_non_null(strstr(err.what, path));
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_false(security_log_open(path, &receiver->arena, &log, &err).ok);
    assert_true(security_log_open("none", &receiver->arena, &log, &err).ok);
    const struct security_entry entry = {.event = SECURITY_SIGNED_IN};
    security_log_tell(log, at(0), &entry);
    security_log_close(log);
    security_log_tell(NULL, at(0), &entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_form, open_receiver, close_receiver),
        cmocka_unit_test_setup_teardown(test_nothing_is_injected, open_receiver, close_receiver),
        cmocka_unit_test_setup_teardown(test_long_values_are_cut, open_receiver, close_receiver),
        cmocka_unit_test_setup_teardown(test_what_is_lost_is_said, open_receiver, close_receiver),
        cmocka_unit_test_setup_teardown(test_it_never_waits, open_receiver, close_receiver),
        cmocka_unit_test_setup_teardown(test_standard_error, open_receiver, close_receiver),
        cmocka_unit_test_setup_teardown(test_refused_at_the_start, open_receiver, close_receiver),
    };
    return cmocka_run_group_tests_name("security log", tests, NULL, NULL);
}
