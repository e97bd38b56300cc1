/* Aim: merging loses nothing and unmerging gives everything back. Two stores are told the same
 * random story of the same people. In one of them records are merged, in trees, and what happens is
 * recorded under whatever reference stands for the merged person; then the merges are undone, in
 * any order. In the other nobody was ever merged, and every event was recorded of the one it was
 * about. At the end every row of both must be the same, to the byte. The random numbers are printed
 * with their seed; SEED=n repeats one story.
 *
 * The second store is the oracle: it knows nothing of merging. So is the truth, which the story
 * keeps: what identity_attribute tells must never contradict it. */
#include "harness.h"

#include "register/lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PEOPLE = 5,
    STEPS = 70,
    ROUNDS = 12,
    ROUNDS_LONG = 200,
    ITEMS_MAX = 400,
    SNAPSHOTS = 12,
    FACTS_SHOWN = 24,
};

/* Something that a later event may name: a fact, an identifier, a request. */
struct named {
    enum event_kind kind;
    int64_t position;
    int truth;
    int64_t hub;
    int64_t place;
    bool over;
    int approvals;
};

struct edge {
    int64_t request;
    int64_t decided;
    int continues;
    int absorbed;
    bool in_force;
};

/* What was known of a record at some instant, to be asked for again at the end. */
struct snapshot {
    int record;
    instant at;
    struct person_row row;
    char stage[40];
    int64_t facts[FACTS_SHOWN];
    size_t fact_count;
};

struct story {
    struct random random;
    struct room *room; /* of the store with merges */
    struct transaction *merged;
    struct transaction *never;
    struct arena *arena;
    int64_t people[PEOPLE];
    int64_t hubs[2];
    int whole[PEOPLE]; /* the record that this one is a part of; -1 */
    struct named named[ITEMS_MAX];
    size_t named_count;
    struct edge edges[ITEMS_MAX];
    size_t edge_count;
    int truth[ITEMS_MAX * 4]; /* by position */
    struct snapshot snapshots[SNAPSHOTS];
    size_t snapshot_count;
    instant now;
    int64_t position;
    bool gone[PEOPLE]; /* erased */
    int erased;
    int erased_with_others;
    int merges;
    int moved;
    int told;
};

static const char *const stages[] = {"claimed", "refused", "exhausted", "at_hub", "gone"};

static int pick(struct story *story, int bound)
{
    return (int)random_below(&story->random, (uint64_t)bound);
}

static int root_of(const struct story *story, int record)
{
    while (story->whole[record] >= 0) {
        record = story->whole[record];
    }
    return record;
}

/* A reference that stands for this one: its own or that of one it is a part of. */
static int reference_for(struct story *story, int record)
{
    while (story->whole[record] >= 0 && pick(story, 3) > 0) {
        record = story->whole[record];
    }
    return record;
}

/* --- telling both stores ---------------------------------------------------------------------- */

static result tell_both(struct story *story, const struct event *event, int64_t merged_subject,
                        int64_t never_subject, struct err *err)
{
    struct event left = *event;
    struct event right = *event;
    left.subject = merged_subject;
    right.subject = never_subject;
    left.recorded_at = story->now;
    right.recorded_at = story->now;
    TRY(transaction_append(story->merged, &left, err));
    TRY(transaction_append(story->never, &right, err));
    if (left.position != right.position || left.position >= ITEMS_MAX * 4) {
        return err_set(err, ERROR_INTERNAL, "the stores are not in step");
    }
    story->position = left.position;
    return result_ok();
}

/* An event that is about `truth`, recorded under a reference that stands for them. */
static result tell(struct story *story, struct event event, int truth, struct err *err)
{
    const int used = reference_for(story, truth);
    event.actor = 1 + pick(story, 3);
    TRY(tell_both(story, &event, story->people[used], story->people[truth], err));
    story->truth[story->position] = truth;
    story->now.milliseconds += 2;
    return result_ok();
}

/* Of merging itself the second store hears nothing but that an event was there. */
static result tell_merging(struct story *story, struct event event, int record, struct err *err)
{
    struct event note = event_of(SUBJECT_OF_PERSON, story->people[record], EVENT_NOTE_ADDED);
    event.subject = story->people[record];
    event.recorded_at = story->now;
    note.recorded_at = story->now;
    TRY(transaction_append(story->merged, &event, err));
    TRY(transaction_append(story->never, &note, err));
    story->position = event.position;
    story->truth[story->position] = record;
    story->now.milliseconds += 2;
    return event.position == note.position
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "the stores are not in step");
}

static struct event about(enum event_kind kind, struct story *story)
{
    struct event event = event_of(SUBJECT_OF_PERSON, 0, kind);
    event.effective_on.day = DAY_0 - 20 + pick(story, 40);
    return event;
}

static void keep(struct story *story, enum event_kind kind, int truth, int64_t hub)
{
    if (story->named_count < ITEMS_MAX) {
        story->named[story->named_count++] =
            (struct named){.kind = kind, .position = story->position, .truth = truth, .hub = hub};
    }
}

static struct named *choose_named(struct story *story, enum event_kind kind)
{
    for (int i = 0; i < 20 && story->named_count > 0; i++) {
        struct named *named = &story->named[pick(story, (int)story->named_count)];
        if (named->kind == kind && !named->over) {
            return named;
        }
    }
    return NULL;
}

/* --- what happens ----------------------------------------------------------------------------- */

static result record_fact(struct story *story, int truth, struct err *err)
{
    static const char *const facts[] = {"order", "health", "notice", "nationality"};
    static const char *const values[] = {"none", "yes", "2026-03-01", "17", "reported", "its own"};
    struct event event = about(EVENT_FACT_RECORDED, story);
    event.body.fact_recorded.fact = str_from_c(facts[pick(story, 4)]);
    event.body.fact_recorded.value = str_from_c(values[pick(story, 6)]);
    TRY(tell(story, event, truth, err));
    keep(story, EVENT_FACT_RECORDED, truth, 0);
    return result_ok();
}

/* The record under which the event of this position stands in the store with merges. */
static result stands_under(struct story *story, int64_t position, int64_t *ret_record,
                           struct err *err)
{
    struct arena scratch = *story->arena;
    struct event event;
    TRY(transaction_event(story->merged, position, &scratch, &event, err));
    *ret_record = event.subject;
    return result_ok();
}

static result withdraw(struct story *story, enum event_kind kind, struct err *err)
{
    struct named *named = choose_named(story, kind);
    int64_t record = 0;
    if (named == NULL) {
        return result_ok();
    }
    struct event event = about(
        kind == EVENT_FACT_RECORDED ? EVENT_FACT_WITHDRAWN : EVENT_IDENTIFIER_WITHDRAWN, story);
    if (kind == EVENT_FACT_RECORDED) {
        event.body.fact_withdrawn.event = named->position;
    } else {
        event.body.identifier_withdrawn.event = named->position;
    }
    TRY(stands_under(story, named->position, &record, err));
    TRY(tell_both(story, &event, record, story->people[named->truth], err));
    story->truth[story->position] = named->truth;
    story->now.milliseconds += 2;
    named->over = true;
    return result_ok();
}

static result record_identifier(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_IDENTIFIER_RECORDED, story);
    const bool name = pick(story, 2) == 0;
    event.body.identifier_recorded.scheme = name ? STR("other_name") : STR("home_office");
    event.body.identifier_recorded.value =
        arena_format(story->arena, name ? "Other Name%d" : "A%07d", pick(story, 3));
    TRY(tell(story, event, truth, err));
    keep(story, EVENT_IDENTIFIER_RECORDED, truth, 0);
    return result_ok();
}

static result correct_identity(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_IDENTITY_CORRECTED, story);
    event.body.identity_corrected.name =
        arena_format(story->arena, "Person%d Corrected%d", truth, pick(story, 9));
    event.body.identity_corrected.born_on =
        (struct known_day){.known = pick(story, 2) == 0, .day = {9000 + pick(story, 3000)}};
    return tell(story, event, truth, err);
}

static result confirm_contact(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_CONTACT_CONFIRMED, story);
    event.body.contact_confirmed.source = pick(story, 2) == 0 ? STR("a visit") : STR("a call");
    event.body.contact_confirmed.next_check_on =
        (struct known_day){.known = pick(story, 2) == 0, .day = {DAY_0 + pick(story, 60)}};
    return tell(story, event, truth, err);
}

static result join_family(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_FAMILY_JOINED, story);
    event.body.family_joined.family = 1 + pick(story, 3);
    return tell(story, event, truth, err);
}

static result add_note(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_NOTE_ADDED, story);
    event.body.note_added.note = STR("seen");
    return tell(story, event, truth, err);
}

static result stage_of(struct transaction *transaction, int64_t record, struct arena *arena,
                       struct person_row *ret_row, struct err *err)
{
    return transaction_person(transaction, record, arena, ret_row, err);
}

/* Nobody else who is one person with this one is at a hub, so that a step of theirs about a place
 * is the same in both stores. */
static result may_move(struct story *story, int truth, bool *ret_may, struct err *err)
{
    *ret_may = true;
    for (int i = 0; i < PEOPLE; i++) {
        struct person_row row;
        TRY(stage_of(story->never, story->people[i], story->arena, &row, err));
        if (i != truth && row.hub != 0 && root_of(story, i) == root_of(story, truth)) {
            *ret_may = false;
        }
    }
    return result_ok();
}

static result step_from(struct story *story, int truth, struct event *event, struct err *err)
{
    struct person_row left;
    struct person_row right;
    TRY(stage_of(story->merged, story->people[truth], story->arena, &left, err));
    TRY(stage_of(story->never, story->people[truth], story->arena, &right, err));
    event->body.step_taken.step = STR("hub_transfer");
    event->body.step_taken.to = str_from_c(stages[pick(story, 5)]);
    if (str_equal(left.stage, right.stage)) {
        event->body.step_taken.from = left.stage;
    }
    return result_ok();
}

/* What a step records comes a millisecond later, in the same name, and goes where the step goes. */
static result record_of_step(struct story *story, int truth, struct err *err)
{
    struct event event = event_of(SUBJECT_OF_PERSON, 0, EVENT_FACT_RECORDED);
    const int used = reference_for(story, truth);
    event.body.fact_recorded.fact = STR("by_step");
    event.body.fact_recorded.value = STR("yes");
    story->now.milliseconds -= 1;
    TRY(tell_both(story, &event, story->people[used], story->people[truth], err));
    story->truth[story->position] = truth;
    story->now.milliseconds += 2;
    return result_ok();
}

static result take_step(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_STEP_TAKEN, story);
    struct person_row row;
    bool may = false;
    TRY(step_from(story, truth, &event, err));
    TRY(stage_of(story->never, story->people[truth], story->arena, &row, err));
    TRY(may_move(story, truth, &may, err));
    event.body.step_taken.place = may && row.hub != 0 && pick(story, 2) == 0 ? -1 : 0;
    const int used = reference_for(story, truth);
    TRY(tell_both(story, &event, story->people[used], story->people[truth], err));
    story->truth[story->position] = truth;
    story->now.milliseconds += 2;
    return pick(story, 2) == 0 ? record_of_step(story, truth, err) : result_ok();
}

static result ask_for_step(struct story *story, int truth, struct err *err)
{
    struct event event = about(EVENT_STEP_REQUESTED, story);
    const int64_t hub = story->hubs[pick(story, 2)];
    event.body.step_requested.step = STR("hub_transfer");
    event.body.step_requested.hub = hub;
    TRY(tell(story, event, truth, err));
    keep(story, EVENT_STEP_REQUESTED, truth, hub);
    return result_ok();
}

static result approve_step(struct story *story, struct err *err)
{
    struct named *named = choose_named(story, EVENT_STEP_REQUESTED);
    int64_t left = 0;
    int64_t right = 0;
    if (named == NULL || named->approvals > 0) {
        return result_ok();
    }
    TRY(transaction_free_place(story->merged, named->hub, STR(""), (date){DAY_0}, &left, err));
    TRY(transaction_free_place(story->never, named->hub, STR(""), (date){DAY_0}, &right, err));
    if (left != right) {
        return err_set(err, ERROR_INTERNAL, "another place is free: %lld and %lld", (long long)left,
                       (long long)right);
    }
    struct event event = about(EVENT_STEP_APPROVED, story);
    event.body.step_approved.request = named->position;
    event.body.step_approved.place = left;
    TRY(tell(story, event, named->truth, err));
    named->approvals = 1;
    named->place = left;
    return result_ok();
}

static result end_request(struct story *story, struct err *err)
{
    struct named *named = choose_named(story, EVENT_STEP_REQUESTED);
    if (named == NULL) {
        return result_ok();
    }
    struct event event = about(EVENT_STEP_STOPPED, story);
    event.body.step_stopped.request = named->position;
    named->over = true;
    return tell(story, event, named->truth, err);
}

static result take_request(struct story *story, struct err *err)
{
    struct named *named = choose_named(story, EVENT_STEP_REQUESTED);
    bool may = false;
    if (named == NULL || named->approvals == 0) {
        return result_ok();
    }
    TRY(may_move(story, named->truth, &may, err));
    if (!may) {
        return result_ok();
    }
    struct event event = about(EVENT_STEP_TAKEN, story);
    TRY(step_from(story, named->truth, &event, err));
    event.body.step_taken.request = named->position;
    event.body.step_taken.hub = named->hub;
    event.body.step_taken.place = named->place;
    named->over = true;
    return tell(story, event, named->truth, err);
}

/* --- merging and undoing ---------------------------------------------------------------------- */

static result merge(struct story *story, struct err *err)
{
    const int whole = root_of(story, pick(story, PEOPLE));
    const int part = root_of(story, pick(story, PEOPLE));
    struct person_row row;
    TRY(stage_of(story->merged, story->people[part], story->arena, &row, err));
    if (whole == part || row.hub != 0 || story->edge_count == ITEMS_MAX) {
        return result_ok();
    }
    struct event asked = about(EVENT_MERGE_REQUESTED, story);
    asked.body.merge_requested.other = story->people[part];
    TRY(tell_merging(story, asked, whole, err));
    struct edge *edge = &story->edges[story->edge_count++];
    *edge = (struct edge){
        .request = story->position, .continues = whole, .absorbed = part, .in_force = true};
    struct event merged = about(EVENT_IDENTITIES_MERGED, story);
    merged.body.identities_merged.request = edge->request;
    merged.body.identities_merged.other = story->people[part];
    TRY(tell_merging(story, merged, whole, err));
    edge->decided = story->position;
    story->whole[part] = whole;
    story->merges++;
    return result_ok();
}

static bool is_below(const struct story *story, int record, int above)
{
    while (record >= 0 && record != above) {
        record = story->whole[record];
    }
    return record == above;
}

static int index_of(const struct story *story, int64_t person)
{
    for (int i = 0; i < PEOPLE; i++) {
        if (story->people[i] == person) {
            return i;
        }
    }
    return -1;
}

/* All merges in force, as rows. */
static result rows_in_force(struct story *story, struct merge_row *rows, size_t *count,
                            struct err *err)
{
    *count = 0;
    for (size_t i = 0; i < story->edge_count; i++) {
        if (story->edges[i].in_force) {
            TRY(transaction_merge(story->merged, story->edges[i].request, &rows[*count], err));
            (*count)++;
        }
    }
    return result_ok();
}

static result check_told(const struct attributed *item, bool absorbed, struct err *err)
{
    const enum attribution truth = absorbed ? ATTRIBUTION_ABSORBED : ATTRIBUTION_CONTINUING;
    return item->to == ATTRIBUTION_UNDECIDED || item->to == truth
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "event %lld is told to be about the wrong one",
                         (long long)item->event->position);
}

/* The events of the merged person; those since the merge that the truth gives to the other side
 * than the one they stand on are listed. */
static result list_moved(struct story *story, const struct edge *edge, int64_t *moved,
                         size_t *moved_count, struct err *err)
{
    struct merge_row rows[ITEMS_MAX];
    struct merge_row row;
    size_t row_count = 0;
    struct identity_event *events = NULL;
    size_t event_count = 0;
    size_t kept = 0;
    struct attributed *items = NULL;
    size_t item_count = 0;
    TRY(rows_in_force(story, rows, &row_count, err));
    TRY(transaction_merge(story->merged, edge->request, &row, err));
    TRY(transaction_identity_events(story->merged, story->people[edge->continues], 0, KNOWN_NOW,
                                    story->arena, &events, &event_count, err));
    for (size_t i = 0; i < event_count; i++) {
        const int record = index_of(story, events[i].about);
        if (root_of(story, record) == root_of(story, edge->continues)) {
            events[kept++] = events[i];
        }
    }
    TRY(identity_attribute(&row, rows, row_count, events, kept, story->arena, &items, &item_count,
                           err));
    *moved_count = 0;
    for (size_t i = 0; i < item_count; i++) {
        const int truth = story->truth[items[i].event->position];
        const bool absorbed = is_below(story, truth, edge->absorbed);
        const bool stands = is_below(story, index_of(story, items[i].about), edge->absorbed);
        TRY(check_told(&items[i], absorbed, err));
        story->told += items[i].to != ATTRIBUTION_UNDECIDED ? 1 : 0;
        if (absorbed != stands) {
            moved[(*moved_count)++] = items[i].event->position;
        }
    }
    return result_ok();
}

static result undo(struct story *story, struct edge *edge, struct err *err)
{
    int64_t moved[ITEMS_MAX * 4];
    struct event event = about(EVENT_IDENTITIES_SEPARATED, story);
    struct number_list list = {.items = moved};
    TRY(list_moved(story, edge, moved, &list.count, err));
    event.body.identities_separated.request = edge->request;
    event.body.identities_separated.other = story->people[edge->absorbed];
    event.body.identities_separated.moved = list;
    TRY(tell_merging(story, event, edge->continues, err));
    story->moved += (int)list.count;
    edge->in_force = false;
    story->whole[edge->absorbed] = -1;
    return result_ok();
}

static result undo_any(struct story *story, bool *ret_any, struct err *err)
{
    size_t in_force[ITEMS_MAX];
    int count = 0;
    for (size_t i = 0; i < story->edge_count; i++) {
        in_force[count] = i;
        count += story->edges[i].in_force ? 1 : 0;
    }
    *ret_any = count > 0;
    return count == 0 ? result_ok() : undo(story, &story->edges[in_force[pick(story, count)]], err);
}

/* --- what was known --------------------------------------------------------------------------- */

static result facts_at(struct story *story, int record, instant known_at, int64_t *facts,
                       size_t *ret_count, struct err *err)
{
    const struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_facts(story->merged, SUBJECT_OF_PERSON, story->people[record],
                          (date){DAY_0 + 5}, known_at, story->arena, &rows, &count, err));
    *ret_count = count < FACTS_SHOWN ? count : FACTS_SHOWN;
    for (size_t i = 0; i < *ret_count; i++) {
        facts[i] = rows[i].position;
    }
    return result_ok();
}

static result take_snapshot(struct story *story, int record, struct err *err)
{
    if (story->snapshot_count == SNAPSHOTS) {
        return result_ok();
    }
    struct snapshot *snapshot = &story->snapshots[story->snapshot_count++];
    *snapshot = (struct snapshot){.record = record, .at = {story->now.milliseconds - 1}};
    TRY(stage_of(story->merged, story->people[record], story->arena, &snapshot->row, err));
    snprintf(snapshot->stage, sizeof snapshot->stage, "%.*s", STR_ARG(snapshot->row.stage));
    return facts_at(story, record, KNOWN_NOW, snapshot->facts, &snapshot->fact_count, err);
}

static bool same_row(const struct snapshot *snapshot, const struct person_row *row)
{
    const struct person_row *was = &snapshot->row;
    return was->id == row->id && str_equal(str_from_c(snapshot->stage), row->stage) &&
           date_equal(was->stage_since, row->stage_since) && was->stage_event == row->stage_event &&
           was->hub == row->hub && was->family == row->family &&
           was->identity_event == row->identity_event && was->part_of == row->part_of &&
           was->last_contact_on.known == row->last_contact_on.known &&
           was->next_check_on.known == row->next_check_on.known;
}

/* As known at that instant, the same person and the same facts as then. */
static result check_snapshot(struct story *story, const struct snapshot *snapshot, struct err *err)
{
    int64_t facts[FACTS_SHOWN];
    size_t count = 0;
    const int64_t *records = NULL;
    size_t record_count = 0;
    struct identity_event *events = NULL;
    size_t event_count = 0;
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    struct person_row *rows = NULL;
    const int64_t person = story->people[snapshot->record];
    TRY(facts_at(story, snapshot->record, snapshot->at, facts, &count, err));
    if (count != snapshot->fact_count || memcmp(facts, snapshot->facts, count * sizeof facts[0])) {
        return err_set(err, ERROR_INTERNAL, "other facts were known then");
    }
    TRY(transaction_records(story->merged, person, snapshot->at, story->arena, &records,
                            &record_count, err));
    TRY(transaction_kin(story->merged, person, story->arena, &kin, &kin_count, err));
    TRY(transaction_identity_events(story->merged, person, 0, snapshot->at, story->arena, &events,
                                    &event_count, err));
    TRY(identity_fold(kin, kin_count, events, event_count, story->arena, &rows, err));
    for (size_t i = 0; i < kin_count; i++) {
        if (kin[i] == records[0]) {
            return same_row(snapshot, &rows[i])
                       ? result_ok()
                       : err_set(err, ERROR_INTERNAL, "the person was another one then");
        }
    }
    return err_set(err, ERROR_INTERNAL, "nobody was there then");
}

/* --- the story -------------------------------------------------------------------------------- */

static result happen(struct story *story, struct err *err)
{
    const int truth = pick(story, PEOPLE);
    bool any = false;
    switch (pick(story, 20)) {
    case 0:
    case 1:
    case 2:
        return record_fact(story, truth, err);
    case 3:
        return withdraw(story, EVENT_FACT_RECORDED, err);
    case 4:
        return record_identifier(story, truth, err);
    case 5:
        return withdraw(story, EVENT_IDENTIFIER_RECORDED, err);
    case 6:
        return correct_identity(story, truth, err);
    case 7:
    case 8:
        return confirm_contact(story, truth, err);
    case 9:
        return join_family(story, truth, err);
    case 10:
        return add_note(story, truth, err);
    case 11:
        return take_step(story, truth, err);
    case 12:
    case 13:
        return ask_for_step(story, truth, err);
    case 14:
        return approve_step(story, err);
    case 15:
        return take_request(story, err);
    case 16:
        return end_request(story, err);
    case 17:
        return take_snapshot(story, truth, err);
    case 18:
        return merge(story, err);
    default:
        return pick(story, 3) > 0 ? merge(story, err) : undo_any(story, &any, err);
    }
}

static result begin_story(struct story *story, struct err *err)
{
    for (int i = 0; i < 2; i++) {
        struct event hub = event_of(SUBJECT_OF_HUB, 0, EVENT_HUB_OPENED);
        hub.body.hub_opened.reference = arena_format(story->arena, "HUB-%d", i);
        story->hubs[i] = i + 1;
        TRY(tell_both(story, &hub, i + 1, i + 1, err));
        struct event places = event_of(SUBJECT_OF_HUB, 0, EVENT_PLACES_AGREED);
        places.body.places_agreed.places = 4;
        TRY(tell_both(story, &places, i + 1, i + 1, err));
    }
    for (int i = 0; i < PEOPLE; i++) {
        struct event event = about(EVENT_PERSON_REGISTERED, story);
        event.body.person_registered.reference = arena_format(story->arena, "RH-%d", i);
        event.body.person_registered.name = arena_format(story->arena, "Person%d Sample", i);
        event.body.person_registered.stage = str_from_c(stages[pick(story, 3)]);
        story->people[i] = i + 1;
        story->whole[i] = -1;
        TRY(tell_both(story, &event, i + 1, i + 1, err));
        story->truth[story->position] = i;
    }
    story->now.milliseconds += 2;
    return result_ok();
}

static result play_inner(struct transaction *transaction, void *context, struct err *err)
{
    struct story *story = context;
    story->never = transaction;
    TRY(begin_story(story, err));
    for (int i = 0; i < STEPS; i++) {
        TRY(happen(story, err));
    }
    return result_ok();
}

static result end_inner(struct transaction *transaction, void *context, struct err *err)
{
    struct story *story = context;
    bool any = true;
    story->never = transaction;
    while (any) {
        TRY(undo_any(story, &any, err));
    }
    for (size_t i = 0; i < story->snapshot_count; i++) {
        TRY(check_snapshot(story, &story->snapshots[i], err));
    }
    return result_ok();
}

/* --- erasing ---------------------------------------------------------------------------------- */

/* Everybody whose records are sealed with this one's, unless one of them has a place. */
static result may_be_erased(struct story *story, int64_t person, const int64_t **ret_records,
                            size_t *ret_count, struct err *err)
{
    TRY(transaction_sealed_together(story->merged, person, story->arena, ret_records, ret_count,
                                    err));
    for (size_t i = 0; i < *ret_count; i++) {
        struct person_row row;
        TRY(transaction_person(story->merged, (*ret_records)[i], story->arena, &row, err));
        *ret_count = row.hub != 0 ? 0 : *ret_count;
    }
    return result_ok();
}

static result erase(struct story *story, const struct person_row *person, const int64_t *records,
                    size_t count, struct err *err)
{
    struct event event = event_of(SUBJECT_OF_REGISTER, 1, EVENT_PERSON_ERASED);
    struct event note = event_of(SUBJECT_OF_HUB, 1, EVENT_NOTE_ADDED);
    event.recorded_at = story->now;
    note.recorded_at = story->now;
    event.body.person_erased.person = person->id;
    event.body.person_erased.basis = STR("asked for");
    note.body.note_added.note = STR("so that both go on in step");
    TRY(transaction_erase_person(story->merged, &event, err));
    TRY(transaction_append(story->never, &note, err));
    story->now.milliseconds += 2;
    for (size_t i = 0; i < count; i++) {
        story->gone[index_of(story, records[i])] = true;
    }
    for (size_t i = 0; i < story->edge_count; i++) {
        struct edge *edge = &story->edges[i];
        edge->in_force = edge->in_force && !story->gone[edge->continues];
    }
    return result_ok();
}

static result erase_inner(struct transaction *transaction, void *context, struct err *err)
{
    struct story *story = context;
    story->never = transaction;
    for (int i = 0; i < PEOPLE && story->erased < 2; i++) {
        struct person_row row;
        const int64_t *records = NULL;
        size_t count = 0;
        TRY(transaction_person(story->merged, story->people[i], story->arena, &row, err));
        TRY(row.erased ? result_ok() : may_be_erased(story, row.id, &records, &count, err));
        if (count > 0) {
            TRY(erase(story, &row, records, count, err));
            story->erased++;
            story->erased_with_others += count > 1 ? 1 : 0;
        }
    }
    return result_ok();
}

/* Nothing that stands under a record that is gone can be read, nor anything about it; everything
 * else can. */
static result check_gone(struct story *story, struct err *err)
{
    for (int i = 0; i < PEOPLE; i++) {
        struct identity_event *events = NULL;
        size_t count = 0;
        TRY(transaction_identity_events(story->merged, story->people[i], 0, KNOWN_NOW, story->arena,
                                        &events, &count, err));
        for (size_t k = 0; k < count; k++) {
            const bool gone = story->gone[index_of(story, events[k].event.subject)];
            if (events[k].erased != gone || story->gone[index_of(story, events[k].about)] != gone) {
                return err_set(err, ERROR_INTERNAL, "event %lld is %s",
                               (long long)events[k].event.position, gone ? "there" : "gone");
            }
        }
    }
    return result_ok();
}

static result undo_rest_inner(struct transaction *transaction, void *context, struct err *err)
{
    struct story *story = context;
    bool any = true;
    story->never = transaction;
    TRY(check_gone(story, err));
    while (any) {
        TRY(undo_any(story, &any, err));
    }
    return check_gone(story, err);
}

struct both {
    struct story *story;
    struct room *never;
    store_work *inner;
};

static result in_both(struct transaction *transaction, void *context, struct err *err)
{
    const struct both *both = context;
    both->story->merged = transaction;
    return store_write(both->never->store, both->inner, both->story, err);
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Every row of a table of one store that the other has not. */
static void expect_same_rows(struct room *merged, struct room *never, const char *table,
                             const char *columns)
{
    char sql[1400];
    char text[64] = "";
    snprintf(sql, sizeof sql,
             "ATTACH '%s' AS never;"
             "SELECT (SELECT COUNT(*) FROM (SELECT %s FROM main.%s EXCEPT SELECT %s FROM never.%s))"
             "     + (SELECT COUNT(*) FROM (SELECT %s FROM never.%s EXCEPT SELECT %s FROM main.%s))"
             "     + ABS((SELECT COUNT(*) FROM main.%s) - (SELECT COUNT(*) FROM never.%s))",
             never->path, columns, table, columns, table, columns, table, columns, table, table,
             table);
    assert_int_equal(run_sql(merged->path, sql, text, sizeof text), 0);
    if (strcmp(text, "0") != 0) {
        fail_msg("%s rows of %s differ from those of a register that never merged", text, table);
    }
}

static void expect_same(struct room *merged, struct room *never)
{
    static const char *const tables[][2] = {
        {"person", "*"},
        {"fact", "*"},
        {"request", "*"},
        {"place", "*"},
        {"place_count", "*"},
        {"stay", "*"},
        {"course", "*"},
        {"hub", "*"},
        {"fact_name", "*"},
        {"word", "*"},
        {"lookup", "*"},
        /* When something was recorded last is another matter: a merge was. */
        {"caseload", "person, stage, family, hub, reference, facts"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        expect_same_rows(merged, never, tables[i][0], tables[i][1]);
    }
}

static void play(uint64_t seed, int *merges, int *moved, int *told)
{
    void *states[2] = {NULL, NULL};
    room_open(&states[0]);
    room_open(&states[1]);
    struct room *merged = states[0];
    struct room *never = states[1];
    struct story *story = test_calloc(1, sizeof *story);
    story->arena = &merged->arena;
    story->room = merged;
    story->now = (instant){base_time.milliseconds + 10};
    random_seed(&story->random, seed);
    struct both both = {.story = story, .never = never, .inner = play_inner};
    print_message("# seed %llu\n", (unsigned long long)seed);
    write_ok(merged, in_both, &both);
    expect_rebuild_equal(merged); /* with merges in force */
    both.inner = end_inner;
    write_ok(merged, in_both, &both);
    expect_rebuild_equal(merged);
    expect_rebuild_equal(never);
    expect_same(merged, never);
    *merges += story->merges;
    *moved += story->moved;
    *told += story->told;
    test_free(story);
    room_close(&states[0]);
    room_close(&states[1]);
}

static void test_stories(void **state)
{
    (void)state;
    const char *only = getenv("SEED");
    const uint64_t first = only != NULL ? (uint64_t)strtoull(only, NULL, 10) : 1;
    const bool is_long = getenv("RETURNHUB_LONG") != NULL;
    const uint64_t count = only != NULL ? 1 : is_long ? ROUNDS_LONG : ROUNDS;
    int merges = 0;
    int moved = 0;
    int told = 0;
    for (uint64_t i = 0; i < count; i++) {
        play(first + i, &merges, &moved, &told);
    }
    print_message("# %d merges undone, %d events given to the other side, %d told\n", merges, moved,
                  told);
    assert_true(only != NULL || (merges > 20 && moved > 50 && told > 50));
}

/* Aim: in the middle of a story up to two people are erased, with all their records and keys; the
 * others go on and are separated; and at any moment the rows are those that the events make. */
static void play_erasing(uint64_t seed, int *erased, int *with_others)
{
    void *states[2] = {NULL, NULL};
    room_open(&states[0]);
    room_open(&states[1]);
    struct room *merged = states[0];
    struct story *story = test_calloc(1, sizeof *story);
    story->arena = &merged->arena;
    story->room = merged;
    story->now = (instant){base_time.milliseconds + 10};
    random_seed(&story->random, seed);
    struct both both = {.story = story, .never = states[1], .inner = play_inner};
    print_message("# seed %llu\n", (unsigned long long)seed);
    write_ok(merged, in_both, &both);
    both.inner = erase_inner;
    write_ok(merged, in_both, &both);
    expect_rebuild_equal(merged);
    both.inner = undo_rest_inner;
    write_ok(merged, in_both, &both);
    expect_rebuild_equal(merged);
    *erased += story->erased;
    *with_others += story->erased_with_others;
    test_free(story);
    room_close(&states[0]);
    room_close(&states[1]);
}

static void test_erasing(void **state)
{
    (void)state;
    const char *only = getenv("SEED");
    const uint64_t first = only != NULL ? (uint64_t)strtoull(only, NULL, 10) : 1;
    const bool is_long = getenv("RETURNHUB_LONG") != NULL;
    const uint64_t count = only != NULL ? 1 : is_long ? ROUNDS_LONG : ROUNDS;
    int erased = 0;
    int with_others = 0;
    for (uint64_t i = 0; i < count; i++) {
        play_erasing(first + i, &erased, &with_others);
    }
    print_message("# %d people erased, %d of them several records\n", erased, with_others);
    assert_true(only != NULL || (erased > 0 && with_others > 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stories),
                                       cmocka_unit_test(test_erasing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
