/* document_html: a document as one complete HTML page: no script, nothing fetched from elsewhere,
 * made to be read on a telephone, on a screen, and on paper. */
#ifndef RETURNHUB_DOCUMENT_DOCUMENT_HTML_H
#define RETURNHUB_DOCUMENT_DOCUMENT_HTML_H

#include "base/buf.h"
#include "document/document.h"

/* A drawing alone, as a file of its own (SVG 1.1). */
void document_html_drawing(const struct drawing *drawing, struct buf *buf);

void document_html_write(const struct document *document, struct buf *buf);

#endif
