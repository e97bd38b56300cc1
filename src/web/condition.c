#include "web/condition.h"

#include "casework/changes.h"

#include <xxhash.h>

/* In quotes. Nobody is kept from anything by a tag: it tells whether what the program itself wrote
 * is another text, not who wrote it, and a hash that withstands an adversary takes ten times as
 * long. */
enum { TAG_DIGITS = 32, TAG_SIZE = TAG_DIGITS + 3 };

/* --- tags ------------------------------------------------------------------------------------- */

static void make_tag(str body, char tag[TAG_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    const XXH128_hash_t hash = XXH3_128bits(body.len == 0 ? "" : body.at, body.len);
    tag[0] = '"';
    for (size_t i = 0; i < TAG_DIGITS; i++) {
        const uint64_t half = i < TAG_DIGITS / 2 ? hash.high64 : hash.low64;
        tag[i + 1] = digits[half >> (60 - 4 * (i % (TAG_DIGITS / 2))) & 15];
    }
    tag[TAG_DIGITS + 1] = '"';
    tag[TAG_DIGITS + 2] = '\0';
}

/* Does one line of the header name the tag? A weak one ("W/") counts only where it may. */
static bool line_names(str line, str tag, bool weak_counts)
{
    while (line.len > 0) {
        const struct str_cut cut = str_cut(line, ',');
        str given = str_trim(cut.head);
        if (weak_counts && str_starts(given, STR("W/"))) {
            given = str_slice(given, 2, given.len);
        }
        if (str_equal(given, tag) || str_equal(given, STR("*"))) {
            return true;
        }
        line = cut.tail;
    }
    return false;
}

enum condition { CONDITION_NONE, CONDITION_TRUE, CONDITION_FALSE };

/* `tag` "": there is nothing to compare with. */
static enum condition names_tag(const struct exchange *exchange, str header, str tag,
                                bool weak_counts)
{
    if (!http_header_given(exchange->request, header)) {
        return CONDITION_NONE;
    }
    const str line = http_header_get(exchange->request, header);
    return tag.len > 0 && line_names(line, tag, weak_counts) ? CONDITION_TRUE : CONDITION_FALSE;
}

static result changed(int *ret_status, struct err *err)
{
    *ret_status = 412;
    result_ignore(err_set(err, ERROR_CONFLICT, "It is not in the state that was asked for"),
                  "the hint follows");
    return err_hint(err, "Read it again, and send the request with its new ETag.");
}

/* --- reading ---------------------------------------------------------------------------------- */

result condition_answer(struct exchange *exchange, int *ret_status, struct err *err)
{
    struct http_response *response = exchange->response;
    const bool reads =
        exchange->request->method == HTTP_GET || exchange->request->method == HTTP_HEAD;
    char tag[TAG_SIZE];
    if (!reads || response->status != 200 ||
        !str_equal(response->content_type, STR("application/json"))) {
        return result_ok();
    }
    make_tag(response->body, tag);
    const str own = arena_copy(exchange->arena, str_from_c(tag));
    if (own.at == NULL) {
        return arena_full(err);
    }
    if (names_tag(exchange, STR("If-Match"), own, false) == CONDITION_FALSE) {
        return changed(ret_status, err);
    }
    http_header_set(response, STR("ETag"), own);
    if (names_tag(exchange, STR("If-None-Match"), own, true) == CONDITION_TRUE) {
        response->status = 304;
        response->content_type = STR("");
        response->body = STR("");
    }
    return result_ok();
}

/* --- commands --------------------------------------------------------------------------------- */

/* "/people/RH-..." of "/people/RH-.../facts". */
static str thing_of(str path)
{
    size_t parts = 0;
    for (size_t i = 1; i < path.len; i++) {
        if (path.at[i] == '/' && ++parts == 2) {
            return str_slice(path, 0, i);
        }
    }
    return path;
}

/* What GET of the thing answers to this account, as JSON; "" when it answers nothing. */
static str read_thing(const struct exchange *exchange)
{
    struct http_request request = *exchange->request;
    struct http_response response = {0};
    struct exchange read = *exchange;
    request.method = HTTP_GET;
    request.path = thing_of(exchange->request->path);
    request.query = STR("");
    read.request = &request;
    read.response = &response;
    read.match = route_find(HTTP_GET, request.path);
    read.wanted = WANTED_JSON;
    read.query = (struct http_form){0};
    read.input = (struct input){0};
    if (read.match.route == NULL || !read.match.route->handler(&read, NULL).ok ||
        response.status != 200) {
        return STR("");
    }
    return response.body;
}

result condition_of_command(struct exchange *exchange, int *ret_status, struct err *err)
{
    char tag[TAG_SIZE] = "";
    if (!http_header_given(exchange->request, STR("If-Match")) &&
        !http_header_given(exchange->request, STR("If-None-Match"))) {
        return result_ok();
    }
    TRY(casework_position(exchange->casework, &exchange->caller.read_at, err));
    const str body = read_thing(exchange);
    if (body.len > 0) {
        make_tag(body, tag);
    }
    if (names_tag(exchange, STR("If-Match"), str_from_c(tag), false) == CONDITION_FALSE ||
        names_tag(exchange, STR("If-None-Match"), str_from_c(tag), true) == CONDITION_TRUE) {
        return changed(ret_status, err);
    }
    return result_ok();
}
