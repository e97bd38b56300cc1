/* Aim: of whom it is said that one fact alone leaves a safeguard unclear, the judge never clears it
 * - whatever the other facts, the family, the hub, the agreement and the day are. Random rulebooks
 * on random facts; and conditions of each kind of which it must be said, or must not. */
#include "load.h"
#include "rulebook/lone_fact.h"
#include "world.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { WORLDS = 400, FACTS_EACH = 60, DEPTH = 2, WORLD_BYTES = 16 * 1024 * 1024 };

struct seen {
    size_t said;
    size_t silent; /* and not clear */
};

/* Each fact of a person by itself, of somebody who is judged. */
static void try_facts(const struct rulebook *rulebook, uint32_t safeguard,
                      const struct question *question, struct seen *seen)
{
    const bool clear = judge_safeguard(rulebook, safeguard, question) == CLEARANCE_CLEAR;
    for (uint32_t fact = 0; fact < rulebook->fact_count; fact++) {
        if (rulebook->facts[fact].subject != SUBJECT_PERSON) {
            continue;
        }
        const bool unclear = lone_fact_unclear(rulebook, safeguard, fact, &question->person[fact]);
        if (unclear && clear) {
            fail_msg("a fact was said to leave a safeguard unclear that is clear: %.*s in %.*s",
                     STR_ARG(rulebook->facts[fact].name), STR_ARG(rulebook->canonical));
        }
        seen->said += unclear;
        seen->silent += !unclear && !clear;
    }
}

static void nobody_is_clear(void **state)
{
    (void)state;
    const char *text = getenv("RETURNHUB_SEED");
    const uint64_t seed = text == NULL ? 1 : strtoull(text, NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)seed);
    struct random random;
    random_seed(&random, seed);
    struct seen seen = {0};
    struct loaded loaded;
    struct arena arena = {0};
    struct err err = {0};
    load_init(&loaded);
    assert_true(arena_open(&arena, WORLD_BYTES, &err).ok);
    for (int i = 0; i < WORLDS; i++) {
        struct arena of_world = arena;
        struct world world;
        world_make(&world, &random, &of_world, DEPTH);
        load_sound(&loaded, world_text(&world, NULL, &of_world));
        for (int j = 0; j < FACTS_EACH * WORLD_SAFEGUARDS; j++) {
            struct arena scratch = of_world;
            struct world_facts facts;
            world_facts_make(&facts, &random, 0.2);
            const struct question question = world_question(loaded.rulebook, &facts, &scratch);
            try_facts(loaded.rulebook, (uint32_t)(j % WORLD_SAFEGUARDS), &question, &seen);
        }
    }
    print_message("# %zu said to be unclear; %zu unclear and not said to be\n", seen.said,
                  seen.silent);
    assert_true(seen.said > 10000 && seen.silent > 1000);
    arena_close(&arena);
    load_done(&loaded);
}

/* ---- of each kind ---- */

static const char before[] =
    "rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"
    "country ALB \"Albania\"\ncountry IRN \"Iran\"\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact person.ready : flag \"Ready\"\nfact person.other : flag \"Other\"\n"
    "fact person.kind \"Kind\" one of first, second, third\n"
    "fact person.told_on : date \"Told\"\nfact person.until : date \"Until\"\n"
    "fact person.nationality : country \"Nationality\"\n"
    "fact hub.countries : countries \"Countries\"\n"
    "fact family.complete : flag \"Complete\"\n"
    "clock time \"Time\" runs 3 days after person.told_on\n"
    "define is_first\n  person.kind = first\n"
    "step go \"Go\" from first to second with hub\n"
    "safeguard rule\n  guards go\n  source \"Act\"\n  reason \"Reason\"\n  clear when ";
static const char after[] = "\n  example \"c\" on 2026-02-01 then clear\n  example \"b\" on "
                            "2026-02-01 then barred\n  example \"u\" on 2026-02-01 then unknown\n";

/* A fact and its value, or "unknown". */
static const struct {
    const char *condition;
    const char *fact;
    const char *value;
    bool unclear;
} cases[] = {
    {"person.ready", "person.ready", "no", true},
    {"person.ready", "person.ready", "unknown", true},
    {"person.ready", "person.ready", "yes", false},
    {"person.ready", "person.other", "no", false},
    {"not person.ready", "person.ready", "yes", true},
    {"not person.ready", "person.ready", "unknown", true},
    {"not person.ready", "person.ready", "no", false},
    {"person.ready and person.other", "person.ready", "no", true},
    {"person.ready and person.other", "person.ready", "yes", false},
    {"person.ready or person.other", "person.ready", "no", false},
    {"person.kind = first", "person.kind", "second", true},
    {"person.kind = first", "person.kind", "unknown", true},
    {"person.kind = first", "person.kind", "first", false},
    {"person.kind != first", "person.kind", "first", true},
    {"person.kind != first", "person.kind", "second", false},
    {"person.kind in (first, third)", "person.kind", "second", true},
    {"person.kind in (first, third)", "person.kind", "third", false},
    {"person.kind in (first, third)", "person.kind", "unknown", true},
    {"not person.kind in (first, third)", "person.kind", "third", true},
    {"is_first", "person.kind", "third", true},
    {"person.ready known", "person.ready", "unknown", true},
    {"person.ready known", "person.ready", "no", false},
    {"person.ready unknown", "person.ready", "no", true},
    {"person.ready unknown", "person.ready", "unknown", false},
    {"person.told_on < person.until", "person.told_on", "unknown", true},
    {"person.told_on < person.until", "person.until", "unknown", true},
    {"person.told_on < person.until", "person.until", "2026-01-01", false},
    {"10 days after person.told_on <= today", "person.told_on", "unknown", true},
    {"10 days after person.told_on <= today", "person.told_on", "2026-01-01", false},
    {"person.nationality in hub.countries", "person.nationality", "unknown", true},
    {"person.nationality in hub.countries", "person.nationality", "IRN", false},
    {"person.nationality = ALB", "person.nationality", "IRN", true},
    {"time has expired", "person.told_on", "unknown", false},
    {"every family member has (person.ready)", "person.ready", "no", false},
};

static void said_of_each_kind(void **state)
{
    (void)state;
    struct loaded loaded;
    struct arena arena = {0};
    struct err err = {0};
    load_init(&loaded);
    assert_true(arena_open(&arena, WORLD_BYTES, &err).ok);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        load_sound(&loaded, arena_format(&arena, "%s%s%s", before, cases[i].condition, after));
        const struct rulebook *rulebook = loaded.rulebook;
        const uint32_t fact =
            rulebook_fact(rulebook, (str){.at = cases[i].fact, .len = strlen(cases[i].fact)});
        struct value value;
        assert_true(value_parse(rulebook, &rulebook->facts[fact],
                                (str){.at = cases[i].value, .len = strlen(cases[i].value)}, &arena,
                                &value, &err)
                        .ok);
        if (lone_fact_unclear(rulebook, 0, fact, &value) != cases[i].unclear) {
            fail_msg("\"%s\" with %s %s: it should be unclear: %d", cases[i].condition,
                     cases[i].fact, cases[i].value, cases[i].unclear);
        }
    }
    arena_close(&arena);
    load_done(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(said_of_each_kind),
                                       cmocka_unit_test(nobody_is_clear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
