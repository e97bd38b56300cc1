/* Names and types in conditions, and how far a condition reaches through definitions and clocks. */
#include "rulebook/checker.h"

#include <string.h>

static struct node_draft *node_at(struct checker *checker, node_index index)
{
    return LIST_AT(&checker->draft->nodes, struct node_draft, index);
}

static bool is_dotted(str name)
{
    return str_find_char(name, '.') < name.len;
}

/* What a value is. Two choices are of one type when they are choices of facts with the same list.
 */
struct value_type {
    enum fact_type type;
    uint32_t choice_of; /* a fact */
};

static bool check_condition(struct checker *checker, node_index index);
static bool check_value(struct checker *checker, node_index index, struct value_type *ret_type);

static bool check_children(struct checker *checker, const struct node *node)
{
    bool sound = true;
    for (uint32_t i = 0; i < node->child_count; i++) {
        sound = check_condition(checker, node->children[i]) && sound;
    }
    return sound;
}

static bool resolve_item(struct checker *checker, struct node_draft *draft, enum item_kind kind)
{
    draft->node.item = checker_find(checker, kind, &draft->name);
    return draft->node.item != NOT_FOUND_INDEX;
}

/* A fact standing alone is a condition only when it is a flag. */
static bool check_lone_fact(struct checker *checker, struct node_draft *draft)
{
    if (!resolve_item(checker, draft, ITEM_FACT)) {
        return false;
    }
    const struct fact_draft *fact = checker_fact(checker, draft->node.item);
    if (fact->broken) {
        return false;
    }
    if (fact->fact.type != FACT_FLAG) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, draft->node.at,
                 "A condition is expected, and \"%.*s\" is %s", STR_ARG(draft->name.text),
                 fact_type_called(fact->fact.type));
        diagnose_hint(checker->diagnostics, "Compare it with a value, or ask \"%.*s known\"",
                      STR_ARG(draft->name.text));
        return false;
    }
    draft->node.kind = NODE_FLAG;
    return true;
}

static bool check_lone_name(struct checker *checker, struct node_draft *draft)
{
    const str name = draft->name.text;
    if (is_dotted(name)) {
        return check_lone_fact(checker, draft);
    }
    const struct name_index *definitions = &checker->names->of[ITEM_DEFINITION];
    const bool is_clock = name_index_find(&checker->names->of[ITEM_CLOCK], name) != NOT_FOUND_INDEX;
    if (is_clock && name_index_find(definitions, name) == NOT_FOUND_INDEX) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, draft->node.at,
                 "A condition is expected, and \"%.*s\" is a clock", STR_ARG(name));
        diagnose_hint(checker->diagnostics, "Ask \"%.*s has expired\" or \"%.*s is running\"",
                      STR_ARG(name), STR_ARG(name));
        return false;
    }
    draft->node.kind = NODE_DEFINITION;
    return resolve_item(checker, draft, ITEM_DEFINITION);
}

static bool is_bare_name(struct checker *checker, node_index index)
{
    const struct node_draft *draft = node_at(checker, index);
    return draft->node.kind == NODE_NAME && !is_dotted(draft->name.text);
}

/* A bare name beside a choice is one of its choices. */
static bool resolve_choice(struct checker *checker, struct node_draft *draft,
                           struct value_type type)
{
    const str name = draft->name.text;
    if (type.type != FACT_CHOICE) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, draft->node.at,
                 "Expected %s, and \"%.*s\" is only a name", fact_type_called(type.type),
                 STR_ARG(name));
        diagnose_hint(checker->diagnostics,
                      type.type == FACT_FLAG
                          ? "A flag is \"yes\" or \"no\""
                          : "Names alone are choices; the name of a fact has a dot");
        return false;
    }
    const struct fact_draft *fact = checker_fact(checker, type.choice_of);
    const struct name_at *choices = fact->choices.items;
    for (size_t i = 0; i < fact->choices.count; i++) {
        if (str_equal(choices[i].text, name)) {
            draft->node.kind = NODE_LITERAL;
            draft->node.type = FACT_CHOICE;
            draft->node.item = type.choice_of;
            draft->node.number = (int64_t)i;
            return true;
        }
    }
    diagnose(checker->diagnostics, SEVERITY_ERROR, draft->node.at,
             "\"%.*s\" is not a choice of \"%.*s\"", STR_ARG(name), STR_ARG(fact->fact.name));
    diagnose_hint(checker->diagnostics, "It is one of %.*s",
                  STR_ARG(checker_choices(checker, fact)));
    return false;
}

static bool same_choices(struct checker *checker, uint32_t a, uint32_t b)
{
    const struct list *left = &checker_fact(checker, a)->choices;
    const struct list *right = &checker_fact(checker, b)->choices;
    bool same = left->count == right->count;
    for (size_t i = 0; same && i < left->count; i++) {
        same = str_equal(LIST_AT(left, struct name_at, i)->text,
                         LIST_AT(right, struct name_at, i)->text);
    }
    return same;
}

static bool check_same_type(struct checker *checker, struct value_type a, struct value_type b,
                            struct place_in_text at)
{
    if (a.type != b.type) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at,
                 "Only values of one type can be compared, and these are %s and %s",
                 fact_type_called(a.type), fact_type_called(b.type));
        return false;
    }
    if (a.type == FACT_TEXT) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at,
                 "A text is carried and shown, never compared");
        diagnose_hint(checker->diagnostics,
                      "Make the fact one of named choices, or ask whether it is known");
        return false;
    }
    if (a.type == FACT_CHOICE && !same_choices(checker, a.choice_of, b.choice_of)) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at,
                 "\"%.*s\" and \"%.*s\" do not have the same choices",
                 STR_ARG(checker_fact(checker, a.choice_of)->fact.name),
                 STR_ARG(checker_fact(checker, b.choice_of)->fact.name));
        return false;
    }
    return true;
}

/* A bare name with nothing that would tell whose choice it is. */
static bool refuse_bare_name(struct checker *checker, node_index index)
{
    const struct name_at *name = &node_at(checker, index)->name;
    diagnose(checker->diagnostics, SEVERITY_ERROR, name->at,
             "A fact is expected, and \"%.*s\" is only a name", STR_ARG(name->text));
    if (!diagnose_kept(checker->diagnostics)) {
        return false;
    }
    const str nearest = name_index_nearest(&checker->names->of[ITEM_FACT], name->text);
    if (nearest.len > 0) {
        diagnose_hint(checker->diagnostics, "Did you mean \"%.*s\"?", STR_ARG(nearest));
    } else {
        diagnose_hint(checker->diagnostics,
                      "The name of a fact has a dot; a choice stands beside its fact");
    }
    return false;
}

/* Both sides of a comparison; a bare name on one side is a choice of the other. */
static bool check_pair(struct checker *checker, node_index left, node_index right,
                       struct place_in_text at, struct value_type *ret_type)
{
    if (is_bare_name(checker, left) && is_bare_name(checker, right)) {
        return refuse_bare_name(checker, left);
    }
    if (is_bare_name(checker, left)) {
        return check_value(checker, right, ret_type) &&
               resolve_choice(checker, node_at(checker, left), *ret_type);
    }
    const bool left_sound = check_value(checker, left, ret_type);
    if (is_bare_name(checker, right)) {
        return left_sound && resolve_choice(checker, node_at(checker, right), *ret_type);
    }
    struct value_type right_type;
    const bool right_sound = check_value(checker, right, &right_type);
    return left_sound && right_sound && check_same_type(checker, *ret_type, right_type, at);
}

static bool has_order(enum node_kind kind)
{
    return kind != NODE_EQUAL && kind != NODE_NOT_EQUAL;
}

static bool check_comparison(struct checker *checker, const struct node *node)
{
    struct value_type type;
    if (!check_pair(checker, node->children[0], node->children[1], node->at, &type)) {
        return false;
    }
    if (has_order(node->kind) && type.type != FACT_DATE && type.type != FACT_NUMBER) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, node->at,
                 "Only dates and numbers have an order, and this is %s",
                 fact_type_called(type.type));
        diagnose_hint(checker->diagnostics, "Use \"=\", \"!=\" or \"in\"");
        return false;
    }
    return true;
}

static bool check_in_list(struct checker *checker, const struct node *node)
{
    const node_index value = node->children[0];
    if (is_bare_name(checker, value)) {
        return refuse_bare_name(checker, value);
    }
    struct value_type type;
    bool sound = check_value(checker, value, &type);
    const bool known = sound;
    for (uint32_t i = 1; i < node->child_count; i++) {
        const node_index listed = node->children[i];
        struct value_type listed_type;
        if (is_bare_name(checker, listed)) {
            sound = known && resolve_choice(checker, node_at(checker, listed), type) && sound;
        } else {
            sound =
                check_value(checker, listed, &listed_type) && known &&
                check_same_type(checker, type, listed_type, node_at(checker, listed)->node.at) &&
                sound;
        }
    }
    return sound;
}

static bool check_in_set(struct checker *checker, const struct node *node)
{
    struct value_type country;
    struct value_type set;
    const node_index value = node->children[0];
    if (is_bare_name(checker, value)) {
        return refuse_bare_name(checker, value);
    }
    const bool country_sound = check_value(checker, value, &country);
    const bool set_sound = is_bare_name(checker, node->children[1])
                               ? refuse_bare_name(checker, node->children[1])
                               : check_value(checker, node->children[1], &set);
    if (!country_sound || !set_sound) {
        return false;
    }
    if (set.type != FACT_COUNTRIES) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, node_at(checker, node->children[1])->node.at,
                 "A set of countries is expected after \"in\", and this is %s",
                 fact_type_called(set.type));
        diagnose_hint(checker->diagnostics, "Several values stand in parentheses: in (A, B)");
        return false;
    }
    if (country.type != FACT_COUNTRY) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, node_at(checker, value)->node.at,
                 "Only a country can be in a set of countries, and this is %s",
                 fact_type_called(country.type));
        return false;
    }
    return true;
}

static bool check_family(struct checker *checker, const struct node *node)
{
    static const struct name_at complete = {.text = STR_INIT("family.complete")};
    bool sound = true;
    if (name_index_find(&checker->names->of[ITEM_FACT], complete.text) == NOT_FOUND_INDEX &&
        !checker->draft->unreadable) {
        diagnose(
            checker->diagnostics, SEVERITY_ERROR, node->at,
            "A rulebook that speaks of family members has the fact \"family.complete : flag\"");
        diagnose_hint(
            checker->diagnostics,
            "It says whether the family group is recorded in full; a missing member is unknown");
        sound = false;
    }
    return check_children(checker, node) && sound;
}

static bool refuse_value(struct checker *checker, node_index index)
{
    struct value_type type;
    const struct place_in_text at = node_at(checker, index)->node.at;
    if (check_value(checker, index, &type)) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, at,
                 "A condition is expected, and this is %s", fact_type_called(type.type));
        diagnose_hint(checker->diagnostics,
                      "Compare it with another value; conditions without facts are "
                      "\"always\" and \"never\"");
    }
    return false;
}

static bool check_condition(struct checker *checker, node_index index)
{
    struct node_draft *draft = node_at(checker, index);
    switch (draft->node.kind) {
    case NODE_ALWAYS:
    case NODE_NEVER:
        return true;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
        return check_children(checker, &draft->node);
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
        return resolve_item(checker, draft, ITEM_FACT);
    case NODE_DEFINITION:
        return resolve_item(checker, draft, ITEM_DEFINITION);
    case NODE_EXPIRED:
    case NODE_RUNNING:
        return resolve_item(checker, draft, ITEM_CLOCK);
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return check_comparison(checker, &draft->node);
    case NODE_IN_LIST:
        return check_in_list(checker, &draft->node);
    case NODE_IN_SET:
        return check_in_set(checker, &draft->node);
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return check_family(checker, &draft->node);
    case NODE_NAME:
        return check_lone_name(checker, draft);
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
        return refuse_value(checker, index);
    }
    return false;
}

static bool check_fact_value(struct checker *checker, struct node_draft *draft,
                             struct value_type *ret_type)
{
    if (!resolve_item(checker, draft, ITEM_FACT)) {
        return false;
    }
    const struct fact_draft *fact = checker_fact(checker, draft->node.item);
    draft->node.kind = NODE_FACT;
    draft->node.type = fact->fact.type;
    *ret_type = (struct value_type){.type = fact->fact.type, .choice_of = draft->node.item};
    return !fact->broken;
}

static bool check_date(struct checker *checker, node_index index)
{
    struct value_type type;
    if (is_bare_name(checker, index)) {
        return refuse_bare_name(checker, index);
    }
    if (!check_value(checker, index, &type)) {
        return false;
    }
    if (type.type != FACT_DATE) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, node_at(checker, index)->node.at,
                 "A date is expected, and this is %s", fact_type_called(type.type));
        return false;
    }
    return true;
}

static bool check_dates(struct checker *checker, struct node *node)
{
    bool sound = true;
    node->type = FACT_DATE;
    for (uint32_t i = 0; i < node->child_count; i++) {
        sound = check_date(checker, node->children[i]) && sound;
    }
    return sound;
}

static bool resolve_calendar(struct checker *checker, struct duration *duration,
                             const struct name_at *name)
{
    if (duration->unit != UNIT_WORKING_DAYS) {
        return true;
    }
    duration->calendar = checker_find(checker, ITEM_CALENDAR, name);
    return duration->calendar != NOT_FOUND_INDEX;
}

static bool check_shift(struct checker *checker, struct node_draft *draft)
{
    const bool calendar_sound = resolve_calendar(checker, &draft->node.duration, &draft->name);
    return check_dates(checker, &draft->node) && calendar_sound;
}

static bool refuse_condition(struct checker *checker, const struct node *node)
{
    diagnose(checker->diagnostics, SEVERITY_ERROR, node->at,
             "A value is expected here, and this is a condition");
    diagnose_hint(checker->diagnostics, "Join conditions with \"and\" or \"or\"");
    return false;
}

static bool check_value(struct checker *checker, node_index index, struct value_type *ret_type)
{
    struct node_draft *draft = node_at(checker, index);
    *ret_type = (struct value_type){.type = FACT_DATE, .choice_of = NOT_FOUND_INDEX};
    switch (draft->node.kind) {
    case NODE_NAME:
        return is_bare_name(checker, index) ? refuse_bare_name(checker, index)
                                            : check_fact_value(checker, draft, ret_type);
    case NODE_FACT:
        return check_fact_value(checker, draft, ret_type);
    case NODE_LITERAL:
        ret_type->type = draft->node.type;
        return draft->node.type != FACT_COUNTRY ||
               checker_country(checker, (uint16_t)draft->node.number, draft->node.at);
    case NODE_TODAY:
        draft->node.type = FACT_DATE;
        return true;
    case NODE_AFTER:
    case NODE_BEFORE:
        return check_shift(checker, draft);
    case NODE_LAST_DAY:
        draft->node.type = FACT_DATE;
        return resolve_item(checker, draft, ITEM_CLOCK);
    case NODE_LATER:
    case NODE_EARLIER:
        return check_dates(checker, &draft->node);
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_FLAG:
    case NODE_DEFINITION:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        return refuse_condition(checker, &draft->node);
    }
    return false;
}

/* The fact that a change of a clock records: of a person, recorded by somebody, of that type. */
static bool check_changed_fact(struct checker *checker, const struct name_at *name,
                               enum fact_type type, uint32_t *ret_fact)
{
    *ret_fact = checker_find(checker, ITEM_FACT, name);
    if (*ret_fact == NOT_FOUND_INDEX) {
        return false;
    }
    const struct fact_draft *draft = checker_fact(checker, *ret_fact);
    if (draft->broken) {
        return false;
    }
    if (draft->fact.type == type && draft->fact.subject == SUBJECT_PERSON && !draft->fact.counted) {
        return true;
    }
    diagnose(checker->diagnostics, SEVERITY_ERROR, name->at,
             "A clock cannot be changed through \"%.*s\"", STR_ARG(name->text));
    diagnose_hint(checker->diagnostics, "Name %s about a person that somebody records",
                  fact_type_called(type));
    return false;
}

static bool check_change(struct checker *checker, const struct clock_change_draft *names,
                         struct clock_change *change)
{
    if (names->role.text.len == 0) {
        return true;
    }
    change->role = checker_find(checker, ITEM_ROLE, &names->role);
    bool sound = change->role != NOT_FOUND_INDEX;
    if (names->fact.text.len > 0) {
        sound = check_changed_fact(checker, &names->fact, names->has_until ? FACT_DATE : FACT_FLAG,
                                   &change->fact) &&
                sound;
    }
    if (names->last_day.text.len > 0) {
        sound =
            check_changed_fact(checker, &names->last_day, FACT_DATE, &change->last_day) && sound;
    }
    return (!change->has_most || resolve_calendar(checker, &change->most, &names->calendar)) &&
           sound;
}

static void check_clock(struct checker *checker, struct clock_draft *draft)
{
    struct clock_run_draft *runs = draft->runs.items;
    for (size_t i = 0; i < draft->runs.count; i++) {
        bool sound = resolve_calendar(checker, &runs[i].run.duration, &runs[i].calendar);
        sound = check_date(checker, runs[i].run.start) && sound;
        sound = (!runs[i].run.has_when || check_condition(checker, runs[i].run.when)) && sound;
        draft->broken = draft->broken || !sound;
    }
    if (draft->due_from.text.len > 0) {
        draft->clock.due_from = checker_find(checker, ITEM_ROLE, &draft->due_from);
        draft->broken =
            draft->broken || draft->clock.due_from == NOT_FOUND_INDEX ||
            (draft->clock.done != NOT_FOUND_INDEX && !check_condition(checker, draft->clock.done));
    }
    if (!draft->broken) {
        draft->broken = !check_change(checker, &draft->extension, &draft->clock.extension) ||
                        !check_change(checker, &draft->suspension, &draft->clock.suspension);
    }
    if (draft->clock.ends_on_working_day && draft->end_calendar.text.len > 0) {
        draft->clock.end_calendar = checker_find(checker, ITEM_CALENDAR, &draft->end_calendar);
    }
}

/* How far conditions reach. */

enum { NOT_MEASURED, BEING_MEASURED, MEASURED };

struct extent {
    bool sound;
    bool family;    /* it asks of family members */
    uint32_t depth; /* of nesting, with definitions and clocks */
    uint32_t
        parts; /* with definitions and clocks written out; counted up to one more than the most */
};

struct measured {
    int state;
    struct extent extent;
};

/* Walks the conditions, each definition and clock once, and remembers the way it came. */
struct surveyor {
    struct checker *checker;
    struct measured *definitions;
    struct measured *clocks;
    struct name_at path[RULEBOOK_NESTING_MAX + 1];
    size_t path_len;
};

static struct extent measure_node(struct surveyor *surveyor, node_index index, uint32_t level);

static uint32_t add_parts(uint32_t a, uint32_t b)
{
    const uint32_t sum = a + b;
    return sum > RULEBOOK_PARTS_MAX ? RULEBOOK_PARTS_MAX + 1 : sum;
}

static void include(struct extent *extent, struct extent part)
{
    extent->sound = extent->sound && part.sound;
    extent->family = extent->family || part.family;
    extent->parts = add_parts(extent->parts, part.parts);
    extent->depth = part.depth > extent->depth ? part.depth : extent->depth;
}

/* "a, b, a": the way round, from the last time we were at this name. */
static void refuse_circle(struct surveyor *surveyor, struct name_at name, const char *called)
{
    struct arena scratch = *surveyor->checker->scratch;
    struct buf way;
    buf_init(&way, &scratch, 400);
    size_t first = surveyor->path_len;
    while (first > 0 && !str_equal(surveyor->path[first - 1].text, name.text)) {
        first--;
    }
    for (size_t i = first == 0 ? 0 : first - 1; i < surveyor->path_len; i++) {
        buf_put(&way, surveyor->path[i].text);
        buf_put_c(&way, ", ");
    }
    buf_put(&way, name.text);
    diagnose(surveyor->checker->diagnostics, SEVERITY_ERROR, name.at,
             "The %s \"%.*s\" rests on itself: %.*s", called, STR_ARG(name.text),
             STR_ARG(buf_str(&way)));
}

static bool is_too_deep(struct surveyor *surveyor, uint32_t levels, struct place_in_text at)
{
    if (levels <= RULEBOOK_NESTING_MAX) {
        return false;
    }
    diagnose(surveyor->checker->diagnostics, SEVERITY_ERROR, at,
             "The condition is nested more than %d deep, with the definitions and clocks it uses",
             RULEBOOK_NESTING_MAX);
    diagnose_hint(surveyor->checker->diagnostics,
                  "Join definitions that stand in each other, or say the condition more plainly");
    return true;
}

/* Whether a definition or clock has too many parts; said once, then forgotten, so that those who
 * use it do not repeat it. */
static void check_parts(struct surveyor *surveyor, struct extent *extent, struct name_at name)
{
    if (extent->parts <= RULEBOOK_PARTS_MAX) {
        return;
    }
    diagnose(
        surveyor->checker->diagnostics, SEVERITY_ERROR, name.at,
        "\"%.*s\" has more than %d parts when the definitions and clocks it uses are written out",
        STR_ARG(name.text), RULEBOOK_PARTS_MAX);
    diagnose_hint(surveyor->checker->diagnostics,
                  "A definition counts each time it is used: ask it once, outside the \"or\"");
    extent->sound = false;
    extent->parts = 0;
}

/* A definition or clock on the way, and where it is spoken of. */
struct visit {
    const char *called;
    struct name_at name;
    struct place_in_text from;
    uint32_t level;
};

/* False when it is measured already, or in the middle of it, which is a circle; *ret_extent is then
 * the answer. */
static bool begin_measuring(struct surveyor *surveyor, struct measured *measured,
                            const struct visit *visit, struct extent *ret_extent)
{
    *ret_extent = measured->extent;
    if (measured->state == BEING_MEASURED) {
        refuse_circle(surveyor, visit->name, visit->called);
        ret_extent->sound = false;
        return false;
    }
    if (measured->state == MEASURED) {
        if (ret_extent->sound &&
            is_too_deep(surveyor, visit->level + ret_extent->depth, visit->from)) {
            ret_extent->sound = false;
        }
        return false;
    }
    measured->state = BEING_MEASURED;
    surveyor->path[surveyor->path_len++] = visit->name;
    *ret_extent = (struct extent){.sound = true};
    return true;
}

static void end_measuring(struct surveyor *surveyor, struct measured *measured,
                          struct extent *extent)
{
    check_parts(surveyor, extent, surveyor->path[surveyor->path_len - 1]);
    surveyor->path_len--;
    measured->state = MEASURED;
    measured->extent = *extent;
}

static struct extent measure_definition(struct surveyor *surveyor, uint32_t index, uint32_t level,
                                        struct place_in_text from)
{
    const struct definition_draft *draft =
        LIST_AT(&surveyor->checker->draft->definitions, struct definition_draft, index);
    struct measured *measured = &surveyor->definitions[index];
    const struct visit visit = {
        .called = "definition",
        .name = {.text = draft->definition.name, .at = draft->definition.at},
        .from = from,
        .level = level,
    };
    struct extent extent;
    if (!begin_measuring(surveyor, measured, &visit, &extent)) {
        return extent;
    }
    if (draft->definition.condition != NOT_FOUND_INDEX) {
        include(&extent, measure_node(surveyor, draft->definition.condition, level));
    }
    end_measuring(surveyor, measured, &extent);
    return extent;
}

static struct extent measure_clock(struct surveyor *surveyor, uint32_t index, uint32_t level,
                                   struct place_in_text from)
{
    const struct clock_draft *draft =
        LIST_AT(&surveyor->checker->draft->clocks, struct clock_draft, index);
    struct measured *measured = &surveyor->clocks[index];
    const struct visit visit = {
        .called = "clock",
        .name = {.text = draft->clock.name, .at = draft->clock.at},
        .from = from,
        .level = level,
    };
    struct extent extent;
    if (!begin_measuring(surveyor, measured, &visit, &extent)) {
        return extent;
    }
    const struct clock_run_draft *runs = draft->runs.items;
    for (size_t i = 0; i < draft->runs.count; i++) {
        include(&extent, measure_node(surveyor, runs[i].run.start, level));
        if (runs[i].run.has_when) {
            include(&extent, measure_node(surveyor, runs[i].run.when, level));
        }
    }
    end_measuring(surveyor, measured, &extent);
    return extent;
}

static bool is_of_clock(enum node_kind kind)
{
    return kind == NODE_EXPIRED || kind == NODE_RUNNING || kind == NODE_LAST_DAY;
}

static bool is_of_family(enum node_kind kind)
{
    return kind == NODE_ANY_MEMBER || kind == NODE_NO_MEMBER || kind == NODE_EVERY_MEMBER;
}

static struct extent measure_node(struct surveyor *surveyor, node_index index, uint32_t level)
{
    const struct node *node = &node_at(surveyor->checker, index)->node;
    struct extent extent = {.sound = true, .parts = 1};
    if (is_too_deep(surveyor, level + 1, node->at)) {
        return (struct extent){.sound = false};
    }
    for (uint32_t i = 0; i < node->child_count && extent.sound; i++) {
        include(&extent, measure_node(surveyor, node->children[i], level + 1));
    }
    if (node->kind == NODE_DEFINITION && node->item != NOT_FOUND_INDEX) {
        include(&extent, measure_definition(surveyor, node->item, level + 1, node->at));
    } else if (is_of_clock(node->kind) && node->item != NOT_FOUND_INDEX) {
        include(&extent, measure_clock(surveyor, node->item, level + 1, node->at));
    }
    if (is_of_family(node->kind)) {
        if (extent.family && extent.sound) {
            diagnose(surveyor->checker->diagnostics, SEVERITY_ERROR, node->at,
                     "What is asked of a family member cannot ask of family members again");
            extent.sound = false;
        }
        extent.family = true;
    }
    extent.depth++;
    return extent;
}

static void measure_conditions(struct checker *checker)
{
    const struct rulebook_draft *draft = checker->draft;
    struct surveyor surveyor = {
        .checker = checker,
        .definitions = ARENA_NEW(checker->scratch, struct measured, draft->definitions.count),
        .clocks = ARENA_NEW(checker->scratch, struct measured, draft->clocks.count),
    };
    if (surveyor.definitions == NULL || surveyor.clocks == NULL) {
        checker_is_full(checker);
        return;
    }
    for (uint32_t i = 0; i < draft->definitions.count; i++) {
        if (surveyor.definitions[i].state == NOT_MEASURED) {
            (void)measure_definition(&surveyor, i, 0, (struct place_in_text){0});
        }
    }
    for (uint32_t i = 0; i < draft->clocks.count; i++) {
        if (surveyor.clocks[i].state == NOT_MEASURED) {
            (void)measure_clock(&surveyor, i, 0, (struct place_in_text){0});
        }
    }
    const struct clock_draft *clocks = draft->clocks.items;
    for (uint32_t i = 0; i < draft->clocks.count; i++) {
        if (clocks[i].clock.done != NOT_FOUND_INDEX) {
            struct extent extent = measure_node(&surveyor, clocks[i].clock.done, 0);
            check_parts(&surveyor, &extent,
                        (struct name_at){.text = clocks[i].clock.name, .at = clocks[i].clock.at});
        }
    }
    const struct safeguard_draft *safeguards = draft->safeguards.items;
    for (size_t i = 0; i < draft->safeguards.count; i++) {
        if (safeguards[i].safeguard.clear_when != NOT_FOUND_INDEX) {
            struct extent extent = measure_node(&surveyor, safeguards[i].safeguard.clear_when, 0);
            check_parts(&surveyor, &extent,
                        (struct name_at){.text = safeguards[i].safeguard.name,
                                         .at = safeguards[i].safeguard.at});
        }
    }
}

void check_conditions(struct checker *checker)
{
    struct rulebook_draft *draft = checker->draft;
    for (size_t i = 0; i < draft->definitions.count; i++) {
        const struct definition *definition =
            &LIST_AT(&draft->definitions, struct definition_draft, i)->definition;
        if (definition->condition != NOT_FOUND_INDEX) {
            (void)check_condition(checker, definition->condition);
        }
    }
    for (size_t i = 0; i < draft->clocks.count; i++) {
        check_clock(checker, LIST_AT(&draft->clocks, struct clock_draft, i));
    }
    for (size_t i = 0; i < draft->safeguards.count; i++) {
        const struct safeguard *safeguard =
            &LIST_AT(&draft->safeguards, struct safeguard_draft, i)->safeguard;
        if (safeguard->clear_when != NOT_FOUND_INDEX) {
            (void)check_condition(checker, safeguard->clear_when);
        }
    }
    measure_conditions(checker);
}
