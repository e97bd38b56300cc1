/* Conditions and values. Which operator binds how closely is a table: a row for each token that may
 * begin a term (prefix) or go on with one (infix), in Vaughan Pratt's way. */
#include "rulebook/diagnose.h"
#include "rulebook/parser.h"

enum binding {
    BIND_NONE,
    BIND_OR,
    BIND_AND,
    BIND_NOT,
    BIND_COMPARISON,
    BIND_SUFFIX, /* known, unknown, has expired, is running */
};

typedef node_index prefix_function(struct parser *parser);
typedef node_index infix_function(struct parser *parser, node_index left);

struct operator_row {
    prefix_function *prefix;
    infix_function *infix;
    enum binding binding; /* of the infix */
};

static const struct operator_row *operator_row(enum token_kind kind);

static struct node_draft *node_at(struct parser *parser, node_index index)
{
    return LIST_AT(&parser->draft->nodes, struct node_draft, index);
}

static node_index new_node(struct parser *parser, enum node_kind kind, struct place_in_text at)
{
    const size_t index = parser->draft->nodes.count;
    struct node_draft *draft = LIST_ADD(&parser->draft->nodes, struct node_draft, parser->scratch);
    if (draft == NULL || index >= NOT_FOUND_INDEX) {
        parser_is_full(parser);
        return NOT_FOUND_INDEX;
    }
    draft->node.kind = kind;
    draft->node.item = NOT_FOUND_INDEX;
    draft->node.at = at;
    return (node_index)index;
}

static node_index new_parent(struct parser *parser, enum node_kind kind, struct place_in_text at,
                             const struct list *children)
{
    const node_index index = new_node(parser, kind, at);
    if (index == NOT_FOUND_INDEX) {
        return NOT_FOUND_INDEX;
    }
    struct node *node = &node_at(parser, index)->node;
    node->children = LIST_COPY(children, node_index, parser->perm);
    node->child_count = (uint32_t)children->count;
    if (node->children == NULL) {
        parser_is_full(parser);
        return NOT_FOUND_INDEX;
    }
    return index;
}

static bool add_child(struct parser *parser, struct list *children, node_index child)
{
    if (child == NOT_FOUND_INDEX) {
        return false;
    }
    node_index *added = LIST_ADD(children, node_index, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = child;
    return true;
}

/* A term and whatever follows it that binds at least this closely. */
static node_index parse_term(struct parser *parser, enum binding least)
{
    if (parser->depth == RULEBOOK_NESTING_MAX) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "The condition is nested more than %d deep", RULEBOOK_NESTING_MAX);
        diagnose_hint(parser->diagnostics, "Give a part of it a name with \"define\"");
        return NOT_FOUND_INDEX;
    }
    const struct operator_row *row = operator_row(parser->token.kind);
    if (row->prefix == NULL) {
        parser_unexpected(parser, "a condition or a value");
        return NOT_FOUND_INDEX;
    }
    parser->depth++;
    node_index left = row->prefix(parser);
    row = operator_row(parser->token.kind);
    while (left != NOT_FOUND_INDEX && row->infix != NULL && row->binding >= least) {
        left = row->infix(parser, left);
        row = operator_row(parser->token.kind);
    }
    parser->depth--;
    return left;
}

node_index parser_condition(struct parser *parser)
{
    return parse_term(parser, BIND_OR);
}

node_index parser_value(struct parser *parser)
{
    return parse_term(parser, BIND_SUFFIX);
}

/* `( A, B, ... )`, with the opening parenthesis already taken. */
static bool parse_listed(struct parser *parser, struct list *children)
{
    do {
        if (!add_child(parser, children, parser_value(parser))) {
            return false;
        }
    } while (parser_take(parser, TOKEN_COMMA));
    return parser_expect(parser, TOKEN_CLOSE);
}

static node_index parse_group(struct parser *parser)
{
    parser_next(parser);
    const node_index inner = parser_condition(parser);
    if (inner == NOT_FOUND_INDEX || !parser_expect(parser, TOKEN_CLOSE)) {
        return NOT_FOUND_INDEX;
    }
    return inner;
}

static node_index parse_not(struct parser *parser)
{
    const struct place_in_text at = parser->token.at;
    parser_next(parser);
    struct list children = {0};
    if (!add_child(parser, &children, parse_term(parser, BIND_NOT))) {
        return NOT_FOUND_INDEX;
    }
    return new_parent(parser, NODE_NOT, at, &children);
}

static node_index parse_name(struct parser *parser)
{
    const struct token token = parser->token;
    parser_next(parser);
    const node_index index = new_node(parser, NODE_NAME, token.at);
    if (index != NOT_FOUND_INDEX) {
        node_at(parser, index)->name = (struct name_at){.text = token.text, .at = token.at};
    }
    return index;
}

static node_index parse_literal(struct parser *parser, enum fact_type type, int64_t number)
{
    const struct place_in_text at = parser->token.at;
    parser_next(parser);
    const node_index index = new_node(parser, NODE_LITERAL, at);
    if (index != NOT_FOUND_INDEX) {
        node_at(parser, index)->node.type = type;
        node_at(parser, index)->node.number = number;
    }
    return index;
}

static node_index parse_date(struct parser *parser)
{
    return parse_literal(parser, FACT_DATE, parser->token.number);
}

static node_index parse_country(struct parser *parser)
{
    return parse_literal(parser, FACT_COUNTRY, parser->token.number);
}

static node_index parse_yes(struct parser *parser)
{
    return parse_literal(parser, FACT_FLAG, 1);
}

static node_index parse_constant(struct parser *parser)
{
    static const enum node_kind kinds[TOKEN_KIND_COUNT] = {
        [TOKEN_ALWAYS] = NODE_ALWAYS,
        [TOKEN_NEVER] = NODE_NEVER,
        [TOKEN_TODAY] = NODE_TODAY,
    };
    const struct token token = parser->token;
    parser_next(parser);
    return new_node(parser, kinds[token.kind], token.at);
}

/* `any|no|every family member has C`, from `family` on: C is a definition, or a condition in
 * parentheses. */
static node_index parse_family(struct parser *parser, enum node_kind kind, struct place_in_text at)
{
    static const enum token_kind words[] = {TOKEN_FAMILY, TOKEN_MEMBER, TOKEN_HAS, TOKEN_END};
    if (!parser_expect_all(parser, words)) {
        return NOT_FOUND_INDEX;
    }
    if (!parser_at(parser, TOKEN_NAME) && !parser_at(parser, TOKEN_OPEN)) {
        parser_unexpected(parser, "a definition, or a condition in parentheses");
        return NOT_FOUND_INDEX;
    }
    struct list children = {0};
    const node_index child =
        parser_at(parser, TOKEN_OPEN) ? parse_group(parser) : parse_name(parser);
    if (!add_child(parser, &children, child)) {
        return NOT_FOUND_INDEX;
    }
    return new_parent(parser, kind, at, &children);
}

static node_index parse_any(struct parser *parser)
{
    const struct place_in_text at = parser->token.at;
    parser_next(parser);
    return parse_family(parser, NODE_ANY_MEMBER, at);
}

static node_index parse_every(struct parser *parser)
{
    const struct place_in_text at = parser->token.at;
    parser_next(parser);
    return parse_family(parser, NODE_EVERY_MEMBER, at);
}

/* `no` alone is a value, `no family member has C` a condition. */
static node_index parse_no(struct parser *parser)
{
    const struct place_in_text at = parser->token.at;
    const node_index literal = parse_literal(parser, FACT_FLAG, 0);
    return parser_at(parser, TOKEN_FAMILY) ? parse_family(parser, NODE_NO_MEMBER, at) : literal;
}

static node_index parse_later_or_earlier(struct parser *parser)
{
    static const enum token_kind words[] = {TOKEN_OF, TOKEN_OPEN, TOKEN_END};
    const struct token token = parser->token;
    parser_next(parser);
    struct list children = {0};
    if (!parser_expect_all(parser, words) || !parse_listed(parser, &children)) {
        return NOT_FOUND_INDEX;
    }
    if (children.count < 2) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, token.at,
                 "\"%.*s of\" compares two dates or more", STR_ARG(token.text));
        return NOT_FOUND_INDEX;
    }
    return new_parent(parser, token.kind == TOKEN_LATER ? NODE_LATER : NODE_EARLIER, token.at,
                      &children);
}

static node_index parse_last_day(struct parser *parser)
{
    static const enum token_kind words[] = {TOKEN_LAST, TOKEN_DAY, TOKEN_OF, TOKEN_END};
    const struct place_in_text at = parser->token.at;
    struct name_at clock;
    if (!parser_expect_all(parser, words) || !parser_name(parser, &clock, "the name of a clock")) {
        return NOT_FOUND_INDEX;
    }
    const node_index index = new_node(parser, NODE_LAST_DAY, at);
    if (index != NOT_FOUND_INDEX) {
        node_at(parser, index)->name = clock;
    }
    return index;
}

/* Durations. */

struct unit_row {
    enum token_kind many;
    enum token_kind one;
    enum duration_unit unit;
    int32_t most;
    const char *called;
};

static const struct unit_row unit_rows[] = {
    {TOKEN_DAYS, TOKEN_DAY, UNIT_DAYS, RULEBOOK_DAYS_MAX, "days"},
    {TOKEN_MONTHS, TOKEN_MONTH, UNIT_MONTHS, RULEBOOK_MONTHS_MAX, "months"},
    {TOKEN_YEARS, TOKEN_YEAR, UNIT_YEARS, RULEBOOK_YEARS_MAX, "years"},
};

static const struct unit_row *unit_row(enum token_kind kind)
{
    for (size_t i = 0; i < sizeof unit_rows / sizeof unit_rows[0]; i++) {
        if (unit_rows[i].many == kind || unit_rows[i].one == kind) {
            return &unit_rows[i];
        }
    }
    return NULL;
}

static bool at_unit(const struct parser *parser)
{
    return parser_at(parser, TOKEN_WORKING) || unit_row(parser->token.kind) != NULL;
}

/* The calendar of working days, after `working days`. */
static bool parse_calendar_of_duration(struct parser *parser, struct name_at *ret_calendar)
{
    if (!parser_at(parser, TOKEN_OPEN)) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "Working days are counted in a calendar, and none is named");
        diagnose_hint(parser->diagnostics,
                      "Write for example \"12 working days (NAME_OF_THE_CALENDAR)\"");
        return false;
    }
    parser_next(parser);
    return parser_name(parser, ret_calendar, "the name of a calendar") &&
           parser_expect(parser, TOKEN_CLOSE);
}

static bool parse_rounding(struct parser *parser, enum date_rounding *ret_rounding)
{
    if (!parser_take(parser, TOKEN_ROUNDING)) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "Months and years need a rounding, for months that are too short");
        diagnose_hint(parser->diagnostics,
                      "Write \"rounding down\" (31 January and a month: 28 February) or "
                      "\"rounding up\" (1 March)");
        return false;
    }
    if (!parser_at(parser, TOKEN_DOWN) && !parser_at(parser, TOKEN_UP)) {
        return parser_unexpected(parser, "\"down\" or \"up\"");
    }
    *ret_rounding = parser_at(parser, TOKEN_UP) ? DATE_ROUND_UP : DATE_ROUND_DOWN;
    parser_next(parser);
    return true;
}

static bool check_count(struct parser *parser, const struct token *count,
                        const struct unit_row *row)
{
    if (count->number < 0 || count->number > row->most) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, count->at,
                 "A duration is from 0 to %d %s, not %.*s", row->most, row->called,
                 STR_ARG(diagnose_shown(count->text)));
        if (count->number < 0) {
            diagnose_hint(parser->diagnostics, "Write \"before\" instead of \"after\"");
        }
        return false;
    }
    if (parser_at(parser, row->one) && count->number != 1) {
        return parser_unexpected(parser, token_called(row->many));
    }
    return true;
}

/* The unit of a duration, whose count is already taken. */
static bool parse_unit(struct parser *parser, const struct token *count,
                       struct duration *ret_duration, struct name_at *ret_calendar)
{
    const bool working = parser_take(parser, TOKEN_WORKING);
    const struct unit_row *row = unit_row(parser->token.kind);
    if (row == NULL || (working && row->unit != UNIT_DAYS)) {
        return parser_unexpected(
            parser, working ? "\"days\"" : "\"days\", \"working days\", \"months\" or \"years\"");
    }
    if (!check_count(parser, count, row)) {
        return false;
    }
    parser_next(parser);
    struct duration duration = {
        .count = (int32_t)count->number,
        .unit = working ? UNIT_WORKING_DAYS : row->unit,
        .calendar = NOT_FOUND_INDEX,
    };
    if (working && !parse_calendar_of_duration(parser, ret_calendar)) {
        return false;
    }
    if (row->unit != UNIT_DAYS && !parse_rounding(parser, &duration.rounding)) {
        return false;
    }
    *ret_duration = duration;
    return true;
}

bool parser_duration(struct parser *parser, struct duration *ret_duration,
                     struct name_at *ret_calendar)
{
    const struct token count = parser->token;
    if (!parser_at(parser, TOKEN_NUMBER)) {
        return parser_unexpected(parser, "a number of days, working days, months or years");
    }
    parser_next(parser);
    return parse_unit(parser, &count, ret_duration, ret_calendar);
}

/* A number, or `N days after D`. */
static node_index parse_number(struct parser *parser)
{
    const struct token count = parser->token;
    const node_index literal = parse_literal(parser, FACT_NUMBER, count.number);
    if (literal == NOT_FOUND_INDEX || !at_unit(parser)) {
        return literal;
    }
    struct duration duration;
    struct name_at calendar = {0};
    if (!parse_unit(parser, &count, &duration, &calendar)) {
        return NOT_FOUND_INDEX;
    }
    const enum node_kind kind = parser_at(parser, TOKEN_BEFORE) ? NODE_BEFORE : NODE_AFTER;
    if (!parser_take(parser, TOKEN_BEFORE) && !parser_take(parser, TOKEN_AFTER)) {
        parser_unexpected(parser, "\"after\" or \"before\"");
        return NOT_FOUND_INDEX;
    }
    struct list children = {0};
    if (!add_child(parser, &children, parser_value(parser))) {
        return NOT_FOUND_INDEX;
    }
    const node_index index = new_parent(parser, kind, count.at, &children);
    if (index != NOT_FOUND_INDEX) {
        node_at(parser, index)->node.duration = duration;
        node_at(parser, index)->name = calendar;
    }
    return index;
}

/* What stands wrongly where a value should be: said with advice. */

static node_index refuse_unknown(struct parser *parser)
{
    diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at, "\"unknown\" is not a value");
    diagnose_hint(parser->diagnostics, "Write \"FACT unknown\", without \"=\"");
    return NOT_FOUND_INDEX;
}

static node_index refuse_text(struct parser *parser)
{
    diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
             "A text cannot stand in a condition");
    diagnose_hint(
        parser->diagnostics,
        "Choices are written without quotes; texts are carried and shown, never compared");
    return NOT_FOUND_INDEX;
}

/* Infix: what may follow a term. */

static node_index parse_chain(struct parser *parser, node_index left, enum token_kind word,
                              enum node_kind kind, enum binding closer)
{
    const struct place_in_text at = node_at(parser, left)->node.at;
    struct list children = {0};
    if (!add_child(parser, &children, left)) {
        return NOT_FOUND_INDEX;
    }
    while (parser_take(parser, word)) {
        if (!add_child(parser, &children, parse_term(parser, closer))) {
            return NOT_FOUND_INDEX;
        }
    }
    return new_parent(parser, kind, at, &children);
}

static node_index parse_and(struct parser *parser, node_index left)
{
    return parse_chain(parser, left, TOKEN_AND, NODE_AND, BIND_NOT);
}

static node_index parse_or(struct parser *parser, node_index left)
{
    return parse_chain(parser, left, TOKEN_OR, NODE_OR, BIND_AND);
}

static node_index parse_comparison(struct parser *parser, node_index left)
{
    static const enum node_kind kinds[TOKEN_KIND_COUNT] = {
        [TOKEN_EQUAL] = NODE_EQUAL,     [TOKEN_NOT_EQUAL] = NODE_NOT_EQUAL,
        [TOKEN_LESS] = NODE_LESS,       [TOKEN_LESS_EQUAL] = NODE_LESS_EQUAL,
        [TOKEN_GREATER] = NODE_GREATER, [TOKEN_GREATER_EQUAL] = NODE_GREATER_EQUAL,
    };
    const struct token token = parser->token;
    parser_next(parser);
    struct list children = {0};
    if (!add_child(parser, &children, left) ||
        !add_child(parser, &children, parser_value(parser))) {
        return NOT_FOUND_INDEX;
    }
    return new_parent(parser, kinds[token.kind], token.at, &children);
}

static node_index parse_in(struct parser *parser, node_index left)
{
    const struct place_in_text at = parser->token.at;
    parser_next(parser);
    struct list children = {0};
    if (!add_child(parser, &children, left)) {
        return NOT_FOUND_INDEX;
    }
    const bool listed = parser_take(parser, TOKEN_OPEN);
    const bool parsed = listed ? parse_listed(parser, &children)
                               : add_child(parser, &children, parser_value(parser));
    return parsed ? new_parent(parser, listed ? NODE_IN_LIST : NODE_IN_SET, at, &children)
                  : NOT_FOUND_INDEX;
}

/* Turns the name before a suffix into what the suffix asks of it. */
static node_index suffix(struct parser *parser, node_index left, enum node_kind kind,
                         const char *asked_of)
{
    struct node *node = &node_at(parser, left)->node;
    if (node->kind != NODE_NAME) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "\"%.*s\" is asked of %s alone", STR_ARG(parser->token.text), asked_of);
        return NOT_FOUND_INDEX;
    }
    parser_next(parser);
    node->kind = kind;
    return left;
}

static node_index parse_known(struct parser *parser, node_index left)
{
    return suffix(parser, left, parser_at(parser, TOKEN_KNOWN) ? NODE_KNOWN : NODE_UNKNOWN,
                  "a fact");
}

static node_index parse_has_expired(struct parser *parser, node_index left)
{
    const node_index index = suffix(parser, left, NODE_EXPIRED, "a clock");
    return index != NOT_FOUND_INDEX && parser_expect(parser, TOKEN_EXPIRED) ? index
                                                                            : NOT_FOUND_INDEX;
}

static node_index parse_is_running(struct parser *parser, node_index left)
{
    const node_index index = suffix(parser, left, NODE_RUNNING, "a clock");
    return index != NOT_FOUND_INDEX && parser_expect(parser, TOKEN_RUNNING) ? index
                                                                            : NOT_FOUND_INDEX;
}

static const struct operator_row operator_rows[TOKEN_KIND_COUNT] = {
    [TOKEN_OPEN] = {parse_group, NULL, BIND_NONE},
    [TOKEN_NAME] = {parse_name, NULL, BIND_NONE},
    [TOKEN_NUMBER] = {parse_number, NULL, BIND_NONE},
    [TOKEN_DATE] = {parse_date, NULL, BIND_NONE},
    [TOKEN_COUNTRY] = {parse_country, NULL, BIND_NONE},
    [TOKEN_TEXT] = {refuse_text, NULL, BIND_NONE},
    [TOKEN_YES] = {parse_yes, NULL, BIND_NONE},
    [TOKEN_NO] = {parse_no, NULL, BIND_NONE},
    [TOKEN_TODAY] = {parse_constant, NULL, BIND_NONE},
    [TOKEN_ALWAYS] = {parse_constant, NULL, BIND_NONE},
    [TOKEN_NEVER] = {parse_constant, NULL, BIND_NONE},
    [TOKEN_ANY] = {parse_any, NULL, BIND_NONE},
    [TOKEN_EVERY] = {parse_every, NULL, BIND_NONE},
    [TOKEN_LAST] = {parse_last_day, NULL, BIND_NONE},
    [TOKEN_LATER] = {parse_later_or_earlier, NULL, BIND_NONE},
    [TOKEN_EARLIER] = {parse_later_or_earlier, NULL, BIND_NONE},
    [TOKEN_NOT] = {parse_not, NULL, BIND_NONE},
    [TOKEN_OR] = {NULL, parse_or, BIND_OR},
    [TOKEN_AND] = {NULL, parse_and, BIND_AND},
    [TOKEN_EQUAL] = {NULL, parse_comparison, BIND_COMPARISON},
    [TOKEN_NOT_EQUAL] = {NULL, parse_comparison, BIND_COMPARISON},
    [TOKEN_LESS] = {NULL, parse_comparison, BIND_COMPARISON},
    [TOKEN_LESS_EQUAL] = {NULL, parse_comparison, BIND_COMPARISON},
    [TOKEN_GREATER] = {NULL, parse_comparison, BIND_COMPARISON},
    [TOKEN_GREATER_EQUAL] = {NULL, parse_comparison, BIND_COMPARISON},
    [TOKEN_IN] = {NULL, parse_in, BIND_COMPARISON},
    [TOKEN_KNOWN] = {NULL, parse_known, BIND_SUFFIX},
    [TOKEN_UNKNOWN] = {refuse_unknown, parse_known, BIND_SUFFIX},
    [TOKEN_HAS] = {NULL, parse_has_expired, BIND_SUFFIX},
    [TOKEN_IS] = {NULL, parse_is_running, BIND_SUFFIX},
};

static const struct operator_row *operator_row(enum token_kind kind)
{
    return &operator_rows[kind];
}
