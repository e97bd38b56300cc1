/* Values as written, and the examples made of them. */
#include "rulebook/checker.h"
#include "rulebook/example.h"

#include <stdlib.h>

static bool refuse_value(struct checker *checker, const struct fact_draft *fact,
                         const struct literal *literal)
{
    const struct fact *of = &fact->fact;
    diagnose(checker->diagnostics, SEVERITY_ERROR, literal->at, "\"%.*s\" is %s, and this is not",
             STR_ARG(of->name), fact_type_called(of->type));
    if (of->type == FACT_CHOICE) {
        diagnose_hint(checker->diagnostics, "It is one of %.*s",
                      STR_ARG(checker_choices(checker, fact)));
    } else if (of->type == FACT_FLAG) {
        diagnose_hint(checker->diagnostics, "It is yes or no");
    } else if (of->type == FACT_COUNTRIES) {
        diagnose_hint(checker->diagnostics,
                      "A set of countries stands in parentheses: (ALB, XKX); the empty one is ()");
    }
    return false;
}

/* A choice by its name; fits when it is one of the fact's. */
static bool choice_value(struct checker *checker, const struct fact_draft *fact,
                         const struct literal *literal, int64_t *ret_choice)
{
    const struct name_at *choices = fact->choices.items;
    for (size_t i = 0; i < fact->choices.count; i++) {
        if (str_equal(choices[i].text, literal->text)) {
            *ret_choice = (int64_t)i;
            return true;
        }
    }
    diagnose(checker->diagnostics, SEVERITY_ERROR, literal->at,
             "\"%.*s\" is not a choice of \"%.*s\"", STR_ARG(diagnose_shown(literal->text)),
             STR_ARG(fact->fact.name));
    diagnose_hint(checker->diagnostics, "It is one of %.*s",
                  STR_ARG(checker_choices(checker, fact)));
    return false;
}

static int compare_codes(const void *a, const void *b)
{
    const uint16_t *left = a;
    const uint16_t *right = b;
    return (*left > *right) - (*left < *right);
}

static bool set_value(struct checker *checker, const struct list *countries,
                      struct country_set *ret_set)
{
    uint16_t *codes = ARENA_NEW(checker->perm, uint16_t, countries->count);
    if (codes == NULL) {
        return checker_is_full(checker);
    }
    bool sound = true;
    for (size_t i = 0; i < countries->count; i++) {
        const struct country_at *country = LIST_AT(countries, struct country_at, i);
        sound = checker_country(checker, country->code, country->at) && sound;
        codes[i] = country->code;
    }
    if (countries->count > 0) {
        qsort(codes, countries->count, sizeof codes[0], compare_codes);
    }
    size_t count = 0;
    for (size_t i = 0; i < countries->count; i++) {
        if (count == 0 || codes[count - 1] != codes[i]) {
            codes[count++] = codes[i];
        }
    }
    *ret_set = (struct country_set){.codes = codes, .count = count};
    return sound;
}

/* Which literals a fact of each type takes. */
static bool fits(enum fact_type type, enum literal_kind kind)
{
    switch (type) {
    case FACT_FLAG:
        return kind == LITERAL_YES || kind == LITERAL_NO;
    case FACT_CHOICE:
        return kind == LITERAL_NAME;
    case FACT_DATE:
        return kind == LITERAL_DATE || kind == LITERAL_TODAY;
    case FACT_NUMBER:
        return kind == LITERAL_NUMBER;
    case FACT_COUNTRY:
        return kind == LITERAL_COUNTRY;
    case FACT_COUNTRIES:
        return kind == LITERAL_COUNTRIES || kind == LITERAL_COUNTRY;
    case FACT_TEXT:
        return kind == LITERAL_TEXT;
    }
    return false;
}

static bool literal_value(struct checker *checker, const struct fact_draft *fact,
                          const struct literal *literal, struct value *ret_value)
{
    struct value value = {.known = true, .number = literal->number};
    if (!fits(fact->fact.type, literal->kind)) {
        return refuse_value(checker, fact, literal);
    }
    bool sound = true;
    if (literal->kind == LITERAL_YES) {
        value.number = 1;
    } else if (literal->kind == LITERAL_NAME) {
        sound = choice_value(checker, fact, literal, &value.number);
    } else if (fact->fact.type == FACT_COUNTRIES) {
        value.number = 0;
        sound = set_value(checker, &literal->countries, &value.countries);
    } else if (literal->kind == LITERAL_COUNTRY) {
        sound = checker_country(checker, (uint16_t)literal->number, literal->at);
    } else if (literal->kind == LITERAL_TEXT) {
        value.text = literal->text;
    }
    *ret_value = value;
    return sound;
}

bool checker_setting(struct checker *checker, const struct setting *setting, uint32_t *ret_fact,
                     struct value *ret_value, bool *today)
{
    *ret_fact = checker_find(checker, ITEM_FACT, &setting->fact);
    *ret_value = value_unknown();
    if (*ret_fact == NOT_FOUND_INDEX) {
        return false;
    }
    const struct fact_draft *fact = checker_fact(checker, *ret_fact);
    if (fact->broken) {
        return false;
    }
    if (setting->value.kind == LITERAL_UNKNOWN) {
        return true;
    }
    if (setting->value.kind == LITERAL_TODAY && today == NULL) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, setting->value.at,
                 "An example gives dates, not \"today\"");
        diagnose_hint(checker->diagnostics,
                      "Write a date, and the day of the question after \"on\"");
        return false;
    }
    if (!literal_value(checker, fact, &setting->value, ret_value)) {
        return false;
    }
    if (setting->value.kind == LITERAL_TODAY) {
        *today = true;
        ret_value->known = false;
    }
    return true;
}

/* Examples. */

static bool check_given(struct checker *checker, const struct setting *setting, bool of_member,
                        struct given *ret_given)
{
    if (setting->value.kind == LITERAL_UNKNOWN && setting->value.text.len > 0) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, setting->value.at,
                 "\"unknown\" is not a value");
        diagnose_hint(checker->diagnostics, "Write \"%.*s unknown\", without \"=\"",
                      STR_ARG(setting->fact.text));
        return false;
    }
    if (!checker_setting(checker, setting, &ret_given->fact, &ret_given->value, NULL)) {
        return false;
    }
    const struct fact *fact = &checker_fact(checker, ret_given->fact)->fact;
    if (of_member && fact->subject != SUBJECT_PERSON) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, setting->fact.at,
                 "\"%.*s\" is not a fact of a family member", STR_ARG(fact->name));
        return false;
    }
    return true;
}

static bool check_all_given(struct checker *checker, const struct list *settings, bool of_member,
                            const struct given **ret_given)
{
    struct given *given = ARENA_NEW(checker->perm, struct given, settings->count);
    if (given == NULL) {
        return checker_is_full(checker);
    }
    bool sound = true;
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = LIST_AT(settings, struct setting, i);
        sound = check_given(checker, setting, of_member, &given[i]) && sound;
        for (size_t k = 0; k < i; k++) {
            if (str_equal(LIST_AT(settings, struct setting, k)->fact.text, setting->fact.text)) {
                diagnose(checker->diagnostics, SEVERITY_ERROR, setting->fact.at,
                         "\"%.*s\" is given twice", STR_ARG(setting->fact.text));
                sound = false;
                break;
            }
        }
    }
    *ret_given = given;
    return sound;
}

static bool check_members(struct checker *checker, const struct list *members,
                          const struct example_member **ret_members)
{
    struct example_member *checked =
        ARENA_NEW(checker->perm, struct example_member, members->count);
    if (checked == NULL) {
        return checker_is_full(checker);
    }
    bool sound = true;
    for (size_t i = 0; i < members->count; i++) {
        const struct list *settings = LIST_AT(members, struct list, i);
        sound = check_all_given(checker, settings, true, &checked[i].given) && sound;
        checked[i].given_count = settings->count;
    }
    *ret_members = checked;
    return sound;
}

static bool is_of_clock(enum outcome_kind kind)
{
    return kind == OUTCOME_LAST_DAY || kind == OUTCOME_LAST_DAY_UNKNOWN;
}

static bool check_outcome(struct checker *checker, const struct example_draft *draft,
                          struct example *example)
{
    static const enum clearance expected[] = {
        [OUTCOME_CLEAR] = CLEARANCE_CLEAR,
        [OUTCOME_BARRED] = CLEARANCE_BARRED,
        [OUTCOME_UNKNOWN] = CLEARANCE_UNKNOWN,
    };
    if (is_of_clock(draft->outcome) != draft->of_clock) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, draft->outcome_at,
                 draft->of_clock
                     ? "The example of a clock says \"then last day ...\""
                     : "The example of a safeguard says \"then clear\", \"barred\" or \"unknown\"");
        return false;
    }
    if (draft->of_clock) {
        example->has_last_day = draft->outcome == OUTCOME_LAST_DAY;
        example->last_day = draft->last_day;
    } else {
        example->expected = expected[draft->outcome];
    }
    return true;
}

/* An example, when all of it is sound. */
static bool check_example(struct checker *checker, const struct example_draft *draft,
                          struct example *ret_example)
{
    struct example example = {
        .title = draft->title,
        .of_clock = draft->of_clock,
        .item = draft->item,
        .has_day = draft->has_day,
        .day = draft->day,
        .given_count = draft->given.count,
        .member_count = draft->members.count,
        .has_needs = draft->has_needs,
        .at = draft->at,
    };
    bool sound = check_all_given(checker, &draft->given, false, &example.given);
    sound = check_members(checker, &draft->members, &example.members) && sound;
    sound =
        checker_find_all(checker, ITEM_FACT, &draft->needs, &example.needs, &example.need_count) &&
        sound;
    sound = check_outcome(checker, draft, &example) && sound;
    *ret_example = example;
    return sound;
}

/* Every safeguard shows when it clears, when it bars and when it does not know. */
struct coverage {
    bool shown[CLEARANCE_UNKNOWN + 1];
    bool broken; /* an example could not be read: it may be the one that seems missing */
};

static void check_coverage(struct checker *checker, const struct coverage *coverage)
{
    for (size_t i = 0; i < checker->draft->safeguards.count; i++) {
        const struct safeguard_draft *draft =
            LIST_AT(&checker->draft->safeguards, struct safeguard_draft, i);
        static const char *const names[] = {[CLEARANCE_CLEAR] = "clear",
                                            [CLEARANCE_BARRED] = "barred",
                                            [CLEARANCE_UNKNOWN] = "unknown"};
        for (size_t k = 0; k <= CLEARANCE_UNKNOWN; k++) {
            if (!coverage[i].shown[k] && !coverage[i].broken && !draft->broken) {
                diagnose(checker->diagnostics, SEVERITY_ERROR, draft->safeguard.at,
                         "The safeguard \"%.*s\" has no example that is %s",
                         STR_ARG(draft->safeguard.name), names[k]);
                diagnose_hint(checker->diagnostics,
                              "Every safeguard shows when it is clear, barred and unknown");
            }
        }
    }
}

void check_examples(struct checker *checker, const struct example **ret_examples, size_t *ret_count)
{
    const struct list *drafts = &checker->draft->examples;
    struct example *examples = ARENA_NEW(checker->perm, struct example, drafts->count);
    struct coverage *coverage =
        ARENA_NEW(checker->scratch, struct coverage, checker->draft->safeguards.count);
    if (examples == NULL || coverage == NULL) {
        checker_is_full(checker);
        return;
    }
    for (size_t i = 0; i < drafts->count && !checker->out_of_memory; i++) {
        const struct example_draft *draft = LIST_AT(drafts, struct example_draft, i);
        const bool sound = !draft->broken && check_example(checker, draft, &examples[i]);
        if (draft->of_clock) {
            continue;
        }
        if (sound) {
            coverage[draft->item].shown[examples[i].expected] = true;
        } else {
            coverage[draft->item].broken = true;
        }
    }
    if (!checker->out_of_memory) {
        check_coverage(checker, coverage);
    }
    *ret_examples = examples;
    *ret_count = drafts->count;
}
