/* The transparency log, as c2sp.org/tlog-tiles says: to anybody, without signing in. There is
 * nothing in it but commitments. */
#include "web/handler.h"

#include "log/log.h"

static bool is_checkpoint(str path)
{
    return str_equal(path, STR("checkpoint")) || str_equal(path, STR("witnessed"));
}

/* What a tile holds never changes; there is a newer checkpoint every second. */
result handle_log(struct exchange *exchange, struct err *err)
{
    struct log *log = exchange->web->options.log;
    const str path =
        str_slice(exchange->request->path, STR("/log/").len, exchange->request->path.len);
    str bytes;
    const result read = log == NULL ? err_set(err, ERROR_NOT_FOUND, "Not found")
                                    : log_read(log, path, exchange->arena, &bytes, err);
    if (!read.ok) {
        answer_not_stored(exchange);
        return read;
    }
    http_header_set(exchange->response, STR("Cache-Control"),
                    is_checkpoint(path) ? STR("public, max-age=1")
                                        : STR("public, max-age=31536000, immutable"));
    answer_text(exchange, 200,
                is_checkpoint(path) ? STR("text/plain; charset=utf-8")
                                    : STR("application/octet-stream"),
                bytes);
    return result_ok();
}
