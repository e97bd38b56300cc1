#include "world.h"

#include "rulebook/value.h"

enum kind {
    ALWAYS,
    NEVER,
    AND,
    OR,
    NOT,
    FLAG,
    KNOWN,
    UNKNOWN,
    DEFINITION,
    EXPIRED,
    RUNNING,
    COMPARE,
    IN_LIST,
    IN_SET,
    MEMBERS,
    FACT,
    NUMBER,
    DATE,
    CHOICE,
    COUNTRY,
    YES_NO,
    TODAY,
    SUM,
    LAST_DAY,
    LATER,
    EARLIER,
};

enum { CHILDREN_MAX = 4 };

static const char *const comparisons[] = {"=", "!=", "<", "<=", ">", ">="};
static const char *const quantifiers[] = {"any", "no", "every"};

struct expression {
    enum kind kind;
    int item;       /* fact, definition, clock, comparison, quantifier */
    int64_t number; /* of a literal; of a sum its count */
    enum duration_unit unit;
    enum date_rounding rounding;
    bool before;
    const struct expression *children[CHILDREN_MAX];
    int child_count;
};

static const struct {
    const char *name;
    enum fact_type type;
    enum subject subject;
} facts_known[] = {
    [WORLD_FLAG_A] = {"person.alpha", FACT_FLAG, SUBJECT_PERSON},
    [WORLD_FLAG_B] = {"person.beta", FACT_FLAG, SUBJECT_PERSON},
    [WORLD_FLAG_C] = {"person.gamma", FACT_FLAG, SUBJECT_PERSON},
    [WORLD_CHOICE_A] = {"appeal.status", FACT_CHOICE, SUBJECT_PERSON},
    [WORLD_CHOICE_B] = {"appeal.former", FACT_CHOICE, SUBJECT_PERSON},
    [WORLD_DAY_A] = {"decision.sent_on", FACT_DATE, SUBJECT_PERSON},
    [WORLD_DAY_B] = {"notice.given_on", FACT_DATE, SUBJECT_PERSON},
    [WORLD_NUMBER_A] = {"person.age", FACT_NUMBER, SUBJECT_PERSON},
    [WORLD_NUMBER_B] = {"person.visits", FACT_NUMBER, SUBJECT_PERSON},
    [WORLD_COUNTRY] = {"person.nationality", FACT_COUNTRY, SUBJECT_PERSON},
    [WORLD_SET] = {"person.refuges", FACT_COUNTRIES, SUBJECT_PERSON},
    [WORLD_COMPLETE] = {"family.complete", FACT_FLAG, SUBJECT_PERSON},
    [WORLD_HUB_PLACES] = {"hub.places_free", FACT_NUMBER, SUBJECT_HUB},
    [WORLD_HUB_COUNTRY] = {"hub.country", FACT_COUNTRY, SUBJECT_HUB},
    [WORLD_AGREEMENT_SET] = {"agreement.nationalities", FACT_COUNTRIES, SUBJECT_AGREEMENT},
};

static const char *const choices[] = {"none", "pending", "dismissed"};
static const char *const countries[] = {"ALB", "FRA", "GBR", "XKX"};

const char *world_fact_name(enum world_fact fact)
{
    return facts_known[fact].name;
}

enum world_fact world_fact_of(const struct rulebook *rulebook, uint32_t fact)
{
    for (int i = 0; i < WORLD_FACT_COUNT; i++) {
        if (str_equal(rulebook->facts[fact].name, str_from_c(facts_known[i].name))) {
            return (enum world_fact)i;
        }
    }
    assert_failed("a fact of the world", __FILE__, __LINE__);
}

/* Making. */

struct maker {
    struct random *random;
    struct arena *arena;
    int definitions; /* that may be used */
    int clocks;
    bool family; /* may be asked of */
};

static int pick(struct maker *maker, int count)
{
    return (int)random_below(maker->random, (uint64_t)count);
}

static struct expression *new_expression(struct maker *maker, enum kind kind)
{
    struct expression *expression = ARENA_NEW(maker->arena, struct expression, 1);
    ASSERT(expression != NULL);
    expression->kind = kind;
    return expression;
}

static void add_child(struct expression *expression, const struct expression *child)
{
    ASSERT(expression->child_count < CHILDREN_MAX);
    expression->children[expression->child_count++] = child;
}

static int fact_of_type(struct maker *maker, enum fact_type type)
{
    int fact;
    do {
        fact = pick(maker, WORLD_FACT_COUNT);
    } while (facts_known[fact].type != type);
    return fact;
}

static const struct expression *make_fact(struct maker *maker, enum fact_type type)
{
    struct expression *expression = new_expression(maker, FACT);
    expression->item = fact_of_type(maker, type);
    return expression;
}

/* Days from the middle of 2025 to the middle of 2026, so that sums often come close to each other.
 */
enum { DAY_LOW = 20270, DAY_HIGH = 20640 };

static int64_t make_day(struct random *random)
{
    return random_between(random, DAY_LOW, DAY_HIGH);
}

static void make_duration(struct maker *maker, int64_t *ret_count, enum duration_unit *ret_unit,
                          enum date_rounding *ret_rounding)
{
    static const int most[] = {
        [UNIT_DAYS] = 60, [UNIT_WORKING_DAYS] = 30, [UNIT_MONTHS] = 6, [UNIT_YEARS] = 2};
    *ret_unit = (enum duration_unit)pick(maker, 4);
    *ret_count = pick(maker, most[*ret_unit] + 1);
    *ret_rounding = pick(maker, 2) == 0 ? DATE_ROUND_DOWN : DATE_ROUND_UP;
}

static const struct expression *make_date(struct maker *maker, int depth)
{
    const int chosen = depth <= 0 ? pick(maker, 4) : pick(maker, 9);
    struct expression *expression = new_expression(maker, DATE);
    if (chosen <= 1) {
        return make_fact(maker, FACT_DATE);
    }
    if (chosen == 2) {
        expression->kind = TODAY;
        return expression;
    }
    if (chosen == 3) {
        expression->number = make_day(maker->random);
        return expression;
    }
    if (chosen == 4 && maker->clocks > 0) {
        expression->kind = LAST_DAY;
        expression->item = pick(maker, maker->clocks);
        return expression;
    }
    if (chosen <= 6) {
        expression->kind = SUM;
        expression->before = pick(maker, 2) == 0;
        make_duration(maker, &expression->number, &expression->unit, &expression->rounding);
        add_child(expression, make_date(maker, depth - 1));
        return expression;
    }
    expression->kind = chosen == 7 ? LATER : EARLIER;
    add_child(expression, make_date(maker, depth - 1));
    add_child(expression, make_date(maker, depth - 1));
    return expression;
}

static const struct expression *make_value(struct maker *maker, enum fact_type type, int depth)
{
    struct expression *expression = new_expression(maker, NUMBER);
    if (type == FACT_DATE) {
        return make_date(maker, depth);
    }
    if (pick(maker, 2) == 0) {
        return make_fact(maker, type);
    }
    switch (type) {
    case FACT_FLAG:
        expression->kind = YES_NO;
        expression->number = pick(maker, 2);
        break;
    case FACT_CHOICE:
        expression->kind = CHOICE;
        expression->number = pick(maker, WORLD_CHOICES);
        break;
    case FACT_NUMBER:
        expression->number = pick(maker, 5) - 1;
        break;
    case FACT_COUNTRY:
        expression->kind = COUNTRY;
        expression->number = pick(maker, WORLD_COUNTRIES);
        break;
    case FACT_DATE:
    case FACT_COUNTRIES:
    case FACT_TEXT:
        return make_fact(maker, type);
    }
    return expression;
}

/* A literal choice must stand beside a fact, which tells whose choice it is. */
static const struct expression *make_left(struct maker *maker, enum fact_type type, int depth)
{
    return type == FACT_CHOICE ? make_fact(maker, type) : make_value(maker, type, depth);
}

static const struct expression *make_comparison(struct maker *maker, int depth)
{
    static const enum fact_type types[] = {FACT_FLAG,   FACT_CHOICE,  FACT_DATE,     FACT_DATE,
                                           FACT_NUMBER, FACT_COUNTRY, FACT_COUNTRIES};
    struct expression *expression = new_expression(maker, COMPARE);
    const enum fact_type type = types[pick(maker, (int)(sizeof types / sizeof types[0]))];
    expression->item = pick(maker, type == FACT_DATE || type == FACT_NUMBER ? 6 : 2);
    add_child(expression, make_left(maker, type, depth));
    add_child(expression, make_value(maker, type, depth));
    return expression;
}

static const struct expression *make_in_list(struct maker *maker, int depth)
{
    static const enum fact_type types[] = {FACT_CHOICE, FACT_NUMBER, FACT_COUNTRY, FACT_DATE};
    struct expression *expression = new_expression(maker, IN_LIST);
    const enum fact_type type = types[pick(maker, 4)];
    add_child(expression, make_left(maker, type, depth));
    for (int i = pick(maker, 3); i >= 0; i--) {
        add_child(expression, make_value(maker, type, depth));
    }
    return expression;
}

static const struct expression *make_condition(struct maker *maker, int depth);

static const struct expression *make_junction(struct maker *maker, enum kind kind, int depth)
{
    struct expression *expression = new_expression(maker, kind);
    for (int i = kind == NOT ? 0 : 1 + pick(maker, 2); i >= 0; i--) {
        add_child(expression, make_condition(maker, depth - 1));
    }
    return expression;
}

static const struct expression *make_members(struct maker *maker, int depth)
{
    struct expression *expression = new_expression(maker, MEMBERS);
    struct maker inner = *maker;
    inner.family = false;
    inner.definitions = maker->definitions > 0 ? 1 : 0; /* the first asks of no family */
    inner.clocks = maker->clocks > 0 ? 1 : 0;           /* nor does the first clock */
    expression->item = pick(maker, 3);
    add_child(expression, make_condition(&inner, depth - 1));
    return expression;
}

static const struct expression *make_leaf(struct maker *maker, int depth)
{
    const int chosen = pick(maker, 12);
    struct expression *expression = new_expression(maker, FLAG);
    expression->item = fact_of_type(maker, FACT_FLAG);
    if (chosen < 3) {
        return expression;
    }
    if (chosen < 6) {
        return make_comparison(maker, depth);
    }
    if (chosen == 6) {
        return make_in_list(maker, depth);
    }
    if (chosen == 7) {
        expression->kind = IN_SET;
        add_child(expression, make_value(maker, FACT_COUNTRY, depth));
        add_child(expression, make_fact(maker, FACT_COUNTRIES));
    } else if (chosen == 8) {
        expression->kind = pick(maker, 2) == 0 ? KNOWN : UNKNOWN;
        expression->item = pick(maker, WORLD_FACT_COUNT);
    } else if (chosen == 9 && maker->definitions > 0) {
        expression->kind = DEFINITION;
        expression->item = pick(maker, maker->definitions);
    } else if (chosen == 10 && maker->clocks > 0) {
        expression->kind = pick(maker, 2) == 0 ? EXPIRED : RUNNING;
        expression->item = pick(maker, maker->clocks);
    } else if (chosen == 11 && pick(maker, 4) == 0) {
        expression->kind = pick(maker, 2) == 0 ? ALWAYS : NEVER;
    }
    return expression;
}

static const struct expression *make_condition(struct maker *maker, int depth)
{
    const int chosen = depth <= 0 ? 99 : pick(maker, 10);
    if (chosen < 2) {
        return make_junction(maker, AND, depth);
    }
    if (chosen < 4) {
        return make_junction(maker, OR, depth);
    }
    if (chosen == 4) {
        return make_junction(maker, NOT, depth);
    }
    if (chosen == 5 && maker->family) {
        return make_members(maker, depth);
    }
    return make_leaf(maker, depth);
}

static void make_clock(struct maker *maker, struct world_clock *clock)
{
    clock->run_count = 1 + (size_t)pick(maker, 2);
    clock->ends_on_working_day = pick(maker, 2) == 0;
    for (size_t i = 0; i < clock->run_count; i++) {
        struct world_run *run = &clock->runs[i];
        make_duration(maker, &run->count, &run->unit, &run->rounding);
        run->start = make_date(maker, 1);
        run->when =
            i + 1 < clock->run_count || pick(maker, 3) == 0 ? make_condition(maker, 1) : NULL;
    }
}

/* In an order in which nothing rests on itself: a definition, a clock, and so on. */
void world_make(struct world *world, struct random *random, struct arena *arena, int depth)
{
    struct maker maker = {.random = random, .arena = arena};
    *world = (struct world){0};
    world->definitions[0] = make_condition(&maker, depth);
    maker.definitions = 1;
    make_clock(&maker, &world->clocks[0]);
    maker.clocks = 1;
    maker.family = true;
    world->definitions[1] = make_condition(&maker, depth);
    maker.definitions = 2;
    make_clock(&maker, &world->clocks[1]);
    maker.clocks = 2;
    world->definitions[2] = make_condition(&maker, depth);
    maker.definitions = 3;
    for (int i = 0; i < WORLD_SAFEGUARDS; i++) {
        world->safeguards[i] = make_condition(&maker, depth);
    }
}

/* Writing. */

struct writer {
    struct buf buf;
    struct random *wild;
};

static bool wildly(struct writer *writer, double probability)
{
    return writer->wild != NULL && random_chance(writer->wild, probability);
}

/* Between two tokens: a space, or whatever else may stand there. */
static void gap(struct writer *writer)
{
    if (wildly(writer, 0.1)) {
        buf_put_c(&writer->buf, "\n      ");
    } else if (wildly(writer, 0.05)) {
        buf_put_c(&writer->buf, "  # said in passing: \"and\" (or) not\n\n\t ");
    } else {
        buf_put_c(&writer->buf, wildly(writer, 0.1) ? "   " : " ");
    }
}

static void words(struct writer *writer, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == ' ') {
            gap(writer);
        } else {
            buf_put_char(&writer->buf, *c);
        }
    }
}

static void write_date(struct writer *writer, int64_t day)
{
    char text[DATE_TEXT_SIZE];
    date_format((date){.day = (int32_t)day}, text);
    buf_put_c(&writer->buf, text);
}

static void write_duration(struct writer *writer, int64_t count, enum duration_unit unit,
                           enum date_rounding rounding)
{
    static const char *const units[] = {[UNIT_DAYS] = " days",
                                        [UNIT_WORKING_DAYS] = " working days ( office )",
                                        [UNIT_MONTHS] = " months",
                                        [UNIT_YEARS] = " years"};
    buf_put_int64(&writer->buf, count);
    words(writer, units[unit]);
    if (unit == UNIT_MONTHS || unit == UNIT_YEARS) {
        words(writer, rounding == DATE_ROUND_UP ? " rounding up" : " rounding down");
    }
}

/* How closely each kind binds: 0 or, 1 and, 2 not, 3 comparison, 4 all else. */
static int binding(enum kind kind)
{
    switch (kind) {
    case OR:
        return 0;
    case AND:
        return 1;
    case NOT:
        return 2;
    case COMPARE:
    case IN_LIST:
    case IN_SET:
        return 3;
    case ALWAYS:
    case NEVER:
    case FLAG:
    case KNOWN:
    case UNKNOWN:
    case DEFINITION:
    case EXPIRED:
    case RUNNING:
    case MEMBERS:
    case FACT:
    case NUMBER:
    case DATE:
    case CHOICE:
    case COUNTRY:
    case YES_NO:
    case TODAY:
    case SUM:
    case LAST_DAY:
    case LATER:
    case EARLIER:
        break;
    }
    return 4;
}

static bool is_condition(enum kind kind)
{
    return kind < FACT;
}

static void write_expression(struct writer *writer, const struct expression *expression, int least);

static void write_children(struct writer *writer, const struct expression *expression, int first,
                           const char *between, int least)
{
    for (int i = first; i < expression->child_count; i++) {
        words(writer, i == first ? "" : between);
        write_expression(writer, expression->children[i], least);
    }
}

static void write_bare(struct writer *writer, const struct expression *expression)
{
    struct buf *buf = &writer->buf;
    switch (expression->kind) {
    case ALWAYS:
        buf_put_c(buf, "always");
        break;
    case NEVER:
        buf_put_c(buf, "never");
        break;
    case AND:
        write_children(writer, expression, 0, " and ", 2);
        break;
    case OR:
        write_children(writer, expression, 0, " or ", 1);
        break;
    case NOT:
        words(writer, "not ");
        write_expression(writer, expression->children[0], 2);
        break;
    case FLAG:
    case FACT:
        buf_put_c(buf, facts_known[expression->item].name);
        break;
    case KNOWN:
    case UNKNOWN:
        buf_put_c(buf, facts_known[expression->item].name);
        words(writer, expression->kind == KNOWN ? " known" : " unknown");
        break;
    case DEFINITION:
        buf_format(buf, "definition_%d", expression->item);
        break;
    case EXPIRED:
    case RUNNING:
        buf_format(buf, "clock_%d", expression->item);
        words(writer, expression->kind == EXPIRED ? " has expired" : " is running");
        break;
    case COMPARE:
        write_expression(writer, expression->children[0], 4);
        gap(writer);
        buf_put_c(buf, comparisons[expression->item]);
        gap(writer);
        write_expression(writer, expression->children[1], 4);
        break;
    case IN_LIST:
        write_expression(writer, expression->children[0], 4);
        words(writer, " in (");
        write_children(writer, expression, 1, ", ", 4);
        words(writer, ")");
        break;
    case IN_SET:
        write_children(writer, expression, 0, " in ", 4);
        break;
    case MEMBERS:
        buf_put_c(buf, quantifiers[expression->item]);
        words(writer, " family member has (");
        write_expression(writer, expression->children[0], 0);
        words(writer, ")");
        break;
    case NUMBER:
        buf_put_int64(buf, expression->number);
        break;
    case DATE:
        write_date(writer, expression->number);
        break;
    case CHOICE:
        buf_put_c(buf, choices[expression->number]);
        break;
    case COUNTRY:
        buf_put_c(buf, countries[expression->number]);
        break;
    case YES_NO:
        buf_put_c(buf, expression->number != 0 ? "yes" : "no");
        break;
    case TODAY:
        buf_put_c(buf, "today");
        break;
    case SUM:
        write_duration(writer, expression->number, expression->unit, expression->rounding);
        words(writer, expression->before ? " before " : " after ");
        write_expression(writer, expression->children[0], 4);
        break;
    case LAST_DAY:
        words(writer, "last day of ");
        buf_format(buf, "clock_%d", expression->item);
        break;
    case LATER:
    case EARLIER:
        words(writer, expression->kind == LATER ? "later of (" : "earlier of (");
        write_children(writer, expression, 0, ", ", 4);
        words(writer, ")");
        break;
    }
}

static void write_expression(struct writer *writer, const struct expression *expression, int least)
{
    const bool apart = binding(expression->kind) < least ||
                       (is_condition(expression->kind) && wildly(writer, 0.1));
    words(writer, apart ? "(" : "");
    write_bare(writer, expression);
    words(writer, apart ? ")" : "");
}

static void write_line_end(struct writer *writer)
{
    buf_put_c(&writer->buf, wildly(writer, 0.2) ? "   # a remark\n\n" : "\n");
    if (wildly(writer, 0.1)) {
        buf_put_c(&writer->buf, "# at the margin\n");
    }
}

static void write_clock(struct writer *writer, const struct world *world, int index)
{
    const struct world_clock *clock = &world->clocks[index];
    buf_format(&writer->buf, "clock clock_%d", index);
    write_line_end(writer);
    buf_put_c(&writer->buf, "  \"A time\"");
    write_line_end(writer);
    for (size_t i = 0; i < clock->run_count; i++) {
        words(writer, "  runs ");
        write_duration(writer, clock->runs[i].count, clock->runs[i].unit, clock->runs[i].rounding);
        words(writer, " after ");
        write_expression(writer, clock->runs[i].start, 4);
        if (clock->runs[i].when != NULL) {
            words(writer, " when ");
            write_expression(writer, clock->runs[i].when, 0);
        }
        write_line_end(writer);
    }
    if (clock->ends_on_working_day) {
        words(writer, "  ends on a working day ( office )");
        write_line_end(writer);
    }
}

static void write_safeguard(struct writer *writer, const struct world *world, int index)
{
    buf_format(&writer->buf, "safeguard safeguard_%d", index);
    if (index % 2 == 1) {
        buf_format(&writer->buf, "\n  \"The %d. of them\"", index);
    }
    write_line_end(writer);
    words(writer, "  guards go");
    write_line_end(writer);
    buf_put_c(&writer->buf, "  source \"Act\"\n  reason ");
    buf_put_c(&writer->buf, wildly(writer, 0.5) ? "\"A \\\"good\\\"\"   \"reason\\\\\""
                                                : "\"A \\\"good\\\" reason\\\\\"");
    write_line_end(writer);
    words(writer, "  clear when ");
    write_expression(writer, world->safeguards[index], 0);
    write_line_end(writer);
    words(writer,
          "  example \"c\" then clear\n  example \"b\" on 2026-01-02 given person.alpha = yes, "
          "person.refuges = (FRA, ALB), appeal.status unknown then barred\n"
          "  example \"u\" family member given person.age = -3 family member given person.age "
          "unknown then unknown, needs "
          "person.alpha, hub.country");
    write_line_end(writer);
}

static const char schema[] =
    "rulebook world\n  title \"A world\"\n  in force from 2026-01-01\n"
    "country ALB \"Albania\"\ncountry FRA \"France\"\ncountry GBR \"United Kingdom\"\ncountry XKX "
    "\"Kosovo\"\n"
    "holidays days_off\n  2025-12-26 \"Boxing Day\"\n  2026-04-03 \"Good Friday\"\n  2026-04-06 "
    "\"Easter Monday\"\n"
    "  every 25 december \"Christmas Day\"\n  every 29 december to 1 january \"Between the "
    "years\"\n"
    "calendar office\n  weekend saturday, sunday\n  holidays days_off\n  from 2024-01-01\n  until "
    "2027-12-31\n"
    "stage first \"First\" start\nstage second \"Second\" outcome\n"
    "fact person.alpha : flag \"Alpha\"\nfact person.beta : flag \"Beta\"\nfact person.gamma : "
    "flag \"Gamma\"\n"
    "fact appeal.status \"Status\" one of none, pending, dismissed\n"
    "fact appeal.former \"Former\" one of none, pending, dismissed\n"
    "fact decision.sent_on : date \"Sent\"\nfact notice.given_on : date \"Given\"\n"
    "fact person.age : number \"Age\"\nfact person.visits : number \"Visits\"\n"
    "fact person.nationality : country \"Nationality\"\nfact person.refuges : countries "
    "\"Refuges\"\n"
    "fact family.complete : flag \"Complete\"\nfact hub.places_free : number \"Places\" counted by "
    "the register\n"
    "fact hub.country : country \"Country\"\nfact agreement.nationalities : countries "
    "\"Nationalities\"\n"
    "step go \"Go\"\n  from first\n  to second\n  with hub, agreement\n";

str world_text(const struct world *world, struct random *wild, struct arena *arena)
{
    struct writer writer = {.wild = wild};
    buf_init(&writer.buf, arena, 16 * 1024 * 1024);
    buf_put_c(&writer.buf, schema);
    for (int i = 0; i < WORLD_DEFINITIONS; i++) {
        buf_format(&writer.buf, "define definition_%d\n  ", i);
        write_expression(&writer, world->definitions[i], 0);
        write_line_end(&writer);
    }
    for (int i = 0; i < WORLD_CLOCKS; i++) {
        write_clock(&writer, world, i);
    }
    for (int i = 0; i < WORLD_SAFEGUARDS; i++) {
        write_safeguard(&writer, world, i);
    }
    ASSERT(!writer.buf.failed);
    return buf_str(&writer.buf);
}

/* Facts. */

void world_value_make(struct world_value *value, enum world_fact fact, struct random *random)
{
    static const uint64_t counts[] = {
        [FACT_FLAG] = 2,
        [FACT_CHOICE] = WORLD_CHOICES,
        [FACT_NUMBER] = 5,
        [FACT_COUNTRY] = WORLD_COUNTRIES,
        [FACT_COUNTRIES] = 1 << WORLD_COUNTRIES,
    };
    const enum fact_type type = facts_known[fact].type;
    value->known = true;
    value->number =
        type == FACT_DATE ? make_day(random) : (int64_t)random_below(random, counts[type]);
    value->number -= type == FACT_NUMBER ? 1 : 0;
}

void world_facts_make(struct world_facts *facts, struct random *random, double unknown)
{
    *facts = (struct world_facts){.member_count = random_below(random, WORLD_MEMBERS_MAX + 1),
                                  .today = make_day(random)};
    for (int fact = 0; fact < WORLD_FACT_COUNT; fact++) {
        if (!random_chance(random, unknown)) {
            world_value_make(&facts->own[fact], (enum world_fact)fact, random);
        }
        for (size_t i = 0; i < facts->member_count; i++) {
            if (!random_chance(random, unknown)) {
                world_value_make(&facts->members[i][fact], (enum world_fact)fact, random);
            }
        }
    }
}

static uint16_t country_code(int64_t country)
{
    uint16_t code = 0;
    ASSERT(country_parse(str_from_c(countries[country]), &code));
    return code;
}

struct value world_program_value(enum world_fact fact, struct world_value value,
                                 struct arena *arena)
{
    const enum fact_type type = facts_known[fact].type;
    if (!value.known) {
        return value_unknown();
    }
    if (type == FACT_COUNTRY) {
        return value_number(country_code(value.number));
    }
    if (type != FACT_COUNTRIES) {
        return value_number(value.number);
    }
    uint16_t *codes = ARENA_NEW(arena, uint16_t, WORLD_COUNTRIES);
    size_t count = 0;
    for (int64_t i = 0; i < WORLD_COUNTRIES; i++) {
        if ((value.number >> i & 1) != 0) {
            codes[count++] = country_code(i); /* the list is sorted as the codes are */
        }
    }
    return (struct value){.known = true, .countries = {.codes = codes, .count = count}};
}

static int64_t country_index(int64_t code)
{
    int64_t index = 0;
    while (index < WORLD_COUNTRIES && country_code(index) != code) {
        index++;
    }
    return index;
}

struct world_value world_own_value(enum world_fact fact, const struct value *value)
{
    const enum fact_type type = facts_known[fact].type;
    struct world_value own = {.known = value->known, .number = value->number};
    if (type == FACT_COUNTRY) {
        own.number = country_index(value->number);
    } else if (type == FACT_COUNTRIES) {
        own.number = 0;
        for (size_t i = 0; i < value->countries.count; i++) {
            own.number |= INT64_C(1) << country_index(value->countries.codes[i]);
        }
    }
    return own;
}

static const struct value *program_values(const struct rulebook *rulebook,
                                          const struct world_value *values, struct arena *arena)
{
    struct value *converted = ARENA_NEW(arena, struct value, rulebook->fact_count);
    for (int fact = 0; fact < WORLD_FACT_COUNT; fact++) {
        const uint32_t index = rulebook_fact(rulebook, str_from_c(facts_known[fact].name));
        ASSERT(index < rulebook->fact_count);
        converted[index] = world_program_value((enum world_fact)fact, values[fact], arena);
    }
    return converted;
}

struct question world_question(const struct rulebook *rulebook, const struct world_facts *facts,
                               struct arena *arena)
{
    const struct value *own = program_values(rulebook, facts->own, arena);
    const struct value **family = ARENA_NEW(arena, const struct value *, WORLD_MEMBERS_MAX);
    for (size_t i = 0; i < facts->member_count; i++) {
        family[i] = program_values(rulebook, facts->members[i], arena);
    }
    return (struct question){
        .person = own,
        .hub = own,
        .agreement = own,
        .family = family,
        .family_count = facts->member_count,
        .today = {.day = (int32_t)facts->today},
    };
}

/* Judging. A condition is the set of what it could be: true, false, or still either. */

enum { CAN_BE_TRUE = 1, CAN_BE_FALSE = 2, CAN_BE_EITHER = 3 };

struct view {
    const struct world *world;
    const struct world_facts *facts;
    int member; /* -1: the person itself */
};

static struct world_value fact_in(const struct view *view, int fact)
{
    const bool own = view->member < 0 || facts_known[fact].subject != SUBJECT_PERSON;
    return own ? view->facts->own[fact] : view->facts->members[view->member][fact];
}

static unsigned truth_set(const struct view *view, const struct expression *expression);
static struct world_value value_of(const struct view *view, const struct expression *expression);

static unsigned either(bool known, bool truth)
{
    return !known ? CAN_BE_EITHER : (truth ? CAN_BE_TRUE : CAN_BE_FALSE);
}

/* All combinations of what the two could be, one by one. */
static unsigned combine(unsigned a, unsigned b, bool conjunction)
{
    unsigned set = 0;
    for (int x = 0; x < 2; x++) {
        for (int y = 0; y < 2; y++) {
            const bool possible = (a & (x != 0 ? CAN_BE_TRUE : CAN_BE_FALSE)) != 0 &&
                                  (b & (y != 0 ? CAN_BE_TRUE : CAN_BE_FALSE)) != 0;
            const bool truth = conjunction ? x != 0 && y != 0 : x != 0 || y != 0;
            set |= possible ? (truth ? CAN_BE_TRUE : CAN_BE_FALSE) : 0U;
        }
    }
    return set;
}

static unsigned negate(unsigned set)
{
    return set == CAN_BE_EITHER ? CAN_BE_EITHER : set ^ CAN_BE_EITHER;
}

/* Holidays and weekends written down anew: Thursday 1 January 1970 was day 0. */
static bool is_working_day(int64_t day)
{
    static const char *const off[] = {"2025-12-26", "2026-04-03", "2026-04-06"};
    char text[DATE_TEXT_SIZE];
    date_format((date){.day = (int32_t)day}, text);
    const str written = str_from_c(text);
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        if (str_equal(written, str_from_c(off[i]))) {
            return false;
        }
    }
    static const char *const yearly[] = {"-12-25", "-12-29", "-12-30", "-12-31", "-01-01"};
    for (size_t i = 0; i < sizeof yearly / sizeof yearly[0]; i++) {
        if (str_ends(written, str_from_c(yearly[i]))) {
            return false;
        }
    }
    const int64_t weekday = (day % 7 + 7 + 3) % 7; /* 0 is Monday */
    return weekday < 5;
}

static bool calendar_has(int64_t day)
{
    const int32_t year = date_to_civil((date){.day = (int32_t)day}).year;
    return year >= WORLD_YEAR_FIRST && year <= WORLD_YEAR_LAST;
}

static struct world_value working_days(int64_t day, int64_t count, int64_t direction)
{
    bool known = calendar_has(day);
    while (count > 0 && known) {
        day += direction;
        known = calendar_has(day);
        count -= is_working_day(day) ? 1 : 0;
    }
    return (struct world_value){.known = known, .number = day};
}

static struct world_value add(struct world_value start, int64_t count, enum duration_unit unit,
                              enum date_rounding rounding, bool before)
{
    const int64_t signed_count = before ? -count : count;
    const date day = {.day = (int32_t)start.number};
    if (!start.known) {
        return start;
    }
    switch (unit) {
    case UNIT_DAYS:
        start.number += signed_count;
        break;
    case UNIT_WORKING_DAYS:
        return working_days(start.number, count, before ? -1 : 1);
    case UNIT_MONTHS:
        start.number = date_add_months(day, (int32_t)signed_count, rounding).day;
        break;
    case UNIT_YEARS:
        start.number = date_add_months(day, (int32_t)signed_count * 12, rounding).day;
        break;
    }
    return start;
}

static struct world_value last_day(const struct view *view, int clock)
{
    const struct world_clock *item = &view->world->clocks[clock];
    for (size_t i = 0; i < item->run_count; i++) {
        const struct world_run *run = &item->runs[i];
        const unsigned applies = run->when == NULL ? CAN_BE_TRUE : truth_set(view, run->when);
        if (applies == CAN_BE_FALSE) {
            continue;
        }
        if (applies == CAN_BE_EITHER) {
            break;
        }
        struct world_value last =
            add(value_of(view, run->start), run->count, run->unit, run->rounding, false);
        while (last.known && item->ends_on_working_day && calendar_has(last.number) &&
               !is_working_day(last.number)) {
            last.number++;
        }
        last.known = last.known && (!item->ends_on_working_day || calendar_has(last.number));
        return last;
    }
    return (struct world_value){.known = false};
}

static struct world_value value_of(const struct view *view, const struct expression *expression)
{
    struct world_value value = {.known = true, .number = expression->number};
    if (expression->kind == FACT) {
        return fact_in(view, expression->item);
    }
    if (expression->kind == TODAY) {
        value.number = view->facts->today;
    } else if (expression->kind == SUM) {
        value = add(value_of(view, expression->children[0]), expression->number, expression->unit,
                    expression->rounding, expression->before);
    } else if (expression->kind == LAST_DAY) {
        value = last_day(view, expression->item);
    } else if (expression->kind == LATER || expression->kind == EARLIER) {
        const struct world_value a = value_of(view, expression->children[0]);
        const struct world_value b = value_of(view, expression->children[1]);
        const bool a_later = a.number > b.number;
        value.known = a.known && b.known;
        value.number = a_later == (expression->kind == LATER) ? a.number : b.number;
    }
    return value;
}

static bool compare(int comparison, int64_t a, int64_t b)
{
    const bool truths[] = {a == b, a != b, a<b, a <= b, a> b, a >= b};
    return truths[comparison];
}

static unsigned in_list(const struct view *view, const struct expression *expression)
{
    const struct world_value value = value_of(view, expression->children[0]);
    bool found = false;
    bool doubtful = false;
    for (int i = 1; i < expression->child_count; i++) {
        const struct world_value listed = value_of(view, expression->children[i]);
        found = found || (value.known && listed.known && value.number == listed.number);
        doubtful = doubtful || !value.known || !listed.known;
    }
    return found ? CAN_BE_TRUE : either(!doubtful, false);
}

/* A family not known to be complete has one more member, of whom nothing is known. */
static unsigned of_members(const struct view *view, const struct expression *expression)
{
    const bool every = expression->item == 2;
    const struct world_value complete = fact_in(view, WORLD_COMPLETE);
    unsigned set = every ? CAN_BE_TRUE : CAN_BE_FALSE;
    for (size_t i = 0; i < view->facts->member_count; i++) {
        const struct view inner = {.world = view->world, .facts = view->facts, .member = (int)i};
        set = combine(set, truth_set(&inner, expression->children[0]), every);
    }
    if (!complete.known || complete.number == 0) {
        set = combine(set, CAN_BE_EITHER, every);
    }
    return expression->item == 1 ? negate(set) : set;
}

static unsigned of_clock(const struct view *view, const struct expression *expression)
{
    const struct world_value last = last_day(view, expression->item);
    const bool expired = last.number < view->facts->today;
    return either(last.known, expired == (expression->kind == EXPIRED));
}

static unsigned of_pair(const struct view *view, const struct expression *expression)
{
    const struct world_value a = value_of(view, expression->children[0]);
    const struct world_value b = value_of(view, expression->children[1]);
    if (expression->kind == IN_SET) {
        return either(a.known && b.known, (b.number >> a.number & 1) != 0);
    }
    return either(a.known && b.known, compare(expression->item, a.number, b.number));
}

static unsigned of_children(const struct view *view, const struct expression *expression)
{
    unsigned set = truth_set(view, expression->children[0]);
    for (int i = 1; i < expression->child_count; i++) {
        set = combine(set, truth_set(view, expression->children[i]), expression->kind == AND);
    }
    return set;
}

static unsigned truth_set(const struct view *view, const struct expression *expression)
{
    const struct world_value fact =
        fact_in(view, expression->item < WORLD_FACT_COUNT ? expression->item : 0);
    switch (expression->kind) {
    case ALWAYS:
        return CAN_BE_TRUE;
    case NEVER:
        return CAN_BE_FALSE;
    case AND:
    case OR:
        return of_children(view, expression);
    case NOT:
        return negate(truth_set(view, expression->children[0]));
    case FLAG:
        return either(fact.known, fact.number != 0);
    case KNOWN:
        return either(true, fact.known);
    case UNKNOWN:
        return either(true, !fact.known);
    case DEFINITION:
        return truth_set(view, view->world->definitions[expression->item]);
    case EXPIRED:
    case RUNNING:
        return of_clock(view, expression);
    case COMPARE:
    case IN_SET:
        return of_pair(view, expression);
    case IN_LIST:
        return in_list(view, expression);
    case MEMBERS:
        return of_members(view, expression);
    case FACT:
    case NUMBER:
    case DATE:
    case CHOICE:
    case COUNTRY:
    case YES_NO:
    case TODAY:
    case SUM:
    case LAST_DAY:
    case LATER:
    case EARLIER:
        break;
    }
    assert_failed("a condition", __FILE__, __LINE__);
}

enum clearance world_judge(const struct world *world, size_t safeguard,
                           const struct world_facts *facts)
{
    static const enum clearance clearances[] = {
        [CAN_BE_TRUE] = CLEARANCE_CLEAR,
        [CAN_BE_FALSE] = CLEARANCE_BARRED,
        [CAN_BE_EITHER] = CLEARANCE_UNKNOWN,
    };
    const struct view view = {.world = world, .facts = facts, .member = -1};
    return clearances[truth_set(&view, world->safeguards[safeguard])];
}

bool world_last_day(const struct world *world, size_t clock, const struct world_facts *facts,
                    int64_t *ret_day)
{
    const struct view view = {.world = world, .facts = facts, .member = -1};
    const struct world_value last = last_day(&view, (int)clock);
    *ret_day = last.number;
    return last.known;
}

static bool asks_knowledge(const struct world *world, const struct expression *expression, int fact)
{
    bool asks =
        (expression->kind == KNOWN || expression->kind == UNKNOWN) && expression->item == fact;
    if (expression->kind == DEFINITION) {
        asks = asks_knowledge(world, world->definitions[expression->item], fact);
    }
    if (expression->kind == EXPIRED || expression->kind == RUNNING ||
        expression->kind == LAST_DAY) {
        const struct world_clock *clock = &world->clocks[expression->item];
        for (size_t i = 0; i < clock->run_count; i++) {
            asks =
                asks || asks_knowledge(world, clock->runs[i].start, fact) ||
                (clock->runs[i].when != NULL && asks_knowledge(world, clock->runs[i].when, fact));
        }
    }
    for (int i = 0; i < expression->child_count; i++) {
        asks = asks || asks_knowledge(world, expression->children[i], fact);
    }
    return asks;
}

bool world_asks_knowledge(const struct world *world, size_t safeguard, enum world_fact fact)
{
    return asks_knowledge(world, world->safeguards[safeguard], (int)fact);
}
