/* The small forms about a person: a contact, a note, the family. */
#include "web/deed.h"
#include "web/resource.h"

static const struct input_field contact_fields[] = {
    {"on", "Day of the contact", "For example, 27 3 2026", INPUT_DATE,
     "Enter the day of the contact", NULL},
    {"source", "How the contact was confirmed", "For example, reported in person, or a call",
     INPUT_TEXT, "Enter how the contact was confirmed", NULL},
    {"next_check_on", "Next check due", "Leave empty if no day is set", INPUT_DATE, NULL, NULL},
};
static const struct input_field family_fields[] = {
    {"relative", "Reference of the relative", "For example, RH-7K3M9Q-8", INPUT_TEXT,
     "Enter the reference of the relative", "off"},
};
static const struct input_field leaving_fields[] = {
    {"reason", "Why", "For example, recorded by mistake, or a separation", INPUT_TEXT, "Enter why",
     NULL},
};

static const struct input_field note_fields[] = {
    {"note", "The note", "It stands in the history and is read by whoever may see the record",
     INPUT_LONG_TEXT, "Enter the note", NULL},
};

/* The small forms of a person's page have the same frame. */
struct person_form {
    struct page page;
    struct form_page form;
    str base;
};

static void open_person_form(struct person_form *own, struct exchange *exchange, str title,
                             const char *path)
{
    const str reference = exchange_person(exchange);
    own->base = page_href(exchange->arena, "/people/%s", reference, STR(""));
    own->form.title = title;
    own->form.action = arena_format(exchange->arena, "%.*s/%s", STR_ARG(own->base), path);
    own->form.cancel_href = own->base;
    page_open(&own->page, exchange, "form", title, "/people");
    handler_person_crumbs(&own->page, reference);
}

static void close_person_form(struct person_form *own)
{
    page_close(&own->page);
}
#define OWN_PERSON_FORM __attribute__((cleanup(close_person_form)))

static void open_contact(struct person_form *own, struct exchange *exchange)
{
    *own = (struct person_form){
        .form = {.submit = "Record the contact",
                 .fields = contact_fields,
                 .field_count = sizeof contact_fields / sizeof contact_fields[0]}};
    open_person_form(own, exchange, STR("Record a contact"), "contact");
}

static void open_note(struct person_form *own, struct exchange *exchange)
{
    *own = (struct person_form){
        .form = {.submit = "Add the note",
                 .lead = STR("No step rests on a note. What the law asks about is recorded as a "
                             "fact."),
                 .fields = note_fields,
                 .field_count = sizeof note_fields / sizeof note_fields[0]}};
    open_person_form(own, exchange, STR("Write a note"), "note");
}

/* The person must be one this account may see, before a form about them is shown. */
static result check_person(struct exchange *exchange, struct err *err)
{
    if (!exchange_may(exchange, ACTION_RECORD_FACT)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not record anything about a person");
    }
    struct person_answer answer;
    return casework_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                           &(struct asked){0}, exchange->arena, &answer, err);
}

result handle_contact_form(struct exchange *exchange, struct err *err)
{
    TRY(check_person(exchange, err));
    OWN_PERSON_FORM struct person_form own;
    open_contact(&own, exchange);
    const struct input_value begin[] = {{.given = true, .day = handler_today(exchange)}, {0}, {0}};
    own.form.begin = begin;
    return handler_form_page(&own.page, &own.form, 200, err);
}

/* Of a form whose command answers nothing but that it was recorded. */
static result answer_recorded(struct exchange *exchange, str base, const char *notice,
                              struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, base, notice, err);
    }
    json_auto_t *resource = json_object();
    json_set_flag(resource, "recorded", true);
    return answer_json(exchange, 201, resource, err);
}

result handle_contact(struct exchange *exchange, struct err *err)
{
    struct input_value values[3];
    struct faults faults = {0};
    OWN_PERSON_FORM struct person_form own;
    open_contact(&own, exchange);
    TRY(input_read(exchange, contact_fields, 3, values, &faults, err));
    handler_check_day(exchange, "on", &values[0], "The day of the contact", DAYS_HAPPENED, &faults);
    handler_check_day(exchange, "next_check_on", &values[2], "The next check", DAYS_ARRANGED,
                      &faults);
    if (faults.count > 0) {
        return handler_faults(&own.page, &own.form, &faults, err);
    }
    const struct known_day next = {.known = values[2].given, .day = values[2].day};
    struct err problem = {0};
    const result done =
        casework_confirm_contact(exchange->casework, &exchange->caller, exchange_person(exchange),
                                 values[0].day, values[1].text, next, exchange->arena, &problem);
    return done.ok ? answer_recorded(exchange, own.base, "contact-confirmed", err)
                   : handler_refused_form(&own.page, &own.form, done, &problem, err);
}

result handle_note_form(struct exchange *exchange, struct err *err)
{
    TRY(check_person(exchange, err));
    OWN_PERSON_FORM struct person_form own;
    open_note(&own, exchange);
    return handler_form_page(&own.page, &own.form, 200, err);
}

result handle_note(struct exchange *exchange, struct err *err)
{
    struct input_value values[1];
    struct faults faults = {0};
    OWN_PERSON_FORM struct person_form own;
    open_note(&own, exchange);
    TRY(input_read(exchange, note_fields, 1, values, &faults, err));
    if (faults.count > 0) {
        return handler_faults(&own.page, &own.form, &faults, err);
    }
    TRY(casework_add_note(exchange->casework, &exchange->caller, exchange_person(exchange),
                          values[0].text, exchange->arena, err));
    return answer_recorded(exchange, own.base, "note-added", err);
}

/* --- the family ------------------------------------------------------------------------------- */

static result look_at_relative(struct deed_form *form, struct err *err)
{
    return deed_tell_person(form, "relative", err);
}

static result act_join(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    TRY(casework_join_family(exchange->casework, &exchange->caller, exchange_person(exchange),
                             deed_person(form, "relative"), exchange->arena, &answer, err));
    form->answer = resource_record_answer(exchange->rulebook, &answer);
    form->notice = answer.stopped_count > 0 ? "family-stopped" : "family-joined";
    form->status = 201;
    return result_ok();
}

/* Who it is stands where the answers are checked, too. */
static result name_who_leaves(struct deed_form *form, struct err *err)
{
    const struct view_context context = handler_view(form->exchange);
    form->page.title =
        view_filled(&context, "Take {{person}} out of the family group", form->caption);
    return form->page.title.at == NULL ? arena_full(err) : result_ok();
}

static result act_leave(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    TRY(casework_leave_family(exchange->casework, &exchange->caller, exchange_person(exchange),
                              deed_text(form, "reason"), exchange->arena, &answer, err));
    form->status = 201;
    deed_recorded(form, &answer);
    return result_ok();
}

static const struct deed family_deeds[] = {
    {.name = "family",
     .title = "Record a relative",
     .lead = "The two people, and everybody in their family groups, become one family group.",
     .submit = "Record the relative",
     .notice = "family-joined",
     .action = ACTION_RECORD_FACT,
     DEED_FIELDS(family_fields),
     .look = look_at_relative,
     .act = act_join},
    {.name = "leave-family",
     .title = "Take the person out of the family group",
     .lead = "The others stay together. Safeguards about the family look at each of them anew.",
     .submit = "Take the person out",
     .notice = "family-left",
     .action = ACTION_RECORD_FACT,
     DEED_FIELDS(leaving_fields),
     .prepare = name_who_leaves,
     .act = act_leave},
};

static result open_family(struct deed_form *form, struct err *err)
{
    struct exchange *exchange = form->exchange;
    const str reference = exchange_person(exchange);
    struct person_answer person;
    TRY(casework_person(exchange->casework, &exchange->caller, reference, &(struct asked){0},
                        exchange->arena, &person, err));
    form->base = page_href(exchange->arena, "/people/%s", reference, STR(""));
    form->caption = person.view.identity.name;
    form->page.area = "/people";
    handler_person_crumbs(&form->page, reference);
    return result_ok();
}

result handle_family(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, family_deeds, 2, STR("family"), NULL, open_family, err);
}

result handle_leave_family(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, family_deeds, 2, STR("leave-family"), NULL, open_family, err);
}
