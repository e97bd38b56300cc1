/* screen: the column engine. Judges safeguards for everybody at once, 64 people to a machine word.
 *
 * The scalar judge (judge.h) DEFINES what a rulebook means; this gives the same answers, faster,
 * and a property test compares the two for ever. A condition becomes a few passes over planes of
 * bits, one pair (true, false) for each part of it:
 *
 *   - what is asked of the hub, the agreement and the day alone is judged once, by the scalar
 * judge;
 *   - a comparison of one fact with such a constant, through any sums of days, working days, months
 * or years and any clock, is a range of that fact's numbers: the bounds are found beforehand, by
 *     bisection with the scalar judge's own arithmetic, because those sums never run backwards;
 *   - `in` lists are ranges or look-ups; parts that occur twice are computed once;
 *   - comparisons of facts with each other go through whole numbers, block by block;
 *   - conditions on families are judged for everybody first and then gathered family by family.
 *
 * Rows are worked through in blocks that stay in the processor's cache: every column is read once
 * from memory, the next block's while this one is at work, and every answer is written once, past
 * the caches when they would not hold all of them. Nothing here has state: blocks may be run by
 * several threads, each with its own scratch. */
#ifndef RETURNHUB_RULEBOOK_SCREEN_H
#define RETURNHUB_RULEBOOK_SCREEN_H

#include "rulebook/columns.h"

/* The processor's instructions, plainest first. Every level gives the same answers. */
enum screen_level { SCREEN_PLAIN, SCREEN_AVX2, SCREEN_AVX512 };
enum { SCREEN_LEVEL_COUNT = 3 };
bool screen_level_is_there(enum screen_level level);
/* The best level this processor has. */
enum screen_level screen_best_level(void);
const char *screen_level_name(enum screen_level level); /* "plain", "AVX2", "AVX-512" */

struct screen;

struct screen_question {
    const uint32_t *safeguards; /* of the rulebook, in the order of the answers */
    size_t safeguard_count;
    const struct value *hub; /* as in struct question; NULL: no known fact */
    const struct value *agreement;
    date today;
};

/* Compiles the question for these people. The screen lives in the arena and refers to the columns
 * and to the question's values. */
MUST_USE result screen_compile(const struct columns *columns,
                               const struct screen_question *question, enum screen_level level,
                               struct arena *arena, const struct screen **ret_screen,
                               struct err *err);

/* Planes of columns->word_count words; bits beyond the last row are 0. A person is clear when all
 * safeguards are, barred when one is, unknown otherwise. */
struct screen_answers {
    uint64_t *clear;
    uint64_t *barred;
    uint64_t **each_barred;  /* one plane for each safeguard, or NULL when not wanted */
    uint64_t **each_unknown; /* with each_barred */
};
MUST_USE result screen_answers_init(const struct screen *screen, bool each, struct arena *arena,
                                    struct screen_answers *ret_answers, struct err *err);

/* Running. First, only when screen_asks_families: screen_members over all blocks, then
 * screen_families once. Then screen_run over all blocks. `scratch` is
 * screen_scratch_size() bytes aligned to 64, one for each thread. */
size_t screen_block_count(const struct screen *screen);
size_t screen_scratch_size(const struct screen *screen);
bool screen_asks_families(const struct screen *screen);
void screen_members(const struct screen *screen, size_t first_block, size_t block_count,
                    void *scratch);
void screen_families(const struct screen *screen);
void screen_run(const struct screen *screen, size_t first_block, size_t block_count, void *scratch,
                const struct screen_answers *answers);

/* All of it, on this thread. */
MUST_USE result screen_all(const struct screen *screen, struct arena scratch,
                           const struct screen_answers *answers, struct err *err);

enum clearance screen_clearance(const struct screen_answers *answers, size_t row);
enum clearance screen_each(const struct screen_answers *answers, size_t safeguard, size_t row);

/* How many people are clear, barred and unknown, in that order. */
void screen_count(const struct screen *screen, const struct screen_answers *answers,
                  size_t ret_counts[3]);

#endif
