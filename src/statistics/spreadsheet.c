#include "statistics/spreadsheet.h"

#include <string.h>
#include <zip.h>

enum { SHEETS_MAX = 100, SHEET_NAME_MAX = 31 };

static const str media_type = STR_INIT("application/vnd.oasis.opendocument.spreadsheet");

static const char manifest[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\""
    " manifest:version=\"1.2\">"
    "<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.2\""
    " manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>"
    "<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>"
    "</manifest:manifest>\n";

static const char content_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-content office:version=\"1.2\""
    " xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
    " xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\""
    " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">"
    "<office:body><office:spreadsheet>";
static const char content_end[] = "</office:spreadsheet></office:body></office:document-content>\n";

/* --- content --- */

static void put_cell(struct buf *buf, str text, bool may_be_number)
{
    int64_t number = 0;
    if (may_be_number && str_to_int64(text, &number, NULL).ok) {
        buf_format(buf,
                   "<table:table-cell office:value-type=\"float\" office:value=\"%lld\">"
                   "<text:p>%lld</text:p></table:table-cell>",
                   (long long)number, (long long)number);
        return;
    }
    buf_put_c(buf, "<table:table-cell office:value-type=\"string\"><text:p>");
    buf_put_html(buf, text);
    buf_put_c(buf, "</text:p></table:table-cell>");
}

static void begin_sheet(struct buf *buf, str name, size_t columns)
{
    buf_put_c(buf, "<table:table table:name=\"");
    buf_put_html(buf, str_slice(name, 0, SHEET_NAME_MAX));
    buf_format(buf, "\"><table:table-column table:number-columns-repeated=\"%zu\"/>", columns);
}

static void put_pair(struct buf *buf, str a, str b)
{
    buf_put_c(buf, "<table:table-row>");
    put_cell(buf, a, false);
    put_cell(buf, b, false);
    buf_put_c(buf, "</table:table-row>");
}

static void put_contents(struct buf *buf, const struct sheet *const *sheets, size_t count)
{
    begin_sheet(buf, STR("Contents"), 2);
    put_pair(buf, STR("Sheet"), STR("Title"));
    put_pair(buf, STR("Notes"), STR("What each table counts, and how to read it"));
    for (size_t i = 0; i < count; i++) {
        put_pair(buf, sheets[i]->name, sheets[i]->title);
    }
    buf_put_c(buf, "</table:table>");
}

static void put_notes(struct buf *buf, const struct sheet *const *sheets, size_t count)
{
    begin_sheet(buf, STR("Notes"), 3);
    buf_put_c(buf, "<table:table-row>");
    put_cell(buf, STR("Sheet"), false);
    put_cell(buf, STR("About"), false);
    put_cell(buf, STR("Note"), false);
    buf_put_c(buf, "</table:table-row>");
    for (size_t i = 0; i < count; i++) {
        for (size_t note = 0; note < sheets[i]->note_count; note++) {
            buf_put_c(buf, "<table:table-row>");
            put_cell(buf, sheets[i]->name, false);
            put_cell(buf, sheets[i]->notes[note].label, false);
            put_cell(buf, sheets[i]->notes[note].text, false);
            buf_put_c(buf, "</table:table-row>");
        }
    }
    buf_put_c(buf, "</table:table>");
}

static void put_table(struct buf *buf, const struct sheet *sheet)
{
    begin_sheet(buf, sheet->name, sheet->column_count);
    buf_put_c(buf, "<table:table-header-rows><table:table-row>");
    for (size_t i = 0; i < sheet->column_count; i++) {
        put_cell(buf, sheet->columns[i], false);
    }
    buf_put_c(buf, "</table:table-row></table:table-header-rows>");
    for (size_t row = 0; row < sheet->row_count; row++) {
        buf_put_c(buf, "<table:table-row>");
        for (size_t i = 0; i < sheet->column_count; i++) {
            put_cell(buf, sheet->cells[row * sheet->column_count + i], sheet->is_number[i]);
        }
        buf_put_c(buf, "</table:table-row>");
    }
    buf_put_c(buf, "</table:table>");
}

static result write_content(const struct sheet *const *sheets, size_t count, struct arena *arena,
                            str *ret_content, struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena, SHEET_TEXT_MAX);
    buf_put_c(&buf, content_begin);
    put_contents(&buf, sheets, count);
    put_notes(&buf, sheets, count);
    for (size_t i = 0; i < count; i++) {
        put_table(&buf, sheets[i]);
    }
    buf_put_c(&buf, content_end);
    return buf_finish(&buf, ret_content, err);
}

/* --- the package --- */

static result refuse_zip(zip_t *zip, struct err *err)
{
    return err_set(err, ERROR_INTERNAL, "The spreadsheet could not be packed: %s",
                   zip_error_strerror(zip_get_error(zip)));
}

/* 1 January 1980, the beginning of time in a zip file: the same sheets give the same bytes. */
static result add_file(zip_t *zip, const char *name, str text, bool stored, struct err *err)
{
    zip_source_t *source = zip_source_buffer(zip, text.at, text.len, 0);
    if (source == NULL) {
        return refuse_zip(zip, err);
    }
    const zip_int64_t index = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return refuse_zip(zip, err);
    }
    const zip_uint64_t file = (zip_uint64_t)index;
    const bool set =
        zip_file_set_dostime(zip, file, 0, 0x21, 0) == 0 &&
        zip_set_file_compression(zip, file, stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 6) == 0;
    return set ? result_ok() : refuse_zip(zip, err);
}

/* The media type comes first and unpacked, so that the file is known by its beginning. */
static result pack(zip_t *zip, str content, struct err *err)
{
    TRY(add_file(zip, "mimetype", media_type, true, err));
    TRY(add_file(zip, "META-INF/manifest.xml", str_from_c(manifest), false, err));
    return add_file(zip, "content.xml", content, false, err);
}

static result read_back(zip_source_t *source, struct arena *arena, str *ret_bytes, struct err *err)
{
    zip_stat_t stat;
    char *bytes = NULL;
    if (zip_source_stat(source, &stat) == 0) {
        bytes = ARENA_NEW(arena, char, stat.size);
    }
    if (bytes == NULL) {
        return arena_full(err);
    }
    const bool opened = zip_source_open(source) == 0;
    const bool read = opened && zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size;
    if (opened) {
        (void)zip_source_close(source);
    }
    *ret_bytes = (str){bytes, stat.size};
    return read ? result_ok()
                : err_set(err, ERROR_INTERNAL, "The spreadsheet could not be read back");
}

static result pack_in(zip_source_t *source, str content, struct err *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    zip_error_fini(&error);
    if (zip == NULL) {
        return err_set(err, ERROR_INTERNAL, "A spreadsheet could not be begun");
    }
    zip_source_keep(source); /* closing the archive gives up its own hold of it */
    result packed = pack(zip, content, err);
    if (packed.ok && zip_close(zip) != 0) {
        packed = refuse_zip(zip, err);
    }
    if (!packed.ok) {
        zip_discard(zip);
    }
    return packed;
}

result spreadsheet_write(const struct sheet *const *sheets, size_t count, struct arena *arena,
                         str *ret_bytes, struct err *err)
{
    ASSERT(count <= SHEETS_MAX);
    str content;
    TRY(write_content(sheets, count, arena, &content, err));
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    if (source == NULL) {
        return err_set(err, ERROR_LIMIT, "There is no memory for a spreadsheet");
    }
    result written = pack_in(source, content, err);
    written = written.ok ? read_back(source, arena, ret_bytes, err) : written;
    zip_source_free(source);
    return written;
}
