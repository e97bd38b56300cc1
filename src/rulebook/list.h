/* list: a growing array in an arena. An element's address is valid until the next one is added to
 * the same list. */
#ifndef RETURNHUB_RULEBOOK_LIST_H
#define RETURNHUB_RULEBOOK_LIST_H

#include "base/arena.h"

struct list {
    void *items;
    size_t count;
    size_t capacity;
};

/* A new, zeroed element at the end, or NULL when the arena is full. */
void *list_add(struct list *list, struct arena *arena, size_t size, size_t alignment);
/* A copy of the elements alone, in `arena`; NULL when it is full or the list is empty. */
void *list_copy(const struct list *list, struct arena *arena, size_t size, size_t alignment);

#define LIST_ADD(list, type, arena) ((type *)list_add((list), (arena), sizeof(type), alignof(type)))
#define LIST_AT(list, type, index)  (&((type *)(list)->items)[index])
#define LIST_COPY(list, type, arena)                                                               \
    ((type *)list_copy((list), (arena), sizeof(type), alignof(type)))

#endif
