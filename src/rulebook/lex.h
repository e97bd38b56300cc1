/* lex: the text of one file as tokens, one at a time.
 *
 * What cannot be read is reported once, at its place, and given as TOKEN_BAD, so that the parser
 * does not report it again. A line at the left margin begins an item: TOKEN_MARGIN stands before
 * its first token. */
#ifndef RETURNHUB_RULEBOOK_LEX_H
#define RETURNHUB_RULEBOOK_LEX_H

#include "rulebook/rulebook.h"

enum token_kind {
#define TOKEN(kind, called) kind,
#define WORD(kind, word)    kind,
#include "rulebook/token.def"
#undef TOKEN
#undef WORD
};

/* How many kinds there are. */
enum {
    TOKEN_KIND_COUNT = 0
#define TOKEN(kind, called) +1
#define WORD(kind, word)    +1
#include "rulebook/token.def"
#undef TOKEN
#undef WORD
};

struct token {
    enum token_kind kind;
    bool first_on_line;
    str text;       /* as written; of TOKEN_TEXT: between the quotes, escapes not yet resolved */
    int64_t number; /* of a number; of a date its day; of a country its code */
    struct place_in_text at;
};

struct lexer {
    str text;
    size_t next;
    struct place_in_text at; /* of the byte at `next` */
    bool line_begun;         /* a token of this line was given */
    bool margin_given;
    bool fractions; /* 0.25 is a number here: in scenarios, never where anything is decided */
    struct diagnostics *diagnostics;
};

/* Prepares a file. False, with a diagnostic for each line at fault, when it is not well-formed
 * UTF-8 or holds control characters: then nothing in it can be trusted and it is not read. */
bool lexer_init(struct lexer *lexer, const struct rulebook_file *file,
                struct diagnostics *diagnostics);
struct token lexer_next(struct lexer *lexer);

/* True for a word of the language, whatever it is. */
bool token_is_word(enum token_kind kind);
/* How a message calls it: "a name", or the word in quotes. */
const char *token_called(enum token_kind kind);

#endif
