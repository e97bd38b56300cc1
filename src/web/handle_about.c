#include "web/assets.h"
#include "web/handler.h"

#include "system/system.h"

result handle_accessibility(struct exchange *exchange, struct err *err)
{
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = json_object();
        json_set(resource, "standard", json_string("WCAG 2.2 level AA"));
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "accessibility", STR(SAY("Accessibility statement")), "");
    page_speak_unless_staff(&page);
    return page_answer(&page, 200, err);
}

/* What the type of a problem means; its address is what stands in the problem. */
result handle_problem(struct exchange *exchange, struct err *err)
{
    static const enum error_code codes[] = {
#define ERROR(code, name, http_status, exit_status, meaning) code,
#include "base/error.def"
#undef ERROR
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (str_equal(exchange->match.parameters[0], str_from_c(error_name(codes[i])))) {
            json_auto_t *resource = json_object();
            json_set(resource, "name", json_string(error_name(codes[i])));
            json_set(resource, "meaning", json_string(error_meaning(codes[i])));
            json_set_int64(resource, "status", error_http_status(codes[i]));
            return answer_json(exchange, 200, resource, err);
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "Not found");
}

result handle_ping(struct exchange *exchange, struct err *err)
{
    (void)err;
    answer_text(exchange, 200, STR("text/plain; charset=utf-8"), STR("pong\n"));
    return result_ok();
}

static result count_nothing(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    int64_t events = 0;
    return transaction_event_count(transaction, &events, err);
}

/* Ready means: the store answers. Nothing about its content is told to whoever asks. */
result handle_health(struct exchange *exchange, struct err *err)
{
    struct err problem = {0};
    const bool ready = store_read(exchange->casework->store, count_nothing, NULL, &problem).ok;
    json_auto_t *resource = json_object();
    json_set(resource, "status", json_string(ready ? "ready" : "not ready"));
    json_set_str(resource, "rulebook", exchange->rulebook->name);
    json_set(resource, "at", json_of_instant(system_now(exchange->casework->system)));
    TRY(answer_json(exchange, ready ? 200 : 503, resource, err));
    exchange->response->content_type = STR("application/json");
    return result_ok();
}

static bool takes_gzip(const struct exchange *exchange)
{
    return str_contains(http_header_get(exchange->request, STR("Accept-Encoding")), STR("gzip"));
}

result handle_asset(struct exchange *exchange, struct err *err)
{
    const struct asset *asset = assets_find(exchange->web, exchange->match.parameters[1]);
    if (asset == NULL || !str_equal(exchange->match.parameters[0], str_from_c(asset->hash))) {
        answer_not_stored(exchange);
        return err_set(err, ERROR_NOT_FOUND, "Not found");
    }
    http_header_set(exchange->response, STR("Cache-Control"),
                    STR("public, max-age=31536000, immutable"));
    http_header_set(exchange->response, STR("Vary"), STR("Accept-Encoding"));
    const bool packed = asset->gzip.len > 0 && takes_gzip(exchange);
    if (packed) {
        http_header_set(exchange->response, STR("Content-Encoding"), STR("gzip"));
    }
    answer_text(exchange, 200, asset->content_type, packed ? asset->gzip : asset->body);
    return result_ok();
}
