#include "web/handler.h"

#include "casework/queue.h"
#include "casework/waiting.h"
#include "format/csv.h"
#include "web/resource_books.h"
#include "web/resource_waiting.h"
#include "web/view_books.h"

enum { BOOKS_SHOWN = 10 };
enum { DUE_SHOWN = 100, DUE_CSV_LINES = 10000, DUE_CSV_MAX = WEB_BODY_MAX, WITHIN_DAYS = 14 };

/* --- what is asked for ------------------------------------------------------------------------ */

static result read_kind(const struct exchange *exchange, unsigned *ret_kinds, struct err *err)
{
    const str asked = exchange_query(exchange, STR("kind"));
    *ret_kinds = WORK_ALL_KINDS;
    for (int kind = 0; kind < WORK_KINDS; kind++) {
        if (str_equal(asked, str_from_c(work_kind_name((enum work_kind)kind)))) {
            *ret_kinds = 1U << kind;
            return result_ok();
        }
    }
    return asked.len == 0 ? result_ok()
                          : err_set(err, ERROR_INPUT, "There is no such kind of work");
}

static result read_query(const struct exchange *exchange, struct work_query *ret_query,
                         struct err *err)
{
    int64_t within = WITHIN_DAYS;
    *ret_query = (struct work_query){
        .role = exchange_query(exchange, STR("duty")),
        .limit = handler_wants_csv(exchange) ? DUE_CSV_LINES : DUE_SHOWN,
    };
    TRY(handler_number(exchange, STR("within"), 0, 3660, WITHIN_DAYS, &within, err));
    ret_query->within_days = (int32_t)within;
    return read_kind(exchange, &ret_query->kinds, err);
}

/* --- the filter ------------------------------------------------------------------------------- */

static json_t *kind_field(const struct exchange *exchange, const struct today_answer *answer)
{
    static const struct {
        enum work_kind kind;
        const char *title;
    } rows[] = {{WORK_OVERDUE, "Duties that are overdue ({{number}})"},
                {WORK_CHECK, "Contact checks ({{number}})"},
                {WORK_ENDS, "Times that end ({{number}})"}};
    const struct view_context context = handler_view(exchange);
    const str chosen = exchange_query(exchange, STR("kind"));
    json_t *options = json_array();
    form_option(options, STR(""), STR("Everything"), chosen.len == 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const str name = str_from_c(work_kind_name(rows[i].kind));
        const str text = view_numbered(&context, rows[i].title, answer->due_of_kind[rows[i].kind]);
        form_option(options, name, text, str_equal(name, chosen));
    }
    const struct form_item item = {.shape = FORM_SELECT,
                                   .name = STR("kind"),
                                   .label = STR("Kind of work"),
                                   .options = options};
    return form_item_view(exchange->arena, &item);
}

static bool has_duty(const struct rulebook *rulebook, uint32_t role)
{
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        if (rulebook->clocks[i].due_from == role) {
            return true;
        }
    }
    return false;
}

static json_t *duty_field(const struct exchange *exchange)
{
    const struct rulebook *rulebook = exchange->rulebook;
    const str chosen = exchange_query(exchange, STR("duty"));
    json_t *options = json_array();
    form_option(options, STR(""), STR("Anybody"), chosen.len == 0);
    for (uint32_t i = 0; i < rulebook->role_count; i++) {
        if (has_duty(rulebook, i)) {
            form_option(options, rulebook->roles[i].name, rulebook->roles[i].title,
                        str_equal(rulebook->roles[i].name, chosen));
        }
    }
    const struct form_item item = {
        .shape = FORM_SELECT, .name = STR("duty"), .label = STR("Whose duty"), .options = options};
    return form_item_view(exchange->arena, &item);
}

static json_t *within_field(const struct exchange *exchange, int32_t within)
{
    const struct form_item item = {.shape = FORM_NUMBER,
                                   .name = STR("within"),
                                   .label = STR("Days ahead"),
                                   .value = arena_format(exchange->arena, "%d", within)};
    return form_item_view(exchange->arena, &item);
}

static json_t *filter_fields(const struct exchange *exchange, const struct work_query *query,
                             const struct today_answer *answer)
{
    json_t *fields = json_array();
    json_add(fields, kind_field(exchange, answer));
    json_add(fields, duty_field(exchange));
    json_add(fields, within_field(exchange, query->within_days));
    return fields;
}

/* --- as a file -------------------------------------------------------------------------------- */

static void write_due(struct buf *csv, const struct rulebook *rulebook, const struct work_due *due)
{
    const bool is_clock = due->clock.clock != NOT_FOUND_INDEX;
    const struct clock *clock = is_clock ? &rulebook->clocks[due->clock.clock] : NULL;
    const uint32_t role = is_clock ? clock->due_from : NOT_FOUND_INDEX;
    char day[DATE_TEXT_SIZE];
    date_format(due->due, day);
    csv_write_cell(csv, true, str_from_c(day));
    csv_write_cell(csv, false, str_from_c(work_kind_name(due->kind)));
    csv_write_cell(csv, false, is_clock ? clock->name : STR(""));
    csv_write_cell(csv, false, is_clock ? clock->title : STR("Contact check"));
    csv_write_cell(csv, false, role == NOT_FOUND_INDEX ? STR("") : rulebook->roles[role].name);
    csv_write_cell(csv, false, due->person.reference);
    csv_write_cell(csv, false, due->identity.name);
    csv_write_end(csv);
}

static result due_as_csv(struct exchange *exchange, const struct today_answer *answer,
                         struct err *err)
{
    static const char *const columns[] = {"due", "kind", "time", "title", "duty", "person", "name"};
    struct buf csv;
    buf_init(&csv, exchange->arena, DUE_CSV_MAX);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        csv_write_cell(&csv, i == 0, str_from_c(columns[i]));
    }
    csv_write_end(&csv);
    for (size_t i = 0; i < answer->due_count; i++) {
        write_due(&csv, exchange->rulebook, &answer->due[i]);
    }
    return handler_answer_csv(exchange, STR("due"), &csv, err);
}

/* --- the page --------------------------------------------------------------------------------- */

static str csv_href(const struct exchange *exchange, const struct work_query *query)
{
    const str chosen = page_href(exchange->arena, "/today?kind=%s&duty=%s",
                                 exchange_query(exchange, STR("kind")), query->role);
    return arena_format(exchange->arena, "%.*s&within=%d&as=csv", STR_ARG(chosen),
                        query->within_days);
}

/* Nothing in the books lies with who does not see them. */
static result find_overdue(const struct exchange *exchange, struct overdue_entries *ret_overdue,
                           struct err *err)
{
    *ret_overdue = (struct overdue_entries){.count = 0};
    return exchange_may(exchange, ACTION_SEE_BOOKS)
               ? casework_overdue_entries(exchange->casework, &exchange->caller, BOOKS_SHOWN,
                                          exchange->arena, ret_overdue, err)
               : result_ok();
}

result handle_today(struct exchange *exchange, struct err *err)
{
    struct work_query query;
    struct today_answer answer;
    struct waiting_counts waiting;
    struct overdue_entries overdue;
    TRY(read_query(exchange, &query, err));
    TRY(casework_today(exchange->casework, &exchange->caller, &query, exchange->arena, &answer,
                       err));
    if (handler_wants_csv(exchange)) {
        return due_as_csv(exchange, &answer, err);
    }
    TRY(casework_waiting(exchange->casework, &exchange->caller, exchange->arena, &waiting, err));
    TRY(find_overdue(exchange, &overdue, err));
    json_auto_t *resource = resource_today(exchange->rulebook, &answer);
    json_set(resource, "waiting", resource_waiting(&waiting));
    json_set(resource, "books", resource_overdue_entries(&overdue));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    json_t *view = view_today(&context, resource);
    json_set(view, "books", view_overdue_entries(&context, json_object_get(resource, "books")));
    json_set(view, "filter", filter_fields(exchange, &query, &answer));
    json_set_str(view, "csv_href", csv_href(exchange, &query));
    json_set_str(view, "within",
                 view_counted(&context, query.within_days,
                              COUNTED("Nothing of this is due in the next day.",
                                      "Nothing of this is due in the next {{count}} days.")));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "today", STR("Today"), "/today");
    page_set(&page, "today", view);
    page_set(&page, "live", page_live(exchange, false));
    return page_answer(&page, 200, err);
}
