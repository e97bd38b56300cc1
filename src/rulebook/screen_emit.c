/* Adding operations to a plan, with what can be decided beforehand left out. */
#include "rulebook/screen_compile.h"

#include <string.h>

/* --- lists that grow ----------------------------------------------------------------------- */

/* Room for one more in a list of an arena, which holds anything; the list moves when it grows. */
static bool make_room(struct compiler *compiler, void **list, size_t count, size_t *capacity,
                      size_t size)
{
    if (count < *capacity) {
        return true;
    }
    const size_t larger = *capacity == 0 ? 64 : *capacity * 2;
    void *moved = arena_take_unset(compiler->arena, larger, size, alignof(max_align_t));
    if (moved == NULL) {
        compiler->full = true;
        return false;
    }
    if (count > 0) {
        memcpy(moved, *list, count * size);
    }
    *list = moved;
    *capacity = larger;
    return true;
}

static uint32_t add_plane(struct compiler *compiler, struct plane plane)
{
    struct plan *plan = compiler->pass->plan;
    void *list = plan->planes;
    if (!make_room(compiler, &list, plan->plane_count, &plan->plane_capacity,
                   sizeof plan->planes[0])) {
        return PLANE_ZEROS;
    }
    plan->planes = list;
    plan->planes[plan->plane_count] = plane;
    return (uint32_t)plan->plane_count++;
}

static uint32_t scratch_plane(struct compiler *compiler)
{
    return add_plane(compiler, (struct plane){.full = NULL});
}

static uint32_t scratch_buffer(struct compiler *compiler)
{
    struct plan *plan = compiler->pass->plan;
    void *list = plan->buffer_slots;
    if (!make_room(compiler, &list, plan->buffer_count, &plan->buffer_capacity,
                   sizeof plan->buffer_slots[0])) {
        return 0;
    }
    plan->buffer_slots = list;
    plan->buffer_slots[plan->buffer_count] = 0;
    return (uint32_t)plan->buffer_count++;
}

uint32_t emit_full_plane(struct compiler *compiler, const uint64_t *plane)
{
    const struct plan *plan = compiler->pass->plan;
    uint32_t found = PLANE_CONSTANTS;
    while (found < plan->plane_count && plan->planes[found].full != plane) {
        found++;
    }
    return found < plan->plane_count ? found : add_plane(compiler, (struct plane){.full = plane});
}

struct operation *emit(struct compiler *compiler, enum operation_kind kind, size_t part_count)
{
    struct plan *plan = compiler->pass->plan;
    void *list = plan->operations;
    struct part *parts = ARENA_NEW(compiler->arena, struct part, part_count + 1);
    if (parts == NULL || !make_room(compiler, &list, plan->operation_count,
                                    &plan->operation_capacity, sizeof plan->operations[0])) {
        compiler->full = true;
        return NULL;
    }
    plan->operations = list;
    struct operation *operation = &plan->operations[plan->operation_count++];
    *operation = (struct operation){.kind = kind, .parts = parts, .part_count = part_count};
    return operation;
}

struct operation *emit_with_part(struct compiler *compiler, enum operation_kind kind,
                                 size_t part_count)
{
    const struct part out = {.t = scratch_plane(compiler), .f = scratch_plane(compiler)};
    struct operation *operation = emit(compiler, kind, part_count);
    if (operation != NULL) {
        operation->out = out;
    }
    return operation;
}

struct operation *emit_with_worth(struct compiler *compiler, enum operation_kind kind)
{
    const struct worth worth = {.numbers = scratch_buffer(compiler),
                                .known = scratch_plane(compiler)};
    struct operation *operation = emit(compiler, kind, 1);
    if (operation != NULL) {
        operation->worth = worth;
    }
    return operation;
}

static void set_part(struct operation *operation, size_t index, struct part part)
{
    ASSERT(index < operation->part_count);
    operation->parts[index] = part;
}

/* --- truth --------------------------------------------------------------------------------- */

struct lowered lowered_constant(enum truth truth)
{
    return (struct lowered){.constant = true, .truth = truth};
}

struct lowered lowered_part(struct part part)
{
    return (struct lowered){.constant = false, .part = part};
}

struct lowered lowered_not(struct lowered lowered)
{
    static const enum truth opposite[] = {
        [TRUTH_FALSE] = TRUTH_TRUE,
        [TRUTH_TRUE] = TRUTH_FALSE,
        [TRUTH_UNKNOWN] = TRUTH_UNKNOWN,
    };
    return lowered.constant ? lowered_constant(opposite[lowered.truth])
                            : lowered_part((struct part){.t = lowered.part.f, .f = lowered.part.t});
}

struct part part_of(struct lowered lowered)
{
    static const struct part constants[] = {
        [TRUTH_FALSE] = {.t = PLANE_ZEROS, .f = PLANE_ONES},
        [TRUTH_TRUE] = {.t = PLANE_ONES, .f = PLANE_ZEROS},
        [TRUTH_UNKNOWN] = {.t = PLANE_ZEROS, .f = PLANE_ZEROS},
    };
    return lowered.constant ? constants[lowered.truth] : lowered.part;
}

static struct lowered answer_of(const struct operation *operation)
{
    return operation == NULL ? lowered_constant(TRUTH_UNKNOWN) : lowered_part(operation->out);
}

static bool same_part(struct part a, struct part b)
{
    return a.t == b.t && a.f == b.f;
}

static bool is_among(const struct part *parts, size_t count, struct part part)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || same_part(parts[i], part);
    }
    return found;
}

/* The parts that decide: without those that are true for everybody, none twice. False when one is
 * false for everybody. */
static bool gather_parts(const struct lowered *list, size_t count, struct part *parts,
                         size_t *ret_count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].constant && list[i].truth == TRUTH_FALSE) {
            return false;
        }
        const bool decides = !list[i].constant || list[i].truth == TRUTH_UNKNOWN;
        if (decides && !is_among(parts, kept, part_of(list[i]))) {
            parts[kept++] = part_of(list[i]);
        }
    }
    *ret_count = kept;
    return true;
}

struct lowered emit_all(struct compiler *compiler, const struct lowered *list, size_t count)
{
    struct part *parts = ARENA_NEW(compiler->arena, struct part, count + 1);
    size_t kept = 0;
    if (parts == NULL) {
        compiler->full = true;
        return lowered_constant(TRUTH_UNKNOWN);
    }
    if (!gather_parts(list, count, parts, &kept)) {
        return lowered_constant(TRUTH_FALSE);
    }
    if (kept == 0) {
        return lowered_constant(TRUTH_TRUE);
    }
    if (kept == 1) {
        const bool unknown = same_part(parts[0], part_of(lowered_constant(TRUTH_UNKNOWN)));
        return unknown ? lowered_constant(TRUTH_UNKNOWN) : lowered_part(parts[0]);
    }
    struct operation *operation = emit_with_part(compiler, OPERATION_ALL, kept);
    for (size_t i = 0; operation != NULL && i < kept; i++) {
        set_part(operation, i, parts[i]);
    }
    return answer_of(operation);
}

struct lowered emit_any(struct compiler *compiler, const struct lowered *list, size_t count)
{
    struct lowered *opposites = ARENA_NEW(compiler->arena, struct lowered, count + 1);
    if (opposites == NULL) {
        compiler->full = true;
        return lowered_constant(TRUTH_UNKNOWN);
    }
    for (size_t i = 0; i < count; i++) {
        opposites[i] = lowered_not(list[i]);
    }
    return lowered_not(emit_all(compiler, opposites, count));
}

struct lowered emit_choose(struct compiler *compiler, struct lowered when, struct lowered then,
                           struct lowered otherwise)
{
    if (when.constant) {
        return when.truth == TRUTH_TRUE    ? then
               : when.truth == TRUTH_FALSE ? otherwise
                                           : lowered_constant(TRUTH_UNKNOWN);
    }
    struct operation *operation = emit_with_part(compiler, OPERATION_CHOOSE, 3);
    if (operation != NULL) {
        set_part(operation, 0, part_of(when));
        set_part(operation, 1, part_of(then));
        set_part(operation, 2, part_of(otherwise));
    }
    return answer_of(operation);
}

/* --- facts --------------------------------------------------------------------------------- */

struct lowered emit_known(struct compiler *compiler, const struct column *column)
{
    if (column->kind == COLUMN_NONE) {
        return lowered_constant(TRUTH_FALSE);
    }
    const uint32_t known = emit_full_plane(compiler, column->known);
    const struct plan *plan = compiler->pass->plan;
    for (size_t i = 0; i < plan->operation_count; i++) {
        const struct operation *operation = &plan->operations[i];
        if (operation->kind == OPERATION_COMPLEMENT && operation->known == known) {
            return lowered_part((struct part){.t = known, .f = operation->out.t});
        }
    }
    const uint32_t unknown = scratch_plane(compiler);
    struct operation *operation = emit(compiler, OPERATION_COMPLEMENT, 0);
    if (operation == NULL) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    operation->known = known;
    operation->out.t = unknown;
    return lowered_part((struct part){.t = known, .f = unknown});
}

/* Cells low..low + span of those known; what lies outside is false. */
static struct lowered emit_cells(struct compiler *compiler, const struct column *column,
                                 uint64_t low, uint64_t span, uint32_t known)
{
    struct operation *operation = emit_with_part(compiler, OPERATION_RANGE, 0);
    if (operation != NULL) {
        operation->column = column;
        operation->low = low;
        operation->span = span;
        operation->known = known;
    }
    return answer_of(operation);
}

struct lowered emit_range(struct compiler *compiler, const struct column *column, int64_t from,
                          int64_t until, uint32_t known)
{
    ASSERT(column->numbers == NULL && column->least <= column->greatest);
    const int64_t first = from > column->least ? from : column->least;
    const int64_t last = until < column->greatest ? until : column->greatest;
    if (first > last) {
        return lowered_part((struct part){.t = PLANE_ZEROS, .f = known});
    }
    if (first == column->least && last == column->greatest) {
        return lowered_part((struct part){.t = known, .f = PLANE_ZEROS});
    }
    return emit_cells(compiler, column, (uint64_t)first - (uint64_t)column->base,
                      (uint64_t)last - (uint64_t)first, known);
}

/* --- choices and countries ----------------------------------------------------------------- */

static struct lowered emit_planes(struct compiler *compiler, const struct column *column,
                                  size_t choice_count, is_member *member, const void *context)
{
    size_t count = 0;
    for (size_t i = 0; i < choice_count; i++) {
        count += member(context, (int64_t)i) ? 1 : 0;
    }
    const uint32_t known = emit_full_plane(compiler, column->known);
    if (count == 0) {
        return lowered_part((struct part){.t = PLANE_ZEROS, .f = known});
    }
    struct operation *operation = emit_with_part(compiler, OPERATION_ONE_OF, count);
    size_t filled = 0;
    for (size_t i = 0; operation != NULL && i < choice_count; i++) {
        if (member(context, (int64_t)i)) {
            const struct part part = {.t = emit_full_plane(compiler, column->planes[i])};
            set_part(operation, filled++, part);
        }
    }
    if (operation != NULL) {
        operation->known = known;
    }
    return answer_of(operation);
}

static size_t cell_count(const struct column *column)
{
    return column->numbers != NULL ? column->number_count
                                   : (size_t)(column->greatest - column->least) + 1;
}

/* A look-up into the same column that has room for one more answer. */
static struct operation *look_up_with_room(struct compiler *compiler, const struct column *column)
{
    const struct plan *plan = compiler->pass->plan;
    struct operation *found = NULL;
    for (size_t i = 0; i < plan->operation_count; i++) {
        struct operation *operation = &plan->operations[i];
        if (operation->kind == OPERATION_LOOK_UP && operation->column == column &&
            operation->out_count < LOOK_UPS_MAX) {
            found = operation;
        }
    }
    return found;
}

static struct operation *new_look_up(struct compiler *compiler, const struct column *column)
{
    const size_t size = cell_count(column) < 256 ? 256 : cell_count(column);
    uint8_t *table = ARENA_NEW(compiler->arena, uint8_t, size);
    struct operation *operation = emit(compiler, OPERATION_LOOK_UP, 0);
    if (table == NULL || operation == NULL) {
        compiler->full = true;
        return NULL;
    }
    operation->column = column;
    operation->table = table;
    return operation;
}

static struct lowered emit_look_up(struct compiler *compiler, const struct column *column,
                                   const bool *wanted)
{
    const struct part out = {.t = scratch_plane(compiler), .f = scratch_plane(compiler)};
    const uint32_t known = emit_full_plane(compiler, column->known);
    struct operation *operation = look_up_with_room(compiler, column);
    operation = operation != NULL ? operation : new_look_up(compiler, column);
    if (operation == NULL) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    for (size_t cell = 0; cell < cell_count(column); cell++) {
        operation->table[cell] |= (uint8_t)((wanted[cell] ? 1U : 0U) << operation->out_count);
    }
    operation->known = known;
    operation->outs[operation->out_count++] = out;
    return lowered_part(out);
}

struct lowered emit_members(struct compiler *compiler, const struct column *column,
                            size_t choice_count, is_member *member, const void *context)
{
    if (column->kind == COLUMN_NONE) {
        return lowered_constant(TRUTH_UNKNOWN);
    }
    if (column->kind == COLUMN_CHOICE) {
        return emit_planes(compiler, column, choice_count, member, context);
    }
    const size_t cells = cell_count(column);
    bool *wanted = ARENA_NEW(compiler->arena, bool, cells + 1);
    if (wanted == NULL) {
        compiler->full = true;
        return lowered_constant(TRUTH_UNKNOWN);
    }
    size_t first = cells;
    size_t last = 0;
    size_t count = 0;
    for (size_t cell = 0; cell < cells; cell++) {
        const int64_t number =
            column->numbers != NULL ? column->numbers[cell] : column->base + (int64_t)cell;
        wanted[cell] = member(context, number);
        first = wanted[cell] && first == cells ? cell : first;
        last = wanted[cell] ? cell : last;
        count += wanted[cell] ? 1 : 0;
    }
    const uint32_t known = emit_full_plane(compiler, column->known);
    if (count == 0) {
        return lowered_part((struct part){.t = PLANE_ZEROS, .f = known});
    }
    return last - first + 1 == count ? emit_cells(compiler, column, first, last - first, known)
                                     : emit_look_up(compiler, column, wanted);
}

/* --- ends ---------------------------------------------------------------------------------- */

static void emit_end(struct compiler *compiler, enum operation_kind kind, struct lowered lowered,
                     uint32_t item)
{
    struct operation *operation = emit(compiler, kind, 1);
    if (operation != NULL) {
        operation->item = item;
        set_part(operation, 0, part_of(lowered));
    }
}

void emit_keep(struct compiler *compiler, struct lowered lowered, uint32_t family)
{
    emit_end(compiler, OPERATION_KEEP, lowered, family);
}

void emit_tell(struct compiler *compiler, struct lowered lowered, uint32_t safeguard)
{
    emit_end(compiler, OPERATION_TELL, lowered, safeguard);
}
