/* What is known: sums of a column over the rows of a published table. */
#include "forecast/scenario_parts.h"
#include "format/csv.h"

#include <stdio.h>
#include <stdlib.h>

struct columns_found {
    size_t adds;
    size_t by;
    size_t filters[FILTERS_MAX];
};

static result column_find(const struct number_item *number, const str *header, size_t count,
                          str column, size_t *ret_column, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(header[i], column)) {
            *ret_column = i;
            return result_ok();
        }
    }
    return scenario_refuse(number->at, NULL, err, "The table %.*s has no column \"%.*s\"",
                           STR_ARG(number->file), STR_ARG(column));
}

static result columns_find(const struct number_item *number, const str *header, size_t count,
                           struct columns_found *ret_found, struct err *err)
{
    TRY(column_find(number, header, count, number->column, &ret_found->adds, err));
    if (number->by.len > 0) {
        TRY(column_find(number, header, count, number->by, &ret_found->by, err));
    }
    for (size_t i = 0; i < number->filter_count; i++) {
        TRY(column_find(number, header, count, number->filters[i].column, &ret_found->filters[i],
                        err));
    }
    return result_ok();
}

static bool row_is_chosen(const struct number_item *number, const struct columns_found *found,
                          const str *cells)
{
    for (size_t i = 0; i < number->filter_count; i++) {
        const struct filter *filter = &number->filters[i];
        bool any = false;
        for (size_t j = 0; j < filter->value_count; j++) {
            any = any || str_equal(cells[found->filters[i]], filter->values[j]);
        }
        if (!any) {
            return false;
        }
    }
    return true;
}

/* The group of a nationality; group_count when no group has it. */
static size_t group_of(const struct scenario *scenario, str nationality)
{
    size_t rest = scenario->group_count;
    for (size_t i = 0; i < scenario->group_count; i++) {
        const struct group_item *group = &scenario->groups[i];
        for (size_t j = 0; j < group->nationality_count; j++) {
            if (str_equal(group->nationalities[j], nationality)) {
                return i;
            }
        }
        rest = group->rest ? i : rest;
    }
    return rest;
}

static result cell_number(const struct number_item *number, const struct csv_reader *reader,
                          str cell, double *ret_number, struct err *err)
{
    char text[40];
    char *end = text;
    snprintf(text, sizeof text, "%.*s", STR_ARG(cell));
    *ret_number = strtod(text, &end);
    return cell.len > 0 && cell.len < sizeof text && *end == '\0'
               ? result_ok()
               : scenario_refuse(number->at, "Choose rows with `where` that have one", err,
                                 "%.*s, line %u: \"%.*s\" is not a number", STR_ARG(number->file),
                                 reader->line, STR_ARG(cell));
}

static result add_rows(const struct scenario *scenario, const struct number_item *number, str text,
                       struct arena scratch, double *sums, size_t *ret_rows, struct err *err)
{
    struct csv_reader reader;
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    bool more = false;
    struct columns_found found = {0};
    csv_reader_init(&reader, arena_copy(&scratch, number->file).at, text);
    TRY(csv_read(&reader, &scratch, cells, &count, &more, err));
    TRY(columns_find(number, cells, count, &found, err));
    for (;;) {
        struct arena of_row = scratch;
        TRY(csv_read(&reader, &of_row, cells, &count, &more, err));
        if (!more) {
            return result_ok();
        }
        if (!row_is_chosen(number, &found, cells)) {
            continue;
        }
        double value;
        TRY(cell_number(number, &reader, cells[found.adds], &value, err));
        const size_t group = number->by.len > 0 ? group_of(scenario, cells[found.by]) : 0;
        if (group < scenario->group_count) {
            sums[group] += value;
            ++*ret_rows;
        }
    }
}

static result find_one(struct scenario *scenario, struct number_item *number, struct arena *arena,
                       struct arena scratch, struct err *err)
{
    str text;
    size_t rows = 0;
    double *sums = ARENA_NEW(arena, double, scenario->group_count);
    if (sums == NULL) {
        return arena_full(err);
    }
    TRY(scenario_open_data(scenario, number->file, &scratch, &text, err));
    TRY(add_rows(scenario, number, text, scratch, sums, &rows, err));
    if (rows == 0) {
        return scenario_refuse(number->at, "Look at the values of the lines `where`", err,
                               "No row of %.*s is chosen by \"%.*s\"", STR_ARG(number->file),
                               STR_ARG(number->name));
    }
    number->known = sums;
    number->known_count = number->by.len > 0 ? scenario->group_count : 1;
    return result_ok();
}

result scenario_find_known(struct scenario *scenario, struct arena *arena, struct arena scratch,
                           struct err *err)
{
    for (size_t i = 0; i < scenario->number_count; i++) {
        if (scenario->numbers[i].kind == NUMBER_KNOWN) {
            TRY(find_one(scenario, &scenario->numbers[i], arena, scratch, err));
        }
    }
    return result_ok();
}
