#include "rulebook/diagnose.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 480, SHOWN_MAX = 60 };

result diagnostics_init(struct diagnostics *diagnostics, struct arena *arena, struct err *err)
{
    struct diagnostic *items = ARENA_NEW(arena, struct diagnostic, RULEBOOK_DIAGNOSTICS_MAX);
    if (items == NULL) {
        return arena_full(err);
    }
    *diagnostics = (struct diagnostics){.items = items, .arena = arena};
    return result_ok();
}

/* Where the next finding goes; NULL when there is no room for it. */
static struct diagnostic *room_for(struct diagnostics *diagnostics, enum severity severity)
{
    if (diagnostics->count < RULEBOOK_DIAGNOSTICS_MAX) {
        return &diagnostics->items[diagnostics->count++];
    }
    if (severity != SEVERITY_ERROR) {
        return NULL;
    }
    for (size_t i = diagnostics->count; i > 0; i--) {
        if (diagnostics->items[i - 1].severity != SEVERITY_ERROR) {
            /* Moved to the end, so that the finding reported last is always the last. */
            memmove(&diagnostics->items[i - 1], &diagnostics->items[i],
                    (diagnostics->count - i) * sizeof diagnostics->items[0]);
            return &diagnostics->items[diagnostics->count - 1];
        }
    }
    return NULL;
}

static void count(struct diagnostics *diagnostics, enum severity severity)
{
    switch (severity) {
    case SEVERITY_ERROR:
        diagnostics->error_count++;
        break;
    case SEVERITY_WARNING:
        diagnostics->warning_count++;
        break;
    case SEVERITY_UNVERIFIED:
        diagnostics->unverified_count++;
        break;
    case SEVERITY_UNDECIDED:
        diagnostics->undecided_count++;
        break;
    }
}

/* An arena that is full loses the words, never the place or the count. */
static str PRINTF_LIKE(2, 0)
    message(struct diagnostics *diagnostics, const char *format, va_list args)
{
    char text[MESSAGE_SIZE];
    const int len = vsnprintf(text, sizeof text, format, args);
    ASSERT(len >= 0);
    size_t shown = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    while (shown > 0 && (size_t)len >= sizeof text &&
           ((unsigned char)text[shown] & 0xC0U) == 0x80U) {
        shown--;
    }
    const str copy = arena_copy(diagnostics->arena, (str){.at = text, .len = shown});
    return copy.at == NULL ? STR("") : copy;
}

void diagnose(struct diagnostics *diagnostics, enum severity severity, struct place_in_text at,
              const char *format, ...)
{
    count(diagnostics, severity);
    struct diagnostic *item = room_for(diagnostics, severity);
    diagnostics->last = item;
    if (item == NULL) {
        return;
    }
    va_list args;
    va_start(args, format);
    *item = (struct diagnostic){.severity = severity, .at = at, .hint = STR("")};
    item->what = message(diagnostics, format, args);
    va_end(args);
}

bool diagnose_kept(const struct diagnostics *diagnostics)
{
    return diagnostics->last != NULL;
}

void diagnose_hint(struct diagnostics *diagnostics, const char *format, ...)
{
    if (diagnostics->last == NULL) {
        return;
    }
    va_list args;
    va_start(args, format);
    diagnostics->last->hint = message(diagnostics, format, args);
    va_end(args);
}

static size_t file_order(const struct place_in_text *at, const struct rulebook_file *files,
                         size_t file_count)
{
    size_t i = 0;
    while (i < file_count &&
           !(files[i].name.at == at->file.at && str_equal(files[i].name, at->file))) {
        i++;
    }
    return i;
}

static bool stands_after(const struct diagnostic *a, const struct diagnostic *b,
                         const struct rulebook_file *files, size_t file_count)
{
    const size_t a_file = file_order(&a->at, files, file_count);
    const size_t b_file = file_order(&b->at, files, file_count);
    if (a_file != b_file) {
        return a_file > b_file;
    }
    return a->at.line != b->at.line ? a->at.line > b->at.line : a->at.column > b->at.column;
}

void diagnostics_sort(struct diagnostics *diagnostics, const struct rulebook_file *files,
                      size_t file_count)
{
    for (size_t i = 1; i < diagnostics->count; i++) {
        const struct diagnostic item = diagnostics->items[i];
        size_t at = i;
        while (at > 0 && stands_after(&diagnostics->items[at - 1], &item, files, file_count)) {
            diagnostics->items[at] = diagnostics->items[at - 1];
            at--;
        }
        diagnostics->items[at] = item;
    }
    diagnostics->last = NULL;
}

result diagnostics_result(const struct diagnostics *diagnostics, struct err *err)
{
    if (diagnostics->error_count == 0) {
        return result_ok();
    }
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        if (item->severity != SEVERITY_ERROR) {
            continue;
        }
        char file[sizeof err->file];
        const size_t len = item->at.file.len < sizeof file ? item->at.file.len : sizeof file - 1;
        if (len > 0) {
            memcpy(file, item->at.file.at, len);
        }
        file[len] = '\0';
        result_ignore(err_set(err, ERROR_INPUT, "%.*s", STR_ARG(item->what)), "more is added");
        if (item->hint.len > 0) {
            result_ignore(err_hint(err, "%.*s", STR_ARG(item->hint)), "more is added");
        }
        return err_at(err, file, item->at.line, item->at.column);
    }
    return err_set(err, ERROR_INPUT, "The rulebook has %zu %s", diagnostics->error_count,
                   str_noun((int64_t)diagnostics->error_count, "error", "errors"));
}

void diagnostic_format(const struct diagnostic *diagnostic, struct buf *buf)
{
    static const char *const names[] = {
        [SEVERITY_ERROR] = "error",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_UNVERIFIED] = "unverified",
        [SEVERITY_UNDECIDED] = "undecided",
    };
    if (diagnostic->at.line > 0) {
        buf_format(buf, "%.*s:%u:%u: ", STR_ARG(diagnostic->at.file), diagnostic->at.line,
                   diagnostic->at.column);
    }
    buf_format(buf, "%s: %.*s", names[diagnostic->severity], STR_ARG(diagnostic->what));
    if (diagnostic->hint.len > 0) {
        buf_format(buf, "\n  hint: %.*s", STR_ARG(diagnostic->hint));
    }
}

str diagnose_cut(str text, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xC0U) == 0x80U) {
        len--; /* not in the middle of a character */
    }
    return str_slice(text, 0, len);
}

str diagnose_shown(str text)
{
    return diagnose_cut(text, SHOWN_MAX);
}
