/* stops: a clearance that ended is told to those who rest on it, and each of them says that they
 * know.
 *
 * Whoever asked for the step, approved it, leads the departure or runs the hub is told in the
 * commit that stops it, and sees it on every page and with every command until they acknowledge it.
 * An account sees the stops that it was told of and no others; of the person it sees the reference
 * only. */
#ifndef RETURNHUB_CASEWORK_STOPS_H
#define RETURNHUB_CASEWORK_STOPS_H

#include "casework/casework.h"
#include "register/stop_notice.h"

struct stop_line {
    struct stop_notice_row notice;
    str reference; /* of the person */
    str name;      /* "" for whoever does not see the person (any more) */
    str step;      /* of the rulebook */
    str hub;       /* name of the hub it was asked with, of one in sight; "" for none */
    str manifest;  /* reference of the manifest the person was on or is aboard; "" for none */
    const str *safeguards; /* those no longer clear */
    size_t safeguard_count;
};

/* Newest first; what is not acknowledged yet, or all. */
MUST_USE result casework_stops(const struct casework *casework, const struct caller *caller,
                               bool unacknowledged_only, struct arena *arena,
                               const struct stop_line **ret_lines, size_t *ret_count,
                               struct err *err);

/* Who was told of one stop, and who knows. */
struct told_line {
    struct stop_notice_row notice;
    str account; /* its name */
};
struct stop_answer {
    struct stop_line stop; /* notice: the caller's own; account 0 when only told of it by others */
    const struct told_line *told;
    size_t told_count;
};
/* For those who were told, and for whoever may see every person. `stop` is the position of its
 * event. */
MUST_USE result casework_stop(const struct casework *casework, const struct caller *caller,
                              int64_t stop, struct arena *arena, struct stop_answer *ret_answer,
                              struct err *err);

/* ACTION_ACKNOWLEDGE_STOP, and the account was told of it. Once; ERROR_CONFLICT the second time. */
MUST_USE result casework_acknowledge_stop(const struct casework *casework,
                                          const struct caller *caller, int64_t stop,
                                          struct arena *arena, struct stop_line *ret_line,
                                          struct err *err);

#endif
