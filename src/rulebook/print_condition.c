/* Conditions in words: what holds together as lists, what is compared as a sentence. */
#include "rulebook/canonical.h"
#include "rulebook/printer.h"

enum {
    LISTS_MAX = 4, /* within each other; what lies deeper is shown as it is written */
    WRITTEN_BYTES_MAX = 4 * 1024 * 1024,
};

static const struct node *node_at(const struct printer *printer, node_index node)
{
    ASSERT(node < printer->rulebook->node_count);
    return &printer->rulebook->nodes[node];
}

static void put_quoted(const struct printer *printer, enum item_kind kind, uint32_t item)
{
    printer_put_c(printer, "\xE2\x80\x9C");
    printer_put_item(printer, kind, item);
    printer_put_c(printer, "\xE2\x80\x9D");
}

/* Whose fact it is, unless it is a person's or its title says so. */
static void put_fact(const struct printer *printer, uint32_t item)
{
    static const char *const subjects[] = {
        [SUBJECT_PERSON] = "", [SUBJECT_HUB] = "hub", [SUBJECT_AGREEMENT] = "agreement"};
    const struct fact *fact = &printer->rulebook->facts[item];
    const str subject = str_from_c(subjects[fact->subject]);
    put_quoted(printer, ITEM_FACT, item);
    if (subject.len > 0 && !str_contains(fact->title, subject)) {
        printer_put_c(printer, " of the ");
        printer_put(printer, subject);
    }
}

static void put_strong(const struct printer *printer, str text)
{
    document_put(printer->document, SPAN_STRONG, text);
}

void printer_put_duration(const struct printer *printer, const struct duration *duration)
{
    static const char *const units[] = {[UNIT_DAYS] = "day",
                                        [UNIT_WORKING_DAYS] = "working day",
                                        [UNIT_MONTHS] = "month",
                                        [UNIT_YEARS] = "year"};
    printer_put(printer, arena_format(printer->arena, "%d %s%s", duration->count,
                                      units[duration->unit], str_noun(duration->count, "", "s")));
    if (duration->unit == UNIT_WORKING_DAYS) {
        printer_put_c(printer, " (");
        printer_put_item(printer, ITEM_CALENDAR, duration->calendar);
        printer_put_c(printer, ")");
    } else if (duration->unit != UNIT_DAYS) {
        printer_put_c(printer, duration->rounding == DATE_ROUND_UP
                                   ? " (where the month has no such day, the first of the next)"
                                   : " (where the month has no such day, its last)");
    }
}

/* Values. */

static void put_literal(const struct printer *printer, const struct node *node)
{
    const struct rulebook *rulebook = printer->rulebook;
    switch (node->type) {
    case FACT_FLAG:
        put_strong(printer, node->number != 0 ? STR("yes") : STR("no"));
        break;
    case FACT_CHOICE:
        put_strong(printer, rulebook->facts[node->item].choice_words[node->number]);
        break;
    case FACT_DATE:
        put_strong(printer, printer_day(printer, (date){.day = (int32_t)node->number}));
        break;
    case FACT_NUMBER:
        put_strong(printer, arena_format(printer->arena, "%lld", (long long)node->number));
        break;
    case FACT_COUNTRY:
        put_strong(printer, rulebook_country_name(rulebook, (uint16_t)node->number));
        break;
    case FACT_COUNTRIES:
    case FACT_TEXT:
        break; /* no condition holds one */
    }
}

static void put_value_node(const struct printer *printer, const struct node *node);

static void put_values(const struct printer *printer, const struct node *node, uint32_t first,
                       const char *last_word)
{
    for (uint32_t i = first; i < node->child_count; i++) {
        printer_put_c(printer, i == first ? "" : i + 1 == node->child_count ? last_word : ", ");
        put_value_node(printer, node_child(printer->rulebook, node, i));
    }
}

static void put_value_node(const struct printer *printer, const struct node *node)
{
    if (node->kind == NODE_FACT || node->kind == NODE_FLAG) {
        put_fact(printer, node->item);
    } else if (node->kind == NODE_LITERAL) {
        put_literal(printer, node);
    } else if (node->kind == NODE_TODAY) {
        printer_put_c(printer, "today");
    } else if (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) {
        printer_put_duration(printer, &node->duration);
        printer_put_c(printer, node->kind == NODE_AFTER ? " after " : " before ");
        put_values(printer, node, 0, "");
    } else if (node->kind == NODE_LAST_DAY) {
        printer_put_c(printer, "the last day of ");
        put_quoted(printer, ITEM_CLOCK, node->item);
    } else if (node->kind == NODE_LATER || node->kind == NODE_EARLIER) {
        printer_put_c(printer, node->kind == NODE_LATER ? "the later of " : "the earlier of ");
        put_values(printer, node, 0, " and ");
    }
}

void printer_put_value(const struct printer *printer, node_index value)
{
    put_value_node(printer, node_at(printer, value));
}

/* Sentences. */

/* What stands between the two sides of a comparison: of days, and of anything else. */
static const char *comparing(enum node_kind kind, bool days)
{
    static const char *const of_days[] = {
        [NODE_EQUAL] = " is ",         [NODE_NOT_EQUAL] = " is not ",
        [NODE_LESS] = " is before ",   [NODE_LESS_EQUAL] = " is on or before ",
        [NODE_GREATER] = " is after ", [NODE_GREATER_EQUAL] = " is on or after ",
    };
    static const char *const of_others[] = {
        [NODE_EQUAL] = " is ",
        [NODE_NOT_EQUAL] = " is not ",
        [NODE_LESS] = " is less than ",
        [NODE_LESS_EQUAL] = " is at most ",
        [NODE_GREATER] = " is more than ",
        [NODE_GREATER_EQUAL] = " is at least ",
    };
    return days ? of_days[kind] : of_others[kind];
}

static void put_comparison(const struct printer *printer, const struct node *node)
{
    const struct node *left = node_child(printer->rulebook, node, 0);
    put_value_node(printer, left);
    printer_put_c(printer, comparing(node->kind, left->type == FACT_DATE));
    put_value_node(printer, node_child(printer->rulebook, node, 1));
}

static void put_written(const struct printer *printer, const struct node *node)
{
    struct buf buf;
    buf_init(&buf, printer->arena, WRITTEN_BYTES_MAX);
    canonical_condition(printer->rulebook, (node_index)(node - printer->rulebook->nodes), &buf);
    printer->document->failed = printer->document->failed || buf.failed;
    document_put(printer->document, SPAN_NAME, buf_str(&buf));
}

static void put_fact_and(const struct printer *printer, const struct node *node, const char *words)
{
    put_fact(printer, node->item);
    printer_put_c(printer, words);
}

static void put_sentence(const struct printer *printer, const struct node *node)
{
    switch (node->kind) {
    case NODE_ALWAYS:
        printer_put_c(printer, "always");
        break;
    case NODE_NEVER:
        printer_put_c(printer, "never");
        break;
    case NODE_FLAG:
        put_fact_and(printer, node, ": ");
        put_strong(printer, STR("yes"));
        break;
    case NODE_DEFINITION:
        put_quoted(printer, ITEM_DEFINITION, node->item);
        printer_put_c(printer, " (as defined)");
        break;
    case NODE_KNOWN:
        put_fact_and(printer, node, " is recorded");
        break;
    case NODE_UNKNOWN:
        put_fact_and(printer, node, " is not recorded");
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
        put_quoted(printer, ITEM_CLOCK, node->item);
        printer_put_c(printer, node->kind == NODE_EXPIRED ? " has expired" : " is running");
        break;
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        put_comparison(printer, node);
        break;
    case NODE_IN_LIST:
        put_value_node(printer, node_child(printer->rulebook, node, 0));
        printer_put_c(printer, " is ");
        put_values(printer, node, 1, " or ");
        break;
    case NODE_IN_SET:
        put_value_node(printer, node_child(printer->rulebook, node, 0));
        printer_put_c(printer, " is among ");
        put_value_node(printer, node_child(printer->rulebook, node, 1));
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        put_written(printer, node);
        break;
    case NODE_FACT:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LAST_DAY:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        break; /* values, which are no conditions */
    }
}

/* Lists. */

struct grouping {
    const char *words; /* NULL when the condition is one sentence */
    bool of_children;  /* its list is of its child's children */
};

/* How a condition that has parts begins. */
static struct grouping grouping_of(const struct printer *printer, const struct node *node)
{
    const bool negated = node->kind == NODE_NOT;
    const struct node *inner = negated ? node_child(printer->rulebook, node, 0) : node;
    if (inner->kind == NODE_AND) {
        return (struct grouping){negated ? "not all of these are so:" : "all of these are so:",
                                 negated};
    }
    if (inner->kind == NODE_OR) {
        return (struct grouping){negated ? "none of these is so:" : "at least one of these is so:",
                                 negated};
    }
    if (negated) {
        return (struct grouping){"this is not so:", false};
    }
    if (node->kind == NODE_ANY_MEMBER) {
        return (struct grouping){"of at least one member of the family this is so:", false};
    }
    if (node->kind == NODE_NO_MEMBER) {
        return (struct grouping){"of no member of the family this is so:", false};
    }
    if (node->kind == NODE_EVERY_MEMBER) {
        return (struct grouping){"of every member of the family this is so:", false};
    }
    return (struct grouping){NULL, false};
}

/* `not FLAG` is said as what the flag is. */
static bool put_negated_flag(const struct printer *printer, const struct node *node)
{
    if (node->kind != NODE_NOT || node_child(printer->rulebook, node, 0)->kind != NODE_FLAG) {
        return false;
    }
    put_fact_and(printer, node_child(printer->rulebook, node, 0), ": ");
    put_strong(printer, STR("no"));
    return true;
}

static void put_list(const struct printer *printer, const struct node *node, int lists);

/* The words of a condition; its parts follow as a list. */
static void put_condition(const struct printer *printer, const struct node *node, int lists)
{
    const struct grouping grouping = grouping_of(printer, node);
    if (put_negated_flag(printer, node)) {
        return;
    }
    if (grouping.words == NULL || lists == LISTS_MAX) {
        put_sentence(printer, node);
        return;
    }
    printer_put_c(printer, grouping.words);
    put_list(printer, grouping.of_children ? node_child(printer->rulebook, node, 0) : node,
             lists + 1);
}

static void put_list(const struct printer *printer, const struct node *node, int lists)
{
    document_begin(printer->document, BLOCK_LIST);
    for (uint32_t i = 0; i < node->child_count; i++) {
        document_begin(printer->document, BLOCK_ITEM);
        put_condition(printer, node_child(printer->rulebook, node, i), lists);
        document_end(printer->document);
    }
    document_end(printer->document);
}

void printer_condition(const struct printer *printer, const char *lead, node_index condition)
{
    const struct node *node = node_at(printer, condition);
    const struct grouping grouping = grouping_of(printer, node);
    document_begin(printer->document, BLOCK_PARAGRAPH);
    printer_put_c(printer, lead);
    if (grouping.words == NULL || put_negated_flag(printer, node)) {
        if (grouping.words == NULL) {
            put_sentence(printer, node);
        }
        printer_put_c(printer, ".");
        document_end(printer->document);
        return;
    }
    printer_put_c(printer, grouping.words);
    document_end(printer->document);
    put_list(printer, grouping.of_children ? node_child(printer->rulebook, node, 0) : node, 1);
}
