#include "cli/output.h"

#include "base/buf.h"
#include "format/csv.h"
#include "format/json.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

result output_format_read(str text, enum output_format *ret_format, struct err *err)
{
    static const str names[] = {
        [OUTPUT_TEXT] = STR_INIT("text"),
        [OUTPUT_JSON] = STR_INIT("json"),
        [OUTPUT_CSV] = STR_INIT("csv"),
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(text, names[i])) {
            *ret_format = (enum output_format)i;
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_USAGE, "There is no format \"%.*s\"", STR_ARG(text)),
                  "the hint follows");
    return err_hint(err, "use --format text, json or csv");
}

void output_text(struct output *output, str text)
{
    if (text.len > 0 && fwrite(text.at, 1, text.len, output->stream) != text.len) {
        output->reader_gone = output->reader_gone || errno == EPIPE;
    }
}

result output_json(struct output *output, struct arena scratch, const json_t *value,
                   struct err *err)
{
    str text;
    json_auto_t *whole = NULL;
    if (output->complete != NULL && json_is_object(value)) {
        whole = json_copy((json_t *)(uintptr_t)value);
        output->complete(output->complete_context, whole);
        value = whole;
    }
    TRY(json_write_pretty(value, &scratch, &text, err));
    output_text(output, text);
    output_text(output, STR("\n"));
    return result_ok();
}

result output_finish(struct output *output, struct err *err)
{
    const bool flushed = fflush(output->stream) == 0;
    output->reader_gone = output->reader_gone || (!flushed && errno == EPIPE);
    if (output->reader_gone) {
        return result_ok();
    }
    if (!flushed || ferror(output->stream)) {
        return err_set(err, ERROR_STORAGE, "The output could not be written to the end");
    }
    return result_ok();
}

void output_message(struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(output->messages, format, arguments);
    va_end(arguments);
}

void output_error(struct output *output, const struct err *err)
{
    if (err->file[0] != '\0') {
        output_message(output, "returnhub: %s:%u:%u: %s\n", err->file, err->line, err->column,
                       err->what);
    } else {
        output_message(output, "returnhub: %s\n", err->what);
    }
    if (err->hint[0] != '\0') {
        output_message(output, "  hint: %s\n", err->hint);
    }
}

/* A million rows may be printed: without the machinery of formats. Counted are characters, not the
 * bytes that continue one. */
static void put_padded(struct buf *line, str cell, int width)
{
    int shown = 0;
    for (size_t i = 0; i < cell.len; i++) {
        shown += ((unsigned char)cell.at[i] & 0xC0U) != 0x80U;
    }
    buf_put(line, cell);
    for (int i = shown; i < width; i++) {
        buf_put_char(line, ' ');
    }
    buf_put_c(line, "  ");
}

static void print_cells(const struct table *table, struct arena *arena, const str *cells)
{
    struct buf line;
    buf_init(&line, arena, OUTPUT_TEXT_MAX);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->output->format == OUTPUT_CSV) {
            csv_write_cell(&line, i == 0, cells[i]);
            continue;
        }
        if (i + 1 == table->column_count) {
            buf_put(&line, cells[i]);
        } else {
            put_padded(&line, cells[i], table->widths[i]);
        }
    }
    if (table->output->format == OUTPUT_CSV) {
        csv_write_end(&line);
    } else {
        buf_put_char(&line, '\n');
    }
    output_text(table->output, buf_str(&line));
}

void table_begin(struct table *table)
{
    char space[8192];
    struct arena arena = {.begin = space, .at = space, .end = space + sizeof space};
    str cells[OUTPUT_COLUMNS_MAX];
    ASSERT(table->column_count <= OUTPUT_COLUMNS_MAX);
    for (size_t i = 0; i < table->column_count; i++) {
        cells[i] = str_from_c(table->names[i]);
    }
    print_cells(table, &arena, cells);
    /* Takes what is left: no fence stays in memory that is another function's next. */
    (void)arena_take(&arena, (size_t)(arena.end - arena.at), 1, 1);
}

void table_row(struct table *table, struct arena scratch, const str *cells)
{
    print_cells(table, &scratch, cells);
}

void progress_draw(void *context, int64_t done, int64_t all)
{
    struct progress *progress = context;
    int percent = all > 0 ? (int)(done * 100 / all) : 0;
    if (!progress->output->terminal || percent == progress->last_percent) {
        return;
    }
    progress->last_percent = percent;
    output_message(progress->output, "\r%s  %lld of %lld  %d %% ", progress->doing, (long long)done,
                   (long long)all, percent);
}

void progress_end(struct progress *progress)
{
    if (progress->output->terminal && progress->last_percent >= 0) {
        output_message(progress->output, "\r\033[K");
    }
}
