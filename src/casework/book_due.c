#include "casework/book_work.h"

#include "casework/counted.h"

/* The clocks of the rulebook count from a day that the register knows: since when the entry is in
 * its state. The fact is the person's, so that a clock may also ask about the person. */
#define SINCE_FACT STR("entry.since")

enum { CLOCK_NAME_MAX = 128 };

static result load_person(struct sitting *sitting, const struct book_subject *subject,
                          struct loaded_case *ret_case, struct err *err)
{
    const struct case_time now = case_now(sitting);
    if (subject->kind == SUBJECT_OF_PERSON) {
        struct person_row person;
        TRY(transaction_person(sitting->transaction, subject->id, sitting->arena, &person, err));
        return case_load(sitting, &person, &now, ret_case, err);
    }
    struct loaded_case nobody = {.when = now};
    TRY(facts_none(sitting->casework->rulebook, sitting->arena, &nobody.person, err));
    nobody.view.question.person = nobody.person.values;
    nobody.view.question.today = now.on;
    *ret_case = nobody;
    return result_ok();
}

static result load_question(struct sitting *sitting, const struct book_subject *subject, date since,
                            struct question *ret_question, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t fact = rulebook_fact(rulebook, SINCE_FACT);
    struct loaded_case loaded;
    TRY(load_person(sitting, subject, &loaded, err));
    if (subject->hub != 0) {
        const struct loaded_case base = loaded;
        TRY(case_at_hub(sitting, &base, subject->hub, true, &loaded, err));
    }
    if (fact != NOT_FOUND_INDEX && rulebook->facts[fact].counted &&
        rulebook->facts[fact].type == FACT_DATE) {
        loaded.person.values[fact] = value_date(since);
    }
    *ret_question = loaded.view.question;
    return result_ok();
}

static void read_clock(const struct rulebook *rulebook, uint32_t clock,
                       const struct question *question, bool *ret_applies,
                       struct known_day *ret_due)
{
    const struct clock_answer answer = judge_clock(rulebook, clock, question);
    *ret_applies = answer.state != CLOCK_NOT_STARTED;
    *ret_due = (struct known_day){.known = answer.has_last_day, .day = answer.last_day};
}

result book_due(struct sitting *sitting, const struct book_subject *subject, str clock, date since,
                bool *ret_applies, struct known_day *ret_due, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t index = rulebook_clock(rulebook, clock);
    struct question question;
    *ret_applies = false;
    *ret_due = (struct known_day){.known = false};
    if (index == NOT_FOUND_INDEX) {
        return result_ok();
    }
    TRY(load_question(sitting, subject, since, &question, err));
    read_clock(rulebook, index, &question, ret_applies, ret_due);
    return result_ok();
}

/* --- duties ----------------------------------------------------------------------------------- */

static result open_duty(struct sitting *sitting, const struct book_subject *subject,
                        const struct clock *clock, int64_t parent, date since, struct known_day due,
                        struct err *err)
{
    static const str fields[] = {STR_INIT("what")};
    str *values = ARENA_NEW(sitting->arena, str, 1);
    const str due_by = arena_format(sitting->arena, "clock %.*s", STR_ARG(clock->name));
    if (values == NULL || due_by.at == NULL) {
        return arena_full(err);
    }
    values[0] = clock->title;
    struct event event = {
        .subject_kind = subject->kind,
        .subject = subject->id,
        .kind = EVENT_ENTRY_OPENED,
        .effective_on = since,
        .body.entry_opened = {.kind = str_from_c(entry_kind_name(ENTRY_NOTIFICATION)),
                              .hub = subject->hub,
                              .parent = parent,
                              .responsible = entry_kind_responsible(ENTRY_NOTIFICATION),
                              .due_on = due,
                              .due_by = due_by,
                              .fields = {.items = fields, .count = 1},
                              .values = {.items = values, .count = 1}},
    };
    return sitting_append(sitting, &event, err);
}

result book_open_duties(struct sitting *sitting, const struct book_subject *subject,
                        enum entry_kind kind, int64_t parent, date since, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const str prefix = arena_format(sitting->arena, BOOK_DUTY_PREFIX "%s_", entry_kind_name(kind));
    struct question question = {.today = sitting->today};
    bool loaded = false;
    if (prefix.at == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        bool applies = false;
        struct known_day due;
        if (!str_starts(clock->name, prefix)) {
            continue;
        }
        if (!loaded) {
            TRY(load_question(sitting, subject, since, &question, err));
            loaded = true;
        }
        read_clock(rulebook, i, &question, &applies, &due);
        if (applies) {
            TRY(open_duty(sitting, subject, clock, parent, since, due, err));
        }
    }
    return result_ok();
}

/* --- by a step -------------------------------------------------------------------------------- */

result book_open_by_step(struct sitting *sitting, const struct person_row *person, int64_t hub,
                         str kind, struct err *err)
{
    const enum entry_kind found = entry_kind_from_name(kind);
    const struct book_subject subject = {
        .kind = SUBJECT_OF_PERSON, .id = person->id, .hub = hub != 0 ? hub : person->hub};
    if (found == ENTRY_NONE) {
        return err_set(err, ERROR_CONFLICT, "The step opens an entry \"%.*s\", which is no kind",
                       STR_ARG(kind));
    }
    const str clock = arena_format(sitting->arena, BOOK_CLOCK_PREFIX "%s", entry_kind_name(found));
    bool applies = false;
    struct known_day due;
    if (clock.at == NULL) {
        return arena_full(err);
    }
    TRY(book_due(sitting, &subject, clock, sitting->today, &applies, &due, err));
    const str due_by = arena_format(sitting->arena, "clock %.*s", STR_ARG(clock));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person->id,
        .kind = EVENT_ENTRY_OPENED,
        .effective_on = sitting->today,
        .body.entry_opened = {.kind = str_from_c(entry_kind_name(found)),
                              .hub = subject.hub,
                              .responsible = entry_kind_responsible(found),
                              .due_on = due,
                              .due_by = applies ? due_by : STR("no clock")},
    };
    TRY(sitting_append(sitting, &event, err));
    return book_open_duties(sitting, &subject, found, event.position, sitting->today, err);
}
