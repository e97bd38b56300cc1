#include "format/table.h"

static result find_columns(struct table *table, const char *const *columns, size_t column_count,
                           struct err *err)
{
    str header[CSV_COLUMNS_MAX];
    size_t header_count = 0;
    bool more = false;
    TRY(csv_read(&table->reader, &table->arena, header, &header_count, &more, err));
    for (size_t i = 0; i < column_count; i++) {
        size_t at = 0;
        while (at < header_count && !str_equal(header[at], str_from_c(columns[i]))) {
            at++;
        }
        if (at == header_count) {
            return err_set(err, ERROR_INPUT, "%s has no column \"%s\"", table->reader.file,
                           columns[i]);
        }
        table->columns[i] = at;
    }
    table->column_count = column_count;
    return result_ok();
}

result table_open(const char *file, str text, const char *const *columns, size_t column_count,
                  struct arena arena, struct table *table, struct err *err)
{
    ASSERT(column_count <= TABLE_COLUMNS_MAX);
    *table = (struct table){.arena = arena};
    csv_reader_init(&table->reader, file, text);
    return find_columns(table, columns, column_count, err);
}

result table_next(struct table *table, bool *ret_more, struct err *err)
{
    str cells[CSV_COLUMNS_MAX];
    size_t count = 0;
    TRY(csv_read(&table->reader, &table->arena, cells, &count, ret_more, err));
    for (size_t i = 0; *ret_more && i < table->column_count; i++) {
        table->cells[i] = cells[table->columns[i]];
    }
    return result_ok();
}

result table_number(const struct table *table, size_t column, double *ret_number, struct err *err)
{
    ASSERT(column < table->column_count);
    const str cell = table->cells[column];
    const struct str_cut cut = str_cut(cell, '.');
    int64_t whole = 0;
    int64_t part = 0;
    bool good =
        cell.len > 0 && cut.tail.len <= 15 && str_to_int64(cut.head, &whole, NULL).ok && whole >= 0;
    if (good && cut.found) {
        good = str_to_int64(cut.tail, &part, NULL).ok && part >= 0;
    }
    if (!good) {
        result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a number that can be counted with",
                              STR_ARG(cell)),
                      "the place returns the failure");
        return err_at(err, table->reader.file, table->reader.line, 0);
    }
    double scale = 1;
    for (size_t i = 0; i < cut.tail.len; i++) {
        scale *= 10;
    }
    *ret_number = (double)whole + (double)part / scale;
    return result_ok();
}
