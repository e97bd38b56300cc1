/* deed: what can be done with a thing (a manifest, a hub's desk, an entry of the books): a page
 * that asks, and the same address that does it, for a browser and for a program. A table of deeds
 * says all there is to say of a part of the desk; its two routes end in deed_answer.
 *
 * What a browser sends is shown again before anything is done with it ("Check your answers"); the
 * page that shows it sends it once more, so that nothing is kept between the two. A program does it
 * at once; it may GET what there is to send.
 *
 * A field that the query names begins with that value ("?person=RH-..."), so that a row of a table
 * leads to its form. What casework will not take is told above the form, which keeps what was
 * typed; a program gets the problem. */
#ifndef RETURNHUB_WEB_DEED_H
#define RETURNHUB_WEB_DEED_H

#include "web/handler.h"

struct deed_form;
typedef result deed_step(struct deed_form *form, struct err *err);

struct deed {
    const char *name; /* last part of its address */
    const char *link; /* how the thing's page offers it; NULL: a row of a table does */
    const char *title;
    const char *lead; /* "" for none */
    const char *submit;
    const char *notice; /* notice.def */
    bool danger;
    enum action action;
    const struct input_field *fields; /* `prepare` may put others in the form's */
    size_t field_count;
    bool (*fits)(const json_t *resource); /* may it be done in this state? NULL: always */
    deed_step *prepare; /* answers to choose from, values to begin with; NULL: nothing */
    deed_step *look;    /* at what a browser sent, before it is shown again: what an answer means
                           (deed_tell), or why it cannot be; NULL: it says all itself */
    deed_step *act;     /* does it, and sets `answer`, or answers itself (`answered`) */
};

/* The table of a deed's fields, in its initializer. */
#define DEED_FIELDS(table) .fields = (table), .field_count = sizeof(table) / sizeof(table)[0]

struct deed_form {
    struct exchange *exchange;
    const struct deed *deed;
    struct page page; /* crumbs are set by whoever opens the form */
    const void *thing;
    str base;    /* address of the thing */
    str cancel;  /* where "Cancel" leads; `base` unless it is set */
    str to;      /* where a browser goes when it is done; `base` unless it is set */
    str caption; /* the thing, above the title */
    str title;   /* of the deed unless it is set */
    str lead;    /* the same */
    const struct input_field *fields;
    size_t field_count;
    struct input_choices choices[INPUT_FIELDS_MAX];
    struct input_choice *items[INPUT_FIELDS_MAX]; /* of the choices */
    struct input_value values[INPUT_FIELDS_MAX];  /* to begin with; then what was sent */
    str told[INPUT_FIELDS_MAX];                   /* shown in the place of what was sent */
    bool shows[INPUT_FIELDS_MAX];                 /* what is on record stands in the form ... */
    str on_record[INPUT_FIELDS_MAX];              /* ... as it would be sent */
    json_t *answer;                               /* JSON of what was done; the form owns it */
    int status;                                   /* of that answer; 200 unless it is set */
    const char *notice;                           /* of the deed unless it is set */
    bool answered;                                /* `act` has answered by itself */
};

/* Finds the deed of this name (ERROR_NOT_FOUND), opens the form of the thing (which `open` may load
 * where it is NULL), and shows the form or does it, by the method of the request. */
MUST_USE result deed_answer(struct exchange *exchange, const struct deed *deeds, size_t count,
                            str name, const void *thing, deed_step *open, struct err *err);
/* "deeds" and "has_deeds" (part_deeds.html): what this account may do with the thing in its state.
 */
void deeds_offer(struct page *page, const struct deed *deeds, size_t count, str base,
                 const json_t *resource);

/* The place of a field in the form's table; it is there. */
size_t deed_field(const struct deed_form *form, const char *name);
str deed_text(const struct deed_form *form, const char *name);       /* "" when it was not given */
int64_t deed_number(const struct deed_form *form, const char *name); /* 0 when it was not given */
str deed_person(const struct deed_form *form, const char *name); /* a reference, as it is written */
struct known_day deed_day(const struct deed_form *form, const char *name);
instant deed_instant(const struct deed_form *form, const char *name);

/* The form begins with this. */
void deed_begin_text(struct deed_form *form, const char *name, str text);
void deed_begin_day(struct deed_form *form, const char *name, date day);
void deed_begin_instant(struct deed_form *form, const char *name, instant at);
/* What is on record in the place of the answer, as a value that is sent ("" for nothing): sent when
 * somebody recorded another one since, the form says it first (shown.h). */
void deed_shows(struct deed_form *form, const char *name, str on_record);
str deed_day_text(const struct deed_form *form, date day); /* as it is sent */
/* The form begins with what is on record. */
void deed_shows_text(struct deed_form *form, const char *name, str text);
void deed_shows_day(struct deed_form *form, const char *name, struct known_day day);
void deed_shows_instant(struct deed_form *form, const char *name, instant at);
/* Room for that many answers to choose from, and one of them. */
MUST_USE result deed_choices(struct deed_form *form, const char *name, size_t capacity,
                             struct err *err);
void deed_choice(struct deed_form *form, const char *name, str value, str text);

/* What is shown for an answer when it is to be checked: of whom a reference is. */
void deed_tell(struct deed_form *form, const char *name, str text);
/* The person whose reference the field has, where it has one; one that is wrong or of nobody whom
 * the account sees is told before anything is done. */
MUST_USE result deed_tell_person(struct deed_form *form, const char *name, struct err *err);

/* The answer of a command that recorded something: the resource, and the notice when it stopped
 * requests. */
void deed_recorded(struct deed_form *form, const struct record_answer *answer);
/* The answer of a step: refused by law, it answers by itself. */
MUST_USE result deed_step_taken(struct deed_form *form, const struct step_answer *answer,
                                struct err *err);

#endif
