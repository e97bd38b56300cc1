#include "casework/book_work.h"

#include "casework/book_clocks.h"

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
    struct loaded_case loaded;
    TRY(load_person(sitting, subject, &loaded, err));
    if (subject->hub != 0) {
        const struct loaded_case base = loaded;
        TRY(case_at_hub(sitting, &base, subject->hub, true, &loaded, err));
    }
    book_fill_since(sitting->casework->rulebook, since, loaded.person.values);
    *ret_question = loaded.view.question;
    return result_ok();
}

result book_due(struct sitting *sitting, const struct book_subject *subject, str clock, date since,
                bool *ret_applies, struct known_day *ret_due, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct question question = {.today = sitting->today};
    if (rulebook_clock(rulebook, clock) != NOT_FOUND_INDEX) {
        TRY(load_question(sitting, subject, since, &question, err));
    }
    *ret_applies = book_clock(rulebook, clock, &question, ret_due);
    return result_ok();
}

static result append_opened(struct sitting *sitting, const struct book_subject *subject, date since,
                            struct event *event, struct err *err)
{
    event->subject_kind = subject->kind;
    event->subject = subject->id;
    event->effective_on = since;
    return sitting_append(sitting, event, err);
}

static result open_duties(struct sitting *sitting, const struct book_subject *subject,
                          enum entry_kind kind, int64_t parent, date since,
                          const struct question *question, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct known_day due;
    for (uint32_t duty = book_duty(rulebook, kind, 0, question, &due); duty != NOT_FOUND_INDEX;
         duty = book_duty(rulebook, kind, duty + 1, question, &due)) {
        struct event event;
        TRY(book_duty_opened(&rulebook->clocks[duty], subject->hub, parent, due, sitting->arena,
                             &event, err));
        TRY(append_opened(sitting, subject, since, &event, err));
    }
    return result_ok();
}

result book_open_duties(struct sitting *sitting, const struct book_subject *subject,
                        enum entry_kind kind, int64_t parent, date since, struct err *err)
{
    struct question question;
    TRY(load_question(sitting, subject, since, &question, err));
    return open_duties(sitting, subject, kind, parent, since, &question, err);
}

result book_open_by_step(struct sitting *sitting, const struct person_row *person, int64_t hub,
                         str kind, struct err *err)
{
    const enum entry_kind found = entry_kind_from_name(kind);
    const struct book_subject subject = {
        .kind = SUBJECT_OF_PERSON, .id = person->id, .hub = hub != 0 ? hub : person->hub};
    struct question question;
    struct event event;
    if (found == ENTRY_NONE) {
        return err_set(err, ERROR_CONFLICT, "The step opens an entry \"%.*s\", which is no kind",
                       STR_ARG(kind));
    }
    TRY(load_question(sitting, &subject, sitting->today, &question, err));
    TRY(book_opened_by_step(sitting->casework->rulebook, found, subject.hub, &question,
                            sitting->arena, &event, err));
    TRY(append_opened(sitting, &subject, sitting->today, &event, err));
    return open_duties(sitting, &subject, found, event.position, sitting->today, &question, err);
}
