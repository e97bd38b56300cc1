/* Aim: no bytes whatever make the rulebook language break a promise of oracle.h. An entry of
 * libFuzzer; replay.c is a main of its own for the corpus.
 *
 * The bytes are the files of one rulebook, separated by NUL. When none of them has a "rulebook" of
 * its own, a small one stands before them, so that short texts can be whole rulebooks. */
#include "fuzz.h"
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_SIZE = 64 * 1024 * 1024 };

static const char prelude[] = "rulebook r title \"R\" in force from 2026-01-01\n"
                              "stage one \"One\" start\n"
                              "stage end \"End\" outcome\n"
                              "step go \"Go\" from one to end with hub, agreement\n"
                              "fact a.flag : flag \"Flag\"\n"
                              "fact a.day : date \"Day\"\n"
                              "fact a.choice \"Choice\" one of x, y\n"
                              "fact a.count : number \"Count\"\n"
                              "fact a.set : countries \"Set\"\n"
                              "fact hub.place : country \"Place\"\n"
                              "fact family.complete : flag \"Complete\"\n"
                              "country ALB \"Albania\"\n"
                              "country XKX \"Kosovo\"\n"
                              "calendar w \"W\" weekend sunday from 2026-01-01 until 2026-03-31\n";

static struct rulebook_file file_of_prelude(void)
{
    return (struct rulebook_file){.name = STR("prelude"), .text = str_from_c(prelude)};
}

static size_t split(const char *bytes, size_t size, struct rulebook_file *files)
{
    static const char *const names[] = {"a.rules", "b.rules", "c.rules", "d.rules"};
    struct str_cut cut = {.tail = {.at = bytes, .len = size}, .found = true};
    size_t count = 0;
    if (!str_contains(cut.tail, STR("rulebook"))) {
        files[count++] = file_of_prelude();
    }
    while (cut.found && count < ORACLE_FILES_MAX) {
        cut = str_cut(cut.tail, '\0');
        files[count] = (struct rulebook_file){.name = str_from_c(names[count]), .text = cut.head};
        count++;
    }
    return count;
}

static void open_once(struct oracle *oracle)
{
    const struct rulebook_file file = file_of_prelude();
    if (!oracle_open(oracle, ARENA_SIZE) || !oracle_knows(oracle, &file)) {
        fprintf(stderr, "The oracle does not open: %s\n", oracle->broken);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Opened once: memory is taken anew for every text, not asked for. */
    static struct oracle oracle;
    struct rulebook_file files[ORACLE_FILES_MAX];
    if (oracle.perm.begin == NULL) {
        open_once(&oracle);
    }
    const size_t count = split((const char *)data, size, files);
    if (!oracle_holds(&oracle, files, count)) {
        fprintf(stderr, "A promise is broken: %s\n", oracle.broken);
        abort();
    }
    return 0;
}
