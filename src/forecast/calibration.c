#include "forecast/calibration.h"

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
               arena_format(arena, "%zu quarters to %.*s", drivers->quarter_count,
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

result calibration_futures(const struct drivers *drivers,
                           const struct calibration_question *question, struct arena *arena,
                           struct arena scratch, struct sheet *ret_sheet, struct err *err)
{
    struct draw_tables *tables = ARENA_NEW(&scratch, struct draw_tables, 1);
    struct sheet sheet = {.name = STR("futures"), .title = STR("What follows")};
    struct ensemble ensemble;
    str *cells = ARENA_NEW(arena, str, SERIES_COUNT * question->horizon * FUTURE_COLUMNS);
    if (tables == NULL || cells == NULL) {
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
            TRY(put_row(drivers, &ensemble, series, at, arena, scratch,
                        cells + FUTURE_COLUMNS * sheet.row_count, err));
            sheet.row_count++;
        }
    }
    sheet.cells = cells;
    *ret_sheet = sheet;
    return result_ok();
}
