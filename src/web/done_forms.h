/* done_forms: what each session sent by a form and was done, so that the same form sent again is
 * told instead of done a second time.
 *
 * A form that is sent twice with one key is done once (casework/repeat.h). But a page is not kept
 * by a browser (no-store): who goes back to a form gets a new one, with a new key and with all that
 * was typed in it. So a form is known by what it says, too: the session, its address and its fields
 * but those that are of one rendering of the page. What is said is asked back, not refused: the
 * same may be meant a second time. Thousands of forms are known, the latest (latest.h). */
#ifndef RETURNHUB_WEB_DONE_FORMS_H
#define RETURNHUB_WEB_DONE_FORMS_H

#include "register/event.h"
#include "web/latest.h"

enum { DONE_FORM_WHERE_SIZE = 160 };

struct done_form {
    bool found;
    struct client_id key; /* it was sent with */
    instant at;
    char where[DONE_FORM_WHERE_SIZE]; /* where it led; "" when that is a long address */
};

MUST_USE result done_forms_open(struct arena *arena, struct latest **ret_forms, struct err *err);

/* `form` is a hash of the session and all that the form says. */
struct done_form done_forms_find(struct latest *forms, const struct sha256 *form);
void done_forms_note(struct latest *forms, const struct sha256 *form, const struct client_id *key,
                     instant at, str where);

#endif
