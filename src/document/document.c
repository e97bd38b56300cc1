#include "document/document.h"

#include <string.h>

static struct block *nobody(struct document *document)
{
    document->failed = true;
    return &document->nobody;
}

void document_init(struct document *document, struct arena *arena, struct document_about about)
{
    *document = (struct document){.arena = arena, .about = about};
    document->root = ARENA_NEW(arena, struct block, 1);
    document->open = document->root;
    document->failed = document->root == NULL;
}

static struct block *append(struct document *document, enum block_kind kind)
{
    struct block *block = ARENA_NEW(document->arena, struct block, 1);
    struct block *parent = document->open;
    if (block == NULL) {
        return NULL;
    }
    block->kind = kind;
    block->parent = parent;
    block->id = STR("");
    block->called = STR("");
    if (parent->last_child == NULL) {
        parent->children = block;
    } else {
        parent->last_child->next = block;
    }
    parent->last_child = block;
    return block;
}

struct block *document_begin(struct document *document, enum block_kind kind)
{
    document->depth++;
    if (document->failed || document->depth > DOCUMENT_DEPTH_MAX) {
        return nobody(document);
    }
    struct block *block = append(document, kind);
    if (block == NULL) {
        return nobody(document);
    }
    document->open = block;
    return block;
}

void document_end(struct document *document)
{
    document->depth--;
    if (!document->failed) {
        ASSERT(document->open->parent != NULL);
        document->open = document->open->parent;
    }
}

void document_put_link(struct document *document, enum span_kind kind, str text, str link)
{
    if (document->failed) {
        return;
    }
    struct span *span = ARENA_NEW(document->arena, struct span, 1);
    struct block *block = document->open;
    if (span == NULL || text.at == NULL || link.at == NULL) {
        document->failed = true;
        return;
    }
    *span = (struct span){.kind = kind, .text = text, .link = link};
    if (block->last_span == NULL) {
        block->spans = span;
    } else {
        block->last_span->next = span;
    }
    block->last_span = span;
}

void document_put(struct document *document, enum span_kind kind, str text)
{
    document_put_link(document, kind, text, STR(""));
}

const struct block *block_with_language(const struct block *block)
{
    while (block != NULL && block->language.len == 0) {
        block = block->parent;
    }
    return block;
}

static void put_block(struct document *document, enum block_kind kind, str text)
{
    document_begin(document, kind);
    document_put(document, SPAN_PLAIN, text);
    document_end(document);
}

struct block *document_heading(struct document *document, int32_t level, str id, str text)
{
    ASSERT(level >= 1 && level <= DOCUMENT_LEVEL_MAX);
    struct block *heading = document_begin(document, BLOCK_HEADING);
    heading->level = level;
    heading->id = id;
    heading->listed = level == 2 && id.len > 0;
    document_put(document, SPAN_PLAIN, text);
    document_end(document);
    return heading;
}

void document_paragraph(struct document *document, str text)
{
    put_block(document, BLOCK_PARAGRAPH, text);
}

void document_cell(struct document *document, str text)
{
    put_block(document, BLOCK_CELL, text);
}

struct block *document_table(struct document *document, str called, const int32_t *widths,
                             const char *const *headings, size_t count)
{
    ASSERT(count >= 1 && count <= DOCUMENT_WIDTHS_MAX);
    struct block *table = document_begin(document, BLOCK_TABLE);
    table->called = called;
    table->headed = headings != NULL;
    table->width_count = count;
    memcpy(table->widths, widths, count * sizeof *widths);
    if (headings != NULL) {
        document_begin(document, BLOCK_ROW);
        for (size_t i = 0; i < count; i++) {
            document_cell(document, str_from_c(headings[i]));
        }
        document_end(document);
    }
    return table;
}

result document_finish(const struct document *document, struct err *err)
{
    if (document->failed) {
        return err_set(err, ERROR_LIMIT, "The document is larger than there is room for");
    }
    ASSERT(document->open == document->root);
    return result_ok();
}

enum { WHOLE_LEN_MAX = 40 }; /* what is longer may not fit on a line */

static bool is_of_reference(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Of a reference or a day that the text begins with; 0: it does not. */
static size_t reference_length(str text)
{
    size_t len = 0;
    while (len < text.len && is_of_reference(text.at[len])) {
        len++;
    }
    const size_t hyphen = str_find_char(str_slice(text, 0, len), '-');
    const bool goes_on = len < text.len && text.at[len] >= 'a' && text.at[len] <= 'z';
    return hyphen > 0 && hyphen + 1 < len && len <= WHOLE_LEN_MAX && !goes_on ? len : 0;
}

struct document_whole document_find_whole(str text, size_t at)
{
    for (size_t i = at; i < text.len; i++) {
        const char before = i == 0 ? ' ' : text.at[i - 1];
        const bool within = is_of_reference(before) || (before >= 'a' && before <= 'z');
        const size_t len = within ? 0 : reference_length(str_slice(text, i, text.len));
        if (len > 0) {
            return (struct document_whole){.begin = i, .len = len};
        }
    }
    return (struct document_whole){.begin = text.len};
}
