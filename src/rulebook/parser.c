#include "rulebook/parser.h"

#include "rulebook/diagnose.h"

#include <string.h>

void parser_next(struct parser *parser)
{
    parser->after_last = parser->lexer.at;
    parser->token = lexer_next(&parser->lexer);
}

bool parser_at(const struct parser *parser, enum token_kind kind)
{
    return parser->token.kind == kind;
}

bool parser_at_item_end(const struct parser *parser)
{
    return parser_at(parser, TOKEN_END) || parser_at(parser, TOKEN_MARGIN);
}

bool parser_take(struct parser *parser, enum token_kind kind)
{
    if (!parser_at(parser, kind)) {
        return false;
    }
    parser_next(parser);
    return true;
}

bool parser_is_full(struct parser *parser)
{
    parser->out_of_memory = true;
    return false;
}

bool parser_unexpected(struct parser *parser, const char *wanted)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_BAD) {
        return false; /* reported where it was read */
    }
    if (parser_at_item_end(parser)) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, parser->after_last, "Expected %s, found %s",
                 wanted, token_called(token->kind));
        return false;
    }
    if (token->kind == TOKEN_TEXT) {
        diagnose(parser->diagnostics, SEVERITY_ERROR, token->at, "Expected %s, found a text",
                 wanted);
        return false;
    }
    diagnose(parser->diagnostics, SEVERITY_ERROR, token->at, "Expected %s, found \"%.*s\"", wanted,
             STR_ARG(diagnose_shown(token->text)));
    return false;
}

bool parser_expect(struct parser *parser, enum token_kind kind)
{
    return parser_take(parser, kind) || parser_unexpected(parser, token_called(kind));
}

bool parser_expect_all(struct parser *parser, const enum token_kind *kinds)
{
    for (size_t i = 0; kinds[i] != TOKEN_END; i++) {
        if (!parser_expect(parser, kinds[i])) {
            return false;
        }
    }
    return true;
}

bool parser_name(struct parser *parser, struct name_at *ret_name, const char *wanted)
{
    const struct token *token = &parser->token;
    if (token->kind != TOKEN_NAME) {
        parser_unexpected(parser, wanted);
        if (token_is_word(token->kind)) {
            diagnose_hint(parser->diagnostics,
                          "\"%.*s\" is a word of the language and cannot be a name",
                          STR_ARG(token->text));
        }
        return false;
    }
    *ret_name = (struct name_at){.text = token->text, .at = token->at};
    parser_next(parser);
    return true;
}

bool parser_names(struct parser *parser, struct list *names, const char *wanted)
{
    do {
        struct name_at name;
        if (!parser_name(parser, &name, wanted)) {
            return false;
        }
        struct name_at *added = LIST_ADD(names, struct name_at, parser->scratch);
        if (added == NULL) {
            return parser_is_full(parser);
        }
        *added = name;
    } while (parser_take(parser, TOKEN_COMMA));
    return true;
}

/* Appends the text with its escapes resolved; `to` has room for all of it. Returns what was
 * written. */
static size_t resolve_escapes(str text, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\\') {
            i++;
        }
        to[len++] = text.at[i];
    }
    return len;
}

/* `head` and the text of the current token, joined with a space. */
static bool join_text(struct parser *parser, str head, str *ret_text)
{
    const str tail = parser->token.text;
    char *joined = ARENA_NEW(parser->perm, char, head.len + tail.len + 1);
    if (joined == NULL) {
        return parser_is_full(parser);
    }
    size_t len = head.len;
    if (head.len > 0) {
        memcpy(joined, head.at, head.len);
        joined[len++] = ' ';
    }
    len += resolve_escapes(tail, joined + len);
    *ret_text = (str){.at = joined, .len = len};
    return true;
}

bool parser_text(struct parser *parser, str *ret_text)
{
    if (!parser_at(parser, TOKEN_TEXT)) {
        return parser_unexpected(parser, token_called(TOKEN_TEXT));
    }
    str text = STR("");
    while (parser_at(parser, TOKEN_TEXT)) {
        if (!join_text(parser, text, &text)) {
            return false;
        }
        if (text.len > RULEBOOK_TEXT_LEN_MAX) {
            diagnose(parser->diagnostics, SEVERITY_ERROR, parser->token.at,
                     "The text is longer than %d bytes", RULEBOOK_TEXT_LEN_MAX);
            diagnose_hint(parser->diagnostics, "Say it in fewer words, or in several sources");
            return false;
        }
        parser_next(parser);
    }
    *ret_text = text;
    return true;
}

bool parser_date(struct parser *parser, date *ret_date)
{
    if (!parser_at(parser, TOKEN_DATE)) {
        parser_unexpected(parser, "a date such as 2026-06-01");
        return false;
    }
    *ret_date = (date){.day = (int32_t)parser->token.number};
    parser_next(parser);
    return true;
}
