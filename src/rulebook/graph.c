/* Stages stand under each other in the order of the text. All steps to one stage from further up
 * share a line at the right, which gathers the stages they leave and ends in an arrow; those from
 * further down share one at the left. So no line passes through a box, and none lies on another:
 *   1. lines whose rows touch have different lanes;
 *   2. the ends at one side of a box are apart from each other. */
#include "rulebook/graph.h"

enum {
    STAGES_DRAWN_MAX = 200,
    MARGIN = 8,
    BOX_HEIGHT_LEAST = 22,
    BOX_PADDING = 9,
    GAP_DOWN = 13,
    GAP_PORTS = 5,
    GAP_LANES = 10,
    DOT = 4,
};

enum side { SIDE_RIGHT, SIDE_LEFT };

/* The line to one stage on one side, from the stages between `first` and `last`. */
struct bus {
    enum side side;
    uint32_t to;
    uint32_t top; /* stages, the highest and the lowest that it touches */
    uint32_t bottom;
    int32_t lane; /* 0 is the nearest to the boxes */
};

struct graph {
    const struct rulebook *rulebook;
    struct arena *arena;
    struct drawing *drawing;
    uint32_t count;
    bool *leads; /* from * count + to */
    struct bus *buses;
    size_t bus_count;
    int32_t *top; /* of each box */
    int32_t *height;
    int32_t box_left;
    int32_t box_width;
    bool full;
};

static bool leads(const struct graph *graph, uint32_t from, uint32_t to)
{
    return graph->leads[from * graph->count + to];
}

static void find_leads(struct graph *graph)
{
    const struct rulebook *rulebook = graph->rulebook;
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        for (uint32_t from = 0; !step->same_stage && from < graph->count; from++) {
            if (from != step->to && rulebook_step_leaves(rulebook, step, from)) {
                graph->leads[from * graph->count + step->to] = true;
            }
        }
    }
}

/* Neighbours are joined by an arrow of their own. */
static bool joins(const struct graph *graph, enum side side, uint32_t from, uint32_t to)
{
    const bool apart = side == SIDE_RIGHT ? from + 1 < to : from > to + 1;
    return apart && leads(graph, from, to);
}

static void find_buses(struct graph *graph)
{
    for (uint32_t to = 0; to < graph->count; to++) {
        for (int side = SIDE_RIGHT; side <= SIDE_LEFT; side++) {
            struct bus bus = {.side = (enum side)side, .to = to, .top = to, .bottom = to};
            for (uint32_t from = 0; from < graph->count; from++) {
                if (joins(graph, bus.side, from, to)) {
                    bus.top = from < bus.top ? from : bus.top;
                    bus.bottom = from > bus.bottom ? from : bus.bottom;
                }
            }
            if (bus.top != bus.bottom) {
                graph->buses[graph->bus_count++] = bus;
            }
        }
    }
}

static bool touch(const struct bus *a, const struct bus *b)
{
    return a->side == b->side && a->top <= b->bottom && b->top <= a->bottom;
}

static void sort_by_length(struct graph *graph)
{
    for (size_t i = 1; i < graph->bus_count; i++) {
        for (size_t k = i; k > 0; k--) {
            struct bus *a = &graph->buses[k - 1];
            struct bus *b = &graph->buses[k];
            if (b->bottom - b->top < a->bottom - a->top) {
                const struct bus kept = *a;
                *a = *b;
                *b = kept;
            }
        }
    }
}

static bool lane_is_taken(const struct graph *graph, size_t index)
{
    const struct bus *bus = &graph->buses[index];
    for (size_t i = 0; i < index; i++) {
        if (graph->buses[i].lane == bus->lane && touch(&graph->buses[i], bus)) {
            return true;
        }
    }
    return false;
}

/* Short lines get the lanes next to the boxes. */
static void find_lanes(struct graph *graph)
{
    sort_by_length(graph);
    for (size_t i = 0; i < graph->bus_count; i++) {
        while (lane_is_taken(graph, i)) {
            graph->buses[i].lane++;
        }
    }
}

/* Ends at a side of a box. */

static bool ends_at(const struct graph *graph, const struct bus *bus, uint32_t stage)
{
    return bus->to == stage || joins(graph, bus->side, stage, bus->to);
}

/* From top to bottom: so ordered, lines of one box do not cross each other. */
static int32_t port_order(const struct bus *bus, uint32_t stage)
{
    const bool comes = bus->to == stage;
    if (bus->side == SIDE_RIGHT) {
        return comes ? INT32_MIN : -bus->lane;
    }
    return comes ? INT32_MAX : bus->lane;
}

static int32_t port_count(const struct graph *graph, enum side side, uint32_t stage)
{
    int32_t count = 0;
    for (size_t i = 0; i < graph->bus_count; i++) {
        count += graph->buses[i].side == side && ends_at(graph, &graph->buses[i], stage) ? 1 : 0;
    }
    return count;
}

static int32_t port_y(const struct graph *graph, const struct bus *bus, uint32_t stage)
{
    int32_t before = 0;
    for (size_t i = 0; i < graph->bus_count; i++) {
        const struct bus *other = &graph->buses[i];
        if (other->side == bus->side && ends_at(graph, other, stage) &&
            port_order(other, stage) < port_order(bus, stage)) {
            before++;
        }
    }
    return graph->top[stage] +
           graph->height[stage] * (before + 1) / (port_count(graph, bus->side, stage) + 1);
}

/* Places. */

static str box_words(const struct graph *graph, uint32_t stage)
{
    const struct stage *item = &graph->rulebook->stages[stage];
    return arena_format(graph->arena, "%u. %.*s%s", stage + 1, STR_ARG(item->title),
                        item->start                 ? " (start)"
                        : item->outcome             ? " (outcome)"
                        : item->whereabouts_unknown ? " (whereabouts unknown)"
                                                    : "");
}

static void place_boxes(struct graph *graph)
{
    int32_t y = MARGIN;
    int32_t lanes[2] = {0, 0};
    for (uint32_t i = 0; i < graph->count; i++) {
        const int32_t right = port_count(graph, SIDE_RIGHT, i);
        const int32_t left = port_count(graph, SIDE_LEFT, i);
        const int32_t wished = ((right > left ? right : left) + 1) * GAP_PORTS;
        const int32_t words = drawing_words_width(box_words(graph, i)) + 2 * BOX_PADDING;
        graph->top[i] = y;
        graph->height[i] = wished > BOX_HEIGHT_LEAST ? wished : BOX_HEIGHT_LEAST;
        graph->box_width = words > graph->box_width ? words : graph->box_width;
        y += graph->height[i] + GAP_DOWN;
    }
    for (size_t i = 0; i < graph->bus_count; i++) {
        int32_t *count = &lanes[graph->buses[i].side];
        *count = graph->buses[i].lane + 1 > *count ? graph->buses[i].lane + 1 : *count;
    }
    graph->box_left = MARGIN + (lanes[SIDE_LEFT] + 1) * GAP_LANES;
    graph->drawing->width =
        graph->box_left + graph->box_width + (lanes[SIDE_RIGHT] + 1) * GAP_LANES + MARGIN;
    graph->drawing->height = y - GAP_DOWN + MARGIN;
}

static int32_t edge_x(const struct graph *graph, enum side side)
{
    return side == SIDE_RIGHT ? graph->box_left + graph->box_width : graph->box_left;
}

static int32_t lane_x(const struct graph *graph, const struct bus *bus)
{
    const int32_t away = (bus->lane + 2) * GAP_LANES;
    return edge_x(graph, bus->side) + (bus->side == SIDE_RIGHT ? away : -away);
}

/* Shapes. */

static void add(struct graph *graph, struct shape shape)
{
    graph->full = !drawing_add(graph->drawing, &shape, graph->arena) || graph->full;
}

static void draw_bus(struct graph *graph, const struct bus *bus)
{
    const int32_t x = lane_x(graph, bus);
    const int32_t edge = edge_x(graph, bus->side);
    const int32_t to_y = port_y(graph, bus, bus->to);
    const uint32_t far = bus->side == SIDE_RIGHT ? bus->top : bus->bottom;
    add(graph, (struct shape){.kind = SHAPE_LINE,
                              .dashed = bus->side == SIDE_LEFT,
                              .arrow = true,
                              .points = {{x, port_y(graph, bus, far)}, {x, to_y}, {edge, to_y}},
                              .point_count = 3});
    for (uint32_t from = 0; from < graph->count; from++) {
        if (joins(graph, bus->side, from, bus->to)) {
            const int32_t y = port_y(graph, bus, from);
            add(graph, (struct shape){.kind = SHAPE_LINE,
                                      .dashed = bus->side == SIDE_LEFT,
                                      .points = {{edge, y}, {x, y}},
                                      .point_count = 2});
            add(graph, (struct shape){.kind = SHAPE_DOT, .at = {x, y}, .width = DOT});
        }
    }
}

/* Down, and beside it up, between two boxes that stand under each other. */
static void draw_between(struct graph *graph, uint32_t upper)
{
    const int32_t above = graph->top[upper] + graph->height[upper];
    const int32_t below = graph->top[upper + 1];
    const int32_t middle = graph->box_left + graph->box_width / 2;
    if (leads(graph, upper, upper + 1)) {
        add(graph, (struct shape){.kind = SHAPE_LINE,
                                  .arrow = true,
                                  .strong = true,
                                  .points = {{middle - 10, above}, {middle - 10, below}},
                                  .point_count = 2});
    }
    if (leads(graph, upper + 1, upper)) {
        add(graph, (struct shape){.kind = SHAPE_LINE,
                                  .arrow = true,
                                  .dashed = true,
                                  .points = {{middle + 10, below}, {middle + 10, above}},
                                  .point_count = 2});
    }
}

static void draw_box(struct graph *graph, uint32_t stage)
{
    const struct stage *item = &graph->rulebook->stages[stage];
    add(graph, (struct shape){.kind = SHAPE_BOX,
                              .at = {graph->box_left, graph->top[stage]},
                              .width = graph->box_width,
                              .height = graph->height[stage],
                              .strong = item->start,
                              .twice = item->outcome});
    add(graph, (struct shape){.kind = SHAPE_WORDS,
                              .at = {graph->box_left + BOX_PADDING,
                                     graph->top[stage] + graph->height[stage] / 2 + 4},
                              .words = box_words(graph, stage)});
}

static void draw(struct graph *graph)
{
    for (size_t i = 0; i < graph->bus_count; i++) {
        draw_bus(graph, &graph->buses[i]);
    }
    for (uint32_t i = 0; i < graph->count; i++) {
        draw_box(graph, i);
    }
    for (uint32_t i = 0; i + 1 < graph->count; i++) {
        draw_between(graph, i);
    }
}

const struct drawing *graph_draw(const struct rulebook *rulebook, struct arena *arena)
{
    const size_t count = rulebook->stage_count;
    if (count == 0 || count > STAGES_DRAWN_MAX) {
        return NULL;
    }
    struct graph graph = {
        .rulebook = rulebook,
        .arena = arena,
        .count = (uint32_t)count,
        .drawing = ARENA_NEW(arena, struct drawing, 1),
        .leads = ARENA_NEW(arena, bool, count *count),
        .buses = ARENA_NEW(arena, struct bus, count * 2),
        .top = ARENA_NEW(arena, int32_t, count),
        .height = ARENA_NEW(arena, int32_t, count),
    };
    if (graph.drawing == NULL || graph.leads == NULL || graph.buses == NULL || graph.top == NULL ||
        graph.height == NULL) {
        return NULL;
    }
    graph.drawing->title = STR("Stages and the steps between them");
    graph.drawing->about = STR(
        "Each box is a stage, in the order of the text. A thick arrow is a step to the next stage. "
        "Lines at the right lead down the page, dashed lines at the left lead back up. Each line "
        "leads to the one stage where its arrow is; a dot on it is where the steps of another "
        "stage join it. The tables below name the steps.");
    find_leads(&graph);
    find_buses(&graph);
    find_lanes(&graph);
    place_boxes(&graph);
    draw(&graph);
    return graph.full ? NULL : graph.drawing;
}
