/* How pages come about:
 *   1. Words are broken into lines by Pango; a flow is a list of such lines and gaps.
 *   2. A row is one flow or several beside each other; a page takes as many lines of each as it has
 *      room for, the next page the rest.
 *   3. Everything is written twice: the first time to count pages and to learn on which page each
 *      listed heading stands, the second time for good.
 *   4. But for the whole document, no tag is open where a page ends, so that running heads and page
 *      numbers belong to no part. */
#include "document/document_pdf.h"
#include "document/document_pdf_tags.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

enum { PARAGRAPH_BYTES_MAX = 8 * 1024 * 1024 };

/* Points: 72 to the inch. */
static const double page_width = 595.276, page_height = 841.89;
static const double left = 51, right = 51, top = 62, bottom = 54;
static const double gap_small = 3, gap = 5, list_indent = 11, column_gap = 16, cell_gap = 8;
static const double line_spacing = 1.16;
static const double base_size = 9.2, small_size = 8;
static const double heading_sizes[] = {0, 23, 16.5, 12.5, 10.5};
static const double room_after_heading = 60;
static const double height_together = 48; /* of four lines */

struct writer {
    const struct document *document;
    struct arena arena;
    PangoContext *contexts[2]; /* of what is written from the left, and from the right */
    cairo_surface_t *surface;
    cairo_t *cairo;
    double y;
    int32_t page;
    int32_t page_count; /* known the second time */
    int32_t *listed;    /* the page of each listed heading, in their order */
    size_t listed_count;
    int outline[DOCUMENT_LEVEL_MAX + 1]; /* the last entry of each level */
    const struct block *table;           /* whose headings a new page repeats */
    struct tag_log *tags;
    bool letters_missing;
    bool full;
};

/* A part of a text that leads somewhere or is framed. */
struct stretch {
    const struct span *span;
    int begin;
    int end;
};

struct piece {
    struct piece *next;
    PangoLayout *layout;   /* of the first line of a layout: to be given back */
    PangoLayoutLine *line; /* NULL: a gap */
    const struct stretch *stretches;
    size_t stretch_count;
    double x;
    double height;
    double base; /* from the piece's top to the base line */
    bool bullet;
    double bullet_x;
};

struct flow {
    struct piece *first;
    struct piece *last;
    struct piece *at; /* the first that is not on a page yet */
};

/* --- flows --- */

static void flow_close(struct flow *flow)
{
    for (const struct piece *piece = flow->first; piece != NULL; piece = piece->next) {
        if (piece->layout != NULL) {
            g_object_unref(piece->layout);
        }
    }
    *flow = (struct flow){.first = NULL};
}

static bool add_piece(struct writer *writer, struct flow *flow, struct piece piece)
{
    struct piece *added = ARENA_NEW(&writer->arena, struct piece, 1);
    if (added == NULL) {
        writer->full = true;
        return false;
    }
    *added = piece;
    if (flow->last == NULL) {
        flow->first = added;
        flow->at = added;
    } else {
        flow->last->next = added;
    }
    flow->last = added;
    return true;
}

static void add_gap(struct writer *writer, struct flow *flow, double height)
{
    (void)add_piece(writer, flow, (struct piece){.height = height});
}

static double flow_height(const struct flow *flow)
{
    double height = 0;
    for (const struct piece *piece = flow->at; piece != NULL; piece = piece->next) {
        height += piece->height;
    }
    return height;
}

/* --- words --- */

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t begin, size_t end)
{
    attribute->start_index = (guint)begin;
    attribute->end_index = (guint)end;
    pango_attr_list_insert(list, attribute);
}

static int pango_size(double points)
{
    return (int)(points * PANGO_SCALE + 0.5);
}

static void add_attributes(PangoAttrList *list, const struct span *span, double size, size_t begin,
                           size_t end)
{
    if (span->kind == SPAN_STRONG || span->kind == SPAN_MARK) {
        add_attribute(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), begin, end);
    }
    if (span->kind == SPAN_NAME) {
        add_attribute(list, pango_attr_family_new("Liberation Mono"), begin, end);
    }
    if (span->kind == SPAN_NAME || span->kind == SPAN_SMALL || span->kind == SPAN_MARK) {
        add_attribute(list, pango_attr_size_new_absolute(pango_size(size * 0.88)), begin, end);
    }
    if (span->link.len > 0) {
        add_attribute(list, pango_attr_foreground_new(0x1600, 0x3900, 0x6A00), begin, end);
    }
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* No line ends within what is read as one, nor after the point of "s.10A". */
static void keep_whole(PangoAttrList *list, str text, size_t begin)
{
    for (struct document_whole whole = document_find_whole(text, begin); whole.len > 0;
         whole = document_find_whole(text, whole.begin + whole.len)) {
        add_attribute(list, pango_attr_allow_breaks_new(FALSE), whole.begin,
                      whole.begin + whole.len);
    }
    for (size_t i = begin; i + 1 < text.len; i++) {
        if (text.at[i] == '.' && is_letter_or_digit(text.at[i + 1])) {
            add_attribute(list, pango_attr_allow_breaks_new(FALSE), i, i + 2);
        }
    }
}

/* A mark is not broken, and stands a little apart from its frame. */
static void put_mark(struct buf *text, str words)
{
    buf_put_c(text, "\xC2\xA0");
    for (size_t i = 0; i < words.len; i++) {
        if (words.at[i] == ' ') {
            buf_put_c(text, "\xC2\xA0");
        } else {
            buf_put_char(text, words.at[i]);
        }
    }
    buf_put_c(text, "\xC2\xA0");
}

static void put_span(struct buf *text, const struct span *span)
{
    if (span->kind == SPAN_NEW_LINE) {
        buf_put_c(text, "\xE2\x80\xA8"); /* U+2028 LINE SEPARATOR */
    } else if (span->kind == SPAN_MARK) {
        put_mark(text, span->text);
    } else {
        buf_put(text, span->text);
    }
}

struct letters {
    double size;
    bool bold;
};

/* The first of the families that has a letter draws it. Urdu is read in Nastaliq. */
static const char families[] =
    "Liberation Sans,Noto Sans Arabic,Noto Sans Ethiopic,Noto Sans Bengali,Noto Sans";
static const char families_urdu[] = "Liberation Sans,Noto Nastaliq Urdu";

/* `language`: the block whose language it is, NULL for the document's. */
static PangoLayout *new_layout(struct writer *writer, struct letters letters, double width,
                               const struct block *language)
{
    const bool from_right = language != NULL && language->right_to_left;
    const bool urdu = language != NULL && str_equal(language->language, STR("ur"));
    PangoLayout *layout = pango_layout_new(writer->contexts[from_right ? 1 : 0]);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, urdu ? families_urdu : families);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_font_description_set_absolute_size(font, pango_size(letters.size));
    pango_font_description_set_weight(font, letters.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    return layout;
}

/* What a line is put into: from x on, `width` wide. */
struct measure {
    double x;
    double width;
    bool from_right;
};

/* The flow owns the layout from here on. */
static void add_lines(struct writer *writer, struct flow *flow, PangoLayout *layout,
                      struct measure measure, struct piece like)
{
    const int count = pango_layout_get_line_count(layout);
    bool owned = false;
    for (int i = 0; i < count; i++) {
        PangoRectangle extents;
        struct piece piece = like;
        piece.layout = owned ? NULL : layout;
        piece.line = pango_layout_get_line_readonly(layout, i);
        pango_layout_line_get_extents(piece.line, NULL, &extents);
        const double height = (double)extents.height / PANGO_SCALE;
        piece.x = measure.x;
        if (measure.from_right) {
            piece.x += measure.width - (double)extents.width / PANGO_SCALE;
        }
        piece.bullet_x = measure.from_right ? measure.x + measure.width + list_indent - 3
                                            : measure.x - list_indent + 3;
        piece.height = height * line_spacing;
        piece.base = -(double)extents.y / PANGO_SCALE + height * (line_spacing - 1) / 2;
        piece.bullet = like.bullet && i == 0;
        owned = add_piece(writer, flow, piece) || owned;
    }
    if (!owned) {
        g_object_unref(layout);
    }
}

static PangoAttribute *language_attribute(const struct writer *writer, const struct block *language)
{
    struct arena scratch = writer->arena;
    const str name = arena_copy(&scratch, language == NULL ? writer->document->about.language
                                                           : language->language);
    return pango_attr_language_new(pango_language_from_string(name.at == NULL ? "en" : name.at));
}

/* The words of a block as lines from x on, `width` wide. */
static void flow_words(struct writer *writer, struct flow *flow, const struct block *block,
                       double x, double width, struct letters letters, bool bullet)
{
    const struct block *language = block_with_language(block);
    struct buf text;
    size_t count = 0;
    for (const struct span *span = block->spans; span != NULL; span = span->next) {
        count++;
    }
    struct stretch *stretches = ARENA_NEW(&writer->arena, struct stretch, count);
    if (count == 0 || stretches == NULL || writer->full) {
        writer->full = writer->full || count > 0;
        return;
    }
    PangoLayout *layout = new_layout(writer, letters, width, language);
    PangoAttrList *attributes = pango_attr_list_new();
    size_t stretch_count = 0;
    buf_init(&text, &writer->arena, PARAGRAPH_BYTES_MAX);
    for (const struct span *span = block->spans; span != NULL; span = span->next) {
        const size_t begin = text.len;
        put_span(&text, span);
        add_attributes(attributes, span, letters.size, begin, text.len);
        if (span->kind != SPAN_NAME) {
            keep_whole(attributes, buf_str(&text), begin);
        }
        if (span->link.len > 0 || span->kind == SPAN_MARK) {
            stretches[stretch_count++] =
                (struct stretch){.span = span, .begin = (int)begin, .end = (int)text.len};
        }
    }
    writer->full = writer->full || text.failed;
    add_attribute(attributes, language_attribute(writer, language), 0, text.len);
    pango_layout_set_text(layout, text.at == NULL ? "" : text.at, (int)text.len);
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    writer->letters_missing =
        writer->letters_missing || pango_layout_get_unknown_glyphs_count(layout) > 0;
    const struct measure measure = {
        .x = x, .width = width, .from_right = language != NULL && language->right_to_left};
    add_lines(
        writer, flow, layout, measure,
        (struct piece){.stretches = stretches, .stretch_count = stretch_count, .bullet = bullet});
}

static void flow_block(struct writer *writer, struct flow *flow, const struct block *block,
                       double x, double width)
{
    const struct letters letters = {.size = base_size};
    const bool item = block->kind == BLOCK_ITEM;
    const double indent = item ? list_indent : 0;
    const struct block *language = block_with_language(block);
    const double begin = language != NULL && language->right_to_left ? x : x + indent;
    flow_words(writer, flow, block, begin, width - indent, letters, item);
    if (item && block->spans != NULL) {
        add_gap(writer, flow, gap_small / 2);
    }
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        flow_block(writer, flow, child, begin, width - indent);
    }
    if (block->kind == BLOCK_PARAGRAPH || (block->kind == BLOCK_LIST && block->next != NULL)) {
        add_gap(writer, flow, gap_small);
    }
}

/* --- pages --- */

static double room(const struct writer *writer)
{
    return page_height - bottom - writer->y;
}

static double page_room(void)
{
    return page_height - bottom - top;
}

static void draw_line(struct writer *writer, double x, double y, double width, double thickness)
{
    cairo_set_line_width(writer->cairo, thickness);
    cairo_move_to(writer->cairo, x, y);
    cairo_line_to(writer->cairo, x + width, y);
    cairo_stroke(writer->cairo);
}

/* One line of words; `from_right` when it ends at x. */
static void draw_words(struct writer *writer, str words, double x, double y, struct letters letters,
                       bool from_right)
{
    PangoRectangle extents;
    PangoLayout *layout = new_layout(writer, letters, -1, NULL);
    pango_layout_set_text(layout, words.at, (int)words.len);
    pango_layout_get_extents(layout, NULL, &extents);
    cairo_move_to(writer->cairo, from_right ? x - (double)extents.width / PANGO_SCALE : x, y);
    pango_cairo_show_layout(writer->cairo, layout);
    g_object_unref(layout);
}

static void end_page(struct writer *writer)
{
    struct arena scratch = writer->arena;
    const struct letters letters = {.size = small_size};
    const str number = arena_format(&scratch, "Page %d of %d", writer->page, writer->page_count);
    if (writer->page > 1) {
        draw_words(writer, writer->document->about.running_head, left, 32, letters, false);
        draw_line(writer, left, 45, page_width - left - right, 0.5);
    }
    draw_words(writer, number, page_width - right, page_height - 36, letters, true);
    cairo_show_page(writer->cairo);
}

static void new_page(struct writer *writer)
{
    end_page(writer);
    writer->page++;
    writer->y = top;
}

/* `block`: whose words are in it. */
static void begin_tag(struct writer *writer, const char *tag, const struct block *block)
{
    cairo_tag_begin(writer->cairo, tag, NULL);
    tag_log_begin(writer->tags, block_with_language(block));
}

static void end_tag(struct writer *writer, const char *tag)
{
    cairo_tag_end(writer->cairo, tag);
    tag_log_end(writer->tags);
}

/* A tag with nothing in it. */
static void tag_place(struct writer *writer, const char *tag, str attributes)
{
    if (attributes.at == NULL) {
        writer->full = true;
        return;
    }
    cairo_tag_begin(writer->cairo, tag, attributes.at);
    cairo_tag_end(writer->cairo, tag);
}

static void place_destination(struct writer *writer, str id, double y)
{
    struct arena scratch = writer->arena;
    if (id.len == 0) {
        return;
    }
    const str attributes = arena_format(&scratch, "name='%.*s' x=%d y=%d", STR_ARG(id), (int)left,
                                        (int)(y > 12 ? y - 12 : 0));
    tag_place(writer, CAIRO_TAG_DEST, attributes);
}

/* --- lines on a page --- */

static void draw_link(struct writer *writer, str link, double x, double y, double width,
                      double height)
{
    struct arena scratch = writer->arena;
    const str attributes = arena_format(&scratch, "dest='%.*s' rect=[%.2f %.2f %.2f %.2f]",
                                        STR_ARG(link), x, y, width, height);
    tag_place(writer, CAIRO_TAG_LINK, attributes);
}

static void draw_stretch(struct writer *writer, const struct piece *piece,
                         const struct stretch *stretch, double x, double y)
{
    int *ranges = NULL;
    int count = 0;
    const int begin = pango_layout_line_get_start_index(piece->line);
    const int end = begin + pango_layout_line_get_length(piece->line);
    if (stretch->end <= begin || stretch->begin >= end) {
        return;
    }
    pango_layout_line_get_x_ranges(piece->line, stretch->begin, stretch->end, &ranges, &count);
    for (int i = 0; i < count; i++) {
        const double from = x + (double)ranges[2 * (size_t)i] / PANGO_SCALE;
        const double width = x + (double)ranges[2 * (size_t)i + 1] / PANGO_SCALE - from;
        if (stretch->span->kind == SPAN_MARK) {
            cairo_set_line_width(writer->cairo, 0.9);
            cairo_rectangle(writer->cairo, from, y + 0.8, width, piece->height - 1.6);
            cairo_stroke(writer->cairo);
        }
        if (stretch->span->link.len > 0) {
            draw_link(writer, stretch->span->link, from, y, width, piece->height);
        }
    }
    g_free(ranges);
}

static void note_words(struct writer *writer, PangoLayoutLine *line)
{
    const char *text = pango_layout_get_text(line->layout);
    const int begin = pango_layout_line_get_start_index(line);
    tag_log_words(writer->tags,
                  (str){.at = text + begin, .len = (size_t)pango_layout_line_get_length(line)});
}

static void draw_piece(struct writer *writer, const struct piece *piece, double x, double y)
{
    if (piece->line == NULL) {
        return;
    }
    if (piece->bullet) {
        cairo_new_path(writer->cairo);
        cairo_arc(writer->cairo, x + piece->bullet_x, y + piece->base - 3, 1.3, 0, 2 * G_PI);
        cairo_fill(writer->cairo);
    }
    cairo_move_to(writer->cairo, x + piece->x, y + piece->base);
    pango_cairo_show_layout_line(writer->cairo, piece->line);
    note_words(writer, piece->line);
    for (size_t i = 0; i < piece->stretch_count; i++) {
        draw_stretch(writer, piece, &piece->stretches[i], x + piece->x, y);
    }
}

/* Draws what fits into `height`, at least one piece when `force`; returns the height taken. */
static double draw_flow(struct writer *writer, struct flow *flow, double x, double height,
                        bool force)
{
    double taken = 0;
    while (flow->at != NULL) {
        const struct piece *piece = flow->at;
        const bool fits = taken + piece->height <= height || (force && taken <= 0);
        if (!fits) {
            break;
        }
        if (piece->line != NULL || taken > 0) {
            draw_piece(writer, piece, x, writer->y + taken);
            taken += piece->height;
        }
        flow->at = piece->next;
    }
    return taken;
}

/* A flow alone, over as many pages as it needs; a few lines stay together. */
static void place_flow(struct writer *writer, struct flow *flow, const char *tag,
                       const struct block *block)
{
    const double height = flow_height(flow);
    if (writer->y > top && height > room(writer) && height <= height_together) {
        new_page(writer);
    }
    while (!writer->full && flow->at != NULL) {
        begin_tag(writer, tag, block);
        const double taken = draw_flow(writer, flow, left, room(writer), writer->y <= top);
        end_tag(writer, tag);
        writer->y += taken;
        if (flow->at != NULL) {
            new_page(writer);
        }
    }
}

/* --- rows --- */

struct row {
    struct flow flows[DOCUMENT_WIDTHS_MAX];
    double x[DOCUMENT_WIDTHS_MAX];
    const struct block *cells[DOCUMENT_WIDTHS_MAX];
    size_t count;
};

static void row_open(struct writer *writer, struct row *row, const struct block *block,
                     const struct block *measures, double between, bool bold)
{
    double x = left;
    row->count = 0;
    for (const struct block *cell = block->children;
         cell != NULL && row->count < measures->width_count; cell = cell->next) {
        const double width =
            (page_width - left - right) * (double)measures->widths[row->count] / 1000;
        struct flow *flow = &row->flows[row->count];
        *flow = (struct flow){.first = NULL};
        row->cells[row->count] = cell;
        row->x[row->count++] = x;
        if (bold) {
            flow_words(writer, flow, cell, 0, width - between,
                       (struct letters){.size = base_size, .bold = true}, false);
        } else {
            flow_block(writer, flow, cell, 0, width - between);
        }
        x += width;
    }
}

static void row_close(struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        flow_close(&row->flows[i]);
    }
}

static double row_height(const struct row *row)
{
    double height = 0;
    for (size_t i = 0; i < row->count; i++) {
        height = flow_height(&row->flows[i]) > height ? flow_height(&row->flows[i]) : height;
    }
    return height;
}

static bool row_done(const struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->flows[i].at != NULL) {
            return false;
        }
    }
    return true;
}

/* A cell or a column in which everything is in one language is in that language. */
static const struct block *language_of_cell(const struct block *cell)
{
    const struct block *only = cell->children;
    return only != NULL && only->next == NULL ? only : cell;
}

/* As much of the row as the page takes. */
static void draw_row(struct writer *writer, struct row *row, const char *first_tag, const char *tag)
{
    double taken = 0;
    const bool force = room(writer) > page_room() / 2;
    for (size_t i = 0; i < row->count; i++) {
        begin_tag(writer, i == 0 ? first_tag : tag, language_of_cell(row->cells[i]));
        const double height = draw_flow(writer, &row->flows[i], row->x[i], room(writer), force);
        end_tag(writer, i == 0 ? first_tag : tag);
        taken = height > taken ? height : taken;
    }
    writer->y += taken;
}

static void place_table_heading(struct writer *writer)
{
    struct arena kept = writer->arena;
    struct row row;
    const struct block *table = writer->table;
    if (!table->headed) {
        draw_line(writer, left, writer->y, page_width - left - right, 1);
        writer->y += gap_small;
        return;
    }
    row_open(writer, &row, table->children, table, cell_gap, true);
    begin_tag(writer, "TR", writer->table);
    draw_row(writer, &row, "TH", "TH");
    end_tag(writer, "TR");
    row_close(&row);
    writer->arena = kept;
    writer->y += gap_small;
    draw_line(writer, left, writer->y, page_width - left - right, 1);
    writer->y += gap_small;
}

static void table_new_page(struct writer *writer)
{
    end_tag(writer, "Table");
    new_page(writer);
    begin_tag(writer, "Table", writer->table);
    place_table_heading(writer);
}

static void place_table_row(struct writer *writer, const struct block *block)
{
    struct arena kept = writer->arena;
    struct row row;
    row_open(writer, &row, block, writer->table, cell_gap, false);
    const double height = row_height(&row) + 2 * gap_small;
    if (height > room(writer) && height < page_room() / 2) {
        table_new_page(writer);
    }
    place_destination(writer, block->id, writer->y);
    while (!writer->full && !row_done(&row)) {
        begin_tag(writer, "TR", writer->table);
        draw_row(writer, &row, writer->table->rows_named ? "TH" : "TD", "TD");
        end_tag(writer, "TR");
        if (!row_done(&row)) {
            table_new_page(writer);
        }
    }
    row_close(&row);
    writer->arena = kept;
    writer->y += gap_small;
    cairo_set_source_rgb(writer->cairo, 0.6, 0.6, 0.6);
    draw_line(writer, left, writer->y, page_width - left - right, 0.5);
    cairo_set_source_rgb(writer->cairo, 0, 0, 0);
    writer->y += gap_small;
}

static void place_caption(struct writer *writer, str called)
{
    const struct letters letters = {.size = small_size, .bold = true};
    if (room(writer) < room_after_heading) {
        new_page(writer);
    }
    writer->y += gap_small;
    begin_tag(writer, "P", NULL);
    draw_words(writer, called, left, writer->y, letters, false);
    end_tag(writer, "P");
    writer->y += small_size * 1.5;
}

static void place_table(struct writer *writer, const struct block *table)
{
    place_caption(writer, table->called);
    writer->table = table;
    begin_tag(writer, "Table", writer->table);
    place_table_heading(writer);
    for (const struct block *row = table->headed ? table->children->next : table->children;
         row != NULL; row = row->next) {
        place_table_row(writer, row);
    }
    end_tag(writer, "Table");
    writer->y += gap;
}

/* In bold, each of them, and nothing else: what stands under it follows in the next columns. */
static bool are_headings(const struct block *columns)
{
    bool all = columns->children != NULL;
    for (const struct block *column = columns->children; column != NULL; column = column->next) {
        const struct block *only = column->children;
        all = all && only != NULL && only->next == NULL && only->spans != NULL;
        for (const struct span *span = all ? only->spans : NULL; span != NULL; span = span->next) {
            all = all && span->kind == SPAN_STRONG;
        }
    }
    return all;
}

static double columns_height(struct writer *writer, const struct block *columns)
{
    struct arena kept = writer->arena;
    struct row row;
    row_open(writer, &row, columns, columns, column_gap, false);
    const double height = row_height(&row) + gap_small;
    row_close(&row);
    writer->arena = kept;
    return height;
}

/* The room that columns need to begin on this page: headings stay with what follows. */
static double room_to_begin(struct writer *writer, const struct block *columns, double height)
{
    const struct block *next = columns->next;
    return next != NULL && next->kind == BLOCK_COLUMNS && are_headings(columns)
               ? height + columns_height(writer, next)
               : height;
}

static void place_columns(struct writer *writer, const struct block *columns)
{
    struct arena kept = writer->arena;
    struct row row;
    row_open(writer, &row, columns, columns, column_gap, false);
    const double needed = room_to_begin(writer, columns, row_height(&row));
    if (needed > room(writer) && needed < page_room() / 2) {
        new_page(writer);
    }
    while (!writer->full && !row_done(&row)) {
        const double begin = writer->y;
        draw_row(writer, &row, "Sect", "Sect");
        for (size_t i = 1; i < row.count; i++) {
            const double x = row.x[i] - column_gap / 2;
            cairo_set_line_width(writer->cairo, 1.5);
            cairo_move_to(writer->cairo, x, begin + 1);
            cairo_line_to(writer->cairo, x, writer->y);
            cairo_stroke(writer->cairo);
        }
        if (!row_done(&row)) {
            new_page(writer);
        }
    }
    row_close(&row);
    writer->arena = kept;
    writer->y += gap;
}

/* --- headings and contents --- */

static void note_listed(struct writer *writer, const struct block *heading)
{
    if (heading->listed) {
        writer->listed[writer->listed_count++] = writer->page;
    }
}

static void add_outline(struct writer *writer, const struct block *heading)
{
    struct arena scratch = writer->arena;
    if (heading->id.len == 0) {
        return;
    }
    const int parent =
        heading->level <= 2 ? CAIRO_PDF_OUTLINE_ROOT : writer->outline[heading->level - 1];
    const str words = arena_copy(&scratch, heading->spans->text);
    const str attributes = arena_format(&scratch, "dest='%.*s'", STR_ARG(heading->id));
    if (words.at == NULL || attributes.at == NULL) {
        writer->full = true;
        return;
    }
    const int entry = cairo_pdf_surface_add_outline(writer->surface, parent, words.at,
                                                    attributes.at, (cairo_pdf_outline_flags_t)0);
    for (int32_t level = heading->level; level <= DOCUMENT_LEVEL_MAX; level++) {
        writer->outline[level] = entry;
    }
}

static void flow_heading(struct writer *writer, struct flow *flow, const struct block *heading)
{
    const struct letters letters = {.size = heading_sizes[heading->level], .bold = true};
    flow_words(writer, flow, heading, 0, page_width - left - right, letters, false);
    add_gap(writer, flow, heading->level <= 2 ? 2 * gap : gap);
}

static void place_heading(struct writer *writer, const struct block *heading)
{
    static const char *const tags[] = {"H1", "H1", "H2", "H3", "H4"};
    struct arena kept = writer->arena;
    struct flow flow = {.first = NULL};
    flow_heading(writer, &flow, heading);
    writer->y += writer->y > top ? heading_sizes[heading->level] : 0;
    if (flow_height(&flow) + room_after_heading > room(writer)) {
        new_page(writer);
    }
    if (heading->level <= 2) {
        draw_line(writer, left, writer->y, page_width - left - right, heading->level == 1 ? 5 : 1);
        writer->y += heading->level == 1 ? 16 : 8;
    }
    note_listed(writer, heading);
    place_destination(writer, heading->id, writer->y);
    add_outline(writer, heading);
    place_flow(writer, &flow, tags[heading->level], heading);
    flow_close(&flow);
    writer->arena = kept;
}

static void place_contents_line(struct writer *writer, const struct block *heading, size_t index)
{
    struct arena kept = writer->arena;
    struct flow flow = {.first = NULL};
    const struct letters letters = {.size = base_size, .bold = heading->level == 2};
    const double indent = heading->level == 2 ? 0 : 2 * list_indent;
    const str page = arena_format(&writer->arena, "%d", writer->listed[index]);
    flow_words(writer, &flow, heading, indent, page_width - left - right - indent - 30, letters,
               false);
    writer->y += heading->level == 2 ? gap_small : 0;
    if (flow_height(&flow) > room(writer)) {
        new_page(writer);
    }
    draw_link(writer, heading->id, left, writer->y, page_width - left - right, flow_height(&flow));
    begin_tag(writer, "P", NULL);
    draw_words(writer, page, page_width - right, writer->y + 1, letters, true);
    end_tag(writer, "P");
    place_flow(writer, &flow, "P", heading);
    flow_close(&flow);
    writer->y += 1;
    writer->arena = kept;
}

static void place_contents(struct writer *writer, const struct block *block, size_t *index)
{
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        if (child->kind == BLOCK_PART) {
            place_contents(writer, child, index);
        } else if (child->kind == BLOCK_HEADING && child->listed) {
            place_contents_line(writer, child, *index);
            *index += 1;
        }
    }
}

/* --- drawings --- */

static void draw_arrow(struct writer *writer, struct point from, struct point to)
{
    const double length = 6, half = 2.6;
    const double dx = to.x > from.x ? 1 : to.x < from.x ? -1 : 0;
    const double dy = to.y > from.y ? 1 : to.y < from.y ? -1 : 0;
    cairo_set_dash(writer->cairo, NULL, 0, 0);
    cairo_move_to(writer->cairo, to.x, to.y);
    cairo_line_to(writer->cairo, to.x - dx * length - dy * half, to.y - dy * length - dx * half);
    cairo_line_to(writer->cairo, to.x - dx * length + dy * half, to.y - dy * length + dx * half);
    cairo_close_path(writer->cairo);
    cairo_fill(writer->cairo);
}

static void draw_path(struct writer *writer, const struct shape *shape)
{
    static const double dashes[] = {3, 2};
    cairo_new_path(writer->cairo);
    cairo_set_line_width(writer->cairo, shape->strong ? 1.6 : 0.7);
    cairo_set_dash(writer->cairo, dashes, shape->dashed ? 2 : 0, 0);
    for (size_t i = 0; i < shape->point_count; i++) {
        cairo_line_to(writer->cairo, shape->points[i].x, shape->points[i].y);
    }
    cairo_stroke(writer->cairo);
    if (shape->arrow && shape->point_count >= 2) {
        draw_arrow(writer, shape->points[shape->point_count - 2],
                   shape->points[shape->point_count - 1]);
    }
    cairo_set_dash(writer->cairo, NULL, 0, 0);
}

static void draw_box(struct writer *writer, const struct shape *shape)
{
    cairo_new_path(writer->cairo);
    cairo_set_line_width(writer->cairo, shape->strong ? 2.2 : 0.8);
    for (int32_t inset = 0; inset <= (shape->twice ? 3 : 0); inset += 3) {
        cairo_rectangle(writer->cairo, shape->at.x + inset, shape->at.y + inset,
                        shape->width - 2 * inset, shape->height - 2 * inset);
        cairo_stroke(writer->cairo);
    }
}

static void draw_area(struct writer *writer, const struct shape *shape)
{
    const uint8_t *tint = drawing_tints[shape->tint];
    cairo_new_path(writer->cairo);
    for (size_t i = 0; i < shape->outline_count; i++) {
        cairo_line_to(writer->cairo, shape->outline[i].x, shape->outline[i].y);
    }
    cairo_set_source_rgb(writer->cairo, tint[0] / 255.0, tint[1] / 255.0, tint[2] / 255.0);
    cairo_fill(writer->cairo);
    cairo_set_source_rgb(writer->cairo, 0, 0, 0);
}

static void draw_shape(struct writer *writer, const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_BOX:
        draw_box(writer, shape);
        break;
    case SHAPE_LINE:
        draw_path(writer, shape);
        break;
    case SHAPE_DOT:
        cairo_new_path(writer->cairo);
        cairo_arc(writer->cairo, shape->at.x, shape->at.y, shape->width / 2.0, 0, 2 * G_PI);
        cairo_fill(writer->cairo);
        break;
    case SHAPE_WORDS:
        draw_words(writer, shape->words, shape->at.x, shape->at.y - DRAWING_FONT_SIZE + 1,
                   (struct letters){.size = DRAWING_FONT_SIZE, .bold = shape->strong}, false);
        break;
    case SHAPE_AREA:
        draw_area(writer, shape);
        break;
    }
}

/* As large as it is, or as the page; on the page that is begun, if most of it is free. */
static double drawing_scale(struct writer *writer, const struct drawing *drawing)
{
    if (drawing->height > room(writer) && room(writer) < page_room() * 0.8) {
        new_page(writer);
    }
    const double across = (page_width - left - right) / drawing->width;
    const double down = room(writer) / drawing->height;
    const double scale = across < down ? across : down;
    return scale < 1 ? scale : 1;
}

static void place_drawing(struct writer *writer, const struct drawing *drawing)
{
    const double scale = drawing_scale(writer, drawing);
    begin_tag(writer, "Figure", NULL);
    cairo_save(writer->cairo);
    cairo_translate(writer->cairo, left + (page_width - left - right - drawing->width * scale) / 2,
                    writer->y);
    cairo_scale(writer->cairo, scale, scale);
    for (const struct shape *shape = drawing->shapes; shape != NULL; shape = shape->next) {
        draw_shape(writer, shape);
    }
    cairo_restore(writer->cairo);
    end_tag(writer, "Figure");
    writer->y += drawing->height * scale + gap;
}

/* --- blocks --- */

static void place_words(struct writer *writer, const struct block *block)
{
    struct arena kept = writer->arena;
    struct flow flow = {.first = NULL};
    flow_block(writer, &flow, block, 0, page_width - left - right);
    place_flow(writer, &flow, "P", block);
    flow_close(&flow);
    writer->arena = kept;
    writer->y += gap_small;
}

static void place_signature(struct writer *writer, const struct block *block)
{
    const double height = 34;
    if (height + 20 > room(writer)) {
        new_page(writer);
    }
    writer->y += height;
    draw_line(writer, left, writer->y, 300, 0.6);
    writer->y += 2;
    place_words(writer, block);
}

static void place_block(struct writer *writer, const struct block *block);

/* The height of a heading and of the columns that follow it: they stay together. */
static double height_of_begin(struct writer *writer, const struct block *part)
{
    double height = 0;
    struct arena kept = writer->arena;
    const struct block *heading = part->children;
    const struct block *next = heading == NULL ? NULL : heading->next;
    if (heading != NULL && heading->kind == BLOCK_HEADING) {
        struct flow flow = {.first = NULL};
        flow_heading(writer, &flow, heading);
        height += flow_height(&flow) + heading_sizes[heading->level];
        flow_close(&flow);
    }
    if (next != NULL && next->kind == BLOCK_COLUMNS) {
        struct row row;
        row_open(writer, &row, next, next, column_gap, false);
        height += row_height(&row);
        row_close(&row);
    }
    writer->arena = kept;
    return height;
}

static void place_part(struct writer *writer, const struct block *part)
{
    const double height = height_of_begin(writer, part);
    if (height > room(writer) && height < page_room() * 0.7) {
        new_page(writer);
    }
    for (const struct block *child = part->children; child != NULL; child = child->next) {
        place_block(writer, child);
    }
}

static void place_block(struct writer *writer, const struct block *block)
{
    size_t index = 0;
    switch (block->kind) {
    case BLOCK_PART:
        place_part(writer, block);
        break;
    case BLOCK_HEADING:
        place_heading(writer, block);
        break;
    case BLOCK_PARAGRAPH:
    case BLOCK_LIST:
        place_words(writer, block);
        break;
    case BLOCK_TABLE:
        place_table(writer, block);
        break;
    case BLOCK_COLUMNS:
        place_columns(writer, block);
        break;
    case BLOCK_DRAWING:
        place_drawing(writer, block->drawing);
        break;
    case BLOCK_CONTENTS:
        place_contents(writer, writer->document->root, &index);
        break;
    case BLOCK_SIGNATURE:
        place_signature(writer, block);
        break;
    case BLOCK_NEW_PAGE:
        if (writer->y > top) {
            new_page(writer);
        }
        break;
    case BLOCK_ITEM:
    case BLOCK_ROW:
    case BLOCK_CELL:
    case BLOCK_COLUMN:
        break; /* placed by what they stand in */
    }
}

/* --- the whole --- */

static void set_metadata(const struct writer *writer)
{
    struct arena scratch = writer->arena;
    const struct document_about *about = &writer->document->about;
    char day[DATE_TEXT_SIZE];
    date_format(about->day, day);
    const str when = arena_format(&scratch, "%sT00:00:00Z", day);
    const str title = arena_copy(&scratch, about->title);
    const str subject = arena_copy(&scratch, about->subject);
    if (when.at == NULL || title.at == NULL || subject.at == NULL) {
        return; /* the pages, which need more room, fail */
    }
    cairo_pdf_surface_set_metadata(writer->surface, CAIRO_PDF_METADATA_TITLE, title.at);
    cairo_pdf_surface_set_metadata(writer->surface, CAIRO_PDF_METADATA_SUBJECT, subject.at);
    cairo_pdf_surface_set_metadata(writer->surface, CAIRO_PDF_METADATA_CREATOR, "returnhub");
    cairo_pdf_surface_set_metadata(writer->surface, CAIRO_PDF_METADATA_CREATE_DATE, when.at);
    cairo_pdf_surface_set_metadata(writer->surface, CAIRO_PDF_METADATA_MOD_DATE, when.at);
}

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned int count)
{
    struct buf *buf = closure;
    if (buf != NULL) {
        buf_put(buf, (str){.at = (const char *)bytes, .len = count});
    }
    return CAIRO_STATUS_SUCCESS;
}

/* Writes all pages; `buf` is NULL when only pages are counted. */
static cairo_status_t write_pages(struct writer *writer, struct buf *buf)
{
    writer->surface =
        cairo_pdf_surface_create_for_stream(write_bytes, buf, page_width, page_height);
    writer->cairo = cairo_create(writer->surface);
    writer->y = top;
    writer->page = 1;
    writer->listed_count = 0;
    set_metadata(writer);
    begin_tag(writer, "Document", NULL);
    for (const struct block *block = writer->document->root->children;
         block != NULL && !writer->full; block = block->next) {
        place_block(writer, block);
    }
    end_tag(writer, "Document");
    end_page(writer);
    writer->page_count = writer->page;
    cairo_status_t status = cairo_status(writer->cairo);
    cairo_destroy(writer->cairo);
    cairo_surface_finish(writer->surface);
    status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(writer->surface) : status;
    cairo_surface_destroy(writer->surface);
    return status;
}

static PangoContext *new_context(PangoFontMap *fonts, PangoDirection direction)
{
    PangoContext *context = pango_font_map_create_context(fonts);
    pango_context_set_base_dir(context, direction);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_destroy(options);
    return context;
}

static result outcome(const struct writer *writer, cairo_status_t status, struct err *err)
{
    if (writer->full) {
        return err_set(err, ERROR_LIMIT, "The document is larger than there is room for");
    }
    if (status != CAIRO_STATUS_SUCCESS) {
        return err_set(err, ERROR_STORAGE, "The PDF could not be written: %s",
                       cairo_status_to_string(status));
    }
    if (writer->letters_missing) {
        result_ignore(err_set(err, ERROR_STORAGE,
                              "The PDF could not be written: no font here has all its letters"),
                      "the hint follows");
        return err_hint(err, "install the fonts Liberation and Noto (Debian: fonts-liberation, "
                             "fonts-noto-core)");
    }
    return result_ok();
}

static size_t count_listed(const struct block *block)
{
    size_t count = 0;
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        count += (child->listed ? 1 : 0) + count_listed(child);
    }
    return count;
}

/* The last third of what is left of an arena, as one of its own. */
static struct arena cut_off(struct arena *arena)
{
    struct arena cut = *arena;
    cut.at = arena->end - (arena->end - arena->at) / 3;
    cut.begin = cut.at;
    arena->end = cut.at;
    return cut;
}

/* The pages, counted first. */
static result write_twice(struct writer *writer, struct tag_log *log, struct buf *buf,
                          struct err *err)
{
    struct tag_log nothing = {.arena = NULL};
    writer->tags = &nothing;
    cairo_status_t status = write_pages(writer, NULL);
    if (status == CAIRO_STATUS_SUCCESS && !writer->full) {
        writer->tags = log;
        status = write_pages(writer, buf);
    }
    return outcome(writer, status, err);
}

result document_pdf_write(const struct document *document, struct arena scratch, struct buf *buf,
                          struct err *err)
{
    struct arena drawn = cut_off(&scratch);
    struct arena noted = cut_off(&scratch);
    struct writer writer = {.document = document, .arena = scratch};
    struct tag_log log = {.arena = &noted};
    struct buf bytes;
    buf_init(&bytes, &drawn, buf->len_max);
    writer.listed = ARENA_NEW(&writer.arena, int32_t, count_listed(document->root) + 1);
    if (writer.listed == NULL) {
        return arena_full(err);
    }
    PangoFontMap *fonts = pango_cairo_font_map_new();
    writer.contexts[0] = new_context(fonts, PANGO_DIRECTION_LTR);
    writer.contexts[1] = new_context(fonts, PANGO_DIRECTION_RTL);
    const result written = write_twice(&writer, &log, &bytes, err);
    g_object_unref(writer.contexts[0]);
    g_object_unref(writer.contexts[1]);
    g_object_unref(fonts);
    TRY(written);
    if (bytes.failed) {
        return err_set(err, ERROR_LIMIT, "The document is larger than there is room for");
    }
    return tag_log_apply(&log, &document->about, buf_str(&bytes), buf, err);
}
