#include "casework/screening.h"

#include "casework/counted.h"
#include "casework/past.h"

#include <stdlib.h>

static int compare_owners(const void *left, const void *right)
{
    const struct place_owner *a = left;
    const struct place_owner *b = right;
    return a->person < b->person ? -1 : a->person > b->person ? 1 : 0;
}

/* The person's own place at the hub; NULL when they have none. */
static const struct place_owner *find_owner(const struct screening *screening, int64_t person)
{
    const struct place_owner key = {.person = person};
    return screening->owner_count == 0 ? NULL
                                       : bsearch(&key, screening->owners, screening->owner_count,
                                                 sizeof key, compare_owners);
}

/* --- preparing -------------------------------------------------------------------------------- */

static result find_owners(struct screening *screening, int64_t hub, struct err *err)
{
    struct sitting *sitting = screening->sitting;
    const struct place_row *rows = NULL;
    size_t count = 0;
    TRY(screening->when.past
            ? past_places(sitting, hub, screening->when.known_at, &rows, &count, err)
            : transaction_places(sitting->transaction, hub, sitting->arena, &rows, &count, err));
    struct place_owner *owners = ARENA_NEW(sitting->arena, struct place_owner, count + 1);
    if (owners == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].person != 0 && !place_is_free_on(&rows[i], screening->when.on)) {
            owners[kept++] = (struct place_owner){.person = rows[i].person,
                                                  .kind = rows[i].kind,
                                                  .own_intake = counted_is_intake(&rows[i])};
        }
    }
    qsort(owners, kept, sizeof owners[0], compare_owners);
    screening->owners = owners;
    screening->owner_count = kept;
    return result_ok();
}

/* --- the variants ----------------------------------------------------------------------------- */

struct variants {
    struct screening_variant *items;
    size_t count;
};

/* Which of them is for somebody with this need and this place of their own (NULL: none). */
static struct screening_variant variant_sought(const struct screening *screening,
                                               const struct place_need *need,
                                               const struct place_owner *owner)
{
    return (struct screening_variant){
        .free = places_free_for(&screening->hub.places, need, owner == NULL ? NULL : &owner->kind),
        .own_intake =
            owner != NULL && owner->own_intake && screening->hub.view.question.agreement != NULL,
    };
}

static size_t find_variant(const struct screening_variant *items, size_t count,
                           const struct screening_variant *sought)
{
    const struct value free = sought->free;
    size_t found = 0;
    while (found < count && (items[found].own_intake != sought->own_intake ||
                             items[found].free.known != free.known ||
                             (free.known && items[found].free.number != free.number))) {
        found++;
    }
    return found;
}

static result copy_values(struct screening *screening, const struct value *values,
                          struct value **ret_copy, struct err *err)
{
    const size_t count = screening->sitting->casework->rulebook->fact_count;
    struct value *copy = ARENA_NEW(screening->sitting->arena, struct value, count + 1);
    if (copy == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = values[i];
    }
    *ret_copy = copy;
    return result_ok();
}

static result agreement_of_variant(struct screening *screening, bool own_intake,
                                   const struct value **ret_values, struct err *err)
{
    struct value *values = NULL;
    *ret_values = screening->hub.view.question.agreement;
    if (!own_intake) {
        return result_ok();
    }
    TRY(copy_values(screening, *ret_values, &values, err));
    counted_add_own(screening->sitting->casework->rulebook, values);
    *ret_values = values;
    return result_ok();
}

static result add_variant(struct screening *screening, struct variants *variants,
                          const struct place_need *need, const struct place_owner *owner,
                          struct err *err)
{
    struct screening_variant variant = variant_sought(screening, need, owner);
    struct value *hub = NULL;
    if (find_variant(variants->items, variants->count, &variant) < variants->count) {
        return result_ok();
    }
    TRY(copy_values(screening, screening->hub.hub.values, &hub, err));
    if (screening->free_fact != NOT_FOUND_INDEX) {
        hub[screening->free_fact] = variant.free;
    }
    variant.hub = hub;
    TRY(agreement_of_variant(screening, variant.own_intake, &variant.agreement, err));
    variants->items[variants->count++] = variant;
    return result_ok();
}

/* One owner for each sort of place that somebody has. */
struct sorts {
    struct place_owner *items;
    size_t count;
};

static result sorts_of_owners(const struct screening *screening, struct sorts *ret_sorts,
                              struct err *err)
{
    struct sorts sorts = {.items = ARENA_NEW(screening->sitting->arena, struct place_owner,
                                             2 * screening->hub.places.kind_count + 1)};
    if (sorts.items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < screening->owner_count; i++) {
        const struct place_owner *owner = &screening->owners[i];
        bool listed = false;
        for (size_t j = 0; j < sorts.count; j++) {
            listed = listed || (sorts.items[j].own_intake == owner->own_intake &&
                                str_equal(sorts.items[j].kind, owner->kind));
        }
        if (!listed) {
            sorts.items[sorts.count++] = *owner;
        }
    }
    *ret_sorts = sorts;
    return result_ok();
}

/* For one need: whoever has no place there, and whoever has one of some sort. */
static result add_variants(struct screening *screening, struct variants *variants,
                           const struct place_need *need, const struct sorts *sorts,
                           struct err *err)
{
    TRY(add_variant(screening, variants, need, NULL, err));
    for (size_t i = 0; i < sorts->count; i++) {
        TRY(add_variant(screening, variants, need, &sorts->items[i], err));
    }
    return result_ok();
}

static result list_variants(struct screening *screening, struct err *err)
{
    const struct rulebook *rulebook = screening->sitting->casework->rulebook;
    const uint32_t fact = place_need_fact(rulebook);
    const size_t needs = fact == NOT_FOUND_INDEX ? 0 : rulebook->facts[fact].choice_count;
    const struct place_need nobody_said = place_need_of(rulebook, NULL);
    struct sorts sorts = {.count = 0};
    TRY(sorts_of_owners(screening, &sorts, err));
    struct variants variants = {.items =
                                    ARENA_NEW(screening->sitting->arena, struct screening_variant,
                                              (needs + 1) * (sorts.count + 1))};
    if (variants.items == NULL) {
        return arena_full(err);
    }
    TRY(add_variants(screening, &variants, &nobody_said, &sorts, err));
    for (size_t i = 0; i < needs; i++) {
        const struct place_need need = {.known = true, .kind = rulebook->facts[fact].choices[i]};
        TRY(add_variants(screening, &variants, &need, &sorts, err));
    }
    screening->variants = variants.items;
    screening->variant_count = variants.count;
    return result_ok();
}

static result ask_of_no_hub(struct screening *screening, struct err *err)
{
    screening->variants = ARENA_NEW(screening->sitting->arena, struct screening_variant, 1);
    screening->variant_count = 1;
    return screening->variants == NULL ? arena_full(err) : result_ok();
}

result screening_prepare(struct screening *screening, struct sitting *sitting, uint32_t step,
                         int64_t hub, const struct case_time *when, struct err *err)
{
    const struct loaded_case nobody = {.when = *when};
    *screening = (struct screening){.sitting = sitting, .step = step, .when = *when};
    if (hub == 0) {
        return ask_of_no_hub(screening, err);
    }
    const struct rulebook *rulebook = sitting->casework->rulebook;
    TRY(case_at_hub(sitting, &nobody, hub, rulebook->steps[step].with_agreement, &screening->hub,
                    err));
    const uint32_t free_fact = rulebook_fact(rulebook, STR("hub.places_free"));
    const bool asked = free_fact != NOT_FOUND_INDEX && rulebook->facts[free_fact].counted &&
                       rulebook->facts[free_fact].type == FACT_NUMBER;
    screening->free_fact = asked ? free_fact : NOT_FOUND_INDEX;
    TRY(find_owners(screening, hub, err));
    return list_variants(screening, err);
}

bool screening_is_open(const struct screening *screening, str stage)
{
    const struct rulebook *rulebook = screening->sitting->casework->rulebook;
    const uint32_t found = rulebook_stage(rulebook, stage);
    return found != NOT_FOUND_INDEX &&
           rulebook_step_leaves(rulebook, &rulebook->steps[screening->step], found);
}

static const struct screening_variant *variant_for(const struct screening *screening,
                                                   int64_t person, const struct place_need *need)
{
    if (screening->hub.view.hub.id == 0) {
        return &screening->variants[0];
    }
    const struct screening_variant sought =
        variant_sought(screening, need, find_owner(screening, person));
    const size_t found = find_variant(screening->variants, screening->variant_count, &sought);
    ASSERT(found < screening->variant_count);
    return &screening->variants[found];
}

void screening_ask_for(const struct screening *screening, int64_t person, struct question *question)
{
    const struct place_need need =
        place_need_of(screening->sitting->casework->rulebook, question->person);
    const struct screening_variant *variant = variant_for(screening, person, &need);
    question->hub = variant->hub;
    question->agreement = variant->agreement;
}

void screening_reads(const struct rulebook *rulebook, bool *facts)
{
    const uint32_t fact = place_need_fact(rulebook);
    if (fact != NOT_FOUND_INDEX) {
        facts[fact] = true;
    }
}

struct screen_question screening_question(const struct screening *screening,
                                          const struct screening_variant *variant)
{
    const struct step *step = &screening->sitting->casework->rulebook->steps[screening->step];
    return (struct screen_question){
        .safeguards = step->safeguards,
        .safeguard_count = step->safeguard_count,
        .hub = variant->hub,
        .agreement = variant->agreement,
        .today = screening->when.on,
    };
}

/* --- loading ---------------------------------------------------------------------------------- */

/* What the step's safeguards read, and from where it leads. */
static result ask_for_step(const struct screening *screening, struct caseload_asked *ret_asked,
                           struct err *err)
{
    struct arena *arena = screening->sitting->arena;
    const struct rulebook *rulebook = screening->sitting->casework->rulebook;
    const struct step *step = &rulebook->steps[screening->step];
    bool *facts = ARENA_NEW(arena, bool, rulebook->fact_count + 1);
    bool *stages = ARENA_NEW(arena, bool, rulebook->stage_count + 1);
    if (facts == NULL || stages == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < step->safeguard_count; i++) {
        judge_reads(rulebook, step->safeguards[i], facts);
    }
    screening_reads(rulebook, facts);
    if (rulebook->has_family_complete) {
        facts[rulebook->family_complete] = true;
    }
    for (uint32_t i = 0; i < rulebook->stage_count; i++) {
        stages[i] = rulebook_step_leaves(rulebook, step, i);
    }
    *ret_asked = (struct caseload_asked){.facts = facts, .stages = stages, .when = screening->when};
    return result_ok();
}

result screening_load(const struct screening *screening, struct transaction *const *transactions,
                      size_t transaction_count, struct caseload_columns *caseload, struct err *err)
{
    struct caseload_asked asked;
    TRY(ask_for_step(screening, &asked, err));
    for (size_t i = 0; i < screening->variant_count && !asked.families; i++) {
        const struct screen_question question =
            screening_question(screening, &screening->variants[i]);
        TRY(caseload_asks_families(screening->sitting->casework->rulebook, &question,
                                   *screening->sitting->arena, &asked.families, err));
    }
    return caseload_load(screening->sitting, transactions, transaction_count, &asked, caseload,
                         err);
}

/* --- everybody -------------------------------------------------------------------------------- */

enum {
    MEMORY_OF_SCREENS = 64 * 1024 * 1024, /* taken lazily */
    PLANES_BESIDE_SAFEGUARDS = 128, /* of a screen: clear, barred, two for each family condition */
};

static result run_screen(const struct screening *screening, const struct columns *columns,
                         const struct screening_variant *variant, struct arena *arena,
                         struct screen_answers *ret_answers, struct err *err)
{
    const struct screen *screen = NULL;
    const struct screen_question question = screening_question(screening, variant);
    TRY(screen_compile(columns, &question, screen_best_level(), arena, &screen, err));
    TRY(screen_answers_init(screen, true, arena, ret_answers, err));
    return screen_all(screen, *arena, ret_answers, err);
}

result screening_run(const struct screening *screening, const struct columns *columns,
                     struct screening_answers *answers, struct err *err)
{
    const struct step *step = &screening->sitting->casework->rulebook->steps[screening->step];
    const size_t planes = 4 * step->safeguard_count + PLANES_BESIDE_SAFEGUARDS;
    const size_t count = screening->variant_count;
    *answers = (struct screening_answers){.memory = {0}};
    TRY(arena_open(&answers->memory,
                   count * (MEMORY_OF_SCREENS + planes * columns->word_count * sizeof(uint64_t)),
                   err));
    answers->variants = ARENA_NEW(&answers->memory, struct screen_answers, count);
    if (answers->variants == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(run_screen(screening, columns, &screening->variants[i], &answers->memory,
                       &answers->variants[i], err));
    }
    return result_ok();
}

/* What the columns say of the person's need. */
static struct place_need need_of_row(const struct screening *screening,
                                     const struct columns *columns, size_t row)
{
    const struct rulebook *rulebook = screening->sitting->casework->rulebook;
    const uint32_t fact = place_need_fact(rulebook);
    if (fact == NOT_FOUND_INDEX) {
        return place_need_of(rulebook, NULL);
    }
    const struct column *column = &columns->columns[fact];
    struct place_need need = {.known = false, .kind = STR("")};
    if (column->kind != COLUMN_CHOICE || !plane_bit(column->known, row)) {
        return need;
    }
    for (size_t i = 0; i < rulebook->facts[fact].choice_count; i++) {
        if (plane_bit(column->planes[i], row)) {
            need = (struct place_need){.known = true, .kind = rulebook->facts[fact].choices[i]};
        }
    }
    return need;
}

const struct screen_answers *screening_answers_for(const struct screening *screening,
                                                   const struct screening_answers *answers,
                                                   const struct columns *columns, size_t row,
                                                   int64_t person)
{
    const struct place_need need = need_of_row(screening, columns, row);
    return &answers->variants[variant_for(screening, person, &need) - screening->variants];
}

void screening_answers_close(struct screening_answers *answers)
{
    arena_close(&answers->memory);
}
