/* Boarding: everybody is judged first, at one instant, then every event is appended; so nobody is
 * judged on what the boarding of another changed. */
#include "casework/manifest_work.h"

#include "casework/foretold.h"
#include "casework/repeat.h"
#include "casework/stopping.h"

struct passenger {
    struct manifest_entry_row entry;
    struct request_row request;
    struct step_case judged;
    bool leaves; /* the step leads from the person's stage, and so was judged */
    bool boards;
};

struct boarding_work {
    const struct casework *casework;
    const struct caller *caller;
    str manifest;
    struct arena *arena;
    struct step_work step; /* what was judged last; for the functions of step_work.h */
    struct passenger *passengers;
    size_t count;
    struct boarding_answer answer;
};

/* --- judging ---------------------------------------------------------------------------------- */

static result judge_passenger(struct sitting *sitting, struct boarding_work *work,
                              const struct manifest_row *manifest, struct passenger *passenger,
                              struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t step = rulebook_step(rulebook, manifest->step);
    const struct departure_plan plan = manifest_plan(manifest, sitting->today);
    struct person_row person;
    TRY(transaction_person(sitting->transaction, passenger->entry.person, sitting->arena, &person,
                           err));
    TRY(transaction_request(sitting->transaction, passenger->entry.request, sitting->arena,
                            &passenger->request, err));
    passenger->judged.person = person;
    /* A restricted record is kept, and nothing is done with it (privacy.h). */
    passenger->leaves = passenger->request.state == REQUEST_APPROVED && !person.restricted &&
                        manifest_step_leaves(rulebook, step, &person);
    if (passenger->leaves) {
        struct foretold foretold;
        TRY(foretold_against(sitting, &person, step, &foretold, err));
        passenger->leaves = foretold.entry == 0;
    }
    if (!passenger->leaves) {
        return result_ok();
    }
    TRY(step_judge(sitting, &work->step, &person, step, passenger->request.hub, &plan,
                   &passenger->judged, err));
    passenger->boards = passenger->judged.clearance == CLEARANCE_CLEAR;
    return result_ok();
}

static result judge_all(struct sitting *sitting, struct boarding_work *work,
                        const struct manifest_row *manifest, struct err *err)
{
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    TRY(transaction_manifest_entries(sitting->transaction, manifest->id, sitting->arena, &entries,
                                     &count, err));
    work->passengers = ARENA_NEW(sitting->arena, struct passenger, count + 1);
    if (work->passengers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (entries[i].state == ENTRY_LISTED) {
            struct passenger *passenger = &work->passengers[work->count++];
            passenger->entry = entries[i];
            TRY(judge_passenger(sitting, work, manifest, passenger, err));
        }
    }
    return work->count > 0 ? result_ok()
                           : err_set(err, ERROR_CONFLICT, "Nobody is on the manifest %.*s",
                                     STR_ARG(manifest->reference));
}

/* --- recording -------------------------------------------------------------------------------- */

static result append_boarding(struct sitting *sitting, const struct boarding_work *work,
                              const struct manifest_row *manifest, struct err *err)
{
    int64_t *boarded = ARENA_NEW(sitting->arena, int64_t, work->count);
    int64_t *left_off = ARENA_NEW(sitting->arena, int64_t, work->count);
    if (boarded == NULL || left_off == NULL) {
        return arena_full(err);
    }
    struct event event = {.kind = EVENT_MANIFEST_BOARDED,
                          .body.manifest_boarded = {.boarded = {.items = boarded},
                                                    .left_off = {.items = left_off},
                                                    .rulebook = sitting->rulebook}};
    struct manifest_boarded_body *body = &event.body.manifest_boarded;
    for (size_t i = 0; i < work->count; i++) {
        const struct passenger *passenger = &work->passengers[i];
        if (passenger->boards) {
            boarded[body->boarded.count++] = passenger->entry.person;
        } else {
            left_off[body->left_off.count++] = passenger->entry.person;
        }
    }
    return manifest_append(sitting, manifest->id, &event, err);
}

static result leave_off(struct sitting *sitting, struct boarding_work *work,
                        const struct passenger *passenger, struct err *err)
{
    struct text_list safeguards;
    if (!passenger->leaves) {
        return stopping_end(sitting, &passenger->request, 0, err);
    }
    TRY(step_refuse(sitting, &work->step, &passenger->judged, passenger->request.id, err));
    return stopping_stop(sitting, &passenger->request, work->step.answer.event,
                         passenger->judged.each, &safeguards, err);
}

/* The verdicts of those left off, then the moves of those who board, all at the instant at which
 * they were judged; an instant later what the moves bring about. */
static result append_all(struct sitting *sitting, struct boarding_work *work, struct err *err)
{
    int64_t cause = 0;
    size_t boarded = 0;
    int64_t *people = ARENA_NEW(sitting->arena, int64_t, work->count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->count; i++) {
        const struct passenger *passenger = &work->passengers[i];
        TRY(passenger->boards
                ? step_move(sitting, &passenger->judged, &passenger->request, &cause, err)
                : leave_off(sitting, work, passenger, err));
    }
    sitting->at.milliseconds++;
    for (size_t i = 0; i < work->count; i++) {
        if (work->passengers[i].boards) {
            TRY(step_record(sitting, &work->passengers[i].judged, &cause, err));
            people[boarded++] = work->passengers[i].judged.person.id;
        }
    }
    const struct recall_moved moved = {.people = people, .count = boarded};
    for (size_t i = 0; i < work->count; i++) {
        if (work->passengers[i].boards) {
            TRY(step_review(sitting, &work->passengers[i].judged, cause, &moved, err));
        }
    }
    return result_ok();
}

/* --- the answer ------------------------------------------------------------------------------- */

static result answer_from(struct sitting *sitting, struct boarding_work *work, struct err *err)
{
    struct boarding_line *lines = ARENA_NEW(sitting->arena, struct boarding_line, work->count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->count; i++) {
        const struct passenger *passenger = &work->passengers[i];
        struct text_list names = {.count = 0};
        lines[i] =
            (struct boarding_line){.request = passenger->request.id, .boarded = passenger->boards};
        TRY(transaction_person(sitting->transaction, passenger->entry.person, sitting->arena,
                               &lines[i].person, err));
        if (passenger->leaves && !passenger->boards) {
            TRY(stopping_names(sitting->casework->rulebook, passenger->judged.step,
                               passenger->judged.each, sitting->arena, &names, err));
        }
        lines[i].safeguards = names.items;
        lines[i].safeguard_count = names.count;
    }
    work->answer.lines = lines;
    work->answer.count = work->count;
    return result_ok();
}

/* Every verdict of the command stands after its first event. */
static result line_again(struct sitting *sitting, const struct event *event,
                         struct boarding_line *ret_line, bool *ret_is_line, struct err *err)
{
    const bool boarded = event->kind == EVENT_STEP_TAKEN;
    *ret_is_line = boarded || event->kind == EVENT_STEP_STOPPED;
    if (!*ret_is_line) {
        return result_ok();
    }
    *ret_line = (struct boarding_line){.boarded = boarded,
                                       .request = boarded ? event->body.step_taken.request
                                                          : event->body.step_stopped.request};
    if (!boarded) {
        ret_line->safeguards = event->body.step_stopped.safeguards.items;
        ret_line->safeguard_count = event->body.step_stopped.safeguards.count;
    }
    return transaction_person(sitting->transaction, event->subject, sitting->arena,
                              &ret_line->person, err);
}

static result board_again(struct sitting *sitting, struct boarding_work *work,
                          const struct manifest_row *manifest, const struct event *before,
                          struct err *err)
{
    if (before->kind != EVENT_MANIFEST_BOARDED || before->subject != manifest->id) {
        return sitting_client_id_taken(err);
    }
    const struct manifest_boarded_body *body = &before->body.manifest_boarded;
    const size_t all = body->boarded.count + body->left_off.count;
    struct done_before done;
    TRY(repeat_events(sitting, before, &done, err));
    struct boarding_line *lines = ARENA_NEW(sitting->arena, struct boarding_line, all + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 1; i < done.count && count < all; i++) {
        bool is_line = false;
        TRY(line_again(sitting, &done.events[i], &lines[count], &is_line, err));
        count += is_line ? 1 : 0;
    }
    work->answer = (struct boarding_answer){.lines = lines, .count = count, .repeated = true};
    return result_ok();
}

/* Who is hidden from the account boards like everybody else, and is neither told of nor counted. */
static result tell_of_those_seen(struct sitting *sitting, struct boarding_answer *answer,
                                 struct err *err)
{
    struct boarding_line *seen = ARENA_NEW(sitting->arena, struct boarding_line, answer->count + 1);
    size_t count = 0;
    if (seen == NULL) {
        return arena_full(err);
    }
    answer->boarded_count = 0;
    for (size_t i = 0; i < answer->count; i++) {
        bool hidden = false;
        TRY(sitting_hides(sitting, &answer->lines[i].person, ACTION_BOARD_MANIFEST, &hidden, err));
        if (!hidden) {
            answer->boarded_count += answer->lines[i].boarded ? 1 : 0;
            seen[count++] = answer->lines[i];
        }
    }
    answer->lines = seen;
    answer->count = count;
    return result_ok();
}

static result board_work(struct transaction *transaction, void *context, struct err *err)
{
    struct boarding_work *work = context;
    struct sitting sitting;
    struct event before;
    struct manifest_row manifest = {0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_BOARD_MANIFEST,
                       work->arena, &before, err));
    TRY(manifest_find(&sitting, work->manifest, ACTION_BOARD_MANIFEST, &manifest, err));
    if (before.position != 0) {
        TRY(board_again(&sitting, work, &manifest, &before, err));
    } else {
        TRY(sitting_require_proof(work->caller, err));
        TRY(judge_all(&sitting, work, &manifest, err));
        TRY(append_boarding(&sitting, work, &manifest, err));
        TRY(append_all(&sitting, work, err));
        TRY(answer_from(&sitting, work, err));
    }
    TRY(tell_of_those_seen(&sitting, &work->answer, err));
    return transaction_manifest(transaction, manifest.id, work->arena, &work->answer.manifest, err);
}

result casework_board_manifest(const struct casework *casework, const struct caller *caller,
                               str manifest, struct arena *arena,
                               struct boarding_answer *ret_answer, struct err *err)
{
    struct boarding_work work = {
        .casework = casework,
        .caller = caller,
        .manifest = manifest,
        .arena = arena,
        .step = {.casework = casework, .caller = caller, .arena = arena},
    };
    TRY(store_write(casework->store, board_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}
