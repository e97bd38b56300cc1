#include "load.h"

#include "rules_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_SIZE = 256 * 1024 * 1024, FINDINGS_MAX = 1024 * 1024 };

void load_init(struct loaded *loaded)
{
    *loaded = (struct loaded){0};
    assert_true(arena_open(&loaded->perm, ARENA_SIZE, &loaded->err).ok);
    assert_true(arena_open(&loaded->words, ARENA_SIZE, &loaded->err).ok);
    assert_true(arena_open(&loaded->scratch, ARENA_SIZE, &loaded->err).ok);
}

void load_done(struct loaded *loaded)
{
    arena_close(&loaded->perm);
    arena_close(&loaded->words);
    arena_close(&loaded->scratch);
}

bool load_files(struct loaded *loaded, const struct rulebook_file *files, size_t file_count)
{
    arena_reset(&loaded->perm);
    arena_reset(&loaded->words);
    loaded->rulebook = NULL;
    assert_true(diagnostics_init(&loaded->diagnostics, &loaded->words, &loaded->err).ok);
    return rulebook_load(files, file_count, &loaded->perm, loaded->scratch, &loaded->rulebook,
                         &loaded->diagnostics, &loaded->err)
        .ok;
}

bool load_text(struct loaded *loaded, str text)
{
    const struct rulebook_file file = {.name = STR("test.rules"), .text = text};
    return load_files(loaded, &file, 1);
}

str load_findings(struct loaded *loaded)
{
    struct buf buf;
    buf_init(&buf, &loaded->words, FINDINGS_MAX);
    for (size_t i = 0; i < loaded->diagnostics.count; i++) {
        diagnostic_format(&loaded->diagnostics.items[i], &buf);
        buf_put_char(&buf, '\n');
    }
    return buf_str(&buf);
}

void load_sound(struct loaded *loaded, str text)
{
    if (!load_text(loaded, text)) {
        const str findings = load_findings(loaded);
        fail_msg("the rulebook does not load: %s\n%.*s", loaded->err.what, STR_ARG(findings));
    }
}

const char *load_path(struct loaded *loaded, const char *path)
{
    const char *root = getenv("RETURNHUB_SOURCE");
    return arena_format(&loaded->scratch, "%s/%s", root == NULL ? "." : root, path).at;
}

str load_read(struct loaded *loaded, const char *path)
{
    const str text = rules_file_read(path, &loaded->scratch);
    if (text.at == NULL) {
        fail_msg("%s cannot be read", path);
    }
    return text;
}

date load_date(const char *text)
{
    date day = {0};
    struct err err;
    if (!date_parse(str_from_c(text), &day, &err).ok) {
        fail_msg("%s: %s", text, err.what);
    }
    return day;
}
