#include "casework/record.h"

#include "casework/agreement_states.h"
#include "casework/book_clocks.h"
#include "casework/clock_facts.h"
#include "casework/days.h"
#include "casework/facts.h"
#include "casework/recall.h"
#include "casework/repeat.h"
#include "casework/text.h"

/* --- entries, checked before anything is locked ----------------------------------------------- */

/* The kinds of subject that facts are recorded of. */
static const struct recorded_subject {
    enum subject subject;
    enum action action;
    const char *title;
} recorded_subjects[] = {
    [SUBJECT_OF_PERSON] = {SUBJECT_PERSON, ACTION_RECORD_FACT, "a person"},
    [SUBJECT_OF_HUB] = {SUBJECT_HUB, ACTION_RECORD_HUB, "a hub"},
    [SUBJECT_OF_AGREEMENT] = {SUBJECT_AGREEMENT, ACTION_RECORD_AGREEMENT, "an agreement"},
};

static bool has_facts(enum subject_kind kind)
{
    return kind == SUBJECT_OF_PERSON || kind == SUBJECT_OF_HUB || kind == SUBJECT_OF_AGREEMENT;
}

static result find_fact(const struct rulebook *rulebook, str name, uint32_t *ret_fact,
                        struct err *err)
{
    TRY(text_line_required("The name of the fact", name, FACT_NAME_MAX_BYTES, err));
    const uint32_t fact = rulebook_fact(rulebook, name);
    if (fact != NOT_FOUND_INDEX) {
        *ret_fact = fact;
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "The rulebook has no fact \"%.*s\"", STR_ARG(name)),
                  "the hint follows");
    const str nearest = rulebook_nearest_fact(rulebook, name);
    return nearest.len == 0
               ? err_hint(err, "The facts that can be recorded are those of the rulebook.")
               : err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(nearest));
}

static const char *subject_title(enum subject subject)
{
    switch (subject) {
    case SUBJECT_PERSON:
        return recorded_subjects[SUBJECT_OF_PERSON].title;
    case SUBJECT_HUB:
        return recorded_subjects[SUBJECT_OF_HUB].title;
    case SUBJECT_AGREEMENT:
        return recorded_subjects[SUBJECT_OF_AGREEMENT].title;
    }
    return "";
}

bool casework_fact_is_recorded(const struct fact *fact)
{
    return !fact->counted && !str_equal(fact->name, BOOK_OPENS_FACT);
}

result casework_check_recorded(const struct fact *fact, struct err *err)
{
    if (fact->counted) {
        return err_set(err, ERROR_INPUT,
                       "\"%.*s\" is counted by the register, so nobody records it",
                       STR_ARG(fact->name));
    }
    return casework_fact_is_recorded(fact)
               ? result_ok()
               : err_set(err, ERROR_INPUT,
                         "\"%.*s\" is recorded by steps alone: open an entry in the books instead",
                         STR_ARG(fact->name));
}

static result check_fact(const struct fact *fact, enum subject_kind kind, struct err *err)
{
    if (fact->subject != recorded_subjects[kind].subject) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is a fact of %s, not of %s", STR_ARG(fact->name),
                       subject_title(fact->subject), recorded_subjects[kind].title);
    }
    return casework_check_recorded(fact, err);
}

static result check_value(const struct rulebook *rulebook, const struct fact *fact, str text,
                          struct arena *arena, str *ret_value, struct err *err)
{
    TRY(text_line_required("The value", text, VALUE_MAX_BYTES, err));
    struct value value;
    TRY(value_parse(rulebook, fact, text, arena, &value, err));
    struct buf buf;
    buf_init(&buf, arena, VALUE_MAX_BYTES);
    value_format(fact, &value, &buf);
    return buf_finish(&buf, ret_value, err);
}

static result check_entry(const struct rulebook *rulebook, enum subject_kind kind,
                          const struct fact_entry *entry, struct arena *arena,
                          struct checked_entry *ret_entry, struct err *err)
{
    uint32_t index = 0;
    TRY(find_fact(rulebook, entry->fact, &index, err));
    const struct fact *fact = &rulebook->facts[index];
    TRY(check_fact(fact, kind, err));
    struct checked_entry checked = {.true_from = entry->true_from};
    TRY(check_value(rulebook, fact, entry->value, arena, &checked.value, err));
    TRY(clock_facts_check(rulebook, index, checked.value, err));
    TRY(text_line("The source", entry->source, SOURCE_MAX_BYTES, err));
    checked.fact = fact->name;
    checked.source = str_trim(entry->source);
    *ret_entry = checked;
    return result_ok();
}

static result refuse_twice(const struct checked_entry *entries, size_t count, struct err *err)
{
    const struct checked_entry *last = &entries[count - 1];
    for (size_t i = 0; i + 1 < count; i++) {
        if (str_equal(entries[i].fact, last->fact) &&
            date_equal(entries[i].true_from, last->true_from)) {
            return err_set(err, ERROR_INPUT, "\"%.*s\" is given twice for the same day",
                           STR_ARG(last->fact));
        }
    }
    return result_ok();
}

result record_check(const struct rulebook *rulebook, enum subject_kind kind,
                    const struct fact_entry *entries, size_t count, struct arena *arena,
                    const struct checked_entry **ret_entries, struct err *err)
{
    if (!has_facts(kind)) {
        return err_set(err, ERROR_INPUT,
                       "Facts are recorded of a person, a hub or an agreement only");
    }
    if (count == 0) {
        return err_set(err, ERROR_INPUT, "There is no fact to record");
    }
    if (count > FACTS_AT_ONCE_MAX) {
        return err_set(err, ERROR_INPUT, "At most %d facts can be recorded at once, not %zu",
                       FACTS_AT_ONCE_MAX, count);
    }
    struct checked_entry *checked = ARENA_NEW(arena, struct checked_entry, count);
    if (checked == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(check_entry(rulebook, kind, &entries[i], arena, &checked[i], err));
        TRY(refuse_twice(checked, i + 1, err));
    }
    *ret_entries = checked;
    return result_ok();
}

/* --- recording -------------------------------------------------------------------------------- */

struct record_work {
    const struct casework *casework;
    const struct caller *caller;
    enum subject_kind kind;
    str reference;
    const struct checked_entry *entries;
    size_t entry_count;
    struct arena *arena;
    struct record_answer answer;
};

static result find_subject(struct sitting *sitting, enum subject_kind kind, str reference,
                           int64_t *ret_id, struct err *err)
{
    const enum action action = recorded_subjects[kind].action;
    if (kind == SUBJECT_OF_PERSON) {
        struct person_row person;
        TRY(sitting_person(sitting, reference, action, &person, err));
        *ret_id = person.id;
    } else if (kind == SUBJECT_OF_HUB) {
        struct hub_row hub;
        TRY(sitting_hub(sitting, reference, action, &hub, err));
        *ret_id = hub.id;
    } else {
        struct agreement_row agreement;
        TRY(sitting_agreement(sitting, reference, action, &agreement, err));
        *ret_id = agreement.id;
    }
    return result_ok();
}

/* What the register itself knows of a fact, beside the rulebook; after those recorded before it. */
static result check_fits(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                         const struct checked_entry *entry, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t fact = rulebook_fact(rulebook, entry->fact);
    TRY(days_check("The day from which it is true", entry->true_from, DAYS_ARRANGED, sitting->today,
                   err));
    if (fact != NOT_FOUND_INDEX) {
        TRY(days_check_value(&rulebook->facts[fact], entry->value, sitting->today, err));
    }
    return kind == SUBJECT_OF_AGREEMENT && str_equal(entry->fact, AGREEMENT_STATE_FACT)
               ? agreement_states_check(sitting, subject, entry->value, entry->true_from, err)
               : result_ok();
}

/* All that a command records is of one subject; whose each turned out to be when a merge was undone
 * does not change what was asked for. */
static bool is_this_entry(const struct event *event, const struct checked_entry *entry)
{
    const struct fact_recorded_body *body = &event->body.fact_recorded;
    return event->kind == EVENT_FACT_RECORDED && str_equal(body->fact, entry->fact) &&
           str_equal(body->value, entry->value) && str_equal(body->source, entry->source) &&
           date_equal(event->effective_on, entry->true_from);
}

static result record_again(struct sitting *sitting, struct record_work *work, int64_t subject,
                           const struct event *before, struct err *err)
{
    struct done_before done;
    TRY(repeat_events(sitting, before, &done, err));
    size_t recorded = 0;
    while (recorded < done.count && done.events[recorded].kind == EVENT_FACT_RECORDED) {
        recorded++;
    }
    bool same = recorded == work->entry_count && before->subject_kind == work->kind &&
                sitting->before_subject == subject;
    for (size_t i = 0; same && i < recorded; i++) {
        same = is_this_entry(&done.events[i], &work->entries[i]);
    }
    return same ? repeat_record_answer(sitting, &done, &work->answer, err)
                : sitting_client_id_taken(err);
}

result record_append(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                     const struct checked_entry *entries, size_t count, int64_t *events,
                     struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct checked_entry *entry = &entries[i];
        TRY(check_fits(sitting, kind, subject, entry, err));
        struct event event = {.subject_kind = kind,
                              .subject = subject,
                              .kind = EVENT_FACT_RECORDED,
                              .effective_on = entry->true_from,
                              .body.fact_recorded = {.fact = entry->fact,
                                                     .value = entry->value,
                                                     .source = entry->source}};
        TRY(sitting_append(sitting, &event, err));
        events[i] = event.position;
    }
    return result_ok();
}

result record_tell_law(struct sitting *sitting, int64_t person, enum fact_type type,
                       const struct checked_entry *entry, int64_t *event, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t index = rulebook_fact(rulebook, entry->fact);
    if (index == NOT_FOUND_INDEX || rulebook->facts[index].type != type ||
        rulebook->facts[index].counted) {
        return result_ok();
    }
    return record_append(sitting, SUBJECT_OF_PERSON, person, entry, 1, event, err);
}

result record_finish(struct sitting *sitting, const struct touched *touched, size_t touched_count,
                     const int64_t *events, size_t event_count, struct record_answer *ret_answer,
                     struct err *err)
{
    ASSERT(event_count > 0);
    struct stopped_list stopped;
    TRY(recall_review(sitting, touched, touched_count, events[event_count - 1], NULL, &stopped,
                      err));
    *ret_answer = (struct record_answer){.events = events,
                                         .event_count = event_count,
                                         .stopped = stopped.items,
                                         .stopped_count = stopped.count};
    return result_ok();
}

static result record_work(struct transaction *transaction, void *context, struct err *err)
{
    struct record_work *work = context;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller,
                       recorded_subjects[work->kind].action, work->arena, &before, err));
    int64_t subject = 0;
    TRY(find_subject(&sitting, work->kind, work->reference, &subject, err));
    if (before.position != 0) {
        return record_again(&sitting, work, subject, &before, err);
    }
    int64_t *events = ARENA_NEW(work->arena, int64_t, work->entry_count);
    if (events == NULL) {
        return arena_full(err);
    }
    TRY(record_append(&sitting, work->kind, subject, work->entries, work->entry_count, events,
                      err));
    const struct touched touched = {.kind = work->kind, .id = subject};
    return record_finish(&sitting, &touched, 1, events, work->entry_count, &work->answer, err);
}

result casework_record_facts(const struct casework *casework, const struct caller *caller,
                             enum subject_kind kind, str reference,
                             const struct fact_entry *entries, size_t entry_count,
                             struct arena *arena, struct record_answer *ret_answer, struct err *err)
{
    struct record_work work = {.casework = casework,
                               .caller = caller,
                               .kind = kind,
                               .reference = reference,
                               .entry_count = entry_count,
                               .arena = arena};
    TRY(record_check(casework->rulebook, kind, entries, entry_count, arena, &work.entries, err));
    TRY(store_write(casework->store, record_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- withdrawing ------------------------------------------------------------------------------ */

struct withdraw_work {
    const struct casework *casework;
    const struct caller *caller;
    int64_t event;
    str reason;
    struct arena *arena;
    struct record_answer answer;
};

static result no_such_fact(int64_t event, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no recorded fact %lld for this account",
                   (long long)event);
}

/* May this account record, and so withdraw, facts of the event's subject? */
static result may_withdraw(struct sitting *sitting, const struct event *recorded, bool *ret_may,
                           struct err *err)
{
    const enum action action = recorded_subjects[recorded->subject_kind].action;
    if (recorded->subject_kind == SUBJECT_OF_PERSON) {
        struct person_row person;
        TRY(transaction_person(sitting->transaction, recorded->subject, sitting->arena, &person,
                               err));
        return sitting_may_person(sitting, &person, action, ret_may, err);
    }
    if (recorded->subject_kind == SUBJECT_OF_HUB) {
        struct hub_row hub;
        TRY(transaction_hub(sitting->transaction, recorded->subject, sitting->arena, &hub, err));
        return sitting_may_hub(sitting, &hub, action, ret_may, err);
    }
    struct agreement_row agreement;
    TRY(transaction_agreement(sitting->transaction, recorded->subject, sitting->arena, &agreement,
                              err));
    *ret_may = sitting_may_agreement(sitting, &agreement, action);
    return result_ok();
}

static result find_recorded(struct sitting *sitting, int64_t position, struct event *ret_event,
                            struct err *err)
{
    int64_t count = 0;
    TRY(transaction_event_count(sitting->transaction, &count, err));
    if (position < 1 || position > count) {
        return no_such_fact(position, err);
    }
    struct event event;
    TRY(transaction_event(sitting->transaction, position, sitting->arena, &event, err));
    bool allowed = event.kind == EVENT_FACT_RECORDED;
    if (allowed) {
        TRY(may_withdraw(sitting, &event, &allowed, err));
    }
    if (!allowed) {
        return no_such_fact(position, err);
    }
    *ret_event = event;
    return result_ok();
}

static result withdraw_again(struct sitting *sitting, struct withdraw_work *work,
                             const struct event *before, struct err *err)
{
    const struct fact_withdrawn_body *body = &before->body.fact_withdrawn;
    if (before->kind != EVENT_FACT_WITHDRAWN || body->event != work->event ||
        !str_equal(body->reason, work->reason)) {
        return sitting_client_id_taken(err);
    }
    struct done_before done;
    TRY(repeat_events(sitting, before, &done, err));
    return repeat_record_answer(sitting, &done, &work->answer, err);
}

static result withdraw_work(struct transaction *transaction, void *context, struct err *err)
{
    struct withdraw_work *work = context;
    struct sitting sitting;
    struct event before;
    /* Whoever records facts of hubs or agreements records those of people too; find_recorded asks
     * for the right one. */
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_FACT,
                       work->arena, &before, err));
    struct event recorded = {.position = 0};
    TRY(find_recorded(&sitting, work->event, &recorded, err));
    if (before.position != 0) {
        return withdraw_again(&sitting, work, &before, err);
    }
    TRY(clock_facts_check_withdrawal(&sitting, &recorded, err));
    struct event event = {
        .subject_kind = recorded.subject_kind,
        .subject = recorded.subject,
        .kind = EVENT_FACT_WITHDRAWN,
        .effective_on = sitting.today,
        .body.fact_withdrawn = {.event = work->event, .reason = work->reason},
    };
    /* The register itself refuses to withdraw a fact twice. */
    TRY(sitting_append(&sitting, &event, err));
    int64_t *events = ARENA_NEW(work->arena, int64_t, 1);
    if (events == NULL) {
        return arena_full(err);
    }
    events[0] = event.position;
    const struct touched touched = {.kind = recorded.subject_kind, .id = recorded.subject};
    return record_finish(&sitting, &touched, 1, events, 1, &work->answer, err);
}

result casework_withdraw_fact(const struct casework *casework, const struct caller *caller,
                              int64_t event, str reason, struct arena *arena,
                              struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct withdraw_work work = {.casework = casework,
                                 .caller = caller,
                                 .event = event,
                                 .reason = str_trim(reason),
                                 .arena = arena};
    TRY(store_write(casework->store, withdraw_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}
