#include "web/deed.h"
#include "web/resource_books.h"
#include "web/view_hub_desk.h"

#include "casework/places.h"

/* --- the fields ------------------------------------------------------------------------------- */

static const struct input_field reason_field = {
    "reason", "Reason", "It is kept in the record.", INPUT_LONG_TEXT, "Enter the reason", NULL};
#define REASON                                                                                     \
    {                                                                                              \
        "reason", "Reason", "It is kept in the record.", INPUT_LONG_TEXT, "Enter the reason", NULL \
    }
#define PERSON                                                                                     \
    {                                                                                              \
        "person", "Person", NULL, INPUT_CHOICE, "Choose the person", NULL                          \
    }

static const struct input_field out_fields[] = {
    {"place", "Place", "Its number", INPUT_NUMBER, "Enter the number of the place", NULL},
    {"reason", "Why it is out of use", NULL, INPUT_CHOICE, "Choose the reason", NULL},
    {"words", "What there is to say about it", "Needed for another reason", INPUT_LONG_TEXT, NULL,
     NULL},
    {"back_on", "Expected back on", NULL, INPUT_DATE, NULL, NULL},
};
static const struct input_field back_fields[] = {
    {"place", "Place", "Its number", INPUT_NUMBER, "Enter the number of the place", NULL},
    {"words", "What was done", NULL, INPUT_LONG_TEXT, "Enter what was done", NULL},
};
static const struct input_field kind_fields[] = {
    {"kind", "Kind", NULL, INPUT_CHOICE, "Choose the kind", NULL},
    {"first", "From place", "Its number", INPUT_NUMBER, "Enter the first place", NULL},
    {"last", "To place", "Its number", INPUT_NUMBER, "Enter the last place", NULL},
    REASON,
};
static const struct input_field change_fields[] = {
    PERSON,
    {"place", "Place", "Leave it empty for any free place of the kind they need", INPUT_NUMBER,
     NULL, NULL},
    REASON,
};
static const struct input_field prebooking_fields[] = {
    {"kind", "Kind of place", NULL, INPUT_CHOICE, NULL, NULL},
    {"places", "How many places", "All of them are prebooked, or none", INPUT_NUMBER,
     "Enter how many", NULL},
    {"until", "Until", "After this day they are free again", INPUT_DATE, "Enter the last day",
     NULL},
    {"purpose", "Purpose", NULL, INPUT_TEXT, "Enter the purpose", NULL},
    {"request", "Request", "Its number, if one place is for a request already", INPUT_NUMBER, NULL,
     NULL},
};
static const struct input_field giving_fields[] = {
    {"prebooking", "Prebooking", NULL, INPUT_CHOICE, "Choose the prebooking", NULL},
    {"request", "Request", "Its number", INPUT_NUMBER, "Enter the number of the request", NULL},
};
static const struct input_field ending_fields[] = {
    {"prebooking", "Prebooking", NULL, INPUT_CHOICE, "Choose the prebooking", NULL},
    REASON,
};
static const struct input_field person_fields[] = {PERSON};
static const struct input_field resolution_fields[] = {
    PERSON,
    {"outcome", "What became of the arrival", NULL, INPUT_CHOICE, "Choose what became of it", NULL},
    REASON,
};
static const struct input_field owner_fields[] = {
    PERSON,
    {"owner", "Who answers for it from now on", "Username", INPUT_TEXT, "Enter the username", NULL},
    REASON,
};
static const struct input_field unexpected_fields[] = {
    {"named", "Name or reference", "As the hub knows it. Leave it empty when nobody knows.",
     INPUT_TEXT, NULL, NULL},
    {"description", "Who or what was seen", NULL, INPUT_LONG_TEXT, "Enter what was seen", NULL},
    {"seen_on", "Seen on", NULL, INPUT_DATE, "Enter the day", NULL},
};
static const struct input_field identification_fields[] = {
    {"arrival", "Unexpected arrival", NULL, INPUT_CHOICE, "Choose the arrival", NULL},
    {"person", "Who it is", "Reference. Leave it empty for nobody in the register.", INPUT_TEXT,
     NULL, NULL},
    {"outcome", "What became of it", NULL, INPUT_TEXT, "Enter what became of it", NULL},
    REASON,
};
static const struct input_field cancel_fields[] = {PERSON, REASON};
static const struct input_field report_fields[] = {
    {"accurate_at", "Accurate as of", NULL, INPUT_INSTANT, "Enter the day and the time", NULL},
    {"in_use", "Places in use", NULL, INPUT_NUMBER, "Enter how many places are in use", NULL},
    {"out_of_use", "Places out of use", NULL, INPUT_NUMBER, "Enter how many are out of use", NULL},
};
static const struct hub_desk *desk_of(const struct deed_form *form)
{
    return form->thing;
}

static str hub_of(const struct deed_form *form)
{
    return desk_of(form)->hub.reference;
}

/* The end of nearly every deed: what was recorded is the answer. */
static result recorded(struct deed_form *form, result done, const struct record_answer *answer)
{
    if (done.ok) {
        deed_recorded(form, answer);
    }
    return done;
}

/* --- answers to choose from ------------------------------------------------------------------- */

static result choose_person(struct deed_form *form, const struct desk_stay *stays, size_t count,
                            struct err *err)
{
    struct arena *arena = form->exchange->arena;
    TRY(deed_choices(form, "person", count, err));
    for (size_t i = 0; i < count; i++) {
        const struct desk_stay *stay = &stays[i];
        deed_choice(form, "person", stay->reference,
                    stay->name.len == 0 ? stay->reference
                                        : arena_format(arena, "%.*s, %.*s", STR_ARG(stay->name),
                                                       STR_ARG(stay->reference)));
    }
    return result_ok();
}

/* Of those to choose from, the one that the address or what was sent names; NULL: none. */
static const struct desk_stay *chosen(const struct deed_form *form, const struct desk_stay *stays,
                                      size_t count)
{
    const struct exchange *exchange = form->exchange;
    str reference = exchange_query(exchange, STR("person"));
    if (exchange->request->method == HTTP_POST && !exchange->input.is_json) {
        http_form_get(&exchange->input.form, STR("person"), &reference);
    }
    for (size_t i = 0; i < count; i++) {
        if (str_equal(stays[i].reference, reference)) {
            return &stays[i];
        }
    }
    return NULL;
}

static result choose_expected(struct deed_form *form, struct err *err)
{
    return choose_person(form, desk_of(form)->expected, desk_of(form)->expected_count, err);
}

static result choose_departed(struct deed_form *form, struct err *err)
{
    return choose_person(form, desk_of(form)->departures, desk_of(form)->departure_count, err);
}

static result choose_placed(struct deed_form *form, struct err *err)
{
    return choose_person(form, desk_of(form)->stays, desk_of(form)->stay_count, err);
}

static result choose_to_hand_over(struct deed_form *form, struct err *err)
{
    const struct hub_desk *desk = desk_of(form);
    TRY(choose_expected(form, err));
    const struct desk_stay *stay = chosen(form, desk->expected, desk->expected_count);
    if (stay != NULL) {
        deed_shows(form, "owner", stay->owner);
    }
    return result_ok();
}

static result choose_to_move(struct deed_form *form, struct err *err)
{
    const struct hub_desk *desk = desk_of(form);
    TRY(choose_placed(form, err));
    const struct desk_stay *stay = chosen(form, desk->stays, desk->stay_count);
    if (stay != NULL) {
        deed_shows(form, "place",
                   arena_format(form->exchange->arena, "%lld", (long long)stay->place));
    }
    return result_ok();
}

static result choose_outcome(struct deed_form *form, struct err *err)
{
    static const struct input_choice outcomes[] = {
        {STR_INIT("never_left"), STR_INIT("They never left")},
        {STR_INIT("missing"), STR_INIT("Missing: they left, and did not come")},
        {STR_INIT("arrived"), STR_INIT("They arrived, and are placed here no more")},
        {STR_INIT("refused"), STR_INIT("They were refused, and are placed here no more")},
    };
    const size_t count = sizeof outcomes / sizeof outcomes[0];
    TRY(choose_expected(form, err));
    TRY(deed_choices(form, "outcome", count, err));
    for (size_t i = 0; i < count; i++) {
        deed_choice(form, "outcome", outcomes[i].value, outcomes[i].text);
    }
    return result_ok();
}

static result choose_reason(struct deed_form *form, struct err *err)
{
    TRY(deed_choices(form, "reason", OUT_OF_USE_COUNT, err));
#define OUT_OF_USE(constant, name, title) deed_choice(form, "reason", STR(#name), STR(title));
#include "register/out_of_use.def"
#undef OUT_OF_USE
    return result_ok();
}

/* The kinds that the rulebook knows. */
static result choose_kind(struct deed_form *form, struct err *err)
{
    const struct rulebook *rulebook = form->exchange->rulebook;
    const uint32_t index = place_need_fact(rulebook);
    const struct fact *fact = index == NOT_FOUND_INDEX ? NULL : &rulebook->facts[index];
    const size_t count = fact == NULL ? 0 : fact->choice_count;
    TRY(deed_choices(form, "kind", count, err));
    for (size_t i = 0; i < count; i++) {
        deed_choice(form, "kind", fact->choices[i],
                    place_kind_title(rulebook, fact->choices[i], form->exchange->arena));
    }
    return result_ok();
}

static result choose_prebooking(struct deed_form *form, struct err *err)
{
    const struct hub_desk *desk = desk_of(form);
    struct arena *arena = form->exchange->arena;
    TRY(deed_choices(form, "prebooking", desk->prebooking_count, err));
    for (size_t i = 0; i < desk->prebooking_count; i++) {
        const struct desk_prebooking *one = &desk->prebookings[i];
        if (one->state == PREBOOKING_LIVE) {
            const long long id = one->row.id;
            deed_choice(form, "prebooking", arena_format(arena, "%lld", id),
                        arena_format(arena, "%lld: %.*s", id, STR_ARG(one->purpose)));
        }
    }
    return result_ok();
}

static result choose_arrival(struct deed_form *form, struct err *err)
{
    const struct hub_desk *desk = desk_of(form);
    struct arena *arena = form->exchange->arena;
    TRY(deed_choices(form, "arrival", desk->unexpected_count, err));
    for (size_t i = 0; i < desk->unexpected_count; i++) {
        const struct desk_unexpected *one = &desk->unexpected[i];
        const str text = one->named.len > 0 ? one->named : one->description;
        deed_choice(form, "arrival", arena_format(arena, "%lld", (long long)one->row.id),
                    arena_copy(arena, text));
    }
    return result_ok();
}

static result begin_today(struct deed_form *form, struct err *err)
{
    (void)err;
    deed_begin_day(form, "seen_on", desk_of(form)->today);
    return result_ok();
}

/* --- places ----------------------------------------------------------------------------------- */

static result act_out(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct out_of_use_entry entry = {.place = deed_number(form, "place"),
                                           .reason = deed_text(form, "reason"),
                                           .words = deed_text(form, "words"),
                                           .expected_back_on = deed_day(form, "back_on")};
    struct record_answer answer;
    return recorded(form,
                    casework_place_out_of_use(exchange->casework, &exchange->caller, hub_of(form),
                                              &entry, exchange->arena, &answer, err),
                    &answer);
}

static result act_back(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_place_back_in_use(exchange->casework, &exchange->caller, hub_of(form),
                                               deed_number(form, "place"), deed_text(form, "words"),
                                               exchange->arena, &answer, err),
                    &answer);
}

static result act_kind(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_places_of_kind(exchange->casework, &exchange->caller, hub_of(form),
                                            deed_text(form, "kind"), deed_number(form, "first"),
                                            deed_number(form, "last"), deed_text(form, "reason"),
                                            exchange->arena, &answer, err),
                    &answer);
}

static result act_change_place(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_change_place(exchange->casework, &exchange->caller, hub_of(form),
                                          deed_text(form, "person"), deed_number(form, "place"),
                                          deed_text(form, "reason"), exchange->arena, &answer, err),
                    &answer);
}

static result act_prebook(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct prebooking_entry entry = {.kind = deed_text(form, "kind"),
                                           .places = deed_number(form, "places"),
                                           .until = deed_day(form, "until").day,
                                           .purpose = deed_text(form, "purpose"),
                                           .request = deed_number(form, "request")};
    struct record_answer answer;
    return recorded(form,
                    casework_prebook(exchange->casework, &exchange->caller, hub_of(form), &entry,
                                     exchange->arena, &answer, err),
                    &answer);
}

static result act_give(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    int64_t prebooking = 0;
    TRY(str_to_int64(deed_text(form, "prebooking"), &prebooking, err));
    return recorded(form,
                    casework_give_prebooking(exchange->casework, &exchange->caller, hub_of(form),
                                             prebooking, deed_number(form, "request"),
                                             exchange->arena, &answer, err),
                    &answer);
}

static result act_end_prebooking(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    int64_t prebooking = 0;
    TRY(str_to_int64(deed_text(form, "prebooking"), &prebooking, err));
    return recorded(form,
                    casework_end_prebooking(exchange->casework, &exchange->caller, hub_of(form),
                                            prebooking, deed_text(form, "reason"), exchange->arena,
                                            &answer, err),
                    &answer);
}

/* --- arrivals --------------------------------------------------------------------------------- */

static result take_arrival(struct deed_form *form, enum arrival_state outcome, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct step_answer answer;
    TRY(casework_arrival_at_hub(exchange->casework, &exchange->caller, hub_of(form),
                                deed_text(form, "person"), outcome, exchange->arena, &answer, err));
    return deed_step_taken(form, &answer, err);
}

static result act_arrive(struct deed_form *form, struct err *err)
{
    return take_arrival(form, ARRIVAL_ARRIVED, err);
}

static result act_refuse(struct deed_form *form, struct err *err)
{
    return take_arrival(form, ARRIVAL_REFUSED, err);
}

static result act_resolve(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_resolve_arrival(exchange->casework, &exchange->caller, hub_of(form),
                                             deed_text(form, "person"),
                                             arrival_state_from_name(deed_text(form, "outcome")),
                                             deed_text(form, "reason"), exchange->arena, &answer,
                                             err),
                    &answer);
}

static result act_hand_over(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_hand_over_arrival(exchange->casework, &exchange->caller, hub_of(form),
                                               deed_text(form, "person"), deed_text(form, "owner"),
                                               deed_text(form, "reason"), exchange->arena, &answer,
                                               err),
                    &answer);
}

static result act_unexpected(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct unexpected_entry entry = {.named = deed_text(form, "named"),
                                           .description = deed_text(form, "description"),
                                           .seen_on = deed_day(form, "seen_on").day};
    struct record_answer answer;
    return recorded(form,
                    casework_unexpected_arrival(exchange->casework, &exchange->caller, hub_of(form),
                                                &entry, exchange->arena, &answer, err),
                    &answer);
}

static result act_identify(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    int64_t arrival = 0;
    TRY(str_to_int64(deed_text(form, "arrival"), &arrival, err));
    return recorded(
        form,
        casework_resolve_unexpected(exchange->casework, &exchange->caller, hub_of(form), arrival,
                                    deed_text(form, "person"), deed_text(form, "outcome"),
                                    deed_text(form, "reason"), exchange->arena, &answer, err),
        &answer);
}

static result look_at_person(struct deed_form *form, struct err *err)
{
    return deed_tell_person(form, "person", err);
}

static result act_cancel_departure(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_cancel_departure(exchange->casework, &exchange->caller, hub_of(form),
                                              deed_text(form, "person"), deed_text(form, "reason"),
                                              exchange->arena, &answer, err),
                    &answer);
}

/* --- what the hub says of itself -------------------------------------------------------------- */

/* Two counts for each kind, where there are several. */
enum { REPORTED_KINDS_MAX = 8 };

static size_t reported_kinds(const struct hub_desk *desk)
{
    return desk->kind_count < 2                    ? 0
           : desk->kind_count < REPORTED_KINDS_MAX ? desk->kind_count
                                                   : REPORTED_KINDS_MAX;
}

static const char *count_name(const struct deed_form *form, const char *what, size_t kind)
{
    return arena_format(form->exchange->arena, "%s_%.*s", what,
                        STR_ARG(desk_of(form)->kinds[kind].kind))
        .at;
}

static result prepare_report(struct deed_form *form, struct err *err)
{
    struct arena *arena = form->exchange->arena;
    struct input_field *fields = ARENA_NEW(arena, struct input_field, INPUT_FIELDS_MAX);
    if (fields == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (; count < form->field_count; count++) {
        fields[count] = form->fields[count];
    }
    for (size_t i = 0; i < reported_kinds(desk_of(form)); i++) {
        const str kind =
            place_kind_title(form->exchange->rulebook, desk_of(form)->kinds[i].kind, arena);
        fields[count++] = (struct input_field){
            .name = count_name(form, "in_use", i),
            .label = speech_fill_for_staff(form->exchange, "Of these in use: {{kind}}", kind).at,
            .kind = INPUT_NUMBER};
        fields[count++] = (struct input_field){
            .name = count_name(form, "out_of_use", i),
            .label =
                speech_fill_for_staff(form->exchange, "Of these out of use: {{kind}}", kind).at,
            .kind = INPUT_NUMBER};
    }
    form->fields = fields;
    form->field_count = count;
    deed_begin_instant(form, "accurate_at", desk_of(form)->as_of);
    return result_ok();
}

static bool is_given(const struct deed_form *form, const char *name)
{
    return form->values[deed_field(form, name)].given;
}

static result act_report(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct report_kind kinds[REPORTED_KINDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < reported_kinds(desk_of(form)); i++) {
        const char *in_use = count_name(form, "in_use", i);
        const char *out = count_name(form, "out_of_use", i);
        if (is_given(form, in_use) || is_given(form, out)) {
            kinds[count++] = (struct report_kind){.kind = desk_of(form)->kinds[i].kind,
                                                  .in_use = deed_number(form, in_use),
                                                  .out_of_use = deed_number(form, out)};
        }
    }
    const struct hub_report_entry entry = {.accurate_at = deed_instant(form, "accurate_at"),
                                           .in_use = deed_number(form, "in_use"),
                                           .out_of_use = deed_number(form, "out_of_use"),
                                           .kinds = kinds,
                                           .kind_count = count};
    struct record_answer answer;
    return recorded(form,
                    casework_hub_report(exchange->casework, &exchange->caller, hub_of(form), &entry,
                                        exchange->arena, &answer, err),
                    &answer);
}

static result act_explain(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    return recorded(form,
                    casework_explain_report(exchange->casework, &exchange->caller, hub_of(form),
                                            deed_text(form, "reason"), exchange->arena, &answer,
                                            err),
                    &answer);
}

/* --- which of it, when ------------------------------------------------------------------------ */

static bool report_differs(const json_t *resource)
{
    const json_t *report = json_object_get(resource, "report");
    return json_is_true(json_object_get(report, "differs")) &&
           !json_is_true(json_object_get(report, "explained"));
}

static const struct deed deeds[] = {
    {.name = "report",
     .link = "Report the places in use",
     .title = "Report the places in use",
     .lead = "The hub's own count stands beside the register's. Neither changes the other.",
     .submit = "Report",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(report_fields),
     .prepare = prepare_report,
     .act = act_report},
    {.name = "explanation",
     .link = "Explain the difference",
     .title = "Explain why the two counts differ",
     .lead = "",
     .submit = "Record the explanation",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     .fields = &reason_field,
     .field_count = 1,
     .fits = report_differs,
     .act = act_explain},
    {.name = "unexpected",
     .link = "Somebody is here who is not expected",
     .title = "Report somebody who is there and not expected",
     .lead = "",
     .submit = "Report them",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(unexpected_fields),
     .prepare = begin_today,
     .act = act_unexpected},
    {.name = "out-of-use",
     .link = "Take a place out of use",
     .title = "Take a place out of use",
     .lead = "A request for which it was held gets another free place of its kind, or is stopped.",
     .submit = "Take it out of use",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(out_fields),
     .prepare = choose_reason,
     .act = act_out},
    {.name = "back-in-use",
     .title = "Put a place back into use",
     .lead = "",
     .submit = "Put it back into use",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(back_fields),
     .act = act_back},
    {.name = "kind",
     .link = "Say of which kind places are",
     .title = "Say of which kind places are",
     .lead = "Not while somebody has one of them.",
     .submit = "Record the kind",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(kind_fields),
     .prepare = choose_kind,
     .act = act_kind},
    {.name = "place-change",
     .title = "Give somebody another place",
     .lead = "",
     .submit = "Change the place",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(change_fields),
     .prepare = choose_to_move,
     .act = act_change_place},
    {.name = "prebooking",
     .link = "Prebook places",
     .title = "Prebook places for a planned transfer",
     .lead = "",
     .submit = "Prebook",
     .notice = "recorded",
     .action = ACTION_PREBOOK_PLACES,
     DEED_FIELDS(prebooking_fields),
     .prepare = choose_kind,
     .act = act_prebook},
    {.name = "prebooking-giving",
     .title = "Give a prebooked place to a request",
     .lead = "The last approval of that request will hold this place.",
     .submit = "Give the place",
     .notice = "recorded",
     .action = ACTION_PREBOOK_PLACES,
     DEED_FIELDS(giving_fields),
     .prepare = choose_prebooking,
     .act = act_give},
    {.name = "prebooking-end",
     .title = "End a prebooking",
     .lead = "",
     .submit = "End it",
     .notice = "recorded",
     .action = ACTION_PREBOOK_PLACES,
     DEED_FIELDS(ending_fields),
     .prepare = choose_prebooking,
     .act = act_end_prebooking},
    {.name = "arrival",
     .title = "Confirm that somebody arrived",
     .lead = "",
     .submit = "Confirm the arrival",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(person_fields),
     .prepare = choose_expected,
     .act = act_arrive},
    {.name = "refusal",
     .title = "Record that somebody was refused on arrival",
     .lead = "",
     .submit = "Record the refusal",
     .notice = "recorded",
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(person_fields),
     .prepare = choose_expected,
     .act = act_refuse},
    {.name = "resolution",
     .title = "Say what became of an arrival that did not come",
     .lead = "",
     .submit = "Record it",
     .notice = "recorded",
     .action = ACTION_RESOLVE_ARRIVAL,
     DEED_FIELDS(resolution_fields),
     .prepare = choose_outcome,
     .act = act_resolve},
    {.name = "hand-over",
     .title = "Let somebody else answer for an arrival",
     .lead = "",
     .submit = "Hand it over",
     .notice = "recorded",
     .action = ACTION_RESOLVE_ARRIVAL,
     DEED_FIELDS(owner_fields),
     .prepare = choose_to_hand_over,
     .act = act_hand_over},
    {.name = "identification",
     .title = "Say who an unexpected arrival is",
     .lead = "",
     .submit = "Record it",
     .notice = "recorded",
     .action = ACTION_RESOLVE_ARRIVAL,
     DEED_FIELDS(identification_fields),
     .prepare = choose_arrival,
     .look = look_at_person,
     .act = act_identify},
    {.name = "departure-cancelled",
     .title = "Cancel a departure that was recorded by mistake",
     .lead = "The person is there still, in the stage they were in. What the step recorded is "
             "withdrawn.",
     .submit = "Cancel the departure",
     .notice = "recorded",
     .danger = true,
     .action = ACTION_RUN_HUB,
     DEED_FIELDS(cancel_fields),
     .prepare = choose_departed,
     .act = act_cancel_departure},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

/* --- the page --------------------------------------------------------------------------------- */

static result load(const struct exchange *exchange, struct hub_desk *ret_desk, struct err *err)
{
    return casework_hub_desk(exchange->casework, &exchange->caller, exchange->match.parameters[0],
                             exchange->arena, ret_desk, err);
}

/* The entries of the books about the hub that are not closed, for an account that sees books. */
static result add_books(const struct exchange *exchange, const struct hub_desk *desk,
                        json_t *resource, struct err *err)
{
    const struct book_query query = {.about = desk->hub.reference,
                                     .kind = STR(""),
                                     .state = STR(""),
                                     .journey = STR(""),
                                     .not_closed = true,
                                     .limit = BOOK_ENTRIES_MAX};
    const struct book_line *lines = NULL;
    size_t count = 0;
    if (!exchange_may(exchange, ACTION_SEE_BOOKS)) {
        return result_ok();
    }
    TRY(casework_entries(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                         &count, err));
    json_set(resource, "books", resource_book_lines(lines, count));
    return result_ok();
}

result handle_hub_desk(struct exchange *exchange, struct err *err)
{
    struct hub_desk desk;
    TRY(load(exchange, &desk, err));
    json_auto_t *resource = resource_hub_desk(&desk);
    TRY(add_books(exchange, &desk, resource, err));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    const struct hub_desk_rights rights = {
        .run = exchange_may(exchange, ACTION_RUN_HUB),
        .resolve = exchange_may(exchange, ACTION_RESOLVE_ARRIVAL),
        .prebook = exchange_may(exchange, ACTION_PREBOOK_PLACES),
        .follow = may_everywhere(&exchange->session.account, ACTION_SEE_PERSON)};
    OWN_PAGE struct page page;
    page_open(&page, exchange, "hub_desk", desk.hub.name, "/hubs");
    page_crumb(&page, STR("Hubs"), STR("/hubs"));
    page_set(&page, "desk", view_hub_desk(&context, resource, rights));
    deeds_offer(&page, deeds, DEED_COUNT,
                page_href(exchange->arena, "/hubs/%s/desk", desk.hub.reference, STR("")), resource);
    return page_answer(&page, 200, err);
}

static result open_desk(struct deed_form *form, struct err *err)
{
    (void)err;
    struct arena *arena = form->exchange->arena;
    form->base = page_href(arena, "/hubs/%s/desk", hub_of(form), STR(""));
    form->caption = desk_of(form)->hub.name;
    form->page.area = "/hubs";
    page_crumb(&form->page, STR("Hubs"), STR("/hubs"));
    page_crumb(&form->page, form->caption, form->base);
    return result_ok();
}

result handle_hub_desk_deed(struct exchange *exchange, struct err *err)
{
    struct hub_desk desk;
    TRY(load(exchange, &desk, err));
    return deed_answer(exchange, deeds, DEED_COUNT, exchange->match.parameters[1], &desk, open_desk,
                       err);
}
