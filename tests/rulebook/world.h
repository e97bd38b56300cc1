/* world: random rulebooks, random facts, and what they mean - without the program under test.
 *
 * A world is made from a seed: definitions, clocks and safeguards over a fixed list of facts. It
 * can be written as the text of a rulebook, in a layout as wild as wished, and it can be judged by
 * an evaluator of its own that knows nothing of tokens, nodes or Kleene's tables: a condition is
 * the set of truth values it could still have. */
#ifndef RETURNHUB_TESTS_WORLD_H
#define RETURNHUB_TESTS_WORLD_H

#include "base/random.h"
#include "rulebook/judge.h"

enum world_fact {
    WORLD_FLAG_A,
    WORLD_FLAG_B,
    WORLD_FLAG_C,
    WORLD_CHOICE_A,
    WORLD_CHOICE_B,
    WORLD_DAY_A,
    WORLD_DAY_B,
    WORLD_NUMBER_A,
    WORLD_NUMBER_B,
    WORLD_COUNTRY,
    WORLD_SET,
    WORLD_COMPLETE,
    WORLD_HUB_PLACES,
    WORLD_HUB_COUNTRY,
    WORLD_AGREEMENT_SET,
    WORLD_FACT_COUNT,
};

enum {
    WORLD_CHOICES = 3,
    WORLD_COUNTRIES = 4,
    WORLD_DEFINITIONS = 3,
    WORLD_CLOCKS = 2,
    WORLD_SAFEGUARDS = 3,
    WORLD_MEMBERS_MAX = 2,
    WORLD_YEAR_FIRST = 2024, /* of the calendar of working days */
    WORLD_YEAR_LAST = 2027,
};

/* What is known of a fact. A country is its index in the list; a set has a bit for each. */
struct world_value {
    bool known;
    int64_t number;
};

struct world_facts {
    struct world_value own[WORLD_FACT_COUNT];
    struct world_value members[WORLD_MEMBERS_MAX][WORLD_FACT_COUNT];
    size_t member_count;
    int64_t today;
};

struct expression;

struct world_run {
    int64_t count;
    enum duration_unit unit;
    enum date_rounding rounding;
    const struct expression *start;
    const struct expression *when; /* NULL when there is none */
};

struct world_clock {
    struct world_run runs[2];
    size_t run_count;
    bool ends_on_working_day;
};

struct world {
    const struct expression *definitions[WORLD_DEFINITIONS]; /* each uses those before it */
    struct world_clock clocks[WORLD_CLOCKS];
    const struct expression *safeguards[WORLD_SAFEGUARDS];
};

/* `depth` bounds how deep conditions are nested. */
void world_make(struct world *world, struct random *random, struct arena *arena, int depth);
/* The rulebook as text. With `wild` not NULL: comments, blank lines, line breaks and needless
 * parentheses at random. */
str world_text(const struct world *world, struct random *wild, struct arena *arena);

/* Random facts; each is unknown with this probability. */
void world_facts_make(struct world_facts *facts, struct random *random, double unknown);
void world_value_make(struct world_value *value, enum world_fact fact, struct random *random);
/* The same facts as a question to the loaded rulebook. */
struct question world_question(const struct rulebook *rulebook, const struct world_facts *facts,
                               struct arena *arena);
/* One value as the program has it, and back. */
struct value world_program_value(enum world_fact fact, struct world_value value,
                                 struct arena *arena);
struct world_value world_own_value(enum world_fact fact, const struct value *value);
const char *world_fact_name(enum world_fact fact);
/* The fact of that index in the loaded rulebook. */
enum world_fact world_fact_of(const struct rulebook *rulebook, uint32_t fact);

/* The verdict of the n-th safeguard, by the evaluator of this file. */
enum clearance world_judge(const struct world *world, size_t safeguard,
                           const struct world_facts *facts);
/* The last day of a clock; false when it is not known. */
bool world_last_day(const struct world *world, size_t clock, const struct world_facts *facts,
                    int64_t *ret_day);
/* Does the safeguard ask "known" or "unknown" of this fact, through definitions and clocks too? */
bool world_asks_knowledge(const struct world *world, size_t safeguard, enum world_fact fact);

#endif
