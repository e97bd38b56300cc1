/* Who may do what, who looked, and break-glass. */
#include "format/csv.h"
#include "web/handler.h"
#include "web/view_table.h"

/* --- who may do what -------------------------------------------------------------------------- */

static const char *scope_name(enum access_scope scope)
{
    static const char *const names[] = {[SCOPE_NONE] = "no",
                                        [SCOPE_OWN_HUB] = "own hub",
                                        [SCOPE_SELF] = "own record",
                                        [SCOPE_CLIENTS] = "clients",
                                        [SCOPE_ALL] = "yes"};
    return names[scope];
}

/* Whoever gives roles, and whoever watches over them. */
static result check_may_see_matrix(const struct exchange *exchange, struct err *err)
{
    return exchange_may(exchange, ACTION_MANAGE_ACCOUNTS) ||
                   exchange_may(exchange, ACTION_SEE_LOOKS)
               ? result_ok()
               : err_set(err, ERROR_FORBIDDEN, "This role may not see who may do what");
}

static json_t *matrix_row(enum action action)
{
    json_t *row = json_object();
    json_t *cells = json_array();
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        json_t *cell = json_object();
        const enum access_scope scope = access_scope((enum account_role)role, action);
        json_set(cell, "role", json_string(role_name((enum account_role)role)));
        json_set(cell, "scope", json_string(scope_name(scope)));
        json_set_flag(cell, "is_given", scope != SCOPE_NONE);
        json_add(cells, cell);
    }
    json_set(row, "action", json_string(action_name(action)));
    json_set(row, "what", json_string(action_what(action)));
    json_set(row, "cells", cells);
    return row;
}

static void add_conflicts(json_t *list, enum action action)
{
    for (unsigned relation = 0; relation < RELATION_COUNT; relation++) {
        const struct access_object object = {.relations = 1U << relation};
        const char *told = access_conflict(action, &object);
        if (told != NULL) {
            json_t *conflict = json_object();
            json_set(conflict, "action", json_string(action_name(action)));
            json_set(conflict, "told", json_string(told));
            json_add(list, conflict);
        }
    }
}

/* {"roles":[{"name","title"}],"actions":[{"action","what","cells":[{"role","scope","is_given"}]}],
 * "conflicts":[{"action","told"}]} */
static json_t *matrix(void)
{
    json_t *roles = json_array();
    json_t *actions = json_array();
    json_t *conflicts = json_array();
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        json_t *object = json_object();
        json_set(object, "name", json_string(role_name((enum account_role)role)));
        json_set(object, "title", json_string(role_title((enum account_role)role)));
        json_add(roles, object);
    }
    for (int action = 0; action < ACTION_COUNT; action++) {
        json_add(actions, matrix_row((enum action)action));
        add_conflicts(conflicts, (enum action)action);
    }
    json_t *object = json_object();
    json_set(object, "roles", roles);
    json_set(object, "actions", actions);
    json_set(object, "conflicts", conflicts);
    return object;
}

result handle_access(struct exchange *exchange, struct err *err)
{
    TRY(check_may_see_matrix(exchange, err));
    json_auto_t *resource = matrix();
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "access", STR("Who may do what"), "/access");
    page_set(&page, "access", json_incref(resource));
    return page_answer(&page, 200, err);
}

/* The same as a table for spreadsheets: a row for each action, a column for each role. */
result handle_access_table(struct exchange *exchange, struct err *err)
{
    struct buf buf;
    str body = STR("");
    TRY(check_may_see_matrix(exchange, err));
    buf_init(&buf, exchange->arena, 256 * 1024);
    csv_write_cell(&buf, true, STR("action"));
    csv_write_cell(&buf, false, STR("what"));
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        csv_write_cell(&buf, false, str_from_c(role_name((enum account_role)role)));
    }
    csv_write_end(&buf);
    for (int action = 0; action < ACTION_COUNT; action++) {
        csv_write_cell(&buf, true, str_from_c(action_name((enum action)action)));
        csv_write_cell(&buf, false, str_from_c(action_what((enum action)action)));
        for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
            const enum access_scope scope =
                access_scope((enum account_role)role, (enum action)action);
            csv_write_cell(&buf, false, str_from_c(scope_name(scope)));
        }
        csv_write_end(&buf);
    }
    TRY(buf_finish(&buf, &body, err));
    answer_text(exchange, 200, STR("text/csv; charset=utf-8"), body);
    http_header_set(exchange->response, STR("Content-Disposition"),
                    STR("attachment; filename=\"returnhub-access.csv\""));
    return result_ok();
}

/* --- who looked ------------------------------------------------------------------------------- */

enum { LOOKS_A_PAGE = 200 };

static json_t *looks_table(const struct view_context *context, const json_t *looks)
{
    static const struct view_column columns[] = {
        {"When", false}, {"Who", false}, {"At what", false}, {"As", false}, {"Why", false}};
    struct view_table table;
    size_t index;
    json_t *look;
    view_table_open(&table, context, STR("Looks, the newest first"), columns, 5, "Nobody looked.");
    json_array_foreach(looks, index, look)
    {
        const str reference = json_str_or_empty(look, "reference");
        const str kind = json_str_or_empty(look, "subject_kind");
        view_row(&table);
        view_cell_when(&table, json_object_get(look, "at"));
        view_cell_text(&table, json_str_or_empty(look, "account"));
        view_put_quiet(&table, view_plain(context, json_str_or_empty(look, "role")));
        view_cell_text(&table, reference.len > 0 ? reference : view_plain(context, kind));
        view_cell_text(&table, view_plain(context, json_str_or_empty(look, "purpose")));
        view_cell_text(&table, json_str_or_empty(look, "reason"));
    }
    return view_table_close(&table);
}

static json_t *looks_view(const struct exchange *exchange, const json_t *resource)
{
    const json_t *looks = json_object_get(resource, "looks");
    const struct view_context context = handler_view(exchange);
    json_t *view = json_object();
    json_set_str(view, "person", exchange_query(exchange, STR("person")));
    json_set_str(view, "account", exchange_query(exchange, STR("account")));
    json_set_str(view, "count",
                 view_counted(&context, (int64_t)json_array_size(looks),
                              COUNTED("{{count}} look", "{{count}} looks")));
    json_set(view, "table", looks_table(&context, looks));
    return view;
}

result handle_looks(struct exchange *exchange, struct err *err)
{
    const struct look_line *lines = NULL;
    size_t count = 0;
    const struct looks_query query = {.person = str_trim(exchange_query(exchange, STR("person"))),
                                      .username =
                                          str_trim(exchange_query(exchange, STR("account"))),
                                      .limit = LOOKS_A_PAGE};
    TRY(casework_looks(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                       &count, err));
    json_auto_t *resource = resource_looks(lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "looks", STR("Who looked at what"), "/looks");
    page_set(&page, "looks", looks_view(exchange, resource));
    return page_answer(&page, 200, err);
}

/* --- break-glass ------------------------------------------------------------------------------ */

static const struct input_field break_fields[] = {
    {"person", "Reference of the person", NULL, INPUT_TEXT, "Enter the reference", "off"},
    {"minutes", "For how many minutes", "At most 30", INPUT_NUMBER, "Enter for how many minutes",
     NULL},
    {"reason", "Why you have to see the record now", "It stands in the person's history",
     INPUT_LONG_TEXT, "Enter why you have to see it", NULL},
};
static const struct input_field review_fields[] = {
    {"outcome", "Outcome", NULL, INPUT_CHOICE, "Choose the outcome", NULL},
    {"reason", "What you found", NULL, INPUT_LONG_TEXT, "Enter what you found", NULL},
};
static const struct input_choice outcomes[] = {
    {STR_INIT("justified"), STR_INIT("Justified")},
    {STR_INIT("not_justified"), STR_INIT("Not justified")}};
static const struct input_choices review_choices[] = {
    {.items = outcomes, .count = sizeof outcomes / sizeof outcomes[0]}, {.count = 0}};
enum {
    BREAK_FIELDS = sizeof break_fields / sizeof break_fields[0],
    REVIEW_FIELDS = sizeof review_fields / sizeof review_fields[0],
};

static void put_review(struct view_table *table, const json_t *glass)
{
    const struct view_context *context = table->context;
    view_cell_text(table, view_plain(context, json_str_or_empty(glass, "outcome")));
    view_put_quiet(table, json_str_or_empty(glass, "review"));
    view_put_quiet(table, json_str_or_empty(glass, "reviewed_by"));
    if (json_is_true(json_object_get(glass, "mine_to_review"))) {
        const int64_t number = json_integer_value(json_object_get(glass, "glass"));
        view_put_link_about(
            table, STR("Review"),
            arena_format(context->arena, "/glass/%lld/review", (long long)number),
            view_filled(context, "what {{account}} did", json_str_or_empty(glass, "account")));
    }
}

/* Whose record it is; as long as it can be seen, that is where to. */
static void put_seen(struct view_table *table, const json_t *glass)
{
    const str person = json_str_or_empty(glass, "person");
    if (json_is_true(json_object_get(glass, "shows")) && table->context->rights.see_people) {
        view_put_link(table, person, view_href(table->context, "/people/%s", person));
    } else {
        view_put_reference(table, person);
    }
}

static json_t *glasses_table(const struct view_context *context, const json_t *glasses)
{
    static const struct view_column columns[] = {{"Who", false},  {"Person", false},
                                                 {"From", false}, {"Until", false},
                                                 {"Why", false},  {"Review", false}};
    struct view_table table;
    size_t index;
    json_t *glass;
    view_table_open(&table, context, STR("Break-glass, the newest first"), columns, 6,
                    "There is none.");
    json_array_foreach(glasses, index, glass)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(glass, "account"));
        view_cell(&table);
        put_seen(&table, glass);
        view_cell_when(&table, json_object_get(glass, "broken_at"));
        view_cell_when(&table, json_object_get(glass, "until"));
        view_cell_text(&table, json_str_or_empty(glass, "reason"));
        put_review(&table, glass);
    }
    return view_table_close(&table);
}

static json_t *glasses_view(const struct exchange *exchange, const json_t *resource)
{
    const struct view_context context = handler_view(exchange);
    json_t *view = json_object();
    json_set_flag(view, "reviews", exchange_may(exchange, ACTION_REVIEW_GLASS));
    json_set_flag(view, "may_break", exchange_may(exchange, ACTION_BREAK_GLASS));
    json_set(view, "table", glasses_table(&context, json_object_get(resource, "glasses")));
    return view;
}

/* Those who review see all, others their own. */
result handle_glasses(struct exchange *exchange, struct err *err)
{
    const struct glass_line *lines = NULL;
    size_t count = 0;
    const struct glass_query query = {.own = !exchange_may(exchange, ACTION_REVIEW_GLASS),
                                      .and_reviewed = true,
                                      .limit = GLASSES_AT_ONCE_MAX};
    TRY(casework_glasses(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                         &count, err));
    json_auto_t *resource = resource_glasses(lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "glasses", STR("Break-glass"), "/glass");
    page_set(&page, "glasses", glasses_view(exchange, resource));
    return page_answer(&page, 200, err);
}

static const struct form_page break_page = {
    .title = STR_INIT("See a record that is out of your sight"),
    .lead = STR_INIT(
        "You see the record for some minutes and can change nothing by it. It is told to the "
        "data protection officers, one of whom reviews it."),
    .action = STR_INIT("/glass"),
    .submit = "Break the glass",
    .danger = true,
    .cancel_href = STR_INIT("/glass"),
    .fields = break_fields,
    .field_count = BREAK_FIELDS,
};

static result require(const struct exchange *exchange, enum action action, struct err *err)
{
    return exchange_may(exchange, action) ? result_ok()
                                          : access_refuse(&exchange->session.account, action, err);
}

static void open_break(struct page *page, struct exchange *exchange)
{
    page_open(page, exchange, "form", break_page.title, "/glass");
    page_crumb(page, STR("Break-glass"), STR("/glass"));
}

result handle_glass_form(struct exchange *exchange, struct err *err)
{
    TRY(require(exchange, ACTION_BREAK_GLASS, err));
    OWN_PAGE struct page page;
    open_break(&page, exchange);
    return handler_form_page(&page, &break_page, 200, err);
}

result handle_glass_break(struct exchange *exchange, struct err *err)
{
    struct input_value values[BREAK_FIELDS];
    struct faults faults = {0};
    struct glass_line line;
    OWN_PAGE struct page page;
    open_break(&page, exchange);
    TRY(input_read(exchange, break_fields, BREAK_FIELDS, values, &faults, err));
    if (faults.count > 0) {
        return handler_faults(&page, &break_page, &faults, err);
    }
    TRY(casework_break_glass(exchange->casework, &exchange->caller, values[0].text, values[2].text,
                             values[1].number, exchange->arena, &line, err));
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = resource_glass(&line);
        return answer_json(exchange, 201, resource, err);
    }
    return answer_done(exchange, page_href(exchange->arena, "/people/%s", line.reference, STR("")),
                       "glass-broken", err);
}

/* --- reviewing --- */

/* The form is shown of one that nobody has reviewed yet. */
static result check_unreviewed(const struct exchange *exchange, int64_t glass, struct err *err)
{
    const struct glass_query query = {.limit = GLASSES_AT_ONCE_MAX};
    const struct glass_line *lines = NULL;
    size_t count = 0;
    bool found = false;
    TRY(casework_glasses(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                         &count, err));
    for (size_t i = 0; i < count; i++) {
        found = found || lines[i].row.id == glass;
    }
    return found ? result_ok() : err_set(err, ERROR_NOT_FOUND, "Not found");
}

static result read_review(struct exchange *exchange, struct page *page, struct form_page *form,
                          int64_t *ret_glass, struct err *err)
{
    TRY(require(exchange, ACTION_REVIEW_GLASS, err));
    TRY(exchange_position(exchange, 0, ret_glass, err));
    *form = (struct form_page){
        .title = STR("Review a break-glass"),
        .lead = STR(""),
        .action = arena_format(exchange->arena, "/glass/%lld/review", (long long)*ret_glass),
        .submit = "Record the review",
        .cancel_href = STR("/glass"),
        .fields = review_fields,
        .field_count = REVIEW_FIELDS,
        .choices = review_choices,
    };
    page_open(page, exchange, "form", form->title, "/glass");
    page_crumb(page, STR("Break-glass"), STR("/glass"));
    return result_ok();
}

result handle_glass_review_form(struct exchange *exchange, struct err *err)
{
    struct form_page form;
    int64_t glass = 0;
    OWN_PAGE struct page page = {0};
    TRY(read_review(exchange, &page, &form, &glass, err));
    TRY(check_unreviewed(exchange, glass, err));
    return handler_form_page(&page, &form, 200, err);
}

result handle_glass_review(struct exchange *exchange, struct err *err)
{
    struct input_value values[REVIEW_FIELDS];
    struct faults faults = {0};
    struct form_page form;
    struct glass_line line;
    int64_t glass = 0;
    OWN_PAGE struct page page = {0};
    TRY(read_review(exchange, &page, &form, &glass, err));
    TRY(input_read(exchange, review_fields, REVIEW_FIELDS, values, &faults, err));
    input_check_choices(exchange, review_fields, REVIEW_FIELDS, review_choices, values, &faults);
    if (faults.count > 0) {
        return handler_faults(&page, &form, &faults, err);
    }
    TRY(casework_review_glass(exchange->casework, &exchange->caller, glass, values[0].text,
                              values[1].text, exchange->arena, &line, err));
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = resource_glass(&line);
        return answer_json(exchange, 200, resource, err);
    }
    return answer_done(exchange, STR("/glass"), "glass-reviewed", err);
}
