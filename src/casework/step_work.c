#include "casework/step_work.h"

#include "casework/arrival.h"
#include "casework/book_clocks.h"
#include "casework/book_work.h"
#include "casework/contact.h"
#include "casework/foretold.h"
#include "casework/past.h"
#include "casework/refusal.h"
#include "casework/repeat.h"
#include "casework/returning.h"
#include "casework/text.h"

/* --- what may be asked ------------------------------------------------------------------------ */

static result hint_possible(const struct rulebook *rulebook, const struct person_row *person,
                            uint32_t stage, struct err *err)
{
    const str title = stage == NOT_FOUND_INDEX ? person->stage : rulebook->stages[stage].title;
    char names[240];
    size_t len = 0;
    for (size_t i = 0; stage != NOT_FOUND_INDEX && i < rulebook->step_count; i++) {
        if (rulebook_step_leaves(rulebook, &rulebook->steps[i], stage) &&
            !str_list_add(names, sizeof names, &len, rulebook->steps[i].name)) {
            break;
        }
    }
    return len == 0 ? err_hint(err, "No step leads from \"%.*s\".", STR_ARG(title))
                    : err_hint(err, "From \"%.*s\" these steps lead: %.*s.", STR_ARG(title),
                               (int)len, names);
}

static result check_foretold(struct sitting *sitting, const struct person_row *person,
                             uint32_t step, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct arena scratch = *sitting->arena;
    struct sitting reading = *sitting;
    struct foretold foretold;
    reading.arena = &scratch;
    TRY(foretold_against(&reading, person, step, &foretold, err));
    if (foretold.entry == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The entry %lld in the books foretells \"%.*s\" for %.*s, and after that "
                          "\"%.*s\" does not lead on",
                          (long long)foretold.entry, STR_ARG(rulebook->steps[foretold.step].title),
                          STR_ARG(person->reference), STR_ARG(rulebook->steps[step].title)),
                  "the hint follows");
    return foretold_hint(rulebook, foretold.kind, foretold.step, err);
}

result step_check_way(struct sitting *sitting, const struct person_row *person, uint32_t step,
                      struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    if (stage != NOT_FOUND_INDEX && rulebook_step_leaves(rulebook, &rulebook->steps[step], stage)) {
        return check_foretold(sitting, person, step, err);
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "%.*s is in a stage from which \"%.*s\" does not lead",
                          STR_ARG(person->reference), STR_ARG(rulebook->steps[step].title)),
                  "the hint follows");
    return hint_possible(rulebook, person, stage, err);
}

result step_of_request(const struct sitting *sitting, const struct request_row *request,
                       uint32_t *ret_step, struct err *err)
{
    const uint32_t step = rulebook_step(sitting->casework->rulebook, request->step);
    if (step == NOT_FOUND_INDEX) {
        return err_set(err, ERROR_CONFLICT, "The rulebook has no step \"%.*s\" any more",
                       STR_ARG(request->step));
    }
    *ret_step = step;
    return result_ok();
}

/* --- judging ---------------------------------------------------------------------------------- */

static result put_in_place(const struct rulebook *rulebook, str name, enum fact_type type, str text,
                           struct arena *arena, struct value *values, struct err *err)
{
    const uint32_t fact = rulebook_fact(rulebook, name);
    return fact == NOT_FOUND_INDEX || rulebook->facts[fact].type != type
               ? result_ok()
               : value_parse(rulebook, &rulebook->facts[fact], text, arena, &values[fact], err);
}

static result follow_plan(struct sitting *sitting, const struct departure_plan *plan,
                          struct value *values, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    char day[DATE_TEXT_SIZE];
    date_format(plan->on, day);
    TRY(put_in_place(rulebook, DEPARTURE_DESTINATION_FACT, FACT_COUNTRY, plan->destination,
                     sitting->arena, values, err));
    return put_in_place(rulebook, DEPARTURE_ON_FACT, FACT_DATE, str_from_c(day), sitting->arena,
                        values, err);
}

result step_judge(struct sitting *sitting, struct step_work *work, const struct person_row *person,
                  uint32_t step, int64_t hub, const struct departure_plan *plan,
                  struct step_case *ret_case, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct step_case judged = {
        .step = step, .rule = &rulebook->steps[step], .person = *person, .hub = hub};
    const struct case_time now = case_now(sitting);
    TRY(case_for_step(sitting, person, step, hub, &now, &judged.loaded, err));
    if (plan != NULL) {
        TRY(follow_plan(sitting, plan, judged.loaded.person.values, err));
    }
    judged.need = place_need_of(rulebook, judged.loaded.person.values);
    judged.each = ARENA_NEW(sitting->arena, enum clearance, judged.rule->safeguard_count + 1);
    if (judged.each == NULL) {
        return arena_full(err);
    }
    const struct question *question = &judged.loaded.view.question;
    judged.clearance = judge_step(rulebook, step, question, judged.each);
    TRY(case_relied_on(rulebook, step, question, sitting->arena, &judged.relied_on, err));
    work->judged = true;
    work->question = *question;
    work->step = step;
    *ret_case = judged;
    return result_ok();
}

result step_refuse(struct sitting *sitting, struct step_work *work, const struct step_case *judged,
                   int64_t request, struct err *err)
{
    ASSERT(judged->clearance != CLEARANCE_CLEAR);
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = judged->person.id,
        .kind = EVENT_STEP_REFUSED,
        .effective_on = sitting->today,
        .body.step_refused = {.request = request,
                              .step = judged->rule->name,
                              .hub = judged->hub,
                              .rulebook = sitting->rulebook},
    };
    TRY(stopping_names(sitting->casework->rulebook, judged->step, judged->each, sitting->arena,
                       &event.body.step_refused.safeguards, err));
    TRY(sitting_append(sitting, &event, err));
    work->answer.refused = true;
    work->answer.event = event.position;
    return result_ok();
}

/* --- taking ----------------------------------------------------------------------------------- */

/* The place convention of STEP_TAKEN (event.def). */
static result place_of_step(struct sitting *sitting, const struct step_case *judged,
                            const struct request_row *request, int64_t *ret_place, struct err *err)
{
    switch (judged->rule->place) {
    case STEP_PLACE_NONE:
        *ret_place = 0;
        return result_ok();
    case STEP_PLACE_FREES:
        *ret_place = judged->person.hub != 0 ? -1 : 0;
        return result_ok();
    case STEP_PLACE_TAKES:
        break;
    }
    if (request != NULL && request->place > 0) {
        *ret_place = request->place;
        return places_check_held(sitting, request, &judged->need, err);
    }
    return places_choose(sitting, &judged->person, &judged->need, judged->hub,
                         request == NULL ? 0 : request->id, ret_place, err);
}

result step_move(struct sitting *sitting, const struct step_case *judged,
                 const struct request_row *request, int64_t *ret_taken, struct err *err)
{
    ASSERT(judged->clearance == CLEARANCE_CLEAR);
    ASSERT(request == NULL || request->state == REQUEST_APPROVED);
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct step *step = judged->rule;
    int64_t place = 0;
    TRY(place_of_step(sitting, judged, request, &place, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = judged->person.id,
        .kind = EVENT_STEP_TAKEN,
        .effective_on = sitting->today,
        .body.step_taken = {.request = request == NULL ? 0 : request->id,
                            .step = step->name,
                            .from = judged->person.stage,
                            .to = step->same_stage ? judged->person.stage
                                                   : rulebook->stages[step->to].name,
                            .hub = judged->hub,
                            .agreement = judged->loaded.view.agreement.id,
                            .place = place,
                            .rulebook = sitting->rulebook,
                            .relied_on = judged->relied_on},
    };
    if (place > 0) {
        event.body.step_taken.arrival_expected_on =
            arrival_expected_on(rulebook, judged->loaded.person.values, sitting->today);
    }
    TRY(sitting_append(sitting, &event, err));
    *ret_taken = event.position;
    return arrival_follow_step(sitting, judged, &event, err);
}

static int64_t subject_of_record(const struct step_case *judged, enum subject subject,
                                 enum subject_kind *ret_kind)
{
    switch (subject) {
    case SUBJECT_PERSON:
        break;
    case SUBJECT_HUB:
        *ret_kind = SUBJECT_OF_HUB;
        return judged->hub;
    case SUBJECT_AGREEMENT:
        *ret_kind = SUBJECT_OF_AGREEMENT;
        return judged->loaded.view.agreement.id;
    }
    *ret_kind = SUBJECT_OF_PERSON;
    return judged->person.id;
}

/* Who is found, or seen, by a step is in contact: as on the page, and the law is told as much. */
static result confirm_contact(struct sitting *sitting, const struct step_case *judged,
                              int64_t *cause, struct err *err)
{
    const struct confirmed_contact contact = {
        .on = sitting->today, .source = judged->rule->title, .known_from = judged->rule->title};
    bool searched = false;
    TRY(contact_is_searched(sitting, judged->person.id, &searched, err));
    return contact_append(sitting, judged->person.id, &contact, searched, cause, err);
}

/* The `records` of a step: facts like any other, whose source is the step. */
static result append_record(struct sitting *sitting, const struct step_case *judged,
                            const struct step_record *record, int64_t *cause, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const struct fact *fact = &rulebook->facts[record->fact];
    const str opens = book_opens(rulebook, record);
    struct event event = {
        .kind = EVENT_FACT_RECORDED,
        .effective_on = sitting->today,
        .body.fact_recorded = {.fact = fact->name, .source = judged->rule->title},
    };
    event.subject = subject_of_record(judged, fact->subject, &event.subject_kind);
    if (event.subject == 0) {
        return result_ok(); /* a step without a hub has no hub to record of */
    }
    if (record->today && contact_is_day_of(fact)) {
        return confirm_contact(sitting, judged, cause, err);
    }
    const struct value today = value_date(sitting->today);
    struct buf buf;
    buf_init(&buf, sitting->arena, 4096);
    value_format(fact, record->today ? &today : &record->value, &buf);
    TRY(buf_finish(&buf, &event.body.fact_recorded.value, err));
    TRY(sitting_append(sitting, &event, err));
    *cause = event.position;
    return opens.len > 0
               ? book_open_by_step(sitting, &judged->person, judged->hub, judged->rule, opens, err)
               : result_ok();
}

result step_record(struct sitting *sitting, const struct step_case *judged, int64_t *cause,
                   struct err *err)
{
    for (size_t i = 0; i < judged->rule->record_count; i++) {
        TRY(append_record(sitting, judged, &judged->rule->records[i], cause, err));
    }
    return result_ok();
}

static bool records_of(const struct rulebook *rulebook, const struct step *step,
                       enum subject subject)
{
    for (size_t i = 0; i < step->record_count; i++) {
        if (rulebook->facts[step->records[i].fact].subject == subject) {
            return true;
        }
    }
    return false;
}

result step_review(struct sitting *sitting, const struct step_case *judged, int64_t cause,
                   const struct recall_moved *moved, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct touched touched[3] = {{SUBJECT_OF_PERSON, judged->person.id}};
    size_t count = 1;
    if (judged->hub != 0 && records_of(rulebook, judged->rule, SUBJECT_HUB)) {
        touched[count++] = (struct touched){SUBJECT_OF_HUB, judged->hub};
    }
    if (judged->loaded.view.agreement.id != 0 &&
        records_of(rulebook, judged->rule, SUBJECT_AGREEMENT)) {
        touched[count++] = (struct touched){SUBJECT_OF_AGREEMENT, judged->loaded.view.agreement.id};
    }
    struct stopped_list stopped;
    return recall_review(sitting, touched, count, cause, moved, &stopped, err);
}

/* Does the step say what became of a journey: somebody arrived, was refused, or came back? */
static bool ends_journey(const struct rulebook *rulebook, const struct step_case *judged)
{
    const uint32_t from = rulebook_stage(rulebook, judged->person.stage);
    return arrival_said_by(rulebook, judged->rule) != 0 ||
           returning_leads_back(rulebook, judged->rule, from);
}

result step_carry_out(struct sitting *sitting, struct step_work *work,
                      const struct step_case *judged, const struct request_row *request,
                      struct err *err)
{
    int64_t taken = 0;
    TRY(step_move(sitting, judged, request, &taken, err));
    work->answer.event = taken;
    int64_t cause = taken;
    sitting->at.milliseconds++; /* see sitting.h: the step was judged without what follows */
    TRY(step_record(sitting, judged, &cause, err));
    const struct recall_moved moved = {.people = &judged->person.id, .count = 1};
    return step_review(sitting, judged, cause,
                       ends_journey(sitting->casework->rulebook, judged) ? &moved : NULL, err);
}

/* --- the answer ------------------------------------------------------------------------------- */

result step_finish(struct sitting *sitting, struct step_work *work, int64_t request, int64_t person,
                   struct err *err)
{
    TRY(transaction_person(sitting->transaction, person, sitting->arena, &work->answer.person,
                           err));
    work->answer.request = (struct request_row){.step = STR("")};
    return request == 0 ? result_ok()
                        : transaction_request(sitting->transaction, request, sitting->arena,
                                              &work->answer.request, err);
}

static result explain(struct step_work *work, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    struct step_answer *answer = &work->answer;
    answer->refusal = STR("");
    if (!work->judged) {
        answer->explanation = (struct explanation){
            .step = rulebook_step(rulebook, answer->request.step), .clearance = CLEARANCE_UNKNOWN};
        return result_ok();
    }
    TRY(explain_step(rulebook, work->step, &work->question, work->arena, &answer->explanation,
                     err));
    if (!answer->refused) {
        return result_ok();
    }
    if (answer->explanation.clearance == CLEARANCE_CLEAR) {
        /* An old refusal, repeated under a rulebook that has changed since. */
        answer->refusal = STR("The step was not allowed when it was asked for.");
        return result_ok();
    }
    return refusal_text(rulebook, &answer->explanation, work->arena, &answer->refusal, err);
}

result step_run(struct step_work *work, store_work *function, struct step_answer *ret_answer,
                struct err *err)
{
    TRY(store_write(work->casework->store, function, work, err));
    TRY(explain(work, err));
    *ret_answer = work->answer;
    return result_ok();
}

/* --- again ------------------------------------------------------------------------------------ */

static struct request_row request_then(const struct past *past, int64_t request)
{
    for (size_t i = 0; i < past->request_count; i++) {
        if (past->requests[i].id == request) {
            return past->requests[i];
        }
    }
    return (struct request_row){.step = STR("")};
}

result step_state_before(struct sitting *sitting, const struct event *event, int64_t request,
                         enum request_state *ret_state, struct err *err)
{
    struct past past;
    TRY(past_person(sitting, event->subject, event->position - 1, event->recorded_at, &past, err));
    *ret_state = request_then(&past, request).state;
    return result_ok();
}

/* The step and the hub that an event judged; false for one that judged nothing. */
static bool judged_by(const struct event *event, const struct request_row *request, str *ret_step,
                      int64_t *ret_hub)
{
    const bool judging = event->kind == EVENT_STEP_REQUESTED || event->kind == EVENT_STEP_REFUSED ||
                         event->kind == EVENT_STEP_APPROVED || event->kind == EVENT_STEP_TAKEN;
    const bool refused = event->kind == EVENT_STEP_REFUSED;
    const bool taken = event->kind == EVENT_STEP_TAKEN;
    *ret_step = refused ? event->body.step_refused.step
                : taken ? event->body.step_taken.step
                        : request->step;
    *ret_hub = refused ? event->body.step_refused.hub
               : taken ? event->body.step_taken.hub
                       : request->hub;
    return judging;
}

static result judged_again(struct sitting *sitting, struct step_work *work,
                           const struct event *before, struct err *err)
{
    str name;
    int64_t hub = 0;
    if (!judged_by(before, &work->answer.request, &name, &hub)) {
        return result_ok();
    }
    const uint32_t step = rulebook_step(sitting->casework->rulebook, name);
    if (step == NOT_FOUND_INDEX) {
        return result_ok();
    }
    const struct case_time then = {
        .on = before->effective_on, .known_at = before->recorded_at, .past = true};
    struct loaded_case loaded;
    TRY(case_for_step(sitting, &work->answer.person, step, hub, &then, &loaded, err));
    work->judged = true;
    work->question = loaded.view.question;
    work->step = step;
    return result_ok();
}

result step_answer_again(struct sitting *sitting, struct step_work *work,
                         const struct event *before, int64_t request, struct err *err)
{
    struct done_before done;
    TRY(repeat_events(sitting, before, &done, err));
    const struct event *last = &done.events[done.count - 1];
    struct past past;
    TRY(past_person(sitting, before->subject, last->position, last->recorded_at, &past, err));
    work->answer.person = past.person;
    work->answer.request = request_then(&past, request);
    work->answer.event = before->position;
    work->answer.refused = before->kind == EVENT_STEP_REFUSED;
    work->answer.repeated = true;
    return judged_again(sitting, work, before, err);
}
