#include "web/handler.h"
#include "web/resource_books.h"
#include "web/view_books.h"

/* The desk of the independent monitor: what it found and who answered, complaints that were
 * appealed to it, its visits, and how long force and restraint lasted. */

struct part {
    const char *key;
    struct book_query query;
    const char *caption;
    const char *empty;
};

#define QUERY(of_kind, in_state, open)                                                             \
    {                                                                                              \
        .kind = STR_INIT(of_kind), .about = STR_INIT(""), .state = STR_INIT(in_state),             \
        .journey = STR_INIT(""), .not_closed = (open), .limit = BOOK_ENTRIES_MAX                   \
    }
static const struct part parts[] = {
    {"findings", QUERY("finding", "", true), "Findings that are not closed", "No finding is open."},
    {"appeals", QUERY("complaint", "appealed", true), "Complaints that wait for your decision",
     "No complaint was appealed."},
    {"complaints", QUERY("complaint", "", true), "Complaints that are not closed",
     "No complaint is open."},
    {"force", QUERY("force", "", true), "Force and restraint, not closed",
     "No use of force is open."},
    {"deaths", QUERY("death", "", false), "Deaths", "No death is on record."},
    {"visits", QUERY("visit", "", false), "Visits", "No visit is on record."},
};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };

static result add_part(const struct exchange *exchange, const struct part *part, json_t *resource,
                       struct err *err)
{
    const struct book_line *lines = NULL;
    size_t count = 0;
    TRY(casework_entries(exchange->casework, &exchange->caller, &part->query, exchange->arena,
                         &lines, &count, err));
    json_set(resource, part->key, resource_book_lines(lines, count));
    return result_ok();
}

/* How long force lasted, person by person and journey by journey. */
static result add_totals(const struct exchange *exchange, json_t *resource, struct err *err)
{
    const struct book_query query = QUERY("force", "", false);
    const struct book_total_line *lines = NULL;
    size_t count = 0;
    TRY(casework_book_totals(exchange->casework, &exchange->caller, &query, true, exchange->arena,
                             &lines, &count, err));
    json_set(resource, "force_totals", resource_book_totals(lines, count));
    return result_ok();
}

result handle_monitor(struct exchange *exchange, struct err *err)
{
    json_auto_t *resource = json_object();
    if (!exchange_may(exchange, ACTION_MONITOR)) {
        return err_set(err, ERROR_FORBIDDEN, "This account is not the monitor's");
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        TRY(add_part(exchange, &parts[i], resource, err));
    }
    TRY(add_totals(exchange, resource, err));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "monitor", STR("Monitoring"), "/monitor");
    json_t *view = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < PART_COUNT; i++) {
        json_t *part = json_object();
        json_set(part, "title", json_string(parts[i].caption));
        json_set(part, "table",
                 view_book_table(&context, json_object_get(resource, parts[i].key),
                                 str_from_c(parts[i].caption), parts[i].empty));
        json_add(list, part);
    }
    json_set(view, "parts", list);
    json_set(view, "force_totals",
             view_force_totals(&context, json_object_get(resource, "force_totals")));
    page_set(&page, "monitor", view);
    return page_answer(&page, 200, err);
}
