/* Places of hubs, who is in them, who is on the way to them, and what hubs say of themselves. */
#include "model_inside.h"

#include <stdio.h>
#include <string.h>

/* --- counting --------------------------------------------------------------------------------- */

static bool is_free(const struct model_place *place, date today)
{
    return place->state == PLACE_FREE ||
           (place->state == PLACE_PREBOOKED && place->until.day < today.day);
}

int64_t model_places_free(const struct model_hub *hub, const char *kind, date today)
{
    int64_t free = 0;
    for (int64_t i = 1; i <= hub->place_count; i++) {
        const struct model_place *place = &hub->places[i];
        free += is_free(place, today) && (kind == NULL || strcmp(kind, place->kind) == 0) ? 1 : 0;
    }
    return free;
}

int64_t model_places(const struct model_hub *hub, enum place_state state)
{
    int64_t count = 0;
    for (int64_t i = 1; i <= hub->place_count; i++) {
        count += hub->places[i].state == state ? 1 : 0;
    }
    return count;
}

int64_t model_places_agreed(const struct model_hub *hub)
{
    return hub->place_count - model_places(hub, PLACE_CLOSED);
}

static const struct model_person *person_in(struct model *model, const struct model_place *place)
{
    return place->state == PLACE_OCCUPIED ? model_person(model, place->person)
           : place->request != 0          ? model_whose(model, place->request)
                                          : NULL;
}

const struct model_place *model_own_place(struct model *model, const struct model_hub *hub,
                                          const struct model_person *person, date today)
{
    const struct model_place *own = NULL;
    for (int64_t i = 1; i <= hub->place_count; i++) {
        const struct model_place *place = &hub->places[i];
        if (person_in(model, place) == person && !place->lost && !is_free(place, today)) {
            own = place;
        }
    }
    return own;
}

struct intake_counts model_intake(struct model *model, int64_t agreement, date on)
{
    struct intake_counts counts = {0};
    const struct civil today = date_to_civil(on);
    for (size_t i = 0; i < model->transfer_count; i++) {
        const struct model_transfer *transfer = &model->transfers[i];
        const struct civil then = date_to_civil(transfer->on);
        if (transfer->agreement == agreement && transfer->on.day <= on.day) {
            counts.used++;
            counts.used_in_month += then.year == today.year && then.month == today.month ? 1 : 0;
        }
    }
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        const struct model_hub *hub = model_hub(model, request->hub);
        if (hub != NULL && hub->agreement == agreement && request->state == REQUEST_APPROVED &&
            model->rulebook->steps[request->step].place == STEP_PLACE_TAKES) {
            counts.held++;
        }
    }
    return counts;
}

const char *model_need(struct model *model, const struct model_person *person, date today,
                       char kind[24])
{
    const uint32_t fact = rulebook_fact(model->rulebook, STR("hub_stay.place_kind"));
    kind[0] = '\0';
    if (fact == NOT_FOUND_INDEX) {
        return kind;
    }
    const struct value need = model_value(model, SUBJECT_OF_PERSON, person->id, fact, today);
    if (!need.known) {
        return NULL;
    }
    snprintf(kind, 24, "%.*s", STR_ARG(model->rulebook->facts[fact].choices[(size_t)need.number]));
    return kind;
}

/* --- hubs ------------------------------------------------------------------------------------- */

bool fold_hub_opened(const struct fold *fold)
{
    struct model *model = fold->model;
    ASSERT(model->hub_count < MODEL_HUBS_MAX);
    struct model_hub *hub = &model->hubs[model->hub_count++];
    *hub = (struct model_hub){.id = fold->event->subject,
                              .agreement = fold->event->body.hub_opened.agreement};
    snprintf(hub->reference, sizeof hub->reference, "%.*s",
             STR_ARG(fold->event->body.hub_opened.reference));
    return model->begins || model_has_role(fold, "senior_officer") ||
           model_break(model, "10: a hub is opened by somebody who may not");
}

static struct model_place *named(const struct fold *fold, int64_t number)
{
    struct model_hub *hub = model_hub(fold->model, fold->event->subject);
    return hub != NULL && number >= 1 && number <= hub->place_count ? &hub->places[number] : NULL;
}

/* Of nobody and for nothing; its kind stays. */
static void become(struct model_place *place, enum place_state state)
{
    char kind[sizeof place->kind];
    memcpy(kind, place->kind, sizeof kind);
    *place = (struct model_place){.state = state};
    memcpy(place->kind, kind, sizeof kind);
}

/* Fewer: free ones are closed, the highest first. More: closed ones come back, the lowest first,
 * then there are new ones. */
bool fold_places_agreed(const struct fold *fold)
{
    struct model_hub *hub = model_hub(fold->model, fold->event->subject);
    const int64_t agreed = fold->event->body.places_agreed.places;
    for (int64_t i = hub->place_count; i >= 1 && model_places_agreed(hub) > agreed; i--) {
        if (hub->places[i].state == PLACE_FREE) {
            become(&hub->places[i], PLACE_CLOSED);
        }
    }
    for (int64_t i = 1; i <= hub->place_count && model_places_agreed(hub) < agreed; i++) {
        if (hub->places[i].state == PLACE_CLOSED) {
            become(&hub->places[i], PLACE_FREE);
        }
    }
    while (model_places_agreed(hub) < agreed) {
        ASSERT(hub->place_count < MODEL_PLACES_MAX);
        hub->places[++hub->place_count] = (struct model_place){.state = PLACE_FREE};
    }
    return model_places_agreed(hub) == agreed ||
           model_break(fold->model, "4: fewer places were agreed than are in use");
}

bool fold_places_of_kind(const struct fold *fold)
{
    const struct places_of_kind_body *body = &fold->event->body.places_of_kind;
    for (int64_t i = body->first; i <= body->last; i++) {
        struct model_place *place = named(fold, i);
        if (place == NULL) {
            return model_break(fold->model, "4: a place that is not there gets a kind");
        }
        const bool same = str_equal(str_from_c(place->kind), body->kind);
        if (!same && place->state != PLACE_FREE && place->state != PLACE_CLOSED &&
            place->state != PLACE_OUT_OF_USE) {
            return model_break(fold->model, "4: the kind of somebody's place is changed");
        }
        snprintf(place->kind, sizeof place->kind, "%.*s", STR_ARG(body->kind));
    }
    return true;
}

bool fold_place_out_of_use(const struct fold *fold)
{
    struct model_place *place = named(fold, fold->event->body.place_out_of_use.place);
    if (place == NULL || place->state == PLACE_OCCUPIED || place->state == PLACE_CLOSED ||
        place->state == PLACE_OUT_OF_USE) {
        return model_break(fold->model, "4: a place is put out of use with somebody in it");
    }
    const int64_t held_for = place->state == PLACE_HELD ? place->request : 0;
    become(place, PLACE_OUT_OF_USE);
    place->lost = held_for != 0;
    place->request = held_for;
    return true;
}

bool fold_place_back_in_use(const struct fold *fold)
{
    struct model_place *place = named(fold, fold->event->body.place_back_in_use.place);
    if (place == NULL || place->state != PLACE_OUT_OF_USE) {
        return model_break(fold->model, "4: a place comes back that was in use");
    }
    become(place, PLACE_FREE);
    return true;
}

/* --- prebookings ------------------------------------------------------------------------------ */

bool fold_places_prebooked(const struct fold *fold)
{
    const struct places_prebooked_body *body = &fold->event->body.places_prebooked;
    if ((int64_t)body->places.count != body->wanted || !body->until.known) {
        return model_break(fold->model, "4: a prebooking has fewer places than were wanted");
    }
    for (size_t i = 0; i < body->places.count; i++) {
        struct model_place *place = named(fold, body->places.items[i]);
        if (place == NULL || !is_free(place, fold->today) ||
            !str_equal(str_from_c(place->kind), body->kind)) {
            return model_break(fold->model, "4: place %lld is prebooked, and is not to be had",
                               (long long)body->places.items[i]);
        }
        become(place, PLACE_PREBOOKED);
        place->prebooking = fold->event->position;
        place->until = body->until.day;
    }
    return true;
}

bool fold_prebooking_given(const struct fold *fold)
{
    const struct prebooking_given_body *body = &fold->event->body.prebooking_given;
    const struct model_request *request = model_request(fold->model, body->request);
    struct model_place *place = named(fold, body->place);
    if (place == NULL || place->state != PLACE_PREBOOKED || place->prebooking != body->prebooking ||
        place->request != 0 || is_free(place, fold->today)) {
        return model_break(fold->model, "4: a place is given that was not prebooked");
    }
    if (request == NULL || request->state != REQUEST_OPEN || request->hub != fold->event->subject ||
        model_person_of(fold->model, request)->id != body->person) {
        return model_break(fold->model, "4: a prebooked place is given to nobody who waits");
    }
    place->request = request->id;
    return true;
}

bool fold_prebooking_ended(const struct fold *fold)
{
    struct model_hub *hub = model_hub(fold->model, fold->event->subject);
    for (int64_t i = 1; i <= hub->place_count; i++) {
        struct model_place *place = &hub->places[i];
        if (place->state == PLACE_PREBOOKED &&
            place->prebooking == fold->event->body.prebooking_ended.prebooking) {
            become(place, PLACE_FREE);
        }
    }
    return true;
}

/* --- held and occupied ------------------------------------------------------------------------ */

static bool is_of_need(const struct fold *fold, const struct model_person *person,
                       const struct model_place *place)
{
    char kind[24];
    const char *need = model_need(fold->model, person, fold->today, kind);
    return need != NULL && strcmp(need, place->kind) == 0;
}

/* 4 */
bool model_hold_place(const struct fold *fold, const struct model_request *request, int64_t number)
{
    struct model_hub *hub = model_hub(fold->model, request->hub);
    struct model_place *place =
        hub != NULL && number >= 1 && number <= hub->place_count ? &hub->places[number] : NULL;
    const bool theirs =
        place != NULL && (is_free(place, fold->today) ||
                          (place->state == PLACE_PREBOOKED && place->request == request->id));
    if (!theirs) {
        return model_break(fold->model, "4: the place %lld is held for two", (long long)number);
    }
    if (!is_of_need(fold, model_person_of(fold->model, request), place)) {
        return model_break(fold->model, "4: the place %lld is not of the kind that is needed",
                           (long long)number);
    }
    become(place, PLACE_HELD);
    place->request = request->id;
    return true;
}

void model_release(struct model *model, const struct model_request *request)
{
    struct model_hub *hub = model_hub(model, request->hub);
    for (int64_t i = 1; hub != NULL && i <= hub->place_count; i++) {
        struct model_place *place = &hub->places[i];
        if (place->request == request->id && place->state == PLACE_HELD) {
            become(place, PLACE_FREE);
        } else if (place->request == request->id && place->state == PLACE_PREBOOKED) {
            place->request = 0;
        }
    }
}

static void leave_places(struct model *model, const struct model_person *person)
{
    for (size_t h = 0; h < model->hub_count; h++) {
        for (int64_t i = 1; i <= model->hubs[h].place_count; i++) {
            struct model_place *place = &model->hubs[h].places[i];
            if (place->state == PLACE_OCCUPIED && place->person == person->id) {
                become(place, PLACE_FREE);
            }
        }
    }
}

struct model_stay *model_stay(struct model *model, const struct model_person *person, int64_t hub)
{
    for (size_t i = model->stay_count; i > 0; i--) {
        struct model_stay *stay = &model->stays[i - 1];
        if (model_whose(model, stay->id) == person && (hub == 0 || stay->hub == hub)) {
            return stay;
        }
    }
    return NULL;
}

/* The stay that has not ended; NULL for none. */
static struct model_stay *stay_now(struct model *model, const struct model_person *person)
{
    for (size_t i = model->stay_count; i > 0; i--) {
        struct model_stay *stay = &model->stays[i - 1];
        if (stay->left == 0 && model_whose(model, stay->id) == person) {
            return stay;
        }
    }
    return NULL;
}

static void follow_stay(const struct fold *fold, const struct model_person *person)
{
    struct model *model = fold->model;
    const struct step_taken_body *body = &fold->event->body.step_taken;
    struct model_stay *stay = stay_now(model, person);
    /* The new one is told apart by its own position, which is about this person, too. */
    if (stay != NULL && (body->place < 0 || stay->hub != body->hub)) {
        stay->left = fold->event->position;
        stay = NULL;
    }
    if (stay == NULL && body->place > 0) {
        ASSERT(model->stay_count < MODEL_STAYS_MAX);
        model->stays[model->stay_count++] =
            (struct model_stay){.id = fold->event->position, .hub = body->hub, .arrival = EXPECTED};
    }
}

/* 4 */
bool model_move(const struct fold *fold, int64_t request_id)
{
    struct model *model = fold->model;
    const struct step_taken_body *body = &fold->event->body.step_taken;
    const struct model_person *person = model_whole(model, fold->event->subject);
    const struct model_request *request = model_request(model, request_id);
    if (body->place != 0) {
        leave_places(model, person);
        follow_stay(fold, person);
    }
    struct model_hub *hub = model_hub(model, body->hub);
    if (body->place > 0) {
        struct model_place *place =
            hub != NULL && body->place <= hub->place_count ? &hub->places[body->place] : NULL;
        const bool theirs = place != NULL && (is_free(place, fold->today) ||
                                              (request != NULL && place->request == request->id));
        if (!theirs || !is_of_need(fold, person, place)) {
            return model_break(model, "4: the place %lld is two people's, or of another kind",
                               (long long)body->place);
        }
        become(place, PLACE_OCCUPIED);
        place->person = person->id;
        ASSERT(model->transfer_count < MODEL_TRANSFERS_MAX);
        model->transfers[model->transfer_count++] =
            (struct model_transfer){.agreement = hub->agreement, .on = fold->event->effective_on};
    }
    if (request != NULL) {
        model_release(model, request);
    }
    return true;
}

static struct model_place *place_changed_to(const struct fold *fold)
{
    const struct place_changed_body *body = &fold->event->body.place_changed;
    struct model_hub *hub = model_hub(fold->model, body->hub);
    return hub != NULL && body->place >= 1 && body->place <= hub->place_count
               ? &hub->places[body->place]
               : NULL;
}

/* Another place of the hub for whoever is there, or for a request that lost the one it held. */
bool fold_place_changed(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct place_changed_body *body = &fold->event->body.place_changed;
    const struct model_person *person = model_whole(model, fold->event->subject);
    struct model_request *request = model_request(model, body->request);
    struct model_hub *hub = model_hub(model, body->hub);
    struct model_place *place = place_changed_to(fold);
    if (place == NULL || !is_free(place, fold->today)) {
        return model_break(model, "4: a place is changed for one that is not free");
    }
    if (request == NULL) {
        leave_places(model, person);
        become(place, PLACE_OCCUPIED);
        place->person = person->id;
        return is_of_need(fold, person, place) ||
               model_break(model, "4: a place is changed for one of another kind");
    }
    for (int64_t i = 1; i <= hub->place_count; i++) {
        if (hub->places[i].request == request->id) {
            hub->places[i].request = 0;
            hub->places[i].lost = false;
        }
    }
    become(place, PLACE_HELD);
    place->request = request->id;
    request->place = body->place;
    return true;
}

bool model_give_places_back(struct model *model)
{
    for (size_t h = 0; h < model->hub_count; h++) {
        struct model_hub *hub = &model->hubs[h];
        for (int64_t i = 1; i <= hub->place_count; i++) {
            struct model_place *place = &hub->places[i];
            const struct model_person *now =
                place->state == PLACE_OCCUPIED ? model_person(model, place->person) : NULL;
            if (now == NULL || (model_is_person(now) && now->hub == hub->id)) {
                continue;
            }
            place->person = 0;
            for (size_t k = 0; k < model->person_count; k++) {
                const struct model_person *other = &model->people[k];
                bool placed = false;
                for (int64_t n = 1; n <= hub->place_count; n++) {
                    placed = placed || (hub->places[n].state == PLACE_OCCUPIED &&
                                        hub->places[n].person == other->id);
                }
                if (model_is_person(other) && other->hub == hub->id && !placed) {
                    place->person = other->id;
                    break;
                }
            }
            if (place->person == 0) {
                return model_break(model, "9: nobody is in place %lld any more", (long long)i);
            }
        }
    }
    return true;
}

/* --- arrivals, and departures that did not happen --------------------------------------------- */

struct model_stay *model_stay_named(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->stay_count; i++) {
        if (model->stays[i].id == id) {
            return &model->stays[i];
        }
    }
    return NULL;
}

bool fold_arrival_resolved(const struct fold *fold)
{
    static const char *const outcomes[] = {"", "", "arrived", "refused", "never_left", "missing"};
    const struct arrival_resolved_body *body = &fold->event->body.arrival_resolved;
    struct model_stay *stay = model_stay_named(fold->model, body->stay);
    if (stay == NULL || (stay->arrival != EXPECTED && stay->arrival != MISSING)) {
        return model_break(fold->model, "5: what became of an arrival is said twice");
    }
    for (size_t i = ARRIVED; i <= MISSING; i++) {
        if (str_equal(body->outcome, str_from_c(outcomes[i]))) {
            stay->arrival = (enum model_arrival)i;
            return true;
        }
    }
    return model_break(fold->model, "5: nothing becomes of an arrival");
}

bool fold_departure_cancelled(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct departure_cancelled_body *body = &fold->event->body.departure_cancelled;
    const struct model_person *person = model_whole(model, fold->event->subject);
    struct model_stay *stay = model_stay_named(model, body->stay);
    struct model_hub *hub = model_hub(model, body->hub);
    if (stay == NULL || stay->left == 0 || stay->left != body->event || hub == NULL ||
        person->stage_event != body->event || person->hub != 0) {
        return model_break(model, "5: a departure is cancelled that was not the last thing");
    }
    struct model_place *place =
        body->place >= 1 && body->place <= hub->place_count ? &hub->places[body->place] : NULL;
    if (place == NULL || !is_free(place, fold->today) || !is_of_need(fold, person, place)) {
        return model_break(model, "4: somebody is back in a place that is not free");
    }
    become(place, PLACE_OCCUPIED);
    place->person = person->id;
    stay->left = 0;
    stay->arrival =
        stay->arrival == REFUSED_THERE || stay->arrival == NEVER_LEFT ? EXPECTED : stay->arrival;
    return true;
}

/* --- what a hub says of itself ---------------------------------------------------------------- */

/* What the register counted is what was there in that very commit. */
bool fold_hub_reported(const struct fold *fold)
{
    const struct hub_reported_body *body = &fold->event->body.hub_reported;
    const struct model_hub *hub = model_hub(fold->model, fold->event->subject);
    return (body->counted_in_use == model_places(hub, PLACE_OCCUPIED) &&
            body->counted_out_of_use == model_places(hub, PLACE_OUT_OF_USE)) ||
           model_break(fold->model,
                       "4: beside a report of %s the register counts %lld in use, and "
                       "%lld are",
                       hub->reference, (long long)body->counted_in_use,
                       (long long)model_places(hub, PLACE_OCCUPIED));
}
