#include "http/refusal.h"

static const struct refusal_row http_refusals[] = {
    [REFUSAL_NONE] = {"none", 0, "Nothing was refused"},
#define REFUSAL(constant, row_name, row_status, row_what)                                          \
    [constant] = {.name = (row_name), .status = (row_status), .what = (row_what)},
#include "http/refusal.def"
#undef REFUSAL
};

const struct refusal_row *refusal_row(enum http_refusal refusal)
{
    ASSERT(refusal < REFUSAL_COUNT);
    return &http_refusals[refusal];
}

static struct http_response problem(enum http_refusal refusal, struct arena *arena)
{
    const struct refusal_row *row = refusal_row(refusal);
    struct http_response response = {
        .status = row->status,
        .content_type = STR("application/problem+json"),
        .body = arena_format(arena,
                             "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d,"
                             "\"detail\":\"%s.\"}\n",
                             row->name, http_status_text(row->status), row->status, row->what),
    };
    if (row->status == 405) {
        /* RFC 9110, 15.5.6: a 405 names what is allowed. */
        http_header_set(&response, STR("Allow"),
                        STR("GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"));
    } else if (row->status == 503) {
        http_header_set(&response, STR("Retry-After"), STR("1"));
    }
    return response;
}

bool refusal_write(enum http_refusal refusal, const struct response_setting *setting,
                   struct arena *arena, str *ret_text)
{
    ASSERT(refusal != REFUSAL_NONE);
    const struct http_response response = problem(refusal, arena);
    if (response.body.at == NULL) {
        return false;
    }
    struct buf buf;
    buf_init(&buf, arena, response_size_max(&response));
    response_write(&buf, &response, setting);
    return buf_finish(&buf, ret_text, NULL).ok;
}
