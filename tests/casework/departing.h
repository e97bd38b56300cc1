/* departing: manifests and stops for a test: made with one line, and what came of it copied out. */
#ifndef RETURNHUB_TESTS_CASEWORK_DEPARTING_H
#define RETURNHUB_TESTS_CASEWORK_DEPARTING_H

#include "lawful.h"

#include "casework/manifests.h"
#include "casework/orders.h"
#include "casework/stops.h"

enum { DEPARTING_MAX = 8 };

struct departing {
    bool ok;
    struct err err;
    struct manifest_row row; /* its texts do not outlive the next helper */
    char reference[MANIFEST_REFERENCE_SIZE];
};
/* A manifest for the step to the country, on which day after today; the lead is OTHER_CLERK. */
struct departing departing_open(struct office *office, const char *step, const char *destination,
                                int days);
struct outcome departing_list(struct office *office, const struct departing *manifest,
                              int64_t request);

struct boarded {
    bool ok;
    struct err err;
    size_t count;
    size_t boarded;
    bool boards[DEPARTING_MAX];        /* in the order of people's ids */
    char safeguard[DEPARTING_MAX][64]; /* the first that is not clear */
    size_t safeguard_count[DEPARTING_MAX];
    bool repeated;
};
struct boarded departing_board(struct office *office, const struct departing *manifest);
struct boarded departing_board_by(struct office *office, const struct caller *caller,
                                  const struct departing *manifest);
struct departing departing_leave(struct office *office, const struct departing *manifest);
struct departing departing_close(struct office *office, const struct departing *manifest);
/* `step` "" for none. */
struct outcome departing_account(struct office *office, const struct departing *manifest,
                                 const struct somebody *person, const char *outcome,
                                 const char *step);
/* The person's entry on whatever manifest they are listed on or aboard; manifest 0 for none. */
struct manifest_entry_row departing_entry(struct office *office, int64_t person);

/* Somebody telephones about an order of a court. */
struct recorded departing_report(struct office *office, enum account_name account,
                                 const struct somebody *person);

/* What comes to be known after everything was approved. Each of these alone stops it and names its
 * safeguard; and unknown, it stands in the way of asking again. */
struct late_fact {
    const char *fact;
    const char *value;
    const char *safeguard;
};
void departing_each_stops(struct office *office, const char *stage, const char *step,
                          const struct late_fact *facts, size_t count);

/* How many stops the account has not acknowledged; the newest of them. */
size_t departing_stops(struct office *office, enum account_name account, int64_t *ret_newest);
struct err departing_acknowledge(struct office *office, enum account_name account, int64_t stop);

#endif
