#include "casework/notices.h"

#include "casework/days.h"
#include "casework/facts.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"
#include "format/language.h"

enum { HISTORY_AT_ONCE = 500, INSERTS_MAX = NOTICE_INSERTS_MAX };

/* In the event of a letter: what is known only when it is served. */
#define VALUE_DAY        "{day}"
#define VALUE_UNDERSTOOD "{understood}"

const char *notice_state_name(enum notice_state state)
{
    static const char *const names[] = {
        [NOTICE_STATE_ISSUED] = "issued",
        [NOTICE_STATE_SERVED] = "served",
        [NOTICE_STATE_CANCELLED] = "cancelled",
    };
    return names[state];
}

/* --- which letter, in which language ---------------------------------------------------------- */

static result find_definition(const struct casework *casework, str name,
                              const struct notice_definition **ret_notice, struct err *err)
{
    *ret_notice = casework->notices == NULL ? NULL : notice_find(&casework->notices->set, name);
    if (*ret_notice != NULL) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "There is no notice \"%.*s\"", STR_ARG(name)),
                  "the hint follows");
    return err_hint(err, "returnhub notice list says which there are.");
}

/* NULL for the language of the law. */
static result find_catalogue(const struct casework *casework, str language,
                             const struct catalogue **ret_catalogue, struct err *err)
{
    *ret_catalogue = NULL;
    if (language.len == 0 || str_equal(language, STR(NOTICE_LANGUAGE))) {
        return result_ok();
    }
    *ret_catalogue = notice_book_catalogue(casework->notices, language);
    if (*ret_catalogue != NULL) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "There is no translation of notices into \"%.*s\"",
                          STR_ARG(language)),
                  "the hint follows");
    return err_hint(err, "returnhub notice list says which languages there are.");
}

/* --- approvals -------------------------------------------------------------------------------- */

/* Shown an event of a history, newest first; false: no more is wanted. */
typedef bool history_visit(void *context, const struct event *event);

static result walk_history(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                           history_visit *visit, void *context, struct err *err)
{
    int64_t before = 0;
    size_t count = HISTORY_AT_ONCE;
    while (count == HISTORY_AT_ONCE) {
        const struct event *events = NULL;
        struct arena scratch = *sitting->arena;
        TRY(transaction_history(sitting->transaction, kind, subject, before, HISTORY_AT_ONCE,
                                &scratch, &events, &count, err));
        for (size_t i = 0; i < count; i++) {
            if (!visit(context, &events[i])) {
                return result_ok();
            }
            before = events[i].position;
        }
    }
    return result_ok();
}

/* The event at a position; one of position 0 for none. */
static result event_at(struct sitting *sitting, int64_t position, struct event *ret_event,
                       struct err *err)
{
    *ret_event = (struct event){.position = 0};
    return position == 0
               ? result_ok()
               : transaction_event(sitting->transaction, position, sitting->arena, ret_event, err);
}

struct approval_wanted {
    const struct notice_definition *notice;
    str language;
    str identity;
    int64_t found; /* 0: not yet */
};

static bool find_approving(void *context, const struct event *event)
{
    struct approval_wanted *wanted = context;
    const struct translation_approved_body *body = &event->body.translation_approved;
    if (event->kind == EVENT_TRANSLATION_APPROVED &&
        str_equal(body->notice, wanted->notice->name) && body->version == wanted->notice->version &&
        str_equal(body->language, wanted->language) &&
        str_equal(body->identity, wanted->identity)) {
        wanted->found = event->position;
    }
    return wanted->found == 0;
}

/* The event that approved exactly these words; position 0: none did. */
static result find_approval(struct sitting *sitting, const struct notice_definition *notice,
                            str language, const struct sha256 *identity, struct event *ret_event,
                            struct err *err)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(identity, hex);
    struct approval_wanted wanted = {
        .notice = notice, .language = language, .identity = str_from_c(hex)};
    TRY(walk_history(sitting, SUBJECT_OF_REGISTER, REGISTER_ID, find_approving, &wanted, err));
    return event_at(sitting, wanted.found, ret_event, err);
}

static result require_approval(struct sitting *sitting, const struct notice_definition *notice,
                               const struct catalogue *catalogue, int64_t *ret_approval,
                               struct err *err)
{
    struct notice_translated translated;
    struct event approval;
    *ret_approval = 0;
    if (catalogue == NULL) {
        return result_ok();
    }
    TRY(notice_translation(notice, catalogue, *sitting->arena, &translated, err));
    TRY(find_approval(sitting, notice, catalogue->language, &translated.identity, &approval, err));
    if (approval.position == 0) {
        struct arena scratch = *sitting->arena;
        str language = catalogue->language;
        result_ignore(language_name(language, STR(NOTICE_LANGUAGE), &scratch, &language, NULL),
                      "its code says it, too");
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "The translation of \"%.*s\", version %lld, into %.*s is not "
                              "approved, so it cannot be served",
                              STR_ARG(notice_title(notice)), (long long)notice->version,
                              STR_ARG(language)),
                      "the hint follows");
        return err_hint(err, "Let somebody who may answer for it read and approve it, or serve the "
                             "letter in the language of the law with an interpreter.");
    }
    *ret_approval = approval.position;
    return result_ok();
}

/* --- what is put in --------------------------------------------------------------------------- */

struct notice_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct notice_order *order;
    const struct notice_definition *notice;
    const struct catalogue *catalogue;
    const struct notice_service *service;
    int64_t number;
    str reason;
    bool draft;
    struct arena *arena;
    struct sitting sitting;
    struct hub_row hub;
    struct subject_facts person_facts;
    struct subject_facts hub_facts;
    struct notice_answer answer;
    struct record_answer recorded;
    const struct notice_answer *answers;
    size_t answer_count;
};

static struct notice_insert insert_text(str name, str text)
{
    return (struct notice_insert){.name = name, .kind = INSERT_TEXT, .text = text};
}

static struct notice_insert insert_day(str name, date day)
{
    return (struct notice_insert){.name = name, .kind = INSERT_DAY, .day = day};
}

/* What is not known is left out, and the letter is refused. */
static result insert_of_fact(const struct notice_work *work, str name,
                             struct notice_insert *ret_insert, bool *ret_known, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t index = rulebook_fact(rulebook, name);
    *ret_known = false;
    if (index == NOT_FOUND_INDEX) {
        return result_ok();
    }
    const struct fact *fact = &rulebook->facts[index];
    const struct subject_facts *facts = fact->subject == SUBJECT_HUB ? &work->hub_facts
                                        : fact->subject == SUBJECT_PERSON
                                            ? &work->person_facts
                                            : &(struct subject_facts){.values = NULL};
    if (facts->values == NULL || !facts->values[index].known) {
        return result_ok();
    }
    const struct value *value = &facts->values[index];
    struct buf buf;
    str text = STR("");
    *ret_known = true;
    if (fact->type == FACT_DATE) {
        *ret_insert = insert_day(name, (date){.day = (int32_t)value->number});
        return result_ok();
    }
    buf_init(&buf, work->arena, VALUE_MAX_BYTES);
    value_format_plain(rulebook, fact, value, &buf);
    TRY(buf_finish(&buf, &text, err));
    *ret_insert = insert_text(name, text);
    if (fact->type == FACT_COUNTRY) {
        char code[4];
        country_format((uint16_t)value->number, code);
        ret_insert->kind = INSERT_COUNTRY;
        ret_insert->country = arena_copy(work->arena, str_from_c(code));
    }
    return result_ok();
}

/* What a letter says of whom it is to, and when; false when it is not one of those names. */
static bool insert_of_person(const struct notice_work *work, const struct identity *identity,
                             str name, struct notice_insert *ret_insert, bool *ret_known)
{
    *ret_known = true;
    if (str_equal(name, STR("person.name"))) {
        *ret_insert = insert_text(name, identity->name);
        *ret_known = identity->name.len > 0;
    } else if (str_equal(name, STR("person.reference"))) {
        *ret_insert = insert_text(name, work->answer.person.reference);
    } else if (str_equal(name, STR("notice.day"))) {
        *ret_insert = insert_day(name, work->sitting.today);
    } else if (str_equal(name, STR("hub.name"))) {
        *ret_insert = insert_text(name, work->hub.name);
        *ret_known = work->hub.id != 0;
    } else {
        return false;
    }
    return true;
}

static result find_inserts(struct notice_work *work, struct notice_insert inserts[INSERTS_MAX],
                           size_t *ret_count, struct err *err)
{
    struct identity identity;
    size_t count = 0;
    TRY(transaction_identity(work->sitting.transaction, &work->answer.person, work->arena,
                             &identity, err));
    for (size_t i = 0; i < work->notice->insert_count; i++) {
        bool known = false;
        const str name = work->notice->inserts[i];
        if (!insert_of_person(work, &identity, name, &inserts[count], &known)) {
            TRY(insert_of_fact(work, name, &inserts[count], &known, err));
        }
        count += known ? 1 : 0;
    }
    *ret_count = count;
    return result_ok();
}

/* --- issuing ---------------------------------------------------------------------------------- */

static result load_hub(struct notice_work *work, const struct case_time *when, struct err *err)
{
    const bool named = work->order->hub.len > 0;
    if (named != work->notice->with_hub) {
        return named ? err_set(err, ERROR_INPUT, "\"%.*s\" is about no hub",
                               STR_ARG(notice_title(work->notice)))
                     : err_set(err, ERROR_INPUT, "\"%.*s\" needs a hub: which?",
                               STR_ARG(notice_title(work->notice)));
    }
    if (!named) {
        return result_ok();
    }
    TRY(sitting_hub(&work->sitting, work->order->hub, ACTION_SEE_HUB, &work->hub, err));
    return facts_load(&work->sitting, SUBJECT_OF_HUB, work->hub.id, when, &work->hub_facts, err);
}

/* The letter as it would be written now. */
static result write_letter(struct notice_work *work, struct notice_insert inserts[INSERTS_MAX],
                           size_t *ret_count, struct err *err)
{
    struct notice_answer *answer = &work->answer;
    const struct case_time now = case_now(&work->sitting);
    TRY(facts_load(&work->sitting, SUBJECT_OF_PERSON, answer->person.id, &now, &work->person_facts,
                   err));
    TRY(load_hub(work, &now, err));
    TRY(find_inserts(work, inserts, ret_count, err));
    TRY(notice_fill(work->notice, work->catalogue, answer->person.reference, inserts, *ret_count,
                    work->arena, &answer->content, err));
    answer->issued_on = work->sitting.today;
    answer->issued_by = work->sitting.account.name;
    return notice_content_hash(&answer->content, *work->arena, &answer->hash, err);
}

/* As a fact holds it: what the letter said. */
static str stored_insert(const struct notice_insert *inserts, size_t count, str name,
                         struct arena *arena)
{
    char day[DATE_TEXT_SIZE];
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(inserts[i].name, name)) {
            continue;
        }
        switch (inserts[i].kind) {
        case INSERT_TEXT:
            return inserts[i].text;
        case INSERT_COUNTRY:
            return inserts[i].country;
        case INSERT_DAY:
            date_format(inserts[i].day, day);
            return arena_copy(arena, str_from_c(day));
        }
    }
    return STR("unknown");
}

static str stored_value(const struct notice_record *record, const struct notice_insert *inserts,
                        size_t count, struct arena *arena)
{
    switch (record->is) {
    case NOTICE_IS_DAY:
        return STR(VALUE_DAY);
    case NOTICE_IS_UNDERSTOOD:
        return STR(VALUE_UNDERSTOOD);
    case NOTICE_IS_INSERT:
        return stored_insert(inserts, count, record->value, arena);
    case NOTICE_IS_TEXT:
        return record->value;
    }
    return STR("unknown");
}

/* Lists of an event, of texts that the caller fills in. */
static result new_texts(struct arena *arena, size_t count, str **ret_items,
                        struct text_list *ret_list, struct err *err)
{
    *ret_items = ARENA_NEW(arena, str, count + 1);
    *ret_list = (struct text_list){.items = *ret_items, .count = count};
    return *ret_items == NULL ? arena_full(err) : result_ok();
}

static result put_lines(const struct notice_content *content, struct arena *arena,
                        struct notice_issued_body *body, struct err *err)
{
    str *kinds = NULL;
    TRY(new_texts(arena, content->count, &kinds, &body->kinds, err));
    for (size_t i = 0; i < content->count; i++) {
        kinds[i] = str_from_c(notice_line_kind_name(content->kinds[i]));
    }
    body->originals = (struct text_list){.items = content->originals, .count = content->count};
    body->translations =
        (struct text_list){.items = content->translations, .count = content->count};
    return result_ok();
}

static result put_service(const struct notice_definition *notice,
                          const struct notice_insert *inserts, size_t insert_count,
                          struct arena *arena, struct notice_issued_body *body, struct err *err)
{
    str *facts = NULL;
    str *values = NULL;
    str *methods = NULL;
    str *method_facts = NULL;
    str *method_values = NULL;
    TRY(new_texts(arena, notice->record_count, &facts, &body->facts, err));
    TRY(new_texts(arena, notice->record_count, &values, &body->values, err));
    TRY(new_texts(arena, notice->method_count, &methods, &body->methods, err));
    TRY(new_texts(arena, notice->method_count, &method_facts, &body->method_facts, err));
    TRY(new_texts(arena, notice->method_count, &method_values, &body->method_values, err));
    for (size_t i = 0; i < notice->record_count; i++) {
        facts[i] = notice->records[i].fact;
        values[i] = stored_value(&notice->records[i], inserts, insert_count, arena);
    }
    for (size_t i = 0; i < notice->method_count; i++) {
        methods[i] = notice->methods[i].name;
        method_facts[i] = notice->methods[i].fact;
        method_values[i] = notice->methods[i].value;
    }
    return result_ok();
}

static result append_letter(struct notice_work *work, const struct notice_insert *inserts,
                            size_t insert_count, struct err *err)
{
    struct notice_answer *answer = &work->answer;
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&answer->hash, hex);
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = answer->person.id,
                          .kind = EVENT_NOTICE_ISSUED,
                          .effective_on = work->sitting.today,
                          .body.notice_issued = {.person = answer->content.person,
                                                 .notice = work->notice->name,
                                                 .version = work->notice->version,
                                                 .language = answer->content.language,
                                                 .hub = work->hub.id,
                                                 .approval = answer->approval,
                                                 .hash = str_from_c(hex)}};
    TRY(put_lines(&answer->content, work->arena, &event.body.notice_issued, err));
    TRY(put_service(work->notice, inserts, insert_count, work->arena, &event.body.notice_issued,
                    err));
    TRY(sitting_append(&work->sitting, &event, err));
    answer->number = event.position;
    answer->ways = event.body.notice_issued.methods.items;
    answer->way_count = event.body.notice_issued.methods.count;
    return result_ok();
}

/* --- a letter as it was kept ------------------------------------------------------------------ */

static result no_such_notice(int64_t number, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no notice %lld for this account",
                   (long long)number);
}

static result content_of(const struct notice_issued_body *body, struct arena *arena,
                         struct notice_content *ret_content, struct err *err)
{
    const size_t count = body->kinds.count;
    enum notice_line_kind *kinds = ARENA_NEW(arena, enum notice_line_kind, count + 1);
    if (kinds == NULL) {
        return arena_full(err);
    }
    if (body->originals.count != count || body->translations.count != count || count == 0) {
        return err_set(err, ERROR_INTERNAL, "A notice does not have as many texts as lines");
    }
    for (size_t i = 0; i < count; i++) {
        if (!notice_line_kind_from_name(body->kinds.items[i], &kinds[i])) {
            kinds[i] = NOTICE_PARAGRAPH;
        }
    }
    *ret_content = (struct notice_content){
        .notice = body->notice,
        .version = body->version,
        .language = body->language,
        .person = body->person,
        .count = count,
        .kinds = kinds,
        .originals = body->originals.items,
        .translations = body->translations.items,
    };
    return result_ok();
}

/* The number of the letter that an event serves or cancels; 0 for every other event. */
static int64_t closes(const struct event *event)
{
    return event->kind == EVENT_NOTICE_SERVED      ? event->body.notice_served.notice
           : event->kind == EVENT_NOTICE_CANCELLED ? event->body.notice_cancelled.notice
                                                   : 0;
}

struct closed_wanted {
    int64_t number;
    int64_t found; /* 0: not yet */
};

/* Nothing closes a letter before it was issued: so no event below its own is looked at. */
static bool find_closing(void *context, const struct event *event)
{
    struct closed_wanted *wanted = context;
    wanted->found = closes(event) == wanted->number ? event->position : 0;
    return wanted->found == 0 && event->position > wanted->number;
}

static result describe(struct sitting *sitting, const struct event *issued,
                       const struct person_row *person, struct notice_answer *ret_answer,
                       struct err *err)
{
    const struct notice_issued_body *body = &issued->body.notice_issued;
    struct closed_wanted wanted = {.number = issued->position};
    struct notice_answer answer = {.number = issued->position,
                                   .person = *person,
                                   .issued_on = issued->effective_on,
                                   .approval = body->approval,
                                   .ways = body->methods.items,
                                   .way_count = body->methods.count};
    TRY(content_of(body, sitting->arena, &answer.content, err));
    TRY(sha256_parse(body->hash, &answer.hash, err));
    TRY(sitting_actor(sitting, issued->actor, &answer.issued_by, err));
    TRY(walk_history(sitting, SUBJECT_OF_PERSON, person->id, find_closing, &wanted, err));
    TRY(event_at(sitting, wanted.found, &answer.closed, err));
    TRY(sitting_actor(sitting, answer.closed.actor, &answer.closed_by, err));
    answer.state = answer.closed.kind == EVENT_NOTICE_SERVED      ? NOTICE_STATE_SERVED
                   : answer.closed.kind == EVENT_NOTICE_CANCELLED ? NOTICE_STATE_CANCELLED
                                                                  : NOTICE_STATE_ISSUED;
    *ret_answer = answer;
    return result_ok();
}

/* The letter, if it is about somebody with whom the account may do this. */
static result find_notice(struct sitting *sitting, int64_t number, enum action action,
                          struct event *ret_event, struct person_row *ret_person, struct err *err)
{
    int64_t count = 0;
    bool may_do = false;
    TRY(transaction_event_count(sitting->transaction, &count, err));
    if (number < 1 || number > count) {
        return no_such_notice(number, err);
    }
    TRY(transaction_event(sitting->transaction, number, sitting->arena, ret_event, err));
    if (ret_event->kind != EVENT_NOTICE_ISSUED || ret_event->body.notice_issued.kinds.count == 0) {
        return no_such_notice(number, err);
    }
    TRY(transaction_person(sitting->transaction, ret_event->subject, sitting->arena, ret_person,
                           err));
    TRY(sitting_may_person(sitting, ret_person, action, &may_do, err));
    return may_do ? result_ok() : no_such_notice(number, err);
}

/* --- drafting and issuing --------------------------------------------------------------------- */

static result issue_again(struct notice_work *work, const struct event *before, struct err *err)
{
    const struct notice_issued_body *body = &before->body.notice_issued;
    const bool same =
        before->kind == EVENT_NOTICE_ISSUED &&
        work->sitting.before_subject == work->answer.person.id &&
        str_equal(body->notice, work->notice->name) &&
        str_equal(body->language,
                  work->catalogue == NULL ? STR(NOTICE_LANGUAGE) : work->catalogue->language);
    if (!same) {
        return sitting_client_id_taken(err);
    }
    const struct person_row person = work->answer.person;
    TRY(describe(&work->sitting, before, &person, &work->answer, err));
    work->answer.repeated = true;
    return result_ok();
}

static result issue_work(struct transaction *transaction, void *context, struct err *err)
{
    struct notice_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct notice_insert inserts[INSERTS_MAX];
    struct event before;
    size_t count = 0;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_ISSUE_NOTICE,
                       work->arena, &before, err));
    TRY(sitting_person(sitting, work->order->person, ACTION_ISSUE_NOTICE, &work->answer.person,
                       err));
    if (before.position != 0) {
        return issue_again(work, &before, err);
    }
    TRY(require_approval(sitting, work->notice, work->catalogue, &work->answer.approval, err));
    TRY(write_letter(work, inserts, &count, err));
    return append_letter(work, inserts, count, err);
}

static result draft_work(struct transaction *transaction, void *context, struct err *err)
{
    struct notice_work *work = context;
    struct notice_insert inserts[INSERTS_MAX];
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_ISSUE_NOTICE,
                     work->arena, err));
    TRY(sitting_person(&work->sitting, work->order->person, ACTION_ISSUE_NOTICE,
                       &work->answer.person, err));
    return write_letter(work, inserts, &count, err);
}

static result begin_order(const struct casework *casework, const struct caller *caller,
                          const struct notice_order *order, struct arena *arena,
                          struct notice_work *work, struct err *err)
{
    *work = (struct notice_work){
        .casework = casework, .caller = caller, .order = order, .arena = arena};
    TRY(find_definition(casework, order->notice, &work->notice, err));
    return find_catalogue(casework, order->language, &work->catalogue, err);
}

result casework_draft_notice(const struct casework *casework, const struct caller *caller,
                             const struct notice_order *order, struct arena *arena,
                             struct notice_answer *ret_answer, struct err *err)
{
    struct notice_work work;
    TRY(begin_order(casework, caller, order, arena, &work, err));
    TRY(store_read(casework->store, draft_work, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.person.id, "draft of a notice",
                     err));
    *ret_answer = work.answer;
    return result_ok();
}

result casework_issue_notice(const struct casework *casework, const struct caller *caller,
                             const struct notice_order *order, struct arena *arena,
                             struct notice_answer *ret_answer, struct err *err)
{
    struct notice_work work;
    TRY(begin_order(casework, caller, order, arena, &work, err));
    TRY(store_write(casework->store, issue_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- serving and cancelling ------------------------------------------------------------------- */

static result require_open(const struct notice_answer *answer, struct err *err)
{
    return answer->state == NOTICE_STATE_ISSUED
               ? result_ok()
               : err_set(err, ERROR_CONFLICT, "Notice %lld was %s already",
                         (long long)answer->number, notice_state_name(answer->state));
}

static str served_value(str value, const struct notice_service *service, struct arena *arena)
{
    char day[DATE_TEXT_SIZE];
    if (str_equal(value, STR(VALUE_DAY))) {
        date_format(service->on, day);
        return arena_copy(arena, str_from_c(day));
    }
    if (str_equal(value, STR(VALUE_UNDERSTOOD))) {
        return service->understood ? STR("yes") : STR("no");
    }
    return value;
}

/* The facts of the letter, and the one that this way of serving shows. */
static result served_facts(const struct notice_work *work, const struct notice_issued_body *body,
                           const struct checked_entry **ret_entries, size_t *ret_count,
                           struct err *err)
{
    const struct notice_service *service = work->service;
    const str source = arena_format(work->arena, "notice %lld, served: %.*s",
                                    (long long)service->notice, STR_ARG(service->method));
    struct fact_entry *entries = ARENA_NEW(work->arena, struct fact_entry, body->facts.count + 1);
    size_t count = 0;
    bool found = false;
    if (entries == NULL || source.at == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < body->facts.count; i++) {
        entries[count++] =
            (struct fact_entry){.fact = body->facts.items[i],
                                .value = served_value(body->values.items[i], service, work->arena),
                                .true_from = service->on,
                                .source = source};
    }
    for (size_t i = 0; i < body->methods.count; i++) {
        if (!str_equal(body->methods.items[i], service->method)) {
            continue;
        }
        found = true;
        if (body->method_facts.items[i].len > 0) {
            entries[count++] = (struct fact_entry){.fact = body->method_facts.items[i],
                                                   .value = body->method_values.items[i],
                                                   .true_from = service->on,
                                                   .source = source};
        }
    }
    if (!found) {
        return err_set(err, ERROR_INPUT, "This notice is not served by \"%.*s\"",
                       STR_ARG(service->method));
    }
    *ret_count = count;
    *ret_entries = NULL;
    return count == 0 ? result_ok()
                      : record_check(work->casework->rulebook, SUBJECT_OF_PERSON, entries, count,
                                     work->arena, ret_entries, err);
}

static result serve_again(struct notice_work *work, const struct event *before, struct err *err)
{
    const struct notice_served_body *body = &before->body.notice_served;
    if (before->kind != EVENT_NOTICE_SERVED || body->notice != work->service->notice ||
        !str_equal(body->method, work->service->method) ||
        !date_equal(before->effective_on, work->service->on)) {
        return sitting_client_id_taken(err);
    }
    struct done_before done;
    TRY(repeat_events(&work->sitting, before, &done, err));
    return repeat_record_answer(&work->sitting, &done, &work->recorded, err);
}

static result check_day(const struct notice_work *work, const struct event *issued, struct err *err)
{
    if (date_before(work->service->on, issued->effective_on)) {
        return err_set(err, ERROR_INPUT, "A notice is not served before it is issued");
    }
    return days_check("The day of service", work->service->on, DAYS_HAPPENED, work->sitting.today,
                      err);
}

static result append_service(struct notice_work *work, const struct event *issued,
                             const struct checked_entry *entries, size_t count, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct notice_service *service = work->service;
    int64_t *events = ARENA_NEW(work->arena, int64_t, count + 1);
    if (events == NULL) {
        return arena_full(err);
    }
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = issued->subject,
                          .kind = EVENT_NOTICE_SERVED,
                          .effective_on = service->on,
                          .body.notice_served = {.notice = service->notice,
                                                 .method = service->method,
                                                 .understood = service->understood ? 1 : 0,
                                                 .proof = str_trim(service->proof)}};
    TRY(sitting_append(sitting, &event, err));
    events[0] = event.position;
    TRY(record_append(sitting, SUBJECT_OF_PERSON, issued->subject, entries, count, events + 1,
                      err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = work->answer.person.id};
    return record_finish(sitting, &touched, 1, events, count + 1, &work->recorded, err);
}

static result serve_work(struct transaction *transaction, void *context, struct err *err)
{
    struct notice_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row person;
    struct event before;
    struct event issued;
    const struct checked_entry *entries = NULL;
    size_t count = 0;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_SERVE_NOTICE,
                       work->arena, &before, err));
    TRY(find_notice(sitting, work->service->notice, ACTION_SERVE_NOTICE, &issued, &person, err));
    if (before.position != 0) {
        return serve_again(work, &before, err);
    }
    TRY(describe(sitting, &issued, &person, &work->answer, err));
    TRY(require_open(&work->answer, err));
    TRY(check_day(work, &issued, err));
    TRY(served_facts(work, &issued.body.notice_issued, &entries, &count, err));
    return append_service(work, &issued, entries, count, err);
}

result casework_serve_notice(const struct casework *casework, const struct caller *caller,
                             const struct notice_service *service, struct arena *arena,
                             struct record_answer *ret_answer, struct err *err)
{
    struct notice_work work = {
        .casework = casework, .caller = caller, .service = service, .arena = arena};
    TRY(text_line_required("The method", service->method, FACT_NAME_MAX_BYTES, err));
    TRY(text_line_required("The proof of service", service->proof, SOURCE_MAX_BYTES, err));
    TRY(store_write(casework->store, serve_work, &work, err));
    *ret_answer = work.recorded;
    return result_ok();
}

static result cancel_again(struct notice_work *work, const struct event *before,
                           const struct event *issued, const struct person_row *person,
                           struct err *err)
{
    if (before->kind != EVENT_NOTICE_CANCELLED ||
        before->body.notice_cancelled.notice != work->number ||
        !str_equal(before->body.notice_cancelled.reason, work->reason)) {
        return sitting_client_id_taken(err);
    }
    TRY(describe(&work->sitting, issued, person, &work->answer, err));
    work->answer.repeated = true;
    return result_ok();
}

static result cancel_work(struct transaction *transaction, void *context, struct err *err)
{
    struct notice_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row person;
    struct event before;
    struct event issued;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_ISSUE_NOTICE,
                       work->arena, &before, err));
    TRY(find_notice(sitting, work->number, ACTION_ISSUE_NOTICE, &issued, &person, err));
    if (before.position != 0) {
        return cancel_again(work, &before, &issued, &person, err);
    }
    TRY(describe(sitting, &issued, &person, &work->answer, err));
    TRY(require_open(&work->answer, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = issued.subject,
        .kind = EVENT_NOTICE_CANCELLED,
        .effective_on = sitting->today,
        .body.notice_cancelled = {.notice = work->number, .reason = work->reason}};
    TRY(sitting_append(sitting, &event, err));
    work->answer.state = NOTICE_STATE_CANCELLED;
    work->answer.closed = event;
    work->answer.closed_by = sitting->account.name;
    return result_ok();
}

result casework_cancel_notice(const struct casework *casework, const struct caller *caller,
                              int64_t notice, str reason, struct arena *arena,
                              struct notice_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct notice_work work = {.casework = casework,
                               .caller = caller,
                               .number = notice,
                               .reason = str_trim(reason),
                               .arena = arena};
    TRY(store_write(casework->store, cancel_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- reading ---------------------------------------------------------------------------------- */

result notice_read(struct sitting *sitting, int64_t number, enum action action,
                   struct notice_answer *ret_answer, struct err *err)
{
    struct person_row person;
    struct event issued;
    TRY(find_notice(sitting, number, action, &issued, &person, err));
    return describe(sitting, &issued, &person, ret_answer, err);
}

static result read_notice(struct transaction *transaction, void *context, struct err *err)
{
    struct notice_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    return notice_read(&work->sitting, work->number, ACTION_SEE_PERSON, &work->answer, err);
}

result casework_notice(const struct casework *casework, const struct caller *caller, int64_t notice,
                       struct arena *arena, struct notice_answer *ret_answer, struct err *err)
{
    struct notice_work work = {
        .casework = casework, .caller = caller, .number = notice, .arena = arena};
    TRY(store_read(casework->store, read_notice, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.person.id, "notice", err));
    *ret_answer = work.answer;
    return result_ok();
}

/* Positions of a person's letters, newest first. */
struct letters_found {
    int64_t numbers[HISTORY_AT_ONCE];
    size_t count;
};

static bool find_letter(void *context, const struct event *event)
{
    struct letters_found *found = context;
    if (event->kind == EVENT_NOTICE_ISSUED) {
        found->numbers[found->count++] = event->position;
    }
    return found->count < HISTORY_AT_ONCE;
}

result notices_read(struct sitting *sitting, const struct person_row *person,
                    const struct notice_answer **ret_notices, size_t *ret_count, struct err *err)
{
    struct letters_found found = {.count = 0};
    TRY(walk_history(sitting, SUBJECT_OF_PERSON, person->id, find_letter, &found, err));
    struct notice_answer *answers =
        ARENA_NEW(sitting->arena, struct notice_answer, found.count + 1);
    if (answers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < found.count; i++) {
        struct event issued;
        TRY(transaction_event(sitting->transaction, found.numbers[i], sitting->arena, &issued,
                              err));
        TRY(describe(sitting, &issued, person, &answers[i], err));
    }
    *ret_notices = answers;
    *ret_count = found.count;
    return result_ok();
}

static result read_notices(struct transaction *transaction, void *context, struct err *err)
{
    struct notice_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row *person = &work->answer.person;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(sitting, work->order->person, ACTION_SEE_PERSON, person, err));
    return notices_read(sitting, person, &work->answers, &work->answer_count, err);
}

result casework_notices(const struct casework *casework, const struct caller *caller, str person,
                        struct arena *arena, const struct notice_answer **ret_notices,
                        size_t *ret_count, struct err *err)
{
    const struct notice_order order = {.person = person};
    struct notice_work work = {
        .casework = casework, .caller = caller, .order = &order, .arena = arena};
    TRY(store_read(casework->store, read_notices, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.person.id, "notices", err));
    *ret_notices = work.answers;
    *ret_count = work.answer_count;
    return result_ok();
}

/* --- translations ----------------------------------------------------------------------------- */

struct translation_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct notice_definition *notice;
    const struct catalogue *catalogue;
    str remark;
    struct arena *arena;
    struct sitting sitting;
    struct translation_line line;
    struct translation_line *lines;
    size_t count;
};

static result describe_translation(struct sitting *sitting, const struct notice_definition *notice,
                                   const struct catalogue *catalogue,
                                   struct translation_line *ret_line, struct err *err)
{
    struct translation_line line = {.notice = notice->name,
                                    .version = notice->version,
                                    .language = catalogue->language,
                                    .status = catalogue->status};
    struct event approval;
    TRY(notice_translation(notice, catalogue, *sitting->arena, &line.translated, err));
    TRY(find_approval(sitting, notice, catalogue->language, &line.translated.identity, &approval,
                      err));
    TRY(sitting_actor(sitting, approval.actor, &line.approved_by, err));
    line.approval = approval.position;
    line.approved_at = approval.recorded_at;
    *ret_line = line;
    return result_ok();
}

static result append_approval(struct translation_work *work, struct err *err)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&work->line.translated.identity, hex);
    struct event event = {.subject_kind = SUBJECT_OF_REGISTER,
                          .subject = REGISTER_ID,
                          .kind = EVENT_TRANSLATION_APPROVED,
                          .effective_on = work->sitting.today,
                          .body.translation_approved = {.notice = work->notice->name,
                                                        .version = work->notice->version,
                                                        .language = work->catalogue->language,
                                                        .identity = str_from_c(hex),
                                                        .remark = work->remark}};
    return sitting_append(&work->sitting, &event, err);
}

static result approve_work(struct transaction *transaction, void *context, struct err *err)
{
    struct translation_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller,
                       ACTION_APPROVE_TRANSLATION, work->arena, &before, err));
    TRY(describe_translation(sitting, work->notice, work->catalogue, &work->line, err));
    if (before.position != 0) {
        return before.position == work->line.approval ? result_ok() : sitting_client_id_taken(err);
    }
    if (work->line.translated.translated < work->line.translated.lines) {
        return err_set(err, ERROR_CONFLICT, "Of %zu %s %zu %s translated: a part is not approved",
                       work->line.translated.lines,
                       str_noun((int64_t)work->line.translated.lines, "line", "lines"),
                       work->line.translated.translated,
                       str_noun((int64_t)work->line.translated.translated, "is", "are"));
    }
    if (work->line.approval != 0) {
        return err_set(err, ERROR_CONFLICT, "This translation is approved already");
    }
    TRY(append_approval(work, err));
    return describe_translation(sitting, work->notice, work->catalogue, &work->line, err);
}

result casework_approve_translation(const struct casework *casework, const struct caller *caller,
                                    str notice, str language, str remark, struct arena *arena,
                                    struct translation_line *ret_line, struct err *err)
{
    struct translation_work work = {
        .casework = casework, .caller = caller, .remark = str_trim(remark), .arena = arena};
    TRY(find_definition(casework, notice, &work.notice, err));
    TRY(find_catalogue(casework, language, &work.catalogue, err));
    TRY(text_line_required("The remark: who read it", remark, SOURCE_MAX_BYTES, err));
    if (work.catalogue == NULL) {
        return err_set(err, ERROR_INPUT, "The language of the law needs no translation");
    }
    TRY(store_write(casework->store, approve_work, &work, err));
    *ret_line = work.line;
    return result_ok();
}

static result read_translations(struct transaction *transaction, void *context, struct err *err)
{
    struct translation_work *work = context;
    const struct notice_book *book = work->casework->notices;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_RULEBOOK,
                     work->arena, err));
    const size_t count = book == NULL ? 0 : book->set.count * book->catalogue_count;
    work->lines = ARENA_NEW(work->arena, struct translation_line, count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe_translation(&work->sitting, &book->set.notices[i / book->catalogue_count],
                                 &book->catalogues[i % book->catalogue_count], &work->lines[i],
                                 err));
    }
    work->count = count;
    return result_ok();
}

result casework_translations(const struct casework *casework, const struct caller *caller,
                             struct arena *arena, const struct translation_line **ret_lines,
                             size_t *ret_count, struct err *err)
{
    struct translation_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_translations, &work, err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}
