/* Forecasts that were computed beforehand and laid into a folder: nothing is computed here. */
#include "web/handler.h"
#include "web/view_forecast.h"

#include "document/document_html.h"
#include "forecast/answers.h"

static result may_see(const struct exchange *exchange, struct err *err)
{
    return exchange_may(exchange, ACTION_SEE_FORECAST)
               ? result_ok()
               : err_set(err, ERROR_FORBIDDEN, "This account may not see forecasts");
}

static result find_forecast(const struct exchange *exchange,
                            const struct web_forecast **ret_forecast, struct err *err)
{
    const struct web_options *options = &exchange->web->options;
    TRY(may_see(exchange, err));
    for (size_t i = 0; i < options->forecast_count; i++) {
        if (str_equal(options->forecasts[i].name, exchange->match.parameters[0])) {
            *ret_forecast = &options->forecasts[i];
            return result_ok();
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "There is no forecast of this name");
}

/* {"forecasts":[{"name","title","futures","seed"}]} */
static json_t *list_resource(const struct web_options *options)
{
    json_t *resource = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < options->forecast_count; i++) {
        const json_t *run = options->forecasts[i].run;
        json_t *line = json_object();
        json_set_str(line, "name", options->forecasts[i].name);
        json_set_str(line, "title", json_str_or_empty(run, "title"));
        json_set(line, "futures", json_incref(json_object_get(run, "futures")));
        json_set(line, "seed", json_incref(json_object_get(run, "seed")));
        json_add(list, line);
    }
    json_set(resource, "forecasts", list);
    return resource;
}

result handle_forecasts(struct exchange *exchange, struct err *err)
{
    const struct web_options *options = &exchange->web->options;
    TRY(may_see(exchange, err));
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = list_resource(options);
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "forecasts", STR("Forecasts"), "/forecast");
    page_set(&page, "forecasts",
             view_forecasts(&context, options->forecasts, options->forecast_count));
    return page_answer(&page, 200, err);
}

static json_t *or_null(json_t *json)
{
    return json == NULL ? json_null() : json_incref(json);
}

/* {"run","shares","sensitivity"}: answers (forecast/answers.h), or null. */
static json_t *forecast_resource(const struct web_forecast *forecast)
{
    json_t *resource = json_object();
    json_set(resource, "run", json_incref(forecast->run));
    json_set(resource, "shares", or_null(forecast->shares));
    json_set(resource, "sensitivity", or_null(forecast->sensitivity));
    return resource;
}

static bool wants(const struct exchange *exchange, const char *as)
{
    return str_equal(exchange_query(exchange, STR("as")), str_from_c(as));
}

static result forecast_as_csv(struct exchange *exchange, const struct web_forecast *forecast,
                              struct err *err)
{
    struct buf csv;
    buf_init(&csv, exchange->arena, WEB_BODY_MAX);
    answers_write_csv(forecast->run, &csv);
    return handler_answer_csv(exchange, forecast->name, &csv, err);
}

result handle_forecast(struct exchange *exchange, struct err *err)
{
    const struct web_forecast *forecast = NULL;
    TRY(find_forecast(exchange, &forecast, err));
    if (handler_wants_csv(exchange)) {
        return forecast_as_csv(exchange, forecast, err);
    }
    if (!exchange_wants_html(exchange) || wants(exchange, "json")) {
        json_auto_t *resource = forecast_resource(forecast);
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    const str base = page_href(exchange->arena, "/forecast/%s", forecast->name, STR(""));
    json_t *view = view_forecast(&context, forecast);
    json_set_str(view, "csv_href", arena_format(exchange->arena, "%.*s?as=csv", STR_ARG(base)));
    json_set_str(view, "json_href", arena_format(exchange->arena, "%.*s?as=json", STR_ARG(base)));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "forecast", json_str_or_empty(forecast->run, "title"), "/forecast");
    page_crumb(&page, STR("Forecasts"), STR("/forecast"));
    page_set(&page, "forecast", view);
    return page_answer(&page, 200, err);
}

/* ---- one series ---- */

static result series_as_drawing(struct exchange *exchange, const json_t *series, struct err *err)
{
    const bool difference = str_equal(exchange_query(exchange, STR("of")), STR("difference"));
    struct drawing drawing;
    struct buf buf;
    str body;
    struct err why = {0};
    if (!answers_draw(series, difference, exchange->arena, &drawing, &why).ok) {
        return err_set(err, ERROR_NOT_FOUND, "%s", why.what);
    }
    buf_init(&buf, exchange->arena, WEB_BODY_MAX);
    document_html_drawing(&drawing, &buf);
    TRY(buf_finish(&buf, &body, err));
    answer_text(exchange, 200, STR("image/svg+xml"), body);
    return result_ok();
}

/* {"scenario","series","shares","sensitivity"}: of this series alone, or null. */
static json_t *series_resource(const struct web_forecast *forecast, const json_t *series)
{
    const str name = json_str_or_empty(series, "name");
    const json_t *shares = forecast_series(forecast->shares, name);
    const json_t *sensitivity = forecast_series(forecast->sensitivity, name);
    json_t *resource = json_object();
    json_set_str(resource, "scenario", forecast->name);
    json_set(resource, "series", json_deep_copy(series));
    json_set(resource, "shares", shares == NULL ? json_null() : json_deep_copy(shares));
    json_set(resource, "sensitivity",
             sensitivity == NULL ? json_null() : json_deep_copy(sensitivity));
    return resource;
}

result handle_forecast_series(struct exchange *exchange, struct err *err)
{
    const struct web_forecast *forecast = NULL;
    TRY(find_forecast(exchange, &forecast, err));
    const json_t *series = forecast_series(forecast->run, exchange->match.parameters[1]);
    if (series == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "The forecast has no such answer");
    }
    if (wants(exchange, "svg")) {
        return series_as_drawing(exchange, series, err);
    }
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = series_resource(forecast, series);
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "forecast_series", json_str_or_empty(series, "title"), "/forecast");
    page_crumb(&page, STR("Forecasts"), STR("/forecast"));
    page_crumb(&page, json_str_or_empty(forecast->run, "title"),
               page_href(exchange->arena, "/forecast/%s", forecast->name, STR("")));
    page_set(&page, "forecast", view_forecast_series(&context, forecast, series));
    return page_answer(&page, 200, err);
}
