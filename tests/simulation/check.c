#include "check.h"

#include "deeds.h"
#include "store/departures.h"

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

/* Changes with each commit of another connection; 0: it cannot be told. */
static int64_t version_of_file(struct world *world)
{
    sqlite3_stmt *statement = NULL;
    int64_t version = 0;
    const enum disk_fault held = hold_faults(world);
    if (world->beside != NULL &&
        sqlite3_prepare_v2(world->beside, "PRAGMA data_version", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        version = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    world->disk.fault = held;
    return version;
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
    const int64_t version = version_of_file(world);
    *ret_count = 0;
    *ret_first = (struct client_id){{0}};
    if (version != 0 && version == world->version_folded) {
        return true; /* nothing was committed since */
    }
    struct new_events new = {.world = world,
                             .events = ARENA_NEW(&model->scratch, struct event, NEW_EVENTS_MAX)};
    ASSERT(new.events != NULL);
    const bool folded =
        read_store(world, read_new, &new) && model_fold(model, new.events, new.count, day);
    world->version_folded = folded ? version : 0;
    *ret_count = new.count;
    *ret_first = new.count == 0 ? *ret_first : new.events[0].client_id;
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
    /* The same once more is an answer; only to somebody who sees the person no more it is none, nor
     * to whom another role was given since, when it turned out that it was not done of whom the
     * order names, or who that was is erased. */
    const int64_t before = model_command(model, &order->client_id);
    const struct model_person *whose = before == 0 ? NULL : model_whose(model, before);
    const bool cannot_tell = answer->err.code == ERROR_CONFLICT &&
                             (model_was_given(model, before) || (whose != NULL && whose->erased));
    const bool may_no_more = answer->err.code == ERROR_FORBIDDEN &&
                             model_account(model, order->account)->changed > before;
    if (done_before && !world->disk_failed && answer->err.code != ERROR_NOT_FOUND && !cannot_tell &&
        !may_no_more) {
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
    if (answer->ok && (int64_t)count < answer->facts) {
        return model_break(model, "6: of %lld facts of a file %zu events are in the store",
                           (long long)answer->facts, count);
    }
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
    if ((int64_t)count < world->owed) {
        return model_break(model, "6: a file was acknowledged, and %lld of its facts are lost",
                           (long long)world->owed - (long long)count);
    }
    world->owed = 0;
    if (count > 0 && !world->in_doubt) {
        return model_break(model, "6: after the restart there are %zu events that nobody sent",
                           count);
    }
    world->in_doubt = false;
    /* Making all rows anew takes as long as a third of a run: at the end of each, and here now and
     * then. */
    return check_history(world) && (!random_chance(&world->random, 0.15) || check_rebuild(world));
}

/* --- rows ------------------------------------------------------------------------------------- */

struct rows_work {
    struct world *world;
    struct arena arena;
};

static size_t people_of(const struct model *model)
{
    size_t people = 0;
    for (size_t i = 0; i < model->person_count; i++) {
        people += model_is_person(&model->people[i]) ? 1 : 0;
    }
    return people;
}

static bool is_row_of(const struct model *model, const struct person_row *row,
                      const struct model_person *person)
{
    return rulebook_stage(model->rulebook, row->stage) == person->stage &&
           row->hub == person->hub && row->family == person->family &&
           row->next_check_on.known == person->next_check_on.known &&
           row->last_contact_on.known == person->last_contact_on.known &&
           row->holds == person->holds && row->restricted == person->restricted &&
           row->protection == person->protection && row->erased == person->erased &&
           row->erasure_request == person->erasure_request;
}

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
        if (person == NULL || !model_is_person(person) || !is_row_of(model, &rows[i], person)) {
            model_break(model, "5: the row of %.*s is not what happened to them",
                        STR_ARG(rows[i].reference));
        }
    }
    for (size_t i = 0; i < stage_count; i++) {
        counted += stages[i].people;
    }
    if (count != people_of(model) || counted != (int64_t)count) {
        model_break(model, "5: %zu people are there and %lld in all stages, of %zu", count,
                    (long long)counted, people_of(model));
    }
    return result_ok();
}

/* 9: which record is a part of which. */
static result check_records(struct transaction *transaction, struct rows_work *work,
                            struct err *err)
{
    struct model *model = &work->world->model;
    const struct person_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_each_record(transaction, 0, MODEL_PEOPLE_MAX + 1, &work->arena, &rows, &count,
                                err));
    for (size_t i = 0; i < count; i++) {
        const struct model_person *record = model_person(model, rows[i].id);
        struct person_row whole = {.id = 0};
        TRY(transaction_person(transaction, rows[i].id, &work->arena, &whole, err));
        if (record == NULL || whole.id != model_whole(model, record->id)->id) {
            model_break(model, "9: record %.*s is a part of another person than was decided",
                        STR_ARG(rows[i].reference));
        }
    }
    if (count != model->person_count) {
        model_break(model, "9: %zu records are there, of %zu", count, model->person_count);
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
            (model_is_live(request) && (rows[i].place != request->place ||
                                        rows[i].person != model_person_of(model, request)->id))) {
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
    const int64_t person = place->state == PLACE_OCCUPIED ? place->person
                           : place->request != 0          ? model_whose(model, place->request)->id
                                                          : 0;
    if (row->state != place->state || row->person != person || row->request != place->request ||
        row->prebooking != place->prebooking || !str_equal(row->kind, str_from_c(place->kind))) {
        model_break(model, "4: place %lld of %s is %s for %lld, and should be %s for %lld",
                    (long long)row->number, hub->reference, place_state_name(row->state),
                    (long long)row->person, place_state_name(place->state), (long long)person);
    }
}

static bool adds_up(const struct model_hub *hub, const struct place_counts *counts, date today)
{
    const int64_t free = model_places_free(hub, NULL, today);
    const int64_t out_of_use = model_places(hub, PLACE_OUT_OF_USE);
    return counts->agreed == model_places_agreed(hub) && counts->free == free &&
           counts->held == model_places(hub, PLACE_HELD) &&
           counts->occupied == model_places(hub, PLACE_OCCUPIED) &&
           counts->out_of_use == out_of_use &&
           counts->agreed == counts->free + counts->held + counts->occupied + counts->prebooked +
                                 counts->out_of_use;
}

static result check_places(struct transaction *transaction, struct rows_work *work, struct err *err)
{
    struct model *model = &work->world->model;
    const date today = world_today(work->world);
    for (size_t h = 0; h < model->hub_count; h++) {
        const struct model_hub *hub = &model->hubs[h];
        const struct place_row *rows = NULL;
        size_t count = 0;
        const struct kind_counts *kinds = NULL;
        size_t kind_count = 0;
        TRY(transaction_places(transaction, hub->id, &work->arena, &rows, &count, err));
        TRY(transaction_count_places(transaction, hub->id, today, &work->arena, &kinds, &kind_count,
                                     err));
        const struct place_counts counts = place_counts_sum(kinds, kind_count);
        for (size_t i = 0; i < count; i++) {
            check_place(model, hub, &rows[i]);
        }
        if ((int64_t)count != hub->place_count || !adds_up(hub, &counts, today)) {
            model_break(model, "4: the places of %s do not add up", hub->reference);
        }
    }
    return result_ok();
}

static bool same_counts(const struct intake_counts *a, const struct intake_counts *b)
{
    return a->used == b->used && a->used_in_month == b->used_in_month && a->held == b->held;
}

/* What is counted as it happens is what counting everybody comes to, on any day, and the model. */
static result check_intakes(struct transaction *transaction, struct rows_work *work,
                            struct err *err)
{
    enum { DAYS = 3, DAYS_APART = 20 };
    const instant ever = {.milliseconds = INT64_MAX};
    const struct agreement_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_agreements(transaction, &work->arena, &rows, &count, err));
    for (size_t i = 0; i < count * DAYS; i++) {
        const struct agreement_row *row = &rows[i / DAYS];
        const date on = date_add_days(world_today(work->world), -DAYS_APART * (int32_t)(i % DAYS));
        struct intake_counts kept;
        struct intake_counts counted;
        TRY(transaction_count_intake(transaction, row->id, on, &kept, err));
        TRY(transaction_count_intake_past(transaction, row->id, on, ever, &counted, err));
        const struct intake_counts folded = model_intake(&work->world->model, row->id, on);
        if (!same_counts(&kept, &counted) || !same_counts(&kept, &folded)) {
            model_break(&work->world->model,
                        "4: under %.*s %lld are used and %lld held, %lld and %lld are kept, and it "
                        "is %lld and %lld",
                        STR_ARG(row->reference), (long long)counted.used, (long long)counted.held,
                        (long long)kept.used, (long long)kept.held, (long long)folded.used,
                        (long long)folded.held);
        }
    }
    return result_ok();
}

/* --- rows of departures, arrivals, books -------------------------------------------------------
 */

static result check_manifests(struct transaction *transaction, struct rows_work *work,
                              struct err *err)
{
    struct model *model = &work->world->model;
    for (size_t i = 0; i < model->manifest_count; i++) {
        const struct model_manifest *manifest = &model->manifests[i];
        const struct manifest_entry_row *rows = NULL;
        struct manifest_row row = {.id = 0};
        size_t count = 0;
        size_t known = 0;
        TRY(transaction_manifest(transaction, manifest->id, &work->arena, &row, err));
        TRY(transaction_manifest_entries(transaction, manifest->id, &work->arena, &rows, &count,
                                         err));
        if ((int)row.state != (int)manifest->state || row.hub != manifest->hub ||
            row.departs_at.milliseconds != manifest->departs_at_ms) {
            model_break(model, "5: manifest %s is %s", manifest->reference,
                        manifest_state_name(row.state));
        }
        for (size_t k = 0; k < count; k++) {
            const struct model_on_manifest *on =
                model_last_on_manifest(model, manifest->id, rows[k].request);
            known += on != NULL ? 1 : 0;
            if (on == NULL || (int)on->state != (int)rows[k].state ||
                on->recalled != rows[k].recalled) {
                model_break(model, "5: on manifest %s somebody is %s", manifest->reference,
                            manifest_entry_state_name(rows[k].state));
            }
        }
        if (known != count) {
            model_break(model, "5: on manifest %s are others than were put on it",
                        manifest->reference);
        }
    }
    return result_ok();
}

static result check_stays(struct transaction *transaction, struct rows_work *work, struct err *err)
{
    struct model *model = &work->world->model;
    size_t known = 0;
    for (size_t i = 0; i < model->person_count; i++) {
        const struct stay_row *rows = NULL;
        size_t count = 0;
        if (!model_is_person(&model->people[i])) {
            continue;
        }
        TRY(transaction_stays_of_person(transaction, model->people[i].id, &work->arena, &rows,
                                        &count, err));
        for (size_t k = 0; k < count; k++) {
            const struct model_stay *stay = model_stay_named(model, rows[k].id);
            known++;
            if (stay == NULL || stay->hub != rows[k].hub || stay->left != rows[k].left_event ||
                (int)stay->arrival != (int)rows[k].arrival) {
                model_break(model, "5: the stay %lld of %s is %s", (long long)rows[k].id,
                            model->people[i].reference, arrival_state_name(rows[k].arrival));
            }
        }
    }
    if (known != model->stay_count) {
        model_break(model, "5: %zu stays are there, of %zu", known, model->stay_count);
    }
    return result_ok();
}

static result check_entries(struct transaction *transaction, struct rows_work *work,
                            struct err *err)
{
    struct model *model = &work->world->model;
    for (size_t i = 0; i < model->entry_count; i++) {
        const struct model_entry *entry = &model->entries[i];
        struct entry_row row = {.id = 0};
        struct err none = {0};
        if (entry->erased) {
            if (transaction_entry(transaction, entry->id, &work->arena, &row, &none).ok) {
                model_break(model, "5: the entry %lld outlives whom it was about",
                            (long long)entry->id);
            }
            continue;
        }
        TRY(transaction_entry(transaction, entry->id, &work->arena, &row, err));
        const bool as_it_is = str_equal(row.state, str_from_c(entry->state));
        const bool due = row.due_on.known == entry->due_on.known &&
                         (!entry->due_on.known || row.due_on.day.day == entry->due_on.day.day);
        if (!as_it_is || !due || row.parent != entry->parent) {
            model_break(model, "5: the entry %lld is %.*s, and should be %s", (long long)entry->id,
                        STR_ARG(row.state), entry->state);
        }
    }
    return result_ok();
}

static result check_all_rows(struct transaction *transaction, void *context, struct err *err)
{
    struct rows_work *work = context;
    TRY(check_people(transaction, work, err));
    TRY(check_records(transaction, work, err));
    TRY(check_requests(transaction, work, err));
    TRY(check_places(transaction, work, err));
    TRY(check_intakes(transaction, work, err));
    TRY(check_manifests(transaction, work, err));
    TRY(check_stays(transaction, work, err));
    return check_entries(transaction, work, err);
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
        const struct model_person *person = model_person_of(model, request);
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
    const struct checked_rows before = world->checked;
    const struct checked_rows now = {
        .version = version_of_file(world), .last = world->model.last, .day = world_today(world)};
    const bool same = now.version != 0 && now.version == before.version &&
                      now.last == before.last && date_equal(now.day, before.day);
    const bool kept =
        same || (read_store(world, check_all_rows, &work) && world->model.broken[0] == '\0');
    world->checked = now;
    return kept && check_live_requests(world);
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
    const enum disk_fault held = hold_faults(world);
    const bool open = world->beside != NULL ||
                      sqlite3_open(world->office.path, &world->beside) == SQLITE_OK ||
                      model_break(&world->model, "6: the file cannot be opened");
    const bool kept =
        open && check_leaves(world, world->beside) && check_looks(world, world->beside);
    world->disk.fault = held;
    return kept;
}

void check_leave_file(struct world *world)
{
    sqlite3_close(world->beside);
    world->beside = NULL;
    world->checked = (struct checked_rows){.version = 0};
    world->version_folded = 0;
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

/* What rested on the facts of somebody who was erased cannot be told any more, and of somebody
 * whose processing is restricted only to another role. */
static bool is_hidden(struct model *model, const struct model_verdict *verdict)
{
    bool hidden = model_whole(model, verdict->person)->restricted;
    for (size_t i = 0; i < model->person_count; i++) {
        hidden = hidden || ((verdict->people >> i & 1U) != 0 && model->people[i].erased);
    }
    return hidden;
}

/* An account that sees the person: a protection names the role of one of these. */
static struct caller who_sees(const struct world *world, const struct model_person *person)
{
    static const enum account_name accounts[] = {SENIOR, CLERK, OFFICER};
    size_t i = 0;
    while (i + 1 < sizeof accounts / sizeof accounts[0] &&
           !model_names(&world->model, person,
                        model_account(&world->model, world->office.accounts[accounts[i]]))) {
        i++;
    }
    return (struct caller){.account = world->office.accounts[accounts[i]]};
}

bool check_verdict(struct world *world, const struct model_verdict *verdict)
{
    struct model *model = &world->model;
    if (is_hidden(model, verdict)) {
        return true;
    }
    struct explain_answer answer = {0};
    struct err err = {0};
    const struct caller caller = who_sees(world, model_whole(model, verdict->person));
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
