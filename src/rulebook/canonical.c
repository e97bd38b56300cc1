#include "rulebook/canonical.h"

#include "rulebook/condition.h"
#include "rulebook/example.h"

/* Conditions. */

/* How closely a node binds: what binds less closely than its place demands stands in parentheses.
 */
enum binding { BINDS_OR, BINDS_AND, BINDS_NOT, BINDS_COMPARISON, BINDS_VALUE };

static enum binding binding_of(enum node_kind kind)
{
    switch (kind) {
    case NODE_OR:
        return BINDS_OR;
    case NODE_AND:
        return BINDS_AND;
    case NODE_NOT:
        return BINDS_NOT;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
        return BINDS_COMPARISON;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_FLAG:
    case NODE_DEFINITION:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        return BINDS_VALUE;
    }
    return BINDS_VALUE;
}

static void put_date(struct buf *buf, date day)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    buf_put_c(buf, text);
}

static void put_country(struct buf *buf, uint16_t code)
{
    char text[4];
    country_format(code, text);
    buf_put_c(buf, text);
}

void canonical_duration(const struct rulebook *rulebook, const struct duration *duration,
                        struct buf *buf)
{
    static const char *const units[] = {[UNIT_DAYS] = "day",
                                        [UNIT_WORKING_DAYS] = "working day",
                                        [UNIT_MONTHS] = "month",
                                        [UNIT_YEARS] = "year"};
    buf_put_int64(buf, duration->count);
    buf_put_char(buf, ' ');
    buf_put_c(buf, units[duration->unit]);
    buf_put_c(buf, str_noun(duration->count, "", "s"));
    if (duration->unit == UNIT_WORKING_DAYS) {
        buf_put_c(buf, " (");
        buf_put(buf, rulebook->calendars[duration->calendar].calendar.name);
        buf_put_char(buf, ')');
    } else if (duration->unit != UNIT_DAYS) {
        buf_put_c(buf, duration->rounding == DATE_ROUND_UP ? " rounding up" : " rounding down");
    }
}

static void put_node(const struct rulebook *rulebook, const struct node *node, enum binding least,
                     struct buf *buf);

static void put_child(const struct rulebook *rulebook, const struct node *node, uint32_t child,
                      enum binding least, struct buf *buf)
{
    put_node(rulebook, node_child(rulebook, node, child), least, buf);
}

/* The children from `first` on, with `between` between them. */
static void put_children(const struct rulebook *rulebook, const struct node *node, uint32_t first,
                         const char *between, enum binding least, struct buf *buf)
{
    for (uint32_t i = first; i < node->child_count; i++) {
        buf_put_c(buf, i == first ? "" : between);
        put_child(rulebook, node, i, least, buf);
    }
}

static void put_literal(const struct rulebook *rulebook, const struct node *node, struct buf *buf)
{
    switch (node->type) {
    case FACT_FLAG:
        buf_put_c(buf, node->number != 0 ? "yes" : "no");
        break;
    case FACT_CHOICE:
        buf_put(buf, rulebook->facts[node->item].choices[node->number]);
        break;
    case FACT_DATE:
        put_date(buf, (date){.day = (int32_t)node->number});
        break;
    case FACT_NUMBER:
        buf_put_int64(buf, node->number);
        break;
    case FACT_COUNTRY:
        put_country(buf, (uint16_t)node->number);
        break;
    case FACT_COUNTRIES:
    case FACT_TEXT:
        break; /* no condition holds one */
    }
}

static void put_name_and(struct buf *buf, str name, const char *rest)
{
    buf_put(buf, name);
    buf_put_c(buf, rest);
}

/* A definition stands plain, anything else in parentheses. */
static void put_members(const struct rulebook *rulebook, const struct node *node,
                        const char *quantifier, struct buf *buf)
{
    const bool plain = node_child(rulebook, node, 0)->kind == NODE_DEFINITION;
    buf_format(buf, "%s family member has %s", quantifier, plain ? "" : "(");
    put_child(rulebook, node, 0, BINDS_OR, buf);
    buf_put_c(buf, plain ? "" : ")");
}

static void put_shift(const struct rulebook *rulebook, const struct node *node,
                      const char *direction, struct buf *buf)
{
    canonical_duration(rulebook, &node->duration, buf);
    buf_put_c(buf, direction);
    put_child(rulebook, node, 0, BINDS_VALUE, buf);
}

static void put_in_list(const struct rulebook *rulebook, const struct node *node, struct buf *buf)
{
    put_child(rulebook, node, 0, BINDS_VALUE, buf);
    buf_put_c(buf, " in (");
    put_children(rulebook, node, 1, ", ", BINDS_VALUE, buf);
    buf_put_char(buf, ')');
}

static void put_extreme(const struct rulebook *rulebook, const struct node *node, const char *word,
                        struct buf *buf)
{
    buf_put_c(buf, word);
    buf_put_c(buf, " of (");
    put_children(rulebook, node, 0, ", ", BINDS_VALUE, buf);
    buf_put_char(buf, ')');
}

/* What stands between the children of a node. */
static const char *between_children(enum node_kind kind)
{
    static const char *const between[] = {
        [NODE_AND] = " and ",   [NODE_OR] = " or ",
        [NODE_EQUAL] = " = ",   [NODE_NOT_EQUAL] = " != ",
        [NODE_LESS] = " < ",    [NODE_LESS_EQUAL] = " <= ",
        [NODE_GREATER] = " > ", [NODE_GREATER_EQUAL] = " >= ",
        [NODE_IN_SET] = " in ", [NODE_NAME] = NULL, /* the last kind: the others have none */
    };
    return between[kind];
}

static void put_bare(const struct rulebook *rulebook, const struct node *node, struct buf *buf)
{
    switch (node->kind) {
    case NODE_ALWAYS:
        buf_put_c(buf, "always");
        break;
    case NODE_NEVER:
        buf_put_c(buf, "never");
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_SET:
        /* Each child binds more closely than the node. */
        put_children(rulebook, node, 0, between_children(node->kind), binding_of(node->kind) + 1U,
                     buf);
        break;
    case NODE_NOT:
        buf_put_c(buf, "not ");
        put_child(rulebook, node, 0, BINDS_NOT, buf);
        break;
    case NODE_FLAG:
    case NODE_FACT:
        buf_put(buf, rulebook->facts[node->item].name);
        break;
    case NODE_DEFINITION:
        buf_put(buf, rulebook->definitions[node->item].name);
        break;
    case NODE_KNOWN:
        put_name_and(buf, rulebook->facts[node->item].name, " known");
        break;
    case NODE_UNKNOWN:
        put_name_and(buf, rulebook->facts[node->item].name, " unknown");
        break;
    case NODE_EXPIRED:
        put_name_and(buf, rulebook->clocks[node->item].name, " has expired");
        break;
    case NODE_RUNNING:
        put_name_and(buf, rulebook->clocks[node->item].name, " is running");
        break;
    case NODE_IN_LIST:
        put_in_list(rulebook, node, buf);
        break;
    case NODE_ANY_MEMBER:
        put_members(rulebook, node, "any", buf);
        break;
    case NODE_NO_MEMBER:
        put_members(rulebook, node, "no", buf);
        break;
    case NODE_EVERY_MEMBER:
        put_members(rulebook, node, "every", buf);
        break;
    case NODE_LITERAL:
        put_literal(rulebook, node, buf);
        break;
    case NODE_TODAY:
        buf_put_c(buf, "today");
        break;
    case NODE_AFTER:
        put_shift(rulebook, node, " after ", buf);
        break;
    case NODE_BEFORE:
        put_shift(rulebook, node, " before ", buf);
        break;
    case NODE_LAST_DAY:
        buf_put_c(buf, "last day of ");
        buf_put(buf, rulebook->clocks[node->item].name);
        break;
    case NODE_LATER:
        put_extreme(rulebook, node, "later", buf);
        break;
    case NODE_EARLIER:
        put_extreme(rulebook, node, "earlier", buf);
        break;
    case NODE_NAME:
        break; /* none is left when a rulebook is complete */
    }
}

static void put_node(const struct rulebook *rulebook, const struct node *node, enum binding least,
                     struct buf *buf)
{
    const bool apart = binding_of(node->kind) < least;
    buf_put_c(buf, apart ? "(" : "");
    put_bare(rulebook, node, buf);
    buf_put_c(buf, apart ? ")" : "");
}

void canonical_condition(const struct rulebook *rulebook, node_index condition, struct buf *buf)
{
    ASSERT(condition < rulebook->node_count);
    put_node(rulebook, &rulebook->nodes[condition], BINDS_OR, buf);
}

/* Items. */

static void put_text(struct buf *buf, str text)
{
    buf_put_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\') {
            buf_put_char(buf, '\\');
        }
        buf_put_char(buf, text.at[i]);
    }
    buf_put_char(buf, '"');
}

/* A line of an item: its words and a text. */
static void put_text_line(struct buf *buf, const char *words, str text)
{
    if (text.len > 0) {
        buf_put_c(buf, words);
        put_text(buf, text);
        buf_put_char(buf, '\n');
    }
}

static void put_sources(struct buf *buf, const struct source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_put_c(buf, "  source ");
        put_text(buf, sources[i].text);
        buf_put_c(buf, sources[i].unverified ? " unverified\n" : "\n");
    }
}

static void put_date_line(struct buf *buf, const char *words, date day)
{
    buf_put_c(buf, words);
    put_date(buf, day);
    buf_put_char(buf, '\n');
}

/* "keyword NAME" */
static void put_head(struct buf *buf, const char *keyword, str name)
{
    buf_put_c(buf, keyword);
    buf_put_char(buf, ' ');
    buf_put(buf, name);
}

/* Items of a kind keep their sections, each named anew. */
static void put_section(struct buf *buf, str *current, str section)
{
    if (!str_equal(*current, section)) {
        buf_put_c(buf, "section ");
        put_text(buf, section);
        buf_put_char(buf, '\n');
        *current = section;
    }
}

static void put_countries(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->country_count; i++) {
        buf_put_c(buf, "country ");
        put_country(buf, rulebook->countries[i].code);
        put_text_line(buf, " ", rulebook->countries[i].name);
    }
}

static void put_month_day(struct buf *buf, int32_t month, int32_t day)
{
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    ASSERT(month >= 1 && month <= 12);
    buf_format(buf, "%d %s", (int)day, months[month - 1]);
}

void canonical_holiday(const struct holiday_line *line, struct buf *buf)
{
    if (!line->every_year) {
        put_date(buf, line->day);
        return;
    }
    put_month_day(buf, line->month, line->month_day);
    if (line->month != line->end_month || line->month_day != line->end_month_day) {
        buf_put_c(buf, " to ");
        put_month_day(buf, line->end_month, line->end_month_day);
    }
}

/* What is made of the name says nothing. */
static void put_title(bool is_titled, str title, struct buf *buf)
{
    if (is_titled) {
        put_text_line(buf, "  ", title);
    }
}

static void put_holidays(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->holiday_list_count; i++) {
        const struct holiday_list *list = &rulebook->holiday_lists[i];
        put_head(buf, "holidays", list->name);
        buf_put_char(buf, '\n');
        put_title(list->is_titled, list->title, buf);
        put_sources(buf, list->sources, list->source_count);
        for (size_t k = 0; k < list->line_count; k++) {
            buf_put_c(buf, list->lines[k].every_year ? "  every " : "  ");
            canonical_holiday(&list->lines[k], buf);
            buf_put_char(buf, ' ');
            put_text(buf, list->lines[k].name);
            buf_put_char(buf, '\n');
        }
    }
}

static void put_weekend(struct buf *buf, uint8_t weekend)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    const char *before = "  weekend ";
    for (unsigned day = 0; day < sizeof names / sizeof names[0]; day++) {
        if ((weekend & 1U << day) != 0) {
            buf_put_c(buf, before);
            buf_put_c(buf, names[day]);
            before = ", ";
        }
    }
    buf_put_c(buf, weekend == 0 ? "" : "\n");
}

static void put_calendars(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->calendar_count; i++) {
        const struct calendar_item *item = &rulebook->calendars[i];
        put_head(buf, "calendar", item->calendar.name);
        buf_put_char(buf, '\n');
        put_title(item->is_titled, item->title, buf);
        put_sources(buf, item->sources, item->source_count);
        put_weekend(buf, item->calendar.weekend);
        for (size_t k = 0; k < item->holiday_list_count; k++) {
            buf_put_c(buf, k == 0 ? "  holidays " : ", ");
            buf_put(buf, rulebook->holiday_lists[item->holiday_lists[k]].name);
        }
        buf_put_c(buf, item->holiday_list_count == 0 ? "" : "\n");
        put_date_line(buf, "  from ", item->calendar.from);
        put_date_line(buf, "  until ", item->calendar.until);
    }
}

static void put_roles(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->role_count; i++) {
        put_head(buf, "role", rulebook->roles[i].name);
        put_text_line(buf, " ", rulebook->roles[i].title);
    }
}

static void put_notices(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->notice_count; i++) {
        const struct notice *notice = &rulebook->notices[i];
        put_head(buf, "notice", notice->name);
        put_text_line(buf, " ", notice->title);
        put_sources(buf, notice->sources, notice->source_count);
    }
}

static void put_stages(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        const struct stage *stage = &rulebook->stages[i];
        put_head(buf, "stage", stage->name);
        buf_put_char(buf, ' ');
        put_text(buf, stage->title);
        buf_put_c(buf, stage->start ? " start" : "");
        buf_put_c(buf, stage->outcome ? " outcome" : "");
        buf_put_c(buf, stage->whereabouts_unknown ? " whereabouts unknown\n" : "\n");
        put_sources(buf, stage->sources, stage->source_count);
    }
}

static bool is_read_as_its_name(str name, str words)
{
    bool is = name.len == words.len;
    for (size_t i = 0; is && i < name.len; i++) {
        is = words.at[i] == (name.at[i] == '_' ? ' ' : name.at[i]);
    }
    return is;
}

static void put_choices(const struct fact *fact, struct buf *buf)
{
    for (size_t i = 0; i < fact->choice_count; i++) {
        buf_put_c(buf, i == 0 ? "  one of " : ", ");
        buf_put(buf, fact->choices[i]);
        if (!is_read_as_its_name(fact->choices[i], fact->choice_words[i])) {
            buf_put_c(buf, " as ");
            put_text(buf, fact->choice_words[i]);
        }
    }
    buf_put_c(buf, fact->choice_count == 0 ? "" : "\n");
}

static void put_fact(const struct fact *fact, struct buf *buf)
{
    static const char *const types[] = {
        [FACT_FLAG] = " : flag",       [FACT_CHOICE] = "",
        [FACT_DATE] = " : date",       [FACT_NUMBER] = " : number",
        [FACT_COUNTRY] = " : country", [FACT_COUNTRIES] = " : countries",
        [FACT_TEXT] = " : text",
    };
    put_head(buf, "fact", fact->name);
    buf_put_c(buf, types[fact->type]);
    buf_put_char(buf, '\n');
    put_text_line(buf, "  ", fact->title);
    put_choices(fact, buf);
    buf_put_c(buf, fact->counted ? "  counted by the register\n" : "");
    put_text_line(buf, "  note ", fact->note);
    put_sources(buf, fact->sources, fact->source_count);
}

static void put_facts(const struct rulebook *rulebook, struct buf *buf)
{
    str section = STR("");
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        put_section(buf, &section, rulebook->facts[i].section);
        put_fact(&rulebook->facts[i], buf);
    }
    put_section(buf, &section, STR(""));
}

/* Values in examples and records. */

static void put_value(const struct fact *fact, const struct value *value, struct buf *buf)
{
    if (fact->type == FACT_TEXT) {
        put_text(buf, value->text);
        return;
    }
    if (fact->type != FACT_COUNTRIES) {
        value_format(fact, value, buf);
        return;
    }
    for (size_t i = 0; i < value->countries.count; i++) {
        buf_put_c(buf, i == 0 ? "(" : ", ");
        put_country(buf, value->countries.codes[i]);
    }
    buf_put_c(buf, value->countries.count == 0 ? "()" : ")");
}

static void put_setting(const struct fact *fact, const struct value *value, struct buf *buf)
{
    buf_put(buf, fact->name);
    if (!value->known) {
        buf_put_c(buf, " unknown");
        return;
    }
    buf_put_c(buf, " = ");
    put_value(fact, value, buf);
}

static void put_all_given(const struct rulebook *rulebook, const struct given *given, size_t count,
                          struct buf *buf)
{
    for (size_t i = 0; i < count; i++) {
        buf_put_c(buf, i == 0 ? " given " : ", ");
        put_setting(&rulebook->facts[given[i].fact], &given[i].value, buf);
    }
    buf_put_char(buf, '\n');
}

static void put_outcome(const struct rulebook *rulebook, const struct example *example,
                        struct buf *buf)
{
    static const char *const outcomes[] = {[CLEARANCE_CLEAR] = "clear",
                                           [CLEARANCE_BARRED] = "barred",
                                           [CLEARANCE_UNKNOWN] = "unknown"};
    buf_put_c(buf, "    then ");
    if (example->of_clock) {
        buf_put_c(buf, "last day ");
        if (example->has_last_day) {
            put_date(buf, example->last_day);
        } else {
            buf_put_c(buf, "unknown");
        }
    } else {
        buf_put_c(buf, outcomes[example->expected]);
    }
    for (size_t i = 0; i < example->need_count; i++) {
        buf_put_c(buf, i == 0 ? ", needs " : ", ");
        buf_put(buf, rulebook->facts[example->needs[i]].name);
    }
    buf_put_char(buf, '\n');
}

/* The examples of a clock or a safeguard, in the order of the text. */
static void put_examples(const struct rulebook *rulebook, bool of_clock, uint32_t item,
                         struct buf *buf)
{
    for (size_t i = 0; i < rulebook->example_count; i++) {
        const struct example *example = &rulebook->examples[i];
        if (example->of_clock != of_clock || example->item != item) {
            continue;
        }
        buf_put_c(buf, "  example ");
        put_text(buf, example->title);
        buf_put_char(buf, '\n');
        if (example->has_day) {
            put_date_line(buf, "    on ", example->day);
        }
        if (example->given_count > 0) {
            buf_put_c(buf, "   ");
            put_all_given(rulebook, example->given, example->given_count, buf);
        }
        for (size_t k = 0; k < example->member_count; k++) {
            buf_put_c(buf, "    family member");
            put_all_given(rulebook, example->members[k].given, example->members[k].given_count,
                          buf);
        }
        put_outcome(rulebook, example, buf);
    }
}

static void put_change(const struct rulebook *rulebook, const char *line,
                       const struct clock_change *change, bool suspends, struct buf *buf)
{
    if (change->role == NOT_FOUND_INDEX) {
        return;
    }
    const struct fact *fact = &rulebook->facts[change->fact];
    buf_put_c(buf, line);
    buf_put(buf, rulebook->roles[change->role].name);
    buf_put_c(buf, suspends ? " from " : fact->type == FACT_FLAG ? " records " : " until ");
    buf_put(buf, fact->name);
    if (suspends) {
        buf_put_c(buf, " until ");
        buf_put(buf, rulebook->facts[change->last_day].name);
    }
    if (change->has_most) {
        buf_put_c(buf, " at most ");
        canonical_duration(rulebook, &change->most, buf);
    }
    buf_put_char(buf, '\n');
}

static void put_clock(const struct rulebook *rulebook, const struct clock *clock, struct buf *buf)
{
    put_head(buf, "clock", clock->name);
    buf_put_char(buf, '\n');
    put_text_line(buf, "  ", clock->title);
    put_sources(buf, clock->sources, clock->source_count);
    for (size_t i = 0; i < clock->run_count; i++) {
        const struct clock_run *run = &clock->runs[i];
        buf_put_c(buf, "  runs ");
        canonical_duration(rulebook, &run->duration, buf);
        buf_put_c(buf, " after ");
        canonical_condition(rulebook, run->start, buf);
        if (run->has_when) {
            buf_put_c(buf, " when ");
            canonical_condition(rulebook, run->when, buf);
        }
        buf_put_char(buf, '\n');
    }
    if (clock->ends_on_working_day) {
        buf_put_c(buf, "  ends on a working day (");
        put_name_and(buf, rulebook->calendars[clock->end_calendar].calendar.name, ")\n");
    }
    if (clock->due_to.len > 0) {
        buf_put_c(buf, "  due to ");
        put_name_and(buf, clock->due_to, "\n");
    }
    put_change(rulebook, "  extension by ", &clock->extension, false, buf);
    put_change(rulebook, "  suspension by ", &clock->suspension, true, buf);
    if (clock->due_from != NOT_FOUND_INDEX) {
        buf_put_c(buf, "  due from ");
        buf_put(buf, rulebook->roles[clock->due_from].name);
        if (clock->done != NOT_FOUND_INDEX) {
            buf_put_c(buf, " until ");
            canonical_condition(rulebook, clock->done, buf);
        }
        buf_put_char(buf, '\n');
    }
}

static void put_clocks(const struct rulebook *rulebook, struct buf *buf)
{
    str section = STR("");
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        put_section(buf, &section, rulebook->clocks[i].section);
        put_clock(rulebook, &rulebook->clocks[i], buf);
        put_examples(rulebook, true, i, buf);
    }
    put_section(buf, &section, STR(""));
}

static void put_definitions(const struct rulebook *rulebook, struct buf *buf)
{
    for (size_t i = 0; i < rulebook->definition_count; i++) {
        const struct definition *definition = &rulebook->definitions[i];
        put_head(buf, "define", definition->name);
        buf_put_char(buf, '\n');
        put_title(definition->is_titled, definition->title, buf);
        buf_put_c(buf, "  ");
        canonical_condition(rulebook, definition->condition, buf);
        buf_put_char(buf, '\n');
        put_sources(buf, definition->sources, definition->source_count);
    }
}

static void put_step_ways(const struct rulebook *rulebook, const struct step *step, struct buf *buf)
{
    buf_put_c(buf, step->from_any ? "  from any stage\n" : "");
    for (size_t i = 0; i < step->from_count; i++) {
        buf_put_c(buf, i == 0 ? "  from " : ", ");
        buf_put(buf, rulebook->stages[step->from[i]].name);
    }
    buf_put_c(buf, step->from_count == 0 ? "" : "\n");
    buf_put_c(buf, "  to ");
    put_name_and(buf, step->same_stage ? STR("the same stage") : rulebook->stages[step->to].name,
                 "\n");
    if (step->with_hub || step->with_agreement) {
        buf_put_c(buf, "  with ");
        buf_put_c(buf, step->with_hub ? "hub" : "");
        buf_put_c(buf, step->with_hub && step->with_agreement ? ", " : "");
        buf_put_c(buf, step->with_agreement ? "agreement\n" : "\n");
    }
}

static void put_records(const struct rulebook *rulebook, const struct step *step, struct buf *buf)
{
    for (size_t i = 0; i < step->record_count; i++) {
        const struct step_record *record = &step->records[i];
        const struct fact *fact = &rulebook->facts[record->fact];
        buf_put_c(buf, i == 0 ? "  records " : ", ");
        if (record->today) {
            put_name_and(buf, fact->name, " = today");
        } else {
            put_setting(fact, &record->value, buf);
        }
    }
    buf_put_c(buf, step->record_count == 0 ? "" : "\n");
}

static void put_step(const struct rulebook *rulebook, const struct step *step, struct buf *buf)
{
    static const char *const places[] = {
        [STEP_PLACE_NONE] = "",
        [STEP_PLACE_TAKES] = "  takes one place at hub\n",
        [STEP_PLACE_FREES] = "  frees the place at hub\n",
    };
    put_head(buf, "step", step->name);
    put_text_line(buf, " ", step->title);
    put_sources(buf, step->sources, step->source_count);
    put_step_ways(rulebook, step, buf);
    buf_put_c(buf, places[step->place]);
    for (size_t i = 0; i < step->approval_count; i++) {
        buf_put_c(buf, i == 0 ? "  approved by " : " then ");
        buf_put(buf, rulebook->roles[step->approvals[i]].name);
    }
    buf_put_c(buf, step->approval_count == 0 ? "" : "\n");
    for (size_t i = 0; i < step->notice_count; i++) {
        buf_put_c(buf, i == 0 ? "  serves notice " : ", notice ");
        buf_put(buf, rulebook->notices[step->notices[i]].name);
    }
    buf_put_c(buf, step->notice_count == 0 ? "" : "\n");
    put_records(rulebook, step, buf);
}

static void put_steps(const struct rulebook *rulebook, struct buf *buf)
{
    str section = STR("");
    for (size_t i = 0; i < rulebook->step_count; i++) {
        put_section(buf, &section, rulebook->steps[i].section);
        put_step(rulebook, &rulebook->steps[i], buf);
    }
    put_section(buf, &section, STR(""));
}

static void put_safeguard(const struct rulebook *rulebook, const struct safeguard *safeguard,
                          struct buf *buf)
{
    put_head(buf, "safeguard", safeguard->name);
    buf_put_char(buf, '\n');
    put_title(safeguard->is_titled, safeguard->title, buf);
    for (size_t i = 0; i < safeguard->guard_count; i++) {
        buf_put_c(buf, i == 0 ? "  guards " : ", ");
        buf_put(buf, rulebook->steps[safeguard->guards[i]].name);
    }
    buf_put_char(buf, '\n');
    put_sources(buf, safeguard->sources, safeguard->source_count);
    put_text_line(buf, "  reason ", safeguard->reason);
    buf_put_c(buf, "  clear when ");
    canonical_condition(rulebook, safeguard->clear_when, buf);
    buf_put_char(buf, '\n');
}

static void put_safeguards(const struct rulebook *rulebook, struct buf *buf)
{
    str section = STR("");
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        put_section(buf, &section, rulebook->safeguards[i].section);
        put_safeguard(rulebook, &rulebook->safeguards[i], buf);
        put_examples(rulebook, false, i, buf);
    }
    put_section(buf, &section, STR(""));
}

void canonical_rulebook(const struct rulebook *rulebook, struct buf *buf)
{
    put_head(buf, "rulebook", rulebook->name);
    buf_put_char(buf, '\n');
    put_text_line(buf, "  title ", rulebook->title);
    put_date_line(buf, "  in force from ", rulebook->in_force_from);
    put_countries(rulebook, buf);
    put_holidays(rulebook, buf);
    put_calendars(rulebook, buf);
    put_roles(rulebook, buf);
    put_notices(rulebook, buf);
    put_stages(rulebook, buf);
    put_facts(rulebook, buf);
    put_clocks(rulebook, buf);
    put_definitions(rulebook, buf);
    put_steps(rulebook, buf);
    put_safeguards(rulebook, buf);
}
