/* own: what somebody sees of their own record, and a legal representative of their clients': where
 * the case stands, what may come next and what must be clear before, every time that runs, the
 * letters that were served, what is recorded, who represents them, what they complained of, and who
 * looked.
 *
 * What is not in it: the names of staff and of anybody else; notes; requests, approvals and plans
 * that nobody was told of; letters that were not served (reading one here would not be its
 * service); where a fact is known from, in words somebody wrote; what is known of a hub or an
 * agreement; what a verdict says of other members of the family. Whoever wants more asks for a copy
 * of everything, and a data protection officer decides what the law lets be withheld (privacy.h).
 *
 * Every look is recorded. Access is ACTION_SEE_OWN, for as long as the tie holds (ties.h); what an
 * account is not tied to does not exist for it. `person` is a reference; "" means the account's own
 * record. Errors are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_OWN_H
#define RETURNHUB_CASEWORK_OWN_H

#include "casework/books.h"
#include "casework/notices.h"
#include "casework/ties.h"

/* How a safeguard stands, as far as the person themselves goes. */
enum own_verdict {
    OWN_CLEAR,
    OWN_IN_THE_WAY,
    OWN_NOT_KNOWN,
    OWN_OF_OTHERS, /* it reads of a hub, an agreement or other people: nothing is said of it */
};

struct own_step {
    uint32_t step;
    const enum own_verdict *each; /* of the step's safeguards, in order */
};

/* A stage that was reached. */
struct own_passage {
    date on;
    str step; /* "" for the registration */
    str stage;
};

struct own_complaint {
    struct entry_row row;
    str about;
    str words;
    str answer; /* "" while it is not answered */
};

struct own_record {
    struct case_view view; /* the facts of the person alone */
    enum tie_kind as;
    str hub; /* name of the hub where the person has a place; "" when they have none */
    struct person_arrival arrival;      /* there */
    const struct own_passage *passages; /* newest first */
    size_t passage_count;
    const struct own_step *steps;
    size_t step_count;
    const struct clock_line *clocks; /* running or expired, the next to end first */
    size_t clock_count;
    const struct notice_answer *letters; /* newest first */
    size_t letter_count;
    const struct tie_line *ties; /* that hold today */
    size_t tie_count;
    const struct own_complaint *complaints; /* newest first */
    size_t complaint_count;
};
MUST_USE result casework_own_record(const struct casework *casework, const struct caller *caller,
                                    str person, struct arena *arena, struct own_record *ret_record,
                                    struct err *err);

/* One of the person's letters that were served; ERROR_NOT_FOUND otherwise. */
MUST_USE result casework_own_letter(const struct casework *casework, const struct caller *caller,
                                    int64_t letter, struct arena *arena,
                                    struct notice_answer *ret_letter, struct err *err);

/* Who looked: in which role, when, and at what; no names. Newest first. */
enum { OWN_LOOKS_MAX = 500 };
struct own_look {
    instant at;
    str role; /* "" for the register itself */
    str purpose;
};
MUST_USE result casework_own_looks(const struct casework *casework, const struct caller *caller,
                                   str person, struct arena *arena,
                                   const struct own_look **ret_looks, size_t *ret_count,
                                   struct err *err);

/* Everything above, and every value that was ever recorded of each fact. */
struct own_copy {
    struct own_record record;
    const struct fact_row *facts;
    size_t fact_count;
    const struct own_look *looks;
    size_t look_count;
};
MUST_USE result casework_own_copy(const struct casework *casework, const struct caller *caller,
                                  str person, struct arena *arena, struct own_copy *ret_copy,
                                  struct err *err);

/* Says that something is wrong: a complaint in the books (books.h), with its time to be answered,
 * which is caseworkers' work from then on. `about` is a choice of the complaint's field. */
MUST_USE result casework_own_complain(const struct casework *casework, const struct caller *caller,
                                      str person, str about, str words, struct arena *arena,
                                      struct entry_answer *ret_answer, struct err *err);

/* --- who represents --- */

struct client_line {
    struct person_row person;
    struct identity identity;
    struct tie_row tie;
};
struct client_deadline {
    size_t client; /* index */
    struct clock_line clock;
    struct work_due due; /* its days left (queue.h) */
};
struct clients_answer {
    date today;
    const struct client_line *clients; /* in the order in which they came */
    size_t client_count;
    const struct client_deadline *deadlines; /* that run, the next to end first */
    size_t deadline_count;
};
/* ACTION_SEE_OWN, of every client; the look at each is recorded. */
MUST_USE result casework_clients(const struct casework *casework, const struct caller *caller,
                                 struct arena *arena, struct clients_answer *ret_answer,
                                 struct err *err);

/* ACTION_SECURE_OWN_ACCOUNT: in which language the holder of the account reads (BCP 47). */
MUST_USE result casework_choose_language(const struct casework *casework,
                                         const struct caller *caller, str language,
                                         struct arena *arena, struct err *err);

#endif
