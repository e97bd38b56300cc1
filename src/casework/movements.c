#include "casework/movements.h"

#include "casework/arrival.h"
#include "casework/history.h"

struct movements_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    struct arena *arena;
    struct sitting sitting;
    struct movements answer;
};

static result read_stays(struct movements_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct stay_row *rows = NULL;
    size_t row_count = 0;
    TRY(transaction_stays_of_person(sitting->transaction, work->answer.person.id, work->arena,
                                    &rows, &row_count, err));
    struct movement_stay *stays = ARENA_NEW(work->arena, struct movement_stay, row_count + 1);
    if (stays == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (sitting_hub_in_sight(sitting, ACTION_SEE_PERSON, rows[i].hub)) {
            stays[count].row = rows[i];
            stays[count].days_overdue = stay_days_overdue(&rows[i], sitting->today);
            TRY(transaction_hub(sitting->transaction, rows[i].hub, work->arena, &stays[count].hub,
                                err));
            count++;
        }
    }
    work->answer.stays = stays;
    work->answer.stay_count = count;
    return result_ok();
}

static result read_manifest(struct movements_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct manifest_entry_row entry;
    struct manifest_row manifest;
    TRY(transaction_manifest_entry_of(sitting->transaction, work->answer.person.id, &entry, err));
    if (entry.manifest == 0) {
        return result_ok();
    }
    TRY(transaction_manifest(sitting->transaction, entry.manifest, work->arena, &manifest, err));
    if (sitting_hub_in_sight(sitting, ACTION_SEE_PERSON, manifest.hub)) {
        work->answer.entry = entry;
        work->answer.manifest = manifest;
    }
    return result_ok();
}

static result read_requests(struct movements_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct case_time now = case_now(sitting);
    TRY(history_requests(sitting, &work->answer.person, &now, &work->answer.requests,
                         &work->answer.request_count, err));
    struct hub_row *hubs = ARENA_NEW(work->arena, struct hub_row, work->answer.request_count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->answer.request_count; i++) {
        if (work->answer.requests[i].hub != 0) {
            TRY(transaction_hub(sitting->transaction, work->answer.requests[i].hub, work->arena,
                                &hubs[i], err));
        }
    }
    work->answer.request_hubs = hubs;
    return result_ok();
}

static result read_movements(struct transaction *transaction, void *context, struct err *err)
{
    struct movements_work *work = context;
    struct sitting *sitting = &work->sitting;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(sitting, work->reference, ACTION_SEE_PERSON, &work->answer.person, err));
    TRY(transaction_identity(transaction, &work->answer.person, work->arena, &work->answer.identity,
                             err));
    const struct case_time now = case_now(sitting);
    TRY(arrival_in_sight(sitting, &work->answer.person, &now, &work->answer.arrival, err));
    TRY(read_stays(work, err));
    TRY(read_manifest(work, err));
    return read_requests(work, err);
}

result casework_movements(const struct casework *casework, const struct caller *caller, str person,
                          struct arena *arena, struct movements *ret_movements, struct err *err)
{
    struct movements_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, read_movements, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.person.id, "movements", err));
    *ret_movements = work.answer;
    return result_ok();
}
