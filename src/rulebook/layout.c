/* The text is read twice, by the parser, which says where lines begin, and as pieces: tokens with
 * the comments and blank lines before each. The pieces are then written one after the other.
 *
 * Invariants:
 *   1. every piece and every comment is written exactly once, in its order (same_pieces asserts
 *      it);
 *   2. where a line breaks depends on the pieces and on breaks that are kept, never on columns of
 *      the text as it was: so what is laid out is not changed by being laid out again. */
#include "rulebook/layout.h"

#include "rulebook/diagnose.h"
#include "rulebook/parse.h"

#include <string.h>

enum {
    INDENT = 2,
    EXAMPLE_INDENT = 4,
    TITLE_GAP = 2,    /* before a title beside a name, and what follows it */
    COLUMN_LEAST = 8, /* of the values, from the indent on: one for most items */
    OPEN_MAX = 2 * RULEBOOK_NESTING_MAX,
};

struct comment {
    str text; /* from the # on, without blanks at its end */
    bool trailing;
    bool at_margin;
    bool blank_before;
};

struct piece {
    enum token_kind kind; /* TOKEN_END of the last, which only has comments */
    str text;             /* as written, with its quotes */
    size_t width;         /* in characters */
    bool begins_item;
    bool line_before;
    bool blank_before;
    const struct line_mark *mark; /* of the piece that begins a line of an item */
    uint32_t comment;             /* the first of those before it */
    uint32_t comment_count;
};

struct pieces {
    struct list list;     /* of struct piece */
    struct list comments; /* of struct comment */
};

static struct piece *piece_at(const struct pieces *pieces, size_t index)
{
    return LIST_AT(&pieces->list, struct piece, index);
}

/* Reading. */

static size_t characters(str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.at[i] & 0xC0U) != 0x80U ? 1 : 0;
    }
    return count;
}

static str without_blanks_at_end(str text)
{
    while (text.len > 0 && strchr(" \t\r", text.at[text.len - 1]) != NULL) {
        text.len--;
    }
    return text;
}

/* The comments and line ends between two tokens, into the piece after them. */
static bool read_gap(str gap, bool at_beginning, struct pieces *pieces, struct arena *scratch,
                     struct piece *piece)
{
    size_t lines = 0;
    piece->comment = (uint32_t)pieces->comments.count;
    for (size_t i = 0; i < gap.len; i++) {
        if (gap.at[i] == '\n') {
            lines++;
            piece->line_before = true;
        }
        if (gap.at[i] != '#') {
            continue;
        }
        const str rest = str_cut(str_slice(gap, i, gap.len), '\n').head;
        struct comment *comment = LIST_ADD(&pieces->comments, struct comment, scratch);
        if (comment == NULL) {
            return false;
        }
        *comment = (struct comment){
            .text = without_blanks_at_end(rest),
            .trailing = !piece->line_before && !at_beginning,
            .at_margin = i == 0 || gap.at[i - 1] == '\n',
            .blank_before = lines > 1,
        };
        piece->comment_count++;
        lines = 0;
        i += rest.len - 1;
    }
    piece->blank_before = lines > 1;
    return true;
}

static str text_of(const struct token *token)
{
    return token->kind == TOKEN_TEXT ? (str){.at = token->text.at - 1, .len = token->text.len + 2}
                                     /* with its quotes */
                                     : token->text;
}

/* The mark that stands at the token, if one does; marks come in the order of the text. */
static const struct line_mark *take_mark(const struct list *marks, size_t *next,
                                         const struct token *token)
{
    if (*next == marks->count) {
        return NULL;
    }
    const struct line_mark *mark = LIST_AT(marks, struct line_mark, *next);
    if (mark->at.line != token->at.line || mark->at.column != token->at.column) {
        return NULL;
    }
    *next += 1;
    return mark;
}

/* All pieces of a file that was parsed. False when memory is full. */
static bool read_pieces(const struct rulebook_file *file, const struct list *marks,
                        struct diagnostics *diagnostics, struct arena *scratch,
                        struct pieces *ret_pieces)
{
    struct lexer lexer;
    struct pieces pieces = {0};
    struct token token;
    size_t mark = 0;
    bool begins_item = false;
    ASSERT(lexer_init(&lexer, file, diagnostics));
    size_t end = lexer.next; /* of the token before */
    do {
        token = lexer_next(&lexer);
        if (token.kind == TOKEN_MARGIN) {
            begins_item = true;
            continue;
        }
        const str text = text_of(&token);
        const size_t begin = token.kind == TOKEN_END ? lexer.next : lexer.next - text.len;
        struct piece *piece = LIST_ADD(&pieces.list, struct piece, scratch);
        if (piece == NULL) {
            return false;
        }
        *piece = (struct piece){.kind = token.kind,
                                .text = text,
                                .width = characters(text),
                                .begins_item = begins_item};
        piece->mark = take_mark(marks, &mark, &token);
        if (!read_gap(str_slice(file->text, end, begin), pieces.list.count == 1, &pieces, scratch,
                      piece)) {
            return false;
        }
        begins_item = false;
        end = lexer.next;
    } while (token.kind != TOKEN_END);
    ASSERT(mark == marks->count);
    *ret_pieces = pieces;
    return true;
}

/* What a line looks like, by what begins it. */

/* How many words begin a line, before what it says. */
static size_t words_of(enum token_kind begins)
{
    static const struct {
        enum token_kind begins;
        size_t words;
    } rows[] = {
        {TOKEN_IN, 2},    /* in force */
        {TOKEN_DUE, 2},   /* due to */
        {TOKEN_CLEAR, 2}, /* clear when */
        {TOKEN_ONE, 2},   /* one of */
        {TOKEN_FAMILY, 3} /* family member given */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].begins == begins) {
            return rows[i].words;
        }
    }
    return token_is_word(begins) ? 1 : 0;
}

struct item_style {
    enum token_kind item;
    bool title_beside; /* what may stand beside the name does */
    size_t gap;        /* before it */
    bool in_columns;   /* lines have their values in one column */
};

static const struct item_style *style_of(enum token_kind item)
{
    static const struct item_style rows[] = {
        {TOKEN_COUNTRY_WORD, true, 1, false},   {TOKEN_ROLE, true, TITLE_GAP, false},
        {TOKEN_NOTICE, true, TITLE_GAP, false}, {TOKEN_STAGE, true, TITLE_GAP, false},
        {TOKEN_STEP, true, TITLE_GAP, true},    {TOKEN_FACT, false, 1, false},
        {TOKEN_RULEBOOK, false, 0, true},       {TOKEN_CALENDAR, false, 0, true},
        {TOKEN_CLOCK, false, 0, true},          {TOKEN_SAFEGUARD, false, 0, true},
    };
    static const struct item_style plain = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].item == item) {
            return &rows[i];
        }
    }
    return &plain;
}

static bool stands_beside(const struct line_mark *mark)
{
    if (mark->begins == TOKEN_COLON) {
        return true;
    }
    return style_of(mark->item)->title_beside &&
           (mark->begins == TOKEN_TEXT || mark->begins == TOKEN_START ||
            mark->begins == TOKEN_OUTCOME || mark->begins == TOKEN_WHEREABOUTS);
}

static bool stands_in_column(const struct line_mark *mark)
{
    return style_of(mark->item)->in_columns && !mark->is_item && !mark->in_example &&
           token_is_word(mark->begins) && mark->begins != TOKEN_ENDS &&
           mark->begins != TOKEN_CLEAR && mark->begins != TOKEN_EXAMPLE;
}

static bool has_names_in_column(enum token_kind item)
{
    return item == TOKEN_ROLE || item == TOKEN_NOTICE || item == TOKEN_STAGE;
}

/* The width of the words that begin the line at this piece. */
static size_t words_width(const struct pieces *pieces, size_t index)
{
    const size_t words = words_of(piece_at(pieces, index)->mark->begins);
    size_t width = 0;
    for (size_t i = 0; i < words; i++) {
        width += piece_at(pieces, index + i)->width + (i == 0 ? 0 : 1);
    }
    return width;
}

/* Writing. */

struct writer {
    const struct pieces *pieces;
    struct buf *buf;
    size_t column;               /* where the next character is written, from 0 */
    size_t word_column;          /* how wide the first words of the item's lines are made */
    size_t name_width;           /* how wide the names of these items are made */
    enum token_kind item_before; /* the word that began it; TOKEN_END before the first */
    bool beside;                 /* still on the line of the item's name */
    bool unbroken;               /* this line may not go on in another */
    size_t words_left;           /* of those that begin the line */
    size_t value_column;         /* where the line goes on */
    size_t open[OPEN_MAX];       /* where a line goes on in each pair of parentheses */
    size_t open_count;
};

static void put_spaces(struct writer *writer, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put_char(writer->buf, ' ');
    }
    writer->column += count;
}

static void end_line(struct writer *writer)
{
    if (writer->column > 0) {
        buf_put_char(writer->buf, '\n');
        writer->column = 0;
    }
}

static void put_blank_line(struct writer *writer, bool blank)
{
    end_line(writer);
    if (blank && writer->buf->len > 0) {
        buf_put_char(writer->buf, '\n');
    }
}

static size_t indent_of(const struct line_mark *mark)
{
    if (mark->is_item) {
        return 0;
    }
    return mark->in_example ? EXAMPLE_INDENT : INDENT;
}

static size_t continuation_column(const struct writer *writer)
{
    return writer->open_count > 0 ? writer->open[writer->open_count - 1] : writer->value_column;
}

static void put_comments(struct writer *writer, const struct piece *piece)
{
    for (uint32_t i = 0; i < piece->comment_count; i++) {
        const struct comment *comment =
            LIST_AT(&writer->pieces->comments, struct comment, piece->comment + i);
        const bool between_items = piece->begins_item || piece->kind == TOKEN_END;
        if (comment->trailing) {
            put_spaces(writer, 2);
        } else {
            put_blank_line(writer, comment->blank_before && (between_items || piece->mark != NULL));
            size_t indent = 0;
            if (between_items) {
                indent = comment->at_margin || writer->item_before == TOKEN_END ? 0 : INDENT;
            } else {
                indent = piece->mark == NULL ? continuation_column(writer) : indent_of(piece->mark);
            }
            put_spaces(writer, indent);
        }
        buf_put(writer->buf, comment->text);
        buf_put_char(writer->buf, '\n');
        writer->column = 0;
    }
}

/* Where a line may go on. */

static bool breaks_after(enum token_kind kind)
{
    return kind == TOKEN_AND || kind == TOKEN_OR;
}

static bool may_break(const struct pieces *pieces, size_t index)
{
    const enum token_kind before = piece_at(pieces, index - 1)->kind;
    const enum token_kind kind = piece_at(pieces, index)->kind;
    return before == TOKEN_COMMA || breaks_after(kind) || kind == TOKEN_WHEN || kind == TOKEN_THEN;
}

/* Each of several texts that are one stands on a line of its own. */
static bool is_further_text(const struct pieces *pieces, size_t index)
{
    return piece_at(pieces, index - 1)->kind == TOKEN_TEXT &&
           piece_at(pieces, index)->kind == TOKEN_TEXT;
}

/* The lower, the better a place to break; only compared within one pair of parentheses. */
static size_t break_rank(enum token_kind kind)
{
    if (kind == TOKEN_WHEN) {
        return 0;
    }
    return kind == TOKEN_AND ? 2 : 1;
}

/* A break after "and" or "or" is moved before it; there is none among the words that begin a line,
 * nor after them. */
static void move_breaks(const struct pieces *pieces)
{
    for (size_t i = 1; i < pieces->list.count; i++) {
        struct piece *before = piece_at(pieces, i - 1);
        struct piece *piece = piece_at(pieces, i);
        if (piece->line_before && piece->comment_count == 0 && piece->mark == NULL &&
            breaks_after(before->kind)) {
            before->line_before = true;
            piece->line_before = false;
        }
    }
    for (size_t i = 0; i < pieces->list.count; i++) {
        const struct line_mark *mark = piece_at(pieces, i)->mark;
        const size_t words = mark == NULL ? 0 : words_of(mark->begins);
        for (size_t k = 1; k <= words; k++) {
            piece_at(pieces, i + k)->line_before = false;
        }
    }
}

static bool space_between(enum token_kind before, enum token_kind kind)
{
    return before != TOKEN_OPEN && kind != TOKEN_CLOSE && kind != TOKEN_COMMA;
}

static bool is_line_end(const struct pieces *pieces, size_t index)
{
    const struct piece *piece = piece_at(pieces, index);
    const bool kept = piece->line_before && may_break(pieces, index);
    return piece->mark != NULL || piece->kind == TOKEN_END || piece->comment_count > 0 || kept ||
           is_further_text(pieces, index);
}

/* Breaks the line that begins with this piece at this column if it is too long and can be broken:
 * where it is nested least, and there as late as it fits. */
static void plan_line(const struct writer *writer, size_t first, size_t column)
{
    const struct pieces *pieces = writer->pieces;
    size_t least_rank = SIZE_MAX;
    size_t depth = 2 * OPEN_MAX; /* relative: it may close what was opened before */
    size_t best = 0;
    const size_t value = first + writer->words_left; /* the words that begin it stay together */
    size_t width = column + piece_at(pieces, first)->width;
    depth += piece_at(pieces, first)->kind == TOKEN_OPEN ? 1 : 0;
    for (size_t i = first + 1; !is_line_end(pieces, i); i++) {
        const struct piece *piece = piece_at(pieces, i);
        depth -= piece->kind == TOKEN_CLOSE ? 1 : 0;
        const size_t rank = 3 * depth + break_rank(piece->kind);
        if (i == value && width + 1 < writer->value_column) {
            width = writer->value_column - 1;
        }
        if (i > value && may_break(pieces, i) &&
            (width <= LAYOUT_WIDTH ? rank <= least_rank : best == 0)) {
            best = i;
            least_rank = rank;
        }
        depth += piece->kind == TOKEN_OPEN ? 1 : 0;
        width += piece->width + (space_between(piece_at(pieces, i - 1)->kind, piece->kind) ? 1 : 0);
        if (width > LAYOUT_WIDTH && best != 0) {
            piece_at(pieces, best)->line_before = true;
            return;
        }
    }
}

static void begin_line(struct writer *writer, size_t index, size_t column)
{
    end_line(writer);
    put_spaces(writer, column);
    if (!writer->unbroken) {
        plan_line(writer, index, column);
    }
}

static void put_piece(struct writer *writer, const struct piece *piece)
{
    buf_put(writer->buf, piece->text);
    writer->column += piece->width;
    if (piece->kind == TOKEN_OPEN && writer->open_count < OPEN_MAX) {
        writer->open[writer->open_count++] = writer->column;
    } else if (piece->kind == TOKEN_CLOSE && writer->open_count > 0) {
        writer->open_count--;
    }
}

/* How wide the first words of this item's lines are made, from what they are. */
static size_t count_word_column(const struct pieces *pieces, size_t head)
{
    size_t width = COLUMN_LEAST;
    for (size_t i = head + 1;
         !piece_at(pieces, i)->begins_item && piece_at(pieces, i)->kind != TOKEN_END; i++) {
        const struct line_mark *mark = piece_at(pieces, i)->mark;
        if (mark != NULL && stands_in_column(mark) && words_width(pieces, i) + 1 > width) {
            width = words_width(pieces, i) + 1;
        }
    }
    return width;
}

/* How wide the names are made from this item on, as long as items of its kind follow. */
static size_t count_name_width(const struct pieces *pieces, size_t head)
{
    const enum token_kind item = piece_at(pieces, head)->kind;
    size_t width = 0;
    for (size_t i = head; piece_at(pieces, i)->kind != TOKEN_END; i++) {
        const struct piece *piece = piece_at(pieces, i);
        if (piece->begins_item && piece->kind != item) {
            return width;
        }
        if (piece->begins_item && piece_at(pieces, i + 1)->width > width) {
            width = piece_at(pieces, i + 1)->width;
        }
    }
    return width;
}

static void begin_item(struct writer *writer, size_t index)
{
    const struct piece *piece = piece_at(writer->pieces, index);
    put_blank_line(writer, piece->blank_before);
    if (piece->kind != writer->item_before) {
        writer->name_width =
            has_names_in_column(piece->kind) ? count_name_width(writer->pieces, index) : 0;
        writer->item_before = piece->kind;
    }
    writer->word_column = count_word_column(writer->pieces, index);
    writer->beside = true;
    writer->unbroken = false;
    writer->words_left = 1;
    writer->value_column = words_width(writer->pieces, index) + 1;
    begin_line(writer, index, 0);
}

/* On the line of the item's name. */
static void go_on_beside(struct writer *writer, size_t index)
{
    const struct piece *piece = piece_at(writer->pieces, index);
    const struct piece *before = piece_at(writer->pieces, index - 1);
    const struct item_style *style = style_of(piece->mark->item);
    if (writer->name_width > before->width && piece_at(writer->pieces, index - 2)->mark != NULL &&
        piece_at(writer->pieces, index - 2)->mark->is_item) {
        put_spaces(writer, writer->name_width - before->width);
    }
    put_spaces(writer, style->gap);
    writer->value_column = writer->column;
}

static void begin_line_of_item(struct writer *writer, size_t index)
{
    const struct pieces *pieces = writer->pieces;
    const struct piece *piece = piece_at(pieces, index);
    const struct line_mark *mark = piece->mark;
    const size_t indent = indent_of(mark);
    const size_t words = words_width(pieces, index);
    put_blank_line(writer, piece->blank_before);
    writer->beside = false;
    writer->unbroken = mark->begins == TOKEN_DUE;
    writer->words_left = words_of(mark->begins);
    if (stands_in_column(mark)) {
        writer->value_column = indent + writer->word_column;
    } else {
        writer->value_column = indent + words + (words == 0 ? 0 : 1);
    }
    begin_line(writer, index, indent);
}

static void begin_marked(struct writer *writer, size_t index)
{
    const struct line_mark *mark = piece_at(writer->pieces, index)->mark;
    writer->open_count = 0;
    if (mark->is_item) {
        begin_item(writer, index);
    } else if (stands_beside(mark) && writer->beside && writer->column > 0) {
        writer->words_left = 0;
        go_on_beside(writer, index);
    } else {
        begin_line_of_item(writer, index);
    }
}

/* Inside a line. */
static void go_on(struct writer *writer, size_t index)
{
    const struct pieces *pieces = writer->pieces;
    const struct piece *piece = piece_at(pieces, index);
    const enum token_kind before = piece_at(pieces, index - 1)->kind;
    const bool kept = piece->line_before && may_break(pieces, index) && !writer->unbroken;
    if (writer->column == 0 || kept || is_further_text(pieces, index)) {
        begin_line(writer, index, continuation_column(writer));
    } else if (writer->words_left == 0 && writer->column < writer->value_column) {
        put_spaces(writer, writer->value_column - writer->column);
    } else if (space_between(before, piece->kind)) {
        put_spaces(writer, 1);
    }
}

static void write_pieces(struct writer *writer)
{
    for (size_t i = 0; i < writer->pieces->list.count; i++) {
        const struct piece *piece = piece_at(writer->pieces, i);
        put_comments(writer, piece);
        if (piece->kind == TOKEN_END) {
            end_line(writer);
            return;
        }
        if (piece->mark != NULL) {
            begin_marked(writer, i);
        } else {
            go_on(writer, i);
        }
        put_piece(writer, piece);
        writer->words_left -= writer->words_left > 0 ? 1 : 0;
    }
}

/* 1: nothing was lost, added or moved. */
static bool same_pieces(const struct pieces *a, const struct pieces *b)
{
    if (a->list.count != b->list.count || a->comments.count != b->comments.count) {
        return false;
    }
    for (size_t i = 0; i < a->list.count; i++) {
        const struct piece *left = piece_at(a, i);
        const struct piece *right = piece_at(b, i);
        if (left->kind != right->kind || !str_equal(left->text, right->text) ||
            left->begins_item != right->begins_item ||
            left->comment_count != right->comment_count ||
            (left->mark == NULL) != (right->mark == NULL)) {
            return false;
        }
    }
    for (size_t i = 0; i < a->comments.count; i++) {
        if (!str_equal(LIST_AT(&a->comments, struct comment, i)->text,
                       LIST_AT(&b->comments, struct comment, i)->text)) {
            return false;
        }
    }
    return true;
}

/* The pieces of a text, as the parser and the lexer see it. */
static result read_file(const struct rulebook_file *file, struct arena *scratch,
                        struct diagnostics *diagnostics, struct pieces *ret_pieces, struct err *err)
{
    struct list marks = {0};
    struct arena *words = scratch; /* what the parser makes of the text is not looked at */
    TRY(parse_lines_of_file(file, words, scratch, diagnostics, &marks, err));
    return read_pieces(file, &marks, diagnostics, scratch, ret_pieces) ? result_ok()
                                                                       : arena_full(err);
}

result layout_file(const struct rulebook_file *file, struct arena *arena, struct arena scratch,
                   struct diagnostics *diagnostics, str *ret_text, struct err *err)
{
    ASSERT(arena->begin != scratch.begin && diagnostics->arena->begin != scratch.begin);
    struct pieces pieces = {0};
    struct pieces written = {0};
    struct buf buf;
    TRY(read_file(file, &scratch, diagnostics, &pieces, err));
    buf_init(&buf, arena, RULEBOOK_FILE_BYTES_MAX);
    struct writer writer = {.pieces = &pieces, .buf = &buf, .item_before = TOKEN_END};
    move_breaks(&pieces);
    write_pieces(&writer);
    str text;
    if (!buf_finish(&buf, &text, err).ok) {
        return err_set(err, ERROR_LIMIT, "%.*s would have more than %d bytes when laid out",
                       STR_ARG(file->name), RULEBOOK_FILE_BYTES_MAX);
    }
    const struct rulebook_file laid_out = {.name = file->name, .text = text};
    const size_t errors = diagnostics->error_count;
    const result read = read_file(&laid_out, &scratch, diagnostics, &written, err);
    ASSERT(diagnostics->error_count == errors); /* what parsed still does; memory may be full */
    TRY(read);
    ASSERT(same_pieces(&pieces, &written));
    *ret_text = text;
    return result_ok();
}
