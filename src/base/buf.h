/* buf: text being written, in an arena, up to a stated maximum.
 *
 * The error is sticky: write freely, then ask buf_finish once. While a buf is the last thing taken
 * from its arena it grows in place. */
#ifndef RETURNHUB_BASE_BUF_H
#define RETURNHUB_BASE_BUF_H

#include "base/arena.h"

#include <string.h>

struct buf {
    struct arena *arena;
    char *at;
    size_t len;
    size_t capacity;
    size_t len_max;
    bool failed;
};

void buf_init(struct buf *buf, struct arena *arena, size_t len_max);
/* Room for `more` bytes and a final NUL, taken from the arena; false, and failed, without. */
bool buf_reserve(struct buf *buf, size_t more);
static inline bool buf_has_room(const struct buf *buf, size_t more)
{
    return more < buf->capacity - buf->len && !buf->failed;
}
/* What is there is followed by a NUL at any time. */
static inline void buf_put(struct buf *buf, str text)
{
    if (text.len > 0 && (buf_has_room(buf, text.len) || buf_reserve(buf, text.len))) {
        memcpy(buf->at + buf->len, text.at, text.len);
        buf->len += text.len;
        buf->at[buf->len] = '\0';
    }
}
/* Room for `len` bytes that the caller writes at once; NULL when they do not fit. */
static inline char *buf_take(struct buf *buf, size_t len)
{
    if (!buf_has_room(buf, len) && !buf_reserve(buf, len)) {
        return NULL;
    }
    char *at = buf->at + buf->len;
    buf->len += len;
    buf->at[buf->len] = '\0';
    return at;
}
void buf_put_c(struct buf *buf, const char *text);
static inline void buf_put_char(struct buf *buf, char c)
{
    if (buf_has_room(buf, 1) || buf_reserve(buf, 1)) {
        buf->at[buf->len++] = c;
        buf->at[buf->len] = '\0';
    }
}
void buf_put_int64(struct buf *buf, int64_t number);
void buf_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* HTML text or a double-quoted attribute: & < > " ' are written as entities. */
void buf_put_html(struct buf *buf, str text);

str buf_str(const struct buf *buf);
/* The text, NUL-terminated (not counted), or ERROR_LIMIT if anything did not fit. */
MUST_USE result buf_finish(struct buf *buf, str *ret_text, struct err *err);

#endif
