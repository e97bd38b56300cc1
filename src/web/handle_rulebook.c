#include "web/handler.h"

#include "format/csv.h"
#include "rulebook/print.h"
#include "web/resource_part.h"

/* --- the rulebook
 * ------------------------------------------------------------------------------------------------
 */

static result may_read_rulebook(const struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_SEE_RULEBOOK)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not read the rulebook");
    }
    return result_ok();
}

/* The text itself, in its canonical form: what the identity is the hash of. */
static bool wants_plain_text(const struct exchange *exchange)
{
    return str_equal(http_header_get(exchange->request, STR("Accept")), STR("text/plain")) ||
           str_equal(exchange_query(exchange, STR("as")), STR("text"));
}

result handle_rulebook(struct exchange *exchange, struct err *err)
{
    TRY(may_read_rulebook(exchange, err));
    if (wants_plain_text(exchange)) {
        answer_text(exchange, 200, STR("text/plain; charset=utf-8"), exchange->rulebook->canonical);
        return result_ok();
    }
    json_auto_t *resource = resource_rulebook(exchange->rulebook);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "rulebook", STR("Rulebook"), "/rulebook");
    page_set(&page, "rulebook", view_rulebook(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- screening
 * ---------------------------------------------------------------------------------------------------
 */

enum { SCREEN_LINES_MAX = 100, SCREEN_WAY_SHOWN = 2, SCREEN_CSV_MAX = WEB_BODY_MAX };

/* One pass over the caseload, kept as CSV or as the first lines of a page. */
struct screening {
    const struct rulebook *rulebook;
    const struct step *step;
    json_t *lines;
    struct buf *csv; /* NULL when it is a page */
};

/* The safeguards in the way of one person, by name. */
static json_t *way_of(const struct screening *screening, const struct screen_line *line)
{
    json_t *way = json_array();
    for (size_t i = 0; i < screening->step->safeguard_count; i++) {
        if (line->each[i] != CLEARANCE_CLEAR) {
            const struct safeguard *safeguard =
                &screening->rulebook->safeguards[screening->step->safeguards[i]];
            json_t *one = part_safeguard_name(screening->rulebook, safeguard->name);
            json_set(one, "clearance", json_string(clearance_name(line->each[i])));
            json_add(way, one);
        }
    }
    return way;
}

static void write_csv_line(const struct screening *screening, const struct screen_line *line)
{
    struct buf *csv = screening->csv;
    csv_write_cell(csv, true, line->person->reference);
    csv_write_cell(csv, false, line->person->stage);
    csv_write_cell(csv, false, str_from_c(clearance_name(line->clearance)));
    for (size_t i = 0; i < screening->step->safeguard_count; i++) {
        csv_write_cell(csv, false, str_from_c(clearance_name(line->each[i])));
    }
    csv_write_end(csv);
}

static result keep_line(void *context, const struct screen_line *line, struct err *err)
{
    struct screening *screening = context;
    if (screening->csv != NULL) {
        write_csv_line(screening, line);
        if (screening->csv->failed) {
            result_ignore(
                err_set(err, ERROR_LIMIT, "The table is too long to be sent in one answer"),
                "the hint returns the failure");
            return err_hint(err, "Use `returnhub screen --format csv`");
        }
    } else if (json_array_size(screening->lines) < SCREEN_LINES_MAX) {
        json_t *one = json_object();
        json_set_str(one, "person", line->person->reference);
        json_set(one, "stage", part_stage(screening->rulebook, line->person->stage));
        json_set(one, "clearance", json_string(clearance_name(line->clearance)));
        json_set(one, "in_the_way", way_of(screening, line));
        json_add(screening->lines, one);
    }
    return result_ok();
}

static json_t *totals_of(const struct screen_totals *totals)
{
    json_t *object = json_object();
    json_set_int64(object, "people", totals->people);
    json_set_int64(object, "clear", totals->clear);
    json_set_int64(object, "barred", totals->barred);
    json_set_int64(object, "unknown", totals->unknown);
    return object;
}

static json_t *way_view(const json_t *safeguard)
{
    json_t *view = json_object();
    json_set_str(view, "text", json_str_or_empty(safeguard, "reason"));
    json_set(view, "href", json_false());
    json_set_flag(view, "unknown",
                  str_equal(json_str_or_empty(safeguard, "clearance"), STR("unknown")));
    return view;
}

static json_t *screen_lines_view(const struct view_context *context, const json_t *lines)
{
    json_t *list = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line)
    {
        json_t *view = json_object();
        const str reference = json_str_or_empty(line, "person");
        json_t *way = json_array();
        size_t inner;
        json_t *one;
        json_array_foreach(json_object_get(line, "in_the_way"), inner, one)
        {
            json_add(way, way_view(one));
        }
        json_set_str(view, "reference", reference);
        json_set_str(view, "href", page_href(context->arena, "/people/%s", reference, STR("")));
        json_set_str(view, "stage", json_str_or_empty(json_object_get(line, "stage"), "title"));
        json_set(view, "tag", view_clearance_tag(json_str_or_empty(line, "clearance")));
        json_set_flag(view, "has_way", json_array_size(way) > 0);
        json_set_flag(view, "long_way", json_array_size(way) > SCREEN_WAY_SHOWN);
        json_set_str(view, "way_count",
                     view_counted(context, (int64_t)json_array_size(way),
                                  COUNTED("{{count}} safeguard in the way",
                                          "{{count}} safeguards in the way")));
        json_set(view, "way", way);
        json_add(list, view);
    }
    return list;
}

static json_t *screened_view(const struct view_context *context, const json_t *resource)
{
    static const char *const keys[] = {"people", "clear", "barred", "unknown"};
    const json_t *totals = json_object_get(resource, "totals");
    json_t *view = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_set_str(
            view, keys[i],
            view_number(context->arena, json_integer_value(json_object_get(totals, keys[i]))));
    }
    json_t *lines = screen_lines_view(context, json_object_get(resource, "lines"));
    const json_int_t people = json_integer_value(json_object_get(totals, "people"));
    json_set_str(view, "title", json_str_or_empty(json_object_get(resource, "step"), "title"));
    json_set_flag(view, "any", json_array_size(lines) > 0);
    const bool cut = people > (json_int_t)json_array_size(lines);
    json_set_flag(view, "cut", cut);
    json_set_str(view, "shown",
                 view_counted(context, (int64_t)json_array_size(lines),
                              cut ? COUNTED("The first person", "The first {{count}} people")
                                  : COUNTED("{{count}} person", "{{count}} people")));
    json_set(view, "lines", lines);
    return view;
}

static result screening_page(struct exchange *exchange, const json_t *resource, str step, str hub,
                             struct err *err)
{
    const struct view_context context = handler_view(exchange);
    json_t *fields = json_array();
    const result listed = handler_step_fields(exchange, step, hub, fields, err);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "screening", STR("Screening"), "/screening");
    page_set(&page, "fields", fields);
    json_t *screened = resource == NULL ? json_false() : screened_view(&context, resource);
    page_set(&page, "missing_href",
             json_of_str(step.len > 0 ? page_href(exchange->arena,
                                                  "/screening/missing?step=%s&hub=%s", step, hub)
                                      : STR("/screening/missing")));
    json_set_str(screened, "csv_href",
                 page_href(exchange->arena, "/screening?step=%s&hub=%s&as=csv", step, hub));
    page_set(&page, "screened", screened);
    TRY(listed);
    return page_answer(&page, 200, err);
}

static void write_csv_head(const struct screening *screening)
{
    csv_write_cell(screening->csv, true, STR("person"));
    csv_write_cell(screening->csv, false, STR("stage"));
    csv_write_cell(screening->csv, false, STR("clearance"));
    for (size_t i = 0; i < screening->step->safeguard_count; i++) {
        csv_write_cell(screening->csv, false,
                       screening->rulebook->safeguards[screening->step->safeguards[i]].name);
    }
    csv_write_end(screening->csv);
}

static result screen_as_csv(struct exchange *exchange, struct screening *screening, str hub,
                            const struct asked *asked, struct err *err)
{
    struct buf csv;
    struct screen_totals totals;
    buf_init(&csv, exchange->arena, SCREEN_CSV_MAX);
    screening->csv = &csv;
    write_csv_head(screening);
    TRY(casework_screen(exchange->casework, &exchange->caller, screening->step->name, hub, asked,
                        keep_line, screening, &totals, err));
    return handler_answer_csv(exchange, STR("screening"), &csv, err);
}

static result screen_step(struct exchange *exchange, uint32_t index, str hub, struct err *err)
{
    struct asked asked;
    struct screen_totals totals;
    struct screening screening = {.rulebook = exchange->rulebook,
                                  .step = &exchange->rulebook->steps[index]};
    TRY(handler_asked(exchange, &asked, err));
    if (handler_wants_csv(exchange)) {
        return screen_as_csv(exchange, &screening, hub, &asked, err);
    }
    json_auto_t *resource = json_object();
    screening.lines = json_array();
    json_set(resource, "lines", screening.lines);
    TRY(casework_screen(exchange->casework, &exchange->caller, screening.step->name, hub, &asked,
                        keep_line, &screening, &totals, err));
    json_set(resource, "step", part_step(exchange->rulebook, screening.step->name));
    json_set(resource, "totals", totals_of(&totals));
    return exchange_wants_html(exchange)
               ? screening_page(exchange, resource, screening.step->name, hub, err)
               : answer_json(exchange, 200, resource, err);
}

result handle_screening(struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_SCREEN)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not screen the caseload");
    }
    const str step = exchange_query(exchange, STR("step"));
    const str hub = exchange_query(exchange, STR("hub"));
    if (step.len == 0 && exchange_wants_html(exchange)) {
        return screening_page(exchange, NULL, step, hub, err);
    }
    const uint32_t index = rulebook_step(exchange->rulebook, step);
    if (index == NOT_FOUND_INDEX) {
        return err_set(err, ERROR_INPUT, "The rulebook has no such step");
    }
    return screen_step(exchange, index, hub, err);
}
