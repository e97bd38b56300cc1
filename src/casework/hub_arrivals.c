/* Commands of the desk about people: who arrived, who did not, who is there unexpected, and a
 * departure that did not happen. */
#include "casework/arrival.h"
#include "casework/days.h"
#include "casework/hub_work.h"
#include "casework/repeat.h"
#include "casework/text.h"
#include "register/reference.h"

static struct hub_work begin(const struct casework *casework, const struct caller *caller,
                             struct arena *arena, enum action action, str hub, str person)
{
    return (struct hub_work){.casework = casework,
                             .caller = caller,
                             .arena = arena,
                             .action = action,
                             .hub_name = hub,
                             .person_name = str_trim(person),
                             .text = STR(""),
                             .reason = STR("")};
}

/* --- arrived, or refused: by the rulebook's step ---------------------------------------------- */

struct arrival_work {
    struct step_work step; /* first: what the step needs */
    str hub;
    enum arrival_state outcome;
};

static result check_expected(const struct stay_row *stay, const struct person_row *person,
                             struct err *err)
{
    if (stay->arrival == ARRIVAL_EXPECTED || stay->arrival == ARRIVAL_MISSING) {
        return result_ok();
    }
    return err_set(err, ERROR_CONFLICT, "The arrival of %.*s is resolved already: %s",
                   STR_ARG(person->reference), arrival_state_name(stay->arrival));
}

static result find_step(struct sitting *sitting, const struct arrival_work *work,
                        const struct person_row *person, uint32_t *ret_step, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t step = arrival_step(rulebook, person->stage, work->outcome);
    if (step == NOT_FOUND_INDEX || rulebook->steps[step].approval_count > 0) {
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "No step by which an arrival is said to be \"%s\" leads from where "
                              "%.*s is",
                              arrival_state_name(work->outcome), STR_ARG(person->reference)),
                      "the hint follows");
        return err_hint(err, "Say what became of the arrival with a reason instead.");
    }
    *ret_step = step;
    return result_ok();
}

/* Repeated: the step taken then, whatever the stage is now. */
static bool same_arrival(const struct sitting *sitting, const struct event *before,
                         const struct person_row *person, enum arrival_state outcome)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const str name = before->kind == EVENT_STEP_TAKEN     ? before->body.step_taken.step
                     : before->kind == EVENT_STEP_REFUSED ? before->body.step_refused.step
                                                          : STR("");
    const uint32_t step = rulebook_step(rulebook, name);
    return before->subject_kind == SUBJECT_OF_PERSON && sitting->before_subject == person->id &&
           step != NOT_FOUND_INDEX && arrival_said_by(rulebook, &rulebook->steps[step]) == outcome;
}

static result take_arrival_step(struct sitting *sitting, struct arrival_work *work,
                                const struct person_row *person, const struct stay_row *stay,
                                struct err *err)
{
    uint32_t step = 0;
    TRY(check_expected(stay, person, err));
    TRY(find_step(sitting, work, person, &step, err));
    TRY(step_check_way(sitting, person, step, err));
    const bool with_hub = sitting->casework->rulebook->steps[step].with_hub;
    struct step_case judged;
    TRY(step_judge(sitting, &work->step, person, step, with_hub ? stay->hub : 0, NULL, &judged,
                   err));
    TRY(judged.clearance == CLEARANCE_CLEAR
            ? step_carry_out(sitting, &work->step, &judged, NULL, err)
            : step_refuse(sitting, &work->step, &judged, 0, err));
    return step_finish(sitting, &work->step, 0, person->id, err);
}

static result arrival_work(struct transaction *transaction, void *context, struct err *err)
{
    struct arrival_work *work = context;
    struct sitting sitting;
    struct event before = {.position = 0};
    struct hub_row hub = {.id = 0};
    struct person_row person = {.id = 0};
    struct stay_row stay = {.id = 0};
    TRY(sitting_record(&sitting, work->step.casework, transaction, work->step.caller,
                       ACTION_RUN_HUB, work->step.arena, &before, err));
    TRY(sitting_hub(&sitting, work->hub, ACTION_RUN_HUB, &hub, err));
    TRY(hub_person(&sitting, &hub, work->step.person, &person, &stay, err));
    if (before.position == 0) {
        return take_arrival_step(&sitting, work, &person, &stay, err);
    }
    return same_arrival(&sitting, &before, &person, work->outcome)
               ? step_answer_again(&sitting, &work->step, &before, 0, err)
               : sitting_client_id_taken(err);
}

result casework_arrival_at_hub(const struct casework *casework, const struct caller *caller,
                               str hub, str person, enum arrival_state outcome, struct arena *arena,
                               struct step_answer *ret_answer, struct err *err)
{
    ASSERT(outcome == ARRIVAL_ARRIVED || outcome == ARRIVAL_REFUSED);
    struct arrival_work work = {
        .step = {.casework = casework, .caller = caller, .arena = arena, .person = person},
        .hub = hub,
        .outcome = outcome};
    return step_run(&work.step, arrival_work, ret_answer, err);
}

/* --- what became of one that did not come ----------------------------------------------------- */

static result ask_resolve(struct sitting *sitting, struct hub_work *work, struct event *event,
                          struct err *err)
{
    (void)sitting;
    (void)err;
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = work->person.id;
    event->kind = EVENT_ARRIVAL_RESOLVED;
    event->body.arrival_resolved = (struct arrival_resolved_body){
        .stay = work->stay.id, .hub = work->hub.id, .outcome = work->text, .reason = work->reason};
    return result_ok();
}

static result carry_out_resolve(struct sitting *sitting, struct hub_work *work, struct event *event,
                                struct err *err)
{
    const enum arrival_state outcome = arrival_state_from_name(work->text);
    const bool by_step = outcome == ARRIVAL_ARRIVED || outcome == ARRIVAL_REFUSED;
    TRY(check_expected(&work->stay, &work->person, err));
    if (by_step && work->stay.left_event == 0 &&
        arrival_step(sitting->casework->rulebook, work->person.stage, outcome) != NOT_FOUND_INDEX) {
        return err_set(err, ERROR_CONFLICT,
                       "%.*s is placed at the hub: the hub confirms the arrival, or refuses it",
                       STR_ARG(work->person.reference));
    }
    TRY(hub_work_append(sitting, work, event, err));
    return arrival_account(sitting, &work->stay, outcome, work->reason, err);
}

result casework_resolve_arrival(const struct casework *casework, const struct caller *caller,
                                str hub, str person, enum arrival_state outcome, str reason,
                                struct arena *arena, struct record_answer *ret_answer,
                                struct err *err)
{
    if (outcome <= ARRIVAL_EXPECTED || outcome >= ARRIVAL_STATES) {
        result_ignore(err_set(err, ERROR_INPUT, "This is not what becomes of an expected arrival"),
                      "the hint follows");
        return err_hint(err, "It is one of: arrived, refused, never_left, missing.");
    }
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RESOLVE_ARRIVAL, hub, person);
    TRY(text_line_required("The person's reference", person, 64, err));
    work.text = str_from_c(arrival_state_name(outcome));
    work.reason = str_trim(reason);
    work.ask = ask_resolve;
    work.carry_out = carry_out_resolve;
    return hub_work_run(&work, ret_answer, err);
}

static result ask_hand_over(struct sitting *sitting, struct hub_work *work, struct event *event,
                            struct err *err)
{
    struct err failure = {0};
    int64_t id = 0;
    if (!transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT, work->text, &id, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND
                   ? err_set(err, ERROR_INPUT, "There is no account of that name")
                   : err_set(err, failure.code, "%s", failure.what);
    }
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = work->person.id;
    event->kind = EVENT_ARRIVAL_HANDED_OVER;
    event->body.arrival_handed_over = (struct arrival_handed_over_body){
        .stay = work->stay.id, .hub = work->hub.id, .owner = id, .reason = work->reason};
    return result_ok();
}

static result carry_out_hand_over(struct sitting *sitting, struct hub_work *work,
                                  struct event *event, struct err *err)
{
    struct account_row owner;
    TRY(transaction_account(sitting->transaction, event->body.arrival_handed_over.owner,
                            sitting->arena, &owner, err));
    if (!may_everywhere(&owner, ACTION_RESOLVE_ARRIVAL)) {
        return err_set(err, ERROR_INPUT,
                       "An arrival is answered for by somebody who may say what became of it");
    }
    TRY(check_expected(&work->stay, &work->person, err));
    return hub_work_append(sitting, work, event, err);
}

result casework_hand_over_arrival(const struct casework *casework, const struct caller *caller,
                                  str hub, str person, str owner, str reason, struct arena *arena,
                                  struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The person's reference", person, 64, err));
    TRY(text_line_required("The account", owner, NAME_MAX_BYTES, err));
    TRY(text_line("The reason", reason, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RESOLVE_ARRIVAL, hub, person);
    work.text = str_trim(owner);
    work.reason = str_trim(reason);
    work.ask = ask_hand_over;
    work.carry_out = carry_out_hand_over;
    return hub_work_run(&work, ret_answer, err);
}

/* --- unexpected ------------------------------------------------------------------------------- */

/* Whom the hub's words name, if it is somebody with a stay at this hub: 0 for everybody else, in or
 * out of the register, so that nothing is given away. */
static result known_here(struct sitting *sitting, const struct hub_row *hub, str named,
                         struct person_row *ret_person, struct stay_row *ret_stay, struct err *err)
{
    char text[REFERENCE_SIZE];
    *ret_person = (struct person_row){.id = 0};
    *ret_stay = (struct stay_row){.id = 0};
    if (!reference_read(named, text, NULL).ok) {
        return result_ok();
    }
    struct err failure = {0};
    if (!hub_person(sitting, hub, named, ret_person, ret_stay, &failure).ok) {
        *ret_person = (struct person_row){.id = 0};
        return failure.code == ERROR_NOT_FOUND ? result_ok()
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    return result_ok();
}

static result ask_unexpected(struct sitting *sitting, struct hub_work *work, struct event *event,
                             struct err *err)
{
    const struct unexpected_entry *entry = work->entry;
    const str named = str_trim(entry->named);
    struct person_row person = {.id = 0};
    struct stay_row stay = {.id = 0};
    TRY(known_here(sitting, &work->hub, named, &person, &stay, err));
    event->kind = EVENT_UNEXPECTED_ARRIVAL;
    event->effective_on = entry->seen_on;
    event->body.unexpected_arrival = (struct unexpected_arrival_body){
        .person = person.id, .named = named, .description = str_trim(entry->description)};
    return result_ok();
}

static result carry_out_unexpected(struct sitting *sitting, struct hub_work *work,
                                   struct event *event, struct err *err)
{
    const struct unexpected_entry *entry = work->entry;
    struct person_row person = {.id = 0};
    struct stay_row stay = {.id = 0};
    TRY(days_check("The day on which somebody was seen", entry->seen_on, DAYS_HAPPENED,
                   sitting->today, err));
    TRY(known_here(sitting, &work->hub, str_trim(entry->named), &person, &stay, err));
    if (stay.id != 0 && stay.arrival == ARRIVAL_EXPECTED) {
        result_ignore(err_set(err, ERROR_CONFLICT, "The arrival of %.*s is expected",
                              STR_ARG(person.reference)),
                      "the hint follows");
        return err_hint(err, "Confirm the arrival, or refuse it.");
    }
    if (stay.id != 0 && stay.left_event == 0) {
        return err_set(err, ERROR_CONFLICT, "%.*s is placed at the hub already",
                       STR_ARG(person.reference));
    }
    return hub_work_append(sitting, work, event, err);
}

result casework_unexpected_arrival(const struct casework *casework, const struct caller *caller,
                                   str hub, const struct unexpected_entry *entry,
                                   struct arena *arena, struct record_answer *ret_answer,
                                   struct err *err)
{
    TRY(text_line("The name", entry->named, NAME_MAX_BYTES, err));
    TRY(text_line_required("The description", entry->description, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RUN_HUB, hub, STR(""));
    work.entry = entry;
    work.ask = ask_unexpected;
    work.carry_out = carry_out_unexpected;
    return hub_work_run(&work, ret_answer, err);
}

struct explained {
    str person;
    str outcome;
};

static result ask_explained(struct sitting *sitting, struct hub_work *work, struct event *event,
                            struct err *err)
{
    const struct explained *explained = work->entry;
    struct person_row person = {.id = 0};
    if (explained->person.len > 0) {
        TRY(sitting_person(sitting, explained->person, ACTION_RESOLVE_ARRIVAL, &person, err));
    }
    event->kind = EVENT_UNEXPECTED_RESOLVED;
    event->body.unexpected_resolved =
        (struct unexpected_resolved_body){.arrival = work->number,
                                          .person = person.id,
                                          .outcome = explained->outcome,
                                          .reason = work->reason};
    return result_ok();
}

static result carry_out_explained(struct sitting *sitting, struct hub_work *work,
                                  struct event *event, struct err *err)
{
    struct err failure = {0};
    struct unexpected_row row = {.id = 0};
    const result found =
        transaction_unexpected(sitting->transaction, work->number, sitting->arena, &row, &failure);
    if (!found.ok && failure.code != ERROR_NOT_FOUND) {
        return err_set(err, failure.code, "%s", failure.what);
    }
    if (!found.ok || row.hub != work->hub.id) {
        return err_set(err, ERROR_NOT_FOUND, "There is no unexpected arrival %lld at the hub %.*s",
                       (long long)work->number, STR_ARG(work->hub.reference));
    }
    return hub_work_append(sitting, work, event, err);
}

result casework_resolve_unexpected(const struct casework *casework, const struct caller *caller,
                                   str hub, int64_t arrival, str person, str outcome, str reason,
                                   struct arena *arena, struct record_answer *ret_answer,
                                   struct err *err)
{
    TRY(text_line_required("What became of it", outcome, NAME_MAX_BYTES, err));
    TRY(text_line("The reason", reason, SOURCE_MAX_BYTES, err));
    const struct explained explained = {.person = str_trim(person), .outcome = str_trim(outcome)};
    struct hub_work work = begin(casework, caller, arena, ACTION_RESOLVE_ARRIVAL, hub, STR(""));
    work.number = arrival;
    work.entry = &explained;
    work.reason = str_trim(reason);
    work.ask = ask_explained;
    work.carry_out = carry_out_explained;
    return hub_work_run(&work, ret_answer, err);
}

/* --- a departure that did not happen ---------------------------------------------------------- */

static result ask_cancel(struct sitting *sitting, struct hub_work *work, struct event *event,
                         struct err *err)
{
    (void)sitting;
    (void)err;
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = work->person.id;
    event->kind = EVENT_DEPARTURE_CANCELLED;
    event->body.departure_cancelled = (struct departure_cancelled_body){
        .to = STR(""), .hub = work->hub.id, .reason = work->reason};
    return result_ok();
}

/* Withdrawn already, by somebody who saw the mistake? */
static bool is_withdrawn(const struct event *history, size_t count, int64_t position)
{
    for (size_t i = 0; i < count; i++) {
        if (history[i].kind == EVENT_FACT_WITHDRAWN &&
            history[i].body.fact_withdrawn.event == position) {
            return true;
        }
    }
    return false;
}

/* What the step recorded of the person is not true. */
static result withdraw_records(struct sitting *sitting, struct hub_work *work,
                               const struct event *departure, struct err *err)
{
    struct done_before done = {.count = 0};
    const struct event *history = NULL;
    size_t count = 0;
    TRY(repeat_events(sitting, departure, &done, err));
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, work->person.id, 0, 0,
                            sitting->arena, &history, &count, err));
    for (size_t i = 0; i < done.count; i++) {
        const struct event *record = &done.events[i];
        bool theirs = false;
        if (record->kind == EVENT_FACT_RECORDED && record->subject_kind == SUBJECT_OF_PERSON) {
            TRY(sitting_is_person(sitting, record->subject, work->person.id, &theirs, err));
        }
        if (!theirs || is_withdrawn(history, count, record->position)) {
            continue;
        }
        struct event event = {
            .subject_kind = SUBJECT_OF_PERSON,
            .subject = work->person.id,
            .kind = EVENT_FACT_WITHDRAWN,
            .effective_on = sitting->today,
            .body.fact_withdrawn = {.event = record->position, .reason = work->reason}};
        TRY(hub_work_append(sitting, work, &event, err));
    }
    return result_ok();
}

static result refuse_cancel(const struct hub_work *work, struct err *err)
{
    return err_set(err, ERROR_CONFLICT,
                   "%.*s did not leave the hub %.*s, or something has happened to them since",
                   STR_ARG(work->person.reference), STR_ARG(work->hub.reference));
}

static result carry_out_cancel(struct sitting *sitting, struct hub_work *work, struct event *event,
                               struct err *err)
{
    struct departure_cancelled_body *body = &event->body.departure_cancelled;
    struct event departure = {.position = 0};
    struct place_need need = {.known = false};
    if (work->stay.left_event == 0 || work->person.stage_event != work->stay.left_event) {
        return refuse_cancel(work, err);
    }
    TRY(transaction_event(sitting->transaction, work->stay.left_event, sitting->arena, &departure,
                          err));
    bool theirs = false;
    TRY(sitting_is_person(sitting, departure.subject, work->person.id, &theirs, err));
    if (departure.kind != EVENT_STEP_TAKEN || !theirs) {
        return refuse_cancel(work, err);
    }
    TRY(hub_need(sitting, work->person.id, &need.kind, &need.known, err));
    TRY(places_choose(sitting, &work->person, &need, work->hub.id, 0, &body->place, err));
    body->event = departure.position;
    body->stay = work->stay.id;
    body->to = departure.body.step_taken.from;
    TRY(hub_work_append(sitting, work, event, err));
    return withdraw_records(sitting, work, &departure, err);
}

result casework_cancel_departure(const struct casework *casework, const struct caller *caller,
                                 str hub, str person, str reason, struct arena *arena,
                                 struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The person's reference", person, 64, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RUN_HUB, hub, person);
    work.reason = str_trim(reason);
    work.ask = ask_cancel;
    work.carry_out = carry_out_cancel;
    work.reviewed = true;
    return hub_work_run(&work, ret_answer, err);
}
