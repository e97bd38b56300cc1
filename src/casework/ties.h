/* ties: who sees a record from outside the office: the person themselves, and who represents them
 * in law (register/tie.h). Two people are needed: whoever manages accounts opens the account, which
 * shows nobody; whoever works on the case says whose record it is for, and on what authority. What
 * an account is tied as follows from its role: "person" or "legal_representative".
 *
 * What comes of it is sight alone (own.h). A restricted record is still its person's, and whoever
 * represents them may need it to defend a claim (UK GDPR and Regulation (EU) 2016/679, Art. 15 and
 * 18(2)). A protected record is its person's, but of those who represent it only theirs whom the
 * protection names: nobody can tell who sends a representative.
 *
 * Client ids, errors and access are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_TIES_H
#define RETURNHUB_CASEWORK_TIES_H

#include "casework/casework.h"
#include "register/tie.h"

struct new_tie {
    str person;                 /* reference */
    str username;               /* of an account in one of the two roles */
    struct known_day first_day; /* not before today; unknown: today */
    struct known_day last_day;  /* unknown: until it is ended */
    str authority; /* what says so: an identity check, a signed form of authority; required */
};

struct tie_line {
    struct tie_row row;
    str person; /* reference */
    str username;
    str name; /* of the account */
    str made_by;
    str authority;
    str ended_by; /* "" while nobody ended it */
    str reason;
    bool holds; /* today */
    bool repeated;
};

/* ACTION_TIE_ACCOUNT. An account in the role "person" is tied to one person at most, and nobody
 * ties their own account (ERROR_CONFLICT). */
MUST_USE result casework_make_tie(const struct casework *casework, const struct caller *caller,
                                  const struct new_tie *tie, struct arena *arena,
                                  struct tie_line *ret_line, struct err *err);
/* ACTION_TIE_ACCOUNT. From this instant on the account sees nothing of the person. `person`: whose
 * tie it is said to be; of somebody else's nothing is found. "": whosever it is. */
MUST_USE result casework_end_tie(const struct casework *casework, const struct caller *caller,
                                 str person, int64_t tie, str reason, struct arena *arena,
                                 struct tie_line *ret_line, struct err *err);
/* ACTION_SEE_PERSON. Every one there ever was, oldest first. The look is recorded. */
MUST_USE result casework_ties(const struct casework *casework, const struct caller *caller,
                              str person, struct arena *arena, const struct tie_line **ret_lines,
                              size_t *ret_count, struct err *err);

/* Inside casework only: the same in a sitting, whoever asks. */
struct sitting;
MUST_USE result ties_read(struct sitting *sitting, const struct person_row *person,
                          const struct tie_line **ret_lines, size_t *ret_count, struct err *err);

#endif
