/* definition: the letters that people are served, as text. A file of notices says what each letter
 * says, what is put into it, and what the register records when it was served; nothing of that
 * stands in the program. Pure: names of facts are looked up by who fills a notice in.
 *
 * The text is items and lines (format/lines.h); notices/README.md says every line there is. */
#ifndef RETURNHUB_NOTICE_DEFINITION_H
#define RETURNHUB_NOTICE_DEFINITION_H

#include "base/arena.h"

enum {
    NOTICES_MAX = 64,
    NOTICE_LINES_MAX = 64, /* of one notice */
    NOTICE_RECORDS_MAX = 16,
    NOTICE_METHODS_MAX = 8,
    NOTICE_SOURCES_MAX = 8,
    NOTICE_INSERTS_MAX = 32,
};

enum notice_line_kind { NOTICE_TITLE, NOTICE_HEADING, NOTICE_PARAGRAPH, NOTICE_ITEM };

/* "title", "heading", "paragraph", "item": the words of the text, and of a letter that is kept. */
const char *notice_line_kind_name(enum notice_line_kind kind);
/* False when there is none of this name. */
bool notice_line_kind_from_name(str name, enum notice_line_kind *ret_kind);

/* One text of the letter. In it, {NAME} stands for what is put in: a fact of the rulebook, or one
 * of person.name, person.reference, notice.day, hub.name. */
struct notice_line {
    enum notice_line_kind kind;
    str text;
};

/* What the register records on the day of service. */
enum notice_value {
    NOTICE_IS_DAY,        /* the day of service */
    NOTICE_IS_UNDERSTOOD, /* yes or no: did the person understand it, in their language? */
    NOTICE_IS_INSERT,     /* what the notice said: `value` is the name of what was put in */
    NOTICE_IS_TEXT,       /* `value` as it stands */
};
struct notice_record {
    str fact;
    enum notice_value is;
    str value;
    uint32_t line;
};

/* A way of serving it, and what that alone shows. */
struct notice_method {
    str name;
    str title;
    str fact; /* "" when it shows nothing */
    str value;
    uint32_t line;
};

struct notice_definition {
    str name;
    int64_t version;
    const char *file;
    uint32_t line;
    str sources[NOTICE_SOURCES_MAX];
    size_t source_count;
    struct notice_line lines[NOTICE_LINES_MAX]; /* the first is the title */
    size_t line_count;
    struct notice_record records[NOTICE_RECORDS_MAX];
    size_t record_count;
    struct notice_method methods[NOTICE_METHODS_MAX];
    size_t method_count;
    str inserts[NOTICE_INSERTS_MAX]; /* the names in braces, each once, in order */
    size_t insert_count;
    bool with_hub; /* it is about a transfer to a hub, which is named with it */
};

/* Who writes: at the head of each letter, and whom to turn to. */
struct notice_office {
    struct notice_line lines[NOTICE_LINES_MAX];
    size_t line_count;
};

struct notice_set {
    const struct notice_definition *notices;
    size_t count;
    struct notice_office office;
};

struct notice_file {
    str name;
    str text;
};

/* ERROR_INPUT with the place. Texts must live as long as the set. */
MUST_USE result notice_set_read(const struct notice_file *files, size_t file_count,
                                struct arena *arena, struct notice_set *ret_set, struct err *err);

/* NULL when there is none. */
const struct notice_definition *notice_find(const struct notice_set *set, str name);
/* What the letter is called. */
str notice_title(const struct notice_definition *notice);
const struct notice_method *notice_method_find(const struct notice_definition *notice, str name);

/* Goes through a text: the words before the next insert, and the insert's name ("" at the end). */
struct notice_piece {
    str words;
    str insert;
};
/* False at the end, or with `*ret_wrong` where a brace is not closed. */
bool notice_next_piece(str *text, struct notice_piece *ret_piece, bool *ret_wrong);

#endif
