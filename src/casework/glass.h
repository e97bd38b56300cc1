/* glass: break-glass. Somebody whose role may see people, and who needs at once to see a record
 * that is out of their sight - a protected one, a restricted one, one of another hub - sees it for
 * some minutes, says why, and answers for it: it is an event of the person's history, the data
 * protection officers are told of it on every page until one of them has reviewed it, and nobody
 * reviews their own. It shows the record and nothing else: no list, no negotiation, nobody who was
 * erased; no safeguard is judged otherwise, and nothing can be recorded that could not be recorded
 * before.
 *
 * Client ids, errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_GLASS_H
#define RETURNHUB_CASEWORK_GLASS_H

#include "casework/casework.h"
#include "register/glass.h"

enum { GLASS_MINUTES_MAX = 30, GLASSES_AT_ONCE_MAX = 500 };

struct glass_line {
    struct glass_row row;
    str account;     /* its name */
    str reference;   /* of the person; "" when they are out of the reader's sight */
    str reason;      /* "" when the person was erased since */
    str reviewed_by; /* "" while nobody has */
    str review;      /* in the words of who reviewed it */
    bool shows;      /* its time is not over */
    bool mine_to_review;
};

/* ACTION_BREAK_GLASS, on a person of this reference, whether in sight or not. ERROR_CONFLICT when
 * the account sees the record without. `minutes`: 1 to GLASS_MINUTES_MAX. */
MUST_USE result casework_break_glass(const struct casework *casework, const struct caller *caller,
                                     str person, str reason, int64_t minutes, struct arena *arena,
                                     struct glass_line *ret_line, struct err *err);

/* ACTION_REVIEW_GLASS, once, by somebody else. `outcome`: justified or not_justified. */
MUST_USE result casework_review_glass(const struct casework *casework, const struct caller *caller,
                                      int64_t glass, str outcome, str reason, struct arena *arena,
                                      struct glass_line *ret_line, struct err *err);

struct glass_query {
    bool own;          /* of the caller alone: ACTION_BREAK_GLASS; otherwise ACTION_REVIEW_GLASS */
    bool and_reviewed; /* those too that were reviewed */
    size_t limit;      /* 1 to GLASSES_AT_ONCE_MAX */
};
/* Newest first. */
MUST_USE result casework_glasses(const struct casework *casework, const struct caller *caller,
                                 const struct glass_query *query, struct arena *arena,
                                 const struct glass_line **ret_lines, size_t *ret_count,
                                 struct err *err);

#endif
