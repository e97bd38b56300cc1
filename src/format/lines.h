/* lines: a text of items, for people to write and read: a line at the left margin begins an item,
 * the lines under it are indented. `#`, outside of quotes, begins a comment. A line is words,
 * parted by spaces or commas, and texts in double quotes, which end on their line.
 *
 * A reader goes through one text, a line at a time; the line is taken word by word. Every refusal
 * says the file and the line. */
#ifndef RETURNHUB_FORMAT_LINES_H
#define RETURNHUB_FORMAT_LINES_H

#include "base/str.h"

struct line_reader {
    const char *file;
    str text;      /* what is left of it */
    uint32_t line; /* from 1 */
    bool indented;
    str rest; /* of the line: what is not taken yet */
};

/* ERROR_INPUT when the text is not UTF-8. `file` names it in refusals and must outlive the reader.
 */
MUST_USE result line_reader_open(struct line_reader *reader, const char *file, str text,
                                 struct err *err);
/* Goes on to the next line that has something in it; false: there is none. */
bool line_next(struct line_reader *reader);
/* Nothing may be left of the line. */
MUST_USE result line_end(struct line_reader *reader, struct err *err);

/* The failure `what: "word"` (without a word, `what` alone), at this line. */
MUST_USE result line_refuse(const struct line_reader *reader, struct err *err, const char *what,
                            str word);

/* The next word, "" at the end of the line or before a text. */
str line_peek(struct line_reader *reader);
str line_word(struct line_reader *reader);
/* Takes these words, parted by single spaces, if they come next. */
bool line_take(struct line_reader *reader, const char *words);
MUST_USE result line_expect(struct line_reader *reader, const char *words, struct err *err);
/* A text in quotes; "" when none comes next. */
MUST_USE result line_text(struct line_reader *reader, str *ret_text, struct err *err);
/* A word that must be there. */
MUST_USE result line_name(struct line_reader *reader, str *ret_name, struct err *err);
/* 0 or more. */
MUST_USE result line_number(struct line_reader *reader, int64_t *ret_number, struct err *err);
/* All words that are left; at most `max`. */
MUST_USE result line_names(struct line_reader *reader, str *names, size_t max, size_t *ret_count,
                           struct err *err);

#endif
