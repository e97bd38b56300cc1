#include "casework/casework.h"

#include "casework/contact.h"
#include "casework/days.h"
#include "casework/draw.h"
#include "casework/likely.h"
#include "casework/past.h"
#include "casework/recall.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "format/latin.h"

enum {
    FAMILY_MAX =
        64, /* members of one group: beyond any family, and what one review judges stays bounded */
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

/* --- families --------------------------------------------------------------------------------- */

struct join_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    str relative;
    struct arena *arena;
    struct record_answer answer;
};

/* The person and whoever is recorded with them. */
static result group_of(struct sitting *sitting, const struct person_row *person,
                       const struct person_row **ret_rows, size_t *ret_count, struct err *err)
{
    if (person->family == 0) {
        struct person_row *alone = ARENA_NEW(sitting->arena, struct person_row, 1);
        if (alone == NULL) {
            return arena_full(err);
        }
        *alone = *person;
        *ret_rows = alone;
        *ret_count = 1;
        return result_ok();
    }
    const struct people_filter filter = {.stage = STR(""), .family = person->family};
    return transaction_people(sitting->transaction, &filter, sitting->arena, ret_rows, ret_count,
                              err);
}

static result append_joined(struct sitting *sitting, int64_t person, int64_t family,
                            int64_t *ret_position, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_FAMILY_JOINED,
                          .effective_on = sitting->today,
                          .body.family_joined = {.family = family}};
    TRY(sitting_append(sitting, &event, err));
    *ret_position = event.position;
    return result_ok();
}

struct joined {
    int64_t events[FAMILY_MAX + 1];
    size_t count;
};

/* A group has the number of the person it began with. Whoever is in the person's own group comes
 * along: a family that becomes larger must not lose anybody. The person's event is the first, for
 * it carries the client id. */
static result append_all(struct sitting *sitting, const struct person_row *person,
                         const struct person_row *relative, struct joined *joined, struct err *err)
{
    const struct person_row *group = NULL;
    const struct person_row *theirs = NULL;
    size_t count = 0;
    size_t theirs_count = 0;
    TRY(group_of(sitting, person, &group, &count, err));
    TRY(group_of(sitting, relative, &theirs, &theirs_count, err));
    if (count + theirs_count > FAMILY_MAX) {
        return err_set(err, ERROR_LIMIT, "A family group has at most %d members", FAMILY_MAX);
    }
    const int64_t family = relative->family != 0 ? relative->family : relative->id;
    TRY(append_joined(sitting, person->id, family, &joined->events[joined->count++], err));
    if (relative->family == 0) {
        TRY(append_joined(sitting, relative->id, family, &joined->events[joined->count++], err));
    }
    for (size_t i = 0; i < count; i++) {
        if (group[i].id != person->id) {
            TRY(append_joined(sitting, group[i].id, family, &joined->events[joined->count++], err));
        }
    }
    return result_ok();
}

static result check_join(const struct person_row *person, const struct person_row *relative,
                         struct err *err)
{
    if (person->id == relative->id) {
        return err_set(err, ERROR_INPUT, "%.*s cannot be a relative of themselves",
                       STR_ARG(person->reference));
    }
    if (person->family != 0 && person->family == relative->family) {
        return err_set(err, ERROR_CONFLICT, "%.*s and %.*s are recorded as one family already",
                       STR_ARG(person->reference), STR_ARG(relative->reference));
    }
    return result_ok();
}

/* Whom the relative belonged with when it was done: an undone merge gives what was recorded since
 * to others, and takes nothing of what was done then. */
static result join_again(struct sitting *sitting, struct join_work *work,
                         const struct event *before, const struct person_row *person,
                         const struct person_row *relative, struct err *err)
{
    struct past past;
    struct done_before done;
    if (before->kind != EVENT_FAMILY_JOINED || sitting->before_subject != person->id) {
        return sitting_client_id_taken(err);
    }
    TRY(past_person(sitting, sitting_record_of(sitting, relative->id), 0, before->recorded_at,
                    &past, err));
    if (past.person.family != before->body.family_joined.family) {
        return sitting_client_id_taken(err);
    }
    TRY(repeat_events(sitting, before, &done, err));
    return repeat_record_answer(sitting, &done, &work->answer, err);
}

static result join_and_review(struct sitting *sitting, struct join_work *work,
                              const struct person_row *person, const struct person_row *relative,
                              struct err *err)
{
    TRY(check_join(person, relative, err));
    struct joined *joined = ARENA_NEW(sitting->arena, struct joined, 1);
    if (joined == NULL) {
        return arena_full(err);
    }
    TRY(append_all(sitting, person, relative, joined, err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person->id};
    return record_finish(sitting, &touched, 1, joined->events, joined->count, &work->answer, err);
}

static result join_work(struct transaction *transaction, void *context, struct err *err)
{
    struct join_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    struct person_row relative = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_FACT,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_RECORD_FACT, &person, err));
    TRY(sitting_person(&sitting, work->relative, ACTION_RECORD_FACT, &relative, err));
    return before.position != 0 ? join_again(&sitting, work, &before, &person, &relative, err)
                                : join_and_review(&sitting, work, &person, &relative, err);
}

result casework_join_family(const struct casework *casework, const struct caller *caller,
                            str person, str relative, struct arena *arena,
                            struct record_answer *ret_answer, struct err *err)
{
    struct join_work work = {.casework = casework,
                             .caller = caller,
                             .person = person,
                             .relative = relative,
                             .arena = arena};
    TRY(store_write(casework->store, join_work, &work, err));
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
