/* identity: when two records are found to be one person, and when that was wrong.
 *
 * A RECORD is what was registered under one reference; its events are and stay its own. A PERSON is
 * one record, or several that were merged: of each merge one record CONTINUES and the other becomes
 * a part of it. Merges in force make a forest: a record is a part of one other at most, and only
 * whole persons are merged. The record at the root gives the person its reference; the references
 * of all others find that person too.
 *
 * How two combine, from the merge on:
 *   facts        all values of both are known of the person; of one fact the latest true_from
 * counts and, among equals, the latest position, as ever (row.h). What was known before the merge
 * stays known of whom it was known of: asked as known at an instant, a person is what was one
 * person at that instant; stage, hub,  of the record that continues. A record that is at a hub
 * cannot be the one that place        becomes a part, and two that each hold or occupy a place are
 * not merged (casework); a place held for a request stays with it; family       of the record that
 * continues or, when it has none, of the other; contact      the later one with its source and its
 * next check; on the same day that of the record that continues. Registered on: the earlier day;
 *   name         of the record that continues; the other's becomes another name;
 *   holds        of both; and while one of them is restricted, the person is; an erasure that was
 *                asked for of one of them is asked for of the person;
 *   requests     of both, judged again in the same commit;
 *   history      of both, in the order of positions.
 * What happens afterwards happens to the person: it changes the row of the root, whichever record
 * it stands under.
 *
 * Attribution. Every event since the merge stands under a record: the one whose reference was used,
 * otherwise the root. When the merge is undone each must be given to one of the two sides. It can
 * be TOLD when it names something that is known to be about one of them (a request, a recorded
 * fact, an identifier, an entry of the books, a hold, the step that brought it about), or when a
 * reference was used that stood for one side alone. It is UNDECIDED when all that is known is a
 * reference that stood for the merged person; somebody decides those, every one
 * (identity_attribute).
 *
 * Undoing. The rows become what they would be had the merge never been and had every event been
 * recorded of whom it was about: they are folded anew (identity_fold), by the same functions that
 * applied the events the first time. A merge can always be undone. So three things that could not
 * have happened to one side alone are taken as they happened:
 *   1. a step counts for whom it was about, also when it was taken from a stage that only the
 * merged person was in;
 *   2. a step that took or freed a place ended the stay of whichever side was at a hub, for the
 *      place was given up;
 *   3. what only the merged person could do changes nothing: leaving a family, lifting a
 *      restriction, or asking again for what was asked for already.
 *
 * Merges may be nested and undone in any order: undoing one cuts its edge of the forest, and what
 * hangs below the record that had become a part goes with it.
 *
 * An event that is given to the other side stays sealed with the key of the record it stands under.
 */
#ifndef RETURNHUB_REGISTER_IDENTITY_H
#define RETURNHUB_REGISTER_IDENTITY_H

#include "register/row.h"

enum merge_state { MERGE_ASKED = 1, MERGE_REFUSED = 2, MERGE_DONE = 3, MERGE_UNDONE = 4 };

struct merge_row {
    int64_t id; /* position of the MERGE_REQUESTED event */
    int64_t continues;
    int64_t absorbed; /* becomes a part of the other */
    enum merge_state state;
    int64_t requested_by;
    instant requested_at;
    int64_t decided_by; /* who merged, or declined */
    instant decided_at;
    int64_t decided_event;
    int64_t undone_by;
    instant undone_at;
    int64_t undone_event;
};

const char *merge_state_name(enum merge_state state); /* "merged" */

/* How an event changes a merge: the row of body.request, or an empty one for MERGE_REQUESTED.
 * ERROR_CONFLICT for what is not its turn. */
MUST_USE result merge_row_apply(struct merge_row *row, const struct event *event, struct err *err);
/* Was the merge in force, as known at that instant? */
bool merge_in_force(const struct merge_row *row, instant known_at);

/* Makes `part` a part of `whole`, as said above. ERROR_CONFLICT when one of them is a part already,
 * when they are the same, or when `part` is at a hub. */
MUST_USE result person_rows_merge(struct person_row *whole, struct person_row *part,
                                  struct err *err);

/* The row of an event that was given to another record than it stands under. The one with the
 * latest `since` counts. */
struct moved_row {
    int64_t position;
    int64_t separation; /* the IDENTITIES_SEPARATED event that gave it */
    int64_t record;
    instant since;
};

/* --- folding anew --- */

struct identity_event {
    struct event event;
    int64_t about; /* the record it is about */
    bool in_force; /* of IDENTITIES_MERGED: is this merge to be seen in the rows? */
    bool erased;   /* its body was destroyed and says nothing any more */
};

/* The rows of the records, one for each and in their order, from all events of all records that
 * were ever one person with any of them, in the order of positions. A record without events keeps
 * id 0. Texts are views of the events. */
MUST_USE result identity_fold(const int64_t *records, size_t record_count,
                              const struct identity_event *events, size_t event_count,
                              struct arena *arena, struct person_row **ret_rows, struct err *err);

/* Could this event of a person in this row have happened to a merged person only? */
bool person_event_changes_nothing(const struct person_row *row, const struct event *event);

/* --- attributing --- */

enum attribution { ATTRIBUTION_UNDECIDED, ATTRIBUTION_CONTINUING, ATTRIBUTION_ABSORBED };
const char *attribution_name(enum attribution to); /* "to be decided", "continuing", "absorbed" */

struct attributed {
    const struct event *event;
    int64_t about;
    enum attribution to;
    int64_t follows; /* the event with which it goes, 0: none */
};

/* What can be told of each event since the merge was done. `events`: the whole history of the
 * merged person, in the order of positions; `merges`: those in force among its records; `merge`:
 * the one to be undone. An event that follows an undecided one is undecided, and goes with it. */
MUST_USE result identity_attribute(const struct merge_row *merge, const struct merge_row *merges,
                                   size_t merge_count, const struct identity_event *events,
                                   size_t event_count, struct arena *arena,
                                   struct attributed **ret_attributed, size_t *ret_count,
                                   struct err *err);
/* Does the record go with the one that had become a part, when `merge` is undone? */
bool identity_on_absorbed_side(const struct merge_row *merge, const struct merge_row *merges,
                               size_t merge_count, int64_t record);

/* Does the event stand in the history of the record: is it about it, or about its merging with
 * another? */
bool identity_shows(const struct identity_event *event, int64_t record);

/* The request that an event is about (STEP_REQUESTED: its own position); 0 for none. */
int64_t identity_request_of(const struct event *event);

#endif
