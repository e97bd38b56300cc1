/* check_rules FOLDER...: loads the rulebook in each folder, prints what is found, and runs its
 * examples.
 *
 * The test that every rulebook that comes with the program loads, and that all its examples hold.
 * With -q only errors and totals are printed. */
#include "rules_folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_SIZE = 1 << 30, LINE_MAX_LEN = 4096 };

static void print_diagnostics(const struct diagnostics *diagnostics, bool quiet)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        char line[LINE_MAX_LEN];
        struct arena arena = {.begin = line, .at = line, .end = line + sizeof line};
        struct buf buf;
        buf_init(&buf, &arena, sizeof line - 1);
        diagnostic_format(&diagnostics->items[i], &buf);
        if (!quiet || diagnostics->items[i].severity == SEVERITY_ERROR) {
            printf("# %.*s\n", STR_ARG(buf_str(&buf)));
        }
    }
    if (diagnostics->error_count > diagnostics->count) {
        printf("# ... and more\n");
    }
}

/* A folder, with arenas to work in. True when its rulebook is sound. */
static bool check_folder(const char *folder, struct arena *perm, struct arena *words,
                         struct arena scratch, bool quiet)
{
    struct rulebook_file files[RULEBOOK_FILES_MAX];
    struct diagnostics diagnostics;
    struct examples_outcome outcome = {0};
    struct err err;
    const size_t count = rules_folder_read(folder, perm, files, 0, RULEBOOK_FILES_MAX);
    if (count > RULEBOOK_FILES_MAX || !diagnostics_init(&diagnostics, words, &err).ok) {
        printf("# %s cannot be read\n", folder);
        return false;
    }
    const struct rulebook *rulebook = NULL;
    result done = rulebook_load(files, count, perm, scratch, &rulebook, &diagnostics, &err);
    if (done.ok) {
        done = rulebook_run_examples(rulebook, scratch, &outcome, &diagnostics, &err);
    }
    print_diagnostics(&diagnostics, quiet);
    if (!done.ok && diagnostics.error_count == 0) {
        printf("# %s\n", err.what);
    }
    if (done.ok) {
        char identity[SHA256_HEX_SIZE];
        sha256_hex(&rulebook->identity, identity);
        printf("# %s: %zu facts, %zu clocks, %zu safeguards, %zu stages, %zu steps; identity %s\n",
               folder, rulebook->fact_count, rulebook->clock_count, rulebook->safeguard_count,
               rulebook->stage_count, rulebook->step_count, identity);
    }
    printf("# %s: %zu errors, %zu warnings, %zu unverified; %zu examples hold, %zu do not\n",
           folder, diagnostics.error_count, diagnostics.warning_count, diagnostics.unverified_count,
           outcome.passed, outcome.failed);
    return done.ok && diagnostics.error_count == 0 && outcome.failed == 0;
}

int main(int argc, char **argv)
{
    const bool quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
    const int first = quiet ? 2 : 1;
    if (argc <= first) {
        fprintf(stderr, "usage: check_rules [-q] FOLDER...\n");
        return 2;
    }
    struct arena perm = {0};
    struct arena words = {0};
    struct arena scratch = {0};
    struct err err;
    bool sound = arena_open(&perm, ARENA_SIZE, &err).ok &&
                 arena_open(&words, ARENA_SIZE, &err).ok &&
                 arena_open(&scratch, ARENA_SIZE, &err).ok;
    printf("1..%d\n", argc - first);
    for (int i = first; i < argc && perm.begin != NULL && scratch.begin != NULL; i++) {
        const bool folder_sound = check_folder(argv[i], &perm, &words, scratch, quiet);
        printf("%sok %d - %s\n", folder_sound ? "" : "not ", i - first + 1, argv[i]);
        sound = sound && folder_sound;
    }
    arena_close(&scratch);
    arena_close(&words);
    arena_close(&perm);
    return sound ? 0 : 1;
}
