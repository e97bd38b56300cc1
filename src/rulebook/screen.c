#include "rulebook/screen_plan.h"

#include <string.h>

/* --- levels -------------------------------------------------------------------------------- */

#if defined(__x86_64__)
bool screen_level_is_there(enum screen_level level)
{
    switch (level) {
    case SCREEN_PLAIN:
        return true;
    case SCREEN_AVX2:
        return __builtin_cpu_supports("avx2") != 0;
    case SCREEN_AVX512:
        return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
               __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vbmi") != 0;
    }
    return false;
}

const struct screen_kernel *screen_kernel_of(enum screen_level level)
{
    static const struct screen_kernel *const kernels[] = {
        [SCREEN_PLAIN] = &screen_kernel_plain,
        [SCREEN_AVX2] = &screen_kernel_avx2,
        [SCREEN_AVX512] = &screen_kernel_avx512,
    };
    ASSERT(screen_level_is_there(level));
    return kernels[level];
}
#else
bool screen_level_is_there(enum screen_level level)
{
    return level == SCREEN_PLAIN;
}

const struct screen_kernel *screen_kernel_of(enum screen_level level)
{
    ASSERT(screen_level_is_there(level));
    return &screen_kernel_plain;
}
#endif

enum screen_level screen_best_level(void)
{
    return screen_level_is_there(SCREEN_AVX512) ? SCREEN_AVX512
           : screen_level_is_there(SCREEN_AVX2) ? SCREEN_AVX2
                                                : SCREEN_PLAIN;
}

const char *screen_level_name(enum screen_level level)
{
    static const char *const names[] = {
        [SCREEN_PLAIN] = "plain", [SCREEN_AVX2] = "AVX2", [SCREEN_AVX512] = "AVX-512"};
    return names[level];
}

/* --- scratch ------------------------------------------------------------------------------- */

enum { PLANE_BYTES = COLUMNS_BLOCK_WORDS * sizeof(uint64_t) };
enum { CACHE_LINE_WORDS = 64 / sizeof(uint64_t) };
enum { BUFFER_BYTES = COLUMNS_BLOCK_ROWS * sizeof(int64_t) };
/* Answers of more bytes than a core's own cache holds are written past it: to write into a cache
 * that does not have the line is to read the line first. */
enum { KEPT_BYTES_MOST = 2 * 1024 * 1024 };

/* One block at work. */
struct work {
    const struct screen *screen;
    const struct plan *plan;
    size_t block;
    uint64_t **planes; /* where each plane of the plan lies for this block */
    uint64_t *plane_slots;
    int64_t *buffer_slots;
    const struct screen_answers *answers;
    uint64_t *clear;
    uint64_t *barred;
    bool past; /* the caches, are answers written */
};

static size_t list_bytes(const struct plan *plan)
{
    return (plan->plane_count * sizeof(uint64_t *) + 63) / 64 * 64;
}

static size_t plan_bytes(const struct plan *plan)
{
    return list_bytes(plan) + plan->plane_slots * PLANE_BYTES +
           plan->buffer_slot_count * BUFFER_BYTES;
}

size_t screen_scratch_size(const struct screen *screen)
{
    const size_t main = plan_bytes(&screen->main);
    const size_t members = plan_bytes(&screen->members);
    return main > members ? main : members;
}

size_t screen_block_count(const struct screen *screen)
{
    return screen->columns->word_count / COLUMNS_BLOCK_WORDS;
}

bool screen_asks_families(const struct screen *screen)
{
    return screen->family_count > 0;
}

static struct work work_begin(const struct screen *screen, const struct plan *plan, void *scratch)
{
    char *at = scratch;
    struct work work = {.screen = screen, .plan = plan, .planes = scratch};
    work.plane_slots = (void *)(at + list_bytes(plan));
    work.buffer_slots = (void *)(at + list_bytes(plan) + plan->plane_slots * PLANE_BYTES);
    return work;
}

static void work_at_block(struct work *work, size_t block)
{
    work->block = block;
    for (size_t i = 0; i < work->plan->plane_count; i++) {
        const struct plane *plane = &work->plan->planes[i];
        /* Full and constant planes are only read. */
        work->planes[i] = plane->full == NULL
                              ? work->plane_slots + plane->slot * COLUMNS_BLOCK_WORDS
                              : (uint64_t *)(uintptr_t)plane->full +
                                    (plane->constant ? 0 : block * COLUMNS_BLOCK_WORDS);
    }
}

static int64_t *buffer(const struct work *work, uint32_t number)
{
    return work->buffer_slots + (size_t)work->plan->buffer_slots[number] * COLUMNS_BLOCK_ROWS;
}

/* --- operations on planes ------------------------------------------------------------------ */

enum { PARTS_AT_ONCE = 16 };

static void run_all(const struct work *work, const struct operation *operation)
{
    const uint64_t *t[PARTS_AT_ONCE];
    const uint64_t *f[PARTS_AT_ONCE];
    uint64_t *out_t = work->planes[operation->out.t];
    uint64_t *out_f = work->planes[operation->out.f];
    size_t count = 0;
    for (size_t i = 0; i < operation->part_count; i++) {
        t[count] = work->planes[operation->parts[i].t];
        f[count] = work->planes[operation->parts[i].f];
        count++;
        if (count == PARTS_AT_ONCE || i + 1 == operation->part_count) {
            work->screen->kernel->all(t, f, count, out_t, out_f);
            t[0] = out_t;
            f[0] = out_f;
            count = 1;
        }
    }
}

static void run_one_of(const struct work *work, const struct operation *operation)
{
    const uint64_t *planes[COLUMN_PLANES_MAX];
    for (size_t i = 0; i < operation->part_count; i++) {
        planes[i] = work->planes[operation->parts[i].t];
    }
    work->screen->kernel->one_of(planes, operation->part_count, work->planes[operation->known],
                                 work->planes[operation->out.t], work->planes[operation->out.f]);
}

static void run_choose(const struct work *work, const struct operation *operation)
{
    const uint64_t *parts[3][2];
    for (size_t i = 0; i < 3; i++) {
        parts[i][0] = work->planes[operation->parts[i].t];
        parts[i][1] = work->planes[operation->parts[i].f];
    }
    work->screen->kernel->choose(parts[0], parts[1], parts[2], work->planes[operation->out.t],
                                 work->planes[operation->out.f]);
}

static const void *cells_at(const struct column *column, size_t block)
{
    const size_t first = block * COLUMNS_BLOCK_ROWS;
    if (column->kind == COLUMN_CELLS_8) {
        return (const uint8_t *)column->cells + first;
    }
    if (column->kind == COLUMN_CELLS_16) {
        return (const uint16_t *)column->cells + first;
    }
    if (column->kind == COLUMN_CELLS_64) {
        return (const uint64_t *)column->cells + first;
    }
    return (const uint32_t *)column->cells + first;
}

static void run_range(const struct work *work, const struct operation *operation)
{
    const struct screen_kernel *kernel = work->screen->kernel;
    const void *cells = cells_at(operation->column, work->block);
    const uint64_t *known = work->planes[operation->known];
    uint64_t *t = work->planes[operation->out.t];
    uint64_t *f = work->planes[operation->out.f];
    if (operation->column->kind == COLUMN_CELLS_8) {
        kernel->range_8(cells, (uint8_t)operation->low, (uint8_t)operation->span, known, t, f);
    } else if (operation->column->kind == COLUMN_CELLS_16) {
        kernel->range_16(cells, (uint16_t)operation->low, (uint16_t)operation->span, known, t, f);
    } else if (operation->column->kind == COLUMN_CELLS_32) {
        kernel->range_32(cells, (uint32_t)operation->low, (uint32_t)operation->span, known, t, f);
    } else {
        ASSERT(operation->column->kind == COLUMN_CELLS_64);
        kernel->range_64(cells, operation->low, operation->span, known, t, f);
    }
}

static void run_look_up(const struct work *work, const struct operation *operation)
{
    const struct screen_kernel *kernel = work->screen->kernel;
    const void *cells = cells_at(operation->column, work->block);
    const uint64_t *known = work->planes[operation->known];
    uint64_t *t[LOOK_UPS_MAX];
    uint64_t *f[LOOK_UPS_MAX];
    for (size_t i = 0; i < operation->out_count; i++) {
        t[i] = work->planes[operation->outs[i].t];
        f[i] = work->planes[operation->outs[i].f];
    }
    if (operation->column->kind == COLUMN_CELLS_8) {
        kernel->look_up_8(cells, operation->table, operation->out_count, known, t, f);
    } else {
        ASSERT(operation->column->kind == COLUMN_CELLS_16);
        kernel->look_up_16(cells, operation->table, operation->out_count, known, t, f);
    }
}

static void run_keep(const struct work *work, const struct operation *operation)
{
    const struct family_condition *family = &work->screen->families[operation->item];
    const size_t first = work->block * COLUMNS_BLOCK_WORDS;
    memcpy(family->t + first, work->planes[operation->parts[0].t], PLANE_BYTES);
    memcpy(family->f + first, work->planes[operation->parts[0].f], PLANE_BYTES);
}

static void run_tell(const struct work *work, const struct operation *operation)
{
    const struct screen_kernel *kernel = work->screen->kernel;
    const size_t first = work->block * COLUMNS_BLOCK_WORDS;
    const uint64_t *t = work->planes[operation->parts[0].t];
    const uint64_t *f = work->planes[operation->parts[0].f];
    kernel->add(t, f, work->clear, work->barred);
    if (work->answers->each_barred != NULL) {
        uint64_t *barred = work->answers->each_barred[operation->item] + first;
        uint64_t *unknown = work->answers->each_unknown[operation->item] + first;
        (work->past ? kernel->tell_past : kernel->tell)(t, f, barred, unknown);
    }
}

/* --- operations on numbers, row by row ----------------------------------------------------- */

static void numbers_of_planes(const struct work *work, const struct column *column, size_t count,
                              int64_t *numbers)
{
    const size_t first = work->block * COLUMNS_BLOCK_WORDS;
    memset(numbers, 0, BUFFER_BYTES);
    for (size_t i = 0; i < count; i++) {
        const int64_t number = column->kind == COLUMN_FLAG ? 1 : (int64_t)i;
        for (size_t row = 0; row < COLUMNS_BLOCK_ROWS; row++) {
            numbers[row] = plane_bit(column->planes[i] + first, row) ? number : numbers[row];
        }
    }
}

static void run_numbers(const struct work *work, const struct operation *operation)
{
    const struct column *column = operation->column;
    int64_t *numbers = buffer(work, operation->worth.numbers);
    if (column->kind == COLUMN_FLAG || column->kind == COLUMN_CHOICE) {
        numbers_of_planes(work, column,
                          column->kind == COLUMN_FLAG ? 1 : (size_t)operation->constant, numbers);
        return;
    }
    column_numbers(column, work->block * COLUMNS_BLOCK_ROWS, COLUMNS_BLOCK_ROWS, numbers);
}

static void run_fill(const struct work *work, const struct operation *operation)
{
    int64_t *numbers = buffer(work, operation->worth.numbers);
    for (size_t row = 0; row < COLUMNS_BLOCK_ROWS; row++) {
        numbers[row] = operation->constant;
    }
}

static void run_sum(const struct work *work, const struct operation *operation)
{
    const struct hop_table *hop = &operation->hop;
    const int64_t *from = buffer(work, operation->worths[0].numbers);
    const uint64_t *from_known = work->planes[operation->worths[0].known];
    int64_t *numbers = buffer(work, operation->worth.numbers);
    uint64_t *known = work->planes[operation->worth.known];
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        uint64_t bits = 0;
        for (size_t i = 0; i < 64; i++) {
            const size_t row = word * 64 + i;
            const uint64_t place = (uint64_t)(from[row] - hop->least);
            const int32_t day = place < hop->count ? hop->days[place] : HOP_UNKNOWN;
            numbers[row] = day;
            bits |= (uint64_t)(day != HOP_UNKNOWN ? 1 : 0) << i;
        }
        known[word] = bits & from_known[word];
    }
}

static void run_extreme(const struct work *work, const struct operation *operation)
{
    const int64_t *a = buffer(work, operation->worths[0].numbers);
    const int64_t *b = buffer(work, operation->worths[1].numbers);
    const uint64_t *a_known = work->planes[operation->worths[0].known];
    const uint64_t *b_known = work->planes[operation->worths[1].known];
    int64_t *numbers = buffer(work, operation->worth.numbers);
    uint64_t *known = work->planes[operation->worth.known];
    for (size_t row = 0; row < COLUMNS_BLOCK_ROWS; row++) {
        numbers[row] = (a[row] > b[row]) == operation->later ? a[row] : b[row];
    }
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        known[word] = a_known[word] & b_known[word];
    }
}

static void run_either(const struct work *work, const struct operation *operation)
{
    const int64_t *a = buffer(work, operation->worths[0].numbers);
    const int64_t *b = buffer(work, operation->worths[1].numbers);
    const uint64_t *a_known = work->planes[operation->worths[0].known];
    const uint64_t *b_known = work->planes[operation->worths[1].known];
    const uint64_t *t = work->planes[operation->parts[0].t];
    const uint64_t *f = work->planes[operation->parts[0].f];
    int64_t *numbers = buffer(work, operation->worth.numbers);
    uint64_t *known = work->planes[operation->worth.known];
    for (size_t row = 0; row < COLUMNS_BLOCK_ROWS; row++) {
        numbers[row] = plane_bit(t, row) ? a[row] : b[row];
    }
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        known[word] = (t[word] & a_known[word]) | (f[word] & b_known[word]);
    }
}

static void run_compare(const struct work *work, const struct operation *operation)
{
    const int64_t *a = buffer(work, operation->worths[0].numbers);
    const int64_t *b = buffer(work, operation->worths[1].numbers);
    const uint64_t *a_known = work->planes[operation->worths[0].known];
    const uint64_t *b_known = work->planes[operation->worths[1].known];
    uint64_t *t = work->planes[operation->out.t];
    uint64_t *f = work->planes[operation->out.f];
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        uint64_t bits = 0;
        for (size_t i = 0; i < 64; i++) {
            const size_t row = word * 64 + i;
            const int order = (a[row] > b[row]) - (a[row] < b[row]);
            bits |= (uint64_t)(operation->true_when[order + 1] ? 1 : 0) << i;
        }
        t[word] = bits & a_known[word] & b_known[word];
        f[word] = ~bits & a_known[word] & b_known[word];
    }
}

static struct country_set set_at(const struct work *work, const struct sets *sets, size_t row)
{
    const size_t first = work->block * COLUMNS_BLOCK_ROWS;
    return sets->column == NULL
               ? sets->constant
               : sets->column->sets[((const uint32_t *)sets->column->cells)[first + row]];
}

/* Row by row of those of whom both sides are known. Most ask what the one before them asked. */
static void run_in_set(const struct work *work, const struct operation *operation)
{
    const int64_t *codes = buffer(work, operation->worths[0].numbers);
    const uint64_t *code_known = work->planes[operation->worths[0].known];
    const uint64_t *set_known = work->planes[operation->sets[0].known];
    struct country_set set = {0};
    int64_t code = -1;
    bool found = false;
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const uint64_t known = code_known[word] & set_known[word];
        uint64_t bits = 0;
        for (uint64_t left = known; left != 0; left &= left - 1) {
            const size_t row = word * 64 + (size_t)__builtin_ctzll(left);
            const struct country_set next = set_at(work, &operation->sets[0], row);
            if (next.codes != set.codes || next.count != set.count || codes[row] != code) {
                set = next;
                code = codes[row];
                found = country_set_has(&set, code);
            }
            bits |= found ? left & (0 - left) : 0;
        }
        work->planes[operation->out.t][word] = bits;
        work->planes[operation->out.f][word] = known & ~bits;
    }
}

static void run_same_set(const struct work *work, const struct operation *operation)
{
    const uint64_t *a_known = work->planes[operation->sets[0].known];
    const uint64_t *b_known = work->planes[operation->sets[1].known];
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const uint64_t known = a_known[word] & b_known[word];
        uint64_t bits = 0;
        for (uint64_t left = known; left != 0; left &= left - 1) {
            const size_t row = word * 64 + (size_t)__builtin_ctzll(left);
            const struct country_set a = set_at(work, &operation->sets[0], row);
            const struct country_set b = set_at(work, &operation->sets[1], row);
            bits |= country_set_equal(&a, &b) ? left & (0 - left) : 0;
        }
        work->planes[operation->out.t][word] = bits;
        work->planes[operation->out.f][word] = known & ~bits;
    }
}

/* --- blocks -------------------------------------------------------------------------------- */

static void run_operation(const struct work *work, const struct operation *operation)
{
    switch (operation->kind) {
    case OPERATION_ALL:
        run_all(work, operation);
        break;
    case OPERATION_CHOOSE:
        run_choose(work, operation);
        break;
    case OPERATION_ONE_OF:
        run_one_of(work, operation);
        break;
    case OPERATION_COMPLEMENT:
        work->screen->kernel->complement(work->planes[operation->known],
                                         work->planes[operation->out.t]);
        break;
    case OPERATION_RANGE:
        run_range(work, operation);
        break;
    case OPERATION_LOOK_UP:
        run_look_up(work, operation);
        break;
    case OPERATION_KEEP:
        run_keep(work, operation);
        break;
    case OPERATION_TELL:
        run_tell(work, operation);
        break;
    case OPERATION_NUMBERS:
        run_numbers(work, operation);
        break;
    case OPERATION_FILL:
        run_fill(work, operation);
        break;
    case OPERATION_SUM:
        run_sum(work, operation);
        break;
    case OPERATION_EXTREME:
        run_extreme(work, operation);
        break;
    case OPERATION_EITHER:
        run_either(work, operation);
        break;
    case OPERATION_COMPARE:
        run_compare(work, operation);
        break;
    case OPERATION_IN_SET:
        run_in_set(work, operation);
        break;
    case OPERATION_SAME_SET:
        run_same_set(work, operation);
        break;
    }
}

/* A column's plane is needed in pieces too short for the processor to see what comes next, so the
 * piece of the next block is asked for while this block is at work. Cells it sees by itself. */
static void fetch_next(const struct work *work, uint32_t plane)
{
    const uint64_t *next = work->planes[plane] + COLUMNS_BLOCK_WORDS;
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += CACHE_LINE_WORDS) {
        __builtin_prefetch(next + word, 0, 2);
    }
}

/* What is fetched is spread over the operations, so that the memory is never idle for long. */
static void run_block(const struct work *work, bool is_last)
{
    const struct plan *plan = work->plan;
    size_t fetched = is_last ? plan->full_count : 0;
    for (size_t i = 0; i < plan->operation_count; i++) {
        run_operation(work, &plan->operations[i]);
        while (fetched * plan->operation_count < plan->full_count * (i + 1)) {
            fetch_next(work, plan->full_planes[fetched++]);
        }
    }
}

void screen_members(const struct screen *screen, size_t first_block, size_t block_count,
                    void *scratch)
{
    struct work work = work_begin(screen, &screen->members, scratch);
    ASSERT(first_block + block_count <= screen_block_count(screen));
    for (size_t block = first_block; block < first_block + block_count; block++) {
        work_at_block(&work, block);
        run_block(&work, block + 1 == first_block + block_count);
    }
}

/* Bits beyond the last row. */
static void clear_tail(const struct screen *screen, uint64_t *plane)
{
    const size_t rows = screen->columns->row_count;
    const size_t whole = rows / 64;
    if (whole < screen->columns->word_count) {
        plane[whole] &= (UINT64_C(1) << (rows % 64)) - 1;
    }
    for (size_t word = whole + 1; word < screen->columns->word_count; word++) {
        plane[word] = 0;
    }
}

static void clear_tails(const struct screen *screen, const struct screen_answers *answers)
{
    clear_tail(screen, answers->clear);
    clear_tail(screen, answers->barred);
    for (size_t i = 0; answers->each_barred != NULL && i < screen->safeguard_count; i++) {
        clear_tail(screen, answers->each_barred[i]);
        clear_tail(screen, answers->each_unknown[i]);
    }
}

void screen_run(const struct screen *screen, size_t first_block, size_t block_count, void *scratch,
                const struct screen_answers *answers)
{
    struct work work = work_begin(screen, &screen->main, scratch);
    ASSERT(first_block + block_count <= screen_block_count(screen));
    work.answers = answers;
    work.past = 2 * screen->safeguard_count * screen->columns->word_count * sizeof(uint64_t) >
                KEPT_BYTES_MOST;
    for (size_t block = first_block; block < first_block + block_count; block++) {
        work_at_block(&work, block);
        work.clear = answers->clear + block * COLUMNS_BLOCK_WORDS;
        work.barred = answers->barred + block * COLUMNS_BLOCK_WORDS;
        memset(work.clear, 0xFF, PLANE_BYTES);
        memset(work.barred, 0, PLANE_BYTES);
        run_block(&work, block + 1 == first_block + block_count);
    }
    if (work.past) {
        screen->kernel->settle();
    }
    if (first_block + block_count == screen_block_count(screen)) {
        clear_tails(screen, answers);
    }
}

/* --- families ------------------------------------------------------------------------------ */

static void put_bit(uint64_t *plane, size_t row, bool bit)
{
    const uint64_t mask = UINT64_C(1) << (row % 64);
    plane[row / 64] = bit ? plane[row / 64] | mask : plane[row / 64] & ~mask;
}

struct tally {
    size_t yes;
    size_t no;
};

static struct tally tally_of(const struct family_condition *family, const uint32_t *rows,
                             size_t count)
{
    struct tally tally = {.yes = 0};
    for (size_t i = 0; i < count; i++) {
        tally.yes += plane_bit(family->t, rows[i]) ? 1 : 0;
        tally.no += plane_bit(family->f, rows[i]) ? 1 : 0;
    }
    return tally;
}

/* A member who may be missing from the record is one of whom nothing is known; a family that is
 * complete and empty answers no to "any" and yes to "every". */
static void answer_row(const struct family_condition *family, struct tally tally, size_t others,
                       bool complete, size_t row)
{
    const size_t yes = tally.yes - (plane_bit(family->t, row) ? 1 : 0);
    const size_t no = tally.no - (plane_bit(family->f, row) ? 1 : 0);
    const bool every = family->kind == NODE_EVERY_MEMBER;
    const bool is_true = every ? complete && yes == others : yes > 0;
    const bool is_false = every ? no > 0 : complete && no == others;
    put_bit(family->t, row, is_true);
    put_bit(family->f, row, is_false);
}

/* The planes hold each member's own answer until the whole group is tallied. */
static void answer_group(const struct screen *screen, const struct family_condition *family,
                         const uint64_t *complete, size_t group)
{
    const struct columns *columns = screen->columns;
    const uint32_t *rows = columns->members + columns->group_begin[group];
    const size_t count = columns->group_begin[group + 1] - columns->group_begin[group];
    const struct tally tally = tally_of(family, rows, count);
    for (size_t i = 0; i < count; i++) {
        answer_row(family, tally, count - 1, complete != NULL && plane_bit(complete, rows[i]),
                   rows[i]);
    }
}

static void mark_members(const struct columns *columns, uint64_t *in_group)
{
    for (size_t i = 0; i < columns->group_begin[columns->group_count]; i++) {
        put_bit(in_group, columns->members[i], true);
    }
}

static void answer_family(const struct screen *screen, const struct family_condition *family)
{
    const struct columns *columns = screen->columns;
    const struct column *column = screen->family_complete;
    const uint64_t *complete =
        column != NULL && column->kind == COLUMN_FLAG ? column->planes[0] : NULL;
    const bool every = family->kind == NODE_EVERY_MEMBER;
    for (size_t group = 0; group < columns->group_count; group++) {
        answer_group(screen, family, complete, group);
    }
    /* Those without a family on record. */
    for (size_t word = 0; word < columns->word_count; word++) {
        const uint64_t alone = ~screen->in_group[word];
        const uint64_t empty = complete == NULL ? 0 : complete[word] & alone;
        family->t[word] = (family->t[word] & ~alone) | (every ? empty : 0);
        family->f[word] = (family->f[word] & ~alone) | (every ? 0 : empty);
    }
}

void screen_families(const struct screen *screen)
{
    mark_members(screen->columns, screen->in_group);
    for (size_t i = 0; i < screen->family_count; i++) {
        answer_family(screen, &screen->families[i]);
    }
}

/* --- answers ------------------------------------------------------------------------------- */

static result new_planes(const struct screen *screen, struct arena *arena, uint64_t ***ret_planes,
                         struct err *err)
{
    uint64_t **planes = ARENA_NEW(arena, uint64_t *, screen->safeguard_count + 1);
    bool whole = planes != NULL;
    for (size_t i = 0; whole && i < screen->safeguard_count; i++) {
        planes[i] = arena_take_unset(arena, screen->columns->word_count, sizeof(uint64_t), 64);
        whole = planes[i] != NULL;
    }
    *ret_planes = planes;
    return whole ? result_ok() : arena_full(err);
}

/* Running the screen writes every word. */
result screen_answers_init(const struct screen *screen, bool each, struct arena *arena,
                           struct screen_answers *ret_answers, struct err *err)
{
    const size_t words = screen->columns->word_count;
    struct screen_answers answers = {
        .clear = arena_take_unset(arena, words, sizeof(uint64_t), 64),
        .barred = arena_take_unset(arena, words, sizeof(uint64_t), 64),
    };
    if (answers.clear == NULL || answers.barred == NULL) {
        return arena_full(err);
    }
    if (each) {
        TRY(new_planes(screen, arena, &answers.each_barred, err));
        TRY(new_planes(screen, arena, &answers.each_unknown, err));
    }
    *ret_answers = answers;
    return result_ok();
}

result screen_all(const struct screen *screen, struct arena scratch,
                  const struct screen_answers *answers, struct err *err)
{
    void *bytes = arena_take_unset(&scratch, screen_scratch_size(screen) + 1, 1, 64);
    if (bytes == NULL) {
        return arena_full(err);
    }
    if (screen_asks_families(screen)) {
        screen_members(screen, 0, screen_block_count(screen), bytes);
        screen_families(screen);
    }
    screen_run(screen, 0, screen_block_count(screen), bytes, answers);
    return result_ok();
}

enum clearance screen_clearance(const struct screen_answers *answers, size_t row)
{
    return plane_bit(answers->clear, row)    ? CLEARANCE_CLEAR
           : plane_bit(answers->barred, row) ? CLEARANCE_BARRED
                                             : CLEARANCE_UNKNOWN;
}

enum clearance screen_each(const struct screen_answers *answers, size_t safeguard, size_t row)
{
    return plane_bit(answers->each_barred[safeguard], row)    ? CLEARANCE_BARRED
           : plane_bit(answers->each_unknown[safeguard], row) ? CLEARANCE_UNKNOWN
                                                              : CLEARANCE_CLEAR;
}

void screen_count(const struct screen *screen, const struct screen_answers *answers,
                  size_t ret_counts[3])
{
    size_t clear = 0;
    size_t barred = 0;
    for (size_t word = 0; word < screen->columns->word_count; word++) {
        clear += (size_t)__builtin_popcountll(answers->clear[word]);
        barred += (size_t)__builtin_popcountll(answers->barred[word]);
    }
    ret_counts[0] = clear;
    ret_counts[1] = barred;
    ret_counts[2] = screen->columns->row_count - clear - barred;
}
