#include "casework/export_set.h"

#include "format/csv.h"
#include "format/json.h"

enum { ROW_BYTES_MAX = 4 * 1024 * 1024 };

result export_set_open(struct export_set *set, const char *folder, const char *name,
                       const char *const columns[EXPORT_COLUMNS_MAX], struct arena *arena,
                       struct err *err)
{
    set->columns = columns;
    while (set->column_count < EXPORT_COLUMNS_MAX && columns[set->column_count] != NULL) {
        set->column_count++;
    }
    const str csv = arena_format(arena, "%s/%s.csv", folder, name);
    const str ndjson = arena_format(arena, "%s/%s.ndjson", folder, name);
    if (csv.at == NULL || ndjson.at == NULL) {
        return arena_full(err);
    }
    TRY(written_open(csv.at, 0600, arena, &set->csv, err));
    TRY(written_open(ndjson.at, 0600, arena, &set->ndjson, err));
    struct arena scratch = *arena;
    struct buf buf;
    str line;
    buf_init(&buf, &scratch, ROW_BYTES_MAX);
    for (size_t i = 0; i < set->column_count; i++) {
        csv_write_cell(&buf, i == 0, str_from_c(columns[i]));
    }
    csv_write_end(&buf);
    TRY(buf_finish(&buf, &line, err));
    written_put(&set->csv, line);
    return result_ok();
}

/* The text of a cell that is known and no number. */
static str cell_text(const struct export_cell *cell, char space[INSTANT_TEXT_SIZE])
{
    switch (cell->kind) {
    case EXPORT_TEXT:
        return cell->text;
    case EXPORT_DAY:
        date_format((date){.day = (int32_t)cell->number}, space);
        return str_from_c(space);
    case EXPORT_INSTANT:
        instant_format((instant){.milliseconds = cell->number}, space);
        return str_from_c(space);
    case EXPORT_UNKNOWN:
    case EXPORT_NUMBER:
        return STR("");
    }
    return STR("");
}

static result put_csv(struct export_set *set, const struct export_cell *cells, struct arena scratch,
                      struct err *err)
{
    struct buf buf;
    str line;
    buf_init(&buf, &scratch, ROW_BYTES_MAX);
    for (size_t i = 0; i < set->column_count; i++) {
        char space[INSTANT_TEXT_SIZE];
        if (cells[i].kind == EXPORT_NUMBER) {
            csv_write_number(&buf, i == 0, cells[i].number);
        } else {
            csv_write_cell(&buf, i == 0, cell_text(&cells[i], space));
        }
    }
    csv_write_end(&buf);
    TRY(buf_finish(&buf, &line, err));
    written_put(&set->csv, line);
    return result_ok();
}

static json_t *cell_json(const struct export_cell *cell)
{
    char space[INSTANT_TEXT_SIZE];
    return cell->kind == EXPORT_UNKNOWN  ? json_null()
           : cell->kind == EXPORT_NUMBER ? json_integer(cell->number)
                                         : json_of_str(cell_text(cell, space));
}

static result put_json(struct export_set *set, const struct export_cell *cells,
                       struct arena scratch, struct err *err)
{
    json_t *object = json_object();
    for (size_t i = 0; i < set->column_count; i++) {
        json_set(object, set->columns[i], cell_json(&cells[i]));
    }
    str line;
    const result written = json_write(object, &scratch, &line, err);
    json_decref(object);
    TRY(written);
    written_put(&set->ndjson, line);
    written_put(&set->ndjson, STR("\n"));
    return result_ok();
}

result export_set_put(struct export_set *set, const struct export_cell *cells, struct arena scratch,
                      struct err *err)
{
    TRY(put_csv(set, cells, scratch, err));
    TRY(put_json(set, cells, scratch, err));
    set->rows++;
    return result_ok();
}

result export_set_finish(struct export_set *set, struct err *err)
{
    TRY(written_finish(&set->csv, err));
    return written_finish(&set->ndjson, err);
}

void export_set_abandon(struct export_set *set)
{
    written_abandon(&set->csv);
    written_abandon(&set->ndjson);
}
