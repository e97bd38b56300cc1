#include "base/buf.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CAPACITY_FIRST = 256 };

void buf_init(struct buf *buf, struct arena *arena, size_t len_max)
{
    ASSERT(arena != NULL);
    ASSERT(len_max < SIZE_MAX / 4);
    *buf = (struct buf){.arena = arena, .len_max = len_max};
}

/* Extends the room to `capacity` where it is, when nothing was taken after it. */
static bool grow_in_place(struct buf *buf, size_t capacity)
{
    const bool last = buf->at != NULL && buf->at + buf->capacity == buf->arena->at;
    if (!last || arena_take_unset(buf->arena, capacity - buf->capacity, 1, 1) == NULL) {
        return false;
    }
    buf->capacity = capacity;
    return true;
}

static bool move(struct buf *buf, size_t capacity)
{
    char *at = arena_take_unset(buf->arena, capacity, 1, 1);
    if (at == NULL) {
        return false;
    }
    if (buf->len > 0) {
        memcpy(at, buf->at, buf->len);
    }
    buf->at = at;
    buf->capacity = capacity;
    return true;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

bool buf_reserve(struct buf *buf, size_t more)
{
    ASSERT(buf->len <= buf->len_max);
    if (buf->failed || more > buf->len_max - buf->len) {
        buf->failed = true;
        return false;
    }
    const size_t needed = buf->len + more + 1;
    if (needed <= buf->capacity) {
        return true;
    }
    const size_t wished = most(needed, most(CAPACITY_FIRST, buf->capacity * 2));
    const size_t generous = wished <= buf->len_max ? wished : buf->len_max + 1;
    /* Near the end of the arena only what is needed may still fit. */
    buf->failed = !grow_in_place(buf, generous) && !grow_in_place(buf, needed) &&
                  !move(buf, generous) && !move(buf, needed);
    return !buf->failed;
}

void buf_put_c(struct buf *buf, const char *text)
{
    buf_put(buf, str_from_c(text));
}

void buf_put_int64(struct buf *buf, int64_t number)
{
    char room[STR_INT64_SIZE];
    buf_put(buf, str_of_int64(number, room));
}

/* What is left of the room that was taken, with that of the final NUL. */
static size_t room_left(const struct buf *buf)
{
    const size_t taken = buf->capacity - buf->len;
    const size_t allowed = buf->len_max - buf->len + 1;
    return taken < allowed ? taken : allowed;
}

/* Mostly what is there is enough, and is written at the first try. */
void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    const size_t room = buf->failed ? 0 : room_left(buf);
    const int len = vsnprintf(room == 0 ? NULL : buf->at + buf->len, room, format, args);
    if (len < 0) {
        buf->failed = true;
    } else if ((size_t)len < room) {
        buf->len += (size_t)len;
    } else if (buf_reserve(buf, (size_t)len)) {
        vsnprintf(buf->at + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    } else if (room > 0) {
        buf->at[buf->len] = '\0';
    }
    va_end(again);
    va_end(args);
}

struct html_entity {
    unsigned char len; /* 0: the character stands for itself */
    char text[7];
};

static const struct html_entity html_entities[UCHAR_MAX + 1] = {
    ['&'] = {5, "&amp;"},  ['<'] = {4, "&lt;"},   ['>'] = {4, "&gt;"},
    ['"'] = {6, "&quot;"}, ['\''] = {5, "&#39;"},
};

void buf_put_html(struct buf *buf, str text)
{
    size_t plain = 0; /* where the bytes not yet written begin */
    for (size_t i = 0; i < text.len; i++) {
        const struct html_entity *entity = &html_entities[(unsigned char)text.at[i]];
        if (entity->len > 0) {
            buf_put(buf, str_slice(text, plain, i));
            buf_put(buf, (str){.at = entity->text, .len = entity->len});
            plain = i + 1;
        }
    }
    buf_put(buf, str_slice(text, plain, text.len));
}

str buf_str(const struct buf *buf)
{
    return buf->at == NULL ? STR("") : (str){.at = buf->at, .len = buf->len};
}

result buf_finish(struct buf *buf, str *ret_text, struct err *err)
{
    if (!buf_reserve(buf, 0)) {
        return err_set(
            err, ERROR_LIMIT,
            "A text would be longer than the %zu bytes allowed, or than the memory left for it",
            buf->len_max);
    }
    buf->at[buf->len] = '\0';
    if (buf->at + buf->capacity == buf->arena->at) {
        /* The room not used goes back to the arena. */
        buf->capacity = buf->len + 1;
        buf->arena->at = buf->at + buf->capacity;
    }
    *ret_text = buf_str(buf);
    return result_ok();
}
