/* parser: the place in the text and the small pieces every item is made of. Internal to parse.c and
 * parse_condition.c.
 *
 * A function that returns false has reported why. */
#ifndef RETURNHUB_RULEBOOK_PARSER_H
#define RETURNHUB_RULEBOOK_PARSER_H

#include "rulebook/lex.h"
#include "rulebook/parse.h"

struct parser {
    struct lexer lexer;
    struct token token;              /* the next one not yet taken */
    struct place_in_text after_last; /* the place after the token taken last */
    struct rulebook_draft *draft;
    struct arena *perm;
    struct arena *scratch;
    struct diagnostics *diagnostics;
    str section;
    enum token_kind item; /* the word that began the item */
    struct list *marks;   /* of struct line_mark; NULL when nobody asks */
    unsigned depth;       /* of the condition being parsed */
    bool out_of_memory;
};

void parser_next(struct parser *parser);
bool parser_at(const struct parser *parser, enum token_kind kind);
/* The line or the item ends here. */
bool parser_at_item_end(const struct parser *parser);
/* Takes the token if it is of this kind. */
bool parser_take(struct parser *parser, enum token_kind kind);
bool parser_expect(struct parser *parser, enum token_kind kind);
/* Takes these words, one after the other; TOKEN_END ends the list. */
bool parser_expect_all(struct parser *parser, const enum token_kind *kinds);

/* Reports that something else than `wanted` stands here. Always false. */
bool parser_unexpected(struct parser *parser, const char *wanted);
/* Remembers that memory is full. Always false. */
bool parser_is_full(struct parser *parser);

bool parser_name(struct parser *parser, struct name_at *ret_name, const char *wanted);
/* One name or more, with commas between. */
bool parser_names(struct parser *parser, struct list *names, const char *wanted);
/* One text, or several to be joined with a space; escapes resolved. */
bool parser_text(struct parser *parser, str *ret_text);
bool parser_date(struct parser *parser, date *ret_date);

/* A condition or a value; NOT_FOUND_INDEX when it could not be parsed. */
node_index parser_condition(struct parser *parser);
node_index parser_value(struct parser *parser);
/* `14 days`, `12 working days (CALENDAR)`, `3 months rounding down`. */
bool parser_duration(struct parser *parser, struct duration *ret_duration,
                     struct name_at *ret_calendar);

#endif
