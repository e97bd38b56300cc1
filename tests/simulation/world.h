/* world: one simulated run of the real casework and the real store, from one seed.
 *
 * A fake clock, a disk in memory (tests/crash/disk.h) and accounts of every role; in each step one
 * of them does something, or the machine does (deeds.h): time goes on or back, the disk fails,
 * the power fails, the program is killed and starts again. After every step the promises are
 * checked against the model (check.h).
 *
 * Everything random comes from the seed and the number of the step, so that a run can be repeated,
 * and repeated without some of its steps. */
#ifndef RETURNHUB_TESTS_SIMULATION_WORLD_H
#define RETURNHUB_TESTS_SIMULATION_WORLD_H

#include "../casework/office.h"
#include "../crash/disk.h"
#include "model.h"
#include "notice/book.h"

enum {
    WORLD_STEPS_MAX = 160,
    WORLD_ORDERS_MAX = WORLD_STEPS_MAX + 8,
    WORLD_EVENTS_MAX = 4096,
    WORLD_ADVICE_MAX = 32,
    WORLD_GUESTS = 2,
    ORDER_FACTS_MAX = 32,
};

struct order_fact {
    char fact[80];
    char value[160];
    date true_from;
};

/* A command with all that is said in it, so that it can be sent again. */
struct order {
    size_t deed;
    enum account_name by;
    int64_t account; /* its id, when it was sent first: another may have its place since */
    struct client_id client_id;
    char text[3][120];
    int64_t number[3];
    enum subject_kind subject;
    struct order_fact facts[ORDER_FACTS_MAX];
    size_t fact_count;
};

struct answer {
    bool ok;
    struct err err;
    bool repeated;
    bool is_question;                      /* has no client id: nothing was to be recorded, ... */
    int64_t facts;                         /* ... or so much, of a file */
    const struct explanation *explanation; /* of a step that was refused; until the next step */
};

/* What a refusal said would help: the next order may do it. */
struct advice {
    enum subject_kind subject;
    char reference[120];
    struct order_fact fact;
};

/* Of what the rows were that were held against the model last. */
struct checked_rows {
    int64_t version; /* of the file; 0: none */
    int64_t last;    /* position of the last event */
    date day;
};

struct sqlite3;

struct world {
    struct office office;
    struct sqlite3 *beside; /* a connection beside the store's, to look at what lies in the file */
    struct checked_rows checked;
    int64_t version_folded; /* of the file, when the model knew all events in it; 0: none */
    struct disk disk;
    struct disk base;                /* as it is before the first step ... */
    int64_t accounts[ACCOUNT_NAMES]; /* as they are then: one that is closed is replaced */
    int64_t begins_at;               /* ... and when, in milliseconds */
    int64_t registrar;               /* an account that imports, and nothing else */
    int64_t guests[WORLD_GUESTS];    /* accounts of a person, and of a legal representative */
    struct arena texts;              /* of the letters */
    struct notice_book letters;      /* under the small rules */
    struct model model;
    uint64_t seed;
    size_t step;
    struct random random;  /* of this step */
    struct random entropy; /* the machine's, of this run */
    struct order orders[WORLD_ORDERS_MAX];
    size_t order_count;
    struct advice advice[WORLD_ADVICE_MAX];
    size_t advice_count;
    struct order refused; /* by law, last: somebody insists */
    int64_t owed;         /* facts of a file that was acknowledged as the power failed */
    bool in_doubt;    /* an order failed in a way that leaves it open whether it was done, ... */
    date doubt_day;   /* ... on this day */
    bool disk_failed; /* in this step */
    bool reviewed;    /* every request was judged again in this step */
    int64_t looks;    /* that were answered */
    uint64_t leaves[WORLD_EVENTS_MAX]; /* of each event, as it was when it was first seen */
    int64_t leaf_count;
    uint64_t history; /* of everything that happened: the same for the same seed */
    bool tells;       /* prints every step */
    bool skips[WORLD_STEPS_MAX];
    int64_t counts[96]; /* of what was done, by deed */
    int64_t accepted[96];
};

/* Once: makes the office that every run begins with. NULL: the small rules of the tests. */
void world_open(struct world *world, const char *law);
void world_close(struct world *world);

/* One run; false when a promise was broken, which model.broken names. *ret_steps is how many were
 * taken. */
bool world_run(struct world *world, uint64_t seed, size_t steps, size_t *ret_steps);

/* For the deeds. */
date world_today(const struct world *world);
enum account_name world_account_with(struct world *world, const char *role);
const struct model_person *world_somebody(struct world *world);
/* The program stops, dies or loses its power, and is there again. */
void world_restart(struct world *world);
void world_kill(struct world *world);
void world_lose_power(struct world *world);

#endif
