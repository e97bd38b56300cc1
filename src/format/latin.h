/* latin: names in any script, by ICU. Two ways to encode one text are made one (NFC, Unicode
 * Standard Annex 15); and a name in other letters is written in the letters A to Z (ICU transform
 * "Any-Latin; Latin-ASCII"), so that it can be compared with what somebody else heard and wrote
 * down. A transliteration proposes; it never replaces the name. */
#ifndef RETURNHUB_FORMAT_LATIN_H
#define RETURNHUB_FORMAT_LATIN_H

#include "base/arena.h"

/* The text must be well-formed UTF-8. */
MUST_USE result latin_nfc(str text, struct arena *arena, str *ret_text, struct err *err);
/* In ASCII, small letters; a text that is in ASCII already is given back as it is. */
MUST_USE result latin_letters(str text, struct arena *arena, str *ret_text, struct err *err);

/* The same for many names: opening the transform is what takes the time. For one thread. */
struct latin {
    void *transform; /* ICU's */
};
MUST_USE result latin_open(struct latin *latin, struct err *err);
void latin_close(struct latin *latin); /* accepts one that was not opened */
MUST_USE result latin_letters_by(const struct latin *latin, str text, struct arena *arena,
                                 str *ret_text, struct err *err);

#endif
