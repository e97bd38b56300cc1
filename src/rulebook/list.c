#include "rulebook/list.h"

#include <string.h>

enum { LIST_CAPACITY_FIRST = 8 };

void *list_add(struct list *list, struct arena *arena, size_t size, size_t alignment)
{
    ASSERT(list->count <= list->capacity);
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity == 0 ? LIST_CAPACITY_FIRST : list->capacity * 2;
        char *items = arena_take(arena, capacity, size, alignment);
        if (items == NULL) {
            return NULL;
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * size);
        }
        list->items = items;
        list->capacity = capacity;
    }
    return (char *)list->items + list->count++ * size;
}

void *list_copy(const struct list *list, struct arena *arena, size_t size, size_t alignment)
{
    if (list->count == 0) {
        return NULL;
    }
    void *items = arena_take(arena, list->count, size, alignment);
    if (items != NULL) {
        memcpy(items, list->items, list->count * size);
    }
    return items;
}
