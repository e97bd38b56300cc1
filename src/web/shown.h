/* shown: what a form showed of the record, so that what somebody recorded since is not written over
 * unseen.
 *
 * A form that begins with what is on record, or stands beside it, carries a mark of each of these
 * values. Sent when another one is on record by then, it comes back and says which; sent once more
 * it is meant so. (A program has If-Match, condition.h.) What is recorded between the comparison
 * and the commit is refused by casework: the command holds in the state that was compared (struct
 * caller, read_at). */
#ifndef RETURNHUB_WEB_SHOWN_H
#define RETURNHUB_WEB_SHOWN_H

#include "web/input.h"

/* Each value as a text that is another one when the value is; "" for what is not known. */
struct shown_value {
    str name;
    str value;
};

/* Adds the marks, hidden, to the fields of a form (form_item_view). */
void shown_hide(json_t *fields, struct arena *arena, const struct shown_value *values,
                size_t count);

/* Another value of this name is on record than the form showed. Not when what was sent came from no
 * such form. */
bool shown_is_old(const struct exchange *exchange, str name, str value);

/* A fault of the field: `told` is on record now ("" for nothing), and `who` recorded it ("" when
 * that is not said). */
void shown_tell(const struct exchange *exchange, struct faults *faults, str name, str told,
                str who);

#endif
