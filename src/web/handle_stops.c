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
    page_set(&page, "may_report", json_boolean(exchange_may(exchange, ACTION_REPORT_ORDER)));
    return page_answer(&page, 200, err);
}

/* Who was told, and who knows. */
result handle_stop(struct exchange *exchange, struct err *err)
{
    int64_t stop = 0;
    struct stop_answer answer;
    TRY(exchange_position(exchange, 0, &stop, err));
    TRY(casework_stop(exchange->casework, &exchange->caller, stop, exchange->arena, &answer, err));
    json_auto_t *resource = resource_stop(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "stop", view_numbered(&context, "Stop {{number}}", stop), "");
    page_crumb(&page, STR("Stops"), STR("/stops"));
    json_t *view = view_stop(&context, resource);
    json_set_str(view, "form_token", exchange->session.form_token);
    page_set(&page, "stop", view);
    return page_answer(&page, 200, err);
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
