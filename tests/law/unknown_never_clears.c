/* "Unknown is not no", tried on the law itself.
 *
 *     unknown_never_clears NAME        (uk, eu)
 *
 * For every safeguard, random people are made from its own examples. Whenever one of them is clear,
 * each known fact is forgotten in turn. If the safeguard is still clear, it must be clear whatever
 * that fact might have been: then the rule did not rest on it (another way of being clear holds).
 * If some value of the forgotten fact would bar, the unknown has cleared somebody, and the test
 * fails and says whom.
 *
 * A fact that the rule itself asks about with `known` or `unknown` is not forgotten: there the
 * rulebook says in words what not knowing means. */
#include "load_rulebook.h"
#include "rulebook/condition.h"
#include "rulebook/example.h"
#include "rulebook/judge.h"

#include "base/random.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    PEOPLE = 100000,
    FAMILY_MAX = 4,
    DAYS_AROUND = 45, /* every day this near to today is tried */
    CANDIDATES_MAX = 1024,
    ROUNDS_MAX = 5, /* of changes to one example's person */
};

struct law {
    const struct rulebook *rulebook;
    bool *read;        /* by the condition of the safeguard in hand */
    bool *asked_known; /* by `known` or `unknown` in it */
    struct arena arena;
    uint64_t seed;
};

/* A question that owns its values. */
struct person {
    struct value
        *facts; /* of the person, the hub and the agreement alike: no fact has two subjects */
    struct value *family[FAMILY_MAX];
    size_t family_count;
    date today;
};

static void person_init(struct person *person, const struct rulebook *rulebook, struct arena *arena)
{
    person->facts = ARENA_NEW(arena, struct value, rulebook->fact_count);
    assert_non_null(person->facts);
    for (size_t i = 0; i < FAMILY_MAX; i++) {
        person->family[i] = ARENA_NEW(arena, struct value, rulebook->fact_count);
        assert_non_null(person->family[i]);
    }
    person->family_count = 0;
}

static void person_copy(struct person *to, const struct person *from,
                        const struct rulebook *rulebook)
{
    memcpy(to->facts, from->facts, rulebook->fact_count * sizeof *to->facts);
    for (size_t i = 0; i < from->family_count; i++) {
        memcpy(to->family[i], from->family[i], rulebook->fact_count * sizeof *to->facts);
    }
    to->family_count = from->family_count;
    to->today = from->today;
}

static enum clearance judge(const struct law *law, uint32_t safeguard, const struct person *person)
{
    const struct value *family[FAMILY_MAX];
    for (size_t i = 0; i < person->family_count; i++) {
        family[i] = person->family[i];
    }
    const struct question question = {.person = person->facts,
                                      .hub = person->facts,
                                      .agreement = person->facts,
                                      .family = family,
                                      .family_count = person->family_count,
                                      .today = person->today};
    return judge_safeguard(law->rulebook, safeguard, &question);
}

/* What a condition reads, as this test sees it: through definitions, clocks and families. */
static void mark_reads(struct law *law, node_index index)
{
    const struct node *node = &law->rulebook->nodes[index];
    switch (node->kind) {
    case NODE_KNOWN:
    case NODE_UNKNOWN:
        law->asked_known[node->item] = true;
        law->read[node->item] = true;
        break;
    case NODE_FLAG:
    case NODE_FACT:
        law->read[node->item] = true;
        break;
    case NODE_DEFINITION:
        mark_reads(law, law->rulebook->definitions[node->item].condition);
        break;
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY: {
        const struct clock *clock = &law->rulebook->clocks[node->item];
        for (size_t i = 0; i < clock->run_count; i++) {
            mark_reads(law, clock->runs[i].start);
            if (clock->runs[i].has_when) {
                mark_reads(law, clock->runs[i].when);
            }
        }
        break;
    }
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
        law->read[law->rulebook->family_complete] = true;
        break;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_LITERAL:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        break;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        mark_reads(law, node->children[i]);
    }
}

/* Values that a fact might have had. Of flags, choices and countries: all. Of dates: every day near
 * today, the days around every other known date, and far away on both sides, so that each side of
 * each threshold is among them. */
struct candidates {
    struct value values[CANDIDATES_MAX];
    size_t count;
};

static void add_number(struct candidates *candidates, int64_t number)
{
    assert_true(candidates->count < CANDIDATES_MAX);
    candidates->values[candidates->count++] = (struct value){.known = true, .number = number};
}

static void add_dates(struct candidates *candidates, const struct law *law,
                      const struct person *person)
{
    add_number(candidates, date_add_days(person->today, -40000).day);
    add_number(candidates, date_add_days(person->today, 40000).day);
    for (int32_t offset = -DAYS_AROUND; offset <= DAYS_AROUND; offset++) {
        add_number(candidates, date_add_days(person->today, offset).day);
    }
    for (size_t i = 0; i < law->rulebook->fact_count; i++) {
        if (law->rulebook->facts[i].type == FACT_DATE && law->read[i] && person->facts[i].known) {
            for (int64_t offset = -1; offset <= 1; offset++) {
                add_number(candidates, person->facts[i].number + offset);
            }
        }
    }
}

static void add_countries(struct candidates *candidates, const struct law *law)
{
    for (size_t i = 0; i < law->rulebook->country_count; i++) {
        add_number(candidates, law->rulebook->countries[i].code);
    }
}

/* The empty set, each country alone, and all of them. */
static void add_country_sets(struct candidates *candidates, const struct law *law, uint16_t *all)
{
    for (size_t i = 0; i < law->rulebook->country_count; i++) {
        all[i] = law->rulebook->countries[i].code;
    }
    for (size_t i = 0; i < law->rulebook->country_count + 2; i++) {
        assert_true(candidates->count < CANDIDATES_MAX);
        struct value *value = &candidates->values[candidates->count++];
        *value = (struct value){.known = true};
        if (i < law->rulebook->country_count) {
            value->countries = (struct country_set){.codes = &all[i], .count = 1};
        } else if (i == law->rulebook->country_count) {
            value->countries =
                (struct country_set){.codes = all, .count = law->rulebook->country_count};
        }
    }
}

static void list_candidates(const struct law *law, uint32_t fact, const struct person *person,
                            uint16_t *all_countries, struct candidates *candidates)
{
    const struct fact *described = &law->rulebook->facts[fact];
    candidates->count = 0;
    switch (described->type) {
    case FACT_FLAG:
        add_number(candidates, 0);
        add_number(candidates, 1);
        break;
    case FACT_CHOICE:
        for (size_t i = 0; i < described->choice_count; i++) {
            add_number(candidates, (int64_t)i);
        }
        break;
    case FACT_DATE:
        add_dates(candidates, law, person);
        break;
    case FACT_NUMBER:
        for (int64_t number = -3; number <= 3; number++) {
            add_number(candidates, number);
        }
        add_number(candidates, INT64_MIN);
        add_number(candidates, INT64_MAX);
        break;
    case FACT_COUNTRY:
        add_countries(candidates, law);
        break;
    case FACT_COUNTRIES:
        add_country_sets(candidates, law, all_countries);
        break;
    case FACT_TEXT:
        candidates->values[candidates->count++] =
            (struct value){.known = true, .text = STR("anything")};
        break;
    }
}

/* A random change to one fact that the rule reads: forgotten, or another value. */
static void change_fact(const struct law *law, struct random *random, struct value *facts,
                        uint32_t fact, const struct person *person, uint16_t *all_countries,
                        struct candidates *candidates)
{
    if (random_below(random, 8) == 0) {
        facts[fact] = value_unknown();
        return;
    }
    list_candidates(law, fact, person, all_countries, candidates);
    facts[fact] = candidates->values[random_below(random, candidates->count)];
}

static void set_given(struct value *facts, const struct rulebook *rulebook,
                      const struct given *given, size_t count)
{
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        facts[i] = value_unknown();
    }
    for (size_t i = 0; i < count; i++) {
        facts[given[i].fact] = given[i].value;
    }
}

static void from_example(struct person *person, const struct rulebook *rulebook,
                         const struct example *example)
{
    set_given(person->facts, rulebook, example->given, example->given_count);
    person->family_count = example->member_count;
    assert_true(example->member_count <= FAMILY_MAX);
    for (size_t i = 0; i < example->member_count; i++) {
        set_given(person->family[i], rulebook, example->members[i].given,
                  example->members[i].given_count);
    }
    person->today = example->has_day ? example->day : rulebook->in_force_from;
}

/* Everything the search works with, taken once. */
struct desk {
    struct person person;
    struct person other;
    struct candidates candidates;
    uint16_t *countries;
    uint32_t *read_list;
    size_t read_count;
};

static void vary(const struct law *law, struct random *random, struct desk *desk)
{
    struct person *person = &desk->person;
    person->today = date_add_days(person->today, (int32_t)random_between(random, -3, 3));
    const uint64_t rounds = random_below(random, ROUNDS_MAX);
    for (uint64_t i = 0; i < rounds && desk->read_count > 0; i++) {
        const uint32_t fact = desk->read_list[random_below(random, desk->read_count)];
        const uint64_t who = random_below(random, person->family_count + 1);
        change_fact(law, random, who == 0 ? person->facts : person->family[who - 1], fact, person,
                    desk->countries, &desk->candidates);
    }
}

static void say_failure(const struct law *law, uint32_t safeguard, uint32_t fact,
                        const struct value *value, const struct person *person)
{
    struct arena arena = law->arena;
    struct buf buf;
    buf_init(&buf, &arena, 16384);
    buf_format(&buf, "seed %" PRIu64 ": %.*s is clear without knowing %.*s, but with ", law->seed,
               STR_ARG(law->rulebook->safeguards[safeguard].name),
               STR_ARG(law->rulebook->facts[fact].name));
    value_format(&law->rulebook->facts[fact], value, &buf);
    char day[DATE_TEXT_SIZE];
    date_format(person->today, day);
    buf_format(&buf, " it is not. On %s; known:", day);
    for (size_t i = 0; i < law->rulebook->fact_count; i++) {
        if (person->facts[i].known && law->read[i]) {
            buf_format(&buf, " %.*s=", STR_ARG(law->rulebook->facts[i].name));
            value_format(&law->rulebook->facts[i], &person->facts[i], &buf);
        }
    }
    fail_msg("%.*s", STR_ARG(buf_str(&buf)));
}

/* `facts` are those of desk->other, of the person or of a member of the family. */
static bool clear_whatever_it_was(const struct law *law, uint32_t safeguard, uint32_t fact,
                                  struct value *facts, struct desk *desk)
{
    list_candidates(law, fact, &desk->other, desk->countries, &desk->candidates);
    for (size_t i = 0; i < desk->candidates.count; i++) {
        facts[fact] = desk->candidates.values[i];
        if (judge(law, safeguard, &desk->other) != CLEARANCE_CLEAR) {
            const struct value value = facts[fact];
            facts[fact] = value_unknown();
            say_failure(law, safeguard, fact, &value, &desk->other);
            return false;
        }
    }
    return true;
}

static void forget_each_fact(const struct law *law, uint32_t safeguard, struct desk *desk)
{
    for (size_t i = 0; i < desk->read_count; i++) {
        const uint32_t fact = desk->read_list[i];
        for (size_t who = 0; who <= desk->person.family_count && !law->asked_known[fact]; who++) {
            person_copy(&desk->other, &desk->person, law->rulebook);
            struct value *facts = who == 0 ? desk->other.facts : desk->other.family[who - 1];
            if (!facts[fact].known) {
                continue;
            }
            facts[fact] = value_unknown();
            if (judge(law, safeguard, &desk->other) == CLEARANCE_CLEAR) {
                assert_true(clear_whatever_it_was(law, safeguard, fact, facts, desk));
            }
        }
    }
}

static void list_reads(struct law *law, uint32_t safeguard, struct desk *desk)
{
    const size_t count = law->rulebook->fact_count;
    memset(law->read, 0, count * sizeof *law->read);
    memset(law->asked_known, 0, count * sizeof *law->asked_known);
    mark_reads(law, law->rulebook->safeguards[safeguard].clear_when);
    desk->read_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (law->read[i]) {
            desk->read_list[desk->read_count++] = i;
        }
    }
}

static size_t list_examples(const struct rulebook *rulebook, uint32_t safeguard,
                            const struct example **examples)
{
    size_t count = 0;
    for (size_t i = 0; i < rulebook->example_count; i++) {
        const struct example *example = &rulebook->examples[i];
        if (!example->of_clock && example->item == safeguard) {
            examples[count++] = example;
        }
    }
    return count;
}

/* The number of clear verdicts that were tried. */
static size_t try_safeguard(struct law *law, uint32_t safeguard, size_t people,
                            struct random *random, struct desk *desk,
                            const struct example **examples)
{
    list_reads(law, safeguard, desk);
    const size_t example_count = list_examples(law->rulebook, safeguard, examples);
    size_t clear_count = 0;
    for (size_t i = 0; i < people && example_count > 0; i++) {
        from_example(&desk->person, law->rulebook, examples[random_below(random, example_count)]);
        vary(law, random, desk);
        if (judge(law, safeguard, &desk->person) == CLEARANCE_CLEAR) {
            clear_count++;
            forget_each_fact(law, safeguard, desk);
        }
    }
    return clear_count;
}

static int open_law(void **state)
{
    const char *name = *state;
    struct err err = {0};
    struct arena arena;
    assert_true(arena_open(&arena, (size_t)256 << 20, &err).ok);
    struct law *law = ARENA_NEW(&arena, struct law, 1);
    assert_non_null(law);
    const char *folder = rulebook_folder(name, &arena);
    assert_non_null(folder);
    law->rulebook = load_rulebook(folder, &arena);
    assert_non_null(law->rulebook);
    law->read = ARENA_NEW(&arena, bool, law->rulebook->fact_count);
    law->asked_known = ARENA_NEW(&arena, bool, law->rulebook->fact_count);
    assert_non_null(law->read);
    assert_non_null(law->asked_known);
    const char *seed = getenv("RETURNHUB_SEED");
    law->seed = seed == NULL ? 20261101 : strtoull(seed, NULL, 10);
    law->arena = arena;
    *state = law;
    return 0;
}

static int close_law(void **state)
{
    struct law *law = *state;
    struct arena arena = law->arena;
    arena_close(&arena);
    return 0;
}

static void desk_init(struct desk *desk, const struct rulebook *rulebook, struct arena *arena)
{
    person_init(&desk->person, rulebook, arena);
    person_init(&desk->other, rulebook, arena);
    desk->countries = ARENA_NEW(arena, uint16_t, rulebook->country_count);
    desk->read_list = ARENA_NEW(arena, uint32_t, rulebook->fact_count);
    assert_non_null(desk->countries);
    assert_non_null(desk->read_list);
}

/* Aim: no fact that a clear verdict rests on can be forgotten without the verdict falling. */
static void forgetting_never_clears(void **state)
{
    struct law *law = *state;
    struct arena arena = law->arena;
    struct desk *desk = ARENA_NEW(&arena, struct desk, 1);
    const struct example **examples =
        ARENA_NEW(&arena, const struct example *, law->rulebook->example_count);
    assert_non_null(desk);
    assert_non_null(examples);
    desk_init(desk, law->rulebook, &arena);
    law->arena = arena;
    const size_t people = PEOPLE / law->rulebook->safeguard_count + 1;
    size_t fewest = SIZE_MAX;
    size_t total = 0;
    struct random random;
    random_seed(&random, law->seed);
    for (uint32_t i = 0; i < law->rulebook->safeguard_count; i++) {
        const size_t clear = try_safeguard(law, i, people, &random, desk, examples);
        print_message("# %.*s: %zu clear of %zu people\n",
                      STR_ARG(law->rulebook->safeguards[i].name), clear, people);
        assert_true(clear > 0);
        fewest = clear < fewest ? clear : fewest;
        total += clear;
    }
    print_message("# seed %" PRIu64
                  ": %zu people, %zu clear verdicts tried, at least %zu for each safeguard\n",
                  law->seed, people * law->rulebook->safeguard_count, total, fewest);
}

/* Aim: of a person of whom nothing at all is recorded, no safeguard is clear, on any day. */
static void nothing_known_clears_nothing(void **state)
{
    struct law *law = *state;
    struct arena arena = law->arena;
    struct person nobody;
    person_init(&nobody, law->rulebook, &arena);
    for (int32_t offset = -400; offset <= 400; offset += 50) {
        nobody.today = date_add_days(law->rulebook->in_force_from, offset);
        for (uint32_t i = 0; i < law->rulebook->safeguard_count; i++) {
            if (judge(law, i, &nobody) == CLEARANCE_CLEAR) {
                fail_msg("%.*s is clear of a person of whom nothing is known",
                         STR_ARG(law->rulebook->safeguards[i].name));
            }
        }
    }
}

/* Aim: the judge's own list of the facts that a safeguard reads is the one found by walking the
 * condition. */
static void judge_names_what_it_reads(void **state)
{
    struct law *law = *state;
    struct arena arena = law->arena;
    bool *named = ARENA_NEW(&arena, bool, law->rulebook->fact_count);
    assert_non_null(named);
    for (uint32_t i = 0; i < law->rulebook->safeguard_count; i++) {
        memset(named, 0, law->rulebook->fact_count * sizeof *named);
        memset(law->read, 0, law->rulebook->fact_count * sizeof *law->read);
        mark_reads(law, law->rulebook->safeguards[i].clear_when);
        judge_reads(law->rulebook, i, named);
        for (size_t fact = 0; fact < law->rulebook->fact_count; fact++) {
            if (named[fact] && !law->read[fact]) {
                fail_msg("%.*s does not read %.*s", STR_ARG(law->rulebook->safeguards[i].name),
                         STR_ARG(law->rulebook->facts[fact].name));
            }
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: unknown_never_clears NAME-OF-A-LAW\n");
        return 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(forgetting_never_clears, open_law, close_law,
                                                 argv[1]),
        cmocka_unit_test_prestate_setup_teardown(nothing_known_clears_nothing, open_law, close_law,
                                                 argv[1]),
        cmocka_unit_test_prestate_setup_teardown(judge_names_what_it_reads, open_law, close_law,
                                                 argv[1]),
    };
    return cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
}
