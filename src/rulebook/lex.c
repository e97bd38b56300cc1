#include "rulebook/lex.h"

#include "rulebook/diagnose.h"

enum { UTF8_LEN_MAX = 4 };

struct token_row {
    const char *called;
    str word; /* empty for what is not a word */
};

static const struct token_row token_rows[] = {
#define TOKEN(row_kind, row_called) [row_kind] = {row_called, STR_INIT("")},
#define WORD(row_kind, row_word)    [row_kind] = {"\"" row_word "\"", STR_INIT(row_word)},
#include "rulebook/token.def"
#undef TOKEN
#undef WORD
};

bool token_is_word(enum token_kind kind)
{
    return token_rows[kind].word.len > 0;
}

const char *token_called(enum token_kind kind)
{
    return token_rows[kind].called;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* Moves past one byte of the line; columns count characters. */
static void step_byte(struct lexer *lexer)
{
    if (!is_continuation(lexer->text.at[lexer->next])) {
        lexer->at.column++;
    }
    lexer->next++;
}

static void step_line(struct lexer *lexer)
{
    lexer->next++;
    lexer->at.line++;
    lexer->at.column = 1;
    lexer->line_begun = false;
    lexer->margin_given = false;
}

static char byte_at(const struct lexer *lexer, size_t ahead)
{
    const size_t index = lexer->next + ahead;
    return index < lexer->text.len ? lexer->text.at[index] : '\0';
}

/* The length of the well-formed character at `next`, or 0. */
static size_t character_len(const struct lexer *lexer)
{
    for (size_t len = 1; len <= UTF8_LEN_MAX; len++) {
        const size_t end = lexer->next + len;
        if (end <= lexer->text.len && str_is_utf8(str_slice(lexer->text, lexer->next, end))) {
            return len;
        }
    }
    return 0;
}

/* Of a well-formed character. */
static unsigned code_of(str character)
{
    static const unsigned char first_bits[UTF8_LEN_MAX + 1] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned code = (unsigned char)character.at[0] & first_bits[character.len];
    for (size_t i = 1; i < character.len; i++) {
        code = code << 6 | ((unsigned char)character.at[i] & 0x3FU);
    }
    return code;
}

static bool is_control(const struct lexer *lexer)
{
    const unsigned char c = (unsigned char)byte_at(lexer, 0);
    if (c == '\r') {
        return byte_at(lexer, 1) != '\n';
    }
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
}

static void skip_line(struct lexer *lexer)
{
    while (lexer->next < lexer->text.len && lexer->text.at[lexer->next] != '\n') {
        lexer->next++;
    }
}

/* Moves past one character. False, with a diagnostic, when it may not stand in a rulebook. */
static bool pass_character(struct lexer *lexer)
{
    const unsigned char c = (unsigned char)byte_at(lexer, 0);
    const size_t len = c < 0x80 ? 1 : character_len(lexer);
    if (len == 0) {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, lexer->at,
                 "The byte 0x%02X is not part of a UTF-8 text", c);
        diagnose_hint(lexer->diagnostics, "Save the file in the encoding UTF-8");
        return false;
    }
    const str character = str_slice(lexer->text, lexer->next, lexer->next + len);
    if (len == 1 ? is_control(lexer) : !str_is_printable(character)) {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, lexer->at,
                 "A control character (0x%02X) may not stand in a rulebook", code_of(character));
        return false;
    }
    if (c == '\n') {
        step_line(lexer);
    } else {
        lexer->next += len;
        lexer->at.column++;
    }
    return true;
}

/* Reports the first character of each line that may not stand in a rulebook. */
static bool characters_are_sound(struct lexer lexer)
{
    bool sound = true;
    while (lexer.next < lexer.text.len) {
        if (!pass_character(&lexer)) {
            sound = false;
            skip_line(&lexer);
        }
    }
    return sound;
}

bool lexer_init(struct lexer *lexer, const struct rulebook_file *file,
                struct diagnostics *diagnostics)
{
    *lexer = (struct lexer){
        .text = file->text,
        .at = {.file = file->name, .line = 1, .column = 1},
        .diagnostics = diagnostics,
    };
    if (str_starts(file->text, STR("\xEF\xBB\xBF"))) {
        lexer->next = 3; /* the byte order mark some editors write */
    }
    return characters_are_sound(*lexer);
}

static void skip_blank(struct lexer *lexer)
{
    while (lexer->next < lexer->text.len) {
        const char c = lexer->text.at[lexer->next];
        if (c == '\n') {
            step_line(lexer);
        } else if (c == ' ' || c == '\t' || c == '\r') {
            step_byte(lexer);
        } else if (c == '#') {
            skip_line(lexer);
        } else {
            return;
        }
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Of anything that looks like a word, a number or a date, in any language; whether it is one is
 * decided when it is whole. */
static bool is_word_byte(char c)
{
    const bool beyond_ascii = ((unsigned char)c & 0x80U) != 0;
    return is_lower(c) || is_capital(c) || is_digit(c) || c == '_' || c == '.' || c == '-' ||
           beyond_ascii;
}

static bool is_number(str text)
{
    const str digits = str_starts(text, STR("-")) ? str_slice(text, 1, text.len) : text;
    for (size_t i = 0; i < digits.len; i++) {
        if (!is_digit(digits.at[i])) {
            return false;
        }
    }
    return digits.len > 0;
}

static bool is_fraction(str text)
{
    const struct str_cut cut = str_cut(text, '.');
    return cut.found && is_number(cut.head) && is_number(cut.tail) && cut.tail.at[0] != '-';
}

static bool is_date(str text)
{
    static const char shape[] = "0000-00-00";
    if (text.len != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (shape[i] == '0' ? !is_digit(text.at[i]) : text.at[i] != '-') {
            return false;
        }
    }
    return true;
}

/* Words of lower-case letters, digits and low lines, joined by dots; each begins with a letter. */
static bool is_name(str text)
{
    bool begins = true;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        const bool inside = is_digit(c) || c == '_' || c == '.';
        if (!is_lower(c) && (begins || !inside)) {
            return false;
        }
        begins = c == '.';
    }
    return text.len > 0 && !begins;
}

static struct token bad(struct token token)
{
    token.kind = TOKEN_BAD;
    return token;
}

static struct token number_token(struct lexer *lexer, struct token token)
{
    struct err err;
    if (!str_to_int64(token.text, &token.number, &err).ok) {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at,
                 "The number %.*s does not fit 64 bits", STR_ARG(diagnose_shown(token.text)));
        return bad(token);
    }
    token.kind = TOKEN_NUMBER;
    return token;
}

static struct token date_token(struct lexer *lexer, struct token token)
{
    struct err err;
    date day;
    if (!date_parse(token.text, &day, &err).ok) {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at, "%.*s is not a date: %s",
                 STR_ARG(token.text), err.what);
        return bad(token);
    }
    token.kind = TOKEN_DATE;
    token.number = day.day;
    return token;
}

static struct token name_token(struct lexer *lexer, struct token token)
{
    token.kind = TOKEN_NAME;
    for (unsigned kind = 0; kind < TOKEN_KIND_COUNT; kind++) {
        const str word = token_rows[kind].word;
        if (word.len == token.text.len && str_equal(word, token.text)) {
            token.kind = (enum token_kind)kind;
            return token;
        }
    }
    if (token.text.len > RULEBOOK_NAME_LEN_MAX) {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at,
                 "The name \"%.*s...\" is longer than %d characters",
                 STR_ARG(diagnose_shown(token.text)), RULEBOOK_NAME_LEN_MAX);
        diagnose_hint(lexer->diagnostics, "Shorten it: a title may say the rest");
        return bad(token);
    }
    return token;
}

static struct token unreadable_word(struct lexer *lexer, struct token token)
{
    const str shown = diagnose_shown(token.text);
    if (is_digit(token.text.at[0]) || token.text.at[0] == '-') {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at,
                 "\"%.*s\" is neither a number nor a date", STR_ARG(shown));
        diagnose_hint(lexer->diagnostics, "A number is written 14 or -3, a date 2026-06-01");
    } else {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at, "\"%.*s\" is not a name",
                 STR_ARG(shown));
        diagnose_hint(
            lexer->diagnostics,
            "A name is lower-case letters, digits and _; a country is three capital letters; "
            "text stands in double quotes");
    }
    return bad(token);
}

static struct token word_token(struct lexer *lexer, struct token token)
{
    const size_t begin = lexer->next;
    while (is_word_byte(byte_at(lexer, 0))) {
        step_byte(lexer);
    }
    token.text = str_slice(lexer->text, begin, lexer->next);
    uint16_t code;
    if (is_number(token.text)) {
        return number_token(lexer, token);
    }
    if (lexer->fractions && is_fraction(token.text)) {
        token.kind = TOKEN_FRACTION;
        return token;
    }
    if (is_date(token.text)) {
        return date_token(lexer, token);
    }
    if (country_parse(token.text, &code)) {
        token.kind = TOKEN_COUNTRY;
        token.number = code;
        return token;
    }
    return is_name(token.text) ? name_token(lexer, token) : unreadable_word(lexer, token);
}

/* One byte after a backslash. */
static bool escape_is_sound(struct lexer *lexer)
{
    const char escaped = byte_at(lexer, 1);
    if (escaped == '"' || escaped == '\\') {
        return true;
    }
    diagnose(lexer->diagnostics, SEVERITY_ERROR, lexer->at,
             "In a text a backslash stands only before \" or \\");
    diagnose_hint(lexer->diagnostics, "Write \\\\ for a backslash");
    return false;
}

static struct token text_token(struct lexer *lexer, struct token token)
{
    bool sound = true;
    step_byte(lexer);
    const size_t begin = lexer->next;
    while (lexer->next < lexer->text.len && byte_at(lexer, 0) != '"') {
        const char c = byte_at(lexer, 0);
        if (c == '\n') {
            diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at,
                     "The text is not closed on its line");
            diagnose_hint(
                lexer->diagnostics,
                "Close it with \"; two texts one after the other are joined with a space");
            return bad(token);
        }
        if (c == '\\') {
            sound = escape_is_sound(lexer) && sound;
            /* Past the backslash, and what it escapes below; a line never ends inside an escape. */
            if (byte_at(lexer, 1) == '"' || byte_at(lexer, 1) == '\\') {
                step_byte(lexer);
            }
        }
        step_byte(lexer);
    }
    if (lexer->next == lexer->text.len) {
        diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at,
                 "The text is not closed before the file ends");
        return bad(token);
    }
    token.text = str_slice(lexer->text, begin, lexer->next);
    token.kind = sound ? TOKEN_TEXT : TOKEN_BAD;
    step_byte(lexer);
    return token;
}

static const struct {
    char text[3];
    enum token_kind kind;
} symbols[] = {
    /* the longer ones first */
    {"!=", TOKEN_NOT_EQUAL}, {"<=", TOKEN_LESS_EQUAL}, {">=", TOKEN_GREATER_EQUAL},
    {"=", TOKEN_EQUAL},      {"<", TOKEN_LESS},        {">", TOKEN_GREATER},
    {",", TOKEN_COMMA},      {":", TOKEN_COLON},       {"(", TOKEN_OPEN},
    {")", TOKEN_CLOSE},
};

static struct token symbol_token(struct lexer *lexer, struct token token)
{
    const str rest = str_slice(lexer->text, lexer->next, lexer->text.len);
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        const str symbol = str_from_c(symbols[i].text);
        if (str_starts(rest, symbol)) {
            token.kind = symbols[i].kind;
            token.text = str_slice(rest, 0, symbol.len);
            for (size_t k = 0; k < symbol.len; k++) {
                step_byte(lexer);
            }
            return token;
        }
    }
    diagnose(lexer->diagnostics, SEVERITY_ERROR, token.at,
             "The character \"%c\" has no meaning here", rest.at[0]);
    step_byte(lexer);
    return bad(token);
}

struct token lexer_next(struct lexer *lexer)
{
    skip_blank(lexer);
    struct token token = {
        .kind = TOKEN_END,
        .first_on_line = !lexer->line_begun,
        .text = STR(""),
        .at = lexer->at,
    };
    if (lexer->next >= lexer->text.len) {
        return token;
    }
    if (lexer->at.column == 1 && !lexer->margin_given) {
        lexer->margin_given = true;
        token.kind = TOKEN_MARGIN;
        return token;
    }
    lexer->line_begun = true;
    const char c = byte_at(lexer, 0);
    if (c == '"') {
        return text_token(lexer, token);
    }
    return is_word_byte(c) && c != '.' ? word_token(lexer, token) : symbol_token(lexer, token);
}
