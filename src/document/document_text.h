/* document_text: a document as plain text, in lines of up to DOCUMENT_TEXT_WIDTH letters; columns
 * and the cells of a row stand beside each other. */
#ifndef RETURNHUB_DOCUMENT_DOCUMENT_TEXT_H
#define RETURNHUB_DOCUMENT_DOCUMENT_TEXT_H

#include "base/buf.h"
#include "document/document.h"

enum { DOCUMENT_TEXT_WIDTH = 110 };

/* `scratch` is for the lines of one row at a time. */
void document_text_write(const struct document *document, struct arena scratch, struct buf *buf);

#endif
