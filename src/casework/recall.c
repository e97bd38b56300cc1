#include "casework/recall.h"

#include "casework/facts.h"
#include "casework/told.h"

#include <string.h>

struct aboard {
    struct manifest_entry_row *items;
    size_t count;
    size_t capacity;
};

/* --- who is aboard ---------------------------------------------------------------------------- */

static bool is_aboard(const struct aboard *aboard, const struct manifest_entry_row *entry)
{
    for (size_t i = 0; i < aboard->count; i++) {
        if (aboard->items[i].person == entry->person) {
            return true;
        }
    }
    return false;
}

static result add_entry(struct sitting *sitting, struct aboard *aboard,
                        const struct manifest_entry_row *entry, struct err *err)
{
    if (entry->state != ENTRY_BOARDED || entry->recalled || is_aboard(aboard, entry)) {
        return result_ok();
    }
    if (aboard->count == aboard->capacity) {
        const size_t capacity = aboard->capacity * 2 + 8;
        struct manifest_entry_row *items =
            ARENA_NEW(sitting->arena, struct manifest_entry_row, capacity);
        if (items == NULL) {
            return arena_full(err);
        }
        if (aboard->count > 0) {
            memcpy(items, aboard->items, aboard->count * sizeof items[0]);
        }
        aboard->items = items;
        aboard->capacity = capacity;
    }
    aboard->items[aboard->count++] = *entry;
    return result_ok();
}

static result add_person(struct sitting *sitting, struct aboard *aboard, int64_t person,
                         struct err *err)
{
    struct manifest_entry_row entry = {0};
    TRY(transaction_manifest_entry_of(sitting->transaction, person, &entry, err));
    return add_entry(sitting, aboard, &entry, err);
}

static result add_people(struct sitting *sitting, struct aboard *aboard,
                         const struct concerned *concerned, struct err *err)
{
    for (size_t i = 0; i < concerned->people_count; i++) {
        TRY(add_person(sitting, aboard, concerned->people[i], err));
    }
    return result_ok();
}

static result add_hub(struct sitting *sitting, struct aboard *aboard, int64_t hub, struct err *err)
{
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    TRY(transaction_expected_arrivals(sitting->transaction, hub, sitting->arena, &entries, &count,
                                      err));
    for (size_t i = 0; i < count; i++) {
        TRY(add_entry(sitting, aboard, &entries[i], err));
    }
    return result_ok();
}

static result add_agreement(struct sitting *sitting, struct aboard *aboard, int64_t agreement,
                            struct err *err)
{
    const struct hub_row *hubs = NULL;
    size_t count = 0;
    TRY(transaction_hubs(sitting->transaction, sitting->arena, &hubs, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (hubs[i].agreement == agreement) {
            TRY(add_hub(sitting, aboard, hubs[i].id, err));
        }
    }
    return result_ok();
}

static result add_concerned(struct sitting *sitting, struct aboard *aboard,
                            const struct concerned *concerned, struct err *err)
{
    switch (concerned->kind) {
    case SUBJECT_OF_PERSON:
        return add_people(sitting, aboard, concerned, err);
    case SUBJECT_OF_HUB:
        return add_hub(sitting, aboard, concerned->id, err);
    case SUBJECT_OF_AGREEMENT:
        return add_agreement(sitting, aboard, concerned->id, err);
    case SUBJECT_OF_ACCOUNT:
    case SUBJECT_OF_REGISTER:
    case SUBJECT_OF_MANIFEST:
    case SUBJECT_OF_OPERATION:
        break;
    }
    return result_ok();
}

/* --- what is newly in the way ----------------------------------------------------------------- */

static result judge_at(struct sitting *sitting, const struct person_row *person, uint32_t step,
                       int64_t hub, const struct case_time *when, enum clearance *each,
                       struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct sitting judging = *sitting;
    struct loaded_case loaded;
    judging.arena = &scratch;
    TRY(case_for_step(&judging, person, step, hub, when, &loaded, err));
    (void)judge_step(sitting->casework->rulebook, step, &loaded.view.question, each);
    return result_ok();
}

static result newly_in_the_way(struct sitting *sitting, const struct person_row *person,
                               uint32_t step, int64_t hub, struct text_list *ret_names,
                               struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const size_t all = rulebook->steps[step].safeguard_count;
    enum clearance *now = ARENA_NEW(sitting->arena, enum clearance, all + 1);
    enum clearance *before = ARENA_NEW(sitting->arena, enum clearance, all + 1);
    if (now == NULL || before == NULL) {
        return arena_full(err);
    }
    const struct case_time present = case_now(sitting);
    struct case_time past = present;
    past.known_at.milliseconds--;
    past.past = true;
    TRY(judge_at(sitting, person, step, hub, &present, now, err));
    TRY(judge_at(sitting, person, step, hub, &past, before, err));
    for (size_t i = 0; i < all; i++) {
        now[i] = before[i] == CLEARANCE_CLEAR ? now[i] : CLEARANCE_CLEAR;
    }
    return stopping_names(rulebook, step, now, sitting->arena, ret_names, err);
}

/* --- calling back ----------------------------------------------------------------------------- */

static result append_recall(struct sitting *sitting, const struct manifest_entry_row *entry,
                            const struct request_row *request, int64_t cause,
                            const struct text_list *safeguards, struct err *err)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = entry->person,
        .kind = EVENT_DEPARTURE_RECALLED,
        .effective_on = sitting->today,
        .body.departure_recalled = {.manifest = entry->manifest,
                                    .cause = cause,
                                    .rulebook = sitting->rulebook,
                                    .safeguards = *safeguards},
    };
    TRY(told_of_request(sitting, request, &event.body.departure_recalled.told, err));
    return sitting_append(sitting, &event, err);
}

static result recall_one(struct sitting *sitting, const struct manifest_entry_row *entry,
                         int64_t cause, struct stopped_request *ret_stopped, struct err *err)
{
    struct request_row request;
    struct person_row person;
    struct text_list names = {.count = 0};
    TRY(transaction_request(sitting->transaction, entry->request, sitting->arena, &request, err));
    TRY(transaction_person(sitting->transaction, entry->person, sitting->arena, &person, err));
    const uint32_t step = rulebook_step(sitting->casework->rulebook, request.step);
    if (step != NOT_FOUND_INDEX) {
        TRY(newly_in_the_way(sitting, &person, step, request.hub, &names, err));
    }
    if (names.count > 0) {
        TRY(append_recall(sitting, entry, &request, cause, &names, err));
    }
    *ret_stopped = (struct stopped_request){.request = request.id,
                                            .person = person.id,
                                            .step = request.step,
                                            .safeguards = names.items,
                                            .safeguard_count = names.count,
                                            .aboard = true};
    return sitting_reference(sitting, &person, &ret_stopped->reference, err);
}

static bool is_moved(const struct recall_moved *moved, int64_t person)
{
    for (size_t i = 0; moved != NULL && i < moved->count; i++) {
        if (moved->people[i] == person) {
            return true;
        }
    }
    return false;
}

static result recall_all(struct sitting *sitting, const struct aboard *aboard, int64_t cause,
                         const struct recall_moved *moved, struct stopped_list *stopped,
                         struct err *err)
{
    struct stopped_request *all =
        ARENA_NEW(sitting->arena, struct stopped_request, stopped->count + aboard->count);
    if (all == NULL) {
        return arena_full(err);
    }
    size_t count = stopped->count;
    if (count > 0) {
        memcpy(all, stopped->items, count * sizeof all[0]);
    }
    for (size_t i = 0; i < aboard->count; i++) {
        if (!is_moved(moved, aboard->items[i].person)) {
            TRY(recall_one(sitting, &aboard->items[i], cause, &all[count], err));
            count += all[count].safeguard_count > 0 ? 1 : 0;
        }
    }
    *stopped = (struct stopped_list){.items = all, .count = count};
    return result_ok();
}

result recall_review(struct sitting *sitting, const struct touched *touched, size_t touched_count,
                     int64_t cause, const struct recall_moved *moved,
                     struct stopped_list *ret_stopped, struct err *err)
{
    struct aboard aboard = {.count = 0};
    const struct concerned *concerned = NULL;
    TRY(stopping_concerned(sitting, touched, touched_count, &concerned, err));
    TRY(stopping_review(sitting, concerned, touched_count, cause, ret_stopped, err));
    for (size_t i = 0; i < touched_count; i++) {
        TRY(add_concerned(sitting, &aboard, &concerned[i], err));
    }
    return aboard.count == 0 ? result_ok()
                             : recall_all(sitting, &aboard, cause, moved, ret_stopped, err);
}
