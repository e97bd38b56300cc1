/* Commands of the desk about places: kinds, out of use and back, another place, prebookings. */
#include "casework/days.h"
#include "casework/hub_work.h"
#include "casework/places.h"
#include "casework/stopping.h"
#include "casework/text.h"

static struct hub_work begin(const struct casework *casework, const struct caller *caller,
                             struct arena *arena, enum action action, str hub)
{
    return (struct hub_work){.casework = casework,
                             .caller = caller,
                             .arena = arena,
                             .action = action,
                             .hub_name = hub,
                             .person_name = STR(""),
                             .text = STR(""),
                             .reason = STR("")};
}

static result check_place(int64_t place, struct err *err)
{
    return place >= 1 && place <= HUB_PLACES_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "Places have numbers from 1 to %d", HUB_PLACES_MAX);
}

/* --- kinds ------------------------------------------------------------------------------------ */

struct kind_entry {
    str kind;
    int64_t first;
    int64_t last;
};

static result ask_kind(struct sitting *sitting, struct hub_work *work, struct event *event,
                       struct err *err)
{
    (void)err;
    (void)sitting;
    const struct kind_entry *entry = work->entry;
    event->kind = EVENT_PLACES_OF_KIND;
    event->body.places_of_kind = (struct places_of_kind_body){
        .kind = entry->kind, .first = entry->first, .last = entry->last, .reason = work->reason};
    return result_ok();
}

result casework_places_of_kind(const struct casework *casework, const struct caller *caller,
                               str hub, str kind, int64_t first, int64_t last, str reason,
                               struct arena *arena, struct record_answer *ret_answer,
                               struct err *err)
{
    TRY(hub_check_kind(casework->rulebook, str_trim(kind), err));
    TRY(check_place(first, err));
    TRY(check_place(last, err));
    TRY(text_line("The reason", reason, SOURCE_MAX_BYTES, err));
    if (last < first) {
        return err_set(err, ERROR_INPUT, "The last place comes before the first");
    }
    const struct kind_entry entry = {.kind = str_trim(kind), .first = first, .last = last};
    struct hub_work work = begin(casework, caller, arena, ACTION_RUN_HUB, hub);
    work.entry = &entry;
    work.reason = str_trim(reason);
    work.ask = ask_kind;
    work.reviewed = true;
    return hub_work_run(&work, ret_answer, err);
}

/* --- out of use, and back --------------------------------------------------------------------- */

static result ask_out(struct sitting *sitting, struct hub_work *work, struct event *event,
                      struct err *err)
{
    const struct out_of_use_entry *entry = work->entry;
    (void)sitting;
    (void)err;
    event->kind = EVENT_PLACE_OUT_OF_USE;
    event->body.place_out_of_use =
        (struct place_out_of_use_body){.place = entry->place,
                                       .reason = str_trim(entry->reason),
                                       .words = str_trim(entry->words),
                                       .expected_back_on = entry->expected_back_on};
    return result_ok();
}

static result find_place(struct sitting *sitting, int64_t hub, int64_t number,
                         struct place_row *ret_row, struct err *err)
{
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_places(sitting->transaction, hub, sitting->arena, &rows, &count, err));
    if (number < 1 || (size_t)number > count) {
        return err_set(err, ERROR_INPUT, "The hub has no place %lld", (long long)number);
    }
    *ret_row = rows[number - 1];
    return result_ok();
}

/* The request whose place is gone holds another one of the same kind, or is over. */
static result replace_held(struct sitting *sitting, struct hub_work *work,
                           const struct place_row *lost, const struct event *cause, struct err *err)
{
    int64_t place = 0;
    TRY(transaction_free_place(sitting->transaction, lost->hub, lost->kind, sitting->today, &place,
                               err));
    if (place == 0) {
        struct request_row request = {.id = 0};
        TRY(transaction_request(sitting->transaction, lost->request, sitting->arena, &request,
                                err));
        return stopping_without_place(sitting, &request, cause->position, err);
    }
    struct event moved = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = lost->person,
                          .kind = EVENT_PLACE_CHANGED,
                          .effective_on = sitting->today,
                          .body.place_changed = {.request = lost->request,
                                                 .hub = lost->hub,
                                                 .place = place,
                                                 .reason = cause->body.place_out_of_use.reason}};
    return hub_work_append(sitting, work, &moved, err);
}

static result refuse_slept_in(const struct place_row *row, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT, "Somebody is at place %lld", (long long)row->number),
                  "the hint follows");
    return err_hint(err, "Give them another place first, then take this one out of use.");
}

static result check_back(const struct sitting *sitting, struct known_day back_on, struct err *err)
{
    if (back_on.known && date_before(back_on.day, sitting->today)) {
        return err_set(err, ERROR_INPUT, "The day on which it is expected back is over");
    }
    return back_on.known ? days_check("The day on which it is expected back", back_on.day,
                                      DAYS_HOLDS, sitting->today, err)
                         : result_ok();
}

static result carry_out_out(struct sitting *sitting, struct hub_work *work, struct event *event,
                            struct err *err)
{
    struct place_row before = {.hub = 0};
    TRY(check_back(sitting, event->body.place_out_of_use.expected_back_on, err));
    TRY(find_place(sitting, work->hub.id, event->body.place_out_of_use.place, &before, err));
    if (before.state == PLACE_OCCUPIED) {
        return refuse_slept_in(&before, err);
    }
    TRY(hub_work_append(sitting, work, event, err));
    return before.state == PLACE_HELD ? replace_held(sitting, work, &before, event, err)
                                      : result_ok();
}

static result check_reason(const struct out_of_use_entry *entry, struct err *err)
{
    enum out_of_use reason;
    if (!out_of_use_from_name(str_trim(entry->reason), &reason)) {
        char names[240];
        size_t len = 0;
        for (int i = 0; i < OUT_OF_USE_COUNT; i++) {
            if (!str_list_add(names, sizeof names, &len,
                              str_from_c(out_of_use_name((enum out_of_use)i)))) {
                break;
            }
        }
        result_ignore(
            err_set(err, ERROR_INPUT, "This is not a reason for a place to be out of use"),
            "the hint follows");
        return err_hint(err, "It is one of: %.*s.", (int)len, names);
    }
    return reason == OUT_OTHER
               ? text_line_required("What the other reason is", entry->words, SOURCE_MAX_BYTES, err)
               : text_line("The reason in words", entry->words, SOURCE_MAX_BYTES, err);
}

result casework_place_out_of_use(const struct casework *casework, const struct caller *caller,
                                 str hub, const struct out_of_use_entry *entry, struct arena *arena,
                                 struct record_answer *ret_answer, struct err *err)
{
    TRY(check_place(entry->place, err));
    TRY(check_reason(entry, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RUN_HUB, hub);
    work.entry = entry;
    work.ask = ask_out;
    work.carry_out = carry_out_out;
    work.reviewed = true;
    return hub_work_run(&work, ret_answer, err);
}

static result ask_back(struct sitting *sitting, struct hub_work *work, struct event *event,
                       struct err *err)
{
    (void)sitting;
    (void)err;
    event->kind = EVENT_PLACE_BACK_IN_USE;
    event->body.place_back_in_use =
        (struct place_back_in_use_body){.place = work->number, .words = work->reason};
    return result_ok();
}

result casework_place_back_in_use(const struct casework *casework, const struct caller *caller,
                                  str hub, int64_t place, str words, struct arena *arena,
                                  struct record_answer *ret_answer, struct err *err)
{
    TRY(check_place(place, err));
    TRY(text_line("The words", words, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RUN_HUB, hub);
    work.number = place;
    work.reason = str_trim(words);
    work.ask = ask_back;
    return hub_work_run(&work, ret_answer, err);
}

/* --- another place ---------------------------------------------------------------------------- */

static result ask_change(struct sitting *sitting, struct hub_work *work, struct event *event,
                         struct err *err)
{
    (void)sitting;
    (void)err;
    event->subject_kind = SUBJECT_OF_PERSON;
    event->subject = work->person.id;
    event->kind = EVENT_PLACE_CHANGED;
    event->body.place_changed = (struct place_changed_body){
        .hub = work->hub.id, .place = work->number, .reason = work->reason};
    return result_ok();
}

/* A place that is named must fit as one that is chosen must. */
static result fits(struct sitting *sitting, const struct hub_work *work,
                   const struct place_need *need, struct err *err)
{
    struct place_row row = {.hub = 0};
    TRY(find_place(sitting, work->hub.id, work->number, &row, err));
    return need->known && str_equal(row.kind, need->kind)
               ? result_ok()
               : places_refuse_kind(sitting, &row, need, err);
}

static result carry_out_change(struct sitting *sitting, struct hub_work *work, struct event *event,
                               struct err *err)
{
    struct place_need need = {.known = false};
    if (work->person.hub != work->hub.id) {
        return err_set(err, ERROR_CONFLICT, "%.*s is not placed at the hub %.*s",
                       STR_ARG(work->person.reference), STR_ARG(work->hub.reference));
    }
    TRY(hub_need(sitting, work->person.id, &need.kind, &need.known, err));
    TRY(work->number != 0 ? fits(sitting, work, &need, err)
                          : places_choose(sitting, &work->person, &need, work->hub.id, 0,
                                          &event->body.place_changed.place, err));
    return hub_work_append(sitting, work, event, err);
}

result casework_change_place(const struct casework *casework, const struct caller *caller, str hub,
                             str person, int64_t place, str reason, struct arena *arena,
                             struct record_answer *ret_answer, struct err *err)
{
    TRY(place == 0 ? result_ok() : check_place(place, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_RUN_HUB, hub);
    work.person_name = str_trim(person);
    work.number = place;
    work.reason = str_trim(reason);
    work.ask = ask_change;
    work.carry_out = carry_out_change;
    work.reviewed = true;
    return hub_work_run(&work, ret_answer, err);
}

/* --- prebookings ------------------------------------------------------------------------------ */

/* A live request for a place of this hub. */
static result find_request(struct sitting *sitting, const struct hub_work *work, int64_t id,
                           struct request_row *ret_request, struct err *err)
{
    struct request_row request = {.id = 0};
    struct person_row person = {.id = 0};
    TRY(sitting_request(sitting, id, work->action, &request, &person, err));
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t step = rulebook_step(rulebook, request.step);
    if (request.hub != work->hub.id || step == NOT_FOUND_INDEX ||
        rulebook->steps[step].place != STEP_PLACE_TAKES) {
        return err_set(err, ERROR_CONFLICT, "The request %lld asks for no place at the hub %.*s",
                       (long long)id, STR_ARG(work->hub.reference));
    }
    *ret_request = request;
    return result_ok();
}

static result check_waits(const struct request_row *request, struct err *err)
{
    return request->state == REQUEST_OPEN && request->place == 0
               ? result_ok()
               : err_set(err, ERROR_CONFLICT,
                         "The request %lld is %s: a place is prebooked only for one that waits for "
                         "an approval",
                         (long long)request->id, request_state_name(request->state));
}

/* Nobody's place is of another kind than they need. */
static result check_need(struct sitting *sitting, const struct request_row *request, str kind,
                         struct err *err)
{
    str need = STR("");
    bool known = false;
    TRY(hub_need(sitting, request->person, &need, &known, err));
    if (known && str_equal(need, kind)) {
        return result_ok();
    }
    return known ? err_set(err, ERROR_CONFLICT,
                           "The person of request %lld needs a place of the kind \"%.*s\"",
                           (long long)request->id, STR_ARG(need))
                 : err_set(err, ERROR_CONFLICT,
                           "It is not on record which kind of place the person of request %lld "
                           "needs",
                           (long long)request->id);
}

static result give(struct sitting *sitting, struct hub_work *work, int64_t prebooking,
                   int64_t place, const struct request_row *request, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_HUB,
                          .subject = work->hub.id,
                          .kind = EVENT_PREBOOKING_GIVEN,
                          .effective_on = sitting->today,
                          .body.prebooking_given = {.prebooking = prebooking,
                                                    .place = place,
                                                    .request = request->id,
                                                    .person = request->person}};
    return hub_work_append(sitting, work, &event, err);
}

static result ask_prebook(struct sitting *sitting, struct hub_work *work, struct event *event,
                          struct err *err)
{
    const struct prebooking_entry *entry = work->entry;
    (void)sitting;
    (void)err;
    event->kind = EVENT_PLACES_PREBOOKED;
    event->body.places_prebooked =
        (struct places_prebooked_body){.kind = str_trim(entry->kind),
                                       .wanted = entry->places,
                                       .until = {.known = true, .day = entry->until},
                                       .purpose = str_trim(entry->purpose)};
    return result_ok();
}

/* The free places of the kind with the lowest numbers. */
static result choose_places(struct sitting *sitting, const struct hub_work *work,
                            const struct prebooking_entry *entry, struct number_list *ret_places,
                            struct err *err)
{
    const struct place_row *rows = NULL;
    size_t row_count = 0;
    TRY(transaction_places(sitting->transaction, work->hub.id, sitting->arena, &rows, &row_count,
                           err));
    int64_t *places = ARENA_NEW(sitting->arena, int64_t, (size_t)entry->places);
    if (places == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < row_count && count < (size_t)entry->places; i++) {
        if (place_is_free_on(&rows[i], sitting->today) &&
            str_equal(rows[i].kind, str_trim(entry->kind))) {
            places[count++] = rows[i].number;
        }
    }
    if (count < (size_t)entry->places) {
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "Only %zu %s of the kind \"%.*s\" %s free at the hub, not %lld",
                              count, str_noun((int64_t)count, "place", "places"),
                              STR_ARG(str_trim(entry->kind)), str_noun((int64_t)count, "is", "are"),
                              (long long)entry->places),
                      "the hint follows");
        return err_hint(err, "Nothing was prebooked. Ask for fewer, or for another hub.");
    }
    *ret_places = (struct number_list){.items = places, .count = count};
    return result_ok();
}

static result carry_out_prebook(struct sitting *sitting, struct hub_work *work, struct event *event,
                                struct err *err)
{
    const struct prebooking_entry *entry = work->entry;
    const int32_t days = date_days_between(sitting->today, entry->until);
    struct request_row request = {.id = 0};
    if (days < 0 || days > PREBOOKING_DAYS_MAX) {
        return err_set(err, ERROR_INPUT, "A prebooking ends today or within %d days",
                       PREBOOKING_DAYS_MAX);
    }
    if (entry->request != 0) {
        TRY(find_request(sitting, work, entry->request, &request, err));
        TRY(check_waits(&request, err));
        TRY(check_need(sitting, &request, str_trim(entry->kind), err));
    }
    TRY(choose_places(sitting, work, entry, &event->body.places_prebooked.places, err));
    TRY(hub_work_append(sitting, work, event, err));
    return request.id == 0 ? result_ok()
                           : give(sitting, work, event->position,
                                  event->body.places_prebooked.places.items[0], &request, err);
}

result casework_prebook(const struct casework *casework, const struct caller *caller, str hub,
                        const struct prebooking_entry *entry, struct arena *arena,
                        struct record_answer *ret_answer, struct err *err)
{
    TRY(hub_check_kind(casework->rulebook, str_trim(entry->kind), err));
    TRY(text_line_required("The purpose", entry->purpose, SOURCE_MAX_BYTES, err));
    if (entry->places < 1 || entry->places > PREBOOKED_AT_ONCE_MAX) {
        return err_set(err, ERROR_INPUT, "From 1 to %d places are prebooked at once",
                       PREBOOKED_AT_ONCE_MAX);
    }
    if (entry->request != 0 && entry->places != 1) {
        return err_set(err, ERROR_INPUT, "One request is for one place");
    }
    struct hub_work work = begin(casework, caller, arena, ACTION_PREBOOK_PLACES, hub);
    work.entry = entry;
    work.ask = ask_prebook;
    work.carry_out = carry_out_prebook;
    return hub_work_run(&work, ret_answer, err);
}

static result find_prebooking(struct sitting *sitting, const struct hub_work *work,
                              struct prebooking_row *ret_row, struct err *err)
{
    struct err failure = {0};
    struct prebooking_row row = {.id = 0};
    const result found =
        transaction_prebooking(sitting->transaction, work->number, sitting->arena, &row, &failure);
    if (!found.ok && failure.code != ERROR_NOT_FOUND) {
        return err_set(err, failure.code, "%s", failure.what);
    }
    if (!found.ok || row.hub != work->hub.id) {
        return err_set(err, ERROR_NOT_FOUND, "There is no prebooking %lld at the hub %.*s",
                       (long long)work->number, STR_ARG(work->hub.reference));
    }
    *ret_row = row;
    return result_ok();
}

static result ask_give(struct sitting *sitting, struct hub_work *work, struct event *event,
                       struct err *err)
{
    const int64_t *request = work->entry;
    struct request_row row = {.id = 0};
    TRY(find_request(sitting, work, *request, &row, err));
    event->kind = EVENT_PREBOOKING_GIVEN;
    event->body.prebooking_given = (struct prebooking_given_body){
        .prebooking = work->number, .request = row.id, .person = row.person};
    return result_ok();
}

static result carry_out_give(struct sitting *sitting, struct hub_work *work, struct event *event,
                             struct err *err)
{
    struct prebooking_row prebooking = {.id = 0};
    struct request_row request = {.id = 0};
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(find_prebooking(sitting, work, &prebooking, err));
    TRY(find_request(sitting, work, event->body.prebooking_given.request, &request, err));
    TRY(check_waits(&request, err));
    TRY(check_need(sitting, &request, prebooking.kind, err));
    TRY(transaction_places_of_prebooking(sitting->transaction, prebooking.id, sitting->arena, &rows,
                                         &count, err));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].request == 0 && !place_is_free_on(&rows[i], sitting->today)) {
            return give(sitting, work, prebooking.id, rows[i].number, &request, err);
        }
    }
    return err_set(err, ERROR_CONFLICT, "The prebooking %lld has no place left to give",
                   (long long)prebooking.id);
}

result casework_give_prebooking(const struct casework *casework, const struct caller *caller,
                                str hub, int64_t prebooking, int64_t request, struct arena *arena,
                                struct record_answer *ret_answer, struct err *err)
{
    struct hub_work work = begin(casework, caller, arena, ACTION_PREBOOK_PLACES, hub);
    work.number = prebooking;
    work.entry = &request;
    work.ask = ask_give;
    work.carry_out = carry_out_give;
    return hub_work_run(&work, ret_answer, err);
}

static result ask_end(struct sitting *sitting, struct hub_work *work, struct event *event,
                      struct err *err)
{
    (void)sitting;
    (void)err;
    event->kind = EVENT_PREBOOKING_ENDED;
    event->body.prebooking_ended =
        (struct prebooking_ended_body){.prebooking = work->number, .reason = work->reason};
    return result_ok();
}

static result carry_out_end(struct sitting *sitting, struct hub_work *work, struct event *event,
                            struct err *err)
{
    struct prebooking_row prebooking = {.id = 0};
    TRY(find_prebooking(sitting, work, &prebooking, err));
    return hub_work_append(sitting, work, event, err);
}

result casework_end_prebooking(const struct casework *casework, const struct caller *caller,
                               str hub, int64_t prebooking, str reason, struct arena *arena,
                               struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct hub_work work = begin(casework, caller, arena, ACTION_PREBOOK_PLACES, hub);
    work.number = prebooking;
    work.reason = str_trim(reason);
    work.ask = ask_end;
    work.carry_out = carry_out_end;
    work.reviewed = true;
    return hub_work_run(&work, ret_answer, err);
}
