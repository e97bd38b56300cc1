#include "document/document_html.h"

static const char style[] =
    "html{font:1rem/1.5 \"Liberation Sans\",Arial,Helvetica,sans-serif;color:#0b0c0c;"
    "background:#fff;-webkit-text-size-adjust:100%}\n"
    "body{margin:0}main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 4rem;"
    "overflow-wrap:anywhere}\n"
    "h1{font-size:2rem;line-height:1.2;margin:0 0 1.5rem;border-top:.5rem solid #0b0c0c;"
    "padding-top:1.5rem}\n"
    "h2{font-size:1.6rem;line-height:1.25;margin:3.5rem 0 1rem;border-top:2px solid #0b0c0c;"
    "padding-top:1rem}\n"
    "h3{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .75rem}\n"
    "h4{font-size:1.05rem;line-height:1.35;margin:0 0 .5rem}\n"
    "p{margin:0 0 .6rem;max-width:46rem}ul{margin:0 0 .6rem;padding-inline-start:1.25rem}"
    "li{margin:.15rem 0}\n"
    "a{color:#1d70b8;text-decoration-thickness:1px;text-underline-offset:.15em}"
    "a:hover{color:#003078;text-decoration-thickness:3px}"
    "a:focus{outline:3px solid transparent;background:#fd0;color:#0b0c0c;"
    "box-shadow:0 -2px #fd0,0 4px #0b0c0c;text-decoration:none}\n"
    "bdi{white-space:nowrap}"
    "code{font:.875em/1.4 \"Liberation Mono\",\"DejaVu Sans Mono\",Menlo,Consolas,monospace}"
    "small{font-size:.875rem;color:#484949}\n"
    "mark{background:none;color:#0b0c0c;font-weight:bold;border:2px solid #0b0c0c;"
    "padding:0 .3rem;font-size:.8rem;white-space:nowrap}\n"
    "section{margin:0 0 1.75rem}section section{border-top:1px solid #b1b4b6;padding-top:1rem}\n"
    "table{border-collapse:collapse;width:100%;table-layout:fixed;margin:.5rem 0 1rem}"
    "caption{text-align:start;font-size:.875rem;font-weight:bold;padding:.25rem 0}\n"
    "th,td{text-align:start;vertical-align:top;padding:.35rem .75rem .35rem 0;"
    "border-bottom:1px solid #b1b4b6;font-size:.9375rem;line-height:1.5rem}"
    "thead th{border-bottom:2px solid #0b0c0c}tbody th{font-weight:normal}"
    "td p,th p{margin:0 0 .25rem}td ul{margin:0}\n"
    ".columns{display:flex;gap:1.75rem;margin:.5rem 0}"
    ".columns>div+div{border-left:4px solid #b1b4b6;padding-left:1rem}\n"
    ".drawing{margin:1rem 0;overflow-x:auto}.drawing svg{display:block;width:100%;min-width:44rem;"
    "height:auto}\n"
    "nav ul{list-style:none;padding-left:0}nav ul ul{padding-left:1.25rem}\n"
    ".line{border-top:1px solid #0b0c0c;margin:3rem 0 0;padding-top:.25rem;max-width:30rem}\n"
    "@media (max-width:40rem){.columns{display:block}.columns>div{width:auto}"
    ".columns>div+div{margin:.75rem 0}"
    "h1{font-size:1.6rem}h2{font-size:1.35rem}th,td{font-size:.875rem;padding-right:.4rem}}\n"
    "@page{size:A4;margin:20mm 18mm}\n"
    "@media "
    "print{html{font-size:9.5pt}th,td{line-height:1.4}main{max-width:none;padding:0}a{color:"
    "inherit}"
    ".page{break-after:page}h2,h3,h4{break-after:avoid}section section>h4{break-after:avoid}"
    "tr,li,.columns>div>p{break-inside:avoid}thead{display:table-header-group}"
    ".drawing{overflow:visible;break-inside:avoid}.drawing svg{min-width:0}}\n";

static const struct span_tags {
    const char *begin;
    const char *end;
} span_tags[] = {
    [SPAN_PLAIN] = {"", ""},
    [SPAN_STRONG] = {"<strong>", "</strong>"},
    [SPAN_NAME] = {"<code>", "</code>"},
    [SPAN_SMALL] = {"<small>", "</small>"},
    [SPAN_MARK] = {"<mark>", "</mark>"},
    [SPAN_NEW_LINE] = {"<br>", ""},
};

/* What is read as one stays on one line, and is read from left to right in any script (a day would
 * have its parts turned round); a line may break at the hyphen of any other word. */
static void put_text(str text, struct buf *buf)
{
    size_t begin = 0;
    for (;;) {
        const struct document_whole whole = document_find_whole(text, begin);
        buf_put_html(buf, str_slice(text, begin, whole.begin));
        if (whole.len == 0) {
            return;
        }
        begin = whole.begin + whole.len;
        buf_put_c(buf, "<bdi dir=\"ltr\">");
        buf_put_html(buf, str_slice(text, whole.begin, begin));
        buf_put_c(buf, "</bdi>");
    }
}

static void put_spans(const struct block *block, struct buf *buf)
{
    for (const struct span *span = block->spans; span != NULL; span = span->next) {
        const bool leads = span->link.len > 0;
        if (leads) {
            buf_put_c(buf, "<a href=\"#");
            buf_put_html(buf, span->link);
            buf_put_c(buf, "\">");
        }
        buf_put_c(buf, span_tags[span->kind].begin);
        put_text(span->text, buf);
        buf_put_c(buf, span_tags[span->kind].end);
        buf_put_c(buf, leads ? "</a>" : "");
    }
}

static void put_attributes(const struct block *block, struct buf *buf)
{
    if (block->id.len > 0) {
        buf_put_c(buf, " id=\"");
        buf_put_html(buf, block->id);
        buf_put_c(buf, "\"");
    }
    if (block->language.len > 0) {
        buf_put_c(buf, " lang=\"");
        buf_put_html(buf, block->language);
        buf_format(buf, "\" dir=\"%s\"", block->right_to_left ? "rtl" : "ltr");
    }
}

static void put_block(const struct document *document, const struct block *block, struct buf *buf);

static void put_children(const struct document *document, const struct block *block,
                         struct buf *buf)
{
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        put_block(document, child, buf);
    }
}

static void put_inside(const struct document *document, const struct block *block, const char *tag,
                       struct buf *buf)
{
    buf_format(buf, "<%s", tag);
    put_attributes(block, buf);
    buf_put_c(buf, ">");
    put_spans(block, buf);
    put_children(document, block, buf);
    buf_format(buf, "</%s>\n", tag);
}

static void put_cell(const struct document *document, const struct block *cell, const char *scope,
                     struct buf *buf)
{
    buf_put_c(buf, scope == NULL ? "<td" : "<th scope=\"");
    buf_put_c(buf, scope == NULL ? "" : scope);
    buf_put_c(buf, scope == NULL ? "" : "\"");
    put_attributes(cell, buf);
    buf_put_c(buf, ">");
    put_spans(cell, buf);
    put_children(document, cell, buf);
    buf_put_c(buf, scope == NULL ? "</td>" : "</th>");
}

static void put_row(const struct document *document, const struct block *table,
                    const struct block *row, struct buf *buf)
{
    const bool heading = table->headed && row == table->children;
    buf_put_c(buf, "<tr");
    put_attributes(row, buf);
    buf_put_c(buf, ">");
    for (const struct block *cell = row->children; cell != NULL; cell = cell->next) {
        const bool names_row = table->rows_named && cell == row->children;
        put_cell(document, cell, heading ? "col" : names_row ? "row" : NULL, buf);
    }
    buf_put_c(buf, "</tr>\n");
}

static void put_table(const struct document *document, const struct block *table, struct buf *buf)
{
    const struct block *row = table->children;
    buf_put_c(buf, "<table>\n<caption>");
    buf_put_html(buf, table->called);
    buf_put_c(buf, "</caption>\n<colgroup>");
    for (size_t i = 0; i < table->width_count; i++) {
        buf_format(buf, "<col class=\"w%d\">", table->widths[i]);
    }
    buf_put_c(buf, "</colgroup>\n");
    if (table->headed) {
        buf_put_c(buf, "<thead>\n");
        put_row(document, table, row, buf);
        buf_put_c(buf, "</thead>\n");
        row = row->next;
    }
    buf_put_c(buf, "<tbody>\n");
    for (; row != NULL; row = row->next) {
        put_row(document, table, row, buf);
    }
    buf_put_c(buf, "</tbody>\n</table>\n");
}

static void put_columns(const struct document *document, const struct block *columns,
                        struct buf *buf)
{
    size_t index = 0;
    buf_put_c(buf, "<div class=\"columns\">\n");
    for (const struct block *column = columns->children;
         column != NULL && index < columns->width_count; column = column->next) {
        buf_format(buf, "<div class=\"w%d\"", columns->widths[index++]);
        put_attributes(column, buf);
        buf_put_c(buf, ">\n");
        put_children(document, column, buf);
        buf_put_c(buf, "</div>\n");
    }
    buf_put_c(buf, "</div>\n");
}

/* Drawings. */

static void put_path(const struct shape *shape, struct buf *buf)
{
    buf_format(buf, "<path fill=\"none\" stroke=\"#0b0c0c\" stroke-width=\"%s\"%s%s d=\"",
               shape->strong ? "1.6" : "0.8", shape->dashed ? " stroke-dasharray=\"4 3\"" : "",
               shape->arrow ? " marker-end=\"url(#arrow)\"" : "");
    for (size_t i = 0; i < shape->point_count; i++) {
        buf_format(buf, "%c%d %d", i == 0 ? 'M' : 'L', shape->points[i].x, shape->points[i].y);
    }
    buf_put_c(buf, "\"/>\n");
}

static void put_box(const struct shape *shape, struct buf *buf)
{
    for (int32_t inset = 0; inset <= (shape->twice ? 3 : 0); inset += 3) {
        buf_format(buf,
                   "<rect fill=\"%s\" stroke=\"#0b0c0c\" stroke-width=\"%s\" x=\"%d\" y=\"%d\" "
                   "width=\"%d\" height=\"%d\"/>\n",
                   inset == 0 ? "#fff" : "none", shape->strong ? "2.2" : "0.8", shape->at.x + inset,
                   shape->at.y + inset, shape->width - 2 * inset, shape->height - 2 * inset);
    }
}

static void put_area(const struct shape *shape, struct buf *buf)
{
    const uint8_t *tint = drawing_tints[shape->tint];
    buf_format(buf, "<path fill=\"#%02x%02x%02x\" d=\"", tint[0], tint[1], tint[2]);
    for (size_t i = 0; i < shape->outline_count; i++) {
        buf_format(buf, "%c%d %d", i == 0 ? 'M' : 'L', shape->outline[i].x, shape->outline[i].y);
    }
    buf_put_c(buf, "z\"/>\n");
}

static void put_shape(const struct shape *shape, struct buf *buf)
{
    switch (shape->kind) {
    case SHAPE_BOX:
        put_box(shape, buf);
        break;
    case SHAPE_LINE:
        put_path(shape, buf);
        break;
    case SHAPE_DOT:
        buf_format(buf, "<circle fill=\"#0b0c0c\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n", shape->at.x,
                   shape->at.y, shape->width / 2);
        break;
    case SHAPE_WORDS:
        buf_format(buf, "<text fill=\"#0b0c0c\" font-size=\"%d\"%s x=\"%d\" y=\"%d\">",
                   DRAWING_FONT_SIZE, shape->strong ? " font-weight=\"bold\"" : "", shape->at.x,
                   shape->at.y);
        buf_put_html(buf, shape->words);
        buf_put_c(buf, "</text>\n");
        break;
    case SHAPE_AREA:
        put_area(shape, buf);
        break;
    }
}

static void put_picture(const struct drawing *drawing, const char *attributes, struct buf *buf)
{
    buf_format(buf,
               "<svg %srole=\"img\" aria-labelledby=\"drawing-title drawing-about\" viewBox=\"0 "
               "0 %d %d\" width=\"%d\" height=\"%d\">\n<title id=\"drawing-title\">",
               attributes, drawing->width, drawing->height, drawing->width, drawing->height);
    buf_put_html(buf, drawing->title);
    buf_put_c(buf, "</title>\n<desc id=\"drawing-about\">");
    buf_put_html(buf, drawing->about);
    buf_put_c(buf,
              "</desc>\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
              "markerWidth=\"6\" markerHeight=\"6\" markerUnits=\"userSpaceOnUse\" "
              "orient=\"auto\"><path fill=\"#0b0c0c\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n");
    for (const struct shape *shape = drawing->shapes; shape != NULL; shape = shape->next) {
        put_shape(shape, buf);
    }
    buf_put_c(buf, "</svg>\n");
}

static void put_drawing(const struct drawing *drawing, struct buf *buf)
{
    buf_put_c(buf, "<section class=\"drawing\" tabindex=\"0\" aria-label=\"");
    buf_put_html(buf, drawing->title);
    buf_put_c(buf, "\">\n");
    put_picture(drawing, "", buf);
    buf_put_c(buf, "</section>\n");
}

void document_html_drawing(const struct drawing *drawing, struct buf *buf)
{
    put_picture(drawing,
                "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"Helvetica, Arial, "
                "sans-serif\" ",
                buf);
}

/* The contents: headings of level 2, and below each those of level 3. */

static void put_contents_line(const struct block *heading, int32_t *level, struct buf *buf)
{
    if (heading->level == 3 && *level == 2) {
        buf_put_c(buf, "\n<ul>\n");
    } else if (heading->level == 2 && *level == 3) {
        buf_put_c(buf, "</li>\n</ul>\n</li>\n");
    } else if (*level > 0) {
        buf_put_c(buf, "</li>\n");
    }
    *level = heading->level;
    buf_put_c(buf, "<li><a href=\"#");
    buf_put_html(buf, heading->id);
    buf_put_c(buf, "\">");
    put_spans(heading, buf);
    buf_put_c(buf, "</a>");
}

static void put_contents_of(const struct block *block, int32_t *level, struct buf *buf)
{
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        if (child->kind == BLOCK_HEADING && child->listed) {
            put_contents_line(child, level, buf);
        } else if (child->kind == BLOCK_PART) {
            put_contents_of(child, level, buf);
        }
    }
}

static void put_contents(const struct document *document, struct buf *buf)
{
    int32_t level = 0;
    buf_put_c(buf, "<nav aria-label=\"Contents\">\n<ul>\n");
    put_contents_of(document->root, &level, buf);
    buf_put_c(buf, level == 3 ? "</li>\n</ul>\n" : "");
    buf_put_c(buf, level > 0 ? "</li>\n" : "");
    buf_put_c(buf, "</ul>\n</nav>\n");
}

static void put_block(const struct document *document, const struct block *block, struct buf *buf)
{
    static const char *const headings[] = {"h1", "h1", "h2", "h3", "h4"};
    switch (block->kind) {
    case BLOCK_PART:
        put_inside(document, block, "section", buf);
        break;
    case BLOCK_HEADING:
        put_inside(document, block, headings[block->level], buf);
        break;
    case BLOCK_PARAGRAPH:
        put_inside(document, block, "p", buf);
        break;
    case BLOCK_LIST:
        put_inside(document, block, "ul", buf);
        break;
    case BLOCK_ITEM:
        put_inside(document, block, "li", buf);
        break;
    case BLOCK_TABLE:
        put_table(document, block, buf);
        break;
    case BLOCK_COLUMNS:
        put_columns(document, block, buf);
        break;
    case BLOCK_DRAWING:
        put_drawing(block->drawing, buf);
        break;
    case BLOCK_CONTENTS:
        put_contents(document, buf);
        break;
    case BLOCK_SIGNATURE:
        buf_put_c(buf, "<p class=\"line\">");
        put_spans(block, buf);
        buf_put_c(buf, "</p>\n");
        break;
    case BLOCK_NEW_PAGE:
        buf_put_c(buf, "<div class=\"page\"></div>\n");
        break;
    case BLOCK_ROW:
    case BLOCK_CELL:
    case BLOCK_COLUMN:
        break; /* written by what they stand in */
    }
}

/* A class for each width of a column, once. */
static void put_widths(const struct block *block, bool *said, struct buf *buf)
{
    for (const struct block *child = block->children; child != NULL; child = child->next) {
        for (size_t i = 0; i < child->width_count; i++) {
            const int32_t width = child->widths[i];
            ASSERT(width >= 0 && width <= 1000);
            if (!said[width]) {
                buf_format(buf, ".w%d{width:%d.%d%%}", width, width / 10, width % 10);
                said[width] = true;
            }
        }
        put_widths(child, said, buf);
    }
}

void document_html_write(const struct document *document, struct buf *buf)
{
    buf_put_c(buf, "<!DOCTYPE html>\n<html lang=\"");
    buf_put_html(buf, document->about.language);
    buf_put_c(buf, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                   "content=\"width=device-width, initial-scale=1\">\n<title>");
    buf_put_html(buf, document->about.title);
    buf_put_c(buf, "</title>\n<style>\n");
    bool said[1001] = {false};
    put_widths(document->root, said, buf);
    buf_put_c(buf, "\n");
    buf_put_c(buf, style);
    buf_put_c(buf, "</style>\n</head>\n<body>\n<main>\n");
    put_children(document, document->root, buf);
    buf_put_c(buf, "</main>\n</body>\n</html>\n");
}
