#include "casework/history.h"
#include "web/fact_form.h"
#include "web/handler.h"

#include "web/resource_fact.h"
#include "web/resource_part.h"

/* Whose facts a form is about. */
struct fact_subject {
    struct exchange *exchange;
    enum subject subject;
    enum subject_kind kind;
    enum action action; /* that lets an account record them */
    str reference;
    str name;
    str base;
    const char *area;
    const char *area_title;
    json_t *facts;
};

static void close_subject(struct fact_subject *subject)
{
    json_decref(subject->facts);
}
#define OWN_SUBJECT __attribute__((cleanup(close_subject)))

static void name_subject(struct fact_subject *subject, str reference)
{
    struct arena *arena = subject->exchange->arena;
    const str area = str_from_c(subject->area);
    const str tail = page_href(arena, "/%s", reference, STR(""));
    subject->reference = reference;
    subject->base = arena_format(arena, "%.*s%.*s", STR_ARG(area), STR_ARG(tail));
}

static struct fact_subject subject_of(struct exchange *exchange, enum subject kind)
{
    static const struct fact_subject rows[] = {
        [SUBJECT_PERSON] = {.subject = SUBJECT_PERSON,
                            .kind = SUBJECT_OF_PERSON,
                            .action = ACTION_RECORD_FACT,
                            .area = "/people",
                            .area_title = "People"},
        [SUBJECT_HUB] = {.subject = SUBJECT_HUB,
                         .kind = SUBJECT_OF_HUB,
                         .action = ACTION_RECORD_HUB,
                         .area = "/hubs",
                         .area_title = "Hubs"},
        [SUBJECT_AGREEMENT] = {.subject = SUBJECT_AGREEMENT,
                               .kind = SUBJECT_OF_AGREEMENT,
                               .action = ACTION_RECORD_AGREEMENT,
                               .area = "/agreements",
                               .area_title = "Agreements"},
    };
    struct fact_subject subject = rows[kind];
    subject.exchange = exchange;
    name_subject(&subject, kind == SUBJECT_PERSON ? exchange_person(exchange)
                                                  : exchange->match.parameters[0]);
    return subject;
}

static json_t *facts_list(const struct rulebook *rulebook, const struct known_fact *facts,
                          size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, part_known_fact(rulebook, &facts[i]));
    }
    return list;
}

static result load_person(struct fact_subject *subject, struct err *err)
{
    struct exchange *exchange = subject->exchange;
    struct person_answer person;
    TRY(casework_person(exchange->casework, &exchange->caller, subject->reference,
                        &(struct asked){0}, exchange->arena, &person, err));
    subject->facts = part_facts_of(exchange->rulebook, person.view.facts, SUBJECT_PERSON);
    subject->name = person.view.identity.name.len > 0 ? person.view.identity.name
                                                      : person.view.person.reference;
    return result_ok();
}

static result load_hub(struct fact_subject *subject, struct err *err)
{
    struct exchange *exchange = subject->exchange;
    struct hub_line hub;
    TRY(casework_hub(exchange->casework, &exchange->caller, subject->reference, exchange->arena,
                     &hub, err));
    subject->facts = facts_list(exchange->rulebook, hub.facts, hub.fact_count);
    subject->name = hub.row.name;
    return result_ok();
}

static result load_agreement(struct fact_subject *subject, struct err *err)
{
    struct exchange *exchange = subject->exchange;
    struct agreement_line agreement;
    TRY(casework_agreement(exchange->casework, &exchange->caller, subject->reference,
                           exchange->arena, &agreement, err));
    subject->facts = facts_list(exchange->rulebook, agreement.facts, agreement.fact_count);
    subject->name = agreement.row.title;
    return result_ok();
}

/* Whoever may not see the subject is told that it does not exist; who may see but not record is
 * told so. */
static result load_subject(struct fact_subject *subject, struct err *err)
{
    static result (*const loaders[])(struct fact_subject *,
                                     struct err *) = {[SUBJECT_PERSON] = load_person,
                                                      [SUBJECT_HUB] = load_hub,
                                                      [SUBJECT_AGREEMENT] = load_agreement};
    TRY(loaders[subject->subject](subject, err));
    if (!exchange_may(subject->exchange, subject->action)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not record facts here");
    }
    return result_ok();
}

/* --- the form
 * ----------------------------------------------------------------------------------------------------
 */

/* The sections a fact may be recorded in, with how much of each is known. */
static json_t *section_list(const struct fact_subject *subject)
{
    const struct view_context context = handler_view(subject->exchange);
    json_auto_t *recordable = json_array();
    size_t index;
    json_t *fact;
    json_array_foreach(subject->facts, index, fact)
    {
        if (json_is_true(json_object_get(fact, "recordable"))) {
            json_array_append(recordable, fact);
        }
    }
    return view_fact_sections(&context, recordable, subject->base, true, false);
}

static void open_fact_page(struct page *page, const struct fact_subject *subject,
                           const char *template_name, str title)
{
    page_open(page, subject->exchange, template_name, title, subject->area);
    page_crumb(page, str_from_c(subject->area_title), str_from_c(subject->area));
    page_crumb(page, subject->name, subject->base);
}

static bool has_section(const struct fact_subject *subject, str section)
{
    size_t index;
    json_t *fact;
    json_array_foreach(subject->facts, index, fact)
    {
        if (json_is_true(json_object_get(fact, "recordable")) &&
            str_equal(fact_form_section(json_str_or_empty(fact, "section")), section)) {
            return true;
        }
    }
    return false;
}

static result facts_page(const struct fact_subject *subject, str section,
                         const struct faults *faults, int status, struct err *err)
{
    const struct exchange *exchange = subject->exchange;
    const bool chosen = has_section(subject, section);
    OWN_PAGE struct page page;
    open_fact_page(&page, subject, chosen ? "facts" : "fact_sections",
                   chosen ? section : STR("Record facts"));
    page.faults = faults;
    page_set(&page, "subject_name", json_of_str(subject->name));
    page_set(&page, "sections", chosen ? json_false() : section_list(subject));
    if (chosen) {
        json_t *fields = fact_form_fields(exchange, subject->facts, section, faults);
        const str action = arena_format(exchange->arena, "%.*s/facts", STR_ARG(subject->base));
        page_set(&page, "form", form_view(exchange, action, "Record", fields, subject->base));
    }
    return page_answer(&page, status, err);
}

static result facts_form(struct exchange *exchange, enum subject kind, struct err *err)
{
    OWN_SUBJECT struct fact_subject subject = subject_of(exchange, kind);
    TRY(load_subject(&subject, err));
    if (exchange_wants_html(exchange)) {
        return facts_page(&subject, exchange_query(exchange, STR("section")), NULL, 200, err);
    }
    json_auto_t *resource = json_object();
    json_set_str(resource, "reference", subject.reference);
    json_set(resource, "facts", json_incref(subject.facts));
    return answer_json(exchange, 200, resource, err);
}

/* --- recording
 * ---------------------------------------------------------------------------------------------------
 */

static const char *recorded_notice(const struct fact_subject *subject,
                                   const struct record_answer *answer)
{
    if (answer->stopped_count == 0) {
        return "facts-recorded";
    }
    return subject->subject == SUBJECT_PERSON && answer->stopped_count == 1 &&
                   str_equal(answer->stopped[0].reference, subject->reference)
               ? "facts-stopped"
               : "facts-stopped-elsewhere";
}

static result answer_recorded(const struct fact_subject *subject,
                              const struct record_answer *answer, struct err *err)
{
    struct exchange *exchange = subject->exchange;
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, subject->base, recorded_notice(subject, answer), err);
    }
    json_auto_t *resource = resource_record_answer(exchange->rulebook, answer);
    return answer_json(exchange, 201, resource, err);
}

static result answer_fact_faults(struct fact_subject *subject, str section,
                                 const struct faults *faults, struct err *err)
{
    if (!exchange_wants_html(subject->exchange)) {
        struct err problem = {0};
        result_ignore(faults_result(faults, &problem), "the faults are what is answered");
        answer_problem(subject->exchange, &problem, faults, 0);
        return result_ok();
    }
    return facts_page(subject, section, faults, 422, err);
}

static result record_facts(struct exchange *exchange, enum subject kind, struct err *err)
{
    OWN_SUBJECT struct fact_subject subject = subject_of(exchange, kind);
    struct faults faults = {0};
    struct fact_entries *entries = ARENA_NEW(exchange->arena, struct fact_entries, 1);
    if (entries == NULL) {
        return arena_full(err);
    }
    TRY(load_subject(&subject, err));
    TRY(fact_form_read(exchange, kind, entries, &faults, err));
    TRY(fact_form_check_seen(exchange, subject.facts, entries, &faults, err));
    if (faults.count > 0) {
        return answer_fact_faults(&subject, entries->section, &faults, err);
    }
    struct record_answer answer;
    TRY(casework_record_facts(exchange->casework, &exchange->caller, subject.kind,
                              subject.reference, entries->items, entries->count, exchange->arena,
                              &answer, err));
    return answer_recorded(&subject, &answer, err);
}

result handle_person_facts_form(struct exchange *exchange, struct err *err)
{
    return facts_form(exchange, SUBJECT_PERSON, err);
}

result handle_hub_facts_form(struct exchange *exchange, struct err *err)
{
    return facts_form(exchange, SUBJECT_HUB, err);
}

result handle_agreement_facts_form(struct exchange *exchange, struct err *err)
{
    return facts_form(exchange, SUBJECT_AGREEMENT, err);
}

result handle_person_facts(struct exchange *exchange, struct err *err)
{
    return record_facts(exchange, SUBJECT_PERSON, err);
}

result handle_hub_facts(struct exchange *exchange, struct err *err)
{
    return record_facts(exchange, SUBJECT_HUB, err);
}

result handle_agreement_facts(struct exchange *exchange, struct err *err)
{
    return record_facts(exchange, SUBJECT_AGREEMENT, err);
}

/* --- withdrawing
 * -------------------------------------------------------------------------------------------------
 */

static const struct input_field reason_fields[] = {
    {"reason", "Reason", "Why the fact was wrong. It is kept in the record.", INPUT_LONG_TEXT,
     "Enter the reason", NULL},
};

struct withdrawal {
    struct page page;
    struct form_page form;
    str base;
    int64_t event;
};

static void close_withdrawal(struct withdrawal *withdrawal)
{
    page_close(&withdrawal->page);
}
#define OWN_WITHDRAWAL __attribute__((cleanup(close_withdrawal)))

/* The event of the path must be a fact of the person of the path. */
static result open_withdrawal(struct withdrawal *own, struct exchange *exchange, struct err *err)
{
    struct history_answer history;
    TRY(handler_event_of_person(exchange, HISTORY_FACTS, EVENT_FACT_RECORDED, &history, err));
    if (!exchange_may(exchange, ACTION_RECORD_FACT)) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not withdraw a fact");
    }
    own->event = history.lines[0].event.position;
    json_auto_t *told = part_history_line(exchange->rulebook, &history.lines[0]);
    const str text = arena_copy(exchange->arena, json_str_or_empty(told, "text"));
    const str reference = history.person.reference;
    own->base = page_href(exchange->arena, "/people/%s", reference, STR(""));
    own->form = (struct form_page){
        .title = STR("Withdraw a recorded fact"),
        .lead = text,
        .action = arena_format(exchange->arena, "%.*s/facts/%lld/withdrawal", STR_ARG(own->base),
                               (long long)own->event),
        .submit = "Withdraw the fact",
        .danger = true,
        .cancel_href = own->base,
        .fields = reason_fields,
        .field_count = 1,
    };
    page_open(&own->page, exchange, "form", own->form.title, "/people");
    handler_person_crumbs(&own->page, reference);
    return result_ok();
}

result handle_fact_withdrawal_form(struct exchange *exchange, struct err *err)
{
    OWN_WITHDRAWAL struct withdrawal own = {0};
    TRY(open_withdrawal(&own, exchange, err));
    return handler_form_page(&own.page, &own.form, 200, err);
}

result handle_fact_withdrawal(struct exchange *exchange, struct err *err)
{
    struct input_value values[1];
    struct faults faults = {0};
    OWN_WITHDRAWAL struct withdrawal own = {0};
    TRY(open_withdrawal(&own, exchange, err));
    TRY(input_read(exchange, reason_fields, 1, values, &faults, err));
    if (faults.count > 0) {
        return handler_faults(&own.page, &own.form, &faults, err);
    }
    struct record_answer answer;
    TRY(casework_withdraw_fact(exchange->casework, &exchange->caller, own.event, values[0].text,
                               exchange->arena, &answer, err));
    if (exchange_wants_html(exchange)) {
        return answer_done(exchange, own.base,
                           answer.stopped_count > 0 ? "facts-stopped" : "fact-withdrawn", err);
    }
    json_auto_t *resource = resource_record_answer(exchange->rulebook, &answer);
    return answer_json(exchange, 200, resource, err);
}
