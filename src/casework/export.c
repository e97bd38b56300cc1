#include "casework/export.h"

#include "casework/export_set.h"
#include "casework/sitting.h"
#include "format/json.h"
#include "register/identifier.h"
#include "system/system.h"

enum {
    PERM_BYTES = 256 * 1024 * 1024,
    WORK_BYTES = 64 * 1024 * 1024,
    PEOPLE_AT_ONCE = 500,
    PROGRESS_EVERY = 100,
    PATH_BYTES_MAX = 4000,
};

enum set {
    SET_PEOPLE,
    SET_REFERENCES,
    SET_FACTS,
    SET_REQUESTS,
    SET_PLACES,
    SET_HUBS,
    SET_AGREEMENTS,
    SET_COUNT,
};

static const struct set_layout {
    const char *name;
    const char *columns[EXPORT_COLUMNS_MAX];
} set_layouts[SET_COUNT] = {
    [SET_PEOPLE] = {"people",
                    {"person", "name", "born_on", "registered_on", "stage", "stage_since", "family",
                     "hub", "last_contact_on", "last_contact_source", "next_check_on"}},
    [SET_REFERENCES] = {"references", {"person", "system", "reference", "issuer"}},
    [SET_FACTS] = {"facts",
                   {"about", "subject", "fact", "value", "true_from", "recorded_at", "source",
                    "account", "withdrawn_at", "event"}},
    [SET_REQUESTS] = {"requests",
                      {"request", "person", "step", "hub", "agreement", "state", "requested_by",
                       "requested_at", "approvals", "place", "changed_at"}},
    [SET_PLACES] = {"places", {"hub", "place", "state", "person", "since"}},
    [SET_HUBS] = {"hubs", {"hub", "name", "agreement"}},
    [SET_AGREEMENTS] = {"agreements", {"agreement", "partner", "title", "announced"}},
};

struct exporting {
    const struct casework *casework;
    const struct caller *caller;
    const struct export_options *options;
    struct sitting sitting;
    struct arena perm;
    struct arena work; /* given back after each person, hub or agreement */
    struct export_set sets[SET_COUNT];
    const struct account_row *accounts;
    size_t account_count;
    const struct hub_row *hubs; /* that the account may see */
    size_t hub_count;
    const struct agreement_row *agreements;
    size_t agreement_count;
    int64_t people;
    int64_t last_person;
};

/* --- what is in sight ------------------------------------------------------------------------- */

static result see_hubs(struct exporting *exporting, struct err *err)
{
    const struct hub_row *all = NULL;
    size_t count = 0;
    TRY(transaction_hubs(exporting->sitting.transaction, &exporting->perm, &all, &count, err));
    struct hub_row *seen = ARENA_NEW(&exporting->perm, struct hub_row, count + 1);
    if (seen == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        bool allowed = false;
        TRY(sitting_may_hub(&exporting->sitting, &all[i], ACTION_EXPORT, &allowed, err));
        if (allowed) {
            seen[exporting->hub_count++] = all[i];
        }
    }
    exporting->hubs = seen;
    return result_ok();
}

static result see_agreements(struct exporting *exporting, struct err *err)
{
    const struct agreement_row *all = NULL;
    size_t count = 0;
    TRY(transaction_agreements(exporting->sitting.transaction, &exporting->perm, &all, &count,
                               err));
    struct agreement_row *seen = ARENA_NEW(&exporting->perm, struct agreement_row, count + 1);
    if (seen == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (sitting_may_agreement(&exporting->sitting, &all[i], ACTION_EXPORT) ||
            sitting_may_agreement(&exporting->sitting, &all[i], ACTION_SEE_AGREEMENT)) {
            seen[exporting->agreement_count++] = all[i];
        }
    }
    exporting->agreements = seen;
    return result_ok();
}

static result see_accounts(struct exporting *exporting, struct err *err)
{
    return transaction_accounts(exporting->sitting.transaction, &exporting->perm,
                                &exporting->accounts, &exporting->account_count, err);
}

/* "" for none, and for one that is out of sight. */
static str hub_reference(const struct exporting *exporting, int64_t id)
{
    for (size_t i = 0; i < exporting->hub_count; i++) {
        if (exporting->hubs[i].id == id) {
            return exporting->hubs[i].reference;
        }
    }
    return STR("");
}

static str agreement_reference(const struct exporting *exporting, int64_t id)
{
    for (size_t i = 0; i < exporting->agreement_count; i++) {
        if (exporting->agreements[i].id == id) {
            return exporting->agreements[i].reference;
        }
    }
    return STR("");
}

static str account_username(const struct exporting *exporting, int64_t id)
{
    size_t begin = 0;
    size_t end = exporting->account_count;
    while (begin < end) { /* they are in the order of ids */
        const size_t middle = begin + (end - begin) / 2;
        if (exporting->accounts[middle].id == id) {
            return exporting->accounts[middle].username;
        }
        begin = exporting->accounts[middle].id < id ? middle + 1 : begin;
        end = exporting->accounts[middle].id < id ? end : middle;
    }
    return STR("");
}

/* --- rows ------------------------------------------------------------------------------------- */

static result put_facts(struct exporting *exporting, enum subject_kind kind, int64_t subject,
                        str reference, struct err *err)
{
    const struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_fact_rows(exporting->sitting.transaction, kind, subject, KNOWN_NOW,
                              &exporting->work, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct fact_row *row = &rows[i];
        const struct export_cell cells[] = {
            export_text(str_from_c(subject_kind_name(kind))),
            export_text(reference),
            export_text(row->fact),
            export_text(row->value),
            export_day((struct known_day){.known = true, .day = row->true_from}),
            export_instant(row->recorded_at),
            export_text(row->source),
            export_text(account_username(exporting, row->actor)),
            row->withdrawn ? export_instant(row->withdrawn_at) : export_unknown(),
            export_number(row->position),
        };
        TRY(export_set_put(&exporting->sets[SET_FACTS], cells, exporting->work, err));
    }
    return result_ok();
}

static result put_person_row(struct exporting *exporting, const struct person_row *person,
                             struct err *err)
{
    struct identity identity;
    TRY(transaction_identity(exporting->sitting.transaction, person, &exporting->work, &identity,
                             err));
    const struct export_cell cells[] = {
        export_text(person->reference),
        export_text(identity.name),
        export_day(identity.born_on),
        export_day((struct known_day){.known = true, .day = person->registered_on}),
        export_text(person->stage),
        export_day((struct known_day){.known = true, .day = person->stage_since}),
        person->family == 0 ? export_unknown() : export_number(person->family),
        export_text(hub_reference(exporting, person->hub)),
        export_day(person->last_contact_on),
        export_text(person->last_contact_source),
        export_day(person->next_check_on),
    };
    return export_set_put(&exporting->sets[SET_PEOPLE], cells, exporting->work, err);
}

static result put_references(struct exporting *exporting, const struct person_row *person,
                             struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_identifiers(exporting->sitting.transaction, person->id, &exporting->work,
                                &events, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct identifier_recorded_body *body = &events[i].body.identifier_recorded;
        const enum identifier_scheme scheme = identifier_scheme_from_name(body->scheme);
        const bool other = scheme == SCHEME_OTHER_SYSTEM;
        const struct export_cell cells[] = {
            export_text(person->reference), export_text(other ? body->issuer : body->scheme),
            export_text(body->value), other ? export_unknown() : export_text(body->issuer)};
        TRY(export_set_put(&exporting->sets[SET_REFERENCES], cells, exporting->work, err));
    }
    return result_ok();
}

static result put_request(struct exporting *exporting, const struct person_row *person,
                          const struct request_row *row, struct err *err)
{
    const struct export_cell cells[] = {
        export_number(row->id),
        export_text(person->reference),
        export_text(row->step),
        export_text(hub_reference(exporting, row->hub)),
        export_text(agreement_reference(exporting, row->agreement)),
        export_text(str_from_c(request_state_name(row->state))),
        export_text(account_username(exporting, row->requested_by)),
        export_instant(row->requested_at),
        export_number((int64_t)row->approval_count),
        row->place == 0 ? export_unknown() : export_number(row->place),
        export_instant(row->changed_at),
    };
    return export_set_put(&exporting->sets[SET_REQUESTS], cells, exporting->work, err);
}

static result put_requests(struct exporting *exporting, const struct person_row *person,
                           struct err *err)
{
    const struct request_filter filter = {.person = person->id};
    const struct request_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_requests(exporting->sitting.transaction, &filter, &exporting->work, &rows,
                             &count, err));
    for (size_t i = count; i > 0; i--) { /* they come newest first */
        if (sitting_hub_in_sight(&exporting->sitting, ACTION_EXPORT, rows[i - 1].hub)) {
            TRY(put_request(exporting, person, &rows[i - 1], err));
        }
    }
    return result_ok();
}

static void show_progress(struct exporting *exporting, int64_t person)
{
    const struct export_options *options = exporting->options;
    if (options->progress != NULL && exporting->people % PROGRESS_EVERY == 0) {
        options->progress(options->progress_context, person, exporting->last_person);
    }
}

static result put_person(struct exporting *exporting, const struct person_row *person,
                         struct err *err)
{
    bool allowed = false;
    arena_reset(&exporting->work);
    exporting->sitting.arena = &exporting->work;
    TRY(sitting_may_person(&exporting->sitting, person, ACTION_EXPORT, &allowed, err));
    if (!allowed) {
        return result_ok();
    }
    TRY(put_person_row(exporting, person, err));
    TRY(put_references(exporting, person, err));
    TRY(put_facts(exporting, SUBJECT_OF_PERSON, person->id, person->reference, err));
    TRY(put_requests(exporting, person, err));
    exporting->people++;
    show_progress(exporting, person->id);
    return result_ok();
}

/* --- sets ------------------------------------------------------------------------------------- */

static result put_people(struct exporting *exporting, struct err *err)
{
    struct people_filter filter = {.stage = STR(""), .limit = PEOPLE_AT_ONCE};
    size_t count = PEOPLE_AT_ONCE;
    if (!may_everywhere(&exporting->sitting.account, ACTION_EXPORT)) {
        filter.hub = exporting->sitting.account.hub;
        count = filter.hub == 0 ? 0 : count; /* an account of no hub sees nobody */
    }
    TRY(transaction_last_id(exporting->sitting.transaction, SUBJECT_OF_PERSON,
                            &exporting->last_person, err));
    while (count == PEOPLE_AT_ONCE) {
        struct arena perm = exporting->perm;
        const struct person_row *rows = NULL;
        TRY(transaction_people(exporting->sitting.transaction, &filter, &perm, &rows, &count, err));
        for (size_t i = 0; i < count; i++) {
            TRY(put_person(exporting, &rows[i], err));
            filter.after_id = rows[i].id;
        }
    }
    return result_ok();
}

/* Who is at the place is said when the account sees the person. */
static result place_person(struct exporting *exporting, int64_t id, str *ret_reference,
                           struct err *err)
{
    bool allowed = false;
    struct person_row person = {.id = 0};
    *ret_reference = STR("");
    if (id != 0) {
        TRY(transaction_person(exporting->sitting.transaction, id, &exporting->work, &person, err));
        TRY(sitting_may_person(&exporting->sitting, &person, ACTION_EXPORT, &allowed, err));
    }
    *ret_reference = allowed ? person.reference : STR("");
    return result_ok();
}

static result put_places(struct exporting *exporting, const struct hub_row *hub, struct err *err)
{
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_places(exporting->sitting.transaction, hub->id, &exporting->work, &rows, &count,
                           err));
    for (size_t i = 0; i < count; i++) {
        str person = STR("");
        TRY(place_person(exporting, rows[i].person, &person, err));
        const struct export_cell cells[] = {
            export_text(hub->reference), export_number(rows[i].number),
            export_text(str_from_c(place_state_name(rows[i].state))), export_text(person),
            export_instant(rows[i].since)};
        TRY(export_set_put(&exporting->sets[SET_PLACES], cells, exporting->work, err));
    }
    return result_ok();
}

static result put_hubs(struct exporting *exporting, struct err *err)
{
    for (size_t i = 0; i < exporting->hub_count; i++) {
        const struct hub_row *hub = &exporting->hubs[i];
        arena_reset(&exporting->work);
        const struct export_cell cells[] = {
            export_text(hub->reference), export_text(hub->name),
            export_text(agreement_reference(exporting, hub->agreement))};
        TRY(export_set_put(&exporting->sets[SET_HUBS], cells, exporting->work, err));
        TRY(put_places(exporting, hub, err));
        TRY(put_facts(exporting, SUBJECT_OF_HUB, hub->id, hub->reference, err));
    }
    return result_ok();
}

static result put_agreements(struct exporting *exporting, struct err *err)
{
    for (size_t i = 0; i < exporting->agreement_count; i++) {
        const struct agreement_row *agreement = &exporting->agreements[i];
        arena_reset(&exporting->work);
        const struct export_cell cells[] = {
            export_text(agreement->reference), export_text(agreement->partner),
            export_text(agreement->title),
            export_text(agreement->confidential ? STR("no") : STR("yes"))};
        TRY(export_set_put(&exporting->sets[SET_AGREEMENTS], cells, exporting->work, err));
        TRY(put_facts(exporting, SUBJECT_OF_AGREEMENT, agreement->id, agreement->reference, err));
    }
    return result_ok();
}

/* --- the folder ------------------------------------------------------------------------------- */

static result prepare_folder(const struct exporting *exporting, struct err *err)
{
    struct arena scratch = exporting->perm;
    const str *names = NULL;
    size_t count = 0;
    const char *path = exporting->options->path;
    TRY(system_make_folder(path, 0700, err));
    TRY(system_list_folder(path, STR(""), &scratch, &names, &count, err));
    if (count == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "%s is not empty", path),
                  "the hint returns the failure");
    return err_hint(err, "An export goes into a new folder, so that two are never mixed.");
}

static result open_sets(struct exporting *exporting, struct err *err)
{
    for (int i = 0; i < SET_COUNT; i++) {
        TRY(export_set_open(&exporting->sets[i], exporting->options->path, set_layouts[i].name,
                            set_layouts[i].columns, &exporting->perm, err));
    }
    return result_ok();
}

static result write_manifest(const struct exporting *exporting, int64_t events, struct err *err)
{
    struct arena scratch = exporting->perm;
    json_t *object = json_object();
    json_t *sets = json_object();
    for (int i = 0; i < SET_COUNT; i++) {
        json_set_int64(sets, set_layouts[i].name, exporting->sets[i].rows);
    }
    json_set(object, "as_at", json_of_instant(exporting->sitting.at));
    json_set_int64(object, "events", events);
    json_set_str(object, "account", exporting->sitting.account.username);
    json_set_str(object, "role", exporting->sitting.account.role);
    json_set_str(object, "law", exporting->casework->rulebook->name);
    json_set_str(object, "rulebook", exporting->sitting.rulebook);
    json_set(object, "rows", sets);
    str text;
    const result written = json_write_pretty(object, &scratch, &text, err);
    json_decref(object);
    TRY(written);
    const str path = arena_format(&scratch, "%s/manifest.json", exporting->options->path);
    return path.at == NULL ? arena_full(err) : system_write_file(path.at, text, 0600, err);
}

static result export_in(struct transaction *transaction, void *context, struct err *err)
{
    struct exporting *exporting = context;
    int64_t events = 0;
    TRY(sitting_read(&exporting->sitting, exporting->casework, transaction, exporting->caller,
                     ACTION_EXPORT, &exporting->perm, err));
    TRY(see_accounts(exporting, err));
    TRY(see_hubs(exporting, err));
    TRY(see_agreements(exporting, err));
    TRY(transaction_event_count(transaction, &events, err));
    TRY(put_people(exporting, err));
    TRY(put_hubs(exporting, err));
    TRY(put_agreements(exporting, err));
    for (int i = 0; i < SET_COUNT; i++) {
        TRY(export_set_finish(&exporting->sets[i], err));
    }
    return write_manifest(exporting, events, err);
}

static result ask_permission(struct transaction *transaction, void *context, struct err *err)
{
    struct exporting *exporting = context;
    return sitting_read(&exporting->sitting, exporting->casework, transaction, exporting->caller,
                        ACTION_EXPORT, &exporting->perm, err);
}

static result export_all(struct exporting *exporting, struct err *err)
{
    TRY(arena_open(&exporting->perm, PERM_BYTES, err));
    TRY(arena_open(&exporting->work, WORK_BYTES, err));
    TRY(store_read(exporting->casework->store, ask_permission, exporting, err));
    TRY(prepare_folder(exporting, err));
    TRY(sitting_look(&exporting->sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "export", err));
    TRY(open_sets(exporting, err));
    return store_read(exporting->casework->store, export_in, exporting, err);
}

result casework_export(const struct casework *casework, const struct caller *caller,
                       const struct export_options *options, struct export_outcome *ret_outcome,
                       struct err *err)
{
    struct exporting exporting = {.casework = casework, .caller = caller, .options = options};
    struct export_outcome outcome = {.set_count = SET_COUNT};
    for (int i = 0; i < SET_COUNT; i++) {
        exporting.sets[i] = EXPORT_SET_NONE;
    }
    const result exported = export_all(&exporting, err);
    for (int i = 0; i < SET_COUNT; i++) {
        outcome.sets[i].name = set_layouts[i].name;
        outcome.sets[i].rows = exporting.sets[i].rows;
        export_set_abandon(&exporting.sets[i]);
    }
    arena_close(&exporting.work);
    arena_close(&exporting.perm);
    TRY(exported);
    *ret_outcome = outcome;
    return result_ok();
}
