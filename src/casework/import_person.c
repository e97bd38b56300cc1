#include "casework/import_person.h"

#include "casework/birth.h"
#include "casework/contact.h"
#include "casework/draw.h"
#include "casework/likely.h"
#include "casework/recall.h"
#include "casework/text.h"

#include <string.h>

/* --- finding ---------------------------------------------------------------------------------- */

struct finding {
    struct sitting *sitting;
    const struct import_person *row;
    struct import_faults *faults;
    struct import_found found;
    bool sound;
};

static result tell(struct finding *finding, str column, str value, const char *what_is_wrong,
                   const char *hint, struct err *err)
{
    struct err what = {0};
    finding->sound = false;
    result_ignore(err_set(&what, ERROR_INPUT, "%s", what_is_wrong), "it is told");
    result_ignore(err_hint(&what, "%s", hint), "it is told");
    return import_fault(finding->faults, finding->row->row, column, value, &what, err);
}

static result find_by_person(struct finding *finding, struct err *err)
{
    struct err failure = {0};
    int64_t id = 0;
    if (finding->row->person.len == 0) {
        return result_ok();
    }
    if (transaction_find(finding->sitting->transaction, SUBJECT_OF_PERSON, finding->row->person,
                         &id, &failure)
            .ok) {
        finding->found.person.id = id;
        return result_ok();
    }
    return failure.code == ERROR_NOT_FOUND
               ? tell(finding, STR("person"), finding->row->person,
                      "Nobody in the register has this reference",
                      "Leave it blank for somebody new; the register gives the reference.", err)
               : err_set(err, failure.code, "%s", failure.what);
}

static result tell_several(struct finding *finding, const struct import_reference *reference,
                           struct err *err)
{
    return tell(finding, reference->column, reference->body.value,
                "The register has more than one person by the references of this row",
                "Look at the records: they may be one person recorded twice, or the file mixes two "
                "people. Give the person's RH- reference in the column person.",
                err);
}

static result find_by_reference(struct finding *finding, size_t index, struct err *err)
{
    const struct import_reference *reference = &finding->row->references[index];
    struct transaction *transaction = finding->sitting->transaction;
    struct arena scratch = *finding->sitting->arena;
    const struct lookup_hit *hits = NULL;
    size_t count = 0;
    const str text = lookup_identifier(reference->body.scheme, reference->body.issuer,
                                       reference->body.value, &scratch);
    TRY(text.at == NULL ? arena_full(err) : result_ok());
    TRY(transaction_lookup(transaction, text, &scratch, &hits, &count, err));
    finding->found.known[index] = count > 0;
    for (size_t i = 0; i < count; i++) {
        struct person_row person;
        TRY(transaction_person(transaction, hits[i].record, &scratch, &person, err));
        if (finding->found.person.id != 0 && finding->found.person.id != person.id) {
            return tell_several(finding, reference, err);
        }
        finding->found.person.id = person.id;
    }
    return result_ok();
}

static result check_new(struct finding *finding, struct err *err)
{
    if (finding->row->name.len == 0) {
        TRY(tell(finding, STR("name"), STR(""), "The name of somebody new is missing",
                 "Give the name as the other system has it.", err));
    }
    if (!finding->row->registered_on.known) {
        TRY(tell(finding, STR("registered_on"), STR(""),
                 "The day of registration of somebody new is missing",
                 "Give the day on which the person came into the procedure; it is not made up.",
                 err));
    }
    return result_ok();
}

static result check_known(struct finding *finding, struct err *err)
{
    const struct import_person *row = finding->row;
    struct person_row *person = &finding->found.person;
    TRY(transaction_person(finding->sitting->transaction, person->id, finding->sitting->arena,
                           person, err));
    if (row->registered_on.known && !date_equal(row->registered_on.day, person->registered_on)) {
        char text[DATE_TEXT_SIZE];
        date_format(row->registered_on.day, text);
        TRY(tell(finding, STR("registered_on"), str_from_c(text),
                 "The register has another day of registration for this person",
                 "A day of registration does not change. If it is the same person, leave the cell "
                 "blank.",
                 err));
    }
    if (row->born_on.known && date_before(person->registered_on, row->born_on.day)) {
        TRY(tell(finding, STR("born_on"), STR(""),
                 "The date of birth is after the day of registration", "Check the day.", err));
    }
    return result_ok();
}

result import_person_find(struct sitting *sitting, const struct import_person *row,
                          struct import_faults *faults, struct import_found *ret_found,
                          bool *ret_sound, struct err *err)
{
    struct finding finding = {.sitting = sitting, .row = row, .faults = faults, .sound = true};
    TRY(find_by_person(&finding, err));
    for (size_t i = 0; i < row->reference_count; i++) {
        TRY(find_by_reference(&finding, i, err));
    }
    if (finding.sound) {
        TRY(finding.found.person.id == 0 ? check_new(&finding, err) : check_known(&finding, err));
    }
    *ret_found = finding.found;
    *ret_sound = finding.sound;
    return result_ok();
}

/* --- somebody new who may be here already ----------------------------------------------------- */

/* Does one of the systems that the row names have another reference for this person? Then it holds
 * them to be two. */
static result is_another(struct sitting *sitting, const struct import_person *row,
                         const struct person_row *person, bool *ret_another, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct event *events = NULL;
    size_t count = 0;
    *ret_another = false;
    TRY(transaction_identifiers(sitting->transaction, person->id, &scratch, &events, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct identifier_recorded_body *theirs = &events[i].body.identifier_recorded;
        for (size_t k = 0; k < row->reference_count; k++) {
            const struct identifier_recorded_body *body = &row->references[k].body;
            *ret_another = *ret_another || (str_equal(theirs->scheme, body->scheme) &&
                                            str_equal(theirs->issuer, body->issuer));
        }
    }
    return result_ok();
}

result import_person_like(struct sitting *sitting, const struct import_person *row,
                          struct person_row *ret_person, struct err *err)
{
    const struct known_name name = {.name = row->name, .latin = row->latin};
    const struct person_row *people = NULL;
    size_t count = 0;
    *ret_person = (struct person_row){.id = 0};
    if (!row->born_on.known) {
        return result_ok();
    }
    TRY(likely_by_name(sitting, &name, row->born_on.day, &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool another = false;
        TRY(is_another(sitting, row, &people[i], &another, err));
        if (!another) {
            *ret_person = people[i];
            return result_ok();
        }
    }
    return result_ok();
}

static str stage_title(const struct rulebook *rulebook, str name)
{
    const uint32_t stage = rulebook_stage(rulebook, name);
    return stage == NOT_FOUND_INDEX ? name : rulebook->stages[stage].title;
}

result import_tell_like(struct sitting *sitting, const struct import_person *row,
                        const struct person_row *like, struct import_faults *faults,
                        struct err *err)
{
    struct err what = {0};
    const str stage = stage_title(sitting->casework->rulebook, like->stage);
    result_ignore(err_set(&what, ERROR_INPUT, "%.*s has this name and date of birth (%.*s)",
                          STR_ARG(like->reference), STR_ARG(stage)),
                  "it is told");
    result_ignore(err_hint(&what,
                           "If it is the same person, give %.*s in the column person: their own "
                           "record goes on. If you know that it is another, import with --new.",
                           STR_ARG(like->reference)),
                  "it is told");
    return import_fault(faults, row->row, STR("name"), row->name, &what, err);
}

/* --- what is news ----------------------------------------------------------------------------- */

/* News is what this source has not said before: a value that it gave last for the fact (and, when
 * the file says since when, for that day) is not news, even if the register has corrected it since;
 * nor is a value that counts on that day anyway. */
static bool is_news(const struct import_source *source, const struct import_fact *fact,
                    const struct fact_row *rows, size_t count, instant at)
{
    const str name = source->rulebook->facts[fact->fact].name;
    const struct fact_row *last = NULL;
    const struct fact_row *counts = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct fact_row *row = &rows[i];
        const bool same_day = !fact->has_day || date_equal(row->true_from, fact->true_from);
        if (!str_equal(row->fact, name) || !same_day) {
            continue;
        }
        const bool same_source = str_equal(row->source, source->name);
        last = same_source && (last == NULL || row->position > last->position) ? row : last;
        const size_t one = fact_rows_choose(row, 1, fact->true_from, at);
        counts = one == 0 ? row : counts; /* the rows are in the order in which they count */
    }
    const bool said = last != NULL && str_equal(last->value, fact->value);
    const bool holds = counts != NULL && str_equal(counts->value, fact->value);
    return !said && !holds;
}

static result compare_facts(struct sitting *sitting, const struct import_source *source,
                            const struct import_person *row, int64_t person, struct arena *arena,
                            struct import_addition *addition, struct err *err)
{
    const struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_fact_rows(sitting->transaction, SUBJECT_OF_PERSON, person, KNOWN_NOW, arena,
                              &rows, &count, err));
    for (size_t i = 0; i < row->fact_count; i++) {
        addition->facts[i] = is_news(source, &row->facts[i], rows, count, sitting->at);
        addition->fact_count += addition->facts[i] ? 1 : 0;
    }
    return result_ok();
}

static bool same_identity(const struct import_person *row, str name, struct known_day born_on)
{
    const bool same_name = row->name.len == 0 || str_equal(row->name, name);
    const bool same_day =
        !row->born_on.known || (born_on.known && date_equal(row->born_on.day, born_on.day));
    return same_name && same_day;
}

/* The identity that this source gave last: at registration, or as a correction of its own. */
static result source_said_so(struct sitting *sitting, const struct import_source *source,
                             const struct import_person *row, int64_t person, struct arena *arena,
                             bool *ret_said, struct err *err)
{
    enum { EVENTS_MAX = 100000 };
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, person, 0, EVENTS_MAX, arena,
                            &events, &count, err));
    *ret_said = false;
    for (size_t i = 0; i < count; i++) { /* newest first */
        const struct event *event = &events[i];
        if (event->kind == EVENT_IDENTITY_CORRECTED &&
            str_equal(event->body.identity_corrected.reason, source->name)) {
            *ret_said = same_identity(row, event->body.identity_corrected.name,
                                      event->body.identity_corrected.born_on);
            return result_ok();
        }
        if (event->kind == EVENT_PERSON_REGISTERED) {
            *ret_said = same_identity(row, event->body.person_registered.name,
                                      event->body.person_registered.born_on);
        }
    }
    return result_ok();
}

static result compare_identity(struct sitting *sitting, const struct import_source *source,
                               const struct import_person *row, const struct person_row *person,
                               struct arena *arena, bool *ret_corrects, struct err *err)
{
    struct identity identity = {.name = STR("")};
    bool said = false;
    *ret_corrects = false;
    if (row->name.len == 0 && !row->born_on.known) {
        return result_ok();
    }
    TRY(transaction_identity(sitting->transaction, person, arena, &identity, err));
    if (same_identity(row, identity.name, identity.born_on)) {
        return result_ok();
    }
    TRY(source_said_so(sitting, source, row, person->id, arena, &said, err));
    *ret_corrects = !said;
    return result_ok();
}

/* A contact is news when it is later than the last one on record. */
static bool contact_is_news(const struct import_person *row, const struct person_row *person)
{
    return row->contact_on.known && (!person->last_contact_on.known ||
                                     date_before(person->last_contact_on.day, row->contact_on.day));
}

/* Was this reference recorded of the person, and withdrawn since? */
static bool was_withdrawn(const struct event *events, size_t count,
                          const struct identifier_recorded_body *body, struct arena scratch)
{
    bool withdrawn = false;
    for (size_t i = 0; i < count; i++) {
        withdrawn =
            withdrawn || (events[i].kind == EVENT_IDENTIFIER_RECORDED &&
                          identifier_is_same(&events[i].body.identifier_recorded, body, scratch));
    }
    return withdrawn;
}

/* News is what nobody has. What the person had, and has no more, was taken back in the register. */
static result compare_references(struct sitting *sitting, const struct import_person *row,
                                 const struct import_found *found, struct arena *arena,
                                 struct import_addition *addition, struct err *err)
{
    struct arena scratch = *arena;
    const struct event *events = NULL;
    size_t count = 0;
    bool read = false;
    for (size_t i = 0; i < row->reference_count; i++) {
        if (found->known[i]) {
            continue;
        }
        if (!read && found->person.id != 0) {
            TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, found->person.id, 0, 0,
                                    &scratch, &events, &count, err));
            read = true;
        }
        addition->references[i] = !was_withdrawn(events, count, &row->references[i].body, scratch);
        addition->reference_count += addition->references[i] ? 1 : 0;
    }
    return result_ok();
}

static bool has_outcome(const struct rulebook *rulebook, const struct person_row *person)
{
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    return stage != NOT_FOUND_INDEX && rulebook->stages[stage].outcome;
}

static void all_is_news(const struct import_person *row, struct import_addition *addition)
{
    addition->is_new = true;
    addition->contact = row->contact_on.known;
    addition->fact_count = row->fact_count;
    for (size_t i = 0; i < row->fact_count; i++) {
        addition->facts[i] = true;
    }
}

result import_person_compare(struct sitting *sitting, const struct import_source *source,
                             const struct import_person *row, const struct import_found *found,
                             struct arena *arena, struct import_addition *ret_addition,
                             struct err *err)
{
    const struct person_row *person = &found->person;
    struct import_addition addition = {.facts = ARENA_NEW(arena, bool, row->fact_count + 1)};
    if (addition.facts == NULL) {
        return arena_full(err);
    }
    TRY(compare_references(sitting, row, found, arena, &addition, err));
    if (person->id == 0) {
        all_is_news(row, &addition);
    } else {
        addition.contact = contact_is_news(row, person);
        addition.other_stage = row->stage.len > 0 && !str_equal(row->stage, person->stage);
        TRY(compare_identity(sitting, source, row, person, arena, &addition.corrects, err));
        TRY(compare_facts(sitting, source, row, person->id, arena, &addition, err));
        addition.ended = (addition.other_stage || import_adds(&addition)) &&
                         has_outcome(source->rulebook, person);
    }
    *ret_addition = addition;
    return result_ok();
}

bool import_adds(const struct import_addition *addition)
{
    return addition->is_new || addition->corrects || addition->contact ||
           addition->fact_count > 0 || addition->reference_count > 0;
}

/* --- recording -------------------------------------------------------------------------------- */

static result append(struct sitting *sitting, int64_t person, date on, struct event *event,
                     struct err *err)
{
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = person;
    event->effective_on = on;
    return sitting_append(sitting, event, err);
}

static result append_registration(struct sitting *sitting, const struct import_person *row,
                                  int64_t *ret_person, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const str start = rulebook->stages[rulebook->start_stage].name;
    char reference[REFERENCE_SIZE];
    memcpy(reference, row->drawn, sizeof reference);
    if (reference[0] == '\0') {
        TRY(reference_draw(sitting, reference, err));
    }
    TRY(transaction_new_id(sitting->transaction, SUBJECT_OF_PERSON, ret_person, err));
    struct event event = {.kind = EVENT_PERSON_REGISTERED,
                          .body.person_registered = {
                              .reference = str_from_c(reference),
                              .name = row->name,
                              .latin = row->latin,
                              .born_on = row->born_on,
                              .stage = row->stage.len > 0 ? row->stage : start,
                              .stage_since = row->stage_since,
                          }};
    return append(sitting, *ret_person, row->registered_on.day, &event, err);
}

/* What the row leaves blank stays as it is. */
static result append_correction(struct sitting *sitting, const struct import_source *source,
                                const struct import_person *row, const struct person_row *person,
                                int64_t *ret_last, struct err *err)
{
    struct identity identity;
    str latin = STR("");
    TRY(transaction_identity(sitting->transaction, person, sitting->arena, &identity, err));
    TRY(latin_letters(identity.name, sitting->arena, &latin, err));
    latin = str_equal(latin, identity.name) ? STR("") : latin;
    struct event event = {.kind = EVENT_IDENTITY_CORRECTED,
                          .body.identity_corrected = {
                              .name = row->name.len > 0 ? row->name : identity.name,
                              .latin = row->name.len > 0 ? row->latin : latin,
                              .born_on = row->born_on.known ? row->born_on : identity.born_on,
                              .reason = source->name,
                          }};
    TRY(append(sitting, person->id, sitting->today, &event, err));
    return birth_follow(sitting, person->id, identity.born_on,
                        event.body.identity_corrected.born_on, source->name, ret_last, err);
}

static result append_references(struct sitting *sitting, const struct import_source *source,
                                const struct import_person *row,
                                const struct import_addition *addition, int64_t person,
                                struct err *err)
{
    for (size_t i = 0; i < row->reference_count; i++) {
        if (!addition->references[i]) {
            continue;
        }
        struct event event = {.kind = EVENT_IDENTIFIER_RECORDED,
                              .body.identifier_recorded = row->references[i].body};
        event.body.identifier_recorded.source = source->name;
        TRY(append(sitting, person, sitting->today, &event, err));
    }
    return result_ok();
}

static result append_facts(struct sitting *sitting, const struct import_source *source,
                           const struct import_person *row, const struct import_addition *addition,
                           int64_t person, int64_t *ret_last, struct err *err)
{
    for (size_t i = 0; i < row->fact_count; i++) {
        const struct import_fact *fact = &row->facts[i];
        if (!addition->facts[i]) {
            continue;
        }
        struct event event = {.kind = EVENT_FACT_RECORDED,
                              .body.fact_recorded = {
                                  .fact = source->rulebook->facts[fact->fact].name,
                                  .value = fact->value,
                                  .source = source->name,
                              }};
        TRY(append(sitting, person, fact->true_from, &event, err));
        *ret_last = event.position;
    }
    return result_ok();
}

/* Of somebody new all that is known stands in the row. */
static result is_searched(struct sitting *sitting, const struct import_source *source,
                          const struct import_person *row, const struct import_addition *addition,
                          int64_t person, bool *ret_searched, struct err *err)
{
    if (!addition->is_new) {
        return contact_is_searched(sitting, person, ret_searched, err);
    }
    *ret_searched = false;
    for (size_t i = 0; i < row->fact_count; i++) {
        const struct import_fact *fact = &row->facts[i];
        *ret_searched = *ret_searched || contact_says_searched(
                                             source->rulebook->facts[fact->fact].name, fact->value);
    }
    return result_ok();
}

static result append_contact(struct sitting *sitting, const struct import_source *source,
                             const struct import_person *row,
                             const struct import_addition *addition, int64_t person,
                             int64_t *ret_last, struct err *err)
{
    const struct confirmed_contact contact = {.on = row->contact_on.day,
                                              .source = row->contact_source,
                                              .known_from = source->name,
                                              .next_check_on = row->next_check_on,
                                              .is_first = addition->is_new};
    bool searched = false;
    TRY(is_searched(sitting, source, row, addition, person, &searched, err));
    return contact_append(sitting, person, &contact, searched, ret_last, err);
}

/* `cause`: the last fact or contact, 0 when there was none. Somebody new has no request that could
 * be live, and no family yet. */
static result review(struct sitting *sitting, const struct import_addition *addition,
                     int64_t person, int64_t cause, size_t *ret_stopped, struct err *err)
{
    *ret_stopped = 0;
    if (addition->is_new || cause == 0) {
        return result_ok();
    }
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person};
    struct stopped_list stopped = {.count = 0};
    TRY(recall_review(sitting, &touched, 1, cause, NULL, &stopped, err));
    *ret_stopped = stopped.count;
    return result_ok();
}

result import_person_record(struct sitting *sitting, const struct import_source *source,
                            const struct import_person *row, const struct import_found *found,
                            const struct import_addition *addition, size_t *ret_stopped,
                            struct err *err)
{
    int64_t person = found->person.id;
    int64_t last = 0;
    if (addition->is_new) {
        TRY(append_registration(sitting, row, &person, err));
    } else if (addition->corrects) {
        TRY(append_correction(sitting, source, row, &found->person, &last, err));
    }
    TRY(append_references(sitting, source, row, addition, person, err));
    TRY(append_facts(sitting, source, row, addition, person, &last, err));
    if (addition->contact) {
        TRY(append_contact(sitting, source, row, addition, person, &last, err));
    }
    return review(sitting, addition, person, last, ret_stopped, err);
}
