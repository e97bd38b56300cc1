#include "statistics/suppress.h"

#include <string.h>

/* Nodes: 0 the source, 1 the sink, then rows, then columns. An arc is known by its row and column
 * in the table of marks: (r, c)         row r -> column c (r, C)         source -> row r (R, c)
 * column c -> sink (R, C)         sink -> source A change goes along an arc when its number can
 * grow, against it when it can shrink. */

enum { SOURCE, SINK, FIRST_ROW };

static const int64_t unreached = INT64_MAX;

struct network {
    const struct suppress_table *table;
    int64_t *numbers; /* with totals, as marks */
    size_t node_count;
    bool may_withhold;  /* what is shown may be used too, at a cost */
    size_t without_row; /* the arc whose own change is looked for */
    size_t without_column;
};

static size_t width(const struct suppress_table *table)
{
    return table->column_count + 1;
}

static size_t index_of(const struct suppress_table *table, size_t row, size_t column)
{
    return row * width(table) + column;
}

static size_t tail_of(const struct suppress_table *table, size_t row, size_t column)
{
    if (row == table->row_count) {
        return column == table->column_count ? SINK : FIRST_ROW + table->row_count + column;
    }
    return column == table->column_count ? SOURCE : FIRST_ROW + row;
}

static size_t head_of(const struct suppress_table *table, size_t row, size_t column)
{
    if (row == table->row_count) {
        return column == table->column_count ? SOURCE : SINK;
    }
    return column == table->column_count ? FIRST_ROW + row : FIRST_ROW + table->row_count + column;
}

static void add_up(const struct suppress_table *table, int64_t *numbers)
{
    const size_t rows = table->row_count;
    const size_t columns = table->column_count;
    memset(numbers, 0, (rows + 1) * (columns + 1) * sizeof *numbers);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            const int64_t number = table->cells[row * columns + column];
            ASSERT(number >= 0);
            numbers[index_of(table, row, column)] = number;
            numbers[index_of(table, row, columns)] += number;
            numbers[index_of(table, rows, column)] += number;
            numbers[index_of(table, rows, columns)] += number;
        }
    }
}

/* --- what may change --- */

static bool can_grow(const struct network *network, size_t index)
{
    const enum suppression mark = network->table->marks[index];
    return mark == WITHHELD_SMALL ? network->numbers[index] < network->table->threshold - 1
                                  : mark == WITHHELD_BESIDE || network->may_withhold;
}

static bool can_shrink(const struct network *network, size_t index)
{
    const enum suppression mark = network->table->marks[index];
    return mark == WITHHELD_SMALL ? network->numbers[index] > 1
                                  : (mark == WITHHELD_BESIDE || network->may_withhold) &&
                                        network->numbers[index] > network->table->threshold;
}

/* What it costs to withhold one more number: as much as it says; a total a thousand times that, for
 * it is what most readers look for. */
static int64_t cost_of(const struct network *network, size_t row, size_t column)
{
    const struct suppress_table *table = network->table;
    const size_t index = index_of(table, row, column);
    if (table->marks[index] != SHOWN) {
        return 0;
    }
    const bool total = row == table->row_count || column == table->column_count;
    const int64_t number = network->numbers[index];
    return (number < 1000000000 ? number + 1 : 1000000000) * (total ? 1000 : 1);
}

/* --- the cheapest way from one node to another --- */

struct candidate {
    int64_t distance;
    size_t node;
};

struct way {
    int64_t *distance;
    size_t *arc; /* by which the node was reached */
    bool *done;
    struct candidate *heap; /* the nearest first; what was reached nearer since is skipped */
    size_t heap_count;
};

static void heap_swap(struct way *way, size_t a, size_t b)
{
    const struct candidate kept = way->heap[a];
    way->heap[a] = way->heap[b];
    way->heap[b] = kept;
}

static void heap_push(struct way *way, struct candidate candidate)
{
    size_t at = way->heap_count++;
    way->heap[at] = candidate;
    while (at > 0 && way->heap[(at - 1) / 2].distance > way->heap[at].distance) {
        heap_swap(way, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static struct candidate heap_pop(struct way *way)
{
    const struct candidate least = way->heap[0];
    size_t at = 0;
    way->heap[0] = way->heap[--way->heap_count];
    for (size_t child = 1; child < way->heap_count; child = 2 * at + 1) {
        const bool right = child + 1 < way->heap_count &&
                           way->heap[child + 1].distance < way->heap[child].distance;
        child += right ? 1 : 0;
        if (way->heap[at].distance <= way->heap[child].distance) {
            break;
        }
        heap_swap(way, at, child);
        at = child;
    }
    return least;
}

static void reach(const struct network *network, struct way *way, size_t from, size_t to,
                  size_t row, size_t column)
{
    const int64_t distance = way->distance[from] + cost_of(network, row, column);
    if (!way->done[to] && distance < way->distance[to]) {
        way->distance[to] = distance;
        way->arc[to] = index_of(network->table, row, column);
        heap_push(way, (struct candidate){distance, to});
    }
}

/* The total of all stands in other tables too: to withhold it here alone would protect nothing. */
static bool must_be_shown(const struct suppress_table *table, size_t index)
{
    const size_t grand_total = (table->row_count + 1) * width(table) - 1;
    return index == grand_total && table->marks[index] == SHOWN;
}

/* Looks at the arc between `node` and its other end, in both directions; zeros are shown and never
 * withheld. */
static void look_along(const struct network *network, struct way *way, size_t node, size_t row,
                       size_t column)
{
    const struct suppress_table *table = network->table;
    const size_t index = index_of(table, row, column);
    if (network->numbers[index] == 0 || must_be_shown(table, index) ||
        (row == network->without_row && column == network->without_column)) {
        return;
    }
    const size_t tail = tail_of(table, row, column);
    const size_t head = head_of(table, row, column);
    if (tail == node && can_grow(network, index)) {
        reach(network, way, tail, head, row, column);
    }
    if (head == node && can_shrink(network, index)) {
        reach(network, way, head, tail, row, column);
    }
}

static void look_around(const struct network *network, struct way *way, size_t node)
{
    const size_t rows = network->table->row_count;
    const size_t columns = network->table->column_count;
    if (node >= FIRST_ROW && node < FIRST_ROW + rows) {
        for (size_t column = 0; column <= columns; column++) {
            look_along(network, way, node, node - FIRST_ROW, column);
        }
        return;
    }
    if (node == SOURCE || node == SINK) {
        for (size_t row = 0; node == SOURCE && row < rows; row++) {
            look_along(network, way, node, row, columns);
        }
        for (size_t column = 0; node == SINK && column < columns; column++) {
            look_along(network, way, node, rows, column);
        }
        look_along(network, way, node, rows, columns);
        return;
    }
    for (size_t row = 0; row <= rows; row++) {
        look_along(network, way, node, row, node - FIRST_ROW - rows);
    }
}

static void find_way(const struct network *network, struct way *way, size_t from, size_t to)
{
    for (size_t node = 0; node < network->node_count; node++) {
        way->distance[node] = unreached;
        way->done[node] = false;
    }
    way->distance[from] = 0;
    way->heap_count = 0;
    heap_push(way, (struct candidate){0, from});
    while (way->heap_count > 0) {
        const struct candidate nearest = heap_pop(way);
        if (way->done[nearest.node]) {
            continue;
        }
        way->done[nearest.node] = true;
        if (nearest.node == to) {
            return;
        }
        look_around(network, way, nearest.node);
    }
}

/* --- a change through one number --- */

/* The cheaper of letting it grow (a way from its head to its tail) and letting it shrink. */
static int64_t cheapest_change(struct network *network, struct way way[2], size_t row,
                               size_t column, size_t *ret_which)
{
    const struct suppress_table *table = network->table;
    const size_t index = index_of(table, row, column);
    const size_t tail = tail_of(table, row, column);
    const size_t head = head_of(table, row, column);
    int64_t cost[2] = {unreached, unreached};
    network->without_row = row;
    network->without_column = column;
    if (can_grow(network, index)) {
        find_way(network, &way[0], head, tail);
        cost[0] = way[0].distance[tail];
    }
    if (cost[0] > 0 && can_shrink(network, index)) {
        find_way(network, &way[1], tail, head);
        cost[1] = way[1].distance[head];
    }
    *ret_which = cost[1] < cost[0] ? 1 : 0;
    return cost[*ret_which];
}

static void withhold_along(struct suppress_table *table, const struct way *way, size_t from,
                           size_t to)
{
    for (size_t node = to; node != from;) {
        const size_t index = way->arc[node];
        const size_t row = index / width(table);
        const size_t column = index % width(table);
        if (table->marks[index] == SHOWN) {
            table->marks[index] = WITHHELD_BESIDE;
        }
        node = tail_of(table, row, column) == node ? head_of(table, row, column)
                                                   : tail_of(table, row, column);
    }
}

static result make_network(const struct suppress_table *table, struct arena *arena,
                           struct network *ret_network, struct way ret_way[2], struct err *err)
{
    const size_t nodes = FIRST_ROW + table->row_count + table->column_count;
    const size_t arcs = (table->row_count + 1) * width(table);
    *ret_network = (struct network){.table = table, .node_count = nodes};
    ret_network->numbers = ARENA_NEW(arena, int64_t, arcs);
    bool full = ret_network->numbers == NULL;
    for (size_t i = 0; i < 2; i++) {
        ret_way[i].distance = ARENA_NEW(arena, int64_t, nodes);
        ret_way[i].arc = ARENA_NEW(arena, size_t, nodes);
        ret_way[i].done = ARENA_NEW(arena, bool, nodes);
        ret_way[i].heap = ARENA_NEW(arena, struct candidate, 2 * arcs + 1);
        full = full || ret_way[i].distance == NULL || ret_way[i].arc == NULL ||
               ret_way[i].done == NULL || ret_way[i].heap == NULL;
    }
    if (full) {
        return arena_full(err);
    }
    add_up(table, ret_network->numbers);
    return result_ok();
}

result suppress_can_vary(const struct suppress_table *table, size_t row, size_t column,
                         struct arena scratch, bool *ret_can_vary, struct err *err)
{
    struct network network;
    struct way way[2];
    size_t which = 0;
    TRY(make_network(table, &scratch, &network, way, err));
    *ret_can_vary = cheapest_change(&network, way, row, column, &which) < unreached;
    return result_ok();
}

/* --- the whole --- */

static void withhold_small(struct suppress_table *table, const int64_t *numbers)
{
    for (size_t i = 0; i < (table->row_count + 1) * width(table); i++) {
        const bool small = numbers[i] > 0 && numbers[i] < table->threshold;
        table->marks[i] = small ? WITHHELD_SMALL : SHOWN;
    }
}

static void withhold_all(struct suppress_table *table, const int64_t *numbers)
{
    for (size_t i = 0; i < (table->row_count + 1) * width(table); i++) {
        if (numbers[i] > 0 && table->marks[i] == SHOWN) {
            table->marks[i] = WITHHELD_BESIDE;
        }
    }
}

/* Every arc of a circular change can vary, and goes on to as more is withheld: so each primary
 * number is looked at once. */
static bool protect(struct suppress_table *table, struct network *network, struct way way[2])
{
    network->may_withhold = true;
    for (size_t i = 0; i < (table->row_count + 1) * width(table); i++) {
        const size_t row = i / width(table);
        const size_t column = i % width(table);
        size_t which = 0;
        if (table->marks[i] == WITHHELD_SMALL) {
            const int64_t cost = cheapest_change(network, way, row, column, &which);
            if (cost == unreached) {
                return false;
            }
            const size_t from =
                which == 0 ? head_of(table, row, column) : tail_of(table, row, column);
            const size_t to =
                which == 0 ? tail_of(table, row, column) : head_of(table, row, column);
            withhold_along(table, &way[which], from, to);
        }
    }
    return true;
}

result suppress(struct suppress_table *table, struct arena scratch, bool *ret_protected,
                struct err *err)
{
    struct network network;
    struct way way[2];
    TRY(make_network(table, &scratch, &network, way, err));
    withhold_small(table, network.numbers);
    *ret_protected = protect(table, &network, way);
    if (!*ret_protected) {
        withhold_all(table, network.numbers);
    }
    return result_ok();
}
