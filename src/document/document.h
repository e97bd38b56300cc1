/* document: something to read, as data: headings, paragraphs, lists, tables, two columns beside
 * each other, drawings. It is built once; document_text, document_html and document_pdf write it.
 *
 * A document is a tree of blocks in one arena. Blocks are opened and closed like brackets, and
 * words are put into the block that is open:
 *
 *     document_begin(document, BLOCK_PARAGRAPH);
 *     document_put(document, SPAN_PLAIN, STR("See "));
 *     document_put_link(document, SPAN_PLAIN, STR("the clocks"), STR("clocks"));
 *     document_end(document);
 *
 * The error is sticky: build freely, then ask document_finish once. Texts are not copied; they must
 * live as long as the document.
 *
 * What stands where:
 *   - a heading, a paragraph and a cell hold words; a cell may hold paragraphs and lists instead;
 *   - a list holds items; an item holds words, and after them perhaps a list;
 *   - a table holds rows of as many cells as it has widths; its first row is the heading when
 *     `headed`, and the first cell of each row names the row when `rows_named`;
 *   - columns hold two columns or more, which hold paragraphs and lists;
 *   - a part keeps a heading and what belongs to it together, and is what links lead to. */
#ifndef RETURNHUB_DOCUMENT_DOCUMENT_H
#define RETURNHUB_DOCUMENT_DOCUMENT_H

#include "base/date.h"
#include "document/drawing.h"

enum {
    DOCUMENT_DEPTH_MAX = 16, /* blocks within blocks: four levels of parts, then lists in a cell */
    DOCUMENT_WIDTHS_MAX = 6, /* columns beside each other that a page can still show */
    DOCUMENT_LEVEL_MAX = 4,  /* of headings */
};

enum span_kind {
    SPAN_PLAIN,
    SPAN_STRONG,
    SPAN_NAME,     /* a name or a line of the text itself, in letters of one width */
    SPAN_SMALL,    /* beside the point */
    SPAN_MARK,     /* a warning in words, framed where frames can be drawn */
    SPAN_NEW_LINE, /* no text */
};

struct span {
    struct span *next;
    enum span_kind kind;
    str text;
    str link; /* the id of the block it leads to, "" for none */
};

enum block_kind {
    BLOCK_PART,
    BLOCK_HEADING,
    BLOCK_PARAGRAPH,
    BLOCK_LIST,
    BLOCK_ITEM,
    BLOCK_TABLE,
    BLOCK_ROW,
    BLOCK_CELL,
    BLOCK_COLUMNS,
    BLOCK_COLUMN,
    BLOCK_DRAWING,
    BLOCK_CONTENTS,  /* the headings of the whole document that are `listed`, each leading there */
    BLOCK_SIGNATURE, /* a line to write on, under which its words stand */
    BLOCK_NEW_PAGE,  /* where there are pages */
};

struct block {
    struct block *next;
    struct block *parent;
    struct block *children;
    struct block *last_child;
    struct span *spans;
    struct span *last_span;
    enum block_kind kind;
    str id;       /* letters, digits, hyphens, dots, underscores; "" when nothing leads here */
    str language; /* BCP 47, of the words in it; "": of what it stands in */
    bool right_to_left; /* of a block with a language: how it is written */
    int32_t level;      /* of a heading, from 1 */
    bool listed;        /* of a heading of level 2 or 3: it stands in the contents */
    bool headed;        /* of a table */
    bool rows_named;    /* of a table */
    str called;         /* what a table or a drawing shows, for those who do not see it */
    int32_t widths[DOCUMENT_WIDTHS_MAX]; /* of a table and columns, in thousandths of the whole */
    size_t width_count;
    const struct drawing *drawing;
};

struct document_about {
    str language; /* BCP 47 */
    str title;
    str subject;
    str running_head; /* at the head of each page */
    date day;         /* the day the document carries, whenever it is written */
};

struct document {
    struct arena *arena;
    struct document_about about;
    struct block *root;
    struct block *open;
    struct block nobody; /* what is described when the arena is full */
    int32_t depth;
    bool failed;
};

void document_init(struct document *document, struct arena *arena, struct document_about about);

/* The block that was opened, to be described further. Never NULL. */
struct block *document_begin(struct document *document, enum block_kind kind);
void document_end(struct document *document);

void document_put(struct document *document, enum span_kind kind, str text);
void document_put_link(struct document *document, enum span_kind kind, str text, str link);

/* The nearest block around it, or it, that has a language of its own; NULL: the document's. */
const struct block *block_with_language(const struct block *block);

/* What is read as one, and stays on one line: a reference or a day, RH-451HVN-W, 2026-11-28. The
 * next in the text that begins at or after `at`; where there is none its length is 0, and it begins
 * at the end. */
struct document_whole {
    size_t begin;
    size_t len;
};
struct document_whole document_find_whole(str text, size_t at);

/* Whole blocks of one text. A heading of level 2 with an id is listed. */
struct block *document_heading(struct document *document, int32_t level, str id, str text);
void document_paragraph(struct document *document, str text);
void document_cell(struct document *document, str text);

/* Opens a table whose first row is `headings`. Close it with document_end. */
struct block *document_table(struct document *document, str called, const int32_t *widths,
                             const char *const *headings, size_t count);

/* Every bracket was closed and everything fitted, or ERROR_LIMIT. */
MUST_USE result document_finish(const struct document *document, struct err *err);

#endif
