#include "model.h"

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
    model->law_is_small = str_equal(rulebook->name, STR("small_procedure"));
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

bool model_is_live(const struct model_request *request)
{
    return request->state == REQUEST_OPEN || request->state == REQUEST_APPROVED;
}

int64_t model_places_free(const struct model_hub *hub)
{
    int64_t used = 0;
    for (size_t i = 1; i <= MODEL_PLACES_MAX; i++) {
        used += hub->places[i].person != 0 ? 1 : 0;
    }
    return hub->agreed - used;
}

bool model_is_of_hub(const struct model *model, const struct model_person *person, int64_t hub)
{
    bool is = person->hub == hub;
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        is = is || (model_is_live(request) && request->person == person->id && request->hub == hub);
    }
    return hub != 0 && is;
}

/* --- judging ---------------------------------------------------------------------------------- */

/* Of the rows that are not withdrawn and true by today the latest day counts, and among equals the
 * one recorded last. */
struct value model_value(const struct model *model, enum subject_kind kind, int64_t subject,
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

/* The register counts places itself; that of this very person is free for them. */
static void count_places(const struct model *model, const struct model_person *person,
                         const struct model_hub *hub, struct value *values)
{
    int64_t held = 0;
    int64_t occupied = 0;
    bool own = person->hub == hub->id;
    for (size_t i = 1; i <= MODEL_PLACES_MAX; i++) {
        held += hub->places[i].request != 0 ? 1 : 0;
        occupied += hub->places[i].person != 0 && hub->places[i].request == 0 ? 1 : 0;
    }
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        own = own || (model_is_live(request) && request->person == person->id &&
                      request->hub == hub->id && request->place > 0);
    }
    const struct {
        str name;
        int64_t number;
    } counted[] = {
        {STR("hub.places_free"), model_places_free(hub) + (own ? 1 : 0)},
        {STR("hub.places_agreed"), hub->agreed},
        {STR("hub.places_held"), held},
        {STR("hub.places_occupied"), occupied},
        {STR("hub.places_prebooked"), 0},
        {STR("hub.places_out_of_use"), 0},
        {STR("hub.open_serious_findings"), 0},
    };
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        const uint32_t fact = rulebook_fact(model->rulebook, counted[i].name);
        if (fact != NOT_FOUND_INDEX && model->rulebook->facts[fact].counted) {
            values[fact] = value_number(counted[i].number);
        }
    }
}

/* The places of the simulation are of no kind: where the law asks for one, none is free for anybody
 * whose need is known, and unknown for the others. */
static void count_by_need(const struct model *model, const struct model_person *person, date today,
                          struct value *values)
{
    const uint32_t need = rulebook_fact(model->rulebook, STR("hub_stay.place_kind"));
    const uint32_t free = rulebook_fact(model->rulebook, STR("hub.places_free"));
    if (need != NOT_FOUND_INDEX && free != NOT_FOUND_INDEX) {
        const bool known = model_value(model, SUBJECT_OF_PERSON, person->id, need, today).known;
        values[free] = known ? value_number(0) : value_unknown();
    }
}

static void ask_about_hub(struct model *model, const struct model_person *person,
                          const struct step *step, int64_t hub_id, struct arena *arena,
                          struct question *question)
{
    const struct model_hub *hub = model_hub(model, hub_id);
    ASSERT(hub != NULL);
    struct value *values = values_of(model, SUBJECT_OF_HUB, hub->id, question->today, arena);
    count_places(model, person, hub, values);
    count_by_need(model, person, question->today, values);
    question->hub = values;
    if (step->with_agreement && hub->agreement != 0) {
        question->agreement =
            values_of(model, SUBJECT_OF_AGREEMENT, hub->agreement, question->today, arena);
    }
}

enum clearance model_judge(struct model *model, const struct model_person *person, uint32_t step,
                           int64_t hub, date today, enum clearance *each)
{
    struct arena arena = model->scratch;
    const struct step *rule = &model->rulebook->steps[step];
    const struct value **family = ARENA_NEW(&arena, const struct value *, MODEL_PEOPLE_MAX);
    ASSERT(family != NULL);
    struct question question = {.person =
                                    values_of(model, SUBJECT_OF_PERSON, person->id, today, &arena),
                                .family = family,
                                .today = today};
    for (size_t i = 0; i < model->person_count; i++) {
        const struct model_person *other = &model->people[i];
        if (person->family != 0 && other->family == person->family && other->id != person->id) {
            family[question.family_count++] =
                values_of(model, SUBJECT_OF_PERSON, other->id, today, &arena);
        }
    }
    if (hub != 0) {
        ask_about_hub(model, person, rule, hub, &arena, &question);
    }
    const enum clearance clearance = judge_step(model->rulebook, step, &question, each);
    if (model->law_is_small) {
        const enum clearance by_hand =
            law_judge(model, person, rule->name, hub, rule->with_agreement, today);
        if (by_hand != clearance) {
            model_break(model, "1: the judge says %d of %.*s for %s, and by hand it is %d",
                        (int)clearance, STR_ARG(rule->name), person->reference, (int)by_hand);
        }
    }
    return clearance;
}

/* --- folding: people and facts ---------------------------------------------------------------- */

struct fold {
    struct model *model;
    const struct event *event;
    date today;
    enum clearance stopped; /* of a STEP_STOPPED: as judged before the first of its command */
    bool stage_left;
};

typedef bool fold_function(const struct fold *fold);

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
    return true;
}

static bool fold_hub_opened(const struct fold *fold)
{
    struct model *model = fold->model;
    ASSERT(model->hub_count < MODEL_HUBS_MAX);
    struct model_hub *hub = &model->hubs[model->hub_count++];
    *hub = (struct model_hub){.id = fold->event->subject,
                              .agreement = fold->event->body.hub_opened.agreement};
    copy_text(hub->reference, sizeof hub->reference, fold->event->body.hub_opened.reference);
    return true;
}

static bool fold_places_agreed(const struct fold *fold)
{
    struct model_hub *hub = model_hub(fold->model, fold->event->subject);
    const int64_t used = hub->agreed - model_places_free(hub);
    hub->agreed = fold->event->body.places_agreed.places;
    return hub->agreed >= used ||
           model_break(fold->model, "4: fewer places were agreed than are in use");
}

static bool fold_person_registered(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct person_registered_body *body = &fold->event->body.person_registered;
    ASSERT(model->person_count < MODEL_PEOPLE_MAX);
    struct model_person *person = &model->people[model->person_count++];
    *person = (struct model_person){.id = fold->event->subject,
                                    .stage = rulebook_stage(model->rulebook, body->stage)};
    copy_text(person->reference, sizeof person->reference, body->reference);
    return model->begins || person->stage == model->rulebook->start_stage ||
           model_break(model, "5: a person does not begin at the beginning");
}

static bool fold_family_joined(const struct fold *fold)
{
    model_person(fold->model, fold->event->subject)->family =
        fold->event->body.family_joined.family;
    return true;
}

static bool fold_contact_confirmed(const struct fold *fold)
{
    struct model_person *person = model_person(fold->model, fold->event->subject);
    const struct known_day on = {.known = true, .day = fold->event->effective_on};
    if (!person->last_contact_on.known || person->last_contact_on.day.day <= on.day.day) {
        person->last_contact_on = on;
        person->next_check_on = fold->event->body.contact_confirmed.next_check_on;
    }
    return true;
}

static bool fold_fact_recorded(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    const struct fact_recorded_body *body = &event->body.fact_recorded;
    const uint32_t fact = rulebook_fact(model->rulebook, body->fact);
    struct err err = {0};
    ASSERT(fact != NOT_FOUND_INDEX && model->fact_count < MODEL_FACTS_MAX);
    struct model_fact *row = &model->facts[model->fact_count++];
    *row = (struct model_fact){.position = event->position,
                               .kind = event->subject_kind,
                               .subject = event->subject,
                               .fact = fact,
                               .true_from = event->effective_on};
    if (!value_parse(model->rulebook, &model->rulebook->facts[fact], body->value, &model->values,
                     &row->value, &err)
             .ok) {
        return model_break(model, "2: a value is recorded that is none: %s", err.what);
    }
    row->value.event = event->position;
    return true;
}

static bool fold_fact_withdrawn(const struct fold *fold)
{
    struct model *model = fold->model;
    for (size_t i = 0; i < model->fact_count; i++) {
        if (model->facts[i].position == fold->event->body.fact_withdrawn.event) {
            const bool again = model->facts[i].withdrawn;
            model->facts[i].withdrawn = true;
            return !again || model_break(model, "7: a fact is withdrawn twice");
        }
    }
    return model_break(model, "7: a fact is withdrawn that was never recorded");
}

/* --- folding: steps --------------------------------------------------------------------------- */

static bool has_role(const struct fold *fold, str role)
{
    const struct model_account *account = model_account(fold->model, fold->event->actor);
    return account != NULL && str_equal(str_from_c(account->role), role);
}

/* Judges on what the model knows, keeps the verdict, and says whether it is clear. */
static bool judge_now(const struct fold *fold, const struct model_person *person, uint32_t step,
                      int64_t hub)
{
    struct model *model = fold->model;
    ASSERT(model->verdict_count < MODEL_VERDICTS_MAX);
    struct model_verdict *verdict = &model->verdicts[model->verdict_count++];
    *verdict = (struct model_verdict){.position = fold->event->position,
                                      .person = person->id,
                                      .step = step,
                                      .hub = hub,
                                      .on = fold->today,
                                      .known_at = fold->event->recorded_at};
    verdict->clearance = model_judge(model, person, step, hub, fold->today, verdict->each);
    return verdict->clearance == CLEARANCE_CLEAR;
}

static bool leaves_stage(const struct model *model, const struct model_person *person,
                         uint32_t step)
{
    return rulebook_step_leaves(model->rulebook, &model->rulebook->steps[step], person->stage);
}

/* 1: whatever is asked for, approved or taken is clear, and leads from where the person is. */
static bool must_be_clear(const struct fold *fold, const struct model_person *person, uint32_t step,
                          int64_t hub)
{
    const str name = fold->model->rulebook->steps[step].name;
    if (!leaves_stage(fold->model, person, step)) {
        return model_break(fold->model, "5: %.*s does not lead from where %s is", STR_ARG(name),
                           person->reference);
    }
    return judge_now(fold, person, step, hub) ||
           model_break(fold->model, "1: event %lld (%s): %.*s is not clear for %s",
                       (long long)fold->event->position, event_kind_name(fold->event->kind),
                       STR_ARG(name), person->reference);
}

static bool fold_step_requested(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_requested_body *body = &fold->event->body.step_requested;
    const struct model_person *person = model_person(model, fold->event->subject);
    const uint32_t step = rulebook_step(model->rulebook, body->step);
    if (!must_be_clear(fold, person, step, body->hub)) {
        return false;
    }
    ASSERT(model->request_count < MODEL_REQUESTS_MAX);
    model->requests[model->request_count++] =
        (struct model_request){.id = fold->event->position,
                               .person = person->id,
                               .step = step,
                               .hub = body->hub,
                               .agreement = body->agreement,
                               .state = REQUEST_OPEN,
                               .requested_by = fold->event->actor};
    return true;
}

/* 4 */
static bool hold_place(const struct fold *fold, const struct model_request *request, int64_t number)
{
    struct model_hub *hub = model_hub(fold->model, request->hub);
    if (hub == NULL || number > MODEL_PLACES_MAX || hub->places[number].person != 0 ||
        model_places_free(hub) < 1) {
        return model_break(fold->model, "4: the place %lld is held for two", (long long)number);
    }
    hub->places[number] = (struct model_place){.person = request->person, .request = request->id};
    return true;
}

static bool fold_step_approved(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_approved_body *body = &fold->event->body.step_approved;
    struct model_request *request = model_request(model, body->request);
    if (request == NULL || request->state != REQUEST_OPEN) {
        return model_break(model, "1: what is not open is approved");
    }
    const struct step *step = &model->rulebook->steps[request->step];
    const int64_t actor = fold->event->actor;
    bool other = actor != request->requested_by && request->approval_count < step->approval_count;
    for (size_t i = 0; i < request->approval_count; i++) {
        other = other && request->approved_by[i] != actor;
    }
    if (!other ||
        !has_role(fold, model->rulebook->roles[step->approvals[request->approval_count]].name)) {
        return model_break(model, "1: request %lld is approved by somebody who may not",
                           (long long)request->id);
    }
    if (!must_be_clear(fold, model_person(model, request->person), request->step, request->hub)) {
        return false;
    }
    request->approved_by[request->approval_count++] = actor;
    const bool last = request->approval_count == step->approval_count;
    const bool holds = last && step->place == STEP_PLACE_TAKES;
    if (holds != (body->place > 0) || last != (body->outstanding == 0)) {
        return model_break(model, "4: an approval holds a place too early, or none");
    }
    request->state = last ? REQUEST_APPROVED : REQUEST_OPEN;
    request->place = body->place;
    return !holds || hold_place(fold, request, body->place);
}

static void release(struct model *model, struct model_request *request)
{
    struct model_hub *hub = model_hub(model, request->hub);
    for (size_t i = 1; hub != NULL && i <= MODEL_PLACES_MAX; i++) {
        if (hub->places[i].request == request->id) {
            hub->places[i] = (struct model_place){.person = 0};
        }
    }
    request->place = 0;
}

static bool end_request(const struct fold *fold, int64_t id, enum request_state state)
{
    struct model_request *request = model_request(fold->model, id);
    if (request == NULL || !model_is_live(request)) {
        return model_break(fold->model, "3: request %lld ends twice", (long long)id);
    }
    request->state = state;
    release(fold->model, request);
    return true;
}

static bool fold_step_declined(const struct fold *fold)
{
    return end_request(fold, fold->event->body.step_declined.request, REQUEST_DECLINED);
}

static bool fold_step_withdrawn(const struct fold *fold)
{
    const struct model_request *request =
        model_request(fold->model, fold->event->body.step_withdrawn.request);
    if (request != NULL && request->requested_by != fold->event->actor) {
        return model_break(fold->model, "1: somebody withdraws what another asked for");
    }
    return end_request(fold, fold->event->body.step_withdrawn.request, REQUEST_WITHDRAWN);
}

/* 3: and what is stopped had no clearance any more. */
static bool fold_step_stopped(const struct fold *fold)
{
    if (fold->stopped == CLEARANCE_CLEAR && !fold->stage_left) {
        return model_break(fold->model, "3: request %lld is stopped, and everything is clear",
                           (long long)fold->event->body.step_stopped.request);
    }
    return end_request(fold, fold->event->body.step_stopped.request, REQUEST_STOPPED);
}

static bool fold_step_refused(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_refused_body *body = &fold->event->body.step_refused;
    const struct model_person *person = model_person(model, fold->event->subject);
    const struct model_request *request = model_request(model, body->request);
    const uint32_t step =
        request != NULL ? request->step : rulebook_step(model->rulebook, body->step);
    return !judge_now(fold, person, step, request != NULL ? request->hub : body->hub) ||
           model_break(model, "1: %.*s is refused to %s, and everything is clear",
                       STR_ARG(model->rulebook->steps[step].name), person->reference);
}

static void leave_place(struct model *model, const struct model_person *person)
{
    for (size_t h = 0; h < model->hub_count; h++) {
        for (size_t i = 1; i <= MODEL_PLACES_MAX; i++) {
            struct model_place *place = &model->hubs[h].places[i];
            if (place->person == person->id && place->request == 0) {
                *place = (struct model_place){.person = 0};
            }
        }
    }
}

/* 4 */
static bool move_to_place(const struct fold *fold, struct model_person *person)
{
    const struct step_taken_body *body = &fold->event->body.step_taken;
    if (body->place == 0) {
        return true;
    }
    leave_place(fold->model, person);
    person->hub = 0;
    if (body->place < 0) {
        return true;
    }
    struct model_hub *hub = model_hub(fold->model, body->hub);
    if (hub == NULL || body->place > MODEL_PLACES_MAX || hub->places[body->place].person != 0 ||
        model_places_free(hub) < 1) {
        return model_break(fold->model, "4: the place %lld is two people's",
                           (long long)body->place);
    }
    hub->places[body->place] = (struct model_place){.person = person->id};
    person->hub = hub->id;
    return true;
}

static bool fold_step_taken(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct step_taken_body *body = &fold->event->body.step_taken;
    struct model_person *person = model_person(model, fold->event->subject);
    const uint32_t step = rulebook_step(model->rulebook, body->step);
    struct model_request *request = model_request(model, body->request);
    const bool approved =
        request != NULL && request->state == REQUEST_APPROVED && request->step == step;
    if (!approved && model->rulebook->steps[step].approval_count > 0) {
        return model_break(model, "1: a step is taken that was not approved");
    }
    if (!must_be_clear(fold, person, step, body->hub)) {
        return false;
    }
    if (request != NULL) {
        request->state = REQUEST_TAKEN;
        release(model, request);
    }
    if (!model->rulebook->steps[step].same_stage) {
        person->stage = model->rulebook->steps[step].to;
    }
    return move_to_place(fold, person);
}

static fold_function *const folds[] = {
    [EVENT_ACCOUNT_OPENED] = fold_account_opened,
    [EVENT_HUB_OPENED] = fold_hub_opened,
    [EVENT_PLACES_AGREED] = fold_places_agreed,
    [EVENT_PERSON_REGISTERED] = fold_person_registered,
    [EVENT_FAMILY_JOINED] = fold_family_joined,
    [EVENT_CONTACT_CONFIRMED] = fold_contact_confirmed,
    [EVENT_FACT_RECORDED] = fold_fact_recorded,
    [EVENT_FACT_WITHDRAWN] = fold_fact_withdrawn,
    [EVENT_STEP_REQUESTED] = fold_step_requested,
    [EVENT_STEP_APPROVED] = fold_step_approved,
    [EVENT_STEP_DECLINED] = fold_step_declined,
    [EVENT_STEP_WITHDRAWN] = fold_step_withdrawn,
    [EVENT_STEP_STOPPED] = fold_step_stopped,
    [EVENT_STEP_REFUSED] = fold_step_refused,
    [EVENT_STEP_TAKEN] = fold_step_taken,
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

static bool fold_one(const struct fold *fold)
{
    struct model *model = fold->model;
    const enum event_kind kind = fold->event->kind;
    if (fold->event->position != model->last + 1) {
        return model_break(model, "7: event %lld follows event %lld",
                           (long long)fold->event->position, (long long)model->last);
    }
    model->last = fold->event->position;
    const bool known = (size_t)kind < sizeof folds / sizeof folds[0] && folds[kind] != NULL;
    return note_client_id(model, fold->event) && (!known || folds[kind](fold));
}

/* Stops of one command are judged before the first of them: no request is judged on a place that
 * the stop of another one freed. */
static bool fold_stops(struct model *model, const struct event *events, size_t count, date today)
{
    enum clearance clearances[64] = {CLEARANCE_CLEAR};
    bool left[64] = {false};
    ASSERT(count <= 64);
    for (size_t i = 0; i < count; i++) {
        const struct model_request *request =
            model_request(model, events[i].body.step_stopped.request);
        const struct model_person *person = model_person(model, events[i].subject);
        if (request == NULL || person == NULL) {
            return model_break(model, "3: what was never asked for is stopped");
        }
        left[i] = !leaves_stage(model, person, request->step);
        clearances[i] = model_judge(model, person, request->step, request->hub, today, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        const struct fold fold = {model, &events[i], today, clearances[i], left[i]};
        if (!fold_one(&fold)) {
            return false;
        }
    }
    return true;
}

/* 3: a clearance ends when its reasons end, in the same commit. Whatever was recorded of somebody
 * concerns the live requests for them and for their family; what was recorded of a hub or of an
 * agreement, the requests for it. That somebody else was given a place concerns nobody yet. */
static bool is_concerned(struct model *model, const struct model_request *request,
                         const struct event *event)
{
    const bool touches = event->kind == EVENT_FACT_RECORDED ||
                         event->kind == EVENT_FACT_WITHDRAWN ||
                         event->kind == EVENT_FAMILY_JOINED || event->kind == EVENT_STEP_TAKEN ||
                         event->kind == EVENT_PLACES_AGREED;
    if (!touches || !model_is_live(request)) {
        return false;
    }
    if (event->subject_kind == SUBJECT_OF_PERSON) {
        const int64_t family = model_person(model, event->subject)->family;
        return request->person == event->subject ||
               (family != 0 && model_person(model, request->person)->family == family);
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
        const struct model_person *person = model_person(model, request->person);
        if (!leaves_stage(model, person, request->step) ||
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

static bool fold_all(struct model *model, const struct event *events, size_t count, date today)
{
    for (size_t i = 0; i < count;) {
        size_t stops = 0;
        while (i + stops < count && events[i + stops].kind == EVENT_STEP_STOPPED) {
            stops++;
        }
        const struct fold fold = {.model = model, .event = &events[i], .today = today};
        if (stops > 0 ? !fold_stops(model, &events[i], stops, today) : !fold_one(&fold)) {
            return false;
        }
        i += stops > 0 ? stops : 1;
    }
    return true;
}

bool model_fold(struct model *model, const struct event *events, size_t count, date today)
{
    bool kept = fold_all(model, events, count, today);
    for (size_t i = 0; i < count && kept; i++) {
        kept = check_concerned(model, &events[i], today);
    }
    return kept && model->broken[0] == '\0';
}
