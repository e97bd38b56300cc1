/* difference: what changed from one rulebook to another, item by item.
 *
 * Items are compared in their canonical form, so that layout, comments, the division into files and
 * the order of items are no change. What a change does to people is asked of the column engine
 * (casework/compare.h). */
#ifndef RETURNHUB_RULEBOOK_DIFFERENCE_H
#define RETURNHUB_RULEBOOK_DIFFERENCE_H

#include "rulebook/rulebook.h"

enum difference_kind { DIFFERENCE_CHANGED, DIFFERENCE_DELETED, DIFFERENCE_ADDED };

struct difference {
    enum difference_kind kind;
    str keyword;     /* "safeguard", "clock", "fact", ... */
    str name;        /* "no_appeal_open" */
    str old_text;    /* the item, "" when it was added */
    str new_text;    /* "" when it was deleted */
    bool words_only; /* changed, but in sources, reasons and examples alone */
};

/* Those changed and deleted in the order of the old rulebook, then those added in the order of the
 * new one. The texts are views of the rulebooks' canonical forms. */
MUST_USE result difference_find(const struct rulebook *old_rulebook,
                                const struct rulebook *new_rulebook, struct arena *arena,
                                const struct difference **ret_differences, size_t *ret_count,
                                struct err *err);

/* "changed", "deleted", "added" */
const char *difference_kind_name(enum difference_kind kind);

/* The lines that differ, each after "- " or "+ ", those alike after two spaces. `scratch` is
 * another arena than that in which `buf` grows. */
void difference_format(const struct difference *difference, struct arena scratch, struct buf *buf);

#endif
