/* Two records found to be one person: compared, asked for, merged or declined by somebody else, and
 * a merge undone (casework/identity.h). */
#include "casework/identity.h"

#include "web/deed.h"
#include "web/resource_merge.h"
#include "web/resource_part.h"
#include "web/view_merge.h"

/* --- all of them ------------------------------------------------------------------------------ */

/* Those that wait for somebody to decide, unless the query asks for all. */
result handle_merges(struct exchange *exchange, struct err *err)
{
    const bool all = str_equal(exchange_query(exchange, STR("show")), STR("all"));
    const struct merge_line *lines = NULL;
    size_t count = 0;
    TRY(casework_merges(exchange->casework, &exchange->caller, all ? 0 : MERGE_ASKED,
                        exchange->arena, &lines, &count, err));
    json_auto_t *resource = resource_merges(lines, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "merges", STR("Merges of records"), "/merges");
    page_set(&page, "all", json_boolean(all));
    page_set(&page, "table", view_merges(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- two records, before anybody has asked ---------------------------------------------------- */

static str comparison_base(const struct exchange *exchange, const struct merge_plan *plan)
{
    return page_href(exchange->arena, "/people/%s/merge/%s", plan->continuing.reference,
                     plan->absorbed.reference);
}

static str title_of(const struct exchange *exchange, const struct merge_plan *plan)
{
    const struct view_context context = handler_view(exchange);
    return view_said(
        &context, "{{one}} and {{other}}",
        SAID({"one", plan->continuing.reference}, {"other", plan->absorbed.reference}));
}

static void person_crumbs(struct page *page, const struct merge_plan *plan)
{
    const str person = plan->continuing.reference;
    handler_person_crumbs(page, person);
    page_crumb(page, STR("Names and references"),
               page_href(page->exchange->arena, "/people/%s/identity", person, STR("")));
}

static result load_comparison(const struct exchange *exchange, struct merge_plan *ret_plan,
                              struct err *err)
{
    return casework_merge_plan(exchange->casework, &exchange->caller, exchange_person(exchange),
                               exchange_reference(exchange, 1), exchange->arena, ret_plan, err);
}

static bool nothing_in_the_way(const json_t *merge)
{
    return json_array_size(json_object_get(merge, "obstacles")) == 0;
}

static result prepare_request(struct deed_form *form, struct err *err)
{
    const struct view_context context = handler_view(form->exchange);
    const struct merge_plan *plan = form->thing;
    (void)err;
    if (plan->continuing.id != 0) {
        json_auto_t *resource = resource_merge(form->exchange->rulebook, plan);
        page_set(&form->page, "table", view_merge_conflicts(&context, resource));
    }
    return result_ok();
}

static result act_request(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct merge_plan plan;
    TRY(casework_request_merge(exchange->casework, &exchange->caller, exchange_person(exchange),
                               exchange_reference(exchange, 1), deed_text(form, "reason"),
                               exchange->arena, &plan, err));
    form->to = arena_format(exchange->arena, "/merges/%lld", (long long)plan.merge.id);
    form->status = 201;
    form->answer = resource_merge(exchange->rulebook, &plan);
    return result_ok();
}

static const struct input_field request_fields[] = {
    {"reason", "Why these are one person", "What you know it from. It is kept in the record.",
     INPUT_TEXT, "Enter why these are one person", NULL},
};

static const struct deed requesting[1] = {
    {.name = "request",
     .link = "Ask for the two to be merged",
     .title = "Ask for two records to be merged",
     .lead = "A senior officer, not you, looks at both and merges them or declines.",
     .submit = "Ask for the merge",
     .notice = "merge-requested",
     .action = ACTION_REQUEST_MERGE,
     DEED_FIELDS(request_fields),
     .fits = nothing_in_the_way,
     .prepare = prepare_request,
     .act = act_request},
};

static result open_comparison(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = comparison_base(form->exchange, form->thing);
    form->caption = title_of(form->exchange, form->thing);
    form->page.area = "/people";
    person_crumbs(&form->page, form->thing);
    page_crumb(&form->page, form->caption, form->base);
    return result_ok();
}

/* A request that is sent again after the two were merged is answered by casework. */
result handle_merge_request(struct exchange *exchange, struct err *err)
{
    struct merge_plan plan = {.continuing = {.reference = exchange_person(exchange)},
                              .absorbed = {.reference = exchange_reference(exchange, 1)}};
    struct err failure = {0};
    const bool is_command = exchange->request->method == HTTP_POST;
    const result loaded = load_comparison(exchange, &plan, &failure);
    if (!loaded.ok && !(is_command && failure.code == ERROR_CONFLICT)) {
        *err = failure;
        return loaded;
    }
    return deed_answer(exchange, requesting, 1, STR("request"), &plan, open_comparison, err);
}

result handle_comparison(struct exchange *exchange, struct err *err)
{
    struct merge_plan plan;
    TRY(load_comparison(exchange, &plan, err));
    json_auto_t *resource = resource_merge(exchange->rulebook, &plan);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "merge", title_of(exchange, &plan), "/people");
    person_crumbs(&page, &plan);
    page_set(&page, "merge", view_merge(&context, resource));
    deeds_offer(&page, requesting, 1, comparison_base(exchange, &plan), resource);
    return page_answer(&page, 200, err);
}

/* Where the box on the person's page leads. */
result handle_comparison_with(struct exchange *exchange, struct err *err)
{
    const str person = exchange_person(exchange);
    const str other = str_trim(exchange_query(exchange, STR("other")));
    (void)err;
    answer_see_other(exchange,
                     other.len > 0
                         ? page_href(exchange->arena, "/people/%s/merge/%s", person, other)
                         : page_href(exchange->arena, "/people/%s/identity", person, STR("")));
    return result_ok();
}

/* --- one that was asked for ------------------------------------------------------------------- */

struct merge_thing {
    struct merge_plan plan;
    bool separable; /* and this account may undo it */
    struct separation_plan separation;
};

static result load_merge(const struct exchange *exchange, struct merge_thing *ret_thing,
                         struct err *err)
{
    int64_t merge = 0;
    TRY(exchange_position(exchange, 0, &merge, err));
    TRY(casework_merge(exchange->casework, &exchange->caller, merge, exchange->arena,
                       &ret_thing->plan, err));
    ret_thing->separable =
        ret_thing->plan.merge.state == MERGE_DONE && exchange_may(exchange, ACTION_DECIDE_MERGE);
    return ret_thing->separable
               ? casework_separation_plan(exchange->casework, &exchange->caller, merge, NULL, 0,
                                          exchange->arena, &ret_thing->separation, err)
               : result_ok();
}

static const struct merge_thing *thing_of(const struct deed_form *form)
{
    return form->thing;
}

static int64_t merge_of(const struct deed_form *form)
{
    return thing_of(form)->plan.merge.id;
}

static bool is_asked_for(const json_t *merge)
{
    return str_equal(json_str_or_empty(merge, "state"), STR("asked for"));
}

static bool by_another(const json_t *merge)
{
    return is_asked_for(merge) && !json_is_true(json_object_get(merge, "asked_here"));
}

static bool by_this_account(const json_t *merge)
{
    return is_asked_for(merge) && json_is_true(json_object_get(merge, "asked_here"));
}

static bool may_be_confirmed(const json_t *merge)
{
    return by_another(merge) && nothing_in_the_way(merge);
}

static bool is_merged(const json_t *merge)
{
    return str_equal(json_str_or_empty(merge, "state"), STR("merged"));
}

static result prepare_confirmation(struct deed_form *form, struct err *err)
{
    const struct view_context context = handler_view(form->exchange);
    json_auto_t *resource = resource_merge(form->exchange->rulebook, &thing_of(form)->plan);
    (void)err;
    page_set(&form->page, "table", view_merge_conflicts(&context, resource));
    return result_ok();
}

static result act_confirm(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const int64_t seen = deed_number(form, "differences");
    struct record_answer answer;
    TRY(casework_confirm_merge(exchange->casework, &exchange->caller, merge_of(form),
                               seen < 0 ? SIZE_MAX : (size_t)seen, exchange->arena, &answer, err));
    deed_recorded(form, &answer);
    return result_ok();
}

static result act_decline(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct merge_plan plan;
    TRY(casework_decline_merge(exchange->casework, &exchange->caller, merge_of(form),
                               deed_text(form, "reason"), exchange->arena, err));
    TRY(casework_merge(exchange->casework, &exchange->caller, merge_of(form), exchange->arena,
                       &plan, err));
    form->answer = resource_merge(exchange->rulebook, &plan);
    return result_ok();
}

/* --- undoing it ------------------------------------------------------------------------------- */

/* A field for each of so many events; if there are more, one field for all the rest. */
enum { DECIDED_ONE_BY_ONE = INPUT_FIELDS_MAX - 2 };

static bool must_be_decided(const struct separation_line *line)
{
    return line->to == ATTRIBUTION_UNDECIDED && line->follows == 0;
}

static const char *event_field(const struct deed_form *form, int64_t event)
{
    return arena_format(form->exchange->arena, "event_%lld", (long long)event).at;
}

static const char *event_label(const struct deed_form *form, const struct separation_line *line)
{
    const struct history_line told = {.event = line->event, .actor = STR("")};
    char day[20];
    json_auto_t *history = part_history_line(form->exchange->rulebook, &told);
    date_format_plain(line->event.effective_on, day);
    const struct view_context context = handler_view(form->exchange);
    const str number = arena_format(context.arena, "%lld", (long long)line->event.position);
    return view_said(&context, "{{day}}, event {{number}}: {{text}}",
                     SAID({"day", str_from_c(day)}, {"number", number},
                          {"text", view_history_text(&context, history)}))
        .at;
}

static result offer_both(struct deed_form *form, const char *field, struct err *err)
{
    const struct merge_plan *plan = &thing_of(form)->plan;
    const str words[] = {STR("continuing"), STR("absorbed")};
    const struct person_row *people[] = {&plan->continuing, &plan->absorbed};
    const struct identity *identities[] = {&plan->continuing_identity, &plan->absorbed_identity};
    TRY(deed_choices(form, field, 2, err));
    for (size_t i = 0; i < 2; i++) {
        deed_choice(form, field, words[i],
                    arena_format(form->exchange->arena, "%.*s, %.*s", STR_ARG(people[i]->reference),
                                 STR_ARG(identities[i]->name)));
    }
    return result_ok();
}

static void accept_decision(struct input_field *fields, size_t *count, const char *name)
{
    const str field = str_from_c(name);
    const bool decides = str_starts(field, STR("event_")) || str_equal(field, STR("others"));
    if (decides && *count < INPUT_FIELDS_MAX - 1) {
        fields[(*count)++] = (struct input_field){name, "", NULL, INPUT_TEXT, NULL, NULL};
    }
}

/* Once more, after it was undone: what was decided then is not asked, and may be sent. */
static void accept_what_was_decided(const struct deed_form *form, struct input_field *fields,
                                    size_t *count)
{
    const struct input *input = &form->exchange->input;
    const char *key;
    json_t *value;
    json_object_foreach(input->object, key, value)
    {
        accept_decision(fields, count, key);
    }
    for (size_t i = 0; i < input->form.count; i++) {
        accept_decision(
            fields, count,
            arena_format(form->exchange->arena, "%.*s", STR_ARG(input->form.fields[i].name)).at);
    }
}

/* A field for each event to be decided; they come first. */
static size_t ask_whom(const struct deed_form *form, struct input_field *fields)
{
    static const struct input_field others = {"others",
                                              "Whom every other event is about",
                                              "There are more than fit on a page.",
                                              INPUT_CHOICE,
                                              "Choose whom every other event is about",
                                              NULL};
    const struct merge_thing *thing = thing_of(form);
    size_t to_decide = 0;
    size_t count = 0;
    for (size_t i = 0; thing->separable && i < thing->separation.line_count; i++) {
        const struct separation_line *line = &thing->separation.lines[i];
        if (must_be_decided(line) && to_decide++ < DECIDED_ONE_BY_ONE) {
            fields[count++] = (struct input_field){event_field(form, line->event.position),
                                                   event_label(form, line),
                                                   "Whom it is about",
                                                   INPUT_CHOICE,
                                                   "Choose whom it is about",
                                                   NULL};
        }
    }
    if (to_decide > DECIDED_ONE_BY_ONE) {
        fields[count++] = others;
    }
    return count;
}

static void show_separation(struct deed_form *form)
{
    const struct merge_thing *thing = thing_of(form);
    const struct view_context context = handler_view(form->exchange);
    json_auto_t *merge = resource_merge(form->exchange->rulebook, &thing->plan);
    json_auto_t *separation = resource_separation(form->exchange->rulebook, &thing->separation);
    page_set(&form->page, "table", view_separation(&context, merge, separation));
}

static result prepare_undoing(struct deed_form *form, struct err *err)
{
    static const struct input_field reason = {
        "reason",   "Why these are two people",       "It is kept in the record.",
        INPUT_TEXT, "Enter why these are two people", NULL};
    struct input_field *fields =
        ARENA_NEW(form->exchange->arena, struct input_field, INPUT_FIELDS_MAX);
    if (fields == NULL) {
        return arena_full(err);
    }
    const size_t decisions = ask_whom(form, fields);
    size_t count = decisions;
    if (thing_of(form)->plan.merge.state == MERGE_UNDONE) {
        accept_what_was_decided(form, fields, &count);
    }
    fields[count++] = reason;
    form->fields = fields;
    form->field_count = count;
    for (size_t i = 0; i < decisions; i++) {
        TRY(offer_both(form, fields[i].name, err));
    }
    if (thing_of(form)->separable) {
        show_separation(form);
    }
    return result_ok();
}

static result read_decisions(const struct deed_form *form,
                             const struct separation_decision **ret_decisions, size_t *ret_count,
                             struct err *err)
{
    const struct merge_thing *thing = thing_of(form);
    const size_t line_count = thing->separable ? thing->separation.line_count : 0;
    struct separation_decision *decisions =
        ARENA_NEW(form->exchange->arena, struct separation_decision, line_count + 1);
    size_t count = 0;
    if (decisions == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < line_count; i++) {
        const struct separation_line *line = &thing->separation.lines[i];
        if (must_be_decided(line)) {
            const str about =
                deed_text(form, count < DECIDED_ONE_BY_ONE ? event_field(form, line->event.position)
                                                           : "others");
            decisions[count++] = (struct separation_decision){
                .event = line->event.position, .to_absorbed = str_equal(about, STR("absorbed"))};
        }
    }
    *ret_decisions = decisions;
    *ret_count = count;
    return result_ok();
}

static result act_undo(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct separation_decision *decisions = NULL;
    struct record_answer answer;
    size_t count = 0;
    TRY(read_decisions(form, &decisions, &count, err));
    TRY(casework_separate(exchange->casework, &exchange->caller, merge_of(form),
                          deed_text(form, "reason"), decisions, count, exchange->arena, &answer,
                          err));
    deed_recorded(form, &answer);
    return result_ok();
}

/* --- what can be done with it ----------------------------------------------------------------- */

static const struct input_field confirmation_fields[] = {
    {"differences", "How many differences did you look at?",
     "They stand in the table above. 0 when there is none.", INPUT_NUMBER,
     "Enter how many differences you looked at", NULL},
};
static const struct input_field declination_fields[] = {
    {"reason", "Reason", "It is kept in the record.", INPUT_TEXT, "Enter the reason", NULL},
};

static const struct deed deeds[] = {
    {.name = "confirmation",
     .link = "Merge them",
     .title = "Merge two records",
     .lead = "Every difference stays known: of one fact the latest counts. A request that is no "
             "longer clear is stopped at once. A merge can be undone.",
     .submit = "Merge the records",
     .notice = "merged",
     .action = ACTION_DECIDE_MERGE,
     DEED_FIELDS(confirmation_fields),
     .fits = may_be_confirmed,
     .prepare = prepare_confirmation,
     .act = act_confirm},
    {.name = "declination",
     .link = "Decline it",
     .title = "Decline a merge",
     .lead = "",
     .submit = "Decline the merge",
     .notice = "merge-declined",
     .action = ACTION_DECIDE_MERGE,
     DEED_FIELDS(declination_fields),
     .fits = by_another,
     .act = act_decline},
    {.name = "withdrawal",
     .link = "Take the request back",
     .title = "Take back a request for a merge",
     .lead = "",
     .submit = "Take it back",
     .notice = "merge-declined",
     .action = ACTION_REQUEST_MERGE,
     DEED_FIELDS(declination_fields),
     .fits = by_this_account,
     .act = act_decline},
    {.name = "undoing",
     .link = "Undo the merge",
     .title = "Undo a merge",
     .lead = "They are two people again, as if they had never been merged. Of every event of which "
             "the register cannot tell whom it is about, you say so.",
     .submit = "Undo the merge",
     .notice = "merge-undone",
     .danger = true,
     .action = ACTION_DECIDE_MERGE,
     .fits = is_merged,
     .prepare = prepare_undoing,
     .act = act_undo},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

static str merge_base(const struct exchange *exchange, const struct merge_thing *thing)
{
    return arena_format(exchange->arena, "/merges/%lld", (long long)thing->plan.merge.id);
}

static json_t *resource_of(const struct exchange *exchange, const struct merge_thing *thing)
{
    json_t *resource = resource_merge(exchange->rulebook, &thing->plan);
    if (thing->separable) {
        json_set(resource, "separation",
                 resource_separation(exchange->rulebook, &thing->separation));
    }
    return resource;
}

result handle_merge(struct exchange *exchange, struct err *err)
{
    struct merge_thing thing;
    TRY(load_merge(exchange, &thing, err));
    json_auto_t *resource = resource_of(exchange, &thing);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "merge", title_of(exchange, &thing.plan), "/merges");
    page_crumb(&page, STR("Merges of records"), STR("/merges"));
    page_set(&page, "merge", view_merge(&context, resource));
    deeds_offer(&page, deeds, DEED_COUNT, merge_base(exchange, &thing), resource);
    return page_answer(&page, 200, err);
}

static result open_merge(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = merge_base(form->exchange, thing_of(form));
    form->caption = title_of(form->exchange, &thing_of(form)->plan);
    form->page.area = "/merges";
    page_crumb(&form->page, STR("Merges of records"), STR("/merges"));
    page_crumb(&form->page, form->caption, form->base);
    return result_ok();
}

result handle_merge_deed(struct exchange *exchange, struct err *err)
{
    struct merge_thing thing;
    TRY(load_merge(exchange, &thing, err));
    return deed_answer(exchange, deeds, DEED_COUNT, exchange->match.parameters[1], &thing,
                       open_merge, err);
}
