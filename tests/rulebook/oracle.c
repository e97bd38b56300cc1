#include "oracle.h"

#include "rulebook/layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool oracle_open(struct oracle *oracle, size_t arena_size)
{
    struct err err;
    *oracle = (struct oracle){.loaded = false};
    return arena_open(&oracle->perm, arena_size, &err).ok &&
           arena_open(&oracle->words, arena_size, &err).ok &&
           arena_open(&oracle->scratch, arena_size, &err).ok &&
           arena_open(&oracle->keep, arena_size, &err).ok &&
           arena_open(&oracle->known, arena_size, &err).ok;
}

void oracle_close(struct oracle *oracle)
{
    arena_close(&oracle->perm);
    arena_close(&oracle->words);
    arena_close(&oracle->scratch);
    arena_close(&oracle->keep);
    arena_close(&oracle->known);
}

static bool broken(struct oracle *oracle, const char *format, ...) PRINTF_LIKE(2, 3);

/* Says which promise is broken. Always false. */
static bool broken(struct oracle *oracle, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(oracle->broken, sizeof oracle->broken, format, args);
    va_end(args);
    return false;
}

/* A load, with all it leaves behind. */
struct load {
    struct diagnostics diagnostics;
    const struct rulebook *rulebook;
    struct err err;
    bool loads;
};

static bool load(struct oracle *oracle, const struct rulebook_file *files, size_t count,
                 struct load *ret_load)
{
    *ret_load = (struct load){.loads = false};
    arena_reset(&oracle->perm);
    arena_reset(&oracle->words);
    if (!diagnostics_init(&ret_load->diagnostics, &oracle->words, &ret_load->err).ok) {
        return broken(oracle, "the oracle has too little memory");
    }
    ret_load->loads = rulebook_load(files, count, &oracle->perm, oracle->scratch,
                                    &ret_load->rulebook, &ret_load->diagnostics, &ret_load->err)
                          .ok;
    return true;
}

static const struct rulebook_file *file_of(const struct rulebook_file *files, size_t count,
                                           const struct place_in_text *at)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i].name.at == at->file.at) {
            return &files[i];
        }
    }
    return NULL;
}

/* The place is in the text, or just behind the end of a line of it. */
static bool place_is_inside(str text, const struct place_in_text *at)
{
    uint32_t line = 1;
    size_t begin = 0;
    for (size_t i = 0; i < text.len && line < at->line; i++) {
        if (text.at[i] == '\n') {
            line++;
            begin = i + 1;
        }
    }
    const size_t len = str_find_char(str_slice(text, begin, text.len), '\n');
    return at->line == line && at->column >= 1 && at->column <= len + 1;
}

static bool in_order(const struct diagnostic *before, const struct diagnostic *item)
{
    if (before->at.file.at != item->at.file.at) {
        return true; /* the files in their order: see test_lang */
    }
    return before->at.line < item->at.line ||
           (before->at.line == item->at.line && before->at.column <= item->at.column);
}

/* 1 */
static bool findings_are_sound(struct oracle *oracle, const struct rulebook_file *files,
                               size_t count, const struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        const struct rulebook_file *file = file_of(files, count, &item->at);
        if (file == NULL || !place_is_inside(file->text, &item->at)) {
            return broken(oracle, "a finding stands outside the text, at %u:%u: %.*s",
                          item->at.line, item->at.column, STR_ARG(item->what));
        }
        if (item->what.len == 0 || !str_is_utf8(item->what) || !str_is_utf8(item->hint)) {
            return broken(oracle, "the words of a finding at %u:%u are not words", item->at.line,
                          item->at.column);
        }
        if (i > 0 && !in_order(item - 1, item)) {
            return broken(oracle, "the finding at %u:%u is out of order", item->at.line,
                          item->at.column);
        }
    }
    return true;
}

static bool failure_is_sound(struct oracle *oracle, const struct load *failed)
{
    if (failed->err.code == ERROR_LIMIT) {
        return failed->diagnostics.error_count == 0 ||
               broken(oracle, "memory ran out, and there are errors: %s", failed->err.what); /* 4 */
    }
    if (failed->err.code != ERROR_INPUT || failed->diagnostics.error_count == 0 ||
        failed->diagnostics.count == 0) {
        return broken(oracle, "it does not load, and no finding says why: %s", failed->err.what);
    }
    return true;
}

static bool same_identity(const struct sha256 *a, const struct load *b)
{
    return b->loads && sha256_equal(a, &b->rulebook->identity);
}

/* 2; what was loaded is forgotten. */
static bool canonical_is_sound(struct oracle *oracle, struct load *loaded)
{
    struct examples_outcome outcome;
    struct load again;
    const struct sha256 identity = loaded->rulebook->identity;
    if (!rulebook_run_examples(loaded->rulebook, oracle->scratch, &outcome, &loaded->diagnostics,
                               &loaded->err)
             .ok) {
        return broken(oracle, "its examples cannot be run: %s", loaded->err.what);
    }
    const struct rulebook_file file = {
        .name = STR("canonical"), .text = arena_copy(&oracle->keep, loaded->rulebook->canonical)};
    if (!load(oracle, &file, 1, &again)) {
        return false;
    }
    if (!same_identity(&identity, &again)) {
        return broken(oracle, "its canonical form is another rulebook: %s", again.err.what);
    }
    return str_equal(again.rulebook->canonical, file.text) ||
           broken(oracle, "its canonical form is not canonical");
}

/* One file laid out, twice; the text is empty when it cannot be. */
static bool lay_out(struct oracle *oracle, const struct rulebook_file *file, str *ret_text)
{
    struct diagnostics diagnostics;
    struct err err;
    str again;
    if (file->text.at == oracle->known_file.text.at && file->text.at != NULL) {
        *ret_text = oracle->known_laid_out;
        return true;
    }
    arena_reset(&oracle->words);
    *ret_text = (str){0};
    if (!diagnostics_init(&diagnostics, &oracle->words, &err).ok) {
        return broken(oracle, "the oracle has too little memory");
    }
    if (!layout_file(file, &oracle->keep, oracle->scratch, &diagnostics, ret_text, &err).ok) {
        return (diagnostics.error_count > 0) != (err.code == ERROR_LIMIT) ||
               broken(oracle, "it cannot be laid out, and no finding says why: %s", err.what);
    }
    const struct rulebook_file laid_out = {.name = file->name, .text = *ret_text};
    if (!layout_file(&laid_out, &oracle->keep, oracle->scratch, &diagnostics, &again, &err).ok) {
        return broken(oracle, "what was laid out cannot be laid out: %s", err.what);
    }
    return str_equal(*ret_text, again) || broken(oracle, "laying it out again changes it");
}

bool oracle_knows(struct oracle *oracle, const struct rulebook_file *file)
{
    str laid_out;
    arena_reset(&oracle->keep);
    if (!lay_out(oracle, file, &laid_out)) {
        return false;
    }
    oracle->known_file = *file;
    oracle->known_laid_out = arena_copy(&oracle->known, laid_out);
    return true;
}

/* 3 */
static bool layout_is_sound(struct oracle *oracle, const struct rulebook_file *files, size_t count,
                            bool loads, const struct sha256 *identity)
{
    struct rulebook_file laid_out[ORACLE_FILES_MAX];
    struct load again;
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        laid_out[i].name = files[i].name;
        if (!lay_out(oracle, &files[i], &laid_out[i].text)) {
            return false;
        }
        all = all && laid_out[i].text.at != NULL;
    }
    if (!all) {
        return !loads || broken(oracle, "it loads, and cannot be laid out");
    }
    if (!load(oracle, laid_out, count, &again)) {
        return false;
    }
    if (loads != again.loads) {
        return broken(oracle, "laid out, it %s: %s", loads ? "does not load" : "loads",
                      again.err.what);
    }
    return !loads || same_identity(identity, &again) ||
           broken(oracle, "laid out, it is another rulebook");
}

bool oracle_holds(struct oracle *oracle, const struct rulebook_file *files, size_t file_count)
{
    struct load first;
    struct sha256 identity = {0};
    ASSERT(file_count <= ORACLE_FILES_MAX);
    arena_reset(&oracle->keep);
    if (!load(oracle, files, file_count, &first)) {
        return false;
    }
    oracle->loaded = first.loads;
    if (!findings_are_sound(oracle, files, file_count, &first.diagnostics)) {
        return false;
    }
    if (first.loads) {
        identity = first.rulebook->identity;
    } else if (!failure_is_sound(oracle, &first)) {
        return false;
    }
    return (!first.loads || canonical_is_sound(oracle, &first)) &&
           layout_is_sound(oracle, files, file_count, first.loads, &identity);
}
