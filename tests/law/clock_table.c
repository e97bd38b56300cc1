/* Prints what the program makes of every clock: for each `runs` line and each start date of a
 * range, the last day, as CSV. clock_oracle.py compares the table with its own calculation from the
 * statutes.
 *
 *     clock_table FOLDER FIRST LAST [CLOCK]      (dates as YYYY-MM-DD; of one clock, or of all) */
#include "load_rulebook.h"
#include "rulebook/judge.h"

#include <stdio.h>

static void print_line(const struct clock *clock, uint32_t run, date start, bool known,
                       date last_day)
{
    char start_text[DATE_TEXT_SIZE];
    char last_text[DATE_TEXT_SIZE] = "unknown";
    date_format(start, start_text);
    if (known) {
        date_format(last_day, last_text);
    }
    printf("%.*s,%u,%s,%s\n", STR_ARG(clock->name), run, start_text, last_text);
}

static void print_table(const struct rulebook *rulebook, date first, date last, const char *only,
                        struct arena scratch)
{
    printf("clock,run,start,last_day\n");
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        const bool wanted = only == NULL || str_equal(clock->name, str_from_c(only));
        for (uint32_t run = 0; wanted && run < clock->run_count; run++) {
            for (date start = first; !date_before(last, start); start = date_add_days(start, 1)) {
                struct arena arena = scratch;
                const struct clock_day *days = NULL;
                size_t day_count = 0;
                date last_day = start;
                const bool known =
                    judge_clock_days(rulebook, i, run, start, &arena, &days, &day_count, &last_day);
                print_line(clock, run, start, known, last_day);
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct err err = {0};
    date first;
    date last;
    if (argc < 4 || argc > 5 || !date_parse(str_from_c(argv[2]), &first, &err).ok ||
        !date_parse(str_from_c(argv[3]), &last, &err).ok) {
        fprintf(stderr, "usage: clock_table FOLDER FIRST LAST [CLOCK]\n");
        return 2;
    }
    struct arena perm;
    struct arena scratch;
    if (!arena_open(&perm, (size_t)256 << 20, &err).ok ||
        !arena_open(&scratch, (size_t)1 << 20, &err).ok) {
        fprintf(stderr, "%s\n", err.what);
        return 1;
    }
    const struct rulebook *rulebook = load_rulebook(argv[1], &perm);
    if (rulebook != NULL) {
        print_table(rulebook, first, last, argc == 5 ? argv[4] : NULL, scratch);
    }
    arena_close(&scratch);
    arena_close(&perm);
    return rulebook == NULL ? 1 : 0;
}
