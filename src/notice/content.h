/* content: a letter filled in for one person: each line in the language of the law and, beside it,
 * in the person's. This is what is kept and hashed: whatever becomes of the texts later, the letter
 * that was served can be made again and checked. Pure. */
#ifndef RETURNHUB_NOTICE_CONTENT_H
#define RETURNHUB_NOTICE_CONTENT_H

#include "base/buf.h"
#include "base/date.h"
#include "base/hash.h"
#include "document/document.h"
#include "format/catalogue.h"
#include "notice/definition.h"

/* The language in which the notices are written, and which counts where two differ. */
#define NOTICE_LANGUAGE "en-GB"
/* The context under which their texts stand in a catalogue. */
#define NOTICE_CONTEXT "notice"

struct notice_insert {
    str name;
    enum { INSERT_TEXT, INSERT_DAY, INSERT_COUNTRY } kind;
    str text;    /* of a country: its name in the language of the law */
    str country; /* three letters */
    date day;
};

struct notice_content {
    str notice;
    int64_t version;
    str language; /* NOTICE_LANGUAGE: there is one text only */
    str person;   /* reference */
    size_t count;
    const enum notice_line_kind *kinds;
    const str *originals;
    const str *translations; /* each "" where the language is NOTICE_LANGUAGE */
};

/* How much of a notice a catalogue translates. A translation that puts in other things than the
 * original does not count. */
struct notice_translated {
    size_t lines;
    size_t translated;
    struct sha256 identity; /* of the originals and the translations: what is approved */
};
MUST_USE result notice_translation(const struct notice_definition *notice,
                                   const struct catalogue *catalogue, struct arena scratch,
                                   struct notice_translated *ret_translated, struct err *err);

/* The translation of one line; "" when there is none that says the same things. */
str notice_line_translated(const struct catalogue *catalogue, str original);

/* `catalogue` NULL: in the language of the law alone. ERROR_INPUT when something that is put in is
 * missing, or a line is not translated: nothing is left out of a letter. */
MUST_USE result notice_fill(const struct notice_definition *notice,
                            const struct catalogue *catalogue, str person,
                            const struct notice_insert *inserts, size_t insert_count,
                            struct arena *arena, struct notice_content *ret_content,
                            struct err *err);

/* The letter as text, line by line; its SHA-256 is the letter's hash. */
void notice_content_text(const struct notice_content *content, struct buf *buf);
MUST_USE result notice_content_hash(const struct notice_content *content, struct arena scratch,
                                    struct sha256 *ret_hash, struct err *err);

/* The letter to read: `number` is what it is called in the register, 0 for one that was not issued,
 * which says so in large letters. */
void notice_document(const struct notice_content *content, const struct notice_office *office,
                     int64_t number, date day, const struct sha256 *hash, struct arena *arena,
                     struct document *document);

#endif
