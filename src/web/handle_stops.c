#include "web/handler.h"
#include "web/resource_departure.h"

result handle_stops(struct exchange *exchange, struct err *err)
{
    const struct stop_line *lines = NULL;
    size_t count = 0;
    TRY(casework_stops(exchange->casework, &exchange->caller, false, exchange->arena, &lines,
                       &count, err));
    json_auto_t *resource = resource_stops(exchange->rulebook, lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "stops", STR("Stops"), "");
    page_set(&page, "stops", view_stops(&context, resource));
    return page_answer(&page, 200, err);
}

/* JSON for everybody: who was told, and who knows. A browser finds its own stops on one page. */
result handle_stop(struct exchange *exchange, struct err *err)
{
    int64_t stop = 0;
    struct stop_answer answer;
    TRY(exchange_position(exchange, 0, &stop, err));
    TRY(casework_stop(exchange->casework, &exchange->caller, stop, exchange->arena, &answer, err));
    if (exchange_wants_html(exchange)) {
        answer_see_other(exchange, STR("/stops"));
        return result_ok();
    }
    json_auto_t *resource = resource_stop(exchange->rulebook, &answer);
    return answer_json(exchange, 200, resource, err);
}

result handle_stop_acknowledgement(struct exchange *exchange, struct err *err)
{
    int64_t stop = 0;
    struct stop_line line;
    TRY(exchange_position(exchange, 0, &stop, err));
    TRY(casework_acknowledge_stop(exchange->casework, &exchange->caller, stop, exchange->arena,
                                  &line, err));
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, STR("/stops"), "stop-acknowledged", err);
    }
    json_auto_t *resource = resource_stop_line(exchange->rulebook, &line);
    return answer_json(exchange, 200, resource, err);
}
