/* Judges safeguards on facts given as text, for tests that are written in another language.
 *
 *     ask_rulebook FOLDER < questions
 *
 * A question is a line `SAFEGUARD DAY FACT=VALUE FACT=VALUE ...`, parted by single spaces; the
 * answer is a line with clear, barred or unknown. Facts that are not given are unknown. The same
 * facts serve the person, the hub and the agreement. */
#include "load_rulebook.h"
#include "rulebook/explain.h"
#include "rulebook/judge.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 8192 };

static result read_facts(const struct rulebook *rulebook, str text, struct arena *arena,
                         struct value *facts, struct err *err)
{
    while (text.len > 0) {
        const struct str_cut cut = str_cut(text, ' ');
        const struct str_cut setting = str_cut(cut.head, '=');
        const uint32_t fact = rulebook_fact(rulebook, setting.head);
        if (fact == NOT_FOUND_INDEX) {
            return err_set(err, ERROR_INPUT, "There is no fact %.*s", STR_ARG(setting.head));
        }
        TRY(value_parse(rulebook, &rulebook->facts[fact], setting.tail, arena, &facts[fact], err));
        text = cut.tail;
    }
    return result_ok();
}

static result answer(const struct rulebook *rulebook, str line, struct arena arena, struct err *err)
{
    const struct str_cut name = str_cut(line, ' ');
    const struct str_cut day = str_cut(name.tail, ' ');
    const uint32_t safeguard = rulebook_safeguard(rulebook, name.head);
    struct question question = {0};
    if (safeguard == NOT_FOUND_INDEX) {
        return err_set(err, ERROR_INPUT, "There is no safeguard %.*s", STR_ARG(name.head));
    }
    TRY(date_parse(day.head, &question.today, err));
    struct value *facts = ARENA_NEW(&arena, struct value, rulebook->fact_count);
    if (facts == NULL) {
        return arena_full(err);
    }
    TRY(read_facts(rulebook, day.tail, &arena, facts, err));
    question.person = facts;
    question.hub = facts;
    question.agreement = facts;
    printf("%s\n", clearance_name(judge_safeguard(rulebook, safeguard, &question)));
    return result_ok();
}

static result answer_all(const char *folder, struct arena *perm, struct arena scratch,
                         struct err *err)
{
    const struct rulebook *rulebook = load_rulebook(folder, perm);
    if (rulebook == NULL) {
        return err_set(err, ERROR_INPUT, "The rulebook could not be loaded");
    }
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, stdin) != NULL) {
        TRY(answer(rulebook, str_trim(str_from_c(line)), scratch, err));
    }
    return result_ok();
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct arena perm;
    struct arena scratch;
    if (argc != 2 || !arena_open(&perm, (size_t)256 << 20, &err).ok ||
        !arena_open(&scratch, (size_t)1 << 20, &err).ok) {
        fprintf(stderr, "usage: ask_rulebook FOLDER < QUESTIONS\n");
        return 2;
    }
    const result answered = answer_all(argv[1], &perm, scratch, &err);
    if (!answered.ok) {
        fprintf(stderr, "%s\n", err.what);
    }
    arena_close(&scratch);
    arena_close(&perm);
    return answered.ok ? 0 : 1;
}
