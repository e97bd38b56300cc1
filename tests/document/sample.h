/* sample: a small document with every kind of block. */
#ifndef RETURNHUB_TESTS_SAMPLE_H
#define RETURNHUB_TESTS_SAMPLE_H

#include "document/document.h"

/* `paragraphs` more at its end, to fill pages. */
void sample_build(struct document *document, struct arena *arena, int paragraphs);

#endif
