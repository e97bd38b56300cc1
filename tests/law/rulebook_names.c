/* Prints what stands in a rulebook, one item a line, for tests that are written in another
 * language: `safeguard NAME`, `clock NAME`, `definition NAME`, `calendar NAME`, and
 * `guards STEP SAFEGUARD` for each safeguard of each step.
 *
 *     rulebook_names FOLDER */
#include "load_rulebook.h"

#include <stdio.h>

static void print_names(const struct rulebook *rulebook)
{
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        printf("safeguard %.*s\n", STR_ARG(rulebook->safeguards[i].name));
    }
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        printf("clock %.*s\n", STR_ARG(rulebook->clocks[i].name));
    }
    for (uint32_t i = 0; i < rulebook->definition_count; i++) {
        printf("definition %.*s\n", STR_ARG(rulebook->definitions[i].name));
    }
    for (uint32_t i = 0; i < rulebook->calendar_count; i++) {
        printf("calendar %.*s\n", STR_ARG(rulebook->calendars[i].calendar.name));
    }
    for (uint32_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        for (size_t j = 0; j < step->safeguard_count; j++) {
            printf("guards %.*s %.*s\n", STR_ARG(step->name),
                   STR_ARG(rulebook->safeguards[step->safeguards[j]].name));
        }
    }
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct arena perm;
    if (argc != 2 || !arena_open(&perm, (size_t)256 << 20, &err).ok) {
        fprintf(stderr, "usage: rulebook_names FOLDER\n");
        return 2;
    }
    const struct rulebook *rulebook = load_rulebook(argv[1], &perm);
    if (rulebook != NULL) {
        print_names(rulebook);
    }
    arena_close(&perm);
    return rulebook == NULL ? 1 : 0;
}
