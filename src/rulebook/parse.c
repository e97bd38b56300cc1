/* The items of a rulebook. What may stand in an item is a table of forms; a line that fails costs
 * that line alone. */
#include "rulebook/parse.h"

#include "rulebook/diagnose.h"
#include "rulebook/parser.h"

/* One kind of line, or part of one, in an item. A word is taken before `parse` is called; a text or
 * a date is not. */
typedef bool line_function(struct parser *parser, void *item);

struct form {
    enum token_kind begins;
    bool repeatable;
    line_function *parse;
};

struct forms {
    const char *of; /* "a safeguard" */
    const struct form *rows;
    size_t count;
    const struct forms *outer; /* whose lines may follow, ending these */
};

#define FORMS_OF(called, table, outside)                                                           \
    {                                                                                              \
        .of = (called), .rows = (table), .count = sizeof(table) / sizeof(table)[0],                \
        .outer = (outside)                                                                         \
    }

static const struct form *find_form(const struct forms *forms, enum token_kind kind)
{
    for (size_t i = 0; i < forms->count; i++) {
        if (forms->rows[i].begins == kind) {
            return &forms->rows[i];
        }
    }
    return NULL;
}

static bool begins_line_of(const struct forms *forms, enum token_kind kind)
{
    return forms != NULL && (find_form(forms, kind) != NULL || begins_line_of(forms->outer, kind));
}

static void skip_item(struct parser *parser)
{
    while (!parser_at_item_end(parser)) {
        parser_next(parser);
    }
}

/* To the next line that these forms understand. */
static void skip_line(struct parser *parser, const struct forms *forms)
{
    while (!parser_at_item_end(parser) &&
           !(parser->token.first_on_line && begins_line_of(forms, parser->token.kind))) {
        parser_next(parser);
    }
}

/* Advice for a line nobody knows: the words a line may begin with. */
static void hint_forms(struct parser *parser, const struct forms *forms)
{
    struct arena arena = *parser->scratch; /* by value: given back on return */
    struct buf buf;
    buf_init(&buf, &arena, 256);
    for (size_t i = 0; i < forms->count; i++) {
        buf_put_c(&buf, i == 0 ? "" : ", ");
        buf_put_c(&buf, token_called(forms->rows[i].begins));
    }
    diagnose_hint(parser->diagnostics, "In %s stand: %.*s", forms->of, STR_ARG(buf_str(&buf)));
}

static void refuse_line(struct parser *parser, const struct forms *forms)
{
    const struct token token = parser->token;
    if (token.kind == TOKEN_BAD) {
        return;
    }
    if (token.kind == TOKEN_TEXT) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, token.at, "A text was not expected here");
    } else {
        diagnose(parser->diagnostics, SEVERITY_ERROR, token.at, "\"%.*s\" was not expected here",
                 STR_ARG(diagnose_shown(token.text)));
    }
    hint_forms(parser, forms);
}

/* Notes that a line of the item begins at the token not yet taken. */
static void mark_line(struct parser *parser, bool is_item, bool in_example)
{
    if (parser->marks == NULL) {
        return;
    }
    struct line_mark *added = LIST_ADD(parser->marks, struct line_mark, parser->scratch);
    if (added == NULL) {
        parser_is_full(parser);
        return;
    }
    *added = (struct line_mark){
        .at = parser->token.at,
        .item = parser->item,
        .begins = parser->token.kind,
        .is_item = is_item,
        .in_example = in_example,
    };
}

/* The lines of an item, up to its end. False when one of them could not be read. */
static bool parse_lines(struct parser *parser, const struct forms *forms, void *item)
{
    bool sound = true;
    uint32_t seen = 0;
    while (!parser_at_item_end(parser) && !parser->out_of_memory) {
        const struct token token = parser->token;
        const struct form *form = find_form(forms, token.kind);
        if (form == NULL && begins_line_of(forms->outer, token.kind)) {
            return sound;
        }
        bool line_sound = false;
        if (form == NULL) {
            refuse_line(parser, forms);
            parser_next(parser);
        } else {
            const uint32_t bit = UINT32_C(1) << (unsigned)(form - forms->rows);
            if ((seen & bit) != 0 && !form->repeatable) {
                diagnose(parser->diagnostics, SEVERITY_ERROR, token.at, "%s stands twice in %s",
                         token_called(token.kind), forms->of);
            }
            line_sound = (seen & bit) == 0 || form->repeatable;
            seen |= bit;
            mark_line(parser, false, forms->outer != NULL);
            if (token_is_word(token.kind) || token.kind == TOKEN_COLON) {
                parser_next(parser);
            }
            line_sound = form->parse(parser, item) && line_sound;
        }
        if (!line_sound) {
            sound = false;
            skip_line(parser, forms);
        }
    }
    return sound;
}

/* A new draft at the end of its list, or NULL when there may be no more. */
static void *add_item(struct parser *parser, struct list *items, size_t size, size_t alignment,
                      struct place_in_text at, const char *called)
{
    if (items->count == RULEBOOK_ITEMS_MAX) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, at, "A rulebook has at most %d %s",
                 RULEBOOK_ITEMS_MAX, called);
        diagnose_hint(parser->diagnostics,
                      "Leave out what nothing uses, or make two rulebooks of it");
        return NULL;
    }
    void *item = list_add(items, parser->scratch, size, alignment);
    if (item == NULL) {
        parser_is_full(parser);
    }
    return item;
}

#define ADD_ITEM(parser, list, type, at, called)                                                   \
    ((type *)add_item((parser), (list), sizeof(type), alignof(type), (at), (called)))

/* An item that cannot even be named: what refers to it will not be found. */
static void give_up_item(struct parser *parser)
{
    parser->draft->unreadable = true;
    skip_item(parser);
}

/* The name after the word that begins the item. */
static bool item_name(struct parser *parser, const char *wanted, struct name_at *ret_name)
{
    if (!parser_name(parser, ret_name, wanted)) {
        return false;
    }
    if (str_find_char(ret_name->text, '.') != ret_name->text.len) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, ret_name->at,
                 "Only the name of a fact has a dot, and \"%.*s\" is no fact",
                 STR_ARG(ret_name->text));
        return false;
    }
    return true;
}

/* Lines that several items have. */

static bool parse_source(struct parser *parser, struct list *sources)
{
    struct source source = {.at = parser->token.at};
    if (!parser_text(parser, &source.text)) {
        return false;
    }
    if (source.text.len == 0) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, source.at, "The source is empty");
        diagnose_hint(parser->diagnostics, "Name the instrument, article and paragraph");
        return false;
    }
    source.unverified = parser_take(parser, TOKEN_UNVERIFIED);
    struct source *added = LIST_ADD(sources, struct source, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = source;
    return true;
}

/* Values in examples and records. */

static bool add_country(struct parser *parser, struct list *countries, const struct token *token)
{
    struct country_at *added = LIST_ADD(countries, struct country_at, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = (struct country_at){.code = (uint16_t)token->number, .at = token->at};
    return true;
}

static bool parse_country_set(struct parser *parser, struct list *countries)
{
    if (parser_take(parser, TOKEN_CLOSE)) {
        return true;
    }
    do {
        const struct token token = parser->token;
        if (token.kind != TOKEN_COUNTRY) {
            return parser_unexpected(parser, "a country, in three capital letters");
        }
        if (!add_country(parser, countries, &token)) {
            return false;
        }
        parser_next(parser);
    } while (parser_take(parser, TOKEN_COMMA));
    return parser_expect(parser, TOKEN_CLOSE);
}

static const struct {
    enum token_kind token;
    enum literal_kind literal;
} literal_rows[] = {
    {TOKEN_NAME, LITERAL_NAME},       {TOKEN_YES, LITERAL_YES},   {TOKEN_NO, LITERAL_NO},
    {TOKEN_NUMBER, LITERAL_NUMBER},   {TOKEN_DATE, LITERAL_DATE}, {TOKEN_COUNTRY, LITERAL_COUNTRY},
    {TOKEN_OPEN, LITERAL_COUNTRIES},  {TOKEN_TEXT, LITERAL_TEXT}, {TOKEN_TODAY, LITERAL_TODAY},
    {TOKEN_UNKNOWN, LITERAL_UNKNOWN},
};

static bool parse_setting_value(struct parser *parser, struct literal *ret_literal)
{
    const struct token token = parser->token;
    size_t i = 0;
    while (i < sizeof literal_rows / sizeof literal_rows[0] &&
           literal_rows[i].token != token.kind) {
        i++;
    }
    if (i == sizeof literal_rows / sizeof literal_rows[0]) {
        parser_unexpected(parser, "a value");
        if (token_is_word(token.kind)) {
            diagnose_hint(parser->diagnostics,
                          "\"%.*s\" is a word of the language and cannot be a choice",
                          STR_ARG(token.text));
        }
        return false;
    }
    *ret_literal = (struct literal){.kind = literal_rows[i].literal,
                                    .text = token.text,
                                    .number = token.number,
                                    .at = token.at};
    if (token.kind == TOKEN_TEXT) {
        return parser_text(parser, &ret_literal->text);
    }
    /* A country alone may also be a set of one. */
    if (token.kind == TOKEN_COUNTRY && !add_country(parser, &ret_literal->countries, &token)) {
        return false;
    }
    parser_next(parser);
    return token.kind != TOKEN_OPEN || parse_country_set(parser, &ret_literal->countries);
}

/* `FACT = VALUE` or `FACT unknown`. */
static bool parse_setting(struct parser *parser, struct setting *ret_setting)
{
    struct setting setting = {0};
    if (!parser_name(parser, &setting.fact, "the name of a fact")) {
        return false;
    }
    if (parser_at(parser, TOKEN_UNKNOWN)) {
        setting.value = (struct literal){.kind = LITERAL_UNKNOWN, .at = parser->token.at};
        parser_next(parser);
        *ret_setting = setting;
        return true;
    }
    if (!parser_at(parser, TOKEN_EQUAL)) {
        return parser_unexpected(parser, "\"=\" and a value, or \"unknown\"");
    }
    parser_next(parser);
    if (!parse_setting_value(parser, &setting.value)) {
        return false;
    }
    *ret_setting = setting;
    return true;
}

static bool parse_settings(struct parser *parser, struct list *settings)
{
    do {
        struct setting setting;
        if (!parse_setting(parser, &setting)) {
            return false;
        }
        struct setting *added = LIST_ADD(settings, struct setting, parser->scratch);
        if (added == NULL) {
            return parser_is_full(parser);
        }
        *added = setting;
    } while (parser_take(parser, TOKEN_COMMA));
    return true;
}

/* rulebook */

static bool rulebook_title(struct parser *parser, void *item)
{
    struct rulebook_draft *draft = item;
    return parser_text(parser, &draft->title);
}

static bool rulebook_in_force(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_FORCE, TOKEN_FROM, TOKEN_END};
    struct rulebook_draft *draft = item;
    draft->has_in_force = true;
    return parser_expect_all(parser, words) && parser_date(parser, &draft->in_force_from);
}

static const struct form rulebook_rows[] = {
    {TOKEN_TITLE, false, rulebook_title},
    {TOKEN_IN, false, rulebook_in_force},
};
static const struct forms rulebook_forms = FORMS_OF("a rulebook", rulebook_rows, NULL);

static void parse_rulebook_item(struct parser *parser, struct place_in_text at)
{
    struct rulebook_draft *draft = parser->draft;
    struct name_at name;
    draft->rulebook_items++;
    if (draft->rulebook_items > 1) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, at,
                 "There is a second \"rulebook\"; exactly one stands in a rulebook");
        skip_item(parser);
        return;
    }
    if (!item_name(parser, "the name of the rulebook", &name)) {
        draft->rulebook_broken = true;
        skip_item(parser);
        return;
    }
    draft->name = name;
    draft->rulebook_broken = !parse_lines(parser, &rulebook_forms, draft);
}

/* section */

static void parse_section(struct parser *parser, struct place_in_text at)
{
    (void)at;
    str title;
    if (parser_text(parser, &title)) {
        parser->section = title;
        if (!parser_at_item_end(parser)) {
            parser_unexpected(parser, "the end of the line");
        }
    }
    skip_item(parser);
}

/* country */

static bool country_name(struct parser *parser, void *item)
{
    struct country_draft *draft = item;
    draft->has_name = true;
    return parser_text(parser, &draft->country.name);
}

static const struct form country_rows[] = {{TOKEN_TEXT, false, country_name}};
static const struct forms country_forms = FORMS_OF("a country", country_rows, NULL);

static void parse_country_item(struct parser *parser, struct place_in_text at)
{
    struct country_draft *draft =
        ADD_ITEM(parser, &parser->draft->countries, struct country_draft, at, "countries");
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    const struct token code = parser->token;
    draft->at = code.at;
    if (!parser_take(parser, TOKEN_COUNTRY)) {
        parser_unexpected(parser, "a country, in three capital letters");
        parser->draft->countries.count--;
        give_up_item(parser);
        return;
    }
    draft->country.code = (uint16_t)code.number;
    draft->country.name = STR("");
    draft->broken = !parse_lines(parser, &country_forms, draft);
}

/* holidays */

static bool holidays_title(struct parser *parser, void *item)
{
    struct holiday_list_draft *draft = item;
    return parser_text(parser, &draft->list.title);
}

static bool holidays_source(struct parser *parser, void *item)
{
    struct holiday_list_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static bool add_holiday_line(struct parser *parser, struct holiday_list_draft *draft,
                             struct holiday_line line)
{
    struct holiday_line *added = LIST_ADD(&draft->lines, struct holiday_line, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = line;
    return true;
}

static bool holidays_day(struct parser *parser, void *item)
{
    struct holiday_line line = {0};
    return parser_date(parser, &line.day) && parser_text(parser, &line.name) &&
           add_holiday_line(parser, item, line);
}

static const struct {
    str name;
    int32_t days; /* at most */
} months[] = {
    {STR_INIT("january"), 31}, {STR_INIT("february"), 29}, {STR_INIT("march"), 31},
    {STR_INIT("april"), 30},   {STR_INIT("may"), 31},      {STR_INIT("june"), 30},
    {STR_INIT("july"), 31},    {STR_INIT("august"), 31},   {STR_INIT("september"), 30},
    {STR_INIT("october"), 31}, {STR_INIT("november"), 30}, {STR_INIT("december"), 31},
};

enum { MONTHS_PER_YEAR = 12 };

/* `27 december` */
static bool parse_month_day(struct parser *parser, int32_t *ret_month, int32_t *ret_day)
{
    const struct token day = parser->token;
    if (!parser_take(parser, TOKEN_NUMBER)) {
        return parser_unexpected(parser, "a day of the month");
    }
    int32_t month = 0;
    while (month < MONTHS_PER_YEAR && !str_equal(months[month].name, parser->token.text)) {
        month++;
    }
    if (month == MONTHS_PER_YEAR) {
        return parser_unexpected(parser, "a month such as december");
    }
    if (day.number < 1 || day.number > months[month].days) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, day.at, "There is no day %.*s in %.*s",
                 STR_ARG(diagnose_shown(day.text)), STR_ARG(months[month].name));
        return false;
    }
    parser_next(parser);
    *ret_month = month + 1;
    *ret_day = (int32_t)day.number;
    return true;
}

static bool holidays_every(struct parser *parser, void *item)
{
    struct holiday_line line = {.every_year = true};
    if (!parse_month_day(parser, &line.month, &line.month_day)) {
        return false;
    }
    line.end_month = line.month;
    line.end_month_day = line.month_day;
    if (parser_take(parser, TOKEN_TO) &&
        !parse_month_day(parser, &line.end_month, &line.end_month_day)) {
        return false;
    }
    return parser_text(parser, &line.name) && add_holiday_line(parser, item, line);
}

static const struct form holidays_rows[] = {
    {TOKEN_TEXT, false, holidays_title},
    {TOKEN_SOURCE, true, holidays_source},
    {TOKEN_DATE, true, holidays_day},
    {TOKEN_EVERY, true, holidays_every},
};
static const struct forms holidays_forms = FORMS_OF("a list of holidays", holidays_rows, NULL);

static void parse_holidays(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct holiday_list_draft *draft = NULL;
    if (item_name(parser, "the name of a list of holidays", &name)) {
        draft = ADD_ITEM(parser, &parser->draft->holiday_lists, struct holiday_list_draft, at,
                         "lists of holidays");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->list.name = name.text;
    draft->list.at = name.at;
    draft->broken = !parse_lines(parser, &holidays_forms, draft);
}

/* calendar */

static bool calendar_title(struct parser *parser, void *item)
{
    struct calendar_draft *draft = item;
    return parser_text(parser, &draft->item.title);
}

static bool calendar_source(struct parser *parser, void *item)
{
    struct calendar_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static const str weekdays[] = {
    STR_INIT("monday"), STR_INIT("tuesday"),  STR_INIT("wednesday"), STR_INIT("thursday"),
    STR_INIT("friday"), STR_INIT("saturday"), STR_INIT("sunday"),
};

enum { DAYS_PER_WEEK = 7 };

static bool calendar_weekend(struct parser *parser, void *item)
{
    struct calendar_draft *draft = item;
    do {
        unsigned day = 0;
        while (day < DAYS_PER_WEEK && !str_equal(weekdays[day], parser->token.text)) {
            day++;
        }
        if (day == DAYS_PER_WEEK) {
            return parser_unexpected(parser, "a day of the week such as sunday");
        }
        draft->item.calendar.weekend = (uint8_t)(draft->item.calendar.weekend | 1U << day);
        parser_next(parser);
    } while (parser_take(parser, TOKEN_COMMA));
    return true;
}

static bool calendar_holidays(struct parser *parser, void *item)
{
    struct calendar_draft *draft = item;
    return parser_names(parser, &draft->holiday_lists, "the name of a list of holidays");
}

static bool calendar_from(struct parser *parser, void *item)
{
    struct calendar_draft *draft = item;
    draft->has_from = true;
    return parser_date(parser, &draft->item.calendar.from);
}

static bool calendar_until(struct parser *parser, void *item)
{
    struct calendar_draft *draft = item;
    draft->has_until = true;
    return parser_date(parser, &draft->item.calendar.until);
}

static const struct form calendar_rows[] = {
    {TOKEN_TEXT, false, calendar_title},      {TOKEN_SOURCE, true, calendar_source},
    {TOKEN_WEEKEND, false, calendar_weekend}, {TOKEN_HOLIDAYS, false, calendar_holidays},
    {TOKEN_FROM, false, calendar_from},       {TOKEN_UNTIL, false, calendar_until},
};
static const struct forms calendar_forms = FORMS_OF("a calendar", calendar_rows, NULL);

static void parse_calendar(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct calendar_draft *draft = NULL;
    if (item_name(parser, "the name of a calendar", &name)) {
        draft = ADD_ITEM(parser, &parser->draft->calendars, struct calendar_draft, at, "calendars");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->item.calendar.name = name.text;
    draft->item.title = STR("");
    draft->item.at = name.at;
    draft->broken = !parse_lines(parser, &calendar_forms, draft);
}

/* role and notice */

static bool named_title(struct parser *parser, void *item)
{
    struct named_draft *draft = item;
    return parser_text(parser, &draft->title);
}

static bool named_source(struct parser *parser, void *item)
{
    struct named_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static const struct form role_rows[] = {{TOKEN_TEXT, false, named_title}};
static const struct forms role_forms = FORMS_OF("a role", role_rows, NULL);
static const struct form notice_rows[] = {{TOKEN_TEXT, false, named_title},
                                          {TOKEN_SOURCE, true, named_source}};
static const struct forms notice_forms = FORMS_OF("a notice", notice_rows, NULL);

static void parse_named(struct parser *parser, struct place_in_text at, struct list *items,
                        const char *many, const char *wanted, const struct forms *forms)
{
    struct name_at name;
    struct named_draft *draft = NULL;
    if (item_name(parser, wanted, &name)) {
        draft = ADD_ITEM(parser, items, struct named_draft, at, many);
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->name = name.text;
    draft->title = STR("");
    draft->at = name.at;
    draft->broken = !parse_lines(parser, forms, draft);
}

static void parse_role(struct parser *parser, struct place_in_text at)
{
    parse_named(parser, at, &parser->draft->roles, "roles", "the name of a role", &role_forms);
}

static void parse_notice(struct parser *parser, struct place_in_text at)
{
    parse_named(parser, at, &parser->draft->notices, "notices", "the name of a notice",
                &notice_forms);
}

/* stage */

static bool stage_title(struct parser *parser, void *item)
{
    struct stage_draft *draft = item;
    return parser_text(parser, &draft->stage.title);
}

static bool stage_source(struct parser *parser, void *item)
{
    struct stage_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static bool stage_start(struct parser *parser, void *item)
{
    struct stage_draft *draft = item;
    (void)parser;
    draft->stage.start = true;
    return true;
}

static bool stage_outcome(struct parser *parser, void *item)
{
    struct stage_draft *draft = item;
    (void)parser;
    draft->stage.outcome = true;
    return true;
}

static bool stage_whereabouts(struct parser *parser, void *item)
{
    struct stage_draft *draft = item;
    draft->stage.whereabouts_unknown = true;
    return parser_expect(parser, TOKEN_UNKNOWN);
}

static const struct form stage_rows[] = {
    {TOKEN_TEXT, false, stage_title},
    {TOKEN_SOURCE, true, stage_source},
    {TOKEN_START, false, stage_start},
    {TOKEN_OUTCOME, false, stage_outcome},
    {TOKEN_WHEREABOUTS, false, stage_whereabouts},
};
static const struct forms stage_forms = FORMS_OF("a stage", stage_rows, NULL);

static void parse_stage(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct stage_draft *draft = NULL;
    if (item_name(parser, "the name of a stage", &name)) {
        draft = ADD_ITEM(parser, &parser->draft->stages, struct stage_draft, at, "stages");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->stage.name = name.text;
    draft->stage.title = STR("");
    draft->stage.at = name.at;
    draft->broken = !parse_lines(parser, &stage_forms, draft);
}

/* fact */

static bool fact_title(struct parser *parser, void *item)
{
    struct fact_draft *draft = item;
    return parser_text(parser, &draft->fact.title);
}

static bool fact_note(struct parser *parser, void *item)
{
    struct fact_draft *draft = item;
    return parser_text(parser, &draft->fact.note);
}

static bool fact_source(struct parser *parser, void *item)
{
    struct fact_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

/* The two ways to give a type exclude each other. */
static bool has_one_type(struct parser *parser, struct fact_draft *draft, struct place_in_text at)
{
    if (draft->has_type) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, at, "The fact already has a type");
        return false;
    }
    draft->has_type = true;
    return true;
}

static const struct {
    enum token_kind word;
    enum fact_type type;
} type_rows[] = {
    {TOKEN_FLAG, FACT_FLAG},           {TOKEN_DATE_WORD, FACT_DATE},
    {TOKEN_NUMBER_WORD, FACT_NUMBER},  {TOKEN_COUNTRY_WORD, FACT_COUNTRY},
    {TOKEN_COUNTRIES, FACT_COUNTRIES}, {TOKEN_TEXT_WORD, FACT_TEXT},
};

static bool fact_type(struct parser *parser, void *item)
{
    struct fact_draft *draft = item;
    for (size_t i = 0; i < sizeof type_rows / sizeof type_rows[0]; i++) {
        if (type_rows[i].word == parser->token.kind) {
            draft->fact.type = type_rows[i].type;
            const bool first = has_one_type(parser, draft, parser->token.at);
            parser_next(parser);
            return first;
        }
    }
    parser_unexpected(parser, "a type");
    diagnose_hint(parser->diagnostics,
                  "The types are flag, date, number, country, countries, text, and "
                  "\"one of\" on a line of its own");
    return false;
}

/* x as "its words", y, z */
static bool parse_choices(struct parser *parser, struct fact_draft *draft)
{
    do {
        struct name_at name;
        str words = STR("");
        if (!parser_name(parser, &name, "a choice") ||
            (parser_take(parser, TOKEN_AS) && !parser_text(parser, &words))) {
            return false;
        }
        struct name_at *choice = LIST_ADD(&draft->choices, struct name_at, parser->scratch);
        str *added = LIST_ADD(&draft->choice_words, str, parser->scratch);
        if (choice == NULL || added == NULL) {
            return parser_is_full(parser);
        }
        *choice = name;
        *added = words;
    } while (parser_take(parser, TOKEN_COMMA));
    return true;
}

static bool fact_choices(struct parser *parser, void *item)
{
    struct fact_draft *draft = item;
    const struct place_in_text at = parser->token.at;
    draft->fact.type = FACT_CHOICE;
    if (!has_one_type(parser, draft, at) || !parser_expect(parser, TOKEN_OF) ||
        !parse_choices(parser, draft)) {
        return false;
    }
    if (draft->choices.count > RULEBOOK_CHOICES_MAX) {
        diagnose(parser->diagnostics, SEVERITY_ERROR,
                 LIST_AT(&draft->choices, struct name_at, RULEBOOK_CHOICES_MAX)->at,
                 "A fact has at most %d choices", RULEBOOK_CHOICES_MAX);
        diagnose_hint(parser->diagnostics, "Make two facts of it, or a text");
        return false;
    }
    return true;
}

static bool fact_counted(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_BY, TOKEN_THE, TOKEN_REGISTER, TOKEN_END};
    struct fact_draft *draft = item;
    draft->fact.counted = true;
    return parser_expect_all(parser, words);
}

static const struct form fact_rows[] = {
    {TOKEN_COLON, false, fact_type},  {TOKEN_TEXT, false, fact_title},
    {TOKEN_ONE, false, fact_choices}, {TOKEN_COUNTED, false, fact_counted},
    {TOKEN_NOTE, false, fact_note},   {TOKEN_SOURCE, true, fact_source},
};
static const struct forms fact_forms = FORMS_OF("a fact", fact_rows, NULL);

static void parse_fact(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct fact_draft *draft = NULL;
    if (parser_name(parser, &name, "the name of a fact")) {
        draft = ADD_ITEM(parser, &parser->draft->facts, struct fact_draft, at, "facts");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->fact = (struct fact){.name = name.text,
                                .title = STR(""),
                                .note = STR(""),
                                .section = parser->section,
                                .at = name.at};
    draft->broken = !parse_lines(parser, &fact_forms, draft);
}

/* example */

static bool example_on(struct parser *parser, void *item)
{
    struct example_draft *draft = item;
    draft->has_day = true;
    return parser_date(parser, &draft->day);
}

static bool example_given(struct parser *parser, void *item)
{
    struct example_draft *draft = item;
    return parse_settings(parser, &draft->given);
}

static bool example_member(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_MEMBER, TOKEN_GIVEN, TOKEN_END};
    struct example_draft *draft = item;
    struct list settings = {0};
    if (!parser_expect_all(parser, words) || !parse_settings(parser, &settings)) {
        return false;
    }
    struct list *added = LIST_ADD(&draft->members, struct list, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = settings;
    return true;
}

static bool example_last_day(struct parser *parser, struct example_draft *draft)
{
    if (!parser_expect(parser, TOKEN_DAY)) {
        return false;
    }
    if (parser_take(parser, TOKEN_UNKNOWN)) {
        draft->outcome = OUTCOME_LAST_DAY_UNKNOWN;
        return true;
    }
    draft->outcome = OUTCOME_LAST_DAY;
    return parser_date(parser, &draft->last_day);
}

static bool example_then(struct parser *parser, void *item)
{
    struct example_draft *draft = item;
    draft->outcome_at = parser->token.at;
    if (parser_take(parser, TOKEN_LAST)) {
        return example_last_day(parser, draft);
    }
    if (parser_take(parser, TOKEN_CLEAR)) {
        draft->outcome = OUTCOME_CLEAR;
        return true;
    }
    if (parser_take(parser, TOKEN_BARRED)) {
        draft->outcome = OUTCOME_BARRED;
        return true;
    }
    if (!parser_take(parser, TOKEN_UNKNOWN)) {
        return parser_unexpected(parser, "\"clear\", \"barred\", \"unknown\" or \"last day\"");
    }
    draft->outcome = OUTCOME_UNKNOWN;
    if (!parser_take(parser, TOKEN_COMMA)) {
        return true;
    }
    draft->has_needs = true;
    return parser_expect(parser, TOKEN_NEEDS) &&
           parser_names(parser, &draft->needs, "the name of a fact");
}

static const struct form example_rows[] = {
    {TOKEN_ON, false, example_on},
    {TOKEN_GIVEN, true, example_given},
    {TOKEN_FAMILY, true, example_member},
    {TOKEN_THEN, false, example_then},
};

/* `example "..."` and its lines, up to one that is of the item around it. */
static bool parse_example(struct parser *parser, bool of_clock, uint32_t item,
                          const struct forms *forms)
{
    if (parser->draft->examples.count == RULEBOOK_EXAMPLES_MAX) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "A rulebook has at most %d examples", RULEBOOK_EXAMPLES_MAX);
        diagnose_hint(parser->diagnostics, "Keep those that show something the others do not");
        return false;
    }
    struct example_draft *draft =
        LIST_ADD(&parser->draft->examples, struct example_draft, parser->scratch);
    if (draft == NULL) {
        return parser_is_full(parser);
    }
    *draft = (struct example_draft){
        .title = STR(""), .of_clock = of_clock, .item = item, .at = parser->token.at};
    const bool titled = parser_text(parser, &draft->title);
    if (!titled) {
        skip_line(parser, forms);
    }
    const bool sound = parse_lines(parser, forms, draft);
    draft->broken = !titled || !sound;
    if (!draft->broken && draft->outcome == OUTCOME_NONE) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, draft->at,
                 "The example does not say what follows");
        diagnose_hint(parser->diagnostics,
                      of_clock ? "Write \"then last day DATE\" or \"then last day unknown\""
                               : "Write \"then clear\", \"then barred\" or \"then unknown\"");
        draft->broken = true;
    }
    return true; /* what was wrong is reported, and the item goes on */
}

/* clock */

static bool clock_title(struct parser *parser, void *item)
{
    struct clock_draft *draft = item;
    return parser_text(parser, &draft->clock.title);
}

static bool clock_source(struct parser *parser, void *item)
{
    struct clock_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static bool clock_runs(struct parser *parser, void *item)
{
    struct clock_draft *draft = item;
    struct clock_run_draft run = {0};
    if (!parser_duration(parser, &run.run.duration, &run.calendar) ||
        !parser_expect(parser, TOKEN_AFTER)) {
        return false;
    }
    run.run.start = parser_value(parser);
    run.run.when = NOT_FOUND_INDEX;
    if (run.run.start == NOT_FOUND_INDEX) {
        return false;
    }
    if (parser_take(parser, TOKEN_WHEN)) {
        run.run.has_when = true;
        run.run.when = parser_condition(parser);
        if (run.run.when == NOT_FOUND_INDEX) {
            return false;
        }
    }
    struct clock_run_draft *added = LIST_ADD(&draft->runs, struct clock_run_draft, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = run;
    return true;
}

static bool clock_ends(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_ON,  TOKEN_A,    TOKEN_WORKING,
                                            TOKEN_DAY, TOKEN_OPEN, TOKEN_END};
    struct clock_draft *draft = item;
    draft->clock.ends_on_working_day = true;
    return parser_expect_all(parser, words) &&
           parser_name(parser, &draft->end_calendar, "the name of a calendar") &&
           parser_expect(parser, TOKEN_CLOSE);
}

static bool said_before(struct parser *parser, struct place_in_text at, const char *line)
{
    diagnose(parser->diagnostics, SEVERITY_ERROR, at, "A clock has one line \"%s\"", line);
    diagnose_hint(parser->diagnostics, "Take one of them out");
    return false;
}

/* `due from ROLE [until CONDITION]`. */
static bool clock_due_from(struct parser *parser, struct clock_draft *draft)
{
    const struct place_in_text at = parser->token.at;
    const bool again = draft->due_from.text.len > 0;
    parser_next(parser);
    if (!parser_name(parser, &draft->due_from, "the name of a role")) {
        return false;
    }
    if (parser_take(parser, TOKEN_UNTIL)) {
        draft->clock.done = parser_condition(parser);
        if (draft->clock.done == NOT_FOUND_INDEX) {
            return false;
        }
    }
    return !again || said_before(parser, at, "due from");
}

/* `due to WORDS`: all the words of the line. */
static bool clock_due(struct parser *parser, void *item)
{
    struct clock_draft *draft = item;
    if (parser_at(parser, TOKEN_FROM)) {
        return clock_due_from(parser, draft);
    }
    const struct place_in_text at = parser->token.at;
    if (!parser_take(parser, TOKEN_TO)) {
        return parser_unexpected(parser, "\"to\" or \"from\"");
    }
    if (draft->clock.due_to.len > 0) {
        return said_before(parser, at, "due to");
    }
    struct buf words;
    buf_init(&words, parser->perm, RULEBOOK_DUE_LEN_MAX);
    do {
        if (!parser_at(parser, TOKEN_NAME) && !token_is_word(parser->token.kind)) {
            return parser_unexpected(parser, "what the clock waits for, in words");
        }
        if (words.len + 1 + parser->token.text.len > RULEBOOK_DUE_LEN_MAX) {
            diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                     "What the clock waits for is longer than %d bytes", RULEBOOK_DUE_LEN_MAX);
            diagnose_hint(parser->diagnostics, "Name it in a few words");
            return false;
        }
        if (words.len > 0) {
            buf_put_char(&words, ' ');
        }
        buf_put(&words, parser->token.text);
        parser_next(parser);
    } while (!parser_at_item_end(parser) && !parser->token.first_on_line);
    struct err err;
    return buf_finish(&words, &draft->clock.due_to, &err).ok || parser_is_full(parser);
}

/* `at most DURATION`, or nothing. */
static bool clock_at_most(struct parser *parser, struct clock_change *change,
                          struct name_at *calendar)
{
    if (!parser_take(parser, TOKEN_AT)) {
        return true;
    }
    change->has_most = true;
    return parser_expect(parser, TOKEN_MOST) && parser_duration(parser, &change->most, calendar);
}

/* `extension by ROLE records FLAG`, or `extension by ROLE until DATE [at most DURATION]`. */
static bool clock_extension(struct parser *parser, void *item)
{
    struct clock_draft *draft = item;
    struct clock_change_draft *names = &draft->extension;
    if (!parser_expect(parser, TOKEN_BY) ||
        !parser_name(parser, &names->role, "the name of a role")) {
        return false;
    }
    if (parser_take(parser, TOKEN_RECORDS)) {
        return parser_name(parser, &names->fact, "the name of a fact");
    }
    if (!parser_at(parser, TOKEN_UNTIL)) {
        return parser_unexpected(parser, "\"records\" or \"until\"");
    }
    parser_next(parser);
    names->has_until = true;
    return parser_name(parser, &names->fact, "the name of a fact") &&
           clock_at_most(parser, &draft->clock.extension, &names->calendar);
}

/* `suspension by ROLE from DATE until DATE [at most DURATION]`. */
static bool clock_suspension(struct parser *parser, void *item)
{
    struct clock_draft *draft = item;
    struct clock_change_draft *names = &draft->suspension;
    names->has_until = true;
    return parser_expect(parser, TOKEN_BY) &&
           parser_name(parser, &names->role, "the name of a role") &&
           parser_expect(parser, TOKEN_FROM) &&
           parser_name(parser, &names->fact, "the name of a fact") &&
           parser_expect(parser, TOKEN_UNTIL) &&
           parser_name(parser, &names->last_day, "the name of a fact") &&
           clock_at_most(parser, &draft->clock.suspension, &names->calendar);
}

static bool clock_example(struct parser *parser, void *item);

static const struct form clock_rows[] = {
    {TOKEN_TEXT, false, clock_title},
    {TOKEN_SOURCE, true, clock_source},
    {TOKEN_RUNS, true, clock_runs},
    {TOKEN_ENDS, false, clock_ends},
    {TOKEN_DUE, true, clock_due},
    {TOKEN_EXTENSION, false, clock_extension},
    {TOKEN_SUSPENSION, false, clock_suspension},
    {TOKEN_EXAMPLE, true, clock_example},
};
static const struct forms clock_forms = FORMS_OF("a clock", clock_rows, NULL);
static const struct forms clock_example_forms = FORMS_OF("an example", example_rows, &clock_forms);

static bool clock_example(struct parser *parser, void *item)
{
    (void)item; /* the clock read last */
    return parse_example(parser, true, (uint32_t)parser->draft->clocks.count - 1,
                         &clock_example_forms);
}

static void parse_clock(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct clock_draft *draft = NULL;
    if (item_name(parser, "the name of a clock", &name)) {
        draft = ADD_ITEM(parser, &parser->draft->clocks, struct clock_draft, at, "clocks");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->clock = (struct clock){.name = name.text,
                                  .title = STR(""),
                                  .section = parser->section,
                                  .due_to = STR(""),
                                  .due_from = NOT_FOUND_INDEX,
                                  .done = NOT_FOUND_INDEX,
                                  .extension.role = NOT_FOUND_INDEX,
                                  .suspension.role = NOT_FOUND_INDEX,
                                  .at = name.at};
    draft->broken = !parse_lines(parser, &clock_forms, draft);
}

/* define */

static bool definition_source(struct parser *parser, void *item)
{
    struct definition_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static const struct form definition_rows[] = {{TOKEN_SOURCE, true, definition_source}};
static const struct forms definition_forms = FORMS_OF("a definition", definition_rows, NULL);

static void parse_definition(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct definition_draft *draft = NULL;
    if (item_name(parser, "the name of a definition", &name)) {
        draft = ADD_ITEM(parser, &parser->draft->definitions, struct definition_draft, at,
                         "definitions");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->definition = (struct definition){.name = name.text, .title = STR(""), .at = name.at};
    if (parser_at(parser, TOKEN_TEXT)) {
        mark_line(parser, false, false);
        draft->broken = !parser_text(parser, &draft->definition.title);
    }
    mark_line(parser, false, false);
    draft->definition.condition = parser_condition(parser);
    if (draft->definition.condition == NOT_FOUND_INDEX) {
        draft->broken = true;
        skip_line(parser, &definition_forms);
    }
    draft->broken = !parse_lines(parser, &definition_forms, draft) || draft->broken;
}

/* step */

static bool step_title(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    return parser_text(parser, &draft->step.title);
}

static bool step_source(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static bool step_from(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    draft->from_at = parser->token.at;
    if (parser_take(parser, TOKEN_ANY)) {
        draft->step.from_any = true;
        return parser_expect(parser, TOKEN_STAGE);
    }
    return parser_names(parser, &draft->from, "the name of a stage, or \"any stage\"");
}

static bool step_to(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_SAME, TOKEN_STAGE, TOKEN_END};
    struct step_draft *draft = item;
    draft->to_at = parser->token.at;
    if (parser_take(parser, TOKEN_THE)) {
        draft->step.same_stage = true;
        return parser_expect_all(parser, words);
    }
    return parser_name(parser, &draft->to, "the name of a stage, or \"the same stage\"");
}

static bool step_with(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    do {
        if (parser_take(parser, TOKEN_HUB)) {
            draft->step.with_hub = true;
        } else if (parser_take(parser, TOKEN_AGREEMENT)) {
            draft->step.with_agreement = true;
        } else {
            return parser_unexpected(parser, "\"hub\" or \"agreement\"");
        }
    } while (parser_take(parser, TOKEN_COMMA));
    return true;
}

/* A step either takes a place or frees one. */
static bool set_place(struct parser *parser, struct step_draft *draft, enum step_place place,
                      const enum token_kind *words)
{
    if (draft->step.place != STEP_PLACE_NONE) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "A step takes a place or frees one, not both");
        return false;
    }
    draft->place_at = parser->token.at;
    draft->step.place = place;
    return parser_expect_all(parser, words);
}

static bool step_takes(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_ONE, TOKEN_PLACE, TOKEN_AT, TOKEN_HUB, TOKEN_END};
    return set_place(parser, item, STEP_PLACE_TAKES, words);
}

static bool step_frees(struct parser *parser, void *item)
{
    static const enum token_kind words[] = {TOKEN_THE, TOKEN_PLACE, TOKEN_AT, TOKEN_HUB, TOKEN_END};
    return set_place(parser, item, STEP_PLACE_FREES, words);
}

static bool add_name(struct parser *parser, struct list *names, const char *wanted)
{
    struct name_at name;
    if (!parser_name(parser, &name, wanted)) {
        return false;
    }
    struct name_at *added = LIST_ADD(names, struct name_at, parser->scratch);
    if (added == NULL) {
        return parser_is_full(parser);
    }
    *added = name;
    return true;
}

static bool step_approved(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    if (!parser_expect(parser, TOKEN_BY)) {
        return false;
    }
    do {
        if (!add_name(parser, &draft->approvals, "the name of a role")) {
            return false;
        }
    } while (parser_take(parser, TOKEN_THEN));
    return true;
}

static bool step_serves(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    do {
        if (!parser_expect(parser, TOKEN_NOTICE) ||
            !add_name(parser, &draft->notices, "the name of a notice")) {
            return false;
        }
    } while (parser_take(parser, TOKEN_COMMA));
    return true;
}

static bool step_records(struct parser *parser, void *item)
{
    struct step_draft *draft = item;
    return parse_settings(parser, &draft->records);
}

static const struct form step_rows[] = {
    {TOKEN_TEXT, false, step_title},    {TOKEN_SOURCE, true, step_source},
    {TOKEN_FROM, false, step_from},     {TOKEN_TO, false, step_to},
    {TOKEN_WITH, false, step_with},     {TOKEN_TAKES, false, step_takes},
    {TOKEN_FREES, false, step_frees},   {TOKEN_APPROVED, false, step_approved},
    {TOKEN_SERVES, false, step_serves}, {TOKEN_RECORDS, false, step_records},
};
static const struct forms step_forms = FORMS_OF("a step", step_rows, NULL);

static void parse_step(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct step_draft *draft = NULL;
    if (item_name(parser, "the name of a step", &name)) {
        draft = ADD_ITEM(parser, &parser->draft->steps, struct step_draft, at, "steps");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->step.name = name.text;
    draft->step.title = STR("");
    draft->step.section = parser->section;
    draft->step.at = name.at;
    draft->broken = !parse_lines(parser, &step_forms, draft);
}

/* safeguard */

static bool safeguard_title(struct parser *parser, void *item)
{
    struct safeguard_draft *draft = item;
    return parser_text(parser, &draft->safeguard.title);
}

static bool safeguard_guards(struct parser *parser, void *item)
{
    struct safeguard_draft *draft = item;
    return parser_names(parser, &draft->guards, "the name of a step");
}

static bool safeguard_source(struct parser *parser, void *item)
{
    struct safeguard_draft *draft = item;
    return parse_source(parser, &draft->sources);
}

static bool safeguard_reason(struct parser *parser, void *item)
{
    struct safeguard_draft *draft = item;
    return parser_text(parser, &draft->safeguard.reason);
}

static bool safeguard_condition(struct parser *parser, void *item)
{
    struct safeguard_draft *draft = item;
    draft->has_condition = true;
    if (!parser_expect(parser, TOKEN_WHEN)) {
        return false;
    }
    draft->safeguard.clear_when = parser_condition(parser);
    return draft->safeguard.clear_when != NOT_FOUND_INDEX;
}

static bool safeguard_example(struct parser *parser, void *item);

static const struct form safeguard_rows[] = {
    {TOKEN_TEXT, false, safeguard_title},      {TOKEN_GUARDS, false, safeguard_guards},
    {TOKEN_SOURCE, true, safeguard_source},    {TOKEN_REASON, false, safeguard_reason},
    {TOKEN_CLEAR, false, safeguard_condition}, {TOKEN_EXAMPLE, true, safeguard_example},
};
static const struct forms safeguard_forms = FORMS_OF("a safeguard", safeguard_rows, NULL);
static const struct forms safeguard_example_forms =
    FORMS_OF("an example", example_rows, &safeguard_forms);

static bool safeguard_example(struct parser *parser, void *item)
{
    (void)item; /* the safeguard read last */
    return parse_example(parser, false, (uint32_t)parser->draft->safeguards.count - 1,
                         &safeguard_example_forms);
}

static void parse_safeguard(struct parser *parser, struct place_in_text at)
{
    struct name_at name;
    struct safeguard_draft *draft = NULL;
    if (item_name(parser, "the name of a safeguard", &name)) {
        draft =
            ADD_ITEM(parser, &parser->draft->safeguards, struct safeguard_draft, at, "safeguards");
    }
    if (draft == NULL) {
        give_up_item(parser);
        return;
    }
    draft->safeguard = (struct safeguard){
        .name = name.text,
        .title = STR(""),
        .section = parser->section,
        .reason = STR(""),
        .clear_when = NOT_FOUND_INDEX,
        .at = name.at,
    };
    draft->broken = !parse_lines(parser, &safeguard_forms, draft);
}

/* The whole. */

static const struct {
    enum token_kind begins;
    void (*parse)(struct parser *parser, struct place_in_text at);
} item_rows[] = {
    {TOKEN_RULEBOOK, parse_rulebook_item},
    {TOKEN_SECTION, parse_section},
    {TOKEN_COUNTRY_WORD, parse_country_item},
    {TOKEN_HOLIDAYS, parse_holidays},
    {TOKEN_CALENDAR, parse_calendar},
    {TOKEN_ROLE, parse_role},
    {TOKEN_NOTICE, parse_notice},
    {TOKEN_STAGE, parse_stage},
    {TOKEN_FACT, parse_fact},
    {TOKEN_CLOCK, parse_clock},
    {TOKEN_DEFINE, parse_definition},
    {TOKEN_STEP, parse_step},
    {TOKEN_SAFEGUARD, parse_safeguard},
};

enum { ITEM_ROWS = sizeof item_rows / sizeof item_rows[0] };

static void parse_item(struct parser *parser)
{
    if (!parser_take(parser, TOKEN_MARGIN)) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                 "An item begins at the left margin");
        give_up_item(parser);
        return;
    }
    const struct token token = parser->token;
    for (size_t i = 0; i < ITEM_ROWS; i++) {
        if (item_rows[i].begins == token.kind) {
            parser->item = token.kind;
            mark_line(parser, true, false);
            parser_next(parser);
            item_rows[i].parse(parser, token.at);
            return;
        }
    }
    parser_unexpected(parser, "an item");
    if (token.kind != TOKEN_BAD) {
        diagnose_hint(parser->diagnostics, "A line at the left margin begins an item: rulebook, "
                                           "section, country, holidays, calendar, "
                                           "role, notice, stage, fact, clock, define, step or "
                                           "safeguard; its other lines are indented");
    }
    give_up_item(parser);
}

static void parse_file(struct parser *parser, const struct rulebook_file *file)
{
    parser->section = STR("");
    parser->depth = 0;
    if (file->text.len > RULEBOOK_FILE_BYTES_MAX) {
        diagnose(parser->diagnostics, SEVERITY_ERROR,
                 (struct place_in_text){.file = file->name, .line = 1, .column = 1},
                 "The file has %zu bytes; the most is %d", file->text.len, RULEBOOK_FILE_BYTES_MAX);
        diagnose_hint(parser->diagnostics, "Divide it into several files");
        parser->draft->unreadable = true;
        return;
    }
    if (!lexer_init(&parser->lexer, file, parser->diagnostics)) {
        parser->draft->unreadable = true;
        return;
    }
    parser_next(parser);
    while (!parser_at(parser, TOKEN_END) && !parser->out_of_memory) {
        parse_item(parser);
        ASSERT(parser_at_item_end(parser) || parser->out_of_memory);
    }
}

result parse_rulebook(const struct rulebook_file *files, size_t file_count, struct arena *perm,
                      struct arena *scratch, struct diagnostics *diagnostics,
                      struct rulebook_draft *ret_draft, struct err *err)
{
    struct parser parser = {
        .draft = ret_draft,
        .perm = perm,
        .scratch = scratch,
        .diagnostics = diagnostics,
    };
    *ret_draft = (struct rulebook_draft){.title = STR("")};
    if (file_count > RULEBOOK_FILES_MAX) {
        result_ignore(err_set(err, ERROR_LIMIT, "A rulebook has at most %d files, not %zu",
                              RULEBOOK_FILES_MAX, file_count),
                      "the hint follows");
        return err_hint(err, "join files that belong together: a rulebook may be one file");
    }
    for (size_t i = 0; i < file_count && !parser.out_of_memory; i++) {
        parse_file(&parser, &files[i]);
    }
    return parser.out_of_memory ? arena_full(err) : result_ok();
}

result parse_lines_of_file(const struct rulebook_file *file, struct arena *perm,
                           struct arena *scratch, struct diagnostics *diagnostics,
                           struct list *ret_marks, struct err *err)
{
    struct list marks = {0};
    struct rulebook_draft draft = {.title = STR("")};
    struct parser parser = {
        .draft = &draft,
        .perm = perm,
        .scratch = scratch,
        .diagnostics = diagnostics,
        .marks = &marks,
    };
    parse_file(&parser, file);
    if (parser.out_of_memory) {
        return arena_full(err);
    }
    diagnostics_sort(diagnostics, file, 1);
    TRY(diagnostics_result(diagnostics, err));
    *ret_marks = marks;
    return result_ok();
}
