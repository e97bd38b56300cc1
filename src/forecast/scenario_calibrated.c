/* What a calibration foresees, as a number that moves from quarter to quarter.
 *
 * A calibration (docs/forecast-backtest.md) gives for each series and quarter the median and the
 * central 50, 80 and 95 % intervals. Between them, and beyond, the logarithm is taken as straight
 * in the normal variate z of the rank. A future has a rank of its own in each quarter, which moves
 * as the widths say: of a sum of independent surprises, two quarters s and t > s have the
 * correlation spread(s) / spread(t), so z keeps that part of itself from one quarter to the next,
 * and never more than all of it. After the last quarter of the calibration the last year is
 * repeated, season by season, and ranks stay.
 *
 * A calibration also says how its series go together. Numbers of one calibration are made of the
 * same independent variates: the first of its own, the second of a part of that and of one of its
 * own, and so on (Cholesky's decomposition of the correlations, in the order of the text). */
#include "forecast/quarter.h"
#include "forecast/scenario_parts.h"
#include "rulebook/names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Normal variates of 2.5, 10, 25, 50, 75, 90 and 97.5 %. */
static const double ranks[CALIBRATED_QUANTILES] = {-1.9599640, -1.2815516, -0.6744898, 0,
                                                   0.6744898,  1.2815516,  1.9599640};

enum {
    COLUMNS = 2 + CALIBRATED_QUANTILES,
    QUARTERS_OF_A_YEAR = 4,
    SERIES_NAMES_MAX = 64,
    LOW_80 = 1,
    HIGH_80 = 5,
};

/* In a row stand the median, then low and high of each interval: where each belongs. */
static const size_t places[CALIBRATED_QUANTILES] = {3, 2, 4, 1, 5, 0, 6};

/* ---- reading ---- */

struct calibration_reader {
    const struct number_item *number;
    str text;
    uint32_t line;
    struct quarter next; /* that must follow */
    str names[SERIES_NAMES_MAX];
    size_t name_count;
};

static size_t cut_words(str line, str words[COLUMNS + 1])
{
    size_t count = 0;
    size_t at = 0;
    while (count <= COLUMNS) {
        while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\r')) {
            at++;
        }
        const size_t from = at;
        while (at < line.len && line.at[at] != ' ' && line.at[at] != '\r') {
            at++;
        }
        if (at == from) {
            return count;
        }
        words[count++] = str_slice(line, from, at);
    }
    return count;
}

static result refuse_row(const struct calibration_reader *reader, const char *what, struct err *err)
{
    return scenario_refuse(reader->number->at,
                           "Make the calibration anew with `returnhub forecast calibrate`", err,
                           "%.*s, line %u: %s", STR_ARG(reader->number->file), reader->line, what);
}

static result read_row(const struct calibration_reader *reader, const str words[COLUMNS],
                       struct calibrated_quarter *ret_row, struct err *err)
{
    for (size_t i = 0; i < CALIBRATED_QUANTILES; i++) {
        char text[32];
        char *end = text;
        snprintf(text, sizeof text, "%.*s", STR_ARG(words[2 + i]));
        const double number = strtod(text, &end);
        if (*end != '\0' || end == text || !(number >= 0)) {
            return refuse_row(reader, "this is not a number of people", err);
        }
        ret_row->quantiles[places[i]] = log(fmax(number, 1));
    }
    for (size_t i = 1; i < CALIBRATED_QUANTILES; i++) {
        if (ret_row->quantiles[i] < ret_row->quantiles[i - 1]) {
            return refuse_row(reader, "the intervals do not lie within each other", err);
        }
    }
    return result_ok();
}

static void note_name(struct calibration_reader *reader, str name)
{
    for (size_t i = 0; i < reader->name_count; i++) {
        if (str_equal(reader->names[i], name)) {
            return;
        }
    }
    if (reader->name_count < SERIES_NAMES_MAX) {
        reader->names[reader->name_count++] = name;
    }
}

/* A line of the table of futures is told by the quarter in its second column. */
static result read_line(struct calibration_reader *reader, str line, struct quarter begins,
                        struct calibrated_quarter *rows, size_t *count, struct err *err)
{
    str words[COLUMNS + 1];
    struct quarter when;
    const size_t word_count = cut_words(line, words);
    if (word_count != COLUMNS || !quarter_parse(words[1], &when, NULL).ok) {
        return result_ok();
    }
    note_name(reader, words[0]);
    if (!str_equal(words[0], reader->number->series.name) || when.number < begins.number) {
        return result_ok();
    }
    if (when.number != begins.number + (int32_t)*count || *count == PROCEDURE_QUARTERS_MAX) {
        return refuse_row(reader, "a quarter is left out before it", err);
    }
    TRY(read_row(reader, words, &rows[*count], err));
    ++*count;
    return result_ok();
}

static result read_rows(struct calibration_reader *reader, struct quarter begins,
                        struct calibrated_quarter *rows, size_t *count, struct err *err)
{
    for (str rest = reader->text; rest.len > 0;) {
        const size_t end = str_find_char(rest, '\n');
        reader->line++;
        TRY(read_line(reader, str_slice(rest, 0, end), begins, rows, count, err));
        rest = str_slice(rest, end < rest.len ? end + 1 : rest.len, rest.len);
    }
    return result_ok();
}

static result find_one(struct scenario *scenario, struct number_item *number, struct arena *arena,
                       struct arena scratch, struct err *err)
{
    struct calibration_reader reader = {.number = number};
    struct calibrated_quarter *rows =
        ARENA_NEW(arena, struct calibrated_quarter, PROCEDURE_QUARTERS_MAX);
    struct quarter begins;
    if (rows == NULL) {
        return arena_full(err);
    }
    TRY(scenario_open_text(scenario, number->file, &scratch, &reader.text, err));
    const struct civil civil = date_to_civil(scenario->about.begins);
    TRY(quarter_parse(arena_format(&scratch, "%d-Q%d", civil.year, (civil.month + 2) / 3), &begins,
                      err));
    TRY(read_rows(&reader, begins, rows, &number->calibrated_count, err));
    number->calibrated = rows;
    if (number->calibrated_count > 0) {
        return result_ok();
    }
    const str nearest = names_nearest(reader.names, reader.name_count, number->series.name);
    const str hint = nearest.len > 0
                         ? arena_format(&scratch, "Did you mean \"%.*s\"?", STR_ARG(nearest))
                         : STR("Each line of the calibration names its series and quarter");
    return scenario_refuse(number->series.at, hint.at, err,
                           "The calibration %.*s does not say what \"%.*s\" is in %.*s",
                           STR_ARG(number->file), STR_ARG(number->series.name),
                           STR_ARG(quarter_text(begins, &scratch)));
}

/* ---- what goes together ---- */

enum { TOGETHER_WORDS = 3, TOGETHER_MAX = 64 };

/* The calibrated numbers of one file. */
struct together {
    struct number_item *numbers[TOGETHER_MAX];
    size_t count;
    double correlations[TOGETHER_MAX][TOGETHER_MAX];
    bool is_said[TOGETHER_MAX][TOGETHER_MAX];
};

static void note_correlation(struct together *together, const str words[TOGETHER_WORDS])
{
    char text[32];
    char *end = text;
    snprintf(text, sizeof text, "%.*s", STR_ARG(words[2]));
    const double correlation = strtod(text, &end);
    if (*end != '\0' || end == text || !(correlation >= -1 && correlation <= 1)) {
        return;
    }
    for (size_t i = 0; i < together->count; i++) {
        for (size_t j = 0; j < together->count; j++) {
            if (str_equal(together->numbers[i]->series.name, words[0]) &&
                str_equal(together->numbers[j]->series.name, words[1])) {
                together->correlations[i][j] = together->correlations[j][i] = correlation;
                together->is_said[i][j] = together->is_said[j][i] = true;
            }
        }
    }
}

static void read_correlations(str text, struct together *together)
{
    for (str rest = text; rest.len > 0;) {
        str words[COLUMNS + 1];
        const size_t end = str_find_char(rest, '\n');
        if (cut_words(str_slice(rest, 0, end), words) == TOGETHER_WORDS) {
            note_correlation(together, words);
        }
        rest = str_slice(rest, end < rest.len ? end + 1 : rest.len, rest.len);
    }
}

/* Two numbers of one series are the same wherever they stand. */
static result check_correlations(struct together *together, struct err *err)
{
    for (size_t i = 0; i < together->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct number_item *a = together->numbers[i];
            const struct number_item *b = together->numbers[j];
            if (str_equal(a->series.name, b->series.name)) {
                together->correlations[i][j] = 1;
            } else if (!together->is_said[i][j]) {
                return scenario_refuse(
                    a->at, "Make the calibration anew with `returnhub forecast calibrate`", err,
                    "%.*s does not say how \"%.*s\" and \"%.*s\" go together", STR_ARG(a->file),
                    STR_ARG(b->series.name), STR_ARG(a->series.name));
            }
        }
    }
    return result_ok();
}

/* One row of Cholesky's triangle from those before it. What rounding leaves below 0 is nothing, and
 * the row is made so long that its squares sum to 1. */
static void mix_row(const struct together *together, size_t row, struct mixed_part *parts)
{
    double squares = 0;
    for (size_t j = 0; j < row; j++) {
        const struct mixed_part *others = together->numbers[j]->mixed;
        double sum = together->correlations[row][j];
        for (size_t k = 0; k < j; k++) {
            sum -= parts[k].weight * others[k].weight;
        }
        const bool is_made_of_others = others[j].weight < 1e-6;
        parts[j].purpose = together->numbers[j]->purpose;
        parts[j].weight = is_made_of_others ? 0 : sum / others[j].weight;
        squares += parts[j].weight * parts[j].weight;
    }
    const double own = sqrt(fmax(1 - squares, 0));
    parts[row] = (struct mixed_part){together->numbers[row]->purpose, own};
    for (size_t j = 0; j <= row; j++) {
        parts[j].weight /= sqrt(squares + own * own);
    }
}

static result mix(struct together *together, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < together->count; i++) {
        struct mixed_part *parts = ARENA_NEW(arena, struct mixed_part, i + 1);
        if (parts == NULL) {
            return arena_full(err);
        }
        mix_row(together, i, parts);
        together->numbers[i]->mixed = parts;
        together->numbers[i]->mixed_count = i + 1;
    }
    return result_ok();
}

static bool is_calibrated(const struct number_item *number)
{
    return number->kind == NUMBER_ASSUMED && number->assumption == ASSUMED_CALIBRATED;
}

/* That number and those after it that are of the same file. */
static result find_together(struct scenario *scenario, size_t first, struct arena *arena,
                            struct arena scratch, struct err *err)
{
    const struct number_item *number = &scenario->numbers[first];
    struct together *together = ARENA_NEW(&scratch, struct together, 1);
    str text;
    if (together == NULL) {
        return arena_full(err);
    }
    for (size_t i = first; i < scenario->number_count; i++) {
        struct number_item *other = &scenario->numbers[i];
        if (is_calibrated(other) && str_equal(other->file, number->file)) {
            if (together->count == TOGETHER_MAX) {
                return scenario_refuse(other->at, "Use fewer", err,
                                       "A scenario can have %d numbers of one calibration",
                                       TOGETHER_MAX);
            }
            together->numbers[together->count++] = other;
        }
    }
    TRY(scenario_open_text(scenario, number->file, &scratch, &text, err));
    read_correlations(text, together);
    TRY(check_correlations(together, err));
    return mix(together, arena, err);
}

result scenario_find_calibrated(struct scenario *scenario, struct arena *arena,
                                struct arena scratch, struct err *err)
{
    for (size_t i = 0; i < scenario->number_count; i++) {
        if (is_calibrated(&scenario->numbers[i])) {
            TRY(find_one(scenario, &scenario->numbers[i], arena, scratch, err));
        }
    }
    for (size_t i = 0; i < scenario->number_count; i++) {
        if (is_calibrated(&scenario->numbers[i]) && scenario->numbers[i].mixed_count == 0) {
            TRY(find_together(scenario, i, arena, scratch, err));
        }
    }
    return result_ok();
}

/* ---- drawing ---- */

static const struct calibrated_quarter *row_of(const struct number_item *number, size_t quarter)
{
    const size_t count = number->calibrated_count;
    if (quarter < count) {
        return &number->calibrated[quarter];
    }
    const size_t year = count < QUARTERS_OF_A_YEAR ? count : QUARTERS_OF_A_YEAR;
    return &number->calibrated[count - year + (quarter - count) % year];
}

double calibrated_value(const struct number_item *number, size_t quarter, double z)
{
    const double *quantiles = row_of(number, quarter)->quantiles;
    size_t at = 1;
    while (at + 1 < CALIBRATED_QUANTILES && z > ranks[at]) {
        at++;
    }
    const double part = (z - ranks[at - 1]) / (ranks[at] - ranks[at - 1]);
    return exp(quantiles[at - 1] + part * (quantiles[at] - quantiles[at - 1]));
}

double calibrated_keeps(const struct number_item *number, size_t quarter)
{
    if (quarter >= number->calibrated_count) {
        return 1;
    }
    const double *before = row_of(number, quarter - 1)->quantiles;
    const double *now = row_of(number, quarter)->quantiles;
    const double spread = now[HIGH_80] - now[LOW_80];
    return spread > 0 ? fmin(1, (before[HIGH_80] - before[LOW_80]) / spread) : 1;
}
