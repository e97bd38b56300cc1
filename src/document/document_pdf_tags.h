/* document_pdf_tags: what a PDF must say to be read aloud and cannot be told to Cairo: the language
 * of the whole and of each part in another one, the words of such a part in the order in which they
 * are read (ISO 32000-1, 14.9.2 and 14.9.4), and that its title is shown instead of its file name.
 *
 * While pages are drawn, each tag is written down as it is opened; afterwards the tree of tags in
 * the bytes, which is in the same order, is given what was written down. Inside document_pdf only.
 */
#ifndef RETURNHUB_DOCUMENT_DOCUMENT_PDF_TAGS_H
#define RETURNHUB_DOCUMENT_DOCUMENT_PDF_TAGS_H

#include "base/buf.h"
#include "document/document.h"

enum { TAG_DEPTH_MAX = 16 };

struct tag_note {
    struct tag_note *next;
    str language; /* "": that of the document */
    struct buf words;
};

struct tag_log {
    struct arena *arena; /* NULL: nothing is written down */
    struct tag_note *first;
    struct tag_note *last;
    struct tag_note *open[TAG_DEPTH_MAX];
    size_t depth;
    bool failed;
};

/* `block` is whose language it is, NULL for the document's. */
void tag_log_begin(struct tag_log *log, const struct block *block);
/* Words of the tag that is open. */
void tag_log_words(struct tag_log *log, str words);
void tag_log_end(struct tag_log *log);

/* The bytes with all that. Deterministic. ERROR_LIMIT when there is no room, ERROR_STORAGE when the
 * tree in the bytes is not the one that was written down. */
MUST_USE result tag_log_apply(const struct tag_log *log, const struct document_about *about,
                              str bytes, struct buf *buf, struct err *err);

#endif
