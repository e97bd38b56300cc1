/* names: the items of a rulebook by name. Internal to rulebook/, and for the command that explains
 * whatever has a name. */
#ifndef RETURNHUB_RULEBOOK_NAMES_H
#define RETURNHUB_RULEBOOK_NAMES_H

#include "rulebook/rulebook.h"

/* Names sorted by bytes; of two items with one name the earlier comes first. A name is found by a
 * table of places, at least half of which are empty: it is looked for dozens of times for a page.
 */
struct name_index {
    const str *names;
    const uint32_t *items;
    size_t count;
    const uint32_t *places; /* 1 + where in `names`, the first of its name; 0: empty */
    uint32_t mask;          /* places - 1, a power of two less one */
};

enum item_kind {
    ITEM_HOLIDAYS,
    ITEM_CALENDAR,
    ITEM_ROLE,
    ITEM_NOTICE,
    ITEM_STAGE,
    ITEM_FACT,
    ITEM_CLOCK,
    ITEM_DEFINITION,
    ITEM_STEP,
    ITEM_SAFEGUARD,
};
enum { ITEM_KIND_COUNT = ITEM_SAFEGUARD + 1 };

struct rulebook_names {
    struct name_index of[ITEM_KIND_COUNT];
};

/* Of `count` structs of `stride` bytes, each of which begins with its name. False when the arena is
 * full. */
bool name_index_build(struct arena *arena, const void *items, size_t stride, size_t count,
                      struct name_index *ret_index);
/* The first item of that name, or NOT_FOUND_INDEX. */
uint32_t name_index_find(const struct name_index *index, str name);
/* The name most like this one, "" when none is near: for "did you mean". */
str name_index_nearest(const struct name_index *index, str name);
/* The same among a few words. */
str names_nearest(const str *names, size_t count, str name);

/* What something is called of which the rulebook says nothing else: its name with spaces for
 * underscores; as a title it begins with a capital. A str without bytes when the arena is full. */
str name_in_words(str name, struct arena *arena);
str name_as_title(str name, struct arena *arena);
/* The same in `room`, as much of it as there is room for. A part of a name that follows a dot
 * stands apart, too. */
str name_as_title_in(str name, char *room, size_t size);

/* "fact", "list of holidays" */
const char *item_kind_called(enum item_kind kind);

#endif
