#include "rulebook/names.h"

#include <stdlib.h>
#include <xxhash.h>

struct named_item {
    str name;
    uint32_t item;
};

static int compare_named_items(const void *a, const void *b)
{
    const struct named_item *left = a;
    const struct named_item *right = b;
    const int order = str_compare(left->name, right->name);
    if (order != 0) {
        return order;
    }
    return left->item < right->item ? -1 : 1;
}

/* The place of the name, or the empty one where it belongs. */
static uint32_t place_of(const struct name_index *index, str name)
{
    uint32_t place = (uint32_t)XXH3_64bits(name.len == 0 ? "" : name.at, name.len) & index->mask;
    while (index->places[place] != 0 && !str_equal(index->names[index->places[place] - 1], name)) {
        place = (place + 1) & index->mask;
    }
    return place;
}

static bool build_places(struct arena *arena, struct name_index *index)
{
    size_t size = 2;
    while (size < index->count * 2) {
        size *= 2;
    }
    uint32_t *places = ARENA_NEW(arena, uint32_t, size);
    if (places == NULL) {
        return false;
    }
    index->places = places;
    index->mask = (uint32_t)(size - 1);
    for (size_t i = index->count; i > 0; i--) {
        places[place_of(index, index->names[i - 1])] = (uint32_t)i;
    }
    return true;
}

bool name_index_build(struct arena *arena, const void *items, size_t stride, size_t count,
                      struct name_index *ret_index)
{
    struct name_index index = {.count = count};
    str *names = ARENA_NEW(arena, str, count);
    uint32_t *order = ARENA_NEW(arena, uint32_t, count);
    struct arena scratch = *arena;
    struct named_item *sorted = ARENA_NEW(&scratch, struct named_item, count);
    if (names == NULL || order == NULL || sorted == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const void *item = (const char *)items + i * stride;
        sorted[i] = (struct named_item){.name = *(const str *)item, .item = (uint32_t)i};
    }
    if (count > 0) {
        qsort(sorted, count, sizeof sorted[0], compare_named_items);
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = sorted[i].name;
        order[i] = sorted[i].item;
    }
    index.names = names;
    index.items = order;
    *ret_index = index;
    return build_places(arena, ret_index);
}

uint32_t name_index_find(const struct name_index *index, str name)
{
    const uint32_t place = index->places[place_of(index, name)];
    return place == 0 ? NOT_FOUND_INDEX : index->items[place - 1];
}

str names_nearest(const str *names, size_t count, str name)
{
    struct str_nearest nearest = str_nearest_to(name);
    for (size_t i = 0; i < count; i++) {
        str_nearest_look(&nearest, names[i]);
    }
    return nearest.name;
}

str name_index_nearest(const struct name_index *index, str name)
{
    return names_nearest(index->names, index->count, name);
}

static str put_words(str name, char *room, size_t size)
{
    const size_t len = room == NULL ? 0 : name.len < size ? name.len : size;
    for (size_t i = 0; i < len; i++) {
        room[i] = name.at[i] == '_' || name.at[i] == '.' ? ' ' : name.at[i];
    }
    return (str){.at = room, .len = len};
}

str name_in_words(str name, struct arena *arena)
{
    return put_words(name, ARENA_NEW(arena, char, name.len), name.len);
}

str name_as_title_in(str name, char *room, size_t size)
{
    const str words = put_words(name, room, size);
    if (words.len > 0 && room[0] >= 'a' && room[0] <= 'z') {
        room[0] = (char)(room[0] - 'a' + 'A');
    }
    return words;
}

str name_as_title(str name, struct arena *arena)
{
    return name_as_title_in(name, ARENA_NEW(arena, char, name.len), name.len);
}

const char *item_kind_called(enum item_kind kind)
{
    static const char *const called[] = {
        [ITEM_HOLIDAYS] = "list of holidays",
        [ITEM_CALENDAR] = "calendar",
        [ITEM_ROLE] = "role",
        [ITEM_NOTICE] = "notice",
        [ITEM_STAGE] = "stage",
        [ITEM_FACT] = "fact",
        [ITEM_CLOCK] = "clock",
        [ITEM_DEFINITION] = "definition",
        [ITEM_STEP] = "step",
        [ITEM_SAFEGUARD] = "safeguard",
    };
    return called[kind];
}
