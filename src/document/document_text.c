#include "document/document_text.h"

enum { ROW_BYTES_MAX = 1024 * 1024, GAP = 2 };

/* Where lines go: `width` letters wide, `indent` of them left free. */
struct place {
    struct buf *buf;
    struct arena scratch; /* for rows */
    int32_t width;
    int32_t indent;
    bool tight; /* no empty lines between blocks */
};

/* One line being filled. */
struct filling {
    const struct place *place;
    int32_t column;
    const char *first; /* put before the first line, as long as `indent` */
    bool begun;
};

static int32_t letters_in(str text)
{
    int32_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.at[i] & 0xC0U) != 0x80U ? 1 : 0;
    }
    return count;
}

static void put_spaces(struct buf *buf, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        buf_put_char(buf, ' ');
    }
}

static void begin_line(struct filling *filling)
{
    const struct place *place = filling->place;
    const str first = str_from_c(filling->begun ? "" : filling->first);
    put_spaces(place->buf, place->indent - letters_in(first));
    buf_put(place->buf, first);
    filling->column = place->indent;
    filling->begun = true;
}

static void end_line(struct filling *filling)
{
    buf_put_char(filling->place->buf, '\n');
    filling->column = 0;
}

/* A word goes on the line if it fits, else on the next. `glued` when nothing stands between it and
 * what was before. */
static void put_word(struct filling *filling, str word, bool glued)
{
    const int32_t letters = letters_in(word);
    const struct place *place = filling->place;
    const bool at_begin = filling->column <= place->indent;
    if (filling->column > 0 && !at_begin && !glued &&
        filling->column + 1 + letters > place->width) {
        end_line(filling);
    }
    if (filling->column == 0) {
        begin_line(filling);
    } else if (!glued && !at_begin) {
        buf_put_char(place->buf, ' ');
        filling->column++;
    }
    buf_put(place->buf, word);
    filling->column += letters;
}

static void put_words(struct filling *filling, str text, bool *glued)
{
    str rest = text;
    while (rest.len > 0) {
        const struct str_cut cut = str_cut(rest, ' ');
        if (cut.head.len > 0) {
            put_word(filling, cut.head, *glued);
            *glued = true;
        }
        if (cut.found) {
            *glued = false;
        }
        rest = cut.tail;
    }
}

static void put_spans(const struct place *place, const struct block *block, const char *first)
{
    struct filling filling = {.place = place, .first = first};
    bool glued = false;
    for (const struct span *span = block->spans; span != NULL; span = span->next) {
        if (span->kind == SPAN_NEW_LINE) {
            end_line(&filling);
            glued = false;
            continue;
        }
        if (span->kind == SPAN_MARK) {
            put_word(&filling, STR("["), glued);
            glued = true;
        }
        put_words(&filling, span->text, &glued);
        if (span->kind == SPAN_MARK) {
            put_word(&filling, STR("]"), true);
        }
    }
    if (filling.begun) {
        end_line(&filling);
    }
}

static void put_block(const struct place *place, const struct block *block);

static void put_children(const struct place *place, const struct block *block)
{
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        put_block(place, child);
    }
}

static void put_gap(const struct place *place)
{
    if (!place->tight) {
        buf_put_char(place->buf, '\n');
    }
}

/* Each side is written by itself, then line beside line. */
static void put_side_by_side(const struct place *place, const struct block *row,
                             const struct block *measures)
{
    struct arena scratch = place->scratch;
    str sides[DOCUMENT_WIDTHS_MAX];
    int32_t widths[DOCUMENT_WIDTHS_MAX];
    size_t count = 0;
    for (const struct block *cell = row->children; cell != NULL && count < measures->width_count;
         cell = cell->next) {
        struct buf side;
        widths[count] = (place->width - place->indent) * measures->widths[count] / 1000;
        buf_init(&side, &scratch, ROW_BYTES_MAX);
        /* without scratch: rows do not stand within rows */
        const struct place within = {.buf = &side, .width = widths[count] - GAP, .tight = true};
        put_spans(&within, cell, "");
        put_children(&within, cell);
        sides[count++] = buf_str(&side);
        place->buf->failed = place->buf->failed || side.failed;
    }
    for (bool more = true; more;) {
        int32_t owed = place->indent;
        more = false;
        for (size_t i = 0; i < count; i++) {
            const struct str_cut cut = str_cut(sides[i], '\n');
            if (cut.head.len > 0) {
                put_spaces(place->buf, owed);
                owed = 0;
            }
            buf_put(place->buf, cut.head);
            owed += widths[i] - letters_in(cut.head);
            sides[i] = cut.tail;
            more = more || cut.tail.len > 0;
        }
        buf_put_char(place->buf, '\n');
    }
}

static void put_rule(const struct place *place, int32_t letters, char c)
{
    put_spaces(place->buf, place->indent);
    for (int32_t i = 0; i < letters; i++) {
        buf_put_char(place->buf, c);
    }
    buf_put_char(place->buf, '\n');
}

static void put_table(const struct place *place, const struct block *table)
{
    for (const struct block *row = table->children; row != NULL; row = row->next) {
        put_side_by_side(place, row, table);
        if (table->headed && row == table->children) {
            put_rule(place, place->width - place->indent, '-');
        }
    }
}

static void put_heading(const struct place *place, const struct block *heading)
{
    static const char under[] = {' ', '=', '=', '-', ' '};
    int32_t letters = 0;
    for (const struct span *span = heading->spans; span != NULL; span = span->next) {
        letters += letters_in(span->text);
    }
    buf_put_c(place->buf, heading->level == 2 ? "\n\n" : "\n");
    put_spans(place, heading, "");
    if (heading->level < DOCUMENT_LEVEL_MAX) {
        put_rule(place, letters < place->width ? letters : place->width, under[heading->level]);
    }
}

static void put_item(const struct place *place, const struct block *item)
{
    struct place within = *place;
    within.indent += 2;
    put_spans(&within, item, "- ");
    put_children(&within, item);
}

static void put_contents(const struct place *place, const struct block *block)
{
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        if (child->kind == BLOCK_PART) {
            put_contents(place, child);
        } else if (child->kind == BLOCK_HEADING && child->listed) {
            struct place within = *place;
            within.indent += child->level == 2 ? 2 : 4;
            put_spans(&within, child, "");
        }
    }
}

static void put_block(const struct place *place, const struct block *block)
{
    switch (block->kind) {
    case BLOCK_PART:
    case BLOCK_COLUMN:
        put_children(place, block);
        break;
    case BLOCK_HEADING:
        put_heading(place, block);
        break;
    case BLOCK_PARAGRAPH:
        put_gap(place);
        put_spans(place, block, "");
        break;
    case BLOCK_LIST:
        put_children(place, block);
        break;
    case BLOCK_ITEM:
        put_item(place, block);
        break;
    case BLOCK_TABLE:
        put_gap(place);
        put_table(place, block);
        break;
    case BLOCK_COLUMNS:
        put_gap(place);
        put_side_by_side(place, block, block);
        break;
    case BLOCK_DRAWING:
        put_gap(place);
        buf_format(place->buf, "%.*s\n", STR_ARG(block->drawing->about));
        break;
    case BLOCK_CONTENTS: {
        const struct block *root = block;
        while (root->parent != NULL) {
            root = root->parent;
        }
        put_gap(place);
        put_contents(place, root);
        break;
    }
    case BLOCK_SIGNATURE:
        buf_put_c(place->buf, "\n");
        put_rule(place, place->width / 2, '_');
        put_spans(place, block, "");
        break;
    case BLOCK_ROW:
    case BLOCK_CELL:
    case BLOCK_NEW_PAGE:
        break;
    }
}

void document_text_write(const struct document *document, struct arena scratch, struct buf *buf)
{
    const struct place place = {.buf = buf, .scratch = scratch, .width = DOCUMENT_TEXT_WIDTH};
    put_children(&place, document->root);
}
