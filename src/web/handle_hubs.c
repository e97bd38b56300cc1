#include "web/deed.h"

#include "casework/administration.h"

/* --- opening one ------------------------------------------------------------------------------ */

static const struct input_field opening_fields[] = {
    {"reference", "Reference", "Capital letters, digits and hyphens; never given out again",
     INPUT_TEXT, "Enter the reference", NULL},
    {"name", "Name", NULL, INPUT_TEXT, "Enter the name", NULL},
    {"agreement", "Agreement", "The reference of the one that it is under, if there is one",
     INPUT_TEXT, NULL, NULL},
};

static result act_open(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct new_hub wanted = {.reference = deed_text(form, "reference"),
                                   .name = deed_text(form, "name"),
                                   .agreement = deed_text(form, "agreement")};
    struct hub_row row = {.id = 0};
    struct hub_line line;
    TRY(casework_open_hub(exchange->casework, &exchange->caller, &wanted, exchange->arena, &row,
                          err));
    TRY(casework_hub(exchange->casework, &exchange->caller, row.reference, exchange->arena, &line,
                     err));
    form->to = page_href(exchange->arena, "/hubs/%s", row.reference, STR(""));
    form->status = 201;
    form->answer = resource_hub(exchange->rulebook, &line);
    return result_ok();
}

static const struct deed openings[] = {
    {.name = "new",
     .link = "Open a hub",
     .title = "Open a hub",
     .lead = "It has no places until some are agreed, and nobody is sent there before the facts "
             "about it are on record.",
     .submit = "Open the hub",
     .notice = "recorded",
     .action = ACTION_RECORD_HUB,
     .fields = opening_fields,
     .field_count = sizeof opening_fields / sizeof opening_fields[0],
     .act = act_open},
};

static result open_list(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = STR("/hubs");
    form->caption = STR("Hubs");
    form->page.area = "/hubs";
    page_crumb(&form->page, STR("Hubs"), STR("/hubs"));
    return result_ok();
}

/* A right that ends at one's own hub opens no other. */
static bool may_open(const struct exchange *exchange)
{
    return access_scope(role_from_name(exchange->session.account.role), ACTION_RECORD_HUB) ==
           SCOPE_ALL;
}

result handle_hub_new(struct exchange *exchange, struct err *err)
{
    if (!may_open(exchange)) {
        return err_set(err, ERROR_FORBIDDEN, "This account opens no hub");
    }
    return deed_answer(exchange, openings, 1, STR("new"), NULL, open_list, err);
}

/* --- hubs
 * --------------------------------------------------------------------------------------------------------
 */

result handle_hubs(struct exchange *exchange, struct err *err)
{
    const struct hub_line *lines = NULL;
    size_t count = 0;
    TRY(casework_hubs(exchange->casework, &exchange->caller, exchange->arena, &lines, &count, err));
    json_auto_t *resource = resource_hubs(exchange->rulebook, lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "hubs", STR("Hubs"), "/hubs");
    page_set(&page, "hubs", view_hubs(&context, resource));
    deeds_offer(&page, openings, may_open(exchange) ? 1 : 0, STR("/hubs"), resource);
    return page_answer(&page, 200, err);
}

static result load_hub(struct exchange *exchange, struct hub_line *ret_hub, struct err *err)
{
    return casework_hub(exchange->casework, &exchange->caller, exchange->match.parameters[0],
                        exchange->arena, ret_hub, err);
}

result handle_hub(struct exchange *exchange, struct err *err)
{
    struct hub_line hub;
    TRY(load_hub(exchange, &hub, err));
    json_auto_t *resource = resource_hub(exchange->rulebook, &hub);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "hub", hub.row.name, "/hubs");
    page_crumb(&page, STR("Hubs"), STR("/hubs"));
    page_set(&page, "hub", view_hub(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- places
 * ------------------------------------------------------------------------------------------------------
 */

static const struct input_field places_fields[] = {
    {"places", "Places agreed",
     "All places, free, held and occupied. 0 closes the hub to new people.", INPUT_NUMBER,
     "Enter how many places are agreed", NULL},
    {"reason", "Reason", "The document that agrees them", INPUT_TEXT, "Enter the reason", NULL},
};
enum { PLACES_MAX = 100000 };

static const struct hub_line *hub_of(const struct deed_form *form)
{
    return form->thing;
}

static result prepare_places(struct deed_form *form, struct err *err)
{
    (void)err;
    deed_shows_text(
        form, "places",
        arena_format(form->exchange->arena, "%lld", (long long)hub_of(form)->places.agreed));
    return result_ok();
}

static result look_at_places(struct deed_form *form, struct err *err)
{
    const int64_t places = deed_number(form, "places");
    return places >= 0 && places <= PLACES_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "Enter a number from 0 to 100,000");
}

static result act_places(struct deed_form *form, struct err *err)
{
    struct exchange *exchange = form->exchange;
    struct hub_line hub;
    TRY(look_at_places(form, err));
    TRY(casework_agree_places(exchange->casework, &exchange->caller, hub_of(form)->row.reference,
                              deed_number(form, "places"), deed_text(form, "reason"),
                              exchange->arena, err));
    TRY(load_hub(exchange, &hub, err));
    form->answer = resource_hub(exchange->rulebook, &hub);
    form->status = 201;
    return result_ok();
}

static const struct deed agreeing[1] = {
    {.name = "places",
     .title = "Change the places agreed",
     .lead = "",
     .submit = "Record the places",
     .notice = "places-agreed",
     .action = ACTION_RECORD_HUB,
     DEED_FIELDS(places_fields),
     .prepare = prepare_places,
     .look = look_at_places,
     .act = act_places},
};

static result open_hub(struct deed_form *form, struct err *err)
{
    (void)err;
    const struct hub_row *row = &hub_of(form)->row;
    form->base = page_href(form->exchange->arena, "/hubs/%s", row->reference, STR(""));
    form->caption = row->name;
    form->page.area = "/hubs";
    page_crumb(&form->page, STR("Hubs"), STR("/hubs"));
    page_crumb(&form->page, row->name, form->base);
    return result_ok();
}

result handle_places(struct exchange *exchange, struct err *err)
{
    struct hub_line hub;
    TRY(load_hub(exchange, &hub, err));
    return deed_answer(exchange, agreeing, 1, STR("places"), &hub, open_hub, err);
}
