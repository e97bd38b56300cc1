#include "base/result.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct error_row {
    const char *name;
    const char *meaning;
    int http_status;
    int exit_status;
};

static const struct error_row error_rows[] = {
    [ERROR_NONE] = {"none", "Nothing failed", 200, 0},
#define ERROR(row_code, row_name, row_http_status, row_exit_status, row_meaning)                   \
    [row_code] = {row_name, row_meaning, row_http_status, row_exit_status},
#include "base/error.def"
#undef ERROR
};

enum { ERROR_ROW_COUNT = sizeof error_rows / sizeof error_rows[0] };

void result_ignore(result ignored, const char *why)
{
    (void)ignored.ok;
    (void)why;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* An err is shown on terminals, written to logs and sent as JSON, and it often quotes what a
 * stranger sent. So it never carries a control character, and never bytes that are not UTF-8. */
static void make_harmless(char *text, size_t len)
{
    const bool utf8 = str_is_utf8((str){.at = text, .len = len});
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8)) {
            text[i] = '?';
        }
    }
}

/* Cuts before the character that would be split, so that "..." never follows half of one. */
static size_t cut_with_dots(char *text, size_t size)
{
    static const char dots[] = "...";
    size_t at = size - sizeof dots;
    while (at > 0 && is_continuation(text[at])) {
        at--;
    }
    memcpy(text + at, dots, sizeof dots);
    return at + sizeof dots - 1;
}

static void PRINTF_LIKE(3, 0) write_text(char *text, size_t size, const char *format, va_list args)
{
    const int wanted = vsnprintf(text, size, format, args);
    if (wanted < 0) {
        text[0] = '\0';
        return;
    }
    const bool fits = (size_t)wanted < size;
    const size_t len = fits ? (size_t)wanted : cut_with_dots(text, size);
    make_harmless(text, len);
}

static void PRINTF_LIKE(3, 4) format_text(char *text, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_text(text, size, format, args);
    va_end(args);
}

/* A text of an err. Written aside first: an argument may be a text of this very err. */
enum { ERR_TEXT_MAX = sizeof((struct err *)NULL)->what };

static void PRINTF_LIKE(3, 0) write_over(char *text, size_t size, const char *format, va_list args)
{
    char aside[ERR_TEXT_MAX];
    ASSERT(size <= sizeof aside);
    write_text(aside, size, format, args);
    memcpy(text, aside, strlen(aside) + 1);
}

result err_set(struct err *err, enum error_code code, const char *format, ...)
{
    if (err != NULL) {
        struct err set = {.code = code}; /* aside, too */
        va_list args;
        va_start(args, format);
        write_text(set.what, sizeof set.what, format, args);
        va_end(args);
        *err = set;
    }
    return (result){.ok = false};
}

result err_hint(struct err *err, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        write_over(err->hint, sizeof err->hint, format, args);
        va_end(args);
    }
    return (result){.ok = false};
}

result err_at(struct err *err, const char *file, uint32_t line, uint32_t column)
{
    if (err != NULL) {
        char place[sizeof err->file];
        format_text(place, sizeof place, "%s", file == NULL ? "" : file);
        memcpy(err->file, place, strlen(place) + 1);
        err->line = line;
        err->column = column;
    }
    return (result){.ok = false};
}

result err_field(struct err *err, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        write_over(err->field, sizeof err->field, format, args);
        va_end(args);
    }
    return (result){.ok = false};
}

/* A code read back from a file or a cast may be none of ours; that is a defect, and it is called
 * one. */
static const struct error_row *error_row(enum error_code code)
{
    const size_t index = (size_t)code;
    return &error_rows[index < ERROR_ROW_COUNT ? index : (size_t)ERROR_INTERNAL];
}

const char *error_name(enum error_code code)
{
    return error_row(code)->name;
}

const char *error_meaning(enum error_code code)
{
    return error_row(code)->meaning;
}

int error_http_status(enum error_code code)
{
    return error_row(code)->http_status;
}

int error_exit_status(enum error_code code)
{
    return error_row(code)->exit_status;
}

/* Nothing is flushed and nothing is cleaned up: the program no longer knows what is true. */
_Noreturn void assert_failed(const char *condition, const char *file, int line)
{
    char text[512];
    format_text(text, sizeof text - 1, "%s:%d: this must hold and does not: %s", file, line,
                condition);
    const size_t len = strlen(text);
    text[len] = '\n';
    const ssize_t written = write(STDERR_FILENO, text, len + 1);
    (void)written;
    abort();
}
