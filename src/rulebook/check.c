#include "rulebook/check.h"

#include "rulebook/checker.h"
#include "rulebook/example.h"
#include "rulebook/judge.h"

#include <stdlib.h>

bool checker_is_full(struct checker *checker)
{
    checker->out_of_memory = true;
    return false;
}

struct fact_draft *checker_fact(const struct checker *checker, uint32_t fact)
{
    return LIST_AT(&checker->draft->facts, struct fact_draft, fact);
}

const char *fact_type_called(enum fact_type type)
{
    static const char *const called[] = {
        [FACT_FLAG] = "a flag",       [FACT_CHOICE] = "a choice",
        [FACT_DATE] = "a date",       [FACT_NUMBER] = "a number",
        [FACT_COUNTRY] = "a country", [FACT_COUNTRIES] = "a set of countries",
        [FACT_TEXT] = "a text",
    };
    return called[type];
}

str checker_choices(struct checker *checker, const struct fact_draft *fact)
{
    struct buf buf;
    buf_init(&buf, checker->diagnostics->arena, 300);
    for (size_t i = 0; i < fact->choices.count; i++) {
        buf_put_c(&buf, i == 0 ? "" : ", ");
        buf_put(&buf, LIST_AT(&fact->choices, struct name_at, i)->text);
    }
    return buf_str(&buf);
}

uint32_t checker_find(struct checker *checker, enum item_kind kind, const struct name_at *name)
{
    const struct name_index *index = &checker->names->of[kind];
    const uint32_t item = name_index_find(index, name->text);
    if (item != NOT_FOUND_INDEX || checker->draft->unreadable) {
        return item; /* it may stand in what could not be read */
    }
    diagnose(checker->diagnostics, SEVERITY_ERROR, name->at, "There is no %s \"%.*s\"",
             item_kind_called(kind), STR_ARG(name->text));
    const str nearest =
        diagnose_kept(checker->diagnostics) ? name_index_nearest(index, name->text) : STR("");
    if (nearest.len > 0) {
        diagnose_hint(checker->diagnostics, "Did you mean \"%.*s\"?", STR_ARG(nearest));
    }
    return NOT_FOUND_INDEX;
}

bool checker_find_all(struct checker *checker, enum item_kind kind, const struct list *names,
                      const uint32_t **ret_items, size_t *ret_count)
{
    uint32_t *items = ARENA_NEW(checker->perm, uint32_t, names->count);
    if (items == NULL) {
        return checker_is_full(checker);
    }
    bool sound = true;
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct name_at *name = LIST_AT(names, struct name_at, i);
        const uint32_t item = checker_find(checker, kind, name);
        if (item == NOT_FOUND_INDEX) {
            sound = false;
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            if (items[k] == item) {
                diagnose(checker->diagnostics, SEVERITY_ERROR, name->at,
                         "\"%.*s\" is named twice here", STR_ARG(name->text));
                sound = false;
                break;
            }
        }
        items[count++] = item;
    }
    *ret_items = items;
    *ret_count = count;
    return sound;
}

bool checker_country(struct checker *checker, uint16_t code, struct place_in_text at)
{
    const struct list *countries = &checker->draft->countries;
    for (size_t i = 0; i < countries->count; i++) {
        if (LIST_AT(countries, struct country_draft, i)->country.code == code) {
            return true;
        }
    }
    if (!checker->draft->unreadable) {
        char text[4];
        country_format(code, text);
        diagnose(checker->diagnostics, SEVERITY_ERROR, at, "The country %s is not listed", text);
        diagnose_hint(checker->diagnostics, "List it: country %s \"Its name\"", text);
    }
    return false;
}

/* Names. */

struct item_list {
    enum item_kind kind;
    const struct list *drafts;
    size_t stride;
};

/* Every draft begins with its name. */
static bool index_names(struct checker *checker)
{
    const struct rulebook_draft *draft = checker->draft;
    const struct item_list lists[] = {
        {ITEM_HOLIDAYS, &draft->holiday_lists, sizeof(struct holiday_list_draft)},
        {ITEM_CALENDAR, &draft->calendars, sizeof(struct calendar_draft)},
        {ITEM_ROLE, &draft->roles, sizeof(struct named_draft)},
        {ITEM_NOTICE, &draft->notices, sizeof(struct named_draft)},
        {ITEM_STAGE, &draft->stages, sizeof(struct stage_draft)},
        {ITEM_FACT, &draft->facts, sizeof(struct fact_draft)},
        {ITEM_CLOCK, &draft->clocks, sizeof(struct clock_draft)},
        {ITEM_DEFINITION, &draft->definitions, sizeof(struct definition_draft)},
        {ITEM_STEP, &draft->steps, sizeof(struct step_draft)},
        {ITEM_SAFEGUARD, &draft->safeguards, sizeof(struct safeguard_draft)},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!name_index_build(checker->perm, lists[i].drafts->items, lists[i].stride,
                              lists[i].drafts->count, &checker->names->of[lists[i].kind])) {
            return checker_is_full(checker);
        }
    }
    return true;
}

static struct place_in_text place_of(const struct checker *checker, enum item_kind kind,
                                     uint32_t item)
{
    const struct rulebook_draft *draft = checker->draft;
    switch (kind) {
    case ITEM_HOLIDAYS:
        return LIST_AT(&draft->holiday_lists, struct holiday_list_draft, item)->list.at;
    case ITEM_CALENDAR:
        return LIST_AT(&draft->calendars, struct calendar_draft, item)->item.at;
    case ITEM_ROLE:
        return LIST_AT(&draft->roles, struct named_draft, item)->at;
    case ITEM_NOTICE:
        return LIST_AT(&draft->notices, struct named_draft, item)->at;
    case ITEM_STAGE:
        return LIST_AT(&draft->stages, struct stage_draft, item)->stage.at;
    case ITEM_FACT:
        return LIST_AT(&draft->facts, struct fact_draft, item)->fact.at;
    case ITEM_CLOCK:
        return LIST_AT(&draft->clocks, struct clock_draft, item)->clock.at;
    case ITEM_DEFINITION:
        return LIST_AT(&draft->definitions, struct definition_draft, item)->definition.at;
    case ITEM_STEP:
        return LIST_AT(&draft->steps, struct step_draft, item)->step.at;
    case ITEM_SAFEGUARD:
        return LIST_AT(&draft->safeguards, struct safeguard_draft, item)->safeguard.at;
    }
    return (struct place_in_text){0};
}

static void check_unique_names(struct checker *checker)
{
    for (unsigned kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        const struct name_index *index = &checker->names->of[kind];
        uint32_t first = 0;
        for (uint32_t i = 1; i < index->count; i++) {
            if (!str_equal(index->names[first], index->names[i])) {
                first = i;
                continue;
            }
            const struct place_in_text before =
                place_of(checker, (enum item_kind)kind, index->items[first]);
            diagnose(checker->diagnostics, SEVERITY_ERROR,
                     place_of(checker, (enum item_kind)kind, index->items[i]),
                     "There is already a %s \"%.*s\"", item_kind_called((enum item_kind)kind),
                     STR_ARG(index->names[i]));
            diagnose_hint(checker->diagnostics, "The first stands at %.*s:%u", STR_ARG(before.file),
                          before.line);
        }
    }
}

/* Items that need little. */

static void check_rulebook_item(struct checker *checker, struct place_in_text beginning)
{
    const struct rulebook_draft *draft = checker->draft;
    if (draft->rulebook_items == 0 && !draft->unreadable) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, beginning, "There is no \"rulebook\" item");
        diagnose_hint(checker->diagnostics,
                      "Exactly one names the rulebook, its title and the day it comes into force");
    }
    if (draft->rulebook_items == 0 || draft->rulebook_broken) {
        return;
    }
    if (draft->title.len == 0) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, draft->name.at, "The rulebook has no title");
        diagnose_hint(checker->diagnostics, "Write title \"...\"");
    }
    if (!draft->has_in_force) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, draft->name.at,
                 "The rulebook does not say from when it is in force");
        diagnose_hint(checker->diagnostics, "Write in force from DATE");
    }
}

static int compare_countries(const void *a, const void *b)
{
    const struct country_draft *left = a;
    const struct country_draft *right = b;
    if (left->country.code != right->country.code) {
        return left->country.code < right->country.code ? -1 : 1;
    }
    return left->at.line < right->at.line ? -1 : 1;
}

/* Sorted by code, as the rulebook keeps them. */
static void check_countries(struct checker *checker)
{
    const struct list *countries = &checker->draft->countries;
    if (countries->count > 0) {
        qsort(countries->items, countries->count, sizeof(struct country_draft), compare_countries);
    }
    for (size_t i = 0; i < countries->count; i++) {
        const struct country_draft *draft = LIST_AT(countries, struct country_draft, i);
        char text[4];
        country_format(draft->country.code, text);
        if (i > 0 && draft[-1].country.code == draft->country.code) {
            diagnose(checker->diagnostics, SEVERITY_ERROR, draft->at,
                     "The country %s is listed twice", text);
        }
        if (!draft->broken && draft->country.name.len == 0) {
            diagnose(checker->diagnostics, SEVERITY_ERROR, draft->at, "The country %s has no name",
                     text);
            diagnose_hint(checker->diagnostics, "Write country %s \"Its name\"", text);
        }
    }
}

static void check_choices(struct checker *checker, struct fact_draft *draft)
{
    const struct name_at *choices = draft->choices.items;
    for (size_t i = 0; i < draft->choices.count; i++) {
        if (str_find_char(choices[i].text, '.') < choices[i].text.len) {
            diagnose(checker->diagnostics, SEVERITY_ERROR, choices[i].at,
                     "A choice has no dot in its name");
            draft->broken = true;
        }
        for (size_t k = 0; k < i; k++) {
            if (str_equal(choices[i].text, choices[k].text)) {
                diagnose(checker->diagnostics, SEVERITY_ERROR, choices[i].at,
                         "The choice \"%.*s\" stands twice", STR_ARG(choices[i].text));
                draft->broken = true;
                break;
            }
        }
    }
}

static enum subject subject_of(str name)
{
    if (str_starts(name, STR("hub."))) {
        return SUBJECT_HUB;
    }
    return str_starts(name, STR("agreement.")) ? SUBJECT_AGREEMENT : SUBJECT_PERSON;
}

static void check_fact(struct checker *checker, struct fact_draft *draft)
{
    struct fact *fact = &draft->fact;
    fact->subject = subject_of(fact->name);
    check_choices(checker, draft);
    if (str_find_char(fact->name, '.') == fact->name.len) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, fact->at,
                 "The name of a fact has a dot, and \"%.*s\" has none", STR_ARG(fact->name));
        diagnose_hint(checker->diagnostics,
                      "Say what it is a fact about, such as \"appeal.status\"");
    }
    if (draft->broken) {
        return;
    }
    if (!draft->has_type) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, fact->at, "The fact \"%.*s\" has no type",
                 STR_ARG(fact->name));
        diagnose_hint(checker->diagnostics,
                      "Write fact %.*s : flag, date, number, country, countries or text, "
                      "or \"one of\" its choices",
                      STR_ARG(fact->name));
        draft->broken = true;
    } else if (str_equal(fact->name, STR("family.complete")) && fact->type != FACT_FLAG) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, fact->at, "\"family.complete\" is a flag");
        diagnose_hint(checker->diagnostics, "It says whether the family group is recorded in full");
        draft->broken = true;
    }
    if (fact->title.len == 0) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, fact->at, "The fact \"%.*s\" has no title",
                 STR_ARG(fact->name));
        diagnose_hint(checker->diagnostics, "Write in quotes how a form should call it");
    }
}

static void refuse_untitled(struct checker *checker, enum item_kind kind, str name,
                            struct place_in_text at)
{
    diagnose(checker->diagnostics, SEVERITY_ERROR, at, "The %s \"%.*s\" has no title",
             item_kind_called(kind), STR_ARG(name));
    diagnose_hint(checker->diagnostics, "Write its title in quotes");
}

static void check_titles(struct checker *checker)
{
    const struct rulebook_draft *draft = checker->draft;
    for (size_t i = 0; i < draft->roles.count; i++) {
        const struct named_draft *role = LIST_AT(&draft->roles, struct named_draft, i);
        if (!role->broken && role->title.len == 0) {
            refuse_untitled(checker, ITEM_ROLE, role->name, role->at);
        }
    }
    for (size_t i = 0; i < draft->notices.count; i++) {
        const struct named_draft *notice = LIST_AT(&draft->notices, struct named_draft, i);
        if (!notice->broken && notice->title.len == 0) {
            refuse_untitled(checker, ITEM_NOTICE, notice->name, notice->at);
        }
    }
    for (size_t i = 0; i < draft->stages.count; i++) {
        const struct stage_draft *stage = LIST_AT(&draft->stages, struct stage_draft, i);
        if (!stage->broken && stage->stage.title.len == 0) {
            refuse_untitled(checker, ITEM_STAGE, stage->stage.name, stage->stage.at);
        }
    }
}

static void check_clock_items(struct checker *checker)
{
    for (size_t i = 0; i < checker->draft->clocks.count; i++) {
        const struct clock_draft *draft = LIST_AT(&checker->draft->clocks, struct clock_draft, i);
        if (draft->broken) {
            continue;
        }
        if (draft->clock.title.len == 0) {
            refuse_untitled(checker, ITEM_CLOCK, draft->clock.name, draft->clock.at);
        }
        if (draft->runs.count == 0) {
            diagnose(checker->diagnostics, SEVERITY_ERROR, draft->clock.at,
                     "The clock \"%.*s\" does not say how long it runs",
                     STR_ARG(draft->clock.name));
            diagnose_hint(checker->diagnostics, "Write runs N days after DATE");
        }
    }
}

/* The finished rulebook. */

static bool keep_sources(struct checker *checker, const struct list *list,
                         const struct source **ret_sources, size_t *ret_count)
{
    *ret_sources = LIST_COPY(list, struct source, checker->perm);
    *ret_count = list->count;
    return list->count == 0 || *ret_sources != NULL || checker_is_full(checker);
}

static bool keep_countries(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->countries;
    struct country *countries = ARENA_NEW(checker->perm, struct country, drafts->count);
    if (countries == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        countries[i] = LIST_AT(drafts, struct country_draft, i)->country;
    }
    rulebook->countries = countries;
    rulebook->country_count = drafts->count;
    return true;
}

/* What the rulebook does not say otherwise is called by its name. */
static bool keep_title(struct checker *checker, str name, str *title, bool *ret_is_titled)
{
    *ret_is_titled = title->len > 0;
    if (!*ret_is_titled) {
        *title = name_as_title(name, checker->perm);
    }
    return title->at != NULL;
}

static bool keep_holiday_lists(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->holiday_lists;
    struct holiday_list *lists = ARENA_NEW(checker->perm, struct holiday_list, drafts->count);
    if (lists == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct holiday_list_draft *draft = LIST_AT(drafts, struct holiday_list_draft, i);
        lists[i] = draft->list;
        lists[i].lines = LIST_COPY(&draft->lines, struct holiday_line, checker->perm);
        lists[i].line_count = draft->lines.count;
        if ((draft->lines.count > 0 && lists[i].lines == NULL) ||
            !keep_title(checker, lists[i].name, &lists[i].title, &lists[i].is_titled) ||
            !keep_sources(checker, &draft->sources, &lists[i].sources, &lists[i].source_count)) {
            return checker_is_full(checker);
        }
    }
    rulebook->holiday_lists = lists;
    rulebook->holiday_list_count = drafts->count;
    return true;
}

static bool keep_calendars(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->calendars;
    struct calendar_item *calendars = ARENA_NEW(checker->perm, struct calendar_item, drafts->count);
    if (calendars == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct calendar_draft *draft = LIST_AT(drafts, struct calendar_draft, i);
        calendars[i] = draft->item;
        if (!keep_title(checker, calendars[i].calendar.name, &calendars[i].title,
                        &calendars[i].is_titled) ||
            !keep_sources(checker, &draft->sources, &calendars[i].sources,
                          &calendars[i].source_count)) {
            return checker_is_full(checker);
        }
    }
    rulebook->calendars = calendars;
    rulebook->calendar_count = drafts->count;
    return true;
}

static bool keep_roles(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->roles;
    struct role *roles = ARENA_NEW(checker->perm, struct role, drafts->count);
    if (roles == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct named_draft *draft = LIST_AT(drafts, struct named_draft, i);
        roles[i] = (struct role){.name = draft->name, .title = draft->title};
    }
    rulebook->roles = roles;
    rulebook->role_count = drafts->count;
    return true;
}

static bool keep_notices(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->notices;
    struct notice *notices = ARENA_NEW(checker->perm, struct notice, drafts->count);
    if (notices == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct named_draft *draft = LIST_AT(drafts, struct named_draft, i);
        notices[i] = (struct notice){.name = draft->name, .title = draft->title};
        if (!keep_sources(checker, &draft->sources, &notices[i].sources,
                          &notices[i].source_count)) {
            return false;
        }
    }
    rulebook->notices = notices;
    rulebook->notice_count = drafts->count;
    return true;
}

static bool keep_stages(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->stages;
    struct stage *stages = ARENA_NEW(checker->perm, struct stage, drafts->count);
    if (stages == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct stage_draft *draft = LIST_AT(drafts, struct stage_draft, i);
        stages[i] = draft->stage;
        if (stages[i].start) {
            rulebook->start_stage = (uint32_t)i;
        }
        if (!keep_sources(checker, &draft->sources, &stages[i].sources, &stages[i].source_count)) {
            return false;
        }
    }
    rulebook->stages = stages;
    rulebook->stage_count = drafts->count;
    return true;
}

static bool keep_fact(struct checker *checker, const struct fact_draft *draft, struct fact *fact)
{
    *fact = draft->fact;
    str *choices = ARENA_NEW(checker->perm, str, draft->choices.count);
    str *words = ARENA_NEW(checker->perm, str, draft->choices.count);
    if (choices == NULL || words == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < draft->choices.count; i++) {
        choices[i] = LIST_AT(&draft->choices, struct name_at, i)->text;
        words[i] = *LIST_AT(&draft->choice_words, str, i);
        if (words[i].len == 0) {
            words[i] = name_in_words(choices[i], checker->perm);
        }
        if (words[i].at == NULL) {
            return checker_is_full(checker);
        }
    }
    fact->choices = choices;
    fact->choice_words = words;
    fact->choice_count = draft->choices.count;
    return keep_sources(checker, &draft->sources, &fact->sources, &fact->source_count);
}

static bool keep_facts(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->facts;
    struct fact *facts = ARENA_NEW(checker->perm, struct fact, drafts->count);
    if (facts == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        if (!keep_fact(checker, LIST_AT(drafts, struct fact_draft, i), &facts[i])) {
            return false;
        }
    }
    rulebook->facts = facts;
    rulebook->fact_count = drafts->count;
    rulebook->family_complete =
        name_index_find(&checker->names->of[ITEM_FACT], STR("family.complete"));
    rulebook->has_family_complete = rulebook->family_complete != NOT_FOUND_INDEX;
    return true;
}

static bool keep_clock(struct checker *checker, const struct clock_draft *draft,
                       struct clock *clock)
{
    *clock = draft->clock;
    struct clock_run *runs = ARENA_NEW(checker->perm, struct clock_run, draft->runs.count);
    if (runs == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < draft->runs.count; i++) {
        runs[i] = LIST_AT(&draft->runs, struct clock_run_draft, i)->run;
    }
    clock->runs = runs;
    clock->run_count = draft->runs.count;
    return keep_sources(checker, &draft->sources, &clock->sources, &clock->source_count);
}

static bool keep_clocks(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->clocks;
    struct clock *clocks = ARENA_NEW(checker->perm, struct clock, drafts->count);
    if (clocks == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        if (!keep_clock(checker, LIST_AT(drafts, struct clock_draft, i), &clocks[i])) {
            return false;
        }
    }
    rulebook->clocks = clocks;
    rulebook->clock_count = drafts->count;
    return true;
}

static bool keep_definitions(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->definitions;
    struct definition *definitions = ARENA_NEW(checker->perm, struct definition, drafts->count);
    if (definitions == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct definition_draft *draft = LIST_AT(drafts, struct definition_draft, i);
        definitions[i] = draft->definition;
        if (!keep_title(checker, definitions[i].name, &definitions[i].title,
                        &definitions[i].is_titled) ||
            !keep_sources(checker, &draft->sources, &definitions[i].sources,
                          &definitions[i].source_count)) {
            return checker_is_full(checker);
        }
    }
    rulebook->definitions = definitions;
    rulebook->definition_count = drafts->count;
    return true;
}

static bool keep_steps(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->steps;
    struct step *steps = ARENA_NEW(checker->perm, struct step, drafts->count);
    if (steps == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct step_draft *draft = LIST_AT(drafts, struct step_draft, i);
        steps[i] = draft->step;
        if (!keep_sources(checker, &draft->sources, &steps[i].sources, &steps[i].source_count)) {
            return false;
        }
    }
    rulebook->steps = steps;
    rulebook->step_count = drafts->count;
    return true;
}

static bool keep_safeguards(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->safeguards;
    struct safeguard *safeguards = ARENA_NEW(checker->perm, struct safeguard, drafts->count);
    if (safeguards == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        const struct safeguard_draft *draft = LIST_AT(drafts, struct safeguard_draft, i);
        safeguards[i] = draft->safeguard;
        if (!keep_title(checker, safeguards[i].name, &safeguards[i].title,
                        &safeguards[i].is_titled) ||
            !keep_sources(checker, &draft->sources, &safeguards[i].sources,
                          &safeguards[i].source_count)) {
            return checker_is_full(checker);
        }
    }
    rulebook->safeguards = safeguards;
    rulebook->safeguard_count = drafts->count;
    return true;
}

static bool keep_nodes(struct checker *checker, struct rulebook *rulebook)
{
    const struct list *drafts = &checker->draft->nodes;
    struct node *nodes = ARENA_NEW(checker->perm, struct node, drafts->count);
    if (nodes == NULL) {
        return checker_is_full(checker);
    }
    for (size_t i = 0; i < drafts->count; i++) {
        nodes[i] = LIST_AT(drafts, struct node_draft, i)->node;
    }
    rulebook->nodes = nodes;
    rulebook->node_count = drafts->count;
    return true;
}

static bool keep_all(struct checker *checker, struct rulebook *rulebook)
{
    typedef bool keep_function(struct checker *, struct rulebook *);
    static keep_function *const functions[] = {
        keep_countries,   keep_holiday_lists, keep_calendars,  keep_roles,
        keep_notices,     keep_stages,        keep_facts,      keep_clocks,
        keep_definitions, keep_steps,         keep_safeguards, keep_nodes,
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (!functions[i](checker, rulebook)) {
            return false;
        }
    }
    return true;
}

static void check_items(struct checker *checker, struct place_in_text beginning)
{
    check_unique_names(checker);
    check_rulebook_item(checker, beginning);
    check_countries(checker);
    for (size_t i = 0; i < checker->draft->facts.count; i++) {
        check_fact(checker, checker_fact(checker, (uint32_t)i));
    }
    check_titles(checker);
    check_calendars(checker);
    check_clock_items(checker);
    check_conditions(checker);
    check_steps(checker);
}

result check_rulebook(struct rulebook_draft *draft, struct place_in_text beginning,
                      struct arena *perm, struct arena *scratch, struct diagnostics *diagnostics,
                      struct rulebook *ret_rulebook, struct err *err)
{
    struct rulebook_names *names = ARENA_NEW(perm, struct rulebook_names, 1);
    if (draft->name.at.line == 0) {
        draft->name.at = beginning; /* where what a rulebook lacks is reported */
    }
    struct checker checker = {
        .draft = draft,
        .perm = perm,
        .scratch = scratch,
        .diagnostics = diagnostics,
        .names = names,
    };
    struct rulebook rulebook = {
        .name = draft->name.text,
        .title = draft->title,
        .in_force_from = draft->in_force_from,
        .names = names,
    };
    if (names == NULL || !index_names(&checker)) {
        return arena_full(err);
    }
    check_items(&checker, beginning);
    check_examples(&checker, &rulebook.examples, &rulebook.example_count);
    if (!checker.out_of_memory && diagnostics->error_count == 0 && keep_all(&checker, &rulebook)) {
        *ret_rulebook = rulebook;
    }
    return checker.out_of_memory ? arena_full(err) : result_ok();
}

/* Warnings. */

struct lookout {
    const struct rulebook *rulebook;
    struct diagnostics *diagnostics;
    struct arena *scratch;
};

static void warn_unverified(struct lookout *lookout, const struct source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sources[i].unverified) {
            diagnose(lookout->diagnostics, SEVERITY_UNVERIFIED, sources[i].at,
                     "Not read in the source itself: %.*s",
                     STR_ARG(diagnose_cut(sources[i].text, 300)));
        }
    }
}

static void warn_all_unverified(struct lookout *lookout)
{
    const struct rulebook *rulebook = lookout->rulebook;
    for (size_t i = 0; i < rulebook->holiday_list_count; i++) {
        warn_unverified(lookout, rulebook->holiday_lists[i].sources,
                        rulebook->holiday_lists[i].source_count);
    }
    for (size_t i = 0; i < rulebook->calendar_count; i++) {
        warn_unverified(lookout, rulebook->calendars[i].sources,
                        rulebook->calendars[i].source_count);
    }
    for (size_t i = 0; i < rulebook->notice_count; i++) {
        warn_unverified(lookout, rulebook->notices[i].sources, rulebook->notices[i].source_count);
    }
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        warn_unverified(lookout, rulebook->stages[i].sources, rulebook->stages[i].source_count);
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        warn_unverified(lookout, rulebook->facts[i].sources, rulebook->facts[i].source_count);
    }
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        warn_unverified(lookout, rulebook->clocks[i].sources, rulebook->clocks[i].source_count);
    }
    for (size_t i = 0; i < rulebook->definition_count; i++) {
        warn_unverified(lookout, rulebook->definitions[i].sources,
                        rulebook->definitions[i].source_count);
    }
    for (size_t i = 0; i < rulebook->step_count; i++) {
        warn_unverified(lookout, rulebook->steps[i].sources, rulebook->steps[i].source_count);
    }
    for (size_t i = 0; i < rulebook->safeguard_count; i++) {
        warn_unverified(lookout, rulebook->safeguards[i].sources,
                        rulebook->safeguards[i].source_count);
    }
}

static bool speaks_of_fact(enum node_kind kind)
{
    return kind == NODE_FLAG || kind == NODE_KNOWN || kind == NODE_UNKNOWN || kind == NODE_FACT;
}

static bool asks_of_family(enum node_kind kind)
{
    return kind == NODE_ANY_MEMBER || kind == NODE_NO_MEMBER || kind == NODE_EVERY_MEMBER;
}

/* A fact is used when a condition reads it or a step records it. Texts are there to be shown. */
static bool warn_unused_facts(struct lookout *lookout)
{
    const struct rulebook *rulebook = lookout->rulebook;
    bool *used = ARENA_NEW(lookout->scratch, bool, rulebook->fact_count);
    if (used == NULL) {
        return false;
    }
    for (size_t i = 0; i < rulebook->node_count; i++) {
        const struct node *node = &rulebook->nodes[i];
        if (speaks_of_fact(node->kind)) {
            used[node->item] = true;
        } else if (asks_of_family(node->kind)) {
            used[rulebook->family_complete] = true;
        }
    }
    for (size_t i = 0; i < rulebook->step_count; i++) {
        for (size_t k = 0; k < rulebook->steps[i].record_count; k++) {
            used[rulebook->steps[i].records[k].fact] = true;
        }
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        if (!used[i] && fact->type != FACT_TEXT) {
            diagnose(lookout->diagnostics, SEVERITY_WARNING, fact->at,
                     "Nothing uses the fact \"%.*s\"", STR_ARG(fact->name));
        }
    }
    return true;
}

static void warn_vain_change(struct lookout *lookout, const struct clock *clock, const bool *read,
                             const struct clock_change *change, uint32_t fact)
{
    if (change->role != NOT_FOUND_INDEX && !read[fact]) {
        const str name = lookout->rulebook->facts[fact].name;
        diagnose(lookout->diagnostics, SEVERITY_WARNING, clock->at,
                 "The clock \"%.*s\" does not read \"%.*s\", so recording it changes nothing",
                 STR_ARG(clock->name), STR_ARG(name));
        diagnose_hint(lookout->diagnostics, "Say in a line \"runs ... when ...\" what it changes");
    }
}

/* A clock that is extended or suspended through a fact has to read it. */
static bool warn_vain_changes(struct lookout *lookout)
{
    const struct rulebook *rulebook = lookout->rulebook;
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        struct arena scratch = *lookout->scratch;
        bool *read = ARENA_NEW(&scratch, bool, rulebook->fact_count + 1);
        if (read == NULL) {
            return false;
        }
        judge_clock_reads(rulebook, i, read);
        warn_vain_change(lookout, clock, read, &clock->extension, clock->extension.fact);
        warn_vain_change(lookout, clock, read, &clock->suspension, clock->suspension.fact);
        warn_vain_change(lookout, clock, read, &clock->suspension, clock->suspension.last_day);
    }
    return true;
}

static void warn_unguarded_steps(struct lookout *lookout)
{
    for (size_t i = 0; i < lookout->rulebook->step_count; i++) {
        const struct step *step = &lookout->rulebook->steps[i];
        if (step->safeguard_count == 0) {
            diagnose(lookout->diagnostics, SEVERITY_WARNING, step->at,
                     "No safeguard guards the step \"%.*s\"", STR_ARG(step->name));
        }
    }
}

/* A fact that a step's question does not bring with it is unknown for ever. */
static void warn_absent_subject(struct lookout *lookout, const struct safeguard *safeguard,
                                const struct step *step, const struct fact *fact)
{
    const bool absent = (fact->subject == SUBJECT_HUB && !step->with_hub) ||
                        (fact->subject == SUBJECT_AGREEMENT && !step->with_agreement);
    if (absent) {
        diagnose(
            lookout->diagnostics, SEVERITY_WARNING, safeguard->at,
            "The safeguard \"%.*s\" reads \"%.*s\", which is always unknown for the step \"%.*s\"",
            STR_ARG(safeguard->name), STR_ARG(fact->name), STR_ARG(step->name));
        diagnose_hint(lookout->diagnostics, "Add \"with %s\" to the step",
                      fact->subject == SUBJECT_HUB ? "hub" : "agreement");
    }
}

static bool warn_absent_subjects(struct lookout *lookout)
{
    const struct rulebook *rulebook = lookout->rulebook;
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[i];
        struct arena scratch = *lookout->scratch;
        bool *read = ARENA_NEW(&scratch, bool, rulebook->fact_count);
        if (read == NULL) {
            return false;
        }
        judge_reads(rulebook, i, read);
        for (size_t fact = 0; fact < rulebook->fact_count; fact++) {
            for (size_t k = 0; read[fact] && k < safeguard->guard_count; k++) {
                warn_absent_subject(lookout, safeguard, &rulebook->steps[safeguard->guards[k]],
                                    &rulebook->facts[fact]);
            }
        }
    }
    return true;
}

result check_warnings(const struct rulebook *rulebook, struct arena scratch,
                      struct diagnostics *diagnostics, struct err *err)
{
    struct lookout lookout = {
        .rulebook = rulebook, .diagnostics = diagnostics, .scratch = &scratch};
    warn_unguarded_steps(&lookout);
    if (!warn_unused_facts(&lookout) || !warn_absent_subjects(&lookout) ||
        !warn_vain_changes(&lookout)) {
        return arena_full(err);
    }
    warn_all_unverified(&lookout);
    return result_ok();
}
