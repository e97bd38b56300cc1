/* book_work: what the commands and the questions about entries share. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_BOOK_WORK_H
#define RETURNHUB_CASEWORK_BOOK_WORK_H

#include "casework/books.h"
#include "casework/facts.h"

/* May the account do this with the entry? Of whom an entry complains, or one that it follows from,
 * does nothing with it, and does not see it. */
MUST_USE result book_may(struct sitting *sitting, const struct entry_row *row, enum action action,
                         bool *ret_may, struct err *err);
/* The entry, or ERROR_NOT_FOUND in the words for what does not exist; ERROR_FORBIDDEN, and why, for
 * an account that it complains of. */
MUST_USE result book_find(struct sitting *sitting, int64_t id, enum action action,
                          struct entry_row *ret_row, struct err *err);

/* The accounts of which the entry complains; none when nobody was named. */
MUST_USE result book_against(struct sitting *sitting, const struct entry_row *row,
                             struct number_list *ret_accounts, struct err *err);

/* Whom an entry is about, and where. */
struct book_subject {
    enum subject_kind kind;
    int64_t id;
    int64_t hub; /* 0 for none */
};

/* The clock of this name, run for the subject from the day `since`. *ret_applies is false when the
 * rulebook has no such clock, or says that it does not run here; an unknown day is one that cannot
 * be counted. */
MUST_USE result book_due(struct sitting *sitting, const struct book_subject *subject, str clock,
                         date since, bool *ret_applies, struct known_day *ret_due, struct err *err);

/* Opens, at the sitting's instant, the duties that the rulebook attaches to the entry and that it
 * does not have yet: one for each clock "duty_KIND_..." that runs here. */
MUST_USE result book_open_duties(struct sitting *sitting, const struct book_subject *subject,
                                 enum entry_kind kind, int64_t parent, date since, struct err *err);
/* The entry that a step opens, with its duties; those that foretold the step, it confirms instead
 * (foretold.h). */
MUST_USE result book_open_by_step(struct sitting *sitting, const struct person_row *person,
                                  int64_t hub, const struct step *step, str kind, struct err *err);

#endif
