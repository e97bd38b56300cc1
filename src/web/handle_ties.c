/* Who sees a person's record from outside the office (casework/ties.h), for those who work on it.
 */
#include "casework/ties.h"

#include "web/deed.h"
#include "web/resource_own.h"
#include "web/view_table.h"

static str ties_base(const struct exchange *exchange)
{
    return page_href(exchange->arena, "/people/%s/ties", exchange_person(exchange), STR(""));
}

/* --- who there is ----------------------------------------------------------------------------- */

static void put_end(struct view_table *table, const struct exchange *exchange, const json_t *tie)
{
    view_cell(table);
    if (json_is_true(json_object_get(tie, "ended"))) {
        view_put(table, STR("Ended"));
        view_put_quiet(table, json_str_or_empty(tie, "reason"));
        return;
    }
    view_put(table, json_is_true(json_object_get(tie, "holds")) ? STR("Sees the record")
                                                                : STR("Not today"));
    if (exchange_may(exchange, ACTION_TIE_ACCOUNT)) {
        view_put_link_about(
            table, STR("End it"),
            arena_format(exchange->arena, "%.*s/%lld/end", STR_ARG(ties_base(exchange)),
                         (long long)json_integer_value(json_object_get(tie, "tie"))),
            json_str_or_empty(tie, "name"));
    }
}

static json_t *ties_table(const struct exchange *exchange, const json_t *ties)
{
    static const struct view_column columns[] = {{"Account", false}, {"As", false},
                                                 {"From", false},    {"To", false},
                                                 {"By whom", false}, {"Now", false}};
    const struct view_context context = handler_view(exchange);
    struct view_table table;
    size_t index;
    json_t *tie;
    view_table_open(&table, &context, STR("Who sees this record from outside"), columns, 6,
                    "Nobody outside the office sees this record.");
    json_array_foreach(ties, index, tie)
    {
        const bool self = str_equal(json_str_or_empty(tie, "kind"), STR("self"));
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(tie, "name"));
        view_put_quiet(&table, json_str_or_empty(tie, "username"));
        view_cell_text(&table, self ? STR("The person") : STR("Legal representative"));
        view_put_quiet(&table, json_str_or_empty(tie, "authority"));
        view_cell_when(&table, json_object_get(tie, "first_day"));
        view_cell_when(&table, json_object_get(json_object_get(tie, "last_day"), "value"));
        view_cell_text(&table, json_str_or_empty(tie, "made_by"));
        put_end(&table, exchange, tie);
    }
    return view_table_close(&table);
}

/* --- making one ------------------------------------------------------------------------------- */

static const struct input_field making_fields[] = {
    {"username", "User name of the account",
     "An administrator opens it, in the role of the person or of a legal representative",
     INPUT_TEXT, "Enter the user name", "off"},
    {"authority", "What it rests on",
     "How you know who it is: a document seen, a signed form of authority", INPUT_TEXT,
     "Enter what it rests on", NULL},
    {"first_day", "First day", "Today unless you say another", INPUT_DATE, NULL, NULL},
    {"last_day", "Last day", "Until it is ended unless you say one", INPUT_DATE, NULL, NULL},
};

static result act_make(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct tie_line line;
    const struct new_tie wanted = {.person = exchange_person(exchange),
                                   .username = deed_text(form, "username"),
                                   .authority = deed_text(form, "authority"),
                                   .first_day = deed_day(form, "first_day"),
                                   .last_day = deed_day(form, "last_day")};
    TRY(casework_make_tie(exchange->casework, &exchange->caller, &wanted, exchange->arena, &line,
                          err));
    form->answer = resource_tie(&line);
    form->status = 201;
    return result_ok();
}

static const struct deed making[1] = {
    {.name = "new",
     .link = "Let somebody see it",
     .title = "Let somebody outside see this record",
     .lead = "The person sees their own record with it, or a legal representative the record of "
             "the person they represent. It shows no notes, no names of staff and nothing of other "
             "people.",
     .submit = "Let them see it",
     .notice = "tied",
     .action = ACTION_TIE_ACCOUNT,
     .fields = making_fields,
     .field_count = sizeof making_fields / sizeof making_fields[0],
     .act = act_make},
};

/* A form is shown of a person in sight alone, and of a tie that is theirs; what is sent is
 * casework's to judge. `tie` 0: of none yet. */
static result check_shown(const struct exchange *exchange, int64_t tie, struct err *err)
{
    const struct tie_line *lines = NULL;
    size_t count = 0;
    bool found = tie == 0;
    if (exchange->request->method == HTTP_POST) {
        return result_ok();
    }
    TRY(casework_ties(exchange->casework, &exchange->caller, exchange_person(exchange),
                      exchange->arena, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        found = found || lines[i].row.id == tie;
    }
    return found ? result_ok() : err_set(err, ERROR_NOT_FOUND, "Not found");
}

static void open_form(struct deed_form *form)
{
    form->base = ties_base(form->exchange);
    form->caption = exchange_person(form->exchange);
    form->page.area = "/people";
    handler_person_crumbs(&form->page, exchange_person(form->exchange));
    page_crumb(&form->page, STR("Who sees it from outside"), form->base);
}

static result open_making(struct deed_form *form, struct err *err)
{
    TRY(check_shown(form->exchange, 0, err));
    open_form(form);
    return result_ok();
}

result handle_tie_new(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, making, 1, STR("new"), NULL, open_making, err);
}

/* --- ending one ------------------------------------------------------------------------------- */

static const struct input_field ending_fields[] = {
    {"reason", "Reason", NULL, INPUT_TEXT, "Enter the reason", NULL},
};

static result act_end(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct tie_line line;
    int64_t tie = 0;
    TRY(exchange_position(exchange, 1, &tie, err));
    TRY(casework_end_tie(exchange->casework, &exchange->caller, exchange_person(exchange), tie,
                         deed_text(form, "reason"), exchange->arena, &line, err));
    form->answer = resource_tie(&line);
    return result_ok();
}

static const struct deed ending[1] = {
    {.name = "end",
     .title = "End what somebody outside sees",
     .lead = "It takes effect at once.",
     .submit = "End it",
     .notice = "tie-ended",
     .danger = true,
     .action = ACTION_TIE_ACCOUNT,
     .fields = ending_fields,
     .field_count = sizeof ending_fields / sizeof ending_fields[0],
     .act = act_end},
};

/* The form is sent to the tie's own address, and leads back to the list. */
static result open_ending(struct deed_form *form, struct err *err)
{
    int64_t tie = 0;
    TRY(exchange_position(form->exchange, 1, &tie, err));
    TRY(check_shown(form->exchange, tie, err));
    open_form(form);
    form->cancel = form->base;
    form->to = form->base;
    form->base =
        arena_format(form->exchange->arena, "%.*s/%lld", STR_ARG(form->base), (long long)tie);
    return form->base.at != NULL ? result_ok() : arena_full(err);
}

result handle_tie_end(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, ending, 1, STR("end"), NULL, open_ending, err);
}

result handle_ties(struct exchange *exchange, struct err *err)
{
    const struct tie_line *lines = NULL;
    size_t count = 0;
    const str person = exchange_person(exchange);
    TRY(casework_ties(exchange->casework, &exchange->caller, person, exchange->arena, &lines,
                      &count, err));
    json_auto_t *resource = resource_ties(lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "letters", STR("Who sees it from outside"), "/people");
    handler_person_crumbs(&page, exchange_person(exchange));
    page_set(&page, "caption", json_of_str(person));
    page_set(&page, "lead",
             json_of_str(STR("The person, and who represents them in law, from a day to a day. "
                             "Ended, it ends at once.")));
    page_set(&page, "table", ties_table(exchange, json_object_get(resource, "ties")));
    deeds_offer(&page, making, 1, ties_base(exchange), resource);
    return page_answer(&page, 200, err);
}
