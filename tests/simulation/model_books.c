/* The books: entries that are opened, answered and closed. The moves are written down here a second
 * time, for the kinds that the simulation opens. */
#include "model_inside.h"

#include <stdio.h>
#include <string.h>

static const struct kind {
    const char *name;
    int32_t days;             /* by when it is due under the rules of the simulation */
    const char *opened_by[4]; /* roles; NULL ends them */
} kinds[] = {
    {"incident", 7, {"caseworker", "senior_officer", "hub_operator"}},
    {"finding", 14, {"monitor"}},
    {"notification", 1, {NULL}},
};

static const struct move {
    const char *kind;
    const char *from;
    const char *to;
    bool ends;
    const char *by[4];
} moves[] = {
    {"incident", "open", "answered", false, {"caseworker", "senior_officer", "hub_operator"}},
    {"incident", "answered", "closed", true, {"authorising_officer", "senior_officer"}},
    {"finding", "open", "answered", false, {"caseworker", "senior_officer", "hub_operator"}},
    {"finding", "answered", "reopened", false, {"monitor"}},
    {"finding", "reopened", "answered", false, {"caseworker", "senior_officer", "hub_operator"}},
    {"finding", "answered", "closed", true, {"monitor"}},
    {"finding", "open", "closed", true, {"monitor"}},
    {"finding", "reopened", "closed", true, {"monitor"}},
    {"notification", "open", "closed", true, {"caseworker", "senior_officer", "hub_operator"}},
};

struct model_entry *model_entry(struct model *model, int64_t id)
{
    for (size_t i = 0; i < model->entry_count; i++) {
        if (model->entries[i].id == id) {
            return &model->entries[i];
        }
    }
    return NULL;
}

int64_t model_serious_findings(const struct model *model, int64_t hub, date today)
{
    int64_t count = 0;
    for (size_t i = 0; i < model->entry_count; i++) {
        const struct model_entry *entry = &model->entries[i];
        const bool open = entry->opened_on.day <= today.day &&
                          !(entry->closed && entry->closed_on.day <= today.day);
        count += entry->hub == hub && entry->serious && open ? 1 : 0;
    }
    return count;
}

static const struct kind *kind_named(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static bool is_by(const struct fold *fold, const char *const roles[4])
{
    for (size_t i = 0; i < 4 && roles[i] != NULL; i++) {
        if (model_has_role(fold, roles[i])) {
            return true;
        }
    }
    return false;
}

/* 10: and whoever works for one hub writes in the book of that one. */
static bool is_in_sight(const struct fold *fold, const struct model_entry *entry)
{
    const struct model_account *account = model_account(fold->model, fold->event->actor);
    const bool of_one_hub =
        strcmp(account->role, "hub_operator") == 0 || strcmp(account->role, "monitor") == 0;
    return !of_one_hub || entry->hub == 0 || account->hub == entry->hub;
}

static bool says(const struct text_list *names, const struct text_list *values, const char *name,
                 const char *value)
{
    for (size_t i = 0; i < names->count && i < values->count; i++) {
        if (str_equal(names->items[i], str_from_c(name)) &&
            str_equal(values->items[i], str_from_c(value))) {
            return true;
        }
    }
    return false;
}

/* 11: the rulebook counts, and nobody puts it off. */
static bool is_in_time(const struct fold *fold, const struct model_entry *entry)
{
    const struct kind *kind = kind_named(entry->kind);
    const bool pending = strcmp(entry->state, "open") == 0;
    if (!fold->model->law_is_small || !pending) {
        return true;
    }
    return (kind != NULL && entry->due_on.known &&
            entry->due_on.day.day <= fold->event->effective_on.day + kind->days) ||
           model_break(fold->model, "11: the entry %lld is due later than the rules say",
                       (long long)entry->id);
}

bool fold_entry_opened(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    const struct entry_opened_body *body = &event->body.entry_opened;
    ASSERT(model->entry_count < MODEL_ENTRIES_MAX);
    struct model_entry *entry = &model->entries[model->entry_count++];
    *entry = (struct model_entry){
        .id = event->position,
        .state = "open",
        .subject_kind = event->subject_kind,
        .subject = event->subject,
        .hub = event->subject_kind == SUBJECT_OF_HUB ? event->subject : body->hub,
        .parent = body->parent,
        .due_on = body->due_on,
        .opened_on = event->effective_on,
        .serious = says(&body->fields, &body->values, "severity", "serious")};
    snprintf(entry->kind, sizeof entry->kind, "%.*s", STR_ARG(body->kind));
    const struct kind *kind = kind_named(entry->kind);
    const bool by_itself = fold->event != fold->command;
    if (model->law_is_small && !by_itself &&
        (kind == NULL || !is_by(fold, kind->opened_by) || !is_in_sight(fold, entry))) {
        return model_break(model, "10: an entry is opened by somebody who may not");
    }
    return is_in_time(fold, entry);
}

static const struct move *move_of(const struct model_entry *entry, str to)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (strcmp(moves[i].kind, entry->kind) == 0 && strcmp(moves[i].from, entry->state) == 0 &&
            str_equal(str_from_c(moves[i].to), to)) {
            return &moves[i];
        }
    }
    return NULL;
}

static bool has_open_duty(const struct model *model, int64_t entry)
{
    for (size_t i = 0; i < model->entry_count; i++) {
        if (model->entries[i].parent == entry && !model->entries[i].closed) {
            return true;
        }
    }
    return false;
}

bool fold_entry_changed(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct entry_changed_body *body = &fold->event->body.entry_changed;
    struct model_entry *entry = model_entry(model, body->entry);
    if (entry == NULL || entry->closed) {
        return model_break(model, "7: something is written in an entry that has ended");
    }
    if (body->state.len == 0) {
        entry->due_on = body->due_on.known ? body->due_on : entry->due_on;
        return true;
    }
    const struct move *move = move_of(entry, body->state);
    if (move == NULL || !is_by(fold, move->by) || !is_in_sight(fold, entry)) {
        return model_break(model, "10: the entry %lld becomes %.*s, by somebody who may not",
                           (long long)entry->id, STR_ARG(body->state));
    }
    if (move->ends && has_open_duty(model, entry->id)) {
        return model_break(model, "5: the entry %lld is closed, and somebody is not told",
                           (long long)entry->id);
    }
    snprintf(entry->state, sizeof entry->state, "%s", move->to);
    entry->closed = move->ends;
    entry->closed_on = fold->event->effective_on;
    entry->due_on = body->due_on;
    return true;
}

/* 11: whoever is to be told of an incident is to be told in the same commit. */
bool model_check_duties(struct model *model, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count && model->law_is_small; i++) {
        const struct event *event = &events[i];
        const bool incident = event->kind == EVENT_ENTRY_OPENED &&
                              str_equal(event->body.entry_opened.kind, STR("incident"));
        bool told = false;
        for (size_t k = i + 1; k < count; k++) {
            told = told || (events[k].kind == EVENT_ENTRY_OPENED &&
                            events[k].body.entry_opened.parent == event->position);
        }
        if (incident && !told) {
            return model_break(model, "11: nobody is to be told of the incident %lld",
                               (long long)event->position);
        }
    }
    return true;
}
