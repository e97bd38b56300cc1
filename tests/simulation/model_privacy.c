/* Holding, restricting and erasing a record. That it is held and restricted is in what happened to
 * the person (model_identity.c). */
#include "model_inside.h"

#include <stdio.h>
#include <string.h>

/* Two people erase, after an outcome, when nothing holds the record and nobody waits for them. */
static bool may_be_erased(const struct fold *fold, const struct model_person *person)
{
    struct model *model = fold->model;
    const int64_t actor = fold->event->actor;
    if (person->erasure_request == 0 || person->erasure_asked_by == actor) {
        return model_break(model, "10: %s is erased by one person alone", person->reference);
    }
    if (person->holds > 0 || !model->rulebook->stages[person->stage].outcome || person->hub != 0) {
        return model_break(model, "5: %s is erased, and the record is needed", person->reference);
    }
    for (size_t i = 0; i < model->request_count; i++) {
        const struct model_request *request = &model->requests[i];
        if (model_is_live(request) && model_person_of(model, request) == person) {
            return model_break(model, "5: %s is erased with a live request", person->reference);
        }
    }
    for (size_t i = 0; i < model->stay_count; i++) {
        const struct model_stay *stay = &model->stays[i];
        if (stay->arrival == EXPECTED && model_whose(model, stay->id) == person) {
            return model_break(model, "5: %s is erased, and a hub waits", person->reference);
        }
    }
    for (size_t i = 0; i < model->on_manifest_count; i++) {
        const struct model_on_manifest *on = &model->on_manifests[i];
        if (on->state == ABOARD && model_whose(model, on->request) == person) {
            return model_break(model, "5: %s is erased aboard", person->reference);
        }
    }
    for (size_t i = 0; i < model->entry_count; i++) {
        const struct model_entry *entry = &model->entries[i];
        if (!entry->closed && entry->subject_kind == SUBJECT_OF_PERSON &&
            model_whose(model, entry->id) == person) {
            return model_break(model, "5: %s is erased with an open entry", person->reference);
        }
    }
    return true;
}

static void erase_record(struct model *model, struct model_person *person)
{
    person->erased = true;
    person->family = 0;
    person->restricted = false;
    person->protection = 0;
    person->erasure_request = 0;
    person->last_contact_on = (struct known_day){.known = false};
    person->next_check_on = (struct known_day){.known = false};
    for (size_t i = 0; i < model->fact_count; i++) {
        struct model_fact *fact = &model->facts[i];
        fact->withdrawn = fact->withdrawn || (fact->kind == SUBJECT_OF_PERSON &&
                                              model_about(model, fact->position) == person->id);
    }
    for (size_t i = 0; i < model->entry_count; i++) {
        struct model_entry *entry = &model->entries[i];
        entry->erased = entry->erased || (entry->subject_kind == SUBJECT_OF_PERSON &&
                                          model_about(model, entry->id) == person->id);
    }
}

bool fold_protection_set(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct protection_set_body *body = &fold->event->body.protection_set;
    ASSERT(model->protection_count < MODEL_PROTECTIONS_MAX);
    struct model_protection *protection = &model->protections[model->protection_count++];
    *protection = (struct model_protection){
        .position = fold->event->position,
        .account = body->accounts.count > 0 ? body->accounts.items[0] : 0};
    if (body->roles.count > 0) {
        snprintf(protection->role, sizeof protection->role, "%.*s", STR_ARG(body->roles.items[0]));
    }
    return model_has_role(fold, "senior_officer") ||
           model_has_role(fold, "data_protection_officer") ||
           model_break(model, "10: a record is protected by somebody who may not");
}

bool model_names(const struct model *model, const struct model_person *person,
                 const struct model_account *account)
{
    for (size_t i = 0; i < model->protection_count; i++) {
        const struct model_protection *protection = &model->protections[i];
        if (protection->position == person->protection) {
            return protection->account == account->id ||
                   strcmp(protection->role, account->role) == 0;
        }
    }
    return person->protection == 0;
}

/* All records of the person, and of whoever shares a seal with them. */
bool fold_person_erased(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct person_erased_body *body = &fold->event->body.person_erased;
    for (size_t i = 0; i <= body->others.count; i++) {
        struct model_person *person =
            model_person(model, i == 0 ? body->person : body->others.items[i - 1]);
        if (person->part_of == 0 && !may_be_erased(fold, person)) {
            return false;
        }
        erase_record(model, person);
    }
    return true;
}
