/* Lists of work that waits for somebody (casework/waiting.h): records to be erased, and people who
 * may be one person. The merges that wait are in handle_merges.c. */
#include "casework/waiting.h"

#include "web/handler.h"
#include "web/listing.h"
#include "web/resource_part.h"
#include "web/resource_waiting.h"
#include "web/view_merge.h"
#include "web/view_table.h"

/* --- erasures --------------------------------------------------------------------------------- */

static json_t *erasures_table(const struct view_context *context, const json_t *erasures)
{
    static const struct view_column columns[] = {
        {"Asked for", false}, {"Person", false}, {"Asked for by", false}, {"Legal basis", false}};
    struct view_table table;
    size_t index;
    json_t *line;
    view_table_open(&table, context, STR("Records to be erased, the one that waits longest first"),
                    columns, sizeof columns / sizeof columns[0], "No record waits to be erased.");
    json_array_foreach(json_object_get(erasures, "erasures"), index, line)
    {
        const str reference = json_str_or_empty(line, "reference");
        view_row(&table);
        view_cell_when(&table, json_object_get(line, "asked_at"));
        if (json_integer_value(json_object_get(line, "holds")) > 0) {
            view_put_tag(&table, "Legal hold", "red");
        }
        view_cell_link(&table, json_str_or_empty(json_object_get(line, "person"), "name"),
                       view_href(context, "/people/%s/privacy", reference));
        view_put_reference(&table, reference);
        view_cell_text(&table, json_str_or_empty(line, "asked_by"));
        if (json_is_true(json_object_get(line, "asked_here"))) {
            view_put_quiet(&table, STR("This account: another one confirms"));
        }
        view_cell_text(&table, json_str_or_empty(line, "basis"));
    }
    return view_table_close(&table);
}

result handle_erasures(struct exchange *exchange, struct err *err)
{
    const struct erasure_line *lines = NULL;
    size_t count = 0;
    TRY(casework_erasures(exchange->casework, &exchange->caller, exchange->arena, &lines, &count,
                          err));
    json_auto_t *resource = resource_erasures(exchange->rulebook, lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "erasures", STR("Records to be erased"), "/erasures");
    page_set(&page, "table", erasures_table(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- who may be one person -------------------------------------------------------------------- */

static void put_person(struct view_table *table, const json_t *person)
{
    const str reference = json_str_or_empty(person, "reference");
    view_cell_link(table, json_str_or_empty(person, "name"),
                   view_href(table->context, "/people/%s", reference));
    view_put_reference(table, reference);
}

static void put_reasons(struct view_table *table, const json_t *other)
{
    size_t index;
    json_t *reason;
    view_cell(table);
    json_array_foreach(json_object_get(other, "reasons"), index, reason)
    {
        const str what = json_str_or_empty(reason, "what");
        if (json_is_true(json_object_get(reason, "agrees"))) {
            view_put(table, what);
        } else {
            view_put_quiet(table, what);
        }
    }
}

static void put_merge(struct view_table *table, const json_t *pair)
{
    const json_int_t merge = json_integer_value(json_object_get(pair, "merge"));
    const str one = json_str_or_empty(json_object_get(pair, "person"), "reference");
    const str other = json_str_or_empty(json_object_get(pair, "other"), "reference");
    view_cell(table);
    if (merge == 0) {
        view_put_link_about(
            table, STR("Compare the two"),
            page_href(table->context->arena, "/people/%s/merge/%s", one, other),
            arena_format(table->context->arena, "%.*s, %.*s", STR_ARG(one), STR_ARG(other)));
        return;
    }
    view_put_link_about(table, STR("See the merge"),
                        arena_format(table->context->arena, "/merges/%lld", (long long)merge), one);
    view_put_merge_state(table, json_str_or_empty(pair, "merge_state"));
}

static json_t *pairs_table(const struct view_context *context, const json_t *pairs)
{
    static const struct view_column columns[] = {{"Person", false},
                                                 {"May be the same as", false},
                                                 {"What agrees, and what does not", false},
                                                 {"Merge", false}};
    struct view_table table;
    size_t index;
    json_t *pair;
    view_table_open(&table, context, STR("People who may be one person"), columns,
                    sizeof columns / sizeof columns[0], "Nobody may be the same as somebody else.");
    json_array_foreach(json_object_get(pairs, "pairs"), index, pair)
    {
        view_row(&table);
        put_person(&table, json_object_get(pair, "person"));
        put_person(&table, json_object_get(pair, "other"));
        put_reasons(&table, json_object_get(pair, "other"));
        put_merge(&table, pair);
    }
    return view_table_close(&table);
}

/* Where a page begins: two numbers. */
static result read_place(const struct exchange *exchange, struct pair_place *ret_place,
                         struct err *err)
{
    str key;
    struct pair_place place = {.person = 0};
    TRY(listing_key(exchange, &key, err));
    if (key.len > 0) {
        const struct str_cut cut = str_cut(key, ' ');
        TRY(str_to_int64(cut.head, &place.person, err));
        TRY(str_to_int64(cut.tail, &place.other, err));
    }
    *ret_place = place;
    return result_ok();
}

static void open_pairs_page(struct page *page, struct exchange *exchange)
{
    page_open(page, exchange, "duplicates", STR("People who may be one person"), "/merges");
    page_crumb(page, STR("Merges of records"), STR("/merges"));
}

static result pairs_page(struct exchange *exchange, const json_t *resource, bool is_later,
                         struct err *err)
{
    const struct view_context context = handler_view(exchange);
    const str next = json_str_or_empty(resource, "next");
    OWN_PAGE struct page page;
    open_pairs_page(&page, exchange);
    page_set(&page, "comparing", json_false());
    page_set(
        &page, "total",
        json_of_str(view_counted(&context, json_integer_value(json_object_get(resource, "total")),
                                 COUNTED("{{count}} pair in all", "{{count}} pairs in all"))));
    page_set(&page, "table", pairs_table(&context, resource));
    page_set(&page, "next_href", next.len > 0 ? json_of_str(next) : json_false());
    page_set(&page, "first_href", json_string("/duplicates"));
    page_set(&page, "is_later_page", json_boolean(is_later));
    page_set(&page, "has_pages", json_boolean(is_later || next.len > 0));
    return page_answer(&page, 200, err);
}

static str own_address(const struct exchange *exchange)
{
    const struct http_request *request = exchange->request;
    return request->query.len == 0 ? request->path
                                   : arena_format(exchange->arena, "%.*s?%.*s",
                                                  STR_ARG(request->path), STR_ARG(request->query));
}

/* Everybody is still being compared: the same address answers with the pairs when that is done. */
static result not_yet(struct exchange *exchange, const struct pairs_answer *answer, struct err *err)
{
    json_auto_t *resource = resource_comparing(answer);
    http_header_set(exchange->response, STR("Retry-After"), STR("5"));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 202, resource, err);
    }
    OWN_PAGE struct page page;
    open_pairs_page(&page, exchange);
    json_t *comparing = json_object();
    json_set(comparing, "live", page_live(exchange, true));
    json_set_int64(comparing, "percent", answer->percent);
    json_set_str(comparing, "again", own_address(exchange));
    page_set(&page, "comparing", comparing);
    return page_answer(&page, 202, err);
}

result handle_duplicates(struct exchange *exchange, struct err *err)
{
    struct pairs_question question = {.progress = NULL};
    struct pairs_answer answer;
    TRY(listing_limit(exchange, &question.limit, err));
    TRY(read_place(exchange, &question.after, err));
    TRY(casework_all_duplicates(exchange->casework, &exchange->caller, &question, exchange->arena,
                                &answer, err));
    if (!answer.known) {
        return not_yet(exchange, &answer, err);
    }
    json_auto_t *resource = resource_pairs(exchange->rulebook, &answer);
    if (answer.next.person != 0) {
        const str key = arena_format(exchange->arena, "%lld %lld", (long long)answer.next.person,
                                     (long long)answer.next.other);
        listing_link(exchange, resource, listing_next(exchange, STR(""), key));
    }
    return exchange_wants_html(exchange)
               ? pairs_page(exchange, resource, question.after.person != 0, err)
               : answer_json(exchange, 200, resource, err);
}
