/* book_clocks: what a rulebook says of the books: by when an entry is to be answered, which duties
 * are opened with it, and the events that open them. Pure. */
#ifndef RETURNHUB_CASEWORK_BOOK_CLOCKS_H
#define RETURNHUB_CASEWORK_BOOK_CLOCKS_H

#include "register/entry.h"
#include "rulebook/judge.h"

/* How clocks of a rulebook that belong to the books begin: with the kind's name after it. */
#define BOOK_CLOCK_PREFIX "entry_"
#define BOOK_DUTY_PREFIX  "duty_"
/* A step that records this fact opens an entry of that kind; it is recorded by steps alone. */
#define BOOK_OPENS_FACT STR("entry.opens")
/* Whether the partner accepted the person: no, once an entry says that it declined them. */
#define BOOK_ACCEPTED_FACT STR("transfer.accepted_by_partner")

/* The kind of entry that a step opens with what it records here; "" for every other record. */
str book_opens(const struct rulebook *rulebook, const struct step_record *record);

/* The day from which these clocks count: since when the entry is in its state. Among the person's
 * values, so that a clock may also ask about the person. */
void book_fill_since(const struct rulebook *rulebook, date since, struct value *person);

/* False when the rulebook has no clock of this name, or says that it does not run here. A day that
 * cannot be counted is unknown. */
bool book_clock(const struct rulebook *rulebook, str name, const struct question *question,
                struct known_day *ret_due);
/* The first duty of the kind that runs here, from this clock of the rulebook on; NOT_FOUND_INDEX
 * when there is none left. */
uint32_t book_duty(const struct rulebook *rulebook, enum entry_kind kind, uint32_t from,
                   const struct question *question, struct known_day *ret_due);

/* ENTRY_OPENED for an entry that a step opens, and for a duty; subject, day, instant and actor are
 * the caller's to fill in. */
MUST_USE result book_opened_by_step(const struct rulebook *rulebook, enum entry_kind kind,
                                    int64_t hub, const struct question *question,
                                    struct arena *arena, struct event *ret_event, struct err *err);
MUST_USE result book_duty_opened(const struct clock *clock, int64_t hub, int64_t parent,
                                 struct known_day due, struct arena *arena, struct event *ret_event,
                                 struct err *err);

#endif
