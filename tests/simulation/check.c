#include "check.h"

#include "deeds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

/* The checks look at what is there; what is planned for the disk waits meanwhile. */
static enum disk_fault hold_faults(struct world *world)
{
    const enum disk_fault held = world->disk.fault;
    world->disk.fault = DISK_FAULT_NONE;
    return held;
}

static bool read_store(struct world *world, store_work *work, void *context)
{
    struct err err = {0};
    const enum disk_fault held = hold_faults(world);
    const bool read = store_read(world->office.store, work, context, &err).ok;
    world->disk.fault = held;
    return read || model_break(&world->model, "6: the store cannot be read: %s", err.what);
}

/* --- events ----------------------------------------------------------------------------------- */

enum { NEW_EVENTS_MAX = 256 };

struct new_events {
    struct world *world;
    struct event *events;
    size_t count;
};

static result read_new(struct transaction *transaction, void *context, struct err *err)
{
    struct new_events *new = context;
    struct model *model = &new->world->model;
    int64_t last = 0;
    TRY(transaction_event_count(transaction, &last, err));
    for (int64_t at = model->last + 1; at <= last && new->count < NEW_EVENTS_MAX; at++) {
        TRY(transaction_event(transaction, at, &model->scratch, &new->events[new->count++], err));
    }
    if (last < model->last) {
        model_break(model, "6: %lld events are there, and %lld were", (long long)last,
                    (long long)model->last);
    }
    return result_ok();
}

/* Everything new is folded; what the model keeps of it, it copies. */
static bool fold_new(struct world *world, date day, size_t *ret_count, struct client_id *ret_first)
{
    struct model *model = &world->model;
    const struct arena kept = model->scratch;
    struct new_events new = {.world = world,
                             .events = ARENA_NEW(&model->scratch, struct event, NEW_EVENTS_MAX)};
    ASSERT(new.events != NULL);
    const bool folded =
        read_store(world, read_new, &new) && model_fold(model, new.events, new.count, day);
    *ret_count = new.count;
    *ret_first = new.count == 0 ? (struct client_id){{0}} : new.events[0].client_id;
    model->scratch = kept;
    return folded;
}

static bool same_id(const struct client_id *a, const struct client_id *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* 6, and the errors: a command that was done left its events, one that was not left nothing, and
 * the same command is done once. */
static bool check_command(struct world *world, const struct order *order,
                          const struct answer *answer, size_t count, const struct client_id *first,
                          bool done_before)
{
    struct model *model = &world->model;
    const char *name = deeds[order->deed].name;
    if (answer->ok && answer->repeated) {
        return (done_before && count == 0) ||
               model_break(model, "6: %s says that it was done before", name);
    }
    if (answer->ok) {
        return (!done_before && count > 0 && same_id(first, &order->client_id)) ||
               model_break(model, "6: %s was acknowledged and %s", name,
                           done_before ? "done twice" : "is not in the store");
    }
    /* The same once more is an answer; only to somebody who sees the person no more it is none. */
    if (done_before && !world->disk_failed && answer->err.code != ERROR_NOT_FOUND) {
        return model_break(model, "6: %s was done before, and is refused now: %s", name,
                           answer->err.what);
    }
    return count == 0 || world->disk_failed ||
           model_break(model, "6: %s was refused (%s) and left %zu events", name, answer->err.what,
                       count);
}

static bool check_error(struct world *world, const struct order *order, const struct answer *answer)
{
    struct model *model = &world->model;
    const bool of_disk = answer->err.code == ERROR_STORAGE || answer->err.code == ERROR_INTERNAL ||
                         answer->err.code == ERROR_LIMIT;
    if (!answer->ok && (answer->err.code == ERROR_INTERNAL || (of_disk && !world->disk_failed))) {
        return model_break(model, "%s fails: %s: %s", deeds[order->deed].name,
                           error_name(answer->err.code), answer->err.what);
    }
    return true;
}

bool check_answer(struct world *world, const struct order *order, const struct answer *answer)
{
    struct model *model = &world->model;
    size_t count = 0;
    struct client_id first = {{0}};
    const bool done_before = order != NULL && model_command(model, &order->client_id) != 0;
    if (!fold_new(world, world_today(world), &count, &first) || order == NULL) {
        return model->broken[0] == '\0';
    }
    /* A commit overwrites what was in doubt. */
    world->in_doubt = world->in_doubt && count == 0;
    return check_error(world, order, answer) &&
           (answer->is_question || check_command(world, order, answer, count, &first, done_before));
}

bool check_restart(struct world *world)
{
    struct model *model = &world->model;
    size_t count = 0;
    struct client_id first = {{0}};
    if (!fold_new(world, world->doubt_day, &count, &first)) {
        return false;
    }
    if (count > 0 && !world->in_doubt) {
        return model_break(model, "6: after the restart there are %zu events that nobody sent",
                           count);
    }
    world->in_doubt = false;
    return check_history(world) && check_rebuild(world);
}

/* --- rows ------------------------------------------------------------------------------------- */

struct rows_work {
    struct world *world;
    struct arena arena;
};

static result check_people(struct transaction *transaction, struct rows_work *work, struct err *err)
{
    struct model *model = &work->world->model;
    const struct person_row *rows = NULL;
    const struct stage_count *stages = NULL;
    size_t count = 0;
    size_t stage_count = 0;
    int64_t counted = 0;
    const struct people_filter everybody = {.stage = STR("")};
    TRY(transaction_people(transaction, &everybody, &work->arena, &rows, &count, err));
    TRY(transaction_count_stages(transaction, &work->arena, &stages, &stage_count, err));
    for (size_t i = 0; i < count; i++) {
        const struct model_person *person = model_person(model, rows[i].id);
        if (person == NULL || rulebook_stage(model->rulebook, rows[i].stage) != person->stage ||
            rows[i].hub != person->hub || rows[i].family != person->family ||
            rows[i].next_check_on.known != person->next_check_on.known ||
            rows[i].last_contact_on.known != person->last_contact_on.known) {
            model_break(model, "5: the row of %.*s is not what happened to them",
                        STR_ARG(rows[i].reference));
        }
    }
    for (size_t i = 0; i < stage_count; i++) {
        counted += stages[i].people;
    }
    if (count != model->person_count || counted != (int64_t)count) {
        model_break(model, "5: %zu people are there and %lld in all stages, of %zu", count,
                    (long long)counted, model->person_count);
    }
    return result_ok();
}

static result check_requests(struct transaction *transaction, struct rows_work *work,
                             struct err *err)
{
    struct model *model = &work->world->model;
    const struct request_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_requests(transaction, &(struct request_filter){.person = 0}, &work->arena,
                             &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct model_request *request = model_request(model, rows[i].id);
        if (request == NULL || rows[i].state != request->state ||
            rows[i].approval_count != request->approval_count ||
            (model_is_live(request) && rows[i].place != request->place)) {
            model_break(model, "3: the row of request %lld is not what became of it",
                        (long long)rows[i].id);
        }
    }
    if (count != model->request_count) {
        model_break(model, "5: %zu requests are there, of %zu", count, model->request_count);
    }
    return result_ok();
}

static void check_place(struct model *model, const struct model_hub *hub,
                        const struct place_row *row)
{
    const struct model_place *place = &hub->places[row->number];
    const bool held =
        row->state == PLACE_HELD && place->request == row->request && place->person == row->person;
    const bool occupied =
        row->state == PLACE_OCCUPIED && place->request == 0 && place->person == row->person;
    const bool nobody =
        (row->state == PLACE_FREE || row->state == PLACE_CLOSED) && place->person == 0;
    if (!held && !occupied && !nobody) {
        model_break(model, "4: place %lld of %s is %s for %lld, and should be %lld's",
                    (long long)row->number, hub->reference, place_state_name(row->state),
                    (long long)row->person, (long long)place->person);
    }
}

static result check_places(struct transaction *transaction, struct rows_work *work, struct err *err)
{
    struct model *model = &work->world->model;
    for (size_t h = 0; h < model->hub_count; h++) {
        const struct model_hub *hub = &model->hubs[h];
        const struct place_row *rows = NULL;
        size_t count = 0;
        const struct kind_counts *kinds = NULL;
        size_t kind_count = 0;
        TRY(transaction_places(transaction, hub->id, &work->arena, &rows, &count, err));
        TRY(transaction_count_places(transaction, hub->id, world_today(work->world), &work->arena,
                                     &kinds, &kind_count, err));
        const struct place_counts counts = place_counts_sum(kinds, kind_count);
        for (size_t i = 0; i < count; i++) {
            check_place(model, hub, &rows[i]);
        }
        if (counts.agreed != hub->agreed || counts.free != model_places_free(hub) ||
            counts.free < 0 || counts.free + counts.held + counts.occupied != counts.agreed) {
            model_break(model, "4: the places of %s do not add up", hub->reference);
        }
    }
    return result_ok();
}

static result check_all_rows(struct transaction *transaction, void *context, struct err *err)
{
    struct rows_work *work = context;
    TRY(check_people(transaction, work, err));
    TRY(check_requests(transaction, work, err));
    return check_places(transaction, work, err);
}

/* 3: what follows from the passing of time alone is found by a review: after it nothing that is
 * live lacks its clearance. What follows from something recorded, the model sees. */
static bool check_live_requests(struct world *world)
{
    struct model *model = &world->model;
    for (size_t i = 0; i < model->request_count && world->reviewed; i++) {
        const struct model_request *request = &model->requests[i];
        if (!model_is_live(request)) {
            continue;
        }
        const struct model_person *person = model_person(model, request->person);
        if (model_judge(model, person, request->step, request->hub, world_today(world), NULL) !=
            CLEARANCE_CLEAR) {
            return model_break(model, "3: request %lld lost its clearance, and goes on",
                               (long long)request->id);
        }
    }
    return true;
}

bool check_rows(struct world *world)
{
    struct rows_work work = {.world = world, .arena = world->model.scratch};
    return read_store(world, check_all_rows, &work) && world->model.broken[0] == '\0' &&
           check_live_requests(world);
}

/* --- history ---------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t digest, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        digest = (digest ^ at[i]) * 0x100000001B3U;
    }
    return digest;
}

/* 7: the events as they lie in the file, sealed, with their leaves. */
static bool check_leaves(struct world *world, sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    struct model *model = &world->model;
    int64_t count = 0;
    if (sqlite3_prepare_v2(db, "SELECT * FROM event ORDER BY position", -1, &statement, NULL) !=
        SQLITE_OK) {
        return model_break(model, "7: the events cannot be read: %s", sqlite3_errmsg(db));
    }
    while (sqlite3_step(statement) == SQLITE_ROW && count + 1 < WORLD_EVENTS_MAX) {
        uint64_t digest = 0xCBF29CE484222325U;
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            digest = mix(digest, sqlite3_column_blob(statement, i),
                         (size_t)sqlite3_column_bytes(statement, i));
        }
        count++;
        if (count > world->leaf_count) {
            world->leaves[count] = digest;
            world->history = world->history * 31 + digest;
        } else if (world->leaves[count] != digest) {
            model_break(model, "7: event %lld is not what it was", (long long)count);
        }
    }
    sqlite3_finalize(statement);
    const bool all = count == model->last && count >= world->leaf_count;
    world->leaf_count = count;
    return (all || model_break(model, "6: %lld events are in the file, of %lld", (long long)count,
                               (long long)model->last)) &&
           model->broken[0] == '\0';
}

/* 10: who looked is itself on record, before the answer. */
static bool check_looks(struct world *world, sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int64_t count = -1;
    if (sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM look", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        count = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return count >= world->looks ||
           model_break(&world->model, "10: %lld looks are on record, of %lld", (long long)count,
                       (long long)world->looks);
}

bool check_history(struct world *world)
{
    sqlite3 *db = NULL;
    const enum disk_fault held = hold_faults(world);
    bool kept = sqlite3_open(world->office.path, &db) == SQLITE_OK ||
                model_break(&world->model, "6: the file cannot be opened");
    kept = kept && check_leaves(world, db) && check_looks(world, db);
    sqlite3_close(db);
    world->disk.fault = held;
    return kept;
}

bool check_rebuild(struct world *world)
{
    struct rebuild_outcome outcome = {0};
    struct err err = {0};
    const enum disk_fault held = hold_faults(world);
    const bool rebuilt = store_rebuild(world->office.store, false, NULL, NULL, &outcome, &err).ok;
    world->disk.fault = held;
    return (rebuilt ||
            model_break(&world->model, "6: the rows cannot be made anew: %s", err.what)) &&
           (outcome.differences == 0 ||
            model_break(&world->model, "6: the rows are not those of the events: %s",
                        outcome.first_difference));
}

/* --- the past --------------------------------------------------------------------------------- */

bool check_verdict(struct world *world, const struct model_verdict *verdict)
{
    struct model *model = &world->model;
    struct explain_answer answer = {0};
    struct err err = {0};
    const struct caller caller = {.account = world->office.accounts[SENIOR]};
    const struct model_hub *hub = model_hub(model, verdict->hub);
    const struct asked asked = {
        .has_on = true, .on = verdict->on, .has_known_at = true, .known_at = verdict->known_at};
    const enum disk_fault held = hold_faults(world);
    arena_reset(&world->office.work);
    const bool explained =
        casework_explain(&world->office.casework, &caller,
                         str_from_c(model_person(model, verdict->person)->reference),
                         model->rulebook->steps[verdict->step].name,
                         str_from_c(hub == NULL ? "" : hub->reference), &asked, &world->office.work,
                         &answer, &err)
            .ok;
    world->disk.fault = held;
    if (!explained) {
        return model_break(model, "8: the verdict of event %lld cannot be derived again: %s",
                           (long long)verdict->position, err.what);
    }
    bool same = answer.explanation.clearance == verdict->clearance;
    for (size_t i = 0; same && i < answer.explanation.safeguard_count; i++) {
        same = answer.explanation.safeguards[i].clearance == verdict->each[i];
    }
    return same || model_break(model, "8: the verdict of event %lld comes out otherwise today",
                               (long long)verdict->position);
}

bool check_all_verdicts(struct world *world)
{
    const size_t count = world->model.verdict_count;
    for (size_t i = 0; i < count; i++) {
        if (!check_verdict(world, &world->model.verdicts[i])) {
            return false;
        }
    }
    return true;
}
