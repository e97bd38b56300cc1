/* orders: an order of a court takes effect when it is reported, sealed or not, seen or not.
 *
 * Reporting one records who said so, when and by what means, of which court and claim (in the
 * event, encrypted like everything about a person), and the fact that the rulebook has for it:
 * `order` names the kind, and the fact is that name with ".status", whose value becomes "reported".
 * Everything that this un-clears stops in the same commit, for the person and the family; whoever
 * is aboard already is called back.
 *
 * An order that was not made is disproved like any mistake: by withdrawing the fact, or by
 * recording that it is disproved. Neither brings back what was stopped: it has to be asked for
 * again. */
#ifndef RETURNHUB_CASEWORK_ORDERS_H
#define RETURNHUB_CASEWORK_ORDERS_H

#include "casework/casework.h"

/* The kind of order that is reported by this fact: "court_order"; "" when the fact is of none. */
str order_of_fact(const struct fact *fact);

struct reported_order {
    str order;        /* "court_order" */
    str reporter;     /* who says so: the representative, the court's office, the person */
    str means;        /* by telephone, by letter, on the steps of the aircraft */
    str court;        /* "" when it was not said */
    str claim_number; /* "" when it was not said */
    instant heard_at; /* not later than now */
};

/* ACTION_REPORT_ORDER. The first of the answer's events is the report, the second the fact. */
MUST_USE result casework_report_order(const struct casework *casework, const struct caller *caller,
                                      str person, const struct reported_order *order,
                                      struct arena *arena, struct record_answer *ret_answer,
                                      struct err *err);

#endif
