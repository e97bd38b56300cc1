/* Stages in rows by their distance from the start, each row put in order so that lines cross
 * little. */
#include "rulebook/graph.h"

enum {
    STAGES_DRAWN_MAX = 200,
    EDGES_DRAWN_MAX = 1000,
    BOX_WIDTH = 168,
    BOX_HEIGHT = 58,
    GAP_ACROSS = 28,
    GAP_DOWN = 92,
    MARGIN = 40,
    ROW_MAX = 7, /* boxes beside each other */
    LINE_CHARACTERS = 22,
    LINE_HEIGHT = 16,
    LINES_MAX = 3,
    SWEEPS = 6,
    STAGES_LEFT_MAX = 4, /* by a step whose lines are drawn */
    LINES_CLOSE_MAX = 8, /* of a stage, before they are drawn faintly */
    SCALE = 1000,        /* positions are averaged as whole numbers */
};

/* One line for all steps from a stage to another. */
struct edge {
    uint32_t from;
    uint32_t to;
    int32_t from_x; /* where on its stages it begins and ends */
    int32_t to_x;
};

struct graph {
    const struct rulebook *rulebook;
    int32_t row[STAGES_DRAWN_MAX];
    int32_t place[STAGES_DRAWN_MAX]; /* in its row, from 0 */
    int32_t row_len[STAGES_DRAWN_MAX];
    int32_t row_count;
    struct edge edges[EDGES_DRAWN_MAX];
    size_t edge_count;
};

/* A step that leaves many stages would hide the others behind its lines; it is named below the
 * drawing. */
static bool is_drawn(const struct step *step)
{
    return !step->same_stage && !step->from_any && step->from_count <= STAGES_LEFT_MAX;
}

static bool leads(const struct rulebook *rulebook, const struct step *step, uint32_t from,
                  uint32_t to)
{
    return is_drawn(step) && step->to == to && from != to &&
           rulebook_step_leaves(rulebook, step, from);
}

static void find_edges(struct graph *graph)
{
    const struct rulebook *rulebook = graph->rulebook;
    for (uint32_t from = 0; from < rulebook->stage_count; from++) {
        for (uint32_t to = 0; to < rulebook->stage_count; to++) {
            bool found = false;
            for (size_t i = 0; i < rulebook->step_count && !found; i++) {
                found = leads(rulebook, &rulebook->steps[i], from, to);
            }
            if (found && graph->edge_count < EDGES_DRAWN_MAX) {
                graph->edges[graph->edge_count++] = (struct edge){.from = from, .to = to};
            }
        }
    }
}

/* Distance from the start; stages reached only from any stage stand in a last row. */
static void find_rows(struct graph *graph)
{
    const uint32_t count = (uint32_t)graph->rulebook->stage_count;
    for (uint32_t i = 0; i < count; i++) {
        graph->row[i] = -1;
    }
    graph->row[graph->rulebook->start_stage] = 0;
    int32_t last = 0;
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < graph->edge_count; i++) {
            const struct edge *edge = &graph->edges[i];
            if (graph->row[edge->from] == last && graph->row[edge->to] < 0) {
                graph->row[edge->to] = last + 1;
                grown = true;
            }
        }
        last += grown ? 1 : 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        graph->row[i] = graph->row[i] < 0 ? last + 1 : graph->row[i];
    }
}

/* A row too long to be read is broken into several. */
static void fill_rows(struct graph *graph)
{
    const uint32_t count = (uint32_t)graph->rulebook->stage_count;
    int32_t made = 0;
    for (int32_t row = 0; row < STAGES_DRAWN_MAX; row++) {
        int32_t len = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (graph->row[i] != row) {
                continue;
            }
            if (len == ROW_MAX) {
                made++;
                len = 0;
            }
            graph->place[i] = len++;
            graph->row_len[made] = len;
            graph->row[i] = -2 - made; /* kept apart from the rows still to be read */
        }
        made += len > 0 ? 1 : 0;
    }
    graph->row_count = made;
    for (uint32_t i = 0; i < count; i++) {
        graph->row[i] = -2 - graph->row[i];
    }
}

static int32_t row_width(const struct graph *graph, int32_t row)
{
    return graph->row_len[row] * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS;
}

static int32_t drawing_width(const struct graph *graph)
{
    int32_t width = 0;
    for (int32_t row = 0; row < graph->row_count; row++) {
        width = row_width(graph, row) > width ? row_width(graph, row) : width;
    }
    return width + 2 * MARGIN;
}

static int32_t left_of(const struct graph *graph, uint32_t stage)
{
    const int32_t row = graph->row[stage];
    return (drawing_width(graph) - row_width(graph, row)) / 2 +
           graph->place[stage] * (BOX_WIDTH + GAP_ACROSS);
}

static int32_t top_of(const struct graph *graph, uint32_t stage)
{
    return MARGIN + graph->row[stage] * (BOX_HEIGHT + GAP_DOWN);
}

/* Where a stage would like to stand: the middle of those it has lines to in other rows. */
static int32_t wished_place(const struct graph *graph, uint32_t stage)
{
    int64_t sum = 0;
    int64_t count = 0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct edge *edge = &graph->edges[i];
        const bool here = edge->from == stage || edge->to == stage;
        const uint32_t other = edge->from == stage ? edge->to : edge->from;
        if (here && graph->row[other] != graph->row[stage]) {
            sum += left_of(graph, other);
            count++;
        }
    }
    return (int32_t)(count == 0 ? left_of(graph, stage) * SCALE : sum * SCALE / count);
}

static void order_row(struct graph *graph, int32_t row)
{
    uint32_t stages[ROW_MAX];
    int32_t wishes[ROW_MAX];
    int32_t len = 0;
    for (int32_t place = 0; place < graph->row_len[row]; place++) {
        for (uint32_t i = 0; i < graph->rulebook->stage_count; i++) {
            if (graph->row[i] == row && graph->place[i] == place) {
                stages[len] = i;
                wishes[len++] = wished_place(graph, i);
            }
        }
    }
    for (int32_t i = 1; i < len; i++) {
        for (int32_t k = i; k > 0 && wishes[k] < wishes[k - 1]; k--) {
            const uint32_t stage = stages[k];
            const int32_t wish = wishes[k];
            stages[k] = stages[k - 1];
            wishes[k] = wishes[k - 1];
            stages[k - 1] = stage;
            wishes[k - 1] = wish;
        }
    }
    for (int32_t i = 0; i < len; i++) {
        graph->place[stages[i]] = i;
    }
}

static void order_rows(struct graph *graph)
{
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int32_t row = 0; row < graph->row_count; row++) {
            order_row(graph, sweep % 2 == 0 ? row : graph->row_count - 1 - row);
        }
    }
}

/* Lines of a stage begin and end side by side, in the order of what they lead to. */
static int32_t port(const struct graph *graph, uint32_t stage, const struct edge *edge,
                    bool leaving)
{
    int32_t before = 0;
    int32_t count = 0;
    const uint32_t far = leaving ? edge->to : edge->from;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct edge *other = &graph->edges[i];
        if ((leaving ? other->from : other->to) != stage) {
            continue;
        }
        const uint32_t other_far = leaving ? other->to : other->from;
        const int32_t side = left_of(graph, other_far) - left_of(graph, far);
        before += side < 0 || (side == 0 && other_far < far) ? 1 : 0;
        count++;
    }
    return left_of(graph, stage) + BOX_WIDTH * (before + 1) / (count + 1);
}

static void place_edges(struct graph *graph)
{
    for (size_t i = 0; i < graph->edge_count; i++) {
        struct edge *edge = &graph->edges[i];
        edge->from_x = port(graph, edge->from, edge, true);
        edge->to_x = port(graph, edge->to, edge, false);
    }
}

/* The titles of the steps of a line, for those who point at it. */
static void put_edge_title(const struct graph *graph, const struct edge *edge, struct buf *buf)
{
    const struct rulebook *rulebook = graph->rulebook;
    const char *before = "";
    buf_put_c(buf, "<title>");
    buf_put_html(buf, rulebook->stages[edge->from].title);
    buf_put_c(buf, " to ");
    buf_put_html(buf, rulebook->stages[edge->to].title);
    buf_put_c(buf, ": ");
    for (size_t i = 0; i < rulebook->step_count; i++) {
        if (leads(rulebook, &rulebook->steps[i], edge->from, edge->to)) {
            buf_put_c(buf, before);
            buf_put_html(buf, rulebook->steps[i].title);
            before = "; ";
        }
    }
    buf_put_c(buf, "</title>");
}

static bool leaves_by_many(const struct graph *graph, uint32_t stage)
{
    size_t count = 0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        count += graph->edges[i].from == stage ? 1 : 0;
    }
    return count > LINES_CLOSE_MAX;
}

static void draw_edge(const struct graph *graph, const struct edge *edge, struct buf *buf)
{
    const bool down = graph->row[edge->to] > graph->row[edge->from];
    const int32_t from_y = top_of(graph, edge->from) + (down ? BOX_HEIGHT : 0);
    const int32_t to_y = top_of(graph, edge->to) + (down ? 0 : BOX_HEIGHT);
    const int32_t bend = down ? GAP_DOWN / 2 : -GAP_DOWN / 2;
    buf_format(
        buf, "<path class=\"way%s%s\" marker-end=\"url(#arrow)\" d=\"M%d %d C%d %d %d %d %d %d\">",
        down ? "" : " back", leaves_by_many(graph, edge->from) ? " faint" : "", edge->from_x,
        from_y, edge->from_x, from_y + bend, edge->to_x, to_y - bend, edge->to_x, to_y);
    put_edge_title(graph, edge, buf);
    buf_put_c(buf, "</path>\n");
}

static bool is_first_byte(char c)
{
    return ((unsigned char)c & 0xC0U) != 0x80U;
}

/* The length of the next line of a title: whole words, as many as fit. */
static size_t line_len(str text)
{
    size_t characters = 0;
    size_t at_space = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (characters > 0 && text.at[i] == ' ') {
            at_space = i;
        }
        characters += is_first_byte(text.at[i]) ? 1 : 0;
        if (characters > LINE_CHARACTERS) {
            return at_space > 0 ? at_space : i;
        }
    }
    return text.len;
}

static void draw_title(str title, int32_t x, int32_t y, struct buf *buf)
{
    str lines[LINES_MAX];
    int32_t count = 0;
    str rest = str_trim(title);
    while (rest.len > 0 && count < LINES_MAX) {
        const size_t len = line_len(rest);
        lines[count++] = str_slice(rest, 0, len);
        rest = str_trim(str_slice(rest, len, rest.len));
    }
    for (int32_t i = 0; i < count; i++) {
        buf_format(buf, "<text x=\"%d\" y=\"%d\">", x,
                   y + 5 + i * LINE_HEIGHT - (count - 1) * LINE_HEIGHT / 2);
        buf_put_html(buf, lines[i]);
        buf_put_c(buf, i == count - 1 && rest.len > 0 ? "...</text>" : "</text>");
    }
}

static void draw_stage(const struct graph *graph, uint32_t index, struct buf *buf)
{
    const struct stage *stage = &graph->rulebook->stages[index];
    const int32_t x = left_of(graph, index);
    const int32_t y = top_of(graph, index);
    buf_format(buf,
               "<a href=\"#stage-%.*s\"><rect class=\"stage%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
               "height=\"%d\" rx=\"8\"/>",
               STR_ARG(stage->name), stage->start ? " start" : "", stage->outcome ? " outcome" : "",
               x, y, BOX_WIDTH, BOX_HEIGHT);
    draw_title(stage->title, x + BOX_WIDTH / 2, y + BOX_HEIGHT / 2, buf);
    buf_put_c(buf, "</a>\n");
}

static void draw(const struct graph *graph, struct buf *buf)
{
    const int32_t width = drawing_width(graph);
    const int32_t height = 2 * MARGIN + graph->row_count * (BOX_HEIGHT + GAP_DOWN) - GAP_DOWN;
    buf_format(buf,
               "<svg role=\"img\" aria-labelledby=\"graph-title graph-about\" viewBox=\"0 0 %d "
               "%d\" width=\"%d\" height=\"%d\">\n",
               width, height, width, height);
    buf_put_c(
        buf,
        "<title id=\"graph-title\">Stages and the steps between them</title>\n"
        "<desc id=\"graph-about\">Each box is a stage; each line is one step or several from a "
        "stage to the next. "
        "Dashed lines lead back. The list of steps below says the same in words.</desc>\n"
        "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
        "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\"/></marker></defs>\n");
    for (size_t i = 0; i < graph->edge_count; i++) {
        draw_edge(graph, &graph->edges[i], buf);
    }
    for (uint32_t i = 0; i < graph->rulebook->stage_count; i++) {
        draw_stage(graph, i, buf);
    }
    buf_put_c(buf, "</svg>\n");
}

static void name_undrawn(const struct rulebook *rulebook, struct buf *buf)
{
    const char *before = "<p>Not drawn, because they leave more than four stages: ";
    bool any = false;
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (is_drawn(step) || step->same_stage) {
            continue;
        }
        buf_format(buf, "%s<a href=\"#step-%.*s\">", before, STR_ARG(step->name));
        buf_put_html(buf, step->title);
        buf_put_c(buf, "</a>");
        before = "; ";
        any = true;
    }
    buf_put_c(buf, any ? ".</p>\n" : "");
}

void graph_draw(const struct rulebook *rulebook, struct buf *buf)
{
    struct graph graph = {.rulebook = rulebook};
    if (rulebook->stage_count == 0 || rulebook->stage_count > STAGES_DRAWN_MAX) {
        return;
    }
    find_edges(&graph);
    find_rows(&graph);
    fill_rows(&graph);
    order_rows(&graph);
    place_edges(&graph);
    draw(&graph, buf);
    name_undrawn(rulebook, buf);
}
