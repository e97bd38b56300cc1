/* course: how a person went through the procedure, short: everybody's lie together, so that a
 * question about all of them at any day of the past, as known at any instant, is one pass. It
 * follows the person's events and says nothing that those do not.
 *
 * A passage is one event of that course. Stages, steps and safeguards are words (packed.h) here.
 * Which passages count at (as of D, as known at K, after the event at N): those with `on` <= D,
 * `recorded_at` <= K and `position` <= N, in the order of positions: the order in which each step
 * was judged on what the ones before it had left.
 *
 * Of a person that is several records (identity.h) each record has a course: of what is about it.
 * What counts of them for the person is said by course_join.
 *
 * The bytes of a course are those of its passages one after the other; each is numbers of seven
 * bits a byte, lowest first. There is one form for each list of passages. */
#ifndef RETURNHUB_REGISTER_COURSE_H
#define RETURNHUB_REGISTER_COURSE_H

#include "register/event.h"

enum passage_kind {
    PASSAGE_REGISTERED = 1, /* into `stage` */
    PASSAGE_CONTACT = 2,    /* contact confirmed on `on` */
    PASSAGE_TAKEN = 3,      /* a step; into `stage`, 0: the stage stayed */
    PASSAGE_ASKED = 4,      /* a step was asked for and allowed so far */
    PASSAGE_REFUSED = 5,    /* a step was refused by law: `safeguards` stood in the way */
    PASSAGE_STOPPED = 6,    /* an allowed step was stopped: `safeguards` no longer clear */
    PASSAGE_CANCELLED = 7,  /* the step at position `request` is said not to have happened; back in
                               `stage` and at `hub` */
};

/* What is in the way of one step at once; rulebooks have a hundred or two in all. What is beyond is
 * left out. */
enum { PASSAGE_SAFEGUARDS_MAX = 512 };

struct passage {
    enum passage_kind kind;
    int64_t position;
    date on;
    instant recorded_at;
    int64_t step;      /* word; 0: none */
    int64_t stage;     /* word; 0: none */
    int64_t hub;       /* that the step is about; 0: none */
    int64_t agreement; /* 0: none */
    int64_t place;     /* 1: took a place at the hub, -1: left it, 0: neither */
    int64_t request;   /* the position of the PASSAGE_ASKED that it follows, or of the PASSAGE_TAKEN
                          that it cancels; 0: none */
    int32_t later;     /* of a registration: so many days later the person came into the stage;
                          where they were until then is not on record */
    const int64_t *safeguards;
    size_t safeguard_count;
};

struct course_row {
    int64_t person;
    str passages;
};

/* Is an event of this kind, about a person, a passage? */
bool event_is_passage(enum event_kind kind);

/* The names in the event, in the order in which passage_of wants their numbers: step, stage, then
 * safeguards. */
enum { PASSAGE_NAMES_MAX = PASSAGE_SAFEGUARDS_MAX + 2 };
size_t passage_names(const struct event *event, str names[PASSAGE_NAMES_MAX]);
/* Views the numbers. */
void passage_of(const struct event *event, const int64_t *numbers, struct passage *ret_passage);

/* The day on which the person came into the passage's stage. */
static inline date passage_stage_on(const struct passage *passage)
{
    return date_add_days(passage->on, passage->later);
}
/* Does the passage say in which stage the person is on that day, or later? */
static inline bool passage_has_stage(const struct passage *passage, date on)
{
    return passage->stage != 0 && passage_stage_on(passage).day <= on.day;
}

/* One more passage, later in position than all before. */
MUST_USE result course_row_append(struct course_row *row, const struct passage *passage,
                                  struct arena *arena, struct err *err);

/* The passage of the event at `position` out of one course and into another, in its place there
 * (it is not about the one, but about the other). False when it is not in the first. */
MUST_USE result course_rows_move(struct course_row *from, struct course_row *to, int64_t position,
                                 struct arena *arena, bool *ret_moved, struct err *err);

/* What remains when the person is erased: registration and steps, as register/erasure.h leaves
 * them. When contact was made, and what was refused and why, is gone. */
MUST_USE result course_row_erase(struct course_row *row, struct arena *arena, struct err *err);

/* The course of a person: that of the record that continues, and of one that became a part of it
 * after the event at `since` what happened from then on, and when contact was confirmed. The stage
 * that the other had before is not the person's. */
MUST_USE result course_join(str whole, str part, int64_t since, struct arena *arena,
                            str *ret_passages, struct err *err);

struct course_reader {
    const unsigned char *at;
    const unsigned char *end;
    bool damaged;
    int64_t safeguards[PASSAGE_SAFEGUARDS_MAX]; /* of the passage read last */
};
/* So many passages there can be at most. */
size_t course_passages_max(str passages);
void course_reader_init(struct course_reader *reader, str passages);
/* False at the end, and when the bytes are no course (`damaged` is set then). The passage's
 * safeguards are the reader's, until the next one is read. */
bool course_next(struct course_reader *reader, struct passage *ret_passage);

#endif
