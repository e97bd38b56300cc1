/* json_out: an object described once, member by member, and written as text at once or built as a
 * json_t. For what is answered so often that a tree of small pieces of memory, built only to be
 * written and given back, would cost more than what it says.
 *
 * Members are given in any order; as text they stand in that of their keys, so that both ways lead
 * to the same bytes (json_write). A member that cannot be said, a text that is not UTF-8,
 * is left out, as json_set does. Every function takes the key of the member, or NULL for an element
 * of an array and for the whole. Keys are the program's own words; no key is given twice. */
#ifndef RETURNHUB_FORMAT_JSON_OUT_H
#define RETURNHUB_FORMAT_JSON_OUT_H

#include "format/json.h"

enum { JSON_OUT_MEMBERS_MAX = 256 }; /* of all objects that are open at a time */

struct json_out_member;

struct json_out {
    bool as_text;
    struct buf text;
    json_t *tree; /* the whole; the caller's own */
    struct json_out_open {
        json_t *tree; /* its owner holds it */
        bool is_array;
        size_t begin; /* of its text */
        size_t count;
        bool disordered; /* a member came after one with a later key */
    } open[JSON_DEPTH_MAX];
    size_t depth;
    struct json_out_member *members; /* of the open objects, as text */
    size_t member_count;
};

/* A text in the arena. */
MUST_USE result json_out_text(struct arena *arena, struct json_out *ret_out, struct err *err);
MUST_USE result json_out_text_finish(struct json_out *out, str *ret_text, struct err *err);
/* A tree; it is `tree` in the end, NULL when memory ran out. */
struct json_out json_out_tree(void);

void json_out_object(struct json_out *out, const char *key);
void json_out_array(struct json_out *out, const char *key);
void json_out_end(struct json_out *out); /* of the object or array opened last */

/* Members of an object, written before: "key":value, without the braces, in the order of their
 * keys. Of a text only. */
void json_out_members(struct json_out *out, str members);

void json_out_str(struct json_out *out, const char *key, str text);
void json_out_c(struct json_out *out, const char *key, const char *text);
void json_out_int64(struct json_out *out, const char *key, int64_t number);
void json_out_flag(struct json_out *out, const char *key, bool flag);
void json_out_date(struct json_out *out, const char *key, date day);
void json_out_instant(struct json_out *out, const char *key, instant when);

#endif
