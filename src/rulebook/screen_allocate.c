/* Places for scratch planes and buffers: each lives from the operation that writes it to the last
 * one that reads it, and its place is then free for another. */
#include "rulebook/screen_plan.h"

enum { USES_MAX = 4 + 2 * LOOK_UPS_MAX };

/* What an operation touches besides its parts: planes and buffers that it reads or writes. */
struct uses {
    uint32_t planes[USES_MAX];
    size_t plane_count;
    uint32_t buffers[3];
    size_t buffer_count;
};

static bool has_worth(enum operation_kind kind)
{
    return kind == OPERATION_NUMBERS || kind == OPERATION_FILL || kind == OPERATION_SUM ||
           kind == OPERATION_EXTREME || kind == OPERATION_EITHER;
}

static size_t worths_read(enum operation_kind kind)
{
    const bool two =
        kind == OPERATION_EXTREME || kind == OPERATION_EITHER || kind == OPERATION_COMPARE;
    const bool one = kind == OPERATION_SUM || kind == OPERATION_IN_SET;
    return two ? 2 : one ? 1 : 0;
}

static struct uses uses_of(const struct operation *operation)
{
    struct uses uses = {.plane_count = 0};
    uses.planes[uses.plane_count++] = operation->known;
    uses.planes[uses.plane_count++] = operation->out.t;
    uses.planes[uses.plane_count++] = operation->out.f;
    for (size_t i = 0; i < operation->out_count; i++) {
        uses.planes[uses.plane_count++] = operation->outs[i].t;
        uses.planes[uses.plane_count++] = operation->outs[i].f;
    }
    for (size_t i = 0; i < worths_read(operation->kind); i++) {
        uses.buffers[uses.buffer_count++] = operation->worths[i].numbers;
    }
    if (has_worth(operation->kind)) {
        uses.planes[uses.plane_count++] = operation->worth.known;
        uses.buffers[uses.buffer_count++] = operation->worth.numbers;
    }
    return uses;
}

/* One kind of place: for planes, or for buffers. */
struct places {
    uint32_t *last_use; /* of each thing: the operation that touches it last */
    bool *placed;
    uint32_t *free; /* a stack */
    size_t free_count;
    size_t count; /* of places in all */
};

static result places_init(struct places *places, size_t thing_count, struct arena *arena,
                          struct err *err)
{
    *places = (struct places){
        .last_use = ARENA_NEW(arena, uint32_t, thing_count + 1),
        .placed = ARENA_NEW(arena, bool, thing_count + 1),
        .free = ARENA_NEW(arena, uint32_t, thing_count + 1),
    };
    return places->last_use == NULL || places->placed == NULL || places->free == NULL
               ? arena_full(err)
               : result_ok();
}

static void place(struct places *places, uint32_t thing, uint32_t *slot)
{
    if (!places->placed[thing]) {
        places->placed[thing] = true;
        *slot =
            places->free_count > 0 ? places->free[--places->free_count] : (uint32_t)places->count++;
    }
}

static void give_back(struct places *places, uint32_t thing, uint32_t operation, uint32_t slot)
{
    if (places->placed[thing] && places->last_use[thing] == operation) {
        places->placed[thing] = false;
        places->last_use[thing] = UINT32_MAX; /* given back once */
        places->free[places->free_count++] = slot;
    }
}

static void note_uses(const struct plan *plan, uint32_t index, struct places *planes,
                      struct places *buffers)
{
    const struct operation *operation = &plan->operations[index];
    const struct uses uses = uses_of(operation);
    for (size_t i = 0; i < uses.plane_count; i++) {
        planes->last_use[uses.planes[i]] = index;
    }
    for (size_t i = 0; i < uses.buffer_count; i++) {
        buffers->last_use[uses.buffers[i]] = index;
    }
    for (size_t i = 0; i < operation->part_count; i++) {
        planes->last_use[operation->parts[i].t] = index;
        planes->last_use[operation->parts[i].f] = index;
    }
    for (size_t i = 0; i < worths_read(operation->kind); i++) {
        planes->last_use[operation->worths[i].known] = index;
    }
    for (size_t i = 0; i < 2; i++) {
        planes->last_use[operation->sets[i].known] = index;
    }
}

static void place_plane(const struct plan *plan, struct places *planes, uint32_t plane)
{
    if (plan->planes[plane].full == NULL) {
        place(planes, plane, &plan->planes[plane].slot);
    }
}

static void give_back_plane(const struct plan *plan, struct places *planes, uint32_t plane,
                            uint32_t index)
{
    if (plan->planes[plane].full == NULL) {
        give_back(planes, plane, index, plan->planes[plane].slot);
    }
}

static void place_uses(const struct plan *plan, uint32_t index, struct places *planes,
                       struct places *buffers)
{
    const struct operation *operation = &plan->operations[index];
    const struct uses uses = uses_of(operation);
    for (size_t i = 0; i < uses.plane_count; i++) {
        place_plane(plan, planes, uses.planes[i]);
    }
    for (size_t i = 0; i < uses.buffer_count; i++) {
        place(buffers, uses.buffers[i], &plan->buffer_slots[uses.buffers[i]]);
    }
    /* Only now may places be given back, so that nothing is written where it is read. */
    for (size_t i = 0; i < uses.plane_count; i++) {
        give_back_plane(plan, planes, uses.planes[i], index);
    }
    for (size_t i = 0; i < operation->part_count; i++) {
        give_back_plane(plan, planes, operation->parts[i].t, index);
        give_back_plane(plan, planes, operation->parts[i].f, index);
    }
    for (size_t i = 0; i < worths_read(operation->kind); i++) {
        give_back_plane(plan, planes, operation->worths[i].known, index);
    }
    for (size_t i = 0; i < uses.buffer_count; i++) {
        give_back(buffers, uses.buffers[i], index, plan->buffer_slots[uses.buffers[i]]);
    }
}

static result list_full_planes(struct plan *plan, struct arena *arena, struct err *err)
{
    plan->full_planes = ARENA_NEW(arena, uint32_t, plan->plane_count + 1);
    if (plan->full_planes == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < plan->plane_count; i++) {
        if (plan->planes[i].full != NULL && !plan->planes[i].constant) {
            plan->full_planes[plan->full_count++] = (uint32_t)i;
        }
    }
    return result_ok();
}

result screen_allocate(struct plan *plan, struct arena *arena, struct err *err)
{
    struct places planes;
    struct places buffers;
    TRY(list_full_planes(plan, arena, err));
    struct arena scratch = *arena;
    TRY(places_init(&planes, plan->plane_count, &scratch, err));
    TRY(places_init(&buffers, plan->buffer_count, &scratch, err));
    for (size_t i = 0; i < plan->operation_count; i++) {
        note_uses(plan, (uint32_t)i, &planes, &buffers);
    }
    for (size_t i = 0; i < plan->operation_count; i++) {
        place_uses(plan, (uint32_t)i, &planes, &buffers);
    }
    plan->plane_slots = planes.count;
    plan->buffer_slot_count = buffers.count;
    return result_ok();
}
