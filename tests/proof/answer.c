/* Answers whole products of questions, for enumerate.py.
 *
 *     answer FOLDER < questions
 *
 * A line holds words parted by tabs:
 *     canonical                     prints the canonical text, and a line with a single dot
 *     reads SAFEGUARD               prints the facts that the safeguard reads
 *     ask safeguard|definition|clock NAME       begins a question
 *     watch FACT ...                the facts whose need is told, in the order of their bits
 *     axis SETTINGS ...             one thing that varies: its alternatives. SETTINGS is a list of
 *                                   FACT=VALUE, parted by semicolons; `1:FACT` and `2:FACT` are
 *                                   facts of members of the family, `today` and `members` (their
 *                                   number) are no facts. Each alternative of an axis sets the
 * same. go                            prints the answers to every combination, the last axis
 * fastest
 *
 * An answer is `c`, `b`, or `u` and the needs in hexadecimal; that of a clock is its state, the
 * line that applies, its start and its last day as days since 1970-01-01. Answers are parted by
 * spaces. What no axis sets is unknown. A hub or an agreement of which nothing is known is none. */
#include "load_rulebook.h"
#include "rulebook/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20, AXES_MAX = 64, WATCHED_MAX = 64, MEMBERS_MAX = 2 };

struct setting {
    struct value *value; /* where it goes; NULL for today and members */
    struct value to;
    bool is_today;
};

struct alternative {
    const struct setting *settings;
    size_t count;
};

struct axis {
    const struct alternative *alternatives;
    size_t count;
    size_t at;
};

enum asked { ASKED_SAFEGUARD, ASKED_DEFINITION, ASKED_CLOCK };

struct bench {
    const struct rulebook *rulebook;
    struct value *person;
    struct value *hub;
    struct value *agreement;
    struct value *members[MEMBERS_MAX];
    const struct value *family[MEMBERS_MAX];
    bool *needed;
    enum asked asked;
    uint32_t item;
    uint32_t watched[WATCHED_MAX];
    size_t watched_count;
    struct axis axes[AXES_MAX];
    size_t axis_count;
    struct question question;
};

static _Noreturn void refuse(const char *why, str what)
{
    fprintf(stderr, "answer: %s: %.*s\n", why, STR_ARG(what));
    exit(2);
}

static uint32_t found(uint32_t index, str name)
{
    if (index == NOT_FOUND_INDEX) {
        refuse("no such name", name);
    }
    return index;
}

static uint32_t find_definition(const struct rulebook *rulebook, str name)
{
    uint32_t index = NOT_FOUND_INDEX;
    for (uint32_t i = 0; i < rulebook->definition_count; i++) {
        index = str_equal(rulebook->definitions[i].name, name) ? i : index;
    }
    return index;
}

/* Reading a question. */

static void forget(struct bench *bench)
{
    const size_t size = bench->rulebook->fact_count * sizeof(struct value);
    memset(bench->person, 0, size);
    memset(bench->hub, 0, size);
    memset(bench->agreement, 0, size);
    memset(bench->members[0], 0, size);
    memset(bench->members[1], 0, size);
    bench->axis_count = 0;
    bench->watched_count = 0;
    bench->question = (struct question){.person = bench->person, .family = bench->family};
}

static struct value *place_of(struct bench *bench, str *name)
{
    const bool of_member = name->len > 2 && name->at[1] == ':';
    struct value *of_subject[] = {
        [SUBJECT_PERSON] = bench->person,
        [SUBJECT_HUB] = bench->hub,
        [SUBJECT_AGREEMENT] = bench->agreement,
    };
    if (of_member) {
        struct value *member = bench->members[name->at[0] - '1'];
        *name = (str){.at = name->at + 2, .len = name->len - 2};
        return member;
    }
    const uint32_t fact = found(rulebook_fact(bench->rulebook, *name), *name);
    return of_subject[bench->rulebook->facts[fact].subject];
}

static struct setting read_setting(struct bench *bench, str text, struct arena *arena)
{
    const struct str_cut cut = str_cut(text, '=');
    str name = cut.head;
    struct setting setting = {0};
    struct err err = {0};
    date day = {0};
    if (str_equal(name, STR("today"))) {
        setting.is_today = true;
        if (!date_parse(cut.tail, &day, &err).ok) {
            refuse(err.what, text);
        }
        setting.to = value_date(day);
    } else if (str_equal(name, STR("members"))) {
        setting.to = value_number(cut.tail.at[0] - '0');
    } else {
        struct value *values = place_of(bench, &name);
        const uint32_t fact = found(rulebook_fact(bench->rulebook, name), name);
        setting.value = &values[fact];
        if (!value_parse(bench->rulebook, &bench->rulebook->facts[fact], cut.tail, arena,
                         &setting.to, &err)
                 .ok) {
            refuse(err.what, text);
        }
    }
    return setting;
}

static size_t count_parts(str text, char mark)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.at[i] == mark ? 1 : 0;
    }
    return count;
}

static struct alternative read_alternative(struct bench *bench, str text, struct arena *arena)
{
    struct alternative alternative = {.count = count_parts(text, ';')};
    struct setting *settings = ARENA_NEW(arena, struct setting, alternative.count);
    ASSERT(settings != NULL);
    for (size_t i = 0; i < alternative.count; i++) {
        const struct str_cut cut = str_cut(text, ';');
        settings[i] = read_setting(bench, cut.head, arena);
        text = cut.tail;
    }
    alternative.settings = settings;
    return alternative;
}

static void read_axis(struct bench *bench, str text, struct arena *arena)
{
    struct axis axis = {.count = count_parts(text, '\t')};
    struct alternative *alternatives = ARENA_NEW(arena, struct alternative, axis.count);
    ASSERT(alternatives != NULL && bench->axis_count < AXES_MAX);
    for (size_t i = 0; i < axis.count; i++) {
        const struct str_cut cut = str_cut(text, '\t');
        alternatives[i] = read_alternative(bench, cut.head, arena);
        text = cut.tail;
    }
    axis.alternatives = alternatives;
    bench->axes[bench->axis_count++] = axis;
}

static void read_watch(struct bench *bench, str text)
{
    while (text.len > 0) {
        const struct str_cut cut = str_cut(text, '\t');
        ASSERT(bench->watched_count < WATCHED_MAX);
        bench->watched[bench->watched_count++] =
            found(rulebook_fact(bench->rulebook, cut.head), cut.head);
        text = cut.tail;
    }
}

static void read_ask(struct bench *bench, str text)
{
    const struct str_cut cut = str_cut(text, '\t');
    forget(bench);
    if (str_equal(cut.head, STR("safeguard"))) {
        bench->asked = ASKED_SAFEGUARD;
        bench->item = found(rulebook_safeguard(bench->rulebook, cut.tail), cut.tail);
    } else if (str_equal(cut.head, STR("definition"))) {
        bench->asked = ASKED_DEFINITION;
        bench->item = found(find_definition(bench->rulebook, cut.tail), cut.tail);
    } else {
        bench->asked = ASKED_CLOCK;
        bench->item = found(rulebook_clock(bench->rulebook, cut.tail), cut.tail);
    }
}

/* Answering. */

static void apply(struct bench *bench, const struct axis *axis)
{
    const struct alternative *alternative = &axis->alternatives[axis->at];
    for (size_t i = 0; i < alternative->count; i++) {
        const struct setting *setting = &alternative->settings[i];
        if (setting->value != NULL) {
            *setting->value = setting->to;
        } else if (setting->is_today) {
            bench->question.today.day = (int32_t)setting->to.number;
        } else {
            bench->question.family_count = (size_t)setting->to.number;
        }
    }
}

static bool knows_anything(const struct bench *bench, const struct value *values)
{
    bool knows = false;
    for (size_t i = 0; i < bench->rulebook->fact_count; i++) {
        knows = knows || values[i].known;
    }
    return knows;
}

static void print_safeguard(struct bench *bench, const struct rulebook *rulebook,
                            uint32_t safeguard)
{
    static const char letters[] = {
        [CLEARANCE_CLEAR] = 'c', [CLEARANCE_BARRED] = 'b', [CLEARANCE_UNKNOWN] = 'u'};
    const enum clearance clearance = judge_safeguard(rulebook, safeguard, &bench->question);
    memset(bench->needed, 0, rulebook->fact_count * sizeof bench->needed[0]);
    judge_needs(rulebook, safeguard, &bench->question, bench->needed);
    uint64_t needs = 0;
    for (size_t i = 0; i < bench->watched_count; i++) {
        needs |= bench->needed[bench->watched[i]] ? (uint64_t)1 << i : 0;
    }
    putchar(letters[clearance]);
    if (needs != 0) {
        printf("%" PRIx64, needs);
    }
    putchar(' ');
}

/* A definition is asked as the condition of a safeguard of its own. */
static void print_definition(struct bench *bench)
{
    const struct safeguard safeguard = {.clear_when =
                                            bench->rulebook->definitions[bench->item].condition};
    struct rulebook rulebook = *bench->rulebook;
    rulebook.safeguards = &safeguard;
    rulebook.safeguard_count = 1;
    print_safeguard(bench, &rulebook, 0);
}

static void print_clock(struct bench *bench)
{
    static const char letters[] = {[CLOCK_NOT_STARTED] = 'n',
                                   [CLOCK_RUNNING] = 'r',
                                   [CLOCK_EXPIRED] = 'e',
                                   [CLOCK_UNKNOWN] = 'u'};
    const struct clock_answer answer = judge_clock(bench->rulebook, bench->item, &bench->question);
    printf("%c%u", letters[answer.state], answer.run);
    if (answer.has_last_day) {
        printf(":%d:%d", answer.start.day, answer.last_day.day);
    }
    putchar(' ');
}

static void print_answer(struct bench *bench)
{
    bench->question.hub = knows_anything(bench, bench->hub) ? bench->hub : NULL;
    bench->question.agreement = knows_anything(bench, bench->agreement) ? bench->agreement : NULL;
    switch (bench->asked) {
    case ASKED_SAFEGUARD:
        print_safeguard(bench, bench->rulebook, bench->item);
        break;
    case ASKED_DEFINITION:
        print_definition(bench);
        break;
    case ASKED_CLOCK:
        print_clock(bench);
        break;
    }
}

static void go(struct bench *bench)
{
    for (size_t i = 0; i < bench->axis_count; i++) {
        apply(bench, &bench->axes[i]);
    }
    size_t turned = 0;
    while (turned < bench->axis_count + 1) {
        print_answer(bench);
        turned = 1; /* how many axes were turned back to their beginning, and one */
        for (size_t i = bench->axis_count; i > 0; i--) {
            struct axis *axis = &bench->axes[i - 1];
            axis->at = (axis->at + 1) % axis->count;
            apply(bench, axis);
            if (axis->at != 0) {
                break;
            }
            turned++;
        }
    }
    putchar('\n');
}

static void print_reads(struct bench *bench, str name)
{
    const uint32_t safeguard = found(rulebook_safeguard(bench->rulebook, name), name);
    memset(bench->needed, 0, bench->rulebook->fact_count * sizeof bench->needed[0]);
    judge_reads(bench->rulebook, safeguard, bench->needed);
    for (size_t i = 0; i < bench->rulebook->fact_count; i++) {
        if (bench->needed[i]) {
            printf("%.*s ", STR_ARG(bench->rulebook->facts[i].name));
        }
    }
    putchar('\n');
}

static void obey(struct bench *bench, str line, struct arena *arena)
{
    const struct str_cut cut = str_cut(line, '\t');
    if (str_equal(cut.head, STR("axis"))) {
        read_axis(bench, cut.tail, arena);
    } else if (str_equal(cut.head, STR("watch"))) {
        read_watch(bench, cut.tail);
    } else if (str_equal(cut.head, STR("ask"))) {
        arena_reset(arena);
        read_ask(bench, cut.tail);
    } else if (str_equal(cut.head, STR("go"))) {
        go(bench);
    } else if (str_equal(cut.head, STR("reads"))) {
        print_reads(bench, cut.tail);
    } else if (str_equal(cut.head, STR("canonical"))) {
        printf("%.*s\n.\n", STR_ARG(bench->rulebook->canonical));
    } else {
        refuse("not a question", line);
    }
}

static struct value *new_facts(const struct rulebook *rulebook, struct arena *arena)
{
    struct value *values = ARENA_NEW(arena, struct value, rulebook->fact_count);
    ASSERT(values != NULL);
    return values;
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX_BYTES];
    struct err err = {0};
    struct arena perm;
    struct arena arena;
    struct bench bench = {0};
    if (argc != 2 || !arena_open(&perm, (size_t)256 << 20, &err).ok ||
        !arena_open(&arena, (size_t)64 << 20, &err).ok) {
        fprintf(stderr, "usage: answer FOLDER < QUESTIONS\n");
        return 2;
    }
    bench.rulebook = load_rulebook(argv[1], &perm);
    if (bench.rulebook == NULL) {
        return 1;
    }
    bench.person = new_facts(bench.rulebook, &perm);
    bench.hub = new_facts(bench.rulebook, &perm);
    bench.agreement = new_facts(bench.rulebook, &perm);
    for (size_t i = 0; i < MEMBERS_MAX; i++) {
        bench.members[i] = new_facts(bench.rulebook, &perm);
        bench.family[i] = bench.members[i];
    }
    bench.needed = ARENA_NEW(&perm, bool, bench.rulebook->fact_count);
    while (fgets(line, sizeof line, stdin) != NULL) {
        str text = str_from_c(line);
        text.len -= text.len > 0 && text.at[text.len - 1] == '\n' ? 1 : 0;
        obey(&bench, text, &arena);
        fflush(stdout); /* who asks waits for it */
    }
    arena_close(&arena);
    arena_close(&perm);
    return 0;
}
