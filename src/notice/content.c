#include "notice/content.h"

#include "format/language.h"

enum { LINE_BYTES_MAX = 16 * 1024, CONTENT_BYTES_MAX = 1024 * 1024 };

/* U+2068 FIRST STRONG ISOLATE and U+2069 POP DIRECTIONAL ISOLATE: what is put into a text that is
 * written from the other side keeps its own order (Unicode Standard Annex 9, 2.4). A day of figures
 * has no letter that would say its direction, and beside Arabic letters it would be turned round:
 * U+2066 LEFT-TO-RIGHT ISOLATE. */
#define ISOLATE      "\xE2\x81\xA8"
#define ISOLATE_LEFT "\xE2\x81\xA6"
#define ISOLATE_END  "\xE2\x81\xA9"

/* --- translations ----------------------------------------------------------------------------- */

static bool text_has_insert(str text, str name)
{
    struct notice_piece piece;
    bool wrong = false;
    while (notice_next_piece(&text, &piece, &wrong)) {
        if (str_equal(piece.insert, name)) {
            return true;
        }
    }
    return false;
}

static bool puts_in_all_of(str text, str of)
{
    struct notice_piece piece;
    bool wrong = false;
    while (notice_next_piece(&of, &piece, &wrong)) {
        if (piece.insert.len > 0 && !text_has_insert(text, piece.insert)) {
            return false;
        }
    }
    return !wrong;
}

str notice_line_translated(const struct catalogue *catalogue, str original)
{
    const str translated = catalogue_find(catalogue, STR(NOTICE_CONTEXT), original);
    return puts_in_all_of(translated, original) && puts_in_all_of(original, translated) ? translated
                                                                                        : STR("");
}

result notice_translation(const struct notice_definition *notice, const struct catalogue *catalogue,
                          struct arena scratch, struct notice_translated *ret_translated,
                          struct err *err)
{
    struct notice_translated translated = {.lines = notice->line_count};
    const size_t count = 2 + 2 * notice->line_count;
    str *parts = ARENA_NEW(&scratch, str, count);
    if (parts == NULL) {
        return arena_full(err);
    }
    parts[0] =
        arena_format(&scratch, "%.*s %lld", STR_ARG(notice->name), (long long)notice->version);
    parts[1] = catalogue->language;
    for (size_t i = 0; i < notice->line_count; i++) {
        const str text = notice_line_translated(catalogue, notice->lines[i].text);
        parts[2 + 2 * i] = notice->lines[i].text;
        parts[3 + 2 * i] = text;
        translated.translated += text.len > 0 ? 1 : 0;
    }
    translated.identity = sha256_of_parts(parts, count);
    *ret_translated = translated;
    return parts[0].at == NULL ? arena_full(err) : result_ok();
}

/* --- filling in ------------------------------------------------------------------------------- */

struct filling {
    const struct notice_definition *notice;
    const struct notice_insert *inserts;
    size_t insert_count;
    struct arena *arena;
};

static const struct notice_insert *find_insert(const struct filling *filling, str name)
{
    for (size_t i = 0; i < filling->insert_count; i++) {
        if (str_equal(filling->inserts[i].name, name)) {
            return &filling->inserts[i];
        }
    }
    return NULL;
}

static result put_day(str language, date day, struct arena *arena, struct buf *buf, struct err *err)
{
    char iso[DATE_TEXT_SIZE];
    str text = STR("");
    const bool foreign = !str_equal(language, STR(NOTICE_LANGUAGE));
    TRY(language_day(language, day, arena, &text, err));
    date_format(day, iso);
    buf_format(buf, "%.*s (%s%s%s)", STR_ARG(text), foreign ? ISOLATE_LEFT : "", iso,
               foreign ? ISOLATE_END : "");
    return result_ok();
}

static result put_insert(const struct filling *filling, const struct notice_insert *insert,
                         str language, struct buf *buf, struct err *err)
{
    str text = insert->text;
    if (insert->kind == INSERT_DAY) {
        return put_day(language, insert->day, filling->arena, buf, err);
    }
    if (insert->kind == INSERT_COUNTRY && !str_equal(language, STR(NOTICE_LANGUAGE))) {
        TRY(language_country(language, insert->country, filling->arena, &text, err));
        text = text.len == 0 ? insert->text : text;
    }
    buf_put(buf, text);
    return result_ok();
}

static result fill_text(const struct filling *filling, str text, str language, str *ret_text,
                        struct err *err)
{
    struct buf buf;
    struct notice_piece piece;
    bool wrong = false;
    const bool foreign = !str_equal(language, STR(NOTICE_LANGUAGE));
    buf_init(&buf, filling->arena, LINE_BYTES_MAX);
    while (notice_next_piece(&text, &piece, &wrong)) {
        buf_put(&buf, piece.words);
        if (piece.insert.len == 0) {
            continue;
        }
        const struct notice_insert *insert = find_insert(filling, piece.insert);
        if (insert == NULL) {
            result_ignore(err_set(err, ERROR_INPUT,
                                  "The notice \"%.*s\" cannot be written: \"%.*s\" is not known",
                                  STR_ARG(filling->notice->name), STR_ARG(piece.insert)),
                          "the hint follows");
            return err_hint(err, "Record it first: a letter with a gap tells nobody anything.");
        }
        buf_put_c(&buf, foreign ? ISOLATE : "");
        TRY(put_insert(filling, insert, language, &buf, err));
        buf_put_c(&buf, foreign ? ISOLATE_END : "");
    }
    return buf_finish(&buf, ret_text, err);
}

static result not_translated(const struct notice_definition *notice,
                             const struct catalogue *catalogue, str line, struct err *err)
{
    return err_set(err, ERROR_INPUT,
                   "The notice \"%.*s\" is not wholly translated into %.*s: \"%.*s\"",
                   STR_ARG(notice->name), STR_ARG(catalogue->language), STR_ARG(line));
}

result notice_fill(const struct notice_definition *notice, const struct catalogue *catalogue,
                   str person, const struct notice_insert *inserts, size_t insert_count,
                   struct arena *arena, struct notice_content *ret_content, struct err *err)
{
    const struct filling filling = {
        .notice = notice, .inserts = inserts, .insert_count = insert_count, .arena = arena};
    const size_t count = notice->line_count;
    enum notice_line_kind *kinds = ARENA_NEW(arena, enum notice_line_kind, count);
    str *originals = ARENA_NEW(arena, str, count);
    str *translations = ARENA_NEW(arena, str, count);
    if (kinds == NULL || originals == NULL || translations == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const str line = notice->lines[i].text;
        kinds[i] = notice->lines[i].kind;
        translations[i] = STR("");
        TRY(fill_text(&filling, line, STR(NOTICE_LANGUAGE), &originals[i], err));
        if (catalogue == NULL) {
            continue;
        }
        const str translated = notice_line_translated(catalogue, line);
        if (translated.len == 0) {
            return not_translated(notice, catalogue, line, err);
        }
        TRY(fill_text(&filling, translated, catalogue->language, &translations[i], err));
    }
    *ret_content = (struct notice_content){
        .notice = notice->name,
        .version = notice->version,
        .language = catalogue == NULL ? STR(NOTICE_LANGUAGE) : catalogue->language,
        .person = person,
        .count = count,
        .kinds = kinds,
        .originals = originals,
        .translations = translations,
    };
    return result_ok();
}

/* --- as text ---------------------------------------------------------------------------------- */

static char letter_of(enum notice_line_kind kind)
{
    switch (kind) {
    case NOTICE_TITLE:
        return 'T';
    case NOTICE_HEADING:
        return 'H';
    case NOTICE_PARAGRAPH:
        return 'P';
    case NOTICE_ITEM:
        return 'I';
    }
    return 'P';
}

void notice_content_text(const struct notice_content *content, struct buf *buf)
{
    buf_format(buf, "%.*s version %lld\n%.*s\n%.*s\n", STR_ARG(content->notice),
               (long long)content->version, STR_ARG(content->language), STR_ARG(content->person));
    for (size_t i = 0; i < content->count; i++) {
        buf_format(buf, "\n%c %.*s\n", letter_of(content->kinds[i]),
                   STR_ARG(content->originals[i]));
        if (content->translations[i].len > 0) {
            buf_format(buf, "%c %.*s\n", letter_of(content->kinds[i]),
                       STR_ARG(content->translations[i]));
        }
    }
}

result notice_content_hash(const struct notice_content *content, struct arena scratch,
                           struct sha256 *ret_hash, struct err *err)
{
    struct buf buf;
    str text = STR("");
    buf_init(&buf, &scratch, CONTENT_BYTES_MAX);
    notice_content_text(content, &buf);
    TRY(buf_finish(&buf, &text, err));
    *ret_hash = sha256_of(text);
    return result_ok();
}

/* --- to read ---------------------------------------------------------------------------------- */

static void put_line(struct document *document, enum notice_line_kind kind, str text, int number)
{
    switch (kind) {
    case NOTICE_TITLE:
        document_heading(document, 2, STR(""), text);
        break;
    case NOTICE_HEADING:
        document_heading(document, 3, STR(""), text);
        break;
    case NOTICE_PARAGRAPH:
        document_paragraph(document,
                           arena_format(document->arena, "%d. %.*s", number, STR_ARG(text)));
        break;
    case NOTICE_ITEM:
        document_begin(document, BLOCK_LIST);
        document_begin(document, BLOCK_ITEM);
        document_put(document, SPAN_PLAIN, text);
        document_end(document);
        document_end(document);
        break;
    }
}

/* The heading of a column is not one of the document's: it is in bold. */
static void put_in_column(struct document *document, enum notice_line_kind kind, str text,
                          int number)
{
    if (kind == NOTICE_TITLE || kind == NOTICE_HEADING) {
        document_begin(document, BLOCK_PARAGRAPH);
        document_put(document, SPAN_STRONG, text);
        document_end(document);
    } else {
        put_line(document, kind, text, number);
    }
}

static void put_both(struct document *document, const struct notice_content *content, size_t index,
                     int number)
{
    const enum notice_line_kind kind = content->kinds[index];
    struct block *columns = document_begin(document, BLOCK_COLUMNS);
    columns->width_count = 2;
    columns->widths[0] = 500;
    columns->widths[1] = 500;
    document_begin(document, BLOCK_COLUMN);
    put_in_column(document, kind, content->originals[index], number);
    document_end(document);
    struct block *column = document_begin(document, BLOCK_COLUMN);
    column->language = content->language;
    column->right_to_left = language_is_right_to_left(content->language);
    put_in_column(document, kind, content->translations[index], number);
    document_end(document);
    document_end(document);
}

static void put_office(struct document *document, const struct notice_office *office)
{
    for (size_t i = 0; i < office->line_count; i++) {
        document_begin(document, BLOCK_PARAGRAPH);
        document_put(document, office->lines[i].kind == NOTICE_TITLE ? SPAN_STRONG : SPAN_PLAIN,
                     office->lines[i].text);
        document_end(document);
    }
}

static void put_about(struct document *document, const struct notice_content *content,
                      int64_t number, const struct sha256 *hash)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(hash, hex);
    document_begin(document, BLOCK_PARAGRAPH);
    if (number == 0) {
        document_put(document, SPAN_MARK, STR("Draft. Not issued, not to be served."));
        document_put(document, SPAN_NEW_LINE, STR(""));
    }
    document_put(document, SPAN_SMALL,
                 number == 0 ? arena_format(document->arena, "%.*s, version %lld.",
                                            STR_ARG(content->notice), (long long)content->version)
                             : arena_format(document->arena, "Notice %lld: %.*s, version %lld.",
                                            (long long)number, STR_ARG(content->notice),
                                            (long long)content->version));
    document_put(document, SPAN_NEW_LINE, STR(""));
    document_put(document, SPAN_SMALL,
                 arena_format(document->arena, "SHA-256 of its text: %s", hex));
    document_end(document);
}

void notice_document(const struct notice_content *content, const struct notice_office *office,
                     int64_t number, date day, const struct sha256 *hash, struct arena *arena,
                     struct document *document)
{
    const bool both = !str_equal(content->language, STR(NOTICE_LANGUAGE));
    int paragraph = 0;
    document_init(document, arena,
                  (struct document_about){.language = STR(NOTICE_LANGUAGE),
                                          .title = content->originals[0],
                                          .subject = content->person,
                                          .running_head = content->originals[0],
                                          .day = day});
    put_office(document, office);
    document_heading(document, 1, STR(""), content->originals[0]);
    for (size_t i = 0; i < content->count; i++) {
        paragraph += content->kinds[i] == NOTICE_PARAGRAPH ? 1 : 0;
        if (both) {
            put_both(document, content, i, paragraph);
        } else if (i > 0) {
            put_line(document, content->kinds[i], content->originals[i], paragraph);
        }
    }
    put_about(document, content, number, hash);
}
