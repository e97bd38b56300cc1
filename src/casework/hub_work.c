#include "casework/hub_work.h"

#include "casework/facts.h"
#include "casework/recall.h"
#include "casework/repeat.h"
#include "casework/text.h"
#include "register/reference.h"

/* --- who and where ---------------------------------------------------------------------------- */

static result read_reference(str typed, str *ret_written, struct arena *arena, struct err *err)
{
    char text[REFERENCE_SIZE];
    TRY(text_line_required("The person's reference", typed, 64, err));
    TRY(reference_read(str_trim(typed), text, err));
    *ret_written = arena_copy(arena, str_from_c(text));
    return ret_written->at == NULL ? arena_full(err) : result_ok();
}

result hub_person(struct sitting *sitting, const struct hub_row *hub, str reference,
                  struct person_row *ret_person, struct stay_row *ret_stay, struct err *err)
{
    str written = STR("");
    int64_t id = 0;
    TRY(read_reference(reference, &written, sitting->arena, err));
    struct err failure = {0};
    if (!transaction_find(sitting->transaction, SUBJECT_OF_PERSON, written, &id, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND ? sitting_no_such(err, "person", written)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    const struct stay_row *stays = NULL;
    size_t count = 0;
    bool hidden = false;
    TRY(transaction_person(sitting->transaction, id, sitting->arena, ret_person, err));
    TRY(sitting_hides(sitting, ret_person, ACTION_RUN_HUB, &hidden, err));
    TRY(transaction_stays_of_person(sitting->transaction, id, sitting->arena, &stays, &count, err));
    for (size_t i = 0; !hidden && i < count; i++) {
        if (stays[i].hub == hub->id) {
            *ret_stay = stays[i];
            return result_ok();
        }
    }
    return sitting_no_such(err, "person", written);
}

result hub_check_kind(const struct rulebook *rulebook, str kind, struct err *err)
{
    const uint32_t fact = place_need_fact(rulebook);
    if (fact == NOT_FOUND_INDEX) {
        return kind.len == 0 ? result_ok()
                             : err_set(err, ERROR_INPUT, "The rulebook knows no kinds of places");
    }
    char kinds[240];
    size_t len = 0;
    for (size_t i = 0; i < rulebook->facts[fact].choice_count; i++) {
        if (str_equal(rulebook->facts[fact].choices[i], kind)) {
            return result_ok();
        }
        if (!str_list_add(kinds, sizeof kinds, &len, rulebook->facts[fact].choices[i])) {
            break;
        }
    }
    result_ignore(err_set(err, ERROR_INPUT, "This is not a kind of place"), "the hint follows");
    return err_hint(err, "It is one of: %.*s.", (int)len, kinds);
}

result hub_need(struct sitting *sitting, int64_t person, str *ret_kind, bool *ret_known,
                struct err *err)
{
    const struct case_time now = case_now(sitting);
    struct subject_facts facts;
    TRY(facts_load(sitting, SUBJECT_OF_PERSON, person, &now, &facts, err));
    const struct place_need need = place_need_of(sitting->casework->rulebook, facts.values);
    *ret_kind = need.kind;
    *ret_known = need.known;
    return result_ok();
}

/* --- was it done before? ---------------------------------------------------------------------- */

/* What the register itself chose or counted is not part of what was asked for: it is made equal. */
static void forget_chosen(struct event *then, const struct event *asked)
{
    switch ((int)then->kind) {
    case EVENT_PLACES_PREBOOKED:
        then->body.places_prebooked.places = asked->body.places_prebooked.places;
        break;
    case EVENT_PREBOOKING_GIVEN:
        then->body.prebooking_given.place = asked->body.prebooking_given.place;
        break;
    case EVENT_HUB_REPORTED:
        then->body.hub_reported.counted_in_use = 0;
        then->body.hub_reported.counted_out_of_use = 0;
        then->body.hub_reported.counted_in_use_of_kind.count = 0;
        then->body.hub_reported.counted_out_of_use_of_kind.count = 0;
        break;
    case EVENT_HUB_REPORT_EXPLAINED:
        then->body.hub_report_explained.report = asked->body.hub_report_explained.report;
        break;
    case EVENT_PLACE_CHANGED:
        then->body.place_changed.place = asked->body.place_changed.place == 0
                                             ? 0 /* any was asked for */
                                             : then->body.place_changed.place;
        break;
    case EVENT_DEPARTURE_CANCELLED:
        then->body.departure_cancelled =
            (struct departure_cancelled_body){.to = STR(""),
                                              .hub = then->body.departure_cancelled.hub,
                                              .reason = then->body.departure_cancelled.reason};
        break;
    case EVENT_UNEXPECTED_ARRIVAL: /* whom the words name is somebody at the hub, or not yet */
        then->body.unexpected_arrival.person = asked->body.unexpected_arrival.person;
        break;
    case EVENT_ARRIVAL_RESOLVED:
        then->body.arrival_resolved.stay = asked->body.arrival_resolved.stay;
        break;
    case EVENT_ARRIVAL_HANDED_OVER:
        then->body.arrival_handed_over.stay = asked->body.arrival_handed_over.stay;
        break;
    default:
        break;
    }
}

static result same_command(const struct sitting *sitting, const struct event *before,
                           const struct event *asked, struct arena *arena, bool *ret_same,
                           struct err *err)
{
    struct event then = *before;
    str texts[2] = {STR(""), STR("")};
    *ret_same = before->kind == asked->kind && before->subject_kind == asked->subject_kind &&
                sitting->before_subject == asked->subject;
    if (!*ret_same) {
        return result_ok();
    }
    forget_chosen(&then, asked);
    TRY(event_write_body(&then, arena, &texts[0], err));
    TRY(event_write_body(asked, arena, &texts[1], err));
    *ret_same = str_equal(texts[0], texts[1]);
    return result_ok();
}

static result answer_again(struct sitting *sitting, struct hub_work *work,
                           const struct event *before, const struct event *asked, struct err *err)
{
    bool same = false;
    TRY(same_command(sitting, before, asked, work->arena, &same, err));
    if (!same) {
        return sitting_client_id_taken(err);
    }
    struct done_before done = {.count = 0};
    TRY(repeat_events(sitting, before, &done, err));
    return repeat_record_answer(sitting, &done, &work->answer, err);
}

/* --- the work --------------------------------------------------------------------------------- */

result hub_work_append(struct sitting *sitting, struct hub_work *work, struct event *event,
                       struct err *err)
{
    if (work->event_count == HUB_WORK_EVENTS_MAX) {
        return err_set(err, ERROR_LIMIT, "One command would record more than %d things",
                       HUB_WORK_EVENTS_MAX);
    }
    TRY(sitting_append(sitting, event, err));
    work->events[work->event_count++] = event->position;
    return result_ok();
}

static result list_events(struct hub_work *work, struct err *err)
{
    ASSERT(work->event_count > 0);
    int64_t *events = ARENA_NEW(work->arena, int64_t, work->event_count);
    if (events == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->event_count; i++) {
        events[i] = work->events[i];
    }
    work->answer = (struct record_answer){.events = events, .event_count = work->event_count};
    return result_ok();
}

/* Judges again what the command concerns. The stops that it made itself are told with the others:
 * all are on record now. */
static result review(struct sitting *sitting, struct hub_work *work, struct err *err)
{
    struct touched touched[2] = {{SUBJECT_OF_HUB, work->hub.id}};
    size_t count = 1;
    if (work->person.id != 0) {
        touched[count++] = (struct touched){SUBJECT_OF_PERSON, work->person.id};
    }
    struct stopped_list stopped = {.count = 0};
    struct event first = {.position = 0};
    struct done_before done = {.count = 0};
    const struct recall_moved moved = {.people = &work->person.id,
                                       .count = work->person.id != 0 ? 1 : 0};
    TRY(recall_review(sitting, touched, count, work->events[work->event_count - 1], &moved,
                      &stopped, err));
    TRY(transaction_event(sitting->transaction, work->events[0], work->arena, &first, err));
    TRY(repeat_events(sitting, &first, &done, err));
    TRY(repeat_stopped(sitting, &done, &stopped, err));
    work->answer.stopped = stopped.items;
    work->answer.stopped_count = stopped.count;
    return result_ok();
}

static result run(struct transaction *transaction, void *context, struct err *err)
{
    struct hub_work *work = context;
    struct sitting sitting;
    struct event before = {.position = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, work->action,
                       work->arena, &before, err));
    TRY(sitting_hub(&sitting, work->hub_name, work->action, &work->hub, err));
    if (work->person_name.len > 0) {
        TRY(hub_person(&sitting, &work->hub, work->person_name, &work->person, &work->stay, err));
    }
    struct event event = {
        .subject_kind = SUBJECT_OF_HUB, .subject = work->hub.id, .effective_on = sitting.today};
    TRY(work->ask(&sitting, work, &event, err));
    if (before.position != 0) {
        return answer_again(&sitting, work, &before, &event, err);
    }
    TRY(work->carry_out == NULL ? hub_work_append(&sitting, work, &event, err)
                                : work->carry_out(&sitting, work, &event, err));
    TRY(list_events(work, err));
    return work->reviewed ? review(&sitting, work, err) : result_ok();
}

result hub_work_run(struct hub_work *work, struct record_answer *ret_answer, struct err *err)
{
    TRY(store_write(work->casework->store, run, work, err));
    *ret_answer = work->answer;
    return result_ok();
}
