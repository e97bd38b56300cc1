/* waiting: work that waits for somebody else than who began it, or for anybody at all: records that
 * one person asked to be erased, merges that one person asked for, people who may be one person.
 *
 * Nobody is told of a line one of whose people is out of their sight, and it is not counted. A
 * broken glass shows nobody in a list. Errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_WAITING_H
#define RETURNHUB_CASEWORK_WAITING_H

#include "casework/identity.h"

/* --- erasures --------------------------------------------------------------------------------- */

struct erasure_line {
    struct person_row person; /* `holds` says whether anything may be erased at all */
    struct identity identity;
    str basis;
    str asked_by;
    instant asked_at;
    bool asked_here; /* by this account: another one confirms */
};
/* Asked for and not decided, the one that waits longest first. ACTION_MANAGE_PRIVACY. */
MUST_USE result casework_erasures(const struct casework *casework, const struct caller *caller,
                                  struct arena *arena, const struct erasure_line **ret_lines,
                                  size_t *ret_count, struct err *err);

/* --- likely pairs ----------------------------------------------------------------------------- */

/* Two people who are likely to be one: one of them is told of the other by casework_duplicates. */
struct duplicate_pair {
    struct person_row person;
    struct identity identity;
    struct likely_duplicate other; /* registered later */
    int64_t merge;                 /* that was asked for of the two, the last one; 0: none */
    enum merge_state merge_state;
};
/* A page begins behind a pair; 0 and 0: with the first. */
struct pair_place {
    int64_t person;
    int64_t other;
};
enum {
    PAIRS_AT_ONCE = 500,
    PAIRS_WAIT_MS = 300, /* in which some thousands of people are compared */
};
struct pairs_question {
    struct pair_place after;
    size_t limit;             /* 1 to PAIRS_AT_ONCE */
    store_progress *progress; /* told now and then; then it is waited for however long it takes */
    void *progress_context;
};
struct pairs_answer {
    bool known;  /* otherwise everybody is being compared, and nothing below is said yet */
    int percent; /* of that work is done */
    const struct duplicate_pair *pairs; /* in the order of registration */
    size_t count;
    struct pair_place next; /* 0 and 0: this page is the last */
    int64_t total;          /* in this account's sight */
};
/* Everybody there is, with everybody. Who asks first, after the program began or many changed,
 * begins the comparison of all there are, and is told so when it takes longer than the casework's
 * pairs_wait_ms (0: always): it goes on without them. The next questions go through the names
 * recorded since. A comparison that failed is told once, as its error; who asks then begins it
 * anew. ACTION_SEE_DUPLICATES. */
MUST_USE result casework_all_duplicates(const struct casework *casework,
                                        const struct caller *caller,
                                        const struct pairs_question *question, struct arena *arena,
                                        struct pairs_answer *ret_answer, struct err *err);
/* For whoever waits for it: false when nobody is being compared (any more). */
bool casework_compares_everybody(const struct casework *casework, int *ret_percent);

/* --- all of it, counted ----------------------------------------------------------------------- */

/* What this account may act on: a merge or an erasure that another one asked for, pairs of which
 * nobody has asked for a merge yet, arrivals at hubs of which it may say what became of them or
 * which it monitors, hubs that say nothing, and departures of whose people it may say what became
 * of them. */
struct waiting_departure {
    str manifest;
    int64_t aboard; /* in sight, and not accounted for: it left, or was to have left */
};
struct waiting_hub {
    str reference;
    str name;
    int64_t unexpected; /* people who are there, and nobody knows who they are */
    int64_t overdue;    /* expected arrivals whose day is over */
    bool silent;
    int64_t silent_days; /* since its last report; 0: it never reported */
};
/* A desk reports of itself every day (hub_desk.h). One where people are placed is silent from the
 * second day without: yesterday's report is what there is until today's comes. No rulebook counts
 * this; it stops nothing, and says only whom to ask. */
enum { HUB_SILENT_DAYS = 2 };
struct waiting_counts {
    const struct waiting_hub
        *hubs; /* whose arrivals wait for somebody to say what became of them, and silent ones */
    size_t hub_count;
    const struct waiting_departure *departures; /* the newest first */
    size_t departure_count;
    bool decides_merges;
    int64_t merges;
    bool erases;
    int64_t erasures;
    bool asks_for_merges;
    bool knows_pairs;
    int64_t pairs;
};
/* ACTION_SEE_PEOPLE. Tells of nobody in particular, and so is no look. It does not wait: the pairs
 * of a large register are counted only after somebody asked for them (casework_all_duplicates). */
MUST_USE result casework_waiting(const struct casework *casework, const struct caller *caller,
                                 struct arena *arena, struct waiting_counts *ret_counts,
                                 struct err *err);

#endif
