/* document_pdf: a document as PDF, by Pango and Cairo: A4, numbered pages, a running head, an
 * outline, links within, headings, paragraphs and tables tagged. The same document gives the same
 * bytes where the same versions of the libraries and fonts are installed. */
#ifndef RETURNHUB_DOCUMENT_DOCUMENT_PDF_H
#define RETURNHUB_DOCUMENT_DOCUMENT_PDF_H

#include "base/buf.h"
#include "document/document.h"

/* ERROR_STORAGE when no font has a letter of the document or Cairo fails, ERROR_LIMIT when
 * `scratch` is too small. `buf` must not grow in the arena that `scratch` is of. */
MUST_USE result document_pdf_write(const struct document *document, struct arena scratch,
                                   struct buf *buf, struct err *err);

#endif
