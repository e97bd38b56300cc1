#include "model_inside.h"

#include "law.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool model_break(struct model *model, const char *format, ...)
{
    if (model->broken[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(model->broken, sizeof model->broken, format, args);
        va_end(args);
    }
    return false;
}

void model_begin(struct model *model, const struct rulebook *rulebook)
{
    const struct arena values = model->values;
    const struct arena scratch = model->scratch;
    memset(model, 0, sizeof *model);
    model->values = values;
    model->scratch = scratch;
    model->rulebook = rulebook;
    model->law_is_small = str_equal(rulebook->name, STR("simulated_procedure"));
    arena_reset(&model->values);
}

/* --- finding ---------------------------------------------------------------------------------- */

struct model_person *model_person(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->person_count; i++) {
        if (model->people[i].id == id) {
            return &model->people[i];
        }
    }
    return NULL;
}

struct model_person *model_person_named(struct model *model, const char *reference)
{
    for (size_t i = 0; i < model->person_count; i++) {
        if (strcmp(model->people[i].reference, reference) == 0) {
            return &model->people[i];
        }
    }
    return NULL;
}

struct model_hub *model_hub(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->hub_count; i++) {
        if (model->hubs[i].id == id) {
            return &model->hubs[i];
        }
    }
    return NULL;
}

struct model_request *model_request(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->request_count; i++) {
        if (model->requests[i].id == id) {
            return &model->requests[i];
        }
    }
    return NULL;
}

const struct model_account *model_account(const struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->account_count; i++) {
        if (model->accounts[i].id == id) {
            return &model->accounts[i];
        }
    }
    return NULL;
}

int64_t model_command(const struct model *model, const struct client_id *id)
{
    for (size_t i = 0; i < model->command_count; i++) {
        if (memcmp(&model->commands[i].client_id, id, sizeof *id) == 0) {
            return model->commands[i].position;
        }
    }
    return 0;
}

bool model_is_of_hub(struct model *model, const struct model_person *person, int64_t hub)
{
    bool is = person->hub == hub;
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        is = is || (model_is_live(request) && request->hub == hub &&
                    model_person_of(model, request) == person);
    }
    return hub != 0 && is;
}

/* --- judging ---------------------------------------------------------------------------------- */

/* Of the rows that are not withdrawn and true by today the latest day counts, and among equals the
 * one recorded last. */
struct value model_value(struct model *model, enum subject_kind kind, int64_t subject,
                         uint32_t fact, date today)
{
    const struct model_fact *best = NULL;
    for (size_t i = 0; i < model->fact_count; i++) {
        const struct model_fact *row = &model->facts[i];
        if (row->kind != kind || row->subject != subject || row->fact != fact || row->withdrawn ||
            row->true_from.day > today.day) {
            continue;
        }
        if (best == NULL || row->true_from.day > best->true_from.day ||
            (row->true_from.day == best->true_from.day && row->position > best->position)) {
            best = row;
        }
    }
    return best == NULL ? value_unknown() : best->value;
}

static struct value *values_of(const struct model *model, enum subject_kind kind, int64_t subject,
                               date today, struct arena *arena)
{
    const size_t count = model->rulebook->fact_count;
    const struct model_fact **best = ARENA_NEW(arena, const struct model_fact *, count);
    struct value *values = ARENA_NEW(arena, struct value, count);
    ASSERT(best != NULL && values != NULL);
    for (size_t i = 0; i < model->fact_count; i++) {
        const struct model_fact *row = &model->facts[i];
        if (row->kind != kind || row->subject != subject || row->withdrawn ||
            row->true_from.day > today.day) {
            continue;
        }
        const struct model_fact *other = best[row->fact];
        if (other == NULL || row->true_from.day > other->true_from.day ||
            (row->true_from.day == other->true_from.day && row->position > other->position)) {
            best[row->fact] = row;
            values[row->fact] = row->value;
        }
    }
    return values;
}

/* The register counts places itself; that of this very person is free for them, if it is of the
 * kind that they need. */
static struct value free_for(struct model *model, const struct model_person *person,
                             const struct model_hub *hub, date today)
{
    char kind[24];
    const char *need = model_need(model, person, today, kind);
    const struct model_place *own = model_own_place(model, hub, person, today);
    if (need == NULL) {
        return value_unknown();
    }
    const int64_t free = model_places_free(hub, need, today);
    return value_number(own == NULL ? free : strcmp(own->kind, need) == 0 ? free + 1 : 0);
}

static int64_t prebooked(const struct model_hub *hub, date today)
{
    return model_places(hub, PLACE_PREBOOKED) + model_places(hub, PLACE_FREE) -
           model_places_free(hub, NULL, today);
}

static void count_places(struct model *model, const struct model_person *person,
                         const struct model_hub *hub, date today, struct value *values)
{
    const struct {
        str name;
        struct value value;
    } counted[] = {
        {STR("hub.places_free"), free_for(model, person, hub, today)},
        {STR("hub.places_agreed"), value_number(model_places_agreed(hub))},
        {STR("hub.places_held"), value_number(model_places(hub, PLACE_HELD))},
        {STR("hub.places_occupied"), value_number(model_places(hub, PLACE_OCCUPIED))},
        {STR("hub.places_prebooked"), value_number(prebooked(hub, today))},
        {STR("hub.places_out_of_use"), value_number(model_places(hub, PLACE_OUT_OF_USE))},
        {STR("hub.open_serious_findings"),
         value_number(model_serious_findings(model, hub->id, today))},
    };
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        const uint32_t fact = rulebook_fact(model->rulebook, counted[i].name);
        if (fact != NOT_FOUND_INDEX && model->rulebook->facts[fact].counted) {
            values[fact] = counted[i].value;
        }
    }
}

static void put_in_place(const struct rulebook *rulebook, str name, struct value value,
                         struct value *values)
{
    const uint32_t fact = rulebook_fact(rulebook, name);
    if (fact != NOT_FOUND_INDEX) {
        values[fact] = value;
    }
}

/* What is left of a number that the agreement sets: unknown while that is. */
static void put_left(const struct rulebook *rulebook, str set, str left, int64_t used,
                     struct value *values)
{
    const uint32_t fact = rulebook_fact(rulebook, set);
    if (fact != NOT_FOUND_INDEX && values[fact].known) {
        put_in_place(rulebook, left, value_number(values[fact].number - used), values);
    }
}

/* What is held for this very person, or was used for them to be there, is not lacking for them. */
static void count_intake(struct model *model, const struct model_person *person,
                         const struct model_hub *hub, date today, struct value *values)
{
    const struct intake_counts counts = model_intake(model, hub->agreement, today);
    const struct model_place *place = model_own_place(model, hub, person, today);
    const bool has_place =
        place != NULL && (place->state == PLACE_HELD || place->state == PLACE_OCCUPIED);
    const int64_t own = has_place ? 1 : 0;
    put_left(model->rulebook, STR("agreement.cap"), STR("agreement.cap_left"),
             counts.used + counts.held - own, values);
    put_left(model->rulebook, STR("agreement.intake_a_month"),
             STR("agreement.intake_left_this_month"), counts.used_in_month + counts.held - own,
             values);
}

static void ask_about_hub(struct model *model, const struct model_person *person,
                          const struct step *step, int64_t hub_id, struct arena *arena,
                          struct question *question)
{
    const struct model_hub *hub = model_hub(model, hub_id);
    ASSERT(hub != NULL);
    struct value *values = values_of(model, SUBJECT_OF_HUB, hub->id, question->today, arena);
    count_places(model, person, hub, question->today, values);
    question->hub = values;
    if (step->with_agreement && hub->agreement != 0) {
        values = values_of(model, SUBJECT_OF_AGREEMENT, hub->agreement, question->today, arena);
        count_intake(model, person, hub, question->today, values);
        question->agreement = values;
    }
}

static enum clearance judge_by_hand(struct model *model, const struct model_person *person,
                                    uint32_t step, int64_t hub, date today,
                                    const struct model_plan *plan, enum clearance clearance)
{
    const struct step *rule = &model->rulebook->steps[step];
    const enum clearance by_hand =
        law_judge(model, person, rule->name, hub, rule->with_agreement, today, plan);
    if (by_hand != clearance) {
        model_break(model, "1: the judge says %d of %.*s for %s, and by hand it is %d",
                    (int)clearance, STR_ARG(rule->name), person->reference, (int)by_hand);
    }
    return clearance;
}

enum clearance model_judge_planned(struct model *model, const struct model_person *person,
                                   uint32_t step, int64_t hub, date today,
                                   const struct model_plan *plan, enum clearance *each)
{
    struct arena arena = model->scratch;
    const struct step *rule = &model->rulebook->steps[step];
    const struct value **family = ARENA_NEW(&arena, const struct value *, MODEL_PEOPLE_MAX);
    struct value *own = values_of(model, SUBJECT_OF_PERSON, person->id, today, &arena);
    ASSERT(family != NULL);
    struct question question = {.person = own, .family = family, .today = today};
    for (size_t i = 0; i < model->person_count; i++) {
        const struct model_person *other = &model->people[i];
        if (person->family != 0 && other->family == person->family && other->id != person->id &&
            model_is_person(other)) {
            family[question.family_count++] =
                values_of(model, SUBJECT_OF_PERSON, other->id, today, &arena);
        }
    }
    if (plan != NULL) {
        put_in_place(model->rulebook, STR("departure.destination"), plan->destination, own);
        put_in_place(model->rulebook, STR("departure.on"), value_date(plan->on), own);
    }
    if (hub != 0) {
        ask_about_hub(model, person, rule, hub, &arena, &question);
    }
    const enum clearance clearance = judge_step(model->rulebook, step, &question, each);
    return model->law_is_small ? judge_by_hand(model, person, step, hub, today, plan, clearance)
                               : clearance;
}

enum clearance model_judge(struct model *model, const struct model_person *person, uint32_t step,
                           int64_t hub, date today, enum clearance *each)
{
    return model_judge_planned(model, person, step, hub, today, NULL, each);
}

/* --- folding: people and facts ---------------------------------------------------------------- */

static void copy_text(char *to, size_t size, str text)
{
    snprintf(to, size, "%.*s", STR_ARG(text));
}

static bool fold_account_opened(const struct fold *fold)
{
    struct model *model = fold->model;
    ASSERT(model->account_count < MODEL_ACCOUNTS_MAX);
    struct model_account *account = &model->accounts[model->account_count++];
    account->id = fold->event->subject;
    account->hub = fold->event->body.account_opened.hub;
    copy_text(account->role, sizeof account->role, fold->event->body.account_opened.role);
    return model->begins || model_has_role(fold, "administrator") ||
           model_break(model, "10: an account is opened by no administrator");
}

/* Who asked in one role decides nothing in another: the actor is held against who asked. */
static bool fold_account_changed(const struct fold *fold)
{
    for (size_t i = 0; i < fold->model->account_count; i++) {
        struct model_account *account = &fold->model->accounts[i];
        if (account->id == fold->event->subject) {
            account->hub = fold->event->body.account_changed.hub;
            account->changed = fold->event->position;
            copy_text(account->role, sizeof account->role, fold->event->body.account_changed.role);
            return model_has_role(fold, "administrator") ||
                   model_break(fold->model, "10: a role is changed by no administrator");
        }
    }
    return model_break(fold->model, "10: the role of nobody is changed");
}

static bool fold_person_registered(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct person_registered_body *body = &fold->event->body.person_registered;
    ASSERT(model->person_count < MODEL_PEOPLE_MAX);
    struct model_person *person = &model->people[model->person_count++];
    *person = (struct model_person){.id = fold->event->subject};
    copy_text(person->reference, sizeof person->reference, body->reference);
    return model->begins ||
           rulebook_stage(model->rulebook, body->stage) == model->rulebook->start_stage ||
           model_break(model, "5: a person does not begin at the beginning");
}

/* Of a person: of whom the record that it was recorded of is a part now. */
static void know_facts_anew(struct model *model)
{
    for (size_t i = 0; i < model->fact_count; i++) {
        struct model_fact *fact = &model->facts[i];
        if (fact->kind == SUBJECT_OF_PERSON) {
            fact->subject = model_whose(model, fact->position)->id;
        }
    }
}

static bool fold_fact_recorded(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    const struct fact_recorded_body *body = &event->body.fact_recorded;
    const uint32_t fact = rulebook_fact(model->rulebook, body->fact);
    struct err err = {0};
    struct value value = value_unknown();
    ASSERT(fact != NOT_FOUND_INDEX && model->fact_count < MODEL_FACTS_MAX);
    if (!value_parse(model->rulebook, &model->rulebook->facts[fact], body->value, &model->values,
                     &value, &err)
             .ok) {
        return model_break(model, "2: a value is recorded that is none: %s", err.what);
    }
    value.event = event->position;
    if (!model_check_clock_fact(fold, fact, &value)) {
        return false;
    }
    struct model_fact *row = &model->facts[model->fact_count++];
    *row = (struct model_fact){.position = event->position,
                               .kind = event->subject_kind,
                               .subject = event->subject_kind == SUBJECT_OF_PERSON
                                              ? model_whole(model, event->subject)->id
                                              : event->subject,
                               .fact = fact,
                               .value = value,
                               .true_from = event->effective_on};
    return true;
}

static bool fold_fact_withdrawn(const struct fold *fold)
{
    struct model *model = fold->model;
    for (size_t i = 0; i < model->fact_count; i++) {
        struct model_fact *fact = &model->facts[i];
        if (fact->position == fold->event->body.fact_withdrawn.event) {
            const bool again = fact->withdrawn;
            const struct value before =
                model_value(model, fact->kind, fact->subject, fact->fact, fact->true_from);
            fact->withdrawn = true;
            return again ? model_break(model, "7: a fact is withdrawn twice")
                         : model_check_clock_withdrawn(fold, fact, &before);
        }
    }
    return model_break(model, "7: a fact is withdrawn that was never recorded");
}

bool model_has_role(const struct fold *fold, const char *role)
{
    const struct model_account *account = model_account(fold->model, fold->event->actor);
    return account != NULL && strcmp(account->role, role) == 0;
}

/* --- folding ---------------------------------------------------------------------------------- */

/* Before it has happened to anybody: is it allowed? */
static fold_function *const folds[] = {
    [EVENT_ACCOUNT_OPENED] = fold_account_opened,
    [EVENT_ACCOUNT_CHANGED] = fold_account_changed,
    [EVENT_HUB_OPENED] = fold_hub_opened,
    [EVENT_PLACES_AGREED] = fold_places_agreed,
    [EVENT_PLACES_OF_KIND] = fold_places_of_kind,
    [EVENT_PLACE_OUT_OF_USE] = fold_place_out_of_use,
    [EVENT_PLACE_BACK_IN_USE] = fold_place_back_in_use,
    [EVENT_PLACES_PREBOOKED] = fold_places_prebooked,
    [EVENT_PREBOOKING_GIVEN] = fold_prebooking_given,
    [EVENT_PREBOOKING_ENDED] = fold_prebooking_ended,
    [EVENT_PLACE_CHANGED] = fold_place_changed,
    [EVENT_HUB_REPORTED] = fold_hub_reported,
    [EVENT_ARRIVAL_RESOLVED] = fold_arrival_resolved,
    [EVENT_DEPARTURE_CANCELLED] = fold_departure_cancelled,
    [EVENT_PERSON_REGISTERED] = fold_person_registered,
    [EVENT_FACT_RECORDED] = fold_fact_recorded,
    [EVENT_FACT_WITHDRAWN] = fold_fact_withdrawn,
    [EVENT_STEP_REQUESTED] = fold_step_requested,
    [EVENT_STEP_APPROVED] = fold_step_approved,
    [EVENT_STEP_DECLINED] = fold_step_declined,
    [EVENT_STEP_WITHDRAWN] = fold_step_withdrawn,
    [EVENT_STEP_STOPPED] = fold_step_stopped,
    [EVENT_STEP_REFUSED] = fold_step_refused,
    [EVENT_STEP_TAKEN] = fold_step_taken,
    [EVENT_MANIFEST_OPENED] = fold_manifest_opened,
    [EVENT_MANIFEST_CHANGED] = fold_manifest_changed,
    [EVENT_MANIFEST_PERSON_LISTED] = fold_manifest_listed,
    [EVENT_MANIFEST_PERSON_TAKEN_OFF] = fold_manifest_taken_off,
    [EVENT_MANIFEST_BOARDED] = fold_manifest_boarded,
    [EVENT_MANIFEST_DEPARTED] = fold_manifest_departed,
    [EVENT_MANIFEST_PERSON_ACCOUNTED] = fold_manifest_accounted,
    [EVENT_MANIFEST_CLOSED] = fold_manifest_closed,
    [EVENT_MANIFEST_CANCELLED] = fold_manifest_cancelled,
    [EVENT_DEPARTURE_RECALLED] = fold_departure_recalled,
    [EVENT_ENTRY_OPENED] = fold_entry_opened,
    [EVENT_ENTRY_CHANGED] = fold_entry_changed,
    [EVENT_ACCOUNT_CLOSED] = fold_account_closed,
    [EVENT_GLASS_BROKEN] = fold_glass_broken,
    [EVENT_GLASS_REVIEWED] = fold_glass_reviewed,
    [EVENT_TIE_MADE] = fold_tie_made,
    [EVENT_TIE_ENDED] = fold_tie_ended,
    [EVENT_NOTICE_ISSUED] = fold_notice_issued,
    [EVENT_NOTICE_SERVED] = fold_notice_served,
    [EVENT_NOTICE_CANCELLED] = fold_notice_cancelled,
    [EVENT_PERSON_ERASED] = fold_person_erased,
    [EVENT_PROTECTION_SET] = fold_protection_set,
    [EVENT_MERGE_REQUESTED] = fold_merge_requested,
    [EVENT_MERGE_DECLINED] = fold_merge_declined,
    [EVENT_IDENTITIES_MERGED] = fold_merged,
    [EVENT_IDENTITIES_SEPARATED] = fold_separated,
};

static bool note_client_id(struct model *model, const struct event *event)
{
    if (client_id_is_none(&event->client_id)) {
        return true;
    }
    if (model_command(model, &event->client_id) != 0) {
        return model_break(model, "6: a command was done twice");
    }
    ASSERT(model->command_count < MODEL_COMMANDS_MAX);
    model->commands[model->command_count++] =
        (struct model_command){.client_id = event->client_id, .position = event->position};
    return true;
}

/* Then it happens, and what follows from it. */
static bool let_happen(const struct fold *fold)
{
    const enum event_kind kind = fold->event->kind;
    if (fold->event->subject_kind == SUBJECT_OF_PERSON) {
        model_happen(fold);
    }
    if (kind == EVENT_IDENTITIES_MERGED || kind == EVENT_IDENTITIES_SEPARATED) {
        know_facts_anew(fold->model);
    }
    return kind != EVENT_STEP_TAKEN || model_move(fold, fold->event->body.step_taken.request);
}

static bool fold_one(const struct fold *fold)
{
    struct model *model = fold->model;
    const enum event_kind kind = fold->event->kind;
    if (fold->event->position != model->last + 1) {
        return model_break(model, "7: event %lld follows event %lld",
                           (long long)fold->event->position, (long long)model->last);
    }
    const struct model_account *actor = model_account(model, fold->event->actor);
    if (actor != NULL && actor->closed) {
        return model_break(model, "10: event %lld (%s) is of an account that is closed",
                           (long long)fold->event->position, event_kind_name(fold->event->kind));
    }
    model->last = fold->event->position;
    model->last_ms = fold->event->recorded_at.milliseconds;
    const bool known = (size_t)kind < sizeof folds / sizeof folds[0] && folds[kind] != NULL;
    return note_client_id(model, fold->event) && (!known || folds[kind](fold)) && let_happen(fold);
}

/* Stops of one command are judged before the first of them: no request is judged on a place that
 * the stop of another one freed. */
static bool fold_stops(const struct fold *first, size_t count)
{
    struct model *model = first->model;
    enum clearance clearances[64] = {CLEARANCE_CLEAR};
    bool left[64] = {false};
    ASSERT(count <= 64);
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &first->event[i];
        const struct model_request *request =
            model_request(model, event->body.step_stopped.request);
        const struct model_on_manifest *on =
            request == NULL ? NULL : model_on_manifest(model, request->id);
        if (request == NULL) {
            return model_break(model, "3: what was never asked for is stopped");
        }
        const struct model_person *person = model_person_of(model, request);
        const bool left_off = on != NULL && on->judged;
        left[i] = left_off ? !on->leaves : !model_leaves_stage(model, person, request->step);
        clearances[i] =
            left_off ? (on->boards ? CLEARANCE_CLEAR : CLEARANCE_BARRED)
                     : model_judge(model, person, request->step, request->hub, first->today, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        struct fold fold = *first;
        fold.event = &first->event[i];
        fold.stopped = clearances[i];
        fold.stage_left = left[i];
        if (!fold_one(&fold)) {
            return false;
        }
    }
    return true;
}

/* --- 3: a clearance ends when its reasons end, in the same commit ------------------------------
 */

/* The person, or one of the family. */
bool model_is_concerned_person(struct model *model, const struct model_person *person,
                               int64_t record)
{
    const struct model_person *other = model_whole(model, record);
    return other == person || (other->family != 0 && other->family == person->family);
}

/* Whatever was recorded of somebody concerns the live requests for them and for their family; what
 * was recorded of a hub or of an agreement, the requests for it. That somebody else was given a
 * place concerns nobody yet; that a place is there no more concerns the requests for that hub, not
 * the others of whoever holds another one since. */
static bool touches(const struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_FACT_RECORDED:
    case EVENT_FACT_WITHDRAWN:
    case EVENT_FAMILY_JOINED:
    case EVENT_STEP_TAKEN:
    case EVENT_PLACES_AGREED:
    case EVENT_PLACES_OF_KIND:
    case EVENT_PLACE_OUT_OF_USE:
    case EVENT_PREBOOKING_ENDED:
    case EVENT_DEPARTURE_CANCELLED:
    case EVENT_ENTRY_OPENED:
    case EVENT_ENTRY_CHANGED:
    case EVENT_IDENTITIES_MERGED:
    case EVENT_IDENTITIES_SEPARATED:
        return true;
    case EVENT_PLACE_CHANGED:
        return event->body.place_changed.request == 0; /* else for one that the hub lost */
    default:
        return false;
    }
}

static bool is_concerned(struct model *model, const struct model_request *request,
                         const struct event *event)
{
    if (!touches(event) || !model_is_live(request)) {
        return false;
    }
    const struct model_person *person = model_person_of(model, request);
    if (event->subject_kind == SUBJECT_OF_PERSON) {
        return model_is_concerned_person(model, person, event->subject) ||
               (event->kind == EVENT_IDENTITIES_SEPARATED &&
                model_is_concerned_person(model, person, event->body.identities_separated.other));
    }
    return (event->subject_kind == SUBJECT_OF_HUB && request->hub == event->subject) ||
           (event->subject_kind == SUBJECT_OF_AGREEMENT && request->agreement == event->subject);
}

static bool check_concerned(struct model *model, const struct event *event, date today)
{
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        if (!is_concerned(model, request, event)) {
            continue;
        }
        const struct model_person *person = model_person_of(model, request);
        if (!model_leaves_stage(model, person, request->step) ||
            model_judge(model, person, request->step, request->hub, today, NULL) !=
                CLEARANCE_CLEAR) {
            return model_break(model,
                               "3: event %lld (%s) ends the clearance of request %lld, and "
                               "does not stop it",
                               (long long)event->position, event_kind_name(event->kind),
                               (long long)request->id);
        }
    }
    return true;
}

/* 4: whoever lost the place that was held has another one, or is stopped. */
static bool check_lost(struct model *model)
{
    for (size_t h = 0; h < model->hub_count; h++) {
        for (int64_t i = 1; i <= model->hubs[h].place_count; i++) {
            if (model->hubs[h].places[i].lost) {
                return model_break(model, "4: request %lld goes on with a place that is out of use",
                                   (long long)model->hubs[h].places[i].request);
            }
        }
    }
    return true;
}

static bool fold_all(struct model *model, const struct event *events, size_t count, date today)
{
    for (size_t i = 0; i < count;) {
        size_t stops = 0;
        while (i + stops < count && events[i + stops].kind == EVENT_STEP_STOPPED) {
            stops++;
        }
        const struct fold fold = {.model = model,
                                  .event = &events[i],
                                  .command = events,
                                  .end = events + count,
                                  .today = today};
        if (stops > 0 ? !fold_stops(&fold, stops) : !fold_one(&fold)) {
            return false;
        }
        i += stops > 0 ? stops : 1;
    }
    return true;
}

bool model_fold(struct model *model, const struct event *events, size_t count, date today)
{
    model_look_aboard(model, today);
    bool kept = fold_all(model, events, count, today);
    for (size_t i = 0; i < count && kept; i++) {
        kept = check_concerned(model, &events[i], today);
    }
    kept = kept && check_lost(model) && model_check_duties(model, events, count) &&
           model_check_aboard(model, events, count, today);
    return kept && model->broken[0] == '\0';
}
