#include "casework/book_work.h"

#include "casework/book_clocks.h"
#include "casework/foretold.h"

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

/* Was this duty opened with the entry already? */
static result has_duty(struct sitting *sitting, int64_t parent, str due_by, bool *ret_has,
                       struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct entry_row *duties = NULL;
    size_t count = 0;
    *ret_has = false;
    TRY(transaction_entries_under(sitting->transaction, parent, &scratch, &duties, &count, err));
    for (size_t i = 0; i < count && !*ret_has; i++) {
        struct event event;
        TRY(transaction_event(sitting->transaction, duties[i].id, &scratch, &event, err));
        *ret_has = str_equal(event.body.entry_opened.due_by, due_by);
    }
    return result_ok();
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
        bool has = false;
        TRY(book_duty_opened(&rulebook->clocks[duty], subject->hub, parent, due, sitting->arena,
                             &event, err));
        TRY(has_duty(sitting, parent, event.body.entry_opened.due_by, &has, err));
        if (!has) {
            TRY(append_opened(sitting, subject, since, &event, err));
        }
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

/* --- by a step -------------------------------------------------------------------------------- */

/* The entry says by which step what it said is on record. Whom else to tell than was known when it
 * was opened, is told as well. */
static result confirm(struct sitting *sitting, const struct entry_row *entry,
                      const struct step *step, struct err *err)
{
    const struct book_subject subject = {
        .kind = entry->subject_kind, .id = entry->subject, .hub = entry->hub};
    struct event event = {
        .subject_kind = entry->subject_kind,
        .subject = entry->subject,
        .kind = EVENT_ENTRY_CHANGED,
        .effective_on = sitting->today,
        .body.entry_changed = {.entry = entry->id,
                               .reason =
                                   arena_format(sitting->arena, "Confirmed by the step \"%.*s\"",
                                                STR_ARG(step->title))}};
    if (event.body.entry_changed.reason.at == NULL) {
        return arena_full(err);
    }
    TRY(sitting_append(sitting, &event, err));
    return book_open_duties(sitting, &subject, entry_kind_from_name(entry->kind), entry->id,
                            entry->opened_on, err);
}

static result open_entry(struct sitting *sitting, const struct book_subject *subject,
                         enum entry_kind kind, struct err *err)
{
    struct question question;
    struct event event;
    TRY(load_question(sitting, subject, sitting->today, &question, err));
    TRY(book_opened_by_step(sitting->casework->rulebook, kind, subject->hub, &question,
                            sitting->arena, &event, err));
    TRY(append_opened(sitting, subject, sitting->today, &event, err));
    return open_duties(sitting, subject, kind, event.position, sitting->today, &question, err);
}

result book_open_by_step(struct sitting *sitting, const struct person_row *person, int64_t hub,
                         const struct step *step, str kind, struct err *err)
{
    const enum entry_kind found = entry_kind_from_name(kind);
    const struct book_subject subject = {
        .kind = SUBJECT_OF_PERSON, .id = person->id, .hub = hub != 0 ? hub : person->hub};
    const struct entry_row *confirmed = NULL;
    size_t count = 0;
    if (found == ENTRY_NONE) {
        return err_set(err, ERROR_CONFLICT, "The step opens an entry \"%.*s\", which is no kind",
                       STR_ARG(kind));
    }
    TRY(foretold_confirmed(sitting, person, kind, &confirmed, &count, err));
    for (size_t i = 0; i < count; i++) {
        TRY(confirm(sitting, &confirmed[i], step, err));
    }
    return count > 0 ? result_ok() : open_entry(sitting, &subject, found, err);
}
