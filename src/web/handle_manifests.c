#include "web/deed.h"
#include "web/resource_departure.h"
#include "web/view_departure.h"

/* --- the list --------------------------------------------------------------------------------- */

result handle_manifests(struct exchange *exchange, struct err *err)
{
    const struct manifest_line *lines = NULL;
    size_t count = 0;
    const bool all = str_equal(exchange_query(exchange, STR("all")), STR("yes"));
    TRY(casework_manifests(exchange->casework, &exchange->caller, !all, exchange->arena, &lines,
                           &count, err));
    json_auto_t *resource = resource_manifests(exchange->rulebook, lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "manifests", STR("Manifests"), "/manifests");
    page_set(&page, "manifests", view_manifests(&context, resource, all));
    page_set(&page, "may_open", json_boolean(exchange_may(exchange, ACTION_PREPARE_MANIFEST)));
    return page_answer(&page, 200, err);
}

/* --- what can be done with one ---------------------------------------------------------------- */

static const struct input_field opening_fields[] = {
    {"step", "Step that people take as they board", NULL, INPUT_CHOICE, "Choose the step", NULL},
    {"hub", "Hub", "Only for a step that leads to a hub", INPUT_CHOICE, NULL, NULL},
    {"destination", "Destination", "Leave it open for the country of the hub", INPUT_CHOICE, NULL,
     NULL},
    {"departs_at", "Departure", NULL, INPUT_INSTANT, "Enter the day and the time of departure",
     NULL},
    {"carrier", "Carrier", NULL, INPUT_TEXT, NULL, NULL},
    {"route", "Route", "Stops in order, with a comma between them", INPUT_TEXT, NULL, NULL},
    {"escorts", "Number of escorts", NULL, INPUT_NUMBER, NULL, NULL},
    {"escort_roles", "Tasks of the escorts", "Their tasks, with a comma between them. No names.",
     INPUT_TEXT, NULL, NULL},
    {"lead", "Who leads the departure", "Username. Leave it empty if it is you.", INPUT_TEXT, NULL,
     NULL},
};
/* A change has the same details, and a reason. */
static const struct input_field change_fields[] = {
    {"departs_at", "Departure", NULL, INPUT_INSTANT, "Enter the day and the time of departure",
     NULL},
    {"carrier", "Carrier", NULL, INPUT_TEXT, NULL, NULL},
    {"route", "Route", "Stops in order, with a comma between them", INPUT_TEXT, NULL, NULL},
    {"escorts", "Number of escorts", NULL, INPUT_NUMBER, NULL, NULL},
    {"escort_roles", "Tasks of the escorts", "Their tasks, with a comma between them. No names.",
     INPUT_TEXT, NULL, NULL},
    {"lead", "Who leads the departure", "Username", INPUT_TEXT, NULL, NULL},
    {"reason", "Reason for the change", NULL, INPUT_LONG_TEXT, "Enter the reason", NULL},
};
static const struct input_field reason_fields[] = {
    {"reason", "Reason", "It is kept in the record.", INPUT_LONG_TEXT, "Enter the reason", NULL},
};
static const struct input_field listing_fields[] = {
    {"request", "Request", "Approved requests for this step, of people who are on no manifest",
     INPUT_CHOICE, "Choose the request", NULL},
};
static const struct input_field person_fields[] = {
    {"person", "Person", NULL, INPUT_CHOICE, "Choose the person", NULL},
    {"reason", "Reason", "It is kept in the record.", INPUT_LONG_TEXT, "Enter the reason", NULL},
};
static const struct input_field departure_fields[] = {
    {"departed_at", "It left", NULL, INPUT_INSTANT, "Enter the day and the time at which it left",
     NULL},
};
static const struct input_field accounting_fields[] = {
    {"person", "Person", NULL, INPUT_CHOICE, "Choose the person", NULL},
    {"outcome", "What became of them", NULL, INPUT_CHOICE, "Choose what became of them", NULL},
    {"step", "Step that records it", "Only for somebody who is back, unless it was taken already",
     INPUT_CHOICE, NULL, NULL},
    {"source", "Who says so", NULL, INPUT_TEXT, "Enter who says so", NULL},
};
static const struct input_field remark_fields[] = {
    {"remark", "Remark", "What whoever reads this later should know", INPUT_LONG_TEXT, NULL, NULL},
};
static const struct manifest_answer *manifest_of(const struct deed_form *form)
{
    return form->thing;
}

static result answer_row(struct deed_form *form, const struct manifest_row *row)
{
    form->answer = resource_manifest_row(form->exchange->rulebook, row);
    return result_ok();
}

static struct manifest_details details_of(const struct deed_form *form)
{
    return (struct manifest_details){.departs_at = deed_instant(form, "departs_at"),
                                     .carrier = deed_text(form, "carrier"),
                                     .route = deed_text(form, "route"),
                                     .escorts = deed_number(form, "escorts"),
                                     .escort_roles = deed_text(form, "escort_roles"),
                                     .lead = deed_text(form, "lead")};
}

/* --- opening */

static result prepare_opening(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct rulebook *rulebook = exchange->rulebook;
    const struct hub_line *hubs = NULL;
    size_t hub_count = 0;
    TRY(casework_hubs(exchange->casework, &exchange->caller, exchange->arena, &hubs, &hub_count,
                      err));
    TRY(deed_choices(form, "step", rulebook->step_count, err));
    TRY(deed_choices(form, "hub", hub_count, err));
    TRY(deed_choices(form, "destination", rulebook->country_count, err));
    for (size_t i = 0; i < rulebook->step_count; i++) {
        if (casework_step_boards(rulebook, &rulebook->steps[i], *exchange->arena)) {
            deed_choice(form, "step", rulebook->steps[i].name, rulebook->steps[i].title);
        }
    }
    for (size_t i = 0; i < hub_count; i++) {
        deed_choice(form, "hub", hubs[i].row.reference, hubs[i].row.name);
    }
    for (size_t i = 0; i < rulebook->country_count; i++) {
        const struct listed_country *country = &exchange->web->countries[i];
        deed_choice(form, "destination", country->code,
                    arena_format(exchange->arena, "%.*s (%.*s)", STR_ARG(country->name),
                                 STR_ARG(country->code)));
    }
    return result_ok();
}

static result act_open(struct deed_form *form, struct err *err)
{
    const struct new_manifest wanted = {.step = deed_text(form, "step"),
                                        .hub = deed_text(form, "hub"),
                                        .destination = deed_text(form, "destination"),
                                        .details = details_of(form)};
    struct exchange *exchange = form->exchange;
    struct manifest_row row = {0};
    TRY(casework_open_manifest(exchange->casework, &exchange->caller, &wanted, exchange->arena,
                               &row, err));
    form->to = page_href(exchange->arena, "/manifests/%s", row.reference, STR(""));
    form->status = 201;
    return answer_row(form, &row);
}

static const struct deed opening = {
    .name = "new",
    .title = "Open a manifest",
    .lead =
        "A manifest is for people who leave together by one step. People are put on it once every "
        "approval of that step is given.",
    .submit = "Open the manifest",
    .notice = "manifest-opened",
    .action = ACTION_PREPARE_MANIFEST,
    DEED_FIELDS(opening_fields),
    .prepare = prepare_opening,
    .act = act_open,
};

static result open_list(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = STR("/manifests");
    form->caption = STR("Manifests");
    form->page.area = "/manifests";
    page_crumb(&form->page, STR("Manifests"), form->base);
    return result_ok();
}

result handle_manifest_new(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, &opening, 1, STR("new"), NULL, open_list, err);
}

/* --- before it boards */

static result prepare_change(struct deed_form *form, struct err *err)
{
    const struct manifest_row *row = &manifest_of(form)->manifest.row;
    const struct exchange *exchange = form->exchange;
    struct account_row lead;
    TRY(casework_account(exchange->casework, row->lead, exchange->arena, &lead, err));
    deed_shows_instant(form, "departs_at", row->departs_at);
    deed_shows_text(form, "carrier", row->carrier);
    deed_shows_text(form, "route", row->route);
    deed_shows_text(form, "escorts",
                    arena_format(exchange->arena, "%lld", (long long)row->escorts));
    deed_shows_text(form, "escort_roles", row->escort_roles);
    deed_shows_text(form, "lead", lead.username);
    return result_ok();
}

static result act_change(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct manifest_details details = details_of(form);
    struct manifest_row row = {0};
    TRY(casework_change_manifest(exchange->casework, &exchange->caller,
                                 manifest_of(form)->manifest.row.reference, &details,
                                 deed_text(form, "reason"), exchange->arena, &row, err));
    return answer_row(form, &row);
}

static result act_cancel(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct manifest_row row = {0};
    TRY(casework_cancel_manifest(exchange->casework, &exchange->caller,
                                 manifest_of(form)->manifest.row.reference,
                                 deed_text(form, "reason"), exchange->arena, &row, err));
    return answer_row(form, &row);
}

static str person_text(const struct exchange *exchange, const struct person_row *person,
                       const struct identity *identity)
{
    return identity->name.len == 0
               ? person->reference
               : arena_format(exchange->arena, "%.*s, %.*s", STR_ARG(identity->name),
                              STR_ARG(person->reference));
}

static result prepare_listing(struct deed_form *form, struct err *err)
{
    const struct manifest_answer *answer = manifest_of(form);
    const struct exchange *exchange = form->exchange;
    const struct view_context context = handler_view(exchange);
    TRY(deed_choices(form, "request", answer->waiting_count, err));
    for (size_t i = 0; i < answer->waiting_count; i++) {
        const struct work_request *waiting = &answer->waiting[i];
        const str id = arena_format(exchange->arena, "%lld", (long long)waiting->request.id);
        const str person = person_text(exchange, &waiting->person, &waiting->identity);
        deed_choice(form, "request", id,
                    view_said(&context, "{{person}} (request {{number}})",
                              SAID({"person", person}, {"number", id})));
    }
    return result_ok();
}

static result act_list(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct step_answer answer;
    int64_t request = 0;
    TRY(str_to_int64(deed_text(form, "request"), &request, err));
    TRY(casework_list_on_manifest(exchange->casework, &exchange->caller,
                                  manifest_of(form)->manifest.row.reference, request,
                                  exchange->arena, &answer, err));
    return deed_step_taken(form, &answer, err);
}

/* The people in a state, to choose from. */
static result people_in(struct deed_form *form, enum manifest_entry_state state, struct err *err)
{
    const struct manifest_answer *answer = manifest_of(form);
    TRY(deed_choices(form, "person", answer->count, err));
    for (size_t i = 0; i < answer->count; i++) {
        const struct manifest_person *person = &answer->people[i];
        if (person->entry.state == state) {
            deed_choice(form, "person", person->person.reference,
                        person_text(form->exchange, &person->person, &person->identity));
        }
    }
    return result_ok();
}

static result prepare_taking_off(struct deed_form *form, struct err *err)
{
    return people_in(form, ENTRY_LISTED, err);
}

static result act_take_off(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct manifest_row row = {0};
    TRY(casework_take_off_manifest(
        exchange->casework, &exchange->caller, manifest_of(form)->manifest.row.reference,
        deed_text(form, "person"), deed_text(form, "reason"), exchange->arena, &row, err));
    return answer_row(form, &row);
}

/* --- boarding */

static result prepare_boarding(struct deed_form *form, struct err *err)
{
    (void)err;
    const struct view_context context = handler_view(form->exchange);
    json_auto_t *resource = resource_manifest(form->exchange->rulebook, manifest_of(form));
    page_set(&form->page, "table",
             view_manifest_people(&context, resource, (struct manifest_rights){0}));
    return result_ok();
}

static result act_board(struct deed_form *form, struct err *err)
{
    struct exchange *exchange = form->exchange;
    struct boarding_answer answer;
    TRY(casework_board_manifest(exchange->casework, &exchange->caller,
                                manifest_of(form)->manifest.row.reference, exchange->arena, &answer,
                                err));
    form->answer = resource_boarding(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return result_ok();
    }
    /* The verdict on each of them is the answer: it is shown, and not only that it was done. */
    const struct view_context context = handler_view(exchange);
    form->answered = true;
    form->page.template_name = "boarding";
    form->page.title = STR("What boarding found");
    page_set(&form->page, "boarding", view_boarding(&context, form->answer));
    page_set(&form->page, "caption", json_of_str(form->caption));
    page_set(&form->page, "back_href", json_of_str(form->base));
    return page_answer(&form->page, 200, err);
}

/* --- after it left */

static result prepare_departure(struct deed_form *form, struct err *err)
{
    (void)err;
    deed_begin_instant(form, "departed_at", manifest_of(form)->manifest.row.departs_at);
    return result_ok();
}

static result act_depart(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct manifest_departed departed;
    TRY(casework_depart_manifest(
        exchange->casework, &exchange->caller, manifest_of(form)->manifest.row.reference,
        deed_instant(form, "departed_at"), exchange->arena, &departed, err));
    form->answer = resource_manifest_departed(exchange->rulebook, &departed);
    return result_ok();
}

/* Steps without approval that lead from where the boarding step leads to. */
static bool may_record_return(const struct rulebook *rulebook, const struct step *step, str boarded)
{
    const uint32_t by = rulebook_step(rulebook, boarded);
    return step->approval_count == 0 &&
           (by == NOT_FOUND_INDEX || rulebook_step_leaves(rulebook, step, rulebook->steps[by].to));
}

static result prepare_accounting(struct deed_form *form, struct err *err)
{
    const struct manifest_answer *answer = manifest_of(form);
    const struct rulebook *rulebook = form->exchange->rulebook;
    TRY(people_in(form, ENTRY_BOARDED, err));
    TRY(deed_choices(form, "outcome", 2, err));
    if (answer->manifest.row.state == MANIFEST_DEPARTED) {
        deed_choice(form, "outcome", STR("arrived"), STR("Arrived"));
    }
    deed_choice(form, "outcome", STR("returned"),
                STR("Back: refused on arrival, taken off, or it never left"));
    TRY(deed_choices(form, "step", rulebook->step_count, err));
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (may_record_return(rulebook, step, answer->manifest.row.step)) {
            deed_choice(form, "step", step->name, step->title);
        }
    }
    return result_ok();
}

static result act_account(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct accounted accounted = {.person = deed_text(form, "person"),
                                        .outcome = deed_text(form, "outcome"),
                                        .source = deed_text(form, "source"),
                                        .step = deed_text(form, "step")};
    struct step_answer answer;
    TRY(casework_account_on_manifest(exchange->casework, &exchange->caller,
                                     manifest_of(form)->manifest.row.reference, &accounted,
                                     exchange->arena, &answer, err));
    return deed_step_taken(form, &answer, err);
}

static result act_close(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct manifest_row row = {0};
    TRY(casework_close_manifest(exchange->casework, &exchange->caller,
                                manifest_of(form)->manifest.row.reference,
                                deed_text(form, "remark"), exchange->arena, &row, err));
    return answer_row(form, &row);
}

/* --- which of it, when */

static bool is_in(const json_t *resource, const char *state)
{
    return str_equal(json_str_or_empty(resource, "state"), str_from_c(state));
}

static bool is_open(const json_t *resource)
{
    return is_in(resource, "open");
}

static bool has_listed(const json_t *resource)
{
    return is_open(resource) && json_integer_value(json_object_get(resource, "listed")) > 0;
}

static bool has_waiting(const json_t *resource)
{
    return is_open(resource) && json_array_size(json_object_get(resource, "waiting")) > 0;
}

static bool is_boarded(const json_t *resource)
{
    return is_in(resource, "boarded");
}

static bool has_aboard(const json_t *resource)
{
    return json_integer_value(json_object_get(resource, "aboard")) > 0;
}

/* Those who are aboard and in sight. */
static bool shows_aboard(const json_t *resource)
{
    size_t index;
    json_t *person;
    json_array_foreach(json_object_get(resource, "people"), index, person)
    {
        if (str_equal(json_str_or_empty(person, "state"), STR("boarded"))) {
            return true;
        }
    }
    return false;
}

static bool can_close(const json_t *resource)
{
    return (is_boarded(resource) || is_in(resource, "departed")) && !has_aboard(resource);
}

static const struct deed deeds[] = {
    {.name = "listing",
     .link = "Put somebody on it",
     .title = "Put somebody on the manifest",
     .lead = "The law is asked again, with the destination and the day of this manifest.",
     .submit = "Put on the manifest",
     .notice = "manifest-listed",
     .action = ACTION_PREPARE_MANIFEST,
     DEED_FIELDS(listing_fields),
     .fits = has_waiting,
     .prepare = prepare_listing,
     .act = act_list},
    {.name = "taking-off",
     .title = "Take somebody off the manifest",
     .lead = "",
     .submit = "Take off",
     .notice = "recorded",
     .action = ACTION_PREPARE_MANIFEST,
     DEED_FIELDS(person_fields),
     .fits = has_listed,
     .prepare = prepare_taking_off,
     .act = act_take_off},
    {.name = "change",
     .link = "Change it",
     .title = "Change the manifest",
     .lead = "Another destination is another manifest. Whoever was told of another day is judged "
             "again as they board.",
     .submit = "Record the change",
     .notice = "recorded",
     .action = ACTION_PREPARE_MANIFEST,
     DEED_FIELDS(change_fields),
     .fits = is_open,
     .prepare = prepare_change,
     .act = act_change},
    {.name = "boarding",
     .link = "Boarding check",
     .title = "Board the manifest",
     .lead =
         "Everybody on it is judged once more at one instant. Those who are clear take the step "
         "then and there; the others are left off and their requests stop.",
     .submit = "Judge everybody and board those who are clear",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_BOARD_MANIFEST,
     .fits = has_listed,
     .prepare = prepare_boarding,
     .act = act_board},
    {.name = "departure",
     .link = "It left",
     .title = "Record that it left",
     .lead = "",
     .submit = "Record the departure",
     .notice = "recorded",
     .action = ACTION_BOARD_MANIFEST,
     DEED_FIELDS(departure_fields),
     .fits = is_boarded,
     .prepare = prepare_departure,
     .act = act_depart},
    {.name = "accounting",
     .title = "Account for somebody who boarded",
     .lead = "Everybody who boarded is accounted for, one by one, before the manifest closes.",
     .submit = "Record what became of them",
     .notice = "recorded",
     .action = ACTION_ACCOUNT_ABOARD,
     DEED_FIELDS(accounting_fields),
     .fits = shows_aboard,
     .prepare = prepare_accounting,
     .act = act_account},
    {.name = "closing",
     .link = "Close it",
     .title = "Close the manifest",
     .lead = "Everybody who boarded is accounted for.",
     .submit = "Close the manifest",
     .notice = "recorded",
     .action = ACTION_BOARD_MANIFEST,
     DEED_FIELDS(remark_fields),
     .fits = can_close,
     .act = act_close},
    {.name = "cancellation",
     .link = "Cancel it",
     .title = "Cancel the manifest",
     .lead = "Everybody is taken off. Their requests stay approved.",
     .submit = "Cancel the manifest",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_PREPARE_MANIFEST,
     DEED_FIELDS(reason_fields),
     .fits = is_open,
     .act = act_cancel},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

/* --- one manifest ----------------------------------------------------------------------------- */

static result load(const struct exchange *exchange, struct manifest_answer *ret_answer,
                   struct err *err)
{
    return casework_manifest(exchange->casework, &exchange->caller, exchange->match.parameters[0],
                             exchange->arena, ret_answer, err);
}

result handle_manifest(struct exchange *exchange, struct err *err)
{
    struct manifest_answer answer;
    TRY(load(exchange, &answer, err));
    json_auto_t *resource = resource_manifest(exchange->rulebook, &answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    const str reference = answer.manifest.row.reference;
    const str base = page_href(exchange->arena, "/manifests/%s", reference, STR(""));
    const struct manifest_rights rights = {
        .take_off = has_listed(resource) && exchange_may(exchange, ACTION_PREPARE_MANIFEST),
        .account = shows_aboard(resource) && exchange_may(exchange, ACTION_ACCOUNT_ABOARD),
        .report = exchange_may(exchange, ACTION_REPORT_ORDER)};
    OWN_PAGE struct page page;
    page_open(&page, exchange, "manifest",
              speech_fill_for_staff(exchange, "Manifest {{reference}}", reference), "/manifests");
    page_crumb(&page, STR("Manifests"), STR("/manifests"));
    page_set(&page, "manifest", view_manifest(&context, resource));
    page_set(&page, "people", view_manifest_people(&context, resource, rights));
    deeds_offer(&page, deeds, DEED_COUNT, base, resource);
    return page_answer(&page, 200, err);
}

static result open_one(struct deed_form *form, struct err *err)
{
    struct exchange *exchange = form->exchange;
    struct manifest_answer *answer = ARENA_NEW(exchange->arena, struct manifest_answer, 1);
    if (answer == NULL) {
        return arena_full(err);
    }
    TRY(load(exchange, answer, err));
    const str reference = answer->manifest.row.reference;
    form->thing = answer;
    form->base = page_href(exchange->arena, "/manifests/%s", reference, STR(""));
    form->caption = speech_fill_for_staff(exchange, "Manifest {{reference}}", reference);
    form->page.area = "/manifests";
    page_crumb(&form->page, STR("Manifests"), STR("/manifests"));
    page_crumb(&form->page, form->caption, form->base);
    return result_ok();
}

result handle_manifest_deed(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, deeds, DEED_COUNT, exchange->match.parameters[1], NULL, open_one,
                       err);
}
