#include "format/json_out.h"

#include <string.h>

static const size_t text_len_max = SIZE_MAX / 8; /* the arena is the limit */

/* Where a member stands in the text, from the quote before its key. */
struct json_out_member {
    size_t begin;
    size_t end;
    size_t key_len;
};

result json_out_text(struct arena *arena, struct json_out *ret_out, struct err *err)
{
    struct json_out_member *members =
        ARENA_NEW(arena, struct json_out_member, JSON_OUT_MEMBERS_MAX);
    if (members == NULL) {
        return arena_full(err);
    }
    *ret_out = (struct json_out){.as_text = true, .members = members};
    buf_init(&ret_out->text, arena, text_len_max);
    return result_ok();
}

struct json_out json_out_tree(void)
{
    return (struct json_out){.as_text = false};
}

result json_out_text_finish(struct json_out *out, str *ret_text, struct err *err)
{
    ASSERT(out->as_text);
    ASSERT(out->depth == 0);
    return buf_finish(&out->text, ret_text, err);
}

/* --- as a tree -------------------------------------------------------------------------------- */

/* Gives the value to whatever is open. */
static void grow(struct json_out *out, const char *key, json_t *owned)
{
    if (out->depth == 0) {
        out->tree = owned;
        return;
    }
    const struct json_out_open *open = &out->open[out->depth - 1];
    if (open->is_array) {
        json_add(open->tree, owned);
    } else {
        json_set(open->tree, key, owned);
    }
}

/* --- as text ---------------------------------------------------------------------------------- */

static str key_of(const struct json_out *out, const struct json_out_member *member)
{
    return (str){.at = out->text.at + member->begin + 1, .len = member->key_len};
}

/* Keys are words, and mostly differ in their first letter. */
static int compare_keys(str left, str right)
{
    return left.at[0] != right.at[0] ? (unsigned char)left.at[0] - (unsigned char)right.at[0]
                                     : str_compare(left, right);
}

/* `at` is where `quoted` is written between quotes; gives where it ends. */
static char *write_quoted(char *at, str quoted)
{
    *at++ = '"';
    if (quoted.len > 0) {
        memcpy(at, quoted.at, quoted.len);
    }
    at += quoted.len;
    *at++ = '"';
    return at;
}

/* A member that begins `begin` bytes into the text. */
static void note_member(struct json_out *out, struct json_out_open *open, size_t begin, str key)
{
    ASSERT(out->member_count < JSON_OUT_MEMBERS_MAX);
    if (open->count > 1) {
        const int order = compare_keys(key_of(out, &out->members[out->member_count - 1]), key);
        ASSERT(order != 0);
        open->disordered = open->disordered || order > 0;
    }
    out->members[out->member_count++] =
        (struct json_out_member){.begin = begin, .key_len = key.len};
}

/* Room for `len` bytes of what comes next in `open`, after the comma; *ret_begin is where they
 * begin in the text. NULL when they do not fit. */
static char *take_next(struct json_out *out, struct json_out_open *open, size_t len,
                       size_t *ret_begin)
{
    const size_t comma = open->count++ > 0 ? 1 : 0;
    char *at = buf_take(&out->text, comma + len);
    if (at == NULL) {
        return NULL;
    }
    *ret_begin = out->text.len - len;
    if (comma > 0) {
        *at++ = ',';
    }
    return at;
}

/* Room for a value of `len` bytes, with what comes before it; NULL when it does not fit. */
static char *begin_value(struct json_out *out, const char *key, size_t len)
{
    if (out->depth == 0) {
        return buf_take(&out->text, len);
    }
    struct json_out_open *open = &out->open[out->depth - 1];
    size_t begin = 0;
    if (open->is_array) {
        return take_next(out, open, len, &begin);
    }
    const str name = str_from_c(key);
    char *at = take_next(out, open, name.len + sizeof "\"\":" - 1 + len, &begin);
    if (at == NULL) {
        return NULL;
    }
    note_member(out, open, begin, name);
    at = write_quoted(at, name);
    *at++ = ':';
    return at;
}

static void end_value(struct json_out *out)
{
    if (out->depth > 0 && !out->open[out->depth - 1].is_array && !out->text.failed) {
        out->members[out->member_count - 1].end = out->text.len;
    }
}

/* By insertion: objects have few members. */
static void sort_members(const struct json_out *out, struct json_out_member *members, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct json_out_member member = members[i];
        const str key = key_of(out, &member);
        size_t at = i;
        int order = compare_keys(key_of(out, &members[at - 1]), key);
        while (order > 0) {
            members[at] = members[at - 1];
            at--;
            order = at == 0 ? -1 : compare_keys(key_of(out, &members[at - 1]), key);
        }
        ASSERT(order != 0);
        members[at] = member;
    }
}

/* Written once more in the order of their keys, behind the text, and put in its place. */
static void put_in_order(struct json_out *out, size_t begin, const struct json_out_member *members,
                         size_t count)
{
    const size_t end = out->text.len;
    for (size_t i = 0; i < count; i++) {
        const struct json_out_member *member = &members[i];
        buf_put_char(&out->text, i == 0 ? '{' : ',');
        buf_put(&out->text,
                (str){.at = out->text.at + member->begin, .len = member->end - member->begin});
    }
    if (!out->text.failed) {
        ASSERT(out->text.len - end == end - begin);
        memmove(out->text.at + begin, out->text.at + end, end - begin);
        out->text.len = end;
    }
}

static void end_object(struct json_out *out, const struct json_out_open *open)
{
    if (out->text.failed) {
        return;
    }
    const size_t first = out->member_count - open->count;
    if (open->disordered) {
        sort_members(out, &out->members[first], open->count);
        put_in_order(out, open->begin, &out->members[first], open->count);
    }
    out->member_count = first;
}

/* A text that is written as it is. */
static void put_quoted(struct json_out *out, const char *key, str plain)
{
    char *at = begin_value(out, key, plain.len + 2);
    if (at != NULL) {
        write_quoted(at, plain);
        end_value(out);
    }
}

/* What has no quotes. */
static void put_bare(struct json_out *out, const char *key, str written)
{
    char *at = begin_value(out, key, written.len);
    if (at != NULL) {
        memcpy(at, written.at, written.len);
        end_value(out);
    }
}

/* They move together, by the first key, where they have to. */
void json_out_members(struct json_out *out, str members)
{
    ASSERT(out->as_text && out->depth > 0 && !out->open[out->depth - 1].is_array);
    ASSERT(members.len > 0);
    struct json_out_open *open = &out->open[out->depth - 1];
    size_t begin = 0;
    char *at = take_next(out, open, members.len, &begin);
    if (at == NULL) {
        return;
    }
    note_member(out, open, begin, str_cut(str_slice(members, 1, members.len), '"').head);
    memcpy(at, members.at, members.len);
    end_value(out);
}

/* --- both ------------------------------------------------------------------------------------- */

static void open_value(struct json_out *out, const char *key, bool is_array)
{
    ASSERT(out->depth < JSON_DEPTH_MAX);
    struct json_out_open open = {.is_array = is_array};
    if (out->as_text) {
        char *at = begin_value(out, key, 1);
        if (at != NULL) {
            *at = is_array ? '[' : '{';
            open.begin = out->text.len - 1;
        }
    } else {
        open.tree = is_array ? json_array() : json_object();
        grow(out, key, open.tree);
    }
    out->open[out->depth++] = open;
}

void json_out_object(struct json_out *out, const char *key)
{
    open_value(out, key, false);
}

void json_out_array(struct json_out *out, const char *key)
{
    open_value(out, key, true);
}

void json_out_end(struct json_out *out)
{
    ASSERT(out->depth > 0);
    const struct json_out_open *open = &out->open[--out->depth];
    if (!out->as_text) {
        return;
    }
    if (!open->is_array) {
        end_object(out, open);
    }
    buf_put_char(&out->text, open->is_array ? ']' : '}');
    end_value(out);
}

void json_out_str(struct json_out *out, const char *key, str text)
{
    if (!out->as_text) {
        grow(out, key, json_of_str(text));
    } else if (json_is_plain(text)) {
        put_quoted(out, key, text);
    } else if (str_is_utf8(text) && begin_value(out, key, 0) != NULL) {
        json_put_str(&out->text, text);
        end_value(out);
    }
}

void json_out_c(struct json_out *out, const char *key, const char *text)
{
    json_out_str(out, key, str_from_c(text));
}

void json_out_int64(struct json_out *out, const char *key, int64_t number)
{
    if (!out->as_text) {
        grow(out, key, json_integer(number));
        return;
    }
    char room[STR_INT64_SIZE];
    put_bare(out, key, str_of_int64(number, room));
}

void json_out_flag(struct json_out *out, const char *key, bool flag)
{
    if (!out->as_text) {
        grow(out, key, json_boolean(flag));
        return;
    }
    put_bare(out, key, flag ? STR("true") : STR("false"));
}

/* A text of the program's own that is written as it is. */
static void out_plain(struct json_out *out, const char *key, str plain)
{
    if (out->as_text) {
        put_quoted(out, key, plain);
    } else {
        grow(out, key, json_of_str(plain));
    }
}

void json_out_date(struct json_out *out, const char *key, date day)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    out_plain(out, key, str_from_c(text));
}

void json_out_instant(struct json_out *out, const char *key, instant when)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(when, text);
    out_plain(out, key, str_from_c(text));
}
