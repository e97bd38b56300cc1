#include "casework/facts.h"

#include "casework/counted.h"
#include "casework/past.h"

#include <stdlib.h>
#include <string.h>

struct case_time case_now(const struct sitting *sitting)
{
    return (struct case_time){.on = sitting->today, .known_at = sitting->at, .past = false};
}

struct case_time case_time_asked(const struct sitting *sitting, const struct asked *asked)
{
    struct case_time when = case_now(sitting);
    if (asked != NULL && asked->has_on) {
        when.on = asked->on;
    }
    if (asked != NULL && asked->has_known_at &&
        asked->known_at.milliseconds <= sitting->at.milliseconds) {
        when.known_at = asked->known_at;
        when.past = true;
    }
    return when;
}

/* --- the facts of one subject ----------------------------------------------------------------- */

result facts_none(const struct rulebook *rulebook, struct arena *arena,
                  struct subject_facts *ret_facts, struct err *err)
{
    const struct subject_facts facts = {
        .values = ARENA_NEW(arena, struct value, rulebook->fact_count + 1),
        .rows = ARENA_NEW(arena, const struct fact_row *, rulebook->fact_count + 1),
    };
    if (facts.values == NULL || facts.rows == NULL) {
        return arena_full(err);
    }
    *ret_facts = facts; /* what is zero is not known */
    return result_ok();
}

result facts_from_rows(const struct rulebook *rulebook, const struct fact_row *rows, size_t count,
                       struct arena *arena, struct subject_facts *facts, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t fact = rulebook_fact(rulebook, rows[i].fact);
        if (fact == NOT_FOUND_INDEX || rulebook->facts[fact].counted) {
            continue;
        }
        struct err failure = {0};
        struct value value;
        if (value_parse(rulebook, &rulebook->facts[fact], rows[i].value, arena, &value, &failure)
                .ok) {
            value.event = rows[i].position;
            facts->values[fact] = value;
        } else if (failure.code == ERROR_LIMIT) {
            return arena_full(err);
        }
        facts->rows[fact] = &rows[i];
    }
    return result_ok();
}

result facts_load(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                  const struct case_time *when, struct subject_facts *ret_facts, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct subject_facts facts;
    TRY(facts_none(rulebook, sitting->arena, &facts, err));
    const struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_facts(sitting->transaction, kind, subject, when->on, when->known_at,
                          sitting->arena, &rows, &count, err));
    TRY(facts_from_rows(rulebook, rows, count, sitting->arena, &facts, err));
    *ret_facts = facts;
    return result_ok();
}

result facts_of_person_now(const struct sitting *sitting, int64_t person, struct arena *arena,
                           struct subject_facts *ret_facts, struct err *err)
{
    struct sitting reading = *sitting;
    reading.arena = arena;
    const struct case_time now = case_now(&reading);
    return facts_load(&reading, SUBJECT_OF_PERSON, person, &now, ret_facts, err);
}

/* --- the person and the family ---------------------------------------------------------------- */

result case_family(struct sitting *sitting, const struct person_row *person,
                   const struct case_time *when, const struct person_row **ret_members,
                   size_t *ret_count, struct err *err)
{
    if (when->past) {
        return past_family(sitting, person, when->known_at, ret_members, ret_count, err);
    }
    *ret_members = NULL;
    *ret_count = 0;
    if (person->family == 0) {
        return result_ok();
    }
    const struct people_filter filter = {.stage = STR(""), .family = person->family};
    const struct person_row *group = NULL;
    size_t count = 0;
    TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &group, &count, err));
    struct person_row *members = ARENA_NEW(sitting->arena, struct person_row, count + 1);
    if (members == NULL) {
        return arena_full(err);
    }
    size_t others = 0;
    for (size_t i = 0; i < count; i++) {
        if (group[i].id != person->id) {
            members[others++] = group[i];
        }
    }
    *ret_members = members;
    *ret_count = others;
    return result_ok();
}

static result load_family(struct sitting *sitting, struct loaded_case *loaded, struct err *err)
{
    size_t count = 0;
    TRY(case_family(sitting, &loaded->view.person, &loaded->when, &loaded->family, &count, err));
    const struct value **family = ARENA_NEW(sitting->arena, const struct value *, count + 1);
    if (family == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct subject_facts facts;
        TRY(facts_load(sitting, SUBJECT_OF_PERSON, loaded->family[i].id, &loaded->when, &facts,
                       err));
        family[i] = facts.values;
    }
    loaded->view.question.family = family;
    loaded->view.question.family_count = count;
    return result_ok();
}

result case_load(struct sitting *sitting, const struct person_row *person,
                 const struct case_time *when, struct loaded_case *ret_case, struct err *err)
{
    struct loaded_case loaded = {.when = *when};
    loaded.view.person = *person;
    loaded.view.on = when->on;
    loaded.view.known_at = when->known_at;
    if (when->past) {
        struct past past;
        TRY(past_person(sitting, sitting_record_of(sitting, person->id), 0, when->known_at, &past,
                        err));
        if (past.person.id == 0) {
            return sitting_no_such(err, "person", person->reference);
        }
        loaded.view.person = past.person;
    }
    TRY(facts_load(sitting, SUBJECT_OF_PERSON, loaded.view.person.id, when, &loaded.person, err));
    loaded.view.question.person = loaded.person.values;
    loaded.view.question.today = when->on;
    TRY(load_family(sitting, &loaded, err));
    *ret_case = loaded;
    return result_ok();
}

/* --- the hub and its agreement ---------------------------------------------------------------- */

result hub_standing_load(struct sitting *sitting, const struct case_time *when, int64_t hub,
                         bool with_agreement, struct hub_standing *ret_standing, struct err *err)
{
    struct hub_standing standing = {.agreement = {.id = 0}};
    TRY(transaction_hub(sitting->transaction, hub, sitting->arena, &standing.hub, err));
    TRY(facts_load(sitting, SUBJECT_OF_HUB, hub, when, &standing.hub_facts, err));
    TRY(counted_of_hub(sitting, when, &standing, err));
    const int64_t agreement = standing.hub.agreement;
    if (with_agreement && agreement != 0) {
        TRY(transaction_agreement(sitting->transaction, agreement, sitting->arena,
                                  &standing.agreement, err));
        TRY(facts_load(sitting, SUBJECT_OF_AGREEMENT, agreement, when, &standing.agreement_facts,
                       err));
        TRY(counted_of_agreement(sitting, when, agreement, standing.agreement_facts.values, err));
    }
    *ret_standing = standing;
    return result_ok();
}

/* A person's own values beside everybody's. */
static result own_values(const struct rulebook *rulebook, struct arena *arena,
                         struct subject_facts *facts, struct err *err)
{
    struct value *values = ARENA_NEW_UNSET(arena, struct value, rulebook->fact_count + 1);
    if (values == NULL) {
        return arena_full(err);
    }
    memcpy(values, facts->values, rulebook->fact_count * sizeof *values);
    facts->values = values;
    return result_ok();
}

result case_at_standing(struct sitting *sitting, const struct loaded_case *base,
                        const struct hub_standing *standing, struct loaded_case *ret_case,
                        struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct loaded_case loaded = *base;
    loaded.view.hub = standing->hub;
    loaded.hub = standing->hub_facts;
    loaded.places = standing->places;
    TRY(own_values(rulebook, sitting->arena, &loaded.hub, err));
    TRY(counted_for_person(sitting, &loaded, err));
    loaded.view.question.hub = loaded.hub.values;
    if (standing->agreement.id != 0) {
        loaded.view.agreement = standing->agreement;
        loaded.agreement = standing->agreement_facts;
        if (counted_own_intake(&loaded.places)) {
            TRY(own_values(rulebook, sitting->arena, &loaded.agreement, err));
            counted_add_own(rulebook, loaded.agreement.values);
        }
        loaded.view.question.agreement = loaded.agreement.values;
    }
    *ret_case = loaded;
    return result_ok();
}

result case_at_hub(struct sitting *sitting, const struct loaded_case *base, int64_t hub,
                   bool with_agreement, struct loaded_case *ret_case, struct err *err)
{
    struct hub_standing standing;
    TRY(hub_standing_load(sitting, &base->when, hub, with_agreement, &standing, err));
    return case_at_standing(sitting, base, &standing, ret_case, err);
}

result case_for_step(struct sitting *sitting, const struct person_row *person, uint32_t step,
                     int64_t hub, const struct case_time *when, struct loaded_case *ret_case,
                     struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    ASSERT(step < rulebook->step_count);
    struct loaded_case loaded;
    TRY(case_load(sitting, person, when, &loaded, err));
    if (hub != 0) {
        const struct loaded_case base = loaded;
        TRY(case_at_hub(sitting, &base, hub, rulebook->steps[step].with_agreement, &loaded, err));
    }
    *ret_case = loaded;
    return result_ok();
}

/* --- for showing ------------------------------------------------------------------------------ */

static result show_fact(struct sitting *sitting, const struct subject_facts *facts, uint32_t fact,
                        struct known_fact *ret_fact, struct err *err)
{
    struct known_fact known = {.fact = fact, .value = value_unknown(), .actor = STR("")};
    if (facts->values != NULL) {
        known.value = facts->values[fact];
        known.row = facts->rows[fact];
    }
    if (known.row != NULL) {
        TRY(sitting_actor(sitting, known.row->actor, &known.actor, err));
    }
    *ret_fact = known;
    return result_ok();
}

result facts_show(struct sitting *sitting, enum subject subject, const struct subject_facts *facts,
                  const struct known_fact **ret_facts, size_t *ret_count, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct known_fact *shown =
        ARENA_NEW(sitting->arena, struct known_fact, rulebook->fact_count + 1);
    if (shown == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        if (rulebook->facts[i].subject == subject) {
            TRY(show_fact(sitting, facts, (uint32_t)i, &shown[count], err));
            count++;
        }
    }
    *ret_facts = shown;
    *ret_count = count;
    return result_ok();
}

static const struct subject_facts *facts_of_subject(const struct loaded_case *loaded,
                                                    enum subject subject)
{
    switch (subject) {
    case SUBJECT_PERSON:
        return &loaded->person;
    case SUBJECT_HUB:
        return &loaded->hub;
    case SUBJECT_AGREEMENT:
        return &loaded->agreement;
    }
    return &loaded->person;
}

void case_hide(const struct sitting *sitting, struct loaded_case *loaded)
{
    if (sitting_may_agreement(sitting, &loaded->view.agreement, ACTION_SEE_AGREEMENT)) {
        return;
    }
    loaded->view.agreement =
        (struct agreement_row){.reference = STR(""), .partner = STR(""), .title = STR("")};
    loaded->agreement = (struct subject_facts){.values = NULL};
}

result case_show(struct sitting *sitting, struct loaded_case *loaded, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    loaded->view.facts = ARENA_NEW(sitting->arena, struct known_fact, rulebook->fact_count + 1);
    if (loaded->view.facts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        TRY(show_fact(sitting, facts_of_subject(loaded, rulebook->facts[i].subject), (uint32_t)i,
                      &loaded->view.facts[i], err));
    }
    return transaction_identity(sitting->transaction, &loaded->view.person, sitting->arena,
                                &loaded->view.identity, err);
}

/* --- what a verdict rests on ------------------------------------------------------------------ */

struct positions {
    int64_t *items;
    size_t count;
};

static void add_events(struct positions *positions, const struct rulebook *rulebook,
                       const bool *read, enum subject subject, const struct value *values)
{
    for (size_t i = 0; values != NULL && i < rulebook->fact_count; i++) {
        if (read[i] && rulebook->facts[i].subject == subject && values[i].event > 0) {
            positions->items[positions->count++] = values[i].event;
        }
    }
}

static int compare_positions(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

static void sort_and_thin(struct positions *positions)
{
    qsort(positions->items, positions->count, sizeof positions->items[0], compare_positions);
    size_t kept = 0;
    for (size_t i = 0; i < positions->count; i++) {
        if (kept == 0 || positions->items[i] != positions->items[kept - 1]) {
            positions->items[kept++] = positions->items[i];
        }
    }
    positions->count = kept;
}

result case_relied_on(const struct rulebook *rulebook, uint32_t step,
                      const struct question *question, struct arena *arena,
                      struct number_list *ret_events, struct err *err)
{
    bool *read = ARENA_NEW(arena, bool, rulebook->fact_count + 1);
    struct positions positions = {
        .items = ARENA_NEW(arena, int64_t, rulebook->fact_count * (3 + question->family_count) + 1),
    };
    if (read == NULL || positions.items == NULL) {
        return arena_full(err);
    }
    const struct step *guarded = &rulebook->steps[step];
    for (size_t i = 0; i < guarded->safeguard_count; i++) {
        judge_reads(rulebook, guarded->safeguards[i], read);
    }
    add_events(&positions, rulebook, read, SUBJECT_PERSON, question->person);
    add_events(&positions, rulebook, read, SUBJECT_HUB, question->hub);
    add_events(&positions, rulebook, read, SUBJECT_AGREEMENT, question->agreement);
    for (size_t i = 0; i < question->family_count; i++) {
        add_events(&positions, rulebook, read, SUBJECT_PERSON, question->family[i]);
    }
    sort_and_thin(&positions);
    *ret_events = (struct number_list){.items = positions.items, .count = positions.count};
    return result_ok();
}
