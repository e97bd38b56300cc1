/* input: what was sent, read against a table of the fields a form has. The same table draws the
 * form (form.h).
 *
 * A field that the table lacks, a repeated one, or a value of the wrong type is a fault, never
 * ignored. Faults are reported all at once, each beside its field: errors[] of the problem (RFC
 * 9457) and the error summary of the page are the same list. */
#ifndef RETURNHUB_WEB_INPUT_H
#define RETURNHUB_WEB_INPUT_H

#include "web/exchange.h"

/* Beside the fields of a form: what became of its answers on the page that shows them again
 * (deed.h). */
#define INPUT_ANSWERS "answers"
/* What a form showed of the record (shown.h), and that the same is meant once more (command.h). */
#define INPUT_SHOWN "shown"
#define INPUT_AGAIN "again"
enum {
    FAULTS_MAX = 64,
    INPUT_FIELDS_MAX = 64,
    INPUT_TEXT_MAX = 2000,
    INPUT_HIDDEN_MAX = 6000 /* a passkey's answer */
};
/* As it is told of what is longer than INPUT_TEXT_MAX. */
#define TOO_LONG                                                                                   \
    "This is too long: at most 2000 bytes, which are 2,000 Latin letters or 1,000 Arabic ones"

enum input_kind {
    INPUT_TEXT,
    INPUT_PASSWORD,
    INPUT_LONG_TEXT,
    INPUT_DATE, /* three boxes in a form: NAME-day, NAME-month, NAME-year; or NAME as YYYY-MM-DD */
    INPUT_NUMBER,
    INPUT_HIDDEN,
    INPUT_CHOICE,  /* one of the struct input_choices that belong to it (input_check_choices) */
    INPUT_INSTANT, /* a day and NAME-time in a form, in UTC; or NAME as 2026-03-27T17:30:00Z */
};

struct input_field {
    const char *name;
    const char *label;
    const char *hint; /* NULL for none */
    enum input_kind kind;
    const char *missing;      /* what to say when it is not given; NULL: it may be left out */
    const char *autocomplete; /* NULL for none */
};

struct input_value {
    bool given;
    str text;
    date day;
    int64_t number;
    instant at;
};

/* The answers of an INPUT_CHOICE. They are often known only when the form is drawn, so they stand
 * beside the table of fields and not in it. */
struct input_choice {
    str value;
    str text;
};
struct input_choices {
    const struct input_choice *items;
    size_t count;
};

struct fault {
    str field;   /* of the form: "reason" */
    str label;   /* as the form calls it; "" where no form has it */
    str pointer; /* into the JSON: "/reason" */
    str detail;
};

struct faults {
    struct fault items[FAULTS_MAX];
    size_t count;
};

void fault_add(struct faults *faults, str field, str pointer, str detail);
/* What casework refused, at the field of that name: the words are copied, so `problem` need not
 * outlive the call. */
void fault_add_problem(struct faults *faults, struct arena *arena, str field,
                       const struct err *problem);
const struct fault *fault_of(const struct faults *faults, str field); /* NULL when there is none */
/* [{"pointer","detail"}] */
json_t *faults_as_json(const struct faults *faults);
/* The failure that goes with them; ok when there is none. */
MUST_USE result faults_result(const struct faults *faults, struct err *err);

/* Reads the body by its Content-Type into exchange->input. A missing or other type is ERROR_USAGE
 * with *ret_status 415. */
MUST_USE result input_open(struct exchange *exchange, int *ret_status, struct err *err);
void input_close(struct input *input);

/* Is this a field of every form, of one rendering of its page? */
bool input_is_own_field(str name);
/* values[i] belongs to fields[i]. Fails only when memory is full; what is wrong with the input goes
 * to `faults`. */
MUST_USE result input_read(struct exchange *exchange, const struct input_field *fields,
                           size_t count, struct input_value *values, struct faults *faults,
                           struct err *err);

/* choices[i] belongs to fields[i]: a value that is none of them is a fault. */
void input_check_choices(const struct exchange *exchange, const struct input_field *fields,
                         size_t count, const struct input_choices *choices,
                         const struct input_value *values, struct faults *faults);

/* The date in three boxes, or in one as YYYY-MM-DD. *ret_given is false when all are empty. A date
 * that does not exist is a fault of `field`. */
MUST_USE result input_form_date(const struct http_form *form, str name, struct arena *arena,
                                bool *ret_given, date *ret_day, struct faults *faults,
                                struct err *err);
/* The same for the query, where a date that does not exist is ERROR_INPUT; what is not given keeps
 * its day. */
MUST_USE result input_asked_day(const struct exchange *exchange, str name, bool *ret_given,
                                date *ret_day, struct err *err);
/* The day and the instant that a record is asked about, in the same way. */
MUST_USE result input_asked(const struct exchange *exchange, struct asked *ret_asked,
                            struct err *err);

#endif
