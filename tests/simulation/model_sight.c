/* Who sees whom: by role and hub, through a glass that was broken, and from outside the office. The
 * grants are written down here a second time. */
#include "model_inside.h"

#include <string.h>

enum { GLASS_MILLISECONDS = 30 * 60 * 1000 };

static bool is_one_of(const char *role, const char *const roles[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(role, roles[i]) == 0) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(role, roles) is_one_of((role), (roles), sizeof(roles) / sizeof((roles)[0]))

static const char *const see_everybody[] = {"caseworker", "authorising_officer", "senior_officer",
                                            "data_protection_officer"};
static const char *const see_their_hub[] = {"hub_operator", "monitor"};
static const char *const break_glass[] = {"caseworker", "authorising_officer", "senior_officer",
                                          "hub_operator"};
static const char *const tie_accounts[] = {"caseworker", "senior_officer"};

bool model_sees(struct model *model, const struct model_account *account,
                const struct model_person *record)
{
    const struct model_person *person = model_whole(model, record->id);
    const bool sees_hidden = strcmp(account->role, "data_protection_officer") == 0;
    if (account->closed || person->erased ||
        (!sees_hidden && (person->restricted || !model_names(model, person, account)))) {
        return false;
    }
    return IS_ONE_OF(account->role, see_everybody) ||
           (IS_ONE_OF(account->role, see_their_hub) &&
            model_is_of_hub(model, person, account->hub));
}

/* --- accounts --------------------------------------------------------------------------------- */

bool fold_account_closed(const struct fold *fold)
{
    for (size_t i = 0; i < fold->model->account_count; i++) {
        struct model_account *account = &fold->model->accounts[i];
        if (account->id == fold->event->subject) {
            const bool open = !account->closed;
            account->closed = true;
            account->changed = fold->event->position;
            return (open && (fold->model->begins || model_has_role(fold, "administrator"))) ||
                   model_break(fold->model, "10: an account is closed twice, or by somebody else");
        }
    }
    return model_break(fold->model, "10: the account of nobody is closed");
}

/* --- a glass ---------------------------------------------------------------------------------- */

static struct model_glass *glass_at(struct model *model, int64_t position)
{
    for (size_t i = 0; i < model->glass_count; i++) {
        if (model->glasses[i].position == position) {
            return &model->glasses[i];
        }
    }
    return NULL;
}

bool model_sees_through_glass(struct model *model, const struct model_account *account,
                              const struct model_person *record, int64_t at_ms)
{
    const struct model_person *person = model_whole(model, record->id);
    bool shows = false;
    for (size_t i = 0; i < model->glass_count; i++) {
        const struct model_glass *glass = &model->glasses[i];
        shows = shows || (glass->account == account->id && at_ms >= glass->broken_ms &&
                          at_ms < glass->until_ms && model_whose(model, glass->position) == person);
    }
    return shows && !person->erased && !account->closed;
}

bool fold_glass_broken(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    const struct model_account *account = model_account(model, event->actor);
    const struct model_person *person = model_whole(model, event->subject);
    const int64_t at = event->recorded_at.milliseconds;
    const int64_t until = event->body.glass_broken.until_ms;
    if (account == NULL || !IS_ONE_OF(account->role, break_glass) || person->erased ||
        (strcmp(account->role, "hub_operator") == 0 &&
         !model_is_of_hub(model, person, account->hub))) {
        return model_break(model, "10: a glass is broken by somebody who may not");
    }
    if (model_sees(model, account, person) ||
        model_sees_through_glass(model, account, person, at)) {
        return model_break(model, "10: a glass is broken, and %s was in sight", person->reference);
    }
    ASSERT(model->glass_count < MODEL_GLASSES_MAX);
    model->glasses[model->glass_count++] = (struct model_glass){
        .position = event->position, .account = event->actor, .broken_ms = at, .until_ms = until};
    return (until > at && until <= at + GLASS_MILLISECONDS) ||
           model_break(model, "10: a glass is broken for longer than half an hour");
}

bool fold_glass_reviewed(const struct fold *fold)
{
    struct model *model = fold->model;
    struct model_glass *glass = glass_at(model, fold->event->body.glass_reviewed.glass);
    if (glass == NULL || glass->reviewed || glass->account == fold->event->actor ||
        !model_has_role(fold, "data_protection_officer")) {
        return model_break(model, "10: a glass is reviewed twice, or by somebody who may not");
    }
    glass->reviewed = true;
    return true;
}

/* --- ties ------------------------------------------------------------------------------------- */

static bool is_over(const struct model_tie *tie, date today)
{
    return tie->ended || (tie->last_day.known && date_before(tie->last_day.day, today));
}

bool model_sees_own(struct model *model, const struct model_account *account,
                    const struct model_person *record, date today)
{
    const struct model_person *person = model_whole(model, record->id);
    for (size_t i = 0; i < model->tie_count; i++) {
        const struct model_tie *tie = &model->ties[i];
        const bool holds = tie->account == account->id && !is_over(tie, today) &&
                           !date_before(today, tie->first_day) &&
                           model_whose(model, tie->position) == person;
        if (holds && !person->erased && !account->closed &&
            (tie->self || model_names(model, person, account))) {
            return true;
        }
    }
    return false;
}

/* One tie of an account to a person; and one person, of somebody's own. */
static bool is_tied(struct model *model, const struct model_tie *made,
                    const struct model_person *person, date today)
{
    for (size_t i = 0; i < model->tie_count; i++) {
        const struct model_tie *tie = &model->ties[i];
        if (tie->account == made->account && !is_over(tie, today) &&
            (tie->self || model_whose(model, tie->position) == person)) {
            return true;
        }
    }
    return false;
}

bool fold_tie_made(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    const struct tie_made_body *body = &event->body.tie_made;
    const struct model_person *person = model_whole(model, event->subject);
    const struct model_account *account = model_account(model, body->account);
    const struct model_account *actor = model_account(model, event->actor);
    const struct model_tie made = {.position = event->position,
                                   .account = body->account,
                                   .self = str_equal(body->kind, STR("self")),
                                   .first_day = event->effective_on,
                                   .last_day = body->last_day};
    if (actor == NULL || !IS_ONE_OF(actor->role, tie_accounts) || actor == account ||
        !model_sees(model, actor, person)) {
        return model_break(model, "10: an account is tied by somebody who may not");
    }
    if (account == NULL || account->closed ||
        strcmp(account->role, made.self ? "person" : "legal_representative") != 0 ||
        is_tied(model, &made, person, fold->today)) {
        return model_break(model, "10: an account is tied to %s, and may not be",
                           person->reference);
    }
    ASSERT(model->tie_count < MODEL_TIES_MAX);
    model->ties[model->tie_count++] = made;
    return !date_before(made.first_day, fold->today) ||
           model_break(model, "10: an account is tied from a day on that is past");
}

bool fold_tie_ended(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct model_account *actor = model_account(model, fold->event->actor);
    for (size_t i = 0; i < model->tie_count; i++) {
        struct model_tie *tie = &model->ties[i];
        if (tie->position == fold->event->body.tie_ended.tie) {
            const bool open = !tie->ended;
            tie->ended = true;
            return (open && actor != NULL && IS_ONE_OF(actor->role, tie_accounts)) ||
                   model_break(model, "10: a tie is ended twice, or by somebody who may not");
        }
    }
    return model_break(model, "10: a tie is ended that nobody made");
}
