/* step_work: what the five commands about a step have in common. Inside casework only.
 *
 * The order is always the same: who may, in what state, in what stage, then the law, then the
 * events. Everything is judged on rows read in the transaction that appends. Only the telling of it
 * (the explanation, the words of a refusal) is made after the commit, from the values that were
 * judged, so that nobody else waits for it. */
#ifndef RETURNHUB_CASEWORK_STEP_WORK_H
#define RETURNHUB_CASEWORK_STEP_WORK_H

#include "casework/facts.h"
#include "casework/recall.h"

struct step_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    str person; /* of a request: what is asked for */
    str step_name;
    bool returns; /* the person came back: the step is one that leads back, "" for the only one */
    str hub;
    int64_t request; /* of the other commands */
    str reason;
    struct step_answer answer;
    bool judged;
    struct question question; /* as it was judged */
    uint32_t step;
};

/* Runs the work in a transaction, then makes the explanation. */
MUST_USE result step_run(struct step_work *work, store_work *function,
                         struct step_answer *ret_answer, struct err *err);

/* What is asked about, found and judged in one sitting. */
struct step_case {
    uint32_t step;
    const struct step *rule;
    struct person_row person;
    int64_t hub;
    struct loaded_case loaded;
    struct place_need need; /* which kind of place the person needs */
    enum clearance clearance;
    enum clearance *each;
    struct number_list relied_on;
};

/* The step by which the person comes back: the one that is named in *step, if it leads back, or the
 * only one (returning.h). */
MUST_USE result returning_choose(const struct rulebook *rulebook, const struct person_row *person,
                                 struct arena *arena, str *step, struct err *err);

/* ERROR_CONFLICT when the step does not leave the stage the person is in; the hint names the steps
 * that do. And when an entry in the books foretells a step after which it leads nowhere
 * (foretold.h); the hint says what to do about that. */
MUST_USE result step_check_way(struct sitting *sitting, const struct person_row *person,
                               uint32_t step, struct err *err);
/* The rulebook's step of a request; ERROR_CONFLICT when it is gone. */
MUST_USE result step_of_request(const struct sitting *sitting, const struct request_row *request,
                                uint32_t *ret_step, struct err *err);
/* What a manifest says of a departure. It stands in place of the facts "departure.destination" and
 * "departure.on", where the rulebook has them. */
#define DEPARTURE_DESTINATION_FACT STR("departure.destination")
#define DEPARTURE_ON_FACT          STR("departure.on")
struct departure_plan {
    str destination;
    date on;
};
/* Judges, and keeps in the work what was judged. `plan` may be NULL. */
MUST_USE result step_judge(struct sitting *sitting, struct step_work *work,
                           const struct person_row *person, uint32_t step, int64_t hub,
                           const struct departure_plan *plan, struct step_case *ret_case,
                           struct err *err);
/* Puts the refusal on record. */
MUST_USE result step_refuse(struct sitting *sitting, struct step_work *work,
                            const struct step_case *judged, int64_t request, struct err *err);
/* The first half of taking a step: the move and the place, judged just now. */
MUST_USE result step_move(struct sitting *sitting, const struct step_case *judged,
                          const struct request_row *request, int64_t *ret_taken, struct err *err);
/* The second half, an instant later: the facts it records. *cause is the position of the last. */
MUST_USE result step_record(struct sitting *sitting, const struct step_case *judged, int64_t *cause,
                            struct err *err);
/* The requests that the two stop, and who is called back for them, but for `moved`. */
MUST_USE result step_review(struct sitting *sitting, const struct step_case *judged, int64_t cause,
                            const struct recall_moved *moved, struct err *err);
/* All of it. Takes the step: the move, the place, the facts it records, the requests that this
 * stops. `request` NULL: needed none. */
MUST_USE result step_carry_out(struct sitting *sitting, struct step_work *work,
                               const struct step_case *judged, const struct request_row *request,
                               struct err *err);
/* Reads the rows as they are after the command into the answer. */
MUST_USE result step_finish(struct sitting *sitting, struct step_work *work, int64_t request,
                            int64_t person, struct err *err);

/* The answer to a command that was done before: the rows as they were after it and the facts as
 * they were judged. */
MUST_USE result step_answer_again(struct sitting *sitting, struct step_work *work,
                                  const struct event *before, int64_t request, struct err *err);
/* The state of the person's request just before the event: what tells a refused approval from a
 * refused taking. */
MUST_USE result step_state_before(struct sitting *sitting, const struct event *event,
                                  int64_t request, enum request_state *ret_state, struct err *err);

#endif
