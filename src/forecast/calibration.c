#include "forecast/calibration.h"

#include <math.h>
#include <stdlib.h>

static str number_text(double number, struct arena *arena)
{
    return arena_format(arena, "%.4f", number);
}

static struct driver_model mean_model(const struct driver_fit *fit)
{
    struct driver_model mean = {.gain = 0};
    for (size_t m = 0; m < DRIVER_MODELS; m++) {
        const struct driver_model model = driver_model(m);
        mean.gain += fit->weight[m] * model.gain;
        mean.trend_gain += fit->weight[m] * model.trend_gain;
        mean.damping += fit->weight[m] * model.damping;
        mean.pull += fit->weight[m] * model.pull;
    }
    return mean;
}

static double cutting_weight(const struct driver_fit *fit)
{
    double sum = 0;
    for (size_t m = 0; m < DRIVER_MODELS; m++) {
        sum += driver_model(m).cuts ? fit->weight[m] : 0;
    }
    return sum;
}

result calibration_drivers(const struct drivers *drivers, struct arena *arena,
                           struct sheet *ret_sheet, struct err *err)
{
    static const char *const columns[] = {
        "driver",   "level", "centre",     "spread",  "season 1", "season 2", "season 3",
        "season 4", "gain",  "trend gain", "damping", "pull",     "cuts"};
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    struct sheet sheet = {.name = STR("drivers"), .title = STR("What was fitted")};
    str *cells = ARENA_NEW(arena, str, DRIVER_COUNT * COLUMNS);
    if (cells == NULL) {
        return arena_full(err);
    }
    sheet_note(&sheet, "Fitted on",
               arena_format(arena, "%zu %s to %.*s", drivers->quarter_count,
                            str_noun((int64_t)drivers->quarter_count, "quarter", "quarters"),
                            STR_ARG(quarter_text(drivers->until, arena))));
    for (size_t i = 0; i < COLUMNS; i++) {
        sheet_column(&sheet, str_from_c(columns[i]), i > 0, i == 0);
    }
    for (size_t i = 0; i < DRIVER_COUNT; i++) {
        const struct driver_fit *fit = &drivers->fits[i];
        const struct driver_model model = mean_model(fit);
        const double numbers[COLUMNS - 1] = {fit->home,      fit->centre,    fit->spread,
                                             fit->season[0], fit->season[1], fit->season[2],
                                             fit->season[3], model.gain,     model.trend_gain,
                                             model.damping,  model.pull,     cutting_weight(fit)};
        cells[i * COLUMNS] = str_from_c(driver_about[i].name);
        for (size_t k = 1; k < COLUMNS; k++) {
            cells[i * COLUMNS + k] = number_text(numbers[k - 1], arena);
        }
        sheet_note(&sheet, driver_about[i].name, str_from_c(driver_about[i].what));
    }
    sheet.cells = cells;
    sheet.row_count = DRIVER_COUNT;
    *ret_sheet = sheet;
    return result_ok();
}

/* --- futures --- */

enum { FUTURE_COLUMNS = 3 + 2 * ENSEMBLE_INTERVALS };

static result put_row(const struct drivers *drivers, const struct ensemble *ensemble, size_t series,
                      size_t at, struct arena *arena, struct arena scratch, str *cells,
                      struct err *err)
{
    struct ensemble_summary summary;
    size_t used = 0;
    TRY(ensemble_summarise(ensemble, NULL, series, at, scratch, &summary, err));
    cells[used++] = str_from_c(series_about[series].name);
    cells[used++] = quarter_text(quarter_add(drivers->until, (int32_t)at + 1), arena);
    cells[used++] = arena_format(arena, "%.0f", summary.median);
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        cells[used++] = arena_format(arena, "%.0f", summary.low[i]);
        cells[used++] = arena_format(arena, "%.0f", summary.high[i]);
    }
    return result_ok();
}

static void name_columns(struct sheet *sheet, struct arena *arena)
{
    sheet_column(sheet, STR("series"), false, true);
    sheet_column(sheet, STR("quarter"), false, true);
    sheet_column(sheet, STR("median"), true, false);
    for (size_t i = 0; i < ENSEMBLE_INTERVALS; i++) {
        const int percent = ensemble_interval_percent[i];
        sheet_column(sheet, arena_format(arena, "low %d %%", percent), true, false);
        sheet_column(sheet, arena_format(arena, "high %d %%", percent), true, false);
    }
}

static result make_futures(const struct drivers *drivers,
                           const struct calibration_question *question,
                           const struct ensemble *ensemble, struct arena *arena,
                           struct arena scratch, struct sheet *ret_sheet, struct err *err)
{
    struct sheet sheet = {.name = STR("futures"), .title = STR("What follows")};
    str *cells = ARENA_NEW(arena, str, SERIES_COUNT * question->horizon * FUTURE_COLUMNS);
    if (cells == NULL) {
        return arena_full(err);
    }
    sheet_note(&sheet, "Made with",
               arena_format(arena,
                            "--up-to %.*s --horizon %zu --futures %zu --one-in %zu --seed "
                            "%llu",
                            STR_ARG(quarter_text(drivers->until, arena)), question->horizon,
                            question->futures, question->one_in,
                            (unsigned long long)question->seed));
    name_columns(&sheet, arena);
    for (size_t series = 0; series < SERIES_COUNT; series++) {
        for (size_t at = 0; at < question->horizon; at++) {
            TRY(put_row(drivers, ensemble, series, at, arena, scratch,
                        cells + FUTURE_COLUMNS * sheet.row_count, err));
            sheet.row_count++;
        }
    }
    sheet.cells = cells;
    *ret_sheet = sheet;
    return result_ok();
}

/* --- how series go together --- */

enum { TOGETHER_COLUMNS = 3 };

struct ranked {
    double value;
    size_t of;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *left = a;
    const struct ranked *right = b;
    return (left->value > right->value) - (left->value < right->value);
}

/* From 0 on, less the mean of all ranks. */
static void rank_all(const double *values, size_t count, struct ranked *order, double *ret_ranks)
{
    for (size_t i = 0; i < count; i++) {
        order[i] = (struct ranked){values[i], i};
    }
    qsort(order, count, sizeof *order, by_value);
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count && order[end].value == order[first].value) {
            end++;
        }
        for (size_t i = first; i < end; i++) {
            ret_ranks[order[i].of] = (double)(first + end) / 2 - (double)count / 2;
        }
        first = end;
    }
}

static double product(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

result calibration_rank_correlation(const double *a, const double *b, size_t count,
                                    struct arena scratch, double *ret_correlation, struct err *err)
{
    struct ranked *order = ARENA_NEW(&scratch, struct ranked, count + 1);
    double *ranks_a = ARENA_NEW(&scratch, double, count + 1);
    double *ranks_b = ARENA_NEW(&scratch, double, count + 1);
    if (order == NULL || ranks_a == NULL || ranks_b == NULL) {
        return arena_full(err);
    }
    rank_all(a, count, order, ranks_a);
    rank_all(b, count, order, ranks_b);
    const double spread = sqrt(product(ranks_a, ranks_a, count) * product(ranks_b, ranks_b, count));
    *ret_correlation = spread > 0 ? product(ranks_a, ranks_b, count) / spread : 0;
    return result_ok();
}

static double *values_of(const struct ensemble *ensemble, size_t series, size_t at,
                         struct arena *arena)
{
    double *values = ARENA_NEW(arena, double, ensemble->count);
    for (uint64_t i = 0; values != NULL && i < ensemble->count; i++) {
        values[i] = ensemble_value(ensemble, i, series, at);
    }
    return values;
}

static result correlation_of(const struct ensemble *ensemble, size_t a, size_t b,
                             struct arena scratch, double *ret_correlation, struct err *err)
{
    const double pi = 3.14159265358979323846;
    double sum = 0;
    for (size_t at = 0; at < ensemble->quarter_count; at++) {
        struct arena room = scratch;
        double one = 0;
        const double *values_a = values_of(ensemble, a, at, &room);
        const double *values_b = values_of(ensemble, b, at, &room);
        if (values_a == NULL || values_b == NULL) {
            return arena_full(err);
        }
        TRY(calibration_rank_correlation(values_a, values_b, ensemble->count, room, &one, err));
        sum += one;
    }
    *ret_correlation = 2 * sin(pi / 6 * sum / (double)ensemble->quarter_count);
    return result_ok();
}

static result make_together(const struct ensemble *ensemble, struct arena *arena,
                            struct arena scratch, struct sheet *ret_sheet, struct err *err)
{
    struct sheet sheet = {.name = STR("together"), .title = STR("What goes together")};
    str *cells = ARENA_NEW(arena, str, SERIES_COUNT * SERIES_COUNT / 2 * TOGETHER_COLUMNS);
    if (cells == NULL) {
        return arena_full(err);
    }
    sheet_column(&sheet, STR("series"), false, true);
    sheet_column(&sheet, STR("with"), false, true);
    sheet_column(&sheet, STR("correlation"), true, false);
    for (size_t a = 0; a < SERIES_COUNT; a++) {
        for (size_t b = a + 1; b < SERIES_COUNT; b++) {
            str *row = &cells[TOGETHER_COLUMNS * sheet.row_count++];
            double correlation = 0;
            TRY(correlation_of(ensemble, a, b, scratch, &correlation, err));
            row[0] = str_from_c(series_about[a].name);
            row[1] = str_from_c(series_about[b].name);
            row[2] = arena_format(arena, "%.3f", correlation);
        }
    }
    sheet.cells = cells;
    *ret_sheet = sheet;
    return result_ok();
}

result calibration_make(const struct drivers *drivers, const struct calibration_question *question,
                        struct arena *arena, struct arena scratch,
                        struct calibration *ret_calibration, struct err *err)
{
    struct draw_tables *tables = ARENA_NEW(&scratch, struct draw_tables, 1);
    struct ensemble ensemble;
    if (tables == NULL) {
        return arena_full(err);
    }
    draw_tables_make(tables);
    struct people_make make = {.drivers = drivers,
                               .tables = tables,
                               .horizon = question->horizon,
                               .one_in = question->one_in};
    const struct ensemble_question asked = {
        .make = people_make,
        .make_context = &make,
        .series_count = PEOPLE_SERIES,
        .quarter_count = question->horizon,
        .seed = question->seed,
        .count = question->futures,
        .threads = question->threads,
        .bytes_a_future = people_bytes(&make),
    };
    TRY(ensemble_run(&asked, &scratch, &ensemble, err));
    TRY(make_futures(drivers, question, &ensemble, arena, scratch, &ret_calibration->futures, err));
    return make_together(&ensemble, arena, scratch, &ret_calibration->together, err);
}
