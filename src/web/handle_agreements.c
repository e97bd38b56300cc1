#include "web/deed.h"
#include "web/resource_books.h"

#include "casework/administration.h"

/* --- opening one ------------------------------------------------------------------------------ */

static const struct input_field opening_fields[] = {
    {"reference", "Reference", "Capital letters, digits and hyphens", INPUT_TEXT,
     "Enter the reference", NULL},
    {"partner", "Partner State", NULL, INPUT_TEXT, "Enter the partner", NULL},
    {"title", "Title", NULL, INPUT_TEXT, "Enter the title", NULL},
    {"compartment", "Who may know of it", NULL, INPUT_CHOICE, "Choose who may know of it", NULL},
};
static const struct input_field state_fields[] = {
    {"state", "State", NULL, INPUT_CHOICE, "Choose the state", NULL},
    {"from", "From", NULL, INPUT_DATE, "Enter the day", NULL},
    {"source", "Source", "The document that says so", INPUT_TEXT, "Enter the source", NULL},
};
static const struct input_field reason_fields[] = {
    {"reason", "Reason", "It is kept in the record.", INPUT_LONG_TEXT, "Enter the reason", NULL},
};
static result choose_compartment(struct deed_form *form, struct err *err)
{
    TRY(deed_choices(form, "compartment", 2, err));
    deed_choice(form, "compartment", STR("confidential"),
                STR("Only those who may see confidential agreements, until it is announced"));
    deed_choice(form, "compartment", STR("announced"), STR("Everybody who may see agreements"));
    return result_ok();
}

static result act_open(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct new_agreement wanted = {
        .reference = deed_text(form, "reference"),
        .partner = deed_text(form, "partner"),
        .title = deed_text(form, "title"),
        .confidential = str_equal(deed_text(form, "compartment"), STR("confidential"))};
    struct agreement_row row = {.id = 0};
    struct agreement_life life;
    TRY(casework_open_agreement(exchange->casework, &exchange->caller, &wanted, exchange->arena,
                                &row, err));
    TRY(casework_agreement_life(exchange->casework, &exchange->caller, row.reference,
                                exchange->arena, &life, err));
    form->to = page_href(exchange->arena, "/agreements/%s", row.reference, STR(""));
    form->status = 201;
    form->answer =
        resource_agreement_life(exchange->rulebook, &life, handler_today(exchange), true);
    return result_ok();
}

static const struct deed openings[] = {
    {.name = "new",
     .link = "Open an agreement",
     .title = "Open an agreement",
     .lead = "",
     .submit = "Open the agreement",
     .notice = "recorded",
     .action = ACTION_RECORD_AGREEMENT,
     DEED_FIELDS(opening_fields),
     .prepare = choose_compartment,
     .act = act_open},
};

static result open_list(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = STR("/agreements");
    form->caption = STR("Agreements");
    form->page.area = "/agreements";
    page_crumb(&form->page, STR("Agreements"), STR("/agreements"));
    return result_ok();
}

result handle_agreement_new(struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_SEE_AGREEMENT)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not see agreements");
    }
    return deed_answer(exchange, openings, 1, STR("new"), NULL, open_list, err);
}

result handle_agreements(struct exchange *exchange, struct err *err)
{
    const struct agreement_life *lives = NULL;
    size_t count = 0;
    TRY(casework_agreement_lives(exchange->casework, &exchange->caller, exchange->arena, &lives,
                                 &count, err));
    json_auto_t *resource = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_agreement_life(exchange->rulebook, &lives[i],
                                               handler_today(exchange), true));
    }
    json_set(resource, "agreements", list);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "agreements", STR("Agreements"), "/agreements");
    page_set(&page, "agreements", view_agreements(&context, resource));
    deeds_offer(&page, openings, 1, STR("/agreements"), resource);
    return page_answer(&page, 200, err);
}

/* --- one -------------------------------------------------------------------------------------- */

static const struct agreement_life *life_of(const struct deed_form *form)
{
    return form->thing;
}

struct state_name {
    const char *name;
    const char *title;
};
static const struct state_name state_names[] = {
#define AGREEMENT_STATE(name, title) {name, title},
#include "casework/agreement_state.def"
#undef AGREEMENT_STATE
};
static const struct {
    const char *from;
    const char *to;
} state_moves[] = {
#define AGREEMENT_MOVE(from, to) {from, to},
#include "casework/agreement_state.def"
#undef AGREEMENT_MOVE
};

static bool leads_to(str from, const char *to)
{
    for (size_t i = 0; i < sizeof state_moves / sizeof state_moves[0]; i++) {
        if (str_equal(str_from_c(state_moves[i].from), from) &&
            str_equal(str_from_c(state_moves[i].to), str_from_c(to))) {
            return true;
        }
    }
    return false;
}

/* Those that lead on from some state on record: a day in the past may stand between two of them.
 * The first state may be any. */
static result choose_state(struct deed_form *form, struct err *err)
{
    const struct agreement_life *life = life_of(form);
    const size_t count = sizeof state_names / sizeof state_names[0];
    TRY(deed_choices(form, "state", count, err));
    for (size_t i = 0; i < count; i++) {
        bool leads = life->state_count == 0;
        for (size_t at = 0; !leads && at < life->state_count; at++) {
            leads = leads_to(life->states[at].name, state_names[i].name);
        }
        if (leads) {
            deed_choice(form, "state", str_from_c(state_names[i].name),
                        str_from_c(state_names[i].title));
        }
    }
    deed_shows(form, "state",
               life->state_count > 0 ? life->states[life->state_count - 1].name : STR(""));
    deed_begin_day(form, "from", handler_today(form->exchange));
    return result_ok();
}

static result act_move(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    TRY(casework_move_agreement(exchange->casework, &exchange->caller,
                                life_of(form)->line.row.reference, deed_text(form, "state"),
                                deed_day(form, "from").day, deed_text(form, "source"),
                                exchange->arena, &answer, err));
    deed_recorded(form, &answer);
    return result_ok();
}

static result act_announce(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const str reference = life_of(form)->line.row.reference;
    struct agreement_life life;
    TRY(casework_announce_agreement(exchange->casework, &exchange->caller, reference,
                                    deed_text(form, "reason"), exchange->arena, err));
    TRY(casework_agreement_life(exchange->casework, &exchange->caller, reference, exchange->arena,
                                &life, err));
    form->answer =
        resource_agreement_life(exchange->rulebook, &life, handler_today(exchange), true);
    return result_ok();
}

static bool is_confidential(const json_t *resource)
{
    return json_is_true(json_object_get(resource, "confidential"));
}

static const struct deed deeds[] = {
    {.name = "state",
     .link = "Move it to another state",
     .title = "Move the agreement to another state",
     .lead = "Requests that rest on it are judged again at once.",
     .submit = "Record the state",
     .notice = "recorded",
     .action = ACTION_RECORD_AGREEMENT,
     DEED_FIELDS(state_fields),
     .prepare = choose_state,
     .act = act_move},
    {.name = "announcement",
     .link = "Announce it",
     .title = "Announce the agreement",
     .lead = "Everybody who may see agreements sees it from then on. This cannot be undone.",
     .submit = "Announce it",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_RECORD_AGREEMENT,
     DEED_FIELDS(reason_fields),
     .fits = is_confidential,
     .act = act_announce},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

static result load(const struct exchange *exchange, struct agreement_life *ret_life,
                   struct err *err)
{
    return casework_agreement_life(exchange->casework, &exchange->caller,
                                   exchange->match.parameters[0], exchange->arena, ret_life, err);
}

result handle_agreement(struct exchange *exchange, struct err *err)
{
    struct agreement_life life;
    TRY(load(exchange, &life, err));
    json_auto_t *resource =
        resource_agreement_life(exchange->rulebook, &life, handler_today(exchange), true);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "agreement", life.line.row.title, "/agreements");
    page_crumb(&page, STR("Agreements"), STR("/agreements"));
    page_set(&page, "agreement", view_agreement(&context, resource));
    deeds_offer(&page, deeds, DEED_COUNT,
                page_href(exchange->arena, "/agreements/%s", life.line.row.reference, STR("")),
                resource);
    return page_answer(&page, 200, err);
}

static result open_one(struct deed_form *form, struct err *err)
{
    (void)err;
    const struct agreement_row *row = &life_of(form)->line.row;
    form->base = page_href(form->exchange->arena, "/agreements/%s", row->reference, STR(""));
    form->caption = row->title;
    form->page.area = "/agreements";
    page_crumb(&form->page, STR("Agreements"), STR("/agreements"));
    page_crumb(&form->page, row->title, form->base);
    return result_ok();
}

result handle_agreement_deed(struct exchange *exchange, struct err *err)
{
    struct agreement_life life;
    TRY(load(exchange, &life, err));
    return deed_answer(exchange, deeds, DEED_COUNT, exchange->match.parameters[1], &life, open_one,
                       err);
}
