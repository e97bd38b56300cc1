/* catalogue: what texts are called in another language: a .po file, as translators' tools write it
 * (GNU gettext manual, "The Format of PO Files"): msgctxt, msgid, msgstr, comments, strings over
 * several lines. An entry that is marked fuzzy, or has an empty msgstr, is not translated.
 *
 * A text that goes with a number has two forms in English, and in each language as many as the
 * header's "Plural-Forms:" says (format/plural.h): msgid, msgid_plural, msgstr[0], msgstr[1] ...
 *
 * The header's lines "Language:" and "X-Translation-Status:" say which language it is and how the
 * translation came about; "X-Pages: all", that it translates what the staff read, too. */
#ifndef RETURNHUB_FORMAT_CATALOGUE_H
#define RETURNHUB_FORMAT_CATALOGUE_H

#include "base/buf.h"
#include "format/plural.h"

enum { CATALOGUE_BYTES_MAX = 4 * 1024 * 1024, CATALOGUE_ENTRIES_MAX = 65536 };

struct catalogue_entry {
    str context; /* "" for none */
    str original;
    str other; /* what it is of any number but one; "" when it goes with no number */
    str translated[PLURAL_FORMS_MAX];
    size_t form_count; /* 1 when it goes with no number */
};

struct catalogue {
    str language;                          /* BCP 47 */
    str status;                            /* in the words of the file; "" when it does not say */
    bool all_pages;                        /* also those of the staff */
    struct plural plural;                  /* of no form when the header does not say */
    const struct catalogue_entry *entries; /* by context, then original; the translated ones */
    size_t count;
};

/* ERROR_INPUT with the place when it cannot be read. Texts are copied where they must be; `text`
 * must live as long as the catalogue. */
MUST_USE result catalogue_read(const char *file, str text, struct arena *arena,
                               struct catalogue *ret_catalogue, struct err *err);

/* "" when it is not translated, or goes with a number. */
str catalogue_find(const struct catalogue *catalogue, str context, str original);

/* A text that goes with a number, {{count}}: "{{count}} person" of one, "{{count}} people" of any
 * other. */
struct counted_text {
    const char *one;
    const char *other;
};
#define COUNTED(one, other) ((struct counted_text){one, other})
/* The same as an initialiser of static tables. */
#define COUNTED_INIT(one, other)                                                                   \
    {                                                                                              \
        one, other                                                                                 \
    }
/* The form of it that goes with the number: the translation, or English where there is none (NULL:
 * no catalogue). */
str catalogue_counted(const struct catalogue *catalogue, str context, struct counted_text text,
                      uint64_t count);

/* What a text names in {{name}}, and SAID({"count", count}, {"hub", hub}): all that it names. */
struct said_value {
    const char *name; /* NULL: no more */
    str value;
};
#define SAID(...) ((const struct said_value[]){__VA_ARGS__, {NULL, {NULL, 0}}})
/* The text, or its translation, with each value where it is named; nothing where none is given. */
void said_put(struct buf *buf, str text, const struct said_value *values);

#endif
