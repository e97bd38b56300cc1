/* Manifests: who leaves together, judged at one instant; and whoever is aboard is called back when
 * something newly stands in the way. */
#include "model_inside.h"

#include <stdio.h>
#include <string.h>

struct model_manifest *model_manifest(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->manifest_count; i++) {
        if (model->manifests[i].id == id) {
            return &model->manifests[i];
        }
    }
    return NULL;
}

struct model_on_manifest *model_on_manifest(struct model *model, int64_t request)
{
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        struct model_on_manifest *on = &model->on_manifests[i];
        if (on->request == request && (on->state == LISTED || on->state == ABOARD)) {
            return on;
        }
    }
    return NULL;
}

struct model_on_manifest *model_last_on_manifest(struct model *model, int64_t manifest,
                                                 int64_t request)
{
    for (size_t i = model->on_manifest_count; i > 0; i--) {
        struct model_on_manifest *on = &model->on_manifests[i - 1];
        if (on->manifest == manifest && on->request == request) {
            return on;
        }
    }
    return NULL;
}

static struct model_on_manifest *on_of_person(struct model *model, int64_t manifest, int64_t record)
{
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        struct model_on_manifest *on = &model->on_manifests[i];
        if (on->manifest == manifest && (on->state == LISTED || on->state == ABOARD) &&
            model_whose(model, on->request) == model_whole(model, record)) {
            return on;
        }
    }
    return NULL;
}

/* --- opening, changing ------------------------------------------------------------------------ */

bool fold_manifest_opened(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct manifest_opened_body *body = &fold->event->body.manifest_opened;
    const struct fact country = {.type = FACT_COUNTRY};
    struct err err = {0};
    ASSERT(model->manifest_count < MODEL_MANIFESTS_MAX);
    struct model_manifest *manifest = &model->manifests[model->manifest_count++];
    *manifest = (struct model_manifest){.id = fold->event->subject,
                                        .step = rulebook_step(model->rulebook, body->step),
                                        .hub = body->hub,
                                        .departs_at_ms = body->departs_at_ms,
                                        .state = GATHERING};
    snprintf(manifest->reference, sizeof manifest->reference, "%.*s", STR_ARG(body->reference));
    return value_parse(model->rulebook, &country, body->destination, &model->values,
                       &manifest->destination, &err)
               .ok ||
           model_break(model, "1: a manifest goes nowhere: %s", err.what);
}

bool fold_manifest_changed(const struct fold *fold)
{
    struct model_manifest *manifest = model_manifest(fold->model, fold->event->subject);
    manifest->departs_at_ms = fold->event->body.manifest_changed.departs_at_ms;
    return manifest->state == GATHERING ||
           model_break(fold->model, "1: a manifest is changed that boarded");
}

/* --- judging ---------------------------------------------------------------------------------- */

static struct model_plan plan_of(const struct model_manifest *manifest, date on)
{
    return (struct model_plan){.destination = manifest->destination, .on = on};
}

static date departure_of(const struct model_manifest *manifest)
{
    return instant_date((instant){.milliseconds = manifest->departs_at_ms});
}

static enum clearance judge_with(const struct fold *fold, const struct model_manifest *manifest,
                                 const struct model_request *request, date on)
{
    const struct model_plan plan = plan_of(manifest, on);
    return model_judge_planned(fold->model, model_person_of(fold->model, request), request->step,
                               request->hub, fold->today, &plan, NULL);
}

bool model_refused_by_none(const struct fold *fold, const struct model_request *request)
{
    struct model *model = fold->model;
    for (size_t i = 0; i < model->manifest_count; i++) {
        const struct model_manifest *manifest = &model->manifests[i];
        if (manifest->state == GATHERING && manifest->step == request->step &&
            manifest->hub == request->hub &&
            judge_with(fold, manifest, request, departure_of(manifest)) != CLEARANCE_CLEAR) {
            return false;
        }
    }
    return true;
}

/* --- who is on it ----------------------------------------------------------------------------- */

static bool is_on_another(struct model *model, const struct model_person *person)
{
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        const struct model_on_manifest *on = &model->on_manifests[i];
        if ((on->state == LISTED || on->state == ABOARD) &&
            model_whose(model, on->request) == person) {
            return true;
        }
    }
    return false;
}

bool fold_manifest_listed(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct manifest_person_listed_body *body = &fold->event->body.manifest_person_listed;
    const struct model_manifest *manifest = model_manifest(model, fold->event->subject);
    const struct model_request *request = model_request(model, body->request);
    if (request == NULL || request->state != REQUEST_APPROVED || request->step != manifest->step ||
        request->hub != manifest->hub ||
        model_person_of(model, request) != model_whole(model, body->person)) {
        return model_break(model, "1: somebody is put on a manifest without an approved request");
    }
    if (manifest->state != GATHERING || is_on_another(model, model_whole(model, body->person))) {
        return model_break(model, "4: somebody is on two manifests, or on one that boarded");
    }
    if (judge_with(fold, manifest, request, departure_of(manifest)) != CLEARANCE_CLEAR) {
        return model_break(model, "1: %s is put on a manifest, and is not clear",
                           model_person_of(model, request)->reference);
    }
    ASSERT(model->on_manifest_count < MODEL_ON_MANIFESTS_MAX);
    model->on_manifests[model->on_manifest_count++] = (struct model_on_manifest){
        .manifest = manifest->id, .request = request->id, .state = LISTED};
    return true;
}

bool fold_manifest_taken_off(const struct fold *fold)
{
    struct model_on_manifest *on = on_of_person(fold->model, fold->event->subject,
                                                fold->event->body.manifest_person_taken_off.person);
    if (on == NULL || on->state != LISTED) {
        return model_break(fold->model, "1: somebody is taken off a manifest they are not on");
    }
    on->state = TAKEN_OFF;
    return true;
}

void model_leave_manifest(struct model *model, int64_t request)
{
    struct model_on_manifest *on = model_on_manifest(model, request);
    if (on != NULL && on->state == LISTED) {
        on->state = STOPPED;
    }
}

/* --- boarding --------------------------------------------------------------------------------- */

static bool is_in(const struct number_list *people, int64_t id)
{
    for (size_t i = 0; i < people->count; i++) {
        if (people->items[i] == id) {
            return true;
        }
    }
    return false;
}

/* 1: everybody is judged at one instant, before the first of them moves. */
bool fold_manifest_boarded(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct manifest_boarded_body *body = &fold->event->body.manifest_boarded;
    struct model_manifest *manifest = model_manifest(model, fold->event->subject);
    size_t listed = 0;
    if (manifest->state != GATHERING) {
        return model_break(model, "1: a manifest boards twice");
    }
    manifest->state = BOARDED;
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        struct model_on_manifest *on = &model->on_manifests[i];
        if (on->manifest != manifest->id || on->state != LISTED) {
            continue;
        }
        const struct model_request *request = model_request(model, on->request);
        const struct model_person *person = model_person_of(model, request);
        listed++;
        on->judged = true;
        on->leaves = request->state == REQUEST_APPROVED && !person->restricted &&
                     model_leaves_stage(model, person, request->step);
        on->boards =
            on->leaves && judge_with(fold, manifest, request, fold->today) == CLEARANCE_CLEAR;
        if (!is_in(on->boards ? &body->boarded : &body->left_off, person->id)) {
            return model_break(model, "1: %s is %s, and should not be", person->reference,
                               on->boards ? "left off" : "boarded");
        }
    }
    return listed == body->boarded.count + body->left_off.count ||
           model_break(model, "5: somebody boards who is not on the manifest");
}

bool fold_manifest_departed(const struct fold *fold)
{
    struct model_manifest *manifest = model_manifest(fold->model, fold->event->subject);
    const bool boarded = manifest->state == BOARDED;
    manifest->state = LEFT;
    return boarded || model_break(fold->model, "5: a manifest leaves that did not board");
}

bool fold_manifest_accounted(const struct fold *fold)
{
    const struct manifest_person_accounted_body *body =
        &fold->event->body.manifest_person_accounted;
    struct model_on_manifest *on = on_of_person(fold->model, fold->event->subject, body->person);
    if (on == NULL || on->state != ABOARD) {
        return model_break(fold->model, "5: somebody is accounted for who is not aboard");
    }
    on->state = str_equal(body->outcome, STR("arrived")) ? CAME : RETURNED;
    return true;
}

/* 5 */
bool fold_manifest_closed(const struct fold *fold)
{
    struct model *model = fold->model;
    struct model_manifest *manifest = model_manifest(model, fold->event->subject);
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        if (model->on_manifests[i].manifest == manifest->id &&
            model->on_manifests[i].state == ABOARD) {
            return model_break(model, "5: a manifest closes, and somebody is not accounted for");
        }
    }
    const bool left = manifest->state == BOARDED || manifest->state == LEFT;
    manifest->state = CLOSED;
    return left || model_break(model, "5: a manifest closes that did not board");
}

bool fold_manifest_cancelled(const struct fold *fold)
{
    struct model *model = fold->model;
    struct model_manifest *manifest = model_manifest(model, fold->event->subject);
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        struct model_on_manifest *on = &model->on_manifests[i];
        on->state = on->manifest == manifest->id && on->state == LISTED ? TAKEN_OFF : on->state;
    }
    const bool gathering = manifest->state == GATHERING;
    manifest->state = CANCELLED;
    return gathering || model_break(model, "5: a manifest is cancelled that boarded");
}

/* --- called back ------------------------------------------------------------------------------ */

bool fold_departure_recalled(const struct fold *fold)
{
    struct model_on_manifest *on = on_of_person(
        fold->model, fold->event->body.departure_recalled.manifest, fold->event->subject);
    if (on == NULL || on->state != ABOARD || on->recalled) {
        return model_break(fold->model, "3: somebody is called back who is not aboard");
    }
    on->recalled = true;
    return true;
}

void model_look_aboard(struct model *model, date today)
{
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        struct model_on_manifest *on = &model->on_manifests[i];
        on->judged = false;
        if (on->state == ABOARD && !on->recalled) {
            const struct model_request *request = model_request(model, on->request);
            model_judge(model, model_person_of(model, request), request->step, request->hub, today,
                        on->before);
        }
    }
}

static bool is_back(const struct rulebook *rulebook, const struct step_taken_body *body)
{
    return rulebook->stages[rulebook_stage(rulebook, body->from)].outcome &&
           !rulebook->stages[rulebook_stage(rulebook, body->to)].outcome;
}

/* Does the command itself say where the journey led? They board; they arrived, were refused or
 * never left; or a step leads back from the outcome. Or have they given up the place since? */
static bool is_moved(struct model *model, const struct model_on_manifest *on,
                     const struct model_person *person, const struct event *events, size_t count)
{
    const int64_t hub = model_request(model, on->request)->hub;
    if (hub != 0 && person->hub != hub) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &events[i];
        const bool theirs = event->subject_kind == SUBJECT_OF_PERSON &&
                            model_whole(model, event->subject) == person;
        if (theirs &&
            (event->kind == EVENT_ARRIVAL_RESOLVED || event->kind == EVENT_DEPARTURE_CANCELLED ||
             (event->kind == EVENT_STEP_TAKEN &&
              is_back(model->rulebook, &event->body.step_taken)))) {
            return true;
        }
    }
    return on->judged;
}

/* 3 */
bool model_check_aboard(struct model *model, const struct event *events, size_t count, date today)
{
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        const struct model_on_manifest *on = &model->on_manifests[i];
        if (on->state != ABOARD || on->recalled) {
            continue;
        }
        enum clearance now[MODEL_SAFEGUARDS_MAX];
        const struct model_request *request = model_request(model, on->request);
        const struct model_person *person = model_person_of(model, request);
        const size_t all = model->rulebook->steps[request->step].safeguard_count;
        bool concerned = false;
        if (is_moved(model, on, person, events, count)) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            const struct event *event = &events[k];
            const bool of_person = event->subject_kind == SUBJECT_OF_PERSON &&
                                   model_is_concerned_person(model, person, event->subject);
            const bool of_hub =
                event->subject_kind == SUBJECT_OF_HUB && request->hub == event->subject;
            const bool of_agreement =
                event->subject_kind == SUBJECT_OF_AGREEMENT && request->agreement == event->subject;
            concerned = concerned || of_person || of_hub || of_agreement;
        }
        model_judge(model, person, request->step, request->hub, today, now);
        for (size_t k = 0; k < all && concerned; k++) {
            if (on->before[k] == CLEARANCE_CLEAR && now[k] != CLEARANCE_CLEAR) {
                return model_break(
                    model,
                    "3: %s is aboard, %.*s is clear no more, and nobody "
                    "calls them back",
                    person->reference,
                    STR_ARG(model->rulebook
                                ->safeguards[model->rulebook->steps[request->step].safeguards[k]]
                                .name));
            }
        }
    }
    return true;
}
