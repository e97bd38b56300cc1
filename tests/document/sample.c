#include "sample.h"

#include <string.h>

static void build_list(struct document *document)
{
    document_begin(document, BLOCK_LIST);
    document_begin(document, BLOCK_ITEM);
    document_put(document, SPAN_PLAIN, STR("outer"));
    document_begin(document, BLOCK_LIST);
    document_begin(document, BLOCK_ITEM);
    document_put(document, SPAN_PLAIN, STR("inner"));
    document_end(document);
    document_end(document);
    document_end(document);
    document_end(document);
}

static void build_columns(struct document *document)
{
    struct block *columns = document_begin(document, BLOCK_COLUMNS);
    columns->width_count = 2;
    columns->widths[0] = 600;
    columns->widths[1] = 400;
    document_begin(document, BLOCK_COLUMN);
    document_paragraph(document, STR("The left side says one thing."));
    document_end(document);
    document_begin(document, BLOCK_COLUMN);
    document_begin(document, BLOCK_PARAGRAPH);
    document_put(document, SPAN_PLAIN, STR("The right, s.10A "));
    document_put(document, SPAN_MARK, STR("Not verified"));
    document_end(document);
    document_end(document);
    document_end(document);
}

static void build_table(struct document *document)
{
    static const int32_t widths[] = {300, 700};
    static const char *const headings[] = {"Head one", "Head two"};
    document_table(document, STR("A table"), widths, headings, 2)->rows_named = true;
    for (int i = 0; i < 3; i++) {
        document_begin(document, BLOCK_ROW)->id = i == 0 ? STR("row") : STR("");
        document_cell(document, STR("Cell <1>"));
        document_cell(document, STR("Cell & 2"));
        document_end(document);
    }
    document_end(document);
}

static void build_drawing(struct document *document, struct arena *arena)
{
    struct drawing *drawing = ARENA_NEW(arena, struct drawing, 1);
    struct shape *shapes = ARENA_NEW(arena, struct shape, 4);
    if (drawing == NULL || shapes == NULL) {
        document->failed = true;
        return;
    }
    shapes[0] = (struct shape){
        .next = &shapes[1], .kind = SHAPE_BOX, .width = 80, .height = 30, .twice = true};
    shapes[1] = (struct shape){
        .next = &shapes[2], .kind = SHAPE_WORDS, .at = {5, 20}, .words = STR("Box <1>")};
    shapes[2] = (struct shape){.next = &shapes[3],
                               .kind = SHAPE_LINE,
                               .points = {{80, 15}, {120, 15}},
                               .point_count = 2,
                               .arrow = true};
    shapes[3] = (struct shape){.kind = SHAPE_DOT, .at = {100, 15}, .width = 4};
    *drawing = (struct drawing){.width = 120,
                                .height = 30,
                                .title = STR("A drawing"),
                                .about = STR("A box & a line."),
                                .shapes = shapes,
                                .last = &shapes[3]};
    document_begin(document, BLOCK_DRAWING)->drawing = drawing;
    document_end(document);
}

static void build_signature(struct document *document)
{
    document_begin(document, BLOCK_SIGNATURE);
    document_put(document, SPAN_PLAIN, STR("Name"));
    document_end(document);
}

void sample_build(struct document *document, struct arena *arena, int paragraphs)
{
    const struct document_about about = {
        .language = STR("en-GB"),
        .title = STR("Title <of> the \"sample\""),
        .subject = STR("Subject"),
        .running_head = STR("Head of pages"),
        .day = {.day = 20000}, /* 2024-10-04 */
    };
    document_init(document, arena, about);
    document_heading(document, 1, STR("top"), STR("Title <of> the \"sample\""));
    document_begin(document, BLOCK_PARAGRAPH);
    document_put(document, SPAN_PLAIN, STR("See "));
    document_put_link(document, SPAN_STRONG, STR("the row"), STR("row"));
    document_put(document, SPAN_PLAIN, STR("."));
    document_put(document, SPAN_NEW_LINE, STR(""));
    document_put(document, SPAN_NAME, STR("a_name.here"));
    document_put(document, SPAN_SMALL, STR(" beside"));
    document_end(document);
    build_signature(document);
    document_begin(document, BLOCK_CONTENTS);
    document_end(document);
    document_begin(document, BLOCK_NEW_PAGE);
    document_end(document);
    document_begin(document, BLOCK_PART);
    document_heading(document, 2, STR("second"), STR("Second level"));
    build_columns(document);
    document_heading(document, 3, STR("third"), STR("Third level"))->listed = true;
    build_list(document);
    build_table(document);
    build_drawing(document, arena);
    document_end(document);
    document_heading(document, 2, STR("rest"), STR("The rest"));
    for (int i = 0; i < paragraphs; i++) {
        document_paragraph(document, STR("One more paragraph that fills a line of the page."));
    }
}
