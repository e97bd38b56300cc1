/* Aim: whoever the forecast's law lets through is whom the scalar judge clears on the same facts,
 * and nobody else; and whom it says it will never let through, the scalar judge never clears. A
 * second, plain law follows everybody beside it: it keeps every fact of a person as a value, writes
 * each at once, and asks the scalar judge, of a family of each in it with the others beside them.
 * People stay, go, come back and take each other's rows; facts are of every type, brought from one
 * stage to another, recorded by steps, and given anew, to everybody, to families and to children.
 */
#include "forecast/draw.h"
#include "forecast/scenario.h"
#include "rulebook/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum {
    MEMORY = 256 * 1024 * 1024,
    PEOPLE_NUMBERS = 1 << 17,
    FACTS = 24,
    LOOKED_AT = 13,
    FAMILY_MAX = 4,
};

static const char law_text[] =
    "rulebook small\n  title \"Small\"\n  in force from 2024-01-01\n"
    "country ALB \"Albania\"\ncountry IRN \"Iran\"\ncountry XDM \"Demonia\"\n"
    "fact person.ready : flag\n  \"Ready\"\n"
    "fact person.marked : flag\n  \"Marked\"\n"
    "fact person.kind\n  \"Kind\"\n  one of first, second, third\n"
    "fact person.letter\n  \"Letter\"\n"
    "  one of la, lb, lc, ld, le, lf, lg, lh, li, lj, lk, ll, lm, ln, lo, lp, lq, lr\n"
    "fact person.count : number\n  \"Count\"\n"
    "fact person.told_on : date\n  \"Told\"\n"
    "fact person.seen_on : date\n  \"Seen\"\n"
    "fact person.paid_on : date\n  \"Paid\"\n"
    "fact person.nationality : country\n  \"Nationality\"\n"
    "fact person.homes : countries\n  \"Homes\"\n"
    "fact person.paper : text\n  \"Paper\"\n"
    "fact person.grown : flag\n  \"Grown\"\n"
    "fact person.housed : flag\n  \"Housed\"\n"
    "fact person.signed : flag\n  \"Signed\"\n"
    "fact person.stamp\n  \"Stamp\"\n  one of round, square, broken\n"
    "fact family.complete : flag\n  \"Complete\"\n"
    "fact agreement.partner : country\n  \"Partner\"\n"
    "fact agreement.nationalities : countries\n  \"Nationalities\"\n"
    "stage here \"Here\" start\nstage there \"There\"\nstage gone \"Gone\" outcome\n"
    "step mark \"Mark\"\n  from here\n  to the same stage\n  records person.marked = yes\n"
    "step pay \"Pay\"\n  from here, there\n  to the same stage\n  records person.paid_on = today\n"
    "step move \"Move\"\n  from here\n  to there\n"
    "step back \"Back\"\n  from there\n  to here\n"
    "step send \"Send\"\n  from here\n  to gone\n  with agreement\n"
    "step send_far \"Send far\"\n  from here\n  to gone\n  with agreement\n"
    "step send_on \"Send on\"\n  from there\n  to gone\n  with agreement\n";

static const char safeguards[] =
    "safeguard ready\n  guards send, send_far, send_on\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.ready or person.marked\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.ready = yes\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.ready = no\n    given person.marked = "
    "no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard kind\n  guards send\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.kind in (first, third) or person.letter in (lb, lq)\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.kind = third\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.kind = second\n    given person.letter = "
    "la\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard count\n  guards send, send_on\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.count < 9 or person.marked\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.count = 8\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.count = 9\n    given person.marked = "
    "no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard told\n  guards send\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when 10 days after person.told_on <= today\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.told_on = 2024-01-01\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.told_on = 2024-01-31\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard seen\n  guards send\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.seen_on < person.told_on or person.marked\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.seen_on = 2024-01-01\n    given "
    "person.told_on = 2024-01-02\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.seen_on = 2024-01-02\n    given "
    "person.told_on = 2024-01-02\n    given person.marked = no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard paid\n  guards send_on\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when 20 days after person.paid_on <= today\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.paid_on = 2024-01-01\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.paid_on = 2024-01-31\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard soon\n  guards send\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when today <= 100 days after person.told_on or person.marked\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.told_on = 2023-11-01\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.told_on = 2023-10-01\n    given "
    "person.marked = no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard covered\n  guards send, send_far, send_on\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.nationality in agreement.nationalities\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.nationality = ALB\n    given "
    "agreement.nationalities = ALB\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.nationality = IRN\n    given "
    "agreement.nationalities = ALB\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard home\n  guards send_on\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when agreement.partner in person.homes or person.paper known\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.paper = \"x\"\n    then clear\n"
    "  example \"b\"\n    given agreement.partner = ALB\n    given person.homes = IRN\n    then "
    "barred\n"
    "  example \"u\"\n    given agreement.partner = ALB\n    then unknown\n";

/* One fact alone bars from some ways of the stage, or from all. */
static const char lone_safeguards[] =
    "safeguard signed\n  guards send, send_far\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.signed\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.signed = yes\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.signed = no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard stamped\n  guards send_far\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.stamp in (round, square)\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.stamp = square\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.stamp = broken\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n";

static const char family_safeguards[] =
    "safeguard all_ready\n  guards send\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when every family member has (person.ready or person.marked)\n"
    "  example \"c\"\n    on 2024-02-01\n    given family.complete = yes\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given family.complete = yes\n    family member given "
    "person.ready = no, person.marked = no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n"
    "safeguard nobody_little\n  guards send_on\n  source \"A\"\n  reason \"B.\"\n"
    "  clear when person.housed or (person.grown and no family member has (person.grown = no))\n"
    "  example \"c\"\n    on 2024-02-01\n    given person.housed = yes\n    then clear\n"
    "  example \"b\"\n    on 2024-02-01\n    given person.housed = no, person.grown = yes, "
    "family.complete = yes\n    family member given person.grown = no\n    then barred\n"
    "  example \"u\"\n    on 2024-02-01\n    then unknown\n";

static const char scenario_text[] =
    "scenario it\n  title \"It\"\n  rulebook small\n  begins 2024-01-01\n"
    "  quarters 4\n  judged every 7 days\n"
    "group albanians\n  nationality \"Albania\"\n  country ALB\n"
    "group iranians\n  nationality \"Iran\"\n  country IRN\n"
    "group others\n  rest\n"
    "families houses\n  of 2 adults share 2\n  of 1 adult and 2 children share 1\n"
    "  of 2 adults and 2 children share 1\n  source assumed\n"
    "arrivals people\n  to here\n  a day 10\n  families houses dependants 0.2\n"
    "station senders\n  a day 20\n"
    "station senders_far\n  a day 2\n"
    "station senders_on\n  a day 10\n"
    "stage here\n  begins with 14000 waited 0 to 300 days\n"
    "  families houses dependants 0.25\n"
    "stage there\nstage gone\n"
    "hub hub\n  agreement.nationalities = ALB, XDM\n  agreement.partner = ALB\n"
    "way sent\n  from here\n  served by senders\n  judged at hub\n  step send to gone\n"
    "way sent_far\n  from here\n  served by senders_far\n  judged at hub\n"
    "  step send_far to gone\n"
    "way marked\n  from here\n  chance a day 0.01\n  step mark to here\n"
    "way paid\n  from here\n  chance a day 0.01\n  step pay to here\n"
    "way moved\n  from here\n  chance a day 0.02\n  step move to there\n"
    "way sent_on\n  from there\n  served by senders_on\n  judged at hub\n  step send_on to gone\n"
    "way paid_there\n  from there\n  chance a day 0.02\n  step pay to there\n"
    "way came_back\n  from there\n  chance a day 0.02\n  step back to here\n"
    "facts on coming\n"
    "  person.homes = nationality share 0.5\n    or XDM share 0.2\n"
    "  person.count = 3 share 0.4\n    or 9 share 0.3\n"
    "  person.grown = yes share 0.9\n"
    "  family.complete = yes share 0.95\n"
    "facts on coming of families\n"
    "  family.complete = yes share 0.8\n    or no share 0.1\n"
    "facts on here\n"
    "  person.told_on = today\n"
    "  person.seen_on = today less 5 days share 0.6\n    or today plus 1 days share 0.2\n"
    "  person.kind = first share 0.5\n    or second share 0.2\n"
    "  person.letter = lb share 0.2\n    or la share 0.6\n"
    "  person.ready = yes share 0.5\n    or no share 0.3\n"
    "  person.nationality = nationality\n"
    "  person.paper = \"seen\" share 0.5\n"
    "  person.signed = yes share 0.9\n    or no share 0.05\n"
    "  person.stamp = round share 0.7\n    or broken share 0.2\n"
    "facts on here of families with children\n"
    "  person.ready = yes share 0.8\n    or no share 0.1\n"
    "facts on here of children\n"
    "  person.grown = no share 0.9\n"
    "  person.signed = yes share 0.97\n"
    "facts on there of families with children\n"
    "  person.housed = yes share 0.8\n"
    "facts on there of children\n"
    "  person.count = 2 share 0.9\n"
    "facts on there\n"
    "  person.count = 1 share 0.5\n    or 12 share 0.3\n"
    "  person.ready = yes\n"
    "series here\n  stage here\n"
    "series held\n  held_by_law sent\n"
    "series sent\n  step send\n  step send_on\n";

/* ---- the second law: the lines of the text above, once more ---- */

enum where { COMING = -1, HERE, THERE, GONE };
enum whose { EACH, FAMILIES, WITH_CHILDREN, CHILDREN };
enum kind_of_value { TEXT, DAY, NATIONALITY };

struct line {
    enum where stage;
    enum whose whose;
    const char *fact;
    struct {
        enum kind_of_value kind;
        const char *text;
        int days;
        double share;
    } values[2];
};

/* In the order of the text. */
static const struct line lines[] = {
    {COMING, EACH, "person.homes", {{NATIONALITY, "", 0, 0.5}, {TEXT, "XDM", 0, 0.2}}},
    {COMING, EACH, "person.count", {{TEXT, "3", 0, 0.4}, {TEXT, "9", 0, 0.3}}},
    {COMING, EACH, "person.grown", {{TEXT, "yes", 0, 0.9}}},
    {COMING, EACH, "family.complete", {{TEXT, "yes", 0, 0.95}}},
    {COMING, FAMILIES, "family.complete", {{TEXT, "yes", 0, 0.8}, {TEXT, "no", 0, 0.1}}},
    {HERE, EACH, "person.told_on", {{DAY, "", 0, 1}}},
    {HERE, EACH, "person.seen_on", {{DAY, "", -5, 0.6}, {DAY, "", 1, 0.2}}},
    {HERE, EACH, "person.kind", {{TEXT, "first", 0, 0.5}, {TEXT, "second", 0, 0.2}}},
    {HERE, EACH, "person.letter", {{TEXT, "lb", 0, 0.2}, {TEXT, "la", 0, 0.6}}},
    {HERE, EACH, "person.ready", {{TEXT, "yes", 0, 0.5}, {TEXT, "no", 0, 0.3}}},
    {HERE, EACH, "person.nationality", {{NATIONALITY, "", 0, 1}}},
    {HERE, EACH, "person.paper", {{TEXT, "seen", 0, 0.5}}},
    {HERE, EACH, "person.signed", {{TEXT, "yes", 0, 0.9}, {TEXT, "no", 0, 0.05}}},
    {HERE, EACH, "person.stamp", {{TEXT, "round", 0, 0.7}, {TEXT, "broken", 0, 0.2}}},
    {HERE, WITH_CHILDREN, "person.ready", {{TEXT, "yes", 0, 0.8}, {TEXT, "no", 0, 0.1}}},
    {HERE, CHILDREN, "person.grown", {{TEXT, "no", 0, 0.9}}},
    {HERE, CHILDREN, "person.signed", {{TEXT, "yes", 0, 0.97}}},
    {THERE, WITH_CHILDREN, "person.housed", {{TEXT, "yes", 0, 0.8}}},
    {THERE, CHILDREN, "person.count", {{TEXT, "2", 0, 0.9}}},
    {THERE, EACH, "person.count", {{TEXT, "1", 0, 0.5}, {TEXT, "12", 0, 0.3}}},
    {THERE, EACH, "person.ready", {{TEXT, "yes", 0, 1}}},
};

enum { LINES = sizeof lines / sizeof lines[0], COUNTRIES = 2 };

struct life {
    uint64_t key;
    bool is_child;
    struct value facts[FACTS];
};

/* Somebody alone, or a family. */
struct lives {
    uint64_t key;
    uint32_t group;
    unsigned barred; /* bits, ways: for good, as the law said, while they are where they are */
    enum where where;
    uint32_t people;
    uint32_t adults;
    struct life each[FAMILY_MAX];
};

static struct world {
    struct arena arena;
    const struct rulebook *rulebook;
    const struct procedure_law *law; /* the one that is tested */
    struct lives **lives;
    const struct procedure *procedure;
    struct value agreement[FACTS];
    struct value given[LINES][2];             /* of texts */
    struct value countries[FACTS][COUNTRIES]; /* Albania, Iran, as values of these facts */
    uint32_t facts[LINES];
    date begins;
    uint64_t judgings;
    uint64_t looked_at;
    uint64_t cleared;
    uint64_t barred;
    uint64_t barred_on_coming;
    uint64_t barred_looked_at;
    uint64_t families_cleared;
    uint64_t families_held; /* though somebody in them is clear */
    uint32_t people_count;
} world;

static uint32_t fact_of(const char *name)
{
    for (uint32_t i = 0; i < world.rulebook->fact_count; i++) {
        if (str_equal(world.rulebook->facts[i].name, str_from_c(name))) {
            return i;
        }
    }
    fail_msg("there is no fact %s", name);
    return 0;
}

static struct value value_of(uint32_t fact, const char *text)
{
    struct value value = value_unknown();
    struct err err;
    assert_true(value_parse(world.rulebook, &world.rulebook->facts[fact], str_from_c(text),
                            &world.arena, &value, &err)
                    .ok);
    return value;
}

static void read_lines(void)
{
    for (size_t i = 0; i < LINES; i++) {
        const uint32_t fact = world.facts[i] = fact_of(lines[i].fact);
        for (size_t j = 0; j < 2; j++) {
            const bool is_text = lines[i].values[j].kind == TEXT && lines[i].values[j].share > 0;
            if (is_text) {
                world.given[i][j] = value_of(fact, lines[i].values[j].text);
            } else if (lines[i].values[j].kind == NATIONALITY) {
                world.countries[fact][0] = value_of(fact, "ALB");
                world.countries[fact][1] = value_of(fact, "IRN");
            }
        }
    }
}

static struct value value_given(uint32_t group, size_t line, size_t which, int32_t day)
{
    switch (lines[line].values[which].kind) {
    case TEXT:
        return world.given[line][which];
    case DAY:
        return value_date(date_add_days(world.begins, day + lines[line].values[which].days));
    case NATIONALITY:
        return group < COUNTRIES ? world.countries[world.facts[line]][group] : value_unknown();
    }
    return value_unknown();
}

static void give(const struct lives *lives, struct life *life, size_t line, int32_t day)
{
    const char *name = lines[line].fact;
    const bool once = lines[line].whose == FAMILIES || lines[line].whose == WITH_CHILDREN;
    struct draw draw = draw_begin(once ? lives->key : life->key, draw_purpose(name, strlen(name)));
    double left = draw_unit(&draw);
    life->facts[world.facts[line]] = value_unknown();
    for (size_t i = 0; i < 2 && left >= 0; i++) {
        if (left < lines[line].values[i].share) {
            life->facts[world.facts[line]] = value_given(lives->group, line, i, day);
        }
        left -= lines[line].values[i].share;
    }
}

static bool is_theirs(const struct lives *lives, const struct life *life, enum whose whose)
{
    return whose == EACH || (whose == FAMILIES && lives->people > 1) ||
           (whose == WITH_CHILDREN && lives->people > lives->adults) ||
           (whose == CHILDREN && life->is_child);
}

static void give_all(struct lives *lives, enum where stage, int32_t day)
{
    for (uint32_t i = 0; i < lives->people; i++) {
        for (size_t j = 0; j < LINES; j++) {
            if (lines[j].stage == stage && is_theirs(lives, &lives->each[i], lines[j].whose)) {
                give(lives, &lives->each[i], j, day);
            }
        }
    }
}

/* ---- both beside each other ---- */

static struct lives *somebody_new(const struct procedure_who *who, enum where where)
{
    assert_true(who->person < PEOPLE_NUMBERS);
    struct lives **place = &world.lives[who->person];
    if (*place == NULL) {
        *place = ARENA_NEW(&world.arena, struct lives, 1);
        assert_non_null(*place);
    }
    struct lives *lives = *place;
    *lives = (struct lives){.key = who->key,
                            .group = who->group,
                            .where = where,
                            .people = 1,
                            .adults = 1,
                            .each[0].key = who->key};
    if (who->family != PROCEDURE_NONE) {
        const struct procedure_family *family = &world.procedure->families[who->family];
        lives->adults = family->adults;
        lives->people = family->adults + family->children;
        for (uint32_t i = 0; i < lives->people; i++) {
            lives->each[i].key = procedure_member_key(who->key, i);
            lives->each[i].is_child = i >= family->adults;
        }
    }
    world.people_count = who->person < world.people_count ? world.people_count : who->person + 1;
    return lives;
}

/* The judged ways by their numbers: stage by stage, in the order of the text. */
enum { WAY_SENT = 0, WAY_SENT_FAR = 1, WAY_SENT_ON = 5 };

/* Of some it is certain at once, for all ways of the stage. */
static uint32_t seated(struct lives *lives, uint32_t seat)
{
    if ((seat & PROCEDURE_NEVER_CLEARED) != 0) {
        lives->barred =
            lives->where == THERE ? 1U << WAY_SENT_ON : 1U << WAY_SENT | 1U << WAY_SENT_FAR;
        world.barred_on_coming++;
    }
    return seat;
}

static uint32_t comes(void *context, const struct procedure_who *who, uint32_t stage, int32_t day)
{
    (void)context;
    struct lives *lives = somebody_new(who, (enum where)stage);
    give_all(lives, COMING, day);
    give_all(lives, (enum where)stage, day);
    return seated(lives, world.law->begin(world.law->context, who, stage, day));
}

static uint32_t steps(void *context, const struct procedure_who *who, uint32_t from, uint32_t step,
                      uint32_t to, int32_t day)
{
    (void)context;
    struct lives *lives = world.lives[who->person];
    const str name = world.rulebook->steps[step].name;
    for (uint32_t i = 0; i < lives->people; i++) {
        struct value *facts = lives->each[i].facts;
        if (str_equal(name, STR("mark"))) {
            facts[fact_of("person.marked")] = value_flag(true);
        }
        if (str_equal(name, STR("pay"))) {
            facts[fact_of("person.paid_on")] = value_date(date_add_days(world.begins, day));
        }
    }
    lives->barred = 0;
    lives->where = (enum where)to;
    give_all(lives, (enum where)to, day);
    return seated(lives, world.law->step(world.law->context, who, from, step, to, day));
}

static bool is_clear_alone(uint32_t step, const struct lives *lives, uint32_t member, int32_t day)
{
    const struct value *others[FAMILY_MAX];
    size_t other_count = 0;
    for (uint32_t i = 0; i < lives->people; i++) {
        if (i != member) {
            others[other_count++] = lives->each[i].facts;
        }
    }
    const struct question question = {.person = lives->each[member].facts,
                                      .family = others,
                                      .family_count = other_count,
                                      .agreement = world.agreement,
                                      .today = date_add_days(world.begins, day)};
    return judge_step(world.rulebook, step, &question, NULL) == CLEARANCE_CLEAR;
}

/* Everybody is. */
static bool is_clear(uint32_t step, const struct lives *lives, int32_t day)
{
    uint32_t clear = 0;
    for (uint32_t i = 0; i < lives->people; i++) {
        clear += is_clear_alone(step, lives, i, day);
    }
    world.families_cleared += lives->people > 1 && clear == lives->people;
    world.families_held += clear > 0 && clear < lives->people;
    return clear == lives->people;
}

static uint32_t step_of(uint32_t way)
{
    const str name = way == WAY_SENT       ? STR("send")
                     : way == WAY_SENT_FAR ? STR("send_far")
                                           : STR("send_on");
    assert_true(way == WAY_SENT || way == WAY_SENT_FAR || way == WAY_SENT_ON);
    return rulebook_step(world.rulebook, name);
}

/* Some of those who were said to be barred for good. */
static void look_at_barred(uint32_t way, int32_t day)
{
    const enum where where = way == WAY_SENT_ON ? THERE : HERE;
    for (size_t i = world.judgings % LOOKED_AT; i < world.people_count; i += LOOKED_AT) {
        const struct lives *life = world.lives[i];
        if (life->where == where && (life->barred >> way & 1) != 0) {
            assert_false(is_clear(step_of(way), life, day));
            world.barred_looked_at++;
        }
    }
}

static result judges(void *context, uint32_t way, const struct procedure_candidate *candidates,
                     size_t count, int32_t day, enum procedure_clearance *ret_clearances,
                     struct err *err)
{
    (void)context;
    TRY(world.law->judge(world.law->context, way, candidates, count, day, ret_clearances, err));
    const uint32_t step = step_of(way);
    world.judgings++;
    for (size_t i = world.judgings % LOOKED_AT; i < count; i += LOOKED_AT) {
        const bool clear = is_clear(step, world.lives[candidates[i].person], day);
        if (clear != (ret_clearances[i] == CLEARED)) {
            fail_msg("day %d, way %u, person %u: the law says %u, the judge %d", day, way,
                     candidates[i].person, ret_clearances[i], clear);
        }
        world.looked_at++;
        world.cleared += clear;
    }
    look_at_barred(way, day);
    for (size_t i = 0; i < count; i++) {
        struct lives *life = world.lives[candidates[i].person];
        const bool barred = ret_clearances[i] == NEVER_CLEARED;
        assert_true((life->barred >> way & 1) == 0);
        life->barred |= (unsigned)barred << way;
        world.barred += barred;
    }
    return result_ok();
}

/* ---- the run ---- */

static result open_text(void *context, str name, struct arena *arena, str *ret_text,
                        struct err *err)
{
    (void)context;
    (void)name;
    (void)arena;
    (void)err;
    *ret_text = str_from_c(scenario_text);
    return result_ok();
}

static void load_rulebook(struct arena scratch)
{
    struct err err = {0};
    struct diagnostics diagnostics;
    const struct rulebook_file file = {STR("small"),
                                       arena_format(&world.arena, "%s%s%s%s", law_text, safeguards,
                                                    lone_safeguards, family_safeguards)};
    assert_true(diagnostics_init(&diagnostics, &world.arena, &err).ok);
    if (!rulebook_load(&file, 1, &world.arena, scratch, &world.rulebook, &diagnostics, &err).ok) {
        fail_msg("%s:%u: %s", err.file, err.line, err.what);
    }
    assert_true(world.rulebook->fact_count <= FACTS);
    read_lines();
    world.agreement[fact_of("agreement.nationalities")] =
        value_of(fact_of("agreement.nationalities"), "ALB, XDM");
    world.agreement[fact_of("agreement.partner")] = value_of(fact_of("agreement.partner"), "ALB");
}

static const struct procedure *make(struct arena scratch)
{
    struct err err = {0};
    const struct scenario_files files = {NULL, open_text, open_text};
    const struct scenario *scenario = NULL;
    if (!scenario_load(&files, STR("it"), world.rulebook, &world.arena, scratch, &scenario, &err)
             .ok) {
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.what);
    }
    struct scenario_choice choice = {.scenario = scenario};
    const struct procedure *made = NULL;
    assert_true(scenario_make(&choice, 7, 0, &world.arena, &made, &err).ok);
    world.begins = scenario_about(scenario)->begins;
    return made;
}

static void as_the_scalar_judge(void **state)
{
    (void)state;
    struct err err = {0};
    struct arena scratch = {0};
    struct draw_tables tables;
    struct procedure_outcome outcome;
    assert_true(arena_open(&world.arena, MEMORY, &err).ok);
    assert_true(arena_open(&scratch, MEMORY, &err).ok);
    world.lives = ARENA_NEW(&world.arena, struct lives *, PEOPLE_NUMBERS);
    load_rulebook(scratch);
    struct procedure procedure = *make(scratch);
    world.law = procedure.law;
    world.procedure = &procedure;
    const struct procedure_law both = {
        .begin = comes, .step = steps, .judge = judges, .days_between = world.law->days_between};
    procedure.law = &both;
    draw_tables_make(&tables);
    if (!procedure_run(&procedure, &tables, 7, 0, &world.arena, scratch, &outcome, &err).ok) {
        fail_msg("%s", err.what);
    }
    print_message("# %llu judged twice, %llu of them clear; %llu barred for good, and %llu times "
                  "so by the judge\n",
                  (unsigned long long)world.looked_at, (unsigned long long)world.cleared,
                  (unsigned long long)world.barred, (unsigned long long)world.barred_looked_at);
    print_message("# %llu barred on coming into a stage\n",
                  (unsigned long long)world.barred_on_coming);
    print_message("# %llu families clear, %llu held though somebody in them is clear\n",
                  (unsigned long long)world.families_cleared,
                  (unsigned long long)world.families_held);
    /* More than one room of rows, and both answers often. */
    assert_true(outcome.begun > 42000);
    assert_true(world.families_cleared > 100 && world.families_held > 1000);
    assert_true(world.cleared > 1000 && world.looked_at - world.cleared > 1000);
    assert_true(world.barred > 1000 && world.barred_looked_at > 1000);
    assert_true(world.barred_on_coming > 1000);
    arena_close(&scratch);
    arena_close(&world.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_scalar_judge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
