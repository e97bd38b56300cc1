#include "load_rulebook.h"

#include "base/buf.h"
#include "system/system.h"

#include <stdio.h>
#include <stdlib.h>

static const struct rulebook *say(const struct err *err)
{
    fprintf(stderr, "%s:%u: %s\n", err->file, err->line, err->what);
    return NULL;
}

static bool read_files(const char *folder, struct arena *perm, struct rulebook_file **ret_files,
                       size_t *ret_count, struct err *err)
{
    const str *names = NULL;
    size_t count = 0;
    if (!system_list_folder(folder, STR(".rules"), perm, &names, &count, err).ok) {
        return false;
    }
    struct rulebook_file *files = ARENA_NEW(perm, struct rulebook_file, count);
    if (files == NULL) {
        return arena_full(err).ok;
    }
    for (size_t i = 0; i < count; i++) {
        const str path = arena_format(perm, "%s/%.*s", folder, STR_ARG(names[i]));
        files[i].name = names[i];
        if (path.at == NULL ||
            !system_read_file(path.at, RULEBOOK_FILE_BYTES_MAX, perm, &files[i].text, err).ok) {
            return false;
        }
    }
    *ret_files = files;
    *ret_count = count;
    return true;
}

static void say_diagnostics(const struct diagnostics *diagnostics, struct arena scratch)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        if (diagnostics->items[i].severity != SEVERITY_UNVERIFIED) {
            struct arena arena = scratch;
            struct buf buf;
            buf_init(&buf, &arena, 4096);
            diagnostic_format(&diagnostics->items[i], &buf);
            fprintf(stderr, "%.*s\n", STR_ARG(buf_str(&buf)));
        }
    }
}

const struct rulebook *load_rulebook(const char *folder, struct arena *perm)
{
    struct err err = {0};
    struct rulebook_file *files = NULL;
    size_t count = 0;
    struct diagnostics diagnostics;
    struct arena scratch;
    if (!read_files(folder, perm, &files, &count, &err) ||
        !diagnostics_init(&diagnostics, perm, &err).ok ||
        !arena_open(&scratch, (size_t)256 << 20, &err).ok) {
        return say(&err);
    }
    const struct rulebook *rulebook = NULL;
    const result loaded = rulebook_load(files, count, perm, scratch, &rulebook, &diagnostics, &err);
    if (!loaded.ok) {
        say_diagnostics(&diagnostics, scratch);
    }
    arena_close(&scratch);
    return loaded.ok ? rulebook : say(&err);
}

const char *rulebook_folder(const char *name, struct arena *arena)
{
    const char *source = getenv("RETURNHUB_SOURCE");
    return source == NULL ? NULL : arena_format(arena, "%s/rulebooks/%s", source, name).at;
}
