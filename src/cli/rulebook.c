#include "rulebook/rulebook.h"

#include "cli/desk.h"
#include "document/document_html.h"
#include "document/document_pdf.h"
#include "document/document_text.h"
#include "format/json.h"
#include "rulebook/print.h"

enum {
    PAGE_BYTES_MAX = 64 * 1024 * 1024,
    PAGE_ARENA_BYTES = 512 * 1024 * 1024,
    WORK_ARENA_BYTES = 256 * 1024 * 1024,
};

static str folder_of(const struct invocation *invocation)
{
    return invocation->argument_count > 0 ? invocation->arguments[0]
                                          : desk_rulebook_folder(invocation);
}

static const char *severity_name(enum severity severity)
{
    static const char *const names[] = {
        [SEVERITY_ERROR] = "error",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_UNVERIFIED] = "unverified",
        [SEVERITY_UNDECIDED] = "undecided",
    };
    return names[severity];
}

static json_t *diagnostic_json(const struct diagnostic *diagnostic)
{
    json_t *object = json_object();
    json_set_str(object, "severity", str_from_c(severity_name(diagnostic->severity)));
    json_set_str(object, "file", diagnostic->at.file);
    json_set_int64(object, "line", diagnostic->at.line);
    json_set_int64(object, "column", diagnostic->at.column);
    json_set_str(object, "what", diagnostic->what);
    json_set_str(object, "hint", diagnostic->hint);
    return object;
}

static result print_diagnostics_json(const struct invocation *invocation,
                                     const struct diagnostics *diagnostics, json_t *summary,
                                     struct err *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < diagnostics->count; i++) {
        json_add(list, diagnostic_json(&diagnostics->items[i]));
    }
    json_set(summary, "diagnostics", list);
    result printed = output_json(invocation->output, *invocation->arena, summary, err);
    json_decref(summary);
    return printed;
}

static void print_diagnostics_csv(const struct invocation *invocation,
                                  const struct diagnostics *diagnostics)
{
    static const char *const names[] = {"severity", "file", "line", "column", "what", "hint"};
    static const int widths[] = {0, 0, 0, 0, 0, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 6};
    table_begin(&table);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        struct arena scratch = *invocation->arena;
        const str cells[] = {str_from_c(severity_name(item->severity)),
                             item->at.file,
                             arena_format(&scratch, "%u", item->at.line),
                             arena_format(&scratch, "%u", item->at.column),
                             item->what,
                             item->hint};
        table_row(&table, scratch, cells);
    }
}

static void print_diagnostics_text(const struct invocation *invocation,
                                   const struct diagnostics *diagnostics)
{
    struct arena scratch = *invocation->arena;
    struct buf buf;
    buf_init(&buf, &scratch, PAGE_BYTES_MAX);
    for (size_t i = 0; i < diagnostics->count; i++) {
        diagnostic_format(&diagnostics->items[i], &buf);
        buf_put_char(&buf, '\n');
    }
    output_text(invocation->output, buf_str(&buf));
}

static result print_diagnostics(const struct invocation *invocation,
                                const struct diagnostics *diagnostics, json_t *summary,
                                str last_line, struct err *err)
{
    switch (invocation->output->format) {
    case OUTPUT_JSON:
        return print_diagnostics_json(invocation, diagnostics, summary, err);
    case OUTPUT_CSV:
        print_diagnostics_csv(invocation, diagnostics);
        break;
    case OUTPUT_TEXT:
        print_diagnostics_text(invocation, diagnostics);
        output_text(invocation->output, last_line);
        break;
    }
    json_decref(summary);
    return result_ok();
}

/* What only `rulebook check` looks for: the program does not wait for it when it starts. */
static result analyse(const struct rulebook *rulebook, struct diagnostics *diagnostics,
                      struct err *err)
{
    struct arena scratch;
    TRY(arena_open(&scratch, WORK_ARENA_BYTES, err));
    const result analysed = rulebook_analyse(rulebook, scratch, diagnostics, err);
    arena_close(&scratch);
    return analysed;
}

result command_rulebook_check(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct diagnostics diagnostics;
    const struct rulebook *rulebook = NULL;
    TRY(diagnostics_init(&diagnostics, invocation->arena, err));
    result loaded =
        desk_read_rulebook(folder_of(invocation), invocation->arena, &rulebook, &diagnostics, err);
    if (!loaded.ok && diagnostics.error_count == 0) {
        return loaded; /* not about what the rulebook says: a file could not be read */
    }
    if (loaded.ok) {
        TRY(analyse(rulebook, &diagnostics, err));
    }
    *ret_status = loaded.ok ? 0 : 1;
    json_t *summary = json_object();
    json_set_int64(summary, "errors", (int64_t)diagnostics.error_count);
    json_set_int64(summary, "warnings", (int64_t)diagnostics.warning_count);
    json_set_int64(summary, "unverified", (int64_t)diagnostics.unverified_count);
    json_set_int64(summary, "undecided", (int64_t)diagnostics.undecided_count);
    str counts = arena_format(
        invocation->arena, "%zu %s, %zu %s, %zu %s not verified, %zu not decided\n",
        diagnostics.error_count, str_noun((int64_t)diagnostics.error_count, "error", "errors"),
        diagnostics.warning_count,
        str_noun((int64_t)diagnostics.warning_count, "warning", "warnings"),
        diagnostics.unverified_count,
        str_noun((int64_t)diagnostics.unverified_count, "source", "sources"),
        diagnostics.undecided_count);
    if (loaded.ok) {
        char identity[SHA256_HEX_SIZE];
        sha256_hex(&rulebook->identity, identity);
        json_set_str(summary, "rulebook", rulebook->name);
        json_set_str(summary, "identity", str_from_c(identity));
        json_set_int64(summary, "safeguards", (int64_t)rulebook->safeguard_count);
        counts =
            arena_format(invocation->arena, "%.*s%.*s: %zu %s, %zu %s, identity %s\n",
                         STR_ARG(counts), STR_ARG(rulebook->name), rulebook->safeguard_count,
                         str_noun((int64_t)rulebook->safeguard_count, "safeguard", "safeguards"),
                         rulebook->step_count,
                         str_noun((int64_t)rulebook->step_count, "step", "steps"), identity);
    }
    return print_diagnostics(invocation, &diagnostics, summary, counts, err);
}

result command_rulebook_test(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct diagnostics diagnostics;
    const struct rulebook *rulebook = NULL;
    struct examples_outcome outcome;
    struct arena scratch;
    TRY(desk_load_rulebook(invocation, folder_of(invocation), invocation->arena, &rulebook, err));
    TRY(diagnostics_init(&diagnostics, invocation->arena, err));
    TRY(arena_open(&scratch, WORK_ARENA_BYTES, err));
    result ran = rulebook_run_examples(rulebook, scratch, &outcome, &diagnostics, err);
    arena_close(&scratch);
    TRY(ran);
    *ret_status = outcome.failed == 0 ? 0 : 1;
    json_t *summary = json_object();
    json_set_int64(summary, "passed", (int64_t)outcome.passed);
    json_set_int64(summary, "failed", (int64_t)outcome.failed);
    str counts =
        arena_format(invocation->arena, "%zu %s, %zu %s\n", outcome.passed,
                     str_noun((int64_t)outcome.passed, "example holds", "examples hold"),
                     outcome.failed, str_noun((int64_t)outcome.failed, "does not", "do not"));
    return print_diagnostics(invocation, &diagnostics, summary, counts, err);
}

enum page_format { PAGE_TEXT, PAGE_HTML, PAGE_PDF };

static result read_page_format(const struct invocation *invocation, enum page_format *ret_format,
                               struct err *err)
{
    static const char *const names[] = {
        [PAGE_TEXT] = "text", [PAGE_HTML] = "html", [PAGE_PDF] = "pdf"};
    size_t index = 0;
    TRY(option_format(invocation, OPTION_PAGE_FORMAT, names, sizeof names / sizeof names[0],
                      "use --format text, html or pdf", &index, err));
    *ret_format = (enum page_format)index;
    return result_ok();
}

static result write_page(const struct rulebook *rulebook, enum page_format format,
                         struct arena *arena, struct buf *buf, struct err *err)
{
    struct document document;
    print_rulebook(rulebook, arena, &document);
    TRY(document_finish(&document, err));
    switch (format) {
    case PAGE_TEXT:
        document_text_write(&document, *arena, buf);
        break;
    case PAGE_HTML:
        document_html_write(&document, buf);
        break;
    case PAGE_PDF:
        return document_pdf_write(&document, *arena, buf, err);
    }
    return result_ok();
}

result command_rulebook_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    const struct rulebook *rulebook = NULL;
    enum page_format format = PAGE_TEXT;
    struct arena page_arena;
    struct buf buf;
    str page;
    *ret_status = 0;
    TRY(read_page_format(invocation, &format, err));
    TRY(desk_load_rulebook(invocation, folder_of(invocation), invocation->arena, &rulebook, err));
    buf_init(&buf, invocation->arena, PAGE_BYTES_MAX);
    TRY(arena_open(&page_arena, PAGE_ARENA_BYTES, err));
    result written = write_page(rulebook, format, &page_arena, &buf, err);
    arena_close(&page_arena);
    TRY(written);
    TRY(buf_finish(&buf, &page, err));
    output_text(invocation->output, page);
    return result_ok();
}
