/* Who somebody is: records, persons, and a merge undone.
 *
 * Everything that happened to a person is kept, with the record that it is about. When a merge is
 * undone, each event since is given to one of the two sides, and everything happens once more, to
 * whom it was about; nothing else is needed, and nothing of src/register/identity.c is. */
#include "model_inside.h"

#include <string.h>

/* --- finding ---------------------------------------------------------------------------------- */

bool model_is_person(const struct model_person *record)
{
    return record->part_of == 0;
}

struct model_person *model_whole(struct model *model, int64_t record)
{
    struct model_person *found = model_person(model, record);
    return found != NULL && found->part_of != 0 ? model_person(model, found->part_of) : found;
}

struct model_merge *model_merge(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->merge_count; i++) {
        if (model->merges[i].id == id) {
            return &model->merges[i];
        }
    }
    return NULL;
}

bool model_is_merged(const struct model *model, int64_t record)
{
    for (size_t i = 0; i < model->merge_count; i++) {
        const struct model_merge *merge = &model->merges[i];
        if (merge->state == DONE && (merge->continues == record || merge->absorbed == record)) {
            return true;
        }
    }
    return false;
}

static const struct model_deed *deed_at(const struct model *model, int64_t position)
{
    size_t first = 0;
    size_t end = model->deed_count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (model->deeds[middle].position < position) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    const bool found = first < model->deed_count && model->deeds[first].position == position;
    return found ? &model->deeds[first] : NULL;
}

int64_t model_about(const struct model *model, int64_t position)
{
    const struct model_deed *deed = deed_at(model, position);
    return deed == NULL ? 0 : deed->about;
}

bool model_was_given(const struct model *model, int64_t position)
{
    const struct model_deed *deed = deed_at(model, position);
    return deed != NULL && deed->about != deed->under;
}

struct model_person *model_whose(struct model *model, int64_t position)
{
    return model_whole(model, model_about(model, position));
}

struct model_person *model_person_of(struct model *model, const struct model_request *request)
{
    return model_whose(model, request->id);
}

/* --- happening -------------------------------------------------------------------------------- */

static struct model_person *person_then(struct model *model, int64_t record)
{
    struct model_person *person = model_person(model, record);
    while (person->was_part_of != 0) {
        person = model_person(model, person->was_part_of);
    }
    return person;
}

static void register_person(struct model *model, const struct model_deed *deed)
{
    struct model_person *person = model_person(model, deed->about);
    const int64_t id = person->id;
    const bool erased = person->erased;
    char reference[REFERENCE_SIZE];
    memcpy(reference, person->reference, sizeof reference);
    *person = (struct model_person){
        .id = id, .stage = deed->stage, .stage_event = deed->position, .erased = erased};
    memcpy(person->reference, reference, sizeof reference);
}

static void confirm_contact(struct model_person *person, const struct model_deed *deed)
{
    if (!person->last_contact_on.known || person->last_contact_on.day.day <= deed->day.day.day) {
        person->last_contact_on = deed->day;
        person->next_check_on = deed->next_check_on;
    }
}

/* Whoever was one person with them then gave up the place, too. */
static void take_step(struct model *model, struct model_person *person,
                      const struct model_deed *deed)
{
    if (deed->stage != person->stage) {
        person->stage = deed->stage;
        person->stage_event = deed->position;
    }
    for (size_t i = 0; i < model->person_count && deed->place != 0; i++) {
        struct model_person *other = &model->people[i];
        if (model_is_person(other) &&
            person_then(model, other->id) == person_then(model, deed->about)) {
            other->hub = 0;
        }
    }
    person->hub = deed->place > 0 ? deed->hub : deed->place < 0 ? 0 : person->hub;
}

static void merge_people(struct model *model, const struct model_deed *deed)
{
    struct model_person *part = model_person(model, deed->other);
    part->was_part_of = deed->about;
    if (model_merge(model, deed->number)->state != DONE) {
        return;
    }
    struct model_person *whole = model_whole(model, deed->about);
    whole->family = whole->family != 0 ? whole->family : part->family;
    whole->holds += part->holds;
    whole->restricted = whole->restricted || part->restricted;
    if (whole->erasure_request == 0) {
        whole->erasure_request = part->erasure_request;
        whole->erasure_asked_by = part->erasure_asked_by;
    }
    const bool later = part->last_contact_on.known &&
                       (!whole->last_contact_on.known ||
                        whole->last_contact_on.day.day < part->last_contact_on.day.day);
    if (later) {
        whole->last_contact_on = part->last_contact_on;
        whole->next_check_on = part->next_check_on;
    }
    for (size_t i = 0; i < model->person_count; i++) {
        struct model_person *other = &model->people[i];
        other->part_of = other == part || other->part_of == part->id ? whole->id : other->part_of;
    }
}

/* What was asked for already, only of one person who are two again, is not asked for anew. */
static void ask_for_erasure(struct model_person *person, const struct model_deed *deed)
{
    if (person->erasure_request == 0) {
        person->erasure_request = deed->position;
        person->erasure_asked_by = deed->other;
    }
}

static void happen(struct model *model, const struct model_deed *deed)
{
    struct model_person *person = model_whole(model, deed->about);
    switch ((int)deed->kind) {
    case EVENT_PERSON_REGISTERED:
        register_person(model, deed);
        break;
    case EVENT_FAMILY_JOINED:
        person->family = deed->number;
        break;
    case EVENT_FAMILY_LEFT:
        person->family = 0;
        break;
    case EVENT_CONTACT_CONFIRMED:
        confirm_contact(person, deed);
        break;
    case EVENT_STEP_TAKEN:
        take_step(model, person, deed);
        break;
    case EVENT_DEPARTURE_CANCELLED:
        person->stage = deed->stage;
        person->stage_event = deed->position;
        person->hub = deed->hub;
        break;
    case EVENT_LEGAL_HOLD_PLACED:
        person->holds++;
        break;
    case EVENT_LEGAL_HOLD_LIFTED:
        person->holds--;
        break;
    case EVENT_PROTECTION_SET:
        person->protection = deed->position;
        break;
    case EVENT_PROTECTION_LIFTED:
        person->protection = 0;
        break;
    case EVENT_PROCESSING_RESTRICTED:
        person->restricted = true;
        break;
    case EVENT_RESTRICTION_LIFTED:
        person->restricted = false;
        break;
    case EVENT_ERASURE_REQUESTED:
        ask_for_erasure(person, deed);
        break;
    case EVENT_ERASURE_DECLINED:
        person->erasure_request =
            person->erasure_request == deed->names ? 0 : person->erasure_request;
        break;
    case EVENT_IDENTITIES_MERGED:
        merge_people(model, deed);
        break;
    case EVENT_IDENTITIES_SEPARATED:
        model_person(model, deed->other)->was_part_of = 0;
        break;
    default:
        break;
    }
}

/* --- keeping ---------------------------------------------------------------------------------- */

/* The earlier event that this one names, or that brought it about in the same command. */
static int64_t event_named(const struct fold *fold)
{
    const struct event *event = fold->event;
    switch ((int)event->kind) {
    case EVENT_STEP_APPROVED:
        return event->body.step_approved.request;
    case EVENT_STEP_DECLINED:
        return event->body.step_declined.request;
    case EVENT_STEP_WITHDRAWN:
        return event->body.step_withdrawn.request;
    case EVENT_STEP_STOPPED:
        return event->body.step_stopped.request;
    case EVENT_STEP_REFUSED:
        return event->body.step_refused.request;
    case EVENT_STEP_TAKEN:
        return event->body.step_taken.request;
    case EVENT_PLACE_CHANGED:
        return event->body.place_changed.request;
    case EVENT_FACT_WITHDRAWN:
        return event->body.fact_withdrawn.event;
    case EVENT_IDENTIFIER_WITHDRAWN:
        return event->body.identifier_withdrawn.event;
    case EVENT_ARRIVAL_RESOLVED:
        return event->body.arrival_resolved.stay;
    case EVENT_DEPARTURE_CANCELLED:
        return event->body.departure_cancelled.event;
    case EVENT_STOP_ACKNOWLEDGED:
        return event->body.stop_acknowledged.stop;
    case EVENT_ARRIVAL_HANDED_OVER:
        return event->body.arrival_handed_over.stay;
    case EVENT_ENTRY_CHANGED:
        return event->body.entry_changed.entry;
    case EVENT_ENTRY_OPENED:
        return event->body.entry_opened.parent;
    case EVENT_LEGAL_HOLD_LIFTED:
        return event->body.legal_hold_lifted.hold;
    case EVENT_ERASURE_DECLINED:
        return event->body.erasure_declined.request;
    case EVENT_GLASS_REVIEWED:
        return event->body.glass_reviewed.glass;
    case EVENT_TIE_ENDED:
        return event->body.tie_ended.tie;
    case EVENT_NOTICE_SERVED:
        return event->body.notice_served.notice;
    case EVENT_NOTICE_CANCELLED:
        return event->body.notice_cancelled.notice;
    default:
        break;
    }
    for (const struct event *before = event;
         event->kind == EVENT_FACT_RECORDED && before >= fold->command; before--) {
        const bool brings_about =
            before->kind == EVENT_STEP_TAKEN || before->kind == EVENT_NOTICE_SERVED;
        if (brings_about && before->subject == event->subject) {
            return before->position;
        }
        if (!client_id_is_none(&before->client_id)) {
            break;
        }
    }
    return 0;
}

/* Who lifts a restriction lifts the one that was put on last. */
static int64_t restriction_of(struct model *model, int64_t record)
{
    for (size_t i = model->deed_count; i > 0; i--) {
        const struct model_deed *deed = &model->deeds[i - 1];
        if (deed->kind == EVENT_PROCESSING_RESTRICTED &&
            model_whole(model, deed->about) == model_whole(model, record)) {
            return deed->position;
        }
    }
    return 0;
}

static uint32_t stage_led_to(const struct fold *fold)
{
    const struct rulebook *rulebook = fold->model->rulebook;
    const struct event *event = fold->event;
    if (event->kind == EVENT_PERSON_REGISTERED) {
        return rulebook_stage(rulebook, event->body.person_registered.stage);
    }
    if (event->kind == EVENT_DEPARTURE_CANCELLED) {
        return rulebook_stage(rulebook, event->body.departure_cancelled.to);
    }
    if (event->kind != EVENT_STEP_TAKEN) {
        return NOT_FOUND_INDEX;
    }
    const uint32_t step = rulebook_step(rulebook, event->body.step_taken.step);
    return rulebook->steps[step].same_stage ? model_whole(fold->model, event->subject)->stage
                                            : rulebook->steps[step].to;
}

static void keep_details(const struct fold *fold, struct model_deed *deed)
{
    const struct event *event = fold->event;
    switch ((int)event->kind) {
    case EVENT_FAMILY_JOINED:
        deed->number = event->body.family_joined.family;
        break;
    case EVENT_CONTACT_CONFIRMED:
        deed->day = (struct known_day){.known = true, .day = event->effective_on};
        deed->next_check_on = event->body.contact_confirmed.next_check_on;
        break;
    case EVENT_STEP_TAKEN:
        deed->hub = event->body.step_taken.hub;
        deed->place = event->body.step_taken.place;
        break;
    case EVENT_DEPARTURE_CANCELLED:
        deed->hub = event->body.departure_cancelled.hub;
        break;
    case EVENT_ERASURE_REQUESTED:
        deed->other = event->actor;
        break;
    case EVENT_RESTRICTION_LIFTED:
        deed->names = restriction_of(fold->model, deed->about);
        break;
    case EVENT_IDENTITIES_MERGED:
        deed->number = event->body.identities_merged.request;
        deed->other = event->body.identities_merged.other;
        break;
    case EVENT_IDENTITIES_SEPARATED:
        deed->number = event->body.identities_separated.request;
        deed->other = event->body.identities_separated.other;
        break;
    default:
        break;
    }
}

bool model_happen(const struct fold *fold)
{
    struct model *model = fold->model;
    ASSERT(model->deed_count < MODEL_DEEDS_MAX);
    struct model_deed *deed = &model->deeds[model->deed_count++];
    *deed = (struct model_deed){.position = fold->event->position,
                                .kind = fold->event->kind,
                                .about = fold->event->subject,
                                .under = fold->event->subject,
                                .names = event_named(fold),
                                .stage = stage_led_to(fold)};
    keep_details(fold, deed);
    happen(model, deed);
    return true;
}

/* --- merging ---------------------------------------------------------------------------------- */

bool fold_merge_requested(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    const int64_t other = event->body.merge_requested.other;
    if (!model_has_role(fold, "caseworker") || model_person(model, other) == NULL ||
        model_whole(model, other) == model_whole(model, event->subject)) {
        return model_break(model, "9: a merge is asked for that cannot be");
    }
    ASSERT(model->merge_count < MODEL_MERGES_MAX);
    model->merges[model->merge_count++] = (struct model_merge){.id = event->position,
                                                               .continues = event->subject,
                                                               .absorbed = other,
                                                               .state = ASKED,
                                                               .requested_by = event->actor};
    return true;
}

bool fold_merge_declined(const struct fold *fold)
{
    struct model_merge *merge = model_merge(fold->model, fold->event->body.merge_declined.request);
    if (merge == NULL || merge->state != ASKED) {
        return model_break(fold->model, "9: a merge is declined that nobody waits for");
    }
    merge->state = REFUSED;
    return true;
}

static bool has_live_request(struct model *model, const struct model_person *person)
{
    bool has = false;
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        has = has || (model_is_live(request) && model_person_of(model, request) == person);
    }
    return has;
}

/* 4: they have one place between them; 5: an open case is not hidden behind an outcome. */
static bool may_be_one(struct model *model, const struct model_person *whole,
                       const struct model_person *part)
{
    const bool outcome = model->rulebook->stages[whole->stage].outcome;
    if (whole->protection != 0 || part->protection != 0) {
        return model_break(model, "10: %s is protected, and merged", whole->reference);
    }
    if (outcome && whole->stage != part->stage) {
        return model_break(model, "5: %s is open, and merged into an outcome", part->reference);
    }
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        const struct model_on_manifest *on = &model->on_manifests[i];
        const struct model_person *person = model_whose(model, on->request);
        const bool named = on->state == LISTED || on->state == ABOARD;
        if (named && person == part) {
            return model_break(model, "9: somebody on a manifest is made a part");
        }
        if (named && person == whole && has_live_request(model, part)) {
            return model_break(model, "9: somebody on a manifest has another request");
        }
    }
    return part->hub == 0 ||
           model_break(model, "4: %s is at a hub, and made a part", part->reference);
}

bool fold_merged(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct identities_merged_body *body = &fold->event->body.identities_merged;
    struct model_merge *merge = model_merge(model, body->request);
    if (merge == NULL || merge->state != ASKED || merge->continues != fold->event->subject ||
        merge->absorbed != body->other || merge->requested_by == fold->event->actor ||
        !model_has_role(fold, "senior_officer")) {
        return model_break(model, "9: a merge is done that nobody, or only one, decided");
    }
    const struct model_person *whole = model_person(model, merge->continues);
    const struct model_person *part = model_person(model, merge->absorbed);
    if (!model_is_person(whole) || !model_is_person(part) || !may_be_one(model, whole, part)) {
        return model_break(model, "9: only whole persons are merged");
    }
    merge->state = DONE;
    merge->decided = fold->event->position;
    return true;
}

/* --- undoing ---------------------------------------------------------------------------------- */

/* As good a memory as that of whoever is asked months later. */
bool model_says_absorbed(int64_t position)
{
    return ((uint64_t)position * 0x9E3779B97F4A7C15U >> 63) != 0;
}

/* The record above this one, by merges in force that were done before `position`; 0: none. */
static int64_t above(const struct model *model, int64_t record, int64_t position)
{
    for (size_t i = 0; i < model->merge_count; i++) {
        const struct model_merge *merge = &model->merges[i];
        if (merge->state == DONE && merge->absorbed == record && merge->decided < position) {
            return merge->continues;
        }
    }
    return 0;
}

static bool is_below(const struct model *model, int64_t record, int64_t top, int64_t position)
{
    while (record != 0 && record != top) {
        record = above(model, record, position);
    }
    return record == top;
}

static bool is_about_merging(enum event_kind kind)
{
    return kind == EVENT_MERGE_REQUESTED || kind == EVENT_MERGE_DECLINED ||
           kind == EVENT_IDENTITIES_MERGED || kind == EVENT_IDENTITIES_SEPARATED;
}

/* On the side of the record that had become a part? */
static bool goes_with_part(const struct model *model, const struct model_merge *merge,
                           const struct model_deed *deed)
{
    const struct model_deed *named = deed->names == 0 ? NULL : deed_at(model, deed->names);
    if (named != NULL) {
        return named->position > merge->decided
                   ? goes_with_part(model, merge, named)
                   : is_below(model, named->about, merge->absorbed, INT64_MAX);
    }
    const bool stood_for_both = deed->about != merge->absorbed &&
                                is_below(model, merge->absorbed, deed->about, deed->position);
    return stood_for_both && !is_about_merging(deed->kind)
               ? model_says_absorbed(deed->position)
               : is_below(model, deed->about, merge->absorbed, INT64_MAX);
}

static bool is_listed(const struct number_list *list, int64_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == number) {
            return true;
        }
    }
    return false;
}

/* 9: every event since goes to whom it was about, and those that stand under the other move. */
static bool attribute(struct model *model, const struct model_merge *merge, int64_t before,
                      const struct number_list *moved)
{
    static const size_t none = SIZE_MAX;
    size_t wrong = none;
    bool moves[MODEL_DEEDS_MAX];
    for (size_t i = 0; i < model->deed_count; i++) {
        const struct model_deed *deed = &model->deeds[i];
        const bool theirs = deed->position > merge->decided && deed->position < before &&
                            model_whole(model, deed->about) == model_whole(model, merge->absorbed);
        const bool stands = is_below(model, deed->about, merge->absorbed, INT64_MAX);
        moves[i] = theirs && goes_with_part(model, merge, deed) != stands;
        wrong = wrong == none && moves[i] != is_listed(moved, deed->position) ? i : wrong;
    }
    for (size_t i = 0; i < model->deed_count; i++) {
        struct model_deed *deed = &model->deeds[i];
        if (moves[i]) {
            deed->about = is_below(model, deed->about, merge->absorbed, INT64_MAX)
                              ? merge->continues
                              : merge->absorbed;
        }
    }
    return wrong == none ||
           model_break(model, "9: event %lld (%s) is given to the wrong of two people",
                       (long long)model->deeds[wrong].position,
                       event_kind_name(model->deeds[wrong].kind));
}

bool fold_separated(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct identities_separated_body *body = &fold->event->body.identities_separated;
    struct model_merge *merge = model_merge(model, body->request);
    if (merge == NULL || merge->state != DONE || !model_has_role(fold, "senior_officer")) {
        return model_break(model, "9: a merge is undone that was not done");
    }
    const bool right = attribute(model, merge, fold->event->position, &body->moved);
    merge->state = UNDONE;
    for (size_t i = 0; i < model->person_count; i++) {
        model->people[i].part_of = 0;
        model->people[i].was_part_of = 0;
    }
    for (size_t i = 0; i < model->deed_count; i++) {
        happen(model, &model->deeds[i]);
    }
    for (size_t i = 0; i < model->person_count; i++) {
        struct model_person *person = &model->people[i];
        if (person->erased) {
            person->family = 0;
            person->holds = 0;
            person->restricted = false;
            person->protection = 0;
            person->erasure_request = 0;
            person->last_contact_on = (struct known_day){.known = false};
            person->next_check_on = (struct known_day){.known = false};
        }
    }
    return right && model_give_places_back(model);
}
