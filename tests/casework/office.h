/* office: a register for one test: a store in a folder of its own, the small rulebook of
 * tests/casework/rules, a clock that stands still until it is moved, accounts in every role, two
 * hubs under one agreement that is in force and a third hub under a confidential one.
 *
 * Helpers that only prepare stop the test when they fail; those that a test asks questions with
 * give an outcome. What an outcome tells is copied into it, so that it can be looked at for as long
 * as one likes. */
#ifndef RETURNHUB_TESTS_CASEWORK_OFFICE_H
#define RETURNHUB_TESTS_CASEWORK_OFFICE_H

#include "base/random.h"
#include "casework/casework.h"
#include "register/reference.h"

#include <stdatomic.h>

enum account_name {
    CLERK,
    OTHER_CLERK,
    OFFICER,
    OTHER_OFFICER,
    SENIOR,
    OTHER_SENIOR,
    OPERATOR_NORTH,
    OPERATOR_SOUTH,
    OPERATOR_NOWHERE, /* limited to no hub: sees nobody */
    MONITOR_NORTH,
    ADMINISTRATOR,
    STATISTICIAN,
    FORMER_CLERK, /* closed */
    LIAISON,
    ACCOUNT_NAMES,
};

struct office {
    struct arena perm;
    struct arena work; /* given back by each helper */
    struct store *store;
    struct casework casework;
    struct system system;
    _Atomic int64_t now; /* milliseconds */
    char folder[200];
    char path[220];
    int64_t accounts[ACCOUNT_NAMES];
    int64_t hub_north;
    int64_t hub_south;
    int64_t hub_secret;
    uint64_t next_client_id;
    struct random *entropy; /* NULL: the machine's; otherwise a run can be repeated exactly */
};

#define HUB_NORTH        "HUB-NORTH"
#define HUB_SOUTH        "HUB-SOUTH"
#define HUB_SECRET       "HUB-SECRET"
#define AGREEMENT        "AGR-1"
#define AGREEMENT_SECRET "AGR-2"

/* 2026-06-30, noon. */
#define OFFICE_DAY 20634
enum { OFFICE_PLACES = 3 };

void office_open(struct office *office);
/* With another rulebook folder. */
void office_open_with(struct office *office, const char *rules);
/* With a law that comes with the program, by its name in rulebooks/. */
void office_open_law(struct office *office, const char *law);
MUST_USE result office_load_rules(struct office *office, const char *folder,
                                  const struct rulebook **ret_rulebook, struct err *err);
/* Fails the test unless the rows are those that the events add up to. */
void office_expect_rebuilt(struct office *office);
void office_close(struct office *office);
/* Closes the office and leaves its store behind. */
void office_leave(struct office *office);
/* The program ends and is started again on the same store; nobody can sign in then. Between the two
 * office->store is NULL. */
void office_stop(struct office *office);
result office_start(struct office *office, struct err *err);
void office_move_days(struct office *office, int days);
date office_today(const struct office *office);

struct caller office_caller(struct office *office,
                            enum account_name account); /* with a fresh client id */
struct client_id office_client_id(struct office *office);

int64_t office_events(struct office *office);
/* The answer of one number from the SQLite file itself: what the store has no question for. */
int64_t office_ask(struct office *office, const char *sql);
/* Behind the store's back, events too. */
void office_change(struct office *office, const char *sql);
void office_append(struct office *office, struct event *event);
/* One more account, beside those above; the role is its name, too. */
int64_t office_open_account(struct office *office, const char *role);

struct somebody {
    int64_t id;
    char reference[REFERENCE_SIZE];
};

struct somebody office_register(struct office *office, const char *name);
/* Registered, with every fact that a removal and a transfer need, in the stage "exhausted". */
struct somebody office_ready(struct office *office, const char *name);
struct person_row office_person(struct office *office, int64_t id);
struct request_row office_request(struct office *office, int64_t id);
struct event office_event(struct office *office, int64_t position);
struct place_counts office_places(struct office *office, int64_t hub);

struct recorded {
    bool ok;
    struct err err;
    int64_t event; /* the first */
    int64_t last_event;
    size_t event_count;
    size_t stopped_count;
    int64_t stopped[16];
    char safeguard[64]; /* the first of the first */
    bool repeated;
};

/* One fact, true from today. The kind is told from the name of the fact. */
struct recorded office_record(struct office *office, enum account_name account,
                              const char *reference, const char *fact, const char *value);
struct recorded office_record_by(struct office *office, const struct caller *caller,
                                 const char *reference, const char *fact, const char *value);
struct recorded office_withdraw_fact(struct office *office, enum account_name account,
                                     int64_t event);
struct recorded office_join(struct office *office, enum account_name account,
                            const struct somebody *person, const struct somebody *relative);

struct outcome {
    bool ok;
    struct err err;
    bool refused;
    bool repeated;
    char refusal[4000];
    enum clearance clearance;
    size_t safeguards_in_the_way;
    int64_t request;
    enum request_state state;
    int64_t place;
    size_t approvals;
    char stage[40];
    int64_t event;
};

struct outcome office_ask_for(struct office *office, enum account_name account,
                              const struct somebody *person, const char *step, const char *hub);
struct outcome office_approve(struct office *office, enum account_name account, int64_t request);
struct outcome office_decline(struct office *office, enum account_name account, int64_t request);
struct outcome office_take(struct office *office, enum account_name account, int64_t request);
struct outcome office_withdraw(struct office *office, enum account_name account, int64_t request);

/* The same as any caller and in any thread's own memory. */
enum command { ASK, APPROVE, DECLINE, TAKE, WITHDRAW };
struct outcome office_command(struct office *office, const struct caller *caller,
                              enum command command, const char *person, const char *step,
                              const char *hub, int64_t request, struct arena *arena);

/* A transfer that is asked for and approved as far as `approvals` goes; its request. */
int64_t office_transfer(struct office *office, const struct somebody *person, const char *hub,
                        int approvals);
/* A removal that is asked for and approved. */
int64_t office_removal(struct office *office, const struct somebody *person);

#endif
