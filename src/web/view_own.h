/* view_own: pages of somebody's own record and of a legal representative's clients, in the language
 * that they read; made from resource_own.h. `base` is the address of the record: "/own", or
 * "/clients/RH-...". */
#ifndef RETURNHUB_WEB_VIEW_OWN_H
#define RETURNHUB_WEB_VIEW_OWN_H

#include "web/speech.h"
#include "web/view.h"

struct own_view {
    struct speech speech;
    struct arena *arena;
    str base;
};

json_t *view_own_record(const struct own_view *view, const json_t *record);
json_t *view_own_facts(const struct own_view *view, const json_t *record);
json_t *view_own_looks(const struct own_view *view, const json_t *looks);
json_t *view_own_letter(const struct own_view *view, const json_t *letter);
json_t *view_clients(const struct own_view *view, const json_t *clients);

/* What a complaint may be about: the choices of the books' field, as they are said here. */
struct own_subject {
    const char *name;
    const char *title;
};
extern const struct own_subject own_subjects[];
extern const size_t own_subject_count;
const struct own_subject *own_subject_named(str name); /* NULL: it may not be about that */

#endif
