/* packed: what is known now of one person's facts, in as few bytes as a screening can read fast.
 *
 * The rows of facts (row.h) keep everything that was ever recorded, with its source and its two
 * times. A screening asks one question of a million people: what counts on a day, as known now? For
 * that it is enough to have, of each fact, the values that can count on some day when nothing more
 * is recorded: one for each day from which a value is true, that of the latest position which was
 * not withdrawn. On any day the entry with the latest `true_from` not after it counts, and it is
 * the one that fact_rows_choose gives for `known_at` = now.
 *
 * The form. All numbers are written seven bits to a byte, the lowest first, the high bit set on all
 * bytes but the last; a number that may be negative is folded first (0, -1, 1, -2, ... are 0, 1, 2,
 * 3, ...). A person's facts follow each other in the order of their numbers:
 *
 *   fact         twice the distance from the fact before (the first: from 0), plus 1 when there is
 *                more than one entry; then, when there is, how many
 *   entry        from when it is true: the first entry of a fact as a folded distance in days from
 *                the first entry of the fact before (the first of all: from 1970-01-01), the next
 *                ones as the distance from the entry before, less one
 *   value        four times a number, plus its kind:
 *                  PACKED_WORD    the number of the word
 *                  PACKED_DAY     the folded distance in days from the entry's true_from
 *                  PACKED_NUMBER  the folded number
 *                  PACKED_TEXT    the length in bytes; the bytes follow
 *
 * There is one form for each list of entries, so equal facts are equal bytes. Facts and words have
 * numbers from 1, which whoever keeps the bytes gives them. Packing loses nothing: the text of
 * every value can be made again to the byte. */
#ifndef RETURNHUB_REGISTER_PACKED_H
#define RETURNHUB_REGISTER_PACKED_H

#include "base/arena.h"
#include "base/date.h"

enum packed_kind { PACKED_WORD, PACKED_DAY, PACKED_NUMBER, PACKED_TEXT };

enum {
    /* A word is what looks like the name of a choice (a small letter, then small letters, digits
     * and underscores) or like a country (three capitals). Anything else may be somebody's own
     * words, and stays with them. */
    PACKED_WORD_LEN_MAX = 40,
};

struct packed_value {
    enum packed_kind kind;
    int64_t number; /* WORD: its number, 0 while it has none; DAY: days since 1970-01-01; NUMBER */
    str text;       /* TEXT; also WORD, when made from a text */
};

struct packed_entry {
    int64_t fact;
    date true_from;
    struct packed_value value;
};

/* What a text is: a canonical date of the years 1900 to 2199, a canonical whole number of less than
 * sixty bits, a word, or a text. Views the text. */
struct packed_value packed_value_of(str text);
/* The text of a value that is no word. .at is NULL when the arena is full. */
str packed_value_text(const struct packed_value *value, struct arena *arena);

/* All entries, by fact and then by true_from. Texts are views of `bytes`. ERROR_STORAGE when the
 * bytes are no packed facts. */
MUST_USE result packed_unpack(str bytes, struct arena *arena, struct packed_entry **ret_entries,
                              size_t *ret_count, struct err *err);
/* The entries must rise by fact and, within a fact, by true_from. No entries: no bytes. */
MUST_USE result packed_pack(const struct packed_entry *entries, size_t count, struct arena *arena,
                            str *ret_bytes, struct err *err);

/* One more value; it takes the place of one that is true from the same day. */
MUST_USE result packed_record(str bytes, const struct packed_entry *entry, struct arena *arena,
                              str *ret_bytes, struct err *err);
/* Other entries for one fact: `count` of them (0: none is left), rising by true_from. */
MUST_USE result packed_replace(str bytes, int64_t fact, const struct packed_entry *entries,
                               size_t count, struct arena *arena, str *ret_bytes, struct err *err);

/* --- reading fast --- */

struct packed_reader {
    const unsigned char *at;
    const unsigned char *end;
    int64_t fact; /* the one read last, and the day of its first entry */
    int64_t first_day;
    bool damaged;
};

void packed_reader_init(struct packed_reader *reader, str bytes);
/* The entry that counts on `as_of` of the next fact of which one does. False at the end, and when
 * the bytes are no packed facts (`damaged` is set then). */
bool packed_next(struct packed_reader *reader, date as_of, struct packed_entry *ret_entry);
/* Every packed fact has three bytes at least. */
static inline size_t packed_entries_max(str bytes)
{
    return bytes.len / 3;
}

#endif
