/* buf: text being written, in an arena, up to a stated maximum.
 *
 * The error is sticky: write freely, then ask buf_finish once. While a buf is the last thing taken
 * from its arena it grows in place. */
#ifndef RETURNHUB_BASE_BUF_H
#define RETURNHUB_BASE_BUF_H

#include "base/arena.h"

struct buf {
    struct arena *arena;
    char *at;
    size_t len;
    size_t capacity;
    size_t len_max;
    bool failed;
};

void buf_init(struct buf *buf, struct arena *arena, size_t len_max);
void buf_put(struct buf *buf, str text);
/* Room for `len` bytes that the caller writes at once; NULL when they do not fit. */
char *buf_take(struct buf *buf, size_t len);
void buf_put_c(struct buf *buf, const char *text);
void buf_put_char(struct buf *buf, char c);
void buf_put_int64(struct buf *buf, int64_t number);
void buf_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* HTML text or a double-quoted attribute: & < > " ' are written as entities. */
void buf_put_html(struct buf *buf, str text);

str buf_str(const struct buf *buf);
/* The text, NUL-terminated (not counted), or ERROR_LIMIT if anything did not fit. */
MUST_USE result buf_finish(struct buf *buf, str *ret_text, struct err *err);

#endif
