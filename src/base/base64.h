/* base64: RFC 4648, section 4: the standard alphabet, with padding.
 *
 * Reading is strict: what is not the one text that writing gives is refused, also where only the
 * bits that stand for nothing differ. So no two texts mean the same bytes. */
#ifndef RETURNHUB_BASE_BASE64_H
#define RETURNHUB_BASE_BASE64_H

#include "base/buf.h"

/* Of the text of `size` bytes, without NUL. */
#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

void base64_put(struct buf *buf, const void *bytes, size_t size);
/* The bytes, at most `capacity` of them; false when the text is not base64 or stands for more. */
bool base64_read(str text, void *bytes, size_t capacity, size_t *ret_size);
/* The same for a text that stands for exactly `size` bytes. */
bool base64_read_exactly(str text, void *bytes, size_t size);

/* Section 5, without padding: what stands in addresses and tokens; as strict. */
void base64url_put(struct buf *buf, const void *bytes, size_t size);
bool base64url_read(str text, void *bytes, size_t capacity, size_t *ret_size);

#endif
