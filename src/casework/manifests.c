#include "casework/manifests.h"

#include "casework/days.h"
#include "casework/facts.h"
#include "casework/manifest_work.h"
#include "casework/repeat.h"
#include "casework/stopping.h"
#include "casework/text.h"

/* --- finding ---------------------------------------------------------------------------------- */

bool manifest_may(const struct sitting *sitting, const struct manifest_row *manifest,
                  enum action action)
{
    const struct access_object object = {.hubs = &manifest->hub, .hub_count = 1};
    return may(&sitting->account, action, &object);
}

result manifest_find(struct sitting *sitting, str reference, enum action action,
                     struct manifest_row *ret_manifest, struct err *err)
{
    char text[MANIFEST_REFERENCE_SIZE];
    struct err failure = {0};
    int64_t id = 0;
    struct manifest_row row = {0};
    TRY(manifest_reference_read(reference, text, err));
    const result found = transaction_find(sitting->transaction, SUBJECT_OF_MANIFEST,
                                          str_from_c(text), &id, &failure);
    if (!found.ok && failure.code != ERROR_NOT_FOUND) {
        return err_set(err, failure.code, "%s", failure.what);
    }
    if (found.ok) {
        TRY(transaction_manifest(sitting->transaction, id, sitting->arena, &row, err));
    }
    if (!found.ok || !manifest_may(sitting, &row, action)) {
        return sitting_no_such(err, "manifest", str_from_c(text));
    }
    *ret_manifest = row;
    return result_ok();
}

result manifest_append(struct sitting *sitting, int64_t manifest, struct event *event,
                       struct err *err)
{
    event->subject_kind = SUBJECT_OF_MANIFEST;
    event->subject = manifest;
    event->effective_on = sitting->today;
    return sitting_append(sitting, event, err);
}

bool manifest_step_leaves(const struct rulebook *rulebook, uint32_t step,
                          const struct person_row *person)
{
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    return step != NOT_FOUND_INDEX && stage != NOT_FOUND_INDEX &&
           rulebook_step_leaves(rulebook, &rulebook->steps[step], stage);
}

result manifest_entry(struct sitting *sitting, const struct manifest_row *manifest,
                      const struct person_row *person, struct manifest_entry_row *ret_entry,
                      struct err *err)
{
    struct manifest_entry_row entry = {0};
    TRY(transaction_manifest_entry_of(sitting->transaction, person->id, &entry, err));
    if (entry.manifest != manifest->id) {
        return err_set(err, ERROR_NOT_FOUND, "%.*s is not on the manifest %.*s",
                       STR_ARG(person->reference), STR_ARG(manifest->reference));
    }
    *ret_entry = entry;
    return result_ok();
}

/* --- what is typed ---------------------------------------------------------------------------- */

static result check_details(struct manifest_details *details, struct err *err)
{
    details->carrier = str_trim(details->carrier);
    details->route = str_trim(details->route);
    details->escort_roles = str_trim(details->escort_roles);
    TRY(text_line("The carrier", details->carrier, SOURCE_MAX_BYTES, err));
    TRY(text_line("The route", details->route, SOURCE_MAX_BYTES, err));
    TRY(text_line("The tasks of the escorts", details->escort_roles, SOURCE_MAX_BYTES, err));
    return details->escorts >= 0 && details->escorts <= MANIFEST_ESCORTS_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The number of escorts is between 0 and %d",
                         MANIFEST_ESCORTS_MAX);
}

/* Not of a command that is repeated: it was ahead then. */
static result check_ahead(const struct casework *casework, instant departs_at, struct err *err)
{
    const instant now = system_now(casework->system);
    if (departs_at.milliseconds <= now.milliseconds) {
        return err_set(err, ERROR_INPUT, "The departure lies ahead, within a year");
    }
    return days_check_instant("The day of departure", departs_at, DAYS_ARRANGED, instant_date(now),
                              err);
}

struct manifest_command {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    struct new_manifest wanted; /* of a change: the details only */
    str text;                   /* a reason, a remark */
    instant departed_at;
    enum event_kind kind;
    struct arena *arena;
    struct manifest_row row;
    struct manifest_departed departed;
};

static result find_lead(struct sitting *sitting, str username, int64_t *ret_lead, struct err *err)
{
    struct account_row lead = sitting->account;
    struct err failure = {0};
    int64_t id = 0;
    if (username.len > 0) {
        if (!transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT, username, &id, &failure)
                 .ok) {
            return failure.code == ERROR_NOT_FOUND ? sitting_no_such_account(err, username)
                                                   : err_set(err, failure.code, "%s", failure.what);
        }
        TRY(transaction_account(sitting->transaction, id, sitting->arena, &lead, err));
    }
    if (lead.closed || !may_everywhere(&lead, ACTION_ACKNOWLEDGE_STOP)) {
        return err_set(err, ERROR_INPUT, "The account %.*s cannot lead a departure",
                       STR_ARG(lead.username));
    }
    *ret_lead = lead.id;
    return result_ok();
}

/* --- opening ---------------------------------------------------------------------------------- */

static result check_step(const struct sitting *sitting, const struct manifest_command *command,
                         const struct step **ret_step, struct err *err)
{
    uint32_t index = 0;
    TRY(sitting_step(sitting, command->wanted.step, &index, err));
    const struct step *step = &sitting->casework->rulebook->steps[index];
    if (step->approval_count == 0) {
        return err_set(err, ERROR_INPUT,
                       "\"%.*s\" needs no approval, so nobody boards a manifest by it",
                       STR_ARG(step->title));
    }
    if (step->with_hub != (command->wanted.hub.len > 0)) {
        return err_set(err, ERROR_INPUT,
                       step->with_hub ? "\"%.*s\" needs a hub" : "\"%.*s\" is about no hub",
                       STR_ARG(step->title));
    }
    *ret_step = step;
    return result_ok();
}

/* The country of the hub, as its facts say. */
static result country_of_hub(struct sitting *sitting, int64_t hub, str *ret_country,
                             struct err *err)
{
    const struct case_time now = case_now(sitting);
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t fact = rulebook_fact(rulebook, STR("hub.country"));
    struct subject_facts facts;
    *ret_country = STR("");
    if (fact == NOT_FOUND_INDEX) {
        return result_ok();
    }
    TRY(facts_load(sitting, SUBJECT_OF_HUB, hub, &now, &facts, err));
    if (facts.values[fact].known) {
        *ret_country = facts.rows[fact]->value;
    }
    return result_ok();
}

static result check_destination(const struct sitting *sitting, str destination, struct err *err)
{
    uint16_t code = 0;
    const struct rulebook *rulebook = sitting->casework->rulebook;
    for (size_t i = 0; country_parse(destination, &code) && i < rulebook->country_count; i++) {
        if (rulebook->countries[i].code == code) {
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_INPUT, "The manifest needs a destination"),
                  "the hint follows");
    return err_hint(err, "Give the three letters of a country of the rulebook, for example ALB.");
}

static result find_destination(struct sitting *sitting, struct manifest_command *command,
                               int64_t hub, str *ret_destination, struct err *err)
{
    str destination = str_trim(command->wanted.destination);
    if (destination.len == 0 && hub != 0) {
        TRY(country_of_hub(sitting, hub, &destination, err));
    }
    TRY(check_destination(sitting, destination, err));
    *ret_destination = destination;
    return result_ok();
}

static bool same_opening(const struct event *before, const struct manifest_opened_body *wanted)
{
    const struct manifest_opened_body *body = &before->body.manifest_opened;
    return before->kind == EVENT_MANIFEST_OPENED && str_equal(body->step, wanted->step) &&
           body->hub == wanted->hub && str_equal(body->destination, wanted->destination) &&
           body->departs_at_ms == wanted->departs_at_ms &&
           str_equal(body->carrier, wanted->carrier) && str_equal(body->route, wanted->route) &&
           body->escorts == wanted->escorts && body->lead == wanted->lead;
}

static str new_reference(const struct sitting *sitting)
{
    const struct system *system = sitting->casework->system;
    char text[MANIFEST_REFERENCE_SIZE];
    uint32_t random = 0;
    system->entropy(system->context, &random, sizeof random);
    manifest_reference_make(random & 0x3FFFFFFF, text);
    return arena_copy(sitting->arena, str_from_c(text));
}

static result append_opening(struct sitting *sitting, struct manifest_command *command,
                             const struct event *before, struct manifest_opened_body *body,
                             struct err *err)
{
    if (before->position != 0) {
        return same_opening(before, body)
                   ? transaction_manifest(sitting->transaction, before->subject, command->arena,
                                          &command->row, err)
                   : sitting_client_id_taken(err);
    }
    TRY(check_ahead(sitting->casework, command->wanted.details.departs_at, err));
    struct event event = {.kind = EVENT_MANIFEST_OPENED, .body.manifest_opened = *body};
    event.body.manifest_opened.reference = new_reference(sitting);
    if (event.body.manifest_opened.reference.at == NULL) {
        return arena_full(err);
    }
    int64_t id = 0;
    TRY(transaction_new_id(sitting->transaction, SUBJECT_OF_MANIFEST, &id, err));
    TRY(manifest_append(sitting, id, &event, err));
    return transaction_manifest(sitting->transaction, id, command->arena, &command->row, err);
}

static result open_work(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_command *command = context;
    const struct manifest_details *details = &command->wanted.details;
    struct sitting sitting;
    struct event before;
    struct hub_row hub = {.id = 0};
    const struct step *step = NULL;
    TRY(sitting_record(&sitting, command->casework, transaction, command->caller,
                       ACTION_PREPARE_MANIFEST, command->arena, &before, err));
    TRY(check_step(&sitting, command, &step, err));
    if (step->with_hub) {
        TRY(sitting_hub(&sitting, command->wanted.hub, ACTION_SEE_HUB, &hub, err));
    }
    struct manifest_opened_body body = {.step = step->name,
                                        .hub = hub.id,
                                        .departs_at_ms = details->departs_at.milliseconds,
                                        .carrier = details->carrier,
                                        .route = details->route,
                                        .escorts = details->escorts,
                                        .escort_roles = details->escort_roles};
    TRY(find_destination(&sitting, command, hub.id, &body.destination, err));
    TRY(find_lead(&sitting, details->lead, &body.lead, err));
    return append_opening(&sitting, command, &before, &body, err);
}

result casework_open_manifest(const struct casework *casework, const struct caller *caller,
                              const struct new_manifest *manifest, struct arena *arena,
                              struct manifest_row *ret_manifest, struct err *err)
{
    struct manifest_command command = {
        .casework = casework, .caller = caller, .wanted = *manifest, .arena = arena};
    command.wanted.hub = str_trim(manifest->hub);
    TRY(check_details(&command.wanted.details, err));
    TRY(store_write(casework->store, open_work, &command, err));
    *ret_manifest = command.row;
    return result_ok();
}

/* --- changing, cancelling, leaving, closing --------------------------------------------------- */

static result change_body(struct sitting *sitting, const struct manifest_command *command,
                          struct event *event, struct err *err)
{
    const struct manifest_details *details = &command->wanted.details;
    struct manifest_changed_body body = {.departs_at_ms = details->departs_at.milliseconds,
                                         .carrier = details->carrier,
                                         .route = details->route,
                                         .escorts = details->escorts,
                                         .escort_roles = details->escort_roles,
                                         .reason = command->text};
    TRY(find_lead(sitting, details->lead, &body.lead, err));
    event->body.manifest_changed = body;
    return result_ok();
}

static result body_of(struct sitting *sitting, const struct manifest_command *command,
                      struct event *event, struct err *err)
{
    switch ((int)command->kind) {
    case EVENT_MANIFEST_CHANGED:
        return change_body(sitting, command, event, err);
    case EVENT_MANIFEST_CANCELLED:
        event->body.manifest_cancelled.reason = command->text;
        return result_ok();
    case EVENT_MANIFEST_DEPARTED:
        event->body.manifest_departed.departed_at_ms = command->departed_at.milliseconds;
        return result_ok();
    default:
        ASSERT(command->kind == EVENT_MANIFEST_CLOSED);
        event->body.manifest_closed.remark = command->text;
        return result_ok();
    }
}

/* Much earlier than planned is a slip of the pen. */
static result check_instant(const struct manifest_row *row, const struct manifest_command *command,
                            struct err *err)
{
    const int64_t left = command->departed_at.milliseconds;
    const int64_t earliest = row->departs_at.milliseconds - INT64_C(86400000);
    if (command->kind == EVENT_MANIFEST_CHANGED) {
        return check_ahead(command->casework, command->wanted.details.departs_at, err);
    }
    if (command->kind != EVENT_MANIFEST_DEPARTED) {
        return result_ok();
    }
    return left < earliest || left > system_now(command->casework->system).milliseconds
               ? err_set(err, ERROR_INPUT,
                         "It left not later than now, and at most a day earlier than planned")
               : result_ok();
}

static bool changes_nothing(const struct manifest_row *row, const struct event *event)
{
    const struct manifest_changed_body *body = &event->body.manifest_changed;
    return event->kind == EVENT_MANIFEST_CHANGED &&
           body->departs_at_ms == row->departs_at.milliseconds &&
           str_equal(body->carrier, row->carrier) && str_equal(body->route, row->route) &&
           body->escorts == row->escorts && str_equal(body->escort_roles, row->escort_roles) &&
           body->lead == row->lead;
}

/* Whoever is aboard, and in sight for the action: all of them, or those who were called back. */
static result see_aboard(struct sitting *sitting, int64_t manifest, enum action action,
                         bool called_back, const str **ret_references, size_t *ret_count,
                         struct err *err)
{
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    TRY(transaction_manifest_entries(sitting->transaction, manifest, sitting->arena, &entries,
                                     &count, err));
    str *references = ARENA_NEW(sitting->arena, str, count + 1);
    if (references == NULL) {
        return arena_full(err);
    }
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct person_row person;
        bool in_sight = false;
        if (entries[i].state == ENTRY_BOARDED && (entries[i].recalled || !called_back)) {
            TRY(transaction_person(sitting->transaction, entries[i].person, sitting->arena, &person,
                                   err));
            TRY(sitting_may_person(sitting, &person, action, &in_sight, err));
        }
        if (in_sight) {
            references[(*ret_count)++] = person.reference;
        }
    }
    *ret_references = references;
    return result_ok();
}

result manifest_aboard(struct sitting *sitting, const struct manifest_row *row, size_t *ret_count,
                       struct err *err)
{
    const str *references = NULL;
    return see_aboard(sitting, row->id, ACTION_ACCOUNT_ABOARD, false, &references, ret_count, err);
}

/* It stays open for whoever is aboard; who they are is told to those alone who see them. */
static result append_closing(struct sitting *sitting, const struct manifest_row *row,
                             struct event *event, struct err *err)
{
    size_t seen = 0;
    TRY(manifest_aboard(sitting, row, &seen, err));
    const result closed = manifest_append(sitting, row->id, event, err);
    return closed.ok || row->aboard == (int64_t)seen
               ? closed
               : err_hint(err, "Some are out of your sight: whoever sees them accounts for them.");
}

static result change_work(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_command *command = context;
    const bool before_boarding =
        command->kind == EVENT_MANIFEST_CHANGED || command->kind == EVENT_MANIFEST_CANCELLED;
    struct sitting sitting;
    struct event before;
    struct manifest_row row = {0};
    TRY(sitting_record(&sitting, command->casework, transaction, command->caller,
                       before_boarding ? ACTION_PREPARE_MANIFEST : ACTION_BOARD_MANIFEST,
                       command->arena, &before, err));
    TRY(manifest_find(&sitting, command->reference,
                      before_boarding ? ACTION_PREPARE_MANIFEST : ACTION_BOARD_MANIFEST, &row,
                      err));
    struct event event = {.kind = command->kind};
    TRY(body_of(&sitting, command, &event, err));
    if (before.position != 0) {
        TRY(before.subject == row.id ? repeat_same(&before, &event, *command->arena, err)
                                     : sitting_client_id_taken(err));
    } else {
        TRY(check_instant(&row, command, err));
        if (changes_nothing(&row, &event)) {
            return sitting_nothing_new(err);
        }
        TRY(event.kind == EVENT_MANIFEST_CLOSED ? append_closing(&sitting, &row, &event, err)
                                                : manifest_append(&sitting, row.id, &event, err));
    }
    if (command->kind == EVENT_MANIFEST_DEPARTED) {
        /* Said at once: the lead of the escort can be told, and the destination. */
        TRY(see_aboard(&sitting, row.id, ACTION_SEE_MANIFEST, true, &command->departed.called_back,
                       &command->departed.called_back_count, err));
    }
    return transaction_manifest(transaction, row.id, command->arena, &command->row, err);
}

static result change(struct manifest_command *command, struct manifest_row *ret_manifest,
                     struct err *err)
{
    TRY(store_write(command->casework->store, change_work, command, err));
    *ret_manifest = command->row;
    return result_ok();
}

result casework_change_manifest(const struct casework *casework, const struct caller *caller,
                                str manifest, const struct manifest_details *details, str reason,
                                struct arena *arena, struct manifest_row *ret_manifest,
                                struct err *err)
{
    struct manifest_command command = {.casework = casework,
                                       .caller = caller,
                                       .reference = manifest,
                                       .wanted.details = *details,
                                       .text = str_trim(reason),
                                       .kind = EVENT_MANIFEST_CHANGED,
                                       .arena = arena};
    TRY(text_line_required("The reason", command.text, SOURCE_MAX_BYTES, err));
    TRY(check_details(&command.wanted.details, err));
    return change(&command, ret_manifest, err);
}

result casework_cancel_manifest(const struct casework *casework, const struct caller *caller,
                                str manifest, str reason, struct arena *arena,
                                struct manifest_row *ret_manifest, struct err *err)
{
    struct manifest_command command = {.casework = casework,
                                       .caller = caller,
                                       .reference = manifest,
                                       .text = str_trim(reason),
                                       .kind = EVENT_MANIFEST_CANCELLED,
                                       .arena = arena};
    TRY(text_line_required("The reason", command.text, SOURCE_MAX_BYTES, err));
    return change(&command, ret_manifest, err);
}

result casework_depart_manifest(const struct casework *casework, const struct caller *caller,
                                str manifest, instant departed_at, struct arena *arena,
                                struct manifest_departed *ret_departed, struct err *err)
{
    struct manifest_command command = {.casework = casework,
                                       .caller = caller,
                                       .reference = manifest,
                                       .departed_at = departed_at,
                                       .kind = EVENT_MANIFEST_DEPARTED,
                                       .arena = arena};
    TRY(change(&command, &command.departed.manifest, err));
    *ret_departed = command.departed;
    return result_ok();
}

result casework_close_manifest(const struct casework *casework, const struct caller *caller,
                               str manifest, str remark, struct arena *arena,
                               struct manifest_row *ret_manifest, struct err *err)
{
    struct manifest_command command = {.casework = casework,
                                       .caller = caller,
                                       .reference = manifest,
                                       .text = str_trim(remark),
                                       .kind = EVENT_MANIFEST_CLOSED,
                                       .arena = arena};
    TRY(text_line("The remark", command.text, SOURCE_MAX_BYTES, err));
    return change(&command, ret_manifest, err);
}
