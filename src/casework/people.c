#include "casework/casework.h"

#include "casework/contact.h"
#include "casework/days.h"
#include "casework/draw.h"
#include "casework/likely.h"
#include "casework/recall.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "format/latin.h"

enum {
    IDENTIFIERS_MAX = 32, /* that somebody is registered with */
};

/* --- registering ------------------------------------------------------------------------------ */

struct register_work {
    const struct casework *casework;
    const struct caller *caller;
    struct registration registration;
    str latin;                 /* of the name; "" when it is in Latin letters */
    struct event *identifiers; /* IDENTIFIER_RECORDED, as they will be appended */
    struct arena *arena;
    struct registration_answer answer;
};

static result check_registration(const struct registration *registration, struct err *err)
{
    if (registration->identifier_count > IDENTIFIERS_MAX) {
        return err_set(err, ERROR_INPUT, "At most %d references can be recorded with a person",
                       IDENTIFIERS_MAX);
    }
    TRY(text_line_required("The name", registration->name, NAME_MAX_BYTES, err));
    return registration->born_on.known &&
                   date_before(registration->registered_on, registration->born_on.day)
               ? err_set(err, ERROR_INPUT, "The date of birth is after the day of registration")
               : result_ok();
}

static result check_days(const struct sitting *sitting, const struct registration *registration,
                         struct err *err)
{
    TRY(days_check("The day of registration", registration->registered_on, DAYS_HAPPENED,
                   sitting->today, err));
    return registration->born_on.known ? days_check("The date of birth", registration->born_on.day,
                                                    DAYS_HAPPENED, sitting->today, err)
                                       : result_ok();
}

static bool same_day(struct known_day a, struct known_day b)
{
    return a.known == b.known && (!a.known || date_equal(a.day, b.day));
}

static result register_again(struct sitting *sitting, struct register_work *work,
                             const struct event *before, struct err *err)
{
    const struct person_registered_body *body = &before->body.person_registered;
    if (before->kind != EVENT_PERSON_REGISTERED ||
        !str_equal(body->name, work->registration.name) ||
        !same_day(body->born_on, work->registration.born_on) ||
        !date_equal(before->effective_on, work->registration.registered_on)) {
        return sitting_client_id_taken(err);
    }
    return transaction_person(sitting->transaction, before->subject, sitting->arena,
                              &work->answer.person, err);
}

static result append_registration(struct sitting *sitting, struct register_work *work,
                                  struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    char reference[REFERENCE_SIZE];
    TRY(reference_draw(sitting, reference, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .kind = EVENT_PERSON_REGISTERED,
        .effective_on = work->registration.registered_on,
        .body.person_registered = {.reference = str_from_c(reference),
                                   .name = work->registration.name,
                                   .born_on = work->registration.born_on,
                                   .stage = rulebook->stages[rulebook->start_stage].name,
                                   .latin = work->latin},
    };
    TRY(transaction_new_id(sitting->transaction, SUBJECT_OF_PERSON, &event.subject, err));
    TRY(sitting_append(sitting, &event, err));
    for (size_t i = 0; i < work->registration.identifier_count; i++) {
        work->identifiers[i].subject = event.subject;
        TRY(sitting_append(sitting, &work->identifiers[i], err));
    }
    return transaction_person(sitting->transaction, event.subject, sitting->arena,
                              &work->answer.person, err);
}

/* Who is registered, as far as it is known before they are. */
static result find_likely(struct sitting *sitting, struct register_work *work, struct err *err)
{
    const size_t count = work->registration.identifier_count;
    struct known_name name = {.name = work->registration.name, .latin = work->latin};
    struct known_identifier *known = ARENA_NEW(sitting->arena, struct known_identifier, count + 1);
    if (known == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        known[i].event = &work->identifiers[i];
        known[i].scheme =
            identifier_scheme_from_name(work->identifiers[i].body.identifier_recorded.scheme);
    }
    const struct who who = {.person = work->answer.person.id,
                            .names = &name,
                            .name_count = 1,
                            .born_on = work->registration.born_on,
                            .identifiers = known,
                            .identifier_count = count};
    return likely_find(sitting, &who, 0, &work->answer.likely, &work->answer.likely_count, err);
}

static result register_work(struct transaction *transaction, void *context, struct err *err)
{
    struct register_work *work = context;
    struct sitting sitting;
    struct event before;
    work->answer = (struct registration_answer){.likely_count = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_REGISTER_PERSON,
                       work->arena, &before, err));
    if (before.position != 0) {
        TRY(register_again(&sitting, work, &before, err));
        return find_likely(&sitting, work, err);
    }
    TRY(check_days(&sitting, &work->registration, err));
    TRY(find_likely(&sitting, work, err));
    return work->registration.unless_known && work->answer.likely_count > 0
               ? result_ok()
               : append_registration(&sitting, work, err);
}

static result prepare_identifiers(struct register_work *work, struct err *err)
{
    const size_t count = work->registration.identifier_count;
    work->identifiers = ARENA_NEW(work->arena, struct event, count + 1);
    if (work->identifiers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct event *event = &work->identifiers[i];
        *event = (struct event){.subject_kind = SUBJECT_OF_PERSON,
                                .kind = EVENT_IDENTIFIER_RECORDED,
                                .effective_on = work->registration.registered_on};
        TRY(identifier_read(&work->registration.identifiers[i], work->arena,
                            &event->body.identifier_recorded, err));
    }
    return result_ok();
}

result casework_register_person(const struct casework *casework, const struct caller *caller,
                                const struct registration *registration, struct arena *arena,
                                struct registration_answer *ret_answer, struct err *err)
{
    TRY(check_registration(registration, err));
    struct register_work work = {
        .casework = casework, .caller = caller, .registration = *registration, .arena = arena};
    TRY(latin_nfc(str_trim(registration->name), arena, &work.registration.name, err));
    TRY(latin_letters(work.registration.name, arena, &work.latin, err));
    work.latin = str_equal(work.latin, work.registration.name) ? STR("") : work.latin;
    TRY(prepare_identifiers(&work, err));
    TRY(store_write(casework->store, register_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- contact ---------------------------------------------------------------------------------- */

struct contact_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    date on;
    str source;
    struct known_day next_check_on;
    struct arena *arena;
};

static result check_contact(const struct sitting *sitting, const struct contact_work *work,
                            struct err *err)
{
    TRY(days_check("The day of the contact", work->on, DAYS_HAPPENED, sitting->today, err));
    if (!work->next_check_on.known) {
        return result_ok();
    }
    if (!date_before(work->on, work->next_check_on.day)) {
        return err_set(err, ERROR_INPUT, "The next check is not after the contact");
    }
    return days_check("The next check", work->next_check_on.day, DAYS_ARRANGED, sitting->today,
                      err);
}

static result append_contact(struct sitting *sitting, const struct contact_work *work,
                             int64_t person, struct err *err)
{
    const struct confirmed_contact contact = {.on = work->on,
                                              .source = work->source,
                                              .known_from = work->source,
                                              .next_check_on = work->next_check_on};
    bool searched = false;
    int64_t cause = 0;
    TRY(contact_is_searched(sitting, person, &searched, err));
    TRY(contact_append(sitting, person, &contact, searched, &cause, err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person};
    struct stopped_list stopped;
    return recall_review(sitting, &touched, 1, cause, NULL, &stopped, err);
}

static result contact_work(struct transaction *transaction, void *context, struct err *err)
{
    const struct contact_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_FACT,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_RECORD_FACT, &person, err));
    if (before.position != 0) {
        const struct contact_confirmed_body *body = &before.body.contact_confirmed;
        const bool same =
            before.kind == EVENT_CONTACT_CONFIRMED && sitting.before_subject == person.id &&
            date_equal(before.effective_on, work->on) && str_equal(body->source, work->source) &&
            same_day(body->next_check_on, work->next_check_on);
        return same ? result_ok() : sitting_client_id_taken(err);
    }
    TRY(check_contact(&sitting, work, err));
    return append_contact(&sitting, work, person.id, err);
}

result casework_confirm_contact(const struct casework *casework, const struct caller *caller,
                                str person, date on, str source, struct known_day next_check_on,
                                struct arena *arena, struct err *err)
{
    TRY(text_line_required("How contact was made", source, SOURCE_MAX_BYTES, err));
    struct contact_work work = {.casework = casework,
                                .caller = caller,
                                .person = person,
                                .on = on,
                                .source = str_trim(source),
                                .next_check_on = next_check_on,
                                .arena = arena};
    return store_write(casework->store, contact_work, &work, err);
}

/* --- notes ------------------------------------------------------------------------------------ */

struct note_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    str note;
    struct arena *arena;
};

static result note_work(struct transaction *transaction, void *context, struct err *err)
{
    const struct note_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_FACT,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_RECORD_FACT, &person, err));
    if (before.position != 0) {
        const bool same = before.kind == EVENT_NOTE_ADDED && sitting.before_subject == person.id &&
                          str_equal(before.body.note_added.note, work->note);
        return same ? result_ok() : sitting_client_id_taken(err);
    }
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person.id,
                          .kind = EVENT_NOTE_ADDED,
                          .effective_on = sitting.today,
                          .body.note_added = {.note = work->note}};
    return sitting_append(&sitting, &event, err);
}

result casework_add_note(const struct casework *casework, const struct caller *caller, str person,
                         str note, struct arena *arena, struct err *err)
{
    TRY(text_line_required("The note", note, VALUE_MAX_BYTES, err));
    struct note_work work = {.casework = casework,
                             .caller = caller,
                             .person = person,
                             .note = str_trim(note),
                             .arena = arena};
    return store_write(casework->store, note_work, &work, err);
}
