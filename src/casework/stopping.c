#include "casework/stopping.h"

#include "casework/facts.h"
#include "casework/foretold.h"
#include "casework/told.h"

#include <stdlib.h>
#include <string.h>

result stopping_names(const struct rulebook *rulebook, uint32_t step, const enum clearance *each,
                      struct arena *arena, struct text_list *ret_names, struct err *err)
{
    ASSERT(step < rulebook->step_count);
    const struct step *guarded = &rulebook->steps[step];
    str *names = ARENA_NEW(arena, str, guarded->safeguard_count + 1);
    if (names == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < guarded->safeguard_count; i++) {
        if (each[i] != CLEARANCE_CLEAR) {
            names[count++] = rulebook->safeguards[guarded->safeguards[i]].name;
        }
    }
    *ret_names = (struct text_list){.items = names, .count = count};
    return result_ok();
}

static result append_stop(struct sitting *sitting, const struct request_row *request, int64_t cause,
                          const struct text_list *safeguards, struct err *err)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = request->person,
        .kind = EVENT_STEP_STOPPED,
        .effective_on = sitting->today,
        .body.step_stopped = {.request = request->id,
                              .cause = cause,
                              .rulebook = sitting->rulebook,
                              .safeguards = *safeguards},
    };
    TRY(told_of_request(sitting, request, &event.body.step_stopped.told, err));
    return sitting_append(sitting, &event, err);
}

result stopping_stop(struct sitting *sitting, const struct request_row *request, int64_t cause,
                     const enum clearance *each, struct text_list *ret_safeguards, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    TRY(stopping_names(rulebook, rulebook_step(rulebook, request->step), each, sitting->arena,
                       ret_safeguards, err));
    ASSERT(ret_safeguards->count > 0);
    return append_stop(sitting, request, cause, ret_safeguards, err);
}

result stopping_end(struct sitting *sitting, const struct request_row *request, int64_t cause,
                    struct err *err)
{
    const struct text_list none = {.count = 0};
    return append_stop(sitting, request, cause, &none, err);
}

result stopping_without_place(struct sitting *sitting, const struct request_row *request,
                              int64_t cause, struct err *err)
{
    const struct text_list none = {.count = 0};
    return append_stop(sitting, request, cause, &none, err);
}

/* --- which requests --------------------------------------------------------------------------- */

struct candidates {
    struct request_row *items;
    size_t count;
    size_t capacity;
};

static bool is_candidate(const struct candidates *candidates, int64_t id)
{
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->items[i].id == id) {
            return true;
        }
    }
    return false;
}

static result make_room(struct sitting *sitting, struct candidates *candidates, size_t more,
                        struct err *err)
{
    if (candidates->count + more <= candidates->capacity) {
        return result_ok();
    }
    const size_t capacity = (candidates->count + more) * 2;
    struct request_row *items = ARENA_NEW(sitting->arena, struct request_row, capacity);
    if (items == NULL) {
        return arena_full(err);
    }
    if (candidates->count > 0) {
        memcpy(items, candidates->items, candidates->count * sizeof items[0]);
    }
    candidates->items = items;
    candidates->capacity = capacity;
    return result_ok();
}

static result add_requests(struct sitting *sitting, struct candidates *candidates,
                           const struct request_filter *filter, struct err *err)
{
    const struct request_row *requests = NULL;
    size_t count = 0;
    TRY(transaction_requests(sitting->transaction, filter, sitting->arena, &requests, &count, err));
    TRY(make_room(sitting, candidates, count, err));
    const bool first = candidates->count == 0; /* one query names no request twice */
    for (size_t i = 0; i < count; i++) {
        if (first || !is_candidate(candidates, requests[i].id)) {
            candidates->items[candidates->count++] = requests[i];
        }
    }
    return result_ok();
}

static result people_of(struct sitting *sitting, int64_t id, struct concerned *concerned,
                        struct err *err)
{
    struct person_row person;
    const struct person_row *family = NULL;
    size_t count = 0;
    const struct case_time now = case_now(sitting);
    TRY(transaction_person(sitting->transaction, id, sitting->arena, &person, err));
    TRY(case_family(sitting, &person, &now, &family, &count, err));
    int64_t *people = ARENA_NEW(sitting->arena, int64_t, count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    people[0] = person.id;
    for (size_t i = 0; i < count; i++) {
        people[i + 1] = family[i].id;
    }
    concerned->people = people;
    concerned->people_count = count + 1;
    return result_ok();
}

result stopping_concerned(struct sitting *sitting, const struct touched *touched, size_t count,
                          const struct concerned **ret_concerned, struct err *err)
{
    struct concerned *concerned = ARENA_NEW(sitting->arena, struct concerned, count + 1);
    if (concerned == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        concerned[i] = (struct concerned){.kind = touched[i].kind, .id = touched[i].id};
        if (touched[i].kind == SUBJECT_OF_PERSON) {
            TRY(people_of(sitting, touched[i].id, &concerned[i], err));
        }
    }
    *ret_concerned = concerned;
    return result_ok();
}

static result add_people(struct sitting *sitting, struct candidates *candidates,
                         const struct concerned *concerned, struct err *err)
{
    for (size_t i = 0; i < concerned->people_count; i++) {
        const struct request_filter filter = {.person = concerned->people[i], .live_only = true};
        TRY(add_requests(sitting, candidates, &filter, err));
    }
    return result_ok();
}

static result add_concerned(struct sitting *sitting, struct candidates *candidates,
                            const struct concerned *concerned, struct err *err)
{
    struct request_filter filter = {.live_only = true};
    switch (concerned->kind) {
    case SUBJECT_OF_PERSON:
        return add_people(sitting, candidates, concerned, err);
    case SUBJECT_OF_HUB:
        filter.hub = concerned->id;
        break;
    case SUBJECT_OF_AGREEMENT:
        filter.agreement = concerned->id;
        break;
    case SUBJECT_OF_ACCOUNT:
    case SUBJECT_OF_REGISTER:
    case SUBJECT_OF_MANIFEST:
    case SUBJECT_OF_OPERATION:
        return result_ok();
    }
    return add_requests(sitting, candidates, &filter, err);
}

static int compare_requests(const void *left, const void *right)
{
    const struct request_row *a = left;
    const struct request_row *b = right;
    return a->id < b->id ? -1 : a->id > b->id ? 1 : 0;
}

/* --- judging again ---------------------------------------------------------------------------- */

struct verdict {
    bool stop;
    str reference; /* of the person; "" for who is hidden from the account */
    struct text_list safeguards;
};

/* Judges in scratch memory: only the verdict stays. */
static result judge_again(struct sitting *sitting, const struct request_row *request,
                          struct verdict *ret_verdict, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct verdict verdict = {.stop = true};
    struct person_row person;
    TRY(transaction_person(sitting->transaction, request->person, sitting->arena, &person, err));
    TRY(sitting_reference(sitting, &person, &verdict.reference, err));
    const uint32_t step = rulebook_step(rulebook, request->step);
    const uint32_t stage = rulebook_stage(rulebook, person.stage);
    if (step == NOT_FOUND_INDEX || stage == NOT_FOUND_INDEX ||
        !rulebook_step_leaves(rulebook, &rulebook->steps[step], stage)) {
        *ret_verdict = verdict;
        return result_ok();
    }
    enum clearance *each =
        ARENA_NEW(sitting->arena, enum clearance, rulebook->steps[step].safeguard_count + 1);
    if (each == NULL) {
        return arena_full(err);
    }
    struct arena scratch = *sitting->arena;
    struct sitting judging = *sitting;
    judging.arena = &scratch;
    struct foretold foretold;
    TRY(foretold_against(&judging, &person, step, &foretold, err));
    if (foretold.entry != 0) {
        *ret_verdict = verdict;
        return result_ok();
    }
    struct loaded_case loaded;
    const struct case_time now = case_now(sitting);
    TRY(case_for_step(&judging, &person, step, request->hub, &now, &loaded, err));
    verdict.stop = judge_step(rulebook, step, &loaded.view.question, each) != CLEARANCE_CLEAR;
    TRY(stopping_names(rulebook, step, each, sitting->arena, &verdict.safeguards, err));
    *ret_verdict = verdict;
    return result_ok();
}

/* All verdicts first, then all events: no request is judged on a place that the stop of another one
 * freed. */
static result judge_all(struct sitting *sitting, const struct candidates *candidates,
                        struct verdict *verdicts, struct err *err)
{
    for (size_t i = 0; i < candidates->count; i++) {
        TRY(judge_again(sitting, &candidates->items[i], &verdicts[i], err));
    }
    return result_ok();
}

static result stop_all(struct sitting *sitting, const struct candidates *candidates,
                       const struct verdict *verdicts, int64_t cause,
                       struct stopped_list *ret_stopped, struct err *err)
{
    struct stopped_request *stopped =
        ARENA_NEW(sitting->arena, struct stopped_request, candidates->count + 1);
    if (stopped == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        if (!verdicts[i].stop) {
            continue;
        }
        const struct request_row *request = &candidates->items[i];
        TRY(append_stop(sitting, request, cause, &verdicts[i].safeguards, err));
        stopped[count++] = (struct stopped_request){
            .request = request->id,
            .person = request->person,
            .reference = verdicts[i].reference,
            .step = request->step,
            .safeguards = verdicts[i].safeguards.items,
            .safeguard_count = verdicts[i].safeguards.count,
        };
    }
    *ret_stopped = (struct stopped_list){.items = stopped, .count = count};
    return result_ok();
}

static result review(struct sitting *sitting, struct candidates *candidates, int64_t cause,
                     struct stopped_list *ret_stopped, struct err *err)
{
    ASSERT(cause >= 0);
    if (candidates->count == 0) {
        *ret_stopped = (struct stopped_list){.count = 0};
        return result_ok();
    }
    qsort(candidates->items, candidates->count, sizeof candidates->items[0], compare_requests);
    struct verdict *verdicts = ARENA_NEW(sitting->arena, struct verdict, candidates->count);
    if (verdicts == NULL) {
        return arena_full(err);
    }
    TRY(judge_all(sitting, candidates, verdicts, err));
    return stop_all(sitting, candidates, verdicts, cause, ret_stopped, err);
}

result stopping_review(struct sitting *sitting, const struct concerned *concerned, size_t count,
                       int64_t cause, struct stopped_list *ret_stopped, struct err *err)
{
    struct candidates candidates = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        TRY(add_concerned(sitting, &candidates, &concerned[i], err));
    }
    return review(sitting, &candidates, cause, ret_stopped, err);
}

result stopping_review_all(struct sitting *sitting, int64_t cause, struct stopped_list *ret_stopped,
                           struct err *err)
{
    struct candidates candidates = {.count = 0};
    TRY(add_requests(sitting, &candidates, &(struct request_filter){.live_only = true}, err));
    return review(sitting, &candidates, cause, ret_stopped, err);
}
