/* fact_form: the facts of a person, a hub or an agreement as a form, a page for each section, and
 * what was sent read back as entries.
 *
 * Nothing is filled in beforehand: every field begins at "leave as it is", so that sending the form
 * records only what was chosen, and "not known", "no" and 0 stay three different answers.
 *
 * What somebody else recorded since is told first (shown.h). */
#ifndef RETURNHUB_WEB_FACT_FORM_H
#define RETURNHUB_WEB_FACT_FORM_H

#include "web/form.h"

enum { FACT_ENTRIES_MAX = 256 };

struct fact_entries {
    struct fact_entry items[FACT_ENTRIES_MAX];
    size_t count;
    str section; /* of the form; "" for JSON */
};

/* Reads a form or {"facts":[{"fact","value","true_from","source"}]}. Every value is checked against
 * its fact's type here, so that each fault is named beside its field; casework checks again. */
MUST_USE result fact_form_read(struct exchange *exchange, enum subject subject,
                               struct fact_entries *entries, struct faults *faults,
                               struct err *err);

/* A fault for each entry whose fact is another one in `facts` (part_known_fact) than the form
 * showed, and not what the form would have it be. */
MUST_USE result fact_form_check_seen(const struct exchange *exchange, const json_t *facts,
                                     const struct fact_entries *entries, struct faults *faults,
                                     struct err *err);

/* The fields of one section, from the facts of a resource. */
json_t *fact_form_fields(const struct exchange *exchange, const json_t *facts, str section,
                         const struct faults *faults);

/* The name under which facts without a section are shown. */
str fact_form_section(str section);

#endif
