/* Aim: of whom it is said that a safeguard, not being clear, lasts so, the judge clears it on no
 * later day - whatever becomes of the hub, the agreement and the family. Random rulebooks on random
 * facts; and conditions of each kind of which it must be said, or must not. */
#include "load.h"
#include "rulebook/lasting.h"
#include "world.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { WORLDS = 400, FACTS_EACH = 20, DAYS_AHEAD = 25, DEPTH = 2, WORLD_BYTES = 16 * 1024 * 1024 };

struct seen {
    size_t lasting; /* not clear, and said to last */
    size_t silent;  /* not clear, and not said to last */
    size_t rises;   /* of these: clear on a later day, though nothing else changed */
};

static void change_others(struct world_facts *facts, struct random *random)
{
    struct world_facts other;
    world_facts_make(&other, random, 0.2);
    for (enum world_fact fact = WORLD_HUB_PLACES; fact < WORLD_FACT_COUNT; fact++) {
        facts->own[fact] = other.own[fact];
    }
    facts->member_count = other.member_count;
    for (size_t i = 0; i < other.member_count; i++) {
        for (size_t fact = 0; fact < WORLD_FACT_COUNT; fact++) {
            facts->members[i][fact] = other.members[i][fact];
        }
    }
}

static bool is_clear(const struct rulebook *rulebook, uint32_t safeguard,
                     const struct world_facts *facts, struct arena scratch)
{
    const struct question question = world_question(rulebook, facts, &scratch);
    return judge_safeguard(rulebook, safeguard, &question) == CLEARANCE_CLEAR;
}

/* From one day to some later ones. */
static void follow(const struct rulebook *rulebook, uint32_t safeguard, struct world_facts facts,
                   struct random *random, struct arena scratch, struct seen *seen)
{
    const bool lasts = lasts_unclear(rulebook, safeguard);
    if (is_clear(rulebook, safeguard, &facts, scratch)) {
        return;
    }
    bool rose = false;
    for (int i = 0; i < DAYS_AHEAD; i++) {
        facts.today += 1 + (int64_t)random_below(random, 60);
        if (lasts) {
            change_others(&facts, random);
        }
        rose = rose || is_clear(rulebook, safeguard, &facts, scratch);
    }
    if (lasts && rose) {
        fail_msg("a safeguard was said to last, and became clear: %.*s",
                 STR_ARG(rulebook->canonical));
    }
    seen->lasting += lasts;
    seen->silent += !lasts;
    seen->rises += !lasts && rose;
}

static void lasts_as_said(void **state)
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
            struct world_facts facts;
            world_facts_make(&facts, &random, 0.2);
            follow(loaded.rulebook, (uint32_t)(j % WORLD_SAFEGUARDS), facts, &random, of_world,
                   &seen);
        }
    }
    print_message("# %zu unclear and said to last; %zu not said to, of which %zu became clear\n",
                  seen.lasting, seen.silent, seen.rises);
    assert_true(seen.lasting > 1000 && seen.rises > 100);
    arena_close(&arena);
    load_done(&loaded);
}

/* ---- of each kind ---- */

static const char before[] =
    "rulebook small\n  title \"Small\"\n  in force from 2026-01-01\n"
    "country ALB \"Albania\"\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact person.ready : flag \"Ready\"\nfact person.told_on : date \"Told\"\n"
    "fact person.until : date \"Until\"\nfact person.count : number \"Count\"\n"
    "fact hub.open : flag \"Open\"\nfact hub.until : date \"Until\"\n"
    "fact family.complete : flag \"Complete\"\n"
    "clock time \"Time\" runs 3 days after person.told_on\n"
    "clock hub_time \"Time\" runs 3 days after hub.until\n"
    "clock turning \"Time\" runs 3 days after person.told_on when today < person.until\n"
    "define late\n  today > person.until\n"
    "step go \"Go\" from first to second with hub\n"
    "safeguard rule\n  guards go\n  source \"Act\"\n  reason \"Reason\"\n  clear when ";
static const char after[] = "\n  example \"c\" on 2026-02-01 then clear\n  example \"b\" on "
                            "2026-02-01 then barred\n  example \"u\" on 2026-02-01 then unknown\n";

static const struct {
    const char *condition;
    bool lasts;
} conditions[] = {
    {"person.ready", true},
    {"not person.ready and person.count < 3", true},
    {"person.told_on < person.until", true},
    {"10 days after person.told_on < person.until", true},
    {"person.told_on known", true},
    {"today <= person.until", true},
    {"person.until > today", true},
    {"today < 10 days after person.until and person.ready", true},
    {"time is running", true},
    {"not time has expired", true},
    {"not late", true},
    {"today < last day of time", true},
    {"today >= person.until", false},
    {"person.until <= today", false},
    {"today = person.until", false},
    {"today != person.until", false},
    {"time has expired", false},
    {"not time is running", false},
    {"late or person.ready", false},
    {"10 days after today <= person.until", false},
    {"turning has expired", false},
    {"turning is running", false},
    {"hub.open", false},
    {"hub.until known", false},
    {"today <= hub.until", false},
    {"person.until <= hub.until", false},
    {"hub_time is running", false},
    {"every family member has (person.ready)", false},
    {"no family member has (person.ready)", false},
};

static void said_of_each_kind(void **state)
{
    (void)state;
    struct loaded loaded;
    struct arena arena = {0};
    struct err err = {0};
    load_init(&loaded);
    assert_true(arena_open(&arena, WORLD_BYTES, &err).ok);
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        load_sound(&loaded, arena_format(&arena, "%s%s%s", before, conditions[i].condition, after));
        if (lasts_unclear(loaded.rulebook, 0) != conditions[i].lasts) {
            fail_msg("\"%s\": it should be said to last: %d", conditions[i].condition,
                     conditions[i].lasts);
        }
    }
    arena_close(&arena);
    load_done(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(said_of_each_kind),
                                       cmocka_unit_test(lasts_as_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
