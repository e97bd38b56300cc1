/* returnhub rulebook explain: what a rule says becomes one object, printed as JSON or drawn as
 * text. */
#include "rulebook/outline.h"

#include "cli/desk.h"
#include "format/json.h"
#include "rulebook/canonical.h"
#include "rulebook/example.h"
#include "rulebook/names.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 * 1024 * 1024, SHORT_BYTES_MAX = 64 * 1024, COLUMN = 14 };

struct explainer {
    const struct rulebook *rulebook;
    struct arena *arena;
};

/* Objects. */

static json_t *named(str name, str title)
{
    json_t *object = json_object();
    json_set_str(object, "name", name);
    json_set_str(object, "title", title);
    return object;
}

static json_t *place_json(const struct place_in_text *at)
{
    json_t *object = json_object();
    json_set_str(object, "file", at->file);
    json_set_int64(object, "line", at->line);
    return object;
}

static json_t *sources_json(const struct source *sources, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *source = json_object();
        json_set_str(source, "text", sources[i].text);
        json_set_flag(source, "unverified", sources[i].unverified);
        json_add(list, source);
    }
    return list;
}

static json_t *outline_json(const struct explainer *explainer, const struct outline *outline)
{
    json_t *object = json_object();
    json_set_str(object, "kind", str_from_c(outline_kind_name(outline->kind)));
    json_set_str(object, "words", outline->words);
    json_set_str(object, "text", outline->text);
    if (outline->child_count > 0) {
        json_t *children = json_array();
        for (size_t i = 0; i < outline->child_count; i++) {
            json_add(children, outline_json(explainer, &outline->children[i]));
        }
        json_set(object, "of", children);
    }
    return object;
}

static str value_text(const struct explainer *explainer, const struct given *given)
{
    struct buf buf;
    buf_init(&buf, explainer->arena, SHORT_BYTES_MAX);
    value_format(&explainer->rulebook->facts[given->fact], &given->value, &buf);
    return given->value.known ? buf_str(&buf) : STR("unknown");
}

static json_t *given_json(const struct explainer *explainer, const struct given *given,
                          size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        const str name =
            arena_copy(explainer->arena, explainer->rulebook->facts[given[i].fact].name);
        json_set_str(object, name.at, value_text(explainer, &given[i]));
    }
    return object;
}

static json_t *outcome_json(const struct example *example)
{
    if (!example->of_clock) {
        return json_of_str(str_from_c(clearance_name(example->expected)));
    }
    return example->has_last_day ? json_of_date(example->last_day) : json_of_str(STR("unknown"));
}

static json_t *example_json(const struct explainer *explainer, const struct example *example)
{
    json_t *object = json_object();
    json_t *members = json_array();
    json_t *needs = json_array();
    json_set_str(object, "title", example->title);
    if (example->has_day) {
        json_set(object, "on", json_of_date(example->day));
    }
    json_set(object, "given", given_json(explainer, example->given, example->given_count));
    for (size_t i = 0; i < example->member_count; i++) {
        json_add(members,
                 given_json(explainer, example->members[i].given, example->members[i].given_count));
    }
    json_set(object, "family", members);
    json_set(object, example->of_clock ? "last_day" : "then", outcome_json(example));
    for (size_t i = 0; i < example->need_count; i++) {
        json_add(needs, json_of_str(explainer->rulebook->facts[example->needs[i]].name));
    }
    json_set(object, "needs", needs);
    return object;
}

static json_t *examples_json(const struct explainer *explainer, bool of_clock, uint32_t item)
{
    json_t *list = json_array();
    for (size_t i = 0; i < explainer->rulebook->example_count; i++) {
        const struct example *example = &explainer->rulebook->examples[i];
        if (example->of_clock == of_clock && example->item == item) {
            json_add(list, example_json(explainer, example));
        }
    }
    return list;
}

static str type_text(const struct explainer *explainer, const struct fact *fact)
{
    static const char *const types[] = {
        [FACT_FLAG] = "yes or no",  [FACT_CHOICE] = "one of",
        [FACT_DATE] = "date",       [FACT_NUMBER] = "number",
        [FACT_COUNTRY] = "country", [FACT_COUNTRIES] = "set of countries",
        [FACT_TEXT] = "text",
    };
    struct buf buf;
    buf_init(&buf, explainer->arena, SHORT_BYTES_MAX);
    buf_put_c(&buf, types[fact->type]);
    for (size_t i = 0; i < fact->choice_count; i++) {
        buf_put_c(&buf, i == 0 ? " " : ", ");
        buf_put(&buf, fact->choices[i]);
    }
    return buf_str(&buf);
}

static json_t *fact_line(const struct explainer *explainer, uint32_t index)
{
    const struct fact *fact = &explainer->rulebook->facts[index];
    json_t *object = named(fact->name, fact->title);
    json_set_str(object, "type", type_text(explainer, fact));
    return object;
}

/* The facts an outline comes down to. */
static result facts_json(const struct explainer *explainer, const struct outline *outline,
                         json_t *object, struct err *err)
{
    bool *read = ARENA_NEW(explainer->arena, bool, explainer->rulebook->fact_count);
    if (read == NULL) {
        return arena_full(err);
    }
    json_t *list = json_array();
    outline_facts(outline, read);
    for (uint32_t i = 0; i < explainer->rulebook->fact_count; i++) {
        if (read[i]) {
            json_add(list, fact_line(explainer, i));
        }
    }
    json_set(object, "facts", list);
    return result_ok();
}

/* Who names a definition, a clock or a fact: safeguards, definitions and clocks. */
static result users_json(const struct explainer *explainer, enum outline_kind kind, uint32_t item,
                         json_t *object, struct err *err)
{
    const struct rulebook *rulebook = explainer->rulebook;
    json_t *list = json_array();
    json_set(object, "used_by", list);
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[i];
        struct arena scratch = *explainer->arena;
        const struct outline *outline = NULL;
        TRY(outline_condition(rulebook, safeguard->clear_when, &scratch, &outline, err));
        if (outline_names(outline, kind, item)) {
            json_add(list, named(safeguard->name, safeguard->title));
        }
    }
    for (uint32_t i = 0; i < rulebook->definition_count; i++) {
        const struct definition *definition = &rulebook->definitions[i];
        struct arena scratch = *explainer->arena;
        const struct outline *outline = NULL;
        TRY(outline_condition(rulebook, definition->condition, &scratch, &outline, err));
        if (outline_names(outline, kind, item)) {
            json_add(list, named(definition->name, definition->title));
        }
    }
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        struct arena scratch = *explainer->arena;
        const struct outline *outline = NULL;
        bool uses = false;
        TRY(outline_clock(rulebook, i, &scratch, &outline, err));
        for (size_t k = 0; k < outline->child_count; k++) {
            uses = uses || outline_names(&outline->children[k], kind, item);
        }
        if (uses) {
            json_add(list, named(rulebook->clocks[i].name, rulebook->clocks[i].title));
        }
    }
    return result_ok();
}

/* Kinds of rule. */

static result explain_safeguard_rule(const struct explainer *explainer, uint32_t index,
                                     json_t *object, struct err *err)
{
    const struct rulebook *rulebook = explainer->rulebook;
    const struct safeguard *safeguard = &rulebook->safeguards[index];
    const struct outline *outline = NULL;
    json_t *guards = json_array();
    json_set_str(object, "title", safeguard->title);
    json_set_str(object, "section", safeguard->section);
    json_set_str(object, "reason", safeguard->reason);
    json_set(object, "sources", sources_json(safeguard->sources, safeguard->source_count));
    for (size_t i = 0; i < safeguard->guard_count; i++) {
        const struct step *step = &rulebook->steps[safeguard->guards[i]];
        json_add(guards, named(step->name, step->title));
    }
    json_set(object, "guards", guards);
    json_set(object, "at", place_json(&safeguard->at));
    TRY(outline_condition(rulebook, safeguard->clear_when, explainer->arena, &outline, err));
    json_set(object, "clear_when", outline_json(explainer, outline));
    TRY(facts_json(explainer, outline, object, err));
    json_set(object, "examples", examples_json(explainer, false, index));
    return result_ok();
}

static result explain_definition(const struct explainer *explainer, uint32_t index, json_t *object,
                                 struct err *err)
{
    const struct definition *definition = &explainer->rulebook->definitions[index];
    const struct outline *outline = NULL;
    json_set_str(object, "title", definition->title);
    json_set(object, "sources", sources_json(definition->sources, definition->source_count));
    json_set(object, "at", place_json(&definition->at));
    TRY(outline_condition(explainer->rulebook, definition->condition, explainer->arena, &outline,
                          err));
    json_set(object, "means", outline_json(explainer, outline));
    TRY(facts_json(explainer, outline, object, err));
    return users_json(explainer, OUTLINE_DEFINITION, index, object, err);
}

/* "senior_officer, at most 14 days, recorded as reply.extended_until" */
static void set_change(const struct explainer *explainer, json_t *object, const char *name,
                       const struct clock_change *change)
{
    const struct rulebook *rulebook = explainer->rulebook;
    struct buf buf;
    if (change->role == NOT_FOUND_INDEX) {
        return;
    }
    buf_init(&buf, explainer->arena, SHORT_BYTES_MAX);
    buf_put(&buf, rulebook->roles[change->role].name);
    if (change->has_most) {
        buf_put_c(&buf, ", at most ");
        canonical_duration(rulebook, &change->most, &buf);
    }
    buf_put_c(&buf, ", recorded as ");
    buf_put(&buf, rulebook->facts[change->fact].name);
    json_set_str(object, name, buf_str(&buf));
}

static result explain_clock_rule(const struct explainer *explainer, uint32_t index, json_t *object,
                                 struct err *err)
{
    const struct rulebook *rulebook = explainer->rulebook;
    const struct clock *clock = &rulebook->clocks[index];
    const struct outline *outline = NULL;
    json_set_str(object, "title", clock->title);
    json_set_str(object, "section", clock->section);
    json_set_str(object, "due_to", clock->due_to);
    if (clock->due_from != NOT_FOUND_INDEX) {
        json_set_str(object, "due_from", rulebook->roles[clock->due_from].name);
    }
    set_change(explainer, object, "extended_by", &clock->extension);
    set_change(explainer, object, "suspended_by", &clock->suspension);
    json_set(object, "sources", sources_json(clock->sources, clock->source_count));
    json_set(object, "at", place_json(&clock->at));
    if (clock->ends_on_working_day) {
        json_set_str(object, "ends_on_a_working_day_of",
                     rulebook->calendars[clock->end_calendar].calendar.name);
    }
    TRY(outline_clock(rulebook, index, explainer->arena, &outline, err));
    json_set(object, "runs", outline_json(explainer, outline));
    TRY(facts_json(explainer, outline, object, err));
    json_set(object, "examples", examples_json(explainer, true, index));
    return users_json(explainer, OUTLINE_CLOCK, index, object, err);
}

static json_t *records_json(const struct explainer *explainer, const struct step *step)
{
    json_t *object = json_object();
    for (size_t i = 0; i < step->record_count; i++) {
        const struct given given = {.fact = step->records[i].fact, .value = step->records[i].value};
        const str name = arena_copy(explainer->arena, explainer->rulebook->facts[given.fact].name);
        json_set_str(object, name.at,
                     step->records[i].today ? STR("today") : value_text(explainer, &given));
    }
    return object;
}

static void set_ways(const struct rulebook *rulebook, const struct step *step, json_t *object)
{
    json_t *from = json_array();
    for (size_t i = 0; i < step->from_count; i++) {
        const struct stage *stage = &rulebook->stages[step->from[i]];
        json_add(from, named(stage->name, stage->title));
    }
    json_set_flag(object, "from_any_stage", step->from_any);
    json_set(object, "from", from);
    if (!step->same_stage) {
        json_set(object, "to",
                 named(rulebook->stages[step->to].name, rulebook->stages[step->to].title));
    }
    json_set_flag(object, "same_stage", step->same_stage);
}

static result explain_step_rule(const struct explainer *explainer, uint32_t index, json_t *object,
                                struct err *err)
{
    static const char *const places[] = {[STEP_PLACE_NONE] = "",
                                         [STEP_PLACE_TAKES] = "takes one place at the hub",
                                         [STEP_PLACE_FREES] = "frees the place at the hub"};
    const struct rulebook *rulebook = explainer->rulebook;
    const struct step *step = &rulebook->steps[index];
    json_t *approvals = json_array();
    json_t *notices = json_array();
    json_t *safeguards = json_array();
    (void)err;
    json_set_str(object, "title", step->title);
    json_set_str(object, "section", step->section);
    json_set(object, "sources", sources_json(step->sources, step->source_count));
    json_set(object, "at", place_json(&step->at));
    set_ways(rulebook, step, object);
    json_set_flag(object, "with_hub", step->with_hub);
    json_set_flag(object, "with_agreement", step->with_agreement);
    json_set_str(object, "place", str_from_c(places[step->place]));
    for (size_t i = 0; i < step->approval_count; i++) {
        json_add(approvals, named(rulebook->roles[step->approvals[i]].name,
                                  rulebook->roles[step->approvals[i]].title));
    }
    json_set(object, "approved_by", approvals);
    for (size_t i = 0; i < step->notice_count; i++) {
        json_add(notices, named(rulebook->notices[step->notices[i]].name,
                                rulebook->notices[step->notices[i]].title));
    }
    json_set(object, "serves", notices);
    json_set(object, "records", records_json(explainer, step));
    for (size_t i = 0; i < step->safeguard_count; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[step->safeguards[i]];
        json_add(safeguards, named(safeguard->name, safeguard->title));
    }
    json_set(object, "guarded_by", safeguards);
    return result_ok();
}

static result explain_stage(const struct explainer *explainer, uint32_t index, json_t *object,
                            struct err *err)
{
    const struct rulebook *rulebook = explainer->rulebook;
    const struct stage *stage = &rulebook->stages[index];
    json_t *in = json_array();
    json_t *out = json_array();
    (void)err;
    json_set_str(object, "title", stage->title);
    json_set_flag(object, "start", stage->start);
    json_set_flag(object, "outcome", stage->outcome);
    json_set_flag(object, "whereabouts_unknown", stage->whereabouts_unknown);
    json_set(object, "sources", sources_json(stage->sources, stage->source_count));
    json_set(object, "at", place_json(&stage->at));
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (!step->same_stage && step->to == index) {
            json_add(in, named(step->name, step->title));
        }
        if (rulebook_step_leaves(rulebook, step, index)) {
            json_add(out, named(step->name, step->title));
        }
    }
    json_set(object, "steps_to", in);
    json_set(object, "steps_from", out);
    return result_ok();
}

/* Safeguards that come down to the fact, through definitions and clocks too. */
static result readers_json(const struct explainer *explainer, uint32_t fact, json_t *object,
                           struct err *err)
{
    const struct rulebook *rulebook = explainer->rulebook;
    json_t *list = json_array();
    json_set(object, "read_by", list);
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        struct arena scratch = *explainer->arena;
        bool *read = ARENA_NEW(&scratch, bool, rulebook->fact_count);
        if (read == NULL) {
            return arena_full(err);
        }
        judge_reads(rulebook, i, read);
        if (read[fact]) {
            json_add(list, named(rulebook->safeguards[i].name, rulebook->safeguards[i].title));
        }
    }
    return result_ok();
}

static result explain_fact(const struct explainer *explainer, uint32_t index, json_t *object,
                           struct err *err)
{
    static const char *const subjects[] = {[SUBJECT_PERSON] = "a person",
                                           [SUBJECT_HUB] = "a hub",
                                           [SUBJECT_AGREEMENT] = "an agreement"};
    const struct rulebook *rulebook = explainer->rulebook;
    const struct fact *fact = &rulebook->facts[index];
    json_t *writers = json_array();
    json_set_str(object, "title", fact->title);
    json_set_str(object, "section", fact->section);
    json_set_str(object, "type", type_text(explainer, fact));
    json_set_str(object, "subject", str_from_c(subjects[fact->subject]));
    json_set_flag(object, "counted_by_the_register", fact->counted);
    json_set_str(object, "note", fact->note);
    json_set(object, "sources", sources_json(fact->sources, fact->source_count));
    json_set(object, "at", place_json(&fact->at));
    for (size_t i = 0; i < rulebook->step_count; i++) {
        for (size_t k = 0; k < rulebook->steps[i].record_count; k++) {
            if (rulebook->steps[i].records[k].fact == index) {
                json_add(writers, named(rulebook->steps[i].name, rulebook->steps[i].title));
            }
        }
    }
    json_set(object, "recorded_by", writers);
    TRY(users_json(explainer, OUTLINE_FACT, index, object, err));
    return readers_json(explainer, index, object, err);
}

static result explain_notice(const struct explainer *explainer, uint32_t index, json_t *object,
                             struct err *err)
{
    const struct rulebook *rulebook = explainer->rulebook;
    const struct notice *notice = &rulebook->notices[index];
    json_t *steps = json_array();
    (void)err;
    json_set_str(object, "title", notice->title);
    json_set(object, "sources", sources_json(notice->sources, notice->source_count));
    for (size_t i = 0; i < rulebook->step_count; i++) {
        for (size_t k = 0; k < rulebook->steps[i].notice_count; k++) {
            if (rulebook->steps[i].notices[k] == index) {
                json_add(steps, named(rulebook->steps[i].name, rulebook->steps[i].title));
            }
        }
    }
    json_set(object, "served_by", steps);
    return result_ok();
}

static const struct {
    enum item_kind kind;
    result (*explain)(const struct explainer *explainer, uint32_t index, json_t *object,
                      struct err *err);
} rule_rows[] = {
    {ITEM_SAFEGUARD, explain_safeguard_rule},
    {ITEM_DEFINITION, explain_definition},
    {ITEM_CLOCK, explain_clock_rule},
    {ITEM_STEP, explain_step_rule},
    {ITEM_STAGE, explain_stage},
    {ITEM_FACT, explain_fact},
    {ITEM_NOTICE, explain_notice},
};

enum { RULE_KINDS = sizeof rule_rows / sizeof rule_rows[0] };

static result nothing_of_that_name(const struct explainer *explainer, str name, struct err *err)
{
    struct str_nearest nearest = str_nearest_to(name);
    for (size_t i = 0; i < RULE_KINDS; i++) {
        const struct name_index *index = &explainer->rulebook->names->of[rule_rows[i].kind];
        for (size_t k = 0; k < index->count; k++) {
            str_nearest_look(&nearest, index->names[k]);
        }
    }
    result_ignore(err_set(err, ERROR_NOT_FOUND,
                          "The rulebook has no safeguard, definition, clock, step, stage, fact or "
                          "notice \"%.*s\"",
                          STR_ARG(name)),
                  "the hint follows");
    return nearest.name.len > 0 ? err_hint(err, "did you mean \"%.*s\"?", STR_ARG(nearest.name))
                                : err_hint(err, "returnhub rulebook show lists them all");
}

/* Every rule of that name: a stage and a step, say, may share one. */
static result explain_rules(const struct explainer *explainer, str name, json_t *rules,
                            struct err *err)
{
    for (size_t i = 0; i < RULE_KINDS; i++) {
        const uint32_t index =
            name_index_find(&explainer->rulebook->names->of[rule_rows[i].kind], name);
        if (index == NOT_FOUND_INDEX) {
            continue;
        }
        json_t *object = json_object();
        json_add(rules, object);
        json_set_str(object, "kind", str_from_c(item_kind_called(rule_rows[i].kind)));
        json_set_str(object, "name", name);
        TRY(rule_rows[i].explain(explainer, index, object, err));
    }
    return json_array_size(rules) == 0 ? nothing_of_that_name(explainer, name, err) : result_ok();
}

/* Text, from the same object. */

static void put_label(struct buf *buf, const char *label)
{
    buf_format(buf, "  %-*s", COLUMN, label);
}

static void put_line(struct buf *buf, const json_t *rule, const char *key, const char *label)
{
    const str text = json_str_or_empty(rule, key);
    if (text.len > 0) {
        put_label(buf, label);
        buf_put(buf, text);
        buf_put_char(buf, '\n');
    }
}

static void put_flag(struct buf *buf, const json_t *rule, const char *key, const char *label,
                     const char *words)
{
    if (json_is_true(json_object_get(rule, key))) {
        put_label(buf, label);
        buf_put_c(buf, words);
        buf_put_char(buf, '\n');
    }
}

static void put_named(struct buf *buf, const json_t *item)
{
    const str title = json_str_or_empty(item, "title");
    const str type = json_str_or_empty(item, "type");
    buf_put(buf, json_str_or_empty(item, "name"));
    buf_format(buf, "%s%.*s", title.len > 0 ? ": " : "", STR_ARG(title));
    buf_format(buf, "%s%.*s%s", type.len > 0 ? " (" : "", STR_ARG(type), type.len > 0 ? ")" : "");
    buf_put_char(buf, '\n');
}

static void put_list(struct buf *buf, const json_t *rule, const char *key, const char *label)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(rule, key), index, item)
    {
        put_label(buf, index == 0 ? label : "");
        put_named(buf, item);
    }
}

static void put_sources(struct buf *buf, const json_t *rule)
{
    size_t index;
    json_t *source;
    json_array_foreach(json_object_get(rule, "sources"), index, source)
    {
        put_label(buf, index == 0 ? "Source" : "");
        buf_put(buf, json_str_or_empty(source, "text"));
        buf_put_c(buf,
                  json_is_true(json_object_get(source, "unverified")) ? " [NOT VERIFIED]" : "");
        buf_put_char(buf, '\n');
    }
}

/* A fact right under what was said of it would only say it again. */
static bool says_something(const json_t *outline, const json_t *child)
{
    return !str_equal(json_str_or_empty(child, "kind"), STR("fact")) ||
           str_equal(json_str_or_empty(outline, "kind"), STR("family"));
}

static void put_outline(struct buf *buf, const json_t *outline, int depth)
{
    size_t index;
    json_t *child;
    const str kind = json_str_or_empty(outline, "kind");
    const bool has_name = str_equal(kind, STR("definition")) || str_equal(kind, STR("clock"));
    buf_format(buf, "%*s%.*s", 4 + 2 * depth, "", STR_ARG(json_str_or_empty(outline, "words")));
    if (has_name) {
        buf_format(buf, " [%.*s]", STR_ARG(json_str_or_empty(outline, "text")));
    }
    bool followed = false;
    json_array_foreach(json_object_get(outline, "of"), index, child)
    {
        followed = followed || says_something(outline, child);
    }
    buf_put_c(buf, followed ? ":\n" : "\n");
    json_array_foreach(json_object_get(outline, "of"), index, child)
    {
        if (says_something(outline, child)) {
            put_outline(buf, child, depth + 1);
        }
    }
}

static void put_tree(struct buf *buf, const json_t *rule, const char *key, const char *label)
{
    const json_t *outline = json_object_get(rule, key);
    if (outline != NULL) {
        buf_format(buf, "  %s\n", label);
        put_outline(buf, outline, 0);
    }
}

static void put_settings(struct buf *buf, json_t *settings)
{
    const char *key;
    json_t *value;
    const char *before = "";
    json_object_foreach(settings, key, value)
    {
        const char *text = json_string_value(value);
        const bool known = strcmp(text, "unknown") != 0;
        buf_format(buf, "%s%s%s%s", before, key, known ? " = " : " ", text);
        before = ", ";
    }
}

static void put_example(struct buf *buf, const json_t *example)
{
    size_t index;
    json_t *member;
    json_t *need;
    const str day = json_str_or_empty(example, "on");
    const str last_day = json_str_or_empty(example, "last_day");
    buf_put(buf, json_str_or_empty(example, "title"));
    buf_format(buf, "\n%*s", COLUMN + 4, "");
    buf_format(buf, "%s%.*s%s", day.len > 0 ? "on " : "", STR_ARG(day), day.len > 0 ? ": " : "");
    put_settings(buf, json_object_get(example, "given"));
    json_array_foreach(json_object_get(example, "family"), index, member)
    {
        buf_put_c(buf, "; a member of the family with ");
        put_settings(buf, member);
    }
    buf_format(buf, " -> %s%.*s", last_day.len > 0 ? "last day " : "",
               STR_ARG(last_day.len > 0 ? last_day : json_str_or_empty(example, "then")));
    json_array_foreach(json_object_get(example, "needs"), index, need)
    {
        buf_format(buf, "%s%s", index == 0 ? ", needs " : ", ", json_string_value(need));
    }
    buf_put_char(buf, '\n');
}

static void put_examples(struct buf *buf, const json_t *rule)
{
    size_t index;
    json_t *example;
    json_array_foreach(json_object_get(rule, "examples"), index, example)
    {
        put_label(buf, index == 0 ? "Examples" : "");
        put_example(buf, example);
    }
}

static void put_records(struct buf *buf, const json_t *rule)
{
    json_t *records = json_object_get(rule, "records");
    if (json_object_size(records) > 0) {
        put_label(buf, "Records");
        put_settings(buf, records);
        buf_put_char(buf, '\n');
    }
}

static void put_place(struct buf *buf, const json_t *rule)
{
    const json_t *at = json_object_get(rule, "at");
    if (at != NULL) {
        put_label(buf, "Written at");
        buf_format(buf, "%.*s:%lld\n", STR_ARG(json_str_or_empty(at, "file")),
                   (long long)json_integer_value(json_object_get(at, "line")));
    }
}

/* Every kind of rule by the same lines; what a kind does not have is left out. */
static void put_rule(struct buf *buf, const json_t *rule)
{
    const str title = json_str_or_empty(rule, "title");
    buf_format(buf, "%.*s %.*s%s%.*s\n", STR_ARG(json_str_or_empty(rule, "kind")),
               STR_ARG(json_str_or_empty(rule, "name")), title.len > 0 ? ": " : "", STR_ARG(title));
    put_line(buf, rule, "reason", "Reason");
    put_line(buf, rule, "section", "Section");
    put_sources(buf, rule);
    put_line(buf, rule, "type", "Type");
    put_line(buf, rule, "subject", "Of");
    put_flag(buf, rule, "counted_by_the_register", "Counted", "by the register; nobody records it");
    put_line(buf, rule, "note", "Note");
    put_flag(buf, rule, "start", "Start", "a person's record begins here");
    put_flag(buf, rule, "outcome", "Outcome", "an end of the procedure");
    put_list(buf, rule, "guards", "Guards");
    put_flag(buf, rule, "from_any_stage", "From", "any stage that is not an outcome");
    put_list(buf, rule, "from", "From");
    if (json_object_get(rule, "to") != NULL) {
        put_label(buf, "To");
        put_named(buf, json_object_get(rule, "to"));
    }
    put_flag(buf, rule, "same_stage", "To", "the same stage");
    put_flag(buf, rule, "with_hub", "Asked with", "a hub");
    put_flag(buf, rule, "with_agreement", "Asked with", "an agreement");
    put_line(buf, rule, "place", "Place");
    put_list(buf, rule, "approved_by", "Approved by");
    put_list(buf, rule, "serves", "Serves");
    put_records(buf, rule);
    put_tree(buf, rule, "clear_when", "Clear when");
    put_tree(buf, rule, "means", "Means");
    put_tree(buf, rule, "runs", "Runs");
    put_line(buf, rule, "ends_on_a_working_day_of", "Ends on");
    put_line(buf, rule, "due_to", "Waits for");
    put_line(buf, rule, "due_from", "Due from");
    put_line(buf, rule, "extended_by", "Extended by");
    put_line(buf, rule, "suspended_by", "Suspended by");
    put_list(buf, rule, "facts", "Facts read");
    put_list(buf, rule, "guarded_by", "Guarded by");
    put_list(buf, rule, "steps_to", "Steps to it");
    put_list(buf, rule, "steps_from", "Steps from it");
    put_list(buf, rule, "recorded_by", "Recorded by");
    put_list(buf, rule, "served_by", "Served by");
    put_list(buf, rule, "used_by", "Named in");
    put_list(buf, rule, "read_by", "Decides");
    put_examples(buf, rule);
    put_place(buf, rule);
}

static result print_rules(const struct invocation *invocation, json_t *rules, struct err *err)
{
    size_t index;
    json_t *rule;
    struct buf buf;
    str text;
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *answer = json_object();
        json_set(answer, "rules", json_incref(rules));
        const result printed = output_json(invocation->output, *invocation->arena, answer, err);
        json_decref(answer);
        return printed;
    }
    buf_init(&buf, invocation->arena, TEXT_BYTES_MAX);
    json_array_foreach(rules, index, rule)
    {
        buf_put_c(&buf, index == 0 ? "" : "\n");
        put_rule(&buf, rule);
    }
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

result command_rulebook_explain(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    struct explainer explainer = {.arena = invocation->arena};
    *ret_status = 0;
    if (invocation->output->format == OUTPUT_CSV) {
        return err_set(err, ERROR_USAGE, "A rule is explained as text or as JSON, not as CSV");
    }
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), invocation->arena,
                           &explainer.rulebook, err));
    json_t *rules = json_array();
    result done = explain_rules(&explainer, invocation->arguments[0], rules, err);
    if (done.ok) {
        done = print_rules(invocation, rules, err);
    }
    json_decref(rules);
    return done;
}
