/* handler: what the handlers of several resources share. */
#ifndef RETURNHUB_WEB_HANDLER_H
#define RETURNHUB_WEB_HANDLER_H

#include "casework/days.h"
#include "statistics/sheet.h"
#include "web/answer.h"
#include "web/form.h"
#include "web/page.h"
#include "web/view.h"

struct view_context handler_view(const struct exchange *exchange);
/* The civil day of the system's clock, for what a form begins with. */
date handler_today(const struct exchange *exchange);

/* The question of the query ("on", "known_at"). A question about what was known at an instant is
 * judged by the rulebook that was in use then: the exchange's rulebook and casework are that day's
 * from here on. */
MUST_USE result handler_asked(struct exchange *exchange, struct asked *ret_asked, struct err *err);

/* The event that the second parameter of the path numbers, as the one line of the answer: one of
 * the person of the path, of this topic and kind. ERROR_NOT_FOUND for any other. */
MUST_USE result handler_event_of_person(struct exchange *exchange, enum history_topic topic,
                                        enum event_kind kind, struct history_answer *ret_history,
                                        struct err *err);

/* The same question as a form: as of which day, as known at the end of which day. */
json_t *handler_question_form(const struct exchange *exchange);
/* And as the query of a link: "?on=...&known_at=...", "" when it is about now. */
str handler_question(const struct exchange *exchange, const struct asked *asked);

/* Which step, at which hub: the two fields of a question about everybody, added to `fields`. */
MUST_USE result handler_step_fields(struct exchange *exchange, str step, str hub, json_t *fields,
                                    struct err *err);

/* The way to the page of a person: "People", and their reference. */
void handler_person_crumbs(struct page *page, str reference);

/* The table asked for as a file: by Accept, or by "as=csv" in the query. */
bool handler_wants_csv(const struct exchange *exchange);
MUST_USE result handler_answer_csv(struct exchange *exchange, str name, struct buf *csv,
                                   struct err *err);
/* The sheet as a file, by this name, where it is asked for so: CSV, or a spreadsheet (OpenDocument)
 * by "as=ods". *ret_answered is false otherwise. */
MUST_USE result handler_answer_sheet(struct exchange *exchange, str name, const struct sheet *sheet,
                                     bool *ret_answered, struct err *err);
/* Is it asked for as a file of either kind? */
bool handler_wants_file(const struct exchange *exchange);
/* A number of the query within these bounds; `otherwise` when it is not given. ERROR_INPUT. */
MUST_USE result handler_number(const struct exchange *exchange, str name, int64_t least,
                               int64_t most, int64_t otherwise, int64_t *ret_number,
                               struct err *err);

/* A page that is one form: title, crumbs set by the caller, the fields of a table. `lead` is a
 * sentence above it, "" for none. */
struct form_page {
    str title;
    str lead;
    str action;
    const char *submit;
    bool danger; /* the button is red: what it does cannot be undone */
    str cancel_href;
    const struct input_field *fields;
    size_t field_count;
    const struct input_choices *choices; /* choices[i] belongs to fields[i]; NULL: none has any */
    const struct input_value *begin;     /* NULL: empty */
};
MUST_USE result handler_form_page(struct page *page, const struct form_page *form, int status,
                                  struct err *err);

/* A day that cannot be (casework/days.h) is a fault of its field, as casework says it. */
void handler_check_day(const struct exchange *exchange, const char *field,
                       const struct input_value *value, const char *what, enum days_use use,
                       struct faults *faults);

/* What casework does not accept of a form: a browser gets the form again and reads above it why. */
MUST_USE result handler_refused_form(struct page *page, const struct form_page *form, result done,
                                     const struct err *problem, struct err *err);

/* Answers faults: 422 and the page again for a browser, a problem with errors[] for others. `page`
 * is ready but for the form. */
MUST_USE result handler_faults(struct page *page, const struct form_page *form,
                               struct faults *faults, struct err *err);

/* A refusal by law: 409, with every safeguard. `thing`: where it was asked for, by its title and
 * its address; NULL: on the page of the person. */
struct handler_thing {
    str title;
    str href;
};
MUST_USE result handler_refused(struct exchange *exchange, const struct step_answer *answer,
                                const struct handler_thing *thing, struct err *err);

#endif
