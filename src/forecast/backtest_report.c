#include "forecast/backtest_report.h"

#include <math.h>

/* Origins are told apart at the end of this year: what came after it is no longer like before. */
enum { YEAR_CALM_LAST = 2019, PARTS = 3, INTERVAL_80 = 1 };

#define COVERED_LEAST 0.7 /* of the 80 % intervals */
#define COVERED_MOST  0.9

struct part {
    const char *name;
    struct backtest_part of;
};

/* Returns how many there are; a part without origins is left out. */
static size_t parts_of(const struct backtest *backtest, struct part parts[PARTS])
{
    const struct backtest_part all = backtest_all(backtest);
    const int32_t turn = (YEAR_CALM_LAST + 1) * QUARTERS_A_YEAR - backtest->question.from.number;
    size_t count = 0;
    parts[count++] = (struct part){"all", all};
    if (turn > 0 && (size_t)turn <= all.origin_last) {
        parts[count] = (struct part){"to 2019", all};
        parts[count++].of.origin_last = (size_t)turn - 1;
        parts[count] = (struct part){"from 2020", all};
        parts[count++].of.origin_first = (size_t)turn;
    }
    return count;
}

/* --- cells --- */

struct cells {
    str *at;
    size_t used;
    struct arena *arena;
};

static void put_cell(struct cells *cells, str text)
{
    cells->at[cells->used++] = text;
}

static void put_score(struct cells *cells, double score)
{
    put_cell(cells, arena_format(cells->arena, "%.3f", score));
}

static void put_percent(struct cells *cells, double share)
{
    put_cell(cells, arena_format(cells->arena, "%.0f", 100 * share));
}

static void put_count(struct cells *cells, double count)
{
    put_cell(cells, arena_format(cells->arena, "%.0f", count));
}

static result open_cells(struct cells *cells, size_t count, struct arena *arena, struct err *err)
{
    *cells = (struct cells){.at = ARENA_NEW(arena, str, count), .arena = arena};
    return cells->at == NULL ? arena_full(err) : result_ok();
}

/* --- scores by series, and by quarters ahead --- */

static void name_columns(struct sheet *sheet)
{
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        sheet_column(sheet, str_from_c(contender_name[c]), true, false);
    }
    sheet_column(sheet, STR("in 50 %"), true, false);
    sheet_column(sheet, STR("in 80 %"), true, false);
    sheet_column(sheet, STR("in 95 %"), true, false);
    sheet_column(sheet, STR("naive 80 %"), true, false);
    sheet_column(sheet, STR("ETS 80 %"), true, false);
    sheet_column(sheet, STR("flow 80 %"), true, false);
    sheet_column(sheet, STR("scores"), true, false);
}

static void put_means(struct cells *cells, const struct backtest_mean means[CONTENDER_COUNT])
{
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        put_score(cells, means[c].crps);
    }
    for (size_t i = 0; i < SCORING_INTERVALS; i++) {
        put_percent(cells, means[CONTENDER_OURS].covered[i]);
    }
    for (size_t c = CONTENDER_OURS + 1; c < CONTENDER_COUNT; c++) {
        put_percent(cells, means[c].covered[INTERVAL_80]);
    }
    put_count(cells, (double)means[CONTENDER_OURS].count);
}

/* Of one series; of BACKTEST_SERIES: of all. */
static void means_of(const struct backtest *backtest, const struct backtest_part *part,
                     size_t series, struct backtest_mean means[CONTENDER_COUNT])
{
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        means[c] = series == BACKTEST_SERIES
                       ? backtest_mean_of_all(backtest, part, (enum contender)c)
                       : backtest_mean(backtest, part, (enum contender)c, series);
    }
}

static const char *series_name(size_t series)
{
    return series == BACKTEST_SERIES ? "all series" : series_about[backtest_series[series]].name;
}

static void note_where_worse(const struct backtest *backtest, struct arena *arena,
                             struct sheet *sheet)
{
    const struct backtest_part all = backtest_all(backtest);
    for (size_t series = 0; series <= BACKTEST_SERIES; series++) {
        struct backtest_mean means[CONTENDER_COUNT];
        means_of(backtest, &all, series, means);
        const double covered = means[CONTENDER_OURS].covered[INTERVAL_80];
        for (size_t c = CONTENDER_OURS + 1; c < CONTENDER_COUNT; c++) {
            if (means[c].count > 0 && means[c].crps <= means[CONTENDER_OURS].crps) {
                sheet_note(sheet, "Worse",
                           arena_format(arena, "%s: %s has %.3f, returnhub %.3f",
                                        series_name(series), contender_name[c], means[c].crps,
                                        means[CONTENDER_OURS].crps));
            }
        }
        if (means[CONTENDER_OURS].count > 0 &&
            (covered < COVERED_LEAST || covered > COVERED_MOST)) {
            sheet_note(sheet, "Coverage",
                       arena_format(arena, "%s: the 80 %% intervals held %.0f %%",
                                    series_name(series), 100 * covered));
        }
    }
}

static void note_question(const struct backtest *backtest, struct arena *arena, struct sheet *sheet)
{
    const struct backtest_question *question = &backtest->question;
    sheet_note(sheet, "Made with",
               arena_format(arena,
                            "--from %.*s --to %.*s --horizon %zu --futures %zu --one-in %zu --seed "
                            "%llu: %zu %s, each fitted on what had happened by its end",
                            STR_ARG(quarter_text(question->from, arena)),
                            STR_ARG(quarter_text(question->to, arena)), question->horizon,
                            question->futures, question->one_in, (unsigned long long)question->seed,
                            backtest->origin_count,
                            str_noun((int64_t)backtest->origin_count, "origin", "origins")));
    sheet_note(sheet, "Score",
               STR("continuous ranked probability score, smaller is better, divided by the series' "
                   "mean absolute change from a year before, up to the origin"));
    sheet_note(sheet, "Covered",
               STR("per cent of the numbers that lay within the central intervals"));
}

result backtest_report_scores(const struct backtest *backtest, struct arena *arena,
                              struct sheet *ret_sheet, struct err *err)
{
    struct sheet sheet = {.name = STR("scores"), .title = STR("The forecast and its rivals")};
    struct part parts[PARTS];
    struct cells cells;
    const size_t part_count = parts_of(backtest, parts);
    note_question(backtest, arena, &sheet);
    note_where_worse(backtest, arena, &sheet);
    sheet_column(&sheet, STR("origins"), false, true);
    sheet_column(&sheet, STR("series"), false, true);
    name_columns(&sheet);
    TRY(open_cells(&cells, PARTS * (BACKTEST_SERIES + 1) * sheet.column_count, arena, err));
    for (size_t p = 0; p < part_count; p++) {
        for (size_t series = 0; series <= BACKTEST_SERIES; series++) {
            struct backtest_mean means[CONTENDER_COUNT];
            means_of(backtest, &parts[p].of, series, means);
            if (means[CONTENDER_OURS].count > 0) {
                put_cell(&cells, str_from_c(parts[p].name));
                put_cell(&cells, str_from_c(series_name(series)));
                put_means(&cells, means);
                sheet.row_count++;
            }
        }
    }
    sheet.cells = cells.at;
    *ret_sheet = sheet;
    return result_ok();
}

result backtest_report_horizons(const struct backtest *backtest, struct arena *arena,
                                struct sheet *ret_sheet, struct err *err)
{
    struct sheet sheet = {.name = STR("horizons"), .title = STR("By quarters ahead, all series")};
    struct cells cells;
    sheet_column(&sheet, STR("quarters ahead"), true, true);
    name_columns(&sheet);
    TRY(open_cells(&cells, BACKTEST_HORIZON_MAX * sheet.column_count, arena, err));
    for (size_t h = 0; h < backtest->question.horizon; h++) {
        struct backtest_part part = backtest_all(backtest);
        struct backtest_mean means[CONTENDER_COUNT];
        part.horizon_first = h;
        part.horizon_last = h;
        means_of(backtest, &part, BACKTEST_SERIES, means);
        if (means[CONTENDER_OURS].count > 0) {
            put_count(&cells, (double)h + 1);
            put_means(&cells, means);
            sheet.row_count++;
        }
    }
    sheet.cells = cells.at;
    *ret_sheet = sheet;
    return result_ok();
}

/* --- every score --- */

static void put_single(struct cells *cells, const struct backtest *backtest, size_t origin,
                       size_t contender, size_t series, size_t horizon)
{
    const struct score *score =
        backtest_score(backtest, origin, (enum contender)contender, series, horizon);
    const struct quarter from = quarter_add(backtest->question.from, (int32_t)origin);
    put_cell(cells, quarter_text(from, cells->arena));
    put_cell(cells, quarter_text(quarter_add(from, (int32_t)horizon + 1), cells->arena));
    put_cell(cells, str_from_c(series_name(series)));
    put_cell(cells, str_from_c(contender_name[contender]));
    put_count(cells, score->number);
    put_count(cells, score->median);
    for (size_t i = 0; i < SCORING_INTERVALS; i++) {
        put_count(cells, score->low[i]);
        put_count(cells, score->high[i]);
    }
    put_score(cells, score->crps);
    put_score(cells, score->scale);
}

result backtest_report_all(const struct backtest *backtest, struct arena *arena,
                           struct sheet *ret_sheet, struct err *err)
{
    static const char *const columns[] = {"origin", "quarter", "series",  "contender", "number",
                                          "median", "low_50",  "high_50", "low_80",    "high_80",
                                          "low_95", "high_95", "crps",    "scale"};
    enum { COLUMNS = sizeof columns / sizeof columns[0], KEYS = 4 };
    struct sheet sheet = {.name = STR("every_score"), .title = STR("Every score")};
    struct cells cells;
    for (size_t i = 0; i < COLUMNS; i++) {
        sheet_column(&sheet, str_from_c(columns[i]), i >= KEYS, i < KEYS);
    }
    TRY(open_cells(&cells,
                   backtest->origin_count * CONTENDER_COUNT * BACKTEST_SERIES *
                       backtest->question.horizon * COLUMNS,
                   arena, err));
    for (size_t o = 0; o < backtest->origin_count; o++) {
        for (size_t s = 0; s < BACKTEST_SERIES; s++) {
            for (size_t h = 0; h < backtest->question.horizon; h++) {
                for (size_t c = 0; c < CONTENDER_COUNT; c++) {
                    if (backtest_score(backtest, o, (enum contender)c, s, h)->known) {
                        put_single(&cells, backtest, o, c, s, h);
                        sheet.row_count++;
                    }
                }
            }
        }
    }
    sheet.cells = cells.at;
    *ret_sheet = sheet;
    return result_ok();
}

/* --- the drawing --- */

enum {
    NAME_WIDTH = 150,
    PANEL_WIDTH = 340,
    PANEL_GAP = 40,
    ROW_HEIGHT = 26,
    HEAD_HEIGHT = 56,
    FOOT_HEIGHT = 46,
    DOT_SIZE = 9,
    TICK_HEIGHT = 5,
    SCORE_TICKS = 4,
};

static const char contender_letter[CONTENDER_COUNT][2] = {
    [CONTENDER_OURS] = "",
    [CONTENDER_SEASONAL] = "N",
    [CONTENDER_SMOOTHING] = "E",
    [CONTENDER_STOCK_FLOW] = "F",
};

struct canvas {
    struct drawing *drawing;
    struct arena *arena;
    bool failed;
};

static void add_shape(struct canvas *canvas, struct shape shape)
{
    canvas->failed = !drawing_add(canvas->drawing, &shape, canvas->arena) || canvas->failed;
}

static void draw_words(struct canvas *canvas, int32_t x, int32_t y, bool strong, str words)
{
    add_shape(canvas, (struct shape){.kind = SHAPE_WORDS,
                                     .at = {x, y},
                                     .width = drawing_words_width(words),
                                     .height = DRAWING_FONT_SIZE,
                                     .strong = strong,
                                     .words = words});
}

static void draw_line(struct canvas *canvas, struct point from, struct point to, bool dashed)
{
    add_shape(canvas,
              (struct shape){
                  .kind = SHAPE_LINE, .points = {from, to}, .point_count = 2, .dashed = dashed});
}

static void draw_dot(struct canvas *canvas, int32_t x, int32_t y)
{
    add_shape(canvas, (struct shape){
                          .kind = SHAPE_DOT, .at = {x, y}, .width = DOT_SIZE, .height = DOT_SIZE});
}

/* An axis below the rows, with words under its ticks. */
struct axis {
    int32_t left;
    int32_t width;
    int32_t bottom;
    double most; /* at the right end; 0 is at the left */
};

static int32_t on_axis(const struct axis *axis, double number)
{
    return axis->left + (int32_t)lround(number / axis->most * axis->width);
}

static void draw_axis(struct canvas *canvas, const struct axis *axis, double step, bool percent)
{
    draw_line(canvas, (struct point){axis->left, axis->bottom},
              (struct point){axis->left + axis->width, axis->bottom}, false);
    for (int32_t i = 0; i * step <= axis->most * 1.0001; i++) {
        const int32_t x = on_axis(axis, i * step);
        const str words = percent ? arena_format(canvas->arena, "%.0f %%", 100 * i * step)
                                  : arena_format(canvas->arena, "%.1f", i * step);
        draw_line(canvas, (struct point){x, axis->bottom},
                  (struct point){x, axis->bottom + TICK_HEIGHT}, false);
        draw_words(canvas, x - drawing_words_width(words) / 2,
                   axis->bottom + TICK_HEIGHT + DRAWING_FONT_SIZE, false, words);
    }
}

static void draw_row(struct canvas *canvas, const struct axis *scores, const struct axis *covered,
                     int32_t y, const char *name, const struct backtest_mean means[CONTENDER_COUNT])
{
    const int32_t base = y + DRAWING_FONT_SIZE / 2 - 2;
    draw_words(canvas, 0, base, false, str_from_c(name));
    draw_line(canvas, (struct point){scores->left, y},
              (struct point){scores->left + scores->width, y}, true);
    for (size_t c = 0; c < CONTENDER_COUNT; c++) {
        const int32_t x = on_axis(scores, means[c].crps);
        const str letter = str_from_c(contender_letter[c]);
        if (c == CONTENDER_OURS) {
            draw_dot(canvas, x, y);
        } else {
            draw_words(canvas, x - drawing_words_width(letter) / 2, base, false, letter);
        }
    }
    draw_dot(canvas, on_axis(covered, means[CONTENDER_OURS].covered[INTERVAL_80]), y);
}

/* The longest score, rounded up to a whole number. */
static double longest(const struct backtest *backtest)
{
    const struct backtest_part all = backtest_all(backtest);
    double most = 1;
    for (size_t series = 0; series < BACKTEST_SERIES; series++) {
        for (size_t c = 0; c < CONTENDER_COUNT; c++) {
            most = fmax(most, backtest_mean(backtest, &all, (enum contender)c, series).crps);
        }
    }
    return ceil(most);
}

static void draw_heads(struct canvas *canvas, const struct axis *scores, const struct axis *covered)
{
    draw_words(canvas, scores->left, DRAWING_FONT_SIZE, true, STR("Mean score: less is better"));
    draw_words(canvas, scores->left, 2 * DRAWING_FONT_SIZE + 4, false,
               STR("dot: returnhub  N: seasonal-naive  E: ETS  F: stock-flow"));
    draw_words(canvas, covered->left, DRAWING_FONT_SIZE, true, STR("What the 80 % intervals held"));
    draw_words(canvas, covered->left, 2 * DRAWING_FONT_SIZE + 4, false,
               STR("dashed: 70 % and 90 %"));
    for (int i = 0; i < 2; i++) {
        const int32_t x = on_axis(covered, i == 0 ? COVERED_LEAST : COVERED_MOST);
        draw_line(canvas, (struct point){x, HEAD_HEIGHT - ROW_HEIGHT / 2},
                  (struct point){x, covered->bottom}, true);
    }
}

result backtest_report_draw(const struct backtest *backtest, struct arena *arena,
                            struct drawing *ret_drawing, struct err *err)
{
    const struct backtest_part all = backtest_all(backtest);
    const int32_t bottom = HEAD_HEIGHT + (BACKTEST_SERIES + 1) * ROW_HEIGHT;
    const struct axis scores = {NAME_WIDTH, PANEL_WIDTH, bottom, longest(backtest)};
    const struct axis covered = {NAME_WIDTH + PANEL_WIDTH + PANEL_GAP, PANEL_WIDTH, bottom, 1};
    struct drawing drawing = {
        .width = covered.left + PANEL_WIDTH + PANEL_GAP,
        .height = bottom + FOOT_HEIGHT,
        .title = STR("The forecast and its rivals, series by series"),
        .about = STR("For each series the mean score of the forecast and of three rivals, and the "
                     "share of the published numbers that lay in the 80 % intervals; the same "
                     "numbers stand in the table."),
    };
    struct canvas canvas = {.drawing = &drawing, .arena = arena};
    draw_heads(&canvas, &scores, &covered);
    draw_axis(&canvas, &scores, scores.most / SCORE_TICKS, false);
    draw_axis(&canvas, &covered, 0.1, true);
    for (size_t series = 0; series <= BACKTEST_SERIES; series++) {
        struct backtest_mean means[CONTENDER_COUNT];
        means_of(backtest, &all, series, means);
        if (means[CONTENDER_OURS].count > 0) {
            draw_row(&canvas, &scores, &covered, HEAD_HEIGHT + (int32_t)series * ROW_HEIGHT,
                     series_name(series), means);
        }
    }
    if (canvas.failed) {
        return arena_full(err);
    }
    *ret_drawing = drawing;
    return result_ok();
}
