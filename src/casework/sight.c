/* What an account sees, and how it stands to what it sees: what the pure function of access.h is
 * asked, put together from rows of the same transaction. Declared in sitting.h. */
#include "casework/sitting.h"

#include "store/glass.h"
#include "store/ties.h"

#include <string.h>

enum {
    RESTRICTED = 1U << COMPARTMENT_RESTRICTED,
    PROTECTED = 1U << COMPARTMENT_PROTECTED,
};

/* --- people ----------------------------------------------------------------------------------- */

static unsigned compartments_of(const struct person_row *person)
{
    return (person->erased ? 1U << COMPARTMENT_ERASED : 0) | (person->restricted ? RESTRICTED : 0) |
           (person->protection != 0 ? PROTECTED : 0);
}

static bool names(const struct protection_set_body *body, const struct account_row *account)
{
    for (size_t i = 0; i < body->accounts.count; i++) {
        if (body->accounts.items[i] == account->id) {
            return true;
        }
    }
    for (size_t i = 0; i < body->roles.count; i++) {
        if (str_equal(body->roles.items[i], account->role)) {
            return true;
        }
    }
    return false;
}

/* Does the protection of the record, if it has one, name the account? */
static result relations_of(struct sitting *sitting, const struct person_row *person,
                           unsigned *ret_relations, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct event protection;
    *ret_relations = 0;
    if (person->protection == 0 || person->erased) {
        return result_ok();
    }
    TRY(transaction_event(sitting->transaction, person->protection, &scratch, &protection, err));
    ASSERT(protection.kind == EVENT_PROTECTION_SET);
    *ret_relations =
        names(&protection.body.protection_set, &sitting->account) ? 1U << RELATION_NAMED : 0;
    return result_ok();
}

result sitting_hides(struct sitting *sitting, const struct person_row *person, enum action action,
                     bool *ret_hides, struct err *err)
{
    struct access_object object = {.compartments = compartments_of(person)};
    TRY(relations_of(sitting, person, &object.relations, err));
    *ret_hides = access_shuts(&sitting->account, action, &object);
    return result_ok();
}

result sitting_reference(struct sitting *sitting, const struct person_row *person,
                         str *ret_reference, struct err *err)
{
    bool hidden = false;
    TRY(sitting_hides(sitting, person, ACTION_SEE_PERSON, &hidden, err));
    *ret_reference = hidden ? STR("") : person->reference;
    return result_ok();
}

/* Where the person is placed, and where they are asked to go. */
static result hubs_of(struct sitting *sitting, const struct person_row *person,
                      struct arena *scratch, struct access_object *object, struct err *err)
{
    const struct request_filter filter = {.person = person->id, .live_only = true};
    const struct request_row *requests;
    size_t count;
    TRY(transaction_requests(sitting->transaction, &filter, scratch, &requests, &count, err));
    int64_t *hubs = ARENA_NEW(scratch, int64_t, count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    hubs[0] = person->hub;
    for (size_t i = 0; i < count; i++) {
        hubs[i + 1] = requests[i].hub;
    }
    object->hubs = hubs;
    object->hub_count = count + 1;
    return result_ok();
}

/* A glass is looked for only where it would show something. */
static result with_glass(struct sitting *sitting, const struct person_row *person,
                         enum action action, struct access_object *object, struct err *err)
{
    struct glass_row glass = {.id = 0};
    if (access_glass_shows(action) && sitting->account.id != 0) {
        TRY(transaction_glass_of(sitting->transaction, sitting->account.id, person->id, sitting->at,
                                 &glass, err));
    }
    object->relations |= glass.id != 0 ? 1U << RELATION_GLASS : 0;
    return result_ok();
}

/* A tie is looked for only where it would open something. */
static result with_tie(struct sitting *sitting, const struct person_row *person, enum action action,
                       struct access_object *object, struct err *err)
{
    const enum access_scope scope = access_scope(role_from_name(sitting->account.role), action);
    const struct tie_to_person *ties = NULL;
    size_t count = 0;
    if ((scope != SCOPE_SELF && scope != SCOPE_CLIENTS) || person->erased) {
        return result_ok();
    }
    struct arena scratch = *sitting->arena;
    TRY(transaction_ties_of_account(sitting->transaction, sitting->account.id, &scratch, &ties,
                                    &count, err));
    for (size_t i = 0; i < count; i++) {
        if (ties[i].person == person->id && tie_holds(&ties[i].row, sitting->today)) {
            object->relations |=
                ties[i].row.kind == TIE_SELF ? 1U << RELATION_SELF : 1U << RELATION_REPRESENTS;
        }
    }
    return result_ok();
}

result sitting_may_person(struct sitting *sitting, const struct person_row *person,
                          enum action action, bool *ret_may, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct access_object object = {.compartments = compartments_of(person)};
    TRY(relations_of(sitting, person, &object.relations, err));
    TRY(with_tie(sitting, person, action, &object, err));
    if (!may_everywhere(&sitting->account, action)) {
        TRY(hubs_of(sitting, person, &scratch, &object, err));
    }
    if (access_decide(&sitting->account, action, &object) == ACCESS_OUT_OF_SIGHT) {
        TRY(with_glass(sitting, person, action, &object, err));
    }
    *ret_may = may(&sitting->account, action, &object);
    return result_ok();
}

result sitting_name(struct sitting *sitting, const struct person_row *person, str *ret_name,
                    struct err *err)
{
    struct identity identity = {.name = STR("")};
    bool may_see = false;
    TRY(sitting_may_person(sitting, person, ACTION_SEE_PEOPLE, &may_see, err));
    if (may_see) {
        TRY(transaction_identity(sitting->transaction, person, sitting->arena, &identity, err));
    }
    *ret_name = identity.name;
    return result_ok();
}

/* --- lists of people -------------------------------------------------------------------------- */

static bool shuts_all(const struct sitting *sitting, enum action action, unsigned compartment)
{
    return access_shuts(&sitting->account, action,
                        &(struct access_object){.compartments = compartment});
}

/* Those protected people whom the account does not see. */
static result hidden_by_protection(struct sitting *sitting, enum action action,
                                   struct hidden_people *ret_hidden, struct err *err)
{
    const int64_t *people = NULL;
    size_t count = 0;
    *ret_hidden = (struct hidden_people){.count = 0};
    if (!shuts_all(sitting, action, PROTECTED)) {
        return result_ok();
    }
    TRY(transaction_protected(sitting->transaction, sitting->arena, &people, &count, err));
    int64_t *hidden = ARENA_NEW(sitting->arena, int64_t, count + 1);
    if (hidden == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *sitting->arena;
        struct person_row person;
        bool hides = false;
        TRY(transaction_person(sitting->transaction, people[i], &scratch, &person, err));
        TRY(sitting_hides(sitting, &person, action, &hides, err));
        if (hides) {
            hidden[ret_hidden->count++] = people[i];
        }
    }
    ret_hidden->people = hidden;
    return result_ok();
}

/* Two rising lists as one. */
static result merge_hidden(struct sitting *sitting, const struct hidden_people *one,
                           const struct hidden_people *other, struct hidden_people *ret_all,
                           struct err *err)
{
    int64_t *people = ARENA_NEW(sitting->arena, int64_t, one->count + other->count + 1);
    size_t count = 0;
    if (people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0, k = 0; i < one->count || k < other->count;) {
        const bool first =
            k == other->count || (i < one->count && one->people[i] <= other->people[k]);
        const int64_t next = first ? one->people[i++] : other->people[k++];
        if (count == 0 || people[count - 1] != next) {
            people[count++] = next;
        }
    }
    *ret_all = (struct hidden_people){.people = people, .count = count};
    return result_ok();
}

result sitting_hidden(struct sitting *sitting, enum action action, struct hidden_people *ret_hidden,
                      struct err *err)
{
    struct hidden_people gone = {.count = 0};
    struct hidden_people hidden = {.count = 0};
    TRY(transaction_hidden(sitting->transaction, shuts_all(sitting, action, RESTRICTED),
                           sitting->arena, &gone.people, &gone.count, err));
    TRY(hidden_by_protection(sitting, action, &hidden, err));
    if (hidden.count == 0) {
        *ret_hidden = gone;
        return result_ok();
    }
    return merge_hidden(sitting, &gone, &hidden, ret_hidden, err);
}

size_t people_place(const int64_t *people, size_t count, int64_t person)
{
    size_t first = 0;
    size_t end = count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (people[middle] < person) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

bool people_have(const int64_t *people, size_t count, int64_t person)
{
    const size_t place = people_place(people, count, person);
    return place < count && people[place] == person;
}

bool hidden_has(const struct hidden_people *hidden, int64_t person)
{
    return people_have(hidden->people, hidden->count, person);
}

/* --- counting --------------------------------------------------------------------------------- */

static void count_one(struct stage_count *counts, size_t *count, str stage)
{
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(counts[i].stage, stage)) {
            counts[i].people++;
            return;
        }
    }
    counts[(*count)++] = (struct stage_count){.stage = stage, .people = 1};
}

/* Whose very existence is not told is not counted either. */
static result count_at_hub(struct sitting *sitting, const struct hidden_people *hidden,
                           struct stage_count **ret_counts, size_t *ret_count, struct err *err)
{
    const struct people_filter filter = {.stage = STR(""), .hub = sitting->account.hub};
    const struct person_row *rows = NULL;
    size_t row_count = 0;
    if (filter.hub != 0) {
        TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &rows, &row_count,
                               err));
    }
    struct stage_count *counts = ARENA_NEW(sitting->arena, struct stage_count, row_count + 1);
    if (counts == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (!hidden_has(hidden, rows[i].id)) {
            count_one(counts, &count, rows[i].stage);
        }
    }
    *ret_counts = counts;
    *ret_count = count;
    return result_ok();
}

static void discount(struct stage_count *counts, size_t count, const struct person_row *person)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(counts[i].stage, person->stage)) {
            counts[i].people--;
        }
    }
}

/* Of the counts that are kept, those who are hidden are taken off. */
static result count_everywhere(struct sitting *sitting, const struct hidden_people *hidden,
                               struct stage_count **ret_counts, size_t *ret_count, struct err *err)
{
    const struct stage_count *read = NULL;
    TRY(transaction_count_stages(sitting->transaction, sitting->arena, &read, ret_count, err));
    *ret_counts = ARENA_NEW(sitting->arena, struct stage_count, *ret_count + 1);
    if (*ret_counts == NULL) {
        return arena_full(err);
    }
    if (*ret_count > 0) {
        memcpy(*ret_counts, read, *ret_count * sizeof *read);
    }
    for (size_t i = 0; i < hidden->count; i++) {
        struct arena scratch = *sitting->arena;
        struct person_row person;
        TRY(transaction_record(sitting->transaction, hidden->people[i], &scratch, &person, err));
        if (person.part_of == 0) {
            discount(*ret_counts, *ret_count, &person);
        }
    }
    return result_ok();
}

result sitting_count_stages(struct sitting *sitting, const struct stage_count **ret_counts,
                            size_t *ret_count, struct err *err)
{
    struct stage_count *counts = NULL;
    struct hidden_people hidden = {.count = 0};
    TRY(sitting_hidden(sitting, ACTION_SEE_PEOPLE, &hidden, err));
    TRY(may_everywhere(&sitting->account, ACTION_SEE_PEOPLE)
            ? count_everywhere(sitting, &hidden, &counts, ret_count, err)
            : count_at_hub(sitting, &hidden, &counts, ret_count, err));
    *ret_counts = counts;
    return result_ok();
}

/* --- hubs and agreements ---------------------------------------------------------------------- */

bool sitting_hub_in_sight(const struct sitting *sitting, enum action action, int64_t hub)
{
    const struct access_object object = {.hubs = &hub, .hub_count = 1};
    return hub == 0 || may(&sitting->account, action, &object);
}

static unsigned compartment_of(const struct agreement_row *agreement)
{
    return agreement->confidential ? 1U << COMPARTMENT_CONFIDENTIAL : 0;
}

bool sitting_may_agreement(const struct sitting *sitting, const struct agreement_row *agreement,
                           enum action action)
{
    const struct access_object object = {.compartments = compartment_of(agreement)};
    return may(&sitting->account, action, &object);
}

/* A hub under an agreement that is not announced would give the agreement away. */
bool sitting_may_hub_under(const struct sitting *sitting, const struct hub_row *hub,
                           const struct agreement_row *agreement, enum action action)
{
    const struct access_object object = {
        .hubs = &hub->id, .hub_count = 1, .compartments = compartment_of(agreement)};
    return may(&sitting->account, action, &object);
}

result sitting_may_hub(struct sitting *sitting, const struct hub_row *hub, enum action action,
                       bool *ret_may, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct agreement_row agreement = {.id = 0};
    if (hub->agreement != 0) {
        TRY(transaction_agreement(sitting->transaction, hub->agreement, &scratch, &agreement, err));
    }
    *ret_may = sitting_may_hub_under(sitting, hub, &agreement, action);
    return result_ok();
}

/* --- conflicts of interest -------------------------------------------------------------------- */

static unsigned relation_if(bool stands, enum relation relation)
{
    return stands ? 1U << relation : 0;
}

result sitting_stands_to_request(struct sitting *sitting, const struct request_row *request,
                                 unsigned *ret_relations, struct err *err)
{
    const int64_t self = sitting->account.id;
    bool approved = false;
    bool decided = false;
    for (size_t i = 0; i < request->approval_count; i++) {
        approved = approved || request->approved_by[i] == self;
    }
    TRY(transaction_decided_alone(sitting->transaction, request->person, self, &decided, err));
    *ret_relations = relation_if(request->requested_by == self, RELATION_ASKED) |
                     relation_if(approved, RELATION_APPROVED) |
                     relation_if(decided, RELATION_DECIDED);
    return result_ok();
}

result sitting_no_conflict(enum action action, unsigned relations, struct err *err)
{
    const struct access_object object = {.relations = relations};
    const char *conflict = access_conflict(action, &object);
    return conflict == NULL ? result_ok() : err_set(err, ERROR_FORBIDDEN, "%s", conflict);
}
