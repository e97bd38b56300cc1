#include "web/deed.h"
#include "web/view_table.h"

#include "casework/orders.h"

static const struct input_field order_fields[] = {
    {"person", "Person", "Reference of the person. Who has the name alone finds it under People",
     INPUT_TEXT, "Enter the reference", NULL},
    {"order", "Kind of order", NULL, INPUT_CHOICE, "Choose the kind of order", NULL},
    {"reporter", "Who says so", "The representative, the office of the court, the person",
     INPUT_TEXT, "Enter who says so", NULL},
    {"means", "By what means", "By telephone, by letter, on the steps of the aircraft", INPUT_TEXT,
     "Enter by what means", NULL},
    {"heard_at", "You heard of it", NULL, INPUT_INSTANT, "Enter the day and the time", NULL},
    {"court", "Court", "If it was said", INPUT_TEXT, NULL, NULL},
    {"claim_number", "Claim number", "If it was said", INPUT_TEXT, NULL, NULL},
};

static result prepare_order(struct deed_form *form, struct err *err)
{
    const struct rulebook *rulebook = form->exchange->rulebook;
    TRY(deed_choices(form, "order", rulebook->fact_count, err));
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const str kind = order_of_fact(&rulebook->facts[i]);
        if (kind.len > 0) {
            deed_choice(form, "order", kind, rulebook->facts[i].title);
        }
    }
    deed_begin_instant(form, "heard_at", system_now(form->exchange->casework->system));
    return result_ok();
}

/* What the report stopped, and who is told of it, is the answer: it is shown. */
static result show_stopped(struct deed_form *form, struct err *err)
{
    static const struct view_column columns[] = {
        {"Person", false}, {"Step", false}, {"Request", false}, {"What stands in the way", false}};
    const struct view_context context = handler_view(form->exchange);
    struct view_table table;
    size_t index;
    json_t *stopped;
    view_table_open(&table, &context, STR("What it stopped"), columns, 4,
                    "Nothing that is under way rests on it.");
    json_array_foreach(json_object_get(form->answer, "stopped"), index, stopped)
    {
        size_t at;
        json_t *safeguard;
        const str request =
            arena_format(context.arena, "%lld",
                         (long long)json_integer_value(json_object_get(stopped, "request")));
        view_row(&table);
        view_cell_link(&table, json_str_or_empty(stopped, "person"),
                       view_href(&context, "/people/%s", json_str_or_empty(stopped, "person")));
        view_cell_text(&table, json_str_or_empty(json_object_get(stopped, "step"), "title"));
        view_cell_link(&table, request, view_href(&context, "/requests/%s", request));
        view_cell(&table);
        json_array_foreach(json_object_get(stopped, "safeguards"), at, safeguard)
        {
            view_put(&table, json_str_or_empty(safeguard, "title"));
        }
    }
    form->answered = true;
    form->page.template_name = "order_reported";
    form->page.title = STR("The order is reported");
    page_set(&form->page, "table", view_table_close(&table));
    page_set(&form->page, "person", json_of_str(deed_person(form, "person")));
    /* Sent again it is told, and leads to the person. */
    form->exchange->done_at = view_href(&context, "/people/%s", deed_person(form, "person"));
    page_set(&form->page, "person_href", json_of_str(form->exchange->done_at));
    return page_answer(&form->page, 200, err);
}

static result act_report(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct reported_order order = {.order = deed_text(form, "order"),
                                         .reporter = deed_text(form, "reporter"),
                                         .means = deed_text(form, "means"),
                                         .court = deed_text(form, "court"),
                                         .claim_number = deed_text(form, "claim_number"),
                                         .heard_at = deed_instant(form, "heard_at")};
    struct record_answer answer;
    TRY(casework_report_order(exchange->casework, &exchange->caller, deed_text(form, "person"),
                              &order, exchange->arena, &answer, err));
    deed_recorded(form, &answer);
    form->status = 201;
    return exchange_wants_html(exchange) ? show_stopped(form, err) : result_ok();
}

static result look_at_person(struct deed_form *form, struct err *err)
{
    return deed_tell_person(form, "person", err);
}

static const struct deed reporting = {
    .name = "new",
    .title = "Report an order of a court",
    .lead = "It takes effect as it is reported, sealed or not, seen or not. Everything that it "
            "stands in the way of stops at once, for the person and the family.",
    .submit = "Report the order",
    .notice = "recorded",
    .danger = true,
    .action = ACTION_REPORT_ORDER,
    .fields = order_fields,
    .field_count = sizeof order_fields / sizeof order_fields[0],
    .prepare = prepare_order,
    .look = look_at_person,
    .act = act_report,
};

static result open_orders(struct deed_form *form, struct err *err)
{
    (void)err;
    const bool is_told = exchange_may(form->exchange, ACTION_ACKNOWLEDGE_STOP);
    form->base = STR("/orders");
    form->cancel = is_told ? STR("/stops") : STR("/people");
    form->caption = is_told ? STR("Stops") : STR("People");
    page_crumb(&form->page, form->caption, form->cancel);
    return result_ok();
}

result handle_order_new(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, &reporting, 1, STR("new"), NULL, open_orders, err);
}
