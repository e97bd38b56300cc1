/* edition: what a published number is made from. An edition is the register after one event: all
 * that was recorded by then, and nothing later. Whoever has its position makes the same numbers
 * again, to the byte. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_EDITION_H
#define RETURNHUB_CASEWORK_EDITION_H

#include "casework/sitting.h"
#include "casework/statistics.h"
#include "register/course.h"

struct edition {
    int64_t position; /* of the last event in it */
    bool is_past;     /* there are later ones, or later ones are left out */
    instant known_at; /* nothing recorded after it counts; the end of time when none was asked */
    bool has_known_at;
    date as_of;
};

MUST_USE result edition_resolve(struct sitting *sitting, const struct edition_asked *asked,
                                struct edition *ret_edition, struct err *err);

/* Does the passage belong to the edition, and is it true by that day? */
static inline bool edition_has(const struct edition *edition, const struct passage *passage,
                               date by)
{
    return passage->position <= edition->position &&
           passage->recorded_at.milliseconds <= edition->known_at.milliseconds &&
           passage->on.day <= by.day;
}

/* The notes that say which edition it is, and how to make it again. */
MUST_USE result edition_notes(const struct edition *edition, struct arena *arena,
                              struct sheet *sheet, struct err *err);

/* Words of the store as numbers, of those that are wanted; and what stage each word is. */
struct stage_words {
    const str *words;
    size_t word_count;
    const uint32_t *stages; /* by word: the rulebook's stage, or NOT_FOUND_INDEX */
};
MUST_USE result stage_words_read(struct sitting *sitting, struct stage_words *ret_words,
                                 struct err *err);

#endif
