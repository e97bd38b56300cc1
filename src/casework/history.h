/* history: what was recorded of one person, as a list of events that can be read page by page. */
#ifndef RETURNHUB_CASEWORK_HISTORY_H
#define RETURNHUB_CASEWORK_HISTORY_H

#include "casework/facts.h"

/* What an event is about, for whoever looks for something in a long history. */
enum history_topic {
    HISTORY_FACTS,
    HISTORY_STEPS,   /* requests, approvals, steps, stops, refusals, orders of courts */
    HISTORY_CONTACT, /* contacts, the family, notes */
    HISTORY_IDENTITY,
    HISTORY_STAYS, /* arrivals, places at a hub, what was written in the books */
    HISTORY_PRIVACY,
};
enum { HISTORY_TOPICS = HISTORY_PRIVACY + 1, HISTORY_ALL_TOPICS = (1 << HISTORY_TOPICS) - 1 };
const char *history_topic_name(enum history_topic topic);  /* "facts" */
const char *history_topic_title(enum history_topic topic); /* "Facts" */
enum history_topic history_topic_of(enum event_kind kind);

enum {
    HISTORY_LINES_MAX = 200,
    HISTORY_LATEST = 8, /* on the person's page; all of it has a page of its own */
};

struct history_query {
    unsigned topics; /* bits: 1 << HISTORY_FACTS ... */
    int64_t before;  /* positions below this one; 0: from the newest */
    size_t limit;    /* 1 to HISTORY_LINES_MAX */
};
struct history_answer {
    struct person_row person;
    struct identity identity;
    struct person_arrival arrival;
    instant known_at;
    const struct history_line *lines; /* newest first */
    size_t count;
    int64_t next_before; /* the position to go on from; 0: there is nothing older */
};
/* ACTION_SEE_PERSON. Of `asked` only the instant counts: what had been recorded by then. */
MUST_USE result casework_history(const struct casework *casework, const struct caller *caller,
                                 str person, const struct asked *asked,
                                 const struct history_query *query, struct arena *arena,
                                 struct history_answer *ret_answer, struct err *err);

/* --- inside casework only --------------------------------------------------------------------- */

/* The requests, as they are or as they were then, newest first; not those for hubs that are none of
 * this account's. */
MUST_USE result history_requests(struct sitting *sitting, const struct person_row *person,
                                 const struct case_time *when,
                                 const struct request_row **ret_requests, size_t *ret_count,
                                 struct err *err);
/* Is what the event says of this person, whom the account may see, in its sight? Not what is about
 * another hub than its own. */
MUST_USE result history_in_sight(struct sitting *sitting, const struct person_row *person,
                                 const struct event *event, bool *ret_in_sight, struct err *err);

/* Of whom, and which of their requests are in sight. */
struct history_of {
    int64_t person;
    const struct case_time *when;
    const struct request_row *requests;
    size_t request_count;
};
/* What the person's page shows of it. Few events are read for that. */
struct history_overview {
    const struct history_line *lines; /* the latest, newest first, at most HISTORY_LATEST */
    size_t count;
    bool more;
    const struct event *passages; /* those that say when the person came into a stage, newest first;
                                     of another time than now: of the latest HISTORY_LINES_MAX
                                     lines */
    size_t passage_count;
};
MUST_USE result history_look_over(struct sitting *sitting, const struct history_of *of,
                                  struct history_overview *ret_overview, struct err *err);
MUST_USE result history_read(struct sitting *sitting, const struct history_of *of,
                             const struct history_query *query,
                             const struct history_line **ret_lines, size_t *ret_count,
                             int64_t *ret_next_before, struct err *err);

#endif
