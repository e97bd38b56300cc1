/* json: strict JSON by jansson, and the few conveniences the rest needs.
 *
 * Reading refuses duplicate keys, bad UTF-8, numbers that do not fit, NUL, anything after the
 * value, and nesting deeper than 32 (JSON_DEPTH_MAX). Writing sorts keys: one value has one text
 * (the canonical form that is hashed). A json_t is reference counted by jansson; each function says
 * who owns. */
#ifndef RETURNHUB_FORMAT_JSON_H
#define RETURNHUB_FORMAT_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"

#include <jansson.h>

enum { JSON_DEPTH_MAX = 32 };

/* The caller owns *ret_value (json_decref). Errors carry line and column. */
MUST_USE result json_read(str text, json_t **ret_value, struct err *err);
/* Compact, keys sorted, into the arena. */
MUST_USE result json_write(const json_t *value, struct arena *arena, str *ret_text,
                           struct err *err);
/* The same, indented, for people. */
MUST_USE result json_write_pretty(const json_t *value, struct arena *arena, str *ret_text,
                                  struct err *err);
/* A text in quotes, with what must be escaped: what is written piece by piece has the same bytes.
 * The text is well-formed UTF-8. */
void json_put_str(struct buf *buf, str text);
/* Whether the text is ASCII of which nothing need be escaped, as most are: true only of such, but
 * now and then false of one. */
bool json_is_plain(str text);
/* A value, as json_write writes it. False when it cannot be written. */
bool json_put(struct buf *buf, const json_t *value);

/* Builders that take a str; NULL-safe in the jansson way (a NULL object or failed value is a no-op
 * that returns false through json_set). The object keeps the only reference to what is set. */
json_t *json_of_str(str text);
json_t *json_of_date(date day);
json_t *json_of_instant(instant when);
void json_set(json_t *object, const char *key, json_t *owned_value);
void json_set_str(json_t *object, const char *key, str text);
void json_set_int64(json_t *object, const char *key, int64_t number);
void json_set_flag(json_t *object, const char *key, bool flag);
void json_add(json_t *array, json_t *owned_value);

/* Readers: the member of an object, with a clear error when it is missing or of another type. Views
 * live as long as the object. */
MUST_USE result json_get_str(const json_t *object, const char *key, str *ret_text, struct err *err);
MUST_USE result json_get_int64(const json_t *object, const char *key, int64_t *ret_number,
                               struct err *err);
/* The member or the empty view / NULL when absent or of another type. */
str json_str_or_empty(const json_t *object, const char *key);

#endif
