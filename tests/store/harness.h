/* harness: a store in a folder of its own, and the events that tests write into it. */
#ifndef RETURNHUB_TESTS_STORE_HARNESS_H
#define RETURNHUB_TESTS_STORE_HARNESS_H

#include "base/random.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct room {
    char folder[200];
    char path[256];
    char key_path[256];
    struct system_fake fake; /* its time stands still unless a test moves it */
    struct store *store;
    struct arena arena;
};

/* A new empty store; cmocka setup and teardown. */
int room_open(void **state);
int room_close(void **state);
/* Closes and opens the store again. */
void room_reopen(struct room *room);
MUST_USE result room_open_store(struct room *room, bool create, struct store **ret_store,
                                struct err *err);

/* Stops the test with the error's text when a call fails. The call is given `&failure` for its err.
 */
#define EXPECT_OK(call)                                                                            \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        if (!(call).ok) {                                                                          \
            fail_msg("%s: %s", #call, failure.what);                                               \
        }                                                                                          \
    } while (0)
/* Expects the call to fail with this code, and with a text. */
#define EXPECT_ERROR(call, expected_code)                                                          \
    do {                                                                                           \
        struct err failure = {0};                                                                  \
        assert_false((call).ok);                                                                   \
        assert_int_equal(failure.code, expected_code);                                             \
        assert_true(failure.what[0] != '\0');                                                      \
    } while (0)

/* Runs each test once for each backend, in a room of its own. */
struct contract_test {
    const char *name;
    void (*run)(void **state);
};
enum { CONTRACT_TESTS_MAX = 40 };
int run_contract(const struct contract_test *tests, size_t count);

void write_ok(struct room *room, store_work *work, void *context);
void read_ok(struct room *room, store_work *work, void *context);

/* An event of the given subject; recorded at `base_time` unless changed. */
enum { DAY_0 = 20000 };
extern const instant base_time;
struct event event_of(enum subject_kind subject_kind, int64_t subject, enum event_kind kind);

/* Appends in a work of its own and gives the position; `expected` what append must answer. */
int64_t append_ok(struct room *room, struct event event);
void append_refused(struct room *room, struct event event, enum error_code expected);

/* Common subjects. Ids are given by the store. */
int64_t make_person(struct room *room, const char *reference, const char *name, const char *stage);
int64_t make_hub(struct room *room, const char *reference, int64_t places);
struct event fact_event(enum subject_kind subject_kind, int64_t subject, const char *fact,
                        const char *value);
struct event approval_event(int64_t person, int64_t request, int64_t actor, int64_t place);
struct event taken_event(int64_t person, int64_t request, const char *from, const char *to,
                         int64_t hub, int64_t place);
int64_t request_step(struct room *room, int64_t person, int64_t hub);

struct person_row read_person(struct room *room, int64_t id);
struct request_row read_request(struct room *room, int64_t id);
struct place_counts read_place_counts(struct room *room, int64_t hub);
int64_t read_event_count(struct room *room);

/* A person's history, newest first. */
struct events_read {
    const struct event *events;
    size_t count;
};
struct events_read read_history(struct room *room, int64_t person, int64_t before, size_t limit);
struct facts_read {
    const struct fact_row *rows;
    size_t count;
};
struct facts_read read_facts(struct room *room, enum subject_kind kind, int64_t subject, date as_of,
                             instant known_at);

/* Rebuilds without replacing and expects no difference. */
void expect_rebuild_equal(struct room *room);

/* Runs SQL on the file with a connection of its own, as somebody with a shell would. Returns
 * SQLite's code; the last column of the last row as text in `text`. */
int run_sql(const char *path, const char *sql, char *text, size_t text_size);

#endif
