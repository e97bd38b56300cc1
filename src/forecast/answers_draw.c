/* The drawing of a series: a fan. */
#include "forecast/answers.h"

#include "format/json.h"

#include <math.h>
#include <stdio.h>

enum {
    WIDTH = 740,
    HEIGHT = 330,
    PLOT_LEFT = 84,
    PLOT_RIGHT = 724,
    PLOT_TOP = 62,
    PLOT_BOTTOM = 290,
    TICK = 5,
    STEPS_MOST = 6,  /* of the scale */
    LABELS_MOST = 6, /* of quarters */
    NUMBER_BYTES = 48,
};

struct fan {
    struct drawing drawing;
    struct arena *arena;
    const json_t *quarters;
    size_t count;
    const char *kind;
    double least;
    double most;
    double step;
    bool failed;
};

static const json_t *summary_of(const struct fan *fan, size_t quarter)
{
    return json_object_get(json_array_get(fan->quarters, quarter), fan->kind);
}

static double median_of(const struct fan *fan, size_t quarter)
{
    return json_number_value(json_object_get(summary_of(fan, quarter), "median"));
}

/* `interval` 0, 1, 2: 50, 80, 95 %; `end` 0 low, 1 high. */
static double bound_of(const struct fan *fan, size_t quarter, size_t interval, size_t end)
{
    static const char *const names[ENSEMBLE_INTERVALS] = {"interval_50", "interval_80",
                                                          "interval_95"};
    return json_number_value(
        json_array_get(json_object_get(summary_of(fan, quarter), names[interval]), end));
}

/* ---- numbers as text: 12,345 ---- */

static str number_text(double number, struct arena *arena)
{
    char digits[NUMBER_BYTES];
    struct buf buf;
    buf_init(&buf, arena, NUMBER_BYTES * 2);
    const bool small = fabs(number) < 10 && number != floor(number);
    const int len = snprintf(digits, sizeof digits, small ? "%.1f" : "%.0f", fabs(number));
    buf_put_c(&buf, number < 0 && (small || fabs(number) >= 0.5) ? "\xe2\x88\x92" : "");
    for (int i = 0; i < len; i++) {
        buf_put_c(&buf, !small && i > 0 && (len - i) % 3 == 0 ? "," : "");
        buf_put_char(&buf, digits[i]);
    }
    return buf_str(&buf);
}

/* ---- the scale ---- */

static double round_step(double least_step)
{
    const double ten = pow(10, floor(log10(least_step)));
    return least_step <= ten       ? ten
           : least_step <= 2 * ten ? 2 * ten
           : least_step <= 5 * ten ? 5 * ten
                                   : 10 * ten;
}

/* Nothing is always on it. */
static void find_scale(struct fan *fan)
{
    for (size_t i = 0; i < fan->count; i++) {
        fan->least = fmin(fan->least, bound_of(fan, i, ENSEMBLE_INTERVALS - 1, 0));
        fan->most = fmax(fan->most, bound_of(fan, i, ENSEMBLE_INTERVALS - 1, 1));
    }
    if (fan->least == fan->most) {
        fan->most = 1;
    }
    fan->step = round_step((fan->most - fan->least) / STEPS_MOST);
    fan->least = floor(fan->least / fan->step) * fan->step;
    fan->most = ceil(fan->most / fan->step) * fan->step;
}

static int32_t x_of(const struct fan *fan, size_t quarter)
{
    const double part = fan->count == 1 ? 0.5 : (double)quarter / (double)(fan->count - 1);
    return PLOT_LEFT + (int32_t)lround(part * (PLOT_RIGHT - PLOT_LEFT));
}

static int32_t y_of(const struct fan *fan, double number)
{
    return PLOT_BOTTOM - (int32_t)lround((number - fan->least) / (fan->most - fan->least) *
                                         (PLOT_BOTTOM - PLOT_TOP));
}

/* ---- shapes ---- */

static void add(struct fan *fan, struct shape shape)
{
    fan->failed = !drawing_add(&fan->drawing, &shape, fan->arena) || fan->failed;
}

static void add_words(struct fan *fan, int32_t x, int32_t y, bool strong, str words)
{
    add(fan, (struct shape){.kind = SHAPE_WORDS,
                            .at = {x, y},
                            .width = drawing_words_width(words),
                            .height = DRAWING_FONT_SIZE,
                            .strong = strong,
                            .words = words});
}

static void add_line(struct fan *fan, struct point from, struct point to, bool strong, bool dashed)
{
    add(fan, (struct shape){.kind = SHAPE_LINE,
                            .points = {from, to},
                            .point_count = 2,
                            .strong = strong,
                            .dashed = dashed});
}

static void draw_scale(struct fan *fan)
{
    const int32_t steps = (int32_t)lround((fan->most - fan->least) / fan->step);
    for (int32_t i = 0; i <= steps; i++) {
        const double number = fan->least + i * fan->step;
        const str words = number_text(fabs(number) < fan->step / 2 ? 0 : number, fan->arena);
        const int32_t y = y_of(fan, number);
        const bool zero = fabs(number) < fan->step / 2;
        add_line(fan, (struct point){PLOT_LEFT - TICK, y},
                 (struct point){zero ? PLOT_RIGHT : PLOT_LEFT, y}, false, false);
        add_words(fan, PLOT_LEFT - TICK - 3 - drawing_words_width(words), y + DRAWING_FONT_SIZE / 3,
                  false, words);
    }
}

static str quarter_name(const struct fan *fan, size_t quarter)
{
    return json_str_or_empty(json_array_get(fan->quarters, quarter), "quarter");
}

/* All of them when they are few, otherwise one a year. */
static void draw_quarters(struct fan *fan)
{
    for (size_t i = 0; i < fan->count; i++) {
        const str name = quarter_name(fan, i);
        const int32_t x = x_of(fan, i);
        const int32_t width = drawing_words_width(name);
        add_line(fan, (struct point){x, PLOT_BOTTOM}, (struct point){x, PLOT_BOTTOM + TICK}, false,
                 false);
        if (fan->count <= LABELS_MOST || str_ends(name, STR("-Q1"))) {
            const int32_t left = x - width / 2;
            add_words(fan, left + width > WIDTH ? WIDTH - width : left,
                      PLOT_BOTTOM + TICK + DRAWING_FONT_SIZE + 2, false, name);
        }
    }
}

/* The widest is the lightest and lies below. */
static void draw_band(struct fan *fan, size_t interval)
{
    struct point *outline = ARENA_NEW(fan->arena, struct point, 2 * fan->count);
    if (outline == NULL) {
        fan->failed = true;
        return;
    }
    for (size_t i = 0; i < fan->count; i++) {
        const int32_t x = x_of(fan, i);
        outline[i] = (struct point){x, y_of(fan, bound_of(fan, i, interval, 1))};
        outline[2 * fan->count - 1 - i] =
            (struct point){x, y_of(fan, bound_of(fan, i, interval, 0))};
    }
    add(fan, (struct shape){.kind = SHAPE_AREA,
                            .outline = outline,
                            .outline_count = 2 * fan->count,
                            .tint = (unsigned)(ENSEMBLE_INTERVALS - 1 - interval)});
    for (size_t i = 0; i + 1 < fan->count; i++) {
        const size_t back = 2 * fan->count - 1 - i;
        add_line(fan, outline[i], outline[i + 1], false, interval > 0);
        add_line(fan, outline[back], outline[back - 1], false, interval > 0);
    }
}

static void draw_median(struct fan *fan)
{
    for (size_t i = 0; i < fan->count; i++) {
        const struct point here = {x_of(fan, i), y_of(fan, median_of(fan, i))};
        add(fan, (struct shape){.kind = SHAPE_DOT, .at = here, .width = 6, .height = 6});
        if (i + 1 < fan->count) {
            const struct point next = {x_of(fan, i + 1), y_of(fan, median_of(fan, i + 1))};
            add_line(fan, here, next, true, false);
        }
    }
}

static str about_of(const struct fan *fan, str unit)
{
    const size_t last = fan->count - 1;
    struct arena *arena = fan->arena;
    return arena_format(
        arena,
        "In %.*s the median is %.*s %.*s; half of the futures lie between %.*s and %.*s, 80 %% "
        "between %.*s and %.*s, 95 %% between %.*s and %.*s. The numbers of all quarters stand in "
        "the table.",
        STR_ARG(quarter_name(fan, last)), STR_ARG(number_text(median_of(fan, last), arena)),
        STR_ARG(unit), STR_ARG(number_text(bound_of(fan, last, 0, 0), arena)),
        STR_ARG(number_text(bound_of(fan, last, 0, 1), arena)),
        STR_ARG(number_text(bound_of(fan, last, 1, 0), arena)),
        STR_ARG(number_text(bound_of(fan, last, 1, 1), arena)),
        STR_ARG(number_text(bound_of(fan, last, 2, 0), arena)),
        STR_ARG(number_text(bound_of(fan, last, 2, 1), arena)));
}

result answers_draw(const json_t *series, bool difference, struct arena *arena,
                    struct drawing *ret_drawing, struct err *err)
{
    const str unit = json_str_or_empty(series, "unit");
    struct fan fan = {
        .drawing = {.width = WIDTH, .height = HEIGHT},
        .arena = arena,
        .quarters = json_object_get(series, "quarters"),
        .count = json_array_size(json_object_get(series, "quarters")),
        .kind = difference ? "difference" : "level",
    };
    if (fan.count == 0 || summary_of(&fan, 0) == NULL) {
        return err_set(err, ERROR_INPUT, "The answer has no numbers to draw");
    }
    find_scale(&fan);
    fan.drawing.title = arena_format(arena, "%.*s%s", STR_ARG(json_str_or_empty(series, "title")),
                                     difference ? ": what the measures change" : "");
    fan.drawing.about = about_of(&fan, unit);
    if (fan.drawing.title.at == NULL || fan.drawing.about.at == NULL) {
        return arena_full(err);
    }
    for (size_t i = ENSEMBLE_INTERVALS; i > 0; i--) {
        draw_band(&fan, i - 1);
    }
    draw_scale(&fan);
    draw_quarters(&fan);
    draw_median(&fan);
    add_words(&fan, 0, DRAWING_FONT_SIZE + 2, true, fan.drawing.title);
    add_words(&fan, 0, 2 * DRAWING_FONT_SIZE + 8, false,
              arena_format(arena,
                           "%.*s. Line with dots: median. Bands, from the inside: 50, 80 and 95 %% "
                           "of the futures.",
                           STR_ARG(unit)));
    if (fan.failed) {
        return arena_full(err);
    }
    *ret_drawing = fan.drawing;
    return result_ok();
}
