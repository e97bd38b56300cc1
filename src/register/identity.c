#include "register/identity.h"

/* --- merge ------------------------------------------------------------------------------------ */

static const char *const merge_state_names[] = {[MERGE_ASKED] = "asked for",
                                                [MERGE_REFUSED] = "declined",
                                                [MERGE_DONE] = "merged",
                                                [MERGE_UNDONE] = "undone"};

const char *merge_state_name(enum merge_state state)
{
    return state >= MERGE_ASKED && state <= MERGE_UNDONE ? merge_state_names[state] : "none";
}

const char *attribution_name(enum attribution to)
{
    static const char *const names[] = {[ATTRIBUTION_UNDECIDED] = "to be decided",
                                        [ATTRIBUTION_CONTINUING] = "continuing",
                                        [ATTRIBUTION_ABSORBED] = "absorbed"};
    return names[to];
}

static result merge_begin(struct merge_row *row, const struct event *event, struct err *err)
{
    const int64_t other = event->body.merge_requested.other;
    if (other <= 0 || other == event->subject) {
        return err_set(err, ERROR_INPUT, "Two different records are merged, not one with itself");
    }
    ASSERT(row->id == 0);
    *row = (struct merge_row){.id = event->position,
                              .continues = event->subject,
                              .absorbed = other,
                              .state = MERGE_ASKED,
                              .requested_by = event->actor,
                              .requested_at = event->recorded_at};
    return result_ok();
}

struct merge_change {
    int64_t request;
    int64_t other;
    enum merge_state from;
    enum merge_state to;
};

static struct merge_change merge_change_of(const struct event *event)
{
    if (event->kind == EVENT_IDENTITIES_MERGED) {
        const struct identities_merged_body *body = &event->body.identities_merged;
        return (struct merge_change){body->request, body->other, MERGE_ASKED, MERGE_DONE};
    }
    if (event->kind == EVENT_IDENTITIES_SEPARATED) {
        const struct identities_separated_body *body = &event->body.identities_separated;
        return (struct merge_change){body->request, body->other, MERGE_DONE, MERGE_UNDONE};
    }
    const struct merge_declined_body *body = &event->body.merge_declined;
    return (struct merge_change){body->request, body->other, MERGE_ASKED, MERGE_REFUSED};
}

result merge_row_apply(struct merge_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_MERGE_REQUESTED) {
        return merge_begin(row, event, err);
    }
    const struct merge_change change = merge_change_of(event);
    if (row->id == 0 || row->id != change.request || row->continues != event->subject ||
        row->absorbed != change.other) {
        return err_set(err, ERROR_CONFLICT, "There is no merge %lld of these records",
                       (long long)change.request);
    }
    if (row->state != change.from) {
        return err_set(err, ERROR_CONFLICT, "The merge %lld is %s, so it cannot become %s",
                       (long long)row->id, merge_state_name(row->state),
                       merge_state_name(change.to));
    }
    row->state = change.to;
    if (change.to == MERGE_UNDONE) {
        row->undone_by = event->actor;
        row->undone_at = event->recorded_at;
        row->undone_event = event->position;
    } else {
        row->decided_by = event->actor;
        row->decided_at = event->recorded_at;
        row->decided_event = event->position;
    }
    return result_ok();
}

bool merge_in_force(const struct merge_row *row, instant known_at)
{
    const bool done = row->state == MERGE_DONE || row->state == MERGE_UNDONE;
    const bool undone =
        row->state == MERGE_UNDONE && row->undone_at.milliseconds <= known_at.milliseconds;
    return done && row->decided_at.milliseconds <= known_at.milliseconds && !undone;
}

static bool contact_is_later(const struct person_row *part, const struct person_row *whole)
{
    return part->last_contact_on.known &&
           (!whole->last_contact_on.known ||
            date_before(whole->last_contact_on.day, part->last_contact_on.day));
}

result person_rows_merge(struct person_row *whole, struct person_row *part, struct err *err)
{
    if (whole->id == 0 || part->id == 0 || whole->id == part->id || whole->part_of != 0 ||
        part->part_of != 0) {
        return err_set(err, ERROR_CONFLICT, "Only two persons of their own are merged");
    }
    if (part->hub != 0) {
        return err_set(err, ERROR_CONFLICT,
                       "The record that is at a hub is the one that continues");
    }
    whole->family = whole->family != 0 ? whole->family : part->family;
    if (date_before(part->registered_on, whole->registered_on)) {
        whole->registered_on = part->registered_on;
    }
    if (contact_is_later(part, whole)) {
        whole->last_contact_on = part->last_contact_on;
        whole->last_contact_source = part->last_contact_source;
        whole->next_check_on = part->next_check_on;
    }
    whole->holds += part->holds;
    whole->restricted = whole->restricted || part->restricted;
    whole->erasure_request =
        whole->erasure_request != 0 ? whole->erasure_request : part->erasure_request;
    part->part_of = whole->id;
    return result_ok();
}

/* --- folding anew ----------------------------------------------------------------------------- */

/* A record while its history is folded: its row, with the merges that count in row.part_of; and of
 * which record it was a part at that time, whether or not that merge counts. */
struct folding {
    struct person_row row;
    int64_t record;
    int64_t was_part_of;
};

struct fold {
    struct folding *records;
    size_t count;
};

static struct folding *find_record(const struct fold *fold, int64_t record)
{
    for (size_t i = 0; i < fold->count; i++) {
        if (fold->records[i].record == record) {
            return &fold->records[i];
        }
    }
    return NULL;
}

/* row.part_of always names the root. */
static struct folding *root_of(const struct fold *fold, int64_t record)
{
    struct folding *found = find_record(fold, record);
    return found != NULL && found->row.part_of != 0 ? find_record(fold, found->row.part_of) : found;
}

static int64_t root_then(const struct fold *fold, int64_t record)
{
    const struct folding *found = find_record(fold, record);
    while (found != NULL && found->was_part_of != 0) {
        record = found->was_part_of;
        found = find_record(fold, record);
    }
    return record;
}

static void end_other_stays(const struct fold *fold, int64_t about, const struct folding *mover)
{
    const int64_t person = root_then(fold, about);
    for (size_t i = 0; i < fold->count; i++) {
        struct folding *other = &fold->records[i];
        if (other != mover && other->row.part_of == 0 && root_then(fold, other->record) == person) {
            other->row.hub = 0;
        }
    }
}

static result fold_merge(const struct fold *fold, const struct identity_event *item,
                         struct err *err)
{
    const int64_t absorbed = item->event.body.identities_merged.other;
    struct folding *whole = find_record(fold, item->about);
    struct folding *part = find_record(fold, absorbed);
    if (whole == NULL || part == NULL) {
        return result_ok(); /* of records that nobody asked about */
    }
    part->was_part_of = whole->record;
    if (!item->in_force) {
        return result_ok();
    }
    struct folding *root = root_of(fold, whole->record);
    TRY(person_rows_merge(&root->row, &part->row, err));
    for (size_t i = 0; i < fold->count; i++) {
        if (fold->records[i].row.part_of == part->record) {
            fold->records[i].row.part_of = root->record;
        }
    }
    return result_ok();
}

bool person_event_changes_nothing(const struct person_row *row, const struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_FAMILY_LEFT:
        return row->family == 0;
    case EVENT_LEGAL_HOLD_LIFTED:
        return row->holds == 0;
    case EVENT_PROCESSING_RESTRICTED:
        return row->restricted;
    case EVENT_RESTRICTION_LIFTED:
        return !row->restricted;
    case EVENT_ERASURE_REQUESTED:
        return row->erasure_request != 0;
    case EVENT_ERASURE_DECLINED:
        return row->erasure_request != event->body.erasure_declined.request;
    default:
        return false;
    }
}

/* What the event does to the row of the person it is about. */
static result fold_person(const struct fold *fold, const struct identity_event *item,
                          struct err *err)
{
    struct folding *root = root_of(fold, item->about);
    if (root == NULL) {
        return result_ok();
    }
    struct event event = item->event;
    event.subject = root->record;
    if (event.kind == EVENT_STEP_TAKEN) {
        struct step_taken_body *body = &event.body.step_taken;
        body->from = str_equal(body->from, root->row.stage) ? body->from : STR("");
        if (body->place != 0) {
            end_other_stays(fold, item->about, root);
        }
    }
    return person_event_changes_nothing(&root->row, &event)
               ? result_ok()
               : person_row_apply(&root->row, &event, err);
}

static result fold_event(const struct fold *fold, const struct identity_event *item,
                         struct err *err)
{
    if (item->event.kind == EVENT_IDENTITIES_MERGED) {
        return fold_merge(fold, item, err);
    }
    if (item->event.kind == EVENT_IDENTITIES_SEPARATED) {
        struct folding *part = find_record(fold, item->event.body.identities_separated.other);
        if (part != NULL) {
            part->was_part_of = 0;
        }
        return result_ok();
    }
    return fold_person(fold, item, err);
}

result identity_fold(const int64_t *records, size_t record_count,
                     const struct identity_event *events, size_t event_count, struct arena *arena,
                     struct person_row **ret_rows, struct err *err)
{
    struct person_row *rows = ARENA_NEW(arena, struct person_row, record_count + 1);
    struct arena scratch = *arena;
    struct fold fold = {.records = ARENA_NEW(&scratch, struct folding, record_count + 1),
                        .count = record_count};
    if (rows == NULL || fold.records == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < record_count; i++) {
        fold.records[i] = (struct folding){.record = records[i]};
    }
    for (size_t i = 0; i < event_count; i++) {
        TRY(events[i].erased ? result_ok() : fold_event(&fold, &events[i], err));
    }
    for (size_t i = 0; i < record_count; i++) {
        rows[i] = fold.records[i].row;
    }
    *ret_rows = rows;
    return result_ok();
}

/* --- attributing ------------------------------------------------------------------------------ */

int64_t identity_request_of(const struct event *event)
{
    const enum event_kind kind = event->kind;
    return kind == EVENT_STEP_REQUESTED   ? event->position
           : kind == EVENT_STEP_APPROVED  ? event->body.step_approved.request
           : kind == EVENT_STEP_DECLINED  ? event->body.step_declined.request
           : kind == EVENT_STEP_WITHDRAWN ? event->body.step_withdrawn.request
           : kind == EVENT_STEP_STOPPED   ? event->body.step_stopped.request
           : kind == EVENT_STEP_REFUSED   ? event->body.step_refused.request
           : kind == EVENT_STEP_TAKEN     ? event->body.step_taken.request
           : kind == EVENT_PLACE_CHANGED  ? event->body.place_changed.request
                                          : 0;
}

/* The record that this one was made a part of before `position`; 0: none. */
static int64_t whole_of(const struct merge_row *merges, size_t count, int64_t record,
                        int64_t position)
{
    for (size_t i = 0; i < count; i++) {
        if (merges[i].absorbed == record && merges[i].decided_event < position) {
            return merges[i].continues;
        }
    }
    return 0;
}

static bool is_above(const struct merge_row *merges, size_t count, int64_t record, int64_t below,
                     int64_t position)
{
    int64_t above = whole_of(merges, count, below, position);
    while (above != 0 && above != record) {
        above = whole_of(merges, count, above, position);
    }
    return above == record;
}

bool identity_on_absorbed_side(const struct merge_row *merge, const struct merge_row *merges,
                               size_t merge_count, int64_t record)
{
    return record == merge->absorbed ||
           is_above(merges, merge_count, merge->absorbed, record, INT64_MAX);
}

static bool is_about_merging(enum event_kind kind)
{
    return kind == EVENT_MERGE_REQUESTED || kind == EVENT_MERGE_DECLINED ||
           kind == EVENT_IDENTITIES_MERGED || kind == EVENT_IDENTITIES_SEPARATED;
}

bool identity_shows(const struct identity_event *event, int64_t record)
{
    const enum event_kind kind = event->event.kind;
    const int64_t other =
        kind == EVENT_MERGE_REQUESTED        ? event->event.body.merge_requested.other
        : kind == EVENT_MERGE_DECLINED       ? event->event.body.merge_declined.other
        : kind == EVENT_IDENTITIES_MERGED    ? event->event.body.identities_merged.other
        : kind == EVENT_IDENTITIES_SEPARATED ? event->event.body.identities_separated.other
                                             : 0;
    return event->about == record || other == record;
}

/* What a step records follows it by one millisecond, in the same name (casework/sitting.h); what
 * the service of a letter proves is of its instant. The first event of a command, which alone
 * carries its client id, nothing brought about. */
static bool brought_about(const struct event *cause, const struct event *event)
{
    const int64_t later = event->recorded_at.milliseconds - cause->recorded_at.milliseconds;
    const bool of_cause = (cause->kind == EVENT_STEP_TAKEN && later == 1) ||
                          (cause->kind == EVENT_NOTICE_SERVED && later == 0);
    return of_cause && event->kind == EVENT_FACT_RECORDED && cause->actor == event->actor;
}

/* The position of the earlier event that this one names; 0: none. */
static int64_t position_named(const struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_FACT_WITHDRAWN:
        return event->body.fact_withdrawn.event;
    case EVENT_IDENTIFIER_WITHDRAWN:
        return event->body.identifier_withdrawn.event;
    case EVENT_LEGAL_HOLD_LIFTED:
        return event->body.legal_hold_lifted.hold;
    case EVENT_ERASURE_DECLINED:
        return event->body.erasure_declined.request;
    case EVENT_ARRIVAL_RESOLVED:
        return event->body.arrival_resolved.stay;
    case EVENT_ARRIVAL_HANDED_OVER:
        return event->body.arrival_handed_over.stay;
    case EVENT_DEPARTURE_CANCELLED:
        return event->body.departure_cancelled.event;
    case EVENT_ENTRY_OPENED:
        return event->body.entry_opened.parent;
    case EVENT_ENTRY_CHANGED:
        return event->body.entry_changed.entry;
    case EVENT_STOP_ACKNOWLEDGED:
        return event->body.stop_acknowledged.stop;
    case EVENT_TIE_ENDED:
        return event->body.tie_ended.tie;
    case EVENT_GLASS_REVIEWED:
        return event->body.glass_reviewed.glass;
    case EVENT_NOTICE_SERVED:
        return event->body.notice_served.notice;
    case EVENT_NOTICE_CANCELLED:
        return event->body.notice_cancelled.notice;
    default:
        return identity_request_of(event);
    }
}

/* A restriction is lifted without naming it: the one that was put on last. */
static bool lifted_by(const struct event *restriction, const struct event *event)
{
    return restriction->kind == EVENT_PROCESSING_RESTRICTED &&
           event->kind == EVENT_RESTRICTION_LIFTED;
}

static const struct identity_event *named_by(const struct identity_event *events, size_t at)
{
    const struct event *event = &events[at].event;
    const int64_t position = position_named(event);
    bool of_one_command = client_id_is_none(&event->client_id);
    for (size_t i = at; i > 0; i--) {
        const struct event *before = &events[i - 1].event;
        if (before->position == position || lifted_by(before, event) ||
            (of_one_command && brought_about(before, event))) {
            return &events[i - 1];
        }
        of_one_command = of_one_command && client_id_is_none(&before->client_id);
    }
    return NULL;
}

struct attributing {
    const struct merge_row *merge;
    const struct merge_row *merges;
    size_t merge_count;
    struct attributed *items;
    size_t count;
};

static enum attribution side_of(const struct attributing *work, int64_t record)
{
    return identity_on_absorbed_side(work->merge, work->merges, work->merge_count, record)
               ? ATTRIBUTION_ABSORBED
               : ATTRIBUTION_CONTINUING;
}

static enum attribution told_by_reference(const struct attributing *work,
                                          const struct identity_event *item)
{
    const bool stood_for_both = is_above(work->merges, work->merge_count, item->about,
                                         work->merge->absorbed, item->event.position);
    return stood_for_both && !is_about_merging(item->event.kind) ? ATTRIBUTION_UNDECIDED
                                                                 : side_of(work, item->about);
}

static void attribute(struct attributing *work, const struct identity_event *events, size_t at)
{
    const struct identity_event *named = named_by(events, at);
    struct attributed *item = &work->items[work->count++];
    *item = (struct attributed){.event = &events[at].event, .about = events[at].about};
    if (named == NULL) {
        item->to = told_by_reference(work, &events[at]);
        return;
    }
    item->follows = named->event.position;
    item->to = side_of(work, named->about);
    for (size_t i = 0; i + 1 < work->count; i++) {
        if (work->items[i].event == &named->event) {
            item->to = work->items[i].to;
            item->follows = work->items[i].follows != 0 ? work->items[i].follows : item->follows;
        }
    }
}

result identity_attribute(const struct merge_row *merge, const struct merge_row *merges,
                          size_t merge_count, const struct identity_event *events,
                          size_t event_count, struct arena *arena,
                          struct attributed **ret_attributed, size_t *ret_count, struct err *err)
{
    struct attributing work = {
        .merge = merge,
        .merges = merges,
        .merge_count = merge_count,
        .items = ARENA_NEW(arena, struct attributed, event_count + 1),
    };
    if (work.items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].event.position > merge->decided_event) {
            attribute(&work, events, i);
        }
    }
    *ret_attributed = work.items;
    *ret_count = work.count;
    return result_ok();
}
